//! Running the library from files to a report, for the other tests.

use std::path::Path;

use tenantlint::audit::{add_names, audit};
use tenantlint::config::{Overrides, Policy};
use tenantlint::drift;
use tenantlint::plan::{PlanText, judge};
use tenantlint::report::redact::{Key, Vocabulary, redact};
use tenantlint::report::{
    Report, azure, concise, csv, github, gitlab, html, human, json, junit, markdown, ndjson, sarif,
};
use tenantlint::rules;
use tenantlint::snapshot::{Input, load};
use tenantlint::source::Sources;
use tenantlint::tenant::build;

/// A file of a snapshot: its name and its bytes.
pub(crate) type File = (String, Vec<u8>);

/// The files of a sample tenant.
pub(crate) fn sample(name: &str) -> Vec<File> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("snapshots")
        .join(name);
    let mut files: Vec<File> = std::fs::read_dir(&folder)
        .expect("the sample exists")
        .map(|entry| entry.expect("the sample can be listed").path())
        .filter(|path| path.is_file())
        .map(|path| {
            let name = path
                .file_name()
                .expect("a file has a name")
                .to_string_lossy()
                .into_owned();
            (name, std::fs::read(&path).expect("the sample can be read"))
        })
        .collect();
    files.sort();
    files
}

/// Checks one snapshot with all rules.
pub(crate) fn check(files: &[File]) -> Report {
    check_with(files, &Overrides::default())
}

/// Checks one snapshot with all rules, those of low confidence included.
pub(crate) fn check_strictly(files: &[File]) -> Report {
    let overrides = Overrides {
        profile: tenantlint::config::Profile::from_name("strict"),
        ..Overrides::default()
    };
    check_with(files, &overrides)
}

/// Checks one snapshot with one rule.
pub(crate) fn check_rule(files: &[File], rule: &str) -> Report {
    let overrides = Overrides {
        select: Some(vec![rule.to_owned()]),
        ..Overrides::default()
    };
    check_with(files, &overrides)
}

/// Checks one snapshot, as the command line has it.
pub(crate) fn check_with(files: &[File], overrides: &Overrides) -> Report {
    let policy = Policy::resolve(None, overrides, rules::all()).expect("the rules exist");
    let mut sources = Sources::default();
    let tenant = build(load("tenant".to_owned(), 0, inputs(files), &mut sources));
    audit(&[tenant], &[], sources, rules::all(), &policy, None)
}

/// Compares two snapshots of a tenant, as the command line does.
pub(crate) fn diff(old: &[File], new: &[File]) -> Report {
    let policy =
        Policy::resolve(None, &Overrides::default(), rules::all()).expect("the rules exist");
    let mut sources = Sources::default();
    let mut load_one = |path: &str, index: u32, files: &[File]| {
        let inputs = files
            .iter()
            .map(|(name, bytes)| Input::Memory {
                shown: format!("{path}/{name}"),
                bytes: bytes.clone(),
            })
            .collect();
        build(load(path.to_owned(), index, inputs, &mut sources))
    };
    let new = load_one("new", 0, new);
    let mut old = load_one("old", 1, old);
    old.snapshot.index = 0;
    let report = |tenant, as_of| {
        let tenants = std::slice::from_ref(tenant);
        audit(tenants, &[], sources.clone(), rules::all(), &policy, as_of)
    };
    let before = report(&old, None);
    let mut after = report(&new, None);
    let now = new.snapshot.now.map(|now| now.moment);
    let aged = report(&old, now);
    drift::compare(&mut after, before, Some(&aged), &old, &new);
    after
}

/// Checks a plan in TOML on one snapshot, as the command line does.
pub(crate) fn plan(files: &[File], text: &str) -> Report {
    let policy =
        Policy::resolve(None, &Overrides::default(), rules::known()).expect("the rules exist");
    let mut sources = Sources::default();
    let tenant = build(load("tenant".to_owned(), 0, inputs(files), &mut sources));
    let plan = PlanText {
        path: "plan.toml".to_owned(),
        bytes: text.as_bytes().to_vec(),
    };
    judge(tenant, sources, &[plan], &policy, None).report
}

/// Checks one snapshot with all rules, those of low confidence included, and redacts the report.
pub(crate) fn check_redacted(files: &[File], key: &str) -> Report {
    let overrides = Overrides {
        profile: tenantlint::config::Profile::from_name("strict"),
        ..Overrides::default()
    };
    let mut names = Vocabulary::default();
    let mut sources = Sources::default();
    let tenant = build(load("tenant".to_owned(), 0, inputs(files), &mut sources));
    add_names(&tenant, &mut names);
    let policy = Policy::resolve(None, &overrides, rules::all()).expect("the rules exist");
    let report = audit(&[tenant], &[], sources, rules::all(), &policy, None);
    let key = Key::new(key.as_bytes()).expect("it is long enough");
    redact(report, &key, &names)
}

pub(crate) fn inputs(files: &[File]) -> Vec<Input> {
    let input = |(name, bytes): &File| Input::Memory {
        shown: name.clone(),
        bytes: bytes.clone(),
    };
    files.iter().map(input).collect()
}

/// The report in each format, with the format's name.
pub(crate) fn in_all_formats(report: &Report) -> [(&'static str, String); 12] {
    let options = human::HumanOptions {
        color: false,
        width: 100,
        max_findings: None,
        quiet: false,
    };
    let text = |write: &dyn Fn(&mut Vec<u8>) -> std::io::Result<()>| {
        let mut bytes = Vec::new();
        write(&mut bytes).expect("memory takes everything");
        String::from_utf8(bytes).expect("reports are UTF-8")
    };
    [
        ("human", text(&|out| human::write(report, &options, out))),
        ("concise", text(&|out| concise::write(report, out))),
        ("json", text(&|out| json::write(report, out))),
        (
            "sarif",
            text(&|out| sarif::write(report, sarif::Target::Generic, None, out)),
        ),
        ("ndjson", text(&|out| ndjson::write(report, out))),
        ("junit", text(&|out| junit::write(report, out))),
        ("markdown", text(&|out| markdown::write(report, out))),
        ("html", text(&|out| html::write(report, out))),
        ("csv", text(&|out| csv::write(report, out))),
        ("github", text(&|out| github::write(report, out))),
        ("azure", text(&|out| azure::write(report, out))),
        ("gitlab", text(&|out| gitlab::write(report, out))),
    ]
}
