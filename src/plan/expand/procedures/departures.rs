//! How numbers leave the network that they are on, together with their holders.
//!
//! Source: <https://learn.microsoft.com/microsoftteams/operator-connect-configure>.

use std::collections::BTreeSet;
use std::ops::Range;

use super::holdings::{
    category_of, has_line_on_premises, is_on_premises, location_of, type_of, unassign, ungrant,
};
use super::sequence::Sequence;
use crate::plan::act::Act;
use crate::plan::expand::operands::Placed;
use crate::plan::state::State;
use crate::snapshot::{ObjectId, PhoneNumber};
use crate::tenant::{EffectiveRouting, Number, PolicyKind, Written};

/// From where a number moves.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Origin {
    /// From a Calling Plan or an operator: it is ported.
    Carrier,
    /// From Direct Routing, managed online: it is released.
    Online,
    /// From Direct Routing, managed in the on-premises directory: it is cleared there.
    OnPremises,
}

/// A number that moves with its holder.
#[derive(Debug)]
pub(super) struct Moving {
    /// Its holder.
    pub(super) account: ObjectId,
    /// Bytes of the holder's name in the plan.
    pub(super) bytes: Range<usize>,
    /// The number.
    pub(super) number: PhoneNumber,
    /// From where.
    pub(super) from: Origin,
    /// Where its holder is.
    pub(super) location: Option<ObjectId>,
    /// Category of its assignment, where it is not `Primary`.
    pub(super) category: Option<&'static str>,
}

/// Everything that moves, in order of the users of the step.
#[derive(Debug)]
pub(super) struct Departure {
    /// The numbers.
    pub(super) numbers: Vec<Moving>,
}

/// What moves of these users: their numbers but those that stay. Who has no number is told at once.
pub(super) fn moving(
    users: &[Placed<ObjectId>],
    location: Option<ObjectId>,
    state: &State,
    sequence: &mut Sequence,
    stays: impl Fn(&Number) -> bool,
) -> Departure {
    let mut numbers = Vec::new();
    let mut seen = BTreeSet::new();
    for (account, bytes) in users {
        if !seen.insert(*account) {
            continue;
        }
        let held = state.numbers_of(*account);
        if held.is_empty() {
            // The act itself needs a number to take off.
            sequence.act(unassign(*account, None), bytes);
        }
        let moves = |number: &PhoneNumber| !state.number(*number).is_some_and(&stays);
        numbers.extend(held.into_iter().filter(moves).map(|number| Moving {
            account: *account,
            bytes: bytes.clone(),
            number,
            from: origin(*account, number, state),
            location: location.or_else(|| location_of(number, state)),
            category: category_of(number, state),
        }));
    }
    Departure { numbers }
}

impl Departure {
    /// The accounts, each once.
    pub(super) fn accounts(&self) -> impl Iterator<Item = (ObjectId, &Range<usize>)> {
        let mut seen = BTreeSet::new();
        let numbers = self.numbers.iter();
        numbers
            .filter(move |one| seen.insert(one.account))
            .map(|one| (one.account, &one.bytes))
    }

    /// Takes everything away that would lead calls back to Direct Routing, and its numbers themselves: policies of
    /// numbers, lines of the on-premises directory, policies of accounts, assignments, rows of the inventory. What is
    /// ported stays assigned until the port.
    pub(super) fn leave(&self, state: &State, sequence: &mut Sequence, gate: &Range<usize>) {
        for one in &self.numbers {
            if has_own_routing(one, state) {
                let act = Act::GrantToNumber {
                    number: one.number,
                    policy_type: PolicyKind::VoiceRouting.property(),
                    policy: None,
                };
                sequence.act(act, &one.bytes);
            }
        }
        let numbers = self.numbers.iter();
        let on_premises: BTreeSet<ObjectId> = numbers
            .filter(|one| one.from == Origin::OnPremises)
            .map(|one| one.account)
            .collect();
        let is_cleared =
            |account| has_line_on_premises(account, state) || on_premises.contains(&account);
        let mut waits = false;
        for (account, bytes) in self.accounts().filter(|(account, _)| is_cleared(*account)) {
            sequence.act(Act::ClearOnPremises { account }, bytes);
            waits = true;
        }
        if waits {
            sequence.gate(gate);
        }
        for (account, bytes) in self.accounts() {
            let act = ungrant(account, PolicyKind::VoiceRouting, state);
            sequence.acts(act, bytes);
        }
        let online = || self.numbers.iter().filter(|one| one.from == Origin::Online);
        for one in online() {
            sequence.act(unassign(one.account, Some(one.number)), &one.bytes);
        }
        let mut waits = false;
        // Numbers that only accounts show have no row that could be released.
        for one in online().filter(|one| state.number(one.number).is_some()) {
            let number = one.number;
            sequence.act(Act::ReleaseDirectRouting { number }, &one.bytes);
            waits = true;
        }
        if waits {
            sequence.gate(gate);
        }
    }
}

fn origin(account: ObjectId, number: PhoneNumber, state: &State) -> Origin {
    let is_direct = match state.number(number) {
        Some(_) => type_of(number, state) == Some("DirectRouting"),
        None => true,
    };
    match is_direct {
        true if is_on_premises(account, number, state) => Origin::OnPremises,
        true => Origin::Online,
        false => Origin::Carrier,
    }
}

/// Whether a voice routing policy is assigned to the number itself.
fn has_own_routing(moving: &Moving, state: &State) -> bool {
    let user = state.user(moving.account);
    user.is_some_and(|user| {
        let number = Some(moving.number);
        matches!(
            state.tenant.effective_voice_routing(user, number),
            EffectiveRouting::Named {
                place: Written::OfNumber(_),
                ..
            }
        )
    })
}
