//! Markdown, for the summary of a job and for tickets: counts first, then each rule with its findings folded away.
//!
//! It is for people, and a job summary takes a mebibyte: beyond that findings are counted, not shown. Every text of a
//! tenant is written so that no Markdown in it has an effect.
//!
//! Source: <https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands>.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io;

use super::human::words::{Counts, counted};
use super::steps::entries;
use super::{Drift, Plan, Report, for_terminal};
use crate::finding::{Finding, Location, Severity};
use crate::rules;

/// Findings of one rule that are shown.
const SHOWN: usize = 50;

/// Bytes after which no further rule is begun; the summary of a job may have 1,048,576.
const FULL: usize = 900_000;

/// Writes the report.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let mut page = String::new();
    let line = report.in_one_line();
    let _ = writeln!(page, "# tenantlint\n\n**{}**\n", text(&line));
    for index in 0..report.snapshots.len() {
        if page.len() > FULL {
            let left = (report.snapshots.len() - index) as u64;
            let words = counted(left, "more snapshot is", "more snapshots are");
            let _ = writeln!(
                page,
                "{words} left out here; the JSON report has all of them.\n"
            );
            break;
        }
        snapshot(report, index as u32, &mut page);
    }
    let has_more = !report.fixed.is_empty() || report.drift.is_some() || report.plan.is_some();
    if page.len() <= FULL {
        fixed(report, &mut page);
    } else if has_more {
        page.push_str(
            "What was fixed, changed or planned is left out here; the JSON report has it.\n",
        );
    }
    if let Some(drift) = report.drift.as_ref().filter(|_| page.len() <= FULL) {
        changes(report, drift, &mut page);
    }
    if let Some(plan) = report.plan.as_ref().filter(|_| page.len() <= FULL) {
        steps(report, plan, &mut page);
        needs(plan, &mut page);
    }
    out.write_all(page.as_bytes())
}

fn snapshot(report: &Report, index: u32, page: &mut String) {
    let Some(snapshot) = report.snapshots.get(index as usize) else {
        return;
    };
    let mut about = format!("## {}", text(&snapshot.path));
    if let Some(name) = snapshot
        .tenant_name
        .as_ref()
        .or(snapshot.tenant_id.as_ref())
    {
        let _ = write!(about, " ({})", text(name));
    }
    if let Some(time) = &snapshot.exported_at {
        let _ = write!(about, ", exported {}", text(time));
    }
    let _ = writeln!(page, "{about}\n");
    let findings: Vec<&Finding> = report
        .open()
        .filter(|finding| finding.snapshot == index)
        .collect();
    counts(&findings, page);
    problems(report, index, page);
    let mut left_out = 0;
    for (code, findings) in by_rule(&findings) {
        if page.len() > FULL {
            left_out += findings.len() as u64;
        } else {
            rule(report, code, &findings, page);
        }
    }
    if left_out > 0 {
        let words = counted(left_out, "finding is", "findings are");
        let _ = writeln!(
            page,
            "{words} left out here; the JSON report has all of them.\n"
        );
    }
    not_judged(report, index, page);
}

/// The findings of each rule, rules with the worst ones first.
fn by_rule<'f>(findings: &[&'f Finding]) -> Vec<(&'f str, Vec<&'f Finding>)> {
    let mut by_code: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in findings {
        by_code.entry(finding.code).or_default().push(finding);
    }
    let mut by_rule: Vec<_> = by_code.into_iter().collect();
    let worst = |findings: &[&Finding]| findings.iter().map(|finding| finding.severity).max();
    by_rule.sort_by_cached_key(|(_, findings)| std::cmp::Reverse(worst(findings)));
    by_rule
}

/// A table of categories, as in the human report.
fn counts(findings: &[&Finding], page: &mut String) {
    if findings.is_empty() {
        return;
    }
    let mut by_category: BTreeMap<&str, Counts> = BTreeMap::new();
    for finding in findings {
        by_category
            .entry(finding.category)
            .or_default()
            .add(finding.severity);
    }
    page.push_str("| | Errors | Warnings | Info |\n|---|---:|---:|---:|\n");
    for (category, counts) in by_category {
        let [error, warning, info] = Severity::ALL.map(|severity| counts.get(severity));
        let _ = writeln!(page, "| {category} | {error} | {warning} | {info} |");
    }
    page.push('\n');
}

