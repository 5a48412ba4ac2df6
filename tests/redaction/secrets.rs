//! What must not be found in a redacted report, taken from the exports without the help of the program.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::audits::File;

const PUBLIC: &str = include_str!("../expected/public-values.txt");

/// Names in the samples that are words of the program as well: only where they are quoted they are names.
const WORDS: [&str; 20] = [
    "attendant",
    "blank",
    "broken",
    "conference bridge",
    "direction",
    "gate",
    "grace",
    "grant",
    "main",
    "old",
    "outbound",
    "policy",
    "room",
    "service",
    "sip",
    "support",
    "swap",
    "two",
    "united states",
    "voice",
];

/// Every value of the exports that is neither public nor a date nor a lone word of English, lower-cased.
pub(super) fn of(files: &[File]) -> BTreeSet<String> {
    // A line of words, or one value of several words behind `=`.
    let lines = PUBLIC.lines().filter(|line| !line.starts_with('#'));
    let values = lines.flat_map(|line| match line.strip_prefix("= ") {
        Some(value) => vec![value],
        None => line.split_whitespace().collect(),
    });
    let public: BTreeSet<String> = values.map(str::to_lowercase).collect();
    let mut found = BTreeSet::new();
    for (name, bytes) in files {
        let text = decoded(bytes);
        let value: Value =
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        collect(&value, "", &mut found);
    }
    found.retain(|value| value.len() > 2 && !public.contains(value));
    assert!(found.len() > 30, "only {} values", found.len());
    found
}

fn decoded(bytes: &[u8]) -> String {
    let units = |bytes: &[u8]| {
        let pairs = bytes
            .chunks_exact(2)
            .map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
        String::from_utf16(&pairs.collect::<Vec<_>>()).expect("UTF-16")
    };
    match bytes {
        [0xFF, 0xFE, rest @ ..] => units(rest),
        [0xEF, 0xBB, 0xBF, rest @ ..] | rest => String::from_utf8(rest.to_vec()).expect("UTF-8"),
    }
}

fn collect(value: &Value, key: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                collect(value, key, found);
            }
        }
        Value::Array(elements) => {
            for element in elements {
                collect(element, key, found);
            }
        }
        Value::String(text) => texts(text, key, found),
        Value::Number(number) if number.to_string().len() > 6 => {
            found.insert(number.to_string());
        }
        _ => {}
    }
}

/// The text, and the parts of it that tell as much.
fn texts(text: &str, key: &str, found: &mut BTreeSet<String>) {
    let key = key.to_lowercase();
    // The manifest names exports; products have the same ids in every tenant.
    let is_public = matches!(
        key.as_str(),
        "kind" | "file" | "command" | "moduleversion" | "skuid" | "serviceplanid" | "disabledplans"
    );
    let is_date = text.len() >= 10
        && text.as_bytes()[4] == b'-'
        && text.as_bytes()[7] == b'-'
        && text[..4].bytes().all(|one| one.is_ascii_digit());
    if is_public || is_date {
        return;
    }
    let text = text.trim().to_lowercase();
    let (local, host) = text.rsplit_once('@').unwrap_or(("", &text));
    if host.contains('.') && host.split('.').all(|label| label.len() > 1) {
        let labels = host.split('.').filter(|label| {
            let is_common = matches!(*label, "example" | "online" | "lync" | "com");
            !is_common && label.chars().all(|one| one.is_alphanumeric() || one == '-')
        });
        found.extend(labels.map(str::to_owned));
        found.insert(local.rsplit(':').next().unwrap_or(local).to_owned());
    }
    for part in text.split([':', ';']) {
        let digits: String = part.chars().filter(char::is_ascii_digit).collect();
        if digits.len() > 6 && part.chars().all(|one| !one.is_alphabetic()) {
            found.insert(digits);
        }
    }
    found.insert(text);
}

/// The secrets that stand in a text as words of their own, each with its first place; few digits and words of English
/// only where they are quoted, since a line may have that number.
pub(super) fn found<'s>(text: &str, secrets: &'s BTreeSet<String>) -> BTreeMap<&'s str, usize> {
    let mut by_first: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for secret in secrets {
        let bare = secret.trim_start_matches(|one: char| !one.is_alphanumeric());
        let end = bare.find(|one: char| !one.is_alphanumeric());
        by_first
            .entry(&bare[..end.unwrap_or(bare.len())])
            .or_default()
            .push(secret);
    }
    let mut found = BTreeMap::new();
    let mut at: usize = 0;
    for word in text.split(|one: char| !one.is_alphanumeric()) {
        for &secret in by_first.get(word).into_iter().flatten() {
            let bare = secret.trim_start_matches(|one: char| !one.is_alphanumeric());
            let start = at.checked_sub(secret.len() - bare.len());
            let Some(start) = start.filter(|start| {
                text.get(*start..)
                    .is_some_and(|text| text.starts_with(secret))
            }) else {
                continue;
            };
            let before = text[..start].chars().next_back();
            let behind = text[start + secret.len()..].chars().next();
            if is_told(secret, before, behind) {
                found.entry(secret).or_insert(start);
            }
        }
        // The sign behind a word may be of several bytes.
        at += word.len();
        at += text[at..].chars().next().map_or(0, char::len_utf8);
    }
    found
}

fn is_told(secret: &str, before: Option<char>, behind: Option<char>) -> bool {
    let is_short = secret.len() < 6 && secret.bytes().all(|one| one.is_ascii_digit());
    if is_short || WORDS.contains(&secret) {
        // A label of a rule may be such a word alone.
        let is_quote = |one| matches!(one, '`' | '\'') || (one == '"' && is_short);
        return before.is_some_and(is_quote) && behind == before
            || (!is_short && behind == Some('@'));
    }
    !behind.is_some_and(char::is_alphanumeric)
}
