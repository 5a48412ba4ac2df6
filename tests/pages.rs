//! The rule pages are executed: their examples, and what they say that they need.

use std::collections::BTreeSet;

use serde_json::Value;
use tenantlint::report::{Outcome, Report};
use tenantlint::rules::{self, Need, Page};
use tenantlint::snapshot::spellings_of;
use tenantlint::source::Encoding;

use crate::audits::{File, check, check_rule, in_all_formats, sample};

fn files(page: &Page, section: &str) -> Vec<File> {
    page.examples(section)
        .into_iter()
        .map(|example| (example.file.to_owned(), example.text.as_bytes().to_vec()))
        .collect()
}

fn outcome(report: &Report, page: &Page) -> Outcome {
    let line = report.coverage.iter().find(|line| line.code == page.code);
    line.expect("every rule has its line").outcome
}

/// What a report found, apart from places and messages.
fn verdicts(report: &Report) -> Vec<(String, String)> {
    report
        .findings
        .iter()
        .map(|finding| {
            (
                finding.fingerprint.to_string(),
                finding.severity.name().to_owned(),
            )
        })
        .collect()
}

/// Rules whose strongest grade needs an earlier snapshot, which a page cannot show; their unit tests do.
const NEEDS_PREVIOUS: [&str; 1] = ["half-done-license-swap"];

#[test]
fn codes_and_names_are_unique() {
    let rules = rules::known();
    assert_eq!(rules.len(), rules::all().len() + rules::of_plans().len());
    assert!(rules.is_sorted_by_key(|rule| rule.page.code));
    let codes: BTreeSet<_> = rules.iter().map(|rule| rule.page.code).collect();
    let names: BTreeSet<_> = rules.iter().map(|rule| rule.page.name).collect();
    assert_eq!((codes.len(), names.len()), (rules.len(), rules.len()));
}

#[test]
fn violations_are_found_and_clean_examples_are_examined_and_pass() {
    for rule in rules::all() {
        let page = &rule.page;
        let bad = check_rule(&files(page, "Violation"), page.name);
        assert!(
            !bad.findings.is_empty(),
            "{}: nothing found in its Violation",
            page.name
        );
        assert!(bad.problems.is_empty(), "{}: {:?}", page.name, bad.problems);
        if !NEEDS_PREVIOUS.contains(&page.name) {
            assert_eq!(
                bad.findings[0].severity, page.severity[0],
                "{}: strongest grade first",
                page.name
            );
        }

        let good = check_rule(&files(page, "Clean"), page.name);
        assert!(
            good.findings.is_empty(),
            "{}: {:?}",
            page.name,
            good.findings
        );
        assert!(
            good.problems.is_empty(),
            "{}: {:?}",
            page.name,
            good.problems
        );
        assert_eq!(outcome(&good, page), Outcome::Passed, "{}", page.name);
        assert!(
            good.is_fully_covered(),
            "{}: {:?}",
            page.name,
            good.coverage
        );
    }
}

#[test]
fn the_reports_of_violations_are_approved() {
    for rule in rules::all() {
        let report = check_rule(&files(rule.page, "Violation"), rule.page.name);
        let [(_, human), ..] = in_all_formats(&report);
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(format!("rules@{}", rule.page.name), human);
        });
    }
}

#[test]
fn each_violation_breaks_only_the_rules_that_are_approved() {
    let mut table = Vec::new();
    for rule in rules::all() {
        let report = check(&files(rule.page, "Violation"));
        let mut found: Vec<String> = report
            .findings
            .iter()
            .map(|finding| {
                format!(
                    "{} {} {}",
                    finding.code,
                    finding.severity.name(),
                    finding.subject.id
                )
            })
            .collect();
        found.sort();
        table.push(format!("{}:\n  {}\n", rule.page.name, found.join("\n  ")));
    }
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("all-rules-on-all-violations", table.concat());
    });
}

