//! `tenantlint check`: from paths to a report.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::apart::{self, Named, What};
use super::args::Check;
use super::exit::Exit;
use super::judging::{
    Judging, exit, find, find_some, give_up, is_sound, is_useless, is_within, nothing_of_use,
    nothing_to_judge, read_file, read_snapshots, shown,
};
use super::progress::Progress;
use super::redacting::redacted;
use super::stats::Stats;
use super::{history, output, previous};
use crate::audit::{audit, compare_with, mixed_tenants};
use crate::report::baseline::Baseline;
use crate::report::for_terminal;
use crate::rules;
use crate::source::{Found, Sources};
use crate::tenant::build;

/// Snapshots that are read at once, for each thread.
const AT_ONCE: usize = 4;

/// Runs the command.
pub(super) fn run(
    check: &Check,
    out: &mut dyn Write,
    messages: &mut dyn Write,
) -> io::Result<Exit> {
    let mut stats = Stats::begin();
    let snapshots = check.paths.iter().chain(&check.previous);
    let snapshots: Vec<&Path> = snapshots.map(PathBuf::as_path).collect();
    let mut judging = match Judging::of_tenants(&check.settings, &check.output, &snapshots) {
        Ok(judging) => judging,
        Err(text) => return give_up(messages, &text),
    };
    judging.warn(messages)?;
    if let Err(text) = history::is_apart(check) {
        return give_up(messages, &text);
    }
    let found = match find_some(&check.paths) {
        Ok(found) => found,
        Err(text) => return give_up(messages, &text),
    };

    if let Err(text) = output::is_taken(&check.output, found.len()) {
        return give_up(messages, &text);
    }
    let earlier = match find(&check.previous) {
        Ok(earlier) => earlier,
        Err(text) => return give_up(messages, &text),
    };
    if let Err(text) = is_apart(check, &judging, &found, &earlier) {
        return give_up(messages, &text);
    }
    let previous = match previous::load(&earlier, &judging.budget) {
        Ok(previous) => previous,
        Err(text) => return give_up(messages, &text),
    };

    let progress = Progress::begin(check.progress, &found, &judging.budget);
    let mut sources = Sources::within(judging.budget.clone());
    let mut tenants = Vec::new();
    let mut useless = 0;
    // What was read and not yet joined is held twice for a moment: not of all tenants at once.
    let at_once = rayon::current_num_threads() * AT_ONCE;
    for few in found.chunks(at_once) {
        let snapshots = read_snapshots(few, tenants.len() as u32, &mut sources);
        stats.done("reading");
        if let Err(text) = is_within(&judging.budget) {
            return give_up(messages, &text);
        }
        tenants.par_extend(snapshots.into_par_iter().map(build));
        stats.done("joining");
    }
    for (tenant, found) in tenants.iter_mut().zip(&found) {
        if let Err(text) = is_sound(found) {
            useless += 1;
            writeln!(messages, "{text}")?;
        } else if is_useless(tenant) {
            useless += 1;
            nothing_of_use(tenant, messages)?;
            let nothing = nothing_to_judge(tenant);
            tenant.snapshot.problems.push(nothing);
        }
    }
    if let Err(text) = previous::hold(&previous, &tenants) {
        return give_up(messages, &text);
    }
    let baseline = match check.baseline.as_deref().map(baseline).transpose() {
        Ok(baseline) => baseline,
        Err(text) => return give_up(messages, &text),
    };
    judging.policy.names_undecided =
        baseline.is_some() || check.history.is_some() || !judging.policy.exceptions.is_empty();
    stats.count(&tenants, &sources);
    progress.says("checking");
    let mut report = audit(
        &tenants,
        &previous,
        sources,
        rules::all(),
        &judging.policy,
        judging.as_of,
    );
    stats.done("rules");
    drop(progress);
    if let Some(baseline) = &baseline {
        compare_with(&mut report, baseline);
    }
    if baseline.is_some() || check.write_baseline.is_some() {
        let mixed = mixed_tenants(&report);
        report.problems.extend(mixed);
        report.sort_problems();
    }
    let known = check.write_baseline.as_ref().map(|_| match &baseline {
        Some(baseline) => Baseline::renewed(&report, baseline),
        None => Baseline::of_report(&report),
    });
    if let Some(path) = check.history.as_ref().filter(|_| useless < found.len())
        && let Err(text) = history::record(path, &mut report)
    {
        return give_up(messages, &text);
    }
    let all = tenants.iter().chain(&previous);
    let report = redacted(report, judging.key.as_ref(), all);
    let written = output::write(&check.output, &report, judging.color, out);
    let mut failures = written.failures;
    if let (Some(path), Some(known)) = (&check.write_baseline, known) {
        if useless > 0 {
            // What is known of a tenant must not be forgotten because nobody could look.
            let name = shown(path);
            let name = for_terminal(&name);
            failures.push(format!(
                "error: `{name}` is left as it was: not every snapshot could be checked"
            ));
        } else if let Err(text) = output::file(path, |out| known.write(out)) {
            failures.push(text);
        }
    }
    let has_failed = output::tell(&failures, messages)?;
    written.out?;
    if check.stats {
        stats.done("report");
        stats.write(messages)?;
    }
    let exit = exit(&report, &judging, useless > 0 || has_failed);
    // The system takes memory back faster than a million records can be taken apart.
    std::mem::forget((report, tenants, previous));
    Ok(exit)
}

/// Refuses to write where something lies that this run reads, or writes as well.
fn is_apart(
    check: &Check,
    judging: &Judging,
    found: &[Found],
    earlier: &[Found],
) -> Result<(), String> {
    let read = apart::read_with(&check.output, judging.project_file.as_deref());
    let exports = apart::exports(found).chain(apart::exports(earlier));
    apart::keep_apart(
        apart::reports(&check.output).chain(of_baseline(check.write_baseline.as_deref())),
        read.chain(of_baseline(check.baseline.as_deref()))
            .chain(exports),
    )
}

fn of_baseline(path: Option<&Path>) -> Option<Named<'_>> {
    path.map(|path| (path, What::Baseline))
}

/// Bytes of the longest baseline that is read: a finding takes some 200.
const LONGEST_BASELINE: u64 = 2_000_000_000;

/// Reads a baseline.
fn baseline(path: &Path) -> Result<Baseline, String> {
    let name = shown(path);
    let name = for_terminal(&name);
    let bytes = read_file(path, LONGEST_BASELINE, "baseline")?;
    Baseline::read(&bytes).map_err(|reason| format!("error: `{name}` {}", for_terminal(&reason)))
}
