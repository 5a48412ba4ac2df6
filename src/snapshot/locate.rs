//! Finding a field's bytes again: a record is read once more, and the value's range in it is the answer.

use std::borrow::Cow;
use std::io;
use std::ops::{ControlFlow, Range};
use std::sync::Arc;

use serde_json::value::RawValue;

use super::csv_table::{CsvShape, cell_range};
use super::walk::{Lookup, for_each_member};
use crate::finding::Place;
use crate::source::{Encoding, Few, Lines, Position, Source, SourceId, Span, Windows};

/// What is kept from one place to the next, which is in the same export and the same field nearly always.
#[derive(Debug, Default)]
pub struct Trail {
    windows: Windows,
    lookups: Few<Lookup>,
    large: Few<InLarge>,
}

/// In records of so many bytes all places of a field are found at once: a list of thousands may have a finding for each of
/// its elements.
const LARGE: u32 = 16 * 1024;

/// Where a field is in a large record.
#[derive(Debug)]
struct InLarge {
    record: Span,
    field: Arc<[String]>,
    /// `None` where the record does not have it.
    found: Option<Found>,
}

/// The places of one field of a record.
#[derive(Debug)]
struct Found {
    /// Its value.
    whole: Span,
    /// What matters of it.
    meant: Span,
    /// The elements of its value.
    elements: Vec<Span>,
}

impl Found {
    fn place(&self, element: Option<u32>) -> Span {
        match element {
            Some(index) => self
                .elements
                .get(index as usize)
                .copied()
                .unwrap_or(self.whole),
            None => self.meant,
        }
    }
}

/// The exact bytes of a place, and where they begin and end. A field that no record has is answered by the first character
/// of the first record.
///
/// # Errors
/// When the file is gone, or no longer what it was when it was loaded.
pub fn locate<'c>(
    lines: &Lines,
    csv: impl Fn(SourceId) -> Option<&'c CsvShape>,
    place: &Place,
    trail: &mut Trail,
) -> io::Result<(Span, Position, Position)> {
    let sources = lines.sources();
    let Some(first) = place.records.first() else {
        return Err(io::Error::other("a place without a record"));
    };
    let mut found = place.field.is_empty().then_some(*first);
    // An empty name asks for the beginning of the first record.
    let is_named = place.field.iter().any(|name| !name.is_empty());
    let mut records = place.records.iter().filter(|_| is_named);
    while found.is_none()
        && let Some(record) = records.next()
    {
        let is_large = record.len >= LARGE;
        let is_known = |one: &&mut InLarge| one.record == *record && one.field == place.field;
        if is_large && let Some(known) = trail.large.each().find(is_known) {
            found = known.found.as_ref().map(|found| found.place(place.element));
            continue;
        }
        let source = sources.get(record.source);
        let window = trail.windows.on(record.source);
        let stored = lines.on(record.source)?.reread(*record, window)?;
        let text = text_of(source, stored);
        let is_wanted = |lookup: &Lookup| lookup.is_for(&place.field);
        let new = || Lookup::of(place.field.clone());
        let range = match csv(record.source) {
            Some(shape) => csv_field(&text, shape, &place.field),
            // JSON within a text: its parts have no bytes of their own.
            None if text.starts_with(b"\"") => Some(0..text.len()),
            None if is_large => {
                let lookup = trail.lookups.get(is_wanted, new);
                let all = all_of_field(source, *record, &text, lookup);
                found = all.as_ref().map(|found| found.place(place.element));
                let noted = InLarge {
                    record: *record,
                    field: place.field.clone(),
                    found: all,
                };
                trail.large.get(|_| false, || noted);
                continue;
            }
            None => {
                let lookup = trail.lookups.get(is_wanted, new);
                json_field(&text, lookup, place.element)
            }
        };
        found = range.map(|range| part(source, *record, &text, range));
    }
    let span = if let Some(span) = found {
        span
    } else {
        let window = trail.windows.on(first.source);
        let stored = lines.on(first.source)?.reread(*first, window)?;
        first_character(sources.get(first.source), *first, stored)
    };
    let window = trail.windows.on(span.source);
    let (start, end) = lines.on(span.source)?.positions_in(window, span)?;
    Ok((span, start, end))
}

