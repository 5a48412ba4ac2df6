//! The tenant: every object once, merged and joined, and the questions that rules ask of it.
//!
//! Rules never search: what two of them want to know is a question here, three-valued where the data may not decide.

mod accounts;
mod add_ons;
mod ahead;
mod answer;
mod app_circles;
mod apps;
mod build;
mod by_hash;
mod by_symbol;
mod calling_codes;
mod calling_plans;
mod claims;
mod conferencing;
mod countries;
mod directory;
pub mod edit;
mod effective;
mod emergency;
mod forwarding;
mod licenses;
mod lines;
pub mod lists;
mod merged;
mod named;
mod network;
mod numbers;
mod operators;
mod ownership;
mod reach;
pub mod route_pattern;
mod routing;
mod shares;
mod skus;
mod subjects;
mod subnets;
mod subscriptions;
mod targets;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
mod upgrade;
mod uses;

use std::sync::OnceLock;

use crate::finding::{Place, Problem};
use crate::snapshot::record::{
    AppRecord, AssociationRecord, BlockedPatternRecord, CallingLineIdentityRecord,
    CallingPolicyRecord, CivicAddressRecord, DialPlanRecord, EmergencyCallRoutingPolicyRecord,
    EmergencyCallingPolicyRecord, GatewayRecord, GroupPolicyRecord, LocationRecord,
    NamedPolicyRecord, NumberConfigRecord, NumberOrderRecord, NumberPolicyRecord, PstnUsageRecord,
    ResourceAccountRecord, SharedCallingPolicyRecord, SkuRecord, TenantRecord,
    UnassignedNumberRecord, UpgradePolicyRecord, UserRecord, VoiceRouteRecord,
    VoiceRoutingPolicyRecord,
};
use crate::snapshot::{ExportKind, Field, ObjectId, SharedId, Snapshot};

pub use accounts::{AccountKind, InterpretedType};
pub(crate) use ahead::AHEAD;
pub use answer::Answer;
pub use app_circles::{AppCircle, AppCircles};
pub use apps::{AppKind, Application, Service};
pub use build::build;
pub use conferencing::Conferencing;
pub use countries::Country;
pub use directory::{Addressee, Directory, leads_to_microsoft, without_sip};
pub use effective::{Assigned, Effective, InForce, PolicyKind, Written, is_same_type};
pub use emergency::{
    CALLER_UNKNOWN, EmergencyRouting, EmergencyRoutingOf, RoutingInUse, RoutingsInUse, UsageRoutes,
};
pub use forwarding::Forward;
pub use licenses::{AccountSku, Shortage};
pub use lines::{LineProperty, LineUse, SharedLine};
pub use merged::Merged;
pub use named::Named;
pub use network::Network;
pub use numbers::{Held, Holder, Number};
pub use operators::{Operator, OperatorStatus, canonical as operator_identity};
pub use ownership::CountryState;
pub use reach::{Lead, Leads, Way};
pub use routing::{EffectiveRouting, LiveRoute, LiveRoutes, is_voice_routing};
pub use skus::OwnSku;
pub use subnets::{Subnet, Subnets, ends_in_zero};
pub use targets::Destination;
pub use upgrade::{Coexistence, Decided};
pub use uses::{AccountRole, AccountUse};

use by_hash::ByHash;
use by_symbol::BySymbol;
use numbers::NumberIndex;
use routing::Routing;

/// A person, guest, room or resource account of the directory.
pub type User = Merged<UserRecord>;
/// An auto attendant or call queue.
pub type App = Merged<AppRecord>;

/// A resource account, as the applications export or the directory lists it.
#[derive(Clone, Debug)]
pub struct ResourceAccount {
    /// Entra object id.
    pub id: ObjectId,
    /// Its record in `Get-CsOnlineApplicationInstance`.
    pub record: Option<Merged<ResourceAccountRecord>>,
    /// Its account in `Get-CsOnlineUser`: an index into [`Tenant::users`].
    pub user: Option<u32>,
    /// The apps that it serves.
    pub apps: Vec<ObjectId>,
}

/// A policy assigned to one number.
pub type NumberPolicy = Merged<NumberPolicyRecord>;
/// A voice routing policy.
pub type VoiceRoutingPolicy = Merged<VoiceRoutingPolicyRecord>;

