//! Which way a call leaves: who assigned the policy, and which of its routes work.

use serde_json::{Value, json};

use super::{ONE, TWO, id, symbol, user_text};
use crate::snapshot::PhoneNumber;
use crate::tenant::testing::tenant;
use crate::tenant::{Assigned, EffectiveRouting, Tenant};

/// A tenant with Direct Routing: one user, one gateway of these properties, these policies of numbers.
fn routing(assigned: &str, gateway: &str, number_policy: &str) -> Tenant {
    let users = user_text(ONE, assigned);
    let gateways =
        format!("[{{\"Identity\":\"SBC1.contoso.example\",\"SipSignalingPort\":5061{gateway}}}]");
    tenant(&[
        ("Get-CsOnlineUser.json", &users),
        ("Get-CsOnlinePSTNGateway.json", &gateways),
        ("Get-CsPhoneNumberPolicyAssignment.json", number_policy),
        (
            "Get-CsOnlineVoiceRoutingPolicy.json",
            "[{\"Identity\":\"Tag:FR\",\"OnlinePstnUsages\":[\"b\",\"A\"]},{\"Identity\":\"Global\",\"OnlinePstnUsages\":[]}]",
        ),
        (
            "Get-CsOnlineVoiceRoute.json",
            "[{\"Identity\":\"late\",\"NumberPattern\":\"^1\",\"Priority\":9,\"OnlinePstnUsages\":[\"a\"],\"OnlinePstnGatewayList\":[\"sbc1.contoso.example\"]},{\"Identity\":\"early\",\"NumberPattern\":\"^2\",\"Priority\":1,\"OnlinePstnUsages\":[\"a\"],\"OnlinePstnGatewayList\":[\"gone.contoso.example\",\"sbc1.contoso.example\"]}]",
        ),
    ])
}

/// Route, usage and gateway of each way out of the policy `FR`, and whether more of them may work.
fn live(tenant: &Tenant) -> (Vec<String>, bool) {
    let policy = tenant
        .voice_routing_policies
        .find("fr")
        .expect("the policy");
    let routes = tenant.live_routes(policy);
    let shown = routes
        .live
        .iter()
        .map(|live| {
            let route = tenant.route(live.route).expect("the route");
            format!(
                "{} {} {}",
                symbol(tenant, route.name.get().map(|name| name.0)),
                live.usage_index,
                live.gateway_index
            )
        })
        .collect();
    (shown, routes.unknown)
}

#[test]
fn live_routes_are_tried_by_usage_and_priority_over_enabled_gateways() {
    let live = |gateway: &str| live(&routing("", gateway, "[]"));
    assert_eq!(
        live(",\"Enabled\":true"),
        (vec!["early 1 1".to_owned(), "late 1 0".to_owned()], false)
    );
    assert_eq!(live(",\"Enabled\":false"), (vec![], false));
    assert_eq!(live(",\"Enabled\":null"), (vec![], false));
    assert_eq!(live(""), (vec![], true));
}

/// A tenant with the policy `FR` of these usages, these routes and these gateways.
fn direct(usages: &Value, routes: &Value, gateways: Option<&Value>) -> Tenant {
    let policies = json!([{"Identity": "Tag:FR", "OnlinePstnUsages": usages}]).to_string();
    let routes = routes.to_string();
    let gateways = gateways.map(Value::to_string);
    let mut files = vec![
        ("Get-CsOnlineVoiceRoutingPolicy.json", policies.as_str()),
        ("Get-CsOnlineVoiceRoute.json", routes.as_str()),
    ];
    if let Some(gateways) = &gateways {
        files.push(("Get-CsOnlinePSTNGateway.json", gateways));
    }
    tenant(&files)
}

fn route(name: &str, priority: Option<i64>, usages: &[&str], gateways: &[&str]) -> Value {
    json!({"Identity": name, "NumberPattern": "^1", "Priority": priority,
        "OnlinePstnUsages": usages, "OnlinePstnGatewayList": gateways})
}

fn gateway(name: &str) -> Value {
    json!({"Identity": name, "SipSignalingPort": 5061, "Enabled": true})
}

