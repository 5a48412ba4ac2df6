//! What plans leave behind, held against exports of a later day that were written by hand.
//!
//! `tests/plans/end-states/<plan>/` holds one file for each export that looks different behind the plan: the records that
//! differ and the new ones, each complete. `removed.json` names the records that are gone. What stands there is what the
//! service does, by its documentation; nothing of it comes from the simulation.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::Value;
use tenantlint::plan::{Judged, PlanText, judge};
use tenantlint::snapshot::record::Record;
use tenantlint::tenant::Tenant;
use tenantlint::tenant::lists::{ListOf, Listed, Visitor, each_list};

use super::exports::Exports;
use super::{policy, tenant};
use crate::audits::{File, sample};

/// Properties that are not compared: what the service writes beside a change, and no rule reads.
///
/// `WhenChanged` and `LastSyncTimeStamp` tell when something was done, `EffectivePolicyAssignments` repeats the policies
/// that are properties of their own, `Tag` and `ReverseNumberLookup` are empty where nobody fills them. Beside these, the
/// `City` of a number is not compared: of a number that comes in, the operator tells it.
const EXCLUDED: [&str; 5] = [
    "WhenChanged",
    "LastSyncTimeStamp",
    "EffectivePolicyAssignments",
    "Tag",
    "ReverseNumberLookup",
];

