//! Networks by address and length of prefix, IPv4 and IPv6.

use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;

use foldhash::fast::FixedState;

use super::Merged;
use crate::snapshot::Texts;
use crate::snapshot::record::{NetworkSubnetRecord, TrustedIpRecord};

/// A network: any of its addresses, and the length of its prefix.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Subnet {
    /// The address as written.
    pub address: IpAddr,
    /// Length of the prefix, in bits: at most 32 or 128.
    pub bits: u8,
}

impl Subnet {
    /// A network; `None` where the prefix is longer than the address.
    pub fn new(address: IpAddr, bits: i64) -> Option<Self> {
        let bits = u8::try_from(bits).ok()?;
        (bits <= width(address)).then_some(Self { address, bits })
    }

    /// The network of one address alone.
    pub fn host(address: IpAddr) -> Self {
        let bits = width(address);
        Self { address, bits }
    }

    /// The network of a subnet of a site.
    pub fn of_site(record: &Merged<NetworkSubnetRecord>, texts: &Texts) -> Option<Self> {
        let address = texts.symbol(record.id.get()?).trim().parse().ok()?;
        Self::new(address, record.mask.get()?)
    }

    /// The network of a trusted address.
    pub fn trusted(record: &Merged<TrustedIpRecord>, texts: &Texts) -> Option<Self> {
        let address = texts.symbol(record.address.get()?).trim().parse().ok()?;
        Self::new(address, record.mask.get()?)
    }

    /// The first address of the network.
    pub fn network(self) -> IpAddr {
        match self.address {
            IpAddr::V4(address) => {
                let mask = u32::MAX.checked_shl(32 - u32::from(self.bits)).unwrap_or(0);
                IpAddr::V4((u32::from(address) & mask).into())
            }
            IpAddr::V6(address) => {
                let mask = u128::MAX
                    .checked_shl(128 - u32::from(self.bits))
                    .unwrap_or(0);
                IpAddr::V6((u128::from(address) & mask).into())
            }
        }
    }

    /// Whether the address as written is the first of the network.
    pub fn is_network_id(self) -> bool {
        self.network() == self.address
    }

    /// Whether an address is in the network.
    pub fn contains(self, address: IpAddr) -> bool {
        address.is_ipv4() == self.address.is_ipv4()
            && Self { address, ..self }.network() == self.network()
    }

    /// Whether two networks have addresses in common.
    #[cfg(test)]
    pub(crate) fn overlaps(self, other: Self) -> bool {
        self.contains(other.network()) || other.contains(self.network())
    }

    /// Whether the address is one that nobody outside can see.
    pub fn is_private(self) -> bool {
        match self.address {
            IpAddr::V4(address) => {
                address.is_private() || address.is_loopback() || address.is_link_local()
            }
            IpAddr::V6(address) => {
                address.is_unique_local()
                    || address.is_loopback()
                    || address.is_unicast_link_local()
            }
        }
    }
}

/// Networks in order, found by the addresses in them. Of two networks one holds the other, or they have nothing in common:
/// however many there are, a look-up for each length of prefix finds all that hold one.
#[derive(Debug, Default)]
pub struct Subnets {
    /// The first of each network.
    places: HashMap<(IpAddr, u8), usize, FixedState>,
    /// The lengths of prefixes that there are, and whether they are those of IPv4.
    lengths: BTreeSet<(bool, u8)>,
}

impl Subnets {
    /// The places of the networks that hold a network, itself included: of equal ones the first, the widest one before
    /// the others.
    pub fn around(&self, subnet: Subnet) -> impl Iterator<Item = usize> {
        let family = subnet.address.is_ipv4();
        let lengths = self.lengths.range((family, 0)..=(family, subnet.bits));
        lengths.filter_map(move |(_, bits)| {
            let around = Subnet {
                bits: *bits,
                ..subnet
            };
            self.places.get(&(around.network(), *bits)).copied()
        })
    }
}

