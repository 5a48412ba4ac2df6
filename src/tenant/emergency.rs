//! Where a number is, which way an emergency call takes, and who is told of it.
//!
//! Source: <https://learn.microsoft.com/microsoftteams/manage-emergency-call-routing-policies>.

use std::collections::{BTreeMap, BTreeSet};

use super::{Answer, Holder, InForce, Merged, Number, Tenant, User};
use crate::snapshot::record::{
    CivicAddressRecord, EmergencyCallRoutingPolicyRecord, EmergencyCallingPolicyRecord,
    GatewayRecord, LocationRecord, NetworkSiteRecord, VoiceRouteRecord,
};
use crate::snapshot::{AssignmentTarget, Field, ObjectId, Symbol, documented};

/// An emergency call routing policy.
pub type EmergencyRouting<'t> = &'t Merged<EmergencyCallRoutingPolicyRecord>;

/// The emergency call routing policy in force for somebody, with its name; else why it is not known.
pub type EmergencyRoutingOf<'t> = Result<(&'t str, EmergencyRouting<'t>), &'static str>;

/// An emergency call routing policy that somebody depends on.
#[derive(Clone, Copy, Debug)]
pub struct RoutingInUse<'t> {
    /// The policy.
    pub policy: EmergencyRouting<'t>,
    /// One of the people on Direct Routing for whom it is in force; `None` where only network sites name it.
    pub user: Option<&'t User>,
    /// One of the network sites that name it.
    pub site: Option<&'t Merged<NetworkSiteRecord>>,
}

/// The emergency call routing policies that people on Direct Routing depend on.
#[derive(Default, Debug)]
pub struct RoutingsInUse<'t> {
    /// They, by name.
    pub policies: BTreeMap<String, RoutingInUse<'t>>,
    /// Why there may be more of them.
    pub open: BTreeSet<&'static str>,
}

