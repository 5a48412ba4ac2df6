//! Planned changes, against a tenant of the rule pages and the samples.

use std::path::Path;
use std::sync::LazyLock;

use tenantlint::plan::{Judged, PlanText, judge, read};
use tenantlint::report::powershell::{rollback_of_plan, script_of_plan, write};
use tenantlint::snapshot::load;
use tenantlint::source::Sources;
use tenantlint::tenant::build;

use super::files::File;
use super::powershell::{FRAME, commands, meant};
use super::report::{self, STRICT, inputs, written};

/// Steps of the longest plan that is judged: each is judged by all rules.
const MOST_STEPS: usize = 6;

/// Holds that what is wrong with a plan is told within it, and that what is right is judged, in reports and scripts that
/// are what they say. The first byte says whether the plan is a table: `c`, else TOML.
fn hold_on(tenant: &[File], data: &[u8]) {
    let Some((first, rest)) = data.split_first() else {
        return;
    };
    let path = if *first == b'c' {
        "plan.csv"
    } else {
        "plan.toml"
    };
    let text = String::from_utf8_lossy(rest);
    let file = read(path, &text);
    assert!(
        !file.steps.is_empty() || !file.faults.is_empty(),
        "a plan says something"
    );
    for fault in &file.faults {
        let bytes = &fault.bytes;
        assert!(
            bytes.start <= bytes.end && bytes.end <= text.len(),
            "{fault:?}"
        );
    }
    if file.steps.is_empty() || file.steps.len() > MOST_STEPS {
        return;
    }
    let judged = judged(tenant, path, rest);
    assert_eq!(
        judged.has_faults,
        !file.faults.is_empty(),
        "{:?}",
        file.faults
    );
    report::hold(&judged.report, "a plan");
    let plan = judged.report.plan.iter();
    let acts = plan
        .flat_map(|plan| &plan.steps)
        .flat_map(|step| &step.acts);
    let meant = meant(acts.flat_map(|act| act.commands.iter().chain(&act.undo)));
    let scripts = [
        script_of_plan(&judged.report),
        rollback_of_plan(&judged.report),
    ];
    for script in scripts.into_iter().flatten() {
        for command in commands(&written(|out| write(&script, out))).keys() {
            let is_known = meant.contains(command) || FRAME.contains(&command.as_str());
            assert!(is_known, "{command}");
        }
    }
}

/// Holds it on contoso.
pub fn hold(data: &[u8]) {
    hold_on(&CONTOSO, data);
}

/// The sample tenant that breaks every rule.
static CONTOSO: LazyLock<Vec<File>> = LazyLock::new(|| {
    // The package of the fuzzer lies in a folder of the crate.
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = here
        .ancestors()
        .map(|folder| folder.join("snapshots/contoso"));
    let folder = folders
        .into_iter()
        .find(|folder| folder.is_dir())
        .expect("the samples are there");
    let entries = std::fs::read_dir(folder).expect("the sample can be listed");
    let paths = entries.map(|entry| entry.expect("the sample can be listed").path());
    let mut files: Vec<File> = paths
        .filter(|path| path.is_file())
        .map(|path| {
            let name = path.file_name().expect("a file has a name");
            let bytes = std::fs::read(&path).expect("the sample can be read");
            (name.to_string_lossy().into_owned(), bytes)
        })
        .collect();
    files.sort();
    files
});

fn judged(tenant: &[File], path: &str, bytes: &[u8]) -> Judged {
    let mut sources = Sources::default();
    let tenant = build(load("tenant".to_owned(), 0, inputs(tenant), &mut sources));
    let plan = PlanText {
        path: path.to_owned(),
        bytes: bytes.to_vec(),
    };
    judge(tenant, sources, &[plan], &STRICT, None)
}
