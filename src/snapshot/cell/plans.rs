//! Licenses as exports spell them: service plans, features, SKUs.

use std::borrow::Cow;
use std::num::NonZeroU16;

use super::{Cell, Moment, Reading, divides_lists, is_zero_guid, truth};
use crate::snapshot::damage::Damage;
use crate::snapshot::field::Field;
use crate::snapshot::lax::Lax;
use crate::snapshot::lists::List;
use crate::snapshot::object_id::{ObjectId, parse_guid};
use crate::snapshot::service_plans::{
    PlanClasses, class_by_name, classes_of_feature, plan_by_id, sku_by_id,
};
use crate::snapshot::texts::Texts;

/// The service plans of an account, by what they mean for Teams Phone.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct PlanSet {
    /// At least one plan of the class works: status `Enabled` or `Warning`.
    pub working: PlanClasses,
    /// Works for now only: status `Warning`, or within its time of grace.
    pub in_grace: PlanClasses,
    /// Works, and for no time of grace only.
    pub solid: PlanClasses,
    /// Listed with another status, such as `Suspended` or `Deleted`.
    pub stopped: PlanClasses,
    /// Listed, but the export lost the status.
    pub unsure: PlanClasses,
    /// Whether any plan was listed, of whatever class.
    pub any: bool,
    /// The first day on which a time of grace ends, counted from 1970; where it is told.
    pub grace_ends: Option<NonZeroU16>,
}

impl PlanSet {
    fn add(&mut self, classes: PlanClasses, status: PlanStatus) {
        let set = match status {
            PlanStatus::Working => {
                self.solid = self.solid.union(classes);
                &mut self.working
            }
            PlanStatus::Grace => {
                self.in_grace = self.in_grace.union(classes);
                &mut self.working
            }
            PlanStatus::Stopped => &mut self.stopped,
            PlanStatus::Unsure => &mut self.unsure,
        };
        *set = set.union(classes);
        self.any = true;
    }

    /// Adds a plan of which these members are all there is to tell. `false`, and nothing is added, where there is more:
    /// an unknown state is noted with its record, and a time of grace has an end.
    pub fn add_plain(&mut self, plan: &PlanMembers) -> bool {
        match plan.told() {
            (_, Err(_) | Ok(PlanStatus::Grace)) => false,
            (classes, Ok(status)) => {
                self.add(classes, status);
                true
            }
        }
    }

    /// The classes of all plans that are listed, whatever their state.
    pub fn listed(&self) -> PlanClasses {
        self.working.union(self.stopped).union(self.unsure)
    }

    /// Adds a plan with all that it tells.
    fn add_object(&mut self, plan: &Lax, reading: &mut Reading) {
        let (classes, status) = plan_object(plan, reading);
        self.add(classes, status);
        if status == PlanStatus::Grace && classes != PlanClasses::default() {
            self.note_end(plan, reading);
        }
    }

    /// Adds what is left of a plan, or of a list of them, in one text. `None` where nobody can tell what it was.
    fn add_text(&mut self, element: &Lax, text: &str, reading: &mut Reading) -> Option<()> {
        let text = text.trim();
        if text.starts_with('<') {
            self.add_object(&plan_of_xml(text)?, reading);
            return Some(());
        }
        // A cell of a CSV may hold the list as JSON.
        if text.starts_with('[')
            && let Ok(list) = serde_json::from_str::<Lax>(text)
        {
            self.join(&Self::read(&list, reading)?);
            return Some(());
        }
        if element.is_cut() || text.contains('=') {
            let Some(plan) = element.recovered().filter(is_one_plan) else {
                reading.damaged(Damage::Cut, element);
                return None;
            };
            reading.damaged(Damage::Recovered, element);
            self.add_object(&plan, reading);
            return Some(());
        }
        // Too small a -Depth leaves the capability only, and joins those of a whole list in one text, as scripts do that
        // write a CSV: the plans are listed, their status is lost.
        reading.damaged(Damage::Cut, element);
        let names = text.split(divides_lists).filter(|name| !name.is_empty());
        let (mut count, mut unsure) = (0, PlanClasses::default());
        for name in names {
            unsure = unsure.union(classes_of_name(name));
            count += 1;
        }
        // Words of which none is a plan may be anything but the names of plans.
        if count > 1 && unsure.is_empty() {
            return None;
        }
        self.add(unsure, PlanStatus::Unsure);
        Some(())
    }

