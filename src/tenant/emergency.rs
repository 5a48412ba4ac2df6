//! Where a number is, and which way an emergency call takes.
//!
//! Source: <https://learn.microsoft.com/microsoftteams/manage-emergency-call-routing-policies>.

use std::collections::BTreeMap;

use super::{Answer, InForce, Merged, Number, Tenant, User};
use crate::snapshot::record::{
    CivicAddressRecord, EmergencyCallRoutingPolicyRecord, LocationRecord,
};
use crate::snapshot::{AssignmentTarget, Field, ObjectId, Symbol};

/// An emergency call routing policy that somebody depends on.
pub type RoutingInUse<'t> = &'t Merged<EmergencyCallRoutingPolicyRecord>;

/// Whether a dialled string finds a way out by a PSTN usage.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct UsageRoutes {
    /// By a route to a gateway that works.
    pub live: Answer,
    /// Whether any route of the usage matches, whatever its gateways do.
    pub matched: bool,
}

impl Tenant {
    /// The emergency location with that id.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csonlinelislocation>.
    pub fn location(&self, id: ObjectId) -> Option<&Merged<LocationRecord>> {
        let index = self
            .locations
            .binary_search_by_key(&Some(id), |location| location.id.get());
        self.locations.get(index.ok()?)
    }

    /// The civic address with that id.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csonlineliscivicaddress>.
    pub fn civic_address(&self, id: ObjectId) -> Option<&Merged<CivicAddressRecord>> {
        let list = &self.civic_addresses;
        let index = list.binary_search_by_key(&Some(id), |address| address.id.get());
        list.get(index.ok()?)
    }

    /// Whether a number has an emergency location or a civic address.
    ///
    /// Source: <https://learn.microsoft.com/microsoftteams/assign-change-emergency-location-user>.
    pub fn has_location(&self, number: &Number) -> Answer {
        let record = &number.record;
        if record.location.value().is_some() || record.civic_address.value().is_some() {
            Answer::Yes
        } else if record.location.is_null() {
            Answer::No
        } else {
            Answer::Unknown
        }
    }

    /// Whether a person holds a Direct Routing number.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csphonenumberassignment>.
    pub fn is_on_direct_routing(&self, user: &User) -> bool {
        let holders = self.index.memo.on_direct_routing.get_or_init(|| {
            let is_direct = |number: &&Number| {
                self.number_type(number)
                    .is_some_and(|name| name.eq_ignore_ascii_case("DirectRouting"))
            };
            let numbers = self.listed_numbers().filter(is_direct);
            numbers
                .filter_map(|number| match number.record.target {
                    Field::Value(AssignmentTarget::Object(id)) => Some(id),
                    _ => None,
                })
                .collect()
        });
        user.id.get().is_some_and(|id| holders.contains(&id))
    }

    /// The emergency call routing policies that people on Direct Routing depend on, by name, each with one of them.
    ///
    /// Source: <https://learn.microsoft.com/microsoftteams/manage-emergency-call-routing-policies>.
    pub fn emergency_routing_in_use(&self) -> BTreeMap<String, (RoutingInUse<'_>, &User)> {
        let mut used: BTreeMap<String, (RoutingInUse, &User)> = BTreeMap::new();
        for user in &self.users {
            if self.is_live_person(user) != Answer::Yes || !self.is_on_direct_routing(user) {
                continue;
            }
            if let InForce::Policy { policy, name, .. } = self.emergency_call_routing_policy(user) {
                used.entry(name.to_lowercase()).or_insert((policy, user));
            }
        }
        used
    }

    /// Whether a dialled string leaves by a PSTN usage.
    ///
    /// Source: <https://learn.microsoft.com/microsoftteams/direct-routing-voice-routing>.
    pub fn leaves_by(&self, usage: Symbol, dialled: &str) -> UsageRoutes {
        let texts = &self.snapshot.texts;
        let wanted = texts.symbol(usage);
        let mut answer = UsageRoutes {
            live: Answer::No,
            matched: false,
        };
        let mut open = false;
        for (index, route) in self.voice_routes.iter().enumerate() {
            open |= route.usages.is_absent();
            let listed = route
                .usages
                .value()
                .into_iter()
                .flatten()
                .any(|one| texts.symbol(*one).eq_ignore_ascii_case(wanted));
            if !listed {
                continue;
            }
            match self
                .pattern(index as u32)
                .and_then(|pattern| pattern.matches(dialled))
            {
                Some(true) => answer.matched = true,
                Some(false) => continue,
                None => {
                    open = true;
                    continue;
                }
            }
            match self.has_live_gateway(route) {
                Answer::Yes => answer.live = Answer::Yes,
                Answer::Unknown => open = true,
                Answer::No => {}
            }
        }
        if answer.live == Answer::No && open {
            answer.live = Answer::Unknown;
        }
        answer
    }
}
