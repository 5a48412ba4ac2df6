//! Plans: orders of steps that go wrong, and steps that leave a tenant worse than it was.
//!
//! Here are only the pages. What these rules judge is a plan, its steps and the states between them, which this room does
//! not know: the plan room judges, and takes names, grades and words from here.

use super::{Check, Declared, rule};

/// The rules of this category, in order of code.
pub(super) const RULES: &[Declared] = &[
    rule!("plan", "step-before-its-precondition", Check::Plan),
    rule!("plan", "precondition-never-met", Check::Plan),
    rule!("plan", "license-split", Check::Plan),
    rule!("plan", "gap-without-number", Check::Plan),
    rule!("plan", "gap-without-emergency", Check::Plan),
    rule!("plan", "fresh-export-required", Check::Plan),
    rule!("plan", "tenant-wide-edit-for-per-user-goal", Check::Plan),
    rule!("plan", "deprecated-cmdlet", Check::Plan),
    rule!("plan", "two-steps-one-object-conflict", Check::Plan),
    rule!("plan", "end-state-worse", Check::Plan),
    rule!("plan", "missing-rollback", Check::Plan),
    rule!("plan", "named-object-missing", Check::Plan),
];
