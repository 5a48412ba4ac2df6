//! The same numbers and people as other tools tell of them: the bulk CSV, and Graph.
//!
//! None of them tells everything. What each leaves out is listed beside it.

use super::json::Json;
use super::logical::Export;
use super::powershell::seven;
use super::tables::{PLAIN, cell, write};
use crate::audits::File;

/// What the bulk CSV does not tell of a number, by the names of the cmdlet.
pub(super) const BULK_LACKS: &[&str] = &[
    "PstnPartnerId",
    "IsoSubdivision",
    "LocationUpdateSupported",
    "Tag",
    "AssignmentBlockedState",
    "AssignmentBlockedUntil",
    "SmsActivationState",
    "SmsProfileId",
];

/// What Graph does not tell of a number.
pub(super) const GRAPH_LACKS: &[&str] = &[
    "PstnPartnerId",
    "PstnPartnerName",
    "IsoSubdivision",
    "LocationUpdateSupported",
    "Tag",
    "AssignmentBlockedState",
    "AssignmentBlockedUntil",
    "SmsActivationState",
    "SmsProfileId",
];

/// Column of the bulk CSV, property of the cmdlet.
const BULK: &[(&str, &str)] = &[
    ("TelephoneNumber", "TelephoneNumber"),
    ("OperatorId", "OperatorId"),
    ("NumberType", "NumberType"),
    ("LocationId", "LocationId"),
    ("CivicAddressId", "CivicAddressId"),
    ("NetworkSiteId", "NetworkSiteId"),
    ("AcquiredCapabilities", "Capability"),
    ("AssignmentStatus", "PstnAssignmentStatus"),
    ("PlaceName", "City"),
    ("ActivationState", "ActivationState"),
    ("PartnerName", "PstnPartnerName"),
    ("IsoCountryCode", "IsoCountryCode"),
    ("PortInOrderStatus", "PortInOrderStatus"),
    ("TargetId", "AssignedPstnTargetId"),
    ("AssignmentCategory", "AssignmentCategory"),
    ("NumberSource", "NumberSource"),
    ("ReverseNumberLookup", "ReverseNumberLookup"),
];

/// Property of Graph, property of the cmdlet.
const GRAPH: &[(&str, &str)] = &[
    ("telephoneNumber", "TelephoneNumber"),
    ("operatorId", "OperatorId"),
    ("numberType", "NumberType"),
    ("activationState", "ActivationState"),
    ("capabilities", "Capability"),
    ("locationId", "LocationId"),
    ("civicAddressId", "CivicAddressId"),
    ("networkSiteId", "NetworkSiteId"),
    ("assignmentTargetId", "AssignedPstnTargetId"),
    ("assignmentCategory", "AssignmentCategory"),
    ("portInStatus", "PortInOrderStatus"),
    ("assignmentStatus", "PstnAssignmentStatus"),
    ("isoCountryCode", "IsoCountryCode"),
    ("city", "City"),
    ("numberSource", "NumberSource"),
    ("reverseNumberLookupOptions", "ReverseNumberLookup"),
];

/// Properties that hold words of a closed list, which Graph writes in camel case.
const WORDS: &[&str] = &[
    "NumberType",
    "ActivationState",
    "Capability",
    "AssignmentCategory",
    "PstnAssignmentStatus",
    "NumberSource",
    "ReverseNumberLookup",
    "AccountType",
];

/// The file that `Export-CsAcquiredPhoneNumber` leads to.
pub(super) fn bulk(numbers: &Export) -> File {
    let header: Vec<String> = BULK
        .iter()
        .map(|(column, _)| (*column).to_owned())
        .collect();
    let rows: Vec<Vec<String>> = numbers
        .records
        .iter()
        .map(|record| {
            let value = |property: &str| record.get(property).cloned().unwrap_or(Json::Null);
            BULK.iter()
                .map(|(column, property)| {
                    cell(column, &value(property), &PLAIN).expect("numbers are flat")
                })
                .collect()
        })
        .collect();
    (
        "acquired-numbers.csv".to_owned(),
        write(&header, &rows, &PLAIN).into_bytes(),
    )
}

/// Graph `numberAssignments`, complete in one page.
pub(super) fn graph_numbers(numbers: &Export) -> File {
    page(
        "numberAssignments",
        numbers.records.iter().map(graph_number).collect(),
    )
}

fn graph_number(record: &Json) -> Json {
    let number = record.get("TelephoneNumber").and_then(Json::scalar);
    let mut members = vec![("id".to_owned(), Json::text(number.unwrap_or_default()))];
    members.extend(GRAPH.iter().map(|(name, property)| {
        let value = record.get(property).cloned().unwrap_or(Json::Null);
        ((*name).to_owned(), in_graph(property, value))
    }));
    Json::Map(members)
}

