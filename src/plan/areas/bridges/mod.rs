//! Numbers of the conference bridge.
//!
//! Sources: <https://learn.microsoft.com/microsoftteams/operator-connect-conferencing-configure>,
//! <https://learn.microsoft.com/microsoftteams/change-the-phone-numbers-on-your-audio-conferencing-bridge>,
//! <https://learn.microsoft.com/powershell/module/microsoftteams/register-csonlinedialinconferencingservicenumber>.

#[cfg(test)]
mod tests;

use serde_json::{Value, json};

use super::numbers;
use super::routing::{first_of, is_there, none_of};
use crate::finding::Severity;
use crate::finding::powershell::quoted;
use crate::plan::act::{Act, Effect, Met, Need, Undo};
use crate::plan::state::{State, set};
use crate::snapshot::record::{BridgeNumber, ConferencingBridgeRecord};
use crate::snapshot::{ExportKind, Field, ObjectId, PhoneNumber};
use crate::tenant::edit::Object;
use crate::tenant::{Answer, Merged};

/// The bridge, as its export tells it.
type Bridge = Merged<ConferencingBridgeRecord>;

pub(in crate::plan) fn needs(act: &Act, state: &State) -> Vec<Need> {
    let Act::SetBridge {
        add,
        remove,
        default,
    } = act
    else {
        return Vec::new();
    };
    let bridge = bridge(state);
    let mut needs = vec![is_there(
        "there is a conference bridge".to_owned(),
        bridge.is_some(),
        ExportKind::OnlineDialInConferencingBridge,
        state,
    )];
    for number in add {
        needs.extend(may_come(*number, state));
    }
    let Some(bridge) = bridge else {
        return needs;
    };
    for number in remove {
        let is_default = match default {
            Some(default) => (default == number).into(),
            None => is_default(*number, bridge, state),
        };
        needs.extend(may_go(*number, is_default, bridge, state));
    }
    if let Some(default) = default {
        let comes = add.contains(default);
        needs.extend(may_be_default(*default, comes, bridge, state));
    }
    needs
}

pub(in crate::plan) fn effect(act: &Act, state: &State) -> Effect {
    let mut effect = Effect::default();
    let Act::SetBridge {
        add,
        remove,
        default,
    } = act
    else {
        return effect;
    };
    let Some((bridge, id)) = bridge(state).and_then(|one| Some((one, one.id.get()?))) else {
        return effect;
    };
    let object = Object::Bridge(id);
    if bridge.numbers.is_absent() {
        effect
            .remarks
            .push("the export does not tell the numbers of the bridge".to_owned());
    } else {
        let numbers = numbers_after(bridge, add, remove, state);
        effect
            .edits
            .push(set(object.clone(), "ServiceNumbers", numbers));
    }
    if let Some(default) = default {
        effect
            .edits
            .push(set(object, "DefaultServiceNumber", default.to_string()));
    }
    for number in add {
        let object = Object::Number(*number);
        // The status goes first: it tells that the target is a bridge.
        effect.edits.extend([
            set(object.clone(), "PstnAssignmentStatus", "ConferenceAssigned"),
            set(object, "AssignedPstnTargetId", id.to_string()),
        ]);
    }
    for number in remove {
        let object = Object::Number(*number);
        effect.edits.extend([
            set(object.clone(), "PstnAssignmentStatus", "Unassigned"),
            set(object, "AssignedPstnTargetId", Value::Null),
        ]);
    }
    effect
}

pub(in crate::plan) fn commands(act: &Act, state: &State) -> Vec<String> {
    match act {
        Act::SetBridge {
            add,
            remove,
            default,
        } => {
            let bridge = bridge(state).and_then(|one| one.id.get());
            typed(add, remove, *default, bridge)
        }
        _ => Vec::new(),
    }
}

pub(in crate::plan) fn undo(act: &Act, state: &State) -> Undo {
    let Act::SetBridge {
        add,
        remove,
        default,
    } = act
    else {
        return Undo::Nothing;
    };
    let bridge = bridge(state);
    let before = bridge.and_then(|one| default_of(one, state));
    if default.is_some() && before.is_none() {
        return Undo::Impossible("the export does not tell the default number before".to_owned());
    }
    let default = default.and(before);
    let bridge = bridge.and_then(|one| one.id.get());
    Undo::Commands(typed(remove, add, default, bridge))
}

pub(in crate::plan) fn object(act: &Act, state: &State) -> String {
    match act {
        Act::SetBridge { .. } => match bridge(state).and_then(|one| one.name.get()) {
            Some(name) => state.tenant.snapshot.texts.text(name).to_owned(),
            None => "the conference bridge".to_owned(),
        },
        _ => String::new(),
    }
}

