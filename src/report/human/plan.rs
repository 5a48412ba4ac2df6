//! What a plan does, step by step: below what is wrong with it, above the summary.

use std::fmt::Write as _;

use super::look::{FAINT, GOOD, KEY, Look, STRONG, severity_style};
use super::words::{counted, number, wrap};
use crate::report::escape::for_terminal;
use crate::report::steps::{Entry, Went, entries, unmet};
use crate::report::{ObjectChange, Plan, PlanAct, Report};

/// Steps that are printed before the rest is counted, unless the user says otherwise.
const SHOWN: usize = 25;

/// Acts of a step that are printed though they go well.
const FINE: usize = 8;

/// Acts of a step that are printed because they do not go well.
const BAD: usize = 10;

/// The steps with what they need, change and type.
pub(super) fn of(report: &Report, plan: &Plan, limit: Option<usize>, look: Look) -> String {
    let paths: Vec<_> = plan.paths.iter().map(|path| for_terminal(path)).collect();
    let title = look.paint(STRONG, &format!("plan {}", paths.join(", ")));
    let mut text = format!("{title}: {}\n", plan.size());
    let limit = limit.unwrap_or(SHOWN);
    let entries = entries(plan, limit);
    for entry in entries.iter().take(limit) {
        step(report, *entry, look, &mut text);
    }
    rest(entries.get(limit..).unwrap_or_default(), look, &mut text);
    text
}

fn step(report: &Report, entry: Entry, look: Look, text: &mut String) {
    let outcome = entry.outcome();
    let outcome = match entry.went() {
        None => look.paint(FAINT, &outcome),
        Some(went) => look.paint(went.severity().map_or(GOOD, severity_style), &outcome),
    };
    let head = look.paint(STRONG, &format!("{}: {}", entry.heading(), entry.changes()));
    let assumed = if entry.is_assumed() {
        ", on the assumed state"
    } else {
        ""
    };
    let counts = entry.counts();
    let comma = if counts.is_empty() { "" } else { ", " };
    let place = entry.place().map_or_else(String::new, |place| {
        let path = for_terminal(report.path_of(place));
        format!("({path}:{}:{})", place.start.line, place.start.column)
    });
    let place = look.paint(FAINT, &place);
    let _ = writeln!(text, "  {head}: {outcome}{assumed}{comma}{counts} {place}");
    if let Some(step) = entry.single() {
        acts(step.change, &step.acts, look, text);
    }
    for (key, findings) in [("adds", entry.added()), ("removes", entry.removed())] {
        if !findings.is_empty() {
            told(4, key, &findings, look, text);
        }
    }
}

/// Acts that do not go well before anything else; of those that do, the first.
fn acts(step: &str, acts: &[PlanAct], look: Look, text: &mut String) {
    let [mut fine, mut bad] = [0, 0];
    for one in acts {
        let (shown, most) = match Went::of(one) {
            Went::Well => (&mut fine, FINE),
            _ => (&mut bad, BAD),
        };
        *shown += 1;
        if *shown <= most {
            act(step, one, look, text);
        }
    }
    let left = [fine.saturating_sub(FINE), bad.saturating_sub(BAD)];
    let all = left.iter().sum::<usize>() as u64;
    if all > 0 {
        let mut more = format!("and {}", counted(all, "more act", "more acts"));
        if left[1] > 0 {
            let _ = write!(more, ", {} of them not ok", number(left[1] as u64));
        }
        let how = look.paint(FAINT, "(--format json lists all)");
        let _ = writeln!(text, "    {more} {how}");
    }
}

fn act(step: &str, act: &PlanAct, look: Look, text: &mut String) {
    let object = for_terminal(&act.object);
    let name = if act.change == step {
        object.into_owned()
    } else {
        format!("{} {object}", act.change)
    };
    let went = Went::of(act);
    let outcome = went.severity().map_or_else(String::new, |severity| {
        format!(": {}", look.paint(severity_style(severity), went.name()))
    });
    let _ = writeln!(text, "    {name}{outcome}");
    for need in &act.needs {
        if need.met != "met" {
            told(6, need.met, &unmet(need), look, text);
        }
    }
    for change in act.changes.iter().map(ObjectChange::sentence) {
        told(6, "changes", &change, look, text);
    }
    // What is refused is not to be typed.
    if went != Went::Refused {
        for command in &act.commands {
            let (key, what) = match command.strip_prefix('#') {
                Some(by_hand) => ("by hand", by_hand.trim_start()),
                None => ("run", command.as_str()),
            };
            line(6, key, &for_terminal(what), look, text);
        }
    }
    if let Some(why) = &act.irreversible {
        told(6, "no way back", why, look, text);
    }
    for remark in &act.remarks {
        told(6, "note", remark, look, text);
    }
}

/// A key and a sentence, which may need several lines.
fn told(indent: usize, key: &str, sentence: &str, look: Look, text: &mut String) {
    let width = look.width.saturating_sub(indent + key.len() + 2);
    for (number, part) in wrap(&for_terminal(sentence), width.max(20))
        .iter()
        .enumerate()
    {
        if number == 0 {
            line(indent, key, part, look, text);
        } else {
            let _ = writeln!(text, "{:1$}{part}", "", indent + key.len() + 2);
        }
    }
}

/// A key and what stands behind it, as it is: what is copied from the terminal has to be what was written.
fn line(indent: usize, key: &str, what: &str, look: Look, text: &mut String) {
    let key = look.paint(KEY, &format!("{key}:"));
    let _ = writeln!(text, "{:indent$}{key} {what}", "");
}

fn rest(entries: &[Entry], look: Look, text: &mut String) {
    let steps: usize = entries.iter().map(|entry| entry.len()).sum();
    if steps == 0 {
        return;
    }
    let is_bad = |entry: &&Entry| entry.went().is_some_and(|went| went != Went::Well);
    let bad = entries.iter().filter(is_bad).count() as u64;
    let mut more = format!("  and {}", counted(steps as u64, "more step", "more steps"));
    if bad > 0 {
        let _ = write!(more, ", {} of them not ok", number(bad));
    }
    let how = look.paint(FAINT, "(--format json lists all)");
    let _ = writeln!(text, "{more} {how}");
}
