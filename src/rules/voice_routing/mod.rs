//! Voice routing: policies, PSTN usages, routes and gateways of Direct Routing.

use super::Declared;

/// The rules of this category.
pub(super) const RULES: &[Declared] = &[];
