//! What the project file accepts: which exception hides what, and which of them have to be looked at.
//!
//! A finding belongs to the first exception that is about it, still holds, and does not hide too much. So one that is too
//! broad keeps nothing from those that name what they mean.

mod by_target;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, HashSet};

use by_target::{ByTarget, Likely};

use super::engine::Tally;
use super::fingerprint;
use super::places::Places;
use crate::config::{Exception, Policy};
use crate::finding::{Draft, Finding, Fingerprint, Severity, Status, Subject};
use crate::report::{Coverage, Outcome, ReportedProblem, Silenced};
use crate::rules::Rule;
use crate::snapshot::Moment;
use crate::source::{SourceId, Span};
use crate::tenant::Tenant;

/// The exceptions of a run.
pub(super) struct Exceptions<'p> {
    policy: &'p Policy,
    /// The project file among the sources.
    file: SourceId,
    /// One for each snapshot.
    tenants: Vec<Of>,
    by_target: ByTarget<'p>,
}

/// What exceptions ask of a snapshot.
struct Of {
    id: Option<String>,
    name: Option<String>,
    /// An exception ends by the time of the snapshot that it is about, whenever others were exported.
    now: Option<Moment>,
}

/// Something that exceptions may accept.
struct Candidate<'f> {
    code: &'static str,
    subject: &'f Subject,
    fingerprint: Fingerprint,
    snapshot: u32,
}

/// Which exception has which candidates, by their places.
#[derive(Default)]
struct Shares {
    /// What each exception hides.
    hidden: Vec<Vec<usize>>,
    /// What those would hide that would hide too much.
    broad: BTreeMap<usize, Vec<usize>>,
    /// What counts again since an exception ended.
    over: BTreeMap<usize, Vec<usize>>,
    /// Exceptions that ended, and of which another one hides something.
    replaced: BTreeSet<usize>,
}

impl<'p> Exceptions<'p> {
    /// `as_of` overrides the moment that the snapshots take for now.
    pub(super) fn new(
        policy: &'p Policy,
        as_of: Option<Moment>,
        file: SourceId,
        tenants: &[Tenant],
    ) -> Self {
        let tenants = tenants.iter().map(|tenant| Of {
            id: tenant.id().map(|id| id.to_string()),
            name: tenant.name().map(str::to_owned),
            now: as_of.or(tenant.snapshot.now.map(|now| now.moment)),
        });
        Self {
            policy,
            file,
            tenants: tenants.collect(),
            by_target: ByTarget::new(&policy.exceptions),
        }
    }

    /// Whether a finding that a draft would become is accepted, so that weaker rules may speak; `broad` are the exceptions
    /// that hide nothing.
    pub(super) fn accept(
        &self,
        rule: &Rule,
        draft: &Draft,
        snapshot: u32,
        broad: &BTreeSet<usize>,
    ) -> bool {
        if self.policy.exceptions.is_empty() {
            return false;
        }
        let candidate = Candidate {
            code: rule.page.code,
            subject: &draft.subject,
            fingerprint: fingerprint(rule, draft),
            snapshot,
        };
        let now = self.now(snapshot);
        self.by_target.of(&candidate).after(None).any(|index| {
            let one = &self.policy.exceptions[index];
            !broad.contains(&index) && !one.is_over(now) && self.is_about(one, &candidate)
        })
    }

    /// The exceptions that would hide too much of what the rules found in a snapshot.
    pub(super) fn too_broad(
        &self,
        snapshot: u32,
        rules: &[Rule],
        tallies: &[Tally],
    ) -> BTreeSet<usize> {
        let mut candidates = Vec::new();
        for (rule, tally) in rules.iter().zip(tallies) {
            let code = rule.page.code;
            let of_rule = self.policy.exceptions.iter().filter(|one| one.code == code);
            let least = of_rule.map(|one| one.max_matches).min();
            if least.is_none_or(|least| tally.drafts.len() as u64 <= least) {
                continue;
            }
            let mut told = HashSet::new();
            for draft in &tally.drafts {
                let fingerprint = fingerprint(rule, draft);
                if told.insert(fingerprint) {
                    candidates.push(Candidate {
                        code,
                        subject: &draft.subject,
                        fingerprint,
                        snapshot,
                    });
                }
            }
        }
        if candidates.is_empty() {
            return BTreeSet::new();
        }
        self.share(&candidates).broad.into_keys().collect()
    }

