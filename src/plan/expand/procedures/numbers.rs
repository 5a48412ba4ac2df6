//! Numbers: change, take off, release, use for something else.
//!
//! Sources: <https://learn.microsoft.com/microsoftteams/assign-change-or-remove-a-phone-number-for-a-user>,
//! <https://learn.microsoft.com/microsoftteams/manage-the-usage-of-a-phone-number>.

use std::ops::Range;

use super::holdings::{category_of, location_of, type_of, unassign};
use super::needs::shares_no_number;
use super::optional;
use super::sequence::Sequence;
use crate::finding::Severity;
use crate::plan::act::{Act, Need};
use crate::plan::expand::Planned;
use crate::plan::expand::operands::Operands;
use crate::plan::state::State;
use crate::plan::step::{Fault, Name};
use crate::snapshot::{AssignmentTarget, ExportKind, PhoneNumber};
use crate::tenant::Holder;

/// The old number comes off before the new one is given: what becomes of two is not documented in one place.
pub(super) fn change(step: &mut Operands) -> Option<Vec<Planned>> {
    let (account, _) = step.account("user")?;
    let (from, from_bytes) = step.number("from")?;
    let (to, to_bytes) = step.number("to")?;
    let given = optional(step, "location", Operands::location).ok()?;
    let state = step.state;
    // People stay where they are when their number changes.
    let location = given.or_else(|| match location_of(to, state) {
        Some(_) => None,
        None => location_of(from, state),
    });
    let mut sequence = Sequence::default();
    sequence.act(unassign(account, Some(from)), &from_bytes);
    let assign = Act::Assign {
        account,
        number: to,
        number_type: step.step.word("type"),
        location,
        category: category_of(from, state),
    };
    let needs = shares_no_number(account, state);
    sequence.with_needs(assign, &to_bytes, needs.into_iter().collect());
    Some(sequence.done())
}

/// Takes each number off whoever has it: an account, a conference bridge, a shared calling policy.
pub(super) fn remove(step: &mut Operands) -> Vec<Planned> {
    let numbers = step.numbers("numbers");
    let mut sequence = Sequence::default();
    for (number, bytes) in numbers {
        match take_off(number, step.state) {
            Some(act) => sequence.act(act, &bytes),
            None if step.state.number(number).is_none() => is_nowhere(number, &bytes, step),
            // Nobody has it, which is what was asked for.
            None => {}
        }
    }
    sequence.done()
}

/// Numbers come off their holders, then whoever brought them takes them back.
///
/// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/new-csonlinetelephonenumberreleaseorder>.
pub(super) fn release(step: &mut Operands) -> Vec<Planned> {
    freed(step, |number, state| {
        if type_of(number, state) == Some("OperatorConnect") {
            Act::ReleaseOperatorConnect { number }
        } else {
            Act::ReleaseDirectRouting { number }
        }
    })
}

/// Only numbers that nobody has can be used for something else.
pub(super) fn change_usage(step: &mut Operands) -> Option<Vec<Planned>> {
    let usage = step.step.word("usage")?;
    Some(freed(step, |number, _| Act::ChangeUsage { number, usage }))
}

/// What takes a number off whoever has it; `None` where nobody does.
pub(super) fn take_off(number: PhoneNumber, state: &State) -> Option<Act> {
    let row = state.number(number);
    if row.is_some_and(|row| row.holder == Holder::ConferenceBridge) {
        return Some(Act::SetBridge {
            add: Vec::new(),
            remove: vec![number],
            default: None,
        });
    }
    if let Some(row) = row
        && let Some(AssignmentTarget::SharedCallingPolicy(name)) = row.record.target.get()
    {
        let texts = &state.tenant.snapshot.texts;
        let policy = texts.symbol(name.0);
        let listed = state.tenant.shared_calling_policies.find(policy)?;
        let numbers = listed.numbers.value().into_iter().flatten();
        let numbers = numbers.filter_map(|one| PhoneNumber::parse(texts.symbol(*one)));
        return Some(Act::SetSharedCalling {
            policy: policy.to_lowercase(),
            account: None,
            numbers: Some(numbers.filter(|one| *one != number).collect()),
        });
    }
    state
        .holder(number)
        .map(|account| unassign(account, Some(number)))
}

/// Numbers of the step come off their accounts, then something is done to each.
fn freed(step: &mut Operands, act: impl Fn(PhoneNumber, &State) -> Act) -> Vec<Planned> {
    let numbers = step.numbers("numbers");
    let state = step.state;
    let mut sequence = Sequence::default();
    for (number, bytes) in &numbers {
        if let Some(account) = state.holder(*number) {
            let name = state.account_name(account);
            let place = state
                .number(*number)
                .map(|row| row.record.at("AssignedPstnTargetId"));
            let need = Need::harm(Severity::Warning, format!("nobody has `{number}`"), false)
                .instead(format!("`{name}` has it, and goes without"))
                .at(place);
            sequence.with_needs(unassign(account, Some(*number)), bytes, vec![need]);
        }
    }
    for (number, bytes) in &numbers {
        sequence.act(act(*number, state), bytes);
    }
    sequence.done()
}

