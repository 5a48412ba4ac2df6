//! Operators of Operator Connect, as the Teams admin center keeps them.
//!
//! Sources: <https://learn.microsoft.com/microsoftteams/operator-connect-configure>,
//! <https://learn.microsoft.com/microsoftteams/operator-connect-data-transfer>.

use serde_json::{Value, json};

use super::operator_numbers::{NAMED, carries_nothing, has_no_numbers, numbers_of};
use super::orders::{operator, operator_name};
use crate::finding::Severity;
use crate::plan::act::{Act, Effect, Need, Undo, Weight};
use crate::plan::state::{State, added, set};
use crate::snapshot::record::SplitList;
use crate::snapshot::{ExportKind, Field};
use crate::tenant::edit::Object;
use crate::tenant::{Answer, Country, Holder, Number, OperatorStatus};

pub(in crate::plan) fn needs(act: &Act, state: &State) -> Vec<Need> {
    let Act::SetOperator {
        operator: identity,
        name,
        status,
        remove_countries,
        data_transfer,
        ..
    } = act
    else {
        return Vec::new();
    };
    let mut needs = Vec::new();
    let found = operator(identity, state);
    if found.is_none() && *status != Some("Active") {
        let export = ExportKind::Operators;
        needs.push(
            Need::there(
                format!("`{name}` is an operator of the tenant"),
                state.is_there(false, export),
            )
            .instead("the operators file does not list it")
            .at(state.tenant.start_of(export)),
        );
    }
    if *data_transfer == Some(false) {
        needs.push(
            Need::refused(
                format!("the data transfer notice of `{name}` is accepted"),
                false,
            )
            .instead("the step does not accept it"),
        );
    }
    if found.is_some() {
        let weight = Weight::Harm(Severity::Error);
        match status {
            Some("Removed") => needs.extend(has_no_numbers(identity, &[], weight, state)),
            Some("Suspended") => needs.push(carries_nothing(identity, state)),
            _ => {}
        }
        if !remove_countries.is_empty() {
            needs.extend(has_no_numbers(identity, remove_countries, weight, state));
        }
    }
    needs
}

pub(in crate::plan) fn effect(act: &Act, state: &State) -> Effect {
    let Act::SetOperator {
        operator: identity,
        name,
        status,
        add_countries,
        remove_countries,
        data_transfer,
    } = act
    else {
        return Effect::default();
    };
    let object = Object::Operator(identity.clone());
    let Some(found) = operator(identity, state) else {
        return Effect {
            edits: vec![added(
                object,
                [
                    ("Name", json!(name)),
                    ("Status", json!(status.unwrap_or("Active"))),
                    ("ConsentedCountries", json!(add_countries)),
                    ("RemovedCountries", json!([])),
                    ("Services", json!(["Calling"])),
                    (
                        "DataTransferAccepted",
                        data_transfer.map_or(Value::Null, Value::Bool),
                    ),
                ],
            )],
            ..Effect::default()
        };
    };
    let mut edits = Vec::new();
    if let Some(status) = status {
        edits.push(set(object.clone(), "Status", *status));
    }
    if let Some(accepted) = data_transfer {
        edits.push(set(object.clone(), "DataTransferAccepted", *accepted));
    }
    if !add_countries.is_empty() || !remove_countries.is_empty() {
        let without = |list: Vec<String>, gone: &[String]| -> Vec<String> {
            let is_gone = |code: &String| gone.iter().any(|one| one.eq_ignore_ascii_case(code));
            list.into_iter().filter(|code| !is_gone(code)).collect()
        };
        let with = |mut list: Vec<String>, new: &[String]| -> Vec<String> {
            for code in new {
                if !list.iter().any(|one| one.eq_ignore_ascii_case(code)) {
                    list.push(code.clone());
                }
            }
            list
        };
        let enabled = codes(&found.record.countries, state);
        let enabled = with(without(enabled, remove_countries), add_countries);
        let gone = codes(&found.record.removed_countries, state);
        let gone = with(without(gone, add_countries), remove_countries);
        edits.push(set(object.clone(), "ConsentedCountries", json!(enabled)));
        edits.push(set(object, "RemovedCountries", json!(gone)));
    }
    let remarks = if *status == Some("Suspended") {
        vec!["what calls do while an operator is suspended is not documented".to_owned()]
    } else {
        Vec::new()
    };
    Effect {
        edits,
        remarks,
        ..Effect::default()
    }
}

pub(in crate::plan) fn commands(act: &Act, state: &State) -> Vec<String> {
    let Act::SetOperator {
        operator: identity,
        name,
        status,
        add_countries,
        remove_countries,
        data_transfer,
    } = act
    else {
        return Vec::new();
    };
    let place = "# Teams admin center, Voice > Operators";
    let is_known = operator(identity, state).is_some();
    let mut commands = Vec::new();
    if !is_known {
        commands.push(format!(
            "{place} > All operators > {name}: choose {}, give the contact{}, Add as my operator",
            add_countries.join(", "),
            if *data_transfer == Some(true) {
                ", accept the data transfer notice"
            } else {
                ""
            }
        ));
        return commands;
    }
    if !add_countries.is_empty() || !remove_countries.is_empty() {
        let added = add_countries.iter().map(|code| format!("add {code}"));
        let gone = remove_countries.iter().map(|code| format!("remove {code}"));
        let changes: Vec<String> = added.chain(gone).collect();
        commands.push(format!(
            "{place} > My operators > {name} > Edit countries: {}",
            changes.join(", ")
        ));
    }
    match status {
        Some("Suspended") => {
            commands.push(format!("{place} > My operators > {name} > Suspend"));
        }
        Some("Removed") => commands.push(format!("{place} > My operators > {name} > Remove")),
        Some(_) => commands.push(format!("{place} > My operators > {name} > Activate")),
        None => {}
    }
    commands
}

