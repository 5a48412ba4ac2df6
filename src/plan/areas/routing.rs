//! Voice routing of Direct Routing: policies, PSTN usages, routes, session border controllers.
//!
//! Sources: <https://learn.microsoft.com/microsoftteams/direct-routing-voice-routing>,
//! <https://learn.microsoft.com/powershell/module/microsoftteams/set-csonlinevoiceroutingpolicy>,
//! <https://learn.microsoft.com/powershell/module/microsoftteams/remove-csonlinevoiceroute>,
//! <https://learn.microsoft.com/powershell/module/microsoftteams/remove-csonlinepstngateway>.

use std::fmt::Write as _;

use serde_json::json;

use crate::finding::powershell::quoted;
use crate::finding::{Place, Severity};
use crate::plan::act::{Act, Effect, Met, Need, Undo};
use crate::plan::state::{State, removed, set};
use crate::snapshot::{ExportKind, Field, ObjectId, PhoneNumber, Symbol};
use crate::tenant::edit::{Edit, Object};
use crate::tenant::{Answer, EffectiveRouting, PolicyKind, User, is_voice_routing};

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

fn policy_is_there(policy: &str, state: &State) -> Need {
    let export = ExportKind::OnlineVoiceRoutingPolicy;
    let name = policy_name(policy, state);
    let found = policy == "global" || state.tenant.voice_routing_policies.find(policy).is_some();
    is_there(
        format!("there is a voice routing policy `{name}`"),
        found,
        export,
        state,
    )
}

fn route_is_there(route: &str, state: &State) -> Need {
    let export = ExportKind::OnlineVoiceRoute;
    let name = route_name(route, state);
    let found = state.tenant.voice_routes.find(route).is_some();
    is_there(
        format!("there is a voice route `{name}`"),
        found,
        export,
        state,
    )
}

fn gateway_is_there(gateway: &str, state: &State) -> Need {
    let export = ExportKind::OnlinePstnGateway;
    let name = gateway_name(gateway, state);
    let found = state.tenant.gateways.find(gateway).is_some();
    let what = format!("there is a session border controller `{name}`");
    is_there(what, found, export, state)
}

/// That something is there that an export lists.
pub(super) fn is_there(what: String, found: bool, export: ExportKind, state: &State) -> Need {
    Need::there(what, state.is_there(found, export))
        .instead(format!("{} does not list it", export.name()))
        .at(state.tenant.start_of(export))
}

/// That the tenant has these PSTN usages; nothing where none is named.
fn has_usages(usages: &[String], state: &State) -> Option<Need> {
    if usages.is_empty() {
        return None;
    }
    let export = ExportKind::OnlinePstnUsage;
    let own = state.tenant.pstn_usages.find("Global");
    let missing: Vec<String> = match own {
        Some(own) => usages
            .iter()
            .filter(|usage| !lists(&own.usages, usage, state))
            .cloned()
            .collect(),
        None => usages.to_vec(),
    };
    let is_told = own.is_some_and(|own| !own.usages.is_absent()) && state.is_whole(export);
    let met = match (missing.is_empty(), is_told) {
        (true, _) => Met::Yes,
        (false, true) => Met::No,
        (false, false) => Met::Unknown,
    };
    let place = match own {
        Some(own) => Some(own.at("Usage")),
        None => state.tenant.start_of(export),
    };
    Some(
        Need::there(
            format!("the tenant has the PSTN usage {}", first_of(usages)),
            met,
        )
        .instead(format!(
            "Get-CsOnlinePstnUsage does not list {}",
            first_of(&missing)
        ))
        .at(place),
    )
}

