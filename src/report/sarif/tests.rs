//! The report against the standard's schema, and field by field.

use serde_json::{Value, json};

use super::{Pipeline, Target, write};
use crate::report::Report;
use crate::report::json::sample;

fn value(report: &Report) -> Value {
    value_for(report, Target::Generic)
}

fn value_for(report: &Report, target: Target) -> Value {
    let mut bytes = Vec::new();
    write(report, target, None, &mut bytes).expect("memory");
    assert_eq!(bytes.last(), Some(&b'\n'));
    serde_json::from_slice(&bytes).expect("JSON")
}

fn assert_valid(document: &Value) {
    let schema = include_str!("../../../tests/schemas/sarif-schema-2.1.0.json");
    let schema = serde_json::from_str(schema).expect("JSON");
    let schema = jsonschema::draft4::new(&schema).expect("a valid schema");
    let errors: Vec<String> = schema
        .iter_errors(document)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn the_report_is_valid_also_when_empty() {
    let mut report = sample::report();
    assert_valid(&value(&report));
    report.findings.clear();
    report.rules.clear();
    assert_valid(&value(&report));
    report.snapshots.clear();
    assert_valid(&value(&report));
}

#[test]
fn one_run_per_snapshot_with_its_own_results() {
    let document = value(&sample::report());
    assert_eq!(document["version"], "2.1.0");
    assert_eq!(document["$schema"], super::SCHEMA);
    let runs = document["runs"].as_array().expect("runs");
    let results: Vec<_> = runs
        .iter()
        .map(|run| run["results"].as_array().map(Vec::len))
        .collect();
    assert_eq!(results, [Some(3), Some(1)]);
    let ids: Vec<_> = runs
        .iter()
        .map(|run| &run["automationDetails"]["id"])
        .collect();
    assert_eq!(
        ids,
        [
            &json!(format!("tenantlint/{}/", sample::TENANT)),
            &json!("tenantlint/fabrikam/")
        ]
    );
    for run in runs {
        assert_eq!(run["columnKind"], "unicodeCodePoints");
        assert_eq!(run["properties"]["asOf"], "2026-09-14T05:30:00Z");
        assert_eq!(run["tool"]["driver"]["name"], "tenantlint");
        assert_eq!(
            run["tool"]["driver"]["semanticVersion"],
            env!("CARGO_PKG_VERSION")
        );
    }
}

#[test]
fn runs_of_one_tenant_have_different_names() {
    let mut report = sample::report();
    report.snapshots[0].path = "/exports/monday".into();
    report.snapshots[1].tenant_id = Some(sample::TENANT.into());
    let ids = super::automation_ids(&report);
    assert_eq!(
        ids,
        [
            format!("tenantlint/{}/exports/monday/", sample::TENANT),
            format!("tenantlint/{}/fabrikam/", sample::TENANT)
        ]
    );
    report.snapshots[0].tenant_id = None;
    report.snapshots[0].tenant_name = Some("A/B\n".into());
    assert_eq!(super::automation_ids(&report)[0], "tenantlint/A-B\\u{a}/");
}

#[test]
fn rules_come_from_their_pages() {
    let report = sample::report();
    let document = value(&report);
    let rules = document["runs"][1]["tool"]["driver"]["rules"]
        .as_array()
        .expect("rules");
    assert_eq!(rules.len(), 2);
    for (shown, rule) in rules.iter().zip(&report.rules) {
        let page = &rule.page;
        assert_eq!(shown["id"], page.code);
        assert_eq!(shown["shortDescription"]["text"], page.title);
        assert_eq!(
            shown["defaultConfiguration"],
            json!({"enabled": true, "level": "error"})
        );
        assert_eq!(shown["helpUri"], *page.references[0]);
        assert_eq!(shown["help"]["markdown"], page.body.trim());
        assert_eq!(
            shown["properties"],
            json!({
                "category": page.category, "confidence": "high", "precision": "high",
                "problem.severity": "error", "tags": ["teams-phone", page.category]
            })
        );
        let full = shown["fullDescription"]["text"].as_str().expect("text");
        assert!(!full.is_empty() && full.chars().count() <= 1024, "{full}");
        let help = shown["help"]["text"].as_str().expect("text");
        assert!(help.starts_with("What it checks\n\n"), "{help}");
        assert!(
            help.contains("\n\nWhy it matters\n\n") && help.contains("\n\nRemedy\n\n"),
            "{help}"
        );
        assert!(!help.contains("```") && !help.contains("## "), "{help}");
    }
    assert_eq!(rules[0]["name"], "StalePstnUsage");
}

#[test]
fn a_result_field_by_field() {
    let document = value(&sample::report());
    let fingerprint = "a26e2b46ca11c77f223cc5159170fd06";
    assert_eq!(
        document["runs"][0]["results"][0],
        json!({
            "ruleId": "OC001", "ruleIndex": 0, "level": "error",
            "message": {"text": "+33199001201 still routes over Direct Routing; \
                see [so +33199001234 would leave \\[over\\] sbc1](1), [/exports/my routes \\[1\\].json:1](2)"},
            "locations": [{
                "physicalLocation": {
                    "artifactLocation": {"uri": "contoso/Get-CsOnlineUser.json", "uriBaseId": "SRCROOT", "index": 0},
                    "region": {
                        "startLine": 3, "startColumn": 33, "endLine": 3, "endColumn": 43,
                        "byteOffset": 83, "byteLength": 10, "message": {"text": "grants PSTN usage `FR-National`"}
                    }
                },
                "logicalLocations": [
                    {"name": "+33199001201", "fullyQualifiedName": "number/+33199001201", "kind": "number"}
                ]
            }],
            "relatedLocations": [
                {
                    "id": 1,
                    "physicalLocation": {
                        "artifactLocation": {"uri": "file:///exports/my%20routes%20%5B1%5D.json", "index": 1},
                        "region": {
                            "startLine": 1, "startColumn": 44, "endLine": 1, "endColumn": 64,
                            "byteOffset": 43, "byteLength": 20
                        }
                    },
                    "message": {"text": "so +33199001234 would leave \\[over\\] sbc1"}
                },
                {
                    "id": 2,
                    "physicalLocation": {
                        "artifactLocation": {"uri": "file:///exports/my%20routes%20%5B1%5D.json", "index": 1},
                        "region": {
                            "startLine": 1, "startColumn": 15, "endLine": 1, "endColumn": 26,
                            "byteOffset": 14, "byteLength": 11
                        }
                    }
                }
            ],
            "partialFingerprints": {
                "primaryLocationLineHash": format!("{fingerprint}:1"), "tenantlint/v1": fingerprint
            },
            "suppressions": [],
            "baselineState": "new",
            "properties": {
                "subject": {"kind": "number", "id": "+33199001201", "name": "+33199001201"},
                "remedy": {
                    "summary": "take the policy away",
                    "commands": ["Grant-CsOnlineVoiceRoutingPolicy -Identity 'zoë@contoso.example' -PolicyName $null"]
                },
                "confidence": "high"
            }
        })
    );
}

#[test]
fn states_are_told_for_all_results_of_a_run_or_for_none() {
    let document = value(&sample::report());
    let results = document["runs"][0]["results"].as_array().expect("results");
    let levels: Vec<_> = results.iter().map(|result| &result["level"]).collect();
    assert_eq!(levels, ["error", "warning", "note"]);
    let suppressions: Vec<_> = results
        .iter()
        .map(|result| &result["suppressions"])
        .collect();
    let accepted = json!([{"kind": "external", "status": "accepted", "justification": "stays until the lift is replaced"}]);
    assert_eq!(suppressions, [&json!([]), &accepted, &json!([])]);
    let states: Vec<_> = results
        .iter()
        .map(|result| &result["baselineState"])
        .collect();
    assert_eq!(states, ["new", "new", "unchanged"]);
    let other = &document["runs"][1]["results"][0];
    assert!(other.get("suppressions").is_none() && other.get("baselineState").is_none());
}

#[test]
fn hostile_names_are_neither_links_nor_placeholders_nor_control_characters() {
    let document = value(&sample::report());
    let result = &document["runs"][1]["results"][0];
    let shown = "\"\\]\\\\u{{a}}\\[evil\\](https://evil.example) {{0}} \\\\u{{1b}}\\[2J\\\\";
    assert_eq!(
        result["message"]["text"],
        format!("{shown} is not in Teams Only mode")
    );
    let region = &result["locations"][0]["physicalLocation"]["region"];
    assert_eq!(region["message"]["text"], shown);
    // UTF-16: bytes are those of the file, columns those of the text.
    assert_eq!(
        (&region["byteOffset"], &region["byteLength"]),
        (&json!(58), &json!(6))
    );
    assert_eq!(
        (&region["startColumn"], &region["endColumn"]),
        (&json!(27), &json!(30))
    );
    assert_eq!(result["properties"]["subject"]["name"], sample::HOSTILE);
}

#[test]
fn the_invocation_tells_what_the_run_did_not_see() {
    let document = value(&sample::report());
    let (first, second) = (
        &document["runs"][0]["invocations"][0],
        &document["runs"][1]["invocations"][0],
    );
    assert_eq!(first["executionSuccessful"], true);
    assert_eq!(second["executionSuccessful"], false);
    assert_eq!(
        first["ruleConfigurationOverrides"],
        json!([{"configuration": {"enabled": false, "level": "error"}, "descriptor": {"id": "US001", "index": 1}}])
    );
    assert!(second.get("ruleConfigurationOverrides").is_none());
    let notes = first["toolExecutionNotifications"]
        .as_array()
        .expect("notifications");
    assert_eq!(notes.len(), 2);
    assert_eq!(
        notes[0],
        json!({
            "descriptor": {"id": "subjects-undecided", "index": 1},
            "associatedRule": {"id": "OC001", "index": 0},
            "level": "note",
            "message": {"text": "rule OC001 `stale-pstn-usage` could not decide 3 of 12 subjects"}
        })
    );
    assert_eq!(notes[1]["level"], "warning");
    assert_eq!(
        notes[1]["message"]["text"],
        "`my routes \\[1\\].json` has exactly 100 records"
    );
    assert_eq!(notes[1]["properties"], json!({"blinds": ["OC001"]}));
    let place = &notes[1]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["index"], 1);
    assert_eq!(place["region"]["startColumn"], 44);
    assert_eq!(
        second["toolExecutionNotifications"],
        json!([
            {
                "descriptor": {"id": "rule-not-evaluated", "index": 0},
                "associatedRule": {"id": "OC001", "index": 0},
                "level": "warning",
                "message": {
                    "text": "rule OC001 `stale-pstn-usage` was not evaluated: needs `Get-CsOnlineVoiceRoute`"
                }
            },
            {
                "descriptor": {"id": "input-problem", "index": 2},
                "level": "error",
                "message": {"text": "no file of `fabrikam` could be read"},
                "properties": {"blinds": []}
            }
        ])
    );
}

