//! The numbers of an operator, and what they have against its going.

use std::collections::HashMap;

use crate::finding::Severity;
use crate::plan::act::{Met, Need};
use crate::plan::state::State;
use crate::snapshot::{ExportKind, Symbol};
use crate::tenant::{Answer, Country, Holder, Number, Operator, Tenant, operator_identity};

/// How many numbers are named one by one.
pub(in crate::plan) const NAMED: usize = 100;

/// The numbers of an operator, in order, as they are now.
pub(in crate::plan) fn numbers_of<'s>(operator: &str, state: &'s State) -> Vec<&'s Number> {
    let tenant = &state.tenant;
    let listed = find(operator, tenant);
    let known = listed.into_iter().flat_map(|one| tenant.numbers_of(one));
    let mut numbers: Vec<&Number> = known.collect();
    if !tenant.is_settled() || listed.is_none() {
        // Names are few, and numbers many.
        let mut names: HashMap<Option<Symbol>, bool> = HashMap::new();
        let own = |number: &&Number| {
            let name = number.record.partner_name.get();
            let is_named = names
                .entry(name)
                .or_insert_with(|| is_name_of(name, operator, state));
            *is_named && tenant.is_operator_connect(number) == Answer::Yes
        };
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
    claimed.is_some_and(|one| one.identity == operator)
        || is_name_of(number.record.partner_name.get(), operator, state)
}

/// How an administrator calls an operator.
pub(in crate::plan) fn name_of(operator: &str, state: &State) -> String {
    let listed = find(operator, &state.tenant);
    listed.map_or_else(
        || operator.to_owned(),
        |listed| state.tenant.operator_name(listed),
    )
}

/// The operator of the operators file.
pub(in crate::plan) fn find<'t>(operator: &str, tenant: &'t Tenant) -> Option<&'t Operator> {
    tenant.operators.iter().find(|one| one.identity == operator)
}

/// That no number of an operator is assigned; else how many are, and what for.
pub(in crate::plan) fn carries_nothing(operator: &str, name: &str, state: &State) -> Need {
    let tenant = &state.tenant;
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
            || state.holder(number.key).is_some_and(|account| {
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
        instead = format!("{instead}, {count} {of}");
    }
    instead.push_str("; what becomes of their calls is not documented");
    Need::harm(Severity::Warning, what, Met::No)
        .instead(instead)
        .at(first.record.at("AssignedPstnTargetId"))
}

/// That no number of an operator is assigned, or left in the inventory, in all countries or in these.
pub(in crate::plan) fn has_no_numbers(
    operator: &str,
    name: &str,
    countries: &[String],
    state: &State,
) -> Vec<Need> {
    let tenant = &state.tenant;
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
            Need::harm(Severity::Error, none_assigned.as_str(), Met::No)
                .instead(instead)
                .at(number.record.at("AssignedPstnTargetId")),
        );
    }
    if let Some(more) = assigned.get(NAMED..).filter(|more| !more.is_empty()) {
        needs.push(
            Need::harm(Severity::Error, none_assigned.as_str(), Met::No)
                .instead(format!("{} more numbers are assigned", more.len()))
                .at(more[0].record.at("AssignedPstnTargetId")),
        );
    }
    if assigned.is_empty() {
        needs.push(
            Need::harm(Severity::Error, none_assigned, is_all_told)
                .instead("no export tells of all numbers"),
        );
    }
    let none_left = format!("no number of `{name}`{within} is left in the inventory");
    match left.as_slice() {
        [] if assigned.is_empty() => needs.push(
            Need::harm(Severity::Error, none_left, is_all_told)
                .instead("no export tells of all numbers"),
        ),
        [] => {}
        [first, rest @ ..] => needs.push(
            Need::harm(Severity::Error, none_left, Met::No)
                .instead(match rest.len() {
                    0 => format!("`{}` is not released yet", first.key),
                    more => format!("`{}` and {more} more are not released yet", first.key),
                })
                .at(first.record.at("TelephoneNumber")),
        ),
    }
    needs
}

/// Whether numbers that are not known as the operator's are none of its.
fn is_all_told(operator: &str, state: &State) -> Met {
    let tenant = &state.tenant;
    let is_whole = state.is_whole(ExportKind::PhoneNumberAssignment);
    let may_own_more = find(operator, tenant).is_some_and(|one| tenant.may_own_more(one));
    if is_whole && !may_own_more {
        Met::Yes
    } else {
        Met::Unknown
    }
}

fn is_name_of(name: Option<Symbol>, operator: &str, state: &State) -> bool {
    let name = state.symbol(name);
    !name.is_empty() && operator_identity(name) == operator
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::plan::act::Effect;
    use crate::plan::expand::procedures::testing::{contoso, expanded};
    use crate::plan::state::{added, removed};
    use crate::snapshot::PhoneNumber;
    use crate::source::Span;
    use crate::tenant::edit::Object;

    #[test]
    fn numbers_are_those_of_now() {
        let step = "change = \"suspend-operator\"\noperator = \"Telco A\"";
        let (mut state, expansion) = expanded(&contoso(), step);
        let bytes = expansion.acts[0].bytes.clone();
        assert!(!bytes.is_empty());
        let key = |text: &str| PhoneNumber::parse(text).expect("a number");
        let fields = |digits: &str, partner: &str| {
            [
                ("TelephoneNumber", json!(digits)),
                ("NumberType", json!("OperatorConnect")),
                ("PstnPartnerName", json!(partner)),
            ]
        };
        let new = |digits: &str, partner: &str| {
            added(Object::Number(key(digits)), fields(digits, partner))
        };
        let origin: Span = state.tenant.numbers[0].record.origin.span;
        let effect = Effect {
            edits: vec![
                removed(Object::Number(key("+12065550105"))),
                new("+12065550150", "telco  a"),
                new("+12065550151", "Telco B"),
            ],
            ..Effect::default()
        };
        state.apply(effect, origin);
        let now = |state: &State| {
            let numbers = numbers_of("telco a", state);
            let numbers = numbers.iter().map(|number| number.key.to_string());
            numbers.collect::<Vec<_>>()
        };
        let expected = ["+12065550111", "+12065550120", "+12065550150"];
        assert!(!state.tenant.is_settled());
        assert_eq!(now(&state), expected);
        state.tenant.settle();
        assert_eq!(now(&state), expected);
    }
}
