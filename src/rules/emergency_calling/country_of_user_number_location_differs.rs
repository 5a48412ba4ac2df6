//! `rules/emergency-calling/country-of-user-number-location-differs.md`

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Severity};
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::tenant::{Holder, Number};

pub(super) const RULE: Declared = rule!(
    "emergency-calling",
    "country-of-user-number-location-differs",
    Check::Number(check)
);

fn check(number: &Number, cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    let texts = &tenant.snapshot.texts;
    let record = &number.record;
    if number.holder == Holder::Nobody || tenant.is_held_by_deleted(number) {
        return Verdict::NotApplicable;
    }
    let alternate = record
        .category
        .get()
        .is_some_and(|name| texts.symbol(name).eq_ignore_ascii_case("Alternate"));
    if alternate {
        return Verdict::NotApplicable;
    }
    let location = tenant
        .shared_id(&record.location)
        .and_then(|id| tenant.location(id));
    let civic = tenant
        .shared_id(&record.civic_address)
        .and_then(|id| tenant.civic_address(id));
    let country = location.map(|location| location.country);
    let Some(country) = country.or_else(|| Some(civic?.country)) else {
        // Without a location, or with one that does not exist, other rules speak.
        return Verdict::NotApplicable;
    };
    let (Some(here), Some(own)) = (tenant.country(country), tenant.country_of_number(number))
    else {
        return Verdict::Unknown("the country of the number or of its location is not known");
    };
    if here.shares_plans_with(own) {
        return Verdict::Passed;
    }
    let property = if location.is_some() {
        "LocationId"
    } else {
        "CivicAddressId"
    };
    let place = location.map(|location| location.at("CountryOrRegion"));
    let place = place.or_else(|| Some(civic?.at("CountryOrRegion")));
    let key = number.key.to_string();
    let user = tenant.account_of_holder(number);
    let usage = user.and_then(|user| {
        tenant
            .country(user.usage_location)
            .map(|country| (user, country))
    });
    found(
        Draft::new(
            Severity::Error,
            tenant.number_subject(number),
            format!("`{key}` is a number of `{own}`, but its emergency location is in `{here}`"),
            Label::new(record.at(property), format!("in `{here}`")),
        )
        .related(place.map(|place| Label::new(place, "the country of the location")))
        .related(usage.map(|(user, country)| {
            Label::new(
                user.at("UsageLocation"),
                format!("its holder is in `{country}`"),
            )
        }))
        .remedy(
            "give the number a location in its own country",
            [format!(
                "# Set-CsPhoneNumberAssignment -PhoneNumber {} -LocationId <a location in {own}>",
                quoted(&key)
            )],
        ),
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

    fn judge(country: &str, number: &str) -> Vec<Verdict> {
        let locations = format!(
            r#"[{{"LocationId":"{ID}","CivicAddressId":"{ID}","CountryOrRegion":"{country}"}}]"#
        );
        let numbers = format!(
            r#"[{{"TelephoneNumber":"+12065550101","IsoCountryCode":"US","LocationId":"{ID}","AssignedPstnTargetId":"{ID}"{number}}}]"#
        );
        verdicts(
            "EM005",
            &[
                ("Get-CsOnlineLisLocation.json", &locations),
                ("Get-CsPhoneNumberAssignment.json", &numbers),
            ],
        )
    }

    #[test]
    fn the_property_is_pointed_at_that_decided() {
        let place = |number: &str| {
            let addresses = format!(r#"[{{"CivicAddressId":"{ID}","CountryOrRegion":"FR"}}]"#);
            let locations = format!(
                r#"[{{"LocationId":"{ID}","CivicAddressId":"{ID}","CountryOrRegion":"DE"}}]"#
            );
            let numbers = format!(
                r#"[{{"TelephoneNumber":"+12065550101","IsoCountryCode":"US","AssignedPstnTargetId":"{ID}","CivicAddressId":"{ID}",{number}}}]"#
            );
            let verdicts = verdicts(
                "EM005",
                &[
                    ("Get-CsOnlineLisCivicAddress.json", &addresses),
                    ("Get-CsOnlineLisLocation.json", &locations),
                    ("Get-CsPhoneNumberAssignment.json", &numbers),
                ],
            );
            match verdicts.into_iter().next() {
                Some(Verdict::Found(draft)) => format!("{:?}", draft.primary),
                other => panic!("{other:?}"),
            }
        };
        let civic = place(r#""LocationId":"00000000-0000-0000-0000-000000000000""#);
        assert!(civic.contains("civicaddressid"), "{civic}");
        assert!(civic.contains("in `FR`"), "{civic}");
        let own = place(&format!(r#""LocationId":"{ID}""#));
        assert!(
            own.contains("\"locationid\"") && own.contains("in `DE`"),
            "{own}"
        );
    }

    #[test]
    fn location_and_number_must_be_of_one_country() {
        assert_eq!(severity(&judge("DE", "")), "error");
        for country in ["US", "us", "PR"] {
            assert!(
                matches!(judge(country, "")[..], [Verdict::Passed]),
                "{country}"
            );
        }
        assert!(
            matches!(judge("United States", "")[..], [Verdict::Unknown(_)]),
            "a name is no code"
        );
        assert!(judge("DE", r#","AssignmentCategory":"Alternate""#).is_empty());
    }
}
