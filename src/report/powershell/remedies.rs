//! The remedies of a report as one script, in the order in which nothing is lost on the way.

use std::collections::{BTreeMap, BTreeSet};

use super::line::cmdlets;
use super::phases::{Phase, Role, role};
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
        let parts = parts_of(finding);
        let total = parts.changes.len();
        if total == 0 {
            by_hand.push((finding, parts.rest));
        }
        for (part, (phase, lines)) in parts.changes.into_iter().enumerate() {
            changes.push(Change {
                phase,
                part: (part, total),
                runs: runs_of(&lines),
                lines,
                findings: vec![finding],
            });
        }
    }
    changes.sort_by(|one, other| {
        let phases = one.phase.cmp(&other.phase);
        phases.then_with(|| order_of(one.findings[0]).cmp(&order_of(other.findings[0])))
    });
    by_hand.sort_by(|(one, _), (other, _)| order_of(one).cmp(&order_of(other)));
    let changes = once(changes);
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

/// A step before it is written.
struct Change<'a> {
    phase: Phase,
    /// Which part of the remedy it is, from 0, and how many there are.
    part: (usize, usize),
    lines: Vec<String>,
    /// The commands that it runs, spelled so that the same ones are alike.
    runs: BTreeSet<String>,
    /// The findings that ask for it, the one that it was made for first.
    findings: Vec<&'a Finding>,
}

/// A remedy, taken apart.
struct Parts {
    /// What is run in each stage, with what has to be done by hand before and behind it.
    changes: Vec<(Phase, Vec<String>)>,
    /// What is left where nothing is run.
    rest: Vec<String>,
}

/// Takes a remedy apart where its later commands have to wait for the steps of others.
fn parts_of(finding: &Finding) -> Parts {
    let mut changes: Vec<(Phase, Vec<String>)> = Vec::new();
    let mut waiting = Vec::new();
    let mut known = BTreeSet::new();
    for line in &finding.remedy.commands {
        let names = match cmdlets(line, &mut known) {
            Ok(names) => names,
            Err(_) => {
                waiting.push(line.clone());
                continue;
            }
        };
        let sets_variable = line.trim_start().starts_with('$');
        match role_of(line, &names) {
            Some(Role::Change(phase)) => {
                let earliest = changes.last().map_or(phase, |(before, _)| *before);
                let phase = phase.max(earliest);
                match changes.last_mut() {
                    Some((before, lines)) if before.stage() == phase.stage() => {
                        *before = phase;
                        lines.append(&mut waiting);
                        lines.push(line.clone());
                    }
                    _ => {
                        waiting.push(line.clone());
                        changes.push((phase, std::mem::take(&mut waiting)));
                    }
                }
            }
            // What is looked up for a later command stands with it.
            Some(Role::Look) if sets_variable => waiting.push(line.clone()),
            Some(Role::Look) => waiting.push(format!("# look: {line}")),
            Some(Role::Elsewhere(shell)) => waiting.push(format!("# {shell}{line}")),
            None => waiting.push(format!("# run by hand: {line}")),
        }
    }
    match changes.last_mut() {
        Some((_, lines)) => lines.append(&mut waiting),
        None => {
            return Parts {
                changes,
                rest: waiting,
            };
        }
    }
    Parts {
        changes,
        rest: Vec::new(),
    }
}

/// What a whole line is for: the strongest that its cmdlets are for, or nothing where one of them is not known.
fn role_of(line: &str, names: &[&str]) -> Option<Role> {
    let mut whole = Role::Look;
    for name in names {
        whole = match (whole, role(name, line)?) {
            (Role::Elsewhere(shell), _) | (_, Role::Elsewhere(shell)) => Role::Elsewhere(shell),
            (Role::Change(one), Role::Change(other)) => Role::Change(one.max(other)),
            (Role::Change(phase), Role::Look) | (Role::Look, Role::Change(phase)) => {
                Role::Change(phase)
            }
            (Role::Look, Role::Look) => Role::Look,
        };
    }
    Some(whole)
}

