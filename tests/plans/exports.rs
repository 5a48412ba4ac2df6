//! Exports as JSON values, and what edits make of them.

use serde_json::{Map, Value};
use tenantlint::snapshot::{PhoneNumber, spellings_of};
use tenantlint::tenant::edit::{Edit, Object, What};
use tenantlint::tenant::operator_identity;

use crate::audits::File;

/// The exports of a tenant: a name and a document each.
#[derive(Clone)]
pub(super) struct Exports(Vec<(String, Value)>);

impl Exports {
    /// Reads files that are all JSON.
    pub(super) fn of(files: &[File]) -> Self {
        let read = |(name, bytes): &File| {
            let text = std::str::from_utf8(bytes).expect("UTF-8");
            let text = text.trim_start_matches('\u{feff}');
            let document = serde_json::from_str(text).expect("JSON");
            (name.clone(), document)
        };
        let mut exports = Self(files.iter().map(read).collect());
        // How many records there should be is another number behind a plan.
        for (name, document) in &mut exports.0 {
            if name == "manifest.json"
                && let Some(listed) = document.get_mut("exports").and_then(Value::as_array_mut)
            {
                for export in listed.iter_mut().filter_map(Value::as_object_mut) {
                    export.remove("records");
                }
            }
        }
        exports
    }

    /// Writes them as files.
    pub(super) fn files(&self) -> Vec<File> {
        let write = |(name, document): &(String, Value)| {
            let bytes = serde_json::to_vec_pretty(document).expect("memory takes everything");
            (name.clone(), bytes)
        };
        self.0.iter().map(write).collect()
    }

    /// Does to the exports what an edit does to the tenant.
    pub(super) fn apply(&mut self, edit: &Edit) {
        let place = Place::of(&edit.object);
        let family = edit.object.export();
        let spelled = |property: &str| spellings_of(family, property);
        match &edit.what {
            What::Set(property, value) => {
                let keys = spelled(property);
                self.each(&place, |record| {
                    for (key, old) in record.iter_mut() {
                        if keys.contains(&key.to_ascii_lowercase()) {
                            *old = value.clone();
                        }
                    }
                    true
                });
            }
            What::Removed => self.each(&place, |_| false),
            What::Added(fields) => {
                let file = place.files[0];
                let Some(records) = self.records(file) else {
                    return;
                };
                // A new record tells what the others do.
                let known: Vec<String> = records
                    .iter()
                    .filter_map(Value::as_object)
                    .flat_map(|record| record.keys().map(|key| key.to_ascii_lowercase()))
                    .collect();
                let fields: Map<String, Value> = fields
                    .iter()
                    .filter(|(property, _)| spelled(property).iter().any(|key| known.contains(key)))
                    .map(|(property, value)| (property.clone(), value.clone()))
                    .collect();
                records.push(Value::Object(fields));
            }
        }
    }

    fn records(&mut self, file: &str) -> Option<&mut Vec<Value>> {
        let (_, document) = self.0.iter_mut().find(|(name, _)| name == file)?;
        if document.get("value").is_some() {
            return document.get_mut("value").and_then(Value::as_array_mut);
        }
        if document.is_object() {
            *document = Value::Array(vec![document.take()]);
        }
        document.as_array_mut()
    }

    /// Shows every record of a place; `false` takes it away.
    fn each(&mut self, place: &Place, mut visit: impl FnMut(&mut Map<String, Value>) -> bool) {
        for file in place.files {
            if let Some(records) = self.records(file) {
                records.retain_mut(|record| match record.as_object_mut() {
                    Some(record) if (place.is)(record) => visit(record),
                    _ => true,
                });
            }
        }
    }
}

/// Whether a record is that of an object.
type Is<'o> = Box<dyn Fn(&Map<String, Value>) -> bool + 'o>;

/// Where the records of an object are.
struct Place<'o> {
    files: &'static [&'static str],
    is: Is<'o>,
}

