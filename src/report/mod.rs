//! The finished value that every format prints, and the formats, one file each.
//!
//! A [`Report`] is complete before any reporter sees it: a reporter is a pure function over it and decides nothing.
//! Reporters read the sources again only to show a snippet; they never see the tenant.

mod apart;
pub mod azure;
pub mod baseline;
pub mod concise;
pub mod csv;
mod drift;
mod escape;
pub mod github;
pub mod gitlab;
pub mod html;
pub mod human;
pub mod json;
pub mod junit;
pub mod markdown;
pub mod ndjson;
mod not_judged;
mod plan;
pub mod powershell;
pub mod redact;
pub mod sarif;
mod steps;

use std::collections::BTreeSet;

use crate::finding::{Finding, Fingerprint, Location, Severity, Status, Subject};
use crate::rules::Rule;
use crate::snapshot::ExportKind;
use crate::source::{Source, SourceId, Sources};

pub use drift::{Change, ChangeKind, Drift, PropertyChange};
pub(crate) use escape::for_spreadsheet;
pub use escape::for_terminal;
pub use plan::{ActOutcome, ObjectChange, Plan, PlanAct, PlanFinding, PlanNeed, PlanStep};

/// Everything that a run found out.
#[derive(Debug)]
pub struct Report {
    /// Hash of the rule set: rule names, codes and pages.
    pub rule_set: String,
    /// The "now" of every rule, in RFC 3339.
    pub as_of: String,
    /// The snapshots in the order of the command line.
    pub snapshots: Vec<SnapshotSummary>,
    /// All rules that were considered, in order of code.
    pub rules: Vec<&'static Rule>,
    /// Findings in total order: snapshot, severity (strongest first), code, subject, place.
    pub findings: Vec<Finding>,
    /// What each rule did in each snapshot, in order of snapshot and code.
    pub coverage: Vec<Coverage>,
    /// What is wrong with the input itself.
    pub problems: Vec<ReportedProblem>,
    /// The telephone numbers, by operator and type.
    pub estate: Vec<Estate>,
    /// Findings of the baseline that are gone.
    pub fixed: Vec<Fixed>,
    /// What the comparison with an earlier snapshot told, where the report is one.
    pub drift: Option<Drift>,
    /// What a plan does, where the report is one of a plan.
    pub plan: Option<Plan>,
    /// Findings for which a stronger one speaks: no format tells them, but they are not gone.
    pub silenced: Vec<Silenced>,
    /// The counts of earlier runs and of this one, for each tenant; empty where no history is kept.
    pub trend: Vec<Trend>,
    /// The weakest severity that makes the run fail; `None` where it succeeds whatever is found.
    pub fails_from: Option<Severity>,
    /// The project file among the sources, where one was read.
    pub project_file: Option<SourceId>,
    /// Whether names, numbers and ids are pseudonyms: see [`redact`](fn@redact::redact).
    pub redacted: bool,
    /// What fingerprints are made with that are of no finding, in a redacted report: it is keyed as those of findings are.
    pub salt: Option<Fingerprint>,
    /// The files, to read snippets from.
    pub sources: Sources,
}

/// One snapshot of a run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SnapshotSummary {
    /// Path as shown.
    pub path: String,
    /// Tenant id, where the snapshot tells.
    pub tenant_id: Option<String>,
    /// Tenant name, where the snapshot tells.
    pub tenant_name: Option<String>,
    /// When it was exported, in RFC 3339.
    pub exported_at: Option<String>,
    /// Digest over all its sources: `blake3:` and hexadecimal.
    pub digest: String,
    /// What was exported.
    pub exports: BTreeSet<ExportKind>,
    /// Its files.
    pub sources: Vec<SourceSummary>,
}

/// One file of a snapshot.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SourceSummary {
    /// Path as shown.
    pub path: String,
    /// Name of the export that it holds; `None` where nothing was recognized.
    pub export: Option<&'static str>,
    /// Records read from it.
    pub records: u64,
    /// Size in bytes.
    pub bytes: u64,
    /// `blake3:` and hexadecimal.
    pub digest: String,
}

