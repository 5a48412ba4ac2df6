//! Drift: what became of a tenant between two snapshots, and what that did to its findings.
//!
//! Both snapshots are judged by the same rules; a finding is new, unchanged or fixed by its fingerprint. Beside that the
//! objects are compared, field by field, and each new finding is joined to the change that caused it where one did. What
//! is no change of the tenant never shows: order, letter case, dates of synchronization, the dialect of an export.

mod causes;
mod changes;
mod unread;

use std::collections::{BTreeMap, BTreeSet};

use crate::audit::compare_with;
use crate::finding::{Finding, Fingerprint, Severity, Status};
use crate::report::baseline::Baseline;
use crate::report::{Coverage, Drift, Outcome, Report, ReportedProblem};
use crate::rules::Page;
use crate::snapshot::ExportKind;
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
    for (id, reason) in &found.lost {
        // Its message names the file; of a file that findings are in it was told already.
        let problem = ReportedProblem::lost(new_report.sources.get(*id), reason);
        let is_told = |one: &ReportedProblem| one.message == problem.message;
        if !new_report.problems.iter().any(is_told) {
            new_report.problems.push(ReportedProblem {
                snapshot: 0,
                ..problem
            });
        }
    }
    let mut counts = vec![0; found.changes.len()];
    let rules = new_report.rules.clone();
    let as_of = new_report.as_of.clone();
    let mut causes = Causes::new(&found.changes, old, new);
    // What each rule reads in one of the snapshots only.
    let sides = [Side::of(old, &old_report), Side::of(new, new_report)];
    let losses = |before: &Side, now: &Side, which: &str| -> BTreeMap<&'static str, String> {
        let lost = rules.iter().filter_map(|rule| {
            let page = &rule.page;
            let lost = now.loses(before, page)?;
            Some((
                page.name,
                format!("`{lost}` is not in the {which} snapshot"),
            ))
        });
        lost.collect()
    };
    let [before, now] = &sides;
    let mut lacked = losses(now, before, "earlier");
    for rule in &rules {
        let page = &rule.page;
        let cut = page.all_needs().chain(&page.refines).find_map(|need| {
            let incomplete = old.snapshot.incomplete(need.export)?;
            let may = if incomplete.proven {
                "lacks"
            } else {
                "may lack"
            };
            let name = need.export.name();
            Some(format!("`{name}` {may} records in the earlier snapshot"))
        });
        if let Some(cut) = cut {
            lacked.entry(page.name).or_insert(cut);
        }
    }
    let blinded = losses(before, now, "later");
    let of_time: BTreeSet<Fingerprint> = aged
        .into_iter()
        .flat_map(|report| report.findings.iter().map(|one| one.fingerprint))
        .collect();
    let earlier = Earlier::of(&old_report);
    for finding in &mut new_report.findings {
        if finding.status != Status::Open {
            continue;
        }
        let rule = rules.iter().find(|rule| rule.page.code == finding.code);
        let worse = finding.cause.take();
        let mut cause = || {
            if let Some(words) = earlier.why_not_told(finding) {
                return Some(words);
            }
            if worse.is_none() && of_time.contains(&finding.fingerprint) {
                let day = date_of(&as_of);
                return Some(format!(
                    "time passed: on {day} the earlier snapshot has it too"
                ));
            }
            if let Some((change, words)) = rule.and_then(|rule| causes.of(finding, rule.page)) {
                counts[change] += 1;
                return Some(words);
            }
            let before = lacked.get(finding.rule);
            before.or_else(|| blinded.get(finding.rule)).cloned()
        };
        let told: Vec<String> = [worse.clone(), cause()].into_iter().flatten().collect();
        finding.cause = (!told.is_empty()).then(|| told.join("; "));
    }
    for (found, count) in found.changes.iter_mut().zip(counts) {
        found.change.findings = count;
    }
    let lost = lost_sight(&old_report, new_report, &blinded);
    let known: BTreeSet<&str> = new_report
        .problems
        .iter()
        .map(|problem| problem.message.as_str())
        .collect();
    let unread = old_report.problems.iter();
    let unread = unread
        .filter(|one| one.severity == Severity::Error && !known.contains(one.message.as_str()))
        .map(|one| format!("in the earlier snapshot: {}", one.message));
    let swapped = is_later(old, new).then(|| {
        "the earlier snapshot was exported after the later one: are the two swapped?".to_owned()
    });
    let not_compared = swapped.into_iter().chain(found.not_compared);
    let not_compared = not_compared.chain(unread).chain(lost).collect();
    new_report.drift = Some(Drift {
        old: summary,
        changes: found.changes.into_iter().map(|one| one.change).collect(),
        not_compared,
    });
}

