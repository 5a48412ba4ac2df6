//! All integration tests: one binary, so that they link once.

mod audits;
mod changed_inputs;
mod cli;
mod dialects;
mod dialects_agree;
mod drift;
mod faults;
mod formats;
mod found_inputs;
mod founding_pages;
mod generator;
#[path = "../fuzz/src/held/mod.rs"]
#[expect(
    unreachable_pub,
    reason = "the package of the fuzzer has it in common with the tests"
)]
mod held;
mod history;
mod hostile;
mod house;
mod identities;
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
mod several;
mod superseding;
mod written;
