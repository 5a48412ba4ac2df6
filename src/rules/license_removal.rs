//! What to type so that an account loses a license, and what to do about one that it has and that does not work.

use crate::finding::powershell::quoted;
use crate::rules::Cx;
use crate::snapshot::ObjectId;
use crate::snapshot::service_plans::PlanClass;
use crate::tenant::{OwnSku, User};

/// The lines that take a SKU off an account. What a group brings cannot be removed from the account itself.
pub(super) fn removal(identity: &str, sku: &OwnSku) -> Vec<String> {
    let mut lines = Vec::new();
    if is_direct(sku) {
        lines.push(format!(
            "Set-MgUserLicense -UserId {} -AddLicenses @() -RemoveLicenses @({})",
            quoted(identity),
            quoted(&sku.id.to_string())
        ));
    }
    lines.extend(leave_group(sku));
    lines
}

/// As [`removal`], where it is one choice of several: nothing of it is run by being pasted.
pub(super) fn removal_on_choice(identity: &str, sku: &OwnSku) -> Vec<String> {
    let mut lines = removal(identity, sku);
    for line in &mut lines {
        if !line.starts_with('#') {
            line.insert_str(0, "# ");
        }
    }
    lines
}

/// The line that finds which SKU of an account is one of resource accounts, as `$account`: for where only the account
/// itself tells.
pub(super) fn find_account_license(id: &str) -> String {
    format!(
        "$account = Get-MgUserLicenseDetail -UserId {id} | Where-Object {{ $_.ServicePlans.ServicePlanName -match '^MCOEV_VIRTUALUSER' }}"
    )
}

/// The lines that find which SKU of an account brings Teams Phone, as `$phone`: for where only the account itself tells.
pub(super) fn find_phone(id: &str) -> [String; 2] {
    [
        format!(
            "$phone = Get-MgUserLicenseDetail -UserId {id} | Where-Object {{ $_.ServicePlans.ServicePlanName -match '^MCOEV(_GOV|SMB)?$' }}"
        ),
        "# where that is a suite, all else that it brings goes with it".to_owned(),
    ]
}

/// What is to be done by hand about a SKU that a group brings.
pub(super) fn leave_group(sku: &OwnSku) -> Option<String> {
    by_group(sku).then(|| {
        format!(
            "# {} comes from a group: take the account out of it",
            quoted(&sku.name())
        )
    })
}

/// As [`removal`], for one plan of the SKU: where that is one of many, what else goes with it is said first.
pub(super) fn removal_for(class: PlanClass, identity: &str, sku: &OwnSku) -> Vec<String> {
    let suite = what_goes_with(class, sku);
    suite.into_iter().chain(removal(identity, sku)).collect()
}

/// What else an account loses with a SKU that goes for one of its plans; nothing where that is all that it brings.
pub(super) fn what_goes_with(class: PlanClass, sku: &OwnSku) -> Option<String> {
    if sku.is_stand_alone(class) {
        return None;
    }
    let others = sku.known.into_iter().flat_map(|known| known.plans.iter());
    let words: Vec<&str> = others
        .filter(|other| *other != class)
        .map(PlanClass::words)
        .collect();
    Some(format!(
        "# {} is a suite: all else that it brings goes with it, such as {}",
        quoted(&sku.name()),
        words.join(", ")
    ))
}

/// What brings back a plan of a license that the account has.
pub(super) const REVIVAL: [&str; 2] = [
    "# Microsoft 365 admin center > Billing > Your products: renew what has expired",
    "# Users > the account > Licenses and apps: switch the plan on",
];

/// Whether an account has that SKU, so that to assign it once more would change nothing.
pub(super) fn has_sku(user: &User, sku: ObjectId, cx: &Cx) -> bool {
    let own = cx.tenant.skus_of(user).unwrap_or_default();
    own.iter().any(|own| own.id == sku)
}

/// Whether the account itself has the SKU; where the export does not tell where it comes from, it is taken for granted.
pub(super) fn is_direct(sku: &OwnSku) -> bool {
    sku.by.is_empty() || sku.by.contains(&None)
}

/// Whether a group brings the SKU.
pub(super) fn by_group(sku: &OwnSku) -> bool {
    sku.by.iter().any(Option::is_some)
}
