//! Moves of people with their numbers from one carrier to another.
//!
//! All users of a step move together, phase by phase, so that one gate serves all of them.
//!
//! Sources: <https://learn.microsoft.com/microsoftteams/operator-connect-configure>,
//! <https://learn.microsoft.com/microsoftteams/phone-number-calling-plans/transfer-phone-numbers-to-teams>,
//! <https://learn.microsoft.com/microsoftteams/direct-routing-enable-users>.

use super::departures::{Moving, Origin, moving};
use super::holdings::{country_of, has_own, license, type_of, ungrant, unlicense, usage_of};
use super::needs::{is_teams_only, leads_out, shares_no_number};
use super::sequence::Sequence;
use super::{operators, optional};
use crate::plan::act::{Act, Need};
use crate::plan::expand::Planned;
use crate::plan::expand::operands::Operands;
use crate::plan::state::State;
use crate::snapshot::ObjectId;
use crate::tenant::PolicyKind;

/// Numbers of carriers are ported, numbers of Direct Routing are released and uploaded anew; licenses go last.
pub(super) fn to_operator_connect(step: &mut Operands) -> Option<Vec<Planned>> {
    let (operator, _) = step.operator("operator")?;
    let location = optional(step, "location", |step| step.location("location"))?;
    let dropped = step.licenses("remove-licenses");
    let users = step.accounts("users");
    let (state, gate) = (step.state, &step.step.change_bytes);
    let mut sequence = Sequence::default();
    let all = moving(&users, location, state, &mut sequence, |number| {
        operators::is_of(number, &operator, state)
    });
    all.leave(state, &mut sequence, gate);
    for one in &all.numbers {
        let number = one.number;
        let act = match one.from {
            Origin::Carrier => Act::CompletePort {
                number,
                to: Some("OperatorConnect"),
                operator: Some(operator.clone()),
            },
            Origin::Online | Origin::OnPremises => Act::UploadOperatorConnect {
                number,
                operator: operator.clone(),
                location: one.location,
                country: country_of(number, Some(one.account), state),
                usage: usage_of(one.account, state),
            },
        };
        sequence.act(act, &one.bytes);
    }
    sequence.gate(gate);
    assign(&all.numbers, "OperatorConnect", state, &mut sequence);
    for (account, bytes) in all.accounts() {
        let act = ungrant(account, PolicyKind::EmergencyCallRouting, state);
        act.into_iter().for_each(|act| sequence.act(act, bytes));
    }
    drop_licenses(&all.numbers, &dropped, state, &mut sequence);
    Some(sequence.done())
}

/// Numbers come, then licenses, then numbers are given.
pub(super) fn to_calling_plan(step: &mut Operands) -> Option<Vec<Planned>> {
    let sku = step.license("license")?;
    let location = optional(step, "location", |step| step.location("location"))?;
    let users = step.accounts("users");
    let (state, gate) = (step.state, &step.step.change_bytes);
    let mut sequence = Sequence::default();
    let all = moving(&users, location, state, &mut sequence, |number| {
        state.number_type(number) == Some("CallingPlan")
    });
    all.leave(state, &mut sequence, gate);
    for one in &all.numbers {
        let number = one.number;
        let act = match country_of(number, Some(one.account), state) {
            Some(country) if one.from != Origin::Carrier => Act::AcquireCallingPlan {
                number,
                country,
                location: one.location,
                usage: usage_of(one.account, state),
            },
            _ => Act::CompletePort {
                number,
                to: Some("CallingPlan"),
                operator: None,
            },
        };
        sequence.act(act, &one.bytes);
    }
    if !all.numbers.is_empty() {
        sequence.gate(gate);
    }
    for (account, bytes) in &users {
        let act = license(*account, Some(sku), state);
        act.into_iter().for_each(|act| sequence.act(act, bytes));
    }
    assign(&all.numbers, "CallingPlan", state, &mut sequence);
    for (account, bytes) in all.accounts() {
        let act = ungrant(account, PolicyKind::EmergencyCallRouting, state);
        act.into_iter().for_each(|act| sequence.act(act, bytes));
    }
    Some(sequence.done())
}

