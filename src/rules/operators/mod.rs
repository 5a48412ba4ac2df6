//! Operators: what must hold before one is suspended or removed.

mod number_of_unknown_operator;
mod operator_with_assigned_numbers;

use super::Declared;

/// The rules of this category.
pub(super) const RULES: &[Declared] = &[
    number_of_unknown_operator::RULE,
    operator_with_assigned_numbers::RULE,
];
