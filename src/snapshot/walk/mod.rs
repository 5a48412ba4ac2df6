//! The record walker: a record straight from its bytes into the slots of its row, in one pass.
//!
//! Records of one export repeat their keys in one order, and what stands between two values (a comma, a line break,
//! blanks, the key, a colon) is the same bytes in each of them. So the walker remembers these bytes and compares them in
//! one go; only where they differ does it look what they are. Values that no rule reads are skipped. Nor does it look at
//! what is written as in a record before: whole runs of members are compared with those of its twin ([`twin`]), and lists of
//! service plans are added up while they are walked ([`plans`]).
//!
//! It knows the JSON that exports are made of, and nothing else. Whatever it does not know it gives up, and
//! `serde_json`, which stays the judge of what is JSON, reads that record. It never accepts what `serde_json` refuses, and
//! what both read is the same: a test and a fuzzer compare them.

mod compared;
mod exact;
mod lookup;
mod members;
mod plans;
mod scan;
#[cfg(test)]
mod tests;
mod twin;

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use super::lax::Lax;
use super::record::Row;
pub use compared::disagreement;
pub(super) use exact::judge;
pub(super) use lookup::Lookup;
pub(super) use members::for_each_member;
use scan::{DEEPEST, blanks, plain_key, plain_text};
use twin::{LARGEST, Twin};

/// What stands between two values is remembered up to this length.
const LONGEST: usize = 256;

/// Room is made for as many elements as the last value had, up to this: one value of a million must not make room for a
/// million in each that follows.
const MOST_EXPECTED: usize = 64;

/// A slot of a row, as one spelling of its property fills it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Slot {
    /// Which one it is.
    pub(super) index: usize,
    /// The rank of the spelling.
    pub(super) rank: u8,
    /// Whether its values are lists of service plans, which are added up while they are walked.
    pub(super) holds_plans: bool,
}

/// The keys of the objects of one sort, in the order in which they were met.
#[derive(Debug, Default)]
pub(super) struct Shape {
    keys: Vec<Known>,
    /// Where a key is in `keys`: a record may have a hundred thousand keys, in any order.
    index: HashMap<Box<str>, usize, foldhash::fast::RandomState>,
    /// A record that was walked before.
    twin: Twin,
    /// Whether the last record that was walked has the keys of the twin.
    is_alike: bool,
    /// Where the keys of the last record that was walked are in `keys`, if they are not those of the twin.
    met: Vec<usize>,
}

/// A key, and what is known of its place.
#[derive(Debug)]
struct Known {
    name: Box<str>,
    slot: Option<Slot>,
    /// The bytes from the end of the value before it to its own value, key included; empty when there is nothing to
    /// remember.
    before: Vec<u8>,
    /// Whether these bytes begin an object.
    is_first: bool,
    /// Where in them the key is.
    key_at: usize,
    /// The objects within its value.
    inner: Option<Box<Shape>>,
    /// How many elements its last list had.
    elements: usize,
    /// How many members its last object had.
    members: usize,
}

