//! Bytes of a source that were read again, kept for the places that follow.
//!
//! Findings of a rule come in the order of the export, and so do the records that they point into: one read serves dozens
//! of them.

use std::io;

use super::{Few, Reader, SourceId};

/// How near to what was read before the next place is for more to be read than it needs, and how much then, in bytes.
const AHEAD: u64 = 64 * 1024;

/// A longer window, in bytes, is not kept while another source is looked at, nor is its memory used again.
const LARGEST: usize = 1024 * 1024;

/// Windows on the sources that were asked for last.
#[derive(Debug, Default)]
pub struct Windows(Few<Window>);

impl Windows {
    /// The window on a source.
    pub fn on(&mut self, source: SourceId) -> &mut Window {
        let others = self.0.each().filter(|window| window.source != source);
        for large in others.filter(|window| window.bytes.capacity() > LARGEST) {
            large.bytes = Vec::new();
        }
        let new = || Window {
            source,
            from: 0,
            bytes: Vec::new(),
            went_back: false,
        };
        self.0.get(|window| window.source == source, new)
    }
}

/// Some bytes of one source.
#[derive(Debug)]
pub struct Window {
    source: SourceId,
    from: u64,
    bytes: Vec<u8>,
    /// Whether the last place that was read came before the one before it.
    went_back: bool,
}

impl Window {
    /// A range of stored bytes, where the window shows all of it. One that shows nothing does not even tell that nothing is
    /// there: nobody looked whether the file is still what it was.
    pub(super) fn get(&self, start: u64, end: u64) -> Option<&[u8]> {
        if self.bytes.is_empty() {
            return None;
        }
        let at = |offset: u64| usize::try_from(offset.checked_sub(self.from)?).ok();
        self.bytes.get(at(start)?..at(end)?)
    }

    /// Shows a range of a source that is so many bytes long, and what follows where one place comes behind the other.
    ///
    /// # Errors
    /// When the range is not there (any more), or the file is no longer what it was.
    pub(super) fn show(
        &mut self,
        reader: &Reader,
        start: u64,
        end: u64,
        bytes: u64,
    ) -> io::Result<()> {
        if self.get(start, end).is_some() {
            return Ok(());
        }
        let shown = self.from + self.bytes.len() as u64;
        let goes_back = start < self.from;
        let is_near = !self.bytes.is_empty() && !goes_back && start <= shown + AHEAD;
        // Who goes to and fro needs what lies ahead no more than what lies behind.
        let end = if is_near && !self.went_back {
            end.max(bytes.min(start + AHEAD))
        } else {
            end
        };
        let mut buffer = std::mem::take(&mut self.bytes);
        if buffer.capacity() > LARGEST {
            buffer = Vec::new();
        }
        let len = usize::try_from(end.saturating_sub(start)).unwrap_or(usize::MAX);
        self.bytes = reader.read_into(start, len, buffer)?;
        (self.from, self.went_back) = (start, goes_back);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{LineIndex, Source, Span};

    #[test]
    fn what_follows_is_read_ahead_and_what_does_not_is_not() {
        let bytes: Vec<u8> = (0..300_000_u32).map(|at| (at / 7) as u8).collect();
        let source = Source::in_memory("a.json".into(), 0, &bytes);
        let reader = source.reader().unwrap();
        let mut windows = Windows::default();
        let window = windows.on(SourceId(0));
        for (start, end, shown) in [
            (10, 20, 10..20),
            // Behind the one before: what comes behind it may be next.
            (30, 40, 30..65_566),
            (60_000, 65_566, 30..65_566),
            (100_000, 100_010, 100_000..165_536),
            // Far away, and back.
            (299_990, 300_000, 299_990..300_000),
            (5, 6, 5..6),
            // A long one, and the end of all.
            (7, 200_000, 7..200_000),
            (260_000, 260_001, 260_000..300_000),
            // To and fro.
            (9_000, 9_010, 9_000..9_010),
            (8_000, 8_010, 8_000..8_010),
            (9_010, 9_020, 9_010..9_020),
            (8_010, 8_020, 8_010..8_020),
            (9_020, 9_030, 9_020..9_030),
            (9_030, 9_040, 9_030..74_566),
        ] {
            window.show(&reader, start, end, 300_000).unwrap();
            let range = start as usize..end as usize;
            assert_eq!(window.get(start, end), bytes.get(range));
            let all = window.from..window.from + window.bytes.len() as u64;
            assert_eq!(all, shown);
        }
        assert!(window.show(&reader, 299_999, 300_001, 300_000).is_err());
        assert_eq!(window.get(299_999, 300_000), None);
        assert_eq!(window.get(window.from, window.from), None);
    }

    #[test]
    fn a_large_window_is_let_go_for_another_source() {
        let source = Source::in_memory("a.json".into(), 0, &vec![b'x'; LARGEST + 1]);
        let reader = source.reader().unwrap();
        let mut windows = Windows::default();
        for len in [LARGEST as u64, LARGEST as u64 + 1] {
            let window = windows.on(SourceId(0));
            window.show(&reader, 0, len, source.bytes).unwrap();
            windows.on(SourceId(1));
            let is_kept = windows.on(SourceId(0)).get(0, len).is_some();
            assert_eq!(is_kept, len == LARGEST as u64);
        }
    }

    #[test]
    fn nothing_is_told_of_a_file_that_nobody_looked_at() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        std::fs::write(&path, "[]").unwrap();
        let (source, _) = Source::open(&path, "a.json".into(), 0).unwrap();
        let lines = LineIndex::build(&source).unwrap();
        let nothing = Span::start_of(SourceId(0));
        let mut windows = Windows::default();
        let window = windows.on(SourceId(0));
        assert_eq!(lines.reread(nothing, window).unwrap(), b"");
        assert!(lines.positions_in(window, nothing).is_ok());
        std::fs::write(&path, "[{}]").unwrap();
        assert!(lines.positions_in(window, nothing).is_err());
        assert!(lines.reread(nothing, window).is_err());
    }

    #[test]
    fn each_source_has_its_own_window() {
        let sources: Vec<Source> = (0..9)
            .map(|digit| Source::in_memory("a.json".into(), 0, &[digit; 10]))
            .collect();
        let mut windows = Windows::default();
        for _ in 0..2 {
            for (number, source) in sources.iter().enumerate() {
                let window = windows.on(SourceId(number as u32));
                let reader = source.reader().unwrap();
                window.show(&reader, 3, 5, 10).unwrap();
                assert_eq!(window.get(3, 5), Some([number as u8; 2].as_slice()));
            }
        }
    }
}
