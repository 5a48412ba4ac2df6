//! `JUnit`, for the test pages of Jenkins, GitLab, Azure Pipelines and others.
//!
//! A suite is a snapshot. A finding is a test case that failed; one of severity `info` passes and says so in its output,
//! so that hygiene does not turn a build red. A rule that passed is a test case too; a rule that was not evaluated is
//! skipped, with the reason. Excepted and baselined findings are skipped.

use std::fmt::Write as _;
use std::io;

use quick_junit::{NonSuccessKind, Report as Document, TestCase, TestCaseStatus, TestSuite};

// XML forbids most control characters, and some readers print the rest to a terminal.
use super::escape::lines_for_terminal;
use super::{Coverage, Outcome, Report, ReportedProblem};
use crate::finding::{Finding, Severity, Status};

/// Writes the report.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let mut document = Document::new("tenantlint");
    for (index, snapshot) in report.snapshots.iter().enumerate() {
        let mut suite = TestSuite::new(lines_for_terminal(&snapshot.path));
        for (key, value) in [
            ("tenant.id", &snapshot.tenant_id),
            ("tenant.name", &snapshot.tenant_name),
            ("exportedAt", &snapshot.exported_at),
            ("redacted", &report.redacted.then(|| "true".to_owned())),
        ] {
            if let Some(value) = value {
                suite.add_property((key, lines_for_terminal(value).as_str()));
            }
        }
        let here = |snapshot: u32| snapshot as usize == index;
        let problems = report.problems.iter();
        let problems = problems.filter(|problem| here(problem.snapshot));
        suite.add_test_cases(problems.map(|problem| of_problem(report, problem)));
        let findings = report.findings.iter();
        let findings = findings.filter(|finding| here(finding.snapshot));
        suite.add_test_cases(findings.map(|finding| of_finding(report, finding)));
        let coverage = report.coverage.iter().filter(|line| here(line.snapshot));
        suite.add_test_cases(coverage.filter_map(of_rule));
        let not_compared = report.drift.iter().flat_map(|drift| &drift.not_compared);
        suite.add_test_cases(not_compared.filter(|_| index == 0).map(|why| {
            let mut status = TestCaseStatus::skipped();
            status.set_message(format!("not compared: {}", lines_for_terminal(why)));
            let mut case = TestCase::new(lines_for_terminal(why), status);
            case.set_classname("not-compared");
            case
        }));
        document.add_test_suite(suite);
    }
    document
        .serialize(&mut *out)
        .map_err(|error| io::Error::other(error.to_string()))
}

fn of_problem(report: &Report, problem: &ReportedProblem) -> TestCase {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    status.set_type(problem.severity.name());
    status.set_message(lines_for_terminal(&problem.message));
    if let Some(place) = &problem.location {
        let (path, line) = (report.path_of(place), place.start.line);
        status.set_description(lines_for_terminal(&format!("{path}:{line}")));
    }
    let mut case = TestCase::new(lines_for_terminal(&problem.message), status);
    case.set_classname("input");
    case
}

fn of_finding(report: &Report, finding: &Finding) -> TestCase {
    let mut text = format!(
        "{}:{}:{}\n{}\n",
        report.path_of(&finding.location),
        finding.location.start.line,
        finding.location.start.column,
        finding.location.label,
    );
    for place in &finding.related {
        let (path, line) = (report.path_of(place), place.start.line);
        let _ = writeln!(text, "{path}:{line}: {}", place.label);
    }
    let _ = writeln!(text, "help: {}", finding.remedy.summary);
    for command in &finding.remedy.commands {
        let _ = writeln!(text, "  {command}");
    }
    let text = lines_for_terminal(&text);
    let message = lines_for_terminal(&finding.told());
    let status = match (finding.status, finding.severity) {
        (Status::Excepted | Status::Baselined, _) => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(format!("{}: {message}", finding.status.name()));
            status
        }
        (Status::Open, Severity::Info) => TestCaseStatus::success(),
        (Status::Open, _) => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_type(finding.severity.name());
            status.set_message(message.clone());
            status.set_description(text.clone());
            status
        }
    };
    let mut case = TestCase::new(format!("{} {message}", finding.code), status);
    case.set_classname(format!("{}.{}", finding.category, finding.rule));
    case.add_property(("fingerprint", finding.fingerprint.to_string().as_str()));
    if finding.status == Status::Open && finding.severity == Severity::Info {
        case.set_system_out(text);
    }
    case
}

/// A case for a rule that found nothing; its findings are cases of their own.
fn of_rule(line: &Coverage) -> Option<TestCase> {
    let why = line.why.as_deref().map(lines_for_terminal);
    let status = match line.outcome {
        Outcome::Off => return None,
        Outcome::Failed if line.unknown == 0 => return None,
        Outcome::Failed => {
            let mut status = TestCaseStatus::skipped();
            let (unknown, examined) = (line.unknown, line.examined);
            let why = why.as_deref().unwrap_or_default();
            status.set_message(format!("could not judge {unknown} of {examined}: {why}"));
            status
        }
        Outcome::Passed => TestCaseStatus::success(),
        Outcome::NotApplicable | Outcome::NotEvaluated => {
            let mut status = TestCaseStatus::skipped();
            let why = why.as_deref().unwrap_or("there is nothing to judge");
            status.set_message(format!("{}: {why}", line.outcome.name()));
            status
        }
    };
    let mut case = TestCase::new(format!("{} {}", line.code, line.rule), status);
    case.set_classname("rules");
    if line.outcome == Outcome::Passed && line.unknown > 0 {
        let (unknown, examined) = (line.unknown, line.examined);
        let why = why.unwrap_or_default();
        case.set_system_out(format!("could not judge {unknown} of {examined}: {why}"));
    }
    Some(case)
}
