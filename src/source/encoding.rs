//! How stored bytes become text, and how an offset in the text becomes an offset in the file again.

use super::{SourceId, Span};

/// The encoding of an export, as PowerShell and Excel write them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Encoding {
    /// UTF-8, with or without byte order mark.
    Utf8 {
        /// Whether the file begins with EF BB BF.
        bom: bool,
    },
    /// UTF-16, little-endian: `>` and `Out-File` of Windows PowerShell.
    Utf16Le {
        /// Whether the file begins with FF FE.
        bom: bool,
    },
    /// UTF-16, big-endian: `-Encoding BigEndianUnicode`.
    Utf16Be {
        /// Whether the file begins with FE FF.
        bom: bool,
    },
    /// Neither of the above: read as the Windows code page 1252.
    Windows1252,
}

/// The text of a source, and whether decoding had to replace anything.
#[derive(Debug)]
pub struct Decoded {
    /// The text without byte order mark.
    pub text: String,
    /// Whether some bytes stood for no character and became `?` or U+FFFD.
    pub damaged: bool,
}

/// Why bytes are no text that is read, whatever stands in them: an encoding that no export has, or none at all.
pub(super) fn unusable(head: &[u8]) -> Option<&'static str> {
    const UTF_32: &str = "it is encoded in UTF-32, as no export is: save it as UTF-8";
    match head {
        [0xFF, 0xFE, 0, 0, ..] | [0, 0, 0xFE, 0xFF, ..] => Some(UTF_32),
        [one, 0, 0, 0, two, 0, 0, 0, ..] | [0, 0, 0, one, 0, 0, 0, two, ..]
            if *one > 0 && *two > 0 =>
        {
            Some(UTF_32)
        }
        [0, 0, ..] if head.iter().all(|byte| *byte == 0) => Some(
            "it begins with nothing but zero bytes, as a file does that was not written to its end: export it again",
        ),
        _ => None,
    }
}

impl Encoding {
    /// Finds the encoding: byte order mark, then the NUL pattern of UTF-16, then strict UTF-8, else Windows-1252.
    pub fn detect(bytes: &[u8]) -> Self {
        match bytes {
            // A single damaged byte behind the mark makes no other encoding of it.
            [0xEF, 0xBB, 0xBF, ..] => Self::Utf8 { bom: true },
            [0xFF, 0xFE, ..] => Self::Utf16Le { bom: true },
            [0xFE, 0xFF, ..] => Self::Utf16Be { bom: true },
            // JSON and CSV begin with two characters of ASCII, whatever the others are.
            [one, 0, two, 0, ..] if *one > 0 && *two > 0 => Self::Utf16Le { bom: false },
            [0, one, 0, two, ..] if *one > 0 && *two > 0 => Self::Utf16Be { bom: false },
            _ => {
                // One that does not has a NUL in most of its first characters all the same.
                let head = &bytes[..bytes.len().min(64) & !1];
                let (mut even, mut odd) = (0, 0);
                for pair in head.chunks_exact(2) {
                    even += usize::from(pair[0] == 0);
                    odd += usize::from(pair[1] == 0);
                }
                let pairs = head.len() / 2;
                if pairs > 0 && odd * 4 >= pairs * 3 && even == 0 {
                    Self::Utf16Le { bom: false }
                } else if pairs > 0 && even * 4 >= pairs * 3 && odd == 0 {
                    Self::Utf16Be { bom: false }
                } else if std::str::from_utf8(bytes).is_ok() {
                    Self::Utf8 { bom: false }
                } else {
                    Self::Windows1252
                }
            }
        }
    }

    /// As [`Encoding::detect`], from the first bytes alone: what begins like UTF-8 is taken for UTF-8.
    pub(super) fn of_head(head: &[u8]) -> Self {
        match Self::detect(head) {
            Self::Windows1252 => Self::Utf8 {
                bom: head.starts_with(b"\xEF\xBB\xBF"),
            },
            other => other,
        }
    }

    /// A decoder for text that arrives in pieces, its byte order mark taken off.
    pub(super) fn decoder(self) -> encoding_rs::Decoder {
        self.table().new_decoder_without_bom_handling()
    }

