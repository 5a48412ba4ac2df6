//! Reading the records of one export: each straight from its raw text into its compact form, in parallel.
//!
//! This is the one place that turns text into records. A record of JSON is walked ([`super::walk`]); what the walker does
//! not know, `serde_json` reads. Both fill the same slots.

#[cfg(test)]
mod tests;

use std::any::Any;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rayon::prelude::*;

use super::cell::{Reading, TENANT_ID};
use super::csv_pieces::CsvPieces;
use super::csv_table::CsvRows;
use super::damage::{Damage, Damages};
use super::foreign::error_among_records;
use super::halves;
use super::kind::ExportKind;
use super::lax::Lax;
use super::object_id::ObjectId;
use super::record::{Earlier, Origin, Record, Row, bit_of};
use super::run::{Between, Reached, Run};
use super::sections::Strangers;
use super::spellings_of;
use super::split_json::Raw;
use super::stream_json::{begins_like_page, is_envelope, object_end};
use super::texts::{FilledArena, Remembered, TextsBuilder};
use super::walk::{Shape, Slot, judge};
use crate::source::{Span, StoredOffsets};

/// How many records a worker reads in one go.
const BATCH: usize = 64;

/// How many lists of keys a worker remembers.
const MOST: usize = 4096;

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
    /// Records that a user is missing for, whom only what is around them names: the first, and how many.
    pub without_user: Option<(Span, u64)>,
    /// Error messages among the records: the first, what it says, and how many.
    pub errors: Option<(Span, String, u64)>,
    /// What was damaged.
    pub damages: Damages,
    /// Slots of which some value could be read, a bit each.
    pub readable: u64,
    /// What these slots are called.
    pub properties: &'static [&'static str],
    /// Tenant ids that records name: how often, and the first record.
    pub tenants: BTreeMap<ObjectId, (u64, Span)>,
    /// Where and why a table breaks off.
    pub cut_off: Option<(Span, String)>,
    /// How many records were read.
    pub read: u64,
}

impl<R> Default for Rows<R> {
    fn default() -> Self {
        Self {
            records: Vec::new(),
            arenas: Vec::new(),
            keys: BTreeSet::new(),
            bad: Vec::new(),
            without_key: None,
            without_user: None,
            errors: None,
            damages: Damages::default(),
            readable: 0,
            properties: &[],
            tenants: BTreeMap::new(),
            cut_off: None,
            read: 0,
        }
    }
}

impl<R> Rows<R> {
    /// Adds what stands behind it in the same file.
    pub(super) fn append(&mut self, mut later: Self) {
        self.records.append(&mut later.records);
        self.arenas.append(&mut later.arenas);
        self.keys.append(&mut later.keys);
        self.bad.append(&mut later.bad);
        self.without_key = sum(self.without_key, later.without_key);
        self.without_user = sum(self.without_user, later.without_user);
        self.errors = match (self.errors.take(), later.errors) {
            (Some((first, said, one)), Some((.., two))) => Some((first, said, one + two)),
            (one, two) => one.or(two),
        };
        self.damages.append(later.damages);
        self.readable |= later.readable;
        self.properties = later.properties;
        for (id, (count, first)) in later.tenants {
            self.tenants.entry(id).or_insert((0, first)).0 += count;
        }
        self.cut_off = self.cut_off.take().or(later.cut_off);
        self.read += later.read;
    }

    /// Names of the properties of which some value could be read.
    pub(super) fn readable(&self) -> BTreeSet<&'static str> {
        let properties = self.properties.iter().enumerate();
        let readable = properties.filter(|(slot, _)| self.readable & bit_of(*slot) != 0);
        readable.map(|(_, property)| *property).collect()
    }
}

