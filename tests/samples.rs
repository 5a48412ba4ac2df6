//! The sample tenants are what their README says, and hold nobody's real numbers.

use std::collections::BTreeSet;

use tenantlint::report::{Outcome, Report};

use crate::audits::{check, sample};

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
    let report = check(&sample("contoso"));
    let mut expected: Vec<&str> = EXPECTED.lines().skip(1).collect();
    expected.sort_unstable();
    assert_eq!(places(&report), expected);
}

/// Grades that one tenant cannot show beside another grade of the same rule; its unit tests do.
const ELSEWHERE: [(&str, &str); 1] = [("OC003", "warning")];

#[test]
fn contoso_breaks_every_rule_in_every_grade() {
    let report = check(&sample("contoso"));
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
        .filter(|rule| rule.page.category == "snapshot")
        .map(|rule| rule.page.code)
        .collect();
    assert_eq!(found, of_category);
    // No rule that needs what is damaged says that all is well.
    for line in &report.coverage {
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
    let report = check(&sample("fabrikam"));
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
    for rule in tenantlint::rules::all() {
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
