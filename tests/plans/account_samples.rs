//! Plans of contoso about accounts, licenses, people who leave, routing and emergency locations: the good ones pass, and the
//! bad ones fail where the table says.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use tenantlint::finding::{Finding, Severity};

use super::plan;
use crate::audits::sample;

/// Plan, rule, severity, line and column of every error and warning, as written by hand; of what is only to be known, that
/// which a plan is about. A plan without any has one row of dashes.
const EXPECTED: &str = include_str!("../expected/plans-accounts.tsv");

/// The rows of each plan.
fn table() -> BTreeMap<&'static str, Vec<String>> {
    let mut table: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for line in EXPECTED.lines().skip(1) {
        let (name, row) = line.split_once('\t').expect("a row of several columns");
        let rows = table.entry(name).or_default();
        if row != "-\t-\t-\t-" {
            rows.push(row.to_owned());
        }
    }
    table
}

fn row(finding: &Finding) -> String {
    let (severity, start) = (finding.severity.name(), finding.location.start);
    format!(
        "{}\t{severity}\t{}\t{}",
        finding.code, start.line, start.column
    )
}

#[test]
fn plans_about_accounts_have_exactly_the_findings_of_the_table() {
    let files = sample("contoso");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots/contoso/plans");
    let mut wrong = Vec::new();
    let mut fired = BTreeSet::new();
    for (name, expected) in table() {
        let text = std::fs::read_to_string(folder.join(name)).expect("the plan can be read");
        let judged = plan(&files, name, &text);
        assert!(!judged.has_faults, "{name}: {:?}", judged.report.problems);
        let is_good = name.starts_with("good/");
        let mut found = Vec::new();
        for finding in &judged.report.findings {
            let told = row(finding);
            // A plan that goes well adds nothing to the findings of the tenant, be it only to be known.
            if finding.severity > Severity::Info
                || expected.contains(&told)
                || (is_good && finding.cause.is_some())
            {
                found.push(told);
            }
            fired.insert((finding.code, is_good));
        }
        let mut expected = expected;
        expected.sort();
        found.sort();
        if found != expected {
            wrong.push(format!("{name}: {found:#?} in place of {expected:#?}"));
        }
        let is_worse = |row: &String| !row.contains("\tinfo\t");
        assert_ne!(
            is_good,
            expected.iter().any(is_worse),
            "{name}: {expected:?}"
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // Each rule over plans has a plan that is bad by it.
    for number in 1..=12 {
        let code = format!("PL{number:03}");
        let is_seen = fired.iter().any(|(by, good)| !good && *by == code);
        assert!(is_seen, "{code} fires nowhere");
    }
}
