//! What a comparison of two snapshots adds to a report: the changes of the tenant, and which findings they caused.

use crate::finding::Location;
use crate::report::{Report, SnapshotSummary};

/// What became of a tenant between two snapshots. Findings of the report that the earlier one had already are
/// [`Status::Baselined`](crate::finding::Status::Baselined), and [`Report::fixed`](crate::report::Report::fixed) lists
/// those that are gone.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Drift {
    /// The earlier snapshot.
    pub old: SnapshotSummary,
    /// What changed, in order of kind and identity.
    pub changes: Vec<Change>,
    /// What could not be compared and why, in sentences without full stop.
    pub not_compared: Vec<String>,
}

impl Report {
    /// What a comparison could not compare, in sentences without full stop; nothing where there was no comparison.
    pub(super) fn not_compared(&self) -> impl Iterator<Item = &String> {
        self.drift.iter().flat_map(|drift| &drift.not_compared)
    }
}

/// One object that changed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// Name of the export that tells of it.
    pub export: &'static str,
    /// Kind of the object in kebab-case; that of a finding's subject where findings are about such objects.
    pub kind: &'static str,
    /// Stable identity.
    pub id: String,
    /// How an administrator calls it.
    pub name: String,
    /// What became of it.
    pub what: ChangeKind,
    /// The properties that changed; empty unless the object is in both snapshots.
    pub properties: Vec<PropertyChange>,
    /// Its record: in the later snapshot, or in the earlier one if it was removed.
    pub location: Location,
    /// New findings that it caused.
    pub findings: u64,
}

/// What became of an object.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum ChangeKind {
    /// Only the later snapshot has it.
    Added,
    /// Only the earlier snapshot has it.
    Removed,
    /// Both have it, with other values.
    Changed,
}

impl ChangeKind {
    /// The word used in every format.
    pub fn name(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
        }
    }
}

/// One property that changed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PropertyChange {
    /// Canonical name.
    pub property: &'static str,
    /// What it said; of a list, an element each; empty for nothing.
    pub old: Vec<String>,
    /// What it says.
    pub new: Vec<String>,
}

impl Drift {
    /// The changes, those that caused most findings first.
    pub fn by_effect(&self) -> Vec<&Change> {
        let mut changes: Vec<&Change> = self.changes.iter().collect();
        changes.sort_by_key(|change| std::cmp::Reverse(change.findings));
        changes
    }
}

impl Change {
    /// The object in words: ``voice route `FR-Nat` ``.
    pub fn object(&self) -> String {
        format!("{} `{}`", self.kind.replace('-', " "), self.name)
    }

    /// The change as a sentence without full stop.
    pub fn sentence(&self) -> String {
        let colon = if self.what == ChangeKind::Changed {
            ":"
        } else {
            ""
        };
        format!("{}{colon} {}", self.object(), self.words())
    }

    /// What became of the object, in words that follow [`Change::object`].
    pub fn words(&self) -> String {
        match self.what {
            ChangeKind::Added | ChangeKind::Removed => format!("was {}", self.what.name()),
            ChangeKind::Changed => {
                let properties = self.properties.iter().map(PropertyChange::words);
                properties.collect::<Vec<_>>().join("; ")
            }
        }
    }
}

/// Elements of a list that are told one by one.
const TOLD: usize = 5;

impl PropertyChange {
    /// The change in words, without full stop.
    pub fn words(&self) -> String {
        let name = self.property;
        match (self.old.as_slice(), self.new.as_slice()) {
            ([], new) => format!("`{name}` became {}", listed(new)),
            (old, []) => format!("`{name}` lost {}", listed(old)),
            ([old], [new]) => format!("`{name}` changed from `{old}` to `{new}`"),
            (old, new) => {
                let (lost, gained) = (without(old, new), without(new, old));
                match (lost.as_slice(), gained.as_slice()) {
                    ([], []) => format!("`{name}` changed its order to {}", listed(new)),
                    (lost, []) => format!("`{name}` lost {}", listed(lost)),
                    ([], gained) => format!("`{name}` gained {}", listed(gained)),
                    (lost, gained) => {
                        format!(
                            "`{name}` lost {} and gained {}",
                            listed(lost),
                            listed(gained)
                        )
                    }
                }
            }
        }
    }
}

/// The words of a list that another one does not have, each as often as it is missing there.
fn without(one: &[String], other: &[String]) -> Vec<String> {
    let mut left: Vec<&String> = other.iter().collect();
    let is_gone = |word: &&String| match left.iter().position(|known| known == word) {
        Some(at) => {
            left.swap_remove(at);
            false
        }
        None => true,
    };
    one.iter().filter(is_gone).cloned().collect()
}

fn listed(words: &[String]) -> String {
    let told = words.iter().take(TOLD).map(|word| format!("`{word}`"));
    let mut told: Vec<String> = told.collect();
    if words.len() > TOLD {
        told.push(format!("{} more", words.len() - TOLD));
    }
    told.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_told_by_what_was_lost_and_gained() {
        let words = |old: &[&str], new: &[&str]| {
            let own = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
            PropertyChange {
                property: "P",
                old: own(old),
                new: own(new),
            }
            .words()
        };
        assert_eq!(words(&[], &["a"]), "`P` became `a`");
        assert_eq!(words(&["a"], &[]), "`P` lost `a`");
        assert_eq!(words(&["a"], &["b"]), "`P` changed from `a` to `b`");
        assert_eq!(words(&["a", "b"], &["a"]), "`P` lost `b`");
        assert_eq!(words(&["a"], &["a", "b"]), "`P` gained `b`");
        assert_eq!(
            words(&["a", "b"], &["b", "c"]),
            "`P` lost `a` and gained `c`"
        );
        assert_eq!(
            words(&["a", "b"], &["b", "a"]),
            "`P` changed its order to `b`, `a`"
        );
        assert_eq!(words(&["a", "a", "b"], &["a", "b"]), "`P` lost `a`");
        assert_eq!(words(&["a", "b"], &["b", "a", "a"]), "`P` gained `a`");
        let many: Vec<String> = (0..7).map(|n| n.to_string()).collect();
        assert_eq!(listed(&many), "`0`, `1`, `2`, `3`, `4`, 2 more");
    }
}
