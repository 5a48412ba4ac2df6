//! The same exports in another order: of files, of records, of keys.

use super::json::Json;
use super::logical::Logical;
use super::powershell::seven;
use crate::audits::File;

/// A small generator with a fixed sequence for each seed.
pub(crate) struct SplitMix(pub(crate) u64);

impl SplitMix {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below a length.
    pub(crate) fn below(&mut self, length: usize) -> usize {
        usize::try_from(self.next() % length as u64).expect("below a length")
    }

    /// Whether something happens that happens so often.
    pub(crate) fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn shuffle<T>(&mut self, list: &mut [T]) {
        for at in (1..list.len()).rev() {
            let other = self.below(at + 1);
            list.swap(at, other);
        }
    }
}

/// Everything in an order that the seed decides, under names that say nothing but the order.
pub(super) fn shuffled(tenant: &Logical, seed: u64) -> Vec<File> {
    let mut random = SplitMix(seed);
    let mut exports = tenant.exports.clone();
    random.shuffle(&mut exports);
    for export in &mut exports {
        random.shuffle(&mut export.records);
        for record in &mut export.records {
            shuffle_keys(record, &mut random);
        }
    }
    let mut files: Vec<File> = exports
        .iter()
        .enumerate()
        .map(|(at, export)| {
            (
                format!("{at:02} {}", export.file()),
                seven(&export.document()).into_bytes(),
            )
        })
        .collect();
    random.shuffle(&mut files);
    files
}

fn shuffle_keys(value: &mut Json, random: &mut SplitMix) {
    match value {
        Json::List(list) => {
            for value in list {
                shuffle_keys(value, random);
            }
        }
        Json::Map(members) => {
            random.shuffle(members);
            for (_, value) in members {
                shuffle_keys(value, random);
            }
        }
        _ => {}
    }
}
