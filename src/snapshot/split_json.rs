//! Cutting JSON text into records, without reading what is in them.
//!
//! Accepted are arrays, single objects, Graph pages and other `value` wrappers, several documents one after another,
//! and a bundle of named arrays. A text that breaks off keeps every record before the break. Which records stood in one
//! list or page is kept: each may be an export of its own.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashSet};
use std::fmt;
use std::ops::ControlFlow;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::kind::{Classified, classify, kind_from_file_name};
use super::walk::for_each_member;

/// How many records tell the kind of an export.
pub(super) const SAMPLE: usize = 50;

/// A piece of the text: its offset and itself.
#[derive(Clone, Copy, Debug)]
pub struct Raw<'t> {
    /// Offset in the decoded text.
    pub at: usize,
    /// The piece.
    pub text: &'t str,
}

/// Records that belong together: a whole file, or one array of a bundle.
#[derive(Debug)]
pub(super) struct Group<'t> {
    /// The key of a bundle's array, which names its kind; empty for a whole file.
    pub name: String,
    /// Its records, by the lists and pages that they came in; none is empty.
    pub sections: Vec<Section<'t>>,
    /// What the next record stands in.
    frame: Frame<'t>,
    /// Whether the next record begins a section.
    begins: bool,
}

/// Records of one list or page, or documents one after another.
#[derive(Debug)]
pub(super) struct Section<'t> {
    /// What they stand in.
    pub frame: Frame<'t>,
    /// One raw object for each record.
    pub records: Vec<Raw<'t>>,
}

/// What stands around records.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Frame<'t> {
    /// What a Graph page says that it is: the only place that names the user of `licenseDetails`.
    pub context: Option<&'t str>,
    /// The number of the page.
    pub page: Option<usize>,
    /// Whether nothing does: each record is a document by itself.
    pub apart: bool,
}

impl<'t> Group<'t> {
    fn new(name: String) -> Self {
        Self {
            name,
            sections: Vec::new(),
            frame: Frame::default(),
            begins: true,
        }
    }

    /// One raw object for each record.
    pub(super) fn records(&self) -> impl Iterator<Item = &Raw<'t>> {
        self.sections.iter().flat_map(|section| &section.records)
    }

    /// Whether there is no record.
    pub(super) fn is_empty(&self) -> bool {
        self.sections.is_empty()
    }

    /// The records that follow stand in another frame; returns the one before.
    fn begin(&mut self, frame: Frame<'t>) -> Frame<'t> {
        self.begins = true;
        std::mem::replace(&mut self.frame, frame)
    }

    fn push(&mut self, record: Raw<'t>) {
        let begins = std::mem::take(&mut self.begins);
        match self.sections.last_mut().filter(|_| !begins) {
            Some(section) => section.records.push(record),
            None => self.sections.push(Section {
                frame: self.frame,
                records: vec![record],
            }),
        }
    }

    /// A record that is a document by itself.
    fn push_document(&mut self, record: Raw<'t>) {
        if !self.frame.apart {
            self.begin(Frame {
                apart: true,
                ..Frame::default()
            });
        }
        self.push(record);
    }
}

/// What a page says of itself.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Page<'t> {
    /// The link to the next page.
    pub next_link: Option<Raw<'t>>,
    /// How many records there are over all pages.
    pub count: Option<Raw<'t>>,
    /// What it says that it is.
    pub context: Option<&'t str>,
}

/// Where and why a text is no JSON.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Malformed {
    /// Offset in the decoded text.
    pub at: usize,
    /// What was expected, lower-case, without full stop.
    pub expected: String,
}

/// What a text was cut into.
#[derive(Debug, Default)]
pub(super) struct Split<'t> {
    /// The records.
    pub groups: Vec<Group<'t>>,
    /// Where the text breaks off.
    pub malformed: Option<Malformed>,
    /// The keys that were read of the record that breaks off, ASCII lower-cased.
    pub broken: BTreeSet<String>,
    /// Elements that are no objects: neither records nor null.
    pub strays: Vec<Raw<'t>>,
    /// Members of a bundle that are no exports: notes of the script that made it.
    pub notes: Vec<Raw<'t>>,
    /// How many elements were null.
    pub nulls: u64,
    /// The pages that the records came in, if they came in pages.
    pub pages: Vec<Page<'t>>,
    /// Key of a wrapper that occurs twice, and where.
    pub repeated: Option<Raw<'t>>,
}

/// The key under which a Graph page says what it is, lower-cased.
const CONTEXT: &str = "@odata.context";

/// How many lists within lists are opened: pages of pages need three.
const DEPTH: u32 = 8;

/// Cuts a text into records.
pub(super) fn split_json(text: &str) -> Split<'_> {
    let mut split = Split::default();
    let mut main = Group::new(String::new());
    let mut at = skip_blanks(text, 0);
    while at < text.len() {
        match document(text, at, &mut split, &mut main) {
            Ok(end) => at = skip_blanks(text, end),
            Err(malformed) => {
                split.malformed = Some(malformed);
                break;
            }
        }
    }
    if !main.is_empty() || split.groups.is_empty() {
        split.groups.insert(0, main);
    }
    split
}

