//! The questions that rules ask, each with data that answer yes, no, and not at all.

use super::testing::tenant;
use super::{AccountKind, Answer, Assigned, Decided, EffectiveRouting, Holder, Tenant};
use crate::snapshot::service_plans::PlanClass;

const ONE: &str = "00000000-0000-4000-8000-000000000001";
const TWO: &str = "00000000-0000-4000-8000-000000000002";

/// A tenant with one user of these properties.
fn user(properties: &str) -> Tenant {
    let text = format!(
        "[{{\"Identity\":\"{ONE}\",\"UserPrincipalName\":\"a@contoso.example\",\"EnterpriseVoiceEnabled\":true{properties}}}]"
    );
    tenant(&[("Get-CsOnlineUser.json", &text)])
}

fn licensed(properties: &str, class: PlanClass) -> Answer {
    let tenant = user(properties);
    tenant.licensed(&tenant.users[0], class)
}

#[test]
fn plans_decide_before_features_and_status_before_both() {
    let plan = |name: &str, status: &str, features: &str| {
        let text = format!(
            ",\"AssignedPlan\":[{{\"Capability\":\"{name}\",\"CapabilityStatus\":\"{status}\"}}],\"FeatureTypes\":{features}"
        );
        (
            licensed(&text, PlanClass::PhoneSystem),
            licensed(&text, PlanClass::ResourceAccount),
        )
    };
    assert_eq!(plan("MCOEV", "Enabled", "[]"), (Answer::Yes, Answer::No));
    assert_eq!(plan("MCOEV", "Warning", "[]").0, Answer::Yes);
    assert_eq!(
        plan("MCOEV", "Suspended", "[\"PhoneSystem\"]").0,
        Answer::No
    );
    assert_eq!(
        plan("MCOEV_VIRTUALUSER", "Enabled", "[]"),
        (Answer::No, Answer::Yes)
    );
    assert_eq!(
        plan("Teams", "Enabled", "[\"VoiceApp\"]"),
        (Answer::No, Answer::Yes)
    );
}

#[test]
fn licenses_that_nothing_tells_are_unknown() {
    assert_eq!(licensed("", PlanClass::PhoneSystem), Answer::Unknown);
    // Both empty for every user: the export left them out.
    let empty = ",\"AssignedPlan\":[],\"FeatureTypes\":[]";
    assert_eq!(licensed(empty, PlanClass::PhoneSystem), Answer::Unknown);
    // Capabilities without status, as too small a depth leaves them: the features decide.
    let cut = ",\"AssignedPlan\":[\"MCOEV\"]";
    assert_eq!(licensed(cut, PlanClass::PhoneSystem), Answer::Unknown);
    let told = ",\"AssignedPlan\":[\"MCOEV\"],\"FeatureTypes\":[\"PhoneSystem\"]";
    assert_eq!(licensed(told, PlanClass::PhoneSystem), Answer::Yes);
}

#[test]
fn coexistence_is_decided_by_mode_then_policy_then_global() {
    let global = |mode: &str, properties: &str| {
        let users = format!(
            "[{{\"Identity\":\"{ONE}\",\"UserPrincipalName\":\"a\",\"LineUri\":null{properties}}}]"
        );
        let policies =
            format!("[{{\"Identity\":\"Global\",\"Mode\":\"{mode}\",\"NotifySfbUsers\":false}}]");
        let tenant = tenant(&[
            ("Get-CsOnlineUser.json", &users),
            ("Get-CsTeamsUpgradePolicy.json", &policies),
        ]);
        let found = tenant.coexistence(&tenant.users[0]);
        (
            found.teams_only,
            matches!(found.decided, Decided::Global(..)),
        )
    };
    let mode =
        ",\"TeamsUpgradeEffectiveMode\":\"Islands\",\"TeamsUpgradePolicy\":\"UpgradeToTeams\"";
    assert_eq!(global("TeamsOnly", mode), (Answer::No, false));
    let policy = ",\"TeamsUpgradeEffectiveMode\":null,\"TeamsUpgradePolicy\":{\"Authority\":\"Host\",\"Name\":\"UpgradeToTeams\"}";
    assert_eq!(global("Islands", policy), (Answer::Yes, false));
    let neither = ",\"TeamsUpgradeEffectiveMode\":null,\"TeamsUpgradePolicy\":null";
    assert_eq!(global("Islands", neither), (Answer::No, true));
    assert_eq!(global("TeamsOnly", neither), (Answer::Yes, true));
    // An unknown assignment could be any instance.
    assert_eq!(
        global("Islands", ",\"TeamsUpgradeEffectiveMode\":null").0,
        Answer::Unknown
    );
}

