//! Which line and column a stored byte stands at, without keeping the text or a list of all lines.
//!
//! One pass notes line and column at every 4 KiB; a look-up reads at most that much again. So a million short lines
//! and one line of gigabytes cost the same.

use std::io;
use std::sync::{Arc, OnceLock};

use super::{Encoding, Reader, Source, SourceId, Sources, Span, Window};

/// A place in decoded text: both count from 1, columns in Unicode scalar values.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Position {
    /// Line, from 1.
    pub line: u64,
    /// Column in Unicode scalar values, from 1.
    pub column: u64,
}

const STEP: u64 = 4 * 1024;
const CHUNK: u64 = 256 * STEP;

/// Notes positions while a source is read for the first time, so that it need not be read again for them.
#[derive(Debug)]
pub(super) struct LineCounter {
    encoding: Encoding,
    position: Position,
    checkpoints: Vec<Position>,
    /// How many bytes came behind the last checkpoint.
    behind: usize,
}

impl LineCounter {
    /// Begins behind the byte order mark.
    pub(super) fn new(encoding: Encoding) -> Self {
        let position = Position { line: 1, column: 1 };
        Self {
            encoding,
            position,
            checkpoints: vec![position],
            behind: 0,
        }
    }

    /// Goes on with the next bytes.
    pub(super) fn push(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            if self.behind == STEP as usize {
                self.checkpoints.push(self.position);
                self.behind = 0;
            }
            let (now, later) = bytes.split_at(bytes.len().min(STEP as usize - self.behind));
            advance(self.encoding, now, &mut self.position);
            self.behind += now.len();
            bytes = later;
        }
    }

    /// What was noted.
    pub(super) fn finish(self) -> Arc<Vec<Position>> {
        Arc::new(self.checkpoints)
    }
}

/// Line and column of any byte of one source.
#[derive(Debug)]
pub struct LineIndex<'s> {
    reader: Reader<'s>,
    encoding: Encoding,
    bytes: u64,
    /// The position of every `STEP`th byte behind the byte order mark.
    checkpoints: Arc<Vec<Position>>,
}

impl<'s> LineIndex<'s> {
    /// Reads the source once, if its lines were not counted when it was loaded.
    ///
    /// # Errors
    /// When the file is gone, or shorter than when it was loaded.
    pub fn build(source: &'s Source) -> io::Result<Self> {
        let reader = source.reader()?;
        let checkpoints = if let Some(lines) = &source.lines {
            lines.clone()
        } else {
            let mut at = source.encoding.bom_len();
            let mut counter = LineCounter::new(source.encoding);
            while at < source.bytes {
                let len = CHUNK.min(source.bytes - at);
                counter.push(&reader.read(at, len as usize)?);
                at += len;
            }
            counter.finish()
        };
        Ok(Self {
            reader,
            encoding: source.encoding,
            bytes: source.bytes,
            checkpoints,
        })
    }

    /// The position of a stored byte; offsets behind the end answer for the end.
    ///
    /// # Errors
    /// When the file is gone, or shorter than when it was loaded.
    pub fn position(&self, offset: u64) -> io::Result<Position> {
        Ok(self.positions(offset, offset)?.0)
    }

    /// The positions of two stored bytes, the second one no earlier than the first.
    ///
    /// # Errors
    /// As [`LineIndex::position`].
    pub fn positions(&self, start: u64, end: u64) -> io::Result<(Position, Position)> {
        let base = self.encoding.bom_len();
        let start = start.min(self.bytes).max(base);
        let end = end.min(self.bytes).max(start);
        let (from, position) = self.checkpoint(start);
        if end - start > STEP {
            return Ok((self.position(start)?, self.position(end)?));
        }
        let block = self.reader.read(from, (end - from) as usize)?;
        let (before, within) = block.split_at(((start - from) as usize).min(block.len()));
        Ok(self.both_ends(position, before, within))
    }

    /// Where bytes begin and end that stand behind others, of which the position is known.
    fn both_ends(&self, mut at: Position, before: &[u8], within: &[u8]) -> (Position, Position) {
        advance(self.encoding, before, &mut at);
        let first = at;
        advance(self.encoding, within, &mut at);
        (first, at)
    }

    /// The last place up to an offset of which the position is known.
    fn checkpoint(&self, offset: u64) -> (u64, Position) {
        let base = self.encoding.bom_len();
        let number = (offset.saturating_sub(base) / STEP) as usize;
        let number = number.min(self.checkpoints.len() - 1);
        (base + number as u64 * STEP, self.checkpoints[number])
    }

    /// The bytes of a record, read again with what stands between it and the last checkpoint, unless the window shows them
    /// already.
    ///
    /// # Errors
    /// As [`LineIndex::position`].
    pub fn reread<'w>(&self, record: Span, window: &'w mut Window) -> io::Result<&'w [u8]> {
        let from = self.checkpoint(record.start).0.min(record.start);
        window.show(&self.reader, from, record.end(), self.bytes)?;
        Ok(window.get(record.start, record.end()).unwrap_or_default())
    }

    /// The positions of the beginning and the end of a range, which a window may show.
    ///
    /// # Errors
    /// As [`LineIndex::position`].
    pub fn positions_in(&self, window: &Window, span: Span) -> io::Result<(Position, Position)> {
        let (from, position) = self.checkpoint(span.start);
        let shown = window.get(from, span.start);
        match (shown, window.get(span.start, span.end())) {
            (Some(before), Some(within)) if within.len() as u64 <= STEP => {
                Ok(self.both_ends(position, before, within))
            }
            _ => self.positions(span.start, span.end()),
        }
    }
}

