//! What becomes of a number and its holder.

use serde_json::{Value, json};

use super::{displaced, is_primary, type_of};
use crate::plan::act::{Effect, Pending};
use crate::plan::areas::orders;
use crate::plan::state::{State, added, set};
use crate::snapshot::{Field, ObjectId, PhoneNumber};
use crate::tenant::edit::{Edit, Object};
use crate::tenant::{Holder, User, operator_identity};

/// How many hours the service takes to make a policy of its own known to the clients.
const SPREADS: u64 = 24;

/// Numbers of an operator whose holders are asked which policy it gives them.
const HOLDERS: usize = 100;

pub(super) fn assign(
    account: ObjectId,
    number: PhoneNumber,
    number_type: Option<&'static str>,
    location: Option<ObjectId>,
    category: Option<&'static str>,
    state: &State,
) -> Effect {
    let mut effect = Effect::default();
    let primary = is_primary(category);
    // A second primary number takes the place of the first one.
    if let Some(old) = displaced(account, number, category, state) {
        unassign(account, old, state, &mut effect);
        effect.remarks.push(format!(
            "`{old}` is taken off first: the service does not say in one place what becomes of it"
        ));
    }
    let of_type = type_of(number, number_type, state);
    let object = Object::Number(number);
    if state.number(number).is_none() {
        effect.edits.push(added(
            object.clone(),
            [
                ("TelephoneNumber", json!(number.to_string())),
                ("NumberType", json!(of_type)),
                ("ActivationState", json!("Activated")),
                ("NumberSource", json!("Online")),
                ("PstnAssignmentStatus", json!("Unassigned")),
                ("AssignedPstnTargetId", Value::Null),
                (
                    "Capability",
                    json!([
                        "InboundCalling",
                        "OutboundCalling",
                        "UserAssignment",
                        "VoiceApplicationAssignment"
                    ]),
                ),
            ],
        ));
    }
    let is_resource_account = state.is_resource_account(account);
    let status = if is_resource_account {
        "VoiceApplicationAssigned"
    } else {
        "UserAssigned"
    };
    effect.edits.extend([
        set(object.clone(), "PstnAssignmentStatus", status),
        set(object.clone(), "AssignedPstnTargetId", account.to_string()),
        set(
            object.clone(),
            "AssignmentCategory",
            category.unwrap_or("Primary"),
        ),
    ]);
    if state
        .number(number)
        .is_some_and(|row| row.record.source.value().is_some())
    {
        // What is assigned online is managed online from then on.
        effect
            .edits
            .push(set(object.clone(), "NumberSource", "Online"));
    }
    if location.is_some() {
        effect.edits.extend(located(number, location, state));
    }
    let user = Object::User(account);
    if primary {
        let line = format!("tel:{number}");
        effect
            .edits
            .push(set(user.clone(), "LineUri", line.clone()));
        if is_resource_account {
            effect
                .edits
                .push(set(Object::ResourceAccount(account), "PhoneNumber", line));
        }
    }
    let known = state
        .user(account)
        .map_or(&Field::Absent, |user| &user.telephone_numbers);
    if !known.is_absent() {
        let mut numbers = categorized(account, state);
        numbers
            .retain(|(one, _)| *one != number && (!primary || Some(*one) != state.line(account)));
        numbers.push((number, category.unwrap_or("Primary").to_owned()));
        effect
            .edits
            .push(set(user.clone(), "TelephoneNumbers", listed(&numbers)));
    }
    effect
        .edits
        .push(set(user.clone(), "EnterpriseVoiceEnabled", true));
    if of_type == Some("OperatorConnect") {
        effect.edits.push(set(
            user.clone(),
            "TeamsCarrierEmergencyCallRoutingPolicy",
            carrier_policy(number, state),
        ));
        effect.pending.push(Pending {
            object: Object::GroupPolicy(account, "teamscarrieremergencycallroutingpolicy".into()),
            hours: SPREADS,
            what: format!("the emergency call routing of `{number}`"),
        });
    }
    effect
}

/// The policy that the service gives to holders of Operator Connect numbers: that of another holder of the same operator,
/// where there is one, else one of the operator's name.
pub(super) fn carrier_policy(number: PhoneNumber, state: &State) -> Value {
    let row = state.number(number);
    let name = row.map_or("", |row| state.symbol(row.record.partner_name.get()));
    let listed = orders::operator(&operator_identity(name), state);
    let all = listed
        .into_iter()
        .flat_map(|one| state.tenant.numbers_of(one));
    // What one has, the first ones have.
    let users = all.take(HOLDERS).filter_map(|one| match one.holder {
        Holder::User(index) => state.tenant.users.get(index as usize),
        _ => None,
    });
    let given = users
        .into_iter()
        .find_map(|user| user.carrier_emergency_policy.get());
    match given {
        Some(policy) => json!(state.symbol(Some(policy.0))),
        None if name.is_empty() => json!("Operator"),
        None => json!(name),
    }
}

