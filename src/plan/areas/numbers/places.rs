//! What must hold of the place of a number: its emergency location, and the country of both.

use crate::plan::act::{Met, Need};
use crate::plan::state::State;
use crate::snapshot::{ExportKind, Field, ObjectId, PhoneNumber};
use crate::tenant::{Answer, Country, Number};

pub(super) fn of_place(
    number: PhoneNumber,
    number_type: Option<&'static str>,
    location: Option<ObjectId>,
    state: &State,
) -> Vec<Need> {
    let mut needs = Vec::new();
    if let Some(location) = location {
        let country = country_of(number, state);
        needs.extend(of_location(number, location, country, state));
    }
    let row = state.number(number);
    let of_type = number_type.or_else(|| row.and_then(|row| state.number_type(row)));
    if of_type == Some("CallingPlan")
        && location.is_none()
        && let Some(row) = row
    {
        needs.extend(has_place(row, state));
    }
    needs
}

/// That a number of a Calling Plan has an emergency location where the service asks for one: in the United States and
/// Canada.
fn has_place(row: &Number, state: &State) -> Option<Need> {
    let country = state.tenant.country_of_number(row);
    let is_american = match country.map(|one| one.to_string()) {
        Some(country) => ["US", "CA"].contains(&country.as_str()).into(),
        // Both share a calling code with others.
        None if row.key.digits().starts_with('1') => Answer::Unknown,
        None => Answer::No,
    };
    let has = state.tenant.has_location(row);
    let (met, instead) = match (is_american, has) {
        (Answer::No, _) => return None,
        (Answer::Unknown, Answer::No) => (
            Met::Unknown,
            "it has none, and the export does not tell whether its country asks for one",
        ),
        (_, Answer::Unknown) => (Met::Unknown, "the export does not tell it"),
        (_, has) => (has.into(), "it has none, and the step gives none"),
    };
    Some(
        Need::refused(format!("`{}` has an emergency location", row.key), met)
            .instead(instead)
            .at(row.record.at("LocationId")),
    )
}

/// The country of a number: the inventory's, else that of its calling code.
pub(super) fn country_of(number: PhoneNumber, state: &State) -> Option<Country> {
    match state.number(number) {
        Some(row) => state.tenant.country_of_number(row),
        None => Country::of_number(number),
    }
}

/// That an emergency location is there, validated, and in the country of a number.
pub(in crate::plan) fn of_location(
    number: PhoneNumber,
    location: ObjectId,
    of_number: Option<Country>,
    state: &State,
) -> Vec<Need> {
    let export = ExportKind::OnlineLisLocation;
    let found = state.tenant.location(location);
    let mut needs = vec![
        Need::there(
            format!("there is an emergency location `{location}`"),
            state.is_there(found.is_some(), export),
        )
        .instead("Get-CsOnlineLisLocation does not list it")
        .at(state.tenant.start_of(export)),
    ];
    let Some(found) = found else {
        return needs;
    };
    let address = found
        .civic_address
        .get()
        .and_then(|id| state.tenant.civic_address(id));
    let status = address.map_or(Field::Absent, |address| address.validation);
    let told = state.symbol(status.get());
    needs.push(
        Need::refused(
            format!("the address of location `{location}` is validated"),
            address.map_or(Met::Unknown, |address| {
                state.tenant.is_validated(address).into()
            }),
        )
        .instead(match status {
            Field::Absent => "no export tells it".to_owned(),
            Field::Null => "it has no status".to_owned(),
            Field::Value(_) => format!("its status is `{told}`"),
        })
        .at(address.map(|address| address.at("ValidationStatus"))),
    );
    let own = state.tenant.country(found.country);
    let (met, instead) = match (own, of_number) {
        (Some(own), Some(of_number)) => (
            own.shares_plans_with(of_number).into(),
            format!("it is in {own}"),
        ),
        (_, None) => (
            Met::Unknown,
            "no export tells the country of the number".to_owned(),
        ),
        (None, _) => (Met::Unknown, "no export tells its country".to_owned()),
    };
    let named = of_number.map_or(String::new(), |country| format!("{country}, "));
    needs.push(
        Need::refused(
            format!("location `{location}` is in {named}the country of `{number}`"),
            met,
        )
        .instead(instead)
        .at(found.at("CountryOrRegion")),
    );
    needs
}

/// That the emergency location of a number can be changed by an administrator; of numbers of an operator this must be told.
pub(super) fn is_movable(row: &Number, state: &State) -> Option<Need> {
    let record = &row.record;
    let met = match record.location_editable {
        Field::Value(editable) => editable.into(),
        Field::Null | Field::Absent if state.tenant.is_operator_connect(row) == Answer::No => {
            return None;
        }
        Field::Null | Field::Absent => Met::Unknown,
    };
    Some(
        Need::refused(
            format!(
                "the emergency location of `{}` can be changed here",
                row.key
            ),
            met,
        )
        .instead(if met == Met::No {
            "the operator keeps it: ask the operator"
        } else {
            "the export does not tell whether the operator keeps it"
        })
        .at(record.at(if met == Met::No {
            "LocationId"
        } else {
            "LocationUpdateSupported"
        })),
    )
}
