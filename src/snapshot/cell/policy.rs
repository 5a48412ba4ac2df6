//! Policy references in their six spellings.

use super::{Cell, Reading};
use crate::snapshot::damage::Damage;
use crate::snapshot::field::Field;
use crate::snapshot::lax::Lax;
use crate::snapshot::prefix::strip_prefix_ignore_case;
use crate::snapshot::texts::{Symbol, Texts};

/// The name of a policy instance, from any of its six spellings, without `Tag:`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct PolicyName(pub Symbol);

impl Cell for PolicyName {
    fn read(value: &Lax, reading: &mut Reading) -> Option<Self> {
        let name = value.member("Name").unwrap_or(value).scalar()?;
        // A name that lost letters cannot be compared with any other.
        if reading.lost_letters(&name) {
            reading.damaged(Damage::AsciiLoss, value);
            return None;
        }
        let name = without_tag(&name);
        let symbol = reading.arena.symbol(name);
        let authority = value.member("Authority").and_then(Lax::scalar);
        if authority.is_some_and(|authority| authority.eq_ignore_ascii_case("Host")) {
            reading.note_built_in(symbol, name);
        }
        Some(Self(symbol))
    }

    fn field(value: &Lax, reading: &mut Reading) -> Field<Self> {
        if value.is_blank() || value.member("Name").is_some_and(Lax::is_blank) {
            return Field::Null;
        }
        // There is a policy, and nobody can tell which.
        if MAY_BE_TAG_ID.contains(&reading.property) && is_tag_id(value) {
            return Field::Absent;
        }
        Self::known(value, reading)
    }

    fn show(&self, texts: &Texts, out: &mut Vec<String>) -> bool {
        self.0.show(texts, out)
    }

    fn same(&self, other: &Self, texts: &Texts) -> bool {
        self.0.same(&other.0, texts)
    }
}

/// Policies of a network site, which may be told by a number of the service's own, `…PolicyTagID`, in place of the name.
const MAY_BE_TAG_ID: [&str; 2] = [
    "EmergencyCallRoutingPolicyName",
    "EmergencyCallingPolicyName",
];

/// Whether a value is such a number: a CSV writes it as a text.
fn is_tag_id(value: &Lax) -> bool {
    match value {
        Lax::Int(_) => true,
        Lax::Text(text) => text.trim().bytes().all(|byte| byte.is_ascii_digit()),
        _ => false,
    }
}

impl Reading<'_> {
    /// Notes that Microsoft provides the instance that this property names. Records name policies too often to say it
    /// each: it is said once, by a text that no name is.
    fn note_built_in(&mut self, symbol: Symbol, name: &str) {
        if self.arena.is_new_built_in(self.property, symbol) {
            self.arena.symbol(&built_in(self.property, name));
        }
    }
}

impl Texts {
    /// Whether some record says that Microsoft provides the instance of this name, spelled so, that a property names.
    pub fn is_built_in(&self, property: &str, name: &str) -> bool {
        self.find(&built_in(property, name)).is_some()
    }
}

/// What stands for an instance that Microsoft provides.
fn built_in(property: &str, name: &str) -> String {
    format!("Host\u{0}{property}\u{0}{name}")
}

/// A policy name without its `Tag:`, in any case.
pub fn without_tag(name: &str) -> &str {
    let name = name.trim();
    strip_prefix_ignore_case(name, "tag:").map_or(name, str::trim)
}
