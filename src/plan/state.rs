//! The tenant as it would be between two acts of a plan.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value;

use super::act::{Effect, Pending};
use crate::finding::Place;
use crate::finding::powershell::quoted;
use crate::snapshot::record::Record as _;
use crate::snapshot::{AssignmentTarget, ExportKind, Moment, ObjectId, PhoneNumber, Symbol};
use crate::source::Span;
use crate::tenant::edit::{Edit, Edited, EditedWhat, Object, What};
use crate::tenant::{AccountKind, Answer, Holder, Number, Tenant, User, is_same_type};

/// A tenant that a plan is carried out on, on paper.
#[derive(Debug)]
pub struct State {
    /// The tenant as it is now.
    pub tenant: Tenant,
    /// What is under way, by the object that is not to be relied on.
    pending: BTreeMap<Object, Pending>,
    /// How many hours have passed since the export.
    hours: u64,
    /// Numbers that the plan took off somebody.
    taken: BTreeSet<PhoneNumber>,
    /// What is there only since the plan: the ids that stand for it, and its name.
    stand_ins: BTreeMap<ObjectId, String>,
    /// Until when the plan blocks numbers, which not every export has a place for.
    blocked: BTreeMap<PhoneNumber, Moment>,
    /// Policies that the plan granted to accounts themselves, by their types.
    granted: BTreeSet<(ObjectId, &'static str)>,
    /// What the plan made of the tenant's letting numbers of the on-premises directory be taken over.
    migration: Option<bool>,
    /// How many numbers the plan took away from locations and addresses, by their ids; what it brought counts against it.
    moved_away: BTreeMap<ObjectId, i64>,
    /// Accounts whose line URI is that number.
    lines: HashMap<PhoneNumber, Vec<ObjectId>, foldhash::fast::FixedState>,
}

impl State {
    /// The state before the first act.
    pub fn new(tenant: Tenant) -> Self {
        let mut lines: HashMap<PhoneNumber, Vec<ObjectId>, _> = HashMap::default();
        for user in &tenant.users {
            if let (Some(id), Some(number)) = (user.id.get(), line_of(&tenant, user)) {
                lines.entry(number).or_default().push(id);
            }
        }
        Self {
            tenant,
            pending: BTreeMap::new(),
            hours: 0,
            taken: BTreeSet::new(),
            blocked: BTreeMap::new(),
            granted: BTreeSet::new(),
            stand_ins: BTreeMap::new(),
            migration: None,
            moved_away: BTreeMap::new(),
            lines,
        }
    }

    /// Applies an effect; what is added points at `origin`.
    pub fn apply(&mut self, effect: Effect, origin: Span) -> Vec<Edited> {
        let mut accounts: Vec<(ObjectId, Option<PhoneNumber>)> = Vec::new();
        for edit in &effect.edits {
            if let (Object::User(id), What::Set("LineUri", _) | What::Removed) =
                (&edit.object, &edit.what)
            {
                let before = self.user(*id).and_then(|user| line_of(&self.tenant, user));
                accounts.push((*id, before));
            }
        }
        let mut located: BTreeMap<PhoneNumber, Option<ObjectId>> = BTreeMap::new();
        for edit in &effect.edits {
            match (&edit.object, &edit.what) {
                (Object::Number(number), What::Set("LocationId", _) | What::Removed) => {
                    let before = || self.location_of(*number);
                    located.entry(*number).or_insert_with(before);
                }
                // It holds whether or not an export tells what was before.
                (
                    Object::NumberSettings,
                    What::Set("AllowOnPremToOnlineMigration", Value::Bool(allowed)),
                ) => self.migration = Some(*allowed),
                (
                    Object::Number(number),
                    What::Set("AssignmentBlockedUntil", Value::String(until)),
                ) => {
                    if let Some(until) = Moment::parse(until) {
                        self.blocked.insert(*number, until);
                    }
                }
                (Object::User(id), What::Set(property, Value::String(_)))
                    if property.ends_with("Policy") || *property == "TenantDialPlan" =>
                {
                    self.granted.insert((*id, property));
                }
                _ => {}
            }
        }
        let done = self.tenant.edit(&effect.edits, origin);
        for (number, before) in located {
            let after = self.location_of(number);
            if before != after {
                self.note_move(before, 1);
                self.note_move(after, -1);
            }
        }
        for edited in &done {
            if let (Object::Number(number), EditedWhat::Added) = (&edited.object, &edited.what) {
                // A row that is new is nobody's, and never was.
                self.taken.remove(number);
            }
            let id = match (&edited.object, &edited.what) {
                (Object::User(id) | Object::Location(id), EditedWhat::Added) => *id,
                (Object::Number(number), EditedWhat::Set("PstnAssignmentStatus", _, new))
                    if new.iter().any(|status| status == "Unassigned") =>
                {
                    self.taken.insert(*number);
                    continue;
                }
                _ => continue,
            };
            let name = self.name_of(&edited.object);
            // A plan may give a location the id that it is to have.
            if !name.eq_ignore_ascii_case(&id.to_string()) {
                self.stand_ins.insert(id, name);
            }
        }
        for (account, skus, plans) in effect.licenses {
            self.tenant.set_license_details(account, skus, &plans);
        }
        for (id, before) in accounts {
            if let Some(before) = before
                && let Some(holders) = self.lines.get_mut(&before)
            {
                holders.retain(|holder| *holder != id);
            }
            if let Some(after) = self.user(id).and_then(|user| line_of(&self.tenant, user)) {
                self.lines.entry(after).or_default().push(id);
            }
        }
        for pending in effect.pending {
            self.pending.insert(pending.object.clone(), pending);
        }
        done
    }

