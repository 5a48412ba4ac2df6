//! What depends on a route, a usage, a gateway or a policy, and so stands against its change.

use super::{
    accounts, first_of, gateway_name, gateway_names, is_named, lists, none_of, policy_name,
    route_name, told,
};
use crate::finding::{Place, Severity};
use crate::plan::act::{Met, Need};
use crate::plan::state::State;
use crate::snapshot::{ExportKind, Field, PhoneNumber, Symbol};
use crate::tenant::{Answer, EffectiveRouting, PolicyKind, is_voice_routing};

pub(in crate::plan) fn policy_is_there(policy: &str, state: &State) -> Need {
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

pub(in crate::plan) fn route_is_there(route: &str, state: &State) -> Need {
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

pub(in crate::plan) fn gateway_is_there(gateway: &str, state: &State) -> Need {
    let export = ExportKind::OnlinePstnGateway;
    let name = gateway_name(gateway, state);
    let found = state.tenant.gateways.find(gateway).is_some();
    let what = format!("there is a session border controller `{name}`");
    is_there(what, found, export, state)
}

/// That something is there that an export lists.
pub(in crate::plan) fn is_there(
    what: String,
    found: bool,
    export: ExportKind,
    state: &State,
) -> Need {
    Need::there(what, state.is_there(found, export))
        .instead(format!("{} does not list it", export.name()))
        .at(state.tenant.start_of(export))
}

/// That the tenant has these PSTN usages; nothing where none is named.
pub(in crate::plan) fn has_usages(usages: &[String], state: &State) -> Option<Need> {
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
pub(in crate::plan) fn leaks_nothing(
    policy: &str,
    usages: &[String],
    state: &State,
) -> Option<Need> {
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
                "it is {how} for {count} number{} of Operator Connect, of {}{}",
                if count == 1 { "" } else { "s" },
                first_of(&holders),
                if met == Met::Unknown {
                    ", and no export tells whether its usages lead to a session border controller that works"
                } else {
                    ""
                }
            )
        })
        .at(place),
    )
}

/// Whether one of these usages has a route to a session border controller that works.
pub(in crate::plan) fn leads_out(usages: &[&str], state: &State) -> Answer {
    let mut leads = if state.is_whole(ExportKind::OnlineVoiceRoute) {
        Answer::No
    } else {
        Answer::Unknown
    };
    for route in state.tenant.voice_routes.iter() {
        if route.usages.is_absent() {
            leads = Answer::Unknown;
        }
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

/// Whether nobody has a policy, as far as exports tell: not every tenant assigns policies to groups and numbers, and the
/// cmdlets write no file then.
pub(in crate::plan) fn is_idle(policy: &str, state: &State) -> bool {
    let [accounts, groups, numbers] = is_unassigned(policy, state);
    let is_cut = |export| state.tenant.snapshot.incomplete(export).is_some();
    policy != "global"
        && accounts.met == Met::Yes
        && groups.met != Met::No
        && numbers.met != Met::No
        && !is_cut(ExportKind::GroupPolicyAssignment)
        && !is_cut(ExportKind::PhoneNumberPolicyAssignment)
}

/// That no account, no group and no number has a policy.
pub(in crate::plan) fn is_unassigned(policy: &str, state: &State) -> [Need; 3] {
    let tenant = &state.tenant;
    let name = policy_name(policy, state);
    let is_it = |symbol: Symbol| is_named(symbol, policy, state);
    let (mut users, mut user_place, mut lost) =
        (Vec::new(), None, !state.is_whole(ExportKind::OnlineUser));
    for (_, user) in accounts(state) {
        let texts = &tenant.snapshot.texts;
        let mut listed = tenant.listed_policies(user).iter();
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
            groups.extend(
                row.group
                    .get()
                    .map(|id| crate::plan::areas::groups::name_of(id, state)),
            );
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
            !state.is_whole(ExportKind::GroupPolicyAssignment),
            group_place,
        ),
        need(
            "number",
            &numbers,
            !state.is_whole(ExportKind::PhoneNumberPolicyAssignment),
            number_place,
        ),
    ]
}

/// That a route which is in use still leads to a session border controller that works.
pub(in crate::plan) fn leads_somewhere(
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
pub(in crate::plan) fn is_replaced(
    route: &str,
    is_lost: &dyn Fn(&str) -> bool,
    state: &State,
) -> Option<Need> {
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
pub(in crate::plan) fn is_drained(gateway: &str, state: &State) -> Need {
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
pub(in crate::plan) fn is_unrouted(gateway: &str, state: &State) -> Need {
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
pub(in crate::plan) fn is_unused(usage: &str, state: &State) -> [Need; 3] {
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
