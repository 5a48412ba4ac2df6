//! The house tests itself: who may import whom, who touches the disk, pages and modules, the style of messages.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use tenantlint::finding::SubjectKind;

use crate::audits::{check, sample};

const LAW: [&str; 12] = [
    "source", "finding", "snapshot", "tenant", "rules", "config", "report", "audit", "plan",
    "drift", "history", "cli",
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files_below(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the folder exists") {
        let path = entry.expect("it can be listed").path();
        if path.is_dir() {
            found.extend(files_below(&path, extension));
        } else if path.extension().is_some_and(|end| end == extension) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Every source file below `src/` with its room, its path, and its text without unit tests.
fn sources() -> Vec<(String, PathBuf, String)> {
    let src = root().join("src");
    files_below(&src, "rs")
        .into_iter()
        .filter_map(|path| {
            let below = path.strip_prefix(&src).expect("below src").to_owned();
            let room = below.components().next()?.as_os_str().to_str()?.to_owned();
            let is_test = below.components().any(|part| {
                matches!(
                    part.as_os_str().to_str(),
                    Some(
                        "tests"
                            | "tests.rs"
                            | "testing.rs"
                            | "generate.rs"
                            | "sample.rs"
                            | "samples.rs"
                    )
                )
            });
            let text = std::fs::read_to_string(&path).expect("it can be read");
            let text = match text.find("#[cfg(test)]\nmod tests {") {
                Some(at) => text[..at].to_owned(),
                None => text,
            };
            (!is_test && below.components().count() > 1).then_some((room, below, text))
        })
        .collect()
}

#[test]
fn a_module_imports_only_modules_to_its_left() {
    let order = |room: &str| LAW.iter().position(|known| *known == room);
    let import = regex::Regex::new(r"\bcrate::([a-z_]+)").expect("a pattern");
    let mut seen = 0;
    for (room, path, text) in sources() {
        let own = order(&room).unwrap_or_else(|| panic!("room `{room}` is not in the law"));
        for found in import.captures_iter(&text) {
            let Some(other) = order(&found[1]) else {
                continue;
            };
            seen += 1;
            assert!(other <= own, "{} imports `{}`", path.display(), &found[1]);
            let forbidden = room == "report" && &found[1] == "tenant";
            assert!(
                !forbidden,
                "{}: reporters never see the tenant",
                path.display()
            );
        }
    }
    assert!(seen > 50, "only {seen} imports seen");
}

#[test]
fn only_source_and_cli_touch_the_disk_print_or_exit() {
    for (room, path, text) in sources() {
        let code: String = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .collect::<Vec<_>>()
            .join("\n");
        for word in [
            "std::fs",
            "fs::",
            "File::open",
            "std::env",
            "env::current_dir",
            "SystemTime::now",
        ] {
            let allowed = matches!(room.as_str(), "source" | "history" | "cli");
            assert!(
                allowed || !code.contains(word),
                "{} uses `{word}`",
                path.display()
            );
        }
        if room != "cli" {
            for word in ["stdout()", "stderr()", "println!", "process::exit"] {
                assert!(!code.contains(word), "{} uses `{word}`", path.display());
            }
        }
        let draws = path.starts_with("report/human")
            || path.starts_with("config/error.rs")
            || room == "cli";
        assert!(
            draws || !code.contains("miette"),
            "{} names miette",
            path.display()
        );
    }
}

#[test]
fn every_page_has_its_module_and_every_module_its_page() {
    let (of_plans, pages): (BTreeSet<String>, BTreeSet<String>) =
        files_below(&root().join("rules"), "md")
            .iter()
            .map(|path| stem(path, "rules").replace('-', "_"))
            .partition(|page| page.starts_with("plan/"));
    let modules: BTreeSet<String> = files_below(&root().join("src/rules"), "rs")
        .iter()
        .map(|path| stem(path, "src/rules"))
        .filter(|name| name.contains('/') && !name.ends_with("/mod") && !name.starts_with("tests/"))
        .collect();
    assert_eq!(pages, modules);
    assert_eq!(
        pages.len(),
        tenantlint::rules::all().len(),
        "every page is in a list"
    );
    // What judges plans lives where plans are.
    assert_eq!(
        of_plans.len(),
        tenantlint::rules::of_plans().len(),
        "every page over plans is in the list"
    );
}

fn stem(path: &Path, below: &str) -> String {
    let path = path.strip_prefix(root().join(below)).expect("below");
    path.with_extension("").to_string_lossy().replace('\\', "/")
}

#[test]
fn messages_follow_the_style() {
    let mut reports = vec![check(&sample("contoso"))];
    for rule in tenantlint::rules::all() {
        let files: Vec<_> = rule
            .page
            .examples("Violation")
            .into_iter()
            .map(|example| (example.file.to_owned(), example.text.as_bytes().to_vec()))
            .collect();
        reports.push(check(&files));
    }
    for finding in reports.iter().flat_map(|report| &report.findings) {
        let labels = std::iter::once(&finding.location).chain(&finding.related);
        let texts = std::iter::once(finding.message.as_str())
            .chain(labels.map(|location| &*location.label))
            .chain([&*finding.remedy.summary]);
        for text in texts {
            let first = text.chars().next().expect("no text is empty");
            assert!(first.is_lowercase() || first == '`', "{text}");
            assert!(!text.ends_with('.') && !text.contains('\n'), "{text}");
        }
        // A few words may say what the object is; the tenant itself has no name.
        let before = finding.message.split('`').next().unwrap_or_default();
        assert!(
            before.len() < 45 || finding.subject.kind == SubjectKind::Tenant,
            "names the object first: {}",
            finding.message
        );
        assert!(!finding.remedy.commands.is_empty(), "{}", finding.message);
    }
}

#[test]
fn paths_named_in_contributing_exist() {
    let text = std::fs::read_to_string(root().join("CONTRIBUTING.md")).expect("CONTRIBUTING.md");
    let path =
        regex::Regex::new(r"`((?:src|rules|snapshots|tests|data|schemas|\.ci)/[A-Za-z0-9_./-]+)`")
            .expect("a pattern");
    let mut seen = 0;
    for found in path.captures_iter(&text) {
        seen += 1;
        assert!(
            root().join(&found[1]).exists(),
            "CONTRIBUTING.md names `{}`",
            &found[1]
        );
    }
    assert!(seen > 2, "only {seen} paths found");
}

#[test]
fn every_approved_output_is_used() {
    let approved: BTreeSet<String> = files_below(&root().join("tests/snapshots"), "snap")
        .iter()
        .map(|path| stem(path, "tests/snapshots"))
        .collect();
    let mut expected: BTreeSet<String> = [
        "human", "concise", "json", "sarif", "ndjson", "junit", "markdown", "csv", "github",
        "azure", "gitlab", "html",
    ]
    .iter()
    .map(|format| format!("contoso@{format}"))
    .collect();
    expected.insert("all-rules-on-all-violations".to_owned());
    expected.insert("contoso@script".to_owned());
    expected.extend(
        tenantlint::rules::all()
            .iter()
            .map(|rule| format!("rules@{}", rule.page.name)),
    );
    assert_eq!(approved, expected);
}
