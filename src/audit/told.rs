//! What the rules say of a tenant, before places are looked up: for those who compare many states of one tenant.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::accepted::Exceptions;
use super::coverage::Gate;
use super::engine::{self, Tally, Times};
use super::{fingerprint, superseding};
use crate::config::Policy;
use crate::finding::{Draft, Fingerprint, Severity, Status, Subject};
use crate::report::Coverage;
use crate::rules::Rule;
use crate::snapshot::Moment;
use crate::source::{SourceId, Span};
use crate::tenant::Tenant;

/// One finding without its places.
#[derive(Clone, Debug)]
pub struct Told {
    /// Code of the rule.
    pub code: &'static str,
    /// What it is about.
    pub subject: Subject,
    /// How bad it is.
    pub severity: Severity,
    /// What it is recognized by.
    pub fingerprint: Fingerprint,
    /// Whether it counts, or an exception accepts it.
    pub status: Status,
    /// The records that it points at.
    pub records: Vec<Span>,
}

/// What all rules say of a tenant.
#[derive(Debug, Default)]
pub struct AllTold {
    /// The findings, in order of rule and subject.
    pub findings: Vec<Told>,
    /// Those for which a stronger one speaks.
    pub silenced: Vec<Fingerprint>,
    /// What each rule did.
    pub coverage: Vec<Coverage>,
    /// What a report is made of, so that the rules need not run again for it.
    pub(super) judged: Judged,
}

/// What the rules found, one tally for each rule, with the gates that they passed.
#[derive(Debug, Default)]
pub(super) struct Judged {
    pub(super) gates: Vec<Gate>,
    pub(super) tallies: Vec<Tally>,
    /// The exceptions that would hide too much of it, and so hide nothing.
    broad: BTreeSet<usize>,
}

impl Judged {
    /// Runs the rules over a tenant; weaker findings are set apart already.
    pub(super) fn of(
        tenant: &Tenant,
        rules: &[Rule],
        policy: &Policy,
        times: Times,
        exceptions: &Exceptions,
    ) -> Self {
        let gates: Vec<Gate> = rules
            .par_iter()
            .map(|rule| Gate::of(rule, policy, tenant))
            .collect();
        let mut tallies = engine::run(tenant, times, rules, &gates, policy);
        let index = tenant.snapshot.index;
        let silence = |tallies: &mut [Tally], broad: &BTreeSet<usize>| {
            if policy.supersedes {
                let accepted =
                    |rule: &Rule, draft: &Draft| exceptions.accept(rule, draft, index, broad);
                superseding::silence(tenant, rules, tallies, accepted);
            }
        };
        silence(&mut tallies, &BTreeSet::new());
        let broad = exceptions.too_broad(index, rules, &tallies);
        if !broad.is_empty() {
            // What they do not accept after all speaks for the weaker ones.
            superseding::unsilence(&mut tallies);
            silence(&mut tallies, &broad);
        }
        Self {
            gates,
            tallies,
            broad,
        }
    }
}

/// Runs the rules over a tenant.
pub fn tell(
    tenant: &Tenant,
    rules: &'static [Rule],
    policy: &Policy,
    as_of: Option<Moment>,
) -> AllTold {
    let tenants = std::slice::from_ref(tenant);
    let exceptions = Exceptions::new(policy, as_of, SourceId(0), tenants);
    let times = Times {
        previous: None,
        as_of,
    };
    let index = tenant.snapshot.index;
    let judged = Judged::of(tenant, rules, policy, times, &exceptions);
    let accepted =
        |rule: &Rule, draft: &Draft| exceptions.accept(rule, draft, index, &judged.broad);
    let mut all = AllTold::default();
    for ((rule, gate), tally) in rules.iter().zip(&judged.gates).zip(&judged.tallies) {
        all.coverage
            .push(super::ledger_line(index, rule, gate.clone(), tally));
        let silenced = tally.silenced.iter();
        all.silenced
            .extend(silenced.map(|draft| fingerprint(rule, draft)));
        for draft in &tally.drafts {
            let labels = std::iter::once(&draft.primary).chain(&draft.related);
            let records = labels.flat_map(|label| label.place.records.iter().copied());
            all.findings.push(Told {
                code: rule.page.code,
                severity: policy.severity(rule, draft.severity),
                fingerprint: fingerprint(rule, draft),
                status: if accepted(rule, draft) {
                    Status::Excepted
                } else {
                    Status::Open
                },
                records: records.collect(),
                subject: draft.subject.clone(),
            });
        }
    }
    all.judged = judged;
    all
}
