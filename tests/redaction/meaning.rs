//! What a redacted report still says: the same findings, in the same words, at the right places.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use tenantlint::finding::{Finding, Location, SubjectKind};
use tenantlint::report::{Report, json};
use tenantlint::source::LineIndex;

use crate::audits::{check_redacted, check_strictly, in_all_formats, sample};

const KEY: &str = "a key of the tests, long enough";
const OTHER: &str = "another key of the tests";

/// A text without what stands in quotes, and without numbers.
fn words(text: &str) -> String {
    let values = regex::Regex::new(r"`[^`]*`|'[^']*'|\+[0-9]+").expect("a pattern");
    values.replace_all(text, "_").into_owned()
}

fn texts(finding: &Finding) -> Vec<String> {
    let labels = std::iter::once(&finding.location).chain(&finding.related);
    let mut texts = vec![finding.message.clone(), finding.remedy.summary.to_string()];
    texts.extend(finding.remedy.commands.clone());
    texts.extend(labels.map(|location| location.label.to_string()));
    texts
}

#[test]
fn the_words_of_rules_stay() {
    for name in ["contoso", "damaged"] {
        let all = |report: &Report| {
            let mut all: Vec<String> = report
                .findings
                .iter()
                .map(|finding| {
                    let texts: Vec<String> =
                        texts(finding).iter().map(|text| words(text)).collect();
                    format!("{}: {}", finding.code, texts.join(" / "))
                })
                .chain(
                    report
                        .problems
                        .iter()
                        .map(|problem| words(&problem.message)),
                )
                .collect();
            all.sort();
            all
        };
        let (plain, redacted) = (
            check_strictly(&sample(name)),
            check_redacted(&sample(name), KEY),
        );
        assert_eq!(all(&plain), all(&redacted), "{name}");
        assert_eq!(plain.summary(), redacted.summary());
        let why = |report: &Report| {
            report
                .coverage
                .iter()
                .map(|line| line.why.clone())
                .collect::<Vec<_>>()
        };
        if name == "contoso" {
            assert_eq!(why(&plain), why(&redacted));
        }
    }
}

#[test]
fn a_thing_has_one_pseudonym_and_two_things_have_two() {
    let (plain, redacted) = (
        check_strictly(&sample("contoso")),
        check_redacted(&sample("contoso"), KEY),
    );
    // A rule and the lines to which its finding points tell it from all others.
    let key = |report: &Report, finding: &Finding| {
        let places = std::iter::once(&finding.location).chain(&finding.related);
        let lines: Vec<(u32, u64)> = places
            .map(|place| (place.span.source.0, place.start.line))
            .collect();
        let _ = report;
        (finding.code, finding.severity, lines)
    };
    let mut names: BTreeMap<_, Vec<&Finding>> = BTreeMap::new();
    for finding in &redacted.findings {
        names
            .entry(key(&redacted, finding))
            .or_default()
            .push(finding);
    }
    let mut pairs: BTreeSet<(String, String)> = BTreeSet::new();
    for finding in &plain.findings {
        if let [only] = names[&key(&plain, finding)].as_slice() {
            pairs.insert((
                finding.subject.name.to_lowercase(),
                only.subject.name.to_lowercase(),
            ));
            pairs.insert((finding.subject.id.clone(), only.subject.id.clone()));
            if finding.subject.kind == SubjectKind::Number {
                assert_number(&finding.subject.id, &only.subject.id);
            }
        }
    }
    assert!(pairs.len() > 150, "only {} pairs", pairs.len());
    let old: BTreeSet<&String> = pairs.iter().map(|(old, _)| old).collect();
    let new: BTreeSet<&String> = pairs.iter().map(|(_, new)| new).collect();
    assert_eq!((old.len(), new.len()), (pairs.len(), pairs.len()));
}

/// Country code, length and extension are kept, the rest is not.
fn assert_number(old: &str, new: &str) {
    let code = ["+1", "+33", "+44", "+49", "+4", "+0"]
        .into_iter()
        .find(|code| old.starts_with(code))
        .expect("a country of the sample");
    assert!(new.starts_with(code), "{old} became {new}");
    assert_eq!(old.len(), new.len(), "{old} became {new}");
    assert_ne!(old, new);
    assert_eq!(old.find(";ext="), new.find(";ext="));
    let digits = new.replace(";ext=", "");
    assert!(digits[1..].bytes().all(|one| one.is_ascii_digit()), "{new}");
}

