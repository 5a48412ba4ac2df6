//! Whether an export holds all its records: pages, caps that are met exactly, and what the manifest says.

use std::collections::{BTreeMap, BTreeSet};

use super::file::counted;
use super::pages::{Pages, endless, short};
use crate::finding::{Place, Problem, Severity};
use crate::snapshot::kind::ExportKind;
use crate::snapshot::record::Record;
use crate::snapshot::records::Records;
use crate::snapshot::{Incomplete, Snapshot};
use crate::source::{Sources, Span, file_name};

/// Records that are in two files count once, up to so many: to look at each takes time.
const MANY: u64 = 128 * 1024;

/// How many copies of a page are looked through for the records that they have in common.
const COPIES: u64 = 16;

/// Judges each kind: `files` tells how many records each of its files has.
pub(super) fn judge_completeness(
    snapshot: &mut Snapshot,
    pages: &BTreeMap<ExportKind, Pages>,
    files: &BTreeMap<ExportKind, Vec<u64>>,
    sources: &Sources,
) {
    note_unknown_kinds(snapshot);
    let told = told(snapshot, sources);
    note_unclear(snapshot, &told);
    let kinds: Vec<ExportKind> = snapshot.exports.keys().copied().collect();
    let none = (Pages::new(), Vec::new(), Told::default());
    for kind in kinds {
        let pages = pages.get(&kind).unwrap_or(&none.0);
        let files = files.get(&kind).unwrap_or(&none.1);
        let told = told.get(&kind).unwrap_or(&none.2);
        let verdicts = [
            judge_pages(snapshot, kind, (pages, files), told, sources),
            judge_told(snapshot, kind, files, told),
            judge_cap(snapshot, kind, files, told),
        ];
        // One finding for an export: what is proven first.
        let mut verdicts: Vec<Verdict> = verdicts.into_iter().flatten().collect();
        verdicts.sort_by_key(|verdict| !verdict.proven);
        if let Some(verdict) = verdicts.into_iter().next() {
            note(snapshot, kind, verdict);
        }
    }
}

/// What speaks against an export.
struct Verdict {
    proven: bool,
    why: String,
    message: String,
    span: Option<Span>,
}

impl Verdict {
    fn new(proven: bool, message: String) -> Self {
        Self {
            proven,
            why: message.clone(),
            message,
            span: None,
        }
    }

    fn at(self, span: Span) -> Self {
        Self {
            span: Some(span),
            ..self
        }
    }
}

/// Where it is known already that records are missing, only what says where to go on is worth telling.
fn note(snapshot: &mut Snapshot, kind: ExportKind, verdict: Verdict) {
    let Some(export) = snapshot.exports.get_mut(&kind) else {
        return;
    };
    let is_known = export.incomplete.as_ref().is_some_and(|known| known.proven);
    if is_known && verdict.span.is_none() {
        return;
    }
    let span = verdict.span.unwrap_or(Span::start_of(export.source));
    if verdict.proven || !is_known {
        export.incomplete = Some(Incomplete {
            proven: verdict.proven,
            why: verdict.why,
        });
    }
    snapshot.problems.push(Problem {
        severity: if verdict.proven {
            Severity::Error
        } else {
            Severity::Warning
        },
        message: verdict.message,
        place: Some(Place::whole(span)),
        also: None,
        exports: vec![kind.name()],
        properties: None,
        rule: Some("SN001"),
        objects: 0,
        discriminator: String::new(),
    });
}

/// A page that links to a next one is one of several; that the others are there as well is told by the last, which
/// links to none. A page may also say how many records all pages hold.
fn judge_pages(
    snapshot: &Snapshot,
    kind: ExportKind,
    (pages, files): (&Pages, &[u64]),
    told: &Told,
    sources: &Sources,
) -> Option<Verdict> {
    let path = |span: Span| &sources.get(span.source).path;
    if let Some(left) = endless(pages, sources) {
        let span = left.link.span;
        let path = path(span);
        let Some(perhaps) = left.perhaps else {
            return Some(Verdict {
                proven: true,
                why: format!("`{path}` is one page of several"),
                message: format!(
                    "`{path}` is one page of several: `@odata.nextLink` is left, so records are missing"
                ),
                span: Some(span),
            });
        };
        if told.complete != Some(true) {
            let perhaps = &sources.get(perhaps).path;
            let message = format!(
                "`{path}` may be one page of several: `@odata.nextLink` is left, and nothing tells whether `{perhaps}` is the last page"
            );
            return Some(Verdict::new(false, message).at(span));
        }
    }
    let (should, held, span) = short(pages, || different(snapshot, kind, files))?;
    let path = path(span);
    let why = format!(
        "`{}` lacks records: `{path}` counts {should}, the export holds {held}",
        kind.name(),
    );
    Some(Verdict::new(true, why).at(span))
}

/// What the manifest says of the export.
fn judge_told(
    snapshot: &mut Snapshot,
    kind: ExportKind,
    files: &[u64],
    told: &Told,
) -> Option<Verdict> {
    let name = kind.name();
    if told.complete == Some(false) {
        let message = format!("`{name}` lacks records: the manifest says that it is not complete");
        return Some(Verdict::new(true, message));
    }
    if let Some(should) = told.records {
        let held = different(snapshot, kind, files);
        if should > held {
            return Some(Verdict::new(
                true,
                format!(
                    "`{name}` lacks records: the manifest counts {should}, the export holds {held}"
                ),
            ));
        }
        if should < held && told.is_counted && tells_copies(kind, files) {
            snapshot.problems.push(Problem::new(
                Severity::Warning,
                format!(
                    "the manifest counts {} of `{name}`, and the export holds {held}: the count is of another export",
                    counted(should, "record"),
                ),
                told.span.map(Place::whole),
                Vec::new(),
            ));
        }
        if told.proves(held) {
            return None;
        }
    }
    let file = told.missing.first()?;
    (told.complete != Some(true)).then(|| {
        let message = format!(
            "`{name}` may lack records: the manifest names its file `{file}`, which is not there"
        );
        Verdict::new(false, message)
    })
}

