//! Where the bytes of a source are, and how to read any range of them again.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use super::packed::Packed;
use super::stamp::Stamp;

/// The bytes of a file or of an unpacked archive member.
#[derive(Clone, Debug)]
pub(super) enum Stored {
    /// A file on disk, opened anew by whoever reads it, and what tells that it still is the one that was read first.
    File(Arc<Path>, Option<Stamp>),
    /// Bytes in memory.
    Memory(Arc<[u8]>),
    /// What a compressed file unpacks to, kept in blocks.
    Packed(Arc<Packed>),
}

impl Stored {
    /// A file that nobody has read yet.
    pub(super) fn on_disk(path: &Path) -> Self {
        Self::File(Arc::from(path), None)
    }

    /// Opens the bytes for reading ranges.
    pub(super) fn reader(&self) -> io::Result<Reader<'_>> {
        Ok(match self {
            Self::File(path, stamp) => Reader::File(Watched {
                file: Arc::new(File::open(path)?),
                stamp: *stamp,
            }),
            Self::Memory(bytes) => Reader::Memory(bytes),
            Self::Packed(blocks) => Reader::Packed(blocks),
        })
    }

    /// Opens the bytes for reading from front to back. Whoever has read them all asks the range whether they stayed what
    /// they were.
    pub(super) fn range(&self, start: u64, len: u64) -> io::Result<Range> {
        Ok(Range {
            bytes: match self {
                Self::File(path, stamp) => Bytes::File(Watched::open(path, *stamp)?),
                Self::Memory(bytes) => Bytes::Memory(bytes.clone()),
                Self::Packed(blocks) => Bytes::Packed(blocks.clone()),
            },
            start,
            at: 0,
            len,
        })
    }

    /// The same bytes as a range was opened on: a file that takes their place is noticed.
    pub(super) fn pinned_to(&self, range: &Range) -> Self {
        match (self, &range.bytes) {
            (Self::File(path, _), Bytes::File(watched)) => Self::File(path.clone(), watched.stamp),
            _ => self.clone(),
        }
    }

    /// How many bytes there are.
    pub(super) fn len(&self) -> io::Result<u64> {
        Ok(match self {
            Self::File(path, _) => std::fs::metadata(path)?.len(),
            Self::Memory(bytes) => bytes.len() as u64,
            Self::Packed(blocks) => blocks.len(),
        })
    }

    /// When the file was last written, in milliseconds since 1970, where the system tells.
    pub(super) fn modified(&self) -> Option<i64> {
        let Self::File(path, stamp) = self else {
            return None;
        };
        let written = match stamp {
            Some(stamp) => stamp.modified()?,
            None => std::fs::metadata(path).ok()?.modified().ok()?,
        };
        let age = written.duration_since(std::time::UNIX_EPOCH).ok()?;
        i64::try_from(age.as_millis()).ok()
    }
}

/// An opened file, and what it was when it was read first.
#[derive(Clone, Debug)]
pub struct Watched {
    file: Arc<File>,
    stamp: Option<Stamp>,
}

impl Watched {
    /// Opens a file; one that was read before must still be what it was.
    fn open(path: &Path, stamp: Option<Stamp>) -> io::Result<Self> {
        let file = File::open(path)?;
        if let Some(stamp) = &stamp {
            stamp.holds(&file)?;
        }
        let stamp = match stamp {
            Some(stamp) => stamp,
            None => Stamp::of(&file)?,
        };
        Ok(Self {
            file: Arc::new(file),
            stamp: Some(stamp),
        })
    }

    fn is_unchanged(&self) -> io::Result<()> {
        match &self.stamp {
            Some(stamp) => stamp.holds(&self.file),
            None => Ok(()),
        }
    }
}

