//! Licenses and usage locations of accounts.
//!
//! What an account loses with its license follows the service's own table, by the type of each number.
//!
//! Sources: <https://learn.microsoft.com/microsoftteams/phone-numbers-licensing-changes>,
//! <https://learn.microsoft.com/powershell/module/microsoft.graph.users.actions/set-mguserlicense>.

mod change;
mod effects;
mod lost_numbers;
mod preconditions;
#[cfg(test)]
mod tests;

use super::numbers;
use crate::finding::powershell::quoted;
use crate::plan::act::{Act, Effect, Need, Undo};
use crate::plan::state::{State, set};
use crate::snapshot::record::LicenseState;
use crate::snapshot::service_plans::{PlanClass, sku_by_id};
use crate::snapshot::{ExportKind, ObjectId};
use crate::tenant::edit::Object;
use crate::tenant::{Answer, OwnSku};

pub(super) use change::Change;
use change::states_of;
pub(super) use effects::change;
pub(super) use lost_numbers::given_back;
use preconditions::needs_of_change;
pub(super) use preconditions::{is_of_others, keeps_license, needs_of_joining};

pub(in crate::plan) fn needs(act: &Act, state: &State) -> Vec<Need> {
    match act {
        Act::ChangeLicense {
            account,
            add,
            remove,
        } => needs_of_change(*account, &Change::own(add, remove), state),
        Act::SetUsageLocation { account, .. } => vec![is_there(*account, state)],
        _ => Vec::new(),
    }
}

pub(in crate::plan) fn effect(act: &Act, state: &State) -> Effect {
    match act {
        Act::ChangeLicense {
            account,
            add,
            remove,
        } => {
            let mut effect = Effect::default();
            change(&[(*account, Change::own(add, remove))], state, &mut effect);
            effect
        }
        Act::SetUsageLocation { account, country } => Effect {
            edits: vec![set(
                Object::User(*account),
                "UsageLocation",
                country.clone(),
            )],
            ..Effect::default()
        },
        _ => Effect::default(),
    }
}

pub(in crate::plan) fn commands(act: &Act, state: &State) -> Vec<String> {
    match act {
        Act::ChangeLicense {
            account,
            add,
            remove,
        } => vec![command(*account, add, &[], remove, state)],
        Act::SetUsageLocation { account, country } => {
            vec![usage_location(*account, country, state)]
        }
        _ => Vec::new(),
    }
}

pub(in crate::plan) fn undo(act: &Act, state: &State) -> Undo {
    match act {
        Act::ChangeLicense {
            account,
            add,
            remove,
        } => {
            let own = Change::own(add, remove);
            let again = match given_back(*account, &own, state) {
                Ok(again) => again,
                Err(why) => return Undo::Impossible(why),
            };
            // Only what the act brings is taken away again.
            let owned = owned(*account, state);
            let is_new = |sku: &&ObjectId| {
                owned
                    .as_ref()
                    .is_none_or(|owned| owned.iter().all(|one| one.id != **sku))
            };
            let new: Vec<ObjectId> = add.iter().filter(is_new).copied().collect();
            // What was there already has all its plans by the act.
            let off = switched_off(*account, state);
            let is_off = |sku: &&ObjectId| off.iter().any(|(id, _)| id == *sku);
            let again_off = add.iter().filter(|sku| !new.contains(sku)).filter(is_off);
            let back: Vec<ObjectId> = remove.iter().chain(again_off).copied().collect();
            if back.is_empty() && new.is_empty() {
                return Undo::Nothing;
            }
            let mut commands = vec![command(*account, &back, &off, &new, state)];
            commands.extend(again);
            Undo::Commands(commands)
        }
        Act::SetUsageLocation { account, country } => {
            let user = state.user(*account);
            let before = user.map_or("", |user| state.symbol(user.usage_location.get()));
            if before.is_empty() || before.eq_ignore_ascii_case(country) {
                return Undo::Nothing;
            }
            Undo::Commands(vec![usage_location(*account, before, state)])
        }
        _ => Undo::Nothing,
    }
}

pub(in crate::plan) fn object(act: &Act, state: &State) -> String {
    match act {
        Act::ChangeLicense {
            account,
            add,
            remove,
        } => {
            let added = add.iter().map(|sku| format!("+{}", name_of(*sku)));
            let gone = remove.iter().map(|sku| format!("-{}", name_of(*sku)));
            let skus: Vec<String> = added.chain(gone).collect();
            format!("{} {}", state.account_name(*account), skus.join(" "))
        }
        Act::SetUsageLocation { account, country } => {
            format!("{} {country}", state.account_name(*account))
        }
        _ => String::new(),
    }
}

