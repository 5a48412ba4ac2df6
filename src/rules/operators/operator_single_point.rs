//! `rules/operators/operator-single-point.md`

use crate::finding::{Draft, Label, Severity, Subject, SubjectKind};
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::snapshot::Field;
use crate::tenant::{Country, Operator, OperatorStatus};

pub(super) const RULE: Declared =
    rule!("operators", "operator-single-point", Check::Operator(check));

fn check(operator: &Operator, cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    let mut drafts = Vec::new();
    let mut open = None;
    match tenant.status_of(operator) {
        Some(OperatorStatus::Removed) => return Verdict::NotApplicable,
        Some(OperatorStatus::Active) => {}
        Some(OperatorStatus::Suspended) => {
            let (countries, reason) = tenant.countries_alone(operator);
            drafts.extend(countries.into_iter().map(|one| country(operator, one, cx)));
            open = reason;
        }
        Some(OperatorStatus::Other) | None => {
            return Verdict::Unknown("the operator's status is not Active, Suspended or Removed");
        }
    }
    match without_conferencing(operator, cx) {
        Ok(draft) => drafts.extend(draft),
        Err(reason) => open = Some(reason),
    }
    match (drafts.is_empty(), open) {
        (false, _) => Verdict::Several(drafts),
        (true, Some(reason)) => Verdict::Unknown(reason),
        (true, None) => Verdict::Passed,
    }
}

fn country(operator: &Operator, country: Country, cx: &Cx) -> Draft {
    let name = cx.tenant.operator_name(operator);
    Draft::new(
        Severity::Info,
        Subject::new(SubjectKind::Operator, &operator.identity, &name),
        format!("`{name}` is suspended, and all numbers in `{country}` are its own"),
        Label::new(operator.record.at("Status"), "suspended"),
    )
    .role(country.to_string())
    .remedy(
        "plan to port the numbers to another operator",
        [
            "# Teams admin center > Voice > Operators: look which operators serve the country"
                .to_owned(),
        ],
    )
}

