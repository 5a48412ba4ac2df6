//! The history for people: how bad it is and where it goes, what is oldest, how long fixes take, and what comes back.
//!
//! Lists are cut to what fits a screen, and what is cut is counted; JSON has all of it, CSV all that is open.

use std::fmt::Write as _;
use std::io;

use super::timeline::{FixTimes, RunLine, TenantHistory};
use crate::finding::Severity;
use crate::report::for_terminal;
use crate::report::human::words::{Counts, cells, counted, number, plural};
use crate::snapshot::Moment;

/// Runs that have a bar in the lines of the trend.
const BARS: usize = 60;
/// Runs that are listed.
const RUNS: usize = 10;
/// Open findings that are listed.
const OPEN: usize = 15;
/// Rules that are listed.
const RULES: usize = 8;
/// Subjects of a rule that are named.
const SUBJECTS: usize = 3;

/// Writes the text.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write(tenants: &[TenantHistory], out: &mut dyn io::Write) -> io::Result<()> {
    if tenants.is_empty() {
        return writeln!(out, "no run is recorded yet");
    }
    let blocks: Vec<String> = tenants.iter().map(block).collect();
    out.write_all(blocks.join("\n").as_bytes())
}

fn block(tenant: &TenantHistory) -> String {
    let mut text = title(tenant);
    let Some(newest) = tenant.runs.last() else {
        return text;
    };
    let _ = writeln!(text, "  newest run: {}", newest_run(newest, tenant));
    for severity in Severity::ALL {
        trend(&mut text, severity, &tenant.runs);
    }
    runs(&mut text, &tenant.runs);
    open(&mut text, tenant);
    times(&mut text, tenant);
    flapping(&mut text, tenant);
    text
}

/// `Contoso (77fb…): 3 runs, exported 2026-06-10T05:30:00Z to 2026-09-14T05:30:00Z`.
fn title(tenant: &TenantHistory) -> String {
    let id = for_terminal(&tenant.id);
    let name = match &tenant.name {
        Some(name) => format!("{} ({id})", for_terminal(name)),
        None => id.into_owned(),
    };
    let runs = counted(tenant.runs.len() as u64, "run", "runs");
    let exported = match tenant.runs.as_slice() {
        [] => String::new(),
        [one] => format!(", exported {}", time(one.time)),
        [first, .., last] => {
            format!(", exported {} to {}", time(first.time), time(last.time))
        }
    };
    format!("{name}: {runs}{exported}\n")
}

fn newest_run(run: &RunLine, tenant: &TenantHistory) -> String {
    let counts = Counts::of(tenant.open.iter().map(|one| one.severity));
    let mut text = if counts.total() == 0 {
        "nothing is open".to_owned()
    } else {
        counts.to_string()
    };
    if let (Some(new), Some(fixed)) = (run.new, run.fixed) {
        let first = first_judged(run).map_or_else(String::new, |first| format!(" {first},"));
        let _ = write!(
            text,
            "; {} new,{first} {} fixed",
            number(new),
            number(fixed)
        );
    }
    if tenant.undecided > 0 {
        let _ = write!(
            text,
            "; {} open before, and not judged now",
            number(tenant.undecided)
        );
    }
    text
}

/// How many findings nobody could tell before, where there are some.
fn first_judged(run: &RunLine) -> Option<String> {
    let count = run.first_judged.filter(|count| *count > 0)?;
    Some(format!("{} first judged", number(count)))
}

/// A bar for each run, the newest last, and the counts at both ends.
fn trend(text: &mut String, severity: Severity, runs: &[RunLine]) {
    const STEPS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let count = |run: &RunLine| match severity {
        Severity::Error => run.counts.error,
        Severity::Warning => run.counts.warning,
        Severity::Info => run.counts.info,
    };
    if runs.len() < 2 {
        return;
    }
    let counts: Vec<u64> = runs[runs.len().saturating_sub(BARS)..]
        .iter()
        .map(count)
        .collect();
    let most = counts.iter().copied().max().unwrap_or(0).max(1);
    let bars: String = counts
        .iter()
        // Only nothing has the lowest bar.
        .map(|count| STEPS[(u128::from(*count) * 7).div_ceil(u128::from(most)) as usize])
        .collect();
    let ends = |count: Option<&u64>| number(count.copied().unwrap_or(0));
    let _ = writeln!(
        text,
        "  {:<10}  {bars}  {} to {}",
        format!("{}:", plural(severity)),
        ends(counts.first()),
        ends(counts.last())
    );
}

