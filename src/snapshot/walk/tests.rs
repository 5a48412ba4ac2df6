//! The walker against `serde_json`: it never accepts more, and reads the same.

use super::*;

const SLOTS: [&str; 4] = ["a", "b", "plans", "name"];

fn slot_of(key: &str) -> Option<Slot> {
    let lowered = key.trim().to_ascii_lowercase();
    let slot = SLOTS.iter().position(|name| *name == lowered)?;
    Some((slot, 0))
}

/// What the walker fills, with the offset behind the record.
fn walked<'t>(shape: &mut Shape, text: &'t str) -> Option<(Vec<Option<Lax<'t>>>, usize)> {
    let mut row = Row::new(SLOTS.len());
    let end = shape.walk(text, 0, &mut row, &slot_of)?;
    Some(((0..SLOTS.len()).map(|slot| row.take(slot)).collect(), end))
}

/// What `serde_json` fills.
fn judged(text: &str) -> Option<Vec<Option<Lax<'_>>>> {
    let mut row = Row::new(SLOTS.len());
    judge(text, &mut Shape::default(), &mut row, &slot_of).ok()?;
    Some((0..SLOTS.len()).map(|slot| row.take(slot)).collect())
}

/// Both ways agree, whatever was walked before.
fn agree(shape: &mut Shape, text: &str) {
    let valid = serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok();
    if let Some((row, end)) = walked(shape, text) {
        if text[end..].trim().is_empty() {
            assert!(valid, "accepted: {text:?}");
            assert_eq!(Some(row), judged(text), "{text:?}");
        } else {
            assert!(
                serde_json::from_str::<serde::de::IgnoredAny>(&text[..end]).is_ok(),
                "{text:?}"
            );
        }
    }
}

const RECORDS: [&str; 12] = [
    "{\n  \"a\": 1,\n  \"x\": [ 1, { \"a\": 2 } ],\n  \"b\": \"text\",\n  \"plans\": [\n    {\n      \"n\": \"p\",\n      \"s\": null\n    },\n    {\n      \"n\": \"q\",\n      \"s\": true\n    }\n  ]\n}",
    "{\n  \"a\": 2,\n  \"x\": [],\n  \"b\": \"\",\n  \"plans\": []\n}",
    "{\"a\":1,\"b\":{\"Authority\":\"Tenant\",\"Name\":\"x\"}}",
    "{\"a\":-0,\"b\":1e3,\"name\":1.5}",
    "{\"b\":\"a\\u0027b\\ud83d\\ude00\",\"a\":\"\\n\"}",
    "{\"name\":\"é\u{1F600}\",\"é\":1}",
    "{}",
    "{ }",
    "{\"a\":1,\"a\":2,\"A\":null}",
    "{\"a\":[[[[1]]],{\"b\":{\"c\":{}}}]}",
    "{\"a\":123456789012345678901234567890,\"b\":18446744073709551615}",
    "{\"x\":\"\\ud83d\\ude00\",\"a\":1}",
];

#[test]
fn what_exports_hold_is_walked_and_read_alike() {
    let mut shape = Shape::default();
    for _ in 0..2 {
        for text in RECORDS {
            let walked = walked(&mut shape, text);
            assert_eq!(walked, judged(text).map(|row| (row, text.len())), "{text}");
        }
    }
    assert!(shape.lowered().contains("plans"));
    assert!(shape.lowered().contains("é"));
}

#[test]
fn what_is_damaged_is_never_accepted() {
    let mut shape = Shape::default();
    // Keys are known by then, so that what stands between values is compared, not looked at.
    for text in RECORDS {
        agree(&mut shape, text);
    }
    let bytes = *b"\"\\{}[],: \n\0x1eE-+.tnf\x7f";
    for text in RECORDS {
        for at in 0..text.len() {
            if !text.is_char_boundary(at) || !text.is_char_boundary(at + 1) {
                continue;
            }
            let (head, tail) = (&text[..at], &text[at + 1..]);
            agree(&mut shape, &format!("{head}{tail}"));
            agree(&mut shape, head);
            for byte in bytes {
                let byte = char::from(byte);
                agree(&mut shape, &format!("{head}{byte}{tail}"));
                agree(&mut shape, &format!("{head}{byte}{}", &text[at..]));
            }
        }
    }
}

#[test]
fn a_key_that_began_an_object_does_not_stand_without_a_comma() {
    let mut shape = Shape::default();
    assert!(walked(&mut shape, "{\"b\":1,\"a\":2}").is_some());
    assert!(walked(&mut shape, "{\"a\":2}").is_some());
    assert_eq!(walked(&mut shape, "{\"b\":1\"a\":2}"), None);
    assert_eq!(walked(&mut shape, "{,\"a\":2}"), None);
}

#[test]
fn a_value_that_serde_json_would_refuse_is_left_to_it() {
    let mut shape = Shape::default();
    for text in ["{\"a\":\"\\ud800\"}", "{\"a\":1e999}"] {
        assert_eq!(walked(&mut shape, text), None, "{text}");
        assert_eq!(judged(text), None, "{text}");
    }
}
