//! Emergency calling: addresses, locations, policies and the network that locates a caller.

mod country_of_user_number_location_differs;
mod direct_routing_user_without_emergency_numbers;
mod emergency_address_not_validated;
mod emergency_numbers_of_country_missing;
mod emergency_route_expects_plus;
mod emergency_string_or_mask_duplicate;
mod emergency_usage_unrouted;
mod location_id_dangling;
mod number_without_emergency_location;
mod operator_managed_location_missing;

use super::Declared;

/// The rules of this category.
pub(super) const RULES: &[Declared] = &[
    country_of_user_number_location_differs::RULE,
    direct_routing_user_without_emergency_numbers::RULE,
    emergency_address_not_validated::RULE,
    emergency_numbers_of_country_missing::RULE,
    emergency_route_expects_plus::RULE,
    emergency_string_or_mask_duplicate::RULE,
    emergency_usage_unrouted::RULE,
    location_id_dangling::RULE,
    number_without_emergency_location::RULE,
    operator_managed_location_missing::RULE,
];