#[test]
fn usages_without_route_and_routes_without_gateway_lead_nowhere() {
    let live = |routes: &Value, gateways: &Value| {
        live(&direct(&json!(["FR", "Gone"]), routes, Some(gateways)))
    };
    let sbc = json!([gateway("sbc.contoso.example")]);
    let nothing = (vec![], false);
    assert_eq!(live(&json!([]), &sbc), nothing);
    let other = json!([route("r", Some(1), &["other"], &["sbc.contoso.example"])]);
    assert_eq!(live(&other, &sbc), nothing);
    let no_gateway = json!([route("r", Some(1), &["FR"], &[])]);
    assert_eq!(live(&no_gateway, &sbc), nothing);
    let dangling = json!([route("r", Some(1), &["FR"], &["gone.contoso.example"])]);
    assert_eq!(live(&dangling, &sbc), nothing);
    assert_eq!(live(&dangling, &json!([])), nothing);
    let good = json!([route("r", Some(1), &["FR"], &["sbc.contoso.example"])]);
    assert_eq!(live(&good, &sbc), (vec!["r 0 0".to_owned()], false));
}

#[test]
fn names_of_usages_and_gateways_are_compared_without_case_tag_and_blanks() {
    let routes = json!([route("r", Some(1), &["fr"], &[" Sbc.Contoso.Example "])]);
    let gateways =
        json!([{"Fqdn": "SBC.contoso.example", "SipSignallingPort": 5061, "Enabled": "True"}]);
    let tenant = direct(&json!(["Tag:FR"]), &routes, Some(&gateways));
    assert_eq!(live(&tenant), (vec!["r 0 0".to_owned()], false));
}

#[test]
fn routes_without_priority_come_last_and_equals_in_order_of_name() {
    let sbc = ["sbc.contoso.example"];
    let routes = json!([
        route("unranked", None, &["FR"], &sbc),
        route("zulu", Some(2), &["FR"], &sbc),
        route("alpha", Some(2), &["FR", "fr"], &sbc),
        route("first", Some(0), &["FR"], &sbc),
    ]);
    let tenant = direct(&json!(["FR"]), &routes, Some(&json!([gateway(sbc[0])])));
    let (names, _) = live(&tenant);
    assert_eq!(
        names,
        ["first 0 0", "alpha 0 0", "zulu 0 0", "unranked 0 0"]
    );
}

#[test]
fn what_the_exports_leave_out_makes_the_ways_out_unknown() {
    let sbc = json!([gateway("sbc.contoso.example")]);
    let good = json!([route("r", Some(1), &["FR"], &["sbc.contoso.example"])]);
    let unknown = (vec![], true);
    // The policy's usages, the usages and the gateways of a route, all gateways, lost to too small a depth.
    let cut = json!("System.Object[]");
    assert_eq!(live(&direct(&cut, &good, Some(&sbc))), unknown);
    let open = json!([{"Identity": "r", "NumberPattern": "^1", "OnlinePstnUsages": cut, "OnlinePstnGatewayList": ["sbc.contoso.example"]}]);
    assert_eq!(live(&direct(&json!(["FR"]), &open, Some(&sbc))), unknown);
    let open = json!([{"Identity": "r", "NumberPattern": "^1", "OnlinePstnUsages": ["FR"], "OnlinePstnGatewayList": cut}]);
    assert_eq!(live(&direct(&json!(["FR"]), &open, Some(&sbc))), unknown);
    assert_eq!(live(&direct(&json!(["FR"]), &good, None)), unknown);
    // A policy without usages has no way out, whatever is missing.
    assert_eq!(live(&direct(&json!([]), &open, None)), (vec![], false));
}

/// How the policy of the one user, or of its number, came to be in force, and its name.
fn which(tenant: &Tenant) -> (&'static str, &str) {
    let number = PhoneNumber::parse("+14255550101");
    match tenant.effective_voice_routing(&tenant.users[0], number) {
        EffectiveRouting::Named { policy, place } => (
            match tenant.assigned(place) {
                Assigned::ToNumber(_) => "number",
                Assigned::ToUser => "user",
                Assigned::ByGroup => "group",
            },
            symbol(tenant, policy.name.get().map(|name| name.0)),
        ),
        EffectiveRouting::Global(Some(_)) => ("global", "Global"),
        EffectiveRouting::Global(None) => ("global", ""),
        EffectiveRouting::Dangling(name) => ("dangling", name),
        EffectiveRouting::Unknown => ("unknown", ""),
    }
}

