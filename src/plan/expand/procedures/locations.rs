//! Emergency locations.
//!
//! Source: <https://learn.microsoft.com/microsoftteams/add-change-remove-emergency-location-organization>.

use super::sequence::Sequence;
use crate::finding::Severity;
use crate::plan::act::{Act, Met, Need};
use crate::plan::expand::Planned;
use crate::plan::expand::operands::Operands;
use crate::plan::state::State;
use crate::snapshot::{ExportKind, ObjectId};

/// Every number moves to the new location before the old one goes.
pub(super) fn replace(step: &mut Operands) -> Option<Vec<Planned>> {
    let (from, from_bytes) = step.location("from")?;
    let (to, to_bytes) = step.location("to")?;
    let is_deleted = step.step.flag("delete") == Some(true);
    let state = step.state;
    let mut sequence = Sequence::default();
    if let Some(untold) = all_are_told(from, state) {
        // Who moves is not known before there is an export that tells.
        sequence.with_needs(Act::WaitForExport, &from_bytes, vec![untold]);
    }
    for number in &state.tenant.numbers {
        // Those that are gone stay in the list until everything is joined anew.
        let is_there = state.number(number.key).is_some();
        if is_there && state.tenant.shared_id(&number.record.location) == Some(from) {
            let act = Act::SetLocation {
                number: number.key,
                location: Some(to),
            };
            sequence.act(act, &to_bytes);
        }
    }
    if is_deleted {
        let needs = nothing_locates(from, state);
        let act = Act::RemoveLocation { location: from };
        sequence.with_needs(act, &from_bytes, needs);
    }
    Some(sequence.done())
}

/// That the inventory tells of every number whether it is at a location; nothing where it does.
fn all_are_told(location: ObjectId, state: &State) -> Option<Need> {
    let what = format!("all numbers at location `{location}` are known");
    let mut numbers = state.tenant.numbers.iter();
    let untold = numbers
        .find(|number| number.record.location.is_absent() && state.number(number.key).is_some());
    let inventory = ExportKind::PhoneNumberAssignment;
    let (instead, place) = match untold {
        Some(number) => (
            "no export tells the location of a number",
            Some(number.record.at("LocationId")),
        ),
        None if state.is_whole(inventory) => return None,
        None => ("the inventory is not exported, or not all of it", None),
    };
    let need = Need::harm(Severity::Error, what, Met::Unknown);
    Some(need.instead(instead).at(place))
}

/// That no subnet, switch, port or access point is at a location.
fn nothing_locates(location: ObjectId, state: &State) -> Vec<Need> {
    let tenant = &state.tenant;
    let what = format!("no network element is at location `{location}`");
    let at = tenant.network.lis.iter();
    let at = at.filter(|element| element.location.get() == Some(location));
    let needs: Vec<Need> = at
        .map(|element| {
            Need::harm(Severity::Error, what.as_str(), Met::No)
                .instead(format!("`{}` is", tenant.lis_name(element).1))
                .at(element.at("LocationId"))
        })
        .collect();
    if !needs.is_empty() {
        return needs;
    }
    let all = [
        ExportKind::OnlineLisSubnet,
        ExportKind::OnlineLisSwitch,
        ExportKind::OnlineLisPort,
        ExportKind::OnlineLisWirelessAccessPoint,
    ];
    let all = all.into_iter().all(|kind| state.is_whole(kind));
    let met = if all { Met::Yes } else { Met::Unknown };
    let need = Need::harm(Severity::Error, what, met);
    vec![need.instead("not all network elements are exported")]
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::plan::expand::procedures::testing::{acts, contoso, id, open, unmet};

    #[test]
    fn numbers_that_nobody_lists_are_not_left_behind_in_silence() {
        let step = format!(
            "change = \"replace-emergency-location\"\nfrom = \"{}\"\nto = \"{}\"",
            id(902),
            id(901)
        );
        let mut files = contoso();
        assert_eq!(open(&files, &step), [""; 0]);
        files.retain(|(name, _)| *name != "Get-CsPhoneNumberAssignment.json");
        assert_eq!(acts(&files, &step), ["wait-for-export"]);
        let untold = open(&files, &step);
        assert_eq!(
            untold,
            [format!(
                "all numbers at location `{}` are known: the inventory is not exported, or not all of it",
                id(902)
            )]
        );
    }

    #[test]
    fn a_location_that_places_callers_is_told() {
        let mut files = contoso();
        files.push((
            "Get-CsOnlineLisSubnet.json",
            json!([{"Subnet": "192.0.2.0", "LocationId": id(902), "Description": "x"}]),
        ));
        let step = format!(
            "change = \"replace-emergency-location\"\nfrom = \"{}\"\nto = \"{}\"",
            id(902),
            id(901)
        );
        assert_eq!(acts(&files, &step), [""; 0], "no number is there");
        let step = format!("{step}\ndelete = true");
        let unmet = unmet(&files, &step);
        assert_eq!(unmet.len(), 1);
        assert!(unmet[0].contains("192.0.2.0"), "{unmet:?}");
    }
}