fn problems(report: &Report, index: u32, page: &mut String) {
    let problems = report.problems.iter();
    let problems: Vec<_> = problems
        .filter(|problem| problem.snapshot == index)
        .collect();
    if problems.is_empty() {
        return;
    }
    page.push_str("### Problems with the input\n\n");
    for problem in problems.iter().take(SHOWN) {
        let place = problem.location.as_ref();
        let place = place.map(|place| format!(" at {}", at(report, place)));
        let place = place.unwrap_or_default();
        let (severity, message) = (problem.severity.name(), text(&problem.message));
        let _ = writeln!(page, "* **{severity}**: {message}{place}");
    }
    if problems.len() > SHOWN {
        let _ = writeln!(page, "* and {} more", problems.len() - SHOWN);
    }
    page.push('\n');
}

fn rule(report: &Report, code: &str, findings: &[&Finding], page: &mut String) {
    let counts = Counts::of(findings.iter().map(|finding| finding.severity));
    let (name, title) =
        rules::find(code).map_or((code, code), |rule| (rule.page.name, rule.page.title));
    let title = html(title);
    let _ = writeln!(
        page,
        "<details><summary><b>{code}</b> {title} ({counts})</summary>\n\n| | What | Where |\n|---|---|---|"
    );
    for finding in findings.iter().take(SHOWN) {
        let _ = writeln!(
            page,
            "| {} | {} | {} |",
            finding.severity.name(),
            text(&finding.told()),
            at(report, &finding.location),
        );
    }
    if findings.len() > SHOWN {
        let _ = writeln!(page, "| | and {} more | |", findings.len() - SHOWN);
    }
    page.push('\n');
    remedies(findings, page);
    let _ = writeln!(page, "More: `tenantlint explain {name}`\n\n</details>\n");
}

/// What to do about the findings of one rule that are shown: each remedy once, with its own commands.
fn remedies(findings: &[&Finding], page: &mut String) {
    let (shown, rest) = findings.split_at(findings.len().min(SHOWN));
    let mut remedies: Vec<(&str, Vec<&Finding>)> = Vec::new();
    for finding in shown {
        let summary = &*finding.remedy.summary;
        match remedies.iter_mut().find(|(known, _)| *known == summary) {
            Some((_, findings)) => findings.push(finding),
            None => remedies.push((summary, vec![finding])),
        }
    }
    let mut told: BTreeSet<&str> = BTreeSet::new();
    let several = remedies.len() > 1;
    for (summary, findings) in &remedies {
        let about = if several {
            format!(" about {}", subjects(findings))
        } else {
            String::new()
        };
        let _ = writeln!(page, "What to do{about}: {}.\n", text(summary));
        let mut commands: Vec<&str> = Vec::new();
        for command in findings.iter().flat_map(|one| &one.remedy.commands) {
            if !commands.contains(&command.as_str()) {
                commands.push(command);
            }
        }
        let lines: Vec<_> = commands.iter().map(|one| for_terminal(one)).collect();
        if !lines.is_empty() {
            let lines = lines.join("\n");
            let fence = "`".repeat(longest_run(&lines).max(2) + 1);
            let _ = writeln!(page, "{fence}powershell\n{lines}\n{fence}\n");
        }
        told.insert(summary);
        told.extend(commands);
    }
    let asks_the_same = |finding: &&&Finding| told.contains(&*finding.remedy.summary);
    let (same, other): (Vec<_>, Vec<_>) = rest.iter().partition(asks_the_same);
    let types_more = |finding: &&&&Finding| {
        let mut commands = finding.remedy.commands.iter();
        commands.any(|command| !told.contains(&**command))
    };
    let same = same.iter().filter(types_more).count() as u64;
    if same > 0 {
        let words = counted(same, "more finding", "more findings");
        let _ = writeln!(page, "The JSON report has the commands of {words}.\n");
    }
    let untold = other.len() as u64;
    if untold > 0 {
        let words = counted(untold, "more finding asks", "more findings ask");
        let _ = writeln!(
            page,
            "{words} for something else; the JSON report has all of it.\n"
        );
    }
}

/// Subjects that are named before the rest is counted.
const NAMED: usize = 5;

/// What some findings are about: `a, b and 3 more`.
fn subjects(findings: &[&Finding]) -> String {
    let mut all: Vec<&str> = Vec::new();
    for finding in findings {
        if !all.contains(&finding.subject.name.as_str()) {
            all.push(&finding.subject.name);
        }
    }
    let named: Vec<String> = all.iter().take(NAMED).map(|name| text(name)).collect();
    let named = named.join(", ");
    match all.len().checked_sub(NAMED + 1) {
        Some(rest) => format!("{named} and {} more", rest + 1),
        None => named,
    }
}