/// What the records of one file have in common.
#[derive(Clone, Copy, Debug)]
pub struct Export<'a> {
    /// Their kind.
    pub kind: ExportKind,
    /// The user that a Graph page is about, where the records do not say it.
    pub user: Option<&'a str>,
    /// What the file is called, where nobody told its records apart: one of another kind counts as bad then.
    pub name: Option<&'a str>,
    /// Where texts go.
    pub texts: &'a TextsBuilder,
}

/// Reads JSON records; each comes with its span.
pub(super) fn read_json<R: Record>(
    export: Export,
    workers: &Workers,
    records: &[(Raw, Span)],
) -> Rows<R> {
    let batches = records.par_chunks(BATCH).map(|batch| {
        workers.lend::<R, _>(export, |worker| {
            let (mut rows, mut row) = worker.begin::<R>(export, false);
            rows.records.reserve_exact(batch.len());
            for (raw, span) in batch {
                if worker.walk(raw.text, 0, &mut row) == Some(raw.text.len()) {
                    worker.keep(raw.text, *span, &mut row, &mut rows);
                } else {
                    worker.judge(raw.text, *span, &mut row, &mut rows);
                }
            }
            worker.end(rows, &row, BTreeSet::new())
        })
    });
    join(batches.collect())
}

/// Reads the records of a run of text, which were not cut apart yet, and how far it is a run.
pub(super) fn read_run<R: Record>(
    export: Export,
    workers: &Workers,
    run: &Run,
) -> (Rows<R>, Reached) {
    workers.lend::<R, _>(export, |worker| {
        let (mut rows, mut row) = worker.begin::<R>(export, false);
        // Windows of a file are alike.
        rows.records.reserve(worker.last + worker.last / 8);
        let reached = read_records(worker, run, (&mut rows, &mut row));
        (worker.end(rows, &row, BTreeSet::new()), reached)
    })
}

fn read_records<'t, R: Record>(
    worker: &mut Worker,
    run: &Run<'t>,
    (rows, row): (&mut Batch<R>, &mut Row<'t>),
) -> Reached {
    let bytes = run.text.as_bytes();
    let mut reached = Reached {
        at: 0,
        between: run.between,
    };
    let mut offsets = StoredOffsets::behind(run.text, run.encoding, run.stored);
    while let Some(at) = reached.between.record(bytes, reached.at) {
        // A page among records is for the cutter to open.
        let may_be_page = match run.between {
            Between::Documents => is_envelope(bytes, at),
            _ => begins_like_page(bytes, at),
        };
        if may_be_page {
            break;
        }
        let walked = worker.walk(run.text, at, row);
        let Some(end) = walked.or_else(|| object_end(bytes, at)) else {
            break;
        };
        let (start, behind) = (offsets.of(at), offsets.of(end));
        let span = Span {
            source: run.source,
            start,
            len: u32::try_from(behind - start).unwrap_or(u32::MAX),
        };
        let record = run.text.get(at..end).unwrap_or_default();
        if walked.is_some() {
            worker.keep(record, span, row, rows);
        } else {
            worker.judge(record, span, row, rows);
        }
        reached = Reached {
            at: end,
            between: reached.between.behind_record(),
        };
    }
    reached
}

/// What readers of one export learn, kept from window to window.
#[derive(Debug, Default)]
pub struct Workers {
    idle: Mutex<Vec<Worker>>,
    /// Those keys by which the kind was found, in order.
    sample: Arc<[String]>,
}

impl Workers {
    /// For records whose kind was found by these keys, ASCII lower-cased.
    pub(super) fn of_sample(keys: &BTreeSet<String>) -> Self {
        Self {
            sample: keys.iter().cloned().collect(),
            ..Self::default()
        }
    }

    /// Lends a worker that nobody else has.
    fn lend<R: Record, T>(&self, export: Export, work: impl FnOnce(&mut Worker) -> T) -> T {
        let lent = self.idle().pop();
        let mut worker = lent.unwrap_or_else(|| Worker::new::<R>(export.kind, &self.sample));
        let done = work(&mut worker);
        self.idle().push(worker);
        done
    }

