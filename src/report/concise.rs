//! One line for each finding, for editors, `grep` and logs: place, severity, code, message.
//!
//! Problems come first, what was not judged comes last, and a line with the counts ends the report; of a plan nothing
//! else is told. A line never holds a control character, so one line is one finding whatever an export contains.

use std::io;

use super::escape::for_terminal;
use super::human::words::{counted, number};
use super::{Outcome, Report};
use crate::finding::Location;

/// Writes the report.
pub fn write(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    for problem in &report.problems {
        let place = match &problem.location {
            Some(location) => place(report, location),
            None => snapshot(report, problem.snapshot),
        };
        let message = for_terminal(&problem.message);
        writeln!(out, "{place}: {}: {message}", problem.severity.name())?;
    }
    for finding in report.open() {
        writeln!(
            out,
            "{}: {}[{}] {}",
            place(report, &finding.location),
            finding.severity.name(),
            finding.code,
            for_terminal(&finding.told()),
        )?;
    }
    drift(report, out)?;
    // Of a plan, `check` tells what was not judged in the tenant.
    let coverage = report.coverage.iter().filter(|_| report.plan.is_none());
    for line in coverage {
        let path = snapshot(report, line.snapshot);
        let why = for_terminal(line.why.as_deref().unwrap_or("no reason is given"));
        if line.outcome == Outcome::NotEvaluated {
            writeln!(out, "{path}: not evaluated[{}] {why}", line.code)?;
        } else if line.unknown > 0 {
            let unknown = number(line.unknown);
            let subjects = counted(line.examined, "subject", "subjects");
            writeln!(
                out,
                "{path}: undecided[{}] {unknown} of {subjects}: {why}",
                line.code
            )?;
        } else if line.in_doubt {
            writeln!(out, "{path}: in doubt[{}] {why}", line.code)?;
        }
    }
    writeln!(out, "{}", report.in_one_line())
}

/// What is gone and what changed, where snapshots are compared.
fn drift(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let Some(drift) = &report.drift else {
        return Ok(());
    };
    for fixed in &report.fixed {
        let (path, subject) = (
            snapshot(report, fixed.snapshot),
            for_terminal(&fixed.subject),
        );
        writeln!(out, "{path}: fixed[{}] {subject}", fixed.rule)?;
    }
    for change in &drift.changes {
        writeln!(
            out,
            "{}: {}[{}] {}",
            place(report, &change.location),
            change.what.name(),
            change.kind,
            for_terminal(&change.sentence()),
        )?;
    }
    for sentence in &drift.not_compared {
        let path = for_terminal(&drift.old.path);
        writeln!(out, "{path}: not compared {}", for_terminal(sentence))?;
    }
    Ok(())
}

fn place(report: &Report, location: &Location) -> String {
    let path = for_terminal(report.path_of(location));
    format!("{path}:{}:{}", location.start.line, location.start.column)
}

fn snapshot(report: &Report, number: u32) -> String {
    match report.snapshots.get(number as usize) {
        Some(snapshot) => for_terminal(&snapshot.path).into_owned(),
        None => format!("snapshot {}", number + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::write;
    use crate::finding::Status;
    use crate::report::human::samples::{coverage, find, finding, many, plan, report, source};
    use crate::report::{Outcome, Report, ReportedProblem};

    fn printed(report: &Report) -> String {
        let mut out = Vec::new();
        write(report, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn each_finding_has_a_line_and_the_last_one_counts() {
        let mut report = many(4);
        report.findings[0].status = Status::Excepted;
        report.findings[1].status = Status::Baselined;
        report.coverage = vec![
            coverage("OC001", Outcome::Failed, 1_005),
            coverage("US001", Outcome::Failed, 41),
            coverage("US002", Outcome::NotEvaluated, 0),
        ];
        report.coverage[1].unknown = 2;
        report.coverage[1].why = Some("`TeamsUpgradeEffectiveMode` is blank".into());
        report.coverage[2].why = Some("needs Get-CsOnlineVoiceRoute".into());
        insta::assert_snapshot!(printed(&report), @r"
        a.json:1:2: error[OC001] user2@contoso.example holds +33199001202 and still routes over Direct Routing
        a.json:1:2: error[OC001] user3@contoso.example holds +33199001203 and still routes over Direct Routing
        a.json:1:2: warning[US001] `Zoë` is not in Teams Only mode
        contoso: undecided[US001] 2 of 41 subjects: `TeamsUpgradeEffectiveMode` is blank
        contoso: not evaluated[US002] needs Get-CsOnlineVoiceRoute
        Found 2 errors, 1 warning; 1 rule not evaluated; 2 checks undecided; 1 accepted by exceptions; 1 known from the baseline.
        ");
    }

    #[test]
    fn hostile_text_stays_in_its_line() {
        let mut report = report();
        let file = source(&mut report, "con\u{1b}toso/a\nb.json", b"[1]");
        let location = find(&report, file, "1", "");
        report.findings.push(finding(
            "a\u{1b}[2Jb\nerror[XX001] forged",
            location.clone(),
        ));
        for location in [None, Some(location)] {
            report.problems.push(ReportedProblem {
                snapshot: 0,
                severity: crate::finding::Severity::Warning,
                message: "`a\nb.json`: \u{202e}reversed".into(),
                location,
                blinds: Vec::new(),
                untold: None,
            });
        }
        insta::assert_snapshot!(printed(&report), @r"
        contoso: warning: `a\u{a}b.json`: \u{202e}reversed
        con\u{1b}toso/a\u{a}b.json:1:2: warning: `a\u{a}b.json`: \u{202e}reversed
        con\u{1b}toso/a\u{a}b.json:1:2: error[OC001] a\u{1b}[2Jb\u{a}error[XX001] forged
        Found 1 error; 2 problems with the input.
        ");
    }

    #[test]
    fn of_a_plan_only_findings_and_counts_are_told() {
        let mut report = many(1);
        report.plan = Some(plan(&report.findings[0].location, "a@contoso.example"));
        report.coverage = vec![coverage("US001", Outcome::Failed, 41)];
        report.coverage[0].unknown = 2;
        insta::assert_snapshot!(printed(&report), @r#"
        a.json:1:2: error[OC001] user0@contoso.example holds +33199001200 and still routes over Direct Routing
        a.json:1:2: warning[US001] `Zoë` is not in Teams Only mode
        Found 1 error, 1 warning; 4 steps with 3 acts: 3 needs met, 2 unmet, 1 unknown.
        "#);
    }

    #[test]
    fn nothing_found_is_said() {
        let mut report = report();
        report.coverage = vec![coverage("OC001", Outcome::Passed, 3)];
        assert_eq!(printed(&report), "Found nothing.\n");
        report
            .coverage
            .push(coverage("US001", Outcome::NotEvaluated, 0));
        insta::assert_snapshot!(printed(&report), @r"
        contoso: not evaluated[US001] no reason is given
        Found nothing; 1 rule not evaluated.
        ");
    }
}
