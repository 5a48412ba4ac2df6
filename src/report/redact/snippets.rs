//! Sources of a redacted report: of each file the lines around its places, redacted, and nothing else.
//!
//! Each line keeps its number; lines that nobody will look at are empty. So every format reads these as it reads exports,
//! and can find nothing in them that is to be hidden. Of very long lines the part around a place is kept: columns and
//! bytes are those of the redacted text.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use rayon::prelude::*;

use super::Redactor;
use super::source::{Dialect, Redacted, begins_within};
use crate::finding::Location;
use crate::source::{Excerpt, Position, Source, SourceId, Sources, Span};

/// Bytes that are read on either side of a place: no format shows more.
const MARGIN: u32 = 2048;
/// Characters on either side of a place that are kept of a line that is longer than that.
const SIDE: u64 = 512;
/// Lines before and behind a place that are kept.
const AROUND: u64 = 1;
/// Lines between two places that are kept: places that lie so close share a snippet.
const NEAR: u64 = 6;
/// Bytes of one file that are kept: places behind have no snippet.
const MOST: usize = 64 * 1024 * 1024;

/// The redacted sources, and where each place is in them.
pub(super) struct Snippets {
    files: Vec<Sheet>,
}

impl Snippets {
    /// Reads and redacts what stands around the places.
    pub(super) fn of<'l>(
        redactor: &Redactor,
        sources: &Sources,
        locations: impl Iterator<Item = &'l Location>,
    ) -> Self {
        let mut places: Vec<Vec<&Location>> = sources.iter().map(|_| Vec::new()).collect();
        for location in locations {
            if let Some(places) = places.get_mut(location.span.source.0 as usize) {
                places.push(location);
            }
        }
        let files: Vec<(&Source, Vec<&Location>)> = sources
            .iter()
            .map(|(_, source)| source)
            .zip(places)
            .collect();
        Self {
            files: files
                .into_par_iter()
                .map(|(source, places)| Sheet::of(redactor, source, places))
                .collect(),
        }
    }

    /// The place in the redacted sources; its label is redacted by the caller.
    pub(super) fn place(&self, old: &Location) -> (Span, Position, Position) {
        let source = old.span.source;
        match self.files.get(source.0 as usize) {
            Some(sheet) => sheet.place(old),
            None => (Span::start_of(source), old.start, old.start),
        }
    }

    /// The sources themselves, in the order and with the paths that they had.
    pub(super) fn sources(self, redactor: &Redactor, old: &Sources) -> Sources {
        let mut sources = Sources::default();
        for (sheet, (_, source)) in self.files.into_iter().zip(old.iter()) {
            let path = redactor.path(&source.path);
            sources.add(Source::in_memory(
                path,
                source.snapshot,
                sheet.text.as_bytes(),
            ));
        }
        sources
    }
}

/// A part of a line.
struct Piece {
    /// Characters of the line before it.
    ahead: u64,
    text: String,
    /// Characters of the text.
    count: u64,
    within: bool,
}

/// What is kept of a file.
#[derive(Default)]
struct Sheet {
    text: String,
    /// Lines that are kept, by number.
    lines: BTreeMap<u64, Kept>,
}

/// A line of a sheet.
struct Kept {
    /// Its first byte.
    start: usize,
    /// Its line break.
    end: usize,
    parts: Vec<Part>,
}

/// A redacted part of a line.
struct Part {
    /// Characters of the line before it, and of the redacted line.
    ahead: u64,
    new_ahead: u64,
    /// Its first byte.
    start: usize,
    /// Its bytes.
    size: usize,
    /// Characters that it had.
    count: u64,
    redacted: Redacted,
}

impl Sheet {
    fn of(redactor: &Redactor, source: &Source, mut places: Vec<&Location>) -> Self {
        places.sort_by_key(|place| (place.span.start, place.span.len));
        places.dedup_by_key(|place| (place.span.start, place.span.len));
        let lines = gather(source, &places);
        let marked = places
            .iter()
            .flat_map(|place| [place.start.line, place.end.line]);
        let marked: BTreeSet<u64> = marked.collect();
        let dialect = dialect(source);
        let mut sheet = Self::default();
        let mut number = 1;
        for (line, pieces) in lines {
            while number < line {
                sheet.text.push('\n');
                number += 1;
            }
            let kept = sheet.line(redactor, pieces, dialect, marked.contains(&line));
            sheet.lines.insert(line, kept);
        }
        let last = places.iter().map(|place| place.end.line).max().unwrap_or(1);
        // A place may end where nothing is kept. A file that changed meanwhile may name any line.
        for _ in number..last.min(source.bytes + 1) {
            sheet.text.push('\n');
        }
        sheet.text.push('\n');
        sheet
    }

