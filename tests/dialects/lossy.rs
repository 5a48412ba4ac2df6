//! What is lost stays lost: each rule gives the same findings, or fewer and says that subjects are open, or is not
//! evaluated with the reason. Never other findings, and never a silent pass.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use tenantlint::report::{Outcome, Report};
use tenantlint::rules;

use super::json::{Json, compressed, ps7};
use super::{Export, is_hand_kept, reference, tenant, written};
use crate::audits::{File, check};

const TABLE: &str = "tests/expected/losses.tsv";

/// The damaged snapshots: what happened, and the files that it left.
fn damages() -> Vec<(String, Vec<File>)> {
    let whole = written(&tenant(), |value| ps7(value).into_bytes());
    let mut damages = vec![
        (
            "default depth".to_owned(),
            changed(|_, value| cut(value, 0)),
        ),
        (
            "blanked lists".to_owned(),
            changed(|_, value| blanked(value)),
        ),
        ("Export-Csv".to_owned(), exported_as_csv(false)),
        ("Export-Csv in ASCII".to_owned(), exported_as_csv(true)),
        ("numbers through a spreadsheet".to_owned(), rounded()),
        ("Graph numbers".to_owned(), graph_numbers()),
        (
            "order id in place of numbers".to_owned(),
            replaced(
                "Get-CsPhoneNumberAssignment",
                "\"0b7e9c5d-4a4e-4a53-9d6e-0a8f0c1f2b3d\"",
            ),
        ),
        ("500 numbers".to_owned(), five_hundred_numbers()),
    ];
    for (name, bytes) in &whole {
        if is_hand_kept(name) {
            continue;
        }
        let kind = name.trim_end_matches(".json");
        let without = |files: &[File]| -> Vec<File> {
            files
                .iter()
                .filter(|(other, _)| other != name)
                .cloned()
                .collect()
        };
        damages.push((format!("no {kind}"), without(&whole)));
        damages.push((
            format!("{kind} breaks off"),
            with(&whole, name, &bytes[..bytes.len() * 2 / 3]),
        ));
        damages.push((
            format!("{kind} is one page of several"),
            with(&whole, name, one_page(bytes).as_bytes()),
        ));
        damages.push((
            format!("an error in place of {kind}"),
            with(
                &whole,
                name,
                br#"{"error":{"code":"Forbidden","message":"Insufficient privileges"}}"#,
            ),
        ));
        damages.push((
            format!("a web page in place of {kind}"),
            with(
                &whole,
                name,
                b"<!DOCTYPE html><html><title>Sign in</title></html>",
            ),
        ));
    }
    damages
}

fn with(files: &[File], name: &str, bytes: &[u8]) -> Vec<File> {
    let change = |(other, old): &File| {
        let new = if other == name {
            bytes.to_vec()
        } else {
            old.clone()
        };
        (other.clone(), new)
    };
    files.iter().map(change).collect()
}

fn replaced(kind: &str, text: &str) -> Vec<File> {
    let whole = written(&tenant(), |value| ps7(value).into_bytes());
    with(&whole, &format!("{kind}.json"), text.as_bytes())
}

fn one_page(bytes: &[u8]) -> String {
    let text = std::str::from_utf8(bytes).expect("UTF-8");
    format!("{{\"@odata.nextLink\":\"https://graph.contoso.example/next\",\"value\":{text}}}")
}

/// Each export changed; manifests are left out, since they would tell what is lost.
fn changed(change: impl Fn(&str, &Json) -> Json) -> Vec<File> {
    let exports: Vec<Export> = tenant()
        .into_iter()
        .filter(|(name, _)| !name.starts_with("manifest"))
        .map(|(name, value)| {
            let value = if is_hand_kept(&name) {
                value
            } else {
                change(&name, &value)
            };
            (name, value)
        })
        .collect();
    written(&exports, |value| ps7(value).into_bytes())
}

