//! Escapes for the readers of more than one format.

use std::borrow::Cow;

use crate::finding::has_dangerous;
pub(super) use crate::finding::is_dangerous;
use crate::finding::logging::{completes_command, has_command};

/// Makes control characters visible, so that a name in an export cannot steer a terminal, nor the agent of a pipeline.
///
/// C0, DEL and C1 controls, line separators, bidirectional overrides, zero-width characters and the two that are none,
/// U+FFFE and U+FFFF, which XML forbids, become `\u{…}`, and so does a character of a logging command.
pub fn for_terminal(text: &str) -> Cow<'_, str> {
    if !has_dangerous(text) && !has_command(text) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 8);
    for (at, character) in text.char_indices() {
        let behind = text.get(at + 1..).unwrap_or_default();
        if is_dangerous(character) || completes_command(&safe, character, behind) {
            safe.extend(character.escape_unicode());
        } else {
            safe.push(character);
        }
    }
    Cow::Owned(safe)
}

/// The same for a text of several lines.
pub(crate) fn lines_for_terminal(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for (number, line) in text.split('\n').enumerate() {
        if number > 0 {
            shown.push('\n');
        }
        shown.push_str(&for_terminal(line));
    }
    shown
}

/// A cell that no spreadsheet takes for a formula, and without characters that hide others.
///
/// Source: <https://owasp.org/www-community/attacks/CSV_Injection>.
pub(crate) fn for_spreadsheet(cell: &str) -> String {
    let shown = lines_for_terminal(cell);
    if shown.starts_with([
        '=', '+', '-', '@', '\t', '\r', '|', '%', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}',
    ]) {
        format!("'{shown}")
    } else {
        shown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_shown_and_plain_text_is_untouched() {
        assert!(matches!(for_terminal("Zoë 東京"), Cow::Borrowed(_)));
        assert_eq!(for_terminal("a\u{1b}[2Jb\r\n"), "a\\u{1b}[2Jb\\u{d}\\u{a}");
        assert_eq!(for_terminal("\u{202e}evil\u{9b}"), "\\u{202e}evil\\u{9b}");
        assert_eq!(
            for_terminal("a ##vso[x]##[y]"),
            "a ##vso\\u{5b}x]##\\u{5b}y]"
        );
    }

    #[test]
    fn formulas_are_text() {
        for formula in [
            "=1+1",
            "+33199001201",
            "-2",
            "@SUM(A1)",
            "\u{ff1d}1",
            "|calc",
        ] {
            assert_eq!(for_spreadsheet(formula), format!("'{formula}"));
        }
        assert_eq!(for_spreadsheet("\tx"), "\\u{9}x");
        assert_eq!(for_spreadsheet("`+33` is free"), "`+33` is free");
        assert_eq!(for_spreadsheet("a\nb\u{202e}"), "a\nb\\u{202e}");
        assert_eq!(for_spreadsheet("::a\n ::bold::"), "::a\n :\\u{3a}bold::");
    }
}
