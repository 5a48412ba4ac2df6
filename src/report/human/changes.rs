//! What changed since an earlier snapshot, and what is fixed: below the new findings, above the summary.

use std::fmt::Write as _;

use super::look::{FAINT, GOOD, KEY, Look, STRONG};
use super::words::{counted, number};
use crate::report::escape::for_terminal;
use crate::report::{Change, Drift, Report};

/// Changes and fixed findings that are printed before the rest is counted, unless the user says otherwise.
const SHOWN: usize = 25;

/// The findings that are gone.
pub(super) fn fixed(report: &Report, look: Look) -> String {
    let mut text = String::new();
    for one in report.fixed.iter().take(SHOWN) {
        let word = look.paint(GOOD, "fixed");
        let (rule, subject) = (for_terminal(&one.rule), for_terminal(&one.subject));
        let _ = writeln!(text, "{word} {subject}: {rule}");
    }
    rest(report.fixed.len(), SHOWN, look, &mut text);
    text
}

/// The objects that changed: first those that caused findings.
pub(super) fn of(report: &Report, drift: &Drift, limit: Option<usize>, look: Look) -> String {
    let since = drift
        .old
        .exported_at
        .as_deref()
        .unwrap_or("an unknown time");
    let (path, since) = (for_terminal(&drift.old.path), for_terminal(since));
    let title = look.paint(STRONG, &format!("changed since {path} ({since})"));
    let mut text = format!("{title}\n");
    if drift.changes.is_empty() {
        text.push_str(match drift.not_compared.as_slice() {
            [] => "  nothing\n",
            _ => "  nothing that could be compared\n",
        });
    }
    let limit = limit.unwrap_or(SHOWN);
    for change in drift.by_effect().into_iter().take(limit) {
        text.push_str(&line(report, change, look));
    }
    rest(drift.changes.len(), limit, look, &mut text);
    for sentence in &drift.not_compared {
        let key = look.paint(KEY, "not compared:");
        let _ = writeln!(text, "  {key} {}", for_terminal(sentence));
    }
    text
}

fn line(report: &Report, change: &Change, look: Look) -> String {
    let place = &change.location;
    let path = for_terminal(report.path_of(place));
    let place = format!("{path}:{}:{}", place.start.line, place.start.column);
    let effect = match change.findings {
        0 => String::new(),
        count => format!(", hence {}", counted(count, "new finding", "new findings")),
    };
    format!(
        "  {}{effect} {}\n",
        for_terminal(&change.sentence()),
        look.paint(FAINT, &format!("({place})")),
    )
}

fn rest(count: usize, shown: usize, look: Look, text: &mut String) {
    if count > shown {
        let more = format!("  and {} more", number((count - shown) as u64));
        let how = look.paint(FAINT, "(--format json lists all)");
        let _ = writeln!(text, "{more} {how}");
    }
}
