//! What goes wrong around the program: with the files that it reads, where it writes, and while it runs. In each case it
//! says what is wrong, and ends with the code that it promises.

mod changed;
#[cfg(unix)]
mod history;
pub(crate) mod limits;
mod reading;
mod writing;

use std::path::Path;
use std::process::{Command, Output};

/// The built program, at home in a folder.
pub(crate) fn program(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tenantlint"));
    command
        .env_remove("GITHUB_ACTIONS")
        .env_remove("GITHUB_STEP_SUMMARY")
        .current_dir(folder);
    command
}

/// Runs the program in a folder.
pub(crate) fn run(folder: &Path, arguments: &[&str]) -> Output {
    program(folder)
        .args(arguments)
        .output()
        .expect("the program runs")
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

/// Holds that a run could not do what it was to do, and says so.
fn refuses(run: &Output, with: &str) {
    let said = text(&run.stderr);
    assert!(said.contains(with), "{with:?} is not in {said}");
    assert_eq!(run.status.code(), Some(2), "{said}");
    assert!(!said.contains("panicked"), "{said}");
}

/// A folder with contoso in `tenant`.
fn contoso() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let tenant = folder.path().join("tenant");
    std::fs::create_dir(&tenant).expect("a folder");
    for (name, bytes) in crate::audits::sample("contoso") {
        std::fs::write(tenant.join(name), bytes).expect("a file");
    }
    folder
}

/// Says that a test could not be made here.
#[cfg(unix)]
#[expect(
    clippy::print_stderr,
    reason = "a test that says nothing would count as passed"
)]
fn skipped(why: &str) {
    eprintln!("skipped: {why}");
}

/// Names of what is in a folder, sorted.
fn listed(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("it can be listed");
    let mut names: Vec<String> = entries
        .map(|entry| {
            let name = entry.expect("it can be listed").file_name();
            name.to_string_lossy().into_owned()
        })
        .collect();
    names.sort();
    names
}

/// The program run by somebody whom the modes of files bind, which is not so for root. `None` where there is nobody
/// like that who can run it: the test says so and ends.
#[cfg(unix)]
fn unprivileged(folder: &Path) -> Option<Command> {
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::process::CommandExt;

    std::fs::set_permissions(folder, PermissionsExt::from_mode(0o755)).expect("it is ours");
    let probe = folder.join("probe");
    std::fs::write(&probe, "x").expect("a file");
    std::fs::set_permissions(&probe, PermissionsExt::from_mode(0o0)).expect("it is ours");
    let is_bound = std::fs::read(&probe).is_err();
    std::fs::remove_file(&probe).expect("it is ours");
    let mut command = program(folder);
    if is_bound {
        return Some(command);
    }
    let nobody = 65_534;
    command.uid(nobody).gid(nobody);
    let mut first = program(folder);
    first.uid(nobody).gid(nobody).arg("--version");
    let runs = first.output().is_ok_and(|run| run.status.success());
    if !runs {
        skipped(concat!(
            "only root can run ",
            env!("CARGO_BIN_EXE_tenantlint")
        ));
    }
    runs.then_some(command)
}
