//! All integration tests: one binary, so that they link once.

mod audits;
mod cli;
mod dialects;
mod dialects_agree;
mod drift;
mod faults;
mod formats;
mod founding_pages;
mod generator;
mod history;
mod house;
mod known;
mod no_silent_pass;
mod pages;
mod plan_names;
mod plan_report;
mod plan_rules;
mod plans;
mod readme;
mod real_exports;
mod redaction;
mod robustness;
mod samples;
mod scale;
mod script;
mod superseding;
