//! Numbers that come to the tenant and leave it: uploads, ports, releases, orders.
//!
//! Sources: <https://learn.microsoft.com/microsoftteams/operator-connect-configure>,
//! <https://learn.microsoft.com/powershell/module/microsoftteams/new-csonlinetelephonenumberreleaseorder>,
//! <https://learn.microsoft.com/microsoftteams/manage-the-usage-of-a-phone-number>.

use serde_json::{Value, json};

use super::numbers;
use crate::finding::powershell::quoted;
use crate::plan::act::{Act, Effect, Met, Need, Pending, Undo};
use crate::plan::state::{State, added, removed, set};
use crate::snapshot::{ExportKind, ObjectId, PhoneNumber};
use crate::tenant::edit::{Edit, Object};
use crate::tenant::{Answer, Country, CountryState, Holder, Number, Operator, OperatorStatus};

/// How many hours an order in the admin center takes at most.
const ORDER_TAKES: u64 = 24;

/// What another party does takes as long as it takes: only a new export tells.
pub(in crate::plan) const UNTIL_SEEN: u64 = u64::MAX;

/// The partner of numbers of Calling Plans.
const MICROSOFT: &str = "7fc2f2eb-89aa-41d7-93de-73d015d22ff0";

pub(in crate::plan) fn needs(act: &Act, state: &State) -> Vec<Need> {
    match act {
        Act::UploadOperatorConnect {
            number,
            operator,
            location,
            country,
            ..
        } => {
            let mut needs = vec![is_new(*number, state)];
            needs.extend(is_active(operator, state));
            let country = country_of_upload(*number, country.as_deref(), *location, state);
            let enabled = is_enabled(operator, *number, country, state);
            needs.extend(enabled.map(|need| match country {
                Some(_) => need,
                None => need.instead("the number may be one of several countries: tell `country`"),
            }));
            if let Some(location) = location {
                needs.extend(numbers::of_location(*number, *location, country, state));
            }
            needs
        }
        Act::CompletePort {
            number,
            to,
            operator,
        } => {
            let mut needs = vec![numbers::is_there(*number, state)];
            if let Some(operator) = operator {
                needs.extend(is_active(operator, state));
                let country = country_of(*number, state);
                needs.extend(is_enabled(operator, *number, country, state));
            }
            if let Some(row) = state.number(*number) {
                needs.extend(in_service(row, *to, state));
            }
            needs
        }
        Act::ReleaseDirectRouting { number } => is_free(*number, "DirectRouting", state),
        Act::ReleaseOperatorConnect { number } => is_free(*number, "OperatorConnect", state),
        Act::UploadDirectRouting { number } => vec![is_new(*number, state)],
        Act::AcquireCallingPlan {
            number,
            location,
            country,
            ..
        } => {
            let mut needs = vec![is_new(*number, state)];
            if let Some(location) = location {
                let country = Country::parse(country);
                needs.extend(numbers::of_location(*number, *location, country, state));
            }
            needs
        }
        Act::ChangeUsage { number, .. } => {
            let mut needs = vec![numbers::is_there(*number, state)];
            if let Some(row) = state.number(*number) {
                needs.push(unassigned(row, state));
                needs.push(
                    Need::refused(
                        format!("`{number}` is of a Calling Plan"),
                        is_of_type(row, "CallingPlan", state),
                    )
                    .instead(match state.number_type(row) {
                        Some(_) => "its operator decides on its usage",
                        None => UNTOLD,
                    })
                    .at(row.record.at("NumberType")),
                );
            }
            needs
        }
        _ => Vec::new(),
    }
}

