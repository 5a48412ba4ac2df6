//! Loading one file: what it is, what it holds, and what is wrong with it.
//!
//! The usual shapes are read in windows ([`super::stream`]); whatever they do not fit is read whole, exactly
//! ([`super::whole`]). Both end in the same records and the same words.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use serde::de::IgnoredAny;

use super::pages::PageEnd;
use crate::finding::{Place, Problem, Severity};

use crate::snapshot::damage::Damage;
use crate::snapshot::foreign::{what_else, what_own};
use crate::snapshot::halves;
use crate::snapshot::kind::{Classified, ExportKind, classify, kind_from_file_name};
use crate::snapshot::object_id::parse_guid;
use crate::snapshot::records::{Cut, Notes, Records};
use crate::snapshot::rows::{self, Workers};
use crate::snapshot::sections::Strangers;
use crate::snapshot::split_json::sample_keys;
use crate::snapshot::texts::{FilledArena, TextsBuilder};
use crate::snapshot::{File, Incomplete, ObjectId, spellings_of};
use crate::source::{Encoding, Feed, Source, SourceId, Span, StoredOffsets, TextStream, file_name};

/// One kind of export in one file.
pub(super) struct Part {
    pub(super) kind: ExportKind,
    pub(super) records: u64,
    pub(super) keys: BTreeSet<String>,
    /// Properties of which values were lost, and how.
    pub(super) lost: BTreeMap<&'static str, Damage>,
    /// Of these, the ones of which some value could be read.
    pub(super) readable: BTreeSet<&'static str>,
    pub(super) incomplete: Option<Incomplete>,
    pub(super) pages: Vec<PageEnd>,
}

/// What one file gave.
pub(super) struct Loaded {
    pub(super) file: File,
    pub(super) parts: Vec<Part>,
    pub(super) records: Records,
    pub(super) arenas: Vec<FilledArena>,
    pub(super) problems: Vec<Problem>,
    /// Tenant ids that records name: by which kind, how often, and the first record.
    pub(super) tenants: Vec<(ObjectId, ExportKind, (u64, Span))>,
    /// The kinds that names tell where nothing could be read, and why: other files of that kind are not all of it.
    pub(super) lost: Vec<(ExportKind, String)>,
}

impl Loaded {
    fn new(id: SourceId) -> Self {
        Self {
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
            tenants: Vec::new(),
            lost: Vec::new(),
        }
    }
}

/// Endings of files that are read.
const READ: [&str; 6] = ["csv", "json", "jsonl", "ndjson", "tsv", "txt"];

/// Endings of files that may hold records and are not read. Others are papers and scripts: they are about exports.
const HOLD_RECORDS: [&str; 22] = [
    "7z", "br", "bz2", "cab", "clixml", "htm", "html", "lz4", "ods", "parquet", "rar", "tar",
    "tgz", "xls", "xlsb", "xlsm", "xlsx", "xml", "xz", "yaml", "yml", "zip",
];

/// Endings of files that are unpacked.
const PACKED: [&str; 2] = ["gz", "zst"];

/// For each file whether another one that is read has its name but for the endings: one export in two forms.
pub(super) fn have_twins(feeds: &[Feed]) -> Vec<bool> {
    let mut read: HashMap<&str, usize> = HashMap::new();
    for feed in feeds.iter().filter(|feed| is_read(feed)) {
        *read.entry(stem_of(&feed.path)).or_default() += 1;
    }
    let has_twin = |feed: &Feed| {
        let others = read.get(stem_of(&feed.path)).copied().unwrap_or(0);
        others > usize::from(is_read(feed))
    };
    feeds.iter().map(has_twin).collect()
}

/// Whether a file is one of those that are read.
fn is_read(feed: &Feed) -> bool {
    let name = file_name(&feed.path);
    let ending = name.rsplit_once('.').map(|(_, ending)| ending);
    feed.left_out().is_none() && ending.is_none_or(|ending| is_one_of(ending, &READ))
}

/// The path of a file without the endings of its name that say how it is written.
fn stem_of(path: &str) -> &str {
    let mut stem = path;
    while let Some((rest, ending)) = stem.rsplit_once('.')
        && [&READ[..], &HOLD_RECORDS, &PACKED]
            .iter()
            .any(|endings| is_one_of(ending, endings))
    {
        stem = rest;
    }
    stem
}

