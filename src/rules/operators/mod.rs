//! Operators: what must hold before one is suspended or removed.

mod cloud_not_supported;
mod data_transfer_notice_not_accepted;
mod number_country_not_enabled;
mod number_of_unknown_operator;
mod operator_country_removed_with_numbers;
mod operator_numbers_on_bridge;
mod operator_single_point;
mod operator_with_assigned_numbers;
mod operator_without_numbers;
mod released_numbers_still_listed;

use super::Declared;

/// The rules of this category.
pub(super) const RULES: &[Declared] = &[
    cloud_not_supported::RULE,
    data_transfer_notice_not_accepted::RULE,
    number_country_not_enabled::RULE,
    number_of_unknown_operator::RULE,
    operator_country_removed_with_numbers::RULE,
    operator_numbers_on_bridge::RULE,
    operator_single_point::RULE,
    operator_with_assigned_numbers::RULE,
    operator_without_numbers::RULE,
    released_numbers_still_listed::RULE,
];
