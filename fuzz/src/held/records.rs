//! The record walker, and the lookup of a field, against `serde_json`: records one behind the other, as an export holds them.

use tenantlint::snapshot::disagreement;

/// Holds that the walker never accepts what `serde_json` refuses, and that both read the same and find fields in the same places.
pub fn hold(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    assert_eq!(disagreement(&text), None, "in {text:?}");
}