pub(in crate::plan) fn effect(act: &Act, state: &State) -> Effect {
    match act {
        Act::UploadOperatorConnect {
            number,
            operator,
            location,
            country,
            usage,
        } => Effect {
            edits: vec![row_of_operator(
                *number,
                operator,
                *location,
                country.as_deref(),
                usage,
                state,
            )],
            pending: vec![pending(*number, UNTIL_SEEN, "the upload of")],
            ..Effect::default()
        },
        Act::CompletePort {
            number,
            to,
            operator,
        } => port(*number, *to, operator.as_deref(), state),
        Act::ReleaseDirectRouting { number } => Effect {
            edits: vec![removed(Object::Number(*number))],
            pending: vec![pending(*number, ORDER_TAKES, "the release of")],
            ..Effect::default()
        },
        Act::ReleaseOperatorConnect { number } => Effect {
            edits: vec![removed(Object::Number(*number))],
            pending: vec![pending(*number, UNTIL_SEEN, "the release of")],
            ..Effect::default()
        },
        Act::UploadDirectRouting { number } => Effect {
            edits: vec![row_of_direct_routing(*number)],
            pending: vec![pending(*number, ORDER_TAKES, "the upload of")],
            ..Effect::default()
        },
        Act::AcquireCallingPlan {
            number,
            country,
            location,
            usage,
        } => Effect {
            edits: vec![row_of_calling_plan(
                *number,
                Some(country),
                *location,
                usage,
                state,
            )],
            pending: vec![pending(*number, UNTIL_SEEN, "the order of")],
            ..Effect::default()
        },
        Act::ChangeUsage { number, usage } => Effect {
            edits: vec![set(
                Object::Number(*number),
                "Capability",
                json!(capabilities(usage)),
            )],
            pending: vec![pending(*number, ORDER_TAKES, "the change of usage of")],
            ..Effect::default()
        },
        _ => Effect::default(),
    }
}

pub(in crate::plan) fn commands(act: &Act, state: &State) -> Vec<String> {
    match act {
        Act::UploadOperatorConnect {
            number, operator, ..
        } => vec![format!(
            "# {} uploads {number}: give it the tenant id{}",
            operator_name(operator, state),
            state
                .tenant
                .id()
                .map_or_else(String::new, |id| format!(" {id}"))
        )],
        Act::CompletePort { number, to, .. } => vec![match to {
            Some(to) => format!("# {number} is ported to {to} on the agreed date"),
            None => format!("# {number} is ported to its new carrier on the agreed date"),
        }],
        Act::ReleaseDirectRouting { number } => vec![format!(
            "New-CsOnlineTelephoneNumberReleaseOrder -TelephoneNumber {}",
            quoted(&number.to_string())
        )],
        Act::ReleaseOperatorConnect { number } => {
            vec![format!("# ask the operator to release {number}")]
        }
        Act::UploadDirectRouting { number } => vec![format!(
            "New-CsOnlineDirectRoutingTelephoneNumberUploadOrder -TelephoneNumber {}",
            quoted(&number.to_string())
        )],
        Act::AcquireCallingPlan { number, .. } => vec![format!(
            "# order or port {number} in the Teams admin center: Voice > Phone numbers"
        )],
        Act::ChangeUsage { number, usage } => vec![format!(
            "# order the usage {usage} of {number}: New-CsPhoneNumberUsageChangeOrder, or Voice > Phone numbers in the Teams admin center"
        )],
        _ => Vec::new(),
    }
}

pub(in crate::plan) fn undo(act: &Act, state: &State) -> Undo {
    match act {
        Act::UploadOperatorConnect { number, .. } => {
            Undo::Commands(vec![format!("# ask the operator to release {number}")])
        }
        Act::CompletePort { number, .. } => {
            Undo::Impossible(format!("`{number}` comes back only with another port"))
        }
        Act::ReleaseDirectRouting { number } => Undo::Impossible(format!(
            "`{number}` has to be uploaded again, if nobody else took it meanwhile"
        )),
        Act::ReleaseOperatorConnect { number } => {
            Undo::Impossible(format!("only the operator can give `{number}` back"))
        }
        Act::UploadDirectRouting { number } => Undo::Commands(commands(
            &Act::ReleaseDirectRouting { number: *number },
            state,
        )),
        Act::AcquireCallingPlan { number, .. } => Undo::Commands(vec![format!(
            "# release {number} in the Teams admin center: Voice > Phone numbers"
        )]),
        Act::ChangeUsage { number, .. } => {
            Undo::Commands(vec![format!("# order the usage back that {number} had")])
        }
        _ => Undo::Nothing,
    }
}

pub(in crate::plan) fn object(act: &Act, state: &State) -> String {
    match act {
        Act::UploadOperatorConnect {
            number, operator, ..
        } => format!("{number} by {}", operator_name(operator, state)),
        Act::CompletePort {
            number,
            to,
            operator,
        } => match (to, operator) {
            (_, Some(operator)) => format!("{number} to {}", operator_name(operator, state)),
            (Some(to), None) => format!("{number} to {to}"),
            (None, None) => format!("{number} out of the tenant"),
        },
        Act::ReleaseDirectRouting { number }
        | Act::ReleaseOperatorConnect { number }
        | Act::UploadDirectRouting { number }
        | Act::AcquireCallingPlan { number, .. } => number.to_string(),
        Act::ChangeUsage { number, usage } => format!("{number} for {usage}"),
        _ => String::new(),
    }
}

