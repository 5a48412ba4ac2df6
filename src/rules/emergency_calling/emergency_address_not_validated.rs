//! `rules/emergency-calling/emergency-address-not-validated.md`

use std::collections::{BTreeSet, HashSet};

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Severity, Subject, SubjectKind};
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, Verdict, Verdicts, rule};
use crate::snapshot::record::CivicAddressRecord;
use crate::snapshot::{ExportKind, ObjectId};
use crate::tenant::{Answer, Country, Merged, Number};

pub(super) const RULE: Declared = rule!(
    "emergency-calling",
    "emergency-address-not-validated",
    Check::Each(check)
);

fn check(cx: &Cx) -> Verdicts {
    let tenant = cx.tenant;
    let used = used(cx);
    let mut verdicts: Verdicts = tenant
        .civic_addresses
        .iter()
        .map(|address| judge(address, &used, cx))
        .collect();
    verdicts.extend(countries(cx));
    verdicts
}

/// Civic addresses that numbers or places name, directly or by their location.
fn used(cx: &Cx) -> BTreeSet<ObjectId> {
    let tenant = cx.tenant;
    let of_location = |id: ObjectId| tenant.location(id).and_then(|one| one.civic_address.get());
    let mut used = BTreeSet::new();
    // A million numbers name a few hundred places.
    let mut named: HashSet<_, foldhash::fast::FixedState> = HashSet::default();
    for number in &tenant.numbers {
        let (location, address) = (number.record.location, number.record.civic_address);
        if named.insert((location.get(), address.get())) {
            used.extend(tenant.shared_id(&address));
            used.extend(tenant.shared_id(&location).and_then(of_location));
        }
    }
    for element in &tenant.network.lis {
        used.extend(element.location.get().and_then(of_location));
    }
    used
}

fn judge(address: &Merged<CivicAddressRecord>, used: &BTreeSet<ObjectId>, cx: &Cx) -> Verdict {
    match cx.tenant.is_validated(address) {
        Answer::Yes => return Verdict::Passed,
        Answer::No => {}
        Answer::Unknown if address.validation.is_absent() => {
            return Verdict::Unknown("the export does not tell whether the address is validated");
        }
        Answer::Unknown => {
            return Verdict::Unknown("the status of the address is none that is documented");
        }
    }
    let Some(id) = address.id.get() else {
        return Verdict::NotApplicable;
    };
    let counted = [address.number_count, address.user_count]
        .into_iter()
        .any(|count| count.get().is_some_and(|count| count > 0));
    let severity = if counted || used.contains(&id) {
        Severity::Error
    } else {
        Severity::Info
    };
    let what = if severity == Severity::Error {
        "is in use, but not validated"
    } else {
        "is not validated"
    };
    let name = id.to_string();
    found(
        Draft::new(
            severity,
            Subject::new(SubjectKind::CivicAddress, &name, &name),
            format!("the emergency address `{name}` {what}"),
            Label::new(address.at("ValidationStatus"), "not validated"),
        )
        .remedy(
            "validate the address, or make a new one by map search",
            [
                "# a validated address cannot be edited: correct it first".to_owned(),
                format!(
                    "Set-CsOnlineLisCivicAddress -CivicAddressId {} -ValidationStatus Validated",
                    quoted(&name)
                ),
            ],
        ),
    )
}

