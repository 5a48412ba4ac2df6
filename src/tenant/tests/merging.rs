//! One object out of several records: of one kind, which must agree, and of several, which complete each other.

use serde_json::{Value, json};

use super::{ONE, THREE, TWO, id, symbol, text, user_text};
use crate::finding::Severity;
use crate::snapshot::service_plans::PlanClass;
use crate::tenant::testing::tenant;
use crate::tenant::{AccountKind, Answer, Holder, Tenant};

/// Severity and message of each problem of merging.
fn problems(tenant: &Tenant) -> Vec<(Severity, &str)> {
    tenant
        .problems
        .iter()
        .map(|problem| (problem.severity, problem.message.as_str()))
        .collect()
}

#[test]
fn records_of_one_kind_that_contradict_each_other_are_not_believed() {
    let record = |mode: &str| user_text(ONE, &format!(",\"TeamsUpgradeEffectiveMode\":\"{mode}\""));
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

#[test]
fn none_and_a_value_contradict_each_other_within_a_kind() {
    let one = user_text(ONE, ",\"OnlineVoiceRoutingPolicy\":null");
    let two = user_text(ONE, ",\"OnlineVoiceRoutingPolicy\":\"FR\"");
    let tenant = tenant(&[("users-1.json", &one), ("users-2.json", &two)]);
    assert!(tenant.users[0].voice_routing_policy.is_absent());
    assert_eq!(
        problems(&tenant),
        [(
            Severity::Error,
            "`OnlineVoiceRoutingPolicy` differs between two records of 1 object: neither is believed"
        )]
    );
    let problem = &tenant.problems[0];
    let place =
        |place: &Option<crate::finding::Place>| place.as_ref().map(|place| place.records[0].source);
    assert_ne!(place(&problem.place), place(&problem.also));
}

#[test]
fn a_record_that_lacks_a_property_is_completed_by_its_twin() {
    let one = user_text(ONE, ",\"OnlineVoiceRoutingPolicy\":\"FR\"");
    let two = user_text(ONE, ",\"TeamsUpgradeEffectiveMode\":\"TeamsOnly\"");
    let tenant = tenant(&[("users-1.json", &one), ("users-2.json", &two)]);
    let user = &tenant.users[0];
    assert!(user.voice_routing_policy.value().is_some());
    assert!(user.upgrade_mode.value().is_some());
    assert!(tenant.problems.is_empty());
    // A place is looked for in both records.
    assert_eq!(user.at("TeamsUpgradeEffectiveMode").records.len(), 2);
}

#[test]
fn another_spelling_is_no_contradiction() {
    let one = user_text(
        ONE,
        ",\"LineUri\":\"tel:+14255550101\",\"OnlineVoiceRoutingPolicy\":\"Tag:FR\"",
    );
    let two = user_text(
        &ONE.to_uppercase(),
        ",\"LineUri\":\"TEL:14255550101\",\"OnlineVoiceRoutingPolicy\":{\"Authority\":\"Tenant\",\"Name\":\"fr\"}",
    );
    let tenant = tenant(&[("users-1.json", &one), ("users-2.json", &two)]);
    assert_eq!(tenant.users.len(), 1);
    assert_eq!(problems(&tenant), []);
}

/// One resource account in all the exports that tell of it.
fn everywhere() -> Vec<(&'static str, String)> {
    let graph_plan = json!({"capabilityStatus": "Enabled", "servicePlanId": "f47330e9-c134-43b3-9993-e7f004506889"});
    vec![
        (
            "Get-CsOnlineUser.json",
            json!([{"Identity": ONE, "UserPrincipalName": "aa@contoso.example", "DisplayName": "Main",
                "InterpretedUserType": "PureOnlineApplicationInstance", "LineUri": "tel:+14255550101", "UsageLocation": "US"}]),
        ),
        (
            "Get-CsOnlineApplicationInstance.json",
            json!([{"ObjectId": ONE, "UserPrincipalName": "AA@contoso.example", "DisplayName": "Main line", "ApplicationId": THREE}]),
        ),
        (
            "graph-users.json",
            json!([{"id": ONE, "userPrincipalName": "aa@contoso.example", "displayName": "Main desk",
                "accountEnabled": false, "usageLocation": "DE", "assignedPlans": [graph_plan]}]),
        ),
        (
            "graph-userConfigurations.json",
            json!([{"id": ONE, "userPrincipalName": "aa@contoso.example", "accountType": "resourceAccount",
                "isEnterpriseVoiceEnabled": true, "featureTypes": ["VoiceApp"]}]),
        ),
    ]
    .into_iter()
    .map(|(name, value): (&str, Value)| (name, value.to_string()))
    .collect()
}

fn built(files: &[(&'static str, String)]) -> Tenant {
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, &**text)).collect();
    tenant(&files)
}

#[test]
fn an_account_in_every_export_is_one_account() {
    let tenant = built(&everywhere());
    assert_eq!((tenant.users.len(), tenant.resource_accounts.len()), (1, 1));
    let user = tenant.user(id(ONE)).expect("the account");
    // Each property from the kind that is trusted most among those that have it.
    assert_eq!(text(&tenant, user.display_name.get()), "Main");
    assert_eq!(symbol(&tenant, user.usage_location.get()), "US");
    assert_eq!(text(&tenant, user.line_uri.get()), "tel:+14255550101");
    assert_eq!(user.enterprise_voice.get(), Some(true));
    assert_eq!(user.account_enabled.get(), Some(false));
    assert_eq!(tenant.account_kind(user), AccountKind::ResourceAccount);
    assert_eq!(tenant.virtual_user(user), Answer::Yes);
    assert_eq!(user.at("DisplayName").records.len(), 3);
    let account = tenant.resource_account(id(ONE)).expect("the account");
    assert_eq!(tenant.resource_account_name(account), "AA@contoso.example");
    assert_eq!(
        tenant.account_licensed(account, PlanClass::ResourceAccount),
        Answer::Yes
    );
}

#[test]
fn what_kinds_tell_differently_is_told_once_for_each_property() {
    let tenant = built(&everywhere());
    let different = |property: &str| {
        format!(
            "`{property}` differs between two kinds of export for 1 object: the Teams cmdlet is believed"
        )
    };
    let expected = [different("DisplayName"), different("UsageLocation")];
    let expected: Vec<_> = expected
        .iter()
        .map(|message| (Severity::Info, message.as_str()))
        .collect();
    assert_eq!(problems(&tenant), expected);
}

#[test]
fn a_number_in_three_dialects_is_one_number_and_its_objects_are_counted_once() {
    let cmdlet = json!([{"TelephoneNumber": "+14255550101", "NumberType": "OperatorConnect", "AssignedPstnTargetId": ONE,
        "PstnAssignmentStatus": "UserAssigned", "PstnPartnerName": "Example Telecom", "IsoCountryCode": "US"}]);
    let graph = json!({"value": [{"telephoneNumber": "+14255550101", "numberType": "operatorConnect", "assignmentTargetId": ONE,
        "assignmentStatus": "userAssigned", "operatorId": TWO, "isoCountryCode": "CA", "capabilities": ["userAssignment"]}]});
    let bulk = format!(
        "TelephoneNumber,NumberType,TargetId,AssignmentStatus,PartnerName,IsoCountryCode,AcquiredCapabilities\n14255550101,OperatorConnect,{ONE},UserAssigned,Example Telecom,MX,UserAssignment\n"
    );
    let users = user_text(ONE, "");
    let tenant = tenant(&[
        ("acquired-numbers.csv", &bulk),
        ("graph-numberAssignments.json", &graph.to_string()),
        ("Get-CsPhoneNumberAssignment.json", &cmdlet.to_string()),
        ("Get-CsOnlineUser.json", &users),
    ]);
    assert_eq!(tenant.numbers.len(), 1);
    let number = &tenant.numbers[0];
    assert_eq!(number.holder, Holder::User(0));
    assert_eq!(symbol(&tenant, number.record.country.get()), "US");
    assert_eq!(tenant.shared_id(&number.record.operator_id), Some(id(TWO)));
    assert_eq!(
        problems(&tenant),
        [(
            Severity::Info,
            "`IsoCountryCode` differs between two kinds of export for 1 object: the Teams cmdlet is believed"
        )]
    );
}

#[test]
fn a_contradiction_within_a_lesser_kind_does_not_touch_the_better_one() {
    let cmdlet = user_text(ONE, ",\"UsageLocation\":\"US\"");
    let graph = |location: &str| {
        format!(
            "[{{\"id\":\"{ONE}\",\"userPrincipalName\":\"a@contoso.example\",\"usageLocation\":\"{location}\"}}]"
        )
    };
    let tenant = tenant(&[
        ("graph-users-1.json", &graph("DE")),
        ("graph-users-2.json", &graph("FR")),
        ("Get-CsOnlineUser.json", &cmdlet),
    ]);
    assert_eq!(symbol(&tenant, tenant.users[0].usage_location.get()), "US");
    assert_eq!(
        problems(&tenant),
        [(
            Severity::Error,
            "`UsageLocation` differs between two records of 1 object: neither is believed"
        )]
    );
}

#[test]
fn none_from_the_better_kind_is_not_filled_by_the_lesser() {
    let cmdlet = user_text(ONE, ",\"UsageLocation\":null");
    let graph = format!(
        "[{{\"id\":\"{ONE}\",\"userPrincipalName\":\"a@contoso.example\",\"usageLocation\":\"DE\"}}]"
    );
    let tenant = tenant(&[
        ("Get-CsOnlineUser.json", &cmdlet),
        ("graph-users.json", &graph),
    ]);
    assert!(tenant.users[0].usage_location.is_null());
    assert!(tenant.problems.is_empty());
}

#[test]
fn a_number_that_nobody_can_read_is_left_out_and_told_once() {
    let numbers = json!([
        {"TelephoneNumber": "extension 12", "NumberType": "DirectRouting"},
        {"TelephoneNumber": "+14255550101", "NumberType": "DirectRouting"},
        {"TelephoneNumber": "1.42557E+10", "NumberType": "DirectRouting"},
    ]);
    let tenant = tenant(&[("Get-CsPhoneNumberAssignment.json", &numbers.to_string())]);
    assert_eq!(tenant.numbers.len(), 1);
    assert_eq!(
        problems(&tenant),
        [(
            Severity::Warning,
            "`extension 12` is no telephone number: its record cannot be judged, nor others like it"
        )]
    );
}

#[test]
fn the_list_of_deleted_users_is_trusted_least() {
    let of = |name: &str, more: &str| {
        format!(
            "[{{\"id\":\"{ONE}\",\"userPrincipalName\":\"a@contoso.example\",\"displayName\":\"{name}\"{more}}}]"
        )
    };
    let deleted = of("Old", ",\"deletedDateTime\":\"2026-09-01T00:00:00Z\"");
    let graph = of("New", ",\"accountEnabled\":true,\"usageLocation\":\"US\"");
    let cmdlet = user_text(ONE, ",\"DisplayName\":\"New\"");
    for (name, other) in [
        ("graph-users.json", graph),
        ("Get-CsOnlineUser.json", cmdlet),
    ] {
        let (deleted, other) = (
            ("deletedItems.json", deleted.as_str()),
            (name, other.as_str()),
        );
        // Whatever is read first.
        for files in [[deleted, other], [other, deleted]] {
            let tenant = tenant(&files);
            assert_eq!(tenant.users.len(), 1);
            let user = &tenant.users[0];
            assert_eq!(text(&tenant, user.display_name.get()), "New", "{name}");
            // What nothing else tells is filled from it.
            assert!(tenant.is_deleted(user), "{name}");
        }
    }
}

#[test]
fn a_contradiction_is_one_problem_over_all_objects_and_names_the_rule_that_tells_it() {
    let user = |id: &str, location: &str| json!({"Identity": id, "UserPrincipalName": "a@contoso.example", "UsageLocation": location});
    let number = |number_type: &str, city: &str| json!([{"TelephoneNumber": "+14255550101", "NumberType": number_type, "City": city}]);
    let users = json!([
        user(ONE, "US"),
        user(ONE, "DE"),
        user(TWO, "US"),
        user(TWO, "FR")
    ]);
    let tenant = tenant(&[
        ("Get-CsOnlineUser.json", &users.to_string()),
        (
            "numbers-1.json",
            &number("OperatorConnect", "Reno").to_string(),
        ),
        (
            "numbers-2.json",
            &number("DirectRouting", "Elko").to_string(),
        ),
    ]);
    let mut told: Vec<_> = tenant
        .problems
        .iter()
        .map(|problem| {
            (
                problem.discriminator.as_str(),
                problem.objects,
                problem.rule,
            )
        })
        .collect();
    told.sort_unstable();
    assert_eq!(
        told,
        [
            ("City", 1, Some("SN006")),
            ("NumberType", 1, Some("OC006")),
            ("UsageLocation", 2, Some("SN006")),
        ]
    );
}
