//! One tenant, many dialects: whoever exported it, with whatever tool, must be told the same.
//!
//! In a dialect that loses nothing, every rule says the same of the same tenant. In one that loses something, a rule
//! says the same, or says what it could not decide; it never says anything else.

mod bytes;
mod damages;
mod depth;
mod drift;
mod json;
mod logical;
mod losses;
mod lossless;
mod mixtures;
mod other_sources;
mod other_ways;
mod powershell;
mod random_tenants;
mod shapes;
mod shuffles;
mod spellings;
mod tables;
mod verdicts;

pub(crate) use shuffles::SplitMix;
