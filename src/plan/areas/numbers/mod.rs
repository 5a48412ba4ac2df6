//! Numbers and their holders: assign, unassign, emergency location, Enterprise Voice.
//!
//! Sources: <https://learn.microsoft.com/powershell/module/microsoftteams/set-csphonenumberassignment>,
//! <https://learn.microsoft.com/powershell/module/microsoftteams/remove-csphonenumberassignment>,
//! <https://learn.microsoft.com/microsoftteams/assign-change-or-remove-a-phone-number-for-a-user>.

mod effects;
mod places;
mod preconditions;
#[cfg(test)]
mod tests;

use crate::finding::Severity;
use crate::finding::powershell::quoted;
use crate::plan::act::{Act, Effect, Need, Undo};
use crate::plan::state::{State, set};
use crate::snapshot::{ExportKind, Field, ObjectId, PhoneNumber};
use crate::tenant::Number;
use crate::tenant::edit::Object;

use effects::{assign, block, categorized, is_elsewhere, located};
pub(in crate::plan) use effects::{unassign, without_number};
pub(in crate::plan) use places::of_location;
use places::{country_of, is_movable, of_place};
pub(in crate::plan) use preconditions::{is_alive, is_there, licensed, of_account};
use preconditions::{needs_of_unassign, of_country, of_license, of_lines, of_number};

pub(in crate::plan) fn needs(act: &Act, state: &State) -> Vec<Need> {
    match act {
        Act::Assign {
            account,
            number,
            number_type,
            location,
            category,
        } => {
            let mut needs = of_account(*account, state);
            needs.extend(of_number(*account, *number, *number_type, state));
            needs.extend(of_license(*account, *number, *number_type, state));
            needs.extend(of_country(*account, *number, *category, state));
            needs.extend(of_place(*number, *number_type, *location, state));
            needs.extend(of_lines(*account, *number, state));
            if let Some(old) = displaced(*account, *number, *category, state) {
                let name = state.account_name(*account);
                needs.push(
                    Need::harm(
                        Severity::Warning,
                        format!("`{name}` has no other primary number"),
                        false,
                    )
                    .instead(format!("`{old}` would be taken off: take it off first"))
                    .at(state.at(*account, "LineUri")),
                );
            }
            needs
        }
        Act::Unassign {
            account, number, ..
        } => {
            let name = state.account_name(*account);
            let Some(number) = *number else {
                return vec![
                    Need::refused(format!("`{name}` has a number"), false)
                        .instead("it has none")
                        .at(state.at(*account, "LineUri")),
                ];
            };
            needs_of_unassign(*account, number, state)
        }
        Act::SetLocation { number, location } => {
            let mut needs = vec![is_there(*number, state)];
            if let Some(location) = location {
                let country = country_of(*number, state);
                needs.extend(of_location(*number, *location, country, state));
            }
            let row = state.number(*number);
            needs.extend(row.and_then(|row| is_movable(row, state)));
            needs
        }
        Act::SetEnterpriseVoice { account, enabled } => {
            let mut needs = of_account(*account, state);
            if *enabled {
                needs.push(licensed(*account, state));
            }
            needs
        }
        _ => Vec::new(),
    }
}

pub(in crate::plan) fn effect(act: &Act, state: &State) -> Effect {
    match act {
        Act::Assign {
            account,
            number,
            number_type,
            location,
            category,
        } => assign(*account, *number, *number_type, *location, *category, state),
        Act::Unassign {
            account,
            number: Some(number),
            blocked_days,
            blocked_forever,
        } => {
            let mut effect = Effect::default();
            unassign(*account, *number, state, &mut effect);
            if !is_elsewhere(*account, *number, state) {
                block(
                    *number,
                    *blocked_days,
                    *blocked_forever,
                    state,
                    &mut effect.edits,
                );
            }
            effect
        }
        Act::SetLocation { number, location } => Effect {
            edits: located(*number, *location, state),
            ..Effect::default()
        },
        Act::SetEnterpriseVoice { account, enabled } => Effect {
            edits: vec![set(
                Object::User(*account),
                "EnterpriseVoiceEnabled",
                *enabled,
            )],
            ..Effect::default()
        },
        _ => Effect::default(),
    }
}

