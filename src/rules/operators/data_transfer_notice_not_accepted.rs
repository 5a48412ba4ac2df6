//! `rules/operators/data-transfer-notice-not-accepted.md`

use crate::finding::{Draft, Label, Severity, Subject, SubjectKind};
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::snapshot::Field;
use crate::tenant::{Operator, OperatorStatus};

pub(super) const RULE: Declared = rule!(
    "operators",
    "data-transfer-notice-not-accepted",
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
    let record = &operator.record;
    let name = tenant.operator_name(operator);
    let subject = || Subject::new(SubjectKind::Operator, &operator.identity, &name);
    let mut drafts = Vec::new();
    // The file is kept by hand: what it does not say is not on record.
    if record.data_transfer != Field::Value(true) {
        let (place, label) = if record.data_transfer.is_absent() {
            (record.at("Status"), "enabled, and no word of the notice")
        } else {
            (record.at("DataTransferAccepted"), "not accepted")
        };
        drafts.push(
            Draft::new(
                Severity::Warning,
                subject(),
                format!("`{name}` is enabled, but nothing on record says that its data transfer notice was accepted"),
                Label::new(place, label),
            )
            .role("notice")
            .remedy(
                "accept the notice and record it",
                ["# Teams admin center > Voice > Operators: the wizard asks for it; then set `dataTransferAccepted` to true in the operators file".to_owned()],
            ),
        );
    }
    if tenant
        .countries_of(operator)
        .is_some_and(|countries| countries.is_empty())
    {
        drafts.push(
            Draft::new(
                Severity::Warning,
                subject(),
                format!("`{name}` is enabled, but for no country"),
                Label::new(record.at("ConsentedCountries"), "no country"),
            )
            .role("countries")
            .remedy(
                "select the countries, or remove the operator",
                ["# Teams admin center > Voice > Operators > My operators: edit the operator; then list the countries in the operators file".to_owned()],
            ),
        );
    }
    if drafts.is_empty() {
        Verdict::Passed
    } else {
        Verdict::Several(drafts)
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::Verdict;
    use crate::rules::testing::verdicts;

    fn judge(properties: &str) -> Vec<Verdict> {
        let operators = format!(r#"[{{"name":"Telco A",{properties}}}]"#);
        verdicts("OP007", &[("operators.json", &operators)])
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

    #[test]
    fn what_is_not_on_record_is_found() {
        let active = |rest: &str| judge(&format!(r#""status":"Active"{rest}"#));
        assert_eq!(
            roles(&active(
                r#","countries":["US"],"dataTransferAccepted":false"#
            )),
            ["notice"]
        );
        assert_eq!(roles(&active(r#","countries":["US"]"#)), ["notice"]);
        assert_eq!(
            roles(&active(r#","countries":[],"dataTransferAccepted":true"#)),
            ["countries"]
        );
        let whole = active(r#","countries":["US"],"dataTransferNoticeAccepted":true"#);
        assert!(matches!(whole[..], [Verdict::Passed]));
    }

    #[test]
    fn only_operators_in_use_are_judged() {
        assert!(judge(r#""status":"Removed","countries":["US"]"#).is_empty());
        assert!(matches!(
            judge(r#""status":"Odd","countries":["US"]"#)[..],
            [Verdict::Unknown(_)]
        ));
    }
}
