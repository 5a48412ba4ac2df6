//! What is wrong with the project file or the command line, and how it is shown.
//!
//! An error carries the few lines it points into, so it can be shown without the file. Nothing is printed here.

use std::fmt;
use std::ops::Range;

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError,
    MietteSpanContents, SourceCode, SourceSpan, SpanContents,
};

use super::text::{Excerpt, Text, visible};

/// Something that the project file or the command line says and that cannot be followed.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}{message}", .place.as_ref().map(|place| format!("{place}: ")).unwrap_or_default())]
pub struct ConfigError {
    /// One line, lower-case start, no full stop, values in backticks.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
    /// Where it stands; `None` for the command line.
    pub place: Option<ConfigPlace>,
    excerpt: Option<Box<Excerpt>>,
}

/// A place in the project file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConfigPlace {
    /// Path of the file, as given.
    pub path: String,
    /// Bytes of the text.
    pub bytes: Range<usize>,
    /// Line, from 1.
    pub line: u64,
    /// Column in Unicode scalar values, from 1.
    pub column: u64,
}

impl fmt::Display for ConfigPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", visible(&self.path), self.line, self.column)
    }
}

impl ConfigError {
    /// An error without place.
    pub(super) fn new(message: impl AsRef<str>) -> Self {
        Self {
            message: visible(message.as_ref()),
            help: None,
            place: None,
            excerpt: None,
        }
    }

    /// The same error, at these bytes of the file.
    pub(super) fn at(mut self, text: &Text, bytes: Range<usize>) -> Self {
        self.place = Some(text.place(bytes.clone()));
        self.excerpt = Some(Box::new(text.excerpt(bytes)));
        self
    }

    /// The same error, with this advice.
    pub(super) fn help(mut self, help: impl AsRef<str>) -> Self {
        self.help = Some(visible(help.as_ref()));
        self
    }

    /// The error as a person reads it: the message, the lines of the file, the advice.
    pub fn render(&self, color: bool) -> String {
        let mut theme = if color {
            GraphicalTheme::unicode()
        } else {
            GraphicalTheme::unicode_nocolor()
        };
        theme.characters.error = "error:".into();
        let handler = GraphicalReportHandler::new_themed(theme).with_wrap_lines(false);
        let mut shown = String::new();
        if handler.render_report(&mut shown, &Shown(self)).is_err() {
            return format!("error: {self}\n");
        }
        // miette indents the message for its icon; ours stands at the margin like every other error.
        shown
            .strip_prefix("  ")
            .map_or(shown.clone(), str::to_owned)
    }
}

/// An error in the form that miette draws.
#[derive(Debug)]
struct Shown<'e>(&'e ConfigError);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl std::error::Error for Shown<'_> {}

impl Diagnostic for Shown<'_> {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.0.help.as_ref().map(|help| Box::new(help) as _)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.0.excerpt.is_some().then_some(self as _)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let mark = self.0.excerpt.as_ref()?.mark.clone();
        Some(Box::new(std::iter::once(LabeledSpan::new(
            None,
            mark.start,
            mark.len(),
        ))))
    }
}

impl SourceCode for Shown<'_> {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        lines_before: usize,
        lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let (Some(excerpt), Some(place)) = (&self.0.excerpt, &self.0.place) else {
            return Err(MietteError::OutOfBounds);
        };
        let contents = excerpt.text.read_span(span, lines_before, lines_after)?;
        // miette asks without context for the position in the heading, and with it for the lines.
        let (line, column) = if lines_before == 0 {
            (place.line, place.column)
        } else {
            (excerpt.first_line, 1)
        };
        Ok(Box::new(MietteSpanContents::new_named(
            visible(&place.path),
            contents.data(),
            *contents.span(),
            line as usize - 1,
            column as usize - 1,
            contents.line_count(),
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_in_the_file_shows_its_line() {
        let text = Text::new(
            "tenantlint.toml",
            "# ours\nprofil = \"strict\"\n[severity]\n",
        );
        let error = ConfigError::new("unknown key `profil`")
            .help("did you mean `profile`?")
            .at(&text, 7..13);
        assert_eq!(
            error.to_string(),
            "tenantlint.toml:2:1: unknown key `profil`"
        );
        assert_eq!(
            error.render(false),
            "error: unknown key `profil`
   ╭─[tenantlint.toml:2:1]
 1 │ # ours
 2 │ profil = \"strict\"
   · ──────
 3 │ [severity]
   ╰────
  help: did you mean `profile`?
"
        );
        assert!(error.render(true).contains("\u{1b}["));
    }

    #[test]
    fn an_error_of_the_command_line_has_no_snippet() {
        let error = ConfigError::new("unknown rule `x` in `--select`").help("look again");
        assert_eq!(error.to_string(), "unknown rule `x` in `--select`");
        assert_eq!(
            error.render(false),
            "error: unknown rule `x` in `--select`\n  help: look again\n"
        );
    }

    #[test]
    fn every_place_can_be_drawn() {
        let text = Text::new("t\u{1b}.toml", "\u{feff}é = 1\r\n\r\n\tlast = \"…\"\n");
        for start in 0..30 {
            for end in start..30 {
                let shown = ConfigError::new("m").at(&text, start..end).render(false);
                assert!(shown.contains("[t\\u{1b}.toml:"), "{start}..{end}: {shown}");
                assert!(!shown.contains("Failed to read"), "{start}..{end}: {shown}");
            }
        }
    }

    #[test]
    fn a_place_far_along_one_line_keeps_its_column() {
        let line = format!("a = \"{}\" b", "x".repeat(2_000_000));
        let at = line.len() - 1;
        let error = ConfigError::new("m").at(&Text::new("t.toml", &line), at..at + 1);
        let shown = error.render(false);
        assert!(shown.contains("[t.toml:1:2000008]"), "{shown}");
        assert!(shown.len() < 1_000, "{shown}");
    }
}
