//! Every spelling of one thing ends as the same thing.

use super::*;
use crate::snapshot::service_plans::PlanClass;
use crate::snapshot::texts::TextsBuilder;

fn read<T: Cell>(json: &str) -> Field<T> {
    let builder = TextsBuilder::default();
    let mut reading = Reading::new(builder.arena(), false);
    T::field(&serde_json::from_str(json).unwrap(), &mut reading)
}

#[test]
fn the_six_spellings_of_a_policy() {
    let builder = TextsBuilder::default();
    let mut reading = Reading::new(builder.arena(), false);
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
    let with =
        read::<SkuSet>(r#"[{"skuId":"440eaaa8-b3e0-484b-a8be-62870b9ba70a","disabledPlans":[]}]"#);
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
    let expected = Moment::from_ms(1_775_495_947_301).map_or(Field::Absent, Field::Value);
    assert_eq!(read::<Moment>(r#""\/Date(1775495947301)\/""#), expected);
    assert_eq!(read::<Moment>(r#""/Date(1775495947301+0200)/""#), expected);
    assert_eq!(read::<Moment>(r#""2026-04-06T17:19:07.301Z""#), expected);
    assert_eq!(read::<Moment>(r#""2026-04-06T17:19:07.3010000""#), expected);
    assert_eq!(
        read::<Moment>(r#""2026-04-06T19:19:07.301+02:00""#),
        expected
    );
    assert_eq!(
        read::<Moment>(r#"{"value":"\/Date(1775495947301)\/","DisplayHint":2,"DateTime":"lundi"}"#),
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
        Field::Value(Dated(None))
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

#[test]
fn one_text_with_blanks_may_be_several_usages() {
    let builder = TextsBuilder::default();
    let mut reading = Reading::new(builder.arena(), false);
    reading.begin_property("OnlinePstnUsages");
    let mut usages = |json: &str| {
        let value: Lax = serde_json::from_str(json).unwrap();
        Box::<[Symbol]>::field(&value, &mut reading).map(|list| list.len())
    };
    assert_eq!(usages("\"FR-National FR-Mobile\""), Field::Absent);
    assert_eq!(usages("\"FR-National\""), Field::Value(1));
    assert_eq!(usages("[\"US and Canada\"]"), Field::Value(1));
}

/// What a value says: whether all of it is said, in which words, and which of them are the tenant's own.
fn said<T: Cell>(property: &'static str, json: &str) -> (bool, Vec<String>, Vec<String>) {
    let builder = TextsBuilder::default();
    let mut reading = Reading::new(builder.arena(), false);
    reading.begin_property(property);
    let value: Lax = serde_json::from_str(json).unwrap();
    let Field::Value(value) = T::field(&value, &mut reading) else {
        panic!("no value: {json}");
    };
    let filled = reading.arena.finish();
    let texts = builder.finish(vec![filled]);
    let (mut shown, mut parts) = (Vec::new(), Vec::new());
    let whole = value.show(&texts, &mut shown);
    value.parts(&texts, &mut parts);
    (whole, shown, parts)
}

#[test]
fn a_value_says_what_it_is() {
    use crate::snapshot::record::{
        BridgeNumber, CallFlow, CallTarget, CategorizedNumber, Contacts, EffectivePolicy,
        EmergencyNumber, ExtendedNotification, LicenseState, ManifestExport, NormalizationRule,
        PrepaidUnits, SplitList,
    };
    const ID: &str = "00000000-0000-4000-8000-000000000001";
    fn is<T: Cell>(json: &str, shown: &[&str], parts: &[&str]) {
        let (whole, words, own) = said::<T>("X", json);
        assert!(whole, "{json}");
        assert_eq!(words, shown, "{json}");
        assert_eq!(own, parts, "{json}");
    }
    fn alike<T: Cell>(json: &str, shown: &[&str]) {
        is::<T>(json, shown, shown);
    }
    let quoted = format!("\"{ID}\"");
    alike::<Text>("\"Reception\"", &["Reception"]);
    alike::<Symbol>("\"Reception\"", &["Reception"]);
    alike::<bool>("\"Vrai\"", &["true"]);
    alike::<i64>("\"12\"", &["12"]);
    alike::<ObjectId>(&quoted, &[ID]);
    alike::<PolicyName>("\"Tag:Intl\"", &["Intl"]);
    alike::<Presence>("\"something\"", &["set"]);
    alike::<Joined>("[\"a\",\"b\"]", &["a; b"]);
    alike::<Box<[Symbol]>>("[\"a\",\"b\"]", &["a", "b"]);
    alike::<AssignmentTarget>(&quoted, &[ID]);
    alike::<AssignmentTarget>("\"TeamsSharedCallingRoutingPolicy|Tag:SC1\"", &["SC1"]);
    alike::<AssignmentTarget>("\"a bridge\"", &["a bridge"]);
    alike::<Moment>("\"2026-10-01T08:00:00Z\"", &["2026-10-01T08:00:00Z"]);
    alike::<CallTarget>(
        "{\"Id\":\"tel:+12065550101\",\"Type\":\"User\"}",
        &["tel:+12065550101"],
    );
    alike::<CallFlow>(
        "{\"Menu\":{\"MenuOptions\":[{\"CallTarget\":{\"Id\":\"one\",\"Type\":\"User\"}},{\"CallTarget\":null},{\"CallTarget\":{\"Id\":\"two\"}}]}}",
        &["one", "two"],
    );
    alike::<BridgeNumber>("{\"Number\":\"12065550101\"}", &["12065550101"]);
    alike::<SplitList>("[\"DE;FR\"]", &["DE", "FR"]);
    alike::<Contacts>("[\"a\",\"b\"]", &["2"]);
    alike::<PrepaidUnits>(
        "{\"enabled\":5,\"warning\":1}",
        &["5 enabled", "1 warning", "0 suspended"],
    );
    is::<ManifestExport>(
        "{\"kind\":\"Get-CsTenant\",\"file\":\"tenant.json\"}",
        &["Get-CsTenant"],
        &["tenant.json"],
    );
    is::<EmergencyNumber>(
        "{\"EmergencyDialString\":\"911\",\"OnlinePSTNUsage\":\"E911\",\"EmergencyDialMask\":\"112\"}",
        &["911 (usage E911, mask 112)"],
        &["911", "E911", "112"],
    );
    is::<EmergencyNumber>(
        "{\"EmergencyDialString\":\"911\"}",
        &["911 (usage none, mask none)"],
        &["911"],
    );
    is::<ExtendedNotification>(
        "{\"EmergencyDialString\":\"911\",\"NotificationGroup\":\"desk@contoso.example\",\"NotificationDialOutNumber\":null,\"NotificationMode\":\"ConferenceUnMuted\"}",
        &["911 (group desk@contoso.example, number none, mode ConferenceUnMuted)"],
        &["911", "desk@contoso.example"],
    );
    is::<NormalizationRule>(
        "{\"Name\":\"inside\",\"Pattern\":\"^1$\",\"Translation\":\"+1\"}",
        &["inside (^1$ to +1)"],
        &["inside", "^1$", "+1"],
    );
    is::<CategorizedNumber>(
        "{\"TelephoneNumber\":\"+12065550101\",\"AssignmentCategory\":\"Primary\"}",
        &["+12065550101 (Primary)"],
        &["+12065550101"],
    );
    let state = format!(
        "{{\"skuId\":\"e43b5b99-8dfb-405f-9987-dc307f34bcbd\",\"assignedByGroup\":\"{ID}\",\"error\":\"CountViolation\"}}"
    );
    is::<LicenseState>(
        &state,
        &[&format!("MCOEV (by group {ID}, CountViolation)")],
        &[ID],
    );
    is::<EffectivePolicy>(
        "{\"PolicyType\":\"TeamsCallingPolicy\",\"PolicyAssignment\":{\"DisplayName\":\"Tag:A\",\"AssignmentType\":\"Group\"}}",
        &["TeamsCallingPolicy A (group)"],
        &["A"],
    );
}

#[test]
fn licenses_are_said_in_words_and_only_where_all_is_known() {
    let plans = |json: &str| {
        let (whole, shown, _) = said::<PlanSet>("AssignedPlan", json);
        (whole, shown.join(", "))
    };
    let plan = |name: &str, status: &str| {
        format!("{{\"Capability\":\"{name}\",\"CapabilityStatus\":\"{status}\"}}")
    };
    let (whole, words) = plans(&format!(
        "[{},{},{}]",
        plan("MCOEV", "Enabled"),
        plan("MCOPSTN1", "Warning"),
        plan("MCOEV_VIRTUALUSER", "Deleted")
    ));
    assert!(whole);
    for part in [
        PlanClass::PhoneSystem.words().to_owned(),
        format!("{} (in grace)", PlanClass::CallingPlan.words()),
        format!("{} (stopped)", PlanClass::ResourceAccount.words()),
    ] {
        assert!(words.contains(&part), "{part}: {words}");
    }
    let (whole, _) = plans("[\"MCOEV\"]");
    assert!(!whole, "the status was lost");
    let (whole, words, _) = said::<FeatureSet>("FeatureTypes", "[\"PhoneSystem\"]");
    assert!(whole);
    assert_eq!(words, [PlanClass::PhoneSystem.words()]);
    let (whole, words, _) = said::<SkuSet>(
        "AssignedLicenses",
        "[{\"skuId\":\"e43b5b99-8dfb-405f-9987-dc307f34bcbd\",\"disabledPlans\":[]}]",
    );
    assert!(whole);
    assert_eq!(words, ["MCOEV"]);
}

/// Whether two values mean the same.
fn same<T: Cell>(one: &str, two: &str) -> bool {
    let builder = TextsBuilder::default();
    let mut reading = Reading::new(builder.arena(), false);
    let [one, two] = [one, two].map(|json| {
        let value: Lax = serde_json::from_str(json).unwrap();
        match T::field(&value, &mut reading) {
            Field::Value(value) => value,
            _ => panic!("no value: {json}"),
        }
    });
    let filled = reading.arena.finish();
    let texts = builder.finish(vec![filled]);
    one.same(&two, &texts)
}

#[test]
fn values_are_the_same_whatever_their_spelling() {
    use crate::snapshot::record::{BridgeNumber, CategorizedNumber};
    assert!(same::<Text>("\"tel:+12065550101\"", "\"12065550101\""));
    assert!(!same::<Text>("\"tel:+12065550101\"", "\"12065550102\""));
    assert!(same::<Symbol>("\"Global\"", "\"GLOBAL\""));
    assert!(!same::<Symbol>("\"Global\"", "\"Local\""));
    assert!(same::<PolicyName>("\"Tag:a\"", "\"A\""));
    assert!(!same::<PolicyName>("\"Tag:a\"", "\"B\""));
    assert!(same::<Joined>("[\"a\"]", "[\"A\"]"));
    assert!(!same::<Joined>("[\"a\"]", "[\"b\"]"));
    assert!(same::<Box<[Symbol]>>("[\"a\",\"b\"]", "[\"A\",\"B\"]"));
    assert!(!same::<Box<[Symbol]>>("[\"a\",\"b\"]", "[\"a\"]"));
    assert!(!same::<Box<[Symbol]>>("[\"a\",\"b\"]", "[\"a\",\"c\"]"));
    let sku = |id: &str, off: &str| format!("[{{\"skuId\":\"{id}\",\"disabledPlans\":[{off}]}}]");
    let phone = sku("e43b5b99-8dfb-405f-9987-dc307f34bcbd", "");
    let without = sku(
        "e43b5b99-8dfb-405f-9987-dc307f34bcbd",
        "\"4828c8ec-dc2e-4779-b502-87ac9ce28ab7\"",
    );
    let unlisted = |last: u32| sku(&format!("00000000-0000-4000-8000-00000000000{last}"), "");
    assert!(same::<SkuSet>(
        &phone,
        &phone.to_uppercase().replace("SKUID", "skuId")
    ));
    assert!(!same::<SkuSet>(&phone, &without), "a plan is switched off");
    assert!(!same::<SkuSet>(&phone, "[]"));
    // Nobody knows what they bring, and they are two.
    assert!(!same::<SkuSet>(&unlisted(1), &unlisted(2)));
    let bridge = |number: &str, rest: &str| format!("{{\"Number\":\"{number}\"{rest}}}");
    let plain = bridge("12065550101", "");
    assert!(same::<BridgeNumber>(&plain, &bridge("+12065550101", "")));
    for other in [
        bridge("12065550102", ""),
        bridge("12065550101", ",\"IsShared\":true"),
        bridge("12065550101", ",\"Type\":\"Toll\""),
    ] {
        assert!(!same::<BridgeNumber>(&plain, &other), "{other}");
        assert!(!same::<BridgeNumber>(&other, &plain), "{other}");
        assert!(same::<BridgeNumber>(&other, &other), "{other}");
    }
    let of = |number: &str, category: &str| {
        format!("{{\"TelephoneNumber\":\"{number}\",\"AssignmentCategory\":\"{category}\"}}")
    };
    let primary = of("+12065550101", "Primary");
    assert!(same::<CategorizedNumber>(
        &primary,
        &of("12065550101", "Primary")
    ));
    assert!(!same::<CategorizedNumber>(
        &primary,
        &of("12065550102", "Primary")
    ));
    assert!(!same::<CategorizedNumber>(
        &primary,
        &of("12065550101", "Private")
    ));
}

/// What was noted about a value of a property: the damages, by their names.
fn noted<T: Cell>(csv: bool, property: &'static str, json: &str) -> Vec<Damage> {
    let builder = TextsBuilder::default();
    let mut reading = Reading::new(builder.arena(), csv);
    reading.begin_property(property);
    let value: Lax = serde_json::from_str(json).unwrap();
    T::field(&value, &mut reading);
    reading.damages.iter().map(|(damage, ..)| damage).collect()
}

#[test]
fn values_that_no_page_of_microsoft_lists_are_noted() {
    for (property, known) in [
        ("ActivationState", "Update Pending"),
        ("NumberType", "operatorconnect"),
        ("PstnAssignmentStatus", "UserAssigned"),
        ("AssignmentCategory", "Primary"),
        ("NumberSource", "Online"),
        ("AssignmentBlockedState", "Not Blocked"),
        ("AccountType", "ResourceAccount"),
        ("TeamsUpgradeEffectiveMode", "TeamsOnly"),
        ("Mode", "Teams Only"),
    ] {
        let of = |word: &str| noted::<Symbol>(false, property, &format!("\"{word}\""));
        assert_eq!(of(known), [], "{property}");
        assert_eq!(of("Resting"), [Damage::UnknownValue], "{property}");
        assert_eq!(of("Rest-ing"), [Damage::UnknownValue], "{property}");
    }
    assert_eq!(noted::<Symbol>(false, "City", "\"Resting\""), []);
}

#[test]
fn letters_are_lost_in_csv_alone_and_only_beside_a_question_mark() {
    let of = |csv: bool, text: &str| noted::<Text>(csv, "DisplayName", &format!("\"{text}\""));
    assert_eq!(of(true, "J?rg"), [Damage::AsciiLoss]);
    assert_eq!(of(true, "Andr?"), [Damage::AsciiLoss]);
    assert_eq!(of(false, "J?rg"), []);
    assert_eq!(of(true, "Jorg"), []);
    assert_eq!(of(true, "J?rg ü"), [], "whoever kept one letter kept all");
    assert_eq!(of(true, "? 12"), []);
}

#[test]
fn numbers_that_a_spreadsheet_rounded_are_no_texts() {
    let of = |text: &str| noted::<Text>(true, "LineUri", &format!("\"{text}\""));
    for text in ["1.42556E+10", "1,42556E+10", "+1.42556e+10", "'1.42556E+10"] {
        assert_eq!(of(text), [Damage::ExcelNumber], "{text}");
    }
    for text in ["E+10", "xE+10", "1.4xE+10", "1.42556E+x", "14255550101"] {
        assert_eq!(of(text), [], "{text}");
    }
}

#[test]
fn a_list_in_one_text_is_divided_as_its_dialect_and_its_property_allow() {
    let pieces = |csv: bool, property: &'static str, text: &str| {
        let builder = TextsBuilder::default();
        let mut reading = Reading::new(builder.arena(), csv);
        reading.begin_property(property);
        let value = Lax::Text(text.into());
        let Field::Value(list) = <Box<[Symbol]>>::field(&value, &mut reading) else {
            return Vec::new();
        };
        let filled = reading.arena.finish();
        let texts = builder.finish(vec![filled]);
        list.iter()
            .map(|one| texts.symbol(*one).to_owned())
            .collect()
    };
    assert_eq!(pieces(true, "Other", "a,b; c||d"), ["a", "b", "c", "d"]);
    assert_eq!(pieces(true, "Other", "[\"a,b\",\"c\"]"), ["a,b", "c"]);
    assert_eq!(pieces(false, "Other", "a,b"), ["a,b"]);
    assert_eq!(pieces(true, "Other", "a b"), ["a b"]);
    assert_eq!(pieces(false, "Capability", "a  b"), ["a", "b"]);
    assert_eq!(pieces(false, "Capability", "a"), ["a"]);
}

#[test]
fn the_tenants_that_records_name_are_counted_with_the_first_record() {
    let builder = TextsBuilder::default();
    let mut reading = Reading::new(builder.arena(), false);
    let id = "00000000-0000-4000-8000-000000000001";
    let value = Lax::Text(id.into());
    reading.begin_property("TenantId");
    for start in [10, 20] {
        let record = Span {
            source: SourceId(3),
            start,
            len: 5,
        };
        reading.begin_record(record);
        assert_eq!(
            TenantMark::field(&value, &mut reading),
            Field::Value(TenantMark)
        );
    }
    assert_eq!(TenantMark::field(&Lax::Null, &mut reading), Field::Null);
    let named: Vec<(u64, Span)> = reading.tenants.values().copied().collect();
    let [(count, first)] = named[..] else {
        panic!("one tenant: {named:?}");
    };
    assert_eq!((count, first.start, first.source), (2, 10, SourceId(3)));
    reading.begin_property("Identity");
    ObjectId::field(&value, &mut reading);
    assert_eq!(
        reading.tenants.values().next().map(|(count, _)| *count),
        Some(2)
    );
}

#[test]
fn damage_says_whether_and_how_it_loses_a_value() {
    for damage in [
        Damage::Cut,
        Damage::Blanked,
        Damage::ExcelNumber,
        Damage::AsciiLoss,
        Damage::Unreadable,
    ] {
        assert!(damage.loses(), "{damage:?}");
    }
    for damage in [Damage::Recovered, Damage::UnknownValue, Damage::RepeatedKey] {
        assert!(!damage.loses(), "{damage:?}");
    }
    assert_eq!(Damage::ExcelNumber.how(), "rounded by a spreadsheet");
    assert_eq!(Damage::Cut.how(), "lost to too small a `-Depth`");
    assert_eq!(Damage::AsciiLoss.how(), "written without its accents");
    assert_eq!(Damage::Unreadable.how(), "not readable");
}

#[test]
fn every_damage_of_a_property_is_counted() {
    let mut damages = Damages::default();
    for _ in 0..3 {
        damages.note(
            Damage::Cut,
            "AssignedPlan",
            Span::start_of(SourceId(0)),
            "x",
        );
    }
    let counts: Vec<u64> = damages.iter().map(|(_, _, seen)| seen.count).collect();
    assert_eq!(counts, [3]);
    assert_eq!(damages.total(), 3);
}

#[test]
fn a_moment_some_days_or_hours_later_is_told() {
    let start = Moment::parse("2026-10-01T08:00:00Z").expect("a moment");
    let later = |moment: Option<Moment>| moment.map(Moment::rfc3339);
    assert_eq!(
        later(start.after_days(30)).as_deref(),
        Some("2026-10-31T08:00:00Z")
    );
    assert_eq!(
        later(start.after_hours(17)).as_deref(),
        Some("2026-10-02T01:00:00Z")
    );
    assert_eq!(start.after_days(u64::MAX), None);
    assert_eq!(start.after_hours(u64::MAX), None);
}

#[test]
fn plans_that_were_switched_off_in_a_license_of_a_group_must_be_told() {
    use crate::snapshot::record::LicenseState;
    let state = |disabled: &str| {
        read::<LicenseState>(&format!(
            "{{\"skuId\":\"e43b5b99-8dfb-405f-9987-dc307f34bcbd\",\"disabledPlans\":{disabled}}}"
        ))
    };
    assert!(state("[]").value().is_some());
    assert!(state("null").value().is_some());
    assert!(state("\"System.Object[]\"").is_absent());
}

#[test]
fn a_value_is_cut_where_all_of_it_is_the_name_of_a_type() {
    use crate::snapshot::record::CategorizedNumber;
    let names = "\"System.Object[]\"";
    let listed = "[\"System.Object[]\",\"System.Object[]\"]";
    assert_eq!(noted::<Symbol>(false, "City", names), [Damage::Cut]);
    assert_eq!(noted::<Text>(false, "LineUri", listed), [Damage::Cut]);
    assert_eq!(
        noted::<Box<[Symbol]>>(false, "OnlinePstnUsages", names),
        [Damage::Cut]
    );
    assert_eq!(read::<Box<[Symbol]>>(names), Field::Absent);
    // Elements of a list are damaged one by one, and one that is left is read.
    assert_eq!(read::<Box<[Symbol]>>(listed), Field::Absent);
    let plans = read::<PlanSet>("[\"System.Object[]\",{\"Capability\":\"MCOEV\"}]");
    assert_eq!(plans, Field::Absent);
    // A text in place of an object is what the object was made into, if it says so; else it is the object's own word.
    let number = |json: &str| noted::<CategorizedNumber>(false, "TelephoneNumbers", json);
    let made = "\"@{TelephoneNumber=+12065550101; AssignmentCategory=Primary}\"";
    assert_eq!(number(made), [Damage::Recovered]);
    assert!(read::<CategorizedNumber>(made).value().is_some());
    assert_eq!(number(names), [Damage::Cut]);
    let bare = "\"+12065550101\"";
    assert_eq!(number(bare), []);
    assert!(read::<CategorizedNumber>(bare).value().is_some());
    // Of another type than expected, and not cut.
    assert_eq!(
        noted::<Text>(false, "LineUri", "[\"a\"]"),
        [Damage::Unreadable]
    );
    assert_eq!(
        noted::<i64>(false, "Priority", "\"high\""),
        [Damage::Unreadable]
    );
    assert_eq!(noted::<i64>(false, "Priority", "\"7\""), []);
}

/// The day on which the time of grace of some plans ends, by its date.
fn grace(plans: &PlanSet) -> Option<String> {
    const DAY: i64 = 24 * 60 * 60 * 1000;
    let end = Moment::from_ms(i64::from(plans.grace_ends?.get()) * DAY)?;
    Some(end.rfc3339()[..10].to_owned())
}

fn plans_of(json: &str) -> PlanSet {
    match read::<PlanSet>(json) {
        Field::Value(plans) => plans,
        other => panic!("{json}: {other:?}"),
    }
}

#[test]
fn a_time_of_grace_ends_on_its_first_day_and_only_plans_of_teams_have_one() {
    let plan = |name: &str, status: &str, end: &str| {
        format!(
            "{{\"Capability\":\"{name}\",\"CapabilityStatus\":\"{status}\",\"GracePeriodExpiryDate\":\"{end}\"}}"
        )
    };
    let ends = |plans: &[String]| grace(&plans_of(&format!("[{}]", plans.join(","))));
    let late = plan("MCOEV", "Warning", "2026-12-31T10:00:00Z");
    let early = plan("MCOPSTN1", "Warning", "2026-11-30T23:00:00Z");
    assert_eq!(
        ends(std::slice::from_ref(&late)).as_deref(),
        Some("2026-12-31")
    );
    for order in [[late.clone(), early.clone()], [early, late.clone()]] {
        assert_eq!(ends(&order).as_deref(), Some("2026-11-30"));
    }
    let (soon, none) = ("2026-10-01T08:00:00Z", "not a date");
    assert_eq!(ends(&[plan("MCOEV", "Enabled", soon)]), None, "no grace");
    let in_grace = plan("MCOEV", "Enabled", soon).replace('}', ",\"IsInGracePeriod\":true}");
    assert_eq!(ends(&[in_grace]).as_deref(), Some("2026-10-01"));
    assert_eq!(ends(&[plan("Sway", "Warning", soon)]), None, "another plan");
    assert_eq!(ends(&[plan("MCOEV", "Warning", none)]), None);
    let other = [plan("Sway", "Warning", soon), late];
    assert_eq!(ends(&other).as_deref(), Some("2026-12-31"));
}

#[test]
fn what_another_export_tells_of_the_plans_of_an_account_is_joined() {
    let plan = |name: &str, status: &str, more: &str| {
        format!("[{{\"Capability\":\"{name}\",\"CapabilityStatus\":\"{status}\"{more}}}]")
    };
    let joined = |one: &str, other: &str| {
        let mut plans = plans_of(one);
        plans.join(&plans_of(other));
        plans
    };
    let until = |date: &str| format!(",\"GracePeriodExpiryDate\":\"{date}T08:00:00Z\"");
    let enabled = plan("MCOEV", "Enabled", "");
    let warning = plan("MCOPSTN1", "Warning", &until("2026-11-30"));
    let deleted = plan("MCOEV_VIRTUALUSER", "Deleted", "");
    let resting = plan("MCOMEETADV", "Resting", "");
    // Whichever comes first.
    for other in [&warning, &deleted, &resting, &"[]".to_owned()] {
        assert_eq!(joined(&enabled, other), joined(other, &enabled));
    }
    let all = joined(&enabled, &warning);
    for class in [PlanClass::PhoneSystem, PlanClass::CallingPlan] {
        assert!(all.working.contains(class));
    }
    assert!(all.solid.contains(PlanClass::PhoneSystem));
    assert!(!all.solid.contains(PlanClass::CallingPlan));
    assert!(all.in_grace.contains(PlanClass::CallingPlan));
    assert_eq!(grace(&all).as_deref(), Some("2026-11-30"));
    let stopped = joined(&enabled, &deleted).stopped;
    assert!(stopped.contains(PlanClass::ResourceAccount));
    let unsure = joined(&enabled, &resting).unsure;
    assert!(unsure.contains(PlanClass::AudioConferencing));
    // One that lists plans is enough, and two do not cancel each other.
    let other = plan("Sway", "Enabled", "");
    assert!(joined("[]", &other).any && joined(&other, "[]").any);
    assert!(joined(&other, &other).any);
    assert!(!joined("[]", "[]").any);
    let sooner = plan("MCOEV", "Warning", &until("2026-10-31"));
    assert_eq!(
        grace(&joined(&warning, &sooner)).as_deref(),
        Some("2026-10-31")
    );
}

#[test]
fn plans_as_old_modules_wrote_them_are_read_from_their_attributes() {
    let plan = |attributes: &str| {
        let xml = format!("<AssignedPlan xmlns=\"http://schemas.contoso.example\" {attributes} />");
        read::<PlanSet>(&serde_json::json!([xml]).to_string())
    };
    let id = "4828c8ec-dc2e-4779-b502-87ac9ce28ab7";
    let enabled = plan(&format!(
        "SubscribedPlanId=\"x\" ServicePlanId=\"{id}\" CapabilityStatus=\"Enabled\""
    ));
    let enabled = enabled.value().expect("a plan");
    assert!(enabled.solid.contains(PlanClass::PhoneSystem));
    let deleted = plan("Plan=\"MCOEV\" CapabilityStatus=\"Deleted\"");
    let deleted = deleted.value().expect("a plan");
    assert!(deleted.stopped.contains(PlanClass::PhoneSystem));
    assert_eq!(plan("Status=\"Enabled\""), Field::Absent, "no plan at all");
}

#[test]
fn features_of_which_one_is_lost_are_unknown() {
    assert!(read::<FeatureSet>("[\"PhoneSystem\"]").value().is_some());
    for lost in [
        "[\"PhoneSystem\",\"System.Object[]\"]",
        "[\"System.Object[]\"]",
    ] {
        assert_eq!(read::<FeatureSet>(lost), Field::Absent, "{lost}");
        assert_eq!(
            noted::<FeatureSet>(false, "FeatureTypes", lost),
            [Damage::Cut]
        );
    }
}

#[test]
fn a_list_of_objects_that_lost_them_is_unknown_and_an_empty_one_is_not() {
    for lost in ["[\"\",\"\"]", "\"  \""] {
        assert_eq!(read::<PlanSet>(lost), Field::Absent, "{lost}");
        assert_eq!(
            noted::<PlanSet>(false, "AssignedPlan", lost),
            [Damage::Blanked]
        );
    }
    assert_eq!(read::<PlanSet>("null"), Field::Null);
    assert_eq!(noted::<PlanSet>(false, "AssignedPlan", "null"), []);
    assert_eq!(read::<PlanSet>("[]"), Field::Value(PlanSet::default()));
}

#[test]
fn plans_in_one_text_are_listed_and_their_status_is_lost() {
    for joined in [
        "MCOEV Teams",
        "MCOEV,Teams",
        "MCOEV; Teams",
        "Teams|MCOEV",
        "MCOEV",
        "[\"MCOEV\",\"Teams\"]",
    ] {
        let text = serde_json::json!(joined).to_string();
        for json in [text.clone(), format!("[{text}]")] {
            let plans = plans_of(&json);
            assert!(plans.unsure.contains(PlanClass::PhoneSystem), "{json}");
            assert!(plans.working.is_empty(), "{json}");
            let noted = noted::<PlanSet>(false, "AssignedPlan", &json);
            assert_eq!(noted, [Damage::Cut], "{json}");
        }
    }
    // Words that no plan is called by may be anything.
    assert_eq!(read::<PlanSet>("\"five plans\""), Field::Absent);
    assert_eq!(read::<PlanSet>("[\"five plans\"]"), Field::Absent);
    // One plan may well be none of telephony.
    assert!(plans_of("[\"Sway\"]").any);
}

#[test]
fn a_plan_that_became_members_in_a_text_is_read_back() {
    let members = "Capability=MCOEV;CapabilityStatus=Enabled;ServicePlanId=4828c8ec-dc2e-4779-b502-87ac9ce28ab7";
    let shell = "@{Capability=MCOEV; CapabilityStatus=Enabled}";
    for text in [members, shell] {
        let text = serde_json::json!(text).to_string();
        for json in [text.clone(), format!("[{text}]")] {
            assert!(
                plans_of(&json).solid.contains(PlanClass::PhoneSystem),
                "{json}"
            );
            let noted = noted::<PlanSet>(false, "AssignedPlan", &json);
            assert_eq!(noted, [Damage::Recovered], "{json}");
        }
    }
    // Several in one text, and one that says no name.
    for lost in [
        format!("\"{shell} {shell}\""),
        format!("[\"{members} {members}\"]"),
        "[\"@{CapabilityStatus=Enabled; ServiceInstance=x}\"]".to_owned(),
    ] {
        assert_eq!(read::<PlanSet>(&lost), Field::Absent, "{lost}");
        let noted = noted::<PlanSet>(false, "AssignedPlan", &lost);
        assert_eq!(noted, [Damage::Cut], "{lost}");
    }
}

#[test]
fn a_time_of_grace_is_told_by_a_text_as_well() {
    let end = "GracePeriodExpiryDate";
    for plan in [
        format!(
            "{{\"Capability\":\"MCOEV\",\"CapabilityStatus\":\"Enabled\",\"IsInGracePeriod\":\"True\",\"{end}\":\"2026-10-01T00:00:00Z\"}}"
        ),
        format!(
            "\"@{{Capability=MCOEV; CapabilityStatus=Enabled; IsInGracePeriod=True; {end}=2026-10-01T00:00:00Z}}\""
        ),
    ] {
        let plans = plans_of(&format!("[{plan}]"));
        assert!(plans.in_grace.contains(PlanClass::PhoneSystem), "{plan}");
        assert!(!plans.solid.contains(PlanClass::PhoneSystem), "{plan}");
        assert_eq!(grace(&plans).as_deref(), Some("2026-10-01"), "{plan}");
    }
    let plans = plans_of(
        "[{\"Capability\":\"MCOEV\",\"CapabilityStatus\":\"Enabled\",\"IsInGracePeriod\":\"False\"}]",
    );
    assert!(plans.solid.contains(PlanClass::PhoneSystem));
}

#[test]
fn plans_that_are_switched_off_are_told_apart_in_one_text_and_not_forgotten_where_they_are_lost() {
    use crate::snapshot::record::LicenseState;
    let (phone, teams) = (
        "4828c8ec-dc2e-4779-b502-87ac9ce28ab7",
        "57ff2da0-773e-42df-b2af-ffb7a2317929",
    );
    let sku = |off: &str| {
        format!("{{\"SkuId\":\"06ebc4ee-1bb5-47dd-8120-11324bc54e06\",\"DisabledPlans\":{off}}}")
    };
    for off in [
        format!("\"{phone} {teams}\""),
        format!("\"{phone},{teams}\""),
        format!("[\"{phone} {teams}\"]"),
        format!("[\"{phone}\",\"{teams}\"]"),
    ] {
        let with = read::<SkuSet>(&format!("[{}]", sku("[]")));
        let without = read::<SkuSet>(&format!("[{}]", sku(&off)));
        let [with, without] = [with, without].map(|skus| skus.value().expect("SKUs").working);
        for class in [PlanClass::PhoneSystem, PlanClass::Teams] {
            assert!(with.contains(class), "{off}");
            assert!(!without.contains(class), "{off}");
        }
        let state = read::<LicenseState>(&sku(&off));
        let disabled = state.value().map(|state| state.disabled.len());
        assert_eq!(disabled, Some(2), "{off}");
    }
    for (lost, damage) in [
        ("\"System.String[]\"", Damage::Cut),
        (
            "\"System.Collections.Generic.List`1[System.String]\"",
            Damage::Cut,
        ),
        ("[\"System.String[]\"]", Damage::Cut),
        ("\" \"", Damage::Blanked),
        ("\"MCOEV\"", Damage::Unreadable),
    ] {
        let skus = format!("[{}]", sku(lost));
        assert_eq!(read::<SkuSet>(&skus), Field::Absent, "{lost}");
        assert!(read::<LicenseState>(&sku(lost)).is_absent(), "{lost}");
        let noted = noted::<SkuSet>(false, "AssignedLicenses", &skus);
        assert_eq!(noted, [damage], "{lost}");
    }
    let nothing = ["[]", "null", "\"\"", "{}"];
    for none in nothing.map(|off| read::<SkuSet>(&format!("[{}]", sku(off)))) {
        assert!(none.value().is_some());
    }
}

/// The elements of a list of words; `None` where they are unknown.
fn words_of(csv: bool, property: &'static str, text: &str) -> Option<Vec<String>> {
    let builder = TextsBuilder::default();
    let mut reading = Reading::new(builder.arena(), csv);
    reading.begin_property(property);
    let list = <Box<[Symbol]>>::field(&Lax::Text(text.into()), &mut reading);
    let filled = reading.arena.finish();
    let texts = builder.finish(vec![filled]);
    let words = list.value()?.iter();
    Some(words.map(|one| texts.symbol(*one).to_owned()).collect())
}

#[test]
fn a_list_in_one_text_is_divided_where_no_element_can_hold_the_divider() {
    let two = |one: &str, two: &str| Some(vec![one.to_owned(), two.to_owned()]);
    let capabilities = two("UserAssignment", "VoiceApplicationAssignment");
    let numbers = two("+14255550101", "+14255550102");
    for divider in [",", ", ", ";", "|", " "] {
        let text = format!("UserAssignment{divider}VoiceApplicationAssignment");
        assert_eq!(
            words_of(false, "Capability", &text),
            capabilities,
            "{divider}"
        );
        let text = format!("+14255550101{divider}+14255550102");
        assert_eq!(
            words_of(false, "EmergencyNumbers", &text),
            numbers,
            "{divider}"
        );
    }
    for csv in [false, true] {
        assert_eq!(
            words_of(csv, "EmergencyNumbers", "+14255550101;ext=11,+14255550102"),
            two("+14255550101;ext=11", "+14255550102")
        );
        let one = words_of(csv, "EmergencyNumbers", "+14255550101;ext=11");
        assert_eq!(one.map(|numbers| numbers.len()), Some(1));
    }
    // A usage may hold any of them.
    for text in [
        "Local,International",
        "Local;International",
        "US and Canada",
    ] {
        assert_eq!(words_of(false, "OnlinePstnUsages", text), None, "{text}");
        let json = serde_json::json!(text).to_string();
        let noted = noted::<Box<[Symbol]>>(false, "OnlinePstnUsages", &json);
        assert_eq!(noted, [Damage::Cut], "{text}");
    }
    assert_eq!(
        words_of(true, "OnlinePstnUsages", "Local,International"),
        two("Local", "International")
    );
}

#[test]
fn a_pattern_is_read_as_it_stands() {
    use crate::snapshot::record::NormalizationRule;
    for text in [
        r"^\+1\d?\d{9}\d$",
        r"^\+?1(?i)\d{10}$",
        r"^\+1\d{10}$ ",
        r" ^\+1\d{10}$",
    ] {
        let json = serde_json::json!(text).to_string();
        for csv in [false, true] {
            assert_eq!(noted::<Symbol>(csv, "NumberPattern", &json), [], "{text}");
        }
        assert_eq!(said::<Symbol>("NumberPattern", &json).1, [text]);
        let rule =
            format!("{{\"Name\":\" inside \",\"Pattern\":{json},\"Translation\":\" +1$1 \"}}");
        let (_, _, parts) = said::<NormalizationRule>("NormalizationRules", &rule);
        assert_eq!(parts, ["inside", text, "+1$1"]);
    }
    assert_eq!(said::<Symbol>("City", "\" Oslo \"").1, ["Oslo"]);
    assert_eq!(
        noted::<Symbol>(true, "City", "\"Orl?ans\""),
        [Damage::AsciiLoss]
    );
}

#[test]
fn a_policy_of_a_site_that_only_its_number_tells_is_unknown() {
    let field = |property: &'static str, json: &str| {
        let builder = TextsBuilder::default();
        let mut reading = Reading::new(builder.arena(), false);
        reading.begin_property(property);
        let value: Lax = serde_json::from_str(json).unwrap();
        PolicyName::field(&value, &mut reading).map(|_| ())
    };
    for property in [
        "EmergencyCallRoutingPolicyName",
        "EmergencyCallingPolicyName",
    ] {
        assert_eq!(field(property, "17"), Field::Absent);
        assert_eq!(field(property, "\"17\""), Field::Absent);
        assert_eq!(field(property, "null"), Field::Null);
        assert_eq!(field(property, "\"911\u{2013}US\""), Field::Value(()));
    }
    assert_eq!(field("TeamsCallingPolicy", "\"17\""), Field::Value(()));
}

#[test]
fn an_assignment_that_became_a_text_within_its_list_is_read_back() {
    use crate::snapshot::record::EffectivePolicy;
    let list = |assignment: &str| {
        format!("[{{\"PolicyType\":\"TeamsCallingPolicy\",\"PolicyAssignment\":{assignment}}}]")
    };
    let cut = list("\"@{displayName=NoCall; assignmentType=group; policyId=; groupId=g}\"");
    let (_, words, _) = said::<Box<[EffectivePolicy]>>("EffectivePolicyAssignments", &cut);
    assert_eq!(words, ["TeamsCallingPolicy NoCall (group)"]);
    let of =
        |json: &str| noted::<Box<[EffectivePolicy]>>(false, "EffectivePolicyAssignments", json);
    assert_eq!(of(&cut), [Damage::Recovered]);
    let type_name = list("\"Microsoft.Teams.ConfigAPI.Cmdlets.Generated.Models.PolicyAssignment\"");
    assert_eq!(of(&type_name), [Damage::Cut]);
    assert_eq!(
        of(&list(
            "{\"DisplayName\":\"NoCall\",\"AssignmentType\":\"direct\"}"
        )),
        []
    );
}
