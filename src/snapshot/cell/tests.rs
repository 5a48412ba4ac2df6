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
