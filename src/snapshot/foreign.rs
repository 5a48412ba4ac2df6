//! Things that are saved in place of an export: error answers, order receipts, formatting instructions, sign-in pages.
//!
//! Each is refused by name, with what to do instead; taken for an export they would pass for an empty one.

use std::collections::BTreeSet;

use serde_json::Value;

use super::object_id::parse_guid;
use super::split_json::sample_keys;

/// The column that only `Format-Table | Export-Csv` writes.
const FORMATTING: &str = "classid2e4f51ef21dd47e99d3c952918aff9cd";

/// What a record is if it is no export: the rest of a sentence that begins with the file's name.
pub(super) fn what_else(keys: &BTreeSet<String>, record: &str) -> Option<String> {
    let has = |key: &str| keys.contains(key);
    if has(FORMATTING) {
        return Some(
            "holds formatting, not data: export again without `Format-Table` or `Format-List`"
                .to_owned(),
        );
    }
    if has("downloadlink") && !has("telephonenumber") {
        return Some(
            "is the receipt of an export order, not the numbers: save what its `DownloadLink` gives within the hour"
                .to_owned(),
        );
    }
    let said = error_said(keys, record)?;
    Some(format!(
        "holds an error message instead of an export: {said}; repeat the export"
    ))
}

/// What a file is that this program wrote itself: it often lies beside the exports.
pub(super) fn what_own(keys: &BTreeSet<String>) -> Option<&'static str> {
    let has = |all: &[&str]| all.iter().all(|key| keys.contains(*key));
    if has(&["tool", "asof", "snapshots", "summary"])
        || has(&["kind", "code", "subjectkind", "subjectid", "fingerprint"])
    {
        Some("is a report of tenantlint")
    } else if has(&["version", "exports", "findings"]) {
        Some("is a baseline of tenantlint")
    } else {
        None
    }
}

/// A record longer than this is no error message.
const LONGEST: usize = 16 * 1024;

/// What a record says that is an error message among others.
pub(super) fn error_among_records(record: &str) -> Option<String> {
    if record.len() > LONGEST {
        return None;
    }
    error_said(&sample_keys(std::iter::once(record)), record)
}

/// What an error message says: its code and its words.
fn error_said(keys: &BTreeSet<String>, record: &str) -> Option<String> {
    let has = |key: &str| keys.contains(key);
    let odata = has("error") || has("odata.error");
    let module = has("code") && has("message") && keys.len() <= 6;
    if !odata && !module {
        return None;
    }
    let value: Value = serde_json::from_str(record).ok()?;
    let error = member(&value, "error")
        .or_else(|| member(&value, "odata.error"))
        .unwrap_or(&value);
    let code = member(error, "code").and_then(Value::as_str);
    let message = member(error, "message");
    let message = message.and_then(|message| {
        message
            .as_str()
            .or_else(|| member(message, "value").and_then(Value::as_str))
    });
    if code.is_none() && message.is_none() {
        return None;
    }
    let said: Vec<String> = [code, message]
        .into_iter()
        .flatten()
        .map(|text| format!("`{}`", text.chars().take(120).collect::<String>()))
        .collect();
    Some(said.join(", "))
}

/// What a lone text is, if it is saved in place of an export.
pub(super) fn what_text(text: &str) -> &'static str {
    let text = text.trim().trim_matches('"');
    if text.starts_with('<') {
        "is a web page or XML, not an export: sign in again and repeat the export"
    } else if parse_guid(text).is_some_and(|id| id != 0) {
        "is the id of an export order, not the numbers: run `Get-CsExportAcquiredPhoneNumberStatus -OrderId` with it and save what its `DownloadLink` gives"
    } else {
        "is a text, not an export"
    }
}

fn member<'v>(value: &'v Value, key: &str) -> Option<&'v Value> {
    value
        .as_object()?
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(key))
        .map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(record: &str) -> Option<String> {
        what_else(&sample_keys(std::iter::once(record)), record)
    }

    #[test]
    fn what_is_saved_in_place_of_an_export_is_named() {
        let graph = r#"{"error":{"code":"Authorization_RequestDenied","message":"Insufficient privileges"}}"#;
        assert_eq!(
            told(graph).unwrap(),
            "holds an error message instead of an export: `Authorization_RequestDenied`, `Insufficient privileges`; repeat the export"
        );
        let module = r#"{"Code":"Forbidden","Message":"Access denied","Action":null}"#;
        assert!(
            told(module)
                .unwrap()
                .contains("`Forbidden`, `Access denied`")
        );
        let receipt = r#"{"Id":"1","status":"Success","DownloadLink":"https://contoso.example"}"#;
        assert!(told(receipt).unwrap().contains("receipt"));
        let table = r#"{"ClassId2e4f51ef21dd47e99d3c952918aff9cd":"x","pageHeaderEntry":null}"#;
        assert!(told(table).unwrap().contains("formatting"));
        assert_eq!(told(r#"{"Identity":"x","Error":null}"#), None);
        assert_eq!(told(r#"{"Identity":"x","Code":"y"}"#), None);
    }

    #[test]
    fn lone_texts_are_told_apart() {
        assert!(what_text("2713551e-ed63-415d-9175-fc4ff825a0be").contains("order"));
        assert!(what_text("\"2713551e-ed63-415d-9175-fc4ff825a0be\"\r\n").contains("order"));
        assert!(what_text("<html>").contains("web page"));
        assert!(what_text("hello").contains("a text"));
    }
}
