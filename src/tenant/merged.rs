//! One object out of all records that tell of it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;

use smallvec::SmallVec;

use rayon::prelude::*;

use crate::finding::{Place, Problem, Severity};
use crate::snapshot::cell::Reading;
use crate::snapshot::lax::Lax;
use crate::snapshot::record::{Conflict, Origin, Others, Record};
use crate::snapshot::{ExportKind, Texts, spellings_of};
use crate::source::Span;

/// What several records say of one object: each field from the most trusted record that has it.
#[derive(Clone, Debug)]
#[repr(transparent)]
pub struct Merged<R>(R);

impl<R> Deref for Merged<R> {
    type Target = R;

    fn deref(&self) -> &R {
        &self.0
    }
}

impl<R: Record> Merged<R> {
    /// The place of a property: in the first record that has it, by any of its spellings.
    pub fn at(&self, property: &str) -> Place {
        Place {
            records: self.records(),
            field: spellings_of(self.0.origin().kind.family(), property),
            element: None,
        }
    }

    /// Whether records of one kind say different things of the property, so that neither is believed.
    pub fn contradicts(&self, property: &str) -> bool {
        let slot = R::PROPERTIES.iter().position(|name| *name == property);
        let conflicted = self.0.others().map_or(0, |others| others.conflicted);
        slot.is_some_and(|slot| conflicted & (1 << slot) != 0)
    }

    /// The place of a property in each record that tells of the object.
    pub fn at_each(&self, property: &str) -> Vec<Place> {
        let field = spellings_of(self.0.origin().kind.family(), property);
        let place = |record| Place {
            records: [record].into(),
            field: field.clone(),
            element: None,
        };
        self.records().into_iter().map(place).collect()
    }

    /// The records that tell of the object, most trusted first.
    pub fn records(&self) -> SmallVec<[Span; 1]> {
        self.origins().map(|origin| origin.span).collect()
    }

    /// An object that only one record tells of.
    pub(super) fn alone(facts: R) -> Self {
        Self(facts)
    }

    /// Changes one property; what records contradicted each other about is settled by it.
    pub(super) fn set(&mut self, property: &str, value: &Lax, reading: &mut Reading) -> bool {
        if let Some(slot) = R::PROPERTIES.iter().position(|name| *name == property)
            && let Some(others) = self.0.others_mut()
        {
            others.conflicted &= !(1 << slot);
        }
        self.0.set(property, value, reading)
    }

    /// The kinds of exports whose records tell of the object.
    pub fn kinds(&self) -> impl Iterator<Item = ExportKind> {
        self.origins().map(|origin| origin.kind)
    }

