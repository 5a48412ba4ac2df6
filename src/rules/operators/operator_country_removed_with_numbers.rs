//! `rules/operators/operator-country-removed-with-numbers.md`

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Severity};
use crate::rules::numbered::found;
use crate::rules::reassignment::take_off;
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::tenant::{Answer, Country, CountryState, Number, Operator, OperatorStatus};

pub(super) const RULE: Declared = rule!(
    "operators",
    "operator-country-removed-with-numbers",
    Check::Number(check)
);

fn check(number: &Number, cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    let Some(operator) = tenant.operator_of(number) else {
        return match number.listed_operator {
            Answer::Unknown => Verdict::Unknown("the export does not name the number's operator"),
            _ => Verdict::NotApplicable,
        };
    };
    // All numbers of an operator that is removed as a whole are another rule's.
    if tenant.status_of(operator) == Some(OperatorStatus::Removed) {
        return Verdict::NotApplicable;
    }
    let Some(country) = tenant.country_of_number(number) else {
        return Verdict::Unknown("the country of the number is not known");
    };
    match tenant.country_state(operator, country) {
        CountryState::Removed => {}
        CountryState::Unknown => {
            return Verdict::Unknown("the operators file does not tell the countries");
        }
        CountryState::NotListed if tenant.may_be_removed(operator, country) => {
            return Verdict::Unknown(
                "the operators file does not give all removed countries as codes",
            );
        }
        CountryState::Enabled | CountryState::NotListed => return Verdict::Passed,
    }
    let severity = match tenant.is_assigned(number) {
        Answer::Yes => Severity::Error,
        Answer::No => Severity::Warning,
        Answer::Unknown => {
            return Verdict::Unknown("the export does not tell whether the number is assigned");
        }
    };
    found(draft(number, operator, country, severity, cx))
}

fn draft(
    number: &Number,
    operator: &Operator,
    country: Country,
    severity: Severity,
    cx: &Cx,
) -> Draft {
    let tenant = cx.tenant;
    let name = tenant.operator_name(operator);
    let key = number.key;
    let (what, label) = if severity == Severity::Error {
        ("is still assigned", "still in use")
    } else {
        ("is not released yet", "still listed")
    };
    let release = format!("# then ask {} to release the number", quoted(&name));
    let commands = take_off(number, cx).into_iter().chain([release]);
    Draft::new(
        severity,
        tenant.number_subject(number),
        format!("`{key}` of `{name}` {what}, though `{country}` was removed for that operator"),
        Label::new(number.record.at("TelephoneNumber"), label),
    )
    .related([Label::new(
        operator.record.at("RemovedCountries"),
        format!("`{country}` is removed"),
    )])
    .remedy(
        "take the number off its holder and have the operator release it",
        commands,
    )
}

#[cfg(test)]
mod tests {
    use crate::finding::Severity;
    use crate::rules::Verdict;
    use crate::rules::testing::verdicts;

    fn judge(operator: &str, number: &str) -> Vec<Verdict> {
        let operators = format!(r#"[{{"name":"Telco A",{operator}}}]"#);
        let numbers =
            format!(r#"[{{"NumberType":"OperatorConnect","PstnPartnerName":"Telco A",{number}}}]"#);
        verdicts(
            "OP002",
            &[
                ("operators.json", &operators),
                ("Get-CsPhoneNumberAssignment.json", &numbers),
            ],
        )
    }

    const OPERATOR: &str = r#""status":"Active","countries":["US"],"removedCountries":["DE"]"#;
    const GERMAN: &str =
        r#""TelephoneNumber":"+493023125001","PstnAssignmentStatus":"UserAssigned""#;

    #[test]
    fn assigned_is_an_error_and_listed_a_warning() {
        for (status, severity) in [
            ("UserAssigned", Severity::Error),
            ("Unassigned", Severity::Warning),
        ] {
            match &judge(OPERATOR, &GERMAN.replace("UserAssigned", status))[..] {
                [Verdict::Found(draft)] => assert_eq!(draft.severity, severity),
                other => panic!("{other:?}"),
            }
        }
    }

    #[test]
    fn other_countries_pass_and_unknown_ones_are_open() {
        let american = r#""TelephoneNumber":"+12065550101","IsoCountryCode":"US","PstnAssignmentStatus":"UserAssigned""#;
        assert!(matches!(judge(OPERATOR, american)[..], [Verdict::Passed]));
        let blank = american.replace("\"US\"", "\"\"");
        assert!(matches!(judge(OPERATOR, &blank)[..], [Verdict::Unknown(_)]));
        assert!(matches!(
            judge(r#""status":"Active""#, GERMAN)[..],
            [Verdict::Unknown(_)]
        ));
        let named = OPERATOR.replace("\"DE\"", "\"Germany\"");
        assert!(matches!(judge(&named, GERMAN)[..], [Verdict::Unknown(_)]));
        let both = OPERATOR.replace("[\"US\"]", "[\"US\",\"DE\"]");
        assert!(matches!(judge(&both, GERMAN)[..], [Verdict::Passed]));
    }

    #[test]
    fn an_operator_that_is_removed_is_another_rules() {
        assert!(judge(&OPERATOR.replace("Active", "Removed"), GERMAN).is_empty());
    }

    #[test]
    fn the_message_tells_use_from_a_listing() {
        let message = |status: &str| match judge(OPERATOR, &GERMAN.replace("UserAssigned", status))
            .into_iter()
            .next()
        {
            Some(Verdict::Found(draft)) => draft.message,
            other => panic!("{other:?}"),
        };
        assert!(message("UserAssigned").contains("is still assigned"));
        assert!(message("Unassigned").contains("is not released yet"));
    }

    #[test]
    fn a_number_of_an_operator_that_is_not_told_is_open() {
        let numbers = |number_type: &str| {
            let numbers =
                format!(r#"[{{"TelephoneNumber":"+493023125001","NumberType":"{number_type}"}}]"#);
            let operators = format!(r#"[{{"name":"Telco A",{OPERATOR}}}]"#);
            verdicts(
                "OP002",
                &[
                    ("operators.json", &operators),
                    ("Get-CsPhoneNumberAssignment.json", &numbers),
                ],
            )
        };
        assert!(matches!(
            numbers("OperatorConnect")[..],
            [Verdict::Unknown(_)]
        ));
        assert!(numbers("DirectRouting").is_empty());
    }
}
