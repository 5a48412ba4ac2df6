//! Acts: what one cmdlet or one event outside does to a tenant, its operands looked up.
//!
//! A step of a plan becomes acts, one for each object that a cmdlet is run for. Each area has a file that knows what its
//! acts need, what they do, what they are typed as, and what undoes them.

use crate::finding::{Place, Severity};
use crate::snapshot::cell::AssignedSku;
use crate::snapshot::{ObjectId, PhoneNumber};
use crate::tenant::AppKind;
use crate::tenant::edit::{Edit, Object};

use super::areas::{
    accounts, apps, bridges, emergency, groups, licenses, numbers, on_premises, operators, orders,
    policies, routing, shared_calling,
};
use super::state::State;

/// One act.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Act {
    /// Gives a number to an account.
    Assign {
        /// Who gets it.
        account: ObjectId,
        /// The number.
        number: PhoneNumber,
        /// Its type; that of the inventory where it is not told.
        number_type: Option<&'static str>,
        /// The emergency location.
        location: Option<ObjectId>,
        /// `Primary` where it is not told.
        category: Option<&'static str>,
    },
    /// Takes a number off an account; `None` where the account holds none.
    Unassign {
        /// Whose it is.
        account: ObjectId,
        /// The number.
        number: Option<PhoneNumber>,
        /// For how many days nobody may get it.
        blocked_days: Option<u64>,
        /// Whether nobody may ever get it again.
        blocked_forever: bool,
    },
    /// Sets or clears the emergency location of a number.
    SetLocation {
        /// The number.
        number: PhoneNumber,
        /// The location.
        location: Option<ObjectId>,
    },
    /// Switches Enterprise Voice.
    SetEnterpriseVoice {
        /// Whose.
        account: ObjectId,
        /// On or off.
        enabled: bool,
    },
    /// Adds and removes licenses in one activity.
    ChangeLicense {
        /// Whose.
        account: ObjectId,
        /// SKUs to add.
        add: Vec<ObjectId>,
        /// SKUs to remove.
        remove: Vec<ObjectId>,
    },
    /// Sets the usage location.
    SetUsageLocation {
        /// Whose.
        account: ObjectId,
        /// ISO 3166-1 alpha-2.
        country: String,
    },
    /// Grants a policy, or takes it away.
    Grant {
        /// To whom.
        account: ObjectId,
        /// Type of the policy, as in [`POLICY_TYPES`](super::POLICY_TYPES).
        policy_type: &'static str,
        /// Its name; `None` takes away what was granted.
        policy: Option<String>,
    },
    /// Assigns a policy to a number, or takes it away.
    GrantToNumber {
        /// The number.
        number: PhoneNumber,
        /// Type of the policy.
        policy_type: &'static str,
        /// Its name.
        policy: Option<String>,
    },
    /// Assigns a policy to a group, or takes it away.
    GrantToGroup {
        /// The group.
        group: ObjectId,
        /// Type of the policy.
        policy_type: &'static str,
        /// Its name.
        policy: Option<String>,
        /// Lower wins.
        rank: Option<u64>,
    },
    /// The operator uploads a number.
    UploadOperatorConnect {
        /// The number.
        number: PhoneNumber,
        /// Identity of the operator.
        operator: String,
        /// The emergency location that the operator gives it.
        location: Option<ObjectId>,
        /// ISO 3166-1 alpha-2.
        country: Option<String>,
        /// `user`, `voice-app` or `conference`.
        usage: &'static str,
    },
    /// A number moves to another carrier.
    CompletePort {
        /// The number.
        number: PhoneNumber,
        /// Type of the number afterwards; `None` when it leaves the tenant.
        to: Option<&'static str>,
        /// Identity of the operator that gets it.
        operator: Option<String>,
    },
    /// Releases a number of Direct Routing.
    ReleaseDirectRouting {
        /// The number.
        number: PhoneNumber,
    },
    /// The operator releases a number.
    ReleaseOperatorConnect {
        /// The number.
        number: PhoneNumber,
    },
    /// Uploads a number of Direct Routing.
    UploadDirectRouting {
        /// The number.
        number: PhoneNumber,
    },
    /// A number of a Calling Plan is there.
    AcquireCallingPlan {
        /// The number.
        number: PhoneNumber,
        /// ISO 3166-1 alpha-2.
        country: String,
        /// The emergency location.
        location: Option<ObjectId>,
        /// `user`, `voice-app` or `conference`.
        usage: &'static str,
    },
    /// Orders another usage of a number.
    ChangeUsage {
        /// The number.
        number: PhoneNumber,
        /// `user`, `voice-app` or `conference`.
        usage: &'static str,
    },
    /// Creates a resource account.
    CreateAccount {
        /// The id that stands for it until the service gives it one.
        account: ObjectId,
        /// User principal name.
        upn: String,
        /// What it is for.
        app_type: AppKind,
        /// Display name.
        display_name: Option<String>,
        /// Whether it is made on a server and synchronized.
        synced: bool,
    },
    /// Makes a resource account one of the other type.
    SetApplicationType {
        /// The account.
        account: ObjectId,
        /// What it is for from now on.
        app_type: AppKind,
    },
    /// Associates a resource account with an app.
    Associate {
        /// The account.
        account: ObjectId,
        /// The app.
        app: ObjectId,
    },
    /// Takes a resource account off its app.
    Dissociate {
        /// The account.
        account: ObjectId,
    },
    /// Blocks sign-in.
    Disable {
        /// Whose.
        account: ObjectId,
    },
    /// Deletes an account.
    Delete {
        /// Which.
        account: ObjectId,
    },
    /// Deletes an app.
    RemoveApp {
        /// Which.
        app: ObjectId,
    },
    /// Changes what the operators file says of an operator.
    SetOperator {
        /// Its identity.
        operator: String,
        /// Its name as the plan writes it.
        name: String,
        /// Its state.
        status: Option<&'static str>,
        /// Countries to enable.
        add_countries: Vec<String>,
        /// Countries to remove.
        remove_countries: Vec<String>,
        /// Whether the data transfer notice is accepted.
        data_transfer: Option<bool>,
    },
    /// Sets the usages of a voice routing policy.
    SetVoiceRoutingPolicy {
        /// Its name.
        policy: String,
        /// All usages, in order.
        usages: Vec<String>,
    },
    /// Deletes a voice routing policy.
    RemoveVoiceRoutingPolicy {
        /// Its name.
        policy: String,
    },
    /// Sets gateways and usages of a voice route.
    SetVoiceRoute {
        /// Its name.
        route: String,
        /// All gateways; `None` leaves them.
        gateways: Option<Vec<String>>,
        /// All usages; `None` leaves them.
        usages: Option<Vec<String>>,
    },
    /// Deletes a voice route.
    RemoveVoiceRoute {
        /// Its name.
        route: String,
    },
    /// Switches a session border controller.
    SetGateway {
        /// Its FQDN.
        gateway: String,
        /// On or off.
        enabled: bool,
    },
    /// Deletes a session border controller.
    RemoveGateway {
        /// Its FQDN.
        gateway: String,
    },
    /// Takes a PSTN usage off the tenant.
    RemoveUsage {
        /// The usage.
        usage: String,
    },
    /// Creates an emergency location.
    AddLocation {
        /// The id that stands for it until the service gives it one, or the one that the plan writes.
        location: ObjectId,
        /// Its name.
        name: String,
        /// ISO 3166-1 alpha-2.
        country: String,
        /// Whether its address is validated.
        validated: bool,
    },
    /// Deletes an emergency location.
    RemoveLocation {
        /// Which.
        location: ObjectId,
    },
    /// Sets a shared calling policy.
    SetSharedCalling {
        /// Its name.
        policy: String,
        /// The account whose number is shared; `None` leaves it.
        account: Option<ObjectId>,
        /// All emergency callback numbers; `None` leaves them.
        numbers: Option<Vec<PhoneNumber>>,
    },
    /// Changes the numbers of the conference bridge.
    SetBridge {
        /// Numbers to add.
        add: Vec<PhoneNumber>,
        /// Numbers to remove.
        remove: Vec<PhoneNumber>,
        /// The new default.
        default: Option<PhoneNumber>,
    },
    /// Moves accounts into a group and out of it.
    SetGroupMembers {
        /// The group.
        group: ObjectId,
        /// Who comes.
        add: Vec<ObjectId>,
        /// Who goes.
        remove: Vec<ObjectId>,
    },
    /// Clears the line URI on the server.
    ClearOnPremises {
        /// Whose.
        account: ObjectId,
    },
    /// Lets numbers of the on-premises directory be taken over online, or forbids it.
    SetMigration {
        /// Whether they may.
        enabled: bool,
    },
    /// Waits.
    Wait {
        /// So many hours.
        hours: u64,
    },
    /// Waits until a new export shows what was done.
    WaitForExport,
}

