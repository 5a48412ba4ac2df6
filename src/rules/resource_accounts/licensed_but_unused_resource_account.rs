//! `rules/resource-accounts/licensed-but-unused-resource-account.md`

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Severity};
use crate::rules::license_removal::{find_account_license, removal_on_choice};
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::snapshot::Field;
use crate::snapshot::service_plans::PlanClass;
use crate::tenant::{Answer, Application, ResourceAccount, User};

pub(super) const RULE: Declared = rule!(
    "resource-accounts",
    "licensed-but-unused-resource-account",
    Check::ResourceAccount(check)
);

fn check(account: &ResourceAccount, cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    let application = tenant.application_of(account);
    // What a bot or a contact center of somebody else does is in no export.
    if let Field::Value(Application::ThirdParty(_)) = application {
        return Verdict::NotApplicable;
    }
    let Some(user) = tenant.user_of(account) else {
        return Verdict::Unknown("the directory does not list the account");
    };
    if tenant.is_deleted(user) {
        return Verdict::NotApplicable;
    }
    match tenant.virtual_user(user) {
        Answer::Yes => {}
        Answer::No => return Verdict::NotApplicable,
        Answer::Unknown => return Verdict::Unknown("no export tells the licenses of the account"),
    }
    if tenant.has_number(account) == Answer::Yes
        || tenant.serves_app(account) == Answer::Yes
        || !tenant.uses_of(account.id).is_empty()
    {
        return Verdict::Passed;
    }
    if tenant.has_number(account) == Answer::Unknown
        || tenant.serves_app(account) == Answer::Unknown
        || !tenant.tells_all_uses()
    {
        return Verdict::Unknown("it is not known whether anything uses the account");
    }
    if application.is_absent() {
        return Verdict::Unknown("no export tells what the account was made for");
    }
    let name = tenant.resource_account_name(account);
    found(
        Draft::new(
            Severity::Info,
            tenant.account_subject(account),
            format!("`{name}` is licensed, but has no number and serves nothing"),
            Label::new(
                user.at("AssignedPlan"),
                "one of the licenses that the tenant may order",
            ),
        )
        .remedy(
            "delete the account, or give its license to another one",
            commands(account, user, cx),
        ),
    )
}

/// What takes the license that the account has off it, or deletes the account.
fn commands(account: &ResourceAccount, user: &User, cx: &Cx) -> Vec<String> {
    let identity = cx.tenant.resource_account_identity(account);
    let mut own = cx.tenant.skus_of(user).unwrap_or_default();
    own.retain(|sku| sku.brings(PlanClass::ResourceAccount));
    let mut lines: Vec<String> = own
        .iter()
        .flat_map(|sku| removal_on_choice(&identity, sku))
        .collect();
    if own.is_empty() {
        let id = quoted(&identity);
        lines.push(format!("# {}", find_account_license(&id)));
        lines.push(format!(
            "# Set-MgUserLicense -UserId {id} -AddLicenses @() -RemoveLicenses @($account.SkuId)"
        ));
    }
    lines.push(format!(
        "# Remove-MgUser -UserId {}",
        quoted(&account.id.to_string())
    ));
    lines
}

#[cfg(test)]
mod tests {
    use crate::rules::Verdict;
    use crate::rules::testing::verdicts;

    const ID: &str = "00000000-0000-4000-8000-000000000001";

