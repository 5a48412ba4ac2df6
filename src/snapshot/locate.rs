//! Finding a field's bytes again: a record is read once more, and the value's range in it is the answer.

use std::io;
use std::ops::{ControlFlow, Range};

use serde_json::value::RawValue;

use super::csv_table::{CsvShape, cell_range};
use super::lax::trimmed;
use super::walk::for_each_member;
use crate::finding::Place;
use crate::source::{Source, Sources, Span};

/// The exact bytes of a place, and the record that they are in, where it was read again, which `read` does. A field that no
/// record has is answered by the first character of the first record.
///
/// # Errors
/// When the file is gone, or shorter than when it was loaded.
pub fn locate<'c, R: AsRef<str>>(
    sources: &Sources,
    read: impl Fn(Span) -> io::Result<R>,
    csv: impl Fn(crate::source::SourceId) -> Option<&'c CsvShape>,
    place: &Place,
) -> io::Result<(Span, Option<R>)> {
    let Some(first) = place.records.first() else {
        return Err(io::Error::other("a place without a record"));
    };
    if place.field.is_empty() {
        return Ok((*first, None));
    }
    for record in &place.records {
        let source = sources.get(record.source);
        let reread = read(*record)?;
        let text = reread.as_ref();
        if text.starts_with('"') && csv(record.source).is_none() {
            // JSON within a text: its parts have no bytes of their own.
            return Ok((*record, Some(reread)));
        }
        let range = match csv(record.source) {
            Some(shape) => csv_field(text, shape, &place.field),
            None => json_field(text, &place.field, place.element),
        };
        if let Some(range) = range {
            return Ok((part(source, *record, text, range), Some(reread)));
        }
    }
    let source = sources.get(first.source);
    let reread = read(*first)?;
    let text = reread.as_ref();
    let first_character = text.chars().next().map_or(0, char::len_utf8);
    let span = part(source, *first, text, 0..first_character);
    Ok((span, Some(reread)))
}

/// Turns a range of a record's text into stored bytes.
fn part(source: &Source, record: Span, text: &str, range: Range<usize>) -> Span {
    let before = text.get(..range.start).unwrap_or_default();
    let inside = text.get(range).unwrap_or_default();
    Span {
        source: record.source,
        start: record.start + source.encoding.stored_len(before),
        len: u32::try_from(source.encoding.stored_len(inside)).unwrap_or(u32::MAX),
    }
}

fn csv_field(row: &str, shape: &CsvShape, spellings: &[String]) -> Option<Range<usize>> {
    let column = spellings
        .iter()
        .find_map(|name| shape.header.iter().position(|column| column == name))?;
    cell_range(row, shape, column)
}

fn json_field(record: &str, spellings: &[String], element: Option<u32>) -> Option<Range<usize>> {
    let rank = |key: &str| {
        let key = trimmed(key);
        spellings
            .iter()
            .position(|name| key.eq_ignore_ascii_case(name))
    };
    // As when reading: the spelling that is not null, then the most canonical, then the first.
    let mut best: Option<((bool, usize), &str)> = None;
    for_each_member(record, |key, value| {
        if let Some(rank) = rank(&key) {
            let order = (is_blank(value), rank);
            if best.is_none_or(|(other, _)| order < other) {
                best = Some((order, value));
            }
            // None that follows can be better.
            if order == (false, 0) {
                return ControlFlow::Break(());
            }
        }
        ControlFlow::Continue(())
    })?;
    let (_, value) = best?;
    let meant = match element {
        Some(index) => element_of(value, index as usize).unwrap_or(value),
        None => policy_name_of(value).unwrap_or(value),
    };
    let start = meant.as_ptr() as usize - record.as_ptr() as usize;
    Some(start..start + meant.len())
}

fn is_blank(value: &str) -> bool {
    matches!(value, "null" | "\"\"" | "{}")
}

/// Of a policy written as an object, the place that matters is its name.
fn policy_name_of(value: &str) -> Option<&str> {
    if !value.starts_with('{') {
        return None;
    }
    member_of(value, "Authority")?;
    member_of(value, "Name")
}

fn element_of(value: &str, index: usize) -> Option<&str> {
    let list = if value.starts_with('{') {
        member_of(value, "value")?
    } else {
        value
    };
    let elements: Vec<&RawValue> = serde_json::from_str(list).ok()?;
    elements.get(index).map(|raw| raw.get())
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
    use crate::source::SourceId;

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
        let read = |span: Span| sources.get(span.source).read_text(span);
        let (span, _) = locate(&sources, read, |_: SourceId| None, &place).unwrap();
        sources.get(id).read_text(span).unwrap()
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
