//! The report against its schema, field by field, and its layout.

use serde_json::{Value, json};

use super::{SCHEMA, sample, write};
use crate::finding::{Confidence, Severity, Status, SubjectKind};
use crate::report::{ActOutcome, ChangeKind, Outcome, Report};

fn text(report: &Report) -> String {
    let mut bytes = Vec::new();
    write(report, &mut bytes).expect("memory");
    String::from_utf8(bytes).expect("UTF-8")
}

fn value(report: &Report) -> Value {
    serde_json::from_str(&text(report)).expect("JSON")
}

fn schema() -> Value {
    serde_json::from_str(SCHEMA).expect("the schema is JSON")
}

fn keys(value: &Value) -> Vec<&str> {
    value
        .as_object()
        .expect("an object")
        .keys()
        .map(String::as_str)
        .collect()
}

#[test]
fn the_report_is_valid_and_the_schema_is_strict() {
    let schema = jsonschema::draft202012::new(&schema()).expect("a valid schema");
    let valid = value(&sample::report());
    let errors: Vec<String> = schema
        .iter_errors(&valid)
        .map(|error| error.to_string())
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
    for pointer in [
        "/findings/0/fingerprint",
        "/snapshots/0/digest",
        "/findings/0/code",
        "/coverage/0/outcome",
    ] {
        let mut wrong = valid.clone();
        *wrong.pointer_mut(pointer).expect(pointer) = json!("BLAKE3:00");
        assert!(!schema.is_valid(&wrong), "{pointer}");
    }
}

/// Removes each key of each object in turn: the schema must miss every one of them.
#[test]
fn every_key_is_required() {
    fn objects(value: &Value, at: &str, found: &mut Vec<(String, String)>) {
        match value {
            Value::Object(map) => {
                for (key, inner) in map {
                    found.push((at.to_owned(), key.clone()));
                    objects(inner, &format!("{at}/{key}"), found);
                }
            }
            Value::Array(list) => {
                for (index, inner) in list.iter().enumerate() {
                    objects(inner, &format!("{at}/{index}"), found);
                }
            }
            _ => {}
        }
    }
    let schema = jsonschema::draft202012::new(&schema()).expect("a valid schema");
    let valid = value(&sample::report());
    let mut found = Vec::new();
    objects(&valid, "", &mut found);
    assert!(found.len() > 150, "{}", found.len());
    for (at, key) in found {
        let mut without = valid.clone();
        let object = without.pointer_mut(&at).and_then(Value::as_object_mut);
        object.expect("an object").remove(&key);
        assert!(!schema.is_valid(&without), "{at} without {key}");
    }
}

/// Every object of the schema describes and requires each property, and forbids no further ones.
#[test]
fn the_schema_keeps_the_promise_of_the_version() {
    fn walk(schema: &Value, properties: &mut usize) {
        match schema {
            Value::Object(map) => {
                assert!(!map.contains_key("additionalProperties"), "{schema}");
                if let Some(Value::Object(named)) = map.get("properties") {
                    let required: Vec<&str> = map["required"]
                        .as_array()
                        .expect("a list")
                        .iter()
                        .filter_map(Value::as_str)
                        .collect();
                    for (name, property) in named {
                        assert!(required.contains(&name.as_str()), "{name} is not required");
                        assert!(
                            property["description"].is_string(),
                            "{name} has no description"
                        );
                        *properties += 1;
                        walk(property, properties);
                    }
                }
                // A property may be called `properties` itself.
                let others = map.iter().filter(|(key, _)| *key != "properties");
                others.for_each(|(_, inner)| walk(inner, properties));
            }
            Value::Array(list) => list.iter().for_each(|inner| walk(inner, properties)),
            _ => {}
        }
    }
    let mut properties = 0;
    walk(&schema(), &mut properties);
    assert!(properties > 60, "{properties}");
}

