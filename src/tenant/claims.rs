//! Which operators claim which numbers: by id, by name, by alias.

use std::collections::HashMap;

use foldhash::fast::FixedState;

use super::operators::canonical;
use super::{Answer, Ids, Number, Tenant};
use crate::snapshot::{SharedId, Symbol};

/// Notes of each number whether an operator claims it, and the first that does. The numbers of each operator are the answer:
/// indexes into the numbers.
pub(super) fn claim(numbers: &mut [Number], tenant: &Tenant) -> Vec<Vec<u32>> {
    let claimants = Claimants::of(tenant);
    // Numbers that name the same partner have the same answer: a tenant has a handful of partners, and numbers of one
    // follow each other.
    let mut known: HashMap<Partner, usize, FixedState> = HashMap::default();
    let mut answers: Vec<(Vec<u32>, Answer)> = Vec::new();
    let mut last = None;
    let mut by_operator = vec![Vec::new(); tenant.operators.len()];
    for (number, index) in numbers.iter_mut().zip(0..) {
        let partner = partner_of(number, tenant);
        let at = match last {
            Some((before, at)) if before == partner => at,
            _ => *known.entry(partner).or_insert_with(|| {
                answers.push(claimants.owners_of(number, tenant));
                answers.len() - 1
            }),
        };
        last = Some((partner, at));
        let (owners, answer) = &answers[at];
        for owner in owners {
            by_operator[*owner as usize].push(index);
        }
        (number.listed_operator, number.operator) = (*answer, owners.first().copied());
    }
    by_operator
}

/// What a number says of whose it is, and whether it is surely not of Operator Connect.
type Partner = (Option<SharedId>, Option<SharedId>, Option<Symbol>, bool);

fn partner_of(number: &Number, tenant: &Tenant) -> Partner {
    let record = &number.record;
    (
        record.partner_id.get(),
        record.operator_id.get(),
        record.partner_name.get(),
        tenant.is_operator_connect(number) == Answer::No,
    )
}

/// The operators, by what numbers say of whose they are: their places in the list of operators.
#[derive(Default)]
struct Claimants {
    by_id: Ids<Vec<u32>>,
    by_name: HashMap<String, Vec<u32>, FixedState>,
    has_id: Vec<bool>,
}

impl Claimants {
    fn of(tenant: &Tenant) -> Self {
        let mut claimants = Self::default();
        for (operator, place) in tenant.operators.iter().zip(0..) {
            let id = operator.record.id.get();
            claimants.has_id.push(id.is_some());
            if let Some(id) = id {
                claimants.by_id.entry(id).or_default().push(place);
            }
            for name in tenant.names_of(operator) {
                let named = claimants.by_name.entry(canonical(name)).or_default();
                named.push(place);
            }
        }
        claimants
    }