    /// Notes the day on which the time of grace of a plan ends.
    fn note_end(&mut self, plan: &Lax, reading: &mut Reading) {
        let end = plan
            .member("GracePeriodExpiryDate")
            .and_then(|date| Moment::field(date, reading).get())
            .and_then(|moment| u16::try_from(moment.ms().div_euclid(DAY)).ok())
            .and_then(NonZeroU16::new);
        self.grace_ends = earliest(self.grace_ends, end);
    }

    /// Adds what another export tells of the same account.
    pub fn join(&mut self, other: &Self) {
        self.working = self.working.union(other.working);
        self.in_grace = self.in_grace.union(other.in_grace);
        self.solid = self.solid.union(other.solid);
        self.stopped = self.stopped.union(other.stopped);
        self.unsure = self.unsure.union(other.unsure);
        self.any |= other.any;
        self.grace_ends = earliest(self.grace_ends, other.grace_ends);
    }
}

/// Milliseconds of a day.
const DAY: i64 = 24 * 60 * 60 * 1000;

fn earliest(one: Option<NonZeroU16>, other: Option<NonZeroU16>) -> Option<NonZeroU16> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

/// How a plan is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum PlanStatus {
    Working,
    Grace,
    Stopped,
    Unsure,
}

/// `AssignedPlan`, Graph `assignedPlans`, and the service plans of Graph `licenseDetails`.
impl Cell for PlanSet {
    const ALIKE_ACROSS_KINDS: bool = false;
    const LIST: bool = true;
    const PLANS: bool = true;

    fn field(value: &Lax, reading: &mut Reading) -> Field<Self> {
        match value {
            Lax::Plans(plans) => Field::Value(*plans),
            // One text may stand for one plan or for all of them: as an element it is looked at.
            Lax::Text(_) if !value.is_blank() => {
                Self::list(&Lax::List(vec![value.clone()]), reading)
            }
            value => Self::list(value, reading),
        }
    }

    fn read(value: &Lax, reading: &mut Reading) -> Option<Self> {
        let mut plans = Self::default();
        for element in value.elements() {
            match element {
                Lax::Map(_) => plans.add_object(element, reading),
                Lax::Text(text) => plans.add_text(element, text, reading)?,
                _ => return None,
            }
        }
        Some(plans)
    }

    fn show(&self, _: &Texts, out: &mut Vec<String>) -> bool {
        words(self.solid, "", out);
        words(self.in_grace, "in grace", out);
        words(self.stopped, "stopped", out);
        // A plan whose status was lost may be any of these.
        self.unsure.is_empty()
    }
}

/// The words of the classes of a set, each behind the same word.
fn words(classes: PlanClasses, state: &str, out: &mut Vec<String>) {
    out.extend(classes.iter().map(|class| {
        let words = class.words();
        if state.is_empty() {
            words.to_owned()
        } else {
            format!("{words} ({state})")
        }
    }));
}

/// Whether an object that was read back from a text is one plan: the members of several in one text would mix.
fn is_one_plan(plan: &Lax) -> bool {
    let Lax::Map(members) = plan else {
        return false;
    };
    let count = |key: &str| {
        let names = members.iter().map(|(name, _)| name);
        names.filter(|name| name.eq_ignore_ascii_case(key)).count()
    };
    let [names @ .., _, _, _] = PLAN_KEYS;
    PLAN_KEYS.into_iter().all(|key| count(key) < 2) && names.into_iter().any(|key| count(key) == 1)
}

/// Before module 3.0 each plan is a text of XML: its attributes, as the members of an object.
fn plan_of_xml(xml: &str) -> Option<Lax<'_>> {
    let attribute = |name: &str| {
        let (_, rest) = xml.split_once(&format!(" {name}=\""))?;
        let (value, _) = rest.split_once('"')?;
        Some(value)
    };
    let members: Vec<_> = [
        ("ServicePlanId", "ServicePlanId"),
        ("CapabilityStatus", "CapabilityStatus"),
        ("Capability", "Plan"),
    ]
    .into_iter()
    .filter_map(|(key, name)| Some((key.into(), Lax::Text(attribute(name)?.into()))))
    .collect();
    (!members.is_empty()).then_some(Lax::Map(members))
}

