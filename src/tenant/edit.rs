//! A tenant that is changed on paper: properties set, objects added and taken away, as if a later export said so.
//!
//! An edit is told in the words of the exports, so that it can be applied to the exports as well as to the tenant, and is
//! read by the same code as they are. Accounts, numbers and who holds what are looked up rightly at once; everything that
//! is joined over the whole tenant is right again after [`Tenant::settle`].

use std::collections::{BTreeSet, HashMap};

use serde_json::{Map, Value};

use super::merged::Merged;
use super::numbers::holder_of;
use super::{Holder, Number, Operator, ResourceAccount, Tenant, build};
use crate::snapshot::cell::{AssignedSku, Reading};
use crate::snapshot::lax::Lax;
use crate::snapshot::record::{Earlier, Origin, Record, Row};
use crate::snapshot::{AssignmentTarget, ExportKind, Field, ObjectId, PhoneNumber, Texts};
use crate::source::Span;

/// An object that can be changed, by its identity.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Object {
    /// An account of the directory.
    User(ObjectId),
    /// A resource account, as the applications export lists it.
    ResourceAccount(ObjectId),
    /// A telephone number.
    Number(PhoneNumber),
    /// Which app a resource account serves.
    Association(ObjectId),
    /// An auto attendant or call queue.
    App(ObjectId),
    /// An operator, by its identity.
    Operator(String),
    /// A voice routing policy, by its name in lower case; so are the following ones.
    VoiceRoutingPolicy(String),
    /// The list of PSTN usages.
    PstnUsages,
    /// A voice route.
    VoiceRoute(String),
    /// A session border controller.
    Gateway(String),
    /// A shared calling policy.
    SharedCallingPolicy(String),
    /// A policy of a group: the group, and the type of the policy in lower case.
    GroupPolicy(ObjectId, String),
    /// A policy of a number: the number, and the type of the policy in lower case.
    NumberPolicy(PhoneNumber, String),
    /// That an account is a member of a group: the group, then the member.
    Membership(ObjectId, ObjectId),
    /// An emergency location.
    Location(ObjectId),
    /// An emergency civic address.
    CivicAddress(ObjectId),
    /// A conference bridge.
    Bridge(ObjectId),
    /// How the tenant treats numbers.
    NumberSettings,
    /// A SKU that the tenant owns.
    Sku(ObjectId),
}

impl Object {
    /// The export that lists such objects.
    pub fn export(&self) -> ExportKind {
        match self {
            Self::User(_) => ExportKind::OnlineUser,
            Self::ResourceAccount(_) => ExportKind::OnlineApplicationInstance,
            Self::Number(_) => ExportKind::PhoneNumberAssignment,
            Self::Association(_) => ExportKind::OnlineApplicationInstanceAssociation,
            Self::App(_) => ExportKind::AutoAttendant,
            Self::Operator(_) => ExportKind::Operators,
            Self::VoiceRoutingPolicy(_) => ExportKind::OnlineVoiceRoutingPolicy,
            Self::PstnUsages => ExportKind::OnlinePstnUsage,
            Self::VoiceRoute(_) => ExportKind::OnlineVoiceRoute,
            Self::Gateway(_) => ExportKind::OnlinePstnGateway,
            Self::SharedCallingPolicy(_) => ExportKind::TeamsSharedCallingRoutingPolicy,
            Self::GroupPolicy(..) => ExportKind::GroupPolicyAssignment,
            Self::NumberPolicy(..) => ExportKind::PhoneNumberPolicyAssignment,
            Self::Membership(..) => ExportKind::GraphGroupMember,
            Self::Location(_) => ExportKind::OnlineLisLocation,
            Self::CivicAddress(_) => ExportKind::OnlineLisCivicAddress,
            Self::Bridge(_) => ExportKind::OnlineDialInConferencingBridge,
            Self::NumberSettings => ExportKind::PhoneNumberTenantConfiguration,
            Self::Sku(_) => ExportKind::GraphSubscribedSku,
        }
    }

