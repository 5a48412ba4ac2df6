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
            "have whoever provides the number put it into the inventory",
            commands(user, line, cx),
        ),
    )
}

/// What to do depends on the type of the number, which nobody tells of a number that is in no inventory: nothing is to be
/// executed as it stands.
fn commands(user: &User, line: PhoneNumber, cx: &Cx) -> Vec<String> {
    // Only operators bring this policy.
    if user.carrier_emergency_policy.get().is_some() {
        return vec![
            "# the account has the emergency policy of a carrier, so the number is one of Operator Connect: ask the operator to upload it again".to_owned(),
        ];
    }
    vec![
        format!(
            "# only if it is a number of Direct Routing: Set-CsPhoneNumberAssignment -Identity {} -PhoneNumber {} -PhoneNumberType DirectRouting",
            quoted(&cx.tenant.user_identity(user)),
            quoted(&line.to_string())
        ),
        "# if it is a number of an operator or of Microsoft: only they can put it into the inventory".to_owned(),
    ]
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
    fn nothing_is_assigned_as_direct_routing_unasked() {
        let commands = |policy: &str| {
            let line = format!(r#"{LINE},"TeamsCarrierEmergencyCallRoutingPolicy":{policy}"#);
            match judge(&line, "[]").into_iter().next() {
                Some(Verdict::Found(draft)) => draft.remedy.commands,
                other => panic!("{other:?}"),
            }
        };
        let carrier = commands("\"Synergy_Telco-A\"");
        let [one] = carrier.as_slice() else {
            panic!("{carrier:?}");
        };
        assert!(
            one.starts_with("# ") && !one.contains("DirectRouting"),
            "{one}"
        );
        let open = commands("null");
        assert!(open.iter().all(|one| one.starts_with("# ")), "{open:?}");
        assert!(open[0].ends_with(
            "Set-CsPhoneNumberAssignment -Identity 'a@contoso.example' -PhoneNumber '+12065550101;ext=7' -PhoneNumberType DirectRouting"
        ));
    }

    #[test]
    fn another_number_that_the_account_holds_is_no_row_of_this_one() {
        let other = format!(
            r#"[{{"TelephoneNumber":"+12065550102","NumberType":"DirectRouting","AssignedPstnTargetId":"{ID}"}}]"#
        );
        assert_eq!(severity(&judge(LINE, &other)), "warning");
    }
}
