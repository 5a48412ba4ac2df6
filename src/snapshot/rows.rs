//! Reading the records of one export: each straight from its raw text into its compact form, in parallel.
//!
//! This is the one place that turns text into records; a faster walker can replace it as long as it fills the same
//! slots.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;

use rayon::prelude::*;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};

use super::cell::Reading;
use super::csv_table::{CsvRow, CsvShape};
use super::damage::{Damage, Damages};
use super::kind::ExportKind;
use super::lax::Lax;
use super::object_id::ObjectId;
use super::record::{Origin, Record, Row};
use super::spellings_of;
use super::split_json::Raw;
use super::texts::{FilledArena, TextsBuilder};
use crate::source::Span;

/// How many records a worker reads in one go.
const BATCH: usize = 64;

/// The records of one export in one file.
#[derive(Debug)]
pub struct Rows<R> {
    /// The records, in file order.
    pub records: Vec<R>,
    /// Texts of the records.
    pub arenas: Vec<FilledArena>,
    /// All keys that occur, ASCII lower-cased.
    pub keys: BTreeSet<String>,
    /// Records that could not be read: where and why.
    pub bad: Vec<(Span, String)>,
    /// Records without the property that identifies them: the first, and how many.
    pub without_key: Option<(Span, u64)>,
    /// What was damaged.
    pub damages: Damages,
    /// Names of the properties of which some value could be read.
    pub readable: BTreeSet<&'static str>,
    /// Tenant ids that records name: how often, and the first record.
    pub tenants: BTreeMap<ObjectId, (u64, Span)>,
}

/// What the records of one file have in common.
#[derive(Clone, Copy, Debug)]
pub struct Export<'a> {
    /// Their kind.
    pub kind: ExportKind,
    /// The user that a Graph page is about, where the records do not say it.
    pub user: Option<&'a str>,
    /// Where texts go.
    pub texts: &'a TextsBuilder,
}

/// Reads JSON records; each comes with its span.
pub(super) fn read_json<R: Record>(export: Export, records: &[(Raw, Span)]) -> Rows<R> {
    let batches = records.par_chunks(BATCH).map(|batch| {
        let mut keys = KeyTable::new::<R>(export.kind);
        let mut rows = Batch::<R>::new(export, false);
        for (raw, span) in batch {
            let mut row = Row::new(R::PROPERTIES.len());
            keys.next = 0;
            let mut deserializer = serde_json::Deserializer::from_str(raw.text);
            match (RowSeed {
                keys: &mut keys,
                row: &mut row,
            })
            .deserialize(&mut deserializer)
            {
                Ok(()) => rows.push(*span, row),
                Err(error) => rows.bad.push((*span, error.to_string())),
            }
        }
        rows.finish(keys.lowered())
    });
    join(batches.collect())
}

/// Reads CSV rows; each comes with its span.
pub(super) fn read_csv<R: Record>(
    export: Export,
    shape: &CsvShape,
    records: &[(CsvRow, Span)],
) -> Rows<R> {
    let slots = slots_of::<R>(export.kind);
    let columns: Vec<Option<(usize, u8)>> = shape
        .header
        .iter()
        .map(|name| slot_of(&slots, name))
        .collect();
    let batches = records.par_chunks(BATCH).map(|batch| {
        let mut rows = Batch::<R>::new(export, true);
        for (csv, span) in batch {
            if csv.cells.len() != shape.header.len() {
                rows.bad.push((
                    *span,
                    format!(
                        "the row has {} cells, the header {}",
                        csv.cells.len(),
                        shape.header.len()
                    ),
                ));
                continue;
            }
            let mut row = Row::new(R::PROPERTIES.len());
            for (cell, column) in csv.cells.iter().zip(&columns) {
                if let Some((slot, rank)) = *column {
                    let value = if cell.trim().is_empty() {
                        Lax::Null
                    } else {
                        Lax::Text(cell.as_str().into())
                    };
                    row.put(slot, rank, value);
                }
            }
            rows.push(*span, row);
        }
        rows.finish(shape.header.iter().cloned().collect())
    });
    join(batches.collect())
}

struct Batch<'a, R> {
    export: Export<'a>,
    reading: Reading<'a>,
    user_slot: Option<usize>,
    records: Vec<R>,
    bad: Vec<(Span, String)>,
    without_key: Option<(Span, u64)>,
}

impl<'a, R: Record> Batch<'a, R> {
    fn new(export: Export<'a>, csv: bool) -> Self {
        Self {
            export,
            reading: Reading::new(export.texts.arena(), csv),
            user_slot: R::PROPERTIES.iter().position(|name| *name == "@user"),
            records: Vec::new(),
            bad: Vec::new(),
            without_key: None,
        }
    }

    fn push(&mut self, span: Span, mut row: Row) {
        if let (Some(slot), Some(user)) = (self.user_slot, self.export.user) {
            row.put(slot, 0, Lax::Text(user.to_owned().into()));
        }
        if self.export.kind == ExportKind::GraphUser {
            row.forget_blanks();
        }
        self.reading.begin_record(span);
        for slot in row.repeated() {
            if let Some(property) = R::PROPERTIES.get(*slot) {
                self.reading
                    .damages
                    .note(Damage::RepeatedKey, property, span, "");
            }
        }
        let origin = Origin {
            kind: self.export.kind,
            span,
        };
        let record = R::read(origin, &mut row, &mut self.reading);
        if !is_keyed(self.export.kind, &record) {
            let (first, count) = self.without_key.unwrap_or((span, 0));
            self.without_key = Some((first, count + 1));
        }
        self.records.push(record);
    }

