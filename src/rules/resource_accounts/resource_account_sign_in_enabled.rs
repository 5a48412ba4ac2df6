//! `rules/resource-accounts/resource-account-sign-in-enabled.md`

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Severity};
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::snapshot::Field;
use crate::tenant::{Application, ResourceAccount};

pub(super) const RULE: Declared = rule!(
    "resource-accounts",
    "resource-account-sign-in-enabled",
    Check::ResourceAccount(check)
);

fn check(account: &ResourceAccount, cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    let Some(user) = tenant.user_of(account) else {
        return Verdict::Unknown("the directory does not list the account");
    };
    // Applications of others may have to sign in.
    let other = matches!(
        tenant.application_of(account),
        Field::Value(Application::ThirdParty(_))
    );
    if tenant.is_deleted(user) || other {
        return Verdict::NotApplicable;
    }
    match user.account_enabled.get() {
        Some(false) => return Verdict::Passed,
        Some(true) => {}
        None => return Verdict::Unknown("the export does not tell whether the account is enabled"),
    }
    let name = tenant.resource_account_name(account);
    found(
        Draft::new(
            Severity::Warning,
            tenant.account_subject(account),
            format!("`{name}` is a resource account, but its sign-in is not blocked"),
            Label::new(user.at("AccountEnabled"), "sign-in is allowed"),
        )
        .remedy(
            "block the sign-in",
            [format!(
                "Update-MgUser -UserId {} -AccountEnabled:$false",
                quoted(&tenant.resource_account_identity(account))
            )],
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

    fn judge(enabled: &str, application: &str) -> Vec<Verdict> {
        let accounts = account("").replace("ce933385-9390-45d1-9512-c8d228074e07", application);
        verdicts(
            "RA008",
            &[
                ("Get-CsOnlineApplicationInstance.json", &accounts),
                ("Get-CsOnlineUser.json", &user(enabled)),
            ],
        )
    }

    const AA: &str = "ce933385-9390-45d1-9512-c8d228074e07";

    #[test]
    fn sign_in_is_for_nobody_but_applications_of_others() {
        assert_eq!(severity(&judge(r#","AccountEnabled":true"#, AA)), "warning");
        assert!(matches!(
            judge(r#","AccountEnabled":false"#, AA)[..],
            [Verdict::Passed]
        ));
        assert!(matches!(judge("", AA)[..], [Verdict::Unknown(_)]));
        assert!(
            judge(
                r#","AccountEnabled":true"#,
                "00000000-0000-4000-8000-0000000000b0"
            )
            .is_empty()
        );
    }
}
