//! Texts that an administrator pastes into the project file: whatever a tenant's names hold, they stay values.

use std::fmt::Write as _;

use super::is_dangerous;

/// A text as a TOML string on one line.
///
/// Plain names stand in single quotes, in which TOML knows no escapes; what single quotes cannot hold, and what nobody can
/// see, is escaped within double ones.
///
/// Source: <https://toml.io/en/v1.0.0#string>.
pub fn quoted(text: &str) -> String {
    if !text
        .chars()
        .any(|character| character == '\'' || is_dangerous(character))
    {
        return format!("'{text}'");
    }
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => {
                quoted.push('\\');
                quoted.push(character);
            }
            hidden if is_dangerous(hidden) => {
                let _ = write!(quoted, "\\U{:08X}", u32::from(hidden));
            }
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_back_as_they_were() {
        for name in [
            "PBX-Extensions",
            "O'Brien",
            "a\"b\\c'd",
            "a\"]\nselect = []'",
            "\u{202e}\u{7f}\u{0}é’",
            "C:\\path",
        ] {
            let line = format!("a = [{}]", quoted(name));
            assert_eq!(line.lines().count(), 1, "{line}");
            let table: ::toml::Table = line.parse().unwrap();
            assert_eq!(table["a"][0].as_str(), Some(name), "{line}");
        }
        assert_eq!(quoted("PBX-Extensions"), "'PBX-Extensions'");
        assert_eq!(quoted("O'Brien"), "\"O'Brien\"");
    }
}