/// Something that must hold before an act.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Need {
    /// What must hold, as a clause without full stop: ``ana@contoso.example has a Teams Phone license``.
    pub what: String,
    /// Whether it does.
    pub met: Met,
    /// What holds instead, or why that cannot be told; empty where it is met.
    pub instead: String,
    /// Where the snapshot says so.
    pub place: Option<Place>,
    /// What follows when it does not hold.
    pub weight: Weight,
}

/// Whether a need is met.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Met {
    /// It is.
    Yes,
    /// It is not.
    No,
    /// The snapshot does not tell.
    Unknown,
}

impl Met {
    /// The word used in every format.
    pub fn name(self) -> &'static str {
        match self {
            Self::Yes => "met",
            Self::No => "unmet",
            Self::Unknown => "unknown",
        }
    }

    /// That something is not so, by whether it is.
    pub fn unless(answer: crate::tenant::Answer) -> Self {
        match answer {
            crate::tenant::Answer::Yes => Self::No,
            crate::tenant::Answer::No => Self::Yes,
            crate::tenant::Answer::Unknown => Self::Unknown,
        }
    }
}

impl From<crate::tenant::Answer> for Met {
    fn from(answer: crate::tenant::Answer) -> Self {
        match answer {
            crate::tenant::Answer::Yes => Self::Yes,
            crate::tenant::Answer::No => Self::No,
            crate::tenant::Answer::Unknown => Self::Unknown,
        }
    }
}

