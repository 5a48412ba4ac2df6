//! Runs: stretches of an export that hold nothing but records of one list, not cut apart yet.
//!
//! To cut a window exactly, all of it must be looked at before any of it can be read. So the place where the last record of
//! a window ends is guessed instead: what stands between the first two records of an export, from the brace that closes one
//! to the first key of the next, is looked for from its end. A guess was right if the records before it end there. A wrong
//! one costs time and changes nothing: what was read behind it is forgotten.

use std::ops::Range;

use memchr::memmem::FinderRev;

use super::stream_json::{skip_blanks, string_end};
use crate::source::{Encoding, SourceId};

/// Longer bytes between records are not looked for.
const LONGEST: usize = 1024;

/// A run of text.
#[derive(Debug)]
pub(super) struct Run<'t> {
    /// Its text.
    pub text: &'t str,
    /// Where it begins in the source.
    pub stored: u64,
    /// What may stand at its beginning.
    pub between: Between,
    /// The source of the text.
    pub source: SourceId,
    /// How its bytes became text.
    pub encoding: Encoding,
}

/// How far a run was read: behind a whole record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Reached {
    /// The offset in its text.
    pub at: usize,
    /// What may stand there.
    pub between: Between,
}

/// What may stand between two records.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Between {
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
    pub(super) fn behind_record(self) -> Self {
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
    finder: FinderRev<'static>,
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
            finder: FinderRev::new(seam).into_owned(),
        })
    }

    /// Guesses where the last record of a text ends that has another one behind it; `None` when there is none.
    pub(super) fn last(&self, text: &str) -> Option<usize> {
        self.finder.rfind(text.as_bytes()).map(|seam| seam + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_the_last_record_is_found() {
        let record = |number: usize| format!("{{\"a\":{number},\"b\":[{{\"c\":1}},{{\"c\":2}}]}}");
        let (one, two) = (record(1), record(2));
        let text = format!("[{one},{two}]");
        let first = 1..1 + one.len();
        let second = first.end + 1..first.end + 1 + two.len();
        let seam = Seam::learn(&text, &first, &second).unwrap();
        assert_eq!(seam.last(&text), Some(first.end));

        let many: Vec<String> = (0..200).map(record).collect();
        let text = many.join(",");
        let cut = format!("{text},{{\"a\":");
        assert_eq!(seam.last(&cut).map(|end| &cut[..end]), Some(text.as_str()));
        assert_eq!(seam.last("{\"a\":1}"), None);
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
