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

#[cfg(test)]
mod tests {
    use super::is_dangerous;

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
        for shown in ['a', 'é', '東', '😀', '\u{A0}', '\u{FFFD}', '\u{3163}'] {
            assert!(!is_dangerous(shown), "{}", shown.escape_unicode());
        }
    }
}
