//! The twin: a record that was walked before, kept to be compared with those that follow.
//!
//! Most members of a record say what they say in the others: that there is nothing, or what is the same of everybody.
//! What is byte for byte as it was needs no look at what it is: a dozen members are passed in one comparison.

use std::borrow::Cow;
use std::ops::Range;

use super::scan::plain_text;
use super::{Shape, Slot};
use crate::snapshot::lax::Lax;
use crate::snapshot::record::{Row, bit_of};

/// A larger record is no twin.
pub(super) const LARGEST: usize = 64 * 1024;

/// After how many records in a row that have little in common with the twin another one is taken. Where that does not help
/// it is twice as many the next time: some exports have no two records alike.
const PATIENCE: u32 = 4;

/// After how many at most.
const LONGEST_PATIENCE: u32 = 1024;

/// How many members of the twin a record may lack in a row.
const AHEAD: usize = 32;

/// A record, and where its members are in it.
#[derive(Debug)]
pub(super) struct Twin {
    bytes: Vec<u8>,
    members: Vec<Member>,
    /// Texts within lists of plans that say nothing of the plans.
    gaps: Vec<Range<usize>>,
    /// How many records in a row had little in common with it.
    strangers: u32,
    /// After how many of them another one is taken.
    patience: u32,
}

/// A member of the twin.
#[derive(Clone, Debug)]
struct Member {
    /// Its key, by its place in the shape.
    key: usize,
    slot: Option<Slot>,
    /// Where its value begins and ends; what stands before it begins where the member before ends.
    value: usize,
    end: usize,
    said: Said,
}

/// What a value says.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Said {
    /// Something that nobody reads.
    Unread,
    Null,
    True,
    False,
    /// A text without escapes.
    Plain,
    /// A list of plans that were added up, and which of the twin's gaps are in it.
    Plans(Range<usize>),
    /// Something else.
    Other,
    /// Another value of a slot that a member before it fills: which of them a record means, only a look at it tells.
    Again,
}

impl Default for Twin {
    fn default() -> Self {
        Self {
            bytes: Vec::new(),
            members: Vec::new(),
            gaps: Vec::new(),
            // The first record that comes is tried.
            strangers: PATIENCE / 2,
            patience: PATIENCE / 2,
        }
    }
}

impl Twin {
    /// Skips the members that say the same as those of the twin from `place` on, and puts what they say into the row.
    /// `at` is behind the brace or the last value, and then behind the last member that was skipped. Key and value of
    /// the member that follows, where it is the one that is expected.
    ///
    /// A member that must be read although it is the same is compared again with all that follows it: too many of them are
    /// as bad as members that nobody expected, and count as such.
    pub(super) fn skip<'t>(
        &self,
        text: &'t str,
        at: &mut usize,
        place: &mut usize,
        row: &mut Row<'t>,
        unexpected: &mut usize,
    ) -> Option<(usize, usize)> {
        let bytes = text.as_bytes();
        loop {
            let base = match place.checked_sub(1) {
                Some(last) => self.members.get(last)?.end,
                None => 1,
            };
            let start = *at;
            let same = common(bytes.get(start..)?, self.bytes.get(base..)?);
            let (member, value) = loop {
                let member = self.members.get(*place)?;
                let (value, end) = (start + (member.value - base), start + (member.end - base));
                // The byte behind it is the same too, so that a number ends there.
                let is_same = end - start < same;
                if !is_same || !member.say(text, value..end, row) {
                    if value - start > same {
                        return None;
                    }
                    *unexpected += usize::from(is_same);
                    break (member, value);
                }
                *at = end;
                *place += 1;
            };
            match self.plans_end(member, bytes, value) {
                Some(end) if member.leave_out(row) => {
                    *at = end;
                    *place += 1;
                }
                _ => return Some((member.key, value)),
            }
        }
    }

    /// The offset behind a list that begins at `at` and tells of the plans what the twin's does.
    fn plans_end(&self, member: &Member, bytes: &[u8], mut at: usize) -> Option<usize> {
        let Said::Plans(gaps) = &member.said else {
            return None;
        };
        let mut from = member.value;
        for gap in self.gaps.get(gaps.clone())? {
            at = behind(bytes, at, self.bytes.get(from..gap.start)?)?;
            at = plain_text(bytes, at)?;
            from = gap.end;
        }
        behind(bytes, at, self.bytes.get(from..member.end)?)
    }

    /// How many members it has.
    pub(super) fn len(&self) -> usize {
        self.members.len()
    }

    /// The key of the member before a place.
    pub(super) fn key_before(&self, place: usize) -> Option<usize> {
        let member = self.members.get(place.checked_sub(1)?)?;
        Some(member.key)
    }

    /// The keys of the members at these places.
    pub(super) fn keys(&self, places: Range<usize>) -> impl Iterator<Item = usize> {
        let members = self.members.get(places).unwrap_or_default();
        members.iter().map(|member| member.key)
    }

    /// The place behind the member of that key, if it is one of the next; else as it was.
    pub(super) fn behind(&self, key: usize, place: usize) -> usize {
        let mut next = self.members.iter().skip(place).take(AHEAD);
        let found = next.position(|member| member.key == key);
        found.map_or(place, |ahead| place + ahead + 1)
    }

    /// Whether a record has little in common with it, so many of its members not having come as expected.
    pub(super) fn is_stranger(&self, unexpected: usize) -> bool {
        unexpected > self.members.len() / 4
    }

    /// Notes of a record how many of its members did not come as expected.
    pub(super) fn note(&mut self, unexpected: usize) {
        if self.is_stranger(unexpected) {
            self.strangers += 1;
        } else {
            (self.strangers, self.patience) = (0, PATIENCE);
        }
    }

    /// Begins to learn another twin, if that is wanted.
    pub(super) fn learn(&mut self) -> Option<Learnt> {
        (self.strangers >= self.patience).then(|| {
            *self = Self {
                strangers: 0,
                patience: (self.patience * 2).min(LONGEST_PATIENCE),
                ..Self::default()
            };
            Learnt::default()
        })
    }

    /// Takes a record, of which these are the members.
    pub(super) fn take(&mut self, record: &[u8], learnt: Learnt) {
        self.bytes.extend_from_slice(record);
        self.members = learnt.members;
        self.gaps = learnt.gaps;
    }
}

