//! Halves of characters: JSON can name them, and no text can hold them.
//!
//! A character beyond U+FFFF is two escapes in JSON. .NET cuts names between them, and anybody can give themselves a name
//! that is one of them: a record must not be lost for it, nor everything that is concluded from all records.

/// Puts U+FFFD for each escape of half a character, in as many bytes, so that nothing moves. Returns how many there were.
pub(super) fn mend(text: &mut String) -> u64 {
    let found = places(text);
    for at in &found {
        text.replace_range(*at..at + 6, "\\ufffd");
    }
    found.len() as u64
}

/// Whether a text has an escape of half a character.
pub(super) fn has(text: &str) -> bool {
    !places(text).is_empty()
}

/// Where the escapes of half a character are.
fn places(text: &str) -> Vec<usize> {
    let mut found = Vec::new();
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(next) = memchr::memchr(b'\\', &bytes[at..]) {
        at += next;
        at += match (unit(bytes, at), unit(bytes, at + 6)) {
            (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => 12,
            (Some(0xD800..=0xDFFF), _) => {
                found.push(at);
                6
            }
            (Some(_), _) => 6,
            // An escape of one character: the backslash, for one, which begins none.
            (None, _) => 2,
        };
        at = at.min(bytes.len());
    }
    found
}

/// The unit of UTF-16 whose escape stands at that place.
pub(super) fn unit(bytes: &[u8], at: usize) -> Option<u16> {
    let digits = bytes.get(at..at + 6)?.strip_prefix(b"\\u")?;
    let digits = std::str::from_utf8(digits).ok()?;
    let is_hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    is_hex.then(|| u16::from_str_radix(digits, 16).ok())?
}

#[cfg(test)]
mod tests {
    use super::{has, mend};

    #[test]
    fn halves_become_the_character_for_none_and_nothing_moves() {
        for (text, expected, count) in [
            (r#""a\ud83d\ude00b""#, r#""a\ud83d\ude00b""#, 0),
            (r#""a\ud83db""#, r#""a\ufffdb""#, 1),
            (r#""\uDE00\uD83D""#, r#""\ufffd\ufffd""#, 2),
            (r#""\ud83d\ud83d\ude00""#, r#""\ufffd\ud83d\ude00""#, 1),
            (r#""\\ud83d \\\ud83d""#, r#""\\ud83d \\\ufffd""#, 1),
            (r#""\ud83d\n\u00e9 \ud8"#, r#""\ufffd\n\u00e9 \ud8"#, 1),
            (r"\u+800 \", r"\u+800 \", 0),
            ("é\\ué000\\ud8é0", "é\\ué000\\ud8é0", 0),
        ] {
            let mut mended = text.to_owned();
            assert_eq!(mend(&mut mended), count, "{text}");
            assert_eq!(mended, expected);
            assert_eq!(mended.len(), text.len());
            assert_eq!(has(text), count > 0);
        }
    }
}
