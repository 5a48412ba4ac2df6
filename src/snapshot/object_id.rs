//! Directory object ids: the GUIDs that users, resource accounts, groups and SKUs are known by.
//!
//! The same GUID arrives in many spellings (PowerShell prints it bare, a script casts it to text
//! with braces, XML drops the dashes), so records can be joined only on its 128 bits. This module
//! reads those spellings and nothing looser: a text that merely contains a GUID is refused, and so
//! is the all-zero GUID, which Microsoft writes where it means "none".

use std::fmt;
use std::hash::{Hash, Hasher};

use crate::hexadecimal;

/// The 128 bits of an object id, printed as lower-case hyphenated text.
///
/// Kept as bytes, the highest first: records hold many ids, and bytes need no room to be aligned.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ObjectId([u8; 16]);

impl ObjectId {
    /// The id with these bits.
    pub const fn from_bits(bits: u128) -> Self {
        Self(bits.to_be_bytes())
    }

    /// Its bits.
    pub const fn bits(self) -> u128 {
        u128::from_be_bytes(self.0)
    }

    /// Reads an id in any of the spellings of [`parse_guid`].
    pub fn parse(text: &str) -> Option<Self> {
        parse_guid(text).map(Self::from_bits)
    }
}

impl Hash for ObjectId {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u128(self.bits());
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Each finding holds some: written in one go.
        let mut text = [b'-'; 36];
        let mut at = 0;
        for (place, byte) in self.0.into_iter().enumerate() {
            at += usize::from(matches!(place, 4 | 6 | 8 | 10));
            text[at..at + 2].copy_from_slice(&hexadecimal::digits(byte));
            at += 2;
        }
        f.write_str(std::str::from_utf8(&text).unwrap_or_default())
    }
}

impl fmt::Debug for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Reads a GUID in any case, hyphenated or as 32 bare digits, in braces or parentheses or neither,
/// with blanks around it. `None` for anything else and for the all-zero GUID.
pub fn parse_guid(text: &str) -> Option<u128> {
    // Nearly all are spelled like this, and every record holds several.
    if let Ok(text) = <&[u8; 36]>::try_from(text.as_bytes()) {
        return hyphenated(text);
    }
    let digits = without_brackets(text.trim())?.as_bytes();
    match digits.len() {
        36 => hyphenated(digits.try_into().ok()?),
        32 => {
            let (parts, _) = digits.as_chunks::<8>();
            let counts = parts.iter().map(|part| eight_digits(*part));
            let bits = counts.map(|count| count.map(u128::from));
            bits.reduce(|high, low| Some(high? << 32 | low?))
                .flatten()
                .filter(|bits| *bits != 0)
        }
        _ => None,
    }
}

/// 8-4-4-4-12 digits.
fn hyphenated(text: &[u8; 36]) -> Option<u128> {
    if [text[8], text[13], text[18], text[23]] != [b'-'; 4] {
        return None;
    }
    let four = |at: usize| &text[at..at + 4];
    let count_of = |first: usize, second: usize| {
        let mut digits = [0; 8];
        digits[..4].copy_from_slice(four(first));
        digits[4..].copy_from_slice(four(second));
        eight_digits(digits)
    };
    let (one, two) = (count_of(0, 4), count_of(9, 14));
    let (three, last) = (count_of(19, 24), count_of(28, 32));
    let high = u64::from(one?) << 32 | u64::from(two?);
    let low = u64::from(three?) << 32 | u64::from(last?);
    some(high, low)
}

