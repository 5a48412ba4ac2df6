//! From a spelled value to a typed, compact one: every spelling of one thing ends as the same thing.

use crate::snapshot::field::Field;
use crate::snapshot::lax::Lax;
use crate::snapshot::object_id::{ObjectId, parse_guid};
use crate::snapshot::service_plans::{
    PlanClasses, classes_of_feature, plan_by_id, plan_by_name, sku_by_id,
};
use crate::snapshot::texts::{Arena, Symbol, Text, Texts};

/// What a worker carries from record to record.
#[derive(Debug)]
pub struct Reading<'s> {
    /// Where texts go.
    pub arena: Arena<'s>,
    /// Values that were lost to too small a `-Depth`.
    pub cut_values: u64,
}

/// A type that a property can have.
pub trait Cell: Sized + Clone + PartialEq {
    /// Whether exports of different kinds can be expected to spell this alike.
    const ALIKE_ACROSS_KINDS: bool = true;

    /// Reads a value that is neither blank nor cut; `None` when it is not of this type.
    fn read(value: &Lax, reading: &mut Reading) -> Option<Self>;

    /// Reads any value. A value of another type is unknown, never a guess.
    fn field(value: &Lax, reading: &mut Reading) -> Field<Self> {
        if value.is_blank() {
            return Field::Null;
        }
        if value.is_cut() {
            reading.cut_values += 1;
            return Field::Absent;
        }
        Self::read(value, reading).map_or(Field::Absent, Field::Value)
    }

    /// Whether two values mean the same.
    fn same(&self, other: &Self, _texts: &Texts) -> bool {
        self == other
    }
}

impl Cell for Text {
    fn read(value: &Lax, reading: &mut Reading) -> Option<Self> {
        value.scalar().map(|text| reading.arena.keep(&text))
    }

    fn same(&self, other: &Self, texts: &Texts) -> bool {
        // Names differ by case, numbers by what stands around their digits.
        fn bare(text: &str) -> &str {
            let text = text.trim();
            let number = match text.get(..4) {
                Some(scheme) if scheme.eq_ignore_ascii_case("tel:") => &text[4..],
                _ => text,
            };
            number.trim_start_matches('+')
        }
        bare(texts.text(*self)).eq_ignore_ascii_case(bare(texts.text(*other)))
    }
}

impl Cell for Symbol {
    fn read(value: &Lax, reading: &mut Reading) -> Option<Self> {
        value.scalar().map(|text| reading.arena.symbol(&text))
    }

    fn same(&self, other: &Self, texts: &Texts) -> bool {
        texts
            .symbol(*self)
            .eq_ignore_ascii_case(texts.symbol(*other))
    }
}

impl Cell for bool {
    fn read(value: &Lax, _: &mut Reading) -> Option<Self> {
        match value {
            Lax::Bool(flag) => Some(*flag),
            Lax::Int(0) => Some(false),
            Lax::Int(1) => Some(true),
            Lax::Text(text) => match text.trim().to_ascii_lowercase().as_str() {
                "true" | "vrai" | "wahr" | "verdadero" | "vero" | "yes" | "1" => Some(true),
                "false" | "faux" | "falsch" | "falso" | "no" | "0" => Some(false),
                _ => None,
            },
            _ => None,
        }
    }
}

impl Cell for i64 {
    fn read(value: &Lax, _: &mut Reading) -> Option<Self> {
        match value {
            Lax::Int(number) => Some(*number),
            Lax::Text(text) => text.trim().parse().ok(),
            _ => None,
        }
    }
}

impl Cell for ObjectId {
    fn read(value: &Lax, _: &mut Reading) -> Option<Self> {
        value
            .scalar()
            .and_then(|text| parse_guid(&text))
            .map(ObjectId)
    }

    fn field(value: &Lax, reading: &mut Reading) -> Field<Self> {
        match value.scalar() {
            // The zero GUID is how several cmdlets spell none.
            Some(text) if is_zero_guid(&text) => Field::Null,
            _ if value.is_blank() => Field::Null,
            _ => Self::read(value, reading).map_or(Field::Absent, Field::Value),
        }
    }
}

