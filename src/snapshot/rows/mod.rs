//! Reading the records of one export: each straight from its raw text into its compact form, in parallel.
//!
//! This is the one place that turns text into records. A record of JSON is walked ([`super::walk`]); what the walker does
//! not know, `serde_json` reads. Both fill the same slots.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rayon::prelude::*;

use super::cell::{Reading, TENANT_ID};
use super::csv_table::{CsvRow, CsvShape};
use super::damage::{Damage, Damages};
use super::foreign::error_among_records;
use super::halves;
use super::kind::ExportKind;
use super::lax::Lax;
use super::object_id::ObjectId;
use super::record::{Earlier, Origin, Record, Row, bit_of};
use super::run::{Between, Piece, Reached, Run};
use super::sections::Strangers;
use super::spellings_of;
use super::split_json::Raw;
use super::stream_json::{begins_like_page, is_envelope, object_end};
use super::texts::{FilledArena, Remembered, TextsBuilder};
use super::walk::{Shape, Slot, judge};
use crate::source::{Span, StoredOffsets};

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
    /// Records that a user is missing for, whom only what is around them names: the first, and how many.
    pub without_user: Option<(Span, u64)>,
    /// Error messages among the records: the first, what it says, and how many.
    pub errors: Option<(Span, String, u64)>,
    /// What was damaged.
    pub damages: Damages,
    /// Names of the properties of which some value could be read.
    pub readable: BTreeSet<&'static str>,
    /// Tenant ids that records name: how often, and the first record.
    pub tenants: BTreeMap<ObjectId, (u64, Span)>,
    /// How far a run of text was read.
    pub reached: Option<Reached>,
    /// How many records were read.
    pub read: u64,
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
            let mut rows = worker.batch::<R>(export, false);
            rows.records.reserve_exact(batch.len());
            let mut row = Row::new(R::PROPERTIES.len());
            for (raw, span) in batch {
                if worker.walk(raw.text, 0, &mut row) == Some(raw.text.len()) {
                    worker.keep(raw.text, *span, &mut row, &mut rows);
                } else {
                    worker.judge(raw.text, *span, &mut row, &mut rows);
                }
            }
            rows.finish(BTreeSet::new(), worker)
        })
    });
    let rows = join(batches.collect());
    workers.settle();
    rows
}

/// Reads the records of a run of text, which were not cut apart yet: its pieces at the same time.
pub(super) fn read_run<R: Record>(export: Export, workers: &Workers, run: &Run) -> Rows<R> {
    let pieces: Vec<(Rows<R>, Reached)> = run
        .pieces
        .par_iter()
        .map(|piece| workers.lend::<R, _>(export, |worker| read_piece(export, worker, run, piece)))
        .collect();
    // Where a piece begins was guessed. The guess was right if the piece before ended there.
    let mut rows = Vec::with_capacity(pieces.len());
    let mut reached = Reached {
        at: run.pieces.first().map_or(0, |piece| piece.start),
        between: run.between,
    };
    for (piece, (read, end)) in run.pieces.iter().zip(pieces) {
        if reached.at != piece.start {
            break;
        }
        rows.push(read);
        reached = end;
    }
    if rows.len() < run.pieces.len() && workers.has_unsettled() {
        // Keys of what is no record must not count as properties: what is right is read again by readers who never
        // saw the rest.
        workers.forget();
        return read_run(export, workers, &run.first(rows.len()));
    }
    workers.settle();
    Rows {
        reached: Some(reached),
        ..join(rows)
    }
}