impl<'o> Place<'o> {
    fn of(object: &'o Object) -> Self {
        let text = |record: &Map<String, Value>, key: &str| {
            record
                .get(key)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_lowercase()
        };
        let by = move |keys: &'static [&'static str], wanted: String| -> Is<'o> {
            Box::new(move |record| {
                keys.iter().any(|key| {
                    let told = text(record, key);
                    told.strip_prefix("tag:").unwrap_or(&told) == wanted
                })
            })
        };
        let of_number = |record: &Map<String, Value>, number: &PhoneNumber| {
            let told = record.get("TelephoneNumber").and_then(Value::as_str);
            told.and_then(PhoneNumber::parse) == Some(*number)
        };
        let (files, is): (&'static [&'static str], _) = match object {
            Object::User(id) => (
                &["Get-CsOnlineUser.json", "graph-users.json"],
                by(&["Identity", "id"], id.to_string()),
            ),
            Object::ResourceAccount(id) => (
                &["Get-CsOnlineApplicationInstance.json"],
                by(&["ObjectId"], id.to_string()),
            ),
            Object::Number(number) => (
                &["Get-CsPhoneNumberAssignment.json"],
                Box::new(move |record: &Map<String, Value>| of_number(record, number)) as Box<_>,
            ),
            Object::Association(id) => (
                &["Get-CsOnlineApplicationInstanceAssociation.json"],
                by(&["Id"], id.to_string()),
            ),
            Object::App(id) => (
                &["Get-CsAutoAttendant.json", "Get-CsCallQueue.json"],
                by(&["Identity"], id.to_string()),
            ),
            Object::Operator(identity) => (
                &["operators.json"],
                Box::new(move |record: &Map<String, Value>| {
                    let name = record.get("name").or(record.get("Name"));
                    let name = name.and_then(Value::as_str).unwrap_or_default();
                    operator_identity(name) == *identity
                }) as Box<_>,
            ),
            Object::VoiceRoutingPolicy(name) => (
                &["Get-CsOnlineVoiceRoutingPolicy.json"],
                by(&["Identity"], name.to_lowercase()),
            ),
            Object::PstnUsages => (
                &["Get-CsOnlinePstnUsage.json"],
                by(&["Identity"], "global".to_owned()),
            ),
            Object::VoiceRoute(name) => (
                &["Get-CsOnlineVoiceRoute.json"],
                by(&["Identity"], name.to_lowercase()),
            ),
            Object::Gateway(name) => (
                &["Get-CsOnlinePSTNGateway.json"],
                by(&["Identity"], name.to_lowercase()),
            ),
            Object::SharedCallingPolicy(name) => (
                &["Get-CsTeamsSharedCallingRoutingPolicy.json"],
                by(&["Identity"], name.to_lowercase()),
            ),
            Object::GroupPolicy(group, of) => (
                &["Get-CsGroupPolicyAssignment.json"],
                Box::new(move |record: &Map<String, Value>| {
                    text(record, "GroupId") == group.to_string()
                        && text(record, "PolicyType") == of.to_lowercase()
                }) as Box<_>,
            ),
            Object::NumberPolicy(number, of) => (
                &["Get-CsPhoneNumberPolicyAssignment.json"],
                Box::new(move |record: &Map<String, Value>| {
                    of_number(record, number) && text(record, "PolicyType") == of.to_lowercase()
                }) as Box<_>,
            ),
            Object::Membership(..) => (&["graph-group-members.json"], by(&[], String::new())),
            Object::Location(id) => (
                &["Get-CsOnlineLisLocation.json"],
                by(&["LocationId"], id.to_string()),
            ),
            Object::CivicAddress(id) => (
                &["Get-CsOnlineLisCivicAddress.json"],
                by(&["CivicAddressId"], id.to_string()),
            ),
            Object::Bridge(id) => (
                &["Get-CsOnlineDialInConferencingBridge.json"],
                by(&["Identity"], id.to_string()),
            ),
            Object::NumberSettings => (
                &["Get-CsPhoneNumberTenantConfiguration.json"],
                by(&["Identity"], "global".to_owned()),
            ),
            Object::Sku(id) => (&["subscribedSkus.json"], by(&["skuId"], id.to_string())),
        };
        Self { files, is }
    }
}
