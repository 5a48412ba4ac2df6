//! The numbers that an account loses with its licenses, and what gives them back.

use super::Change;
use super::change::Swap;
use crate::plan::act::Effect;
use crate::plan::areas::numbers;
use crate::plan::state::{State, removed, set};
use crate::snapshot::service_plans::PlanClass;
use crate::snapshot::{Field, ObjectId, PhoneNumber};
use crate::tenant::edit::Object;
use crate::tenant::{Answer, User};

/// The classes of plans of which an account needs one for any number.
pub(super) fn phone_classes(account: ObjectId, state: &State) -> &'static [PlanClass] {
    if state.is_resource_account(account) {
        &[PlanClass::PhoneSystem, PlanClass::ResourceAccount]
    } else {
        &[PlanClass::PhoneSystem]
    }
}

/// The numbers that an account loses with its licenses, each with its type.
pub(super) fn lost_numbers(
    account: ObjectId,
    change: &Change,
    state: &State,
) -> Vec<(PhoneNumber, Option<&'static str>)> {
    let user = state.user(account);
    let Some(user) = user.filter(|_| !change.remove.is_empty()) else {
        return Vec::new();
    };
    let fates = fates(user, account, change, state).into_iter();
    let lost = fates.filter(|(.., lost)| *lost == Answer::Yes);
    lost.map(|(number, of_type, _)| (number, of_type)).collect()
}

/// The numbers of an account with their types, and whether each goes with its licenses.
pub(super) fn fates(
    user: &User,
    account: ObjectId,
    change: &Change,
    state: &State,
) -> Vec<(PhoneNumber, Option<&'static str>, Answer)> {
    let swap = Swap::of(user, change, state);
    let without_phone = swap.takes_last(user, phone_classes(account, state), state);
    let without_plan = if state.is_resource_account(account) {
        Answer::No
    } else {
        let plans = [PlanClass::CallingPlan, PlanClass::PayAsYouGo];
        swap.takes_last(user, &plans, state)
    };
    let numbers = state.numbers_of(account).into_iter();
    let fates = numbers.map(|number| {
        let row = state.number(number);
        let of_type = row.and_then(|row| state.number_type(row));
        let without_plan = match (of_type, without_plan) {
            (Some("CallingPlan"), lost) => lost,
            // It may be one of a Calling Plan.
            (None, Answer::Yes | Answer::Unknown) => Answer::Unknown,
            _ => Answer::No,
        };
        (number, of_type, without_phone.or(without_plan))
    });
    fates.collect()
}

/// What gives the numbers back that an account loses with its licenses.
///
/// # Errors
/// Why one of them does not come back.
pub(in crate::plan::areas) fn given_back(
    account: ObjectId,
    change: &Change,
    state: &State,
) -> Result<Vec<String>, String> {
    let lost = lost_numbers(account, change, state);
    if let Some((number, _)) = lost.iter().find(|(_, of)| *of == Some("DirectRouting")) {
        return Err(format!(
            "`{number}` leaves the inventory with the license: it has to be uploaded and assigned again"
        ));
    }
    let again = lost.into_iter();
    let again = again.flat_map(|(number, _)| numbers::give_back(account, number, state));
    Ok(again.collect())
}

/// What becomes of a number with the last license for it.
pub(super) fn lose(
    account: ObjectId,
    number: PhoneNumber,
    of_type: Option<&'static str>,
    state: &State,
    effect: &mut Effect,
) {
    if of_type == Some("DirectRouting") {
        let is_primary = state.line(account) == Some(number);
        effect
            .edits
            .extend(numbers::without_number(account, number, is_primary, state));
        effect.edits.push(removed(Object::Number(number)));
        effect
            .remarks
            .push(format!("`{number}` leaves the inventory with the license"));
    } else {
        numbers::unassign(account, number, state, effect);
        effect
            .remarks
            .push(format!("`{number}` is taken off with the license"));
    }
    let line = state.user(account).map(|user| user.on_prem_line_uri);
    if of_type == Some("CallingPlan")
        && let Some(Field::Value(line)) = line
    {
        let line = state.tenant.snapshot.texts.text(line).to_owned();
        effect
            .edits
            .push(set(Object::User(account), "LineUri", line));
    }
}