/// The documented states of a plan, and what they mean outside a time of grace.
const STATES: [(&str, PlanStatus); 11] = [
    ("Enabled", PlanStatus::Working),
    ("Warning", PlanStatus::Grace),
    ("Suspended", PlanStatus::Stopped),
    ("Deleted", PlanStatus::Stopped),
    ("LockedOut", PlanStatus::Stopped),
    ("Success", PlanStatus::Working),
    ("Disabled", PlanStatus::Stopped),
    ("PendingInput", PlanStatus::Unsure),
    ("PendingActivation", PlanStatus::Working),
    ("PendingProvisioning", PlanStatus::Unsure),
    ("Error", PlanStatus::Stopped),
];

/// The members of a plan object that tell what it is and how it is, as they are spelled.
#[derive(Default, Debug)]
pub struct PlanMembers<'t> {
    /// `ServicePlanId`, a GUID.
    pub id: Option<Cow<'t, str>>,
    /// `Capability`, the name of the plan in Teams.
    pub capability: Option<Cow<'t, str>>,
    /// `ServicePlanName`, its name in Graph.
    pub name: Option<Cow<'t, str>>,
    /// `CapabilityStatus`, its state in Teams.
    pub status: Option<Cow<'t, str>>,
    /// `ProvisioningStatus`, its state in Graph.
    pub provisioning: Option<Cow<'t, str>>,
    /// `IsInGracePeriod`, where it is `true`.
    pub is_in_grace: bool,
}

/// The members of a plan object that are read, in the order of [`PlanMembers`].
pub const PLAN_KEYS: [&str; 6] = [
    "ServicePlanId",
    "Capability",
    "ServicePlanName",
    "CapabilityStatus",
    "ProvisioningStatus",
    "IsInGracePeriod",
];

impl<'t> PlanMembers<'t> {
    fn of(plan: &'t Lax) -> Self {
        let [id, capability, name, status, provisioning, is_in_grace] =
            PLAN_KEYS.map(|key| plan.member(key));
        let text = |value: Option<&'t Lax>| value.and_then(Lax::scalar);
        Self {
            id: text(id),
            capability: text(capability),
            name: text(name),
            status: text(status),
            provisioning: text(provisioning),
            is_in_grace: is_in_grace.and_then(truth) == Some(true),
        }
    }

    /// What the plan is and how it is; a state that nobody documented comes back as it is spelled.
    fn told(&self) -> (PlanClasses, Result<PlanStatus, &str>) {
        let by_id = self.id.as_deref().and_then(parse_guid).and_then(plan_by_id);
        let classes = if let Some(plan) = by_id {
            PlanClasses::from_iter([plan.class])
        } else {
            let name = self.capability.as_deref().or(self.name.as_deref());
            name.map(classes_of_name).unwrap_or_default()
        };
        let Some(told) = self.status.as_deref().or(self.provisioning.as_deref()) else {
            return (classes, Ok(PlanStatus::Unsure));
        };
        let mut all = STATES.iter();
        let known = all.find(|(state, _)| state.eq_ignore_ascii_case(told));
        let status = match known {
            Some((_, PlanStatus::Working)) if self.is_in_grace => Ok(PlanStatus::Grace),
            Some((_, known)) => Ok(*known),
            None => Err(told),
        };
        (classes, status)
    }
}

fn plan_object(plan: &Lax, reading: &mut Reading) -> (PlanClasses, PlanStatus) {
    let members = PlanMembers::of(plan);
    let (classes, status) = members.told();
    let status = status.unwrap_or_else(|told| {
        reading.damaged(Damage::UnknownValue, &Lax::Text(told.into()));
        PlanStatus::Unsure
    });
    (classes, status)
}

fn classes_of_name(name: &str) -> PlanClasses {
    class_by_name(name).into_iter().collect()
}

/// `FeatureTypes`: what Teams itself says that the account may do.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct FeatureSet {
    /// The features, by the plans that bring them.
    pub classes: PlanClasses,
    /// Whether any feature was listed.
    pub any: bool,
}

impl Cell for FeatureSet {
    const ALIKE_ACROSS_KINDS: bool = false;
    const LIST: bool = true;

