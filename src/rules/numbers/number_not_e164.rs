//! `rules/numbers/number-not-e164.md`

use crate::finding::{Draft, Label, Severity};
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::snapshot::strip_prefix_ignore_case;
use crate::tenant::{Answer, Number, User};

pub(super) const RULE: Declared = rule!(
    "numbers",
    "number-not-e164",
    Check::Several(&[Check::Number(judge), Check::User(line)])
);

/// The inventory: its spelling may lack the `+`, so that only the digits are judged.
fn judge(number: &Number, cx: &Cx) -> Verdict {
    let Some(wrong) = wrong_digits(&number.key.digits()) else {
        return Verdict::Passed;
    };
    let tenant = cx.tenant;
    let severity = match tenant.known_type(number) {
        Some("DirectRouting") => Severity::Info,
        Some(_) => Severity::Warning,
        None => return Verdict::Unknown("the type of the number is not known"),
    };
    found(
        Draft::new(
            severity,
            tenant.number_subject(number),
            format!("`{}` is no E.164 number: {wrong}", number.key),
            Label::new(number.record.at("TelephoneNumber"), wrong),
        )
        .remedy("have the number listed in E.164", listing(severity)),
    )
}

/// The line URI of an account: `tel:+` and digits, with an extension at most.
fn line(user: &User, cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    let Some(text) = user.line_uri.get().filter(|_| !tenant.is_deleted(user)) else {
        return Verdict::NotApplicable;
    };
    let text = tenant.snapshot.texts.text(text);
    let Some(wrong) = wrong_line(text) else {
        return Verdict::Passed;
    };
    let held = tenant.numbers_of_user(user);
    let mut types = held.iter().map(|number| tenant.is_direct_routing(number));
    // Trunks of one's own take what they are made for; only numbers of the cloud have to be E.164.
    let severity = if types.clone().any(|direct| direct == Answer::No) {
        Severity::Warning
    } else if types.any(|direct| direct == Answer::Unknown) {
        return Verdict::Unknown("the type of a number is not known");
    } else {
        Severity::Info
    };
    let name = tenant.user_name(user);
    found(
        Draft::new(
            severity,
            tenant.user_subject(user),
            format!("the line URI `{text}` of `{name}` is not E.164: {wrong}"),
            Label::new(user.at("LineUri"), wrong),
        )
        .remedy("assign the number in E.164", [assignment(severity)]),
    )
}

/// What there is to do about the inventory, by the grade, which tells numbers of the cloud from those of Direct Routing.
fn listing(severity: Severity) -> Vec<String> {
    if severity == Severity::Info {
        vec![assignment(severity)]
    } else {
        vec![
            "# a number of Operator Connect: the operator has to upload it anew".to_owned(),
            "# a number of a Calling Plan: ask Microsoft support".to_owned(),
        ]
    }
}

fn assignment(severity: Severity) -> String {
    let number_type = if severity == Severity::Info {
        "DirectRouting"
    } else {
        "<type>"
    };
    format!(
        "# Set-CsPhoneNumberAssignment -Identity <account> -PhoneNumber '+<country code><number>' -PhoneNumberType {number_type}"
    )
}

fn wrong_digits(digits: &str) -> Option<&'static str> {
    if digits.starts_with('0') {
        Some("it begins with 0")
    } else if digits.len() < 7 {
        Some("it is too short")
    } else if digits.len() > 15 {
        Some("it is too long")
    } else {
        None
    }
}