    /// What such an object is called, in kebab-case, as findings and changes call it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::User(_) => "user",
            Self::ResourceAccount(_) => "resource-account",
            Self::Number(_) => "number",
            Self::Association(_) => "association",
            Self::App(_) => "app",
            Self::Operator(_) => "operator",
            Self::VoiceRoutingPolicy(_) => "voice-routing-policy",
            Self::PstnUsages => "pstn-usages",
            Self::VoiceRoute(_) => "voice-route",
            Self::Gateway(_) => "gateway",
            Self::SharedCallingPolicy(_) => "shared-calling-policy",
            Self::GroupPolicy(..) => "group-policy-assignment",
            Self::NumberPolicy(..) => "number-policy-assignment",
            Self::Membership(..) => "group-membership",
            Self::Location(_) => "emergency-location",
            Self::CivicAddress(_) => "civic-address",
            Self::Bridge(_) => "conference-bridge",
            Self::NumberSettings => "number-settings",
            Self::Sku(_) => "sku",
        }
    }
}

/// One change of one object.
#[derive(Clone, PartialEq, Debug)]
pub struct Edit {
    /// Which object.
    pub object: Object,
    /// What becomes of it.
    pub what: What,
}

/// What becomes of an object.
#[derive(Clone, PartialEq, Debug)]
pub enum What {
    /// A property gets a value, as its export spells it. What the record does not tell stays unknown.
    Set(&'static str, Value),
    /// It is there from now on, with these properties under their canonical names.
    Added(Map<String, Value>),
    /// It is gone.
    Removed,
}

/// What an edit did.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Edited {
    /// The object.
    pub object: Object,
    /// What became of it.
    pub what: EditedWhat,
    /// The records of the snapshot that tell of it otherwise.
    pub records: Vec<Span>,
}

/// What became of an object.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum EditedWhat {
    /// A property changed: what it said and what it says, of a list an element each, empty for nothing.
    Set(&'static str, Vec<String>, Vec<String>),
    /// It was added.
    Added,
    /// It was taken away.
    Removed,
}

/// What was added and taken away since the lists were last put in order.
#[derive(Debug, Default)]
pub(super) struct Loose {
    /// Numbers behind the ordered ones.
    added_numbers: HashMap<PhoneNumber, u32, foldhash::fast::FixedState>,
    removed_numbers: BTreeSet<u32>,
    removed_users: BTreeSet<u32>,
    removed_accounts: BTreeSet<u32>,
    removed_number_policies: BTreeSet<u32>,
    /// Whether anything is not joined as it should be.
    unsettled: bool,
}

impl Loose {
    /// How many numbers stand behind the ordered ones.
    pub(super) fn numbers(&self) -> usize {
        self.added_numbers.len()
    }

    pub(super) fn is_removed(&self, number: usize) -> bool {
        !self.removed_numbers.is_empty() && self.removed_numbers.contains(&(number as u32))
    }

    pub(super) fn added(&self, key: PhoneNumber) -> Option<usize> {
        self.added_numbers.get(&key).map(|index| *index as usize)
    }
}

impl Tenant {
    /// Applies edits in order; objects that are added point at `origin`. An edit of an object that is not there, or of a
    /// property that no export tells, does nothing and is not told.
    pub fn edit(&mut self, edits: &[Edit], origin: Span) -> Vec<Edited> {
        let mut done = Vec::with_capacity(edits.len());
        for edit in edits {
            let mut records = Vec::new();
            let edited = match &edit.what {
                What::Set(property, value) => self.set(&edit.object, property, value, &mut records),
                What::Added(fields) => self.add(&edit.object, fields, origin),
                What::Removed => self.remove(&edit.object).then_some(EditedWhat::Removed),
            };
            if let Some(what) = edited {
                self.index.loose.unsettled = true;
                self.index.memo = super::Memo::default();
                done.push(Edited {
                    object: edit.object.clone(),
                    what,
                    records,
                });
            }
        }
        done
    }

