//! What a run could see: only a run that looks where an earlier one did can tell that something is gone.

use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Kinds of exports, by the family of dialects that say the same.
pub(super) type Exports = BTreeMap<String, BTreeSet<String>>;

/// What one run could see.
#[derive(Clone, Default, Debug)]
pub(super) struct Sight {
    /// The rules that decided all that they looked at, and the families of exports that they read.
    pub(super) decided: HashMap<String, Vec<String>>,
    /// The exports of its snapshot.
    pub(super) exports: Exports,
}

impl Sight {
    /// Whether what a rule found when it had the `earlier` exports, and does not find now, is gone: the rule decided, and
    /// no export that it reads was left out since. A dialect may take the place of another one.
    pub(super) fn is_gone(&self, rule: &str, earlier: &Exports) -> bool {
        let of = |exports: &Exports, family: &str| exports.get(family).cloned().unwrap_or_default();
        self.decided.get(rule).is_some_and(|families| {
            families.iter().all(|family| {
                let (before, now) = (of(earlier, family), of(&self.exports, family));
                before.is_subset(&now) || !now.is_subset(&before)
            })
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
            decided: HashMap::from([("a".to_owned(), vec!["users".to_owned()])]),
            exports: exports(kinds),
        };
        assert!(sight(&both).is_gone("a", &exports(&both)));
        assert!(!sight(&both).is_gone("b", &exports(&both)), "undecided");
        assert!(sight(&both).is_gone("a", &exports(&both[..1])), "more");
        assert!(!sight(&both[..1]).is_gone("a", &exports(&both)), "less");
        assert!(!sight(&[]).is_gone("a", &exports(&both)), "nothing");
        assert!(
            sight(&both[..1]).is_gone("a", &exports(&both[1..])),
            "another dialect"
        );
        let unread = exports(&[("users", "cmdlet"), ("routes", "cmdlet")]);
        assert!(sight(&both[..1]).is_gone("a", &unread), "not read");
    }
}
