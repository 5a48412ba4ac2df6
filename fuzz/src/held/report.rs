//! From files to a report, and what every report has to keep.

use std::sync::LazyLock;

use serde_json::Value;
use tenantlint::audit::audit;
use tenantlint::config::{Overrides, Policy, Profile};
use tenantlint::finding::Location;
use tenantlint::report::{Report, concise, human, json, sarif};
use tenantlint::rules;
use tenantlint::snapshot::{Input, load_by};
use tenantlint::source::Sources;
use tenantlint::tenant::build;

use super::files::File;

/// Every rule, those of low confidence included.
pub static STRICT: LazyLock<Policy> = LazyLock::new(|| {
    let overrides = Overrides {
        profile: Profile::from_name("strict"),
        ..Overrides::default()
    };
    Policy::resolve(None, &overrides, rules::known()).expect("the profile is one")
});

/// Bytes of text that are read in one go, as the program has it.
pub const WINDOW: Option<usize> = Some(1024 * 1024);

/// The files as they are given to the loader.
pub fn inputs(files: &[File]) -> Vec<Input> {
    let input = |(name, bytes): &File| Input::Memory {
        shown: name.clone(),
        bytes: bytes.clone(),
    };
    files.iter().map(input).collect()
}

/// Checks one snapshot with every rule; its files are read in such windows, or whole.
pub fn check(files: &[File], window: Option<usize>) -> Report {
    let mut sources = Sources::default();
    let path = "tenant".to_owned();
    let tenant = build(load_by(window, path, 0, inputs(files), &mut sources));
    audit(&[tenant], &[], sources, rules::all(), &STRICT, None)
}

/// What a format makes of a report.
pub fn written(write: impl FnOnce(&mut Vec<u8>) -> std::io::Result<()>) -> String {
    let mut bytes = Vec::new();
    write(&mut bytes).expect("memory takes everything");
    String::from_utf8(bytes).expect("reports are UTF-8")
}

/// The report in JSON.
pub fn in_json(report: &Report) -> String {
    written(|out| json::write(report, out))
}

/// Holds that all places of a report lie in their files.
pub fn hold_places(report: &Report, what: &str) {
    let places = |location: &Location| {
        let source = report.sources.get(location.span.source);
        assert!(
            location.span.end() <= source.bytes,
            "{what}: {location:?} in a file of {} bytes",
            source.bytes
        );
        assert!(
            location.start.line > 0 && location.start.column > 0,
            "{what}: {location:?}"
        );
        assert!(location.start <= location.end, "{what}: {location:?}");
    };
    for finding in &report.findings {
        places(&finding.location);
        finding.related.iter().for_each(places);
    }
    for problem in &report.problems {
        problem.location.iter().for_each(places);
        assert!(
            !problem.message.contains("while it was checked"),
            "{what}: {}",
            problem.message
        );
    }
}

/// Holds that all places of a report lie in their files, and that its formats are what they say.
pub fn hold(report: &Report, what: &str) {
    hold_places(report, what);
    let options = human::HumanOptions {
        color: false,
        width: 100,
        max_findings: None,
        quiet: false,
    };
    let sarif = written(|out| sarif::write(report, sarif::Target::Generic, None, out));
    for text in [in_json(report), sarif] {
        let parsed = serde_json::from_str::<Value>(&text);
        assert!(parsed.is_ok(), "{what}: {parsed:?}");
    }
    let human = written(|out| human::write(report, &options, out));
    for text in [human, written(|out| concise::write(report, out))] {
        let control = text.chars().find(|c| c.is_control() && *c != '\n');
        assert_eq!(control, None, "{what}");
    }
}
