//! Which objects were added, removed or changed, field by field.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use smallvec::SmallVec;

use crate::finding::Location;
use crate::report::{Change, ChangeKind, PropertyChange};
use crate::snapshot::record::Record;
use crate::snapshot::{ExportKind, Snapshot, spellings_of};
use crate::source::{Lines, Position, SourceId, Sources, Span, Windows};
use crate::tenant::Tenant;
use crate::tenant::lists::{ListOf, Listed, Visitor, each_list};

use super::unread::{Reader, Unread, records_that_differ};

/// What a comparison found.
pub(super) struct Found {
    /// In order of kind and identity.
    pub(super) changes: Vec<Changed>,
    /// What could not be compared and why.
    pub(super) not_compared: Vec<String>,
    /// Sources that could not be read again as they were, and why.
    pub(super) lost: BTreeMap<SourceId, String>,
}

/// A change, with what finds it again.
pub(super) struct Changed {
    pub(super) change: Change,
    /// Family of the export that tells of it.
    pub(super) family: ExportKind,
    /// All records of the object in the later snapshot.
    pub(super) records: SmallVec<[Span; 1]>,
}

/// Properties that change by themselves: dates of synchronization, counts that another export tells better.
const RESTLESS: [&str; 7] = [
    "WhenChanged",
    "LastSyncTimeStamp",
    "NumberOfTelephoneNumbers",
    "NumberOfVoiceUsers",
    "ConsumedUnits",
    "TenantId",
    "EffectivePolicyAssignments",
];

/// Properties that modules and exporters spell so differently that what is written says nothing: those of them that rules
/// read are compared as they are understood.
const SPELLED: [&str; 6] = [
    "AssignedLicenses",
    "AssignedPlan",
    "Key",
    "LicenseAssignmentStates",
    "ProvisionedPlan",
    "TeamsUpgradePolicy",
];

/// Compares two snapshots of a tenant; `sources` holds the files of both.
pub(super) fn between(old: &Tenant, new: &Tenant, sources: &Sources) -> Found {
    let lines = Lines::of(sources);
    let mut comparison = Comparison {
        old,
        new,
        lines: &lines,
        unread: Unread::default(),
        listed: BTreeSet::new(),
        found: Found {
            changes: Vec::new(),
            not_compared: Vec::new(),
            lost: BTreeMap::new(),
        },
    };
    each_list([old, new], &mut comparison);
    comparison.compare_unlisted(sources);
    let mut found = comparison.found;
    found.not_compared.extend(comparison.unread.told());
    let lost = locate(&mut found.changes, &lines);
    found.lost.extend(lost);
    found
}

struct Comparison<'t, 's> {
    old: &'t Tenant,
    new: &'t Tenant,
    lines: &'t Lines<'s>,
    unread: Unread,
    /// Kinds of which some list shows objects.
    listed: BTreeSet<ExportKind>,
    found: Found,
}

impl Visitor<2> for Comparison<'_, '_> {
    fn list<R: Record + Sync>(&mut self, of: ListOf, [old, new]: [Vec<Listed<'_, R>>; 2]) {
        if old.is_empty() && new.is_empty() {
            return;
        }
        let kinds = |objects: &[Listed<R>]| -> BTreeSet<ExportKind> {
            objects.iter().flat_map(|one| one.record.kinds()).collect()
        };
        let (old_kinds, new_kinds) = (kinds(&old), kinds(&new));
        self.listed.extend(old_kinds.iter().chain(&new_kinds));
        self.note_lost_properties::<R>(&old_kinds, &new_kinds);
        // Who is in a list says something only where both exports are there, and whole.
        let seen_in_new = self.seen(&old_kinds, self.new, self.old, "later");
        let seen_in_old = self.seen(&new_kinds, self.old, self.new, "earlier");
        let is_seen = |object: &Listed<R>, seen: &BTreeSet<ExportKind>| {
            object.record.kinds().any(|kind| seen.contains(&kind))
        };
        let texts = (&self.old.snapshot.texts, &self.new.snapshot.texts);
        let changes = pairs(&old, &new).into_par_iter().filter_map(|pair| {
            let (what, object, properties) = match pair {
                (Some(old), None) if !is_seen(old, &seen_in_new) => return None,
                (None, Some(new)) if !is_seen(new, &seen_in_old) => return None,
                (Some(old), None) => (ChangeKind::Removed, old, Vec::new()),
                (None, Some(new)) => (ChangeKind::Added, new, Vec::new()),
                (Some(old), Some(new)) => {
                    let found = old.record.differences(texts.0, new.record, texts.1);
                    let properties: Vec<PropertyChange> = found
                        .into_iter()
                        .filter(|one| !RESTLESS.contains(&one.property))
                        .map(|one| PropertyChange {
                            property: one.property,
                            old: one.old,
                            new: one.new,
                        })
                        .collect();
                    if properties.is_empty() {
                        return None;
                    }
                    (ChangeKind::Changed, new, properties)
                }
                (None, None) => return None,
            };
            let records = object.record.records();
            let family = object.record.origin().kind.family();
            Some(Changed {
                family,
                change: Change {
                    export: object.record.origin().kind.name(),
                    kind: of.kind,
                    id: object.id.clone(),
                    name: object.name.clone(),
                    what,
                    properties,
                    location: Location {
                        span: object.record.origin().span,
                        start: TOP,
                        end: TOP,
                        label: "".into(),
                    },
                    findings: 0,
                },
                records: if what == ChangeKind::Removed {
                    SmallVec::new()
                } else {
                    records
                },
            })
        });
        let changes: Vec<Changed> = changes.collect();
        self.found.changes.extend(changes);
        self.compare_unread(&old, &new);
    }
}

impl Comparison<'_, '_> {
    /// The kinds of exports whose objects, where a tenant does not have them, are really not there. Says so of others.
    fn seen(
        &mut self,
        kinds: &BTreeSet<ExportKind>,
        tenant: &Tenant,
        other: &Tenant,
        which: &str,
    ) -> BTreeSet<ExportKind> {
        let [own, others] = [tenant, other].map(|tenant| tenant.snapshot.kinds());
        let mut seen = BTreeSet::new();
        for &kind in kinds {
            let family = kind.family();
            let is_left_out = !own.contains(&kind) && family.lost(&others, &own).is_some();
            let why = if is_left_out {
                format!("it is not in the {which} snapshot")
            } else if let Some(incomplete) = tenant.snapshot.incomplete(family) {
                format!("{} in the {which} snapshot", incomplete.why)
            } else {
                seen.insert(kind);
                continue;
            };
            let name = kind.name();
            self.note(format!(
                "which objects came or went is not known of {name}: {why}"
            ));
        }
        seen
    }

