//! Logging commands of Azure Pipelines: errors and warnings become issues of the run; what is an info is a plain line,
//! because Azure has no third grade.
//!
//! Source: <https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands>.

use std::fmt::Write as _;
use std::io;

use super::{Outcome, Report, for_terminal};
use crate::finding::{Location, Severity};

/// Writes the report.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    for problem in &report.problems {
        let place = problem.location.as_ref();
        let message = report.said_of_problem(problem);
        line(report, problem.severity, place, "input", &message, out)?;
    }
    for finding in report.open() {
        let place = Some(&finding.location);
        line(
            report,
            finding.severity,
            place,
            finding.code,
            &finding.told(),
            out,
        )?;
    }
    for (coverage, words) in report.not_judged() {
        // What was left undecided is no issue of the run.
        let severity = match coverage.outcome {
            Outcome::NotEvaluated => Severity::Warning,
            _ => Severity::Info,
        };
        let words = report.said_of(coverage.snapshot, &words);
        line(report, severity, None, coverage.code, &words, out)?;
    }
    for sentence in report.not_compared() {
        line(report, Severity::Info, None, "not-compared", sentence, out)?;
    }
    writeln!(out, "{}", plain(&report.in_one_line()))
}

fn line(
    report: &Report,
    severity: Severity,
    place: Option<&Location>,
    code: &str,
    message: &str,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let message = plain(message);
    if severity == Severity::Info {
        return match place {
            Some(place) => {
                let path = plain(report.path_of(place));
                let (line, column) = (place.start.line, place.start.column);
                writeln!(out, "{path}:{line}:{column}: info[{code}] {message}")
            }
            None => writeln!(out, "info[{code}] {message}"),
        };
    }
    let mut properties = format!("type={};", severity.name());
    if let Some(place) = place {
        let path = property(report.path_of(place));
        let (line, column) = (place.start.line, place.start.column);
        let _ = write!(
            properties,
            "sourcepath={path};linenumber={line};columnnumber={column};"
        );
    }
    let _ = write!(properties, "code={};", property(code));
    let message = message.replace('%', "%AZP25");
    writeln!(out, "##vso[task.logissue {properties}]{message}")
}

/// A text of which no part is a command: the agent looks for `##vso[` and `##[` anywhere in a line.
fn plain(text: &str) -> String {
    let mut safe = String::new();
    for character in for_terminal(text).chars() {
        if character == '#' && safe.ends_with('#') {
            safe.push(' ');
        }
        safe.push(character);
    }
    safe
}

/// A property, which ends at a semicolon or at the bracket.
fn property(text: &str) -> String {
    let shown = plain(text).replace('%', "%AZP25");
    shown.replace(';', "%3B").replace(']', "%5D")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_is_a_command() {
        assert_eq!(
            plain("a ##vso[task.complete]\n"),
            "a # #vso\\u{5b}task.complete]\\u{a}"
        );
        assert!(!plain("####vso[").contains("##"), "{}", plain("####vso["));
        assert!(
            !plain("###[error]").contains("##"),
            "{}",
            plain("###[error]")
        );
        assert_eq!(property("a;b]c%"), "a%3Bb%5Dc%AZP25");
    }
}
