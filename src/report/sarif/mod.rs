//! The SARIF 2.1.0 report: what code scanning services and SARIF viewers read.
//!
//! One run per snapshot, because a run belongs to one tenant: `automationDetails.id` names it, so that a service keeps
//! the alerts of each tenant apart. Texts follow the standard's own escapes for message strings (`text`), places its
//! rules for URIs (`region`). There are no `fixes`: what a finding asks for is a change of a tenant, not of a file.

mod model;
mod pipeline;
mod region;
mod text;
mod tool;

use std::collections::BTreeMap;
use std::io;

use self::model::{
    Alert, AlertProperties, Artifact, ArtifactProperties, AutomationDetails, Driver, Hashes, Log,
    LogicalLocation, Message, PartialFingerprints, Place, RemedyProperties, Run, RunProperties,
    SnapshotProperties, SubjectProperties, Suppression, Tool, UriBase, UriBaseIds,
};
pub use self::pipeline::Pipeline;
use self::region::Artifacts;
use self::tool::Rules;
use super::json::{Each, Elements, Lined, ListPlace, document_with};
use super::{Report, SnapshotSummary, apart, for_terminal};
use crate::finding::{Finding, Severity, Status};
use crate::source::{Encoding, Source};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// Who is to read the report: services differ in how much they take and in what they do with accepted findings.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Target {
    /// Any reader of the standard: all results, accepted ones with their suppression.
    #[default]
    Generic,
    /// GitHub code scanning: it keeps 5,000 results of a run and takes suppressed ones for open, so that accepted
    /// findings are left out.
    ///
    /// Source: <https://docs.github.com/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning>.
    Github,
    /// Azure DevOps Advanced Security: 5,000 results of a run.
    ///
    /// Source: <https://learn.microsoft.com/azure/devops/repos/security/github-advanced-security-code-scanning-third-party>.
    Azure,
    /// GitLab: it skips suppressed results itself.
    ///
    /// Source: <https://docs.gitlab.com/user/application_security/sast/>.
    Gitlab,
}

impl Target {
    /// The most results of a run that the service shows.
    fn limit(self) -> usize {
        match self {
            Self::Generic | Self::Gitlab => usize::MAX,
            Self::Github | Self::Azure => 5_000,
        }
    }

    fn shows(self, finding: &Finding) -> bool {
        self != Self::Github || finding.status != Status::Excepted
    }
}

/// Writes the report for a reader.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write(
    report: &Report,
    target: Target,
    pipeline: Option<&Pipeline>,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let rules = &Rules::of(report);
    // An organization and its project tell whose tenant it is.
    let pipeline = pipeline.filter(|_| !report.redacted);
    let runs = match target {
        Target::Azure => pipelines(report, pipeline),
        _ => automation_ids(report)
            .into_iter()
            .map(|id| (id, None))
            .collect(),
    };
    let artifacts: Vec<Artifacts> = (0..)
        .zip(&report.snapshots)
        .map(|(number, _)| Artifacts::of(report, number))
        .collect();
    let shown = shown(report, target);
    let results: Vec<_> = shown
        .iter()
        .zip(&artifacts)
        .map(|(shown, artifacts)| {
            let states = shown.states;
            Elements::new(&shown.findings, move |finding: &&_| {
                alert(report, rules, artifacts, states, finding)
            })
        })
        .collect();
    let log = Log {
        schema: SCHEMA,
        version: "2.1.0",
        runs: Each(|| {
            let places = results.iter().map(Elements::place);
            let alike = artifacts.iter().zip(&runs).zip(shown.iter().zip(places));
            (0..).zip(&report.snapshots).zip(alike).map(
                |((number, snapshot), ((artifacts, (id, pipeline)), (shown, place)))| {
                    let details = AutomationDetails {
                        id,
                        properties: pipeline.as_ref().map(Pipeline::properties),
                    };
                    let of = (number, snapshot, shown.left_out);
                    run(report, (rules, artifacts), of, details, place)
                },
            )
        }),
    };
    let lists: Vec<&dyn Lined> = results.iter().map(|list| list as &dyn Lined).collect();
    document_with(&log, 4, &lists, out)
}

/// The findings of a snapshot that its run shows.
#[derive(Default)]
struct Shown<'a> {
    findings: Vec<&'a Finding>,
    left_out: u64,
    states: States,
}

/// What each run shows, by snapshot.
fn shown(report: &Report, target: Target) -> Vec<Shown<'_>> {
    let mut runs: Vec<Shown> = report.snapshots.iter().map(|_| Shown::default()).collect();
    for finding in report.findings.iter().filter(|one| target.shows(one)) {
        let Some(run) = runs.get_mut(finding.snapshot as usize) else {
            continue;
        };
        // The standard wants each of these on every result of a run or on none (3.27.23, 3.27.24).
        run.states.suppressions |= finding.status == Status::Excepted;
        run.states.baseline |= report.drift.is_some() || finding.status == Status::Baselined;
        // Findings are in order of severity: what is left out is the weakest.
        if run.findings.len() < target.limit() {
            run.findings.push(finding);
        } else {
            run.left_out += 1;
        }
    }
    runs
}