/// What a rule did.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Outcome {
    /// It ran and found nothing.
    Passed,
    /// It ran and found something.
    Failed,
    /// It ran, but there was no subject for it.
    NotApplicable,
    /// It could not run.
    NotEvaluated,
    /// It was switched off.
    Off,
}

impl Outcome {
    /// The word used in every format.
    pub fn name(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::NotApplicable => "not-applicable",
            Self::NotEvaluated => "not-evaluated",
            Self::Off => "off",
        }
    }
}

/// Ledger line: what one rule did in one snapshot.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Coverage {
    /// Index of the snapshot.
    pub snapshot: u32,
    /// Name of the rule.
    pub rule: &'static str,
    /// Code of the rule.
    pub code: &'static str,
    /// What it did.
    pub outcome: Outcome,
    /// Subjects that it judged, unknown ones included.
    pub examined: u64,
    /// Findings that it made.
    pub findings: u64,
    /// Subjects whose data do not decide.
    pub unknown: u64,
    /// All names of these subjects, in lower case; `None` where nobody can say which they are.
    pub undecided: Option<BTreeSet<String>>,
    /// Subjects for which a stronger finding of another rule spoke.
    pub superseded: u64,
    /// Whether records or properties that it reads may be missing: what it did not find may be there.
    pub partial: bool,
    /// Whether it found something while records or exports that it needs may be missing: there may be more to find.
    pub in_doubt: bool,
    /// Properties that would refine it, and that an export which is there does not have: `Get-CsOnlineUser with LineUri`.
    pub lacks: BTreeSet<String>,
    /// Why it was not evaluated, or why subjects are unknown, or which refining export is absent.
    pub why: Option<String>,
}

impl Coverage {
    /// Whether the rule ran and saw all that it looks at, but for the undecided subjects.
    pub fn is_whole(&self) -> bool {
        let ran = matches!(
            self.outcome,
            Outcome::Passed | Outcome::Failed | Outcome::NotApplicable
        );
        ran && !self.partial && self.undecided.is_some()
    }

    /// Whether what the rule does not find of a subject, by any of its names, is not there.
    pub fn decides_about(&self, names: &[&str]) -> bool {
        let undecided = self.undecided.as_ref();
        let mut names = names.iter().map(|name| name.to_lowercase());
        let is_undecided = undecided.is_some_and(|all| names.any(|name| all.contains(&name)));
        self.is_whole() && !is_undecided
    }
}

/// A problem with its place resolved.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReportedProblem {
    /// Index of the snapshot.
    pub snapshot: u32,
    /// An error counts like a finding of severity error.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// Where, if a file is to blame.
    pub location: Option<Location>,
    /// Codes of the rules that it blinds.
    pub blinds: Vec<&'static str>,
    /// What the rule would make of it that tells such problems, where that rule is off.
    pub untold: Option<Untold>,
}

/// Findings that a rule would make of a problem if it were on: the problem is settled as they would be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Untold {
    /// Code of the rule.
    pub code: &'static str,
    /// What they would be about, and what they would be recognized by.
    pub findings: Vec<(Subject, Fingerprint)>,
    /// Whether the problem counts.
    pub status: Status,
}

impl ReportedProblem {
    /// Whether it counts.
    pub fn is_open(&self) -> bool {
        let untold = self.untold.as_ref();
        untold.is_none_or(|untold| untold.status == Status::Open)
    }

    /// That what a rule would make of it is accepted or known: it stays to be read, and no longer counts.
    pub fn settle(&mut self, status: Status) {
        if let Some(untold) = &mut self.untold {
            untold.status = status;
            self.severity = Severity::Info;
            self.message.push_str(match status {
                Status::Open => "",
                Status::Excepted => "; an exception accepts it",
                Status::Baselined => "; the baseline knows it",
            });
        }
    }

