//! Every name, id and number of the exports is looked for in every format.

use std::io::Read;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use tenantlint::report::{Report, sarif};

use super::secrets;
use crate::audits::{File, check_redacted, check_strictly, in_all_formats, sample};
use crate::dialects::json::{Json, compressed, ps51};

const KEY: &str = "a key of the tests, long enough";

/// All formats, and SARIF for each service, without what is the same for every tenant.
fn all_formats(report: &Report) -> Vec<(String, String)> {
    let mut formats: Vec<(String, String)> = in_all_formats(report)
        .into_iter()
        .map(|(format, text)| (format.to_owned(), text))
        .collect();
    for (name, target) in [
        ("sarif for GitHub", sarif::Target::Github),
        ("sarif for Azure", sarif::Target::Azure),
        ("sarif for GitLab", sarif::Target::Gitlab),
    ] {
        let mut bytes = Vec::new();
        sarif::write(report, target, None, &mut bytes).expect("memory takes everything");
        formats.push((name.to_owned(), String::from_utf8(bytes).expect("UTF-8")));
    }
    for (format, text) in &mut formats {
        if format.starts_with("sarif") {
            *text = without_rules(text);
        } else if format == "html" {
            *text = unpacked(text);
        }
    }
    formats
}

/// SARIF without the pages of the rules, whose examples have names as well.
fn without_rules(text: &str) -> String {
    let mut log: Value = serde_json::from_str(text).expect("JSON");
    for run in log["runs"].as_array_mut().expect("runs") {
        let driver = run["tool"]["driver"].as_object_mut().expect("a driver");
        assert!(driver.remove("rules").is_some());
    }
    log.to_string()
}

/// An HTML page with its packed data in plain, without its scripts and styles, and without the pages of the rules.
fn unpacked(page: &str) -> String {
    let packed = regex::Regex::new("[A-Za-z0-9+/=]{120,}").expect("a pattern");
    let mut data = String::new();
    for found in packed.find_iter(page) {
        let Ok(bytes) = STANDARD.decode(found.as_str()) else {
            continue;
        };
        let mut text = String::new();
        if flate2::read::GzDecoder::new(bytes.as_slice())
            .read_to_string(&mut text)
            .is_ok()
        {
            let mut value: Value = serde_json::from_str(&text).expect("JSON");
            assert!(
                value
                    .as_object_mut()
                    .expect("an object")
                    .remove("rules")
                    .is_some()
            );
            data.push_str(&value.to_string());
        }
    }
    assert!(!data.is_empty(), "the page has its data");
    let code = regex::Regex::new("(?s)<script.*?</script>|<style.*?</style>").expect("a pattern");
    code.replace_all(page, "").into_owned() + &data
}

/// A text as its reader has it, whatever escapes the format needs.
fn read(text: &str) -> String {
    let percent = regex::Regex::new("%([0-9A-Fa-f]{2})").expect("a pattern");
    let unescaped = text
        .replace("\\\"", "\"")
        .replace("\\\\", "\\")
        .replace("&#39;", "'")
        .replace("&#x27;", "'")
        .replace("&apos;", "'")
        .replace("&quot;", "\"")
        .replace("&amp;", "&");
    let decoded = percent.replace_all(text, |found: &regex::Captures| {
        let byte = u8::from_str_radix(&found[1], 16).unwrap_or(b'%');
        char::from(byte).to_string()
    });
    format!("{text}\n{unescaped}\n{decoded}").to_lowercase()
}

