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

/// What one run could see.
#[derive(Clone, Default, Debug)]
pub(super) struct Sight {
    /// The rules that saw all that they looked at.
    pub(super) decided: HashMap<String, Decided>,
    /// The exports of its snapshot.
    pub(super) exports: Exports,
}

impl Sight {
    /// Whether what a rule found of a subject when it had the `earlier` exports, and does not find now, is gone: the rule
    /// decided about the subject, and no export that it reads was left out since. A dialect may take the place of another.
    pub(super) fn is_gone(&self, rule: &str, subject: &[&str], earlier: &Exports) -> bool {
        let of = |exports: &Exports, family: &str| exports.get(family).cloned().unwrap_or_default();
        self.decided.get(rule).is_some_and(|decided| {
            let is_whole = |family: &String| {
                let (before, now) = (of(earlier, family), of(&self.exports, family));
                before.is_subset(&now) || !now.is_subset(&before)
            };
            let is_undecided = |name: &&str| decided.undecided.contains(&name.to_lowercase());
            !subject.iter().any(is_undecided) && decided.families.iter().all(is_whole)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exports(kinds: &[(&str, &str)]) -> Exports {
        let mut exports = Exports::new();
        for (family, kind) in kinds {
            let kinds = exports.entry((*family).to_owned()).or_default();
            kinds.insert((*kind).to_owned());
        }
        exports
    }

    #[test]
    fn a_rule_that_lost_an_export_cannot_tell_what_is_gone() {
        let both = [("users", "cmdlet"), ("users", "Graph")];
        let sight = |kinds| Sight {
            decided: HashMap::from([(
                "a".to_owned(),
                Decided {
                    families: vec!["users".to_owned()],
                    undecided: BTreeSet::from(["zoë".to_owned()]),
                },
            )]),
            exports: exports(kinds),
        };
        assert!(sight(&both).is_gone("a", &["x"], &exports(&both)));
        assert!(
            !sight(&both).is_gone("b", &["x"], &exports(&both)),
            "undecided"
        );
        assert!(
            sight(&both).is_gone("a", &["x"], &exports(&both[..1])),
            "more"
        );
        assert!(
            !sight(&both[..1]).is_gone("a", &["x"], &exports(&both)),
            "less"
        );
        assert!(!sight(&[]).is_gone("a", &["x"], &exports(&both)), "nothing");
        assert!(
            sight(&both[..1]).is_gone("a", &["x"], &exports(&both[1..])),
            "another dialect"
        );
        assert!(
            !sight(&both).is_gone("a", &["x", "Zoë"], &exports(&both)),
            "unsure"
        );
        let unread = exports(&[("users", "cmdlet"), ("routes", "cmdlet")]);
        assert!(sight(&both[..1]).is_gone("a", &["x"], &unread), "not read");
    }
}
