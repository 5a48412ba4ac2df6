use super::*;
use crate::finding::Severity;
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
            "Set-CsOnlineVoiceRoutingPolicy -Identity 'Global' -OnlinePstnUsages $null".to_owned()
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
    let untold = unmet(&remove("idle"), &self::state(true, &[]));
    let untold: Vec<&str> = untold.iter().map(|(.., text)| text.as_str()).collect();
    assert_eq!(
        untold,
        [
            "no group has the policy `Idle`: the export does not tell it of every group",
            "no number has the policy `Idle`: the export does not tell it of every number",
        ]
    );
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
    let [(Weight::Harm(Severity::Error), Met::No, text)] = &unmet(&remove("r2"), &state)[..] else {
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
    assert_eq!(found.len(), 4, "the policy, and whether anybody has it");
}

#[test]
fn where_usages_lead_is_not_known_without_routes() {
    let global = policy("global", &["US"]);
    let mut files = vec![
        (
            "Get-CsOnlineVoiceRoutingPolicy.json",
            r#"[{"Identity":"Global","OnlinePstnUsages":[]}]"#.to_owned(),
        ),
        (
            "Get-CsOnlinePstnUsage.json",
            r#"[{"Identity":"Global","Usage":["US"]}]"#.to_owned(),
        ),
        (
            "Get-CsOnlineUser.json",
            format!(
                r#"[{{"Identity":"{ONE}","UserPrincipalName":"ana@contoso.example","LineUri":"tel:+12065550101","OnlineVoiceRoutingPolicy":null}}]"#
            ),
        ),
        (
            "Get-CsPhoneNumberAssignment.json",
            format!(
                r#"[{{"TelephoneNumber":"+12065550101","NumberType":"OperatorConnect","AssignedPstnTargetId":"{ONE}","PstnAssignmentStatus":"UserAssigned"}}]"#
            ),
        ),
    ];
    let asked = |files: &[(&str, String)]| {
        let files: Vec<(&str, &str)> = files
            .iter()
            .map(|(name, text)| (*name, text.as_str()))
            .collect();
        unmet(&global, &State::new(tenant(&files)))
    };
    let [(Weight::Harm(Severity::Error), Met::Unknown, text)] = &asked(&files)[..] else {
        panic!("{:?}", asked(&files));
    };
    assert!(
        text.ends_with("of `ana@contoso.example`, and no export tells whether its usages lead to a session border controller that works"),
        "{text}"
    );
    files.push(("Get-CsOnlineVoiceRoute.json", "[]".to_owned()));
    assert_eq!(asked(&files), []);
}

#[test]
fn messages_name_three_and_count_the_rest() {
    let names: Vec<String> = ["a", "b", "c", "d", "e"].map(str::to_owned).to_vec();
    assert_eq!(first_of(&names), "`a`, `b`, `c` and 2 more");
    assert_eq!(first_of(&names[..2]), "`a`, `b`");
}
