//! `--redact`: the key, and the step from the finished report to the one that may be shown.

use std::path::Path;

use super::args::Output;
use super::judging::{read_file, shown};
use crate::audit::add_names;
use crate::report::redact::{Key, Vocabulary, redact};
use crate::report::{Report, for_terminal};
use crate::tenant::Tenant;

/// Bytes of the longest key that is read.
const LONGEST_KEY: u64 = 64_000;

/// The key of this run, where its reports are to be redacted. It is in no output: of a random one nothing is left.
pub(super) fn key(output: &Output) -> Result<Option<Key>, String> {
    if !output.redact {
        return Ok(None);
    }
    match &output.redact_key_file {
        Some(path) => of_file(path).map(Some),
        None => random().map(Some),
    }
}

/// The report as it was asked for: as it is, or redacted with the names of all tenants that it can speak of.
pub(super) fn redacted<'t>(
    report: Report,
    key: Option<&Key>,
    tenants: impl Iterator<Item = &'t Tenant>,
) -> Report {
    let Some(key) = key else {
        return report;
    };
    let mut names = Vocabulary::default();
    for tenant in tenants {
        add_names(tenant, &mut names);
    }
    redact(report, key, &names)
}

fn of_file(path: &Path) -> Result<Key, String> {
    let name = shown(path);
    let name = for_terminal(&name);
    let bytes = read_file(path, LONGEST_KEY, "key")?;
    // An editor ends the last line.
    Key::new(bytes.trim_ascii_end()).ok_or_else(|| {
        let least = Key::LEAST;
        format!(
            "error: `{name}` is no key: it has fewer than {least} bytes, and short keys are guessed"
        )
    })
}

fn random() -> Result<Key, String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)
        .map_err(|error| format!("error: the system gives no random key: {error}"))?;
    Key::new(&bytes).ok_or_else(|| "error: the system gives no random key".to_owned())
}
