//! The order of files and of the records in them never matters to an answer.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{ONE, THREE, TWO, id};
use crate::snapshot::service_plans::PlanClass;
use crate::tenant::Tenant;
use crate::tenant::testing::tenant;

const QUEUE: &str = "00000000-0000-4000-8000-0000000000cc";
const ATTENDANT: &str = "00000000-0000-4000-8000-0000000000aa";

/// Exports that tell of the same objects, here and there differently.
fn exports() -> Vec<(&'static str, Value)> {
    let sbc = ["sbc1.contoso.example", "sbc2.contoso.example"];
    vec![
        (
            "Get-CsOnlineUser.json",
            json!([
                {"Identity": ONE, "UserPrincipalName": "one@contoso.example", "UsageLocation": "US", "OnlineVoiceRoutingPolicy": "FR",
                 "AccountType": "User", "TeamsUpgradeEffectiveMode": "TeamsOnly", "AssignedPlan": [{"Capability": "MCOEV", "CapabilityStatus": "Enabled"}]},
                {"Identity": TWO, "UserPrincipalName": "two@contoso.example", "UsageLocation": "FR", "OnlineVoiceRoutingPolicy": null,
                 "AccountType": "ResourceAccount", "TeamsUpgradeEffectiveMode": null, "AssignedPlan": []},
                {"Identity": ONE, "UserPrincipalName": "one@contoso.example", "UsageLocation": "DE"},
                {"Identity": THREE, "UserPrincipalName": "three@contoso.example", "LineUri": "tel:+14255550103"},
            ]),
        ),
        (
            "graph-users.json",
            json!([
                {"id": TWO, "userPrincipalName": "two@contoso.example", "usageLocation": "DE", "assignedPlans": []},
                {"id": ONE, "userPrincipalName": "other@contoso.example", "usageLocation": "DE"},
            ]),
        ),
        (
            "Get-CsOnlineApplicationInstance.json",
            json!([
                {"ObjectId": TWO, "UserPrincipalName": "two@contoso.example", "ApplicationId": ONE},
                {"ObjectId": THREE, "UserPrincipalName": "three@contoso.example", "ApplicationId": ONE},
            ]),
        ),
        (
            "Get-CsOnlineApplicationInstanceAssociation.json",
            json!([{"Id": THREE, "ConfigurationId": QUEUE}, {"Id": TWO, "ConfigurationId": QUEUE}, {"Id": TWO, "ConfigurationId": ATTENDANT}]),
        ),
        (
            "Get-CsPhoneNumberAssignment.json",
            json!([
                {"TelephoneNumber": "+14255550102", "NumberType": "OperatorConnect", "AssignedPstnTargetId": ONE, "PstnPartnerName": "BT Group"},
                {"TelephoneNumber": "+14255550101", "NumberType": "OperatorConnect", "AssignedPstnTargetId": ONE, "PstnPartnerName": "BT"},
                {"TelephoneNumber": "+14255550101", "NumberType": "OperatorConnect", "AssignedPstnTargetId": TWO, "PstnPartnerName": "BT"},
            ]),
        ),
        (
            "graph-numberAssignments.json",
            json!([
                {"telephoneNumber": "+14255550101", "numberType": "callingPlan", "capabilities": [], "assignmentTargetId": THREE},
                {"telephoneNumber": "+14255550104", "numberType": "callingPlan", "capabilities": [], "assignmentTargetId": null},
            ]),
        ),
        (
            "operators.json",
            json!([
                {"name": "BT", "status": "Removed", "consentedCountries": ["US"]},
                {"name": "Example Telecom", "status": "Active", "consentedCountries": ["US"]},
                {"name": "British Telecom", "status": "Suspended", "consentedCountries": ["US"]},
            ]),
        ),
        (
            "Get-CsOnlineVoiceRoutingPolicy.json",
            json!([{"Identity": "Tag:FR", "OnlinePstnUsages": ["b", "a"]}, {"Identity": "Global", "OnlinePstnUsages": []}]),
        ),
        (
            "Get-CsOnlineVoiceRoute.json",
            json!([
                {"Identity": "z", "NumberPattern": "^1", "Priority": 1, "OnlinePstnUsages": ["a", "b"], "OnlinePstnGatewayList": sbc},
                {"Identity": "m", "NumberPattern": "^2", "Priority": 1, "OnlinePstnUsages": ["a"], "OnlinePstnGatewayList": sbc},
                {"Identity": "a", "NumberPattern": "^3", "Priority": 2, "OnlinePstnUsages": ["a"], "OnlinePstnGatewayList": sbc},
            ]),
        ),
        (
            "Get-CsOnlinePSTNGateway.json",
            json!([
                {"Identity": sbc[1], "SipSignalingPort": 5061, "Enabled": true},
                {"Identity": sbc[0], "SipSignalingPort": 5061, "Enabled": true},
                {"Identity": sbc[0], "SipSignalingPort": 5061, "Enabled": false},
            ]),
        ),
    ]
}

