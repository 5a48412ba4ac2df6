//! Users: what an account with a number must be.

mod enterprise_voice_without_pstn_path;
mod forwarding_target_broken;
mod lineuri_and_inventory_disagree;
mod number_on_deleted_user;
mod number_on_disabled_account;
mod number_on_ineligible_user;
mod number_without_enterprise_voice;
mod policy_assignment_dangling;
mod private_calling_disabled;
mod two_primary_numbers;
mod usage_location_mismatch;
mod user_not_teams_only;
mod user_validation_errors;
mod voice_user_not_homed_online;
mod voicemail_not_available;

use super::Declared;

/// The rules of this category.
pub(super) const RULES: &[Declared] = &[
    enterprise_voice_without_pstn_path::RULE,
    forwarding_target_broken::RULE,
    lineuri_and_inventory_disagree::RULE,
    number_on_deleted_user::RULE,
    number_on_disabled_account::RULE,
    number_on_ineligible_user::RULE,
    number_without_enterprise_voice::RULE,
    policy_assignment_dangling::RULE,
    private_calling_disabled::RULE,
    two_primary_numbers::RULE,
    usage_location_mismatch::RULE,
    user_not_teams_only::RULE,
    user_validation_errors::RULE,
    voice_user_not_homed_online::RULE,
    voicemail_not_available::RULE,
];
