//! `rules/users/number-on-ineligible-user.md`

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Severity};
use crate::rules::numbered::{account, found};
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::snapshot::cell::documented;
use crate::tenant::{AccountKind, User};

pub(super) const RULE: Declared = rule!("users", "number-on-ineligible-user", Check::User(check));

fn check(user: &User, cx: &Cx) -> Verdict {
    if cx.tenant.account_kind(user) == AccountKind::ResourceAccount {
        return Verdict::NotApplicable;
    }
    if let Err(verdict) = account(user, cx) {
        return verdict;
    }
    let account_type = user
        .account_type
        .get()
        .map(|name| cx.tenant.snapshot.texts.symbol(name));
    let known = account_type.map(|name| documented("AccountType", name));
    let (what, property, label) = match known {
        Some(Some("IneligibleUser")) => (
            "has no Teams license",
            "AccountType",
            "without any Teams license",
        ),
        Some(Some("Guest")) => ("is a guest", "AccountType", "of another tenant"),
        Some(Some("Unknown")) => (
            "is of no known type",
            "AccountType",
            "the service does not know it",
        ),
        _ if user.sip_enabled.get() == Some(false) => {
            ("is not enabled for SIP", "IsSipEnabled", "switched off")
        }
        _ if user.sip_address.is_null() => ("has no SIP address", "SipAddress", "blank"),
        Some(None) => return Verdict::Unknown("the type of the account is not documented"),
        // Whoever is a user may still lack what calls are sent to.
        _ if user.sip_enabled.get().is_none() && user.sip_address.is_absent() => {
            return Verdict::Unknown("the export does not tell whether the account is provisioned");
        }
        _ => return Verdict::Passed,
    };
    found(draft(user, what, Label::new(user.at(property), label), cx))
}

fn draft(user: &User, what: &str, primary: Label, cx: &Cx) -> Draft {
    let tenant = cx.tenant;
    let name = tenant.user_name(user);
    let number = tenant
        .line_of(user)
        .map(|(number, _)| number)
        .unwrap_or_default();
    Draft::new(
        Severity::Error,
        tenant.user_subject(user),
        format!("`{name}` has the number `{number}`, but {what}"),
        primary,
    )
    .related(tenant.number_label(user, "this number cannot ring"))
    .remedy(
        "license the account for Teams and Teams Phone, or take the number away",
        [
            "# assign the licenses in the Microsoft 365 admin center".to_owned(),
            format!(
                "# or take the number away: Remove-CsPhoneNumberAssignment -Identity {} -RemoveAll",
                quoted(&tenant.user_identity(user))
            ),
        ],
    )
}

#[cfg(test)]
mod tests {
    use crate::rules::Verdict;
    use crate::rules::testing::verdicts;

    const ID: &str = "00000000-0000-4000-8000-000000000001";

    fn judge(properties: &str) -> Vec<Verdict> {
        let users = format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","LineUri":"tel:+12065550101","SoftDeletionTimestamp":null{properties}}}]"#
        );
        verdicts("US007", &[("Get-CsOnlineUser.json", &users)])
    }

    #[test]
    fn accounts_that_are_not_provisioned_are_found() {
        for properties in [
            r#","AccountType":"IneligibleUser""#,
            r#","AccountType":"Guest""#,
            r#","AccountType":"Unknown""#,
            r#","AccountType":"User","IsSipEnabled":false"#,
            r#","AccountType":"User","SipAddress":"""#,
        ] {
            let found = judge(properties);
            let [Verdict::Found(draft)] = &found[..] else {
                panic!("{properties}: {found:?}");
            };
            // Who licenses the account does not want to lose its number.
            let mut lines = draft.remedy.commands.iter();
            assert!(lines.all(|line| line.starts_with("# ")));
        }
    }

    #[test]
    fn others_pass_and_resource_accounts_are_not_judged() {
        let whole =
            r#","AccountType":"User","IsSipEnabled":true,"SipAddress":"sip:a@contoso.example""#;
        assert!(matches!(judge(whole)[..], [Verdict::Passed]));
        for untold in [
            r#","AccountType":"User""#,
            r#","AccountType":"HolographicUser""#,
        ] {
            let verdicts = judge(untold);
            assert!(matches!(verdicts[..], [Verdict::Unknown(_)]), "{untold}");
        }
        let odd = whole.replace(r#""User""#, r#""HolographicUser""#);
        assert!(matches!(judge(&odd)[..], [Verdict::Unknown(_)]));
        let off = odd.replace("true", "false");
        assert!(matches!(judge(&off)[..], [Verdict::Found(_)]));
        assert!(matches!(judge("")[..], [Verdict::Unknown(_)]));
        assert!(judge(r#","AccountType":"ResourceAccount","SipAddress":null"#).is_empty());
    }

    #[test]
    fn an_account_of_no_told_type_is_provisioned_where_sip_says_so() {
        for told in [
            r#","IsSipEnabled":true"#,
            r#","SipAddress":"sip:a@contoso.example""#,
        ] {
            assert!(matches!(judge(told)[..], [Verdict::Passed]), "{told}");
        }
    }

    #[test]
    fn without_a_number_or_deleted_there_is_nothing_to_judge() {
        let account = |properties: &str| {
            let users = format!(
                r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","AccountType":"Guest"{properties}}}]"#
            );
            verdicts("US007", &[("Get-CsOnlineUser.json", &users)])
        };
        let line = r#","LineUri":"tel:+12065550101""#;
        let found = account(&format!(r#"{line},"SoftDeletionTimestamp":null"#));
        assert!(matches!(found[..], [Verdict::Found(_)]), "{found:?}");
        assert!(account(r#","LineUri":null,"SoftDeletionTimestamp":null"#).is_empty());
        let deleted = format!(r#"{line},"SoftDeletionTimestamp":"2026-09-01T00:00:00Z""#);
        assert!(account(&deleted).is_empty());
    }
}