/// Takes a number off an account.
pub(in crate::plan) fn unassign(
    account: ObjectId,
    number: PhoneNumber,
    state: &State,
    effect: &mut Effect,
) {
    let object = Object::Number(number);
    let is_primary = state.line(account) == Some(number);
    if !is_elsewhere(account, number, state) {
        effect.edits.extend([
            set(object.clone(), "PstnAssignmentStatus", "Unassigned"),
            set(object.clone(), "AssignedPstnTargetId", Value::Null),
            set(object, "AssignmentCategory", Value::Null),
        ]);
    }
    effect
        .edits
        .extend(without_number(account, number, is_primary, state));
}

/// Whether the inventory says that another one has a number, or nobody, though the line URI of this account shows it. What
/// is taken off then is the line alone: the row is as it was.
pub(super) fn is_elsewhere(account: ObjectId, number: PhoneNumber, state: &State) -> bool {
    let Some(row) = state.number(number) else {
        return false;
    };
    let held = state.tenant.numbers_held_by(account);
    !held.iter().any(|one| one.key == number) && row.holder != Holder::Unknown
}

/// What an account is like without a number.
pub(in crate::plan) fn without_number(
    account: ObjectId,
    number: PhoneNumber,
    is_primary: bool,
    state: &State,
) -> Vec<Edit> {
    let user = Object::User(account);
    let mut edits = Vec::new();
    let known: Option<&User> = state.user(account);
    if known.is_some_and(|user| !user.telephone_numbers.is_absent()) {
        let mut numbers = categorized(account, state);
        numbers.retain(|(one, _)| *one != number);
        edits.push(set(user.clone(), "TelephoneNumbers", listed(&numbers)));
    }
    if is_primary {
        edits.extend([
            set(user.clone(), "LineUri", Value::Null),
            set(user.clone(), "EnterpriseVoiceEnabled", false),
            set(user, "TeamsCarrierEmergencyCallRoutingPolicy", Value::Null),
        ]);
        if state.is_resource_account(account) {
            let account = Object::ResourceAccount(account);
            edits.push(set(account, "PhoneNumber", Value::Null));
        }
    }
    edits
}

/// The numbers of an account as it lists them, with their categories.
pub(super) fn categorized(account: ObjectId, state: &State) -> Vec<(PhoneNumber, String)> {
    let texts = &state.tenant.snapshot.texts;
    let user = state.user(account);
    let listed = user.map_or(&[][..], |user| texts.listed(&user.telephone_numbers));
    let numbers = listed.iter().filter_map(|one| {
        let category = one.category.map_or("Primary", |name| texts.symbol(name));
        Some((
            PhoneNumber::parse(texts.text(one.number))?,
            category.to_owned(),
        ))
    });
    numbers.collect()
}

pub(super) fn listed(numbers: &[(PhoneNumber, String)]) -> Value {
    let numbers = numbers.iter().map(|(number, category)| {
        json!({ "TelephoneNumber": number.to_string(), "AssignmentCategory": category })
    });
    Value::Array(numbers.collect())
}

pub(super) fn block(
    number: PhoneNumber,
    days: Option<u64>,
    forever: bool,
    state: &State,
    edits: &mut Vec<Edit>,
) {
    let settings = state.tenant.number_config.as_ref();
    // What the tenant does by default counts where the step says nothing.
    let by_default = settings.is_some_and(|one| one.blocked_forever.get() == Some(true));
    let forever = forever || days.is_none() && by_default;
    let by_default = || {
        let days = settings.and_then(|one| one.blocked_days.get());
        days.and_then(|days| u64::try_from(days).ok())
            .filter(|days| *days > 0)
    };
    let object = Object::Number(number);
    if forever {
        edits.push(set(object, "AssignmentBlockedState", "BlockedForever"));
    } else if let Some(days) = days.or_else(by_default) {
        edits.push(set(
            object.clone(),
            "AssignmentBlockedState",
            "BlockedUntil",
        ));
        let until = state.now().and_then(|now| now.after_days(days));
        let until = until.map_or(Value::Null, |until| json!(until.rfc3339()));
        edits.push(set(object, "AssignmentBlockedUntil", until));
    }
}

pub(super) fn located(number: PhoneNumber, location: Option<ObjectId>, state: &State) -> Vec<Edit> {
    let address = location
        .and_then(|id| state.tenant.location(id))
        .and_then(|found| found.civic_address.get());
    let text = |id: Option<ObjectId>| id.map_or(Value::Null, |id| Value::String(id.to_string()));
    let object = Object::Number(number);
    vec![
        set(object.clone(), "LocationId", text(location)),
        set(object, "CivicAddressId", text(address)),
    ]
}