fn is_zero_guid(text: &str) -> bool {
    text.contains('0') && text.chars().all(|c| matches!(c, '0' | '-' | '{' | '}'))
}

/// The name of a policy instance, from any of its six spellings, without `Tag:`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct PolicyName(pub Symbol);

impl Cell for PolicyName {
    fn read(value: &Lax, reading: &mut Reading) -> Option<Self> {
        let name = value.member("Name").unwrap_or(value).scalar()?;
        Some(Self(reading.arena.symbol(without_tag(&name))))
    }

    fn field(value: &Lax, reading: &mut Reading) -> Field<Self> {
        if value.is_blank() || value.member("Name").is_some_and(Lax::is_blank) {
            return Field::Null;
        }
        if value.is_cut() {
            reading.cut_values += 1;
            return Field::Absent;
        }
        Self::read(value, reading).map_or(Field::Absent, Field::Value)
    }

    fn same(&self, other: &Self, texts: &Texts) -> bool {
        self.0.same(&other.0, texts)
    }
}

/// A policy name without its `Tag:`, in any case.
pub fn without_tag(name: &str) -> &str {
    let name = name.trim();
    match name.get(..4) {
        Some(tag) if tag.eq_ignore_ascii_case("tag:") => name[4..].trim(),
        _ => name,
    }
}

/// A list; nothing in its place is an empty list.
impl<T: Cell> Cell for Box<[T]> {
    const ALIKE_ACROSS_KINDS: bool = false;

    fn same(&self, other: &Self, texts: &Texts) -> bool {
        self.len() == other.len()
            && self
                .iter()
                .zip(other)
                .all(|(one, two)| one.same(two, texts))
    }

    fn read(value: &Lax, reading: &mut Reading) -> Option<Self> {
        // An element that is no T would make the list say less than it did: then all of it is unknown.
        value
            .elements()
            .iter()
            .filter(|element| !element.is_blank())
            .map(|element| match T::field(element, reading) {
                Field::Value(value) => Some(value),
                _ => None,
            })
            .collect()
    }
}

/// Who a number is assigned to, as the inventory says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AssignmentTarget {
    /// A user, resource account or conference bridge.
    Object(ObjectId),
    /// An emergency callback number of a shared calling policy: `TeamsSharedCallingRoutingPolicy|Tag:SC1`.
    SharedCallingPolicy(PolicyName),
    /// Anything else, as spelled.
    Other(Symbol),
}

impl Cell for AssignmentTarget {
    fn read(value: &Lax, reading: &mut Reading) -> Option<Self> {
        let text = value.scalar()?;
        if let Some(id) = parse_guid(&text) {
            return Some(Self::Object(ObjectId(id)));
        }
        if let Some((kind, name)) = text.split_once('|')
            && kind
                .trim()
                .eq_ignore_ascii_case("TeamsSharedCallingRoutingPolicy")
        {
            return Some(Self::SharedCallingPolicy(PolicyName(
                reading.arena.symbol(without_tag(name)),
            )));
        }
        Some(Self::Other(reading.arena.symbol(&text)))
    }

    fn field(value: &Lax, reading: &mut Reading) -> Field<Self> {
        match value.scalar() {
            Some(text) if is_zero_guid(&text) => Field::Null,
            _ if value.is_blank() => Field::Null,
            _ => Self::read(value, reading).map_or(Field::Absent, Field::Value),
        }
    }
}

/// The service plans of an account, by what they mean for Teams Phone.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct PlanSet {
    /// At least one plan of the class works: status `Enabled` or `Warning`.
    pub working: PlanClasses,
    /// Works for now only: status `Warning`.
    pub in_grace: PlanClasses,
    /// Listed with another status, such as `Suspended` or `Deleted`.
    pub stopped: PlanClasses,
    /// Listed, but the export lost the status.
    pub unsure: PlanClasses,
    /// Whether any plan was listed, of whatever class.
    pub any: bool,
}

