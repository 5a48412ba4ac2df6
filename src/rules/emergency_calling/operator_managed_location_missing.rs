//! `rules/emergency-calling/operator-managed-location-missing.md`

use serde::Deserialize;

use crate::finding::{Draft, Label, Severity};
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, OptionsSpec, Verdict, rule};
use crate::tenant::{Answer, Number};

pub(super) const RULE: Declared = rule!(
    "emergency-calling",
    "operator-managed-location-missing",
    Check::Number(check),
    Some(OptionsSpec::of::<Options>(&[
        "operators-with-own-addresses"
    ]))
);

/// Options of the rule.
#[derive(Clone, Default, Debug, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct Options {
    /// Operators that keep addresses outside of Teams, so that a blank one is right.
    operators_with_own_addresses: Vec<String>,
}

fn check(number: &Number, cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    match tenant.is_operator_connect(number) {
        Answer::Yes => {}
        Answer::No => return Verdict::NotApplicable,
        Answer::Unknown => {
            return Verdict::Unknown("the export does not tell whether it is Operator Connect");
        }
    }
    let assigned = tenant.is_assigned(number);
    if assigned == Answer::No || tenant.is_held_by_deleted(number) {
        return Verdict::NotApplicable;
    }
    match tenant.has_location(number) {
        Answer::Yes => return Verdict::Passed,
        Answer::Unknown => {
            return Verdict::Unknown("the export does not tell the emergency location");
        }
        Answer::No => {}
    }
    match number.record.location_editable.get() {
        Some(true) => return Verdict::NotApplicable,
        Some(false) => {}
        None if number.record.location_editable.is_null() => {}
        None => return Verdict::Unknown("the export does not tell who may set the location"),
    }
    let texts = &tenant.snapshot.texts;
    let partner = number
        .record
        .partner_name
        .get()
        .map(|name| texts.symbol(name).trim());
    let own = &cx.options::<Options>().operators_with_own_addresses;
    if partner.is_some_and(|name| own.iter().any(|one| one.trim().eq_ignore_ascii_case(name))) {
        return Verdict::Passed;
    }
    if assigned == Answer::Unknown {
        return Verdict::Unknown("the export does not tell whether the number is assigned");
    }
    let by = partner.map_or("the operator".to_owned(), |name| format!("`{name}`"));
    found(
        Draft::new(
            Severity::Warning,
            tenant.number_subject(number),
            format!(
                "`{}` has no emergency location, and only {by} can set one",
                number.key
            ),
            Label::new(number.record.at("LocationId"), "blank"),
        )
        .related([Label::new(
            number.record.at("LocationUpdateSupported"),
            "administrators cannot change it",
        )])
        .remedy(
            "ask the operator to set the address",
            [format!(
                "# there is no cmdlet for it: give {by} the number and its address"
            )],
        ),
    )
}

#[cfg(test)]
mod tests {
    use crate::rules::Verdict;
    use crate::rules::testing::verdicts;

    fn severity(verdicts: &[Verdict]) -> &'static str {
        match verdicts {
            [Verdict::Found(draft)] => draft.severity.name(),
            other => panic!("{other:?}"),
        }
    }

    use crate::rules::testing::verdicts_with;

    fn numbers(properties: &str) -> String {
        format!(
            r#"[{{"TelephoneNumber":"+12065550101","NumberType":"OperatorConnect","PstnAssignmentStatus":"UserAssigned","PstnPartnerName":"Telco A",{properties}}}]"#
        )
    }

    fn judge(properties: &str) -> Vec<Verdict> {
        verdicts(
            "EM002",
            &[("Get-CsPhoneNumberAssignment.json", &numbers(properties))],
        )
    }

    const BLANK: &str = r#""LocationId":null,"LocationUpdateSupported":false"#;

    #[test]
    fn blank_locations_that_only_the_operator_sets_are_found() {
        assert_eq!(severity(&judge(BLANK)), "warning");
        assert!(judge(&BLANK.replace("false", "true")).is_empty());
        assert_eq!(severity(&judge(&BLANK.replace("false", "null"))), "warning");
        let set = BLANK.replace("null", "\"00000000-0000-4000-8000-00000000000a\"");
        assert!(matches!(judge(&set)[..], [Verdict::Passed]));
        assert!(matches!(
            judge(r#""LocationId":null"#)[..],
            [Verdict::Unknown(_)]
        ));
    }

    #[test]
    fn a_number_may_be_free_where_neither_status_nor_holder_is_told() {
        let judge = |status: &str| {
            let numbers = numbers(BLANK);
            let untold = numbers.replace(r#","PstnAssignmentStatus":"UserAssigned""#, status);
            verdicts("EM002", &[("Get-CsPhoneNumberAssignment.json", &untold)])
        };
        let open = judge("");
        assert!(matches!(open[..], [Verdict::Unknown(_)]), "{open:?}");
        assert!(judge(r#","PstnAssignmentStatus":"Unassigned""#).is_empty());
    }

    #[test]
    fn operators_may_keep_addresses_themselves() {
        let options = serde_json::json!({"operators-with-own-addresses": ["telco a"]});
        let numbers = numbers(BLANK);
        let files = [("Get-CsPhoneNumberAssignment.json", numbers.as_str())];
        assert!(matches!(
            verdicts_with("EM002", &options, &files)[..],
            [Verdict::Passed]
        ));
    }
}
