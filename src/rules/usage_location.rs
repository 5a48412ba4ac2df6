//! Whether the usage location of an account fits its numbers: for people and for resource accounts alike.

use super::Cx;
use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Severity, Subject};
use crate::snapshot::{Field, PhoneNumber};
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
    /// There is no usage location; a number, if the inventory has one, and the country of all of them.
    Blank {
        number: Option<&'t Number>,
        country: Option<Country>,
    },
    /// It is another country than that of the number.
    Other {
        location: Country,
        number: &'t Number,
        country: Country,
        /// Whether all numbers of the account are of that country.
        agreed: bool,
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
        Field::Null => {
            return Judgement::Wrong(Wrong::Blank {
                number: numbers.first().copied(),
                country: country_of(user, numbers, cx),
            });
        }
        Field::Value(_) => match tenant.country(user.usage_location) {
            Some(country) => country,
            None => return Judgement::Unknown("the usage location is no country"),
        },
    };
    let mut open = if numbers.is_empty() {
        doubt_about_line(user, location, cx)
    } else {
        None
    };
    let mut minor = None;
    for number in numbers {
        if is_alternate(number, cx) {
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
            agreed: country_of(user, numbers, cx).is_some(),
            severity,
        };
        match tenant.known_type(number) {
            // The trunk decides there, not the service.
            Some("DirectRouting") => {
                minor.get_or_insert(wrong(Severity::Info));
            }
            Some(_) => return Judgement::Wrong(wrong(Severity::Error)),
            None => open = Some("the type of a number is not known"),
        }
    }
    match (minor, open) {
        (Some(wrong), _) => Judgement::Wrong(wrong),
        (None, Some(reason)) => Judgement::Unknown(reason),
        (None, None) => Judgement::Right,
    }
}

/// Why nobody can tell whether the number fits that an account shows and the inventory does not assign to it.
fn doubt_about_line(user: &User, location: Country, cx: &Cx) -> Option<&'static str> {
    let line = PhoneNumber::parse(cx.tenant.snapshot.texts.text(user.line_uri.get()?))?;
    match Country::of_number(line) {
        Some(country) if location.shares_plans_with(country) => None,
        Some(_) => Some("no export tells the type of its number"),
        None => Some("the country of its number is not known"),
    }
}

/// Whether a number is one that may be of any country.
fn is_alternate(number: &Number, cx: &Cx) -> bool {
    let texts = &cx.tenant.snapshot.texts;
    let category = number.record.category.get();
    category.is_some_and(|category| texts.symbol(category).eq_ignore_ascii_case("Alternate"))
}

/// The country of the numbers of an account, where all of them are of one.
fn country_of(user: &User, numbers: &[&Number], cx: &Cx) -> Option<Country> {
    let tenant = cx.tenant;
    let own = numbers.iter().filter(|number| !is_alternate(number, cx));
    let mut countries = own.map(|number| tenant.country_of_number(number));
    let Some(first) = countries.next() else {
        // The account may show a number that the inventory does not assign to it.
        let line = tenant.snapshot.texts.text(user.line_uri.get()?);
        return Country::of_number(PhoneNumber::parse(line)?);
    };
    let first = first?;
    let is_alike =
        |country: Option<Country>| country.is_some_and(|one| first.shares_plans_with(one));
    countries.all(is_alike).then_some(first)
}

/// The finding; `identity` is what a command knows the account by, `has` why it needs a usage location.
pub(super) fn draft(
    subject: Subject,
    identity: &str,
    has: &str,
    user: &User,
    wrong: &Wrong,
) -> Draft {
    let (name, id) = (subject.name.clone(), quoted(identity));
    match wrong {
        Wrong::Blank { number, country } => Draft::new(
            Severity::Error,
            subject,
            format!("`{name}` has {has}, but no usage location"),
            Label::new(user.at("UsageLocation"), "blank"),
        )
        .related(number.map(|number| {
            Label::new(number.record.at("TelephoneNumber"), "this number needs one")
        }))
        .remedy("set the usage location", set_to(*country, &id)),
        Wrong::Other { location, number, country, agreed, severity } => Draft::new(
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
                move_to(*country, *agreed, &id),
                "# wait until Get-CsOnlineUser shows the change; check the emergency address too".to_owned(),
            ],
        ),
    }
}

/// The command for a usage location of another country than the number's: where another number is of a third one, the
/// country of this one would be as wrong.
fn move_to(country: Country, agreed: bool, id: &str) -> String {
    let command = format!("Update-MgUser -UserId {id} -UsageLocation {country}");
    if agreed {
        command
    } else {
        format!(
            "# the numbers of the account are not all known to be of one country: take off what does not belong to it, or: {command}"
        )
    }
}

/// The command for a blank usage location: a country that is not known is nobody's to run.
fn set_to(country: Option<Country>, id: &str) -> Vec<String> {
    match country {
        Some(country) => vec![
            "# the country where the number is used, as ISO 3166 code".to_owned(),
            format!("Update-MgUser -UserId {id} -UsageLocation {country}"),
        ],
        None => vec![format!(
            "# with the country of the account, as ISO 3166 code: Update-MgUser -UserId {id} -UsageLocation US"
        )],
    }
}
