//! The few lines of a file that a snippet shows: read, made harmless and cut to the terminal's width.
//!
//! At most a few kilobytes are read, however long a line is. Lines and columns are those of the [`Location`]s; only
//! the text around them is looked at here, and how it is drawn is not decided here.

use std::ops::Range;

use super::words::cells;
use crate::finding::Location;
use crate::finding::logging::awaits_bracket;
use crate::report::escape::is_dangerous;
use crate::source::{Sources, Span};

/// Bytes read on either side of a span.
const MARGIN: u32 = 2048;
/// Lines by which two places may be apart and still share a window.
const NEAR: u64 = 6;
/// Why nothing of a file is shown that is another by now.
const CHANGED: &str = "the file has changed since it was read";
/// Stands where a line or a label was cut.
const CUT: char = '…';

/// Some lines of one file, and what is marked in them.
#[derive(Debug)]
pub(in crate::report) struct Window {
    /// Number of the first line, from 1.
    pub(in crate::report) first_line: u64,
    /// The lines, without a line break behind the last one.
    pub(in crate::report) text: String,
    /// What is marked, in the order of the locations.
    pub(in crate::report) marks: Vec<Mark>,
}

/// A marked piece of one line of a window.
#[derive(Debug)]
pub(in crate::report) struct Mark {
    /// Bytes of the window's text; never empty.
    pub(in crate::report) bytes: Range<usize>,
    /// Terminal cells between the start of the line and the piece's middle.
    pub(super) middle: usize,
    /// What it has to say; may be empty.
    pub(super) label: String,
}

/// Whether two places may share a window: not whether they will fit.
pub(super) fn near(one: &Location, other: &Location) -> bool {
    one.span.source == other.span.source
        && one.start.line.abs_diff(other.start.line) <= NEAR
        && one.span.start.abs_diff(other.span.start) <= u64::from(MARGIN)
}

/// Digits of a line number.
pub(super) fn digits(line: u64) -> usize {
    line.checked_ilog10().unwrap_or(0) as usize + 1
}

impl Window {
    /// Reads and cuts the lines of some places of one file, with a line before and one behind.
    ///
    /// # Errors
    /// Why there is nothing to show, in words: the file is gone or changed, or the places do not fit in one window.
    pub(in crate::report) fn open(
        sources: &Sources,
        locations: &[&Location],
        width: usize,
    ) -> Result<Self, &'static str> {
        let anchor = locations
            .iter()
            .min_by_key(|location| location.span.start)
            .ok_or("there is no place")?;
        let lines = read(sources, anchor, locations)?;
        let mut marked: Vec<Piece> = Vec::new();
        for location in locations {
            add(&mut marked, Piece::find(&lines, location)?)?;
        }
        let (Some(first), Some(last)) = (
            marked.iter().map(|piece| piece.line).min(),
            marked.iter().map(|piece| piece.line).max(),
        ) else {
            return Err("there is no place");
        };
        // A line of context must say something, and its beginning must be known.
        let first = match first.checked_sub(1) {
            Some(before) if lines[before].is_context() => before,
            _ => first,
        };
        let last = match lines.get(last + 1) {
            Some(line) if line.is_context() => last + 1,
            _ => last,
        };
        let room = width.saturating_sub(digits(lines[last].number) + 4).max(16);
        let mut text = String::new();
        let mut marks: Vec<Option<Mark>> = marked.iter().map(|_| None).collect();
        for (number, line) in lines.iter().enumerate().take(last + 1).skip(first) {
            if number > first {
                text.push('\n');
            }
            let mine: Vec<usize> = (0..marked.len())
                .filter(|&piece| marked[piece].line == number)
                .collect();
            let spans: Vec<Range<usize>> = mine
                .iter()
                .map(|&piece| marked[piece].chars.clone())
                .collect();
            let cut = line.cut(&spans, room);
            for (piece, shown) in mine.into_iter().zip(cut.spans) {
                let shown = shown.ok_or("the places are too far apart")?;
                let cells_to = |end: usize| cut.text[..end].chars().map(cells).sum::<usize>();
                marks[piece] = Some(Mark {
                    middle: usize::midpoint(cells_to(shown.start), cells_to(shown.end)),
                    bytes: text.len() + shown.start..text.len() + shown.end,
                    label: marked[piece].label.clone(),
                });
            }
            text.push_str(&cut.text);
        }
        Ok(Self {
            first_line: lines[first].number,
            text,
            marks: marks.into_iter().flatten().collect(),
        })
    }
}

