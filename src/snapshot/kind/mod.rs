//! What an export is, told from its keys.
//!
//! Raw exports carry no type name, so the property names decide and the file name is a hint only: it settles
//! what the keys leave equal, and names an export without records. A set of keys that fits nothing stays
//! unknown, with the nearest kind named; nothing is guessed, because a wrong kind makes rules conclude from
//! records that are not there. Values are never looked at. `table` holds the knowledge, [`aliases`] the
//! spellings of one property across the kinds of a family.

pub mod aliases;
mod table;

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

pub use aliases::spellings;
pub use table::ExportKind;
use table::{Condition, KindRow, ROWS};

/// Keys so common that two of them say nothing about the kind.
const COMMON: &str =
    "createddatetime description displayname id identity name status tenantid type";

/// What the keys of an export say about its kind.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Classified {
    /// The export is of this kind.
    Kind(ExportKind),
    /// No kind fits.
    Unknown {
        /// The kind whose properties share most with the keys, if any shares enough to be worth naming.
        nearest: Option<ExportKind>,
    },
}

impl ExportKind {
    /// An export of this family that was there before and is not now; another dialect of it will do.
    pub fn lost(self, before: &BTreeSet<Self>, now: &BTreeSet<Self>) -> Option<Self> {
        let of = |kinds: &BTreeSet<Self>| -> BTreeSet<Self> {
            let kinds = kinds.iter().copied();
            kinds.filter(|kind| kind.family() == self).collect()
        };
        let (before, now) = (of(before), of(now));
        let lost = before.difference(&now).next().copied();
        lost.filter(|_| now.is_subset(&before))
    }

    /// The name in rule pages and reports, e.g. `Get-CsOnlineUser` or `Graph subscribedSkus`.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// The kind of that [`name`](Self::name), in any letter case.
    pub fn from_name(name: &str) -> Option<Self> {
        let name = name.trim();
        let row = ROWS
            .iter()
            .find(|row| row.name.eq_ignore_ascii_case(name))?;
        Some(row.kind)
    }

    /// The kind that a manifest means: its [`name`](Self::name), or what a file of it may be called, in any letter case.
    pub fn from_manifest(name: &str) -> Option<Self> {
        let named = || {
            let letters: String = name.chars().filter(|c| c.is_alphabetic()).collect();
            let letters = letters.to_lowercase();
            let singular = letters.strip_suffix('s');
            let mut kinds = [Some(letters.as_str()), singular].into_iter().flatten();
            match kinds.find_map(|one| HINTS.kinds.get(one))?.as_slice() {
                [kind] => Some(*kind),
                _ => None,
            }
        };
        Self::from_name(name).or_else(named)
    }

    /// What to type to get the export into a file of its own, line by line. A line that begins with `#` says what to know,
    /// or what to do by hand; any other one is PowerShell that exports every record as it stands.
    pub fn steps(self) -> Vec<String> {
        let row = self.row();
        let by_hand = (!row.by_hand.is_empty()).then(|| format!("# {}", row.by_hand));
        let command = match row.command {
            "" => None,
            // Some exports are files of their own, one for each account.
            command if command.contains(" -OutputFilePath ") => Some(command.to_owned()),
            command => Some(format!("{command} > {}", self.usual_file())),
        };
        by_hand.into_iter().chain(command).collect()
    }

    /// PowerShell that writes all records as JSON; blank where there is none.
    pub fn command(self) -> &'static str {
        self.row().command
    }

    /// What a file of this kind is called here: its name, or a hint without blanks.
    pub fn usual_file(self) -> String {
        let row = self.row();
        let stem = if row.name.contains(' ') {
            row.hints.first().copied().unwrap_or_default()
        } else {
            row.name
        };
        format!("{stem}.json")
    }

    /// The kind that stands for all dialects of the same thing; rules name families as their needs.
    #[must_use]
    pub fn family(self) -> Self {
        self.row().family
    }

    /// The kinds that are read where this one is asked for: the dialects of a family, in their order, or a dialect alone.
    pub(in crate::snapshot) fn dialects(self) -> &'static [Self] {
        static DIALECTS: LazyLock<Vec<Vec<ExportKind>>> = LazyLock::new(|| {
            let of = |asked: &ExportKind| {
                let kinds = ExportKind::ALL.iter().copied();
                kinds
                    .filter(|kind| kind.family() == *asked || kind == asked)
                    .collect()
            };
            ExportKind::ALL.iter().map(of).collect()
        });
        // The kinds stand at their own numbers.
        DIALECTS.get(self as usize).map_or(&[], Vec::as_slice)
    }

    /// Record counts that make an export suspect of being cut off; none for a kind without a cap.
    pub fn page_cap(self) -> &'static [u64] {
        self.row().caps
    }

    /// What a file of this kind may be called: lower-case, without extension, the canonical stem first.
    pub fn file_hints(self) -> &'static [&'static str] {
        self.row().hints
    }

    /// The properties that records of this kind are known to have, lower-cased.
    pub fn known_properties(self) -> impl Iterator<Item = &'static str> {
        self.row().properties.split_ascii_whitespace()
    }

    /// The property that identifies a record, or the first of several: see [`key_properties`](Self::key_properties).
    pub fn key_property(self) -> &'static str {
        self.row().keys.first().copied().unwrap_or_default()
    }

    /// The properties that identify a record together, for kinds in which one alone repeats.
    pub fn key_properties(self) -> &'static [&'static str] {
        self.row().keys
    }

    fn row(self) -> &'static KindRow {
        &ROWS[self as usize]
    }
}

