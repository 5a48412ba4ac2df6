//! `rules/resource-accounts/cloud-account-in-onprem-federated-domain.md`

use crate::finding::{Draft, Label, Severity};
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::snapshot::Field;
use crate::tenant::{ResourceAccount, leads_to_microsoft};

pub(super) const RULE: Declared = rule!(
    "resource-accounts",
    "cloud-account-in-onprem-federated-domain",
    Check::ResourceAccount(check)
);

fn check(account: &ResourceAccount, cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    let texts = &tenant.snapshot.texts;
    let user = tenant.user_of(account);
    if user.is_some_and(|user| tenant.is_deleted(user)) {
        return Verdict::NotApplicable;
    }
    let own = account.record.as_ref().and_then(|record| record.upn.get());
    let upn = own.or_else(|| user.and_then(|user| user.upn.get()));
    let Some(domain) = upn.and_then(|upn| tenant.domain_of(upn)) else {
        return Verdict::Unknown("the export does not tell the user principal name");
    };
    if domain.to_ascii_lowercase().ends_with(".onmicrosoft.com") {
        return Verdict::NotApplicable;
    }
    let Some(facts) = tenant.directory.dns.find(domain) else {
        return Verdict::Unknown("the DNS facts do not name the domain");
    };
    let target = match facts.sip_federation {
        Field::Absent => {
            return Verdict::Unknown("the DNS facts do not tell the federation record");
        }
        Field::Null => return Verdict::Passed,
        Field::Value(target) => texts.symbol(target),
    };
    if leads_to_microsoft(target) {
        return Verdict::Passed;
    }
    let synced = match user.map(|user| user.dir_synced) {
        Some(Field::Value(true)) => return Verdict::Passed,
        Some(Field::Value(false) | Field::Null) => user,
        Some(Field::Absent) | None => {
            return Verdict::Unknown(
                "the export does not tell whether the account is synchronized",
            );
        }
    };
    let name = tenant.resource_account_name(account);
    let primary = match (&account.record, synced) {
        (Some(record), _) if record.upn.value().is_some() => record.at("UserPrincipalName"),
        (_, Some(user)) => user.at("UserPrincipalName"),
        _ => facts.at("domain"),
    };
    found(
        Draft::new(
            Severity::Error,
            tenant.account_subject(account),
            format!("`{name}` was made in the cloud, but `{domain}` federates through `{target}`"),
            Label::new(primary, "has to be made on-premises"),
        )
        .related([Label::new(facts.at("sipfederationtls"), "an edge server of the organization")])
        .remedy(
            "make the account on-premises and synchronize it",
            ["# in the Skype for Business Server shell: New-CsHybridApplicationEndpoint, then synchronize the directory; give it the number and the association of this one".to_owned()],
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

    fn judge(target: &str, synced: &str) -> Vec<Verdict> {
        let dns = format!(
            r#"[{{"domain":"contoso.example","sipfederationtls":{target},"lyncdiscover":null}}]"#
        );
        verdicts(
            "RA012",
            &[
                ("dns.json", &dns),
                ("Get-CsOnlineApplicationInstance.json", &account("")),
                ("Get-CsOnlineUser.json", &user(synced)),
            ],
        )
    }

    const CLOUD: &str = r#","UserDirSyncEnabled":false"#;

    #[test]
    fn an_edge_of_ones_own_needs_accounts_from_there() {
        assert_eq!(severity(&judge("\"sip.contoso.example\"", CLOUD)), "error");
        assert!(matches!(
            judge("\"sipfed.online.lync.com.\"", CLOUD)[..],
            [Verdict::Passed]
        ));
        assert!(matches!(judge("null", CLOUD)[..], [Verdict::Passed]));
        assert!(matches!(
            judge("\"sip.contoso.example\"", r#","UserDirSyncEnabled":true"#)[..],
            [Verdict::Passed]
        ));
        assert!(matches!(
            judge("\"sip.contoso.example\"", "")[..],
            [Verdict::Unknown(_)]
        ));
    }

    #[test]
    fn the_name_is_shown_where_it_is_told() {
        let dns = r#"[{"domain":"contoso.example","sipfederationtls":"sip.contoso.example","lyncdiscover":null}]"#;
        let primary = |accounts: &str| {
            let verdicts = verdicts(
                "RA012",
                &[
                    ("dns.json", dns),
                    ("Get-CsOnlineApplicationInstance.json", accounts),
                    ("Get-CsOnlineUser.json", &user(CLOUD)),
                ],
            );
            match verdicts.into_iter().next() {
                Some(Verdict::Found(draft)) => draft.primary.place.records[0].source,
                other => panic!("{other:?}"),
            }
        };
        let unnamed = account("").replace(r#","UserPrincipalName":"ra@contoso.example""#, "");
        let named_by_the_account = primary(&account(""));
        let named_by_the_user = primary(&unnamed);
        assert_ne!(named_by_the_account, named_by_the_user);
    }

    #[test]
    fn the_user_shows_the_name_that_the_account_does_not_tell() {
        let dns = r#"[{"domain":"contoso.example","sipfederationtls":"sip.contoso.example","lyncdiscover":null}]"#;
        let unnamed = account("").replace(r#","UserPrincipalName":"ra@contoso.example""#, "");
        let verdicts = verdicts(
            "RA012",
            &[
                ("dns.json", dns),
                ("Get-CsOnlineApplicationInstance.json", &unnamed),
                ("Get-CsOnlineUser.json", &user(CLOUD)),
            ],
        );
        let [Verdict::Found(draft)] = verdicts.as_slice() else {
            panic!("{verdicts:?}");
        };
        let field = &draft.primary.place.field;
        assert!(
            field
                .iter()
                .any(|name| name.eq_ignore_ascii_case("UserPrincipalName")),
            "{field:?}"
        );
    }
}