fn is_one_of(ending: &str, endings: &[&str]) -> bool {
    endings.iter().any(|one| one.eq_ignore_ascii_case(ending))
}

/// Reads one file.
pub(super) struct Loader<'a> {
    pub(super) texts: &'a TextsBuilder,
    pub(super) id: SourceId,
    pub(super) feed: &'a Feed,
    pub(super) snapshot: u32,
    /// Bytes of text that are read in one go; without, the file is read whole.
    pub(super) window: Option<usize>,
    pub(super) encoding: Encoding,
    /// How long the file is, once that is known.
    pub(super) bytes: u64,
    /// Whether the same export is read in another form.
    pub(super) has_twin: bool,
    pub(super) loaded: Loaded,
}

/// Records of one group of a file as reading them went.
pub(super) struct Reading {
    pub(super) kind: ExportKind,
    count: u64,
    keys: BTreeSet<String>,
    /// What reading its records said, where they are read.
    pub(super) notes: Option<Notes>,
    pub(super) workers: Workers,
    /// What the file is called, where all records have to be of one kind.
    pub(super) name: Option<String>,
    /// Whether a record that is not read is broken, has half of a character, or is of another kind.
    has_odd: bool,
    /// Where and why a table of records that are not read breaks off.
    cut_off: Option<(Span, String)>,
}

impl Reading {
    /// Nobody told the records of a file of that name apart: one of another kind is bad.
    pub(super) fn of_one_kind(self, name: &str) -> Self {
        Self {
            name: Some(name.to_owned()),
            ..self
        }
    }
}

impl<'a> Loader<'a> {
    /// Loads a file. One that cannot be read still is a source, so that the report can name it.
    pub(super) fn load(
        texts: &'a TextsBuilder,
        id: SourceId,
        feed: &'a Feed,
        (snapshot, window): (u32, Option<usize>),
        has_twin: bool,
    ) -> (Source, Loaded) {
        let mut loader = Self {
            texts,
            id,
            feed,
            snapshot,
            window,
            encoding: Encoding::Utf8 { bom: false },
            bytes: u64::MAX,
            has_twin,
            loaded: Loaded::new(id),
        };
        let source = loader.source().unwrap_or_else(|reason| {
            loader.loaded = Loaded::new(id);
            loader.unreadable(&format!("cannot be read: {reason}"));
            Source::unreadable(feed.path.clone(), snapshot)
        });
        (source, loader.loaded)
    }

    fn source(&mut self) -> std::io::Result<Source> {
        if let Some(why) = self.feed.left_out() {
            self.leave_out(why, Severity::Warning, true);
            return Ok(Source::unreadable(self.feed.path.clone(), self.snapshot));
        }
        if !is_read(self.feed) {
            let ending = self.extension().unwrap_or_default();
            let may_hold_records = is_one_of(&ending, &HOLD_RECORDS);
            let why = format!("`.{ending}` files are not read");
            self.leave_out(&why, Severity::Info, may_hold_records);
            return TextStream::open(self.feed)?.finish(self.feed, self.snapshot);
        }
        if let Some(window) = self.window
            && let Ok(source) = self.stream(window)
        {
            return Ok(source);
        }
        self.loaded = Loaded::new(self.id);
        self.bytes = u64::MAX;
        let (source, bytes) = Source::read_whole(self.feed, self.snapshot)?;
        self.encoding = source.encoding;
        self.bytes = source.bytes;
        self.whole(bytes);
        Ok(source)
    }

    /// The ending of the file's name, lower-cased.
    pub(super) fn extension(&self) -> Option<String> {
        let (_, end) = self.name().rsplit_once('.')?;
        Some(end.to_ascii_lowercase())
    }

