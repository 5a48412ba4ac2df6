//! Object ids that many records name: partners, operators, emergency locations.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use foldhash::fast::FixedState;

use super::handle::Handle;
use super::object_id::ObjectId;

/// An object id that many records name: [`Texts::id`](super::Texts::id) tells which. Those of one snapshot are equal when
/// the ids are.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct SharedId(Handle);

/// Ids in the order in which they were met.
#[derive(Default, Debug)]
pub(super) struct Ids {
    list: Vec<ObjectId>,
    places: HashMap<ObjectId, u32, FixedState>,
}

impl Ids {
    /// The place of an id, which is added when it is new.
    fn place(&mut self, id: ObjectId) -> usize {
        let next = self.list.len();
        let place = *self.places.entry(id).or_insert(next as u32) as usize;
        if place == next {
            self.list.push(id);
        }
        place
    }
}

/// Ids while they are collected; shared by all reading threads.
pub(super) type Collecting = Mutex<Ids>;

/// The ids of a snapshot.
#[derive(Debug)]
pub(super) struct KnownIds {
    known: Ids,
    /// Those that came after reading; their places go on where those of the records end.
    later: Collecting,
}

impl KnownIds {
    /// Closes the collection.
    pub(super) fn of(collected: Collecting) -> Self {
        Self {
            known: collected
                .into_inner()
                .unwrap_or_else(PoisonError::into_inner),
            later: Collecting::default(),
        }
    }

    /// The id behind a handle of this snapshot.
    pub(super) fn get(&self, shared: SharedId) -> Option<ObjectId> {
        let place = shared.0.number();
        match self.known.list.get(place) {
            Some(id) => Some(*id),
            None => self.later_id(place - self.known.list.len()),
        }
    }

    #[cold]
    fn later_id(&self, place: usize) -> Option<ObjectId> {
        let later = self.later.lock().unwrap_or_else(PoisonError::into_inner);
        later.list.get(place).copied()
    }

    /// The handle of an id, if any record names it.
    pub(super) fn find(&self, id: ObjectId) -> Option<SharedId> {
        let place = if let Some(place) = self.known.places.get(&id) {
            *place as usize
        } else {
            let later = self.later.lock().unwrap_or_else(PoisonError::into_inner);
            self.known.list.len() + *later.places.get(&id)? as usize
        };
        Handle::new(place).map(SharedId)
    }

    /// The handle of an id that is met after reading.
    pub(super) fn share(&self, id: ObjectId) -> Option<SharedId> {
        let place = match self.known.places.get(&id) {
            Some(place) => *place as usize,
            None => self.known.list.len() + place_of(&self.later, id),
        };
        Handle::new(place).map(SharedId)
    }
}

/// The handle of an id while records are read; `None` where a billion others were met.
pub(super) fn share(collecting: &Collecting, id: ObjectId) -> Option<SharedId> {
    Handle::new(place_of(collecting, id)).map(SharedId)
}

fn place_of(collecting: &Collecting, id: ObjectId) -> usize {
    let mut ids = collecting.lock().unwrap_or_else(PoisonError::into_inner);
    ids.place(id)
}
