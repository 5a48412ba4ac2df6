//! What to type so that an account loses a license.

use crate::finding::powershell::quoted;
use crate::snapshot::service_plans::PlanClass;
use crate::tenant::OwnSku;

/// The lines that take a SKU off an account. What a group brings cannot be removed from the account itself.
pub(super) fn removal(name: &str, sku: &OwnSku) -> Vec<String> {
    let mut lines = Vec::new();
    if is_direct(sku) {
        lines.push(format!(
            "Set-MgUserLicense -UserId {} -AddLicenses @() -RemoveLicenses @({})",
            quoted(name),
            quoted(&sku.id.to_string())
        ));
    }
    if by_group(sku) {
        lines.push(format!(
            "# {} comes from a group: take the account out of it",
            quoted(&sku.name())
        ));
    }
    lines
}

/// As [`removal`], for one plan of the SKU: where that is one of many, what else goes with it is said first.
pub(super) fn removal_for(class: PlanClass, name: &str, sku: &OwnSku) -> Vec<String> {
    let mut lines = Vec::new();
    if !sku.is_stand_alone(class) {
        let others = sku.known.into_iter().flat_map(|known| known.plans.iter());
        let words: Vec<&str> = others
            .filter(|other| *other != class)
            .map(PlanClass::words)
            .collect();
        lines.push(format!(
            "# {} is a suite: all else that it brings goes with it, such as {}",
            quoted(&sku.name()),
            words.join(", ")
        ));
    }
    lines.extend(removal(name, sku));
    lines
}

/// Whether the account itself has the SKU; where the export does not tell where it comes from, it is taken for granted.
fn is_direct(sku: &OwnSku) -> bool {
    sku.by.is_empty() || sku.by.contains(&None)
}

/// Whether a group brings the SKU.
pub(super) fn by_group(sku: &OwnSku) -> bool {
    sku.by.iter().any(Option::is_some)
}