#[test]
fn the_words_of_the_schema_are_those_of_the_program() {
    let schema = schema();
    let words = |pointer: &str| schema.pointer(pointer).expect(pointer).clone();
    assert_eq!(
        words("/$defs/severity/enum"),
        json!(Severity::ALL.map(Severity::name))
    );
    let finding = "/$defs/finding/properties";
    assert_eq!(
        words(&format!("{finding}/confidence/enum")),
        json!(Confidence::ALL.map(Confidence::name))
    );
    let statuses = [Status::Open, Status::Excepted, Status::Baselined];
    assert_eq!(
        words(&format!("{finding}/status/enum")),
        json!(statuses.map(Status::name))
    );
    assert_eq!(
        words(&format!("{finding}/subject/properties/kind/enum")),
        json!(SubjectKind::ALL.map(SubjectKind::name))
    );
    let done = [
        ActOutcome::Done,
        ActOutcome::Refused,
        ActOutcome::NotReached,
    ];
    assert_eq!(
        words("/$defs/planAct/properties/outcome/enum"),
        json!(done.map(ActOutcome::name))
    );
    let changes = [ChangeKind::Added, ChangeKind::Removed, ChangeKind::Changed];
    for pointer in ["planChange/properties/what", "change/properties/change"] {
        assert_eq!(
            words(&format!("/$defs/{pointer}/enum")),
            json!(changes.map(ChangeKind::name))
        );
    }
    let outcomes = [
        Outcome::Passed,
        Outcome::Failed,
        Outcome::NotApplicable,
        Outcome::NotEvaluated,
        Outcome::Off,
    ];
    assert_eq!(
        words("/$defs/coverage/properties/outcome/enum"),
        json!(outcomes.map(Outcome::name))
    );
}

#[test]
fn a_finding_field_by_field() {
    let report = sample::report();
    let document = value(&report);
    let finding = &document["findings"][0];
    assert_eq!(
        *finding,
        json!({
            "rule": "stale-pstn-usage", "code": "OC001", "category": "operator-connect",
            "severity": "error", "confidence": "high",
            "message": "+33199001201 still routes over Direct Routing",
            "subject": {"kind": "number", "id": "+33199001201", "name": "+33199001201"},
            "snapshot": 0,
            "location": {
                "path": "contoso/Get-CsOnlineUser.json", "line": 3, "column": 33, "endLine": 3, "endColumn": 43,
                "byteOffset": 83, "byteLength": 10, "label": "grants PSTN usage `FR-National`"
            },
            "related": [
                {
                    "path": "/exports/my routes [1].json", "line": 1, "column": 44, "endLine": 1, "endColumn": 64,
                    "byteOffset": 43, "byteLength": 20, "label": "so +33199001234 would leave [over] sbc1"
                },
                {
                    "path": "/exports/my routes [1].json", "line": 1, "column": 15, "endLine": 1, "endColumn": 26,
                    "byteOffset": 14, "byteLength": 11, "label": ""
                }
            ],
            "remedy": {
                "summary": "take the policy away",
                "commands": ["Grant-CsOnlineVoiceRoutingPolicy -Identity 'zoë@contoso.example' -PolicyName $null"]
            },
            "fingerprint": "a26e2b46ca11c77f223cc5159170fd06", "status": "open",
            "reason": null,
            "cause": null
        })
    );
    let hostile = &document["findings"][3];
    assert_eq!(hostile["subject"]["name"], sample::HOSTILE);
    assert_eq!(hostile["location"]["label"], sample::HOSTILE);
    assert_eq!(hostile["location"]["column"], 27);
    assert_eq!(hostile["location"]["byteLength"], 6);
}

#[test]
fn a_step_field_by_field() {
    let document = value(&sample::report());
    let plan = &document["plan"];
    assert_eq!(plan["paths"], json!(["plan.toml"]));
    assert_eq!(
        plan["unchanged"],
        json!({"error": 112, "warning": 80, "info": 40})
    );
    assert_eq!(plan["steps"].as_array().map(Vec::len), Some(4));
    let step = &plan["steps"][3];
    assert_eq!(
        [&step["number"], &step["assumed"]],
        [&json!(4), &json!(true)]
    );
    assert_eq!(step["change"], "delete-account");
    assert_eq!(step["location"], document["findings"][0]["location"]);
    assert_eq!(
        step["added"],
        json!([{"code": "US006", "severity": "error", "subject": sample::HOSTILE}])
    );
    assert_eq!(step["removed"], json!([]));
    let act = &step["acts"][0];
    let evil = sample::HOSTILE;
    assert_eq!(
        *act,
        json!({
            "change": "delete-account", "object": evil, "outcome": "done",
            "needs": [
                {"what": "the account is there", "met": "met", "severity": "error", "instead": ""},
                {"what": format!("`{evil}` has no number"), "met": "unmet", "severity": "error", "instead": "it has `+33199001202`"}
            ],
            "changes": [
                {"kind": "user", "name": evil, "what": "changed", "properties": [
                    {"property": "LineUri", "old": ["tel:+33199001201"], "new": []}
                ]},
                {"kind": "voice-route", "name": evil, "what": "added", "properties": []},
                {"kind": "voice-route", "name": evil, "what": "removed", "properties": []}
            ],
            "commands": [format!("Remove-CsPhoneNumberAssignment -Identity '{evil}' -RemoveAll")],
            "undo": [],
            "irreversible": format!("`{evil}` can be restored for 30 days"),
            "remarks": [format!("`{evil}` loses its voicemail")]
        })
    );
    let refused = &plan["steps"][1]["acts"][0];
    assert_eq!(refused["outcome"], "refused");
    assert_eq!(refused["irreversible"], Value::Null);
    assert_eq!(refused["needs"][2]["met"], "unknown");
    assert_eq!(plan["steps"][2]["acts"], json!([]));
}

