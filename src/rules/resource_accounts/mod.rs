//! Resource accounts: licenses, numbers, and the apps that they serve.

mod resource_account_without_virtual_user_license;

use super::Declared;

/// The rules of this category.
pub(super) const RULES: &[Declared] = &[resource_account_without_virtual_user_license::RULE];
