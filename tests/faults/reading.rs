//! Files that cannot be read, or should not be.

use std::path::Path;

use super::{contoso, refuses, run, text};

/// The messages of a check in one line each.
fn problems(folder: &Path, code: i32) -> String {
    let check = run(folder, &["check", "tenant", "--format", "concise"]);
    assert_eq!(check.status.code(), Some(code), "{}", text(&check.stderr));
    text(&check.stdout)
}

#[test]
fn what_is_not_there_is_named() {
    let folder = contoso();
    for (path, why) in [
        ("nowhere", "cannot read `nowhere`"),
        ("tenant/manifest.json/below", "below`"),
    ] {
        for arguments in [
            vec!["check", path],
            vec!["diff", path, "tenant"],
            vec!["plan", path, "x.toml"],
            vec!["plan", "tenant", path],
            vec!["script", path],
            vec!["history", path],
            vec!["check", "tenant", "--config", path],
            vec!["check", "tenant", "--baseline", path],
            vec!["check", "tenant", "--previous", path],
            vec!["check", "tenant", "--redact", "--redact-key-file", path],
        ] {
            let run = run(folder.path(), &arguments);
            assert_eq!(run.status.code(), Some(2), "{arguments:?}");
            let said = text(&run.stderr);
            let is_told = said.contains(why)
                || said.contains("x.toml")
                || said.contains("does not exist")
                || said.contains("cannot be used");
            assert!(
                is_told && said.starts_with("error: "),
                "{arguments:?}: {said}"
            );
        }
    }
}

#[test]
fn a_folder_in_place_of_a_file_is_told() {
    let folder = contoso();
    for arguments in [
        ["check", "tenant", "--config", "tenant"],
        ["check", "tenant", "--baseline", "tenant"],
        ["plan", "tenant", "tenant", "--quiet"],
        ["check", "tenant", "--history", "."],
    ] {
        refuses(&run(folder.path(), &arguments), "error: ");
    }
    // As an export it is a folder of exports: none in this case, and the rest is checked.
    std::fs::create_dir(folder.path().join("tenant/users.json")).expect("made");
    problems(folder.path(), 1);
}

