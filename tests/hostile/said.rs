//! Hostile names in what is said about mistakes, in `explain`, in scripts and in the history.

use std::ffi::OsString;
use std::path::Path;

use serde_json::Value;

use super::{Name, hold_for_agents, hold_for_people, names, tenant_of};
use crate::faults::{program, text};

/// Runs the program and holds that what it says steers nothing; tells its exit code and what it printed.
fn said(folder: &Path, arguments: &[OsString], what: &str) -> (Option<i32>, String) {
    let run = program(folder)
        .args(arguments)
        .output()
        .expect("the program runs");
    let (out, messages) = (text(&run.stdout), text(&run.stderr));
    assert!(!messages.contains("panicked"), "{what}: {messages}");
    hold_for_people(&messages, what);
    (run.status.code(), out)
}

/// Whether a name can be an argument, or be a file.
fn is_argument(name: &Name) -> bool {
    !name.text.contains('\0') && name.text.len() < 100_000
}

fn is_file_name(name: &str) -> bool {
    !name.contains(['/', '\0'])
        && !name.trim().is_empty()
        && name.len() < 200
        && (cfg!(unix)
            || !name.contains(['<', '>', ':', '"', '\\', '|', '?', '*'])
                && name.chars().all(|c| c >= ' '))
}

/// Nobody types 100,000 characters, but a script may.
fn arguments_of_all_lengths() -> Vec<Name> {
    let mut all = names();
    all.retain(is_argument);
    let long = "a\u{1b}".repeat(45_000);
    all.push(Name {
        json: Value::from(long.as_str()).to_string(),
        text: long,
    });
    all
}

#[test]
fn mistakes_on_the_command_line_are_told_without_harm() {
    let folder = tempfile::tempdir().expect("a folder");
    let tenant = folder.path().join("tenant");
    std::fs::create_dir(&tenant).expect("a folder");
    for (name, bytes) in crate::audits::sample("fabrikam") {
        std::fs::write(tenant.join(name), bytes).expect("a file");
    }
    for (number, name) in arguments_of_all_lengths().iter().enumerate() {
        let name = name.text.as_str();
        let with = |before: &[&str], last: String| -> Vec<OsString> {
            before
                .iter()
                .map(OsString::from)
                .chain([last.into()])
                .collect()
        };
        let joined = |option: &str| format!("{option}={name}");
        let cases = [
            with(&["explain", "--"], name.to_owned()),
            with(&["--"], name.to_owned()),
            with(&["check", "tenant"], format!("--{name}")),
            with(&["check", "tenant"], joined("--format")),
            with(&["check", "tenant"], joined("--max-input")),
            with(&["check", "tenant"], joined("--threads")),
            with(&["check", "tenant"], joined("--report")),
            with(&["check", "tenant"], joined("--report=sarif=nowhere/")),
            with(&["check", "tenant"], joined("--select")),
            with(&["check", "tenant"], joined("--ignore")),
            with(&["check", "tenant"], joined("--as-of")),
            with(&["check", "tenant"], format!("--config=nowhere/{name}")),
            with(&["check", "tenant"], format!("--baseline=nowhere/{name}")),
            with(&["check", "tenant"], format!("--previous=nowhere/{name}")),
            with(&["check", "tenant"], format!("--history=nowhere/{name}")),
            with(&["check", "tenant"], format!("--output=nowhere/{name}/x")),
            with(
                &["check", "tenant", "--redact"],
                format!("--redact-key-file=nowhere/{name}"),
            ),
            with(&["check"], format!("nowhere/{name}")),
            with(&["diff", "tenant"], format!("nowhere/{name}")),
            with(&["plan", "tenant"], format!("nowhere/{name}")),
            with(&["script"], format!("nowhere/{name}")),
            with(&["history"], format!("nowhere/{name}")),
        ];
        // Each mistake with every fifth name, and each name in every fifth mistake: a process is slow to start.
        let some = cases
            .into_iter()
            .enumerate()
            .filter(|(case, _)| (case + number) % 5 == 0);
        for (_, arguments) in some {
            let shown = format!("{:.300}", format!("{arguments:?}"));
            let (code, out) = said(folder.path(), &arguments, &shown);
            // An empty list of rules is none to leave out, and some texts say what they should.
            let is_fine = shown.contains("--ignore") || shown.contains("--select");
            assert!(code == Some(2) || is_fine, "{shown}: {code:?}");
            // A further report that cannot be written keeps no other from its reader.
            let is_told = shown.contains("--report=sarif=nowhere");
            assert!(is_fine || is_told || out.is_empty(), "{shown}: {out}");
        }
    }
}

