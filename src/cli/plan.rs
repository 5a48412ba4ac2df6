//! `tenantlint plan`: from a snapshot and planned changes to a report, and to scripts.

use std::io::{self, Write};
use std::path::Path;

use super::apart::{self, Named, What};
use super::args::PlanOf;
use super::exit::Exit;
use super::judging::{
    Judging, exit_of, give_up, is_useless, is_within, load_tenant, nothing_of_use, one_snapshot,
    read_file, shown,
};
use super::output;
use crate::plan::{self, PlanText};
use crate::report::powershell;
use crate::source::{Found, Sources};

/// Runs the command.
pub(super) fn run(of: &PlanOf, out: &mut dyn Write, messages: &mut dyn Write) -> io::Result<Exit> {
    if of.output.redact {
        let text =
            "error: a report about a plan cannot be redacted: it is full of what the plan names";
        return give_up(messages, text);
    }
    let judging = match Judging::of_plans(&of.settings, &of.output, &[&of.snapshot]) {
        Ok(judging) => judging,
        Err(text) => return give_up(messages, &text),
    };
    judging.warn(messages)?;
    let found = match one_snapshot(&of.snapshot) {
        Ok(found) => found,
        Err(text) => return give_up(messages, &text),
    };
    if let Err(text) = is_apart(of, &judging, &found) {
        return give_up(messages, &text);
    }
    let plans: Result<Vec<PlanText>, String> = of.plans.iter().map(|path| read(path)).collect();
    let plans = match plans {
        Ok(plans) => plans,
        Err(text) => return give_up(messages, &text),
    };
    let mut sources = Sources::within(judging.budget.clone());
    let tenant = load_tenant(&found, 0, &mut sources);
    if let Err(text) = is_within(&judging.budget) {
        return give_up(messages, &text);
    }
    if is_useless(&tenant) {
        nothing_of_use(&tenant, messages)?;
        return Ok(Exit::CouldNotAudit);
    }
    let judged = plan::judge(tenant, sources, &plans, &judging.policy, judging.as_of);
    let report = judged.report;
    let written = output::write(&of.output, &report, judging.color, out);
    let mut failures = written.failures;
    for (path, script) in [
        (&of.emit_script, powershell::script_of_plan(&report)),
        (&of.emit_rollback, powershell::rollback_of_plan(&report)),
    ] {
        if let (Some(path), Some(script)) = (path, script) {
            let put = output::file(path, |out| powershell::write(&script, out));
            failures.extend(put.err());
        }
    }
    let has_failed = output::tell(&failures, messages)?;
    written.out?;
    // What was wrong with the snapshot before is no fault of the plan.
    let worst = report.open().map(|finding| finding.severity).max();
    let worst = worst.max(judged.unmet);
    Ok(exit_of(
        worst,
        &report,
        &judging,
        judged.has_faults || has_failed,
    ))
}

/// Refuses to write where something lies that this run reads, or writes as well.
fn is_apart(of: &PlanOf, judging: &Judging, found: &Found) -> Result<(), String> {
    let scripts = of.emit_script.iter().chain(&of.emit_rollback);
    let scripts = scripts.map(|path| (path.as_path(), What::Script));
    let plans = of.plans.iter();
    let plans = plans.map(|path| -> Named<'_> { (path, What::Plan) });
    let read = apart::read_with(&of.output, judging.project_file.as_deref());
    let exports = apart::exports(std::slice::from_ref(found));
    apart::keep_apart(
        apart::reports(&of.output).chain(scripts),
        read.chain(plans).chain(exports),
    )
}

/// Reads a plan file.
fn read(path: &Path) -> Result<PlanText, String> {
    Ok(PlanText {
        path: shown(path),
        bytes: read_file(path, LONGEST, "plan")?,
    })
}

/// Bytes of the longest plan that is read: a row of a bulk list is some 100.
const LONGEST: u64 = 256_000_000;
