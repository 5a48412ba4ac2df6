//! The text around a span, for people: never more than a few kilobytes, however long the line is.

use std::io;

use super::{Encoding, Source, Span};

/// A span's text with some text before and behind it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Excerpt {
    /// Text before the span, at most the margin.
    pub before: String,
    /// Text of the span, at most twice the margin.
    pub text: String,
    /// Text behind the span, at most the margin.
    pub after: String,
    /// Whether `before` begins at the start of the file.
    pub from_start: bool,
    /// Whether `text` lacks its end because the span is longer than the margin allows.
    pub cut: bool,
}

impl Source {
    /// Reads a span with up to `margin` bytes on either side.
    ///
    /// # Errors
    /// When the file is gone, or shorter than when it was loaded.
    pub fn excerpt(&self, span: Span, margin: u32) -> io::Result<Excerpt> {
        let reader = self.reader()?;
        let unit = self.encoding.unit();
        let margin = u64::from(margin) / unit * unit;
        let first = self.encoding.bom_len();
        let start = span.start.clamp(first, self.bytes.max(first));
        let end = span.end().clamp(start, self.bytes.max(start));
        let shown_end = end.min(start + 2 * margin);
        let from = start.saturating_sub(margin).max(first);
        let to = (shown_end + margin).min(self.bytes.max(shown_end));
        let bytes = reader.read(from, (to - from) as usize)?;
        let (before, rest) = bytes.split_at((start - from) as usize);
        let (text, after) = rest.split_at((shown_end - start) as usize);
        Ok(Excerpt {
            before: self
                .encoding
                .decode_part(whole_front(self.encoding, before)),
            text: self.encoding.decode_part(text),
            after: self.encoding.decode_part(whole_back(self.encoding, after)),
            from_start: from == first,
            cut: shown_end < end,
        })
    }
}

/// Drops the rest of a character that the range cut at its front.
fn whole_front(encoding: Encoding, bytes: &[u8]) -> &[u8] {
    match encoding {
        Encoding::Utf8 { .. } => {
            let skip = bytes
                .iter()
                .take(3)
                .take_while(|&&byte| byte & 0xC0 == 0x80)
                .count();
            &bytes[skip..]
        }
        _ => bytes,
    }
}

/// Drops the beginning of a character that the range cut at its back.
fn whole_back(encoding: Encoding, bytes: &[u8]) -> &[u8] {
    match encoding {
        Encoding::Utf8 { .. } => {
            let valid = match std::str::from_utf8(bytes) {
                Err(error) if error.error_len().is_none() => error.valid_up_to(),
                _ => bytes.len(),
            };
            &bytes[..valid]
        }
        _ => bytes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceId;

    #[test]
    fn an_excerpt_never_splits_a_character() {
        let source = Source::in_memory("a".into(), 0, "éééxééé".as_bytes());
        let span = Span {
            source: SourceId(0),
            start: 6,
            len: 1,
        };
        let excerpt = source.excerpt(span, 3).unwrap();
        assert_eq!(
            (
                excerpt.before.as_str(),
                excerpt.text.as_str(),
                excerpt.after.as_str()
            ),
            ("é", "x", "é")
        );
        assert!(!excerpt.from_start);
    }

    #[test]
    fn a_span_behind_the_end_is_clamped() {
        let source = Source::in_memory("a".into(), 0, b"ab");
        let span = Span {
            source: SourceId(0),
            start: 9,
            len: 4,
        };
        let excerpt = source.excerpt(span, 10).unwrap();
        assert_eq!(excerpt.before, "ab");
        assert_eq!(excerpt.text, "");
    }
}
