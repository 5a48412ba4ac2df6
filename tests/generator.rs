//! The generator writes clean tenants with faults at known rates, the same in every style.

#[path = "../examples/generate/template.rs"]
mod template;
#[path = "../examples/generate/tenant.rs"]
mod tenant;

use std::collections::{BTreeMap, BTreeSet};

use tenantlint::report::Report;

use crate::audits::{File, check};
use crate::dialects::json;
use tenant::{Encoding, FAULTS, Plan, Style, fault_of};

const USERS: u64 = 1200;
const NUMBERS: u64 = 1100;

fn generated(style: Style, encoding: Encoding) -> Vec<File> {
    let folder = tempfile::tempdir().expect("a folder");
    let plan = Plan {
        users: USERS,
        numbers: NUMBERS,
        style,
        encoding,
        seed: 1,
    };
    tenant::write(&plan, folder.path()).expect("the tenant is written");
    let mut files: Vec<File> = std::fs::read_dir(folder.path())
        .expect("the folder is there")
        .map(|entry| {
            let path = entry.expect("it can be listed").path();
            let name = path
                .file_name()
                .expect("a name")
                .to_string_lossy()
                .into_owned();
            (name, std::fs::read(path).expect("it can be read"))
        })
        .collect();
    files.sort();
    files
}

fn fingerprints(report: &Report) -> BTreeSet<String> {
    let findings = report.findings.iter();
    findings
        .map(|finding| finding.fingerprint.to_string())
        .collect()
}

#[test]
fn faults_come_at_known_rates_in_every_style() {
    let mut expected: BTreeMap<&str, u64> = BTreeMap::new();
    for (fault, code, ..) in FAULTS {
        let count = (0..NUMBERS).filter(|number| fault_of(*number) == Some(fault));
        expected.insert(code, count.count() as u64);
    }
    let mut first: Option<BTreeSet<String>> = None;
    for (style, encoding) in [
        (Style::Ps7, Encoding::Utf8),
        (Style::Ps51, Encoding::Utf8),
        (Style::Ps51, Encoding::Utf16),
        (Style::Compress, Encoding::Utf8),
        (Style::Ndjson, Encoding::Utf8),
    ] {
        let report = check(&generated(style, encoding));
        assert!(
            report.problems.is_empty(),
            "{style:?}: {:#?}",
            report.problems
        );
        let mut found: BTreeMap<&str, u64> = BTreeMap::new();
        // How many numbers are free follows from how many are asked for.
        for finding in report
            .findings
            .iter()
            .filter(|finding| finding.code != "NU007")
        {
            *found.entry(finding.code).or_default() += 1;
        }
        assert_eq!(found, expected, "{style:?}");
        let found = fingerprints(&report);
        assert_eq!(
            *first.get_or_insert_with(|| found.clone()),
            found,
            "{style:?}"
        );
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let one = generated(Style::Compress, Encoding::Utf8);
    assert!(one == generated(Style::Compress, Encoding::Utf8));
}
