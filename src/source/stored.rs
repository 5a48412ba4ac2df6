//! Where the bytes of a source are, and how to read any range of them again.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use super::packed::Packed;

/// The bytes of a file or of an unpacked archive member.
#[derive(Clone, Debug)]
pub(super) enum Stored {
    /// A file on disk, opened anew by whoever reads it.
    File(Arc<Path>),
    /// Bytes in memory.
    Memory(Arc<[u8]>),
    /// What a compressed file unpacks to, kept in blocks.
    Packed(Arc<Packed>),
}

impl Stored {
    /// Opens the bytes for reading ranges.
    pub(super) fn reader(&self) -> io::Result<Reader<'_>> {
        Ok(match self {
            Self::File(path) => Reader::File(File::open(path)?),
            Self::Memory(bytes) => Reader::Memory(bytes),
            Self::Packed(blocks) => Reader::Packed(blocks),
        })
    }

    /// Opens the bytes for reading from front to back.
    pub(super) fn range(&self, start: u64, len: u64) -> io::Result<Range> {
        Ok(Range {
            bytes: match self {
                Self::File(path) => Bytes::File(Arc::new(File::open(path)?)),
                Self::Memory(bytes) => Bytes::Memory(bytes.clone()),
                Self::Packed(blocks) => Bytes::Packed(blocks.clone()),
            },
            start,
            at: 0,
            len,
        })
    }

    /// How many bytes there are.
    pub(super) fn len(&self) -> io::Result<u64> {
        Ok(match self {
            Self::File(path) => std::fs::metadata(path)?.len(),
            Self::Memory(bytes) => bytes.len() as u64,
            Self::Packed(blocks) => blocks.len(),
        })
    }

    /// When the file was last written, in milliseconds since 1970, where the system tells.
    pub(super) fn modified(&self) -> Option<i64> {
        let Self::File(path) = self else {
            return None;
        };
        let written = std::fs::metadata(path).and_then(|metadata| metadata.modified());
        let age = written.ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
        i64::try_from(age.as_millis()).ok()
    }
}

/// The opened bytes of a source.
#[derive(Debug)]
pub enum Reader<'a> {
    /// A file on disk.
    File(File),
    /// Bytes in memory.
    Memory(&'a [u8]),
    /// Blocks of a compressed file.
    Packed(&'a Packed),
}

impl Reader<'_> {
    /// Reads one range.
    ///
    /// # Errors
    /// When the range is not there (any more).
    pub fn read(&self, start: u64, len: usize) -> io::Result<Vec<u8>> {
        match self {
            Self::File(file) => {
                let mut buffer = vec![0; len];
                read_exact_at(file, &mut buffer, start)?;
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

#[derive(Clone, Debug)]
enum Bytes {
    File(Arc<File>),
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
            Bytes::File(file) => read_at(file, &mut buffer[..want], from)?,
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