#[test]
fn artifacts_are_the_files_of_the_snapshot() {
    let report = sample::report();
    let document = value(&report);
    let artifacts = |run: usize| {
        document["runs"][run]["artifacts"]
            .as_array()
            .expect("artifacts")
    };
    assert_eq!((artifacts(0).len(), artifacts(1).len()), (2, 1));
    let (_, source) = report.sources.iter().last().expect("a source");
    assert_eq!(
        artifacts(1)[0],
        json!({
            "location": {"uri": "fabrikam/users.json", "uriBaseId": "SRCROOT", "index": 0},
            "length": source.bytes, "roles": ["analysisTarget"], "encoding": "UTF-16LE",
            "hashes": {"blake3": source.digest}, "properties": {"export": null, "records": 1}
        })
    );
    assert_eq!(artifacts(0)[0]["properties"]["export"], "Get-CsOnlineUser");
}

#[test]
fn each_service_gets_what_it_takes() {
    let report = sample::report();
    let results = |target| {
        let document = value_for(&report, target);
        assert_valid(&document);
        document["runs"][0]["results"]
            .as_array()
            .expect("results")
            .len()
    };
    assert_eq!(results(Target::Generic), 3);
    assert_eq!(results(Target::Gitlab), 3);
    assert_eq!(results(Target::Azure), 3);
    assert_eq!(
        results(Target::Github),
        2,
        "the accepted one would be an open alert"
    );
}

