//! Licenses that change, on small tenants.

use serde_json::{Value, json};

use super::*;
use crate::plan::act::Met;
use crate::tenant::testing::tenant;

const ID: &str = "00000000-0000-4000-8000-000000000001";

fn state(features: &str, plan: &str) -> State {
    let users = format!(
        r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","AccountType":"ResourceAccount","UsageLocation":"US",
            "FeatureTypes":["{features}"],"AssignedPlan":[{{"Capability":"{plan}","CapabilityStatus":"Enabled"}}]}}]"#
    );
    let accounts = format!(r#"[{{"ObjectId":"{ID}","UserPrincipalName":"a@contoso.example"}}]"#);
    let skus = r#"[{"skuId":"440eaaa8-b3e0-484b-a8be-62870b9ba70a","skuPartNumber":"PHONESYSTEM_VIRTUALUSER","consumedUnits":2,
        "prepaidUnits":{"enabled":2,"lockedOut":0,"suspended":0,"warning":0}}]"#;
    State::new(tenant(&[
        ("Get-CsOnlineUser.json", users.as_str()),
        ("Get-CsOnlineApplicationInstance.json", &accounts),
        ("subscribedSkus.json", skus),
    ]))
}

fn id() -> ObjectId {
    ObjectId::parse(ID).expect("an id")
}

#[test]
fn a_plan_that_only_the_features_tell_of_is_not_written_into_the_plans() {
    let state = state("PhoneSystem", "MCOEV_VIRTUALUSER");
    let sku = state.tenant.resource_account_sku().id;
    let mut effect = Effect::default();
    change(&[(id(), Change::own(&[], &[sku]))], &state, &mut effect);
    let told = effect.edits.iter().find_map(|edit| match &edit.what {
        crate::tenant::edit::What::Set("AssignedPlan", value) => Some(value.to_string()),
        _ => None,
    });
    let told = told.expect("the plans are set");
    assert!(!told.contains("MCOEV"), "{told}");
}

/// What becomes of the license for a number when this SKU goes: an account with Teams Phone, these properties, and
/// such a list of SKUs.
fn kept(properties: &str, brings: Option<&str>) -> Vec<(Met, String)> {
    const SKU: &str = "12345678-2deb-40f3-8b6d-0334268f47b3";
    let users = format!(
        r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","AccountType":"User","UsageLocation":"US"{properties},
            "AssignedPlan":[{{"Capability":"MCOEV","CapabilityStatus":"Enabled","ServicePlanId":"4828c8ec-dc2e-4779-b502-87ac9ce28ab7"}}]}}]"#
    );
    let licenses = format!(
        r#"[{{"id":"{ID}","userPrincipalName":"a@contoso.example","accountEnabled":true,"assignedLicenses":[{{"skuId":"{SKU}","disabledPlans":[]}}]}}]"#
    );
    let plans = brings.map_or(String::new(), |plan| {
        format!(
            r#","servicePlans":[{{"servicePlanId":"{plan}","servicePlanName":"X","provisioningStatus":"Success"}}]"#
        )
    });
    let skus = format!(
        r#"[{{"skuId":"{SKU}","skuPartNumber":"NEW","consumedUnits":1,"prepaidUnits":{{"enabled":5}}{plans}}}]"#
    );
    let state = State::new(tenant(&[
        ("Get-CsOnlineUser.json", users.as_str()),
        ("graph-users.json", &licenses),
        ("subscribedSkus.json", &skus),
    ]));
    let act = Act::ChangeLicense {
        account: id(),
        add: Vec::new(),
        remove: vec![ObjectId::parse(SKU).expect("an id")],
    };
    let needs = needs(&act, &state).into_iter();
    let needs = needs.filter(|need| need.what.ends_with("keeps a license for its number"));
    needs.map(|need| (need.met, need.instead)).collect()
}

