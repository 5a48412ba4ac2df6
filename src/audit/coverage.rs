//! May a rule run on a snapshot? Only when everything that it needs was exported.

use crate::config::Policy;
use crate::rules::{Need, Rule};
use crate::snapshot::{ExportKind, Snapshot};

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
        /// A refining export that is absent, or absent in part.
        without: Option<String>,
    },
}

impl Gate {
    /// Judges one rule.
    pub(super) fn of(rule: &Rule, policy: &Policy, snapshot: &Snapshot) -> Self {
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
        let doubt = page
            .all_needs()
            .filter_map(|need| snapshot.incomplete(need.export))
            .max_by_key(|incomplete| incomplete.proven)
            .map(|incomplete| incomplete.why.clone());
        let absent = absent_refinements(rule, snapshot);
        Self::Open {
            doubt,
            without: (!absent.is_empty()).then(|| format!("without {}", absent.join(", "))),
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
                None => property.clone(),
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

/// Refining exports that are not there, or of which records are proven to be missing.
fn absent_refinements(rule: &Rule, snapshot: &Snapshot) -> Vec<String> {
    let needed = |family: ExportKind| rule.page.all_needs().any(|need| need.export == family);
    rule.page
        .refines
        .iter()
        .filter_map(|need| {
            let name = need.export.name();
            let lacks = snapshot.incomplete(need.export);
            if !snapshot.has_export(need.export) {
                Some(name.to_owned())
            } else if lacks.is_some_and(|incomplete| incomplete.proven) && !needed(need.export) {
                Some(format!("all of {name}"))
            } else {
                None
            }
        })
        .collect()
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