/// A tenant, typed, merged and indexed.
#[derive(Debug)]
pub struct Tenant {
    /// The snapshot without its records: exports, texts, files.
    pub snapshot: Snapshot,
    /// What merging found wrong.
    pub problems: Vec<Problem>,
    /// All accounts, in order of object id.
    pub users: Vec<User>,
    /// All numbers, in order.
    pub numbers: Vec<Number>,
    /// Numbers that more than one account shows, in order.
    pub shared_lines: Vec<SharedLine>,
    /// All resource accounts, in order of object id.
    pub resource_accounts: Vec<ResourceAccount>,
    /// All operators of the operators file, in order of identity.
    pub operators: Vec<Operator>,
    /// Auto attendants and call queues, in order of id.
    pub apps: Vec<App>,
    /// Which account serves which app, in order of account.
    pub associations: Vec<Merged<AssociationRecord>>,
    /// Voice routing policies, by name.
    pub voice_routing_policies: Named<VoiceRoutingPolicyRecord>,
    /// The one record of PSTN usages.
    pub pstn_usages: Named<PstnUsageRecord>,
    /// Voice routes, by name.
    pub voice_routes: Named<VoiceRouteRecord>,
    /// Session border controllers, by name.
    pub gateways: Named<GatewayRecord>,
    /// Upgrade policies, by name.
    pub upgrade_policies: Named<UpgradePolicyRecord>,
    /// Calling policies, by name.
    pub calling_policies: Named<CallingPolicyRecord>,
    /// Emergency call routing policies, by name.
    pub emergency_call_routing_policies: Named<EmergencyCallRoutingPolicyRecord>,
    /// Emergency calling policies, by name.
    pub emergency_calling_policies: Named<EmergencyCallingPolicyRecord>,
    /// Shared calling policies, by name.
    pub shared_calling_policies: Named<SharedCallingPolicyRecord>,
    /// Caller ID policies, by name.
    pub caller_id_policies: Named<CallingLineIdentityRecord>,
    /// Where calls to unassigned numbers go, by id.
    pub unassigned_numbers: Named<UnassignedNumberRecord>,
    /// Policies assigned to groups.
    pub group_policies: Vec<Merged<GroupPolicyRecord>>,
    /// Policies assigned to numbers, in order of number.
    pub number_policies: Vec<NumberPolicy>,
    /// Emergency locations, in order of id.
    pub locations: Vec<Merged<LocationRecord>>,
    /// Emergency civic addresses, in order of id.
    pub civic_addresses: Vec<Merged<CivicAddressRecord>>,
    /// What users may change of auto attendants and call queues, by name.
    pub voice_applications_policies: Named<NamedPolicyRecord>,
    /// Dial plans, by name.
    pub dial_plans: Named<DialPlanRecord>,
    /// Numbers from which nobody may call, by name.
    pub blocked_patterns: Named<BlockedPatternRecord>,
    /// Orders of numbers, by id.
    pub number_orders: Named<NumberOrderRecord>,
    /// How the tenant treats numbers.
    pub number_config: Option<Merged<NumberConfigRecord>>,
    /// The network as emergency calling sees it.
    pub network: Network,
    /// Conference bridges.
    pub conferencing: Conferencing,
    /// What the directory says around the accounts.
    pub directory: Directory,
    /// Whether numbers of the on-premises directory may be taken over by assigning them online.
    pub takes_over_numbers: Answer,
    /// SKUs that the tenant owns.
    pub skus: Vec<Merged<SkuRecord>>,
    /// The tenant's own record.
    pub organization: Option<Merged<TenantRecord>>,
    index: Index,
}

/// Look-ups built once.
#[derive(Debug, Default)]
struct Index {
    users: ByHash,
    resource_accounts: Ids<u32>,
    apps: Ids<u32>,
    app_accounts: Ids<Vec<ObjectId>>,
    app_accounts_known: bool,
    account_uses: Ids<Vec<AccountUse>>,
    numbers: NumberIndex,
    routing: Routing,
    license_details: Ids<crate::snapshot::PlanSet>,
    license_skus: Ids<Vec<crate::snapshot::cell::AssignedSku>>,
    uses_lost: bool,
    /// Accounts that show as their number what is none.
    odd_lines: IdSet,
    /// Which of the shared lines an account answers for.
    shared_by: Ids<Vec<u32>>,
    loose: edit::Loose,
    memo: Memo,
}

