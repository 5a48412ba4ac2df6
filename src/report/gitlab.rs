//! The Code Quality report of GitLab, which shows findings in merge requests.
//!
//! Excepted and baselined findings are left out: GitLab has no word for them. A rule that was not evaluated stands in
//! the list too, because a merge request shows nothing else of the run.
//!
//! Source: <https://docs.gitlab.com/ci/testing/code_quality/>.

use std::io;

use serde::Serialize;

use super::Report;
use super::apart::Scopes;
use super::json::{Each, document};
use crate::finding::{Fingerprint, Location, Severity, SubjectKind};

/// Writes the report.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    // A fingerprint must occur once.
    let scopes = Scopes::of(report);
    let own = |snapshot, fingerprint| scopes.within(snapshot, fingerprint).to_string();
    // A redacted report has no fingerprint in common with the plain one.
    let salted = |[scope, text, at]: [&str; 3]| {
        let plain = Fingerprint::new(scope, SubjectKind::Export, text, at);
        report.salt.map_or(plain, |salt| {
            let text = plain.to_string();
            Fingerprint::new(&salt.to_string(), SubjectKind::Export, &text, "")
        })
    };
    let problems = report.problems.iter().map(|problem| {
        let at = problem.location.as_ref().map_or(String::new(), |place| {
            format!("{}:{}", report.path_of(place), place.start.line)
        });
        let fingerprint = salted(["input", &problem.message, &at]);
        IssueV1 {
            description: problem.message.clone(),
            check_name: "input",
            fingerprint: own(problem.snapshot, fingerprint),
            severity: severity(problem.severity),
            location: place(report, problem.snapshot, problem.location.as_ref()),
        }
    });
    let findings = report.open().map(|finding| IssueV1 {
        description: format!("{}: {}", finding.code, finding.told()),
        check_name: finding.rule,
        fingerprint: own(finding.snapshot, finding.fingerprint),
        severity: severity(finding.severity),
        location: place(report, finding.snapshot, Some(&finding.location)),
    });
    let not_judged = report.not_judged().map(|(line, words)| {
        let fingerprint = salted([line.rule, "coverage", ""]);
        IssueV1 {
            description: words,
            check_name: line.rule,
            fingerprint: own(line.snapshot, fingerprint),
            severity: "info",
            location: place(report, line.snapshot, None),
        }
    });
    let not_compared = report.not_compared().map(|sentence| IssueV1 {
        description: format!("not compared: {sentence}"),
        check_name: "not-compared",
        fingerprint: own(0, salted(["not-compared", sentence, ""])),
        severity: "info",
        location: place(report, 0, None),
    });
    let issues = problems.chain(findings).chain(not_judged);
    let issues: Vec<IssueV1> = issues.chain(not_compared).collect();
    document(&Each(|| issues.iter()), 1, out)
}

#[derive(Serialize)]
struct IssueV1<'a> {
    description: String,
    check_name: &'a str,
    fingerprint: String,
    severity: &'static str,
    location: PlaceV1<'a>,
}

#[derive(Serialize)]
struct PlaceV1<'a> {
    path: &'a str,
    lines: LinesV1,
}

#[derive(Serialize)]
struct LinesV1 {
    begin: u64,
}

/// GitLab's words: `info`, `minor`, `major`, `critical`, `blocker`.
fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "critical",
        Severity::Warning => "major",
        Severity::Info => "info",
    }
}

fn place<'a>(report: &'a Report, snapshot: u32, location: Option<&Location>) -> PlaceV1<'a> {
    let path = match location {
        Some(location) => report.path_of(location),
        None => report
            .snapshots
            .get(snapshot as usize)
            .map_or("", |snapshot| snapshot.path.as_str()),
    };
    PlaceV1 {
        path,
        lines: LinesV1 {
            begin: location.map_or(1, |location| location.start.line),
        },
    }
}