pub(in crate::plan) fn relies_on(act: &Act) -> Vec<Object> {
    match act {
        Act::ChangeLicense { account, .. } | Act::SetUsageLocation { account, .. } => {
            vec![Object::ResourceAccount(*account)]
        }
        _ => Vec::new(),
    }
}

/// The name of a SKU as administrators write it.
pub(in crate::plan) fn name_of(sku: ObjectId) -> String {
    sku_by_id(sku.bits()).map_or_else(|| sku.to_string(), |sku| sku.part_number.to_owned())
}

/// That an account is in the directory, and not deleted.
pub(in crate::plan) fn is_there(account: ObjectId, state: &State) -> Need {
    if let Some(deleted) = numbers::is_alive(account, state) {
        return deleted;
    }
    let name = state.account_name(account);
    let found = state.user(account).is_some();
    Need::there(
        format!("`{name}` is in the directory"),
        state.is_there(found, ExportKind::OnlineUser),
    )
    .instead("Get-CsOnlineUser does not list it")
}

/// The command for a change; `off` are the plans that are switched off in what comes.
fn command(
    account: ObjectId,
    add: &[ObjectId],
    off: &[(ObjectId, String)],
    remove: &[ObjectId],
    state: &State,
) -> String {
    let added: Vec<String> = add
        .iter()
        .map(|sku| {
            let off = off.iter().find(|(id, _)| id == sku);
            let off = off.map_or(String::new(), |(_, plans)| {
                format!("; DisabledPlans={plans}")
            });
            format!("@{{SkuId={}{off}}}", quoted(&sku.to_string()))
        })
        .collect();
    let gone: Vec<String> = remove.iter().map(|sku| quoted(&sku.to_string())).collect();
    format!(
        "Set-MgUserLicense -UserId {} -AddLicenses @({}) -RemoveLicenses @({})",
        state.account_argument(account),
        added.join(", "),
        gone.join(", ")
    )
}

/// The SKUs of an account itself in which plans are switched off, and these plans as an argument of PowerShell: something to
/// fill in where no export names each of them.
fn switched_off(account: ObjectId, state: &State) -> Vec<(ObjectId, String)> {
    let Some(user) = state.user(account) else {
        return Vec::new();
    };
    let states = states_of(user, state).iter();
    let own: Vec<&LicenseState> = states.filter(|one| one.by_group.is_none()).collect();
    let owned = owned(account, state).unwrap_or_default().into_iter();
    let off = owned.filter_map(|sku| {
        let named = own.iter().filter(|one| one.sku == sku.id);
        let named = named.flat_map(|one| one.disabled.iter());
        let mut plans: Vec<String> = named.map(|plan| quoted(&plan.to_string())).collect();
        plans.dedup();
        if !plans.is_empty() {
            return Some((sku.id, format!("@({})", plans.join(", "))));
        }
        let is_told = !user.license_states.is_absent();
        (!is_told && !sku.off.is_empty())
            .then(|| (sku.id, "<plans that were switched off>".to_owned()))
    });
    off.collect()
}

fn usage_location(account: ObjectId, country: &str, state: &State) -> String {
    format!(
        "Update-MgUser -UserId {} -UsageLocation {}",
        state.account_argument(account),
        quoted(country)
    )
}

fn owned(account: ObjectId, state: &State) -> Option<Vec<OwnSku>> {
    state.tenant.skus_of(state.user(account)?)
}

/// The SKUs of which a unit is free when an account is gone. Where no export tells what it has, its license of resource
/// accounts does, as long as the tenant owns only one that brings it.
pub(in crate::plan) fn freed_with(account: ObjectId, state: &State) -> Vec<ObjectId> {
    if let Some(owned) = owned(account, state) {
        return owned.into_iter().map(|one| one.id).collect();
    }
    let class = PlanClass::ResourceAccount;
    let has_it = state
        .user(account)
        .is_some_and(|user| state.tenant.licensed(user, class) == Answer::Yes);
    let skus = state.tenant.skus.iter().filter_map(|one| one.id.get());
    let brings = |id: &ObjectId| {
        let plans = state.tenant.plans_of_sku(*id);
        plans.is_some_and(|plans| plans.contains(class))
    };
    let skus: Vec<ObjectId> = skus.filter(brings).collect();
    if has_it && state.is_resource_account(account) && skus.len() == 1 {
        skus
    } else {
        Vec::new()
    }
}