    /// The records that tell of the object, with their kinds, most trusted first.
    pub fn origins(&self) -> impl Iterator<Item = Origin> {
        let others = self.0.others().map(|others| &*others.origins);
        [self.0.origin()]
            .into_iter()
            .chain(others.unwrap_or_default().iter().copied())
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
pub(super) fn merge<R: Record, K: Ord + Send + Sync>(
    records: Vec<R>,
    key: impl Fn(&R) -> Option<K>,
    texts: &Texts,
    problems: &mut Vec<Problem>,
) -> Vec<Merged<R>> {
    merge_by_key(records, key, texts, problems).1
}

/// As [`merge`], with the key of each object.
pub(super) fn merge_by_key<R: Record, K: Ord + Send + Sync>(
    mut records: Vec<R>,
    mut key: impl FnMut(&R) -> Option<K>,
    texts: &Texts,
    problems: &mut Vec<Problem>,
) -> (Vec<K>, Vec<Merged<R>>) {
    // Records are large, so that an index of them is sorted and they follow it.
    let mut order: Vec<(K, u32)> = Vec::with_capacity(records.len());
    records.retain(|record| {
        let key = key(record);
        let has_key = key.is_some();
        order.extend(key.map(|key| (key, order.len() as u32)));
        has_key
    });
    let by_trust = |one: &(K, u32), two: &(K, u32)| {
        let trust = |index: u32| {
            let Origin { kind, span } = records[index as usize].origin();
            (precedence(kind), span)
        };
        let by_key = one.0.cmp(&two.0);
        by_key.then_with(|| trust(one.1).cmp(&trust(two.1)))
    };
    // Exports are often in order already.
    if !order.is_sorted_by(|one, two| by_trust(one, two).is_le()) {
        order.par_sort_unstable_by(by_trust);
        let mut to = vec![0; order.len()];
        for ((_, from), place) in order.iter().zip(0..) {
            to[*from as usize] = place;
        }
        permute(&mut records, to, NEAR);
    }
    let mut keys: Vec<K> = order.into_iter().map(|(key, _)| key).collect();
    if keys.windows(2).any(|two| two[0] == two[1]) {
        let mut conflicts = Conflicts::default();
        let mut at = 0;
        let mut firsts = Vec::new();
        for group in keys.chunk_by(|one, two| one == two) {
            let records = &mut records[at..at + group.len()];
            if group.len() > 1 {
                merge_into_first(records, &mut conflicts, texts);
            }
            firsts.resize(at, false);
            firsts.push(true);
            at += group.len();
        }
        firsts.resize(at, false);
        keep_only(&mut keys, &firsts);
        keep_only(&mut records, &firsts);
        problems.extend(conflicts.report());
    }
    // In place: both are of one size.
    (keys, records.into_iter().map(Merged).collect())
}

/// Keeps those elements for which it is said.
fn keep_only<T>(list: &mut Vec<T>, kept: &[bool]) {
    let mut kept = kept.iter();
    list.retain(|_| kept.next().is_some_and(|kept| *kept));
}

/// Records of which the places are near each other: a megabyte or less.
const NEAR: usize = 4096;

/// Puts the record at place `i` to place `to[i]`.
///
/// Each first gets near its place, and then to it: records that go anywhere at once would each have to be waited for, and the
/// tables that say where their memory is as well.
fn permute<R>(records: &mut [R], mut to: Vec<u32>, near: usize) {
    let mut free: Vec<usize> = (0..to.len()).step_by(near).collect();
    for block in 0..free.len() {
        let end = (block + 1) * near;
        while let at = free[block]
            && at < end.min(to.len())
        {
            let target = to[at] as usize / near;
            let place = free[target];
            free[target] += 1;
            records.swap(at, place);
            to.swap(at, place);
        }
    }
    for at in 0..to.len() {
        while let place = to[at] as usize
            && place != at
        {
            records.swap(at, place);
            to.swap(at, place);
        }
    }
}

/// Merges the records of one object, the most trusted first, into the first of them.
fn merge_into_first<R: Record>(group: &mut [R], conflicts: &mut Conflicts, texts: &Texts) {
    conflicts.of_object.clear();
    let origins = group.iter().skip(1).map(Record::origin).collect();
    let mut conflicted = 0;
    let mut at = 0;
    while let Some(first) = group.get(at) {
        // Records of one kind must agree; only then does one kind complete another.
        let kind = first.origin().kind;
        let rest = group[at..].iter();
        let of_kind = rest.take_while(|one| one.origin().kind == kind).count();
        if let Some((first, rest)) = group[at..at + of_kind].split_first_mut() {
            for next in rest {
                conflicts.merge(first, next, texts, &mut conflicted);
            }
        }
        if at > 0
            && let ([facts, ..], [first, ..]) = group.split_at_mut(at)
        {
            conflicts.merge(facts, first, texts, &mut conflicted);
        }
        at += of_kind;
    }
    if let Some(first) = group.first_mut() {
        *first.others_mut() = Some(Box::new(Others {
            conflicted,
            origins,
        }));
    }
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
                        records: [record].into(),
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

#[cfg(test)]
mod tests {
    use super::permute;

    #[test]
    fn all_get_to_their_places_however_near_they_are_taken_first() {
        for count in [0, 1, 2, 5, 64, 97, 1000] {
            for near in [1, 3, 64, 4096] {
                // 7919 is prime and larger: each place is meant once.
                let to: Vec<u32> = (0..count).map(|at| at * 7919 % count.max(1)).collect();
                let mut records = to.clone();
                permute(&mut records, to, near);
                assert!(records.iter().copied().eq(0..count), "{count} by {near}");
            }
        }
    }
}
