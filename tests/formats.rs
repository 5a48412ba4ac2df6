//! The formats of a report: approved for contoso, valid under their schemas, the same at any number of threads.

use serde_json::Value;

use crate::audits::{check, diff, in_all_formats, plan, sample};
use crate::hostile::plan_for;

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
        let text = if format == "html" {
            without_scripts(&text)
        } else {
            text
        };
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(format!("contoso@{format}"), text);
        });
    }
}

/// An HTML page without what stands in its scripts, packed data and libraries, and without their digests.
pub(crate) fn without_scripts(page: &str) -> String {
    let script = regex::Regex::new(r"(?s)(<script[^>]*>).*?(</script>)").expect("a pattern");
    let digest = regex::Regex::new("sha256-[A-Za-z0-9+/=]+").expect("a pattern");
    let style = regex::Regex::new(r"(?s)<style>.*?</style>").expect("a pattern");
    let page = script.replace_all(page, "$1…$2");
    let page = digest.replace_all(&page, "sha256-…");
    style.replace_all(&page, "<style>…</style>").into_owned()
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
        let planned = plan(&files, &plan_for("karim.benali@contoso.example"));
        for report in [check(&files), diff(&sample("contoso"), &files), planned] {
            let [_, _, (_, as_json), (_, as_sarif), ..] = in_all_formats(&report);
            assert_valid(&json, name, &as_json);
            assert_valid(&sarif, name, &as_sarif);
        }
    }
}

#[test]
fn the_same_bytes_at_one_and_at_eight_threads() {
    let files = sample("contoso");
    let other = sample("fabrikam");
    let at = |threads: usize| {
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .expect("a pool")
            .install(|| {
                let planned = plan(&files, &plan_for("karim.benali@contoso.example"));
                let reports = [check(&files), diff(&files, &other), planned];
                reports.map(|report| in_all_formats(&report))
            })
    };
    let one = at(1);
    for _ in 0..3 {
        assert_eq!(one, at(8));
    }
}
