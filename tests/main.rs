//! All integration tests: one binary, so that they link once.

mod audits;
mod cli;
mod formats;
mod house;
mod pages;
mod readme;
mod samples;
mod scale;