#[test]
fn places_hold_in_the_redacted_sources() {
    let (plain, redacted) = (
        check_strictly(&sample("contoso")),
        check_redacted(&sample("contoso"), KEY),
    );
    let lines = |report: &Report| {
        let places = report
            .findings
            .iter()
            .flat_map(|finding| std::iter::once(&finding.location).chain(&finding.related));
        let mut lines: Vec<(u32, u64, u64)> = places
            .map(|place| (place.span.source.0, place.start.line, place.end.line))
            .collect();
        lines.sort_unstable();
        lines
    };
    assert_eq!(lines(&plain), lines(&redacted));
    let text = |report: &Report, place: &Location| {
        report
            .sources
            .get(place.span.source)
            .read_text(place.span)
            .expect("it can be read")
    };
    let mut seen = 0;
    for finding in &redacted.findings {
        for place in std::iter::once(&finding.location).chain(&finding.related) {
            let index =
                LineIndex::build(redacted.sources.get(place.span.source)).expect("it can be read");
            let position = |byte| index.position(byte).expect("it is there");
            assert_eq!(
                position(place.span.start),
                place.start,
                "{}",
                finding.message
            );
            assert_eq!(position(place.span.end()), place.end, "{}", finding.message);
            if place.start.line == place.end.line && place.span.len > 0 {
                let text = text(&redacted, place);
                let whole = serde_json::from_str::<Value>(&text);
                assert!(whole.is_ok(), "{}: {text}", finding.message);
                seen += 1;
            }
        }
    }
    assert!(seen > 300, "only {seen} places");
    // What a snippet shows is what the message names.
    let telling = redacted
        .findings
        .iter()
        .filter(|finding| finding.subject.kind == SubjectKind::Number);
    let shown = telling.filter(|finding| {
        let mut places = std::iter::once(&finding.location).chain(&finding.related);
        places.any(|place| text(&redacted, place).contains(&finding.subject.id))
    });
    assert!(shown.count() > 10);
}

#[test]
fn the_same_key_gives_the_same_bytes_and_another_one_other_names() {
    let files = sample("contoso");
    let one = check_redacted(&files, KEY);
    assert_eq!(
        in_all_formats(&one),
        in_all_formats(&check_redacted(&files, KEY))
    );
    let other = check_redacted(&files, OTHER);
    let pseudonyms = |report: &Report| {
        // Ids of Microsoft's products are not made of the key.
        let pattern = regex::Regex::new(
            r"name-[0-9a-f]{12}|\+[0-9]{11,}|[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f-]{16}",
        )
        .expect("a pattern");
        let text = &in_all_formats(report)[2].1;
        pattern
            .find_iter(text)
            .map(|found| found.as_str().to_owned())
            .collect::<BTreeSet<_>>()
    };
    let plain = pseudonyms(&check_strictly(&files));
    let [one, other] = [&one, &other].map(|report| &pseudonyms(report) - &plain);
    assert!(one.len() > 300, "only {} pseudonyms", one.len());
    assert_eq!(
        one.intersection(&other).collect::<Vec<_>>(),
        Vec::<&String>::new()
    );
}

#[test]
fn a_redacted_report_is_valid_and_says_what_it_is() {
    let schema: Value = serde_json::from_str(json::SCHEMA).expect("JSON");
    let schema = jsonschema::validator_for(&schema).expect("a schema");
    for (report, flag) in [
        (check_redacted(&sample("contoso"), KEY), true),
        (check_strictly(&sample("contoso")), false),
    ] {
        let formats: BTreeMap<_, _> = in_all_formats(&report).into_iter().collect();
        let text: Value = serde_json::from_str(&formats["json"]).expect("JSON");
        assert!(schema.is_valid(&text));
        assert_eq!(text["redacted"], Value::Bool(flag));
        let run: Value =
            serde_json::from_str(formats["ndjson"].lines().next().expect("a line")).expect("JSON");
        assert_eq!(run["redacted"], Value::Bool(flag));
        let log: Value = serde_json::from_str(&formats["sarif"]).expect("JSON");
        assert_eq!(log["runs"][0]["properties"]["redacted"], Value::Bool(flag));
        for format in ["human", "markdown", "html"] {
            assert_eq!(formats[format].contains("are pseudonyms"), flag, "{format}");
        }
    }
}