/// Findings that are gone.
fn fixed(report: &Report, page: &mut String) {
    if report.fixed.is_empty() {
        return;
    }
    let title = if report.plan.is_some() {
        "Taken away by the plan"
    } else {
        "Fixed"
    };
    let _ = writeln!(page, "### {title}\n");
    for one in report.fixed.iter().take(SHOWN) {
        let _ = writeln!(page, "* {}: {}", text(&one.subject), text(&one.rule));
    }
    if report.fixed.len() > SHOWN {
        let _ = writeln!(page, "* and {} more", report.fixed.len() - SHOWN);
    }
    page.push('\n');
}

/// What changed since the earlier snapshot: what caused most findings comes first.
fn changes(report: &Report, drift: &Drift, page: &mut String) {
    let _ = writeln!(page, "### Changed since {}\n", text(&drift.old.path));
    if drift.changes.is_empty() {
        page.push_str(match drift.not_compared.as_slice() {
            [] => "Nothing.\n\n",
            _ => "Nothing that could be compared.\n\n",
        });
    } else {
        page.push_str("| What | How | New findings | Where |\n|---|---|---:|---|\n");
    }
    let changes = drift.by_effect();
    for change in changes.iter().take(SHOWN) {
        let _ = writeln!(
            page,
            "| {} | {} | {} | {} |",
            text(&change.object()),
            text(&change.words()),
            change.findings,
            at(report, &change.location),
        );
    }
    if changes.len() > SHOWN {
        let _ = writeln!(page, "| and {} more | | | |", changes.len() - SHOWN);
    }
    page.push('\n');
    for sentence in &drift.not_compared {
        let _ = writeln!(page, "* Not compared: {}", text(sentence));
    }
}

/// The steps of a plan.
fn steps(report: &Report, plan: &Plan, page: &mut String) {
    let paths: Vec<String> = plan.paths.iter().map(|path| text(path)).collect();
    let _ = writeln!(page, "### Plan {}\n", paths.join(", "));
    let _ = writeln!(page, "It {}.\n", plan.effect());
    if let Some(left) = plan.leaves() {
        let _ = writeln!(page, "But {}.\n", text(&left));
    }
    if plan.steps.is_empty() {
        page.push_str("It has no step that could be read.\n\n");
        return;
    }
    page.push_str("| Step | Change | How | Acts and needs | Adds | Removes | Where |\n");
    page.push_str("|---|---|---|---|---|---|---|\n");
    let entries = entries(plan, SHOWN);
    for entry in entries.iter().take(SHOWN) {
        let assumed = if entry.is_assumed() {
            ", on the assumed state"
        } else {
            ""
        };
        let _ = writeln!(
            page,
            "| {} | {} | {}{assumed} | {} | {} | {} | {} |",
            entry.numbers(),
            entry.changes(),
            entry.outcome(),
            entry.counts(),
            text(&entry.added()),
            text(&entry.removed()),
            entry
                .place()
                .map_or_else(String::new, |place| at(report, place)),
        );
    }
    let rest = entries.iter().skip(SHOWN).map(|entry| entry.len());
    let rest: usize = rest.sum();
    if rest > 0 {
        let _ = writeln!(page, "| and {rest} more | | | | | | |");
    }
    page.push('\n');
}

/// What the acts of a plan need and do not find.
fn needs(plan: &Plan, page: &mut String) {
    let rows = plan.steps.iter().flat_map(|step| {
        let acts = step.acts.iter();
        acts.flat_map(move |act| act.needs.iter().map(move |need| (step, act, need)))
    });
    let rows: Vec<_> = rows.filter(|(.., need)| need.met != "met").collect();
    if rows.is_empty() {
        return;
    }
    page.push_str("### Needs that are not met\n\n");
    page.push_str("| Step | Act | | What it needs | But |\n|---|---|---|---|---|\n");
    for (step, act, need) in rows.iter().take(SHOWN) {
        let _ = writeln!(
            page,
            "| {} | {} {} | {} | {} | {} |",
            step.number,
            act.change,
            text(&act.object),
            need.met,
            text(&need.what),
            text(&need.instead),
        );
    }
    if rows.len() > SHOWN {
        let _ = writeln!(page, "| and {} more | | | | |", rows.len() - SHOWN);
    }
    page.push('\n');
}

