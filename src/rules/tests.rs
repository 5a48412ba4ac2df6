//! The cautions of the catalogue: each near miss that must stay silent, and each datum that leaves a rule undecided.

use super::Verdict;
use super::testing::{findings, verdicts, verdicts_with};
use crate::finding::Severity;

const ONE: &str = "00000000-0000-4000-8000-000000000001";

fn word(verdicts: &[Verdict]) -> &'static str {
    match verdicts {
        [] => "silent",
        [Verdict::Passed] => "passed",
        [Verdict::Unknown(_)] => "unknown",
        [Verdict::Found(draft)] => draft.severity.name(),
        _ => "several",
    }
}

fn us001(properties: &str) -> &'static str {
    let users = format!(
        "[{{\"Identity\":\"{ONE}\",\"UserPrincipalName\":\"a@contoso.example\"{properties}}}]"
    );
    word(&verdicts("US001", &[("Get-CsOnlineUser.json", &users)]))
}

#[test]
fn us001_speaks_of_people_who_call() {
    let islands = ",\"TeamsUpgradeEffectiveMode\":\"Islands\"";
    let person = ",\"AccountType\":\"User\"";
    let line = ",\"LineUri\":\"tel:+14255550101\"";
    assert_eq!(us001(&format!("{person}{line}{islands}")), "warning");
    assert_eq!(
        us001(&format!(
            "{person},\"LineUri\":null,\"EnterpriseVoiceEnabled\":true{islands}"
        )),
        "warning"
    );
    assert_eq!(
        us001(&format!(
            "{person},\"LineUri\":null,\"EnterpriseVoiceEnabled\":false{islands}"
        )),
        "silent"
    );
    assert_eq!(
        us001(&format!(",\"AccountType\":\"Guest\"{line}{islands}")),
        "silent"
    );
    assert_eq!(
        us001(&format!(
            ",\"AccountType\":\"ResourceAccount\"{line}{islands}"
        )),
        "silent"
    );
    assert_eq!(
        us001(&format!(
            "{person}{line},\"SoftDeletionTimestamp\":\"2026-09-01T00:00:00Z\"{islands}"
        )),
        "silent"
    );
    assert_eq!(
        us001(&format!(
            "{person}{line},\"TeamsUpgradeEffectiveMode\":\"TeamsOnly\""
        )),
        "passed"
    );
    assert_eq!(
        us001(&format!(
            "{person}{line},\"TeamsUpgradeEffectiveMode\":null,\"TeamsUpgradePolicy\":null"
        )),
        "unknown"
    );
    assert_eq!(us001(&format!("{line}{islands}")), "unknown");
}

fn ra001(plans: &str, number: &str) -> &'static str {
    let accounts = format!(
        "[{{\"ObjectId\":\"{ONE}\",\"ApplicationId\":null,\"UserPrincipalName\":\"ra@contoso.example\",\"PhoneNumber\":{number}}}]"
    );
    let users = format!(
        "[{{\"Identity\":\"{ONE}\",\"UserPrincipalName\":\"ra@contoso.example\",\"AccountType\":\"ResourceAccount\",\"LineUri\":null{plans}}},{{\"Identity\":\"00000000-0000-4000-8000-000000000009\",\"UserPrincipalName\":\"x\",\"AssignedPlan\":[],\"FeatureTypes\":[\"Teams\"]}}]"
    );
    word(&verdicts(
        "RA001",
        &[
            ("Get-CsOnlineApplicationInstance.json", &accounts),
            ("Get-CsOnlineUser.json", &users),
        ],
    ))
}

#[test]
fn ra001_wants_a_plan_that_works() {
    let plan = |name: &str, status: &str| {
        format!(
            ",\"AssignedPlan\":[{{\"Capability\":\"{name}\",\"CapabilityStatus\":\"{status}\"}}],\"FeatureTypes\":[]"
        )
    };
    let number = "\"tel:+14255550110\"";
    assert_eq!(
        ra001(&plan("MCOEV_VIRTUALUSER", "Enabled"), number),
        "passed"
    );
    assert_eq!(
        ra001(&plan("MCOEV_VIRTUALUSER", "Warning"), number),
        "passed"
    );
    assert_eq!(
        ra001(&plan("MCOEV_VIRTUALUSER", "Deleted"), number),
        "error"
    );
    assert_eq!(ra001(&plan("MCOEV", "Enabled"), number), "passed");
    assert_eq!(
        ra001(
            ",\"AssignedPlan\":[],\"FeatureTypes\":[\"VoiceApp\"]",
            number
        ),
        "passed"
    );
    assert_eq!(
        ra001(",\"AssignedPlan\":[],\"FeatureTypes\":[]", number),
        "error"
    );
    assert_eq!(
        ra001(",\"AssignedPlan\":[],\"FeatureTypes\":[]", "null"),
        "info"
    );
    assert_eq!(ra001("", number), "unknown");
    let deleted = ",\"AssignedPlan\":[],\"FeatureTypes\":[],\"SoftDeletionTimestamp\":\"2026-09-01T00:00:00Z\"";
    assert_eq!(ra001(deleted, number), "silent");
}