/// As many records as one call returns are suspect, and so are files that all have as many.
fn judge_cap(snapshot: &Snapshot, kind: ExportKind, files: &[u64], told: &Told) -> Option<Verdict> {
    let caps = kind.page_cap();
    if told.complete == Some(true) {
        return None;
    }
    let name = kind.name();
    let all: u64 = files.iter().sum();
    let (Some(least), Some(most)) = (caps.iter().min(), caps.iter().max()) else {
        return None;
    };
    // Nobody exports one page more often.
    let is_near = (*least..=most * COPIES).contains(&all);
    let held = if is_near {
        different(snapshot, kind, files)
    } else {
        all
    };
    if told.proves(held) {
        return None;
    }
    let all_full = !files.is_empty() && files.iter().all(|records| caps.contains(records));
    let (what, count) = match files {
        _ if caps.contains(&held) => ("it has", held),
        [all] if all_full => ("it has", *all),
        // Files that are pages end with one that is not full.
        [one, ..] if all_full => ("each of its files has", *one),
        _ => return None,
    };
    let message = format!(
        "`{name}` may be cut off: {what} exactly {count} records, as many as one call returns"
    );
    Some(Verdict::new(false, message))
}

/// How many different records an export holds: a page that was saved twice does not make up for another one. Of one file
/// all count, as whoever exported it counted them.
fn different(snapshot: &Snapshot, kind: ExportKind, files: &[u64]) -> u64 {
    let all = files.iter().sum();
    if files.len() < 2 || !tells_copies(kind, files) {
        return all;
    }
    let different = snapshot.records.different(kind, &snapshot.texts);
    different.unwrap_or(all)
}

/// Whether records that are in two files are known as such; of kinds that no rule reads nobody knows.
fn tells_copies(kind: ExportKind, files: &[u64]) -> bool {
    files.len() < 2 || (Records::have(kind) && files.iter().sum::<u64>() <= MANY)
}

/// What the manifest says of one kind.
#[derive(Default)]
struct Told {
    /// How many records it counts.
    records: Option<u64>,
    /// Whether it counts those of each file that it names.
    is_counted: bool,
    complete: Option<bool>,
    /// Files that it names and that are not there.
    missing: Vec<String>,
    /// Whether something that it says cannot be read.
    is_unclear: bool,
    /// Where the manifest is.
    span: Option<Span>,
}

impl Told {
    /// Whether it says that there are no more records than these.
    fn proves(&self, held: u64) -> bool {
        self.is_counted && self.records == Some(held)
    }
}

fn told(snapshot: &Snapshot, sources: &Sources) -> BTreeMap<ExportKind, Told> {
    let files: BTreeSet<String> = snapshot
        .files
        .iter()
        .map(|file| sources.get(file.source).file_name().to_lowercase())
        .collect();
    let mut all: BTreeMap<ExportKind, Told> = BTreeMap::new();
    for manifest in &snapshot.records.manifests {
        let span = manifest.origin().span;
        // A bundle has what the files had that its manifest names.
        let mut of_files = snapshot.files.iter();
        let is_file = of_files.any(|file| file.source == span.source && file.records == 1);
        for export in manifest.exports.value().into_iter().flatten() {
            let kind = snapshot.texts.symbol(export.kind);
            let Some(kind) = ExportKind::from_manifest(kind) else {
                continue;
            };
            let told = all.entry(kind).or_insert(Told {
                is_counted: true,
                span: Some(span),
                ..Told::default()
            });
            told.is_counted &= export.records.is_some();
            if let Some(records) = export.records {
                told.records = Some(told.records.unwrap_or(0).saturating_add(records));
            }
            // That something is missing outweighs that the rest is whole.
            told.complete = match (told.complete, export.complete) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (one, other) => one.or(other),
            };
            told.is_unclear |= export.is_unclear;
            let file = export.file.map(|file| snapshot.texts.symbol(file));
            let missing = file.filter(|file| {
                let file = file.replace('\\', "/").to_lowercase();
                is_file && !files.contains(file_name(&file))
            });
            told.missing.extend(missing.map(str::to_owned));
        }
    }
    all
}

/// A slip of the pen must not take a cut export for whole, nor a file that was not sent for none.
fn note_unclear(snapshot: &mut Snapshot, told: &BTreeMap<ExportKind, Told>) {
    for (kind, told) in told {
        let name = kind.name();
        let place = || told.span.map(Place::whole);
        if told.is_unclear {
            snapshot.problems.push(Problem::new(
                Severity::Warning,
                format!(
                    "what the manifest says of `{name}` cannot be read: `records` is a whole number, and `complete` is true or false"
                ),
                place(),
                vec![kind.name()],
            ));
        }
        if let Some(file) = told.missing.first()
            && !snapshot.exports.contains_key(kind)
        {
            snapshot.problems.push(Problem::new(
                Severity::Warning,
                format!("the manifest names the file `{file}` of `{name}`, which is not there"),
                place(),
                vec![kind.name()],
            ));
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
