//! Numbers of deleted accounts are the business of `number-on-deleted-user` alone: what other rules would have typed by sign-in
//! name could reach a live account that has the name by now.

use super::ONE;
use crate::rules::Verdict;
use crate::rules::testing::verdicts;

const OTHERS: [&str; 8] = [
    "EM001", "EM002", "EM005", "NU002", "NU006", "NU008", "NU011", "OC001",
];

/// How many findings a rule has in a tenant whose only account holds three numbers that are wrong in every way.
fn count(rule: &str, deleted: &str) -> usize {
    let users = format!(
        r#"[{{"Identity":"{ONE}","UserPrincipalName":"a@contoso.example","AccountType":"User","LineUri":null,"UserDirSyncEnabled":false,"OnlineVoiceRoutingPolicy":"US-SBC","SoftDeletionTimestamp":{deleted}}}]"#
    );
    let number = |properties: &str| {
        format!(
            r#"{{"AssignedPstnTargetId":"{ONE}","PstnAssignmentStatus":"UserAssigned","IsoCountryCode":"US","CivicAddressId":null,"LocationUpdateSupported":false,{properties}}}"#
        )
    };
    let numbers = [
        r#""TelephoneNumber":"+12065550101","NumberType":"OperatorConnect","ActivationState":"AssignmentFailed","NumberSource":"OnPremises","Capability":["VoiceApplicationAssignment"],"LocationId":null"#,
        r#""TelephoneNumber":"+12065550102","NumberType":"CallingPlan","PstnPartnerName":"Microsoft","ActivationState":"Activated","NumberSource":"Online","Capability":["UserAssignment"],"LocationId":null"#,
        r#""TelephoneNumber":"+18005550101","NumberType":"CallingPlan","PstnPartnerName":"Microsoft","ActivationState":"Activated","NumberSource":"Online","Capability":["UserAssignment"],"LocationId":"00000000-0000-4000-8000-00000000000a""#,
    ]
    .map(number)
    .join(",");
    let verdicts = verdicts(
        rule,
        &[
            ("Get-CsOnlineUser.json", &users),
            ("Get-CsPhoneNumberAssignment.json", &format!("[{numbers}]")),
            ("Get-CsOnlineApplicationInstance.json", "[]"),
            (
                "Get-CsOnlineLisLocation.json",
                r#"[{"LocationId":"00000000-0000-4000-8000-00000000000a","CivicAddressId":null,"CountryOrRegion":"FR"}]"#,
            ),
            (
                "Get-CsOnlineVoiceRoutingPolicy.json",
                r#"[{"Identity":"Tag:US-SBC","OnlinePstnUsages":["US"]}]"#,
            ),
            (
                "Get-CsOnlineVoiceRoute.json",
                r#"[{"Identity":"US","NumberPattern":"^\\+1","OnlinePstnUsages":["US"],"OnlinePstnGatewayList":["sbc1.contoso.example"]}]"#,
            ),
            (
                "Get-CsOnlinePSTNGateway.json",
                r#"[{"Identity":"sbc1.contoso.example","SipSignalingPort":5061,"Enabled":true}]"#,
            ),
        ],
    );
    let found = verdicts
        .iter()
        .filter(|one| matches!(one, Verdict::Found(_)));
    found.count()
}

#[test]
fn other_rules_leave_the_numbers_of_deleted_accounts_alone() {
    let deleted = "\"2026-09-01T00:00:00Z\"";
    for rule in OTHERS {
        assert_eq!(count(rule, "null"), 1, "{rule}");
        assert_eq!(count(rule, deleted), 0, "{rule}");
    }
    assert_eq!((count("US006", "null"), count("US006", deleted)), (0, 1));
}
