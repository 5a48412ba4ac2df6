//! Whether the usage location of an account fits its numbers: for people and for resource accounts alike.

use super::Cx;
use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Severity, Subject};
use crate::snapshot::Field;
use crate::tenant::{Country, Number, User};

/// What there is to say.
pub(super) enum Judgement<'t> {
    /// It fits.
    Right,
    /// Nobody can tell; the reason.
    Unknown(&'static str),
    /// It does not fit.
    Wrong(Wrong<'t>),
}

/// What does not fit.
pub(super) enum Wrong<'t> {
    /// There is no usage location; a number, if the inventory has one.
    Blank(Option<&'t Number>),
    /// It is another country than that of the number.
    Other {
        location: Country,
        number: &'t Number,
        country: Country,
        severity: Severity,
    },
}

/// Judges an account by the numbers that it holds.
///
/// Source: <https://learn.microsoft.com/microsoftteams/assign-change-or-remove-a-phone-number-for-a-user>.
pub(super) fn judge<'t>(user: &User, numbers: &[&'t Number], cx: &Cx<'t>) -> Judgement<'t> {
    let tenant = cx.tenant;
    let location = match user.usage_location {
        Field::Absent => return Judgement::Unknown("the export does not tell the usage location"),
        Field::Null => return Judgement::Wrong(Wrong::Blank(numbers.first().copied())),
        Field::Value(_) => match tenant.country(user.usage_location) {
            Some(country) => country,
            None => return Judgement::Unknown("the usage location is no country"),
        },
    };
    let named = |number: &Number, name: &str| {
        let number_type = tenant.number_type(number);
        number_type.is_some_and(|own| own.eq_ignore_ascii_case(name))
    };
    let mut open = None;
    let mut minor = None;
    for number in numbers {
        let alternate = number.record.category.get().is_some_and(|category| {
            tenant
                .snapshot
                .texts
                .symbol(category)
                .eq_ignore_ascii_case("Alternate")
        });
        if alternate {
            continue;
        }
        let Some(country) = tenant.country_of_number(number) else {
            open = Some("the country of a number is not known");
            continue;
        };
        if location.shares_plans_with(country) {
            continue;
        }
        let wrong = |severity| Wrong::Other {
            location,
            number,
            country,
            severity,
        };
        if named(number, "DirectRouting") {
            // The trunk decides there, not the service.
            minor.get_or_insert(wrong(Severity::Info));
        } else if number.record.number_type.value().is_some() {
            return Judgement::Wrong(wrong(Severity::Error));
        } else {
            open = Some("the type of a number is not known");
        }
    }
    match (minor, open) {
        (Some(wrong), _) => Judgement::Wrong(wrong),
        (None, Some(reason)) => Judgement::Unknown(reason),
        (None, None) => Judgement::Right,
    }
}

/// The finding.
pub(super) fn draft(subject: Subject, name: &str, user: &User, wrong: &Wrong) -> Draft {
    let id = quoted(name);
    match wrong {
        Wrong::Blank(number) => Draft::new(
            Severity::Error,
            subject,
            format!("`{name}` has a number, but no usage location"),
            Label::new(user.at("UsageLocation"), "blank"),
        )
        .related(number.map(|number| {
            Label::new(number.record.at("TelephoneNumber"), "this number needs one")
        }))
        .remedy(
            "set the usage location",
            [
                "# the country where the number is used, as ISO 3166 code".to_owned(),
                format!("Update-MgUser -UserId {id} -UsageLocation US"),
            ],
        ),
        Wrong::Other { location, number, country, severity } => Draft::new(
            *severity,
            subject,
            format!(
                "`{name}` has the usage location `{location}`, but the number `{}` of `{country}`",
                number.key
            ),
            Label::new(user.at("UsageLocation"), format!("here `{location}`")),
        )
        .related([Label::new(
            number.record.at("TelephoneNumber"),
            format!("a number of `{country}`"),
        )])
        .remedy(
            "set the usage location to the country of the number, or assign a number of the right country",
            [
                format!("Update-MgUser -UserId {id} -UsageLocation {country}"),
                "# wait until Get-CsOnlineUser shows the change; check the emergency address too".to_owned(),
            ],
        ),
    }
}
