//! Which way a call leaves: voice routing policy, PSTN usages, routes, gateways.
//!
//! Source: <https://learn.microsoft.com/microsoftteams/direct-routing-voice-routing>.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::effective::{Effective, PolicyKind, Written};
use super::named::fold;
use super::route_pattern::RoutePattern;
use super::{Answer, Merged, Number, NumberPolicy, Tenant, User, VoiceRoutingPolicy};
use crate::snapshot::record::{GatewayRecord, VoiceRouteRecord};
use crate::snapshot::{ExportKind, Field, PhoneNumber, PolicyName, Symbol};

/// A dialled string below this many digits is an extension.
const SHORTEST_NUMBER: usize = 7;

/// Routes by usage, and their compiled patterns.
#[derive(Debug, Default)]
pub(super) struct Routing {
    /// Folded usage to routes, by ascending priority: indexes into the routes' list.
    pub(super) by_usage: HashMap<String, Vec<u32>, foldhash::fast::FixedState>,
    /// Whether routes, or the usages of a route, were not exported, or not all of them.
    pub(super) incomplete: bool,
    /// One for each route; a pattern is compiled when it is first asked for.
    pub(super) patterns: Vec<OnceLock<RoutePattern>>,
    /// Number to the policies assigned to it: indexes into the number policies.
    pub(super) by_number: HashMap<PhoneNumber, Vec<u32>, foldhash::fast::FixedState>,
}

/// The voice routing policy in force for a call.
#[derive(Clone, Debug)]
pub enum EffectiveRouting<'t> {
    /// A policy of the tenant.
    Named {
        /// The policy.
        policy: &'t VoiceRoutingPolicy,
        /// Where it is assigned.
        place: Written<'t>,
    },
    /// Nothing is assigned: the `Global` policy, if the export holds it.
    Global(Option<&'t VoiceRoutingPolicy>),
    /// A name is assigned that no policy has.
    Dangling(&'t str),
    /// The export does not tell.
    Unknown,
}

/// A way out that works now.
#[derive(Clone, Copy, Debug)]
pub struct LiveRoute<'t> {
    /// Index of the usage within the policy's list.
    pub usage_index: usize,
    /// The usage.
    pub usage: Symbol,
    /// Index of the route.
    pub route: u32,
    /// Index of the gateway within the route's list.
    pub gateway_index: usize,
    /// The gateway: existing and enabled.
    pub gateway: &'t Merged<GatewayRecord>,
}

/// The ways out of a policy.
#[derive(Clone, Default, Debug)]
pub struct LiveRoutes<'t> {
    /// Those that work, in the order in which they are tried: one for each usage and route, with its first gateway.
    pub live: Vec<LiveRoute<'t>>,
    /// Whether usages, gateways or the state of a gateway are not known, so that more of them may work.
    pub unknown: bool,
}

