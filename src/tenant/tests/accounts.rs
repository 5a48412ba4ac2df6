//! Kinds and names of accounts, whether they are deleted or Teams-only, and the tenant itself.

use super::{ONE, THREE, TWO, id, user, user_text};
use crate::snapshot::ExportKind;
use crate::tenant::testing::tenant;
use crate::tenant::{AccountKind, Answer, Decided};

#[test]
fn account_kinds_come_from_either_type() {
    let kind = |properties: &str| {
        let tenant = user(properties);
        tenant.account_kind(&tenant.users[0])
    };
    let typed = |name: &str| kind(&format!(",\"AccountType\":\"{name}\""));
    assert_eq!(typed("User"), AccountKind::User);
    assert_eq!(typed("resourceAccount"), AccountKind::ResourceAccount);
    assert_eq!(typed("Guest"), AccountKind::Guest);
    assert_eq!(typed("SfBOnPremUser"), AccountKind::OnPremises);
    assert_eq!(typed("IneligibleUser"), AccountKind::Ineligible);
    assert_eq!(typed("Unknown"), AccountKind::Unknown);
    let interpreted = |name: &str| kind(&format!(",\"InterpretedUserType\":\"{name}\""));
    assert_eq!(
        interpreted("PureOnlineApplicationInstance"),
        AccountKind::ResourceAccount
    );
    assert_eq!(interpreted("HybridOnpremSfBUser"), AccountKind::OnPremises);
    assert_eq!(interpreted("PureOnlineGuestUser"), AccountKind::Guest);
    assert_eq!(interpreted("PureOnlineTeamsOnlyUser"), AccountKind::User);
    assert_eq!(kind(""), AccountKind::Unknown);
    // The newer property goes before the composed text.
    let disagreeing =
        ",\"AccountType\":\"User\",\"InterpretedUserType\":\"PureOnlineApplicationInstance\"";
    assert_eq!(kind(disagreeing), AccountKind::User);
}

#[test]
fn the_list_of_resource_accounts_tells_what_the_directory_leaves_open() {
    let list = format!(
        "[{{\"ObjectId\":\"{ONE}\",\"UserPrincipalName\":\"aa@contoso.example\",\"ApplicationId\":\"{THREE}\"}}]"
    );
    for properties in ["", ",\"InterpretedUserType\":\"PureOnlineUser\""] {
        let users = user_text(ONE, properties);
        let tenant = tenant(&[
            ("Get-CsOnlineUser.json", &users),
            ("Get-CsOnlineApplicationInstance.json", &list),
        ]);
        assert_eq!(
            tenant.account_kind(&tenant.users[0]),
            AccountKind::ResourceAccount,
            "{properties}"
        );
    }
}

