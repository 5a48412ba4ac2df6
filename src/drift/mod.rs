//! Drift: what became of a tenant between two snapshots, and what that did to its findings.
//!
//! Both snapshots are judged by the same rules; a finding is new, unchanged or fixed by its fingerprint. Beside that the
//! objects are compared, field by field, and each new finding is joined to the change that caused it where one did. What
//! is no change of the tenant never shows: order, letter case, dates of synchronization, the dialect of an export.

mod causes;
mod changes;

use std::collections::BTreeSet;

use crate::audit::compare_with;
use crate::finding::{Fingerprint, Severity, Status};
use crate::report::baseline::Baseline;
use crate::report::{Coverage, Drift, Outcome, Report};
use crate::tenant::Tenant;

use causes::Causes;

/// Makes the report of the later snapshot one of the difference to the earlier one.
///
/// All reports come from the same rules and settings, each over one snapshot, and the later one's sources hold the files
/// of both. `aged` is the earlier snapshot judged at the moment of the later one, where the two moments differ: what is
/// found there came with time alone.
pub fn compare(
    new_report: &mut Report,
    mut old_report: Report,
    aged: Option<&Report>,
    old: &Tenant,
    new: &Tenant,
) {
    let (Some(summary), Some(newer)) = (
        old_report.snapshots.first_mut(),
        new_report.snapshots.first(),
    ) else {
        return;
    };
    // One of them may not tell its tenant; that they are of one tenant was decided before.
    summary.tenant_id.clone_from(&newer.tenant_id);
    let summary = summary.clone();
    compare_with(new_report, &Baseline::of_report(&old_report));
    let mut found = changes::between(old, new, &new_report.sources);
    let mut counts = vec![0; found.changes.len()];
    let rules = new_report.rules.clone();
    let as_of = new_report.as_of.clone();
    let mut causes = Causes::new(&found.changes, old, new);
    let of_time: BTreeSet<Fingerprint> = aged
        .into_iter()
        .flat_map(|report| report.findings.iter().map(|one| one.fingerprint))
        .collect();
    for finding in &mut new_report.findings {
        if finding.status != Status::Open {
            continue;
        }
        if of_time.contains(&finding.fingerprint) {
            finding.cause = Some(format!(
                "time passed: on {} the earlier snapshot has it too",
                date_of(&as_of)
            ));
            continue;
        }
        let rule = rules.iter().find(|rule| rule.page.code == finding.code);
        finding.cause = match rule.and_then(|rule| causes.of(finding, &rule.page)) {
            Some((change, words)) => {
                counts[change] += 1;
                Some(words)
            }
            None => not_judged_before(&old_report, finding.code),
        };
    }
    for (found, count) in found.changes.iter_mut().zip(counts) {
        found.change.findings = count;
    }
    let lost = lost_sight(&old_report, new_report);
    let unread = old_report.problems.iter();
    let unread = unread
        .filter(|problem| problem.severity == Severity::Error)
        .map(|problem| format!("in the earlier snapshot: {}", problem.message));
    new_report.drift = Some(Drift {
        old: summary,
        changes: found.changes.into_iter().map(|one| one.change).collect(),
        not_compared: found
            .not_compared
            .into_iter()
            .chain(unread)
            .chain(lost)
            .collect(),
    });
}

/// Whether two snapshots are of different tenants, as far as they tell.
pub fn are_strangers(old: &Tenant, new: &Tenant) -> bool {
    matches!((old.id(), new.id()), (Some(one), Some(other)) if one != other)
}

/// Why the earlier snapshot could not have had a finding of the rule.
fn not_judged_before(old: &Report, code: &str) -> Option<String> {
    let line = old.coverage.iter().find(|line| line.code == code)?;
    let why = why(line);
    (line.outcome == Outcome::NotEvaluated)
        .then(|| format!("{code} could not be evaluated in the earlier snapshot: {why}"))
}

/// Earlier findings of which the later snapshot does not tell whether they are gone.
fn lost_sight(old: &Report, new: &Report) -> Vec<String> {
    let open = new.findings.iter().map(|one| one.fingerprint);
    let silenced = new.silenced.iter().map(|one| one.fingerprint);
    let known: BTreeSet<_> = open.chain(silenced).collect();
    let undecided = new.coverage.iter();
    let undecided = undecided.filter(|line| line.outcome != Outcome::Off);
    undecided
        .filter_map(|line| {
            let gone = old.findings.iter().filter(|finding| {
                finding.code == line.code
                    && !known.contains(&finding.fingerprint)
                    && !line.decides_about(&finding.subject.name)
            });
            let (code, why) = (line.code, why(line));
            match gone.count() {
                0 => None,
                1 => Some(format!(
                    "whether an earlier finding of {code} is fixed is not known: {why}"
                )),
                gone => Some(format!(
                    "whether {gone} earlier findings of {code} are fixed is not known: {why}"
                )),
            }
        })
        .collect()
}

/// The day of a moment such as `2026-09-28T05:30:00Z`.
fn date_of(moment: &str) -> &str {
    moment.split('T').next().unwrap_or(moment)
}

fn why(line: &Coverage) -> &str {
    line.why.as_deref().unwrap_or("no reason is given")
}
