//! The built binary: exit codes, what goes where, and what it says when it cannot audit.

use std::path::Path;
use std::process::{Command, Output};

pub(crate) fn tenantlint(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tenantlint"))
        // In a workflow another format is the default.
        .env_remove("GITHUB_ACTIONS")
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("the binary runs")
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

pub(crate) fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, content) in files {
        std::fs::write(folder.path().join(name), content).expect("a file");
    }
    folder
}

pub(crate) fn path(folder: &tempfile::TempDir) -> &str {
    folder.path().to_str().expect("UTF-8")
}

#[test]
fn contoso_exits_with_one_in_every_format_and_fabrikam_with_zero() {
    for format in [
        "human", "concise", "json", "sarif", "ndjson", "junit", "markdown", "csv", "github",
        "azure", "gitlab", "html",
    ] {
        let run = tenantlint(&["check", "snapshots/contoso", "--format", format]);
        assert_eq!(run.status.code(), Some(1), "{format}");
        assert!(run.stderr.is_empty(), "{format}: {}", text(&run.stderr));
        assert!(!run.stdout.is_empty(), "{format}");
    }
    let run = tenantlint(&[
        "check",
        "snapshots/fabrikam",
        "--require-coverage",
        "--fail-on",
        "info",
    ]);
    assert_eq!(run.status.code(), Some(0), "{}", text(&run.stdout));
}

#[test]
fn fail_on_decides_what_fails() {
    let code = |arguments: &[&str]| tenantlint(arguments).status.code();
    assert_eq!(
        code(&["check", "snapshots/contoso", "--fail-on", "never"]),
        Some(0)
    );
    let info_only = [
        "check",
        "snapshots/contoso",
        "--config",
        "tests/fixtures/all-info.toml",
    ];
    assert_eq!(code(&info_only), Some(0));
    assert_eq!(
        code(&[&info_only[..], &["--fail-on", "info"]].concat()),
        Some(1)
    );
}

#[test]
fn selection_is_by_name_code_group_and_category() {
    let codes = |arguments: &[&str]| {
        let run = tenantlint(
            &[
                &["check", "snapshots/contoso", "--format", "concise"],
                arguments,
            ]
            .concat(),
        );
        let out = text(&run.stdout);
        let mut codes: Vec<&str> = ["OC001", "OP001", "RA001", "US001"]
            .into_iter()
            .filter(|code| out.contains(&format!("[{code}]")))
            .collect();
        codes.sort_unstable();
        codes.join(" ")
    };
    assert_eq!(codes(&[]), "OC001 OP001 RA001 US001");
    assert_eq!(
        codes(&["--select", "OC001,user-not-teams-only"]),
        "OC001 US001"
    );
    assert_eq!(codes(&["--select", "O"]), "");
    assert_eq!(codes(&["--select", "operators,RA"]), "OP001 RA001");
    assert_eq!(
        codes(&["--select", "ALL", "--ignore", "OC,US001"]),
        "OP001 RA001"
    );
}

#[test]
fn a_run_without_any_rule_is_no_audit() {
    for arguments in [
        &[
            "check",
            "snapshots/fabrikam",
            "--ignore",
            "ALL",
            "--require-coverage",
        ][..],
        &[
            "check",
            "snapshots/fabrikam",
            "--select",
            "OC001",
            "--ignore",
            "OC",
        ],
        &[
            "diff",
            "snapshots/fabrikam",
            "snapshots/fabrikam",
            "--ignore",
            "ALL",
        ],
        &["script", "snapshots/contoso", "--ignore", "ALL"],
    ] {
        let run = tenantlint(arguments);
        assert_eq!(run.status.code(), Some(2), "{arguments:?}");
        assert!(run.stdout.is_empty(), "{arguments:?}");
        assert!(
            text(&run.stderr).contains("error: no rule over tenants is on"),
            "{arguments:?}"
        );
    }
}

#[test]
fn an_empty_folder_exits_with_two_and_lists_the_cmdlets() {
    let empty = folder(&[]);
    let run = tenantlint(&["check", path(&empty)]);
    assert_eq!(run.status.code(), Some(2));
    assert!(text(&run.stdout).contains("nothing was checked"));
    let said = text(&run.stderr);
    for cmdlet in [
        "Get-CsOnlineUser",
        "Get-CsPhoneNumberAssignment",
        "Get-CsOnlineVoiceRoute",
    ] {
        assert!(said.contains(cmdlet), "{said}");
    }
}

