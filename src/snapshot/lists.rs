//! Short lists of records, kept by arenas beside the texts.
//!
//! A list of its own allocation would cost a record more than the few elements that it has.

use std::marker::PhantomData;
use std::ops::Range;

use super::cell::AssignedSku;
use super::handle::Handle;
use super::record::{CategorizedNumber, EffectivePolicy, LicenseState};
use super::texts::Symbol;

/// A list of a record: [`Texts::list`](super::Texts::list) has its elements. Records that say the same in a row share one.
pub struct List<T> {
    /// Which arena keeps it.
    pub(super) chunk: Handle,
    start: u32,
    len: u32,
    of: PhantomData<fn() -> T>,
}

impl<T> Clone for List<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for List<T> {}

impl<T> PartialEq for List<T> {
    fn eq(&self, other: &Self) -> bool {
        (self.chunk, self.start, self.len) == (other.chunk, other.start, other.len)
    }
}

impl<T> std::fmt::Debug for List<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "a list of {}", self.len)
    }
}

impl<T> List<T> {
    /// A list without elements.
    pub(super) const EMPTY: Self = Self {
        chunk: Handle::ZERO,
        start: 0,
        len: 0,
        of: PhantomData,
    };

    fn range(self) -> Range<usize> {
        let start = self.start as usize;
        start..start + self.len as usize
    }
}

/// The lists of one arena, one behind the other.
#[derive(Default, Debug)]
pub struct Lists {
    numbers: Vec<CategorizedNumber>,
    policies: Vec<EffectivePolicy>,
    states: Vec<LicenseState>,
    symbols: Vec<Symbol>,
    skus: Vec<AssignedSku>,
}

/// What there are lists of.
pub trait Listed: PartialEq + Sized {
    /// The elements of all lists of that type.
    fn all(lists: &Lists) -> &[Self];

    /// As [`Listed::all`], to add to them.
    fn all_mut(lists: &mut Lists) -> &mut Vec<Self>;
}

macro_rules! listed {
    ($($type:ty = $field:ident),* $(,)?) => {
        $(
            impl Listed for $type {
                fn all(lists: &Lists) -> &[Self] {
                    &lists.$field
                }

                fn all_mut(lists: &mut Lists) -> &mut Vec<Self> {
                    &mut lists.$field
                }
            }
        )*

        impl Lists {
            /// All lists, in as much room as they need. The room that they were collected in stays, for others.
            pub(super) fn take(&mut self) -> Self {
                Self {
                    $( $field: self.$field.drain(..).collect(), )*
                }
            }

            /// Whether nothing was kept.
            pub(super) fn is_empty(&self) -> bool {
                true $( && self.$field.is_empty() )*
            }
        }
    };
}

listed! {
    CategorizedNumber = numbers,
    EffectivePolicy = policies,
    LicenseState = states,
    Symbol = symbols,
    AssignedSku = skus,
}

impl Lists {
    /// The elements of a list of this arena.
    pub(super) fn get<T: Listed>(&self, list: List<T>) -> &[T] {
        T::all(self).get(list.range()).unwrap_or_default()
    }

    /// Keeps a list; `None` when there is no room.
    pub(super) fn keep<T: Listed>(
        &mut self,
        chunk: Handle,
        list: impl IntoIterator<Item = T> + AsRef<[T]>,
    ) -> Option<List<T>> {
        let all = T::all_mut(self);
        let start = if all.ends_with(list.as_ref()) {
            all.len() - list.as_ref().len()
        } else {
            let start = all.len();
            all.extend(list);
            start
        };
        Some(List {
            chunk,
            start: u32::try_from(start).ok()?,
            len: u32::try_from(all.len() - start).ok()?,
            of: PhantomData,
        })
    }
}
