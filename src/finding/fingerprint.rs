//! The identity of a finding within a tenant: rule and subject, never a position, a display name or a message.

use std::fmt;
use std::ops::Deref;

use sha2::{Digest, Sha256};
use smallvec::SmallVec;

use super::SubjectKind;
use crate::hexadecimal;

/// First 128 bits of SHA-256 over rule name, subject kind, subject identity and discriminator, each preceded by its
/// length in bytes as a 64-bit big-endian number.
///
/// The tenant is not hashed: it stands beside the finding and belongs to every join key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Fingerprint(pub [u8; 16]);

impl Fingerprint {
    /// The fingerprint of a finding; `id` and `discriminator` are expected lower-cased.
    pub fn new(rule: &str, kind: SubjectKind, id: &str, discriminator: &str) -> Self {
        // Hashed in one go: what is handed over in little pieces is copied in little pieces.
        let mut hashed = SmallVec::<[u8; 256]>::new();
        for part in [rule, kind.name(), id, discriminator] {
            hashed.extend_from_slice(&(part.len() as u64).to_be_bytes());
            hashed.extend_from_slice(part.as_bytes());
        }
        let digest = Sha256::digest(&hashed);
        let mut first = [0; 16];
        first.copy_from_slice(&digest[..16]);
        Self(first)
    }

    /// It as 32 hexadecimal digits.
    pub fn text(&self) -> impl Deref<Target = str> {
        let mut text = [0; 32];
        for (pair, byte) in text.chunks_exact_mut(2).zip(self.0) {
            pair.copy_from_slice(&hexadecimal::digits(byte));
        }
        HexText(text)
    }
}

/// Digits as text, which takes no memory: each finding has one.
struct HexText([u8; 32]);

impl Deref for HexText {
    type Target = str;

    fn deref(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Computed with Python's hashlib from the definition above. Changing one breaks every baseline.
    const VECTORS: &[(&str, SubjectKind, &str, &str, &str)] = &[
        (
            "stale-pstn-usage",
            SubjectKind::Number,
            "+33199001201",
            "",
            "a26e2b46ca11c77f223cc5159170fd06",
        ),
        (
            "stale-pstn-usage",
            SubjectKind::Number,
            "+12065550100;ext=524",
            "",
            "d81e379834ac3f06fdf305a97cf07aba",
        ),
        (
            "user-not-teams-only",
            SubjectKind::User,
            "2713551e-ed63-415d-9175-fc4ff825a0be",
            "",
            "2c2aa70c32cd84680d609d6800b68648",
        ),
        (
            "operator-with-assigned-numbers",
            SubjectKind::Operator,
            "télécom süd",
            "global",
            "f192f0e57a8f53efede1208a8ddcfa02",
        ),
    ];

    #[test]
    fn fingerprints_equal_the_committed_vectors() {
        for (rule, kind, id, discriminator, expected) in VECTORS {
            let fingerprint = Fingerprint::new(rule, *kind, id, discriminator);
            assert_eq!(fingerprint.to_string(), *expected, "{rule} {id}");
        }
    }

    #[test]
    fn lengths_keep_neighbours_apart() {
        let one = Fingerprint::new("a", SubjectKind::User, "bc", "");
        let two = Fingerprint::new("a", SubjectKind::User, "b", "c");
        assert_ne!(one, two);
    }
}
