//! `tenantlint script`: from a snapshot to the script that remedies what is found in it.

use std::io::{self, Write};

use super::apart::{self, What};
use super::args::{Script, beside_standard_output};
use super::exit::Exit;
use super::judging::{
    Judging, give_up, is_useless, is_within, load_tenant, nothing_of_use, one_snapshot,
};
use super::output;
use crate::audit::audit;
use crate::report::powershell;
use crate::rules;
use crate::source::Sources;

/// Runs the command.
pub(super) fn run(
    script: &Script,
    out: &mut dyn Write,
    messages: &mut dyn Write,
) -> io::Result<Exit> {
    let judging = match Judging::without_verdict(&script.judged, &[&script.path]) {
        Ok(judging) => judging,
        Err(text) => return give_up(messages, &text),
    };
    judging.warn(messages)?;
    let found = match one_snapshot(&script.path) {
        Ok(found) => found,
        Err(text) => return give_up(messages, &text),
    };
    let script_file = beside_standard_output(script.output.as_ref());
    let script_file = script_file.map(|path| (path, What::Script));
    let project_file = judging.project_file.as_deref();
    let project_file = project_file.map(|path| (path, What::ProjectFile));
    let exports = apart::exports(std::slice::from_ref(&found));
    if let Err(text) = apart::keep_apart(
        script_file.into_iter(),
        project_file.into_iter().chain(exports),
    ) {
        return give_up(messages, &text);
    }
    let mut sources = Sources::within(judging.budget.clone());
    let tenant = load_tenant(&found, 0, &mut sources);
    if let Err(text) = is_within(&judging.budget) {
        return give_up(messages, &text);
    }
    if is_useless(&tenant) {
        nothing_of_use(&tenant, messages)?;
        return Ok(Exit::CouldNotAudit);
    }
    let tenants = [tenant];
    let report = audit(
        &tenants,
        &[],
        sources,
        rules::all(),
        &judging.policy,
        judging.as_of,
    );
    let remedies = powershell::script_of(&report);
    match beside_standard_output(script.output.as_ref()) {
        None => powershell::write(&remedies, out)?,
        Some(path) => {
            if let Err(text) = output::file(path, |out| powershell::write(&remedies, out)) {
                return give_up(messages, &text);
            }
        }
    }
    Ok(Exit::Clean)
}
