//! The steps of a plan as every format for people tells them: how each went, and which of them are told together.
//!
//! A bulk list has thousands of steps that differ in a name only. Those that go well and add no finding are told in one
//! line, so that the others are seen; machine formats have each of them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::human::words::{Counts, counted, number};
use super::{ActOutcome, Location, Plan, PlanAct, PlanFinding, PlanNeed, PlanStep};
use crate::finding::Severity;

/// Steps side by side that are told one by one before they are told together.
const TOLD: usize = 3;

/// Findings or changes that are named before the rest is counted.
const NAMED: usize = 5;

/// How an act went, the worst last.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Went {
    /// All that it needs is there.
    Well,
    /// Nobody can tell whether all that it needs is there.
    Unclear,
    /// It is done, although something that it needs is not there.
    Badly,
    /// An act before it is refused: it does not come to this one.
    NotReached,
    /// The service refuses it.
    Refused,
    /// It names what is not there.
    Nameless,
}

impl Went {
    /// The word used in every format for people.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Well => "ok",
            Self::Unclear => "unclear",
            Self::Badly => "needs unmet",
            Self::NotReached => "not reached",
            Self::Refused => "refused",
            Self::Nameless => "names what is not there",
        }
    }

    /// How bad that is.
    pub(super) fn severity(self) -> Option<Severity> {
        match self {
            Self::Well => None,
            Self::Unclear => Some(Severity::Warning),
            Self::Badly | Self::NotReached | Self::Refused | Self::Nameless => {
                Some(Severity::Error)
            }
        }
    }

    pub(super) fn of(act: &PlanAct) -> Self {
        let is = |word: &str| act.needs.iter().any(|need| need.met == word);
        if act.outcome == ActOutcome::Refused {
            Self::Refused
        } else if act.outcome == ActOutcome::NotReached {
            Self::NotReached
        } else if is("unmet") {
            Self::Badly
        } else if is("unknown") {
            Self::Unclear
        } else {
            Self::Well
        }
    }
}

/// Steps side by side that are told in one go: one, or several that go well.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry<'p> {
    steps: &'p [PlanStep],
}

/// The plan in entries: steps of one change that go well together, and where that leaves more than `limit`, all steps side
/// by side that go well.
pub(super) fn entries(plan: &Plan, limit: usize) -> Vec<Entry<'_>> {
    let by_change = folded(&plan.steps, |one, next| one.change == next.change);
    if by_change.len() <= limit {
        return by_change;
    }
    folded(&plan.steps, |_, _| true)
}

fn folded(steps: &[PlanStep], alike: impl Fn(&PlanStep, &PlanStep) -> bool) -> Vec<Entry<'_>> {
    let together = |one: &PlanStep, next: &PlanStep| {
        let both = goes_well(one) && goes_well(next);
        both && one.assumed == next.assumed && alike(one, next)
    };
    let mut entries = Vec::new();
    for run in steps.chunk_by(together) {
        if run.len() > TOLD {
            entries.push(Entry { steps: run });
        } else {
            entries.extend(run.chunks(1).map(|steps| Entry { steps }));
        }
    }
    entries
}

fn goes_well(step: &PlanStep) -> bool {
    let went = step.acts.iter().map(Went::of).max();
    went == Some(Went::Well) && step.added.is_empty() && step.missing.is_empty()
}

