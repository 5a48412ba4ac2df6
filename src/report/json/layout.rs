//! How the JSON formats are laid out, and how they are written without being built first.
//!
//! Outer containers get one element a line and inner ones none, so that a finding is a line: `diff` and `grep` work, and
//! the file is a third of the size of an indented one. What is in a document is decided elsewhere.

use std::io::{self, BufWriter, Write};
use std::ops::Range;

use rayon::prelude::*;
use serde::ser::{Serialize, Serializer};
use serde_json::ser::Formatter;

use crate::finding::logging::awaits_bracket;

/// Writes one JSON document and a newline; containers down to `depth` are laid out one element a line.
pub(crate) fn document(
    value: &impl Serialize,
    depth: usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut buffer = BufWriter::with_capacity(64 * 1024, out);
    let mut serializer = serde_json::Serializer::with_formatter(&mut buffer, Lines::down_to(depth));
    value.serialize(&mut serializer)?;
    buffer.write_all(b"\n")?;
    buffer.flush()
}

/// Writes one JSON document as a line.
pub(in crate::report) fn line(value: &impl Serialize, out: &mut impl Write) -> io::Result<()> {
    let mut serializer = serde_json::Serializer::with_formatter(&mut *out, Lines::down_to(0));
    value.serialize(&mut serializer)?;
    out.write_all(b"\n")
}

/// A sequence whose elements are made while it is written.
pub(in crate::report) struct Each<F>(pub(in crate::report) F);

impl<F, I> Serialize for Each<F>
where
    F: Fn() -> I,
    I: Iterator,
    I::Item: Serialize,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq((self.0)())
    }
}

/// A long list whose elements are made from `items` by all threads. It is the list of a [`document_with`]; a document
/// that is written otherwise would hold a zero in its place.
pub(in crate::report) struct Elements<'a, T, F> {
    items: &'a [T],
    make: F,
}

impl<'a, T, F, V> Elements<'a, T, F>
where
    F: Fn(&'a T) -> V,
{
    /// A list of what `make` makes of each item.
    pub(in crate::report) fn new(items: &'a [T], make: F) -> Self {
        Self { items, make }
    }

    /// What stands for the list in its document.
    pub(in crate::report) fn place(&self) -> Place {
        Place {
            is_filled: !self.items.is_empty(),
        }
    }
}

/// Stands for a list in a document, until [`document_with`] writes it.
#[derive(Clone, Copy)]
pub(in crate::report) struct Place {
    is_filled: bool,
}

impl Serialize for Place {
    /// One element that becomes [`MARK`]: reports hold no other number of this type.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.is_filled.then_some(0_i8))
    }
}

/// Writes elements as lines.
pub(in crate::report) trait Lined: Sync {
    /// How many there are.
    fn len(&self) -> usize;

    /// Adds some of them to a buffer, `between` before each but the first of all.
    fn lines(&self, range: Range<usize>, between: &[u8], buffer: &mut Vec<u8>) -> io::Result<()>;
}

impl<'a, T, F, V> Lined for Elements<'a, T, F>
where
    T: Sync,
    F: Fn(&'a T) -> V + Sync,
    V: Serialize,
{
    fn len(&self) -> usize {
        self.items.len()
    }

    fn lines(&self, range: Range<usize>, between: &[u8], buffer: &mut Vec<u8>) -> io::Result<()> {
        let first = range.start;
        for (index, item) in self.items[range].iter().enumerate() {
            if first + index > 0 {
                buffer.extend_from_slice(between);
            }
            let formatter = Lines::down_to(0);
            let mut serializer = serde_json::Serializer::with_formatter(&mut *buffer, formatter);
            (self.make)(item).serialize(&mut serializer)?;
        }
        Ok(())
    }
}

/// What no JSON text holds: where a list is to be written.
const MARK: u8 = 0x01;

/// How many elements one thread makes in one go: enough to be worth sharing out, few enough to stay in its cache.
const BLOCK: usize = 128;

/// How many blocks are made while those before them are written.
const BLOCKS: usize = 32;

/// Writes a document as [`document`] does, and each of the lists where its [`Place`] is. Only the rest of the document is
/// ever held: of a list of millions, some thousands.
pub(in crate::report) fn document_with(
    value: &impl Serialize,
    depth: usize,
    lists: &[&dyn Lined],
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut frame = Vec::new();
    document(value, depth, &mut frame)?;
    let mut rest = frame.as_slice();
    let mut out = BufWriter::with_capacity(64 * 1024, out);
    for list in lists.iter().filter(|list| list.len() > 0) {
        let at = memchr::memchr(MARK, rest)
            .ok_or_else(|| io::Error::other("a list without a place in its document"))?;
        let (before, behind) = rest.split_at(at);
        out.write_all(before)?;
        let line = memchr::memrchr(b'\n', before).map_or(&before[at..], |start| &before[start..]);
        write_list(*list, &[b",", line].concat(), &mut out)?;
        rest = behind.get(1..).unwrap_or_default();
    }
    out.write_all(rest)?;
    out.flush()
}

fn write_list(list: &dyn Lined, between: &[u8], out: &mut impl Write) -> io::Result<()> {
    let count = list.len();
    let fill = &|first: usize, buffers: &mut [Vec<u8>]| -> io::Result<()> {
        buffers
            .par_iter_mut()
            .enumerate()
            .try_for_each(|(number, buffer)| {
                buffer.clear();
                let start = (first + number * BLOCK).min(count);
                list.lines(start..(start + BLOCK).min(count), between, buffer)
            })
    };
    // The same buffers serve to the end, turn and turn about: threads that take and free memory wait for each other.
    let blocks = count.div_ceil(BLOCK).min(BLOCKS);
    let (mut now, mut next) = (vec![Vec::new(); blocks], vec![Vec::new(); blocks]);
    fill(0, &mut now)?;
    for first in (0..count).step_by(blocks * BLOCK) {
        let mut filled = Ok(());
        let (filled_behind, next_buffers) = (&mut filled, &mut next);
        rayon::in_place_scope(|scope| {
            let behind = first + blocks * BLOCK;
            if behind < count {
                scope.spawn(move |_| *filled_behind = fill(behind, next_buffers));
            }
            now.iter().try_for_each(|buffer| out.write_all(buffer))
        })?;
        filled?;
        std::mem::swap(&mut now, &mut next);
    }
    Ok(())
}

/// Layout: outer containers one element a line, indented by two; inner ones without any blank.
struct Lines {
    limit: usize,
    depth: usize,
    filled: bool,
}

impl Lines {
    fn down_to(limit: usize) -> Self {
        Self {
            limit,
            depth: 0,
            filled: false,
        }
    }

    fn open<W: ?Sized + Write>(&mut self, writer: &mut W, bracket: &[u8]) -> io::Result<()> {
        self.depth += 1;
        self.filled = false;
        writer.write_all(bracket)
    }

    fn close<W: ?Sized + Write>(&mut self, writer: &mut W, bracket: &[u8]) -> io::Result<()> {
        let broken = self.filled && self.depth <= self.limit;
        self.depth -= 1;
        if broken {
            self.line(writer)?;
        }
        writer.write_all(bracket)
    }

    fn element<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        if !first {
            writer.write_all(b",")?;
        }
        if self.depth <= self.limit {
            self.line(writer)?;
        }
        Ok(())
    }

    fn line<W: ?Sized + Write>(&self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b"\n")?;
        (0..self.depth).try_for_each(|_| writer.write_all(b"  "))
    }
}

