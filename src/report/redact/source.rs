//! Lines of an export or of the project file, for snippets: values are hidden, and it is kept where each one was.
//!
//! A line is read without those before it: what is a value and what a key is seen from its quotes. Nothing is shown
//! because of where it seems to stand but what is public by itself, or a known value of a property that is.

use std::ops::Range;

use super::Redactor;
use super::public;
use crate::rules;

/// How values are written in a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Dialect {
    /// Quotes within quotes are escaped.
    Json,
    /// Quotes within quotes are doubled.
    Table,
    /// The project file.
    Toml,
}

/// A line in which values are hidden.
#[derive(Debug, Default)]
pub(super) struct Redacted {
    pub(super) text: String,
    /// What was replaced, in characters from 0: where it was, and where its pseudonym is.
    replaced: Vec<(Range<usize>, Range<usize>)>,
    /// The byte of every `STEP`th character behind the first, for a line that may be a whole file.
    steps: Vec<usize>,
}

/// Characters between two known bytes.
const STEP: usize = 1024;

impl Redacted {
    /// The byte of the redacted text, which may be kept elsewhere, at which its character at an index begins.
    pub(super) fn byte(&self, text: &str, index: usize) -> usize {
        let known = match index / STEP {
            0 => 0,
            step => self.steps.get(step - 1).copied().unwrap_or(text.len()),
        };
        let rest = text.get(known..).unwrap_or_default();
        let found = rest.char_indices().nth(index % STEP);
        found.map_or(text.len(), |(byte, _)| known + byte)
    }

    /// Where the character at an index is now; within a replaced value its beginning.
    pub(super) fn start(&self, index: usize) -> usize {
        self.moved(index, |new| new.start)
    }

    /// Where a part that ended before the character at an index ends now; within a replaced value behind it.
    pub(super) fn end(&self, index: usize) -> usize {
        self.moved(index, |new| new.end)
    }

    fn moved(&self, index: usize, within: impl Fn(&Range<usize>) -> usize) -> usize {
        let before = self.replaced.partition_point(|(old, _)| old.end <= index);
        if let Some((old, new)) = self.replaced.get(before)
            && old.start < index
        {
            return within(new);
        }
        let last = before
            .checked_sub(1)
            .and_then(|last| self.replaced.get(last));
        last.map_or(index, |(old, new)| index - old.end + new.end)
    }
}

/// A line while it is written.
struct Writer<'l> {
    line: &'l str,
    /// Bytes of the line that are done.
    done: usize,
    /// Characters of them.
    old: usize,
    /// Characters that were written.
    new: usize,
    out: Redacted,
}

impl Writer<'_> {
    /// Copies what stands before a byte.
    fn keep(&mut self, end: usize) {
        let text = &self.line[self.done..end];
        let count = text.chars().count();
        self.out.text.push_str(text);
        self.old += count;
        self.new += count;
        self.done = end;
    }

    /// Writes something else for the part up to a byte.
    fn replace(&mut self, end: usize, new: &str) {
        let (old, count) = (
            self.line[self.done..end].chars().count(),
            new.chars().count(),
        );
        self.out.text.push_str(new);
        self.out
            .replaced
            .push((self.old..self.old + old, self.new..self.new + count));
        self.old += old;
        self.new += count;
        self.done = end;
    }
}