/// One way to take something away that a rule needs: what is gone, and the files that are left.
fn losses(page: &Page) -> Vec<(String, Vec<File>)> {
    let whole = files(page, "Violation");
    let mut losses = Vec::new();
    for need in &page.needs {
        let name = need.export.name();
        losses.push((name.to_owned(), without_export(&whole, need)));
        for property in &need.properties {
            losses.push((
                format!("{name} {property}"),
                without_property(&whole, need, property),
            ));
        }
    }
    for alternatives in &page.any_of {
        let mut left = whole.clone();
        for need in alternatives {
            for property in &need.properties {
                left = without_property(&left, need, property);
            }
        }
        losses.push((format!("any of {alternatives:?}"), left));
    }
    losses
}

#[test]
fn without_anything_needed_the_rule_is_not_evaluated_in_every_format() {
    for rule in rules::all() {
        let page = &rule.page;
        for (gone, left) in losses(page) {
            let report = check_rule(&left, page.name);
            assert_eq!(
                outcome(&report, page),
                Outcome::NotEvaluated,
                "{} without {gone}",
                page.name
            );
            assert!(report.findings.is_empty(), "{} without {gone}", page.name);
            for (format, text) in in_all_formats(&report) {
                let said = match format {
                    "human" => text.contains("not evaluated:") && text.contains(page.code),
                    "concise" => text.contains(&format!("not evaluated[{}]", page.code)),
                    "json" => {
                        let json: Value = serde_json::from_str(&text).expect("JSON");
                        let lines = json["coverage"].as_array().expect("a list");
                        lines.iter().any(|line| {
                            line["code"] == page.code
                                && line["outcome"] == "not-evaluated"
                                && line["why"].as_str().is_some_and(|why| !why.is_empty())
                        })
                    }
                    "ndjson" => text.lines().any(|line| {
                        let line: Value = serde_json::from_str(line).expect("JSON");
                        line["code"] == page.code && line["outcome"] == "not-evaluated"
                    }),
                    "junit" => text
                        .lines()
                        .any(|line| line.contains("<skipped") && line.contains("not-evaluated: ")),
                    "markdown" => text.contains(&format!("* {}: ", page.code)),
                    "csv" => text
                        .lines()
                        .any(|line| line.starts_with("not judged,") && line.contains(page.code)),
                    "github" | "azure" | "gitlab" | "html" => {
                        text.contains(&format!("{} was not evaluated: ", page.code))
                    }
                    _ => {
                        let json: Value = serde_json::from_str(&text).expect("JSON");
                        let notes =
                            &json["runs"][0]["invocations"][0]["toolExecutionNotifications"];
                        notes.as_array().is_some_and(|notes| {
                            notes
                                .iter()
                                .any(|note| note.to_string().contains(page.code))
                        })
                    }
                };
                assert!(
                    said,
                    "{} without {gone}: {format} does not say so:\n{text}",
                    page.name
                );
            }
        }
    }
}

#[test]
fn what_a_page_does_not_mention_changes_nothing() {
    for rule in rules::all() {
        let page = &rule.page;
        // The rules of the snapshot itself look at every property of every export.
        if page.category == "snapshot" {
            continue;
        }
        let whole = files(page, "Violation");
        let mentioned: Vec<&Need> = page.all_needs().chain(&page.refines).collect();
        let mut left = Vec::new();
        for (name, bytes) in &whole {
            let kind = kind_of(name, bytes);
            let spelled: BTreeSet<String> = mentioned
                .iter()
                .filter(|need| need.export == kind)
                .flat_map(|need| &need.properties)
                .flat_map(|property| spellings_of(kind, property).to_vec())
                .collect();
            if !spelled.is_empty() {
                left.push((name.clone(), keep_only(bytes, &spelled)));
            }
        }
        assert_eq!(
            verdicts(&check_rule(&left, page.name)),
            verdicts(&check_rule(&whole, page.name)),
            "{}",
            page.name
        );
    }
}

