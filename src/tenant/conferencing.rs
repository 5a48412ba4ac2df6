//! Conference bridges, and who invites to them.
//!
//! Source: <https://learn.microsoft.com/microsoftteams/operator-connect-conferencing-configure>.

use std::collections::BTreeSet;

use super::merged::{Merged, merge};
use super::named::Named;
use super::{Answer, Tenant};
use crate::finding::{Place, Problem};
use crate::snapshot::record::{
    ConferencingBridgeRecord, ConferencingUserRecord, VoiceRoutingPolicyRecord,
};
use crate::snapshot::{ExportKind, PhoneNumber, PolicyName, Records, Texts};

/// Bridges, their numbers, and the numbers that invitations show.
#[derive(Debug)]
pub struct Conferencing {
    /// Bridges, in order of id.
    pub bridges: Vec<Merged<ConferencingBridgeRecord>>,
    /// Users who can invite by telephone, in order of object id.
    pub users: Vec<Merged<ConferencingUserRecord>>,
    /// Routing policies of conference calls, by name.
    pub routing_policies: Named<VoiceRoutingPolicyRecord>,
}

impl Conferencing {
    pub(super) fn build(records: &mut Records, texts: &Texts, problems: &mut Vec<Problem>) -> Self {
        let policy = |name: PolicyName| texts.symbol(name.0).to_owned();
        Self {
            bridges: merge(
                std::mem::take(&mut records.conferencing_bridges),
                |bridge| bridge.id.get(),
                texts,
                problems,
            ),
            users: merge(
                std::mem::take(&mut records.conferencing_users),
                |user| user.id.get(),
                texts,
                problems,
            ),
            routing_policies: Named::build(
                std::mem::take(&mut records.conferencing_routing_policies),
                |one| one.name.get().map(policy),
                texts,
                problems,
            ),
        }
    }
}

impl Tenant {
    /// In whose invitations one of these numbers stands: the place and the name of each user, in order of object id.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csonlinedialinconferencinguser>.
    pub fn invited_by(&self, numbers: &[PhoneNumber]) -> Vec<(Place, String)> {
        let texts = &self.snapshot.texts;
        let is_one = |text: crate::snapshot::Field<crate::snapshot::Text>| {
            let number = text
                .get()
                .and_then(|text| PhoneNumber::parse(texts.text(text)));
            number.is_some_and(|number| numbers.contains(&number))
        };
        let mut invited = Vec::new();
        for one in &self.conferencing.users {
            let property = if is_one(one.toll_number) {
                "ServiceNumber"
            } else if is_one(one.toll_free_number) {
                "TollFreeServiceNumber"
            } else {
                continue;
            };
            let Some(id) = one.id.get() else { continue };
            let name = self
                .user(id)
                .map_or_else(|| id.to_string(), |user| self.user_name(user));
            invited.push((one.at(property), name));
        }
        invited
    }

    /// Which of these numbers stand in somebody's invitations, in order.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csonlinedialinconferencinguser>.
    pub fn in_invitations(&self, numbers: &BTreeSet<PhoneNumber>) -> BTreeSet<PhoneNumber> {
        let texts = &self.snapshot.texts;
        let users = self.conferencing.users.iter();
        users
            .flat_map(|one| [one.toll_number, one.toll_free_number])
            .filter_map(|text| PhoneNumber::parse(texts.text(text.get()?)))
            .filter(|number| numbers.contains(number))
            .collect()
    }

    /// Whether all invitations are told: everybody who invites was exported, with the numbers that are shown.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csonlinedialinconferencinguser>.
    pub fn tells_all_invitations(&self) -> bool {
        let kind = ExportKind::OnlineDialInConferencingUser;
        let lost = |one: &Merged<ConferencingUserRecord>| {
            one.toll_number.is_absent() || one.toll_free_number.is_absent()
        };
        self.snapshot.has_export(kind)
            && self.snapshot.incomplete(kind).is_none()
            && !self.conferencing.users.iter().any(lost)
    }

    /// Whether a number leads to one of the tenant's bridges, and where that is written.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csonlinedialinconferencingbridge>.
    pub fn on_bridge(&self, number: PhoneNumber) -> (Answer, Option<Place>) {
        let kind = ExportKind::OnlineDialInConferencingBridge;
        if !self.snapshot.has_export(kind) {
            return (Answer::Unknown, None);
        }
        let texts = &self.snapshot.texts;
        let mut lost = self.snapshot.incomplete(kind).is_some();
        for bridge in &self.conferencing.bridges {
            lost |= bridge.numbers.is_absent();
            let numbers = bridge.numbers.value().into_iter().flatten().enumerate();
            for (index, one) in numbers {
                if PhoneNumber::parse(texts.text(one.number)) == Some(number) {
                    return (
                        Answer::Yes,
                        Some(bridge.at("ServiceNumbers").element(index)),
                    );
                }
            }
        }
        (if lost { Answer::Unknown } else { Answer::No }, None)
    }
}
