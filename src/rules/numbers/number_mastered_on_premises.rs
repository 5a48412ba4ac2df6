//! `rules/numbers/number-mastered-on-premises.md`

use crate::finding::{Draft, Label, Severity};
use crate::rules::numbered::found;
use crate::rules::reassignment::take_over;
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::tenant::{Answer, Number};

pub(super) const RULE: Declared = rule!(
    "numbers",
    "number-mastered-on-premises",
    Check::Number(check)
);

fn check(number: &Number, cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    if number.record.source.is_null() {
        return Verdict::NotApplicable;
    }
    match tenant.is_managed_on_premises(number) {
        Answer::Yes => {}
        Answer::No => return Verdict::Passed,
        Answer::Unknown => {
            return Verdict::Unknown("the export does not tell where the number is managed");
        }
    }
    let Some(user) = tenant.account_of_holder(number) else {
        return Verdict::NotApplicable;
    };
    if tenant.is_deleted(user) {
        return Verdict::NotApplicable;
    }
    match user.dir_synced.get() {
        Some(true) => return Verdict::Passed,
        Some(false) => {}
        None if user.dir_synced.is_null() => {}
        None => {
            return Verdict::Unknown("the export does not tell whether the holder is synchronized");
        }
    }
    let key = number.key.to_string();
    let name = tenant.user_name(user);
    found(
        Draft::new(
            Severity::Warning,
            tenant.number_subject(number),
            format!("`{key}` is managed by the on-premises directory, but its holder `{name}` is a cloud account"),
            Label::new(number.record.at("NumberSource"), "managed on-premises"),
        )
        .related([Label::new(user.at("UserDirSyncEnabled"), "not synchronized")])
        .remedy("take the number over to the cloud, or clear it on-premises", take_over(number, cx)),
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

    fn judge(source: &str, synced: &str) -> Vec<Verdict> {
        let numbers = format!(
            r#"[{{"TelephoneNumber":"+12065550101","NumberType":"DirectRouting","AssignedPstnTargetId":"{ID}"{source}}}]"#
        );
        let users = format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","AccountType":"User"{synced}}}]"#
        );
        verdicts(
            "NU011",
            &[
                ("Get-CsPhoneNumberAssignment.json", &numbers),
                ("Get-CsOnlineUser.json", &users),
            ],
        )
    }

    const SERVER: &str = r#","NumberSource":"OnPremises""#;

    #[test]
    fn a_cloud_account_cannot_hold_a_number_of_the_directory() {
        assert_eq!(
            severity(&judge(SERVER, r#","UserDirSyncEnabled":false"#)),
            "warning"
        );
        assert_eq!(
            severity(&judge(SERVER, r#","UserDirSyncEnabled":null"#)),
            "warning"
        );
        assert!(matches!(
            judge(SERVER, r#","UserDirSyncEnabled":true"#)[..],
            [Verdict::Passed]
        ));
        assert!(matches!(judge(SERVER, "")[..], [Verdict::Unknown(_)]));
        assert!(matches!(
            judge(r#","NumberSource":"Online""#, "")[..],
            [Verdict::Passed]
        ));
        let odd = r#","NumberSource":"\u2603""#;
        assert!(matches!(judge(odd, "")[..], [Verdict::Unknown(_)]));
    }

    #[test]
    fn the_tenant_is_told_to_take_numbers_over_unless_it_does() {
        let commands = |config: &str| {
            let numbers = format!(
                r#"[{{"TelephoneNumber":"+12065550101","NumberType":"DirectRouting","AssignedPstnTargetId":"{ID}"{SERVER}}}]"#
            );
            let users = format!(
                r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","AccountType":"User","UserDirSyncEnabled":false}}]"#
            );
            let verdicts = verdicts(
                "NU011",
                &[
                    ("Get-CsPhoneNumberAssignment.json", &numbers),
                    ("Get-CsOnlineUser.json", &users),
                    ("Get-CsPhoneNumberTenantConfiguration.json", config),
                ],
            );
            match verdicts.into_iter().next() {
                Some(Verdict::Found(draft)) => draft.remedy.commands.join("\n"),
                other => panic!("{other:?}"),
            }
        };
        let migrate = "-AllowOnPremToOnlineMigration $true";
        let off = commands(r#"{"Identity":"Global","AllowOnPremToOnlineMigration":false}"#);
        assert!(off.contains(migrate), "{off}");
        let on = commands(r#"{"Identity":"Global","AllowOnPremToOnlineMigration":true}"#);
        assert!(!on.contains(migrate), "{on}");
    }
}