/// Why it is not known whether something matters that matters on Direct Routing alone.
pub const CALLER_UNKNOWN: &str = "it is not known whether somebody is on Direct Routing";

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

    /// Whether a person calls by Direct Routing: with a number of their own, or with one that is shared with them.
    ///
    /// Source: <https://learn.microsoft.com/microsoftteams/shared-calling-plan>.
    pub fn calls_by_direct_routing(&self, user: &User) -> Answer {
        let place = self.users.element_offset(user);
        self.is_caller_by_direct_routing(user, place.map(|place| place as u32))
    }

    /// As [`Tenant::calls_by_direct_routing`], of an account at a place of [`Tenant::users`].
    fn is_caller_by_direct_routing(&self, user: &User, place: Option<u32>) -> Answer {
        match place.map_or(Answer::No, |place| self.holds_direct_routing(place)) {
            Answer::Yes => Answer::Yes,
            own => own.or(self.shares_direct_routing(user)),
        }
    }

    /// Whether the account at a place of [`Tenant::users`] holds a number of Direct Routing.
    fn holds_direct_routing(&self, place: u32) -> Answer {
        let places = self.index.memo.on_direct_routing.get_or_init(|| {
            let mut places = vec![Answer::No; self.users.len()];
            for number in self.listed_numbers() {
                let Field::Value(AssignmentTarget::Object(id)) = number.record.target else {
                    continue;
                };
                let answer = self.is_direct_routing(number);
                let place = || match number.holder {
                    Holder::User(place) => Some(place),
                    _ => self.place_of_user(id),
                };
                if answer != Answer::No
                    && let Some(place) = place()
                    && let Some(known) = places.get_mut(place as usize)
                {
                    *known = known.or(answer);
                }
            }
            places
        });
        places.get(place as usize).copied().unwrap_or(Answer::No)
    }

    fn shares_direct_routing(&self, user: &User) -> Answer {
        let InForce::Policy {
            policy,
            place: Some(_),
            ..
        } = self.shared_calling_policy(user)
        else {
            return Answer::No;
        };
        let held = policy
            .account
            .get()
            .map(|id| self.numbers_held_by(id))
            .unwrap_or_default();
        let answers = held.iter().map(|number| self.is_direct_routing(number));
        answers.fold(Answer::No, Answer::or)
    }

    /// Whether anybody holds a number that is not known to be of Direct Routing: their emergency calls need no PSTN usage.
    ///
    /// Source: <https://learn.microsoft.com/microsoftteams/manage-emergency-call-routing-policies>.
    pub fn has_callers_of_other_networks(&self) -> bool {
        self.listed_numbers().any(|number| {
            matches!(
                number.record.target,
                Field::Value(AssignmentTarget::Object(_))
            ) && self.is_direct_routing(number) != Answer::Yes
        })
    }

    /// The people who call by Direct Routing, each with the emergency call routing policy in force; those too of whom nobody
    /// knows whether they do, which is told beside them.
    ///
    /// Source: <https://learn.microsoft.com/microsoftteams/manage-emergency-call-routing-policies>.
    pub fn direct_routing_callers(
        &self,
    ) -> impl Iterator<Item = (&User, Answer, EmergencyRoutingOf<'_>)> {
        self.users.iter().zip(0..).filter_map(|(user, place)| {
            let is_person = self.is_live_person(user);
            if is_person == Answer::No {
                return None;
            }
            let is_caller = self.is_caller_by_direct_routing(user, Some(place));
            let routing = match (is_caller, is_person) {
                (Answer::No, _) => return None,
                (Answer::Yes, Answer::Unknown) => {
                    Err("the kind of an account on Direct Routing is not known")
                }
                _ => self.emergency_routing_of(user),
            };
            Some((user, is_caller, routing))
        })
    }

    fn emergency_routing_of<'t>(&'t self, user: &'t User) -> EmergencyRoutingOf<'t> {
        match self.emergency_call_routing_policy(user) {
            InForce::Policy { policy, name, .. } => Ok((name, policy)),
            InForce::Dangling(..) => {
                Err("an emergency call routing policy in force is not in the export")
            }
            InForce::Unknown => {
                Err("the emergency call routing policy in force for somebody is not known")
            }
        }
    }

    /// Whether an emergency call routing policy has emergency numbers.
    ///
    /// Source: <https://learn.microsoft.com/microsoftteams/manage-emergency-call-routing-policies>.
    pub fn has_emergency_numbers(&self, policy: EmergencyRouting) -> Answer {
        match &policy.numbers {
            Field::Value(numbers) => (!numbers.is_empty()).into(),
            Field::Null => Answer::No,
            Field::Absent => Answer::Unknown,
        }
    }

    /// The emergency call routing policies that are in force for people on Direct Routing, or for whoever is at a network
    /// site; none where nobody calls by Direct Routing.
    ///
    /// Source: <https://learn.microsoft.com/microsoftteams/manage-emergency-call-routing-policies>.
    pub fn emergency_routing_in_use(&self) -> RoutingsInUse<'_> {
        let mut used = RoutingsInUse::default();
        let mut perhaps: BTreeMap<String, EmergencyRouting> = BTreeMap::new();
        for (user, is_caller, routing) in self.direct_routing_callers() {
            match routing {
                Ok((name, policy)) if is_caller == Answer::Unknown => {
                    perhaps.insert(name.to_lowercase(), policy);
                }
                Ok((name, policy)) => {
                    let own = RoutingInUse {
                        policy,
                        user: Some(user),
                        site: None,
                    };
                    used.policies.entry(name.to_lowercase()).or_insert(own);
                }
                Err(reason) => {
                    used.open.insert(reason);
                }
            }
        }
        let anybody = !used.policies.is_empty() || !used.open.is_empty();
        if anybody {
            self.use_at_sites(&mut used);
        }
        // What others have too is in use anyway, and a policy without numbers has none that could be wrong.
        let is_told = |(name, policy): (&String, &EmergencyRouting)| {
            anybody
                && (used.policies.contains_key(name)
                    || self.has_emergency_numbers(policy) == Answer::No)
        };
        if !perhaps.iter().all(is_told) {
            used.open.insert(CALLER_UNKNOWN);
        }
        used
    }

    /// Adds the policies of network sites, which come before those of the people who are there.
    fn use_at_sites<'t>(&'t self, used: &mut RoutingsInUse<'t>) {
        let texts = &self.snapshot.texts;
        for site in self.network.sites.iter() {
            let name = match site.emergency_call_routing_policy {
                Field::Value(name) => name,
                Field::Null => continue,
                Field::Absent => {
                    used.open
                        .insert("the export does not tell the policies of a network site");
                    continue;
                }
            };
            let policies = &self.emergency_call_routing_policies;
            let Some(policy) = policies.find_spelled(name, texts) else {
                used.open.insert(
                    "the emergency call routing policy of a network site is not in the export",
                );
                continue;
            };
            let of_site = RoutingInUse {
                policy,
                user: None,
                site: None,
            };
            let known = used.policies.entry(texts.symbol(name.0).to_lowercase());
            let known = known.or_insert(of_site);
            known.site = known.site.or(Some(site));
        }
    }

    /// Whether a dialled string leaves by a PSTN usage.
    ///
    /// Source: <https://learn.microsoft.com/microsoftteams/direct-routing-voice-routing>.
    pub fn leaves_by(&self, usage: Symbol, dialled: &str) -> UsageRoutes {
        let mut answer = UsageRoutes {
            live: Answer::No,
            matched: false,
        };
        let mut open = false;
        for (_, route, matches) in self.routes_for(usage, dialled) {
            if matches != Answer::Yes {
                open = true;
                continue;
            }
            answer.matched = true;
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

    /// The first route of a PSTN usage that matches a dialled string.
    ///
    /// Source: <https://learn.microsoft.com/microsoftteams/direct-routing-voice-routing>.
    pub fn route_for(&self, usage: Symbol, dialled: &str) -> Option<u32> {
        let mut routes = self.routes_for(usage, dialled);
        routes
            .find(|(_, _, matches)| *matches == Answer::Yes)
            .map(|(index, ..)| index)
    }

    /// The gateways that a dialled string may reach by a PSTN usage, in order of route, each with whether it does; `None`
    /// stands for gateways that the export does not tell. Gateways that do not exist or are not enabled are left out.
    ///
    /// Source: <https://learn.microsoft.com/microsoftteams/direct-routing-voice-routing>.
    pub fn gateways_for(
        &self,
        usage: Symbol,
        dialled: &str,
    ) -> Vec<(Option<&Merged<GatewayRecord>>, Answer)> {
        let texts = &self.snapshot.texts;
        let mut reached = Vec::new();
        for (_, route, matches) in self.routes_for(usage, dialled) {
            if route.gateways.is_absent() {
                reached.push((None, Answer::Unknown));
            }
            for name in route.gateways.value().into_iter().flatten() {
                let (enabled, gateway) = self.gateway_state(texts.symbol(*name));
                match enabled {
                    Answer::No => {}
                    Answer::Yes => reached.push((gateway, matches)),
                    Answer::Unknown => reached.push((gateway, Answer::Unknown)),
                }
            }
        }
        reached
    }

    /// The routes of a PSTN usage that match a dialled string, and those of which that is not known.
    fn routes_for(
        &self,
        usage: Symbol,
        dialled: &str,
    ) -> impl Iterator<Item = (u32, &Merged<VoiceRouteRecord>, Answer)> {
        let texts = &self.snapshot.texts;
        let wanted = texts.symbol(usage);
        let routes = (0..).zip(self.voice_routes.iter());
        routes.filter_map(move |(index, route)| {
            let mut usages = route.usages.value().into_iter().flatten();
            let is_listed = usages.any(|one| texts.symbol(*one).eq_ignore_ascii_case(wanted));
            let is_open = route.usages.is_absent();
            if !is_listed && !is_open {
                return None;
            }
            let pattern = self.pattern(index);
            match pattern.and_then(|pattern| pattern.matches(dialled)) {
                Some(false) => None,
                Some(true) if is_listed => Some((index, route, Answer::Yes)),
                _ => Some((index, route, Answer::Unknown)),
            }
        })
    }

    /// Whether a civic address is validated.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csonlineliscivicaddress>.
    pub fn is_validated(&self, address: &Merged<CivicAddressRecord>) -> Answer {
        let status = match address.validation {
            Field::Value(status) => self.snapshot.texts.symbol(status),
            Field::Null => return Answer::No,
            Field::Absent => return Answer::Unknown,
        };
        match documented("ValidationStatus", status) {
            Some("Validated" | "Valid") => Answer::Yes,
            Some(_) => Answer::No,
            None => Answer::Unknown,
        }
    }

    /// Whether an emergency calling policy tells somebody of emergency calls: of all of them, or of those to some numbers.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/set-csteamsemergencycallingpolicy>.
    pub fn tells_somebody(&self, policy: &Merged<EmergencyCallingPolicyRecord>) -> Answer {
        let (group, number) = (&policy.notification_group, &policy.notification_number);
        let extended = &policy.extended_notifications;
        let mut listed = extended.value().into_iter().flatten();
        if group.value().is_some()
            || number.value().is_some()
            || listed.any(|one| one.group.is_some() || one.number.is_some())
        {
            Answer::Yes
        } else if group.is_absent() || number.is_absent() || extended.is_absent() {
            Answer::Unknown
        } else {
            Answer::No
        }
    }
}
