//! `rules/resource-accounts/hybrid-account-department-marker.md`

use crate::finding::{Draft, Label, Severity};
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::snapshot::Field;
use crate::tenant::{AccountKind, User};

pub(super) const RULE: Declared = rule!(
    "resource-accounts",
    "hybrid-account-department-marker",
    Check::User(check)
);

/// What the on-premises tools write into the department of a resource account.
///
/// Source: <https://learn.microsoft.com/skypeforbusiness/hybrid/configure-onprem-ra>.
const MARKER: &str = "Microsoft Communication Application Instance";

fn check(user: &User, cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    if tenant.is_deleted(user) {
        return Verdict::NotApplicable;
    }
    let marked = match user.department {
        Field::Absent => return Verdict::Unknown("the export does not tell the department"),
        Field::Null => false,
        Field::Value(name) => tenant
            .snapshot
            .texts
            .symbol(name)
            .trim()
            .eq_ignore_ascii_case(MARKER),
    };
    let what = match (tenant.account_kind(user), marked) {
        (AccountKind::ResourceAccount, true) => return Verdict::Passed,
        (AccountKind::ResourceAccount, false) => match user.dir_synced.get() {
            Some(true) => "is a synchronized resource account, but its department does not say so",
            Some(false) => return Verdict::Passed,
            None if user.dir_synced.is_null() => return Verdict::Passed,
            None => {
                return Verdict::Unknown(
                    "the export does not tell whether the account is synchronized",
                );
            }
        },
        (AccountKind::Unknown, true) => {
            return Verdict::Unknown("the kind of the account is not known");
        }
        (_, true) => "is a person, but its department marks a resource account",
        (_, false) => return Verdict::NotApplicable,
    };
    let name = tenant.user_name(user);
    found(
        Draft::new(
            Severity::Info,
            tenant.user_subject(user),
            format!("`{name}` {what}"),
            Label::new(user.at("Department"), "decides the type at synchronization"),
        )
        .remedy(
            "correct the department in the on-premises directory",
            [format!(
                "# set the department to `{MARKER}`, for resource accounts only, and synchronize"
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

    fn user(properties: &str) -> String {
        format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"ra@contoso.example","AccountType":"ResourceAccount","SoftDeletionTimestamp":null{properties}}}]"#
        )
    }

    const MARK: &str = r#","Department":"Microsoft Communication Application Instance""#;

    #[test]
    fn the_marker_is_for_synchronized_accounts() {
        let judge = |users: &str| verdicts("RA018", &[("Get-CsOnlineUser.json", users)]);
        let synced = r#","UserDirSyncEnabled":true"#;
        assert_eq!(
            severity(&judge(&user(&format!(r#"{synced},"Department":"Sales""#)))),
            "info"
        );
        assert!(matches!(
            judge(&user(&format!("{synced}{MARK}")))[..],
            [Verdict::Passed]
        ));
        assert!(matches!(
            judge(&user(r#","UserDirSyncEnabled":false,"Department":null"#))[..],
            [Verdict::Passed]
        ));
        let person = user(MARK).replace("ResourceAccount", "User");
        assert_eq!(severity(&judge(&person)), "info");
        assert!(matches!(judge(&user(synced))[..], [Verdict::Unknown(_)]));
    }

    #[test]
    fn a_blank_is_not_synchronized_and_what_is_untold_is_open() {
        let judge = |synced: &str| {
            let users = format!(
                r#"[{{"Identity":"00000000-0000-4000-8000-000000000011","UserPrincipalName":"ra@contoso.example","AccountType":"ResourceAccount","SoftDeletionTimestamp":null,"Department":null{synced}}},
                    {{"Identity":"00000000-0000-4000-8000-000000000012","UserPrincipalName":"a@contoso.example","AccountType":"User","SoftDeletionTimestamp":null,"Department":"Sales","UserDirSyncEnabled":true}}]"#
            );
            verdicts("RA018", &[("Get-CsOnlineUser.json", &users)])
        };
        assert!(matches!(
            judge(r#","UserDirSyncEnabled":null"#)[..],
            [Verdict::Passed]
        ));
        assert!(matches!(judge("")[..], [Verdict::Unknown(_)]));
    }
}
