//! Numbers and their holders: assign, unassign, emergency location, Enterprise Voice.
//!
//! Sources: <https://learn.microsoft.com/powershell/module/microsoftteams/set-csphonenumberassignment>,
//! <https://learn.microsoft.com/powershell/module/microsoftteams/remove-csphonenumberassignment>,
//! <https://learn.microsoft.com/microsoftteams/assign-change-or-remove-a-phone-number-for-a-user>.

use serde_json::{Value, json};

use crate::finding::Severity;
use crate::finding::powershell::quoted;
use crate::plan::act::{Act, Effect, Met, Need, Pending, Undo};
use crate::plan::state::{State, added, set};
use crate::snapshot::service_plans::PlanClass;
use crate::snapshot::{AssignmentTarget, ExportKind, Field, ObjectId, PhoneNumber};
use crate::tenant::edit::{Edit, Object};
use crate::tenant::{AccountKind, Answer, Country, Holder, Number, User, operator_identity};

/// How many hours the service takes to make a policy of its own known to the clients.
const SPREADS: u64 = 24;

/// Numbers of an operator whose holders are asked which policy it gives them.
const HOLDERS: usize = 100;

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
            let primary = is_primary(*category);
            needs.extend(of_number(*account, *number, *number_type, state));
            needs.extend(of_license(*account, *number, *number_type, state));
            needs.extend(of_country(*account, *number, primary, state));
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
            let place = state.number(*number).map(|one| one.record.at("LocationId"));
            if let Some(location) = location {
                needs.extend(of_location(*number, *location, state));
            }
            let editable = state
                .number(*number)
                .map(|one| one.record.location_editable);
            if let Some(Field::Value(editable)) = editable {
                needs.push(
                    Need::refused(
                        format!("the emergency location of `{number}` can be changed here"),
                        editable,
                    )
                    .instead("the operator keeps it: ask the operator")
                    .at(place),
                );
            }
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
                quoted(&state.account_name(*account)),
                quoted(&number.to_string()),
                type_of(*number, *number_type, state),
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
                quoted(&state.account_name(*account)),
                quoted(&number.to_string()),
                type_of(*number, None, state),
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
            quoted(&state.account_name(*account))
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
        Field::Value(location) => Some(location),
    };
    Undo::Commands(commands(&Act::SetLocation { number, location }, state))
}

/// What gives a number back to an account that has it now.
fn give_back(account: ObjectId, number: PhoneNumber, state: &State) -> Vec<String> {
    let row = state.number(number);
    let act = Act::Assign {
        account,
        number,
        number_type: row.and_then(|row| state.number_type(row)),
        location: row.and_then(|row| row.record.location.get()),
        category: row.and_then(|row| category_of(row, state)),
    };
    commands(&act, state)
}

