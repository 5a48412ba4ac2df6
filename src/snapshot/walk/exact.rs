//! The exact way: `serde_json` reads a record, and says what is wrong with it.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};

use super::{Shape, Slot};
use crate::snapshot::lax::Lax;
use crate::snapshot::record::Row;

/// Fills the slots of a row from a record, as [`Shape::walk`] does.
///
/// # Errors
/// When the record is no JSON object; the row may then be filled in part.
pub(in crate::snapshot) fn judge<'t>(
    record: &'t str,
    shape: &mut Shape,
    row: &mut Row<'t>,
    slot_of: &dyn Fn(&str) -> Option<Slot>,
) -> serde_json::Result<()> {
    let mut deserializer = serde_json::Deserializer::from_str(record);
    RowSeed {
        shape,
        slot_of,
        row,
    }
    .deserialize(&mut deserializer)
}

struct RowSeed<'k, 'r, 'a> {
    shape: &'k mut Shape,
    slot_of: &'k dyn Fn(&str) -> Option<Slot>,
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
        while let Some(Lax::Text(key)) = access.next_key()? {
            match self.shape.slot(&key, self.slot_of) {
                Some(slot) => self.row.put(slot.index, slot.rank, access.next_value()?),
                None => {
                    access.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}