    /// The operators that claim a number, in order, and whether any does: by id where both name one, else by name or alias.
    fn owners_of(&self, number: &Number, tenant: &Tenant) -> (Vec<u32>, Answer) {
        let record = &number.record;
        if tenant.is_operator_connect(number) == Answer::No {
            return (Vec::new(), Answer::No);
        }
        let ids = [&record.partner_id, &record.operator_id].map(|id| tenant.shared_id(id));
        let by_id = ids.iter().flatten().filter_map(|id| self.by_id.get(id));
        let mut owners: Vec<u32> = by_id.flatten().copied().collect();
        let mut is_open = false;
        if let Some(name) = record.partner_name.get() {
            let name = canonical(tenant.snapshot.texts.symbol(name));
            let named = self.by_name.get(&name).into_iter().flatten().copied();
            // Another id than the operator's own is another operator, whatever the name.
            owners.extend(named.filter(|place| ids[0].is_none() || !self.has_id[*place as usize]));
        } else {
            // Ids tell only operators apart that have one.
            let is_nameless = ids.iter().all(Option::is_none);
            is_open = self.has_id.iter().any(|has_id| is_nameless || !has_id);
        }
        owners.sort_unstable();
        owners.dedup();
        let answer = if !owners.is_empty() {
            Answer::Yes
        } else if is_open {
            Answer::Unknown
        } else {
            Answer::No
        };
        (owners, answer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tenant::testing::tenant;

    #[test]
    fn many_operators_and_partners_are_joined_at_once() {
        const COUNT: usize = 20_000;
        let operators: Vec<String> = (0..COUNT)
            .map(|at| {
                format!(r#"{{"name":"Telco {at}","aliases":["Alias {at}"],"status":"Active"}}"#)
            })
            .collect();
        let numbers: Vec<String> = (0..COUNT)
            .map(|at| {
                format!(
                    r#"{{"TelephoneNumber":"+1425{at:07}","NumberType":"OperatorConnect","PstnPartnerName":"alias  {at}"}}"#
                )
            })
            .collect();
        let tenant = tenant(&[
            ("operators.json", &format!("[{}]", operators.join(","))),
            (
                "Get-CsPhoneNumberAssignment.json",
                &format!("[{}]", numbers.join(",")),
            ),
        ]);
        for operator in &tenant.operators {
            let names: Vec<&str> = tenant.names_of(operator).map(canonical_end).collect();
            let [number] = &operator.numbers[..] else {
                panic!("{operator:?}");
            };
            let key = tenant.numbers[*number as usize].key.to_string();
            let last: usize = key[5..].parse().expect("digits");
            assert_eq!(names, [last.to_string(), last.to_string()]);
        }
    }

    fn canonical_end(name: &str) -> &str {
        name.rsplit(' ').next().unwrap_or_default()
    }

    #[test]
    fn an_index_of_the_operators_answers_as_each_of_them() {
        const IDS: [Option<&str>; 3] = [
            None,
            Some("00000000-0000-4000-8000-000000000001"),
            Some("00000000-0000-4000-8000-000000000002"),
        ];
        let field = |name: &str, value: Option<&str>| {
            value.map_or(String::new(), |value| format!(r#","{name}":"{value}""#))
        };
        let mut operators = Vec::new();
        for (at, id) in IDS.into_iter().enumerate() {
            for name in ["Example", "Sample"] {
                operators.push(format!(
                    r#"{{"name":"{name} {at}","aliases":["{name}"],"status":"Active"{}}}"#,
                    field("operatorId", id)
                ));
            }
        }
        let mut numbers = Vec::new();
        for partner in IDS {
            for operator in IDS {
                for name in [None, Some("example"), Some("SAMPLE 1"), Some("Nobody")] {
                    for kind in ["OperatorConnect", "DirectRouting", "Other"] {
                        numbers.push(format!(
                            r#"{{"TelephoneNumber":"+1425555{:04}","NumberType":"{kind}"{}{}{}}}"#,
                            numbers.len(),
                            field("PstnPartnerId", partner),
                            field("OperatorId", operator),
                            field("PstnPartnerName", name)
                        ));
                    }
                }
            }
        }
        for first in 0..=operators.len() {
            let tenant = tenant(&[
                (
                    "operators.json",
                    &format!("[{}]", operators[first..].join(",")),
                ),
                (
                    "Get-CsPhoneNumberAssignment.json",
                    &format!("[{}]", numbers.join(",")),
                ),
            ]);
            assert_eq!(tenant.numbers.len(), numbers.len());
            let claimants = Claimants::of(&tenant);
            for number in &tenant.numbers {
                let mut owners = Vec::new();
                let mut answer = Answer::No;
                for (operator, place) in tenant.operators.iter().zip(0..) {
                    let one = tenant.belongs_to(number, operator);
                    if one == Answer::Yes {
                        owners.push(place);
                    }
                    answer = answer.or(one);
                }
                let told = claimants.owners_of(number, &tenant);
                assert_eq!(told, (owners, answer), "{number:?}");
            }
        }
    }
}