/// That usages which a policy gets take no call of an Operator Connect number to Direct Routing.
fn leaks_nothing(policy: &str, usages: &[String], state: &State) -> Option<Need> {
    let tenant = &state.tenant;
    let before = tenant.voice_routing_policies.find(policy);
    let added: Vec<&str> = usages
        .iter()
        .map(String::as_str)
        .filter(|usage| !before.is_some_and(|before| lists(&before.usages, usage, state)))
        .collect();
    if added.is_empty() {
        return None;
    }
    let leads = leads_out(&added, state);
    if leads == Answer::No {
        return None;
    }
    let (mut holders, mut place, mut unknown) = (Vec::new(), None, false);
    for number in &tenant.numbers {
        let is_there = state.number(number.key).is_some();
        let on_operator_connect = tenant.is_operator_connect(number);
        if !is_there || on_operator_connect == Answer::No {
            continue;
        }
        let Some(user) = tenant.account_of_holder(number) else {
            continue;
        };
        let applies = match tenant.effective_voice_routing(user, Some(number.key)) {
            EffectiveRouting::Global(_) => Answer::from(policy == "global"),
            EffectiveRouting::Named { policy: named, .. } => {
                let name = named.name.get().map(|name| name.0);
                name.is_some_and(|name| is_named(name, policy, state))
                    .into()
            }
            EffectiveRouting::Dangling(_) => Answer::No,
            EffectiveRouting::Unknown => Answer::Unknown,
        };
        match (applies, on_operator_connect) {
            (Answer::Yes, Answer::Yes) => {
                place.get_or_insert_with(|| user.at("OnlineVoiceRoutingPolicy"));
                holders.push(tenant.user_name(user));
            }
            (Answer::No, _) => {}
            _ => unknown = true,
        }
    }
    let met = match none_of(&holders, unknown) {
        Met::No if leads == Answer::Unknown => Met::Unknown,
        other => other,
    };
    let name = policy_name(policy, state);
    let count = holders.len();
    let how = if policy == "global" {
        "inherited"
    } else {
        "in force"
    };
    Some(
        Need::harm(
            Severity::Error,
            format!("`{name}` takes no call of an Operator Connect number to Direct Routing"),
            met,
        )
        .instead(if count == 0 {
            "the export does not tell to whom it applies".to_owned()
        } else {
            format!(
                "it is {how} for {count} number{} of Operator Connect, of {}",
                if count == 1 { "" } else { "s" },
                first_of(&holders)
            )
        })
        .at(place),
    )
}

/// Whether one of these usages has a route to a session border controller that works.
pub(super) fn leads_out(usages: &[&str], state: &State) -> Answer {
    let mut leads = Answer::No;
    for route in state.tenant.voice_routes.iter() {
        if !usages
            .iter()
            .any(|usage| lists(&route.usages, usage, state))
        {
            continue;
        }
        match state.tenant.has_live_gateway(route) {
            Answer::Yes => return Answer::Yes,
            Answer::Unknown => leads = Answer::Unknown,
            Answer::No => {}
        }
    }
    leads
}

/// Whether it is certain that nobody has a policy.
pub(in crate::plan) fn is_idle(policy: &str, state: &State) -> bool {
    let needs = is_unassigned(policy, state);
    policy != "global" && needs.iter().all(|need| need.met == Met::Yes)
}

