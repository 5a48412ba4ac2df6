//! Numbers: what the inventory says of them must hold together.

mod activation_stuck;
mod assigned_number_unknown_to_inventory;
mod assignment_block_inconsistent;
mod base_and_extension_clash;
mod capability_does_not_fit_holder;
mod duplicate_number;
mod free_numbers_low;
mod number_assigned_to_missing_object;
mod number_mastered_on_premises;
mod number_not_e164;
mod number_order_failed;
mod number_without_network_site_or_tag_convention;
mod port_in_unfinished;
mod reverse_lookup_setting_odd;
mod service_number_idle;
mod toll_free_on_user;

use super::Declared;

/// The rules of this category.
pub(super) const RULES: &[Declared] = &[
    activation_stuck::RULE,
    assigned_number_unknown_to_inventory::RULE,
    assignment_block_inconsistent::RULE,
    base_and_extension_clash::RULE,
    capability_does_not_fit_holder::RULE,
    duplicate_number::RULE,
    free_numbers_low::RULE,
    number_assigned_to_missing_object::RULE,
    number_mastered_on_premises::RULE,
    number_not_e164::RULE,
    number_order_failed::RULE,
    number_without_network_site_or_tag_convention::RULE,
    port_in_unfinished::RULE,
    reverse_lookup_setting_odd::RULE,
    service_number_idle::RULE,
    toll_free_on_user::RULE,
];