fn read_piece<R: Record>(
    export: Export,
    worker: &mut Worker,
    run: &Run,
    piece: &Piece,
) -> (Rows<R>, Reached) {
    let mut rows = worker.batch::<R>(export, false);
    // Pieces of a file are alike.
    rows.records.reserve(worker.last + worker.last / 8);
    let mut row = Row::new(R::PROPERTIES.len());
    let text = run.text.get(..piece.end).unwrap_or_default();
    let bytes = text.as_bytes();
    let first = run.pieces.first().map_or(0, |first| first.start);
    let mut reached = Reached {
        at: piece.start,
        // A guess stands behind a record.
        between: if piece.start == first {
            run.between
        } else {
            run.between.behind_record()
        },
    };
    let mut offsets = StoredOffsets::behind(
        text.get(piece.start..).unwrap_or_default(),
        run.encoding,
        piece.stored,
    );
    while let Some(at) = reached.between.record(bytes, reached.at) {
        // A page among records is for the cutter to open.
        let may_be_page = match run.between {
            Between::Documents => is_envelope(bytes, at),
            _ => begins_like_page(bytes, at),
        };
        if may_be_page {
            break;
        }
        let walked = worker.walk(text, at, &mut row);
        let Some(end) = walked.or_else(|| object_end(bytes, at)) else {
            break;
        };
        let (start, behind) = (offsets.of(at - piece.start), offsets.of(end - piece.start));
        let span = Span {
            source: run.source,
            start,
            len: u32::try_from(behind - start).unwrap_or(u32::MAX),
        };
        let record = text.get(at..end).unwrap_or_default();
        if walked.is_some() {
            worker.keep(record, span, &mut row, &mut rows);
        } else {
            worker.judge(record, span, &mut row, &mut rows);
        }
        reached = Reached {
            at: end,
            between: reached.between.behind_record(),
        };
    }
    (rows.finish(BTreeSet::new(), worker), reached)
}

/// What readers of one export learn, kept from window to window.
#[derive(Debug, Default)]
pub struct Workers {
    idle: Mutex<Vec<Worker>>,
    /// All keys of what was read so far, ASCII lower-cased.
    keys: Mutex<BTreeSet<String>>,
    /// Those by which the kind was found, in order.
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

    /// All keys that were met, ASCII lower-cased.
    pub(super) fn into_keys(self) -> BTreeSet<String> {
        self.keys
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Lends a worker that nobody else has.
    fn lend<R: Record, T>(&self, export: Export, work: impl FnOnce(&mut Worker) -> T) -> T {
        let lent = self.idle().pop();
        let mut worker = lent.unwrap_or_else(|| Worker::new::<R>(export.kind, &self.sample));
        let done = work(&mut worker);
        self.idle().push(worker);
        done
    }

    /// Whether some keys were met that do not count yet.
    fn has_unsettled(&self) -> bool {
        self.idle().iter().any(Worker::is_unsettled)
    }

    /// What was read counts: so do its keys.
    fn settle(&self) {
        for worker in self
            .idle()
            .iter_mut()
            .filter(|worker| worker.is_unsettled())
        {
            let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
            keys.append(&mut worker.shape.lowered());
            worker.settled = worker.shape.len();
        }
    }

    /// Forgets what was learnt.
    fn forget(&self) {
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
    /// How many of its keys count.
    settled: usize,
    remembered: Remembered,
    strangers: Strangers,
    /// How many records the last piece had.
    last: usize,
}

impl Worker {
    fn new<R: Record>(kind: ExportKind, sample: &Arc<[String]>) -> Self {
        Self {
            shape: Shape::default(),
            slots: slots_of::<R>(kind),
            settled: 0,
            remembered: Remembered::default(),
            strangers: Strangers::of_sample(Arc::clone(sample)),
            last: 0,
        }
    }

    fn batch<'a, R: Record>(&mut self, export: Export<'a>, csv: bool) -> Batch<'a, R> {
        let arena = export
            .texts
            .arena_with(std::mem::take(&mut self.remembered));
        Batch::new(export, Reading::new(arena, csv))
    }

    fn is_unsettled(&self) -> bool {
        self.settled < self.shape.len()
    }

