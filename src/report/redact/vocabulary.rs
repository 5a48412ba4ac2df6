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

/// Characters on either side by which a backtick of a name is known again.
const SIDE: usize = 3;

/// The names of some tenants.
#[derive(Clone, Default, Debug)]
pub struct Vocabulary {
    names: HashSet<u64, FixedState>,
    /// First words of them, so that most words of a text are passed over at once.
    heads: HashSet<u64, FixedState>,
    /// Words of the longest of them.
    longest: usize,
    /// What stands on both sides of backticks in names: few names have any.
    backticks: HashSet<u64, FixedState>,
}

impl Vocabulary {
    /// Adds what a property of a record says, unless it is shown there.
    pub fn add_value(&mut self, property: &str, value: &str) {
        if !public::is_shown(property, value) {
            self.add(value);
        }
    }

    /// Adds a name, unless it is one that Microsoft gave, or a mere number.
    pub fn add(&mut self, name: &str) {
        let name = fold(name);
        self.add_backticks(&name);
        let is_number = name
            .chars()
            .all(|one| one.is_numeric() || public::is_sign(one));
        if public::is_built_in(&name) || is_number {
            return;
        }
        let bare = name.trim_matches(|one: char| !one.is_alphanumeric());
        let words = words(bare).count().min(MOST_WORDS);
        self.longest = self.longest.max(words);
        if let Some((start, end)) = self::words(bare).next() {
            self.heads.insert(hash(&bare[start..end]));
        }
        if !bare.is_empty() {
            self.names.insert(hash(bare));
        }
        self.names.insert(hash(&name));
    }

    /// Remembers what stands around each backtick of a name.
    fn add_backticks(&mut self, name: &str) {
        for (at, _) in name.match_indices('`') {
            let around = hash_of_sides(last_of(&name[..at], SIDE), first_of(&name[at + 1..], SIDE));
            self.backticks.insert(around);
        }
    }

    /// Whether a backtick of a text, whose first byte is given, may be one of a name.
    pub(super) fn may_be_in_name(&self, text: &str, at: usize) -> bool {
        if self.backticks.is_empty() {
            return false;
        }
        let before = last_of(&text[..at], SIDE).to_lowercase();
        let behind = first_of(&text[at + 1..], SIDE).to_lowercase();
        let sides =
            |one: usize, two: usize| hash_of_sides(last_of(&before, one), first_of(&behind, two));
        (0..=SIDE).any(|one| (0..=SIDE).any(|two| self.backticks.contains(&sides(one, two))))
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

fn last_of(text: &str, count: usize) -> &str {
    let start = text.char_indices().rev().take(count).last();
    &text[start.map_or(text.len(), |(at, _)| at)..]
}

fn first_of(text: &str, count: usize) -> &str {
    let end = text.char_indices().nth(count);
    &text[..end.map_or(text.len(), |(at, _)| at)]
}

fn hash_of_sides(before: &str, behind: &str) -> u64 {
    hash(&format!("{before}`{behind}"))
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
        names.add_value("NumberType", "UserSubscriber");
        let found = |text: &'static str| names.at_start(text).map(|end| &text[..end]);
        assert_eq!(
            found("lobby berlin (old) is closed"),
            Some("lobby berlin (old")
        );
        assert_eq!(found("LOBBY Berlin"), Some("LOBBY"));
        assert_eq!(found("Front Desk)"), Some("Front Desk"));
        for text in [
            "Lobbyist",
            "the Lobby",
            "Global",
            "UserSubscriber",
            "4711",
            "Front",
            "",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
        assert!(names.contains(" (FRONT DESK)") && !names.contains("global"));
    }
}