/// What nobody decided, by reason.
fn not_judged(report: &Report, index: u32, page: &mut String) {
    let mut reasons: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (line, words) in report
        .not_judged()
        .filter(|(line, _)| line.snapshot == index)
    {
        let reason = words.split_once(": ").map_or("", |(_, reason)| reason);
        let what = if line.unknown > 0 {
            "some subjects"
        } else if line.in_doubt {
            "perhaps more subjects"
        } else {
            "the whole rule"
        };
        let reason = format!("{}, {what}", text(reason));
        reasons.entry(reason).or_default().push(line.code);
    }
    let also = report.also_undecided();
    if reasons.is_empty() && also.is_none() {
        return;
    }
    page.push_str("### Not judged\n\n");
    if let Some(also) = also {
        let _ = writeln!(page, "* {}", text(&also));
    }
    for (reason, codes) in reasons {
        let _ = writeln!(page, "* {}: {reason}", codes.join(", "));
    }
    page.push('\n');
}

fn at(report: &Report, place: &Location) -> String {
    let (path, start) = (text(report.path_of(place)), place.start);
    format!("{path}:{}:{}", start.line, start.column)
}

/// A text of a tenant in which nothing is Markdown or HTML; what stands in backticks is shown as code.
fn text(text: &str) -> String {
    let mut page = String::new();
    let parts: Vec<&str> = text.split('`').collect();
    for (index, part) in parts.iter().enumerate() {
        let closes = index + 1 < parts.len();
        match (index % 2 == 1, closes) {
            (true, true) => {
                let _ = write!(page, "<code>{}</code>", literal(part));
            }
            // A backtick without another one is a character like any other.
            (true, false) => {
                let _ = write!(page, "&#96;{}", literal(part));
            }
            (false, _) => page.push_str(&literal(part)),
        }
    }
    page
}

/// Punctuation as numbered characters, which Markdown takes for text.
fn literal(text: &str) -> String {
    let mut page = String::new();
    for character in for_terminal(text).chars() {
        let plain = matches!(character, ',' | '.' | '-' | ' ' | '/' | '\'');
        // A dot that begins an address of a host makes a link of it, whatever it stands in.
        let plain = plain && !(character == '.' && ends_with_www(&page));
        if character.is_ascii_punctuation() && (!plain || page.is_empty()) {
            let _ = write!(page, "&#{};", u32::from(character));
            if character == '@' {
                // So does the sign of a mail address, spelled as it may be: a comment keeps its halves apart.
                page.push_str("<!-- -->");
            }
        } else {
            page.push(character);
        }
    }
    page
}

fn ends_with_www(page: &str) -> bool {
    let end = page.len().checked_sub(3).and_then(|at| page.get(at..));
    end.is_some_and(|end| end.eq_ignore_ascii_case("www"))
}

fn html(text: &str) -> String {
    let text = text.replace('&', "&amp;");
    text.replace('<', "&lt;").replace('>', "&gt;")
}

