//! Redaction: a report in which nothing tells whose tenant it is, fit to be shown to others.
//!
//! Names, ids, numbers, addresses and paths become pseudonyms: the same for the same thing wherever it stands, in every
//! format, and with the same key from run to run. It is done once, to the finished [`Report`], before any format sees it, so
//! that no format can forget it. What was matched before (baseline, exceptions, history) was matched by what is plain.
//! What stays: severities, rules, counts, dates, countries, names of Microsoft's own, line numbers and sizes of files.

mod key;
mod networks;
mod numbers;
mod paths;
mod public;
mod shapes;
mod snippets;
mod source;
mod text;
mod vocabulary;
mod words;

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::{Change, Report, SnapshotSummary};
use crate::finding::{Finding, Fingerprint, Location, Subject};

pub use key::Key;
pub use vocabulary::Vocabulary;

use snippets::Snippets;

/// What stands for the reason of an exception.
const HIDDEN: &str = "(hidden)";

/// Makes the redacted report. The vocabulary holds the names of all tenants that the report speaks of.
pub fn redact(report: Report, key: &Key, vocabulary: &Vocabulary) -> Report {
    let old = report.drift.iter().map(|drift| &drift.old);
    let snapshots = report.snapshots.iter().chain(old);
    let paths = snapshots.map(|one| one.path.clone());
    let paths = paths.chain(report.sources.iter().map(|(_, source)| source.path.clone()));
    let redactor = Redactor {
        key,
        vocabulary,
        paths: paths.collect(),
    };
    let snippets = Snippets::of(&redactor, &report.sources, locations(&report));
    let place = |location: &mut Location| redactor.location(location, &snippets);

    // Every field is named: a new one has to be thought of here.
    let Report {
        rule_set,
        as_of,
        mut snapshots,
        rules,
        mut findings,
        mut coverage,
        mut problems,
        mut estate,
        mut fixed,
        mut drift,
        plan: _,
        silenced: _,
        mut trend,
        fails_from,
        project_file,
        redacted: _,
        salt: _,
        sources,
    } = report;
    findings.par_iter_mut().for_each(|finding| {
        redactor.finding(finding);
        place(&mut finding.location);
        finding.related.iter_mut().for_each(&place);
    });
    for problem in &mut problems {
        problem.message = redactor.text(&problem.message);
        if let Some(location) = &mut problem.location {
            if project_file == Some(location.span.source) {
                // Its label is the reason of an exception.
                location.label = HIDDEN.into();
            }
            place(location);
        }
    }
    for snapshot in &mut snapshots {
        redactor.snapshot(snapshot);
    }
    for line in &mut coverage {
        redactor.sentence(&mut line.why);
    }
    if let Some(drift) = &mut drift {
        redactor.snapshot(&mut drift.old);
        for change in &mut drift.changes {
            redactor.change(change);
            place(&mut change.location);
        }
        for sentence in &mut drift.not_compared {
            *sentence = redactor.text(sentence);
        }
    }
    for estate in &mut estate {
        estate.operator = redactor.quoted(&estate.operator);
        estate.number_type = redactor.quoted(&estate.number_type);
    }
    for fixed in &mut fixed {
        fixed.subject = redactor.quoted(&fixed.subject);
        fixed.fingerprint = key.known_fingerprint(&fixed.fingerprint);
    }
    for trend in &mut trend {
        trend.tenant = redactor.quoted(&trend.tenant);
    }
    let sources = snippets.sources(&redactor, &sources);
    let mut report = Report {
        rule_set,
        as_of,
        snapshots,
        rules,
        findings,
        coverage,
        problems,
        estate,
        fixed,
        drift,
        // A plan is full of names, and is read by those who wrote them: nobody asks for it redacted.
        plan: None,
        // No format tells them, and whoever asks for them asks the plain report.
        silenced: Vec::new(),
        trend,
        fails_from,
        project_file,
        redacted: true,
        salt: Some(key.fingerprint(Fingerprint([0; 16]))),
        sources,
    };
    sort(&mut report);
    report
}

