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
        return among_alike(number, cx);
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
    found(
        Draft::new(
            Severity::Error,
            tenant.number_subject(number),
            format!("`{key}` is in the inventory twice, {what}"),
            primary,
        )
        .related(labels)
        .remedy(REMOVE, commands(&[number], cx)),
    )
}

/// The same digits with and without an extension are two numbers, but no carrier has half of them.
fn among_alike(number: &Number, cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    let Some(other) = tenant.same_digits_as(number) else {
        return Verdict::Passed;
    };
    if other.record.number_type.is_absent() {
        return Verdict::Unknown(
            "the export does not tell the type of a number of the same digits",
        );
    }
    let types = (tenant.known_type(number), tenant.known_type(other));
    let partners = [number, other].map(|one| one.record.partner_id.get());
    let (property, what) = match types {
        (Some(one), Some(two)) if one != two => ("NumberType", "with another type"),
        _ if matches!(partners, [Some(one), Some(two)] if one != two) => {
            ("PstnPartnerId", "with another partner")
        }
        (Some(_), Some(_)) => return Verdict::Passed,
        _ => return Verdict::Unknown("the type of a number of the same digits is not known"),
    };
    found(
        Draft::new(
            Severity::Error,
            tenant.number_subject(number),
            format!(
                "`{}` is in the inventory as `{}` as well, {what}",
                number.key, other.key
            ),
            Label::new(number.record.at("TelephoneNumber"), "listed once so"),
        )
        .related([
            Label::new(number.record.at(property), "once so"),
            Label::new(other.record.at(property), "and once so"),
        ])
        .remedy(REMOVE, commands(&[number, other], cx)),
    )
}

/// What there is to do about rows that contradict each other.
const REMOVE: &str = "have the old one of the two rows removed";

fn commands(numbers: &[&Number], cx: &Cx) -> Vec<String> {
    let mut commands = vec![
        "# while a port is under way both may stand there for hours: look at the port order first"
            .to_owned(),
    ];
    let port_in = |number: &&Number| number.record.port_in.get();
    if let Some(state) = numbers.iter().find_map(port_in) {
        commands.push(format!(
            "# its port-in order is `{}`",
            cx.tenant.snapshot.texts.symbol(state)
        ));
    }
    let ids = numbers.iter().map(|number| quoted(&number.key.to_string()));
    commands.extend(ids.map(|id| format!("Get-CsPhoneNumberAssignment -TelephoneNumber {id}")));
    let is_direct = |number: &&&Number| {
        let number_type = cx.tenant.number_type(number);
        number_type.is_some_and(|name| name.eq_ignore_ascii_case("DirectRouting"))
    };
    if let Some(old) = numbers.iter().find(is_direct).or(numbers.first()) {
        let id = quoted(&old.key.to_string());
        commands.push(format!("# an old Direct Routing row: take the number off its holder, then New-CsOnlineTelephoneNumberReleaseOrder -TelephoneNumber {id}"));
    }
    commands.push("# an old row of an operator: ask the operator to release it".to_owned());
    commands
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
        assert!(matches!(
            judge(r#"[{"TelephoneNumber":"+12065550101","ActivationState":"Activated"}]"#)[..],
            [Verdict::Unknown(_)]
        ));
    }

    /// What is said of numbers with these ends and further properties, in order of number.
    fn alike(rows: &[(&str, &str)]) -> Vec<Verdict> {
        let rows = rows.iter().map(|(end, properties)| {
            format!(r#"{{"TelephoneNumber":"+12065550101{end}",{properties}}}"#)
        });
        judge(&format!("[{}]", rows.collect::<Vec<_>>().join(",")))
    }

    const DIRECT: &str = r#""NumberType":"DirectRouting","PstnPartnerId":"""#;
    const OPERATOR: &str =
        r#""NumberType":"OperatorConnect","PstnPartnerId":"00000000-0000-4000-8000-00000000000a""#;

    #[test]
    fn an_extension_does_not_make_it_another_carriers_number() {
        let found = alike(&[(";ext=101", DIRECT), ("", OPERATOR)]);
        let [Verdict::Passed, Verdict::Found(draft)] = found.as_slice() else {
            panic!("{found:?}");
        };
        assert_eq!(
            draft.message,
            "`+12065550101;ext=101` is in the inventory as `+12065550101` as well, with another type"
        );
        let release = draft
            .remedy
            .commands
            .iter()
            .rfind(|line| line.contains("ReleaseOrder"));
        assert!(release.is_some_and(|line| line.ends_with(" '+12065550101;ext=101'")));
        // Without the bare number as well.
        let extensions = alike(&[(";ext=1", DIRECT), (";ext=2", OPERATOR), (";ext=3", DIRECT)]);
        assert!(
            matches!(
                extensions[..],
                [Verdict::Passed, Verdict::Found(_), Verdict::Passed]
            ),
            "{extensions:?}"
        );
        let other = OPERATOR.replace("00000a", "00000b");
        let partners = alike(&[("", OPERATOR), (";ext=1", &other)]);
        assert!(
            matches!(partners[..], [Verdict::Passed, Verdict::Found(_)]),
            "{partners:?}"
        );
    }

    #[test]
    fn extensions_of_one_carrier_pass_and_an_untold_type_is_open() {
        let all = alike(&[("", DIRECT), (";ext=1", DIRECT), (";ext=2", DIRECT)]);
        assert_eq!(all.len(), 3);
        assert!(
            all.iter().all(|one| matches!(one, Verdict::Passed)),
            "{all:?}"
        );
        let new = alike(&[("", r#""NumberType":"SomethingNew""#), (";ext=1", DIRECT)]);
        assert!(
            matches!(new[..], [Verdict::Passed, Verdict::Unknown(_)]),
            "{new:?}"
        );
        let untold = alike(&[("", r#""ActivationState":"Activated""#), (";ext=1", DIRECT)]);
        assert!(
            matches!(untold[..], [Verdict::Unknown(_), Verdict::Unknown(_)]),
            "{untold:?}"
        );
    }
}