#[test]
fn account_kinds_come_from_either_type() {
    let kind = |properties: &str| {
        let tenant = user(properties);
        tenant.account_kind(&tenant.users[0])
    };
    assert_eq!(kind(",\"AccountType\":\"User\""), AccountKind::User);
    assert_eq!(kind(",\"AccountType\":\"Guest\""), AccountKind::Guest);
    assert_eq!(
        kind(",\"InterpretedUserType\":\"PureOnlineApplicationInstance\""),
        AccountKind::ResourceAccount
    );
    assert_eq!(kind(""), AccountKind::Unknown);
}

#[test]
fn a_number_is_operator_connect_by_type_or_foreign_partner() {
    let answer = |properties: &str| {
        let text = format!(
            "[{{\"TelephoneNumber\":\"+14255550101\",\"ActivationState\":\"Activated\"{properties}}}]"
        );
        let tenant = tenant(&[("Get-CsPhoneNumberAssignment.json", &text)]);
        tenant.is_operator_connect(&tenant.numbers[0])
    };
    assert_eq!(answer(",\"NumberType\":\"OperatorConnect\""), Answer::Yes);
    assert_eq!(
        answer(",\"NumberType\":\"CallingPlan\",\"PstnPartnerName\":\"Example Telecom\""),
        Answer::Yes
    );
    assert_eq!(
        answer(",\"NumberType\":\"CallingPlan\",\"PstnPartnerName\":\"Microsoft\""),
        Answer::No
    );
    assert_eq!(
        answer(",\"NumberType\":\"DirectRouting\",\"PstnPartnerName\":\"\""),
        Answer::No
    );
    assert_eq!(answer(",\"NumberType\":\"CallingPlan\""), Answer::Unknown);
}

#[test]
fn holders_are_told_apart() {
    let holder = |target: &str, status: &str| {
        let numbers = format!(
            "[{{\"TelephoneNumber\":\"+14255550101\",\"NumberType\":\"OperatorConnect\",\"AssignedPstnTargetId\":{target},\"PstnAssignmentStatus\":\"{status}\"}}]"
        );
        let users =
            format!("[{{\"Identity\":\"{ONE}\",\"UserPrincipalName\":\"a\",\"LineUri\":null}}]");
        let tenant = tenant(&[
            ("Get-CsPhoneNumberAssignment.json", &numbers),
            ("Get-CsOnlineUser.json", &users),
        ]);
        (
            tenant.numbers[0].holder,
            tenant.is_assigned(&tenant.numbers[0]),
        )
    };
    assert_eq!(
        holder(&format!("\"{ONE}\""), "UserAssigned"),
        (Holder::User(0), Answer::Yes)
    );
    assert!(matches!(
        holder(&format!("\"{TWO}\""), "UserAssigned").0,
        Holder::Unlisted(_)
    ));
    assert_eq!(holder("null", "Unassigned"), (Holder::Nobody, Answer::No));
    let zero = "\"00000000-0000-0000-0000-000000000000\"";
    assert_eq!(holder(zero, "Unassigned"), (Holder::Nobody, Answer::No));
    assert_eq!(
        holder("\"bridge\"", "ConferenceAssigned"),
        (Holder::ConferenceBridge, Answer::Yes)
    );
    let shared = "\"TeamsSharedCallingRoutingPolicy|Tag:SC1\"";
    assert_eq!(
        holder(shared, "PolicyAssigned"),
        (Holder::SharedCallingPolicy, Answer::Yes)
    );
}

