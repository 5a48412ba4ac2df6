//! What a run says of one snapshot, as it is recorded.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::Path;

use crate::finding::{Fingerprint, Severity, Status, Subject};
use crate::report::{Outcome, Report, ReportedProblem, SnapshotSummary, Summary};
use crate::snapshot::{ExportKind, Moment};

/// What one run says of one snapshot. The key of an entry is tenant and digest.
#[derive(Clone, Debug)]
pub struct Run<'a> {
    /// Tenant id; the whole path of the snapshot where it does not tell its tenant.
    pub tenant: Cow<'a, str>,
    /// Tenant name, where the snapshot tells.
    pub tenant_name: Option<&'a str>,
    /// Digest of the snapshot.
    pub digest: &'a str,
    /// When the snapshot was exported: runs are ordered by it, and days are counted between such moments.
    pub time: Moment,
    /// The "now" of the rules, where there was one.
    pub as_of: Option<Moment>,
    /// Hash of the rule set.
    pub rule_set: &'a str,
    /// Version of the program.
    pub tool: &'a str,
    /// Counts of findings and problems.
    pub counts: Summary,
    /// The kinds of exports that there were: family and name.
    pub exports: BTreeSet<(&'a str, &'a str)>,
    /// What each rule did.
    pub coverage: Vec<Judged<'a>>,
    /// The findings, those included that do not count or for which a stronger one speaks.
    pub findings: Vec<Seen<'a>>,
}

/// What one rule did.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Judged<'a> {
    /// Name of the rule.
    pub rule: &'a str,
    /// What it did.
    pub outcome: Outcome,
    /// Subjects that it judged, unknown ones included.
    pub examined: u64,
    /// Findings that it made.
    pub findings: u64,
    /// Subjects whose data do not decide.
    pub unknown: u64,
    /// Whether it saw all that it looked at, but for the subjects of `undecided`.
    pub decides: bool,
    /// All names of the subjects that it could not judge, in lower case.
    pub undecided: BTreeSet<&'a str>,
    /// The families of exports that it reads, whether they are there or not.
    pub reads: Vec<&'a str>,
    /// The properties that would refine it, and that an export which is there does not have.
    pub lacks: BTreeSet<&'a str>,
}

/// A finding of a run.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// What it is recognized by within its tenant.
    pub fingerprint: Fingerprint,
    /// Name of the rule.
    pub rule: &'a str,
    /// What it is about.
    pub subject: &'a Subject,
    /// How bad it is in this run.
    pub severity: Severity,
    /// Whether it counts in this run.
    pub standing: Standing,
}

/// How a finding that is there stands in a run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    /// It counts.
    Open,
    /// An exception accepts it.
    Excepted,
    /// A baseline knows it.
    Baselined,
    /// A stronger finding about the same cause speaks for it.
    Superseded,
}

impl Standing {
    /// All of them.
    pub(super) const ALL: [Self; 4] = [
        Self::Open,
        Self::Excepted,
        Self::Baselined,
        Self::Superseded,
    ];

    /// The word in the database.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Open => Status::Open.name(),
            Self::Excepted => Status::Excepted.name(),
            Self::Baselined => Status::Baselined.name(),
            Self::Superseded => "superseded",
        }
    }
}

impl From<Status> for Standing {
    fn from(status: Status) -> Self {
        match status {
            Status::Open => Self::Open,
            Status::Excepted => Self::Excepted,
            Status::Baselined => Self::Baselined,
        }
    }
}

/// A snapshot of which nobody knows when it was exported: it has no place in a history.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error(
    "the snapshot `{path}` does not tell when it was exported, so that it has no place in a history: give \
     `exportedAt` in its manifest.json, or `--as-of`"
)]
pub struct Undated {
    /// Path of the snapshot as shown.
    pub path: String,
}