    fn read(value: &Lax, reading: &mut Reading) -> Option<Self> {
        let mut features = Self::default();
        for element in value.elements() {
            if element.is_cut() {
                reading.damaged(Damage::Cut, element);
                return None;
            }
            // One cell of a CSV may hold the whole list.
            let text = element.scalar()?;
            let divides = |byte: &u8| matches!(byte, b',' | b';' | b'|' | b' ');
            let names = text.as_bytes().split(divides);
            for name in names.filter(|name| !name.is_empty()) {
                let name = std::str::from_utf8(name).unwrap_or_default();
                features.classes = features.classes.union(classes_of_feature(name));
                features.any = true;
            }
        }
        Some(features)
    }

    fn show(&self, _: &Texts, out: &mut Vec<String>) -> bool {
        words(self.classes, "", out);
        true
    }
}

/// The plans that are switched off in a SKU, as Graph lists them beside it; none where it says nothing of them. `None`,
/// which is noted, where the export lost them: then nobody knows what the SKU brings.
pub fn disabled_plans(sku: &Lax, reading: &mut Reading) -> Option<Vec<ObjectId>> {
    let Some(plans) = sku.member("disabledPlans") else {
        return Some(Vec::new());
    };
    if plans.is_blanked() {
        reading.damaged(Damage::Blanked, plans);
        return None;
    }
    let mut disabled = Vec::new();
    for plan in plans.elements().iter().filter(|plan| !plan.is_blank()) {
        if plan.is_cut() {
            reading.damaged(Damage::Cut, plan);
            return None;
        }
        // Too small a -Depth makes one text of the list.
        let text = plan.scalar()?;
        let is_told = |id: &&str| !id.is_empty() && !is_zero_guid(id);
        for id in text.split(divides_lists).filter(is_told) {
            disabled.push(ObjectId::parse(id)?);
        }
    }
    Some(disabled)
}

/// One of Graph's `assignedLicenses`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AssignedSku {
    /// SKU id.
    pub id: ObjectId,
    /// The classes of the plans that are switched off in it. A SKU may bring one class through two plans; one that is
    /// switched off takes the class with it.
    pub off: PlanClasses,
}

/// Graph `assignedLicenses`: SKUs with the plans that are switched off in them.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct SkuSet {
    /// The SKUs, as listed.
    pub list: List<AssignedSku>,
    /// What the SKUs bring, without the plans that are switched off.
    pub working: PlanClasses,
    /// Whether a SKU is not in Microsoft's table, so that what it brings is not known.
    pub unknown_sku: bool,
}

impl Cell for SkuSet {
    const ALIKE_ACROSS_KINDS: bool = false;
    const LIST: bool = true;

    fn field(value: &Lax, reading: &mut Reading) -> Field<Self> {
        Self::list(value, reading)
    }

    fn read(value: &Lax, reading: &mut Reading) -> Option<Self> {
        let mut skus = Self {
            list: List::EMPTY,
            working: PlanClasses::default(),
            unknown_sku: false,
        };
        let mut list = Vec::new();
        for element in value.elements() {
            // What is left of the SKU tells nothing of the plans that are switched off in it.
            if !matches!(element, Lax::Map(_)) {
                if element.is_cut() {
                    reading.damaged(Damage::Cut, element);
                }
                return None;
            }
            let sku = element.member("skuId").and_then(Lax::scalar);
            let id = sku.and_then(|id| parse_guid(&id));
            let off: PlanClasses = disabled_plans(element, reading)?
                .into_iter()
                .filter_map(|plan| plan_by_id(plan.bits()))
                .map(|plan| plan.class)
                .collect();
            list.extend(
                id.map(ObjectId::from_bits)
                    .map(|id| AssignedSku { id, off }),
            );
            match id.and_then(sku_by_id) {
                Some(sku) => skus.working = skus.working.union(sku.plans.without(off)),
                None => skus.unknown_sku = true,
            }
        }
        skus.list = reading.arena.list(list);
        Some(skus)
    }

    fn same(&self, other: &Self, texts: &Texts) -> bool {
        texts.list(self.list) == texts.list(other.list)
            && (self.working, self.unknown_sku) == (other.working, other.unknown_sku)
    }

    fn show(&self, texts: &Texts, out: &mut Vec<String>) -> bool {
        let name = |one: &AssignedSku| match sku_by_id(one.id.bits()) {
            Some(sku) => sku.part_number.to_owned(),
            None => one.id.to_string(),
        };
        out.extend(texts.list(self.list).iter().map(name));
        true
    }
}
