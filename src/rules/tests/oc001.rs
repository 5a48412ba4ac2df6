//! `stale-pstn-usage`

use serde_json::{Value, json};

use super::{Case, ONE, TWO, labels};

const NUMBERS: &str = "Get-CsPhoneNumberAssignment";
const USERS: &str = "Get-CsOnlineUser";
const ACCOUNTS: &str = "Get-CsOnlineApplicationInstance";
const POLICIES: &str = "Get-CsOnlineVoiceRoutingPolicy";
const ROUTES: &str = "Get-CsOnlineVoiceRoute";
const GATEWAYS: &str = "Get-CsOnlinePSTNGateway";
const TO_NUMBERS: &str = "Get-CsPhoneNumberPolicyAssignment";
const TO_GROUPS: &str = "Get-CsGroupPolicyAssignment";
const EMERGENCY: &str = "Get-CsTeamsEmergencyCallRoutingPolicy";

const GRANT: &str =
    "Grant-CsOnlineVoiceRoutingPolicy -Identity 'a@contoso.example' -PolicyName $null";

/// An Operator Connect number whose holder kept the policy of a route that works.
fn stale() -> Case {
    Case::new("OC001")
        .file(
            NUMBERS,
            json!([{
                "TelephoneNumber": "+14255550101",
                "NumberType": "OperatorConnect",
                "AssignedPstnTargetId": ONE,
                "PstnAssignmentStatus": "UserAssigned"
            }]),
        )
        .file(
            USERS,
            json!([{
                "Identity": ONE,
                "UserPrincipalName": "a@contoso.example",
                "AccountType": "User",
                "OnlineVoiceRoutingPolicy": "US-SBC"
            }]),
        )
        .file(
            POLICIES,
            json!([
                {"Identity": "Tag:US-SBC", "OnlinePstnUsages": ["None", "US"]},
                {"Identity": "Tag:Empty", "OnlinePstnUsages": []},
                {"Identity": "Global", "OnlinePstnUsages": ["US"]}
            ]),
        )
        .file(
            ROUTES,
            json!([{
                "Identity": "r",
                "NumberPattern": "^\\+1",
                "OnlinePstnUsages": ["US"],
                "OnlinePstnGatewayList": ["gone.contoso.example", "sbc1.contoso.example"]
            }]),
        )
        .file(GATEWAYS, json!([{"Identity": "sbc1.contoso.example", "SipSignalingPort": 5061, "Enabled": true}]))
}

fn policy(name: &Value) -> Case {
    stale().with(USERS, &json!({"OnlineVoiceRoutingPolicy": name}))
}

fn pattern(text: &str) -> Case {
    stale().with(ROUTES, &json!({"NumberPattern": text}))
}

fn to_number(policy_type: &str, policy: &Value) -> Value {
    json!([{"TelephoneNumber": "14255550101", "PolicyType": policy_type, "PolicyName": policy}])
}

#[test]
fn only_operator_connect_is_meant() {
    let of = |number_type: &str, partner: Value| {
        let number = json!({"NumberType": number_type, "PstnPartnerName": partner});
        stale().with(NUMBERS, &number)
    };
    assert_eq!(of("OperatorConnect", json!(null)).word(), "error");
    assert_eq!(of("CallingPlan", json!("Example Telecom")).word(), "error");
    assert_eq!(of("DirectRouting", json!(null)).word(), "silent");
    assert_eq!(of("CallingPlan", json!("Microsoft")).word(), "silent");
    let open = of("CallingPlan", json!(null));
    assert_eq!(
        open.doubt(),
        "the export does not tell whether the number is Operator Connect"
    );
    // What passes anyway needs no answer.
    assert_eq!(
        open.with(USERS, &json!({"OnlineVoiceRoutingPolicy": "Empty"}))
            .word(),
        "passed"
    );
}