/// The most backticks that stand side by side.
fn longest_run(text: &str) -> usize {
    let runs = text.split(|c| c != '`').map(str::len);
    runs.max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Remedy;
    use crate::report::human::samples::{find, many, plan, report, source};

    fn page(report: &Report) -> String {
        let mut out = Vec::new();
        write(report, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_name_is_no_link_to_a_host_or_a_mailbox() {
        let shown = text("see `www.evil.example/login`, `a@contoso.example` and a.b");
        assert!(shown.contains("www&#46;evil.example/login"), "{shown}");
        assert!(shown.contains("a&#64;<!-- -->contoso.example"), "{shown}");
        assert!(shown.ends_with("a.b"), "{shown}");
    }

    #[test]
    fn a_plan_is_a_table_of_steps_and_one_of_needs() {
        let mut report = report();
        let file = source(&mut report, "plan.toml", b"[[step]]");
        let place = find(&report, file, "step", "");
        report.plan = Some(plan(&place, "a@contoso.example"));
        let page = page(&report);
        let (_, section) = page.split_once("### Plan").unwrap();
        insta::assert_snapshot!(section, @r#"
         plan.toml

        It adds 1 error, removes 1 warning.

        But what was wrong before stays so&#58; 112 errors, 80 warnings, 40 info&#59; run <code>tenantlint check</code>.

        | Step | Change | How | Acts and needs | Adds | Removes | Where |
        |---|---|---|---|---|---|---|
        | 1 | unassign-number | ok | 1 act, 1 need met |  | US001 of <code>a&#64;<!-- -->contoso.example</code> | plan.toml:1:3 |
        | 2 | assign-number | refused | 1 act, 1 need met, 1 unmet, 1 unknown |  |  | plan.toml:1:3 |
        | 3 | wait-for-export | nothing to type |  |  |  | plan.toml:1:3 |
        | 4 | delete-account | needs unmet, on the assumed state | 1 act, 1 need met, 1 unmet | US006 of <code>a&#64;<!-- -->contoso.example</code> |  | plan.toml:1:3 |

        ### Needs that are not met

        | Step | Act | | What it needs | But |
        |---|---|---|---|---|
        | 2 | assign-number &#43;33199001207 to a&#64;<!-- -->contoso.example | unmet | <code>&#43;33199001207</code> is free | <code>a&#64;<!-- -->contoso.example</code> has it |
        | 2 | assign-number &#43;33199001207 to a&#64;<!-- -->contoso.example | unknown | the location is validated | no export tells the addresses |
        | 4 | delete-account a&#64;<!-- -->contoso.example | unmet | <code>a&#64;<!-- -->contoso.example</code> has no number | it has <code>&#43;33199001202</code> |
        "#);
        assert!(
            page.starts_with(
                "# tenantlint\n\n**Found no findings, but needs that are not met&#59; 4 steps with 3 acts"
            ),
            "{page}"
        );
    }

    #[test]
    fn rules_with_the_worst_findings_come_first_however_many_they_are() {
        let mut report = many(30_000);
        for (number, finding) in report.findings.iter_mut().enumerate() {
            finding.code = ["OC001", "NU003", "US002"][number % 3];
            finding.severity = Severity::Info;
        }
        let last = report.findings.len() - 1;
        report.findings[last - 2].severity = Severity::Error;
        let found = |at: usize| report.findings[at].code;
        assert_eq!([found(last - 2), found(last)], ["NU003", "OC001"]);
        let page = page(&report);
        let codes = page.split("<summary><b>").skip(1);
        let codes: Vec<&str> = codes.map(|text| &text[..5]).collect();
        assert_eq!(codes, ["NU003", "OC001", "US002"]);
    }

    #[test]
    fn each_remedy_stands_with_its_own_commands() {
        let mut report = many(53);
        report.findings.truncate(53);
        for (number, finding) in report.findings.iter_mut().enumerate() {
            let [summary, command] = match number {
                1 => ["take *it* away", "Remove-It"],
                52 => ["ask the carrier", "# write to them"],
                _ => ["move it", "Move-It"],
            };
            finding.remedy = Remedy {
                summary: summary.into(),
                commands: vec![command.to_owned()],
            };
        }
        let page = page(&report);
        let (_, section) = page.split_once("| | and 3 more | |\n").unwrap();
        insta::assert_snapshot!(section, @r"

        What to do about user0&#64;<!-- -->contoso.example, user2&#64;<!-- -->contoso.example, user3&#64;<!-- -->contoso.example, user4&#64;<!-- -->contoso.example, user5&#64;<!-- -->contoso.example and 44 more: move it.

        ```powershell
        Move-It
        ```

        What to do about user1&#64;<!-- -->contoso.example: take &#42;it&#42; away.

        ```powershell
        Remove-It
        ```

        1 more finding asks for something else; the JSON report has all of it.

        More: `tenantlint explain stale-pstn-usage`

        </details>
        ");
        report.findings.truncate(1);
        assert!(
            self::page(&report).contains("\nWhat to do: move it.\n\n```powershell\nMove-It\n```\n")
        );
    }

    #[test]
    fn nothing_that_a_plan_names_is_markdown() {
        let mut report = report();
        let file = source(&mut report, "| a | b |.toml", b"[[step]]");
        let place = find(&report, file, "step", "");
        for evil in [
            "</script><img src=x>",
            "| a | b |",
            "[x](y)",
            "```\n# x",
            "\u{1b}[2J\u{202e}",
        ] {
            report.plan = Some(plan(&place, evil));
            let page = page(&report);
            assert!(!page.contains(evil) && !page.contains("<img"), "{page}");
            assert!(!page.contains("\n# x") && !page.contains("| a |"), "{page}");
        }
    }

    #[test]
    fn nothing_of_a_tenant_is_markdown() {
        assert_eq!(text("`a*b` is"), "<code>a&#42;b</code> is");
        assert_eq!(text("# x"), "&#35; x");
        assert_eq!(text("- x"), "&#45; x");
        assert_eq!(text("a|b<img>"), "a&#124;b&#60;img&#62;");
        assert_eq!(text("[x](y) `open"), "&#91;x&#93;&#40;y&#41; &#96;open");
        assert_eq!(text("`a` and `b`"), "<code>a</code> and <code>b</code>");
        assert_eq!(longest_run("a``b```c"), 3);
    }
}
