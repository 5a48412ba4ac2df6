//! `rules/numbers/toll-free-on-user.md`

use crate::finding::{Draft, Label, Severity};
use crate::rules::numbered::found;
use crate::rules::reassignment::take_off;
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::tenant::{AccountKind, Holder, Number};

pub(super) const RULE: Declared = rule!("numbers", "toll-free-on-user", Check::Number(check));

fn check(number: &Number, cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    let Holder::User(_) = number.holder else {
        return Verdict::NotApplicable;
    };
    if !tenant.is_surely_toll_free(number.key) {
        return Verdict::Passed;
    }
    if tenant.is_held_by_deleted(number) {
        return Verdict::NotApplicable;
    }
    match tenant
        .account_of_holder(number)
        .map(|user| tenant.account_kind(user))
    {
        Some(AccountKind::ResourceAccount) => return Verdict::Passed,
        Some(AccountKind::Unknown) | None => {
            return Verdict::Unknown("the export does not tell what the holder is");
        }
        Some(_) => {}
    }
    let severity = match tenant.known_type(number) {
        Some("DirectRouting") => Severity::Info,
        Some(_) => Severity::Error,
        None => return Verdict::Unknown("the type of the number is not known"),
    };
    let key = number.key.to_string();
    let holder = tenant.holder_name(number).unwrap_or_default();
    found(
        Draft::new(
            severity,
            tenant.number_subject(number),
            format!("the toll-free number `{key}` is assigned to `{holder}`, a person"),
            Label::new(
                number.record.at("TelephoneNumber"),
                "toll-free by its numbering plan",
            ),
        )
        .related([Label::new(
            number.record.at("AssignedPstnTargetId"),
            format!("held by `{holder}`"),
        )])
        .remedy(
            "move the number to a resource account",
            take_off(number, cx).into_iter().chain([
                "# then assign it to the resource account of an auto attendant or call queue"
                    .to_owned(),
            ]),
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

    fn judge(properties: &str) -> Vec<Verdict> {
        let numbers = format!(r"[{{{properties}}}]");
        let users = format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","AccountType":"User","LineUri":null,"SoftDeletionTimestamp":null}}]"#
        );
        let accounts = r#"[{"ObjectId":"00000000-0000-4000-8000-000000000002","ApplicationId":null,"UserPrincipalName":"ra@contoso.example"}]"#;
        verdicts(
            "NU008",
            &[
                ("Get-CsPhoneNumberAssignment.json", &numbers),
                ("Get-CsOnlineUser.json", &users),
                ("Get-CsOnlineApplicationInstance.json", accounts),
            ],
        )
    }

    fn number(number: &str, number_type: &str) -> Vec<Verdict> {
        judge(&format!(
            r#""TelephoneNumber":"{number}","NumberType":"{number_type}","AssignedPstnTargetId":"{ID}""#
        ))
    }

    #[test]
    fn toll_free_numbers_are_not_for_people() {
        assert_eq!(
            severity(&number("+18005550101", "OperatorConnect")),
            "error"
        );
        assert_eq!(severity(&number("+448081570192", "CallingPlan")), "error");
        assert_eq!(severity(&number("+18005550101", "DirectRouting")), "info");
        assert!(matches!(
            number("+18005550101", "SomethingNew")[..],
            [Verdict::Unknown(_)]
        ));
        assert!(matches!(
            number("+12065550101", "OperatorConnect")[..],
            [Verdict::Passed]
        ));
        let account = r#""TelephoneNumber":"+18005550101","NumberType":"OperatorConnect","AssignedPstnTargetId":"00000000-0000-4000-8000-000000000002""#;
        assert!(judge(account).is_empty());
    }
}
