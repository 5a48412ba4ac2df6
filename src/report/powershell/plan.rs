//! A plan as a script, and what takes it back.

use super::{Block, Script};
use crate::finding::Severity;
use crate::report::{ActOutcome, PlanAct, PlanNeed, PlanStep, Report};

/// The plan of a report as a script: a block for each step, what it needs as comments before its commands. `None` where
/// the report is none of a plan.
pub fn script_of_plan(report: &Report) -> Option<Script> {
    let plan = report.plan.as_ref()?;
    let blocks = plan.steps.iter().map(|step| Block {
        title: title(step),
        place: place(report, step),
        comments: comments(step),
        commands: {
            let missing = step.missing.iter().map(|words| format!("# {words}"));
            let lines = step.acts.iter().flat_map(commands);
            match missing.chain(lines).collect::<Vec<String>>() {
                none if none.is_empty() => vec!["# nothing to do".to_owned()],
                lines => lines,
            }
        },
    });
    let blocks = blocks.collect();
    let mut notes = vec![format!("The plan: {}", plan.paths.join(", "))];
    let [_, unmet, unknown] = plan.needs();
    if unmet > 0 {
        notes.push(format!(
            "{unmet} of what the plan needs is not there: run `tenantlint plan` and mend the plan before you run this"
        ));
    }
    if unknown > 0 {
        notes.push(format!(
            "{unknown} of what the plan needs could not be looked up in the snapshot"
        ));
    }
    Some(Script {
        title: "Planned changes".to_owned(),
        notes,
        tenant_id: tenant_id(report),
        blocks,
        by_hand: Vec::new(),
    })
}

/// What takes the plan of a report back, the last step first. `None` where the report is none of a plan.
pub fn rollback_of_plan(report: &Report) -> Option<Script> {
    let plan = report.plan.as_ref()?;
    let mut blocks = Vec::new();
    for step in plan.steps.iter().rev() {
        // What cannot be taken back stands where it would be taken back: what comes behind may need it.
        let commands: Vec<String> = step
            .acts
            .iter()
            .rev()
            .flat_map(|act| {
                let lasting = act.irreversible.as_ref();
                let lasting = lasting.map(|why| format!("# {}: {why}", called(act)));
                lasting.into_iter().chain(act.undo.iter().cloned())
            })
            .collect();
        if !commands.is_empty() {
            blocks.push(Block {
                title: format!("Back from: {}", title(step)),
                place: place(report, step),
                comments: Vec::new(),
                commands,
            });
        }
    }
    Some(Script {
        title: "What takes the planned changes back".to_owned(),
        notes: vec![format!("The plan: {}", plan.paths.join(", "))],
        tenant_id: tenant_id(report),
        blocks,
        by_hand: Vec::new(),
    })
}

/// The lines of an act. What the service refuses, or what lacks something, is not run: it is shown, with the reason.
fn commands(act: &PlanAct) -> Vec<String> {
    let is_bad = |need: &PlanNeed| need.met == "unmet" && need.severity == Severity::Error;
    let is_unmet = act.needs.iter().any(is_bad);
    if act.outcome == ActOutcome::Done && !is_unmet {
        return act.commands.clone();
    }
    let why = match act.outcome {
        ActOutcome::Refused => "refused",
        ActOutcome::NotReached => "not reached",
        ActOutcome::Done => "lacks something",
    };
    let lines = act
        .commands
        .iter()
        .map(|line| line.trim_start_matches("# "));
    lines.map(|line| format!("# {why}: {line}")).collect()
}

fn tenant_id(report: &Report) -> Option<String> {
    report.snapshots.first()?.tenant_id.clone()
}

fn title(step: &PlanStep) -> String {
    match step.acts.as_slice() {
        [only] => called(only),
        _ => step.change.to_owned(),
    }
}

fn called(act: &PlanAct) -> String {
    format!("{} ({})", act.change, act.object)
}

fn place(report: &Report, step: &PlanStep) -> String {
    let location = &step.location;
    let (line, column) = (location.start.line, location.start.column);
    format!("{}:{line}:{column}", report.path_of(location))
}

/// What a step needs, each need once, and what it leaves behind.
fn comments(step: &PlanStep) -> Vec<String> {
    let mut comments: Vec<String> = Vec::new();
    for act in &step.acts {
        for need in &act.needs {
            let line = match need.met {
                "met" => format!("Before: {}", need.what),
                "unmet" => format!("NOT MET: {} - {}", need.what, need.instead),
                _ => format!("Not known: {} - {}", need.what, need.instead),
            };
            if !comments.contains(&line) {
                comments.push(line);
            }
        }
        comments.extend(act.remarks.iter().map(|remark| format!("Mind: {remark}")));
    }
    comments
}
