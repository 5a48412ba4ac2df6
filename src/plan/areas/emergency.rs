//! Emergency locations.
//!
//! Sources: <https://learn.microsoft.com/powershell/module/microsoftteams/new-csonlineliscivicaddress>,
//! <https://learn.microsoft.com/powershell/module/microsoftteams/remove-csonlinelislocation>,
//! <https://learn.microsoft.com/microsoftteams/add-change-remove-emergency-location-organization>.

use serde_json::{Value, json};

use super::routing::{first_of, is_there, none_of};
use crate::finding::powershell::quoted;
use crate::finding::{Place, Severity};
use crate::plan::act::{Act, Effect, Need, Undo};
use crate::plan::state::{State, added, removed, untold};
use crate::snapshot::record::CivicAddressRecord;
use crate::snapshot::{ExportKind, Field, ObjectId};
use crate::tenant::edit::Object;
use crate::tenant::{Country, Merged};

/// What tells the id of an address from that of the location that stands for it, until the service gives it one.
const OF_ADDRESS: u128 = 0x0c17_1cad_d4e5_5000_0000_0000_0000_0001;

/// Where a validated address is until the service tells: anywhere but nowhere, as it is geocoded.
const SOMEWHERE: &str = "1.0";

pub(in crate::plan) fn needs(act: &Act, state: &State) -> Vec<Need> {
    match act {
        Act::AddLocation {
            location,
            name,
            country,
            ..
        } => vec![
            Need::refused(
                format!("there is no emergency location `{name}` yet"),
                state.tenant.location(*location).is_none(),
            )
            .instead("it is there already")
            .at(state
                .tenant
                .location(*location)
                .map(|one| one.at("LocationId"))),
            Need::refused(
                format!("`{country}` is a country"),
                Country::parse(country).is_some(),
            )
            .instead("ISO 3166-1 does not have it"),
        ],
        Act::RemoveLocation { location } => needs_of_remove(*location, state),
        _ => Vec::new(),
    }
}

pub(in crate::plan) fn effect(act: &Act, state: &State) -> Effect {
    match act {
        Act::AddLocation {
            location,
            name,
            country,
            validated,
        } => add(*location, name, country, *validated, state),
        Act::RemoveLocation { location } => {
            let mut effect = Effect {
                edits: vec![removed(Object::Location(*location))],
                ..Effect::default()
            };
            // A default location goes with its address, and never without it.
            if let Some(address) = address_of_default(*location, state).and_then(|one| one.id.get())
            {
                effect.edits.push(removed(Object::CivicAddress(address)));
            }
            effect
        }
        _ => Effect::default(),
    }
}

pub(in crate::plan) fn commands(act: &Act, state: &State) -> Vec<String> {
    match act {
        Act::AddLocation {
            name,
            country,
            validated,
            ..
        } => {
            let status = if *validated {
                " -Latitude <degrees> -Longitude <degrees> -ValidationStatus Validated"
            } else {
                ""
            };
            vec![
                "# Teams admin center > Locations > Emergency addresses > Add, by map search; or with all parts of the address:".to_owned(),
                format!(
                    "# New-CsOnlineLisCivicAddress -Description {} -CountryOrRegion {} -CompanyName <company> -HouseNumber <number> -StreetName <street> -City <city> -StateOrProvince <state> -PostalCode <code>{status}",
                    quoted(name),
                    quoted(country)
                ),
            ]
        }
        Act::RemoveLocation { location } => {
            vec![
                match address_of_default(*location, state).and_then(|one| one.id.get()) {
                    Some(address) => format!(
                        "Remove-CsOnlineLisCivicAddress -CivicAddressId {}",
                        quoted(&address.to_string())
                    ),
                    None => format!(
                        "Remove-CsOnlineLisLocation -LocationId {}",
                        quoted(&location.to_string())
                    ),
                },
            ]
        }
        _ => Vec::new(),
    }
}

pub(in crate::plan) fn undo(act: &Act, _state: &State) -> Undo {
    match act {
        Act::AddLocation { .. } => Undo::Commands(vec![
            "# Remove-CsOnlineLisCivicAddress -CivicAddressId <the id that it was given>"
                .to_owned(),
        ]),
        Act::RemoveLocation { .. } => {
            Undo::Impossible("a deleted emergency location does not come back".to_owned())
        }
        _ => Undo::Nothing,
    }
}

