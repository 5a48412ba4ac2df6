//! Resource accounts: licenses, numbers, and the apps that they serve.

mod application_type_mismatch;
mod cloud_account_in_onprem_federated_domain;
mod deleted_resource_account_still_referenced;
mod half_done_license_swap;
mod hybrid_account_department_marker;
mod licensed_but_unused_resource_account;
mod resource_account_broken_after_swap;
mod resource_account_known_by_one_store_only;
mod resource_account_on_full_phone_license;
mod resource_account_orphaned;
mod resource_account_sign_in_enabled;
mod resource_account_unreachable_app_name;
mod resource_account_usage_location;
mod resource_account_without_virtual_user_license;
mod stale_onprem_number_on_resource_account;
mod unknown_application_id;
mod voice_routing_policy_on_non_direct_routing_account;

use super::Declared;

/// The rules of this category.
pub(super) const RULES: &[Declared] = &[
    application_type_mismatch::RULE,
    cloud_account_in_onprem_federated_domain::RULE,
    deleted_resource_account_still_referenced::RULE,
    half_done_license_swap::RULE,
    hybrid_account_department_marker::RULE,
    licensed_but_unused_resource_account::RULE,
    resource_account_broken_after_swap::RULE,
    resource_account_known_by_one_store_only::RULE,
    resource_account_on_full_phone_license::RULE,
    resource_account_orphaned::RULE,
    resource_account_sign_in_enabled::RULE,
    resource_account_unreachable_app_name::RULE,
    resource_account_usage_location::RULE,
    resource_account_without_virtual_user_license::RULE,
    stale_onprem_number_on_resource_account::RULE,
    unknown_application_id::RULE,
    voice_routing_policy_on_non_direct_routing_account::RULE,
];