impl<'p> Entry<'p> {
    /// The step, where it is told alone.
    pub(super) fn single(self) -> Option<&'p PlanStep> {
        match self.steps {
            [step] => Some(step),
            _ => None,
        }
    }

    /// How many steps it tells.
    pub(super) fn len(self) -> usize {
        self.steps.len()
    }

    /// `step 2`, or `steps 2 to 4,981`.
    pub(super) fn heading(self) -> String {
        match self.steps {
            [first, .., last] => format!("steps {}", range(first.number, last.number)),
            [step] => format!("step {}", number(step.number.into())),
            [] => String::new(),
        }
    }

    /// `2`, or `2 to 4,981`.
    pub(super) fn numbers(self) -> String {
        match self.steps {
            [first, .., last] => range(first.number, last.number),
            [step] => number(step.number.into()),
            [] => String::new(),
        }
    }

    /// The changes, each named once.
    pub(super) fn changes(self) -> String {
        let mut changes: Vec<&str> = Vec::new();
        for step in self.steps {
            if !changes.contains(&step.change) {
                changes.push(step.change);
            }
        }
        let rest = changes.len().saturating_sub(NAMED);
        changes.truncate(NAMED);
        let mut text = changes.join(", ");
        if rest > 0 {
            let rest = counted(rest as u64, "other change", "other changes");
            let _ = write!(text, " and {rest}");
        }
        text
    }

    /// Where it begins.
    pub(super) fn place(self) -> Option<&'p Location> {
        self.steps.first().map(|step| &step.location)
    }

    /// Whether it is checked on an assumed state.
    pub(super) fn is_assumed(self) -> bool {
        self.steps.iter().any(|step| step.assumed)
    }

    /// How it went; `None` where nothing is done.
    pub(super) fn went(self) -> Option<Went> {
        let acts = self.acts().map(Went::of).max();
        let is_nameless = self.steps.iter().any(|step| !step.missing.is_empty());
        is_nameless.then_some(Went::Nameless).or(acts)
    }

    /// How it went, in words.
    pub(super) fn outcome(self) -> String {
        let acts = self.acts().count();
        let refused = self.acts().filter(|act| act.outcome == ActOutcome::Refused);
        match (refused.count(), self.went()) {
            (0, Some(went)) => went.name().to_owned(),
            (0, None) => "nothing to type".to_owned(),
            (refused, _) if refused < acts => {
                format!(
                    "{} of {} acts refused",
                    number(refused as u64),
                    number(acts as u64)
                )
            }
            _ => Went::Refused.name().to_owned(),
        }
    }

    /// How many acts, and how many of their needs are met, in words.
    pub(super) fn counts(self) -> String {
        let acts = self.acts().count() as u64;
        if acts == 0 {
            return String::new();
        }
        let needs = needs(Plan::needs_of(self.acts()));
        let comma = if needs.is_empty() { "" } else { ", " };
        format!("{}{comma}{needs}", counted(acts, "act", "acts"))
    }

    pub(super) fn acts(self) -> impl Iterator<Item = &'p PlanAct> {
        self.steps.iter().flat_map(|step| &step.acts)
    }

    /// The findings that it adds, in words; empty where it adds none.
    pub(super) fn added(self) -> String {
        found(self.steps.iter().flat_map(|step| &step.added))
    }

    /// The findings that it takes away, in words; empty where it takes none away.
    pub(super) fn removed(self) -> String {
        found(self.steps.iter().flat_map(|step| &step.removed))
    }
}

fn range(first: u32, last: u32) -> String {
    format!("{} to {}", number(first.into()), number(last.into()))
}

/// ``US006 of `a`, OC001 of `b` ``; where they are many, how many of each rule.
fn found<'p>(findings: impl Iterator<Item = &'p PlanFinding>) -> String {
    let findings: Vec<&PlanFinding> = findings.collect();
    if findings.len() <= NAMED {
        let named = findings.iter();
        let named = named.map(|one| format!("{} of `{}`", one.code, one.subject));
        return named.collect::<Vec<_>>().join(", ");
    }
    let mut by_code: BTreeMap<&str, u64> = BTreeMap::new();
    for one in findings {
        *by_code.entry(one.code).or_default() += 1;
    }
    let counts = by_code.iter();
    let counts = counts.map(|(code, count)| format!("{} of {code}", number(*count)));
    counts.collect::<Vec<_>>().join(", ")
}

/// A need that is not met, and what is there instead.
pub(super) fn unmet(need: &PlanNeed) -> String {
    if need.instead.is_empty() {
        return need.what.clone();
    }
    format!("{}, but {}", need.what, need.instead)
}

/// `8 needs met`, or `5 needs met, 2 unmet, 1 unknown`; empty where nothing is needed.
pub(super) fn needs([met, unmet, unknown]: [u64; 3]) -> String {
    if met + unmet + unknown == 0 {
        return String::new();
    }
    let mut text = format!("{} met", counted(met, "need", "needs"));
    for (count, word) in [(unmet, "unmet"), (unknown, "unknown")] {
        if count > 0 {
            let _ = write!(text, ", {} {word}", number(count));
        }
    }
    text
}

impl Plan {
    /// `5 steps with 12 acts`.
    pub(super) fn size(&self) -> String {
        let steps = counted(self.steps.len() as u64, "step", "steps");
        format!(
            "{steps} with {}",
            counted(self.acts() as u64, "act", "acts")
        )
    }

    /// `adds 2 errors, removes 1 warning`.
    pub(super) fn effect(&self) -> String {
        let all = |of: fn(&PlanStep) -> &Vec<PlanFinding>| {
            let findings = self.steps.iter().flat_map(of);
            Counts::of(findings.map(|one| one.severity))
        };
        let told = |counts: Counts| match counts.total() {
            0 => "no finding".to_owned(),
            _ => counts.to_string(),
        };
        let (added, removed) = (all(|step| &step.added), all(|step| &step.removed));
        format!("adds {}, removes {}", told(added), told(removed))
    }