#[test]
fn the_envelope_field_by_field() {
    let document = value(&sample::report());
    let mut top = keys(&document);
    top.sort_unstable();
    assert_eq!(
        top,
        [
            "asOf",
            "coverage",
            "drift",
            "findings",
            "fixed",
            "plan",
            "problems",
            "redacted",
            "snapshots",
            "summary",
            "tool",
            "version"
        ]
    );
    assert_eq!(document["version"], 1);
    assert_eq!(
        document["tool"],
        json!({"name": "tenantlint", "version": env!("CARGO_PKG_VERSION"), "rules": "blake3:rules"})
    );
    assert_eq!(
        document["summary"],
        json!({"error": 2, "warning": 0, "info": 0, "excepted": 1, "baselined": 1, "problems": 2})
    );
    assert_eq!(
        document["snapshots"][0]["tenant"],
        json!({"id": sample::TENANT, "name": "Contoso"})
    );
    assert_eq!(
        document["snapshots"][1]["tenant"],
        json!({"id": null, "name": null})
    );
    assert_eq!(document["snapshots"][1]["exportedAt"], Value::Null);
    assert_eq!(
        document["snapshots"][1]["sources"][0]["export"],
        Value::Null
    );
    assert_eq!(document["findings"][1]["status"], "excepted");
    assert_eq!(document["findings"][2]["status"], "baselined");
    assert_eq!(
        document["coverage"][2],
        json!({
            "snapshot": 1, "rule": "stale-pstn-usage", "code": "OC001", "outcome": "not-evaluated", "examined": 0,
            "findings": 0, "unknown": 0, "superseded": 0, "why": "needs `Get-CsOnlineVoiceRoute`"
        })
    );
    assert_eq!(document["coverage"][0]["why"], Value::Null);
    assert_eq!(document["problems"][0]["blinds"], json!(["OC001"]));
    assert_eq!(document["problems"][0]["location"]["line"], 1);
    assert_eq!(document["problems"][1]["location"], Value::Null);
}

#[test]
fn a_finding_is_a_line_and_an_empty_report_is_valid() {
    let mut report = sample::report();
    let full = text(&report);
    assert!(
        full.starts_with("{\n  \"version\": 1,\n  \"tool\": {\n    \"name\": \"tenantlint\",\n"),
        "{full}"
    );
    assert!(
        full.contains("\n  \"drift\": null,\n  \"plan\": {\n"),
        "{full}"
    );
    let findings = full
        .lines()
        .filter(|line| line.starts_with("    {\"rule\":"));
    assert_eq!(findings.count(), 4);
    (report.snapshots, report.findings) = (vec![], vec![]);
    (report.coverage, report.problems) = (vec![], vec![]);
    report.plan = None;
    let empty = text(&report);
    assert!(empty.contains("\n  \"findings\": [],\n"), "{empty}");
    assert!(empty.ends_with("\n  \"plan\": null\n}\n"), "{empty}");
    let schema = jsonschema::draft202012::new(&schema()).expect("a valid schema");
    assert!(schema.is_valid(&serde_json::from_str(&empty).expect("JSON")));
}

#[test]
fn a_writer_that_fails_is_reported_as_it_failed() {
    struct Closed;
    impl std::io::Write for Closed {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let error = write(&sample::report(), &mut Closed).expect_err("the pipe is closed");
    assert_eq!(error.kind(), std::io::ErrorKind::BrokenPipe);
}
