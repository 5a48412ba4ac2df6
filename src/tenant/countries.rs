//! Countries: of a number, of an account, of an address, and whether two of them are one.
//!
//! Which codes exist and which country a number belongs to comes from the numbering plans that `phonenumber` carries;
//! which territories share the plans of a country comes from `data/territories.csv`, after ISO 3166-1.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use phonenumber::{Type, country, metadata::DATABASE};

use super::{Answer, Number, Tenant};
use crate::snapshot::{Field, PhoneNumber, Symbol};

/// A country by its ISO 3166-1 alpha-2 code.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country([u8; 2]);

impl Country {
    /// Reads a code, in any case; `None` for what is no country, names of countries included. `UK` is read as `GB`.
    pub fn parse(text: &str) -> Option<Self> {
        let &[one, two] = text.trim().as_bytes() else {
            return None;
        };
        let code = match [one.to_ascii_uppercase(), two.to_ascii_uppercase()] {
            [b'U', b'K'] => *b"GB",
            code => code,
        };
        let text = std::str::from_utf8(&code).ok()?;
        country::Id::from_str(text).ok().map(|_| Self(code))
    }

    /// The country of a number by its calling code, where that belongs to one country alone: never for +1 or +7.
    pub fn of_number(number: PhoneNumber) -> Option<Self> {
        let digits = number.digits();
        // No calling code begins another one, so that the first that exists is the one.
        let code = (1..=3).find_map(|length| {
            let code: u16 = digits.get(..length)?.parse().ok()?;
            DATABASE.region(&code)
        })?;
        match code.as_slice() {
            [one] => Self::parse(one),
            _ => None,
        }
    }

    /// Whether both are the same country, territories counting as the country whose plans they share.
    pub fn shares_plans_with(self, other: Self) -> bool {
        self.sovereign() == other.sovereign()
    }

    fn sovereign(self) -> Self {
        TERRITORIES.get(&self).copied().unwrap_or(self)
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(std::str::from_utf8(&self.0).unwrap_or_default())
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Tenant {
    /// The country of a number: the inventory's, else that of its calling code where it is one country's alone.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csphonenumberassignment>.
    pub fn country_of_number(&self, number: &Number) -> Option<Country> {
        self.country(number.record.country)
            .or_else(|| Country::of_number(number.key))
    }

    /// The country that a property names; `None` when it is blank, not exported, or no code of a country.
    ///
    /// Source: <https://learn.microsoft.com/graph/api/resources/user> (`usageLocation`).
    pub fn country(&self, field: Field<Symbol>) -> Option<Country> {
        Country::parse(self.snapshot.texts.symbol(field.get()?))
    }

    /// Whether calling a number is free for the caller, by its numbering plan; unknown where the plan does not have it.
    ///
    /// Source: <https://learn.microsoft.com/microsoftteams/getting-service-phone-numbers>.
    pub fn is_toll_free(&self, number: PhoneNumber) -> Answer {
        let Ok(parsed) = phonenumber::parse(None, number.base().to_string()) else {
            return Answer::Unknown;
        };
        match parsed.number_type(&DATABASE) {
            Type::TollFree => Answer::Yes,
            Type::Unknown => Answer::Unknown,
            _ => Answer::No,
        }
    }
}

/// Territory to the country whose plans it shares.
static TERRITORIES: LazyLock<BTreeMap<Country, Country>> = LazyLock::new(|| {
    let mut reader =
        csv::Reader::from_reader(include_str!("../../data/territories.csv").as_bytes());
    reader
        .records()
        .flatten()
        .filter_map(|row| Some((Country::parse(row.get(0)?)?, Country::parse(row.get(1)?)?)))
        .collect()
});

#[cfg(test)]
mod tests {
    use super::*;

    fn country(code: &str) -> Country {
        Country::parse(code).expect("a country")
    }

    #[test]
    fn codes_are_read_in_any_case_and_names_are_not() {
        assert_eq!(country(" de ").to_string(), "DE");
        assert_eq!(country("uk"), country("GB"));
        for text in ["", "D", "DEU", "Germany", "XX", "1!", "ÄÖ"] {
            assert_eq!(Country::parse(text), None, "{text}");
        }
    }

    #[test]
    fn territories_share_the_plans_of_their_country() {
        assert!(country("PR").shares_plans_with(country("US")));
        assert!(country("GP").shares_plans_with(country("RE")));
        assert!(country("IM").shares_plans_with(country("GB")));
        assert!(!country("CA").shares_plans_with(country("US")));
        assert_eq!(
            TERRITORIES.len(),
            include_str!("../../data/territories.csv").lines().count() - 1
        );
    }

    #[test]
    fn only_calling_codes_of_one_country_tell_it() {
        let of = |number: &str| {
            Country::of_number(PhoneNumber::parse(number).expect("a number")).map(|c| c.to_string())
        };
        assert_eq!(of("+493012345678").as_deref(), Some("DE"));
        assert_eq!(of("+35312345678").as_deref(), Some("IE"));
        assert_eq!(of("+12065550101"), None);
        assert_eq!(of("+74951234567"), None);
        assert_eq!(of("+999123"), None);
    }

    #[test]
    fn toll_free_numbers_are_told_by_their_plan() {
        let tenant = crate::tenant::testing::tenant(&[("Get-CsOnlineUser.json", "[]")]);
        let free =
            |number: &str| tenant.is_toll_free(PhoneNumber::parse(number).expect("a number"));
        assert_eq!(free("+18005550101"), Answer::Yes);
        assert_eq!(free("+448081570192"), Answer::Yes);
        assert_eq!(free("+12065550101"), Answer::No);
        assert_eq!(free("+1206"), Answer::Unknown);
    }
}