/// Numbers of an operator are released, those of a Calling Plan are ported while they are assigned; policies follow the
/// numbers, and licenses go last.
pub(super) fn to_direct_routing(step: &mut Operands) -> Option<Vec<Planned>> {
    let routing = PolicyKind::VoiceRouting;
    let emergency = PolicyKind::EmergencyCallRouting;
    let (policy, _) = step.policy_or_global("policy", routing.property())?;
    let emergency_policy = optional(step, "emergency-policy", |step| {
        step.policy_or_global("emergency-policy", emergency.property())
    })?;
    let dropped = step.licenses("remove-licenses");
    let users = step.accounts("users");
    let (state, gate) = (step.state, &step.step.change_bytes);
    let mut sequence = Sequence::default();
    let all = moving(&users, None, state, &mut sequence, |number| {
        state.number_type(number) == Some("DirectRouting")
    });
    let of_operator: Vec<&Moving> = all
        .numbers
        .iter()
        .filter(|one| type_of(one.number, state) == Some("OperatorConnect"))
        .collect();
    for one in &of_operator {
        sequence.act(
            super::holdings::unassign(one.account, Some(one.number)),
            &one.bytes,
        );
    }
    for one in &of_operator {
        let number = one.number;
        sequence.act(Act::ReleaseOperatorConnect { number }, &one.bytes);
    }
    if !of_operator.is_empty() {
        sequence.gate(gate);
    }
    let mut waits = false;
    for one in &all.numbers {
        let number = one.number;
        let act = match type_of(number, state) {
            Some("CallingPlan") => Act::CompletePort {
                number,
                to: Some("DirectRouting"),
                operator: None,
            },
            Some("OperatorConnect") => Act::UploadDirectRouting { number },
            // Direct Routing takes numbers that no inventory lists.
            _ => continue,
        };
        sequence.act(act, &one.bytes);
        waits = true;
    }
    if waits {
        sequence.gate(gate);
    }
    assign(&all.numbers, "DirectRouting", state, &mut sequence);
    for (policy_type, policy, kind) in [
        (routing.property(), Some(policy.clone()), routing),
        (emergency.property(), emergency_policy, emergency),
    ] {
        let Some(policy) = policy else { continue };
        for (account, bytes) in &users {
            if policy == "global" && !has_own(*account, kind, state) {
                continue;
            }
            let needs: Vec<Need> = match kind {
                PolicyKind::VoiceRouting => vec![leads_out(&policy, state)],
                _ => Vec::new(),
            };
            let act = grant(*account, policy_type, &policy);
            sequence.with_needs(act, bytes, needs);
        }
    }
    drop_licenses(&all.numbers, &dropped, state, &mut sequence);
    Some(sequence.done())
}

/// What grants a policy; `Global` is what everybody has to whom nothing is granted.
pub(super) fn grant(account: ObjectId, policy_type: &'static str, policy: &str) -> Act {
    Act::Grant {
        account,
        policy_type,
        policy: (policy != "global").then(|| policy.to_owned()),
    }
}

/// Gives each number back to who had it.
fn assign(numbers: &[Moving], of_type: &'static str, state: &State, sequence: &mut Sequence) {
    for one in numbers {
        let act = Act::Assign {
            account: one.account,
            number: one.number,
            number_type: Some(of_type),
            location: one.location,
            category: one.category,
        };
        let needs = is_teams_only(one.account, state)
            .into_iter()
            .chain(shares_no_number(one.account, state));
        sequence.with_needs(act, &one.bytes, needs.collect());
    }
}

/// Drops licenses of those whose numbers moved, once they have them back.
fn drop_licenses(numbers: &[Moving], skus: &[ObjectId], state: &State, sequence: &mut Sequence) {
    let mut done = std::collections::BTreeSet::new();
    for one in numbers {
        if skus.is_empty() || !done.insert(one.account) {
            continue;
        }
        let is_carried = one.from == Origin::Carrier;
        let act = unlicense(one.account, skus, is_carried, state);
        act.into_iter()
            .for_each(|act| sequence.act(act, &one.bytes));
    }
}