fn routing(assigned: &str, gateway: &str, number_policy: &str) -> Tenant {
    let users = format!(
        "[{{\"Identity\":\"{ONE}\",\"UserPrincipalName\":\"a\",\"LineUri\":null{assigned}}}]"
    );
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

#[test]
fn live_routes_are_tried_by_usage_and_priority_over_enabled_gateways() {
    let live = |gateway: &str| {
        let tenant = routing("", gateway, "[]");
        let policy = tenant
            .voice_routing_policies
            .find("fr")
            .expect("the policy");
        let routes = tenant.live_routes(policy);
        let names: Vec<String> = routes
            .live
            .iter()
            .map(|live| {
                let name = tenant.route(live.route).and_then(|route| route.name.get());
                let name = name.map(|name| tenant.snapshot.texts.symbol(name.0).to_owned());
                format!("{} {}", name.unwrap_or_default(), live.usage_index)
            })
            .collect();
        (names, routes.unknown)
    };
    assert_eq!(
        live(",\"Enabled\":true"),
        (vec!["early 1".to_owned(), "late 1".to_owned()], false)
    );
    assert_eq!(live(",\"Enabled\":false"), (vec![], false));
    assert_eq!(live(""), (vec![], true));
}

#[test]
fn the_number_goes_before_the_user_and_the_user_before_global() {
    let number = crate::snapshot::PhoneNumber::parse("+14255550101");
    let which = |assigned: &str, number_policy: &str| {
        let tenant = routing(assigned, "", number_policy);
        match tenant.effective_voice_routing(&tenant.users[0], number) {
            EffectiveRouting::Named {
                assigned: Assigned::ToNumber(_),
                ..
            } => "number",
            EffectiveRouting::Named {
                assigned: Assigned::ToUser,
                ..
            } => "user",
            EffectiveRouting::Named {
                assigned: Assigned::ByGroup,
                ..
            } => "group",
            EffectiveRouting::Global(_) => "global",
            EffectiveRouting::Dangling(_) => "dangling",
            EffectiveRouting::Unknown => "unknown",
        }
    };
    let to_number = "[{\"TelephoneNumber\":\"14255550101\",\"PolicyType\":\"OnlineVoiceRoutingPolicy\",\"PolicyName\":\"FR\"}]";
    assert_eq!(
        which(",\"OnlineVoiceRoutingPolicy\":null", to_number),
        "number"
    );
    assert_eq!(
        which(",\"OnlineVoiceRoutingPolicy\":\"Tag:FR\"", "[]"),
        "user"
    );
    assert_eq!(which(",\"OnlineVoiceRoutingPolicy\":null", "[]"), "global");
    assert_eq!(
        which(",\"OnlineVoiceRoutingPolicy\":\"Gone\"", "[]"),
        "dangling"
    );
    assert_eq!(which("", "[]"), "unknown");
}

#[test]
fn records_of_one_kind_that_contradict_each_other_are_not_believed() {
    let record = |mode: &str| {
        format!(
            "[{{\"Identity\":\"{ONE}\",\"UserPrincipalName\":\"a\",\"TeamsUpgradeEffectiveMode\":\"{mode}\"}}]"
        )
    };
    let modes = |list: [&str; 3]| {
        let texts = list.map(record);
        let tenant = tenant(&[
            ("users-1.json", &texts[0]),
            ("users-2.json", &texts[1]),
            ("users-3.json", &texts[2]),
        ]);
        (
            tenant.users.len(),
            tenant.users[0].upgrade_mode.is_absent(),
            tenant.problems.len(),
        )
    };
    assert_eq!(modes(["Islands", "Islands", "Islands"]), (1, false, 0));
    for order in [
        ["Islands", "TeamsOnly", "Islands"],
        ["TeamsOnly", "Islands", "Islands"],
        ["Islands", "Islands", "TeamsOnly"],
    ] {
        assert_eq!(modes(order), (1, true, 1), "{order:?}");
    }
}