    /// So many hours pass; `None` for as long as everything takes.
    pub fn wait(&mut self, hours: Option<u64>) {
        self.hours = self.hours.saturating_add(hours.unwrap_or(0));
        match hours {
            None => self.pending.clear(),
            Some(hours) => {
                for pending in self.pending.values_mut() {
                    pending.hours = pending.hours.saturating_sub(hours);
                }
                self.pending.retain(|_, pending| pending.hours > 0);
            }
        }
    }

    /// The time after what the plan has waited.
    pub fn now(&self) -> Option<Moment> {
        let now = self.tenant.snapshot.now.map(|now| now.moment);
        now.and_then(|now| now.after_hours(self.hours))
    }

    /// Whether it was the plan that deleted an account: no export can tell of what comes after it.
    pub fn has_deleted(&self, account: ObjectId) -> bool {
        let deleted = self.user(account).and_then(|user| user.deleted.get());
        let now = self.tenant.snapshot.now.map(|now| now.moment);
        let then = deleted.and_then(|date| date.0);
        then.zip(now).is_some_and(|(then, now)| then >= now)
    }

    /// Whether a moment is over after what the plan has waited; unknown where nobody tells of when the export is.
    pub fn is_past(&self, moment: Moment) -> Answer {
        self.now()
            .map_or(Answer::Unknown, |now| (moment <= now).into())
    }

    /// The emergency location of a number.
    fn location_of(&self, number: PhoneNumber) -> Option<ObjectId> {
        let row = self.number(number)?;
        self.tenant.shared_id(&row.record.location)
    }

    fn note_move(&mut self, location: Option<ObjectId>, by: i64) {
        let Some(location) = location else { return };
        let address = self.tenant.location(location);
        let address = address.and_then(|one| one.civic_address.get());
        for id in [Some(location), address].into_iter().flatten() {
            *self.moved_away.entry(id).or_default() += by;
        }
    }

    /// How many numbers fewer are at a location or address than before the plan.
    pub fn moved_away(&self, id: ObjectId) -> i64 {
        self.moved_away.get(&id).copied().unwrap_or_default()
    }

    /// Whether numbers of the on-premises directory may be taken over: what the plan made of it, else what is exported.
    pub fn takes_over_numbers(&self) -> Answer {
        self.migration
            .map_or(self.tenant.takes_over_numbers, Answer::from)
    }

    /// Until when the plan blocks a number.
    pub fn blocked_until(&self, number: PhoneNumber) -> Option<Moment> {
        self.blocked.get(&number).copied()
    }

    /// Whether the plan granted a policy of that type to an account itself.
    pub fn was_granted(&self, account: ObjectId, policy_type: &str) -> bool {
        let of_account = self.granted.range((account, "")..);
        let mut of_account = of_account.take_while(|(id, _)| *id == account);
        of_account.any(|(_, of)| is_same_type(of, policy_type))
    }

    /// Whether the plan took a number off somebody.
    pub fn was_taken(&self, number: PhoneNumber) -> bool {
        self.taken.contains(&number)
    }

    /// An id as an argument of PowerShell. What the service has not given its id yet is something to fill in.
    pub fn id_argument(&self, id: ObjectId) -> String {
        match self.stand_ins.get(&id) {
            Some(name) => format!("<id of {}>", quoted(name)),
            None => quoted(&id.to_string()),
        }
    }

    /// What is under way with an object.
    pub fn pending(&self, object: &Object) -> Option<&Pending> {
        self.pending.get(object)
    }

    /// The account with that id.
    pub fn user(&self, id: ObjectId) -> Option<&User> {
        self.tenant.user(id)
    }

    /// The number.
    pub fn number(&self, number: PhoneNumber) -> Option<&Number> {
        self.tenant.number(number)
    }