impl Shape {
    /// Walks the record that begins at `at` with a brace, and fills the slots of its row; `slot_of` says which slot a
    /// key has that was not met before. The offset behind the record, or `None` when `serde_json` must read it; the
    /// row may then be filled in part.
    pub(super) fn walk<'t>(
        &mut self,
        text: &'t str,
        at: usize,
        row: &mut Row<'t>,
        slot_of: &dyn Fn(&str) -> Option<Slot>,
    ) -> Option<usize> {
        let bytes = text.as_bytes();
        let mut members = Members::begin(bytes, at)?;
        let mut learnt = self.twin.learn();
        if learnt.is_some() {
            row.forget_twin();
        }
        let (mut place, mut unexpected) = (0, 0);
        let mut is_alike = learnt.is_none();
        self.is_alike = false;
        self.met.clear();
        loop {
            let before = place;
            // What the twin begins with stands behind a brace, all else behind a value.
            let can_be_next = members.is_first == (place == 0);
            let begun = if can_be_next && !self.twin.is_stranger(unexpected) {
                let at = &mut members.at;
                self.twin.skip(text, at, &mut place, row, &mut unexpected)
            } else {
                None
            };
            if let Some(last) = self.twin.key_before(place).filter(|_| place > before) {
                members.pass(last);
            }
            if !is_alike {
                self.met.extend(self.twin.keys(before..place));
            }
            let (index, value) = if let Some(begun) = begun {
                place += 1;
                members.pass(begun.0);
                if !is_alike {
                    self.met.push(begun.0);
                }
                begun
            } else if let Some(found) = members.next(self, text, slot_of)? {
                let behind = self.twin.behind(found.0, place);
                if is_alike && behind != place + 1 {
                    self.met.extend(self.twin.keys(0..place));
                    is_alike = false;
                }
                if !is_alike {
                    self.met.push(found.0);
                }
                place = behind;
                unexpected += 1;
                found
            } else {
                break;
            };
            let known = &mut self.keys[index];
            let mut is_added_up = false;
            members.at = match known.slot {
                Some(slot) => {
                    let (value, end) = if slot.holds_plans {
                        // Two lists are compared as they are spelled.
                        row.is_empty(slot.index).then_some(())?;
                        known.plans(text, value)?
                    } else {
                        known.value(text, value, DEEPEST)?
                    };
                    is_added_up = matches!(value, Lax::Plans(_));
                    row.put(slot.index, slot.rank, value);
                    end
                }
                None => scan::value(bytes, value, DEEPEST)?,
            };
            if members.at - at > LARGEST {
                learnt = None;
            }
            if let Some(learnt) = &mut learnt {
                let record = text.get(at..members.at)?;
                let within = value - at..record.len();
                let gaps = is_added_up.then(|| plans::gaps(record, &within)).flatten();
                learnt.push((self, index), record.as_bytes(), within, gaps);
            }
        }
        // What was left out cannot be compared with what came behind it.
        row.is_clear().then_some(())?;
        match learnt {
            Some(learnt) => self.twin.take(bytes.get(at..members.at)?, learnt),
            None => self.twin.note(unexpected),
        }
        self.is_alike = is_alike && place == self.twin.len();
        if is_alike && !self.is_alike {
            self.met.extend(self.twin.keys(0..place));
        }
        Some(members.at)
    }

    /// Whether the last record that was walked has the keys of one before, in the same order.
    pub(super) fn is_alike(&self) -> bool {
        self.is_alike
    }

    /// Which keys the last record that was walked has, by numbers that stay theirs; in order. Empty where it is alike.
    pub(super) fn keys_met(&mut self) -> &[usize] {
        self.met.sort_unstable();
        &self.met
    }

    /// The record that was walked last is none that others are to be compared with.
    pub(super) fn forget_twin(&mut self) {
        self.twin = Twin::default();
        self.is_alike = false;
    }

    /// The slot of a key.
    pub(super) fn slot(
        &mut self,
        key: &str,
        slot_of: &dyn Fn(&str) -> Option<Slot>,
    ) -> Option<Slot> {
        let index = self.look_up(key, slot_of);
        self.keys[index].slot
    }

    /// How many keys were met.
    pub(super) fn len(&self) -> usize {
        self.keys.len()
    }

    /// All keys that were met but the first ones, ASCII lower-cased.
    pub(super) fn lowered(&self, but: usize) -> BTreeSet<String> {
        let keys = self.keys.iter().skip(but);
        keys.map(|known| known.name.trim().to_ascii_lowercase())
            .collect()
    }

    fn look_up(&mut self, key: &str, slot_of: &dyn Fn(&str) -> Option<Slot>) -> usize {
        if let Some(index) = self.index.get(key) {
            return *index;
        }
        let index = self.keys.len();
        self.keys.push(Known {
            name: key.into(),
            slot: slot_of(key),
            before: Vec::new(),
            is_first: false,
            key_at: 0,
            inner: None,
            elements: 0,
            members: 0,
        });
        self.index.insert(key.into(), index);
        index
    }

    /// An object within a record: all its members, in order.
    fn object<'t>(
        &mut self,
        text: &'t str,
        at: usize,
        count: usize,
        depth: u32,
    ) -> Option<(Lax<'t>, usize)> {
        let mut found = Vec::with_capacity(count);
        let mut members = Members::begin(text.as_bytes(), at)?;
        // It may be one of a list of plans, which are added up the next time.
        while let Some((index, value)) = members.next(self, text, &plans::slot_of)? {
            let (value, end) = self.keys[index].value(text, value, depth)?;
            members.at = end;
            found.push((Cow::Borrowed(text.get(members.key.clone())?), value));
        }
        Some((Lax::Map(found), members.at))
    }
}

/// The members of one object, one after the other.
struct Members<'t> {
    bytes: &'t [u8],
    /// Behind the brace, or behind the last value.
    at: usize,
    /// Where the last key is.
    key: std::ops::Range<usize>,
    is_first: bool,
    /// The key that is expected.
    next: usize,
}

impl<'t> Members<'t> {
    fn begin(bytes: &'t [u8], at: usize) -> Option<Self> {
        (*bytes.get(at)? == b'{').then_some(Self {
            bytes,
            at: at + 1,
            key: 0..0,
            is_first: true,
            next: 0,
        })
    }

