//! Whether an export holds all its records: caps that are met exactly, and what the manifest counts.

use std::collections::{BTreeMap, BTreeSet};

use super::file::PageEnd;
use crate::finding::{Place, Problem, Severity};
use crate::snapshot::kind::ExportKind;
use crate::snapshot::record::Record;
use crate::snapshot::{Incomplete, Snapshot};
use crate::source::{Sources, Span};

/// A page that links to a next one is one of several; that the others are there as well is told by the last, which
/// links to none. A page may also say how many records all pages hold.
pub(super) fn judge_pages(
    snapshot: &mut Snapshot,
    pages: &BTreeMap<ExportKind, Vec<PageEnd>>,
    sources: &Sources,
) {
    for (kind, pages) in pages {
        let Some(export) = snapshot.exports.get_mut(kind) else {
            continue;
        };
        let last = pages.iter().any(|page| page.next_link.is_none());
        let link = pages.iter().find_map(|page| page.next_link);
        let should = pages.iter().filter_map(|page| page.count).max();
        let (why, message, span) = match (link, should) {
            (Some(span), _) if !last => {
                let path = &sources.get(span.source).path;
                (
                    format!("`{path}` is one page of several"),
                    format!(
                        "`{path}` is one page of several: `@odata.nextLink` is left, so records are missing"
                    ),
                    span,
                )
            }
            (_, Some((should, span))) if should > export.records => {
                let path = &sources.get(span.source).path;
                let why = format!(
                    "`{}` lacks records: `{path}` counts {should}, the export holds {}",
                    kind.name(),
                    export.records
                );
                (why.clone(), why, span)
            }
            _ => continue,
        };
        export.incomplete = Some(Incomplete { proven: true, why });
        snapshot.problems.push(Problem {
            severity: Severity::Error,
            message,
            place: Some(Place::whole(span)),
            also: None,
            exports: vec![kind.name()],
            properties: None,
            rule: Some("SN001"),
            objects: 0,
            discriminator: String::new(),
        });
    }
}

/// A cap that is met exactly, or a manifest that counts more than was read, means that records are missing.
pub(super) fn judge_completeness(snapshot: &mut Snapshot) {
    note_unknown_kinds(snapshot);
    let texts = &snapshot.texts;
    let told: Vec<_> = snapshot
        .records
        .manifests
        .iter()
        .filter_map(|manifest| manifest.exports.value())
        .flatten()
        .filter_map(|export| {
            let kind = ExportKind::from_manifest(texts.symbol(export.kind))?;
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
                properties: None,
                rule: Some("SN001"),
                objects: 0,
                discriminator: String::new(),
            });
        }
    }
}

/// Kinds that a manifest names and nobody knows which are told by name.
const NAMED: usize = 5;

/// What a manifest says of a kind that nobody knows is said in vain: a slip of the pen would take a cut export for whole.
fn note_unknown_kinds(snapshot: &mut Snapshot) {
    let texts = &snapshot.texts;
    for manifest in &snapshot.records.manifests {
        let exports = manifest.exports.value().into_iter().flatten();
        let unknown: BTreeSet<&str> = exports
            .map(|export| texts.symbol(export.kind))
            .filter(|kind| ExportKind::from_manifest(kind).is_none())
            .collect();
        let kinds = match unknown.len() {
            0 => continue,
            1 => "a kind of export",
            _ => "kinds of exports",
        };
        let named = unknown.iter().take(NAMED);
        let mut named: Vec<String> = named.map(|kind| format!("`{kind}`")).collect();
        if unknown.len() > NAMED {
            named.push(format!("{} more", unknown.len() - NAMED));
        }
        snapshot.problems.push(Problem::new(
            Severity::Warning,
            format!(
                "the manifest names {kinds} that tenantlint does not know: {}; whether it is complete is not checked",
                named.join(", ")
            ),
            Place::whole(manifest.origin().span),
            Vec::new(),
        ));
    }
}
