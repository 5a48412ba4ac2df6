//! The history as JSON, version 1: what other programs read.
//!
//! As with the JSON report, keys are only ever added within a version, none is ever absent, and the schema is
//! [`SCHEMA`]. A run is a line, and so is an open finding.

use std::io;

use serde::Serialize;

use super::timeline::{FixTimes, Flapping, OpenFinding, RunLine, SubjectLine, TenantHistory};
use crate::report::json::document;
use crate::snapshot::Moment;

/// The JSON Schema of the format.
pub const SCHEMA: &str = include_str!("../../schemas/history.schema.json");

/// Containers that are laid out one element a line: document, tenants, tenant, and its lists.
const DEPTH: usize = 4;

/// Writes the document.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write(tenants: &[TenantHistory], out: &mut dyn io::Write) -> io::Result<()> {
    let history = HistoryV1 {
        version: 1,
        tool: ToolV1 {
            name: env!("CARGO_PKG_NAME"),
            version: env!("CARGO_PKG_VERSION"),
        },
        tenants: tenants.iter().map(tenant).collect(),
    };
    document(&history, DEPTH, out)
}

#[derive(Serialize)]
struct HistoryV1<'a> {
    version: u32,
    tool: ToolV1,
    tenants: Vec<TenantV1<'a>>,
}

#[derive(Serialize)]
struct ToolV1 {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TenantV1<'a> {
    id: &'a str,
    name: Option<&'a str>,
    runs: Vec<RunV1<'a>>,
    open: Vec<OpenV1<'a>>,
    undecided: u64,
    time_to_fix: TimeToFixV1<'a>,
    flapping: Vec<FlappingV1<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RunV1<'a> {
    time: String,
    as_of: Option<String>,
    digest: &'a str,
    rules: &'a str,
    tool_version: &'a str,
    summary: SummaryV1,
    coverage: CoverageV1,
    new: Option<u64>,
    first_judged: Option<u64>,
    fixed: Option<u64>,
}

#[derive(Serialize)]
struct SummaryV1 {
    error: u64,
    warning: u64,
    info: u64,
    excepted: u64,
    baselined: u64,
    problems: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CoverageV1 {
    evaluated: u64,
    not_evaluated: u64,
    off: u64,
    undecided: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OpenV1<'a> {
    rule: &'a str,
    severity: &'a str,
    subject: SubjectV1<'a>,
    fingerprint: &'a str,
    first_seen: String,
    days: u64,
}

#[derive(Serialize)]
struct SubjectV1<'a> {
    kind: &'a str,
    id: &'a str,
    name: &'a str,
}

#[derive(Serialize)]
struct TimeToFixV1<'a> {
    overall: FixTimesV1,
    rules: Vec<RuleTimesV1<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FixTimesV1 {
    count: u64,
    median_days: Option<u64>,
    longest_days: Option<u64>,
}

#[derive(Serialize)]
struct RuleTimesV1<'a> {
    rule: &'a str,
    #[serde(flatten)]
    times: FixTimesV1,
}

#[derive(Serialize)]
struct FlappingV1<'a> {
    rule: &'a str,
    returns: u64,
    findings: Vec<ReturnedV1<'a>>,
}

#[derive(Serialize)]
struct ReturnedV1<'a> {
    subject: SubjectV1<'a>,
    fingerprint: &'a str,
    returns: u64,
}

fn tenant(tenant: &TenantHistory) -> TenantV1<'_> {
    let times = &tenant.time_to_fix;
    TenantV1 {
        id: &tenant.id,
        name: tenant.name.as_deref(),
        runs: tenant.runs.iter().map(run).collect(),
        open: tenant.open.iter().map(open).collect(),
        undecided: tenant.undecided,
        time_to_fix: TimeToFixV1 {
            overall: fix_times(times.overall),
            rules: times
                .rules
                .iter()
                .map(|(rule, times)| RuleTimesV1 {
                    rule,
                    times: fix_times(*times),
                })
                .collect(),
        },
        flapping: tenant.flapping.iter().map(flapping).collect(),
    }
}

fn run(run: &RunLine) -> RunV1<'_> {
    let counts = run.counts;
    RunV1 {
        time: Moment::rfc3339_of(run.time),
        as_of: run.as_of.map(Moment::rfc3339_of),
        digest: &run.digest,
        rules: &run.rule_set,
        tool_version: &run.tool,
        summary: SummaryV1 {
            error: counts.error,
            warning: counts.warning,
            info: counts.info,
            excepted: counts.excepted,
            baselined: counts.baselined,
            problems: counts.problems,
        },
        coverage: CoverageV1 {
            evaluated: run.evaluated,
            not_evaluated: run.not_evaluated,
            off: run.off,
            undecided: run.undecided,
        },
        new: run.new,
        first_judged: run.first_judged,
        fixed: run.fixed,
    }
}

fn open(one: &OpenFinding) -> OpenV1<'_> {
    OpenV1 {
        rule: &one.rule,
        severity: one.severity.name(),
        subject: subject(&one.subject),
        fingerprint: &one.fingerprint,
        first_seen: Moment::rfc3339_of(one.since),
        days: one.days,
    }
}

fn subject(subject: &SubjectLine) -> SubjectV1<'_> {
    SubjectV1 {
        kind: &subject.kind,
        id: &subject.id,
        name: &subject.name,
    }
}

fn fix_times(times: FixTimes) -> FixTimesV1 {
    FixTimesV1 {
        count: times.count,
        median_days: times.median_days,
        longest_days: times.longest_days,
    }
}

fn flapping(rule: &Flapping) -> FlappingV1<'_> {
    FlappingV1 {
        rule: &rule.rule,
        returns: rule.returns,
        findings: rule
            .findings
            .iter()
            .map(|one| ReturnedV1 {
                subject: subject(&one.subject),
                fingerprint: &one.fingerprint,
                returns: one.returns,
            })
            .collect(),
    }
}
