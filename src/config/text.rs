//! The text of a project file: where a byte stands, and the few lines that a diagnostic shows.
//!
//! What is shown is safe for a terminal whatever the file holds: control characters are spelled out and long lines are
//! cut around the place. Nothing here knows what the text means.

use std::ops::Range;

use super::ConfigPlace;
use crate::finding::is_dangerous;
use crate::finding::logging::awaits_bracket;

/// Lines up to this many characters are shown whole.
const WHOLE: usize = 160;
/// Of a longer line, so many characters before the place are shown.
const BEFORE: usize = 50;
/// And so many from the place on.
const BEHIND: usize = 100;

/// Messages are cut behind so many characters: serde repeats whole values in them.
const LONGEST_TEXT: usize = 500;
/// Words in messages are cut behind so many characters; the snippet shows where they stand.
const LONGEST_WORD: usize = 80;

/// The text of a project file and the path it goes by.
#[derive(Clone, Debug)]
pub(super) struct Text {
    path: String,
    content: String,
    /// Where each line begins.
    lines: Vec<usize>,
}

/// The lines around a place, ready to be drawn.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Excerpt {
    /// One to three lines.
    pub(super) text: String,
    /// The place within [`Excerpt::text`], in bytes.
    pub(super) mark: Range<usize>,
    /// Line of the file on which the excerpt begins, from 1.
    pub(super) first_line: u64,
}

impl Text {
    pub(super) fn new(path: &str, text: &str) -> Self {
        Self {
            path: path.to_owned(),
            content: text.to_owned(),
            lines: std::iter::once(0)
                .chain(text.match_indices('\n').map(|(at, _)| at + 1))
                .collect(),
        }
    }

    /// The path and all of the text.
    pub(super) fn whole(&self) -> (String, String) {
        (self.path.clone(), self.content.clone())
    }

    /// The place of a byte range.
    pub(super) fn place(&self, bytes: Range<usize>) -> ConfigPlace {
        let line = self.line(bytes.start);
        let (start, line_start) = self.anchor(bytes.start);
        let shown = self.content[line_start..start].trim_start_matches('\u{feff}');
        ConfigPlace {
            path: self.path.clone(),
            line,
            column: shown.chars().count() as u64 + 1,
            bytes,
        }
    }

    /// The line on which a byte stands, from 1.
    pub(super) fn line(&self, byte: usize) -> u64 {
        self.lines.partition_point(|start| *start <= byte) as u64
    }

    /// The line of a byte range with its neighbours; of a range over several lines only the first is marked.
    pub(super) fn excerpt(&self, bytes: Range<usize>) -> Excerpt {
        let (start, line_start) = self.anchor(bytes.start);
        let line = self.line_from(line_start);
        let line_end = line_start + line.len();
        let start = start.min(line_end);
        let end = self
            .content
            .floor_char_boundary(bytes.end.min(line_end))
            .max(start);

        let mut excerpt = Excerpt {
            text: String::new(),
            mark: 0..0,
            first_line: self.line(bytes.start),
        };
        if line_start > 0 {
            let before = self.content[..line_start - 1]
                .rfind('\n')
                .map_or(0, |at| at + 1);
            push_visible(&mut excerpt.text, self.line_from(before), WHOLE);
            excerpt.text.push('\n');
            excerpt.first_line -= 1;
        }
        excerpt.mark = push_around(
            &mut excerpt.text,
            line,
            start - line_start..end - line_start,
        );
        if excerpt.mark.is_empty() && line_end == self.content.len() {
            // Nothing is drawn behind the last character.
            excerpt.text.push(' ');
            excerpt.mark.end += 1;
        }
        if let Some(newline) = self.content[line_end..].find('\n') {
            let behind = self.line_from(line_end + newline + 1);
            if !behind.is_empty() {
                excerpt.text.push('\n');
                push_visible(&mut excerpt.text, behind, WHOLE);
            }
        }
        excerpt
    }

    /// The word of letters that stands there as the value of a key, if one does.
    pub(super) fn bare_value(&self, bytes: Range<usize>) -> Option<&str> {
        let before = self.content.get(..bytes.start)?;
        let word = self.content.get(bytes)?;
        let bare = !word.is_empty()
            && word
                .chars()
                .all(|character| character == '-' || character.is_ascii_alphabetic());
        (bare && before.trim_end().ends_with('=')).then_some(word)
    }

    /// A byte offset on a character, and the start of its line.
    fn anchor(&self, byte: usize) -> (usize, usize) {
        let byte = self.content.floor_char_boundary(byte);
        let line_start = self.lines[self.line(byte) as usize - 1];
        (byte, line_start)
    }

    fn line_from(&self, start: usize) -> &str {
        let line = self.content[start..].split('\n').next().unwrap_or_default();
        line.strip_suffix('\r').unwrap_or(line)
    }
}

/// The text with everything spelled out that a terminal could act on, or that hides itself or its neighbours.
pub(super) fn visible(text: &str) -> String {
    let mut shown = String::new();
    for (number, character) in text.chars().enumerate() {
        if number == LONGEST_TEXT {
            shown.push('…');
            break;
        }
        push_char(&mut shown, character);
    }
    shown
}

