//! What tells the snapshots of one report apart.
//!
//! The same thing may be wrong in two tenants, and then it has the same fingerprint in both: a reader who knows nothing of
//! tenants would take the two for one.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::{Report, ReportedProblem, SnapshotSummary};
use crate::finding::{Fingerprint, SubjectKind};

/// One name for each snapshot, which no other has: that of its tenant, with the path behind it where there are several
/// snapshots of the tenant, and a number where one is checked twice.
pub(super) fn names(
    report: &Report,
    tenant: impl Fn(&SnapshotSummary) -> String,
    path: impl Fn(&SnapshotSummary) -> String,
) -> Vec<String> {
    let tenants: Vec<String> = report.snapshots.iter().map(tenant).collect();
    let mut count: BTreeMap<&str, usize> = BTreeMap::new();
    for tenant in &tenants {
        *count.entry(tenant).or_default() += 1;
    }
    let mut told: BTreeMap<String, usize> = BTreeMap::new();
    let of = |(tenant, snapshot): (&String, &SnapshotSummary)| {
        if count.get(tenant.as_str()).is_none_or(|count| *count < 2) {
            return tenant.clone();
        }
        let name = format!("{tenant}/{}", path(snapshot));
        let times = told.entry(name.clone()).or_default();
        *times += 1;
        if *times > 1 {
            format!("{name}/{times}")
        } else {
            name
        }
    };
    tenants.iter().zip(&report.snapshots).map(of).collect()
}

/// Makes fingerprints that occur once in a report of several snapshots; in a report of one they are as they are.
pub(super) struct Scopes(Vec<String>);

impl Scopes {
    pub(super) fn of(report: &Report) -> Self {
        if report.snapshots.len() < 2 {
            return Self(Vec::new());
        }
        let tenant = |one: &SnapshotSummary| one.tenant_id.as_ref().unwrap_or(&one.path).clone();
        Self(names(report, tenant, |one| one.path.clone()))
    }

    pub(super) fn within(&self, snapshot: u32, fingerprint: Fingerprint) -> Fingerprint {
        self.0.get(snapshot as usize).map_or(fingerprint, |scope| {
            Fingerprint::new(scope, SubjectKind::Tenant, &fingerprint.to_string(), "")
        })
    }
}

impl Report {
    /// Words about a snapshot, which they name where there are several.
    pub(super) fn said_of<'w>(&self, snapshot: u32, words: &'w str) -> Cow<'w, str> {
        match self.snapshots.get(snapshot as usize) {
            Some(of) if self.snapshots.len() > 1 => Cow::Owned(format!("{}: {words}", of.path)),
            _ => Cow::Borrowed(words),
        }
    }

    /// What is wrong with the input, with its snapshot where there are several and no place tells it.
    pub(super) fn said_of_problem<'w>(&self, problem: &'w ReportedProblem) -> Cow<'w, str> {
        match problem.location {
            Some(_) => Cow::Borrowed(&problem.message),
            None => self.said_of(problem.snapshot, &problem.message),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use crate::report::human::samples::several;
    use crate::report::{azure, github, gitlab};

    fn text(write: impl Fn(&mut Vec<u8>) -> std::io::Result<()>) -> String {
        let mut out = Vec::new();
        write(&mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn annotations_without_a_place_name_their_snapshot() {
        let report = several(&["few", "a:b"]);
        let shown = text(|out| github::write(&report, out));
        for line in [
            "::warning title=problem with the input::few: something is odd",
            "::notice title=OC001::few: OC001 was not evaluated: no reason is given",
            "::notice title=OP001::a:b: OP001 could not judge 2 of 4 subjects: no reason is given",
        ] {
            assert!(shown.lines().any(|one| one == line), "{shown}");
        }
        let shown = text(|out| azure::write(&report, out));
        for line in [
            "##vso[task.logissue type=warning;code=input;]a:b: something is odd",
            "##vso[task.logissue type=warning;code=OC001;]few: OC001 was not evaluated: no reason is given",
            "info[OP001] few: OP001 could not judge 2 of 4 subjects: no reason is given",
        ] {
            assert!(shown.lines().any(|one| one == line), "{shown}");
        }
        let shown = text(|out| github::write(&several(&["few"]), out));
        assert!(shown.contains("::OC001 was not evaluated"), "{shown}");
    }

    #[test]
    fn no_fingerprint_occurs_twice_in_a_merge_request() {
        let mut report = several(&["monday", "tuesday", "tuesday"]);
        for tenant in [
            None,
            Some("7e2f8d6a-3c41-4b9e-9d05-1a6f0c8b2e73".to_owned()),
        ] {
            for snapshot in &mut report.snapshots {
                snapshot.tenant_id = tenant.clone();
            }
            let shown = text(|out| gitlab::write(&report, out));
            let issues: Vec<serde_json::Value> = serde_json::from_str(&shown).unwrap();
            let all: BTreeSet<_> = issues
                .iter()
                .map(|one| one["fingerprint"].to_string())
                .collect();
            assert_eq!(all.len(), issues.len(), "{shown}");
        }
    }
}
