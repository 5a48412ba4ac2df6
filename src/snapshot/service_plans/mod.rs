//! What a Microsoft service plan or SKU means for Teams Phone.
//!
//! A SKU is what is bought; a service plan is a feature inside it. Checks ask about plans, because
//! one feature comes in many SKUs, and they ask by GUID, because names move. Look-ups by name are
//! for exports that hold nothing else, and they are exact: the prefix `MCOEV` also fits a resource
//! account license, and `MCOPSTN` also fits Communications Credits. Only [`class_by_name`] looks further, where it says so.
//!
//! The tables in `table` are generated from `data/licenses` by the test in `generate`; run it with
//! `TENANTLINT_UPDATE=1` after changing the data. They are a dictionary and not the authority: an
//! id that is missing here is normal, and means "not known", never "no license".

#[cfg(test)]
pub(crate) mod generate;
mod table;

use std::borrow::Cow;

/// What a service plan is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PlanClass {
    /// Teams itself, in any cloud.
    Teams,
    /// Teams Phone Standard, without which a person cannot have a phone number.
    PhoneSystem,
    /// Teams Phone Resource Account, for auto attendants and call queues.
    ResourceAccount,
    /// A Calling Plan with minutes.
    CallingPlan,
    /// A Calling Plan paid per minute.
    PayAsYouGo,
    /// Communications Credits.
    CommunicationsCredits,
    /// Audio Conferencing.
    AudioConferencing,
    /// Teams Phone Mobile.
    PhoneMobile,
    /// The marker that some, not all, shared device SKUs hold.
    SharedDevice,
    /// Teams Rooms; does not tell Basic from Pro.
    Room,
    /// Skype for Business Online, which does not stand for Teams.
    Skype,
    /// Text messages, a companion of some Calling Plans.
    Sms,
    /// A lesser Teams (free, deskless, trial companion) that does not carry Teams Phone.
    TeamsLimited,
    /// A voice feature of Teams Premium.
    Premium,
}

impl PlanClass {
    /// Every class, in the order of declaration.
    pub const ALL: [Self; 14] = [
        Self::Teams,
        Self::PhoneSystem,
        Self::ResourceAccount,
        Self::CallingPlan,
        Self::PayAsYouGo,
        Self::CommunicationsCredits,
        Self::AudioConferencing,
        Self::PhoneMobile,
        Self::SharedDevice,
        Self::Room,
        Self::Skype,
        Self::Sms,
        Self::TeamsLimited,
        Self::Premium,
    ];

    /// Whether a value of `FeatureTypes` stands for it, so that its absence there says something.
    pub fn has_feature(self) -> bool {
        FEATURES.iter().any(|(_, class)| *class == self)
    }

    /// Whether Microsoft is the operator: a Calling Plan with minutes or paid per minute.
    pub const fn is_calling_plan(self) -> bool {
        matches!(self, Self::CallingPlan | Self::PayAsYouGo)
    }

    /// How people call it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Teams => "Teams",
            Self::PhoneSystem => "Teams Phone",
            Self::ResourceAccount => "Teams Phone Resource Account",
            Self::CallingPlan => "Calling Plan",
            Self::PayAsYouGo => "Calling Plan by the minute",
            Self::CommunicationsCredits => "Communications Credits",
            Self::AudioConferencing => "Audio Conferencing",
            Self::PhoneMobile => "Teams Phone Mobile",
            Self::SharedDevice => "Shared Devices",
            Self::Room => "Teams Rooms",
            Self::Skype => "Skype for Business Online",
            Self::Sms => "text messages",
            Self::TeamsLimited => "limited Teams",
            Self::Premium => "Teams Premium",
        }
    }

    const fn bit(self) -> u16 {
        1 << self as u16
    }
}

/// A set of plan classes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct PlanClasses(u16);

impl PlanClasses {
    /// The set without any class.
    pub const EMPTY: Self = Self(0);

    /// Adds a class.
    pub const fn insert(&mut self, class: PlanClass) {
        self.0 |= class.bit();
    }

    /// Whether the class is in the set.
    pub const fn contains(self, class: PlanClass) -> bool {
        self.0 & class.bit() != 0
    }

    /// Whether any class of the set is a Calling Plan, see [`PlanClass::is_calling_plan`].
    pub const fn has_calling_plan(self) -> bool {
        self.contains(PlanClass::CallingPlan) || self.contains(PlanClass::PayAsYouGo)
    }