pub(in crate::plan) fn relies_on(act: &Act) -> Vec<Object> {
    match act {
        Act::UploadOperatorConnect { number, .. }
        | Act::CompletePort { number, .. }
        | Act::ReleaseDirectRouting { number }
        | Act::ReleaseOperatorConnect { number }
        | Act::UploadDirectRouting { number }
        | Act::AcquireCallingPlan { number, .. }
        | Act::ChangeUsage { number, .. } => vec![Object::Number(*number)],
        _ => Vec::new(),
    }
}

/// The operator of that identity.
pub(in crate::plan) fn operator<'s>(identity: &str, state: &'s State) -> Option<&'s Operator> {
    let operators = &state.tenant.operators;
    let index = operators.binary_search_by(|one| one.identity.as_str().cmp(identity));
    operators.get(index.ok()?)
}

/// How an operator is called.
pub(in crate::plan) fn operator_name(identity: &str, state: &State) -> String {
    operator(identity, state).map_or_else(
        || identity.to_owned(),
        |one| state.tenant.operator_name(one),
    )
}

/// That an operator is one of the tenant's, and active.
pub(in crate::plan) fn is_active(identity: &str, state: &State) -> Vec<Need> {
    let name = operator_name(identity, state);
    let export = ExportKind::Operators;
    let Some(found) = operator(identity, state) else {
        return vec![
            Need::there(
                format!("`{name}` is an operator of the tenant"),
                state.is_there(false, export),
            )
            .instead("the operators file does not list it: add it first")
            .at(state.tenant.start_of(export)),
        ];
    };
    let met = match state.tenant.status_of(found) {
        Some(OperatorStatus::Active) => Met::Yes,
        Some(_) => Met::No,
        None => Met::Unknown,
    };
    let told = state.symbol(found.record.status.get());
    vec![
        Need::refused(format!("`{name}` is active"), met)
            .instead(if told.is_empty() {
                "the operators file does not tell".to_owned()
            } else {
                format!("it is `{told}`")
            })
            .at(found.record.at("Status")),
    ]
}

/// That an operator is enabled in the country of a number; nothing where it is no operator of the tenant.
fn is_enabled(
    identity: &str,
    number: PhoneNumber,
    country: Option<Country>,
    state: &State,
) -> Option<Need> {
    let found = operator(identity, state)?;
    let name = operator_name(identity, state);
    let Some(country) = country else {
        let what = format!("`{name}` is enabled in the country of `{number}`");
        return Some(
            Need::refused(what, Met::Unknown)
                .instead("the number may be one of several countries, and nothing tells of which")
                .at(found.record.at("ConsentedCountries")),
        );
    };
    let met = match state.tenant.country_state(found, country) {
        CountryState::Enabled => Met::Yes,
        CountryState::Removed | CountryState::NotListed => Met::No,
        CountryState::Unknown => Met::Unknown,
    };
    Some(
        Need::refused(format!("`{name}` is enabled in {country}"), met)
            .instead("that country is not among its countries: add it in the Teams admin center")
            .at(found.record.at("ConsentedCountries")),
    )
}

/// The country of a number by the inventory, else by its numbering plan.
fn country_of(number: PhoneNumber, state: &State) -> Option<Country> {
    let row = state.number(number);
    row.and_then(|row| state.tenant.country_of_number(row))
        .or_else(|| Country::of_plan(number))
}

/// The country of a number that comes: the one that the plan tells, else its own, else that of its place.
fn country_of_upload(
    number: PhoneNumber,
    told: Option<&str>,
    location: Option<ObjectId>,
    state: &State,
) -> Option<Country> {
    let of_place = || {
        let place = state.tenant.location(location?)?;
        state.tenant.country(place.country)
    };
    told.and_then(Country::parse)
        .or_else(|| country_of(number, state))
        .or_else(of_place)
}

/// That no row of the inventory has the digits.
fn is_new(number: PhoneNumber, state: &State) -> Need {
    let what = format!("no other carrier has `{number}` in the inventory");
    match state.number(number) {
        None => Need::refused(
            what,
            match state.is_there(false, ExportKind::PhoneNumberAssignment) {
                Answer::Unknown => Met::Unknown,
                _ => Met::Yes,
            },
        )
        .instead("the inventory is not exported"),
        Some(row) => {
            let of_type = state.number_type(row).unwrap_or("another type");
            let partner = state.symbol(row.record.partner_name.get());
            let by = if partner.is_empty() {
                String::new()
            } else {
                format!(" by `{partner}`")
            };
            Need::refused(what, false)
                .instead(format!(
                    "it is there as {of_type}{by}: take it off its holder and have it released first"
                ))
                .at(row.record.at("NumberType"))
        }
    }
}

