//! What every page of this program shares beside `frame.html`: its style, the library of charts, and its policy.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

/// The style of a page, light and dark.
pub(crate) const STYLE: &str = include_str!("style.css");

/// The library that draws charts.
pub(crate) const CHART: &str = include_str!("vendor/chart.umd.min.js");

/// The content security policy of a page: nothing is loaded, and nothing runs but these scripts.
pub(crate) fn policy(scripts: &[&str]) -> String {
    let digests: Vec<String> = scripts
        .iter()
        .map(|script| {
            format!(
                "'sha256-{}'",
                STANDARD.encode(Sha256::digest(script.as_bytes()))
            )
        })
        .collect();
    format!(
        "default-src 'none'; script-src {}; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'",
        digests.join(" ")
    )
}