/// A finding when numbers of the operator are made for conferences, which its products do not include.
fn without_conferencing(operator: &Operator, cx: &Cx) -> Result<Option<Draft>, &'static str> {
    let tenant = cx.tenant;
    let texts = &tenant.snapshot.texts;
    let services = match &operator.record.services {
        Field::Value(services) => services,
        // Without products there is nothing to compare.
        Field::Null => return Ok(None),
        Field::Absent => return Err("the operators file does not tell the products"),
    };
    let has = services.0.iter().any(|one| {
        texts
            .symbol(*one)
            .to_ascii_lowercase()
            .contains("conferencing")
    });
    if has {
        return Ok(None);
    }
    let mut open = false;
    for number in tenant.numbers_of(operator) {
        match number.record.capabilities {
            Field::Value(list) => {
                let conferencing = texts.list(list).iter().position(|one| {
                    texts
                        .symbol(*one)
                        .eq_ignore_ascii_case("ConferenceAssignment")
                });
                if let Some(index) = conferencing {
                    let name = tenant.operator_name(operator);
                    let draft = Draft::new(
                        Severity::Info,
                        Subject::new(SubjectKind::Operator, &operator.identity, &name),
                        format!("`{name}` has numbers for conferences, such as `{}`, but its products do not include Conferencing", number.key),
                        Label::new(operator.record.at("Services"), "no Conferencing"),
                    )
                    .role("conferencing")
                    .related([Label::new(
                        number.record.at("Capability").element(index),
                        "made for conferences",
                    )])
                    .remedy(
                        "ask the operator whether conferencing is part of the contract, and correct the operators file",
                        ["# Teams admin center > Voice > Operators > My operators shows the products".to_owned()],
                    );
                    return Ok(Some(draft));
                }
            }
            Field::Null => {}
            Field::Absent => open = true,
        }
    }
    if open {
        Err("the export does not tell the capabilities of a number")
    } else {
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::Verdict;
    use crate::rules::testing::verdicts;

    fn judge(operator: &str, numbers: &str) -> Vec<Verdict> {
        let operators = format!(
            r#"[{{"name":"Telco A",{operator}}},{{"name":"Telco B","status":"Removed","countries":["US"]}}]"#
        );
        verdicts(
            "OP010",
            &[
                ("operators.json", &operators),
                ("Get-CsPhoneNumberAssignment.json", numbers),
            ],
        )
    }

    fn number(number: &str, partner: &str, capability: &str) -> String {
        format!(
            r#"{{"TelephoneNumber":"{number}","NumberType":"OperatorConnect","PstnPartnerName":"{partner}","IsoCountryCode":"US","Capability":["{capability}"]}}"#
        )
    }

    fn roles(verdicts: &[Verdict]) -> Vec<&str> {
        match verdicts {
            [Verdict::Several(drafts)] => drafts
                .iter()
                .map(|one| one.discriminator.as_str())
                .collect(),
            other => panic!("{other:?}"),
        }
    }

    const SUSPENDED: &str = r#""status":"Suspended","countries":["US"],"services":null"#;

    #[test]
    fn a_suspended_operator_that_has_a_country_alone_is_found() {
        let own = number("+12065550101", "Telco A", "UserAssignment");
        assert_eq!(roles(&judge(SUSPENDED, &format!("[{own}]"))), ["US"]);
        let other = number("+12065550102", "Telco B", "UserAssignment");
        let both = judge(SUSPENDED, &format!("[{own},{other}]"));
        assert!(matches!(both[..], [Verdict::Passed]));
        let active = judge(
            r#""status":"Active","countries":["US"],"services":null"#,
            &format!("[{own}]"),
        );
        assert!(matches!(active[..], [Verdict::Passed]));
    }

    #[test]
    fn a_status_that_is_none_of_the_three_leaves_it_open() {
        let own = format!("[{}]", number("+12065550101", "Telco A", "UserAssignment"));
        for status in ["\"paused\"", "null"] {
            let operator = format!(r#""status":{status},"countries":["US"],"services":null"#);
            let open = judge(&operator, &own);
            assert!(matches!(open[..], [Verdict::Unknown(_)]), "{status}");
        }
    }

    #[test]
    fn numbers_of_every_type_make_a_country_less_dependent() {
        let own = number("+12065550101", "Telco A", "UserAssignment");
        let with = |other: &str| judge(SUSPENDED, &format!("[{own},{other}]"));
        let plan = r#"{"TelephoneNumber":"+12065550102","NumberType":"CallingPlan","PstnPartnerName":"Microsoft","IsoCountryCode":"US"}"#;
        assert!(matches!(with(plan)[..], [Verdict::Passed]));
        let direct = r#"{"TelephoneNumber":"+12065550103","NumberType":"DirectRouting","IsoCountryCode":"US"}"#;
        assert!(matches!(with(direct)[..], [Verdict::Passed]));
        // The inventory leaves the country of many such numbers blank: +1 may be the United States, +49 cannot.
        let blank = direct.replace("\"US\"", "null");
        assert!(matches!(with(&blank)[..], [Verdict::Unknown(_)]));
        let german = blank.replace("+12065550103", "+493023125001");
        assert_eq!(roles(&with(&german)), ["US"]);
        // Whose a number is that names no partner, nobody can say.
        let graph = r#"{"TelephoneNumber":"+12065550104","NumberType":"CallingPlan","IsoCountryCode":"US"}"#;
        assert!(matches!(with(graph)[..], [Verdict::Unknown(_)]));
        let elsewhere = graph.replace("\"US\"", "\"CA\"");
        assert_eq!(roles(&with(&elsewhere)), ["US"]);
    }

    #[test]
    fn numbers_for_conferences_need_the_product() {
        let own = format!(
            "[{}]",
            number("+12065550101", "Telco A", "ConferenceAssignment")
        );
        let with = |services: &str| {
            judge(
                &format!(r#""status":"Active","countries":["US"],"services":{services}"#),
                &own,
            )
        };
        assert_eq!(roles(&with(r#"["Calling"]"#)), ["conferencing"]);
        assert!(matches!(
            with(r#"["Calling","Conferencing"]"#)[..],
            [Verdict::Passed]
        ));
        assert!(matches!(with("null")[..], [Verdict::Passed]));
        let untold = judge(r#""status":"Active","countries":["US"]"#, &own);
        assert!(matches!(untold[..], [Verdict::Unknown(_)]));
    }

    #[test]
    fn very_many_suspended_operators_are_judged_at_once() {
        const COUNT: usize = 20_000;
        let operators: Vec<String> = (0..COUNT)
            .map(|at| format!(r#"{{"name":"Telco {at}",{SUSPENDED}}}"#))
            .collect();
        let judge = |countries: &dyn Fn(usize) -> &'static str| {
            let numbers: Vec<String> = (0..COUNT)
                .map(|at| {
                    let name = format!("Telco {at}");
                    number(&format!("+1425{at:07}"), &name, "UserAssignment")
                        .replace("US", countries(at))
                })
                .collect();
            let verdicts = verdicts(
                "OP010",
                &[
                    ("operators.json", &format!("[{}]", operators.join(","))),
                    (
                        "Get-CsPhoneNumberAssignment.json",
                        &format!("[{}]", numbers.join(",")),
                    ),
                ],
            );
            let found = verdicts.iter();
            found
                .filter(|one| matches!(one, Verdict::Several(_)))
                .count()
        };
        assert_eq!(judge(&|_| "US"), 0);
        assert_eq!(judge(&|at| if at == 7 { "CA" } else { "US" }), 1);
    }
}
