//! What a finding is about: a kind and an identity that survives re-export, renaming and re-ordering.

/// Kind of a subject; its [`SubjectKind::name`] is hashed into fingerprints and must never change.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum SubjectKind {
    /// The tenant as a whole.
    Tenant,
    /// A person, guest, room or other account of the directory.
    User,
    /// A resource account.
    ResourceAccount,
    /// A telephone number, with its extension.
    Number,
    /// An operator of Operator Connect.
    Operator,
    /// A voice routing policy.
    VoiceRoutingPolicy,
    /// A voice route.
    VoiceRoute,
    /// A session border controller.
    Gateway,
    /// An auto attendant.
    AutoAttendant,
    /// A call queue.
    CallQueue,
    /// A dial plan.
    DialPlan,
    /// A calling policy.
    CallingPolicy,
    /// An emergency call routing policy.
    EmergencyCallRoutingPolicy,
    /// An emergency calling policy.
    EmergencyCallingPolicy,
    /// An emergency civic address.
    CivicAddress,
    /// An emergency location.
    EmergencyLocation,
    /// A subnet, switch, port or access point that locates callers.
    LisElement,
    /// A network site.
    NetworkSite,
    /// A subnet of a network site.
    NetworkSubnet,
    /// An address by which the clients of the tenant are seen from outside.
    TrustedIpAddress,
    /// A PSTN usage.
    PstnUsage,
    /// A SKU that the tenant owns.
    Sku,
    /// An order of numbers.
    NumberOrder,
    /// Numbers of one type, country and city.
    NumberPool,
    /// A conference bridge.
    ConferenceBridge,
    /// A group.
    Group,
    /// A domain.
    Domain,
    /// A caller ID policy.
    CallerIdPolicy,
    /// A shared calling policy.
    SharedCallingPolicy,
    /// A kind of export.
    Export,
}

impl SubjectKind {
    /// All kinds.
    pub const ALL: [Self; 30] = [
        Self::Tenant,
        Self::User,
        Self::ResourceAccount,
        Self::Number,
        Self::Operator,
        Self::VoiceRoutingPolicy,
        Self::VoiceRoute,
        Self::Gateway,
        Self::AutoAttendant,
        Self::CallQueue,
        Self::DialPlan,
        Self::CallingPolicy,
        Self::EmergencyCallRoutingPolicy,
        Self::EmergencyCallingPolicy,
        Self::CivicAddress,
        Self::EmergencyLocation,
        Self::LisElement,
        Self::NetworkSite,
        Self::NetworkSubnet,
        Self::TrustedIpAddress,
        Self::PstnUsage,
        Self::Sku,
        Self::NumberOrder,
        Self::NumberPool,
        Self::ConferenceBridge,
        Self::Group,
        Self::Domain,
        Self::CallerIdPolicy,
        Self::SharedCallingPolicy,
        Self::Export,
    ];

    /// Kebab-case name, used in every format and in fingerprints.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tenant => "tenant",
            Self::User => "user",
            Self::ResourceAccount => "resource-account",
            Self::Number => "number",
            Self::Operator => "operator",
            Self::VoiceRoutingPolicy => "voice-routing-policy",
            Self::VoiceRoute => "voice-route",
            Self::Gateway => "gateway",
            Self::AutoAttendant => "auto-attendant",
            Self::CallQueue => "call-queue",
            Self::DialPlan => "dial-plan",
            Self::CallingPolicy => "calling-policy",
            Self::EmergencyCallRoutingPolicy => "emergency-call-routing-policy",
            Self::EmergencyCallingPolicy => "emergency-calling-policy",
            Self::CivicAddress => "civic-address",
            Self::EmergencyLocation => "emergency-location",
            Self::LisElement => "lis-element",
            Self::NetworkSite => "network-site",
            Self::NetworkSubnet => "network-subnet",
            Self::TrustedIpAddress => "trusted-ip-address",
            Self::PstnUsage => "pstn-usage",
            Self::Sku => "sku",
            Self::NumberOrder => "number-order",
            Self::NumberPool => "number-pool",
            Self::ConferenceBridge => "conference-bridge",
            Self::Group => "group",
            Self::Domain => "domain",
            Self::CallerIdPolicy => "caller-id-policy",
            Self::SharedCallingPolicy => "shared-calling-policy",
            Self::Export => "export",
        }
    }
}

/// What a finding is about.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Subject {
    /// Kind of the subject.
    pub kind: SubjectKind,
    /// Stable identity: object id, `+digits;ext=n`, or a lower-cased name.
    pub id: String,
    /// How an administrator calls it; free to change.
    pub name: String,
}

impl Subject {
    /// A subject; the identity is lower-cased here so that no caller can forget it.
    pub fn new(kind: SubjectKind, id: impl AsRef<str>, name: impl Into<String>) -> Self {
        Self {
            kind,
            id: id.as_ref().to_lowercase(),
            name: name.into(),
        }
    }
}
