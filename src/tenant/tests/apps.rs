//! Auto attendants and call queues: which accounts serve them, and whether callers reach them directly.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{ONE, THREE, TWO, id, text};
use crate::snapshot::ObjectId;
use crate::tenant::testing::tenant;
use crate::tenant::{Answer, Lead, Tenant, Way};

const ATTENDANT: &str = "00000000-0000-4000-8000-0000000000aa";
const QUEUE: &str = "00000000-0000-4000-8000-0000000000cc";

fn built(files: &[(&str, Value)]) -> Tenant {
    let texts: Vec<(&str, String)> = files
        .iter()
        .map(|(name, value)| (*name, value.to_string()))
        .collect();
    let files: Vec<(&str, &str)> = texts
        .iter()
        .map(|(name, text)| (*name, text.as_str()))
        .collect();
    tenant(&files)
}

/// An export of resource accounts, the first with this number.
fn accounts(number: &Value) -> (&'static str, Value) {
    let list = json!([
        {"ObjectId": ONE, "UserPrincipalName": "aa@contoso.example", "ApplicationId": THREE, "PhoneNumber": number},
        {"ObjectId": TWO, "UserPrincipalName": "cq@contoso.example", "ApplicationId": THREE, "PhoneNumber": null},
    ]);
    ("Get-CsOnlineApplicationInstance.json", list)
}

/// An auto attendant that leads to a call queue: the first account serves the one, the second the other.
fn nested() -> [(&'static str, Value); 2] {
    let menu = json!({"Menu": {"MenuOptions": [{"Action": "TransferCallToTarget", "CallTarget": {"Id": TWO, "Type": "ApplicationEndpoint"}}]}});
    [
        (
            "Get-CsAutoAttendant.json",
            json!([{"Identity": ATTENDANT, "Name": "Main", "DefaultCallFlow": menu, "ApplicationInstances": [ONE]}]),
        ),
        (
            "Get-CsCallQueue.json",
            json!([{"Identity": QUEUE, "Name": "Sales", "RoutingMethod": "Serial", "ApplicationInstances": [TWO]}]),
        ),
    ]
}

fn reachable(tenant: &Tenant) -> [Answer; 2] {
    [ATTENDANT, QUEUE].map(|app| tenant.is_directly_reachable(id(app)))
}

#[test]
fn a_queue_behind_an_attendant_with_a_number_is_not_reached_directly() {
    let [attendant, queue] = nested();
    let tenant = built(&[accounts(&json!("tel:+14255550101")), attendant, queue]);
    assert_eq!(reachable(&tenant), [Answer::Yes, Answer::No]);
}

#[test]
fn an_attendant_behind_an_attendant_without_numbers_is_reached_by_nobody() {
    let app = |app: &str, account: &str| json!({"Identity": app, "Name": app, "DefaultCallFlow": {}, "ApplicationInstances": account});
    let both = json!([app(ATTENDANT, ONE), app(QUEUE, TWO)]);
    let tenant = built(&[accounts(&Value::Null), ("Get-CsAutoAttendant.json", both)]);
    assert_eq!(reachable(&tenant), [Answer::No, Answer::No]);
}

#[test]
fn an_account_that_is_shared_for_calling_is_reached_without_a_number_of_its_own() {
    let [attendant, queue] = nested();
    let shared = json!([{"Identity": "Tag:SC", "ResourceAccount": TWO, "EmergencyNumbers": []}]);
    let tenant = built(&[
        accounts(&Value::Null),
        attendant,
        queue,
        ("Get-CsTeamsSharedCallingRoutingPolicy.json", shared),
    ]);
    assert_eq!(reachable(&tenant), [Answer::No, Answer::Yes]);
}

#[test]
fn the_inventory_or_the_line_uri_gives_an_account_its_number() {
    let [attendant, queue] = nested();
    let bare = (
        "Get-CsOnlineApplicationInstance.json",
        json!([{"ObjectId": ONE, "ApplicationId": THREE}, {"ObjectId": TWO, "ApplicationId": THREE}]),
    );
    let with = |name: &'static str, value: Value| {
        let tenant = built(&[
            bare.clone(),
            attendant.clone(),
            queue.clone(),
            (name, value),
        ]);
        let account = |account: &str| {
            let account = tenant.resource_account(id(account)).expect("the account");
            tenant.has_number(account)
        };
        let reached = reachable(&tenant);
        assert_eq!([account(ONE), account(TWO)], reached);
        reached
    };
    let inventory = |number: Value| with("Get-CsPhoneNumberAssignment.json", json!([number]));
    let number = |target: &Value| json!({"TelephoneNumber": "+14255550101", "NumberType": "DirectRouting", "AssignedPstnTargetId": target});
    assert_eq!(inventory(number(&json!(ONE))), [Answer::Yes, Answer::No]);
    assert_eq!(inventory(number(&Value::Null)), [Answer::No, Answer::No]);
    // An inventory that names no holders gives nobody a number, and takes none away.
    let bare_number = json!({"TelephoneNumber": "+14255550101", "NumberType": "DirectRouting"});
    let unknown = [Answer::Unknown, Answer::Unknown];
    assert_eq!(inventory(bare_number), unknown);
    let user = |line: Value| {
        with(
            "Get-CsOnlineUser.json",
            json!([{"Identity": ONE, "UserPrincipalName": "aa", "LineUri": line}]),
        )
    };
    assert_eq!(
        user(json!("tel:+14255550101")),
        [Answer::Yes, Answer::Unknown]
    );
    assert_eq!(user(Value::Null), [Answer::No, Answer::Unknown]);
    assert_eq!(with("Get-CsOnlinePstnUsage.json", json!([])), unknown);
}

