//! One value in its several spellings: keys, policies, lists, nothing.

use tenantlint::snapshot::ExportKind;

use super::json::Json;
use super::logical::Logical;
use super::other_sources::camel;
use super::powershell::dated;

/// Every spelling with its name.
pub(super) fn spellings(tenant: &Logical) -> Vec<(&'static str, Logical)> {
    let values = |change: &dyn Fn(Json) -> Json| {
        tenant.each(|export| export.each(|record| record.map(change)))
    };
    let keys = |name: &dyn Fn(&str) -> String| {
        tenant.each(|export| export.each(|record| record.rename(name)))
    };
    // Kept by hand, so never spelled by a cmdlet.
    let cmdlets = |change: &dyn Fn(Json) -> Json| {
        tenant.each(|export| match export.kind {
            ExportKind::Manifest | ExportKind::Operators => export.clone(),
            _ => export.each(|record| members_of(record, change)),
        })
    };
    vec![
        ("keys in camel case", keys(&camel)),
        ("keys in lower case", keys(&str::to_lowercase)),
        ("keys in upper case", keys(&str::to_uppercase)),
        (
            "policies as texts",
            values(&|value| policy(&value).map_or(value, Json::Text)),
        ),
        (
            "policies as texts with Tag:",
            values(&|value| match policy(&value) {
                Some(name) => Json::Text(format!("Tag:{name}")),
                None => value,
            }),
        ),
        (
            "policies in objects with the members the other way around",
            values(&|value| match (policy(&value), value) {
                (Some(_), Json::Map(members)) => Json::Map(members.into_iter().rev().collect()),
                (_, value) => value,
            }),
        ),
        (
            "lists within records as {value, Count}",
            cmdlets(&|value| match value {
                Json::List(list) => Json::Map(vec![
                    ("Count".to_owned(), Json::Number(list.len().into())),
                    ("value".to_owned(), Json::List(list)),
                ]),
                other => other,
            }),
        ),
        (
            "lists of one as the one",
            cmdlets(&|value| match value {
                Json::List(mut list) if list.len() == 1 => list.remove(0),
                other => other,
            }),
        ),
        (
            "empty lists as null",
            cmdlets(&|value| empty(value, Json::Null)),
        ),
        (
            "empty lists as a blank text",
            cmdlets(&|value| empty(value, Json::text(""))),
        ),
        (
            "empty lists as an empty object",
            cmdlets(&|value| empty(value, Json::Map(Vec::new()))),
        ),
        (
            "null as a blank text",
            cmdlets(&|value| match value {
                Json::Null => Json::text(""),
                other => other,
            }),
        ),
        (
            "blank texts as null",
            cmdlets(&|value| match value {
                Json::Text(text) if text.is_empty() => Json::Null,
                other => other,
            }),
        ),
        (
            "ids in upper case and in braces",
            values(&|value| match value {
                Json::Text(text) if is_id(&text) => {
                    Json::Text(format!("{{{}}}", text.to_uppercase()))
                }
                other => other,
            }),
        ),
        (
            "booleans as texts",
            values(&|value| match value {
                Json::Bool(flag) => Json::text(if flag { "True" } else { "False" }),
                other => other,
            }),
        ),
        (
            "words in lower case",
            words(tenant, &|word| word.to_lowercase()),
        ),
        (
            "words in upper case",
            words(tenant, &|word| word.to_uppercase()),
        ),
        (
            "references in upper case",
            values(&|value| match policy(&value) {
                Some(name) => Json::Map(vec![
                    ("Authority".to_owned(), Json::text("Tenant")),
                    ("Name".to_owned(), Json::Text(name.to_uppercase())),
                ]),
                None => value,
            }),
        ),
        ("names from before module 3.0", before_three(tenant)),
        (
            "dates as objects",
            cmdlets(&|value| match dated(value) {
                Json::Text(text) if text.starts_with("/Date(") => Json::Map(vec![
                    ("value".to_owned(), Json::Text(text)),
                    ("DisplayHint".to_owned(), Json::Number(2.into())),
                    (
                        "DateTime".to_owned(),
                        Json::text("lundi 6 avril 2026 17:19:07"),
                    ),
                ]),
                other => other,
            }),
        ),
        (
            "what remoting adds",
            tenant.each(|export| {
                export.each(|mut record| {
                    record.set(
                        "RunspaceId",
                        Json::text("d0a8a9a0-2f43-4a8e-8b0f-8d8ce2f5b1a0"),
                    );
                    record.set("PSComputerName", Json::text("teams.contoso.example"));
                    record.set("PSShowComputerName", Json::Bool(false));
                    record
                })
            }),
        ),
    ]
}