/// A line, or the part of it that was read.
#[derive(Debug)]
struct Line {
    number: u64,
    /// Harmless characters, one for each of the file.
    text: Vec<char>,
    /// Column of the first of them.
    column: u64,
    /// Whether the line begins before the part that was read.
    open_left: bool,
    /// Whether the line ends behind the part that was read.
    open_right: bool,
}

impl Line {
    fn new(number: u64, text: &str) -> Self {
        let text = text.strip_suffix('\r').unwrap_or(text);
        let mut text: Vec<char> = text.chars().map(visible).collect();
        for at in 0..text.len() {
            if text[at] == '[' {
                let before: String = text[at.saturating_sub(5)..at].iter().collect();
                if awaits_bracket(&before) {
                    text[at] = '\u{FFFD}';
                }
            }
        }
        // Room for a mark behind the last character.
        text.push(' ');
        Self {
            number,
            text,
            column: 1,
            open_left: false,
            open_right: false,
        }
    }

    fn is_context(&self) -> bool {
        !self.open_left
            && self
                .text
                .iter()
                .any(|character| character.is_alphanumeric())
    }

    /// Characters without the blank that was added.
    fn len(&self) -> usize {
        self.text.len() - 1
    }

    fn index_of(&self, column: u64) -> usize {
        usize::try_from(column.saturating_sub(self.column))
            .map_or(self.len(), |index| index.min(self.len()))
    }

    /// Cuts the line to `room` cells so that the spans can be seen, the first one not far from the left.
    fn cut(&self, spans: &[Range<usize>], room: usize) -> CutLine {
        let count = spans
            .iter()
            .map(|span| span.end)
            .max()
            .map_or(self.len(), |end| end.max(self.len()));
        let mut at = Vec::with_capacity(count + 1);
        let mut cell = 0;
        at.push(0);
        for &character in &self.text[..count] {
            cell += cells(character);
            at.push(cell);
        }
        let (from, to) = self.visible_part(&at, spans, room);
        let mut text = String::new();
        if from > 0 || self.open_left {
            text.push(CUT);
        }
        let mut bytes = Vec::with_capacity(to - from + 1);
        for &character in &self.text[from..to] {
            bytes.push(text.len());
            text.push(character);
        }
        bytes.push(text.len());
        if to < count || self.open_right {
            text.push(CUT);
        }
        let spans = spans
            .iter()
            .map(|span| {
                let start = span.start.checked_sub(from)?;
                if span.start >= to {
                    return None;
                }
                let end = if span.end > to {
                    text.len()
                } else {
                    bytes[span.end - from]
                };
                Some(bytes[start]..end)
            })
            .collect();
        CutLine { text, spans }
    }

    /// Which characters to show; `at` says at which cell each begins.
    fn visible_part(&self, at: &[usize], spans: &[Range<usize>], room: usize) -> (usize, usize) {
        let count = at.len() - 1;
        let first = spans.iter().map(|span| at[span.start]).min().unwrap_or(0);
        let last = spans.iter().map(|span| at[span.end]).max().unwrap_or(0);
        let fits_whole = !self.open_right && at[count] <= room;
        let from = if !self.open_left && (fits_whole || last < room) {
            0
        } else {
            let budget = room.saturating_sub(2);
            let size = last - first;
            // What stands before a value says what it is: it keeps a quarter, also where the value does not fit.
            let lead = if size < budget {
                (budget / 4).min(budget - size)
            } else {
                budget / 4
            };
            at.partition_point(|&cell| cell < first.saturating_sub(lead))
        };
        let room = room - usize::from(from > 0 || self.open_left);
        let to = if !self.open_right && at[count] - at[from] <= room {
            count
        } else {
            at.partition_point(|&cell| cell < at[from] + room)
                .saturating_sub(1)
        };
        (from, to.max(from))
    }
}

/// A line cut to the width, and the bytes of its spans; none for a span that cannot be seen.
struct CutLine {
    text: String,
    spans: Vec<Option<Range<usize>>>,
}

/// The part of a place that lies in its first line.
struct Piece {
    line: usize,
    chars: Range<usize>,
    label: String,
}