/// One run; its results are made while they are written.
fn run<'a>(
    report: &'a Report,
    (rules, artifacts): (&'a Rules<'a>, &'a Artifacts),
    (number, snapshot, left_out): (u32, &'a SnapshotSummary, u64),
    automation_details: AutomationDetails<'a>,
    results: ListPlace,
) -> Run<'a> {
    Run {
        tool: Tool {
            driver: Driver {
                name: env!("CARGO_PKG_NAME"),
                full_name: concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION")),
                semantic_version: env!("CARGO_PKG_VERSION"),
                rules: &rules.descriptors,
                notifications: tool::notifications(),
            },
        },
        automation_details,
        invocations: [tool::invocation(report, rules, artifacts, number, left_out)],
        original_uri_base_ids: UriBaseIds {
            root: UriBase {
                description: Message {
                    text: "the working directory of the run".into(),
                },
            },
        },
        artifacts: artifact_list(report, artifacts, number, snapshot),
        column_kind: "unicodeCodePoints",
        properties: RunProperties {
            as_of: &report.as_of,
            rule_set: &report.rule_set,
            redacted: report.redacted,
            snapshot: SnapshotProperties {
                path: &snapshot.path,
                tenant_id: snapshot.tenant_id.as_deref(),
                tenant_name: snapshot.tenant_name.as_deref(),
                exported_at: snapshot.exported_at.as_deref(),
                digest: &snapshot.digest,
            },
        },
        results,
    }
}

/// Which states the results of a run tell.
#[derive(Clone, Copy, Default)]
struct States {
    suppressions: bool,
    baseline: bool,
}

fn alert<'a>(
    report: &'a Report,
    rules: &Rules,
    artifacts: &'a Artifacts,
    states: States,
    finding: &'a Finding,
) -> Alert<'a> {
    let subject = &finding.subject;
    let links = finding
        .related
        .iter()
        .map(|location| region::link_text(report, location));
    let fingerprint = finding.fingerprint.to_string();
    Alert {
        rule_id: finding.code,
        rule_index: rules.index(finding.code),
        level: level(finding.severity),
        message: text::linked(finding.told(), links),
        locations: [Place {
            logical_locations: Some([LogicalLocation {
                name: &subject.name,
                fully_qualified_name: format!("{}/{}", subject.kind.name(), subject.id),
                kind: subject.kind.name(),
            }]),
            ..artifacts.primary(&finding.location)
        }],
        related_locations: (1..)
            .zip(&finding.related)
            .map(|(id, location)| artifacts.related(location, id))
            .collect(),
        partial_fingerprints: PartialFingerprints {
            primary_location_line_hash: format!("{fingerprint}:1"),
            own: fingerprint,
        },
        suppressions: states.suppressions.then(|| match finding.status {
            Status::Excepted => vec![Suppression {
                kind: "external",
                status: "accepted",
                justification: finding.reason.as_deref(),
            }],
            Status::Open | Status::Baselined => Vec::new(),
        }),
        baseline_state: states.baseline.then_some(match finding.status {
            Status::Baselined => "unchanged",
            Status::Open | Status::Excepted => "new",
        }),
        properties: AlertProperties {
            subject: SubjectProperties {
                kind: subject.kind.name(),
                id: &subject.id,
                name: &subject.name,
            },
            remedy: RemedyProperties {
                summary: &finding.remedy.summary,
                commands: &finding.remedy.commands,
            },
            confidence: finding.confidence.name(),
        },
    }
}

/// The files of a snapshot.
fn artifact_list<'a>(
    report: &'a Report,
    artifacts: &'a Artifacts,
    number: u32,
    snapshot: &'a SnapshotSummary,
) -> Vec<Artifact<'a>> {
    let known: BTreeMap<&str, _> = snapshot
        .sources
        .iter()
        .map(|source| (source.path.as_str(), source))
        .collect();
    report
        .sources
        .iter()
        .filter(|(_, source)| source.snapshot == number)
        .map(|(id, source)| Artifact {
            location: artifacts.location(id),
            length: source.bytes,
            roles: ["analysisTarget"],
            encoding: encoding(source),
            hashes: Hashes {
                blake3: &source.digest,
            },
            properties: known
                .get(source.path.as_str())
                .map(|summary| ArtifactProperties {
                    export: summary.export,
                    records: summary.records,
                }),
        })
        .collect()
}

fn encoding(source: &Source) -> &'static str {
    match source.encoding {
        Encoding::Utf8 { .. } => "UTF-8",
        Encoding::Utf16Le { .. } => "UTF-16LE",
        Encoding::Utf16Be { .. } => "UTF-16BE",
        Encoding::Windows1252 => "windows-1252",
    }
}

/// The word for a severity.
fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

/// The pipeline of each snapshot, with the id of its run.
fn pipelines(report: &Report, pipeline: Option<&Pipeline>) -> Vec<(String, Option<Pipeline>)> {
    let names = apart::names(report, tenant, path_of);
    let pipelines = names.iter().map(|name| match pipeline {
        Some(pipeline) => pipeline.clone(),
        None => Pipeline::none(name),
    });
    pipelines
        .map(|pipeline| (pipeline.run_id(), Some(pipeline)))
        .collect()
}

/// `tenantlint/<tenant>/` for each snapshot; two snapshots of one tenant are told apart by their paths, because a
/// service refuses two runs under one name.
fn automation_ids(report: &Report) -> Vec<String> {
    let names = apart::names(report, tenant, path_of).into_iter();
    names.map(|name| format!("tenantlint/{name}/")).collect()
}

/// Id, else name, else path.
fn tenant(snapshot: &SnapshotSummary) -> String {
    let told = [&snapshot.tenant_id, &snapshot.tenant_name];
    let told = told.into_iter().flatten().find(|name| !name.is_empty());
    // A slash divides the levels of the id, and a name is one level.
    told.map_or_else(
        || path_of(snapshot),
        |name| for_terminal(name).replace('/', "-"),
    )
}

fn path_of(snapshot: &SnapshotSummary) -> String {
    for_terminal(snapshot.path.trim_matches('/')).into_owned()
}

#[cfg(test)]
mod tests;
