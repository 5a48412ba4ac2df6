//! Bytes and positions: the files of a snapshot, how to read a part of them again, and where a byte stands.
//!
//! A [`Source`] is one export file as it is stored. Nothing here keeps its text: a record remembers a [`Span`] of
//! stored bytes, and whoever needs the text reads those bytes again. What the bytes mean is not known here.

mod budget;
mod discover;
mod encoding;
mod excerpt;
mod feed;
mod few;
mod lines;
mod packed;
mod stamp;
mod stored;
mod stream;
mod window;
mod zstd;

use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

pub use budget::Budget;
pub use discover::{Found, LeftOut, discover};
pub use encoding::{Decoded, Encoding, StoredOffsets};
pub use excerpt::Excerpt;
pub use feed::Feed;
pub(crate) use few::Few;
pub use lines::{LineIndex, Lines, Position};
pub use stored::Reader;
pub use stream::{StreamError, TextStream};
pub use window::{Window, Windows};

use stored::Stored;

/// Number of a [`Source`] within its [`Sources`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct SourceId(pub u32);

/// A range of stored bytes in one source: offsets are those of the file on disk, byte order mark included.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Span {
    /// The source that holds the range.
    pub source: SourceId,
    /// Length in bytes.
    pub len: u32,
    /// Offset of the first byte.
    pub start: u64,
}

impl Span {
    /// The empty range at the first byte of a source.
    pub fn start_of(source: SourceId) -> Self {
        Self {
            source,
            len: 0,
            start: 0,
        }
    }

    /// Offset behind the last byte.
    pub fn end(self) -> u64 {
        self.start + u64::from(self.len)
    }
}

/// One file of a snapshot as it is stored, and how to read a range of it again.
#[derive(Clone, Debug)]
pub struct Source {
    /// How the path is shown: relative to the working directory where it lies below it, always with `/`.
    pub path: String,
    /// Index of the snapshot that the file belongs to.
    pub snapshot: u32,
    /// How its bytes become text.
    pub encoding: Encoding,
    /// Size in bytes.
    pub bytes: u64,
    /// BLAKE3 of the stored bytes, in hexadecimal.
    pub digest: String,
    /// When the file was last written, in milliseconds since 1970, where the system tells.
    pub modified: Option<i64>,
    /// Positions within it, where they were noted when it was read.
    lines: Option<Arc<Vec<Position>>>,
    stored: Stored,
}

impl Source {
    /// Reads a whole file once: returns what is needed to read parts of it again, and its bytes.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn open(path: &Path, shown: String, snapshot: u32) -> io::Result<(Self, Vec<u8>)> {
        let stored = Stored::on_disk(path);
        let mut range = stored.range(0, u64::MAX)?;
        let mut bytes = Vec::new();
        range.read_to_end(&mut bytes)?;
        range.is_unchanged()?;
        let stored = stored.pinned_to(&range);
        let mut source = Self::describe(shown, snapshot, &bytes, stored);
        source.modified = source.stored.modified();
        Ok((source, bytes))
    }

    /// A source that lives in memory: the examples of rule pages, and tests.
    pub fn in_memory(shown: String, snapshot: u32, bytes: &[u8]) -> Self {
        Self::describe(shown, snapshot, bytes, Stored::Memory(Arc::from(bytes)))
    }

    /// A source that is there but cannot be read: it has a name and no bytes.
    pub fn unreadable(shown: String, snapshot: u32) -> Self {
        Self::in_memory(shown, snapshot, b"")
    }

    fn describe(path: String, snapshot: u32, bytes: &[u8], stored: Stored) -> Self {
        Self {
            path,
            snapshot,
            encoding: Encoding::detect(bytes),
            bytes: bytes.len() as u64,
            digest: blake3::hash(bytes).to_hex().to_string(),
            modified: None,
            lines: None,
            stored,
        }
    }

    /// The last component of the path, without the ending of a compression.
    pub fn file_name(&self) -> &str {
        file_name(&self.path)
    }

    /// Opens the source for reading ranges.
    ///
    /// # Errors
    /// When the file is gone or may not be read.
    pub fn reader(&self) -> io::Result<Reader<'_>> {
        self.stored.reader()
    }

    /// Reads one range.
    ///
    /// # Errors
    /// When the file is gone, or shorter than when it was loaded.
    pub fn read(&self, start: u64, len: usize) -> io::Result<Vec<u8>> {
        self.reader()?.read(start, len)
    }

    /// Reads one range and decodes it.
    ///
    /// # Errors
    /// As [`Source::read`].
    pub fn read_text(&self, span: Span) -> io::Result<String> {
        Ok(self
            .encoding
            .decode_part(&self.read(span.start, span.len as usize)?))
    }
}

/// All sources of a run, of every snapshot.
#[derive(Clone, Default, Debug)]
pub struct Sources {
    list: Vec<Source>,
    /// The number of the first of them: others may stand before them.
    first: u32,
    budget: Budget,
}

impl Sources {
    /// No sources yet, and no more bytes of them than the budget allows.
    pub fn within(budget: Budget) -> Self {
        Self {
            budget,
            ..Self::default()
        }
    }

    /// Those that follow after others, by the number of the first of them.
    pub(crate) fn behind(first: u32, budget: Budget) -> Self {
        Self {
            first,
            ..Self::within(budget)
        }
    }

    /// Adds sources that follow after these.
    pub(crate) fn append(&mut self, mut others: Self) {
        debug_assert_eq!(others.first, self.next().0, "sources are added in order");
        self.list.append(&mut others.list);
    }

    /// The number of the next source.
    pub(crate) fn next(&self) -> SourceId {
        SourceId(self.first + self.list.len() as u32)
    }

    /// How many bytes may be read, of all sources together.
    pub fn budget(&self) -> &Budget {
        &self.budget
    }

    /// Adds a source and returns its number.
    pub fn add(&mut self, source: Source) -> SourceId {
        let id = self.next();
        self.list.push(source);
        id
    }

    /// The source with that number.
    pub fn get(&self, id: SourceId) -> &Source {
        &self.list[(id.0 - self.first) as usize]
    }

    /// All sources with their numbers, in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = (SourceId, &Source)> {
        self.list
            .iter()
            .enumerate()
            .map(|(number, source)| (SourceId(self.first + number as u32), source))
    }
}

/// The last component of a path as it is shown, without the ending of a compression.
pub fn file_name(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    let codec = |end: &str| {
        ["gz", "zst"]
            .iter()
            .any(|codec| end.eq_ignore_ascii_case(codec))
    };
    match name.rsplit_once('.') {
        Some((bare, end)) if codec(end) => bare,
        _ => name,
    }
}
