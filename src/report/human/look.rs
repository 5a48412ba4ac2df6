//! How the human report is painted: colours and width, and nothing that depends on what is said.

use anstyle::{AnsiColor, Style};

use crate::finding::Severity;

pub(super) const STRONG: Style = Style::new().bold();
pub(super) const FAINT: Style = Style::new().dimmed();
pub(super) const KEY: Style = AnsiColor::Cyan.on_default().bold();
pub(super) const GOOD: Style = AnsiColor::Green.on_default().bold();
pub(super) const PLACE: Style = AnsiColor::Cyan.on_default().bold().underline();

/// Colours and width of one report.
#[derive(Clone, Copy, Debug)]
pub(super) struct Look {
    /// Whether to write escape sequences for colours.
    pub(super) color: bool,
    /// Columns of the terminal.
    pub(super) width: usize,
}

impl Look {
    /// The text in that style, or the bare text.
    pub(super) fn paint(self, style: Style, text: &str) -> String {
        if self.color {
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }
}

/// The style of a severity's word.
pub(super) fn severity_style(severity: Severity) -> Style {
    match severity {
        Severity::Error => AnsiColor::Red,
        Severity::Warning => AnsiColor::Yellow,
        Severity::Info => AnsiColor::Blue,
    }
    .on_default()
    .bold()
}
