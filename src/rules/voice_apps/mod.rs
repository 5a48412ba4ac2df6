//! Voice apps: auto attendants and call queues, and how callers reach them.

use super::Declared;

/// The rules of this category.
pub(super) const RULES: &[Declared] = &[];