    /// That a snapshot does not tell its tenant, and what follows.
    pub fn untold_tenant(index: u32, snapshot: &SnapshotSummary, follows: &str) -> Self {
        let path = &snapshot.path;
        Self {
            snapshot: index,
            severity: Severity::Warning,
            message: format!(
                "`{path}` does not tell its tenant{follows}; give `tenantId` in its manifest.json"
            ),
            location: None,
            blinds: Vec::new(),
            untold: None,
        }
    }

    /// That a file could not be read again as it was, for this reason.
    pub fn lost(source: &Source, reason: &str) -> Self {
        let path = &source.path;
        Self {
            snapshot: source.snapshot,
            severity: Severity::Error,
            message: format!(
                "`{path}` changed or vanished while it was checked: places in it are not exact ({reason}); check it again when nobody writes to it"
            ),
            location: None,
            blinds: Vec::new(),
            untold: None,
        }
    }
}

/// Numbers of one operator and type.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Estate {
    /// Index of the snapshot.
    pub snapshot: u32,
    /// Name of the operator; Microsoft for Calling Plans, the tenant itself for Direct Routing.
    pub operator: String,
    /// Type of the numbers.
    pub number_type: String,
    /// Numbers that somebody or something holds.
    pub assigned: u64,
    /// Numbers that nobody holds.
    pub free: u64,
}

/// A finding of the baseline that is gone.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fixed {
    /// Index of the snapshot.
    pub snapshot: u32,
    /// Name of the rule.
    pub rule: String,
    /// What it was about, as people call it.
    pub subject: String,
    /// What it was recognized by.
    pub fingerprint: String,
}

/// A finding for which a stronger one of the same cause speaks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Silenced {
    /// Index of the snapshot.
    pub snapshot: u32,
    /// Name of the rule.
    pub rule: &'static str,
    /// How bad it would be.
    pub severity: Severity,
    /// What it is about.
    pub subject: Subject,
    /// What it is recognized by.
    pub fingerprint: Fingerprint,
}

/// The counts of one tenant over time.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Trend {
    /// Name of the tenant, else its id or the path of its snapshot.
    pub tenant: String,
    /// Its runs, the oldest first.
    pub points: Vec<TrendPoint>,
}

/// The counts of one run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TrendPoint {
    /// When the snapshot was exported, in RFC 3339.
    pub time: String,
    /// Open findings of severity error.
    pub error: u64,
    /// Open findings of severity warning.
    pub warning: u64,
    /// Open findings of severity info.
    pub info: u64,
}

/// Counts of a report.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Summary {
    /// Open findings of severity error.
    pub error: u64,
    /// Open findings of severity warning.
    pub warning: u64,
    /// Open findings of severity info.
    pub info: u64,
    /// Findings accepted by an exception.
    pub excepted: u64,
    /// Findings known from a baseline.
    pub baselined: u64,
    /// Problems with the input.
    pub problems: u64,
}

impl Report {
    /// Puts the problems into their order: by snapshot, the worst first, then by place.
    pub fn sort_problems(&mut self) {
        self.problems.sort_by(|one, two| {
            let key =
                |problem: &ReportedProblem| (problem.snapshot, std::cmp::Reverse(problem.severity));
            (key(one), &one.location, &one.message).cmp(&(key(two), &two.location, &two.message))
        });
    }

    /// Counts findings and problems.
    pub fn summary(&self) -> Summary {
        let mut summary = Summary {
            problems: self.problems.len() as u64,
            ..Summary::default()
        };
        for finding in &self.findings {
            *match (finding.status, finding.severity) {
                (Status::Excepted, _) => &mut summary.excepted,
                (Status::Baselined, _) => &mut summary.baselined,
                (Status::Open, Severity::Error) => &mut summary.error,
                (Status::Open, Severity::Warning) => &mut summary.warning,
                (Status::Open, Severity::Info) => &mut summary.info,
            } += 1;
        }
        summary
    }

    /// The strongest severity among open findings and problems.
    pub fn worst(&self) -> Option<Severity> {
        let findings = self
            .findings
            .iter()
            .filter(|finding| finding.status == Status::Open)
            .map(|finding| finding.severity);
        let problems = self.problems.iter().filter(|problem| problem.is_open());
        findings
            .chain(problems.map(|problem| problem.severity))
            .max()
    }

