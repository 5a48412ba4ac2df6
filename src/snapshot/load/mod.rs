//! Loading one snapshot: its files in parallel, then what they say together about kinds, completeness and time.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use rayon::prelude::*;

use super::csv_table::{CsvShape, csv_rows, csv_shape};
use super::kind::{Classified, ExportKind, classify, kind_from_file_name};
use super::records::{Cut, Notes, Records};
use super::rows;
use super::split_json::{Raw, Split, split_json};
use super::texts::{FilledArena, TextsBuilder};
use super::{Export, File, Incomplete, Moment, Now, Snapshot};
use crate::finding::{Place, Problem, Severity};
use crate::source::{Encoding, Source, SourceId, Sources, Span, StoredOffsets};

/// One file to load.
#[derive(Clone, Debug)]
pub enum Input {
    /// A file on disk.
    File {
        /// Where it is.
        path: PathBuf,
        /// How its path is shown.
        shown: String,
    },
    /// An example or a test: a name and a text.
    Memory {
        /// How its path is shown.
        shown: String,
        /// Its bytes.
        bytes: Vec<u8>,
    },
}

impl Input {
    /// Reads the bytes; a file that cannot be read still is a source, so that the report can name it.
    fn open(self, snapshot: u32) -> (Source, Result<Vec<u8>, String>) {
        match self {
            Self::Memory { shown, bytes } => {
                (Source::in_memory(shown, snapshot, &bytes), Ok(bytes))
            }
            Self::File { path, shown } => match Source::open(&path, shown.clone(), snapshot) {
                Ok((source, bytes)) => (source, Ok(bytes)),
                Err(error) => (Source::unreadable(shown, snapshot), Err(error.to_string())),
            },
        }
    }
}

/// How many records tell the kind of an export.
const SAMPLE: usize = 50;

/// Loads the files of one snapshot and adds them to the sources.
pub fn load(path: String, index: u32, inputs: Vec<Input>, sources: &mut Sources) -> Snapshot {
    let texts = TextsBuilder::default();
    let first = sources.iter().count() as u32;
    let opened: Vec<(Source, Loaded)> = inputs
        .into_par_iter()
        .enumerate()
        .map(|(number, input)| {
            let (source, bytes) = input.open(index);
            let id = SourceId(first + number as u32);
            let loaded = Loader::new(&texts, id, &source).load(bytes);
            (source, loaded)
        })
        .collect();
    let mut loaded = Vec::with_capacity(opened.len());
    for (source, file) in opened {
        sources.add(source);
        loaded.push(file);
    }

    let mut snapshot = Snapshot {
        path,
        index,
        exports: BTreeMap::new(),
        records: Records::default(),
        texts: TextsBuilder::default().finish(Vec::new()),
        files: Vec::new(),
        problems: Vec::new(),
        now: None,
    };
    let mut arenas = Vec::new();
    let mut modified = None;
    for file in loaded {
        modified = modified.max(file.modified);
        for part in file.parts {
            note_export(&mut snapshot, file.file.source, part);
        }
        snapshot.records.append(file.records);
        snapshot.problems.extend(file.problems);
        snapshot.files.push(file.file);
        arenas.extend(file.arenas);
    }
    snapshot.texts = texts.finish(arenas);
    judge_completeness(&mut snapshot);
    snapshot.now = now(&mut snapshot, modified);
    snapshot
}

/// One kind of export in one file.
struct Part {
    kind: ExportKind,
    records: u64,
    keys: BTreeSet<String>,
    incomplete: Option<Incomplete>,
}

struct Loaded {
    file: File,
    parts: Vec<Part>,
    records: Records,
    arenas: Vec<FilledArena>,
    problems: Vec<Problem>,
    modified: Option<i64>,
}

fn note_export(snapshot: &mut Snapshot, source: SourceId, part: Part) {
    let export = snapshot.exports.entry(part.kind).or_insert_with(|| Export {
        records: 0,
        properties: BTreeSet::new(),
        source,
        incomplete: None,
    });
    export.records += part.records;
    export.properties.extend(part.keys);
    if let Some(incomplete) = part.incomplete
        && !export.incomplete.as_ref().is_some_and(|known| known.proven)
    {
        export.incomplete = Some(incomplete);
    }
}

/// Reads one file.
struct Loader<'a> {
    texts: &'a TextsBuilder,
    id: SourceId,
    source: &'a Source,
    loaded: Loaded,
}

