//! The network as emergency calling sees it.
//!
//! Source: <https://learn.microsoft.com/microsoftteams/configure-dynamic-emergency-calling>.

use super::merged::{Merged, merge};
use super::named::Named;
use crate::finding::Problem;
use crate::snapshot::record::{
    LisElementRecord, NetworkSiteRecord, NetworkSubnetRecord, Record, TrustedIpRecord,
};
use crate::snapshot::{Records, Symbol, Texts};

/// Sites, subnets, trusted addresses, and what locates a caller.
#[derive(Debug)]
pub struct Network {
    /// Network sites, by id.
    pub sites: Named<NetworkSiteRecord>,
    /// Subnets of sites, in order of network id and mask.
    pub subnets: Vec<Merged<NetworkSubnetRecord>>,
    /// Addresses by which the tenant's clients are seen from outside, in order.
    pub trusted_ips: Vec<Merged<TrustedIpRecord>>,
    /// Subnets, switches, ports and access points with their emergency location, in order.
    pub lis: Vec<Merged<LisElementRecord>>,
}

impl Network {
    pub(super) fn build(records: &mut Records, texts: &Texts, problems: &mut Vec<Problem>) -> Self {
        let text = |symbol: Option<Symbol>| {
            symbol.map(|symbol| texts.symbol(symbol).trim().to_lowercase())
        };
        Self {
            sites: Named::build(
                std::mem::take(&mut records.network_sites),
                |site| text(site.id.get()),
                texts,
                problems,
            ),
            subnets: merge(
                std::mem::take(&mut records.network_subnets),
                |subnet| Some((text(subnet.id.get())?, subnet.mask.get())),
                texts,
                problems,
            ),
            trusted_ips: merge(
                std::mem::take(&mut records.trusted_ips),
                |ip| Some((text(ip.address.get())?, ip.mask.get())),
                texts,
                problems,
            ),
            lis: merge(
                std::mem::take(&mut records.lis_elements),
                |element| {
                    let place = [
                        text(element.subnet.get()),
                        text(element.chassis.get()),
                        text(element.port.get()),
                        text(element.bssid.get()),
                    ];
                    let is_named = place.iter().any(Option::is_some);
                    is_named.then_some((element.origin().kind, place))
                },
                texts,
                problems,
            ),
        }
    }
}

impl super::Tenant {
    /// What locates callers, as identity and in words.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csonlinelissubnet>.
    pub fn lis_name(&self, element: &Merged<LisElementRecord>) -> (String, String) {
        let text = |symbol: crate::snapshot::Field<Symbol>| {
            symbol
                .get()
                .map(|one| self.snapshot.texts.symbol(one).trim().to_owned())
        };
        match (
            text(element.subnet),
            text(element.chassis),
            text(element.port),
            text(element.bssid),
        ) {
            (Some(subnet), ..) => (format!("subnet {subnet}"), format!("the subnet `{subnet}`")),
            (_, Some(chassis), Some(port), _) => (
                format!("port {chassis} {port}"),
                format!("the port `{port}` of the switch `{chassis}`"),
            ),
            (_, Some(chassis), ..) => (
                format!("switch {chassis}"),
                format!("the switch `{chassis}`"),
            ),
            (.., Some(bssid)) => (
                format!("access point {bssid}"),
                format!("the wireless access point `{bssid}`"),
            ),
            _ => (String::new(), "an element of the network".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::tenant::testing::tenant;

    #[test]
    fn whatever_locates_callers_has_a_name_of_its_own() {
        const PLACE: &str = "00000000-0000-4000-8000-00000000000a";
        let named = |file: &str, keys: &str| {
            let text = format!(r#"[{{{keys},"LocationId":"{PLACE}"}}]"#);
            let tenant = tenant(&[(file, &text)]);
            tenant.lis_name(&tenant.network.lis[0])
        };
        let (subnet, _) = named("Get-CsOnlineLisSubnet.json", r#""Subnet":"10.1.2.0""#);
        assert_eq!(subnet, "subnet 10.1.2.0");
        let (port, words) = named(
            "Get-CsOnlineLisPort.json",
            r#""ChassisID":"0B-23-CD-16-AA-CC","PortID":"12""#,
        );
        assert_eq!(port, "port 0B-23-CD-16-AA-CC 12");
        assert_eq!(words, "the port `12` of the switch `0B-23-CD-16-AA-CC`");
        let (switch, _) = named(
            "Get-CsOnlineLisSwitch.json",
            r#""ChassisID":"0B-23-CD-16-AA-CC""#,
        );
        assert_eq!(switch, "switch 0B-23-CD-16-AA-CC");
        let (point, words) = named(
            "Get-CsOnlineLisWirelessAccessPoint.json",
            r#""BSSID":"F0-6E-0B-C2-03-23""#,
        );
        assert_eq!(point, "access point F0-6E-0B-C2-03-23");
        assert_eq!(words, "the wireless access point `F0-6E-0B-C2-03-23`");
    }
}