impl PlanSet {
    fn add(&mut self, classes: PlanClasses, status: PlanStatus) {
        let set = match status {
            PlanStatus::Working => &mut self.working,
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
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum PlanStatus {
    Working,
    Grace,
    Stopped,
    Unsure,
}

/// `AssignedPlan`, Graph `assignedPlans`, and the service plans of Graph `licenseDetails`.
impl Cell for PlanSet {
    const ALIKE_ACROSS_KINDS: bool = false;

    fn read(value: &Lax, reading: &mut Reading) -> Option<Self> {
        let mut plans = Self::default();
        for element in value.elements() {
            match element {
                Lax::Map(_) => {
                    let (classes, status) = plan_object(element);
                    plans.add(classes, status);
                }
                // Too small a -Depth leaves the capability only: the plan is listed, its status lost.
                Lax::Text(name) if element.is_cut() || name.trim().starts_with('<') => {
                    reading.cut_values += 1;
                    return None;
                }
                Lax::Text(name) => {
                    reading.cut_values += 1;
                    plans.add(classes_of_name(name), PlanStatus::Unsure);
                }
                _ => return None,
            }
        }
        Some(plans)
    }
}

fn plan_object(plan: &Lax) -> (PlanClasses, PlanStatus) {
    let text = |key: &str| plan.member(key).and_then(Lax::scalar);
    let by_id = text("ServicePlanId")
        .and_then(|id| parse_guid(&id))
        .and_then(plan_by_id)
        .map(|plan| PlanClasses::from_iter([plan.class]));
    let classes = by_id
        .or_else(|| text("Capability").map(|name| classes_of_name(&name)))
        .or_else(|| text("ServicePlanName").map(|name| classes_of_name(&name)))
        .unwrap_or_default();
    let status = match text("CapabilityStatus").or_else(|| text("ProvisioningStatus")) {
        None => PlanStatus::Unsure,
        Some(status) => match status.to_ascii_lowercase().as_str() {
            "enabled" | "success" | "pendingactivation" => PlanStatus::Working,
            "warning" => PlanStatus::Grace,
            "pendinginput" | "pendingprovisioning" => PlanStatus::Unsure,
            _ => PlanStatus::Stopped,
        },
    };
    (classes, status)
}

fn classes_of_name(name: &str) -> PlanClasses {
    plan_by_name(name.trim())
        .map(|plan| PlanClasses::from_iter([plan.class]))
        .unwrap_or_default()
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

    fn read(value: &Lax, reading: &mut Reading) -> Option<Self> {
        let mut features = Self::default();
        for element in value.elements() {
            if element.is_cut() {
                reading.cut_values += 1;
                return None;
            }
            // One cell of a CSV may hold the whole list.
            let text = element.scalar()?;
            for name in text
                .split([',', ';', '|', ' '])
                .filter(|name| !name.is_empty())
            {
                features.classes = features.classes.union(classes_of_feature(name));
                features.any = true;
            }
        }
        Some(features)
    }
}

/// Graph `assignedLicenses`: SKUs with the plans that are switched off in them.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct SkuSet {
    /// What the SKUs bring, without the plans that are switched off.
    pub working: PlanClasses,
    /// Whether a SKU is not in Microsoft's table, so that what it brings is not known.
    pub unknown_sku: bool,
}

impl Cell for SkuSet {
    const ALIKE_ACROSS_KINDS: bool = false;

    fn read(value: &Lax, _: &mut Reading) -> Option<Self> {
        let mut skus = Self::default();
        for element in value.elements() {
            let sku = element.member("skuId").and_then(Lax::scalar);
            match sku.and_then(|id| parse_guid(&id)).and_then(sku_by_id) {
                // A SKU may bring one class through two plans; one that is switched off takes the class with it.
                Some(sku) => {
                    let off: PlanClasses = element
                        .member("disabledPlans")
                        .map(Lax::elements)
                        .unwrap_or_default()
                        .iter()
                        .filter_map(|plan| plan_by_id(parse_guid(&plan.scalar()?)?))
                        .map(|plan| plan.class)
                        .collect();
                    skus.working = skus.working.union(
                        sku.plans
                            .iter()
                            .filter(|class| !off.contains(*class))
                            .collect(),
                    );
                }
                None => skus.unknown_sku = true,
            }
        }
        Some(skus)
    }
}

/// A moment, in milliseconds since 1970.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Moment(pub i64);

impl Cell for Moment {
    const ALIKE_ACROSS_KINDS: bool = false;

    fn read(value: &Lax, _: &mut Reading) -> Option<Self> {
        // Windows PowerShell may wrap a date: {"value":"/Date(…)/","DisplayHint":2,"DateTime":"…"}.
        let text = value.member("value").unwrap_or(value).scalar()?;
        Self::parse(&text)
    }

    fn field(value: &Lax, reading: &mut Reading) -> Field<Self> {
        if value.is_blank() {
            return Field::Null;
        }
        match Self::read(value, reading) {
            // Year one is how .NET spells no date.
            Some(Self(ms)) if ms <= -62_135_500_000_000 => Field::Null,
            Some(moment) => Field::Value(moment),
            None => Field::Absent,
        }
    }
}

impl Moment {
    /// Reads ISO 8601 (a time without zone is taken as UTC) and `/Date(ms)/`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Some((_, rest)) = text.split_once("Date(") {
            let digits = rest.split([')', '+']).next()?;
            // A zone suffix is written behind a sign; the number itself may be negative.
            let digits = match digits.get(1..).and_then(|tail| tail.find('-')) {
                Some(sign) => &digits[..=sign],
                None => digits,
            };
            return digits.parse().ok().map(Self);
        }
        if let Ok(timestamp) = text.parse::<jiff::Timestamp>() {
            return Some(Self(timestamp.as_millisecond()));
        }
        let civil = text.parse::<jiff::civil::DateTime>().ok()?;
        let zoned = civil.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
        Some(Self(zoned.timestamp().as_millisecond()))
    }
}

