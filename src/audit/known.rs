//! What is known already: findings of a baseline.

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::{Fingerprint, Severity, Status};
use crate::report::baseline::Baseline;
use crate::report::{Coverage, Fixed, Report, ReportedProblem, SnapshotSummary, Untold};
use crate::rules::Page;

/// Marks findings that a baseline knows, and notes which of its findings are gone.
///
/// One that is worse than it was is not known. A finding counts as fixed where its rule read all that it read before, and
/// decided about its subject; of others nobody can tell. One that a stronger finding speaks for is not fixed.
///
/// Of several tenants that do not tell their ids nothing is known: a baseline tells them by nothing else.
pub fn compare_with(report: &mut Report, baseline: &Baseline) {
    let tenants: Vec<Option<String>> = report
        .snapshots
        .iter()
        .map(|snapshot| snapshot.tenant_id.clone())
        .collect();
    let is_told = !are_mixed(&report.snapshots);
    let find = |tenant: Option<&str>, fingerprint: &str| {
        let known = baseline.find(tenant, fingerprint);
        known.filter(|_| is_told || tenant.is_some())
    };
    let mut now: BTreeSet<(usize, String)> = BTreeSet::new();
    for finding in &mut report.findings {
        let snapshot = finding.snapshot as usize;
        let tenant = tenants.get(snapshot).and_then(Option::as_deref);
        let fingerprint = finding.fingerprint.to_string();
        if finding.status == Status::Open
            && let Some(known) = find(tenant, &fingerprint)
        {
            // What is worse than it was is not what is known.
            let was = known.severity.as_deref().and_then(Severity::from_name);
            match was.filter(|was| *was < finding.severity) {
                Some(was) => finding.cause = Some(format!("it was {} before", of_severity(was))),
                None => finding.status = Status::Baselined,
            }
        }
        now.insert((snapshot, fingerprint));
    }
    for problem in &mut report.problems {
        let tenant = tenants.get(problem.snapshot as usize);
        let tenant = tenant.and_then(Option::as_deref);
        let is_known = |untold: &Untold| {
            let mut findings = untold.findings.iter();
            let is_known = |fingerprint: &Fingerprint| {
                let known = find(tenant, &fingerprint.to_string());
                known.is_some_and(|known| {
                    let was = known.severity.as_deref().and_then(Severity::from_name);
                    was.is_none_or(|was| was >= problem.severity)
                })
            };
            !untold.findings.is_empty()
                && untold.status == Status::Open
                && findings.all(|(_, fingerprint)| is_known(fingerprint))
        };
        if problem.untold.as_ref().is_some_and(is_known) {
            problem.settle(Status::Baselined);
        }
    }
    // What is accepted or known stands behind what is not.
    report.sort_problems();
    for one in &report.silenced {
        now.insert((one.snapshot as usize, one.fingerprint.to_string()));
    }
    let lines = report.coverage.iter();
    let lines: BTreeMap<(u32, &str), &Coverage> = lines
        .map(|line| ((line.snapshot, line.rule), line))
        .collect();
    let pages: BTreeMap<&str, &Page> = report
        .rules
        .iter()
        .map(|rule| (rule.page.name, rule.page))
        .collect();
    for (snapshot, tenant) in tenants.iter().enumerate() {
        if !is_told && tenant.is_none() {
            continue;
        }
        let before = baseline.exports(tenant.as_deref());
        let now_exported = report.snapshots.get(snapshot).map(|one| &one.exports);
        // A rule that reads less than before finds less.
        let is_blinded = |rule: &str| {
            let loses_export = match (pages.get(rule), before, now_exported) {
                (Some(page), Some(before), Some(now)) => page.loses(before, now).is_some(),
                _ => false,
            };
            let line = lines.get(&(snapshot as u32, rule));
            let mut lacks = line.into_iter().flat_map(|line| &line.lacks);
            loses_export || lacks.any(|property| baseline.had(tenant.as_deref(), property))
        };
        for entry in baseline.of(tenant.as_deref()) {
            let gone = !now.contains(&(snapshot, entry.fingerprint.clone()));
            let line = lines.get(&(snapshot as u32, entry.rule.as_str()));
            let names = [Some(entry.subject.as_str()), entry.subject_id.as_deref()];
            let names: Vec<&str> = names.into_iter().flatten().collect();
            let is_decided = line.is_some_and(|line| line.decides_about(&names));
            if gone && is_decided && !is_blinded(&entry.rule) {
                report.fixed.push(Fixed {
                    snapshot: snapshot as u32,
                    rule: entry.rule.clone(),
                    subject: entry.subject.clone(),
                    fingerprint: entry.fingerprint.clone(),
                });
            }
        }
    }
}

/// That several snapshots do not tell their tenants, so that a baseline cannot tell whose its findings are.
pub fn mixed_tenants(report: &Report) -> Vec<ReportedProblem> {
    if !are_mixed(&report.snapshots) {
        return Vec::new();
    }
    let snapshots = (0..).zip(&report.snapshots);
    let untold = snapshots.filter(|(_, snapshot)| snapshot.tenant_id.is_none());
    untold
        .map(|(index, one)| ReportedProblem::untold_tenant(index, one, NOT_THE_ONLY_ONE))
        .collect()
}

/// What follows for a baseline.
const NOT_THE_ONLY_ONE: &str =
    ", and it is not the only one: a baseline cannot tell whose findings it knows";

/// Whether several snapshots do not tell their tenants.
fn are_mixed(snapshots: &[SnapshotSummary]) -> bool {
    let untold = snapshots.iter().filter(|one| one.tenant_id.is_none());
    untold.count() > 1
}

fn of_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "an error",
        Severity::Warning => "a warning",
        Severity::Info => "an info",
    }
}