impl<'a> Loader<'a> {
    fn new(texts: &'a TextsBuilder, id: SourceId, source: &'a Source) -> Self {
        Self {
            texts,
            id,
            source,
            loaded: Loaded {
                file: File {
                    source: id,
                    kind: None,
                    records: 0,
                    csv: None,
                },
                parts: Vec::new(),
                records: Records::default(),
                arenas: Vec::new(),
                problems: Vec::new(),
                modified: source.modified,
            },
        }
    }

    fn load(mut self, bytes: Result<Vec<u8>, String>) -> Loaded {
        let bytes = match bytes {
            Ok(bytes) => bytes,
            Err(reason) => {
                self.unreadable(&format!("cannot be read: {reason}"));
                return self.loaded;
            }
        };
        let extension = self
            .source
            .file_name()
            .rsplit_once('.')
            .map(|(_, end)| end.to_ascii_lowercase());
        match extension.as_deref() {
            Some("json" | "csv" | "ndjson" | "jsonl" | "txt" | "tsv") | None => {}
            Some(other) => {
                let message = format!(
                    "`{}` is left out: `.{other}` files are not read",
                    self.source.path
                );
                self.problem(Severity::Info, message, None, Vec::new());
                return self.loaded;
            }
        }
        let encoding = self.source.encoding;
        if encoding == Encoding::Windows1252 {
            let message = format!(
                "`{}` is no valid UTF-8 and was read as Windows-1252: letters with accents may be wrong",
                self.source.path
            );
            self.problem(Severity::Warning, message, None, Vec::new());
        }
        let decoded = encoding.decode(bytes);
        if decoded.damaged {
            let message = format!(
                "`{}` has bytes that stand for no character: some names are damaged",
                self.source.path
            );
            self.problem(Severity::Warning, message, None, Vec::new());
        }
        let text = decoded.text.as_str();
        let first = text.trim_start().as_bytes().first().copied();
        match (first, extension.as_deref()) {
            (None, _) => self.empty(""),
            (Some(b'<'), _) => {
                self.unreadable(
                    "is a web page or XML, not an export: sign in again and repeat the export",
                );
            }
            (Some(b'[' | b'{'), _) => self.json(text),
            (_, Some("csv" | "tsv" | "txt") | None) => self.csv(text),
            _ => self.json(text),
        }
        self.loaded
    }

    fn json(&mut self, text: &str) {
        let split = split_json(text);
        let mut offsets = StoredOffsets::new(text, self.source.encoding);
        let broken = split.malformed.as_ref().map(|malformed| {
            let place = self.span(&mut offsets, malformed.at, 1);
            (malformed.expected.clone(), place)
        });
        let next_link = split
            .next_link
            .map(|raw| self.span(&mut offsets, raw.at, raw.text.len()));
        self.report_oddities(&split, &mut offsets);
        let mut kinds = Vec::new();
        for group in split.groups {
            let records: Vec<(Raw, Span)> = group
                .records
                .into_iter()
                .map(|raw| (raw, self.span(&mut offsets, raw.at, raw.text.len())))
                .collect();
            let name = if group.name.is_empty() {
                self.source.file_name().to_owned()
            } else {
                group.name
            };
            if records.is_empty() {
                if broken.is_none() {
                    self.empty(&name);
                } else {
                    kinds.extend(kind_from_file_name(&name));
                }
                continue;
            }
            let keys = sample_keys(records.iter().take(SAMPLE).map(|(raw, _)| raw.text));
            let user = group.context.and_then(user_of_context);
            if let Some(kind) = self.kind(&keys, &name, records[0].1) {
                kinds.push(kind);
                self.read(kind, user.as_deref(), &Cut::Json(records));
            }
        }
        let kinds: Vec<&'static str> = kinds.iter().map(|kind| kind.name()).collect();
        if let Some((expected, span)) = broken {
            let read = self.loaded.file.records;
            let message = format!(
                "`{}` is no valid JSON: {expected}; {} before this place {} kept, the rest is lost",
                self.source.path,
                counted(read, "record"),
                if read == 1 { "was" } else { "were" }
            );
            let why = format!(
                "`{}` breaks off after {}",
                self.source.path,
                counted(read, "record")
            );
            self.incomplete(true, &why);
            self.problem(Severity::Error, message, Some(Place::whole(span)), kinds);
        } else if let Some(span) = next_link {
            let message = format!(
                "`{}` is one page of several: `@odata.nextLink` is left, so records are missing",
                self.source.path
            );
            let why = format!("`{}` is one page of several", self.source.path);
            self.incomplete(true, &why);
            self.problem(Severity::Error, message, Some(Place::whole(span)), kinds);
        }
    }