fn built(exports: &[(&str, Value)]) -> Tenant {
    let texts: Vec<(&str, String)> = exports
        .iter()
        .map(|(name, value)| (*name, value.to_string()))
        .collect();
    let files: Vec<(&str, &str)> = texts.iter().map(|(name, text)| (*name, &**text)).collect();
    tenant(&files)
}

/// Everything that rules may ask, written down.
fn answers(tenant: &Tenant) -> String {
    let mut all = String::new();
    for user in &tenant.users {
        let routing = format!("{:?}", tenant.effective_voice_routing(user, None));
        let routing = routing.split([' ', '(']).next().unwrap_or_default();
        writeln!(
            all,
            "{} {:?} {:?} {:?} {:?} {routing}",
            tenant.user_name(user),
            tenant.account_kind(user),
            tenant.phone_system(user),
            tenant.coexistence(user),
            user.usage_location.is_absent(),
        )
        .expect("written");
    }
    for account in &tenant.resource_accounts {
        writeln!(
            all,
            "{} {:?} {:?} {:?}",
            tenant.resource_account_name(account),
            account.apps,
            tenant.has_number(account),
            tenant.account_licensed(account, PlanClass::ResourceAccount),
        )
        .expect("written");
    }
    for number in &tenant.numbers {
        writeln!(
            all,
            "{} {:?} {:?} {:?} {:?}",
            number.key,
            number.holder,
            tenant.is_operator_connect(number),
            tenant.is_assigned(number),
            tenant.number_type(number),
        )
        .expect("written");
    }
    for operator in &tenant.operators {
        writeln!(
            all,
            "{} {:?} {:?}",
            operator.identity,
            tenant.status_of(operator),
            operator.numbers
        )
        .expect("written");
    }
    let apps = [ATTENDANT, QUEUE].map(id);
    writeln!(all, "{:?}", apps.map(|app| tenant.accounts_of(app))).expect("written");
    writeln!(
        all,
        "{:?}",
        apps.map(|app| tenant.is_directly_reachable(app))
    )
    .expect("written");
    let policy = tenant.voice_routing_policies.find("FR").expect("there");
    let routes = tenant.live_routes(policy);
    for live in &routes.live {
        let shown = (live.usage_index, live.route, live.gateway_index);
        writeln!(all, "{shown:?}").expect("written");
    }
    writeln!(all, "{}", routes.unknown).expect("written");
    for problem in &tenant.problems {
        writeln!(all, "{:?} {}", problem.severity, problem.message).expect("written");
    }
    all
}

#[test]
fn the_order_of_files_never_matters() {
    let mut exports = exports();
    let expected = answers(&built(&exports));
    for turn in 0..exports.len() {
        exports.rotate_left(1);
        assert_eq!(answers(&built(&exports)), expected, "turned by {turn}");
        let reversed: Vec<_> = exports.iter().rev().cloned().collect();
        assert_eq!(answers(&built(&reversed)), expected, "reversed at {turn}");
    }
}

#[test]
fn the_order_of_records_never_matters() {
    let mut exports = exports();
    let expected = answers(&built(&exports));
    for turn in 0..4 {
        for (_, records) in &mut exports {
            let records = records.as_array_mut().expect("a list");
            if turn == 2 {
                records.reverse();
            } else {
                records.rotate_left(1);
            }
        }
        assert_eq!(answers(&built(&exports)), expected, "turn {turn}");
    }
}

#[test]
fn how_records_are_cut_into_files_never_matters() {
    let exports = exports();
    let expected = answers(&built(&exports));
    let single: Vec<(&str, Value)> = exports
        .iter()
        .flat_map(|(name, records)| {
            let records = records.as_array().expect("a list").iter();
            records.map(|record| (*name, json!([record])))
        })
        .collect();
    assert_eq!(answers(&built(&single)), expected);
}
