//! Shared calling: whose number is shared, and which numbers call back after an emergency call.
//!
//! Sources: <https://learn.microsoft.com/powershell/module/microsoftteams/new-csteamssharedcallingroutingpolicy>,
//! <https://learn.microsoft.com/microsoftteams/shared-calling-plan>,
//! <https://learn.microsoft.com/microsoftteams/shared-calling-setup>.

#[cfg(test)]
mod tests;

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::numbers::{is_there as number_is_there, licensed};
use super::routing::{
    accounts, called, first_of, is_named, is_there, leads_out, none_of, replaced_by,
};
use crate::finding::Severity;
use crate::finding::powershell::quoted;
use crate::plan::act::{Act, Effect, Met, Need, Undo};
use crate::plan::state::{State, set};
use crate::snapshot::record::SharedCallingPolicyRecord;
use crate::snapshot::service_plans::PlanClass;
use crate::snapshot::{AssignmentTarget, ExportKind, Field, ObjectId, PhoneNumber};
use crate::tenant::edit::Object;
use crate::tenant::{Answer, Country, EffectiveRouting, InForce, Merged, Number};

/// Countries in which service numbers of a Calling Plan cannot be shared.
const UNSUPPORTED: [&str; 7] = ["RO", "CZ", "HU", "SG", "NZ", "AU", "JP"];

type Policy = Merged<SharedCallingPolicyRecord>;

pub(in crate::plan) fn needs(act: &Act, state: &State) -> Vec<Need> {
    let Act::SetSharedCalling {
        policy,
        account,
        numbers,
    } = act
    else {
        return Vec::new();
    };
    let before = state.tenant.shared_calling_policies.find(policy);
    let name = name_of(policy, state);
    let mut needs = vec![is_there(
        format!("there is a shared calling policy `{name}`"),
        before.is_some(),
        ExportKind::TeamsSharedCallingRoutingPolicy,
        state,
    )];
    let shared = account.or_else(|| before.and_then(|one| one.account.get()));
    let line = shared.and_then(|account| line_of(account, state));
    let emergency = match numbers {
        Some(numbers) => Some(numbers.clone()),
        None => before.and_then(|one| numbers_of(one, state)),
    };
    if let Some(account) = account {
        needs.extend(of_account(*account, state));
    }
    if let (Some(account), Some(line)) = (shared, line) {
        if account_changes(act) {
            needs.extend(of_line(account, line, state));
            needs.extend(of_emergency_policies(policy, line, state));
        }
        needs.extend(of_toll_free(line, emergency.as_deref(), state));
    }
    for number in numbers.iter().flatten() {
        needs.extend(of_emergency_number(*number, policy, line, state));
    }
    needs
}

pub(in crate::plan) fn effect(act: &Act, state: &State) -> Effect {
    let mut effect = Effect::default();
    let Act::SetSharedCalling {
        policy,
        account,
        numbers,
    } = act
    else {
        return effect;
    };
    let object = Object::SharedCallingPolicy(policy.clone());
    if let Some(account) = account {
        effect
            .edits
            .push(set(object.clone(), "ResourceAccount", account.to_string()));
    }
    let Some(numbers) = numbers else {
        return effect;
    };
    let texts: Vec<String> = numbers.iter().map(ToString::to_string).collect();
    effect
        .edits
        .push(set(object, "EmergencyNumbers", json!(texts)));
    let target = target_of(policy, state);
    for number in numbers {
        let object = Object::Number(*number);
        effect.edits.extend([
            set(object.clone(), "PstnAssignmentStatus", "PolicyAssigned"),
            set(object, "AssignedPstnTargetId", target.clone()),
        ]);
    }
    let before = state.tenant.shared_calling_policies.find(policy);
    let old = before.and_then(|one| numbers_of(one, state));
    for number in old.into_iter().flatten() {
        if numbers.contains(&number) {
            continue;
        }
        // Somebody else's number was never the policy's, whatever its list says.
        if state
            .number(number)
            .is_some_and(|row| is_of(row, policy, state))
        {
            let object = Object::Number(number);
            effect.edits.extend([
                set(object.clone(), "PstnAssignmentStatus", "Unassigned"),
                set(object, "AssignedPstnTargetId", Value::Null),
            ]);
        }
    }
    effect
}

pub(in crate::plan) fn commands(act: &Act, state: &State) -> Vec<String> {
    let Act::SetSharedCalling {
        policy,
        account,
        numbers,
    } = act
    else {
        return Vec::new();
    };
    typed(policy, *account, numbers.as_deref(), state)
        .into_iter()
        .collect()
}