fn undo_assign(
    account: ObjectId,
    number: PhoneNumber,
    number_type: Option<&'static str>,
    location: Option<ObjectId>,
    category: Option<&'static str>,
    state: &State,
) -> Undo {
    if state.numbers_of(account).contains(&number) {
        // It had the number before, and keeps it.
        return match location {
            None => Undo::Nothing,
            Some(_) => locate_again(number, state),
        };
    }
    let mut commands = vec![format!(
        "Remove-CsPhoneNumberAssignment -Identity {} -PhoneNumber {} -PhoneNumberType {}",
        quoted(&state.account_name(account)),
        quoted(&number.to_string()),
        type_of(number, number_type, state),
    )];
    if let Some(old) = displaced(account, number, category, state) {
        commands.extend(give_back(account, old, state));
    }
    Undo::Commands(commands)
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

/// That a number is in the inventory.
pub(in crate::plan) fn is_there(number: PhoneNumber, state: &State) -> Need {
    let found = state.number(number).is_some();
    let export = ExportKind::PhoneNumberAssignment;
    Need::there(
        format!("`{number}` is in the inventory"),
        state.is_there(found, export),
    )
    .instead("Get-CsPhoneNumberAssignment does not list it")
    .at(state.tenant.start_of(export))
}

/// That an account is there, alive, and homed online.
pub(in crate::plan) fn of_account(account: ObjectId, state: &State) -> Vec<Need> {
    let name = state.account_name(account);
    let Some(user) = state.user(account) else {
        let found = state.is_there(false, ExportKind::OnlineUser);
        return vec![
            Need::there(format!("`{name}` is in the directory"), found)
                .instead("Get-CsOnlineUser does not list it"),
        ];
    };
    let mut needs = Vec::new();
    if state.tenant.is_deleted(user) {
        needs.push(
            Need::refused(format!("`{name}` is a live account"), false)
                .instead("it is deleted")
                .at(user.at("SoftDeletionTimestamp")),
        );
    }
    let provider = state.symbol(user.hosting_provider.get());
    let is_elsewhere =
        !provider.is_empty() && !provider.to_ascii_lowercase().starts_with("sipfed.online");
    let homed = match state.tenant.account_kind(user) {
        AccountKind::OnPremises => Met::No,
        _ if is_elsewhere => Met::No,
        _ if user.hosting_provider.is_absent() && user.account_type.is_absent() => Met::Unknown,
        _ => Met::Yes,
    };
    needs.push(
        Need::refused(format!("`{name}` is homed online"), homed)
            .instead("a server of the organization homes it: move it to Teams first")
            .at(user.at(if is_elsewhere {
                "HostingProvider"
            } else {
                "AccountType"
            })),
    );
    needs
}

/// That an account has the license that a number takes.
pub(in crate::plan) fn licensed(account: ObjectId, state: &State) -> Need {
    let name = state.account_name(account);
    let answer = |class| {
        state
            .user(account)
            .map_or(Answer::Unknown, |user| state.tenant.licensed(user, class))
    };
    let place = state.at(account, "AssignedPlan");
    if state.is_resource_account(account) {
        let own = answer(PlanClass::ResourceAccount);
        let full = answer(PlanClass::PhoneSystem);
        let met = match (own, full) {
            (Answer::Yes, _) | (_, Answer::Yes) => Answer::Yes,
            (Answer::No, Answer::No) => Answer::No,
            _ => Answer::Unknown,
        };
        return Need::refused(
            format!("`{name}` has the Teams Phone Resource Account license"),
            met,
        )
        .instead("it has no license that works")
        .at(place);
    }
    Need::refused(
        format!("`{name}` has a Teams Phone license"),
        answer(PlanClass::PhoneSystem),
    )
    .instead("it has none that works")
    .at(place)
}

fn of_number(
    account: ObjectId,
    number: PhoneNumber,
    number_type: Option<&'static str>,
    state: &State,
) -> Vec<Need> {
    let Some(row) = state.number(number) else {
        // Direct Routing takes numbers that no inventory lists.
        return match number_type {
            Some("DirectRouting") => Vec::new(),
            _ => vec![is_there(number, state)],
        };
    };
    let record = &row.record;
    let mut needs = Vec::new();
    if let (Some(wanted), Some(own)) = (number_type, state.number_type(row)) {
        needs.push(
            Need::refused(format!("`{number}` is of type {wanted}"), wanted == own)
                .instead(format!("it is of type {own}"))
                .at(record.at("NumberType")),
        );
    }
    let is_own = state.tenant.numbers_held_by(account);
    let is_own = is_own.iter().any(|held| held.key == number);
    let (free, instead) = match (state.tenant.is_assigned(row), row.holder) {
        _ if is_own => (Met::Yes, String::new()),
        (Answer::No, _) => (Met::Yes, String::new()),
        (Answer::Unknown, _) => (Met::Unknown, "the export does not tell who has it".into()),
        (Answer::Yes, Holder::ConferenceBridge) => (Met::No, "it is on a conference bridge".into()),
        (Answer::Yes, Holder::SharedCallingPolicy) => (
            Met::No,
            "it is an emergency callback number of Shared Calling".into(),
        ),
        (Answer::Yes, _) => {
            let holder = state.tenant.holder_name(row);
            let holder = holder.unwrap_or_else(|| "somebody".to_owned());
            (Met::No, format!("`{holder}` has it"))
        }
    };
    needs.push(
        Need::refused(format!("`{number}` is free"), free)
            .instead(instead)
            .at(record.at("AssignedPstnTargetId")),
    );
    if let Some(activation) = record.activation.get() {
        let told = state.symbol(Some(activation));
        needs.push(
            Need::refused(
                format!("`{number}` is activated"),
                told.eq_ignore_ascii_case("Activated"),
            )
            .instead(format!("its state is `{told}`"))
            .at(record.at("ActivationState")),
        );
    }
    let blocked = state.symbol(record.blocked.get());
    if !blocked.is_empty() {
        let is_over = record.blocked_until.get().is_some_and(|until| {
            blocked.eq_ignore_ascii_case("BlockedUntil") && state.is_past(until)
        });
        needs.push(
            Need::refused(
                format!("`{number}` may be assigned"),
                is_over || blocked.eq_ignore_ascii_case("NotBlocked"),
            )
            .instead(format!("its assignment is `{blocked}`"))
            .at(record.at("AssignmentBlockedState")),
        );
    }
    if let Some(capabilities) = record.capabilities.value() {
        let (wanted, of) = if state.is_resource_account(account) {
            ("VoiceApplicationAssignment", "resource accounts")
        } else {
            ("UserAssignment", "users")
        };
        let mut told = capabilities.iter().map(|one| state.symbol(Some(*one)));
        needs.push(
            Need::refused(
                format!("`{number}` is a number for {of}"),
                told.any(|one| one.eq_ignore_ascii_case(wanted)),
            )
            .instead(format!("it does not have `{wanted}`"))
            .at(record.at("Capability")),
        );
    }
    needs
}

fn of_license(
    account: ObjectId,
    number: PhoneNumber,
    number_type: Option<&'static str>,
    state: &State,
) -> Vec<Need> {
    let mut needs = vec![licensed(account, state)];
    let row = state.number(number);
    let of_type = number_type.or_else(|| row.and_then(|row| state.number_type(row)));
    if of_type == Some("CallingPlan")
        && !state.is_resource_account(account)
        && let Some(user) = state.user(account)
    {
        let answers = [PlanClass::CallingPlan, PlanClass::PayAsYouGo]
            .map(|class| state.tenant.licensed(user, class));
        let met = if answers.contains(&Answer::Yes) {
            Answer::Yes
        } else if answers.contains(&Answer::Unknown) {
            Answer::Unknown
        } else {
            Answer::No
        };
        let name = state.account_name(account);
        needs.push(
            Need::refused(format!("`{name}` has a Calling Plan"), met)
                .instead("it has none that works")
                .at(user.at("AssignedPlan")),
        );
    }
    needs
}

fn of_country(
    account: ObjectId,
    number: PhoneNumber,
    is_primary: bool,
    state: &State,
) -> Option<Need> {
    let user = state.user(account).filter(|_| is_primary)?;
    let row = state.number(number);
    let country = match row {
        Some(row) => state.tenant.country_of_number(row),
        None => Country::of_number(number),
    }?;
    let name = state.account_name(account);
    let what = format!("the usage location of `{name}` is {country}, the country of `{number}`");
    let (met, instead) = match (
        user.usage_location,
        state.tenant.country(user.usage_location),
    ) {
        (Field::Absent, _) | (Field::Value(_), None) => {
            (Met::Unknown, "the export does not tell it".to_owned())
        }
        (Field::Null, _) => (Met::No, "it has none".to_owned()),
        (_, Some(own)) => (
            own.shares_plans_with(country).into(),
            format!("it is {own}"),
        ),
    };
    // Numbers of Direct Routing may ring anywhere.
    let is_direct = row.is_none_or(|row| state.number_type(row) == Some("DirectRouting"));
    (!is_direct).then(|| {
        Need::refused(what, met)
            .instead(instead)
            .at(user.at("UsageLocation"))
    })
}

fn of_place(
    number: PhoneNumber,
    number_type: Option<&'static str>,
    location: Option<ObjectId>,
    state: &State,
) -> Vec<Need> {
    let mut needs = Vec::new();
    if let Some(location) = location {
        needs.extend(of_location(number, location, state));
    }
    let row = state.number(number);
    let of_type = number_type.or_else(|| row.and_then(|row| state.number_type(row)));
    let country = row.and_then(|row| state.tenant.country_of_number(row));
    let is_american = country.is_some_and(|one| ["US", "CA"].contains(&one.to_string().as_str()));
    if of_type == Some("CallingPlan")
        && is_american
        && location.is_none()
        && let Some(row) = row
    {
        needs.push(
            Need::refused(
                format!("`{number}` has an emergency location"),
                state.tenant.has_location(row),
            )
            .instead("it has none, and the step gives none")
            .at(row.record.at("LocationId")),
        );
    }
    needs
}

/// That an emergency location is there, validated, and in the country of a number.
pub(in crate::plan) fn of_location(
    number: PhoneNumber,
    location: ObjectId,
    state: &State,
) -> Vec<Need> {
    let export = ExportKind::OnlineLisLocation;
    let found = state.tenant.location(location);
    let mut needs = vec![
        Need::there(
            format!("there is an emergency location `{location}`"),
            state.is_there(found.is_some(), export),
        )
        .instead("Get-CsOnlineLisLocation does not list it")
        .at(state.tenant.start_of(export)),
    ];
    let Some(found) = found else {
        return needs;
    };
    let address = found
        .civic_address
        .get()
        .and_then(|id| state.tenant.civic_address(id));
    if let Some(status) = address.and_then(|address| address.validation.get()) {
        let told = state.symbol(Some(status));
        needs.push(
            Need::refused(
                format!("the address of location `{location}` is validated"),
                told.eq_ignore_ascii_case("Validated"),
            )
            .instead(format!("its status is `{told}`"))
            .at(address.map(|address| address.at("ValidationStatus"))),
        );
    }
    let own = state.tenant.country(found.country);
    let of_number = match state.number(number) {
        Some(row) => state.tenant.country_of_number(row),
        None => Country::of_number(number),
    };
    if let (Some(own), Some(of_number)) = (own, of_number) {
        needs.push(
            Need::refused(
                format!("location `{location}` is in {of_number}, the country of `{number}`"),
                own.shares_plans_with(of_number),
            )
            .instead(format!("it is in {own}"))
            .at(found.at("CountryOrRegion")),
        );
    }
    needs
}

fn of_lines(account: ObjectId, number: PhoneNumber, state: &State) -> Vec<Need> {
    let mut needs = Vec::new();
    // Of whom the inventory says that it has the number is told already.
    let told = state.number(number).and_then(|row| row.record.target.get());
    let is_told = |one: &ObjectId| told == Some(AssignmentTarget::Object(*one));
    let others = state.others_with_line(number, account);
    if let Some(other) = others.iter().find(|one| !is_told(one)) {
        let holder = state.account_name(*other);
        needs.push(
            Need::refused(format!("no other account shows `{number}`"), false)
                .instead(format!("it is the line URI of `{holder}`"))
                .at(state.at(*other, "LineUri")),
        );
    }
    if let Some(user) = state.user(account)
        && let Some(line) = user.on_prem_line_uri.get()
    {
        let told = state.tenant.snapshot.texts.text(line).to_owned();
        let name = state.account_name(account);
        let (met, instead) = match state.tenant.takes_over_numbers {
            Answer::Yes => (Met::Yes, String::new()),
            Answer::No => (
                Met::No,
                format!(
                    "it is `{told}`: clear it on the server, or the synchronization brings it back"
                ),
            ),
            Answer::Unknown => (
                Met::No,
                format!("it is `{told}`, and no export tells whether numbers may be taken over"),
            ),
        };
        needs.push(
            Need::refused(
                format!("`{name}` has no line URI in the on-premises directory"),
                met,
            )
            .instead(instead)
            .at(user.at("OnPremLineUri")),
        );
    }
    needs
}

fn needs_of_unassign(account: ObjectId, number: PhoneNumber, state: &State) -> Vec<Need> {
    let name = state.account_name(account);
    let row = state.number(number);
    let by_row = state
        .tenant
        .numbers_held_by(account)
        .iter()
        .any(|held| held.key == number);
    let holds = by_row || state.line(account) == Some(number);
    let met = match row {
        _ if holds => Met::Yes,
        Some(row) if row.holder == Holder::Unknown => Met::Unknown,
        None if !state.is_whole(ExportKind::PhoneNumberAssignment) => Met::Unknown,
        _ => Met::No,
    };
    let holder = row.and_then(|row| state.tenant.holder_name(row));
    let place = match row {
        Some(row) => Some(row.record.at("AssignedPstnTargetId")),
        None => state.at(account, "LineUri"),
    };
    let mut needs = vec![
        Need::refused(format!("`{name}` has `{number}`"), met)
            .instead(match holder {
                Some(holder) => format!("`{holder}` has it"),
                None => "nobody has it".to_owned(),
            })
            .at(place),
    ];
    let Some(row) = row else {
        return needs;
    };
    let source = state.symbol(row.record.source.get());
    if !source.is_empty() {
        needs.push(
            Need::refused(
                format!("`{number}` is managed online"),
                !source.eq_ignore_ascii_case("OnPremises"),
            )
            .instead("the on-premises directory manages it: clear it there")
            .at(row.record.at("NumberSource")),
        );
    }
    if row.holder == Holder::SharedCallingPolicy {
        needs.push(
            Need::refused(format!("no Shared Calling policy uses `{number}`"), false)
                .instead("it is an emergency callback number")
                .at(row.record.at("AssignedPstnTargetId")),
        );
    }
    let shares = state.tenant.shared_calling_policies.iter().find(|policy| {
        policy.account.get() == Some(account) && state.line(account) == Some(number)
    });
    if let Some(policy) = shares {
        let called = state.symbol(policy.name.get().map(|name| name.0));
        needs.push(
            Need::refused(format!("nobody calls with `{number}` of `{name}`"), false)
                .instead(format!("shared calling policy `{called}` does"))
                .at(policy.at("ResourceAccount")),
        );
    }
    needs
}

fn is_primary(category: Option<&str>) -> bool {
    category.is_none_or(|one| one == "Primary")
}

fn category_of(row: &Number, state: &State) -> Option<&'static str> {
    let told = state.symbol(row.record.category.get());
    let mut known = crate::plan::CATEGORIES.into_iter();
    known.find(|one| one.eq_ignore_ascii_case(told))
}