    fn severity(verdicts: &[Verdict]) -> &'static str {
        match verdicts {
            [Verdict::Found(draft)] => draft.severity.name(),
            other => panic!("{other:?}"),
        }
    }

    fn account(properties: &str) -> String {
        format!(
            r#"[{{"ObjectId":"{ID}","ApplicationId":"ce933385-9390-45d1-9512-c8d228074e07","UserPrincipalName":"ra@contoso.example"{properties}}}]"#
        )
    }

    fn user(properties: &str) -> String {
        format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"ra@contoso.example","AccountType":"ResourceAccount","SoftDeletionTimestamp":null{properties}}}]"#
        )
    }

    fn plans(plans: &[(&str, &str)]) -> String {
        let plans: Vec<String> = plans
            .iter()
            .map(|(plan, status)| {
                format!(r#"{{"Capability":"{plan}","CapabilityStatus":"{status}"}}"#)
            })
            .collect();
        format!(
            r#","AssignedPlan":[{}],"FeatureTypes":["Teams"]"#,
            plans.join(",")
        )
    }

    fn judge(plan: &str, own: &str, accounts: &str) -> Vec<Verdict> {
        let queues = format!(
            r#"[{{"Identity":"00000000-0000-4000-8000-00000000000a","Name":"Q","RoutingMethod":"Serial","ApplicationInstances":[{accounts}],"OverflowActionTarget":null,"TimeoutActionTarget":null,"NoAgentActionTarget":null,"OboResourceAccountIds":[]}}]"#
        );
        verdicts(
            "RA015",
            &[
                ("Get-CsOnlineApplicationInstance.json", &account(own)),
                (
                    "Get-CsOnlineUser.json",
                    &user(&(plans(&[(plan, "Enabled")]) + r#","LineUri":null"#)),
                ),
                ("Get-CsCallQueue.json", &queues),
                ("Get-CsAutoAttendant.json", "[]"),
                ("Get-CsPhoneNumberAssignment.json", "[]"),
            ],
        )
    }

    #[test]
    fn accounts_that_do_nothing_are_found() {
        let blank = r#","PhoneNumber":null"#;
        assert_eq!(severity(&judge("MCOEV_VIRTUALUSER", blank, "")), "info");
        assert!(judge("Teams", blank, "").is_empty());
        let own = format!("\"{ID}\"");
        assert!(matches!(
            judge("MCOEV_VIRTUALUSER", blank, &own)[..],
            [Verdict::Passed]
        ));
        let number = r#","PhoneNumber":"tel:+12065550101""#;
        assert!(matches!(
            judge("MCOEV_VIRTUALUSER", number, "")[..],
            [Verdict::Passed]
        ));
    }

    /// The verdicts over an account that nothing uses, made for that application, with these licenses.
    fn idle(application: &str, licenses: &str) -> Vec<Verdict> {
        let accounts = format!(
            r#"[{{"ObjectId":"{ID}"{application},"UserPrincipalName":"ra@contoso.example","PhoneNumber":null}}]"#
        );
        let users =
            user(&(plans(&[("MCOEV_VIRTUALUSER", "Enabled")]) + r#","LineUri":null"# + licenses));
        let skus = r#"[{"skuId":"440eaaa8-b3e0-484b-a8be-62870b9ba70a","skuPartNumber":"PHONESYSTEM_VIRTUALUSER","consumedUnits":25,"prepaidUnits":{"enabled":25}},
            {"skuId":"0e142028-345e-45da-8d92-8bfd4093bbb9","skuPartNumber":"PHONESYSTEM_VIRTUALUSER_FACULTY","consumedUnits":0,"prepaidUnits":{"enabled":25}}]"#;
        verdicts(
            "RA015",
            &[
                ("Get-CsOnlineApplicationInstance.json", &accounts),
                ("Get-CsOnlineUser.json", &users),
                ("subscribedSkus.json", skus),
                ("Get-CsCallQueue.json", "[]"),
                ("Get-CsAutoAttendant.json", "[]"),
                ("Get-CsPhoneNumberAssignment.json", "[]"),
            ],
        )
    }

    const ATTENDANT: &str = r#","ApplicationId":"ce933385-9390-45d1-9512-c8d228074e07""#;

    #[test]
    fn the_license_that_goes_is_the_one_that_the_account_has() {
        let commands = |licenses: &str| match idle(ATTENDANT, licenses).into_iter().next() {
            Some(Verdict::Found(draft)) => draft.remedy.commands,
            other => panic!("{other:?}"),
        };
        let own = commands(
            r#","AssignedLicenses":[{"skuId":"440eaaa8-b3e0-484b-a8be-62870b9ba70a","disabledPlans":[]}]"#,
        );
        let delete = "# Remove-MgUser -UserId '00000000-0000-4000-8000-000000000001'";
        assert_eq!(
            own,
            [
                "# Set-MgUserLicense -UserId 'ra@contoso.example' -AddLicenses @() -RemoveLicenses @('440eaaa8-b3e0-484b-a8be-62870b9ba70a')",
                delete
            ]
        );
        let by_group = commands(
            r#","LicenseAssignmentStates":[{"skuId":"440eaaa8-b3e0-484b-a8be-62870b9ba70a","assignedByGroup":"00000000-0000-4000-8000-0000000000aa","disabledPlans":[]}]"#,
        );
        assert_eq!(by_group.len(), 2, "{by_group:?}");
        assert!(by_group[0].contains("comes from a group"), "{by_group:?}");
        let looked_up = commands("");
        assert!(looked_up[0].starts_with("# $account = "), "{looked_up:?}");
        assert!(looked_up[1].ends_with("@($account.SkuId)"), "{looked_up:?}");
        assert_eq!(looked_up[2], delete);
    }

    #[test]
    fn accounts_of_other_applications_serve_what_no_export_shows() {
        let other = r#","ApplicationId":"00000000-0000-4000-8000-00000000004d""#;
        assert!(idle(other, "").is_empty());
        let untold = idle("", "");
        assert!(matches!(untold[..], [Verdict::Unknown(_)]), "{untold:?}");
        assert_eq!(severity(&idle(r#","ApplicationId":null"#, "")), "info");
    }

    #[test]
    fn whatever_names_the_account_uses_it() {
        let judge = |more: (&str, &str)| {
            let users = user(&(plans(&[("MCOEV_VIRTUALUSER", "Enabled")]) + r#","LineUri":null"#));
            let queues = r#"[{"Identity":"00000000-0000-4000-8000-00000000000a","Name":"Q","RoutingMethod":"Serial","ApplicationInstances":[],"OverflowActionTarget":null,"TimeoutActionTarget":null,"NoAgentActionTarget":null,"OboResourceAccountIds":[]}]"#;
            let accounts = account(r#","PhoneNumber":null"#);
            let mut files = vec![
                ("Get-CsOnlineApplicationInstance.json", accounts.as_str()),
                ("Get-CsOnlineUser.json", &users),
                ("Get-CsCallQueue.json", queues),
                ("Get-CsAutoAttendant.json", "[]"),
                ("Get-CsPhoneNumberAssignment.json", "[]"),
            ];
            files.retain(|(name, _)| *name != more.0);
            files.push(more);
            verdicts("RA015", &files)
        };
        let pattern = r#"[{"Identity":"Spam","Name":"Spam","Pattern":"^\\+1900","Enabled":true,"ResourceAccount":"ID"}]"#;
        let left_behind =
            r#"[{"Identity":"Tag:CLI","CallingIDSubstitute":"LineUri","ResourceAccount":"ID"}]"#;
        let attendant = r#"[{"Identity":"00000000-0000-4000-8000-00000000000b","Name":"Main","LanguageId":"en-US","TimeZoneId":"UTC","Operator":null,"DefaultCallFlow":{"Id":"1","Name":"d","Menu":{"MenuOptions":[]}},"CallFlows":[],"ApplicationInstances":[],"DialByNameResourceId":"ID"}]"#;
        // The export does not tell what the target is; it names the account all the same.
        let operator = r#"[{"Identity":"00000000-0000-4000-8000-00000000000b","Name":"Main","LanguageId":"en-US","TimeZoneId":"UTC","Operator":{"Id":"ID","Type":2},"DefaultCallFlow":{"Id":"1","Name":"d","Menu":{"MenuOptions":[]}},"CallFlows":[],"ApplicationInstances":[]}]"#;
        for (file, text) in [
            ("Get-CsInboundBlockedNumberPattern.json", pattern),
            ("Get-CsCallingLineIdentity.json", left_behind),
            ("Get-CsAutoAttendant.json", attendant),
            ("Get-CsAutoAttendant.json", operator),
        ] {
            let named = judge((file, &text.replace("ID\"", &format!("{ID}\""))));
            assert!(matches!(named[..], [Verdict::Passed]), "{file}: {named:?}");
            let other = text.replace("ID\"", "00000000-0000-4000-8000-0000000000ff\"");
            assert_eq!(severity(&judge((file, &other))), "info", "{file}");
        }
    }

    #[test]
    fn what_was_lost_from_the_exports_may_use_it() {
        let judge = |queue: &str, numbers: &str| {
            let queues = format!(
                r#"[{{"Identity":"00000000-0000-4000-8000-00000000000a","Name":"Q","RoutingMethod":"Serial","ApplicationInstances":[],"OverflowActionTarget":null,"TimeoutActionTarget":null,"NoAgentActionTarget":null}},
                    {{"Identity":"00000000-0000-4000-8000-00000000000b","Name":"R","RoutingMethod":"Serial"{queue}}}]"#
            );
            verdicts(
                "RA015",
                &[
                    (
                        "Get-CsOnlineApplicationInstance.json",
                        &account(r#","PhoneNumber":null"#),
                    ),
                    (
                        "Get-CsOnlineUser.json",
                        &user(&(plans(&[("MCOEV_VIRTUALUSER", "Enabled")]) + r#","LineUri":null"#)),
                    ),
                    ("Get-CsCallQueue.json", &queues),
                    ("Get-CsAutoAttendant.json", "[]"),
                    ("Get-CsPhoneNumberAssignment.json", numbers),
                ],
            )
        };
        let own = r#","ApplicationInstances":[]"#;
        let targets =
            r#","OverflowActionTarget":null,"TimeoutActionTarget":null,"NoAgentActionTarget":null"#;
        let whole = judge(&format!("{own}{targets}"), "[]");
        assert_eq!(severity(&whole), "info");
        for queue in [own, targets] {
            let verdicts = judge(queue, "[]");
            assert!(
                matches!(verdicts[..], [Verdict::Unknown(_)]),
                "{queue}: {verdicts:?}"
            );
        }
    }
}
