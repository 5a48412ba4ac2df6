//! One tenant in every dialect: a lossless one gives the same findings, a lossy one the same or none, with a reason.

mod fixtures;
pub(crate) mod json;
mod lossless;
mod lossy;

use std::collections::{BTreeMap, BTreeSet};

use tenantlint::report::{Outcome, Report};

use crate::audits::{File, check, sample};
use json::Json;

/// An export of the logical tenant: its name and its value.
type Export = (String, Json);

/// The logical tenant: contoso, parsed.
fn tenant() -> Vec<Export> {
    sample("contoso")
        .into_iter()
        .map(|(name, bytes)| {
            let text = String::from_utf8(bytes).expect("contoso is UTF-8");
            (name, Json::parse(&text))
        })
        .collect()
}

/// Files that people write and no cmdlet: they stay as they are.
fn is_hand_kept(name: &str) -> bool {
    name.starts_with("manifest") || name.starts_with("operators")
}

/// Writes each export with a function of its value; hand-kept files stay JSON.
fn written(exports: &[Export], write: impl Fn(&Json) -> Vec<u8>) -> Vec<File> {
    exports
        .iter()
        .map(|(name, value)| {
            let bytes = if is_hand_kept(name) {
                json::ps7(value).into_bytes()
            } else {
                write(value)
            };
            (name.clone(), bytes)
        })
        .collect()
}

/// What a report says of the tenant: rule, subject, fingerprint and grade of each finding.
fn said(report: &Report) -> BTreeSet<String> {
    report
        .findings
        .iter()
        .map(|finding| {
            format!(
                "{} {} {} {}",
                finding.code,
                finding.severity.name(),
                finding.subject.id,
                finding.fingerprint
            )
        })
        .collect()
}

/// What it says of each rule: outcome, subjects judged, subjects left open.
fn ledger(report: &Report) -> BTreeMap<&'static str, (Outcome, u64, u64)> {
    report
        .coverage
        .iter()
        .map(|line| (line.code, (line.outcome, line.examined, line.unknown)))
        .collect()
}

fn reference() -> Report {
    check(&written(&tenant(), |value| json::ps7(value).into_bytes()))
}
