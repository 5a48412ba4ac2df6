//! Tenants for unit tests, built from the text of a few exports.

use super::{Tenant, build};
use crate::snapshot::{Input, load};
use crate::source::Sources;

/// A tenant from files: each a name and a text.
pub(crate) fn tenant(files: &[(&str, &str)]) -> Tenant {
    tenant_of(0, files, &mut Sources::default())
}

/// As [`tenant`], as the snapshot of that index, with its files among the sources.
pub(crate) fn tenant_of(index: u32, files: &[(&str, &str)], sources: &mut Sources) -> Tenant {
    let inputs = files
        .iter()
        .map(|(name, text)| Input::Memory {
            shown: (*name).to_owned(),
            bytes: text.as_bytes().to_vec(),
        })
        .collect();
    build(load("test".to_owned(), index, inputs, sources))
}
