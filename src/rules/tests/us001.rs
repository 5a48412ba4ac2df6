//! `user-not-teams-only`

use serde_json::json;

use super::{Case, ONE, labels};

const USERS: &str = "Get-CsOnlineUser";
const NUMBERS: &str = "Get-CsPhoneNumberAssignment";
const POLICIES: &str = "Get-CsTeamsUpgradePolicy";

const GRANT: &str =
    "Grant-CsTeamsUpgradePolicy -Identity 'a@contoso.example' -PolicyName UpgradeToTeams";

/// Somebody with a Direct Routing line in Islands mode.
fn islands() -> Case {
    let user = json!([{
        "Identity": ONE,
        "UserPrincipalName": "a@contoso.example",
        "AccountType": "User",
        "EnterpriseVoiceEnabled": true,
        "LineUri": "tel:+14255550101",
        "TeamsUpgradeEffectiveMode": "Islands",
        "TeamsUpgradePolicy": "Islands",
        "SoftDeletionTimestamp": null
    }]);
    Case::new("US001").file(USERS, user)
}

fn number(number_type: &str) -> serde_json::Value {
    json!([{
        "TelephoneNumber": "+14255550101",
        "NumberType": number_type,
        "AssignedPstnTargetId": ONE,
        "PstnAssignmentStatus": "UserAssigned"
    }])
}

fn enabled_without_number() -> Case {
    islands().with(USERS, &json!({"LineUri": null}))
}

#[test]
fn a_number_or_enterprise_voice_makes_a_caller() {
    assert_eq!(islands().word(), "warning");
    let off = json!({"EnterpriseVoiceEnabled": false});
    assert_eq!(islands().with(USERS, &off).word(), "warning");
    assert_eq!(enabled_without_number().word(), "warning");
    let neither = enabled_without_number().with(USERS, &off);
    assert_eq!(neither.word(), "silent");
    let held = neither.clone().file(NUMBERS, number("DirectRouting"));
    assert_eq!(held.word(), "warning");
}

#[test]
fn nobody_is_taken_for_a_caller_without_evidence() {
    let unknown = islands()
        .without(USERS, "EnterpriseVoiceEnabled")
        .without(USERS, "LineUri");
    assert_eq!(
        unknown.doubt(),
        "no export tells whether the user holds a number or has Enterprise Voice"
    );
    // The inventory says who holds a number: somebody who is not there holds none.
    let other = json!([{
        "TelephoneNumber": "+14255550101",
        "NumberType": "DirectRouting",
        "AssignedPstnTargetId": null,
        "PstnAssignmentStatus": "Unassigned"
    }]);
    // But whether Enterprise Voice is on, it does not say, nor does a blank line URI.
    assert_eq!(unknown.file(NUMBERS, other).word(), "unknown");
    let blank = islands()
        .without(USERS, "EnterpriseVoiceEnabled")
        .with(USERS, &json!({"LineUri": null}));
    assert_eq!(blank.word(), "unknown");
    let blank = islands()
        .without(USERS, "LineUri")
        .with(USERS, &json!({"EnterpriseVoiceEnabled": null}));
    assert_eq!(blank.word(), "silent");
}

#[test]
fn only_people_of_the_tenant_are_meant() {
    for kind in [
        "Guest",
        "ResourceAccount",
        "SfBOnPremUser",
        "IneligibleUser",
    ] {
        let case = islands().with(USERS, &json!({"AccountType": kind}));
        assert_eq!(case.word(), "silent", "{kind}");
        let case = case.file(NUMBERS, number("OperatorConnect"));
        assert_eq!(case.word(), "silent", "{kind} with a number");
    }
    let kind = |name: &str| {
        islands().with(
            USERS,
            &json!({"AccountType": null, "InterpretedUserType": name}),
        )
    };
    assert_eq!(kind("PureOnlineTeamsOnlyUser").word(), "warning");
    assert_eq!(kind("HybridOnpremSfBUser").word(), "silent");
    assert_eq!(kind("PureOnlineApplicationInstance").word(), "silent");
    let unknown = islands().with(USERS, &json!({"AccountType": "Unknown"}));
    assert_eq!(unknown.doubt(), "the kind of the account is not known");
}

