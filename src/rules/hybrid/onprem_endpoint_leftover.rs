//! `rules/hybrid/onprem-endpoint-leftover.md`

use crate::finding::{Draft, Label, Severity};
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::tenant::ResourceAccount;

pub(super) const RULE: Declared = rule!(
    "hybrid",
    "onprem-endpoint-leftover",
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
    match user.dir_synced.get() {
        Some(true) => {}
        Some(false) => return Verdict::Passed,
        None if user.dir_synced.is_null() => return Verdict::Passed,
        None => {
            return Verdict::Unknown(
                "the export does not tell whether the account is synchronized",
            );
        }
    }
    match tenant.is_out_of_servers() {
        Some(true) => {}
        Some(false) => return Verdict::Passed,
        None => return Verdict::Unknown("the DNS facts do not tell where all domains lead"),
    }
    let name = tenant.resource_account_name(account);
    found(
        Draft::new(
            Severity::Info,
            tenant.account_subject(account),
            format!("`{name}` is synchronized from a directory whose Skype for Business Server is gone"),
            Label::new(user.at("UserDirSyncEnabled"), "made by an on-premises tool"),
        )
        .remedy(
            "make the account again in the cloud",
            ["# New-CsOnlineApplicationInstance, license it, move the number and the association, then remove the old object on-premises".to_owned()],
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

    fn judge(synced: &str, federation: &str) -> Vec<Verdict> {
        let users = format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"ra@contoso.example","AccountType":"ResourceAccount","SoftDeletionTimestamp":null{synced}}}]"#
        );
        let dns = format!(
            r#"[{{"domain":"contoso.example","sipfederationtls":"{federation}","lyncdiscover":"webdir.online.lync.com"}}]"#
        );
        verdicts(
            "HY003",
            &[("Get-CsOnlineUser.json", &users), ("dns.json", &dns)],
        )
    }

    #[test]
    fn synchronized_accounts_without_a_server_are_told() {
        let synced = r#","UserDirSyncEnabled":true"#;
        assert_eq!(severity(&judge(synced, "sipfed.online.lync.com")), "info");
        assert!(matches!(
            judge(synced, "sip.contoso.example")[..],
            [Verdict::Passed]
        ));
        assert!(matches!(
            judge(r#","UserDirSyncEnabled":false"#, "sipfed.online.lync.com")[..],
            [Verdict::Passed]
        ));
        assert!(matches!(
            judge("", "sipfed.online.lync.com")[..],
            [Verdict::Unknown(_)]
        ));
    }

    #[test]
    fn a_blank_says_that_the_account_is_not_synchronized() {
        assert!(matches!(
            judge(r#","UserDirSyncEnabled":null"#, "sipfed.online.lync.com")[..],
            [Verdict::Passed]
        ));
    }
}
