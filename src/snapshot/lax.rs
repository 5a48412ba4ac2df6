//! A value as an export spells it, before its meaning is known.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use super::cell::PlanSet;

/// A JSON value or a CSV cell, borrowing from the decoded text where it can.
#[derive(Clone, PartialEq, Debug)]
pub enum Lax<'a> {
    /// `null`, or an empty CSV cell.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// A text, or a CSV cell.
    Text(Cow<'a, str>),
    /// A list.
    List(Vec<Lax<'a>>),
    /// An object with its members in order.
    Map(Vec<(Cow<'a, str>, Lax<'a>)>),
    /// A list of service plans that was added up while it was read, and of which there is no more to tell than that. Only
    /// properties that hold service plans get one.
    Plans(PlanSet),
}

impl<'a> Lax<'a> {
    /// A member of an object, its key compared without case; of two, the one that is not null.
    pub fn member(&self, key: &str) -> Option<&Lax<'a>> {
        let Self::Map(members) = self else {
            return None;
        };
        let mut found: Option<&Lax<'a>> = None;
        for (name, value) in members {
            if name.eq_ignore_ascii_case(key) {
                match found {
                    None | Some(Self::Null) => found = Some(value),
                    Some(_) => {}
                }
            }
        }
        found
    }

    /// The text of a scalar, without surrounding blanks.
    pub fn scalar(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Text(text) => Some(Cow::Borrowed(trimmed(text))),
            Self::Int(number) => Some(Cow::Owned(number.to_string())),
            // Digits that were rounded away must not come back as zeros: `1.42556E+10` is no telephone number.
            Self::Float(number) if number.abs() >= 1e6 => Some(Cow::Owned(format!("{number:E}"))),
            Self::Float(number) => Some(Cow::Owned(number.to_string())),
            Self::Bool(true) => Some(Cow::Borrowed("True")),
            Self::Bool(false) => Some(Cow::Borrowed("False")),
            _ => None,
        }
    }

    /// The text of a scalar with the blanks around it, for what is no name: a blank in a pattern stands for itself.
    pub fn untrimmed(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Text(text) => Some(Cow::Borrowed(text)),
            other => other.scalar(),
        }
    }

    /// Whether this is a distinguished name, such as `CN=Megan Bowen,OU=…,DC=…`.
    pub fn is_distinguished_name(&self) -> bool {
        matches!(self, Self::Text(text) if is_distinguished_name(text.trim_start().as_bytes()))
    }

    /// Whether this is how an export spells nothing: null, a blank text, an object without members.
    pub fn is_blank(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Text(text) => trimmed(text).is_empty(),
            Self::Map(members) => members.is_empty(),
            _ => false,
        }
    }

    /// The elements of whatever stands where a list may stand: nothing, one value, a list, the 5.1 wrapper.
    pub fn elements(&self) -> &[Lax<'a>] {
        match self {
            blank if blank.is_blank() => &[],
            Self::List(elements) => elements,
            wrapper @ Self::Map(_) if wrapper.member("Count").is_some() => {
                wrapper.member("value").map_or(&[], Lax::elements)
            }
            one => std::slice::from_ref(one),
        }
    }

    /// Whether this is what is left of a value that the export lost to too small a `-Depth`: the name of a .NET type.
    pub fn is_cut(&self) -> bool {
        match self {
            Self::Text(text) => is_cut_text(text),
            Self::List(elements) => !elements.is_empty() && elements.iter().all(Lax::is_cut),
            _ => false,
        }
    }

    /// Whether this is a list of objects of which only blanks are left.
    pub fn is_blanked(&self) -> bool {
        let blank = |text: &str| text.trim().is_empty();
        match self {
            Self::Text(text) => !text.is_empty() && blank(text),
            Self::List(elements) => {
                !elements.is_empty()
                    && elements
                        .iter()
                        .all(|element| matches!(element, Self::Text(text) if blank(text)))
            }
            _ => false,
        }
    }

    /// The object that a text was made from, where PowerShell wrote it as `@{a=b; c=d}` or a service as `a=b;c=d`.
    pub fn recovered(&self) -> Option<Lax<'static>> {
        let Self::Text(text) = self else {
            return None;
        };
        let text = text.trim();
        let inside = match text.strip_prefix("@{") {
            Some(inside) => inside.strip_suffix('}')?,
            None => text,
        };
        let mut members: Vec<(Cow<'static, str>, Lax<'static>)> = Vec::new();
        for part in inside.split(';') {
            match part.split_once('=') {
                // `+12065550101;ext=4711` is one value.
                Some((key, value)) if is_key(key.trim()) && key != "ext" => {
                    let value = value.trim();
                    let value = if value.is_empty() {
                        Lax::Null
                    } else {
                        Lax::Text(Cow::Owned(value.to_owned()))
                    };
                    members.push((Cow::Owned(key.trim().to_owned()), value));
                }
                // A semicolon within a value, such as a list of addresses.
                _ => match members.last_mut() {
                    Some((_, Lax::Text(value))) => {
                        value.to_mut().push(';');
                        value.to_mut().push_str(part);
                    }
                    _ if part.trim().is_empty() => {}
                    _ => return None,
                },
            }
        }
        (!members.is_empty()).then_some(Lax::Map(members))
    }
}

