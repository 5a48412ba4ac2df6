//! `rules/numbers/port-in-unfinished.md`

use crate::finding::{Draft, Label, Severity};
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::snapshot::Field;
use crate::tenant::Number;

pub(super) const RULE: Declared = rule!("numbers", "port-in-unfinished", Check::Number(check));

/// States after which nothing more happens, by the beginning of their name: the whole list is not published.
const FINAL: [&str; 5] = ["complete", "cancel", "none", "ported", "notapplicable"];

fn check(number: &Number, cx: &Cx) -> Verdict {
    let state = match number.record.port_in {
        Field::Null => return Verdict::Passed,
        Field::Absent => {
            return Verdict::Unknown("the export does not tell the state of port orders");
        }
        Field::Value(state) => cx.tenant.snapshot.texts.symbol(state),
    };
    let lower = state.to_ascii_lowercase();
    if FINAL.iter().any(|name| lower.starts_with(name)) {
        return Verdict::Passed;
    }
    let key = number.key;
    found(
        Draft::new(
            Severity::Warning,
            cx.tenant.number_subject(number),
            format!("the port order of `{key}` is not finished: `{state}`"),
            Label::new(number.record.at("PortInOrderStatus"), "under way, or stuck"),
        )
        .remedy(
            "wait for the port, or correct the order",
            ["# Teams admin center > Voice > Port orders shows what is missing".to_owned()],
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
        let numbers = format!(r#"[{{"TelephoneNumber":"+12065550101",{properties}}}]"#);
        let users = format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","AccountType":"User","LineUri":null,"SoftDeletionTimestamp":null}}]"#
        );
        let accounts = r#"[{"ObjectId":"00000000-0000-4000-8000-000000000002","ApplicationId":null,"UserPrincipalName":"ra@contoso.example"}]"#;
        verdicts(
            "NU010",
            &[
                ("Get-CsPhoneNumberAssignment.json", &numbers),
                ("Get-CsOnlineUser.json", &users),
                ("Get-CsOnlineApplicationInstance.json", accounts),
            ],
        )
    }

    #[test]
    fn only_final_states_pass() {
        assert_eq!(
            severity(&judge(
                r#""NumberType":"CallingPlan","PortInOrderStatus":"InProgress""#
            )),
            "warning"
        );
        for state in ["\"Completed\"", "\"Cancelled\"", "null", "\"\""] {
            let number = judge(&format!(
                r#""NumberType":"CallingPlan","PortInOrderStatus":{state}"#
            ));
            assert!(matches!(number[..], [Verdict::Passed]), "{state}");
        }
        assert!(matches!(
            judge(r#""NumberType":"CallingPlan""#)[..],
            [Verdict::Unknown(_)]
        ));
    }
}
