//! `rules/resource-accounts/resource-account-known-by-one-store-only.md`

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Severity};
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::snapshot::ExportKind;
use crate::tenant::ResourceAccount;

pub(super) const RULE: Declared = rule!(
    "resource-accounts",
    "resource-account-known-by-one-store-only",
    Check::ResourceAccount(check)
);

fn check(account: &ResourceAccount, cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    let user = tenant.user_of(account);
    if user.is_some_and(|user| tenant.is_deleted(user)) {
        return Verdict::NotApplicable;
    }
    let name = tenant.resource_account_name(account);
    let (message, label) = match (&account.record, user) {
        (Some(_), Some(_)) => return Verdict::Passed,
        (Some(_), None) if !lists_deleted(cx) => {
            return Verdict::Unknown("the export of users does not tell who is deleted");
        }
        (Some(record), None) => (
            format!("`{name}` is a resource account, but the directory of users does not list it"),
            Label::new(record.at("ObjectId"), "in no record of Get-CsOnlineUser"),
        ),
        (None, Some(user)) => {
            // A list without records says nothing of anybody.
            if tenant
                .snapshot
                .exports
                .get(&ExportKind::OnlineApplicationInstance)
                .is_none_or(|export| export.records == 0)
            {
                return Verdict::Unknown("the export of resource accounts is empty");
            }
            (
                format!(
                    "the directory takes `{name}` for a resource account, but the list of resource accounts lacks it"
                ),
                Label::new(
                    user.at("Identity"),
                    "in no record of Get-CsOnlineApplicationInstance",
                ),
            )
        }
        (None, None) => return Verdict::NotApplicable,
    };
    found(
        Draft::new(Severity::Error, tenant.account_subject(account), message, label).remedy(
            "synchronize the account, or make a new one",
            [
                "# an account that was made less than a day ago: wait".to_owned(),
                format!("Sync-CsOnlineApplicationInstance -ObjectId {}", quoted(&account.id.to_string())),
                "# if that does not help: make a new account, move the number and the association, delete this one".to_owned(),
            ],
        ),
    )
}

/// Graph keeps deleted accounts apart from the live ones.
fn lists_deleted(cx: &Cx) -> bool {
    [ExportKind::OnlineUser, ExportKind::DeletedUser]
        .iter()
        .any(|kind| cx.tenant.snapshot.exports.contains_key(kind))
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

    const TWO: &str = "00000000-0000-4000-8000-000000000002";

    #[test]
    fn both_stores_must_know_an_account() {
        let judge = |accounts: &str, users: &str| {
            verdicts(
                "RA017",
                &[
                    ("Get-CsOnlineApplicationInstance.json", accounts),
                    ("Get-CsOnlineUser.json", users),
                ],
            )
        };
        assert!(matches!(
            judge(&account(""), &user(""))[..],
            [Verdict::Passed]
        ));
        let other = user("").replace(ID, TWO);
        assert!(matches!(
            judge(&account(""), &other)[..],
            [Verdict::Found(_), Verdict::Found(_)]
        ));
        assert!(matches!(judge("[]", &user(""))[..], [Verdict::Unknown(_)]));
        let deleted = user("")
            .replace("null", "\"2026-09-01T00:00:00Z\"")
            .replace(ID, TWO);
        assert_eq!(severity(&judge(&account(""), &deleted)), "error");
    }

    #[test]
    fn a_list_of_live_users_does_not_tell_who_is_deleted() {
        let users = format!(
            r#"[{{"id":"{TWO}","userPrincipalName":"b@contoso.example","accountEnabled":true}}]"#
        );
        let accounts = account("");
        let graph = [
            ("Get-CsOnlineApplicationInstance.json", accounts.as_str()),
            ("graph-users.json", users.as_str()),
        ];
        let open = verdicts("RA017", &graph);
        assert!(matches!(open[..], [Verdict::Unknown(_)]), "{open:?}");
    }
}