pub(in crate::plan) fn undo(act: &Act, state: &State) -> Undo {
    let Act::SetSharedCalling {
        policy,
        account,
        numbers,
    } = act
    else {
        return Undo::Nothing;
    };
    let before = state.tenant.shared_calling_policies.find(policy);
    let old_account = before.and_then(|one| one.account.get());
    let old_numbers = before.and_then(|one| numbers_of(one, state));
    let is_untold = (account.is_some() && old_account.is_none())
        || (numbers.is_some() && old_numbers.is_none());
    if is_untold {
        return Undo::Impossible("the export does not tell what it was before".to_owned());
    }
    let old_account = account.and(old_account);
    let old_numbers = old_numbers.filter(|_| numbers.is_some());
    match typed(policy, old_account, old_numbers.as_deref(), state) {
        Some(command) => Undo::Commands(vec![command]),
        None => Undo::Nothing,
    }
}

pub(in crate::plan) fn object(act: &Act, state: &State) -> String {
    match act {
        Act::SetSharedCalling { policy, .. } => name_of(policy, state),
        _ => String::new(),
    }
}

pub(in crate::plan) fn relies_on(act: &Act) -> Vec<Object> {
    match act {
        Act::SetSharedCalling {
            policy,
            account,
            numbers,
        } => {
            let mut objects = vec![Object::SharedCallingPolicy(policy.clone())];
            objects.extend(account.map(Object::User));
            objects.extend(numbers.iter().flatten().copied().map(Object::Number));
            objects
        }
        _ => Vec::new(),
    }
}

fn account_changes(act: &Act) -> bool {
    matches!(
        act,
        Act::SetSharedCalling {
            account: Some(_),
            ..
        }
    )
}

fn name_of(policy: &str, state: &State) -> String {
    let found = state.tenant.shared_calling_policies.find(policy);
    let name = found.and_then(|one| one.name.get()).map(|name| name.0);
    called(name, policy, state)
}

/// How the inventory names a policy as the target of a number.
fn target_of(policy: &str, state: &State) -> String {
    let name = name_of(policy, state);
    let tag = if policy == "global" { "" } else { "Tag:" };
    format!("TeamsSharedCallingRoutingPolicy|{tag}{name}")
}

/// The number that an account shares: the one of its line, else the first that it holds.
fn line_of(account: ObjectId, state: &State) -> Option<PhoneNumber> {
    let line = state.line(account);
    line.or_else(|| state.numbers_of(account).into_iter().next())
}

/// The emergency callback numbers of a policy; `None` where the export does not tell.
fn numbers_of(policy: &Policy, state: &State) -> Option<Vec<PhoneNumber>> {
    let texts = &state.tenant.snapshot.texts;
    match &policy.numbers {
        Field::Absent => None,
        Field::Null => Some(Vec::new()),
        Field::Value(list) => Some(
            list.iter()
                .filter_map(|one| PhoneNumber::parse(texts.symbol(*one)))
                .collect(),
        ),
    }
}

/// Whether a number is an emergency callback number of that policy.
fn is_of(row: &Number, policy: &str, state: &State) -> bool {
    match row.record.target {
        Field::Value(AssignmentTarget::SharedCallingPolicy(name)) => {
            is_named(name.0, policy, state)
        }
        _ => false,
    }
}

/// That an account is there and can share a number: SC-003, SC-004.
fn of_account(account: ObjectId, state: &State) -> Vec<Need> {
    let name = state.account_name(account);
    let is_resource_account = state.is_resource_account(account);
    let found = state.user(account).is_some() || is_resource_account;
    let mut needs = vec![is_there(
        format!("`{name}` is in the directory"),
        found,
        ExportKind::OnlineUser,
        state,
    )];
    if !found {
        return needs;
    }
    needs.push(
        Need::refused(
            format!("`{name}` is a resource account"),
            is_resource_account,
        )
        .instead("it is the account of a person")
        .at(state.at(account, "AccountType")),
    );
    if is_resource_account {
        needs.push(licensed(account, state));
    }
    let line = line_of(account, state);
    let met = match line {
        Some(_) => Met::Yes,
        None if state.tenant.may_hold_more()
            || !state.is_whole(ExportKind::PhoneNumberAssignment) =>
        {
            Met::Unknown
        }
        None => Met::No,
    };
    needs.push(
        Need::refused(format!("`{name}` has a number"), met)
            .instead(if met == Met::Unknown {
                "the inventory does not tell it of every number"
            } else {
                "it has none, so that there is none to share"
            })
            .at(state.at(account, "LineUri")),
    );
    if let Some(row) = line.and_then(|line| state.number(line)) {
        needs.push(
            Need::refused(
                format!("`{}` has an emergency location", row.key),
                state.tenant.has_location(row),
            )
            .instead("it has none that the export tells")
            .at(row.record.at("LocationId")),
        );
    }
    needs
}

