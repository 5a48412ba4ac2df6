//! The history as a page: one file without network, in the style of the HTML report and with its charts.
//!
//! It has no data but its tables, so that it reads the same without scripts; what a tenant named is escaped by the
//! template, and a content security policy lets nothing run but the two scripts that stand in the file.

use std::io;

use askama::Template;

use super::timeline::{FixTimes, Flapping, OpenFinding, RunLine, TenantHistory};
use crate::finding::Severity;
use crate::report::for_terminal;
use crate::report::html::frame;
use crate::report::human::words::{Counts, counted, number};
use crate::snapshot::Moment;

/// Open findings that are listed; CSV and JSON have all.
const OPEN: usize = 1_000;
/// Subjects of a rule that are named.
const SUBJECTS: usize = 20;

/// The scripts of the page, in order: the library and what draws with it.
const SCRIPTS: [&str; 2] = [
    frame::CHART,
    concat!(
        include_str!("../../report/html/charts.js"),
        include_str!("history.js")
    ),
];

/// Writes the page.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write(tenants: &[TenantHistory], out: &mut dyn io::Write) -> io::Result<()> {
    let title = match tenants {
        [one] => name(one),
        several => counted(several.len() as u64, "tenant", "tenants"),
    };
    let page = Page {
        policy: frame::policy(&SCRIPTS),
        title: format!("History of {title}"),
        is_one: tenants.len() == 1,
        tenants: tenants.iter().map(Tenant::of).collect(),
        footer: concat!(
            "tenantlint ",
            env!("CARGO_PKG_VERSION"),
            ". Days are counted between the exports, to the nearest whole one."
        ),
        style: frame::STYLE,
        scripts: SCRIPTS,
    };
    page.write_into(out)
}

