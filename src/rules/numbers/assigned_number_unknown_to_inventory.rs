//! `rules/numbers/assigned-number-unknown-to-inventory.md`

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Severity};
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::snapshot::{Field, PhoneNumber};
use crate::tenant::User;

pub(super) const RULE: Declared = rule!(
    "numbers",
    "assigned-number-unknown-to-inventory",
    Check::User(check)
);

fn check(user: &User, cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    if tenant.is_deleted(user) {
        return Verdict::NotApplicable;
    }
    let text = match user.line_uri {
        Field::Null => return Verdict::NotApplicable,
        Field::Absent => return Verdict::Unknown("the export does not tell the line URI"),
        Field::Value(text) => tenant.snapshot.texts.text(text),
    };
    let Some(line) = PhoneNumber::parse(text) else {
        return Verdict::Unknown("the line URI is no telephone number");
    };
    let held = tenant.numbers_of_user(user);
    // Nearly always it is a number that the account holds, which is at hand.
    let known = held.iter().any(|number| number.key.base() == line.base())
        || tenant
            .number(line)
            .or_else(|| tenant.number(line.base()))
            .is_some();
    if known {
        return Verdict::Passed;
    }
    let name = tenant.user_name(user);
    found(
        Draft::new(
            Severity::Warning,
            tenant.user_subject(user),
            format!("`{name}` has the number `{line}`, which the inventory does not list"),
            Label::new(user.at("LineUri"), "in no record of the inventory"),
        )
        .remedy(
            "assign the number again, which puts it into the inventory",
            [format!(
                "Set-CsPhoneNumberAssignment -Identity {} -PhoneNumber {} -PhoneNumberType DirectRouting",
                quoted(&name),
                quoted(&line.to_string())
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

    fn judge(line: &str, numbers: &str) -> Vec<Verdict> {
        let users = format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","AccountType":"User","SoftDeletionTimestamp":null{line}}}]"#
        );
        verdicts(
            "NU014",
            &[
                ("Get-CsOnlineUser.json", &users),
                ("Get-CsPhoneNumberAssignment.json", numbers),
            ],
        )
    }

    const LINE: &str = r#","LineUri":"tel:+12065550101;ext=7""#;

    #[test]
    fn a_line_without_a_row_is_found() {
        assert_eq!(severity(&judge(LINE, "[]")), "warning");
        let base = r#"[{"TelephoneNumber":"+12065550101","NumberType":"DirectRouting"}]"#;
        assert!(matches!(judge(LINE, base)[..], [Verdict::Passed]));
        assert!(judge(r#","LineUri":null"#, "[]").is_empty());
        assert!(matches!(judge("", "[]")[..], [Verdict::Unknown(_)]));
    }

    #[test]
    fn another_number_that_the_account_holds_is_no_row_of_this_one() {
        let other = format!(
            r#"[{{"TelephoneNumber":"+12065550102","NumberType":"DirectRouting","AssignedPstnTargetId":"{ID}"}}]"#
        );
        assert_eq!(severity(&judge(LINE, &other)), "warning");
    }
}