#[test]
fn what_is_above_the_limit_of_a_service_is_announced() {
    let report = crate::report::human::samples::many(5_003);
    let told = |target| {
        let document = value_for(&report, target);
        let run = &document["runs"][0];
        let results = run["results"].as_array().expect("results");
        let notes = run["invocations"][0]["toolExecutionNotifications"].to_string();
        let weakest = results.last().expect("one")["level"].clone();
        (
            results.len(),
            weakest,
            notes.contains("4 findings are left out here"),
        )
    };
    assert_eq!(told(Target::Generic), (5_004, json!("warning"), false));
    assert_eq!(told(Target::Github), (5_000, json!("error"), true));
    assert_eq!(told(Target::Azure), (5_000, json!("error"), true));
}

#[test]
fn what_is_left_out_is_counted_in_words_and_azure_has_no_two_runs_of_one_name() {
    let mut report = crate::report::human::samples::several(&["monday", "tuesday"]);
    let finding = report.findings[0].clone();
    report.findings = vec![finding; 5_001];
    let text = value_for(&report, Target::Azure).to_string();
    assert!(text.contains("1 finding is left out here"));
    let ids = super::pipelines(&report, None);
    let ids: Vec<&str> = ids.iter().map(|(id, _)| id.as_str()).collect();
    assert!(ids[0].contains("Contoso%2Fmonday/") && ids[1].contains("Contoso%2Ftuesday/"));
}