/// Tells of a number that neither the inventory nor an account shows.
fn is_nowhere(number: PhoneNumber, bytes: &Range<usize>, step: &mut Operands) {
    if step.state.is_whole(ExportKind::PhoneNumberAssignment) {
        let message = format!("the snapshot has no number `{number}`");
        let fault = Fault::new(message, bytes.clone());
        step.missing
            .push(fault.help("it is not in Get-CsPhoneNumberAssignment"));
    } else {
        let (text, bytes) = (number.to_string(), bytes.clone());
        step.untold.push(Name { text, bytes });
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::plan::act::Act;
    use crate::plan::expand::procedures::testing::{acts, contoso, expanded, id, number, unmet};

    #[test]
    fn a_new_number_is_where_the_old_one_was() {
        let mut files = contoso();
        let new = number(
            "+12065550130",
            "OperatorConnect",
            None,
            &json!({"LocationId": null}),
        );
        let (_, numbers) = files
            .iter_mut()
            .find(|(name, _)| *name == "Get-CsPhoneNumberAssignment.json")
            .expect("the file");
        numbers.as_array_mut().expect("a list").push(new);
        let step = |to: &str, more: &str| {
            format!(
                "change = \"change-number\"\nuser = \"eve@contoso.example\"\nfrom = \"+12065550105\"\nto = \"{to}\"\n{more}"
            )
        };
        let located = |to: &str, more: &str| {
            let (_, expansion) = expanded(&files, &step(to, more));
            match &expansion.acts.last().expect("an act").act {
                Act::Assign { location, .. } => location.map(|id| id.to_string()),
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(located("+12065550130", ""), Some(id(901)));
        // Its own location stays.
        assert_eq!(located("+12065550120", ""), None);
        let given = format!("location = \"{}\"", id(902));
        assert_eq!(located("+12065550120", &given), Some(id(902)));
        let (_, expansion) = expanded(&files, &step("+12065550120", "location = \"nowhere\""));
        assert!(expansion.acts.is_empty());
        assert_eq!(expansion.missing.len(), 1);
    }

    #[test]
    fn numbers_come_off_whatever_has_them() {
        let mut files = contoso();
        files.retain(|(name, _)| {
            !name.contains("PhoneNumberAssignment") && !name.contains("SharedCalling")
        });
        let policy = json!({"AssignedPstnTargetId": "TeamsSharedCallingRoutingPolicy|Tag:SC", "PstnAssignmentStatus": "PolicyAssigned"});
        let bridge = json!({"PstnAssignmentStatus": "ConferenceAssigned"});
        files.push((
            "Get-CsPhoneNumberAssignment.json",
            json!([
                number("+12065550105", "OperatorConnect", None, &policy),
                number("+12065550106", "OperatorConnect", None, &bridge),
            ]),
        ));
        files.push((
            "Get-CsTeamsSharedCallingRoutingPolicy.json",
            json!([{"Identity": "Tag:SC", "ResourceAccount": id(11), "EmergencyNumbers": ["+12065550105", "+12065550109"]}]),
        ));
        let step = "change = \"remove-number\"\nnumbers = [\"+12065550105\", \"+12065550106\"]";
        assert_eq!(
            acts(&files, step),
            ["set-shared-calling-policy", "set-bridge-numbers"]
        );
        let (_, expansion) = expanded(&files, step);
        let Act::SetSharedCalling { numbers, .. } = &expansion.acts[0].act else {
            panic!("{:?}", expansion.acts[0]);
        };
        let numbers = numbers.as_ref().expect("numbers");
        assert_eq!(numbers.len(), 1);
        assert_eq!(numbers[0].to_string(), "+12065550109");
        // By line URI, where the inventory lacks it; nowhere at all is a fault.
        let step = "change = \"remove-number\"\nnumbers = [\"+12065550102\", \"+12065559999\"]";
        let (_, expansion) = expanded(&files, step);
        assert_eq!(expansion.acts.len(), 1);
        assert_eq!(
            expansion.missing[0].message,
            "the snapshot has no number `+12065559999`"
        );
        files.retain(|(name, _)| !name.contains("PhoneNumberAssignment"));
        let (_, expansion) = expanded(&files, step);
        assert_eq!(expansion.untold.len(), 1);
    }

    #[test]
    fn what_is_released_comes_off_its_holder_first() {
        let fields = "numbers = [\"+12065550105\", \"+12065550102\"]";
        let release = format!("change = \"release-numbers\"\n{fields}");
        assert_eq!(
            acts(&contoso(), &release),
            [
                "unassign-number",
                "unassign-number",
                "release-operator-connect-numbers",
                "release-direct-routing-numbers"
            ]
        );
        let told = [
            "nobody has `+12065550105`: `eve@contoso.example` has it, and goes without",
            "nobody has `+12065550102`: `ben@contoso.example` has it, and goes without",
        ];
        assert_eq!(unmet(&contoso(), &release), told);
        let change = format!("change = \"change-number-usage\"\n{fields}\nusage = \"voice-app\"");
        assert_eq!(unmet(&contoso(), &change), told);
        assert_eq!(
            acts(&contoso(), &change)[1..3],
            ["unassign-number", "order-usage-change"]
        );
    }
}