    /// Joins everything anew, as it would be joined if the exports said what the edits did.
    pub fn settle(&mut self) {
        if std::mem::take(&mut self.index.loose.unsettled) {
            let loose = std::mem::take(&mut self.index.loose);
            keep_others(&mut self.numbers, &loose.removed_numbers);
            keep_others(&mut self.users, &loose.removed_users);
            keep_others(&mut self.resource_accounts, &loose.removed_accounts);
            keep_others(&mut self.number_policies, &loose.removed_number_policies);
            self.group_policies.sort_by_key(|one| one.group.get());
            if !loose.added_numbers.is_empty() {
                self.numbers.sort_by_key(|number| number.key);
            }
            self.users.sort_by_key(|user| user.id.get());
            build::join(self);
        }
    }

    /// Whether edits were made since everything was last joined.
    pub fn is_settled(&self) -> bool {
        !self.index.loose.unsettled
    }

    fn set(
        &mut self,
        object: &Object,
        property: &'static str,
        value: &Value,
        records: &mut Vec<Span>,
    ) -> Option<EditedWhat> {
        let family = object.export();
        let is_told = |kind| self.snapshot.has_property(kind, property);
        // An app is listed by one of two exports.
        let told =
            is_told(family) || matches!(object, Object::App(_)) && is_told(ExportKind::CallQueue);
        if !told {
            return None;
        }
        let held = match object {
            Object::Number(key) if property == "AssignedPstnTargetId" => self.place_of(*key),
            _ => None,
        };
        macro_rules! set {
            ($record:expr) => {{
                let record = $record?;
                let texts = &self.snapshot.texts;
                // What two records contradict each other about is told, though it is not believed.
                if !record.tells(property) && !record.contradicts(property) {
                    return None;
                }
                records.extend(record.records());
                let old = record.words(property, texts).unwrap_or_default();
                let filled = read(texts, |reading| record.set(property, &lax(value), reading));
                let (known, filled) = filled;
                self.snapshot.texts.keep(filled);
                if !known {
                    return None;
                }
                let new = record.words(property, &self.snapshot.texts);
                (old, new.unwrap_or_default())
            }};
        }
        let (old, new) = match object {
            Object::User(id) => {
                let index = self.place_of_user(*id)? as usize;
                set!(self.users.get_mut(index))
            }
            Object::ResourceAccount(id) => {
                let index = *self.index.resource_accounts.get(id)? as usize;
                set!(
                    self.resource_accounts
                        .get_mut(index)
                        .and_then(|one| one.record.as_mut())
                )
            }
            Object::Number(key) => {
                let index = self.place_of(*key)?;
                set!(self.numbers.get_mut(index).map(|one| &mut one.record))
            }
            Object::Association(id) => set!(
                self.associations
                    .iter_mut()
                    .find(|one| one.account.get() == Some(*id))
            ),
            Object::App(id) => {
                let index = *self.index.apps.get(id)? as usize;
                set!(self.apps.get_mut(index))
            }
            Object::Operator(identity) => set!(
                self.operators
                    .iter_mut()
                    .find(|one| one.identity == *identity)
                    .map(|one| &mut one.record)
            ),
            Object::VoiceRoutingPolicy(name) => set!(self.voice_routing_policies.find_mut(name)),
            Object::PstnUsages => set!(self.pstn_usages.find_mut("Global")),
            Object::VoiceRoute(name) => set!(self.voice_routes.find_mut(name)),
            Object::Gateway(name) => set!(self.gateways.find_mut(name)),
            Object::SharedCallingPolicy(name) => set!(self.shared_calling_policies.find_mut(name)),
            Object::GroupPolicy(group, of) => {
                let texts = &self.snapshot.texts;
                let index = self.group_policies.iter().position(|one| {
                    is_of(one.group.get(), *group, one.policy_type.get(), of, texts)
                });
                set!(index.and_then(|index| self.group_policies.get_mut(index)))
            }
            Object::NumberPolicy(number, of) => {
                let index = self.place_of_policy(*number, of);
                set!(index.and_then(|index| self.number_policies.get_mut(index)))
            }
            Object::Location(id) => set!(
                self.locations
                    .iter_mut()
                    .find(|one| one.id.get() == Some(*id))
            ),
            Object::CivicAddress(id) => set!(
                self.civic_addresses
                    .iter_mut()
                    .find(|one| one.id.get() == Some(*id))
            ),
            Object::Bridge(id) => set!(
                self.conferencing
                    .bridges
                    .iter_mut()
                    .find(|one| one.id.get() == Some(*id))
            ),
            Object::NumberSettings => set!(self.number_config.as_mut()),
            Object::Sku(id) => set!(self.skus.iter_mut().find(|one| one.id.get() == Some(*id))),
            Object::Membership(..) => return None,
        };
        if let Some(index) = held {
            self.hold(index);
        }
        // Nothing became of what said the same before.
        (old != new).then_some(EditedWhat::Set(property, old, new))
    }

