//! An export read once, from front to back, as text: decoded piece by piece, measured and digested on the way.

use std::io::{self, Read};
use std::sync::Arc;

use super::encoding::unusable;
use super::feed::{Feed, Opened};
use super::lines::LineCounter;
use super::packed::Packer;
use super::stored::Stored;
use super::{Encoding, Source};

/// Bytes that are read in one go.
const PIECE: usize = 256 * 1024;

/// How much room a buffer must have before anybody reads into it rather than looking first whether there is anything.
const ROOM: usize = 64;

/// The largest export that is read at once. Those that are usual are read in pieces, and may have any size.
const WHOLE: u64 = 8_000_000_000;

/// The text of an export, from its front.
pub struct TextStream {
    intake: Intake,
    encoding: Encoding,
    decoder: Option<encoding_rs::Decoder>,
    /// Bytes that were read and not yet decoded.
    pending: Vec<u8>,
    ended: bool,
    damaged: bool,
}

/// Why a text cannot be read piece by piece.
#[derive(Debug)]
pub enum StreamError {
    /// The bytes cannot be read.
    Io(io::Error),
    /// They begin like UTF-8 and are not: only a look at all of them tells what they are.
    NotUtf8,
}

impl From<io::Error> for StreamError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl TextStream {
    /// Opens an export and finds its encoding from its first bytes.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn open(feed: &Feed) -> io::Result<Self> {
        let mut intake = Intake::new(feed.open()?);
        let mut pending = Vec::new();
        intake.read(&mut pending, PIECE)?;
        is_usable(&pending)?;
        let encoding = Encoding::of_head(&pending);
        pending.drain(..encoding.bom_len() as usize);
        // Of other encodings positions take a look at each character, which only findings are worth.
        if let Encoding::Utf8 { .. } = encoding {
            let mut lines = LineCounter::new(encoding);
            lines.push(&pending);
            intake.lines = Some(lines);
        }
        let decoder = match encoding {
            Encoding::Utf8 { .. } => None,
            other => Some(other.decoder()),
        };
        Ok(Self {
            intake,
            encoding,
            decoder,
            pending,
            ended: false,
            damaged: false,
        })
    }

    /// How its bytes become text.
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// Whether some bytes stood for no character and became U+FFFD.
    pub fn is_damaged(&self) -> bool {
        self.damaged
    }

    /// Adds text until the buffer is `size` bytes long; false when the text has ended.
    ///
    /// # Errors
    /// When the bytes cannot be read, or are no UTF-8.
    pub fn fill(&mut self, buffer: &mut String, size: usize) -> Result<bool, StreamError> {
        let Some(decoder) = &mut self.decoder else {
            self.fill_utf8(buffer, size)?;
            return Ok(!self.ended);
        };
        while buffer.len() < size && !self.ended {
            if self.pending.len() < PIECE {
                let read = self.intake.read(&mut self.pending, PIECE)?;
                self.ended = read == 0;
            }
            let most = decoder.max_utf8_buffer_length(self.pending.len());
            buffer.reserve(most.unwrap_or(0));
            let (_, _, replaced) = decoder.decode_to_string(&self.pending, buffer, self.ended);
            self.damaged |= replaced;
            self.pending.clear();
        }
        Ok(!self.ended)
    }

    /// Reads what is left and returns the source, whose parts can be read again.
    ///
    /// # Errors
    /// When the bytes cannot be read.
    pub fn finish(mut self, feed: &Feed, snapshot: u32) -> io::Result<Source> {
        let mut rest = Vec::new();
        while self.intake.read(&mut rest, PIECE)? > 0 {
            rest.clear();
        }
        Ok(self.intake.source(feed, snapshot, self.encoding))
    }

    /// Reads bytes to where they are text: copying a large export once more would be felt.
    fn fill_utf8(&mut self, buffer: &mut String, size: usize) -> Result<(), StreamError> {
        let mut bytes = std::mem::take(buffer).into_bytes();
        if bytes.is_empty() && bytes.capacity() < size {
            // Of a short export, this is all of it.
            bytes = std::mem::take(&mut self.pending);
        } else {
            bytes.append(&mut self.pending);
        }
        // Once at least: what is there may be but the beginning of a character.
        while !self.ended {
            // No more than there is room for: growing it would copy all of it.
            let room = match size.saturating_sub(bytes.len()) {
                0 => PIECE,
                room => room.min(PIECE),
            };
            self.ended = self.intake.read(&mut bytes, room)? == 0;
            if bytes.len() >= size {
                break;
            }
        }
        *buffer = match String::from_utf8(bytes) {
            Ok(text) => text,
            // A character that the last piece cut: its end comes with the next one.
            Err(error) if error.utf8_error().error_len().is_none() && !self.ended => {
                let valid = error.utf8_error().valid_up_to();
                let mut bytes = error.into_bytes();
                self.pending = bytes.split_off(valid);
                String::from_utf8(bytes).map_err(|_| StreamError::NotUtf8)?
            }
            Err(_) => return Err(StreamError::NotUtf8),
        };
        Ok(())
    }
}

impl Source {
    /// Reads a whole export: returns what is needed to read parts of it again, and its bytes.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read_whole(feed: &Feed, snapshot: u32) -> io::Result<(Self, Vec<u8>)> {
        if feed.plain_len() > WHOLE {
            return Err(too_large());
        }
        let mut intake = Intake::new(feed.open()?);
        let mut bytes = Vec::new();
        while intake.read(&mut bytes, PIECE)? > 0 {
            if intake.bytes > WHOLE {
                return Err(too_large());
            }
        }
        is_usable(&bytes)?;
        let encoding = Encoding::detect(&bytes);
        Ok((intake.source(feed, snapshot, encoding), bytes))
    }
}