#[test]
fn resource_accounts_come_from_either_export_in_order_of_id() {
    let list = format!(
        "[{{\"ObjectId\":\"{TWO}\",\"UserPrincipalName\":null,\"DisplayName\":\"Sales\",\"ApplicationId\":\"{THREE}\"}},
          {{\"ObjectId\":\"{THREE}\",\"ApplicationId\":\"{THREE}\"}}]"
    );
    let users = user_text(ONE, ",\"AccountType\":\"ResourceAccount\"");
    let tenant = tenant(&[
        ("Get-CsOnlineApplicationInstance.json", &list),
        ("Get-CsOnlineUser.json", &users),
    ]);
    let shown: Vec<String> = tenant
        .resource_accounts
        .iter()
        .map(|account| tenant.resource_account_name(account))
        .collect();
    assert_eq!(shown, ["a@contoso.example", "Sales", THREE]);
    let one = tenant.resource_account(id(ONE)).expect("the account");
    assert!(one.record.is_none());
    assert_eq!(
        tenant.user_of(one).and_then(|user| user.id.get()),
        Some(id(ONE))
    );
    let two = tenant.resource_account(id(TWO)).expect("the account");
    assert!(two.record.is_some() && tenant.user_of(two).is_none());
    assert!(tenant.user(id(TWO)).is_none());
    assert!(tenant.resource_account(id(MISSING)).is_none());
}

const MISSING: &str = "00000000-0000-4000-8000-00000000000f";

#[test]
fn an_account_is_called_by_its_best_name() {
    let name = |properties: &str| {
        let users = format!("[{{\"Identity\":\"{ONE}\",\"LineUri\":null{properties}}}]");
        let tenant = tenant(&[("Get-CsOnlineUser.json", &users)]);
        tenant.user_name(&tenant.users[0])
    };
    let display = ",\"DisplayName\":\"Front desk\"";
    let both = format!(",\"UserPrincipalName\":\"desk@contoso.example\"{display}");
    assert_eq!(name(&both), "desk@contoso.example");
    assert_eq!(name(display), "Front desk");
    assert_eq!(name(""), ONE);
}

#[test]
fn commands_name_a_deleted_holder_by_its_id() {
    // Somebody else may have the sign-in name by now.
    for accounts in [
        "[]".to_owned(),
        format!(
            r#"[{{"ObjectId":"{ONE}","ApplicationId":null,"UserPrincipalName":"a@contoso.example"}}]"#
        ),
    ] {
        let users = format!(
            r#"[{{"Identity":"{ONE}","UserPrincipalName":"a@contoso.example","SoftDeletionTimestamp":"2026-09-01T00:00:00Z"}}]"#
        );
        let numbers =
            format!(r#"[{{"TelephoneNumber":"+12065550101","AssignedPstnTargetId":"{ONE}"}}]"#);
        let tenant = tenant(&[
            ("Get-CsOnlineUser.json", &users),
            ("Get-CsOnlineApplicationInstance.json", &accounts),
            ("Get-CsPhoneNumberAssignment.json", &numbers),
        ]);
        let number = &tenant.numbers[0];
        assert!(tenant.is_held_by_deleted(number));
        assert_eq!(tenant.holder_identity(number).as_deref(), Some(ONE));
    }
}

#[test]
fn commands_name_an_account_by_what_only_it_has() {
    let identity = |properties: &str| {
        let users = format!("[{{\"Identity\":\"{ONE}\",\"LineUri\":null{properties}}}]");
        let accounts = format!(
            "[{{\"ObjectId\":\"{ONE}\",\"ApplicationId\":null,\"DisplayName\":\"Main line\"}}]"
        );
        let numbers = format!(
            "[{{\"TelephoneNumber\":\"+12065550101\",\"AssignedPstnTargetId\":\"{ONE}\"}}]"
        );
        let tenant = tenant(&[
            ("Get-CsOnlineUser.json", &users),
            ("Get-CsOnlineApplicationInstance.json", &accounts),
            ("Get-CsPhoneNumberAssignment.json", &numbers),
        ]);
        let of_user = tenant.user_identity(&tenant.users[0]);
        let of_account = tenant.resource_account_identity(&tenant.resource_accounts[0]);
        assert_eq!(of_user, of_account);
        assert_eq!(tenant.holder_identity(&tenant.numbers[0]), Some(of_account));
        of_user
    };
    let display = ",\"DisplayName\":\"Megan Bowen\"";
    assert_eq!(identity(display), ONE);
    let both = format!(",\"UserPrincipalName\":\"desk@contoso.example\"{display}");
    assert_eq!(identity(&both), "desk@contoso.example");
    // Another account may have its name since.
    let deleted = format!("{both},\"SoftDeletionTimestamp\":\"2026-01-02T03:04:05Z\"");
    assert_eq!(identity(&deleted), ONE);
}

#[test]
fn soft_deleted_accounts_are_known_by_their_time_of_deletion() {
    let deleted = |properties: &str| {
        let tenant = user(properties);
        tenant.is_deleted(&tenant.users[0])
    };
    assert!(deleted(
        ",\"SoftDeletionTimestamp\":\"2026-01-02T03:04:05Z\""
    ));
    // A date of the exporter's own language is a date.
    assert!(deleted(
        ",\"SoftDeletionTimestamp\":\"31/01/2026 09:32:28\""
    ));
    assert!(!deleted(",\"SoftDeletionTimestamp\":null"));
    assert!(!deleted(
        ",\"SoftDeletionTimestamp\":\"0001-01-01T00:00:00\""
    ));
    assert!(!deleted(""));
    let items = format!(
        "[{{\"id\":\"{ONE}\",\"deletedDateTime\":\"2026-01-02T03:04:05Z\",\"userPrincipalName\":\"a@contoso.example\"}}]"
    );
    let tenant = tenant(&[("graph-deletedItems.json", &items)]);
    assert!(tenant.is_deleted(&tenant.users[0]));
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
    assert_eq!(global("Teams Only", neither), (Answer::Yes, true));
    assert_eq!(global("Sideways", neither), (Answer::Unknown, true));
    // An unknown assignment could be any instance.
    assert_eq!(
        global("Islands", ",\"TeamsUpgradeEffectiveMode\":null").0,
        Answer::Unknown
    );
    let by_name = ",\"TeamsUpgradePolicy\":\"global\"";
    assert_eq!(global("Islands", by_name), (Answer::No, true));
}

#[test]
fn coexistence_names_what_decided_it() {
    let decided = |properties: &str, policies: &str| {
        let users = user_text(ONE, properties);
        let tenant = tenant(&[
            ("Get-CsOnlineUser.json", &users),
            ("Get-CsTeamsUpgradePolicy.json", policies),
        ]);
        let found = tenant.coexistence(&tenant.users[0]);
        (found.teams_only, found.decided)
    };
    let mode = |name: &str| Decided::Mode(name.to_owned());
    let policy = |name: &str| Decided::Policy(name.to_owned());
    assert_eq!(
        decided(",\"TeamsUpgradeEffectiveMode\":\"teamsonly\"", "[]"),
        (Answer::Yes, mode("teamsonly"))
    );
    // As the admin center writes it.
    assert_eq!(
        decided(",\"TeamsUpgradeEffectiveMode\":\"Teams Only\"", "[]"),
        (Answer::Yes, mode("TeamsOnly"))
    );
    // A mode that Microsoft may add means whatever it means, and no policy is asked instead.
    assert_eq!(
        decided(
            ",\"TeamsUpgradeEffectiveMode\":\"Sideways\",\"TeamsUpgradePolicy\":\"SfBOnly\"",
            "[]"
        ),
        (Answer::Unknown, mode("Sideways"))
    );
    assert_eq!(
        decided(",\"TeamsUpgradePolicy\":\"Tag:SfBOnly\"", "[]"),
        (Answer::No, policy("SfBOnly"))
    );
    assert_eq!(
        decided(",\"TeamsUpgradePolicy\":\"UpgradeToTeamsWithNotify\"", "[]"),
        (Answer::Yes, policy("UpgradeToTeamsWithNotify"))
    );
    // The export of the policies goes before the name.
    let own = "[{\"Identity\":\"Tag:Islands\",\"Mode\":\"TeamsOnly\",\"NotifySfbUsers\":false}]";
    assert_eq!(
        decided(",\"TeamsUpgradePolicy\":\"islands\"", own),
        (Answer::Yes, policy("islands"))
    );
    let strange = own.replace("TeamsOnly", "Sideways");
    assert_eq!(
        decided(",\"TeamsUpgradePolicy\":\"islands\"", &strange),
        (Answer::Unknown, policy("islands"))
    );
    let nothing = (Answer::Unknown, Decided::Nothing);
    assert_eq!(decided("", "[]"), nothing);
    assert_eq!(decided(",\"TeamsUpgradePolicy\":null", "[]"), nothing);
}

#[test]
fn the_tenant_is_told_by_manifest_before_its_own_record() {
    let manifest = format!(
        "{{\"tenantId\":\"{ONE}\",\"tenantName\":\"Contoso\",\"exportedAt\":\"2026-01-02T03:04:05Z\",\"exports\":[]}}"
    );
    let organization = format!(
        "[{{\"TenantId\":\"{TWO}\",\"DisplayName\":\"Fabrikam\",\"VerifiedDomains\":[],\"TeamsUpgradeEffectiveMode\":\"TeamsOnly\"}}]"
    );
    let told = |files: &[(&str, &str)]| {
        let tenant = tenant(files);
        (tenant.id(), tenant.name().map(str::to_owned))
    };
    let record = ("Get-CsTenant.json", organization.as_str());
    assert_eq!(
        told(&[("manifest.json", &manifest), record]),
        (Some(id(ONE)), Some("Contoso".to_owned()))
    );
    assert_eq!(
        told(&[record]),
        (Some(id(TWO)), Some("Fabrikam".to_owned()))
    );
    assert_eq!(told(&[("Get-CsOnlineUser.json", "[]")]), (None, None));
}

#[test]
fn an_export_has_a_start_and_a_missing_one_has_none() {
    let tenant = user("");
    assert!(tenant.start_of(ExportKind::OnlineUser).is_some());
    assert!(tenant.start_of(ExportKind::OnlinePstnGateway).is_none());
}

#[test]
fn the_manifest_tells_how_far_apart_two_exports_are() {
    use crate::snapshot::ExportKind;
    let manifest = r#"{"exports":[
        {"kind":"Get-CsTenant","exportedAt":"2026-10-01T07:00:00Z"},
        {"kind":"Get-CsOnlineUser","exportedAt":"2026-10-01T08:00:00Z"},
        {"kind":"Get-CsPhoneNumberAssignment","exportedAt":"2026-10-01T08:00:30Z"},
        {"kind":"Get-CsCallQueue"}]}"#;
    let tenant = tenant(&[("manifest.json", manifest)]);
    let (users, numbers) = (ExportKind::OnlineUser, ExportKind::PhoneNumberAssignment);
    assert_eq!(tenant.exported_apart(users, numbers), Some(30_000));
    assert_eq!(tenant.exported_apart(numbers, users), Some(30_000));
    assert_eq!(tenant.exported_apart(users, ExportKind::CallQueue), None);
    assert_eq!(
        tenant.exported_apart(users, ExportKind::OnlineVoiceRoute),
        None
    );
}

#[test]
fn the_subject_of_an_account_is_what_the_account_is() {
    use crate::finding::SubjectKind;
    let kind = |kind: &str| {
        let tenant = user(&format!(",\"AccountType\":\"{kind}\""));
        tenant.user_subject(&tenant.users[0]).kind
    };
    assert_eq!(kind("User"), SubjectKind::User);
    assert_eq!(kind("ResourceAccount"), SubjectKind::ResourceAccount);
}

#[test]
fn the_number_of_an_account_is_shown_where_it_has_one() {
    let label = |line: &str| {
        let tenant = user(&format!(",\"LineUri\":{line}"));
        let label = tenant.number_label(&tenant.users[0], "here");
        label.map(|label| label.text)
    };
    assert_eq!(label("\"tel:+14255550101\"").as_deref(), Some("here"));
    assert_eq!(label("null"), None);
}

#[test]
fn policies_that_microsoft_provides_are_there_though_no_export_lists_them() {
    use crate::tenant::{Answer, PolicyKind};
    let tenant = tenant(&[
        (
            "Get-CsCallingLineIdentity.json",
            r#"[{"Identity":"Global","CallingIDSubstitute":"LineUri"}]"#,
        ),
        (
            "Get-CsTeamsCallingPolicy.json",
            r#"[{"Identity":"Global","AllowPrivateCalling":true}]"#,
        ),
    ]);
    let exists = |kind: PolicyKind, name: &str| tenant.policy_exists(kind, name);
    assert_eq!(exists(PolicyKind::CallerId, "anonymous"), Answer::Yes);
    assert_eq!(exists(PolicyKind::CallerId, "AllowCalling"), Answer::No);
    assert_eq!(exists(PolicyKind::Calling, "allowcalling"), Answer::Yes);
    assert_eq!(exists(PolicyKind::Calling, "Anonymous"), Answer::No);
    assert_eq!(
        exists(
            PolicyKind::VoiceApplications,
            "EnableVoiceAppPoliciesForUsers"
        ),
        Answer::Yes
    );
    assert_eq!(
        exists(PolicyKind::VoiceApplications, "Gone"),
        Answer::Unknown,
        "they are not exported"
    );
}

#[test]
fn every_type_of_policy_is_granted_by_a_cmdlet_of_its_own() {
    use crate::tenant::PolicyKind;
    let grants: std::collections::BTreeSet<&str> =
        PolicyKind::ALL.into_iter().map(PolicyKind::grant).collect();
    assert_eq!(grants.len(), PolicyKind::ALL.len());
    assert!(grants.iter().all(|grant| grant.starts_with("Grant-Cs")));
}
