//! Boxed snippets: which places share a box, and miette as the one who draws it.
//!
//! Miette gets a [`Window`] of a few short lines and never a file: it would scan the file once for every label, and
//! it panics at labels far to the right. Where a file cannot be read again, its place is printed without a snippet.

use std::fmt::{self, Write as _};

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError,
    MietteSpanContents, SourceCode, SourceSpan, SpanContents,
};

use super::look::{Look, PLACE};
use super::window::{Window, digits, near};
use super::words::wrap;
use crate::finding::Location;
use crate::report::escape::for_terminal;
use crate::source::{Position, Sources};

/// Fewer columns than this are not worth wrapping a label for.
const NARROW: usize = 28;

/// Draws the places in their order, those that lie close together in one box.
pub(super) fn boxes<'a>(
    sources: &Sources,
    locations: impl IntoIterator<Item = &'a Location>,
    look: Look,
) -> String {
    let mut groups: Vec<(Vec<&Location>, Result<Window, &'static str>)> = Vec::new();
    'locations: for location in locations {
        for (members, window) in &mut groups {
            if members.iter().any(|member| near(member, location)) {
                members.push(location);
                if let Ok(shared) = Window::open(sources, members, look.width) {
                    *window = Ok(shared);
                    continue 'locations;
                }
                members.pop();
            }
        }
        groups.push((
            vec![location],
            Window::open(sources, &[location], look.width),
        ));
    }

    let drawn: Vec<(usize, String)> = groups
        .into_iter()
        .map(|(members, window)| {
            let path = for_terminal(&sources.get(members[0].span.source).path).into_owned();
            window
                .and_then(|window| draw(path.clone(), members[0].start, &window, look))
                .unwrap_or_else(|reason| without_snippet(&path, &members, reason, look))
        })
        .collect();
    let gutter = drawn.iter().map(|(gutter, _)| *gutter).max().unwrap_or(0);
    let mut text = String::new();
    for (number, (own, drawing)) in drawn.iter().enumerate() {
        let is_last = number + 1 == drawn.len();
        for line in drawing.lines() {
            // The boxes hang together: only the last one is closed.
            if is_last || !line.trim_start().starts_with('╰') {
                text.push_str(&" ".repeat(gutter - own));
                text.push_str(line.trim_end());
                text.push('\n');
            }
        }
    }
    text
}

/// The box and the digits of its line numbers.
fn draw(
    name: String,
    start: Position,
    window: &Window,
    look: Look,
) -> Result<(usize, String), &'static str> {
    let lines = window.text.split('\n').count();
    let gutter = digits(window.first_line + lines as u64 - 1);
    let labels = window
        .marks
        .iter()
        .enumerate()
        .map(|(number, mark)| {
            let label = for_terminal(&mark.label);
            let label = (!label.is_empty()).then(|| {
                let room = look.width.saturating_sub(gutter + 4 + mark.middle + 4);
                wrap(&label, room.max(NARROW)).join("\n")
            });
            let span = SourceSpan::from((mark.bytes.start, mark.bytes.len()));
            if number == 0 {
                LabeledSpan::new_primary_with_span(label, span)
            } else {
                LabeledSpan::new_with_span(label, span)
            }
        })
        .collect();
    let drawing = Drawing {
        name,
        text: &window.text,
        lines,
        first_line: window.first_line,
        start,
        labels,
    };
    let theme = if look.color {
        GraphicalTheme::unicode()
    } else {
        GraphicalTheme::unicode_nocolor()
    };
    let mut drawn = String::new();
    GraphicalReportHandler::new_themed(theme)
        .with_width(look.width)
        .with_context_lines(1)
        .with_wrap_lines(false)
        .with_links(false)
        .without_cause_chain()
        .without_syntax_highlighting()
        .render_report(&mut drawn, &drawing)
        .map_err(|_| "it cannot be drawn")?;
    // The first line is the message, which stands above the boxes already.
    let (_, snippet) = drawn.split_once('\n').ok_or("it cannot be drawn")?;
    Ok((gutter, snippet.to_owned()))
}

/// A box with the labels only.
fn without_snippet(path: &str, members: &[&Location], reason: &str, look: Look) -> (usize, String) {
    let Position { line, column } = members[0].start;
    let gutter = digits(line);
    let indent = " ".repeat(gutter + 2);
    let place = look.paint(PLACE, &format!("{path}:{line}:{column}"));
    let mut text = format!("{indent}╭─[{place}]\n");
    for member in members.iter().filter(|member| !member.label.is_empty()) {
        let _ = writeln!(text, "{indent}· {}", for_terminal(&member.label));
    }
    let _ = writeln!(text, "{indent}· no snippet: {reason}\n{indent}╰────");
    (gutter, text)
}

/// What miette is asked to draw.
#[derive(Debug)]
struct Drawing<'w> {
    name: String,
    text: &'w str,
    lines: usize,
    first_line: u64,
    start: Position,
    labels: Vec<LabeledSpan>,
}

impl fmt::Display for Drawing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("snippet")
    }
}

impl std::error::Error for Drawing<'_> {}

impl Diagnostic for Drawing<'_> {
    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(self)
    }
}

impl SourceCode for Drawing<'_> {
    fn read_span<'a>(
        &'a self,
        _: &SourceSpan,
        lines_before: usize,
        _: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        // Without context miette asks for the place to print in the head of the box, else for the lines to draw.
        let (line, column) = if lines_before == 0 {
            (self.start.line, self.start.column)
        } else {
            (self.first_line, 1)
        };
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            self.text.as_bytes(),
            SourceSpan::from((0, self.text.len())),
            line.saturating_sub(1) as usize,
            column.saturating_sub(1) as usize,
            self.lines,
        )))
    }
}
