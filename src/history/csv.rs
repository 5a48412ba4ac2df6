//! A table for spreadsheets: a row for each finding that is open in the newest run of its tenant, the oldest first.

use std::io;

use super::timeline::TenantHistory;
use crate::report::{csv, for_spreadsheet};
use crate::snapshot::Moment;

const HEADINGS: [&str; 11] = [
    "tenantId",
    "tenantName",
    "severity",
    "rule",
    "subjectKind",
    "subject",
    "subjectId",
    "firstSeen",
    "days",
    "newestRun",
    "fingerprint",
];

/// Writes the table.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write(tenants: &[TenantHistory], out: &mut dyn io::Write) -> io::Result<()> {
    let mut table = csv::begin(out)?;
    table.write_record(HEADINGS)?;
    for tenant in tenants {
        let newest = tenant.runs.last();
        let newest = newest.map_or_else(String::new, |run| Moment::rfc3339_of(run.time));
        for one in &tenant.open {
            let row: [&str; 11] = [
                &tenant.id,
                tenant.name.as_deref().unwrap_or_default(),
                one.severity.name(),
                &one.rule,
                &one.subject.kind,
                &one.subject.name,
                &one.subject.id,
                &Moment::rfc3339_of(one.since),
                &one.days.to_string(),
                &newest,
                &one.fingerprint,
            ];
            table.write_record(row.map(for_spreadsheet))?;
        }
    }
    table.flush()
}