#[test]
fn mistakes_in_files_are_told_without_harm() {
    let folder = tempfile::tempdir().expect("a folder");
    let here = folder.path();
    std::fs::create_dir(here.join("tenant")).expect("a folder");
    for (name, bytes) in crate::audits::sample("fabrikam") {
        std::fs::write(here.join("tenant").join(name), bytes).expect("a file");
    }
    for (number, name) in names().iter().enumerate() {
        // TOML takes what JSON takes, but for one control character and halves of characters.
        let word = name.json.replace('\u{7f}', "\\u007f");
        let files = [
            ("config", format!("{word} = 1\n")),
            ("config", format!("select = [{word}]\n")),
            ("config", format!("[severity]\n{word} = {word}\n")),
            ("config", format!("[rules.{word}]\n{word} = 1\n")),
            (
                "config",
                format!(
                    "[[exceptions]]\nrule = {word}\nsubject = {word}\nreason = {word}\nowner = {word}\nexpires = {word}\n"
                ),
            ),
            ("config", format!("# {}\nx", name.text)),
            ("plan", format!("[[step]]\nchange = {word}\n")),
            (
                "plan",
                format!("[[step]]\nchange = \"unassign-number\"\n{word} = 1\n"),
            ),
            ("baseline", format!("{{\"version\": 1, {word}: {word}}}")),
            ("baseline", format!("{{\"version\": {word}}}")),
            ("baseline", name.text.clone()),
            ("history", name.text.clone()),
        ];
        for (index, (kind, content)) in files.iter().enumerate() {
            if (index + number) % 4 != 0 {
                continue;
            }
            let file = format!("{kind}-{index}");
            let shown = format!("{number}: {kind} {:.200}", format!("{content:?}"));
            std::fs::write(here.join(&file), content).expect("written");
            let arguments: Vec<OsString> = match *kind {
                "config" => vec![
                    "check".into(),
                    "tenant".into(),
                    "--config".into(),
                    file.clone().into(),
                ],
                "plan" => vec![
                    "plan".into(),
                    "tenant".into(),
                    file.clone().into(),
                    "--format=concise".into(),
                ],
                "baseline" => vec![
                    "check".into(),
                    "tenant".into(),
                    "--baseline".into(),
                    file.clone().into(),
                ],
                _ => vec!["history".into(), file.clone().into()],
            };
            let (code, out) = said(here, &arguments, &shown);
            hold_for_people(&out, &shown);
            assert!(
                code == Some(2) || (kind, content.trim()) == (&"history", ""),
                "{shown}: {code:?} {out}"
            );
            std::fs::remove_file(here.join(&file)).expect("removed");
        }
    }
}

#[test]
fn names_of_real_files_are_told_without_harm() {
    for (number, name) in names().iter().enumerate() {
        if !is_file_name(&name.text) {
            continue;
        }
        let text = &name.text;
        let folder = tempfile::tempdir().expect("a folder");
        let tenant = folder.path().join(format!("t{text}"));
        if std::fs::create_dir(&tenant).is_err() {
            continue;
        }
        let said = |arguments: &[&str]| {
            let arguments: Vec<OsString> = arguments.iter().map(OsString::from).collect();
            said(folder.path(), &arguments, &format!("{arguments:?}"))
        };
        let tenant_name = format!("t{text}");
        // Nothing of use, which is said with the names of what is there.
        std::fs::write(tenant.join(format!("x{text}.json")), "[{\"no\": \"kind\"}]")
            .expect("written");
        std::fs::write(tenant.join(format!("x{text}.zip")), "PK").expect("written");
        assert_eq!(said(&["check", &tenant_name]).0, Some(2));
        assert_eq!(said(&["script", &tenant_name]).0, Some(2));
        for (name, bytes) in tenant_of(name, "Islands") {
            std::fs::write(tenant.join(name), bytes).expect("written");
        }
        for format in super::FORMATS.iter().copied().skip(number % 4).step_by(4) {
            let (code, out) = said(&["check", &tenant_name, "--format", format]);
            assert_eq!(code, Some(1), "{text:?}");
            if !["github", "azure", "html"].contains(&format) {
                hold_for_agents(&out, &format!("{format} of {text:?}"));
            }
        }
        let (code, out) = said(&["script", &tenant_name]);
        assert_eq!(code, Some(0), "{text:?}");
        hold_for_people(
            out.trim_start_matches('\u{feff}'),
            &format!("script of {text:?}"),
        );
        // A history of that name, with a tenant of that name.
        let manifest = format!(
            "{{\"tenantId\": \"7f0f1c1e-6d2a-4f43-9a39-0d2f6e4c8b11\", \"tenantName\": {}, \"exportedAt\": \"2026-09-14T05:30:00Z\"}}",
            name.json
        );
        std::fs::write(tenant.join("manifest.json"), manifest).expect("written");
        let history = format!("h{text}.db");
        assert_eq!(
            said(&["check", &tenant_name, "--history", &history, "--quiet"]).0,
            Some(1),
            "{text:?}"
        );
        for format in ["human", "csv", "json", "html"] {
            let (code, out) = said(&["history", &history, "--format", format]);
            assert_eq!(code, Some(0), "{text:?}");
            match format {
                "human" => hold_for_people(&out, &format!("history of {text:?}")),
                "csv" => hold_for_people(
                    &out.replace("\r\n", "\n").replace('\u{feff}', ""),
                    &format!("history of {text:?}"),
                ),
                "html" => {
                    let page = crate::formats::without_scripts(&out);
                    assert!(!page.contains("<img") && !page.contains("<svg"), "{text:?}");
                }
                _ => hold_for_agents(&out, &format!("history of {text:?}")),
            }
        }
        assert_eq!(
            said(&["history", &history, "--tenant", &format!("no{text}")]).0,
            Some(2)
        );
        std::fs::write(tenant.join("Get-CsOnlineUser.json"), "x").expect("written");
    }
}
