//! Operator Connect: what a number on it must not keep.

mod carrier_emergency_policy_missing;
mod direct_routing_leftovers_on_moved_user;
mod global_voice_routing_policy_leaks;
mod mobile_number_without_mobile_license;
mod number_level_voice_routing_left_over;
mod same_number_in_two_types;
mod stale_onprem_line_uri;
mod stale_pstn_usage;
mod toll_bypass_prevention_on_cloud_pstn_user;

use super::Declared;

/// The rules of this category.
pub(super) const RULES: &[Declared] = &[
    carrier_emergency_policy_missing::RULE,
    direct_routing_leftovers_on_moved_user::RULE,
    global_voice_routing_policy_leaks::RULE,
    mobile_number_without_mobile_license::RULE,
    number_level_voice_routing_left_over::RULE,
    same_number_in_two_types::RULE,
    stale_onprem_line_uri::RULE,
    stale_pstn_usage::RULE,
    toll_bypass_prevention_on_cloud_pstn_user::RULE,
];