#[test]
fn an_app_whose_account_no_export_lists_may_be_reachable() {
    let [attendant, queue] = nested();
    let tenant = built(&[attendant, queue]);
    assert_eq!(reachable(&tenant), [Answer::Unknown, Answer::Unknown]);
}

#[test]
fn associations_count_from_either_export() {
    let attendants = json!([{"Identity": ATTENDANT, "Name": "Main", "DefaultCallFlow": {}}]);
    let associations = json!([
        {"Id": ONE, "ConfigurationId": ATTENDANT, "ConfigurationType": "AutoAttendant"},
        {"Id": TWO, "ConfigurationId": ATTENDANT, "ConfigurationType": "AutoAttendant"},
        {"Id": ONE, "ConfigurationId": ATTENDANT, "ConfigurationType": "AutoAttendant"},
    ]);
    let tenant = built(&[
        accounts(&json!("+14255550101")),
        ("Get-CsAutoAttendant.json", attendants.clone()),
        (
            "Get-CsOnlineApplicationInstanceAssociation.json",
            associations,
        ),
    ]);
    assert!(tenant.knows_associations());
    assert_eq!(tenant.accounts_of(id(ATTENDANT)), [id(ONE), id(TWO)]);
    let account = tenant.resource_account(id(TWO)).expect("the account");
    assert_eq!(account.apps, [id(ATTENDANT)]);
    assert_eq!(tenant.is_directly_reachable(id(ATTENDANT)), Answer::Yes);
    let app = tenant.app(id(ATTENDANT)).expect("the app");
    assert_eq!(text(&tenant, app.name.get()), "Main");
    assert!(tenant.app(id(QUEUE)).is_none());

    // Without them it cannot be said which account serves what.
    let tenant = built(&[
        accounts(&json!("+14255550101")),
        ("Get-CsAutoAttendant.json", attendants),
    ]);
    assert!(!tenant.knows_associations());
    assert!(tenant.accounts_of(id(ATTENDANT)).is_empty());
    assert_eq!(tenant.is_directly_reachable(id(ATTENDANT)), Answer::Unknown);
}