impl Piece {
    fn find(lines: &[Line], location: &Location) -> Result<Self, &'static str> {
        let number = lines
            .iter()
            .position(|line| line.number == location.start.line)
            .ok_or(CHANGED)?;
        let line = &lines[number];
        let start = line.index_of(location.start.column);
        let mut label = location.label.clone().into_owned();
        let end = if location.end.line > location.start.line {
            // A place that ends with its line lacks nothing.
            let ends_with_line = location.end.line == location.start.line.saturating_add(1)
                && location.end.column == 1;
            if !label.is_empty() && !ends_with_line {
                label.push(' ');
                label.push(CUT);
            }
            let text = &line.text[start..line.len()];
            let blank = text.iter().rev().take_while(|&&character| character == ' ');
            line.len() - blank.count()
        } else {
            line.index_of(location.end.column)
        };
        Ok(Self {
            line: number,
            chars: start..end.max(start + 1),
            label,
        })
    }
}

/// Adds a piece; two that are the same become one, two that overlap cannot be drawn in one line.
fn add(pieces: &mut Vec<Piece>, piece: Piece) -> Result<(), &'static str> {
    for known in pieces.iter_mut().filter(|known| known.line == piece.line) {
        if known.chars == piece.chars {
            if known.label.is_empty() {
                known.label = piece.label;
            } else if !piece.label.is_empty() && known.label != piece.label {
                known.label.push_str("; ");
                known.label.push_str(&piece.label);
            }
            return Ok(());
        }
        if known.chars.start < piece.chars.end && piece.chars.start < known.chars.end {
            return Err("the places overlap");
        }
    }
    pieces.push(piece);
    Ok(())
}

/// Reads the lines around the anchor as far as the other locations, one more on either side where there is one.
fn read(
    sources: &Sources,
    anchor: &Location,
    locations: &[&Location],
) -> Result<Vec<Line>, &'static str> {
    let source = sources.get(anchor.span.source);
    let end = locations
        .iter()
        .map(|location| location.span.end())
        .fold(anchor.span.end(), u64::max);
    let span = Span {
        len: u32::try_from(end - anchor.span.start).unwrap_or(u32::MAX),
        ..anchor.span
    };
    let excerpt = source
        .excerpt(span, MARGIN)
        .map_err(|error| match error.kind() {
            // What a source says itself: it is there, and another.
            std::io::ErrorKind::Other => CHANGED,
            _ => "the file can no longer be read",
        })?;
    let is_rest_known = !excerpt.cut && span.end() + u64::from(MARGIN) >= source.bytes;

    let mut before = excerpt.before.rsplit('\n');
    let prefix = before.next().unwrap_or_default();
    let above = before.next();
    let open_left = above.is_none() && !excerpt.from_start;
    let ahead = prefix.chars().count() as u64;
    let is_possible = anchor.start.line <= source.bytes.saturating_add(1);
    if !is_possible || (!open_left && ahead + 1 != anchor.start.column) {
        return Err(CHANGED);
    }

    let mut lines = Vec::new();
    if let (Some(text), Some(number)) = (above, anchor.start.line.checked_sub(1)) {
        let mut line = Line::new(number, text);
        line.open_left = before.next().is_none() && !excerpt.from_start;
        lines.push(line);
    }
    let mut text = String::from(prefix);
    text.push_str(&excerpt.text);
    if !excerpt.cut {
        text.push_str(&excerpt.after);
    }
    for (number, text) in (anchor.start.line..).zip(text.split('\n')) {
        lines.push(Line::new(number, text));
    }
    if let Some(line) = lines
        .iter_mut()
        .find(|line| line.number == anchor.start.line)
    {
        line.open_left = open_left;
        line.column = anchor.start.column.saturating_sub(ahead);
    }
    if let Some(line) = lines.last_mut() {
        line.open_right = !is_rest_known;
    }
    Ok(lines)
}

/// One visible character for each of the file, so that what stands below still lines up.
fn visible(character: char) -> char {
    match character {
        '\t' => '→',
        '\u{7F}' => '␡',
        '\0'..='\u{1F}' => char::from_u32(0x2400 + u32::from(character)).unwrap_or('\u{FFFD}'),
        _ if is_dangerous(character) => '\u{FFFD}',
        _ => character,
    }
}
