//! What two records of one object say differently, each in a snapshot of its own.
//!
//! Only what changed in the tenant is a difference. How an export spells it is none: case, `tel:`, `+`, `Tag:`, the order
//! of a list whose order means nothing. Nor is what one of the exports does not tell.

use crate::snapshot::cell::{Cell, without_tag};
use crate::snapshot::field::Field;
use crate::snapshot::object_id::{ObjectId, parse_guid};
use crate::snapshot::phone_number::PhoneNumber;
use crate::snapshot::texts::Texts;

/// A property that changed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Difference {
    /// Canonical name of the property.
    pub property: &'static str,
    /// What it said; of a list, an element each; empty for none.
    pub old: Vec<String>,
    /// What it says.
    pub new: Vec<String>,
}

/// Lists whose order decides what happens: usages are tried in turn, and so are rules of a dial plan.
const ORDERED: [&str; 2] = ["NormalizationRules", "OnlinePstnUsages"];

/// Regular expressions, and what they make of a number: a letter in the other case means something else there, and a blank
/// stands for itself.
const EXACT: [&str; 2] = ["NormalizationRules", "NumberPattern"];

/// Compares one field of two records. Between records of different kinds, only values that both kinds spell alike say
/// anything, and what one leaves empty, the other may fill.
pub(super) fn compare<T: Cell>(
    property: &'static str,
    (old, old_texts): (&Field<T>, &Texts),
    (new, new_texts): (&Field<T>, &Texts),
    within_kind: bool,
) -> Option<Difference> {
    let comparable = match (old, new) {
        (Field::Absent, _) | (_, Field::Absent) | (Field::Null, Field::Null) => false,
        (Field::Value(_), Field::Value(_)) => within_kind || T::ALIKE_ACROSS_KINDS,
        _ => within_kind,
    };
    if !comparable {
        return None;
    }
    let (old, new) = (shown(old, old_texts)?, shown(new, new_texts)?);
    (!alike(property, &old, &new)).then_some(Difference { property, old, new })
}

/// What a field says; `None` where less is kept than could be compared.
pub(super) fn shown<T: Cell>(field: &Field<T>, texts: &Texts) -> Option<Vec<String>> {
    let mut words = Vec::new();
    match field {
        Field::Value(value) => value.show(texts, &mut words).then_some(words),
        _ => Some(words),
    }
}

fn alike(property: &str, old: &[String], new: &[String]) -> bool {
    if old == new {
        return true;
    }
    let [mut old, mut new] = [old, new].map(|words| {
        let is_exact = EXACT.contains(&property);
        let folded = words
            .iter()
            .map(|word| if is_exact { word.clone() } else { fold(word) });
        folded.collect::<Vec<_>>()
    });
    if !ORDERED.contains(&property) {
        old.sort_unstable();
        new.sort_unstable();
    }
    old.len() == new.len()
        && old
            .iter()
            .zip(&new)
            .all(|(old, new)| same_letters(old, new))
}

/// Whether two texts are the same but for letters that one of them lost to ASCII, where each became a question mark.
fn same_letters(one: &str, other: &str) -> bool {
    let (mut one, mut other) = (one.chars(), other.chars());
    loop {
        match (one.next(), other.next()) {
            (None, None) => return true,
            (Some(a), Some(b)) if a == b => {}
            (Some('?'), Some(b)) if !b.is_ascii() => {}
            (Some(a), Some('?')) if !a.is_ascii() => {}
            _ => return false,
        }
    }
}

/// A value as it is compared.
pub fn fold(text: &str) -> String {
    if let Some(number) = number(text) {
        return number;
    }
    // What a number is for stands behind it: `+12065550101 (Primary)`.
    if let Some((head, tail)) = text.rsplit_once(" (")
        && let Some(number) = number(head).or_else(|| digits(head.trim()))
    {
        return format!("{number} ({}", tail.to_lowercase());
    }
    if let Some(id) = parse_guid(text) {
        return ObjectId::from_bits(id).to_string();
    }
    let bare = without_tag(text);
    digits(bare).unwrap_or_else(|| bare.to_lowercase())
}

/// A number is one in every spelling; other texts of digits have none but their own.
fn number(text: &str) -> Option<String> {
    let told = text.trim_start().starts_with(['+', '=', '\'', 't', 'T']) || text.contains(";ext=");
    let number = told.then(|| PhoneNumber::parse(text)).flatten()?;
    Some(number.to_string())
}

/// Digits alone, as those of a number.
fn digits(text: &str) -> Option<String> {
    let are_digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    are_digits.then(|| format!("+{text}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn spelling_is_no_difference() {
        for (old, new) in [
            (vec!["tel:+12065550101"], vec!["12065550101"]),
            (vec!["=\"+12065550101\""], vec!["+12065550101"]),
            (vec!["Tag:FR"], vec!["fr"]),
            (vec!["A", "B"], vec!["b", "a"]),
            (vec!["tel:+12065550101;ext=9"], vec!["12065550101;ext=9"]),
            (
                vec!["{11111111-2222-3333-4444-5555555555AA}"],
                vec!["11111111-2222-3333-4444-5555555555aa"],
            ),
            (vec!["Weiß"], vec!["Wei?"]),
            (
                vec!["tel:+12065550101 (Primary)"],
                vec!["+12065550101 (primary)"],
            ),
            (
                vec!["12065550101 (Primary)"],
                vec!["+12065550101 (Primary)"],
            ),
            (vec![], vec![]),
        ] {
            assert!(alike("LineUri", &words(&old), &words(&new)), "{old:?}");
        }
        for (old, new) in [
            (vec!["A"], vec!["B"]),
            (vec!["A"], vec![]),
            (vec!["A", "A"], vec!["A"]),
            (vec!["A?"], vec!["AB"]),
            (vec!["A?"], vec!["A"]),
            (vec!["1.5"], vec!["15"]),
            (
                vec!["+12065550101 (Primary)"],
                vec!["+12065550102 (Primary)"],
            ),
            (
                vec!["+12065550101 (Primary)"],
                vec!["+12065550101 (Private)"],
            ),
        ] {
            assert!(!alike("LineUri", &words(&old), &words(&new)), "{old:?}");
        }
    }

    #[test]
    fn patterns_are_compared_letter_by_letter() {
        for property in ["NumberPattern", "NormalizationRules"] {
            let alike = |old: &str, new: &str| alike(property, &words(&[old]), &words(&[new]));
            assert!(alike(r"^\+33\d{9}$", r"^\+33\d{9}$"));
            assert!(!alike(r"^\+33\d{9}$", r"^\+33\D{9}$"));
            assert!(!alike(r"^\+33\d{9}$", r"^\+33\d{9}$ "));
            assert!(!alike("33", "+33"));
        }
    }

    #[test]
    fn the_order_of_usages_is_a_difference() {
        let [one, two] = [words(&["A", "B"]), words(&["B", "A"])];
        assert!(!alike("OnlinePstnUsages", &one, &two));
        assert!(alike("OnlinePstnGatewayList", &one, &two));
    }
}
