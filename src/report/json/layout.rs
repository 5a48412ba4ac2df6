//! How the JSON formats are laid out, and how they are written without being built first.
//!
//! Outer containers get one element a line and inner ones none, so that a finding is a line: `diff` and `grep` work, and
//! the file is a third of the size of an indented one. What is in a document is decided elsewhere.

use std::io::{self, BufWriter, Write};

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
    write(value, Lines::down_to(depth), &mut buffer)?;
    buffer.write_all(b"\n")?;
    buffer.flush()
}

/// Writes one JSON document as a line.
pub(in crate::report) fn line(value: &impl Serialize, out: &mut impl Write) -> io::Result<()> {
    write(value, Lines::down_to(0), out)?;
    out.write_all(b"\n")
}

/// Writes one value in a layout.
pub(super) fn write(value: &impl Serialize, layout: Lines, out: &mut impl Write) -> io::Result<()> {
    let mut serializer = serde_json::Serializer::with_formatter(out, layout);
    Ok(value.serialize(&mut serializer)?)
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

/// Whether written JSON may hold what an agent of a pipeline takes for a command.
pub(super) fn holds_command(json: &[u8]) -> bool {
    // Nearly none has one sign, which is quicker to tell than that it has not two.
    memchr::memchr(b'#', json).is_some_and(|at| memchr::memmem::find(&json[at..], b"##").is_some())
}

/// What no JSON text holds: where a list is to be written that is made elsewhere.
pub(super) const LIST_MARK: u8 = 0x01;

/// Layout: outer containers one element a line, indented by two; inner ones without any blank.
pub(super) struct Lines {
    limit: usize,
    depth: usize,
    filled: bool,
    /// Whether texts may go through as they are.
    is_trusting: bool,
}

impl Lines {
    pub(super) fn down_to(limit: usize) -> Self {
        Self {
            limit,
            depth: 0,
            filled: false,
            is_trusting: false,
        }
    }

    /// For a value of which somebody asks [`holds_command`] when it is written, and then writes it again.
    pub(super) fn trusting() -> Self {
        Self {
            is_trusting: true,
            ..Self::down_to(0)
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
        writer.write_all(&[LIST_MARK])
    }

    /// For who parses the text it is the same; an agent that only looks at it finds no command.
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut written = 0;
        if !self.is_trusting && holds_command(fragment.as_bytes()) {
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
