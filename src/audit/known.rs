//! What is known already: findings that the project file accepts, and those of a baseline.

use std::collections::{BTreeMap, BTreeSet};

use super::fingerprint;
use super::places::Places;
use crate::config::{Exception, Policy};
use crate::finding::{Draft, Finding, Severity, Status};
use crate::report::baseline::Baseline;
use crate::report::{Coverage, Fixed, Outcome, Report, ReportedProblem, Silenced};
use crate::rules::{Page, Rule};
use crate::snapshot::Moment;
use crate::source::{SourceId, Span};
use crate::tenant::Tenant;

/// The exceptions of a run.
pub(super) struct Exceptions<'p> {
    policy: &'p Policy,
    now: Option<Moment>,
    /// The project file among the sources.
    file: SourceId,
    /// Id and name of each snapshot's tenant.
    tenants: Vec<[Option<String>; 2]>,
}

impl<'p> Exceptions<'p> {
    pub(super) fn new(
        policy: &'p Policy,
        now: Option<Moment>,
        file: SourceId,
        tenants: &[Tenant],
    ) -> Self {
        let names = tenants.iter().map(|tenant| {
            [
                tenant.id().map(|id| id.to_string()),
                tenant.name().map(str::to_owned),
            ]
        });
        Self {
            policy,
            now,
            file,
            tenants: names.collect(),
        }
    }

    /// Whether a finding that a draft would become is accepted, so that weaker rules may speak.
    pub(super) fn accept(&self, rule: &Rule, draft: &Draft, snapshot: u32) -> bool {
        if self.policy.exceptions.is_empty() {
            return false;
        }
        let fingerprint = fingerprint(rule, draft);
        let tenant = self.tenant(snapshot);
        self.live()
            .any(|(_, one)| one.is_about(rule.page.code, &draft.subject, fingerprint, tenant))
    }

    /// Marks what is accepted, and tells which exceptions have to be looked at.
    pub(super) fn apply(
        &self,
        findings: &mut [Finding],
        silenced: &[Silenced],
        coverage: &[Coverage],
        places: &Places,
    ) -> Vec<ReportedProblem> {
        let exceptions = &self.policy.exceptions;
        let mut hidden: Vec<Vec<usize>> = vec![Vec::new(); exceptions.len()];
        let mut over: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (at, finding) in findings.iter().enumerate() {
            let tenant = self.tenant(finding.snapshot);
            for (index, one) in exceptions.iter().enumerate() {
                if !one.is_about(finding.code, &finding.subject, finding.fingerprint, tenant) {
                    continue;
                }
                if one.is_over(self.now) {
                    over.entry(index).or_default().push(at);
                } else {
                    hidden[index].push(at);
                    break;
                }
            }
        }
        let mut problems = Vec::new();
        for (index, one) in exceptions.iter().enumerate() {
            let count = hidden[index].len() as u64;
            // A project file is shared by all commands: of a rule over plans a check of tenants can tell nothing.
            let is_judged = coverage.iter().any(|line| line.code == one.code);
            if count == 0 && !is_judged && !over.contains_key(&index) {
                continue;
            }
            let is_broad = count > one.max_matches;
            if !is_broad {
                for at in &hidden[index] {
                    findings[*at].status = Status::Excepted;
                    findings[*at].reason = Some(one.reason.clone());
                }
            }
            // Only who saw all that an exception may be about can tell that nothing is left of it.
            let is_useless = || {
                self.is_decided(one, coverage)
                    && !silenced.iter().any(|finding| {
                        let tenant = self.tenant(finding.snapshot);
                        let code = code_of(coverage, finding.rule);
                        one.is_about(code, &finding.subject, finding.fingerprint, tenant)
                    })
            };
            let told = if is_broad {
                Some((
                    Severity::Error,
                    format!(
                        "{} would hide {count} findings, more than {}: it hides none; name what is meant, or set `max-matches`",
                        one.words(),
                        one.max_matches
                    ),
                ))
            } else if one.is_over(self.now) {
                let end = one.expires.as_deref().unwrap_or_default();
                let counts = if over.contains_key(&index) {
                    ": what it accepted counts again"
                } else if is_useless() {
                    ": nothing is left of what it accepted: remove it"
                } else {
                    ""
                };
                Some((
                    Severity::Warning,
                    format!("{} ended on {end}{counts}", one.words()),
                ))
            } else if count == 0 && is_useless() {
                Some((
                    Severity::Info,
                    format!("{} hides nothing: remove it", one.words()),
                ))
            } else {
                self.ends_soon(one)
            };
            let about = hidden[index]
                .iter()
                .chain(over.get(&index).into_iter().flatten());
            let snapshot = self.concerned(one, about.map(|at| findings[*at].snapshot));
            problems.extend(told.map(|(severity, message)| ReportedProblem {
                snapshot,
                severity,
                message,
                location: Some(places.at(self.span(one), one.reason.clone())),
                blinds: Vec::new(),
            }));
        }
        problems
    }