pub(in crate::plan) fn commands(act: &Act, state: &State) -> Vec<String> {
    match act {
        Act::Assign {
            account,
            number,
            number_type,
            location,
            category,
        } => {
            let mut command = format!(
                "Set-CsPhoneNumberAssignment -Identity {} -PhoneNumber {} -PhoneNumberType {}",
                state.account_argument(*account),
                quoted(&number.to_string()),
                typed(*number, *number_type, state),
            );
            if let Some(location) = location {
                command.push_str(" -LocationId ");
                command.push_str(&state.id_argument(*location));
            }
            if let Some(category) = category.filter(|one| *one != "Primary") {
                command.push_str(" -AssignmentCategory ");
                command.push_str(category);
            }
            vec![command]
        }
        Act::Unassign {
            account,
            number: Some(number),
            blocked_days,
            blocked_forever,
        } => {
            let mut command = format!(
                "Remove-CsPhoneNumberAssignment -Identity {} -PhoneNumber {} -PhoneNumberType {}",
                state.account_argument(*account),
                quoted(&number.to_string()),
                typed(*number, None, state),
            );
            if *blocked_forever {
                command.push_str(" -AssignmentBlockedForever");
            } else if let Some(days) = blocked_days {
                command.push_str(" -AssignmentBlockedDays ");
                command.push_str(&days.to_string());
            }
            vec![command]
        }
        Act::Unassign { account, .. } => {
            vec![format!(
                "# {} has no number to take off",
                state.account_name(*account)
            )]
        }
        Act::SetLocation { number, location } => {
            let location = location.map_or_else(|| "'null'".to_owned(), |id| state.id_argument(id));
            vec![format!(
                "Set-CsPhoneNumberAssignment -PhoneNumber {} -LocationId {location}",
                quoted(&number.to_string())
            )]
        }
        Act::SetEnterpriseVoice { account, enabled } => vec![format!(
            "Set-CsPhoneNumberAssignment -Identity {} -EnterpriseVoiceEnabled ${enabled}",
            state.account_argument(*account)
        )],
        _ => Vec::new(),
    }
}

pub(in crate::plan) fn undo(act: &Act, state: &State) -> Undo {
    match act {
        Act::Assign {
            account,
            number,
            number_type,
            location,
            category,
        } => undo_assign(*account, *number, *number_type, *location, *category, state),
        Act::Unassign {
            account,
            number: Some(number),
            blocked_days,
            blocked_forever,
        } => {
            let mut commands = Vec::new();
            let mut blocks = Vec::new();
            block(*number, *blocked_days, *blocked_forever, state, &mut blocks);
            if !blocks.is_empty() {
                commands.push(format!(
                    "Remove-CsPhoneNumberAssignmentBlock -TelephoneNumber {}",
                    quoted(&number.to_string())
                ));
            }
            commands.extend(give_back(*account, *number, state));
            // Giving a number switches Enterprise Voice on.
            commands.extend(voice_again(*account, true, state));
            Undo::Commands(commands)
        }
        Act::SetLocation { number, .. } => locate_again(*number, state),
        Act::SetEnterpriseVoice { account, enabled } => {
            let before = state
                .user(*account)
                .and_then(|user| user.enterprise_voice.get());
            match before {
                Some(before) if before == *enabled => Undo::Nothing,
                Some(before) => Undo::Commands(commands(
                    &Act::SetEnterpriseVoice {
                        account: *account,
                        enabled: before,
                    },
                    state,
                )),
                None => untold("whether Enterprise Voice was on"),
            }
        }
        _ => Undo::Nothing,
    }
}

/// That nobody can say what to go back to.
pub(in crate::plan) fn untold(what: &str) -> Undo {
    Undo::Impossible(format!("the exports do not tell {what}"))
}

/// What gives a number the emergency location again that it has now.
fn locate_again(number: PhoneNumber, state: &State) -> Undo {
    let location = state
        .number(number)
        .map_or(Field::Absent, |row| row.record.location);
    let location = match location {
        Field::Absent => return untold("which emergency location the number had"),
        Field::Null => None,
        location @ Field::Value(_) => state.tenant.shared_id(&location),
    };
    Undo::Commands(commands(&Act::SetLocation { number, location }, state))
}

/// What gives a number back to an account that has it now.
pub(in crate::plan) fn give_back(
    account: ObjectId,
    number: PhoneNumber,
    state: &State,
) -> Vec<String> {
    let row = state.number(number);
    let act = Act::Assign {
        account,
        number,
        number_type: row.and_then(|row| state.number_type(row)),
        location: row.and_then(|row| state.tenant.shared_id(&row.record.location)),
        category: category_now(account, number, state),
    };
    commands(&act, state)
}

/// The category that a number has at its account: as the inventory tells it, else as the account lists it.
fn category_now(account: ObjectId, number: PhoneNumber, state: &State) -> Option<&'static str> {
    let row = state.number(number);
    row.and_then(|row| category_of(row, state)).or_else(|| {
        let listed = categorized(account, state).into_iter();
        let told = listed.filter(|(one, _)| *one == number);
        let mut known = told.filter_map(|(_, told)| category_named(&told));
        known.next()
    })
}

