//! Operator Connect: what a number on it must not keep.

mod global_voice_routing_policy_leaks;
mod stale_onprem_line_uri;
mod stale_pstn_usage;

use super::Declared;

/// The rules of this category.
pub(super) const RULES: &[Declared] = &[
    global_voice_routing_policy_leaks::RULE,
    stale_onprem_line_uri::RULE,
    stale_pstn_usage::RULE,
];
