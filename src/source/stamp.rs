//! What tells that a file is no longer the one that was read: its size and the time at which it was last written.
//!
//! Findings read their records again, long after the rules saw them. What is read then has to be what was judged: a
//! snippet of other bytes would be evidence of nothing. A digest would tell it as well, at the price of reading all of
//! the file for each record; the number of a file would not, since network file systems give it out anew.

use std::fs::File;
use std::io;
use std::time::SystemTime;

/// Size and time of a file as it was read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Stamp {
    len: u64,
    modified: Option<SystemTime>,
}

impl Stamp {
    /// What an opened file is now.
    pub(super) fn of(file: &File) -> io::Result<Self> {
        let now = file.metadata()?;
        Ok(Self {
            len: now.len(),
            modified: now.modified().ok(),
        })
    }

    /// How many bytes the file has.
    pub(super) fn len(self) -> u64 {
        self.len
    }

    /// When the file was last written, where the system tells.
    pub(super) fn modified(self) -> Option<SystemTime> {
        self.modified
    }

    /// Holds that an opened file is what it was.
    ///
    /// # Errors
    /// In which way it is not.
    pub(super) fn holds(&self, file: &File) -> io::Result<()> {
        let now = Self::of(file)?;
        if now.len != self.len {
            let (was, is) = (self.len, now.len);
            return Err(io::Error::other(format!(
                "it had {was} bytes and has {is} now"
            )));
        }
        if now.modified != self.modified {
            return Err(io::Error::other("it was written to meanwhile"));
        }
        Ok(())
    }
}