/// What eight hexadecimal digits count, all of them at once: every record holds several ids.
fn eight_digits(digits: [u8; 8]) -> Option<u32> {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    const HIGH: u64 = ONES << 7;
    /// The high bit of each byte, none above 127, that is one of these.
    fn between(word: u64, first: u8, last: u8) -> u64 {
        let from = word + ONES * u64::from(0x80 - first);
        let behind = word + ONES * u64::from(0x7F - last);
        from & !behind & HIGH
    }
    let word = u64::from_be_bytes(digits);
    if word & HIGH != 0 {
        return None;
    }
    let letters = between(word, b'a', b'f') | between(word, b'A', b'F');
    if between(word, b'0', b'9') | letters != HIGH {
        return None;
    }
    // The lower half of a digit is what it counts, and that of `a`, and of `A`, is 1.
    let counts = (word & (ONES * 0x0F)) + (letters >> 7) * 9;
    let pairs = (counts | counts >> 4) & 0x00FF_00FF_00FF_00FF;
    let fours = (pairs | pairs >> 8) & 0x0000_FFFF_0000_FFFF;
    u32::try_from((fours | fours >> 16) & 0xFFFF_FFFF).ok()
}

fn some(high: u64, low: u64) -> Option<u128> {
    let bits = u128::from(high) << 64 | u128::from(low);
    (bits != 0).then_some(bits)
}

/// The text inside a matching pair of brackets; `None` when only one of the two is there.
fn without_brackets(text: &str) -> Option<&str> {
    let close = match text.as_bytes().first() {
        Some(b'{') => '}',
        Some(b'(') => ')',
        _ => return Some(text),
    };
    Some(text[1..].strip_suffix(close)?.trim())
}

#[cfg(test)]
mod tests {
    use super::{ObjectId, eight_digits, parse_guid};

    const TEAMS1: u128 = 0x57ff2da0_773e_42df_b2af_ffb7a2317929;

    #[test]
    fn every_spelling_of_a_guid_is_read() {
        for text in [
            "57ff2da0-773e-42df-b2af-ffb7a2317929",
            "57FF2DA0-773E-42DF-B2AF-FFB7A2317929",
            "{57ff2da0-773e-42df-b2af-ffb7a2317929}",
            "(57ff2da0-773e-42df-b2af-ffb7a2317929)",
            "57ff2da0773e42dfb2afffb7a2317929",
            "{57FF2DA0773E42DFB2AFFFB7A2317929}",
            " \t57ff2da0-773e-42df-b2af-ffb7a2317929\u{a0}\r\n",
        ] {
            assert_eq!(parse_guid(text), Some(TEAMS1), "{text:?}");
        }
    }

    #[test]
    fn what_is_not_a_guid_is_refused() {
        for text in [
            "",
            "{}",
            "{",
            "00000000-0000-0000-0000-000000000000",
            "{00000000000000000000000000000000}",
            "57ff2da0-773e-42df-b2af-ffb7a231792",
            "57ff2da0-773e-42df-b2af-ffb7a23179299",
            "57ff2da0-773e-42df-b2af-ffb7a231792g",
            "57ff2da07-73e-42df-b2af-ffb7a2317929",
            "57ff2da0_773e_42df_b2af_ffb7a2317929",
            "{57ff2da0-773e-42df-b2af-ffb7a2317929",
            "{57ff2da0-773e-42df-b2af-ffb7a2317929)",
            "57ff2da0-773e-42df-b2af-ffb7a2317929}",
            "+7ff2da0-773e-42df-b2af-ffb7a2317929",
            "57ff2da0-773e-42df-b2af-ffb7a23179é",
            "Microsoft.Rtc.Management.Xds.XdsGlobalRelativeIdentity",
        ] {
            assert_eq!(parse_guid(text), None, "{text:?}");
        }
    }

    #[test]
    fn eight_digits_count_what_each_of_them_counts() {
        for place in 0..8 {
            for byte in 0..=u8::MAX {
                let mut digits = *b"9aF0c3eB";
                digits[place] = byte;
                let counts = digits
                    .iter()
                    .map(|digit| char::from(*digit).to_digit(16))
                    .try_fold(0, |count, digit| Some(count << 4 | digit?));
                assert_eq!(eight_digits(digits), counts, "{byte} at {place}");
            }
        }
    }

    #[test]
    fn an_id_prints_lower_case_with_its_leading_zeros() {
        let id = ObjectId::parse("{0000000A-000B-000C-000D-00000000000E}").unwrap();
        assert_eq!(id.to_string(), "0000000a-000b-000c-000d-00000000000e");
        assert_eq!(format!("{id:?}"), id.to_string());
    }
}
