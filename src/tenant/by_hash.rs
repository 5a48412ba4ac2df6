//! Where in a list the elements with a key are: an object id, an address.

use std::hash::{BuildHasher, Hash};

use foldhash::fast::FixedState;
use hashbrown::HashTable;

/// An index that holds places only: the keys stay where they are, which is a quarter of what a map would take.
#[derive(Default, Debug)]
pub(super) struct ByHash {
    places: HashTable<Place>,
}

/// A place, and enough of the hash to move it without a look at the key.
#[derive(Debug)]
struct Place {
    index: u32,
    hash: u32,
}

impl ByHash {
    /// An index with room for so many places.
    pub(super) fn with_capacity(places: usize) -> Self {
        Self {
            places: HashTable::with_capacity(places),
        }
    }

    /// Notes that the element at a place has a key. Several may have one.
    pub(super) fn insert(&mut self, key: impl Hash, index: u32) {
        self.insert_hashed(Self::hash(key), index);
    }

    /// As [`ByHash::insert`], of a key that was hashed elsewhere.
    pub(super) fn insert_hashed(&mut self, hash: u32, index: u32) {
        let place = Place { index, hash };
        self.places
            .insert_unique(spread(hash), place, |place| spread(place.hash));
    }

    /// The places of elements that may have a key, in no order: whoever asks looks whether they do.
    pub(super) fn candidates<K: Hash>(&self, key: K) -> impl Iterator<Item = u32> + use<'_, K> {
        self.candidates_hashed(Self::hash(key))
    }

    /// As [`ByHash::candidates`], for a key that was hashed elsewhere.
    pub(super) fn candidates_hashed(&self, hash: u32) -> impl Iterator<Item = u32> + use<'_> {
        let found = self.places.iter_hash(spread(hash));
        found
            .filter(move |place| place.hash == hash)
            .map(|place| place.index)
    }

    /// Forgets that the element at a place has a key.
    pub(super) fn remove(&mut self, key: impl Hash, index: u32) {
        self.remove_hashed(Self::hash(key), index);
    }

    /// As [`ByHash::remove`], of a key that was hashed elsewhere.
    pub(super) fn remove_hashed(&mut self, hash: u32, index: u32) {
        let found = self
            .places
            .find_entry(spread(hash), |place| place.index == index);
        if let Ok(place) = found {
            place.remove();
        }
    }

    /// What is kept of the hash of a key: the same in every index.
    pub(super) fn hash(key: impl Hash) -> u32 {
        (FixedState::default().hash_one(key) >> 32) as u32
    }
}

/// Half a hash in all bits of a whole one: the table picks a place by the low bits and compares the high ones.
fn spread(hash: u32) -> u64 {
    u64::from(hash).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::ObjectId;

    #[test]
    fn elements_are_found_by_id_until_they_are_removed() {
        let id = |number: u32| ObjectId::from_bits(u128::from(number) + 1);
        let mut index = ByHash::with_capacity(4);
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
