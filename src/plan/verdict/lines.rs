//! Where spans of the plan files stand.

use std::collections::BTreeMap;

use crate::finding::Location;
use crate::plan::file::PlanFile;
use crate::source::{LineIndex, Position, SourceId, Sources, Span};

/// The lines of the plan files.
pub(super) struct Lines<'s> {
    by_source: BTreeMap<SourceId, Option<LineIndex<'s>>>,
}

impl<'s> Lines<'s> {
    pub(super) fn of(sources: &'s Sources, files: &[(SourceId, u64, PlanFile)]) -> Self {
        let index = |source: SourceId| LineIndex::build(sources.get(source)).ok();
        let by_source = files.iter().map(|(source, ..)| (*source, index(*source)));
        Self {
            by_source: by_source.collect(),
        }
    }

    pub(super) fn is_plan(&self, source: SourceId) -> bool {
        self.by_source.contains_key(&source)
    }

    pub(super) fn at(&self, span: Span, label: &str) -> Location {
        let top = Position { line: 1, column: 1 };
        let lines = self.by_source.get(&span.source).and_then(Option::as_ref);
        let position = |offset| {
            lines
                .and_then(|lines| lines.position(offset).ok())
                .unwrap_or(top)
        };
        Location {
            span,
            start: position(span.start),
            end: position(span.end()),
            label: label.to_owned(),
        }
    }
}
