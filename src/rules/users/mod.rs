//! Users: what an account with a number must be.

mod number_without_enterprise_voice;
mod user_not_teams_only;

use super::Declared;

/// The rules of this category.
pub(super) const RULES: &[Declared] = &[
    number_without_enterprise_voice::RULE,
    user_not_teams_only::RULE,
];