impl Tenant {
    /// The voice routing policy in force for an account, or for one number of it: assigned to the number, else to
    /// the account, as [`Tenant::effective`] finds it, else `Global`.
    ///
    /// Source: <https://learn.microsoft.com/microsoftteams/manage-voice-routing-policies>.
    pub fn effective_voice_routing<'t>(
        &'t self,
        user: &'t User,
        number: Option<PhoneNumber>,
    ) -> EffectiveRouting<'t> {
        if let Some(assignment) = number.and_then(|number| self.number_policy(number)) {
            return match assignment.policy {
                Field::Value(name) => self.named_routing(name, Written::OfNumber(assignment)),
                _ => EffectiveRouting::Unknown,
            };
        }
        match self.effective(user, PolicyKind::VoiceRouting) {
            Effective::Assigned { name, place } => self.named_routing(name, place),
            Effective::Global => EffectiveRouting::Global(self.voice_routing_policies.global()),
            Effective::Unknown => EffectiveRouting::Unknown,
        }
    }

    fn named_routing<'t>(&'t self, name: PolicyName, place: Written<'t>) -> EffectiveRouting<'t> {
        let texts = &self.snapshot.texts;
        let policy = self.voice_routing_policies.find_spelled(name, texts);
        let name = texts.symbol(name.0);
        match policy {
            policy if name.eq_ignore_ascii_case("Global") => EffectiveRouting::Global(policy),
            Some(policy) => EffectiveRouting::Named { policy, place },
            None => EffectiveRouting::Dangling(name),
        }
    }

    /// The policies that are assigned to a number itself.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csphonenumberpolicyassignment>.
    pub fn policies_of_number(&self, number: PhoneNumber) -> impl Iterator<Item = &NumberPolicy> {
        let places = self.index.routing.by_number.get(&number);
        let places = places.into_iter().flatten();
        places.filter_map(|index| self.number_policies.get(*index as usize))
    }

    /// The voice routing policy assigned to a number, if one is.
    fn number_policy(&self, number: PhoneNumber) -> Option<&NumberPolicy> {
        let assigned = self.index.routing.by_number.get(&number)?;
        assigned
            .iter()
            .filter_map(|index| self.number_policies.get(*index as usize))
            .find(|assignment| {
                // Without a name nothing is assigned, and the user's own policy applies.
                let names_one = !assignment.policy.is_null();
                let is_routing = assignment.policy_type.get().is_some_and(|policy_type| {
                    is_voice_routing(self.snapshot.texts.symbol(policy_type))
                });
                names_one && is_routing
            })
    }

    /// The ways out of a policy that work now: usages in order, routes by priority, at least one gateway that exists
    /// and is enabled.
    ///
    /// Source: <https://learn.microsoft.com/microsoftteams/direct-routing-voice-routing>.
    pub fn live_routes(&self, policy: &VoiceRoutingPolicy) -> LiveRoutes<'_> {
        let texts = &self.snapshot.texts;
        let mut routes = LiveRoutes::default();
        let none =
            policy.usages.is_null() || policy.usages.value().is_some_and(|all| all.is_empty());
        routes.unknown = policy.usages.is_absent() || (!none && self.index.routing.incomplete);
        for (usage_index, usage) in policy.usages.value().into_iter().flatten().enumerate() {
            let listed = self.index.routing.by_usage.get(&fold(texts.symbol(*usage)));
            for route in listed.into_iter().flatten().copied() {
                let Some(record) = self.route(route) else {
                    continue;
                };
                routes.unknown |= record.gateways.is_absent();
                let gateways = record.gateways.value().into_iter().flatten().enumerate();
                let mut first = None;
                for (gateway_index, name) in gateways {
                    match self.gateway_state(texts.symbol(*name)) {
                        (Answer::Yes, Some(gateway)) => {
                            first = Some((gateway_index, gateway));
                            break;
                        }
                        (Answer::Unknown, _) => routes.unknown = true,
                        _ => {}
                    }
                }
                if let Some((gateway_index, gateway)) = first {
                    routes.live.push(LiveRoute {
                        usage_index,
                        usage: *usage,
                        route,
                        gateway_index,
                        gateway,
                    });
                }
            }
        }
        routes
    }

    /// The route with that index.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csonlinevoiceroute>.
    pub fn route(&self, index: u32) -> Option<&Merged<VoiceRouteRecord>> {
        self.voice_routes.iter().nth(index as usize)
    }

    /// The compiled pattern of a route.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csonlinevoiceroute>.
    pub fn pattern(&self, index: u32) -> Option<&RoutePattern> {
        let cell = self.index.routing.patterns.get(index as usize)?;
        let text = self.route(index)?.pattern.get()?;
        Some(cell.get_or_init(|| RoutePattern::compile(self.snapshot.texts.symbol(text))))
    }

    /// Whether a route serves internal calls only: strings too short for a telephone number, or numbers that begin with
    /// one of these digit prefixes.
    ///
    /// Source: <https://learn.microsoft.com/microsoftteams/direct-routing-voice-routing>.
    pub fn is_internal_route(&self, index: u32, ranges: &[String]) -> bool {
        let ranges: Vec<String> = ranges
            .iter()
            .map(|range| range.trim().trim_start_matches('+').to_owned())
            .collect();
        self.pattern(index).is_some_and(|pattern| {
            pattern.only_shorter_than(SHORTEST_NUMBER) == Some(true)
                || pattern.only_within(&ranges) == Some(true)
        })
    }

    /// Whether a pattern matches extensions and other short numbers only; `None` where that is not known.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/new-csvoicenormalizationrule>.
    pub fn is_of_short_numbers(&self, pattern: Symbol) -> Option<bool> {
        // A dial plan is that of many.
        self.index.memo.short_patterns.of(pattern, || {
            let text = self.snapshot.texts.symbol(pattern);
            RoutePattern::compile(text).only_shorter_than(SHORTEST_NUMBER)
        })
    }

    /// Whether a route leads to a gateway that exists and is enabled.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csonlinevoiceroute>.
    pub fn has_live_gateway(&self, route: &Merged<VoiceRouteRecord>) -> Answer {
        let texts = &self.snapshot.texts;
        let mut answer = if route.gateways.is_absent() {
            Answer::Unknown
        } else {
            Answer::No
        };
        for name in route.gateways.value().into_iter().flatten() {
            match self.gateway_state(texts.symbol(*name)).0 {
                Answer::Yes => return Answer::Yes,
                Answer::Unknown => answer = Answer::Unknown,
                Answer::No => {}
            }
        }
        answer
    }

    /// Whether there is a gateway of that name and calls are sent to it, and the gateway.
    pub(super) fn gateway_state(&self, name: &str) -> (Answer, Option<&Merged<GatewayRecord>>) {
        let Some(gateway) = self.gateways.find(name) else {
            let kind = ExportKind::OnlinePstnGateway;
            let listed = self.snapshot.has_export(kind) && self.snapshot.incomplete(kind).is_none();
            return (if listed { Answer::No } else { Answer::Unknown }, None);
        };
        let enabled = match gateway.enabled {
            Field::Value(enabled) => enabled.into(),
            Field::Null => Answer::No,
            Field::Absent => Answer::Unknown,
        };
        (enabled, Some(gateway))
    }

    /// The account whose policies apply to calls of a number's holder.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csphonenumberassignment>.
    pub fn account_of_holder(&self, number: &Number) -> Option<&User> {
        match number.holder {
            super::Holder::User(index) => self.users.get(index as usize),
            super::Holder::ResourceAccount(index) => {
                let account = self.resource_accounts.get(index as usize)?;
                self.user_of(account)
            }
            _ => None,
        }
    }
}

/// Whether a policy type is that of voice routing; types come with and without the prefix of their cmdlet, in any case.
pub fn is_voice_routing(policy_type: &str) -> bool {
    let name = policy_type.trim().to_ascii_lowercase();
    matches!(
        name.as_str(),
        "voiceroutingpolicy" | "onlinevoiceroutingpolicy" | "teamsvoiceroutingpolicy"
    )
}
