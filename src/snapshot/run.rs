//! Runs: stretches of an export that hold nothing but records of one list, not cut apart yet.
//!
//! To cut a window exactly, all of it must be looked at before any of it can be read. So the places where pieces of a
//! window begin are guessed instead: what stands between the first two records of an export, from the brace that closes
//! one to the first key of the next, is looked for near them. Each piece is then read by itself, and a guess was right if
//! the piece before ended where it says. A wrong guess costs time and changes nothing: what was read behind it is
//! forgotten.

use std::ops::Range;

use memchr::memmem::Finder;

use super::stream_json::{skip_blanks, string_end};
use crate::source::{Encoding, SourceId, StoredOffsets};

/// Into how many pieces a text is cut: enough to share out, few enough that sharing costs nothing.
const PIECES: usize = 16;

/// A piece is no smaller than this.
const SMALLEST: usize = 256;

/// Longer bytes between records are not looked for.
const LONGEST: usize = 1024;

/// A run of text, with the guessed pieces of it.
#[derive(Debug)]
pub struct Run<'t> {
    /// The text that holds it.
    pub text: &'t str,
    /// The pieces, one behind the other.
    pub pieces: Vec<Piece>,
    /// What may stand at its beginning.
    pub between: Between,
    /// The source of the text.
    pub source: SourceId,
    /// How its bytes became text.
    pub encoding: Encoding,
}

impl Run<'_> {
    /// The same with that many of its pieces.
    #[must_use]
    pub fn first(&self, pieces: usize) -> Self {
        Self {
            pieces: self.pieces.iter().take(pieces).copied().collect(),
            ..*self
        }
    }
}

/// A piece of a run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Piece {
    /// Where it begins in the text.
    pub start: usize,
    /// Where it ends in the text.
    pub end: usize,
    /// Where it begins in the source.
    pub stored: u64,
}

/// How far a run was read: behind a whole record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Reached {
    /// The offset in its text.
    pub at: usize,
    /// What may stand there.
    pub between: Between,
}

/// What may stand between two records.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Between {
    /// The list has begun: its first record.
    ListBegun,
    /// A comma was read: a record.
    BehindComma,
    /// A record was read: a comma and the next record.
    BehindRecord,
    /// Records one after the other, with blanks at most between them.
    Documents,
}

impl Between {
    /// What may stand behind the next record.
    #[must_use]
    pub fn behind_record(self) -> Self {
        match self {
            Self::Documents => Self::Documents,
            _ => Self::BehindRecord,
        }
    }

    /// Where the next record begins, if one comes next.
    pub(super) fn record(self, bytes: &[u8], at: usize) -> Option<usize> {
        let mut at = skip_blanks(bytes, at);
        if self == Self::BehindRecord {
            if *bytes.get(at)? != b',' {
                return None;
            }
            at = skip_blanks(bytes, at + 1);
        }
        (*bytes.get(at)? == b'{').then_some(at)
    }
}

/// What stands between two records of an export.
#[derive(Debug)]
pub(super) struct Seam {
    finder: Finder<'static>,
}

impl Seam {
    /// Learns it from two records that follow each other in a text.
    pub(super) fn learn(text: &str, one: &Range<usize>, two: &Range<usize>) -> Option<Self> {
        let bytes = text.as_bytes();
        let key = skip_blanks(bytes, two.start + 1);
        if *bytes.get(key)? != b'"' {
            return None;
        }
        let end = string_end(bytes, key)?;
        let seam = bytes.get(one.end.checked_sub(1)?..end)?;
        (seam.len() <= LONGEST).then(|| Self {
            finder: Finder::new(seam).into_owned(),
        })
    }

    /// Guesses the pieces of a text from `at` on; the last one ends where the last record of the text is guessed to
    /// end. `None` when no record ends in it.
    pub(super) fn pieces(
        &self,
        text: &str,
        at: usize,
        (encoding, stored): (Encoding, u64),
    ) -> Option<Vec<Piece>> {
        let bytes = text.as_bytes();
        let last = memchr::memmem::rfind(bytes.get(at..)?, self.finder.needle())? + at + 1;
        let mut offsets = StoredOffsets::behind(text.get(at..)?, encoding, stored);
        let piece = (text.len() / PIECES).max(SMALLEST);
        let mut pieces = Vec::with_capacity(PIECES + 1);
        let mut start = at;
        while start < last {
            let from = (start + piece).min(last);
            let end = match self.finder.find(bytes.get(from..last)?) {
                // A piece that would be a scrap belongs to the one before.
                Some(found) if last - (from + found) > piece / 2 => from + found + 1,
                _ => last,
            };
            pieces.push(Piece {
                start,
                end,
                stored: offsets.of(start - at),
            });
            start = end;
        }
        Some(pieces)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_cover_a_text_up_to_its_last_record() {
        let record = |number: usize| format!("{{\"a\":{number},\"b\":[{{\"c\":1}},{{\"c\":2}}]}}");
        let (one, two) = (record(1), record(2));
        let text = format!("[{one},{two}]");
        let first = 1..1 + one.len();
        let second = first.end + 1..first.end + 1 + two.len();
        let seam = Seam::learn(&text, &first, &second).unwrap();

        let many: Vec<String> = (0..20_000).map(record).collect();
        let text = format!("{},{{\"a\":", many.join(","));
        let utf8 = Encoding::Utf8 { bom: false };
        let pieces = seam.pieces(&text, 0, (utf8, 7)).unwrap();
        assert!(pieces.len() > 3);
        assert_eq!(pieces[0].start, 0);
        assert!(pieces.windows(2).all(|two| two[0].end == two[1].start));
        assert!(
            pieces
                .iter()
                .all(|piece| piece.stored == piece.start as u64 + 7)
        );
        for piece in &pieces {
            assert_eq!(&text[piece.end - 2..piece.end + 2], "]},{");
        }
        assert_eq!(&text[pieces[pieces.len() - 1].end..], ",{\"a\":");
        assert!(seam.pieces("{\"a\":1}", 0, (utf8, 0)).is_none());
    }

    #[test]
    fn what_comes_next_is_a_record_or_nothing() {
        let record = |between: Between, text: &str| between.record(text.as_bytes(), 0);
        assert_eq!(record(Between::ListBegun, " {"), Some(1));
        assert_eq!(record(Between::BehindRecord, " , {"), Some(3));
        assert_eq!(record(Between::Documents, "\n{"), Some(1));
        assert_eq!(record(Between::BehindComma, "{"), Some(0));
        for text in ["", " ", "]", "{", ",", ",]", ", null"] {
            assert_eq!(record(Between::BehindRecord, text), None, "{text}");
        }
        assert_eq!(record(Between::Documents, ",{"), None);
        assert_eq!(record(Between::BehindComma, ",{"), None);
    }
}
