//! Phone numbers, reduced to what makes two of them the same number.
//!
//! One number reaches an export as `tel:+1…`, as `+1…;ext=…`, without its `+` from the bulk list,
//! and as `="+1…"` from a spreadsheet. They are compared on two fields, the digits and the
//! extension; leading zeros of both count, and a base number with an extension is another number
//! than the base number. The raw text is kept elsewhere, for messages.
//!
//! Nothing is repaired: letters, SIP addresses and the `1.42556E+10` that a spreadsheet makes of a
//! number are refused, since the digits that are left are not the number that was assigned.
//! Whether a number can exist is not decided here.

use std::fmt;
use std::num::NonZeroU64;
use std::ops::Deref;

use super::prefix::strip_prefix_ignore_case;

/// A phone number and its extension, ready for comparison. Ordered by length, then by value; a number comes before
/// its extensions.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PhoneNumber {
    base: Digits,
    extension: Option<Digits>,
}

impl PhoneNumber {
    /// The most digits that a base number or an extension may have.
    pub const MAX_DIGITS: u8 = 18;

    /// Whether people write the character among digits, to be read more easily.
    pub fn is_separator(character: char) -> bool {
        matches!(character, '-' | '.' | '(' | ')' | ' ' | '\u{a0}')
    }

    /// Reads a number in any spelling of an export. The leading `+` is optional, and tel-URI
    /// parameters other than `ext` are ignored. `None` when the text is not a number.
    pub fn parse(text: &str) -> Option<Self> {
        // Nearly all are spelled like this.
        let number = text.strip_prefix("tel:").unwrap_or(text);
        if let Some(base) = Digits::only(number.strip_prefix('+').unwrap_or(number)) {
            return Some(Self {
                base,
                extension: None,
            });
        }
        let text = without_wrappers(text);
        let text = strip_prefix_ignore_case(text, "tel:")
            .unwrap_or(text)
            .trim_start();
        let text = text.strip_prefix('+').unwrap_or(text);

        let end = text.find([';', ',', 'x', 'X']).unwrap_or(text.len());
        let (base, mut rest) = text.split_at(end);
        let base = Digits::read(base)?;

        let mut extension = None;
        while !rest.is_empty() {
            let (value, tail) = if let Some(after) = strip_prefix_ignore_case(rest, "x") {
                (Some(after), "")
            } else {
                // `,ext` is a spelling of `;ext`; no other parameter starts with a comma.
                let semicolon = rest.starts_with(';');
                let parameter = rest[1..].trim_start();
                let next = parameter.find(';').unwrap_or(parameter.len());
                let (parameter, tail) = parameter.split_at(next);
                let value = extension_value(parameter);
                if value.is_none() && !semicolon {
                    return None;
                }
                (value, tail)
            };
            if let Some(value) = value {
                // Two extensions in one text: nobody can say which of them is meant.
                if extension.replace(Digits::read(value)?).is_some() {
                    return None;
                }
            }
            rest = tail;
        }

        Some(Self { base, extension })
    }

    /// The same number without its extension.
    #[must_use]
    pub fn base(self) -> Self {
        Self {
            extension: None,
            ..self
        }
    }

    /// Whether the number has an extension.
    pub fn has_extension(self) -> bool {
        self.extension.is_some()
    }

    /// The digits of the extension, leading zeros included.
    pub fn extension(self) -> Option<String> {
        self.extension.map(|digits| digits.to_string())
    }

    /// The digits of the base number, without `+`, leading zeros included.
    pub fn digits(self) -> impl Deref<Target = str> {
        self.base.text()
    }
}

