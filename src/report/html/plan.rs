//! The steps of a plan on the page: each folded, those that do not go well open.

use super::{SHOWN, Words, at, shown, words};
use crate::report::human::words::{counted, number};
use crate::report::steps::{Entry, Went, entries, unmet};
use crate::report::{ObjectChange, Plan, PlanAct, Report};

/// Acts of a step that the page shows; the machine formats have all.
const ACTS: usize = 100;

/// Steps that are open when the page is: of more, nobody sees which there are.
const OPEN: usize = 20;

/// What a plan does.
pub(super) struct Course {
    pub(super) paths: String,
    pub(super) about: Vec<Words>,
    pub(super) steps: Vec<Step>,
    pub(super) rest: Option<String>,
}

pub(super) struct Step {
    pub(super) heading: String,
    pub(super) severity: &'static str,
    pub(super) outcome: String,
    pub(super) counts: String,
    pub(super) place: String,
    pub(super) is_open: bool,
    pub(super) acts: Vec<Act>,
    pub(super) lines: Vec<Line>,
}

pub(super) struct Act {
    pub(super) change: &'static str,
    pub(super) object: String,
    pub(super) severity: &'static str,
    /// Blank where it goes well.
    pub(super) outcome: &'static str,
    pub(super) lines: Vec<Line>,
    pub(super) commands: String,
}

/// A sentence and what it is about.
pub(super) struct Line {
    pub(super) key: &'static str,
    pub(super) what: Words,
}

impl Line {
    fn new(key: &'static str, sentence: &str) -> Self {
        let what = words(sentence);
        Self { key, what }
    }
}

impl Course {
    pub(super) fn of(report: &Report, plan: &Plan) -> Self {
        let paths: Vec<String> = plan.paths.iter().map(|path| shown(path)).collect();
        let about = [format!("It {}", plan.effect())].into_iter();
        let about = about.chain(plan.leaves().map(|left| format!("But {left}")));
        let entries = entries(plan, SHOWN);
        let mut open = 0;
        let steps = entries.iter().take(SHOWN).map(|entry| {
            let is_bad = entry.went().is_some_and(|went| went != Went::Well);
            open += usize::from(is_bad);
            step(report, *entry, is_bad && open <= OPEN)
        });
        let steps = steps.collect();
        let rest: usize = entries.iter().skip(SHOWN).map(|entry| entry.len()).sum();
        Self {
            paths: paths.join(", "),
            about: about.map(|sentence| words(&sentence)).collect(),
            steps,
            rest: (rest > 0).then(|| {
                let rest = counted(rest as u64, "more step", "more steps");
                format!("And {rest}; the JSON report has all of them.")
            }),
        }
    }
}

fn step(report: &Report, entry: Entry, is_open: bool) -> Step {
    let counts = entry.counts();
    let assumed = if entry.is_assumed() {
        ", on the assumed state"
    } else {
        ""
    };
    let comma = if counts.is_empty() { "" } else { ", " };
    let own = entry.single().map_or(&[][..], |step| &step.acts);
    let mut lines = Vec::new();
    if own.len() > ACTS {
        let rest = number((own.len() - ACTS) as u64);
        lines.push(Line::new(
            "more acts",
            &format!("{rest}; the JSON report has all of them"),
        ));
    }
    for (key, findings) in [("adds", entry.added()), ("removes", entry.removed())] {
        if !findings.is_empty() {
            lines.push(Line::new(key, &findings));
        }
    }
    Step {
        heading: format!("{}: {}:", entry.heading(), entry.changes()),
        severity: severity(entry.went()),
        outcome: entry.outcome(),
        counts: format!("{assumed}{comma}{counts}"),
        place: entry
            .place()
            .map_or_else(String::new, |place| at(report, place)),
        is_open,
        acts: own.iter().take(ACTS).map(act).collect(),
        lines,
    }
}

fn act(act: &PlanAct) -> Act {
    let went = Went::of(act);
    let mut lines = Vec::new();
    let needs = act.needs.iter();
    let (met, open): (Vec<_>, Vec<_>) = needs.partition(|need| need.met == "met");
    for need in open {
        lines.push(Line::new(need.met, &unmet(need)));
    }
    lines.extend(met.iter().map(|need| Line::new("met", &need.what)));
    let changes = act.changes.iter().map(ObjectChange::sentence);
    lines.extend(changes.map(|change| Line::new("changes", &change)));
    let lasting = act.irreversible.iter();
    lines.extend(lasting.map(|why| Line::new("no way back", why)));
    lines.extend(act.remarks.iter().map(|remark| Line::new("note", remark)));
    // What is refused is not to be typed.
    let commands = act.commands.iter().filter(|_| went != Went::Refused);
    let commands: Vec<String> = commands.map(|command| shown(command)).collect();
    Act {
        change: act.change,
        object: shown(&act.object),
        severity: severity(Some(went)),
        outcome: if went == Went::Well { "" } else { went.name() },
        lines,
        commands: commands.join("\n"),
    }
}

/// The word that the style of the page has for it.
fn severity(went: Option<Went>) -> &'static str {
    let severity = went.and_then(Went::severity);
    severity.map_or("ok", |severity| severity.name())
}