impl From<bool> for Met {
    fn from(met: bool) -> Self {
        if met { Self::Yes } else { Self::No }
    }
}

/// What follows when a need is not met.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Weight {
    /// The service refuses, so that nothing happens.
    Refused,
    /// What the act names is not there.
    Missing,
    /// It is done, and harm follows.
    Harm(Severity),
}

impl Need {
    /// A need without which the service refuses.
    pub fn refused(what: impl Into<String>, met: impl Into<Met>) -> Self {
        Self {
            what: what.into(),
            met: met.into(),
            instead: String::new(),
            place: None,
            weight: Weight::Refused,
        }
    }

    /// That something which the act names is there.
    pub fn there(what: impl Into<String>, met: impl Into<Met>) -> Self {
        Self {
            weight: Weight::Missing,
            ..Self::refused(what, met)
        }
    }

    /// A need without which harm follows.
    pub fn harm(severity: Severity, what: impl Into<String>, met: impl Into<Met>) -> Self {
        Self {
            weight: Weight::Harm(severity),
            ..Self::refused(what, met)
        }
    }

    /// That nothing is there to do harm, as far as exports tell; `untold` is why they do not.
    pub fn harmless(severity: Severity, what: impl Into<String>, untold: Option<String>) -> Self {
        let met = if untold.is_some() {
            Met::Unknown
        } else {
            Met::Yes
        };
        Self::harm(severity, what, met).instead(untold.unwrap_or_default())
    }

    /// What holds instead.
    #[must_use]
    pub fn instead(mut self, instead: impl Into<String>) -> Self {
        if self.met != Met::Yes {
            self.instead = instead.into();
        }
        self
    }

    /// Where the snapshot says so.
    #[must_use]
    pub fn at(mut self, place: impl Into<Option<Place>>) -> Self {
        self.place = place.into();
        self
    }
}

/// What an act does.
#[derive(Clone, Default, Debug)]
pub struct Effect {
    /// Changes of the tenant, in order.
    pub edits: Vec<Edit>,
    /// What takes time until it holds.
    pub pending: Vec<Pending>,
    /// The licenses of accounts afterwards: their SKUs, and what they bring as `ServicePlans` spell it.
    pub licenses: Vec<(ObjectId, Vec<AssignedSku>, serde_json::Value)>,
    /// What follows that no export shows, as sentences without full stop.
    pub remarks: Vec<String>,
}

/// Something that the service does in its own time.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pending {
    /// What is not to be relied on meanwhile.
    pub object: Object,
    /// How long at most, in hours.
    pub hours: u64,
    /// What is under way, as a noun phrase: `the release of +12065550101`.
    pub what: String,
}