/// The keys of all these records, ASCII lower-cased.
pub(super) fn sample_keys<'t>(records: impl Iterator<Item = &'t str>) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    // Records of one export have the same keys, spelled alike.
    let mut met: HashSet<Cow<str>, foldhash::fast::FixedState> = HashSet::default();
    let mut own = Vec::new();
    for record in records {
        own.clear();
        let known = for_each_member(record, |key, _| {
            own.push(key);
            ControlFlow::Continue(())
        });
        for key in own.drain(..).filter(|_| known.is_some()) {
            if !met.contains(&key) {
                keys.insert(key.trim().to_ascii_lowercase());
                met.insert(key);
            }
        }
    }
    keys
}

/// Whether a text that begins like this is a bundle: an object whose first list of objects is named after an export. The
/// list may be wrapped, as Windows PowerShell does.
pub fn begins_like_bundle(head: &str) -> bool {
    let mut rest = head.trim_start();
    let Some(inner) = rest.strip_prefix('{') else {
        return false;
    };
    rest = inner.trim_start();
    while let Some((key, behind)) = rest.strip_prefix('"').and_then(|rest| rest.split_once('"')) {
        let Some(value) = behind.trim_start().strip_prefix(':') else {
            return false;
        };
        let value = value.trim_start();
        let is_named = !wraps(&key.to_ascii_lowercase()) && kind_from_file_name(key).is_some();
        let wrapped = value.strip_prefix('{').map(str::trim_start);
        if is_named && wrapped.is_some_and(|inner| inner.starts_with("\"value\"")) {
            return true;
        }
        if let Some(list) = value.strip_prefix('[').map(str::trim_start)
            && !(is_named && list.starts_with(']'))
        {
            return is_named && list.starts_with('{');
        }
        // A note of the script that made the bundle may stand before its lists, and lists of nothing.
        let mut scalars = serde_json::Deserializer::from_str(value).into_iter::<&RawValue>();
        let Some(Ok(scalar)) = scalars.next() else {
            return false;
        };
        let Some(next) = value[scalar.get().len()..].trim_start().strip_prefix(',') else {
            return false;
        };
        rest = next.trim_start();
    }
    false
}

/// Whether an object that stands by itself is a record: neither a page nor a wrapper, nor a bundle. What is no JSON is none.
pub(super) fn is_record_object(object: &str) -> bool {
    members_of(object).is_some_and(|pieces| !is_page(&pieces) && !is_bundle(&pieces))
}

/// Whether an object that stands in a list is a page or a wrapper. So is what is no JSON: it is no record.
pub(super) fn is_page_object(object: &str) -> bool {
    members_of(object).is_none_or(|pieces| is_page(&pieces))
}

/// The members of an object; `None` of what is no JSON.
fn members_of(object: &str) -> Option<Vec<(String, Raw<'_>)>> {
    let mut parts = Parts {
        base: object,
        pieces: Vec::new(),
    };
    let mut deserializer = serde_json::Deserializer::from_str(object);
    let read = deserializer.deserialize_map(Members(&mut parts));
    read.is_ok().then_some(parts.pieces)
}

/// Reads one document and returns the offset behind it.
fn document<'t>(
    text: &'t str,
    at: usize,
    split: &mut Split<'t>,
    main: &mut Group<'t>,
) -> Result<usize, Malformed> {
    let rest = &text[at..];
    let mut parts = Parts {
        base: text,
        pieces: Vec::new(),
    };
    let mut deserializer = serde_json::Deserializer::from_str(rest);
    let read = match rest.as_bytes().first() {
        Some(b'[') => deserializer.deserialize_seq(Elements(&mut parts)),
        Some(b'{') => deserializer.deserialize_map(Members(&mut parts)),
        _ => {
            let mut stream = serde_json::Deserializer::from_str(rest).into_iter::<&RawValue>();
            return match stream.next() {
                Some(Ok(scalar)) => {
                    let raw = raw_of(text, scalar);
                    if scalar.get() != "null" {
                        split.strays.push(raw);
                    }
                    Ok(raw.at + raw.text.len())
                }
                Some(Err(error)) => Err(malformed(rest, at, &error)),
                None => Ok(text.len()),
            };
        }
    };
    if read.is_err() && rest.starts_with('{') {
        // A page that breaks off still has the records before the break.
        let mut before = Parts {
            base: text,
            pieces: Vec::new(),
        };
        let mut again = serde_json::Deserializer::from_str(rest);
        let _ = again.deserialize_map(Broken(&mut before));
        let records = before.pieces.iter().rfind(|(key, _)| key != CONTEXT);
        split.broken = broken_keys(text, records.map_or(at, |(_, raw)| raw.at + raw.text.len()));
        main.begin(Frame::default());
        for (key, raw) in before.pieces {
            if key == CONTEXT {
                main.begin(Frame {
                    context: Some(raw.text),
                    ..Frame::default()
                });
            } else {
                element(raw, split, main, DEPTH);
            }
        }
    }
    let Parts { pieces, .. } = parts;
    let last = pieces
        .last()
        .map_or(at + 1, |(_, raw)| raw.at + raw.text.len());
    if rest.starts_with('[') {
        if read.is_err() {
            split.broken = broken_keys(text, last);
        }
        main.begin(Frame::default());
        for (_, raw) in pieces {
            element(raw, split, main, DEPTH);
        }
    } else if read.is_ok() {
        members(text, at, last, pieces, split, main);
    }
    match read {
        Ok(()) => Ok(skip_blanks(text, last) + 1),
        Err(error) => Err(malformed(rest, at, &error)),
    }
}

