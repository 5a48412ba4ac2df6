//! Licenses and usage locations of accounts.
//!
//! What an account loses with its license follows the service's own table, by the type of each number.
//!
//! Sources: <https://learn.microsoft.com/microsoftteams/phone-numbers-licensing-changes>,
//! <https://learn.microsoft.com/powershell/module/microsoft.graph.users.actions/set-mguserlicense>.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::numbers;
use crate::finding::Severity;
use crate::finding::powershell::quoted;
use crate::plan::act::{Act, Effect, Met, Need, Undo, Weight};
use crate::plan::state::{State, removed, set};
use crate::snapshot::cell::AssignedSku;
use crate::snapshot::record::LicenseState;
use crate::snapshot::service_plans::{
    PlanClass, PlanClasses, all_plans, feature_of, plan_by_id, sku_by_id,
};
use crate::snapshot::{ExportKind, Field, ObjectId, PhoneNumber};
use crate::tenant::edit::Object;
use crate::tenant::{Answer, OwnSku, User};

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

/// A change of the licenses of an account.
#[derive(Clone, Default, Debug)]
pub(super) struct Change {
    /// SKUs that come.
    add: Vec<ObjectId>,
    /// SKUs that go.
    remove: Vec<ObjectId>,
    /// The group that brings them; `None` for those of the account itself.
    of: Option<ObjectId>,
    /// Plans that the group switches off.
    disabled: Vec<(ObjectId, Vec<ObjectId>)>,
}

impl Change {
    /// What is assigned to an account itself, or taken off it.
    fn own(add: &[ObjectId], remove: &[ObjectId]) -> Self {
        Self {
            add: add.to_vec(),
            remove: remove.to_vec(),
            ..Self::default()
        }
    }

    /// What an account gets that comes to a group: what the group brings to its other members.
    pub(super) fn of_joining(group: ObjectId, state: &State) -> Self {
        let mut change = Self {
            of: Some(group),
            ..Self::default()
        };
        for user in &state.tenant.users {
            for one in states_of(user, state) {
                if one.by_group == Some(group) && !change.add.contains(&one.sku) {
                    change.add.push(one.sku);
                    change.disabled.push((one.sku, one.disabled.to_vec()));
                }
            }
        }
        change
    }

    /// What an account loses that leaves a group.
    pub(super) fn of_leaving(group: ObjectId, account: ObjectId, state: &State) -> Self {
        let states = state
            .user(account)
            .map_or(&[][..], |user| states_of(user, state));
        let mut remove: Vec<ObjectId> = states
            .iter()
            .filter(|one| one.by_group == Some(group) && one.error.is_none())
            .map(|one| one.sku)
            .collect();
        remove.sort_unstable();
        remove.dedup();
        Self {
            remove,
            of: Some(group),
            ..Self::default()
        }
    }

    /// Whether nothing comes and nothing goes.
    pub(super) fn is_empty(&self) -> bool {
        self.add.is_empty() && self.remove.is_empty()
    }

    /// Whether a state of a license is one of those that go.
    fn takes(&self, one: &LicenseState) -> bool {
        self.remove.contains(&one.sku) && one.by_group == self.of
    }

    /// Whether a SKU goes that nothing else brings to the account.
    fn ends(&self, user: &User, sku: ObjectId, state: &State) -> bool {
        let others = states_of(user, state)
            .iter()
            .filter(|one| one.sku == sku && one.error.is_none());
        self.remove.contains(&sku) && others.filter(|one| !self.takes(one)).count() == 0
    }

    /// What a SKU brings that comes.
    fn brought(&self, sku: ObjectId, state: &State) -> Option<PlanClasses> {
        let of_sku = self.disabled.iter().filter(|(id, _)| *id == sku);
        let off = of_sku.flat_map(|(_, plans)| plans).copied();
        Some(state.tenant.plans_of_sku(sku)?.without(classes(off)))
    }
}

/// What tells which SKUs an account has, and from where.
fn states_of<'s>(user: &User, state: &'s State) -> &'s [LicenseState] {
    state.tenant.snapshot.texts.listed(&user.license_states)
}

/// The classes of these plans.
fn classes(plans: impl Iterator<Item = ObjectId>) -> PlanClasses {
    plans
        .filter_map(|plan| plan_by_id(plan.bits()))
        .map(|plan| plan.class)
        .collect()
}

fn needs_of_change(account: ObjectId, change: &Change, state: &State) -> Vec<Need> {
    let Change { add, remove, .. } = change;
    let name = state.account_name(account);
    let Some(user) = state.user(account) else {
        return vec![is_there(account, state)];
    };
    if state.tenant.is_deleted(user) {
        return vec![is_there(account, state)];
    }
    let owned = owned(account, state);
    let mut needs = Vec::new();
    if !add.is_empty() {
        let (met, instead) = match user.usage_location {
            Field::Value(_) => (Met::Yes, ""),
            Field::Null => (Met::No, "it has none: set it first"),
            Field::Absent => (Met::Unknown, "the export does not tell it"),
        };
        needs.push(
            Need::refused(format!("`{name}` has a usage location"), met)
                .instead(instead)
                .at(user.at("UsageLocation")),
        );
    }
    for sku in add {
        let has = owned
            .as_ref()
            .is_some_and(|owned| owned.iter().any(|one| one.id == *sku));
        if !has {
            needs.push(seats(*sku, 1, state));
        }
    }
    for sku in remove {
        needs.push(is_own(user, *sku, owned.as_deref(), state));
    }
    needs.extend(keeps_license(account, change, state));
    needs
}

