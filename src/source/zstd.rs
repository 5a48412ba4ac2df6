//! Zstandard files: frame after frame, each held to its checksum, as the `zstd` program reads them.

use std::io::{self, BufRead, BufReader, Read};

use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

/// What the frames of a file unpack to, one behind the other.
pub(super) struct Frames<R> {
    packed: BufReader<R>,
    decoder: FrameDecoder,
    /// Whether a frame was begun that is not over.
    within: bool,
    /// Whether there was a frame at all.
    any: bool,
}

impl<R: Read> Frames<R> {
    /// Reads the frames that these bytes are.
    pub(super) fn of(packed: R) -> Self {
        Self {
            packed: BufReader::new(packed),
            decoder: FrameDecoder::new(),
            within: false,
            any: false,
        }
    }

    /// Goes to the next frame; false when there is none.
    fn begin(&mut self) -> io::Result<bool> {
        while !self.packed.fill_buf()?.is_empty() {
            match self.decoder.reset(&mut self.packed) {
                Ok(()) => {
                    (self.within, self.any) = (true, true);
                    return Ok(true);
                }
                // Made to be skipped: some programs note in one how long the others are.
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                    length,
                    ..
                })) => {
                    let length = u64::from(length);
                    let skipped = io::copy(&mut (&mut self.packed).take(length), &mut io::sink())?;
                    if skipped < length {
                        return Err(io::ErrorKind::UnexpectedEof.into());
                    }
                }
                Err(error) => return Err(io::Error::other(error)),
            }
        }
        if self.any {
            Ok(false)
        } else {
            Err(io::Error::other("it has no Zstandard frame"))
        }
    }

    /// Closes a frame of which everything was read.
    fn end(&mut self) -> io::Result<()> {
        self.within = false;
        let told = self.decoder.get_checksum_from_data();
        if told.is_some() && told != self.decoder.get_calculated_checksum() {
            return Err(io::Error::other(
                "its checksum is wrong: the file is damaged",
            ));
        }
        Ok(())
    }
}

impl<R: Read> Read for Frames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            if self.within {
                while self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
                    let some = BlockDecodingStrategy::UptoBlocks(1);
                    self.decoder
                        .decode_blocks(&mut self.packed, some)
                        .map_err(io::Error::other)?;
                }
                if self.decoder.can_collect() > 0 {
                    return self.decoder.read(buffer);
                }
                self.end()?;
            }
            if !self.begin()? {
                return Ok(0);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use ruzstd::encoding::{CompressionLevel, compress_to_vec};

    use super::*;

    /// What is skipped: a magic number, how long it is, and so many bytes.
    const SKIPPED: &[u8] = b"\x50\x2A\x4D\x18\x03\0\0\0xyz";

    fn frame(text: &str) -> Vec<u8> {
        compress_to_vec(text.as_bytes(), CompressionLevel::Fastest)
    }

    fn read(packed: &[u8]) -> Result<String, String> {
        let mut text = String::new();
        let read = Frames::of(packed).read_to_string(&mut text);
        read.map(|_| text).map_err(|error| error.to_string())
    }

    #[test]
    fn all_frames_are_read_and_what_is_made_to_be_skipped_is() {
        let long = "ab".repeat(300_000);
        let packed = [
            SKIPPED,
            &frame("[1]\n"),
            &frame(""),
            SKIPPED,
            &frame(&long),
            SKIPPED,
        ]
        .concat();
        assert_eq!(read(&packed), Ok(format!("[1]\n{long}")));
    }

    #[test]
    fn what_is_no_frame_or_half_of_one_is_an_error() {
        let whole = frame("[1]");
        for packed in [
            b"".as_slice(),
            SKIPPED,
            &SKIPPED[..9],
            &whole[..whole.len() - 1],
            &[&whole, b"garbage".as_slice()].concat(),
            &[&whole, b"\0".as_slice()].concat(),
        ] {
            assert!(read(packed).is_err(), "{packed:?}");
        }
    }

    #[test]
    fn a_wrong_checksum_is_an_error() {
        let mut packed = frame("[1]");
        assert_eq!(read(&packed), Ok("[1]".to_owned()));
        if let Some(last) = packed.last_mut() {
            *last ^= 1;
        }
        let error = read(&packed).unwrap_err();
        assert!(error.contains("checksum"), "{error}");
    }
}