/// The entries of a report, one for each snapshot. Snapshots without any export say nothing of their tenant, and have none.
///
/// # Errors
/// When nobody knows when a snapshot was exported.
pub fn runs_of(report: &Report) -> Result<Vec<Run<'_>>, Undated> {
    let mut runs: Vec<Option<Run>> = report
        .snapshots
        .iter()
        .map(|snapshot| entry(report, snapshot))
        .collect::<Result<_, _>>()?;
    for line in &report.coverage {
        if let Some(run) = at(&mut runs, line.snapshot) {
            run.coverage.push(Judged {
                rule: line.rule,
                outcome: line.outcome,
                examined: line.examined,
                findings: line.findings,
                unknown: line.unknown,
                decides: line.is_whole(),
                undecided: line
                    .undecided
                    .iter()
                    .flatten()
                    .map(String::as_str)
                    .collect(),
                reads: reads(report, line.rule),
                lacks: line.lacks.iter().map(String::as_str).collect(),
            });
        }
    }
    for finding in &report.findings {
        if let Some(run) = at(&mut runs, finding.snapshot) {
            let counts = &mut run.counts;
            *match (finding.status, finding.severity) {
                (Status::Open, Severity::Error) => &mut counts.error,
                (Status::Open, Severity::Warning) => &mut counts.warning,
                (Status::Open, Severity::Info) => &mut counts.info,
                (Status::Excepted, _) => &mut counts.excepted,
                (Status::Baselined, _) => &mut counts.baselined,
            } += 1;
            run.findings.push(Seen {
                fingerprint: finding.fingerprint,
                rule: finding.rule,
                subject: &finding.subject,
                severity: finding.severity,
                standing: finding.status.into(),
            });
        }
    }
    for one in &report.silenced {
        if let Some(run) = at(&mut runs, one.snapshot) {
            run.findings.push(Seen {
                fingerprint: one.fingerprint,
                rule: one.rule,
                subject: &one.subject,
                severity: one.severity,
                standing: Standing::Superseded,
            });
        }
    }
    for problem in &report.problems {
        if let Some(run) = at(&mut runs, problem.snapshot) {
            run.counts.problems += 1;
        }
    }
    Ok(runs.into_iter().flatten().collect())
}

fn at<'r, 'a>(runs: &'r mut [Option<Run<'a>>], snapshot: u32) -> Option<&'r mut Run<'a>> {
    runs.get_mut(snapshot as usize)?.as_mut()
}

/// The kinds of exports of a snapshot, each with its family.
fn exports(snapshot: &SnapshotSummary) -> BTreeSet<(&str, &str)> {
    let kinds = snapshot.exports.iter();
    kinds
        .map(|kind| (kind.family().name(), kind.name()))
        .collect()
}

/// What a tenant is known by in a history: its id, else where its snapshot is, from wherever that is looked at.
pub(super) fn tenant_of(snapshot: &SnapshotSummary) -> Cow<'_, str> {
    if let Some(id) = &snapshot.tenant_id {
        return Cow::Borrowed(id);
    }
    let path = Path::new(&snapshot.path);
    let whole = path.canonicalize().or_else(|_| std::path::absolute(path));
    let whole = whole.map_or_else(
        |_| snapshot.path.clone(),
        |path| path.to_string_lossy().into_owned(),
    );
    Cow::Owned(if cfg!(windows) {
        whole.replace('\\', "/")
    } else {
        whole
    })
}

/// Whether a snapshot says anything of its tenant: a manifest alone does not.
fn has_exports(snapshot: &SnapshotSummary) -> bool {
    let mut kinds = snapshot.exports.iter();
    kinds.any(|kind| *kind != ExportKind::Manifest)
}

/// What the history makes of a snapshot that does not tell its tenant.
const BY_PLACE: &str =
    ": the history knows it by where it is, and takes what is elsewhere for another tenant";

/// That snapshots do not tell their tenant, so that the history knows them by their places only.
pub fn untold_tenants(report: &Report) -> Vec<ReportedProblem> {
    let snapshots = (0..).zip(&report.snapshots);
    let untold = snapshots.filter(|(_, one)| one.tenant_id.is_none() && has_exports(one));
    untold
        .map(|(index, one)| ReportedProblem::untold_tenant(index, one, BY_PLACE))
        .collect()
}

/// The families of exports that a rule reads.
fn reads<'a>(report: &'a Report, rule: &str) -> Vec<&'a str> {
    let rules = report.rules.iter();
    let pages = rules.map(|rule| &rule.page);
    let needs = pages
        .filter(|page| page.name == rule)
        .flat_map(|page| page.all_needs().chain(&page.refines));
    let families = needs.map(|need| need.export.family().name());
    let families: BTreeSet<&str> = families.collect();
    families.into_iter().collect()
}

/// The entry of a snapshot, without what is told rule by rule.
fn entry<'a>(
    report: &'a Report,
    snapshot: &'a SnapshotSummary,
) -> Result<Option<Run<'a>>, Undated> {
    if !has_exports(snapshot) {
        return Ok(None);
    }
    let exports = exports(snapshot);
    let as_of = Moment::parse(&report.as_of);
    let exported = snapshot.exported_at.as_deref().and_then(Moment::parse);
    let time = exported.or(as_of).ok_or_else(|| Undated {
        path: snapshot.path.clone(),
    })?;
    Ok(Some(Run {
        tenant: tenant_of(snapshot),
        tenant_name: snapshot.tenant_name.as_deref(),
        digest: &snapshot.digest,
        time,
        as_of,
        rule_set: &report.rule_set,
        tool: env!("CARGO_PKG_VERSION"),
        counts: Summary::default(),
        exports,
        coverage: Vec::new(),
        findings: Vec::new(),
    }))
}
