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
    if numbered != Answer::Yes && tenant.virtual_user(user) != Answer::Yes {
        return if numbered == Answer::Unknown {
            Verdict::Unknown("no export tells whether the account has a number")
        } else {
            Verdict::NotApplicable
        };
    }
    match usage_location::judge(user, &numbers, cx) {
        Judgement::Right => Verdict::Passed,
        Judgement::Unknown(reason) => Verdict::Unknown(reason),
        Judgement::Wrong(wrong) => {
            let name = tenant.resource_account_name(account);
            found(usage_location::draft(
                tenant.account_subject(account),
                &name,
                user,
                &wrong,
            ))
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
}