    /// The quick way: the offset behind the record, or `None` where it must be judged.
    fn walk<'t>(&mut self, text: &'t str, at: usize, row: &mut Row<'t>) -> Option<usize> {
        let slots = &self.slots;
        self.shape
            .walk(text, at, row, &|key| slot_of_key(slots, key))
    }

    /// Makes a record of what was walked, unless it is one of another kind.
    fn keep<R: Record>(&mut self, record: &str, span: Span, row: &mut Row, rows: &mut Batch<R>) {
        // What has the keys of a record that was looked at need not be looked at.
        if !self.shape.is_alike() && self.is_stranger(record, rows.export) {
            row.clear();
            self.shape.forget_twin();
            rows.bad.push((span, "of another kind".to_owned()));
        } else {
            rows.push(span, record, row);
        }
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

/// Reads CSV rows; each comes with its span.
pub(super) fn read_csv<R: Record>(
    export: Export,
    workers: &Workers,
    shape: &CsvShape,
    records: &[(CsvRow, Span)],
) -> Rows<R> {
    let slots = slots_of::<R>(export.kind);
    let columns: Vec<Option<Slot>> = shape
        .header
        .iter()
        .map(|name| slot_of(&slots, name))
        .collect();
    let batches = records.par_chunks(BATCH).map(|batch| {
        workers.lend::<R, _>(export, |worker| {
            let mut rows = worker.batch::<R>(export, true);
            let mut row = Row::new(R::PROPERTIES.len());
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
                for (cell, column) in csv.cells.iter().zip(&columns) {
                    if let Some(slot) = *column {
                        let value = if cell.trim().is_empty() {
                            Lax::Null
                        } else {
                            Lax::Text(cell.as_str().into())
                        };
                        row.put(slot.index, slot.rank, value);
                    }
                }
                rows.push(*span, "", &mut row);
            }
            rows.finish(shape.header.iter().cloned().collect(), worker)
        })
    });
    join(batches.collect())
}

struct Batch<'a, R> {
    export: Export<'a>,
    reading: Reading<'a>,
    user_slot: Option<usize>,
    records: Vec<R>,
    /// For slots of which the row may leave out values: a record that has the value of the twin.
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
        for (slot, record) in self.as_twin.iter_mut().enumerate() {
            if slots & bit_of(slot) != 0 {
                *record = self.records.len() as u32;
            }
        }
    }

    fn finish(self, keys: BTreeSet<String>, worker: &mut Worker) -> Rows<R> {
        // Also of properties that are whole here: they may be damaged elsewhere.
        let readable = R::PROPERTIES
            .iter()
            .enumerate()
            .filter(|(slot, _)| self.reading.readable & (1 << slot) != 0)
            .map(|(_, property)| *property)
            .collect();
        let (arena, remembered) = self.reading.arena.finish_and_remember();
        worker.remembered = remembered;
        worker.last = self.records.len();
        Rows {
            readable,
            tenants: self.reading.tenants,
            read: self.records.len() as u64,
            records: self.records,
            keys,
            bad: self.bad,
            without_key: self.without_key,
            without_user: self.without_user,
            errors: self.errors,
            damages: self.reading.damages,
            arenas: vec![arena],
            reached: None,
        }
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

/// Joins what batches, or windows of one file, gave; in order.
pub(super) fn join<R>(batches: Vec<Rows<R>>) -> Rows<R> {
    let mut all = Rows {
        records: Vec::with_capacity(batches.iter().map(|batch| batch.records.len()).sum()),
        arenas: Vec::new(),
        keys: BTreeSet::new(),
        bad: Vec::new(),
        without_key: None,
        without_user: None,
        errors: None,
        damages: Damages::default(),
        readable: BTreeSet::new(),
        tenants: BTreeMap::new(),
        reached: None,
        read: 0,
    };
    for mut batch in batches {
        all.records.append(&mut batch.records);
        all.read += batch.read;
        all.arenas.append(&mut batch.arenas);
        all.keys.append(&mut batch.keys);
        all.bad.append(&mut batch.bad);
        all.without_key = sum(all.without_key, batch.without_key);
        all.without_user = sum(all.without_user, batch.without_user);
        all.errors = match (all.errors, batch.errors) {
            (Some((first, said, one)), Some((.., two))) => Some((first, said, one + two)),
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