    /// Forgets what was learnt: some of it was read in vain.
    pub(super) fn forget(&self) {
        self.idle().clear();
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Worker>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What one reader knows of the records of an export.
#[derive(Debug)]
struct Worker {
    shape: Shape,
    slots: Vec<(String, Slot)>,
    /// How many of its keys were told with what it gave.
    told: usize,
    remembered: Remembered,
    strangers: Strangers,
    /// Keys of records that were looked at, as the shape numbers them.
    met: HashSet<Box<[usize]>, foldhash::fast::RandomState>,
    /// How many records the last piece had.
    last: usize,
    /// A [`LikeTwin`] of the last batch. Of which type of record, the worker does not know.
    twin: Option<Box<dyn Any + Send>>,
}

impl Worker {
    fn new<R: Record>(kind: ExportKind, sample: &Arc<[String]>) -> Self {
        Self {
            shape: Shape::default(),
            slots: slots_of::<R>(kind),
            told: 0,
            remembered: Remembered::default(),
            strangers: Strangers::of_sample(Arc::clone(sample)),
            met: HashSet::default(),
            last: 0,
            twin: None,
        }
    }

    /// Begins a batch, behind the last one.
    fn begin<'a, 't, R: Record>(
        &mut self,
        export: Export<'a>,
        csv: bool,
    ) -> (Batch<'a, R>, Row<'t>) {
        let remembered = std::mem::take(&mut self.remembered);
        let arena = export.texts.arena_with(remembered);
        let mut batch = Batch::new(export, Reading::new(arena, csv));
        let mut row = Row::new(R::PROPERTIES.len());
        let twin = self.twin.take().and_then(|twin| twin.downcast().ok());
        if let Some(twin) = twin {
            batch.resume(*twin, &mut row);
        }
        (batch, row)
    }

    /// Ends a batch of records with these keys, besides those that were walked.
    fn end<R: Record>(
        &mut self,
        batch: Batch<R>,
        row: &Row,
        mut keys: BTreeSet<String>,
    ) -> Rows<R> {
        keys.append(&mut self.shape.lowered(self.told));
        self.told = self.shape.len();
        self.twin = batch.like_twin(row).map(|twin| Box::new(twin) as _);
        self.last = batch.records.len();
        let (rows, remembered) = batch.finish(keys);
        self.remembered = remembered;
        rows
    }

    /// The quick way: the offset behind the record, or `None` where it must be judged.
    fn walk<'t>(&mut self, text: &'t str, at: usize, row: &mut Row<'t>) -> Option<usize> {
        let slots = &self.slots;
        self.shape
            .walk(text, at, row, &|key| slot_of_key(slots, key))
    }

    /// Makes a record of what was walked, unless it is one of another kind.
    fn keep<R: Record>(&mut self, record: &str, span: Span, row: &mut Row, rows: &mut Batch<R>) {
        if self.has_new_keys() && self.is_stranger(record, rows.export) {
            row.clear();
            self.shape.forget_twin();
            rows.bad.push((span, "of another kind".to_owned()));
        } else {
            rows.push(span, record, row);
        }
    }

    /// Whether the record that was walked has other keys than all before it, in whatever order. What has the keys of a
    /// record that was looked at need not be looked at.
    fn has_new_keys(&mut self) -> bool {
        if self.shape.is_alike() {
            return false;
        }
        let keys = self.shape.keys_met();
        if self.met.contains(keys) {
            return false;
        }
        if self.met.len() >= MOST {
            self.met.clear();
        }
        self.met.insert(keys.into());
        true
    }

    fn is_stranger(&mut self, record: &str, export: Export) -> bool {
        let name = export.name;
        name.is_some_and(|name| self.strangers.has(export.kind, name, record))
    }

    /// The exact way, which also says what is wrong with a record.
    fn judge<'t, R: Record>(
        &mut self,
        record: &'t str,
        span: Span,
        row: &mut Row<'t>,
        rows: &mut Batch<R>,
    ) {
        row.clear();
        // A file with halves of characters is mended as a whole, and that is told.
        if halves::has(record) {
            rows.bad.push((span, "half of a character".to_owned()));
            return;
        }
        if self.is_stranger(record, rows.export) {
            rows.bad.push((span, "of another kind".to_owned()));
            return;
        }
        let slots = &self.slots;
        match judge(record, &mut self.shape, row, &|key| slot_of_key(slots, key)) {
            Ok(()) => rows.push(span, record, row),
            Err(error) => {
                row.clear();
                rows.bad.push((span, error.to_string()));
            }
        }
    }
}

