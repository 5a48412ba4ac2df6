//! Addresses of networks and devices: what two of them have in common, their pseudonyms have in common too.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::key::Key;
use super::public;
use super::vocabulary::fold;
use crate::hexadecimal;

impl Key {
    /// An address of a network or of a device in one, with its mask.
    pub(super) fn network(&self, value: &str) -> Option<String> {
        let (address, mask) = match value.split_once('/') {
            Some((address, mask)) if public::is_digits(mask) && mask.len() <= 3 => {
                (address, Some(mask))
            }
            Some(_) => return None,
            None => (value, None),
        };
        let new = match address.parse().ok()? {
            IpAddr::V4(address) => IpAddr::V4(self.ip4(address)),
            IpAddr::V6(address) => IpAddr::V6(self.ip6(address)),
        };
        Some(match mask {
            Some(mask) => format!("{new}/{mask}"),
            None => new.to_string(),
        })
    }

    /// What begins alike still does; private addresses stay private, and zeros zeros, so that a network looks like one.
    fn ip4(&self, address: Ipv4Addr) -> Ipv4Addr {
        let old = address.octets();
        let mut new = old;
        let kept = match old {
            [192, 168, ..] | [169, 254, ..] => 2,
            [172, second @ 16..=31, ..] => {
                new[1] = 16 + self.digit(&old[..1], second - 16, 16);
                2
            }
            [10 | 127 | 0 | 255, ..] => 1,
            _ => 0,
        };
        for place in kept..4 {
            new[place] = self.octet(&old[..place], old[place]);
        }
        Ipv4Addr::from(new)
    }

    fn ip6(&self, address: Ipv6Addr) -> Ipv6Addr {
        let old = address.octets();
        let mut new = old;
        for place in 0..16 {
            new[place] = self.octet(&old[..place], old[place]);
        }
        if address.is_loopback() {
            address
        } else {
            Ipv6Addr::from(new)
        }
    }

    /// Another octet for an octet behind others; never the same for two, and zero for zero.
    fn octet(&self, before: &[u8], octet: u8) -> u8 {
        if octet == 0 {
            return 0;
        }
        1 + self.digit(before, octet - 1, 255)
    }

    /// Another number below `size`, never the same for two: the place in a shuffled row.
    fn digit(&self, before: &[u8], number: u8, size: u16) -> u8 {
        let mut row: Vec<u8> = (0..size).map(|one| one as u8).collect();
        let mut text = before.to_vec();
        text.push(0);
        let mut random = Vec::new();
        while random.len() < row.len() * 2 {
            let last = text.len() - 1;
            random.extend(self.mac("network", &text));
            text[last] = text[last].wrapping_add(1);
        }
        for last in (1..row.len()).rev() {
            let two = u16::from_be_bytes([random[last * 2], random[last * 2 + 1]]);
            row.swap(last, usize::from(two) % (last + 1));
        }
        row.get(usize::from(number)).copied().unwrap_or(number)
    }

    /// The address of a network card or access point, or the name of a port by it.
    pub(super) fn hardware(&self, value: &str) -> Option<String> {
        let separator = value
            .chars()
            .nth(2)
            .filter(|one| matches!(one, '-' | ':'))?;
        let parts: Vec<&str> = value.split(separator).collect();
        let is_part = |part: &&str| {
            part.len() <= 2
                && part
                    .bytes()
                    .all(|one| one.is_ascii_hexdigit() || one == b'*')
        };
        if parts.len() != 6 || !parts.iter().all(is_part) {
            return None;
        }
        let mac = hexadecimal::text_of(&self.mac("hardware", fold(&parts.join("-")).as_bytes()));
        let parts: Vec<&str> = (0..6).map(|part| &mac[part * 2..part * 2 + 2]).collect();
        Some(parts.join(&separator.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_keep_what_they_have_in_common() {
        let key = Key::new(b"0123456789abcdef").expect("it is long enough");
        let parts = |text: &str| {
            let new = key
                .shaped(text)
                .unwrap_or_else(|| panic!("{text} has no shape"));
            new.split(['.', '/']).map(str::to_owned).collect::<Vec<_>>()
        };
        let (network, device) = (parts("10.20.2.0/24"), parts("10.20.2.7/24"));
        assert_eq!(network[..3], device[..3]);
        assert_eq!(network[3], "0");
        let others: std::collections::BTreeSet<String> = (0..=255)
            .map(|last| parts(&format!("198.51.100.{last}"))[3].clone())
            .collect();
        assert_eq!(others.len(), 256);
    }
}
