//! `rules/operators/number-of-unknown-operator.md`

use crate::finding::{Draft, Label, Problem, Remedy, Severity, Subject, SubjectKind};
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::snapshot::ExportKind;
use crate::tenant::{Answer, Number};

pub(super) const RULE: Declared = rule!(
    "operators",
    "number-of-unknown-operator",
    Check::Number(check)
);

fn check(number: &Number, cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    match tenant.is_operator_connect(number) {
        Answer::Yes => {}
        Answer::No => return Verdict::NotApplicable,
        Answer::Unknown => {
            return Verdict::Unknown("the export does not tell whether it is Operator Connect");
        }
    }
    let record = &number.record;
    let partner = record.partner_name.get();
    let has_id = [&record.partner_id, &record.operator_id]
        .iter()
        .any(|id| id.get().is_some());
    match number.listed_operator {
        Answer::Yes => return Verdict::Passed,
        // An operator without id and a number without name cannot be compared, unless nothing at all is named.
        Answer::Unknown if has_id || !record.partner_name.is_null() => {
            return Verdict::Unknown("the export does not name the number's operator");
        }
        Answer::Unknown | Answer::No => {}
    }
    // Names and ids of which two were given are neither of them.
    let contradicted = |problem: &Problem| {
        problem.rule == Some("SN006") && problem.exports.contains(&ExportKind::Operators.name())
    };
    if tenant.problems.iter().any(contradicted) {
        return Verdict::Unknown("the operators file contradicts itself");
    }
    let key = number.key.to_string();
    let (message, primary) = match partner {
        Some(name) => {
            let name = tenant.snapshot.texts.symbol(name).trim();
            (
                format!(
                    "`{key}` belongs to operator `{name}`, which the operators file does not list"
                ),
                Label::new(record.at("PstnPartnerName"), "not in the operators file"),
            )
        }
        None => (
            format!(
                "`{key}` is on Operator Connect, but no operator that the operators file lists owns it"
            ),
            Label::new(record.at("NumberType"), "on Operator Connect"),
        ),
    };
    let related = vec![Label::new(record.at("TelephoneNumber"), "this number")];
    Verdict::Found(Box::new(Draft {
        severity: Severity::Error,
        subject: Subject::new(SubjectKind::Number, &key, &key),
        discriminator: String::new(),
        message,
        primary,
        related,
        remedy: Remedy {
            summary: "have the operator release the number, or add the operator again".into(),
            commands: vec![
                "# if the operator is still yours: add it to the operators file, with its name as `PstnPartnerName` spells it".to_owned(),
                "# if it was removed: ask it to release the number, or add it again under Teams admin center > Voice > Operators".to_owned(),
            ],
        },
    }))
}

#[cfg(test)]
mod tests {
    use crate::rules::Verdict;
    use crate::rules::testing::verdicts;

    const ID: &str = "260d5530-71d0-44ec-92bf-cd4a1bf5e3f9";

    fn number(operators: &str, properties: &str) -> Vec<Verdict> {
        let numbers = format!(
            r#"[{{"TelephoneNumber":"+12065550101","ActivationState":"Activated"{properties}}}]"#
        );
        verdicts(
            "OP004",
            &[
                ("operators.json", operators),
                ("Get-CsPhoneNumberAssignment.json", &numbers),
            ],
        )
    }

    const NAMED: &str =
        r#"[{"name":"Telco A","aliases":["Telco Alpha"],"status":"Active","countries":["US"]}]"#;
    const OC: &str = r#","NumberType":"OperatorConnect""#;

    #[test]
    fn an_operator_that_the_file_lacks_is_found() {
        let other = number(NAMED, &format!(r#"{OC},"PstnPartnerName":"Telco B""#));
        let [Verdict::Found(draft)] = other.as_slice() else {
            panic!("{other:?}");
        };
        assert!(draft.message.contains("operator `Telco B`, which"));
        let blank = number(
            NAMED,
            &format!(r#"{OC},"PstnPartnerName":"","PstnPartnerId":"""#),
        );
        assert!(matches!(blank[..], [Verdict::Found(_)]));
    }

    #[test]
    fn names_aliases_and_ids_join() {
        for name in ["telco  a ", "Telco Alpha"] {
            let own = number(NAMED, &format!(r#"{OC},"PstnPartnerName":"{name}""#));
            assert!(matches!(own[..], [Verdict::Passed]), "{name}");
        }
        let by_id = format!(
            r#"[{{"operatorId":"{ID}","name":"Telco A","status":"Active","countries":["US"]}}]"#
        );
        let own = number(&by_id, &format!(r#"{OC},"OperatorId":"{ID}""#));
        assert!(matches!(own[..], [Verdict::Passed]));
    }

    #[test]
    fn only_operator_connect_is_judged_and_only_where_the_operator_is_told() {
        assert!(number(NAMED, r#","NumberType":"DirectRouting""#).is_empty());
        let plan = r#","NumberType":"CallingPlan","PstnPartnerName":"Microsoft""#;
        assert!(number(NAMED, plan).is_empty());
        assert!(matches!(number(NAMED, OC)[..], [Verdict::Unknown(_)]));
        for id in ["PstnPartnerId", "OperatorId"] {
            let by_id = format!(r#"{OC},"PstnPartnerName":null,"{id}":"{ID}""#);
            let open = number(NAMED, &by_id);
            assert!(matches!(open[..], [Verdict::Unknown(_)]), "{id}: {open:?}");
        }
        let graph = r#","NumberType":"CallingPlan""#;
        assert!(matches!(number(NAMED, graph)[..], [Verdict::Unknown(_)]));
    }

    #[test]
    fn only_an_operators_file_that_contradicts_itself_leaves_it_open() {
        let twice = r#"[{"name":"Telco A","status":"Active","countries":["US"]},
                {"name":"Telco A","status":"Removed","countries":["US"]}]"#;
        let other = format!(r#"{OC},"PstnPartnerName":"Telco B""#);
        let open = number(twice, &other);
        assert!(matches!(open[..], [Verdict::Unknown(_)]), "{open:?}");
        // Accounts that contradict each other say nothing of operators.
        let numbers = format!(
            r#"[{{"TelephoneNumber":"+12065550101","ActivationState":"Activated"{other}}}]"#
        );
        let users = r#"[{"Identity":"00000000-0000-4000-8000-000000000001","AccountType":"User"},
            {"Identity":"00000000-0000-4000-8000-000000000001","AccountType":"Guest"}]"#;
        let found = verdicts(
            "OP004",
            &[
                ("operators.json", NAMED),
                ("Get-CsPhoneNumberAssignment.json", &numbers),
                ("Get-CsOnlineUser.json", users),
            ],
        );
        assert!(matches!(found[..], [Verdict::Found(_)]), "{found:?}");
    }
}
