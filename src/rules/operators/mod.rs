//! Operators: what must hold before one is suspended or removed.

mod operator_with_assigned_numbers;

use super::Declared;

/// The rules of this category.
pub(super) const RULES: &[Declared] = &[operator_with_assigned_numbers::RULE];