#[derive(Template)]
#[template(path = "history.html")]
struct Page {
    policy: String,
    title: String,
    is_one: bool,
    tenants: Vec<Tenant>,
    footer: &'static str,
    style: &'static str,
    scripts: [&'static str; 2],
}

struct Tenant {
    name: String,
    subtitle: String,
    verdict: String,
    cards: Vec<Card>,
    runs: Vec<Run>,
    ages: Vec<Age>,
    open: Vec<Open>,
    further: String,
    times: Vec<Times>,
    flapping: Vec<Flaps>,
}

/// A number that is read at a glance.
struct Card {
    class: &'static str,
    count: String,
    what: &'static str,
}

struct Run {
    time: String,
    error: String,
    warning: String,
    info: String,
    new: String,
    fixed: String,
    evaluated: String,
    not_evaluated: String,
    rules: &'static str,
}

/// Open findings of one span of age.
struct Age {
    span: &'static str,
    error: String,
    warning: String,
    info: String,
}

struct Open {
    days: String,
    since: String,
    severity: &'static str,
    rule: String,
    subject: String,
}

struct Times {
    rule: String,
    count: String,
    median: String,
    longest: String,
}

struct Flaps {
    rule: String,
    returns: String,
    subjects: String,
}

impl Tenant {
    fn of(tenant: &TenantHistory) -> Self {
        let left = tenant.open.len().saturating_sub(OPEN) as u64;
        let times = &tenant.time_to_fix;
        let of_rules = times
            .rules
            .iter()
            .map(|(rule, times)| fix_times(rule, *times));
        let all = (times.overall.count > 0).then(|| fix_times("all rules", times.overall));
        Self {
            name: name(tenant),
            subtitle: subtitle(tenant),
            verdict: verdict(tenant),
            cards: cards(tenant),
            runs: runs(&tenant.runs),
            ages: ages(&tenant.open),
            open: tenant.open.iter().take(OPEN).map(open).collect(),
            further: if left > 0 {
                format!(
                    "And {}: `--format csv` lists all.",
                    counted(left, "more", "more")
                )
            } else {
                String::new()
            },
            times: all.into_iter().chain(of_rules).collect(),
            flapping: tenant.flapping.iter().map(flaps).collect(),
        }
    }
}

fn shown(text: &str) -> String {
    for_terminal(text).into_owned()
}

fn name(tenant: &TenantHistory) -> String {
    shown(tenant.name.as_ref().unwrap_or(&tenant.id))
}

fn time(milliseconds: i64) -> String {
    Moment::rfc3339_of(milliseconds)
}

fn days(days: Option<u64>) -> String {
    days.map_or_else(|| "-".to_owned(), number)
}

fn subtitle(tenant: &TenantHistory) -> String {
    let runs = counted(tenant.runs.len() as u64, "run", "runs");
    let id = shown(&tenant.id);
    match tenant.runs.as_slice() {
        [] => id,
        [one] => format!("{id}: {runs}, exported {}", time(one.time)),
        [first, .., last] => format!(
            "{id}: {runs}, exported {} to {}",
            time(first.time),
            time(last.time)
        ),
    }
}

fn verdict(tenant: &TenantHistory) -> String {
    let counts = Counts::of(tenant.open.iter().map(|one| one.severity));
    let mut text = if counts.total() == 0 {
        "Nothing is open".to_owned()
    } else {
        format!("Open: {counts}")
    };
    let newest = tenant.runs.last();
    if let Some((run, fixed)) = newest.and_then(|run| Some((run, run.fixed?))) {
        let new = days(run.new);
        let fixed = number(fixed);
        text = format!("{text}; {new} new and {fixed} fixed since the run before");
        if let Some(first) = run.first_judged.filter(|count| *count > 0) {
            text = format!("{text}; {} first judged", number(first));
        }
    }
    if tenant.undecided > 0 {
        let undecided = number(tenant.undecided);
        text = format!("{text}; {undecided} open before, and not judged now");
    }
    text + "."
}

fn cards(tenant: &TenantHistory) -> Vec<Card> {
    let counts = Counts::of(tenant.open.iter().map(|one| one.severity));
    let card = |class, count: String, what| Card { class, count, what };
    let times = tenant.time_to_fix.overall;
    let returns = tenant.flapping.iter().map(|rule| rule.returns).sum();
    vec![
        card("error", number(counts.get(Severity::Error)), "errors"),
        card("warning", number(counts.get(Severity::Warning)), "warnings"),
        card("info", number(counts.get(Severity::Info)), "info"),
        card(
            "",
            days(tenant.open.first().map(|one| one.days)),
            "days, the oldest open",
        ),
        card("", number(times.count), "fixed in all"),
        card("", days(times.median_days), "days, median time to fix"),
        card("", number(returns), "fixed and back again"),
    ]
}

/// The runs, with a word where a trend may have changed because the rules did.
fn runs(runs: &[RunLine]) -> Vec<Run> {
    let mut before: Option<&RunLine> = None;
    let mut told = Vec::with_capacity(runs.len());
    for one in runs {
        let is_other = before.is_some_and(|before| before.rule_set != one.rule_set);
        told.push(run(one, if is_other { "another" } else { "" }));
        before = Some(one);
    }
    told
}

fn run(run: &RunLine, rules: &'static str) -> Run {
    Run {
        rules,
        time: time(run.time),
        error: number(run.counts.error),
        warning: number(run.counts.warning),
        info: number(run.counts.info),
        new: match run.first_judged.filter(|count| *count > 0) {
            Some(first) => format!("{}, and {} first judged", days(run.new), number(first)),
            None => days(run.new),
        },
        fixed: days(run.fixed),
        evaluated: number(run.evaluated),
        not_evaluated: number(run.not_evaluated),
    }
}

/// Open findings by how long they have been there; all spans, so that two pages compare.
fn ages(open: &[OpenFinding]) -> Vec<Age> {
    let spans = [
        ("a week or less", 7),
        ("a month or less", 31),
        ("a quarter or less", 92),
        ("a year or less", 366),
        ("longer", u64::MAX),
    ];
    let mut least = 0;
    spans
        .into_iter()
        .map(|(span, most)| {
            let within = open.iter().filter(|one| (least..=most).contains(&one.days));
            let counts = Counts::of(within.map(|one| one.severity));
            least = most.saturating_add(1);
            let [error, warning, info] = Severity::ALL.map(|severity| number(counts.get(severity)));
            Age {
                span,
                error,
                warning,
                info,
            }
        })
        .collect()
}

fn open(one: &OpenFinding) -> Open {
    Open {
        days: number(one.days),
        since: time(one.since),
        severity: one.severity.name(),
        rule: shown(&one.rule),
        subject: shown(&one.subject.name),
    }
}

fn fix_times(rule: &str, times: FixTimes) -> Times {
    Times {
        rule: shown(rule),
        count: number(times.count),
        median: days(times.median_days),
        longest: days(times.longest_days),
    }
}

fn flaps(rule: &Flapping) -> Flaps {
    let findings = rule.findings.iter().take(SUBJECTS);
    let mut subjects: Vec<String> = findings
        .map(|one| {
            let times = counted(one.returns, "time", "times");
            format!("{} ({times})", shown(&one.subject.name))
        })
        .collect();
    let left = rule.findings.len().saturating_sub(SUBJECTS) as u64;
    if left > 0 {
        subjects.push(format!("{} more", number(left)));
    }
    Flaps {
        rule: shown(&rule.rule),
        returns: number(rule.returns),
        subjects: subjects.join(", "),
    }
}
