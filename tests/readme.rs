//! What README says is what happens.

use std::process::Command;

use tenantlint::rules;
use tenantlint::snapshot::ExportKind;

fn readme() -> String {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    std::fs::read_to_string(path).expect("README.md")
}

/// The fenced blocks of one language.
fn blocks(text: &str, language: &str) -> Vec<String> {
    let fence = format!("```{language}\n");
    text.split(&fence)
        .skip(1)
        .filter_map(|rest| Some(rest.split_once("```")?.0.to_owned()))
        .collect()
}

#[test]
fn the_output_shown_is_that_of_a_real_run() {
    let run = Command::new(env!("CARGO_BIN_EXE_tenantlint"))
        // In a workflow another format is the default.
        .env_remove("GITHUB_ACTIONS")
        .args(["check", "snapshots/contoso", "--color", "never"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("the binary runs");
    let out = String::from_utf8(run.stdout).expect("UTF-8");
    let shown = blocks(&readme(), "text");
    assert!(!shown.is_empty());
    for block in shown {
        for part in block
            .split("…\n")
            .map(str::trim_end)
            .filter(|part| !part.is_empty())
        {
            assert!(
                out.contains(part),
                "README shows what a run does not print:\n{part}"
            );
        }
    }
}

#[test]
fn the_two_commands_are_there() {
    let commands = blocks(&readme(), "sh").join("\n");
    assert!(
        commands.contains("cargo run --release --locked -- check snapshots/contoso"),
        "{commands}"
    );
    assert!(commands.contains("cargo test --locked"), "{commands}");
}

#[test]
fn what_to_export_is_what_findings_say() {
    let shown = blocks(&readme(), "powershell").join("\n");
    let mut exports = 0;
    for line in shown.lines().filter(|line| line.contains(" > ")) {
        let (_, file) = line.rsplit_once(" > ").expect("a file");
        let kind = ExportKind::from_name(file.trim_end_matches(".json")).expect("a kind");
        assert_eq!(kind.steps(), [line]);
        exports += 1;
    }
    assert!(exports >= 10, "{shown}");
}

#[test]
fn the_rule_table_is_current() {
    let run = Command::new(env!("CARGO_BIN_EXE_tenantlint"))
        // In a workflow another format is the default.
        .env_remove("GITHUB_ACTIONS")
        .args(["rules", "--format", "markdown"])
        .output()
        .expect("the binary runs");
    let table = String::from_utf8(run.stdout).expect("UTF-8");
    if std::env::var_os("TENANTLINT_UPDATE").is_some() {
        refresh(&table);
    }
    let readme = readme();
    assert!(
        readme.contains(&table),
        "README's table of rules should be:\n{table}"
    );
    assert!(readme.contains(&told()), "README should say: {}", told());
}

/// Writes the table and the number of rules into README.
fn refresh(table: &str) {
    let text = readme();
    let start = text.find("| Code | Name |").expect("README has the table");
    let end = text[start..].find("\n\n").expect("something follows it") + start + 1;
    let count = regex::Regex::new(r"There are \d+ rules over tenants and \d+ over plans")
        .expect("a pattern");
    let text = format!("{}{table}{}", &text[..start], &text[end..]);
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    std::fs::write(path, count.replace(&text, told()).as_bytes()).expect("README.md");
}

/// How many rules there are.
fn told() -> String {
    format!(
        "There are {} rules over tenants and {} over plans",
        rules::all().len(),
        rules::of_plans().len()
    )
}

#[test]
fn samples_that_upload_to_code_scanning_make_what_it_takes() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/ci/github");
    let mut uploads = 0;
    for entry in std::fs::read_dir(folder).expect("the samples") {
        let path = entry.expect("an entry").path();
        let sample = std::fs::read_to_string(&path).expect("text");
        if sample.contains("upload-sarif@") {
            uploads += 1;
            let is_fit = sample.contains("--sarif-target github");
            assert!(is_fit, "{}", path.display());
        }
    }
    assert!(uploads > 1);
}
