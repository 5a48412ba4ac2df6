//! Tenants for unit tests, built from the text of a few exports.

use super::{Tenant, build};
use crate::snapshot::{Input, load};
use crate::source::Sources;

/// A tenant from files: each a name and a text.
pub(crate) fn tenant(files: &[(&str, &str)]) -> Tenant {
    let inputs = files
        .iter()
        .map(|(name, text)| Input::Memory {
            shown: (*name).to_owned(),
            bytes: text.as_bytes().to_vec(),
        })
        .collect();
    build(load("test".to_owned(), 0, inputs, &mut Sources::default()))
}