    /// What was wrong before and stays so; `None` where nothing was.
    pub(super) fn leaves(&self) -> Option<String> {
        let [error, warning, info] = self.unchanged;
        let counts: Vec<String> = [
            (error, "error", "errors"),
            (warning, "warning", "warnings"),
            (info, "info", "info"),
        ]
        .into_iter()
        .filter(|(count, ..)| *count > 0)
        .map(|(count, one, many)| counted(count, one, many))
        .collect();
        (!counts.is_empty()).then(|| {
            format!(
                "what was wrong before stays so: {}; run `tenantlint check`",
                counts.join(", ")
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Report;
    use crate::report::human::samples::{act, need, place, report, source, step};

    fn at() -> (Report, Location) {
        let mut report = report();
        let file = source(&mut report, "plan.toml", b"[[step]]");
        let place = place(&report, file, 0, 8, "");
        (report, place)
    }

    fn plan(steps: Vec<PlanStep>) -> Plan {
        Plan {
            paths: vec!["plan.toml".to_owned()],
            steps,
            unchanged: [0; 3],
        }
    }

    fn told(plan: &Plan, limit: usize) -> Vec<String> {
        entries(plan, limit)
            .into_iter()
            .map(|one| format!("{}: {}: {}", one.heading(), one.changes(), one.outcome()))
            .collect()
    }

    #[test]
    fn steps_that_go_well_are_told_together_and_the_others_alone() {
        let (_, place) = at();
        let mut steps: Vec<PlanStep> = (1..=5_000)
            .map(|number| step(number, &place, vec![act("assign-number", "a")]))
            .collect();
        steps[9].acts[0].outcome = ActOutcome::Refused;
        steps[19].acts[0].needs.push(need("x", "unknown", "y"));
        steps[20].acts.clear();
        steps[29].acts[0].needs.push(need("x", "unmet", "y"));
        let finding = PlanFinding {
            code: "US006",
            severity: Severity::Error,
            subject: "a".to_owned(),
        };
        steps[39].added.push(finding.clone());
        steps[49].removed.push(finding);
        assert_eq!(
            told(&plan(steps.clone()), 100),
            [
                "steps 1 to 9: assign-number: ok",
                "step 10: assign-number: refused",
                "steps 11 to 19: assign-number: ok",
                "step 20: assign-number: unclear",
                "step 21: assign-number: nothing to type",
                "steps 22 to 29: assign-number: ok",
                "step 30: assign-number: needs unmet",
                "steps 31 to 39: assign-number: ok",
                "step 40: assign-number: ok",
                "steps 41 to 5,000: assign-number: ok",
            ]
        );
        // Another change, another state: another entry.
        steps.truncate(8);
        steps[4..].iter_mut().for_each(|step| step.assumed = true);
        assert_eq!(told(&plan(steps.clone()), 100).len(), 2);
        steps[0].change = "grant-policy";
        assert_eq!(told(&plan(steps), 100).len(), 5);
    }

    #[test]
    fn rows_of_several_changes_are_told_together_where_they_are_many() {
        let (_, place) = at();
        let change =
            |number: u32| ["change-license", "grant-policy", "assign-number"][number as usize % 3];
        let steps: Vec<PlanStep> = (1..=3_000)
            .map(|number| step(number, &place, vec![act(change(number), "a")]))
            .collect();
        let plan = plan(steps);
        assert_eq!(told(&plan, 3_000).len(), 3_000);
        assert_eq!(
            told(&plan, 25),
            ["steps 1 to 3,000: grant-policy, assign-number, change-license: ok"]
        );
    }

    #[test]
    fn counts_in_words() {
        let (_, place) = at();
        let mut one = step(1, &place, vec![act("a", "x"), act("a", "y")]);
        one.acts[0].outcome = ActOutcome::Refused;
        one.acts[0].needs.push(need("x", "unmet", "y"));
        let plan = plan(vec![one]);
        let entry = entries(&plan, 1)[0];
        assert_eq!(entry.outcome(), "1 of 2 acts refused");
        assert_eq!(entry.counts(), "2 acts, 2 needs met, 1 unmet");
        assert_eq!(plan.size(), "1 step with 2 acts");
        assert_eq!(plan.effect(), "adds no finding, removes no finding");
        assert_eq!(plan.leaves(), None);
        assert_eq!(needs([0; 3]), "");
        let findings: Vec<PlanFinding> = (0..7)
            .map(|number| PlanFinding {
                code: if number == 0 { "EM001" } else { "OC001" },
                severity: Severity::Error,
                subject: number.to_string(),
            })
            .collect();
        assert_eq!(found(findings.iter()), "1 of EM001, 6 of OC001");
        assert_eq!(found(findings.iter().take(2)), "EM001 of `0`, OC001 of `1`");
    }
}
