//! Workflow commands of GitHub Actions: each finding becomes an annotation on a line of an export.
//!
//! GitHub shows ten annotations of each severity for a step and keeps the rest in the log, so that the strongest come
//! first, as they do in every report.
//!
//! Source: <https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands>.

use std::fmt::Write as _;
use std::io;

use super::{Report, for_terminal};
use crate::finding::{Location, Severity};

/// Writes the report.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    for problem in &report.problems {
        let place = problem.location.as_ref();
        let command = command(problem.severity);
        let title = "problem with the input";
        let message = report.said_of_problem(problem);
        line(report, command, place, title, &message, out)?;
    }
    for finding in report.open() {
        let title = format!("{} {}", finding.code, finding.rule);
        let message = match &*finding.remedy.summary {
            "" => finding.told().into_owned(),
            summary => format!("{}\nhelp: {summary}", finding.told()),
        };
        let command = command(finding.severity);
        line(
            report,
            command,
            Some(&finding.location),
            &title,
            &message,
            out,
        )?;
    }
    for (coverage, words) in report.not_judged() {
        let words = report.said_of(coverage.snapshot, &words);
        line(report, "notice", None, coverage.code, &words, out)?;
    }
    for sentence in report.not_compared() {
        line(report, "notice", None, "not compared", sentence, out)?;
    }
    writeln!(out, "{}", report.in_one_line())
}

fn command(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    }
}

fn line(
    report: &Report,
    command: &str,
    place: Option<&Location>,
    title: &str,
    message: &str,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let mut properties = String::new();
    if let Some(place) = place {
        let file = property(report.path_of(place));
        let (start, end) = (place.start, place.end);
        properties = format!("file={file},line={},endLine={}", start.line, end.line);
        // Columns over several lines are refused.
        if start.line == end.line {
            let _ = write!(properties, ",col={},endColumn={}", start.column, end.column);
        }
        properties.push(',');
    }
    let (title, message) = (property(title), data(message));
    writeln!(out, "::{command} {properties}title={title}::{message}")
}

/// The text of a command, which ends at the end of its line.
fn data(text: &str) -> String {
    let shown: Vec<String> = text
        .split('\n')
        .map(|line| for_terminal(line).replace('%', "%25").replace('\r', "%0D"))
        .collect();
    shown.join("%0A")
}

/// A property, which ends at a comma or at the text.
fn property(text: &str) -> String {
    let shown = for_terminal(text).replace('%', "%25");
    shown.replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_a_command_is_escaped() {
        assert_eq!(property("a,b:c%\n"), "a%2Cb%3Ac%25\\u{a}");
        assert_eq!(data("100 %\nsecond\u{1b}[2J"), "100 %25%0Asecond\\u{1b}[2J");
        assert_eq!(data("a\r\n::error::b"), "a\\u{d}%0A:\\u{3a}error::b");
    }
}
