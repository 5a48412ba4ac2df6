//! Whether an export holds all its records: caps that are met exactly, and what the manifest counts.

use crate::finding::{Place, Problem, Severity};
use crate::snapshot::kind::ExportKind;
use crate::snapshot::{Incomplete, Snapshot};
use crate::source::Span;

/// A cap that is met exactly, or a manifest that counts more than was read, means that records are missing.
pub(super) fn judge_completeness(snapshot: &mut Snapshot) {
    let texts = &snapshot.texts;
    let told: Vec<_> = snapshot
        .records
        .manifests
        .iter()
        .filter_map(|manifest| manifest.exports.value())
        .flatten()
        .filter_map(|export| {
            let kind = ExportKind::from_name(texts.symbol(export.kind))?;
            Some((kind, export.records, export.complete))
        })
        .collect();
    for (kind, export) in &mut snapshot.exports {
        let complete = told
            .iter()
            .any(|(named, _, complete)| named == kind && *complete);
        let should: Option<u64> = told
            .iter()
            .filter(|(named, ..)| named == kind)
            .filter_map(|(_, records, _)| records.and_then(|count| u64::try_from(count).ok()))
            .reduce(|one, two| one + two);
        let (proven, message) = match should {
            Some(should) if should > export.records => (
                true,
                format!(
                    "`{}` lacks records: the manifest counts {should}, the export holds {}",
                    kind.name(),
                    export.records
                ),
            ),
            _ if !complete && should.is_none() && kind.page_cap().contains(&export.records) => (
                false,
                format!(
                    "`{}` may be cut off: it has exactly {} records, as many as one call returns",
                    kind.name(),
                    export.records
                ),
            ),
            _ => continue,
        };
        if !export.incomplete.as_ref().is_some_and(|known| known.proven) {
            export.incomplete = Some(Incomplete {
                proven,
                why: message.clone(),
            });
            snapshot.problems.push(Problem {
                severity: if proven {
                    Severity::Error
                } else {
                    Severity::Warning
                },
                message,
                place: Some(Place::whole(Span::start_of(export.source))),
                also: None,
                exports: vec![kind.name()],
            });
        }
    }
}