    fn add(
        &mut self,
        object: &Object,
        fields: &Map<String, Value>,
        origin: Span,
    ) -> Option<EditedWhat> {
        let kind = match object {
            Object::App(_) => return None,
            other => other.export(),
        };
        if !self.snapshot.has_export(kind) {
            return None;
        }
        let origin = Origin { kind, span: origin };
        // What the export does not tell of others, it would not tell of the new one.
        let mut told: Map<String, Value> = fields
            .iter()
            .filter(|(property, _)| self.snapshot.has_property(kind, property))
            .map(|(property, value)| (property.clone(), value.clone()))
            .collect();
        if let Object::User(id) = object {
            // By this it is found again.
            told.insert("Identity".to_owned(), id.to_string().into());
        }
        macro_rules! record {
            () => {{
                let (record, filled) = read(&self.snapshot.texts, |reading| {
                    record_of(&told, origin, reading)
                });
                self.snapshot.texts.keep(filled);
                Merged::alone(record)
            }};
        }
        match object {
            Object::User(id) => {
                let record = record!();
                self.index.users.insert(*id, self.users.len() as u32);
                self.users.push(record);
            }
            Object::ResourceAccount(id) => {
                let record = record!();
                let account = ResourceAccount {
                    id: *id,
                    record: Some(record),
                    user: self.place_of_user(*id),
                    apps: Vec::new(),
                };
                let place = self.resource_accounts.len() as u32;
                self.index.resource_accounts.insert(*id, place);
                self.resource_accounts.push(account);
            }
            Object::Number(key) => {
                if self.number(*key).is_some() {
                    return None;
                }
                let record = record!();
                let place = self.numbers.len();
                self.index.loose.added_numbers.insert(*key, place as u32);
                self.numbers.push(Number {
                    key: *key,
                    record,
                    holder: Holder::Nobody,
                    listed_operator: super::Answer::Unknown,
                    operator: None,
                });
                self.hold(place);
            }
            Object::Association(account) => {
                let record: Merged<crate::snapshot::record::AssociationRecord> = record!();
                let key = (Some(*account), record.app.get());
                let place = self
                    .associations
                    .partition_point(|one| (one.account.get(), one.app.get()) < key);
                self.associations.insert(place, record);
            }
            Object::Operator(identity) => {
                let record = record!();
                let place = self
                    .operators
                    .partition_point(|one| one.identity < *identity);
                let operator = Operator {
                    identity: identity.clone(),
                    record,
                    numbers: Vec::new(),
                };
                self.operators.insert(place, operator);
            }
            Object::GroupPolicy(..) => self.group_policies.push(record!()),
            Object::NumberPolicy(number, _) => {
                let record = record!();
                let place = self.number_policies.len() as u32;
                let of_number = self.index.routing.by_number.entry(*number);
                of_number.or_default().push(place);
                self.number_policies.push(record);
            }
            Object::Membership(group, member) => {
                let members = self.directory.members.entry(*group).or_default();
                match members.binary_search(member) {
                    Ok(_) => return None,
                    Err(place) => members.insert(place, *member),
                }
            }
            Object::Location(id) => {
                let record = record!();
                let place = self
                    .locations
                    .partition_point(|one| one.id.get() < Some(*id));
                self.locations.insert(place, record);
            }
            Object::CivicAddress(id) => {
                let record = record!();
                let place = self
                    .civic_addresses
                    .partition_point(|one| one.id.get() < Some(*id));
                self.civic_addresses.insert(place, record);
            }
            _ => return None,
        }
        Some(EditedWhat::Added)
    }

