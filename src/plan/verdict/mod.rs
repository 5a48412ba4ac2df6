//! The verdict on a plan: what is wrong with it, and what it makes of the findings of the tenant.
//!
//! The tenant is judged before and behind the plan by the same rules. A finding that is there only behind it is the fault
//! of the step that did it, and one that is there only before it is that step's gain. What was wrong before and stays so is
//! counted, and told by `check`.

mod course;
mod lines;
#[cfg(test)]
mod tests;
mod told;

use std::collections::BTreeSet;

use super::checks;
use super::file::{PlanFile, read};
use super::simulate::{Simulation, Sourced, simulate};
use super::state::State;
use crate::audit::{More, audit_with, tell};
use crate::config::Policy;
use crate::finding::{Draft, Fingerprint, Severity};
use crate::report::{Coverage, Outcome, Plan, Report, ReportedProblem};
use crate::rules::{self, Rule};
use crate::snapshot::Moment;
use crate::source::{Encoding, Source, SourceId, Sources, Span};
use crate::tenant::Tenant;
use crate::tenant::edit::Edit;

use course::{Course, Ran};
use lines::Lines;

/// A plan file as it was read.
#[derive(Clone, Debug)]
pub struct PlanText {
    /// Path as shown.
    pub path: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// What came of a plan.
#[derive(Debug)]
pub struct Judged {
    /// The report; its problems name what is wrong with the plan files.
    pub report: Report,
    /// Whether a plan file could not be followed everywhere.
    pub has_faults: bool,
    /// The worst of what the plan needs and does not have, where the rule that would tell it is off: it counts all the same.
    pub unmet: Option<Severity>,
    /// The tenant as it is behind the plan.
    pub end: Tenant,
    /// All changes of the tenant, in order, in the words of the exports.
    pub edits: Vec<Edit>,
}

/// So many accounts and numbers may be judged anew behind steps, all steps together: beyond that, only gates are looked
/// at, and the step that did something is the last one that touched it.
const EACH_STEP: usize = 200_000;

/// Carries a plan out on paper and judges it.
pub fn judge(
    tenant: Tenant,
    sources: Sources,
    plans: &[PlanText],
    policy: &Policy,
    as_of: Option<Moment>,
) -> Judged {
    judge_by(EACH_STEP, tenant, sources, plans, policy, as_of)
}

/// The same with another limit for judging behind each step.
fn judge_by(
    limit: usize,
    tenant: Tenant,
    mut sources: Sources,
    plans: &[PlanText],
    policy: &Policy,
    as_of: Option<Moment>,
) -> Judged {
    let mut files = Vec::new();
    for plan in plans {
        files.push(add(plan, &mut sources));
    }
    let plan_files: Vec<Sourced> = files
        .iter()
        .map(|(source, offset, file)| Sourced {
            source: *source,
            offset: *offset,
            steps: &file.steps,
        })
        .collect();
    let steps: usize = plan_files.iter().map(|file| file.steps.len()).sum();
    let size = tenant.users.len() + tenant.numbers.len();
    let each_step = steps.saturating_mul(size) <= limit;
    let judge_now = |tenant: &Tenant| tell(tenant, rules::all(), policy, as_of);
    let before = judge_now(&tenant);
    let mut course = Course::begin(&before);
    let mut at_end = None;
    let simulation = simulate(State::new(tenant), &plan_files, |state, step, is_gate| {
        if each_step || is_gate {
            state.tenant.settle();
            let told = judge_now(&state.tenant);
            course.note(&told, step, is_gate);
            at_end = (step + 1 == steps).then_some(told);
        }
    });
    let end = at_end.unwrap_or_else(|| judge_now(&simulation.state.tenant));
    if !each_step {
        course.note(&end, steps.saturating_sub(1), false);
        course.blame_by_touch(&simulation);
    }
    course.close(&end, &simulation);
    let mut drafts = checks::of(&simulation);
    drafts.extend(course.uncovered(&simulation));
    drafts.extend(course.worse(&simulation));
    let drafts: Vec<(&'static Rule, Draft)> = drafts
        .into_iter()
        .filter_map(|(code, draft)| Some((rules::find(code)?, draft)))
        .collect();
    let (drafts, untold): (Vec<_>, Vec<_>) =
        drafts.into_iter().partition(|(rule, _)| policy.is_on(rule));
    let unmet = untold
        .iter()
        .filter(|(rule, _)| checks::is_about_needs(rule));
    let unmet = unmet.map(|(rule, draft)| policy.severity(rule, draft.severity));
    let unmet = unmet.max();
    let coverage = coverage(&simulation, &drafts, policy);
    let known = &course.known;
    let keep = |fingerprint: Fingerprint, severity: Severity| {
        known.get(&fingerprint).is_none_or(|was| *was < severity)
    };
    let more = More {
        drafts,
        coverage,
        told: Some(end),
        keep: &keep,
    };
    let tenants = [simulation.state.tenant];
    let mut report = audit_with(&tenants, &[], sources, rules::all(), policy, as_of, more);
    let [end_tenant] = tenants;
    report.rules = rules::known().iter().collect();
    let ran = Ran {
        steps: &simulation.steps,
        acts: &simulation.acts,
    };
    let sources = std::mem::take(&mut report.sources);
    let lines = Lines::of(&sources, &files);
    course.locate(&mut report, &ran, &lines);
    report.fixed = course.fixed();
    let paths = plans.iter().map(|plan| plan.path.clone()).collect();
    report.plan = Some(Plan {
        paths,
        steps: course.steps(&ran, &lines),
        unchanged: course.unchanged,
    });
    let mut has_faults = false;
    let mut problems = Vec::new();
    for (source, offset, file) in &files {
        for fault in &file.faults {
            has_faults = true;
            let message = match &fault.help {
                Some(help) => format!("{}: {help}", fault.message),
                None => fault.message.clone(),
            };
            let span = Span {
                source: *source,
                start: *offset + fault.bytes.start as u64,
                len: u32::try_from(fault.bytes.len()).unwrap_or(u32::MAX),
            };
            problems.push(ReportedProblem {
                snapshot: 0,
                severity: Severity::Error,
                message,
                location: Some(lines.at(span, "")),
                blinds: Vec::new(),
                untold: None,
            });
        }
    }
    problems.append(&mut report.problems);
    report.problems = problems;
    report.sources = sources;
    Judged {
        report,
        has_faults,
        unmet,
        end: end_tenant,
        edits: simulation.edits,
    }
}

/// Adds a plan file to the sources and reads it: its source, and how many stored bytes precede the text.
fn add(plan: &PlanText, sources: &mut Sources) -> (SourceId, u64, PlanFile) {
    let encoding = Encoding::detect(&plan.bytes);
    let text = encoding.decode(plan.bytes.clone()).text;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let is_stored = std::str::from_utf8(&plan.bytes).is_ok_and(|bytes| bytes.ends_with(text));
    let file = read(&plan.path, text);
    if is_stored {
        let offset = (plan.bytes.len() - text.len()) as u64;
        let source = Source::in_memory(plan.path.clone(), 0, &plan.bytes);
        (sources.add(source), offset, file)
    } else {
        // Places in a file of another encoding are those of its text.
        let source = Source::in_memory(plan.path.clone(), 0, text.as_bytes());
        (sources.add(source), 0, file)
    }
}

/// What each rule over plans did.
fn coverage(
    simulation: &Simulation,
    drafts: &[(&'static Rule, Draft)],
    policy: &Policy,
) -> Vec<Coverage> {
    let (asked, unknown, why) = checks::unknown(simulation);
    let steps = simulation.steps.len() as u64;
    let lines = rules::of_plans().iter().map(|rule| {
        let code = rule.page.code;
        let findings = drafts.iter().filter(|(own, _)| own.page.code == code);
        let findings = findings.count() as u64;
        let counts_needs = code == "PL002";
        let outcome = if !policy.is_on(rule) {
            Outcome::Off
        } else if findings > 0 {
            Outcome::Failed
        } else if steps == 0 {
            Outcome::NotApplicable
        } else {
            Outcome::Passed
        };
        let is_on = outcome != Outcome::Off;
        Coverage {
            snapshot: 0,
            rule: rule.page.name,
            code,
            outcome,
            examined: if counts_needs { asked } else { steps },
            findings,
            unknown: if counts_needs && is_on { unknown } else { 0 },
            undecided: Some(BTreeSet::new()),
            superseded: 0,
            partial: false,
            in_doubt: false,
            lacks: BTreeSet::new(),
            why: why.clone().filter(|_| counts_needs && is_on),
        }
    });
    lines.collect()
}