/// Tells the kind of an export from its keys.
///
/// The keys are ASCII lower-cased, the union over the export's first records. Without any key the file name decides.
pub fn classify(keys: &BTreeSet<String>, file_name: &str) -> Classified {
    let named = kind_from_file_name(file_name);
    if keys.is_empty() {
        return named.map_or(Classified::Unknown { nearest: None }, Classified::Kind);
    }
    let named = named.map(ExportKind::row);
    let hold = |conditions: &[Condition]| conditions.iter().any(|one| one.holds(keys));
    let contested = named.filter(|row| hold(row.contested));
    let by_keys = || ROWS.iter().find(|row| hold(row.when));
    let weak = || named.filter(|row| hold(row.named));
    match contested.or_else(by_keys).or_else(weak) {
        Some(row) => Classified::Kind(row.kind),
        None => Classified::Unknown {
            nearest: nearest(keys),
        },
    }
}

/// The kind that a file name names, for exports without records.
///
/// Directories, digits and punctuation do not matter, letters do: `2026-09-14 Get-CsCallQueues (3).csv` names call
/// queues, `superusers.json` names nothing. The longest hint wins; two of one length cancel each other.
pub fn kind_from_file_name(file_name: &str) -> Option<ExportKind> {
    let start = file_name.rfind(['/', '\\']).map_or(0, |at| at + 1);
    let file = file_name[start..].to_lowercase();
    let words: Vec<&str> = file
        .split(|c: char| !c.is_alphabetic())
        .filter(|word| !word.is_empty())
        .collect();
    let hints = &*HINTS;
    let mut longest = 0;
    let mut best: Vec<ExportKind> = Vec::new();
    let mut look_up = |letters: &str| {
        if letters.len() >= longest
            && let Some(kinds) = hints.kinds.get(letters)
        {
            if letters.len() > longest {
                longest = letters.len();
                best.clear();
            }
            best.extend(kinds);
        }
    };
    for start in 0..words.len() {
        let mut letters = String::new();
        for word in &words[start..] {
            letters.push_str(word);
            // With the plural of its last word a hint may be one letter longer.
            if letters.len() > hints.longest + 1 {
                break;
            }
            look_up(&letters);
            if let Some(singular) = letters.strip_suffix('s') {
                look_up(singular);
            }
        }
    }
    let first = *best.first()?;
    best.iter().all(|kind| *kind == first).then_some(first)
}

/// What file names can say, in letters.
struct Hints {
    /// The kinds that have a hint.
    kinds: HashMap<String, Vec<ExportKind>, foldhash::fast::FixedState>,
    /// The length of the longest.
    longest: usize,
}

static HINTS: LazyLock<Hints> = LazyLock::new(|| {
    let mut kinds: HashMap<String, Vec<ExportKind>, _> = HashMap::default();
    for row in ROWS {
        for hint in row.hints {
            let letters: String = hint.chars().filter(|c| c.is_alphabetic()).collect();
            let of_hint = kinds.entry(letters).or_default();
            if !of_hint.contains(&row.kind) {
                of_hint.push(row.kind);
            }
        }
    }
    let longest = kinds.keys().map(String::len).max().unwrap_or(0);
    Hints { kinds, longest }
});

