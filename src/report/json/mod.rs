//! The JSON report, version 1: what other programs read.
//!
//! The format has its own structs, so that no change inside the program changes it by accident; keys are only ever
//! added within a version, and none is ever absent. Its schema is [`SCHEMA`]. Findings are written some thousands at a
//! time, each on its own line: a million of them cost no memory, and `diff` and `grep` work on the file. Nothing is
//! escaped beyond what JSON asks for: whoever prints a text from here has to look after its own terminal.

mod drift;
mod layout;
mod long_lists;
mod plan;
#[cfg(test)]
pub(super) mod sample;

use std::io::{self, Write};

use serde::ser::{Serialize, SerializeStruct, Serializer};

pub(super) use drift::change;
pub(crate) use layout::document;
pub(super) use layout::{Each, line};
pub(super) use long_lists::{Elements, Lined, ListPlace, document_with, write_list};
pub(super) use plan::step;

use super::{Coverage, Fixed, Report, ReportedProblem, SnapshotSummary, SourceSummary};
use crate::finding::{Finding, Fingerprint, Location};

/// The JSON Schema of the format.
pub const SCHEMA: &str = include_str!("../../../schemas/report.schema.json");

/// Writes the report.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let findings = Elements::new(&report.findings, |one| finding(report, one));
    let frame = Document {
        report,
        findings: findings.place(),
    };
    document_with(&frame, 2, &[&findings], out)
}

struct Document<'a> {
    report: &'a Report,
    findings: ListPlace,
}

impl Serialize for Document<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let report = self.report;
        let head = head(report);
        let mut document = serializer.serialize_struct("Report", 12)?;
        document.serialize_field("version", &head.version)?;
        document.serialize_field("tool", &head.tool)?;
        document.serialize_field("asOf", head.as_of)?;
        document.serialize_field("snapshots", &head.snapshots)?;
        document.serialize_field("summary", &head.summary)?;
        document.serialize_field("redacted", &head.redacted)?;
        document.serialize_field("findings", &self.findings)?;
        document.serialize_field("coverage", &Each(|| report.coverage.iter().map(coverage)))?;
        let problems = || report.problems.iter().map(|each| problem(report, each));
        document.serialize_field("problems", &Each(problems))?;
        document.serialize_field("fixed", &Each(|| report.fixed.iter().map(fixed)))?;
        document.serialize_field("drift", &drift::of(report))?;
        document.serialize_field("plan", &plan::of(report))?;
        document.end()
    }
}

/// What stands before the findings.
#[derive(serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct HeadV1<'a> {
    version: u32,
    tool: ToolV1<'a>,
    as_of: &'a str,
    snapshots: Vec<SnapshotV1<'a>>,
    summary: SummaryV1,
    redacted: bool,
}

#[derive(serde::Serialize)]
struct ToolV1<'a> {
    name: &'a str,
    version: &'a str,
    rules: &'a str,
}

#[derive(serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SnapshotV1<'a> {
    path: &'a str,
    tenant: TenantV1<'a>,
    exported_at: Option<&'a str>,
    digest: &'a str,
    sources: Vec<SourceV1<'a>>,
}

#[derive(serde::Serialize)]
struct TenantV1<'a> {
    id: Option<&'a str>,
    name: Option<&'a str>,
}

#[derive(serde::Serialize)]
struct SourceV1<'a> {
    path: &'a str,
    export: Option<&'a str>,
    records: u64,
    bytes: u64,
    digest: &'a str,
}

#[derive(serde::Serialize)]
struct SummaryV1 {
    error: u64,
    warning: u64,
    info: u64,
    excepted: u64,
    baselined: u64,
    problems: u64,
}

#[derive(serde::Serialize)]
pub(super) struct FindingV1<'a> {
    rule: &'a str,
    code: &'a str,
    category: &'a str,
    severity: &'a str,
    confidence: &'a str,
    message: &'a str,
    subject: SubjectV1<'a>,
    snapshot: u32,
    location: LocationV1<'a>,
    related: Vec<LocationV1<'a>>,
    remedy: RemedyV1<'a>,
    #[serde(serialize_with = "as_text")]
    fingerprint: Fingerprint,
    status: &'a str,
    reason: Option<&'a str>,
    cause: Option<&'a str>,
}

#[derive(serde::Serialize)]
struct SubjectV1<'a> {
    kind: &'a str,
    id: &'a str,
    name: &'a str,
}

#[derive(serde::Serialize)]
struct RemedyV1<'a> {
    summary: &'a str,
    commands: &'a [String],
}

#[derive(serde::Serialize)]
#[serde(rename_all = "camelCase")]
struct LocationV1<'a> {
    path: &'a str,
    line: u64,
    column: u64,
    end_line: u64,
    end_column: u64,
    byte_offset: u64,
    byte_length: u32,
    label: &'a str,
}

