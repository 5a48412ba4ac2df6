//! What a plan adds to the JSON report: its steps with their acts.

use serde::Serialize;

use super::drift::{PropertyV1, property};
use super::layout::Each;
use super::{LocationV1, location};
use crate::report::{ObjectChange, PlanAct, PlanFinding, PlanNeed, PlanStep, Report};

#[derive(Serialize)]
struct PlanV1<'a, S> {
    paths: &'a [String],
    unchanged: UnchangedV1,
    /// Made while they are written: a bulk list has as many as a tenant has users.
    steps: S,
}

#[derive(Serialize)]
struct UnchangedV1 {
    error: u64,
    warning: u64,
    info: u64,
}

#[derive(Serialize)]
pub(in crate::report) struct StepV1<'a> {
    number: u32,
    change: &'a str,
    location: LocationV1<'a>,
    assumed: bool,
    missing: &'a [String],
    acts: Vec<ActV1<'a>>,
    added: Vec<FoundV1<'a>>,
    removed: Vec<FoundV1<'a>>,
}

#[derive(Serialize)]
struct ActV1<'a> {
    change: &'a str,
    object: &'a str,
    outcome: &'a str,
    needs: Vec<NeedV1<'a>>,
    changes: Vec<ObjectV1<'a>>,
    commands: &'a [String],
    undo: &'a [String],
    irreversible: Option<&'a str>,
    remarks: &'a [String],
}

#[derive(Serialize)]
struct NeedV1<'a> {
    what: &'a str,
    met: &'a str,
    severity: &'a str,
    instead: &'a str,
}

#[derive(Serialize)]
struct ObjectV1<'a> {
    kind: &'a str,
    name: &'a str,
    what: &'a str,
    properties: Vec<PropertyV1<'a>>,
}

#[derive(Serialize)]
struct FoundV1<'a> {
    code: &'a str,
    severity: &'a str,
    subject: &'a str,
}

/// The plan, where the report tells one.
pub(super) fn of(report: &Report) -> Option<impl Serialize> {
    let plan = report.plan.as_ref()?;
    let [error, warning, info] = plan.unchanged;
    Some(PlanV1 {
        paths: &plan.paths,
        unchanged: UnchangedV1 {
            error,
            warning,
            info,
        },
        steps: Each(|| plan.steps.iter().map(|one| step(report, one))),
    })
}

/// One step.
pub(in crate::report) fn step<'a>(report: &'a Report, step: &'a PlanStep) -> StepV1<'a> {
    StepV1 {
        number: step.number,
        change: step.change,
        location: location(report, &step.location),
        assumed: step.assumed,
        missing: &step.missing,
        acts: step.acts.iter().map(act).collect(),
        added: step.added.iter().map(found).collect(),
        removed: step.removed.iter().map(found).collect(),
    }
}

fn act(act: &PlanAct) -> ActV1<'_> {
    ActV1 {
        change: act.change,
        object: &act.object,
        outcome: act.outcome.name(),
        needs: act.needs.iter().map(need).collect(),
        changes: act.changes.iter().map(object).collect(),
        commands: &act.commands,
        undo: &act.undo,
        irreversible: act.irreversible.as_deref(),
        remarks: &act.remarks,
    }
}

fn need(need: &PlanNeed) -> NeedV1<'_> {
    NeedV1 {
        what: &need.what,
        met: need.met,
        severity: need.severity.name(),
        instead: &need.instead,
    }
}

fn object(change: &ObjectChange) -> ObjectV1<'_> {
    ObjectV1 {
        kind: change.kind,
        name: &change.name,
        what: change.what.name(),
        properties: change.properties.iter().map(property).collect(),
    }
}

fn found(finding: &PlanFinding) -> FoundV1<'_> {
    FoundV1 {
        code: finding.code,
        severity: finding.severity.name(),
        subject: &finding.subject,
    }
}