#[test]
fn apps_tell_their_accounts_only_when_both_kinds_do() {
    let [attendant, queue] = nested();
    assert!(built(&[attendant.clone(), queue.clone()]).knows_associations());
    assert!(!built(std::slice::from_ref(&attendant)).knows_associations());
    assert!(!built(&[queue]).knows_associations());
    // An export without records lacks nothing.
    assert!(built(&[attendant, ("Get-CsCallQueue.json", json!([]))]).knows_associations());
}

#[test]
fn an_app_without_account_is_not_reached_directly() {
    let attendants = json!([{"Identity": ATTENDANT, "Name": "Main", "DefaultCallFlow": {}, "ApplicationInstances": []}]);
    let queues = json!([{"Identity": QUEUE, "Name": "Sales", "RoutingMethod": "Serial", "ApplicationInstances": null}]);
    let tenant = built(&[
        ("Get-CsAutoAttendant.json", attendants),
        ("Get-CsCallQueue.json", queues),
    ]);
    assert_eq!(reachable(&tenant), [Answer::No, Answer::No]);
}

#[test]
fn an_app_is_the_subject_that_its_export_says() {
    use crate::finding::SubjectKind;
    let tenant = built(&nested());
    let kinds: Vec<SubjectKind> = [ATTENDANT, QUEUE]
        .iter()
        .map(|app| {
            tenant
                .app_subject(tenant.app(id(app)).expect("the app"))
                .kind
        })
        .collect();
    assert_eq!(kinds, [SubjectKind::AutoAttendant, SubjectKind::CallQueue]);
}

#[test]
fn only_a_person_who_is_named_as_one_is_called() {
    let target = |person: &str, kind: &str| {
        let queue = json!([{"Identity": QUEUE, "Name": "Sales", "RoutingMethod": "Serial", "ApplicationInstances": [],
            "OverflowActionTarget": {"Id": person, "Type": kind}}]);
        let tenant = built(&[("Get-CsCallQueue.json", queue)]);
        tenant.calls_to_person(id(ONE)).len()
    };
    assert_eq!(target(ONE, "User"), 1);
    assert_eq!(target(ONE, "ApplicationEndpoint"), 0);
    assert_eq!(target(TWO, "User"), 0);
}

#[test]
fn every_account_is_found_among_its_associations() {
    let four = "00000000-0000-4000-8000-000000000004";
    let accounts: Vec<Value> = [ONE, TWO, THREE, four]
        .iter()
        .map(|account| json!({"ObjectId": account, "ApplicationId": ONE}))
        .collect();
    let associations: Vec<Value> = [ONE, TWO, THREE]
        .iter()
        .map(|account| json!({"Id": account, "ConfigurationId": QUEUE, "ConfigurationType": "CallQueue"}))
        .collect();
    let tenant = built(&[
        ("Get-CsOnlineApplicationInstance.json", json!(accounts)),
        (
            "Get-CsOnlineApplicationInstanceAssociation.json",
            json!(associations),
        ),
    ]);
    let services: Vec<usize> = tenant
        .resource_accounts
        .iter()
        .map(|account| tenant.services_of(account).len())
        .collect();
    assert_eq!(services, [1, 1, 1, 0]);
}

fn queue_id(at: usize) -> String {
    format!("00000000-0000-4000-8000-0000000cc{at:03}")
}

/// Queues that share the first account, each of which sends calls to it.
fn sharing(many: usize) -> Tenant {
    let target = json!({"Id": ONE, "Type": "ApplicationEndpoint"});
    let queues = (1..=many).map(|at| {
        json!({"Identity": queue_id(at), "Name": format!("{at}"), "RoutingMethod": "Serial",
            "ApplicationInstances": [ONE], "OverflowActionTarget": target})
    });
    let [attendant, _] = nested();
    let queues = json!(queues.collect::<Vec<_>>());
    built(&[
        accounts(&Value::Null),
        attendant,
        ("Get-CsCallQueue.json", queues),
    ])
}