    fn remove(&mut self, object: &Object) -> bool {
        match object {
            Object::User(id) => {
                let index = self.place_of_user(*id);
                if let Some(index) = index {
                    self.index.users.remove(*id, index);
                }
                self.index.loose.removed_users.extend(index);
                index.is_some()
            }
            Object::ResourceAccount(id) => {
                let index = self.index.resource_accounts.remove(id);
                self.index.loose.removed_accounts.extend(index);
                index.is_some()
            }
            Object::Number(key) => {
                let Some(index) = self.place_of(*key) else {
                    return false;
                };
                self.let_go(index);
                self.index.loose.removed_numbers.insert(index as u32);
                // One that was added and taken away again stays behind until all is put in order.
                if self.index.loose.added_numbers.get(key) == Some(&(index as u32)) {
                    self.index.loose.added_numbers.remove(key);
                    self.settle();
                }
                true
            }
            Object::Association(id) => {
                let before = self.associations.len();
                self.associations
                    .retain(|one| one.account.get() != Some(*id));
                before > self.associations.len()
            }
            Object::App(id) => {
                let before = self.apps.len();
                self.apps.retain(|one| one.id.get() != Some(*id));
                let by_id = self.apps.iter().enumerate();
                self.index.apps = by_id
                    .filter_map(|(index, app)| Some((app.id.get()?, index as u32)))
                    .collect();
                before > self.apps.len()
            }
            Object::VoiceRoutingPolicy(name) => self.voice_routing_policies.remove(name).is_some(),
            Object::VoiceRoute(name) => self.voice_routes.remove(name).is_some(),
            Object::Gateway(name) => self.gateways.remove(name).is_some(),
            Object::GroupPolicy(group, of) => {
                let texts = &self.snapshot.texts;
                let before = self.group_policies.len();
                self.group_policies.retain(|one| {
                    !is_of(one.group.get(), *group, one.policy_type.get(), of, texts)
                });
                before > self.group_policies.len()
            }
            Object::NumberPolicy(number, of) => {
                let Some(index) = self.place_of_policy(*number, of) else {
                    return false;
                };
                if let Some(places) = self.index.routing.by_number.get_mut(number) {
                    places.retain(|place| *place != index as u32);
                }
                self.index
                    .loose
                    .removed_number_policies
                    .insert(index as u32);
                true
            }
            Object::Membership(group, member) => {
                let members = self.directory.members.get_mut(group);
                members.is_some_and(|members| match members.binary_search(member) {
                    Ok(place) => {
                        members.remove(place);
                        true
                    }
                    Err(_) => false,
                })
            }
            Object::Location(id) => {
                let before = self.locations.len();
                self.locations.retain(|one| one.id.get() != Some(*id));
                before > self.locations.len()
            }
            Object::CivicAddress(id) => {
                let before = self.civic_addresses.len();
                self.civic_addresses.retain(|one| one.id.get() != Some(*id));
                before > self.civic_addresses.len()
            }
            _ => false,
        }
    }

    /// Notes the SKUs of an account, and what they bring, as `licenseDetails` tell it.
    pub fn set_license_details(&mut self, user: ObjectId, skus: Vec<AssignedSku>, plans: &Value) {
        if self.index.license_details.contains_key(&user) {
            let (plans, filled) = read(&self.snapshot.texts, |reading| {
                <crate::snapshot::PlanSet as crate::snapshot::cell::Cell>::field(
                    &lax(plans),
                    reading,
                )
            });
            self.snapshot.texts.keep(filled);
            let plans = plans.get().unwrap_or_default();
            self.index.license_details.insert(user, plans);
            self.index.license_skus.insert(user, skus);
            self.index.loose.unsettled = true;
            self.index.memo = super::Memo::default();
        }
    }

    /// Where a number stands.
    pub(super) fn place_of(&self, key: PhoneNumber) -> Option<usize> {
        let ordered = self.numbers.len() - self.ordered_behind();
        let index = self
            .numbers
            .get(..ordered)?
            .binary_search_by_key(&key, |number| number.key);
        match index {
            Ok(index) if !self.index.loose.is_removed(index) => Some(index),
            _ => self.index.loose.added(key),
        }
    }