#[test]
fn only_numbers_that_call_are_meant() {
    let held = |target: Value, status: &str| {
        stale().with(
            NUMBERS,
            &json!({"AssignedPstnTargetId": target, "PstnAssignmentStatus": status}),
        )
    };
    assert_eq!(held(json!(null), "Unassigned").word(), "silent");
    assert_eq!(held(json!("bridge"), "ConferenceAssigned").word(), "silent");
    let shared = json!("TeamsSharedCallingRoutingPolicy|Tag:Site");
    assert_eq!(held(shared, "PolicyAssigned").word(), "silent");
    assert_eq!(
        held(json!(TWO), "UserAssigned").doubt(),
        "the holder is not in `Get-CsOnlineUser`"
    );
    assert_eq!(
        stale().without(NUMBERS, "AssignedPstnTargetId").doubt(),
        "the export does not tell who holds the number"
    );
}

#[test]
fn resource_accounts_call_too() {
    let account = stale().file(
        ACCOUNTS,
        json!([{"ObjectId": ONE, "UserPrincipalName": "a@contoso.example", "ApplicationId": null}]),
    );
    assert!(
        account
            .message()
            .starts_with("`+14255550101` of resource account `a@contoso.example` still")
    );
    assert!(
        stale()
            .message()
            .starts_with("`+14255550101` of `a@contoso.example` still")
    );
    let unlisted = account
        .with(ACCOUNTS, &json!({"ObjectId": TWO}))
        .with(NUMBERS, &json!({"AssignedPstnTargetId": TWO}));
    assert_eq!(unlisted.doubt(), "the holder is not in `Get-CsOnlineUser`");
}

#[test]
fn live_routes_grade() {
    assert_eq!(stale().word(), "error");
    let gateway = |enabled: Value| stale().with(GATEWAYS, &json!({"Enabled": enabled}));
    assert_eq!(gateway(json!(false)).word(), "warning");
    assert_eq!(gateway(json!(null)).word(), "warning");
    let gone = stale().with(GATEWAYS, &json!({"Identity": "sbc9.contoso.example"}));
    assert_eq!(
        gone.word(),
        "warning",
        "a gateway that does not exist takes no call"
    );
    assert_eq!(
        stale()
            .with(ROUTES, &json!({"OnlinePstnUsages": ["Other"]}))
            .word(),
        "warning"
    );
    assert_eq!(pattern("^\\d{4}$").word(), "info");
}

#[test]
fn idle_usages_are_told_from_unknown_gateways() {
    let off = stale().with(GATEWAYS, &json!({"Enabled": false}));
    let found = off.found();
    assert_eq!(
        found.message,
        "`+14255550101` of `a@contoso.example` keeps PSTN usages `None`, `US` of Direct Routing by policy `US-SBC`: no route leads to an enabled gateway today"
    );
    assert_eq!(
        labels(&found),
        [
            "onlinevoiceroutingpolicy: policy `US-SBC` is still assigned",
            "telephonenumber: belongs to Operator Connect",
            "onlinepstnusages: no route of these leads to an enabled gateway",
        ]
    );
    let blank = stale().with(GATEWAYS, &json!({"Enabled": null}));
    assert!(
        blank.message().ends_with("today"),
        "a blank switch is off, not unknown"
    );
    let one = off.with(POLICIES, &json!({"OnlinePstnUsages": ["US"]}));
    assert!(one.message().contains("keeps PSTN usage `US` of"));
    let untold = stale().without(GATEWAYS, "Enabled");
    assert_eq!(
        untold.word(),
        "unknown",
        "a lost state is not an SBC that is switched off"
    );
}

