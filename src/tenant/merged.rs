//! One object out of all records that tell of it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;

use rayon::prelude::*;

use crate::finding::{Place, Problem, Severity};
use crate::snapshot::cell::Reading;
use crate::snapshot::lax::Lax;
use crate::snapshot::record::{Conflict, Origin, Record};
use crate::snapshot::{ExportKind, Texts, spellings_of};
use crate::source::Span;

/// What several records say of one object: each field from the most trusted record that has it.
#[derive(Clone, Debug)]
pub struct Merged<R> {
    facts: R,
    /// A bit for each slot whose values contradicted each other within one kind of export.
    conflicted: u64,
    more: Box<[Origin]>,
}

impl<R> Deref for Merged<R> {
    type Target = R;

    fn deref(&self) -> &R {
        &self.facts
    }
}

impl<R: Record> Merged<R> {
    /// The place of a property: in the first record that has it, by any of its spellings.
    pub fn at(&self, property: &str) -> Place {
        Place {
            records: self.records(),
            field: spellings_of(self.facts.origin().kind.family(), property),
            element: None,
        }
    }

    /// Whether records of one kind say different things of the property, so that neither is believed.
    pub fn contradicts(&self, property: &str) -> bool {
        let slot = R::PROPERTIES.iter().position(|name| *name == property);
        slot.is_some_and(|slot| self.conflicted & (1 << slot) != 0)
    }

    /// The place of a property in each record that tells of the object.
    pub fn at_each(&self, property: &str) -> Vec<Place> {
        let field = spellings_of(self.facts.origin().kind.family(), property);
        let place = |record| Place {
            records: vec![record],
            field: field.clone(),
            element: None,
        };
        self.records().into_iter().map(place).collect()
    }

    /// The records that tell of the object, most trusted first.
    pub fn records(&self) -> Vec<Span> {
        let mut records = vec![self.facts.origin().span];
        records.extend(self.more.iter().map(|origin| origin.span));
        records
    }

    /// An object that only one record tells of.
    pub(super) fn alone(facts: R) -> Self {
        Self {
            facts,
            conflicted: 0,
            more: Box::default(),
        }
    }

    /// Changes one property; what records contradicted each other about is settled by it.
    pub(super) fn set(&mut self, property: &str, value: &Lax, reading: &mut Reading) -> bool {
        if let Some(slot) = R::PROPERTIES.iter().position(|name| *name == property) {
            self.conflicted &= !(1 << slot);
        }
        self.facts.set(property, value, reading)
    }

    /// The kinds of exports whose records tell of the object.
    pub fn kinds(&self) -> impl Iterator<Item = ExportKind> {
        let more = self.more.iter().map(|origin| origin.kind);
        more.chain([self.facts.origin().kind])
    }
}

/// How much an export is trusted about what several of them tell: a lower number wins.
///
/// Teams' own cmdlets say what the service does; Graph's Teams part says the same with fewer fields; the bulk CSV is
/// a report; the directory knows what should be.
fn precedence(kind: ExportKind) -> u8 {
    match kind {
        ExportKind::GraphUserConfiguration | ExportKind::GraphNumberAssignment => 1,
        ExportKind::AcquiredPhoneNumber => 2,
        ExportKind::GraphUser | ExportKind::GraphOrganization => 3,
        ExportKind::DeletedUser => 4,
        _ => 0,
    }
}

/// Groups records by key and merges each group. The result is in order of key, whatever the order of the records.
///
/// Records without key are left out: reading has reported them.
pub(super) fn merge<R: Record, K: Ord + Send>(
    mut records: Vec<R>,
    key: impl Fn(&R) -> Option<K>,
    texts: &Texts,
    problems: &mut Vec<Problem>,
) -> Vec<(K, Merged<R>)> {
    // Records are large, so that an index of them is sorted and they follow it.
    let mut order: Vec<(K, u8, Span, u32)> = Vec::with_capacity(records.len());
    records.retain(|record| {
        let Some(key) = key(record) else {
            return false;
        };
        let Origin { kind, span } = record.origin();
        order.push((key, precedence(kind), span, order.len() as u32));
        true
    });
    // Exports are often in order already.
    if !order.is_sorted() {
        order.par_sort_unstable();
        permute(
            &mut records,
            order.iter().map(|(.., index)| *index).collect(),
        );
    }
    let mut merged: Vec<(K, Merged<R>)> = Vec::with_capacity(order.len());
    let mut conflicts = Conflicts::default();
    // From the back, so that memory of records can be given back while objects take theirs.
    let mut group: Vec<R> = Vec::new();
    while let (Some((key, ..)), Some(record)) = (order.pop(), records.pop()) {
        if order.last().is_some_and(|(next, ..)| *next == key) {
            group.push(record);
            continue;
        }
        if group.is_empty() {
            merged.push((key, Merged::alone(record)));
        } else {
            group.push(record);
            group.reverse();
            merged.extend(one_of(&mut group, &mut conflicts, texts).map(|object| (key, object)));
        }
        if records.len() * 4 < records.capacity() * 3 && records.len() > LARGE {
            records.shrink_to_fit();
        }
    }
    merged.reverse();
    problems.extend(conflicts.report());
    merged
}