    /// How an administrator calls an account.
    pub fn account_name(&self, id: ObjectId) -> String {
        match (self.tenant.user(id), self.tenant.resource_account(id)) {
            (Some(user), _) => self.tenant.user_name(user),
            (None, Some(account)) => self.tenant.resource_account_name(account),
            (None, None) => id.to_string(),
        }
    }

    /// An account as an argument of PowerShell: by its user principal name, else by its object id, since a display name may
    /// be that of several.
    pub fn account_argument(&self, id: ObjectId) -> String {
        let known = match (self.tenant.user(id), self.tenant.resource_account(id)) {
            (Some(user), _) => self.tenant.user_identity(user),
            (None, Some(account)) => self.tenant.resource_account_identity(account),
            (None, None) => id.to_string(),
        };
        quoted(&known)
    }

    /// How an administrator calls an object.
    pub fn name_of(&self, object: &Object) -> String {
        let spelled = |name: &Option<Symbol>, otherwise: &str| {
            let text = self.symbol(*name);
            if text.is_empty() {
                otherwise.to_owned()
            } else {
                text.to_owned()
            }
        };
        let tenant = &self.tenant;
        match object {
            Object::User(id) | Object::ResourceAccount(id) | Object::Association(id) => {
                self.account_name(*id)
            }
            Object::Number(number) => number.to_string(),
            Object::App(id) => tenant.app_name(*id),
            Object::Operator(identity) => {
                let mut all = tenant.operators.iter();
                let found = all.find(|one| one.identity == *identity);
                found.map_or_else(|| identity.clone(), |one| tenant.operator_name(one))
            }
            Object::VoiceRoutingPolicy(name) => {
                let found = tenant.voice_routing_policies.find(name);
                let symbol = found.and_then(|one| one.name.get()).map(|one| one.0);
                spelled(&symbol, name)
            }
            Object::VoiceRoute(name) => {
                let found = tenant.voice_routes.find(name);
                let symbol = found.and_then(|one| one.name.get()).map(|one| one.0);
                spelled(&symbol, name)
            }
            Object::SharedCallingPolicy(name) => {
                let found = tenant.shared_calling_policies.find(name);
                let symbol = found.and_then(|one| one.name.get()).map(|one| one.0);
                spelled(&symbol, name)
            }
            Object::Gateway(name) => name.clone(),
            Object::PstnUsages => "PSTN usages".to_owned(),
            Object::GroupPolicy(group, of) => format!("{of} of group {group}"),
            Object::NumberPolicy(number, of) => format!("{of} of {number}"),
            Object::Membership(group, member) => {
                format!("{} in group {group}", self.account_name(*member))
            }
            Object::Location(id) => {
                let name = tenant.location(*id).and_then(|one| one.name.get());
                let name = name.map(|name| tenant.snapshot.texts.text(name).trim());
                let name = name.filter(|name| !name.is_empty());
                name.map_or_else(|| id.to_string(), str::to_owned)
            }
            Object::CivicAddress(id) | Object::Bridge(id) => id.to_string(),
            Object::NumberSettings => "how numbers are treated".to_owned(),
            Object::Sku(id) => super::areas::licenses::name_of(*id),
        }
    }

    /// Whether an account is one of an auto attendant or call queue.
    pub fn is_resource_account(&self, id: ObjectId) -> bool {
        let by_kind = |user| self.tenant.account_kind(user) == AccountKind::ResourceAccount;
        self.tenant.resource_account(id).is_some() || self.user(id).is_some_and(by_kind)
    }

    /// The text of a symbol; empty for none.
    pub fn symbol(&self, symbol: Option<Symbol>) -> &str {
        symbol.map_or("", |one| self.tenant.snapshot.texts.symbol(one))
    }

    /// Whether an export is there with all its records, so that what is not in it does not exist.
    pub fn is_whole(&self, export: ExportKind) -> bool {
        let snapshot = &self.tenant.snapshot;
        snapshot.has_export(export) && snapshot.incomplete(export).is_none()
    }

    /// Whether something is there that an export lists: unknown where the export cannot tell.
    pub fn is_there(&self, found: bool, export: ExportKind) -> Answer {
        match found {
            true => Answer::Yes,
            false if self.is_whole(export) => Answer::No,
            false => Answer::Unknown,
        }
    }

    /// Why it cannot be told that nothing names an object, where some of the exports that could are missing or cut, or lost
    /// a part; `None` where all of them tell.
    pub fn untold_uses(&self, exports: &[ExportKind]) -> Option<String> {
        let missing = exports.iter().filter(|export| !self.is_whole(**export));
        let missing: Vec<&str> = missing.map(|export| export.name()).collect();
        match missing[..] {
            [] if self.tenant.tells_all_uses() => None,
            [] => Some("menus and targets of some apps are not told".to_owned()),
            _ => Some(untold(&missing)),
        }
    }