#[test]
fn nothing_of_use_exits_with_two_and_names_the_files() {
    let useless = folder(&[("notes.json", "{\"title\": \"hello\", \"body\": 1}")]);
    let run = tenantlint(&["check", path(&useless)]);
    assert_eq!(run.status.code(), Some(2));
    let said = text(&run.stderr);
    assert!(
        said.contains("notes.json") && said.contains("`title`"),
        "{said}"
    );

    let run = tenantlint(&["check", "no/such/folder"]);
    assert_eq!(run.status.code(), Some(2));
    assert!(text(&run.stderr).contains("no/such/folder"));
}

#[test]
fn one_unreadable_snapshot_of_several_gives_two_after_the_others_are_reported() {
    let empty = folder(&[]);
    let run = tenantlint(&[
        "check",
        "snapshots/contoso",
        path(&empty),
        "--format",
        "concise",
    ]);
    assert_eq!(run.status.code(), Some(2));
    assert!(text(&run.stdout).contains("[OC001]"));
}

#[test]
fn broken_json_names_its_place_and_keeps_what_came_before() {
    let export = "[\n  {\"Identity\":\"2713551e-ed63-415d-9175-fc4ff825a0be\",\"UserPrincipalName\":\"a@contoso.example\",\"AccountType\":\"User\",\"LineUri\":\"tel:+14255550101\",\"EnterpriseVoiceEnabled\":true,\"TeamsUpgradeEffectiveMode\":\"Islands\",\"SoftDeletionTimestamp\":null},\n  {\"Identity\": oops}\n]\n";
    let broken = folder(&[("Get-CsOnlineUser.json", export)]);
    let run = tenantlint(&["check", path(&broken), "--color", "never"]);
    assert_eq!(run.status.code(), Some(1));
    let said = text(&run.stdout);
    assert!(said.contains("Get-CsOnlineUser.json:3:16"), "{said}");
    assert!(said.contains("expected value"), "{said}");
    assert!(
        said.contains("[US001]"),
        "the record before the break is judged: {said}"
    );
    assert!(said.contains("not evaluated:"), "{said}");

    let run = tenantlint(&["check", path(&broken), "--format", "concise"]);
    assert!(
        text(&run.stdout).contains("Get-CsOnlineUser.json:3:16: error:"),
        "{}",
        text(&run.stdout)
    );
}

#[test]
fn a_missing_export_fails_only_when_coverage_is_required() {
    let users = folder(&[(
        "Get-CsOnlineUser.json",
        "[{\"Identity\":\"2713551e-ed63-415d-9175-fc4ff825a0be\",\"AccountType\":\"User\",\"LineUri\":null,\"EnterpriseVoiceEnabled\":false,\"TeamsUpgradeEffectiveMode\":\"TeamsOnly\"}]",
    )]);
    assert_eq!(tenantlint(&["check", path(&users)]).status.code(), Some(0));
    let run = tenantlint(&["check", path(&users), "--require-coverage"]);
    assert_eq!(run.status.code(), Some(3));
    let said = text(&run.stdout);
    assert!(
        said.contains("not evaluated:") && said.contains("OC001"),
        "{said}"
    );
}

#[test]
fn mistakes_in_the_project_file_point_into_it() {
    let config = folder(&[(
        "tenantlint.toml",
        "selct = [\"ALL\"]\nignore = [\"stale-pstn-usag\"]\n",
    )]);
    let file = config.path().join("tenantlint.toml");
    let run = tenantlint(&[
        "check",
        "snapshots/contoso",
        "--color",
        "never",
        "--config",
        file.to_str().expect("UTF-8"),
    ]);
    assert_eq!(run.status.code(), Some(2));
    assert!(run.stdout.is_empty());
    let said = text(&run.stderr);
    assert!(said.contains("tenantlint.toml:1:1"), "{said}");
    assert!(
        said.contains("did you mean `select`") && said.contains("did you mean `stale-pstn-usage`"),
        "{said}"
    );
}

