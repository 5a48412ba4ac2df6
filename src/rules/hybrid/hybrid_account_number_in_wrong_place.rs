//! `rules/hybrid/hybrid-account-number-in-wrong-place.md`

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Severity};
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::snapshot::{Field, PhoneNumber};
use crate::tenant::{Answer, ResourceAccount};

pub(super) const RULE: Declared = rule!(
    "hybrid",
    "hybrid-account-number-in-wrong-place",
    Check::ResourceAccount(check)
);

fn check(account: &ResourceAccount, cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    let texts = &tenant.snapshot.texts;
    let Some(user) = tenant.user_of(account) else {
        return Verdict::Unknown("the directory does not list the account");
    };
    if tenant.is_deleted(user) {
        return Verdict::NotApplicable;
    }
    match user.dir_synced.get() {
        Some(true) => {}
        Some(false) => return Verdict::NotApplicable,
        None if user.dir_synced.is_null() => return Verdict::NotApplicable,
        None => {
            return Verdict::Unknown(
                "the export does not tell whether the account is synchronized",
            );
        }
    }
    let held = tenant.numbers_held_by(account.id);
    let is = |direct: Answer| {
        let mut numbers = held.iter();
        numbers.find(|number| tenant.is_direct_routing(number) == direct)
    };
    let Some(number) = is(Answer::Yes) else {
        return match is(Answer::Unknown) {
            Some(_) => Verdict::Unknown("the type of a number is not known"),
            None => Verdict::NotApplicable,
        };
    };
    match tenant.known_source(number) {
        Some("Online") => {}
        Some(_) => return Verdict::Passed,
        None => return Verdict::Unknown("the export does not tell where the number is managed"),
    }
    let mirrored = match user.on_prem_line_uri {
        Field::Absent => {
            return Verdict::Unknown("the export does not tell the on-premises line URI");
        }
        Field::Null => return Verdict::Passed,
        Field::Value(text) => texts.text(text),
    };
    match PhoneNumber::parse(mirrored) {
        None => return Verdict::Unknown("the on-premises line URI is no telephone number"),
        Some(key) if key == number.key => return Verdict::Passed,
        Some(_) => {}
    }
    let name = tenant.resource_account_name(account);
    let key = number.key.to_string();
    found(
        Draft::new(
            Severity::Error,
            tenant.account_subject(account),
            format!("`{name}` was given `{key}` online, but the on-premises directory has `{mirrored}`"),
            Label::new(user.at("OnPremLineUri"), "comes back with the next synchronization"),
        )
        .related([Label::new(number.record.at("NumberSource"), "assigned online")])
        .remedy(
            "set the number where the account is managed",
            [format!("# in the Skype for Business Server shell: Set-CsHybridApplicationEndpoint -Identity <account> -LineURI {}; then synchronize", quoted(&format!("tel:{key}")))],
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

    fn judge(line: &str, source: &str, synced: bool) -> Vec<Verdict> {
        let users = format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"ra@contoso.example","AccountType":"ResourceAccount","SoftDeletionTimestamp":null,"UserDirSyncEnabled":{synced},"OnPremLineUri":{line}}}]"#
        );
        let numbers = format!(
            r#"[{{"TelephoneNumber":"+12065550101","NumberType":"DirectRouting","NumberSource":"{source}","AssignedPstnTargetId":"{ID}"}}]"#
        );
        verdicts(
            "HY004",
            &[
                ("Get-CsOnlineUser.json", &users),
                ("Get-CsPhoneNumberAssignment.json", &numbers),
            ],
        )
    }

    #[test]
    fn two_places_must_agree() {
        assert_eq!(
            severity(&judge("\"tel:+12065550199\"", "Online", true)),
            "error"
        );
        assert!(matches!(
            judge("\"tel:+12065550101\"", "Online", true)[..],
            [Verdict::Passed]
        ));
        assert!(matches!(
            judge("\"\"", "Online", true)[..],
            [Verdict::Passed]
        ));
        assert!(matches!(
            judge("\"tel:+12065550199\"", "OnPremises", true)[..],
            [Verdict::Passed]
        ));
        assert!(judge("\"tel:+12065550199\"", "Online", false).is_empty());
        let odd = judge("\"tel:+12065550199\"", "Elsewhere", true);
        assert!(matches!(odd[..], [Verdict::Unknown(_)]), "{odd:?}");
    }

    #[test]
    fn a_number_of_no_known_type_may_be_of_direct_routing() {
        let users = format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"ra@contoso.example","AccountType":"ResourceAccount","SoftDeletionTimestamp":null,"UserDirSyncEnabled":true,"OnPremLineUri":"tel:+12065550199"}}]"#
        );
        let judge = |number_type: &str| {
            let numbers = format!(
                r#"[{{"TelephoneNumber":"+12065550101","NumberType":"{number_type}","NumberSource":"Online","AssignedPstnTargetId":"{ID}"}}]"#
            );
            let files = [
                ("Get-CsOnlineUser.json", users.as_str()),
                ("Get-CsPhoneNumberAssignment.json", &numbers),
            ];
            verdicts("HY004", &files)
        };
        let open = judge("SomethingNew");
        assert!(matches!(open[..], [Verdict::Unknown(_)]), "{open:?}");
        assert!(judge("OperatorConnect").is_empty());
    }

    #[test]
    fn accounts_of_the_cloud_are_left_alone_and_untold_ones_are_open() {
        let numbers = format!(
            r#"[{{"TelephoneNumber":"+12065550101","NumberType":"DirectRouting","NumberSource":"Online","AssignedPstnTargetId":"{ID}"}}]"#
        );
        let account = |synced: &str| {
            let users = format!(
                r#"[{{"Identity":"{ID}","UserPrincipalName":"ra@contoso.example","AccountType":"ResourceAccount","SoftDeletionTimestamp":null,"OnPremLineUri":"tel:+12065550199"{synced}}}]"#
            );
            let files = [
                ("Get-CsOnlineUser.json", users.as_str()),
                ("Get-CsPhoneNumberAssignment.json", &numbers),
            ];
            verdicts("HY004", &files)
        };
        assert!(account(r#","UserDirSyncEnabled":null"#).is_empty());
        assert!(matches!(account("")[..], [Verdict::Unknown(_)]));
        assert_eq!(severity(&account(r#","UserDirSyncEnabled":true"#)), "error");
    }
}
