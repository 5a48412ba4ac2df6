//! The remedies of a report as one script, in the order in which nothing is lost on the way.

use std::collections::{BTreeMap, BTreeSet};

use super::steps::{Change, in_order, order_of};
use super::{Block, Script};
use crate::finding::{Finding, Severity};
use crate::report::Report;
use crate::report::human::words::counted;

/// The script that remedies the open findings of a report of one snapshot.
///
/// What one finding asks for stays together, as far as the order allows; what several ask for is done once.
pub fn script_of(report: &Report) -> Script {
    let mut changes = Vec::new();
    let mut by_hand = Vec::new();
    for finding in report.open() {
        match Change::all_of(finding) {
            Ok(parts) => changes.extend(parts),
            Err(lines) => by_hand.push((finding, lines)),
        }
    }
    by_hand.sort_by(|(one, _), (other, _)| order_of(one).cmp(&order_of(other)));
    let changes = in_order(changes);
    let numbers = numbers_by_account(&changes);
    let blocks: Vec<Block> = changes
        .iter()
        .enumerate()
        .map(|(at, change)| block_of(change, at + 1, &numbers, report))
        .collect();
    let by_hand: Vec<Block> = by_hand
        .into_iter()
        .map(|(finding, commands)| Block {
            title: title(finding),
            place: place(finding, report),
            comments: vec![why(finding)],
            commands,
        })
        .collect();
    let snapshot = report.snapshots.first();
    Script {
        title: "Remedies of what tenantlint found".to_owned(),
        notes: notes(report, blocks.len() as u64, by_hand.len() as u64),
        tenant_id: snapshot.and_then(|one| one.tenant_id.clone()),
        blocks,
        by_hand,
    }
}

/// The numbers of the steps that change an account, by its name as the commands have it.
fn numbers_by_account(changes: &[Change]) -> BTreeMap<String, BTreeSet<usize>> {
    let mut numbers: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
    for (at, change) in changes.iter().enumerate() {
        for account in change.accounts() {
            numbers.entry(account).or_default().insert(at + 1);
        }
    }
    numbers
}

fn block_of(
    change: &Change,
    number: usize,
    numbers: &BTreeMap<String, BTreeSet<usize>>,
    report: &Report,
) -> Block {
    let first = change.findings[0];
    let title = match change.part {
        (part, total @ 2..) => format!("{} (part {} of {total})", title(first), part + 1),
        _ => title(first),
    };
    let mut comments = vec![why(first)];
    for other in &change.findings[1..] {
        comments.push(format!("and {}, from {}", why(other), place(other, report)));
    }
    for account in change.accounts() {
        let others: Vec<String> = numbers
            .get(&account)
            .into_iter()
            .flatten()
            .filter(|other| **other != number)
            .map(usize::to_string)
            .collect();
        if !others.is_empty() {
            let steps = if others.len() == 1 { "step" } else { "steps" };
            comments.push(format!(
                "see also {steps} {} for `{account}`",
                others.join(", ")
            ));
        }
    }
    Block {
        title,
        place: place(first, report),
        comments,
        commands: change.lines.clone(),
    }
}

fn title(finding: &Finding) -> String {
    format!(
        "{} `{}`: {}",
        finding.code, finding.subject.name, finding.remedy.summary
    )
}

fn why(finding: &Finding) -> String {
    format!(
        "{}[{}] {}",
        finding.severity.name(),
        finding.code,
        finding.message
    )
}

fn place(finding: &Finding, report: &Report) -> String {
    let start = finding.location.start;
    let path = report.path_of(&finding.location);
    format!("{path}:{}:{}", start.line, start.column)
}

/// What a reader has to know before anything is run.
fn notes(report: &Report, steps: u64, by_hand: u64) -> Vec<String> {
    let mut notes = Vec::new();
    for snapshot in &report.snapshots {
        let name = snapshot
            .tenant_name
            .as_ref()
            .or(snapshot.tenant_id.as_ref());
        let of = match name {
            Some(name) => format!(" of tenant `{name}`"),
            None => String::new(),
        };
        let when = match &snapshot.exported_at {
            Some(time) => format!(", exported {time}: what changed since is not known here"),
            None => ": nobody knows when it was exported".to_owned(),
        };
        notes.push(format!("Written from `{}`{of}{when}.", snapshot.path));
    }
    notes.push(report.in_one_line());
    let is_damage =
        |finding: &Finding| finding.category == "snapshot" && finding.severity == Severity::Error;
    if report.open().any(is_damage)
        || report
            .problems
            .iter()
            .any(|one| one.severity == Severity::Error)
    {
        notes.push(
            "The exports are damaged: mend them, and write this again, before you run any of it."
                .to_owned(),
        );
    }
    notes.push(format!(
        "{} below; {} to be remedied by hand, at the end.",
        counted(steps, "step", "steps"),
        counted(by_hand, "finding is", "findings are"),
    ));
    notes
}
