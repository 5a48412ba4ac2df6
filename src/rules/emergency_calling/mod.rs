//! Emergency calling: addresses, locations, policies and the network that locates a caller.

use super::Declared;

/// The rules of this category.
pub(super) const RULES: &[Declared] = &[];
