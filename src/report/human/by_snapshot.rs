//! What a report holds, taken apart by snapshot, and the findings by what they say.
//!
//! All of it in one go: there may be a million findings, and each look at all of them takes its time.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::fold::{Causes, Groups};
use super::words::Counts;
use crate::finding::{Finding, Status};
use crate::report::{Coverage, Report, ReportedProblem};

/// What a report holds of one snapshot.
#[derive(Default)]
pub(super) struct Part<'r> {
    /// Problems with the input.
    pub(super) problems: Vec<&'r ReportedProblem>,
    /// Open findings: those of the same cause together, no group being empty, in the order in which each group begins.
    pub(super) folds: Vec<Vec<&'r Finding>>,
    /// How many findings were accepted by exceptions.
    pub(super) excepted: u64,
    /// How many findings were known.
    pub(super) baselined: u64,
    /// What became of each rule.
    pub(super) coverage: Vec<&'r Coverage>,
}

impl Part<'_> {
    /// How many open findings there are of each severity.
    pub(super) fn open(&self) -> Counts {
        let mut counts = Counts::default();
        for fold in &self.folds {
            counts.add_many(fold[0].severity, fold.len() as u64);
        }
        counts
    }
}

/// The parts of snapshots that are listed, or that a finding or problem names.
pub(super) fn by_snapshot(report: &Report) -> Vec<Part<'_>> {
    let mut parts: Vec<Part<'_>> = Vec::new();
    parts.resize_with(report.snapshots.len(), Part::default);
    for problem in &report.problems {
        part(&mut parts, problem.snapshot).problems.push(problem);
    }
    let some = report.findings.par_chunks(MANY);
    let runs: Vec<Run<'_>> = some.flat_map_iter(runs).collect();
    let mut folds: BTreeMap<u32, Groups<String, &Finding>> = BTreeMap::new();
    for run in runs {
        let part = part(&mut parts, run.snapshot);
        part.excepted += run.excepted;
        part.baselined += run.baselined;
        folds.entry(run.snapshot).or_default().append(run.folds);
    }
    for (snapshot, folds) in folds {
        part(&mut parts, snapshot).folds = folds.finish();
    }
    for line in &report.coverage {
        if let Some(part) = parts.get_mut(line.snapshot as usize) {
            part.coverage.push(line);
        }
    }
    parts
}

/// Findings that are looked at by one thread, one after the other.
const MANY: usize = 4096;

/// Findings of one snapshot that stand behind each other.
struct Run<'r> {
    snapshot: u32,
    /// The open ones by their cause.
    folds: Groups<String, &'r Finding>,
    excepted: u64,
    baselined: u64,
}

fn part<'p, 'r>(parts: &'p mut Vec<Part<'r>>, snapshot: u32) -> &'p mut Part<'r> {
    let place = snapshot as usize;
    if place >= parts.len() {
        parts.resize_with(place + 1, Part::default);
    }
    &mut parts[place]
}

fn runs(findings: &[Finding]) -> impl Iterator<Item = Run<'_>> {
    let of_one = findings.chunk_by(|one, other| one.snapshot == other.snapshot);
    let mut causes = Causes::default();
    of_one.map(move |findings| run(findings, &mut causes))
}

fn run<'r>(findings: &'r [Finding], causes: &mut Causes) -> Run<'r> {
    let mut run = Run {
        snapshot: findings[0].snapshot,
        folds: Groups::default(),
        excepted: 0,
        baselined: 0,
    };
    for finding in findings {
        match finding.status {
            Status::Open => run.folds.of(causes.of(finding)).push(finding),
            Status::Excepted => run.excepted += 1,
            Status::Baselined => run.baselined += 1,
        }
    }
    run
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::human::samples::many;

    #[test]
    fn findings_of_one_cause_are_together_in_order_wherever_they_stand() {
        // More than one thread has in hand at a time; among them, and behind them, two of another cause.
        let mut report = many(3 * MANY);
        let other = report.findings.pop().unwrap();
        report.findings.insert(MANY + 7, other.clone());
        report.findings.push(other);
        let parts = by_snapshot(&report);
        assert_eq!(parts.len(), 1);
        let [usual, others] = &*parts[0].folds else {
            panic!("{} groups", parts[0].folds.len());
        };
        assert!(usual.iter().all(|finding| finding.code == "OC001"));
        let ids: Vec<&str> = usual.iter().map(|finding| &*finding.subject.id).collect();
        let in_order: Vec<String> = (0..3 * MANY).map(|number| format!("id{number}")).collect();
        assert_eq!(ids, in_order);
        assert_eq!(others.len(), 2);
        assert_eq!(parts[0].open().to_string(), "12,288 errors, 2 warnings");
    }

    #[test]
    fn what_does_not_count_is_counted_apart_and_snapshots_do_not_mix() {
        let mut report = many(6);
        report.findings[1].status = Status::Excepted;
        report.findings[2].status = Status::Baselined;
        report.findings[3].status = Status::Baselined;
        report.findings[4].snapshot = 2;
        report.findings[5].severity = crate::finding::Severity::Info;
        let parts = by_snapshot(&report);
        let told: Vec<_> = parts
            .iter()
            .map(|part| (part.open().to_string(), part.excepted, part.baselined))
            .collect();
        let words = |text: &str| text.to_owned();
        assert_eq!(
            told,
            [
                (words("1 error, 1 warning, 1 info"), 1, 2),
                (words(""), 0, 0),
                (words("1 error"), 0, 0),
            ]
        );
        let groups: Vec<usize> = parts.iter().map(|part| part.folds.len()).collect();
        assert_eq!(groups, [3, 0, 1]);
    }
}
