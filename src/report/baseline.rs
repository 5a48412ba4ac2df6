//! A baseline: the findings that a team knows, in a file that it keeps beside its exports.
//!
//! It is sorted, with a finding a line, so that a change of it is a small change in git. It holds no message and no place:
//! those change while the finding stays the same.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use serde::{Deserialize, Serialize};

use super::Report;
use super::json::document;
use crate::finding::Status;
use crate::snapshot::ExportKind;

/// Known findings, by tenant id and fingerprint; `None` for snapshots that do not tell their tenant.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Baseline {
    entries: BTreeMap<(Option<String>, String), Entry>,
    /// What was exported, by tenant id.
    exports: BTreeMap<Option<String>, BTreeSet<ExportKind>>,
    /// Properties that would have refined rules, and that their exports did not have, by tenant id.
    lacks: BTreeMap<Option<String>, BTreeSet<String>>,
}

/// A known finding.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// Tenant id.
    pub tenant: Option<String>,
    /// Name of the rule.
    pub rule: String,
    /// What it is about, as people call it: for readers of the file only.
    pub subject: String,
    /// Identity of what it is about; older files do not have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject_id: Option<String>,
    /// How bad it was; older files do not have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<String>,
    /// What it is recognized by.
    pub fingerprint: String,
}

/// What was exported of a tenant.
#[derive(Serialize, Deserialize)]
struct ExportsV1 {
    tenant: Option<String>,
    exports: Vec<String>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    lacks: BTreeSet<String>,
}

#[derive(Serialize, Deserialize)]
struct FileV1 {
    version: u32,
    #[serde(default)]
    exports: Vec<ExportsV1>,
    findings: Vec<Entry>,
}

impl Baseline {
    /// All findings of a report that no exception accepts.
    pub fn of_report(report: &Report) -> Self {
        let known = report.findings.iter();
        let known = known.filter(|finding| finding.status != Status::Excepted);
        let entries = known.map(|finding| {
            let snapshot = report.snapshots.get(finding.snapshot as usize);
            let tenant = snapshot.and_then(|one| one.tenant_id.clone());
            let fingerprint = finding.fingerprint.to_string();
            let entry = Entry {
                tenant: tenant.clone(),
                rule: finding.rule.to_owned(),
                subject: finding.subject.name.clone(),
                subject_id: Some(finding.subject.id.clone()),
                severity: Some(finding.severity.name().to_owned()),
                fingerprint: fingerprint.clone(),
            };
            ((tenant, fingerprint), entry)
        });
        let mut exports: BTreeMap<Option<String>, BTreeSet<ExportKind>> = BTreeMap::new();
        for snapshot in &report.snapshots {
            let kinds = exports.entry(snapshot.tenant_id.clone()).or_default();
            kinds.extend(&snapshot.exports);
        }
        let mut lacks: BTreeMap<Option<String>, BTreeSet<String>> = BTreeMap::new();
        for line in &report.coverage {
            if let Some(snapshot) = report.snapshots.get(line.snapshot as usize) {
                let of_tenant = lacks.entry(snapshot.tenant_id.clone()).or_default();
                of_tenant.extend(line.lacks.iter().cloned());
            }
        }
        Self {
            entries: entries.collect(),
            exports,
            lacks,
        }
    }

    /// The baseline of a report that was compared with an earlier one: what the report could not judge stays known.
    pub fn renewed(report: &Report, known: &Self) -> Self {
        let mut next = Self::of_report(report);
        let tenant = |snapshot: u32| {
            let snapshot = report.snapshots.get(snapshot as usize);
            snapshot.and_then(|one| one.tenant_id.clone())
        };
        let found = report.findings.iter();
        let found = found.map(|one| (tenant(one.snapshot), one.fingerprint.to_string()));
        let fixed = report.fixed.iter();
        let fixed = fixed.map(|one| (tenant(one.snapshot), one.fingerprint.clone()));
        let judged: BTreeSet<(Option<String>, String)> = found.chain(fixed).collect();
        let mut blind: BTreeSet<&Option<String>> = BTreeSet::new();
        for (key, entry) in &known.entries {
            if !judged.contains(key) {
                next.entries.insert(key.clone(), entry.clone());
                blind.insert(&key.0);
            }
        }
        // What was to see when these were found, is what a run has to see that tells them fixed.
        for tenant in blind {
            if let Some(before) = known.exports.get(tenant) {
                let exports = next.exports.entry(tenant.clone()).or_default();
                exports.extend(before);
            }
            let before = known.lacks.get(tenant).cloned().unwrap_or_default();
            let lacks = next.lacks.entry(tenant.clone());
            let lacks = lacks.or_insert_with(|| before.clone());
            lacks.retain(|property| before.contains(property));
        }
        next
    }

