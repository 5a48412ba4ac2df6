//! The walker against `serde_json`: it never accepts more, and reads the same.

use serde_json::value::RawValue;

use super::compared::are_alike;
use super::*;

const SLOTS: [&str; 5] = ["a", "b", "plans", "name", "AssignedPlan"];

fn slot_of(key: &str) -> Option<Slot> {
    let index = SLOTS
        .iter()
        .position(|name| name.eq_ignore_ascii_case(key.trim()))?;
    Some(Slot {
        index,
        rank: 0,
        holds_plans: index == 4,
    })
}

/// Shows the records of each export of contoso that is a plain list.
pub(super) fn each_list_of_contoso(mut show: impl FnMut(&[&RawValue])) {
    let below = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots/contoso");
    for file in std::fs::read_dir(below).unwrap() {
        // Some of them are in other encodings, or other formats.
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap_or_default();
        if let Ok(list) = serde_json::from_str::<Vec<&RawValue>>(&text) {
            show(&list);
        }
    }
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
            let exact = judged(text).expect(text);
            assert!(are_alike(&row, &exact), "{text:?}: {row:?}, {exact:?}");
        } else {
            assert!(
                serde_json::from_str::<serde::de::IgnoredAny>(&text[..end]).is_ok(),
                "{text:?}"
            );
        }
    }
}

/// Plans as PowerShell 7 writes them: one works, one is stopped, one has no state.
const PLANS: &str = r#"{
  "AssignedPlan": [
    {
      "AssignedTimestamp": "2024-11-25T19:12:18Z",
      "Capability": "MCOEV",
      "CapabilityStatus": "Enabled",
      "IsInGracePeriod": false,
      "ServicePlanId": "4828c8ec-dc2e-4779-b502-87ac9ce28ab7"
    },
    {
      "Capability": "MCOMEETADD",
      "CapabilityStatus": "Deleted",
      "IsInGracePeriod": null,
      "ServicePlanId": null
    },
    {
      "Capability": " Teams "
    }
  ],
  "a": "b"
}"#;

const RECORDS: [&str; 15] = [
    PLANS,
    "{\"AssignedPlan\":[{\"ServicePlanId\":\"4828c8ec-dc2e-4779-b502-87ac9ce28ab7\",\"servicePlanName\":\"MCOEV\",\"provisioningStatus\":\"Success\",\"n\":1.5}]}",
    "{\"AssignedPlan\":[{\"x\":\"\\n\"}, {} ],\"a\":1}",
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
            let (row, end) = walked(&mut shape, text).expect(text);
            let exact = judged(text).expect(text);
            assert!(are_alike(&row, &exact), "{text}: {row:?}, {exact:?}");
            assert_eq!(end, text.len(), "{text}");
        }
    }
    assert!(shape.lowered(0).contains("plans"));
    assert!(shape.lowered(0).contains("é"));
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
fn what_another_record_begins_with_does_not_stand_without_a_comma() {
    let known = r#"{"a":"x","b":"y","x":1,"y":2,"z":3}"#;
    for broken in [
        r#"{"n":1"a":"x","b":"y","x":1,"y":2,"z":3}"#,
        "{\n\"n\":1\n\"a\":\"x\",\"b\":\"y\",\"x\":1,\"y\":2,\"z\":3}",
        r#"{"a":"x""b":"y","x":1,"y":2,"z":3}"#,
        r#"{,"a":"x","b":"y","x":1,"y":2,"z":3}"#,
        r#"{,"b":"y","x":1,"y":2,"z":3}"#,
    ] {
        let mut shape = Shape::default();
        assert!(walked(&mut shape, known).is_some());
        assert_eq!(walked(&mut shape, broken), None, "{broken}");
        assert_eq!(judged(broken), None, "{broken}");
    }
}

#[test]
fn a_value_that_serde_json_would_refuse_is_left_to_it() {
    let mut shape = Shape::default();
    for text in [
        "{\"a\":\"\\ud800\"}",
        "{\"a\":1e999}",
        "{\"AssignedPlan\":[{\"n\":1e999}]}",
        "{\"AssignedPlan\":[{\"n\":\"\\ud800\"}]}",
    ] {
        assert_eq!(walked(&mut shape, text), None, "{text}");
        assert_eq!(judged(text), None, "{text}");
    }
}

/// The value of the slot of plans, by the walker.
fn plans_of(text: &str) -> Option<Lax<'_>> {
    let (mut row, _) = walked(&mut Shape::default(), text).expect(text);
    row.pop().flatten()
}

#[test]
fn plans_are_added_up_and_what_says_more_stays_a_list() {
    assert!(matches!(plans_of(PLANS), Some(Lax::Plans(_))));
    assert!(matches!(
        plans_of("{\"AssignedPlan\":[]}"),
        Some(Lax::Plans(_))
    ));
    for list in [
        // An unknown state is noted, a time of grace has an end.
        r#"[{"Capability":"MCOEV","CapabilityStatus":"Odd"}]"#,
        r#"[{"Capability":"MCOEV","CapabilityStatus":"Warning"}]"#,
        r#"[{"Capability":"MCOEV","CapabilityStatus":"Enabled","IsInGracePeriod":true}]"#,
        r#"[{"Capability":"MCOEV","capability":"MCOEV","CapabilityStatus":"Enabled"}]"#,
        r#"[{"Capability":"MCO\u0045V"}]"#,
        r#"[{"Capability":["MCOEV"]}]"#,
        r#"[{"Capability":1}]"#,
        r#"[{"IsInGracePeriod":"true"}]"#,
        r#"[{"IsInGracePeriod":1}]"#,
        r#"[{"n":{}}]"#,
        r#"["MCOEV"]"#,
        r#"{"value":[],"Count":0}"#,
        "null",
    ] {
        let record = format!("{{\"AssignedPlan\":{list}}}");
        let plans = plans_of(&record);
        assert!(!matches!(plans, None | Some(Lax::Plans(_))), "{list}");
        assert_eq!(plans, serde_json::from_str(list).ok());
    }
}

#[test]
fn two_lists_of_plans_are_compared_as_they_are_spelled() {
    let twice = r#"{"AssignedPlan":[],"assignedplan":[]}"#;
    assert_eq!(walked(&mut Shape::default(), twice), None);
}