/// The text of a record, in UTF-8.
fn text_of<'w>(source: &Source, stored: &'w [u8]) -> Cow<'w, [u8]> {
    match source.encoding {
        Encoding::Utf8 { .. } => Cow::Borrowed(stored),
        encoding => Cow::Owned(encoding.decode_part(stored).into_bytes()),
    }
}

/// Turns a range of a record's text into stored bytes.
fn part(source: &Source, record: Span, text: &[u8], range: Range<usize>) -> Span {
    let stored_len = |range: Range<usize>| match source.encoding {
        Encoding::Utf8 { .. } => range.len() as u64,
        // It was decoded: it is text.
        encoding => encoding.stored_len(&String::from_utf8_lossy(
            text.get(range).unwrap_or_default(),
        )),
    };
    Span {
        source: record.source,
        start: record.start + stored_len(0..range.start),
        len: u32::try_from(stored_len(range)).unwrap_or(u32::MAX),
    }
}

fn first_character(source: &Source, record: Span, stored: &[u8]) -> Span {
    // No character takes more, in any encoding.
    let beginning = &stored[..stored.len().min(4)];
    let text = source.encoding.decode_part(beginning);
    let mut characters = text.char_indices().skip(1).map(|(at, _)| at);
    let end = characters.next().unwrap_or(text.len());
    part(source, record, text.as_bytes(), 0..end)
}

fn csv_field(row: &[u8], shape: &CsvShape, spellings: &[String]) -> Option<Range<usize>> {
    let column = spellings
        .iter()
        .find_map(|name| shape.header.iter().position(|column| column == name))?;
    cell_range(row, shape, column)
}

fn json_field(record: &[u8], lookup: &mut Lookup, element: Option<u32>) -> Option<Range<usize>> {
    let range = lookup.find(record)?;
    let whole = std::str::from_utf8(record.get(range.clone())?).ok()?;
    let meant = match element {
        Some(index) => {
            let element = elements_of(whole).and_then(|all| all.get(index as usize).copied());
            element.unwrap_or(whole)
        }
        None => policy_name_of(whole).unwrap_or(whole),
    };
    let start = range.start + (meant.as_ptr() as usize - whole.as_ptr() as usize);
    Some(start..start + meant.len())
}

/// As [`json_field`], for all elements at once.
fn all_of_field(source: &Source, record: Span, text: &[u8], lookup: &mut Lookup) -> Option<Found> {
    let range = lookup.find(text)?;
    let whole = std::str::from_utf8(text.get(range.clone())?).ok()?;
    let start_of = |part: &str| range.start + (part.as_ptr() as usize - whole.as_ptr() as usize);
    let meant = policy_name_of(whole).unwrap_or(whole);
    let meant = start_of(meant)..start_of(meant) + meant.len();
    let of_value = part(source, record, text, range.clone());
    // Each from where the last one ended: bytes of other encodings are counted once.
    let (mut at, mut before) = (range.start, of_value);
    before.len = 0;
    let elements = elements_of(whole).unwrap_or_default().into_iter();
    let elements = elements.map(|element| {
        let start = start_of(element);
        let behind = Span {
            start: before.end(),
            ..record
        };
        before = part(
            source,
            behind,
            text.get(at..).unwrap_or_default(),
            start - at..start - at + element.len(),
        );
        at = start + element.len();
        before
    });
    Some(Found {
        elements: elements.collect(),
        whole: of_value,
        meant: part(source, record, text, meant),
    })
}

/// Of a policy written as an object, the place that matters is its name.
fn policy_name_of(value: &str) -> Option<&str> {
    if !value.starts_with('{') {
        return None;
    }
    member_of(value, "Authority")?;
    member_of(value, "Name")
}

fn elements_of(value: &str) -> Option<Vec<&str>> {
    let list = if value.starts_with('{') {
        member_of(value, "value")?
    } else {
        value
    };
    let elements: Vec<&RawValue> = serde_json::from_str(list).ok()?;
    Some(elements.into_iter().map(RawValue::get).collect())
}

