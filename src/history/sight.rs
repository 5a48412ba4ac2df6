//! What a run could see: only a run that looks where an earlier one did can tell that something is gone.

use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Kinds of exports, by the family of dialects that say the same.
pub(super) type Exports = BTreeMap<String, BTreeSet<String>>;

/// What a rule could see in a run.
#[derive(Clone, Default, Debug)]
pub(super) struct Decided {
    /// The families of exports that it read.
    pub(super) families: Vec<String>,
    /// All names, in lower case, of the subjects that it could not judge.
    pub(super) undecided: BTreeSet<String>,
}

/// What there was to see in a run.
#[derive(Clone, Default, Debug)]
pub(super) struct Scene {
    /// The exports of its snapshot.
    pub(super) exports: Exports,
    /// By rule the properties that would have refined it, and that an export which was there did not have.
    pub(super) lacks: HashMap<String, BTreeSet<String>>,
}

/// What one run could see.
#[derive(Clone, Default, Debug)]
pub(super) struct Sight {
    /// The rules that saw all that they looked at.
    pub(super) decided: HashMap<String, Decided>,
    /// What there was to see.
    pub(super) scene: Scene,
}

impl Sight {
    /// Whether what a rule finds of a subject with what there is to see in another run, and does not find in this one, is
    /// not there: the rule decided about the subject, and no export that it reads, nor any property of one, is left out
    /// here. A dialect may take the place of another.
    pub(super) fn would_tell(&self, rule: &str, subject: &[&str], other: &Scene) -> bool {
        let lacks = |scene: &Scene| scene.lacks.get(rule).cloned().unwrap_or_default();
        let of = |exports: &Exports, family: &str| exports.get(family).cloned().unwrap_or_default();
        self.decided.get(rule).is_some_and(|decided| {
            let is_whole = |family: &String| {
                let (before, now) = (of(&other.exports, family), of(&self.scene.exports, family));
                before.is_subset(&now) || !now.is_subset(&before)
            };
            let is_undecided = |name: &&str| decided.undecided.contains(&name.to_lowercase());
            !subject.iter().any(is_undecided)
                && decided.families.iter().all(is_whole)
                && lacks(&self.scene).is_subset(&lacks(other))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scene(kinds: &[(&str, &str)], lacks: &[&str]) -> Scene {
        let lacks: BTreeSet<String> = lacks.iter().map(|one| (*one).to_owned()).collect();
        Scene {
            exports: exports(kinds),
            lacks: HashMap::from([("a".to_owned(), lacks)]),
        }
    }

    fn exports(kinds: &[(&str, &str)]) -> Exports {
        let mut exports = Exports::new();
        for (family, kind) in kinds {
            let kinds = exports.entry((*family).to_owned()).or_default();
            kinds.insert((*kind).to_owned());
        }
        exports
    }

    #[test]
    fn a_rule_that_lost_an_export_cannot_tell_what_would_tell() {
        let both = [("users", "cmdlet"), ("users", "Graph")];
        let sight = |kinds| Sight {
            decided: HashMap::from([(
                "a".to_owned(),
                Decided {
                    families: vec!["users".to_owned()],
                    undecided: BTreeSet::from(["zoë".to_owned()]),
                },
            )]),
            scene: scene(kinds, &[]),
        };
        assert!(sight(&both).would_tell("a", &["x"], &scene(&both, &[])));
        assert!(
            !sight(&both).would_tell("b", &["x"], &scene(&both, &[])),
            "undecided"
        );
        assert!(
            sight(&both).would_tell("a", &["x"], &scene(&both[..1], &[])),
            "more"
        );
        assert!(
            !sight(&both[..1]).would_tell("a", &["x"], &scene(&both, &[])),
            "less"
        );
        assert!(
            !sight(&[]).would_tell("a", &["x"], &scene(&both, &[])),
            "nothing"
        );
        assert!(
            sight(&both[..1]).would_tell("a", &["x"], &scene(&both[1..], &[])),
            "another dialect"
        );
        assert!(
            !sight(&both).would_tell("a", &["x", "Zoë"], &scene(&both, &[])),
            "unsure"
        );
        let unread = scene(&[("users", "cmdlet"), ("routes", "cmdlet")], &[]);
        assert!(
            sight(&both[..1]).would_tell("a", &["x"], &unread),
            "not read"
        );
        let lacking = Sight {
            scene: scene(&both, &["users with Id"]),
            ..sight(&both)
        };
        let before = scene(&both, &[]);
        assert!(!lacking.would_tell("a", &["x"], &before), "lost a property");
        assert!(
            lacking.would_tell("a", &["x"], &lacking.scene),
            "never had the property"
        );
    }
}
