//! `rules/resource-accounts/licensed-but-unused-resource-account.md`

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Severity};
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::tenant::{Answer, ResourceAccount};

pub(super) const RULE: Declared = rule!(
    "resource-accounts",
    "licensed-but-unused-resource-account",
    Check::ResourceAccount(check)
);

fn check(account: &ResourceAccount, cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
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
    let name = tenant.resource_account_name(account);
    let sku = tenant.resource_account_sku().id;
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
            [
                format!(
                    "# Set-MgUserLicense -UserId {} -AddLicenses @() -RemoveLicenses @('{sku}')",
                    quoted(&tenant.resource_account_identity(account))
                ),
                format!(
                    "# Remove-MgUser -UserId {}",
                    quoted(&account.id.to_string())
                ),
            ],
        ),
    )
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