/// That an account keeps a license for its numbers; nothing where it surely does.
pub(super) fn keeps_license(account: ObjectId, change: &Change, state: &State) -> Option<Need> {
    let user = state.user(account)?;
    let lost = lost_numbers(account, change, state);
    if lost.is_empty() {
        return may_keep(user, account, change, state);
    }
    let numbers: Vec<String> = lost
        .iter()
        .take(3)
        .map(|(number, _)| format!("`{number}`"))
        .collect();
    let more = match lost.len() - numbers.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let otherwise = match change.of {
        None => "add the new license in the same step",
        Some(_) => "see to another license before",
    };
    let name = state.account_name(account);
    Some(
        Need::harm(
            Severity::Error,
            format!("`{name}` keeps a license for its number"),
            false,
        )
        .instead(format!(
            "the service takes {}{more} off with the last license: move or take off the number first, or {otherwise}",
            numbers.join(", ")
        ))
        .at(user.at("AssignedPlan")),
    )
}

/// That the license for the numbers of an account that leaves a group does not come from that group, where no export
/// tells; nothing where one does, and where there is no number to lose.
pub(super) fn is_of_others(group: &str, account: ObjectId, state: &State) -> Option<Need> {
    let user = state.user(account)?;
    let is_licensed = phone_classes(account, state)
        .iter()
        .any(|class| state.tenant.licensed(user, *class) != Answer::No);
    if !user.license_states.is_absent() || !is_licensed || state.has_number(account) == Answer::No {
        return None;
    }
    let instead = format!(
        "no export tells whether group `{group}` brings it (Get-MgUser with LicenseAssignmentStates)"
    );
    Some(may_lose_license(account, user, instead, state))
}

/// That an account keeps a license for its number, where no export tells.
fn may_lose_license(
    account: ObjectId,
    user: &User,
    instead: impl Into<String>,
    state: &State,
) -> Need {
    let name = state.account_name(account);
    let what = format!("`{name}` keeps a license for its number");
    Need::harm(Severity::Error, what, Met::Unknown)
        .instead(instead)
        .at(user.at("AssignedPlan"))
}