    /// The file's name, which hints at its kind.
    pub(super) fn name(&self) -> &'a str {
        file_name(&self.feed.path)
    }

    /// Finds the kind of a group of records from the first of them; a problem tells when there is none.
    pub(super) fn begin(
        &mut self,
        keys: &BTreeSet<String>,
        name: &str,
        first: Span,
        text: &str,
    ) -> Option<Reading> {
        let kind = self.kind(keys, name, first, text)?;
        self.loaded.file.kind.get_or_insert(kind);
        Some(Reading {
            kind,
            count: 0,
            keys: BTreeSet::new(),
            notes: None,
            workers: Workers::of_sample(keys),
            name: None,
            has_odd: false,
            cut_off: None,
        })
    }

    /// Reads records of a group.
    pub(super) fn read(&mut self, reading: &mut Reading, user: Option<&str>, cut: &Cut) {
        let export = rows::Export {
            kind: reading.kind,
            user,
            name: reading.name.as_deref(),
            texts: self.texts,
        };
        if let Some(read) = Records::read(export, &reading.workers, cut) {
            put_together(read, &mut self.loaded.records, &mut reading.notes);
            return;
        }
        let (count, mut keys) = match cut {
            Cut::Json(records) => {
                let records = records.iter();
                (
                    records.len() as u64,
                    sample_keys(records.map(|(raw, _)| raw.text)),
                )
            }
            Cut::Csv(table) => {
                let (count, cut_off) = table.count();
                reading.cut_off = reading.cut_off.take().or(cut_off);
                (count, table.shape.header.iter().cloned().collect())
            }
        };
        if let Cut::Json(records) = cut {
            let mut strangers = Strangers::default();
            let name = reading.name.as_deref();
            reading.has_odd |= records.iter().any(|(raw, _)| {
                serde_json::from_str::<IgnoredAny>(raw.text).is_err()
                    || halves::has(raw.text)
                    || name.is_some_and(|name| strangers.has(reading.kind, name, raw.text))
            });
        }
        reading.count += count;
        reading.keys.append(&mut keys);
    }

    /// Whether a record of the group was no JSON after all.
    pub(super) fn has_bad(reading: &Reading) -> bool {
        let notes = reading.notes.as_ref();
        notes.is_some_and(|notes| !notes.bad.is_empty()) || reading.has_odd
    }

    /// Where and why the table that was read breaks off.
    pub(super) fn cut_off(reading: &Reading) -> Option<&(Span, String)> {
        let notes = reading.notes.as_ref();
        let of_notes = notes.and_then(|notes| notes.cut_off.as_ref());
        of_notes.or(reading.cut_off.as_ref())
    }

    /// Closes a group: says what reading it showed.
    pub(super) fn end(&mut self, reading: Reading) -> ExportKind {
        let Reading {
            kind,
            mut count,
            mut keys,
            notes,
            ..
        } = reading;
        let mut lost = BTreeMap::new();
        let mut readable = BTreeSet::new();
        let mut incomplete = None;
        if let Some(notes) = notes {
            incomplete = self.unusable(kind, &notes);
            lost = lost_properties(&notes);
            readable = notes.readable();
            self.loaded
                .tenants
                .extend(notes.tenants.iter().map(|(id, seen)| (*id, kind, *seen)));
            count += notes.read;
            keys.append(&mut self.report_notes(kind, notes));
        }
        if count > 0 {
            self.report_retired(kind);
        }
        self.loaded.file.records += count;
        self.loaded.parts.push(Part {
            kind,
            records: count,
            keys,
            lost,
            readable,
            incomplete,
            pages: Vec::new(),
        });
        kind
    }

    /// Records that cannot be told from each other, or not be read, are as good as missing.
    fn unusable(&self, kind: ExportKind, notes: &Notes) -> Option<Incomplete> {
        let lost = |key: &str| -> u64 {
            let is_key = |property: &str| {
                let names = spellings_of(kind.family(), property);
                names.iter().any(|name| name.eq_ignore_ascii_case(key))
            };
            notes
                .damages
                .iter()
                .filter(|(damage, property, _)| damage.loses() && is_key(property))
                .map(|(_, _, seen)| seen.count)
                .sum()
        };
        let without_key = notes.without_key.map_or(0, |(_, count)| count);
        // A key that cannot be read is a missing one, and both parts of a key may be missing: still one record.
        let keys = kind.key_properties().iter();
        let unkeyed = keys.map(|key| lost(key)).fold(without_key, u64::max);
        let count = notes.bad.len() as u64 + unkeyed;
        let path = &self.feed.path;
        let why = if count > 0 {
            let (lost, key) = (counted(count, "record"), kind.key_property());
            format!("{lost} of `{path}` cannot be used without a readable `{key}`")
        } else if notes.errors.is_some() {
            format!("`{path}` has an error message among its records")
        } else {
            let (_, count) = notes.without_user?;
            let lost = counted(count, "record");
            format!("{lost} of `{path}` cannot be used without the user that it is of")
        };
        Some(Incomplete { proven: true, why })
    }

    /// The kind of a group of records, or a problem that names its keys.
    fn kind(
        &mut self,
        keys: &BTreeSet<String>,
        name: &str,
        first: Span,
        text: &str,
    ) -> Option<ExportKind> {
        let own = what_own(keys);
        let foreign = what_else(keys, text);
        let nearest = match (classify(keys, name), &foreign) {
            (Classified::Kind(kind), None) if own.is_none() => return Some(kind),
            (Classified::Kind(_), _) => None,
            (Classified::Unknown { nearest }, _) => nearest,
        };
        let what = if name == self.name() {
            format!("`{}`", self.feed.path)
        } else {
            format!("`{name}` in `{}`", self.feed.path)
        };
        let place = Some(beginning_of(first));
        if let Some(own) = own {
            let message = format!("{what} {own}, and is left out");
            self.problem(Severity::Info, message, place, Vec::new());
            return None;
        }
        if let Some(foreign) = foreign {
            let kind = kind_from_file_name(name);
            let exports = kind.map(ExportKind::name).into_iter().collect();
            self.lost(kind);
            self.problem(Severity::Error, format!("{what} {foreign}"), place, exports);
            return None;
        }
        let named = kind_from_file_name(name);
        self.lost(named);
        let mut shown: Vec<String> = keys.iter().take(8).map(|key| format!("`{key}`")).collect();
        if keys.len() > 8 {
            shown.push(format!("{} more", keys.len() - 8));
        }
        let nearest = nearest.map_or(String::new(), |kind| {
            format!("; the nearest is `{}`", kind.name())
        });
        let message = format!(
            "{what} is no export that is known: its keys are {}{nearest}",
            if shown.is_empty() {
                "none".to_owned()
            } else {
                shown.join(", ")
            }
        );
        let exports = named.map(ExportKind::name).into_iter().collect();
        self.problem(Severity::Warning, message, place, exports);
        None
    }

    /// A file, or an array of a bundle, without records counts as exported when its name tells its kind.
    pub(super) fn empty(&mut self, name: &str) {
        let is_file = name.is_empty() || name == self.name();
        let name = if is_file { self.name() } else { name };
        if let Some(kind) = kind_from_file_name(name) {
            self.loaded.file.kind.get_or_insert(kind);
            self.loaded.parts.push(Part {
                kind,
                records: 0,
                keys: BTreeSet::new(),
                lost: BTreeMap::new(),
                readable: BTreeSet::new(),
                incomplete: None,
                pages: Vec::new(),
            });
        } else {
            let what = if is_file {
                format!("`{}`", self.feed.path)
            } else {
                format!("`{name}` in `{}`", self.feed.path)
            };
            let message = format!("{what} holds no records, and its name does not tell of what");
            self.problem(Severity::Warning, message, None, Vec::new());
        }
    }

    /// A file of which nothing can be used.
    pub(super) fn unreadable(&mut self, what: &str) {
        let kind = kind_from_file_name(self.name());
        let exports = kind.map(ExportKind::name).into_iter().collect();
        self.lost(kind);
        let message = format!("`{}` {what}", self.feed.path);
        self.problem(
            Severity::Error,
            message,
            Some(Place::whole(Span::start_of(self.id))),
            exports,
        );
    }

    /// Notes that nothing of this kind could be read where its name says that there is some.
    pub(super) fn lost(&mut self, kind: Option<ExportKind>) {
        let why = format!("nothing in `{}` could be read", self.feed.path);
        self.loaded.lost.extend(kind.map(|kind| (kind, why)));
    }

    /// Tells that the file is left out; records of a kind that its name tells are missing then.
    fn leave_out(&mut self, why: &str, severity: Severity, may_hold_records: bool) {
        let named = kind_from_file_name(self.name());
        let kind = named.filter(|_| may_hold_records && !self.has_twin);
        self.lost(kind);
        let severity = kind.map_or(severity, |_| Severity::Warning);
        let exports = kind.map(ExportKind::name).into_iter().collect();
        let message = format!("`{}` is left out: {why}", self.feed.path);
        self.problem(severity, message, None, exports);
    }

    /// Notes what a page of a part says, or of the last part where it is not known of which it is.
    pub(super) fn page(&mut self, part: Option<usize>, page: PageEnd) {
        let parts = &mut self.loaded.parts;
        let part = part.unwrap_or(parts.len().saturating_sub(1));
        if let Some(part) = parts.get_mut(part) {
            part.pages.push(page);
        }
    }

    /// The user that records are of who do not say it: whom the page around them names, or the name of the file.
    pub(super) fn user(&self, context: Option<&str>, name: &str) -> Option<String> {
        context
            .and_then(user_of_context)
            .or_else(|| only_guid(name))
            .or_else(|| only_guid(self.name()))
    }

    /// Bytes that stand for no character became U+FFFD.
    pub(super) fn damaged(&mut self) {
        let message = format!(
            "`{}` has bytes that stand for no character: some names are damaged",
            self.feed.path
        );
        self.problem(Severity::Warning, message, None, Vec::new());
    }

    /// Marks everything that the file holds as lacking records.
    pub(super) fn incomplete(&mut self, proven: bool, why: &str) {
        for part in &mut self.loaded.parts {
            part.incomplete = Some(Incomplete {
                proven,
                why: why.to_owned(),
            });
        }
    }

    /// Adds a problem; one without a place stands at the first byte of the file.
    pub(super) fn problem(
        &mut self,
        severity: Severity,
        message: String,
        place: Option<Place>,
        exports: Vec<&'static str>,
    ) {
        let place = place.or_else(|| Some(Place::whole(Span::start_of(self.id))));
        self.loaded
            .problems
            .push(Problem::new(severity, message, place, exports));
    }

    /// The stored bytes of a piece of text.
    pub(super) fn span(&self, offsets: &mut StoredOffsets, at: usize, len: usize) -> Span {
        offsets.span(self.id, at, len, self.bytes)
    }
}

