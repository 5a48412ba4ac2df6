//! A snapshot and the same one in another dialect: nothing changed, so that nothing may be told.

use std::collections::BTreeSet;

use rayon::prelude::*;
use tenantlint::finding::Status;
use tenantlint::report::{Change, ChangeKind, Report};

use super::damages::damages;
use super::logical::Logical;
use super::lossless::dialects;
use super::shuffles::shuffled;
use crate::audits::{diff, sample};

/// What a comparison of a tenant with itself says that it must not say.
fn told(report: &Report) -> Vec<String> {
    let drift = report.drift.as_ref().expect("two snapshots were compared");
    let mut told: Vec<String> = drift.changes.iter().map(Change::sentence).collect();
    // An export that the dialect adds may hold more of a person than rules use.
    let is_of_export = |code: &str| code == "SN008";
    for finding in &report.findings {
        if finding.status == Status::Open && !is_of_export(finding.code) {
            told.push(format!("new {} {}", finding.code, finding.message));
        }
    }
    let fixed = report.fixed.iter();
    let fixed = fixed.filter(|one| !is_of_export(&one.rule));
    told.extend(fixed.map(|one| format!("fixed {}", one.rule)));
    told
}

#[test]
fn another_dialect_is_no_change() {
    let tenant = Logical::contoso();
    let reference = sample("contoso");
    let mut others: Vec<(String, Vec<_>)> = dialects(&tenant)
        .into_iter()
        .map(|dialect| (dialect.name, dialect.files))
        .collect();
    others.extend((1..=3).map(|seed| (format!("seed {seed}"), shuffled(&tenant, seed))));
    let wrong: Vec<String> = others
        .par_iter()
        .flat_map(|(name, files)| {
            [
                ("to", diff(&reference, files)),
                ("from", diff(files, &reference)),
            ]
            .map(|(way, report)| {
                let told = told(&report);
                (!told.is_empty()).then(|| format!("{way} {name}:\n  {}", told.join("\n  ")))
            })
        })
        .flatten()
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What an export lost is no change of the tenant: at most objects come and go with their records.
#[test]
fn no_damage_changes_a_property() {
    let tenant = Logical::contoso();
    let reference = sample("contoso");
    let wrong: Vec<String> = damages(&tenant, &BTreeSet::new())
        .par_iter()
        .filter_map(|damage| {
            let report = diff(&reference, &damage.files);
            let drift = report.drift.as_ref().expect("two snapshots were compared");
            let changed = drift.changes.iter();
            let changed = changed.filter(|one| one.what == ChangeKind::Changed);
            let told: Vec<String> = changed.map(Change::sentence).take(3).collect();
            (!told.is_empty()).then(|| format!("{}:\n  {}", damage.name, told.join("\n  ")))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
