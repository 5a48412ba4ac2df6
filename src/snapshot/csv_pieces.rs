//! Cutting the rows of a CSV export into pieces that are read side by side, without reading what is in them.

use std::ops::Range;

use super::csv_table::{CsvRows, CsvShape};
use crate::source::{Encoding, SourceId, Span, StoredOffsets};

/// About how many bytes of text a piece has.
const PIECE: usize = 128 * 1024;

/// The rows of one table.
#[derive(Debug)]
pub struct CsvPieces<'t> {
    /// How the table is laid out.
    pub shape: &'t CsvShape,
    /// Pieces of whole rows, one behind the other, and where each begins in the source.
    pub pieces: Vec<(&'t str, u64)>,
    /// The source of the text.
    pub source: SourceId,
    /// How its bytes became text.
    pub encoding: Encoding,
    /// How long the source is, in bytes, as far as that is known.
    pub bytes: u64,
}

impl CsvPieces<'_> {
    /// The stored bytes of the first row.
    pub(super) fn first_row(&self) -> Option<Span> {
        let mut cells = csv::StringRecord::new();
        self.pieces.iter().find_map(|(text, stored)| {
            let (at, row) = CsvRows::behind(text, 0, self.shape).next_row(&mut cells)?;
            Some(self.span(&mut self.offsets(text, *stored), at, row.len()))
        })
    }

    /// How many rows there are, and where and why they break off.
    pub(super) fn count(&self) -> (u64, Option<(Span, String)>) {
        let mut cells = csv::StringRecord::new();
        let (mut count, mut cut_off) = (0, None);
        for (text, stored) in &self.pieces {
            let mut rows = CsvRows::behind(text, 0, self.shape);
            while rows.next_row(&mut cells).is_some() {
                count += 1;
            }
            cut_off = cut_off.or(self.place(rows.cut_off, &mut self.offsets(text, *stored)));
        }
        (count, cut_off)
    }

    /// Where the bytes of a piece are.
    pub(super) fn offsets<'t>(&self, text: &'t str, stored: u64) -> StoredOffsets<'t> {
        StoredOffsets::behind(text, self.encoding, stored)
    }

    /// The stored bytes of a part of a piece.
    pub(super) fn span(&self, offsets: &mut StoredOffsets, at: usize, len: usize) -> Span {
        offsets.span(self.source, at, len, self.bytes)
    }

    /// The stored bytes of where a piece breaks off.
    pub(super) fn place(
        &self,
        cut_off: Option<(Range<usize>, String)>,
        offsets: &mut StoredOffsets,
    ) -> Option<(Span, String)> {
        let (place, why) = cut_off?;
        Some((self.span(offsets, place.start, place.len()), why))
    }
}

/// Cuts a text, of which rows begin at `from`, behind whole rows: the pieces, and the offset behind the last of them. What
/// follows may be a row that more text belongs to. `None` when a quote stands where none is expected, so that rows cannot be
/// told apart without reading all of them.
pub(super) fn cut<'t>(
    text: &'t str,
    from: usize,
    shape: &CsvShape,
) -> Option<(Vec<&'t str>, usize)> {
    let ends = row_ends(text, from, shape, PIECE)?;
    let mut begin = from;
    let mut pieces = Vec::with_capacity(ends.len() + 1);
    for end in ends {
        pieces.push(text.get(begin..end)?);
        begin = end;
    }
    Some((pieces, begin))
}

/// Pieces that follow each other from an offset on, each with its place in the source.
pub(super) fn placed<'t>(
    pieces: Vec<&'t str>,
    mut at: usize,
    offsets: &mut StoredOffsets,
) -> Vec<(&'t str, u64)> {
    let place = |piece: &'t str| {
        let stored = offsets.of(at);
        at += piece.len();
        (piece, stored)
    };
    pieces.into_iter().map(place).collect()
}

/// The offsets behind rows that are whole, of those behind `from`: each at least so many bytes behind the one before, but for
/// the last of all. None where no row is whole.
fn row_ends(text: &str, from: usize, shape: &CsvShape, apart: usize) -> Option<Vec<usize>> {
    let bytes = text.as_bytes();
    let mut ends = Vec::new();
    let (mut begin, mut end, mut next) = (from, from, from);
    while let Some(found) = memchr::memchr2(b'"', b'\n', bytes.get(next..)?) {
        let at = next + found;
        if bytes[at] == b'\n' {
            end = at + 1;
            next = end;
            if end - begin >= apart {
                ends.push(end);
                begin = end;
            }
            continue;
        }
        let opens = at == from
            || matches!(bytes[at - 1], b'\n' | b'\r')
            || bytes[at - 1] == shape.delimiter;
        if !opens {
            return None;
        }
        match behind_quotes(bytes, at + 1, shape.delimiter)? {
            Some(close) => next = close,
            None => break,
        }
    }
    if end > begin {
        ends.push(end);
    }
    Some(ends)
}