fn effective(assigned: &str, number_policy: &str) -> (&'static str, String) {
    let tenant = routing(assigned, "", number_policy);
    let (how, name) = which(&tenant);
    (how, name.to_owned())
}

fn is(how: &'static str, name: &str) -> (&'static str, String) {
    (how, name.to_owned())
}

#[test]
fn the_number_goes_before_the_user_and_the_user_before_global() {
    let to_number = |policy_type: &str, name: &str| {
        format!(
            "[{{\"TelephoneNumber\":\"14255550101\",\"PolicyType\":\"{policy_type}\",\"PolicyName\":{name}}}]"
        )
    };
    let none = ",\"OnlineVoiceRoutingPolicy\":null";
    for policy_type in [
        "OnlineVoiceRoutingPolicy",
        "VoiceRoutingPolicy",
        "onlinevoiceroutingpolicy",
    ] {
        let found = effective(none, &to_number(policy_type, "\"FR\""));
        assert_eq!(found, is("number", "FR"), "{policy_type}");
    }
    let dial_plan = to_number("TenantDialPlan", "\"FR\"");
    assert_eq!(effective(none, &dial_plan), is("global", "Global"));
    let blank = to_number("OnlineVoiceRoutingPolicy", "null");
    assert_eq!(effective(none, &blank), is("global", "Global"));
    let unreadable = to_number("OnlineVoiceRoutingPolicy", "\"System.Object[]\"");
    assert_eq!(effective(none, &unreadable), is("unknown", ""));
    let user = |name: &str| format!(",\"OnlineVoiceRoutingPolicy\":\"{name}\"");
    assert_eq!(effective(&user("Tag:fr"), "[]"), is("user", "FR"));
    assert_eq!(effective(none, "[]"), is("global", "Global"));
    assert_eq!(effective(&user("Tag:Global"), "[]"), is("global", "Global"));
    assert_eq!(effective(&user("Gone"), "[]"), is("dangling", "Gone"));
    assert_eq!(effective("", "[]"), is("unknown", ""));
}

#[test]
fn a_group_goes_before_global_and_behind_the_account() {
    let with = |assigned: &str| {
        let users = user_text(ONE, assigned);
        let rows = format!(
            "[{{\"GroupId\":\"{TWO}\",\"PolicyType\":\"OnlineVoiceRoutingPolicy\",\"PolicyName\":\"FR\",\"Rank\":1}}]"
        );
        let members = format!("[{{\"groupId\":\"{TWO}\",\"id\":\"{ONE}\"}}]");
        let policies = "[{\"Identity\":\"Global\",\"OnlinePstnUsages\":[]},{\"Identity\":\"Tag:FR\",\"OnlinePstnUsages\":[]},{\"Identity\":\"Tag:US\",\"OnlinePstnUsages\":[]}]";
        let tenant = tenant(&[
            ("Get-CsOnlineUser.json", &users),
            ("Get-CsGroupPolicyAssignment.json", &rows),
            ("group-members.json", &members),
            ("Get-CsOnlineVoiceRoutingPolicy.json", policies),
        ]);
        let (how, name) = which(&tenant);
        (how, name.to_owned())
    };
    let null = ",\"OnlineVoiceRoutingPolicy\":null";
    assert_eq!(with(null), is("group", "FR"));
    let own = ",\"OnlineVoiceRoutingPolicy\":\"US\"";
    assert_eq!(with(own), is("user", "US"));
}

#[test]
fn global_that_was_not_exported_is_still_global() {
    let users = user_text(ONE, ",\"OnlineVoiceRoutingPolicy\":null");
    let tenant = tenant(&[("Get-CsOnlineUser.json", &users)]);
    assert_eq!(which(&tenant), ("global", ""));
}