/// What gives the numbers back that an account loses with its licenses.
///
/// # Errors
/// Why one of them does not come back.
pub(super) fn given_back(
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

/// What must hold so that a group brings its licenses to accounts that come: they are members either way.
pub(super) fn needs_of_joining(accounts: &[ObjectId], change: &Change, state: &State) -> Vec<Need> {
    if change.add.is_empty() {
        return Vec::new();
    }
    let found = accounts.iter().filter_map(|id| state.user(*id));
    let alive: Vec<&User> = found
        .filter(|user| !state.tenant.is_deleted(user))
        .collect();
    let located = alive.iter().map(|user| {
        let (met, instead) = match user.usage_location {
            Field::Value(_) => (Met::Yes, ""),
            // Source: <https://learn.microsoft.com/entra/fundamentals/licensing-groups>.
            Field::Null => (
                Met::No,
                "it has none, and is licensed for the country of the tenant",
            ),
            Field::Absent => (Met::Unknown, "the export does not tell it"),
        };
        let name = state.tenant.user_name(user);
        Need::harm(
            Severity::Warning,
            format!("`{name}` has a usage location"),
            met,
        )
        .instead(instead)
        .at(user.at("UsageLocation"))
    });
    let mut needs: Vec<Need> = located.collect();
    for sku in &change.add {
        let lacks = |user: &&&User| {
            let owned = state.tenant.skus_of(user).unwrap_or_default();
            owned.iter().all(|one| one.id != *sku)
        };
        let wanted = alive.iter().filter(lacks).count();
        if wanted > 0 {
            needs.push(Need {
                weight: Weight::Harm(Severity::Error),
                ..seats(*sku, i64::try_from(wanted).unwrap_or(i64::MAX), state)
            });
        }
    }
    needs
}

/// That so many units of a SKU are left.
fn seats(sku: ObjectId, wanted: i64, state: &State) -> Need {
    let what = match wanted {
        1 => format!("a unit of `{}` is free", name_of(sku)),
        _ => format!("{wanted} units of `{}` are free", name_of(sku)),
    };
    let export = ExportKind::GraphSubscribedSku;
    let Some(record) = state
        .tenant
        .skus
        .iter()
        .find(|one| one.id.get() == Some(sku))
    else {
        return Need::refused(what, state.is_there(false, export))
            .instead(if state.is_whole(export) {
                "the tenant owns none"
            } else {
                "the licenses of the tenant are not exported (Get-MgSubscribedSku)"
            })
            .at(state.tenant.start_of(export));
    };
    let place = record.at("ConsumedUnits");
    let (Some(used), Some(bought)) = (record.consumed.get(), record.prepaid.get()) else {
        return Need::refused(what, Met::Unknown)
            .instead("the export does not tell how many are in use")
            .at(place);
    };
    let usable = bought.enabled.saturating_add(bought.warning);
    Need::refused(what, used.saturating_add(wanted) <= usable)
        .instead(if used < usable {
            format!("{used} of {usable} are in use: order more")
        } else {
            format!("all {usable} are in use: order more")
        })
        .at(place)
}

/// That an account has a SKU itself, so that it can be taken off it.
fn is_own(user: &User, sku: ObjectId, owned: Option<&[OwnSku]>, state: &State) -> Need {
    let name = state.tenant.user_name(user);
    let what = format!("`{name}` has `{}` assigned to itself", name_of(sku));
    let Some(owned) = owned else {
        // Without the list of SKUs, plans tell only that the license cannot be there.
        let plans = state.tenant.plans_of_sku(sku).unwrap_or_default();
        let lacks = plans
            .iter()
            .any(|class| state.tenant.licensed(user, class) == Answer::No);
        return if lacks {
            Need::refused(what, false).instead("its plans are not there")
        } else {
            Need::refused(what, Met::Unknown)
                .instead("the licenses of the account are not exported (Get-MgUser)")
        }
        .at(user.at("AssignedPlan"));
    };
    let found = owned.iter().find(|one| one.id == sku);
    let (met, instead) = match found {
        None => (Met::No, "it does not have it"),
        Some(one) if one.by.is_empty() || one.by.contains(&None) => (Met::Yes, ""),
        Some(_) => (
            Met::No,
            "a group brings it: change the group in one activity",
        ),
    };
    Need::refused(what, met)
        .instead(instead)
        .at(user.at("AssignedLicenses"))
}

/// That nobody can tell whether an account keeps a license for its number; nothing where it surely does.
fn may_keep(user: &User, account: ObjectId, change: &Change, state: &State) -> Option<Need> {
    let fates = fates(user, account, change, state);
    let instead = if fates.iter().any(|(.., lost)| *lost == Answer::Unknown) {
        "no export tells what each of the licenses brings that come, stay and go"
    } else {
        // Who has no number that is told may have one all the same.
        let may_have = fates.is_empty() && state.has_number(account) == Answer::Unknown;
        let swap = Swap::of(user, change, state);
        let classes = phone_classes(account, state);
        if !may_have || swap.takes_last(user, classes, state) == Answer::No {
            return None;
        }
        "no export tells whether it has one"
    };
    Some(may_lose_license(account, user, instead, state))
}

/// What a change of licenses takes, brings and leaves.
struct Swap {
    /// What the SKUs that go bring.
    gone: PlanClasses,
    /// What the SKUs that stay bring.
    kept: PlanClasses,
    /// What the SKUs that come bring.
    new: PlanClasses,
    /// Whether nobody tells what one of those that go brings.
    is_gone_untold: bool,
    /// The same of those that stay.
    is_kept_untold: bool,
    /// The same of those that come.
    is_new_untold: bool,
}

impl Swap {
    fn of(user: &User, change: &Change, state: &State) -> Self {
        let brought = |id: &ObjectId| state.tenant.plans_of_sku(*id);
        let is_untold = |id: &ObjectId| brought(id).is_none();
        let owned = state.tenant.skus_of(user).unwrap_or_default().into_iter();
        let stays: Vec<OwnSku> = owned
            .filter(|one| !change.ends(user, one.id, state))
            .collect();
        let kept = stays.iter().flat_map(|one| {
            let of_others = change
                .remove
                .contains(&one.id)
                .then(|| brought_otherwise(user, one, change, state));
            let brings = move |class: &PlanClass| match of_others {
                Some(plans) => plans.contains(*class),
                None => one.brings(*class),
            };
            PlanClass::ALL.into_iter().filter(brings)
        });
        let gone = change.remove.iter().filter_map(brought);
        let new = change.add.iter();
        let new = new.filter_map(|sku| change.brought(*sku, state));
        Self {
            gone: gone.fold(PlanClasses::EMPTY, PlanClasses::union),
            kept: kept.collect(),
            new: new.fold(PlanClasses::EMPTY, PlanClasses::union),
            is_gone_untold: change.remove.iter().any(is_untold),
            is_kept_untold: stays.iter().any(|one| is_untold(&one.id)),
            is_new_untold: change.add.iter().any(is_untold),
        }
    }

    /// Whether the last license of some classes goes; unknown where nobody tells what a SKU brings that decides it.
    fn takes_last(&self, user: &User, classes: &[PlanClass], state: &State) -> Answer {
        let among = |plans: PlanClasses| classes.iter().any(|class| plans.contains(*class));
        let is_touched = among(self.gone) || self.is_gone_untold;
        if !is_touched || among(self.kept) || among(self.new) {
            return Answer::No;
        }
        let (mut had, mut stays) = (Answer::No, Answer::No);
        if self.is_new_untold {
            stays = Answer::Unknown;
        }
        for class in classes {
            let has = state.tenant.licensed(user, *class);
            let keeps = match has {
                Answer::No => Answer::No,
                _ if self.gone.contains(*class) && !self.is_kept_untold => Answer::No,
                _ if self.gone.contains(*class) || self.is_gone_untold => Answer::Unknown,
                has => has,
            };
            had = either(had, has);
            stays = either(stays, keeps);
        }
        match (had, stays) {
            (Answer::No, _) | (_, Answer::Yes) => Answer::No,
            (Answer::Yes, Answer::No) => Answer::Yes,
            _ => Answer::Unknown,
        }
    }
}

/// What a SKU still brings that goes from one place and stays from another, such as a group.
fn brought_otherwise(user: &User, one: &OwnSku, change: &Change, state: &State) -> PlanClasses {
    let others = states_of(user, state).iter();
    let others = others.filter(|other| other.sku == one.id && other.error.is_none());
    others
        .filter(|other| !change.takes(other))
        .map(|other| one.plans.without(classes(other.disabled.iter().copied())))
        .fold(PlanClasses::EMPTY, PlanClasses::union)
}

fn either(one: Answer, other: Answer) -> Answer {
    match (one, other) {
        (Answer::Yes, _) | (_, Answer::Yes) => Answer::Yes,
        (Answer::No, Answer::No) => Answer::No,
        _ => Answer::Unknown,
    }
}

/// The classes of plans of which an account needs one for any number.
fn phone_classes(account: ObjectId, state: &State) -> &'static [PlanClass] {
    if state.is_resource_account(account) {
        &[PlanClass::PhoneSystem, PlanClass::ResourceAccount]
    } else {
        &[PlanClass::PhoneSystem]
    }
}