/// Reads the rows of a table.
pub(super) fn read_csv<R: Record>(export: Export, workers: &Workers, table: &CsvPieces) -> Rows<R> {
    let slots = slots_of::<R>(export.kind);
    let header = table.shape.header.iter();
    let columns: Vec<Option<Slot>> = header.map(|name| slot_of(&slots, name)).collect();
    let pieces = table.pieces.par_iter().map(|piece| {
        workers.lend::<R, _>(export, |worker| {
            read_piece(worker, export, table, &columns, *piece)
        })
    });
    join(pieces.collect())
}

/// Reads the rows of a piece of a table; what each column holds is known.
fn read_piece<R: Record>(
    worker: &mut Worker,
    export: Export,
    table: &CsvPieces,
    columns: &[Option<Slot>],
    (text, stored): (&str, u64),
) -> Rows<R> {
    let (mut batch, row) = worker.begin::<R>(export, true);
    let mut rows = CsvRows::behind(text, 0, table.shape);
    let mut offsets = table.offsets(text, stored);
    // Cells are lent to the slots of a row: some rows are read before any of them is used.
    let mut read = vec![csv::StringRecord::new(); BATCH];
    let mut spans = Vec::with_capacity(BATCH);
    loop {
        spans.clear();
        for cells in &mut read {
            let Some((at, text)) = rows.next_row(cells) else {
                break;
            };
            spans.push(table.span(&mut offsets, at, text.len()));
        }
        if spans.is_empty() {
            break;
        }
        let mut row = Row::new(R::PROPERTIES.len());
        for (cells, span) in read.iter().zip(&spans) {
            if cells.len() == columns.len() {
                put_cells(cells, columns, &mut row);
                batch.push(*span, "", &mut row);
            } else {
                let (cells, columns) = (cells.len(), columns.len());
                let why = format!("the row has {cells} cells, the header {columns}");
                batch.bad.push((*span, why));
            }
        }
    }
    let mut all = worker.end(batch, &row, table.shape.header.iter().cloned().collect());
    all.cut_off = table.place(rows.cut_off, &mut offsets);
    all
}

fn put_cells<'t>(cells: &'t csv::StringRecord, columns: &[Option<Slot>], row: &mut Row<'t>) {
    for (cell, column) in cells.iter().zip(columns) {
        if let Some(slot) = *column {
            let value = if cell.trim().is_empty() {
                Lax::Null
            } else {
                Lax::Text(cell.into())
            };
            row.put(slot.index, slot.rank, value);
        }
    }
}

/// Records that have values of a worker's twin, for those that follow them in another batch.
struct LikeTwin<R> {
    records: Vec<R>,
    /// For each slot which of them has its value.
    places: Vec<u32>,
    /// Slots whose values may be left out, a bit each.
    slots: u64,
}

struct Batch<'a, R> {
    export: Export<'a>,
    reading: Reading<'a>,
    user_slot: Option<usize>,
    records: Vec<R>,
    /// Records of the batch before that have values of the twin.
    kept: Vec<R>,
    /// For slots of which the row may leave out values: a record that has the value of the twin, counted behind those that
    /// were kept.
    as_twin: Vec<u32>,
    /// Slots whose values are never left out.
    always: u64,
    bad: Vec<(Span, String)>,
    without_key: Option<(Span, u64)>,
    without_user: Option<(Span, u64)>,
    errors: Option<(Span, String, u64)>,
}

