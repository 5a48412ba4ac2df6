//! Hybrid: what remains of an on-premises deployment.

mod coexistence_mode_on_cloud_user;
mod hybrid_account_number_in_wrong_place;
mod onprem_endpoint_leftover;
mod tenant_teams_only_blocked;

use super::Declared;

/// The rules of this category.
pub(super) const RULES: &[Declared] = &[
    coexistence_mode_on_cloud_user::RULE,
    hybrid_account_number_in_wrong_place::RULE,
    onprem_endpoint_leftover::RULE,
    tenant_teams_only_blocked::RULE,
];