/// The plans of an account after a change: those that work, and all SKUs where they are known.
fn after(user: &User, change: &Change, state: &State) -> (PlanClasses, Option<Vec<ObjectId>>) {
    let owned = state.tenant.skus_of(user);
    let Swap {
        gone, kept, new, ..
    } = Swap::of(user, change, state);
    let current: PlanClasses = PlanClass::ALL
        .into_iter()
        .filter(|class| state.tenant.licensed(user, *class) == Answer::Yes)
        .collect();
    let stays = current
        .iter()
        .filter(|class| !gone.contains(*class) || kept.contains(*class))
        .collect::<PlanClasses>();
    let skus = owned.map(|owned| {
        let kept = owned.into_iter().map(|one| one.id);
        let mut skus: Vec<ObjectId> = kept.filter(|id| !change.ends(user, *id, state)).collect();
        skus.extend(
            change
                .add
                .iter()
                .filter(|id| !skus.contains(id))
                .copied()
                .collect::<Vec<_>>(),
        );
        skus
    });
    (stays.union(new), skus)
}

/// The numbers that an account loses with its licenses, each with its type.
fn lost_numbers(
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
fn fates(
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
        (number, of_type, either(without_phone, without_plan))
    });
    fates.collect()
}

/// Changes the licenses of accounts, each named once.
pub(super) fn change(changes: &[(ObjectId, Change)], state: &State, effect: &mut Effect) {
    let mut units: BTreeMap<ObjectId, i64> = BTreeMap::new();
    for (account, change) in changes {
        let Some(user) = state.user(*account) else {
            continue;
        };
        change_one(*account, user, change, state, effect);
        let owned = state.tenant.skus_of(user);
        let has = |sku: &ObjectId| {
            owned
                .as_ref()
                .is_some_and(|owned| owned.iter().any(|one| one.id == *sku))
        };
        for sku in change.add.iter().filter(|sku| !has(sku)) {
            *units.entry(*sku).or_default() += 1;
        }
        for sku in &change.remove {
            if (owned.is_none() || has(sku)) && change.ends(user, *sku, state) {
                *units.entry(*sku).or_default() -= 1;
            }
        }
    }
    for (sku, by) in units {
        let record = state
            .tenant
            .skus
            .iter()
            .find(|one| one.id.get() == Some(sku));
        if let Some(used) = record.and_then(|one| one.consumed.get()) {
            effect.edits.push(set(
                Object::Sku(sku),
                "ConsumedUnits",
                used.saturating_add(by),
            ));
        }
    }
    for (account, change) in changes {
        for (number, of_type) in lost_numbers(*account, change, state) {
            lose(*account, number, of_type, state, effect);
        }
    }
}

fn change_one(account: ObjectId, user: &User, change: &Change, state: &State, effect: &mut Effect) {
    let (plans, skus) = after(user, change, state);
    let object = Object::User(account);
    let listed = listed_plans(user, plans, change, state);
    effect
        .edits
        .push(set(object.clone(), "AssignedPlan", plan_list(user, listed)));
    if user.features.value().is_some() {
        let features: Vec<&str> = plans.iter().filter_map(feature_of).collect();
        effect
            .edits
            .push(set(object.clone(), "FeatureTypes", json!(features)));
    }
    if let Some(skus) = skus {
        effect.edits.extend([
            set(
                object.clone(),
                "AssignedLicenses",
                sku_list(user, &skus, change, state),
            ),
            set(
                object,
                "LicenseAssignmentStates",
                state_list(user, change, state),
            ),
        ]);
        let all = skus.iter().flat_map(|id| {
            let plans = state.tenant.plans_of_sku(*id).unwrap_or_default();
            plans.iter().collect::<Vec<_>>()
        });
        let brought: PlanClasses = all.filter(|class| plans.contains(*class)).collect();
        let details = Value::Array(
            brought
                .iter()
                .filter_map(|one| plan(one, "Success"))
                .collect(),
        );
        effect
            .licenses
            .push((account, listed_skus(user, &skus, change, state), details));
    }
}