/// `ConvertTo-Json` without `-Depth`: what lies deeper than two levels becomes text.
fn cut(value: &Json, depth: usize) -> Json {
    match value {
        Json::List(elements) if depth > 2 => {
            let parts: Vec<String> = elements.iter().map(to_string).collect();
            Json::Text(parts.join(" "))
        }
        Json::List(elements) => {
            Json::List(elements.iter().map(|one| cut(one, depth + 1)).collect())
        }
        Json::Object(_) if depth > 2 => Json::Text(to_string(value)),
        Json::Object(members) => Json::Object(
            members
                .iter()
                .map(|(key, value)| (key.clone(), cut(value, depth + 1)))
                .collect(),
        ),
        scalar => scalar.clone(),
    }
}

/// What `ToString()` makes of a value.
fn to_string(value: &Json) -> String {
    match value {
        Json::Text(text) => text.clone(),
        Json::Object(members) => {
            if let Some(Json::Text(capability)) = value.get("Capability") {
                return capability.clone();
            }
            let parts: Vec<String> = members
                .iter()
                .map(|(key, value)| match value {
                    Json::List(_) => format!("{key}=System.Object[]"),
                    Json::Object(_) => format!("{key}=System.Collections.Hashtable"),
                    Json::Null => format!("{key}="),
                    scalar => format!("{key}={}", to_string(scalar)),
                })
                .collect();
            format!("@{{{}}}", parts.join("; "))
        }
        Json::List(_) => "System.Object[]".to_owned(),
        Json::Null => String::new(),
        other => compressed(other),
    }
}

/// Lists of objects of which too small a depth leaves blanks.
fn blanked(value: &Json) -> Json {
    value.clone().map_members(&mut |members| {
        let members = members
            .into_iter()
            .map(|(key, value)| match &value {
                Json::List(elements) if matches!(elements.first(), Some(Json::Object(_))) => {
                    let blanks = elements.iter().map(|_| Json::Text(String::new())).collect();
                    (key, Json::List(blanks))
                }
                _ => (key, value),
            })
            .collect();
        Json::Object(members)
    })
}

/// Every export as a table: lists and objects become the names of their types, policies their names.
fn exported_as_csv(in_ascii: bool) -> Vec<File> {
    let mut files = Vec::new();
    for (name, value) in tenant() {
        if name.starts_with("manifest") {
            continue;
        }
        if is_hand_kept(&name) || value.get("value").is_some() {
            files.push((name, ps7(&value).into_bytes()));
            continue;
        }
        let records = value.records();
        let Some(Json::Object(first)) = records.first() else {
            continue;
        };
        let quote = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
        let header: Vec<String> = first.iter().map(|(key, _)| quote(key)).collect();
        let mut text = header.join(",") + "\r\n";
        for record in &records {
            let cells: Vec<String> = first
                .iter()
                .map(|(key, _)| match record.get(key) {
                    None | Some(Json::Null) => String::new(),
                    Some(Json::Bool(flag)) => if *flag { "True" } else { "False" }.to_owned(),
                    Some(Json::List(_)) => "System.Object[]".to_owned(),
                    Some(object @ Json::Object(_)) => match object.get("Name") {
                        Some(Json::Text(name)) => name.clone(),
                        _ => "Microsoft.Teams.ConfigAPI.Cmdlets.Generated.Models.Any".to_owned(),
                    },
                    Some(scalar) => to_string(scalar),
                })
                .map(|cell| quote(&cell))
                .collect();
            let _ = write!(text, "{}\r\n", cells.join(","));
        }
        if in_ascii {
            text = text
                .chars()
                .map(|c| if c.is_ascii() { c } else { '?' })
                .collect();
        }
        files.push((name.replace(".json", ".csv"), text.into_bytes()));
    }
    files
}

/// A spreadsheet rounds every third number.
fn rounded() -> Vec<File> {
    changed(|name, value| {
        if !name.starts_with("Get-CsPhoneNumberAssignment") {
            return value.clone();
        }
        let mut count = 0;
        value.clone().map_members(&mut |members| {
            let members = members
                .into_iter()
                .map(|(key, value)| match &value {
                    Json::Text(_) if key == "TelephoneNumber" => {
                        count += 1;
                        let lost = Json::Text("1.42556E+10".to_owned());
                        (key, if count % 3 == 0 { lost } else { value })
                    }
                    _ => (key, value),
                })
                .collect();
            Json::Object(members)
        })
    })
}