/// The opened bytes of a source.
#[derive(Debug)]
pub enum Reader<'a> {
    /// A file on disk.
    File(Watched),
    /// Bytes in memory.
    Memory(&'a [u8]),
    /// Blocks of a compressed file.
    Packed(&'a Packed),
}

impl Reader<'_> {
    /// Reads one range.
    ///
    /// # Errors
    /// When the range is not there (any more), or the file is no longer what it was.
    pub fn read(&self, start: u64, len: usize) -> io::Result<Vec<u8>> {
        self.read_into(start, len, Vec::new())
    }

    /// Reads one range into a buffer that held something else.
    ///
    /// # Errors
    /// As [`Reader::read`].
    pub fn read_into(&self, start: u64, len: usize, mut buffer: Vec<u8>) -> io::Result<Vec<u8>> {
        match self {
            Self::File(watched) => {
                buffer.resize(len, 0);
                let read = read_exact_at(&watched.file, &mut buffer, start);
                // Asked after reading: what was written before is in the buffer, and noticed. A file that became too
                // short for the range is one that changed.
                watched.is_unchanged()?;
                read?;
                Ok(buffer)
            }
            Self::Memory(bytes) => {
                let start = usize::try_from(start).unwrap_or(usize::MAX);
                start
                    .checked_add(len)
                    .and_then(|end| bytes.get(start..end))
                    .map(<[u8]>::to_vec)
                    .ok_or_else(|| io::Error::from(io::ErrorKind::UnexpectedEof))
            }
            Self::Packed(blocks) => blocks.read(start, len),
        }
    }
}

/// A range of stored bytes that is read from front to back, and that can seek.
#[derive(Clone, Debug)]
pub(super) struct Range {
    bytes: Bytes,
    start: u64,
    at: u64,
    len: u64,
}

impl Range {
    /// How many bytes are stored where it reads, as far as that is known without reading: all of the file's.
    pub(super) fn stored_len(&self) -> u64 {
        match &self.bytes {
            Bytes::File(watched) => watched.stamp.map_or(0, Stamp::len),
            Bytes::Memory(bytes) => bytes.len() as u64,
            Bytes::Packed(blocks) => blocks.len(),
        }
    }

    /// Holds that the file is still the one that was opened, or read before.
    pub(super) fn is_unchanged(&self) -> io::Result<()> {
        match &self.bytes {
            Bytes::File(watched) => watched.is_unchanged(),
            Bytes::Memory(_) | Bytes::Packed(_) => Ok(()),
        }
    }

    /// Reads it once, from front to back. A whole file is read as the system offers it: into room that nobody has to
    /// fill with zeros first, as the caller of [`Read::read`] must. Its own position moves then, which nobody else uses.
    pub(super) fn into_reader(self) -> Box<dyn Read + Send> {
        match self.bytes {
            Bytes::File(watched) if (self.start, self.at, self.len) == (0, 0, u64::MAX) => {
                Box::new(watched.file)
            }
            _ => Box::new(self),
        }
    }
}

#[derive(Clone, Debug)]
enum Bytes {
    File(Watched),
    Memory(Arc<[u8]>),
    Packed(Arc<Packed>),
}

impl Read for Range {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.len.saturating_sub(self.at);
        let want = usize::try_from(left)
            .unwrap_or(usize::MAX)
            .min(buffer.len());
        let from = self.start + self.at;
        let read = match &self.bytes {
            Bytes::File(watched) => read_at(&watched.file, &mut buffer[..want], from)?,
            Bytes::Memory(bytes) => {
                let rest = usize::try_from(from)
                    .ok()
                    .and_then(|from| bytes.get(from..))
                    .unwrap_or_default();
                let count = want.min(rest.len());
                buffer[..count].copy_from_slice(&rest[..count]);
                count
            }
            Bytes::Packed(blocks) => {
                let bytes = blocks.read(from, want)?;
                buffer[..want].copy_from_slice(&bytes);
                want
            }
        };
        self.at += read as u64;
        Ok(read)
    }
}

impl Seek for Range {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(back) => self.len.checked_add_signed(back),
            SeekFrom::Current(step) => self.at.checked_add_signed(step),
        };
        self.at = at.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.at)
    }
}

#[cfg(unix)]
fn read_at(file: &File, buffer: &mut [u8], start: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, start)
}

#[cfg(windows)]
fn read_at(file: &File, buffer: &mut [u8], start: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, start)
}

fn read_exact_at(file: &File, buffer: &mut [u8], start: u64) -> io::Result<()> {
    let mut done = 0;
    while done < buffer.len() {
        match read_at(file, &mut buffer[done..], start + done as u64) {
            Ok(0) => return Err(io::Error::from(io::ErrorKind::UnexpectedEof)),
            Ok(read) => done += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
