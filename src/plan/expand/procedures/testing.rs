//! A small tenant that has everything procedures name, and what becomes of a step on it.

use serde_json::{Value, json};

use crate::plan::Names;
use crate::plan::act::{Act, Met, Need};
use crate::plan::expand::{Expansion, expand};
use crate::plan::state::State;
use crate::tenant::testing::tenant;

/// Exports by the names of their files.
pub(in crate::plan) type Files = Vec<(&'static str, Value)>;

/// An object id.
pub(in crate::plan) fn id(last: u32) -> String {
    format!("00000000-0000-4000-8000-{last:012}")
}

/// A user: its name is also its number in the directory.
pub(in crate::plan) fn user(last: u32, name: &str, line: Option<&str>, more: &Value) -> Value {
    let mut user = json!({
        "Identity": id(last),
        "UserPrincipalName": format!("{name}@contoso.example"),
        "AccountType": "User",
        "HostingProvider": "sipfed.online.lync.com",
        "UsageLocation": "US",
        "AccountEnabled": true,
        "LineUri": line.map(|line| format!("tel:{line}")),
        "OnPremLineUri": null,
        "EnterpriseVoiceEnabled": line.is_some(),
        "TeamsUpgradeEffectiveMode": "TeamsOnly",
        "TeamsUpgradePolicy": "UpgradeToTeams",
        "TeamsUpgradePolicyIsReadOnly": null,
        "OnlineVoiceRoutingPolicy": null,
        "TeamsEmergencyCallRoutingPolicy": null,
        "TeamsSharedCallingRoutingPolicy": null,
        "TenantDialPlan": null,
        "SoftDeletionTimestamp": null,
        "FeatureTypes": ["Teams", "PhoneSystem"],
    });
    merge(&mut user, more);
    user
}

/// A number of the inventory.
pub(in crate::plan) fn number(
    digits: &str,
    of_type: &str,
    holder: Option<u32>,
    more: &Value,
) -> Value {
    let mut number = json!({
        "TelephoneNumber": digits,
        "NumberType": of_type,
        "AssignedPstnTargetId": holder.map(id),
        "PstnAssignmentStatus": if holder.is_some() { "UserAssigned" } else { "Unassigned" },
        "AssignmentCategory": null,
        "ActivationState": "Activated",
        "Capability": ["UserAssignment", "VoiceApplicationAssignment"],
        "NumberSource": "Online",
        "IsoCountryCode": "US",
        "LocationId": id(901),
        "PstnPartnerName": match of_type {
            "OperatorConnect" => json!("Telco A"),
            "CallingPlan" => json!("Microsoft"),
            _ => json!(null),
        },
    });
    merge(&mut number, more);
    number
}

/// Sets members of an object.
pub(in crate::plan) fn merge(object: &mut Value, more: &Value) {
    for (key, value) in more.as_object().into_iter().flatten() {
        object[key] = value.clone();
    }
}

/// The files with one record changed: the one with this text in it.
pub(in crate::plan) fn with(mut files: Files, file: &str, marked: &str, more: &Value) -> Files {
    let (_, records) = files
        .iter_mut()
        .find(|(name, _)| *name == file)
        .expect("the file");
    let record = records
        .as_array_mut()
        .into_iter()
        .flatten()
        .find(|record| record.to_string().contains(marked));
    merge(record.expect("the record"), more);
    files
}

/// Ana is on a Calling Plan, Ben and Cleo on Direct Routing (Cleo's number is the server's), Dan has nothing yet, Eve is
/// with the operator, Fay shares a number; `main` and `sales` are accounts of apps, and `old` of none.
pub(in crate::plan) fn contoso() -> Files {
    let account = |last: u32, kind: &str, number: Option<&str>| {
        json!({
            "ObjectId": id(last),
            "UserPrincipalName": format!("ra{last}@contoso.example"),
            "ApplicationId": kind,
            "PhoneNumber": number.map(|number| format!("tel:{number}")),
        })
    };
    let (attendant, queue) = (
        "ce933385-9390-45d1-9512-c8d228074e07",
        "11cd3e2e-fccb-42ad-ad00-878b93575e07",
    );
    let virtual_user = json!({"AccountType": "ResourceAccount", "FeatureTypes": ["VoiceApp"]});
    let full = json!({"AccountType": "ResourceAccount"});
    let bare =
        json!({"AccountType": "ResourceAccount", "FeatureTypes": ["Teams"], "UsageLocation": null});
    let routed =
        json!({"OnlineVoiceRoutingPolicy": "SBC", "TeamsEmergencyCallRoutingPolicy": "EM"});
    let on_premises =
        json!({"OnPremLineUri": "tel:+12065550103", "OnlineVoiceRoutingPolicy": "SBC"});
    let new = json!({"FeatureTypes": ["Teams"], "TeamsUpgradeEffectiveMode": "Islands"});
    let shared = json!({"TeamsSharedCallingRoutingPolicy": "SC", "EnterpriseVoiceEnabled": true});
    let none = json!({});
    vec![
        (
            "Get-CsOnlineUser.json",
            json!([
                user(1, "ana", Some("+12065550101"), &none),
                user(2, "ben", Some("+12065550102"), &routed),
                user(3, "cleo", Some("+12065550103"), &on_premises),
                user(4, "dan", None, &new),
                user(5, "eve", Some("+12065550105"), &none),
                user(6, "fay", None, &shared),
                user(11, "main", Some("+12065550111"), &virtual_user),
                user(12, "sales", None, &full),
                user(13, "old", None, &bare),
            ]),
        ),
        (
            "Get-CsOnlineApplicationInstance.json",
            json!([
                account(11, attendant, Some("+12065550111")),
                account(12, queue, None),
                account(13, queue, None),
            ]),
        ),
        (
            "Get-CsAutoAttendant.json",
            json!([{
                "Identity": id(21), "Name": "Main", "LanguageId": "en-US",
                "ApplicationInstances": [id(11)], "Operator": null, "CallFlows": [],
                "DefaultCallFlow": {"Menu": {"MenuOptions": []}},
            }]),
        ),
        (
            "Get-CsCallQueue.json",
            json!([{
                "Identity": id(22), "Name": "Sales", "RoutingMethod": "Serial",
                "ApplicationInstances": [id(12)],
                "OverflowActionTarget": null, "TimeoutActionTarget": null,
            }]),
        ),
        (
            "Get-CsPhoneNumberAssignment.json",
            json!([
                number("+12065550101", "CallingPlan", Some(1), &none),
                number("+12065550102", "DirectRouting", Some(2), &none),
                number(
                    "+12065550103",
                    "DirectRouting",
                    Some(3),
                    &json!({"NumberSource": "OnPremises"})
                ),
                number("+12065550105", "OperatorConnect", Some(5), &none),
                number("+12065550111", "OperatorConnect", Some(11), &none),
                number("+12065550120", "OperatorConnect", None, &none),
                number("+12065550121", "DirectRouting", None, &none),
                number("+12065550122", "CallingPlan", None, &none),
            ]),
        ),
        (
            "Get-CsPhoneNumberPolicyAssignment.json",
            json!([{"TelephoneNumber": "12065550102", "PolicyType": "OnlineVoiceRoutingPolicy", "PolicyName": "SBC"}]),
        ),
        (
            "Get-CsPhoneNumberTenantConfiguration.json",
            json!([{"Identity": "Global", "AllowOnPremToOnlineMigration": false}]),
        ),
        (
            "operators.json",
            json!([{"name": "Telco A", "status": "Active", "countries": ["US"], "dataTransferAccepted": true}]),
        ),
        (
            "manifest.json",
            json!({"exportedAt": "2026-09-14T00:00:00Z", "cloud": "Global", "exports": []}),
        ),
        (
            "Get-CsOnlineVoiceRoutingPolicy.json",
            json!([
                {"Identity": "Global", "OnlinePstnUsages": []},
                {"Identity": "Tag:SBC", "OnlinePstnUsages": ["National", "Local"]},
            ]),
        ),
        (
            "Get-CsOnlinePstnUsage.json",
            json!([{"Identity": "Global", "Usage": ["National", "Local"]}]),
        ),
        (
            "Get-CsOnlineVoiceRoute.json",
            json!([
                {"Identity": "Out", "NumberPattern": ".*", "OnlinePstnUsages": ["National"], "OnlinePstnGatewayList": ["sbc1.contoso.example", "sbc2.contoso.example"], "Priority": 1},
                {"Identity": "Near", "NumberPattern": ".*", "OnlinePstnUsages": ["Local"], "OnlinePstnGatewayList": ["sbc1.contoso.example"], "Priority": 2},
            ]),
        ),
        (
            "Get-CsOnlinePSTNGateway.json",
            json!([
                {"Identity": "sbc1.contoso.example", "SipSignalingPort": 5067, "Enabled": true},
                {"Identity": "sbc2.contoso.example", "SipSignalingPort": 5067, "Enabled": true},
            ]),
        ),
        (
            "Get-CsTeamsEmergencyCallRoutingPolicy.json",
            json!([{"Identity": "Tag:EM", "EmergencyNumbers": []}]),
        ),
        (
            "Get-CsTenantDialPlan.json",
            json!([{"Identity": "Tag:DP", "NormalizationRules": []}]),
        ),
        (
            "Get-CsTeamsSharedCallingRoutingPolicy.json",
            json!([{"Identity": "Tag:SC", "ResourceAccount": id(11), "EmergencyNumbers": []}]),
        ),
        (
            "Get-CsOnlineLisLocation.json",
            json!([
                {"LocationId": id(901), "CivicAddressId": id(911), "CountryOrRegion": "US"},
                {"LocationId": id(902), "CivicAddressId": id(912), "CountryOrRegion": "US"},
            ]),
        ),
        (
            "graph-domains.json",
            json!([{"id": "contoso.example", "isVerified": true}]),
        ),
        (
            "dns.json",
            json!([{"domain": "contoso.example", "sipfederationtls": "sipfed.online.lync.com", "lyncdiscover": "webdir.online.lync.com"}]),
        ),
    ]
}

/// What becomes of a step, written without its `[[step]]`.
pub(in crate::plan) fn expanded(files: &Files, step: &str) -> (State, Expansion) {
    let texts: Vec<(&str, String)> = files
        .iter()
        .map(|(name, value)| (*name, value.to_string()))
        .collect();
    let texts: Vec<(&str, &str)> = texts
        .iter()
        .map(|(name, text)| (*name, text.as_str()))
        .collect();
    let state = State::new(tenant(&texts));
    let plan = crate::plan::read("plan.toml", &format!("[[step]]\n{step}"));
    assert!(plan.faults.is_empty(), "{step}: {:?}", plan.faults);
    let mut names = Names::of(&state.tenant);
    let expansion = expand(&plan.steps[0], &state, &mut names);
    (state, expansion)
}

/// The acts of a step, by name.
pub(in crate::plan) fn acts(files: &Files, step: &str) -> Vec<&'static str> {
    let (_, expansion) = expanded(files, step);
    assert!(expansion.missing.is_empty(), "{:?}", expansion.missing);
    assert!(expansion.untold.is_empty(), "{:?}", expansion.untold);
    expansion.acts.iter().map(|one| one.act.name()).collect()
}

