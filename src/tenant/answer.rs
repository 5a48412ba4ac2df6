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

impl From<bool> for Answer {
    fn from(yes: bool) -> Self {
        if yes { Self::Yes } else { Self::No }
    }
}
