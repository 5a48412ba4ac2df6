//! A file that is another when findings read their records again: never is its new content shown as what was judged.

use std::path::Path;
use std::time::{Duration, SystemTime};

use tenantlint::audit::{add_names, audit};
use tenantlint::config::{Overrides, Policy};
use tenantlint::drift;
use tenantlint::finding::Severity;
use tenantlint::report::Report;
use tenantlint::report::redact::{Key, Vocabulary, redact};
use tenantlint::rules;
use tenantlint::snapshot::{Input, load};
use tenantlint::source::Sources;
use tenantlint::tenant::{Tenant, build};

use crate::audits::{in_all_formats, sample};

const NAME: &str = "Get-CsOnlineUser.json";

/// What became of a file.
type Change = fn(&Path, &str);

/// A text that is in no sample.
const MARK: &str = "OTHER";

/// The users of contoso with another name in each record, as long as before.
fn other(text: &str) -> String {
    let other = text.replace("conto", MARK);
    assert_eq!((other.len(), other == text), (text.len(), false));
    other
}

/// Writes a file, as somebody does who is not in the same instant.
fn write_later(path: &Path, text: &str) {
    std::fs::write(path, text).expect("it can be written");
    let file = std::fs::File::options().write(true).open(path);
    let later = SystemTime::now() + Duration::from_mins(1);
    file.and_then(|file| file.set_modified(later))
        .expect("its time can be set");
}

const CHANGES: [(&str, Change); 7] = [
    ("another content of the same length", |path, text| {
        write_later(path, &other(text));
    }),
    ("longer", |path, text| {
        std::fs::write(path, format!("{}{}", " ".repeat(5), other(text))).expect("written");
    }),
    ("shorter", |path, text| {
        std::fs::write(path, &other(text)[..1000]).expect("written");
    }),
    ("empty", |path, _| {
        std::fs::write(path, "").expect("written");
    }),
    ("gone", |path, _| {
        std::fs::remove_file(path).expect("removed");
    }),
    ("a folder", |path, _| {
        std::fs::remove_file(path).expect("removed");
        std::fs::create_dir(path).expect("made");
    }),
    ("another file", |path, text| {
        let beside = path.with_extension("new");
        write_later(&beside, &other(text));
        std::fs::rename(beside, path).expect("renamed");
    }),
];

/// Contoso's users on disk, loaded.
fn loaded(path: &Path) -> (Sources, Tenant, String) {
    let files = sample("contoso");
    let (_, users) = files.iter().find(|(name, _)| name == NAME).expect("users");
    std::fs::write(path, users).expect("it can be written");
    let input = Input::File {
        path: path.to_owned(),
        shown: NAME.to_owned(),
    };
    let mut sources = Sources::default();
    let tenant = build(load("tenant".to_owned(), 0, vec![input], &mut sources));
    let text = String::from_utf8(users.clone()).expect("UTF-8");
    (sources, tenant, text)
}

fn judged(tenant: &Tenant, sources: Sources) -> Report {
    let policy = Policy::resolve(None, &Overrides::default(), rules::all()).expect("defaults");
    let tenants = std::slice::from_ref(tenant);
    audit(tenants, &[], sources, rules::all(), &policy, None)
}

#[test]
fn a_change_before_the_records_are_read_again_is_told_in_every_format() {
    for (what, change) in CHANGES {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(NAME);
        let (sources, tenant, text) = loaded(&path);
        assert!(
            judged(&tenant, sources.clone())
                .problems
                .iter()
                .all(|one| !one.message.contains("while it was checked"))
        );
        change(&path, &text);
        let report = judged(&tenant, sources);
        assert!(!report.findings.is_empty(), "{what}");
        let told: Vec<_> = report
            .problems
            .iter()
            .filter(|problem| {
                problem
                    .message
                    .contains("changed or vanished while it was checked")
            })
            .collect();
        assert_eq!(told.len(), 1, "{what}: {:?}", report.problems);
        // It fails a run as any error does.
        assert_eq!(told[0].severity, Severity::Error, "{what}");
        for (format, text) in in_all_formats(&report) {
            assert!(
                text.contains("vanished while it was checked"),
                "{what}: {format}"
            );
            assert!(!text.contains(MARK), "{what}: {format}");
        }
    }
}

