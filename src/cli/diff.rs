//! `tenantlint diff`: from two snapshots to a report of what changed between them.

use std::io::{self, Write};

use super::apart;
use super::args::Diff;
use super::exit::Exit;
use super::judging::{
    Judging, exit, give_up, is_useless, is_within, load_tenant, nothing_of_use, one_snapshot,
};
use super::output;
use super::redacting::redacted;
use crate::audit::audit;
use crate::drift;
use crate::report::for_terminal;
use crate::rules;
use crate::source::Sources;

/// Runs the command.
pub(super) fn run(diff: &Diff, out: &mut dyn Write, messages: &mut dyn Write) -> io::Result<Exit> {
    let snapshots = [diff.old.as_path(), diff.new.as_path()];
    let judging = match Judging::of_tenants(&diff.settings, &diff.output, &snapshots) {
        Ok(judging) => judging,
        Err(text) => return give_up(messages, &text),
    };
    judging.warn(messages)?;
    let found = one_snapshot(&diff.old).and_then(|old| Ok((old, one_snapshot(&diff.new)?)));
    let (old, new) = match found {
        Ok(found) => found,
        Err(text) => return give_up(messages, &text),
    };
    let read = apart::read_with(&diff.output, judging.project_file.as_deref());
    let exports = [&old, &new].map(std::slice::from_ref);
    let exports = exports.into_iter().flat_map(apart::exports);
    if let Err(text) = apart::keep_apart(apart::reports(&diff.output), read.chain(exports)) {
        return give_up(messages, &text);
    }
    let mut sources = Sources::within(judging.budget.clone());
    let new = load_tenant(&new, 0, &mut sources);
    // Its files are kept apart from those that are reported on; judged it is alone, as the first.
    let mut old = load_tenant(&old, 1, &mut sources);
    old.snapshot.index = 0;
    if let Err(text) = is_within(&judging.budget) {
        return give_up(messages, &text);
    }
    for tenant in [&old, &new] {
        if is_useless(tenant) {
            nothing_of_use(tenant, messages)?;
            return Ok(Exit::CouldNotAudit);
        }
    }
    if drift::are_strangers(&old, &new) {
        let [one, other] = [&old, &new].map(|tenant| for_terminal(&tenant.snapshot.path));
        let text =
            format!("error: `{one}` and `{other}` are of two tenants: their tenant ids differ");
        return give_up(messages, &text);
    }
    let report = |tenant, as_of| {
        audit(
            std::slice::from_ref(tenant),
            &[],
            sources.clone(),
            rules::all(),
            &judging.policy,
            as_of,
        )
    };
    let before = report(&old, judging.as_of);
    let mut after = report(&new, judging.as_of);
    let [then, now] = [&old, &new].map(|tenant| tenant.snapshot.now.map(|now| now.moment));
    let has_aged = judging.as_of.is_none() && then < now;
    let aged = now.filter(|_| has_aged).map(|now| report(&old, Some(now)));
    drift::compare(&mut after, before, aged.as_ref(), &old, &new);
    let report = redacted(after, judging.key.as_ref(), [&old, &new].into_iter());
    let written = output::write(&diff.output, &report, judging.color, out);
    let has_failed = output::tell(&written.failures, messages)?;
    written.out?;
    Ok(exit(&report, &judging, has_failed))
}
