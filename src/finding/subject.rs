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
    /// A kind of export.
    Export,
}

impl SubjectKind {
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
