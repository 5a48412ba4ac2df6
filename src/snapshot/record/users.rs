//! People, guests, rooms and resource accounts as `Get-CsOnlineUser` and Graph list them, and the tenant itself.

use super::record;
use crate::snapshot::cell::{
    Cell, Dated, FeatureSet, Moment, PlanSet, PolicyName, Reading, SkuSet, TenantMark,
};
use crate::snapshot::lax::Lax;
use crate::snapshot::object_id::ObjectId;
use crate::snapshot::texts::{Symbol, Text, Texts};

record! {
    /// One account: `Get-CsOnlineUser`, Graph `users`, deleted items, Graph Teams user configurations.
    UserRecord {
        /// Entra object id.
        id: ObjectId = "Identity",
        /// User principal name.
        upn: Text = "UserPrincipalName",
        /// Display name.
        display_name: Text = "DisplayName",
        /// Whether sign-in is allowed.
        account_enabled: bool = "AccountEnabled",
        /// `User`, `ResourceAccount`, `Guest`, …
        account_type: Symbol = "AccountType",
        /// Composed text such as `PureOnlineTeamsOnlyUser`.
        interpreted_type: Symbol = "InterpretedUserType",
        /// The account's line URI.
        line_uri: Text = "LineUri",
        /// The line URI of the on-premises directory.
        on_prem_line_uri: Text = "OnPremLineUri",
        /// Further numbers with their category.
        telephone_numbers: Box<[CategorizedNumber]> = "TelephoneNumbers",
        /// Whether the account may use the telephone network.
        enterprise_voice: bool = "EnterpriseVoiceEnabled",
        /// Coexistence mode in force.
        upgrade_mode: Symbol = "TeamsUpgradeEffectiveMode",
        /// Instance of the Teams upgrade policy.
        upgrade_policy: PolicyName = "TeamsUpgradePolicy",
        /// Why an administrator cannot change the mode.
        upgrade_read_only: Symbol = "TeamsUpgradePolicyIsReadOnly",
        /// Voice routing policy.
        voice_routing_policy: PolicyName = "OnlineVoiceRoutingPolicy",
        /// Dial plan.
        dial_plan: PolicyName = "TenantDialPlan",
        /// Calling policy.
        calling_policy: PolicyName = "TeamsCallingPolicy",
        /// Emergency call routing policy.
        emergency_call_routing_policy: PolicyName = "TeamsEmergencyCallRoutingPolicy",
        /// Emergency calling policy.
        emergency_calling_policy: PolicyName = "TeamsEmergencyCallingPolicy",
        /// Shared calling policy.
        shared_calling_policy: PolicyName = "TeamsSharedCallingRoutingPolicy",
        /// Set by the service on accounts of Operator Connect.
        carrier_emergency_policy: PolicyName = "TeamsCarrierEmergencyCallRoutingPolicy",
        /// Policies with the way they were assigned.
        effective_policies: Box<[EffectivePolicy]> = "EffectivePolicyAssignments",
        /// Service plans.
        plans: PlanSet = "AssignedPlan",
        /// What Teams says that the account may do.
        features: FeatureSet = "FeatureTypes",
        /// SKUs of the account.
        skus: SkuSet = "AssignedLicenses",
        /// ISO 3166-1 alpha-2 country of the license.
        usage_location: Symbol = "UsageLocation",
        /// `sipfed.online.lync.com` when homed online.
        hosting_provider: Symbol = "HostingProvider",
        /// Whether the account comes from an on-premises directory.
        dir_synced: bool = "UserDirSyncEnabled",
        /// Set on soft-deleted accounts.
        deleted: Dated = "SoftDeletionTimestamp",
        /// Last change.
        changed: Moment = "WhenChanged",
        /// The tenant, which must be that of all other records.
        tenant: TenantMark = "TenantId",
    }
}

record! {
    /// The tenant: `Get-CsTenant`, Graph `organization`.
    TenantRecord {
        /// Tenant id.
        id: ObjectId = "TenantId",
        /// Display name.
        name: Text = "DisplayName",
        /// Default coexistence mode.
        upgrade_mode: Symbol = "TeamsUpgradeEffectiveMode",
        /// Country.
        country: Symbol = "CountryAbbreviation",
        /// Last directory synchronization.
        synced: Moment = "LastSyncTimeStamp",
    }
}

/// One of `TelephoneNumbers`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CategorizedNumber {
    /// The number as spelled.
    pub number: Text,
    /// `Primary`, `Private` or `Alternate`.
    pub category: Option<Symbol>,
}

impl Cell for CategorizedNumber {
    const OBJECT: bool = true;

    fn read(value: &Lax, reading: &mut Reading) -> Option<Self> {
        let number = value.member("TelephoneNumber").unwrap_or(value).scalar()?;
        let category = value.member("AssignmentCategory").and_then(Lax::scalar);
        Some(Self {
            number: reading.arena.keep(&number),
            category: category.map(|name| reading.arena.symbol(&name)),
        })
    }

    fn same(&self, other: &Self, texts: &Texts) -> bool {
        self.number.same(&other.number, texts) && self.category == other.category
    }
}

/// One of `EffectivePolicyAssignments`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct EffectivePolicy {
    /// Type of the policy, such as `TeamsCallingPolicy`.
    pub policy_type: Symbol,
    /// Name of the instance.
    pub name: PolicyName,
    /// Whether a group assigned it.
    pub by_group: bool,
}

impl Cell for EffectivePolicy {
    const OBJECT: bool = true;

    fn read(value: &Lax, reading: &mut Reading) -> Option<Self> {
        let policy_type = value.member("PolicyType").and_then(Lax::scalar)?;
        let assignment = value.member("PolicyAssignment")?;
        let name = assignment.member("DisplayName").and_then(Lax::scalar)?;
        let how = assignment.member("AssignmentType").and_then(Lax::scalar);
        Some(Self {
            policy_type: reading.arena.symbol(&policy_type),
            name: PolicyName(
                reading
                    .arena
                    .symbol(crate::snapshot::cell::without_tag(&name)),
            ),
            by_group: how.is_some_and(|how| how.eq_ignore_ascii_case("group")),
        })
    }
}
