//! May a rule run on a snapshot? Only when everything that it needs was exported.

use std::collections::BTreeSet;

use crate::config::Policy;
use crate::finding::Problem;
use crate::rules::{Need, Rule};
use crate::snapshot::{ExportKind, Incomplete, Snapshot};
use crate::tenant::Tenant;

/// Whether a rule may run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Gate {
    /// Switched off.
    Off,
    /// It cannot run, for this reason.
    Closed(String),
    /// It can run.
    Open {
        /// Why records may be missing, so that finding nothing does not mean that nothing is wrong.
        doubt: Option<String>,
        /// What records contradict each other about, of all that the rule reads.
        dispute: Option<Dispute>,
        /// A refining export that is absent, or absent in part.
        without: Option<String>,
        /// Why records of a refining export may be missing: what the rule found with them, it may not find now.
        cut: Option<Incomplete>,
        /// Properties that would refine the rule, and that their export does not have.
        lacks: BTreeSet<String>,
    },
}

/// Properties that a rule reads and of which two records of one kind say different things.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Dispute {
    /// Objects that are left undecided.
    pub(super) objects: u64,
    /// What differs, and for how many.
    pub(super) why: String,
}

impl Gate {
    /// Judges one rule.
    pub(super) fn of(rule: &Rule, policy: &Policy, tenant: &Tenant) -> Self {
        let snapshot = &tenant.snapshot;
        if !policy.is_on(rule) {
            return Self::Off;
        }
        let page = &rule.page;
        for need in &page.needs {
            if let Some(missing) = missing(need, snapshot) {
                return Self::Closed(format!("needs {}", either(&[missing])));
            }
        }
        for alternatives in &page.any_of {
            let gaps: Vec<Gap> = alternatives
                .iter()
                .map_while(|need| missing(need, snapshot))
                .collect();
            if gaps.len() == alternatives.len() {
                return Self::Closed(format!("needs {}", either(&gaps)));
            }
        }
        for family in &page.concludes_from_absence {
            if let Some(incomplete) = snapshot.incomplete(*family) {
                return Self::Closed(incomplete.why.clone());
            }
        }
        let hidden: Vec<Gap> = page
            .partial_without
            .iter()
            .filter_map(|need| missing(need, snapshot))
            .collect();
        let doubt = page
            .all_needs()
            .filter_map(|need| snapshot.incomplete(need.export))
            .max_by_key(|incomplete| incomplete.proven)
            .map(|incomplete| incomplete.why.clone())
            .or_else(|| {
                let hidden: Vec<String> = hidden
                    .iter()
                    .map(|gap| either(std::slice::from_ref(gap)))
                    .collect();
                (!hidden.is_empty())
                    .then(|| format!("sees only part without {}", hidden.join(" and ")))
            });
        let Refinements { absent, cut, lacks } = Refinements::of(rule, snapshot);
        Self::Open {
            doubt,
            dispute: dispute(rule, &tenant.problems),
            without: (!absent.is_empty()).then(|| format!("without {}", absent.join(", "))),
            cut,
            lacks,
        }
    }

    /// Whether the rule runs.
    pub(super) fn is_open(&self) -> bool {
        matches!(self, Self::Open { .. })
    }
}

/// What a need lacks: all of the export, or some of its properties.
struct Gap {
    export: &'static str,
    lacking: Vec<String>,
}

fn missing(need: &Need, snapshot: &Snapshot) -> Option<Gap> {
    let export = need.export.name();
    if !snapshot.has_export(need.export) {
        let lacking = Vec::new();
        return Some(Gap { export, lacking });
    }
    let lacking: Vec<String> = need
        .properties
        .iter()
        .filter(|property| !snapshot.has_property(need.export, property))
        .map(
            |property| match snapshot.lost_property(need.export, property) {
                Some(damage) => format!("{property}, which was {}", damage.how()),
                None => (*property).to_owned(),
            },
        )
        .collect();
    (!lacking.is_empty()).then_some(Gap { export, lacking })
}