pub(in crate::plan) fn relies_on(act: &Act) -> Vec<Object> {
    match act {
        Act::SetBridge {
            add,
            remove,
            default,
        } => {
            let numbers = add.iter().chain(remove).chain(default);
            numbers.copied().map(Object::Number).collect()
        }
        _ => Vec::new(),
    }
}

/// The bridge of the tenant: there is one.
fn bridge(state: &State) -> Option<&Bridge> {
    let bridges = &state.tenant.conferencing.bridges;
    bridges.iter().find(|one| one.id.get().is_some())
}

fn default_of(bridge: &Bridge, state: &State) -> Option<PhoneNumber> {
    let text = bridge.default_number.get()?;
    PhoneNumber::parse(state.tenant.snapshot.texts.text(text))
}

/// Whether a number is the default one; unknown where the export tells no number.
fn is_default(number: PhoneNumber, bridge: &Bridge, state: &State) -> Answer {
    match (bridge.default_number, default_of(bridge, state)) {
        (_, Some(default)) => (default == number).into(),
        (Field::Null, None) => Answer::No,
        (Field::Absent | Field::Value(_), None) => Answer::Unknown,
    }
}

/// What a bridge says of a number, and at which place of its list.
fn on_bridge(number: PhoneNumber, bridge: &Bridge, state: &State) -> Option<(usize, BridgeNumber)> {
    let texts = &state.tenant.snapshot.texts;
    let mut numbers = bridge.numbers.value().into_iter().flatten().enumerate();
    let found = numbers.find(|(_, one)| PhoneNumber::parse(texts.text(one.number)) == Some(number));
    found.map(|(index, one)| (index, *one))
}

fn may_come(number: PhoneNumber, state: &State) -> Vec<Need> {
    let mut needs = vec![numbers::is_there(number, state)];
    let Some(row) = state.number(number) else {
        return needs;
    };
    let record = &row.record;
    let is_free = match state.tenant.is_assigned(row) {
        Answer::Yes => Met::No,
        Answer::No => Met::Yes,
        Answer::Unknown => Met::Unknown,
    };
    let holder = state.tenant.holder_name(row);
    needs.push(
        Need::refused(format!("`{number}` is free"), is_free)
            .instead(match (is_free, holder) {
                (Met::Unknown, _) => "the export does not tell who has it".to_owned(),
                (_, Some(holder)) => format!("`{holder}` has it"),
                (_, None) => "it is in use".to_owned(),
            })
            .at(record.at("PstnAssignmentStatus")),
    );
    let (met, told) = match &record.capabilities {
        Field::Absent => (Met::Unknown, Vec::new()),
        Field::Null => (Met::No, Vec::new()),
        Field::Value(all) => {
            let all = state.tenant.snapshot.texts.list(*all).iter();
            let told: Vec<String> = all.map(|one| state.symbol(Some(*one)).to_owned()).collect();
            let fits = told
                .iter()
                .any(|one| one.eq_ignore_ascii_case("ConferenceAssignment"));
            (Met::from(fits), told)
        }
    };
    needs.push(
        Need::refused(format!("`{number}` is a number for conferences"), met)
            .instead(match (met, told.is_empty()) {
                (Met::Unknown, _) => "the export does not tell what it is for".to_owned(),
                (_, true) => "it is for nothing".to_owned(),
                (_, false) => format!("it is for {}", first_of(&told)),
            })
            .at(record.at("Capability")),
    );
    needs
}

fn may_go(number: PhoneNumber, is_default: Answer, bridge: &Bridge, state: &State) -> Vec<Need> {
    let found = on_bridge(number, bridge, state);
    let met = match found {
        Some(_) => Met::Yes,
        None if bridge.numbers.is_absent() => Met::Unknown,
        None => Met::No,
    };
    let mut needs = vec![
        Need::refused(format!("`{number}` is on the conference bridge"), met)
            .instead("the bridge does not list it")
            .at(bridge.at("ServiceNumbers")),
    ];
    if let Some((index, one)) = found
        && let Some(shared) = one.shared
    {
        needs.push(
            Need::refused(format!("`{number}` is a number of the tenant"), !shared)
                .instead("it is Microsoft's own, shared with other tenants")
                .at(bridge.at("ServiceNumbers").element(index)),
        );
    }
    needs.push(
        Need::refused(
            format!("`{number}` is not the default number of the bridge"),
            Met::unless(is_default),
        )
        .instead(if is_default == Answer::Yes {
            "it is: set another one first"
        } else {
            "the export does not tell the default number"
        })
        .at(bridge.at("DefaultServiceNumber")),
    );
    let invited = state.tenant.invited_by(&[number]);
    let names: Vec<String> = invited.iter().map(|(_, name)| name.clone()).collect();
    let is_untold = !state.is_whole(ExportKind::OnlineDialInConferencingUser);
    needs.push(
        Need::harm(
            Severity::Error,
            format!("nobody invites to meetings with `{number}`"),
            none_of(&names, is_untold),
        )
        .instead(match names.len() {
            0 => "the export does not tell it of everybody".to_owned(),
            1 => format!(
                "{} does: give another number first, with invitations sent again",
                first_of(&names)
            ),
            count => format!(
                "{count} do: {}: give them another number first, with invitations sent again",
                first_of(&names)
            ),
        })
        .at(invited.into_iter().next().map(|(place, _)| place)),
    );
    needs
}

