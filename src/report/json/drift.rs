//! What a comparison of two snapshots adds to the JSON report.

use serde::Serialize;

use super::{LocationV1, SnapshotV1, location, snapshot};
use crate::finding::Status;
use crate::report::{Change, Drift, PropertyChange, Report};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DriftV1<'a> {
    old: SnapshotV1<'a>,
    new: u64,
    fixed: u64,
    unchanged: u64,
    changes: Vec<ChangeV1<'a>>,
    not_compared: &'a [String],
}

#[derive(Serialize)]
pub(in crate::report) struct ChangeV1<'a> {
    export: &'a str,
    subject: SubjectV1<'a>,
    change: &'a str,
    properties: Vec<PropertyV1<'a>>,
    location: LocationV1<'a>,
    findings: u64,
}

#[derive(Serialize)]
struct SubjectV1<'a> {
    kind: &'a str,
    id: &'a str,
    name: &'a str,
}

#[derive(Serialize)]
pub(super) struct PropertyV1<'a> {
    property: &'a str,
    old: &'a [String],
    new: &'a [String],
}

/// The difference, where the report tells one.
pub(super) fn of(report: &Report) -> Option<DriftV1<'_>> {
    let drift: &Drift = report.drift.as_ref()?;
    let count = |status| {
        let findings = report.findings.iter();
        findings.filter(|one| one.status == status).count() as u64
    };
    Some(DriftV1 {
        old: snapshot(&drift.old),
        new: count(Status::Open),
        fixed: report.fixed.len() as u64,
        unchanged: count(Status::Baselined),
        changes: drift
            .changes
            .iter()
            .map(|one| change(report, one))
            .collect(),
        not_compared: &drift.not_compared,
    })
}

/// One change.
pub(in crate::report) fn change<'a>(report: &'a Report, change: &'a Change) -> ChangeV1<'a> {
    ChangeV1 {
        export: change.export,
        subject: SubjectV1 {
            kind: change.kind,
            id: &change.id,
            name: &change.name,
        },
        change: change.what.name(),
        properties: change.properties.iter().map(property).collect(),
        location: location(report, &change.location),
        findings: change.findings,
    }
}

/// One property that changed.
pub(super) fn property(change: &PropertyChange) -> PropertyV1<'_> {
    PropertyV1 {
        property: change.property,
        old: &change.old,
        new: &change.new,
    }
}
