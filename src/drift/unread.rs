//! What records say differently in properties that nothing here reads: how many they are, and which properties those are.
//!
//! Who asks what changed must not be told "nothing" where something did. Records of one kind, from exports of one form, are
//! read once more and compared as they are written, which costs a second reading only where their bytes differ. What an
//! export leaves to chance is no difference: order, letter case, how a number, a date or nothing is spelled.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use serde_json::{Map, Value};

use crate::snapshot::object_id::parse_guid;
use crate::snapshot::record::{Origin, folded};
use crate::snapshot::{CsvShape, ExportKind, Moment, Snapshot, csv_rows};
use crate::source::{Lines, Source, SourceId, Sources, Span, Windows};

/// Properties of one kind that are told by name.
const NAMED: usize = 5;

/// The longest name of a property that is told.
const LONGEST_NAME: usize = 64;

/// Parts of the names of properties that change by themselves.
const RESTLESS: [&str; 9] = [
    "@odata",
    "configid",
    "configmetadata",
    "consumedunits",
    "etag",
    "lastmodified",
    "statistics",
    "timestamp",
    "whenchanged",
];

/// Parts of the names of properties in which letter case means something.
const EXACT: [&str; 2] = ["pattern", "translation"];

/// What was found of all records, by their kind.
#[derive(Default)]
pub(super) struct Unread {
    records: BTreeMap<ExportKind, u64>,
    properties: BTreeMap<ExportKind, BTreeSet<String>>,
    /// Records of kinds that no list shows.
    unlisted: BTreeMap<ExportKind, u64>,
    /// Kinds that one of the snapshots has in another form.
    other_forms: BTreeSet<ExportKind>,
}

/// What two records of one kind come to.
pub(super) enum Compared {
    /// They differ in these properties, as the later one spells them.
    Differ(ExportKind, Vec<String>),
    /// One of them is a row of a table, the other is not.
    OtherForm(ExportKind),
}

impl Unread {
    /// Adds what two records come to.
    pub(super) fn add(&mut self, one: Compared) {
        match one {
            Compared::Differ(kind, properties) => {
                *self.records.entry(kind).or_default() += 1;
                self.properties.entry(kind).or_default().extend(properties);
            }
            Compared::OtherForm(kind) => {
                self.other_forms.insert(kind);
            }
        }
    }

    /// Adds so many records of a kind that no list shows.
    pub(super) fn count(&mut self, kind: ExportKind, records: u64) {
        if records > 0 {
            self.unlisted.insert(kind, records);
        }
    }

    /// What there is to say, a sentence each, without full stop.
    pub(super) fn told(&self) -> Vec<String> {
        let differ = self.records.iter().map(|(kind, count)| {
            let records = match count {
                1 => "1 record".to_owned(),
                _ => format!("{count} records"),
            };
            let verb = if *count == 1 { "differs" } else { "differ" };
            let name = kind.name();
            let named = named(self.properties.get(kind));
            format!("{records} of {name} {verb} in properties that tenantlint does not read{named}")
        });
        let unlisted = self.unlisted.iter().map(|(kind, count)| {
            let name = kind.name();
            match count {
                1 => format!("1 record of {name} differs, and is compared no further"),
                _ => format!("{count} records of {name} differ, and are compared no further"),
            }
        });
        let forms = self.other_forms.iter().map(|kind| {
            let name = kind.name();
            format!(
                "properties of {name} that tenantlint does not read: the two snapshots have it in different forms"
            )
        });
        differ.chain(unlisted).chain(forms).collect()
    }
}

/// The names of properties, where they are names.
fn named(properties: Option<&BTreeSet<String>>) -> String {
    let properties = properties.into_iter().flatten();
    let is_sign = |one: char| one.is_ascii_alphanumeric() || matches!(one, '_' | '.' | '-');
    let names: Vec<&String> = properties
        .filter(|name| name.len() <= LONGEST_NAME && name.chars().all(is_sign))
        .collect();
    let shown = names.iter().take(NAMED).map(|name| format!("`{name}`"));
    let mut shown: Vec<String> = shown.collect();
    if names.len() > NAMED {
        shown.push(format!("{} more", names.len() - NAMED));
    }
    if shown.is_empty() {
        String::new()
    } else {
        format!(": {}", shown.join(", "))
    }
}

