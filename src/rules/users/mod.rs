//! Users: what an account with a number must be.

mod user_not_teams_only;

use super::Declared;

/// The rules of this category.
pub(super) const RULES: &[Declared] = &[user_not_teams_only::RULE];
