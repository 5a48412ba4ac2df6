//! Procedures: several acts in their safe order.
//!
//! Where a text of 2021 and the pages of today order the acts differently, the order is that of today. A gate stands
//! where the service, an operator or a synchronization takes its time and the next act relies on it; behind the last act
//! it is left to the plan whether it waits.
//!
//! Source of the orders: <https://learn.microsoft.com/microsoftteams/operator-connect-configure>,
//! <https://learn.microsoft.com/microsoftteams/manage-resource-accounts>, and the pages that each file names.

mod arrivals;
mod deleting_apps;
mod departures;
mod holdings;
mod hybrid;
mod locations;
mod modes;
mod moves;
mod needs;
mod numbers;
mod offboarding;
mod operators;
mod ports;
mod resource_accounts;
mod routing;
mod sequence;
mod shared_calling;
#[cfg(test)]
pub(in crate::plan) mod testing;
#[cfg(test)]
mod tests;
mod users;

use super::Planned;
use super::operands::{Operands, Placed};
use crate::snapshot::ObjectId;

/// The acts of a procedure; none where the step names something that is not there and without which it would do
/// something else.
pub(super) fn acts(step: &mut Operands) -> Vec<Planned> {
    let acts = match step.step.change.name {
        "enable-operator" => operators::enable(step),
        "set-up-operator-connect-users" => arrivals::set_up(step),
        "change-number" => numbers::change(step),
        "remove-number" => Some(numbers::remove(step)),
        "move-to-operator-connect" => moves::to_operator_connect(step),
        "move-to-calling-plan" => moves::to_calling_plan(step),
        "move-to-direct-routing" => moves::to_direct_routing(step),
        "edit-operator-countries" => operators::edit_countries(step),
        "suspend-operator" => operators::suspend(step),
        "remove-operator" => operators::remove(step),
        "release-numbers" => Some(numbers::release(step)),
        "create-resource-account" => resource_accounts::create(step),
        "license-resource-account" => resource_accounts::license(step),
        "give-service-number" => resource_accounts::give_number(step),
        "take-service-number" => resource_accounts::take_number(step),
        "retype-resource-account" => resource_accounts::retype(step),
        "delete-resource-account" => Some(deleting_apps::accounts(step)),
        "switch-to-virtual-user-license" => resource_accounts::switch_license(step),
        "create-hybrid-resource-account" => hybrid::create(step),
        "take-numbers-to-the-cloud" => Some(hybrid::take_over(step)),
        "offboard-user" => Some(offboarding::users(step)),
        "swap-license" => users::swap_license(step),
        "port-out" => Some(ports::out(step)),
        "port-in" => ports::into(step),
        "change-coexistence-mode" => modes::change(step),
        "enable-direct-routing-user" => users::enable_direct_routing(step),
        "remove-routing" => Some(routing::remove(step)),
        "set-global-voice-routing-policy" => routing::set_global(step),
        "replace-emergency-location" => locations::replace(step),
        "change-number-usage" => numbers::change_usage(step),
        "set-up-shared-calling" => shared_calling::set_up(step),
        "leave-shared-calling" => Some(shared_calling::leave(step)),
        "delete-app" => deleting_apps::app(step),
        _ => None,
    };
    acts.unwrap_or_default()
}

/// A field names something that is not there, so that the step would do something else without it.
struct NotThere;

/// What a field names that a step may leave out.
fn optional<'a, T>(
    step: &mut Operands<'a>,
    field: &str,
    find: impl FnOnce(&mut Operands<'a>, &str) -> Option<Placed<T>>,
) -> Result<Option<T>, NotThere> {
    let found = find(step, field).map(|(found, _)| found);
    if found.is_none() && step.step.field(field).is_some() {
        return Err(NotThere);
    }
    Ok(found)
}

/// The license that a step may leave out.
fn optional_license(step: &mut Operands) -> Result<Option<ObjectId>, NotThere> {
    optional(step, "license", |step, field| {
        step.license(field).map(|sku| (sku, 0..0))
    })
}
