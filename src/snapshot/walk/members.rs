//! The members of one object as they are written, for whoever looks for one of them.

use std::borrow::Cow;
use std::ops::{ControlFlow, Range};

use serde_json::value::RawValue;

use super::scan::{self, DEEPEST, blanks, plain_key};
use crate::snapshot::lax::Lax;

/// Shows the members of an object in order, until `each` has seen enough: a key, and the text of its value. `None` where
/// it is no object; some members may have been shown by then, and the first ones may be shown twice.
pub(in crate::snapshot) fn for_each_member<'t>(
    object: &'t str,
    mut each: impl FnMut(Cow<'t, str>, &'t str) -> ControlFlow<()>,
) -> Option<()> {
    // Between quotes and around values there are whole characters only.
    let text = |range: Range<usize>| object.get(range).unwrap_or_default();
    let quick = each_member(object.as_bytes(), |key, value| {
        each(text(key).into(), text(value))
    });
    if quick.is_some() {
        return Some(());
    }
    for (key, value) in members_of(object)? {
        if each(key, value.get()).is_break() {
            break;
        }
    }
    Some(())
}

/// The quick way: where a key is without its quotes, and its value. `None` when `serde_json` must look; some members may
/// have been shown by then.
pub(super) fn each_member(
    object: &[u8],
    each: impl FnMut(Range<usize>, Range<usize>) -> ControlFlow<()>,
) -> Option<()> {
    match first_member(object)? {
        ControlFlow::Continue(first) => members_from(object, first, each),
        ControlFlow::Break(()) => Some(()),
    }
}

/// The members from the one on of which the key begins at `at`.
pub(super) fn members_from(
    object: &[u8],
    mut at: usize,
    mut each: impl FnMut(Range<usize>, Range<usize>) -> ControlFlow<()>,
) -> Option<()> {
    loop {
        let (key, value) = plain_key(object, at)?;
        let end = scan::value(object, value, DEEPEST)?;
        if each(key, value..end).is_break() {
            return Some(());
        }
        match next_member(object, end)? {
            ControlFlow::Continue(next) => at = next,
            ControlFlow::Break(()) => return Some(()),
        }
    }
}

/// Where the first member begins, or that there is none.
pub(super) fn first_member(object: &[u8]) -> Option<ControlFlow<(), usize>> {
    let at = blanks(object, 0);
    if *object.get(at)? != b'{' {
        return None;
    }
    let at = blanks(object, at + 1);
    Some(match *object.get(at)? {
        b'}' => ControlFlow::Break(()),
        _ => ControlFlow::Continue(at),
    })
}

/// Where the next member begins behind a value, or that there is none.
pub(super) fn next_member(object: &[u8], end: usize) -> Option<ControlFlow<(), usize>> {
    let at = blanks(object, end);
    match *object.get(at)? {
        b'}' => Some(ControlFlow::Break(())),
        b',' => Some(ControlFlow::Continue(blanks(object, at + 1))),
        _ => None,
    }
}

/// The exact way: all members of an object.
pub(super) fn members_of(object: &str) -> Option<Vec<(Cow<'_, str>, &RawValue)>> {
    struct Members;
    impl<'de> serde::de::Visitor<'de> for Members {
        type Value = Vec<(Cow<'de, str>, &'de RawValue)>;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("a record")
        }

        fn visit_map<A: serde::de::MapAccess<'de>>(
            self,
            mut access: A,
        ) -> Result<Self::Value, A::Error> {
            let mut members = Vec::new();
            while let Some(Lax::Text(key)) = access.next_key()? {
                members.push((key, access.next_value()?));
            }
            Ok(members)
        }
    }
    use serde::Deserializer;
    serde_json::Deserializer::from_str(object)
        .deserialize_map(Members)
        .ok()
}

#[cfg(test)]
mod tests {
    use super::super::tests::each_list_of_contoso;
    use super::*;

    fn shown(object: &str) -> Option<Vec<(&str, &str)>> {
        let mut members = Vec::new();
        each_member(object.as_bytes(), |key, value| {
            members.push((&object[key], &object[value]));
            ControlFlow::Continue(())
        })?;
        Some(members)
    }

    #[test]
    fn members_are_shown_as_they_are_written() {
        assert_eq!(shown(" { } "), Some(Vec::new()));
        assert_eq!(
            shown("{\"a\" : 1.0,\n \"é\": [ {\"b\":\"\\\"\"} ] , \"a\":\"\"}"),
            Some(vec![
                ("a", "1.0"),
                ("é", "[ {\"b\":\"\\\"\"} ]"),
                ("a", "\"\"")
            ])
        );
    }

    #[test]
    fn what_is_not_known_is_left_to_others() {
        for object in [
            "",
            "[]",
            "{",
            "{\"a\"}",
            "{\"a\":1",
            "{\"a\":1 \"b\":2}",
            "{\"a\":1,}",
            "{\"\\u0061\":1}",
            "{\"a\":\"\\ud800\"}",
        ] {
            assert_eq!(shown(object), None, "{object}");
        }
    }

    #[test]
    fn nothing_is_read_behind_what_was_looked_for() {
        let mut seen = 0;
        let object = b"{\"a\":1,\"b\":2, no JSON";
        let done = each_member(object, |key, _| {
            seen += 1;
            if object[key] == *b"b" {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        });
        assert_eq!((done, seen), (Some(()), 2));
    }

    #[test]
    fn members_of_real_records_are_those_that_serde_json_sees() {
        let mut records = 0;
        each_list_of_contoso(|list| {
            for record in list {
                let Some(exact) = members_of(record.get()) else {
                    continue;
                };
                let mut quick = Vec::new();
                let text = record.get();
                let known = each_member(text.as_bytes(), |key, value| {
                    quick.push((&text[key], &text[value]));
                    ControlFlow::Continue(())
                });
                // What it does not know it leaves to the exact way.
                if known.is_some() {
                    let exact: Vec<_> = exact
                        .iter()
                        .map(|(key, value)| (key.as_ref(), value.get()))
                        .collect();
                    assert_eq!(quick, exact);
                    records += 1;
                }
            }
        });
        assert!(records > 200, "{records}");
    }
}
