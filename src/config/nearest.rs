//! "Did you mean": the known word that a mistyped one is nearest to.

/// The candidate that was probably meant, if any is near enough; of equals the first.
pub(super) fn nearest<'c>(
    typed: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> Option<&'c str> {
    let typed = typed.to_lowercase().replace('_', "-");
    let length = typed.chars().count();
    // A word of any length would be compared letter by letter with every candidate.
    if length > 100 {
        return None;
    }
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        let known = candidate.to_lowercase();
        let longest = length.max(known.chars().count());
        let mut distance = strsim::damerau_levenshtein(&typed, &known);
        if distance * 3 > longest {
            if length < 3 || !known.starts_with(&typed) {
                continue;
            }
            // The beginning of a word is no typo, and comes behind every real one.
            distance = longest;
        }
        if best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// The advice for a mistyped word: the nearest candidate, or else what helps to find the right one.
pub(crate) fn did_you_mean<'c>(
    typed: &str,
    candidates: impl IntoIterator<Item = &'c str>,
    otherwise: impl Into<String>,
) -> String {
    nearest(typed, candidates).map_or_else(
        || otherwise.into(),
        |word| format!("did you mean `{word}`?"),
    )
}

/// A list of words as advice: "`a`, `b` or `c`".
pub(crate) fn one_of(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.as_slice() {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typos_find_their_word() {
        for (typed, meant) in [
            ("fail_on", "fail-on"),
            ("Selcet", "select"),
            ("ingore", "ignore"),
            ("rule", "rules"),
            ("STRICT", "strict"),
            ("OC01", "OC001"),
            ("OC-001", "OC001"),
            ("stale-pstn", "stale-pstn-usage"),
            ("warn", "warning"),
        ] {
            let known = [
                "fail-on",
                "select",
                "ignore",
                "rules",
                "strict",
                "OC001",
                "stale-pstn-usage",
                "warning",
            ];
            assert_eq!(nearest(typed, known), Some(meant), "{typed}");
        }
    }

    #[test]
    fn what_is_not_near_finds_nothing() {
        for typed in ["", "xx", "ab", "banana", "OX"] {
            assert_eq!(
                nearest(typed, ["OC", "OP", "select", "ignore"]),
                None,
                "{typed}"
            );
        }
        assert_eq!(nearest(&"select".repeat(100_000), ["select"]), None);
    }

    #[test]
    fn the_nearest_wins_and_a_typo_beats_a_beginning() {
        assert_eq!(
            nearest("user", ["users-all", "usher", "users"]),
            Some("usher")
        );
        assert_eq!(
            nearest("user", ["user-not-teams-only", "users"]),
            Some("users")
        );
        assert_eq!(nearest("OC009", ["OC001", "OC002"]), Some("OC001"));
    }

    #[test]
    fn words_are_listed_as_a_person_would() {
        assert_eq!(one_of(&["a", "b", "c"]), "`a`, `b` or `c`");
        assert_eq!(one_of(&["a"]), "`a`");
        assert_eq!(did_you_mean("zzz", ["a"], "look"), "look");
        assert_eq!(
            did_you_mean("selct", ["select"], "look"),
            "did you mean `select`?"
        );
    }
}
