//! The members of one object as they are written, for whoever looks for one of them.

use std::ops::ControlFlow;

use super::scan::{self, DEEPEST, blanks, plain_text};

/// Shows the members of an object in order, until `each` has seen enough: a key without its quotes, and the text of its
/// value. `None` when `serde_json` must look; some members may have been shown by then.
pub(in crate::snapshot) fn each_member<'t>(
    object: &'t str,
    mut each: impl FnMut(&'t str, &'t str) -> ControlFlow<()>,
) -> Option<()> {
    let bytes = object.as_bytes();
    let mut at = blanks(bytes, 0);
    if *bytes.get(at)? != b'{' {
        return None;
    }
    at = blanks(bytes, at + 1);
    if *bytes.get(at)? == b'}' {
        return Some(());
    }
    loop {
        if *bytes.get(at)? != b'"' {
            return None;
        }
        // A key with escapes may mean any other.
        let key_end = plain_text(bytes, at + 1)?;
        let colon = blanks(bytes, key_end + 1);
        if *bytes.get(colon)? != b':' {
            return None;
        }
        let value = blanks(bytes, colon + 1);
        let value_end = scan::value(bytes, value, DEEPEST)?;
        if each(object.get(at + 1..key_end)?, object.get(value..value_end)?).is_break() {
            return Some(());
        }
        at = blanks(bytes, value_end);
        match *bytes.get(at)? {
            b'}' => return Some(()),
            b',' => at = blanks(bytes, at + 1),
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(object: &str) -> Option<Vec<(&str, &str)>> {
        let mut members = Vec::new();
        each_member(object, |key, value| {
            members.push((key, value));
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
        let done = each_member("{\"a\":1,\"b\":2, no JSON", |key, _| {
            seen += 1;
            if key == "b" {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        });
        assert_eq!((done, seen), (Some(()), 2));
    }
}
