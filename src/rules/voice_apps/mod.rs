//! Voice apps: auto attendants and call queues, and how callers reach them.

mod app_without_resource_account;
mod no_external_entry_point;
mod one_account_two_apps_or_many_accounts;

use super::Declared;

/// The rules of this category.
pub(super) const RULES: &[Declared] = &[
    app_without_resource_account::RULE,
    no_external_entry_point::RULE,
    one_account_two_apps_or_many_accounts::RULE,
];
