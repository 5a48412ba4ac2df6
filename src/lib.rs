//! **tenantlint** judges exported Microsoft Teams Phone tenants offline.
//!
//! The flow is a straight line: [`source`] finds bytes and positions, [`snapshot`] cuts exports into typed records,
//! [`tenant`] merges and joins them into one model that answers questions, [`rules`] ask those questions about one
//! subject at a time, [`audit`] runs them in parallel and settles what they found, and [`report`] prints the finished
//! value in one format. [`history`] keeps what earlier runs found. [`finding`] is the noun that they share, [`config`] says
//! what the user wants, and `cli` is the only room that prints, exits, or knows the time.
//!
//! **The law**: a module imports only modules to its left in
//! `source, finding, snapshot, tenant, rules, config, report, audit, plan, drift, history, cli`. A test holds it.

pub mod audit;
pub mod cli;
pub mod config;
pub mod drift;
pub mod finding;
mod hexadecimal;
pub mod history;
pub mod plan;
pub mod report;
pub mod rules;
pub mod snapshot;
pub mod source;
pub mod tenant;
