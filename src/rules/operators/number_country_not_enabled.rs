//! `rules/operators/number-country-not-enabled.md`

use crate::finding::{Draft, Label, Severity};
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::tenant::{Answer, CountryState, Number, OperatorStatus};

pub(super) const RULE: Declared = rule!(
    "operators",
    "number-country-not-enabled",
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
    if tenant.status_of(operator) == Some(OperatorStatus::Removed) {
        return Verdict::NotApplicable;
    }
    let Some(country) = tenant.country_of_number(number) else {
        return Verdict::Unknown("the country of the number is not known");
    };
    match tenant.country_state(operator, country) {
        CountryState::NotListed if tenant.may_be_removed(operator, country) => {
            return Verdict::Unknown(
                "the operators file does not give all removed countries as codes",
            );
        }
        CountryState::NotListed => {}
        CountryState::Unknown => {
            return Verdict::Unknown("the operators file does not tell the countries");
        }
        CountryState::Enabled | CountryState::Removed => return Verdict::Passed,
    }
    let name = tenant.operator_name(operator);
    let draft = Draft::new(
        Severity::Error,
        tenant.number_subject(number),
        format!("`{}` is a number of `{country}`, which is not enabled for the operator `{name}`", number.key),
        Label::new(number.record.at("TelephoneNumber"), format!("a number of `{country}`")),
    )
    .related([Label::new(
        operator.record.at("ConsentedCountries"),
        format!("`{country}` is not among them"),
    )])
    .remedy(
        "enable the country for the operator, or bring the operators file up to date",
        [
            "# the file or the tenant: look under Teams admin center > Voice > Operators > My operators which of them is right".to_owned(),
            format!("# if the country is enabled there: add `{country}` to the operator's countries in the operators file"),
        ],
    );
    found(draft)
}

#[cfg(test)]
mod tests {
    use crate::rules::Verdict;
    use crate::rules::testing::verdicts;

    fn judge(operator: &str) -> Vec<Verdict> {
        let operators = format!(r#"[{{"name":"Telco A",{operator}}}]"#);
        let numbers = r#"[{"TelephoneNumber":"+33199001001","NumberType":"OperatorConnect","PstnPartnerName":"Telco A","IsoCountryCode":"FR"}]"#;
        verdicts(
            "OP003",
            &[
                ("operators.json", &operators),
                ("Get-CsPhoneNumberAssignment.json", numbers),
            ],
        )
    }

    #[test]
    fn a_country_that_the_file_lacks_is_found_as_file_or_tenant() {
        match &judge(r#""status":"Active","countries":["DE"]"#)[..] {
            [Verdict::Found(draft)] => {
                assert!(draft.remedy.commands[0].contains("the file or the tenant"));
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn enabled_removed_and_untold_countries_are_not_found() {
        let enabled = judge(r#""status":"Active","countries":"DE;FR""#);
        assert!(matches!(enabled[..], [Verdict::Passed]));
        let once = judge(r#""status":"Active","countries":["DE"],"removedCountries":["FR"]"#);
        assert!(matches!(once[..], [Verdict::Passed]));
        assert!(matches!(
            judge(r#""status":"Active""#)[..],
            [Verdict::Unknown(_)]
        ));
        let named = judge(r#""status":"Active","countries":["DE"],"removedCountries":["France"]"#);
        assert!(matches!(named[..], [Verdict::Unknown(_)]));
        assert!(judge(r#""status":"Removed","countries":["DE"]"#).is_empty());
    }

    #[test]
    fn a_number_of_an_operator_that_is_not_told_is_open() {
        let numbers = |number_type: &str| {
            let numbers = format!(
                r#"[{{"TelephoneNumber":"+33199001001","NumberType":"{number_type}","IsoCountryCode":"FR"}}]"#
            );
            let operators = r#"[{"name":"Telco A","status":"Active","countries":["DE"]}]"#;
            verdicts(
                "OP003",
                &[
                    ("operators.json", operators),
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
