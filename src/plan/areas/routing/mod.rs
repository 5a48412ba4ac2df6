//! Voice routing of Direct Routing: policies, PSTN usages, routes, session border controllers.
//!
//! Sources: <https://learn.microsoft.com/microsoftteams/direct-routing-voice-routing>,
//! <https://learn.microsoft.com/powershell/module/microsoftteams/set-csonlinevoiceroutingpolicy>,
//! <https://learn.microsoft.com/powershell/module/microsoftteams/remove-csonlinevoiceroute>,
//! <https://learn.microsoft.com/powershell/module/microsoftteams/remove-csonlinepstngateway>.

mod dependents;
#[cfg(test)]
mod tests;

use std::fmt::Write as _;

use serde_json::json;

use crate::finding::powershell::quoted;
use crate::plan::act::{Act, Effect, Met, Need, Undo};
use crate::plan::state::{State, removed, set};
use crate::snapshot::{Field, ObjectId, Symbol};
use crate::tenant::User;
use crate::tenant::edit::{Edit, Object};

use dependents::{
    gateway_is_there, has_usages, is_drained, is_replaced, is_unassigned, is_unrouted, is_unused,
    leads_somewhere, leaks_nothing, policy_is_there, route_is_there,
};
pub(in crate::plan) use dependents::{is_idle, is_there, leads_out};

/// How many objects a message names before it counts.
const NAMED: usize = 3;

/// A list of words as exports have it.
type Words = Field<Box<[Symbol]>>;

pub(in crate::plan) fn needs(act: &Act, state: &State) -> Vec<Need> {
    match act {
        Act::SetVoiceRoutingPolicy { policy, usages } => {
            let mut needs = vec![policy_is_there(policy, state)];
            needs.extend(has_usages(usages, state));
            needs.extend(leaks_nothing(policy, usages, state));
            needs
        }
        Act::RemoveVoiceRoutingPolicy { policy } if policy == "global" => vec![
            Need::refused("the voice routing policy is not `Global`", false)
                .instead("`Global` can be changed, but never deleted"),
        ],
        Act::RemoveVoiceRoutingPolicy { policy } => {
            let mut needs = vec![policy_is_there(policy, state)];
            needs.extend(is_unassigned(policy, state));
            needs
        }
        Act::SetVoiceRoute {
            route,
            gateways,
            usages,
        } => {
            let mut needs = vec![route_is_there(route, state)];
            needs.extend(usages.as_ref().and_then(|usages| has_usages(usages, state)));
            needs.extend(leads_somewhere(
                route,
                gateways.as_deref(),
                usages.as_deref(),
                state,
            ));
            needs
        }
        Act::RemoveVoiceRoute { route } => {
            let mut needs = vec![route_is_there(route, state)];
            needs.extend(is_replaced(route, &|_| true, state));
            needs
        }
        Act::SetGateway { gateway, enabled } => {
            let mut needs = vec![gateway_is_there(gateway, state)];
            if !enabled {
                needs.push(is_drained(gateway, state));
            }
            needs
        }
        Act::RemoveGateway { gateway } => {
            vec![
                gateway_is_there(gateway, state),
                is_unrouted(gateway, state),
            ]
        }
        Act::RemoveUsage { usage } => {
            let mut needs: Vec<Need> = has_usages(std::slice::from_ref(usage), state)
                .into_iter()
                .collect();
            needs.extend(is_unused(usage, state));
            needs
        }
        _ => Vec::new(),
    }
}

