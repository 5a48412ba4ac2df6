//! An export read once, from front to back, as text: decoded piece by piece, measured and digested on the way.

use std::io::{self, Read};
use std::sync::Arc;

use super::feed::{Feed, Opened};
use super::lines::LineCounter;
use super::packed::Packer;
use super::stored::Stored;
use super::{Encoding, Source};

/// Bytes that are read in one go.
const PIECE: usize = 256 * 1024;

/// How far a compressed export may expand before it counts as an attack: no text packs better than this.
const EXPANSION: u64 = 500;
const EXPANSION_FREE: u64 = 64 * 1024 * 1024;

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
        while buffer.len() < size && !self.ended {
            if self.pending.len() < PIECE {
                let read = self.intake.read(&mut self.pending, PIECE)?;
                self.ended = read == 0;
            }
            match &mut self.decoder {
                None => self.take_utf8(buffer)?,
                Some(decoder) => {
                    buffer.reserve(
                        decoder
                            .max_utf8_buffer_length(self.pending.len())
                            .unwrap_or(0),
                    );
                    let (_, _, replaced) =
                        decoder.decode_to_string(&self.pending, buffer, self.ended);
                    self.damaged |= replaced;
                    self.pending.clear();
                }
            }
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

    fn take_utf8(&mut self, buffer: &mut String) -> Result<(), StreamError> {
        let valid = match std::str::from_utf8(&self.pending) {
            Ok(text) => {
                buffer.push_str(text);
                self.pending.len()
            }
            // A character that the piece cut: its end comes with the next one.
            Err(error) if error.error_len().is_none() && !self.ended => {
                let valid = error.valid_up_to();
                buffer.push_str(std::str::from_utf8(&self.pending[..valid]).unwrap_or_default());
                valid
            }
            Err(_) => return Err(StreamError::NotUtf8),
        };
        self.pending.drain(..valid);
        Ok(())
    }
}

impl Source {
    /// Reads a whole export: returns what is needed to read parts of it again, and its bytes.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read_whole(feed: &Feed, snapshot: u32) -> io::Result<(Self, Vec<u8>)> {
        let mut intake = Intake::new(feed.open()?);
        let mut bytes = Vec::new();
        while intake.read(&mut bytes, PIECE)? > 0 {}
        let encoding = Encoding::detect(&bytes);
        Ok((intake.source(feed, snapshot, encoding), bytes))
    }
}

/// Reads bytes, and counts, digests and keeps them on the way.
struct Intake {
    opened: Opened,
    hash: blake3::Hasher,
    checksum: flate2::Crc,
    packer: Option<Packer>,
    lines: Option<LineCounter>,
    bytes: u64,
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
        }
    }

    /// Appends at most that many bytes; 0 means the end.
    fn read(&mut self, buffer: &mut Vec<u8>, most: usize) -> io::Result<usize> {
        let before = buffer.len();
        (&mut self.opened.read)
            .take(most as u64)
            .read_to_end(buffer)?;
        let fresh = &buffer[before..];
        self.hash.update(fresh);
        if let Some(lines) = &mut self.lines {
            lines.push(fresh);
        }
        self.bytes += fresh.len() as u64;
        if let Some(packer) = &mut self.packer {
            packer.push(fresh);
            let limit = EXPANSION_FREE.max(self.opened.packed_len.saturating_mul(EXPANSION));
            if self.bytes > limit {
                return Err(io::Error::other(
                    "it expands further than any export does: it is not read",
                ));
            }
        }
        if let Some(expected) = self.opened.checksum {
            self.checksum.update(fresh);
            if fresh.is_empty() && self.checksum.sum() != expected {
                return Err(io::Error::other(
                    "its checksum is wrong: the archive is damaged",
                ));
            }
        }
        Ok(fresh.len())
    }

    fn source(self, feed: &Feed, snapshot: u32, encoding: Encoding) -> Source {
        let stored = self
            .opened
            .stored
            .unwrap_or_else(|| Stored::Packed(Arc::new(self.packer.unwrap_or_default().finish())));
        Source {
            path: feed.path.clone(),
            snapshot,
            encoding,
            bytes: self.bytes,
            digest: self.hash.finalize().to_hex().to_string(),
            modified: feed.modified(),
            lines: self.lines.map(LineCounter::finish),
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
    fn what_is_no_utf8_is_said_at_once() {
        assert!(matches!(
            streamed(b"[\"Ren\xE9\"]"),
            Err(StreamError::NotUtf8)
        ));
        assert!(matches!(streamed(b"[\"\xC3"), Err(StreamError::NotUtf8)));
    }
}