fn assert_tight(name: &str, files: &[File], originals: &[File]) {
    let mut secrets = secrets::of(originals);
    let plain = check_strictly(files);
    let report = check_redacted(files, KEY);
    assert_eq!(plain.findings.len(), report.findings.len());
    let fingerprints = plain
        .findings
        .iter()
        .map(|finding| finding.fingerprint.to_string());
    let digests = plain.snapshots.iter().flat_map(|one| {
        let sources = one.sources.iter().map(|source| source.digest.clone());
        sources.chain([one.digest.clone()])
    });
    secrets.extend(fingerprints);
    secrets.extend(digests.map(|digest| digest.replace("blake3:", "")));
    let mut seen = 0;
    let mut leaks = Vec::new();
    for (format, text) in all_formats(&report) {
        let text = read(&text);
        for (secret, at) in secrets::found(&text, &secrets) {
            let start = text.floor_char_boundary(at.saturating_sub(60));
            leaks.push(format!(
                "{format} tells {secret:?}, behind {:?}",
                &text[start..at]
            ));
        }
        seen += text.len();
    }
    assert!(leaks.is_empty(), "{name}:\n{}", leaks.join("\n"));
    assert!(seen > 10_000, "{name}: only {seen} bytes were looked at");
    // The test can fail: in the plain report most of it is found.
    let plain = read(&in_all_formats(&plain)[2].1);
    if !report.findings.is_empty() {
        let count = secrets::found(&plain, &secrets).len();
        assert!(count > 20, "{name}: {count} of {}", secrets.len());
    }
}

#[test]
fn nothing_of_a_tenant_is_left_in_any_format() {
    for name in ["contoso", "damaged", "fabrikam"] {
        let files = sample(name);
        assert_tight(name, &files, &files);
    }
}

#[test]
fn nor_is_it_when_each_export_is_one_line_or_written_by_powershell_5() {
    let files = sample("contoso");
    let respelled = |spell: fn(&Json) -> String| {
        let spelled = files.iter().map(|(name, bytes)| {
            let text = std::str::from_utf8(bytes).expect("UTF-8");
            (name.clone(), spell(&Json::parse(text)))
        });
        spelled.collect::<Vec<_>>()
    };
    let lines: Vec<File> = respelled(compressed)
        .into_iter()
        .map(|(name, text)| (name, text.into_bytes()))
        .collect();
    assert_tight("compressed", &lines, &files);
    let wide: Vec<File> = respelled(ps51)
        .into_iter()
        .map(|(name, text)| {
            let units = text.encode_utf16().flat_map(u16::to_le_bytes);
            (name, [0xFF, 0xFE].into_iter().chain(units).collect())
        })
        .collect();
    assert_tight("UTF-16", &wide, &files);
}

#[test]
fn nor_is_it_when_exports_are_tables() {
    let files = sample("contoso");
    for delimiter in [',', ';'] {
        let tables: Vec<File> = files
            .iter()
            .map(|(name, bytes)| {
                if matches!(
                    name.as_str(),
                    "Get-CsOnlineUser.json" | "Get-CsPhoneNumberAssignment.json"
                ) {
                    let table = table(bytes, delimiter);
                    return (name.replace(".json", ".csv"), table.into_bytes());
                }
                (name.clone(), bytes.clone())
            })
            .collect();
        assert_tight("tables", &tables, &files);
    }
}

/// The plain values of records, unquoted where they may be.
fn table(bytes: &[u8], delimiter: char) -> String {
    let records: Vec<serde_json::Map<String, Value>> =
        serde_json::from_slice(bytes).expect("records");
    let keys: Vec<&String> = records[0].keys().collect();
    let line = |cells: Vec<String>| cells.join(&delimiter.to_string());
    let mut lines = vec![line(keys.iter().map(|key| (*key).clone()).collect())];
    for record in &records {
        let cell = |key: &&String| {
            let text = match &record[*key] {
                Value::String(text) => text.clone(),
                Value::Bool(true) => "True".to_owned(),
                Value::Bool(false) => "False".to_owned(),
                Value::Number(number) => number.to_string(),
                // Policies are named, lists are lost.
                Value::Object(policy) => policy["Name"].as_str().unwrap_or_default().to_owned(),
                _ => String::new(),
            };
            if text.contains([delimiter, '"', '\n']) {
                format!("\"{}\"", text.replace('"', "\"\""))
            } else {
                text
            }
        };
        lines.push(line(keys.iter().map(cell).collect()));
    }
    lines.join("\r\n")
}
