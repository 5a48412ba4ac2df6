//! The HTML report: one file, without network, for a manager first and an engineer below.
//!
//! Everything that a tenant named is escaped by the template, or travels as data that the page's own script sets as
//! text; a content security policy lets nothing run but the three scripts that stand in the file, by their digests.
//! The findings are packed, so that thousands of them stay small. Charts and the table come from libraries in `vendor/`.

mod data;
pub(crate) mod frame;
mod plan;

use std::collections::BTreeMap;
use std::io;

use askama::Template;

use super::human::words::{Counts, counted, number};
use super::{Report, Trend, TrendPoint, for_terminal};
use crate::finding::{Location, Severity};
use crate::snapshot::ExportKind;

/// The scripts of the page, in order: two libraries and what this report does with them.
const SCRIPTS: [&str; 3] = [
    frame::CHART,
    include_str!("vendor/table-core.min.js"),
    concat!(include_str!("charts.js"), include_str!("app.js")),
];

/// Writes the report.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let page = Page::of(report)?;
    page.write_into(out)
}

#[derive(Template)]
#[template(path = "page.html")]
struct Page {
    policy: String,
    title: String,
    subtitle: String,
    verdict: String,
    cards: Vec<Card>,
    trends: Vec<TrendFigure>,
    categories: Vec<Category>,
    estate: Vec<Numbers>,
    /// What stands where there is none.
    no_numbers: &'static str,
    /// The earlier snapshot, where two are compared.
    since: Option<String>,
    changes: Vec<Change>,
    not_compared: Vec<Words>,
    /// What a plan does.
    plan: Option<plan::Course>,
    fixed_title: &'static str,
    fixed: Vec<String>,
    problems: Vec<Problem>,
    gaps: Vec<Gap>,
    /// What a report of a plan leaves to one of the tenant.
    also_undecided: Option<Words>,
    footer: String,
    style: &'static str,
    data: String,
    scripts: [&'static str; 3],
}

/// A number that is read at a glance.
struct Card {
    class: &'static str,
    count: String,
    what: &'static str,
}

/// A chart of counts over time, for one tenant.
struct TrendFigure {
    caption: String,
    rows: Vec<TrendRow>,
}

struct TrendRow {
    time: String,
    error: String,
    warning: String,
    info: String,
}

struct Category {
    name: &'static str,
    error: String,
    warning: String,
    info: String,
}

struct Numbers {
    operator: String,
    number_type: String,
    assigned: String,
    free: String,
}

/// A sentence in parts: text and names by turns.
type Words = Vec<String>;

struct Change {
    what: Words,
    findings: String,
    place: String,
}

struct Problem {
    severity: &'static str,
    message: Words,
    place: String,
}

struct Gap {
    rule: String,
    why: Words,
}

impl Page {
    fn of(report: &Report) -> io::Result<Self> {
        Ok(Self {
            policy: frame::policy(&SCRIPTS),
            title: title(report),
            subtitle: subtitle(report),
            verdict: report.in_one_line(),
            cards: cards(report),
            trends: trends(report),
            categories: categories(report),
            estate: estate(report),
            no_numbers: no_numbers(report),
            since: report.drift.as_ref().map(|drift| {
                let time = drift.old.exported_at.as_deref();
                let time = time.map_or_else(String::new, |time| format!(", exported {time}"));
                shown(&format!("{}{time}", drift.old.path))
            }),
            changes: changes(report),
            not_compared: report
                .not_compared()
                .map(|sentence| words(sentence))
                .collect(),
            plan: report
                .plan
                .as_ref()
                .map(|one| plan::Course::of(report, one)),
            fixed_title: if report.plan.is_some() {
                "Taken away by the plan"
            } else {
                "Fixed"
            },
            fixed: fixed(report),
            problems: report
                .problems
                .iter()
                .map(|problem| Problem {
                    severity: problem.severity.name(),
                    message: words(&problem.message),
                    place: problem.location.as_ref().map_or_else(
                        || whole(report, problem.snapshot),
                        |place| at(report, place),
                    ),
                })
                .collect(),
            gaps: gaps(report),
            also_undecided: report.also_undecided().map(|sentence| words(&sentence)),
            footer: format!(
                "tenantlint {}, as of {}. Every finding is explained by its rule; `tenantlint explain RULE` shows it too.",
                env!("CARGO_PKG_VERSION"),
                report.as_of
            ),
            style: frame::STYLE,
            data: data::packed(report)?,
            scripts: SCRIPTS,
        })
    }
}

/// Changes and fixed findings that the page shows; the machine formats have all.
const SHOWN: usize = 500;

/// What changed, that which caused findings first.
fn changes(report: &Report) -> Vec<Change> {
    let Some(drift) = &report.drift else {
        return Vec::new();
    };
    let changes = drift.by_effect().into_iter().take(SHOWN).map(|one| Change {
        what: words(&one.sentence()),
        findings: number(one.findings),
        place: at(report, &one.location),
    });
    let mut changes: Vec<Change> = changes.collect();
    if let Some(rest) = drift.changes.len().checked_sub(SHOWN + 1) {
        changes.push(Change {
            what: words(&format!("and {} more", number(rest as u64 + 1))),
            findings: String::new(),
            place: String::new(),
        });
    }
    changes
}

fn fixed(report: &Report) -> Vec<String> {
    let lines = report.fixed.iter().take(SHOWN);
    let mut lines: Vec<String> = lines
        .map(|one| shown(&format!("{}: {}", one.subject, one.rule)))
        .collect();
    if let Some(rest) = report.fixed.len().checked_sub(SHOWN + 1) {
        lines.push(format!("and {} more", number(rest as u64 + 1)));
    }
    lines
}

/// A sentence, cut where a name begins or ends; every other part is a name.
fn words(sentence: &str) -> Words {
    let shown = shown(sentence);
    // Who has no end has no beginning either.
    let marks = shown.matches('`').count();
    let parts = shown.splitn(marks / 2 * 2 + 1, '`');
    parts.map(str::to_owned).collect()
}

fn at(report: &Report, place: &Location) -> String {
    let path = shown(report.path_of(place));
    format!("{path}:{}:{}", place.start.line, place.start.column)
}

/// A snapshot as a place, where there are several.
fn whole(report: &Report, snapshot: u32) -> String {
    match report.snapshots.get(snapshot as usize) {
        Some(snapshot) if report.snapshots.len() > 1 => shown(&snapshot.path),
        _ => String::new(),
    }
}

fn shown(text: &str) -> String {
    for_terminal(text).into_owned()
}

fn title(report: &Report) -> String {
    match report.snapshots.as_slice() {
        [one] => shown(one.tenant_name.as_ref().unwrap_or(&one.path)),
        several => counted(several.len() as u64, "snapshot", "snapshots"),
    }
}

/// Snapshots that the top of the page names.
const NAMED: usize = 40;

fn subtitle(report: &Report) -> String {
    let mut parts: Vec<String> = report
        .snapshots
        .iter()
        .take(NAMED)
        .map(|one| {
            let time = one.exported_at.as_deref().unwrap_or("at an unknown time");
            format!("{}, exported {}", shown(&one.path), shown(time))
        })
        .collect();
    if let Some(rest) = report.snapshots.len().checked_sub(NAMED + 1) {
        parts.push(format!("and {} more", number(rest as u64 + 1)));
    }
    parts.join("; ")
}

fn cards(report: &Report) -> Vec<Card> {
    let summary = report.summary();
    let rules = report.rules_judged();
    let mut cards = vec![
        ("error", summary.error, "errors"),
        ("warning", summary.warning, "warnings"),
        ("info", summary.info, "info"),
        ("", rules.passed, "rules passed"),
        ("", rules.not_evaluated, "rules not evaluated"),
    ];
    if rules.undecided > 0 {
        cards.insert(4, ("", rules.undecided, "rules undecided in part"));
    }
    let [known, fixed] = report.words_for_known();
    for (count, what) in [
        (summary.excepted, "accepted by exceptions"),
        (summary.baselined, known),
        (report.fixed.len() as u64, fixed),
        (summary.problems, "problems with the input"),
    ] {
        if count > 0 {
            cards.push(("", count, what));
        }
    }
    cards
        .into_iter()
        .map(|(class, count, what)| Card {
            class,
            count: number(count),
            what,
        })
        .collect()
}

fn trends(report: &Report) -> Vec<TrendFigure> {
    let several = report.trend.len() > 1;
    let row = |point: &TrendPoint| TrendRow {
        time: shown(&point.time),
        error: number(point.error),
        warning: number(point.warning),
        info: number(point.info),
    };
    let figure = |trend: &Trend| TrendFigure {
        caption: if several {
            format!("Trend of {}", shown(&trend.tenant))
        } else {
            "Trend".to_owned()
        },
        rows: trend.points.iter().map(row).collect(),
    };
    report.trend.iter().map(figure).collect()
}

fn categories(report: &Report) -> Vec<Category> {
    let mut counts: BTreeMap<&'static str, Counts> = BTreeMap::new();
    for finding in report.open() {
        counts
            .entry(finding.category)
            .or_default()
            .add(finding.severity);
    }
    counts
        .into_iter()
        .map(|(category, counts)| {
            let [error, warning, info] = Severity::ALL.map(|severity| number(counts.get(severity)));
            Category {
                name: category,
                error,
                warning,
                info,
            }
        })
        .collect()
}

/// Why there is no number to show.
fn no_numbers(report: &Report) -> &'static str {
    let mut exports = report.snapshots.iter().flat_map(|one| &one.exports);
    if exports.any(|kind| kind.family() == ExportKind::PhoneNumberAssignment) {
        "The inventory of numbers is empty."
    } else {
        "No inventory of numbers was exported."
    }
}

