//! What is edited is what a later export would say, at once where it is looked up, and everywhere once it is settled.

use serde_json::{Value, json};

use super::{ONE, THREE, TWO, id};
use crate::snapshot::PhoneNumber;
use crate::source::{SourceId, Span};
use crate::tenant::edit::{Edit, Edited, EditedWhat, Object, What};
use crate::tenant::testing::tenant;
use crate::tenant::{Holder, Tenant};

const QUEUE: &str = "00000000-0000-4000-8000-0000000000cc";
const OTHER: &str = "00000000-0000-4000-8000-0000000000dd";

fn exports() -> Vec<(&'static str, Value)> {
    let policy = |number: &str, policy_type: &str, name: &str| json!({"TelephoneNumber": number, "PolicyType": policy_type, "PolicyName": name});
    vec![
        (
            "Get-CsOnlineUser.json",
            json!([
                {"Identity": ONE, "UserPrincipalName": "one@contoso.example", "AccountType": "User", "UsageLocation": "US"},
                {"Identity": TWO, "UserPrincipalName": "two@contoso.example", "AccountType": "User", "UsageLocation": "US"},
            ]),
        ),
        (
            "Get-CsPhoneNumberAssignment.json",
            json!([
                {"TelephoneNumber": "+14255550101", "NumberType": "OperatorConnect", "AssignedPstnTargetId": ONE, "City": "Reno"},
                {"TelephoneNumber": "+14255550103", "NumberType": "OperatorConnect", "AssignedPstnTargetId": TWO, "City": "Reno"},
                {"TelephoneNumber": "+14255550105", "NumberType": "OperatorConnect", "AssignedPstnTargetId": null, "City": "Reno"},
            ]),
        ),
        (
            "Get-CsOnlineApplicationInstanceAssociation.json",
            json!([{"Id": ONE, "ConfigurationId": QUEUE}, {"Id": THREE, "ConfigurationId": QUEUE}]),
        ),
        (
            "Get-CsCallQueue.json",
            json!([
                {"Identity": QUEUE, "Name": "Sales", "RoutingMethod": "Serial", "ApplicationInstances": []},
                {"Identity": OTHER, "Name": "Help", "RoutingMethod": "Serial", "ApplicationInstances": []},
            ]),
        ),
        (
            "Get-CsOnlinePSTNGateway.json",
            json!([
                {"Identity": "sbc1.contoso.example", "SipSignalingPort": 5061, "Enabled": true},
                {"Identity": "sbc2.contoso.example", "SipSignalingPort": 5062, "Enabled": true},
                {"Identity": "sbc3.contoso.example", "SipSignalingPort": 5063, "Enabled": true},
            ]),
        ),
        (
            "Get-CsPhoneNumberPolicyAssignment.json",
            json!([
                policy("14255550101", "OnlineVoiceRoutingPolicy", "A"),
                policy("14255550103", "OnlineVoiceRoutingPolicy", "B"),
            ]),
        ),
        (
            "Get-CsGroupPolicyAssignment.json",
            json!([{"GroupId": ONE, "PolicyType": "TeamsCallingPolicy", "PolicyName": "A", "Rank": 1},
                   {"GroupId": TWO, "PolicyType": "TeamsCallingPolicy", "PolicyName": "A", "Rank": 1}]),
        ),
        (
            "Get-CsOnlineLisLocation.json",
            json!([{"LocationId": ONE, "CivicAddressId": ONE}, {"LocationId": THREE, "CivicAddressId": ONE}]),
        ),
        (
            "Get-CsOnlineLisCivicAddress.json",
            json!([{"CivicAddressId": ONE, "CountryOrRegion": "US"}, {"CivicAddressId": THREE, "CountryOrRegion": "US"}]),
        ),
        (
            "operators.json",
            json!([
                {"name": "Bravo", "status": "Active", "consentedCountries": ["US"]},
                {"name": "Delta", "status": "Active", "consentedCountries": ["US"]},
            ]),
        ),
    ]
}

fn built() -> Tenant {
    let texts: Vec<(&str, String)> = exports()
        .iter()
        .map(|(name, value)| (*name, value.to_string()))
        .collect();
    let files: Vec<(&str, &str)> = texts.iter().map(|(name, text)| (*name, &**text)).collect();
    tenant(&files)
}

fn key(last: u32) -> PhoneNumber {
    PhoneNumber::parse(&format!("+142555501{last:02}")).expect("a number")
}

