//! From symbolic places to concrete ones: each record is read again, and its source counted for lines once.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use crate::finding::{Label, Location};
use crate::report::ReportedProblem;
use crate::snapshot::{CsvShape, Trail, locate};
use crate::source::{Lines, Position, SourceId, Sources, Span};
use crate::tenant::Tenant;

/// Resolves places of all snapshots.
pub(super) struct Places<'s> {
    csv: BTreeMap<SourceId, &'s CsvShape>,
    lines: Lines<'s>,
    /// Sources that could not be read again, with the reason.
    lost: Mutex<BTreeMap<SourceId, BTreeSet<String>>>,
}

impl<'s> Places<'s> {
    /// Nothing is read before it is asked for.
    pub(super) fn new(sources: &'s Sources, tenants: &'s [Tenant]) -> Self {
        let files = tenants.iter().flat_map(|tenant| &tenant.snapshot.files);
        Self {
            csv: files
                .filter_map(|file| Some((file.source, file.csv.as_ref()?)))
                .collect(),
            lines: Lines::of(sources),
            lost: Mutex::new(BTreeMap::new()),
        }
    }

    /// The concrete place of a label. A file that changed since it was read is answered by its beginning, and
    /// reported once.
    pub(super) fn resolve(&self, label: Label, trail: &mut Trail) -> Location {
        let csv = |source: SourceId| self.csv.get(&source).copied();
        let first = label.place.records.first();
        let source = first.map_or(SourceId(0), |record| record.source);
        let found = locate(&self.lines, csv, &label.place, trail);
        let (span, start, end) = found.unwrap_or_else(|error| {
            let source = self.culprit(&label.place.records).unwrap_or(source);
            let mut lost = self
                .lost
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            let reasons = lost.entry(source).or_default();
            // Many threads meet it: the report names the same reason in every run.
            reasons.insert(error.to_string());
            let top = Position { line: 1, column: 1 };
            (Span::start_of(source), top, top)
        });
        Location {
            span,
            start,
            end,
            label: label.text,
        }
    }

    /// The concrete place of bytes that are known already.
    pub(super) fn at(&self, span: Span, label: impl Into<Cow<'static, str>>) -> Location {
        let top = Position { line: 1, column: 1 };
        let lines = self.lines.on(span.source);
        let found = lines.and_then(|lines| lines.positions(span.start, span.end()));
        let (start, end) = found.unwrap_or((top, top));
        Location {
            span,
            start,
            end,
            label: label.into(),
        }
    }

    /// `path:line:column`, for a place that is named within a message.
    pub(super) fn describe(&self, location: &Location) -> String {
        format!(
            "`{}:{}:{}`",
            self.lines.sources().get(location.span.source).path,
            location.start.line,
            location.start.column
        )
    }

    /// One problem for each file that could not be read again.
    pub(super) fn lost(self) -> Vec<ReportedProblem> {
        let sources = self.lines.sources();
        let lost = self
            .lost
            .into_inner()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        lost.into_iter()
            .map(|(id, reasons)| {
                let reason = reasons.first().map_or("", String::as_str);
                ReportedProblem::lost(sources.get(id), reason)
            })
            .collect()
    }

    /// The first of the sources whose record can no longer be read.
    fn culprit(&self, records: &[Span]) -> Option<SourceId> {
        let is_lost = |record: &&Span| {
            let source = self.lines.sources().get(record.source);
            source.read(record.start, record.len as usize).is_err()
        };
        records.iter().find(is_lost).map(|record| record.source)
    }
}
