//! What a run says of one snapshot, as it is recorded.

use crate::finding::{Fingerprint, Severity, Status, Subject};
use crate::report::{Outcome, Report, SnapshotSummary, Summary};
use crate::snapshot::{ExportKind, Moment};

/// What one run says of one snapshot. The key of an entry is tenant and digest.
#[derive(Clone, Debug)]
pub struct Run<'a> {
    /// Tenant id; the path of the snapshot where it does not tell its tenant.
    pub tenant: &'a str,
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
    /// What each rule did.
    pub coverage: Vec<Judged<'a>>,
    /// The findings, those that do not count included.
    pub findings: Vec<Seen<'a>>,
}

/// What one rule did.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
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
    pub status: Status,
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
                status: finding.status,
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

/// What a tenant is known by in a history.
pub(super) fn tenant_of(snapshot: &SnapshotSummary) -> &str {
    snapshot.tenant_id.as_deref().unwrap_or(&snapshot.path)
}

/// The entry of a snapshot, without what is told rule by rule.
fn entry<'a>(
    report: &'a Report,
    snapshot: &'a SnapshotSummary,
) -> Result<Option<Run<'a>>, Undated> {
    let mut exports = snapshot.sources.iter().filter_map(|source| source.export);
    if exports.all(|export| export == ExportKind::Manifest.name()) {
        return Ok(None);
    }
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
        coverage: Vec::new(),
        findings: Vec::new(),
    }))
}
