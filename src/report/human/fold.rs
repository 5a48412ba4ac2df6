//! Which findings say the same about different objects.
//!
//! Two findings have the same cause when rule, severity and message are the same once the names of the objects are
//! blanked: the subject, and whatever looks like a sign-in name, a telephone number or an object id.

use std::borrow::Borrow;
use std::collections::BTreeMap;

use memchr::{memchr_iter, memchr2, memmem};

use crate::finding::{Finding, Severity};
use crate::report::ReportedProblem;
use crate::snapshot::strip_prefix_ignore_case;
use crate::source::SourceId;

/// What is alike, together, in the order in which each group begins.
pub(super) struct Groups<K, T> {
    places: BTreeMap<K, usize>,
    groups: Vec<Vec<T>>,
}

impl<K, T> Default for Groups<K, T> {
    fn default() -> Self {
        Self {
            places: BTreeMap::new(),
            groups: Vec::new(),
        }
    }
}

impl<K: Ord, T> Groups<K, T> {
    /// The group of a cause; a new one where nothing had it.
    pub(super) fn of<Q>(&mut self, cause: &Q) -> &mut Vec<T>
    where
        K: Borrow<Q>,
        Q: Ord + ToOwned<Owned = K> + ?Sized,
    {
        let place = self.places.get(cause).copied().unwrap_or_else(|| {
            self.places.insert(cause.to_owned(), self.groups.len());
            self.groups.push(Vec::new());
            self.groups.len() - 1
        });
        &mut self.groups[place]
    }

    /// Puts others behind these.
    pub(super) fn append(&mut self, mut others: Self)
    where
        K: ToOwned<Owned = K>,
    {
        let mut causes: Vec<(K, usize)> = others.places.into_iter().collect();
        causes.sort_unstable_by_key(|(_, place)| *place);
        for (cause, place) in causes {
            self.of(&cause).append(&mut others.groups[place]);
        }
    }

    /// The groups, without what they have in common.
    pub(super) fn finish(self) -> Vec<Vec<T>> {
        self.groups
    }
}

/// Groups problems that are alike.
pub(super) fn folds<'r>(problems: &[&'r ReportedProblem]) -> Vec<Vec<&'r ReportedProblem>> {
    let mut folds = Groups::default();
    for problem in problems {
        folds.of(&problem_cause(problem)).push(*problem);
    }
    folds.finish()
}

/// Tells what findings of one cause have in common, one after the other and all in the same memory.
#[derive(Default)]
pub(super) struct Causes {
    message: String,
    name: String,
    blanked: String,
    cause: String,
}

impl Causes {
    /// The cause of a finding: code, severity, and the message without names.
    pub(super) fn of(&mut self, finding: &Finding) -> &str {
        let subject = &finding.subject;
        lowercase(&finding.message, &mut self.message);
        lowercase(&subject.name, &mut self.name);
        for name in [&*self.name, &subject.id] {
            if blank_word(&self.message, name, &mut self.blanked) {
                std::mem::swap(&mut self.message, &mut self.blanked);
            }
        }
        self.cause.clear();
        self.cause.push_str(finding.code);
        self.cause.push_str(finding.severity.name());
        if may_have_names(self.message.as_bytes()) {
            for word in self.message.split(' ') {
                self.cause.push(' ');
                self.cause.push_str(if is_name(word) { "\0" } else { word });
            }
        } else {
            self.cause.push(' ');
            self.cause.push_str(&self.message);
        }
        &self.cause
    }
}

/// What problems of one cause have in common: all but counts and line numbers, where a place tells the file.
fn problem_cause(
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

/// Puts a text in lower case where another one stood.
fn lowercase(text: &str, lower: &mut String) {
    lower.clear();
    if text.is_ascii() {
        lower.push_str(text);
        lower.make_ascii_lowercase();
    } else {
        lower.push_str(&text.to_lowercase());
    }
}

/// Blanks a name where it stands alone, not where it is part of a longer word. Whether it is there at all; nothing is
/// written where it is not.
fn blank_word(text: &str, name: &str, blanked: &mut String) -> bool {
    if name.is_empty() {
        return false;
    }
    let find = |text: &str| find(text.as_bytes(), name.as_bytes());
    let mut found = find(text);
    if found.is_none() {
        return false;
    }
    blanked.clear();
    let mut rest = text;
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
    true
}

/// Where a name is first. To prepare a search costs more than looking at each place where one of the usual ones may begin.
fn find(text: &[u8], name: &[u8]) -> Option<usize> {
    match name.first() {
        Some(first) if name.len() <= USUAL => {
            let mut places = memchr_iter(*first, text);
            places.find(|at| text[*at..].starts_with(name))
        }
        _ => memmem::find(text, name),
    }
}

/// No longer are the names of nearly all objects, in bytes.
const USUAL: usize = 64;

/// Whether a word of a text may name an object: to look at each of them costs more than all else.
fn may_have_names(text: &[u8]) -> bool {
    memchr2(b'@', b'+', text).is_some() || memchr_iter(b'-', text).nth(3).is_some()
}

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
        let blanked = |text: &str, name| {
            let mut blanked = String::from("what stood here before");
            let is_there = blank_word(text, name, &mut blanked);
            if is_there { blanked } else { text.to_owned() }
        };
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
    fn the_cause_is_code_severity_and_message_without_names() {
        let report = crate::report::human::samples::many(1);
        let mut finding = report.findings[0].clone();
        let mut causes = Causes::default();
        let mut cause = |message: &str, name: &str| {
            finding.message = message.into();
            finding.subject.name = name.into();
            causes.of(&finding).to_owned()
        };
        assert_eq!(cause("`Süd` is Odd", "SÜD"), "OC001error `\0` is odd");
        assert_eq!(
            cause("x has +33199001201, of a@contoso.example", "x"),
            "OC001error \0 has \0 of \0"
        );
        assert_eq!(
            cause("a-b-c-d-e is no name", ""),
            "OC001error a-b-c-d-e is no name"
        );
        assert_eq!(
            cause("id 2713551e-ed63-415d-9175-fc4ff825a0be", ""),
            "OC001error id \0"
        );
        // The id is blanked too.
        assert_eq!(cause("`id0` is odd", ""), "OC001error `\0` is odd");
    }
}