/// Numbers as Graph lists them: without the partner.
fn graph_numbers() -> Vec<File> {
    let names = [
        ("TelephoneNumber", "telephoneNumber"),
        ("OperatorId", "operatorId"),
        ("NumberType", "numberType"),
        ("ActivationState", "activationState"),
        ("AssignedPstnTargetId", "assignmentTargetId"),
        ("AssignmentCategory", "assignmentCategory"),
        ("Capability", "capabilities"),
        ("PstnAssignmentStatus", "assignmentStatus"),
        ("IsoCountryCode", "isoCountryCode"),
        ("NumberSource", "numberSource"),
    ];
    changed(|name, value| {
        if !name.starts_with("Get-CsPhoneNumberAssignment") {
            return value.clone();
        }
        let records = value.clone().records().into_iter().map(|record| {
            let members = names
                .iter()
                .filter_map(|(from, to)| Some(((*to).to_owned(), record.get(from)?.clone())))
                .map(|(key, value)| match value {
                    // Its values begin in lower case.
                    Json::Text(text) if !text.starts_with('+') && key != "assignmentTargetId" => {
                        let mut letters = text.chars();
                        let first = letters.next().map(|c| c.to_ascii_lowercase());
                        (key, Json::Text(first.into_iter().chain(letters).collect()))
                    }
                    other => (key, other),
                })
                .collect();
            Json::Object(members)
        });
        Json::Object(vec![("value".to_owned(), Json::List(records.collect()))])
    })
}

/// As many numbers as one call returns.
fn five_hundred_numbers() -> Vec<File> {
    changed(|name, value| {
        if !name.starts_with("Get-CsPhoneNumberAssignment") {
            return value.clone();
        }
        let mut records = value.clone().records();
        let free = records[0].clone();
        for number in records.len()..500 {
            let Json::Object(mut members) = free.clone() else {
                continue;
            };
            members[0].1 = Json::Text(format!("+120655{number:05}"));
            records.push(Json::Object(members));
        }
        Json::List(records)
    })
}

/// Fingerprints by rule; the rules of the snapshot itself speak of the damage.
fn by_rule(report: &Report) -> BTreeMap<&'static str, BTreeSet<String>> {
    let mut found: BTreeMap<&'static str, BTreeSet<String>> = BTreeMap::new();
    for finding in &report.findings {
        let of_rule = found.entry(finding.code).or_default();
        of_rule.insert(finding.fingerprint.to_string());
    }
    found
}

#[test]
fn what_is_lost_is_never_another_finding_and_never_a_silent_pass() {
    let whole = reference();
    let open = |report: &Report, code: &str| {
        let line = report.coverage.iter().find(|line| line.code == code);
        line.map_or(0, |line| line.unknown)
    };
    let reference = by_rule(&whole);
    let none = BTreeSet::new();
    let mut table = String::from("damage\trule\toutcome\n");
    for (damage, files) in damages() {
        let report = check(&files);
        let found = by_rule(&report);
        for rule in rules::all() {
            let code = rule.page.code;
            if rule.page.category == "snapshot" {
                continue;
            }
            let (should, does) = (
                reference.get(code).unwrap_or(&none),
                found.get(code).unwrap_or(&none),
            );
            let other: Vec<_> = does.difference(should).collect();
            assert!(
                other.is_empty(),
                "{damage}: {code} finds something else: {other:?}"
            );
            let line = report.coverage.iter().find(|line| line.code == code);
            let line = line.expect("every rule has a line");
            let outcome = match line.outcome {
                Outcome::NotEvaluated => "not evaluated",
                _ if does == should && line.unknown <= open(&whole, code) => "same",
                _ if does == should => "same, some open",
                _ => {
                    assert!(
                        line.unknown > 0 || line.why.is_some(),
                        "{damage}: {code} is silent: {line:?}"
                    );
                    "fewer, some open"
                }
            };
            if outcome != "same" {
                assert!(
                    line.why.is_some(),
                    "{damage}: {code} gives no reason: {line:?}"
                );
                let _ = writeln!(table, "{damage}\t{code}\t{outcome}");
            }
        }
    }
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(TABLE);
    if std::env::var_os("TENANTLINT_UPDATE").is_some() {
        std::fs::write(&path, &table).expect("the table can be written");
    }
    let approved = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        approved == table,
        "{TABLE} is not what happens; it would be:\n{table}"
    );
}