#[test]
fn a_project_file_is_found_upwards_and_never_inside_the_snapshot() {
    let project = folder(&[("tenantlint.toml", "select = [\"OP\"]\n")]);
    let below = project.path().join("a/b");
    std::fs::create_dir_all(&below).expect("folders");
    let contoso = Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots/contoso");
    let codes = |from: &Path, snapshot: &Path| {
        let run = Command::new(env!("CARGO_BIN_EXE_tenantlint"))
            // In a workflow another format is the default.
            .env_remove("GITHUB_ACTIONS")
            .args(["check", "--format", "concise"])
            .arg(snapshot)
            .current_dir(from)
            .output()
            .expect("the binary runs");
        let out = text(&run.stdout);
        (out.contains("[OP001]"), out.contains("[OC001]"))
    };
    assert_eq!(codes(&below, &contoso), (true, false));

    // The same file within a snapshot is only an unknown file of it.
    let snapshot = folder(&[("tenantlint.toml", "select = [\"OP\"]\n")]);
    for entry in std::fs::read_dir(&contoso).expect("the sample") {
        let from = entry.expect("an entry").path();
        if from.is_dir() {
            continue;
        }
        let to = snapshot.path().join(from.file_name().expect("a name"));
        std::fs::copy(from, to).expect("a copy");
    }
    let elsewhere = folder(&[]);
    assert_eq!(codes(elsewhere.path(), snapshot.path()), (true, true));
    // Nor is it obeyed by who stands in the snapshot, and who stands there is told.
    assert_eq!(codes(snapshot.path(), Path::new(".")), (true, true));
    let told = |more: &[&str]| {
        let run = Command::new(env!("CARGO_BIN_EXE_tenantlint"))
            .args(["check", ".", "--format", "concise"])
            .args(more)
            .current_dir(snapshot.path())
            .output()
            .expect("the binary runs");
        text(&run.stderr)
    };
    assert_eq!(
        told(&[]),
        "warning: `tenantlint.toml` lies inside a snapshot that is read, so it is not obeyed\n  \
         help: name it if it is yours: `--config tenantlint.toml`\n"
    );
    assert_eq!(told(&["--config", "tenantlint.toml"]), "");
}

#[test]
fn bare_files_form_one_snapshot() {
    let run = tenantlint(&[
        "check",
        "snapshots/contoso/Get-CsPhoneNumberAssignment.json",
        "snapshots/contoso/operators.json",
        "--select",
        "OP001",
        "--format",
        "concise",
    ]);
    assert_eq!(run.status.code(), Some(1));
    assert!(text(&run.stdout).contains("[OP001]"));
}

#[test]
fn as_of_overrides_the_time_of_the_export() {
    let run = tenantlint(&[
        "check",
        "snapshots/contoso",
        "--format",
        "json",
        "--as-of",
        "2027-01-01T00:00:00Z",
    ]);
    assert!(
        text(&run.stdout).contains("\"asOf\": \"2027-01-01T00:00:00Z\"")
            || text(&run.stdout).contains("\"asOf\":\"2027-01-01T00:00:00Z\"")
    );
    assert_eq!(
        tenantlint(&["check", "snapshots/contoso", "--as-of", "yesterday"])
            .status
            .code(),
        Some(2)
    );
}

#[test]
fn explain_rules_and_schema_print() {
    for arguments in [
        &["explain", "OC001"][..],
        &["explain", "stale-pstn-usage"],
        &["rules"],
        &["rules", "--format", "json"],
        &["rules", "--format", "markdown"],
    ] {
        let run = tenantlint(arguments);
        assert_eq!(run.status.code(), Some(0), "{arguments:?}");
        assert!(
            text(&run.stdout).contains("stale-pstn-usage"),
            "{arguments:?}"
        );
    }
    let run = tenantlint(&["schema", "report"]);
    assert_eq!(text(&run.stdout), tenantlint::report::json::SCHEMA);

    let run = tenantlint(&["explain", "stale-pstn-usag"]);
    assert_eq!(run.status.code(), Some(2));
    assert!(text(&run.stderr).contains("did you mean `stale-pstn-usage`"));
}

#[test]
fn wrong_usage_exits_with_two() {
    for arguments in [
        &["check"][..],
        &["check", "x", "--format", "yaml"],
        &["frobnicate"],
        &[],
    ] {
        assert_eq!(
            tenantlint(arguments).status.code(),
            Some(2),
            "{arguments:?}"
        );
    }
    assert_eq!(tenantlint(&["--help"]).status.code(), Some(0));
}