pub(in crate::plan) fn effect(act: &Act, state: &State) -> Effect {
    let mut effect = Effect::default();
    match act {
        Act::SetVoiceRoutingPolicy { policy, usages } => {
            effect.edits.push(set(
                Object::VoiceRoutingPolicy(policy.clone()),
                "OnlinePstnUsages",
                json!(usages),
            ));
            if policy == "global" && state.tenant.voice_routing_policies.find(policy).is_none() {
                effect.remarks.push(
                    "no export lists the policy `Global`, so that what everybody inherits is not followed"
                        .to_owned(),
                );
            }
        }
        Act::RemoveVoiceRoutingPolicy { policy } => effect
            .edits
            .push(removed(Object::VoiceRoutingPolicy(policy.clone()))),
        Act::SetVoiceRoute {
            route,
            gateways,
            usages,
        } => effect.edits.extend(route_edits(
            route,
            gateways.as_deref(),
            usages.as_deref(),
            state,
        )),
        Act::RemoveVoiceRoute { route } => {
            effect
                .edits
                .push(removed(Object::VoiceRoute(route.clone())));
        }
        Act::SetGateway { gateway, enabled } => {
            effect
                .edits
                .push(set(Object::Gateway(gateway.clone()), "Enabled", *enabled));
        }
        Act::RemoveGateway { gateway } => {
            effect.edits.push(removed(Object::Gateway(gateway.clone())));
            effect.remarks.push(format!(
                "no export tells whether another session border controller or a survivable branch appliance goes through `{}`",
                gateway_name(gateway, state)
            ));
        }
        Act::RemoveUsage { usage } => {
            let own = state.tenant.pstn_usages.find("Global");
            if let Some(own) = own.and_then(|one| one.usages.value()) {
                let texts = &state.tenant.snapshot.texts;
                let left: Vec<&str> = own
                    .iter()
                    .map(|one| texts.symbol(*one))
                    .filter(|one| !one.eq_ignore_ascii_case(usage))
                    .collect();
                effect
                    .edits
                    .push(set(Object::PstnUsages, "Usage", json!(left)));
            }
        }
        _ => {}
    }
    effect
}

pub(in crate::plan) fn commands(act: &Act, state: &State) -> Vec<String> {
    match act {
        Act::SetVoiceRoutingPolicy { policy, usages } => vec![format!(
            "Set-CsOnlineVoiceRoutingPolicy -Identity {} -OnlinePstnUsages {}",
            quoted(&policy_name(policy, state)),
            replaced_by(usages),
        )],
        Act::RemoveVoiceRoutingPolicy { policy } => vec![format!(
            "Remove-CsOnlineVoiceRoutingPolicy -Identity {}",
            quoted(&policy_name(policy, state))
        )],
        Act::SetVoiceRoute {
            route,
            gateways,
            usages,
        } => {
            let gateways = gateways.as_ref().map(|all| gateway_names(all, state));
            route_command(route, gateways.as_deref(), usages.as_deref(), state)
                .into_iter()
                .collect()
        }
        Act::RemoveVoiceRoute { route } => vec![format!(
            "Remove-CsOnlineVoiceRoute -Identity {}",
            quoted(&route_name(route, state))
        )],
        Act::SetGateway { gateway, enabled } => vec![format!(
            "Set-CsOnlinePSTNGateway -Identity {} -Enabled ${enabled}",
            quoted(&gateway_name(gateway, state))
        )],
        Act::RemoveGateway { gateway } => vec![format!(
            "Remove-CsOnlinePSTNGateway -Identity {}",
            quoted(&gateway_name(gateway, state))
        )],
        Act::RemoveUsage { usage } => vec![format!(
            "Set-CsOnlinePstnUsage -Identity Global -Usage @{{Remove={}}}",
            quoted(usage)
        )],
        _ => Vec::new(),
    }
}