/// What takes an act back.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Undo {
    /// These commands.
    Commands(Vec<String>),
    /// Nothing needs to be taken back.
    Nothing,
    /// Nothing can take it back, for this reason, as a clause.
    Impossible(String),
}

macro_rules! areas {
    ($( $area:ident: $($act:ident)|+ ; )*) => {
        impl Act {
            /// What must hold before it.
            pub fn needs(&self, state: &State) -> Vec<Need> {
                match self {
                    $( $(Self::$act { .. })|+ => $area::needs(self, state), )*
                    Self::Wait { .. } | Self::WaitForExport => Vec::new(),
                }
            }

            /// What it does.
            pub fn effect(&self, state: &State) -> Effect {
                match self {
                    $( $(Self::$act { .. })|+ => $area::effect(self, state), )*
                    Self::Wait { .. } | Self::WaitForExport => Effect::default(),
                }
            }

            /// What it is typed as in PowerShell; a line that begins with `#` says what to do by hand.
            pub fn commands(&self, state: &State) -> Vec<String> {
                match self {
                    $( $(Self::$act { .. })|+ => $area::commands(self, state), )*
                    Self::Wait { hours } => vec![format!("# wait {hours} h before you go on")],
                    Self::WaitForExport => vec![
                        "# wait until a new export shows what was done, and check the rest of the plan against it".to_owned(),
                    ],
                }
            }

            /// What takes it back, asked before it is done.
            pub fn undo(&self, state: &State) -> Undo {
                match self {
                    $( $(Self::$act { .. })|+ => $area::undo(self, state), )*
                    Self::Wait { .. } | Self::WaitForExport => Undo::Nothing,
                }
            }

            /// What it is about in a few words: `+12065550101 to ana@contoso.example`.
            pub fn object(&self, state: &State) -> String {
                match self {
                    $( $(Self::$act { .. })|+ => $area::object(self, state), )*
                    Self::Wait { hours } => format!("{hours} h"),
                    Self::WaitForExport => "for a new export".to_owned(),
                }
            }

            /// The objects that must not be under way when it begins.
            pub fn relies_on(&self) -> Vec<Object> {
                match self {
                    $( $(Self::$act { .. })|+ => $area::relies_on(self), )*
                    Self::Wait { .. } | Self::WaitForExport => Vec::new(),
                }
            }
        }
    };
}

areas! {
    numbers: Assign | Unassign | SetLocation | SetEnterpriseVoice;
    licenses: ChangeLicense | SetUsageLocation;
    policies: Grant | GrantToNumber;
    groups: GrantToGroup | SetGroupMembers;
    orders: UploadOperatorConnect | CompletePort | ReleaseDirectRouting | ReleaseOperatorConnect
        | UploadDirectRouting | AcquireCallingPlan | ChangeUsage;
    accounts: CreateAccount | SetApplicationType | Associate | Dissociate | Disable | Delete;
    apps: RemoveApp;
    operators: SetOperator;
    routing: SetVoiceRoutingPolicy | RemoveVoiceRoutingPolicy | SetVoiceRoute | RemoveVoiceRoute
        | SetGateway | RemoveGateway | RemoveUsage;
    emergency: AddLocation | RemoveLocation;
    shared_calling: SetSharedCalling;
    bridges: SetBridge;
    on_premises: ClearOnPremises | SetMigration;
}

