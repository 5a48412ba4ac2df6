//! Yes, no, or not known.

/// An answer that data may not decide.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Answer {
    /// The data say so.
    Yes,
    /// The data say the contrary.
    No,
    /// The data do not decide.
    Unknown,
}

impl Answer {
    /// Yes where one of both is, and not known where that cannot be told.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Yes, _) | (_, Self::Yes) => Self::Yes,
            (Self::No, Self::No) => Self::No,
            _ => Self::Unknown,
        }
    }
}

impl From<bool> for Answer {
    fn from(yes: bool) -> Self {
        if yes { Self::Yes } else { Self::No }
    }
}