/// That no account, no group and no number has a policy.
fn is_unassigned(policy: &str, state: &State) -> [Need; 3] {
    let tenant = &state.tenant;
    let name = policy_name(policy, state);
    let is_it = |symbol: Symbol| is_named(symbol, policy, state);
    let (mut users, mut user_place, mut lost) =
        (Vec::new(), None, !state.is_whole(ExportKind::OnlineUser));
    for (_, user) in accounts(state) {
        let texts = &tenant.snapshot.texts;
        let mut listed = user.effective_policies.value().into_iter().flatten();
        let listed = listed.find(|one| is_voice_routing(texts.symbol(one.policy_type)));
        let by_group = listed.is_some_and(|one| one.by_group);
        let own = user.voice_routing_policy.get().map(|name| name.0);
        lost |= user.voice_routing_policy.is_absent() && listed.is_none();
        let has_it = own.or(listed.map(|one| one.name.0)).is_some_and(is_it);
        // What a group brings is told of the group.
        if has_it && !by_group {
            let property = match own {
                Some(_) => "OnlineVoiceRoutingPolicy",
                None => "EffectivePolicyAssignments",
            };
            user_place.get_or_insert_with(|| user.at(property));
            users.push(tenant.user_name(user));
        }
    }
    let (mut groups, mut group_place) = (Vec::new(), None);
    for row in &tenant.group_policies {
        let of_type = state.symbol(row.policy_type.get());
        if PolicyKind::VoiceRouting.is_named(of_type)
            && row.policy.get().is_some_and(|name| is_it(name.0))
        {
            group_place.get_or_insert_with(|| row.at("PolicyName"));
            groups.extend(row.group.get().map(|id| super::groups::name_of(id, state)));
        }
    }
    let (mut numbers, mut number_place) = (Vec::new(), None);
    for row in &tenant.number_policies {
        let of_type = state.symbol(row.policy_type.get());
        if is_voice_routing(of_type) && row.policy.get().is_some_and(|name| is_it(name.0)) {
            number_place.get_or_insert_with(|| row.at("PolicyName"));
            let text = row
                .number
                .get()
                .map(|text| tenant.snapshot.texts.text(text));
            numbers.extend(text.map(|text| match PhoneNumber::parse(text) {
                Some(number) => number.to_string(),
                None => text.to_owned(),
            }));
        }
    }
    // Not every tenant has such assignments, and the cmdlets write no file then: only lost records leave it open.
    let is_cut = |export| tenant.snapshot.incomplete(export).is_some();
    let need = |who: &str, found: &[String], lost: bool, place: Option<Place>| {
        let met = none_of(found, lost);
        Need::refused(format!("no {who} has the policy `{name}`"), met)
            .instead(match found.len() {
                0 => format!("the export does not tell it of every {who}"),
                1 => format!("{} has it", first_of(found)),
                count => format!("{count} have it: {}", first_of(found)),
            })
            .at(place)
    };
    [
        need("account", &users, lost, user_place),
        need(
            "group",
            &groups,
            is_cut(ExportKind::GroupPolicyAssignment),
            group_place,
        ),
        need(
            "number",
            &numbers,
            is_cut(ExportKind::PhoneNumberPolicyAssignment),
            number_place,
        ),
    ]
}

/// That a route which is in use still leads to a session border controller that works.
fn leads_somewhere(
    route: &str,
    gateways: Option<&[String]>,
    usages: Option<&[String]>,
    state: &State,
) -> Vec<Need> {
    let tenant = &state.tenant;
    let record = tenant.voice_routes.find(route);
    let mut needs = Vec::new();
    if let Some(kept) = usages {
        let is_lost = |usage: &str| !kept.iter().any(|one| one.eq_ignore_ascii_case(usage));
        needs.extend(is_replaced(route, &is_lost, state));
    }
    let Some(gateways) = gateways else {
        return needs;
    };
    let missing: Vec<String> = gateways
        .iter()
        .filter(|name| tenant.gateways.find(name).is_none())
        .cloned()
        .collect();
    let export = ExportKind::OnlinePstnGateway;
    if !gateways.is_empty() {
        needs.push(
            Need::there(
                format!(
                    "there is a session border controller {}",
                    first_of(&gateway_names(gateways, state))
                ),
                state.is_there(missing.is_empty(), export),
            )
            .instead(format!(
                "{} does not list {}",
                export.name(),
                first_of(&missing)
            ))
            .at(tenant.start_of(export)),
        );
    }
    let used: Vec<String> = match usages {
        Some(usages) => usages.to_vec(),
        None => record
            .and_then(|one| told(&one.usages, state))
            .unwrap_or_default(),
    };
    let users: Vec<String> = used
        .iter()
        .flat_map(|usage| Users::of(usage, state).all())
        .collect();
    if users.is_empty() {
        return needs;
    }
    let mut works = Met::No;
    for name in gateways {
        works = match tenant.gateways.find(name).map(|one| one.enabled) {
            Some(Field::Value(true)) => Met::Yes,
            Some(Field::Absent) if works == Met::No => Met::Unknown,
            None if works == Met::No && !state.is_whole(export) => Met::Unknown,
            _ => works,
        };
    }
    let name = route_name(route, state);
    needs.push(
        Need::harm(
            Severity::Error,
            format!("voice route `{name}` leads to a session border controller that works"),
            works,
        )
        .instead(format!(
            "none of them works, and {} uses it",
            first_of(&users)
        ))
        .at(record.map(|one| one.at("OnlinePstnGatewayList"))),
    );
    needs
}

