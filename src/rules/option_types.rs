//! What options of several rules hold, read so that a value that means nothing is refused and not passed over.

use serde::{Deserialize, Deserializer};

use crate::snapshot::ObjectId;
use crate::tenant::Country;

/// A country by its code.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct CountryCode(pub(super) Country);

/// An application id.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct ApplicationId(pub(super) ObjectId);

/// A number that is dialed as it stands, such as `112`.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct DialString(pub(super) String);

/// A share from 1 to 100.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(try_from = "u64")]
pub(super) struct Percent(pub(super) usize);

/// A list that is not empty.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(try_from = "Vec<T>")]
#[serde(bound(deserialize = "T: Deserialize<'de>"))]
pub(super) struct AtLeastOne<T>(pub(super) Vec<T>);

/// Reads prefixes of numbers, with or without `+`.
pub(super) fn prefixes<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    let prefixes = Vec::<String>::deserialize(from)?;
    for prefix in &prefixes {
        let trimmed = prefix.trim();
        let digits = trimmed.strip_prefix('+').unwrap_or(trimmed);
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            let message = format!("`{prefix}` is no prefix of numbers, such as `331990095`");
            return Err(serde::de::Error::custom(message));
        }
    }
    Ok(prefixes)
}

/// Reads texts that are not blank: a blank one is part of every name.
pub(super) fn parts<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    let parts = Vec::<String>::deserialize(from)?;
    if parts.iter().any(|part| part.trim().is_empty()) {
        return Err(serde::de::Error::custom("a text is blank"));
    }
    Ok(parts)
}

impl TryFrom<String> for CountryCode {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let country = Country::parse(&text);
        let message = || format!("`{text}` is no country code of ISO 3166-1, such as `GB`");
        country.map(Self).ok_or_else(message)
    }
}

impl TryFrom<String> for ApplicationId {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let id = ObjectId::parse(&text);
        id.map(Self)
            .ok_or_else(|| format!("`{text}` is no application id"))
    }
}

impl TryFrom<String> for DialString {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let digits = text.trim();
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(format!("`{text}` is no number to dial, such as `112`"));
        }
        Ok(Self(digits.to_owned()))
    }
}

impl TryFrom<u64> for Percent {
    type Error = String;

    fn try_from(percent: u64) -> Result<Self, String> {
        match usize::try_from(percent) {
            Ok(share @ 1..=100) => Ok(Self(share)),
            _ => Err(format!("`{percent}` is no share from 1 to 100")),
        }
    }
}

impl<T> TryFrom<Vec<T>> for AtLeastOne<T> {
    type Error = &'static str;

    fn try_from(list: Vec<T>) -> Result<Self, Self::Error> {
        if list.is_empty() {
            return Err("a list is empty");
        }
        Ok(Self(list))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    /// What a rule says of its options, where it takes them not.
    fn refused(rule: &str, options: Value) -> Option<String> {
        let rule = crate::rules::find(rule).expect("a rule");
        let spec = rule.options.expect("it has options");
        (spec.parse)(options).err()
    }

    #[test]
    fn values_that_mean_nothing_are_refused() {
        for (rule, option, good, bad) in [
            (
                "EM001",
                "exempt-countries",
                json!(["UK", "jp"]),
                json!(["XX"]),
            ),
            (
                "EM010",
                "numbers",
                json!({"KE": ["999"]}),
                json!({"Kenya": ["999"]}),
            ),
            (
                "EM010",
                "numbers",
                json!({"us": ["911"]}),
                json!({"US": []}),
            ),
            ("EM010", "numbers", json!({}), json!({"US": ["nine"]})),
            ("NU007", "used-percent", json!(100), json!(300)),
            ("NU007", "used-percent", json!(1), json!(0)),
            (
                "RA006",
                "known-applications",
                json!([]),
                json!(["nonsense"]),
            ),
            (
                "OC001",
                "internal-ranges",
                json!(["+331990095"]),
                json!([""]),
            ),
            ("OC003", "internal-ranges", json!(["33"]), json!(["33x"])),
            ("AA003", "internal-names", json!(["desk"]), json!([" "])),
        ] {
            assert_eq!(refused(rule, json!({option: good})), None, "{rule}");
            let why = refused(rule, json!({option: bad.clone()}));
            assert!(why.is_some(), "{rule} {bad}");
        }
        let why = refused("EM001", json!({"exempt-countries": ["XX"]}));
        assert_eq!(
            why.as_deref(),
            Some("`XX` is no country code of ISO 3166-1, such as `GB`")
        );
    }
}
