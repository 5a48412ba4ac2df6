//! `rules/resource-accounts/stale-onprem-number-on-resource-account.md`

use crate::finding::{Draft, Label, Severity};
use crate::rules::numbered::found;
use crate::rules::on_premises_line::remedy;
use crate::rules::reassignment::take_over;
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::snapshot::{Field, PhoneNumber};
use crate::tenant::{Answer, ResourceAccount};

pub(super) const RULE: Declared = rule!(
    "resource-accounts",
    "stale-onprem-number-on-resource-account",
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
    let held = tenant.numbers_held_by(account.id);
    let on_premises = held
        .iter()
        .find(|number| tenant.is_managed_on_premises(number) == Answer::Yes);
    // What neither the number nor the account tells, may be wrong all the same.
    let open = (on_premises.is_some() && user.dir_synced.is_absent())
        || held
            .iter()
            .any(|number| tenant.is_managed_on_premises(number) == Answer::Unknown);
    let passed = || {
        if open {
            Verdict::Unknown("the export does not tell where the number is managed")
        } else {
            Verdict::Passed
        }
    };
    let cloud = matches!(user.dir_synced, Field::Value(false) | Field::Null);
    let name = tenant.resource_account_name(account);
    let identity = tenant.resource_account_identity(account);
    if let (Some(number), true) = (on_premises, cloud) {
        let key = number.key.to_string();
        return found(
            Draft::new(
                Severity::Error,
                tenant.account_subject(account),
                format!(
                    "`{name}` is a cloud account, but its number `{key}` is managed on-premises"
                ),
                Label::new(
                    number.record.at("NumberSource"),
                    "set by an old parameter, or left from a server",
                ),
            )
            .related([Label::new(
                user.at("UserDirSyncEnabled"),
                "not synchronized",
            )])
            .remedy("take the number over to the cloud", take_over(number, cx)),
        );
    }
    let line = match user.on_prem_line_uri {
        Field::Absent => {
            return Verdict::Unknown("the export does not tell the on-premises line URI");
        }
        Field::Null => return passed(),
        Field::Value(text) => texts.text(text),
    };
    let Some(old) = PhoneNumber::parse(line) else {
        return Verdict::Unknown("the on-premises line URI is no telephone number");
    };
    // It may have several, of which only one is in its line URI.
    if held.iter().any(|number| number.key == old) {
        return passed();
    }
    let (what, related) = match tenant.service_number(account) {
        Some((_, own)) if PhoneNumber::parse(&own) == Some(old) => return passed(),
        Some((place, own)) => (
            format!("has the number `{own}`"),
            Some(Label::new(place, "the number in use")),
        ),
        None if tenant.has_number(account) == Answer::No => ("has no number".to_owned(), None),
        None => return Verdict::Unknown("no export tells whether the account has a number"),
    };
    let mut draft = Draft::new(
        Severity::Error,
        tenant.account_subject(account),
        format!("`{name}` {what}, but keeps `{old}` in the on-premises directory"),
        Label::new(user.at("OnPremLineUri"), "another number"),
    )
    .related(related);
    draft.remedy = remedy(user, &identity, true, line, &held);
    found(draft)
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

    fn judge(properties: &str, source: &str) -> Vec<Verdict> {
        let numbers = format!(
            r#"[{{"TelephoneNumber":"+12065550101","NumberType":"DirectRouting","NumberSource":"{source}","AssignedPstnTargetId":"{ID}"}}]"#
        );
        verdicts(
            "RA013",
            &[
                ("Get-CsOnlineApplicationInstance.json", &account("")),
                ("Get-CsOnlineUser.json", &user(properties)),
                ("Get-CsPhoneNumberAssignment.json", &numbers),
            ],
        )
    }

    #[test]
    fn what_the_server_left_is_found() {
        let cloud = r#","UserDirSyncEnabled":false,"OnPremLineUri":null"#;
        let found = judge(cloud, "OnPremises");
        assert_eq!(severity(&found), "error");
        let [Verdict::Found(draft)] = &found[..] else {
            panic!("{found:?}");
        };
        // To take off online what the directory manages is refused.
        let mut lines = draft.remedy.commands.iter();
        assert!(!lines.any(|line| line.contains("Remove-CsPhoneNumberAssignment ")));
        assert!(matches!(judge(cloud, "Online")[..], [Verdict::Passed]));
        let synced = r#","UserDirSyncEnabled":true,"OnPremLineUri":"tel:+12065550101""#;
        assert!(matches!(judge(synced, "OnPremises")[..], [Verdict::Passed]));
        let other = r#","UserDirSyncEnabled":true,"OnPremLineUri":"tel:+12065550199""#;
        assert_eq!(severity(&judge(other, "OnPremises")), "error");
        assert!(matches!(judge("", "Online")[..], [Verdict::Unknown(_)]));
    }

    #[test]
    fn of_several_numbers_each_may_stand_in_the_directory() {
        let users = user(
            r#","LineUri":"tel:+12065550102","UserDirSyncEnabled":true,"OnPremLineUri":"tel:+12065550102""#,
        );
        let numbers = format!(
            r#"[{{"TelephoneNumber":"+12065550101","NumberType":"DirectRouting","NumberSource":"OnPremises","AssignedPstnTargetId":"{ID}"}},
                {{"TelephoneNumber":"+12065550102","NumberType":"DirectRouting","NumberSource":"OnPremises","AssignedPstnTargetId":"{ID}"}}]"#
        );
        let judged = verdicts(
            "RA013",
            &[
                ("Get-CsOnlineApplicationInstance.json", &account("")),
                ("Get-CsOnlineUser.json", &users),
                ("Get-CsPhoneNumberAssignment.json", &numbers),
            ],
        );
        assert!(matches!(judged[..], [Verdict::Passed]), "{judged:?}");
    }

    #[test]
    fn an_account_without_a_number_keeps_none_in_the_directory() {
        let judge = |properties: &str, accounts: &str| {
            let users = user(&format!(
                r#","OnPremLineUri":"tel:+12065550199"{properties}"#
            ));
            verdicts(
                "RA013",
                &[
                    ("Get-CsOnlineApplicationInstance.json", &account(accounts)),
                    ("Get-CsOnlineUser.json", &users),
                    (
                        "Get-CsPhoneNumberAssignment.json",
                        r#"[{"TelephoneNumber":"+12065550102","NumberType":"DirectRouting","NumberSource":"Online","AssignedPstnTargetId":null}]"#,
                    ),
                ],
            )
        };
        let command = |properties: &str| match &judge(properties, r#","PhoneNumber":null"#)[..] {
            [Verdict::Found(draft)] => {
                assert_eq!(
                    draft.message,
                    "`ra@contoso.example` has no number, but keeps `+12065550199` in the on-premises directory"
                );
                draft.remedy.commands[1].clone()
            }
            other => panic!("{other:?}"),
        };
        assert_eq!(
            command(r#","LineUri":null,"UserDirSyncEnabled":true"#),
            "Set-CsHybridApplicationEndpoint -Identity 'ra@contoso.example' -LineURI $null"
        );
        assert_eq!(
            command(r#","LineUri":null,"UserDirSyncEnabled":false"#),
            "Remove-CsPhoneNumberAssignment -Identity 'ra@contoso.example' -PhoneNumber '+12065550199' -PhoneNumberType DirectRouting"
        );
        let own = r#","PhoneNumber":"tel:+12065550199""#;
        let same = judge(r#","LineUri":null,"UserDirSyncEnabled":true"#, own);
        assert!(matches!(same[..], [Verdict::Passed]), "{same:?}");
    }

    #[test]
    fn where_a_number_is_managed_is_open_unless_the_inventory_tells() {
        let judge = |properties: &str, source: &str| {
            let numbers = format!(
                r#"[{{"TelephoneNumber":"+12065550101","NumberType":"DirectRouting","AssignedPstnTargetId":"{ID}"{source}}},
                    {{"TelephoneNumber":"+12065550102","NumberType":"DirectRouting","AssignedPstnTargetId":null,"NumberSource":"Online"}}]"#
            );
            verdicts(
                "RA013",
                &[
                    ("Get-CsOnlineApplicationInstance.json", &account("")),
                    ("Get-CsOnlineUser.json", &user(properties)),
                    ("Get-CsPhoneNumberAssignment.json", &numbers),
                ],
            )
        };
        let cloud = r#","UserDirSyncEnabled":false,"OnPremLineUri":null"#;
        let online = r#","NumberSource":"Online""#;
        assert!(matches!(judge(cloud, online)[..], [Verdict::Passed]));
        let untold = judge(cloud, "");
        assert!(matches!(untold[..], [Verdict::Unknown(_)]), "{untold:?}");
    }
}