/// That whoever needs a route has another one.
fn is_replaced(route: &str, is_lost: &dyn Fn(&str) -> bool, state: &State) -> Option<Need> {
    let tenant = &state.tenant;
    let record = tenant.voice_routes.find(route)?;
    let name = route_name(route, state);
    let what = format!("every PSTN usage that voice route `{name}` leaves has another route");
    let place = Some(record.at("OnlinePstnUsages"));
    let Some(usages) = told(&record.usages, state) else {
        return Some(
            Need::harm(Severity::Error, what, Met::Unknown)
                .instead("the export does not tell its PSTN usages")
                .at(place),
        );
    };
    let (mut orphans, mut users, mut unknown) = (Vec::new(), Vec::new(), false);
    for usage in usages.into_iter().filter(|usage| is_lost(usage)) {
        let of_usage = Users::of(&usage, state);
        let by = of_usage.all();
        if by.is_empty() {
            continue;
        }
        let mut left = Answer::No;
        for other in tenant.voice_routes.iter() {
            let own = state.symbol(other.name.get().map(|name| name.0));
            if own.to_lowercase() == route || !lists(&other.usages, &usage, state) {
                continue;
            }
            match tenant.has_live_gateway(other) {
                Answer::Yes => left = Answer::Yes,
                Answer::Unknown if left == Answer::No => left = Answer::Unknown,
                _ => {}
            }
        }
        match left {
            Answer::Yes => {}
            Answer::Unknown => unknown = true,
            Answer::No => {
                orphans.push(usage);
                users.extend(by);
            }
        }
    }
    users.dedup();
    Some(
        Need::harm(Severity::Error, what, none_of(&orphans, unknown))
            .instead(if orphans.is_empty() {
                "the export does not tell whether the other routes work".to_owned()
            } else {
                format!(
                    "{} has none that works, and {} uses it",
                    first_of(&orphans),
                    first_of(&users)
                )
            })
            .at(place),
    )
}

/// That no route is left without a session border controller when this one is switched off.
fn is_drained(gateway: &str, state: &State) -> Need {
    let tenant = &state.tenant;
    let texts = &tenant.snapshot.texts;
    let (mut stranded, mut place) = (Vec::new(), None);
    let mut unknown = !state.is_whole(ExportKind::OnlineVoiceRoute);
    for route in tenant.voice_routes.iter() {
        unknown |= route.gateways.is_absent();
        if !lists(&route.gateways, gateway, state) {
            continue;
        }
        let others = route.gateways.value().into_iter().flatten();
        let mut left = Answer::No;
        for other in others.map(|one| texts.symbol(*one)) {
            if other.eq_ignore_ascii_case(gateway) {
                continue;
            }
            match tenant.gateways.find(other).map(|one| one.enabled) {
                Some(Field::Value(true)) => left = Answer::Yes,
                Some(Field::Absent) if left == Answer::No => left = Answer::Unknown,
                None if left == Answer::No && !state.is_whole(ExportKind::OnlinePstnGateway) => {
                    left = Answer::Unknown;
                }
                _ => {}
            }
        }
        match left {
            Answer::Yes => {}
            Answer::Unknown => unknown = true,
            Answer::No => {
                place.get_or_insert_with(|| route.at("OnlinePstnGatewayList"));
                let name = route.name.get().map(|name| name.0);
                stranded.push(state.symbol(name).to_owned());
            }
        }
    }
    let name = gateway_name(gateway, state);
    Need::harm(
        Severity::Error,
        format!("every voice route to `{name}` has another session border controller that works"),
        none_of(&stranded, unknown),
    )
    .instead(match stranded.len() {
        0 => "the export does not tell it of every route".to_owned(),
        1 => format!("{} has none", first_of(&stranded)),
        count => format!("{count} have none: {}", first_of(&stranded)),
    })
    .at(place)
}

/// That no route leads to a session border controller.
fn is_unrouted(gateway: &str, state: &State) -> Need {
    let (mut routes, mut place) = (Vec::new(), None);
    let mut unknown = !state.is_whole(ExportKind::OnlineVoiceRoute);
    for route in state.tenant.voice_routes.iter() {
        unknown |= route.gateways.is_absent();
        if lists(&route.gateways, gateway, state) {
            place.get_or_insert_with(|| route.at("OnlinePstnGatewayList"));
            let name = route.name.get().map(|name| name.0);
            routes.push(state.symbol(name).to_owned());
        }
    }
    let name = gateway_name(gateway, state);
    Need::refused(
        format!("no voice route leads to `{name}`"),
        none_of(&routes, unknown),
    )
    .instead(match routes.len() {
        0 => "the export does not tell it of every route".to_owned(),
        1 => format!("{} does", first_of(&routes)),
        count => format!("{count} do: {}", first_of(&routes)),
    })
    .at(place)
}

