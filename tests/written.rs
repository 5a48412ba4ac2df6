//! Where the built binary writes: what goes wrong with one output keeps nothing from the others, and what it wrote it
//! knows again.

use std::path::Path;
use std::process::Command;

use crate::cli::{folder, path, tenantlint, text};

#[test]
fn what_cannot_be_written_keeps_no_report_from_its_reader() {
    let summary = Command::new(env!("CARGO_BIN_EXE_tenantlint"))
        .env("GITHUB_ACTIONS", "true")
        .env("GITHUB_STEP_SUMMARY", "/no/such/summary.md")
        .args(["check", "snapshots/contoso"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("the binary runs");
    assert_eq!(summary.status.code(), Some(2));
    assert!(text(&summary.stdout).contains("::error "));
    assert!(text(&summary.stderr).contains("cannot write `/no/such/summary.md`"));
    let folder = folder(&[]);
    let at = |name: &str| format!("{}/{name}", path(&folder));
    let (known, csv) = (at("known.json"), format!("csv={}", at("report.csv")));
    let nowhere = at("no/such.json");
    let json = format!("json={nowhere}");
    let run = tenantlint(&[
        "check",
        "snapshots/contoso",
        "--output",
        &nowhere,
        "--report",
        &json.replace("such", "other"),
        "--report",
        &csv,
        "--write-baseline",
        &known,
    ]);
    assert_eq!(run.status.code(), Some(2));
    assert_eq!(text(&run.stderr).matches("error: cannot write").count(), 2);
    assert!(Path::new(&at("report.csv")).exists() && Path::new(&known).exists());
}

#[cfg(unix)]
#[test]
fn a_report_behind_a_link_is_replaced_and_the_link_stays() {
    let folder = folder(&[("real", "old")]);
    let link = folder.path().join("link");
    std::os::unix::fs::symlink("real", &link).expect("a link");
    let output = link.to_str().expect("UTF-8");
    let run = tenantlint(&["check", "snapshots/fabrikam", "--output", output]);
    assert_eq!(run.status.code(), Some(0), "{}", text(&run.stderr));
    assert!(link.is_symlink());
    let written = std::fs::read_to_string(folder.path().join("real")).expect("text");
    assert!(written.contains("fabrikam"), "{written}");
}

#[test]
fn a_dash_is_standard_output_for_one_report() {
    let folder = folder(&[]);
    let run = |arguments: &[&str]| {
        let contoso = concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots/contoso");
        let arguments = arguments.iter().map(|one| one.replace("SNAPSHOT", contoso));
        Command::new(env!("CARGO_BIN_EXE_tenantlint"))
            .env_remove("GITHUB_ACTIONS")
            .args(arguments)
            .current_dir(folder.path())
            .output()
            .expect("the binary runs")
    };
    let check = run(&["check", "SNAPSHOT", "--format", "concise", "--output", "-"]);
    assert_eq!(check.status.code(), Some(1));
    assert!(text(&check.stdout).contains("[US001]"));
    let script = run(&["script", "SNAPSHOT", "--output", "-"]);
    assert!(text(&script.stdout).contains("-Apply"));
    for (arguments, hint) in [
        (
            &["check", "SNAPSHOT", "--report", "json=-"][..],
            "write --format json",
        ),
        (
            &["check", "SNAPSHOT", "--write-baseline", "-"],
            "name a file, or write `./-`",
        ),
        (&["check", "-"], "write what it holds into a file"),
    ] {
        let refused = run(arguments);
        let said = text(&refused.stderr);
        assert_eq!(refused.status.code(), Some(2), "{said}");
        assert!(said.contains(hint), "{said}");
    }
    let made = std::fs::read_dir(folder.path()).expect("a folder").count();
    assert_eq!(made, 0, "no file is called `-`");
}

#[test]
fn what_was_written_beside_the_exports_is_left_out() {
    let folder = folder(&[]);
    for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots/contoso"))
        .expect("the sample")
    {
        let from = entry.expect("an entry").path();
        if from.is_file() {
            let to = folder.path().join(from.file_name().expect("a name"));
            std::fs::copy(from, to).expect("a copy");
        }
    }
    let at = |name: &str| folder.path().join(name).display().to_string();
    let of = |format: &str, name: &str| format!("{format}={}", at(name));
    let (json, ndjson, csv) = (
        of("json", "report.json"),
        of("ndjson", "stream.json"),
        of("csv", "report.csv"),
    );
    let written = tenantlint(&[
        "check",
        path(&folder),
        "--report",
        &json,
        "--report",
        &ndjson,
        "--report",
        &csv,
        "--write-baseline",
        &at("known.json"),
    ]);
    assert_eq!(written.status.code(), Some(1), "{}", text(&written.stderr));
    let again = tenantlint(&["check", path(&folder), "--format", "json"]);
    let report: serde_json::Value = serde_json::from_slice(&again.stdout).expect("JSON");
    let problems = report["problems"].as_array().expect("a list");
    let own: Vec<(&str, &str)> = problems
        .iter()
        .map(|one| {
            let message = one["message"].as_str().expect("a sentence");
            (one["severity"].as_str().expect("a word"), message)
        })
        .filter(|(_, message)| {
            let names = ["report.json", "stream.json", "report.csv", "known.json"];
            names.iter().any(|name| message.contains(name))
        })
        .collect();
    assert_eq!(own.len(), 4, "{own:?}");
    for (severity, message) in own {
        assert_eq!(severity, "info", "{message}");
        assert!(
            message.ends_with("of tenantlint, and is left out"),
            "{message}"
        );
    }
}
