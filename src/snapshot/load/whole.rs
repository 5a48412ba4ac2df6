//! The exact way: a file read whole, for shapes that are unusual and for JSON that is none.

use std::collections::BTreeSet;

use super::file::{Loader, character_len, counted};
use super::pages::{Link, PageEnd, count_of};
use crate::finding::{Place, Severity};
use crate::snapshot::csv_pieces::{CsvPieces, cut, placed};
use crate::snapshot::csv_table::{CsvShape, csv_shape, is_preamble};
use crate::snapshot::foreign::what_text;
use crate::snapshot::halves::mend;
use crate::snapshot::kind::{Classified, ExportKind, classify, kind_from_file_name};
use crate::snapshot::object_id::parse_guid;
use crate::snapshot::records::Cut;
use crate::snapshot::sections::{Export, by_kind};
use crate::snapshot::split_json::{Group, Raw, SAMPLE, Split, sample_keys, split_json};
use crate::source::{Encoding, Span, StoredOffsets};

/// How often JSON may be a text within JSON: once happens by mistake, more is an attack.
const WRAPPED: u32 = 2;

impl Loader<'_> {
    /// Reads the bytes of a whole file.
    pub(super) fn whole(&mut self, bytes: Vec<u8>) {
        if self.encoding == Encoding::Windows1252 {
            let message = format!(
                "`{}` is no valid UTF-8 and was read as Windows-1252: letters with accents may be wrong",
                self.feed.path
            );
            self.problem(Severity::Warning, message, None, Vec::new());
        }
        let mut decoded = self.encoding.decode(bytes);
        if decoded.damaged {
            self.damaged();
        }
        let first = decoded.text.trim_start().as_bytes().first().copied();
        if let Some(b'[' | b'{') = first {
            self.mend(&mut decoded.text, None);
        }
        let text = decoded.text.as_str();
        match (first, self.extension().as_deref()) {
            (None, _) => self.empty(""),
            (Some(b'<'), _) => self.unreadable(what_text(text)),
            (Some(b'[' | b'{'), _) => self.json(text, None),
            (_, Some("csv" | "tsv")) if !looks_like_id(text) => self.csv(text),
            (Some(b'"'), _) if serde_json::from_str::<String>(text).is_ok() => {
                self.json(text, None);
            }
            _ if looks_like_id(text) => self.unreadable(what_text(text)),
            (_, Some("txt") | None) => self.csv(text),
            _ => self.json(text, None),
        }
    }

    /// Replaces halves of characters in JSON, and tells of them.
    fn mend(&mut self, text: &mut String, place: Option<Span>) {
        let halves = mend(text);
        if halves > 0 {
            let message = format!(
                "`{}` has {} of half a character, which no text can hold: read as U+FFFD",
                self.feed.path,
                counted(halves, "escape")
            );
            self.problem(
                Severity::Warning,
                message,
                place.map(Place::whole),
                Vec::new(),
            );
        }
    }

    /// Reads JSON; `outer` is the text that holds it, where it is JSON within JSON.
    fn json(&mut self, text: &str, outer: Option<(Span, u32)>) {
        let mut split = split_json(text);
        let mut offsets = StoredOffsets::new(text, self.encoding);
        // JSON within a text is pointed at by the whole text.
        let place = |loader: &Self, offsets: &mut StoredOffsets, at: usize, len: usize| {
            outer.map_or_else(|| loader.span(offsets, at, len), |(span, _)| span)
        };
        let depth = outer.map_or(0, |(_, depth)| depth);
        if depth < WRAPPED {
            let mut wrapped = take_wrapped(&mut split);
            for (raw, inner) in &mut wrapped {
                let span = place(self, &mut offsets, raw.at, raw.text.len());
                self.mend(inner, Some(span));
                self.json(inner, Some((span, depth + 1)));
            }
            let nothing_else = split.groups.iter().all(Group::is_empty)
                && split.malformed.is_none()
                && split.strays.is_empty();
            if !wrapped.is_empty() && nothing_else {
                return;
            }
        }
        if let [only] = split.strays.as_slice()
            && split.groups.iter().all(Group::is_empty)
            && let Ok(lone) = serde_json::from_str::<String>(only.text)
        {
            self.unreadable(what_text(&lone));
            return;
        }
        let broken = split.malformed.as_ref().map(|malformed| {
            let len = character_len(text, malformed.at);
            let span = place(self, &mut offsets, malformed.at, len);
            (malformed.expected.clone(), span)
        });
        let mut pages: Vec<PageEnd> = split
            .pages
            .iter()
            .map(|page| PageEnd {
                next_link: page.next_link.map(|raw| {
                    let span = place(self, &mut offsets, raw.at, raw.text.len());
                    Link::new(raw.text, span)
                }),
                count: page.count.and_then(|raw| {
                    let count = count_of(raw.text)?;
                    Some((count, place(self, &mut offsets, raw.at, raw.text.len())))
                }),
                context: page.context.map(str::to_owned),
                records: 0,
            })
            .collect();
        let mut kinds = Vec::new();
        let mut parts_of: Vec<Vec<usize>> = vec![Vec::new(); pages.len()];
        for group in std::mem::take(&mut split.groups) {
            let is_empty = group.is_empty();
            let name = if group.name.is_empty() {
                self.name().to_owned()
            } else {
                group.name
            };
            if is_empty {
                if broken.is_none() && split.strays.is_empty() {
                    self.empty(&name);
                } else {
                    let kind = kind_from_file_name(&name);
                    kinds.extend(kind);
                    self.lost(kind);
                }
                continue;
            }
            for export in by_kind(group.sections, &name) {
                let place =
                    |loader: &Self, raw: &Raw| place(loader, &mut offsets, raw.at, raw.text.len());
                if let Some(kind) = self.export(&export, &name, place) {
                    kinds.push(kind);
                    let part = self.loaded.parts.len().checked_sub(1);
                    for (page, records) in export.pages {
                        parts_of[page].extend(part);
                        pages[page].records += records;
                    }
                }
            }
        }
        // The record that breaks off says what is lost with it, whatever the file is called.
        if broken.is_some()
            && !split.broken.is_empty()
            && let Classified::Kind(kind) = classify(&split.broken, self.name())
            && !kinds.contains(&kind)
        {
            kinds.push(kind);
            let why = format!("`{}` breaks off", self.feed.path);
            self.loaded.lost.push((kind, why));
        }
        let kinds: Vec<&'static str> = kinds.iter().map(|kind: &ExportKind| kind.name()).collect();
        self.report_oddities(&split, &kinds, |loader, at, len| {
            place(loader, &mut offsets, at, len)
        });
        if let Some((expected, span)) = broken {
            self.breaks_off(&expected, span, kinds);
        } else {
            for (mut parts, mut page) in parts_of.into_iter().zip(pages) {
                parts.dedup();
                // What is counted over several kinds is the count of none.
                if parts.len() > 1 {
                    page.count = None;
                }
                match parts.as_slice() {
                    [] => self.page(None, page),
                    parts => {
                        for part in parts {
                            self.page(Some(*part), page.clone());
                        }
                    }
                }
            }
        }
    }

    /// Reads the records of one export; `place` tells where each is.
    fn export(
        &mut self,
        export: &Export,
        name: &str,
        mut place: impl FnMut(&Self, &Raw) -> Span,
    ) -> Option<ExportKind> {
        let records = || export.sections.iter().flat_map(|section| &section.records);
        let keys = sample_keys(records().take(SAMPLE).map(|raw| raw.text));
        let first = records().next()?;
        let span = place(self, first);
        let mut reading = self.begin(&keys, name, span, first.text)?;
        for section in &export.sections {
            let records = section.records.iter();
            let records = records.map(|raw| (*raw, place(self, raw))).collect();
            let user = self.user(section.frame.context, name);
            self.read(&mut reading, user.as_deref(), &Cut::Json(records));
        }
        Some(self.end(reading))
    }

    fn breaks_off(&mut self, expected: &str, span: Span, kinds: Vec<&'static str>) {
        let read = self.loaded.file.records;
        let message = format!(
            "`{}` is no valid JSON: {expected}; {} before this place {} kept, the rest is lost",
            self.feed.path,
            counted(read, "record"),
            if read == 1 { "was" } else { "were" }
        );
        let why = format!(
            "`{}` breaks off after {}",
            self.feed.path,
            counted(read, "record")
        );
        self.incomplete(true, &why);
        self.problem(Severity::Error, message, Some(Place::whole(span)), kinds);
    }

    /// Tells of what is odd about a text; `place` tells where a piece of it is.
    fn report_oddities(
        &mut self,
        split: &Split,
        kinds: &[&'static str],
        mut place: impl FnMut(&Self, usize, usize) -> Span,
    ) {
        if let Some(stray) = split.strays.first() {
            let why = format!("`{}` has elements that are no records", self.feed.path);
            self.incomplete(true, &why);
            let span = place(self, stray.at, stray.text.len());
            let message = format!(
                "`{}` has {} that {} no object: left out",
                self.feed.path,
                counted(split.strays.len() as u64, "element"),
                if split.strays.len() == 1 { "is" } else { "are" }
            );
            self.problem(
                Severity::Warning,
                message,
                Some(Place::whole(span)),
                kinds.to_vec(),
            );
        }
        if let Some(note) = split.notes.first() {
            let span = place(self, note.at, note.text.len());
            let message = format!(
                "`{}` has {} beside its exports: left out",
                self.feed.path,
                counted(split.notes.len() as u64, "note"),
            );
            self.problem(
                Severity::Info,
                message,
                Some(Place::whole(span)),
                Vec::new(),
            );
        }
        if split.nulls > 0 {
            let message = format!(
                "`{}` has {} instead of records: left out",
                self.feed.path,
                counted(split.nulls, "null")
            );
            // Of no cmdlet, but of the hand that keeps the operators: one of them was lost.
            let name = ExportKind::Operators.name();
            if kinds.contains(&name) {
                let why = format!("`{}` has nulls among its operators", self.feed.path);
                self.incomplete(true, &why);
                self.problem(Severity::Warning, message, None, vec![name]);
            } else {
                self.problem(Severity::Info, message, None, Vec::new());
            }
        }
        if let Some(repeated) = split.repeated {
            let span = place(self, repeated.at, 1);
            let message = format!(
                "`{}` has the key `value` more than once in one object: all of them were read",
                self.feed.path
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
            if is_preamble(text) {
                self.empty("");
            } else {
                self.unreadable("is no CSV: its first line does not name columns");
            }
            return;
        };
        let (mut pieces, behind) = cut(text, from, &shape).unwrap_or((Vec::new(), from));
        pieces.extend(text.get(behind..).filter(|rest| !rest.is_empty()));
        let mut offsets = StoredOffsets::new(text, self.encoding);
        let table = self.table(&shape, placed(pieces, from, &mut offsets));
        let keys: BTreeSet<String> = shape.header.iter().cloned().collect();
        let first = table.first_row();
        let first = first.unwrap_or_else(|| Span::start_of(self.id));
        self.loaded.file.csv = Some(shape.clone());
        let name = self.name();
        let Some(mut reading) = self.begin(&keys, name, first, "") else {
            return;
        };
        let user = self.user(None, name);
        self.read(&mut reading, user.as_deref(), &Cut::Csv(table));
        let cut_off = Self::cut_off(&reading).cloned();
        let kind = self.end(reading);
        if let Some((span, reason)) = cut_off {
            let why = format!("`{}` breaks off", self.feed.path);
            self.incomplete(true, &why);
            let message = format!(
                "`{}` is no valid CSV: {reason}; the rest is lost",
                self.feed.path
            );
            self.problem(
                Severity::Error,
                message,
                Some(Place::whole(span)),
                vec![kind.name()],
            );
        }
    }

    /// Pieces of a table of this file.
    pub(super) fn table<'t>(
        &self,
        shape: &'t CsvShape,
        pieces: Vec<(&'t str, u64)>,
    ) -> CsvPieces<'t> {
        CsvPieces {
            shape,
            pieces,
            source: self.id,
            encoding: self.encoding,
            bytes: self.bytes,
        }
    }
}

/// Takes out the elements that are texts which hold JSON, with the JSON that they hold.
fn take_wrapped<'t>(split: &mut Split<'t>) -> Vec<(Raw<'t>, String)> {
    let mut wrapped = Vec::new();
    split.strays.retain(|raw| {
        let inner = serde_json::from_str::<String>(raw.text).ok();
        let inner = inner.filter(|inner| inner.trim_start().starts_with(['[', '{']));
        match inner {
            Some(inner) => {
                wrapped.push((*raw, inner));
                false
            }
            None => true,
        }
    });
    wrapped
}

fn looks_like_id(text: &str) -> bool {
    parse_guid(text.trim().trim_matches('"')).is_some()
}