/// How many records of a kind that no list shows differ; `None` where files are too large to be read at once, or are no lists
/// of JSON, or are of several kinds.
pub(super) fn records_that_differ(
    kind: ExportKind,
    snapshots: [&Snapshot; 2],
    sources: &Sources,
) -> Option<u64> {
    let [old, new] = snapshots.map(|snapshot| files_of(kind, snapshot));
    if old.is_empty() || new.is_empty() {
        return None;
    }
    let digests = |files: &[SourceId]| -> BTreeSet<&str> {
        let files = files.iter();
        files.map(|id| sources.get(*id).digest.as_str()).collect()
    };
    if digests(&old) == digests(&new) {
        return Some(0);
    }
    let texts = |files: Vec<SourceId>| -> Option<BTreeSet<String>> {
        let mut texts = BTreeSet::new();
        for id in files {
            let records = records_of(sources.get(id))?;
            texts.extend(records.iter().map(|record| text_of("", record)));
        }
        Some(texts)
    };
    let (old, new) = (texts(old)?, texts(new)?);
    let (gone, come) = (old.difference(&new).count(), new.difference(&old).count());
    Some(gone.max(come) as u64)
}

/// The files that hold nothing but records of one kind.
fn files_of(kind: ExportKind, snapshot: &Snapshot) -> Vec<SourceId> {
    let is_bundle = |source: SourceId| {
        let exports = snapshot.exports.values();
        exports.filter(|export| export.source == source).count() > 1
    };
    let files = snapshot.files.iter();
    let files = files.filter(|file| file.kind == Some(kind) && !is_bundle(file.source));
    files.map(|file| file.source).collect()
}

/// The largest file that is read at once, in bytes.
const LARGEST: u64 = 64 * 1024 * 1024;

fn records_of(source: &Source) -> Option<Vec<Value>> {
    if source.bytes > LARGEST {
        return None;
    }
    let stored = source.read(0, usize::try_from(source.bytes).ok()?).ok()?;
    let text = source.encoding.decode(stored).text;
    let mut records = Vec::new();
    // Pages may be in a list, and each of them in a text.
    flatten(serde_json::from_str(&text).ok()?, 5, &mut records)?;
    Some(records)
}

/// Adds the records of a list, a page, or a text that holds either; `None` for anything else.
fn flatten(value: Value, depth: u8, records: &mut Vec<Value>) -> Option<()> {
    let depth = depth.checked_sub(1)?;
    match value {
        Value::Array(list) => list
            .into_iter()
            .try_for_each(|one| flatten(one, depth, records)),
        Value::String(text) => flatten(serde_json::from_str(&text).ok()?, depth, records),
        Value::Object(mut page) => {
            match page.remove("value") {
                Some(list @ Value::Array(_)) => return flatten(list, depth, records),
                Some(other) => drop(page.insert("value".to_owned(), other)),
                None => {}
            }
            records.push(Value::Object(page));
            Some(())
        }
        _ => None,
    }
}

/// Reads records again.
pub(super) struct Reader<'r, 's> {
    lines: &'r Lines<'s>,
    snapshots: [&'r Snapshot; 2],
}

impl<'r, 's> Reader<'r, 's> {
    /// Of the files of an earlier and a later snapshot.
    pub(super) fn new(lines: &'r Lines<'s>, snapshots: [&'r Snapshot; 2]) -> Self {
        Self { lines, snapshots }
    }

    /// Compares the records of an object that are of one kind in both snapshots, but for properties that are told already.
    ///
    /// # Errors
    /// When a file is no longer what it was when it was loaded: which, and why.
    pub(super) fn compare(
        &self,
        old: impl Iterator<Item = Origin>,
        new: impl Iterator<Item = Origin>,
        is_told: impl Fn(ExportKind, &str) -> bool,
        windows: &mut Windows,
    ) -> Result<Vec<Compared>, (SourceId, io::Error)> {
        let [old, new] = [by_kind(old), by_kind(new)];
        let mut found = Vec::new();
        for (kind, old) in old {
            // Of several records of one kind nobody can say which is which.
            let (Some(old), Some(new)) = (old, new.get(&kind).copied().flatten()) else {
                continue;
            };
            let before = self.stored(old, windows)?.to_vec();
            let after = self.stored(new, windows)?.to_vec();
            if before == after && self.form(0, old) == self.form(1, new) {
                continue;
            }
            let (Some(before), Some(after)) = (self.row(0, old, &before), self.row(1, new, &after))
            else {
                continue;
            };
            if before.is_table != after.is_table {
                found.push(Compared::OtherForm(kind));
                continue;
            }
            let properties = after.values.iter().filter(|(key, (_, now))| {
                let was = before.values.get(*key).map(|(_, was)| was);
                let is_restless = RESTLESS.iter().any(|part| key.contains(part));
                !is_restless && was.is_some_and(|was| !alike(key, was, now)) && !is_told(kind, key)
            });
            let properties: Vec<String> = properties.map(|(_, (name, _))| name.clone()).collect();
            if !properties.is_empty() {
                found.push(Compared::Differ(kind, properties));
            }
        }
        Ok(found)
    }

    fn stored<'w>(
        &self,
        record: Span,
        windows: &'w mut Windows,
    ) -> Result<&'w [u8], (SourceId, io::Error)> {
        let failed = |error| (record.source, error);
        let lines = self.lines.on(record.source).map_err(failed)?;
        let window = windows.on(record.source);
        lines.reread(record, window).map_err(failed)
    }