fn undo_assign(
    account: ObjectId,
    number: PhoneNumber,
    number_type: Option<&'static str>,
    location: Option<ObjectId>,
    category: Option<&'static str>,
    state: &State,
) -> Undo {
    let has_it = state.numbers_of(account).contains(&number);
    let old = displaced(account, number, category, state);
    let before = category_now(account, number, state);
    let line = state.line(account);
    let is_primary_before = before.map_or(line == Some(number), |before| is_primary(Some(before)));
    let stays = has_it && old.is_none() && is_primary_before == is_primary(category);
    let mut back = Vec::new();
    if !stays {
        if has_it && before.is_none() && !is_primary_before {
            return untold("which category the number had");
        }
        back.push(format!(
            "Remove-CsPhoneNumberAssignment -Identity {} -PhoneNumber {} -PhoneNumberType {}",
            state.account_argument(account),
            quoted(&number.to_string()),
            typed(number, number_type, state),
        ));
        if let Some(old) = old {
            back.extend(give_back(account, old, state));
        }
    }
    if has_it && !stays {
        back.extend(give_back(account, number, state));
    }
    let located = state.number(number).map(|row| &row.record.location);
    let located = located.map(|field| state.tenant.shared_id(field));
    // A location comes back with its number, none does not.
    let is_back = |before: &Option<ObjectId>| has_it && !stays && before.is_some();
    if location.is_some() && located.is_some_and(|before| before != location && !is_back(&before)) {
        match locate_again(number, state) {
            Undo::Commands(commands) => back.extend(commands),
            untold => return untold,
        }
    }
    // Giving a number switches Enterprise Voice on, and taking the primary one off switches it off.
    let is_on = has_it || old.is_some() || !is_primary(category);
    back.extend(voice_again(account, is_on, state));
    if back.is_empty() {
        Undo::Nothing
    } else {
        Undo::Commands(back)
    }
}

/// What switches Enterprise Voice to what it is now, when other commands have switched it on, or off.
fn voice_again(account: ObjectId, is_on: bool, state: &State) -> Vec<String> {
    let voice = state
        .user(account)
        .and_then(|user| user.enterprise_voice.get());
    match voice.filter(|before| *before != is_on) {
        Some(enabled) => commands(&Act::SetEnterpriseVoice { account, enabled }, state),
        None => Vec::new(),
    }
}

/// The primary number of an account whose place another one takes.
fn displaced(
    account: ObjectId,
    number: PhoneNumber,
    category: Option<&str>,
    state: &State,
) -> Option<PhoneNumber> {
    if !is_primary(category) {
        return None;
    }
    // Where the account does not tell its line, the inventory does.
    let held = state.tenant.numbers_held_by(account).into_iter();
    let mut primary = held.filter(|row| category_of(row, state) == Some("Primary"));
    let line = state.line(account);
    let old = line.or_else(|| primary.next().map(|row| row.key));
    old.filter(|old| *old != number)
}

pub(in crate::plan) fn object(act: &Act, state: &State) -> String {
    match act {
        Act::Assign {
            account, number, ..
        } => format!("{number} to {}", state.account_name(*account)),
        Act::Unassign {
            account,
            number: Some(number),
            ..
        } => format!("{number} from {}", state.account_name(*account)),
        Act::Unassign { account, .. } | Act::SetEnterpriseVoice { account, .. } => {
            state.account_name(*account)
        }
        Act::SetLocation { number, .. } => number.to_string(),
        _ => String::new(),
    }
}

pub(in crate::plan) fn relies_on(act: &Act) -> Vec<Object> {
    match act {
        Act::Assign {
            account, number, ..
        } => vec![Object::User(*account), Object::Number(*number)],
        Act::Unassign { number, .. } => number.map(Object::Number).into_iter().collect(),
        Act::SetLocation { number, .. } => vec![Object::Number(*number)],
        _ => Vec::new(),
    }
}

fn is_primary(category: Option<&str>) -> bool {
    category.is_none_or(|one| one == "Primary")
}

fn category_of(row: &Number, state: &State) -> Option<&'static str> {
    category_named(state.symbol(row.record.category.get()))
}

fn category_named(told: &str) -> Option<&'static str> {
    let mut known = crate::plan::CATEGORIES.into_iter();
    known.find(|one| one.eq_ignore_ascii_case(told))
}

/// Type of a number: the one that is told, else that of the inventory. A whole inventory lacks numbers of Direct Routing
/// alone.
fn type_of(number: PhoneNumber, told: Option<&'static str>, state: &State) -> Option<&'static str> {
    told.or_else(|| match state.number(number) {
        Some(row) => state.number_type(row),
        None => state
            .is_whole(ExportKind::PhoneNumberAssignment)
            .then_some("DirectRouting"),
    })
}

/// Type of a number as an argument of PowerShell. One that nobody tells is to be filled in.
fn typed(number: PhoneNumber, told: Option<&'static str>, state: &State) -> &'static str {
    type_of(number, told, state).unwrap_or("<type>")
}
