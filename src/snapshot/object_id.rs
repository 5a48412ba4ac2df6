//! Directory object ids: the GUIDs that users, resource accounts, groups and SKUs are known by.
//!
//! The same GUID arrives in many spellings (PowerShell prints it bare, a script casts it to text
//! with braces, XML drops the dashes), so records can be joined only on its 128 bits. This module
//! reads those spellings and nothing looser: a text that merely contains a GUID is refused, and so
//! is the all-zero GUID, which Microsoft writes where it means "none".

use std::fmt;
use std::hash::{Hash, Hasher};

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
        let bits = self.bits();
        write!(
            f,
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            bits >> 96,
            (bits >> 80) & 0xffff,
            (bits >> 64) & 0xffff,
            (bits >> 48) & 0xffff,
            bits & 0xffff_ffff_ffff
        )
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
        32 => some(half(digits, 0..16)?, half(digits, 16..32)?),
        _ => None,
    }
}

/// 8-4-4-4-12 digits.
fn hyphenated(text: &[u8; 36]) -> Option<u128> {
    if [text[8], text[13], text[18], text[23]] != [b'-'; 4] {
        return None;
    }
    let high = half(text, (0..8).chain(9..13).chain(14..18))?;
    let low = half(text, (19..23).chain(24..36))?;
    some(high, low)
}

fn some(high: u64, low: u64) -> Option<u128> {
    let bits = u128::from(high) << 64 | u128::from(low);
    (bits != 0).then_some(bits)
}

/// The sixteen digits at these places; a digit that is none is seen at the end.
fn half(text: &[u8], places: impl Iterator<Item = usize>) -> Option<u64> {
    let mut bits = 0;
    let mut wrong = 0;
    for place in places {
        let digit = DIGITS[usize::from(text[place])];
        bits = bits << 4 | u64::from(digit & 0x0F);
        wrong |= digit;
    }
    (wrong & 0x80 == 0).then_some(bits)
}

/// What each byte counts as a hexadecimal digit; 128 for those that are none.
const DIGITS: [u8; 256] = {
    let mut digits = [0x80; 256];
    let mut digit = 0;
    while digit < 16 {
        digits[b"0123456789abcdef"[digit] as usize] = digit as u8;
        digits[b"0123456789ABCDEF"[digit] as usize] = digit as u8;
        digit += 1;
    }
    digits
};

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
    use super::{ObjectId, parse_guid};

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
    fn an_id_prints_lower_case_with_its_leading_zeros() {
        let id = ObjectId::parse("{0000000A-000B-000C-000D-00000000000E}").unwrap();
        assert_eq!(id.to_string(), "0000000a-000b-000c-000d-00000000000e");
        assert_eq!(format!("{id:?}"), id.to_string());
    }
}
