//! Several snapshots on one command line: what is wrong with one of them says nothing of the others.

use std::path::Path;

use serde_json::Value;

use crate::faults::{run, text};

const CLEAN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots/fabrikam");
const BAD: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots/contoso");

fn place() -> tempfile::TempDir {
    let place = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(place.path().join("vacant")).expect("made");
    place
}

/// A run and the report that it printed as JSON.
fn report(folder: &Path, arguments: &[&str], code: i32) -> Value {
    let run = run(
        folder,
        &[&["check", "--format", "json"], arguments].concat(),
    );
    let said = text(&run.stderr);
    assert_eq!(run.status.code(), Some(code), "{arguments:?}: {said}");
    serde_json::from_slice(&run.stdout).expect("a report")
}

fn problems(report: &Value) -> Vec<(u64, &str, &str)> {
    let problems = report["problems"].as_array().expect("a list");
    problems
        .iter()
        .map(|one| {
            (
                one["snapshot"].as_u64().expect("a number"),
                one["severity"].as_str().expect("a word"),
                one["message"].as_str().expect("a sentence"),
            )
        })
        .collect()
}

#[test]
fn a_baseline_does_not_take_one_tenant_for_another_where_none_tells_its_id() {
    let place = place();
    for name in ["one", "two"] {
        let folder = place.path().join(name);
        std::fs::create_dir(&folder).expect("made");
        let users = r#"[{"Identity":"00000000-0000-4000-8000-000000000001","UserPrincipalName":"a@contoso.example","AccountType":"User","LineUri":"tel:+12065550101","TeamsUpgradeEffectiveMode":"Islands","EnterpriseVoiceEnabled":true,"SoftDeletionTimestamp":null}]"#;
        std::fs::write(folder.join("Get-CsOnlineUser.json"), users).expect("written");
    }
    let arguments = ["one", "two", "--select", "US001", "--fail-on", "warning"];
    let written = run(
        place.path(),
        &[
            &["check"],
            &arguments[..],
            &["--write-baseline", "known.json"],
        ]
        .concat(),
    );
    assert!(text(&written.stdout).contains("does not tell its tenant"));
    let both = report(
        place.path(),
        &[&arguments[..], &["--baseline", "known.json"]].concat(),
        1,
    );
    let told = problems(&both).into_iter();
    let told = told.filter(|(.., said)| said.contains("does not tell its tenant"));
    assert_eq!(told.count(), 2);
    let findings = both["findings"].as_array().expect("a list");
    assert!(
        findings.iter().all(|one| one["status"] == "open"),
        "{findings:?}"
    );
    // One alone is the one that the baseline knows.
    let alone = [&["one"], &arguments[2..], &["--baseline", "known.json"]].concat();
    let alone = report(place.path(), &alone, 0);
    assert_eq!(alone["findings"][0]["status"], "baselined");
}

#[test]
fn each_of_many_tenants_is_judged_as_if_it_were_alone_at_any_number_of_threads() {
    let place = place();
    let alone = |path: &str| {
        let report = report(place.path(), &[path], i32::from(path == BAD));
        report["findings"].as_array().expect("a list").len()
    };
    let (clean, bad) = (alone(CLEAN), alone(BAD));
    assert!(clean < bad);
    // More than are read at once, in no order of size.
    let mut paths = [CLEAN, BAD, CLEAN, CLEAN].repeat(3);
    paths.push(BAD);
    let all = |threads: &str| {
        let arguments = [
            &["check", "--format", "json", "--threads", threads],
            &paths[..],
        ]
        .concat();
        let run = run(place.path(), &arguments);
        assert_eq!(run.status.code(), Some(1), "{}", text(&run.stderr));
        run.stdout
    };
    let one = all("1");
    assert!(one == all("3"), "the report depends on the threads");
    let report: Value = serde_json::from_slice(&one).expect("a report");
    for (number, path) in paths.iter().enumerate() {
        let findings = report["findings"].as_array().expect("a list").iter();
        let own = findings.filter(|one| one["snapshot"] == number);
        assert_eq!(
            own.count(),
            if *path == BAD { bad } else { clean },
            "{number}"
        );
        let shown = report["snapshots"][number]["path"]
            .as_str()
            .expect("a path");
        assert_eq!(shown, *path);
        let sources = report["snapshots"][number]["sources"]
            .as_array()
            .expect("a list");
        for source in sources {
            let source = source["path"].as_str().expect("a path");
            assert!(source.starts_with(path), "{source} is told of {path}");
        }
    }
}