    /// Length of the byte order mark, in bytes.
    pub fn bom_len(self) -> u64 {
        match self {
            Self::Utf8 { bom: true } => 3,
            Self::Utf16Le { bom: true } | Self::Utf16Be { bom: true } => 2,
            _ => 0,
        }
    }

    /// Decodes a whole file; the byte order mark is not part of the text.
    pub fn decode(self, mut bytes: Vec<u8>) -> Decoded {
        let bom = self.bom_len() as usize;
        if let Self::Utf8 { .. } = self {
            bytes.drain(..bom);
            return match String::from_utf8(bytes) {
                Ok(text) => Decoded {
                    text,
                    damaged: false,
                },
                Err(error) => Decoded {
                    text: mended(error.as_bytes()),
                    damaged: true,
                },
            };
        }
        let (text, damaged) = self.table().decode_without_bom_handling(&bytes[bom..]);
        Decoded {
            text: text.into_owned(),
            damaged,
        }
    }

    /// Decodes a range that begins and ends between characters.
    pub fn decode_part(self, bytes: &[u8]) -> String {
        self.table()
            .decode_without_bom_handling(bytes)
            .0
            .into_owned()
    }

    /// How many stored bytes a piece of decoded text takes.
    pub fn stored_len(self, text: &str) -> u64 {
        match self {
            Self::Utf8 { .. } => text.len() as u64,
            Self::Utf16Le { .. } | Self::Utf16Be { .. } => {
                2 * text.chars().map(char::len_utf16).sum::<usize>() as u64
            }
            Self::Windows1252 => text.chars().count() as u64,
        }
    }

    /// Bytes of the smallest unit: a range must begin at a multiple of it.
    pub fn unit(self) -> u64 {
        match self {
            Self::Utf16Le { .. } | Self::Utf16Be { .. } => 2,
            _ => 1,
        }
    }

    fn table(self) -> &'static encoding_rs::Encoding {
        match self {
            Self::Utf8 { .. } => encoding_rs::UTF_8,
            Self::Utf16Le { .. } => encoding_rs::UTF_16LE,
            Self::Utf16Be { .. } => encoding_rs::UTF_16BE,
            Self::Windows1252 => encoding_rs::WINDOWS_1252,
        }
    }
}

/// UTF-8 with each byte that stands for no character as `?`, which takes a byte as well: nothing moves.
fn mended(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| '?'));
    }
    text
}

/// Turns rising offsets of a decoded text into offsets of the stored file, in one pass over the text.
#[derive(Debug)]
pub struct StoredOffsets<'t> {
    text: &'t str,
    encoding: Encoding,
    base: u64,
    at: usize,
    stored: u64,
}

impl<'t> StoredOffsets<'t> {
    /// Begins at the start of the text.
    pub fn new(text: &'t str, encoding: Encoding) -> Self {
        Self::behind(text, encoding, encoding.bom_len())
    }

    /// Begins with a text that stands at that stored offset.
    pub fn behind(text: &'t str, encoding: Encoding, base: u64) -> Self {
        Self {
            text,
            encoding,
            base,
            at: 0,
            stored: base,
        }
    }

    /// The stored offset of a text offset; an offset before the last one asked for starts again from the front.
    pub fn of(&mut self, offset: usize) -> u64 {
        if let Encoding::Utf8 { .. } = self.encoding {
            return self.base + offset as u64;
        }
        if offset < self.at {
            *self = Self::behind(self.text, self.encoding, self.base);
        }
        let step = self.text.get(self.at..offset).unwrap_or_default();
        self.stored += self.encoding.stored_len(step);
        self.at += step.len();
        self.stored
    }