/// Countries with numbers of operators and without any validated address.
fn countries(cx: &Cx) -> Vec<Verdict> {
    let tenant = cx.tenant;
    let mut valid: BTreeSet<Country> = BTreeSet::new();
    if tenant
        .snapshot
        .incomplete(ExportKind::OnlineLisCivicAddress)
        .is_some()
    {
        return vec![Verdict::Unknown("the export of addresses lacks records")];
    }
    for address in &tenant.civic_addresses {
        match (
            tenant.is_validated(address),
            tenant.country(address.country),
        ) {
            (Answer::Yes, Some(country)) => {
                valid.insert(country);
            }
            (Answer::Yes, None) => {
                return vec![Verdict::Unknown("the country of an address is not known")];
            }
            (Answer::Unknown, _) => {
                return vec![Verdict::Unknown(
                    "it is not known whether an address is validated",
                )];
            }
            (Answer::No, _) => {}
        }
    }
    let mut first: std::collections::BTreeMap<Country, &Number> = std::collections::BTreeMap::new();
    let mut nowhere = false;
    for number in &tenant.numbers {
        if tenant.is_operator_connect(number) == Answer::Yes {
            match tenant.country_of_number(number) {
                Some(country) => {
                    first.entry(country).or_insert(number);
                }
                None => nowhere = true,
            }
        }
    }
    let open = nowhere.then_some(Verdict::Unknown(
        "the country of a number of an operator is not known",
    ));
    first
        .into_iter()
        .map(|(country, number)| {
            if valid.iter().any(|one| one.shares_plans_with(country)) {
                return Verdict::Passed;
            }
            found(
                Draft::new(
                    Severity::Warning,
                    Subject::new(SubjectKind::Tenant, "tenant", "tenant"),
                    format!("the tenant has numbers of operators in `{country}`, but no validated emergency address there"),
                    Label::new(number.record.at("TelephoneNumber"), format!("one of them in `{country}`")),
                )
                .role(country.to_string())
                .remedy(
                    "create and validate an emergency address in that country",
                    ["# Teams admin center > Locations > Emergency addresses > Add, by map search".to_owned()],
                ),
            )
        })
        .chain(open)
        .collect()
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

    const CIVIC: &str = "00000000-0000-4000-8000-00000000000c";

    fn judge(status: &str, number: &str) -> Vec<Verdict> {
        let addresses = format!(
            r#"[{{"CivicAddressId":"{CIVIC}","DefaultLocationId":null,"CountryOrRegion":"US","ValidationStatus":{status},"NumberOfTelephoneNumbers":"-1"}}]"#
        );
        let numbers =
            format!(r#"[{{"TelephoneNumber":"+12065550101","IsoCountryCode":"US"{number}}}]"#);
        verdicts(
            "EM003",
            &[
                ("Get-CsOnlineLisCivicAddress.json", &addresses),
                ("Get-CsPhoneNumberAssignment.json", &numbers),
            ],
        )
    }

    #[test]
    fn addresses_in_use_must_be_validated() {
        let used = format!(r#","NumberType":"CallingPlan","CivicAddressId":"{CIVIC}""#);
        assert_eq!(severity(&judge("\"NotValidated\"", &used)), "error");
        let unused = r#","NumberType":"CallingPlan","CivicAddressId":null"#;
        assert_eq!(severity(&judge("\"NotValidated\"", unused)), "info");
        assert!(matches!(
            judge("\"Validated\"", &used)[..],
            [Verdict::Passed]
        ));
    }

    #[test]
    fn countries_of_operators_need_a_validated_address() {
        let operator = r#","NumberType":"OperatorConnect","CivicAddressId":null"#;
        assert!(matches!(
            judge("\"Validated\"", operator)[..],
            [Verdict::Passed, Verdict::Passed]
        ));
        let german =
            r#","NumberType":"OperatorConnect","CivicAddressId":null,"IsoCountryCode":"DE""#;
        let verdicts = judge(
            "\"Validated\"",
            &german.replace(r#","IsoCountryCode":"DE""#, ""),
        );
        assert!(matches!(verdicts[1], Verdict::Passed));
        let numbers = r#"[{"TelephoneNumber":"+493023125001","NumberType":"OperatorConnect","IsoCountryCode":"DE"}]"#;
        let none = super::super::super::testing::verdicts(
            "EM003",
            &[
                ("Get-CsOnlineLisCivicAddress.json", "[]"),
                ("Get-CsPhoneNumberAssignment.json", numbers),
            ],
        );
        assert_eq!(severity(&none), "warning");
    }

    #[test]
    fn a_validated_address_of_no_known_country_may_be_the_one() {
        let judge = |country: &str, status: &str| {
            let addresses = format!(
                r#"[{{"CivicAddressId":"{CIVIC}","CountryOrRegion":{country},"ValidationStatus":{status}}}]"#
            );
            let numbers = r#"[{"TelephoneNumber":"+493023125001","NumberType":"OperatorConnect","IsoCountryCode":"DE"}]"#;
            let files = [
                ("Get-CsOnlineLisCivicAddress.json", addresses.as_str()),
                ("Get-CsPhoneNumberAssignment.json", numbers),
            ];
            verdicts("EM003", &files)
        };
        let untold = judge("null", "\"Validated\"");
        assert!(
            matches!(untold[..], [Verdict::Passed, Verdict::Unknown(_)]),
            "{untold:?}"
        );
        let other = judge("\"US\"", "\"Validated\"");
        assert!(
            matches!(other[..], [Verdict::Passed, Verdict::Found(_)]),
            "{other:?}"
        );
    }

    #[test]
    fn a_number_of_no_known_country_may_be_where_no_address_is() {
        let addresses = format!(
            r#"[{{"CivicAddressId":"{CIVIC}","CountryOrRegion":"US","ValidationStatus":"Validated"}}]"#
        );
        // Of +1 alone nobody knows the country.
        let numbers = r#"[{"TelephoneNumber":"+18005550101","NumberType":"OperatorConnect","IsoCountryCode":null},{"TelephoneNumber":"+12065550101","NumberType":"OperatorConnect","IsoCountryCode":"US"}]"#;
        let open = verdicts(
            "EM003",
            &[
                ("Get-CsOnlineLisCivicAddress.json", &addresses),
                ("Get-CsPhoneNumberAssignment.json", numbers),
            ],
        );
        assert!(
            matches!(
                open[..],
                [Verdict::Passed, Verdict::Passed, Verdict::Unknown(_)]
            ),
            "{open:?}"
        );
    }

    /// What is said of addresses of these properties, without numbers.
    fn of_addresses(addresses: &str) -> Vec<Verdict> {
        verdicts(
            "EM003",
            &[
                ("Get-CsOnlineLisCivicAddress.json", addresses),
                ("Get-CsPhoneNumberAssignment.json", "[]"),
            ],
        )
    }

    #[test]
    fn counts_of_numbers_and_people_tell_that_an_address_is_in_use() {
        let address = |count: &str| {
            let addresses = format!(
                r#"[{{"CivicAddressId":"{CIVIC}","DefaultLocationId":null,"CountryOrRegion":"US","ValidationStatus":"NotValidated",{count}}}]"#
            );
            match of_addresses(&addresses).into_iter().next() {
                Some(Verdict::Found(draft)) => (draft.severity.name(), draft.message),
                other => panic!("{other:?}"),
            }
        };
        let (severity, message) = address(r#""NumberOfTelephoneNumbers":"1""#);
        assert_eq!(severity, "error");
        assert!(
            message.ends_with("is in use, but not validated"),
            "{message}"
        );
        let (severity, message) = address(r#""NumberOfTelephoneNumbers":"0""#);
        assert_eq!(severity, "info");
        assert!(message.ends_with("is not validated"), "{message}");
        assert!(!message.contains("in use"), "{message}");
    }

    #[test]
    fn no_status_is_not_validated_and_an_untold_one_is_open() {
        let two = |status: &str| {
            let addresses = format!(
                r#"[{{"CivicAddressId":"00000000-0000-4000-8000-00000000000d","CountryOrRegion":"US","ValidationStatus":"Validated"}},
                    {{"CivicAddressId":"{CIVIC}","CountryOrRegion":"US"{status}}}]"#
            );
            of_addresses(&addresses)
        };
        let found =
            |verdicts: &[Verdict]| verdicts.iter().any(|one| matches!(one, Verdict::Found(_)));
        let open = |verdicts: &[Verdict]| {
            let open = |one: &&Verdict| matches!(one, Verdict::Unknown(_));
            verdicts.iter().filter(open).count()
        };
        let null = two(r#","ValidationStatus":null"#);
        assert!(found(&null), "{null:?}");
        assert_eq!(open(&null), 0, "{null:?}");
        let untold = two("");
        assert!(!found(&untold), "{untold:?}");
        assert_eq!(open(&untold), 2, "the address, and its country: {untold:?}");
    }

    #[test]
    fn each_documented_status_is_known_and_another_is_open() {
        let judge = |status: &str| {
            let addresses = format!(
                r#"[{{"CivicAddressId":"{CIVIC}","DefaultLocationId":null,"CountryOrRegion":"US","ValidationStatus":"{status}","NumberOfTelephoneNumbers":"1"}}]"#
            );
            of_addresses(&addresses)
        };
        for valid in ["Validated", "Valid"] {
            assert!(matches!(judge(valid)[..], [Verdict::Passed]), "{valid}");
        }
        for invalid in ["NotValidated", "Notvalidated", "Invalid"] {
            assert!(
                matches!(judge(invalid)[..], [Verdict::Found(_)]),
                "{invalid}"
            );
        }
        let other = judge("SomethingNew");
        assert!(!other.is_empty());
        assert!(
            other.iter().all(|one| matches!(one, Verdict::Unknown(_))),
            "{other:?}"
        );
    }
}