fn unassigned(row: &Number, state: &State) -> Need {
    let holder = state.tenant.holder_name(row);
    let met = match state.tenant.is_assigned(row) {
        Answer::Yes => Met::No,
        Answer::No => Met::Yes,
        Answer::Unknown => Met::Unknown,
    };
    let instead = match (row.holder, holder) {
        (Holder::ConferenceBridge, _) => "a conference bridge has it".to_owned(),
        (Holder::SharedCallingPolicy, _) => "a Shared Calling policy has it".to_owned(),
        (_, Some(holder)) => format!("`{holder}` has it"),
        (_, None) if met == Met::Unknown => "the export does not tell who has it".to_owned(),
        (_, None) => "it is assigned".to_owned(),
    };
    Need::refused(format!("`{}` is unassigned", row.key), met)
        .instead(instead)
        .at(row.record.at("AssignedPstnTargetId"))
}

/// What is said of a number where nobody knows whether it is ported, released or uploaded.
const UNTOLD: &str = "no export tells its type";

fn is_of_type(row: &Number, of_type: &str, state: &State) -> Met {
    let own = state.number_type(row);
    own.map_or(Met::Unknown, |own| (own == of_type).into())
}

fn is_free(number: PhoneNumber, of_type: &str, state: &State) -> Vec<Need> {
    let mut needs = vec![numbers::is_there(number, state)];
    if let Some(row) = state.number(number) {
        let instead = match state.number_type(row) {
            Some(own) => format!("it is of type {own}"),
            None => UNTOLD.to_owned(),
        };
        needs.push(
            Need::refused(
                format!("`{number}` is of type {of_type}"),
                is_of_type(row, of_type, state),
            )
            .instead(instead)
            .at(row.record.at("NumberType")),
        );
        needs.push(unassigned(row, state));
    }
    needs
}

/// That a number of a Calling Plan still works when it is ported away: taken off its holder before, the port may fail.
fn in_service(row: &Number, to: Option<&str>, state: &State) -> Option<Need> {
    let leaves = to != Some("CallingPlan") && state.number_type(row) == Some("CallingPlan");
    leaves.then(|| {
        let taken = state.was_taken(row.key) && state.tenant.is_assigned(row) != Answer::Yes;
        Need::harm(
            crate::finding::Severity::Error,
            format!("`{}` is assigned until it is ported", row.key),
            !taken,
        )
        .instead(
            "the plan takes it off before: the port may fail, and its holder is without number",
        )
        .at(row.record.at("PstnAssignmentStatus"))
    })
}

fn pending(number: PhoneNumber, hours: u64, what: &str) -> Pending {
    Pending {
        object: Object::Number(number),
        hours,
        what: format!("{what} `{number}`"),
    }
}

fn capabilities(usage: &str) -> Vec<&'static str> {
    match usage {
        "voice-app" => vec!["VoiceApplicationAssignment"],
        "conference" => vec!["ConferenceAssignment"],
        _ => vec!["UserAssignment"],
    }
}

/// A number of the inventory that nobody has yet.
fn row(number: PhoneNumber, number_type: &str, more: Vec<(&str, Value)>) -> Edit {
    let mut edit = added(
        Object::Number(number),
        [
            ("TelephoneNumber", json!(number.to_string())),
            ("NumberType", json!(number_type)),
            ("ActivationState", json!("Activated")),
            ("AssignedPstnTargetId", Value::Null),
            ("AssignmentCategory", Value::Null),
            ("PstnAssignmentStatus", json!("Unassigned")),
            ("NumberSource", json!("Online")),
            ("PortInOrderStatus", Value::Null),
            ("AssignmentBlockedState", Value::Null),
            ("AssignmentBlockedUntil", Value::Null),
            ("City", Value::Null),
            ("NetworkSiteId", Value::Null),
            ("ReverseNumberLookup", json!([])),
            ("Tag", json!([])),
        ],
    );
    if let crate::tenant::edit::What::Added(fields) = &mut edit.what {
        fields.extend(more.into_iter().map(|(key, value)| (key.to_owned(), value)));
    }
    edit
}

