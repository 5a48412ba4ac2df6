//! All integration tests: one binary, so that they link once.

mod audits;
mod cli;
mod formats;
mod house;
mod pages;
mod readme;
mod real_exports;
mod samples;
mod scale;