#[test]
fn the_deleted_are_left_alone() {
    let deleted = islands().with(
        USERS,
        &json!({"SoftDeletionTimestamp": "2026-09-01T00:00:00Z"}),
    );
    assert_eq!(deleted.word(), "silent");
    assert_eq!(
        islands().without(USERS, "SoftDeletionTimestamp").word(),
        "warning"
    );
}

#[test]
fn a_room_needs_a_number_to_be_meant() {
    for feature in ["TeamsRoomPro", "TeamsRoomBasic"] {
        let features = json!({"FeatureTypes": [feature]});
        let room = enabled_without_number().with(USERS, &features);
        assert_eq!(room.word(), "silent", "{feature}");
        assert_eq!(
            islands().with(USERS, &features).word(),
            "warning",
            "{feature}"
        );
    }
    let person = enabled_without_number().with(USERS, &json!({"FeatureTypes": ["Teams"]}));
    assert_eq!(person.word(), "warning");
}

#[test]
fn the_mode_goes_before_the_policy_and_the_policy_before_global() {
    let mode = |mode: serde_json::Value, policy: serde_json::Value, global: &str| {
        islands()
            .with(
                USERS,
                &json!({"TeamsUpgradeEffectiveMode": mode, "TeamsUpgradePolicy": policy}),
            )
            .file(
                POLICIES,
                json!([{"Identity": "Global", "Mode": global, "NotifySfbUsers": false}]),
            )
    };
    let none = || json!(null);
    assert_eq!(
        mode(json!("teamsonly"), json!("Islands"), "Islands").word(),
        "passed"
    );
    assert_eq!(
        mode(json!("Islands"), json!("UpgradeToTeams"), "TeamsOnly").word(),
        "warning"
    );
    for policy in ["UpgradeToTeams", "Tag:UpgradeToTeamsWithNotify"] {
        assert_eq!(
            mode(none(), json!(policy), "Islands").word(),
            "passed",
            "{policy}"
        );
    }
    assert_eq!(
        mode(none(), json!("SfBOnly"), "TeamsOnly").word(),
        "warning"
    );
    assert_eq!(mode(none(), none(), "TeamsOnly").word(), "passed");
    assert_eq!(mode(none(), none(), "Islands").word(), "warning");
    assert_eq!(mode(none(), json!("Global"), "Islands").word(), "warning");
    assert_eq!(mode(none(), json!("Global"), "TeamsOnly").word(), "passed");
    let named = mode(none(), json!("Global"), "Islands").message();
    assert!(named.contains("inherits the mode `Islands`"), "{named}");
    // Tenants that were born Teams Only may have all three blank.
    let blank = mode(none(), none(), "Islands").without_file(POLICIES);
    assert_eq!(
        blank.doubt(),
        "mode, upgrade policy and the `Global` upgrade policy leave it open"
    );
    let absent = mode(none(), none(), "Islands").without(USERS, "TeamsUpgradePolicy");
    assert_eq!(absent.word(), "unknown", "any policy may be assigned");
}

#[test]
fn a_mode_that_is_not_documented_is_open_whoever_has_it() {
    let policies = |global: &str| {
        json!([
            {"Identity": "Global", "Mode": global, "NotifySfbUsers": false},
            {"Identity": "Tag:Own", "Mode": "Sideways", "NotifySfbUsers": false}
        ])
    };
    let told = |mode, policy, global| {
        let user = json!({"TeamsUpgradeEffectiveMode": mode, "TeamsUpgradePolicy": policy});
        islands()
            .with(USERS, &user)
            .file(POLICIES, policies(global))
    };
    for case in [
        told(Some("Sideways"), None, "Islands"),
        told(None, Some("Own"), "Islands"),
        told(None, None, "Sideways"),
    ] {
        assert_eq!(
            case.doubt(),
            "the coexistence mode is none that is documented"
        );
    }
    assert_eq!(told(None, None, "Islands").word(), "warning");
    assert_eq!(told(None, None, "Teams Only").word(), "passed");
}