#[test]
fn max_findings_and_quiet_shape_the_human_report() {
    let run = tenantlint(&[
        "check",
        "snapshots/contoso",
        "--max-findings",
        "1",
        "--quiet",
        "--color",
        "never",
    ]);
    let out = text(&run.stdout);
    assert_eq!(
        out.matches("\n  more: tenantlint explain").count(),
        1,
        "{out}"
    );
    assert!(!out.contains("coverage:"), "{out}");
    let run = tenantlint(&["check", "snapshots/contoso", "--color", "always"]);
    assert!(text(&run.stdout).contains("\u{1b}["));
}

#[test]
fn stats_and_a_bar_stay_off_the_report() {
    let plain = tenantlint(&["check", "snapshots/fabrikam", "--format", "json"]);
    let told = tenantlint(&[
        "check",
        "snapshots/fabrikam",
        "--format=json",
        "--stats",
        "--progress=always",
    ]);
    assert_eq!(text(&plain.stdout), text(&told.stdout));
    assert_eq!(text(&plain.stderr), "");
    let said = text(&told.stderr);
    assert!(said.starts_with("stats: "), "{said}");
    for part in ["reading", "joining", "rules", "report", "in all"] {
        let is_there = |line: &str| line.trim_start().starts_with(part);
        assert!(said.lines().any(is_there), "{part}: {said}");
    }
}

#[test]
fn one_run_writes_every_report() {
    let folder = folder(&[("report.csv", "old")]);
    let file = |name: &str| folder.path().join(name);
    let further: Vec<String> = ["json", "sarif", "junit", "markdown", "csv", "gitlab"]
        .iter()
        .map(|format| format!("{format}={}", file(&format!("report.{format}")).display()))
        .collect();
    let output = file("report.txt");
    let mut arguments = vec!["check", "snapshots/contoso", "--format", "concise"];
    arguments.extend(["--output", output.to_str().expect("UTF-8")]);
    for report in &further {
        arguments.extend(["--report", report]);
    }
    let run = tenantlint(&arguments);
    assert_eq!(run.status.code(), Some(1), "{}", text(&run.stderr));
    assert!(run.stdout.is_empty(), "the report went to a file");
    for name in ["txt", "json", "sarif", "junit", "markdown", "csv", "gitlab"] {
        let written = std::fs::read_to_string(file(&format!("report.{name}"))).expect("written");
        assert!(written.contains("US001"), "{name}");
    }
    // Nothing half-written stays behind.
    let count = std::fs::read_dir(folder.path()).expect("a folder").count();
    assert_eq!(count, 7);
    let plain = tenantlint(&["check", "snapshots/contoso", "--format", "json"]).stdout;
    assert_eq!(std::fs::read(file("report.json")).expect("written"), plain);
}

#[test]
fn a_report_that_cannot_be_written_is_an_error() {
    let run = tenantlint(&[
        "check",
        "snapshots/contoso",
        "--report",
        "sarif=/no/such/folder/report.sarif",
    ]);
    assert_eq!(run.status.code(), Some(2));
    let said = text(&run.stderr);
    assert!(said.contains("cannot write `/no/such/folder/report.sarif`"));
    assert!(!said.contains(".tenantlint-"), "{said}");
    let plain = tenantlint(&["check", "snapshots/contoso"]).stdout;
    assert!(run.stdout == plain, "what was found is told all the same");
    for wrong in ["sarif", "sarif=", "pdf=x"] {
        let run = tenantlint(&["check", "snapshots/contoso", "--report", wrong]);
        assert_eq!(run.status.code(), Some(2), "{wrong}");
    }
}

#[test]
fn a_previous_snapshot_is_earlier_and_the_only_one_of_its_tenant() {
    let folder = folder(&[]);
    let at = |name: &str| folder.path().join(name);
    let contoso = Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots/contoso");
    for (name, day) in [("before", "2026-09-01T"), ("after", "2026-09-20T")] {
        std::fs::create_dir(at(name)).expect("made");
        for file in ["manifest.json", "Get-CsOnlineUser.json"] {
            let content = std::fs::read_to_string(contoso.join(file)).expect("text");
            let moved = content.replace("2026-09-14T", day);
            std::fs::write(at(name).join(file), moved).expect("written");
        }
    }
    let check = |previous: &[&str]| {
        let mut arguments = vec!["check".to_owned(), "snapshots/contoso".to_owned()];
        for name in previous {
            arguments.push("--previous".to_owned());
            arguments.push(at(name).display().to_string());
        }
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let run = tenantlint(&arguments);
        (run.status.code(), text(&run.stderr))
    };
    assert_eq!(check(&["before"]).0, Some(1));
    let (code, said) = check(&["after"]);
    assert_eq!(code, Some(2));
    assert!(
        said.contains("is no earlier snapshot: it was exported after"),
        "{said}"
    );
    let (code, said) = check(&["before", "before"]);
    assert_eq!(code, Some(2));
    assert!(said.contains("are of one tenant"), "{said}");
}

