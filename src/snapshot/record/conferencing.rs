//! Conference bridges, and the bridge numbers of those who organize meetings.

use super::record;
use crate::snapshot::cell::{Cell, Reading, TenantMark};
use crate::snapshot::lax::Lax;
use crate::snapshot::object_id::ObjectId;
use crate::snapshot::texts::{Symbol, Text, Texts};

record! {
    /// `Get-CsOnlineDialInConferencingBridge`.
    ConferencingBridgeRecord {
        /// Its id.
        id: ObjectId = "Identity",
        /// Its name.
        name: Text = "Name",
        /// The number that invitations show.
        default_number: Text = "DefaultServiceNumber",
        /// All numbers that lead to it.
        numbers: Box<[BridgeNumber]> = "ServiceNumbers",
        /// Whose it is.
        tenant: TenantMark = "TenantId",
    }
}

record! {
    /// `Get-CsOnlineDialInConferencingUser`.
    ConferencingUserRecord {
        /// Entra object id.
        id: ObjectId = "Identity",
        /// The toll number of the user's invitations.
        toll_number: Text = "ServiceNumber",
        /// The toll-free number of the user's invitations.
        toll_free_number: Text = "TollFreeServiceNumber",
        /// Whose it is.
        tenant: TenantMark = "TenantId",
    }
}

/// One of the `ServiceNumbers` of a bridge.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BridgeNumber {
    /// The number as spelled.
    pub number: Text,
    /// Whether the number is Microsoft's own, shared by tenants.
    pub shared: Option<bool>,
    /// `Toll`, `TollFree`, …
    pub number_type: Option<Symbol>,
}

impl Cell for BridgeNumber {
    const OBJECT: bool = true;

    fn same(&self, other: &Self, texts: &Texts) -> bool {
        let types = (self.number_type, other.number_type);
        self.number.same(&other.number, texts)
            && self.shared == other.shared
            && match types {
                (Some(one), Some(two)) => one.same(&two, texts),
                (one, two) => one.is_none() && two.is_none(),
            }
    }

    fn read(value: &Lax, reading: &mut Reading) -> Option<Self> {
        let number = value.member("Number").unwrap_or(value).scalar()?;
        let shared = value
            .member("IsShared")
            .and_then(|shared| bool::read(shared, reading));
        let number_type = value.member("Type").and_then(Lax::scalar);
        Some(Self {
            number: reading.arena.keep(&number),
            shared,
            number_type: number_type.map(|name| reading.arena.symbol(&name)),
        })
    }

    fn show(&self, texts: &Texts, out: &mut Vec<String>) -> bool {
        out.push(texts.text(self.number).to_owned());
        true
    }
}