/// That nothing uses a PSTN usage.
fn is_unused(usage: &str, state: &State) -> [Need; 3] {
    let users = Users::of(usage, state);
    let need = |by: &str, weight: fn(String, Met) -> Need, found: &[String], lost: bool| {
        weight(format!("no {by} uses `{usage}`"), none_of(found, lost)).instead(match found.len() {
            0 => format!("the export does not tell it of every {by}"),
            1 => format!("{} does", first_of(found)),
            count => format!("{count} do: {}", first_of(found)),
        })
    };
    let refused = |what: String, met: Met| Need::refused(what, met);
    let harm = |what: String, met: Met| Need::harm(Severity::Error, what, met);
    [
        need("routing policy", refused, &users.policies, users.lost[0]).at(users.places[0].clone()),
        need("voice route", refused, &users.routes, users.lost[1]).at(users.places[1].clone()),
        need("emergency number", harm, &users.emergency, users.lost[2]).at(users.places[2].clone()),
    ]
}

/// What uses a PSTN usage: policies, routes, emergency call routing policies.
#[derive(Default)]
struct Users {
    policies: Vec<String>,
    /// Those of `policies` that nobody has.
    idle: Vec<String>,
    routes: Vec<String>,
    emergency: Vec<String>,
    places: [Option<Place>; 3],
    /// Whether more of them may use it.
    lost: [bool; 3],
}

impl Users {
    fn of(usage: &str, state: &State) -> Self {
        let tenant = &state.tenant;
        let texts = &tenant.snapshot.texts;
        let mut users = Self::default();
        let policies = tenant.voice_routing_policies.iter();
        let policies = policies.map(|policy| (policy, true));
        let conferencing = tenant.conferencing.routing_policies.iter();
        for (policy, of_users) in policies.chain(conferencing.map(|policy| (policy, false))) {
            users.lost[0] |= policy.usages.is_absent();
            if lists(&policy.usages, usage, state) {
                let name = state.symbol(policy.name.get().map(|name| name.0));
                if of_users && is_idle(&name.to_lowercase(), state) {
                    users.idle.push(name.to_owned());
                }
                users.policies.push(name.to_owned());
                users.places[0].get_or_insert_with(|| policy.at("OnlinePstnUsages"));
            }
        }
        for route in tenant.voice_routes.iter() {
            users.lost[1] |= route.usages.is_absent();
            if lists(&route.usages, usage, state) {
                let name = route.name.get().map(|name| name.0);
                users.routes.push(state.symbol(name).to_owned());
                users.places[1].get_or_insert_with(|| route.at("OnlinePstnUsages"));
            }
        }
        for policy in tenant.emergency_call_routing_policies.iter() {
            users.lost[2] |= policy.numbers.is_absent();
            let mut numbers = policy.numbers.value().into_iter().flatten();
            let has_it = numbers.any(|one| {
                one.usage
                    .is_some_and(|one| texts.symbol(one).eq_ignore_ascii_case(usage))
            });
            if has_it {
                let name = policy.name.get().map(|name| name.0);
                users.emergency.push(state.symbol(name).to_owned());
                users.places[2].get_or_insert_with(|| policy.at("EmergencyNumbers"));
            }
        }
        users.lost[0] |= !state.is_whole(ExportKind::OnlineVoiceRoutingPolicy);
        users.lost[1] |= !state.is_whole(ExportKind::OnlineVoiceRoute);
        users.lost[2] |= !state.is_whole(ExportKind::TeamsEmergencyCallRoutingPolicy);
        users
    }