fn is_usable(head: &[u8]) -> io::Result<()> {
    unusable(head).map_or(Ok(()), |why| Err(io::Error::other(why)))
}

fn too_large() -> io::Error {
    io::Error::other(format!(
        "its shape is unusual, and a file of that shape may have {WHOLE} bytes: export it as plain JSON or CSV"
    ))
}

/// Reads bytes, and counts, digests and keeps them on the way.
struct Intake {
    opened: Opened,
    hash: blake3::Hasher,
    checksum: flate2::Crc,
    packer: Option<Packer>,
    lines: Option<LineCounter>,
    bytes: u64,
    /// Whether the end was reached, and nothing was wrong there.
    ended: bool,
}

impl Intake {
    fn new(opened: Opened) -> Self {
        Self {
            packer: opened.stored.is_none().then(Packer::default),
            opened,
            hash: blake3::Hasher::new(),
            checksum: flate2::Crc::new(),
            lines: None,
            bytes: 0,
            ended: false,
        }
    }

    /// Appends at most that many bytes; 0 means the end.
    fn read(&mut self, buffer: &mut Vec<u8>, most: usize) -> io::Result<usize> {
        if self.ended {
            return Ok(0);
        }
        let before = buffer.len();
        // A short file is read in one go, and its end seen at once; of a long one, room was made for a window.
        let left = self.opened.watched.stored_len().saturating_sub(self.bytes);
        if self.opened.stored.is_some() && left > 0 && left < most as u64 {
            buffer.reserve(left as usize + ROOM);
        }
        (&mut self.opened.read)
            .take(most as u64)
            .read_to_end(buffer)?;
        let fresh = &buffer[before..];
        self.hash.update(fresh);
        if let Some(lines) = &mut self.lines {
            lines.push(fresh);
        }
        self.bytes += fresh.len() as u64;
        self.opened
            .budget
            .spend_up_to(self.bytes, &self.opened.spent)?;
        if self.bytes > self.opened.most {
            return Err(io::Error::other(
                "it expands further than any export does: it is not read",
            ));
        }
        if let Some(packer) = &mut self.packer {
            packer.push(fresh);
        }
        if let Some(expected) = self.opened.checksum {
            self.checksum.update(fresh);
            if fresh.is_empty() && self.checksum.sum() != expected {
                return Err(io::Error::other(
                    "its checksum is wrong: the archive is damaged",
                ));
            }
        }
        if fresh.is_empty() {
            let watched = &self.opened.watched;
            watched.is_unchanged().map_err(|reason| {
                io::Error::other(format!(
                    "it changed while it was read ({reason}): check it again when nobody writes to it"
                ))
            })?;
            self.ended = true;
        }
        Ok(fresh.len())
    }

    fn source(mut self, feed: &Feed, snapshot: u32, encoding: Encoding) -> Source {
        let packer = self.packer.take();
        let stored = self.opened.stored.take();
        let stored =
            stored.unwrap_or_else(|| Stored::Packed(Arc::new(packer.unwrap_or_default().finish())));
        Source {
            path: feed.path.clone(),
            snapshot,
            encoding,
            bytes: self.bytes,
            digest: self.hash.finalize().to_hex().to_string(),
            modified: feed.modified(),
            lines: self.lines.take().map(LineCounter::finish),
            stored,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn streamed(bytes: &[u8]) -> Result<(String, Source), StreamError> {
        let feed = Feed::of_bytes(bytes, "a.json").remove(0);
        let mut stream = TextStream::open(&feed)?;
        let mut text = String::new();
        let mut size = 1;
        while stream.fill(&mut text, size)? {
            size = text.len() + 1;
        }
        Ok((text, stream.finish(&feed, 0)?))
    }

    #[test]
    fn a_text_comes_whole_through_any_pieces() {
        let text = "é\u{1F600}x".repeat(PIECE / 3);
        let utf16: Vec<u8> = [0xFF, 0xFE]
            .into_iter()
            .chain(text.encode_utf16().flat_map(u16::to_le_bytes))
            .collect();
        let with_bom = [b"\xEF\xBB\xBF".as_slice(), text.as_bytes()].concat();
        for bytes in [text.as_bytes(), &with_bom, &utf16] {
            let (read, source) = streamed(bytes).unwrap();
            assert!(read == text);
            assert_eq!(source.bytes, bytes.len() as u64);
            assert_eq!(source.digest, blake3::hash(bytes).to_hex().as_str());
        }
    }

    #[test]
    fn a_file_that_is_written_to_while_it_is_read_is_read_anew_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        std::fs::write(&path, " ".repeat(PIECE * 3)).unwrap();
        let feed = Feed::of_file(&path, "a.json").remove(0);
        let stream = TextStream::open(&feed).unwrap();
        std::fs::write(&path, "[]").unwrap();
        let error = stream.finish(&feed, 0).unwrap_err().to_string();
        assert!(error.contains("it changed while it was read"), "{error}");
        let (source, bytes) = Source::read_whole(&feed, 0).unwrap();
        assert_eq!((source.bytes, bytes.as_slice()), (2, b"[]".as_slice()));
    }

    #[test]
    fn what_is_no_utf8_is_said_at_once() {
        assert!(matches!(
            streamed(b"[\"Ren\xE9\"]"),
            Err(StreamError::NotUtf8)
        ));
        assert!(matches!(streamed(b"[\"\xC3"), Err(StreamError::NotUtf8)));
    }
}
