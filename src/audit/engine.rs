//! The one pass over each kind of subject.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::coverage::Gate;
use super::undecided;
use crate::config::Policy;
use crate::finding::Draft;
use crate::rules::{Check, Cx, ExportSubject, Rule, Said, Verdict, Verdicts};
use crate::snapshot::Moment;
use crate::tenant::{AHEAD, Tenant};

/// Subjects of one block: a few blocks are small enough to share out also with those who come late, from rules over the
/// tenant as a whole, and large enough that sharing costs nothing.
const BLOCK: usize = 256;

/// Blocks of one task.
const AT_ONCE: usize = 4;

/// Findings of one rule. They are large, there may be a million, and they change hands several times: boxed, they stay
/// where they are.
pub(super) type Drafts = Vec<Box<Draft>>;

/// What one rule said over all subjects.
#[derive(Default, Debug)]
pub(super) struct Tally {
    /// Subjects that it judged.
    pub(super) examined: u64,
    /// Findings, in order of subject.
    pub(super) drafts: Drafts,
    /// Findings that a stronger one silenced.
    pub(super) silenced: Drafts,
    /// Subjects for which a stronger finding spoke.
    pub(super) superseded: u64,
    /// Reasons why subjects could not be judged, each with its count.
    unknown: BTreeMap<&'static str, u64>,
    /// The subjects that could not be judged, by their place in their list.
    undecided: Vec<u32>,
    /// All their names, where they have any, and somebody asks.
    names: Option<BTreeSet<String>>,
}

impl Tally {
    /// How many subjects could not be judged.
    pub(super) fn unknown(&self) -> u64 {
        self.unknown.values().sum()
    }

    /// The most frequent reason why subjects could not be judged.
    pub(super) fn reason(&self) -> Option<String> {
        let (reason, _) = self
            .unknown
            .iter()
            .max_by_key(|(reason, count)| (**count, std::cmp::Reverse(**reason)))?;
        Some((*reason).to_owned())
    }

    /// All names of the subjects that could not be judged, in lower case; `None` where nobody can say which they are.
    pub(super) fn undecided(&self) -> Option<BTreeSet<String>> {
        match self.unknown() {
            0 => Some(BTreeSet::new()),
            _ => self.names.clone(),
        }
    }

    /// Counts a verdict. Nearly all are none, or a pass: they are not worth a call.
    #[inline]
    fn add(&mut self, verdict: Verdict) {
        if matches!(verdict, Verdict::NotApplicable) {
            return;
        }
        self.examined += 1;
        if !matches!(verdict, Verdict::Passed) {
            self.note(verdict);
        }
    }

    #[inline(never)]
    fn note(&mut self, verdict: Verdict) {
        match verdict {
            Verdict::NotApplicable | Verdict::Passed => {}
            Verdict::Unknown(reason) => *self.unknown.entry(reason).or_default() += 1,
            Verdict::Superseded => self.superseded += 1,
            Verdict::Found(mut draft) => {
                draft.shrink();
                self.drafts.push(draft);
            }
            Verdict::Several(drafts) => self.drafts.extend(drafts.into_iter().map(|mut draft| {
                draft.shrink();
                Box::new(draft)
            })),
        }
    }

    fn append(&mut self, mut other: Self) {
        self.examined += other.examined;
        self.superseded += other.superseded;
        self.drafts.append(&mut other.drafts);
        self.undecided.append(&mut other.undecided);
        for (reason, count) in other.unknown {
            *self.unknown.entry(reason).or_default() += count;
        }
    }
}

/// What rules know of other times than the snapshot's own.
#[derive(Clone, Copy, Debug)]
pub(super) struct Times<'t> {
    /// The tenant at an earlier time.
    pub(super) previous: Option<&'t Tenant>,
    /// The moment that the user takes for now.
    pub(super) as_of: Option<Moment>,
}

