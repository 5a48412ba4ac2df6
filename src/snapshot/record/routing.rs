//! Direct Routing: policies, PSTN usages, routes and gateways.

use super::record;
use crate::snapshot::cell::PolicyName;
use crate::snapshot::texts::Symbol;

record! {
    /// `Get-CsOnlineVoiceRoutingPolicy`.
    VoiceRoutingPolicyRecord {
        /// Name of the instance; `Global` is everybody's without another.
        name: PolicyName = "Identity",
        /// PSTN usages, in the order in which they are tried.
        usages: Box<[Symbol]> = "OnlinePstnUsages",
    }
}

record! {
    /// `Get-CsOnlinePstnUsage`: one record with the list of all usages.
    PstnUsageRecord {
        /// Always `Global`.
        name: PolicyName = "Identity",
        /// The usages of the tenant.
        usages: Box<[Symbol]> = "Usage",
    }
}

record! {
    /// `Get-CsOnlineVoiceRoute`.
    VoiceRouteRecord {
        /// Name of the route.
        name: PolicyName = "Identity",
        /// A .NET regular expression over the dialled number.
        pattern: Symbol = "NumberPattern",
        /// Usages that the route belongs to.
        usages: Box<[Symbol]> = "OnlinePstnUsages",
        /// Gateways that it leads to.
        gateways: Box<[Symbol]> = "OnlinePstnGatewayList",
        /// Lower is tried first.
        priority: i64 = "Priority",
    }
}

record! {
    /// `Get-CsOnlinePSTNGateway`: a session border controller.
    GatewayRecord {
        /// Its DNS name.
        fqdn: Symbol = "Identity",
        /// Whether calls are sent to it.
        enabled: bool = "Enabled",
        /// Whether it passes on where a caller is.
        pidflo: bool = "PidfloSupported",
    }
}
