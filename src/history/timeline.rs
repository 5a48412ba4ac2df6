//! What follows from the runs of a tenant, told one after the other: what is new, fixed, old, and what comes back.
//!
//! A finding is *there* in a run that has it, whether it counts or not. From the first such run on it has a *stretch*,
//! which ends with a run that lacks the finding although its rule ran, left nothing undecided, and read every export that
//! it had when it last made the finding. A run that cannot tell neither begins nor ends anything.
//!
//! * A finding that an exception accepts, a baseline knows, or a stronger finding speaks for is there, but not open: it is
//!   in no list of open findings, its stretch goes on, and when it counts again it is as old as it is, and not new.
//! * A stretch is *fixed* when it ends, if the finding was open in any of its runs; else nobody had asked for a fix.
//! * A finding *comes back* when it is open again after it was fixed.
//!
//! A finding that begins in a run is *new* if the run before would have told it; else it is *first judged*.
//!
//! Time passes between runs only: nothing is older than the newest run.

use crate::finding::Severity;
use crate::report::Summary;

use super::ages::Ages;
use super::run::Standing;
use super::sight::{Scene, Sight};

/// What the history tells of one tenant.
#[derive(Clone, PartialEq, Debug)]
pub struct TenantHistory {
    /// Tenant id; the whole path of the snapshots where they do not tell their tenant.
    pub id: String,
    /// Its name in the newest run that tells one.
    pub name: Option<String>,
    /// Its runs, the oldest first.
    pub runs: Vec<RunLine>,
    /// The findings that are open in the newest run, the oldest first.
    pub open: Vec<OpenFinding>,
    /// Findings that were open before, and of which the newest run cannot tell whether they are gone.
    pub undecided: u64,
    /// How long fixes took.
    pub time_to_fix: TimeToFix,
    /// Rules with findings that came back, the most returns first.
    pub flapping: Vec<Flapping>,
}

/// One run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RunLine {
    /// When the snapshot was exported, in milliseconds since 1970.
    pub time: i64,
    /// The "now" of the rules, in milliseconds since 1970.
    pub as_of: Option<i64>,
    /// Digest of the snapshot.
    pub digest: String,
    /// Hash of the rule set.
    pub rule_set: String,
    /// Version of the program.
    pub tool: String,
    /// Counts of findings and problems.
    pub counts: Summary,
    /// Rules that ran.
    pub evaluated: u64,
    /// Rules that could not run.
    pub not_evaluated: u64,
    /// Rules that were switched off.
    pub off: u64,
    /// Rules that ran and left subjects undecided.
    pub undecided: u64,
    /// Findings that are open, and that the run before would have told but did not; `None` for the first run.
    pub new: Option<u64>,
    /// Findings that are open for the first time, and about which the run before could not tell: its rule did not run, had
    /// less to read, or left the subject undecided; `None` for the first run.
    pub first_judged: Option<u64>,
    /// Findings that were fixed since the run before; `None` for the first run.
    pub fixed: Option<u64>,
}

/// What a finding is about, as it is recorded.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct SubjectLine {
    /// Kind.
    pub kind: String,
    /// Identity.
    pub id: String,
    /// What people call it, as the newest run has it.
    pub name: String,
}

/// A finding that is open in the newest run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OpenFinding {
    /// Name of the rule.
    pub rule: String,
    /// Severity in the newest run.
    pub severity: Severity,
    /// What it is about.
    pub subject: SubjectLine,
    /// What it is recognized by.
    pub fingerprint: String,
    /// When its present stretch began, in milliseconds since 1970.
    pub since: i64,
    /// Days from then to the newest run, to the nearest whole one.
    pub days: u64,
}

/// How long fixes took.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct TimeToFix {
    /// Of all rules.
    pub overall: FixTimes,
    /// By name of the rule, in order.
    pub rules: Vec<(String, FixTimes)>,
}

/// How long some fixes took: from the first run that had the finding to the first run that lacked it.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct FixTimes {
    /// How many fixes.
    pub count: u64,
    /// Median in days, to the nearest whole one; `None` without fixes.
    pub median_days: Option<u64>,
    /// The longest in days, to the nearest whole one; `None` without fixes.
    pub longest_days: Option<u64>,
}

/// A rule with findings that came back after they were fixed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Flapping {
    /// Name of the rule.
    pub rule: String,
    /// How often any of its findings came back.
    pub returns: u64,
    /// The findings, the most returns first.
    pub findings: Vec<Returned>,
}

/// A finding that came back.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Returned {
    /// What it is about.
    pub subject: SubjectLine,
    /// What it is recognized by.
    pub fingerprint: String,
    /// How often it came back.
    pub returns: u64,
}

/// A finding as the database names it once.
#[derive(Clone, Debug)]
pub(super) struct Named {
    pub(super) rule: String,
    pub(super) subject: SubjectLine,
    pub(super) fingerprint: String,
}

/// Takes the runs of one tenant in order.
#[derive(Debug)]
pub(super) struct Timeline {
    findings: Vec<Named>,
    states: Vec<State>,
    runs: Vec<RunLine>,
    /// What there was to see in each run.
    scenes: Vec<Scene>,
    /// What the newest run could see.
    before: Sight,
    ages: Ages,
}