    /// The snapshot that an exception is about: the one with most of its findings, else the first of the tenant that it
    /// names, else the first of all.
    fn concerned(&self, one: &Exception, snapshots: impl Iterator<Item = u32>) -> u32 {
        let mut counts: BTreeMap<u32, u64> = BTreeMap::new();
        for snapshot in snapshots {
            *counts.entry(snapshot).or_default() += 1;
        }
        let most = counts.into_iter();
        let most = most.max_by_key(|(snapshot, count)| (*count, std::cmp::Reverse(*snapshot)));
        let mut all = 0..self.tenants.len() as u32;
        let of_tenant = || all.find(|snapshot| one.is_of(self.tenant(*snapshot)));
        most.map(|(snapshot, _)| snapshot)
            .or_else(of_tenant)
            .unwrap_or(0)
    }

    fn ends_soon(&self, one: &Exception) -> Option<(Severity, String)> {
        let left = one.days_left(self.now)?;
        let end = one.expires.as_deref().unwrap_or_default();
        let when = match left {
            0 => "ends today".to_owned(),
            1 => format!("ends on {end}, in 1 day"),
            _ => format!("ends on {end}, in {left} days"),
        };
        (left <= self.policy.warn_days).then(|| (Severity::Info, format!("{} {when}", one.words())))
    }

    /// Whether the rule of an exception ran over every snapshot that is checked of its tenant, over one at least, and
    /// decided about all that the exception may name.
    fn is_decided(&self, one: &Exception, coverage: &[Coverage]) -> bool {
        let lines = coverage.iter().filter(|line| line.code == one.code);
        let mut lines = lines
            .filter(|line| one.is_of(self.tenant(line.snapshot)))
            .peekable();
        lines.peek().is_some()
            && lines.all(|line| {
                let ran = matches!(line.outcome, Outcome::Passed | Outcome::Failed);
                let left = line.undecided.as_ref();
                let may_name = |names: &BTreeSet<String>| names.iter().any(|name| one.may_be(name));
                ran && !line.partial && (line.unknown == 0 || !left.is_none_or(may_name))
            })
    }

    fn live(&self) -> impl Iterator<Item = (usize, &'p Exception)> {
        let exceptions = self.policy.exceptions.iter().enumerate();
        exceptions.filter(|(_, one)| !one.is_over(self.now))
    }

    fn tenant(&self, snapshot: u32) -> [Option<&str>; 2] {
        match self.tenants.get(snapshot as usize) {
            Some([id, name]) => [id.as_deref(), name.as_deref()],
            None => [None, None],
        }
    }

    fn span(&self, one: &Exception) -> Span {
        Span {
            source: self.file,
            len: one.bytes.len() as u32,
            start: one.bytes.start as u64,
        }
    }
}

/// Marks findings that a baseline knows, and notes which of its findings are gone.
///
/// One that is worse than it was is not known. A finding counts as fixed where its rule read all that it read before, and
/// decided about its subject; of others nobody can tell. One that a stronger finding speaks for is not fixed.
pub fn compare_with(report: &mut Report, baseline: &Baseline) {
    let tenants: Vec<Option<String>> = report
        .snapshots
        .iter()
        .map(|snapshot| snapshot.tenant_id.clone())
        .collect();
    let mut now: BTreeSet<(usize, String)> = BTreeSet::new();
    for finding in &mut report.findings {
        let snapshot = finding.snapshot as usize;
        let tenant = tenants.get(snapshot).and_then(Option::as_deref);
        let fingerprint = finding.fingerprint.to_string();
        if finding.status == Status::Open
            && let Some(known) = baseline.find(tenant, &fingerprint)
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
        .map(|rule| (rule.page.name, &rule.page))
        .collect();
    for (snapshot, tenant) in tenants.iter().enumerate() {
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

/// The code of a rule, by its name.
fn code_of(coverage: &[Coverage], rule: &str) -> &'static str {
    let line = coverage.iter().find(|line| line.rule == rule);
    line.map_or("", |line| line.code)
}

fn of_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "an error",
        Severity::Warning => "a warning",
        Severity::Info => "an info",
    }
}
