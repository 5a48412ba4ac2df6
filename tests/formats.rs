//! The formats of a report: approved for contoso, valid under their schemas, the same at any number of threads.

use serde_json::Value;

use crate::audits::{check, in_all_formats, sample};

fn validator(schema: &str) -> jsonschema::Validator {
    let schema: Value = serde_json::from_str(schema).expect("a schema is JSON");
    jsonschema::validator_for(&schema).expect("the schema is one")
}

fn assert_valid(validator: &jsonschema::Validator, name: &str, text: &str) {
    let report: Value = serde_json::from_str(text).expect("the report is JSON");
    let errors: Vec<String> = validator
        .iter_errors(&report)
        .map(|error| format!("{} at {}", error, error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{name}: {errors:#?}");
}

#[test]
fn contoso_in_all_formats_is_approved() {
    let report = check(&sample("contoso"));
    for (format, text) in in_all_formats(&report) {
        // The version of the tool and the hash of the pages change with every release.
        let text = text
            .replace(env!("CARGO_PKG_VERSION"), "[version]")
            .replace(&report.rule_set, "[rules]");
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(format!("contoso@{format}"), text);
        });
    }
}

#[test]
fn reports_are_valid_under_their_schemas() {
    let json = validator(tenantlint::report::json::SCHEMA);
    let sarif = validator(include_str!("schemas/sarif-schema-2.1.0.json"));
    let truncated = vec![(
        "Get-CsOnlineUser.json".to_owned(),
        b"[{\"Identity\": \"x\"},".to_vec(),
    )];
    for (name, files) in [
        ("contoso", sample("contoso")),
        ("fabrikam", sample("fabrikam")),
        ("nothing", Vec::new()),
        ("truncated", truncated),
    ] {
        let [_, _, (_, as_json), (_, as_sarif)] = in_all_formats(&check(&files));
        assert_valid(&json, name, &as_json);
        assert_valid(&sarif, name, &as_sarif);
    }
}

#[test]
fn the_same_bytes_at_one_and_at_eight_threads() {
    let files = sample("contoso");
    let at = |threads: usize| {
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .expect("a pool")
            .install(|| in_all_formats(&check(&files)))
    };
    let one = at(1);
    for _ in 0..3 {
        assert_eq!(one, at(8));
    }
}

#[test]
fn names_of_the_tenant_cannot_steer_a_terminal() {
    let mut files = sample("contoso");
    for (name, bytes) in &mut files {
        if name == "Get-CsOnlineUser.json" || name == "operators.json" {
            let text = String::from_utf8(std::mem::take(bytes)).expect("UTF-8");
            *bytes = text
                .replace(
                    "karim.benali",
                    "karim\\u001b[2J\\u202e\\u009b31m`'\\u2019;calc",
                )
                .replace("Tailspin Connect", "Tail\\u001b]0;x\\u0007\\r\\nspin")
                .into_bytes();
        }
    }
    let report = check(&files);
    assert!(
        report
            .findings
            .iter()
            .any(|finding| finding.message.contains('\u{1b}'))
    );
    for (format, text) in in_all_formats(&report) {
        let control = text
            .chars()
            .find(|c| (c.is_control() && *c != '\n') || matches!(*c, '\u{202a}'..='\u{202e}'));
        // JSON escapes C0 controls itself; what is left is data for programs.
        if format == "human" || format == "concise" {
            assert_eq!(control, None, "{format}");
        } else {
            assert!(!text.contains('\u{1b}'), "{format}");
        }
    }
}