pub(in crate::plan) fn object(act: &Act, state: &State) -> String {
    match act {
        Act::AddLocation { name, .. } => name.clone(),
        Act::RemoveLocation { location } => name_of(*location, state),
        _ => String::new(),
    }
}

pub(in crate::plan) fn relies_on(act: &Act) -> Vec<Object> {
    match act {
        Act::RemoveLocation { location } => vec![Object::Location(*location)],
        _ => Vec::new(),
    }
}

fn name_of(location: ObjectId, state: &State) -> String {
    let found = state.tenant.location(location);
    match found.and_then(|one| one.name.get()) {
        Some(name) => state.tenant.snapshot.texts.text(name).to_owned(),
        None => location.to_string(),
    }
}

fn add(location: ObjectId, name: &str, country: &str, validated: bool, state: &State) -> Effect {
    let mut effect = Effect::default();
    let address = ObjectId::from_bits(location.bits() ^ OF_ADDRESS);
    let status = if validated {
        "Validated"
    } else {
        "NotValidated"
    };
    let degrees = if validated {
        json!(SOMEWHERE)
    } else {
        Value::Null
    };
    effect.edits.push(added(
        Object::CivicAddress(address),
        [
            ("CivicAddressId", json!(address.to_string())),
            ("DefaultLocationId", json!(location.to_string())),
            ("ValidationStatus", json!(status)),
            ("CountryOrRegion", json!(country)),
            ("Latitude", degrees.clone()),
            ("Longitude", degrees.clone()),
            ("NumberOfTelephoneNumbers", json!(0)),
            ("NumberOfVoiceUsers", json!(0)),
        ],
    ));
    effect.edits.push(added(
        Object::Location(location),
        [
            ("LocationId", json!(location.to_string())),
            ("CivicAddressId", json!(address.to_string())),
            ("Location", json!(name)),
            ("CountryOrRegion", json!(country)),
            ("Latitude", degrees.clone()),
            ("Longitude", degrees),
            ("NumberOfTelephoneNumbers", json!(0)),
            ("NumberOfVoiceUsers", json!(0)),
        ],
    ));
    if !state
        .tenant
        .snapshot
        .has_export(ExportKind::OnlineLisLocation)
    {
        effect.remarks.push(
            "Get-CsOnlineLisLocation is not exported, so that the location is not followed"
                .to_owned(),
        );
    }
    effect
}

/// The address that a location stands for as a whole.
fn address_of_default(location: ObjectId, state: &State) -> Option<&Merged<CivicAddressRecord>> {
    let address = state.tenant.location(location)?.civic_address.get()?;
    let address = state.tenant.civic_address(address)?;
    (address.default_location.get() == Some(location)).then_some(address)
}

fn needs_of_remove(location: ObjectId, state: &State) -> Vec<Need> {
    let found = state.tenant.location(location);
    let name = name_of(location, state);
    let mut needs = vec![
        is_there(
            format!("there is an emergency location `{name}`"),
            found.is_some(),
            ExportKind::OnlineLisLocation,
            state,
        ),
        has_no_numbers(location, &name, state),
        locates_nothing(location, &name, state),
    ];
    needs.extend(has_no_siblings(location, &name, state));
    needs
}

/// What the service counts at a location, and at the address that goes with it: numbers and voice users that are left of
/// those before the plan, and where that is told.
fn counted(location: ObjectId, state: &State) -> Option<(String, Place)> {
    let own = state.tenant.location(location);
    let own = own.map(|one| (location, one.number_count, one.user_count, one.at(COUNT)));
    let address = address_of_default(location, state);
    let address = address.and_then(|one| {
        Some((
            one.id.get()?,
            one.number_count,
            one.user_count,
            one.at(COUNT),
        ))
    });
    let mut all = own.into_iter().chain(address);
    all.find_map(|(id, numbers, users, place)| {
        // A number takes its user along. What was not asked for is counted as -1.
        let left = |count: Field<i64>| {
            let count = count.get().filter(|count| *count > 0)?;
            let left = count.saturating_sub(state.moved_away(id));
            (left > 0).then_some(left)
        };
        let (count, what) = match (left(numbers), left(users)) {
            (Some(count), _) => (count, "number"),
            (None, Some(count)) => (count, "voice user"),
            (None, None) => return None,
        };
        let told = match count {
            1 => format!("1 {what} is counted there"),
            _ => format!("{count} {what}s are counted there"),
        };
        Some((told, place))
    })
}

/// The property that tells how many numbers are at a location or address.
const COUNT: &str = "NumberOfTelephoneNumbers";