#[derive(serde::Serialize)]
pub(super) struct CoverageV1<'a> {
    snapshot: u32,
    rule: &'a str,
    code: &'a str,
    outcome: &'a str,
    examined: u64,
    findings: u64,
    unknown: u64,
    superseded: u64,
    why: Option<&'a str>,
}

#[derive(serde::Serialize)]
pub(super) struct ProblemV1<'a> {
    snapshot: u32,
    severity: &'a str,
    message: &'a str,
    location: Option<LocationV1<'a>>,
    blinds: &'a [&'static str],
}

pub(super) fn head(report: &Report) -> HeadV1<'_> {
    let summary = report.summary();
    HeadV1 {
        version: 1,
        tool: ToolV1 {
            name: env!("CARGO_PKG_NAME"),
            version: env!("CARGO_PKG_VERSION"),
            rules: &report.rule_set,
        },
        as_of: &report.as_of,
        snapshots: report.snapshots.iter().map(snapshot).collect(),
        summary: SummaryV1 {
            error: summary.error,
            warning: summary.warning,
            info: summary.info,
            excepted: summary.excepted,
            baselined: summary.baselined,
            problems: summary.problems,
        },
        redacted: report.redacted,
    }
}

#[derive(serde::Serialize)]
pub(super) struct FixedV1<'a> {
    snapshot: u32,
    rule: &'a str,
    subject: &'a str,
    fingerprint: &'a str,
}

pub(super) fn fixed(fixed: &Fixed) -> FixedV1<'_> {
    FixedV1 {
        snapshot: fixed.snapshot,
        rule: &fixed.rule,
        subject: &fixed.subject,
        fingerprint: &fixed.fingerprint,
    }
}

pub(super) fn snapshot(snapshot: &SnapshotSummary) -> SnapshotV1<'_> {
    SnapshotV1 {
        path: &snapshot.path,
        tenant: TenantV1 {
            id: snapshot.tenant_id.as_deref(),
            name: snapshot.tenant_name.as_deref(),
        },
        exported_at: snapshot.exported_at.as_deref(),
        digest: &snapshot.digest,
        sources: snapshot.sources.iter().map(source).collect(),
    }
}

fn source(source: &SourceSummary) -> SourceV1<'_> {
    SourceV1 {
        path: &source.path,
        export: source.export,
        records: source.records,
        bytes: source.bytes,
        digest: &source.digest,
    }
}

pub(super) fn finding<'a>(report: &'a Report, finding: &'a Finding) -> FindingV1<'a> {
    FindingV1 {
        rule: finding.rule,
        code: finding.code,
        category: finding.category,
        severity: finding.severity.name(),
        confidence: finding.confidence.name(),
        message: &finding.message,
        subject: SubjectV1 {
            kind: finding.subject.kind.name(),
            id: &finding.subject.id,
            name: &finding.subject.name,
        },
        snapshot: finding.snapshot,
        location: location(report, &finding.location),
        related: finding
            .related
            .iter()
            .map(|place| location(report, place))
            .collect(),
        remedy: RemedyV1 {
            summary: &finding.remedy.summary,
            commands: &finding.remedy.commands,
        },
        fingerprint: finding.fingerprint,
        status: finding.status.name(),
        reason: finding.reason.as_deref(),
        cause: finding.cause.as_deref(),
    }
}

fn as_text<S: Serializer>(fingerprint: &Fingerprint, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&fingerprint.text())
}

fn location<'a>(report: &'a Report, location: &'a Location) -> LocationV1<'a> {
    LocationV1 {
        path: report.path_of(location),
        line: location.start.line,
        column: location.start.column,
        end_line: location.end.line,
        end_column: location.end.column,
        byte_offset: location.span.start,
        byte_length: location.span.len,
        label: &location.label,
    }
}

pub(super) fn coverage(line: &Coverage) -> CoverageV1<'_> {
    CoverageV1 {
        snapshot: line.snapshot,
        rule: line.rule,
        code: line.code,
        outcome: line.outcome.name(),
        examined: line.examined,
        findings: line.findings,
        unknown: line.unknown,
        superseded: line.superseded,
        why: line.why.as_deref(),
    }
}

pub(super) fn problem<'a>(report: &'a Report, problem: &'a ReportedProblem) -> ProblemV1<'a> {
    ProblemV1 {
        snapshot: problem.snapshot,
        severity: problem.severity.name(),
        message: &problem.message,
        location: problem
            .location
            .as_ref()
            .map(|place| location(report, place)),
        blinds: &problem.blinds,
    }
}

#[cfg(test)]
mod tests;
