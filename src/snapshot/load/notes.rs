//! What reading the records of a file said about them, as problems of the report.

use std::collections::BTreeSet;

use super::file::{Loader, counted, first_byte};
use crate::finding::{Place, Severity};
use crate::snapshot::kind::ExportKind;
use crate::snapshot::records::Notes;

impl Loader<'_> {
    /// Reports what the notes of one kind say; returns the keys that its records have.
    pub(super) fn report_notes(&mut self, kind: ExportKind, notes: Notes) -> BTreeSet<String> {
        self.loaded.arenas.extend(notes.arenas);
        for (span, reason) in notes.bad {
            let message = format!("a record of `{}` cannot be read: {reason}", self.feed.path);
            self.problem(
                Severity::Error,
                message,
                Some(Place::whole(first_byte(span))),
                vec![kind.name()],
            );
        }
        if let Some((span, count)) = notes.without_key {
            let message = format!(
                "{} of `{}` {} no `{}` and cannot be judged",
                counted(count, "record"),
                self.feed.path,
                if count == 1 { "has" } else { "have" },
                kind.key_property()
            );
            self.problem(
                Severity::Warning,
                message,
                Some(Place::whole(first_byte(span))),
                vec![kind.name()],
            );
        }
        if notes.cut_values > 0 {
            let message = format!(
                "`{}` was exported with too small a depth: {} became text; export again with `-Depth 20`",
                self.feed.path,
                counted(notes.cut_values, "value")
            );
            self.problem(Severity::Warning, message, None, vec![kind.name()]);
        }
        notes.keys
    }
}
