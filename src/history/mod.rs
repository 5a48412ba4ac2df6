//! What earlier runs found: recorded in an SQLite database, and told as trend, ages, and times to fix.
//!
//! A [`Run`] is what one run says of one snapshot; [`History`] keeps runs, one for each tenant and digest, all runs of
//! a report in one transaction, so that a run that is killed leaves no half of itself. [`TenantHistory`] is what
//! follows from them; it depends on the runs alone, never on the order in which they were recorded, and never on the
//! day on which it is asked for. A file that is something else, or that a newer version wrote, is refused as it is.

mod ages;
pub mod csv;
mod error;
pub mod html;
pub mod human;
pub mod json;
mod load;
mod run;
mod sight;
mod store;
#[cfg(test)]
mod tests;
mod timeline;

pub use error::HistoryError;
pub use run::{Judged, Run, Seen, Standing, Undated, runs_of, untold_tenants};
pub use store::History;
pub use timeline::{
    FixTimes, Flapping, OpenFinding, Returned, RunLine, SubjectLine, TenantHistory, TimeToFix,
};