    fn finish(self, keys: BTreeSet<String>) -> Rows<R> {
        // Also of properties that are whole here: they may be damaged elsewhere.
        let readable = R::PROPERTIES
            .iter()
            .enumerate()
            .filter(|(slot, _)| self.reading.readable & (1 << slot) != 0)
            .map(|(_, property)| *property)
            .collect();
        Rows {
            readable,
            tenants: self.reading.tenants,
            records: self.records,
            keys,
            bad: self.bad,
            without_key: self.without_key,
            damages: self.reading.damages,
            arenas: vec![self.reading.arena.finish()],
        }
    }
}

/// Whether a record can be told from others. A key that is there but cannot be read is none: without this the record
/// would vanish when records are merged.
fn is_keyed<R: Record>(kind: ExportKind, record: &R) -> bool {
    match kind {
        ExportKind::Manifest | ExportKind::PhoneNumberTenantConfiguration => true,
        // By name, or by id where no name is known.
        ExportKind::Operators => record.has_value(0) || record.has_value(1),
        ExportKind::GroupPolicyAssignment
        | ExportKind::PhoneNumberPolicyAssignment
        | ExportKind::OnlineApplicationInstanceAssociation => {
            record.has_value(0) && record.has_value(1)
        }
        _ => record.has_value(0),
    }
}

/// Joins what batches, or windows of one file, gave; in order.
pub(super) fn join<R>(batches: Vec<Rows<R>>) -> Rows<R> {
    let mut all = Rows {
        records: Vec::with_capacity(batches.iter().map(|batch| batch.records.len()).sum()),
        arenas: Vec::new(),
        keys: BTreeSet::new(),
        bad: Vec::new(),
        without_key: None,
        damages: Damages::default(),
        readable: BTreeSet::new(),
        tenants: BTreeMap::new(),
    };
    for mut batch in batches {
        all.records.append(&mut batch.records);
        all.arenas.append(&mut batch.arenas);
        all.keys.append(&mut batch.keys);
        all.bad.append(&mut batch.bad);
        all.without_key = match (all.without_key, batch.without_key) {
            (Some((first, one)), Some((_, two))) => Some((first, one + two)),
            (one, two) => one.or(two),
        };
        all.damages.append(batch.damages);
        all.readable.append(&mut batch.readable);
        for (id, (count, first)) in batch.tenants {
            all.tenants.entry(id).or_insert((0, first)).0 += count;
        }
    }
    all
}

/// Lower-cased spelling, slot and rank of every property that a record type reads.
fn slots_of<R: Record>(kind: ExportKind) -> Vec<(String, usize, u8)> {
    let mut slots = Vec::new();
    for (slot, property) in R::PROPERTIES.iter().enumerate() {
        for (rank, spelling) in spellings_of(kind.family(), property)
            .into_iter()
            .enumerate()
        {
            slots.push((spelling, slot, rank as u8));
        }
    }
    slots
}

fn slot_of(slots: &[(String, usize, u8)], key: &str) -> Option<(usize, u8)> {
    slots
        .iter()
        .find(|(spelling, ..)| *spelling == key)
        .map(|(_, slot, rank)| (*slot, *rank))
}

/// The keys met so far. Records of one export repeat their keys in one order, so the next key is nearly always the
/// one behind the last.
struct KeyTable {
    slots: Vec<(String, usize, u8)>,
    known: Vec<KnownKey>,
    /// Where a key is in `known`: a record may have a hundred thousand keys, in any order.
    index: HashMap<String, usize, foldhash::fast::FixedState>,
    next: usize,
}

struct KnownKey {
    spelled: String,
    slot: Option<(usize, u8)>,
}

impl KeyTable {
    fn new<R: Record>(kind: ExportKind) -> Self {
        Self {
            slots: slots_of::<R>(kind),
            known: Vec::new(),
            index: HashMap::default(),
            next: 0,
        }
    }

    fn look_up(&mut self, key: &str) -> Option<(usize, u8)> {
        let predicted = self
            .known
            .get(self.next)
            .is_some_and(|known| known.spelled == key);
        if !predicted {
            self.next = if let Some(index) = self.index.get(key) {
                *index
            } else {
                let lowered = key.to_ascii_lowercase();
                self.known.push(KnownKey {
                    spelled: key.to_owned(),
                    slot: slot_of(&self.slots, lowered.trim()),
                });
                self.index.insert(key.to_owned(), self.known.len() - 1);
                self.known.len() - 1
            };
        }
        self.next += 1;
        self.known[self.next - 1].slot
    }

    fn lowered(&self) -> BTreeSet<String> {
        self.known
            .iter()
            .map(|known| known.spelled.trim().to_ascii_lowercase())
            .collect()
    }
}

struct RowSeed<'k, 'r, 'a> {
    keys: &'k mut KeyTable,
    row: &'r mut Row<'a>,
}

impl<'a> DeserializeSeed<'a> for RowSeed<'_, '_, 'a> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'a> Visitor<'a> for RowSeed<'_, '_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a record")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut access: A) -> Result<(), A::Error> {
        while let Some(slot) = access.next_key_seed(KeySeed(self.keys))? {
            match slot {
                Some((slot, rank)) => self.row.put(slot, rank, access.next_value()?),
                None => {
                    access.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

struct KeySeed<'k>(&'k mut KeyTable);

impl<'a> DeserializeSeed<'a> for KeySeed<'_> {
    type Value = Option<(usize, u8)>;

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for KeySeed<'_> {
    type Value = Option<(usize, u8)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a property name")
    }

    fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
        Ok(self.0.look_up(key))
    }
}