#[test]
fn no_report_takes_the_place_of_what_is_read_or_of_another_report() {
    let folder = folder(&[
        ("rules.toml", ""),
        ("key", "a key of sixteen bytes or more"),
    ]);
    let at = |name: &str| folder.path().join(name).display().to_string();
    let tenant = at("tenant");
    std::fs::create_dir(&tenant).expect("made");
    for file in std::fs::read_dir(sample("fabrikam")).expect("there") {
        let file = file.expect("read");
        if file.path().is_file() {
            let to = Path::new(&tenant).join(file.file_name());
            std::fs::copy(file.path(), to).expect("copied");
        }
    }
    let users = format!("{tenant}/Get-CsOnlineUser.json");
    let earlier = at("earlier");
    let of_earlier = format!("{earlier}/Get-CsOnlineUser.json");
    std::fs::create_dir(&earlier).expect("made");
    std::fs::copy(&users, &of_earlier).expect("copied");
    let (project_file, baseline, key) = (at("rules.toml"), at("known.json"), at("key"));
    let check = |more: &[&str]| tenantlint(&[&["check", tenant.as_str()], more].concat());
    let written = check(&["--write-baseline", &baseline]);
    assert_eq!(written.status.code(), Some(0), "{}", text(&written.stderr));

    let of = |format: &str, file: &str| format!("{format}={file}");
    let same = at("same");
    for (arguments, why) in [
        (vec!["--output", &users], "is an export that this run reads"),
        (vec!["--report", &of("csv", &users)], "is an export"),
        (vec!["--write-baseline", &users], "is an export"),
        (
            vec!["--config", &project_file, "--output", &project_file],
            "is the project file",
        ),
        (
            vec!["--baseline", &baseline, "--output", &baseline],
            "is the baseline",
        ),
        (
            vec!["--redact", "--redact-key-file", &key, "--output", &key],
            "is the key",
        ),
        (
            vec!["--previous", &earlier, "--output", &of_earlier],
            "is an export",
        ),
        (
            vec![
                "--report",
                &of("json", &same),
                "--report",
                &of("csv", &same),
            ],
            "two reports are to be written",
        ),
        (
            vec![
                "--output",
                &same,
                "--report",
                &of("json", &format!("{tenant}/../same")),
            ],
            "two reports",
        ),
        (
            vec!["--output", &same, "--write-baseline", &same],
            "the report and the baseline",
        ),
    ] {
        let before = listed(folder.path());
        let run = check(&arguments);
        assert_eq!(run.status.code(), Some(2), "{arguments:?}");
        assert!(run.stdout.is_empty(), "{arguments:?}");
        let said = text(&run.stderr);
        assert!(
            said.starts_with("error: ") && said.contains(why),
            "{arguments:?}: {said}"
        );
        assert_eq!(listed(folder.path()), before, "{arguments:?}");
    }
    // What is written instead of what was read as the same is wanted so, and a device holds nothing.
    let baselines = &["--baseline", &baseline, "--write-baseline", &baseline][..];
    let devices = &["--output", "/dev/null", "--report", "json=/dev/null"][..];
    for arguments in [baselines, if cfg!(unix) { devices } else { baselines }] {
        let run = check(arguments);
        assert_eq!(run.status.code(), Some(0), "{}", text(&run.stderr));
    }
    for arguments in [
        &["script", tenant.as_str(), "--output", &users][..],
        &["diff", &tenant, "snapshots/fabrikam", "--output", &users],
        &["plan", &tenant, "x.toml", "--emit-script", &users],
    ] {
        let run = tenantlint(arguments);
        assert_eq!(run.status.code(), Some(2), "{arguments:?}");
        assert!(text(&run.stderr).contains("is an export that this run reads"));
    }
}

