//! How much may be read: the bytes of all exports of a run together, unpacked.
//!
//! A limit for each file would not help: an archive can hold any number of them. Whether a run is within its budget
//! does not depend on which file is read first, so that the answer is the same in every run: what was read counts, whatever
//! becomes of it, and what is read again counts once.

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
    exceeded: AtomicBool,
}

/// What was read of one source, by all who read it from its front.
#[derive(Clone, Debug, Default)]
pub(super) struct Spent(Arc<AtomicU64>);

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

    fn spend(&self, bytes: u64) -> io::Result<()> {
        let before = self.used.bytes.fetch_add(bytes, Ordering::Relaxed);
        if before.saturating_add(bytes) > self.limit {
            self.exceed();
        }
        if self.is_exceeded() {
            return Err(io::Error::other("there is more than may be read"));
        }
        Ok(())
    }

    /// Counts that so many bytes of a source were read, from its front: those that were read before are counted already.
    pub(super) fn spend_up_to(&self, bytes: u64, spent: &Spent) -> io::Result<()> {
        let before = spent.0.fetch_max(bytes, Ordering::Relaxed);
        self.spend(bytes.saturating_sub(before))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_again_counts_once_and_what_is_too_much_stays_so() {
        let budget = Budget::of(10);
        let (one, other) = (Spent::default(), Spent::default());
        budget.spend_up_to(6, &one).unwrap();
        budget.spend_up_to(4, &one).unwrap();
        budget.spend_up_to(8, &one).unwrap();
        assert_eq!(budget.spent(), 8);
        budget.spend_up_to(2, &other).unwrap();
        assert!(!budget.is_exceeded());
        assert!(budget.spend_up_to(3, &other).is_err());
        assert!(budget.is_exceeded());
        assert!(budget.spend_up_to(1, &one).is_err());
    }
}