/// A word of the user in backticks, safe to show and of bearable length.
pub(super) fn quoted(word: &str) -> String {
    let mut shown = String::from("`");
    push_visible(&mut shown, word, LONGEST_WORD);
    shown.push('`');
    shown
}

/// Appends a line, cut around the marked bytes where it is long; gives the mark in the text appended to.
fn push_around(out: &mut String, line: &str, mark: Range<usize>) -> Range<usize> {
    let (before, rest) = line.split_at(mark.start);
    let (marked, behind) = rest.split_at(mark.len());
    if line.chars().nth(WHOLE).is_none() {
        push_visible(out, before, WHOLE);
        let start = out.len();
        push_visible(out, marked, WHOLE);
        let end = out.len();
        push_visible(out, behind, WHOLE);
        return start..end;
    }
    let lead = before
        .char_indices()
        .rev()
        .nth(BEFORE - 1)
        .map_or(0, |(at, _)| at);
    if lead > 0 {
        out.push('…');
    }
    push_visible(out, &before[lead..], BEFORE);
    let start = out.len();
    push_visible(out, marked, BEHIND);
    let end = out.len();
    let room = BEHIND.saturating_sub(marked.chars().count());
    if room > 0 {
        push_visible(out, behind, room);
    }
    start..end
}

fn push_visible(out: &mut String, text: &str, most: usize) {
    for (number, character) in text.chars().enumerate() {
        if number == most {
            out.push('…');
            return;
        }
        if character == '\t' {
            // It is expanded where the line is drawn; spelled out it would only be in the way.
            out.push(character);
        } else {
            push_char(out, character);
        }
    }
}

fn push_char(out: &mut String, character: char) {
    if character == '\u{FEFF}' {
        // A byte order mark is no part of the text; elsewhere it has no width and no meaning.
    } else if is_dangerous(character) || (character == '[' && awaits_bracket(out)) {
        out.extend(character.escape_unicode());
    } else {
        out.push(character);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_characters_from_one() {
        let text = Text::new("t.toml", "\u{feff}a = 1\r\nü = \"é\" # x\n");
        let place = text.place(3..4);
        assert_eq!((place.line, place.column), (1, 1));
        let at = text.content.find('#').expect("there is a comment");
        let place = text.place(at..at + 1);
        assert_eq!((place.line, place.column), (2, 9));
        let place = text.place(900..901);
        assert_eq!((place.line, place.column), (3, 1));
    }

    #[test]
    fn an_excerpt_is_the_line_and_its_neighbours() {
        let text = Text::new("t.toml", "one\r\ntwo three\r\nfour\r\nfive\r\n");
        let excerpt = text.excerpt(9..14);
        assert_eq!(excerpt.text, "one\ntwo three\nfour");
        assert_eq!(&excerpt.text[excerpt.mark], "three");
        assert_eq!(excerpt.first_line, 1);
    }

    #[test]
    fn only_the_first_line_of_a_range_is_marked() {
        let text = Text::new("t.toml", "a = [\n1,\n]\n");
        let excerpt = text.excerpt(4..10);
        assert_eq!(&excerpt.text[excerpt.mark], "[");
    }

    #[test]
    fn a_long_line_is_cut_around_the_place() {
        let line = format!("{}HERE{}", "x".repeat(100_000), "y".repeat(100_000));
        let excerpt = Text::new("t.toml", &line).excerpt(100_000..100_004);
        assert_eq!(&excerpt.text[excerpt.mark.clone()], "HERE");
        assert!(excerpt.text.chars().count() < 160, "{}", excerpt.text);
        assert!(excerpt.text.starts_with("…x") && excerpt.text.ends_with("y…"));
        let whole = Text::new("t.toml", &line).excerpt(0..200_000);
        assert!(whole.text.chars().count() < 160, "{}", whole.text);
    }

    #[test]
    fn control_characters_are_spelled_out() {
        let excerpt = Text::new("t.toml", "a\u{1b}[2J\u{202e}\rb\u{feff}c").excerpt(1..2);
        assert_eq!(excerpt.text, "a\\u{1b}[2J\\u{202e}\\u{d}bc");
        assert_eq!(&excerpt.text[excerpt.mark], "\\u{1b}");
        assert_eq!(visible("a\tb"), "a\\u{9}b");
        assert_eq!(visible(&"x".repeat(9_999)).chars().count(), 501);
        assert_eq!(quoted("a\nb"), "`a\\u{a}b`");
        assert_eq!(quoted(&"x".repeat(100)).chars().count(), 83);
    }

    #[test]
    fn places_within_a_character_or_behind_the_end_are_harmless() {
        let text = Text::new("t.toml", "é\n");
        for start in 0..6 {
            for end in 0..6 {
                let excerpt = text.excerpt(start..end);
                assert!(excerpt.text.get(excerpt.mark).is_some());
                assert!(text.place(start..end).line <= 2);
            }
        }
    }
}
