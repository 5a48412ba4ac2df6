//! The sample tenants are what their README says, and hold nobody's real numbers.

use std::collections::BTreeSet;

use tenantlint::report::{Outcome, Report};

use crate::audits::{check, check_strictly, sample};

/// Rule, subject, file, line and column of every finding, as written by hand.
const EXPECTED: &str = include_str!("expected/contoso.tsv");

fn places(report: &Report) -> Vec<String> {
    let mut lines: Vec<String> = report
        .findings
        .iter()
        .map(|finding| {
            let start = finding.location.start;
            format!(
                "{}\t{}\t{}\t{}\t{}",
                finding.code,
                finding.subject.id,
                report.path_of(&finding.location),
                start.line,
                start.column
            )
        })
        .collect();
    lines.sort();
    lines
}

#[test]
fn contoso_has_exactly_the_findings_of_the_table() {
    let report = check_strictly(&sample("contoso"));
    if std::env::var_os("TENANTLINT_UPDATE").is_some_and(|value| value == "1") {
        let table = format!(
            "rule\tsubject\tfile\tline\tcolumn\n{}\n",
            places(&report).join("\n")
        );
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/expected/contoso.tsv");
        std::fs::write(path, table).expect("the table can be written");
        return;
    }
    let mut expected: Vec<&str> = EXPECTED.lines().skip(1).collect();
    expected.sort_unstable();
    assert_eq!(places(&report), expected);
}

/// Grades that one tenant cannot show beside others, or only with options or an earlier snapshot; unit tests of the
/// rules do.
const ELSEWHERE: [(&str, &str); 16] = [
    ("AA003", "info"),
    ("AA028", "info"),
    ("EM006", "warning"),
    ("HY001", "info"),
    ("HY003", "info"),
    ("LI005", "info"),
    ("LI006", "error"),
    ("LI006", "warning"),
    ("LI009", "warning"),
    ("NU007", "warning"),
    ("NU017", "info"),
    ("OC003", "warning"),
    ("OP009", "info"),
    ("RA003", "error"),
    ("RA007", "info"),
    ("US011", "info"),
];

#[test]
fn contoso_breaks_every_rule_in_every_grade() {
    let report = check_strictly(&sample("contoso"));
    for rule in &report.rules {
        // The rules of the snapshot itself have a sample of their own.
        if rule.page.category == "snapshot" {
            continue;
        }
        for grade in &rule.page.severity {
            let found = report
                .findings
                .iter()
                .any(|finding| finding.code == rule.page.code && finding.severity == *grade);
            assert_ne!(
                found,
                ELSEWHERE.contains(&(rule.page.code, grade.name())),
                "{} has no finding of severity {}",
                rule.page.code,
                grade.name()
            );
        }
    }
}

/// Rules that judge the tenant as a whole, or whose innocent subjects do not count as examined: the clean sample stands
/// for what is nearly wrong.
const OF_THE_WHOLE: [&str; 9] = [
    "HY001", "LI005", "LI006", "LI010", "OC003", "OP009", "RA014", "SN002", "SN008",
];

#[test]
fn in_contoso_every_rule_passes_over_what_is_nearly_wrong() {
    let report = check_strictly(&sample("contoso"));
    for line in &report.coverage {
        // What records dispute, a rule that found something need not have examined.
        let is_named = |names: &BTreeSet<String>| !names.is_empty();
        let is_examined = line.undecided.as_ref().is_none_or(is_named);
        let undecided = if is_examined { line.unknown } else { 0 };
        let silent = line.examined - line.findings - undecided - line.superseded;
        let enough = silent >= 2;
        let whole = OF_THE_WHOLE.contains(&line.code);
        assert!(enough != whole, "{}: {silent} subjects passed", line.code);
    }
}

#[test]
fn damaged_breaks_every_rule_of_the_snapshot() {
    let report = check(&sample("damaged"));
    let found: BTreeSet<&str> = report
        .findings
        .iter()
        .filter(|finding| finding.category == "snapshot")
        .map(|finding| finding.code)
        .collect();
    let of_category: BTreeSet<&str> = report
        .rules
        .iter()
        // Personal data are no damage: the other sample holds some.
        .filter(|rule| rule.page.category == "snapshot" && rule.page.code != "SN008")
        .map(|rule| rule.page.code)
        .collect();
    assert_eq!(found, of_category);
    // No rule that needs what is damaged says that all is well; what these need is whole.
    let whole = ["EM009", "RA006", "SN008"];
    let judged = report.coverage.iter();
    for line in judged.filter(|line| !whole.contains(&line.code)) {
        let passed = line.outcome == Outcome::Passed && line.unknown == 0;
        assert!(!passed, "{}", line.code);
    }
}

#[test]
fn the_samples_load_without_problems() {
    for name in ["contoso", "fabrikam"] {
        let report = check(&sample(name));
        assert!(report.problems.is_empty(), "{name}: {:?}", report.problems);
        for source in &report.snapshots[0].sources {
            assert!(source.export.is_some(), "{name}: {}", source.path);
        }
    }
}

#[test]
fn fabrikam_is_clean_and_every_rule_examined_something() {
    let report = check_strictly(&sample("fabrikam"));
    assert!(report.findings.is_empty(), "{:?}", report.findings);
    assert!(report.is_fully_covered(), "{:?}", report.coverage);
    for line in &report.coverage {
        assert_eq!(line.outcome, Outcome::Passed, "{}", line.code);
        assert!(line.examined > 0, "{}", line.code);
    }
}

#[test]
fn every_number_in_the_samples_and_pages_is_valid() {
    let mut texts: Vec<(String, String)> = Vec::new();
    for name in ["contoso", "fabrikam"] {
        for (file, bytes) in sample(name) {
            let encoding = tenantlint::source::Encoding::detect(&bytes);
            texts.push((format!("{name}/{file}"), encoding.decode(bytes).text));
        }
    }
    for rule in tenantlint::rules::known() {
        texts.push((rule.page.name.to_owned(), rule.page.body.to_owned()));
    }
    let pattern = regex::Regex::new(r"\+([1-9][0-9]{9,14})\b").expect("a pattern");
    let mut numbers: Vec<(String, String)> = texts
        .iter()
        .flat_map(|(file, text)| {
            pattern
                .find_iter(text)
                .map(|found| (found.as_str().to_owned(), file.clone()))
        })
        .collect();
    // Sorted, because the crate compiles the patterns of a country when it meets it.
    numbers.sort();
    numbers.dedup_by(|one, two| one.0 == two.0);
    assert!(numbers.len() > 150, "only {} numbers found", numbers.len());
    for (number, file) in numbers {
        let parsed = phonenumber::parse(None, &number);
        assert!(
            parsed.as_ref().is_ok_and(phonenumber::is_valid),
            "{number} in {file} is no valid number"
        );
    }
}
