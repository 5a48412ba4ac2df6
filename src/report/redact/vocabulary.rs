//! Every name that the tenants of a run gave to something, so that it is found again within a sentence.
//!
//! Texts of rules put values between backticks, and there all is hidden that is not public. Outside of them, where the
//! rules' own words stand, only what is in here is. Hashes are kept and no texts: a million users have many names.

use std::collections::HashSet;
use std::hash::BuildHasher;

use foldhash::fast::FixedState;

use super::public;

/// Words of one name that are compared at most.
const MOST_WORDS: usize = 24;

/// The names of some tenants.
#[derive(Clone, Default, Debug)]
pub struct Vocabulary {
    names: HashSet<u64, FixedState>,
    /// First words of them, so that most words of a text are passed over at once.
    heads: HashSet<u64, FixedState>,
    /// Words of the longest of them.
    longest: usize,
}

impl Vocabulary {
    /// Adds what a property of a record says; values of public properties are passed over.
    pub fn add_value(&mut self, property: &str, value: &str) {
        if !(public::is_public_property(property) && public::is_plain(value)) {
            self.add(value);
        }
    }

    /// Adds a name, unless it is one that Microsoft gave, or a mere number.
    pub fn add(&mut self, name: &str) {
        let name = fold(name);
        if public::is_built_in(&name) || name.chars().all(|one| !one.is_alphabetic()) {
            return;
        }
        let bare = name.trim_matches(|one: char| !one.is_alphanumeric());
        let words = words(bare).count().min(MOST_WORDS);
        self.longest = self.longest.max(words);
        if let Some((start, end)) = self::words(bare).next() {
            self.heads.insert(hash(&bare[start..end]));
        }
        self.names.insert(hash(bare));
        self.names.insert(hash(&name));
    }

    /// Whether something is called so.
    pub(super) fn contains(&self, name: &str) -> bool {
        !self.names.is_empty() && self.names.contains(&hash(&fold(name)))
    }

    /// The longest name that begins with the word at the start of a text; its length in bytes.
    pub(super) fn at_start(&self, text: &str) -> Option<usize> {
        if !text.starts_with(char::is_alphanumeric) {
            return None;
        }
        let mut found = None;
        for (number, (start, end)) in words(text).take(self.longest).enumerate() {
            if number == 0 && !self.heads.contains(&hash(&fold(&text[start..end]))) {
                return None;
            }
            if self.contains(&text[..end]) {
                found = Some(end);
            }
        }
        found
    }
}

/// The form in which names are compared: one thing is spelled in several ways.
pub(super) fn fold(name: &str) -> String {
    name.trim().to_lowercase()
}

/// First and last byte of each run of letters and digits.
fn words(text: &str) -> impl Iterator<Item = (usize, usize)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + text[at..].find(char::is_alphanumeric)?;
        let end = text[start..].find(|one: char| !one.is_alphanumeric());
        at = end.map_or(text.len(), |end| start + end);
        Some((start, at))
    })
}

fn hash(text: &str) -> u64 {
    FixedState::default().hash_one(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_name_is_found_where_it_begins() {
        let mut names = Vocabulary::default();
        for name in [
            "Lobby",
            "Lobby Berlin (old)",
            "(Front Desk)",
            "Global",
            "4711",
        ] {
            names.add(name);
        }
        names.add_value("NumberType", "Lobbyist");
        let found = |text: &'static str| names.at_start(text).map(|end| &text[..end]);
        assert_eq!(
            found("lobby berlin (old) is closed"),
            Some("lobby berlin (old")
        );
        assert_eq!(found("LOBBY Berlin"), Some("LOBBY"));
        assert_eq!(found("Front Desk)"), Some("Front Desk"));
        for text in ["Lobbyist", "the Lobby", "Global", "4711", "Front", ""] {
            assert_eq!(found(text), None, "{text}");
        }
        assert!(names.contains(" (FRONT DESK)") && !names.contains("global"));
    }
}