    fn line(
        &mut self,
        redactor: &Redactor,
        pieces: Vec<Piece>,
        dialect: Dialect,
        is_marked: bool,
    ) -> Kept {
        let start = self.text.len();
        let mut new_ahead = 0;
        let mut behind = 0;
        let mut parts = Vec::new();
        for piece in pieces {
            if piece.ahead > behind {
                self.text.push('…');
                new_ahead += 1;
            }
            let mut redacted = redactor.line(&piece.text, dialect, piece.within);
            let start = self.text.len();
            behind = piece.ahead + piece.count;
            let text = std::mem::take(&mut redacted.text);
            self.text.push_str(&text);
            // Where nothing is marked nobody asks what went where.
            if is_marked {
                parts.push(Part {
                    ahead: piece.ahead,
                    new_ahead,
                    start,
                    size: text.len(),
                    count: piece.count,
                    redacted,
                });
            }
            new_ahead += text.chars().count() as u64;
        }
        let end = self.text.len();
        Kept { start, end, parts }
    }

    fn place(&self, old: &Location) -> (Span, Position, Position) {
        let (start, first) = self.position(old.start, Redacted::start);
        let (end, last) = self.position(old.end, Redacted::end);
        let (end, last) = if last < first || end < start {
            (start, first)
        } else {
            (end, last)
        };
        let span = Span {
            source: old.span.source,
            start: first as u64,
            len: u32::try_from(last - first).unwrap_or(u32::MAX),
        };
        (span, start, end)
    }

    /// Position and byte of what was at a position.
    fn position(
        &self,
        old: Position,
        moved: impl Fn(&Redacted, usize) -> usize,
    ) -> (Position, usize) {
        let Some(line) = self.lines.get(&old.line) else {
            let before = self.lines.range(..old.line).next_back();
            // Empty lines are a byte each.
            let (number, start) =
                before.map_or((1, 0), |(number, kept)| (number + 1, kept.end + 1));
            let start = start as u64 + (old.line - number.min(old.line));
            let start = usize::try_from(start)
                .unwrap_or(usize::MAX)
                .min(self.text.len());
            let top = Position {
                line: old.line,
                column: 1,
            };
            return (top, start);
        };
        let index = old.column.saturating_sub(1);
        let part = line.parts.iter().rev().find(|part| part.ahead <= index);
        let Some(part) = part.or(line.parts.first()) else {
            let top = Position {
                line: old.line,
                column: 1,
            };
            return (top, line.start);
        };
        let within = index.saturating_sub(part.ahead).min(part.count);
        let new = moved(
            &part.redacted,
            usize::try_from(within).unwrap_or(usize::MAX),
        );
        let position = Position {
            line: old.line,
            column: part.new_ahead + new as u64 + 1,
        };
        let text = self.text.get(part.start..part.start + part.size);
        let byte = part.redacted.byte(text.unwrap_or_default(), new);
        (position, part.start + byte)
    }
}

/// The lines around the places, in parts where they are long.
fn gather(source: &Source, places: &[&Location]) -> BTreeMap<u64, Vec<Piece>> {
    let mut lines: BTreeMap<u64, Vec<Piece>> = BTreeMap::new();
    let dialect = dialect(source);
    let mut size = 0;
    for (index, place) in places.iter().enumerate() {
        if size > MOST {
            break;
        }
        let Ok(excerpt) = source.excerpt(place.span, MARGIN) else {
            continue;
        };
        let Some((first, around)) = lines_of(&excerpt, place) else {
            continue;
        };
        let next = places.get(index + 1).map(|next| next.start.line);
        let next = next.filter(|next| *next <= place.start.line.saturating_add(NEAR));
        let last = next.unwrap_or(place.start.line).max(place.start.line);
        for (line, number) in around.into_iter().zip(first..) {
            let near = number + AROUND >= place.start.line && number <= last + AROUND;
            // Of a line that is not whole only the part at the place is of use.
            if !near || (!line.is_whole && number != place.start.line) {
                continue;
            }
            let line = if line.is_whole {
                line
            } else {
                line.near(place)
            };
            size += add(lines.entry(number).or_default(), &line, dialect);
        }
    }
    lines
}

