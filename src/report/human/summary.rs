//! The block at the end: what was read, how bad it is, what was not judged and why, and where to begin.
//!
//! Reads like a table of keys and values; long lists are cut to a few lines, and what is cut is counted.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::by_snapshot::Part;
use super::look::{FAINT, GOOD, KEY, Look, STRONG};
use super::snapshot_path;
use super::words::{Counts, counted, number, plural, wrap};
use crate::finding::{Finding, Severity};
use crate::report::escape::for_terminal;
use crate::report::not_judged::is_of_plan;
use crate::report::{Coverage, Outcome, Report, ReportedProblem, steps};

/// Columns of the keys.
const KEY_WIDTH: usize = 17;
/// Reasons printed before the rest is counted.
const REASONS: usize = 6;

/// Rules with the same reason that are named.
const RULES: usize = 4;
/// Things to do that are proposed.
const FIRST: usize = 3;

/// Summary of one snapshot.
pub(super) fn of_snapshot(report: &Report, part: &Part, snapshot: u32, look: Look) -> String {
    let fixed = report.fixed.iter();
    let fixed = fixed.filter(|one| one.snapshot == snapshot).count() as u64;
    let coverage = &part.coverage;

    let mut block = Block {
        look,
        text: title(report, snapshot, look),
    };
    if part.folds.is_empty() {
        let nothing = report.words_for_no_findings();
        block.text.push_str(&nothing_found(nothing, coverage, look));
        let known = accepted(report, [part.excepted, part.baselined, fixed]);
        block.entry("findings", known.as_deref());
    } else {
        let counts = part.open().to_string();
        let counts = if report.drift.is_some() {
            format!("{counts}, all new")
        } else {
            counts
        };
        let counts = match accepted(report, [part.excepted, part.baselined, fixed]) {
            Some(accepted) => format!("{counts}; {accepted}"),
            None => counts,
        };
        block.entry("findings", [counts.as_str()]);
        block.table(&part.folds);
    }
    let problems = Counts::of(part.problems.iter().map(|problem| problem.severity));
    if problems.total() > 0 {
        block.entry("problems", [problems.to_string().as_str()]);
    }
    if let Some(plan) = &report.plan {
        let needs = steps::needs(plan.needs());
        let colon = if needs.is_empty() { "" } else { ": " };
        block.entry(
            "plan",
            [format!("{}{colon}{needs}", plan.size()), plan.effect()],
        );
        block.entry("before", plan.leaves());
    }
    if report.plan.is_some() {
        let of_plan = |line: &&Coverage| is_of_plan(line.code);
        let (plan, tenant): (Vec<_>, Vec<_>) = coverage.iter().copied().partition(of_plan);
        let told = [("the plan", plan), ("the tenant behind it", tenant)];
        let told = told.map(|(what, lines)| format!("{what}: {}", covered(&lines)));
        block.entry("coverage", told);
    } else {
        block.entry("coverage", [covered(coverage).as_str()]);
    }
    let lines = || coverage.iter().copied();
    let blind = lines().filter(|line| line.outcome == Outcome::NotEvaluated);
    block.entry("not evaluated", by_reason(blind));
    if report.plan.is_some() {
        let judged: Vec<&Coverage> = report.not_judged().map(|(line, _)| line).collect();
        let told = undecided(&judged).into_iter();
        block.entry("undecided", told.chain(report.also_undecided()));
    } else {
        block.entry("undecided", undecided(coverage));
        let in_doubt = lines().filter(|line| line.in_doubt);
        block.entry("in doubt", by_reason(in_doubt));
    }
    block.entry("first", things_to_do(report, snapshot, &part.folds));
    block.text
}

/// The counts over several snapshots.
pub(super) fn of_all(report: &Report, snapshots: &[Part], look: Look) -> String {
    let mut findings = Counts::default();
    let mut known = [0, 0, report.fixed.len() as u64];
    for part in snapshots {
        findings += part.open();
        known[0] += part.excepted;
        known[1] += part.baselined;
    }
    let mut parts = vec![if findings.total() > 0 {
        findings.to_string()
    } else if report.has_judged() {
        "no findings".to_owned()
    } else {
        "nothing was checked".to_owned()
    }];
    parts.extend(accepted(report, known));
    let problems = Counts::of(report.problems.iter().map(|problem| problem.severity));
    if problems.total() > 0 {
        parts.push(format!("problems with the input: {problems}"));
    }
    parts.extend(report.gaps_in_words());
    let parts = parts.join("; ");
    let text = format!("all {} snapshots: {parts}", snapshots.len());
    format!("{}\n", look.paint(STRONG, &text))
}

