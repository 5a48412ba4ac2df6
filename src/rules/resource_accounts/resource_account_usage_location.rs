//! `rules/resource-accounts/resource-account-usage-location.md`

use crate::rules::numbered::found;
use crate::rules::usage_location::{self, Judgement};
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::tenant::{Answer, ResourceAccount};

pub(super) const RULE: Declared = rule!(
    "resource-accounts",
    "resource-account-usage-location",
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
    let numbers = tenant.numbers_held_by(account.id);
    let numbered = tenant.has_number(account);
    if numbered != Answer::Yes {
        match (numbered, tenant.virtual_user(user)) {
            (_, Answer::Yes) => {}
            (Answer::Unknown, _) => {
                return Verdict::Unknown("no export tells whether the account has a number");
            }
            // Without a number any usage location will do.
            (_, Answer::Unknown) if user.usage_location.value().is_none() => {
                return Verdict::Unknown("no export tells the licenses of the account");
            }
            _ => return Verdict::NotApplicable,
        }
    }
    match usage_location::judge(user, &numbers, cx) {
        Judgement::Right => Verdict::Passed,
        Judgement::Unknown(reason) => Verdict::Unknown(reason),
        Judgement::Wrong(wrong) => {
            let name = tenant.resource_account_name(account);
            let has = if numbered == Answer::Yes {
                "a number"
            } else {
                "a license"
            };
            let subject = tenant.account_subject(account);
            found(usage_location::draft(subject, &name, has, user, &wrong))
        }
    }
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

    fn judge(location: &str, plan: &[(&str, &str)], number: bool) -> Vec<Verdict> {
        let users = user(&(plans(plan) + location + r#","LineUri":null"#));
        let accounts = account(r#","PhoneNumber":null"#);
        let numbers = format!(
            r#"[{{"TelephoneNumber":"+12065550101","NumberType":"OperatorConnect","IsoCountryCode":"US","AssignedPstnTargetId":"{ID}"}}]"#
        );
        let numbers = if number { numbers } else { "[]".to_owned() };
        verdicts(
            "RA009",
            &[
                ("Get-CsOnlineApplicationInstance.json", &accounts),
                ("Get-CsOnlineUser.json", &users),
                ("Get-CsPhoneNumberAssignment.json", &numbers),
            ],
        )
    }

    #[test]
    fn licensed_or_numbered_accounts_need_the_right_one() {
        let own = [("MCOEV_VIRTUALUSER", "Enabled")];
        assert_eq!(
            severity(&judge(r#","UsageLocation":null"#, &own, false)),
            "error"
        );
        assert_eq!(
            severity(&judge(r#","UsageLocation":"FR""#, &[], true)),
            "error"
        );
        assert!(matches!(
            judge(r#","UsageLocation":"US""#, &own, true)[..],
            [Verdict::Passed]
        ));
        assert!(judge(r#","UsageLocation":null"#, &[("Teams", "Enabled")], false).is_empty());
    }

    #[test]
    fn a_license_is_a_reason_of_its_own_and_tells_no_country() {
        let own = [("MCOEV_VIRTUALUSER", "Enabled")];
        let draft = |number: bool| match judge(r#","UsageLocation":null"#, &own, number)
            .into_iter()
            .next()
        {
            Some(Verdict::Found(draft)) => draft,
            other => panic!("{other:?}"),
        };
        let licensed = draft(false);
        assert_eq!(
            licensed.message,
            "`ra@contoso.example` has a license, but no usage location"
        );
        let commands = &licensed.remedy.commands;
        assert!(
            commands.iter().all(|line| line.starts_with('#')),
            "{commands:?}"
        );
        let numbered = draft(true);
        assert_eq!(
            numbered.message,
            "`ra@contoso.example` has a number, but no usage location"
        );
        assert_eq!(
            numbered.remedy.commands[1],
            "Update-MgUser -UserId 'ra@contoso.example' -UsageLocation US"
        );
    }

    #[test]
    fn without_a_number_untold_licenses_leave_a_blank_one_open() {
        let judge = |location: &str| {
            let users = user(&format!(r#","LineUri":null{location}"#));
            verdicts(
                "RA009",
                &[
                    (
                        "Get-CsOnlineApplicationInstance.json",
                        &account(r#","PhoneNumber":null"#),
                    ),
                    ("Get-CsOnlineUser.json", &users),
                    ("Get-CsPhoneNumberAssignment.json", "[]"),
                ],
            )
        };
        let blank = judge(r#","UsageLocation":null"#);
        assert!(matches!(blank[..], [Verdict::Unknown(_)]), "{blank:?}");
        assert!(judge(r#","UsageLocation":"US""#).is_empty());
    }
}