/// A text without surrounding blanks. Nearly none has any, which two bytes tell.
pub(super) fn trimmed(text: &str) -> &str {
    match text.as_bytes() {
        [one] if one.is_ascii_graphic() => text,
        [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => text,
        _ => text.trim(),
    }
}

/// Whether a text is a distinguished name. Before module 3.0 the `Identity` of an account is one, and its object id stands
/// elsewhere.
pub(super) fn is_distinguished_name(text: &[u8]) -> bool {
    let begins = |text: &[u8]| text.eq_ignore_ascii_case(b"cn=");
    text.get(..3).is_some_and(begins) && memchr::memchr(b',', text).is_some()
}

fn is_key(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Names of .NET types, one or several joined by blanks: `System.Object[]`, `System.String[] System.String[]`.
pub(super) fn is_cut_text(text: &str) -> bool {
    let text = trimmed(text);
    if !text.starts_with(['S', 'M', 'D', '@']) {
        return false;
    }
    text.starts_with("@{") || text.split(' ').all(is_type_name)
}

fn is_type_name(word: &str) -> bool {
    let known = ["System.", "Microsoft.", "Deserialized.", "Selected."]
        .iter()
        .any(|space| word.starts_with(space));
    let dots = word.bytes().filter(|byte| *byte == b'.').count();
    known
        && (dots > 1 || word.ends_with("[]") || word == "System.Object")
        && word
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._`+[],=".contains(&byte))
}

impl<'de: 'a, 'a> Deserialize<'de> for Lax<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LaxVisitor)
    }
}

struct LaxVisitor;

impl<'de> Visitor<'de> for LaxVisitor {
    type Value = Lax<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Lax::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Lax::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Lax::Int(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        Ok(match i64::try_from(value) {
            Ok(value) => Lax::Int(value),
            Err(_) => Lax::Text(Cow::Owned(value.to_string())),
        })
    }

    fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
        Ok(Lax::Float(value))
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Self::Value, E> {
        Ok(Lax::Text(Cow::Borrowed(value)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Self::Value, E> {
        Ok(Lax::Text(Cow::Owned(value.to_owned())))
    }

    fn visit_string<E>(self, value: String) -> Result<Self::Value, E> {
        Ok(Lax::Text(Cow::Owned(value)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
        let mut elements = Vec::new();
        while let Some(element) = access.next_element()? {
            elements.push(element);
        }
        Ok(Lax::List(elements))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(Lax::Text(key)) = access.next_key()? {
            members.push((key, access.next_value()?));
        }
        Ok(Lax::Map(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lax(text: &str) -> Lax<'_> {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn every_spelling_of_a_list_has_its_elements() {
        for (text, count) in [
            ("null", 0),
            ("\"\"", 0),
            ("{}", 0),
            ("[]", 0),
            ("\"one\"", 1),
            ("{\"a\":1}", 1),
            ("[\"one\",\"two\"]", 2),
            ("{\"value\":[\"one\",\"two\"],\"Count\":2}", 2),
        ] {
            assert_eq!(lax(text).elements().len(), count, "{text}");
        }
    }

    #[test]
    fn keys_ignore_case_and_the_value_that_is_not_null_wins() {
        let record = lax("{\"LineURI\":null,\"LineUri\":\"tel:+1\"}");
        assert_eq!(record.member("lineuri"), Some(&Lax::Text("tel:+1".into())));
    }

    #[test]
    fn type_names_are_seen_as_cut_values() {
        assert!(lax("\"System.Object[]\"").is_cut());
        assert!(lax("[\"Microsoft.Teams.ConfigAPI.Cmdlets.X\"]").is_cut());
        assert!(!lax("[]").is_cut());
        assert!(lax("\"System.Object[] System.Object[]\"").is_cut());
        assert!(lax("\"System.Collections.Generic.List`1[System.String]\"").is_cut());
        assert!(lax("\"@{Authority=Tenant; Name=FR}\"").is_cut());
        assert!(!lax("\"Systemhaus\"").is_cut());
        assert!(!lax("\"System. Integrators. Ltd\"").is_cut());
        assert!(!lax("\"Microsoft.Teams\"").is_cut());
    }

    #[test]
    fn objects_written_as_text_are_read_back() {
        let name = |text: &str| {
            let map = Lax::Text(text.into()).recovered()?;
            map.member("Name")
                .and_then(Lax::scalar)
                .map(Cow::into_owned)
        };
        assert_eq!(
            name("@{Authority=Tenant; Name=FR-Paris}").as_deref(),
            Some("FR-Paris")
        );
        assert_eq!(name("Name=a@x;b@x;Mode=1").as_deref(), Some("a@x;b@x"));
        assert_eq!(name("@{Name=; Mode=1}"), None);
        assert_eq!(name("FR-Paris"), None);
        assert_eq!(name("@{FR-Paris}"), None);
    }

    #[test]
    fn blanks_in_place_of_objects_are_seen() {
        assert!(lax("[\"\", \" \"]").is_blanked());
        assert!(lax("\" \"").is_blanked());
        assert!(!lax("\"\"").is_blanked());
        assert!(!lax("[]").is_blanked());
        assert!(!lax("[\"a\", \"\"]").is_blanked());
    }

    #[test]
    fn scalars_are_texts_and_digits_that_were_rounded_away_stay_away() {
        for (text, expected) in [
            ("\" Reception \"", Some("Reception")),
            ("\"a \"", Some("a")),
            ("\" \"", Some("")),
            ("\"a\"", Some("a")),
            ("12", Some("12")),
            ("1.5", Some("1.5")),
            ("14255600000.5", Some("1.42556000005E10")),
            ("true", Some("True")),
            ("false", Some("False")),
            ("null", None),
        ] {
            assert_eq!(lax(text).scalar().as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn an_object_in_a_text_is_recovered_with_what_its_values_hold() {
        let recovered = |text: &str| {
            let object = Lax::Text(text.into()).recovered()?;
            let Lax::Map(members) = object else {
                panic!("no object: {text}");
            };
            let members = members.iter().map(|(key, value)| {
                let value = value
                    .scalar()
                    .map_or("none".to_owned(), std::borrow::Cow::into_owned);
                format!("{key}: {value}")
            });
            Some(members.collect::<Vec<_>>().join(" | "))
        };
        assert_eq!(recovered("@{A=1; B=}").as_deref(), Some("A: 1 | B: none"));
        assert_eq!(recovered("A=1;B=2").as_deref(), Some("A: 1 | B: 2"));
        assert_eq!(recovered("@{A=x;y; B=2}").as_deref(), Some("A: x;y | B: 2"));
        assert_eq!(
            recovered("@{A=+12065550101;ext=4711}").as_deref(),
            Some("A: +12065550101;ext=4711")
        );
        assert_eq!(
            recovered("@{A=1;not a key=2}").as_deref(),
            Some("A: 1;not a key=2")
        );
        assert_eq!(recovered("@{ ;A_1=1}").as_deref(), Some("A_1: 1"));
        assert_eq!(recovered("@{x;A=1}"), None);
        assert_eq!(recovered("1=2"), None);
        assert_eq!(recovered("ext=4711"), None);
        assert_eq!(recovered("@{A=1"), None);
        assert_eq!(recovered("plain"), None);
    }
}