fn sample(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("snapshots")
        .join(name)
}

/// The files below a folder with their bytes.
fn listed(folder: &Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).expect("there") {
        let path = entry.expect("read").path();
        if path.is_dir() {
            all.extend(listed(&path));
        } else {
            let bytes = std::fs::read(&path).expect("read");
            all.push((path, bytes));
        }
    }
    all.sort();
    all
}

#[test]
fn in_a_workflow_findings_are_annotations_and_the_job_has_a_summary() {
    let folder = folder(&[("summary.md", "# Another step\n")]);
    let summary = folder.path().join("summary.md");
    let run = |more: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_tenantlint"))
            .env("GITHUB_ACTIONS", "true")
            .env("GITHUB_STEP_SUMMARY", &summary)
            .args(["check", "snapshots/contoso"])
            .args(more)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .expect("the binary runs")
    };
    let plain = run(&["--format", "concise"]);
    assert!(!text(&plain.stdout).contains("::error"));
    assert_eq!(
        std::fs::read_to_string(&summary).expect("there"),
        "# Another step\n"
    );
    let annotated = run(&[]);
    assert!(text(&annotated.stdout).starts_with("::error file=snapshots/contoso/"));
    let written = std::fs::read_to_string(&summary).expect("there");
    assert!(
        written.starts_with("# Another step\n# tenantlint\n"),
        "{written}"
    );
}

/// Whom a rule could not judge is named where runs are compared: of all others it says what is fixed.
#[test]
fn what_is_fixed_is_told_beside_whom_nobody_could_judge() {
    let user = |number: u8, mode: &str| {
        format!(
            r#"{{"Identity": "00000000-0000-4000-8000-00000000000{number}",
            "UserPrincipalName": "user{number}@contoso.example", "AccountType": "User",
            "EnterpriseVoiceEnabled": true, "LineUri": "tel:+3319900120{number}",
            "TeamsUpgradeEffectiveMode": {mode}, "TeamsUpgradePolicy": null,
            "SoftDeletionTimestamp": null}}"#
        )
    };
    let users = |modes: [&str; 2]| format!("[{}, {}]", user(1, modes[0]), user(2, modes[1]));
    let wrong = users(["\"Islands\"", "\"Islands\""]);
    let better = users(["\"TeamsOnly\"", "null"]);
    let name = "Get-CsOnlineUser.json";
    let (wrong, better) = (folder(&[(name, &wrong)]), folder(&[(name, &better)]));
    let file = wrong.path().join("known");
    let file = file.to_str().expect("UTF-8");
    let check = ["check", "--select", "US001", "--format", "json"];
    let run = |more: &[&str]| tenantlint(&[&check, more].concat());
    run(&[path(&wrong), "--write-baseline", file]);
    let compared = run(&[path(&better), "--baseline", file]);
    let report: serde_json::Value = serde_json::from_slice(&compared.stdout).expect("JSON");
    let fixed = report["fixed"].as_array().expect("a list");
    assert_eq!(fixed.len(), 1, "{fixed:?}");
    assert_eq!(fixed[0]["subject"], "user1@contoso.example");
}

#[test]
fn a_baseline_written_by_one_run_is_read_by_the_next() {
    let folder = folder(&[("wrong.json", "[]")]);
    let file = folder.path().join("baseline.json");
    let file = file.to_str().expect("UTF-8");
    let run = tenantlint(&["check", "snapshots/contoso", "--write-baseline", file]);
    assert_eq!(run.status.code(), Some(1), "writing one changes no verdict");
    let run = tenantlint(&[
        "check",
        "snapshots/contoso",
        "--baseline",
        file,
        "--fail-on",
        "info",
    ]);
    assert_eq!(run.status.code(), Some(0), "{}", text(&run.stdout));
    assert!(text(&run.stdout).contains("known from the baseline"));
    let run = tenantlint(&["check", "snapshots/fabrikam", "--baseline", file]);
    assert!(
        !text(&run.stdout).contains("of the baseline"),
        "another tenant"
    );
    for wrong in ["wrong.json", "missing.json"] {
        let wrong = folder.path().join(wrong);
        let run = tenantlint(&[
            "check",
            "snapshots/contoso",
            "--baseline",
            wrong.to_str().expect("UTF-8"),
        ]);
        assert_eq!(run.status.code(), Some(2));
        assert!(
            text(&run.stderr).contains("baseline") || text(&run.stderr).contains("cannot read")
        );
    }
}

