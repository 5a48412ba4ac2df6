//! Commands that an administrator pastes: whatever a tenant's names hold, they stay arguments.

/// A text as a single-quoted PowerShell string.
///
/// Nothing expands within single quotes. PowerShell takes typographic quotes for plain ones, so they are doubled as
/// well; line breaks and other controls have no place in a name and become blanks, so that a command stays one line.
pub fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('\'');
    // Nearly all names are like this.
    let is_plain = |byte: u8| matches!(byte, b' '..=b'~') && byte != b'\'';
    if text.bytes().all(is_plain) {
        quoted.push_str(text);
        quoted.push('\'');
        return quoted;
    }
    for character in text.chars() {
        match character {
            '\'' | '\u{2018}' | '\u{2019}' | '\u{201A}' | '\u{201B}' => {
                quoted.push(character);
                quoted.push(character);
            }
            control if control.is_control() || matches!(control, '\u{2028}' | '\u{2029}') => {
                quoted.push(' ');
            }
            other => quoted.push(other),
        }
    }
    quoted.push('\'');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_leave_their_quotes() {
        assert_eq!(
            quoted("o'hara@contoso.example"),
            "'o''hara@contoso.example'"
        );
        assert_eq!(quoted("a’; Remove-Item *"), "'a’’; Remove-Item *'");
        assert_eq!(quoted("$(calc)\r\nb"), "'$(calc)  b'");
    }
}