/// What becomes of a number with the last license for it.
fn lose(
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

fn plan(class: PlanClass, status: &str) -> Option<Value> {
    let plan = all_plans().find(|plan| plan.class == class)?;
    Some(json!({
        "ServicePlanId": ObjectId::from_bits(plan.id).to_string(),
        "Capability": plan.name,
        "CapabilityStatus": status,
    }))
}

/// Those of these plans that `AssignedPlan` shows: what only the features tell of stays with them.
fn listed_plans(user: &User, plans: PlanClasses, change: &Change, state: &State) -> PlanClasses {
    let Some(before) = user.plans.value() else {
        return plans;
    };
    let new = change.add.iter();
    let new = new.filter_map(|id| change.brought(*id, state));
    let new = new.fold(PlanClasses::EMPTY, PlanClasses::union);
    let known = [before.working, before.in_grace, before.unsure, new];
    plans
        .iter()
        .filter(|class| known.iter().any(|set| set.contains(*class)))
        .collect()
}

/// `AssignedPlan` for these plans; what fades or was stopped stays as it is.
fn plan_list(user: &User, plans: PlanClasses) -> Value {
    let before = user.plans.get().unwrap_or_default();
    let mut list = Vec::new();
    for class in PlanClass::ALL {
        if plans.contains(class) {
            let fades = before.in_grace.contains(class) && !before.solid.contains(class);
            list.extend(plan(class, if fades { "Warning" } else { "Enabled" }));
        } else if before.stopped.contains(class) {
            list.extend(plan(class, "Suspended"));
        }
    }
    if list.is_empty() && before.any {
        // An account without any plan for telephony still has others.
        list.push(json!({
            "ServicePlanId": "00000000-0000-0000-0000-000000000001",
            "Capability": "Other",
            "CapabilityStatus": "Enabled",
        }));
    }
    Value::Array(list)
}

/// `AssignedLicenses` for these SKUs, with the plans that were switched off in them.
fn sku_list(user: &User, skus: &[ObjectId], change: &Change, state: &State) -> Value {
    let states = states_of(user, state);
    let before = listed_skus(user, skus, change, state);
    let list = before.iter().map(|AssignedSku { id, off: before }| {
        let own = states
            .iter()
            .filter(|one| one.sku == *id && !change.takes(one));
        let mut off: Vec<ObjectId> = own.flat_map(|one| one.disabled.iter()).copied().collect();
        let told = classes(off.iter().copied());
        off.extend(
            before
                .without(told)
                .iter()
                .filter_map(|class| all_plans().find(|plan| plan.class == class))
                .map(|plan| ObjectId::from_bits(plan.id)),
        );
        let off: Vec<String> = off.iter().map(ToString::to_string).collect();
        json!({ "skuId": id.to_string(), "disabledPlans": off })
    });
    Value::Array(list.collect())
}

/// These SKUs, with what was switched off in them: that stays so unless the change is about the SKU.
fn listed_skus(user: &User, skus: &[ObjectId], change: &Change, state: &State) -> Vec<AssignedSku> {
    let before = state.tenant.skus_of(user).unwrap_or_default();
    let rows = skus.iter().map(|id| {
        let is_touched = change.add.contains(id) || change.remove.contains(id);
        let before = before.iter().find(|one| one.id == *id && !is_touched);
        AssignedSku {
            id: *id,
            off: before.map_or(PlanClasses::EMPTY, |one| one.off),
        }
    });
    rows.collect()
}

/// `LicenseAssignmentStates` after a change.
fn state_list(user: &User, change: &Change, state: &State) -> Value {
    let states = states_of(user, state);
    let kept = states.iter().filter(|one| !change.takes(one));
    let mut list: Vec<Value> = kept
        .clone()
        .map(|one| {
            json!({
                "skuId": one.sku.to_string(),
                "assignedByGroup": one.by_group.map(|group| group.to_string()),
                "error": one.error.map(|error| state.symbol(Some(error)).to_owned()),
                "disabledPlans": one.disabled.iter().map(ToString::to_string).collect::<Vec<_>>(),
            })
        })
        .collect();
    let known: Vec<ObjectId> = kept
        .filter(|one| one.by_group == change.of)
        .map(|one| one.sku)
        .collect();
    for sku in change.add.iter().filter(|sku| !known.contains(sku)) {
        let off = change.disabled.iter().filter(|(id, _)| id == sku);
        let off = off.flat_map(|(_, plans)| plans).map(ToString::to_string);
        list.push(json!({
            "skuId": sku.to_string(),
            "assignedByGroup": change.of.map(|group| group.to_string()),
            "error": "None",
            "disabledPlans": off.collect::<Vec<_>>(),
        }));
    }
    Value::Array(list)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tenant::testing::tenant;

    const ID: &str = "00000000-0000-4000-8000-000000000001";

    fn state(features: &str, plan: &str) -> State {
        let users = format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","AccountType":"ResourceAccount","UsageLocation":"US",
                "FeatureTypes":["{features}"],"AssignedPlan":[{{"Capability":"{plan}","CapabilityStatus":"Enabled"}}]}}]"#
        );
        let accounts =
            format!(r#"[{{"ObjectId":"{ID}","UserPrincipalName":"a@contoso.example"}}]"#);
        let skus = r#"[{"skuId":"440eaaa8-b3e0-484b-a8be-62870b9ba70a","skuPartNumber":"PHONESYSTEM_VIRTUALUSER","consumedUnits":2,
            "prepaidUnits":{"enabled":2,"lockedOut":0,"suspended":0,"warning":0}}]"#;
        State::new(tenant(&[
            ("Get-CsOnlineUser.json", users.as_str()),
            ("Get-CsOnlineApplicationInstance.json", &accounts),
            ("subscribedSkus.json", skus),
        ]))
    }

    fn id() -> ObjectId {
        ObjectId::parse(ID).expect("an id")
    }

    #[test]
    fn a_plan_that_only_the_features_tell_of_is_not_written_into_the_plans() {
        let state = state("PhoneSystem", "MCOEV_VIRTUALUSER");
        let sku = state.tenant.resource_account_sku().id;
        let mut effect = Effect::default();
        change(&[(id(), Change::own(&[], &[sku]))], &state, &mut effect);
        let told = effect.edits.iter().find_map(|edit| match &edit.what {
            crate::tenant::edit::What::Set("AssignedPlan", value) => Some(value.to_string()),
            _ => None,
        });
        let told = told.expect("the plans are set");
        assert!(!told.contains("MCOEV"), "{told}");
    }

    /// What becomes of the license for a number when this SKU goes: an account with Teams Phone, these properties, and
    /// such a list of SKUs.
    fn kept(properties: &str, brings: Option<&str>) -> Vec<(Met, String)> {
        const SKU: &str = "12345678-2deb-40f3-8b6d-0334268f47b3";
        let users = format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","AccountType":"User","UsageLocation":"US"{properties},
                "AssignedPlan":[{{"Capability":"MCOEV","CapabilityStatus":"Enabled","ServicePlanId":"4828c8ec-dc2e-4779-b502-87ac9ce28ab7"}}]}}]"#
        );
        let licenses = format!(
            r#"[{{"id":"{ID}","userPrincipalName":"a@contoso.example","accountEnabled":true,"assignedLicenses":[{{"skuId":"{SKU}","disabledPlans":[]}}]}}]"#
        );
        let plans = brings.map_or(String::new(), |plan| {
            format!(
                r#","servicePlans":[{{"servicePlanId":"{plan}","servicePlanName":"X","provisioningStatus":"Success"}}]"#
            )
        });
        let skus = format!(
            r#"[{{"skuId":"{SKU}","skuPartNumber":"NEW","consumedUnits":1,"prepaidUnits":{{"enabled":5}}{plans}}}]"#
        );
        let state = State::new(tenant(&[
            ("Get-CsOnlineUser.json", users.as_str()),
            ("graph-users.json", &licenses),
            ("subscribedSkus.json", &skus),
        ]));
        let act = Act::ChangeLicense {
            account: id(),
            add: Vec::new(),
            remove: vec![ObjectId::parse(SKU).expect("an id")],
        };
        let needs = needs(&act, &state).into_iter();
        let needs = needs.filter(|need| need.what.ends_with("keeps a license for its number"));
        needs.map(|need| (need.met, need.instead)).collect()
    }

    #[test]
    fn a_sku_that_no_table_has_may_be_the_last_license_of_a_number() {
        let line = r#","LineUri":"tel:+12065550102""#;
        let phone = Some("4828c8ec-dc2e-4779-b502-87ac9ce28ab7");
        let lost = kept(line, phone);
        assert_eq!(lost[0].0, Met::No);
        assert!(lost[0].1.contains("`+12065550102`"), "{lost:?}");
        assert_eq!(kept(line, None)[0].0, Met::Unknown);
        let other = Some("00000000-0000-4000-8000-0000000000fd");
        assert_eq!(kept(line, other), []);
        // Whether it has a number that would be lost is not told.
        assert_eq!(kept("", phone)[0].0, Met::Unknown);
        assert_eq!(kept(r#","LineUri":null"#, phone), []);
    }

    const PHONE: &str = "e43b5b99-8dfb-405f-9987-dc307f34bcbd";
    const GROUP: &str = "00000000-0000-4000-8000-0000000000aa";
    const OTHER: &str = "00000000-0000-4000-8000-0000000000bb";
    const MCOEV: &str = "4828c8ec-dc2e-4779-b502-87ac9ce28ab7";

    /// A person with a number of an operator and Teams Phone, which comes from these: a group or the account itself, and a
    /// plan that is switched off there.
    fn licensed_by(from: &[(Option<&str>, Option<&str>)]) -> State {
        let states: Vec<Value> = from
            .iter()
            .map(|(group, off)| {
                let off: Vec<&str> = off.iter().copied().collect();
                json!({"skuId": PHONE, "assignedByGroup": group, "disabledPlans": off, "error": "None"})
            })
            .collect();
        let users = json!([{
            "Identity": ID, "UserPrincipalName": "a@contoso.example", "AccountType": "User", "UsageLocation": "US",
            "LineUri": "tel:+12065550102", "EnterpriseVoiceEnabled": true,
            "AssignedPlan": [{"Capability": "MCOEV", "CapabilityStatus": "Enabled", "ServicePlanId": MCOEV}],
        }]);
        let licenses = json!([{
            "id": ID, "userPrincipalName": "a@contoso.example", "accountEnabled": true,
            "assignedLicenses": [{"skuId": PHONE, "disabledPlans": []}], "licenseAssignmentStates": states,
        }]);
        let numbers = json!([{"TelephoneNumber": "+12065550102", "NumberType": "OperatorConnect",
            "AssignedPstnTargetId": ID, "PstnAssignmentStatus": "UserAssigned"}]);
        let skus = json!([{"skuId": PHONE, "skuPartNumber": "MCOEV", "consumedUnits": 3, "prepaidUnits": {"enabled": 5}}]);
        let members = json!([{"groupId": GROUP, "id": ID}, {"groupId": OTHER, "id": ID}]);
        let texts = [users, licenses, numbers, skus, members].map(|one| one.to_string());
        let names = [
            "Get-CsOnlineUser.json",
            "graph-users.json",
            "Get-CsPhoneNumberAssignment.json",
            "subscribedSkus.json",
            "group-members.json",
        ];
        let files: Vec<(&str, &str)> = names
            .into_iter()
            .zip(texts.iter().map(String::as_str))
            .collect();
        State::new(tenant(&files))
    }

    /// What is asked of the license for the number, whether the account has it behind the act, and how many units are in
    /// use then.
    fn behind(act: &Act, mut state: State) -> (Vec<Met>, bool, Option<i64>) {
        let needs = act.needs(&state).into_iter();
        let needs = needs.filter(|need| need.what.ends_with("keeps a license for its number"));
        let asked = needs.map(|need| need.met).collect();
        let effect = act.effect(&state);
        let _ = state.apply(
            effect,
            crate::source::Span::start_of(crate::source::SourceId(0)),
        );
        state.tenant.settle();
        let user = state.user(id()).expect("the account");
        let keeps = state.tenant.licensed(user, PlanClass::PhoneSystem) == Answer::Yes;
        assert_eq!(keeps, state.line(id()).is_some(), "the number goes with it");
        (asked, keeps, state.tenant.skus[0].consumed.get())
    }

    #[test]
    fn what_a_group_brings_as_well_stays_when_the_own_license_goes() {
        let act = Act::ChangeLicense {
            account: id(),
            add: Vec::new(),
            remove: vec![ObjectId::parse(PHONE).expect("an id")],
        };
        let both = licensed_by(&[(None, None), (Some(GROUP), None)]);
        assert_eq!(behind(&act, both), (vec![], true, Some(3)));
        let own = licensed_by(&[(None, None)]);
        assert_eq!(behind(&act, own), (vec![Met::No], false, Some(2)));
        // The group does not bring the plan that matters.
        let off = licensed_by(&[(None, None), (Some(GROUP), Some(MCOEV))]);
        assert_eq!(behind(&act, off), (vec![Met::No], false, Some(3)));
    }

    #[test]
    fn a_license_that_never_came_or_is_switched_off_keeps_no_number() {
        const E5: &str = "06ebc4ee-1bb5-47dd-8120-11324bc54e06";
        const MINUTES: &str = "0dab259f-bf13-4952-b7f8-7db8f131b28d";
        let state = |more: &[(&str, String)]| {
            let files = [
                (
                    "Get-CsOnlineUser.json",
                    json!([{
                        "Identity": ID, "UserPrincipalName": "a@contoso.example", "AccountType": "User", "UsageLocation": "US",
                        "LineUri": "tel:+12065550102", "EnterpriseVoiceEnabled": true,
                        "AssignedPlan": [{"Capability": "MCOEV", "CapabilityStatus": "Enabled", "ServicePlanId": MCOEV}],
                    }]),
                ),
                (
                    "Get-CsPhoneNumberAssignment.json",
                    json!([{"TelephoneNumber": "+12065550102", "NumberType": "OperatorConnect",
                        "AssignedPstnTargetId": ID, "PstnAssignmentStatus": "UserAssigned"}]),
                ),
                (
                    "subscribedSkus.json",
                    json!([{"skuId": PHONE, "skuPartNumber": "MCOEV", "consumedUnits": 3, "prepaidUnits": {"enabled": 5}}]),
                ),
            ];
            let files = files.map(|(name, text)| (name, text.to_string()));
            let files: Vec<(&str, &str)> = files
                .iter()
                .chain(more)
                .map(|(name, text)| (*name, text.as_str()))
                .collect();
            State::new(tenant(&files))
        };
        let change = |add: &[&str], remove: &[&str]| {
            let ids = |skus: &[&str]| skus.iter().filter_map(|sku| ObjectId::parse(sku)).collect();
            Act::ChangeLicense {
                account: id(),
                add: ids(add),
                remove: ids(remove),
            }
        };
        let failed = json!([{
            "id": ID, "userPrincipalName": "a@contoso.example", "accountEnabled": true,
            "assignedLicenses": [{"skuId": PHONE, "disabledPlans": []}],
            "licenseAssignmentStates": [
                {"skuId": PHONE, "assignedByGroup": null, "disabledPlans": [], "error": "None"},
                {"skuId": E5, "assignedByGroup": GROUP, "disabledPlans": [], "error": "CountViolation"},
            ],
        }]);
        let failed = [("graph-users.json", failed.to_string())];
        let lost = (vec![Met::No], false, Some(2));
        assert_eq!(behind(&change(&[], &[PHONE]), state(&failed)), lost);
        let row = |sku: &str, status: &str| {
            json!({"id": sku, "skuId": sku, "skuPartNumber": "X", "servicePlans":
                [{"servicePlanId": MCOEV, "servicePlanName": "MCOEV", "provisioningStatus": status}]})
        };
        let details = json!({
            "@odata.context": format!("https://graph.microsoft.com/v1.0/$metadata#users('{ID}')/licenseDetails"),
            "value": [row(E5, "Disabled"), row(PHONE, "Success")],
        });
        let details = [("graph-licenseDetails-a.json", details.to_string())];
        assert_eq!(behind(&change(&[], &[PHONE]), state(&details)), lost);
        // A step before does not switch it on.
        let mut later = state(&details);
        let effect = change(&[MINUTES], &[]).effect(&later);
        let _ = later.apply(
            effect,
            crate::source::Span::start_of(crate::source::SourceId(0)),
        );
        later.tenant.settle();
        assert_eq!(behind(&change(&[], &[PHONE]), later), lost);
    }

    #[test]
    fn who_leaves_the_group_of_a_license_keeps_what_comes_from_elsewhere() {
        let act = Act::SetGroupMembers {
            group: ObjectId::parse(GROUP).expect("an id"),
            add: Vec::new(),
            remove: vec![id()],
        };
        let last = licensed_by(&[(Some(GROUP), None)]);
        let undo = act.undo(&last);
        assert_eq!(behind(&act, last), (vec![Met::No], false, Some(2)));
        let Undo::Commands(undo) = undo else {
            panic!("{undo:?}");
        };
        assert!(
            undo[2].starts_with("Set-CsPhoneNumberAssignment"),
            "{undo:?}"
        );
        for other in [None, Some(OTHER)] {
            let both = licensed_by(&[(Some(GROUP), None), (other, None)]);
            assert_eq!(behind(&act, both), (vec![], true, Some(3)), "{other:?}");
        }
        // Another group brings it.
        let elsewhere = licensed_by(&[(Some(OTHER), None)]);
        assert_eq!(behind(&act, elsewhere), (vec![], true, Some(3)));
    }

    #[test]
    fn which_group_brings_a_license_is_not_known_without_its_states() {
        let of = |line: &str, features: &str| {
            let users = format!(
                r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","AccountType":"User","LineUri":{line},"FeatureTypes":["Teams"{features}]}}]"#
            );
            let state = State::new(tenant(&[("Get-CsOnlineUser.json", users.as_str())]));
            is_of_others("Sales", id(), &state).map(|need| need.met)
        };
        let line = r#""tel:+12065550102""#;
        assert_eq!(of(line, r#","PhoneSystem""#), Some(Met::Unknown));
        // Nothing is lost where there is no number, or no license.
        assert_eq!(of(line, ""), None);
        assert_eq!(of("null", r#","PhoneSystem""#), None);
    }

    #[test]
    fn the_license_of_a_resource_account_is_free_when_it_goes() {
        let one = state("VoiceApp", "MCOEV_VIRTUALUSER");
        assert_eq!(
            freed_with(id(), &one),
            [one.tenant.resource_account_sku().id]
        );
        let other = state("Teams", "TEAMS1");
        assert_eq!(freed_with(id(), &other), []);
    }

    #[test]
    fn a_number_that_goes_with_a_license_comes_back_in_its_category() {
        let users = json!([{
            "Identity": ID, "UserPrincipalName": "a@contoso.example", "AccountType": "User", "UsageLocation": "US",
            "LineUri": "tel:+12065550102", "EnterpriseVoiceEnabled": true,
            "AssignedPlan": [{"Capability": "MCOEV", "CapabilityStatus": "Enabled", "ServicePlanId": MCOEV}],
        }]);
        let number = |number: &str, category: &str| {
            json!({"TelephoneNumber": number, "NumberType": "OperatorConnect", "AssignedPstnTargetId": ID,
                "PstnAssignmentStatus": "UserAssigned", "AssignmentCategory": category})
        };
        let numbers = json!([
            number("+12065550102", "Primary"),
            number("+12065550103", "Alternate")
        ]);
        let licenses = json!([{
            "id": ID, "userPrincipalName": "a@contoso.example", "accountEnabled": true,
            "assignedLicenses": [{"skuId": PHONE, "disabledPlans": []}],
        }]);
        let [users, numbers, licenses] = [users, numbers, licenses].map(|one| one.to_string());
        let state = State::new(tenant(&[
            ("Get-CsOnlineUser.json", users.as_str()),
            ("Get-CsPhoneNumberAssignment.json", &numbers),
            ("graph-users.json", &licenses),
        ]));
        let act = Act::ChangeLicense {
            account: id(),
            add: Vec::new(),
            remove: vec![ObjectId::parse(PHONE).expect("an id")],
        };
        let Undo::Commands(back) = act.undo(&state) else {
            panic!("it can be taken back");
        };
        assert_eq!(back.len(), 3, "{back:?}");
        assert!(!back[1].contains("-AssignmentCategory"), "{back:?}");
        assert!(
            back[2].contains("'+12065550103'")
                && back[2].ends_with("-AssignmentCategory Alternate"),
            "{back:?}"
        );
    }

    #[test]
    fn plans_that_were_switched_off_stay_so_when_a_change_is_taken_back() {
        let sku = ObjectId::parse(PHONE).expect("an id");
        let back = |add: &[ObjectId], remove: &[ObjectId], states: Value| {
            let mut licenses = json!([{
                "id": ID, "userPrincipalName": "a@contoso.example", "accountEnabled": true,
                "assignedLicenses": [{"skuId": PHONE, "disabledPlans": [MCOEV]}],
            }]);
            if !states.is_null() {
                licenses[0]["licenseAssignmentStates"] = states;
            }
            let users = json!([{"Identity": ID, "UserPrincipalName": "a@contoso.example", "AccountType": "User", "LineUri": null}]);
            let [users, licenses] = [users, licenses].map(|one| one.to_string());
            let state = State::new(tenant(&[
                ("Get-CsOnlineUser.json", users.as_str()),
                ("graph-users.json", &licenses),
            ]));
            let act = Act::ChangeLicense {
                account: id(),
                add: add.to_vec(),
                remove: remove.to_vec(),
            };
            match act.undo(&state) {
                Undo::Commands(back) => back.concat(),
                other => format!("{other:?}"),
            }
        };
        let states = |off: &[&str]| json!([{"skuId": PHONE, "assignedByGroup": null, "disabledPlans": off, "error": "None"}]);
        let added = |plans: &str| {
            format!(
                "Set-MgUserLicense -UserId 'a@contoso.example' -AddLicenses @(@{{SkuId='{PHONE}'{plans}}}) -RemoveLicenses @()"
            )
        };
        let off = added(&format!("; DisabledPlans=@('{MCOEV}')"));
        assert_eq!(back(&[], &[sku], states(&[MCOEV])), off);
        // What it has already gets all its plans.
        assert_eq!(back(&[sku], &[], states(&[MCOEV])), off);
        assert_eq!(back(&[], &[sku], states(&[])), added(""));
        let untold = added("; DisabledPlans=<plans that were switched off>");
        assert_eq!(back(&[], &[sku], Value::Null), untold);
    }
}