#[test]
fn effective_policy_assignments_tell_groups_from_grants() {
    let assigned = |policy_type: &str, how: &str, property: &str| {
        let list = format!(
            "{property},\"EffectivePolicyAssignments\":[
               {{\"PolicyType\":\"TeamsCallingPolicy\",\"PolicyAssignment\":{{\"DisplayName\":\"Other\",\"AssignmentType\":\"direct\"}}}},
               {{\"PolicyType\":\"{policy_type}\",\"PolicyAssignment\":{{\"DisplayName\":\"Tag:FR\",\"AssignmentType\":\"{how}\",\"GroupId\":\"{TWO}\"}}}}]"
        );
        effective(&list, "[]")
    };
    let voice = "OnlineVoiceRoutingPolicy";
    let name = ",\"OnlineVoiceRoutingPolicy\":\"FR\"";
    let none = ",\"OnlineVoiceRoutingPolicy\":null";
    assert_eq!(assigned(voice, "Group", name), is("group", "FR"));
    assert_eq!(assigned(voice, "Direct", name), is("user", "FR"));
    // The list tells what the property lacks.
    assert_eq!(assigned(voice, "group", none), is("group", "FR"));
    assert_eq!(assigned(voice, "direct", ""), is("user", "FR"));
    assert_eq!(
        assigned("TeamsMeetingPolicy", "group", none),
        is("global", "Global")
    );
    assert_eq!(
        assigned("TeamsMeetingPolicy", "group", ""),
        is("unknown", "")
    );
}

#[test]
fn graph_tells_a_policy_that_the_cmdlet_left_out() {
    let graph = format!(
        "{{\"value\":[{{\"id\":\"{ONE}\",\"userPrincipalName\":\"a@contoso.example\",\"isEnterpriseVoiceEnabled\":true,\"effectivePolicyAssignments\":[
           {{\"policyType\":\"onlineVoiceRoutingPolicy\",\"policyAssignment\":{{\"displayName\":\"FR\",\"assignmentType\":\"group\",\"groupId\":\"{TWO}\"}}}}]}}]}}"
    );
    let tenant = tenant(&[
        ("graph-userConfigurations.json", &graph),
        (
            "Get-CsOnlineVoiceRoutingPolicy.json",
            "[{\"Identity\":\"Tag:FR\",\"OnlinePstnUsages\":[]}]",
        ),
    ]);
    assert_eq!(which(&tenant), ("group", "FR"));
}

#[test]
fn policies_of_groups_are_kept_by_group_and_type() {
    let groups = format!(
        "[{{\"GroupId\":\"{TWO}\",\"PolicyType\":\"OnlineVoiceRoutingPolicy\",\"PolicyName\":\"FR\",\"Rank\":2}},
          {{\"GroupId\":\"{ONE}\",\"PolicyType\":\"TeamsCallingPolicy\",\"PolicyName\":\"Own\",\"Rank\":1}},
          {{\"GroupId\":\"{TWO}\",\"PolicyType\":\"onlinevoiceroutingpolicy\",\"PolicyName\":\"Tag:FR\",\"Rank\":2}}]"
    );
    let tenant = tenant(&[("Get-CsGroupPolicyAssignment.json", &groups)]);
    let shown: Vec<_> = tenant
        .group_policies
        .iter()
        .map(|group| {
            let name = symbol(&tenant, group.policy.get().map(|name| name.0));
            (group.group.get(), name, group.rank.get())
        })
        .collect();
    assert_eq!(
        shown,
        [
            (Some(id(ONE)), "Own", Some(1)),
            (Some(id(TWO)), "FR", Some(2))
        ]
    );
    assert!(tenant.problems.is_empty());
}

#[test]
fn a_pattern_is_compiled_for_its_route_and_only_where_there_is_one() {
    let routes = json!([
        {"Identity": "a", "NumberPattern": "^\\+1425", "OnlinePstnUsages": [], "OnlinePstnGatewayList": []},
        {"Identity": "b", "NumberPattern": null, "OnlinePstnUsages": [], "OnlinePstnGatewayList": []},
    ]);
    let tenant = direct(&json!([]), &routes, None);
    assert!(tenant.pattern(0).is_some());
    assert!(tenant.pattern(1).is_none());
    assert!(tenant.route(2).is_none() && tenant.pattern(2).is_none());
}

/// Whether what is dialled leaves by the usage `US`, and whether any route matches it.
fn leaves(routes: &Value, dialled: &str) -> (crate::tenant::Answer, bool) {
    let tenant = tenant(&[
        ("Get-CsOnlineVoiceRoute.json", &routes.to_string()),
        (
            "Get-CsOnlinePSTNGateway.json",
            r#"[{"Identity":"sbc1.contoso.example","SipSignalingPort":5061,"Enabled":true},{"Identity":"sbc2.contoso.example","SipSignalingPort":5061,"Enabled":false}]"#,
        ),
        (
            "Get-CsTeamsEmergencyCallRoutingPolicy.json",
            r#"[{"Identity":"Global","EmergencyNumbers":[{"EmergencyDialString":"911","OnlinePSTNUsage":"us"}]}]"#,
        ),
    ]);
    let policy = tenant
        .emergency_call_routing_policies
        .find("Global")
        .expect("the policy");
    let usage = policy.numbers.value().expect("numbers")[0].usage;
    let routes = tenant.leaves_by(usage.expect("a usage"), dialled);
    (routes.live, routes.matched)
}

#[test]
fn what_is_dialled_leaves_by_a_route_that_matches_and_has_a_gateway() {
    use crate::tenant::Answer;
    let route = |name: &str, pattern: &str, gateway: &str| json!({"Identity": name, "NumberPattern": pattern, "OnlinePstnUsages": ["US"], "OnlinePstnGatewayList": [gateway]});
    let (works, broken) = ("sbc1.contoso.example", "sbc2.contoso.example");
    let emergency = route("A", "^911$", works);
    assert_eq!(leaves(&json!([emergency]), "911"), (Answer::Yes, true));
    assert_eq!(leaves(&json!([emergency]), "112"), (Answer::No, false));
    let dead = route("B", "^911$", broken);
    assert_eq!(leaves(&json!([dead]), "911"), (Answer::No, true));
    assert_eq!(
        leaves(&json!([dead, emergency]), "911"),
        (Answer::Yes, true)
    );
    // A route whose usages are lost may be one of them.
    let lost = json!({"Identity": "C", "NumberPattern": "^911$", "OnlinePstnGatewayList": [works]});
    assert_eq!(leaves(&json!([dead, lost]), "911"), (Answer::Unknown, true));
    assert_eq!(leaves(&json!([lost, dead]), "911"), (Answer::Unknown, true));
    let untold =
        json!({"Identity": "D", "OnlinePstnUsages": ["US"], "OnlinePstnGatewayList": [works]});
    assert_eq!(
        leaves(&json!([untold, dead]), "911"),
        (Answer::Unknown, true)
    );
}

#[test]
fn a_route_whose_usages_are_lost_leaves_every_policy_open() {
    let policies = json!([{"Identity": "Tag:FR", "OnlinePstnUsages": ["a"]}]);
    let open = |routes: &Value| {
        let tenant = tenant(&[
            ("Get-CsOnlineVoiceRoutingPolicy.json", &policies.to_string()),
            ("Get-CsOnlineVoiceRoute.json", &routes.to_string()),
            ("Get-CsOnlinePSTNGateway.json", "[]"),
        ]);
        let policy = tenant.voice_routing_policies.find("fr").expect("it");
        tenant.live_routes(policy).unknown
    };
    let told = json!({"Identity": "A", "NumberPattern": "1", "OnlinePstnUsages": [], "OnlinePstnGatewayList": []});
    let lost = json!({"Identity": "B", "NumberPattern": "1", "OnlinePstnGatewayList": []});
    assert!(!open(&json!([told])));
    assert!(open(&json!([told, lost])));
}

#[test]
fn only_policies_of_people_on_direct_routing_are_in_use() {
    let users: Vec<Value> = [(ONE, "User"), (TWO, "ResourceAccount"), (super::THREE, "User")]
        .iter()
        .map(|(id, kind)| {
            json!({"Identity": id, "AccountType": kind, "SoftDeletionTimestamp": null, "TeamsEmergencyCallRoutingPolicy": format!("P{}", &id[35..])})
        })
        .collect();
    let number = |last: u32, number_type: &str, holder: &str| json!({"TelephoneNumber": format!("+1425555010{last}"), "NumberType": number_type, "AssignedPstnTargetId": holder});
    let numbers = json!([
        number(1, "DirectRouting", ONE),
        number(2, "DirectRouting", TWO),
        number(3, "OperatorConnect", super::THREE),
    ]);
    let policies = json!([
        {"Identity": "Tag:P1", "EmergencyNumbers": []},
        {"Identity": "Tag:P2", "EmergencyNumbers": []},
        {"Identity": "Tag:P3", "EmergencyNumbers": []},
    ]);
    let tenant = tenant(&[
        ("Get-CsOnlineUser.json", &json!(users).to_string()),
        ("Get-CsPhoneNumberAssignment.json", &numbers.to_string()),
        (
            "Get-CsTeamsEmergencyCallRoutingPolicy.json",
            &policies.to_string(),
        ),
    ]);
    let used = tenant.emergency_routing_in_use();
    let used: Vec<String> = used.policies.into_keys().collect();
    assert_eq!(used, ["p1"]);
}

#[test]
fn who_may_be_on_direct_routing_matters_where_nobody_else_has_the_policy() {
    let judge = |first: &str, second: &str| {
        let account = |id: &str, policy: &str| json!({"Identity": id, "AccountType": "User", "SoftDeletionTimestamp": null, "TeamsEmergencyCallRoutingPolicy": policy});
        let number = |last: u32, number_type: &str, holder: &str| json!({"TelephoneNumber": format!("+1425555010{last}"), "NumberType": number_type, "AssignedPstnTargetId": holder});
        let numbers = json!([number(1, first, ONE), number(2, "SomethingNew", TWO)]);
        let policies = json!([
            {"Identity": "Tag:P1", "EmergencyNumbers": [{"EmergencyDialString": "911"}]},
            {"Identity": "Tag:P2", "EmergencyNumbers": [{"EmergencyDialString": "112"}]},
            {"Identity": "Tag:P3", "EmergencyNumbers": []},
        ]);
        let tenant = tenant(&[
            (
                "Get-CsOnlineUser.json",
                &json!([account(ONE, "P1"), account(TWO, second)]).to_string(),
            ),
            ("Get-CsPhoneNumberAssignment.json", &numbers.to_string()),
            (
                "Get-CsTeamsEmergencyCallRoutingPolicy.json",
                &policies.to_string(),
            ),
        ]);
        let used = tenant.emergency_routing_in_use();
        (
            used.policies.into_keys().collect::<Vec<_>>(),
            used.open.len(),
        )
    };
    let first = vec!["p1".to_owned()];
    for policy in ["P1", "P3"] {
        assert_eq!(judge("DirectRouting", policy), (first.clone(), 0));
    }
    assert_eq!(judge("DirectRouting", "P2"), (first, 1));
    assert_eq!(judge("OperatorConnect", "P3"), (Vec::new(), 1));
}

/// The ways out of the policy `FR` over one good route, with exports that may hold less than there is.
fn half_told(routes: Option<&str>, gateways: &str) -> (Vec<String>, bool) {
    let policies = r#"[{"Identity":"Tag:FR","OnlinePstnUsages":["FR"]}]"#;
    let mut files = vec![
        ("Get-CsOnlineVoiceRoutingPolicy.json", policies),
        ("Get-CsOnlinePSTNGateway.json", gateways),
    ];
    files.extend(routes.map(|routes| ("Get-CsOnlineVoiceRoute.json", routes)));
    live(&tenant(&files))
}

/// One page of several.
fn page(records: &Value) -> String {
    json!({"@odata.nextLink": "https://graph.contoso.example/next", "value": records}).to_string()
}

#[test]
fn routes_and_gateways_that_are_not_all_there_leave_the_ways_out_open() {
    let gateways = json!([gateway("sbc.contoso.example")]);
    let routes = json!([route("r", Some(1), &["FR"], &["sbc.contoso.example"])]);
    let (all, some) = (routes.to_string(), page(&routes));
    let found = vec!["r 0 0".to_owned()];
    let told = gateways.to_string();
    assert_eq!(half_told(Some(&all), &told), (found.clone(), false));
    assert_eq!(half_told(Some(&some), &told), (found.clone(), true));
    assert_eq!(half_told(None, &told), (vec![], true));
    // The gateway of the route may stand on the next page.
    let others = json!([gateway("other.contoso.example")]);
    assert_eq!(half_told(Some(&all), &others.to_string()), (vec![], false));
    assert_eq!(half_told(Some(&all), &page(&others)), (vec![], true));
}

#[test]
fn a_policy_without_usages_leads_nowhere_whatever_is_told_of_the_routes() {
    let lost = json!([{"Identity": "r", "NumberPattern": "^1", "OnlinePstnGatewayList": []}]);
    let gateways = json!([]);
    let live = |usages: &Value| live(&direct(usages, &lost, Some(&gateways)));
    assert_eq!(live(&json!(["FR"])), (vec![], true));
    assert_eq!(live(&json!([])), (vec![], false));
    assert_eq!(live(&Value::Null), (vec![], false));
}

#[test]
fn what_one_route_does_not_tell_no_other_route_makes_good() {
    let sbc = json!([gateway("sbc.contoso.example")]);
    let untold = |name: &str| json!({"Identity": name, "NumberPattern": "^1", "Priority": 1, "OnlinePstnUsages": ["FR"], "OnlinePstnGatewayList": "System.Object[]"});
    let good = route("z", Some(2), &["FR"], &["sbc.contoso.example"]);
    let live = |routes: &Value| live(&direct(&json!(["FR"]), routes, Some(&sbc)));
    let found = vec!["z 0 0".to_owned()];
    assert_eq!(live(&json!([good])), (found.clone(), false));
    assert_eq!(live(&json!([untold("a"), good])), (found.clone(), true));
    assert_eq!(
        live(&json!([untold("a"), untold("b"), good])),
        (found, true)
    );
}

#[test]
fn all_policies_of_a_number_are_its_own_in_every_spelling() {
    let policies = json!([
        {"TelephoneNumber": "14255550101", "PolicyType": "OnlineVoiceRoutingPolicy", "PolicyName": "FR"},
        {"TelephoneNumber": "+14255550101", "PolicyType": "TenantDialPlan", "PolicyName": "DP"},
        {"TelephoneNumber": "14255550103", "PolicyType": "TenantDialPlan", "PolicyName": "Other"},
    ]);
    let tenant = tenant(&[(
        "Get-CsPhoneNumberPolicyAssignment.json",
        &policies.to_string(),
    )]);
    let names = |number: &str| {
        let number = PhoneNumber::parse(number).expect("a number");
        let mut names: Vec<&str> = tenant
            .policies_of_number(number)
            .map(|one| symbol(&tenant, one.policy.get().map(|name| name.0)))
            .collect();
        names.sort_unstable();
        names
    };
    assert_eq!(names("+14255550101"), ["DP", "FR"]);
    assert_eq!(names("+14255550103"), ["Other"]);
    assert_eq!(names("+14255550105"), [""; 0]);
}

#[test]
fn a_route_has_a_live_gateway_where_one_of_its_own_is_known_to_work() {
    use crate::tenant::Answer;
    let gateways = json!([
        gateway("works.contoso.example"),
        {"Identity": "off.contoso.example", "SipSignalingPort": 5061, "Enabled": false},
        {"Identity": "untold.contoso.example", "SipSignalingPort": 5061},
    ]);
    let live = |list: Value| {
        let routes = json!([{"Identity": "r", "NumberPattern": "^1", "OnlinePstnUsages": [], "OnlinePstnGatewayList": list}]);
        let tenant = direct(&json!([]), &routes, Some(&gateways));
        let route = tenant.route(0).expect("the route");
        tenant.has_live_gateway(route)
    };
    let (works, off, untold) = (
        "works.contoso.example",
        "off.contoso.example",
        "untold.contoso.example",
    );
    assert_eq!(live(json!([off, works])), Answer::Yes);
    assert_eq!(live(json!([untold, works])), Answer::Yes);
    assert_eq!(live(json!([untold, off])), Answer::Unknown);
    assert_eq!(live(json!([off, "gone.contoso.example"])), Answer::No);
    assert_eq!(live(json!([])), Answer::No);
    assert_eq!(live(json!("System.Object[]")), Answer::Unknown);
}