/// That the number of an account can be shared and has a way out: SC-006, SC-007, SC-009.
fn of_line(account: ObjectId, line: PhoneNumber, state: &State) -> Vec<Need> {
    let tenant = &state.tenant;
    let Some(row) = state.number(line) else {
        return Vec::new();
    };
    let name = state.account_name(account);
    let mut needs = Vec::new();
    match state.number_type(row) {
        Some("CallingPlan") => {
            if let Some(country) = tenant.country_of_number(row) {
                let code = country.to_string();
                needs.push(
                    Need::refused(
                        format!(
                            "`{line}` is of a country in which Calling Plan numbers are shared"
                        ),
                        !UNSUPPORTED.contains(&code.as_str()),
                    )
                    .instead(format!("in {code} they are not"))
                    .at(row.record.at("IsoCountryCode")),
                );
            }
            let paid = state.user(account).map_or(Answer::Unknown, |user| {
                tenant.licensed(user, PlanClass::PayAsYouGo)
            });
            needs.push(
                Need::harm(
                    Severity::Error,
                    format!("`{name}` has a Calling Plan that is paid by the minute"),
                    paid,
                )
                .instead("nobody who shares its number can call out")
                .at(state.at(account, "AssignedPlan")),
            );
        }
        Some("DirectRouting") => {
            let Some(user) = state.user(account) else {
                return needs;
            };
            let routing = tenant.effective_voice_routing(user, Some(line));
            let usages = match &routing {
                EffectiveRouting::Named { policy, .. } | EffectiveRouting::Global(Some(policy)) => {
                    Some(&policy.usages)
                }
                _ => None,
            };
            let leads = match (usages, &routing) {
                (Some(Field::Absent), _) | (None, EffectiveRouting::Unknown) => Answer::Unknown,
                (None, EffectiveRouting::Global(_))
                    if !state.is_whole(ExportKind::OnlineVoiceRoutingPolicy) =>
                {
                    Answer::Unknown
                }
                (usages, _) => {
                    let texts = &tenant.snapshot.texts;
                    let all = usages.and_then(|usages| usages.value());
                    let all = all.into_iter().flatten().map(|one| texts.symbol(*one));
                    leads_out(&all.collect::<Vec<_>>(), state)
                }
            };
            needs.push(
                Need::harm(
                    Severity::Error,
                    format!("`{name}` has a voice routing policy with a route that works"),
                    leads,
                )
                .instead("nobody who shares its number can call out")
                .at(user.at("OnlineVoiceRoutingPolicy")),
            );
        }
        _ => {}
    }
    needs
}

/// That the emergency numbers of those who have the policy fit the type of the shared number: SC-008.
fn of_emergency_policies(policy: &str, line: PhoneNumber, state: &State) -> Option<Need> {
    let tenant = &state.tenant;
    let row = state.number(line)?;
    let of_type = state.number_type(row)?;
    let wants_usage = of_type == "DirectRouting";
    let (mut wrong, mut place) = (Vec::new(), None);
    for (_, user) in accounts(state) {
        let has_it = match tenant.shared_calling_policy(user) {
            InForce::Policy { name, .. } => name.to_lowercase() == policy,
            _ => false,
        };
        if !has_it {
            continue;
        }
        if let InForce::Policy { policy, name, .. } = tenant.emergency_call_routing_policy(user) {
            let mut numbers = policy.numbers.value().into_iter().flatten();
            let is_wrong = numbers.any(|one| one.usage.is_some() != wants_usage);
            if is_wrong && !wrong.iter().any(|one| one == name) {
                place.get_or_insert_with(|| policy.at("EmergencyNumbers"));
                wrong.push(name.to_owned());
            }
        }
    }
    let with = if wants_usage { "with" } else { "without" };
    Some(
        Need::harm(
            Severity::Error,
            format!(
                "those who have `{}` call emergency numbers {with} a PSTN usage, as a number of {of_type} takes it",
                name_of(policy, state)
            ),
            none_of(&wrong, false),
        )
        .instead(format!(
            "emergency call routing policy {} does not fit",
            first_of(&wrong)
        ))
        .at(place),
    )
}