/// That no number is at a location: neither by the inventory nor by what the service counts.
fn has_no_numbers(location: ObjectId, name: &str, state: &State) -> Need {
    let tenant = &state.tenant;
    let (mut numbers, mut place) = (Vec::new(), None);
    let mut is_untold = !state.is_whole(ExportKind::PhoneNumberAssignment);
    for number in &tenant.numbers {
        if state.number(number.key).is_none() {
            continue;
        }
        is_untold |= number.record.location.is_absent();
        if tenant.shared_id(&number.record.location) == Some(location) {
            place.get_or_insert_with(|| number.record.at("LocationId"));
            numbers.push(number.key.to_string());
        }
    }
    let what = format!("no number is at emergency location `{name}`");
    if numbers.is_empty()
        && let Some((instead, place)) = counted(location, state)
    {
        return Need::refused(what, false).instead(instead).at(place);
    }
    Need::refused(what, none_of(&numbers, is_untold))
        .instead(match numbers.len() {
            0 => "the export does not tell it of every number".to_owned(),
            1 => format!("{} is", first_of(&numbers)),
            count => format!("{count} are: {}", first_of(&numbers)),
        })
        .at(place)
}

/// That no subnet, switch, port or access point is at a location.
fn locates_nothing(location: ObjectId, name: &str, state: &State) -> Need {
    let tenant = &state.tenant;
    let missing = NETWORK.iter().filter(|export| !state.is_whole(**export));
    let missing: Vec<&str> = missing.map(|export| export.name()).collect();
    let mut is_untold = !missing.is_empty();
    let (mut elements, mut place) = (Vec::new(), None);
    for element in &tenant.network.lis {
        is_untold |= element.location.is_absent();
        if element.location.get() == Some(location) {
            place.get_or_insert_with(|| element.at("LocationId"));
            elements.push(tenant.lis_name(element).0);
        }
    }
    Need::harm(
        Severity::Error,
        format!("nothing in the network leads to emergency location `{name}`"),
        none_of(&elements, is_untold),
    )
    .instead(match elements.len() {
        0 if missing.is_empty() => "the export does not tell it of every element".to_owned(),
        0 => untold(&missing),
        1 => format!("{} does", first_of(&elements)),
        count => format!("{count} do: {}", first_of(&elements)),
    })
    .at(place)
}

/// Exports of what locates callers in the network.
const NETWORK: [ExportKind; 4] = [
    ExportKind::OnlineLisSubnet,
    ExportKind::OnlineLisSwitch,
    ExportKind::OnlineLisPort,
    ExportKind::OnlineLisWirelessAccessPoint,
];

