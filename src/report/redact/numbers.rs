//! Telephone numbers, and other digits: as many others, in the same spelling.

use super::key::Key;
use super::public;

/// Digits of a telephone number, as the standard has it, with room for a trunk prefix.
const NUMBER: std::ops::RangeInclusive<usize> = 7..=18;

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
        let code = country_code(&digits);
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

/// How many of the first digits are the country code. A number without `+` is one of an inventory.
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