fn edit(tenant: &mut Tenant, object: &Object, what: What) -> Vec<Edited> {
    let edits = [Edit {
        object: object.clone(),
        what,
    }];
    tenant.edit(&edits, Span::start_of(SourceId(0)))
}

/// Whether the edit did something.
fn does(tenant: &mut Tenant, object: &Object, what: What) -> bool {
    !edit(tenant, object, what).is_empty()
}

fn fields(value: Value) -> What {
    match value {
        Value::Object(fields) => What::Added(fields),
        other => panic!("no fields: {other}"),
    }
}

fn held(tenant: &Tenant, by: &str) -> Vec<String> {
    let numbers = tenant.numbers_held_by(id(by));
    numbers.iter().map(|one| one.key.to_string()).collect()
}

fn listed(tenant: &Tenant) -> Vec<String> {
    let numbers = tenant.numbers.iter();
    numbers.map(|one| one.key.to_string()).collect()
}

#[test]
fn a_number_changes_hands_at_once() {
    let mut tenant = built();
    let number = Object::Number(key(1));
    let target = |value: Value| What::Set("AssignedPstnTargetId", value);
    let done = edit(&mut tenant, &number, target(json!(TWO)));
    let what = EditedWhat::Set(
        "AssignedPstnTargetId",
        vec![ONE.to_owned()],
        vec![TWO.to_owned()],
    );
    assert_eq!(done[0].what, what);
    assert!(!tenant.is_settled());
    assert_eq!(held(&tenant, ONE), [""; 0]);
    assert_eq!(held(&tenant, TWO), ["+14255550101", "+14255550103"]);
    assert!(does(&mut tenant, &number, target(Value::Null)));
    assert_eq!(held(&tenant, TWO), ["+14255550103"]);
    let freed = tenant.number(key(1)).expect("the number");
    assert_eq!(freed.holder, Holder::Nobody);
    assert!(does(&mut tenant, &number, target(json!(THREE))));
    assert_eq!(held(&tenant, THREE), ["+14255550101"]);
    assert!(does(&mut tenant, &number, target(json!(ONE))));
    assert_eq!(held(&tenant, THREE), [""; 0]);
    tenant.settle();
    assert!(tenant.is_settled());
    assert_eq!(held(&tenant, ONE), ["+14255550101"]);
    assert_eq!(held(&tenant, TWO), ["+14255550103"]);
}

#[test]
fn another_property_leaves_the_holder_and_the_same_value_is_no_change() {
    let mut tenant = built();
    let number = Object::Number(key(1));
    assert!(does(&mut tenant, &number, What::Set("City", json!("Elko"))));
    assert_eq!(held(&tenant, ONE), ["+14255550101"]);
    assert!(!does(
        &mut tenant,
        &number,
        What::Set("City", json!("Elko"))
    ));
    assert!(
        !does(
            &mut tenant,
            &number,
            What::Set("IsoCountryCode", json!("US"))
        ),
        "no export tells it"
    );
    // An app is listed by one of two exports, and other objects are not.
    let app = Object::App(id(QUEUE));
    assert!(does(&mut tenant, &app, What::Set("Name", json!("Shop"))));
    let user = Object::User(id(ONE));
    assert!(!does(&mut tenant, &user, What::Set("Name", json!("Shop"))));
}

#[test]
fn numbers_that_come_and_go_are_found_at_once_and_in_order_later() {
    let mut tenant = built();
    let row = |target: &str| {
        fields(
            json!({"TelephoneNumber": "+14255550102", "NumberType": "OperatorConnect", "AssignedPstnTargetId": target}),
        )
    };
    assert!(does(&mut tenant, &Object::Number(key(2)), row(ONE)));
    assert!(!does(&mut tenant, &Object::Number(key(2)), row(TWO)));
    assert!(!does(&mut tenant, &Object::Number(key(3)), row(TWO)));
    assert!(tenant.number(key(2)).is_some());
    assert_eq!(held(&tenant, ONE), ["+14255550101", "+14255550102"]);
    assert!(does(&mut tenant, &Object::Number(key(3)), What::Removed));
    assert!(!does(&mut tenant, &Object::Number(key(3)), What::Removed));
    assert!(tenant.number(key(3)).is_none());
    assert_eq!(held(&tenant, TWO), [""; 0]);
    assert!(tenant.number(key(5)).is_some());
    tenant.settle();
    assert_eq!(
        listed(&tenant),
        ["+14255550101", "+14255550102", "+14255550105"]
    );
    assert_eq!(held(&tenant, ONE), ["+14255550101", "+14255550102"]);
    // What was added and taken away before anything was settled never was.
    assert!(does(
        &mut tenant,
        &Object::Number(key(3)),
        fields(json!({"TelephoneNumber": "+14255550103"}))
    ));
    assert!(does(&mut tenant, &Object::Number(key(3)), What::Removed));
    assert!(tenant.number(key(3)).is_none());
    tenant.settle();
    assert_eq!(tenant.numbers.len(), 3);
}

