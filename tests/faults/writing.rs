//! Where reports cannot be written: the old one stays, nothing else is left behind, and the run says so.

use std::path::Path;

use super::{contoso, listed, refuses, run, text};

const PLAN: &str = "[[step]]\nchange = \"unassign-number\"\nuser = \"nobody@contoso.example\"\n";

/// All ways to have a file written, with the file last.
const WAYS: [&[&str]; 8] = [
    &["check", "tenant", "--output"],
    &["check", "tenant", "--format", "html", "--output"],
    &["check", "tenant", "--write-baseline"],
    &["check", "tenant", "--report", "sarif="],
    &["diff", "tenant", "tenant", "--output"],
    &["script", "tenant", "--output"],
    &["plan", "tenant", "plan.toml", "--emit-script"],
    &["history", "runs.db", "--output"],
];

fn place() -> tempfile::TempDir {
    let folder = contoso();
    std::fs::write(folder.path().join("plan.toml"), PLAN).expect("written");
    let recorded = run(
        folder.path(),
        &["check", "tenant", "--history", "runs.db", "--quiet"],
    );
    assert_eq!(
        recorded.status.code(),
        Some(1),
        "{}",
        text(&recorded.stderr)
    );
    folder
}

/// The arguments of a way to a file.
fn to<'a>(way: &[&'a str], file: &'a str, joined: &'a mut String) -> Vec<&'a str> {
    let mut arguments = way.to_vec();
    match arguments.last() {
        Some(last) if last.ends_with('=') => {
            *joined = format!("{last}{file}");
            arguments.pop();
            arguments.push(joined);
        }
        _ => arguments.push(file),
    }
    arguments
}

fn write_to(folder: &Path, way: &[&str], file: &str) -> std::process::Output {
    let mut joined = String::new();
    run(folder, &to(way, file, &mut joined))
}

