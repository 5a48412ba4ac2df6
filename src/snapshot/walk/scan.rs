//! The smallest parts of JSON: blanks, texts, numbers, words, and whole values that nobody wants.
//!
//! Everything here accepts no more than `serde_json` does, and may accept less: `None` means *ask it*.

use std::ops::Range;

use crate::snapshot::halves::unit;
pub(super) use crate::snapshot::stream_json::skip_blanks as blanks;

/// How deep a value may be; what is deeper is left to `serde_json`.
pub(super) const DEEPEST: u32 = 32;

/// The offset of the closing quote of a text without escapes; `at` is behind the opening quote.
pub(super) fn plain_text(bytes: &[u8], at: usize) -> Option<usize> {
    let end = special(bytes, at)?;
    (bytes[end] == b'"').then_some(end)
}

/// Where a key is that begins with the quote at `at` and has no escapes, which may make it mean any other; and where its
/// value begins.
pub(super) fn plain_key(bytes: &[u8], at: usize) -> Option<(Range<usize>, usize)> {
    if *bytes.get(at)? != b'"' {
        return None;
    }
    let end = plain_text(bytes, at + 1)?;
    let colon = blanks(bytes, end + 1);
    (*bytes.get(colon)? == b':').then(|| (at + 1..end, blanks(bytes, colon + 1)))
}

/// The offset of the closing quote of any text; `at` is behind the opening quote.
pub(super) fn text(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        let found = special(bytes, at)?;
        match bytes[found] {
            b'"' => return Some(found),
            b'\\' => at = escape(bytes, found + 1)?,
            _ => return None,
        }
    }
}

/// The offset behind a number.
pub(super) fn number(bytes: &[u8], at: usize) -> Option<usize> {
    let whole = at + usize::from(*bytes.get(at)? == b'-');
    let mut end = digits(bytes, whole)?;
    if bytes[whole] == b'0' && end > whole + 1 {
        return None;
    }
    if bytes.get(end) == Some(&b'.') {
        end = digits(bytes, end + 1)?;
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        end = digits(bytes, end + 1 + sign)?;
    }
    Some(end)
}

/// The offset behind any value, which begins at `at`.
pub(super) fn value(bytes: &[u8], at: usize, depth: u32) -> Option<usize> {
    match *bytes.get(at)? {
        b'"' => Some(text(bytes, at + 1)? + 1),
        b'n' => word(bytes, at, b"null"),
        b't' => word(bytes, at, b"true"),
        b'f' => word(bytes, at, b"false"),
        b'-' | b'0'..=b'9' => number(bytes, at),
        b'[' => list(bytes, at, depth.checked_sub(1)?),
        b'{' => object(bytes, at, depth.checked_sub(1)?),
        _ => None,
    }
}

/// The offset behind a word that must stand at `at`.
pub(super) fn word(bytes: &[u8], at: usize, word: &[u8]) -> Option<usize> {
    let end = at + word.len();
    (bytes.get(at..end)? == word).then_some(end)
}

fn list(bytes: &[u8], at: usize, depth: u32) -> Option<usize> {
    let mut at = blanks(bytes, at + 1);
    if *bytes.get(at)? == b']' {
        return Some(at + 1);
    }
    loop {
        at = blanks(bytes, value(bytes, at, depth)?);
        match *bytes.get(at)? {
            b']' => return Some(at + 1),
            b',' => at = blanks(bytes, at + 1),
            _ => return None,
        }
    }
}

fn object(bytes: &[u8], at: usize, depth: u32) -> Option<usize> {
    let mut at = blanks(bytes, at + 1);
    if *bytes.get(at)? == b'}' {
        return Some(at + 1);
    }
    loop {
        if *bytes.get(at)? != b'"' {
            return None;
        }
        at = blanks(bytes, text(bytes, at + 1)? + 1);
        if *bytes.get(at)? != b':' {
            return None;
        }
        at = blanks(bytes, at + 1);
        at = blanks(bytes, value(bytes, at, depth)?);
        match *bytes.get(at)? {
            b'}' => return Some(at + 1),
            b',' => at = blanks(bytes, at + 1),
            _ => return None,
        }
    }
}

/// The offset behind one digit or more.
fn digits(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = bytes.get(at..)?;
    let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    (count > 0).then_some(at + count)
}

/// The offset behind an escape; `at` is behind its backslash.
fn escape(bytes: &[u8], at: usize) -> Option<usize> {
    match *bytes.get(at)? {
        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(at + 1),
        b'u' => match unit(bytes, at - 1)? {
            // Half a character, and the other half must follow.
            0xD800..=0xDBFF => {
                matches!(unit(bytes, at + 5), Some(0xDC00..=0xDFFF)).then_some(at + 11)
            }
            0xDC00..=0xDFFF => None,
            _ => Some(at + 5),
        },
        _ => None,
    }
}

