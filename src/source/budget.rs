//! How much may be read: the bytes of all exports of a run together, unpacked.
//!
//! A limit for each file would not help: an archive can hold any number of them. Whether a run is within its budget
//! does not depend on which file is read first, so that the answer is the same in every run.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// What a run may read, and what it has read.
#[derive(Clone, Debug)]
pub struct Budget {
    limit: u64,
    used: Arc<Used>,
}

#[derive(Debug, Default)]
struct Used {
    bytes: AtomicU64,
    /// Stays, whatever is given back: somebody was refused.
    exceeded: AtomicBool,
}

impl Default for Budget {
    fn default() -> Self {
        Self::of(Self::DEFAULT)
    }
}

impl Budget {
    /// Ten times what the largest tenants export, with all their exports of a year compared at once. Reading it takes
    /// minutes, and a tenth of it as memory.
    pub const DEFAULT: u64 = 64_000_000_000;

    /// A budget of that many bytes.
    pub fn of(limit: u64) -> Self {
        Self {
            limit,
            used: Arc::default(),
        }
    }

    /// How many bytes may be read.
    pub fn limit(&self) -> u64 {
        self.limit
    }

    /// How many bytes were read so far.
    pub fn spent(&self) -> u64 {
        self.used.bytes.load(Ordering::Relaxed)
    }

    /// Whether more was to be read than may be.
    pub fn is_exceeded(&self) -> bool {
        self.used.exceeded.load(Ordering::Relaxed)
    }

    /// Notes that there is more to read than may be, before it is read.
    pub fn exceed(&self) {
        self.used.exceeded.store(true, Ordering::Relaxed);
    }

    /// Counts bytes of a source.
    pub(super) fn spend(&self, bytes: u64) -> io::Result<()> {
        let before = self.used.bytes.fetch_add(bytes, Ordering::Relaxed);
        if before.saturating_add(bytes) > self.limit {
            self.exceed();
        }
        if self.is_exceeded() {
            return Err(io::Error::other("there is more than may be read"));
        }
        Ok(())
    }

    /// Takes bytes back that are read anew, or not kept.
    pub(super) fn give_back(&self, bytes: u64) {
        self.used.bytes.fetch_sub(bytes, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_given_back_may_be_read_again_until_somebody_was_refused() {
        let budget = Budget::of(10);
        budget.spend(10).unwrap();
        budget.give_back(10);
        budget.spend(10).unwrap();
        assert!(!budget.is_exceeded());
        assert!(budget.spend(1).is_err());
        budget.give_back(11);
        assert!(budget.is_exceeded());
        assert!(budget.spend(1).is_err());
    }
}
