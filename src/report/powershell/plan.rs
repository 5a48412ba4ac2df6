//! A plan as a script, and what takes it back.

use super::{Block, Script};
use crate::report::{PlanAct, PlanStep, Report};

/// The plan of a report as a script: a block for each step, what it needs as comments before its commands. `None` where
/// the report is none of a plan.
pub fn script_of_plan(report: &Report) -> Option<Script> {
    let plan = report.plan.as_ref()?;
    let blocks = plan.steps.iter().map(|step| Block {
        title: title(step),
        place: place(report, step),
        comments: comments(step),
        commands: step
            .acts
            .iter()
            .flat_map(|act| act.commands.iter().cloned())
            .collect(),
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
    let mut by_hand = Vec::new();
    for step in plan.steps.iter().rev() {
        let acts = || step.acts.iter().rev();
        let lasting: Vec<String> = acts()
            .filter_map(|act| {
                let why = act.irreversible.as_ref()?;
                Some(format!("{}: {why}", called(act)))
            })
            .collect();
        let commands: Vec<String> = acts().flat_map(|act| act.undo.iter().cloned()).collect();
        let block = |comments, commands| Block {
            title: format!("Back from: {}", title(step)),
            place: place(report, step),
            comments,
            commands,
        };
        if !lasting.is_empty() {
            let comments = std::iter::once("This cannot be taken back:".to_owned());
            by_hand.push(block(comments.chain(lasting).collect(), Vec::new()));
        }
        if !commands.is_empty() {
            blocks.push(block(Vec::new(), commands));
        }
    }
    Some(Script {
        title: "What takes the planned changes back".to_owned(),
        notes: vec![format!("The plan: {}", plan.paths.join(", "))],
        tenant_id: tenant_id(report),
        blocks,
        by_hand,
    })
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
