//! Where spans of the plan files stand.

use std::collections::BTreeSet;

use crate::finding::Location;
use crate::plan::file::PlanFile;
use crate::source::{self, Position, SourceId, Sources, Span};

/// The lines of the plan files.
pub(super) struct Lines<'s> {
    plans: BTreeSet<SourceId>,
    lines: source::Lines<'s>,
}

impl<'s> Lines<'s> {
    pub(super) fn of(sources: &'s Sources, files: &[(SourceId, u64, PlanFile)]) -> Self {
        Self {
            plans: files.iter().map(|(source, ..)| *source).collect(),
            lines: source::Lines::of(sources),
        }
    }

    pub(super) fn is_plan(&self, source: SourceId) -> bool {
        self.plans.contains(&source)
    }

    pub(super) fn at(&self, span: Span, label: &'static str) -> Location {
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
}
