//! Numbers that are ported in and out.
//!
//! Sources: <https://learn.microsoft.com/microsoftteams/phone-number-calling-plans/transfer-phone-numbers-to-teams>,
//! <https://learn.microsoft.com/microsoftteams/phone-number-calling-plans/transferring-phone-numbers-common-questions>.

use std::collections::BTreeSet;

use super::holdings::{type_of, unassign, ungrant, unlicense};
use super::needs::is_of_told_type;
use super::optional;
use super::sequence::Sequence;
use crate::finding::Severity;
use crate::plan::act::{Act, Met, Need};
use crate::plan::expand::Planned;
use crate::plan::expand::operands::Operands;
use crate::plan::state::State;
use crate::snapshot::{ObjectId, PhoneNumber};
use crate::tenant::{Holder, PolicyKind};

/// Numbers arrive; whoever gets them is told in later steps.
pub(super) fn into(step: &mut Operands) -> Option<Vec<Planned>> {
    let location = optional(step, "location", Operands::location).ok()?;
    let country = step.countries("country").into_iter().next()?;
    let usage = step.step.word("usage").unwrap_or("user");
    let numbers = step.numbers("numbers");
    let acts = numbers.into_iter().map(|(number, bytes)| {
        let act = Act::AcquireCallingPlan {
            number,
            country: country.clone(),
            location,
            usage,
        };
        Planned::new(act, bytes)
    });
    Some(acts.collect())
}

/// Numbers of Direct Routing come off their holders and are released; others stay assigned until they are gone, or the
/// port fails. What is left of policies and licenses goes last.
pub(super) fn out(step: &mut Operands) -> Vec<Planned> {
    let pin = step.step.flag("pin-set");
    let dropped = step.licenses("remove-licenses");
    let numbers = step.numbers("numbers");
    let (state, gate) = (step.state, &step.step.change_bytes);
    let is_direct = |number| type_of(number, state) == Some("DirectRouting");
    let mut sequence = Sequence::default();
    for (number, bytes) in numbers.iter().filter(|(number, _)| is_direct(*number)) {
        let mut needs: Vec<Need> = is_dispensable(*number, state).into_iter().collect();
        if let Some(account) = state.holder(*number) {
            let needs = std::mem::take(&mut needs);
            sequence.with_needs(unassign(account, Some(*number)), bytes, needs);
        }
        let act = Act::ReleaseDirectRouting { number: *number };
        sequence.with_needs(act, bytes, needs);
    }
    for (number, bytes) in numbers.iter().filter(|(number, _)| !is_direct(*number)) {
        let mut needs: Vec<Need> = is_dispensable(*number, state).into_iter().collect();
        needs.extend(is_of_told_type(*number, state));
        if type_of(*number, state) == Some("CallingPlan") {
            needs.push(has_pin(*number, pin));
            needs.extend(stays_assigned(*number, state));
        }
        let act = Act::CompletePort {
            number: *number,
            to: None,
            operator: None,
        };
        sequence.with_needs(act, bytes, needs);
    }
    sequence.gate(gate);
    let leaving: BTreeSet<PhoneNumber> = numbers.iter().map(|(number, _)| *number).collect();
    let mut done = BTreeSet::new();
    for (number, bytes) in &numbers {
        let Some(account) = state
            .holder(*number)
            .filter(|account| done.insert(*account))
        else {
            continue;
        };
        for act in leftovers(account, &leaving, &dropped, state) {
            sequence.act(act, bytes);
        }
    }
    sequence.done()
}

/// What an account keeps of its numbers when none is left: policies of Direct Routing, and the licenses of the step.
fn leftovers(
    account: ObjectId,
    leaving: &BTreeSet<PhoneNumber>,
    dropped: &[ObjectId],
    state: &State,
) -> Vec<Act> {
    let held = state.numbers_of(account);
    if held.iter().any(|number| !leaving.contains(number)) {
        return Vec::new();
    }
    let policies = [PolicyKind::VoiceRouting, PolicyKind::EmergencyCallRouting];
    let policies = policies.into_iter();
    policies
        .filter_map(|kind| ungrant(account, kind, state))
        .chain(unlicense(account, dropped, true, state))
        .collect()
}

fn has_pin(number: PhoneNumber, pin: Option<bool>) -> Need {
    Need::refused(
        format!("the port-out PIN for `{number}` is set in the Teams admin center"),
        pin.map_or(Met::Unknown, Met::from),
    )
    .instead(match pin {
        Some(_) => "the step says that it is not",
        None => "no export tells: write `pin-set = true` when it is",
    })
}

