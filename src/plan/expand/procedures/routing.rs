//! Routes of Direct Routing: take out of service, and what everybody has who has no policy.
//!
//! Sources: <https://learn.microsoft.com/microsoftteams/direct-routing-voice-routing>,
//! <https://learn.microsoft.com/microsoftteams/direct-routing-connect-the-sbc>.

use std::collections::BTreeSet;

use super::sequence::Sequence;
use crate::finding::Severity;
use crate::plan::act::{Act, Met, Need};
use crate::plan::areas::routing::is_idle;
use crate::plan::expand::Planned;
use crate::plan::expand::operands::{Operands, Placed};
use crate::plan::state::State;
use crate::plan::vocabulary::Of;
use crate::snapshot::{ExportKind, Field, PolicyName, Symbol};
use crate::tenant::{Answer, EffectiveRouting, Number};

/// Calls end within this time once a session border controller gets no new ones.
const DRAINED_AFTER: u64 = 1;

/// Gateways get no new calls, calls end, routes and policies let go, and then routes, usages and gateways are deleted.
pub(super) fn remove(step: &mut Operands) -> Vec<Planned> {
    let routes = step.named("routes", Of::Route, None);
    let gateways = step.named("gateways", Of::Gateway, None);
    let usages = step.usages("usages");
    let state = step.state;
    let gate = &step.step.change_bytes;
    let going = Going {
        routes: folded(&routes),
        gateways: folded(&gateways),
        usages: folded(&usages),
    };
    let mut sequence = Sequence::default();
    let mut drains = false;
    for (gateway, bytes) in &gateways {
        let listed = state.tenant.gateways.find(gateway);
        if listed.is_none_or(|listed| listed.enabled.get() != Some(false)) {
            let act = Act::SetGateway {
                gateway: gateway.clone(),
                enabled: false,
            };
            sequence.act(act, bytes);
            drains = true;
        }
    }
    if drains {
        let act = Act::Wait {
            hours: DRAINED_AFTER,
        };
        sequence.act(act, gate);
    }
    going.leave_routes(state, &mut sequence, gate);
    for (route, bytes) in &routes {
        let needs = going.usages_keep_a_route(route, state);
        let act = Act::RemoveVoiceRoute {
            route: route.clone(),
        };
        sequence.with_needs(act, bytes, needs);
    }
    going.leave_policies(state, &mut sequence, gate);
    for (usage, bytes) in usages {
        let needs = nothing_else_uses(&usage, state);
        sequence.with_needs(Act::RemoveUsage { usage }, &bytes, needs);
    }
    for (gateway, bytes) in gateways {
        sequence.act(Act::RemoveGateway { gateway }, &bytes);
    }
    sequence.done()
}

/// One act that reaches everybody who has no policy of another name.
pub(super) fn set_global(step: &mut Operands) -> Option<Vec<Planned>> {
    let given = step.step.names("usages").len();
    let usages: Vec<String> = step
        .usages("usages")
        .into_iter()
        .map(|(usage, _)| usage)
        .collect();
    if usages.len() < given {
        return None;
    }
    let needs = if usages.is_empty() {
        Vec::new()
    } else {
        nobody_leaks(step.state)
    };
    let act = Act::SetVoiceRoutingPolicy {
        policy: "global".to_owned(),
        usages,
    };
    let bytes = step.step.change_bytes.clone();
    Some(vec![Planned { act, bytes, needs }])
}

/// What is taken out of service, in lower case.
struct Going {
    routes: BTreeSet<String>,
    gateways: BTreeSet<String>,
    usages: BTreeSet<String>,
}

impl Going {
    /// Routes that stay let go of gateways and usages that go.
    fn leave_routes(&self, state: &State, sequence: &mut Sequence, bytes: &std::ops::Range<usize>) {
        for route in state.tenant.voice_routes.iter() {
            let name = spelled(route.name, state);
            if self.routes.contains(&name.to_lowercase()) {
                continue;
            }
            let gateways = without(&route.gateways, &self.gateways, state);
            let usages = without(&route.usages, &self.usages, state);
            if gateways.is_none() && usages.is_none() {
                continue;
            }
            let mut needs = Vec::new();
            if let Some(left) = &gateways {
                let mut left = left
                    .iter()
                    .filter_map(|one| state.tenant.gateways.find(one));
                let is_live = left.any(|one| one.enabled.get() == Some(true));
                needs.push(
                    Need::harm(
                        Severity::Error,
                        format!(
                            "voice route `{name}` keeps a session border controller that is enabled"
                        ),
                        is_live,
                    )
                    .instead("none is left")
                    .at(route.at("OnlinePstnGatewayList")),
                );
            }
            let act = Act::SetVoiceRoute {
                route: name.to_lowercase(),
                gateways,
                usages,
            };
            sequence.with_needs(act, bytes, needs);
        }
    }