#[test]
fn a_sku_that_no_table_has_may_be_the_last_license_of_a_number() {
    let line = r#","LineUri":"tel:+12065550102""#;
    let phone = Some("4828c8ec-dc2e-4779-b502-87ac9ce28ab7");
    let lost = kept(line, phone);
    assert_eq!(lost[0].0, Met::No);
    assert!(lost[0].1.contains("`+12065550102`"), "{lost:?}");
    assert_eq!(kept(line, None)[0].0, Met::Unknown);
    let other = Some("00000000-0000-4000-8000-0000000000fd");
    assert_eq!(kept(line, other), []);
    // Whether it has a number that would be lost is not told.
    assert_eq!(kept("", phone)[0].0, Met::Unknown);
    assert_eq!(kept(r#","LineUri":null"#, phone), []);
}

const PHONE: &str = "e43b5b99-8dfb-405f-9987-dc307f34bcbd";
const GROUP: &str = "00000000-0000-4000-8000-0000000000aa";
const OTHER: &str = "00000000-0000-4000-8000-0000000000bb";
const MCOEV: &str = "4828c8ec-dc2e-4779-b502-87ac9ce28ab7";

/// A person with a number of an operator and Teams Phone, which comes from these: a group or the account itself, and a
/// plan that is switched off there.
fn licensed_by(from: &[(Option<&str>, Option<&str>)]) -> State {
    let states: Vec<Value> = from
        .iter()
        .map(|(group, off)| {
            let off: Vec<&str> = off.iter().copied().collect();
            json!({"skuId": PHONE, "assignedByGroup": group, "disabledPlans": off, "error": "None"})
        })
        .collect();
    let users = json!([{
        "Identity": ID, "UserPrincipalName": "a@contoso.example", "AccountType": "User", "UsageLocation": "US",
        "LineUri": "tel:+12065550102", "EnterpriseVoiceEnabled": true,
        "AssignedPlan": [{"Capability": "MCOEV", "CapabilityStatus": "Enabled", "ServicePlanId": MCOEV}],
    }]);
    let licenses = json!([{
        "id": ID, "userPrincipalName": "a@contoso.example", "accountEnabled": true,
        "assignedLicenses": [{"skuId": PHONE, "disabledPlans": []}], "licenseAssignmentStates": states,
    }]);
    let numbers = json!([{"TelephoneNumber": "+12065550102", "NumberType": "OperatorConnect",
        "AssignedPstnTargetId": ID, "PstnAssignmentStatus": "UserAssigned"}]);
    let skus = json!([{"skuId": PHONE, "skuPartNumber": "MCOEV", "consumedUnits": 3, "prepaidUnits": {"enabled": 5}}]);
    let members = json!([{"groupId": GROUP, "id": ID}, {"groupId": OTHER, "id": ID}]);
    let texts = [users, licenses, numbers, skus, members].map(|one| one.to_string());
    let names = [
        "Get-CsOnlineUser.json",
        "graph-users.json",
        "Get-CsPhoneNumberAssignment.json",
        "subscribedSkus.json",
        "group-members.json",
    ];
    let files: Vec<(&str, &str)> = names
        .into_iter()
        .zip(texts.iter().map(String::as_str))
        .collect();
    State::new(tenant(&files))
}

/// What is asked of the license for the number, whether the account has it behind the act, and how many units are in
/// use then.
fn behind(act: &Act, mut state: State) -> (Vec<Met>, bool, Option<i64>) {
    let needs = act.needs(&state).into_iter();
    let needs = needs.filter(|need| need.what.ends_with("keeps a license for its number"));
    let asked = needs.map(|need| need.met).collect();
    let effect = act.effect(&state);
    let _ = state.apply(
        effect,
        crate::source::Span::start_of(crate::source::SourceId(0)),
    );
    state.tenant.settle();
    let user = state.user(id()).expect("the account");
    let keeps = state.tenant.licensed(user, PlanClass::PhoneSystem) == Answer::Yes;
    assert_eq!(keeps, state.line(id()).is_some(), "the number goes with it");
    (asked, keeps, state.tenant.skus[0].consumed.get())
}

#[test]
fn what_a_group_brings_as_well_stays_when_the_own_license_goes() {
    let act = Act::ChangeLicense {
        account: id(),
        add: Vec::new(),
        remove: vec![ObjectId::parse(PHONE).expect("an id")],
    };
    let both = licensed_by(&[(None, None), (Some(GROUP), None)]);
    assert_eq!(behind(&act, both), (vec![], true, Some(3)));
    let own = licensed_by(&[(None, None)]);
    assert_eq!(behind(&act, own), (vec![Met::No], false, Some(2)));
    // The group does not bring the plan that matters.
    let off = licensed_by(&[(None, None), (Some(GROUP), Some(MCOEV))]);
    assert_eq!(behind(&act, off), (vec![Met::No], false, Some(3)));
}

#[test]
fn a_license_that_never_came_or_is_switched_off_keeps_no_number() {
    const E5: &str = "06ebc4ee-1bb5-47dd-8120-11324bc54e06";
    const MINUTES: &str = "0dab259f-bf13-4952-b7f8-7db8f131b28d";
    let state = |more: &[(&str, String)]| {
        let files = [
            (
                "Get-CsOnlineUser.json",
                json!([{
                    "Identity": ID, "UserPrincipalName": "a@contoso.example", "AccountType": "User", "UsageLocation": "US",
                    "LineUri": "tel:+12065550102", "EnterpriseVoiceEnabled": true,
                    "AssignedPlan": [{"Capability": "MCOEV", "CapabilityStatus": "Enabled", "ServicePlanId": MCOEV}],
                }]),
            ),
            (
                "Get-CsPhoneNumberAssignment.json",
                json!([{"TelephoneNumber": "+12065550102", "NumberType": "OperatorConnect",
                    "AssignedPstnTargetId": ID, "PstnAssignmentStatus": "UserAssigned"}]),
            ),
            (
                "subscribedSkus.json",
                json!([{"skuId": PHONE, "skuPartNumber": "MCOEV", "consumedUnits": 3, "prepaidUnits": {"enabled": 5}}]),
            ),
        ];
        let files = files.map(|(name, text)| (name, text.to_string()));
        let files: Vec<(&str, &str)> = files
            .iter()
            .chain(more)
            .map(|(name, text)| (*name, text.as_str()))
            .collect();
        State::new(tenant(&files))
    };
    let change = |add: &[&str], remove: &[&str]| {
        let ids = |skus: &[&str]| skus.iter().filter_map(|sku| ObjectId::parse(sku)).collect();
        Act::ChangeLicense {
            account: id(),
            add: ids(add),
            remove: ids(remove),
        }
    };
    let failed = json!([{
        "id": ID, "userPrincipalName": "a@contoso.example", "accountEnabled": true,
        "assignedLicenses": [{"skuId": PHONE, "disabledPlans": []}],
        "licenseAssignmentStates": [
            {"skuId": PHONE, "assignedByGroup": null, "disabledPlans": [], "error": "None"},
            {"skuId": E5, "assignedByGroup": GROUP, "disabledPlans": [], "error": "CountViolation"},
        ],
    }]);
    let failed = [("graph-users.json", failed.to_string())];
    let lost = (vec![Met::No], false, Some(2));
    assert_eq!(behind(&change(&[], &[PHONE]), state(&failed)), lost);
    let row = |sku: &str, status: &str| {
        json!({"id": sku, "skuId": sku, "skuPartNumber": "X", "servicePlans":
            [{"servicePlanId": MCOEV, "servicePlanName": "MCOEV", "provisioningStatus": status}]})
    };
    let details = json!({
        "@odata.context": format!("https://graph.microsoft.com/v1.0/$metadata#users('{ID}')/licenseDetails"),
        "value": [row(E5, "Disabled"), row(PHONE, "Success")],
    });
    let details = [("graph-licenseDetails-a.json", details.to_string())];
    assert_eq!(behind(&change(&[], &[PHONE]), state(&details)), lost);
    // A step before does not switch it on.
    let mut later = state(&details);
    let effect = change(&[MINUTES], &[]).effect(&later);
    let _ = later.apply(
        effect,
        crate::source::Span::start_of(crate::source::SourceId(0)),
    );
    later.tenant.settle();
    assert_eq!(behind(&change(&[], &[PHONE]), later), lost);
}

#[test]
fn who_leaves_the_group_of_a_license_keeps_what_comes_from_elsewhere() {
    let act = Act::SetGroupMembers {
        group: ObjectId::parse(GROUP).expect("an id"),
        add: Vec::new(),
        remove: vec![id()],
    };
    let last = licensed_by(&[(Some(GROUP), None)]);
    let undo = act.undo(&last);
    assert_eq!(behind(&act, last), (vec![Met::No], false, Some(2)));
    let Undo::Commands(undo) = undo else {
        panic!("{undo:?}");
    };
    assert!(
        undo[2].starts_with("Set-CsPhoneNumberAssignment"),
        "{undo:?}"
    );
    for other in [None, Some(OTHER)] {
        let both = licensed_by(&[(Some(GROUP), None), (other, None)]);
        assert_eq!(behind(&act, both), (vec![], true, Some(3)), "{other:?}");
    }
    // Another group brings it.
    let elsewhere = licensed_by(&[(Some(OTHER), None)]);
    assert_eq!(behind(&act, elsewhere), (vec![], true, Some(3)));
}

#[test]
fn which_group_brings_a_license_is_not_known_without_its_states() {
    let of = |line: &str, features: &str| {
        let users = format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","AccountType":"User","LineUri":{line},"FeatureTypes":["Teams"{features}]}}]"#
        );
        let state = State::new(tenant(&[("Get-CsOnlineUser.json", users.as_str())]));
        is_of_others("Sales", id(), &state).map(|need| need.met)
    };
    let line = r#""tel:+12065550102""#;
    assert_eq!(of(line, r#","PhoneSystem""#), Some(Met::Unknown));
    // Nothing is lost where there is no number, or no license.
    assert_eq!(of(line, ""), None);
    assert_eq!(of("null", r#","PhoneSystem""#), None);
}

#[test]
fn the_license_of_a_resource_account_is_free_when_it_goes() {
    let one = state("VoiceApp", "MCOEV_VIRTUALUSER");
    assert_eq!(
        freed_with(id(), &one),
        [one.tenant.resource_account_sku().id]
    );
    let other = state("Teams", "TEAMS1");
    assert_eq!(freed_with(id(), &other), []);
}

#[test]
fn a_number_that_goes_with_a_license_comes_back_in_its_category() {
    let users = json!([{
        "Identity": ID, "UserPrincipalName": "a@contoso.example", "AccountType": "User", "UsageLocation": "US",
        "LineUri": "tel:+12065550102", "EnterpriseVoiceEnabled": true,
        "AssignedPlan": [{"Capability": "MCOEV", "CapabilityStatus": "Enabled", "ServicePlanId": MCOEV}],
    }]);
    let number = |number: &str, category: &str| {
        json!({"TelephoneNumber": number, "NumberType": "OperatorConnect", "AssignedPstnTargetId": ID,
            "PstnAssignmentStatus": "UserAssigned", "AssignmentCategory": category})
    };
    let numbers = json!([
        number("+12065550102", "Primary"),
        number("+12065550103", "Alternate")
    ]);
    let licenses = json!([{
        "id": ID, "userPrincipalName": "a@contoso.example", "accountEnabled": true,
        "assignedLicenses": [{"skuId": PHONE, "disabledPlans": []}],
    }]);
    let [users, numbers, licenses] = [users, numbers, licenses].map(|one| one.to_string());
    let state = State::new(tenant(&[
        ("Get-CsOnlineUser.json", users.as_str()),
        ("Get-CsPhoneNumberAssignment.json", &numbers),
        ("graph-users.json", &licenses),
    ]));
    let act = Act::ChangeLicense {
        account: id(),
        add: Vec::new(),
        remove: vec![ObjectId::parse(PHONE).expect("an id")],
    };
    let Undo::Commands(back) = act.undo(&state) else {
        panic!("it can be taken back");
    };
    assert_eq!(back.len(), 3, "{back:?}");
    assert!(!back[1].contains("-AssignmentCategory"), "{back:?}");
    assert!(
        back[2].contains("'+12065550103'") && back[2].ends_with("-AssignmentCategory Alternate"),
        "{back:?}"
    );
}

#[test]
fn plans_that_were_switched_off_stay_so_when_a_change_is_taken_back() {
    let sku = ObjectId::parse(PHONE).expect("an id");
    let back = |add: &[ObjectId], remove: &[ObjectId], states: Value| {
        let mut licenses = json!([{
            "id": ID, "userPrincipalName": "a@contoso.example", "accountEnabled": true,
            "assignedLicenses": [{"skuId": PHONE, "disabledPlans": [MCOEV]}],
        }]);
        if !states.is_null() {
            licenses[0]["licenseAssignmentStates"] = states;
        }
        let users = json!([{"Identity": ID, "UserPrincipalName": "a@contoso.example", "AccountType": "User", "LineUri": null}]);
        let [users, licenses] = [users, licenses].map(|one| one.to_string());
        let state = State::new(tenant(&[
            ("Get-CsOnlineUser.json", users.as_str()),
            ("graph-users.json", &licenses),
        ]));
        let act = Act::ChangeLicense {
            account: id(),
            add: add.to_vec(),
            remove: remove.to_vec(),
        };
        match act.undo(&state) {
            Undo::Commands(back) => back.concat(),
            other => format!("{other:?}"),
        }
    };
    let states = |off: &[&str]| json!([{"skuId": PHONE, "assignedByGroup": null, "disabledPlans": off, "error": "None"}]);
    let added = |plans: &str| {
        format!(
            "Set-MgUserLicense -UserId 'a@contoso.example' -AddLicenses @(@{{SkuId='{PHONE}'{plans}}}) -RemoveLicenses @()"
        )
    };
    let off = added(&format!("; DisabledPlans=@('{MCOEV}')"));
    assert_eq!(back(&[], &[sku], states(&[MCOEV])), off);
    // What it has already gets all its plans.
    assert_eq!(back(&[sku], &[], states(&[MCOEV])), off);
    assert_eq!(back(&[], &[sku], states(&[])), added(""));
    let untold = added("; DisabledPlans=<plans that were switched off>");
    assert_eq!(back(&[], &[sku], Value::Null), untold);
}
