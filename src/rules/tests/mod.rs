//! The cautions, grades and remedies of the catalogue, one file for each rule, and what holds for many of them.
//!
//! Every rule has a case that it reports. Each test changes one thing about it: a near miss that must stay silent, a
//! datum that leaves the rule undecided, or one that changes the grade, the words or the remedy.

mod deleted_holders;
mod oc001;
mod op001;
mod ra001;
mod us001;

use serde_json::{Value, json};

use super::Verdict;
use super::testing::verdicts_with;
use crate::finding::Draft;

const ONE: &str = "00000000-0000-4000-8000-000000000001";
const TWO: &str = "00000000-0000-4000-8000-000000000002";

/// A snapshot on which one rule runs.
#[derive(Clone)]
struct Case {
    rule: &'static str,
    options: Value,
    files: Vec<(&'static str, Value)>,
}

impl Case {
    fn new(rule: &'static str) -> Self {
        Self {
            rule,
            options: json!({}),
            files: Vec::new(),
        }
    }

    /// Sets the records of an export; the name of its file has to be its cmdlet's.
    fn file(mut self, name: &'static str, records: Value) -> Self {
        self.files.retain(|(known, _)| *known != name);
        self.files.push((name, records));
        self
    }

    fn without_file(mut self, name: &str) -> Self {
        let before = self.files.len();
        self.files.retain(|(known, _)| *known != name);
        assert_eq!(self.files.len() + 1, before, "there is a file {name}");
        self
    }

    /// Sets properties of the first record of an export.
    fn with(mut self, name: &str, properties: &Value) -> Self {
        let changes = properties.as_object().expect("properties");
        first_record(&mut self.files, name).extend(changes.clone());
        self
    }

    /// Takes a property from the first record of an export.
    fn without(mut self, name: &str, property: &str) -> Self {
        let gone = first_record(&mut self.files, name).remove(property);
        assert!(gone.is_some(), "{name} has {property}");
        self
    }

    fn options(mut self, options: Value) -> Self {
        self.options = options;
        self
    }

    fn verdicts(&self) -> Vec<Verdict> {
        let texts: Vec<(String, String)> = self
            .files
            .iter()
            .map(|(name, records)| {
                // The operators file is hand-kept and has no cmdlet.
                (format!("{name}.json"), records.to_string())
            })
            .collect();
        let files: Vec<(&str, &str)> = texts
            .iter()
            .map(|(name, text)| (name.as_str(), text.as_str()))
            .collect();
        verdicts_with(self.rule, &self.options, &files)
    }

    /// The verdict on the only subject, in a word: a grade where something is found.
    fn word(&self) -> &'static str {
        match self.verdicts().as_slice() {
            [] => "silent",
            [Verdict::Passed] => "passed",
            [Verdict::Unknown(_)] => "unknown",
            [Verdict::Found(draft)] => draft.severity.name(),
            _ => "several",
        }
    }

    /// Why the only subject could not be judged.
    fn doubt(&self) -> &'static str {
        match self.verdicts().as_slice() {
            [Verdict::Unknown(reason)] => reason,
            other => panic!("not one doubt: {other:?}"),
        }
    }

    /// The only finding.
    fn found(&self) -> Draft {
        let mut verdicts = self.verdicts();
        match (verdicts.pop(), verdicts.is_empty()) {
            (Some(Verdict::Found(draft)), true) => *draft,
            other => panic!("not one finding: {other:?}"),
        }
    }

    fn message(&self) -> String {
        self.found().message
    }

    fn commands(&self) -> Vec<String> {
        self.found().remedy.commands
    }
}

fn first_record<'f>(
    files: &'f mut [(&'static str, Value)],
    name: &str,
) -> &'f mut serde_json::Map<String, Value> {
    let file = files.iter_mut().find(|(known, _)| *known == name);
    let (_, records) = file.unwrap_or_else(|| panic!("there is a file {name}"));
    records[0].as_object_mut().expect("a record")
}

/// Every label of a finding, the primary one first: its property, the index of its element, and what it says.
fn labels(draft: &Draft) -> Vec<String> {
    std::iter::once(&draft.primary)
        .chain(&draft.related)
        .map(|label| {
            let field = label.place.field.first().map_or("", String::as_str);
            let element = label.place.element;
            let element = element.map_or_else(String::new, |index| format!("[{index}]"));
            format!("{field}{element}: {}", label.text)
        })
        .collect()
}

#[test]
fn what_is_damaged_blinds_the_rules_that_read_it_and_no_others() {
    use crate::snapshot::ExportKind;
    let blinds = |kind: ExportKind, properties: Option<&[&'static str]>, code: &str| {
        super::blinded_by(kind, properties).any(|rule| rule.page.code == code)
    };
    let policies = ExportKind::TeamsCallingPolicy;
    assert!(blinds(policies, None, "US009"));
    assert!(!blinds(policies, None, "NU002"));
    assert!(blinds(policies, Some(&["AllowPrivateCalling"]), "US009"));
    assert!(!blinds(policies, Some(&["Description"]), "US009"));
    let numbers = ExportKind::AcquiredPhoneNumber;
    assert!(!blinds(numbers, Some(&["AllowPrivateCalling"]), "US009"));
}

#[test]
fn another_moment_for_now_goes_before_that_of_the_snapshot() {
    use crate::rules::Cx;
    use crate::snapshot::Moment;
    let manifest = r#"{"exportedAt":"2026-10-01T08:00:00Z","exports":[]}"#;
    let tenant = crate::tenant::testing::tenant(&[("manifest.json", manifest)]);
    let moment = |text: &str| Moment::parse(text).expect("a moment");
    let later = moment("2026-11-01T08:00:00Z");
    let cx = Cx::new(&tenant, None);
    assert_eq!(
        cx.with(None, None).now,
        Some(moment("2026-10-01T08:00:00Z"))
    );
    assert_eq!(cx.with(None, Some(later)).now, Some(later));
}