/// The number as `+digits` or `+digits;ext=n`: what a finding about a number is filed under.
impl fmt::Display for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("+")?;
        f.write_str(&self.base.text())?;
        match self.extension {
            Some(extension) => write!(f, ";ext={extension}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Whether the text is, as it stands, a strict E.164 number: `^\+[1-9][0-9]{1,14}$`.
pub fn is_strict_e164(text: &str) -> bool {
    let Some(digits) = text.strip_prefix('+') else {
        return false;
    };
    (2..=15).contains(&digits.len())
        && !digits.starts_with('0')
        && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// Up to eighteen digits behind a one, so that `007` is not `7` and what is longer is greater.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Digits(NonZeroU64);

impl Digits {
    /// The digits as they are written.
    fn text(self) -> DigitText {
        let mut text = DigitText {
            bytes: [0; PhoneNumber::MAX_DIGITS as usize],
            start: usize::from(PhoneNumber::MAX_DIGITS),
        };
        let mut behind_one = self.0.get();
        while behind_one >= 10 && text.start > 0 {
            text.start -= 1;
            text.bytes[text.start] = b'0' + (behind_one % 10) as u8;
            behind_one /= 10;
        }
        text
    }

    /// Digits and nothing else.
    fn only(text: &str) -> Option<Self> {
        if text.is_empty() || text.len() > usize::from(PhoneNumber::MAX_DIGITS) {
            return None;
        }
        let mut behind_one = 1;
        for byte in text.bytes() {
            if !byte.is_ascii_digit() {
                return None;
            }
            behind_one = behind_one * 10 + u64::from(byte - b'0');
        }
        NonZeroU64::new(behind_one).map(Self)
    }

    /// Digits with visual separators among them; `None` when there is anything else, or no digit.
    fn read(text: &str) -> Option<Self> {
        const LONGEST: u64 = 10_u64.pow(PhoneNumber::MAX_DIGITS as u32);
        let mut behind_one = 1;
        for c in text.chars() {
            if let Some(digit) = c.to_digit(10) {
                if behind_one >= LONGEST {
                    return None;
                }
                behind_one = behind_one * 10 + u64::from(digit);
            } else if !PhoneNumber::is_separator(c) {
                return None;
            }
        }
        (behind_one != 1).then(|| NonZeroU64::new(behind_one).map(Self))?
    }
}

impl fmt::Display for Digits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

/// Digits as text, where it takes no memory to hold them: each number is asked for its digits more than once.
struct DigitText {
    bytes: [u8; PhoneNumber::MAX_DIGITS as usize],
    start: usize,
}

impl Deref for DigitText {
    type Target = str;

    fn deref(&self) -> &str {
        std::str::from_utf8(&self.bytes[self.start..]).unwrap_or_default()
    }
}

/// What spreadsheets and scripts put around a number taken off: blanks, `="…"`, quotes, and the
/// apostrophe that keeps a spreadsheet from reading a number.
fn without_wrappers(text: &str) -> &str {
    let mut text = text.trim();
    loop {
        let inner = text
            .strip_prefix('=')
            .filter(|inner| inner.starts_with('"'));
        let inner = inner.unwrap_or(text);
        let inner = inner.strip_prefix(['"', '\'']).map_or(inner, |inner| {
            inner.strip_suffix(['"', '\'']).unwrap_or(inner)
        });
        let inner = inner.trim();
        if inner.len() == text.len() {
            return text;
        }
        text = inner;
    }
}

/// The digits of an `ext` parameter, written `ext=12`, `ext:12` or `ext12`.
fn extension_value(parameter: &str) -> Option<&str> {
    let value = strip_prefix_ignore_case(parameter, "ext")?.trim_start();
    match value.chars().next() {
        Some('=' | ':' | '.') => Some(&value[1..]),
        // `extra=…` is some other parameter.
        Some(c) if c.is_ascii_alphabetic() || c == '-' => None,
        _ => Some(value),
    }
}

#[cfg(test)]
mod tests {
    use super::{PhoneNumber, is_strict_e164};

    fn identity(text: &str) -> Option<String> {
        PhoneNumber::parse(text).map(|number| number.to_string())
    }

    #[test]
    fn every_spelling_of_a_number_is_the_same_number() {
        for text in [
            "+14255550101",
            "14255550101",
            "tel:+14255550101",
            "TEL:+14255550101",
            "tel:14255550101",
            "Tel: +1 425 555 0101",
            "+1 (425) 555-0101",
            "+1.425.555.0101",
            "+1\u{a0}425\u{a0}555\u{a0}0101",
            "\u{a0}+14255550101 \r\n",
            "=\"+14255550101\"",
            "'+14255550101",
            "'+14255550101'",
            "\"+14255550101\"",
            "\"tel:+14255550101\"",
            "=\"'+14255550101\"",
            "tel:+14255550101;phone-context=contoso.example",
            "tel:+14255550101;isub=1;phone-context=+1",
            "tel:+14255550101;extra=9",
        ] {
            assert_eq!(identity(text).as_deref(), Some("+14255550101"), "{text:?}");
        }
    }

    #[test]
    fn every_spelling_of_an_extension_is_the_same_extension() {
        for text in [
            "tel:+14255550101;ext=0123",
            "+14255550101;EXT=0123",
            "14255550101;Ext=0123",
            "+14255550101x0123",
            "+1 425 555 0101 X 0123",
            "+14255550101,ext=0123",
            "+14255550101,ext:0123",
            "+14255550101, ext0123",
            "=\"+14255550101;ext=0123\"",
            "tel:+14255550101;phone-context=contoso.example;ext=0123",
            "tel:+14255550101;ext=01-23;phone-context=contoso.example",
        ] {
            let number = PhoneNumber::parse(text).expect(text);
            assert_eq!(number.to_string(), "+14255550101;ext=0123", "{text:?}");
            assert_eq!(number.extension().as_deref(), Some("0123"));
            assert!(number.has_extension());
            assert_eq!(&*number.digits(), "14255550101");
            assert_eq!(Some(number.base()), PhoneNumber::parse("+14255550101"));
        }
    }

    #[test]
    fn what_is_not_a_number_is_refused() {
        for text in [
            "",
            " ",
            "+",
            "tel:",
            "tel:+",
            "=\"\"",
            "'",
            "\"",
            "()",
            "++14255550101",
            "1.42556E+10",
            "1,42556E+10",
            "+1425555010A",
            "+1425555CALL",
            "x123",
            ";ext=123",
            "sip:adele@contoso.example",
            "adele@contoso.example",
            "anonymous",
            "+14255550101;ext=",
            "tel:+1234,ext:",
            "+14255550101;ext=12a",
            "+14255550101;ext=1;ext=2",
            "+14255550101x1;ext=2",
            "+14255550101,123",
            "+14255550101/2",
            "+14255550101 +14255550102",
            "+1\u{ff14}255550101",
            "+14255550101é",
            "System.Object[]",
            "1234567890123456789",
            "+14255550101;ext=1234567890123456789",
        ] {
            assert_eq!(identity(text), None, "{text:?}");
        }
    }

    #[test]
    fn leading_zeros_and_extensions_make_different_numbers() {
        let numbers = ["7", "07", "007", "7;ext=7", "7;ext=07", "07;ext=7"];
        for (i, left) in numbers.iter().enumerate() {
            for (j, right) in numbers.iter().enumerate() {
                let same = PhoneNumber::parse(left) == PhoneNumber::parse(right);
                assert_eq!(same, i == j, "{left} {right}");
            }
        }
        assert_eq!(identity("007;ext=000").as_deref(), Some("+007;ext=000"));
        assert_eq!(identity("0").as_deref(), Some("+0"));
    }

    #[test]
    fn the_longest_number_fits_in_16_bytes() {
        let longest = "999999999999999999;ext=999999999999999999";
        assert_eq!(identity(longest), Some(format!("+{longest}")));
        assert!(size_of::<PhoneNumber>() == 16);
        assert_eq!(size_of::<Option<PhoneNumber>>(), size_of::<PhoneNumber>());
    }

    #[test]
    fn short_numbers_sort_before_long_ones() {
        let mut numbers: Vec<_> = ["+14255550101", "911", "+14255550101x1", "0911", "112"]
            .into_iter()
            .filter_map(PhoneNumber::parse)
            .collect();
        numbers.sort_unstable();
        let sorted: Vec<_> = numbers.iter().map(ToString::to_string).collect();
        let expected = [
            "+112",
            "+911",
            "+0911",
            "+14255550101",
            "+14255550101;ext=1",
        ];
        assert_eq!(sorted, expected);
    }

    #[test]
    fn strict_e164_allows_nothing_around_the_digits() {
        for text in ["+14255550101", "+12", "+123456789012345"] {
            assert!(is_strict_e164(text), "{text:?}");
        }
        for text in [
            "",
            "+",
            "+1",
            "14255550101",
            "+0425555010",
            "+1234567890123456",
            "+1425555010A",
            "+1 4255550101",
            "tel:+14255550101",
            "+14255550101;ext=1",
            "+14255550101\n",
            "++4255550101",
        ] {
            assert!(!is_strict_e164(text), "{text:?}");
        }
    }
}