    /// Those who call by it: policies that somebody has, and policies of emergency calls.
    fn all(&self) -> Vec<String> {
        let policies = self.policies.iter();
        let policies = policies.filter(|name| !self.idle.contains(name));
        policies.chain(&self.emergency).cloned().collect()
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::act::Weight;
    use crate::source::{SourceId, Span};
    use crate::tenant::testing::tenant;

    const ONE: &str = "00000000-0000-4000-8000-000000000001";
    const TWO: &str = "00000000-0000-4000-8000-000000000002";
    const GROUP: &str = "00000000-0000-4000-8000-0000000000aa";
    const ROUTES: &str = r#"[
        {"Identity":"R1","NumberPattern":".*","Priority":1,"OnlinePstnUsages":["US"],"OnlinePstnGatewayList":["sbc1.contoso.example"]},
        {"Identity":"R2","NumberPattern":".*","Priority":2,"OnlinePstnUsages":["US","FR"],"OnlinePstnGatewayList":["SBC1.contoso.example","sbc2.contoso.example"]}]"#;

    /// Two controllers of which the second one may be off, two routes, a policy of its own and `Global`, an account
    /// with a number of Operator Connect and one without.
    fn state(second: bool, more: &[(&str, &str)]) -> State {
        let gateways = format!(
            r#"[{{"Identity":"sbc1.contoso.example","SipSignalingPort":5061,"Enabled":true}},{{"Identity":"sbc2.contoso.example","SipSignalingPort":5061,"Enabled":{second}}}]"#
        );
        let users = format!(
            r#"[{{"Identity":"{ONE}","UserPrincipalName":"ana@contoso.example","LineUri":"tel:+12065550101","OnlineVoiceRoutingPolicy":null}},{{"Identity":"{TWO}","UserPrincipalName":"bob@contoso.example","LineUri":null,"OnlineVoiceRoutingPolicy":"US-SBC"}}]"#
        );
        let numbers = format!(
            r#"[{{"TelephoneNumber":"+12065550101","NumberType":"OperatorConnect","AssignedPstnTargetId":"{ONE}","PstnAssignmentStatus":"UserAssigned"}}]"#
        );
        let mut files = vec![
            ("Get-CsOnlinePSTNGateway.json", gateways.as_str()),
            ("Get-CsOnlineUser.json", &users),
            ("Get-CsPhoneNumberAssignment.json", &numbers),
            ("Get-CsOnlineVoiceRoute.json", ROUTES),
            (
                "Get-CsOnlinePstnUsage.json",
                r#"[{"Identity":"Global","Usage":["US","FR","Old"]}]"#,
            ),
            (
                "Get-CsOnlineVoiceRoutingPolicy.json",
                r#"[{"Identity":"Global","OnlinePstnUsages":[]},{"Identity":"Tag:US-SBC","OnlinePstnUsages":["US"]},{"Identity":"Tag:Idle","OnlinePstnUsages":[]}]"#,
            ),
            (
                "Get-CsTeamsEmergencyCallRoutingPolicy.json",
                r#"[{"Identity":"Tag:E","EmergencyNumbers":[{"EmergencyDialString":"112","OnlinePSTNUsage":"FR"}],"AllowEnhancedEmergencyServices":true}]"#,
            ),
        ];
        files.extend(more);
        State::new(tenant(&files))
    }

    /// What is not met, each with its weight and what holds instead.
    fn unmet(act: &Act, state: &State) -> Vec<(Weight, Met, String)> {
        let needs = act.needs(state).into_iter();
        needs
            .filter(|need| need.met != Met::Yes)
            .map(|need| {
                (
                    need.weight,
                    need.met,
                    format!("{}: {}", need.what, need.instead),
                )
            })
            .collect()
    }

    fn done(act: &Act, state: &mut State) {
        let effect = act.effect(state);
        let _ = state.apply(effect, Span::start_of(SourceId(0)));
        state.tenant.settle();
    }

    fn policy(name: &str, usages: &[&str]) -> Act {
        Act::SetVoiceRoutingPolicy {
            policy: name.to_owned(),
            usages: usages.iter().map(|one| (*one).to_owned()).collect(),
        }
    }

