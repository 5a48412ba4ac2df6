//! `rules/emergency-calling/number-without-emergency-location.md`

use serde::Deserialize;

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Severity};
use crate::rules::numbered::found;
use crate::rules::option_types::CountryCode;
use crate::rules::{Check, Cx, Declared, OptionsSpec, Verdict, rule};
use crate::tenant::{AccountRole, Answer, Country, Holder, Number};

pub(super) const RULE: Declared = rule!(
    "emergency-calling",
    "number-without-emergency-location",
    Check::Number(check),
    Some(OptionsSpec::of::<Options>(&["exempt-countries"]))
);

/// Options of the rule.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct Options {
    /// Countries without static emergency addresses, ISO 3166-1 alpha-2.
    exempt_countries: Vec<CountryCode>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            exempt_countries: Country::parse("JP").map(CountryCode).into_iter().collect(),
        }
    }
}

fn check(number: &Number, cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    if tenant.is_held_by_deleted(number) {
        return Verdict::NotApplicable;
    }
    let inbound = match number.holder {
        Holder::User(_) => false,
        Holder::ResourceAccount(index) => {
            let account = tenant.resource_accounts.get(index as usize);
            let shared = account.is_some_and(|account| {
                tenant
                    .uses_of(account.id)
                    .iter()
                    .any(|one| one.role == AccountRole::SharedCalling)
            });
            !shared
        }
        _ => return Verdict::NotApplicable,
    };
    match tenant.has_location(number) {
        Answer::Yes => return Verdict::Passed,
        Answer::Unknown => {
            return Verdict::Unknown("the export does not tell the emergency location");
        }
        Answer::No => {}
    }
    let country = tenant.country_of_number(number);
    let exempt = &cx.options::<Options>().exempt_countries;
    if country.is_some_and(|country| exempt.contains(&CountryCode(country))) {
        return Verdict::Passed;
    }
    let country = country.map(|country| country.to_string());
    let american = matches!(country.as_deref(), Some("US" | "CA"));
    let editable = &number.record.location_editable;
    let severity = match (
        tenant.known_type(number),
        tenant.is_operator_connect(number),
    ) {
        (Some("DirectRouting"), _) => Severity::Info,
        // Only of an operator's number it matters who can set the location.
        (Some("CallingPlan"), Answer::Unknown) if editable.get() != Some(true) => {
            return Verdict::Unknown("it is not known whether the number is one of an operator");
        }
        (Some("CallingPlan"), Answer::No | Answer::Unknown) => match country {
            Some(_) if american => Severity::Error,
            // Elsewhere the address is bound when the number is ordered, and may be hidden.
            Some(_) => Severity::Warning,
            None => return Verdict::Unknown("the country of the number is not known"),
        },
        (Some(_), _) => match editable.get() {
            Some(true) => Severity::Error,
            None if editable.is_absent() => {
                return Verdict::Unknown("the export does not tell who can set the location");
            }
            // Only the operator can set it then, which is another rule's.
            _ => return Verdict::NotApplicable,
        },
        (None, _) => return Verdict::Unknown("the type of the number is not known"),
    };
    let severity = if inbound { Severity::Info } else { severity };
    found(draft(number, severity, cx))
}