#[test]
fn the_message_names_the_whole_way_of_a_call() {
    let found = stale().found();
    assert_eq!(
        found.message,
        "`+14255550101` of `a@contoso.example` still routes over Direct Routing: policy `US-SBC` grants PSTN usage `US`, and a call to `+14255550123` leaves by route `r` over `sbc1.contoso.example`"
    );
    assert_eq!(
        labels(&found),
        [
            "onlinevoiceroutingpolicy: policy `US-SBC` is still assigned",
            "telephonenumber: belongs to Operator Connect",
            "onlinepstnusages[1]: grants PSTN usage `US`",
            "numberpattern: so a call to `+14255550123` takes this route",
            "onlinepstngatewaylist[1]: to `sbc1.contoso.example`",
            "enabled: `sbc1.contoso.example` is enabled",
        ]
    );
}

#[test]
fn the_example_is_a_number_like_the_holders_own() {
    let dialled = |own: &str| {
        let case = pattern("^\\+").with(NUMBERS, &json!({"TelephoneNumber": own}));
        let message = case.message();
        let (_, behind) = message.split_once("a call to `").expect("an example");
        behind.split('`').next().expect("its end").to_owned()
    };
    assert_eq!(dialled("+14255550101"), "+14255550123");
    assert_eq!(dialled("+33199001201"), "+33199001234");
    assert_eq!(dialled("+442079460201"), "+442079460123");
}

#[test]
fn internal_calls_may_stay_and_lower_the_grade() {
    assert_eq!(pattern("^\\d{6}$").word(), "info");
    assert_eq!(pattern("^\\d{7}$").word(), "error");
    assert_eq!(
        pattern("^\\d{4}").word(),
        "error",
        "what follows may be long"
    );
    assert_eq!(
        pattern("\\d{4}$").word(),
        "error",
        "what goes before may be long"
    );
    let found = pattern("^8\\d{3}$").found();
    assert!(
        found
            .message
            .contains("keeps internal calls on Direct Routing: policy `US-SBC`")
    );
    assert!(found.message.contains("a call to `8000` leaves"));
    assert_eq!(
        found.remedy.commands,
        [
            GRANT,
            "# meant to stay? accept it in tenantlint.toml, under [rules.stale-pstn-usage]: allowed-policies = ['US-SBC']",
        ]
    );
    // One route to the outside is enough.
    let mixed = stale().file(
        ROUTES,
        json!([
            {"Identity": "inside", "Priority": 0, "NumberPattern": "^\\d{4}$", "OnlinePstnUsages": ["US"], "OnlinePstnGatewayList": ["sbc1.contoso.example"]},
            {"Identity": "outside", "Priority": 1, "NumberPattern": "^\\+1", "OnlinePstnUsages": ["US"], "OnlinePstnGatewayList": ["sbc1.contoso.example"]}
        ]),
    );
    assert_eq!(mixed.word(), "error");
    assert!(mixed.message().contains("leaves by route `outside`"));
}

#[test]
fn internal_ranges_are_prefixes_with_or_without_plus() {
    let ranges = |pattern_text: &str, ranges: Value| {
        pattern(pattern_text)
            .options(json!({"internal-ranges": ranges}))
            .word()
    };
    let range = "^\\+1425555\\d{4}$";
    assert_eq!(ranges(range, json!(["1425555"])), "info");
    assert_eq!(ranges(range, json!(["+1425555"])), "info");
    assert_eq!(ranges(range, json!(["44", "1425"])), "info");
    assert_eq!(ranges(range, json!(["1425556"])), "error");
    assert_eq!(ranges("^\\+1(425|206)\\d{7}$", json!(["1425"])), "error");
    assert_eq!(
        ranges("^\\+1(425|206)\\d{7}$", json!(["1425", "1206"])),
        "info"
    );
    assert_eq!(ranges(range, json!([])), "error");
}

#[test]
fn patterns_with_look_around_count_by_what_they_can_match() {
    let short = pattern("^(?!911)\\d{3,4}$");
    assert_eq!(short.word(), "info");
    let long = pattern("^(?!\\+1900)\\+1\\d{10}$");
    assert_eq!(long.word(), "error");
    assert!(long.message().contains("a call to `+14255550123` leaves"));
}

