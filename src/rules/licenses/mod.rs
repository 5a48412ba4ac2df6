//! Licenses: what an account must be licensed for.

mod calling_plan_left_over;
mod calling_plan_number_without_calling_plan;
mod calling_plan_without_number;
mod device_license_does_not_carry_voice;
mod license_direct_and_by_group;
mod license_granted_twice;
mod number_without_phone_system_license;
mod operator_connect_conferencing_license;
mod resource_account_licenses_exhausted;
mod resource_account_outbound_needs_payg;
mod subscription_overdrawn;
mod toll_free_without_funding;
mod virtual_user_license_not_acquired;
mod virtual_user_license_on_person;
mod voice_plan_disabled_or_in_grace;

use super::Declared;

/// The rules of this category.
pub(super) const RULES: &[Declared] = &[
    calling_plan_left_over::RULE,
    calling_plan_number_without_calling_plan::RULE,
    calling_plan_without_number::RULE,
    device_license_does_not_carry_voice::RULE,
    license_direct_and_by_group::RULE,
    license_granted_twice::RULE,
    number_without_phone_system_license::RULE,
    operator_connect_conferencing_license::RULE,
    resource_account_licenses_exhausted::RULE,
    resource_account_outbound_needs_payg::RULE,
    subscription_overdrawn::RULE,
    toll_free_without_funding::RULE,
    virtual_user_license_not_acquired::RULE,
    virtual_user_license_on_person::RULE,
    voice_plan_disabled_or_in_grace::RULE,
];