#[test]
fn a_file_for_github_with_more_runs_than_it_takes_is_refused() {
    let place = place();
    let many = [CLEAN; 21];
    let wanted = ["check", "--format", "sarif", "--sarif-target", "github"];
    let refused = run(place.path(), &[&wanted[..], &many].concat());
    assert_eq!(refused.status.code(), Some(2));
    assert!(text(&refused.stderr).contains("at most 20 runs"));
}

#[test]
fn a_path_that_cannot_be_read_leaves_the_others_their_audit() {
    let place = place();
    let report = report(place.path(), &[BAD, "nosuch", CLEAN], 2);
    let [(1, "error", message)] = problems(&report)[..] else {
        panic!("{:?}", problems(&report));
    };
    assert!(message.starts_with("cannot read `nosuch`: "), "{message}");
    assert!(report["findings"].as_array().expect("a list").len() > 50);
    let said = run(place.path(), &["check", BAD, "nosuch"]).stderr;
    assert!(text(&said).contains("error: cannot read `nosuch`: "));
    // Where nothing can be read there is nothing to report.
    let nothing = run(
        place.path(),
        &["check", "nosuch", "neither", "--format", "json"],
    );
    assert_eq!(nothing.status.code(), Some(2));
    assert!(nothing.stdout.is_empty());
    let redacted = run(
        place.path(),
        &["check", CLEAN, "nosuch", "--redact", "--format", "concise"],
    );
    let shown = text(&redacted.stdout);
    assert!(
        shown.contains(": error: cannot read `") && !shown.contains("nosuch"),
        "{shown}"
    );
}

#[test]
fn a_tenant_with_nothing_to_audit_is_no_success_in_any_format() {
    let place = place();
    let sarif = |paths: &[&str]| -> Vec<bool> {
        let run = run(
            place.path(),
            &[&["check", "--format", "sarif"], paths].concat(),
        );
        assert_eq!(run.status.code(), Some(2));
        let log: Value = serde_json::from_slice(&run.stdout).expect("a log");
        let runs = log["runs"].as_array().expect("runs").iter();
        runs.map(|run| &run["invocations"][0]["executionSuccessful"])
            .map(|one| one.as_bool().expect("yes or no"))
            .collect()
    };
    assert_eq!(sarif(&[CLEAN, "vacant"]), [true, false]);
    assert_eq!(sarif(&["vacant"]), [false]);
    let nothing = "`vacant` holds no export that can be checked";
    let both = report(place.path(), &[CLEAN, "vacant"], 2);
    assert_eq!(problems(&both), [(1, "error", nothing)]);
    let one = report(place.path(), &["vacant"], 2);
    assert_eq!(problems(&one), [(0, "error", nothing)]);
    for format in [
        "concise", "human", "junit", "markdown", "html", "csv", "github", "gitlab",
    ] {
        let run = run(place.path(), &["check", "vacant", "--format", format]);
        assert_eq!(run.status.code(), Some(2), "{format}");
        let shown = text(&run.stdout);
        assert!(
            shown.contains("holds no export that can be checked"),
            "{format}: {shown}"
        );
        assert!(!shown.contains("Found nothing"), "{format}: {shown}");
    }
}