/// Runs all rules whose gate is open; the tallies are in the order of the rules.
pub(super) fn run(
    tenant: &Tenant,
    times: Times,
    rules: &[Rule],
    gates: &[Gate],
    policy: &Policy,
) -> Vec<Tally> {
    let mut tallies: Vec<Tally> = rules.iter().map(|_| Tally::default()).collect();
    let open: Vec<(usize, &Rule, Cx)> = rules
        .iter()
        .zip(gates)
        .enumerate()
        .filter(|(_, (_, gate))| gate.is_open())
        .map(|(number, (rule, _))| {
            (
                number,
                rule,
                Cx::new(tenant, policy.options(rule)).with(times.previous, times.as_of),
            )
        })
        .collect();
    // One arm for each kind of subject: its list, and how its checks are called.
    macro_rules! walk {
        ($kind:ident, $subjects:expr, $names:expr) => {
            walk!($kind, BLOCK, $subjects, $names, |_| ());
        };
        ($kind:ident, $block:expr, $subjects:expr, $names:expr, $look_ahead:expr) => {
            let of_kind = |rule: &Rule| {
                rule.checks().find_map(|check| match check {
                    Check::$kind(check) => Some(check),
                    _ => None,
                })
            };
            let checks: Vec<_> = open
                .iter()
                .filter_map(|(number, rule, cx)| Some((*number, of_kind(rule)?, *cx)))
                .collect();
            if !checks.is_empty() {
                let begun = || -> Vec<Tally> { checks.iter().map(|_| Tally::default()).collect() };
                let blocks: Vec<Vec<Tally>> = $subjects
                    .par_chunks($block)
                    .enumerate()
                    .with_max_len(AT_ONCE)
                    .fold(begun, |mut local, (number, block)| {
                        let mut place = (number * $block) as u32;
                        for few in block.chunks(AHEAD) {
                            $look_ahead(few);
                            // Rule by rule: the code of all of them is more than what a processor keeps at hand, a few
                            // subjects are not.
                            for ((_, check, cx), tally) in checks.iter().zip(&mut local) {
                                for (subject, place) in few.iter().zip(place..) {
                                    let verdict = check(subject, cx);
                                    if matches!(verdict, Verdict::Unknown(_)) {
                                        tally.undecided.push(place);
                                    }
                                    tally.add(verdict);
                                }
                            }
                            place += few.len() as u32;
                        }
                        local
                    })
                    .collect();
                for (at, (number, ..)) in checks.iter().enumerate() {
                    let found = blocks.iter().map(|block| block[at].drafts.len()).sum();
                    tallies[*number].drafts.reserve_exact(found);
                }
                for block in blocks {
                    for ((number, ..), tally) in checks.iter().zip(block) {
                        tallies[*number].append(tally);
                    }
                }
                if policy.names_undecided {
                    // Of a rule over several lists nobody says on which list a subject stands.
                    let of_one =
                        |number: &usize| !matches!(rules[*number].check, Check::Several(_));
                    for (number, ..) in checks.iter().filter(|(number, ..)| of_one(number)) {
                        let tally = &mut tallies[*number];
                        tally.names = undecided::names_of(&tally.undecided, &$subjects, $names);
                    }
                }
            }
        };
    }
    let exports: Vec<ExportSubject> = tenant
        .snapshot
        .exports
        .keys()
        .map(|kind| ExportSubject { kind: *kind })
        .collect();
    // Rules over the tenant as a whole take long, one by one: who walks over subjects need not wait for them.
    let walk = || {
        // A finding of an operator may be about any of its numbers. There are few of them, and some have very many.
        walk!(Operator, 1, tenant.operators, |_| Vec::new(), |_| ());
        walk!(
            User,
            BLOCK,
            tenant.users,
            |user| undecided::of_user(tenant, user),
            |users| tenant.look_ahead_of_users(users)
        );
        walk!(
            Number,
            BLOCK,
            tenant.numbers,
            |number| undecided::of_number(tenant, number),
            |numbers| tenant.look_ahead_of_numbers(numbers)
        );
        walk!(ResourceAccount, tenant.resource_accounts, |account| {
            undecided::of_account(tenant, account)
        });
        walk!(Export, exports, |_| Vec::new());
    };
    let judge_whole = || -> Vec<(usize, Verdicts)> {
        open.par_iter()
            .with_max_len(1)
            .flat_map_iter(|(number, rule, cx)| {
                rule.checks().filter_map(|check| match check {
                    Check::Tenant(check) => Some((*number, check(cx).into())),
                    Check::Each(check) => Some((*number, check(cx))),
                    _ => None,
                })
            })
            .collect()
    };
    let ((), whole) = rayon::join(walk, judge_whole);
    for (number, verdicts) in whole {
        for said in verdicts {
            match said {
                Said::Passed(count) => tallies[number].examined += count,
                Said::Other(verdict) => tallies[number].add(verdict),
            }
        }
    }
    tallies
}