    #[test]
    fn usages_of_global_take_the_calls_of_operator_connect() {
        let mut state = state(true, &[]);
        let act = policy("global", &["US"]);
        assert_eq!(
            unmet(&act, &state),
            [(
                Weight::Harm(Severity::Error),
                Met::No,
                "`Global` takes no call of an Operator Connect number to Direct Routing: it is inherited for 1 number of Operator Connect, of `ana@contoso.example`".to_owned()
            )]
        );
        assert_eq!(
            act.commands(&state),
            ["Set-CsOnlineVoiceRoutingPolicy -Identity 'Global' -OnlinePstnUsages @{Replace='US'}"]
        );
        assert_eq!(
            act.undo(&state),
            Undo::Commands(vec![
                "Set-CsOnlineVoiceRoutingPolicy -Identity 'Global' -OnlinePstnUsages $null"
                    .to_owned()
            ])
        );
        done(&act, &mut state);
        let global = state.tenant.voice_routing_policies.find("Global");
        let routes = state.tenant.live_routes(global.expect("the policy"));
        assert_eq!(routes.live.len(), 2);
        // It leads there already, so that nothing comes of saying it again.
        assert_eq!(unmet(&act, &state), []);
        // Another policy, a usage without routes, and no usages at all divert nobody.
        assert_eq!(unmet(&policy("us-sbc", &["FR"]), &state), []);
        assert_eq!(unmet(&policy("global", &["Old"]), &state), []);
        assert_eq!(unmet(&policy("global", &[]), &state), []);
        let [(weight, Met::No, text)] = &unmet(&policy("us-sbc", &["Gone"]), &state)[..] else {
            panic!("a usage that is not there");
        };
        assert_eq!(*weight, Weight::Missing);
        assert!(text.ends_with("Get-CsOnlinePstnUsage does not list `Gone`"));
    }

    #[test]
    fn a_policy_that_somebody_has_stays() {
        let groups = format!(
            r#"[{{"GroupId":"{GROUP}","PolicyType":"OnlineVoiceRoutingPolicy","PolicyName":"US-SBC","Rank":1}}]"#
        );
        let numbers = r#"[{"TelephoneNumber":"12065550102","PolicyType":"OnlineVoiceRoutingPolicy","PolicyName":"us-sbc"}]"#;
        let mut state = state(
            true,
            &[
                ("Get-CsGroupPolicyAssignment.json", &groups),
                ("Get-CsPhoneNumberPolicyAssignment.json", numbers),
            ],
        );
        let remove = |name: &str| Act::RemoveVoiceRoutingPolicy {
            policy: name.to_owned(),
        };
        let found = unmet(&remove("us-sbc"), &state);
        let texts: Vec<&str> = found.iter().map(|(.., text)| text.as_str()).collect();
        assert_eq!(
            texts,
            [
                "no account has the policy `US-SBC`: `bob@contoso.example` has it".to_owned(),
                format!("no group has the policy `US-SBC`: `{GROUP}` has it"),
                "no number has the policy `US-SBC`: `+12065550102` has it".to_owned(),
            ]
        );
        assert!(found.iter().all(|(weight, ..)| *weight == Weight::Refused));
        assert_eq!(unmet(&remove("idle"), &state), []);
        assert_eq!(unmet(&remove("global"), &state).len(), 1);
        assert_eq!(unmet(&remove("gone"), &state)[0].0, Weight::Missing);
        done(&remove("idle"), &mut state);
        assert!(state.tenant.voice_routing_policies.find("idle").is_none());
        assert!(matches!(remove("idle").undo(&state), Undo::Impossible(_)));
    }