impl Formatter for Lines {
    /// The mark of a list that is written later.
    fn write_i8<W: ?Sized + Write>(&mut self, writer: &mut W, _: i8) -> io::Result<()> {
        writer.write_all(&[MARK])
    }

    /// For who parses the text it is the same; an agent that only looks at it finds no command.
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut written = 0;
        if memchr::memmem::find(fragment.as_bytes(), b"##").is_some() {
            for (at, _) in fragment.match_indices('[') {
                if awaits_bracket(&fragment[..at]) {
                    writer.write_all(&fragment.as_bytes()[written..at])?;
                    writer.write_all(b"\\u005b")?;
                    written = at + 1;
                }
            }
        }
        writer.write_all(&fragment.as_bytes()[written..])
    }

    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.open(writer, b"[")
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.close(writer, b"]")
    }

    fn begin_array_value<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.element(writer, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.filled = true;
        Ok(())
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.open(writer, b"{")
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.close(writer, b"}")
    }

    fn begin_object_key<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.element(writer, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(if self.depth <= self.limit {
            b": "
        } else {
            b":"
        })
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.filled = true;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Serialize)]
    struct Frame<T> {
        a: &'static str,
        b: [T; 1],
        c: T,
        d: [[u8; 0]; 1],
    }

    fn frame<T>(one: T, two: T) -> Frame<T> {
        Frame {
            a: "\u{1}",
            b: [one],
            c: two,
            d: [[]],
        }
    }

    struct Broken;

    impl Serialize for Broken {
        fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(serde::ser::Error::custom("broken"))
        }
    }

    /// Two lists between other things: as `document` writes them, and as `document_with` does.
    fn both([one, two]: [&[String]; 2]) -> [Vec<u8>; 2] {
        let mut plain = Vec::new();
        document(&frame(one, two), 3, &mut plain).unwrap();
        let [one, two] = [one, two].map(|list| Elements::new(list, |text: &String| text.clone()));
        let mut filled = Vec::new();
        let lists: [&dyn Lined; 2] = [&one, &two];
        document_with(&frame(one.place(), two.place()), 3, &lists, &mut filled).unwrap();
        [plain, filled]
    }

    #[test]
    fn lists_made_by_all_threads_are_laid_out_like_others() {
        let many: Vec<String> = (0..2 * BLOCK * BLOCKS + 3)
            .map(|number| format!("\u{1}{number}##["))
            .collect();
        for first in [0, 1, BLOCK, BLOCK + 1, BLOCK * BLOCKS, many.len()] {
            for second in [0, 1, BLOCK * BLOCKS + 1] {
                let [plain, filled] = both([&many[..first], &many[..second]]);
                assert!(plain == filled, "{first} and {second} elements");
            }
        }
    }

    #[test]
    fn a_list_whose_element_cannot_be_written_is_an_error() {
        let items = vec![1_u8; 3 * BLOCK * BLOCKS];
        let list = Elements::new(&items, |_| Broken);
        let mut out = Vec::new();
        let error = document_with(&[list.place()], 2, &[&list], &mut out).unwrap_err();
        assert_eq!(error.to_string(), "broken");
    }
}