/// The needs of a step beside those of its acts that do not hold, each with what holds instead.
pub(in crate::plan) fn unmet(files: &Files, step: &str) -> Vec<String> {
    told(files, step, Met::No)
}

/// The needs of a step beside those of its acts of which nobody can tell.
pub(in crate::plan) fn open(files: &Files, step: &str) -> Vec<String> {
    told(files, step, Met::Unknown)
}

fn told(files: &Files, step: &str, met: Met) -> Vec<String> {
    let (state, expansion) = expanded(files, step);
    // What stands against an operator's going is asked of the act itself.
    let own = expansion.acts.iter().map(|one| match one.act {
        Act::SetOperator { .. } => {
            let mut own = one.act.needs(&state);
            // The procedure has asked it already.
            own.retain(|need| one.needs.iter().all(|other| other.what != need.what));
            own
        }
        _ => Vec::new(),
    });
    let own: Vec<Vec<Need>> = own.collect();
    let needs = expansion.acts.iter().zip(&own);
    let needs = needs.flat_map(|(one, own)| one.needs.iter().chain(own));
    needs
        .filter(|need| need.met == met)
        .map(|need| {
            assert!(!need.instead.is_empty(), "{}", need.what);
            format!("{}: {}", need.what, need.instead)
        })
        .collect()
}