/// Every place that a report names.
fn locations(report: &Report) -> impl Iterator<Item = &Location> {
    let of_findings = report
        .findings
        .iter()
        .flat_map(|finding| std::iter::once(&finding.location).chain(&finding.related));
    let of_problems = report
        .problems
        .iter()
        .filter_map(|one| one.location.as_ref());
    let drift = report.drift.iter();
    let of_changes = drift.flat_map(|drift| drift.changes.iter().map(|one| &one.location));
    of_findings.chain(of_problems).chain(of_changes)
}

/// The order of names would tell how they begin.
fn sort(report: &mut Report) {
    report.findings.sort_by(|one, two| {
        let order = |finding: &Finding| {
            (
                finding.snapshot,
                std::cmp::Reverse(finding.severity),
                finding.code,
                finding.fingerprint,
            )
        };
        order(one).cmp(&order(two))
    });
    if let Some(drift) = &mut report.drift {
        let kinds = drift.changes.chunk_by_mut(|one, two| one.kind == two.kind);
        kinds.for_each(|changes| changes.sort_by(|one, two| one.id.cmp(&two.id)));
    }
    report.estate.sort_by(|one, two| {
        let order = (one.snapshot, &one.operator, &one.number_type);
        order.cmp(&(two.snapshot, &two.operator, &two.number_type))
    });
    report.fixed.sort_by(|one, two| {
        let order = (one.snapshot, &one.rule, &one.fingerprint);
        order.cmp(&(two.snapshot, &two.rule, &two.fingerprint))
    });
}

/// What replaces values by pseudonyms.
struct Redactor<'r> {
    key: &'r Key,
    vocabulary: &'r Vocabulary,
    /// Paths of this run as they are shown.
    paths: BTreeSet<String>,
}

impl Redactor<'_> {
    fn finding(&self, finding: &mut Finding) {
        finding.message = self.text(&finding.message);
        finding.subject = Subject {
            kind: finding.subject.kind,
            id: self.quoted(&finding.subject.id),
            name: self.quoted(&finding.subject.name),
        };
        finding.remedy.summary = self.text(&finding.remedy.summary).into();
        for command in &mut finding.remedy.commands {
            if !public::is_step(command) {
                *command = self.text(command);
            }
        }
        finding.fingerprint = self.key.fingerprint(finding.fingerprint);
        // People wrote it for their own: nothing tells which words of it are names.
        finding.reason = finding.reason.as_ref().map(|_| HIDDEN.to_owned());
        self.sentence(&mut finding.cause);
    }

    fn change(&self, change: &mut Change) {
        change.id = self.quoted(&change.id);
        change.name = self.quoted(&change.name);
        for property in &mut change.properties {
            let name = property.property;
            for value in property.old.iter_mut().chain(&mut property.new) {
                if !public::is_shown(name, value) {
                    *value = self.quoted(value);
                }
            }
        }
    }

    fn location(&self, location: &mut Location, snippets: &Snippets) {
        let (span, start, end) = snippets.place(location);
        *location = Location {
            span,
            start,
            end,
            label: self.text(&location.label).into(),
        };
    }

    fn snapshot(&self, snapshot: &mut SnapshotSummary) {
        snapshot.path = self.path(&snapshot.path);
        for name in [&mut snapshot.tenant_id, &mut snapshot.tenant_name] {
            *name = name.as_ref().map(|name| self.quoted(name));
        }
        snapshot.digest = self.digest(&snapshot.digest);
        for source in &mut snapshot.sources {
            source.path = self.path(&source.path);
            source.digest = self.digest(&source.digest);
        }
    }

    fn digest(&self, digest: &str) -> String {
        format!("blake3:{}", self.key.digest(digest))
    }

    fn sentence(&self, sentence: &mut Option<String>) {
        *sentence = sentence.as_ref().map(|sentence| self.text(sentence));
    }
}

impl Key {
    /// The fingerprint of a finding as a baseline has it.
    fn known_fingerprint(&self, plain: &str) -> String {
        let mut bytes = [0; 16];
        let digits = plain.as_bytes().chunks(2);
        let is_one = plain.len() == 32
            && bytes.iter_mut().zip(digits).all(|(byte, digits)| {
                let digits = std::str::from_utf8(digits).ok();
                let value = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
                value.inspect(|value| *byte = *value).is_some()
            });
        if is_one {
            self.fingerprint(Fingerprint(bytes)).to_string()
        } else {
            self.name(plain)
        }
    }
}

#[cfg(test)]
mod tests;