/// A folder with the sample's users only, in one mode each; the tenant is that of the sample or another one.
fn users(mode: &str, tenant: &str) -> tempfile::TempDir {
    let user = format!(
        r#"[{{"Identity":"2713551e-ed63-415d-9175-fc4ff825a0be","UserPrincipalName":"ana.lopez@contoso.example",
            "AccountType":"User","EnterpriseVoiceEnabled":true,"LineUri":"tel:+12065550101","SoftDeletionTimestamp":null,
            "TeamsUpgradeEffectiveMode":"{mode}","TenantId":"{tenant}"}}]"#
    );
    folder(&[("Get-CsOnlineUser.json", &user)])
}

#[test]
fn diff_fails_for_what_is_new_only() {
    let tenant = "77fb2c0a-9f29-478f-bcd7-fb5e6967d9e8";
    let (good, bad) = (users("TeamsOnly", tenant), users("Islands", tenant));
    let run = |old: &tempfile::TempDir, new: &tempfile::TempDir| {
        let run = tenantlint(&[
            "diff",
            path(old),
            path(new),
            "--format",
            "concise",
            "--fail-on",
            "warning",
        ]);
        (run.status.code(), text(&run.stdout))
    };
    let (code, said) = run(&good, &bad);
    assert_eq!(code, Some(1), "{said}");
    assert!(
        said.contains("[US001]") && said.contains("; cause: user"),
        "{said}"
    );
    let (code, said) = run(&bad, &good);
    assert_eq!(code, Some(0), "{said}");
    assert!(
        said.contains("nothing new") && said.contains("1 fixed"),
        "{said}"
    );
    let (code, said) = run(&bad, &bad);
    assert_eq!(code, Some(0), "{said}");
    assert!(
        said.contains("1 unchanged") && !said.contains("changed["),
        "{said}"
    );
}

#[test]
fn diff_refuses_what_cannot_be_compared() {
    let one = users("Islands", "77fb2c0a-9f29-478f-bcd7-fb5e6967d9e8");
    let other = users("Islands", "11111111-2222-4333-8444-555555555555");
    let run = tenantlint(&["diff", path(&one), path(&other)]);
    assert_eq!(run.status.code(), Some(2));
    assert!(
        text(&run.stderr).contains("two tenants"),
        "{}",
        text(&run.stderr)
    );
    let empty = folder(&[("notes.txt", "nothing")]);
    for (old, new) in [(&one, &empty), (&empty, &one)] {
        let run = tenantlint(&["diff", path(old), path(new)]);
        assert_eq!(run.status.code(), Some(2), "{}", text(&run.stdout));
        assert!(!run.stderr.is_empty());
    }
    let run = tenantlint(&["diff", path(&one), "no/such/folder"]);
    assert_eq!(run.status.code(), Some(2));
    assert!(
        text(&run.stderr).contains("no/such/folder"),
        "{}",
        text(&run.stderr)
    );
}

#[test]
fn diff_tells_of_an_exception_that_ended() {
    let tenant = "77fb2c0a-9f29-478f-bcd7-fb5e6967d9e8";
    let at = |day: &str| {
        let folder = users("Islands", tenant);
        let manifest = format!(r#"{{"tenantId":"{tenant}","exportedAt":"{day}T05:30:00Z"}}"#);
        std::fs::write(folder.path().join("manifest.json"), manifest).expect("a file");
        folder
    };
    let (old, new) = (at("2026-09-14"), at("2026-10-14"));
    let config = folder(&[(
        "tenantlint.toml",
        "[[exceptions]]\nrule = \"US001\"\nsubject = \"*\"\nreason = \"until they moved\"\nexpires = 2026-09-30\n",
    )]);
    let config = format!("{}/tenantlint.toml", path(&config));
    let run = tenantlint(&[
        "diff",
        path(&old),
        path(&new),
        "--config",
        &config,
        "--format",
        "concise",
    ]);
    let said = text(&run.stdout);
    let cause = "; cause: the exception that accepted it does so no longer";
    assert!(said.contains(cause), "{said}{}", text(&run.stderr));
}
