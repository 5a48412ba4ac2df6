//! Values of which less is kept than they say: that there is one, or the words of a list in one text.

use std::borrow::Cow;

use super::{Cell, Reading};
use crate::snapshot::damage::Damage;
use crate::snapshot::field::Field;
use crate::snapshot::lax::{Lax, is_cut_text};
use crate::snapshot::texts::{Symbol, Texts};

/// That there is a value: what it says is nobody's business here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Presence;

impl Cell for Presence {
    const ALIKE_ACROSS_KINDS: bool = false;

    fn read(_: &Lax, _: &mut Reading) -> Option<Self> {
        Some(Self)
    }

    fn show(&self, _: &Texts, out: &mut Vec<String>) -> bool {
        out.push("set".to_owned());
        true
    }
}

/// The words of a list in one text, joined by `; `: they are looked through, never told apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Joined(pub Symbol);

impl Cell for Joined {
    const ALIKE_ACROSS_KINDS: bool = false;
    const LIST: bool = true;

    fn field(value: &Lax, reading: &mut Reading) -> Field<Self> {
        if value.is_blanked() {
            reading.damaged(Damage::Blanked, value);
            return Field::Absent;
        }
        // As the console writes a list of none.
        let is_none = |element: &Lax| matches!(element, Lax::Text(text) if text.trim() == "{}");
        if value
            .elements()
            .iter()
            .all(|one| one.is_blank() || is_none(one))
        {
            return Field::Null;
        }
        Self::known(value, reading)
    }

    fn read(value: &Lax, reading: &mut Reading) -> Option<Self> {
        let mut words: Vec<String> = Vec::new();
        for element in value.elements() {
            // What is left of a lost object says at least that there was one.
            let object = element.is_cut().then(|| element.recovered()).flatten();
            let text = said(object.as_ref().unwrap_or(element))?;
            if !text.trim().is_empty() {
                words.push(text.trim().to_owned());
            }
        }
        Some(Self(reading.arena.symbol(&words.join("; "))))
    }

    fn show(&self, texts: &Texts, out: &mut Vec<String>) -> bool {
        let lost = texts.symbol(self.0).split("; ").any(is_cut_text);
        !lost && self.0.show(texts, out)
    }

    fn same(&self, other: &Self, texts: &Texts) -> bool {
        self.0.same(&other.0, texts)
    }
}

/// What an element says: an object in its description, or in its first text.
fn said<'l>(element: &'l Lax) -> Option<Cow<'l, str>> {
    match element {
        Lax::Map(members) => {
            let words = |member: &'l Lax| member.scalar().filter(|text| !text.trim().is_empty());
            let all = || members.iter().map(|(_, member)| member);
            let description = element.member("ErrorDescription").and_then(words);
            let told = description.or_else(|| all().find_map(words));
            told.or_else(|| all().find_map(Lax::scalar))
        }
        other => other.scalar(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::texts::TextsBuilder;

    #[test]
    fn lists_of_words_and_of_objects_become_one_text() {
        let builder = TextsBuilder::default();
        let mut reading = Reading::new(builder.arena(), false);
        let mut joined = |json: &str| -> Field<Symbol> {
            let value = serde_json::from_str(json).expect("JSON");
            Joined::field(&value, &mut reading).map(|joined| joined.0)
        };
        let one = joined(r#"["a","b"]"#);
        assert!(one.value().is_some());
        let objects = r#"[{"ErrorCode":1,"ErrorDescription":"a"},{"ErrorDescription":"b"}]"#;
        assert_eq!(joined(objects), joined(r#""a; b""#));
        assert_eq!(joined("[]"), Field::Null);
        assert_eq!(joined("null"), Field::Null);
        assert_eq!(joined(r#""{}""#), Field::Null);
        let blank = r#"[{"ErrorDescription":" ","ErrorCode":"a"}]"#;
        assert_eq!(joined(blank), joined(r#""a""#));
        assert!(joined(r#"[{"ErrorDescription":""}]"#).value().is_some());
        assert_eq!(joined("[[]]"), Field::Absent);
    }
}
