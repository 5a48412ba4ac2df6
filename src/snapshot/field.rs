//! Absent, none, value: the three states of a property.

/// What an export says of one property of one record.
///
/// `Select-Object`, Graph's default properties and damage drop properties, which is not the same as an empty value:
/// an absent property is *unknown*, a null or blank one means *none*.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Field<T> {
    /// The record has no such property, or its value was damaged: unknown.
    #[default]
    Absent,
    /// Present and null or blank: none.
    Null,
    /// Present with a value.
    Value(T),
}

impl<T> Field<T> {
    /// The value, if there is one.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            _ => None,
        }
    }

    /// Whether nothing is known.
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// Whether the property is present and empty.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Applies a function to the value.
    pub fn map<U>(self, map: impl FnOnce(T) -> U) -> Field<U> {
        match self {
            Self::Absent => Field::Absent,
            Self::Null => Field::Null,
            Self::Value(value) => Field::Value(map(value)),
        }
    }
}

impl<T: Copy> Field<T> {
    /// The value, copied.
    pub fn get(&self) -> Option<T> {
        self.value().copied()
    }
}
