//! Texts as SARIF wants them: message strings with their own escapes, and plain text from a page's Markdown.
//!
//! In a message string `[…](…)` is a link and `{0}` is a placeholder. Names come from exports, so neither may arise
//! from a name: every message string about a tenant goes through [`message`]. Rule pages do not: they are ours, and
//! services show them as they stand.

use std::borrow::Cow;
use std::fmt::Write;

use super::model::Message;
use crate::report::for_terminal;

/// A message that says exactly this text (SARIF 3.11.5 and 3.11.6).
pub(super) fn message(text: &str) -> Message<'_> {
    Message { text: escape(text) }
}

/// A message about a finding, with a link to each related location; their ids count from 1.
pub(super) fn linked<'a>(
    text: Cow<'a, str>,
    links: impl Iterator<Item = Cow<'a, str>>,
) -> Message<'a> {
    let mut message = match text {
        Cow::Borrowed(text) => message(text),
        Cow::Owned(text) => Message {
            text: Cow::Owned(escape(&text).into_owned()),
        },
    };
    for (number, label) in links.enumerate() {
        let text = message.text.to_mut();
        text.push_str(if number == 0 { "; see " } else { ", " });
        let _ = write!(text, "[{}]({})", escape(&label), number + 1);
    }
    message
}

fn escape(text: &str) -> Cow<'_, str> {
    // Nearly all texts are plain ASCII, and this is the hottest line of the report.
    if text.bytes().all(|byte| {
        matches!(byte, b' '..=b'~') && !matches!(byte, b'{' | b'}' | b'[' | b']' | b'\\')
    }) {
        return Cow::Borrowed(text);
    }
    let safe = for_terminal(text);
    if !safe.contains(['{', '}', '[', ']', '\\']) {
        return safe;
    }
    let mut escaped = String::with_capacity(safe.len() + 8);
    for character in safe.chars() {
        match character {
            '{' | '}' => escaped.push(character),
            '[' | ']' | '\\' => escaped.push('\\'),
            _ => {}
        }
        escaped.push(character);
    }
    Cow::Owned(escaped)
}

/// Markdown without the marks that only a renderer understands: fences, bold, and the trailing blank lines.
pub(super) fn plain(markdown: &str) -> String {
    let mut text = String::with_capacity(markdown.len());
    let mut fenced = false;
    for line in markdown.trim().lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else {
            if fenced {
                text.push_str(line);
            } else {
                text.push_str(&line.replace("**", ""));
            }
            text.push('\n');
        }
    }
    text.truncate(text.trim_end().len());
    text
}

/// At most `limit` characters, the last one an ellipsis if something was cut.
pub(super) fn cut(text: String, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        None => text,
        Some(_) => text.chars().take(limit - 1).chain(['…']).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads a plain text message as SARIF 3.11 defines it: the text to show, and the link destinations.
    fn shown(message: &str) -> (String, Vec<String>) {
        let (mut text, mut links) = (String::new(), Vec::new());
        let mut characters = message.chars();
        while let Some(character) = characters.next() {
            match character {
                '\\' => text.push(characters.next().expect("a dangling backslash")),
                '{' | '}' => {
                    assert_eq!(
                        characters.next(),
                        Some(character),
                        "a placeholder in {message}"
                    );
                    text.push(character);
                }
                '[' => {}
                ']' => {
                    assert_eq!(characters.next(), Some('('), "no destination in {message}");
                    links.push(characters.by_ref().take_while(|&c| c != ')').collect());
                }
                _ => text.push(character),
            }
        }
        (text, links)
    }

    #[test]
    fn plain_words_are_borrowed() {
        assert!(matches!(
            message("+33199001201 of `x`").text,
            Cow::Borrowed(_)
        ));
    }

    #[test]
    fn a_reader_gets_back_what_was_meant() {
        for text in [
            "[click](https://evil.example)",
            "a\\",
            "^\\+33[1-9]\\d{8}$",
            "{0}",
            "]",
            "\\[x",
            "}{",
        ] {
            assert_eq!(
                shown(&message(text).text),
                (text.to_owned(), vec![]),
                "{text}"
            );
            let both = linked(
                Cow::Borrowed(text),
                [Cow::Borrowed(text), Cow::Borrowed("z")].into_iter(),
            );
            let expected = format!("{text}; see {text}, z");
            assert_eq!(
                shown(&both.text),
                (expected, vec!["1".into(), "2".into()]),
                "{text}"
            );
        }
    }

    #[test]
    fn control_characters_are_shown() {
        assert_eq!(
            shown(&message("a\u{1b}[2J\nb").text).0,
            "a\\u{1b}[2J\\u{a}b"
        );
    }

    #[test]
    fn plain_text_has_no_marks_but_keeps_code() {
        let page = "\n* **error**: x\n\n```powershell\nGet-X '**'\n```\n\nend\n\n";
        assert_eq!(plain(page), "* error: x\n\nGet-X '**'\n\nend");
    }

    #[test]
    fn cutting_counts_characters() {
        assert_eq!(cut("é".repeat(4), 4), "éééé");
        assert_eq!(cut("é".repeat(5), 4), "ééé…");
    }
}
