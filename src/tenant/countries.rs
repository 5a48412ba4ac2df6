//! Countries: of a number, of an account, of an address, and whether two of them are one.
//!
//! Which codes exist and which country a number belongs to comes from the numbering plans that `phonenumber` carries;
//! which territories share the plans of a country comes from `data/territories.csv`, after ISO 3166-1.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::sync::{LazyLock, OnceLock};

use phonenumber::{Type, country, metadata::DATABASE};
use regex::{Regex, RegexBuilder};

use super::calling_codes::CallingCode;
use super::{Answer, Number, Tenant};
use crate::snapshot::{Field, PhoneNumber, Symbol};

/// A country by its ISO 3166-1 alpha-2 code.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country([u8; 2]);

impl Country {
    /// Reads a code, in any case; `None` for what is no country, names of countries included. `UK` is read as `GB`.
    pub fn parse(text: &str) -> Option<Self> {
        // Nearly all are two letters and nothing else; what is trimmed of two characters is no code.
        let code = if text.len() == 2 { text } else { text.trim() };
        let &[one, two] = code.as_bytes() else {
            return None;
        };
        let code = match [one.to_ascii_uppercase(), two.to_ascii_uppercase()] {
            [b'U', b'K'] => *b"GB",
            code => code,
        };
        let letter = |byte: u8| usize::from(byte.wrapping_sub(b'A'));
        let (row, column) = (letter(code[0]), letter(code[1]));
        CODES.get(row)?.get(column)?.then_some(Self(code))
    }

    /// The country of a number by its calling code, where that belongs to one country alone: never for +1 or +7.
    pub fn of_number(number: PhoneNumber) -> Option<Self> {
        CallingCode::of(&number.digits())?.0.country
    }

    /// The country whose numbering plan has a number, of those that share its calling code as well. What is not a line of
    /// somebody, such as a toll-free number, may be one of all of them.
    ///
    /// Source: <https://github.com/google/libphonenumber/blob/master/FAQ.md>.
    pub fn of_plan(number: PhoneNumber) -> Option<Self> {
        Self::of_number(number).or_else(|| {
            let parsed = phonenumber::parse(None, number.base().to_string()).ok()?;
            let is_line = matches!(
                parsed.number_type(&DATABASE),
                Type::FixedLine | Type::Mobile | Type::FixedLineOrMobile
            );
            let found = parsed.country().id().filter(|_| is_line)?;
            Self::parse(found.as_ref())
        })
    }