    /// Marks what is accepted, and tells which exceptions have to be looked at.
    pub(super) fn apply(
        &self,
        findings: &mut [Finding],
        noted: &mut [ReportedProblem],
        silenced: &[Silenced],
        coverage: &[Coverage],
        places: &Places,
    ) -> Vec<ReportedProblem> {
        if self.policy.exceptions.is_empty() {
            return Vec::new();
        }
        let of_findings = findings.iter().map(Candidate::of);
        let mut candidates: Vec<Candidate> = of_findings.collect();
        // What a rule that is off would tell is accepted as it is where it is on.
        let mut of_problems = Vec::new();
        for (at, problem) in noted.iter().enumerate() {
            let known = candidates.len();
            candidates.extend(Candidate::untold(problem));
            of_problems.extend((known..candidates.len()).map(|_| at));
        }
        let shares = self.share(&candidates);
        let mut problems = Vec::new();
        for (index, one) in self.policy.exceptions.iter().enumerate() {
            let hidden = shares.hidden.get(index).map_or(&[][..], Vec::as_slice);
            let over = shares.over.get(&index).map_or(&[][..], Vec::as_slice);
            let broad = shares.broad.get(&index).map_or(&[][..], Vec::as_slice);
            // A project file is shared by all commands: of a rule over plans a check of tenants can tell nothing.
            let is_judged = coverage.iter().any(|line| line.code == one.code);
            if !is_judged && [hidden, over, broad].iter().all(|some| some.is_empty()) {
                continue;
            }
            let told = if broad.is_empty() {
                let share = Share {
                    hides: !hidden.is_empty(),
                    counts_again: !over.is_empty(),
                    is_replaced: shares.replaced.contains(&index),
                    misses: hidden
                        .is_empty()
                        .then(|| misses(one, &candidates))
                        .flatten(),
                };
                self.told(one, &share, silenced, coverage)
            } else {
                Some((
                    Severity::Error,
                    format!(
                        "{} would hide {} findings, more than {}: it hides none; name what is meant, or set `max-matches`",
                        one.words(),
                        broad.len(),
                        one.max_matches
                    ),
                ))
            };
            // Where it counts again is where it has to be looked at.
            let about = if over.is_empty() { hidden } else { over };
            let about = about.iter().chain(broad);
            let snapshot = self.concerned(one, about.map(|at| candidates[*at].snapshot));
            problems.extend(told.map(|(severity, message)| ReportedProblem {
                snapshot,
                severity,
                message,
                location: Some(places.at(self.span(one), one.reason.clone())),
                blinds: Vec::new(),
                untold: None,
            }));
        }
        let mut left = vec![0_usize; noted.len()];
        for at in &of_problems {
            left[*at] += 1;
        }
        for (one, hidden) in self.policy.exceptions.iter().zip(&shares.hidden) {
            for &at in hidden {
                if let Some(finding) = findings.get_mut(at) {
                    finding.status = Status::Excepted;
                    finding.reason = Some(one.reason.clone());
                    continue;
                }
                let problem = of_problems[at - findings.len()];
                left[problem] -= 1;
                if left[problem] == 0 {
                    noted[problem].settle(Status::Excepted);
                }
            }
        }
        problems
    }

    /// What has to be said of an exception that is not too broad.
    fn told(
        &self,
        one: &Exception,
        share: &Share,
        silenced: &[Silenced],
        coverage: &[Coverage],
    ) -> Option<(Severity, String)> {
        let words = one.words();
        // Only who saw all that an exception may be about can tell that nothing is left of it.
        let is_useless = || {
            self.is_decided(one, coverage)
                && !silenced
                    .iter()
                    .any(|finding| self.is_about(one, &Candidate::silenced(finding, coverage)))
        };
        let is_over = self.nows(one).all(|now| one.is_over(now));
        if share.counts_again || is_over {
            let end = one.expires.as_deref().unwrap_or_default();
            let counts = if share.counts_again {
                ": what it accepted counts again"
            } else if share.is_replaced {
                ": another exception takes its place: remove it"
            } else if is_useless() {
                ": nothing is left of what it accepted: remove it"
            } else {
                ""
            };
            return Some((Severity::Warning, format!("{words} ended on {end}{counts}")));
        }
        let hides_nothing = |advice: String| {
            let text = format!("{words} hides nothing: {advice}");
            Some((Severity::Info, text))
        };
        match share.misses {
            Some(kind) => hides_nothing(format!(
                "`{}` finds things of kind `{kind}`: name one, by `subject`",
                one.code
            )),
            _ if !share.hides && is_useless() => hides_nothing("remove it".to_owned()),
            _ => self.ends_soon(one),
        }
    }

