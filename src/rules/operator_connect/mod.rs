//! Operator Connect: what a number on it must not keep.

mod stale_pstn_usage;

use super::Declared;

/// The rules of this category.
pub(super) const RULES: &[Declared] = &[stale_pstn_usage::RULE];
