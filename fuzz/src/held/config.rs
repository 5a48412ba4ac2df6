//! The project file.

use std::sync::LazyLock;

use tenantlint::audit::audit;
use tenantlint::config::{Overrides, Policy, ProjectFile};
use tenantlint::report::Report;
use tenantlint::rules;
use tenantlint::snapshot::load;
use tenantlint::source::Sources;
use tenantlint::tenant::build;

use super::files::File;
use super::report::{hold_places, in_json, inputs};

/// A tenant with a finding that options, severities and exceptions can be about.
static TENANT: LazyLock<Vec<File>> = LazyLock::new(|| {
    let rule = rules::all().iter().find(|rule| rule.page.code == "OC001");
    let page = &rule.expect("the rule exists").page;
    let examples = page.examples("Violation").into_iter();
    examples
        .map(|example| (example.file.to_owned(), example.text.as_bytes().to_vec()))
        .collect()
});

/// Holds that what is wrong is told within the file and can be drawn, and that what is right can be followed.
pub fn hold(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let judged = ProjectFile::parse("tenantlint.toml", &text)
        .and_then(|file| Policy::resolve(Some(&file), &Overrides::default(), rules::known()));
    match judged {
        Ok(policy) => {
            let report = check(&policy);
            hold_places(&report, "under a project file");
            let parsed = serde_json::from_str::<serde_json::Value>(&in_json(&report));
            assert!(parsed.is_ok(), "{parsed:?}");
        }
        Err(errors) => {
            assert!(!errors.is_empty(), "what is refused has a reason");
            for error in errors {
                let shown = error.render(false);
                let control = shown.chars().find(|c| c.is_control() && *c != '\n');
                assert_eq!(control, None, "{shown:?}");
                assert!(!shown.contains("Failed to read"), "{shown}");
                if let Some(place) = &error.place {
                    assert!(place.bytes.end <= text.len(), "{error:?}");
                    assert!(place.bytes.start <= place.bytes.end, "{error:?}");
                    assert!(place.line > 0 && place.column > 0, "{error:?}");
                    let lines = text.bytes().filter(|byte| *byte == b'\n').count() as u64;
                    assert!(place.line <= lines + 1, "{error:?}");
                }
            }
        }
    }
}

fn check(policy: &Policy) -> Report {
    let mut sources = Sources::default();
    let tenant = build(load("tenant".to_owned(), 0, inputs(&TENANT), &mut sources));
    audit(&[tenant], &[], sources, rules::all(), policy, None)
}