impl Member {
    /// Puts into the row what is written as in the twin. `false` where it must be read.
    fn say<'t>(&self, text: &'t str, value: Range<usize>, row: &mut Row<'t>) -> bool {
        let Some(slot) = self.slot else {
            return true;
        };
        if self.leave_out(row) {
            return true;
        }
        let said = match self.said {
            Said::Null => Lax::Null,
            Said::True => Lax::Bool(true),
            Said::False => Lax::Bool(false),
            Said::Plain => match text.get(value.start + 1..value.end - 1) {
                Some(inner) => Lax::Text(Cow::Borrowed(inner)),
                None => return false,
            },
            _ => return false,
        };
        row.put(slot.index, slot.rank, said);
        true
    }

    /// Tells the row that a value says what the twin's does. Whether it need not be read.
    fn leave_out(&self, row: &mut Row) -> bool {
        match self.slot {
            Some(slot) => self.said != Said::Again && row.leave_out(slot.index),
            None => false,
        }
    }
}

/// The members of a record that becomes the twin.
#[derive(Debug, Default)]
pub(super) struct Learnt {
    members: Vec<Member>,
    gaps: Vec<Range<usize>>,
    /// The slots that members fill, a bit each.
    filled: u64,
}

impl Learnt {
    /// Adds a member of a record; where its value is in it, and which texts in that are gaps.
    pub(super) fn push(
        &mut self,
        (shape, key): (&Shape, usize),
        record: &[u8],
        value: Range<usize>,
        gaps: Option<Vec<Range<usize>>>,
    ) {
        let slot = shape.keys.get(key).and_then(|known| known.slot);
        let mut said = match (record.get(value.clone()), gaps) {
            _ if slot.is_none() => Said::Unread,
            (_, Some(gaps)) => {
                let first = self.gaps.len();
                self.gaps.extend(gaps);
                Said::Plans(first..self.gaps.len())
            }
            (Some(b"null"), _) => Said::Null,
            (Some(b"true"), _) => Said::True,
            (Some(b"false"), _) => Said::False,
            (Some([b'"', inner @ .., b'"']), _) if !inner.contains(&b'\\') => Said::Plain,
            _ => Said::Other,
        };
        if let Some(slot) = slot {
            if self.filled & bit_of(slot.index) != 0 {
                said = Said::Again;
            }
            self.filled |= bit_of(slot.index);
        }
        self.members.push(Member {
            key,
            slot,
            value: value.start,
            end: value.end,
            said,
        });
    }
}

/// The offset behind bytes that must stand at `at`.
fn behind(bytes: &[u8], at: usize, expected: &[u8]) -> Option<usize> {
    let end = at + expected.len();
    (bytes.get(at..end)? == expected).then_some(end)
}

/// How many bytes two slices have in common from their beginning.
pub(super) fn common(one: &[u8], other: &[u8]) -> usize {
    const WIDE: usize = 32;
    let mut at = same_chunks::<WIDE>(one, other);
    at += same_chunks::<8>(&one[at..], &other[at..]);
    if let (Some(one), Some(other)) = (one[at..].first_chunk(), other[at..].first_chunk()) {
        let differs = u64::from_le_bytes(*one) ^ u64::from_le_bytes(*other);
        return at + differs.trailing_zeros() as usize / 8;
    }
    let rest = one[at..].iter().zip(&other[at..]);
    at + rest.take_while(|(one, other)| one == other).count()
}

/// How many bytes at the beginning of two slices are in chunks that are the same.
fn same_chunks<const SIZE: usize>(one: &[u8], other: &[u8]) -> usize {
    let (ones, _) = one.as_chunks::<SIZE>();
    let (others, _) = other.as_chunks::<SIZE>();
    let mut pairs = ones.iter().zip(others);
    let differs = pairs.position(|(one, other)| one != other);
    differs.unwrap_or_else(|| ones.len().min(others.len())) * SIZE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_two_slices_have_in_common_is_found_wherever_it_ends() {
        let one: Vec<u8> = (0..100).collect();
        for len in 0..100 {
            for differs in 0..len {
                let mut other = one[..len].to_vec();
                other[differs] ^= 1;
                assert_eq!(common(&one, &other), differs);
                assert_eq!(common(&other, &one), differs);
            }
            assert_eq!(common(&one, &one[..len]), len);
        }
    }
}
