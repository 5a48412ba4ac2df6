//! The network as emergency calling sees it: sites, subnets, trusted addresses, and what locates a caller.

use super::record;
use crate::snapshot::cell::PolicyName;
use crate::snapshot::object_id::ObjectId;
use crate::snapshot::texts::Symbol;

record! {
    /// `Get-CsTenantNetworkSite`.
    NetworkSiteRecord {
        /// Its id.
        id: Symbol = "NetworkSiteID",
        /// Emergency call routing policy of callers at the site.
        emergency_call_routing_policy: PolicyName = "EmergencyCallRoutingPolicyName",
        /// Emergency calling policy of callers at the site.
        emergency_calling_policy: PolicyName = "EmergencyCallingPolicyName",
    }
}

record! {
    /// `Get-CsTenantNetworkSubnet`.
    NetworkSubnetRecord {
        /// Its network id, such as `10.1.2.0`.
        id: Symbol = "SubnetID",
        /// Length of the prefix, in bits.
        mask: i64 = "MaskBits",
        /// The site that it is in.
        site: Symbol = "NetworkSiteID",
    }
}

record! {
    /// `Get-CsTenantTrustedIPAddress`: an address by which the tenant's clients are seen from outside.
    TrustedIpRecord {
        /// The address.
        address: Symbol = "IPAddress",
        /// Length of the prefix, in bits.
        mask: i64 = "MaskBits",
    }
}

record! {
    /// What locates a caller: `Get-CsOnlineLisSubnet`, `…Switch`, `…Port`, `…WirelessAccessPoint`.
    LisElementRecord {
        /// Of a subnet: its network id.
        subnet: Symbol = "Subnet",
        /// Of a switch or port: the chassis.
        chassis: Symbol = "ChassisID",
        /// Of a port: its id.
        port: Symbol = "PortID",
        /// Of a wireless access point: its address.
        bssid: Symbol = "BSSID",
        /// The emergency location.
        location: ObjectId = "LocationId",
    }
}