impl Redactor<'_> {
    /// A line, or a part of one; `within` says that it begins within a quoted value.
    pub(super) fn line(&self, line: &str, dialect: Dialect, within: bool) -> Redacted {
        let mut writer = Writer {
            line,
            done: 0,
            old: 0,
            new: 0,
            out: Redacted::default(),
        };
        let mut at = 0;
        let mut property: Option<String> = None;
        if within {
            at = end_of_quoted(line, b'"', dialect);
            // A part of a value is no value: nothing of it is shown.
            writer.replace(at, "…");
            at = (at + 1).min(line.len());
        }
        let mut bare = at;
        let separators = Separators::of(line, dialect);
        while at < line.len() {
            let quote = line.as_bytes()[at];
            let opens = quote == b'"' || (quote == b'\'' && dialect == Dialect::Toml);
            if !opens {
                at += 1;
                continue;
            }
            self.bare(&mut writer, bare..at, &separators, &mut property);
            let start = at + 1;
            let end = start + end_of_quoted(&line[start..], quote, dialect);
            writer.keep(start);
            let raw = &line[start..end];
            let behind = line.get(end + 1..).unwrap_or_default().trim_start();
            let is_key = dialect == Dialect::Json && behind.starts_with(':');
            let value = decoded(raw, dialect);
            if is_key {
                let new = if public::is_key(&value) || public::is_known(&value) {
                    value.clone()
                } else {
                    self.value(&value, None)
                };
                put(&mut writer, end, &value, &new, dialect);
                property = Some(value);
            } else {
                // What names rules in the project file is about no tenant.
                let names_rules = dialect == Dialect::Toml
                    && matches!(property.as_deref(), Some("rule" | "select" | "ignore"));
                let new = if end < line.len() && names_rules && rules::find(&value).is_some() {
                    value.clone()
                } else if end < line.len() {
                    self.value(&value, property.as_deref())
                } else {
                    // It goes on behind the part that was read, or on the next line.
                    "…".to_owned()
                };
                put(&mut writer, end, &value, &new, dialect);
                property = None;
            }
            at = (end + 1).min(line.len());
            bare = end.min(line.len());
        }
        let rest = bare.min(line.len())..line.len();
        self.bare(&mut writer, rest, &separators, &mut property);
        let mut out = writer.out;
        let bytes = out.text.char_indices().map(|(byte, _)| byte);
        out.steps = bytes.step_by(STEP).skip(1).collect();
        out
    }

    /// What stands outside of quotes: signs, numbers, cells of a table, keys of the project file.
    fn bare(
        &self,
        writer: &mut Writer,
        range: Range<usize>,
        separators: &Separators,
        property: &mut Option<String>,
    ) {
        let line = writer.line;
        let mut at = range.start;
        let parts = |one: char| separators.0.contains(one);
        for token in line[range].split_inclusive(parts) {
            let body = token.trim_end_matches(parts);
            let value = body.trim();
            let start = at + body.len() - body.trim_start().len();
            let is_key = public::is_key(value) || public::is_known(value);
            if !value.is_empty() && !is_key {
                let new = self.value(value, property.as_deref());
                if new != value {
                    writer.keep(start);
                    writer.replace(start + value.len(), &new);
                }
            }
            if token.ends_with('=') && is_key {
                *property = Some(value.to_owned());
            } else if token.ends_with([',', ';', '{', '}']) {
                *property = None;
            }
            at += token.len();
        }
        writer.keep(at.max(writer.done));
    }

    /// A value of a record; `property` where it is known.
    pub(super) fn value(&self, value: &str, property: Option<&str>) -> String {
        let bare = value.trim();
        let is_shown = |value: &str| {
            public::is_built_in(value)
                || property.is_some_and(|property| public::is_shown(property, value))
        };
        if is_shown(bare) {
            return value.to_owned();
        }
        if let Some(new) = self.key.shaped(bare) {
            return new;
        }
        // Amounts and coordinates: nobody is told by two digits.
        let is_amount = bare
            .chars()
            .all(|one| one.is_ascii_digit() || matches!(one, '.' | ',' | '-' | '+' | 'e' | 'E'));
        if is_amount {
            let few = bare.chars().filter(char::is_ascii_digit).count() <= 2;
            return if few {
                bare.to_owned()
            } else {
                self.key.short_digits(bare)
            };
        }
        // Lists of public words, such as licenses.
        let mut words = bare
            .split([',', ';', '|', ' '])
            .filter(|word| !word.is_empty());
        if words.all(is_shown) {
            return value.to_owned();
        }
        self.key.name(bare)
    }
}

/// Writes the value up to a byte, as it was where nothing of it is hidden.
fn put(writer: &mut Writer, end: usize, old: &str, new: &str, dialect: Dialect) {
    if old == new {
        writer.keep(end);
        return;
    }
    let new = match dialect {
        Dialect::Json | Dialect::Toml => escaped(new),
        Dialect::Table => new.replace('"', "\"\""),
    };
    writer.replace(end, &new);
}

/// What stands between values that are not quoted.
struct Separators(String);

impl Separators {
    fn of(line: &str, dialect: Dialect) -> Self {
        Self(match dialect {
            Dialect::Json => ",:{}[]\"".to_owned(),
            Dialect::Toml => ",=#{}[]\"'".to_owned(),
            Dialect::Table => {
                // The header is not at hand: the sign that is there most often is it.
                let count = |sign: &char| line.matches(*sign).count();
                let sign = ['|', '\t', ';', ','].into_iter().max_by_key(count);
                format!("{}\"", sign.unwrap_or(','))
            }
        })
    }
}

/// Whether a part of a line begins within a quoted value, as far as its first key tells.
pub(super) fn begins_within(part: &str, dialect: Dialect) -> bool {
    if dialect != Dialect::Json {
        return false;
    }
    let Some(key) = part.find("\":") else {
        return false;
    };
    let bytes = part.as_bytes();
    let is_escaped = |at: usize| {
        let before = bytes[..at].iter().rev();
        before.take_while(|&&byte| byte == b'\\').count() % 2 == 1
    };
    let quotes = (0..key).filter(|&at| bytes[at] == b'"' && !is_escaped(at));
    // The quote behind the key closes it.
    quotes.count() % 2 == 0
}

/// The byte at which a quoted value ends: its closing quote, or the end of the text.
fn end_of_quoted(text: &str, quote: u8, dialect: Dialect) -> usize {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if dialect != Dialect::Table && quote == b'"' => at += 1,
            one if one == quote => {
                if dialect == Dialect::Table && bytes.get(at + 1) == Some(&quote) {
                    at += 1;
                } else {
                    return at;
                }
            }
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

fn decoded(raw: &str, dialect: Dialect) -> String {
    match dialect {
        Dialect::Json | Dialect::Toml => {
            serde_json::from_str(&format!("\"{raw}\"")).unwrap_or_else(|_| raw.to_owned())
        }
        Dialect::Table => raw.replace("\"\"", "\""),
    }
}

fn escaped(text: &str) -> String {
    let quoted = serde_json::to_string(text).unwrap_or_default();
    let inner = quoted
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    inner.unwrap_or_default().to_owned()
}