/// The offset of the first quote, backslash or control character from `at` on: eight bytes at a time, since most texts
/// are a few words long.
fn special(bytes: &[u8], mut at: usize) -> Option<usize> {
    while let Some(Ok(eight)) = bytes.get(at..at + 8).map(<[u8; 8]>::try_from) {
        let found = specials(u64::from_le_bytes(eight));
        if found != 0 {
            return Some(at + found.trailing_zeros() as usize / 8);
        }
        at += 8;
    }
    let rest = bytes.get(at..)?;
    rest.iter()
        .position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20))
        .map(|index| at + index)
}

/// The high bit of each byte that is special; those behind the first one may be wrong.
fn specials(word: u64) -> u64 {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    const HIGH: u64 = ONES << 7;
    let zero_of = |word: u64| word.wrapping_sub(ONES) & !word;
    let quote = zero_of(word ^ (ONES * 0x22));
    let backslash = zero_of(word ^ (ONES * 0x5C));
    let control = word.wrapping_sub(ONES * 0x20) & !word;
    (quote | backslash | control) & HIGH
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_special_byte_is_found_wherever_it_stands() {
        for special_byte in [b'"', b'\\', 0, 0x1F, b'\n'] {
            for at in 0..40 {
                for behind in [b'x', 0x80, 0xFF, 0x21, b'"', 0] {
                    let mut bytes = vec![b'x'; 40];
                    for byte in bytes.iter_mut().take(at) {
                        *byte = if at % 2 == 0 { 0x20 } else { 0xFF };
                    }
                    bytes[at] = special_byte;
                    for byte in bytes.iter_mut().skip(at + 1) {
                        *byte = behind;
                    }
                    assert_eq!(special(&bytes, 0), Some(at), "{special_byte} at {at}");
                }
            }
        }
        assert_eq!(special(&[0x7F; 21], 0), None);
        assert_eq!(special(b"", 0), None);
        assert_eq!(special(b"x", 9), None);
    }

    #[test]
    fn values_end_where_serde_json_lets_them_end() {
        for json in [
            "0",
            "-0",
            "12",
            "-1.5",
            "1e5",
            "1E-5",
            "1.0e+10",
            "null",
            "true",
            "false",
            "\"\"",
            "\"a\\u00e9\\n\"",
            "[]",
            "[ 1 , 2 ]",
            "{}",
            "{ \"a\" : [ { } ] , \"b\" : \"\\\"\" }",
        ] {
            assert_eq!(
                value(json.as_bytes(), 0, DEEPEST),
                Some(json.len()),
                "{json}"
            );
            assert!(
                serde_json::from_str::<serde::de::IgnoredAny>(json).is_ok(),
                "{json}"
            );
        }
        for json in [
            "",
            "-",
            "00",
            "01",
            "1.",
            "1e",
            ".5",
            "+1",
            "nul",
            "True",
            "\"",
            "\"\n\"",
            "\"\\x\"",
            "\"\\u12g4\"",
            "[",
            "[1,]",
            "[1 2]",
            "[,1]",
            "{",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1,}",
            "{a:1}",
            "{\"a\" 1}",
            "\u{feff}1",
        ] {
            let end = value(json.as_bytes(), 0, DEEPEST);
            assert_ne!(end, Some(json.len()), "{json}");
            assert!(
                serde_json::from_str::<serde::de::IgnoredAny>(json).is_err(),
                "{json}"
            );
        }
    }

    #[test]
    fn halves_of_characters_are_left_to_others() {
        for (json, is_known) in [
            (r#""\ud83d\uDE00""#, true),
            (r#""\ud83d""#, false),
            (r#""\ud83d\ud83d""#, false),
            (r#""\ud83dx\ude00""#, false),
            (r#""\ude00\ud83d""#, false),
            (r#""\uD7FF\uE000""#, true),
        ] {
            let end = value(json.as_bytes(), 0, DEEPEST);
            assert_eq!(end, is_known.then_some(json.len()), "{json}");
        }
    }

    #[test]
    fn what_is_very_deep_is_not_followed() {
        let deep = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        let deepest = DEEPEST as usize;
        assert_eq!(
            value(deep(deepest).as_bytes(), 0, DEEPEST),
            Some(2 * deepest)
        );
        assert_eq!(value(deep(deepest + 1).as_bytes(), 0, DEEPEST), None);
        assert_eq!(
            value("{\"a\":".repeat(200_000).as_bytes(), 0, DEEPEST),
            None
        );
    }
}