#[test]
fn hidden_files_are_no_exports() {
    let folder = contoso();
    let before = problems(folder.path(), 1);
    // What a run leaves that was killed while it wrote a report.
    std::fs::write(
        folder.path().join("tenant/.tenantlint-Ab3dE6"),
        "{\"findings\": [",
    )
    .expect("written");
    assert_eq!(problems(folder.path(), 1), before);
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::process::{Command, Stdio};

    use super::super::unprivileged;
    use super::*;

    #[test]
    fn links_in_a_circle_end() {
        let folder = contoso();
        let tenant = folder.path().join("tenant");
        let before = problems(folder.path(), 1);
        symlink(".", tenant.join("loop")).expect("linked");
        symlink("..", tenant.join("up")).expect("linked");
        symlink("a.json", tenant.join("b.json")).expect("linked");
        symlink("b.json", tenant.join("a.json")).expect("linked");
        symlink("gone.json", tenant.join("broken.json")).expect("linked");
        let after = problems(folder.path(), 1);
        let added: Vec<&str> = after
            .lines()
            .filter(|line| !before.contains(line))
            .collect();
        for (name, why) in [
            ("loop", "is left out: it is a link to a folder"),
            ("up", "is left out: it is a link to a folder"),
            ("a.json", "cannot be read: "),
            ("b.json", "cannot be read: "),
            ("broken.json", "cannot be read: No such file"),
        ] {
            let told = added
                .iter()
                .filter(|line| line.contains(&format!("`tenant/{name}` {why}")));
            assert_eq!(told.count(), 1, "{name}: {added:?}");
        }
        // Those, and the summary, which counts them.
        assert_eq!(added.len(), 6, "{added:?}");
    }

    #[test]
    fn a_linked_file_is_an_export_and_a_linked_snapshot_a_snapshot() {
        let folder = contoso();
        let before = problems(folder.path(), 1);
        let tenant = folder.path().join("tenant");
        let elsewhere = folder.path().join("elsewhere.json");
        std::fs::rename(tenant.join("operators.json"), &elsewhere).expect("moved");
        symlink(&elsewhere, tenant.join("operators.json")).expect("linked");
        assert_eq!(problems(folder.path(), 1), before);
        std::fs::rename(&tenant, folder.path().join("real")).expect("moved");
        symlink("real", &tenant).expect("linked");
        assert_eq!(problems(folder.path(), 1), before);
    }

    #[test]
    fn folders_without_end_are_told() {
        let folder = contoso();
        let deep = "d/".repeat(40);
        let path = folder.path().join("tenant").join(deep);
        std::fs::create_dir_all(&path).expect("made");
        std::fs::write(path.join("x.json"), "[]").expect("written");
        let after = problems(folder.path(), 1);
        assert!(
            after.contains("d` is left out: it is more than 32 folders deep"),
            "{after}"
        );
    }

    #[test]
    fn pipes_and_devices_are_not_waited_for() {
        let folder = contoso();
        let pipe = folder.path().join("tenant/pipe.json");
        let made = Command::new("mkfifo").arg(&pipe).status();
        if !made.is_ok_and(|made| made.success()) {
            super::super::skipped("there is no mkfifo");
            return;
        }
        let after = problems(folder.path(), 1);
        assert!(
            after.contains("`tenant/pipe.json` is left out: it is neither a file nor a folder"),
            "{after}"
        );
        for path in ["tenant/pipe.json", "/dev/null"] {
            refuses(
                &run(folder.path(), &["check", path]),
                "is neither a file nor a folder",
            );
        }
    }

    #[test]
    fn what_has_no_end_is_not_read_to_it() {
        let folder = contoso();
        for (option, what) in [("--config", "project file"), ("--redact-key-file", "key")] {
            let mut arguments = vec!["check", "tenant", option, "/dev/zero"];
            if what == "key" {
                arguments.push("--redact");
            }
            refuses(
                &run(folder.path(), &arguments),
                &format!("`/dev/zero` is longer than any {what}"),
            );
        }
        refuses(
            &run(folder.path(), &["plan", "tenant", "/dev/zero"]),
            "longer than any plan",
        );
    }

    #[test]
    fn permission_denied_is_told_and_blinds() {
        let folder = contoso();
        let Some(mut check) = unprivileged(folder.path()) else {
            return;
        };
        let users = folder.path().join("tenant/Get-CsOnlineUser.json");
        std::fs::set_permissions(users, PermissionsExt::from_mode(0o0)).expect("it is ours");
        let closed = folder.path().join("closed");
        std::fs::create_dir(&closed).expect("made");
        let seen = check
            .args([
                "check",
                "tenant",
                "--format",
                "concise",
                "--require-coverage",
            ])
            .output()
            .expect("it runs");
        let said = text(&seen.stdout);
        assert!(
            said.contains("`tenant/Get-CsOnlineUser.json` cannot be read: Permission denied"),
            "{said}"
        );
        assert_eq!(seen.status.code(), Some(3), "{said}");
        std::fs::set_permissions(&closed, PermissionsExt::from_mode(0o0)).expect("it is ours");
        let mut check = unprivileged(folder.path()).expect("as before");
        let seen = check.args(["check", "closed"]).output().expect("it runs");
        refuses(&seen, "cannot read `closed`: Permission denied");
        std::fs::set_permissions(&closed, PermissionsExt::from_mode(0o755)).expect("it is ours");
    }

    #[test]
    fn a_reader_who_has_read_enough_is_no_fault() {
        let folder = contoso();
        for format in crate::hostile::FORMATS {
            let mut check = super::super::program(folder.path())
                .args(["check", "tenant", "--format", format])
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .expect("it runs");
            // Nobody reads, before anything is written.
            drop(check.stdout.take());
            let end = check.wait_with_output().expect("it ends");
            assert_eq!(end.status.code(), Some(0), "{format}");
            assert_eq!(text(&end.stderr), "", "{format}");
        }
    }

    #[test]
    fn an_error_that_nobody_reads_is_one() {
        let folder = contoso();
        for arguments in [
            vec!["check", "nowhere"],
            vec!["explain", "nothing"],
            vec!["--nothing"],
        ] {
            let mut check = super::super::program(folder.path())
                .args(&arguments)
                .stdout(Stdio::null())
                .stderr(Stdio::piped())
                .spawn()
                .expect("it runs");
            drop(check.stderr.take());
            let end = check.wait().expect("it ends");
            assert_eq!(end.code(), Some(2), "{arguments:?}");
        }
    }
}
