//! What must hold before a number is given or taken.

use crate::plan::act::{Met, Need};
use crate::plan::state::State;
use crate::snapshot::service_plans::PlanClass;
use crate::snapshot::{AssignmentTarget, ExportKind, Field, ObjectId, PhoneNumber};
use crate::tenant::{AccountKind, Answer, Country, Holder};

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
    if let Some(capabilities) = record.capabilities.get() {
        let (wanted, of) = if state.is_resource_account(account) {
            ("VoiceApplicationAssignment", "resource accounts")
        } else {
            ("UserAssignment", "users")
        };
        let capabilities = state.tenant.snapshot.texts.list(capabilities).iter();
        let mut told = capabilities.map(|one| state.symbol(Some(*one)));
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

pub(super) fn of_place(
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
