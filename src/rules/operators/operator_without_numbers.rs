//! `rules/operators/operator-without-numbers.md`

use crate::finding::{Draft, Label, Severity, Subject, SubjectKind};
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::tenant::{Country, Operator, OperatorStatus};

pub(super) const RULE: Declared = rule!(
    "operators",
    "operator-without-numbers",
    Check::Operator(check)
);

fn check(operator: &Operator, cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    match tenant.status_of(operator) {
        Some(OperatorStatus::Active) => {}
        Some(OperatorStatus::Suspended | OperatorStatus::Removed) => return Verdict::NotApplicable,
        Some(OperatorStatus::Other) | None => {
            return Verdict::Unknown("the operator's status is not Active, Suspended or Removed");
        }
    }
    if tenant.may_own_more(operator) {
        return Verdict::Unknown("the export does not tell whose some numbers are");
    }
    if operator.numbers.is_empty() {
        return Verdict::Several(vec![draft(operator, None, cx)]);
    }
    let Some(countries) = tenant.countries_of(operator) else {
        return Verdict::Unknown("the operators file does not tell the countries");
    };
    let mut used = Vec::new();
    for number in tenant.numbers_of(operator) {
        match tenant.country_of_number(number) {
            Some(country) if used.contains(&country) => {}
            Some(country) => used.push(country),
            None => return Verdict::Unknown("the country of a number is not known"),
        }
    }
    let idle = countries
        .into_iter()
        .filter(|country| !used.contains(country));
    let drafts: Vec<Draft> = idle
        .map(|country| draft(operator, Some(country), cx))
        .collect();
    if drafts.is_empty() {
        Verdict::Passed
    } else {
        Verdict::Several(drafts)
    }
}

fn draft(operator: &Operator, country: Option<Country>, cx: &Cx) -> Draft {
    let name = cx.tenant.operator_name(operator);
    let subject = Subject::new(SubjectKind::Operator, &operator.identity, &name);
    let where_to = "# Teams admin center > Voice > Operators > My operators";
    match country {
        None => Draft::new(
            Severity::Info,
            subject,
            format!("`{name}` is enabled, but the tenant has no number of it"),
            Label::new(operator.record.at("Status"), "enabled without use"),
        )
        .remedy(
            "remove the operator, unless an order is under way",
            [format!("{where_to}: remove the operator, then say so in the operators file")],
        ),
        Some(country) => Draft::new(
            Severity::Info,
            subject,
            format!("`{name}` is enabled for `{country}`, but the tenant has no number of it there"),
            Label::new(
                operator.record.at("ConsentedCountries"),
                format!("`{country}` is enabled without use"),
            ),
        )
        .role(country.to_string())
        .remedy(
            "remove the country, unless an order is under way",
            [format!("{where_to}: edit the operator and remove `{country}`, then say so in the operators file")],
        ),
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::Verdict;
    use crate::rules::testing::verdicts;

    fn judge(operator: &str, numbers: &str) -> Vec<Verdict> {
        let operators = format!(r#"[{{"name":"Telco A",{operator}}}]"#);
        verdicts(
            "OP005",
            &[
                ("operators.json", &operators),
                ("Get-CsPhoneNumberAssignment.json", numbers),
            ],
        )
    }

    const OWN: &str = r#"[{"TelephoneNumber":"+12065550101","NumberType":"OperatorConnect","PstnPartnerName":"Telco A","IsoCountryCode":"US"}]"#;
    const ACTIVE: &str = r#""status":"Active","countries":["US"]"#;

    fn messages(verdicts: &[Verdict]) -> Vec<&str> {
        match verdicts {
            [Verdict::Several(drafts)] => drafts.iter().map(|one| one.message.as_str()).collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn operators_and_countries_without_numbers_are_found() {
        assert!(messages(&judge(ACTIVE, "[]"))[0].contains("no number of it"));
        let two = r#""status":"Active","countries":["US","DE","FR"]"#;
        assert_eq!(messages(&judge(two, OWN)).len(), 2);
        assert!(matches!(judge(ACTIVE, OWN)[..], [Verdict::Passed]));
    }

    #[test]
    fn only_active_operators_whose_numbers_are_known_are_judged() {
        assert!(judge(r#""status":"Suspended","countries":["US"]"#, "[]").is_empty());
        let unnamed = r#"[{"TelephoneNumber":"+12065550101","NumberType":"OperatorConnect"}]"#;
        assert!(matches!(judge(ACTIVE, unnamed)[..], [Verdict::Unknown(_)]));
        assert!(matches!(
            judge(r#""status":"Active""#, OWN)[..],
            [Verdict::Unknown(_)]
        ));
    }

    #[test]
    fn very_many_operators_are_judged_at_once() {
        const COUNT: usize = 20_000;
        let id = |at: usize| format!("00000000-0000-4000-8000-{at:012}");
        let mut operators: Vec<String> = (0..COUNT)
            .map(|at| {
                format!(
                    r#"{{"operatorId":"{}","name":"Telco {at}",{ACTIVE}}}"#,
                    id(at)
                )
            })
            .collect();
        // Without an id, any number without a name could be its own.
        operators.push(format!(r#"{{"name":"Telco A",{ACTIVE}}}"#));
        let numbers: Vec<String> = (0..COUNT)
            .map(|at| {
                format!(
                    r#"{{"TelephoneNumber":"+1425{at:07}","NumberType":"OperatorConnect","OperatorId":"{}"}}"#,
                    id(COUNT)
                )
            })
            .collect();
        let verdicts = verdicts(
            "OP005",
            &[
                ("operators.json", &format!("[{}]", operators.join(","))),
                (
                    "Get-CsPhoneNumberAssignment.json",
                    &format!("[{}]", numbers.join(",")),
                ),
            ],
        );
        let count = |is: fn(&Verdict) -> bool| verdicts.iter().filter(|one| is(one)).count();
        assert_eq!(count(|one| matches!(one, Verdict::Several(_))), COUNT);
        assert_eq!(count(|one| matches!(one, Verdict::Unknown(_))), 1);
    }
}