fn draft(number: &Number, severity: Severity, cx: &Cx) -> Draft {
    let tenant = cx.tenant;
    let key = number.key.to_string();
    let holder = tenant.holder_name(number).unwrap_or_default();
    Draft::new(
        severity,
        tenant.number_subject(number),
        format!("`{key}` of `{holder}` has no emergency location"),
        Label::new(
            number.record.at("LocationId"),
            "an emergency call from here has no address",
        ),
    )
    .related([Label::new(
        number.record.at("AssignedPstnTargetId"),
        format!("held by `{holder}`"),
    )])
    .remedy(
        "give the number the emergency location where it is used",
        [
            "# find the location, or make one:".to_owned(),
            "Get-CsOnlineLisLocation | Select-Object LocationId, Description, City".to_owned(),
            format!(
                "# Set-CsPhoneNumberAssignment -PhoneNumber {} -LocationId <location id>",
                quoted(&key)
            ),
        ],
    )
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

    fn judge(properties: &str, account_type: &str) -> Vec<Verdict> {
        let numbers = format!(
            r#"[{{"TelephoneNumber":"+12065550101","AssignedPstnTargetId":"{ID}","LocationId":"00000000-0000-0000-0000-000000000000","CivicAddressId":null,{properties}}}]"#
        );
        let users = format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","AccountType":"{account_type}"}}]"#
        );
        verdicts(
            "EM001",
            &[
                ("Get-CsPhoneNumberAssignment.json", &numbers),
                ("Get-CsOnlineUser.json", &users),
            ],
        )
    }

    const PLAN: &str =
        r#""NumberType":"CallingPlan","PstnPartnerName":"Microsoft","IsoCountryCode":"US""#;

    #[test]
    fn the_grade_depends_on_type_country_and_holder() {
        assert_eq!(severity(&judge(PLAN, "User")), "error");
        assert_eq!(
            severity(&judge(&PLAN.replace("US", "DE"), "User")),
            "warning"
        );
        assert_eq!(severity(&judge(PLAN, "ResourceAccount")), "info");
        assert_eq!(
            severity(&judge(
                r#""NumberType":"DirectRouting","IsoCountryCode":"US""#,
                "User"
            )),
            "info"
        );
        let operator = |editable: &str| {
            judge(
                &format!(
                    r#""NumberType":"OperatorConnect","IsoCountryCode":"US","LocationUpdateSupported":{editable}"#
                ),
                "User",
            )
        };
        assert_eq!(severity(&operator("true")), "error");
        assert!(operator("false").is_empty());
    }

    #[test]
    fn a_type_that_is_not_told_or_not_documented_leaves_the_grade_open() {
        for number_type in ["", r#""NumberType":"SomethingNew","#] {
            let open = judge(
                &format!(r#"{number_type}"IsoCountryCode":"US","LocationUpdateSupported":true"#),
                "User",
            );
            assert!(matches!(open[..], [Verdict::Unknown(_)]), "{open:?}");
        }
    }

    #[test]
    fn a_calling_plan_without_partner_may_be_an_operators() {
        let graph = |more: &str| {
            judge(
                &format!(r#""NumberType":"callingPlan","IsoCountryCode":"US"{more}"#),
                "User",
            )
        };
        assert!(matches!(graph("")[..], [Verdict::Unknown(_)]));
        let only_operator = graph(r#","LocationUpdateSupported":false"#);
        assert!(matches!(only_operator[..], [Verdict::Unknown(_)]));
        let either = graph(r#","LocationUpdateSupported":true"#);
        assert_eq!(severity(&either), "error", "an error in either case");
    }

    #[test]
    fn a_location_or_an_exempt_country_passes() {
        let located =
            format!(r#"{PLAN},"CivicAddressId":"{ID}""#).replace(r#","CivicAddressId":null"#, "");
        let numbers = format!(
            r#"[{{"TelephoneNumber":"+12065550101","AssignedPstnTargetId":"{ID}","LocationId":null,{located}}}]"#
        );
        let users = format!(r#"[{{"Identity":"{ID}","AccountType":"User"}}]"#);
        let files = [
            ("Get-CsPhoneNumberAssignment.json", numbers.as_str()),
            ("Get-CsOnlineUser.json", &users),
        ];
        assert!(matches!(verdicts("EM001", &files)[..], [Verdict::Passed]));
        assert!(matches!(
            judge(&PLAN.replace("US", "JP"), "User")[..],
            [Verdict::Passed]
        ));
        let untold = format!(
            r#"[{{"TelephoneNumber":"+12065550101","AssignedPstnTargetId":"{ID}",{PLAN}}}]"#
        );
        let files = [
            ("Get-CsPhoneNumberAssignment.json", untold.as_str()),
            ("Get-CsOnlineUser.json", &users),
        ];
        assert!(matches!(
            verdicts("EM001", &files)[..],
            [Verdict::Unknown(_)]
        ));
    }

    #[test]
    fn the_deleted_are_left_alone_and_shared_calling_makes_calls() {
        let numbers = format!(
            r#"[{{"TelephoneNumber":"+12065550101","AssignedPstnTargetId":"{ID}","LocationId":null,"CivicAddressId":null,{PLAN}}}]"#
        );
        let users = |properties: &str| {
            format!(
                r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example",{properties}}}]"#
            )
        };
        let deleted =
            users(r#""AccountType":"User","SoftDeletionTimestamp":"2026-09-01T00:00:00Z""#);
        let numbers = ("Get-CsPhoneNumberAssignment.json", numbers.as_str());
        assert!(verdicts("EM001", &[numbers, ("Get-CsOnlineUser.json", &deleted)]).is_empty());
        let account = users(r#""AccountType":"ResourceAccount","SoftDeletionTimestamp":null"#);
        let account = ("Get-CsOnlineUser.json", account.as_str());
        assert_eq!(severity(&verdicts("EM001", &[numbers, account])), "info");
        let shared = format!(
            r#"[{{"Identity":"Tag:Lobby","ResourceAccount":"{ID}","EmergencyNumbers":[]}}]"#
        );
        let shared = (
            "Get-CsTeamsSharedCallingRoutingPolicy.json",
            shared.as_str(),
        );
        let told = verdicts("EM001", &[numbers, account, shared]);
        assert_eq!(severity(&told), "error", "people call with it");
    }

    #[test]
    fn whoever_the_operator_serves_depends_on_who_may_set_the_location() {
        let partner = r#""NumberType":"CallingPlan","PstnPartnerName":"Northwind Telecom","IsoCountryCode":"US""#;
        let with = |editable: &str| judge(&format!("{partner}{editable}"), "User");
        assert!(with(r#","LocationUpdateSupported":false"#).is_empty());
        assert!(with(r#","LocationUpdateSupported":null"#).is_empty());
        assert_eq!(
            severity(&with(r#","LocationUpdateSupported":true"#)),
            "error"
        );
        assert!(matches!(with("")[..], [Verdict::Unknown(_)]));
    }
}