/// Whether two snapshots are of different tenants, as far as they tell.
pub fn are_strangers(old: &Tenant, new: &Tenant) -> bool {
    matches!((old.id(), new.id()), (Some(one), Some(other)) if one != other)
}

/// Whether the first of two snapshots was exported after the second one.
fn is_later(one: &Tenant, other: &Tenant) -> bool {
    let [one, other] = [one, other].map(|tenant| tenant.snapshot.now.map(|now| now.moment));
    matches!((one, other), (Some(one), Some(other)) if one > other)
}

/// What the rules could read in one of the snapshots.
struct Side {
    exports: BTreeSet<ExportKind>,
    /// What each rule lacks, by its name.
    lacks: BTreeMap<&'static str, BTreeSet<String>>,
}

impl Side {
    fn of(tenant: &Tenant, report: &Report) -> Self {
        let lines = report.coverage.iter();
        let lacks = lines.map(|line| (line.rule, line.lacks.clone()));
        Self {
            exports: tenant.snapshot.kinds(),
            lacks: lacks.collect(),
        }
    }

    /// An export, or a property of one, that a rule could read before and cannot read here.
    fn loses(&self, before: &Self, page: &Page) -> Option<String> {
        if let Some(export) = page.loses(&before.exports, &self.exports) {
            return Some(export.name().to_owned());
        }
        let [before, here] = [before, self].map(|side| side.lacks.get(page.name));
        let mut here = here.into_iter().flatten();
        here.find(|property| !before.is_some_and(|lacks| lacks.contains(*property)))
            .cloned()
    }
}

/// What the earlier report says of findings that it does not have open.
struct Earlier<'r> {
    accepted: BTreeSet<Fingerprint>,
    silenced: BTreeSet<Fingerprint>,
    lines: BTreeMap<&'r str, &'r Coverage>,
}

impl<'r> Earlier<'r> {
    fn of(report: &'r Report) -> Self {
        let accepted = report.findings.iter();
        let accepted = accepted.filter(|one| one.status == Status::Excepted);
        let lines = report.coverage.iter();
        Self {
            accepted: accepted.map(|one| one.fingerprint).collect(),
            silenced: report.silenced.iter().map(|one| one.fingerprint).collect(),
            lines: lines.map(|line| (line.code, line)).collect(),
        }
    }

    /// Why the earlier report does not tell a finding that may have been there.
    fn why_not_told(&self, finding: &Finding) -> Option<String> {
        if self.accepted.contains(&finding.fingerprint) {
            return Some("the exception that accepted it does so no longer".to_owned());
        }
        if self.silenced.contains(&finding.fingerprint) {
            return Some("a stronger finding of the same thing is gone".to_owned());
        }
        let code = finding.code;
        let line = self.lines.get(code)?;
        let why = why(line);
        if line.outcome == Outcome::NotEvaluated {
            return Some(format!(
                "{code} could not be evaluated in the earlier snapshot: {why}"
            ));
        }
        let undecided = line.undecided.as_ref()?;
        let subject = &finding.subject;
        let names = [subject.name.to_lowercase(), subject.id.to_lowercase()];
        names
            .iter()
            .any(|name| undecided.contains(name))
            .then(|| format!("{code} could not judge it in the earlier snapshot: {why}"))
    }
}

/// Earlier findings of which the later snapshot does not tell whether they are gone.
fn lost_sight(old: &Report, new: &Report, blinded: &BTreeMap<&str, String>) -> Vec<String> {
    let open = new.findings.iter().map(|one| one.fingerprint);
    let silenced = new.silenced.iter().map(|one| one.fingerprint);
    let known: BTreeSet<_> = open.chain(silenced).collect();
    let undecided = new.coverage.iter();
    let undecided = undecided.filter(|line| line.outcome != Outcome::Off);
    undecided
        .filter_map(|line| {
            let lost = blinded.get(line.rule);
            let gone = old.findings.iter().filter(|finding| {
                finding.code == line.code
                    && !known.contains(&finding.fingerprint)
                    && (lost.is_some()
                        || !line.decides_about(&[&finding.subject.name, &finding.subject.id]))
            });
            let lost = lost.filter(|_| line.outcome != Outcome::NotEvaluated);
            let why = lost.map_or_else(|| why(line), String::as_str);
            let code = line.code;
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
