//! Made-up runs, and what the room makes of them.

mod arithmetic;
mod files;
mod formats;

use std::collections::BTreeSet;

use std::path::{Path, PathBuf};

use super::{History, Judged, Run, Seen, Standing, TenantHistory};
use crate::finding::{Fingerprint, Severity, Subject, SubjectKind};
use crate::report::{Outcome, Summary};
use crate::snapshot::Moment;

pub(super) const DAY: i64 = 86_400_000;

/// A folder, and a history in it.
pub(super) fn place() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("runs.db");
    (folder, path)
}

/// A finding of a made-up run: rule, subject, and how it stands.
pub(super) type Made = (&'static str, &'static str, Standing);

/// A made-up run of a day, counted from 1970: which rules decided everything, which could not, and the findings.
#[derive(Clone, Default)]
pub(super) struct Day {
    pub(super) at: i64,
    pub(super) decided: Vec<&'static str>,
    pub(super) blind: Vec<(&'static str, Outcome, u64)>,
    pub(super) found: Vec<Made>,
    /// Dialects of the family that all rules read.
    pub(super) exports: Vec<&'static str>,
    /// Properties that all rules lack.
    pub(super) lacks: Vec<&'static str>,
}

/// A run in which the rules `a` and `b` decide everything.
pub(super) fn day(day: i64, found: &[Made]) -> Day {
    Day {
        at: day,
        decided: vec!["a", "b"],
        blind: Vec::new(),
        found: found.to_vec(),
        exports: Vec::new(),
        lacks: Vec::new(),
    }
}

pub(super) fn subjects(days: &[Day]) -> Vec<Vec<Subject>> {
    let of_day = |day: &Day| {
        let found = day.found.iter();
        let subject =
            |(_, name, _): &Made| Subject::new(SubjectKind::User, name, name.to_uppercase());
        found.map(subject).collect()
    };
    days.iter().map(of_day).collect()
}

pub(super) fn runs<'a>(
    days: &[Day],
    subjects: &'a [Vec<Subject>],
    digests: &'a [String],
) -> Vec<Run<'a>> {
    let run = |((day, subjects), digest): ((&Day, &'a Vec<Subject>), &'a String)| Run {
        tenant: "tenant".into(),
        tenant_name: Some("Contoso"),
        digest,
        time: Moment::from_ms(day.at * DAY).unwrap(),
        as_of: None,
        rule_set: "rules",
        tool: "1.0.0",
        counts: Summary {
            error: day.found.len() as u64,
            ..Summary::default()
        },
        exports: day.exports.iter().map(|kind| ("users", *kind)).collect(),
        coverage: day
            .decided
            .iter()
            .map(|rule| (*rule, Outcome::Passed, 0))
            .chain(day.blind.iter().copied())
            .map(|(rule, outcome, unknown)| Judged {
                rule,
                outcome,
                examined: 9,
                findings: 0,
                unknown,
                decides: outcome == Outcome::Passed && unknown == 0,
                undecided: BTreeSet::new(),
                reads: vec!["users"],
                lacks: day.lacks.iter().copied().collect(),
            })
            .collect(),
        findings: day
            .found
            .iter()
            .zip(subjects)
            .map(|((rule, _, standing), subject)| Seen {
                fingerprint: Fingerprint::new(rule, subject.kind, &subject.id, ""),
                rule,
                subject,
                severity: Severity::Error,
                standing: *standing,
            })
            .collect(),
    };
    days.iter().zip(subjects).zip(digests).map(run).collect()
}

/// Records days in the order given, each on its own, and says what follows.
pub(super) fn recorded(path: &Path, days: &[Day]) -> TenantHistory {
    let digests: Vec<String> = days
        .iter()
        .map(|day| format!("digest-{}", day.at))
        .collect();
    let subjects = subjects(days);
    for run in runs(days, &subjects, &digests) {
        let mut history = History::open_or_create(path).unwrap();
        history.record(&[run]).unwrap();
    }
    only(path)
}

/// The only tenant of a history.
pub(super) fn only(path: &Path) -> TenantHistory {
    let tenants = History::open(path).unwrap().tenants().unwrap();
    let [tenant] = <[TenantHistory; 1]>::try_from(tenants).unwrap();
    tenant
}