/// That a location which stands for a whole address is the only one there.
fn has_no_siblings(location: ObjectId, name: &str, state: &State) -> Option<Need> {
    let address = address_of_default(location, state)?;
    let others = state.tenant.locations.iter().filter(|one| {
        one.civic_address.get() == address.id.get() && one.id.get() != Some(location)
    });
    let others: Vec<String> = others
        .filter_map(|one| Some(name_of(one.id.get()?, state)))
        .collect();
    let is_untold = !state.is_whole(ExportKind::OnlineLisLocation);
    Some(
        Need::refused(
            format!("`{name}` does not stand for an address that has other locations"),
            none_of(&others, is_untold),
        )
        .instead(match others.len() {
            0 => "not all locations are exported".to_owned(),
            _ => format!(
                "it goes with its address alone, and that has {}",
                first_of(&others)
            ),
        })
        .at(address.at("DefaultLocationId")),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::act::{Met, Weight};
    use crate::source::{SourceId, Span};
    use crate::tenant::testing::tenant;

    const ADDRESS: &str = "00000000-0000-4000-8000-0000000000ad";
    const WHOLE: &str = "00000000-0000-4000-8000-000000000001";
    const FLOOR: &str = "00000000-0000-4000-8000-000000000002";

    fn id(text: &str) -> ObjectId {
        ObjectId::parse(text).expect("an id")
    }

    /// An address with its default location and a floor, with these numbers and this subnet.
    fn state(numbers: &str, subnets: &str) -> State {
        counting(numbers, subnets, -1)
    }

    /// The same, where the service counts so many numbers at the floor and at the address.
    fn counting(numbers: &str, subnets: &str, count: i64) -> State {
        let addresses = format!(
            r#"[{{"CivicAddressId":"{ADDRESS}","DefaultLocationId":"{WHOLE}","ValidationStatus":"Validated","CountryOrRegion":"US","Latitude":"47.6","Longitude":"-122.3",
                "NumberOfTelephoneNumbers":"{count}","NumberOfVoiceUsers":"{count}"}}]"#
        );
        let location = |id: &str, name: &str, count: i64| {
            format!(
                r#"{{"LocationId":"{id}","CivicAddressId":"{ADDRESS}","Location":{name},"CountryOrRegion":"US","Latitude":"47.6","Longitude":"-122.3",
                    "NumberOfTelephoneNumbers":"{count}","NumberOfVoiceUsers":"{count}"}}"#
            )
        };
        let locations = format!(
            "[{},{}]",
            location(WHOLE, "null", -1),
            location(FLOOR, "\"Floor\"", count)
        );
        State::new(tenant(&[
            ("Get-CsOnlineLisCivicAddress.json", &addresses),
            ("Get-CsOnlineLisLocation.json", &locations),
            ("Get-CsPhoneNumberAssignment.json", numbers),
            ("Get-CsOnlineLisSubnet.json", subnets),
            ("Get-CsOnlineLisSwitch.json", "[]"),
            ("Get-CsOnlineLisPort.json", "[]"),
            ("Get-CsOnlineLisWirelessAccessPoint.json", "[]"),
        ]))
    }

    fn unmet(act: &Act, state: &State) -> Vec<(Weight, Met, String)> {
        let needs = act.needs(state).into_iter();
        needs
            .filter(|need| need.met != Met::Yes)
            .map(|need| (need.weight, need.met, need.instead))
            .collect()
    }

    fn done(act: &Act, state: &mut State) {
        let effect = act.effect(state);
        let _ = state.apply(effect, Span::start_of(SourceId(0)));
        state.tenant.settle();
    }

    #[test]
    fn a_new_location_has_a_validated_address_with_coordinates() {
        let mut state = state("[]", "[]");
        let location = ObjectId::from_bits(9);
        let act = |validated| Act::AddLocation {
            location,
            name: "Berlin's".to_owned(),
            country: "DE".to_owned(),
            validated,
        };
        assert_eq!(unmet(&act(true), &state), []);
        assert!(
            act(true).commands(&state)[1]
                .contains("-Description 'Berlin''s' -CountryOrRegion 'DE'")
        );
        assert!(
            act(true)
                .commands(&state)
                .iter()
                .all(|line| line.starts_with('#'))
        );
        assert!(!act(false).commands(&state)[1].contains("Validated"));
        done(&act(true), &mut state);
        let found = state.tenant.location(location).expect("the location");
        assert_eq!(state.symbol(found.country.get()), "DE");
        let address = found.civic_address.get().expect("an address");
        assert_ne!(address, location);
        let address = state.tenant.civic_address(address).expect("the address");
        assert_eq!(state.symbol(address.validation.get()), "Validated");
        assert_eq!(address.default_location.get(), Some(location));
        for degrees in [
            address.latitude,
            address.longitude,
            found.latitude,
            found.longitude,
        ] {
            let degrees: f64 = state.symbol(degrees.get()).parse().expect("degrees");
            assert!(degrees != 0.0);
        }
        assert_eq!(unmet(&act(true), &state)[0].1, Met::No, "it is there now");
    }

    #[test]
    fn an_address_that_is_not_validated_is_nowhere() {
        let mut state = state("[]", "[]");
        let location = ObjectId::from_bits(9);
        let act = Act::AddLocation {
            location,
            name: "Berlin".to_owned(),
            country: "QQ".to_owned(),
            validated: false,
        };
        assert_eq!(unmet(&act, &state).len(), 1, "no such country");
        done(&act, &mut state);
        let found = state.tenant.location(location).expect("the location");
        assert!(found.latitude.is_null());
        let address = found
            .civic_address
            .get()
            .and_then(|id| state.tenant.civic_address(id));
        let status = address.and_then(|one| one.validation.get());
        assert_eq!(state.symbol(status), "NotValidated");
    }

    #[test]
    fn a_location_goes_when_nothing_is_there() {
        let remove = |location: &str| Act::RemoveLocation {
            location: id(location),
        };
        let mut free = state("[]", "[]");
        assert_eq!(unmet(&remove(FLOOR), &free), []);
        assert_eq!(
            remove(FLOOR).commands(&free),
            [format!("Remove-CsOnlineLisLocation -LocationId '{FLOOR}'")]
        );
        assert_eq!(
            unmet(&remove(WHOLE), &free),
            [(
                Weight::Refused,
                Met::No,
                "it goes with its address alone, and that has `Floor`".to_owned()
            )]
        );
        done(&remove(FLOOR), &mut free);
        assert_eq!(unmet(&remove(WHOLE), &free), []);
        assert_eq!(
            remove(WHOLE).commands(&free),
            [format!(
                "Remove-CsOnlineLisCivicAddress -CivicAddressId '{ADDRESS}'"
            )]
        );
        done(&remove(WHOLE), &mut free);
        assert!(free.tenant.locations.is_empty() && free.tenant.civic_addresses.is_empty());
        assert_eq!(unmet(&remove(WHOLE), &free)[0].0, Weight::Missing);
    }

    #[test]
    fn numbers_and_subnets_that_are_there_are_named() {
        let numbers = format!(
            r#"[{{"TelephoneNumber":"+12065550101","NumberType":"CallingPlan","LocationId":"{FLOOR}"}}]"#
        );
        let subnets = format!(r#"[{{"Subnet":"10.1.2.0","LocationId":"{FLOOR}"}}]"#);
        let act = Act::RemoveLocation {
            location: id(FLOOR),
        };
        assert_eq!(
            unmet(&act, &state(&numbers, &subnets)),
            [
                (Weight::Refused, Met::No, "`+12065550101` is".to_owned()),
                (
                    Weight::Harm(Severity::Error),
                    Met::No,
                    "`subnet 10.1.2.0` does".to_owned()
                ),
            ]
        );
        let untold = r#"[{"TelephoneNumber":"+12065550101","NumberType":"CallingPlan"}]"#;
        assert_eq!(unmet(&act, &state(untold, "[]"))[0].1, Met::Unknown);
    }

    #[test]
    fn what_the_service_counts_at_a_location_is_there_until_the_plan_moves_it() {
        let number = |last: u32, at: &str| {
            format!(
                r#"{{"TelephoneNumber":"+1206555010{last}","NumberType":"CallingPlan","CivicAddressId":null,"LocationId":{at}}}"#
            )
        };
        let elsewhere = format!("[{}]", number(1, "null"));
        let floor = Act::RemoveLocation {
            location: id(FLOOR),
        };
        let refused = |instead: &str| (Weight::Refused, Met::No, instead.to_owned());
        assert_eq!(
            unmet(&floor, &counting(&elsewhere, "[]", 5)),
            [refused("5 numbers are counted there")]
        );
        assert_eq!(unmet(&floor, &counting(&elsewhere, "[]", 0)), []);
        let there = format!("\"{FLOOR}\"");
        let two = format!("[{},{}]", number(1, &there), number(2, &there));
        let mut state = counting(&two, "[]", 2);
        for last in [1, 2] {
            assert_eq!(unmet(&floor, &state)[0].1, Met::No);
            let number = crate::snapshot::PhoneNumber::parse(&format!("+1206555010{last}"));
            let away = Act::SetLocation {
                number: number.expect("a number"),
                location: Some(id(WHOLE)),
            };
            done(&away, &mut state);
        }
        assert_eq!(unmet(&floor, &state), []);
        done(&floor, &mut state);
        // The address still has them, at the location that stands for it.
        let whole = Act::RemoveLocation {
            location: id(WHOLE),
        };
        assert_eq!(
            unmet(&whole, &state),
            [refused("2 are: `+12065550101`, `+12065550102`")]
        );
    }

    #[test]
    fn what_locates_callers_is_not_known_without_its_exports() {
        let locations = format!(
            r#"[{{"LocationId":"{FLOOR}","CivicAddressId":"{ADDRESS}","Location":"Floor","CountryOrRegion":"US"}}]"#
        );
        let state = State::new(tenant(&[
            ("Get-CsOnlineLisLocation.json", &locations),
            ("Get-CsPhoneNumberAssignment.json", "[]"),
            ("Get-CsOnlineLisSubnet.json", "[]"),
        ]));
        let act = Act::RemoveLocation {
            location: id(FLOOR),
        };
        assert_eq!(
            unmet(&act, &state),
            [(
                Weight::Harm(Severity::Error),
                Met::Unknown,
                "not all of Get-CsOnlineLisSwitch, Get-CsOnlineLisPort, Get-CsOnlineLisWirelessAccessPoint is exported".to_owned()
            )]
        );
    }
}
