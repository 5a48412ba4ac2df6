//! What is written before what is meant: `tel:`, `sip:`, `Tag:`, in any case.

/// The text behind a prefix, which may be written in capitals; `None` where it begins otherwise. The prefix is ASCII.
pub fn strip_prefix_ignore_case<'t>(text: &'t str, prefix: &str) -> Option<&'t str> {
    let (head, tail) = text.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(tail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_prefix_is_taken_off() {
        for (text, rest) in [
            ("tel:+1", Some("+1")),
            ("TEL:", Some("")),
            ("tel", None),
            ("", None),
            ("sip:a", None),
            ("te\u{e9}:", None),
        ] {
            assert_eq!(strip_prefix_ignore_case(text, "tel:"), rest, "{text}");
        }
    }
}