    #[test]
    fn a_controller_is_drained_where_every_route_has_another_one() {
        let off = Act::SetGateway {
            gateway: "sbc1.contoso.example".to_owned(),
            enabled: false,
        };
        let mut state = state(true, &[]);
        let [(Weight::Harm(Severity::Error), Met::No, text)] = &unmet(&off, &state)[..] else {
            panic!("{:?}", unmet(&off, &state));
        };
        assert!(text.ends_with(": `R1` has none"), "{text}");
        let reroute = Act::SetVoiceRoute {
            route: "r1".to_owned(),
            gateways: Some(vec!["sbc2.contoso.example".to_owned()]),
            usages: None,
        };
        assert_eq!(unmet(&reroute, &state), []);
        assert_eq!(
            reroute.commands(&state),
            [
                "Set-CsOnlineVoiceRoute -Identity 'R1' -OnlinePstnGatewayList @{Replace='sbc2.contoso.example'}"
            ]
        );
        assert_eq!(
            reroute.undo(&state),
            Undo::Commands(vec![
                "Set-CsOnlineVoiceRoute -Identity 'R1' -OnlinePstnGatewayList @{Replace='sbc1.contoso.example'}".to_owned()
            ])
        );
        done(&reroute, &mut state);
        assert_eq!(unmet(&off, &state), []);
        done(&off, &mut state);
        let gateway = state.tenant.gateways.find("sbc1.contoso.example");
        assert_eq!(gateway.expect("it").enabled, Field::Value(false));
        let remove = Act::RemoveGateway {
            gateway: "sbc1.contoso.example".to_owned(),
        };
        let [(Weight::Refused, Met::No, text)] = &unmet(&remove, &state)[..] else {
            panic!("{:?}", unmet(&remove, &state));
        };
        assert!(text.ends_with(": `R2` does"), "{text}");
        // What is off already is no other one.
        let dead = Act::SetVoiceRoute {
            route: "r1".to_owned(),
            gateways: Some(vec!["sbc1.contoso.example".to_owned()]),
            usages: None,
        };
        assert_eq!(unmet(&dead, &state)[0].0, Weight::Harm(Severity::Error));
    }

    #[test]
    fn a_route_goes_where_its_usages_have_another_one() {
        let mut state = state(true, &[]);
        let remove = |name: &str| Act::RemoveVoiceRoute {
            route: name.to_owned(),
        };
        assert_eq!(unmet(&remove("r1"), &state), []);
        let [(Weight::Harm(Severity::Error), Met::No, text)] = &unmet(&remove("r2"), &state)[..]
        else {
            panic!("{:?}", unmet(&remove("r2"), &state));
        };
        assert!(
            text.ends_with(": `FR` has none that works, and `E` uses it"),
            "{text}"
        );
        done(&remove("r1"), &mut state);
        assert_eq!(state.tenant.voice_routes.iter().len(), 1);
        let policy = state.tenant.voice_routing_policies.find("us-sbc");
        assert_eq!(state.tenant.live_routes(policy.expect("it")).live.len(), 1);
    }

    #[test]
    fn a_usage_goes_when_nothing_uses_it() {
        let mut state = state(true, &[]);
        let remove = |usage: &str| Act::RemoveUsage {
            usage: usage.to_owned(),
        };
        let weights: Vec<Weight> = unmet(&remove("US"), &state)
            .into_iter()
            .map(|(weight, ..)| weight)
            .collect();
        assert_eq!(weights, [Weight::Refused, Weight::Refused]);
        let emergency = unmet(&remove("FR"), &state);
        assert_eq!(emergency[1].0, Weight::Harm(Severity::Error));
        assert_eq!(unmet(&remove("Old"), &state), []);
        assert_eq!(unmet(&remove("Gone"), &state)[0].0, Weight::Missing);
        done(&remove("Old"), &mut state);
        let own = state.tenant.pstn_usages.find("Global").expect("it");
        assert_eq!(own.usages.value().map(|all| all.len()), Some(2));
        assert_eq!(
            remove("Old").undo(&state),
            Undo::Commands(vec![
                "Set-CsOnlinePstnUsage -Identity Global -Usage @{Add='Old'}".to_owned()
            ])
        );
    }

    #[test]
    fn what_is_not_exported_is_not_known() {
        let state = State::new(tenant(&[(
            "Get-CsOnlineUser.json",
            &format!(r#"[{{"Identity":"{ONE}","UserPrincipalName":"a","LineUri":null}}]"#),
        )]));
        let remove = Act::RemoveVoiceRoutingPolicy {
            policy: "us".to_owned(),
        };
        let found = unmet(&remove, &state);
        assert!(found.iter().all(|(_, met, _)| *met == Met::Unknown));
        assert_eq!(found.len(), 2, "the policy, and whether the account has it");
    }

    #[test]
    fn messages_name_three_and_count_the_rest() {
        let names: Vec<String> = ["a", "b", "c", "d", "e"].map(str::to_owned).to_vec();
        assert_eq!(first_of(&names), "`a`, `b`, `c` and 2 more");
        assert_eq!(first_of(&names[..2]), "`a`, `b`");
    }
}
