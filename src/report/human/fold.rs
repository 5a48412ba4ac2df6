//! Which findings say the same about different objects.
//!
//! Two findings have the same cause when rule, severity and message are the same once the names of the objects are
//! blanked: the subject, and whatever looks like a sign-in name, a telephone number or an object id.

use std::borrow::Cow;
use std::collections::BTreeMap;

use memchr::memmem;
use rayon::prelude::*;

use crate::finding::{Finding, Severity};
use crate::report::ReportedProblem;
use crate::snapshot::strip_prefix_ignore_case;
use crate::source::SourceId;

/// Groups what is alike, no group being empty, in the order in which each group begins.
pub(super) fn folds<'r, T: Sync, K: Ord + Send>(
    items: impl Iterator<Item = &'r T>,
    cause: impl Fn(&'r T) -> K + Sync,
) -> Vec<Vec<&'r T>> {
    let items: Vec<&T> = items.collect();
    let mut numbers: BTreeMap<K, usize> = BTreeMap::new();
    let mut folds: Vec<Vec<&T>> = Vec::new();
    for some in items.chunks(MANY) {
        let causes: Vec<K> = some.par_iter().map(|item| cause(item)).collect();
        for (item, cause) in some.iter().zip(causes) {
            let next = folds.len();
            let number = *numbers.entry(cause).or_insert(next);
            match folds.get_mut(number) {
                Some(fold) => fold.push(*item),
                None => folds.push(vec![*item]),
            }
        }
    }
    folds
}

/// Items of which the causes are told in one go, by all threads: few enough for the causes to be held.
const MANY: usize = 4096;

/// What findings of one cause have in common.
pub(super) fn finding_cause(finding: &Finding) -> (Severity, &'static str, String) {
    let message = finding.message.to_lowercase();
    let subject = &finding.subject;
    let name = subject.name.to_lowercase();
    let message = blank_word(blank_word(message.into(), &name), &subject.id);
    let mut cause = String::with_capacity(message.len());
    for word in message.split(' ') {
        cause.push_str(if is_name(word) { "\0" } else { word });
        cause.push(' ');
    }
    (finding.severity, finding.code, cause)
}

/// What problems of one cause have in common: all but counts and line numbers, where a place tells the file.
pub(super) fn problem_cause(
    problem: &ReportedProblem,
) -> (Severity, Option<SourceId>, String, &[&'static str]) {
    let Some(location) = &problem.location else {
        return (
            problem.severity,
            None,
            problem.message.clone(),
            &problem.blinds,
        );
    };
    let mut message = String::with_capacity(problem.message.len());
    for character in problem.message.chars() {
        if !character.is_ascii_digit() {
            message.push(character);
        } else if !message.ends_with('0') {
            message.push('0');
        }
    }
    (
        problem.severity,
        Some(location.span.source),
        message,
        &problem.blinds,
    )
}

/// Blanks a name where it stands alone, not where it is part of a longer word.
fn blank_word<'t>(text: Cow<'t, str>, name: &str) -> Cow<'t, str> {
    if name.is_empty() {
        return text;
    }
    let find = |text: &str| find(text.as_bytes(), name.as_bytes());
    let mut found = find(&text);
    if found.is_none() {
        return text;
    }
    let mut blanked = String::with_capacity(text.len());
    let mut rest = &*text;
    while let Some(at) = found {
        let (before, behind) = (&rest[..at], &rest[at + name.len()..]);
        blanked.push_str(before);
        let is_inside = before
            .chars()
            .next_back()
            .is_some_and(char::is_alphanumeric)
            || behind.chars().next().is_some_and(char::is_alphanumeric);
        blanked.push_str(if is_inside { name } else { "\0" });
        rest = behind;
        found = find(rest);
    }
    blanked.push_str(rest);
    blanked.into()
}

/// Where a name is first. To prepare a search costs more than looking at each place where one of the usual ones may begin.
fn find(text: &[u8], name: &[u8]) -> Option<usize> {
    match name.first() {
        Some(first) if name.len() <= USUAL => {
            let mut places = memchr::memchr_iter(*first, text);
            places.find(|at| text[*at..].starts_with(name))
        }
        _ => memmem::find(text, name),
    }
}

/// No longer are the names of nearly all objects, in bytes.
const USUAL: usize = 64;

/// Whether a word names one object.
fn is_name(word: &str) -> bool {
    let word =
        word.trim_matches(|character: char| !character.is_alphanumeric() && character != '+');
    let number = strip_prefix_ignore_case(word, "tel:").unwrap_or(word);
    word.contains('@')
        || number
            .strip_prefix('+')
            .is_some_and(|digits| digits.starts_with(|first: char| first.is_ascii_digit()))
        || (word.len() == 36
            && word.bytes().filter(|&byte| byte == b'-').count() == 4
            && word
                .bytes()
                .all(|byte| byte == b'-' || byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_blanked_as_a_whole_word_only() {
        let blanked = |text: &str, name| blank_word(text.into(), name).into_owned();
        assert_eq!(blanked("a call to a", "a"), "\0 call to \0");
        assert_eq!(blanked("`süd` and südost", "süd"), "`\0` and südost");
        assert_eq!(blanked("text", ""), "text");
        assert_eq!(blanked("text", "texts"), "text");
    }

    #[test]
    fn sign_in_names_numbers_and_object_ids_are_names() {
        for word in [
            "marie@contoso.example,",
            "`+33199001201`",
            "+33199001201;ext=1",
            "`tel:+33199001201`",
            "(2713551e-ed63-415d-9175-fc4ff825a0be)",
        ] {
            assert!(is_name(word), "{word}");
        }
        for word in [
            "`FR-National`",
            "sbc1.contoso.example",
            "+",
            "2",
            "",
            "two-hyphenated-words-of-length-36-abc",
        ] {
            assert!(!is_name(word), "{word}");
        }
    }

    #[test]
    fn groups_keep_the_order_in_which_they_begin() {
        let items = ["b1", "a1", "b2", "c1", "a2"];
        let folded = folds(items.iter(), |item| item.chars().next());
        let members: Vec<Vec<&str>> = folded
            .iter()
            .map(|fold| fold.iter().map(|item| **item).collect())
            .collect();
        assert_eq!(members, [vec!["b1", "b2"], vec!["a1", "a2"], vec!["c1"]]);
    }
}