    /// Gives each candidate to an exception. Those that get too much give all of it back, until none does.
    fn share(&self, candidates: &[Candidate]) -> Shares {
        let exceptions = &self.policy.exceptions;
        let likely: Vec<Likely> = candidates
            .iter()
            .map(|one| self.by_target.of(one))
            .collect();
        let mut shares = Shares {
            hidden: vec![Vec::new(); exceptions.len()],
            ..Shares::default()
        };
        let mut hidden_by: Vec<Option<usize>> = vec![None; candidates.len()];
        // Only what one gives back goes on, to the next that is about it: none before that one took it.
        let mut homeless: Vec<usize> = (0..candidates.len()).collect();
        while !homeless.is_empty() {
            let mut grown = BTreeSet::new();
            for at in homeless.drain(..) {
                let candidate = &candidates[at];
                let now = self.now(candidate.snapshot);
                let mut next = likely[at].after(hidden_by[at]);
                hidden_by[at] = next.find(|index| {
                    let one = &exceptions[*index];
                    !one.is_over(now)
                        && !shares.broad.contains_key(index)
                        && self.is_about(one, candidate)
                });
                if let Some(index) = hidden_by[at] {
                    shares.hidden[index].push(at);
                    grown.insert(index);
                }
            }
            for index in grown {
                let own = &mut shares.hidden[index];
                own.sort_unstable();
                if own.len() as u64 > exceptions[index].max_matches {
                    homeless.extend_from_slice(own);
                    shares.broad.insert(index, std::mem::take(own));
                }
            }
        }
        for (at, candidate) in candidates.iter().enumerate() {
            let now = self.now(candidate.snapshot);
            for index in likely[at].after(None) {
                let one = &exceptions[index];
                if !one.is_over(now) || !self.is_about(one, candidate) {
                    continue;
                }
                if hidden_by[at].is_some() {
                    shares.replaced.insert(index);
                } else {
                    shares.over.entry(index).or_default().push(at);
                }
            }
        }
        shares
    }

    fn is_about(&self, one: &Exception, candidate: &Candidate) -> bool {
        let tenant = self.tenant(candidate.snapshot);
        one.is_about(
            candidate.code,
            candidate.subject,
            candidate.fingerprint,
            tenant,
        )
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
        most.map(|(snapshot, _)| snapshot)
            .or_else(|| self.of(one).next())
            .unwrap_or(0)
    }

    /// The snapshots of the tenant that an exception names, all where it names none.
    fn of(&self, one: &Exception) -> impl Iterator<Item = u32> {
        let all = 0..self.tenants.len() as u32;
        all.filter(|snapshot| one.is_of(self.tenant(*snapshot)))
    }

    /// The moments by which an exception ends: of a tenant that is not here, by those of the others.
    fn nows(&self, one: &Exception) -> impl Iterator<Item = Option<Moment>> {
        let own: Vec<u32> = self.of(one).collect();
        let all = 0..self.tenants.len() as u32;
        let chosen = if own.is_empty() { all.collect() } else { own };
        chosen.into_iter().map(|snapshot| self.now(snapshot))
    }

    fn ends_soon(&self, one: &Exception) -> Option<(Severity, String)> {
        let nows = self.nows(one).filter(|now| !one.is_over(*now));
        let left = nows.filter_map(|now| one.days_left(now)).min()?;
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

    fn now(&self, snapshot: u32) -> Option<Moment> {
        self.tenants.get(snapshot as usize)?.now
    }

    fn tenant(&self, snapshot: u32) -> [Option<&str>; 2] {
        match self.tenants.get(snapshot as usize) {
            Some(of) => [of.id.as_deref(), of.name.as_deref()],
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

/// What the findings of its rule are about, where an exception asks for none of that kind.
fn misses(one: &Exception, candidates: &[Candidate]) -> Option<&'static str> {
    let of_rule = candidates.iter().filter(|other| other.code == one.code);
    let mut kinds = of_rule.map(|other| other.subject.kind).peekable();
    let first = *kinds.peek()?;
    (!kinds.any(|kind| one.speaks_of(kind))).then(|| first.name())
}

/// What an exception has, in short.
struct Share {
    hides: bool,
    counts_again: bool,
    is_replaced: bool,
    /// What its rule finds instead, where it hides nothing and asks for none of that.
    misses: Option<&'static str>,
}

impl<'f> Candidate<'f> {
    fn of(finding: &'f Finding) -> Self {
        Self {
            code: finding.code,
            subject: &finding.subject,
            fingerprint: finding.fingerprint,
            snapshot: finding.snapshot,
        }
    }

    fn untold(problem: &'f ReportedProblem) -> impl Iterator<Item = Self> {
        let untold = problem.untold.iter();
        untold.flat_map(|untold| {
            untold.findings.iter().map(|(subject, fingerprint)| Self {
                code: untold.code,
                subject,
                fingerprint: *fingerprint,
                snapshot: problem.snapshot,
            })
        })
    }

    fn silenced(finding: &'f Silenced, coverage: &[Coverage]) -> Self {
        let line = coverage.iter().find(|line| line.rule == finding.rule);
        Self {
            code: line.map_or("", |line| line.code),
            subject: &finding.subject,
            fingerprint: finding.fingerprint,
            snapshot: finding.snapshot,
        }
    }
}
