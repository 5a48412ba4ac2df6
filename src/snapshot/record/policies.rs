//! Upgrade, calling, emergency and shared calling policies, and policies assigned to groups.

use super::record;
use crate::snapshot::cell::{Cell, PolicyName, Reading};
use crate::snapshot::lax::Lax;
use crate::snapshot::object_id::ObjectId;
use crate::snapshot::texts::{Symbol, Text};

record! {
    /// `Get-CsTeamsUpgradePolicy`.
    UpgradePolicyRecord {
        /// Name of the instance; `Global` is the tenant's.
        name: PolicyName = "Identity",
        /// Coexistence mode.
        mode: Symbol = "Mode",
    }
}

record! {
    /// `Get-CsTeamsCallingPolicy`.
    CallingPolicyRecord {
        /// Name of the instance.
        name: PolicyName = "Identity",
        /// Whether calls are allowed at all.
        private_calling: bool = "AllowPrivateCalling",
        /// Whether calls must keep to the local network of the caller.
        prevent_toll_bypass: bool = "PreventTollBypass",
    }
}

record! {
    /// `Get-CsTeamsEmergencyCallRoutingPolicy`.
    EmergencyCallRoutingPolicyRecord {
        /// Name of the instance.
        name: PolicyName = "Identity",
        /// Emergency numbers with their usages.
        numbers: Box<[EmergencyNumber]> = "EmergencyNumbers",
        /// Whether dynamic emergency calling is on.
        enhanced: bool = "AllowEnhancedEmergencyServices",
    }
}

record! {
    /// `Get-CsTeamsEmergencyCallingPolicy`.
    EmergencyCallingPolicyRecord {
        /// Name of the instance.
        name: PolicyName = "Identity",
        /// Who is told of an emergency call.
        notification_group: Text = "NotificationGroup",
        /// A name or the integer of the enumeration.
        notification_mode: Symbol = "NotificationMode",
    }
}

record! {
    /// `Get-CsTeamsSharedCallingRoutingPolicy`.
    SharedCallingPolicyRecord {
        /// Name of the instance.
        name: PolicyName = "Identity",
        /// The resource account whose number is shared.
        account: ObjectId = "ResourceAccount",
        /// Emergency callback numbers as spelled.
        numbers: Box<[Symbol]> = "EmergencyNumbers",
    }
}

record! {
    /// `Get-CsCallingLineIdentity`.
    CallingLineIdentityRecord {
        /// Name of the instance.
        name: PolicyName = "Identity",
        /// What is shown instead of the caller's own number: `Resource`, `LineUri`, `Anonymous`.
        substitute: Symbol = "CallingIDSubstitute",
        /// The resource account whose number is shown.
        account: ObjectId = "ResourceAccount",
    }
}

record! {
    /// `Get-CsTeamsUnassignedNumberTreatment`.
    UnassignedNumberRecord {
        /// Its id.
        id: Symbol = "TreatmentId",
        /// `ResourceAccount`, `User` or `Announcement`.
        target_type: Symbol = "TargetType",
        /// Who takes the calls.
        target: ObjectId = "Target",
    }
}

record! {
    /// `Get-CsGroupPolicyAssignment`.
    GroupPolicyRecord {
        /// The group.
        group: ObjectId = "GroupId",
        /// Type of the policy.
        policy_type: Symbol = "PolicyType",
        /// Name of the instance.
        policy: PolicyName = "PolicyName",
        /// Lower wins.
        rank: i64 = "Rank",
    }
}

/// One of the `EmergencyNumbers` of a routing policy.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct EmergencyNumber {
    /// What is dialled.
    pub dial_string: Symbol,
    /// The usage that routes it.
    pub usage: Option<Symbol>,
}

impl Cell for EmergencyNumber {
    const OBJECT: bool = true;

    fn read(value: &Lax, reading: &mut Reading) -> Option<Self> {
        let dial = value.member("EmergencyDialString").and_then(Lax::scalar)?;
        let usage = value.member("OnlinePSTNUsage").and_then(Lax::scalar);
        Some(Self {
            dial_string: reading.arena.symbol(&dial),
            usage: usage.map(|usage| reading.arena.symbol(&usage)),
        })
    }
}
