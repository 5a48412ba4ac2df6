//! JSON values that keep the order of their members, and how each writer spells them.

use std::fmt::Write;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// A value of an export.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Json {
    Null,
    Bool(bool),
    Number(i64),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    pub(crate) fn parse(text: &str) -> Self {
        serde_json::from_str(text).expect("samples are JSON")
    }

    /// The records of an export.
    pub(crate) fn records(self) -> Vec<Self> {
        match self {
            Self::List(records) => records,
            one => vec![one],
        }
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        let Self::Object(members) = self else {
            return None;
        };
        members
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(key))
            .map(|(_, value)| value)
    }

    /// The value with every object's members changed.
    pub(crate) fn map_members(self, change: &mut impl FnMut(Vec<(String, Self)>) -> Self) -> Self {
        match self {
            Self::List(elements) => Self::List(
                elements
                    .into_iter()
                    .map(|element| element.map_members(change))
                    .collect(),
            ),
            Self::Object(members) => {
                let members = members
                    .into_iter()
                    .map(|(key, value)| (key, value.map_members(change)))
                    .collect();
                change(members)
            }
            scalar => scalar,
        }
    }
}

/// `ConvertTo-Json -Compress`.
pub(crate) fn compressed(value: &Json) -> String {
    match value {
        Json::Null => "null".to_owned(),
        Json::Bool(flag) => flag.to_string(),
        Json::Number(number) => number.to_string(),
        Json::Text(text) => quoted(text),
        Json::List(elements) => {
            let parts: Vec<String> = elements.iter().map(compressed).collect();
            format!("[{}]", parts.join(","))
        }
        Json::Object(members) => {
            let parts: Vec<String> = members
                .iter()
                .map(|(key, value)| format!("{}:{}", quoted(key), compressed(value)))
                .collect();
            format!("{{{}}}", parts.join(","))
        }
    }
}

/// `ConvertTo-Json` of PowerShell 7: two blanks of indent.
pub(crate) fn ps7(value: &Json) -> String {
    let mut out = String::new();
    write_ps7(value, 0, &mut out);
    out.push('\n');
    out
}

fn write_ps7(value: &Json, depth: usize, out: &mut String) {
    let (open, close, parts): (_, _, Vec<(Option<&String>, &Json)>) = match value {
        Json::List(elements) => (
            '[',
            ']',
            elements.iter().map(|element| (None, element)).collect(),
        ),
        Json::Object(members) => (
            '{',
            '}',
            members
                .iter()
                .map(|(key, value)| (Some(key), value))
                .collect(),
        ),
        scalar => {
            out.push_str(&compressed(scalar));
            return;
        }
    };
    out.push(open);
    for (number, (key, value)) in parts.iter().enumerate() {
        out.push_str(if number == 0 { "\n" } else { ",\n" });
        out.push_str(&"  ".repeat(depth + 1));
        if let Some(key) = key {
            let _ = write!(out, "{}: ", quoted(key));
        }
        write_ps7(value, depth + 1, out);
    }
    if !parts.is_empty() {
        out.push('\n');
        out.push_str(&"  ".repeat(depth));
    }
    out.push(close);
}

/// `ConvertTo-Json` of Windows PowerShell 5.1: CRLF, two blanks behind the colon, children aligned on the value.
pub(crate) fn ps51(value: &Json) -> String {
    let mut out = String::new();
    write_ps51(value, 0, &mut out);
    out.push_str("\r\n");
    out
}

fn write_ps51(value: &Json, column: usize, out: &mut String) {
    let inner = column + 4;
    match value {
        Json::List(elements) => {
            out.push_str("[\r\n");
            for (number, element) in elements.iter().enumerate() {
                out.push_str(if number == 0 { "" } else { ",\r\n" });
                out.push_str(&" ".repeat(inner));
                write_ps51(element, inner, out);
            }
            let _ = write!(out, "\r\n{}]", " ".repeat(column));
        }
        Json::Object(members) => {
            out.push_str("{\r\n");
            for (number, (key, value)) in members.iter().enumerate() {
                out.push_str(if number == 0 { "" } else { ",\r\n" });
                let key = escaped51(&quoted(key));
                let _ = write!(out, "{}{key}:  ", " ".repeat(inner));
                write_ps51(value, inner + key.chars().count() + 3, out);
            }
            let _ = write!(out, "\r\n{}}}", " ".repeat(column));
        }
        Json::Text(text) if is_date(text) => {
            let moment: jiff::Timestamp = text.parse().expect("a date");
            let _ = write!(out, "\"\\/Date({})\\/\"", moment.as_millisecond());
        }
        scalar => out.push_str(&escaped51(&compressed(scalar))),
    }
}

/// Whether a text is a moment as PowerShell 7 writes it.
pub(crate) fn is_date(text: &str) -> bool {
    text.len() >= 20 && text.as_bytes()[10] == b'T' && text.parse::<jiff::Timestamp>().is_ok()
}

fn escaped51(text: &str) -> String {
    text.replace('\'', "\\u0027")
        .replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026")
}

/// A JSON string.
pub(crate) fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("a text")
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Values;
        impl<'de> Visitor<'de> for Values {
            type Value = Json;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a value")
            }

            fn visit_unit<E>(self) -> Result<Json, E> {
                Ok(Json::Null)
            }

            fn visit_bool<E>(self, flag: bool) -> Result<Json, E> {
                Ok(Json::Bool(flag))
            }

            fn visit_i64<E>(self, number: i64) -> Result<Json, E> {
                Ok(Json::Number(number))
            }

            fn visit_u64<E>(self, number: u64) -> Result<Json, E> {
                Ok(Json::Number(i64::try_from(number).unwrap_or(i64::MAX)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Json, E> {
                Ok(Json::Text(text.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Json, A::Error> {
                let mut elements = Vec::new();
                while let Some(element) = access.next_element()? {
                    elements.push(element);
                }
                Ok(Json::List(elements))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Json, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = access.next_entry()? {
                    members.push(member);
                }
                Ok(Json::Object(members))
            }
        }
        deserializer.deserialize_any(Values)
    }
}