    /// The stored bytes of a piece of the text; no more than the source has.
    pub fn span(&mut self, source: SourceId, at: usize, len: usize, bytes: u64) -> Span {
        // A break may lie behind the last character, and half a character at the end decodes to a whole one.
        let start = self.of(at).min(bytes);
        let end = self.of(at + len).clamp(start, bytes);
        Span {
            source,
            start,
            len: u32::try_from(end - start).unwrap_or(u32::MAX),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16le(text: &str) -> Vec<u8> {
        let mut bytes = vec![0xFF, 0xFE];
        bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
        bytes
    }

    #[test]
    fn encodings_are_told_apart() {
        assert_eq!(Encoding::detect(b"[]"), Encoding::Utf8 { bom: false });
        assert_eq!(
            Encoding::detect(b"\xEF\xBB\xBF[]"),
            Encoding::Utf8 { bom: true }
        );
        assert_eq!(
            Encoding::detect(&utf16le("[]")),
            Encoding::Utf16Le { bom: true }
        );
        assert_eq!(
            Encoding::detect(&utf16le("[]")[2..]),
            Encoding::Utf16Le { bom: false }
        );
        assert_eq!(
            Encoding::detect(&[0, b'[', 0, b']']),
            Encoding::Utf16Be { bom: false }
        );
        assert_eq!(Encoding::detect(b"[\"Ren\xE9\"]"), Encoding::Windows1252);
        // Characters that have a zero byte at the other end, in which PowerShell writes them as well.
        for text in ["[\"\u{4E00}\u{100}\"]", "[\"\u{1F600}\"]"] {
            let little = utf16le(text)[2..].to_vec();
            let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
            assert_eq!(Encoding::detect(&little), Encoding::Utf16Le { bom: false });
            assert_eq!(Encoding::detect(&big), Encoding::Utf16Be { bom: false });
        }
        assert_eq!(Encoding::detect(b""), Encoding::Utf8 { bom: false });
    }

    #[test]
    fn a_damaged_byte_behind_a_mark_leaves_the_other_characters_and_their_places() {
        let bytes = b"\xEF\xBB\xBF[\"Ren\xE9 \xC3\xA9 \xF0\x9F x\"]".to_vec();
        let encoding = Encoding::detect(&bytes);
        assert_eq!(encoding, Encoding::Utf8 { bom: true });
        let decoded = encoding.decode(bytes.clone());
        assert!(decoded.damaged);
        assert_eq!(decoded.text, "[\"Ren? \u{E9} ?? x\"]");
        let x = decoded.text.find('x').unwrap();
        let stored = StoredOffsets::new(&decoded.text, encoding).of(x);
        assert_eq!(bytes[stored as usize], b'x');
    }

    #[test]
    fn what_is_in_no_encoding_of_an_export_is_named() {
        let utf32 = |text: &str, bytes: fn(u32) -> [u8; 4]| -> Vec<u8> {
            text.chars().flat_map(|one| bytes(one as u32)).collect()
        };
        for text in ["\u{FEFF}[]", "[]"] {
            for bytes in [utf32(text, u32::to_le_bytes), utf32(text, u32::to_be_bytes)] {
                let why = unusable(&bytes).unwrap_or_default();
                assert!(why.contains("UTF-32"), "{bytes:?}");
            }
        }
        assert!(unusable(&[0; 100]).is_some_and(|why| why.contains("zero bytes")));
        for text in ["[]", "\u{FEFF}[]", "", "a", "a,b"] {
            assert_eq!(unusable(text.as_bytes()), None);
            assert_eq!(unusable(&utf16le(text)), None);
        }
    }

    #[test]
    fn utf16_offsets_are_those_of_the_file() {
        let text = "[\"é\u{1F600}x\"]";
        let bytes = utf16le(text);
        let encoding = Encoding::detect(&bytes);
        let decoded = encoding.decode(bytes.clone());
        assert_eq!(decoded.text, text);
        let x = text.find('x').unwrap();
        let stored = StoredOffsets::new(text, encoding).of(x);
        assert_eq!(&bytes[stored as usize..][..2], b"x\0");
    }

    #[test]
    fn asking_for_an_earlier_offset_still_answers_right() {
        let mut offsets = StoredOffsets::new("éab", Encoding::Utf16Le { bom: true });
        assert_eq!(offsets.of(3), 6);
        assert_eq!(offsets.of(2), 4);
    }

    #[test]
    fn a_lone_surrogate_is_damage_not_a_panic() {
        let bytes = vec![0xFF, 0xFE, 0x00, 0xD8, b'x', 0];
        let decoded = Encoding::detect(&bytes).decode(bytes);
        assert!(decoded.damaged);
        assert_eq!(decoded.text, "\u{FFFD}x");
    }
}