fn type_of(number: PhoneNumber, told: Option<&'static str>, state: &State) -> &'static str {
    let row = state.number(number);
    told.or_else(|| row.and_then(|row| state.number_type(row)))
        .unwrap_or("DirectRouting")
}

fn assign(
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
    if of_type == "OperatorConnect" {
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
fn carrier_policy(number: PhoneNumber, state: &State) -> Value {
    let row = state.number(number);
    let name = row.map_or("", |row| state.symbol(row.record.partner_name.get()));
    let listed = super::orders::operator(&operator_identity(name), state);
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
fn is_elsewhere(account: ObjectId, number: PhoneNumber, state: &State) -> bool {
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
fn categorized(account: ObjectId, state: &State) -> Vec<(PhoneNumber, String)> {
    let texts = &state.tenant.snapshot.texts;
    let listed = state
        .user(account)
        .and_then(|user| user.telephone_numbers.value());
    let numbers = listed.into_iter().flatten().filter_map(|one| {
        let category = one.category.map_or("Primary", |name| texts.symbol(name));
        Some((
            PhoneNumber::parse(texts.text(one.number))?,
            category.to_owned(),
        ))
    });
    numbers.collect()
}

fn listed(numbers: &[(PhoneNumber, String)]) -> Value {
    let numbers = numbers.iter().map(|(number, category)| {
        json!({ "TelephoneNumber": number.to_string(), "AssignmentCategory": category })
    });
    Value::Array(numbers.collect())
}

fn block(
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
        let now = state.tenant.snapshot.now.map(|now| now.moment);
        let until = now.and_then(|now| now.after_days(days));
        if let Some(until) = until {
            edits.push(set(object, "AssignmentBlockedUntil", until.rfc3339()));
        }
    }
}

fn located(number: PhoneNumber, location: Option<ObjectId>, state: &State) -> Vec<Edit> {
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