#[test]
fn operator_connect_makes_it_an_error() {
    let grade = |number_type: &str, partner: &str| {
        islands()
            .file(NUMBERS, number(number_type))
            .with(NUMBERS, &json!({"PstnPartnerName": partner}))
            .word()
    };
    assert_eq!(grade("OperatorConnect", "Example Telecom"), "error");
    assert_eq!(grade("CallingPlan", "Example Telecom"), "error");
    assert_eq!(grade("CallingPlan", "Microsoft"), "warning");
    assert_eq!(grade("DirectRouting", ""), "warning");
    let microsoft =
        json!({"PstnPartnerName": null, "PstnPartnerId": "7fc2f2eb-89aa-41d7-93de-73d015d22ff0"});
    let plan = islands()
        .file(NUMBERS, number("CallingPlan"))
        .with(NUMBERS, &microsoft);
    assert_eq!(plan.word(), "warning");
    let partner = json!({"PstnPartnerId": super::TWO});
    let operator = islands()
        .file(NUMBERS, number("CallingPlan"))
        .with(NUMBERS, &partner);
    assert_eq!(operator.word(), "error");
}

#[test]
fn one_operator_connect_number_among_others_is_enough() {
    let mut numbers = number("DirectRouting");
    let mut second = number("OperatorConnect")[0].clone();
    second["TelephoneNumber"] = json!("+14255550102");
    numbers.as_array_mut().expect("a list").push(second);
    let case = islands().file(NUMBERS, numbers);
    assert_eq!(case.word(), "error");
    assert!(
        case.message()
            .contains("Operator Connect number `+14255550102`")
    );
}

#[test]
fn the_carrier_policy_stands_in_for_the_inventory_only_when_that_is_missing() {
    let carrier = islands().with(
        USERS,
        &json!({"TeamsCarrierEmergencyCallRoutingPolicy": "Example_1"}),
    );
    assert_eq!(carrier.word(), "error");
    assert!(
        carrier
            .message()
            .contains("has the line URI `tel:+14255550101` on Operator Connect but")
    );
    assert_eq!(
        labels(&carrier.found()),
        [
            "teamsupgradeeffectivemode: coexistence mode `Islands`, not `TeamsOnly`",
            "lineuri: their number",
            "teamscarrieremergencycallroutingpolicy: the service sets this on Operator Connect only",
        ]
    );
    let inventory = carrier.file(NUMBERS, number("DirectRouting"));
    assert_eq!(inventory.word(), "warning");
    let unassigned = inventory.with(NUMBERS, &json!({"AssignedPstnTargetId": null}));
    assert_eq!(
        unassigned.word(),
        "warning",
        "the policy goes some time after the number"
    );
    let blank = islands().with(
        USERS,
        &json!({"TeamsCarrierEmergencyCallRoutingPolicy": null}),
    );
    assert_eq!(blank.word(), "warning");
}

#[test]
fn the_message_says_what_the_user_has_and_lacks() {
    let behind = "but is in mode `Islands`, not Teams Only";
    let messages = [
        (islands(), "has the line URI `tel:+14255550101`"),
        (
            islands().file(NUMBERS, number("DirectRouting")),
            "holds the number `+14255550101`",
        ),
        (
            islands().file(NUMBERS, number("OperatorConnect")),
            "holds the Operator Connect number `+14255550101`",
        ),
        (
            enabled_without_number(),
            "is enabled for Enterprise Voice, still without a number,",
        ),
        (
            islands().without(USERS, "LineUri"),
            "is enabled for Enterprise Voice",
        ),
    ];
    for (case, what) in messages {
        assert_eq!(
            case.message(),
            format!("`a@contoso.example` {what} {behind}")
        );
    }
    let policy = islands().with(USERS, &json!({"TeamsUpgradeEffectiveMode": null}));
    assert_eq!(
        policy.message(),
        "`a@contoso.example` has the line URI `tel:+14255550101` but has the upgrade policy `Islands`, not Teams Only"
    );
}

