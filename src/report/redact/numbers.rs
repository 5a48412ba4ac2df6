//! Telephone numbers, and other digits: as many others, in the same spelling.

use std::sync::LazyLock;

use regex::Regex;

use super::key::Key;
use super::public;

/// Digits of a telephone number, as the standard has it, with room for a trunk prefix.
const NUMBER: std::ops::RangeInclusive<usize> = 7..=18;

/// The fewest digits that are taken for a country code and a number: some countries have shorter ones, but so have most
/// numbers in the spelling of a country.
const LEAST_INTERNATIONAL: usize = 11;

/// A place on earth, or half of it: `47.60621`, `-122.33517`, `47.6, -122.3`.
static COORDINATE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let half = r"[-+]?[0-9]{1,3}\.[0-9]{3,}";
    let pair = r"[-+]?[0-9]{1,3}\.[0-9]+[\s,;/]*[-+]?[0-9]{1,3}\.[0-9]+";
    Regex::new(&format!("^({half}|{pair}/?)$")).ok()
});

/// Country codes of two digits; 1 and 7 have one, all others three (ITU-T E.164).
const TWO_DIGITS: &str = "20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 \
    66 81 82 84 86 90 91 92 93 94 95 98";

/// Digits in a row that a pattern may show: those of a country code or of an emergency number.
const MOST_LITERAL: i32 = 3;

impl Key {
    /// Digits that are no telephone number: an extension, a postal code, a coordinate.
    pub(super) fn short_digits(&self, text: &str) -> String {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        put_back(text, &self.digits("digits", &digits))
    }

    /// Where something is: all digits become others, since the first ones tell the town already.
    pub(super) fn coordinate(&self, value: &str) -> Option<String> {
        let coordinate = COORDINATE.as_ref()?;
        coordinate.is_match(value).then(|| self.short_digits(value))
    }

    /// A telephone number in any spelling: digits become other digits, all else stays.
    pub(super) fn number(&self, value: &str) -> Option<String> {
        let end = value.find([';', 'x', 'X', ',']).unwrap_or(value.len());
        let (base, rest) = value.split_at(end);
        let is_spelled = |one: char| one.is_ascii_digit() || " +().-/\u{a0}=\"".contains(one);
        if !base.chars().all(is_spelled) || base.matches('+').count() > 1 {
            return None;
        }
        let digits: String = base.chars().filter(char::is_ascii_digit).collect();
        let is_number =
            NUMBER.contains(&digits.len()) || (base.starts_with('+') && digits.len() > 2);
        if !is_number || (rest.is_empty() && public::is_built_in(value)) {
            return None;
        }
        let rest_digits: String = rest.chars().filter(char::is_ascii_digit).collect();
        // Nothing but an extension may follow.
        if rest
            .chars()
            .any(|one| !(one.is_ascii_digit() || ";=,. eExXtT".contains(one)))
        {
            return None;
        }
        let code = if base.contains('+') || is_international(&digits) {
            country_code(&digits)
        } else {
            0
        };
        let (country, own) = digits.split_at(code);
        let new = format!(
            "{country}{}",
            self.digits(&format!("number/{country}"), own)
        );
        let rest = put_back(rest, &self.digits("digits", &rest_digits));
        Some(put_back(base, &new) + &rest)
    }

    /// A pattern of numbers is shown where it holds no more digits than an emergency number or a country code.
    pub(super) fn pattern(&self, value: &str) -> Option<String> {
        let is_one = (value.starts_with('^') || value.contains("\\d") || value.contains('$'))
            && value
                .chars()
                .all(|one| one.is_ascii_digit() || r"^$\d+?*.()[]{}|,-".contains(one));
        if !is_one {
            return None;
        }
        // Counts are no digits of anybody's number, and no class is that leaves a choice.
        let mut literal = 0;
        let mut enclosed: Option<String> = None;
        for one in value.chars() {
            match (one, &mut enclosed) {
                ('[' | '{', None) => enclosed = Some(one.to_string()),
                (']' | '}', Some(inner)) => {
                    literal += i32::from(inner.starts_with('[') && !inner.contains('-'));
                    enclosed = None;
                }
                (_, Some(inner)) => inner.push(one),
                ('|', None) => literal = 0,
                (digit, None) => literal += i32::from(digit.is_ascii_digit()),
            }
            if literal > MOST_LITERAL {
                return Some(self.name(value));
            }
        }
        Some(value.to_owned())
    }
}

/// Whether digits without `+` begin with a country code, as those of an inventory do. In the spelling of a country they
/// begin with what tells the town.
fn is_international(digits: &str) -> bool {
    digits.len() >= LEAST_INTERNATIONAL
        && phonenumber::parse(None, format!("+{digits}")).is_ok_and(|number| number.is_valid())
}

/// How many of the first digits are the country code.
fn country_code(digits: &str) -> usize {
    match digits.as_bytes() {
        [b'1' | b'7', ..] => 1,
        [first, second, ..]
            if TWO_DIGITS
                .split(' ')
                .any(|code| code.as_bytes() == [*first, *second]) =>
        {
            2
        }
        other => other.len().min(3),
    }
}

/// The text with other digits.
fn put_back(text: &str, digits: &str) -> String {
    let mut digits = digits.chars();
    text.chars()
        .map(|one| {
            if one.is_ascii_digit() {
                digits.next().unwrap_or(one)
            } else {
                one
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_country_code_is_kept() {
        let key = Key::new(b"0123456789abcdef").expect("it is long enough");
        let change = |text: &str| key.number(text).unwrap_or_else(|| panic!("{text}"));
        for text in [
            "+49 30 23125200",
            "493023125200",
            "+1 (425) 555-0100",
            "14255550100",
        ] {
            let digits: String = change(text).chars().filter(char::is_ascii_digit).collect();
            assert!(
                digits.starts_with("49") || digits.starts_with('1'),
                "{text}"
            );
        }
        // Of a hundred numbers of one town not all still begin alike.
        for start in ["030231252", "42555501", "017612345", "2079460"] {
            let starts: std::collections::BTreeSet<String> = (0..100)
                .map(|last| change(&format!("{start}{last:02}"))[..2].to_owned())
                .collect();
            assert!(starts.len() > 10, "{start}: {starts:?}");
        }
    }
}
