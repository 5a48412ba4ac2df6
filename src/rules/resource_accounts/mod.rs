//! Resource accounts: licenses, numbers, and the apps that they serve.

mod application_type_mismatch;
mod resource_account_on_full_phone_license;
mod resource_account_orphaned;
mod resource_account_without_virtual_user_license;

use super::Declared;

/// The rules of this category.
pub(super) const RULES: &[Declared] = &[
    application_type_mismatch::RULE,
    resource_account_on_full_phone_license::RULE,
    resource_account_orphaned::RULE,
    resource_account_without_virtual_user_license::RULE,
];
