//! `rules/emergency-calling/subnet-not-a-network-id.md`

use std::collections::HashSet;
use std::net::IpAddr;

use crate::finding::{Draft, Label, Severity, Subject, SubjectKind};
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, Verdict, Verdicts, rule};
use crate::snapshot::record::NetworkSubnetRecord;
use crate::tenant::{Merged, Subnet, Subnets, ends_in_zero};

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
    let subnets: Subnets = known.iter().map(|(subnet, _)| *subnet).collect();
    let mut verdicts: Verdicts = known
        .iter()
        .zip(overlaps(&known, &subnets, cx))
        .map(|(one, overlap)| of_site(*one, overlap.map(|place| known[place])))
        .collect();
    let networks: HashSet<IpAddr> = known.iter().map(|(subnet, _)| subnet.network()).collect();
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
        let ids = networks.contains(&address);
        let site = subnets.around(Subnet::host(address)).min();
        let site = site.map(|place| known[place]);
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

/// For each subnet, the first before it that has addresses in common with it, in another site.
fn overlaps(known: &[Known], subnets: &Subnets, cx: &Cx) -> Vec<Option<usize>> {
    let texts = &cx.tenant.snapshot.texts;
    let site = |(_, record): &Known| {
        let site = record.site.get()?;
        Some(texts.symbol(site).to_lowercase())
    };
    let sites: Vec<Option<String>> = known.iter().map(site).collect();
    // What was met of each network, and within it, by the place of its first subnet.
    let mut met: Vec<(Firsts, Firsts)> = vec![Default::default(); known.len()];
    let mut overlaps = Vec::with_capacity(known.len());
    for (place, (subnet, _)) in known.iter().enumerate() {
        let mut first: Option<usize> = None;
        for around in subnets.around(*subnet) {
            let is_same = known[around].0.bits == subnet.bits;
            let (own, within) = &mut met[around];
            let others = [
                own.elsewhere(place, &sites),
                within.elsewhere(place, &sites).filter(|_| is_same),
            ];
            first = others.into_iter().flatten().chain(first).min();
            let own_or_within = if is_same { own } else { within };
            own_or_within.note(place, &sites);
        }
        overlaps.push(first);
    }
    overlaps
}

/// The first of some subnets, and the first of them that is in another site than that one: whatever the site of a subnet is,
/// one of both is the first that is in another one.
#[derive(Clone, Default)]
struct Firsts {
    first: Option<usize>,
    other: Option<usize>,
}

impl Firsts {
    fn note(&mut self, place: usize, sites: &[Option<String>]) {
        match self.first {
            None => self.first = Some(place),
            Some(first) if self.other.is_none() && sites[first] != sites[place] => {
                self.other = Some(place);
            }
            Some(_) => {}
        }
    }

    fn elsewhere(&self, place: usize, sites: &[Option<String>]) -> Option<usize> {
        let both = [self.first, self.other].into_iter().flatten();
        both.into_iter().find(|other| sites[*other] != sites[place])
    }
}

fn of_site((subnet, record): Known, overlap: Option<Known>) -> Verdict {
    let name = format!("{}/{}", subnet.address, subnet.bits);
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
    use super::Subnet;
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

    /// What is said of subnets, in order of their ids.
    fn said(subnets: &[(String, u8, char)]) -> Vec<Option<String>> {
        let rows: Vec<String> = subnets
            .iter()
            .map(|(id, bits, site)| {
                format!(r#"{{"SubnetID":"{id}","MaskBits":{bits},"NetworkSiteID":"{site}"}}"#)
            })
            .collect();
        let mut verdicts = judge_rows(&rows.join(","), "2001:db8::");
        assert!(matches!(verdicts.pop(), Some(Verdict::Passed)));
        let said = verdicts.into_iter().map(|verdict| match verdict {
            Verdict::Found(draft) => Some(draft.message),
            _ => None,
        });
        said.collect()
    }

    #[test]
    fn a_subnet_overlaps_the_first_one_of_another_site() {
        let subnet = |id: &str, bits, site| (id.to_owned(), bits, site);
        let wide = [
            subnet("10.0.0.0", 8, 'B'),
            subnet("10.0.0.0", 16, 'A'),
            subnet("10.0.1.0", 24, 'B'),
            subnet("10.0.2.0", 24, 'C'),
        ];
        let overlaps = |one: &str, other: &str| {
            Some(format!(
                "the subnet `{one}` overlaps `{other}` of another site"
            ))
        };
        assert_eq!(
            said(&wide),
            [
                None,
                overlaps("10.0.0.0/16", "10.0.0.0/8"),
                overlaps("10.0.1.0/24", "10.0.0.0/16"),
                overlaps("10.0.2.0/24", "10.0.0.0/8"),
            ]
        );
        // The order is that of texts: the wider one comes last.
        let late = [subnet("10.0.0.0", 8, 'A'), subnet("8.0.0.0", 5, 'B')];
        assert_eq!(said(&late), [None, overlaps("8.0.0.0/5", "10.0.0.0/8")]);
    }

    #[test]
    fn overlaps_are_those_of_each_subnet_with_each_one_before() {
        let mut state = 1_u32;
        let mut draw = |below: u32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) % below
        };
        for _ in 0..100 {
            let mut subnets: Vec<(String, u8, char)> = (0..=draw(12))
                .map(|_| {
                    let bits = 3 + draw(4);
                    let id = std::net::Ipv4Addr::from(draw(1 << bits) << (32 - bits));
                    let site = ['A', 'B', 'C'][draw(3) as usize];
                    (id.to_string(), bits as u8, site)
                })
                .collect();
            subnets.sort();
            subnets.dedup_by_key(|(id, bits, _)| (id.clone(), *bits));
            let network = |(id, bits, _): &(String, u8, char)| {
                let address = id.parse().expect("an address");
                Subnet::new(address, i64::from(*bits)).expect("a network")
            };
            let expected: Vec<Option<String>> = subnets
                .iter()
                .enumerate()
                .map(|(place, one)| {
                    let mut before = subnets[..place].iter();
                    let (id, bits, _) = before
                        .find(|other| other.2 != one.2 && network(other).overlaps(network(one)))?;
                    Some(format!(
                        "the subnet `{}/{}` overlaps `{id}/{bits}` of another site",
                        one.0, one.1
                    ))
                })
                .collect();
            assert_eq!(said(&subnets), expected, "{subnets:?}");
        }
    }

    #[test]
    fn many_subnets_are_compared_at_once() {
        const COUNT: usize = 30_000;
        let subnet = |at: usize| format!("10.{}.{}.0", at >> 8, at & 255);
        let rows: Vec<String> = (0..COUNT)
            .map(|at| {
                let id = subnet(at);
                format!(r#"{{"SubnetID":"{id}","MaskBits":24,"NetworkSiteID":"S{at}"}}"#)
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
            "EM014",
            &[
                (
                    "Get-CsTenantNetworkSubnet.json",
                    &format!("[{}]", rows.join(",")),
                ),
                (
                    "Get-CsOnlineLisSubnet.json",
                    &format!("[{}]", places.join(",")),
                ),
            ],
        );
        assert_eq!(verdicts.len(), 2 * COUNT);
        assert!(found(&verdicts).is_empty());
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