#[test]
fn azure_is_told_of_the_pipeline() {
    let mut report = sample::report();
    report.snapshots.truncate(1);
    report.findings.retain(|finding| finding.snapshot == 0);
    let details = |report: &Report, pipeline: Option<&Pipeline>| {
        let mut bytes = Vec::new();
        write(report, Target::Azure, pipeline, &mut bytes).expect("memory");
        let document: Value = serde_json::from_slice(&bytes).expect("JSON");
        assert_valid(&document);
        document["runs"][0]["automationDetails"].clone()
    };
    let pipeline = Pipeline {
        organization: "contoso".to_owned(),
        project: "voice".to_owned(),
        definition_id: 7,
        definition_name: "audit".to_owned(),
        phase_id: "3a3a2a60-14c7-570b-14a4-fa42ad92f52a".to_owned(),
        phase_name: "Job".to_owned(),
        branch: "refs/heads/main".to_owned(),
        build_id: "41".to_owned(),
    };
    let told = details(&report, Some(&pipeline));
    assert_eq!(
        told,
        json!({
            "id": "azuredevops/pipeline/build/contoso/voice/7/3a3a2a60-14c7-570b-14a4-fa42ad92f52a/refs%2Fheads%2Fmain/41",
            "properties": {
                "azuredevops/pipeline/build/buildDefinitionId": "7",
                "azuredevops/pipeline/build/buildDefinitionName": "audit",
                "azuredevops/pipeline/build/phaseId": "3a3a2a60-14c7-570b-14a4-fa42ad92f52a",
                "azuredevops/pipeline/build/phaseName": "Job",
            }
        })
    );
    let untold = details(&report, None);
    let definition = &untold["properties"]["azuredevops/pipeline/build/buildDefinitionId"];
    assert_eq!(*definition, json!("-1"));
    report.redacted = true;
    assert_eq!(details(&report, Some(&pipeline)), untold);
}