    /// Another reader went past the member of that key.
    fn pass(&mut self, key: usize) {
        self.is_first = false;
        self.next = key + 1;
    }

    /// Which key comes next and where its value begins; inner `None` behind the last one, `at` being behind the object.
    #[expect(
        clippy::option_option,
        reason = "outer: whether the walker knows; inner: whether there is one"
    )]
    fn next(
        &mut self,
        shape: &mut Shape,
        text: &str,
        slot_of: &dyn Fn(&str) -> Option<Slot>,
    ) -> Option<Option<(usize, usize)>> {
        let is_first = std::mem::replace(&mut self.is_first, false);
        if let Some(known) = shape.keys.get(self.next)
            && known.is_first == is_first
            && !known.before.is_empty()
            && self.bytes.get(self.at..)?.starts_with(&known.before)
        {
            let key = self.at + known.key_at;
            self.key = key..key + known.name.len();
            self.next += 1;
            return Some(Some((self.next - 1, self.at + known.before.len())));
        }
        self.learn(shape, text, is_first, slot_of)
    }

    #[expect(clippy::option_option, reason = "as above")]
    fn learn(
        &mut self,
        shape: &mut Shape,
        text: &str,
        is_first: bool,
        slot_of: &dyn Fn(&str) -> Option<Slot>,
    ) -> Option<Option<(usize, usize)>> {
        let bytes = self.bytes;
        let mut open = blanks(bytes, self.at);
        match *bytes.get(open)? {
            b'}' => {
                self.at = open + 1;
                return Some(None);
            }
            b',' if !is_first => open = blanks(bytes, open + 1),
            _ if is_first => {}
            _ => return None,
        }
        let (key, value) = plain_key(bytes, open)?;
        self.key = key;
        let index = shape.look_up(text.get(self.key.clone())?, slot_of);
        let known = &mut shape.keys[index];
        known.before.clear();
        if value - self.at <= LONGEST {
            known.before.extend_from_slice(&bytes[self.at..value]);
        }
        known.is_first = is_first;
        known.key_at = open + 1 - self.at;
        self.next = index + 1;
        Some(Some((index, value)))
    }
}

impl Known {
    /// Reads a value, and the offset behind it.
    fn value<'t>(&mut self, text: &'t str, at: usize, depth: u32) -> Option<(Lax<'t>, usize)> {
        let bytes = text.as_bytes();
        Some(match *bytes.get(at)? {
            b'"' => match plain_text(bytes, at + 1) {
                Some(end) => (Lax::Text(Cow::Borrowed(text.get(at + 1..end)?)), end + 1),
                None => judged(text, at, scan::text(bytes, at + 1)? + 1)?,
            },
            b'n' => (Lax::Null, scan::word(bytes, at, b"null")?),
            b't' => (Lax::Bool(true), scan::word(bytes, at, b"true")?),
            b'f' => (Lax::Bool(false), scan::word(bytes, at, b"false")?),
            b'-' | b'0'..=b'9' => judged(text, at, scan::number(bytes, at)?)?,
            b'[' => self.list(text, at, depth.checked_sub(1)?)?,
            b'{' => {
                let inner = self.inner.get_or_insert_default();
                let count = self.members;
                let (object, end) = inner.object(text, at, count, depth.checked_sub(1)?)?;
                if let Lax::Map(members) = &object {
                    self.members = members.len().min(MOST_EXPECTED);
                }
                (object, end)
            }
            _ => return None,
        })
    }

    fn list<'t>(&mut self, text: &'t str, at: usize, depth: u32) -> Option<(Lax<'t>, usize)> {
        let bytes = text.as_bytes();
        let mut at = blanks(bytes, at + 1);
        if *bytes.get(at)? == b']' {
            return Some((Lax::List(Vec::new()), at + 1));
        }
        let mut elements = Vec::with_capacity(self.elements);
        loop {
            let (element, end) = self.value(text, at, depth)?;
            elements.push(element);
            at = blanks(bytes, end);
            match *bytes.get(at)? {
                b']' => {
                    self.elements = elements.len().min(MOST_EXPECTED);
                    return Some((Lax::List(elements), at + 1));
                }
                b',' => at = blanks(bytes, at + 1),
                _ => return None,
            }
        }
    }
}

/// Lets `serde_json` say what a scalar is.
fn judged(text: &str, at: usize, end: usize) -> Option<(Lax<'_>, usize)> {
    let value = serde_json::from_str(text.get(at..end)?).ok()?;
    Some((value, end))
}