    /// Whether every rule that is on ran, saw all that it needs, and decided every subject.
    pub fn is_fully_covered(&self) -> bool {
        self.coverage.iter().all(|line| {
            line.outcome != Outcome::NotEvaluated && !line.in_doubt && line.unknown == 0
        })
    }

    /// Findings that count, in order.
    pub fn open(&self) -> impl Iterator<Item = &Finding> {
        let is_open = |finding: &&Finding| finding.status == Status::Open;
        self.findings.iter().filter(is_open)
    }

    /// What a reader has to know of a redacted report.
    pub fn notice(&self) -> Option<&'static str> {
        self.redacted
            .then_some("This report is redacted: names, numbers, ids and paths are pseudonyms.")
    }

    /// The counts as a sentence: `Found 2 errors, 1 warning; 1 rule not evaluated; 2 checks undecided.`
    pub fn in_one_line(&self) -> String {
        let summary = self.summary();
        let counts = human::words::Counts::of(self.open().map(|finding| finding.severity));
        let new = if self.drift.is_some() { " new" } else { "" };
        let mut line = if counts.total() == 0 && self.plan.is_some() {
            format!("Found {}", self.words_for_no_findings())
        } else if counts.total() == 0 && !self.has_judged() {
            "Nothing was checked".to_owned()
        } else if counts.total() == 0 {
            format!("Found nothing{new}")
        } else {
            format!(
                "Found {counts}{}",
                if new.is_empty() { "" } else { ", all new" }
            )
        };
        let [known, fixed] = self.words_for_known();
        let changes = self.drift.as_ref().map_or(0, |drift| drift.changes.len());
        let told = |(count, one, many): (u64, &str, &str)| {
            (count > 0).then(|| human::words::counted(count, one, many))
        };
        let problems = ("problem with the input", "problems with the input");
        let excepted = "accepted by exceptions";
        let behind = [
            (summary.excepted, excepted, excepted),
            (summary.baselined, known, known),
            (self.fixed.len() as u64, fixed, fixed),
            (changes as u64, "object changed", "objects changed"),
        ];
        let parts = told((summary.problems, problems.0, problems.1)).into_iter();
        let parts = parts.chain(self.gaps_in_words());
        for part in parts.chain(behind.into_iter().filter_map(told)) {
            line.push_str("; ");
            line.push_str(&part);
        }
        if let Some(plan) = &self.plan {
            let needs = steps::needs(plan.needs());
            let colon = if needs.is_empty() { "" } else { ": " };
            line.push_str("; ");
            line.push_str(&plan.size());
            line.push_str(colon);
            line.push_str(&needs);
        }
        line.push('.');
        if let Some(notice) = self.notice() {
            line.push(' ');
            line.push_str(notice);
        }
        line
    }

    /// What findings are called that were known before, and those that are gone.
    pub fn words_for_known(&self) -> [&'static str; 2] {
        if self.drift.is_some() {
            ["unchanged", "fixed"]
        } else if self.plan.is_some() {
            ["known from the baseline", "taken away by the plan"]
        } else {
            ["known from the baseline", "of the baseline fixed"]
        }
    }

    /// What is said in place of counts where there is no open finding: silence of a rule that is off is no consent.
    pub fn words_for_no_findings(&self) -> &'static str {
        let unmet = |plan: &Plan| plan.needs()[1] > 0;
        match &self.plan {
            Some(plan) if unmet(plan) => "no findings, but needs that are not met",
            Some(_) => "nothing against the plan",
            None if self.drift.is_some() => "nothing new",
            None => "no findings",
        }
    }

    /// Whether a location is in the project file.
    pub fn is_in_project_file(&self, location: &Location) -> bool {
        self.project_file == Some(location.span.source)
    }

    /// Path of the file that a location points into.
    pub fn path_of(&self, location: &Location) -> &str {
        &self.sources.get(location.span.source).path
    }
}