/// The keys that can be read of the record that begins behind `at` and breaks off. Of a page or a bundle that breaks off in
/// its first record, those of this record.
fn broken_keys(text: &str, at: usize) -> BTreeSet<String> {
    let begins = |text: &'_ str| {
        text.trim_start_matches([',', '[', ' ', '\t', '\r', '\n'])
            .len()
    };
    let rest = &text[text.len() - begins(&text[at..])..];
    let keys = keys_before_break(rest);
    match rest.find('[') {
        Some(list) if keys.iter().all(|key| around(key)) => {
            let within = &rest[list..];
            keys_before_break(&within[within.len() - begins(within)..])
        }
        _ => keys,
    }
}

/// The keys of an object whose values are whole.
fn keys_before_break(object: &str) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    for_each_member(object, |key, _| {
        keys.insert(key.trim().to_ascii_lowercase());
        ControlFlow::Continue(())
    });
    keys
}

fn element<'t>(raw: Raw<'t>, split: &mut Split<'t>, group: &mut Group<'t>, depth: u32) {
    match raw.text.as_bytes().first() {
        Some(b'{') if depth > 0 && begins_like_page(raw) => page_of(raw, split, group, depth - 1),
        Some(b'{') => group.push(raw),
        // Deeper lists are no export: they stay a stray, and the stack stays small.
        Some(b'[') if depth > 0 => {
            let outer = group.begin(group.frame);
            for raw in elements_of(raw) {
                element(raw, split, group, depth - 1);
            }
            group.begin(outer);
        }
        _ if raw.text == "null" => split.nulls += 1,
        _ => split.strays.push(raw),
    }
}

/// Decides what an object is: a page or wrapper, a bundle, or a record itself.
fn members<'t>(
    text: &'t str,
    at: usize,
    last: usize,
    pieces: Vec<(String, Raw<'t>)>,
    split: &mut Split<'t>,
    main: &mut Group<'t>,
) {
    if is_page(&pieces) {
        main.begin(Frame::default());
        page(pieces, split, main, DEPTH);
    } else if is_bundle(&pieces) {
        for (key, raw) in pieces {
            bundled(key, raw, split);
        }
    } else {
        let end = skip_blanks(text, last) + 1;
        if let Some(record) = text.get(at..end) {
            main.push_document(Raw { at, text: record });
        }
    }
}

/// A member of a bundle: an export, or a note.
fn bundled<'t>(key: String, raw: Raw<'t>, split: &mut Split<'t>) {
    if around(&key) {
        return;
    }
    let is_blank = raw.text == "\"\"" && kind_from_file_name(&key).is_some();
    let mut group = Group::new(key);
    if is_list(&raw) || raw.text == "null" {
        element(raw, split, &mut group, DEPTH);
        split.groups.push(group);
    } else if is_blank {
        // So too is nothing spelled.
        split.groups.push(group);
    } else {
        split.notes.push(raw);
    }
}

/// Keys that stand beside the records of a page, lower-cased.
pub(super) fn around(key: &str) -> bool {
    key.starts_with('@') || ["count", "totalcount", "nextlink"].contains(&key)
}

/// Keys whose list or object holds the records of a page, lower-cased.
pub(super) fn wraps(key: &str) -> bool {
    ["value", "values", "telephonenumbers"].contains(&key)
}

fn is_list(raw: &Raw) -> bool {
    matches!(raw.text.as_bytes().first(), Some(b'[' | b'{'))
}

/// Whether an object is a page or a wrapper: nothing but its records and what stands around them.
fn is_page(pieces: &[(String, Raw)]) -> bool {
    let records = |key: &str, raw: &Raw| wraps(key) && is_list(raw);
    pieces.iter().any(|(key, raw)| records(key, raw))
        && pieces
            .iter()
            .all(|(key, raw)| around(key) || records(key, raw))
}

