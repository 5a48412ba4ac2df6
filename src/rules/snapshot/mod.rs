//! The snapshot itself: exports that are cut off, flattened, mixed, or of different times.
//!
//! Loading and merging see these faults; the rules here make findings of what they noted, so that a fault of the export
//! has a code, a severity and a fingerprint like any other.

mod duplicate_identity;
mod export_looks_truncated;
mod exports_of_different_times;
mod nested_data_flattened;
mod personal_data_in_snapshot;
mod tenants_mixed;
mod unknown_value;

use std::collections::{BTreeMap, BTreeSet};

use super::{Cx, Declared, ExportSubject, Verdict, blinded_by};
use crate::finding::{Draft, Label, Problem, Remedy, Subject, SubjectKind};

/// The rules of this category.
pub(super) const RULES: &[Declared] = &[
    duplicate_identity::RULE,
    export_looks_truncated::RULE,
    exports_of_different_times::RULE,
    nested_data_flattened::RULE,
    personal_data_in_snapshot::RULE,
    tenants_mixed::RULE,
    unknown_value::RULE,
];

/// How many further places are pointed at.
const SHOWN: usize = 8;
/// How many rules are named.
const NAMED: usize = 8;

/// The findings that the noted problems of one rule make for one export: one for each discriminator, all its files
/// together.
fn noted(
    code: &str,
    export: &ExportSubject,
    cx: &Cx,
    label: &'static str,
    remedy: &Remedy,
) -> Verdict {
    let mut by_discriminator: BTreeMap<&str, Vec<&Problem>> = BTreeMap::new();
    let tenant = cx.tenant;
    for problem in tenant.snapshot.problems.iter().chain(&tenant.problems) {
        if problem.rule == Some(code) && problem.exports.contains(&export.kind.name()) {
            let of_one = by_discriminator.entry(&problem.discriminator).or_default();
            of_one.push(problem);
        }
    }
    let drafts: Vec<Draft> = by_discriminator
        .into_iter()
        .filter_map(|(discriminator, problems)| {
            draft(export, discriminator, &problems, label, remedy)
        })
        .collect();
    if drafts.is_empty() {
        Verdict::Passed
    } else {
        Verdict::Several(drafts)
    }
}

fn draft(
    export: &ExportSubject,
    discriminator: &str,
    problems: &[&Problem],
    label: &'static str,
    remedy: &Remedy,
) -> Option<Draft> {
    let first = problems.first()?;
    let severity = problems.iter().map(|problem| problem.severity).max()?;
    let more = match problems.len() - 1 {
        0 => String::new(),
        1 => "; 1 more file is alike".to_owned(),
        more => format!("; {more} more files are alike"),
    };
    let also = first.also.iter().map(|place| (place, "the other one"));
    let others = problems[1..]
        .iter()
        .filter_map(|problem| Some((problem.place.as_ref()?, "here as well")));
    Some(Draft {
        severity,
        subject: Subject::new(SubjectKind::Export, export.kind.name(), export.kind.name()),
        discriminator: discriminator.to_owned(),
        message: format!("{}{more}{}", first.message, blinds(export, problems)),
        primary: Label::new(first.place.clone()?, label),
        related: also
            .chain(others)
            .take(SHOWN)
            .map(|(place, text)| Label::new(place.clone(), text))
            .collect(),
        remedy: remedy.clone(),
    })
}

/// Which rules cannot be trusted because of it.
fn blinds(export: &ExportSubject, problems: &[&Problem]) -> String {
    let codes: BTreeSet<&str> = problems
        .iter()
        .flat_map(|problem| blinded_by(export.kind, problem.properties.as_deref()))
        .map(|rule| rule.page.code)
        .collect();
    if codes.is_empty() {
        return String::new();
    }
    let mut named: Vec<String> = codes
        .iter()
        .take(NAMED)
        .map(|code| format!("`{code}`"))
        .collect();
    if codes.len() > NAMED {
        named.push(format!("{} more", codes.len() - NAMED));
    }
    format!("; this touches {}", named.join(", "))
}

/// A remedy with what exports one kind again.
fn export_again(export: &ExportSubject, summary: &'static str) -> Remedy {
    Remedy {
        summary: summary.into(),
        commands: export.kind.steps(),
    }
}