    /// The columns of the table that a record is a row of.
    fn form(&self, side: usize, record: Span) -> Option<&'r CsvShape> {
        let snapshot = self.snapshots.get(side)?;
        let file = snapshot
            .files
            .iter()
            .find(|file| file.source == record.source);
        file?.csv.as_ref()
    }

    fn row(&self, side: usize, record: Span, stored: &[u8]) -> Option<Row> {
        let source = self.lines.sources().get(record.source);
        let text = source.encoding.decode_part(stored);
        let Some(shape) = self.form(side, record) else {
            let value: Value = serde_json::from_str(&text).ok()?;
            // JSON within a text.
            let value = match value {
                Value::String(text) => serde_json::from_str(&text).ok()?,
                other => other,
            };
            let Value::Object(members) = value else {
                return None;
            };
            return Some(Row::of(members, false));
        };
        let (rows, _) = csv_rows(&text, 0, shape);
        let cells = rows.into_iter().next()?.cells;
        let columns = shape.header.iter().cloned();
        let members = columns.zip(cells.into_iter().map(Value::String));
        Some(Row::of(members.collect(), true))
    }
}

/// The records of an object by their kind; `None` for a kind that has several.
fn by_kind(origins: impl Iterator<Item = Origin>) -> BTreeMap<ExportKind, Option<Span>> {
    let mut kinds = BTreeMap::new();
    for origin in origins {
        let spans = kinds.entry(origin.kind);
        spans
            .and_modify(|span| *span = None)
            .or_insert(Some(origin.span));
    }
    kinds
}

/// One record as it is written.
struct Row {
    is_table: bool,
    /// By the name in lower case: the name and the value.
    values: BTreeMap<String, (String, Value)>,
}

impl Row {
    fn of(members: Map<String, Value>, is_table: bool) -> Self {
        let values = members.into_iter();
        let values = values.map(|(name, value)| (name.to_ascii_lowercase(), (name, value)));
        Self {
            is_table,
            values: values.collect(),
        }
    }
}

/// Whether two values say the same, as far as they are written in one way: of a list and a text, or of a number and a name,
/// nobody can tell.
fn alike(key: &str, old: &Value, new: &Value) -> bool {
    // The list around a single element is no sign, but one element less is.
    if let (Some(one), Some(other)) = (elements(old), elements(new))
        && one != other
    {
        return false;
    }
    let (old, new) = (bare(old), bare(new));
    match (old, new) {
        _ if is_blank(old) || is_blank(new) => is_blank(old) == is_blank(new),
        (Value::Array(one), Value::Array(other)) => {
            let texts = |list: &[Value]| {
                let mut texts: Vec<String> = list.iter().map(|one| text_of(key, one)).collect();
                texts.sort_unstable();
                texts
            };
            texts(one) == texts(other)
        }
        (Value::Object(one), Value::Object(other)) => {
            let fold = |map: &Map<String, Value>| -> BTreeMap<String, Value> {
                let members = map.iter();
                let members =
                    members.map(|(name, value)| (name.to_ascii_lowercase(), value.clone()));
                members.collect()
            };
            let (one, other) = (fold(one), fold(other));
            one.iter().all(|(name, value)| {
                let is_restless = RESTLESS.iter().any(|part| name.contains(part));
                let other = other.get(name);
                is_restless || other.is_none_or(|other| alike(name, value, other))
            })
        }
        (Value::Array(_) | Value::Object(_), _)
        | (_, Value::Array(_) | Value::Object(_))
        | (Value::Bool(_), Value::Number(_))
        | (Value::Number(_), Value::Bool(_)) => true,
        (Value::String(text), Value::Number(number))
        | (Value::Number(number), Value::String(text)) => {
            // A name of an enumeration and its number.
            text.trim().parse::<f64>().is_err() || text.trim() == number.to_string()
        }
        (old, new) => text_of(key, old) == text_of(key, new),
    }
}

