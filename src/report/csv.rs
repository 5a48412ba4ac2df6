//! A table for spreadsheets: a row for each finding, each problem with the input, each finding that is
//! gone, each change since an earlier snapshot, and each thing that was not judged.
//!
//! It is made for Excel: a byte order mark, so that names keep their letters, and a `'` before every cell that would be
//! a formula, telephone numbers with their `+` included. Programs read `ndjson`, which alters nothing.

use std::io;

use super::escape::for_spreadsheet;
use super::{Coverage, Fixed, Report};
use crate::finding::{Finding, Location};

const HEADINGS: [&str; 20] = [
    "kind",
    "severity",
    "code",
    "rule",
    "category",
    "status",
    "subjectKind",
    "subject",
    "subjectId",
    "message",
    "remedy",
    "commands",
    "path",
    "line",
    "column",
    "snapshot",
    "tenantId",
    "tenantName",
    "confidence",
    "fingerprint",
];

/// Writes the report.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let mut table = begin(out)?;
    table.write_record(HEADINGS)?;
    for problem in &report.problems {
        let row = Row {
            kind: "problem",
            severity: problem.severity.name(),
            message: &problem.message,
            snapshot: problem.snapshot,
            place: problem.location.as_ref(),
            ..Row::default()
        };
        table.write_record(row.cells(report))?;
    }
    for finding in &report.findings {
        let told = finding.told();
        table.write_record(Row::of(finding, &told).cells(report))?;
    }
    for fixed in &report.fixed {
        table.write_record(Row::gone(fixed).cells(report))?;
    }
    if let Some(drift) = &report.drift {
        for change in &drift.changes {
            let (mut row, words) = (Row::default(), change.words());
            row.kind = change.what.name();
            row.subject = [change.kind, &change.name, &change.id];
            row.message = &words;
            row.place = Some(&change.location);
            table.write_record(row.cells(report))?;
        }
        for sentence in &drift.not_compared {
            let (kind, message) = ("not compared", sentence.as_str());
            let row = Row {
                kind,
                message,
                ..Row::default()
            };
            table.write_record(row.cells(report))?;
        }
    }
    for (line, words) in report.not_judged() {
        table.write_record(Row::left_out(line, &words).cells(report))?;
    }
    table.flush()
}

/// Begins a table as Excel reads it: with a byte order mark, its lines ending as they do on Windows.
pub(crate) fn begin(out: &mut dyn io::Write) -> io::Result<csv::Writer<&mut dyn io::Write>> {
    out.write_all("\u{feff}".as_bytes())?;
    Ok(csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(out))
}

#[derive(Default)]
struct Row<'a> {
    kind: &'static str,
    severity: &'static str,
    code: &'static str,
    rule: &'a str,
    message: &'a str,
    snapshot: u32,
    place: Option<&'a Location>,
    /// Kind, name and identity.
    subject: [&'a str; 3],
    fingerprint: String,
    finding: Option<&'a Finding>,
}

impl<'a> Row<'a> {
    fn of(finding: &'a Finding, told: &'a str) -> Self {
        let subject = &finding.subject;
        Self {
            kind: "finding",
            severity: finding.severity.name(),
            code: finding.code,
            rule: finding.rule,
            message: told,
            snapshot: finding.snapshot,
            place: Some(&finding.location),
            subject: [subject.kind.name(), &subject.name, &subject.id],
            fingerprint: finding.fingerprint.to_string(),
            finding: Some(finding),
        }
    }

    fn gone(fixed: &'a Fixed) -> Self {
        Self {
            kind: "fixed",
            code: crate::rules::find(&fixed.rule).map_or("", |rule| rule.page.code),
            rule: &fixed.rule,
            subject: ["", &fixed.subject, ""],
            snapshot: fixed.snapshot,
            fingerprint: fixed.fingerprint.clone(),
            ..Self::default()
        }
    }

    fn left_out(line: &Coverage, words: &'a str) -> Self {
        Self {
            kind: "not judged",
            code: line.code,
            rule: line.rule,
            message: words,
            snapshot: line.snapshot,
            ..Self::default()
        }
    }

    fn cells(&self, report: &Report) -> [String; 20] {
        let of = |text: &dyn Fn(&Finding) -> String| self.finding.map(text).unwrap_or_default();
        let snapshot = report.snapshots.get(self.snapshot as usize);
        let told = |text: Option<&String>| text.cloned().unwrap_or_default();
        let at = |number: &dyn Fn(&Location) -> u64| {
            self.place
                .map(|place| number(place).to_string())
                .unwrap_or_default()
        };
        [
            self.kind.to_owned(),
            self.severity.to_owned(),
            self.code.to_owned(),
            self.rule.to_owned(),
            of(&|finding| finding.category.to_owned()),
            of(&|finding| finding.status.name().to_owned()),
            self.subject[0].to_owned(),
            self.subject[1].to_owned(),
            self.subject[2].to_owned(),
            self.message.to_owned(),
            of(&|finding| finding.remedy.summary.clone().into_owned()),
            of(&|finding| finding.remedy.commands.join("\n")),
            self.place
                .map(|place| report.path_of(place).to_owned())
                .unwrap_or_default(),
            at(&|place| place.start.line),
            at(&|place| place.start.column),
            snapshot.map(|one| one.path.clone()).unwrap_or_default(),
            told(snapshot.and_then(|one| one.tenant_id.as_ref())),
            told(snapshot.and_then(|one| one.tenant_name.as_ref())),
            of(&|finding| finding.confidence.name().to_owned()),
            self.fingerprint.clone(),
        ]
        .map(|cell| for_spreadsheet(&cell))
    }
}
