//! What a simulated plan adds to a report: its steps, what each needs and does, and what it makes of the findings.

use crate::finding::{Location, Severity};
use crate::report::{ChangeKind, PropertyChange};

/// A plan that was carried out on paper. The findings of the report are what is wrong with the plan, and what the plan
/// adds to the findings of the tenant; they point into the plan. [`Report::fixed`](crate::report::Report::fixed) lists the
/// findings of the tenant that the plan takes away.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Plan {
    /// Paths of the plan files, in order.
    pub paths: Vec<String>,
    /// The steps, in order.
    pub steps: Vec<PlanStep>,
    /// Findings of the tenant that the plan leaves as they are: errors, warnings, infos.
    pub unchanged: [u64; 3],
}

/// One step of a plan.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PlanStep {
    /// Counted from 1 over all files.
    pub number: u32,
    /// Name of the change.
    pub change: &'static str,
    /// Where it stands.
    pub location: Location,
    /// Whether it is checked on an assumed state: behind a gate.
    pub assumed: bool,
    /// What it names that is not there, or of which the exports do not tell, in words.
    pub missing: Vec<String>,
    /// What it does, act by act.
    pub acts: Vec<PlanAct>,
    /// Findings of the tenant that it adds.
    pub added: Vec<PlanFinding>,
    /// Findings of the tenant that it takes away.
    pub removed: Vec<PlanFinding>,
}

/// One act of a step: what one cmdlet does to one object.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PlanAct {
    /// The primitive that it is.
    pub change: &'static str,
    /// What it is about, in a few words.
    pub object: String,
    /// The account and the number that it is about, each by a number of its own in the report.
    pub about: Vec<u32>,
    /// What became of it.
    pub outcome: ActOutcome,
    /// What must hold before it.
    pub needs: Vec<PlanNeed>,
    /// What it changes.
    pub changes: Vec<ObjectChange>,
    /// What it is typed as; a line that begins with `#` says what to do by hand.
    pub commands: Vec<String>,
    /// What takes it back; empty where nothing needs to be taken back, or nothing can.
    pub undo: Vec<String>,
    /// Whether what takes it back takes a number or a license off somebody.
    pub takes: bool,
    /// Why nothing can take it back.
    pub irreversible: Option<String>,
    /// What follows that no export shows.
    pub remarks: Vec<String>,
}

/// What became of an act.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum ActOutcome {
    /// It is done.
    Done,
    /// The service refuses it: nothing changes.
    Refused,
    /// An act before it, of the same step, is refused: it does not come to this one.
    NotReached,
}

impl ActOutcome {
    /// The word used in every format.
    pub fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refused => "refused",
            Self::NotReached => "not-reached",
        }
    }
}

/// Something that must hold before an act.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PlanNeed {
    /// What, as a clause without full stop.
    pub what: String,
    /// `met`, `unmet` or `unknown`.
    pub met: &'static str,
    /// How bad it is when it is not met.
    pub severity: Severity,
    /// What holds instead; empty where it is met.
    pub instead: String,
}

/// One object that an act changes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ObjectChange {
    /// Kind of the object in kebab-case.
    pub kind: &'static str,
    /// How an administrator calls it.
    pub name: String,
    /// What becomes of it.
    pub what: ChangeKind,
    /// The properties that change.
    pub properties: Vec<PropertyChange>,
}

/// A finding of the tenant that a step adds or takes away.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct PlanFinding {
    /// Code of the rule.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What it is about, as people call it.
    pub subject: String,
}

impl Plan {
    /// How many acts there are.
    pub fn acts(&self) -> usize {
        self.steps.iter().map(|step| step.acts.len()).sum()
    }

    /// How many needs are met, unmet and unknown.
    pub fn needs(&self) -> [u64; 3] {
        Self::needs_of(self.steps.iter().flat_map(|step| &step.acts))
    }

    /// How many needs of these acts are met, unmet and unknown.
    pub(super) fn needs_of<'p>(acts: impl Iterator<Item = &'p PlanAct>) -> [u64; 3] {
        let mut counts = [0; 3];
        for need in acts.flat_map(|act| &act.needs) {
            counts[match need.met {
                "met" => 0,
                "unmet" => 1,
                _ => 2,
            }] += 1;
        }
        counts
    }
}

impl ObjectChange {
    /// The change as a sentence without full stop.
    pub fn sentence(&self) -> String {
        let object = format!("{} `{}`", self.kind.replace('-', " "), self.name);
        match self.what {
            ChangeKind::Added => format!("{object} is added"),
            ChangeKind::Removed => format!("{object} is gone"),
            ChangeKind::Changed => {
                let properties = self.properties.iter().map(PropertyChange::words);
                format!("{object}: {}", properties.collect::<Vec<_>>().join("; "))
            }
        }
    }
}
