//! Lists of service plans, added up while they are walked: they are a third of a user's record, and a list of objects
//! made of them would be taken apart at once.

use std::borrow::Cow;
use std::ops::{ControlFlow, Range};

use super::scan::{self, DEEPEST, blanks, plain_text, word};
use super::{Known, Members, Shape, Slot, for_each_member, judged};
use crate::snapshot::cell::{PLAN_KEYS, PlanMembers, PlanSet};
use crate::snapshot::lax::{Lax, trimmed};

/// Which member of a plan a key is.
pub(super) fn slot_of(key: &str) -> Option<Slot> {
    let mut keys = PLAN_KEYS.iter();
    let index = keys.position(|name| name.eq_ignore_ascii_case(key))?;
    Some(Slot {
        index,
        rank: 0,
        holds_plans: false,
    })
}

impl Known {
    /// Reads a value of a property that holds service plans, and the offset behind it. It comes added up where nothing is
    /// lost by that, as it is spelled where there is more to tell of it.
    pub(super) fn plans<'t>(&mut self, text: &'t str, at: usize) -> Option<(Lax<'t>, usize)> {
        if *text.as_bytes().get(at)? == b'[' {
            let shape = self.inner.get_or_insert_default();
            if let Some((plans, end)) = added_up(shape, text, at) {
                return Some((Lax::Plans(plans), end));
            }
        }
        self.value(text, at, DEEPEST)
    }
}

/// Where in a record the texts are that say nothing of the plans of a list within it: of two lists that are the same but
/// for these, both add up to the same. `None` where the list is not as usual.
pub(super) fn gaps(record: &str, list: &Range<usize>) -> Option<Vec<Range<usize>>> {
    let bytes = record.as_bytes();
    let mut gaps = Vec::new();
    let mut at = blanks(bytes, list.start + 1);
    while *bytes.get(at)? == b'{' {
        let end = scan::value(bytes, at, DEEPEST)?;
        for_each_member(record.get(at..end)?, |key, value| {
            let is_text = value.len() >= 2 && value.starts_with('"');
            if slot_of(&key).is_none() && is_text && !value.contains('\\') {
                let start = value.as_ptr() as usize - record.as_ptr() as usize + 1;
                gaps.push(start..start + value.len() - 2);
            }
            ControlFlow::Continue(())
        })?;
        at = blanks(bytes, end);
        if *bytes.get(at)? == b',' {
            at = blanks(bytes, at + 1);
        }
    }
    // Whoever shows members may begin anew.
    let is_in_order = gaps.is_sorted_by(|one, next| one.end < next.start);
    is_in_order.then_some(gaps)
}

/// `None` when the list must be read as any other.
fn added_up(shape: &mut Shape, text: &str, at: usize) -> Option<(PlanSet, usize)> {
    let bytes = text.as_bytes();
    let mut plans = PlanSet::default();
    let mut at = blanks(bytes, at + 1);
    if *bytes.get(at)? == b']' {
        return Some((plans, at + 1));
    }
    loop {
        at = blanks(bytes, add_plan(shape, text, at, &mut plans)?);
        match *bytes.get(at)? {
            b']' => return Some((plans, at + 1)),
            b',' => at = blanks(bytes, at + 1),
            _ => return None,
        }
    }
}

/// The offset behind a plan, which was added.
fn add_plan(shape: &mut Shape, text: &str, at: usize, plans: &mut PlanSet) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut plan = PlanMembers::default();
    // Of two members of one name it takes the rules of lists to choose.
    let mut met = 0_u32;
    let mut members = Members::begin(bytes, at)?;
    while let Some((key, value)) = members.next(shape, text, &slot_of)? {
        let Some(slot) = shape.keys[key].slot else {
            members.at = end_of(text, value)?;
            continue;
        };
        let bit = 1 << slot.index;
        (met & bit == 0).then_some(())?;
        met |= bit;
        let place = match slot.index {
            0 => &mut plan.id,
            1 => &mut plan.capability,
            2 => &mut plan.name,
            3 => &mut plan.status,
            4 => &mut plan.provisioning,
            _ => {
                (plan.is_in_grace, members.at) = truth(bytes, value)?;
                continue;
            }
        };
        members.at = match *bytes.get(value)? {
            b'"' => {
                let end = plain_text(bytes, value + 1)?;
                *place = Some(Cow::Borrowed(trimmed(text.get(value + 1..end)?)));
                end + 1
            }
            b'n' => word(bytes, value, b"null")?,
            _ => return None,
        };
    }
    plans.add_plain(&plan).then_some(members.at)
}

/// The offset behind a scalar that nobody wants. It must be one that `serde_json` reads, as it would within a list.
fn end_of(text: &str, at: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    match *bytes.get(at)? {
        b'"' => Some(scan::text(bytes, at + 1)? + 1),
        b'n' | b't' | b'f' => scan::value(bytes, at, 0),
        b'-' | b'0'..=b'9' => Some(judged(text, at, scan::number(bytes, at)?)?.1),
        _ => None,
    }
}

/// Whether a word is `true`, and the offset behind it.
fn truth(bytes: &[u8], at: usize) -> Option<(bool, usize)> {
    match *bytes.get(at)? {
        b't' => Some((true, word(bytes, at, b"true")?)),
        b'f' => Some((false, word(bytes, at, b"false")?)),
        b'n' => Some((false, word(bytes, at, b"null")?)),
        _ => None,
    }
}