#[test]
fn a_pattern_that_nobody_here_understands_lowers_nothing() {
    let odd = pattern("^(?<a>\\d)(?(a)\\d{2}|x)$");
    assert_eq!(odd.word(), "error");
    assert!(
        odd.message()
            .contains("and a call that matches leaves by route `r`")
    );
    assert_eq!(
        labels(&odd.found())[3],
        "numberpattern: calls that match take this route"
    );
    let broken = pattern("^(\\d{3}$");
    assert_eq!(broken.word(), "error");
    let ranges = broken.options(json!({"internal-ranges": ["1"]}));
    assert_eq!(ranges.word(), "error");
}

#[test]
fn policies_may_be_allowed() {
    let allowed = |names: Value| stale().options(json!({"allowed-policies": names})).word();
    assert_eq!(allowed(json!(["us-sbc"])), "passed");
    assert_eq!(allowed(json!(["Tag:US-SBC"])), "passed");
    assert_eq!(allowed(json!(["US"])), "error");
    assert_eq!(allowed(json!([])), "error");
}

#[test]
fn what_everybody_inherits_is_another_rules_business() {
    for name in [json!(null), json!("Global"), json!("")] {
        assert_eq!(policy(&name).word(), "passed", "{name}");
    }
    assert_eq!(policy(&json!("Empty")).word(), "passed");
    assert_eq!(
        policy(&json!({"Name": "Tag:US-SBC", "Authority": "Tenant"})).word(),
        "error"
    );
    let null = stale().with(POLICIES, &json!({"OnlinePstnUsages": null}));
    assert_eq!(null.word(), "passed");
}

#[test]
fn policies_that_are_not_told_are_in_doubt() {
    assert_eq!(
        policy(&json!("Gone")).doubt(),
        "the assigned voice routing policy is not in the export"
    );
    assert_eq!(
        stale().without(USERS, "OnlineVoiceRoutingPolicy").doubt(),
        "the export does not tell the voice routing policy"
    );
    assert_eq!(
        stale().without(POLICIES, "OnlinePstnUsages").doubt(),
        "the export does not tell the policy's PSTN usages"
    );
}

#[test]
fn the_number_goes_before_the_user() {
    let case = |user: Value, policy_type: &str, name: Value| {
        policy(&user).file(TO_NUMBERS, to_number(policy_type, &name))
    };
    let numbered = case(json!(null), "OnlineVoiceRoutingPolicy", json!("US-SBC"));
    let found = numbered.found();
    assert_eq!(found.severity.name(), "error");
    assert_eq!(
        labels(&found)[0],
        "policyname: policy `US-SBC` is assigned to the number itself"
    );
    assert_eq!(
        found.remedy.commands,
        [
            "Set-CsPhoneNumberPolicyAssignment -TelephoneNumber '+14255550101' -PolicyType OnlineVoiceRoutingPolicy"
        ]
    );
    let kind = "OnlineVoiceRoutingPolicy";
    assert_eq!(case(json!("US-SBC"), kind, json!("Empty")).word(), "passed");
    assert_eq!(
        case(json!("US-SBC"), kind, json!("Global")).word(),
        "passed"
    );
    assert_eq!(case(json!("Empty"), kind, json!("Gone")).word(), "unknown");
    // A row without a name assigns nothing, and other types do not route.
    assert_eq!(case(json!("US-SBC"), kind, json!(null)).commands(), [GRANT]);
    assert_eq!(
        case(json!("US-SBC"), "CallingLineIdentity", json!("Empty")).word(),
        "error"
    );
    let other = policy(&json!("US-SBC")).file(
        TO_NUMBERS,
        json!([{"TelephoneNumber": "14255550102", "PolicyType": kind, "PolicyName": "Empty"}]),
    );
    assert_eq!(other.word(), "error");
}

