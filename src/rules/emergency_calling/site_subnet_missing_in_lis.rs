//! `rules/emergency-calling/site-subnet-missing-in-lis.md`

use std::net::IpAddr;

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Severity, Subject, SubjectKind};
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, Verdict, Verdicts, rule};
use crate::snapshot::record::{LisElementRecord, Record};
use crate::snapshot::{ExportKind, Field};
use crate::tenant::{Answer, Merged, Subnet, Subnets, ends_in_zero};

pub(super) const RULE: Declared = rule!(
    "emergency-calling",
    "site-subnet-missing-in-lis",
    Check::Each(check)
);

fn check(cx: &Cx) -> Verdicts {
    let tenant = cx.tenant;
    let texts = &tenant.snapshot.texts;
    let mut places: Vec<IpAddr> = tenant
        .network
        .lis
        .iter()
        .filter_map(|element| texts.symbol(element.subnet.get()?).trim().parse().ok())
        .collect();
    places.sort_unstable();
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
    let snapshot = &tenant.snapshot;
    let is_unread = |kind| !snapshot.has_export(kind) || snapshot.incomplete(kind).is_some();
    let unread = other.into_iter().any(is_unread);
    let subnets = tenant.network.subnets.iter();
    let mut verdicts: Verdicts = subnets
        .map(|record| {
            let Some(subnet) = Subnet::of_site(record, texts) else {
                return Verdict::Unknown("a subnet of a site is no network");
            };
            // The addresses of a network follow its first one.
            let first = subnet.network();
            let behind = places.partition_point(|place| *place < first);
            if places.get(behind).is_some_and(|place| subnet.contains(*place)) {
                return Verdict::Passed;
            }
            // Switches and access points may locate the callers of a subnet as well.
            if by_devices {
                return Verdict::Unknown(
                    "switches or access points may locate the callers of a subnet",
                );
            }
            if unread {
                return Verdict::Unknown(
                    "switches, ports and access points, which may locate callers, are not all exported",
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
        .collect();
    verdicts.extend(outside_of_sites(cx));
    verdicts
}

/// Subnets with an emergency location in no site, where the policies of sites tell somebody of emergency calls.
fn outside_of_sites(cx: &Cx) -> Vec<Verdict> {
    let tenant = cx.tenant;
    let texts = &tenant.snapshot.texts;
    let notified = are_sites_notified(cx);
    if notified == Answer::No {
        return Vec::new();
    }
    let records = &tenant.network.subnets;
    let of_site = |record| Subnet::of_site(record, texts);
    let are_all_networks = records.iter().all(|record| of_site(record).is_some());
    let known: Subnets = records.iter().filter_map(of_site).collect();
    let judge = |element: &Merged<LisElementRecord>| {
        let text = texts.symbol(element.subnet.get()?).trim();
        // What is no network id is another rule's.
        let address = text.parse().ok().filter(|place| ends_in_zero(*place))?;
        let mut around = known.around(Subnet::host(address));
        Some(if around.next().is_some() {
            Verdict::Passed
        } else if notified == Answer::Unknown {
            Verdict::Unknown(
                "it is not known whether the policies of sites tell of emergency calls",
            )
        } else if !are_all_networks {
            Verdict::Unknown("a subnet of a site is no network")
        } else {
            found(outside(element, text))
        })
    };
    tenant.network.lis.iter().filter_map(judge).collect()
}

fn outside(element: &Merged<LisElementRecord>, text: &str) -> Draft {
    Draft::new(
        Severity::Warning,
        Subject::new(SubjectKind::LisElement, format!("subnet {text}"), text),
        format!("the subnet `{text}` has an emergency location, but is in no network site, so that no policy of a site tells anybody of emergency calls from it"),
        Label::new(element.at("Subnet"), "in no site"),
    )
    .remedy(
        "put the subnet into its site",
        [format!(
            "# New-CsTenantNetworkSubnet -SubnetID {} -MaskBits <bits> -NetworkSiteID <site>",
            quoted(text)
        )],
    )
}

/// Whether the emergency calling policy of any network site tells somebody of emergency calls.
fn are_sites_notified(cx: &Cx) -> Answer {
    let tenant = cx.tenant;
    let mut answer = Answer::No;
    for site in tenant.network.sites.iter() {
        let told = match site.emergency_calling_policy {
            Field::Value(name) => {
                let policies = &tenant.emergency_calling_policies;
                let policy = policies.find_spelled(name, &tenant.snapshot.texts);
                policy.map_or(Answer::Unknown, |policy| tenant.tells_somebody(policy))
            }
            Field::Null => Answer::No,
            Field::Absent => Answer::Unknown,
        };
        match told {
            Answer::Yes => return Answer::Yes,
            Answer::Unknown => answer = Answer::Unknown,
            Answer::No => {}
        }
    }
    answer
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
                ("Get-CsOnlineLisSwitch.json", "[]"),
                ("Get-CsOnlineLisPort.json", "[]"),
                ("Get-CsOnlineLisWirelessAccessPoint.json", "[]"),
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

    #[test]
    fn devices_that_were_not_all_exported_may_locate_callers() {
        const DEVICES: [&str; 3] = [
            "Get-CsOnlineLisSwitch",
            "Get-CsOnlineLisPort",
            "Get-CsOnlineLisWirelessAccessPoint",
        ];
        let judge = |devices: &[&str], incomplete: &str| {
            let manifest = format!(r#"{{"exports":[{{"kind":"{incomplete}","complete":false}}]}}"#);
            let names: Vec<String> = devices.iter().map(|kind| format!("{kind}.json")).collect();
            let mut files = vec![
                (
                    "Get-CsTenantNetworkSubnet.json",
                    r#"[{"SubnetID":"10.1.3.0","MaskBits":24,"NetworkSiteID":"Berlin"}]"#,
                ),
                (
                    "Get-CsOnlineLisSubnet.json",
                    r#"[{"Subnet":"10.1.2.0","LocationId":"00000000-0000-4000-8000-00000000000a"}]"#,
                ),
                ("manifest.json", &manifest),
            ];
            files.extend(names.iter().map(|name| (name.as_str(), "[]")));
            verdicts("EM012", &files)
        };
        assert_eq!(severity(&judge(&DEVICES, "Get-CsTenant")), "warning");
        for gone in DEVICES {
            let left: Vec<&str> = DEVICES.into_iter().filter(|kind| *kind != gone).collect();
            for open in [judge(&left, "Get-CsTenant"), judge(&DEVICES, gone)] {
                assert!(
                    matches!(open[..], [Verdict::Unknown(_)]),
                    "{gone}: {open:?}"
                );
            }
        }
    }

    /// What is said of a place in no site, where the site has that policy, and the policy these properties.
    fn outside(site: &str, policy: &str, place: &str) -> Vec<Verdict> {
        let sites = format!(
            r#"[{{"NetworkSiteID":"Berlin","NetworkRegionID":"R","EmergencyCallRoutingPolicyName":null,"EmergencyCallingPolicyName":{site}}}]"#
        );
        let policies = format!(
            r#"[{{"Identity":"Tag:Desk","NotificationMode":0,"NotificationDialOutNumber":null,"ExtendedNotifications":[],{policy}}}]"#
        );
        let places = format!(
            r#"[{{"Subnet":"10.1.2.0","LocationId":"00000000-0000-4000-8000-00000000000a"}},{{"Subnet":"{place}","LocationId":"00000000-0000-4000-8000-00000000000a"}}]"#
        );
        verdicts(
            "EM012",
            &[
                (
                    "Get-CsTenantNetworkSubnet.json",
                    r#"[{"SubnetID":"10.1.2.0","MaskBits":24,"NetworkSiteID":"Berlin"}]"#,
                ),
                ("Get-CsOnlineLisSubnet.json", &places),
                ("Get-CsTenantNetworkSite.json", &sites),
                ("Get-CsTeamsEmergencyCallingPolicy.json", &policies),
            ],
        )
    }

    #[test]
    fn places_need_a_site_where_sites_tell_of_emergency_calls() {
        const DESK: &str = r#""NotificationGroup":"desk@contoso.example""#;
        const NOBODY: &str = r#""NotificationGroup":null"#;
        let place = "10.9.9.0";
        let verdicts = outside("\"Desk\"", DESK, place);
        let [Verdict::Passed, Verdict::Passed, Verdict::Found(draft)] = &verdicts[..] else {
            panic!("{verdicts:?}");
        };
        assert_eq!(draft.subject.id, "subnet 10.9.9.0");
        for (site, policy, place) in [
            ("null", DESK, place),
            ("\"Desk\"", NOBODY, place),
            ("\"Desk\"", DESK, "10.1.2.0"),
            ("\"Desk\"", DESK, "10.9.9.12"),
        ] {
            let verdicts = outside(site, policy, place);
            let passed = verdicts.iter().all(|one| matches!(one, Verdict::Passed));
            assert!(passed, "{site}, {policy}, {place}: {verdicts:?}");
        }
        let gone = outside("\"Gone\"", DESK, place);
        assert!(
            gone.iter().any(|one| matches!(one, Verdict::Unknown(_))),
            "{gone:?}"
        );
    }

    #[test]
    fn many_subnets_and_places_are_compared_at_once() {
        const COUNT: usize = 30_000;
        let subnet = |at: usize| format!("10.{}.{}.0", at >> 8, at & 255);
        let subnets: Vec<String> = (0..COUNT)
            .map(|at| {
                let id = subnet(at);
                format!(r#"{{"SubnetID":"{id}","MaskBits":24,"NetworkSiteID":"Berlin"}}"#)
            })
            .collect();
        let places: Vec<String> = (0..COUNT)
            .map(|at| {
                let id = subnet(COUNT + at);
                format!(
                    r#"{{"Subnet":"{id}","LocationId":"00000000-0000-4000-8000-00000000000a"}}"#
                )
            })
            .collect();
        let verdicts = verdicts(
            "EM012",
            &[
                (
                    "Get-CsTenantNetworkSubnet.json",
                    &format!("[{}]", subnets.join(",")),
                ),
                (
                    "Get-CsOnlineLisSubnet.json",
                    &format!("[{}]", places.join(",")),
                ),
                (
                    "Get-CsTenantNetworkSite.json",
                    r#"[{"NetworkSiteID":"Berlin","NetworkRegionID":"R","EmergencyCallRoutingPolicyName":null,"EmergencyCallingPolicyName":"Desk"}]"#,
                ),
                (
                    "Get-CsTeamsEmergencyCallingPolicy.json",
                    r#"[{"Identity":"Tag:Desk","NotificationMode":0,"NotificationDialOutNumber":null,"ExtendedNotifications":[],"NotificationGroup":"desk@contoso.example"}]"#,
                ),
                ("Get-CsOnlineLisSwitch.json", "[]"),
                ("Get-CsOnlineLisPort.json", "[]"),
                ("Get-CsOnlineLisWirelessAccessPoint.json", "[]"),
            ],
        );
        let found = verdicts.iter();
        let found = found.filter(|one| matches!(one, Verdict::Found(_)));
        assert_eq!(found.count(), 2 * COUNT);
    }
}