impl FromIterator<Subnet> for Subnets {
    fn from_iter<I: IntoIterator<Item = Subnet>>(subnets: I) -> Self {
        let mut all = Self::default();
        for (place, subnet) in subnets.into_iter().enumerate() {
            let network = (subnet.network(), subnet.bits);
            all.places.entry(network).or_insert(place);
            all.lengths.insert((subnet.address.is_ipv4(), subnet.bits));
        }
        all
    }
}

/// Whether an address without a mask is probably the first of a network, not that of a device.
pub fn ends_in_zero(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.octets()[3] == 0,
        IpAddr::V6(address) => address.segments()[7] == 0,
    }
}

fn width(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subnet(address: &str, bits: i64) -> Subnet {
        Subnet::new(address.parse().expect("an address"), bits).expect("a network")
    }

    #[test]
    fn networks_have_an_id_and_hold_addresses() {
        assert!(subnet("10.1.2.0", 24).is_network_id());
        assert!(!subnet("10.1.2.5", 24).is_network_id());
        assert!(subnet("10.1.2.5", 32).is_network_id());
        assert!(subnet("0.0.0.0", 0).contains("203.0.113.9".parse().expect("an address")));
        assert!(subnet("2001:db8::", 32).contains("2001:db8:1::1".parse().expect("an address")));
        assert!(!subnet("2001:db8::", 32).contains("10.0.0.1".parse().expect("an address")));
        assert!(subnet("10.1.0.0", 16).overlaps(subnet("10.1.2.0", 24)));
        assert!(!subnet("10.1.0.0", 24).overlaps(subnet("10.1.1.0", 24)));
        assert!(Subnet::new("10.0.0.0".parse().expect("an address"), 33).is_none());
        assert!(subnet("10.1.2.0", 24).is_private() && subnet("fd00::", 8).is_private());
        assert!(!subnet("198.51.100.0", 24).is_private());
    }

    #[test]
    fn all_networks_around_one_are_found_the_first_of_equal_ones() {
        let all = [
            subnet("10.1.2.0", 24),
            subnet("10.0.0.0", 8),
            subnet("10.1.2.9", 24),
            subnet("10.1.2.9", 32),
            subnet("10.2.0.0", 16),
            subnet("2001:db8::", 32),
            subnet("::", 0),
        ];
        let known: Subnets = all.into_iter().collect();
        for one in all {
            let mut around: Vec<usize> = known.around(one).collect();
            around.sort_unstable();
            let holds = |other: &Subnet| other.bits <= one.bits && other.contains(one.address);
            let places = (0..all.len()).filter(|place| *place != 2 && holds(&all[*place]));
            assert_eq!(around, places.collect::<Vec<_>>(), "{one:?}");
        }
        let of = |address: &str| {
            let host = Subnet::host(address.parse().expect("an address"));
            known.around(host).collect::<Vec<_>>()
        };
        assert_eq!(of("10.1.2.9"), [1, 0, 3]);
        assert_eq!(of("2001:db8::1"), [6, 5]);
        assert!(of("192.0.2.1").is_empty());
    }

    #[test]
    fn what_only_the_inside_sees_is_private() {
        for inside in ["192.168.1.0", "127.0.0.1", "169.254.3.0"] {
            assert!(subnet(inside, 24).is_private(), "{inside}");
        }
        for inside in ["fd00::", "fe80::"] {
            assert!(subnet(inside, 64).is_private(), "{inside}");
        }
        assert!(subnet("::1", 128).is_private());
        assert!(!subnet("2001:db8::", 32).is_private());
    }

    #[test]
    fn the_network_of_six_is_cut_at_its_bits() {
        let network = |address: &str, bits: i64| subnet(address, bits).network().to_string();
        assert_eq!(network("2001:db8:1:2::5", 64), "2001:db8:1:2::");
        assert_eq!(network("2001:db8:1:2::5", 128), "2001:db8:1:2::5");
        assert_eq!(network("2001:db8:1:2::5", 0), "::");
        assert_eq!(network("10.1.2.5", 31), "10.1.2.4");
    }
}