/// `contoso (Contoso, exported …): 22 exports, 214 records`.
fn title(report: &Report, snapshot: u32, look: Look) -> String {
    let mut text = look.paint(STRONG, &snapshot_path(report, snapshot));
    let Some(summary) = report.snapshots.get(snapshot as usize) else {
        return format!("{text}\n");
    };
    let name = summary.tenant_name.as_ref().or(summary.tenant_id.as_ref());
    let name = name.map(|name| for_terminal(name).into_owned());
    let exported = summary.exported_at.as_ref();
    let exported = exported.map(|time| format!("exported {}", for_terminal(time)));
    let about: Vec<String> = name.into_iter().chain(exported).collect();
    if !about.is_empty() {
        let _ = write!(text, " ({})", about.join(", "));
    }
    let mut exports: Vec<&str> = summary
        .sources
        .iter()
        .filter_map(|source| source.export)
        .collect();
    let files = exports.len();
    exports.sort_unstable();
    exports.dedup();
    let _ = write!(
        text,
        ": {}",
        counted(exports.len() as u64, "export", "exports")
    );
    if files != exports.len() {
        let _ = write!(text, " in {}", counted(files as u64, "file", "files"));
    }
    let records = summary.sources.iter().map(|source| source.records).sum();
    let _ = write!(text, ", {}", counted(records, "record", "records"));
    let strange = (summary.sources.len() - files) as u64;
    if strange > 0 {
        let _ = write!(
            text,
            ", {} not recognized",
            counted(strange, "file", "files")
        );
    }
    text.push('\n');
    text
}

/// Findings that do not count, if there are any: those that were accepted, known, and fixed.
fn accepted(report: &Report, [excepted, baselined, fixed]: [u64; 3]) -> Option<String> {
    let [known, gone] = report.words_for_known();
    let parts: Vec<String> = [
        (excepted, "accepted by exceptions"),
        (baselined, known),
        (fixed, gone),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, what)| format!("{} {what}", number(count)))
    .collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// The line where findings would stand; only positive when something was judged.
fn nothing_found(nothing: &str, coverage: &[&Coverage], look: Look) -> String {
    let ran = coverage
        .iter()
        .filter(|line| matches!(line.outcome, Outcome::Passed | Outcome::Failed));
    let rules = ran.clone().count() as u64;
    let checks: u64 = ran.clone().map(|line| line.examined).sum();
    let undecided: u64 = ran.map(|line| line.unknown).sum();
    let blind = coverage
        .iter()
        .filter(|line| line.outcome == Outcome::NotEvaluated)
        .count() as u64;
    let blind = match blind {
        0 => String::new(),
        1 => "; 1 rule was not evaluated".to_owned(),
        _ => format!("; {} rules were not evaluated", number(blind)),
    };
    if rules == 0 {
        let text = look.paint(STRONG, "nothing was checked");
        return format!("  {text}{blind}\n");
    }
    let undecided = match undecided {
        0 => String::new(),
        _ => format!(", {} of them undecided", number(undecided)),
    };
    format!(
        "  {}: {} made {}{undecided}{blind}\n",
        look.paint(GOOD, nothing),
        counted(rules, "rule", "rules"),
        counted(checks, "check", "checks"),
    )
}

/// `4 rules: 3 failed, 1 passed, 0 not evaluated`.
fn covered(coverage: &[&Coverage]) -> String {
    let count = |outcome| {
        coverage
            .iter()
            .filter(|line| line.outcome == outcome)
            .count() as u64
    };
    let undecided = coverage
        .iter()
        .filter(|line| line.outcome == Outcome::Passed && line.unknown > 0)
        .count() as u64;
    let mut text = format!(
        "{}: {} failed, {} passed",
        counted(coverage.len() as u64, "rule", "rules"),
        number(count(Outcome::Failed)),
        number(count(Outcome::Passed) - undecided),
    );
    if undecided > 0 {
        let _ = write!(text, ", {} undecided in part", number(undecided));
    }
    let not_applicable = count(Outcome::NotApplicable);
    if not_applicable > 0 {
        let _ = write!(text, ", {} not applicable", number(not_applicable));
    }
    let _ = write!(
        text,
        ", {} not evaluated",
        number(count(Outcome::NotEvaluated))
    );
    let off = count(Outcome::Off);
    if off > 0 {
        let _ = write!(text, ", {} off", number(off));
    }
    text
}