fn runs(text: &mut String, runs: &[RunLine]) {
    let change = |count: Option<u64>| count.map_or_else(|| "-".to_owned(), number);
    let mut table = Table::new(&[
        "exported",
        ">errors",
        ">warnings",
        ">info",
        ">new",
        ">fixed",
        ">evaluated",
        ">not evaluated",
        "",
    ]);
    let earlier = runs.len().saturating_sub(RUNS);
    let mut before = earlier.checked_sub(1).and_then(|at| runs.get(at));
    for run in &runs[earlier..] {
        let others = before.is_some_and(|before| before.rule_set != run.rule_set);
        let others = others.then(|| "other rules".to_owned());
        let notes: Vec<String> = others.into_iter().chain(first_judged(run)).collect();
        table.row([
            time(run.time),
            number(run.counts.error),
            number(run.counts.warning),
            number(run.counts.info),
            change(run.new),
            change(run.fixed),
            number(run.evaluated),
            number(run.not_evaluated),
            notes.join(", "),
        ]);
        before = Some(run);
    }
    text.push_str("  runs:\n");
    table.write(text);
    rest(
        text,
        earlier,
        "earlier run",
        "earlier runs",
        "--format json",
    );
}

fn open(text: &mut String, tenant: &TenantHistory) {
    if tenant.open.is_empty() {
        return;
    }
    let _ = writeln!(text, "  open, the oldest first:");
    let mut table = Table::new(&[">days", "since", "severity", "rule", "subject"]);
    for one in tenant.open.iter().take(OPEN) {
        table.row([
            number(one.days),
            time(one.since),
            one.severity.name().to_owned(),
            for_terminal(&one.rule).into_owned(),
            for_terminal(&one.subject.name).into_owned(),
        ]);
    }
    table.write(text);
    let left = tenant.open.len().saturating_sub(OPEN);
    rest(text, left, "more", "more", "--format csv");
}

fn times(text: &mut String, tenant: &TenantHistory) {
    let times = &tenant.time_to_fix;
    if times.overall.count == 0 {
        return;
    }
    text.push_str("  time to fix:\n");
    let mut table = Table::new(&["rule", ">fixed", ">median days", ">longest"]);
    let mut row = |name: String, times: &FixTimes| {
        let days = |days: Option<u64>| days.map_or_else(|| "-".to_owned(), number);
        table.row([
            name,
            number(times.count),
            days(times.median_days),
            days(times.longest_days),
        ]);
    };
    row("all rules".to_owned(), &times.overall);
    let mut rules: Vec<_> = times.rules.iter().collect();
    // Stable, so that equal ones stay in order of name.
    rules.sort_by_key(|(_, times)| std::cmp::Reverse(times.median_days));
    for (rule, times) in rules.iter().take(RULES) {
        row(for_terminal(rule).into_owned(), times);
    }
    table.write(text);
    let left = rules.len().saturating_sub(RULES);
    rest(text, left, "more rule", "more rules", "--format json");
}

fn flapping(text: &mut String, tenant: &TenantHistory) {
    if tenant.flapping.is_empty() {
        return;
    }
    text.push_str("  fixed and back again:\n");
    let mut table = Table::new(&[">times", "rule", "subjects"]);
    for rule in tenant.flapping.iter().take(RULES) {
        let mut subjects: Vec<String> = rule
            .findings
            .iter()
            .take(SUBJECTS)
            .map(|one| {
                let times = counted(one.returns, "time", "times");
                format!("{} ({times})", for_terminal(&one.subject.name))
            })
            .collect();
        let left = rule.findings.len().saturating_sub(SUBJECTS);
        if left > 0 {
            subjects.push(format!("{} more", number(left as u64)));
        }
        table.row([
            number(rule.returns),
            for_terminal(&rule.rule).into_owned(),
            subjects.join(", "),
        ]);
    }
    table.write(text);
    let left = tenant.flapping.len().saturating_sub(RULES);
    rest(text, left, "more rule", "more rules", "--format json");
}

fn rest(text: &mut String, count: usize, one: &str, many: &str, all: &str) {
    if count > 0 {
        let count = counted(count as u64, one, many);
        let _ = writeln!(text, "    and {count} ({all} lists all)");
    }
}

fn time(milliseconds: i64) -> String {
    Moment::rfc3339_of(milliseconds)
}

/// Columns below each other; a heading that begins with `>` has its column to the right.
struct Table {
    headings: Vec<&'static str>,
    rows: Vec<Vec<String>>,
}

impl Table {
    fn new(headings: &[&'static str]) -> Self {
        let names = headings.iter();
        let names = names.map(|heading| heading.trim_start_matches('>').to_owned());
        Self {
            headings: headings.to_vec(),
            rows: vec![names.collect()],
        }
    }

    fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.rows.push(cells.into());
    }

    fn write(&self, text: &mut String) {
        let width = |cell: &String| cell.chars().map(cells).sum::<usize>();
        let widths: Vec<usize> = (0..self.headings.len())
            .map(|column| {
                let cells = self.rows.iter().filter_map(|row| row.get(column));
                cells.map(width).max().unwrap_or(0)
            })
            .collect();
        for row in &self.rows {
            let mut line = "  ".to_owned();
            for ((cell, heading), wide) in row.iter().zip(&self.headings).zip(&widths) {
                let pad = " ".repeat(wide.saturating_sub(width(cell)));
                let (left, right) = if heading.starts_with('>') {
                    (pad.as_str(), "")
                } else {
                    ("", pad.as_str())
                };
                let _ = write!(line, "  {left}{cell}{right}");
            }
            let _ = writeln!(text, "{}", line.trim_end());
        }
    }
}