impl<'a, R: Record> Batch<'a, R> {
    fn new(export: Export<'a>, reading: Reading<'a>) -> Self {
        Self {
            export,
            reading,
            user_slot: R::PROPERTIES.iter().position(|name| *name == "@user"),
            records: Vec::new(),
            kept: Vec::new(),
            as_twin: vec![0; R::PROPERTIES.len()],
            always: always_read::<R>(export.kind),
            bad: Vec::new(),
            without_key: None,
            without_user: None,
            errors: None,
        }
    }

    /// Makes a record of a row, which is empty then; its text is that of an object, or empty.
    fn push(&mut self, span: Span, text: &str, row: &mut Row) {
        if let Some(slot) = self.user_slot {
            match self.export.user {
                Some(user) => row.put(slot, 0, Lax::Text(user.to_owned().into())),
                None if row.is_empty(slot) && !row.is_left_out(slot) => {
                    self.without_user = Some(one_more(self.without_user, span));
                }
                None => {}
            }
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
        let noted = self.reading.damages.total();
        let earlier = Earlier {
            kept: &self.kept,
            records: &self.records,
            as_twin: &self.as_twin,
        };
        let record = R::read(origin, row, &mut self.reading, &earlier);
        // What is damaged is told of each record.
        let as_twin = row.as_twin() & !self.always;
        if as_twin != 0 && self.reading.damages.total() == noted {
            self.remember(as_twin);
            row.may_leave_out(as_twin);
        }
        row.next_record();
        if !is_keyed(self.export.kind, &record) {
            self.note_unkeyed(span, text);
        }
        self.records.push(record);
    }

    /// Notes a record that cannot be told from others, or an error message in the place of one.
    fn note_unkeyed(&mut self, span: Span, text: &str) {
        match (&mut self.errors, error_among_records(text)) {
            (_, None) => self.without_key = Some(one_more(self.without_key, span)),
            (Some((_, _, count)), Some(_)) => *count += 1,
            (none, Some(said)) => *none = Some((span, said, 1)),
        }
    }

    /// From now on these slots are copied from the record that is about to be kept.
    fn remember(&mut self, slots: u64) {
        let next = (self.kept.len() + self.records.len()) as u32;
        for (slot, record) in self.as_twin.iter_mut().enumerate() {
            if slots & bit_of(slot) != 0 {
                *record = next;
            }
        }
    }

    /// Goes on behind another batch of the same worker.
    fn resume(&mut self, twin: LikeTwin<R>, row: &mut Row) {
        row.may_leave_out(twin.slots);
        (self.kept, self.as_twin) = (twin.records, twin.places);
    }

    /// What the next batch of the worker needs to know; `None` where its row must have all values.
    fn like_twin(&self, row: &Row) -> Option<LikeTwin<R>> {
        let slots = row.left_out_later();
        if slots == 0 {
            return None;
        }
        let earlier = Earlier {
            kept: &self.kept,
            records: &self.records,
            as_twin: &self.as_twin,
        };
        let mut records: Vec<R> = Vec::new();
        let mut taken: Vec<u32> = Vec::new();
        let mut places = self.as_twin.clone();
        for (slot, place) in places.iter_mut().enumerate() {
            if slots & bit_of(slot) == 0 {
                continue;
            }
            let known = taken.iter().position(|known| known == place);
            if known.is_none() {
                records.push(earlier.of_slot(slot)?.clone());
                taken.push(*place);
            }
            *place = known.unwrap_or(records.len() - 1) as u32;
        }
        Some(LikeTwin {
            records,
            places,
            slots,
        })
    }

    fn finish(self, keys: BTreeSet<String>) -> (Rows<R>, Remembered) {
        let (arena, remembered) = self.reading.arena.finish_and_remember();
        let rows = Rows {
            // Also of properties that are whole here: they may be damaged elsewhere.
            readable: self.reading.readable,
            properties: R::PROPERTIES,
            tenants: self.reading.tenants,
            read: self.records.len() as u64,
            records: self.records,
            keys,
            bad: self.bad,
            without_key: self.without_key,
            without_user: self.without_user,
            errors: self.errors,
            cut_off: None,
            damages: self.reading.damages,
            arenas: vec![arena],
        };
        (rows, remembered)
    }
}

/// The first of some records, and how many they are with one more.
fn one_more(known: Option<(Span, u64)>, span: Span) -> (Span, u64) {
    let (first, count) = known.unwrap_or((span, 0));
    (first, count + 1)
}

/// The slots that are read in each record, whatever is written there: tenant ids are counted, and blanks of Graph's users
/// are forgotten.
fn always_read<R: Record>(kind: ExportKind) -> u64 {
    if kind == ExportKind::GraphUser {
        return u64::MAX;
    }
    let slots = R::PROPERTIES.iter().enumerate();
    let counted = slots.filter(|(_, property)| **property == TENANT_ID);
    counted.fold(0, |all, (slot, _)| all | bit_of(slot))
}

/// Whether a record can be told from others. A key that is there but cannot be read is none: without this the record
/// would vanish when records are merged.
pub(super) fn is_keyed<R: Record>(kind: ExportKind, record: &R) -> bool {
    match kind {
        ExportKind::Manifest | ExportKind::PhoneNumberTenantConfiguration => true,
        // By name, or by id where no name is known.
        ExportKind::Operators => record.has_value(0) || record.has_value(1),
        ExportKind::GroupPolicyAssignment
        | ExportKind::PhoneNumberPolicyAssignment
        | ExportKind::OnlineApplicationInstanceAssociation => {
            record.has_value(0) && record.has_value(1)
        }
        // What locates a caller is one type of record, and each kind of it has another key.
        ExportKind::OnlineLisSwitch => record.has_value(1),
        ExportKind::OnlineLisPort => record.has_value(1) && record.has_value(2),
        ExportKind::OnlineLisWirelessAccessPoint => record.has_value(3),
        _ => record.has_value(0),
    }
}

/// Joins what batches gave; in order.
fn join<R>(batches: Vec<Rows<R>>) -> Rows<R> {
    let mut all = Rows::default();
    let records = batches.iter().map(|batch| batch.records.len()).sum();
    all.records.reserve_exact(records);
    for batch in batches {
        all.append(batch);
    }
    all
}

/// The first of all, and how many they are.
fn sum(one: Option<(Span, u64)>, two: Option<(Span, u64)>) -> Option<(Span, u64)> {
    match (one, two) {
        (Some((first, one)), Some((_, two))) => Some((first, one + two)),
        (one, two) => one.or(two),
    }
}

/// Lower-cased spelling and slot of every property that a record type reads.
fn slots_of<R: Record>(kind: ExportKind) -> Vec<(String, Slot)> {
    let mut slots = Vec::new();
    for (index, (property, holds_plans)) in R::PROPERTIES.iter().zip(R::PLANS).enumerate() {
        for (rank, spelling) in spellings_of(kind.family(), property).iter().enumerate() {
            let slot = Slot {
                index,
                rank: rank as u8,
                holds_plans: *holds_plans,
            };
            slots.push((spelling.clone(), slot));
        }
    }
    slots
}

fn slot_of_key(slots: &[(String, Slot)], key: &str) -> Option<Slot> {
    slot_of(slots, key.trim().to_ascii_lowercase().as_str())
}

fn slot_of(slots: &[(String, Slot)], key: &str) -> Option<Slot> {
    let mut slots = slots.iter();
    let found = slots.find(|(spelling, _)| *spelling == key);
    found.map(|(_, slot)| *slot)
}