fn stays_assigned(number: PhoneNumber, state: &State) -> Option<Need> {
    let row = state.number(number)?;
    Some(
        Need::refused(
            format!("`{number}` is assigned until it is ported"),
            state.tenant.is_assigned(row),
        )
        .instead("nobody has it: the port may fail")
        .at(row.record.at("PstnAssignmentStatus")),
    )
}

/// That neither a conference bridge nor Shared Calling needs the number.
fn is_dispensable(number: PhoneNumber, state: &State) -> Option<Need> {
    let row = state.number(number)?;
    let account = state.holder(number);
    let shared = state
        .tenant
        .shared_calling_policies
        .iter()
        .find(|policy| account.is_some() && policy.account.get() == account);
    let instead = match (row.holder, shared) {
        (Holder::ConferenceBridge, _) => "it is on a conference bridge".to_owned(),
        (Holder::SharedCallingPolicy, _) => {
            "it is an emergency callback number of Shared Calling".to_owned()
        }
        (_, Some(policy)) => {
            let name = state.symbol(policy.name.get().map(|name| name.0));
            format!("users of shared calling policy `{name}` call with it")
        }
        _ => return None,
    };
    Some(
        Need::harm(
            Severity::Error,
            format!("neither a conference bridge nor Shared Calling needs `{number}`"),
            false,
        )
        .instead(instead)
        .at(row.record.at("AssignedPstnTargetId")),
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::plan::expand::procedures::testing::{acts, contoso, open, unmet, with};

    fn out(number: &str, more: &str) -> String {
        format!("change = \"port-out\"\nnumbers = [\"{number}\"]\n{more}")
    }

    #[test]
    fn a_calling_plan_number_needs_its_pin_and_its_holder() {
        assert_eq!(
            open(&contoso(), &out("+12065550101", "")),
            [
                "the port-out PIN for `+12065550101` is set in the Teams admin center: no export tells: write `pin-set = true` when it is"
            ]
        );
        assert_eq!(
            unmet(&contoso(), &out("+12065550122", "pin-set = false")),
            [
                "the port-out PIN for `+12065550122` is set in the Teams admin center: the step says that it is not",
                "`+12065550122` is assigned until it is ported: nobody has it: the port may fail",
            ]
        );
        // An operator asks for no PIN of Microsoft's.
        assert_eq!(open(&contoso(), &out("+12065550105", "")), [""; 0]);
    }

    #[test]
    fn how_a_number_leaves_is_not_guessed() {
        let file = "Get-CsPhoneNumberAssignment.json";
        let files = with(
            contoso(),
            file,
            "+12065550122",
            &json!({"NumberType": "Other"}),
        );
        assert_eq!(
            open(&files, &out("+12065550122", "")),
            [
                "the type of `+12065550122` is told: no export tells whether it is ported, released or uploaded"
            ]
        );
    }

    #[test]
    fn what_is_shared_does_not_go() {
        assert_eq!(
            unmet(&contoso(), &out("+12065550111", "")),
            [
                "neither a conference bridge nor Shared Calling needs `+12065550111`: users of shared calling policy `SC` call with it"
            ]
        );
        let bridge =
            json!({"AssignedPstnTargetId": null, "PstnAssignmentStatus": "ConferenceAssigned"});
        let files = with(
            contoso(),
            "Get-CsPhoneNumberAssignment.json",
            "+12065550105",
            &bridge,
        );
        assert_eq!(
            unmet(&files, &out("+12065550105", "")),
            [
                "neither a conference bridge nor Shared Calling needs `+12065550105`: it is on a conference bridge"
            ]
        );
    }

    #[test]
    fn leftovers_go_with_the_last_number() {
        let step = out(
            "+12065550101",
            "pin-set = true\nremove-licenses = [\"MCOPSTN1\"]",
        );
        assert_eq!(
            acts(&contoso(), &step),
            ["complete-port", "wait-for-export", "change-license"]
        );
        let another = json!({"AssignedPstnTargetId": "00000000-0000-4000-8000-000000000001", "PstnAssignmentStatus": "UserAssigned"});
        let files = with(
            contoso(),
            "Get-CsPhoneNumberAssignment.json",
            "+12065550122",
            &another,
        );
        assert_eq!(acts(&files, &step), ["complete-port"]);
    }
}