/// Takes the records out of a page.
fn page<'t>(
    pieces: Vec<(String, Raw<'t>)>,
    split: &mut Split<'t>,
    group: &mut Group<'t>,
    depth: u32,
) {
    let number = split.pages.len();
    split.pages.push(Page::default());
    // It may stand behind the records.
    let context = pieces.iter().rfind(|(key, _)| key == CONTEXT);
    let outer = group.begin(Frame {
        context: context.map(|(_, raw)| raw.text).or(group.frame.context),
        page: Some(number),
        apart: false,
    });
    split.pages[number].context = group.frame.context;
    let mut lists = 0;
    for (key, raw) in pieces {
        match key.as_str() {
            key if wraps(key) => {
                lists += 1;
                if lists > 1 {
                    split.repeated = Some(raw);
                }
                element(raw, split, group, depth);
            }
            // The last page may say that no other follows.
            "@odata.nextlink" | "nextlink" if matches!(raw.text, "null" | "\"\"") => {}
            "@odata.nextlink" | "nextlink" => split.pages[number].next_link = Some(raw),
            "@odata.count" | "totalcount" => split.pages[number].count = Some(raw),
            _ => {}
        }
    }
    group.begin(outer);
}

/// Opens an element of a list that is a page: pages that were kept in a list are written so.
fn page_of<'t>(raw: Raw<'t>, split: &mut Split<'t>, group: &mut Group<'t>, depth: u32) {
    // The object was valid as part of a larger list.
    let mut pieces = members_of(raw.text).unwrap_or_default();
    for (_, piece) in &mut pieces {
        piece.at += raw.at;
    }
    if is_page(&pieces) {
        page(pieces, split, group, depth);
    } else {
        group.push(raw);
    }
}

/// Whether the first key of an object is one that pages have.
fn begins_like_page(raw: Raw) -> bool {
    let inner = raw.text[1..].trim_start();
    let Some((key, _)) = inner
        .strip_prefix('"')
        .and_then(|rest| rest.split_once('"'))
    else {
        return false;
    };
    let key = key.to_ascii_lowercase();
    wraps(&key) || around(&key)
}

/// Whether the members of an object are exports: all of them lists of objects, or at least two of them lists of objects
/// whose names say what they hold. Of other objects, that are no records themselves, one such member is enough whose
/// records are as its name says, or that all members have names of exports and hold nothing.
fn is_bundle(pieces: &[(String, Raw)]) -> bool {
    let members = || pieces.iter().filter(|(key, _)| !around(key));
    let is_named = |key: &str| kind_from_file_name(key).is_some();
    let lists = |raw: &Raw| raw.text.starts_with('[') && holds_objects(*raw);
    let named = members().filter(|(key, raw)| lists(raw) && is_named(key));
    if members().count() > 1 && (members().all(|(_, raw)| lists(raw)) || named.count() > 1) {
        return true;
    }
    let keys: BTreeSet<String> = pieces.iter().map(|(key, _)| key.clone()).collect();
    let identifies =
        |(key, raw): &(String, Raw)| IDENTIFYING.contains(&key.as_str()) && !is_list(raw);
    if pieces.iter().any(identifies) || matches!(classify(&keys, ""), Classified::Kind(_)) {
        return false;
    }
    let empty = |raw: &Raw| elements_of_list(*raw).is_some_and(|inner| inner.is_empty());
    members().any(|(key, raw)| is_named(key) && is_export(key, *raw))
        || (members().count() > 0 && members().all(|(key, raw)| is_named(key) && empty(raw)))
}

/// Keys that records have and bundles have not, lower-cased.
const IDENTIFYING: [&str; 4] = ["identity", "id", "objectid", "userprincipalname"];

/// Whether a member of an object holds records of an export that may have its name.
fn is_export(key: &str, raw: Raw) -> bool {
    if !is_list(&raw) {
        return false;
    }
    let (mut aside, mut group) = (Split::default(), Group::new(String::new()));
    element(raw, &mut aside, &mut group, DEPTH);
    let keys = sample_keys(group.records().take(SAMPLE).map(|raw| raw.text));
    !keys.is_empty() && matches!(classify(&keys, key), Classified::Kind(_))
}

fn holds_objects(raw: Raw) -> bool {
    let inner = raw.text[1..].trim_start();
    inner.starts_with('{')
}