    pub(super) fn ordered_behind(&self) -> usize {
        self.index.loose.numbers()
    }

    /// The policy of that type of a number.
    fn place_of_policy(&self, number: PhoneNumber, of: &str) -> Option<usize> {
        let texts = &self.snapshot.texts;
        let places = self.index.routing.by_number.get(&number)?;
        let mut places = places.iter().map(|place| *place as usize);
        places.find(|place| {
            let one = self.number_policies.get(*place);
            one.and_then(|one| one.policy_type.get())
                .is_some_and(|name| texts.symbol(name).eq_ignore_ascii_case(of))
        })
    }

    /// Joins a number to the holder that its record names now.
    fn hold(&mut self, index: usize) {
        self.let_go(index);
        let Some(number) = self.numbers.get(index) else {
            return;
        };
        let target = number.record.target;
        let holder = holder_of(number, self);
        if let Field::Value(AssignmentTarget::Object(id)) = target {
            let by_holder = self.index.numbers.loosened(&self.numbers, index);
            by_holder.insert(id, index as u32);
        }
        if let Some(number) = self.numbers.get_mut(index) {
            number.holder = holder;
        }
    }

    /// Takes a number off whoever held it.
    fn let_go(&mut self, index: usize) {
        let holder = self.numbers.get(index).map(|number| number.holder);
        let id = match holder {
            Some(Holder::User(user)) => self.users.get(user as usize).and_then(|one| one.id.get()),
            Some(Holder::ResourceAccount(account)) => self
                .resource_accounts
                .get(account as usize)
                .map(|one| one.id),
            Some(Holder::Unlisted(id)) => Some(id),
            _ => None,
        };
        if let Some(id) = id {
            let by_holder = self.index.numbers.loosened(&self.numbers, index);
            by_holder.remove(id, index as u32);
        }
        if let Some(number) = self.numbers.get_mut(index) {
            number.holder = Holder::Nobody;
        }
    }
}

/// Whether a policy of a group is that group's, of that type.
fn is_of(
    one: Option<ObjectId>,
    group: ObjectId,
    policy_type: Option<crate::snapshot::Symbol>,
    of: &str,
    texts: &Texts,
) -> bool {
    one == Some(group)
        && policy_type.is_some_and(|name| texts.symbol(name).eq_ignore_ascii_case(of))
}

fn keep_others<T>(list: &mut Vec<T>, removed: &BTreeSet<u32>) {
    if !removed.is_empty() {
        let mut place = 0..;
        list.retain(|_| place.next().is_none_or(|place| !removed.contains(&place)));
    }
}

/// Runs something that reads values, with texts of its own.
fn read<T>(
    texts: &Texts,
    reads: impl FnOnce(&mut Reading) -> T,
) -> (T, crate::snapshot::FilledArena) {
    let mut reading = Reading::new(texts.arena(), false);
    let value = reads(&mut reading);
    (value, reading.arena.finish())
}

/// A record with these properties, each under its canonical name.
fn record_of<R: Record>(fields: &Map<String, Value>, origin: Origin, reading: &mut Reading) -> R {
    let mut row = Row::new(R::PROPERTIES.len());
    for (slot, property) in R::PROPERTIES.iter().enumerate() {
        if let Some(value) = fields.get(*property) {
            row.put(slot, 0, lax(value));
        }
    }
    R::read(origin, &mut row, reading, &Earlier::NONE)
}

/// A value as an export would spell it.
fn lax(value: &Value) -> Lax<'_> {
    match value {
        Value::Null => Lax::Null,
        Value::Bool(flag) => Lax::Bool(*flag),
        Value::Number(number) => match number.as_i64() {
            Some(number) => Lax::Int(number),
            None => Lax::Float(number.as_f64().unwrap_or_default()),
        },
        Value::String(text) => Lax::Text(text.as_str().into()),
        Value::Array(list) => Lax::List(list.iter().map(lax).collect()),
        Value::Object(members) => Lax::Map(
            members
                .iter()
                .map(|(key, value)| (key.as_str().into(), lax(value)))
                .collect(),
        ),
    }
}
