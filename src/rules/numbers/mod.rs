//! Numbers: what the inventory says of them must hold together.

mod activation_stuck;
mod duplicate_number;
mod number_assigned_to_missing_object;

use super::Declared;

/// The rules of this category.
pub(super) const RULES: &[Declared] = &[
    activation_stuck::RULE,
    duplicate_number::RULE,
    number_assigned_to_missing_object::RULE,
];