    /// Accounts other than this one whose line URI is that number.
    pub fn others_with_line(&self, number: PhoneNumber, account: ObjectId) -> Vec<ObjectId> {
        let holders = self.lines.get(&number).into_iter().flatten().copied();
        holders.filter(|holder| *holder != account).collect()
    }

    /// The account that has a number, by the inventory, then by the line URIs.
    pub fn holder(&self, number: PhoneNumber) -> Option<ObjectId> {
        if let Some(row) = self.number(number) {
            match row.record.target.get() {
                Some(AssignmentTarget::Object(id)) if row.holder != Holder::ConferenceBridge => {
                    return Some(id);
                }
                Some(_) => return None,
                None => {}
            }
        }
        let nobody = ObjectId::from_bits(0);
        self.others_with_line(number, nobody).into_iter().next()
    }

    /// The number that an account's line URI shows.
    pub fn line(&self, account: ObjectId) -> Option<PhoneNumber> {
        line_of(&self.tenant, self.user(account)?)
    }

    /// The place of a property of an account.
    pub fn at(&self, account: ObjectId, property: &str) -> Option<Place> {
        self.user(account).map(|user| user.at(property))
    }

    /// What a property of an account says, of a list an element each; `None` when it is unknown.
    pub fn property(&self, account: ObjectId, property: &str) -> Option<Vec<String>> {
        let texts = &self.tenant.snapshot.texts;
        self.user(account)?.words(property, texts)
    }

    /// The numbers that an account holds, by the inventory, then by its line URI.
    pub fn numbers_of(&self, account: ObjectId) -> Vec<PhoneNumber> {
        let held = self.tenant.numbers_held_by(account);
        let mut numbers: Vec<PhoneNumber> = held.iter().map(|one| one.key).collect();
        if let Some(line) = self.line(account).filter(|line| !numbers.contains(line)) {
            numbers.push(line);
        }
        numbers
    }

    /// Whether an account holds a number: unknown where neither it nor a whole inventory tells.
    pub fn has_number(&self, account: ObjectId) -> Answer {
        if !self.numbers_of(account).is_empty() {
            return Answer::Yes;
        }
        if self.tenant.may_hold_more() {
            return Answer::Unknown;
        }
        if let Some(own) = self.tenant.resource_account(account) {
            return self.tenant.has_number(own);
        }
        let Some(user) = self.user(account) else {
            return Answer::Unknown;
        };
        let is_told = !user.line_uri.is_absent()
            || !user.telephone_numbers.is_absent()
            || self.is_whole(ExportKind::PhoneNumberAssignment);
        match self.tenant.has_line(user) {
            Answer::No if !is_told => Answer::Unknown,
            answer => answer,
        }
    }

    /// A number of an account as it is told, and where.
    pub fn number_told(&self, account: ObjectId) -> Option<(String, Place)> {
        let Some(number) = self.numbers_of(account).into_iter().next() else {
            return self.tenant.line_of(self.user(account)?);
        };
        let place = match self.number(number) {
            Some(row) => row.record.at("AssignedPstnTargetId"),
            None => self.at(account, "LineUri")?,
        };
        Some((number.to_string(), place))
    }

    /// Type of a number as PowerShell takes it.
    pub fn number_type(&self, number: &Number) -> Option<&'static str> {
        let told = self.tenant.number_type(number)?;
        // Graph calls numbers of Operator Connect by the type of their partner.
        if self.tenant.is_operator_connect(number) == Answer::Yes {
            return Some("OperatorConnect");
        }
        let mut known = super::NUMBER_TYPES.into_iter();
        known.find(|name| name.eq_ignore_ascii_case(told))
    }
}

/// That these exports do not tell all.
pub(super) fn untold(exports: &[&str]) -> String {
    format!("not all of {} is exported", exports.join(", "))
}

fn line_of(tenant: &Tenant, user: &User) -> Option<PhoneNumber> {
    PhoneNumber::parse(tenant.snapshot.texts.text(user.line_uri.get()?))
}

/// That a property of an object gets a value.
pub(super) fn set(object: Object, property: &'static str, value: impl Into<Value>) -> Edit {
    Edit {
        object,
        what: What::Set(property, value.into()),
    }
}

/// That an object is there from now on.
pub(super) fn added<const N: usize>(object: Object, fields: [(&str, Value); N]) -> Edit {
    let fields = fields
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value));
    Edit {
        object,
        what: What::Added(fields.collect()),
    }
}

/// That an object is gone.
pub(super) fn removed(object: Object) -> Edit {
    Edit {
        object,
        what: What::Removed,
    }
}
