//! Hybrid: what remains of an on-premises deployment.

use super::Declared;

/// The rules of this category.
pub(super) const RULES: &[Declared] = &[];