    /// Whether both are the same country, territories counting as the country whose plans they share.
    pub fn shares_plans_with(self, other: Self) -> bool {
        self == other || self.sovereign() == other.sovereign()
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

    /// Whether calling a number is free for the caller, by its numbering plan; for those whom only a yes concerns.
    ///
    /// Source: <https://learn.microsoft.com/microsoftteams/getting-service-phone-numbers>.
    pub fn is_surely_toll_free(&self, number: PhoneNumber) -> bool {
        let digits = number.digits();
        match CallingCode::of(&digits) {
            Some((code, national)) => code
                .is_toll_free(national)
                .unwrap_or_else(|| self.is_toll_free(number) == Answer::Yes),
            None => false,
        }
    }

    /// Whether calling a number is free for the caller, by its numbering plan; unknown where the plan does not have it.
    ///
    /// Source: <https://learn.microsoft.com/microsoftteams/getting-service-phone-numbers>.
    pub fn is_toll_free(&self, number: PhoneNumber) -> Answer {
        if let Some(answer) = at_once(&number.base().digits()) {
            return answer;
        }
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

/// What the plans of a calling code say of its numbers, as patterns of its own: those of the library lie behind one lock
/// for all threads, and looking there costs a hundred times as much.
#[derive(Default)]
struct Plan {
    toll_free: Vec<Pattern>,
    other: Vec<Pattern>,
}

struct Pattern {
    lengths: &'static [u16],
    text: String,
    regex: Regex,
}

impl Plan {
    fn of(code: u16) -> Option<Self> {
        let mut plan = Self::default();
        for metadata in DATABASE.by_code(&code)? {
            let own = metadata.descriptors();
            add(&mut plan.toll_free, own.toll_free());
            for descriptor in [
                own.fixed_line(),
                own.mobile(),
                own.premium_rate(),
                own.shared_cost(),
                own.personal_number(),
                own.voip(),
                own.pager(),
                own.uan(),
                own.voicemail(),
            ] {
                add(&mut plan.other, descriptor);
            }
        }
        Some(plan)
    }

    fn may_be_toll_free(&self, national: &str) -> bool {
        self.toll_free.iter().any(|one| one.has(national))
    }

    /// No or unknown; `None` where a number may be toll-free, which only the library decides.
    fn says(&self, national: &str) -> Option<Answer> {
        if self.may_be_toll_free(national) {
            None
        } else if self.other.iter().any(|one| one.has(national)) {
            Some(Answer::No)
        } else {
            Some(Answer::Unknown)
        }
    }
}

impl Pattern {
    fn has(&self, national: &str) -> bool {
        let fits = self.lengths.is_empty() || self.lengths.contains(&(national.len() as u16));
        fits && self.regex.is_match(national)
    }
}

/// Territories of one calling code share most of their patterns.
fn add(
    patterns: &mut Vec<Pattern>,
    descriptor: Option<&'static phonenumber::metadata::Descriptor>,
) {
    let Some(descriptor) = descriptor else { return };
    let text = format!("^(?:{})", descriptor.national_number().as_str());
    let lengths = descriptor.possible_length();
    let is_known = |one: &Pattern| one.text == text && one.lengths == lengths;
    if !patterns.iter().any(is_known)
        && let Ok(regex) = RegexBuilder::new(&text).ignore_whitespace(true).build()
    {
        patterns.push(Pattern {
            lengths,
            text,
            regex,
        });
    }
}

/// The plans of each calling code, read when a number of it is met first.
static PLANS: [OnceLock<Option<Plan>>; 1000] = [const { OnceLock::new() }; 1000];

/// What the plan of a number's calling code says at once.
fn at_once(digits: &str) -> Option<Answer> {
    (1..=3).find_map(|length| {
        let (code, national) = digits.split_at_checked(length)?;
        let code: u16 = code.parse().ok()?;
        let plan = PLANS.get(usize::from(code))?;
        plan.get_or_init(|| Plan::of(code)).as_ref()?.says(national)
    })
}

/// Which of all pairs of letters are codes: numbers name theirs again and again.
static CODES: LazyLock<[[bool; 26]; 26]> = LazyLock::new(|| {
    std::array::from_fn(|row| {
        std::array::from_fn(|column| {
            let code = [b'A' + row as u8, b'A' + column as u8];
            std::str::from_utf8(&code).is_ok_and(|code| country::Id::from_str(code).is_ok())
        })
    })
});

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
    fn numbering_plans_tell_countries_of_one_calling_code_apart() {
        let of = |number: &str| {
            Country::of_plan(PhoneNumber::parse(number).expect("a number")).map(|c| c.to_string())
        };
        assert_eq!(of("+14165550100").as_deref(), Some("CA"));
        assert_eq!(of("+12065550101").as_deref(), Some("US"));
        assert_eq!(of("+74951234567").as_deref(), Some("RU"));
        assert_eq!(of("+493012345678").as_deref(), Some("DE"));
        assert_eq!(of("+18005550101"), None);
        assert_eq!(of("+15550001912"), None);
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
        assert_eq!(free("+15550001912"), Answer::Unknown);
        // Mobile numbers of Germany and France, a toll-free one of no country, shared cost in France.
        for (number, answer) in [
            ("+4915123456789", Answer::No),
            ("+33612345678", Answer::No),
            ("+80012345678", Answer::Yes),
            ("+33801234567", Answer::Yes),
            ("+33820123456", Answer::No),
            ("+99999999", Answer::Unknown),
        ] {
            assert_eq!(free(number), answer, "{number}");
            let number = PhoneNumber::parse(number).expect("a number");
            assert_eq!(tenant.is_surely_toll_free(number), answer == Answer::Yes);
        }
    }
}