fn inherited(how: &str) -> Case {
    let assignment = json!([{
        "PolicyType": "OnlineVoiceRoutingPolicy",
        "PolicyAssignment": {"DisplayName": "US-SBC", "AssignmentType": how}
    }]);
    stale().with(USERS, &json!({"EffectivePolicyAssignments": assignment}))
}

fn groups() -> Value {
    json!([
        {"GroupId": TWO, "PolicyType": "OnlineVoiceRoutingPolicy", "PolicyName": "us-sbc", "Rank": 1},
        {"GroupId": ONE, "PolicyType": "OnlineVoiceRoutingPolicy", "PolicyName": "Other", "Rank": 2},
        {"GroupId": ONE, "PolicyType": "TeamsCallingPolicy", "PolicyName": "US-SBC", "Rank": 1}
    ])
}

#[test]
fn a_policy_of_a_group_is_taken_from_the_group() {
    let group = inherited("Group").file(TO_GROUPS, groups());
    let first = "# take 'a@contoso.example' out of the group, or for all its members:";
    assert_eq!(
        group.commands(),
        [
            first.to_owned(),
            format!(
                "# Remove-CsGroupPolicyAssignment -GroupId {TWO} -PolicyType OnlineVoiceRoutingPolicy"
            ),
        ]
    );
    assert_eq!(
        labels(&group.found())[0],
        "onlinevoiceroutingpolicy: policy `US-SBC` is inherited from a group"
    );
    assert_eq!(
        inherited("Group").commands(),
        [
            first,
            "# Get-CsGroupPolicyAssignment -PolicyType OnlineVoiceRoutingPolicy shows the group",
        ]
    );
    let only = inherited("Group").without(USERS, "OnlineVoiceRoutingPolicy");
    assert_eq!(
        labels(&only.found())[0],
        "effectivepolicyassignments: policy `US-SBC` is inherited from a group"
    );
}

#[test]
fn a_policy_of_the_user_may_come_back_from_a_group() {
    assert_eq!(inherited("Direct").commands(), [GRANT]);
    assert_eq!(
        stale().file(TO_GROUPS, groups()).commands(),
        [
            GRANT.to_owned(),
            format!(
                "# a group also assigns this policy ({TWO}): if it comes back, take the user out of the group"
            ),
        ]
    );
}

#[test]
fn the_tenants_list_of_usages_is_never_edited() {
    for case in [
        stale(),
        inherited("Group"),
        stale().with(GATEWAYS, &json!({"Enabled": false})),
    ] {
        let remedy = case.found().remedy;
        assert!(remedy.summary.contains("leave the PSTN usage itself alone"));
        assert!(
            !remedy
                .commands
                .iter()
                .any(|command| command.contains("Set-CsOnlinePstnUsage"))
        );
    }
}

#[test]
fn usages_of_emergency_policies_count_only_where_the_routing_policy_lists_them() {
    let emergency = json!([{
        "Identity": "Tag:E",
        "AllowEnhancedEmergencyServices": true,
        "EmergencyNumbers": [{"EmergencyDialString": "911", "EmergencyDialMask": "", "OnlinePSTNUsage": "US"}]
    }]);
    let with = json!({"OnlineVoiceRoutingPolicy": "Empty", "TeamsEmergencyCallRoutingPolicy": "E"});
    assert_eq!(
        stale()
            .with(USERS, &with)
            .file(EMERGENCY, emergency.clone())
            .word(),
        "passed"
    );
    assert_eq!(stale().file(EMERGENCY, emergency).word(), "error");
}

#[test]
fn hostile_names_stay_in_their_quotes() {
    let hostile = stale().with(
        USERS,
        &json!({"UserPrincipalName": "o'hara’;calc@contoso.example"}),
    );
    assert_eq!(
        hostile.commands(),
        [
            "Grant-CsOnlineVoiceRoutingPolicy -Identity 'o''hara’’;calc@contoso.example' -PolicyName $null"
        ]
    );
}