/// Whether a date is there: all that can be said of a date in an unknown culture.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Dated;

impl Cell for Dated {
    fn read(value: &Lax, reading: &mut Reading) -> Option<Self> {
        match Moment::field(value, reading) {
            Field::Null => None,
            _ => Some(Self),
        }
    }

    fn field(value: &Lax, reading: &mut Reading) -> Field<Self> {
        if value.is_blank() {
            return Field::Null;
        }
        Self::read(value, reading).map_or(Field::Null, Field::Value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::service_plans::PlanClass;
    use crate::snapshot::texts::TextsBuilder;

    fn read<T: Cell>(json: &str) -> Field<T> {
        let builder = TextsBuilder::default();
        let mut reading = Reading {
            arena: builder.arena(),
            cut_values: 0,
        };
        T::field(&serde_json::from_str(json).unwrap(), &mut reading)
    }

    #[test]
    fn the_six_spellings_of_a_policy() {
        let builder = TextsBuilder::default();
        let mut reading = Reading {
            arena: builder.arena(),
            cut_values: 0,
        };
        let name = PolicyName(reading.arena.symbol("Intl"));
        for (json, expected) in [
            ("null", Field::Null),
            ("\"\"", Field::Null),
            ("{}", Field::Null),
            ("\"Intl\"", Field::Value(name)),
            ("\"Tag:Intl\"", Field::Value(name)),
            ("\"tag:Intl\"", Field::Value(name)),
            (
                "{\"Authority\":\"Tenant\",\"Name\":\"Intl\"}",
                Field::Value(name),
            ),
            ("{\"Authority\":null,\"Name\":null}", Field::Null),
            ("\"System.Object[]\"", Field::Absent),
        ] {
            let value: Lax = serde_json::from_str(json).unwrap();
            assert_eq!(PolicyName::field(&value, &mut reading), expected, "{json}");
        }
    }

    #[test]
    fn plans_count_by_id_before_name_and_by_status() {
        let Field::Value(plans) = read::<PlanSet>(
            r#"[{"Capability":"renamed","ServicePlanId":"4828c8ec-dc2e-4779-b502-87ac9ce28ab7","CapabilityStatus":"Enabled"},
                {"Capability":"MCOEV_VIRTUALUSER","CapabilityStatus":"Deleted"},
                {"Capability":"MCOPSTN1","CapabilityStatus":"Warning"}]"#,
        ) else {
            panic!("plans are known");
        };
        assert!(plans.working.contains(PlanClass::PhoneSystem));
        assert!(plans.stopped.contains(PlanClass::ResourceAccount));
        assert!(!plans.working.contains(PlanClass::ResourceAccount));
        assert!(plans.working.contains(PlanClass::CallingPlan));
        assert!(plans.in_grace.contains(PlanClass::CallingPlan));
    }

    #[test]
    fn capabilities_without_status_are_listed_but_unsure() {
        let Field::Value(plans) = read::<PlanSet>(r#"["MCOEV","Teams"]"#) else {
            panic!("plans are known");
        };
        assert!(plans.unsure.contains(PlanClass::PhoneSystem));
        assert!(!plans.working.contains(PlanClass::PhoneSystem));
    }

    #[test]
    fn a_disabled_plan_is_not_brought_by_its_sku() {
        let with = read::<SkuSet>(
            r#"[{"skuId":"440eaaa8-b3e0-484b-a8be-62870b9ba70a","disabledPlans":[]}]"#,
        );
        let without = read::<SkuSet>(
            r#"[{"skuId":"440eaaa8-b3e0-484b-a8be-62870b9ba70a","disabledPlans":["f47330e9-c134-43b3-9993-e7f004506889"]}]"#,
        );
        assert!(
            with.value()
                .unwrap()
                .working
                .contains(PlanClass::ResourceAccount)
        );
        assert!(
            !without
                .value()
                .unwrap()
                .working
                .contains(PlanClass::ResourceAccount)
        );
    }

    #[test]
    fn moments_in_every_spelling() {
        let expected = Field::Value(Moment(1_775_495_947_301));
        assert_eq!(read::<Moment>(r#""\/Date(1775495947301)\/""#), expected);
        assert_eq!(read::<Moment>(r#""/Date(1775495947301+0200)/""#), expected);
        assert_eq!(read::<Moment>(r#""2026-04-06T17:19:07.301Z""#), expected);
        assert_eq!(read::<Moment>(r#""2026-04-06T17:19:07.3010000""#), expected);
        assert_eq!(
            read::<Moment>(r#""2026-04-06T19:19:07.301+02:00""#),
            expected
        );
        assert_eq!(
            read::<Moment>(
                r#"{"value":"\/Date(1775495947301)\/","DisplayHint":2,"DateTime":"lundi"}"#
            ),
            expected
        );
        assert_eq!(
            read::<Moment>(r#""\/Date(-62135596800000)\/""#),
            Field::Null
        );
        assert_eq!(read::<Moment>(r#""0001-01-01T00:00:00""#), Field::Null);
        assert_eq!(read::<Moment>(r#""31/01/2023 09:32:28""#), Field::Absent);
        assert_eq!(read::<Moment>(r#""Date(""#), Field::Absent);
        assert_eq!(
            read::<Dated>(r#""31/01/2023 09:32:28""#),
            Field::Value(Dated)
        );
        assert_eq!(read::<Dated>(r#""0001-01-01T00:00:00""#), Field::Null);
    }

    #[test]
    fn targets_are_objects_or_shared_calling_policies() {
        assert!(matches!(
            read("\"TeamsSharedCallingRoutingPolicy|Tag:SC1\""),
            Field::Value(AssignmentTarget::SharedCallingPolicy(_))
        ));
        assert!(matches!(
            read("\"2713551e-ed63-415d-9175-fc4ff825a0be\""),
            Field::Value(AssignmentTarget::Object(_))
        ));
        assert_eq!(
            read::<AssignmentTarget>("\"00000000-0000-0000-0000-000000000000\""),
            Field::Null
        );
    }
}