/// Where one finding stands after the runs so far.
#[derive(Clone, Copy, Default, Debug)]
struct State {
    /// Number and time of the run with which the present stretch began.
    since: Option<(usize, i64)>,
    /// Number of the newest run that has it.
    last: usize,
    /// Whether the present stretch has a run in which it is open.
    was_open: bool,
    /// Whether an earlier stretch was fixed.
    was_fixed: bool,
    returns: u64,
    /// How it stands in the newest run, if that has it.
    now: Option<(Severity, Standing)>,
}

impl Timeline {
    pub(super) fn new(findings: Vec<Named>) -> Self {
        Self {
            states: vec![State::default(); findings.len()],
            findings,
            runs: Vec::new(),
            scenes: Vec::new(),
            before: Sight::default(),
            ages: Ages::default(),
        }
    }

    /// Takes the next run: which findings it has, by their index, and what it could see.
    pub(super) fn take(
        &mut self,
        mut line: RunLine,
        seen: impl IntoIterator<Item = (usize, Severity, Standing)>,
        sight: Sight,
    ) {
        let number = self.runs.len();
        let (mut new, mut first_judged, mut fixed) = (0, 0, 0);
        for state in &mut self.states {
            state.now = None;
        }
        for (index, severity, standing) in seen {
            let Some(state) = self.states.get_mut(index) else {
                continue;
            };
            state.now = Some((severity, standing));
            state.last = number;
            let (begin, _) = *state.since.get_or_insert((number, line.time));
            if standing == Standing::Open {
                // Of what the run before could not judge nobody knows how long it has been there.
                if begin == number {
                    let is_new = self.findings.get(index).is_some_and(|finding| {
                        let names = [&*finding.subject.name, &*finding.subject.id];
                        self.before.would_tell(&finding.rule, &names, &sight.scene)
                    });
                    if is_new {
                        new += 1;
                    } else {
                        first_judged += 1;
                    }
                }
                state.returns += u64::from(state.was_fixed && !state.was_open);
                state.was_open = true;
            }
        }
        for (state, finding) in self.states.iter_mut().zip(&self.findings) {
            if let (Some((_, since)), None) = (state.since, state.now)
                && self.scenes.get(state.last).is_some_and(|earlier| {
                    let names = [&*finding.subject.name, &*finding.subject.id];
                    sight.would_tell(&finding.rule, &names, earlier)
                })
            {
                if state.was_open {
                    fixed += 1;
                    state.was_fixed = true;
                    self.ages
                        .add(&finding.rule, line.time.saturating_sub(since));
                }
                state.since = None;
                state.was_open = false;
            }
        }
        if number > 0 {
            line.new = Some(new);
            line.first_judged = Some(first_judged);
            line.fixed = Some(fixed);
        }
        self.runs.push(line);
        self.scenes.push(sight.scene.clone());
        self.before = sight;
    }

    /// What follows from the runs taken.
    pub(super) fn finish(self, id: String, name: Option<String>) -> TenantHistory {
        let now = self.runs.last().map_or(0, |run| run.time);
        let mut open = Vec::new();
        let mut returned = Vec::new();
        let mut undecided = 0;
        for (state, finding) in self.states.iter().zip(self.findings) {
            if state.returns > 0 {
                returned.push((
                    finding.rule.clone(),
                    Returned {
                        subject: finding.subject.clone(),
                        fingerprint: finding.fingerprint.clone(),
                        returns: state.returns,
                    },
                ));
            }
            match (state.since, state.now) {
                (Some((_, since)), Some((severity, Standing::Open))) => open.push(OpenFinding {
                    rule: finding.rule,
                    severity,
                    subject: finding.subject,
                    fingerprint: finding.fingerprint,
                    since,
                    days: days(now.saturating_sub(since)),
                }),
                (Some(_), None) => undecided += u64::from(state.was_open),
                _ => {}
            }
        }
        open.sort_by(|one, two| {
            let order = |one: &OpenFinding| (one.since, std::cmp::Reverse(one.severity));
            (order(one), &one.rule, &one.subject, &one.fingerprint).cmp(&(
                order(two),
                &two.rule,
                &two.subject,
                &two.fingerprint,
            ))
        });
        TenantHistory {
            id,
            name,
            runs: self.runs,
            open,
            undecided,
            time_to_fix: self.ages.told(),
            flapping: flapping(returned),
        }
    }
}

/// Milliseconds in days, to the nearest whole one.
pub(super) fn days(milliseconds: i64) -> u64 {
    const DAY: u64 = 86_400_000;
    let milliseconds = u64::try_from(milliseconds).unwrap_or(0);
    (milliseconds + DAY / 2) / DAY
}

fn flapping(mut returned: Vec<(String, Returned)>) -> Vec<Flapping> {
    returned.sort_by(|(rule, one), (other, two)| {
        let order = |one: &Returned| std::cmp::Reverse(one.returns);
        (rule, order(one), &one.subject, &one.fingerprint).cmp(&(
            other,
            order(two),
            &two.subject,
            &two.fingerprint,
        ))
    });
    let mut rules: Vec<Flapping> = Vec::new();
    for (rule, one) in returned {
        match rules.last_mut().filter(|last| last.rule == rule) {
            Some(last) => {
                last.returns += one.returns;
                last.findings.push(one);
            }
            None => rules.push(Flapping {
                rule,
                returns: one.returns,
                findings: vec![one],
            }),
        }
    }
    // Stable, so that equal ones stay in order of name.
    rules.sort_by_key(|rule| std::cmp::Reverse(rule.returns));
    rules
}