    fn report_oddities(&mut self, split: &Split, offsets: &mut StoredOffsets) {
        if let Some(stray) = split.strays.first() {
            let span = self.span(offsets, stray.at, stray.text.len());
            let message = format!(
                "`{}` has {} that {} no object: left out",
                self.source.path,
                counted(split.strays.len() as u64, "element"),
                if split.strays.len() == 1 { "is" } else { "are" }
            );
            self.problem(
                Severity::Warning,
                message,
                Some(Place::whole(span)),
                Vec::new(),
            );
        }
        if split.nulls > 0 {
            let message = format!(
                "`{}` has {} instead of records: left out",
                self.source.path,
                counted(split.nulls, "null")
            );
            self.problem(Severity::Info, message, None, Vec::new());
        }
        if let Some(repeated) = split.repeated {
            let span = self.span(offsets, repeated.at, 1);
            let message = format!(
                "`{}` has the key `value` more than once in one object: all of them were read",
                self.source.path
            );
            self.problem(
                Severity::Warning,
                message,
                Some(Place::whole(span)),
                Vec::new(),
            );
        }
    }

    fn csv(&mut self, text: &str) {
        let Some((shape, from)) = csv_shape(text) else {
            self.empty("");
            return;
        };
        let (rows, error) = csv_rows(text, from, &shape);
        let mut offsets = StoredOffsets::new(text, self.source.encoding);
        let rows: Vec<_> = rows
            .into_iter()
            .map(|row| {
                let span = self.span(&mut offsets, row.at, row.text.len());
                (row, span)
            })
            .collect();
        let keys: BTreeSet<String> = shape.header.iter().cloned().collect();
        let name = self.source.file_name().to_owned();
        let first = rows
            .first()
            .map_or(Span::start_of(self.id), |(_, span)| *span);
        self.loaded.file.csv = Some(shape.clone());
        let Some(kind) = self.kind(&keys, &name, first) else {
            return;
        };
        self.read(kind, None, &Cut::Csv(&shape, rows));
        if let Some((at, reason)) = error {
            let span = self.span(&mut offsets, at, 1);
            let why = format!("`{}` breaks off", self.source.path);
            self.incomplete(true, &why);
            let message = format!(
                "`{}` is no valid CSV: {reason}; the rest is lost",
                self.source.path
            );
            self.problem(
                Severity::Error,
                message,
                Some(Place::whole(span)),
                vec![kind.name()],
            );
        }
    }

    fn read(&mut self, kind: ExportKind, user: Option<&str>, cut: &Cut) {
        let export = rows::Export {
            kind,
            user,
            texts: self.texts,
        };
        self.loaded.file.kind.get_or_insert(kind);
        let count = cut.len() as u64;
        let (keys, read) = match Records::read(export, cut) {
            Some((records, notes)) => {
                self.loaded.records.append(records);
                let read = count - notes.bad.len() as u64;
                (self.report_notes(kind, notes), read)
            }
            None => (cut_keys(cut), count),
        };
        self.loaded.file.records += read;
        self.loaded.parts.push(Part {
            kind,
            records: read,
            keys,
            incomplete: None,
        });
    }