/// The offset behind a cell whose opening quote is before `at`; inner `None` where the text ends first.
#[expect(
    clippy::option_option,
    reason = "outer: whether it can be told; inner: whether the cell ends"
)]
fn behind_quotes(bytes: &[u8], mut at: usize, delimiter: u8) -> Option<Option<usize>> {
    loop {
        let Some(found) = memchr::memchr(b'"', bytes.get(at..)?) else {
            return Some(None);
        };
        at += found + 1;
        match bytes.get(at) {
            Some(b'"') => at += 1,
            Some(b'\n' | b'\r') => return Some(Some(at)),
            Some(byte) if *byte == delimiter => return Some(Some(at)),
            None => return Some(None),
            Some(_) => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The offset behind the last whole row.
    fn last_row_end(text: &str, from: usize, shape: &CsvShape) -> Option<usize> {
        let ends = row_ends(text, from, shape, 1)?;
        let last = row_ends(text, from, shape, usize::MAX)?;
        assert_eq!(ends.last(), last.last());
        assert!(last.len() <= 1 && ends.is_sorted());
        Some(last.last().copied().unwrap_or(from))
    }

    /// What stands behind the last whole row, or nothing where rows cannot be told apart.
    fn rest(text: &str) -> Option<&str> {
        let shape = CsvShape {
            delimiter: b';',
            header: Vec::new(),
        };
        last_row_end(text, 0, &shape).map(|end| &text[end..])
    }

    #[test]
    fn a_window_ends_behind_its_last_whole_row() {
        for (text, expected) in [
            ("", ""),
            ("a;b", "a;b"),
            ("a;b\n", ""),
            ("a;b\nc;d\ne", "e"),
            ("a;b\r\nc", "c"),
            ("\"a\";b\nc", "c"),
            ("a;\"b\"\nc", "c"),
            ("a;\"b\"\r\nc", "c"),
            ("a;\"b;\nb\";c\nd", "d"),
            ("a;\"b\"\"\n\"\"b\"\nd", "d"),
            ("x\na;\"b\nc", "a;\"b\nc"),
            ("x\na;\"b\"", "a;\"b\""),
            ("x\na;\"b\"\"", "a;\"b\"\""),
            ("x\n\"b\";c\ny", "y"),
            ("x\r\"b\";c\ny", "y"),
        ] {
            assert_eq!(rest(text), Some(expected), "{text:?}");
        }
    }

    #[test]
    fn a_quote_within_a_cell_makes_rows_untellable() {
        for text in ["a;b\"c\n", "a;\"b\"c\n", "\"a\"b\n", "a\"\n"] {
            assert_eq!(rest(text), None, "{text:?}");
        }
    }

    #[test]
    fn rows_are_looked_for_behind_the_given_offset() {
        let shape = CsvShape {
            delimiter: b';',
            header: Vec::new(),
        };
        let text = "a\"b\nc;d\ne";
        assert_eq!(last_row_end(text, 4, &shape), Some(8));
        assert_eq!(last_row_end(text, 8, &shape), Some(8));
        assert_eq!(last_row_end("a;\"b", 2, &shape), Some(2));
        assert_eq!(last_row_end("a;\"b\";c\nd", 2, &shape), Some(8));
    }

    #[test]
    fn pieces_are_whole_rows_and_leave_nothing_out() {
        let shape = CsvShape {
            delimiter: b',',
            header: Vec::new(),
        };
        let row = "\"a\nb\",\"c\"\"d\"\n";
        let text = format!("head\n{}\"open", row.repeat(3 * PIECE / row.len()));
        let (pieces, end) = cut(&text, 5, &shape).unwrap();
        assert_eq!(pieces.len(), 3);
        assert_eq!(pieces.concat(), &text[5..end]);
        assert_eq!(&text[end..], "\"open");
        for piece in pieces {
            assert!(piece.starts_with("\"a") && piece.ends_with("d\"\n"));
        }
        assert_eq!(cut("head\n\"open", 5, &shape), Some((Vec::new(), 5)));
    }
}