/// Names alternatives of which one would do, each export once: `X with A or B, or Y`.
fn either(gaps: &[Gap]) -> String {
    let mut exports: Vec<(&str, Vec<String>)> = Vec::new();
    for gap in gaps {
        let properties = (!gap.lacking.is_empty()).then(|| gap.lacking.join(" and "));
        match exports.iter_mut().find(|(name, _)| *name == gap.export) {
            Some((_, known)) => known.extend(properties),
            None => exports.push((gap.export, properties.into_iter().collect())),
        }
    }
    let comma = exports.iter().any(|(_, properties)| properties.len() > 1);
    let parts: Vec<String> = exports
        .iter()
        .map(|(name, properties)| match properties.as_slice() {
            [] => (*name).to_owned(),
            some => format!("{name} with {}", some.join(" or ")),
        })
        .collect();
    parts.join(if comma { ", or " } else { " or " })
}

fn dispute(rule: &Rule, problems: &[Problem]) -> Option<Dispute> {
    let page = &rule.page;
    let reads = |problem: &&Problem| {
        let properties = problem.properties.as_deref().unwrap_or_default();
        let exports: Vec<ExportKind> = problem
            .exports
            .iter()
            .filter_map(|name| ExportKind::from_name(name))
            .map(ExportKind::family)
            .collect();
        page.all_needs().any(|need| {
            let own = |name: &&'static str| need.properties.iter().any(|own| own == name);
            exports.contains(&need.export) && properties.iter().any(own)
        })
    };
    let worst = problems
        .iter()
        .filter(|problem| problem.objects > 0)
        // Of what it makes a finding itself, a rule has decided.
        .filter(|problem| problem.rule != Some(page.code))
        .filter(reads)
        .max_by_key(|problem| (problem.objects, std::cmp::Reverse(&problem.discriminator)))?;
    Some(Dispute {
        objects: worst.objects,
        why: worst.message.clone(),
    })
}

/// What a rule has of the exports that would refine it.
#[derive(Default)]
struct Refinements {
    /// Exports that are not there, or of which records are proven to be missing.
    absent: Vec<String>,
    /// Why records of one may be missing.
    cut: Option<Incomplete>,
    /// Properties that an export which is there does not have.
    lacks: BTreeSet<String>,
}

impl Refinements {
    fn of(rule: &Rule, snapshot: &Snapshot) -> Self {
        let needed = |family: ExportKind| rule.page.all_needs().any(|need| need.export == family);
        let mut all = Self::default();
        for need in &rule.page.refines {
            let name = need.export.name();
            if !snapshot.has_export(need.export) {
                all.absent.push(name.to_owned());
                continue;
            }
            let mut damaged = false;
            for property in &need.properties {
                if !snapshot.has_property(need.export, property) {
                    damaged |= snapshot.lost_property(need.export, property).is_some();
                    all.lacks.insert(format!("{name} with {property}"));
                }
            }
            let incomplete = snapshot.incomplete(need.export);
            let proven = incomplete.is_some_and(|incomplete| incomplete.proven);
            if proven && !needed(need.export) || damaged {
                all.absent.push(format!("all of {name}"));
            }
            // Of several, one that is certain tells more.
            let certain = all.cut.as_ref().is_some_and(|cut| cut.proven);
            if let Some(incomplete) = incomplete.filter(|one| one.proven || !certain) {
                all.cut = Some(incomplete.clone());
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(gaps: &[(&'static str, &[&'static str])]) -> String {
        let gaps: Vec<Gap> = gaps
            .iter()
            .map(|(export, lacking)| Gap {
                export,
                lacking: lacking.iter().map(|name| (*name).to_owned()).collect(),
            })
            .collect();
        either(&gaps)
    }

    #[test]
    fn alternatives_name_their_export_once() {
        assert_eq!(said(&[("X", &["A"]), ("X", &["B"])]), "X with A or B");
        assert_eq!(
            said(&[("X", &["A"]), ("X", &["B"]), ("Y", &[])]),
            "X with A or B, or Y"
        );
        assert_eq!(
            said(&[("X", &[]), ("X", &[]), ("Y", &["C"])]),
            "X or Y with C"
        );
        assert_eq!(said(&[("X", &["A", "B"])]), "X with A and B");
        assert_eq!(said(&[("X", &[])]), "X");
    }
}