/// What is found out when it is first asked for; an edit forgets all of it.
#[derive(Debug, Default)]
struct Memo {
    /// Who holds a Direct Routing number, or may hold one, by their places in the list of accounts.
    on_direct_routing: OnceLock<Vec<Answer>>,
    /// What numbers name as their partner that is Microsoft.
    microsoft: OnceLock<Option<SharedId>>,
    /// The policies of groups, by type: indexes into the group policies.
    group_policies: [OnceLock<Vec<u32>>; PolicyKind::ALL.len()],
    /// Whether the inventory names the holders of numbers.
    tells_holders: OnceLock<bool>,
    /// Whether there are calling settings of an address that no account has.
    unowned_settings: OnceLock<bool>,
    /// Who may have calling settings, where they are few.
    settings_owners: OnceLock<Option<IdSet>>,
    /// Whose calls come back to them by the settings of others, and whether that is told for certain.
    circles: OnceLock<Ids<bool>>,
    /// What leads to each app.
    leads: OnceLock<Leads>,
    /// The apps that lead to each other.
    app_circles: OnceLock<AppCircles>,
    /// The numbers that could be of an operator without an id, and of one with an id.
    unclaimed: OnceLock<[shares::Unclaimed; 2]>,
    /// Where all numbers are.
    areas: OnceLock<shares::Areas>,
    /// Where apps list an account first, by app and account.
    listed:
        OnceLock<std::collections::HashMap<(ObjectId, ObjectId), u32, foldhash::fast::FixedState>>,
    /// The first app that calls with an account, and where in its list: indexes into the apps.
    called_with: OnceLock<Ids<(u32, u32)>>,
    /// Who sends calls to an account by its own settings.
    forwards: OnceLock<Ids<Vec<(String, Place)>>>,
    /// Which types of policies are meant in what is listed of accounts.
    policy_types: BySymbol<Option<PolicyKind>>,
    /// What accounts are by their `AccountType`.
    account_types: BySymbol<Option<AccountKind>>,
    /// What accounts are by their `InterpretedUserType`.
    interpreted_types: BySymbol<InterpretedType>,
    /// What types of numbers mean, where that is documented.
    number_types: BySymbol<Option<&'static str>>,
    /// Whether patterns of dial plans match short numbers only.
    short_patterns: BySymbol<Option<bool>>,
}

/// A set of object ids.
type IdSet = std::collections::HashSet<ObjectId, foldhash::fast::FixedState>;

/// A map from object ids.
type Ids<T> = std::collections::HashMap<ObjectId, T, foldhash::fast::FixedState>;

impl Tenant {
    /// The account with that object id.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csonlineuser>.
    pub fn user(&self, id: ObjectId) -> Option<&User> {
        self.users.get(self.place_of_user(id)? as usize)
    }

    /// Where in [`Tenant::users`] the account with that object id is.
    fn place_of_user(&self, id: ObjectId) -> Option<u32> {
        let has_id = |place: &u32| {
            let user = self.users.get(*place as usize);
            user.is_some_and(|user| user.id.get() == Some(id))
        };
        self.index.users.candidates(id).find(has_id)
    }

    /// The resource account with that object id.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csonlineapplicationinstance>.
    pub fn resource_account(&self, id: ObjectId) -> Option<&ResourceAccount> {
        let index = *self.index.resource_accounts.get(&id)?;
        self.resource_accounts.get(index as usize)
    }

    /// The directory account of a resource account.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csonlineapplicationinstance>.
    pub fn user_of(&self, account: &ResourceAccount) -> Option<&User> {
        self.users.get(account.user? as usize)
    }

    /// The object id that a field names, where many records name it.
    pub fn shared_id(&self, field: &Field<SharedId>) -> Option<ObjectId> {
        self.snapshot.texts.id(field)
    }

    /// The tenant id: as the manifest tells it, the tenant's own record, or most other records.
    pub fn id(&self) -> Option<ObjectId> {
        let manifest = self.snapshot.records.manifests.first();
        manifest
            .and_then(|manifest| manifest.tenant_id.get())
            .or_else(|| self.organization.as_ref()?.id.get())
            .or(self.snapshot.owner)
    }

    /// Major version of the `MicrosoftTeams` module that made the exports, where the manifest tells.
    ///
    /// Source: <https://learn.microsoft.com/microsoftteams/teams-powershell-release-notes>.
    pub fn module_major(&self) -> Option<u32> {
        let manifest = self.snapshot.records.manifests.first()?;
        let version = self.snapshot.texts.symbol(manifest.module_version.get()?);
        version.trim().split('.').next()?.parse().ok()
    }

    /// The tenant's name, where a manifest or the tenant's record tells.
    pub fn name(&self) -> Option<&str> {
        let manifest = self.snapshot.records.manifests.first();
        manifest
            .and_then(|manifest| manifest.tenant_name.get())
            .or_else(|| self.organization.as_ref()?.name.get())
            .map(|name| self.snapshot.texts.text(name))
    }

    /// How many milliseconds lie between two exports, where the manifest tells the time of both.
    pub fn exported_apart(&self, one: ExportKind, two: ExportKind) -> Option<i64> {
        let manifest = self.snapshot.records.manifests.first()?;
        let time = |kind: ExportKind| {
            let exports = manifest.exports.value()?;
            let named = exports.iter().find(|export| {
                let name = self.snapshot.texts.symbol(export.kind);
                ExportKind::from_manifest(name).is_some_and(|of| of.family() == kind)
            });
            named?.exported_at
        };
        Some((time(one)?.ms() - time(two)?.ms()).abs())
    }

    /// The beginning of the first file of an export: for what is missing from it.
    pub fn start_of(&self, family: ExportKind) -> Option<Place> {
        let (_, export) = self.snapshot.family(family).next()?;
        Some(Place::whole(crate::source::Span::start_of(export.source)))
    }
}