pub(in crate::plan) fn undo(act: &Act, state: &State) -> Undo {
    let Act::SetOperator {
        operator: identity,
        name,
        status,
        add_countries,
        remove_countries,
        ..
    } = act
    else {
        return Undo::Nothing;
    };
    let Some(found) = operator(identity, state) else {
        return Undo::Commands(vec![format!(
            "# Teams admin center, Voice > Operators > My operators > {name} > Remove"
        )]);
    };
    // Only what the act changes is changed back.
    let before = match state.tenant.status_of(found) {
        Some(OperatorStatus::Suspended) => "Suspended",
        Some(OperatorStatus::Removed) => "Removed",
        _ => "Active",
    };
    let enabled = codes(&found.record.countries, state);
    let is_enabled = |code: &&String| enabled.iter().any(|one| one.eq_ignore_ascii_case(code));
    let gone: Vec<String> = remove_countries
        .iter()
        .filter(is_enabled)
        .cloned()
        .collect();
    let new = add_countries.iter().filter(|code| !is_enabled(code));
    let back = Act::SetOperator {
        operator: identity.clone(),
        name: name.clone(),
        status: status.filter(|status| *status != before).map(|_| before),
        add_countries: gone,
        remove_countries: new.cloned().collect(),
        data_transfer: None,
    };
    match commands(&back, state) {
        commands if commands.is_empty() => Undo::Nothing,
        commands => Undo::Commands(commands),
    }
}

pub(in crate::plan) fn object(act: &Act, state: &State) -> String {
    let Act::SetOperator {
        operator: identity,
        name,
        status,
        add_countries,
        remove_countries,
        ..
    } = act
    else {
        return String::new();
    };
    let mut words = match operator(identity, state) {
        Some(_) => operator_name(identity, state),
        None => name.clone(),
    };
    if let Some(status) = status {
        words.push_str(": ");
        words.push_str(status);
    }
    for code in add_countries {
        words.push_str(" +");
        words.push_str(code);
    }
    for code in remove_countries {
        words.push_str(" -");
        words.push_str(code);
    }
    words
}

pub(in crate::plan) fn relies_on(_act: &Act) -> Vec<Object> {
    Vec::new()
}

fn codes(field: &Field<SplitList>, state: &State) -> Vec<String> {
    let list = field
        .value()
        .map(|list| list.0.iter())
        .into_iter()
        .flatten();
    list.map(|code| state.symbol(Some(*code)).to_owned())
        .collect()
}

/// The commands that free the numbers of an operator, and what to ask for by hand.
pub(in crate::plan) fn repair(act: &Act, state: &State) -> Vec<String> {
    let Act::SetOperator {
        operator: identity,
        name,
        status,
        remove_countries,
        ..
    } = act
    else {
        return Vec::new();
    };
    if operator(identity, state).is_none() {
        return Vec::new();
    }
    let countries: Vec<Option<Country>> = remove_countries
        .iter()
        .map(|code| Country::parse(code))
        .collect();
    let goes = |number: &&Number| {
        *status == Some("Removed") || countries.contains(&state.tenant.country_of_number(number))
    };
    let mut numbers = numbers_of(identity, state);
    numbers.retain(goes);
    let mut commands = Vec::new();
    for number in numbers.iter().take(NAMED) {
        let holder = match number.holder {
            Holder::User(index) => state
                .tenant
                .users
                .get(index as usize)
                .and_then(|user| user.id.get()),
            Holder::ResourceAccount(index) => {
                let accounts = &state.tenant.resource_accounts;
                accounts.get(index as usize).map(|account| account.id)
            }
            _ => None,
        };
        match holder {
            Some(account) => commands.extend(
                Act::Unassign {
                    account,
                    number: Some(number.key),
                    blocked_days: None,
                    blocked_forever: false,
                }
                .commands(state),
            ),
            None if state.tenant.is_assigned(number) != Answer::No => {
                commands.push(format!("# take {} off where it is used", number.key));
            }
            None => {}
        }
    }
    if let Some(more) = numbers.len().checked_sub(NAMED + 1) {
        commands.push(format!("# and so for {} more numbers", more + 1));
    }
    if !numbers.is_empty() {
        commands.push(format!(
            "# ask {name} to release {} (`release-operator-connect-numbers`)",
            match numbers.as_slice() {
                [one] => one.key.to_string(),
                several => format!("all {} numbers", several.len()),
            }
        ));
        commands
            .push("# wait until a new export lists none of them (`wait-for-export`)".to_owned());
    }
    commands
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tenant::testing::tenant;

    #[test]
    fn an_operator_is_suspended_however_its_status_is_spelled() {
        for status in ["Suspended", "suspended"] {
            let operators =
                format!(r#"[{{"name":"Telco","status":"{status}","consentedCountries":["US"]}}]"#);
            let state = State::new(tenant(&[("operators.json", operators.as_str())]));
            let act = Act::SetOperator {
                operator: state.tenant.operators[0].identity.clone(),
                name: "Telco".to_owned(),
                status: Some("Active"),
                add_countries: Vec::new(),
                remove_countries: Vec::new(),
                data_transfer: None,
            };
            let Undo::Commands(back) = act.undo(&state) else {
                panic!("it is suspended again: {status}");
            };
            assert!(back[0].ends_with("> Suspend"), "{back:?}");
        }
    }
}