#[test]
fn a_change_before_the_report_is_written_shows_no_other_content() {
    for (what, change) in CHANGES {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(NAME);
        let (sources, tenant, text) = loaded(&path);
        let mut names = Vocabulary::default();
        add_names(&tenant, &mut names);
        let report = judged(&tenant, sources);
        let before = in_all_formats(&report);
        change(&path, &text);
        for ((format, text), (_, before)) in in_all_formats(&report).into_iter().zip(before) {
            assert!(!text.contains(MARK), "{what}: {format}");
            // The places are those of the file that was judged; only snippets are left out, and say so.
            match format {
                "human" => {
                    let reasons = [
                        "no snippet: the file has changed since it was read",
                        "no snippet: the file can no longer be read",
                    ];
                    let told = reasons.iter().any(|reason| text.contains(reason));
                    assert!(told, "{what}: {text}");
                }
                "html" => {}
                _ => assert_eq!(text, before, "{what}: {format}"),
            }
        }
        let key = Key::new(b"a key of the tests, long enough").expect("it is long enough");
        for (format, text) in in_all_formats(&redact(report, &key, &names)) {
            assert!(!text.contains(MARK), "{what}: {format}");
        }
    }
}

#[test]
fn a_change_is_told_by_a_comparison_as_well() {
    for (what, change) in CHANGES {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(NAME);
        let (mut sources, new, text) = loaded(&path);
        // Somebody else's name changed, which no rule minds.
        let earlier = text.replacen("\"DisplayName\": \"", "\"DisplayName\": \"Former ", 1);
        assert_ne!(earlier, text);
        let input = Input::Memory {
            shown: format!("old/{NAME}"),
            bytes: earlier.into_bytes(),
        };
        let mut old = build(load("old".to_owned(), 1, vec![input], &mut sources));
        old.snapshot.index = 0;
        let before = judged(&old, sources.clone());
        let mut after = judged(&new, sources);
        // Nothing of this is about findings: only the changed object is looked up again.
        after.findings.clear();
        change(&path, &text);
        drift::compare(&mut after, before, None, &old, &new);
        let drift = after.drift.as_ref().expect("a comparison");
        assert!(!drift.changes.is_empty(), "{what}");
        for (format, text) in in_all_formats(&after) {
            assert!(
                text.contains("vanished while it was checked"),
                "{what}: {format}"
            );
            assert!(!text.contains(MARK), "{what}: {format}");
        }
    }
}

#[test]
fn of_several_records_the_file_that_changed_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let files = sample("contoso");
    let mut inputs = Vec::new();
    for (name, bytes) in &files {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).expect("it can be written");
        inputs.push(Input::File {
            path,
            shown: name.clone(),
        });
    }
    let mut sources = Sources::default();
    let tenant = build(load("tenant".to_owned(), 0, inputs, &mut sources));
    for gone in [
        NAME,
        "Get-CsPhoneNumberAssignment.json",
        "Get-CsOnlineApplicationInstance.json",
    ] {
        let path = folder.path().join(gone);
        let bytes = std::fs::read(&path).expect("it is there");
        let time = std::fs::metadata(&path).and_then(|known| known.modified());
        std::fs::remove_file(&path).expect("removed");
        let report = judged(&tenant, sources.clone());
        let told: Vec<_> = report
            .problems
            .iter()
            .filter(|problem| problem.message.contains("while it was checked"))
            .map(|problem| problem.message.split('`').nth(1).unwrap_or_default())
            .collect();
        assert_eq!(told, [gone]);
        std::fs::write(&path, bytes).expect("it can be written");
        let file = std::fs::File::options()
            .write(true)
            .open(&path)
            .expect("it is there");
        file.set_modified(time.expect("a time"))
            .expect("its time can be set");
    }
    // Back as it was, it is the same file.
    let report = judged(&tenant, sources);
    assert!(
        report
            .problems
            .iter()
            .all(|one| !one.message.contains("while it was checked"))
    );
}

#[test]
fn an_archive_is_read_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("tenant.zip");
    let files = sample("contoso");
    std::fs::write(&path, super::limits::zipped(&files)).expect("it can be written");
    let input = Input::File {
        path: path.clone(),
        shown: "tenant.zip".to_owned(),
    };
    let mut sources = Sources::default();
    let tenant = build(load("tenant".to_owned(), 0, vec![input], &mut sources));
    let before = in_all_formats(&judged(&tenant, sources.clone()));
    std::fs::remove_file(&path).expect("removed");
    assert_eq!(before, in_all_formats(&judged(&tenant, sources)));
}
