//! Characters that nobody sees, and that change what is seen.

/// Whether a terminal could act on the character, or hide it or its neighbours: controls, what has a direction, and what
/// Unicode says that is not to be shown (`Default_Ignorable_Code_Point`).
///
/// Source: <https://www.unicode.org/reports/tr44/#Default_Ignorable_Code_Point>.
pub(crate) fn is_dangerous(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
            | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}'
            | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}' | '\u{FFFE}' | '\u{FFFF}'
            | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}')
}

/// Whether one of them is in a text.
pub(crate) fn has_dangerous(text: &str) -> bool {
    // Nearly all texts are plain, which is seen of many bytes at once.
    let bytes = text.bytes();
    let is_plain = bytes.fold(true, |plain, byte| plain & matches!(byte, b' '..=b'~'));
    !is_plain && text.contains(is_dangerous)
}

#[cfg(test)]
mod tests {
    use super::{has_dangerous, is_dangerous};

    #[test]
    fn what_nobody_sees_is_told_from_what_is_written() {
        for hidden in [
            '\u{200B}',
            '\u{3164}',
            '\u{FE0F}',
            '\u{E0100}',
            '\u{1B}',
            '\u{202E}',
        ] {
            assert!(is_dangerous(hidden), "{}", hidden.escape_unicode());
        }
        assert!(has_dangerous("a\u{7F}") && has_dangerous("\u{1F}é") && has_dangerous("é\u{200B}"));
        assert!(!has_dangerous("") && !has_dangerous(" ~") && !has_dangerous("Zoë 東京"));
        for shown in ['a', 'é', '東', '😀', '\u{A0}', '\u{FFFD}', '\u{3163}'] {
            assert!(!is_dangerous(shown), "{}", shown.escape_unicode());
        }
    }
}
