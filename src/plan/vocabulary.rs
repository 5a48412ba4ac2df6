//! What a plan may ask for: every change, its fields, and what each field takes.
//!
//! This table is the only place where a change is named: the reader, the JSON Schema and the page of names follow it.
//! Primitives are what one cmdlet or one event outside does; the other changes are procedures that become primitives in
//! the right order.

/// A change that a step of a plan may ask for.
#[derive(Clone, Copy, Debug)]
pub struct ChangeKind {
    /// Name in kebab-case.
    pub name: &'static str,
    /// What it does, in a sentence without full stop.
    pub summary: &'static str,
    /// What it is made with: a cmdlet, or who does it outside of PowerShell; empty for a procedure.
    pub by: &'static str,
    /// What is told of it.
    pub fields: &'static [FieldKind],
}

impl ChangeKind {
    /// The change of that name.
    pub fn find(name: &str) -> Option<&'static Self> {
        CHANGES.iter().find(|change| change.name == name)
    }

    /// Whether it is one act and no procedure.
    pub fn is_primitive(&self) -> bool {
        !self.by.is_empty()
    }

    /// The field of that name.
    pub fn field(&self, name: &str) -> Option<&'static FieldKind> {
        self.fields.iter().find(|field| field.name == name)
    }
}

/// A field of a change.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FieldKind {
    /// Name in kebab-case.
    pub name: &'static str,
    /// What it takes.
    pub takes: Takes,
    /// Whether a step cannot do without it.
    pub is_required: bool,
}

/// What a field takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Takes {
    /// One name of something.
    One(Of),
    /// Names of something: a list, or one text.
    Many(Of),
    /// One of these words.
    Word(&'static [&'static str]),
    /// `true` or `false`.
    Flag,
    /// A whole number that is not negative.
    Count,
}

/// What a name names.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Of {
    /// A user or resource account, by user principal name or object id.
    Account,
    /// A telephone number.
    Number,
    /// An operator, by name or id.
    Operator,
    /// A license, by the name of its product, its part number or its SKU id.
    License,
    /// An emergency location, by id.
    Location,
    /// An auto attendant or call queue, by name or id.
    App,
    /// A policy of the type that the step names, or of the type that its change is about.
    Policy,
    /// A voice route.
    Route,
    /// A session border controller, by its FQDN.
    Gateway,
    /// A PSTN usage.
    Usage,
    /// A group, by name or object id.
    Group,
    /// A country, ISO 3166-1 alpha-2.
    Country,
    /// Something that is not in the snapshot yet, or free words.
    New,
}

impl Of {
    /// Whether an empty list says something: a policy or a voice route without PSTN usages is one that calls nobody.
    pub fn may_be_none(self) -> bool {
        self == Self::Usage
    }

    /// What it is called in messages.
    pub fn words(self) -> &'static str {
        match self {
            Self::Account => "user or resource account",
            Self::Number => "number",
            Self::Operator => "operator",
            Self::License => "license",
            Self::Location => "emergency location",
            Self::App => "auto attendant or call queue",
            Self::Policy => "policy",
            Self::Route => "voice route",
            Self::Gateway => "session border controller",
            Self::Usage => "PSTN usage",
            Self::Group => "group",
            Self::Country => "country",
            Self::New => "text",
        }
    }
}

/// Types of numbers, as `Set-CsPhoneNumberAssignment` takes them.
///
/// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/set-csphonenumberassignment>.
pub const NUMBER_TYPES: [&str; 3] = ["OperatorConnect", "CallingPlan", "DirectRouting"];

/// Categories of an assignment, as `Set-CsPhoneNumberAssignment` takes them.
pub const CATEGORIES: [&str; 3] = ["Primary", "Private", "Alternate"];

/// Types of policies that can be granted.
pub const POLICY_TYPES: [&str; 11] = [
    "OnlineVoiceRoutingPolicy",
    "TeamsUpgradePolicy",
    "TeamsCallingPolicy",
    "TeamsEmergencyCallRoutingPolicy",
    "TeamsEmergencyCallingPolicy",
    "TenantDialPlan",
    "CallingLineIdentity",
    "TeamsSharedCallingRoutingPolicy",
    "TeamsVoiceApplicationsPolicy",
    "OnlineAudioConferencingRoutingPolicy",
    "TeamsSurvivableBranchAppliancePolicy",
];