/// The kind that shares most properties with the keys: two at least, one of them telling. Of equals, the one with
/// the fewest properties is the closest.
fn nearest(keys: &BTreeSet<String>) -> Option<ExportKind> {
    let mut best: Option<((usize, std::cmp::Reverse<usize>), ExportKind)> = None;
    for row in ROWS {
        let properties = row.properties.split_ascii_whitespace();
        let shared = || {
            properties
                .clone()
                .filter(|property| keys.contains(*property))
        };
        if shared().all(is_common) || shared().count() < 2 {
            continue;
        }
        let score = (
            shared().count(),
            std::cmp::Reverse(properties.clone().count()),
        );
        if best.is_none_or(|(best_score, _)| score > best_score) {
            best = Some((score, row.kind));
        }
    }
    best.map(|(_, kind)| kind)
}

fn is_common(property: &str) -> bool {
    COMMON
        .split_ascii_whitespace()
        .any(|common| common == property)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ExportKind as K;

    fn keys(words: &str) -> BTreeSet<String> {
        words
            .split_ascii_whitespace()
            .map(str::to_ascii_lowercase)
            .collect()
    }

    fn kind(words: &str, file: &str) -> Option<ExportKind> {
        match classify(&keys(words), file) {
            Classified::Kind(kind) => Some(kind),
            Classified::Unknown { .. } => None,
        }
    }

    /// Kind, file name, keys of real records; a file name only where the keys leave two kinds equal.
    const SAMPLES: &str = "
Graph numberAssignments |  | @odata.type id telephoneNumber operatorId numberType activationState capabilities locationId civicAddressId networkSiteId assignmentTargetId assignmentCategory portInStatus assignmentStatus isoCountryCode city numberSource supportedCustomerActions reverseNumberLookupOptions
Graph numberAssignments | graph-numbers.json | telephoneNumber numberType assignmentStatus
Export-CsAcquiredPhoneNumber |  | TelephoneNumber OperatorId NumberType LocationId CivicAddressId AcquiredCapabilities AssignmentStatus PlaceName ActivationState PartnerName IsoCountryCode PortInOrderStatus AcquisitionDate TargetId TargetType AssignmentCategory NumberSource
Export-CsAcquiredPhoneNumber |  | TelephoneNumber TargetId
Export-CsAcquiredPhoneNumber | Export-CsAcquiredPhoneNumber.csv | TelephoneNumber NumberType ActivationState
Get-CsExportAcquiredPhoneNumberStatus |  | Id CreatedAt status DownloadLinkExpiry DownloadLink
Get-CsOnlineTelephoneNumberOrder |  | OrderId Status ErrorCode ReservationExpiryDate FailureCount FailedPhoneNumbers
Get-CsOnlineTelephoneNumberOrder |  | Id Name CreatedAt CreatedBy Description NumberType SearchType AreaCode Quantity Status InventoryType SendToServiceDesk ReservationExpiryDate
Get-CsPhoneNumberAssignment |  | TelephoneNumber OperatorId NumberType ActivationState AssignedPstnTargetId AssignmentCategory Capability City CivicAddressId IsoCountryCode IsoSubdivision LocationId LocationUpdateSupported NetworkSiteId NumberSource PortInOrderStatus PstnAssignmentStatus PstnPartnerId PstnPartnerName ReverseNumberLookup Tag AssignmentBlockedState AssignmentBlockedUntil SmsActivationState
Get-CsPhoneNumberAssignment |  | TelephoneNumber NumberType
Get-CsPhoneNumberAssignment | numbers.csv | TelephoneNumber City
Get-CsPhoneNumberPolicyAssignment |  | TelephoneNumber PolicyType PolicyName Authority AssignmentType Reference
Get-CsHybridTelephoneNumber |  | Id O365Region SourceType TargetType TelephoneNumber UserId
Get-CsOnlineTelephoneNumber |  | RunspaceId ActivationState BridgeNumber CallingProfile InventoryType CityCode FriendlyName Id Location O365Region SourceType TargetType Tenant TenantId UserId IsManagedByServiceDesk PortInOrderStatus
Get-CsUserCallingSettings |  | SipUri IsForwardingEnabled ForwardingType ForwardingTarget ForwardingTargetType IsUnansweredEnabled UnansweredTarget UnansweredTargetType UnansweredDelay Delegates Delegators CallGroupOrder CallGroupTargets GroupMembershipDetails GroupNotificationOverride
Get-CsUserCallingSettings |  | UserPrincipalName Identity LineUri IsForwardingEnabled ForwardingType
Get-CsOnlineDialInConferencingUser |  | Identity ObjectId DisplayName SipAddress UserPrincipalName BridgeId BridgeName ConferenceId ServiceNumber TollFreeServiceNumber Url TenantId
Get-CsOnlineDialInConferencingUser |  | Identity ServiceNumber
Graph userConfigurations |  | @odata.context id userPrincipalName tenantId effectivePolicyAssignments telephoneNumbers isEnterpriseVoiceEnabled featureTypes accountType createdDateTime modifiedDateTime
Graph userConfigurations |  | id userPrincipalName accountType
Get-CsOnlineUser |  | Identity UserPrincipalName DisplayName Alias AccountEnabled AccountType InterpretedUserType LineUri OnPremLineUri TelephoneNumbers EnterpriseVoiceEnabled TeamsUpgradeEffectiveMode TeamsUpgradePolicy OnlineVoiceRoutingPolicy TenantDialPlan TeamsCallingPolicy TeamsEmergencyCallRoutingPolicy TeamsCarrierEmergencyCallRoutingPolicy AssignedPlan FeatureTypes UsageLocation HostingProvider RegistrarPool SoftDeletionTimestamp UserValidationErrors TenantId SipAddress TeamsUpgradeOverridePolicy City Country ProxyAddresses
Get-CsOnlineUser |  | RunspaceId PSComputerName Identity ObjectId Id Name UserPrincipalName SipAddress LineURI OnPremLineURI EnterpriseVoiceEnabled HostedVoiceMail VoicePolicy VoiceRoutingPolicy FirstName LastName Enabled DirSyncEnabled MCOValidationErrors RegistrarPool InterpretedUserType AssignedPlan TenantId PstnConnectivity SipDomain
Get-CsOnlineUser |  | UserPrincipalName LineUri
Get-CsOnlineUser |  | Identity LineURI
Get-CsOnlineUser |  | Identity UserPrincipalName DisplayName
Get-CsOnlineUser |  | SipAddress HostingProvider
Get-CsOnlineUser | Get-CsOnlineUser.csv | UserPrincipalName DisplayName UsageLocation
Graph deletedItems |  | @odata.type businessPhones displayName givenName id deletedDateTime jobTitle mail mobilePhone officeLocation preferredLanguage surname userPrincipalName
Graph deletedItems |  | id deletedDateTime displayName
Graph deletedItems | deletedItems.json | id
Graph deletedItems | deleted_users.json | Id UserPrincipalName DisplayName DeletedDateTime AccountEnabled AssignedLicenses AdditionalProperties
Graph users |  | businessPhones displayName givenName id jobTitle mail mobilePhone officeLocation preferredLanguage surname userPrincipalName
Graph users |  | id userPrincipalName accountEnabled userType usageLocation assignedLicenses assignedPlans licenseAssignmentStates deletedDateTime
Graph users |  | AccountEnabled AdditionalProperties AssignedLicenses AssignedPlans City CompanyName Country CreatedDateTime DeletedDateTime Department DisplayName Extensions GivenName Id Identities IsResourceAccount LicenseAssignmentStates LicenseDetails Mail MemberOf OnPremisesSyncEnabled ProvisionedPlans ProxyAddresses UsageLocation UserPrincipalName UserType
Graph users |  | id assignedLicenses
Get-CsOnlineVoiceUser |  | Name Id SipDomain DataCenter TenantId PstnConnectivity UsageLocation EnterpriseVoiceEnabled Number Location
Get-CsOnlineApplicationInstance |  | ObjectId TenantId UserPrincipalName ApplicationId DisplayName PhoneNumber AcsResourceId
Get-CsOnlineApplicationInstance |  | ObjectId DisplayName PhoneNumber
Get-CsOnlineApplicationInstance | resource_accounts.csv | ObjectId UserPrincipalName DisplayName
Get-CsOnlineApplicationInstanceAssociation |  | Id ConfigurationType ConfigurationId CallPriority
Get-CsAutoAttendant |  | Identity Name TenantId LanguageId VoiceId TimeZoneId VoiceResponseEnabled DefaultCallFlow Operator CallFlows Schedules CallHandlingAssociations DirectoryLookupScope ApplicationInstances AuthorizedUsers HideAuthorizedUsers DisplayDefaultCallFlow
Get-CsAutoAttendant |  | Identity Name ApplicationInstances
Get-CsAutoAttendant |  | Id Name LanguageId TimeZoneId ApplicationInstances
Get-CsAutoAttendant | auto_attendants.json | Identity Name
Get-CsCallQueue |  | Identity Name RoutingMethod LanguageId Users DistributionLists Agents AllowOptOut AgentAlertTime OverflowThreshold OverflowAction OverflowActionTarget TimeoutThreshold TimeoutAction TimeoutActionTarget NoAgentAction ApplicationInstances TenantId Statistics
Get-CsCallQueue |  | Identity Name ApplicationInstances Agents
Get-CsCallQueue | Get-CsCallQueue.json | Name Identity
Get-CsCallQueue | call-queues.json | Identity Name ApplicationInstances
Get-CsOnlineSchedule |  | Id Name Type WeeklyRecurrentSchedule FixedSchedule AssociatedConfigurationIds
Get-CsOnlineSchedule | schedules.json | Id Name Type
Get-CsOnlineVoiceRoute |  | Identity Priority Description NumberPattern OnlinePstnUsages OnlinePstnGatewayList BridgeSourcePhoneNumber Name Key ConfigMetadata ConfigId
Get-CsOnlineVoiceRoutingPolicy |  | Identity OnlinePstnUsages Description RouteType Key ConfigMetadata ConfigId
Get-CsOnlineVoiceRoutingPolicy |  | Identity OnlinePstnUsages
Get-CsOnlineAudioConferencingRoutingPolicy | Get-CsOnlineAudioConferencingRoutingPolicy.json | Identity OnlinePstnUsages Description RouteType
Get-CsOnlinePstnUsage |  | Usage Key Identity ConfigMetadata ConfigId
Get-CsOnlinePstnUsage |  | Usage
Get-CsOnlinePSTNGateway |  | Identity Fqdn SipSignalingPort FailoverTimeSeconds ForwardCallHistory ForwardPai SendSipOptions MaxConcurrentSessions Enabled MediaBypass BypassMode FailoverResponseCodes InboundTeamsNumberTranslationRules OutboundPstnNumberTranslationRules GatewaySiteId ProxySbc IPAddressVersion
Get-CsOnlinePSTNGateway |  | Identity SipSignallingPort Enabled
Get-CsOnlinePSTNGateway |  | Fqdn MediaBypass
Get-CsTeamsSurvivableBranchAppliance |  | Identity Fqdn Site Description
Get-CsTeamsTranslationRule |  | Identity Name Pattern Translation Description
Get-CsTenantDialPlan |  | Identity SimpleName Description ExternalAccessPrefix OptimizeDeviceDialing NormalizationRules Key ConfigMetadata ConfigId
Get-CsTeamsEmergencyCallRoutingPolicy |  | Identity EmergencyNumbers AllowEnhancedEmergencyServices Description Key
Get-CsTeamsEmergencyCallRoutingPolicy | emergency_routing_policies.json | Identity EmergencyNumbers
Get-CsTeamsEmergencyCallingPolicy |  | Identity ExtendedNotifications NotificationGroup NotificationDialOutNumber ExternalLocationLookupMode NotificationMode EnhancedEmergencyServiceDisclaimer Description
Get-CsTeamsCarrierEmergencyCallRoutingPolicy |  | Identity LocationPolicyId Description
Get-CsTeamsSharedCallingRoutingPolicy |  | Identity ResourceAccount EmergencyNumbers Description
Get-CsTeamsUpgradeConfiguration |  | Identity DownloadTeams SfBMeetingJoinUx BlockLegacyAuthorization
Get-CsTeamsUpgradePolicy |  | Identity Mode NotifySfbUsers Action Description Key ConfigMetadata ConfigId
Get-CsTeamsUpgradePolicy | upgrade_policies.csv | Identity Mode
Get-CsTeamsCallingPolicy |  | Identity Description AllowPrivateCalling AllowWebPSTNCalling AllowVoicemail AllowCallGroups AllowDelegation AllowCallForwardingToUser AllowCallForwardingToPhone PreventTollBypass BusyOnBusyEnabledType
Get-CsTeamsVoiceApplicationsPolicy |  | Identity Description AllowAutoAttendantBusinessHoursGreetingChange AllowCallQueueWelcomeGreetingChange CallQueueAgentMonitorMode
Get-CsCallingLineIdentity |  | Identity CallingIDSubstitute ResourceAccount ServiceNumber CompanyName BlockIncomingPstnCallerID EnableUserOverride Description
Get-CsGroupPolicyAssignment |  | GroupId PolicyType PolicyName Rank CreatedTime CreatedBy
Get-CsUserPolicyAssignment |  | PolicyType PolicyName PolicySource
Get-CsTenantNetworkSite |  | Identity NetworkSiteID NetworkRegionID Description SiteAddress LocationPolicyID EnableLocationBasedRouting OnlineVoiceRoutingPolicyTagID EmergencyCallRoutingPolicyTagID EmergencyCallingPolicyTagID EmergencyCallRoutingPolicyName EmergencyCallingPolicyName NetworkRoamingPolicyName PhoneNumbers
Get-CsTenantNetworkSite |  | Identity NetworkSiteID Description LocationPolicy OnlineVoiceRoutingPolicy EmergencyCallRoutingPolicy EmergencyCallingPolicy EnableLocationBasedRouting
Get-CsTenantNetworkSubnet |  | Identity SubnetID MaskBits NetworkSiteID Description
Get-CsTenantTrustedIPAddress |  | Identity IPAddress MaskBits Description
Get-CsTenantNetworkRegion |  | Identity NetworkRegionID CentralSite Description
Get-CsOnlineLisPort |  | PortID ChassisID LocationId Description
Get-CsOnlineLisSwitch |  | ChassisID LocationId Description
Get-CsOnlineLisWirelessAccessPoint |  | BSSID LocationId Description
Get-CsOnlineLisSubnet |  | Subnet LocationId Description
Get-CsOnlineLisLocation |  | CivicAddressId Location LocationId Description CompanyName HouseNumber StreetName City StateOrProvince PostalCode CountryOrRegion Latitude Longitude Elin IsDefault PartnerId TenantId ValidationStatus NumberOfVoiceUsers NumberOfTelephoneNumbers
Get-CsOnlineLisCivicAddress |  | CivicAddressId DefaultLocationId AdditionalLocationInfo Description CompanyName HouseNumber StreetName City StateOrProvince PostalCode CountryOrRegion Latitude Longitude PartnerId TenantId ValidationStatus NumberOfVoiceUsers NumberOfTelephoneNumbers Elin
Get-CsTeamsUnassignedNumberTreatment |  | Identity TreatmentId Pattern TargetType Target TreatmentPriority Description
Get-CsTenantBlockedCallingNumbers |  | Identity Name Enabled InboundBlockedNumberPatterns InboundExemptNumberPatterns
Get-CsInboundBlockedNumberPattern |  | Identity Name Pattern Enabled Description ResourceAccount
Get-CsInboundBlockedNumberPattern | blocked_patterns.json | Name Pattern Enabled
Get-CsInboundExemptNumberPattern | Get-CsInboundExemptNumberPattern.json | Identity Name Pattern Enabled Description
Get-CsPhoneNumberTenantConfiguration |  | AllowOnPremToOnlineMigration AssignmentBlockedForever AssignmentBlockedDays
Get-CsOnlineDialInConferencingBridge |  | Identity Name Region DefaultServiceNumber ServiceNumbers IsDefault IsShared TenantId
Get-CsTenant |  | AnnouncementsDisabled AssignedPlan City CompanyPartnership CompanyTags Country CountryAbbreviation DefaultPoolFqdn DirSyncEnabled DisplayName LastSyncTimeStamp NameRecordingDisabled Pools PostalCode PreferredLanguage ProvisionedPlan ServiceInfo ServiceInstance ServiceNumberCount SipDomain StateOrProvince Street SubscriberNumberCount SyncInLyncAdInfo TeamsUpgradeEffectiveMode TeamsUpgradeNotificationsEnabled TeamsUpgradeOverridePolicy TeamsUpgradePolicyIsReadOnly TenantId TnmAccountId VerifiedDomains WhenChanged WhenCreated LastProvisionTimeStamps LastPublishTimeStamps
Get-CsTenant |  | Identity ObjectId Id Name TenantId DisplayName RegistrarPool AssignedPlan VerifiedDomains TeamsUpgradeEffectiveMode ServiceInstance
Get-CsTenant |  | TenantId DisplayName TeamsUpgradeEffectiveMode
Graph organization |  | @odata.context id deletedDateTime businessPhones city country countryLetterCode createdDateTime displayName onPremisesSyncEnabled verifiedDomains assignedPlans provisionedPlans tenantType
Get-CsTenantFederationConfiguration |  | Identity AllowedDomains BlockedDomains AllowFederatedUsers AllowPublicUsers SharedSipAddressSpace
Graph subscribedSkus |  | accountName accountId appliesTo capabilityStatus consumedUnits id prepaidUnits servicePlans skuId skuPartNumber subscriptionIds
Graph licenseDetails |  | id skuId skuPartNumber servicePlans
Graph domains |  | id authenticationType availabilityStatus isAdminManaged isDefault isInitial isRoot isVerified supportedServices
Graph transitiveMembers |  | groupId id
Graph transitiveMembers | group_members.json | @odata.type id displayName userPrincipalName businessPhones mail
Graph groups |  | id deletedDateTime createdDateTime description displayName groupTypes mail mailEnabled mailNickname proxyAddresses securityEnabled visibility
Graph groups | groups.csv | id displayName
Get-UnifiedGroup |  | ExternalDirectoryObjectId Identity Id DisplayName Alias PrimarySmtpAddress RequireSenderAuthenticationEnabled
operators |  | operatorId name services status statusSince consentedCountries consentedOn lastModifiedOn contacts dataTransferAccepted dataTransferAcceptedOn notes
operators |  | name status countries
operators |  | Id TenantId TenantOrigin OperatorId Status ConsentedOn LastModifiedOn ConsentedCountries ContactDetails
operators | operators.json | name status
dns |  | domain lyncdiscover
manifest | manifest.json | exportedAt moduleVersion
manifest |  | tenantId tenantName cloud exportedAt moduleVersion exports
";

    fn samples() -> impl Iterator<Item = (ExportKind, &'static str, &'static str)> {
        SAMPLES.lines().filter(|line| !line.is_empty()).map(|line| {
            let [name, file, words] = line.split('|').collect::<Vec<_>>()[..] else {
                panic!("{line}")
            };
            (K::from_name(name).expect(name), file.trim(), words)
        })
    }

    #[test]
    fn real_records_are_told_by_their_keys() {
        for (expected, file, words) in samples() {
            assert_eq!(kind(words, file), Some(expected), "{file}: {words}");
        }
    }

    /// What a file name may turn into what: pairs that can have the very same keys.
    const EQUALS: &[(ExportKind, ExportKind)] = &[
        (K::PhoneNumberAssignment, K::GraphNumberAssignment),
        (K::PhoneNumberAssignment, K::AcquiredPhoneNumber),
        (K::GraphUser, K::DeletedUser),
        (K::GraphUser, K::GraphGroupMember),
        (K::DeletedUser, K::GraphGroupMember),
        (K::GraphGroup, K::GraphGroupMember),
        (K::AutoAttendant, K::CallQueue),
        (
            K::OnlineVoiceRoutingPolicy,
            K::OnlineAudioConferencingRoutingPolicy,
        ),
    ];

    #[test]
    fn a_misleading_file_name_does_not_outvote_the_keys() {
        for (expected, _, words) in samples().filter(|(_, file, _)| file.is_empty()) {
            // The other rows never look at the name.
            for row in ROWS
                .iter()
                .filter(|row| row.contested.len() + row.named.len() > 0)
            {
                let found = kind(words, row.hints[0]).expect(words);
                let allowed = found == expected || EQUALS.contains(&(expected, found));
                assert!(
                    allowed,
                    "{expected:?} named {} became {found:?}: {words}",
                    row.hints[0]
                );
            }
        }
    }

    #[test]
    fn every_kind_has_a_sample_and_its_whole_property_list_is_one() {
        for row in ROWS {
            assert!(
                samples().any(|(kind, ..)| kind == row.kind),
                "no sample of {}",
                row.name
            );
            assert_eq!(
                kind(row.properties, row.hints[0]),
                Some(row.kind),
                "{}",
                row.name
            );
        }
    }

    #[test]
    fn equal_keys_without_a_telling_name_stay_unknown() {
        assert_eq!(
            kind(
                "identity name pattern enabled description",
                "export (3).json"
            ),
            None
        );
        assert_eq!(kind("identity name", ""), None);
        assert_eq!(kind("exportedat moduleversion", "notes.json"), None);
    }

    #[test]
    fn an_unknown_file_names_its_nearest_kind() {
        let nearest = |words: &str| match classify(&keys(words), "") {
            Classified::Unknown { nearest } => nearest,
            Classified::Kind(kind) => panic!("{words} is {kind:?}"),
        };
        assert_eq!(
            nearest("name pattern enabled"),
            Some(K::InboundExemptNumberPattern)
        );
        assert_eq!(
            nearest("usagelocation department displayname"),
            Some(K::GraphUser)
        );
        assert_eq!(nearest("identity mode"), Some(K::TeamsUpgradePolicy));
        assert_eq!(
            nearest("identity name description"),
            None,
            "nothing telling"
        );
        assert_eq!(nearest("mode"), None, "one key is not enough");
    }

    #[test]
    fn steps_can_be_pasted_and_write_a_file_that_is_read_as_that_kind() {
        for kind in K::ALL {
            let steps = kind.steps();
            assert!(!steps.is_empty(), "{kind:?}");
            for step in &steps {
                let redirects = step.ends_with(&format!(" > {}", kind.usual_file()));
                let is_prose = step.starts_with("# ");
                assert_ne!(
                    redirects,
                    is_prose || step.contains(" -OutputFilePath "),
                    "{step}"
                );
            }
            let file = kind.usual_file();
            assert!(!file.contains(' '), "{file}");
            assert_eq!(kind_from_file_name(&file), Some(*kind), "{file}");
        }
        assert_eq!(
            K::CallQueue.steps(),
            [
                "& { for ($skip = 0; $page = @(Get-CsCallQueue -First 100 -Skip $skip -ErrorAction Stop); $skip += $page.Count) { $page } } | ConvertTo-Json -Depth 20 > Get-CsCallQueue.json"
            ]
        );
        let [why, command] = &K::OnlineVoiceUser.steps()[..] else {
            panic!("{:?}", K::OnlineVoiceUser.steps());
        };
        assert!(
            why.starts_with("# Get-CsOnlineVoiceUser is retired"),
            "{why}"
        );
        assert!(command.starts_with("Get-CsOnlineUser | "), "{command}");
        assert!(K::Operators.steps()[0].starts_with("# write operators.json by hand"));
    }

    #[test]
    fn an_empty_export_is_what_its_name_says() {
        assert_eq!(kind("", "Get-CsOnlineUser.json"), Some(K::OnlineUser));
        assert_eq!(
            classify(&BTreeSet::new(), "export.json"),
            Classified::Unknown { nearest: None }
        );
    }

    #[test]
    fn file_names_are_read_by_words() {
        let cases = [
            ("Get-CsOnlineUser.json", Some(K::OnlineUser)),
            ("users.json", Some(K::OnlineUser)),
            ("OnlineUsers2.json.gz", Some(K::OnlineUser)),
            ("superusers.json", None),
            ("überusers.json", None),
            ("graph_users.json", Some(K::GraphUser)),
            ("deleted-users.json", Some(K::DeletedUser)),
            ("contoso tenant users.json", Some(K::OnlineUser)),
            ("export_Get-CsCallQueue (3).csv", Some(K::CallQueue)),
            ("2026-09-14 get-cscallqueue.json", Some(K::CallQueue)),
            ("CallQueues.json", Some(K::CallQueue)),
            ("snapshot.zip!/exports/call_queues.json", Some(K::CallQueue)),
            ("users/auto-attendants.json", Some(K::AutoAttendant)),
            ("users\\export.json", None),
            (
                "Get-CsOnlineApplicationInstance.json",
                Some(K::OnlineApplicationInstance),
            ),
            (
                "Get-CsOnlineApplicationInstanceAssociation.json",
                Some(K::OnlineApplicationInstanceAssociation),
            ),
            ("domains-schedules.json", Some(K::OnlineSchedule)),
            ("domains-numbers.json", None),
            ("dns.json", Some(K::DnsFacts)),
            ("", None),
        ];
        for (file, expected) in cases {
            assert_eq!(kind_from_file_name(file), expected, "{file}");
        }
    }

    #[test]
    fn every_hint_names_its_own_kind() {
        for row in ROWS {
            for hint in row.hints {
                assert_eq!(
                    kind_from_file_name(&format!("{hint}.json")),
                    Some(row.kind),
                    "{hint}"
                );
            }
        }
    }

    #[test]
    fn names_lead_back_to_their_kind() {
        for kind in K::ALL {
            assert_eq!(K::from_name(&kind.name().to_uppercase()), Some(*kind));
            assert_eq!(kind.row().kind, *kind);
            assert_eq!(kind.family().family(), kind.family());
            assert_eq!(Some(&kind.key_property()), kind.key_properties().first());
        }
        assert_eq!(K::from_name("Get-CsOnlineUsers"), None);
    }

    #[test]
    fn a_manifest_may_name_a_kind_as_a_file_is_called() {
        for (name, kind) in [
            ("Graph subscribedSkus", Some(K::GraphSubscribedSku)),
            ("subscribedSkus", Some(K::GraphSubscribedSku)),
            (" SUBSCRIBEDSKU ", Some(K::GraphSubscribedSku)),
            ("Get-MgSubscribedSku", Some(K::GraphSubscribedSku)),
            ("Get-CsOnlineUser", Some(K::OnlineUser)),
            ("all users", None),
            ("Get-CsTeamsMeetingPolicy", None),
            ("", None),
        ] {
            assert_eq!(K::from_manifest(name), kind, "{name}");
        }
        assert_eq!(K::GraphOrganization.family(), K::Tenant);
        assert_eq!(K::AcquiredPhoneNumber.family(), K::PhoneNumberAssignment);
        assert_eq!(K::CallQueue.page_cap(), [100]);
        assert!(K::OnlineUser.page_cap().is_empty());
        assert_eq!(
            K::OnlineUser.file_hints().first(),
            Some(&"get-csonlineuser")
        );
    }
}