    /// The classes that are in either set.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The classes that are in the first set alone.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether the set holds no class.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The classes of the set, in the order of declaration.
    pub fn iter(self) -> impl Iterator<Item = PlanClass> {
        PlanClass::ALL
            .into_iter()
            .filter(move |class| self.contains(*class))
    }

    const fn of(classes: &[PlanClass]) -> Self {
        let mut set = Self::EMPTY;
        let mut rest = classes;
        while let [class, tail @ ..] = rest {
            set.insert(*class);
            rest = tail;
        }
        set
    }
}

impl FromIterator<PlanClass> for PlanClasses {
    fn from_iter<T: IntoIterator<Item = PlanClass>>(classes: T) -> Self {
        let mut set = Self::EMPTY;
        for class in classes {
            set.insert(class);
        }
        set
    }
}

/// A service plan with a meaning for Teams Phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// `servicePlanId`
    pub id: u128,
    /// `servicePlanName`, for display
    pub name: &'static str,
    /// What it is good for.
    pub class: PlanClass,
}

/// A product as it is bought and assigned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sku {
    /// `skuId`
    pub id: u128,
    /// `skuPartNumber`, which is not a key
    pub part_number: &'static str,
    /// The product's name, for display.
    pub product: &'static str,
    /// What the plans of the SKU are good for; empty for most products.
    pub plans: PlanClasses,
}

impl Sku {
    /// Whether the SKU is Teams Shared Devices, once Common Area Phone. Its plans also occur in
    /// suites for people, so only the SKU tells.
    pub fn is_shared_device(&self) -> bool {
        SHARED_DEVICE_SKUS.contains(&self.id)
    }
}

/// Teams Phone Resource Account (`PHONESYSTEM_VIRTUALUSER`), worldwide.
pub const RESOURCE_ACCOUNT_SKU: u128 = 0x440eaaa8_b3e0_484b_a8be_62870b9ba70a;

/// Teams Phone Standard (`MCOEV`), worldwide.
pub const TEAMS_PHONE_STANDARD_SKU: u128 = 0xe43b5b99_8dfb_405f_9987_dc307f34bcbd;

/// `MCOCAP`, `MCOCAP_FACULTY` and `MCOCAP_GOV`.
const SHARED_DEVICE_SKUS: [u128; 3] = [
    0x295a8eb0_f78d_45c7_8b5b_1eed5ed02dff,
    0x420c7602_7f70_4895_9394_d3d679ea36fb,
    0xb1511558_69bd_4e1b_8270_59ca96dba0f3,
];

/// Capabilities under which Teams lists a plan by another name than the plan's own.
const CAPABILITIES: [(&str, u128); 4] = [
    ("Teams", 0x57ff2da0_773e_42df_b2af_ffb7a2317929),
    ("Teams_GCC", 0x304767db_7d23_49e8_a945_4a7eb65f9f28),
    ("MCOProfessional", 0x0feaeb32_d00e_4d66_bd5a_43b5b83db82c),
    ("MCOMEETADD", 0x3e26ee1f_8a5f_4d52_aee2_b81ce45c8f40),
];

/// The plan with this `servicePlanId`, if it matters to Teams Phone.
pub fn plan_by_id(id: u128) -> Option<&'static Plan> {
    let position = table::PLANS
        .binary_search_by_key(&id, |plan| plan.id)
        .ok()?;
    table::PLANS.get(position)
}

/// The plan with this `servicePlanName`, or the one that Teams shows under this `Capability`.
/// Letter case is ignored; a prefix is never enough.
pub fn plan_by_name(name: &str) -> Option<&'static Plan> {
    let name = &*bare(name);
    let capability = CAPABILITIES
        .iter()
        .find(|(capability, _)| capability.eq_ignore_ascii_case(name));
    if let Some(&(_, id)) = capability {
        return plan_by_id(id);
    }
    let mut plans = table::PLANS.iter();
    plans.find(|plan| plan.name.eq_ignore_ascii_case(name))
}

/// What a plan of this name is good for. Of the Calling Plans paid per minute Microsoft's table lists those of the first
/// country zone alone, and those of the others are named alike.
pub fn class_by_name(name: &str) -> Option<PlanClass> {
    let by_the_minute = |name: &str| {
        let start = name.trim_start().get(..PAY_AS_YOU_GO.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(PAY_AS_YOU_GO))
    };
    match plan_by_name(name) {
        Some(plan) => Some(plan.class),
        None => by_the_minute(name).then_some(PlanClass::PayAsYouGo),
    }
}

