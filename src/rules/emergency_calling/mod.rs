//! Emergency calling: addresses, locations, policies and the network that locates a caller.

mod country_of_user_number_location_differs;
mod direct_routing_user_without_emergency_numbers;
mod emergency_address_not_validated;
mod emergency_numbers_of_country_missing;
mod emergency_route_expects_plus;
mod emergency_string_or_mask_duplicate;
mod emergency_usage_unrouted;
mod enhanced_services_without_provider;
mod external_location_lookup_off;
mod location_cannot_be_used_dynamically;
mod location_id_dangling;
mod no_trusted_ip;
mod notification_policy_missing_in_duty_country;
mod notification_target_broken;
mod number_without_emergency_location;
mod operator_managed_location_missing;
mod site_policy_missing;
mod site_subnet_missing_in_lis;
mod subnet_not_a_network_id;

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
    enhanced_services_without_provider::RULE,
    external_location_lookup_off::RULE,
    location_cannot_be_used_dynamically::RULE,
    location_id_dangling::RULE,
    no_trusted_ip::RULE,
    notification_policy_missing_in_duty_country::RULE,
    notification_target_broken::RULE,
    number_without_emergency_location::RULE,
    operator_managed_location_missing::RULE,
    site_policy_missing::RULE,
    site_subnet_missing_in_lis::RULE,
    subnet_not_a_network_id::RULE,
];