/// Rules and why they did not see all, those with the same reason in one line, the shortest reason first.
fn by_reason<'r>(lines: impl Iterator<Item = &'r Coverage>) -> Vec<String> {
    let mut reasons: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for line in lines {
        let why = line.why.as_deref().unwrap_or("no reason is given");
        reasons.entry(why).or_default().push(line.code);
    }
    let mut reasons: Vec<(&str, Vec<&str>)> = reasons.into_iter().collect();
    reasons.sort_by_key(|(why, codes)| (why.chars().count(), codes[0]));
    let rest: usize = reasons
        .iter()
        .skip(REASONS)
        .map(|(_, codes)| codes.len())
        .sum();
    let mut lines: Vec<String> = reasons
        .iter()
        .take(REASONS)
        .map(|(why, codes)| format!("{}: {}", codes.join(", "), for_terminal(why)))
        .collect();
    lines.extend(and_more(rest));
    lines
}

/// Rules that ran, but whose data do not decide for some subjects: those with the same reason in one line, the most
/// subjects first.
fn undecided(coverage: &[&Coverage]) -> Vec<String> {
    let mut reasons: BTreeMap<&str, Vec<&Coverage>> = BTreeMap::new();
    for line in coverage {
        if line.outcome != Outcome::NotEvaluated && line.unknown > 0 {
            let why = line.why.as_deref().unwrap_or("no reason is given");
            // The first one decides; JSON has all of them.
            let reason = why.split_once("; ").map_or(why, |(reason, _)| reason);
            reasons.entry(reason).or_default().push(line);
        }
    }
    let mut reasons: Vec<(&str, Vec<&Coverage>)> = reasons.into_iter().collect();
    let most = |lines: &[&Coverage]| lines.iter().map(|line| line.unknown).max();
    reasons.sort_by_key(|(_, lines)| (std::cmp::Reverse(most(lines)), lines[0].code));
    let rest: usize = reasons
        .iter()
        .skip(REASONS)
        .map(|(_, lines)| lines.len())
        .sum();
    let mut told: Vec<String> = reasons
        .iter()
        .take(REASONS)
        .map(|(reason, lines)| {
            let mut rules: Vec<String> = lines
                .iter()
                .take(RULES)
                .map(|line| {
                    let examined = counted(line.examined, "subject", "subjects");
                    format!("{} ({} of {examined})", line.code, number(line.unknown))
                })
                .collect();
            if lines.len() > RULES {
                let rest = (lines.len() - RULES) as u64;
                rules.push(format!("{} more", number(rest)));
            }
            format!("{}: {}", rules.join(", "), for_terminal(reason))
        })
        .collect();
    told.extend(and_more(rest));
    told
}

fn and_more(rules: usize) -> Option<String> {
    (rules > 0).then(|| {
        let rules = counted(rules as u64, "more rule", "more rules");
        format!("and {rules} (--format json lists all)")
    })
}