/// What the names of all Calling Plans paid per minute begin with.
const PAY_AS_YOU_GO: &str = "MCOPSTN_PAYG_";

/// The values of `FeatureTypes` about Teams Phone. Those about rooms do tell Basic from Pro, but no check asks for that.
const FEATURES: [(&str, PlanClass); 9] = [
    ("Teams", PlanClass::Teams),
    ("PhoneSystem", PlanClass::PhoneSystem),
    ("VoiceApp", PlanClass::ResourceAccount),
    ("CallingPlan", PlanClass::CallingPlan),
    ("CommunicationCredits", PlanClass::CommunicationsCredits),
    ("AudioConferencing", PlanClass::AudioConferencing),
    ("TeamsMobileExperience", PlanClass::PhoneMobile),
    ("TeamsRoomBasic", PlanClass::Room),
    ("TeamsRoomPro", PlanClass::Room),
];

/// The value of `FeatureTypes` that stands for a class of plans, if there is one.
pub fn feature_of(class: PlanClass) -> Option<&'static str> {
    let mut features = FEATURES.iter();
    features.find(|(_, of)| *of == class).map(|(name, _)| *name)
}

/// What a value of `FeatureTypes` says; empty for a value without a meaning for Teams Phone.
pub fn classes_of_feature(feature: &str) -> PlanClasses {
    let feature = feature.trim();
    // Asked for each feature of each account: nearly all are other names of the same length or none.
    let is_named = |name: &str| {
        if name.len() == feature.len() {
            name.eq_ignore_ascii_case(feature)
        } else {
            !feature.is_ascii() && name.eq_ignore_ascii_case(&bare(feature))
        }
    };
    FEATURES
        .iter()
        .filter(|(name, _)| is_named(name))
        .map(|&(_, class)| class)
        .collect()
}

/// The SKU with this `skuId`.
pub fn sku_by_id(id: u128) -> Option<&'static Sku> {
    let position = table::SKUS.binary_search_by_key(&id, |sku| sku.id).ok()?;
    table::SKUS.get(position)
}

/// Every plan that matters to Teams Phone.
pub fn all_plans() -> impl Iterator<Item = &'static Plan> {
    table::PLANS.iter()
}

/// Every SKU that is known.
pub fn all_skus() -> impl Iterator<Item = &'static Sku> {
    table::SKUS.iter()
}

/// Every SKU with this `skuPartNumber`: more than one can be, `MCOPSTN5` names two.
pub fn sku_by_part_number(name: &str) -> impl Iterator<Item = &'static Sku> {
    let name = bare(name);
    table::SKUS
        .iter()
        .filter(move |sku| sku.part_number.eq_ignore_ascii_case(&name))
}

/// A row of the generated table.
const fn plan(id: u128, name: &'static str, class: PlanClass) -> Plan {
    Plan { id, name, class }
}

/// A row of the generated table.
const fn sku(
    id: u128,
    part_number: &'static str,
    product: &'static str,
    classes: &[PlanClass],
) -> Sku {
    let plans = PlanClasses::of(classes);
    Sku {
        id,
        part_number,
        product,
        plans,
    }
}

