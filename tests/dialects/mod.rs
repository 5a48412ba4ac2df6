//! Exports as their writers spell them.

mod fixtures;
pub(crate) mod json;