/// Coexistence modes that can be granted.
///
/// Source: <https://learn.microsoft.com/microsoftteams/setting-your-coexistence-and-upgrade-settings>.
pub const MODES: [&str; 6] = [
    "Islands",
    "SfBOnly",
    "SfBWithTeamsCollab",
    "SfBWithTeamsCollabAndMeetings",
    "TeamsOnly",
    "UpgradeToTeams",
];

const APP_TYPES: [&str; 2] = ["auto-attendant", "call-queue"];
const USAGES_OF_NUMBERS: [&str; 3] = ["user", "voice-app", "conference"];
const STATUSES: [&str; 3] = ["Active", "Suspended", "Removed"];

/// A field that a step may leave out.
const fn may(name: &'static str, takes: Takes) -> FieldKind {
    FieldKind {
        name,
        takes,
        is_required: false,
    }
}

/// A field that a step cannot do without.
const fn must(name: &'static str, takes: Takes) -> FieldKind {
    FieldKind {
        name,
        takes,
        is_required: true,
    }
}

const fn primitive(
    name: &'static str,
    by: &'static str,
    summary: &'static str,
    fields: &'static [FieldKind],
) -> ChangeKind {
    ChangeKind {
        name,
        summary,
        by,
        fields,
    }
}

const fn procedure(
    name: &'static str,
    summary: &'static str,
    fields: &'static [FieldKind],
) -> ChangeKind {
    ChangeKind {
        name,
        summary,
        by: "",
        fields,
    }
}

const USER: FieldKind = must("user", Takes::One(Of::Account));
const USERS: FieldKind = must("users", Takes::Many(Of::Account));
const ACCOUNT: FieldKind = must("account", Takes::One(Of::Account));
const ACCOUNTS: FieldKind = must("accounts", Takes::Many(Of::Account));
const NUMBER: FieldKind = must("number", Takes::One(Of::Number));
const NUMBERS: FieldKind = must("numbers", Takes::Many(Of::Number));
const TYPE: FieldKind = may("type", Takes::Word(&NUMBER_TYPES));
const LOCATION: FieldKind = may("location", Takes::One(Of::Location));
const OPERATOR: FieldKind = must("operator", Takes::One(Of::Operator));
const COUNTRIES: FieldKind = may("countries", Takes::Many(Of::Country));
const POLICY: FieldKind = may("policy", Takes::One(Of::Policy));
const POLICY_TYPE: FieldKind = must("policy-type", Takes::Word(&POLICY_TYPES));

