//! Plans from end to end: what the simulation says is held against exports that say what the plan did.

mod account_samples;
mod end_states;
mod exports;
mod random;
mod samples;
mod scripts;
mod simulation;

use tenantlint::config::{Overrides, Policy};
use tenantlint::plan::{Judged, PlanText, judge};
use tenantlint::rules;
use tenantlint::snapshot::load;
use tenantlint::source::Sources;
use tenantlint::tenant::{Tenant, build};

use crate::audits::{File, inputs};

/// What a policy is without project file.
fn policy() -> Policy {
    Policy::resolve(None, &Overrides::default(), rules::known()).expect("the rules exist")
}

/// A tenant of some files, with its sources.
fn tenant(files: &[File]) -> (Tenant, Sources) {
    let mut sources = Sources::default();
    let tenant = build(load("tenant".to_owned(), 0, inputs(files), &mut sources));
    (tenant, sources)
}

/// Carries a plan out on some files.
pub(crate) fn plan(files: &[File], name: &str, text: &str) -> Judged {
    let (tenant, sources) = tenant(files);
    let plans = [PlanText {
        path: name.to_owned(),
        bytes: text.as_bytes().to_vec(),
    }];
    judge(tenant, sources, &plans, &policy(), None)
}