pub(in crate::plan) fn undo(act: &Act, state: &State) -> Undo {
    let untold = || Undo::Impossible("the export does not tell what it was before".to_owned());
    match act {
        Act::SetVoiceRoutingPolicy { policy, .. } => {
            let before = state.tenant.voice_routing_policies.find(policy);
            match before.and_then(|one| told(&one.usages, state)) {
                Some(usages) => Undo::Commands(commands(
                    &Act::SetVoiceRoutingPolicy {
                        policy: policy.clone(),
                        usages,
                    },
                    state,
                )),
                None => untold(),
            }
        }
        Act::SetVoiceRoute {
            route,
            gateways,
            usages,
        } => {
            let Some(record) = state.tenant.voice_routes.find(route) else {
                return untold();
            };
            let old_gateways = told(&record.gateways, state);
            let old_usages = told(&record.usages, state);
            let is_untold = (gateways.is_some() && old_gateways.is_none())
                || (usages.is_some() && old_usages.is_none());
            if is_untold {
                return untold();
            }
            let old_gateways = old_gateways.filter(|_| gateways.is_some());
            let old_usages = old_usages.filter(|_| usages.is_some());
            match route_command(route, old_gateways.as_deref(), old_usages.as_deref(), state) {
                Some(command) => Undo::Commands(vec![command]),
                None => Undo::Nothing,
            }
        }
        Act::SetGateway { gateway, enabled } => {
            let before = state.tenant.gateways.find(gateway);
            match before.map(|one| one.enabled) {
                Some(Field::Value(before)) if before == *enabled => Undo::Nothing,
                Some(Field::Value(before)) => Undo::Commands(commands(
                    &Act::SetGateway {
                        gateway: gateway.clone(),
                        enabled: before,
                    },
                    state,
                )),
                _ => untold(),
            }
        }
        Act::RemoveUsage { usage } => Undo::Commands(vec![format!(
            "Set-CsOnlinePstnUsage -Identity Global -Usage @{{Add={}}}",
            quoted(usage)
        )]),
        Act::RemoveVoiceRoutingPolicy { .. } => {
            Undo::Impossible("a deleted voice routing policy does not come back".to_owned())
        }
        Act::RemoveVoiceRoute { .. } => {
            Undo::Impossible("a deleted voice route does not come back".to_owned())
        }
        Act::RemoveGateway { .. } => {
            Undo::Impossible("a deleted session border controller does not come back".to_owned())
        }
        _ => Undo::Nothing,
    }
}

pub(in crate::plan) fn object(act: &Act, state: &State) -> String {
    match act {
        Act::SetVoiceRoutingPolicy { policy, .. } | Act::RemoveVoiceRoutingPolicy { policy } => {
            policy_name(policy, state)
        }
        Act::SetVoiceRoute { route, .. } | Act::RemoveVoiceRoute { route } => {
            route_name(route, state)
        }
        Act::SetGateway { gateway, .. } | Act::RemoveGateway { gateway } => {
            gateway_name(gateway, state)
        }
        Act::RemoveUsage { usage } => usage.clone(),
        _ => String::new(),
    }
}

pub(in crate::plan) fn relies_on(act: &Act) -> Vec<Object> {
    match act {
        Act::SetVoiceRoutingPolicy { policy, .. } | Act::RemoveVoiceRoutingPolicy { policy } => {
            vec![Object::VoiceRoutingPolicy(policy.clone())]
        }
        Act::SetVoiceRoute { route, .. } | Act::RemoveVoiceRoute { route } => {
            vec![Object::VoiceRoute(route.clone())]
        }
        Act::SetGateway { gateway, .. } | Act::RemoveGateway { gateway } => {
            vec![Object::Gateway(gateway.clone())]
        }
        Act::RemoveUsage { .. } => vec![Object::PstnUsages],
        _ => Vec::new(),
    }
}

