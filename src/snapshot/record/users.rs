//! People, guests, rooms and resource accounts as `Get-CsOnlineUser` and Graph list them, and the tenant itself.

use super::record;
use crate::snapshot::cell::{
    Cell, Dated, FeatureSet, Joined, Moment, PlanSet, PolicyName, Presence, Reading, SipAddress,
    SkuSet, TenantMark, disabled_plans,
};
use crate::snapshot::damage::Damage;
use crate::snapshot::lax::Lax;
use crate::snapshot::lists::List;
use crate::snapshot::object_id::ObjectId;
use crate::snapshot::service_plans::sku_by_id;
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
        telephone_numbers: List<CategorizedNumber> = "TelephoneNumbers",
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
        effective_policies: List<EffectivePolicy> = "EffectivePolicyAssignments",
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
        /// SIP address, which is where colleagues call the account.
        sip_address: SipAddress = "SipAddress",
        /// Whether the account may use SIP.
        sip_enabled: bool = "IsSipEnabled",
        /// The pool that the account is homed on: whether there is one.
        registrar_pool: Presence = "RegistrarPool",
        /// Why provisioning did not finish, in free words, joined.
        validation_errors: Joined = "UserValidationErrors",
        /// Routing policy of conference calls.
        conferencing_routing_policy: PolicyName = "OnlineAudioConferencingRoutingPolicy",
        /// What the account may change of auto attendants and call queues.
        voice_applications_policy: PolicyName = "TeamsVoiceApplicationsPolicy",
        /// Caller ID policy.
        caller_id_policy: PolicyName = "CallingLineIdentity",
        /// Policy of branch offices that survive without the service.
        survivable_branch_policy: PolicyName = "TeamsSurvivableBranchAppliancePolicy",
        /// Where each license comes from, and what is wrong with it.
        license_states: List<LicenseState> = "LicenseAssignmentStates",
        /// Department of the directory, which marks resource accounts that were made on-premises.
        department: Symbol = "Department",
        /// When the account was made.
        created: Moment = "WhenCreated",
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

    fn show(&self, texts: &Texts, out: &mut Vec<String>) -> bool {
        let number = texts.text(self.number);
        out.push(match self.category {
            Some(category) => format!("{number} ({})", texts.symbol(category)),
            None => number.to_owned(),
        });
        true
    }

    fn parts(&self, texts: &Texts, out: &mut Vec<String>) {
        out.push(texts.text(self.number).to_owned());
    }

    fn same(&self, other: &Self, texts: &Texts) -> bool {
        self.number.same(&other.number, texts) && self.category == other.category
    }
}

/// One of Graph's `licenseAssignmentStates`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LicenseState {
    /// The SKU.
    pub sku: ObjectId,
    /// The group that brings it; `None` when it was assigned to the account itself.
    pub by_group: Option<ObjectId>,
    /// What is wrong, such as `CountViolation`; `None` when nothing is.
    pub error: Option<Symbol>,
    /// Plans that are switched off.
    pub disabled: Box<[ObjectId]>,
}

impl Cell for LicenseState {
    const OBJECT: bool = true;

    fn read(value: &Lax, reading: &mut Reading) -> Option<Self> {
        let sku = ObjectId::read(value.member("skuId")?, reading)?;
        let by_group = value
            .member("assignedByGroup")
            .and_then(|group| ObjectId::field(group, reading).get());
        let error = value
            .member("error")
            .and_then(Lax::scalar)
            .filter(|error| !error.trim().is_empty() && !error.eq_ignore_ascii_case("None"));
        Some(Self {
            sku,
            by_group,
            error: error.map(|error| reading.arena.symbol(&error)),
            disabled: disabled_plans(value, reading)?.into(),
        })
    }

    fn show(&self, texts: &Texts, out: &mut Vec<String>) -> bool {
        let sku = sku_by_id(self.sku.bits());
        let name = sku.map_or_else(|| self.sku.to_string(), |sku| sku.part_number.to_owned());
        let by = match self.by_group {
            Some(group) => format!("by group {group}"),
            None => "direct".to_owned(),
        };
        out.push(match self.error {
            Some(error) => format!("{name} ({by}, {})", texts.symbol(error)),
            None => format!("{name} ({by})"),
        });
        true
    }

    fn parts(&self, _: &Texts, out: &mut Vec<String>) {
        out.extend(self.by_group.map(|group| group.to_string()));
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
        let told = value.member("PolicyAssignment")?;
        // The export of one account goes one level deeper than that of many: its assignments are objects, and what these
        // hold became a text.
        let recovered = told.recovered();
        if recovered.is_some() {
            reading.damaged(Damage::Recovered, told);
        } else if told.is_cut() {
            reading.damaged(Damage::Cut, told);
            return None;
        }
        let assignment = recovered.as_ref().unwrap_or(told);
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

    fn show(&self, texts: &Texts, out: &mut Vec<String>) -> bool {
        let (of, name) = (texts.symbol(self.policy_type), texts.symbol(self.name.0));
        let how = if self.by_group { "group" } else { "direct" };
        out.push(format!("{of} {name} ({how})"));
        true
    }

    fn parts(&self, texts: &Texts, out: &mut Vec<String>) {
        out.push(texts.symbol(self.name.0).to_owned());
    }
}
