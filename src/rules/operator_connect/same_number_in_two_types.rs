//! `rules/operator-connect/same-number-in-two-types.md`

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Severity};
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::tenant::Number;

pub(super) const RULE: Declared = rule!(
    "operator-connect",
    "same-number-in-two-types",
    Check::Number(check)
);

fn check(number: &Number, cx: &Cx) -> Verdict {
    let record = &number.record;
    let (property, what) = if record.contradicts("NumberType") {
        ("NumberType", "with two types")
    } else if record.contradicts("PstnPartnerId") {
        ("PstnPartnerId", "with two partners")
    } else if record.number_type.is_absent() {
        return Verdict::Unknown("the export does not tell the type of the number");
    } else {
        return Verdict::Passed;
    };
    let tenant = cx.tenant;
    let key = number.key;
    let labels = record
        .at_each(property)
        .into_iter()
        .enumerate()
        .map(|(index, place)| {
            Label::new(place, if index == 0 { "once so" } else { "and once so" })
        });
    let primary = Label::new(record.at("TelephoneNumber"), "listed twice");
    let id = quoted(&key.to_string());
    let mut commands = vec![
        "# while a port is under way both may stand there for hours: look at the port order first"
            .to_owned(),
    ];
    if let Some(state) = record.port_in.get() {
        commands.push(format!(
            "# its port-in order is `{}`",
            tenant.snapshot.texts.symbol(state)
        ));
    }
    commands.push(format!("Get-CsPhoneNumberAssignment -TelephoneNumber {id}"));
    commands.push(format!("# an old Direct Routing row: take the number off its holder, then New-CsOnlineTelephoneNumberReleaseOrder -TelephoneNumber {id}"));
    commands.push("# an old row of an operator: ask the operator to release it".to_owned());
    found(
        Draft::new(
            Severity::Error,
            tenant.number_subject(number),
            format!("`{key}` is in the inventory twice, {what}"),
            primary,
        )
        .related(labels)
        .remedy("have the old one of the two rows removed", commands),
    )
}

#[cfg(test)]
mod tests {
    use crate::rules::Verdict;
    use crate::rules::testing::verdicts;

    fn judge(rows: &str) -> Vec<Verdict> {
        verdicts("OC006", &[("Get-CsPhoneNumberAssignment.json", rows)])
    }

    #[test]
    fn two_types_or_partners_of_one_number_are_found() {
        let types = r#"[{"TelephoneNumber":"+12065550101","NumberType":"DirectRouting","PortInOrderStatus":"InProgress"},{"TelephoneNumber":"12065550101","NumberType":"OperatorConnect","PortInOrderStatus":"InProgress"}]"#;
        let found = judge(types);
        let [Verdict::Found(draft)] = found.as_slice() else {
            panic!("{found:?}");
        };
        assert_eq!(draft.related.len(), 2, "both rows");
        assert!(draft.remedy.commands[1].contains("`InProgress`"));
        let partners = r#"[{"TelephoneNumber":"+12065550101","NumberType":"OperatorConnect","PstnPartnerId":"00000000-0000-4000-8000-00000000000a"},{"TelephoneNumber":"+12065550101","NumberType":"OperatorConnect","PstnPartnerId":"00000000-0000-4000-8000-00000000000b"}]"#;
        assert!(matches!(judge(partners)[..], [Verdict::Found(_)]));
    }

    #[test]
    fn one_row_or_two_that_agree_pass() {
        let twice = r#"[{"TelephoneNumber":"+12065550101","NumberType":"OperatorConnect"},{"TelephoneNumber":"+12065550101","NumberType":"operatorconnect"}]"#;
        assert!(matches!(judge(twice)[..], [Verdict::Passed]));
        let extension = r#"[{"TelephoneNumber":"+12065550101","NumberType":"OperatorConnect"},{"TelephoneNumber":"+12065550101;ext=1","NumberType":"DirectRouting"}]"#;
        assert!(matches!(
            judge(extension)[..],
            [Verdict::Passed, Verdict::Passed]
        ));
        assert!(matches!(
            judge(r#"[{"TelephoneNumber":"+12065550101","ActivationState":"Activated"}]"#)[..],
            [Verdict::Unknown(_)]
        ));
    }
}
