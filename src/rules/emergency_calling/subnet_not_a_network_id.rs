//! `rules/emergency-calling/subnet-not-a-network-id.md`

use std::net::IpAddr;

use crate::finding::{Draft, Label, Severity, Subject, SubjectKind};
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, Verdict, Verdicts, rule};
use crate::snapshot::record::NetworkSubnetRecord;
use crate::tenant::{Merged, Subnet, ends_in_zero};

pub(super) const RULE: Declared = rule!(
    "emergency-calling",
    "subnet-not-a-network-id",
    Check::Each(check)
);

type Known<'t> = (Subnet, &'t Merged<NetworkSubnetRecord>);

fn check(cx: &Cx) -> Verdicts {
    let tenant = cx.tenant;
    let texts = &tenant.snapshot.texts;
    let known: Vec<Known> = tenant
        .network
        .subnets
        .iter()
        .filter_map(|record| Some((Subnet::of_site(record, texts)?, record)))
        .collect();
    let mut verdicts: Verdicts = known
        .iter()
        .enumerate()
        .map(|(index, one)| of_site(*one, &known[..index], cx))
        .collect();
    for _ in known.len()..tenant.network.subnets.len() {
        verdicts.push(Verdict::Unknown("a subnet of a site is no network"));
    }
    for element in &tenant.network.lis {
        let Some(text) = element.subnet.get().map(|text| texts.symbol(text).trim()) else {
            continue;
        };
        let Ok(address) = text.parse::<IpAddr>() else {
            verdicts.push(Verdict::Unknown(
                "a subnet of the location information service is no address",
            ));
            continue;
        };
        let ids = known.iter().any(|(subnet, _)| subnet.network() == address);
        let site = known.iter().find(|(subnet, _)| subnet.contains(address));
        let (severity, what) = match site {
            _ if ids => {
                verdicts.push(Verdict::Passed);
                continue;
            }
            Some((subnet, _)) => (
                Severity::Error,
                format!(
                    "is no network id: the site knows `{}/{}`",
                    subnet.network(),
                    subnet.bits
                ),
            ),
            None if ends_in_zero(address) => {
                verdicts.push(Verdict::Passed);
                continue;
            }
            None => (
                Severity::Warning,
                "looks like the address of a device, not of a network".to_owned(),
            ),
        };
        verdicts.push(found(
            Draft::new(
                severity,
                Subject::new(SubjectKind::LisElement, format!("subnet {text}"), text),
                format!("the subnet `{text}` of the location information service {what}"),
                Label::new(element.at("Subnet"), "never matches"),
            )
            .related(site.map(|(_, record)| Label::new(record.at("SubnetID"), "the site's subnet")))
            .remedy(
                "make the entry again with the network id",
                ["# Remove-CsOnlineLisSubnet -Subnet <this one>, then Set-CsOnlineLisSubnet -Subnet <network id> -LocationId <location id>".to_owned()],
            ),
        ));
    }
    verdicts
}

fn of_site((subnet, record): Known, before: &[Known], cx: &Cx) -> Verdict {
    let texts = &cx.tenant.snapshot.texts;
    let name = format!("{}/{}", subnet.address, subnet.bits);
    let site = |record: &Merged<NetworkSubnetRecord>| {
        record
            .site
            .get()
            .map(|site| texts.symbol(site).to_lowercase())
    };
    let overlap = before
        .iter()
        .find(|(other, other_record)| other.overlaps(subnet) && site(other_record) != site(record));
    let (what, label) = match overlap {
        _ if !subnet.is_network_id() => (
            format!(
                "is no network id: `{}/{}` is",
                subnet.network(),
                subnet.bits
            ),
            "an address within the network",
        ),
        Some((other, _)) => (
            format!(
                "overlaps `{}/{}` of another site",
                other.address, other.bits
            ),
            "in two sites",
        ),
        None => return Verdict::Passed,
    };
    let other = overlap
        .filter(|_| subnet.is_network_id())
        .map(|(_, record)| record.at("SubnetID"));
    found(
        Draft::new(
            Severity::Error,
            Subject::new(SubjectKind::NetworkSubnet, &name, &name),
            format!("the subnet `{name}` {what}"),
            Label::new(record.at("SubnetID"), label),
        )
        .related(other.map(|place| Label::new(place, "the other one")))
        .remedy(
            "make the subnet again with its network id, in one site",
            [format!("# Remove-CsTenantNetworkSubnet, then New-CsTenantNetworkSubnet -SubnetID '{}' -MaskBits {} -NetworkSiteID <site>", subnet.network(), subnet.bits)],
        ),
    )
}