/// Everything that a finding says; not where, because lines move.
fn words(report: &Report) -> Vec<String> {
    let mut words: Vec<String> = report
        .findings
        .iter()
        .map(|finding| {
            let labels: Vec<&str> = std::iter::once(&finding.location)
                .chain(&finding.related)
                .map(|location| &*location.label)
                .collect();
            let remedy = &finding.remedy;
            format!(
                "{} {} {}\n{labels:#?}\n{}\n{:#?}",
                finding.fingerprint,
                finding.severity.name(),
                finding.message,
                remedy.summary,
                remedy.commands
            )
        })
        .collect();
    words.sort();
    words
}

#[test]
fn what_a_page_does_not_mention_changes_no_word_either() {
    for rule in rules::all() {
        let page = &rule.page;
        let whole = sample("contoso");
        let mentioned: Vec<&Need> = page.all_needs().chain(&page.refines).collect();
        let left: Vec<File> = whole
            .iter()
            .filter_map(|(name, bytes)| {
                let kind = kind_of(name, bytes);
                let spelled: BTreeSet<String> = mentioned
                    .iter()
                    .filter(|need| need.export == kind)
                    .flat_map(|need| &need.properties)
                    .flat_map(|property| spellings_of(kind, property).to_vec())
                    .collect();
                (!spelled.is_empty()).then(|| (name.clone(), keep_only(bytes, &spelled)))
            })
            .collect();
        assert_eq!(
            words(&check_rule(&left, page.name)),
            words(&check_rule(&whole, page.name)),
            "{}",
            page.name
        );
    }
}

fn kind_of(name: &str, bytes: &[u8]) -> tenantlint::snapshot::ExportKind {
    let report_of = tenantlint::snapshot::load(
        String::new(),
        0,
        vec![tenantlint::snapshot::Input::Memory {
            shown: name.to_owned(),
            bytes: bytes.to_vec(),
        }],
        &mut tenantlint::source::Sources::default(),
    );
    report_of.files[0]
        .kind
        .expect("an example is a known export")
        .family()
}

fn without_export(files: &[File], need: &Need) -> Vec<File> {
    let left: Vec<File> = files
        .iter()
        .filter(|(name, bytes)| kind_of(name, bytes) != need.export)
        .cloned()
        .collect();
    assert!(
        left.len() < files.len(),
        "no example holds {}",
        need.export.name()
    );
    left
}

fn without_property(files: &[File], need: &Need, property: &str) -> Vec<File> {
    let spelled = spellings_of(need.export, property);
    files
        .iter()
        .map(|(name, bytes)| {
            if kind_of(name, bytes) != need.export {
                return (name.clone(), bytes.clone());
            }
            (
                name.clone(),
                edit(bytes, &|key| !spelled.contains(&key.to_lowercase())),
            )
        })
        .collect()
}

fn keep_only(bytes: &[u8], spelled: &BTreeSet<String>) -> Vec<u8> {
    edit(bytes, &|key| spelled.contains(&key.to_lowercase()))
}

/// Keeps the properties of every record for which the filter says so.
fn edit(bytes: &[u8], keep: &dyn Fn(&str) -> bool) -> Vec<u8> {
    let text = Encoding::detect(bytes).decode(bytes.to_vec()).text;
    let mut json: Value = serde_json::from_str(&text).expect("examples are JSON");
    // A page of Graph wraps its records.
    if let Some(records) = json.get_mut("value").filter(|value| value.is_array()) {
        json = records.take();
    }
    let mut records: Vec<&mut Value> = match &mut json {
        Value::Array(records) => records.iter_mut().collect(),
        one => vec![one],
    };
    for record in &mut records {
        if let Value::Object(members) = record {
            members.retain(|key, _| keep(key));
        }
    }
    serde_json::to_vec(&json).expect("memory takes everything")
}
