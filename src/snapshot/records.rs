//! The typed records of a snapshot, one list for each type, and which kinds of export fill which list.

use super::csv_table::{CsvRow, CsvShape};
use super::kind::ExportKind;
use super::record::{
    AppRecord, AssociationRecord, CallingLineIdentityRecord, CallingPolicyRecord,
    CivicAddressRecord, EmergencyCallRoutingPolicyRecord, EmergencyCallingPolicyRecord,
    GatewayRecord, GroupPolicyRecord, LicenseDetailsRecord, LocationRecord, ManifestRecord,
    NumberConfigRecord, NumberPolicyRecord, NumberRecord, OperatorRecord, PstnUsageRecord,
    ResourceAccountRecord, SharedCallingPolicyRecord, SkuRecord, TenantRecord,
    UnassignedNumberRecord, UpgradePolicyRecord, UserRecord, VoiceRouteRecord,
    VoiceRoutingPolicyRecord,
};
use super::rows::{Export, Rows, read_csv, read_json};
use super::split_json::Raw;
use crate::source::Span;

/// Records of one file as they were cut, with their spans.
#[derive(Debug)]
pub enum Cut<'t> {
    /// JSON objects.
    Json(Vec<(Raw<'t>, Span)>),
    /// CSV rows.
    Csv(&'t CsvShape, Vec<(CsvRow<'t>, Span)>),
}

impl Cut<'_> {
    /// How many records there are.
    pub fn len(&self) -> usize {
        match self {
            Self::Json(records) => records.len(),
            Self::Csv(_, rows) => rows.len(),
        }
    }
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

            /// Reads the records of one file; `None` for a kind that no rule reads yet.
            pub fn read(export: Export, cut: &Cut) -> Option<(Self, Notes)> {
                match export.kind {
                    $( $(ExportKind::$kind)|+ => {
                        let rows: Rows<$type> = match cut {
                            Cut::Json(records) => read_json(export, records),
                            Cut::Csv(shape, rows) => read_csv(export, shape, rows),
                        };
                        let (records, notes) = apart(rows);
                        Some((Self { $field: records, ..Self::default() }, notes))
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
    /// Policies assigned to groups.
    group_policies: GroupPolicyRecord = GroupPolicyAssignment,
    /// Emergency locations.
    locations: LocationRecord = OnlineLisLocation,
    /// Emergency civic addresses.
    civic_addresses: CivicAddressRecord = OnlineLisCivicAddress,
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

fn apart<R>(rows: Rows<R>) -> (Vec<R>, Notes) {
    (
        rows.records,
        Rows {
            records: Vec::new(),
            arenas: rows.arenas,
            keys: rows.keys,
            bad: rows.bad,
            without_key: rows.without_key,
            damages: rows.damages,
            readable: rows.readable,
            tenants: rows.tenants,
        },
    )
}