/// The first names of a list, each in backticks, and how many more there are.
pub(super) fn first_of(names: &[String]) -> String {
    let shown: Vec<String> = names
        .iter()
        .take(NAMED)
        .map(|name| format!("`{name}`"))
        .collect();
    match names.len().saturating_sub(NAMED) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// Whether none of a list is left, where what is not known may hold one more.
pub(super) fn none_of(names: &[String], may_be_more: bool) -> Met {
    match (names.is_empty(), may_be_more) {
        (false, _) => Met::No,
        (true, true) => Met::Unknown,
        (true, false) => Met::Yes,
    }
}

/// The accounts that are there, in order: those that the plan deleted before are not.
pub(super) fn accounts(state: &State) -> impl Iterator<Item = (ObjectId, &User)> {
    state.tenant.users.iter().filter_map(|user| {
        let id = user.id.get()?;
        let is_there = state.user(id).is_some() && !state.tenant.is_deleted(user);
        is_there.then_some((id, user))
    })
}

fn route_edits(
    route: &str,
    gateways: Option<&[String]>,
    usages: Option<&[String]>,
    state: &State,
) -> Vec<Edit> {
    let object = Object::VoiceRoute(route.to_owned());
    let mut edits = Vec::new();
    if let Some(gateways) = gateways {
        let names = gateway_names(gateways, state);
        edits.push(set(object.clone(), "OnlinePstnGatewayList", json!(names)));
    }
    if let Some(usages) = usages {
        edits.push(set(object, "OnlinePstnUsages", json!(usages)));
    }
    edits
}

fn route_command(
    route: &str,
    gateways: Option<&[String]>,
    usages: Option<&[String]>,
    state: &State,
) -> Option<String> {
    if gateways.is_none() && usages.is_none() {
        return None;
    }
    let mut command = format!(
        "Set-CsOnlineVoiceRoute -Identity {}",
        quoted(&route_name(route, state))
    );
    if let Some(gateways) = gateways {
        let _ = write!(command, " -OnlinePstnGatewayList {}", replaced_by(gateways));
    }
    if let Some(usages) = usages {
        let _ = write!(command, " -OnlinePstnUsages {}", replaced_by(usages));
    }
    Some(command)
}

/// A whole list as PowerShell takes it.
pub(super) fn replaced_by(names: &[String]) -> String {
    if names.is_empty() {
        return "$null".to_owned();
    }
    let names: Vec<String> = names.iter().map(|name| quoted(name)).collect();
    format!("@{{Replace={}}}", names.join(","))
}

/// The words of a list; `None` where the export does not tell.
fn told(list: &Words, state: &State) -> Option<Vec<String>> {
    let texts = &state.tenant.snapshot.texts;
    match list {
        Field::Absent => None,
        Field::Null => Some(Vec::new()),
        Field::Value(list) => Some(
            list.iter()
                .map(|one| texts.symbol(*one).to_owned())
                .collect(),
        ),
    }
}

fn lists(list: &Words, name: &str, state: &State) -> bool {
    let texts = &state.tenant.snapshot.texts;
    let mut words = list.value().into_iter().flatten();
    words.any(|one| texts.symbol(*one).eq_ignore_ascii_case(name))
}

/// Whether a policy's name is that identity.
pub(super) fn is_named(name: Symbol, policy: &str, state: &State) -> bool {
    state.tenant.snapshot.texts.symbol(name).to_lowercase() == policy
}

fn policy_name(policy: &str, state: &State) -> String {
    let found = state.tenant.voice_routing_policies.find(policy);
    let name = found.and_then(|one| one.name.get()).map(|name| name.0);
    called(name, policy, state)
}

fn route_name(route: &str, state: &State) -> String {
    let found = state.tenant.voice_routes.find(route);
    let name = found.and_then(|one| one.name.get()).map(|name| name.0);
    called(name, route, state)
}

fn gateway_name(gateway: &str, state: &State) -> String {
    let found = state.tenant.gateways.find(gateway);
    called(found.and_then(|one| one.fqdn.get()), gateway, state)
}

fn gateway_names(gateways: &[String], state: &State) -> Vec<String> {
    let names = gateways.iter().map(|one| gateway_name(one, state));
    names.collect()
}

/// A name as the tenant spells it, else the identity.
pub(super) fn called(name: Option<Symbol>, identity: &str, state: &State) -> String {
    match (name, identity) {
        (Some(_), _) => state.symbol(name).to_owned(),
        (None, "global") => "Global".to_owned(),
        (None, identity) => identity.to_owned(),
    }
}