/// All changes: primitives first, then procedures, each in the order of the catalogue.
pub static CHANGES: &[ChangeKind] = &[
    primitive(
        "assign-number",
        "Set-CsPhoneNumberAssignment",
        "Gives a number to a user or resource account",
        &[
            USER,
            NUMBER,
            TYPE,
            LOCATION,
            may("category", Takes::Word(&CATEGORIES)),
        ],
    ),
    primitive(
        "unassign-number",
        "Remove-CsPhoneNumberAssignment",
        "Takes a number off its holder, or all numbers where none is named",
        &[
            USER,
            may("number", Takes::One(Of::Number)),
            may("blocked-days", Takes::Count),
            may("blocked-forever", Takes::Flag),
        ],
    ),
    primitive(
        "set-emergency-location",
        "Set-CsPhoneNumberAssignment",
        "Sets the emergency location of numbers, or clears it where none is named",
        &[NUMBERS, LOCATION],
    ),
    primitive(
        "set-enterprise-voice",
        "Set-CsPhoneNumberAssignment",
        "Switches Enterprise Voice on or off",
        &[USERS, must("enabled", Takes::Flag)],
    ),
    primitive(
        "change-license",
        "Set-MgUserLicense",
        "Adds and removes licenses in one activity",
        &[
            USERS,
            may("add", Takes::Many(Of::License)),
            may("remove", Takes::Many(Of::License)),
        ],
    ),
    primitive(
        "set-usage-location",
        "Update-MgUser",
        "Sets the usage location of accounts",
        &[USERS, must("country", Takes::One(Of::Country))],
    ),
    primitive(
        "grant-policy",
        "Grant-Cs…",
        "Grants a policy, or takes it away where none is named",
        &[USERS, POLICY_TYPE, POLICY],
    ),
    primitive(
        "grant-policy-to-number",
        "Set-CsPhoneNumberPolicyAssignment",
        "Assigns a policy to numbers, or takes it away where none is named",
        &[NUMBERS, POLICY_TYPE, POLICY],
    ),
    primitive(
        "grant-policy-to-group",
        "New-CsGroupPolicyAssignment",
        "Assigns a policy to a group, or takes it away where none is named",
        &[
            must("group", Takes::One(Of::Group)),
            POLICY_TYPE,
            POLICY,
            may("rank", Takes::Count),
        ],
    ),
    primitive(
        "upload-operator-connect-numbers",
        "the operator",
        "The operator uploads numbers",
        &[
            must("numbers", Takes::Many(Of::New)),
            OPERATOR,
            LOCATION,
            may("country", Takes::One(Of::Country)),
            may("usage", Takes::Word(&USAGES_OF_NUMBERS)),
        ],
    ),
    primitive(
        "complete-port",
        "the operators",
        "Numbers move to another carrier on the agreed date",
        &[
            NUMBERS,
            must("to", Takes::Word(&NUMBER_TYPES)),
            may("operator", Takes::One(Of::Operator)),
        ],
    ),
    primitive(
        "release-direct-routing-numbers",
        "New-CsOnlineTelephoneNumberReleaseOrder",
        "Releases numbers of Direct Routing",
        &[NUMBERS],
    ),
    primitive(
        "release-operator-connect-numbers",
        "the operator",
        "The operator releases numbers",
        &[NUMBERS],
    ),
    primitive(
        "upload-direct-routing-numbers",
        "New-CsOnlineDirectRoutingTelephoneNumberUploadOrder",
        "Uploads numbers of Direct Routing",
        &[must("numbers", Takes::Many(Of::New))],
    ),
    primitive(
        "acquire-calling-plan-numbers",
        "New-CsOnlineTelephoneNumberOrder",
        "Numbers of a Calling Plan are there, ordered or ported in",
        &[
            must("numbers", Takes::Many(Of::New)),
            must("country", Takes::One(Of::Country)),
            may("usage", Takes::Word(&USAGES_OF_NUMBERS)),
            LOCATION,
        ],
    ),
    primitive(
        "order-usage-change",
        "New-CsPhoneNumberUsageChangeOrder",
        "Orders another usage of numbers",
        &[NUMBERS, must("usage", Takes::Word(&USAGES_OF_NUMBERS))],
    ),
    primitive(
        "create-application-instance",
        "New-CsOnlineApplicationInstance",
        "Creates a resource account",
        &[
            must("name", Takes::One(Of::New)),
            must("app-type", Takes::Word(&APP_TYPES)),
            may("display-name", Takes::One(Of::New)),
        ],
    ),
    primitive(
        "set-application-type",
        "Set-CsOnlineApplicationInstance",
        "Makes a resource account one of the other type of app",
        &[ACCOUNT, must("app-type", Takes::Word(&APP_TYPES))],
    ),
    primitive(
        "associate",
        "New-CsOnlineApplicationInstanceAssociation",
        "Associates a resource account with an app",
        &[ACCOUNT, must("app", Takes::One(Of::App))],
    ),
    primitive(
        "dissociate",
        "Remove-CsOnlineApplicationInstanceAssociation",
        "Takes a resource account off its app",
        &[ACCOUNT],
    ),
    primitive(
        "disable-account",
        "Update-MgUser",
        "Blocks sign-in",
        &[USERS],
    ),
    primitive(
        "delete-account",
        "Remove-MgUser",
        "Deletes accounts",
        &[USERS],
    ),
    primitive(
        "remove-app",
        "Remove-CsAutoAttendant, Remove-CsCallQueue",
        "Deletes an auto attendant or call queue",
        &[must("app", Takes::One(Of::App))],
    ),
    primitive(
        "set-operator",
        "the Teams admin center",
        "Changes what stands in the operators file",
        &[
            must("operator", Takes::One(Of::New)),
            may("status", Takes::Word(&STATUSES)),
            may("add-countries", Takes::Many(Of::Country)),
            may("remove-countries", Takes::Many(Of::Country)),
            may("data-transfer-accepted", Takes::Flag),
        ],
    ),
    primitive(
        "set-voice-routing-policy",
        "Set-CsOnlineVoiceRoutingPolicy",
        "Sets the PSTN usages of a voice routing policy, `Global` included",
        &[
            must("policy", Takes::One(Of::Policy)),
            must("usages", Takes::Many(Of::Usage)),
        ],
    ),
    primitive(
        "remove-voice-routing-policy",
        "Remove-CsOnlineVoiceRoutingPolicy",
        "Deletes a voice routing policy",
        &[must("policy", Takes::One(Of::Policy))],
    ),
    primitive(
        "set-voice-route",
        "Set-CsOnlineVoiceRoute",
        "Sets gateways and usages of a voice route",
        &[
            must("route", Takes::One(Of::Route)),
            may("gateways", Takes::Many(Of::Gateway)),
            may("usages", Takes::Many(Of::Usage)),
        ],
    ),
    primitive(
        "remove-voice-route",
        "Remove-CsOnlineVoiceRoute",
        "Deletes a voice route",
        &[must("route", Takes::One(Of::Route))],
    ),
    primitive(
        "set-gateway",
        "Set-CsOnlinePSTNGateway",
        "Switches a session border controller on or off",
        &[
            must("gateway", Takes::One(Of::Gateway)),
            must("enabled", Takes::Flag),
        ],
    ),
    primitive(
        "remove-gateway",
        "Remove-CsOnlinePSTNGateway",
        "Deletes a session border controller",
        &[must("gateway", Takes::One(Of::Gateway))],
    ),
    primitive(
        "remove-pstn-usage",
        "Set-CsOnlinePstnUsage",
        "Takes a PSTN usage off the tenant",
        &[must("usage", Takes::One(Of::Usage))],
    ),
    primitive(
        "add-emergency-location",
        "New-CsOnlineLisCivicAddress, New-CsOnlineLisLocation",
        "Creates an emergency location with a validated address",
        &[
            must("location", Takes::One(Of::New)),
            must("country", Takes::One(Of::Country)),
            may("validated", Takes::Flag),
        ],
    ),
    primitive(
        "remove-emergency-location",
        "Remove-CsOnlineLisLocation",
        "Deletes an emergency location",
        &[must("location", Takes::One(Of::Location))],
    ),
    primitive(
        "set-shared-calling-policy",
        "Set-CsTeamsSharedCallingRoutingPolicy",
        "Sets account and emergency numbers of a shared calling policy",
        &[
            must("policy", Takes::One(Of::Policy)),
            may("account", Takes::One(Of::Account)),
            may("emergency-numbers", Takes::Many(Of::Number)),
        ],
    ),
    primitive(
        "set-bridge-numbers",
        "Register-CsOnlineDialInConferencingServiceNumber, Unregister-CsOnlineDialInConferencingServiceNumber",
        "Adds numbers to the conference bridge, removes numbers, sets the default",
        &[
            may("add", Takes::Many(Of::Number)),
            may("remove", Takes::Many(Of::Number)),
            may("default", Takes::One(Of::Number)),
        ],
    ),
    primitive(
        "set-group-members",
        "New-MgGroupMember, Remove-MgGroupMemberByRef",
        "Moves accounts into a group and out of it",
        &[
            must("group", Takes::One(Of::Group)),
            may("add", Takes::Many(Of::Account)),
            may("remove", Takes::Many(Of::Account)),
        ],
    ),
    primitive(
        "clear-onprem-line-uri",
        "Set-CsUser",
        "Clears the line URI on the server; the next synchronization brings it",
        &[USERS],
    ),
    primitive(
        "set-number-migration",
        "Set-CsPhoneNumberTenantConfiguration",
        "Lets numbers of the on-premises directory be taken over online, or forbids it",
        &[must("enabled", Takes::Flag)],
    ),
    primitive(
        "wait",
        "time",
        "Waits for what the service does in its own time",
        &[must("hours", Takes::Count)],
    ),
    primitive(
        "wait-for-export",
        "a new export",
        "A gate: what follows is checked on the assumed state, and marked so",
        &[],
    ),
    procedure(
        "enable-operator",
        "Enables an operator in countries",
        &[
            must("operator", Takes::One(Of::New)),
            must("countries", Takes::Many(Of::Country)),
            must("data-transfer-accepted", Takes::Flag),
            may("contact", Takes::One(Of::New)),
        ],
    ),
    procedure(
        "set-up-operator-connect-users",
        "Licenses users, makes them Teams Only, and gives them numbers of an operator",
        &[
            USERS,
            OPERATOR,
            may("numbers", Takes::Many(Of::New)),
            may("license", Takes::One(Of::License)),
            LOCATION,
        ],
    ),
    procedure(
        "change-number",
        "Gives a user another number",
        &[
            USER,
            must("from", Takes::One(Of::Number)),
            must("to", Takes::One(Of::Number)),
            TYPE,
            LOCATION,
        ],
    ),
    procedure(
        "remove-number",
        "Takes numbers off their holders",
        &[NUMBERS],
    ),
    procedure(
        "move-to-operator-connect",
        "Moves users with their numbers from Calling Plans or Direct Routing to an operator",
        &[
            USERS,
            OPERATOR,
            may("remove-licenses", Takes::Many(Of::License)),
            LOCATION,
        ],
    ),
    procedure(
        "move-to-calling-plan",
        "Moves users with their numbers to Calling Plans",
        &[USERS, must("license", Takes::One(Of::License)), LOCATION],
    ),
    procedure(
        "move-to-direct-routing",
        "Moves users with their numbers to Direct Routing",
        &[
            USERS,
            must("policy", Takes::One(Of::Policy)),
            may("emergency-policy", Takes::One(Of::Policy)),
            may("remove-licenses", Takes::Many(Of::License)),
        ],
    ),
    procedure(
        "edit-operator-countries",
        "Enables countries of an operator, or removes them",
        &[
            OPERATOR,
            may("add", Takes::Many(Of::Country)),
            may("remove", Takes::Many(Of::Country)),
        ],
    ),
    procedure("suspend-operator", "Suspends an operator", &[OPERATOR]),
    procedure(
        "remove-operator",
        "Removes an operator, or it from countries",
        &[OPERATOR, COUNTRIES],
    ),
    procedure("release-numbers", "Has numbers released", &[NUMBERS]),
    procedure(
        "create-resource-account",
        "Creates, licenses, numbers and associates a resource account",
        &[
            must("name", Takes::One(Of::New)),
            must("app-type", Takes::Word(&APP_TYPES)),
            may("display-name", Takes::One(Of::New)),
            may("usage-location", Takes::One(Of::Country)),
            may("license", Takes::One(Of::License)),
            may("number", Takes::One(Of::Number)),
            TYPE,
            LOCATION,
            may("app", Takes::One(Of::App)),
        ],
    ),
    procedure(
        "license-resource-account",
        "Gives resource accounts their license",
        &[
            ACCOUNTS,
            may("license", Takes::One(Of::License)),
            may("usage-location", Takes::One(Of::Country)),
        ],
    ),
    procedure(
        "give-service-number",
        "Gives a service number to a resource account",
        &[ACCOUNT, NUMBER, TYPE, LOCATION],
    ),
    procedure(
        "take-service-number",
        "Takes the number off a resource account",
        &[ACCOUNT],
    ),
    procedure(
        "retype-resource-account",
        "Makes a resource account serve an app of the other type",
        &[
            ACCOUNT,
            must("app-type", Takes::Word(&APP_TYPES)),
            may("app", Takes::One(Of::App)),
        ],
    ),
    procedure(
        "delete-resource-account",
        "Deletes a resource account after its number and its app are taken off",
        &[ACCOUNTS],
    ),
    procedure(
        "switch-to-virtual-user-license",
        "Swaps the Phone System license of resource accounts for the one of resource accounts, in one activity",
        &[ACCOUNTS, may("remove", Takes::Many(Of::License))],
    ),
    procedure(
        "create-hybrid-resource-account",
        "Creates a resource account on the server, synchronizes, licenses and associates it",
        &[
            must("name", Takes::One(Of::New)),
            must("app-type", Takes::Word(&APP_TYPES)),
            may("display-name", Takes::One(Of::New)),
            may("number", Takes::One(Of::Number)),
            may("app", Takes::One(Of::App)),
        ],
    ),
    procedure(
        "take-numbers-to-the-cloud",
        "Takes the management of numbers from the on-premises directory",
        &[USERS],
    ),
    procedure(
        "offboard-user",
        "Takes numbers and licenses off users who leave, and deletes them",
        &[
            USERS,
            may("blocked-days", Takes::Count),
            may("delete", Takes::Flag),
        ],
    ),
    procedure(
        "swap-license",
        "Swaps licenses of users in one activity",
        &[
            USERS,
            must("add", Takes::Many(Of::License)),
            must("remove", Takes::Many(Of::License)),
        ],
    ),
    procedure(
        "port-out",
        "Ports numbers to another carrier",
        &[
            NUMBERS,
            may("pin-set", Takes::Flag),
            may("remove-licenses", Takes::Many(Of::License)),
        ],
    ),
    procedure(
        "port-in",
        "Ports numbers in for Calling Plans",
        &[
            must("numbers", Takes::Many(Of::New)),
            must("country", Takes::One(Of::Country)),
            may("usage", Takes::Word(&USAGES_OF_NUMBERS)),
            LOCATION,
        ],
    ),
    procedure(
        "change-coexistence-mode",
        "Moves users to another coexistence mode",
        &[USERS, must("mode", Takes::Word(&MODES))],
    ),
    procedure(
        "enable-direct-routing-user",
        "Gives a user a number of Direct Routing with its policies",
        &[
            USER,
            NUMBER,
            must("policy", Takes::One(Of::Policy)),
            may("emergency-policy", Takes::One(Of::Policy)),
            may("dial-plan", Takes::One(Of::Policy)),
            may("license", Takes::One(Of::License)),
        ],
    ),
    procedure(
        "remove-routing",
        "Takes PSTN usages, voice routes or gateways out of service, in the right order",
        &[
            may("usages", Takes::Many(Of::Usage)),
            may("routes", Takes::Many(Of::Route)),
            may("gateways", Takes::Many(Of::Gateway)),
        ],
    ),
    procedure(
        "set-global-voice-routing-policy",
        "Sets the PSTN usages of everybody without a voice routing policy",
        &[must("usages", Takes::Many(Of::Usage))],
    ),
    procedure(
        "replace-emergency-location",
        "Moves all numbers of an emergency location to another one, and deletes it",
        &[
            must("from", Takes::One(Of::Location)),
            must("to", Takes::One(Of::Location)),
            may("delete", Takes::Flag),
        ],
    ),
    procedure(
        "change-number-usage",
        "Makes numbers of users service numbers, or back",
        &[NUMBERS, must("usage", Takes::Word(&USAGES_OF_NUMBERS))],
    ),
    procedure(
        "set-up-shared-calling",
        "Sets up a shared calling policy, and grants it",
        &[
            must("policy", Takes::One(Of::Policy)),
            ACCOUNT,
            may("emergency-numbers", Takes::Many(Of::Number)),
            may("users", Takes::Many(Of::Account)),
        ],
    ),
    procedure(
        "leave-shared-calling",
        "Takes a shared calling policy off users",
        &[USERS],
    ),
    procedure(
        "delete-app",
        "Deletes an auto attendant or call queue after its accounts are taken off",
        &[must("app", Takes::One(Of::App))],
    ),
];