/// A line of an excerpt.
struct Line<'e> {
    ahead: u64,
    text: std::borrow::Cow<'e, str>,
    is_whole: bool,
}

impl Line<'_> {
    /// The part around a place that begins in it.
    fn near(self, place: &Location) -> Self {
        let first = place.start.column.saturating_sub(SIDE).max(self.ahead + 1) - 1;
        let last = if place.end.line == place.start.line {
            place.end.column.saturating_add(SIDE)
        } else {
            u64::MAX
        };
        let skipped = usize::try_from(first - self.ahead).unwrap_or(usize::MAX);
        let room = usize::try_from(last.saturating_sub(first)).unwrap_or(usize::MAX);
        let text: String = self.text.chars().skip(skipped).take(room).collect();
        Line {
            ahead: first,
            text: text.into(),
            is_whole: false,
        }
    }
}

/// The lines of an excerpt and the number of the first; `None` when the file is not what it was.
fn lines_of<'e>(excerpt: &'e Excerpt, place: &Location) -> Option<(u64, Vec<Line<'e>>)> {
    let mut before: Vec<&str> = excerpt.before.split('\n').collect();
    let prefix = before.pop()?;
    let count = prefix.chars().count() as u64;
    let is_begun = !before.is_empty() || excerpt.from_start;
    let ahead = (place.start.column - 1).checked_sub(count)?;
    if is_begun && ahead > 0 {
        return None;
    }
    let first = place.start.line.checked_sub(before.len() as u64)?;
    let mut lines: Vec<Line> = before
        .iter()
        .enumerate()
        .map(|(index, text)| Line {
            ahead: 0,
            text: (*text).into(),
            is_whole: index > 0 || excerpt.from_start,
        })
        .collect();
    let mut text = format!("{prefix}{}", excerpt.text);
    if !excerpt.cut {
        text.push_str(&excerpt.after);
    }
    let rest: Vec<&str> = text.split('\n').collect();
    let last = rest.len() - 1;
    lines.extend(rest.into_iter().enumerate().map(|(index, text)| Line {
        ahead: if index == 0 { ahead } else { 0 },
        text: text.to_owned().into(),
        is_whole: index < last && (index > 0 || is_begun),
    }));
    Some((first, lines))
}

/// Adds what a line tells to what is known of it; how many bytes more that is.
fn add(pieces: &mut Vec<Piece>, line: &Line, dialect: Dialect) -> usize {
    let text = line.text.strip_suffix('\r').unwrap_or(&line.text);
    if let Some(last) = pieces.last_mut() {
        let end = last.ahead + last.count;
        if line.ahead < last.ahead {
            return 0;
        }
        if line.ahead <= end {
            let known = usize::try_from(end - line.ahead).unwrap_or(usize::MAX);
            let more: String = text.chars().skip(known).collect();
            last.text.push_str(&more);
            last.count += more.chars().count() as u64;
            return more.len();
        }
    }
    let within = line.ahead > 0 && begins_within(text, dialect);
    pieces.push(Piece {
        ahead: line.ahead,
        text: text.to_owned(),
        count: text.chars().count() as u64,
        within,
    });
    text.len()
}

/// How values are written in a source, by its name and its first characters.
fn dialect(source: &Source) -> Dialect {
    let ending = Path::new(source.file_name()).extension();
    if ending.is_some_and(|ending| ending.eq_ignore_ascii_case("toml")) {
        return Dialect::Toml;
    }
    let start = Span {
        len: u32::try_from(source.bytes.min(256)).unwrap_or(256),
        ..Span::start_of(SourceId(0))
    };
    let start = source.read_text(start).unwrap_or_default();
    match start
        .trim_start_matches(|one: char| one.is_whitespace() || one == '\u{feff}')
        .chars()
        .next()
    {
        Some('{' | '[') => Dialect::Json,
        Some('"') if start.contains("\\\"") => Dialect::Json,
        _ => Dialect::Table,
    }
}
