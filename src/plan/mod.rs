//! Plans: what an administrator intends to do, read from files that people and pull requests write.
//!
//! A plan is a list of steps, each a change of the [vocabulary](CHANGES) with its fields. It is read with spans, so that
//! whatever is wrong is told at its place in the plan: TOML where steps are written one by one, CSV where one change is
//! asked for many users. [`Names`] says what the names of a plan mean in a tenant.

pub mod act;
mod areas;
mod checks;
mod csv_file;
mod expand;
mod file;
mod resolve;
mod schema;
mod simulate;
pub mod state;
mod step;
mod toml_file;
mod verdict;
mod vocabulary;

pub use file::{PlanFile, read};
pub use resolve::{Names, Thing};
pub use schema::SCHEMA;
pub use step::{Fault, Given, Name, Step, Value};
pub use verdict::{Judged, PlanText, judge};
pub use vocabulary::{
    CATEGORIES, CHANGES, ChangeKind, FieldKind, MODES, NUMBER_TYPES, Of, POLICY_TYPES, Takes,
};