/// That who shares a toll-free number can be called back after an emergency call: SC-011.
fn of_toll_free(
    line: PhoneNumber,
    emergency: Option<&[PhoneNumber]>,
    state: &State,
) -> Option<Need> {
    if state.tenant.is_toll_free(line) != Answer::Yes {
        return None;
    }
    let met = emergency.map_or(Met::Unknown, |numbers| Met::from(!numbers.is_empty()));
    Some(
        Need::harm(
            Severity::Error,
            format!("the policy has emergency numbers, as `{line}` is toll-free"),
            met,
        )
        .instead(match met {
            Met::Unknown => "the export does not tell",
            _ => "it has none",
        }),
    )
}

/// That a number can be an emergency callback number: SC-005.
fn of_emergency_number(
    number: PhoneNumber,
    policy: &str,
    line: Option<PhoneNumber>,
    state: &State,
) -> Vec<Need> {
    let tenant = &state.tenant;
    let account_row = line.and_then(|line| state.number(line));
    let wanted = account_row.and_then(|row| state.number_type(row));
    let mut needs = vec![in_no_other(number, policy, state)];
    let Some(row) = state.number(number) else {
        // Numbers of Direct Routing need not be in the inventory.
        if wanted != Some("DirectRouting") {
            needs.push(number_is_there(number, state));
        }
        return needs;
    };
    let is_free = match tenant.is_assigned(row) {
        _ if is_of(row, policy, state) => Met::Yes,
        Answer::Yes => Met::No,
        Answer::No => Met::Yes,
        Answer::Unknown => Met::Unknown,
    };
    needs.push(
        Need::refused(format!("`{number}` is free"), is_free)
            .instead(match (is_free, tenant.holder_name(row)) {
                (Met::Unknown, _) => "the export does not tell who has it".to_owned(),
                (_, Some(holder)) => format!("`{holder}` has it"),
                (_, None) => "it is in use".to_owned(),
            })
            .at(row.record.at("AssignedPstnTargetId")),
    );
    if let (Some(wanted), Some(own)) = (wanted, state.number_type(row)) {
        needs.push(
            Need::refused(
                format!("`{number}` is of type {wanted}, as the shared number is"),
                wanted == own,
            )
            .instead(format!("it is of type {own}"))
            .at(row.record.at("NumberType")),
        );
    }
    let shared: Option<Country> = account_row.and_then(|row| tenant.country_of_number(row));
    if let (Some(shared), Some(own)) = (shared, tenant.country_of_number(row)) {
        needs.push(
            Need::refused(
                format!("`{number}` is of {shared}, as the shared number is"),
                shared.shares_plans_with(own),
            )
            .instead(format!("it is of {own}"))
            .at(row.record.at("IsoCountryCode")),
        );
    }
    if wanted == Some("CallingPlan")
        && let Field::Value(all) = row.record.capabilities
    {
        let all = state.tenant.snapshot.texts.list(all);
        let is_for_users = all.iter().any(|one| {
            state
                .symbol(Some(*one))
                .eq_ignore_ascii_case("UserAssignment")
        });
        needs.push(
            Need::refused(format!("`{number}` is a number for users"), is_for_users)
                .instead("it is a service number")
                .at(row.record.at("Capability")),
        );
    }
    needs
}

fn in_no_other(number: PhoneNumber, policy: &str, state: &State) -> Need {
    let (mut others, mut place, mut is_untold) = (Vec::new(), None, false);
    for other in state.tenant.shared_calling_policies.iter() {
        let name = other.name.get().map(|name| name.0);
        if name.is_some_and(|name| is_named(name, policy, state)) {
            continue;
        }
        match numbers_of(other, state) {
            None => is_untold = true,
            Some(numbers) if numbers.contains(&number) => {
                place.get_or_insert_with(|| other.at("EmergencyNumbers"));
                others.push(state.symbol(name).to_owned());
            }
            Some(_) => {}
        }
    }
    Need::refused(
        format!("`{number}` is in no other shared calling policy"),
        none_of(&others, is_untold),
    )
    .instead(if others.is_empty() {
        "the export does not tell the numbers of every policy".to_owned()
    } else {
        format!("it is in {}", first_of(&others))
    })
    .at(place)
}

fn typed(
    policy: &str,
    account: Option<ObjectId>,
    numbers: Option<&[PhoneNumber]>,
    state: &State,
) -> Option<String> {
    if account.is_none() && numbers.is_none() {
        return None;
    }
    let mut command = format!(
        "Set-CsTeamsSharedCallingRoutingPolicy -Identity {}",
        quoted(&name_of(policy, state))
    );
    if let Some(account) = account {
        let _ = write!(command, " -ResourceAccount {}", state.id_argument(account));
    }
    if let Some(numbers) = numbers {
        let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
        let _ = write!(command, " -EmergencyNumbers {}", replaced_by(&numbers));
    }
    Some(command)
}