/// The first member of that name, compared without case.
fn member_of<'t>(object: &'t str, name: &str) -> Option<&'t str> {
    let mut found = None;
    for_each_member(object, |key, value| {
        if key.eq_ignore_ascii_case(name) {
            found = Some(value);
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    })?;
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;

    fn found(bytes: &[u8], field: &[&str], element: Option<u32>) -> String {
        let mut sources = Sources::default();
        let source = Source::in_memory("a.json".into(), 0, bytes);
        let bom = source.encoding.bom_len();
        let id = sources.add(source);
        let record = Span {
            source: id,
            start: bom,
            len: bytes.len() as u32 - bom as u32,
        };
        let place = Place {
            records: [record].into(),
            field: field.iter().map(|name| (*name).to_owned()).collect(),
            element,
        };
        let lines = Lines::of(&sources);
        let trail = &mut Trail::default();
        let (span, start, end) = locate(&lines, |_| None, &place, trail).unwrap();
        let positions = lines.on(id).unwrap().positions(span.start, span.end());
        assert_eq!((start, end), positions.unwrap());
        sources.get(id).read_text(span).unwrap()
    }

    #[test]
    fn places_one_after_the_other_are_where_each_of_them_is_alone() {
        let records: Vec<String> = (0..300)
            .map(|number| {
                let name = ["é", "b", "null", "12"][number % 4];
                let more = ["", ", \"line\": \"x\"", ", \"Line\": null"][number % 3];
                format!("{{\"Name\": \"{name}{number}\"{more},\n \"LineUri\": [\"é\", \"tel:{number}\"]}}")
            })
            .collect();
        let text = records.join("\n");
        let utf16: Vec<u8> = [0xFF, 0xFE]
            .into_iter()
            .chain(text.encode_utf16().flat_map(u16::to_le_bytes))
            .collect();
        let (windows_1252, ..) = encoding_rs::WINDOWS_1252.encode(&text);
        let utf8 = [b"\xEF\xBB\xBF", text.as_bytes()].concat();
        let mut sources = Sources::default();
        let mut places = Vec::new();
        for bytes in [text.as_bytes(), &utf8, &utf16, &windows_1252] {
            let source = Source::in_memory("a.json".into(), 0, bytes);
            let encoding = source.encoding;
            let id = sources.add(source);
            let mut at = 0;
            for record in &records {
                let start = encoding.bom_len() + encoding.stored_len(&text[..at]);
                let len = encoding.stored_len(record) as u32;
                let source = id;
                let record_span = Span { source, len, start };
                at += record.len() + 1;
                for (field, element) in [("name", None), ("line", None), ("lineuri", Some(1))] {
                    places.push(Place {
                        records: [record_span].into(),
                        field: [field.to_owned()].into(),
                        element,
                    });
                }
            }
        }
        let lines = Lines::of(&sources);
        let find = |place, trail: &mut Trail| locate(&lines, |_| None, place, trail).unwrap();
        let alone: Vec<_> = places
            .iter()
            .map(|place| find(place, &mut Trail::default()))
            .collect();
        for (place, (span, start, end)) in places.iter().zip(&alone) {
            let positions = lines
                .on(span.source)
                .unwrap()
                .positions(span.start, span.end());
            assert_eq!((*start, *end), positions.unwrap(), "{place:?}");
        }
        let forwards: Vec<usize> = (0..places.len()).collect();
        let backwards: Vec<usize> = forwards.iter().rev().copied().collect();
        let all_over: Vec<usize> = forwards.iter().map(|at| at * 7919 % places.len()).collect();
        for way in [forwards, backwards, all_over] {
            let mut trail = Trail::default();
            for at in way {
                assert_eq!(find(&places[at], &mut trail), alone[at], "{:?}", places[at]);
            }
        }
        let shown = |at: usize| {
            sources
                .get(alone[at].0.source)
                .read_text(alone[at].0)
                .unwrap()
        };
        assert_eq!(
            ["\"é0\"", "{", "\"tel:0\""],
            [shown(0), shown(1), shown(2)]
                .each_ref()
                .map(String::as_str)
        );
        assert_eq!(shown(2 * 900 + 4), "\"x\"");
    }

    #[test]
    fn an_empty_name_asks_for_the_beginning_of_the_record() {
        assert_eq!(found(br#"{"":1}"#, &[""], None), "{");
        assert_eq!(found(br#""{}""#, &[""], None), "\"");
    }

    #[test]
    fn a_field_is_found_by_any_spelling_without_case() {
        let record = r#"{ "DisplayName": "é", "LineURI": null, "LineUri": "tel:+1" }"#;
        assert_eq!(found(record.as_bytes(), &["lineuri"], None), "\"tel:+1\"");
        let graph = r#"{"assignmentTargetId":"x"}"#;
        let spellings = ["assignedpstntargetid", "assignmenttargetid"];
        assert_eq!(found(graph.as_bytes(), &spellings, None), "\"x\"");
    }

    #[test]
    fn a_policy_object_is_found_by_its_name() {
        let record = r#"{"P": {"Authority": "Tenant", "Name": "FR"}}"#;
        assert_eq!(found(record.as_bytes(), &["p"], None), "\"FR\"");
    }

    #[test]
    fn elements_of_every_spelling_of_a_list() {
        assert_eq!(found(br#"{"U":["a","b"]}"#, &["u"], Some(1)), "\"b\"");
        assert_eq!(
            found(br#"{"U":{"value":["a","b"],"Count":2}}"#, &["u"], Some(1)),
            "\"b\""
        );
        assert_eq!(found(br#"{"U":"a"}"#, &["u"], Some(0)), "\"a\"");
    }

    #[test]
    fn each_element_of_a_giant_list_is_found_and_the_list_is_looked_through_once() {
        let count = 30_000;
        let names: Vec<String> = (0..count).map(|number| format!("\"é{number}\"")).collect();
        let list = format!("[{}]", names.join(" ,"));
        let text = format!(r#"{{"Id":"x","U":{list},"P":{{"Authority":"Tenant","Name":"FR"}}}}"#);
        let utf16: Vec<u8> = [0xFF, 0xFE]
            .into_iter()
            .chain(text.encode_utf16().flat_map(u16::to_le_bytes))
            .collect();
        for bytes in [text.as_bytes(), &utf16] {
            let mut sources = Sources::default();
            let source = Source::in_memory("a.json".into(), 0, bytes);
            let start = source.encoding.bom_len();
            let id = sources.add(source);
            let record = Span {
                source: id,
                start,
                len: bytes.len() as u32 - start as u32,
            };
            let lines = Lines::of(&sources);
            let mut trail = Trail::default();
            let mut found = |field: &str, element: Option<u32>| {
                let place = Place {
                    records: [record].into(),
                    field: [field.to_owned()].into(),
                    element,
                };
                let (span, ..) = locate(&lines, |_| None, &place, &mut trail).unwrap();
                sources.get(id).read_text(span).unwrap()
            };
            for (name, index) in names.iter().zip(0..) {
                assert_eq!(found("u", Some(index)), *name);
                assert_eq!(found("p", None), "\"FR\"");
                assert_eq!(found("gone", Some(index)), "{");
            }
            assert_eq!(found("u", Some(count)), list);
            assert_eq!(found("u", None), list);
        }
    }

    #[test]
    fn utf16_fields_are_found_in_the_stored_bytes() {
        let mut bytes = vec![0xFF, 0xFE];
        let record = "{\"Name\":\"\u{1F600}é\",\"X\":\"y\"}";
        bytes.extend(record.encode_utf16().flat_map(u16::to_le_bytes));
        assert_eq!(found(&bytes, &["x"], None), "\"y\"");
    }

    #[test]
    fn json_within_a_text_is_pointed_at_as_a_whole() {
        let text = br#""{\"U\":1}""#;
        assert_eq!(found(text, &["u"], None), String::from_utf8_lossy(text));
    }

    #[test]
    fn the_best_spelling_is_found_wherever_it_stands() {
        let both = ["lineuri", "line"];
        for (record, expected) in [
            (r#"{"Line":"b","LineUri":"a","X":1}"#, "\"a\""),
            (r#"{"LineUri":"","Line":"b"}"#, "\"b\""),
            (r#"{"LineUri":null,"Line":""}"#, "null"),
            (r#"{"LineUri":"a","LineUri":"c"}"#, "\"a\""),
            // An escape in another key: `serde_json` looks, from the front again.
            (r#"{"Line":"b","\u0058":1,"LineUri":"a"}"#, "\"a\""),
        ] {
            assert_eq!(found(record.as_bytes(), &both, None), expected, "{record}");
        }
    }

    #[test]
    fn a_missing_field_is_answered_by_the_record() {
        assert_eq!(found(br#"{"U":1}"#, &["v"], None), "{");
    }
}
