//! Places: symbolic as a rule names them, concrete as a report prints them.

use std::borrow::Cow;
use std::sync::Arc;

use smallvec::SmallVec;

use crate::source::{Position, Span};

/// A place as a rule knows it: a record, and a field of that record if one is meant.
///
/// Several records may tell of one object. They are listed in order of precedence, and the field is looked for in
/// that order, as the value was. Nearly always it is one, which takes no list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Place {
    /// The records that tell of the object, most trusted first; never empty.
    pub records: SmallVec<[Span; 1]>,
    /// Spellings of the field, lower-cased, canonical first; empty for the record as a whole.
    pub field: Arc<[String]>,
    /// Which element of the field's list is meant.
    pub element: Option<u32>,
}

impl Place {
    /// The beginning of a record, or an exact span.
    pub fn whole(record: Span) -> Self {
        Self {
            records: [record].into(),
            field: Arc::default(),
            element: None,
        }
    }

    /// The element at that index of the field's list.
    #[must_use]
    pub fn element(mut self, index: usize) -> Self {
        self.element = u32::try_from(index).ok();
        self
    }
}

/// A place with what it has to say.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Label {
    /// Where.
    pub place: Place,
    /// A short phrase: lower-case start, no full stop.
    pub text: Cow<'static, str>,
}

impl Label {
    /// A labelled place.
    pub fn new(place: impl Into<Place>, text: impl Into<Cow<'static, str>>) -> Self {
        Self {
            place: place.into(),
            text: text.into(),
        }
    }
}

/// A concrete place: stored bytes, lines and columns, and what it has to say.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Location {
    /// The stored bytes.
    pub span: Span,
    /// Position of the first character.
    pub start: Position,
    /// Position behind the last character.
    pub end: Position,
    /// A short phrase; may be empty.
    pub label: Cow<'static, str>,
}
