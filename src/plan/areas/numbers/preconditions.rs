//! What must hold before a number is given or taken.

use super::type_of;
use crate::plan::act::{Met, Need};
use crate::plan::state::State;
use crate::snapshot::service_plans::PlanClass;
use crate::snapshot::{AssignmentTarget, ExportKind, Field, ObjectId, PhoneNumber, documented};
use crate::tenant::{AccountKind, Answer, Holder, Number};

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
    let mut needs = Vec::from_iter(is_alive(account, state));
    let is_elsewhere = state.tenant.is_hosted_elsewhere(user);
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

/// That an account is not deleted; nothing where it is not.
pub(in crate::plan) fn is_alive(account: ObjectId, state: &State) -> Option<Need> {
    let user = state.user(account)?;
    state.tenant.is_deleted(user).then(|| {
        let name = state.account_name(account);
        Need::refused(format!("`{name}` is a live account"), false)
            .instead("it is deleted")
            .at(state.tenant.deleted_at(user))
    })
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

pub(super) fn of_number(
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
    needs.push(is_activated(row, state));
    needs.push(is_not_blocked(row, state));
    needs.extend(fits(account, row, state));
    needs
}

fn is_activated(row: &Number, state: &State) -> Need {
    let told = state.symbol(row.record.activation.get());
    let met = match documented("ActivationState", told) {
        Some(known) => (known == "Activated").into(),
        None => Met::Unknown,
    };
    Need::refused(format!("`{}` is activated", row.key), met)
        .instead(if told.is_empty() {
            "the export does not tell its state".to_owned()
        } else {
            format!("its state is `{told}`")
        })
        .at(row.record.at("ActivationState"))
}

fn is_not_blocked(row: &Number, state: &State) -> Need {
    let record = &row.record;
    let told = state.symbol(record.blocked.get());
    let until = record.blocked_until.get();
    let until = until.or_else(|| state.blocked_until(row.key));
    let is = |name: &str| told.eq_ignore_ascii_case(name);
    // Blank is what it is without being blocked.
    let is_open = record.blocked.is_null() || is("NotBlocked");
    if is_open && state.was_taken(row.key) && !tells_blocks(state) {
        return Need::refused(format!("`{}` may be assigned", row.key), Met::Unknown)
            .instead(
                "the plan takes it off somebody, and no export tells whether the tenant blocks such a number (Get-CsPhoneNumberTenantConfiguration)",
            )
            .at(record.at("AssignmentBlockedState"));
    }
    let met = match record.blocked {
        _ if is_open => Met::Yes,
        Field::Value(_) if is("BlockedUntil") => {
            until.map_or(Met::Unknown, |end| state.is_past(end).into())
        }
        Field::Value(_) if is("BlockedForever") => Met::No,
        _ => Met::Unknown,
    };
    Need::refused(format!("`{}` may be assigned", row.key), met)
        .instead(if told.is_empty() {
            "the export does not tell whether it is blocked".to_owned()
        } else if met == Met::Unknown && is("BlockedUntil") {
            "the export does not tell until when it is blocked".to_owned()
        } else {
            format!("its assignment is `{told}`")
        })
        .at(record.at("AssignmentBlockedState"))
}

/// Whether it is known what the tenant does by default with a number that is taken off somebody.
fn tells_blocks(state: &State) -> bool {
    let settings = state.tenant.number_config.as_ref();
    settings.is_some_and(|one| !one.blocked_forever.is_absent() && !one.blocked_days.is_absent())
}

/// That a number is made for accounts of that kind.
fn fits(account: ObjectId, row: &Number, state: &State) -> Option<Need> {
    let is_account = state.is_resource_account(account);
    let (wanted, of) = if is_account {
        ("VoiceApplicationAssignment", "resource accounts")
    } else {
        ("UserAssignment", "users")
    };
    let texts = &state.tenant.snapshot.texts;
    let told: Vec<&str> = match row.record.capabilities {
        Field::Value(list) => texts
            .list(list)
            .iter()
            .map(|one| texts.symbol(*one))
            .collect(),
        Field::Null | Field::Absent => Vec::new(),
    };
    let is_blank = told.is_empty() && !row.record.capabilities.is_absent();
    if is_blank && state.number_type(row) == Some("DirectRouting") {
        // Some modules list none for Direct Routing.
        return None;
    }
    let has = |name: &str| told.iter().any(|one| one.eq_ignore_ascii_case(name));
    let is_mobile = has("TeamsPhoneMobile");
    let is_capability = |one: &&str| one.to_ascii_lowercase().ends_with("assignment");
    let met = if has(wanted) || is_mobile && !is_account {
        Met::Yes
    } else if is_mobile || told.iter().any(is_capability) {
        Met::No
    } else {
        Met::Unknown
    };
    Some(
        Need::refused(format!("`{}` is a number for {of}", row.key), met)
            .instead(match (met, told.is_empty()) {
                (Met::No, _) => format!("it does not have `{wanted}`"),
                (_, true) => "the export does not tell what it is for".to_owned(),
                // The bulk list tells classes such as `subscriber`.
                (_, false) => "the export tells classes instead of capabilities".to_owned(),
            })
            .at(row.record.at("Capability")),
    )
}

pub(super) fn of_license(
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

pub(super) fn of_country(
    account: ObjectId,
    number: PhoneNumber,
    category: Option<&str>,
    state: &State,
) -> Option<Need> {
    // An alternate number may be of another country.
    let user = state
        .user(account)
        .filter(|_| category != Some("Alternate"))?;
    // Numbers of Direct Routing may ring anywhere.
    let row = state.number(number)?;
    if state.number_type(row) == Some("DirectRouting") {
        return None;
    }
    let name = state.account_name(account);
    let Some(country) = state.tenant.country_of_number(row) else {
        let what = format!("the usage location of `{name}` is the country of `{number}`");
        return Some(
            Need::refused(what, Met::Unknown)
                .instead("the export does not tell the country of the number")
                .at(row.record.at("IsoCountryCode")),
        );
    };
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
    Some(
        Need::refused(what, met)
            .instead(instead)
            .at(user.at("UsageLocation")),
    )
}

pub(super) fn of_lines(account: ObjectId, number: PhoneNumber, state: &State) -> Vec<Need> {
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
    needs.extend(has_no_line_on_premises(account, state));
    needs
}

/// That the on-premises directory gives an account no line, unless the tenant lets numbers be taken over; nothing where it
/// gives none.
fn has_no_line_on_premises(account: ObjectId, state: &State) -> Option<Need> {
    let user = state.user(account)?;
    let told = match user.on_prem_line_uri {
        Field::Null => return None,
        Field::Absent => None,
        Field::Value(line) => Some(state.tenant.snapshot.texts.text(line)),
    };
    let (met, instead) = match (state.takes_over_numbers(), told) {
        (Answer::Yes, _) => (Met::Yes, String::new()),
        (_, None) => (Met::Unknown, "the export does not tell it".to_owned()),
        (Answer::No, Some(told)) => (
            Met::No,
            format!(
                "it is `{told}`: clear it on the server, or the synchronization brings it back"
            ),
        ),
        (Answer::Unknown, Some(told)) => (
            Met::Unknown,
            format!("it is `{told}`, and no export tells whether numbers may be taken over"),
        ),
    };
    let name = state.account_name(account);
    Some(
        Need::refused(
            format!("`{name}` has no line URI in the on-premises directory"),
            met,
        )
        .instead(instead)
        .at(user.at("OnPremLineUri")),
    )
}

pub(super) fn needs_of_unassign(
    account: ObjectId,
    number: PhoneNumber,
    state: &State,
) -> Vec<Need> {
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
    // Where the plan deletes before it takes off, the deletion tells that the order is wrong.
    let alive = is_alive(account, state).filter(|_| !state.has_deleted(account));
    let mut needs = Vec::from_iter(alive);
    needs.push(
        Need::refused(format!("`{name}` has `{number}`"), met)
            .instead(match holder {
                Some(holder) => format!("`{holder}` has it"),
                None => "nobody has it".to_owned(),
            })
            .at(place),
    );
    let of_type = type_of(number, None, state);
    if of_type.is_none() {
        needs.push(
            Need::refused(format!("the type of `{number}` is told"), Met::Unknown)
                .instead("no export tells it: fill it in")
                .at(row.map(|row| row.record.at("NumberType"))),
        );
    }
    needs.extend(is_managed_online(account, number, of_type, state));
    if let Some(row) = row.filter(|row| row.holder == Holder::SharedCallingPolicy) {
        needs.push(
            Need::refused(format!("no Shared Calling policy uses `{number}`"), false)
                .instead("it is an emergency callback number")
                .at(row.record.at("AssignedPstnTargetId")),
        );
    }
    needs.extend(is_not_shared(account, number, state));
    needs
}

/// That the on-premises directory does not manage a number; nothing where the source is not told of one that it never
/// manages.
fn is_managed_online(
    account: ObjectId,
    number: PhoneNumber,
    of_type: Option<&str>,
    state: &State,
) -> Option<Need> {
    let what = format!("`{number}` is managed online");
    let row = state.number(number);
    let source = state.symbol(row.and_then(|row| row.record.source.get()));
    if !source.is_empty() {
        let is_online = !source.eq_ignore_ascii_case("OnPremises");
        return Some(
            Need::refused(what, is_online)
                .instead("the on-premises directory manages it: clear it there")
                .at(row.map(|row| row.record.at("NumberSource"))),
        );
    }
    if matches!(of_type, Some("OperatorConnect" | "CallingPlan")) {
        return None;
    }
    // Who has no line there has no number from there.
    let line = state.user(account).map(|user| user.on_prem_line_uri);
    let met = match line {
        Some(Field::Null) => Met::Yes,
        _ => Met::Unknown,
    };
    Some(
        Need::refused(what, met)
            .instead("no export tells which directory manages it")
            .at(state.at(account, "OnPremLineUri")),
    )
}

/// That nobody shares the number of a resource account; nothing where that is certain.
fn is_not_shared(account: ObjectId, number: PhoneNumber, state: &State) -> Option<Need> {
    if state.line(account).is_some_and(|line| line != number) {
        return None;
    }
    let name = state.account_name(account);
    let what = format!("nobody calls with `{number}` of `{name}`");
    let policies = &state.tenant.shared_calling_policies;
    let mut own = policies
        .iter()
        .filter(|policy| policy.account.get() == Some(account));
    if let Some(policy) = own.next() {
        let called = state.symbol(policy.name.get().map(|name| name.0));
        return Some(
            Need::refused(what, false)
                .instead(format!("shared calling policy `{called}` does"))
                .at(policy.at("ResourceAccount")),
        );
    }
    let export = ExportKind::TeamsSharedCallingRoutingPolicy;
    let is_told =
        state.is_whole(export) && policies.iter().all(|policy| !policy.account.is_absent());
    (!is_told && state.is_resource_account(account)).then(|| {
        Need::refused(what, Met::Unknown)
            .instead(format!("not all of {} is exported", export.name()))
            .at(state.tenant.start_of(export))
    })
}