/// Line and column of any byte of any source; of each the index is made when it is asked for first.
#[derive(Debug)]
pub struct Lines<'s> {
    sources: &'s Sources,
    indexes: Vec<OnceLock<io::Result<LineIndex<'s>>>>,
}

impl<'s> Lines<'s> {
    /// Of these sources.
    pub fn of(sources: &'s Sources) -> Self {
        Self {
            sources,
            indexes: sources.iter().map(|_| OnceLock::new()).collect(),
        }
    }

    /// The sources.
    pub fn sources(&self) -> &'s Sources {
        self.sources
    }

    /// The index of a source.
    ///
    /// # Errors
    /// As [`LineIndex::build`].
    pub fn on(&self, source: SourceId) -> io::Result<&LineIndex<'s>> {
        let index = self.indexes[source.0 as usize]
            .get_or_init(|| LineIndex::build(self.sources.get(source)));
        match index {
            Ok(index) => Ok(index),
            Err(error) => Err(io::Error::new(error.kind(), error.to_string())),
        }
    }
}

/// Moves a position over a piece of stored bytes.
fn advance(encoding: Encoding, bytes: &[u8], position: &mut Position) {
    match encoding {
        Encoding::Utf8 { .. } | Encoding::Windows1252 => {
            let tail = match memchr::memrchr(b'\n', bytes) {
                Some(last) => {
                    position.line += memchr::memchr_iter(b'\n', bytes).count() as u64;
                    position.column = 1;
                    &bytes[last + 1..]
                }
                None => bytes,
            };
            position.column += if encoding == Encoding::Windows1252 {
                tail.len() as u64
            } else {
                characters(tail)
            };
        }
        Encoding::Utf16Le { .. } | Encoding::Utf16Be { .. } => {
            for pair in bytes.chunks_exact(2) {
                let unit = match encoding {
                    Encoding::Utf16Le { .. } => u16::from_le_bytes([pair[0], pair[1]]),
                    _ => u16::from_be_bytes([pair[0], pair[1]]),
                };
                if unit == u16::from(b'\n') {
                    position.line += 1;
                    position.column = 1;
                } else if !(0xDC00..=0xDFFF).contains(&unit) {
                    position.column += 1;
                }
            }
        }
    }
}

/// How many characters begin in UTF-8: every byte but 10xxxxxx begins one.
fn characters(bytes: &[u8]) -> u64 {
    bytecount::num_chars(bytes) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Windows;

    fn at(bytes: &[u8], offset: u64) -> (u64, u64) {
        let source = Source::in_memory("a.json".into(), 0, bytes);
        let position = LineIndex::build(&source).unwrap().position(offset).unwrap();
        (position.line, position.column)
    }

    #[test]
    fn lines_and_columns_count_characters_from_one() {
        assert_eq!(at(b"ab\ncd", 0), (1, 1));
        assert_eq!(at(b"ab\ncd", 4), (2, 2));
        assert_eq!(at("é\u{1F600}x".as_bytes(), 6), (1, 3));
        assert_eq!(at(b"\xEF\xBB\xBFab", 4), (1, 2));
        assert_eq!(at(b"", 0), (1, 1));
    }

    #[test]
    fn a_record_that_is_read_again_knows_its_positions() {
        let text = format!("é\n{}{{\"a\": 1}}{}", "é".repeat(5_000), "x".repeat(40_000));
        let utf16: Vec<u8> = [0xFF, 0xFE]
            .into_iter()
            .chain(text.encode_utf16().flat_map(u16::to_le_bytes))
            .collect();
        for bytes in [text.as_bytes(), &utf16] {
            let source = Source::in_memory("a.json".into(), 0, bytes);
            let lines = LineIndex::build(&source).unwrap();
            let unit = source.encoding.unit();
            let base = source.encoding.bom_len();
            let start = base + source.encoding.stored_len(text.split_once('{').unwrap().0);
            let span = |start: u64, end: u64| Span {
                source: SourceId(0),
                start,
                len: (end - start) as u32,
            };
            let mut windows = Windows::default();
            let window = windows.on(SourceId(0));
            for len in [8, 20_000] {
                let end = start + len * unit;
                let record = lines.reread(span(start, end), window).unwrap();
                assert_eq!(record, &bytes[start as usize..end as usize]);
                // Within it, behind it, before it, and longer than what lies between two checkpoints.
                for (from, to) in [
                    (start, start + 8 * unit),
                    (start + unit, start + 4 * unit),
                    (end, end),
                    (base, base + unit),
                    (end, end + 9 * unit),
                    (start, start + 19_999 * unit),
                ] {
                    let found = lines.positions_in(window, span(from, to)).unwrap();
                    assert_eq!(found, lines.positions(from, to).unwrap(), "{from}");
                }
            }
        }
    }

    #[test]
    fn utf16_counts_pairs_once() {
        let mut bytes = vec![0xFF, 0xFE];
        bytes.extend("\u{1F600}a\nb".encode_utf16().flat_map(u16::to_le_bytes));
        assert_eq!(at(&bytes, 2), (1, 1));
        assert_eq!(at(&bytes, 6), (1, 2));
        assert_eq!(at(&bytes, 10), (2, 1));
    }

    #[test]
    fn a_long_line_is_counted_across_checkpoints() {
        let mut text = "é".repeat(40_000);
        text.push_str("x\ny");
        let x = text.find('x').unwrap() as u64;
        assert_eq!(at(text.as_bytes(), x), (1, 40_001));
        assert_eq!(at(text.as_bytes(), x + 2), (2, 1));
        // Inside the second block, whose border splits an é.
        assert_eq!(at(text.as_bytes(), 20_000), (1, 10_001));
    }
}
