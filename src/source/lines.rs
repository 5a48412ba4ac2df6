//! Which line and column a stored byte stands at, without keeping the text or a list of all lines.
//!
//! One pass notes line and column at every 4 KiB; a look-up reads at most that much again. So a million short lines
//! and one line of gigabytes cost the same.

use std::io;
use std::sync::Arc;

use super::{Encoding, Reader, Source, Span};

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
    pub(super) fn finish(self) -> Arc<[Position]> {
        self.checkpoints.into()
    }
}

/// Line and column of any byte of one source.
#[derive(Debug)]
pub struct LineIndex<'s> {
    reader: Reader<'s>,
    encoding: Encoding,
    bytes: u64,
    /// The position of every `STEP`th byte behind the byte order mark.
    checkpoints: Arc<[Position]>,
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
        let (from, mut position) = self.checkpoint(start);
        if end - start > STEP {
            return Ok((self.position(start)?, self.position(end)?));
        }
        let block = self.reader.read(from, (end - from) as usize)?;
        let (before, within) = block.split_at(((start - from) as usize).min(block.len()));
        advance(self.encoding, before, &mut position);
        let first = position;
        advance(self.encoding, within, &mut position);
        Ok((first, position))
    }

    /// The last place up to an offset of which the position is known.
    fn checkpoint(&self, offset: u64) -> (u64, Position) {
        let base = self.encoding.bom_len();
        let number = (offset.saturating_sub(base) / STEP) as usize;
        let number = number.min(self.checkpoints.len() - 1);
        (base + number as u64 * STEP, self.checkpoints[number])
    }

    /// Reads a record again, with what stands between it and the last checkpoint, so that its lines need no look of
    /// their own. The buffer may hold anything: it is there for its memory.
    ///
    /// # Errors
    /// As [`LineIndex::position`].
    pub fn reread(&self, span: Span, buffer: Vec<u8>) -> io::Result<Reread> {
        let (from, position) = self.checkpoint(span.start);
        let (from, before) = match span.start.checked_sub(from) {
            Some(before) => (from, before as usize),
            None => (span.start, 0),
        };
        let bytes = self
            .reader
            .read_into(from, before + span.len as usize, buffer)?;
        let record = bytes.get(before..).unwrap_or_default();
        let is_text =
            matches!(self.encoding, Encoding::Utf8 { .. }) && std::str::from_utf8(record).is_ok();
        Ok(Reread {
            decoded: (!is_text).then(|| self.encoding.decode_part(record)),
            before,
            from,
            position,
            encoding: self.encoding,
            bytes,
        })
    }
}

/// A record that was read again.
#[derive(Debug)]
pub struct Reread {
    /// Its text, where its bytes are not the text already.
    decoded: Option<String>,
    /// Its bytes, and those before it from a place on of which the position is known.
    bytes: Vec<u8>,
    /// How many those are.
    before: usize,
    from: u64,
    position: Position,
    encoding: Encoding,
}

impl AsRef<str> for Reread {
    fn as_ref(&self) -> &str {
        match &self.decoded {
            Some(text) => text,
            // They were looked at once: this cannot fail.
            None => self
                .bytes
                .get(self.before..)
                .and_then(|record| std::str::from_utf8(record).ok())
                .unwrap_or_default(),
        }
    }
}

impl Reread {
    /// The memory, for the next record.
    pub fn into_buffer(self) -> Vec<u8> {
        self.bytes
    }

    /// The positions of two stored bytes of the record, the second one no earlier than the first; `None` for those that are
    /// far from where a position is known, or elsewhere.
    pub fn positions(&self, start: u64, end: u64) -> Option<(Position, Position)> {
        let before = usize::try_from(start.checked_sub(self.from)?).ok()?;
        let within = usize::try_from(end.checked_sub(start)?).ok()?;
        if before + within > 4 * STEP as usize {
            return None;
        }
        let mut first = self.position;
        advance(self.encoding, self.bytes.get(..before)?, &mut first);
        let mut last = first;
        let within = self.bytes.get(before..before + within)?;
        advance(self.encoding, within, &mut last);
        Some((first, last))
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

/// How many characters begin in UTF-8: every byte but 10xxxxxx begins one. Counted in bytes, which a processor adds up many
/// at a time.
fn characters(bytes: &[u8]) -> u64 {
    let begins = |byte: &u8| u8::from(byte & 0xC0 != 0x80);
    let blocks = bytes.chunks(usize::from(u8::MAX));
    blocks
        .map(|block| u64::from(block.iter().map(begins).sum::<u8>()))
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

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
            for len in [8, 20_000] {
                let span = Span {
                    source: crate::source::SourceId(0),
                    start,
                    len: len * unit as u32,
                };
                let record = lines.reread(span, Vec::new()).unwrap();
                assert!(record.as_ref().starts_with("{\"a\": 1}"));
                assert_eq!(record.as_ref().len(), len as usize);
                for (from, to) in [(0, 8), (1, 4), (8, 8)] {
                    let (from, to) = (start + from * unit, start + to * unit);
                    assert_eq!(
                        record.positions(from, to),
                        lines.positions(from, to).ok(),
                        "{from}"
                    );
                }
                assert_eq!(record.positions(start, start + 19_999 * unit), None);
                assert_eq!(record.positions(0, 1), None);
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
