//! Upgrade, calling, emergency and shared calling policies, and policies assigned to groups.

use super::record;
use crate::snapshot::cell::{Cell, PolicyName, Presence, Reading};
use crate::snapshot::lax::Lax;
use crate::snapshot::object_id::ObjectId;
use crate::snapshot::texts::{Symbol, Text, Texts};

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
        /// Whether calls may be forwarded to telephone numbers.
        forwarding_to_phone: bool = "AllowCallForwardingToPhone",
        /// `AlwaysEnabled`, `AlwaysDisabled`, `UserOverride`.
        voicemail: Symbol = "AllowVoicemail",
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
        /// The number that is called in.
        notification_number: Text = "NotificationDialOutNumber",
        /// `Enabled` or `Disabled`.
        external_lookup: Symbol = "ExternalLocationLookupMode",
        /// What users are told about emergency calls: whether anything.
        disclaimer: Presence = "EnhancedEmergencyServiceDisclaimer",
        /// Who is told of calls to some numbers, in place of what is above.
        extended_notifications: Box<[ExtendedNotification]> = "ExtendedNotifications",
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
    /// A policy of which only the name matters here.
    NamedPolicyRecord {
        /// Name of the instance.
        name: PolicyName = "Identity",
    }
}

record! {
    /// `Get-CsTenantDialPlan`.
    DialPlanRecord {
        /// Name of the instance.
        name: PolicyName = "Identity",
        /// How dialled strings are changed, in order.
        rules: Box<[NormalizationRule]> = "NormalizationRules",
    }
}

record! {
    /// `Get-CsInboundBlockedNumberPattern`.
    BlockedPatternRecord {
        /// Its name.
        name: Symbol = "Identity",
        /// The resource account that takes blocked calls.
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
    /// Other strings that are changed into it, divided by `;`.
    pub mask: Option<Symbol>,
}

impl Cell for EmergencyNumber {
    const OBJECT: bool = true;

    fn read(value: &Lax, reading: &mut Reading) -> Option<Self> {
        let dial = value.member("EmergencyDialString").and_then(Lax::scalar)?;
        let mut text = |key: &str| {
            let text = value.member(key).and_then(Lax::scalar);
            let text = text.filter(|text| !text.trim().is_empty());
            text.map(|text| reading.arena.symbol(&text))
        };
        let (usage, mask) = (text("OnlinePSTNUsage"), text("EmergencyDialMask"));
        Some(Self {
            dial_string: reading.arena.symbol(&dial),
            usage,
            mask,
        })
    }

    fn show(&self, texts: &Texts, out: &mut Vec<String>) -> bool {
        let text = |symbol: Option<Symbol>| symbol.map_or("none", |one| texts.symbol(one));
        let dialled = texts.symbol(self.dial_string);
        let (usage, mask) = (text(self.usage), text(self.mask));
        out.push(format!("{dialled} (usage {usage}, mask {mask})"));
        true
    }

    fn parts(&self, texts: &Texts, out: &mut Vec<String>) {
        let symbols = [Some(self.dial_string), self.usage, self.mask];
        let symbols = symbols.into_iter().flatten();
        out.extend(symbols.map(|one| texts.symbol(one).to_owned()));
    }
}

/// One of the `ExtendedNotifications` of an emergency calling policy.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ExtendedNotification {
    /// The emergency number that it is for.
    pub dial_string: Symbol,
    /// Who is told of a call to it.
    pub group: Option<Text>,
    /// The number that is called in.
    pub number: Option<Text>,
    /// A name, or the integer of the enumeration.
    pub mode: Option<Symbol>,
}

impl Cell for ExtendedNotification {
    const OBJECT: bool = true;

    fn read(value: &Lax, reading: &mut Reading) -> Option<Self> {
        let dial = value.member("EmergencyDialString").and_then(Lax::scalar)?;
        let text = |key: &str| {
            let text = value.member(key).and_then(Lax::scalar);
            text.filter(|text| !text.trim().is_empty())
        };
        let (group, number) = (text("NotificationGroup"), text("NotificationDialOutNumber"));
        let mode = text("NotificationMode");
        Some(Self {
            dial_string: reading.arena.symbol(&dial),
            group: group.map(|text| reading.arena.keep(&text)),
            number: number.map(|text| reading.arena.keep(&text)),
            mode: mode.map(|text| reading.arena.symbol(&text)),
        })
    }

    fn same(&self, other: &Self, texts: &Texts) -> bool {
        let said = |one: &Self| {
            let mut words = Vec::new();
            one.show(texts, &mut words);
            words
        };
        said(self) == said(other)
    }

    fn show(&self, texts: &Texts, out: &mut Vec<String>) -> bool {
        let text = |text: Option<Text>| text.map_or("none", |one| texts.text(one));
        let (group, number) = (text(self.group), text(self.number));
        let mode = self.mode.map_or("none", |one| texts.symbol(one));
        let dialled = texts.symbol(self.dial_string);
        out.push(format!(
            "{dialled} (group {group}, number {number}, mode {mode})"
        ));
        true
    }

    fn parts(&self, texts: &Texts, out: &mut Vec<String>) {
        out.push(texts.symbol(self.dial_string).to_owned());
        let told = [self.group, self.number].into_iter().flatten();
        out.extend(told.map(|one| texts.text(one).to_owned()));
    }
}

/// One of the `NormalizationRules` of a dial plan.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NormalizationRule {
    /// Its name.
    pub name: Option<Symbol>,
    /// A .NET regular expression over what is dialled.
    pub pattern: Symbol,
    /// What it is changed into.
    pub translation: Symbol,
}

impl Cell for NormalizationRule {
    const OBJECT: bool = true;

    fn read(value: &Lax, reading: &mut Reading) -> Option<Self> {
        let pattern = value.member("Pattern").and_then(Lax::untrimmed)?;
        let translation = value.member("Translation").and_then(Lax::scalar)?;
        let name = value.member("Name").and_then(Lax::scalar);
        Some(Self {
            name: name.map(|name| reading.arena.symbol(&name)),
            pattern: reading.arena.symbol(&pattern),
            translation: reading.arena.symbol(&translation),
        })
    }

    fn show(&self, texts: &Texts, out: &mut Vec<String>) -> bool {
        let name = self.name.map_or("unnamed", |name| texts.symbol(name));
        let (from, to) = (texts.symbol(self.pattern), texts.symbol(self.translation));
        out.push(format!("{name} ({from} to {to})"));
        true
    }

    fn parts(&self, texts: &Texts, out: &mut Vec<String>) {
        let symbols = [self.name, Some(self.pattern), Some(self.translation)];
        let symbols = symbols.into_iter().flatten();
        out.extend(symbols.map(|one| texts.symbol(one).to_owned()));
    }
}
