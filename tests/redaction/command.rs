//! `--redact` and `--redact-key-file` of the built binary.

use std::path::Path;
use std::process::{Command, Output};

const KEY: &str = "correct-horse-4b1f-and-more";
const FORMATS: [&str; 12] = [
    "human", "concise", "json", "ndjson", "sarif", "junit", "markdown", "html", "csv", "github",
    "azure", "gitlab",
];

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tenantlint"))
        // In a workflow another format is the default.
        .env_remove("GITHUB_ACTIONS")
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("the binary runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

/// A folder with a sample in a folder that is called after a customer, and a key.
fn workplace(sample: &str) -> tempfile::TempDir {
    let place = tempfile::tempdir().expect("a folder");
    let customer = place.path().join("Zetavox GmbH/2026-09");
    std::fs::create_dir_all(&customer).expect("a folder");
    for (name, bytes) in crate::audits::sample(sample) {
        std::fs::write(customer.join(name), bytes).expect("a file");
    }
    std::fs::write(place.path().join("key"), format!("{KEY}\r\n")).expect("a file");
    place
}

const CHECK: [&str; 3] = ["check", "Zetavox GmbH/2026-09", "--redact"];

#[test]
fn paths_and_keys_are_in_no_format() {
    let place = workplace("contoso");
    // Packed data may hold any four letters.
    let packed = regex::Regex::new("[A-Za-z0-9+/=]{120,}").expect("a pattern");
    for format in FORMATS {
        let arguments = [
            &CHECK[..],
            &["--redact-key-file", "key", "--format", format],
        ]
        .concat();
        let output = run(place.path(), &arguments);
        assert_eq!(
            output.status.code(),
            Some(1),
            "{format}: {}",
            text(&output.stderr)
        );
        assert!(output.stderr.is_empty(), "{format}");
        let shown = text(&output.stdout);
        let shown = packed.replace_all(&shown, "").to_lowercase();
        for secret in [
            "zetavox",
            "gmbh",
            "2026-09/",
            "correct-horse",
            "and-more",
            "636f72726563742d",
        ] {
            assert!(!shown.contains(secret), "{format} tells {secret}");
        }
        assert!(shown.len() > 1000);
    }
}

#[test]
fn a_key_file_makes_pseudonyms_last_and_no_key_does_not() {
    let place = workplace("contoso");
    let with = [
        &CHECK[..],
        &["--redact-key-file", "key", "--format", "json"],
    ]
    .concat();
    assert_eq!(
        run(place.path(), &with).stdout,
        run(place.path(), &with).stdout
    );
    let without = [&CHECK[..], &["--format", "json"]].concat();
    let (one, other) = (run(place.path(), &without), run(place.path(), &without));
    assert_eq!(one.status.code(), Some(1));
    assert_ne!(one.stdout, other.stdout);
    // Another tenant has the same operators.
    std::fs::create_dir(place.path().join("other")).expect("a folder");
    let operators = "[{\"name\": \"Northwind Telecom\", \"status\": \"Suspended\"}]";
    std::fs::write(place.path().join("other/operators.json"), operators).expect("a file");
    let numbers = "[{\"TelephoneNumber\": \"+12065550151\", \"NumberType\": \"OperatorConnect\", \
        \"PstnPartnerName\": \"Northwind Telecom\", \"PstnAssignmentStatus\": \"UserAssigned\"}]";
    std::fs::write(
        place.path().join("other/Get-CsPhoneNumberAssignment.json"),
        numbers,
    )
    .expect("a file");
    let other = run(
        place.path(),
        &[
            "check",
            "other",
            "--redact",
            "--redact-key-file",
            "key",
            "--format",
            "json",
        ],
    );
    let first = text(&run(place.path(), &with).stdout);
    let other: serde_json::Value = serde_json::from_slice(&other.stdout).expect("JSON");
    let found = other["findings"].as_array().expect("findings");
    let operator = found
        .iter()
        .find(|one| one["subject"]["kind"] == "operator")
        .expect("it is suspended");
    let name = operator["subject"]["name"].as_str().expect("a name");
    assert!(name.starts_with("name-") && first.contains(name), "{name}");
}

#[test]
fn a_key_that_is_none_is_refused_before_anything_is_read() {
    let place = workplace("damaged");
    std::fs::write(place.path().join("short"), "0123456789abcde\n").expect("a file");
    for (file, says) in [("short", "fewer than 16 bytes"), ("absent", "cannot read")] {
        let output = run(
            place.path(),
            &[&CHECK[..], &["--redact-key-file", file]].concat(),
        );
        assert_eq!(output.status.code(), Some(2));
        assert!(output.stdout.is_empty());
        assert!(
            text(&output.stderr).contains(says),
            "{}",
            text(&output.stderr)
        );
    }
    let output = run(
        place.path(),
        &["check", "Zetavox GmbH/2026-09", "--redact-key-file", "key"],
    );
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn baselines_and_exceptions_match_what_is_plain() {
    let place = workplace("contoso");
    let project = "[[exceptions]]\nrule = \"OC001\"\nsubject = \"+12065550111\"\nexpires = 2027-03-31\n\
        reason = \"quixotically asked for by linda.park@contoso.example, see +12065550151\"\n\n\
        [[exceptions]]\nrule = \"OC001\"\nsubject = \"karim.benali@contoso.example\"\nreason = \"never of Quarterstaff\"\n";
    std::fs::write(place.path().join("tenantlint.toml"), project).expect("a file");
    let write = |name: &str, more: &[&str]| {
        let arguments = [
            &["check", "Zetavox GmbH/2026-09", "--write-baseline", name],
            more,
        ]
        .concat();
        run(place.path(), &arguments);
        std::fs::read(place.path().join(name)).expect("it was written")
    };
    assert_eq!(
        write("plain.json", &[]),
        write("beside.json", &["--redact"])
    );
    let with = [
        "--baseline",
        "plain.json",
        "--redact-key-file",
        "key",
        "--format",
    ];
    let output = run(place.path(), &[&CHECK[..], &with, &["json"]].concat());
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(report["summary"]["error"], 0);
    assert_eq!(report["summary"]["excepted"], 1);
    assert!(report["summary"]["baselined"].as_u64() > Some(100));
    let mut findings = report["findings"].as_array().expect("findings").iter();
    let excepted = findings
        .find(|one| one["status"] == "excepted")
        .expect("one is");
    let reason = excepted["reason"].as_str().expect("a reason");
    assert_eq!(reason, "(hidden)");
    for format in FORMATS {
        let shown = text(&run(place.path(), &[&CHECK[..], &with, &[format]].concat()).stdout);
        for secret in [
            "linda.park",
            "2065550151",
            "2065550111",
            "karim.benali",
            "quixotic",
            "Quarterstaff",
        ] {
            assert!(!shown.contains(secret), "{format} tells {secret}");
        }
    }
    // The project file is shown where an exception hides nothing.
    let shown = text(&run(place.path(), &[&CHECK[..], &with, &["human"]].concat()).stdout);
    assert!(
        shown.contains("hides nothing") && shown.contains("subject = \"name-"),
        "{shown}"
    );
}

#[test]
fn differences_are_redacted_as_well() {
    let place = workplace("contoso");
    let old = place.path().join("Zetavox GmbH/2026-09");
    let new = place.path().join("Zetavox GmbH/2026-10");
    std::fs::create_dir(&new).expect("a folder");
    for (name, bytes) in crate::audits::sample("contoso") {
        let changed = String::from_utf8_lossy(&bytes)
            .replace("sbc-sea.contoso.example", "sbc-sfo.contoso.example")
            .replace("\"Lobby\"", "\"Lobby of Marlowe\"")
            .replace("linda.park@", "linda.quarterstaff@")
            .replace("FR-National", "FR-Nationwide")
            .replace("\"UsageLocation\": \"DE\"", "\"UsageLocation\": \"FR\"")
            .replace("\"PolicyName\": \"", "\"PolicyName\": \"Vanished ");
        std::fs::write(new.join(name), changed).expect("a file");
    }
    let [old, new] = [&old, &new].map(|path| path.to_str().expect("UTF-8"));
    for format in FORMATS {
        let arguments = [
            "diff",
            old,
            new,
            "--redact",
            "--redact-key-file",
            "key",
            "--format",
            format,
        ];
        let shown = text(&run(place.path(), &arguments).stdout).to_lowercase();
        for secret in [
            "sbc-s",
            "contoso.ex",
            "marlowe",
            "linda",
            "quarterstaff",
            "fr-nation",
            "zetavox",
        ] {
            // The pages of the rules have examples.
            let is_page = matches!(format, "sarif") && matches!(secret, "contoso.ex" | "fr-nation");
            assert!(
                is_page || !shown.contains(secret),
                "{format} tells {secret}"
            );
        }
    }
    let arguments = [
        "diff",
        old,
        new,
        "--redact",
        "--redact-key-file",
        "key",
        "--format",
        "json",
    ];
    let report: serde_json::Value =
        serde_json::from_slice(&run(place.path(), &arguments).stdout).expect("JSON");
    let changes = report["drift"]["changes"].as_array().expect("changes");
    assert!(changes.len() > 3, "{changes:?}");
    let cause = |one: &serde_json::Value| {
        one["cause"]
            .as_str()
            .is_some_and(|cause| cause.contains("`name-"))
    };
    assert!(
        report["findings"]
            .as_array()
            .expect("findings")
            .iter()
            .any(cause)
    );
}

#[test]
fn a_history_is_kept_plain_and_its_trend_is_shown_redacted() {
    let place = workplace("contoso");
    let arguments = |format| {
        let more = ["--history", "runs.db", "--format", format];
        [&CHECK[..], &more].concat()
    };
    // A trend is of two runs at least.
    run(place.path(), &arguments("json"));
    let manifest = place.path().join("Zetavox GmbH/2026-09/manifest.json");
    let text_of = std::fs::read_to_string(&manifest).expect("a file");
    std::fs::write(
        &manifest,
        text_of.replace("2026-09-14T05:30", "2026-09-15T05:30"),
    )
    .expect("a file");
    let shown = text(&run(place.path(), &arguments("html")).stdout);
    assert!(shown.contains("2026-09-14") && shown.contains("2026-09-15"));
    // The pages of the rules, whose examples name Contoso, are packed.
    assert!(!shown.contains("Contoso") && !shown.contains("Zetavox"));
    let kept = text(&run(place.path(), &["history", "runs.db", "--format", "json"]).stdout);
    assert!(
        kept.contains("Contoso") && !kept.contains("name-"),
        "{kept}"
    );
}

#[test]
fn no_fingerprint_of_a_code_quality_report_is_that_of_the_plain_one() {
    let place = workplace("damaged");
    let fingerprints = |arguments: &[&str]| {
        let output = run(place.path(), &[arguments, &["--format", "gitlab"]].concat());
        let issues: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let issues = issues.as_array().expect("issues").iter();
        let of = |one: &serde_json::Value| one["fingerprint"].as_str().expect("one").to_owned();
        let mut all: Vec<String> = issues.map(of).collect();
        all.sort();
        all
    };
    let plain = fingerprints(&CHECK[..2]);
    let with_key = [&CHECK[..], &["--redact-key-file", "key"]].concat();
    let redacted = fingerprints(&with_key);
    assert!(plain.len() > 10 && plain.len() == redacted.len());
    for one in &plain {
        assert!(!redacted.contains(one), "{one}");
    }
    assert_eq!(redacted, fingerprints(&with_key));
    assert_ne!(redacted, fingerprints(&CHECK));
}
