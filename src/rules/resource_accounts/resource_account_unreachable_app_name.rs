//! `rules/resource-accounts/resource-account-unreachable-app-name.md`

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Severity};
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, Verdict, Verdicts, rule};
use crate::snapshot::{ExportKind, Field};
use crate::tenant::ResourceAccount;

pub(super) const RULE: Declared = rule!(
    "resource-accounts",
    "resource-account-unreachable-app-name",
    Check::Each(check)
);

fn check(cx: &Cx) -> Verdicts {
    let tenant = cx.tenant;
    let mut names: std::collections::BTreeMap<String, u32> = std::collections::BTreeMap::new();
    let live: Vec<&ResourceAccount> = tenant
        .resource_accounts
        .iter()
        .filter(|account| {
            !tenant
                .user_of(account)
                .is_some_and(|user| tenant.is_deleted(user))
        })
        .collect();
    for account in &live {
        if let Some(name) = display_name(account, cx) {
            *names.entry(name.to_lowercase()).or_default() += 1;
        }
    }
    live.into_iter()
        .map(|account| judge(account, &names, cx))
        .collect()
}

fn display_name<'t>(account: &ResourceAccount, cx: &Cx<'t>) -> Option<&'t str> {
    let name = account.record.as_ref()?.display_name.get()?;
    Some(cx.tenant.snapshot.texts.text(name).trim())
}

fn judge(
    account: &ResourceAccount,
    names: &std::collections::BTreeMap<String, u32>,
    cx: &Cx,
) -> Verdict {
    let tenant = cx.tenant;
    let Some(record) = &account.record else {
        return Verdict::NotApplicable;
    };
    let upn = tenant.resource_account_name(account);
    let domain = record.upn.get().and_then(|upn| tenant.domain_of(upn));
    let strange = domain.filter(|domain| {
        tenant.snapshot.has_export(ExportKind::GraphDomain)
            && tenant
                .snapshot
                .incomplete(ExportKind::GraphDomain)
                .is_none()
            && tenant
                .directory
                .domains
                .find(domain)
                .is_none_or(|one| one.verified.get() == Some(false))
    });
    let (what, property, label, role) = match (&record.display_name, display_name(account, cx)) {
        (Field::Absent, _) => return Verdict::Unknown("the export does not tell the display name"),
        (_, None) => (
            "has no display name".to_owned(),
            "DisplayName",
            "blank",
            "name",
        ),
        (_, Some(name))
            if names
                .get(&name.to_lowercase())
                .is_some_and(|count| *count > 1) =>
        {
            (
                format!("has the display name `{name}`, as another resource account has"),
                "DisplayName",
                "not the only one",
                "name",
            )
        }
        _ => match strange {
            Some(domain) => (
                format!("is in the domain `{domain}`, which is not verified"),
                "UserPrincipalName",
                "not a domain of the tenant",
                "domain",
            ),
            None => return Verdict::Passed,
        },
    };
    let id = quoted(&tenant.resource_account_identity(account));
    let (summary, command) = if role == "domain" {
        (
            "verify the domain, or give the account a user principal name in a domain of the tenant",
            format!("# Update-MgUser -UserId {id} -UserPrincipalName '<name>@<verified domain>'"),
        )
    } else {
        (
            "give the account a name of its own",
            format!("# Set-CsOnlineApplicationInstance -Identity {id} -DisplayName '<name>'"),
        )
    };
    found(
        Draft::new(
            Severity::Info,
            tenant.account_subject(account),
            format!("`{upn}` {what}"),
            Label::new(record.at(property), label),
        )
        .role(role)
        .remedy(summary, [command]),
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

    fn judge(one: &str, two: &str) -> Vec<Verdict> {
        let accounts = format!(
            r#"[{{"ObjectId":"{ID}","ApplicationId":null,"UserPrincipalName":"a@contoso.example","DisplayName":{one}}},
                {{"ObjectId":"00000000-0000-4000-8000-000000000002","ApplicationId":null,"UserPrincipalName":"b@other.example","DisplayName":{two}}}]"#
        );
        verdicts(
            "RA016",
            &[("Get-CsOnlineApplicationInstance.json", &accounts)],
        )
    }

    #[test]
    fn names_must_be_there_and_differ() {
        assert!(matches!(
            judge("\"Main\"", "\"Sales\"")[..],
            [Verdict::Passed, Verdict::Passed]
        ));
        assert!(matches!(
            judge("\"Main\"", "\"main \"")[..],
            [Verdict::Found(_), Verdict::Found(_)]
        ));
        assert!(matches!(
            judge("\"Main\"", "null")[..],
            [Verdict::Passed, Verdict::Found(_)]
        ));
    }

    #[test]
    fn domains_must_be_verified_where_they_are_exported() {
        let accounts = account(r#","DisplayName":"Main""#);
        let with = |domains: &str| {
            verdicts(
                "RA016",
                &[
                    ("Get-CsOnlineApplicationInstance.json", &accounts),
                    ("domains.json", domains),
                ],
            )
        };
        assert!(matches!(
            with(r#"[{"id":"contoso.example","isVerified":true}]"#)[..],
            [Verdict::Passed]
        ));
        assert_eq!(
            severity(&with(r#"[{"id":"contoso.example","isVerified":false}]"#)),
            "info"
        );
        let foreign = with(r#"[{"id":"fabrikam.example","isVerified":true}]"#);
        assert_eq!(severity(&foreign), "info");
        let commands = |verdicts: &[Verdict]| match verdicts {
            [.., Verdict::Found(draft)] => draft.remedy.commands.join("\n"),
            other => panic!("{other:?}"),
        };
        // No display name makes the domain another one.
        assert_eq!(
            commands(&foreign),
            "# Update-MgUser -UserId 'ra@contoso.example' -UserPrincipalName '<name>@<verified domain>'"
        );
        assert_eq!(
            commands(&judge("\"Main\"", "null")),
            "# Set-CsOnlineApplicationInstance -Identity 'b@other.example' -DisplayName '<name>'"
        );
    }

    #[test]
    fn a_name_that_is_not_told_is_open() {
        let accounts = format!(
            r#"[{{"ObjectId":"{ID}","ApplicationId":null,"UserPrincipalName":"a@contoso.example"}},
                {{"ObjectId":"00000000-0000-4000-8000-000000000002","ApplicationId":null,"UserPrincipalName":"b@contoso.example","DisplayName":"Main"}}]"#
        );
        let verdicts = verdicts(
            "RA016",
            &[("Get-CsOnlineApplicationInstance.json", &accounts)],
        );
        assert!(
            matches!(verdicts[..], [Verdict::Unknown(_), Verdict::Passed]),
            "{verdicts:?}"
        );
    }
}