/// How many elements a list has that say anything; `None` for what is no list.
fn elements(value: &Value) -> Option<usize> {
    let list = unwrapped(value).as_array()?;
    Some(list.iter().filter(|one| !is_blank(one)).count())
}

/// A value without what 5.1 puts around lists, and without the list around a single element.
fn bare(value: &Value) -> &Value {
    let value = unwrapped(value);
    match value.as_array().map(Vec::as_slice) {
        Some([only]) => bare(only),
        _ => value,
    }
}

/// A value without what 5.1 puts around lists.
fn unwrapped(value: &Value) -> &Value {
    match value {
        Value::Object(map) if map.len() == 2 && map.contains_key("Count") => {
            map.get("value").map_or(value, unwrapped)
        }
        _ => value,
    }
}

fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        // The zero GUID is how several cmdlets spell none.
        Value::String(text) => text.trim().is_empty() || parse_guid(text) == Some(0),
        Value::Array(list) => list.iter().all(is_blank),
        Value::Object(map) => map.is_empty(),
        _ => false,
    }
}

/// A value in one spelling.
fn text_of(key: &str, value: &Value) -> String {
    match bare(value) {
        Value::String(text) if EXACT.iter().any(|part| key.contains(part)) => text.clone(),
        Value::String(text) => match Moment::parse(text) {
            Some(moment) => moment.rfc3339(),
            None => folded(text),
        },
        Value::Array(list) => {
            let mut texts: Vec<String> = list.iter().map(|one| text_of(key, one)).collect();
            texts.sort_unstable();
            format!("[{}]", texts.join("\u{1f}"))
        }
        Value::Object(map) => {
            let members = map.iter().filter(|(_, value)| !is_blank(value));
            let members = members.map(|(name, value)| (name.to_ascii_lowercase(), value));
            let members: BTreeMap<String, &Value> = members
                .filter(|(name, _)| !RESTLESS.iter().any(|part| name.contains(part)))
                .collect();
            let texts = members
                .into_iter()
                .map(|(name, value)| format!("{name}={}", text_of(&name, value)));
            format!("{{{}}}", texts.collect::<Vec<_>>().join("\u{1f}"))
        }
        Value::Null => String::new(),
        other => folded(&other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn spelling_is_no_difference_and_all_else_is() {
        for (old, new) in [
            (json!("tel:+12065550101"), json!("12065550101")),
            (json!(null), json!("")),
            (json!([]), json!({})),
            (json!(["a", "B"]), json!(["b", "A"])),
            (json!(["a"]), json!("A")),
            (json!(["a", null]), json!(["A"])),
            (json!({"value": ["a", "b"], "Count": 2}), json!(["a", "b"])),
            (json!(true), json!("True")),
            (json!(1), json!("1")),
            (json!(3), json!("TeamsOnly")),
            (json!({"A": 1, "b": "x"}), json!({"B": "X", "a": 1})),
            (
                json!("/Date(1789363800000)/"),
                json!("2026-09-14T05:30:00Z"),
            ),
            (json!({"Authority": "Host", "Name": "FR"}), json!("FR")),
        ] {
            assert!(alike("x", &old, &new), "{old} {new}");
            assert!(alike("x", &new, &old), "{new} {old}");
        }
        for (old, new) in [
            (json!(5060), json!(5061)),
            (json!("5060"), json!(5061)),
            (json!("a"), json!("b")),
            (json!("a"), json!(null)),
            (json!(["a", "b"]), json!(["a", "c"])),
            (json!({"a": {"b": 1}}), json!({"a": {"b": 2}})),
            (json!([{"a": 1}, {"a": 2}]), json!([{"a": 1}, {"a": 3}])),
            (json!(["a", "b"]), json!(["a"])),
            (
                json!({"value": [{"a": 1}], "Count": 1}),
                json!([{"a": 1}, {"a": 2}]),
            ),
        ] {
            assert!(!alike("x", &old, &new), "{old} {new}");
        }
        assert!(!alike("pattern", &json!("^\\d$"), &json!("^\\D$")));
        assert!(!alike("pattern", &json!("^1$"), &json!("^1$ ")));
    }
}
