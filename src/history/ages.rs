//! How long fixes took, rule by rule.

use std::collections::BTreeMap;

use super::timeline::{FixTimes, TimeToFix, days};

/// Collects the lengths of stretches that were fixed.
#[derive(Default, Debug)]
pub(super) struct Ages {
    /// Milliseconds, by name of the rule.
    rules: BTreeMap<String, Vec<i64>>,
}

impl Ages {
    /// Adds one fix, that took so many milliseconds.
    pub(super) fn add(&mut self, rule: &str, took: i64) {
        match self.rules.get_mut(rule) {
            Some(known) => known.push(took),
            None => {
                self.rules.insert(rule.to_owned(), vec![took]);
            }
        }
    }

    pub(super) fn told(self) -> TimeToFix {
        let overall = times(self.rules.values().flatten().copied().collect());
        let rules = self.rules.into_iter();
        TimeToFix {
            overall,
            rules: rules.map(|(rule, took)| (rule, times(took))).collect(),
        }
    }
}

/// Rounded once, at the end: the median of two fixes is the middle between them.
fn times(mut took: Vec<i64>) -> FixTimes {
    took.sort_unstable();
    let middle = took.len() / 2;
    let median = match took.as_slice() {
        [] => None,
        all if all.len().is_multiple_of(2) => Some(all[middle - 1].midpoint(all[middle])),
        all => Some(all[middle]),
    };
    FixTimes {
        count: took.len() as u64,
        median_days: median.map(days),
        longest_days: took.last().copied().map(days),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400_000;

    #[test]
    fn the_median_is_the_middle_one_or_between_two() {
        let told = |days: &[i64]| {
            let times = times(days.iter().map(|days| days * DAY).collect());
            (times.count, times.median_days, times.longest_days)
        };
        assert_eq!(told(&[]), (0, None, None));
        assert_eq!(told(&[5]), (1, Some(5), Some(5)));
        assert_eq!(told(&[90, 2, 4]), (3, Some(4), Some(90)));
        assert_eq!(told(&[10, 4]), (2, Some(7), Some(10)));
        // Two half days round at the end, not before.
        assert_eq!(times(vec![DAY / 4, DAY]).median_days, Some(1));
    }
}
