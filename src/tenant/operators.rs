//! Operators of Operator Connect: the hand-kept file, joined with the numbers that name them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

#[cfg(test)]
use super::Answer;
use super::{Merged, Number, Tenant};
use crate::snapshot::record::OperatorRecord;

/// An operator of the operators file.
#[derive(Clone, Debug)]
pub struct Operator {
    /// What fingerprints are made of: the case-folded name after the alias table, else the id.
    pub identity: String,
    /// What the file says.
    pub record: Merged<OperatorRecord>,
    /// Its numbers: indexes into [`Tenant::numbers`].
    pub numbers: Vec<u32>,
}

/// State of an operator, as the admin center keeps it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OperatorStatus {
    /// In use.
    Active,
    /// Suspended.
    Suspended,
    /// Removed.
    Removed,
    /// Anything else.
    Other,
}

impl Tenant {
    /// The state of an operator.
    ///
    /// Source: <https://learn.microsoft.com/microsoftteams/operator-connect-configure>.
    pub fn status_of(&self, operator: &Operator) -> Option<OperatorStatus> {
        let status = self.snapshot.texts.symbol(operator.record.status.get()?);
        Some(match status.to_lowercase().as_str() {
            "active" | "enabled" => OperatorStatus::Active,
            "suspended" => OperatorStatus::Suspended,
            "removed" => OperatorStatus::Removed,
            _ => OperatorStatus::Other,
        })
    }

    /// How an administrator calls an operator.
    ///
    /// Source: <https://learn.microsoft.com/microsoftteams/operator-connect-configure>.
    pub fn operator_name(&self, operator: &Operator) -> String {
        operator.record.name.get().map_or_else(
            || operator.identity.clone(),
            |name| self.snapshot.texts.symbol(name).trim().to_owned(),
        )
    }

    /// The numbers of an operator, in order.
    ///
    /// Source: <https://learn.microsoft.com/microsoftteams/operator-connect-configure>.
    pub fn numbers_of<'t>(&'t self, operator: &'t Operator) -> impl Iterator<Item = &'t Number> {
        operator
            .numbers
            .iter()
            .filter_map(|index| self.numbers.get(*index as usize))
    }

    /// Whether a number belongs to an operator: by id where both name one, else by name or alias. The index of the
    /// operators has to say the same of them all.
    #[cfg(test)]
    pub(super) fn belongs_to(&self, number: &Number, operator: &Operator) -> Answer {
        let record = &number.record;
        if self.is_operator_connect(number) == Answer::No {
            return Answer::No;
        }
        let ids = [&record.partner_id, &record.operator_id].map(|id| self.shared_id(id));
        if let Some(id) = operator.record.id.get() {
            if ids.contains(&Some(id)) {
                return Answer::Yes;
            }
            if ids[0].is_some() {
                return Answer::No;
            }
        }
        let Some(name) = record.partner_name.get() else {
            // Ids tell only operators apart that have one.
            return if operator.record.id.get().is_some() && ids.iter().any(Option::is_some) {
                Answer::No
            } else {
                Answer::Unknown
            };
        };
        let name = self.snapshot.texts.symbol(name);
        self.names_of(operator)
            .any(|known| canonical(known) == canonical(name))
            .into()
    }

    /// The names and aliases of an operator.
    pub(super) fn names_of<'t>(&'t self, operator: &'t Operator) -> impl Iterator<Item = &'t str> {
        let aliases = operator.record.aliases.value();
        operator
            .record
            .name
            .get()
            .into_iter()
            .chain(aliases.into_iter().flat_map(|list| list.0.iter().copied()))
            .map(|name| self.snapshot.texts.symbol(name))
    }
}

/// An operator's name as it is compared and hashed: trimmed, case-folded, a known alias replaced by the name that it
/// stands for.
pub fn canonical(name: &str) -> String {
    let folded = name
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .to_lowercase();
    match ALIASES.get(&folded) {
        Some(known) => known.clone(),
        None => folded,
    }
}

/// Alias to name, both case-folded, from the operators that Microsoft and others list.
static ALIASES: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    let mut aliases = BTreeMap::new();
    let mut reader = csv::Reader::from_reader(include_str!("../../data/operators.csv").as_bytes());
    for row in reader.records().flatten() {
        let name = row.get(0).unwrap_or_default().to_lowercase();
        for alias in row.get(2).unwrap_or_default().split(';') {
            let alias = alias.trim().to_lowercase();
            if !alias.is_empty() && alias != name {
                aliases.insert(alias, name.clone());
            }
        }
    }
    aliases
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aliases_and_case_do_not_make_another_operator() {
        assert_eq!(canonical(" British  Telecom "), "bt");
        assert_eq!(canonical("BT"), "bt");
        assert_eq!(canonical("Example Telecom"), "example telecom");
    }
}