/// A name as the tables spell it, apart from ASCII case: Microsoft's table has part numbers with no-break spaces inside,
/// which not every copy preserves.
fn bare(name: &str) -> Cow<'_, str> {
    let name = name.trim();
    if name.contains('\u{a0}') {
        Cow::Owned(name.replace('\u{a0}', " "))
    } else {
        Cow::Borrowed(name)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::generate::products;
    use super::{
        PlanClass, PlanClasses, RESOURCE_ACCOUNT_SKU, TEAMS_PHONE_STANDARD_SKU, all_plans,
        class_by_name, classes_of_feature, feature_of, plan_by_id, plan_by_name, sku_by_id,
        sku_by_part_number, table,
    };

    fn class_named(name: &str) -> Option<PlanClass> {
        plan_by_name(name).map(|plan| plan.class)
    }

    fn plans_of(part_number: &str) -> PlanClasses {
        sku_by_part_number(part_number)
            .map(|sku| sku.plans)
            .fold(PlanClasses::EMPTY, PlanClasses::union)
    }

    fn skus_with(class: PlanClass) -> impl Iterator<Item = &'static super::Sku> {
        table::SKUS
            .iter()
            .filter(move |sku| sku.plans.contains(class))
    }

    #[test]
    fn calling_plans_paid_per_minute_are_known_by_their_name_in_every_zone() {
        for name in ["MCOPSTN_PAYG_1", "MCOPSTN_PAYG_2", "mcopstn_payg_3"] {
            assert_eq!(class_by_name(name), Some(PlanClass::PayAsYouGo), "{name}");
        }
        assert_eq!(class_by_name("MCOPSTN1"), Some(PlanClass::CallingPlan));
        assert_eq!(
            class_by_name("MCOPSTNC"),
            Some(PlanClass::CommunicationsCredits)
        );
        for name in ["", "MCOPSTN_PAYGé", "MCOPSTN", "PAYG_2", "MCOPSTN_PAY"] {
            assert_eq!(class_by_name(name), None, "{name}");
        }
    }

    #[test]
    fn look_ups_find_every_entry() {
        assert_eq!((table::PLANS.len(), table::SKUS.len()), (55, 620));
        for plan in &table::PLANS {
            assert_eq!(plan_by_id(plan.id), Some(plan));
            assert_eq!(plan_by_name(plan.name), Some(plan));
            assert_eq!(plan_by_name(&plan.name.to_lowercase()), Some(plan));
        }
        for sku in &table::SKUS {
            assert_eq!(sku_by_id(sku.id), Some(sku));
            assert!(sku_by_part_number(sku.part_number).any(|found| found == sku));
        }
        assert_eq!(plan_by_id(0), None);
        assert_eq!(sku_by_id(u128::MAX), None);
    }

    #[test]
    fn a_prefix_is_not_a_phone_system() {
        assert_eq!(class_named("MCOEV"), Some(PlanClass::PhoneSystem));
        assert_eq!(class_named("mcoev_gov"), Some(PlanClass::PhoneSystem));
        assert_eq!(class_named("MCOEVSMB"), Some(PlanClass::PhoneSystem));
        let virtual_user = Some(PlanClass::ResourceAccount);
        assert_eq!(class_named("MCOEV_VIRTUALUSER"), virtual_user);
        assert_eq!(class_named("MCOEV_VIRTUALUSER_GOV"), virtual_user);
        for name in ["MCOEV1", "MCOEV_", "MCO", "TEAMS", "Teams1 x", ""] {
            assert_ne!(class_named(name), Some(PlanClass::PhoneSystem), "{name}");
        }
        for name in ["MCOEV1", "MCOEV_", "MCO", "TEAMS_", "Teams1 x", "", " "] {
            assert_eq!(class_named(name), None, "{name}");
        }
    }

    #[test]
    fn a_prefix_is_not_a_calling_plan() {
        assert_eq!(
            class_named("MCOPSTNC"),
            Some(PlanClass::CommunicationsCredits)
        );
        for name in [
            "MCOPSTN1",
            "MCOPSTN1_GOV",
            "MCOPSTN8",
            "MCOPSTNEAU",
            "PSTN5_US",
            "Skype for Business PSTN Calling Domestic Small",
        ] {
            assert_eq!(class_named(name), Some(PlanClass::CallingPlan), "{name}");
        }
        assert_eq!(class_named("MCOPSTN"), None);
        assert_eq!(class_named("MCOPSTN7"), None);
    }

    #[test]
    fn pay_as_you_go_is_a_calling_plan_too() {
        let class = class_named("MCOPSTN_PAYG_1").unwrap();
        assert_eq!(class, PlanClass::PayAsYouGo);
        assert!(class.is_calling_plan() && PlanClass::CallingPlan.is_calling_plan());
        assert!(!PlanClass::CommunicationsCredits.is_calling_plan());
        assert!(!PlanClass::PhoneMobile.is_calling_plan());
        assert_eq!(skus_with(PlanClass::PayAsYouGo).count(), 2);
        for sku in skus_with(PlanClass::PayAsYouGo) {
            assert!(sku.plans.has_calling_plan() && !sku.plans.contains(PlanClass::CallingPlan));
        }
    }

    #[test]
    fn phone_system_does_not_bring_teams() {
        assert_eq!(skus_with(PlanClass::PhoneSystem).count(), 53);
        let without_teams = skus_with(PlanClass::PhoneSystem)
            .filter(|sku| !sku.plans.contains(PlanClass::Teams))
            .count();
        assert_eq!(without_teams, 23);
        // "Teams Phone with Calling Plan" sounds like Teams and is not.
        let bundle = plans_of("MCOTEAMS_ESSENTIALS");
        assert!(bundle.contains(PlanClass::PhoneSystem) && bundle.has_calling_plan());
        assert!(!bundle.contains(PlanClass::Teams));
    }

    #[test]
    fn a_product_named_no_teams_may_hold_a_lesser_teams() {
        let named: Vec<_> = table::SKUS
            .iter()
            .filter(|sku| sku.product.to_lowercase().contains("no teams"))
            .collect();
        assert!(
            named
                .iter()
                .all(|sku| !sku.plans.contains(PlanClass::Teams))
        );
        let lesser: Vec<_> = named
            .iter()
            .filter(|sku| sku.plans.contains(PlanClass::TeamsLimited))
            .map(|sku| sku.product)
            .collect();
        assert_eq!(lesser, ["Microsoft 365 F3 EEA (no Teams)"]);
        assert_eq!(named.len(), 26);
    }

    #[test]
    fn skype_does_not_stand_for_teams() {
        let standard = plan_by_name("MCOSTANDARD").unwrap().id;
        let without_teams = products()
            .iter()
            .filter(|(_, product)| product.plans.contains(&standard))
            .filter(|(id, _)| !sku_by_id(**id).unwrap().plans.contains(PlanClass::Teams))
            .count();
        assert_eq!(without_teams, 24);
    }

    #[test]
    fn room_plans_do_not_tell_basic_from_pro() {
        assert_eq!(class_named("Teams_Room_Basic"), Some(PlanClass::Room));
        assert_eq!(class_named("Teams_Room_Pro"), Some(PlanClass::Room));
        let pro = plan_by_name("Teams_Room_Pro").unwrap().id;
        let basic = sku_by_part_number("Microsoft_Teams_Rooms_Basic")
            .next()
            .unwrap();
        assert!(products()[&basic.id].plans.contains(&pro));
        assert!(!basic.plans.contains(PlanClass::PhoneSystem));
    }

    #[test]
    fn a_plan_that_only_the_documentation_lists_is_known() {
        let premium = plan_by_id(0x79d69417_9e27_4a13_b7a5_80c513145533).unwrap();
        assert_eq!(premium.class, PlanClass::Room);
        assert!(plans_of("MCOPSTN2").contains(PlanClass::Sms));
    }

    #[test]
    fn the_ids_that_messages_recommend_are_right() {
        let resource = sku_by_id(RESOURCE_ACCOUNT_SKU).unwrap();
        assert_eq!(resource.part_number, "PHONESYSTEM_VIRTUALUSER");
        let only = PlanClasses::of(&[PlanClass::ResourceAccount]);
        assert_eq!(resource.plans, only);
        let standard = sku_by_id(TEAMS_PHONE_STANDARD_SKU).unwrap();
        assert_eq!(standard.part_number, "MCOEV");
        assert!(standard.plans.contains(PlanClass::PhoneSystem));
    }

    #[test]
    fn shared_devices_are_told_by_sku() {
        let found: Vec<_> = table::SKUS
            .iter()
            .filter(|sku| sku.is_shared_device())
            .map(|sku| sku.part_number)
            .collect();
        assert_eq!(found.len(), 3);
        assert!(
            found.iter().all(|name| name.starts_with("MCOCAP")),
            "{found:?}"
        );
        // Only one of the three holds the marker plan, so the marker cannot be the test.
        assert!(plans_of("MCOCAP_FACULTY").contains(PlanClass::SharedDevice));
        assert!(!plans_of("MCOCAP").contains(PlanClass::SharedDevice));
    }

    #[test]
    fn a_part_number_is_not_a_key() {
        assert_eq!(sku_by_part_number("mcopstn5").count(), 2);
        assert_eq!(sku_by_part_number("MCOPSTN").count(), 0);
        for name in [
            "O365_w/o Teams Bundle_M3",
            "o365_w/o\u{a0}teams\u{a0}bundle_m3\u{a0}",
        ] {
            assert_eq!(sku_by_part_number(name).count(), 1, "{name:?}");
        }
        // The same GUID names this SKU and its plan.
        let shared = 0x54a152dc_90de_4996_93d2_bc47e670fc06;
        assert!(plan_by_id(shared).is_some() && sku_by_id(shared).is_some());
    }

    #[test]
    fn capabilities_of_teams_are_plans_by_another_name() {
        for (capability, plan) in [
            ("Teams", "TEAMS1"),
            ("Teams_GCC", "TEAMS_GOV"),
            ("MCOProfessional", "MCOSTANDARD"),
            ("MCOMEETADD", "MCOMEETADV"),
        ] {
            assert_eq!(plan_by_name(capability), plan_by_name(plan), "{capability}");
            assert_eq!(plan_by_name(capability).unwrap().name, plan);
        }
    }

    #[test]
    fn features_have_their_classes() {
        for (feature, class) in [
            ("Teams", PlanClass::Teams),
            ("phonesystem", PlanClass::PhoneSystem),
            ("VoiceApp", PlanClass::ResourceAccount),
            ("CallingPlan", PlanClass::CallingPlan),
            ("CommunicationCredits", PlanClass::CommunicationsCredits),
            ("AudioConferencing", PlanClass::AudioConferencing),
            ("TeamsMobileExperience", PlanClass::PhoneMobile),
            ("TeamsRoomBasic", PlanClass::Room),
            ("TeamsRoomPro", PlanClass::Room),
        ] {
            let classes: Vec<_> = classes_of_feature(feature).iter().collect();
            assert_eq!(classes, [class], "{feature}");
        }
        // Needing credits is not having them.
        for feature in [
            "Conferencing_RequiresCommunicationCredits",
            "TeamsProCust",
            "",
        ] {
            assert!(classes_of_feature(feature).is_empty(), "{feature}");
        }
    }

    #[test]
    fn a_set_keeps_the_order_of_declaration() {
        let set: PlanClasses = PlanClass::ALL.into_iter().rev().collect();
        assert!(set.iter().eq(PlanClass::ALL));
        let mut small = PlanClasses::EMPTY;
        assert!(small.is_empty() && !small.has_calling_plan());
        small.insert(PlanClass::Premium);
        small.insert(PlanClass::Teams);
        let expected = [PlanClass::Teams, PlanClass::Premium];
        assert!(small.iter().eq(expected));
        assert_eq!(small, PlanClasses::of(&expected));
        assert_eq!(small.union(PlanClasses::EMPTY), small);
    }

    #[test]
    fn names_of_voice_plans_are_unambiguous() {
        let names: BTreeSet<_> = table::PLANS
            .iter()
            .map(|plan| plan.name.to_lowercase())
            .collect();
        assert_eq!(names.len(), table::PLANS.len());
    }

    #[test]
    fn a_class_with_a_feature_is_told_by_it_and_others_are_not() {
        assert_eq!(feature_of(PlanClass::PhoneSystem), Some("PhoneSystem"));
        assert_eq!(feature_of(PlanClass::ResourceAccount), Some("VoiceApp"));
        assert_eq!(feature_of(PlanClass::PayAsYouGo), None);
        assert!(PlanClass::PhoneSystem.has_feature());
        assert!(!PlanClass::PayAsYouGo.has_feature());
        assert!(classes_of_feature(" phonesystem ").contains(PlanClass::PhoneSystem));
        assert!(classes_of_feature("PhoneSystems").is_empty());
        assert!(classes_of_feature("Phone").is_empty());
        assert!(!classes_of_feature("VoiceApp").is_empty());
    }

    #[test]
    fn sets_of_classes_hold_what_either_held() {
        let phone = PlanClasses::of(&[PlanClass::PhoneSystem, PlanClass::Teams]);
        let teams = PlanClasses::of(&[PlanClass::Teams]);
        let both = phone.union(teams);
        assert!(both.contains(PlanClass::Teams) && both.contains(PlanClass::PhoneSystem));
        assert!(!phone.is_empty());
        assert!(PlanClasses::default().is_empty());
    }

    #[test]
    fn every_class_has_words_of_its_own() {
        let classes: PlanClasses = all_plans().map(|plan| plan.class).collect();
        let words: std::collections::BTreeSet<&str> =
            classes.iter().map(PlanClass::words).collect();
        assert_eq!(words.len(), classes.iter().count());
        assert!(words.contains("Teams Phone"));
    }
}