    /// Policies let go of usages that go.
    fn leave_policies(
        &self,
        state: &State,
        sequence: &mut Sequence,
        bytes: &std::ops::Range<usize>,
    ) {
        for policy in state.tenant.voice_routing_policies.iter() {
            let name = spelled(policy.name, state);
            let Some(usages) = without(&policy.usages, &self.usages, state) else {
                continue;
            };
            let mut needs = Vec::new();
            // Without usages, `Global` is as it should be, and nobody misses those of a policy that nobody has.
            let is_missed = !usages.is_empty() || !is_idle(&name.to_lowercase(), state);
            if !name.eq_ignore_ascii_case("Global") && is_missed {
                needs.push(
                    Need::harm(
                        Severity::Warning,
                        format!("policy `{name}` keeps a PSTN usage"),
                        !usages.is_empty(),
                    )
                    .instead("none is left: whoever has the policy calls nobody by Direct Routing")
                    .at(policy.at("OnlinePstnUsages")),
                );
            }
            let act = Act::SetVoiceRoutingPolicy {
                policy: name.to_lowercase(),
                usages,
            };
            sequence.with_needs(act, bytes, needs);
        }
    }

    /// That each usage of a route, as far as policies have it and it stays, has another route.
    fn usages_keep_a_route(&self, route: &str, state: &State) -> Vec<Need> {
        let tenant = &state.tenant;
        let Some(listed) = tenant.voice_routes.find(route) else {
            return Vec::new();
        };
        let name = |symbol: &Symbol| state.symbol(Some(*symbol)).to_lowercase();
        let usages = listed.usages.value().into_iter().flatten();
        let staying = usages.filter(|usage| !self.usages.contains(&name(usage)));
        let needs = staying.filter_map(|usage| {
            let has_it = |field: &Field<Box<[Symbol]>>| {
                let mut all = field.value().into_iter().flatten();
                all.any(|one| name(one) == name(usage))
            };
            let mut policies = tenant.voice_routing_policies.iter();
            let policy = policies.find(|policy| has_it(&policy.usages))?;
            let keeps = tenant.voice_routes.iter().any(|other| {
                let own = spelled(other.name, state).to_lowercase();
                !self.routes.contains(&own) && has_it(&other.usages)
            });
            let usage = state.symbol(Some(*usage));
            Some(
                Need::harm(
                    Severity::Warning,
                    format!("PSTN usage `{usage}` keeps a voice route"),
                    keeps,
                )
                .instead(format!(
                    "none is left, but policy `{}` has it",
                    spelled(policy.name, state)
                ))
                .at(policy.at("OnlinePstnUsages")),
            )
        });
        needs.collect()
    }
}

/// That neither emergency numbers nor conference calls leave by a usage.
fn nothing_else_uses(usage: &str, state: &State) -> Vec<Need> {
    let tenant = &state.tenant;
    let is_it = |symbol: Symbol| state.symbol(Some(symbol)).eq_ignore_ascii_case(usage);
    let what = format!("nothing else needs PSTN usage `{usage}`");
    let mut needs = Vec::new();
    for policy in tenant.emergency_call_routing_policies.iter() {
        let numbers = policy.numbers.value().into_iter().flatten().enumerate();
        for (index, number) in numbers {
            if number.usage.is_some_and(is_it) {
                let dialled = state.symbol(Some(number.dial_string));
                let name = spelled(policy.name, state);
                needs.push(
                    Need::harm(Severity::Error, what.as_str(), Met::No)
                        .instead(format!(
                            "emergency number `{dialled}` of policy `{name}` leaves by it"
                        ))
                        .at(policy.at("EmergencyNumbers").element(index)),
                );
            }
        }
    }
    for policy in tenant.conferencing.routing_policies.iter() {
        if policy
            .usages
            .value()
            .into_iter()
            .flatten()
            .any(|one| is_it(*one))
        {
            let name = spelled(policy.name, state);
            needs.push(
                Need::harm(Severity::Error, what.as_str(), Met::No)
                    .instead(format!("audio conferencing routing policy `{name}` has it"))
                    .at(policy.at("OnlinePstnUsages")),
            );
        }
    }
    if needs.is_empty() {
        let all = state.is_whole(ExportKind::TeamsEmergencyCallRoutingPolicy);
        let met = if all { Met::Yes } else { Met::Unknown };
        needs.push(
            Need::harm(Severity::Error, what, met)
                .instead("the emergency call routing policies are not exported"),
        );
    }
    needs
}

/// That nobody whose calls an operator or Microsoft carries inherits `Global`.
fn nobody_leaks(state: &State) -> Vec<Need> {
    let kinds = [
        (Severity::Error, "OperatorConnect", "Operator Connect"),
        (Severity::Warning, "CallingPlan", "a Calling Plan"),
    ];
    let needs = kinds.into_iter().map(|(severity, of_type, words)| {
        let inheriting = inheriting(of_type, state);
        let what = format!("nobody with a number of {words} inherits `Global`");
        match inheriting.as_slice() {
            [] => {
                Need::harm(severity, what, is_told(state)).instead("no export tells of all numbers")
            }
            [(name, number), rest @ ..] => Need::harm(severity, what, Met::No)
                .instead(match rest.len() {
                    0 => format!("`{name}` does: its calls would leave by Direct Routing"),
                    more => format!(
                        "`{name}` and {more} more do: their calls would leave by Direct Routing"
                    ),
                })
                .at(number.record.at("AssignedPstnTargetId")),
        }
    });
    needs.collect()
}