/// An Operator Connect number whose holder has that policy, over a route with that pattern.
fn oc001(
    number: &str,
    policy: &str,
    pattern: &str,
    enabled: &str,
    options: &serde_json::Value,
) -> &'static str {
    let numbers = format!(
        "[{{\"TelephoneNumber\":\"+14255550101\",\"AssignedPstnTargetId\":\"{ONE}\"{number}}}]"
    );
    let users = format!(
        "[{{\"Identity\":\"{ONE}\",\"UserPrincipalName\":\"a@contoso.example\",\"OnlineVoiceRoutingPolicy\":{policy}}}]"
    );
    let routes = format!(
        "[{{\"Identity\":\"r\",\"NumberPattern\":\"{pattern}\",\"OnlinePstnUsages\":[\"US\"],\"OnlinePstnGatewayList\":[\"sbc1.contoso.example\"]}}]"
    );
    let gateways = format!(
        "[{{\"Identity\":\"sbc1.contoso.example\",\"SipSignalingPort\":5061,\"Enabled\":{enabled}}}]"
    );
    word(&verdicts_with(
        "OC001",
        options,
        &[
            ("Get-CsPhoneNumberAssignment.json", &numbers),
            ("Get-CsOnlineUser.json", &users),
            ("Get-CsOnlineVoiceRoute.json", &routes),
            ("Get-CsOnlinePSTNGateway.json", &gateways),
            (
                "Get-CsOnlineVoiceRoutingPolicy.json",
                "[{\"Identity\":\"Tag:US-SBC\",\"OnlinePstnUsages\":[\"US\"]},{\"Identity\":\"Tag:Empty\",\"OnlinePstnUsages\":[]},{\"Identity\":\"Global\",\"OnlinePstnUsages\":[\"US\"]}]",
            ),
        ],
    ))
}

#[test]
fn oc001_grades_by_what_is_live_and_honours_its_cautions() {
    let none = serde_json::json!({});
    let oc = ",\"NumberType\":\"OperatorConnect\"";
    let all = "^\\\\+1";
    assert_eq!(oc001(oc, "\"US-SBC\"", all, "true", &none), "error");
    assert_eq!(oc001(oc, "\"US-SBC\"", all, "false", &none), "warning");
    assert_eq!(oc001(oc, "\"US-SBC\"", "^\\\\d{4}$", "true", &none), "info");
    assert_eq!(
        oc001(oc, "\"US-SBC\"", "^\\\\d{7}$", "true", &none),
        "error"
    );
    assert_eq!(oc001(oc, "\"Empty\"", all, "true", &none), "passed");
    assert_eq!(
        oc001(oc, "null", all, "true", &none),
        "passed",
        "Global is another rule's"
    );
    assert_eq!(oc001(oc, "\"Gone\"", all, "true", &none), "unknown");
    assert_eq!(
        oc001(
            ",\"NumberType\":\"DirectRouting\"",
            "\"US-SBC\"",
            all,
            "true",
            &none
        ),
        "silent"
    );
    let plan = ",\"NumberType\":\"CallingPlan\",\"PstnPartnerName\":\"Microsoft\"";
    assert_eq!(oc001(plan, "\"US-SBC\"", all, "true", &none), "silent");
    assert_eq!(
        oc001(
            ",\"NumberType\":\"CallingPlan\"",
            "\"US-SBC\"",
            all,
            "true",
            &none
        ),
        "unknown"
    );
    let allowed = serde_json::json!({"allowed-policies": ["us-sbc"]});
    assert_eq!(oc001(oc, "\"US-SBC\"", all, "true", &allowed), "passed");
    let ranges = serde_json::json!({"internal-ranges": ["1425555"]});
    assert_eq!(
        oc001(oc, "\"US-SBC\"", "^\\\\+1425555\\\\d{4}$", "true", &ranges),
        "info"
    );
}

fn op001(status: &str, number: &str) -> &'static str {
    let operators =
        format!("[{{\"name\":\"Telco A\",\"status\":{status},\"countries\":[\"US\"]}}]");
    let numbers = format!(
        "[{{\"TelephoneNumber\":\"+14255550101\",\"NumberType\":\"OperatorConnect\"{number}}}]"
    );
    word(&verdicts(
        "OP001",
        &[
            ("operators.json", &operators),
            ("Get-CsPhoneNumberAssignment.json", &numbers),
        ],
    ))
}

#[test]
fn op001_wants_the_numbers_off_before_the_operator_goes() {
    let used = ",\"PstnPartnerName\":\" telco  a \",\"PstnAssignmentStatus\":\"UserAssigned\"";
    let free = ",\"PstnPartnerName\":\"Telco A\",\"PstnAssignmentStatus\":\"Unassigned\",\"AssignedPstnTargetId\":null";
    assert_eq!(op001("\"Removed\"", used), "error");
    assert_eq!(op001("\"suspended\"", used), "warning");
    assert_eq!(op001("\"Active\"", used), "passed");
    assert_eq!(op001("\"Enabled\"", used), "passed");
    assert_eq!(op001("\"Removed\"", free), "passed");
    assert_eq!(op001("\"Removing\"", used), "unknown");
    let other = ",\"PstnPartnerName\":\"Telco B\",\"PstnAssignmentStatus\":\"UserAssigned\"";
    assert_eq!(op001("\"Removed\"", other), "passed");
}

#[test]
fn remedies_keep_hostile_names_in_their_quotes() {
    let users = format!(
        "[{{\"Identity\":\"{ONE}\",\"UserPrincipalName\":\"o'hara’;calc@contoso.example\",\"AccountType\":\"User\",\"LineUri\":\"tel:+14255550101\",\"TeamsUpgradeEffectiveMode\":\"Islands\"}}]"
    );
    let found = findings("US001", &[("Get-CsOnlineUser.json", &users)]);
    assert_eq!(found[0].severity, Severity::Warning);
    assert_eq!(
        found[0].remedy.commands,
        [
            "Grant-CsTeamsUpgradePolicy -Identity 'o''hara’’;calc@contoso.example' -PolicyName UpgradeToTeams"
        ]
    );
}
