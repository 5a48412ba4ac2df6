//! The typed records of a snapshot, one list for each type, and which kinds of export fill which list.

use std::collections::HashSet;

use super::csv_pieces::CsvPieces;
use super::kind::ExportKind;
use super::record::{
    AppRecord, AssociationRecord, BlockedPatternRecord, CallingLineIdentityRecord,
    CallingPolicyRecord, CallingSettingsRecord, CivicAddressRecord, ConferencingBridgeRecord,
    ConferencingUserRecord, DialPlanRecord, DnsRecord, DomainRecord,
    EmergencyCallRoutingPolicyRecord, EmergencyCallingPolicyRecord, FederationRecord,
    GatewayRecord, GroupMemberRecord, GroupPolicyRecord, GroupRecord, LicenseDetailsRecord,
    LisElementRecord, LocationRecord, ManifestRecord, NamedPolicyRecord, NetworkSiteRecord,
    NetworkSubnetRecord, NumberConfigRecord, NumberOrderRecord, NumberPolicyRecord, NumberRecord,
    OperatorRecord, PstnUsageRecord, Record, ResourceAccountRecord, SharedCallingPolicyRecord,
    SkuRecord, TenantRecord, TrustedIpRecord, UnassignedNumberRecord, UpgradePolicyRecord,
    UserRecord, VoiceRouteRecord, VoiceRoutingPolicyRecord,
};
use super::rows::{Export, Rows, Workers, is_keyed, read_csv, read_json, read_run};
use super::run::{Reached, Run};
use super::split_json::Raw;
use super::texts::Texts;
use crate::source::Span;