#[test]
fn numbers_of_the_same_digits_are_found_while_some_of_them_come_and_go() {
    let extension = |of: &str| Object::Number(PhoneNumber::parse(of).expect("a number"));
    let mut tenant = built();
    let first = |tenant: &Tenant| {
        let number = PhoneNumber::parse("+14255550101;ext=7").expect("a number");
        let number = tenant.number(number).expect("it is there");
        tenant.same_digits_as(number).map(|one| one.key.to_string())
    };
    for number in ["+14255550101;ext=5", "+14255550101;ext=7"] {
        let row = fields(json!({"TelephoneNumber": number}));
        assert!(does(&mut tenant, &extension(number), row));
    }
    assert_eq!(first(&tenant).as_deref(), Some("+14255550101"));
    tenant.settle();
    assert_eq!(first(&tenant).as_deref(), Some("+14255550101"));
    assert!(does(&mut tenant, &Object::Number(key(1)), What::Removed));
    assert_eq!(first(&tenant).as_deref(), Some("+14255550101;ext=5"));
    let other = extension("+14255550101;ext=5");
    assert!(does(&mut tenant, &other, What::Removed));
    assert_eq!(first(&tenant), None);
}

#[test]
fn accounts_that_come_and_go_are_joined_anew() {
    let mut tenant = built();
    let user = Object::User(id(TWO));
    assert!(does(&mut tenant, &user, What::Removed));
    assert!(!does(&mut tenant, &user, What::Removed));
    assert!(tenant.user(id(TWO)).is_none());
    tenant.settle();
    assert_eq!(tenant.users.len(), 1);
    let added = fields(json!({"UserPrincipalName": "two@contoso.example", "AccountType": "User"}));
    let first = "00000000-0000-4000-8000-000000000000".replace("0000000000", "0000000009");
    let other = Object::User(id(&first));
    assert!(does(&mut tenant, &other, added));
    assert!(tenant.user(id(&first)).is_some());
    tenant.settle();
    assert_eq!(tenant.users.len(), 2);
    assert!(tenant.user(id(ONE)).is_some());
}

#[test]
fn what_is_not_there_cannot_be_taken_away() {
    let mut tenant = built();
    let none = id(OTHER);
    for object in [
        Object::Association(none),
        Object::App(id(TWO)),
        Object::Gateway("sbc9.contoso.example".to_owned()),
        Object::GroupPolicy(none, "teamscallingpolicy".to_owned()),
        Object::GroupPolicy(id(ONE), "teamsmeetingpolicy".to_owned()),
        Object::NumberPolicy(key(5), "onlinevoiceroutingpolicy".to_owned()),
        Object::NumberPolicy(key(1), "teamscallingpolicy".to_owned()),
        Object::Location(none),
        Object::CivicAddress(none),
        Object::Membership(none, none),
    ] {
        assert!(!does(&mut tenant, &object, What::Removed), "{object:?}");
        assert!(tenant.is_settled(), "{object:?}");
    }
    for object in [
        Object::Association(id(ONE)),
        Object::App(id(QUEUE)),
        Object::Gateway("sbc1.contoso.example".to_owned()),
        Object::GroupPolicy(id(ONE), "teamscallingpolicy".to_owned()),
        Object::NumberPolicy(key(1), "onlinevoiceroutingpolicy".to_owned()),
        Object::Location(id(ONE)),
        Object::CivicAddress(id(ONE)),
    ] {
        assert!(does(&mut tenant, &object, What::Removed), "{object:?}");
        assert!(!does(&mut tenant, &object, What::Removed), "{object:?}");
    }
    tenant.settle();
    // The others are all there, and found.
    assert_eq!(tenant.associations.len(), 1);
    assert_eq!(tenant.associations[0].account.get(), Some(id(THREE)));
    assert!(tenant.app(id(OTHER)).is_some() && tenant.app(id(QUEUE)).is_none());
    assert_eq!(tenant.group_policies.len(), 1);
    assert_eq!(tenant.number_policies.len(), 1);
    assert!(tenant.location(id(THREE)).is_some() && tenant.location(id(ONE)).is_none());
    assert!(tenant.civic_address(id(THREE)).is_some() && tenant.civic_address(id(ONE)).is_none());
}