fn is_told(state: &State) -> Met {
    if state.is_whole(ExportKind::PhoneNumberAssignment) {
        Met::Yes
    } else {
        Met::Unknown
    }
}

/// Who holds numbers of a type and has no voice routing policy, with the number.
fn inheriting<'s>(of_type: &str, state: &'s State) -> Vec<(String, &'s Number)> {
    let tenant = &state.tenant;
    let numbers = tenant.numbers.iter().filter_map(|number| {
        if state.number_type(number) != Some(of_type) || tenant.is_assigned(number) == Answer::No {
            return None;
        }
        state.number(number.key)?;
        let user = tenant.account_of_holder(number)?;
        let routing = tenant.effective_voice_routing(user, Some(number.key));
        matches!(routing, EffectiveRouting::Global(_)).then(|| (tenant.user_name(user), number))
    });
    numbers.collect()
}

fn folded(things: &[Placed<String>]) -> BTreeSet<String> {
    things.iter().map(|(name, _)| name.to_lowercase()).collect()
}

fn spelled(name: Field<PolicyName>, state: &State) -> &str {
    state.symbol(name.get().map(|name| name.0))
}

/// A list without what goes; `None` where nothing of it does.
fn without(
    field: &Field<Box<[Symbol]>>,
    going: &BTreeSet<String>,
    state: &State,
) -> Option<Vec<String>> {
    let all = field.value()?;
    let kept: Vec<String> = all
        .iter()
        .map(|one| state.symbol(Some(*one)))
        .filter(|one| !going.contains(&one.to_lowercase()))
        .map(str::to_owned)
        .collect();
    (kept.len() < all.len()).then_some(kept)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::plan::act::Met;
    use crate::plan::expand::procedures::testing::{acts, contoso, expanded, unmet, with};

    #[test]
    fn what_is_left_without_a_way_out_is_told() {
        let step = "change = \"remove-routing\"\n";
        assert_eq!(
            unmet(
                &contoso(),
                &format!("{step}gateways = [\"sbc1.contoso.example\"]")
            ),
            ["voice route `Near` keeps a session border controller that is enabled: none is left"]
        );
        assert_eq!(
            unmet(&contoso(), &format!("{step}routes = [\"Near\"]")),
            ["PSTN usage `Local` keeps a voice route: none is left, but policy `SBC` has it"]
        );
        let emergency = json!({"EmergencyNumbers": [{"EmergencyDialString": "911", "OnlinePSTNUsage": "Local"}]});
        let files = with(
            contoso(),
            "Get-CsTeamsEmergencyCallRoutingPolicy.json",
            "EM",
            &emergency,
        );
        let both = format!("{step}usages = [\"Local\", \"National\"]");
        assert_eq!(
            unmet(&files, &both),
            [
                "policy `SBC` keeps a PSTN usage: none is left: whoever has the policy calls nobody by Direct Routing",
                "nothing else needs PSTN usage `Local`: emergency number `911` of policy `EM` leaves by it",
            ]
        );
        assert_eq!(
            acts(&files, &both),
            [
                "set-voice-route",
                "set-voice-route",
                "set-voice-routing-policy",
                "remove-pstn-usage",
                "remove-pstn-usage"
            ]
        );
    }

    #[test]
    fn what_only_a_policy_of_nobody_uses_is_missed_by_nobody() {
        let none = json!({"OnlineVoiceRoutingPolicy": null});
        let mut files = contoso();
        for name in ["ben@contoso.example", "cleo@contoso.example"] {
            files = with(files, "Get-CsOnlineUser.json", name, &none);
        }
        let step = "change = \"remove-routing\"\nroutes = [\"Near\", \"Out\"]\nusages = [\"Local\", \"National\"]";
        let needs = |files: &Vec<_>| {
            let (state, expansion) = expanded(files, step);
            let acts = expansion.acts.iter();
            let needs = acts.flat_map(|one| {
                let own = one.act.needs(&state).into_iter();
                own.chain(one.needs.clone())
            });
            let missed = needs.filter(|need| need.met == Met::No);
            // What goes earlier in the step is still there on the state before it.
            let missed = missed
                .filter(|need| need.what.contains("that is in use") || need.what.contains("keeps"));
            missed.map(|need| need.what).collect::<Vec<_>>()
        };
        assert!(!needs(&files).is_empty(), "a number has the policy");
        files.retain(|(name, _)| *name != "Get-CsPhoneNumberPolicyAssignment.json");
        assert_eq!(needs(&files), [""; 0]);
    }

    #[test]
    fn a_gateway_that_is_off_is_drained_already() {
        let off = json!({"Enabled": false});
        let files = with(contoso(), "Get-CsOnlinePSTNGateway.json", "sbc2", &off);
        let step = "change = \"remove-routing\"\ngateways = [\"sbc2.contoso.example\"]";
        assert_eq!(acts(&files, step), ["set-voice-route", "remove-gateway"]);
    }
}