    /// Says which properties only one of the snapshots has, so that no change of them can be seen.
    fn note_lost_properties<R: Record>(
        &mut self,
        old: &BTreeSet<ExportKind>,
        new: &BTreeSet<ExportKind>,
    ) {
        // Another dialect spells less; that is no loss.
        for kind in old.intersection(new) {
            let family = kind.family();
            for (tenant, other, which) in [
                (self.old, self.new, "earlier"),
                (self.new, self.old, "later"),
            ] {
                let lost = R::PROPERTIES.iter().filter(|property| {
                    other.snapshot.has_property(family, property)
                        && !tenant.snapshot.has_property(family, property)
                });
                let lost: Vec<String> = lost.map(|property| format!("`{property}`")).collect();
                if !lost.is_empty() {
                    self.note(format!(
                        "changes of {} are not seen: {} of the {which} snapshot does not have it",
                        lost.join(", "),
                        kind.name()
                    ));
                }
            }
        }
    }

    /// Compares exports that no list shows.
    fn compare_unlisted(&mut self, sources: &Sources) {
        let snapshots = [&self.old.snapshot, &self.new.snapshot];
        let [old, new] = snapshots.map(Snapshot::kinds);
        for &kind in old.intersection(&new) {
            if kind == ExportKind::Manifest || self.listed.contains(&kind) {
                continue;
            }
            match records_that_differ(kind, snapshots, sources) {
                Some(count) => self.unread.count(kind, count),
                None => self.note(format!(
                    "records of {}: they are no JSON that can be read at once",
                    kind.name()
                )),
            }
        }
    }

    /// Compares what no record type reads.
    fn compare_unread<R: Record + Sync>(&mut self, old: &[Listed<R>], new: &[Listed<R>]) {
        let [old_texts, new_texts] = [self.old, self.new].map(|one| &one.snapshot.texts);
        let reader = Reader::new(self.lines, [&self.old.snapshot, &self.new.snapshot]);
        let both = pairs(old, new).into_par_iter();
        let both = both.filter_map(|(old, new)| Some((old?, new?)));
        let found: Vec<_> = both
            .map_init(Windows::default, |windows, (old, new)| {
                // Told already, or no change of the tenant.
                let told = old.record.differences(old_texts, new.record, new_texts);
                let is_told = |kind: ExportKind, key: &str| {
                    let told = told.iter().map(|one| one.property);
                    let mut properties = told.chain(RESTLESS).chain(SPELLED);
                    properties.any(|property| {
                        spellings_of(kind.family(), property)
                            .iter()
                            .any(|name| name == key)
                    })
                };
                reader.compare(old.record.origins(), new.record.origins(), is_told, windows)
            })
            .collect();
        for one in found {
            match one {
                Ok(compared) => compared.into_iter().for_each(|one| self.unread.add(one)),
                Err((source, error)) => {
                    let reasons = self.found.lost.entry(source);
                    reasons.or_insert_with(|| error.to_string());
                }
            }
        }
    }

    fn note(&mut self, told: String) {
        if !self.found.not_compared.contains(&told) {
            self.found.not_compared.push(told);
        }
    }
}

type Pair<'a, 't, R> = (Option<&'a Listed<'t, R>>, Option<&'a Listed<'t, R>>);

/// Objects of two lists side by side, by their identity.
fn pairs<'a, 't, R>(old: &'a [Listed<'t, R>], new: &'a [Listed<'t, R>]) -> Vec<Pair<'a, 't, R>> {
    let mut pairs = Vec::with_capacity(old.len().max(new.len()));
    let (mut old, mut new) = (old.iter().peekable(), new.iter().peekable());
    loop {
        let order = match (old.peek(), new.peek()) {
            (None, None) => return pairs,
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (Some(one), Some(other)) => one.id.cmp(&other.id),
        };
        pairs.push(match order {
            std::cmp::Ordering::Less => (old.next(), None),
            std::cmp::Ordering::Greater => (None, new.next()),
            std::cmp::Ordering::Equal => (old.next(), new.next()),
        });
    }
}

const TOP: Position = Position { line: 1, column: 1 };

/// Finds lines and columns; each file is counted once. Returns the files that are no longer what was compared, and why.
fn locate(changes: &mut [Changed], lines: &Lines) -> BTreeMap<SourceId, String> {
    let mut lost = BTreeMap::new();
    for changed in changes {
        let location = &mut changed.change.location;
        let span = location.span;
        let index = lines.on(span.source);
        let found = index.and_then(|index| index.positions(span.start, span.end()));
        (location.start, location.end) = found.unwrap_or_else(|reason| {
            lost.entry(span.source).or_insert(reason.to_string());
            (TOP, TOP)
        });
    }
    lost
}