    fn report_notes(&mut self, kind: ExportKind, notes: Notes) -> BTreeSet<String> {
        self.loaded.arenas.extend(notes.arenas);
        for (span, reason) in notes.bad {
            let message = format!(
                "a record of `{}` cannot be read: {reason}",
                self.source.path
            );
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
                self.source.path,
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
                self.source.path,
                counted(notes.cut_values, "value")
            );
            self.problem(Severity::Warning, message, None, vec![kind.name()]);
        }
        notes.keys
    }

    /// The kind of a group of records, or a problem that names its keys.
    fn kind(&mut self, keys: &BTreeSet<String>, name: &str, first: Span) -> Option<ExportKind> {
        match classify(keys, name) {
            Classified::Kind(kind) => Some(kind),
            Classified::Unknown { nearest } => {
                let mut shown: Vec<String> =
                    keys.iter().take(8).map(|key| format!("`{key}`")).collect();
                if keys.len() > 8 {
                    shown.push(format!("{} more", keys.len() - 8));
                }
                let nearest = nearest.map_or(String::new(), |kind| {
                    format!("; the nearest is `{}`", kind.name())
                });
                let what = if name == self.source.file_name() {
                    format!("`{}`", self.source.path)
                } else {
                    format!("`{name}` in `{}`", self.source.path)
                };
                let message = format!(
                    "{what} is no export that is known: its keys are {}{nearest}",
                    if shown.is_empty() {
                        "none".to_owned()
                    } else {
                        shown.join(", ")
                    }
                );
                self.problem(
                    Severity::Warning,
                    message,
                    Some(Place::whole(first_byte(first))),
                    Vec::new(),
                );
                None
            }
        }
    }

    /// A file, or an array of a bundle, without records counts as exported when its name tells its kind.
    fn empty(&mut self, name: &str) {
        let name = if name.is_empty() {
            self.source.file_name()
        } else {
            name
        };
        if let Some(kind) = kind_from_file_name(name) {
            self.loaded.file.kind.get_or_insert(kind);
            self.loaded.parts.push(Part {
                kind,
                records: 0,
                keys: BTreeSet::new(),
                incomplete: None,
            });
        } else {
            let message = format!(
                "`{}` holds no records, and its name does not tell of what",
                self.source.path
            );
            self.problem(Severity::Warning, message, None, Vec::new());
        }
    }

    fn unreadable(&mut self, what: &str) {
        let exports = kind_from_file_name(self.source.file_name())
            .map(ExportKind::name)
            .into_iter()
            .collect();
        let message = format!("`{}` {what}", self.source.path);
        self.problem(
            Severity::Error,
            message,
            Some(Place::whole(Span::start_of(self.id))),
            exports,
        );
    }

    fn incomplete(&mut self, proven: bool, why: &str) {
        for part in &mut self.loaded.parts {
            part.incomplete = Some(Incomplete {
                proven,
                why: why.to_owned(),
            });
        }
    }

    fn problem(
        &mut self,
        severity: Severity,
        message: String,
        place: Option<Place>,
        exports: Vec<&'static str>,
    ) {
        let place = place.or_else(|| Some(Place::whole(Span::start_of(self.id))));
        self.loaded.problems.push(Problem {
            severity,
            message,
            place,
            also: None,
            exports,
        });
    }

    fn span(&self, offsets: &mut StoredOffsets, at: usize, len: usize) -> Span {
        let start = offsets.of(at);
        let end = offsets.of(at + len);
        Span {
            source: self.id,
            start,
            len: u32::try_from(end - start).unwrap_or(u32::MAX),
        }
    }
}

/// A cap that is met exactly, or a manifest that counts more than was read, means that records are missing.
fn judge_completeness(snapshot: &mut Snapshot) {
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

/// The manifest's time, else the newest date inside, else the newest file's own time with a note.
fn now(snapshot: &mut Snapshot, modified: Option<i64>) -> Option<Now> {
    let records = &snapshot.records;
    let manifest = records
        .manifests
        .iter()
        .filter_map(|manifest| manifest.exported_at.get())
        .max();
    if let Some(moment) = manifest {
        return Some(Now {
            moment,
            from_manifest: true,
        });
    }
    let inside = records
        .users
        .iter()
        .filter_map(|user| user.changed.get())
        .chain(
            records
                .tenants
                .iter()
                .filter_map(|tenant| tenant.synced.get()),
        )
        .max();
    if inside.is_none() && modified.is_some() {
        snapshot.problems.push(Problem {
            severity: Severity::Info,
            message: "the snapshot does not tell when it was exported: the time of its newest file is taken; add `manifest.json` with `exportedAt`, or use `--as-of`".to_owned(),
            place: None,
            also: None,
            exports: Vec::new(),
        });
    }
    inside.or(modified.map(Moment)).map(|moment| Now {
        moment,
        from_manifest: false,
    })
}

/// The keys of some records, ASCII lower-cased.
fn sample_keys<'t>(records: impl Iterator<Item = &'t str>) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    for record in records {
        if let Ok(members) =
            serde_json::from_str::<BTreeMap<String, &serde_json::value::RawValue>>(record)
        {
            keys.extend(
                members
                    .into_keys()
                    .map(|key| key.trim().to_ascii_lowercase()),
            );
        }
    }
    keys
}

fn cut_keys(cut: &Cut) -> BTreeSet<String> {
    match cut {
        Cut::Json(records) => sample_keys(records.iter().map(|(raw, _)| raw.text)),
        Cut::Csv(CsvShape { header, .. }, _) => header.iter().cloned().collect(),
    }
}

/// `…/$metadata#users('48d31887-…')/licenseDetails` names the user that its records lack.
fn user_of_context(context: &str) -> Option<String> {
    let (_, rest) = context.split_once("users('")?;
    let (id, _) = rest.split_once('\'')?;
    Some(id.to_owned())
}

fn first_byte(span: Span) -> Span {
    Span {
        len: span.len.min(1),
        ..span
    }
}

fn counted(count: u64, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
