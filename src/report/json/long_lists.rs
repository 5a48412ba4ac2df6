//! Long lists in JSON documents: their elements are made by all threads, some thousands while those before them are written.
//!
//! `serde` writes a document from front to back, on one thread. So the document is written without its long lists first, with
//! a mark where each of them belongs, and the lists are put in their places on the way out. Of a list of millions no more than
//! a few megabytes are ever held.

use std::io::{self, BufWriter, Write};
use std::ops::Range;

use rayon::prelude::*;
use serde::ser::{Serialize, Serializer};

use super::layout::{LIST_MARK, Lines, document, holds_command, write};

/// A list whose elements are made from items.
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
    pub(in crate::report) fn place(&self) -> ListPlace {
        ListPlace {
            is_filled: !self.items.is_empty(),
        }
    }
}

/// Stands for a list in a document, until [`document_with`] writes it; written otherwise it would be a number.
#[derive(Clone, Copy)]
pub(in crate::report) struct ListPlace {
    is_filled: bool,
}

impl Serialize for ListPlace {
    /// One element that becomes [`LIST_MARK`]: reports hold no other number of this type.
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
            let value = (self.make)(item);
            let start = buffer.len();
            // Nearly nothing has to be guarded: to look at all of it once is less than to look at each text.
            write(&value, Lines::trusting(), buffer)?;
            if holds_command(&buffer[start..]) {
                buffer.truncate(start);
                write(&value, Lines::down_to(0), buffer)?;
            }
        }
        Ok(())
    }
}

/// How many elements one thread makes in one go: enough to be worth sharing out, few enough to stay in its cache.
const BLOCK: usize = 128;

/// How many blocks are made while those before them are written.
const BLOCKS: usize = 32;

/// Writes a document as [`document`] does, and each of the lists where its [`ListPlace`] is. The lists are the innermost
/// containers that are laid out: down to `depth`.
///
/// # Errors
/// As [`write_list`].
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
        let at = memchr::memchr(LIST_MARK, rest)
            .ok_or_else(|| io::Error::other("a list without a place in its document"))?;
        let (before, behind) = rest.split_at(at);
        out.write_all(before)?;
        let line = &before[memchr::memrchr(b'\n', before).unwrap_or(at)..];
        write_list(*list, &[b",", line].concat(), &mut out)?;
        rest = behind.get(1..).unwrap_or_default();
    }
    out.write_all(rest)?;
    out.flush()
}

/// Writes the elements of a list, each as a line, with `between` between them.
///
/// # Errors
/// When an element cannot be made, or `out` cannot be written to.
pub(in crate::report) fn write_list(
    list: &dyn Lined,
    between: &[u8],
    out: &mut impl Write,
) -> io::Result<()> {
    let count = list.len();
    if count == 0 {
        return Ok(());
    }
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
    fn lines_stand_in_the_order_of_their_items() {
        for count in [0, 1, BLOCK * BLOCKS + 1] {
            let numbers: Vec<usize> = (0..count).collect();
            let mut out = Vec::new();
            let list = Elements::new(&numbers, |number| *number);
            write_list(&list, b"\n", &mut out).unwrap();
            let lines: Vec<String> = numbers.iter().map(usize::to_string).collect();
            assert!(out == lines.join("\n").into_bytes(), "{count}");
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
