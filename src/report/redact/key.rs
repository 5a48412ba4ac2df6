//! The key of a redacted report, and the two things that are made with it: words, and digits for digits.
//!
//! Without the key nobody can guess a pseudonym back: there are too few telephone numbers for a plain hash of one to
//! hide it.

use std::fmt::{self, Write as _};

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use crate::finding::Fingerprint;
use crate::hexadecimal;

/// Hexadecimal digits of a word: 48 bits, so that two things of one tenant do not become one.
const DIGITS: usize = 12;
/// Rounds of the network that changes digits, as many as FF1 has.
const ROUNDS: u8 = 10;
/// Digits that are changed together at most: half of them fit 64 bits.
const TOGETHER: usize = 36;

/// What all pseudonyms of a report are made with.
#[derive(Clone)]
pub struct Key(Hmac<Sha256>);

impl Key {
    /// The fewest bytes of a key.
    pub const LEAST: usize = 16;

    /// A key of these bytes; `None` when they are too few to be one.
    pub fn new(bytes: &[u8]) -> Option<Self> {
        if bytes.len() < Self::LEAST {
            return None;
        }
        // As HMAC prepares any key: a long one is hashed, a short one filled up.
        let mut block = [0; 64];
        match block.get_mut(..bytes.len()) {
            Some(start) => start.copy_from_slice(bytes),
            None => block[..32].copy_from_slice(&Sha256::digest(bytes)),
        }
        Some(Self(Hmac::new(&block.into())))
    }

    /// HMAC-SHA256 of a text; `class` keeps things of different kinds apart.
    pub(super) fn mac(&self, class: &str, text: &[u8]) -> [u8; 32] {
        let mut mac = self.0.clone();
        mac.update(class.as_bytes());
        mac.update(&[0]);
        mac.update(text);
        mac.finalize().into_bytes().into()
    }

    /// A word for a text.
    pub(super) fn word(&self, class: &str, text: &str) -> String {
        let mut word = hexadecimal::text_of(&self.mac(class, text.as_bytes()));
        word.truncate(DIGITS);
        word
    }

    /// The fingerprint of a finding, as a redacted report tells it.
    pub(super) fn fingerprint(&self, plain: Fingerprint) -> Fingerprint {
        let mac = self.mac("fingerprint", &plain.0);
        let mut first = [0; 16];
        first.copy_from_slice(&mac[..16]);
        Fingerprint(first)
    }

    /// A digest of a file or snapshot. It is keyed as all else is: who has the file shall not find out that it is this one.
    pub(super) fn digest(&self, plain: &str) -> String {
        let key = self.mac("digest", b"");
        blake3::keyed_hash(&key, plain.as_bytes())
            .to_hex()
            .to_string()
    }

    /// Other digits, as many; two texts of one length never become the same. `tweak` keeps kinds of digits apart.
    ///
    /// This is a Feistel network over decimal digits in the way of FF1 (NIST SP 800-38G), with HMAC as its function.
    pub(super) fn digits(&self, tweak: &str, digits: &str) -> String {
        let mut changed = String::with_capacity(digits.len());
        for (number, part) in digits.as_bytes().chunks(TOGETHER).enumerate() {
            if let [digit] = part {
                // One digit has no halves.
                let mac = self.mac("digits", format!("{tweak}/{number}").as_bytes());
                let _ = write!(changed, "{}", (value(&[*digit]) + u64::from(mac[0])) % 10);
                continue;
            }
            let half = part.len() / 2;
            let rest = part.len() - half;
            let (mut left, mut right) = (value(&part[..half]), value(&part[half..]));
            for round in 0..ROUNDS {
                let size = if round % 2 == 0 { half } else { rest };
                let text = format!("{tweak}/{number}/{}/{round}/{right}", part.len());
                let mac = self.mac("digits", text.as_bytes());
                let mut first = [0; 8];
                first.copy_from_slice(&mac[..8]);
                let modulus = 10_u128.pow(size as u32);
                let sum = (u128::from(left) + u128::from(u64::from_be_bytes(first))) % modulus;
                (left, right) = (right, sum as u64);
            }
            let _ = write!(changed, "{left:0half$}{right:0rest$}");
        }
        changed
    }
}

/// The key is in no output, this one included.
impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key")
    }
}

fn value(digits: &[u8]) -> u64 {
    digits
        .iter()
        .fold(0, |value, digit| value * 10 + u64::from(digit & 0xF))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn key(text: &str) -> Key {
        Key::new(text.as_bytes()).expect("it is long enough")
    }

    /// Computed with Python's hmac: the key file of one tool is that of another.
    #[test]
    fn a_key_is_used_as_hmac_has_it() {
        let short = key("0123456789abcdef").mac("name", b"lobby");
        assert_eq!(
            hexadecimal::text_of(&short),
            "2e71136689ecd2313a294c94362500a50ec0d9ac0b7e3f2d81911b84aef0f6b3"
        );
        let long = key(&"0123456789".repeat(7)).mac("name", b"lobby");
        assert_eq!(
            hexadecimal::text_of(&long),
            "e5d41b56490a32990785e81b34b9209fce59b62d6e3a1063400e6bf50d1aab25"
        );
    }

    #[test]
    fn a_short_key_is_none() {
        assert!(Key::new(&[7; 15]).is_none());
        assert!(Key::new(&[7; 16]).is_some());
    }

    #[test]
    fn digits_become_other_digits_and_never_the_same_ones() {
        let key = key("0123456789abcdef");
        for length in 1..=4_usize {
            let all = 10_u32.pow(length as u32);
            let changed: BTreeSet<String> = (0..all)
                .map(|number| key.digits("t", &format!("{number:0length$}")))
                .collect();
            assert_eq!(changed.len(), all as usize, "{length}");
            assert!(changed.iter().all(|digits| digits.len() == length));
        }
        let long = "1".repeat(50);
        assert_eq!(key.digits("t", &long).len(), 50);
        assert_ne!(key.digits("t", "5550101"), key.digits("u", "5550101"));
    }

    #[test]
    fn nothing_tells_the_key() {
        assert_eq!(format!("{:?}", key("0123456789abcdef")), "Key");
    }
}
