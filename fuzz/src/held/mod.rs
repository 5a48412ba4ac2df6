//! What has to hold whatever bytes come in: one module for each fuzz target, each with one function of bytes.
//!
//! The fuzzer calls these functions, and so do the tests of the crate: over what the fuzzer found once, and over changes
//! of the samples that are the same in every run.

pub mod config;
pub mod csv;
pub mod files;
pub mod numbers;
pub mod plan;
pub mod powershell;
pub mod records;
pub mod report;
pub mod route_pattern;
pub mod sarif;
pub mod snapshot;

/// One fuzz target: its name, and what has to hold of its inputs.
pub type Target = (&'static str, fn(&[u8]));

/// All fuzz targets.
pub const TARGETS: [Target; 9] = [
    ("snapshot", snapshot::hold),
    ("records", records::hold),
    ("config", config::hold),
    ("plan", plan::hold),
    ("csv", csv::hold),
    ("numbers", numbers::hold),
    ("route_pattern", route_pattern::hold),
    ("sarif", sarif::hold),
    ("powershell", powershell::hold),
];

/// The input apart at its first line break: what stands before it, and what behind it.
fn halves(data: &[u8]) -> (&[u8], &[u8]) {
    match data.iter().position(|byte| *byte == b'\n') {
        Some(at) => (&data[..at], &data[at + 1..]),
        None => (data, b""),
    }
}