fn located(location: Option<ObjectId>, state: &State) -> [(&'static str, Value); 2] {
    let address = location
        .and_then(|id| state.tenant.location(id))
        .and_then(|found| found.civic_address.get());
    let text = |id: Option<ObjectId>| id.map_or(Value::Null, |id| json!(id.to_string()));
    [
        ("LocationId", text(location)),
        ("CivicAddressId", text(address)),
    ]
}

fn row_of_operator(
    number: PhoneNumber,
    identity: &str,
    location: Option<ObjectId>,
    country: Option<&str>,
    usage: &str,
    state: &State,
) -> Edit {
    // A number that is ported keeps the country of the old row.
    let country = country.map(str::to_owned).or_else(|| {
        let country = country_of_upload(number, None, location, state);
        country.map(|one| one.to_string())
    });
    let found = operator(identity, state);
    let id = found.and_then(|one| one.record.id.get());
    let id = id.or_else(|| {
        let mut others = found
            .into_iter()
            .flat_map(|one| state.tenant.numbers_of(one));
        others.find_map(|one| state.tenant.shared_id(&one.record.partner_id))
    });
    let id = id.map_or(Value::Null, |id| json!(id.to_string()));
    let mut more = vec![
        ("Capability", json!(capabilities(usage))),
        ("IsoCountryCode", country.map_or(Value::Null, Value::from)),
        ("PstnPartnerId", id.clone()),
        ("OperatorId", id),
        ("PstnPartnerName", json!(operator_name(identity, state))),
        ("LocationUpdateSupported", json!(true)),
    ];
    more.extend(located(location, state));
    row(number, "OperatorConnect", more)
}

fn row_of_direct_routing(number: PhoneNumber) -> Edit {
    row(
        number,
        "DirectRouting",
        vec![
            (
                "Capability",
                json!([
                    "ConferenceAssignment",
                    "VoiceApplicationAssignment",
                    "UserAssignment"
                ]),
            ),
            ("IsoCountryCode", Value::Null),
            ("PstnPartnerId", Value::Null),
            ("OperatorId", json!("83d289bc-a4d3-41e6-8a3f-cff260a3f091")),
            ("PstnPartnerName", Value::Null),
            ("LocationUpdateSupported", json!(true)),
            ("LocationId", Value::Null),
            ("CivicAddressId", Value::Null),
        ],
    )
}

fn row_of_calling_plan(
    number: PhoneNumber,
    country: Option<&str>,
    location: Option<ObjectId>,
    usage: &str,
    state: &State,
) -> Edit {
    let country = country
        .map(str::to_owned)
        .or_else(|| country_of(number, state).map(|one| one.to_string()));
    let mut more = vec![
        ("Capability", json!(capabilities(usage))),
        ("IsoCountryCode", country.map_or(Value::Null, Value::from)),
        ("PstnPartnerId", json!(MICROSOFT)),
        ("OperatorId", json!(MICROSOFT)),
        ("PstnPartnerName", json!("Microsoft")),
        ("LocationUpdateSupported", json!(true)),
    ];
    more.extend(located(location, state));
    row(number, "CallingPlan", more)
}

fn port(number: PhoneNumber, to: Option<&str>, operator: Option<&str>, state: &State) -> Effect {
    let mut effect = Effect {
        edits: vec![removed(Object::Number(number))],
        pending: vec![pending(number, UNTIL_SEEN, "the port of")],
        ..Effect::default()
    };
    let old = state.number(number);
    let location = old.and_then(|row| state.tenant.shared_id(&row.record.location));
    let is_for = |capability: &str| {
        let listed = old.and_then(|row| row.record.capabilities.get());
        let listed = listed.map_or(&[][..], |list| state.tenant.snapshot.texts.list(list));
        listed
            .iter()
            .any(|one| state.symbol(Some(*one)).eq_ignore_ascii_case(capability))
    };
    let usage = if is_for("UserAssignment") || !is_for("VoiceApplicationAssignment") {
        "user"
    } else {
        "voice-app"
    };
    match to {
        Some("OperatorConnect") => {
            let operator = operator.unwrap_or_default();
            let edit = row_of_operator(number, operator, location, None, usage, state);
            effect.edits.push(edit);
        }
        Some("CallingPlan") => {
            let edit = row_of_calling_plan(number, None, location, usage, state);
            effect.edits.push(edit);
        }
        Some(_) => effect.edits.push(row_of_direct_routing(number)),
        None => {
            // It is gone, and so is the line of whoever had it.
            let holder = old.and_then(|row| match row.holder {
                Holder::User(index) => state.tenant.users.get(index as usize)?.id.get(),
                Holder::ResourceAccount(index) => {
                    Some(state.tenant.resource_accounts.get(index as usize)?.id)
                }
                _ => None,
            });
            if let Some(holder) = holder {
                let is_primary = state.line(holder) == Some(number);
                effect
                    .edits
                    .extend(numbers::without_number(holder, number, is_primary, state));
            }
        }
    }
    effect
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tenant::testing::tenant;

    const OPERATORS: &str =
        r#"[{"name":"Northwind","status":"Active","consentedCountries":["US"]}]"#;

    fn upload(number: &str, country: Option<&str>) -> Act {
        Act::UploadOperatorConnect {
            number: PhoneNumber::parse(number).expect("a number"),
            operator: crate::tenant::operator_identity("Northwind"),
            location: None,
            country: country.map(str::to_owned),
            usage: "user",
        }
    }

    /// What is asked of the countries of the operator.
    fn enabled(act: &Act) -> (Met, String, String) {
        let state = State::new(tenant(&[
            ("Get-CsPhoneNumberAssignment.json", "[]"),
            ("operators.json", OPERATORS),
        ]));
        let mut needs = act.needs(&state).into_iter();
        let need = needs.find(|need| need.what.contains("is enabled in"));
        let need = need.expect("it is asked");
        (need.met, need.what, need.instead)
    }

    #[test]
    fn an_operator_has_to_be_enabled_in_the_country_of_a_number() {
        assert_eq!(enabled(&upload("+12065550101", None)).0, Met::Yes);
        let canada = enabled(&upload("+14165550100", None));
        assert_eq!(
            (canada.0, canada.1.as_str()),
            (Met::No, "`Northwind` is enabled in CA")
        );
        assert_eq!(enabled(&upload("+12065550101", Some("CA"))).0, Met::No);
        // A toll-free number is not of one country.
        let free = enabled(&upload("+18005550101", None));
        assert_eq!(
            (free.0, free.2.as_str()),
            (
                Met::Unknown,
                "the number may be one of several countries: tell `country`"
            )
        );
        let port = Act::CompletePort {
            number: PhoneNumber::parse("+18005550101").expect("a number"),
            to: Some("OperatorConnect"),
            operator: Some(crate::tenant::operator_identity("Northwind")),
        };
        assert_eq!(enabled(&port).0, Met::Unknown);
    }

    #[test]
    fn what_no_export_tells_of_the_type_of_a_number_is_not_held_against_it() {
        let number = PhoneNumber::parse("+12065550103").expect("a number");
        let asked = |number_type: &str, act: &Act| {
            let row = format!(
                r#"[{{"TelephoneNumber":"+12065550103",{number_type}"PstnAssignmentStatus":"Unassigned","AssignedPstnTargetId":null}}]"#
            );
            let state = State::new(tenant(&[("Get-CsPhoneNumberAssignment.json", &row)]));
            let mut needs = act.needs(&state).into_iter();
            let need = needs.find(|need| need.what.contains("is of "));
            let need = need.expect("it is asked");
            (need.met, need.instead)
        };
        let release = Act::ReleaseOperatorConnect { number };
        let change = Act::ChangeUsage {
            number,
            usage: "user",
        };
        for act in [release, change] {
            let untold = (Met::Unknown, UNTOLD.to_owned());
            assert_eq!(asked("", &act), untold, "{act:?}");
            assert_eq!(asked(r#""NumberType":"Other","#, &act), untold, "{act:?}");
            let told = asked(r#""NumberType":"DirectRouting","#, &act);
            assert_eq!(told.0, Met::No, "{act:?}");
        }
    }

    #[test]
    fn orders_of_direct_routing_take_numbers_as_one_text() {
        let state = State::new(tenant(&[("Get-CsPhoneNumberAssignment.json", "[]")]));
        let number = PhoneNumber::parse("+12065550103").expect("a number");
        let release = Act::ReleaseDirectRouting { number };
        let upload = Act::UploadDirectRouting { number };
        assert_eq!(
            release.commands(&state),
            ["New-CsOnlineTelephoneNumberReleaseOrder -TelephoneNumber '+12065550103'"]
        );
        assert_eq!(
            upload.commands(&state),
            ["New-CsOnlineDirectRoutingTelephoneNumberUploadOrder -TelephoneNumber '+12065550103'"]
        );
        assert_eq!(
            upload.undo(&state),
            Undo::Commands(release.commands(&state))
        );
    }
}
