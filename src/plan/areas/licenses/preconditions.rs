//! What must hold so that licenses can change, and what is lost where it does not.

use super::change::Swap;
use super::lost_numbers::{fates, lost_numbers, phone_classes};
use super::{Change, is_there, name_of, owned};
use crate::finding::Severity;
use crate::plan::act::{Met, Need, Weight};
use crate::plan::state::State;
use crate::snapshot::{ExportKind, Field, ObjectId};
use crate::tenant::{Answer, OwnSku, User};

pub(super) fn needs_of_change(account: ObjectId, change: &Change, state: &State) -> Vec<Need> {
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
pub(in crate::plan::areas) fn keeps_license(
    account: ObjectId,
    change: &Change,
    state: &State,
) -> Option<Need> {
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
pub(in crate::plan::areas) fn is_of_others(
    group: &str,
    account: ObjectId,
    state: &State,
) -> Option<Need> {
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
pub(super) fn may_lose_license(
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

/// What must hold so that a group brings its licenses to accounts that come: they are members either way.
pub(in crate::plan::areas) fn needs_of_joining(
    accounts: &[ObjectId],
    change: &Change,
    state: &State,
) -> Vec<Need> {
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
pub(super) fn seats(sku: ObjectId, wanted: i64, state: &State) -> Need {
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
pub(super) fn is_own(user: &User, sku: ObjectId, owned: Option<&[OwnSku]>, state: &State) -> Need {
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
pub(super) fn may_keep(
    user: &User,
    account: ObjectId,
    change: &Change,
    state: &State,
) -> Option<Need> {
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