/// By which keys the records of an export are told apart.
const IDENTITIES: [(&str, &[&str]); 12] = [
    ("Get-CsOnlineUser", &["Identity"]),
    ("Get-CsOnlineApplicationInstance", &["ObjectId"]),
    ("Get-CsOnlineApplicationInstanceAssociation", &["Id"]),
    (
        "Get-CsPhoneNumberAssignment",
        &["TelephoneNumber", "NumberType"],
    ),
    (
        "Get-CsPhoneNumberPolicyAssignment",
        &["TelephoneNumber", "PolicyType"],
    ),
    ("Get-CsAutoAttendant", &["Identity"]),
    ("Get-CsCallQueue", &["Identity"]),
    ("Get-CsOnlineDialInConferencingBridge", &["Identity"]),
    ("Get-CsTeamsSharedCallingRoutingPolicy", &["Identity"]),
    ("graph-users", &["id"]),
    ("operators", &["operatorId"]),
    ("subscribedSkus", &["skuId"]),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The plan of that name that goes well.
fn plan_file(name: &str) -> PathBuf {
    let folder = root().join("snapshots/contoso/plans/good");
    let files = ["toml", "csv"].map(|end| folder.join(format!("{name}.{end}")));
    let mut files = files.into_iter().filter(|path| path.is_file());
    files
        .next()
        .unwrap_or_else(|| panic!("no good plan `{name}`"))
}

/// Carries a plan of contoso out.
pub(super) fn carried_out(path: &Path) -> Judged {
    let (tenant, sources) = tenant(&sample("contoso"));
    let plans = [PlanText {
        path: path.to_string_lossy().into_owned(),
        bytes: read(path),
    }];
    judge(tenant, sources, &plans, &policy(), None)
}

/// What tells a record of an export apart from the others.
fn identity(export: &str, record: &Value) -> Vec<String> {
    let keys = IDENTITIES.iter().find(|(name, _)| *name == export);
    let (_, keys) = keys.unwrap_or_else(|| panic!("by what are records of `{export}` known?"));
    let told = keys.iter().map(|key| match record.get(key) {
        Some(Value::String(text)) => text.to_lowercase(),
        other => panic!("{export}: `{key}` is {other:?}"),
    });
    told.collect()
}

/// The records of an export, whatever wraps them.
fn records(document: &mut Value) -> &mut Vec<Value> {
    let document = if document.get("value").is_some() {
        document.get_mut("value").expect("it was there")
    } else {
        document
    };
    if document.is_object() {
        *document = Value::Array(vec![document.take()]);
    }
    document.as_array_mut().expect("a list of records")
}

/// Contoso as a later export would show it, written by hand.
fn later(folder: &Path) -> Vec<File> {
    let mut removed: BTreeMap<String, Vec<Vec<String>>> = BTreeMap::new();
    let mut written: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for entry in std::fs::read_dir(folder).expect("the folder exists") {
        let path = entry.expect("it can be listed").path();
        let name = path.file_stem().expect("a name").to_string_lossy();
        let mut document: Value = serde_json::from_slice(&read(&path))
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        if name == "removed" {
            removed = serde_json::from_value(document).expect("lists of identities");
        } else {
            let records = std::mem::take(records(&mut document));
            written.insert(name.into_owned(), records);
        }
    }
    let mut files = Exports::of(&sample("contoso")).files();
    let exports: BTreeSet<&String> = removed.keys().chain(written.keys()).collect();
    for export in exports {
        let file = format!("{export}.json");
        let found = files.iter_mut().find(|(name, _)| *name == file);
        let (_, bytes) = found.unwrap_or_else(|| panic!("contoso has no `{file}`"));
        let mut document: Value = serde_json::from_slice(bytes).expect("JSON");
        let all = records(&mut document);
        for gone in removed.get(export).into_iter().flatten() {
            let gone: Vec<String> = gone.iter().map(|text| text.to_lowercase()).collect();
            let before = all.len();
            all.retain(|record| identity(export, record) != gone);
            assert_eq!(before, all.len() + 1, "{export}: {gone:?} is there once");
        }
        for record in written.get(export).into_iter().flatten() {
            let own = identity(export, record);
            match all.iter_mut().find(|one| identity(export, one) == own) {
                Some(old) => {
                    assert_ne!(old, record, "{export}: {own:?} does not differ");
                    *old = record.clone();
                }
                None => all.push(record.clone()),
            }
        }
        *bytes = serde_json::to_vec_pretty(&document).expect("memory takes everything");
    }
    files
}

/// Where two tenants differ, a line each.
struct Comparison<'t> {
    tenants: [&'t Tenant; 2],
    compared: usize,
    found: Vec<String>,
}

impl Visitor<2> for Comparison<'_> {
    fn list<R: Record + Sync>(
        &mut self,
        of: ListOf,
        [expected, simulated]: [Vec<Listed<'_, R>>; 2],
    ) {
        let [texts, simulated_texts] = self.tenants.map(|tenant| &tenant.snapshot.texts);
        let kind = of.kind;
        let mut by_id: BTreeMap<String, Vec<&Listed<R>>> = BTreeMap::new();
        for one in &simulated {
            by_id.entry(one.id.to_lowercase()).or_default().push(one);
        }
        for one in &expected {
            self.compared += 1;
            let others = by_id.get_mut(&one.id.to_lowercase());
            let Some(other) = others
                .filter(|some| !some.is_empty())
                .map(|some| some.remove(0))
            else {
                self.found
                    .push(format!("{kind} {}: only in the exports", one.name));
                continue;
            };
            let differences = one.record.differences(texts, other.record, simulated_texts);
            for difference in differences {
                let property = difference.property;
                let is_told_by_operator = kind == "number" && property == "City";
                if !EXCLUDED.contains(&property) && !is_told_by_operator {
                    self.found.push(format!(
                        "{kind} {}: `{}` is {:?} in the exports, {:?} on paper",
                        one.name, property, difference.old, difference.new
                    ));
                }
            }
        }
        for other in by_id.into_values().flatten() {
            self.found
                .push(format!("{kind} {}: only on paper", other.name));
        }
    }
}

/// How the tenant behind a plan differs from what was written by hand; and how many objects were compared.
fn differences(name: &str) -> (Vec<String>, usize) {
    let folder = root().join("tests/plans/end-states").join(name);
    let judged = carried_out(&plan_file(name));
    assert!(!judged.has_faults, "{name}: {:?}", judged.report.problems);
    let (expected, _) = tenant(&later(&folder));
    let mut comparison = Comparison {
        tenants: [&expected, &judged.end],
        compared: 0,
        found: Vec::new(),
    };
    each_list([&expected, &judged.end], &mut comparison);
    (comparison.found, comparison.compared)
}

#[test]
fn behind_a_plan_is_what_was_written_by_hand() {
    let folders = std::fs::read_dir(root().join("tests/plans/end-states")).expect("end states");
    let names = folders.map(|entry| {
        let name = entry.expect("it can be listed").file_name();
        name.to_string_lossy().into_owned()
    });
    let mut names: Vec<String> = names.collect();
    names.sort();
    assert!(names.len() >= 5, "only {names:?}");
    let mut all = Vec::new();
    for name in names {
        let (found, compared) = differences(&name);
        assert!(compared > 400, "{name}: only {compared} objects compared");
        all.extend(found.into_iter().map(|one| format!("{name}: {one}")));
    }
    assert!(all.is_empty(), "{}", all.join("\n"));
}
