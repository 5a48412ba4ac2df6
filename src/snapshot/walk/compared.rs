//! The walker and the lookup of a field beside `serde_json`, for the fuzzer: they never accept more, and read the same.

use std::collections::BTreeSet;

use super::{Lookup, Shape, Slot, judge};
use crate::snapshot::cell::{Cell, PlanSet, Reading};
use crate::snapshot::lax::Lax;
use crate::snapshot::record::{Row, bit_of};
use crate::snapshot::texts::TextsBuilder;

/// Keys that fill slots; two spellings of one property are among them.
const SLOTS: [(&str, Slot); 6] = [
    ("a", slot(0, 0)),
    ("b", slot(1, 0)),
    ("plans", PLANS),
    ("plan", Slot { rank: 1, ..PLANS }),
    ("list", slot(3, 0)),
    ("name", slot(4, 0)),
];

/// Fields that are looked for, by their spellings.
const FIELDS: [&[&str]; 3] = [&["a"], &["plans", "plan"], &["name", "b", "list"]];

/// The slot whose lists are added up.
const PLANS: Slot = Slot {
    holds_plans: true,
    ..slot(2, 0)
};

const fn slot(index: usize, rank: u8) -> Slot {
    Slot {
        index,
        rank,
        holds_plans: false,
    }
}

type Filled<'t> = Vec<Option<Lax<'t>>>;

/// Walks a text in which records stand one behind the other, with blanks between them. The first record that
/// `serde_json` refuses though it was walked, or reads in another way, or in which a field is found elsewhere, and why; `None`
/// where both agree.
pub fn disagreement(text: &str) -> Option<String> {
    let mut lookups =
        FIELDS.map(|names| Lookup::of(names.iter().map(|&name| name.into()).collect()));
    // One walker for all of them: what it remembers of a record must not change what it reads in the next.
    let mut reader = Reader::default();
    let mut met = BTreeSet::new();
    let mut at = 0;
    loop {
        at += blank(text.get(at..)?);
        let end = if let Some((walked, end)) = reader.walk(text, at) {
            let record = text.get(at..end)?;
            match judged(record) {
                Err(error) => return Some(format!("{record:?} is walked: {error}")),
                Ok((row, _)) if !are_alike(&walked, &row) => {
                    return Some(format!("{record:?} is {walked:?}, by serde_json {row:?}"));
                }
                Ok((_, keys)) => met.extend(keys),
            }
            end
        } else {
            // As where exports are read: `serde_json` takes over, and the walker goes on behind the record.
            let rest = text.get(at..)?;
            for lookup in &mut lookups {
                // It may be anything: what is found there matters to nobody.
                lookup.find(rest.as_bytes());
            }
            let mut records =
                serde_json::Deserializer::from_str(rest).into_iter::<serde::de::IgnoredAny>();
            if !rest.starts_with('{') || !matches!(records.next(), Some(Ok(_))) {
                return None;
            }
            let end = at + records.byte_offset();
            let record = text.get(at..end)?;
            let mut row = Row::new(SLOTS.len());
            judge(record, &mut reader.shape, &mut row, &slot_of).ok()?;
            met.extend(judged(record).ok()?.1);
            end
        };
        let known = reader.shape.lowered(0);
        if known != met {
            return Some(format!(
                "up to {end} keys are {known:?}, by serde_json {met:?}"
            ));
        }
        let record = text.get(at..end)?;
        for lookup in &mut lookups {
            let found = lookup.find(record.as_bytes());
            let exact = lookup.exact(record);
            if found != exact {
                return Some(format!(
                    "{lookup:?} finds {found:?} in {record:?}, serde_json {exact:?}"
                ));
            }
        }
        at = end;
    }
}

fn blank(text: &str) -> usize {
    text.len() - text.trim_start_matches([' ', '\n', '\r', '\t']).len()
}

fn slot_of(key: &str) -> Option<Slot> {
    let lowered = key.trim().to_ascii_lowercase();
    let found = SLOTS.iter().find(|(name, _)| *name == lowered);
    found.map(|(_, slot)| *slot)
}

/// One walker and its row, with what it may leave out as it was read before.
struct Reader<'t> {
    shape: Shape,
    row: Row<'t>,
    as_twin: Filled<'t>,
}

impl Default for Reader<'_> {
    fn default() -> Self {
        Self {
            shape: Shape::default(),
            row: Row::new(SLOTS.len()),
            as_twin: vec![None; SLOTS.len()],
        }
    }
}

impl<'t> Reader<'t> {
    fn walk(&mut self, text: &'t str, at: usize) -> Option<(Filled<'t>, usize)> {
        let row = &mut self.row;
        let Some(end) = self.shape.walk(text, at, row, &slot_of) else {
            row.clear();
            return None;
        };
        let mut filled = filled(row);
        for (slot, value) in filled.iter_mut().enumerate() {
            if row.is_left_out(slot) {
                value.clone_from(&self.as_twin[slot]);
            } else if row.as_twin() & bit_of(slot) != 0 {
                self.as_twin[slot].clone_from(value);
            }
        }
        row.may_leave_out(row.as_twin());
        row.next_record();
        Some((filled, end))
    }
}

/// What `serde_json` reads, and the keys that it meets.
fn judged(record: &str) -> serde_json::Result<(Filled<'_>, BTreeSet<String>)> {
    let mut shape = Shape::default();
    let mut row = Row::new(SLOTS.len());
    judge(record, &mut shape, &mut row, &slot_of)?;
    // The reader of records stops behind the object; this says that there is nothing else.
    serde_json::from_str::<serde::de::IgnoredAny>(record)?;
    Ok((filled(&mut row), shape.lowered(0)))
}

/// Whether both ways filled the same, a list of plans being the same as what it adds up to.
pub(super) fn are_alike(walked: &[Option<Lax>], judged: &[Option<Lax>]) -> bool {
    let mut pairs = walked.iter().zip(judged);
    walked.len() == judged.len()
        && pairs.all(|pair| match pair {
            (Some(Lax::Plans(plans)), Some(list)) => {
                let texts = TextsBuilder::default();
                let mut reading = Reading::new(texts.arena(), false);
                let field = PlanSet::field(list, &mut reading);
                field.get() == Some(*plans) && reading.damages.total() == 0
            }
            (walked, judged) => walked == judged,
        })
}

fn filled<'t>(row: &mut Row<'t>) -> Filled<'t> {
    (0..SLOTS.len()).map(|slot| row.take(slot)).collect()
}