#[test]
fn labels_show_the_mode_and_what_calls() {
    let mode = "teamsupgradeeffectivemode: coexistence mode `Islands`, not `TeamsOnly`";
    assert_eq!(labels(&islands().found()), [mode, "lineuri: their number"]);
    assert_eq!(
        labels(&enabled_without_number().found()),
        [mode, "enterprisevoiceenabled: enabled for calls"]
    );
    assert_eq!(
        labels(&islands().file(NUMBERS, number("OperatorConnect")).found()),
        [
            mode,
            "telephonenumber: this Operator Connect number is theirs"
        ]
    );
    assert_eq!(
        labels(&islands().file(NUMBERS, number("DirectRouting")).found()),
        [mode, "telephonenumber: this number is theirs"]
    );
    let policy = islands().with(USERS, &json!({"TeamsUpgradeEffectiveMode": null}));
    assert_eq!(
        labels(&policy.found())[0],
        "teamsupgradepolicy: `Islands` does not make the user Teams Only"
    );
}

#[test]
fn who_inherits_the_mode_is_granted_it_alone_unless_all_are_ready() {
    let inherited = islands()
        .with(
            USERS,
            &json!({"TeamsUpgradeEffectiveMode": null, "TeamsUpgradePolicy": null}),
        )
        .file(
            POLICIES,
            json!([{"Identity": "Global", "Mode": "Islands", "NotifySfbUsers": false}]),
        );
    let found = inherited.found();
    assert!(
        found
            .message
            .contains("but inherits the mode `Islands` of the whole organization, not Teams Only")
    );
    assert_eq!(
        labels(&found),
        [
            "teamsupgradepolicy: no policy of the user's own",
            "mode: `Islands` is everybody's mode without another policy",
            "lineuri: their number",
        ]
    );
    assert_eq!(
        found.remedy.commands,
        [
            GRANT,
            "# or, when everybody is ready, for the whole organization: Grant-CsTeamsUpgradePolicy -PolicyName UpgradeToTeams -Global",
        ]
    );
    assert_eq!(islands().commands(), [GRANT], "never when the user differs");
}

#[test]
fn who_is_homed_on_premises_is_moved_first() {
    let homed = |provider: serde_json::Value| {
        islands()
            .with(USERS, &json!({"HostingProvider": provider}))
            .commands()
    };
    assert_eq!(
        homed(json!("SRV:")),
        [
            "# homed on-premises: first, in the Skype for Business Server shell",
            "Move-CsUser -Identity 'a@contoso.example' -Target sipfed.online.lync.com",
            GRANT,
        ]
    );
    for online in [
        "sipfed.online.lync.com",
        "SIPFED.online.gov.skypeforbusiness.us",
    ] {
        assert_eq!(homed(json!(online)), [GRANT], "{online}");
    }
    assert_eq!(homed(json!(null)), [GRANT]);
}

#[test]
fn a_setting_that_cannot_be_changed_is_explained() {
    let read_only = |reason: &str| {
        islands()
            .with(USERS, &json!({"TeamsUpgradePolicyIsReadOnly": reason}))
            .commands()
    };
    assert_eq!(
        read_only("ModeAndNotifications"),
        [
            "# TeamsUpgradePolicyIsReadOnly is 'ModeAndNotifications': the service keeps this setting from you; ask support if the command is refused",
            GRANT,
        ]
    );
    for open in ["none", "False"] {
        assert_eq!(read_only(open), [GRANT], "{open}");
    }
}

#[test]
fn a_grant_takes_its_time() {
    assert!(islands().found().remedy.summary.contains("24 hours"));
}

#[test]
fn hostile_names_stay_in_their_quotes() {
    let hostile = islands().with(
        USERS,
        &json!({"UserPrincipalName": "o'hara’;calc@contoso.example", "HostingProvider": "SRV:"}),
    );
    assert_eq!(
        hostile.commands()[1..],
        [
            "Move-CsUser -Identity 'o''hara’’;calc@contoso.example' -Target sipfed.online.lync.com",
            "Grant-CsTeamsUpgradePolicy -Identity 'o''hara’’;calc@contoso.example' -PolicyName UpgradeToTeams",
        ]
    );
}

#[test]
fn who_is_teams_only_needs_no_evidence_of_calls() {
    let untold = islands()
        .without(USERS, "EnterpriseVoiceEnabled")
        .without(USERS, "LineUri");
    assert_eq!(untold.word(), "unknown");
    let teams = json!({"TeamsUpgradeEffectiveMode": "TeamsOnly"});
    assert_eq!(untold.with(USERS, &teams).word(), "silent");
}
