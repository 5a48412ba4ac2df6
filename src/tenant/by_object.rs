//! Where in a list the elements with an object id are.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;
use hashbrown::HashTable;

use crate::snapshot::ObjectId;

/// An index that holds places only: the ids stay where they are, which is a quarter of what a map would take.
#[derive(Default, Debug)]
pub(super) struct ByObject {
    places: HashTable<Place>,
    hasher: FixedState,
}

/// A place, and enough of the hash to move it without a look at the id.
#[derive(Debug)]
struct Place {
    index: u32,
    hash: u32,
}

impl ByObject {
    /// An index with room for so many places.
    pub(super) fn with_capacity(places: usize) -> Self {
        Self {
            places: HashTable::with_capacity(places),
            hasher: FixedState::default(),
        }
    }

    /// Notes that the element at a place has an id. Several may have one.
    pub(super) fn insert(&mut self, id: ObjectId, index: u32) {
        let hash = self.hash(id);
        let place = Place { index, hash };
        self.places
            .insert_unique(spread(hash), place, |place| spread(place.hash));
    }

    /// The places of elements that may have an id, in no order: whoever asks looks whether they do.
    pub(super) fn candidates(&self, id: ObjectId) -> impl Iterator<Item = u32> + '_ {
        let hash = self.hash(id);
        let found = self.places.iter_hash(spread(hash));
        found
            .filter(move |place| place.hash == hash)
            .map(|place| place.index)
    }

    /// Forgets that the element at a place has an id.
    pub(super) fn remove(&mut self, id: ObjectId, index: u32) {
        let hash = spread(self.hash(id));
        let found = self.places.find_entry(hash, |place| place.index == index);
        if let Ok(place) = found {
            place.remove();
        }
    }

    fn hash(&self, id: ObjectId) -> u32 {
        (self.hasher.hash_one(id) >> 32) as u32
    }
}

/// Half a hash in all bits of a whole one: the table picks a place by the low bits and compares the high ones.
fn spread(hash: u32) -> u64 {
    u64::from(hash).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_found_by_id_until_they_are_removed() {
        let id = |number: u32| ObjectId::from_bits(u128::from(number) + 1);
        let mut index = ByObject::with_capacity(4);
        for number in 0..1000 {
            index.insert(id(number), number);
            index.insert(id(number), number + 1000);
        }
        for number in 0..1000 {
            index.remove(id(number), number);
        }
        for number in 0..1000 {
            let mut found: Vec<u32> = index.candidates(id(number)).collect();
            assert_eq!(found.pop(), Some(number + 1000));
            assert!(found.is_empty());
        }
        assert_eq!(index.candidates(id(1000)).next(), None);
    }
}