/// Records of one file as they were cut, with their spans.
#[derive(Debug)]
pub enum Cut<'t> {
    /// JSON objects.
    Json(Vec<(Raw<'t>, Span)>),
    /// CSV rows.
    Csv(CsvPieces<'t>),
}

/// What reading said besides the records.
pub(super) type Notes = Rows<()>;

macro_rules! records {
    ($( $(#[$meta:meta])* $field:ident : $type:ident = $($kind:ident)|+ ),* $(,)?) => {
        /// All typed records of a snapshot.
        #[derive(Clone, Default, Debug)]
        pub struct Records {
            $( $(#[$meta])* pub $field: Vec<$type>, )*
        }

        impl Records {
            /// Adds the records of another file.
            pub fn append(&mut self, mut other: Self) {
                $(
                    if self.$field.is_empty() {
                        // The first file of a kind is often the only one: nothing needs to move.
                        self.$field = std::mem::take(&mut other.$field);
                    } else {
                        reserve(&mut self.$field, other.$field.len());
                        self.$field.append(&mut other.$field);
                    }
                )*
            }

            /// Gives back the room that lists keep for records to come: there are no more.
            pub fn shrink_to_fit(&mut self) {
                $( self.$field.shrink_to_fit(); )*
            }

            /// Whether rules read records of that kind.
            pub fn have(kind: ExportKind) -> bool {
                matches!(kind, $( $(ExportKind::$kind)|+ )|*)
            }

            /// How many different records there are of a kind; `None` for a kind that no rule reads.
            pub(super) fn different(&self, kind: ExportKind, texts: &Texts) -> Option<u64> {
                match kind {
                    $( $(ExportKind::$kind)|+ => Some(different(&self.$field, kind, texts)), )*
                    _ => None,
                }
            }

            /// Reads the records of one file; `None` for a kind that no rule reads yet.
            pub fn read(export: Export, workers: &Workers, cut: &Cut) -> Option<(Self, Notes)> {
                match export.kind {
                    $( $(ExportKind::$kind)|+ => {
                        let rows: Rows<$type> = match cut {
                            Cut::Json(records) => read_json(export, workers, records),
                            Cut::Csv(table) => read_csv(export, workers, table),
                        };
                        let (records, notes) = apart(rows);
                        Some((Self { $field: records, ..Self::default() }, notes))
                    } )*
                    _ => None,
                }
            }

            /// Reads a run of records that were not cut apart, and how far it is one. `None` for a kind that no rule reads
            /// yet.
            pub(super) fn read_run(
                export: Export,
                workers: &Workers,
                run: &Run,
            ) -> Option<((Self, Notes), Reached)> {
                match export.kind {
                    $( $(ExportKind::$kind)|+ => {
                        let (rows, reached) = read_run::<$type>(export, workers, run);
                        let (records, notes) = apart(rows);
                        Some(((Self { $field: records, ..Self::default() }, notes), reached))
                    } )*
                    _ => None,
                }
            }
        }
    };
}

records! {
    /// Accounts of the directory.
    users: UserRecord = OnlineUser | GraphUser | GraphUserConfiguration | DeletedUser,
    /// Telephone numbers.
    numbers: NumberRecord = PhoneNumberAssignment | AcquiredPhoneNumber | GraphNumberAssignment,
    /// Policies assigned to numbers.
    number_policies: NumberPolicyRecord = PhoneNumberPolicyAssignment,
    /// How the tenant treats numbers.
    number_configs: NumberConfigRecord = PhoneNumberTenantConfiguration,
    /// Resource accounts.
    resource_accounts: ResourceAccountRecord = OnlineApplicationInstance,
    /// Which app a resource account serves.
    associations: AssociationRecord = OnlineApplicationInstanceAssociation,
    /// Auto attendants and call queues.
    apps: AppRecord = AutoAttendant | CallQueue,
    /// Voice routing policies.
    voice_routing_policies: VoiceRoutingPolicyRecord = OnlineVoiceRoutingPolicy,
    /// PSTN usages.
    pstn_usages: PstnUsageRecord = OnlinePstnUsage,
    /// Voice routes.
    voice_routes: VoiceRouteRecord = OnlineVoiceRoute,
    /// Session border controllers.
    gateways: GatewayRecord = OnlinePstnGateway,
    /// Routing policies of conference calls.
    conferencing_routing_policies: VoiceRoutingPolicyRecord = OnlineAudioConferencingRoutingPolicy,
    /// What users may change of auto attendants and call queues.
    voice_applications_policies: NamedPolicyRecord = TeamsVoiceApplicationsPolicy,
    /// Dial plans.
    dial_plans: DialPlanRecord = TenantDialPlan,
    /// Upgrade policies.
    upgrade_policies: UpgradePolicyRecord = TeamsUpgradePolicy,
    /// Calling policies.
    calling_policies: CallingPolicyRecord = TeamsCallingPolicy,
    /// Emergency call routing policies.
    emergency_call_routing_policies: EmergencyCallRoutingPolicyRecord = TeamsEmergencyCallRoutingPolicy,
    /// Emergency calling policies.
    emergency_calling_policies: EmergencyCallingPolicyRecord = TeamsEmergencyCallingPolicy,
    /// Shared calling policies.
    shared_calling_policies: SharedCallingPolicyRecord = TeamsSharedCallingRoutingPolicy,
    /// Caller ID policies.
    caller_id_policies: CallingLineIdentityRecord = CallingLineIdentity,
    /// Where calls to unassigned numbers go.
    unassigned_numbers: UnassignedNumberRecord = TeamsUnassignedNumberTreatment,
    /// Numbers from which nobody may call.
    blocked_patterns: BlockedPatternRecord = InboundBlockedNumberPattern,
    /// Policies assigned to groups.
    group_policies: GroupPolicyRecord = GroupPolicyAssignment,
    /// Emergency locations.
    locations: LocationRecord = OnlineLisLocation,
    /// Emergency civic addresses.
    civic_addresses: CivicAddressRecord = OnlineLisCivicAddress,
    /// Network sites.
    network_sites: NetworkSiteRecord = TenantNetworkSite,
    /// Subnets of network sites.
    network_subnets: NetworkSubnetRecord = TenantNetworkSubnet,
    /// Addresses by which the tenant's clients are seen from outside.
    trusted_ips: TrustedIpRecord = TenantTrustedIpAddress,
    /// What locates a caller.
    lis_elements: LisElementRecord = OnlineLisSubnet | OnlineLisSwitch | OnlineLisPort | OnlineLisWirelessAccessPoint,
    /// Conference bridges.
    conferencing_bridges: ConferencingBridgeRecord = OnlineDialInConferencingBridge,
    /// Bridge numbers of users.
    conferencing_users: ConferencingUserRecord = OnlineDialInConferencingUser,
    /// Orders of numbers.
    number_orders: NumberOrderRecord = OnlineTelephoneNumberOrder,
    /// Where the calls of users go.
    calling_settings: CallingSettingsRecord = UserCallingSettings,
    /// Domains of the tenant.
    domains: DomainRecord = GraphDomain,
    /// What the name servers say.
    dns: DnsRecord = DnsFacts,
    /// How the tenant federates.
    federation: FederationRecord = TenantFederationConfiguration,
    /// Groups.
    groups: GroupRecord = GraphGroup,
    /// Members of groups.
    group_members: GroupMemberRecord = GraphGroupMember,
    /// SKUs of the tenant.
    skus: SkuRecord = GraphSubscribedSku,
    /// SKUs of users.
    license_details: LicenseDetailsRecord = GraphLicenseDetail,
    /// Operators.
    operators: OperatorRecord = Operators,
    /// The tenant.
    tenants: TenantRecord = Tenant | GraphOrganization,
    /// Manifests.
    manifests: ManifestRecord = Manifest,
}

/// Makes room for more records, and for a quarter of what is there: doubling would keep half of it empty.
fn reserve<R>(list: &mut Vec<R>, more: usize) {
    if list.capacity() - list.len() < more {
        list.reserve_exact(more.max(list.len() / 4));
    }
}

/// How many of the properties of a record stand first, those among them that tell it from others.
const TELLING: usize = 4;

/// How many different records there are. Two that are told from each other by what stands first count as two, although they
/// may be of one object.
fn different<R: Record>(records: &[R], kind: ExportKind, texts: &Texts) -> u64 {
    let names = R::PROPERTIES.iter().enumerate();
    let telling = names.filter(|(slot, name)| *slot < TELLING || **name == "@user");
    let telling: Vec<&str> = telling.map(|(_, name)| *name).collect();
    let mut met: HashSet<Vec<Vec<String>>> = HashSet::new();
    let mut untold = 0;
    for record in records.iter().filter(|one| one.origin().kind == kind) {
        let words = telling.iter().map(|name| record.words(name, texts));
        let words: Vec<Vec<String>> = words.map(Option::unwrap_or_default).collect();
        // What cannot be told from others is nobody's double.
        if is_keyed(kind, record) {
            met.insert(words);
        } else {
            untold += 1;
        }
    }
    met.len() as u64 + untold
}

fn apart<R>(rows: Rows<R>) -> (Vec<R>, Notes) {
    (
        rows.records,
        Rows {
            records: Vec::new(),
            read: rows.read,
            arenas: rows.arenas,
            keys: rows.keys,
            bad: rows.bad,
            without_key: rows.without_key,
            without_user: rows.without_user,
            errors: rows.errors,
            damages: rows.damages,
            readable: rows.readable,
            properties: rows.properties,
            tenants: rows.tenants,
            cut_off: rows.cut_off,
        },
    )
}