    /// Reads a file.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let file: FileV1 = serde_json::from_slice(bytes)
            .map_err(|error| format!("is no baseline: {error}; `--write-baseline` writes one"))?;
        if file.version != 1 {
            let version = file.version;
            return Err(format!(
                "is a baseline of version {version}, and only version 1 is known"
            ));
        }
        let entries = file.findings.into_iter();
        let entries = entries.map(|one| ((one.tenant.clone(), one.fingerprint.clone()), one));
        let mut exports = BTreeMap::new();
        let mut lacks = BTreeMap::new();
        for one in file.exports {
            let kinds = one.exports.iter();
            let kinds = kinds.filter_map(|name| ExportKind::from_name(name));
            exports.insert(one.tenant.clone(), kinds.collect());
            lacks.insert(one.tenant, one.lacks);
        }
        Ok(Self {
            entries: entries.collect(),
            exports,
            lacks,
        })
    }

    /// Writes the file.
    ///
    /// # Errors
    /// When `out` cannot be written to.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut findings: Vec<Entry> = self.entries.values().cloned().collect();
        let key = |one: &Entry| {
            let Entry {
                tenant,
                rule,
                subject,
                fingerprint,
                ..
            } = one.clone();
            (tenant, rule, subject, fingerprint)
        };
        findings.sort_by_key(key);
        let exports = self.exports.iter().map(|(tenant, kinds)| ExportsV1 {
            tenant: tenant.clone(),
            exports: kinds.iter().map(|kind| kind.name().to_owned()).collect(),
            lacks: self.lacks.get(tenant).cloned().unwrap_or_default(),
        });
        let file = FileV1 {
            version: 1,
            exports: exports.collect(),
            findings,
        };
        document(&file, 2, out)
    }

    /// What is known of a finding of a tenant.
    pub fn find(&self, tenant: Option<&str>, fingerprint: &str) -> Option<&Entry> {
        let key = (tenant.map(str::to_owned), fingerprint.to_owned());
        self.entries.get(&key)
    }

    /// What was exported of a tenant when the baseline was written; `None` where an older file does not tell.
    pub fn exports(&self, tenant: Option<&str>) -> Option<&BTreeSet<ExportKind>> {
        self.exports.get(&tenant.map(str::to_owned))
    }

    /// Whether rules had a property of a tenant to read when the baseline was written, as far as is known.
    pub fn had(&self, tenant: Option<&str>, property: &str) -> bool {
        let lacks = self.lacks.get(&tenant.map(str::to_owned));
        !lacks.is_some_and(|lacks| lacks.contains(property))
    }

    /// The known findings of a tenant.
    pub fn of(&self, tenant: Option<&str>) -> impl Iterator<Item = &Entry> {
        self.entries
            .values()
            .filter(move |one| one.tenant.as_deref() == tenant)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_can_be_read_and_other_files_are_refused() {
        let entry = |tenant: Option<&str>, rule: &str| Entry {
            tenant: tenant.map(str::to_owned),
            rule: rule.to_owned(),
            subject: "+12065550101".to_owned(),
            subject_id: None,
            severity: tenant.map(|_| "error".to_owned()),
            fingerprint: format!("{rule}-1"),
        };
        let entries = [
            entry(Some("t"), "b"),
            entry(None, "z"),
            entry(Some("t"), "a"),
        ];
        let baseline = Baseline {
            entries: entries
                .map(|one| ((one.tenant.clone(), one.fingerprint.clone()), one))
                .into(),
            exports: [(Some("t".to_owned()), [ExportKind::Operators].into())].into(),
            lacks: [(
                Some("t".to_owned()),
                ["operators with Status".to_owned()].into(),
            )]
            .into(),
        };
        let mut file = Vec::new();
        baseline.write(&mut file).unwrap();
        assert_eq!(Baseline::read(&file), Ok(baseline.clone()));
        insta::assert_snapshot!(String::from_utf8(file).unwrap(), @r#"
        {
          "version": 1,
          "exports": [
            {"tenant":"t","exports":["operators"],"lacks":["operators with Status"]}
          ],
          "findings": [
            {"tenant":null,"rule":"z","subject":"+12065550101","fingerprint":"z-1"},
            {"tenant":"t","rule":"a","subject":"+12065550101","severity":"error","fingerprint":"a-1"},
            {"tenant":"t","rule":"b","subject":"+12065550101","severity":"error","fingerprint":"b-1"}
          ]
        }
        "#);
        assert!(baseline.find(Some("t"), "a-1").is_some() && baseline.find(None, "a-1").is_none());
        let older = br#"{"version":1,"findings":[{"tenant":"t","rule":"a","subject":"x","fingerprint":"1"}]}"#;
        let older = Baseline::read(older).unwrap();
        assert!(older.find(Some("t"), "1").is_some() && older.exports(Some("t")).is_none());
        for wrong in ["", "[]", "{\"version\":2,\"findings\":[]}"] {
            assert!(Baseline::read(wrong.as_bytes()).is_err(), "{wrong}");
        }
    }
}
