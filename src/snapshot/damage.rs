//! What exporting did to values, and how often: noted while records are read, told once per file.

use std::collections::BTreeMap;

use crate::source::Span;

/// How a value was damaged.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Damage {
    /// Too small a `-Depth`, or CSV, left the name of a type: the value is lost.
    Cut,
    /// Too small a `-Depth` left `@{a=b; c=d}`, which could be read back.
    Recovered,
    /// Too small a `-Depth` left blanks where objects were: lost.
    Blanked,
    /// A spreadsheet made `1.42556E+10` of a number: lost.
    ExcelNumber,
    /// Windows PowerShell wrote `?` for letters that ASCII lacks: names cannot be compared.
    AsciiLoss,
    /// A value that is not in the documented list: new in the service, or mangled.
    UnknownValue,
    /// One key twice in one record, with two values: the first one that is not blank was taken.
    RepeatedKey,
    /// A value that its property cannot have: unknown.
    Unreadable,
}

impl Damage {
    /// Whether the value is unknown because of it.
    pub fn loses(self) -> bool {
        !matches!(
            self,
            Self::Recovered | Self::UnknownValue | Self::RepeatedKey
        )
    }

    /// How a value was lost, as in "`AssignedPlan`, which was …".
    pub fn how(self) -> &'static str {
        match self {
            Self::Cut | Self::Recovered | Self::Blanked => "lost to too small a `-Depth`",
            Self::ExcelNumber => "rounded by a spreadsheet",
            Self::AsciiLoss => "written without its accents",
            Self::UnknownValue | Self::RepeatedKey | Self::Unreadable => "not readable",
        }
    }
}

/// How often one damage hit one property.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Seen {
    /// How many values.
    pub count: u64,
    /// The first record that has one.
    pub first: Span,
    /// That value, shortened.
    pub sample: String,
}

/// All damage of some records.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Damages {
    seen: BTreeMap<(Damage, &'static str), Seen>,
    total: u64,
}

/// How much of a value is kept as a sample, in characters.
const SAMPLE: usize = 40;

impl Damages {
    /// Notes one damaged value.
    pub fn note(&mut self, damage: Damage, property: &'static str, record: Span, value: &str) {
        self.total += 1;
        self.seen
            .entry((damage, property))
            .and_modify(|seen| seen.count += 1)
            .or_insert_with(|| Seen {
                count: 1,
                first: record,
                sample: value.chars().take(SAMPLE).collect(),
            });
    }

    /// How many values were noted so far.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// Adds the damage of later records.
    pub fn append(&mut self, other: Self) {
        self.total += other.total;
        for (key, later) in other.seen {
            self.seen
                .entry(key)
                .and_modify(|seen| seen.count += later.count)
                .or_insert(later);
        }
    }

    /// Forgets a damage of some properties, which is told in another way.
    pub fn forget(&mut self, damage: Damage, is_meant: impl Fn(&str) -> bool) {
        self.seen
            .retain(|(known, property), _| *known != damage || !is_meant(property));
    }

    /// Each damage of each property, in order.
    pub fn iter(&self) -> impl Iterator<Item = (Damage, &'static str, &Seen)> {
        self.seen
            .iter()
            .map(|((damage, property), seen)| (*damage, *property, seen))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceId;

    #[test]
    fn the_first_is_kept_and_all_are_counted() {
        let at = |start| Span {
            source: SourceId(0),
            start,
            len: 1,
        };
        let mut one = Damages::default();
        one.note(Damage::Cut, "A", at(5), "System.Object[]");
        let mut two = Damages::default();
        two.note(Damage::Cut, "A", at(9), "later");
        two.note(Damage::Blanked, "A", at(9), "");
        one.append(two);
        let seen: Vec<_> = one
            .iter()
            .map(|(damage, _, seen)| (damage, seen.count, seen.first.start))
            .collect();
        assert_eq!(seen, [(Damage::Cut, 2, 5), (Damage::Blanked, 1, 9)]);
        assert_eq!(one.total(), 3);
    }
}
