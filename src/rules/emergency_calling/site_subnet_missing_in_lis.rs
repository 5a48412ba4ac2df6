//! `rules/emergency-calling/site-subnet-missing-in-lis.md`

use std::net::IpAddr;

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Severity, Subject, SubjectKind};
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, Verdict, Verdicts, rule};
use crate::snapshot::ExportKind;
use crate::snapshot::record::Record;
use crate::tenant::Subnet;

pub(super) const RULE: Declared = rule!(
    "emergency-calling",
    "site-subnet-missing-in-lis",
    Check::Each(check)
);

fn check(cx: &Cx) -> Verdicts {
    let tenant = cx.tenant;
    let texts = &tenant.snapshot.texts;
    let places: Vec<IpAddr> = tenant
        .network
        .lis
        .iter()
        .filter_map(|element| texts.symbol(element.subnet.get()?).trim().parse().ok())
        .collect();
    // Without any place the tenant does not locate callers at all.
    if tenant.network.lis.is_empty() {
        return Verdicts::default();
    }
    let other = [
        ExportKind::OnlineLisSwitch,
        ExportKind::OnlineLisPort,
        ExportKind::OnlineLisWirelessAccessPoint,
    ];
    let by_devices = tenant
        .network
        .lis
        .iter()
        .any(|element| other.contains(&element.origin().kind));
    tenant
        .network
        .subnets
        .iter()
        .map(|record| {
            let Some(subnet) = Subnet::of_site(record, texts) else {
                return Verdict::Unknown("a subnet of a site is no network");
            };
            if places.iter().any(|place| subnet.contains(*place)) {
                return Verdict::Passed;
            }
            // Switches and access points may locate the callers of a subnet as well.
            if by_devices {
                return Verdict::Unknown(
                    "switches or access points may locate the callers of a subnet",
                );
            }
            let name = format!("{}/{}", subnet.address, subnet.bits);
            let site = record.site.get().map_or("", |site| texts.symbol(site));
            found(
                Draft::new(
                    Severity::Warning,
                    Subject::new(SubjectKind::NetworkSubnet, &name, &name),
                    format!(
                        "callers in the subnet `{name}` of the site `{site}` are located nowhere"
                    ),
                    Label::new(record.at("SubnetID"), "no place for this subnet"),
                )
                .remedy(
                    "give the subnet an emergency location",
                    [format!(
                        "# Set-CsOnlineLisSubnet -Subnet {} -LocationId <location id>",
                        quoted(&subnet.network().to_string())
                    )],
                ),
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::rules::Verdict;
    use crate::rules::testing::verdicts;

    fn severity(verdicts: &[Verdict]) -> &'static str {
        match verdicts {
            [Verdict::Found(draft)] => draft.severity.name(),
            other => panic!("{other:?}"),
        }
    }

    fn judge(subnet: &str, place: &str) -> Vec<Verdict> {
        let subnets =
            format!(r#"[{{"SubnetID":"{subnet}","MaskBits":24,"NetworkSiteID":"Berlin"}}]"#);
        verdicts(
            "EM012",
            &[
                ("Get-CsTenantNetworkSubnet.json", &subnets),
                ("Get-CsOnlineLisSubnet.json", place),
            ],
        )
    }

    #[test]
    fn subnets_of_sites_need_a_place() {
        let place =
            r#"[{"Subnet":"10.1.2.0","LocationId":"00000000-0000-4000-8000-00000000000a"}]"#;
        assert!(matches!(judge("10.1.2.0", place)[..], [Verdict::Passed]));
        assert_eq!(severity(&judge("10.1.3.0", place)), "warning");
        assert!(
            judge("10.1.3.0", "[]").is_empty(),
            "the tenant locates nobody"
        );
        assert!(matches!(judge("nowhere", place)[..], [Verdict::Unknown(_)]));
    }
}