/// The elements of a list; `None` of anything else.
fn elements_of_list(raw: Raw<'_>) -> Option<Vec<Raw<'_>>> {
    raw.text.starts_with('[').then(|| elements_of(raw))
}

fn elements_of(raw: Raw<'_>) -> Vec<Raw<'_>> {
    let mut parts = Parts {
        base: raw.text,
        pieces: Vec::new(),
    };
    let mut deserializer = serde_json::Deserializer::from_str(raw.text);
    // The array was valid as part of a larger one.
    let _ = deserializer.deserialize_seq(Elements(&mut parts));
    parts
        .pieces
        .into_iter()
        .map(|(_, inner)| Raw {
            at: raw.at + inner.at,
            text: inner.text,
        })
        .collect()
}

fn malformed(rest: &str, at: usize, error: &serde_json::Error) -> Malformed {
    let line_start = match error.line() {
        0 | 1 => 0,
        line => memchr::memchr_iter(b'\n', rest.as_bytes())
            .nth(line - 2)
            .map_or(0, |newline| newline + 1),
    };
    let mut offset = (line_start + error.column().saturating_sub(1)).min(rest.len());
    while !rest.is_char_boundary(offset) {
        offset -= 1;
    }
    let message = error.to_string();
    let expected = message
        .rsplit_once(" at line ")
        .map_or(message.as_str(), |(what, _)| what)
        .replace("EOF while parsing", "the file ends inside");
    Malformed {
        at: at + offset,
        expected,
    }
}

fn skip_blanks(text: &str, at: usize) -> usize {
    let bytes = &text.as_bytes()[at.min(text.len())..];
    at + bytes
        .iter()
        .take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'))
        .count()
}

/// The raw pieces of one container, each with its lower-cased key; filled even when reading breaks off.
struct Parts<'t> {
    base: &'t str,
    pieces: Vec<(String, Raw<'t>)>,
}

fn raw_of<'t>(base: &'t str, value: &'t RawValue) -> Raw<'t> {
    let text = value.get();
    Raw {
        at: text.as_ptr() as usize - base.as_ptr() as usize,
        text,
    }
}

struct Elements<'p, 't>(&'p mut Parts<'t>);

impl<'t> Visitor<'t> for Elements<'_, 't> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of records")
    }

    fn visit_seq<A: SeqAccess<'t>>(self, mut access: A) -> Result<(), A::Error> {
        while let Some(element) = access.next_element::<&RawValue>()? {
            let raw = raw_of(self.0.base, element);
            self.0.pieces.push((String::new(), raw));
        }
        Ok(())
    }
}

struct Members<'p, 't>(&'p mut Parts<'t>);

impl<'t> Visitor<'t> for Members<'_, 't> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a record")
    }

    fn visit_map<A: MapAccess<'t>>(self, mut access: A) -> Result<(), A::Error> {
        while let Some(mut key) = access.next_key::<String>()? {
            key.make_ascii_lowercase();
            access.next_value_seed(Member { key, parts: self.0 })?;
        }
        Ok(())
    }
}

/// One member.
struct Member<'p, 't> {
    key: String,
    parts: &'p mut Parts<'t>,
}

impl<'t> DeserializeSeed<'t> for Member<'_, 't> {
    type Value = ();

    fn deserialize<D: Deserializer<'t>>(self, deserializer: D) -> Result<(), D::Error> {
        let value = <&RawValue as serde::Deserialize>::deserialize(deserializer)?;
        let raw = raw_of(self.parts.base, value);
        self.parts.pieces.push((self.key, raw));
        Ok(())
    }
}

/// The elements of a page's list up to where it breaks off.
struct Broken<'p, 't>(&'p mut Parts<'t>);