/// The numbers of all tenants together.
fn estate(report: &Report) -> Vec<Numbers> {
    let mut rows: BTreeMap<(&str, &str), (u64, u64)> = BTreeMap::new();
    for part in &report.estate {
        let row = rows.entry((&part.operator, &part.number_type)).or_default();
        row.0 += part.assigned;
        row.1 += part.free;
    }
    rows.into_iter()
        .map(|((operator, number_type), (assigned, free))| Numbers {
            operator: shown(operator),
            number_type: shown(number_type),
            assigned: number(assigned),
            free: number(free),
        })
        .collect()
}

fn gaps(report: &Report) -> Vec<Gap> {
    report
        .not_judged()
        .map(|(line, words)| Gap {
            rule: shown(&report.said_of(line.snapshot, line.rule)),
            why: self::words(&words),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use flate2::read::GzDecoder;

    use crate::report::human::samples::{find, finding, many, plan, report, several, source};

    fn page(report: &Report) -> String {
        let mut out = Vec::new();
        write(report, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn nothing_is_loaded_and_nothing_of_a_tenant_is_markup() {
        let mut report = report();
        let evil = "</script><img src=x onerror=alert(1)>\u{202e}";
        report.snapshots[0].tenant_name = Some(evil.to_owned());
        let file = source(&mut report, evil, b"[1]");
        let place = find(&report, file, "1", evil);
        report.findings.push(finding(evil, place));
        report.estate.push(crate::report::Estate {
            snapshot: 0,
            operator: evil.to_owned(),
            number_type: evil.to_owned(),
            assigned: 1,
            free: 2,
        });
        for time in ["2026-09-13T05:30:00Z", "2026-09-14T05:30:00Z"] {
            report.trend.push(Trend {
                tenant: evil.to_owned(),
                points: vec![TrendPoint {
                    time: time.to_owned(),
                    error: 3_411,
                    warning: 2,
                    info: 1,
                }],
            });
        }
        report.plan = Some(plan(&report.findings[0].location, evil));
        let page = page(&report);
        assert!(page.contains("<th scope=\"row\">2026-09-13T05:30:00Z</th><td>3,411</td>"));
        assert!(!page.contains("<img") && !page.contains('\u{202e}'));
        assert_eq!(
            page.matches("</script>").count(),
            4,
            "the data and three scripts"
        );
        assert!(
            !page.contains("src=\"") && !page.contains("<link"),
            "nothing is loaded"
        );
        for script in SCRIPTS {
            assert!(!script.contains("</script"));
        }
    }

    #[test]
    fn steps_that_do_not_go_well_are_open() {
        let mut report = report();
        let file = source(&mut report, "plan.toml", b"[[step]]");
        let place = find(&report, file, "step", "");
        report.plan = Some(plan(&place, "a@contoso.example"));
        let page = page(&report);
        let (_, section) = page.split_once("<h2 id=\"plan-title\">").unwrap();
        let (section, _) = section.split_once("</section>").unwrap();
        insta::assert_snapshot!(section, @r#"
        Plan plan.toml</h2>
        <p>It adds 1 error, removes 1 warning.</p>
        <p>But what was wrong before stays so: 112 errors, 80 warnings, 40 info; run <code>tenantlint check</code>.</p>
        <details class="step">
        <summary><b>step 1: unassign-number:</b> <span class="severity-ok">ok</span>, 1 act, 1 need met <code>plan.toml:1:3</code></summary>
        <div class="act">
        <p><b>unassign-number</b> a@contoso.example</p>
        <ul>
        <li><b>met</b>: the account is there</li>
        <li><b>changes</b>: user <code>a@contoso.example</code>: <code>LineUri</code> lost <code>tel:+33199001201</code></li>
        </ul>
        <pre>Remove-CsPhoneNumberAssignment -Identity &#39;a@contoso.example&#39; -RemoveAll</pre>
        </div>
        <ul>
        <li><b>removes</b>: US001 of <code>a@contoso.example</code></li>
        </ul>
        </details>
        <details class="step" open>
        <summary><b>step 2: assign-number:</b> <span class="severity-error">refused</span>, 1 act, 1 need met, 1 unmet, 1 unknown <code>plan.toml:1:3</code></summary>
        <div class="act">
        <p><b>assign-number</b> +33199001207 to a@contoso.example: <span class="severity-error">refused</span></p>
        <ul>
        <li><b>unmet</b>: <code>+33199001207</code> is free, but <code>a@contoso.example</code> has it</li>
        <li><b>unknown</b>: the location is validated, but no export tells the addresses</li>
        <li><b>met</b>: the account is there</li>
        </ul>
        </div>
        </details>
        <details class="step">
        <summary><b>step 3: wait-for-export:</b> <span class="severity-ok">nothing to type</span> <code>plan.toml:1:3</code></summary>
        </details>
        <details class="step" open>
        <summary><b>step 4: delete-account:</b> <span class="severity-error">needs unmet</span>, on the assumed state, 1 act, 1 need met, 1 unmet <code>plan.toml:1:3</code></summary>
        <div class="act">
        <p><b>delete-account</b> a@contoso.example: <span class="severity-error">needs unmet</span></p>
        <ul>
        <li><b>unmet</b>: <code>a@contoso.example</code> has no number, but it has <code>+33199001202</code></li>
        <li><b>met</b>: the account is there</li>
        <li><b>changes</b>: user <code>a@contoso.example</code>: <code>LineUri</code> lost <code>tel:+33199001201</code></li>
        <li><b>changes</b>: voice route <code>a@contoso.example</code> is added</li>
        <li><b>changes</b>: voice route <code>a@contoso.example</code> is gone</li>
        <li><b>no way back</b>: <code>a@contoso.example</code> can be restored for 30 days</li>
        <li><b>note</b>: <code>a@contoso.example</code> loses its voicemail</li>
        </ul>
        <pre>Remove-CsPhoneNumberAssignment -Identity &#39;a@contoso.example&#39; -RemoveAll</pre>
        </div>
        <ul>
        <li><b>adds</b>: US006 of <code>a@contoso.example</code></li>
        </ul>
        </details>
        "#);
    }

    /// The data of a page, unpacked.
    fn data(page: &str) -> serde_json::Value {
        let (_, rest) = page.split_once("id=\"data\">").unwrap();
        let (packed, _) = rest.split_once("</script>").unwrap();
        let packed = STANDARD.decode(packed).unwrap();
        serde_json::from_reader(GzDecoder::new(packed.as_slice())).unwrap()
    }

    #[test]
    fn a_link_leads_to_the_finding_of_its_own_tenant() {
        let anchors = |report: &Report| {
            let data = data(&page(report));
            let findings = data["findings"].as_array().unwrap().clone();
            findings
                .iter()
                .map(|one| one["anchor"].as_str().unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        let mut report = several(&["a", "b"]);
        let [one, other] = &anchors(&report)[..] else {
            panic!("two findings");
        };
        assert_ne!(one, other);
        report.snapshots.reverse();
        assert_eq!(anchors(&report), [other.clone(), one.clone()]);
        let fingerprint = report.findings[0].fingerprint.to_string();
        assert_eq!(anchors(&several(&["a"])), [fingerprint]);
        assert!(!SCRIPTS[2].contains("`#${row.id}`"));
    }

    #[test]
    fn the_cards_count_each_rule_once_and_no_doubt_as_a_pass() {
        let page = page(&several(&["a", "b"]));
        for card in [
            "rules passed",
            "rules undecided in part",
            "rules not evaluated",
        ] {
            let shown =
                format!("<span class=\"count\">1</span> <span class=\"what\">{card}</span>");
            assert!(page.contains(&shown), "{card}");
        }
    }

    #[test]
    fn an_empty_inventory_is_one_and_snapshots_that_are_not_named_are_counted() {
        let mut report = report();
        assert!(page(&report).contains("No inventory of numbers was exported."));
        let kind = ExportKind::PhoneNumberAssignment;
        report.snapshots[0].exports.insert(kind);
        assert!(page(&report).contains("The inventory of numbers is empty."));
        let rest = |count: usize| {
            let page = page(&several(&vec!["a"; count]));
            let (_, rest) = page.split_once("<header>").unwrap();
            let (header, _) = rest.split_once("</header>").unwrap();
            header.split_once("and ").map(|(_, rest)| rest.to_owned())
        };
        assert_eq!(rest(40), None);
        assert!(rest(45).unwrap().starts_with("5 more</p>"));
    }

    #[test]
    fn thousands_of_steps_stay_small() {
        let mut report = report();
        let file = source(&mut report, "plan.toml", b"[[step]]");
        let place = find(&report, file, "step", "");
        let mut one = plan(&place, "a@contoso.example");
        let refused = one.steps[1].clone();
        one.steps = (0..5_000).map(|_| refused.clone()).collect();
        report.plan = Some(one);
        let page = page(&report);
        assert_eq!(page.matches("<details class=\"step\"").count(), SHOWN);
        assert_eq!(page.matches("<details class=\"step\" open>").count(), 20);
        assert!(page.contains("<p>And 4,500 more steps; the JSON report has all of them.</p>"));
    }

    #[test]
    fn thousands_of_findings_stay_small() {
        let page = page(&many(5_000));
        assert!(page.len() < 2_000_000, "{} bytes", page.len());
    }
}
