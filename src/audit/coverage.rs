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
        /// A refining export that is absent.
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
                return Self::Closed(format!("needs {missing}"));
            }
        }
        for alternatives in &page.any_of {
            let gaps: Vec<String> = alternatives
                .iter()
                .map_while(|need| missing(need, snapshot))
                .collect();
            if gaps.len() == alternatives.len() {
                return Self::Closed(format!("needs {}", gaps.join(" or ")));
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
            .find(|incomplete| incomplete.proven)
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

/// What a need lacks: the export, or some of its properties.
fn missing(need: &Need, snapshot: &Snapshot) -> Option<String> {
    let name = need.export.name();
    if !snapshot.has_export(need.export) {
        return Some(name.to_owned());
    }
    let lacking: Vec<&str> = need
        .properties
        .iter()
        .filter(|property| !snapshot.has_property(need.export, property))
        .map(String::as_str)
        .collect();
    let told = |property: &&str| match snapshot.lost_property(need.export, property) {
        Some(damage) => format!("{property}, which was {}", damage.how()),
        None => (*property).to_owned(),
    };
    (!lacking.is_empty()).then(|| {
        let lacking: Vec<String> = lacking.iter().map(told).collect();
        format!("{name} with {}", lacking.join(", "))
    })
}

fn absent_refinements(rule: &Rule, snapshot: &Snapshot) -> Vec<&'static str> {
    rule.page
        .refines
        .iter()
        .filter(|need| !snapshot.has_export(need.export))
        .map(|need| need.export)
        .map(ExportKind::name)
        .collect()
}