#[test]
fn each_of_many_apps_that_share_an_account_is_told_once_of_and_leads_to_all_of_them() {
    let tenant = sharing(40);
    let first = id(&queue_id(1));
    let ids = |leads: &[&Lead]| -> Vec<ObjectId> { leads.iter().map(|lead| lead.from).collect() };
    let all = tenant.leads_to(first);
    assert_eq!(all.len(), 40);
    assert!(all.iter().all(|lead| lead.way == Way::Account));
    assert!(ids(&all).is_sorted());
    // Not forty for each of forty.
    assert_eq!(tenant.leads().to_account(id(ONE)).len(), 40);
    assert!(tenant.leads().to_app(first).is_empty());
    let circles = tenant.app_circles();
    let circle = &circles.all[circles.of(first).unwrap()];
    assert_eq!(circle.apps.len(), 40);
    assert!(circle.above.is_empty());
}

#[test]
fn what_leads_to_an_account_stands_above_its_apps_in_the_order_in_which_it_is_written() {
    let target = |account: &str| json!({"Id": account, "Type": "ApplicationEndpoint"});
    let queue = |at: &str, accounts: Value, to: Value| {
        json!({"Identity": at, "Name": at, "RoutingMethod": "Serial", "ApplicationInstances": accounts,
            "OverflowActionTarget": to, "TimeoutActionTarget": null})
    };
    let [a, b, c, d] = [1, 2, 3, 4].map(queue_id);
    let queues = json!([
        queue(&a, json!([]), target(TWO)),
        queue(&b, json!([ONE, TWO]), Value::Null),
        queue(
            &c,
            json!([TWO]),
            json!({"Id": b, "Type": "ConfigurationEndpoint"})
        ),
        queue(&d, json!([]), target(ONE)),
    ]);
    let tenant = built(&[
        accounts(&Value::Null),
        ("Get-CsAutoAttendant.json", json!([])),
        ("Get-CsCallQueue.json", queues),
    ]);
    let from = |app: &str| -> Vec<(ObjectId, Way)> {
        let leads = tenant.leads_to(id(app)).into_iter();
        leads.map(|lead| (lead.from, lead.way)).collect()
    };
    let (by_account, directly) = (Way::Account, Way::Configuration);
    assert_eq!(
        from(&b),
        [
            (id(&a), by_account),
            (id(&c), directly),
            (id(&d), by_account)
        ]
    );
    assert_eq!(from(&c), [(id(&a), by_account)]);
    assert_eq!(from(&a), []);
    let circles = tenant.app_circles();
    // Nothing stands between what is above and what is below but accounts, and each comes after what leads there.
    let above = |app: &str| {
        let mut above = BTreeSet::new();
        let mut open = vec![circles.of(id(app)).unwrap()];
        while let Some(at) = open.pop() {
            let circle = &circles.all[at];
            assert!(circle.above.iter().all(|before| *before < at));
            above.extend(circle.apps.iter().copied());
            open.extend(&circle.above);
        }
        above
    };
    assert_eq!(above(&b), [&a, &b, &c, &d].map(|app| id(app)).into());
    assert_eq!(above(&c), [&a, &c].map(|app| id(app)).into());
    assert_eq!(above(&d), [id(&d)].into());
}

#[test]
fn an_app_that_may_lead_to_its_own_account_alone_leads_nobody_there() {
    let untold = |at: &str, to: &str| {
        json!({"Identity": at, "Name": at, "RoutingMethod": "Serial", "ApplicationInstances": [ONE],
            "OverflowActionTarget": {"Id": to}})
    };
    let [a, b] = [1, 2].map(queue_id);
    let perhaps = |queues: Value| {
        let tenant = built(&[accounts(&Value::Null), ("Get-CsCallQueue.json", queues)]);
        let perhaps = tenant.perhaps_led_to();
        [&a, &b].map(|app| perhaps.contains(&id(app)))
    };
    assert_eq!(perhaps(json!([untold(&a, ONE)])), [false, false]);
    let second = untold(&b, TWO);
    assert_eq!(perhaps(json!([untold(&a, ONE), second])), [false, true]);
    let second = untold(&b, ONE);
    assert_eq!(perhaps(json!([untold(&a, ONE), second])), [true, true]);
}
