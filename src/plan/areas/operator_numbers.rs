//! The numbers of an operator, and that none of them stands in the way.
//!
//! Source: <https://learn.microsoft.com/microsoftteams/operator-connect-configure>.

use std::fmt::Write;

use super::orders::{operator as operator_of, operator_name};
use crate::finding::Severity;
use crate::plan::act::{Met, Need, Weight};
use crate::plan::state::State;
use crate::snapshot::{ExportKind, ObjectId};
use crate::tenant::{Answer, Country, Holder, Number, operator_identity};

/// How many numbers are named one by one.
pub(in crate::plan) const NAMED: usize = 100;

/// The numbers of an operator, in order, as they are now.
pub(in crate::plan) fn numbers_of<'s>(operator: &str, state: &'s State) -> Vec<&'s Number> {
    let tenant = &state.tenant;
    let listed = operator_of(operator, state);
    let known = listed.into_iter().flat_map(|one| tenant.numbers_of(one));
    let mut numbers: Vec<&Number> = known.collect();
    if !tenant.is_settled() || listed.is_none() {
        let own = |number: &&Number| is_of(number, operator, state);
        numbers.extend(tenant.numbers.iter().filter(own));
    }
    // Those that are gone stay in the lists until everything is joined anew.
    numbers.retain(|number| tenant.number(number.key).is_some());
    numbers.sort_by_key(|number| number.key);
    numbers.dedup_by_key(|number| number.key);
    numbers
}

/// Whether a number is one of that operator.
pub(in crate::plan) fn is_of(number: &Number, operator: &str, state: &State) -> bool {
    let tenant = &state.tenant;
    if tenant.is_operator_connect(number) != Answer::Yes {
        return false;
    }
    let claimed = tenant.operator_of(number);
    let partner = state.symbol(number.record.partner_name.get());
    claimed.is_some_and(|one| one.identity == operator)
        || !partner.is_empty() && operator_identity(partner) == operator
}

/// That nobody has a number of an operator. What becomes of its calls while it is suspended is not documented, so that its
/// numbers are counted and no more.
pub(in crate::plan) fn carries_nothing(operator: &str, state: &State) -> Need {
    let tenant = &state.tenant;
    let name = operator_name(operator, state);
    let assigned: Vec<&Number> = numbers_of(operator, state)
        .into_iter()
        .filter(|number| tenant.is_assigned(number) == Answer::Yes)
        .collect();
    let what = format!("no number of `{name}` is assigned");
    let Some(first) = assigned.first() else {
        let met = is_all_told(operator, state);
        return Need::harm(Severity::Warning, what, met).instead("no export tells of all numbers");
    };
    let of =
        |is_one: &dyn Fn(&Number) -> bool| assigned.iter().filter(|number| is_one(number)).count();
    let accounts = of(&|number| matches!(number.holder, Holder::ResourceAccount(_)));
    let shared = of(&|number| {
        let policies = &tenant.shared_calling_policies;
        number.holder == Holder::SharedCallingPolicy
            || account_of(number, state).is_some_and(|account| {
                policies
                    .iter()
                    .any(|policy| policy.account.get() == Some(account))
            })
    });
    let mut instead = match assigned.len() {
        1 => format!("`{}` is", first.key),
        more => format!("{more} are"),
    };
    let parts = [
        (accounts, "of resource accounts"),
        (shared, "of Shared Calling"),
    ];
    for (count, of) in parts.into_iter().filter(|(count, _)| *count > 0) {
        let _ = write!(instead, ", {count} {of}");
    }
    let whose = if assigned.len() == 1 { "its" } else { "their" };
    let _ = write!(instead, "; what becomes of {whose} calls is not documented");
    Need::harm(Severity::Warning, what, Met::No)
        .instead(instead)
        .at(first.record.at("AssignedPstnTargetId"))
}

/// That no number of an operator is assigned, or left in the inventory, in all countries or in these.
pub(in crate::plan) fn has_no_numbers(
    operator: &str,
    countries: &[String],
    weight: Weight,
    state: &State,
) -> Vec<Need> {
    let tenant = &state.tenant;
    let name = operator_name(operator, state);
    let wanted: Vec<Country> = countries
        .iter()
        .filter_map(|one| Country::parse(one))
        .collect();
    let (mut assigned, mut left) = (Vec::new(), Vec::new());
    let mut is_all_told = is_all_told(operator, state);
    for number in numbers_of(operator, state) {
        match tenant.country_of_number(number) {
            _ if wanted.is_empty() => {}
            Some(country) if wanted.contains(&country) => {}
            Some(_) => continue,
            None => {
                is_all_told = Met::Unknown;
                continue;
            }
        }
        match tenant.is_assigned(number) {
            Answer::Yes => assigned.push(number),
            Answer::No => left.push(number),
            Answer::Unknown => {
                is_all_told = Met::Unknown;
                left.push(number);
            }
        }
    }
    let within = match countries {
        [] => String::new(),
        some => format!(" in {}", some.join(", ")),
    };
    let none_assigned = format!("no number of `{name}`{within} is assigned");
    let mut needs = Vec::new();
    for number in assigned.iter().take(NAMED) {
        let key = number.key;
        let instead = match (number.holder, tenant.holder_name(number)) {
            (_, Some(holder)) => format!("`{key}` is assigned to `{holder}`"),
            (Holder::ConferenceBridge, _) => format!("`{key}` is on a conference bridge"),
            (Holder::SharedCallingPolicy, _) => {
                format!("`{key}` is an emergency callback number of Shared Calling")
            }
            _ => format!("`{key}` is assigned"),
        };
        needs.push(
            Need::refused(none_assigned.as_str(), Met::No)
                .instead(instead)
                .at(number.record.at("AssignedPstnTargetId")),
        );
    }
    if let Some(more) = assigned.get(NAMED..).filter(|more| !more.is_empty()) {
        needs.push(
            Need::refused(none_assigned.as_str(), Met::No)
                .instead(format!("{} more numbers are assigned", more.len()))
                .at(more[0].record.at("AssignedPstnTargetId")),
        );
    }
    if assigned.is_empty() {
        needs.push(
            Need::refused(none_assigned, is_all_told).instead("no export tells of all numbers"),
        );
    }
    let none_left = format!("no number of `{name}`{within} is left in the inventory");
    match left.as_slice() {
        [] if assigned.is_empty() => needs
            .push(Need::refused(none_left, is_all_told).instead("no export tells of all numbers")),
        [] => {}
        [first, rest @ ..] => needs.push(
            Need::refused(none_left, Met::No)
                .instead(match rest.len() {
                    0 => format!("`{}` is not released yet", first.key),
                    more => format!("`{}` and {more} more are not released yet", first.key),
                })
                .at(first.record.at("TelephoneNumber")),
        ),
    }
    for need in &mut needs {
        need.weight = weight;
    }
    needs
}

/// Whether numbers that are not known as the operator's are none of its.
fn is_all_told(operator: &str, state: &State) -> Met {
    let tenant = &state.tenant;
    let is_whole = state.is_whole(ExportKind::PhoneNumberAssignment);
    let may_own_more = operator_of(operator, state).is_some_and(|one| tenant.may_own_more(one));
    if is_whole && !may_own_more {
        Met::Yes
    } else {
        Met::Unknown
    }
}

/// The resource account that has a number.
fn account_of(number: &Number, state: &State) -> Option<ObjectId> {
    let Holder::ResourceAccount(index) = number.holder else {
        return None;
    };
    let accounts = &state.tenant.resource_accounts;
    accounts.get(index as usize).map(|account| account.id)
}
