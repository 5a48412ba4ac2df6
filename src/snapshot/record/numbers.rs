//! Telephone numbers in their three dialects, and policies assigned to numbers.

use super::record;
use crate::snapshot::cell::{AssignmentTarget, Joined, Moment, PolicyName};
use crate::snapshot::ids::SharedId;
use crate::snapshot::lists::List;
use crate::snapshot::texts::{Symbol, Text};

record! {
    /// One number: `Get-CsPhoneNumberAssignment`, the bulk CSV, Graph `numberAssignments`.
    NumberRecord {
        /// The number as spelled.
        number: Text = "TelephoneNumber",
        /// `DirectRouting`, `CallingPlan`, `OperatorConnect`, …
        number_type: Symbol = "NumberType",
        /// Who holds it.
        target: AssignmentTarget = "AssignedPstnTargetId",
        /// `Unassigned`, `UserAssigned`, …
        status: Symbol = "PstnAssignmentStatus",
        /// `Primary`, `Private`, `Alternate`.
        category: Symbol = "AssignmentCategory",
        /// `Activated`, `AssignmentPending`, …
        activation: Symbol = "ActivationState",
        /// `UserAssignment`, `VoiceApplicationAssignment`, …
        capabilities: List<Symbol> = "Capability",
        /// Id of the partner: Microsoft or an operator.
        partner_id: SharedId = "PstnPartnerId",
        /// Name of the partner.
        partner_name: Symbol = "PstnPartnerName",
        /// Id of the operator; for Microsoft another one than the partner's.
        operator_id: SharedId = "OperatorId",
        /// `Online` or `OnPremises`.
        source: Symbol = "NumberSource",
        /// ISO 3166-1 alpha-2.
        country: Symbol = "IsoCountryCode",
        /// Emergency location.
        location: SharedId = "LocationId",
        /// Emergency civic address.
        civic_address: SharedId = "CivicAddressId",
        /// State of a port-in order.
        port_in: Symbol = "PortInOrderStatus",
        /// Whether an administrator may change the emergency location.
        location_editable: bool = "LocationUpdateSupported",
        /// City that the number belongs to.
        city: Symbol = "City",
        /// Network site.
        site: Symbol = "NetworkSiteId",
        /// How calls to the number are looked up, joined.
        reverse_lookup: Joined = "ReverseNumberLookup",
        /// Tags that administrators gave it, joined.
        tags: Joined = "Tag",
        /// `NotBlocked`, `BlockedForever`, `BlockedUntil`.
        blocked: Symbol = "AssignmentBlockedState",
        /// Until when it cannot be assigned.
        blocked_until: Moment = "AssignmentBlockedUntil",
    }
}

record! {
    /// A policy assigned to a number: `Get-CsPhoneNumberPolicyAssignment`.
    NumberPolicyRecord {
        /// The number as spelled, without plus.
        number: Text = "TelephoneNumber",
        /// Type of the policy.
        policy_type: Symbol = "PolicyType",
        /// Name of the instance.
        policy: PolicyName = "PolicyName",
    }
}

record! {
    /// How the tenant treats numbers: `Get-CsPhoneNumberTenantConfiguration`.
    NumberConfigRecord {
        /// Always `Global`.
        name: PolicyName = "Identity",
        /// Whether a number of the on-premises directory may be taken over by assigning it online.
        migration: bool = "AllowOnPremToOnlineMigration",
        /// Whether a number that is taken off somebody is blocked for good.
        blocked_forever: bool = "AssignmentBlockedForever",
        /// For how many days it is blocked.
        blocked_days: i64 = "AssignmentBlockedDays",
    }
}

record! {
    /// An order of numbers: `Get-CsOnlineTelephoneNumberOrder`.
    NumberOrderRecord {
        /// Its id.
        id: Symbol = "OrderId",
        /// How far it is: `Reserved`, `Complete`, `Error`, …
        status: Symbol = "Status",
        /// Why it failed.
        error: Symbol = "ErrorCode",
        /// When the reservation of its numbers ends.
        expires: Moment = "ReservationExpiryDate",
        /// How many of its numbers failed.
        failures: i64 = "FailureCount",
    }
}
