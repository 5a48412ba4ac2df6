//! A history that may only be read, or that lies where nothing may be made.

use std::os::unix::fs::PermissionsExt;

use super::{contoso, refuses, run, text, unprivileged};

#[test]
fn a_read_only_history_is_read_and_not_recorded_in() {
    let folder = contoso();
    let here = folder.path();
    let recorded = run(
        here,
        &["check", "tenant", "--history", "runs.db", "--quiet"],
    );
    assert_eq!(
        recorded.status.code(),
        Some(1),
        "{}",
        text(&recorded.stderr)
    );
    let told = run(here, &["history", "runs.db"]);
    let path = here.join("runs.db");
    let before = std::fs::read(&path).expect("it is there");
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o444)).expect("it is ours");
    for mode in [0o755, 0o555] {
        let command = || {
            let command = unprivileged(here)?;
            std::fs::set_permissions(here, PermissionsExt::from_mode(mode)).expect("it is ours");
            Some(command)
        };
        let Some(mut read) = command() else {
            return;
        };
        let seen = read.args(["history", "runs.db"]).output().expect("it runs");
        assert_eq!(seen.status.code(), Some(0), "{}", text(&seen.stderr));
        assert_eq!(text(&seen.stdout), text(&told.stdout));
        let mut check = command().expect("as before");
        let arguments = [
            "check",
            "tenant",
            "--as-of",
            "2026-12-01",
            "--history",
            "runs.db",
        ];
        let refused = check.args(arguments).output().expect("it runs");
        refuses(&refused, "error: `runs.db` may not be written to");
        assert_eq!(text(&refused.stdout), "");
        let mut check = command().expect("as before");
        let refused = check
            .args(["check", "tenant", "--history", "tenant.db"])
            .output()
            .expect("it runs");
        refuses(&refused, "error: `tenant.db` cannot be used: ");
        std::fs::set_permissions(here, PermissionsExt::from_mode(0o755)).expect("it is ours");
    }
    assert_eq!(std::fs::read(&path).expect("it is there"), before);
}