/// Lists longer than this give memory back while they are used up.
const LARGE: usize = 4096;

/// Puts the record at `order[i]` at place `i`.
fn permute<R>(records: &mut [R], mut order: Vec<u32>) {
    for start in 0..order.len() {
        let mut current = start;
        loop {
            let next = order[current] as usize;
            order[current] = current as u32;
            if next == start {
                break;
            }
            records.swap(current, next);
            current = next;
        }
    }
}

/// Makes one object of its records, the most trusted first; the list is left empty.
fn one_of<R: Record>(
    group: &mut Vec<R>,
    conflicts: &mut Conflicts,
    texts: &Texts,
) -> Option<Merged<R>> {
    conflicts.of_object.clear();
    let more = group.iter().skip(1).map(Record::origin).collect();
    let mut conflicted = 0;
    let mut facts: Option<R> = None;
    let mut rest = group.drain(..).peekable();
    while let Some(mut of_kind) = rest.next() {
        // Records of one kind must agree; only then does one kind complete another.
        let kind = of_kind.origin().kind;
        while let Some(next) = rest.next_if(|next| next.origin().kind == kind) {
            conflicts.merge(&mut of_kind, &next, texts, &mut conflicted);
        }
        match &mut facts {
            None => facts = Some(of_kind),
            Some(facts) => conflicts.merge(facts, &of_kind, texts, &mut conflicted),
        }
    }
    facts.map(|facts| Merged {
        facts,
        conflicted,
        more,
    })
}

/// Contradictions, summed by property: one problem for each, with the first two places.
#[derive(Default)]
struct Conflicts {
    by_property: BTreeMap<(&'static str, bool), (u64, Origin, Span)>,
    /// Those of the object at hand: three kinds can differ twice, yet it is one object.
    of_object: BTreeSet<(&'static str, bool)>,
}

impl Conflicts {
    fn merge<R: Record>(&mut self, facts: &mut R, other: &R, texts: &Texts, conflicted: &mut u64) {
        let mut found: Vec<Conflict> = Vec::new();
        facts.merge(other, texts, conflicted, &mut found);
        for conflict in found {
            let property = (conflict.property, conflict.within_kind);
            if !self.of_object.insert(property) {
                continue;
            }
            let places = (0, facts.origin(), other.origin().span);
            self.by_property.entry(property).or_insert(places).0 += 1;
        }
    }

    fn report(self) -> Vec<Problem> {
        self.by_property
            .into_iter()
            .map(|((property, within_kind), (count, origin, two))| {
                let (kind, one) = (origin.kind.family(), origin.span);
                let objects = if count == 1 { "object" } else { "objects" };
                let message = if within_kind {
                    format!("`{property}` differs between two records of {count} {objects}: neither is believed")
                } else {
                    format!("`{property}` differs between two kinds of export for {count} {objects}: the Teams cmdlet is believed")
                };
                let place = |record| {
                    Some(Place {
                        records: vec![record],
                        field: spellings_of(kind, property),
                        element: None,
                    })
                };
                Problem {
                    severity: if within_kind { Severity::Error } else { Severity::Info },
                    message,
                    place: place(one),
                    also: place(two),
                    exports: if within_kind { vec![origin.kind.name()] } else { Vec::new() },
                    properties: Some(vec![property]),
                    rule: within_kind.then(|| told_by(kind, property)),
                    objects: count,
                    discriminator: property.to_owned(),
                }
            })
            .collect()
    }
}

/// The rule that makes a finding of a contradiction: a number with two types or two partners is more than a bad export.
fn told_by(family: ExportKind, property: &str) -> &'static str {
    match (family, property) {
        (ExportKind::PhoneNumberAssignment, "NumberType" | "PstnPartnerId") => "OC006",
        _ => "SN006",
    }
}