#[test]
fn what_was_known_stays_where_not_everything_was_audited() {
    let place = place();
    let known = place.path().join("known.json");
    std::fs::write(&known, "as before").expect("written");
    let more = ["--write-baseline", "known.json", "--history", "runs.db"];
    for paths in [&["vacant"][..], &["vacant", CLEAN], &[CLEAN, "nosuch"]] {
        let run = run(place.path(), &[&["check"], paths, &more[..]].concat());
        assert_eq!(run.status.code(), Some(2), "{paths:?}");
        assert!(text(&run.stderr).contains("`known.json` is left as it was"));
        assert_eq!(std::fs::read_to_string(&known).expect("there"), "as before");
        // Of the tenant that was judged a run is recorded.
        assert_eq!(place.path().join("runs.db").exists(), paths.len() > 1);
    }
}

#[test]
fn an_exception_ends_by_the_time_of_the_snapshot_that_it_is_about() {
    let place = place();
    let later = place.path().join("later");
    std::fs::create_dir(&later).expect("made");
    for entry in std::fs::read_dir(CLEAN).expect("the sample") {
        let from = entry.expect("an entry").path();
        let to = later.join(from.file_name().expect("a name"));
        if from.ends_with("manifest.json") {
            let manifest = std::fs::read_to_string(&from).expect("text");
            let moved = manifest.replace("2026-09-14T", "2031-09-14T");
            assert_ne!(moved, manifest);
            std::fs::write(to, moved).expect("written");
        } else if from.is_file() {
            std::fs::copy(from, to).expect("a copy");
        }
    }
    let config = "select = [\"OC001\"]\nfail-on = \"never\"\n[[exceptions]]\nrule = \"OC001\"\nsubject = \"*\"\n\
        tenant = \"Contoso\"\nreason = \"x\"\nexpires = 2026-12-31\n";
    std::fs::write(place.path().join("tenantlint.toml"), config).expect("written");
    let alone = report(place.path(), &[BAD], 0);
    let both = report(place.path(), &[BAD, "later"], 0);
    assert_eq!(both["summary"]["excepted"], alone["summary"]["excepted"]);
    let of_exceptions = |report: &Value| -> Vec<(u64, String)> {
        let problems = problems(report).into_iter();
        problems
            .filter(|(.., message)| message.starts_with("the exception"))
            .map(|(snapshot, _, message)| (snapshot, message.to_owned()))
            .collect()
    };
    assert_ne!(both["summary"]["excepted"], 0);
    assert_eq!(of_exceptions(&both), []);
    // A moment that is given is that of all.
    let late = ["--as-of", "2027-01-01T00:00:00Z"];
    let late = report(place.path(), &[&[BAD, "later"][..], &late].concat(), 0);
    let [(0, message)] = &of_exceptions(&late)[..] else {
        panic!("{:?}", problems(&late));
    };
    assert!(
        message.ends_with("what it accepted counts again"),
        "{message}"
    );
}

#[test]
fn what_is_wrong_with_the_project_file_is_told_of_the_tenant_concerned() {
    let place = place();
    let exceptions = "[[exceptions]]\nrule = \"OC001\"\nsubject = \"*\"\nreason = \"known\"\nmax-matches = 1\n\
        [[exceptions]]\nrule = \"US001\"\nsubject = \"x\"\ntenant = \"Contoso\"\nreason = \"old\"\nexpires = 2025-01-01\n";
    std::fs::write(place.path().join("rules.toml"), exceptions).expect("written");
    let arguments = [CLEAN, BAD, "--config", "rules.toml"];
    let report = report(place.path(), &arguments, 1);
    let problems = problems(&report);
    assert!(
        matches!(problems[..], [(1, "error", _), (1, "warning", _)]),
        "{problems:?}"
    );
    let shown = run(place.path(), &[&["check"], &arguments[..]].concat());
    let shown = text(&shown.stdout);
    let (clean, bad) = shown.split_once("snapshot 2 of 2").expect("two");
    assert!(!clean.contains("first:"), "{clean}");
    assert!(
        bad.contains("correct the project file: 1 error in it"),
        "{bad}"
    );
    assert!(!bad.contains("repair the export"), "{bad}");
}