/// Where to begin: a broken export blinds rules, so it goes first; then the strongest and most frequent findings.
fn things_to_do(report: &Report, snapshot: u32, folds: &[Vec<&Finding>]) -> Vec<String> {
    let mut lines = Vec::new();
    let mut blinded: Vec<&str> = Vec::new();
    let mut broken = 0;
    let mut misread = 0;
    let mut misruled = 0;
    let is_in_plan = |problem: &ReportedProblem| {
        let paths = report.plan.iter().flat_map(|plan| &plan.paths);
        let place = problem.location.as_ref().map(|place| report.path_of(place));
        place.is_some_and(|place| paths.into_iter().any(|path| path == place))
    };
    let is_in_project_file = |problem: &ReportedProblem| {
        let place = problem.location.as_ref();
        place.is_some_and(|place| report.is_in_project_file(place))
    };
    for problem in &report.problems {
        if is_in_plan(problem) {
            misread += 1;
            continue;
        }
        if problem.snapshot != snapshot || problem.severity < Severity::Error {
            continue;
        }
        if is_in_project_file(problem) {
            misruled += 1;
        } else {
            broken += 1;
            blinded.extend(&problem.blinds);
        }
    }
    if misread > 0 {
        let errors = counted(misread, "error", "errors");
        lines.push(format!("correct the plan file: {errors} in it"));
    }
    if misruled > 0 {
        let errors = counted(misruled, "error", "errors");
        lines.push(format!("correct the project file: {errors} in it"));
    }
    if broken > 0 {
        blinded.sort_unstable();
        blinded.dedup();
        let problems = counted(broken, "error", "errors");
        let mut line = format!("repair the export: {problems} in the input");
        if !blinded.is_empty() {
            let rules = counted(blinded.len() as u64, "rule", "rules");
            let _ = write!(line, ", in the way of {rules}");
        }
        lines.push(line);
    }
    let mut rules: BTreeMap<&str, (&Finding, Counts)> = BTreeMap::new();
    for fold in folds {
        let first = fold[0];
        let (_, counts) = rules
            .entry(first.code)
            .or_insert((first, Counts::default()));
        counts.add_many(first.severity, fold.len() as u64);
    }
    let mut rules: Vec<(&Finding, Counts)> = rules.into_values().collect();
    // Stable, so that equal ones stay in order of code.
    rules.sort_by_key(|(_, counts)| {
        let by_severity = Severity::ALL.map(|severity| counts.get(severity));
        let strongest = by_severity.iter().position(|&count| count > 0);
        (strongest, std::cmp::Reverse(by_severity))
    });
    for (finding, counts) in rules {
        let title = report
            .rules
            .iter()
            .find(|rule| rule.page.code == finding.code)
            .map_or(finding.rule, |rule| rule.page.title);
        lines.push(format!(
            "fix {} × {}: {title} (tenantlint explain {})",
            number(counts.total()),
            finding.code,
            finding.code,
        ));
    }
    lines.truncate(FIRST);
    lines
}

/// Keys and values below each other.
struct Block {
    look: Look,
    text: String,
}

impl Block {
    /// A key and its lines; nothing where there is no line.
    fn entry(&mut self, key: &str, lines: impl IntoIterator<Item = impl AsRef<str>>) {
        let room = self.look.width.saturating_sub(KEY_WIDTH);
        let mut is_first = true;
        for line in lines {
            for (number, part) in wrap(line.as_ref(), room - 2).iter().enumerate() {
                if is_first {
                    let pad = " ".repeat(KEY_WIDTH.saturating_sub(key.len() + 3));
                    let key = self.look.paint(KEY, &format!("{key}:"));
                    let _ = write!(self.text, "  {key}{pad}");
                    is_first = false;
                } else {
                    self.text.push_str(&" ".repeat(KEY_WIDTH));
                }
                // What continues a line is indented, so that lines can be told apart.
                self.text.push_str(if number > 0 { "  " } else { "" });
                self.text.push_str(part);
                self.text.push('\n');
            }
        }
    }

    /// Counts by category and severity, where there is more than one category.
    fn table(&mut self, folds: &[Vec<&Finding>]) {
        let mut categories: BTreeMap<&str, Counts> = BTreeMap::new();
        for fold in folds {
            categories
                .entry(fold[0].category)
                .or_default()
                .add_many(fold[0].severity, fold.len() as u64);
        }
        if categories.len() < 2 {
            return;
        }
        let name_width = categories.keys().map(|name| name.len()).max().unwrap_or(0);
        let columns: Vec<Severity> = Severity::ALL
            .into_iter()
            .filter(|severity| categories.values().any(|counts| counts.get(*severity) > 0))
            .collect();
        let width = |severity: Severity| {
            let numbers = categories
                .values()
                .map(|counts| number(counts.get(severity)).len());
            numbers.fold(plural(severity).len(), usize::max)
        };
        let indent = " ".repeat(KEY_WIDTH);
        let mut head = format!("{:name_width$}", "");
        for severity in &columns {
            let _ = write!(head, "  {:>1$}", plural(*severity), width(*severity));
        }
        let head = self.look.paint(FAINT, &head);
        let _ = writeln!(self.text, "{indent}{head}");
        for (name, counts) in &categories {
            let _ = write!(self.text, "{indent}{name:name_width$}");
            for severity in &columns {
                let cell = match counts.get(*severity) {
                    0 => "-".to_owned(),
                    count => number(count),
                };
                let _ = write!(self.text, "  {:>1$}", cell, width(*severity));
            }
            self.text.push('\n');
        }
    }
}