/// Adds what was read to what was read before.
pub(super) fn put_together(
    (read, said): (Records, Notes),
    records: &mut Records,
    notes: &mut Option<Notes>,
) {
    records.append(read);
    notes.get_or_insert_default().append(said);
}

fn lost_properties(notes: &Notes) -> BTreeMap<&'static str, Damage> {
    notes
        .damages
        .iter()
        .filter(|(damage, ..)| damage.loses())
        .map(|(damage, property, _)| (property, damage))
        .collect()
}

/// `…/$metadata#users('48d31887-…')/licenseDetails` names the user that its records lack. The context is JSON:
/// Windows PowerShell escapes the quotes in it.
fn user_of_context(context: &str) -> Option<String> {
    let context = serde_json::from_str::<String>(context).ok()?;
    let (_, rest) = context.split_once("users('")?;
    let (id, _) = rest.split_once('\'')?;
    Some(id.to_owned())
}

/// The one GUID in a name, such as `licenseDetails-48d31887-….json`; none where there are two.
fn only_guid(name: &str) -> Option<String> {
    const LEN: usize = "00000000-0000-0000-0000-000000000000".len();
    let starts = name.char_indices().map(|(at, _)| at);
    let mut found = starts.filter_map(|at| {
        let text = name.get(at..at + LEN)?;
        parse_guid(text).is_some_and(|id| id != 0).then_some(text)
    });
    let only = found.next()?;
    found.next().is_none().then(|| only.to_owned())
}

/// The first character of a record: a snippet of all of it would say nothing.
pub(super) fn beginning_of(record: Span) -> Place {
    Place {
        records: [record].into(),
        // An empty name asks for the place where the record begins.
        field: Arc::from([String::new()]),
        element: None,
    }
}

/// Length in bytes of the character at that place of a text; 0 at its end.
pub(super) fn character_len(text: &str, at: usize) -> usize {
    let character = text.get(at..).and_then(|rest| rest.chars().next());
    character.map_or(0, char::len_utf8)
}

/// A count with its noun.
pub(super) fn counted(count: u64, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