impl<'t> Visitor<'t> for Broken<'_, 't> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a page")
    }

    fn visit_map<A: MapAccess<'t>>(self, mut access: A) -> Result<(), A::Error> {
        while let Some(mut key) = access.next_key::<String>()? {
            key.make_ascii_lowercase();
            if wraps(&key) {
                access.next_value_seed(List(self.0))?;
            } else if key == CONTEXT {
                access.next_value_seed(Member { key, parts: self.0 })?;
            } else {
                access.next_value::<serde::de::IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

struct List<'p, 't>(&'p mut Parts<'t>);

impl<'t> DeserializeSeed<'t> for List<'_, 't> {
    type Value = ();

    fn deserialize<D: Deserializer<'t>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(Elements(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records<'t>(split: &Split<'t>) -> Vec<&'t str> {
        split
            .groups
            .iter()
            .flat_map(|group| group.records().map(|raw| raw.text))
            .collect()
    }

    /// What is said of the records of each section.
    fn contexts<'t>(split: &Split<'t>) -> Vec<Option<&'t str>> {
        let sections = split.groups.iter().flat_map(|group| &group.sections);
        sections.map(|section| section.frame.context).collect()
    }

    #[test]
    fn every_list_page_and_row_of_documents_is_a_section() {
        for (text, counts) in [
            (r#"[{"a":1},{"a":2}]"#, &[2][..]),
            (r#"[{"a":1}] [{"a":2},{"a":3}]"#, &[1, 2]),
            (r#"[[{"a":1}],[{"a":2},{"a":3}]]"#, &[1, 2]),
            (r#"[{"a":1},[{"a":2}],{"a":3}]"#, &[1, 1, 1]),
            (r#"{"a":1}{"a":2}[{"a":3}]{"a":4}"#, &[2, 1, 1]),
            (r#"[{"value":[{"a":1}]},{"value":[{"a":2}]}]"#, &[1, 1]),
        ] {
            let split = split_json(text);
            let sections = split.groups.iter().flat_map(|group| &group.sections);
            let found: Vec<usize> = sections.map(|section| section.records.len()).collect();
            assert_eq!(found, counts, "{text}");
        }
    }

    #[test]
    fn every_shape_gives_its_records() {
        for text in [
            r#"[{"a":1},{"a":2}]"#,
            r#" { "value": [{"a":1}, {"a":2}], "@odata.count": 2 } "#,
            r#"{"value":[{"a":1},{"a":2}],"Count":2}"#,
            "{\"a\":1}\r\n{\"a\":2}\r\n",
            r#"[[{"a":1}],[{"a":2}]]"#,
            r#"{"value":{"a":1},"value":{"a":2}}"#,
            r#"[{"@odata.count":2,"value":[{"a":1}]},{"value":[{"a":2}]}]"#,
        ] {
            let split = split_json(text);
            assert_eq!(records(&split), [r#"{"a":1}"#, r#"{"a":2}"#], "{text}");
            assert_eq!(split.malformed, None, "{text}");
            for group in &split.groups {
                for raw in group.records() {
                    assert_eq!(&text[raw.at..raw.at + raw.text.len()], raw.text);
                }
            }
        }
    }

    #[test]
    fn a_single_object_is_one_record() {
        let text = " {\"Identity\": \"Global\", \"Usage\": [\"a\"] }\n";
        assert_eq!(records(&split_json(text)), [text.trim()]);
        assert_eq!(records(&split_json("{}")), ["{}"]);
    }

    #[test]
    fn nothing_is_no_record_and_no_error() {
        for text in ["", " \n", "[]", "null", "{\"value\":[]}", "[null]"] {
            let split = split_json(text);
            assert!(records(&split).is_empty(), "{text}");
            assert_eq!(split.malformed, None, "{text}");
        }
    }

    #[test]
    fn a_break_keeps_the_keys_of_the_record_that_breaks() {
        for text in [
            r#"{"A":1,"b":[2],"c":"#,
            r#"[{"A":1,"b":2,"c"#,
            r#"[{"x":1}, {"A":1,"b":{"c":3},"c":["#,
            r#"{"@odata.context":"x","value":[{"A":1,"b":2,"c":[1,"#,
            r#"{"value":[{"x":1},{"A":1,"b":2,"#,
            r#"{"x":1}{"A":1,"b":2,oops"#,
        ] {
            let keys: Vec<String> = split_json(text).broken.into_iter().collect();
            assert_eq!(keys, ["a", "b"], "{text}");
        }
        for text in ["[", "{", "[{\"a", "5 x", "[{\"a\":1}]", "[[[5"] {
            assert_eq!(split_json(text).broken, BTreeSet::new(), "{text}");
        }
    }

    #[test]
    fn a_break_keeps_the_records_before_it() {
        let split = split_json("[\n {\"a\":1},\n {\"a\":2},\n {\"a\": oops}\n]");
        assert_eq!(records(&split).len(), 2);
        let malformed = split.malformed.unwrap();
        assert_eq!(malformed.expected, "expected value");
        assert_eq!(
            &"[\n {\"a\":1},\n {\"a\":2},\n {\"a\": oops}\n]"[malformed.at..][..4],
            "oops"
        );

        let split = split_json("[{\"a\":1},{\"a\":");
        assert_eq!(records(&split), ["{\"a\":1}"]);
        assert_eq!(
            split.malformed.unwrap().expected,
            "the file ends inside a value"
        );

        let split = split_json("{\"@odata.count\":3,\"value\":[{\"a\":1},{\"a\"");
        assert_eq!(records(&split), ["{\"a\":1}"]);
        assert!(split.malformed.is_some());
    }

    #[test]
    fn a_bundle_is_a_group_for_each_array() {
        let split = split_json(r#"{"users":[{"a":1}],"numbers":[{"b":1},{"b":2}]}"#);
        let groups: Vec<_> = split
            .groups
            .iter()
            .map(|group| (group.name.as_str(), group.records().count()))
            .collect();
        assert_eq!(groups, [("users", 1), ("numbers", 2)]);
    }

    #[test]
    fn a_bundle_may_hold_empty_lists_objects_and_notes() {
        let split = split_json(
            r#"{"exportedAt":"2026","users":[{"a":1}],"numbers":[{"b":1}],"Get-CsCallQueue":[],"tenant":{"c":1}}"#,
        );
        let groups: Vec<_> = split
            .groups
            .iter()
            .map(|group| (group.name.as_str(), group.records().count()))
            .collect();
        assert_eq!(
            groups,
            [
                ("users", 1),
                ("numbers", 1),
                ("get-cscallqueue", 0),
                ("tenant", 1)
            ]
        );
        assert_eq!((split.strays.len(), split.notes.len()), (0, 1));
        // A record with lists of its own is no bundle.
        let queue = r#"{"Identity":"x","Agents":[{"a":1}],"Users":[{"b":1}]}"#;
        assert_eq!(records(&split_json(queue)), [queue]);
    }

    #[test]
    fn one_named_export_makes_a_bundle_of_what_is_no_record() {
        let user = r#"{"Identity":"a","UserPrincipalName":"b","LineUri":null}"#;
        let number = r#"{"TelephoneNumber":"+1","NumberType":"CallingPlan"}"#;
        for (text, found) in [
            (
                format!(r#"{{"users":[{user}],"numbers":[]}}"#),
                &[("users", 1), ("numbers", 0)][..],
            ),
            (
                format!(
                    r#"{{"users":{{"value":[{user}],"Count":1}},"numbers":{{"value":[{number}],"Count":1}}}}"#
                ),
                &[("users", 1), ("numbers", 1)],
            ),
            (
                format!(r#"{{"users":{user},"numbers":{number}}}"#),
                &[("users", 1), ("numbers", 1)],
            ),
            (
                format!(r#"{{"users":[{user}],"tenant":{{"TenantId":"x","VerifiedDomains":[]}}}}"#),
                &[("users", 1), ("tenant", 1)],
            ),
            (
                format!(r#"{{"exportedAt":"2026","users":[{user}]}}"#),
                &[("users", 1)],
            ),
            (
                format!(r#"{{"Get-CsOnlineUser":[{user}],"numbers":null,"call queues":""}}"#),
                &[("get-csonlineuser", 1), ("numbers", 0), ("call queues", 0)],
            ),
            (
                r#"{"users":[],"numbers":[]}"#.to_owned(),
                &[("users", 0), ("numbers", 0)],
            ),
        ] {
            let split = split_json(&text);
            let groups: Vec<_> = split
                .groups
                .iter()
                .map(|group| (group.name.as_str(), group.records().count()))
                .collect();
            assert_eq!(groups, found, "{text}");
            assert_places(&text, &split);
        }
    }

    #[test]
    fn a_record_with_lists_and_policies_of_its_own_is_no_bundle() {
        for record in [
            r#"{"Identity":"a","Name":"b","DefaultCallFlow":null,"Schedules":[{"Id":"1","Name":"c","WeeklyRecurrentSchedule":null}]}"#,
            r#"{"Identity":"a","Schedules":[{"Id":"1","Name":"c","WeeklyRecurrentSchedule":null}]}"#,
            r#"{"UserPrincipalName":"a","LineUri":null,"TenantDialPlan":{"Authority":"Tenant","Name":"FR"}}"#,
            r#"{"Name":"a","RoutingMethod":"Attendant","Users":[{"ObjectId":"b","ApplicationId":"c"}]}"#,
            r#"{"Usage":[]}"#,
        ] {
            assert_eq!(records(&split_json(record)), [record]);
        }
    }

    #[test]
    fn what_graph_adds_beside_its_records_does_not_matter() {
        let text =
            r#"{"@odata.context":"x","@microsoft.graph.tips":"Use $select","value":[{"a":1}]}"#;
        assert_eq!(records(&split_json(text)), [r#"{"a":1}"#]);
        let list = format!("[{text}]");
        assert_eq!(records(&split_json(&list)), [r#"{"a":1}"#]);
    }

    #[test]
    fn bundles_are_known_by_their_beginning() {
        for head in [
            r#"{"users":[{"#,
            r#" { "exportedAt": "2026", "Get-CsOnlineUser" : [ {"a":"#,
            r#"{"users": { "value": [ {"#,
            r#"{"Get-CsTenantDialPlan":[ ],"Get-CsCallQueue":null,"users":[{"#,
        ] {
            assert!(begins_like_bundle(head), "{head}");
        }
        for head in [
            "[{",
            "{\"value\":[{",
            "{\"users\":[\"a\"",
            "{\"AssignedPlan\":[{",
            "{\"Identity\":\"x\",\"Usage\":[\"a\"]}",
            "{\"Identity\":\"x\",\"TenantDialPlan\":{\"Authority\":",
            "{",
            "{\"users\"",
            "",
        ] {
            assert!(!begins_like_bundle(head), "{head}");
        }
    }

    #[test]
    fn what_is_no_record_is_kept_apart() {
        let split = split_json(r#"[{"a":1}, "text", 5, null]"#);
        assert_eq!(records(&split).len(), 1);
        assert_eq!(split.strays.len(), 2);
        assert_eq!(split.nulls, 1);
    }

    #[test]
    fn lists_of_any_depth_leave_the_stack_alone() {
        let deep = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
        let split = split_json(&deep);
        assert!(records(&split).is_empty());
        assert_eq!(split.strays.len(), 1);
        assert!(split_json(&"[".repeat(200_000)).malformed.is_some());
        assert!(split_json(&"{\"a\":".repeat(200_000)).malformed.is_some());
    }

    #[test]
    fn a_left_next_link_is_seen() {
        let split = split_json(r#"{"@odata.nextLink":"https://graph","value":[{"a":1}]}"#);
        assert!(split.pages[0].next_link.is_some());
        assert!(
            split_json(r#"{"value":{"a":1},"value":{"a":2}}"#)
                .repeated
                .is_some()
        );
    }

    /// Holds that each record stands where it is said to stand.
    fn assert_places(text: &str, split: &Split) {
        for raw in split.groups.iter().flat_map(Group::records) {
            assert_eq!(&text[raw.at..raw.at + raw.text.len()], raw.text, "{text}");
        }
    }

    #[test]
    fn pages_within_pages_and_lists_give_their_records_and_what_they_say() {
        for (text, pages) in [
            (
                r#"[[{"value":[{"a":1}]}], {"@odata.count":2,"value":[{"a":2}]}]"#,
                2,
            ),
            (
                r#"{"value":[{"value":[{"a":1}]}, {"@odata.count":2,"value":[{"a":2}]}]}"#,
                3,
            ),
            (
                r#"{"value":{"@odata.count":2,"value":[{"a":1},{"a":2}]}}"#,
                2,
            ),
        ] {
            let split = split_json(text);
            assert_eq!(records(&split), [r#"{"a":1}"#, r#"{"a":2}"#], "{text}");
            assert_places(text, &split);
            assert_eq!(split.pages.len(), pages, "{text}");
            let counts: Vec<&str> = split
                .pages
                .iter()
                .filter_map(|page| page.count.map(|raw| raw.text))
                .collect();
            assert_eq!(counts, ["2"], "{text}");
            assert!(split.repeated.is_none() && split.malformed.is_none());
        }
    }

    #[test]
    fn what_a_page_says_that_it_is_goes_with_its_records() {
        for text in [
            r#"{"@odata.context":"of one","value":[{"a":1}]}"#,
            r#"[{"@odata.context":"of one","value":[{"a":1}]}]"#,
        ] {
            let split = split_json(text);
            assert_eq!(contexts(&split), [Some(r#""of one""#)], "{text}");
        }
        assert_eq!(contexts(&split_json(r#"{"value":[{"a":1}]}"#)), [None]);
        let (one, two) = (
            r#"{"@odata.context":"of one","value":[{"a":1}]}"#,
            r#"{"value":[{"a":2}],"@odata.context":"of two"}"#,
        );
        for text in [format!("[{one},{two}]"), format!("{one}\n{two}")] {
            let split = split_json(&text);
            let said = [Some(r#""of one""#), Some(r#""of two""#)];
            assert_eq!(contexts(&split), said, "{text}");
        }
        let broken = r#"{"@odata.context":"of one","value":[{"a":1},{"a""#;
        assert_eq!(contexts(&split_json(broken)), [Some(r#""of one""#)]);
    }

    #[test]
    fn a_link_that_is_null_or_blank_leads_to_no_other_page() {
        for key in ["@odata.nextLink", "nextLink"] {
            let linked = |link: &str| {
                let text = format!(r#"{{"{key}":{link},"value":[{{"a":1}}]}}"#);
                let split = split_json(&text);
                assert_eq!(records(&split), [r#"{"a":1}"#]);
                split.pages[0].next_link.map(|raw| raw.text.to_owned())
            };
            let next = r#""https://graph.contoso.example/next""#;
            assert_eq!(linked(next).as_deref(), Some(next));
            assert_eq!(linked("null"), None);
            assert_eq!(linked(r#""""#), None);
        }
    }

    #[test]
    fn pages_are_opened_to_a_depth_and_are_records_below_it() {
        let depth = DEPTH as usize;
        let deep = |levels: usize| {
            let text = format!(
                r#"{}{{"a":1}}{}"#,
                r#"{"value":"#.repeat(levels),
                "}".repeat(levels)
            );
            let split = split_json(&text);
            assert_eq!(split.strays.len(), 0);
            let [record] = records(&split)[..] else {
                panic!("one record: {levels}");
            };
            (split.pages.len(), record == r#"{"a":1}"#)
        };
        assert_eq!(deep(depth + 1), (depth + 1, true));
        assert_eq!(deep(depth + 2), (depth + 1, false));
        let listed = |levels: usize| {
            let text = format!(r#"{}{{"a":1}}{}"#, "[".repeat(levels), "]".repeat(levels));
            let split = split_json(&text);
            (records(&split).len(), split.strays.len())
        };
        assert_eq!(listed(depth + 1), (1, 0));
        assert_eq!(listed(depth + 2), (0, 1));
    }

    #[test]
    fn what_only_resembles_a_page_or_a_bundle_is_a_record() {
        for text in [
            r#"{"value":"text"}"#,
            r#"{"Usage":["a"]}"#,
            r#"{"Usage":["a"],"Numbers":["b"]}"#,
            r#"{"Agents":[{"a":1}]}"#,
            r#"{"value":[{"a":1}],"Identity":"x"}"#,
            r#"{"Count":5}"#,
        ] {
            assert_eq!(records(&split_json(text)), [text]);
            let list = format!("[{text}]");
            assert_eq!(records(&split_json(&list)), [text]);
        }
    }
}