fn wrong_line(text: &str) -> Option<&'static str> {
    let rest = strip_prefix_ignore_case(text, "tel:").unwrap_or(text);
    if strip_prefix_ignore_case(rest, "tel:").is_some() {
        return Some("`tel:` stands there twice");
    }
    let Some(rest) = rest.strip_prefix('+') else {
        return Some("it has no `+`");
    };
    let (base, extension) = match rest.split_once(';') {
        Some((base, parameter)) => (
            base,
            strip_prefix_ignore_case(parameter, "ext=").or(Some("?")),
        ),
        None => (rest, None),
    };
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(base) {
        return Some("it holds other characters than digits");
    }
    if extension.is_some_and(|extension| !is_number(extension) || extension.len() > 15) {
        return Some("its extension is no number");
    }
    wrong_digits(base)
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

    fn of_number(number: &str, number_type: &str) -> Vec<Verdict> {
        let numbers = format!(r#"[{{"TelephoneNumber":"{number}","NumberType":"{number_type}"}}]"#);
        verdicts("NU005", &[("Get-CsPhoneNumberAssignment.json", &numbers)])
    }

    fn of_line(line: &str) -> Vec<Verdict> {
        let users = format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","LineUri":"{line}","SoftDeletionTimestamp":null}}]"#
        );
        verdicts("NU005", &[("Get-CsOnlineUser.json", &users)])
    }

    #[test]
    fn the_inventory_is_judged_by_digits() {
        assert_eq!(
            severity(&of_number("0049301234567", "CallingPlan")),
            "warning"
        );
        assert_eq!(severity(&of_number("12345", "DirectRouting")), "info");
        let commands = |number_type: &str| match of_number("12345", number_type).pop() {
            Some(Verdict::Found(draft)) => draft.remedy.commands.join("\n"),
            other => panic!("{other:?}"),
        };
        assert!(commands("DirectRouting").ends_with("-PhoneNumberType DirectRouting"));
        // Nobody can list a number of an operator but the operator.
        assert!(!commands("OperatorConnect").contains("Set-CsPhoneNumberAssignment"));
        assert!(matches!(
            of_number("12065550101", "CallingPlan")[..],
            [Verdict::Passed]
        ));
        assert!(matches!(
            of_number("+12065550101;ext=7", "DirectRouting")[..],
            [Verdict::Passed]
        ));
    }

    #[test]
    fn a_type_that_is_not_told_or_not_documented_leaves_the_grade_open() {
        let new = of_number("0049301234567", "SomethingNew");
        assert!(matches!(new[..], [Verdict::Unknown(_)]), "{new:?}");
        let line = |number_type: &str| {
            let users = format!(
                r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","LineUri":"tel:12345","SoftDeletionTimestamp":null}}]"#
            );
            let numbers = format!(
                r#"[{{"TelephoneNumber":"+12065550101","AssignedPstnTargetId":"{ID}"{number_type}}},{{"TelephoneNumber":"+12065550102","NumberType":"DirectRouting","AssignedPstnTargetId":"{ID}"}}]"#
            );
            let mut verdicts = verdicts(
                "NU005",
                &[
                    ("Get-CsOnlineUser.json", &users),
                    ("Get-CsPhoneNumberAssignment.json", &numbers),
                ],
            );
            verdicts.split_off(2)
        };
        for number_type in ["", r#","NumberType":"SomethingNew""#] {
            let open = line(number_type);
            assert!(matches!(open[..], [Verdict::Unknown(_)]), "{open:?}");
        }
        assert_eq!(severity(&line(r#","NumberType":"CallingPlan""#)), "warning");
        assert_eq!(severity(&line(r#","NumberType":"DirectRouting""#)), "info");
    }

    #[test]
    fn line_uris_are_judged_by_every_character() {
        for line in [
            "tel:12345",
            "tel:tel:+12065550101",
            "tel:+1206555x101",
            "tel:+0049301",
            "tel:+12065550101;ext=a",
            "tel:+1206555\u{200b}0101",
        ] {
            assert_eq!(severity(&of_line(line)), "info", "{line}");
        }
        for line in [
            "tel:+12065550101",
            "TEL:+12065550101;EXT=12",
            "+12065550101",
        ] {
            assert!(matches!(of_line(line)[..], [Verdict::Passed]), "{line}");
        }
    }

    #[test]
    fn seven_to_fifteen_digits_are_a_number_and_so_is_an_extension_of_fifteen() {
        for line in [
            "tel:+1234567",
            "tel:+123456789012345",
            "tel:+12065550101;ext=123456789012345",
        ] {
            assert!(
                !of_line(line)
                    .iter()
                    .any(|one| matches!(one, Verdict::Found(_))),
                "{line}"
            );
        }
        for (line, why) in [
            ("tel:+123456", "too short"),
            ("tel:+1234567890123456", "too long"),
            ("tel:+12065550101;ext=1234567890123456", "extension"),
        ] {
            match &of_line(line)[..] {
                [Verdict::Found(draft)] => {
                    assert!(draft.message.contains(why), "{line}: {}", draft.message);
                    assert!(draft.remedy.commands[0].contains("Set-CsPhoneNumberAssignment"));
                }
                other => panic!("{line}: {other:?}"),
            }
        }
    }
}