#[test]
fn names_behind_one_that_is_taken_away_still_lead_to_their_objects() {
    let mut tenant = built();
    let ports = |tenant: &Tenant| {
        ["sbc1", "sbc2", "sbc3"].map(|name| {
            let gateway = tenant.gateways.find(&format!("{name}.contoso.example"))?;
            gateway.at("SipSignalingPort").records[0].start.into()
        })
    };
    let before: [Option<u64>; 3] = ports(&tenant);
    let middle = Object::Gateway("sbc2.contoso.example".to_owned());
    assert!(does(&mut tenant, &middle, What::Removed));
    assert_eq!(ports(&tenant), [before[0], None, before[2]]);
    assert_ne!(before[0], before[2]);
}

#[test]
fn what_is_added_stands_where_it_is_looked_up() {
    let mut tenant = built();
    let location = fields(json!({"CivicAddressId": ONE}));
    for (object, what) in [
        (Object::Location(id(TWO)), location),
        (
            Object::CivicAddress(id(TWO)),
            fields(json!({"CivicAddressId": TWO, "CountryOrRegion": "DE"})),
        ),
        (
            Object::Association(id(TWO)),
            fields(json!({"Id": TWO, "ConfigurationId": OTHER})),
        ),
        (
            Object::NumberPolicy(key(5), "onlinevoiceroutingpolicy".to_owned()),
            fields(
                json!({"TelephoneNumber": "14255550105", "PolicyType": "OnlineVoiceRoutingPolicy", "PolicyName": "C"}),
            ),
        ),
        (
            Object::Operator("charlie".to_owned()),
            fields(json!({"Name": "Charlie", "Status": "Active"})),
        ),
    ] {
        assert!(does(&mut tenant, &object, what), "{object:?}");
    }
    for account in [ONE, TWO, THREE] {
        assert!(tenant.civic_address(id(account)).is_some(), "{account}");
        let of = |one: &&_| {
            let one: &crate::tenant::Merged<crate::snapshot::record::AssociationRecord> = one;
            one.account.get() == Some(id(account))
        };
        assert_eq!(tenant.associations.iter().filter(of).count(), 1);
    }
    let accounts: Vec<_> = tenant
        .associations
        .iter()
        .map(|one| one.account.get())
        .collect();
    assert!(accounts.is_sorted(), "{accounts:?}");
    let addresses: Vec<_> = tenant
        .civic_addresses
        .iter()
        .map(|one| one.id.get())
        .collect();
    assert!(addresses.is_sorted(), "{addresses:?}");
    let operators: Vec<_> = tenant
        .operators
        .iter()
        .map(|one| one.identity.clone())
        .collect();
    assert_eq!(operators, ["bravo", "charlie", "delta"]);
    tenant.settle();
    assert_eq!(tenant.number_policies.len(), 3);
}

#[test]
fn an_edit_settles_what_records_contradicted_each_other_about_and_nothing_else() {
    let record = |mode: &str, location: &str| {
        json!([{"Identity": ONE, "UserPrincipalName": "one@contoso.example", "AccountType": "User",
            "UsageLocation": location, "TeamsUpgradeEffectiveMode": mode}])
        .to_string()
    };
    let texts = [record("TeamsOnly", "US"), record("Islands", "DE")];
    let mut tenant = tenant(&[("users-1.json", &texts[0]), ("users-2.json", &texts[1])]);
    let disputed = |tenant: &Tenant| {
        let properties = ["TeamsUpgradeEffectiveMode", "UsageLocation", "AccountType"];
        properties.map(|property| tenant.users[0].contradicts(property))
    };
    assert_eq!(disputed(&tenant), [true, true, false]);
    let user = Object::User(id(ONE));
    let mode = What::Set("TeamsUpgradeEffectiveMode", json!("TeamsOnly"));
    assert!(does(&mut tenant, &user, mode));
    assert_eq!(disputed(&tenant), [false, true, false]);
    assert!(tenant.users[0].upgrade_mode.value().is_some());
    assert!(tenant.users[0].usage_location.is_absent());
}
