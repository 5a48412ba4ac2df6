//! JSON with its members in order, as exports have it; `serde_json` sorts them.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// A value of an export.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Json {
    Null,
    Bool(bool),
    Number(serde_json::Number),
    Text(String),
    List(Vec<Json>),
    Map(Vec<(String, Json)>),
}

impl Json {
    /// Reads one document.
    pub(super) fn read(text: &str) -> Self {
        serde_json::from_str(text).expect("a sample is JSON")
    }

    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// The members of an object; none of anything else.
    pub(super) fn members(&self) -> &[(String, Json)] {
        match self {
            Self::Map(members) => members,
            _ => &[],
        }
    }

    /// A member, its key compared without case.
    pub(super) fn get(&self, key: &str) -> Option<&Json> {
        self.members()
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(key))
            .map(|(_, value)| value)
    }

    /// Replaces a member in place, or adds it.
    pub(super) fn set(&mut self, key: &str, value: Json) {
        let Self::Map(members) = self else { return };
        match members
            .iter_mut()
            .find(|(name, _)| name.eq_ignore_ascii_case(key))
        {
            Some(member) => member.1 = value,
            None => members.push((key.to_owned(), value)),
        }
    }

    /// What a scalar says: a text as it is, a number or boolean as PowerShell spells it.
    pub(super) fn scalar(&self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.clone()),
            Self::Number(number) => Some(number.to_string()),
            Self::Bool(true) => Some("True".to_owned()),
            Self::Bool(false) => Some("False".to_owned()),
            Self::Null => Some(String::new()),
            _ => None,
        }
    }

    /// Rebuilds the value from its leaves up.
    pub(super) fn map(self, change: &dyn Fn(Json) -> Json) -> Self {
        let inner = match self {
            Self::List(list) => {
                Self::List(list.into_iter().map(|value| value.map(change)).collect())
            }
            Self::Map(members) => Self::Map(
                members
                    .into_iter()
                    .map(|(key, value)| (key, value.map(change)))
                    .collect(),
            ),
            scalar => scalar,
        };
        change(inner)
    }

    /// Renames every key, at every depth.
    pub(super) fn rename(self, name: &dyn Fn(&str) -> String) -> Self {
        self.map(&|value| match value {
            Self::Map(members) => Self::Map(
                members
                    .into_iter()
                    .map(|(key, value)| (name(&key), value))
                    .collect(),
            ),
            other => other,
        })
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(JsonVisitor)
    }
}

struct JsonVisitor;

impl<'de> Visitor<'de> for JsonVisitor {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
        Ok(serde_json::Number::from_f64(value).map_or(Json::Null, Json::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(Json::text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Json, A::Error> {
        let mut list = Vec::new();
        while let Some(value) = access.next_element()? {
            list.push(value);
        }
        Ok(Json::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Json, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = access.next_entry()? {
            members.push(member);
        }
        Ok(Json::Map(members))
    }
}