/// The commands among the lines, without the quotes that make no difference.
fn runs_of(lines: &[String]) -> BTreeSet<String> {
    let mut known = BTreeSet::new();
    let runs = lines
        .iter()
        .filter(|line| cmdlets(line, &mut known).is_ok());
    runs.map(|line| spelled_alike(line)).collect()
}

/// A command without the quotes of plain words, which one rule writes and another does not.
fn spelled_alike(line: &str) -> String {
    let words = line.trim().split(' ').map(|word| {
        let inside = word
            .strip_prefix('\'')
            .and_then(|word| word.strip_suffix('\''));
        let is_plain =
            |text: &&str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        inside.filter(is_plain).unwrap_or(word)
    });
    words.collect::<Vec<_>>().join(" ")
}

/// Puts together what does the same: a step all of whose commands another one runs as well.
fn once(changes: Vec<Change>) -> Vec<Change> {
    let mut kept: Vec<Change> = Vec::new();
    for mut change in changes {
        let same = kept
            .iter_mut()
            .find(|other| change.runs.is_subset(&other.runs));
        if let Some(other) = same {
            other.take_in(change);
            continue;
        }
        // The larger step stands where it has to, and brings along what smaller ones ask for.
        let (within, others): (Vec<_>, Vec<_>) = std::mem::take(&mut kept)
            .into_iter()
            .partition(|other| other.runs.is_subset(&change.runs));
        kept = others;
        for other in within {
            change.take_in(other);
        }
        let done: BTreeSet<&String> = kept.iter().flat_map(|other| &other.runs).collect();
        let mut known = BTreeSet::new();
        for line in &mut change.lines {
            let is_change = !line.starts_with('$') && cmdlets(line, &mut known).is_ok();
            if is_change && done.contains(&spelled_alike(line)) {
                *line = format!("# an earlier step has done this: {line}");
            }
        }
        kept.push(change);
    }
    kept
}

impl<'a> Change<'a> {
    /// Speaks for the findings of another step too, and keeps what that one says beside its commands.
    fn take_in(&mut self, other: Change<'a>) {
        let said = other.lines.into_iter().filter(|line| line.starts_with('#'));
        let new: Vec<String> = said.filter(|line| !self.lines.contains(line)).collect();
        self.lines.splice(0..0, new);
        for finding in other.findings {
            if !self
                .findings
                .iter()
                .any(|known| known.fingerprint == finding.fingerprint)
            {
                self.findings.push(finding);
            }
        }
    }
}

/// The parameters that name an account.
const ACCOUNTS: [&str; 2] = ["-Identity", "-UserId"];

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

impl Change<'_> {
    /// The accounts that the commands name.
    fn accounts(&self) -> BTreeSet<String> {
        let of_run = |run: &String| -> Option<String> {
            let mut words = run.split(' ');
            words.find(|word| ACCOUNTS.contains(word))?;
            let name = words.next()?.trim_matches('\'');
            name.contains('@').then(|| name.to_lowercase())
        };
        self.runs.iter().filter_map(of_run).collect()
    }
}

fn block_of(
    change: &Change,
    number: usize,
    numbers: &BTreeMap<String, BTreeSet<usize>>,
    report: &Report,
) -> Block {
    let first = change.findings[0];
    let mut title = title(first);
    if let (part, total @ 2..) = change.part {
        title.push_str(&format!(" (part {} of {total})", part + 1));
    }
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

/// In which order findings are taken within a phase: by code and subject, whatever their severity.
fn order_of(finding: &Finding) -> (&'static str, &str, &str) {
    (finding.code, &finding.subject.name, &finding.message)
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
        let mut from = format!("Written from `{}`", snapshot.path);
        if let Some(name) = name {
            from.push_str(&format!(" of tenant `{name}`"));
        }
        match &snapshot.exported_at {
            Some(time) => from.push_str(&format!(
                ", exported {time}: what changed since is not known here."
            )),
            None => from.push_str(": nobody knows when it was exported."),
        }
        notes.push(from);
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