impl Act {
    /// The primitive that it is, by its name in [`CHANGES`](super::CHANGES).
    pub fn name(&self) -> &'static str {
        match self {
            Self::Assign { .. } => "assign-number",
            Self::Unassign { .. } => "unassign-number",
            Self::SetLocation { .. } => "set-emergency-location",
            Self::SetEnterpriseVoice { .. } => "set-enterprise-voice",
            Self::ChangeLicense { .. } => "change-license",
            Self::SetUsageLocation { .. } => "set-usage-location",
            Self::Grant { .. } => "grant-policy",
            Self::GrantToNumber { .. } => "grant-policy-to-number",
            Self::GrantToGroup { .. } => "grant-policy-to-group",
            Self::UploadOperatorConnect { .. } => "upload-operator-connect-numbers",
            Self::CompletePort { .. } => "complete-port",
            Self::ReleaseDirectRouting { .. } => "release-direct-routing-numbers",
            Self::ReleaseOperatorConnect { .. } => "release-operator-connect-numbers",
            Self::UploadDirectRouting { .. } => "upload-direct-routing-numbers",
            Self::AcquireCallingPlan { .. } => "acquire-calling-plan-numbers",
            Self::ChangeUsage { .. } => "order-usage-change",
            Self::CreateAccount { .. } => "create-application-instance",
            Self::SetApplicationType { .. } => "set-application-type",
            Self::Associate { .. } => "associate",
            Self::Dissociate { .. } => "dissociate",
            Self::Disable { .. } => "disable-account",
            Self::Delete { .. } => "delete-account",
            Self::RemoveApp { .. } => "remove-app",
            Self::SetOperator { .. } => "set-operator",
            Self::SetVoiceRoutingPolicy { .. } => "set-voice-routing-policy",
            Self::RemoveVoiceRoutingPolicy { .. } => "remove-voice-routing-policy",
            Self::SetVoiceRoute { .. } => "set-voice-route",
            Self::RemoveVoiceRoute { .. } => "remove-voice-route",
            Self::SetGateway { .. } => "set-gateway",
            Self::RemoveGateway { .. } => "remove-gateway",
            Self::RemoveUsage { .. } => "remove-pstn-usage",
            Self::AddLocation { .. } => "add-emergency-location",
            Self::RemoveLocation { .. } => "remove-emergency-location",
            Self::SetSharedCalling { .. } => "set-shared-calling-policy",
            Self::SetBridge { .. } => "set-bridge-numbers",
            Self::SetGroupMembers { .. } => "set-group-members",
            Self::ClearOnPremises { .. } => "clear-onprem-line-uri",
            Self::SetMigration { .. } => "set-number-migration",
            Self::Wait { .. } => "wait",
            Self::WaitForExport => "wait-for-export",
        }
    }

    /// Whether what follows is checked on an assumed state.
    pub fn is_gate(&self) -> bool {
        matches!(self, Self::Wait { hours: 1.. } | Self::WaitForExport)
    }
}

impl Act {
    /// What would meet its needs, as commands, where they can be told.
    pub fn repair(&self, state: &State) -> Vec<String> {
        match self {
            Self::SetOperator { .. } => operators::repair(self, state),
            _ => Vec::new(),
        }
    }

    /// The account that it is run for, if it is one.
    pub fn account(&self) -> Option<ObjectId> {
        match self {
            Self::Assign { account, .. }
            | Self::Unassign { account, .. }
            | Self::SetEnterpriseVoice { account, .. }
            | Self::ChangeLicense { account, .. }
            | Self::SetUsageLocation { account, .. }
            | Self::Grant { account, .. }
            | Self::CreateAccount { account, .. }
            | Self::SetApplicationType { account, .. }
            | Self::Associate { account, .. }
            | Self::Dissociate { account }
            | Self::Disable { account }
            | Self::Delete { account }
            | Self::ClearOnPremises { account } => Some(*account),
            _ => None,
        }
    }

    /// The number that it is run for, if it is one.
    pub fn number(&self) -> Option<PhoneNumber> {
        match self {
            Self::Assign { number, .. }
            | Self::SetLocation { number, .. }
            | Self::GrantToNumber { number, .. }
            | Self::UploadOperatorConnect { number, .. }
            | Self::CompletePort { number, .. }
            | Self::ReleaseDirectRouting { number }
            | Self::ReleaseOperatorConnect { number }
            | Self::UploadDirectRouting { number }
            | Self::AcquireCallingPlan { number, .. }
            | Self::ChangeUsage { number, .. } => Some(*number),
            Self::Unassign { number, .. } => *number,
            _ => None,
        }
    }

    /// The objects that it is about.
    pub fn operands(&self) -> Vec<Object> {
        let mut operands = self.relies_on();
        operands.extend(self.number().map(Object::Number));
        if let Some(account) = self.account() {
            operands.push(Object::User(account));
            operands.push(Object::ResourceAccount(account));
        }
        operands
    }

    /// Whether it changes what only a joined tenant shows: everything that is not about one account or one number.
    pub fn is_wide(&self) -> bool {
        self.account().is_none() && self.number().is_none() && !self.is_gate()
    }
}
