//! What is another in the directory when licenses have changed.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Change;
use super::change::{after, classes, states_of};
use super::lost_numbers::{lose, lost_numbers};
use crate::plan::act::Effect;
use crate::plan::state::{State, set};
use crate::snapshot::ObjectId;
use crate::snapshot::cell::AssignedSku;
use crate::snapshot::service_plans::{PlanClass, PlanClasses, all_plans, feature_of};
use crate::tenant::User;
use crate::tenant::edit::Object;

/// Changes the licenses of accounts, each named once.
pub(in crate::plan::areas) fn change(
    changes: &[(ObjectId, Change)],
    state: &State,
    effect: &mut Effect,
) {
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

pub(super) fn change_one(
    account: ObjectId,
    user: &User,
    change: &Change,
    state: &State,
    effect: &mut Effect,
) {
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

pub(super) fn plan(class: PlanClass, status: &str) -> Option<Value> {
    let plan = all_plans().find(|plan| plan.class == class)?;
    Some(json!({
        "ServicePlanId": ObjectId::from_bits(plan.id).to_string(),
        "Capability": plan.name,
        "CapabilityStatus": status,
    }))
}

/// Those of these plans that `AssignedPlan` shows: what only the features tell of stays with them.
pub(super) fn listed_plans(
    user: &User,
    plans: PlanClasses,
    change: &Change,
    state: &State,
) -> PlanClasses {
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
pub(super) fn plan_list(user: &User, plans: PlanClasses) -> Value {
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
pub(super) fn sku_list(user: &User, skus: &[ObjectId], change: &Change, state: &State) -> Value {
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
pub(super) fn listed_skus(
    user: &User,
    skus: &[ObjectId],
    change: &Change,
    state: &State,
) -> Vec<AssignedSku> {
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
pub(super) fn state_list(user: &User, change: &Change, state: &State) -> Value {
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
