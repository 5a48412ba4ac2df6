//! Licenses of the tenant and of single users, as Graph lists them.

use super::record;
use crate::snapshot::cell::{Cell, PlanSet, Reading};
use crate::snapshot::lax::Lax;
use crate::snapshot::object_id::ObjectId;
use crate::snapshot::texts::{Symbol, Texts};

record! {
    /// One SKU that the tenant owns: Graph `subscribedSkus`.
    SkuRecord {
        /// SKU id.
        id: ObjectId = "SkuId",
        /// Part number, such as `PHONESYSTEM_VIRTUALUSER`.
        part_number: Symbol = "SkuPartNumber",
        /// Assigned units.
        consumed: i64 = "ConsumedUnits",
        /// Bought units.
        prepaid: PrepaidUnits = "PrepaidUnits",
        /// What the SKU brings, which tells of SKUs that are newer than Microsoft's table.
        plans: PlanSet = "ServicePlans",
    }
}

record! {
    /// One SKU of one user: Graph `users/{id}/licenseDetails`.
    LicenseDetailsRecord {
        /// SKU id.
        sku: ObjectId = "SkuId",
        /// The user, whom only the page around the record names.
        user: ObjectId = "@user",
        /// Part number.
        part_number: Symbol = "SkuPartNumber",
        /// What the SKU brings to this user.
        plans: PlanSet = "ServicePlans",
    }
}

/// Bought units of a SKU.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PrepaidUnits {
    /// Usable.
    pub enabled: i64,
    /// Usable for now.
    pub warning: i64,
    /// No longer usable.
    pub suspended: i64,
}

impl Cell for PrepaidUnits {
    const OBJECT: bool = true;

    fn read(value: &Lax, reading: &mut Reading) -> Option<Self> {
        let enabled = i64::read(value.member("enabled")?, reading)?;
        let warning = value
            .member("warning")
            .and_then(|units| i64::read(units, reading));
        let suspended = value
            .member("suspended")
            .and_then(|units| i64::read(units, reading));
        Some(Self {
            enabled,
            warning: warning.unwrap_or(0),
            suspended: suspended.unwrap_or(0),
        })
    }

    fn show(&self, _: &Texts, out: &mut Vec<String>) -> bool {
        for (units, state) in [
            (self.enabled, "enabled"),
            (self.warning, "warning"),
            (self.suspended, "suspended"),
        ] {
            out.push(format!("{units} {state}"));
        }
        true
    }
}
