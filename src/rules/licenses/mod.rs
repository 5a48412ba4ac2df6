//! Licenses: what an account must be licensed for.

mod number_without_phone_system_license;

use super::Declared;

/// The rules of this category.
pub(super) const RULES: &[Declared] = &[number_without_phone_system_license::RULE];