#[cfg(test)]
mod tests {
    use crate::rules::Verdict;
    use crate::rules::testing::verdicts;

    fn found(verdicts: &[Verdict]) -> Vec<&'static str> {
        verdicts
            .iter()
            .filter_map(|verdict| match verdict {
                Verdict::Found(draft) => Some(draft.severity.name()),
                _ => None,
            })
            .collect()
    }

    fn judge(subnets: &[(&str, u8, &str)], lis: &str) -> Vec<&'static str> {
        let rows: Vec<String> = subnets
            .iter()
            .map(|(id, bits, site)| {
                format!(r#"{{"SubnetID":"{id}","MaskBits":{bits},"NetworkSiteID":"{site}"}}"#)
            })
            .collect();
        found(&judge_rows(&rows.join(","), lis))
    }

    fn judge_rows(rows: &str, lis: &str) -> Vec<Verdict> {
        let rows = format!("[{rows}]");
        let lis = format!(
            r#"[{{"Subnet":"{lis}","LocationId":"00000000-0000-4000-8000-00000000000a"}}]"#
        );
        verdicts(
            "EM014",
            &[
                ("Get-CsTenantNetworkSubnet.json", &rows),
                ("Get-CsOnlineLisSubnet.json", &lis),
            ],
        )
    }

    #[test]
    fn what_is_no_network_is_no_pass() {
        let good = r#"{"SubnetID":"10.1.3.0","MaskBits":24,"NetworkSiteID":"A"}"#;
        for (id, bits) in [("10.1.2.0", "33"), ("10.1.2.x", "24"), ("10.1.2.5", "null")] {
            let odd = format!(r#"{{"SubnetID":"{id}","MaskBits":{bits},"NetworkSiteID":"A"}}"#);
            let verdicts = judge_rows(&format!("{good},{odd}"), "10.1.3.0");
            assert!(
                matches!(
                    verdicts[..],
                    [Verdict::Passed, Verdict::Unknown(_), Verdict::Passed]
                ),
                "{id}/{bits}: {verdicts:?}"
            );
        }
        let verdicts = judge_rows(good, "10.1.3.x");
        assert!(
            matches!(verdicts[..], [Verdict::Passed, Verdict::Unknown(_)]),
            "{verdicts:?}"
        );
    }

    #[test]
    fn host_bits_and_overlaps_are_found() {
        assert!(judge(&[("10.1.2.0", 24, "A")], "10.1.2.0").is_empty());
        assert_eq!(judge(&[("10.1.2.5", 24, "A")], "10.9.0.0"), ["error"]);
        assert_eq!(
            judge(&[("10.1.0.0", 16, "A"), ("10.1.2.0", 24, "B")], "10.9.0.0"),
            ["error"]
        );
        assert!(judge(&[("10.1.0.0", 16, "A"), ("10.1.2.0", 24, "a")], "10.9.0.0").is_empty());
        assert_eq!(judge(&[("10.1.2.0", 24, "A")], "10.1.2.5"), ["error"]);
        assert_eq!(judge(&[("10.1.2.0", 24, "A")], "10.9.2.5"), ["warning"]);
        assert_eq!(judge(&[("10.1.2.0", 24, "A")], "2001:db8::5"), ["warning"]);
        assert!(judge(&[("10.1.2.0", 24, "A")], "2001:db8::").is_empty());
    }
}
