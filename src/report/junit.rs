//! `JUnit`, for the test pages of Jenkins, GitLab, Azure Pipelines and others.
//!
//! A suite is a snapshot. A finding is a test case that failed; one of severity `info` passes and says so in its output,
//! so that hygiene does not turn a build red. So does a problem with the input that does not make the run fail. A rule
//! that passed is a test case too; a rule that was not evaluated, or that found nothing and could not judge every subject,
//! is skipped, with the reason. What a rule with open findings could not judge stands in the output of the suite. Excepted
//! and baselined findings are skipped.

use std::collections::BTreeSet;
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
        let open = report.open().filter(|one| here(one.snapshot));
        let told: BTreeSet<&str> = open.map(|one| one.code).collect();
        let coverage = report.coverage.iter().filter(|line| here(line.snapshot));
        let (failed, others): (Vec<_>, Vec<_>) =
            coverage.partition(|line| told.contains(line.code));
        suite.add_test_cases(others.into_iter().filter_map(of_rule));
        let undecided = failed
            .into_iter()
            .filter(|line| line.unknown > 0 || line.in_doubt);
        let undecided =
            undecided.map(|line| format!("{} {} {}", line.code, line.rule, not_judged(line)));
        let undecided: Vec<String> = undecided.collect();
        if !undecided.is_empty() {
            suite.set_system_out(undecided.join("\n"));
        }
        suite.add_test_cases(report.not_compared().filter(|_| index == 0).map(|why| {
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
    let place = problem.location.as_ref().map(|place| {
        let (path, line) = (report.path_of(place), place.start.line);
        lines_for_terminal(&format!("{path}:{line}"))
    });
    let message = lines_for_terminal(&problem.message);
    let fails = match problem.severity {
        Severity::Error => true,
        Severity::Warning => report
            .fails_from
            .is_some_and(|from| from <= Severity::Warning),
        Severity::Info => false,
    };
    let mut case = if fails {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status.set_type(problem.severity.name());
        status.set_message(message.clone());
        if let Some(place) = place {
            status.set_description(place);
        }
        TestCase::new(message, status)
    } else {
        let place = place.map(|place| format!("\n{place}")).unwrap_or_default();
        let told = format!("{}: {message}{place}", problem.severity.name());
        let mut case = TestCase::new(message, TestCaseStatus::success());
        case.set_system_out(told);
        case
    };
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

/// What a rule could not judge.
fn not_judged(line: &Coverage) -> String {
    let (unknown, examined) = (line.unknown, line.examined);
    let why = line.why.as_deref().unwrap_or("no reason is given");
    let why = lines_for_terminal(why);
    if unknown == 0 {
        return format!("may not have seen all: {why}");
    }
    format!("could not judge {unknown} of {examined}: {why}")
}

/// A case for a rule without an open finding; findings are cases of their own.
fn of_rule(line: &Coverage) -> Option<TestCase> {
    let why = line.why.as_deref().map(lines_for_terminal);
    let status = match line.outcome {
        Outcome::Off => return None,
        Outcome::Failed if line.unknown == 0 && !line.in_doubt => return None,
        Outcome::Passed if line.unknown == 0 => TestCaseStatus::success(),
        Outcome::Failed | Outcome::Passed => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(not_judged(line));
            status
        }
        Outcome::NotApplicable | Outcome::NotEvaluated => {
            let mut status = TestCaseStatus::skipped();
            let why = why.as_deref().unwrap_or("there is nothing to judge");
            status.set_message(format!("{}: {why}", line.outcome.name()));
            status
        }
    };
    let mut case = TestCase::new(format!("{} {}", line.code, line.rule), status);
    case.set_classname("rules");
    Some(case)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::human::samples::several;

    fn shown(report: &Report) -> String {
        let mut out = Vec::new();
        write(report, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn only_problems_that_fail_the_run_fail_a_case() {
        let mut report = several(&["a"]);
        let errors = |report: &Report| {
            let shown = shown(report);
            assert!(shown.contains("something is odd"), "{shown}");
            shown.matches("<error ").count()
        };
        assert_eq!(errors(&report), 0);
        assert!(shown(&report).contains("<system-out>warning: something is odd</system-out>"));
        report.fails_from = Some(Severity::Warning);
        assert_eq!(errors(&report), 1);
        report.fails_from = None;
        report.problems[0].severity = Severity::Error;
        assert_eq!(errors(&report), 1);
        report.fails_from = Some(Severity::Info);
        report.problems[0].severity = Severity::Info;
        assert_eq!(errors(&report), 0);
    }

    #[test]
    fn a_rule_with_undecided_subjects_is_no_pass_and_hides_no_failure() {
        let mut report = several(&["a"]);
        report.coverage[3].unknown = 3;
        let undecided = "US001 US001 could not judge 3 of 4: no reason is given";
        let text = shown(&report);
        assert!(
            text.contains("<skipped message=\"could not judge 2 of 4: no reason is given\"/>"),
            "{text}"
        );
        assert!(
            !text.contains("<skipped message=\"could not judge 3"),
            "{text}"
        );
        assert!(
            text.contains(&format!("<system-out>{undecided}</system-out>")),
            "{text}"
        );
        assert_eq!(text.matches("<failure ").count(), 1);
        // A finding of severity info is told, and one that is accepted is not.
        report.findings[0].severity = Severity::Info;
        assert!(!shown(&report).contains("<skipped message=\"could not judge 3"));
        report.findings[0].status = Status::Excepted;
        let text = shown(&report);
        assert!(
            text.contains("<skipped message=\"could not judge 3 of 4"),
            "{text}"
        );
    }
}