fn may_be_default(number: PhoneNumber, comes: bool, bridge: &Bridge, state: &State) -> Vec<Need> {
    let met = match on_bridge(number, bridge, state) {
        _ if comes => Met::Yes,
        Some(_) => Met::Yes,
        None if bridge.numbers.is_absent() => Met::Unknown,
        None => Met::No,
    };
    let mut needs = vec![
        Need::refused(format!("`{number}` is on the conference bridge"), met)
            .instead("the bridge does not list it: add it as well")
            .at(bridge.at("ServiceNumbers")),
    ];
    if let Some(row) = state.number(number) {
        let met = match state.tenant.is_operator_connect(row) {
            Answer::Yes => Met::No,
            Answer::No => Met::Yes,
            Answer::Unknown => Met::Unknown,
        };
        needs.push(
            Need::refused(format!("`{number}` is no number of Operator Connect"), met)
                .instead(match met {
                    Met::Unknown => "the export does not tell whose it is",
                    _ => "an operator provides it, and such a number is never the default",
                })
                .at(row.record.at("NumberType")),
        );
    }
    let is_toll_free = state.tenant.is_toll_free(number);
    // A plan that does not have the number says nothing against it.
    if is_toll_free != Answer::Unknown {
        needs.push(
            Need::refused(
                format!("`{number}` is a toll number"),
                is_toll_free == Answer::No,
            )
            .instead("it is toll-free"),
        );
    }
    needs
}

fn numbers_after(
    bridge: &Bridge,
    add: &[PhoneNumber],
    remove: &[PhoneNumber],
    state: &State,
) -> Vec<Value> {
    let texts = &state.tenant.snapshot.texts;
    let stays = |one: &&BridgeNumber| {
        let number = PhoneNumber::parse(texts.text(one.number));
        number.is_none_or(|number| !remove.contains(&number) && !add.contains(&number))
    };
    let old = bridge.numbers.value().into_iter().flatten().filter(stays);
    let old = old.map(|one| {
        let mut entry = serde_json::Map::new();
        entry.insert("Number".to_owned(), json!(texts.text(one.number)));
        if let Some(shared) = one.shared {
            entry.insert("IsShared".to_owned(), json!(shared));
        }
        if let Some(number_type) = one.number_type {
            entry.insert("Type".to_owned(), json!(texts.symbol(number_type)));
        }
        Value::Object(entry)
    });
    let new = add.iter().map(|number| {
        let number_type = match state.tenant.is_toll_free(*number) {
            Answer::Yes => "TollFree",
            Answer::No | Answer::Unknown => "Toll",
        };
        json!({ "Number": number.to_string(), "IsShared": false, "Type": number_type })
    });
    old.chain(new).collect()
}

/// Numbers come first, then the default moves, then numbers go: in no other order is there always one.
fn typed(
    add: &[PhoneNumber],
    remove: &[PhoneNumber],
    default: Option<PhoneNumber>,
    bridge: Option<ObjectId>,
) -> Vec<String> {
    let id = match bridge {
        Some(id) => quoted(&id.to_string()),
        None => "(Get-CsOnlineDialInConferencingBridge).Identity".to_owned(),
    };
    let number = |cmdlet: &str, number: &PhoneNumber| {
        format!(
            "{cmdlet} -Identity {} -BridgeId {id}",
            quoted(&number.to_string())
        )
    };
    let mut commands: Vec<String> = add
        .iter()
        .map(|one| number("Register-CsOnlineDialInConferencingServiceNumber", one))
        .collect();
    if let Some(default) = default {
        commands.push(format!(
            "Set-CsOnlineDialInConferencingBridge -Identity {id} -DefaultServiceNumber {}",
            quoted(&default.to_string())
        ));
    }
    let gone = remove
        .iter()
        .map(|one| number("Unregister-CsOnlineDialInConferencingServiceNumber", one));
    commands.extend(gone);
    commands
}