/// Graph `userConfigurations`, which lists nobody who is deleted.
pub(super) fn user_configurations(users: &Export) -> File {
    let people = users.records.iter().filter(|user| is_live(user));
    page(
        "userConfigurations",
        people.map(user_configuration).collect(),
    )
}

fn user_configuration(user: &Json) -> Json {
    let value = |property: &str| user.get(property).cloned().unwrap_or(Json::Null);
    let numbers = value("TelephoneNumbers")
        .rename(&camel)
        .map(&|value| match value {
            Json::Map(mut members) => {
                for (key, value) in &mut members {
                    if key == "assignmentCategory" {
                        *value = in_graph("AssignmentCategory", value.clone());
                    }
                }
                Json::Map(members)
            }
            other => other,
        });
    Json::Map(vec![
        ("id".to_owned(), value("Identity")),
        ("userPrincipalName".to_owned(), value("UserPrincipalName")),
        ("tenantId".to_owned(), value("TenantId")),
        (
            "accountType".to_owned(),
            in_graph("AccountType", value("AccountType")),
        ),
        ("featureTypes".to_owned(), value("FeatureTypes")),
        (
            "isEnterpriseVoiceEnabled".to_owned(),
            value("EnterpriseVoiceEnabled"),
        ),
        ("telephoneNumbers".to_owned(), numbers),
        (
            "effectivePolicyAssignments".to_owned(),
            value("EffectivePolicyAssignments").rename(&camel),
        ),
    ])
}

/// Graph `users`: everything that is asked for, or only what comes unasked.
pub(super) fn graph_users(users: &Export, selected: bool) -> File {
    let user = |user: &Json| {
        let value = |property: &str| user.get(property).cloned().unwrap_or(Json::Null);
        let mut members = vec![
            ("businessPhones".to_owned(), Json::List(Vec::new())),
            ("displayName".to_owned(), value("DisplayName")),
            ("givenName".to_owned(), value("GivenName")),
            ("id".to_owned(), value("Identity")),
            ("jobTitle".to_owned(), value("Title")),
            ("mail".to_owned(), value("UserPrincipalName")),
            ("mobilePhone".to_owned(), Json::Null),
            ("officeLocation".to_owned(), Json::Null),
            ("preferredLanguage".to_owned(), value("PreferredLanguage")),
            ("surname".to_owned(), value("LastName")),
            ("userPrincipalName".to_owned(), value("UserPrincipalName")),
        ];
        if selected {
            members.push(("accountEnabled".to_owned(), value("AccountEnabled")));
            members.push(("usageLocation".to_owned(), value("UsageLocation")));
            members.push((
                "assignedPlans".to_owned(),
                assigned_plans(value("AssignedPlan")),
            ));
            members.push((
                "onPremisesSyncEnabled".to_owned(),
                value("UserDirSyncEnabled"),
            ));
        }
        Json::Map(members)
    };
    let people = users.records.iter().filter(|user| is_live(user));
    page("graph-users", people.map(user).collect())
}

fn assigned_plans(plans: Json) -> Json {
    plans.map(&|value| match &value {
        Json::Map(_) => {
            let member = |key: &str| value.get(key).cloned().unwrap_or(Json::Null);
            Json::Map(vec![
                ("assignedDateTime".to_owned(), member("AssignedTimestamp")),
                ("capabilityStatus".to_owned(), member("CapabilityStatus")),
                ("service".to_owned(), member("ServiceInstance")),
                ("servicePlanId".to_owned(), member("ServicePlanId")),
            ])
        }
        _ => value,
    })
}

fn is_live(user: &Json) -> bool {
    user.get("SoftDeletionTimestamp")
        .and_then(Json::scalar)
        .is_none_or(|text| text.is_empty())
}

/// Graph writes words in camel case, and nothing as null.
fn in_graph(property: &str, value: Json) -> Json {
    let is_word = WORDS.contains(&property);
    value.map(&|value| match value {
        Json::Text(text) if text.is_empty() => Json::Null,
        Json::Text(text) if is_word => Json::Text(camel(&text)),
        other => other,
    })
}

pub(super) fn camel(key: &str) -> String {
    let mut letters = key.chars();
    letters.next().map_or_else(String::new, |first| {
        format!("{}{}", first.to_lowercase(), letters.as_str())
    })
}

fn page(name: &str, records: Vec<Json>) -> File {
    let context = format!("https://graph.microsoft.com/v1.0/$metadata#{name}");
    let page = Json::Map(vec![
        ("@odata.context".to_owned(), Json::Text(context)),
        ("value".to_owned(), Json::List(records)),
    ]);
    (format!("{name}.json"), seven(&page).into_bytes())
}