/// Properties that hold a word of a documented list.
const WORDS: [&str; 12] = [
    "AccountType",
    "ActivationState",
    "AssignmentCategory",
    "Capability",
    "CapabilityStatus",
    "ConfigurationType",
    "Mode",
    "NumberSource",
    "NumberType",
    "PstnAssignmentStatus",
    "TeamsUpgradeEffectiveMode",
    "Status",
];

/// The words of the documented lists, spelled in another way.
fn words(tenant: &Logical, spell: &dyn Fn(&str) -> String) -> Logical {
    let spelled = |key: &str, value: Json| {
        if WORDS.iter().any(|word| word.eq_ignore_ascii_case(key)) {
            value.map(&|value| match value {
                Json::Text(text) => Json::Text(spell(&text)),
                other => other,
            })
        } else {
            value
        }
    };
    let change = |value: Json| match value {
        Json::Map(members) => Json::Map(
            members
                .into_iter()
                .map(|(key, value)| {
                    let value = spelled(&key, value);
                    (key, value)
                })
                .collect(),
        ),
        other => other,
    };
    tenant.each(|export| export.each(|record| record.map(&change)))
}

/// Accounts as modules before 3.0 spell them: old names, and a plan as a text of XML.
fn before_three(tenant: &Logical) -> Logical {
    let old = |key: &str| {
        match key {
            "Identity" => "ObjectId",
            "GivenName" => "FirstName",
            "UserDirSyncEnabled" => "DirSyncEnabled",
            "UserValidationErrors" => "MCOValidationErrors",
            "LineUri" => "LineURI",
            "OnPremLineUri" => "OnPremLineURI",
            other => other,
        }
        .to_owned()
    };
    let xml = |plan: &Json| {
        let member = |key: &str| plan.get(key).and_then(Json::scalar).unwrap_or_default();
        Json::Text(format!(
            "<XmlValueAssignedPlan><Plan SubscribedPlanId=\"{}\" ServiceInstance=\"{}\" CapabilityStatus=\"{}\" AssignedTimestamp=\"{}\" ServicePlanId=\"{}\"><Capability><Capability Plan=\"{}\" /></Capability></Plan></XmlValueAssignedPlan>",
            member("SubscribedPlanId"),
            member("ServiceInstance"),
            member("CapabilityStatus"),
            member("AssignedTimestamp"),
            member("ServicePlanId"),
            member("Capability"),
        ))
    };
    tenant.with(ExportKind::OnlineUser, |export| {
        export.each(|record| {
            let Json::Map(members) = record else {
                return record;
            };
            let members = members.into_iter().map(|(key, value)| {
                let value = match (key.as_str(), &value) {
                    ("AssignedPlan", Json::List(plans)) => {
                        Json::List(plans.iter().map(xml).collect())
                    }
                    _ => value,
                };
                (old(&key), value)
            });
            Json::Map(members.collect())
        })
    })
}

/// The name in `{Authority, Name}`.
fn policy(value: &Json) -> Option<String> {
    if value.members().len() != 2 {
        return None;
    }
    value.get("Authority")?;
    value.get("Name")?.scalar()
}

fn empty(value: Json, instead: Json) -> Json {
    match value {
        Json::List(list) if list.is_empty() => instead,
        other => other,
    }
}

/// Changes the members of a record and what they hold, not the record itself.
fn members_of(record: Json, change: &dyn Fn(Json) -> Json) -> Json {
    match record {
        Json::Map(members) => Json::Map(
            members
                .into_iter()
                .map(|(key, value)| (key, value.map(change)))
                .collect(),
        ),
        other => other,
    }
}

fn is_id(text: &str) -> bool {
    text.len() == 36
        && text.chars().enumerate().all(|(at, c)| match at {
            8 | 13 | 18 | 23 => c == '-',
            _ => c.is_ascii_hexdigit(),
        })
}
