//! Voice routing: policies, PSTN usages, routes and gateways of Direct Routing.

mod usage_unused;

use super::Declared;

/// The rules of this category.
pub(super) const RULES: &[Declared] = &[usage_unused::RULE];
