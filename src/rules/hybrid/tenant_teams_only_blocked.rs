//! `rules/hybrid/tenant-teams-only-blocked.md`

use crate::finding::{Draft, Label, Severity, Subject, SubjectKind};
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::snapshot::ExportKind;
use crate::tenant::{AccountKind, User};

pub(super) const RULE: Declared =
    rule!("hybrid", "tenant-teams-only-blocked", Check::Tenant(check));

fn check(cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    let Some(federation) = &tenant.directory.federation else {
        return Verdict::Unknown("the federation of the tenant is not exported");
    };
    match federation.shared_address_space.get() {
        Some(true) => {}
        Some(false) => return Verdict::Passed,
        None if federation.shared_address_space.is_null() => return Verdict::Passed,
        None => {
            return Verdict::Unknown(
                "the export does not tell whether the address space is shared",
            );
        }
    }
    let live = || tenant.users.iter().filter(|user| !tenant.is_deleted(user));
    if live().any(|user| tenant.homed_on_server_by(user).is_some()) {
        return Verdict::Passed;
    }
    let is_open = |user: &User| {
        user.hosting_provider.is_absent() || tenant.account_kind(user) == AccountKind::Unknown
    };
    if live().any(is_open) || tenant.snapshot.incomplete(ExportKind::OnlineUser).is_some() {
        return Verdict::Unknown("it is not known whether anybody is homed on-premises");
    }
    found(
        Draft::new(
            Severity::Info,
            Subject::new(SubjectKind::Tenant, "tenant", "tenant"),
            "the tenant shares its SIP addresses with a server, but nobody is homed there any more",
            Label::new(federation.at("SharedSipAddressSpace"), "still shared"),
        )
        .remedy(
            "end the hybrid deployment",
            [
                "# first let the DNS records of every SIP domain lead to Microsoft, then"
                    .to_owned(),
                "Set-CsTenantFederationConfiguration -SharedSipAddressSpace $false".to_owned(),
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

    fn judge(shared: bool, account_type: &str) -> Vec<Verdict> {
        let users = format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"a","LineUri":null,"SoftDeletionTimestamp":null{account_type}}}]"#
        );
        let federation = format!(
            r#"{{"Identity":"Global","AllowFederatedUsers":true,"SharedSipAddressSpace":{shared}}}"#
        );
        verdicts(
            "HY001",
            &[
                ("Get-CsOnlineUser.json", &users),
                ("Get-CsTenantFederationConfiguration.json", &federation),
            ],
        )
    }

    #[test]
    fn sharing_with_nobody_is_told() {
        let online = r#","AccountType":"User","HostingProvider":"sipfed.online.lync.com""#;
        assert_eq!(severity(&judge(true, online)), "info");
        let untold = judge(true, r#","AccountType":"User""#);
        assert!(matches!(untold[..], [Verdict::Unknown(_)]));
        assert!(matches!(
            judge(true, r#","AccountType":"SfBOnPremUser""#)[..],
            [Verdict::Passed]
        ));
        assert!(matches!(
            judge(false, r#","AccountType":"User""#)[..],
            [Verdict::Passed]
        ));
        assert!(matches!(judge(true, "")[..], [Verdict::Unknown(_)]));
    }

    #[test]
    fn whoever_a_server_homes_is_homed_there_whatever_the_kind_of_the_account() {
        for homed in [
            r#","HostingProvider":"SRV:""#,
            r#","InterpretedUserType":"HybridOnpremSfBUser""#,
        ] {
            let verdicts = judge(true, &format!(r#","AccountType":"User"{homed}"#));
            assert!(matches!(verdicts[..], [Verdict::Passed]), "{homed}");
        }
        let online = r#","AccountType":"User","HostingProvider":"sipfed.online.lync.com","InterpretedUserType":"HybridOnlineTeamsOnlyUser""#;
        assert_eq!(severity(&judge(true, online)), "info");
    }

    #[test]
    fn what_is_not_told_is_open_and_blank_shares_nothing() {
        let users = format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"a","AccountType":"User","LineUri":null,"SoftDeletionTimestamp":null}}]"#
        );
        let judge = |shared: &str| {
            let federation =
                format!(r#"{{"Identity":"Global","AllowFederatedUsers":true{shared}}}"#);
            let files = [
                ("Get-CsOnlineUser.json", users.as_str()),
                ("Get-CsTenantFederationConfiguration.json", &federation),
            ];
            verdicts("HY001", &files)
        };
        assert!(matches!(judge("")[..], [Verdict::Unknown(_)]));
        assert!(matches!(
            judge(r#","SharedSipAddressSpace":null"#)[..],
            [Verdict::Passed]
        ));
    }
}