#[test]
fn a_folder_or_nothing_in_place_of_a_file_is_told() {
    let folder = place();
    let here = folder.path();
    std::fs::create_dir_all(here.join("folder/full")).expect("made");
    let before = listed(here);
    for way in WAYS {
        for file in ["folder", "nowhere/report", "plan.toml/below"] {
            let run = write_to(here, way, file);
            refuses(&run, &format!("error: cannot write `{file}`: "));
        }
        assert_eq!(listed(here), before, "{way:?}");
        assert_eq!(listed(&here.join("folder")), ["full"], "{way:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told() {
    let folder = place();
    let here = folder.path();
    for way in WAYS {
        refuses(
            &write_to(here, way, "/dev/full"),
            "error: cannot write `/dev/full`: No space left on device",
        );
    }
    for arguments in [
        &["check", "tenant"][..],
        &["check", "tenant", "--format", "json"],
        &["diff", "tenant", "tenant"],
        &["plan", "tenant", "plan.toml"],
        &["script", "tenant"],
        &["history", "runs.db"],
        &["explain", "OC001"],
        &["rules"],
        &["schema", "report"],
    ] {
        let full = std::fs::OpenOptions::new()
            .write(true)
            .open("/dev/full")
            .expect("Linux has it");
        let run = super::program(here)
            .args(arguments)
            .stdout(full)
            .output()
            .expect("it runs");
        refuses(
            &run,
            "error: cannot write the report: No space left on device",
        );
    }
    // A summary of a job is added to what is there.
    let run = super::program(here)
        .args(["check", "tenant"])
        .env("GITHUB_ACTIONS", "true")
        .env("GITHUB_STEP_SUMMARY", "/dev/full")
        .output()
        .expect("it runs");
    refuses(
        &run,
        "error: cannot write `/dev/full`: No space left on device",
    );
}

/// A limit to the size of files stands for a disk that becomes full half way.
#[cfg(unix)]
fn on_a_small_disk(folder: &Path, arguments: &[&str]) -> Option<std::process::Output> {
    let program = env!("CARGO_BIN_EXE_tenantlint");
    let script = "trap '' XFSZ; ulimit -f 1 || exit 77; exec \"$0\" \"$@\"";
    let run = std::process::Command::new("bash")
        .args(["-c", script, program])
        .args(arguments)
        .env_remove("GITHUB_ACTIONS")
        .current_dir(folder)
        .output()
        .ok()?;
    (run.status.code() != Some(77)).then_some(run)
}

#[cfg(unix)]
#[test]
fn a_disk_that_becomes_full_leaves_the_old_file() {
    let folder = place();
    let here = folder.path();
    std::fs::write(here.join("report"), "the old report").expect("written");
    let before = listed(here);
    for way in WAYS {
        let mut joined = String::new();
        let arguments = to(way, "report", &mut joined);
        let Some(run) = on_a_small_disk(here, &arguments) else {
            super::skipped("there is no bash that limits files");
            return;
        };
        // A script without steps and a baseline of a few findings may be that small.
        if run.status.code() != Some(2) {
            let size = std::fs::metadata(here.join("report"))
                .expect("it is there")
                .len();
            assert!(size <= 1024, "{way:?}: {size} bytes");
            std::fs::write(here.join("report"), "the old report").expect("written");
            continue;
        }
        refuses(&run, "error: cannot write `report`: File too large");
        let left = std::fs::read_to_string(here.join("report")).expect("it is there");
        assert_eq!(left, "the old report", "{way:?}");
        assert_eq!(listed(here), before, "{way:?}");
    }
    let run = on_a_small_disk(
        here,
        &[
            "check",
            "tenant",
            "--as-of",
            "2026-12-01",
            "--history",
            "runs.db",
        ],
    )
    .expect("as before");
    assert_eq!(run.status.code(), Some(2), "{}", text(&run.stderr));
    assert!(
        text(&run.stderr).starts_with("error: `runs.db` cannot be used: "),
        "{}",
        text(&run.stderr)
    );
    // What was recorded is still there.
    let history = self::run(here, &["history", "runs.db", "--format", "json"]);
    assert_eq!(history.status.code(), Some(0), "{}", text(&history.stderr));
    assert_eq!(text(&history.stdout).matches("\"digest\"").count(), 1);
}

#[cfg(unix)]
#[test]
fn permission_denied_is_told_and_leaves_the_old_file() {
    use std::os::unix::fs::PermissionsExt;

    let folder = place();
    let here = folder.path();
    std::fs::write(here.join("report"), "the old report").expect("written");
    let mode = |name: &str, mode| {
        std::fs::set_permissions(here.join(name), PermissionsExt::from_mode(mode))
            .expect("it is ours");
    };
    for name in listed(here) {
        if !here.join(&name).is_dir() {
            mode(&name, 0o444);
        }
    }
    for way in &WAYS[..7] {
        let Some(mut command) = super::unprivileged(here) else {
            return;
        };
        mode("", 0o555);
        let mut joined = String::new();
        let run = command
            .args(to(way, "report", &mut joined))
            .output()
            .expect("it runs");
        mode("", 0o755);
        refuses(&run, "error: cannot write `report`: Permission denied");
        let left = std::fs::read_to_string(here.join("report")).expect("it is there");
        assert_eq!(left, "the old report", "{way:?}");
    }
}

/// A report that is put in place keeps who may read it.
#[cfg(unix)]
#[test]
fn a_report_that_others_may_not_read_stays_so() {
    use std::os::unix::fs::PermissionsExt;

    let folder = place();
    let path = folder.path().join("report");
    std::fs::write(&path, "the old report").expect("written");
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).expect("it is ours");
    let run = write_to(folder.path(), WAYS[0], "report");
    assert_eq!(run.status.code(), Some(1), "{}", text(&run.stderr));
    let mode = std::fs::metadata(&path)
        .expect("it is there")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
}
