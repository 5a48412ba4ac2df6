//! A PowerShell script that an administrator reviews and runs: it changes nothing until it is told to.
//!
//! The writer trusts nobody: texts become comments or single-quoted strings, and a command that is more than a cmdlet
//! with plain arguments is shown as a comment. What the script holds beside that is fixed.

mod frame;
mod line;
mod phases;
mod plan;
mod remedies;
mod steps;

use std::collections::BTreeSet;
use std::io::{self, Write};

pub use plan::{rollback_of_plan, script_of_plan};
pub use remedies::script_of;

use crate::finding::powershell::quoted;
use crate::report::for_terminal;
use line::{Refusal, cmdlets};

/// How far the inside of a step is set in.
const INSIDE: &str = "    ";

/// A script before it is written.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Script {
    /// What the script is for, in one line.
    pub title: String,
    /// What a reader has to know of it, a sentence each.
    pub notes: Vec<String>,
    /// Id of the tenant that it is for: it refuses to change any other. Without one, or with one that is no GUID, it
    /// changes whatever it is connected to.
    pub tenant_id: Option<String>,
    /// What it does, in this order. The writer numbers them: `Step 3 of 7`.
    pub blocks: Vec<Block>,
    /// What it cannot do: comments at its end, which no step waits for.
    pub by_hand: Vec<Block>,
}

/// One step of a script.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Block {
    /// What it does, in one line, without number.
    pub title: String,
    /// Where it comes from, as `path:line:column`; may be empty.
    pub place: String,
    /// Why, and what to look at first.
    pub comments: Vec<String>,
    /// PowerShell lines that can be pasted, in order. A line that begins with `#` says what to do by hand: the script
    /// waits there if anything of the step follows, or if it has nothing to run at all. So it does at a line that it
    /// does not dare to run: one with a placeholder like `<number>`, or more than cmdlets with plain arguments.
    pub commands: Vec<String>,
}

/// Writes the script, for Windows PowerShell 5.1 and PowerShell 7.
///
/// # Errors
/// When the output cannot be written to.
pub fn write(script: &Script, out: &mut dyn Write) -> io::Result<()> {
    let mut steps = Vec::new();
    let mut called = BTreeSet::new();
    for block in &script.blocks {
        let lines = lines_of(block, &mut called);
        steps.push((block, lines));
    }
    frame::write_head(script, &called, out)?;
    let total = steps.len();
    for (index, (block, lines)) in steps.into_iter().enumerate() {
        let step = index + 1;
        let what = format!("Step {step} of {total}: {}", block.title);
        let what = quoted(&for_terminal(&what));
        writeln!(out, "\nInvoke-Change -Step {step} -What {what} -Do {{")?;
        about(block, INSIDE, out)?;
        write_lines(&lines, out)?;
        writeln!(out, "}}")?;
    }
    if !script.by_hand.is_empty() {
        writeln!(out)?;
        comment(out, "", "By hand: no command does this, or not alone.")?;
    }
    for block in &script.by_hand {
        writeln!(out)?;
        comment(out, "", &block.title)?;
        about(block, "", out)?;
        for line in lines_of(block, &mut BTreeSet::new()) {
            let (Line::Run(text) | Line::ByHand(text)) = line;
            comment(out, "  ", &text)?;
        }
    }
    Ok(())
}

/// One line of a step.
enum Line {
    /// A command that is run as it is.
    Run(String),
    /// What somebody has to do.
    ByHand(String),
}

/// The lines of a block, and the cmdlets that those call that are run.
fn lines_of(block: &Block, called: &mut BTreeSet<String>) -> Vec<Line> {
    let mut known = BTreeSet::new();
    let lines = block.commands.iter().filter_map(|command| {
        let command = command.trim();
        let text = command.trim_start_matches('#').trim_start();
        let why = match cmdlets(command, &mut known) {
            Ok(names) => {
                called.extend(names.into_iter().map(str::to_owned));
                return Some(Line::Run(command.to_owned()));
            }
            Err(_) if text.is_empty() => return None,
            Err(Refusal::ByHand) => "",
            Err(Refusal::Placeholder) => "fill in and run: ",
            Err(Refusal::Logging) => "not run, because it holds a logging command of pipelines: ",
            Err(Refusal::Hidden) => "not run, because it holds characters that cannot be seen: ",
            Err(Refusal::NotPlain) => "run by hand: ",
        };
        Some(Line::ByHand(format!("{why}{text}")))
    });
    lines.collect()
}

/// Writes the inside of a step. It waits where something by hand comes before something that is run, but not between
/// what is looked up for a command and that command.
fn write_lines(lines: &[Line], out: &mut dyn Write) -> io::Result<()> {
    let is_run = |line: &Line| matches!(line, Line::Run(_));
    let last = lines.iter().rposition(is_run).unwrap_or(lines.len());
    let mut waits = Vec::new();
    let mut lookups = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        match line {
            Line::Run(command) if command.starts_with('$') && at < last => lookups.push(command),
            Line::Run(command) => {
                wait_for(&mut waits, out)?;
                for command in lookups.drain(..).chain([command]) {
                    writeln!(out, "{INSIDE}{command}")?;
                }
            }
            Line::ByHand(text) if at < last => waits.push(quoted(&for_terminal(text))),
            Line::ByHand(text) => comment(out, INSIDE, text)?,
        }
    }
    wait_for(&mut waits, out)
}

fn wait_for(texts: &mut Vec<String>, out: &mut dyn Write) -> io::Result<()> {
    if !texts.is_empty() {
        writeln!(out, "{INSIDE}Wait-ByHand {}", texts.join(", "))?;
        texts.clear();
    }
    Ok(())
}

/// Writes where a block comes from and why it is there.
fn about(block: &Block, indent: &str, out: &mut dyn Write) -> io::Result<()> {
    if !block.place.is_empty() {
        comment(out, indent, &format!("from {}", block.place))?;
    }
    for text in &block.comments {
        comment(out, indent, text)?;
    }
    Ok(())
}

/// Writes one line of comment.
fn comment(out: &mut dyn Write, indent: &str, text: &str) -> io::Result<()> {
    let text = for_terminal(text.trim());
    let mark = if means_something(&text) { "- " } else { "" };
    writeln!(out, "{indent}# {mark}{text}")
}

/// Whether a text behind `#` would be more than a comment: `SIG # Begin signature block` ends the script, `.SYNOPSIS`
/// and its like are help, and editors fold regions.
fn means_something(text: &str) -> bool {
    let text = text.to_lowercase();
    let is_signature = text
        .strip_prefix("sig")
        .is_some_and(|rest| rest.trim_start().starts_with('#'));
    is_signature || text.starts_with(['.', '#']) || {
        let first = text.split_whitespace().next();
        first.is_some_and(|word| matches!(word, "region" | "endregion"))
    }
}
