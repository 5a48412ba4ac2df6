//! The total order of findings.

use std::cmp::{Ordering, Reverse};

use rayon::prelude::*;

use crate::finding::{Finding, Severity};

/// Sorts findings, so that a report has the same bytes however they were found.
pub(super) fn sort(findings: &mut [Finding]) {
    // Findings are large: what is sorted is little, and each of them moves once.
    let mut keys: Vec<Key> = findings.par_iter().enumerate().map(Key::of).collect();
    keys.par_sort_unstable_by(|one, two| {
        let whole = || compare(&findings[one.place], &findings[two.place]);
        // What is the same in all of it stays as it was found.
        let found = one.place.cmp(&two.place);
        one.first.cmp(&two.first).then_with(whole).then(found)
    });
    let places = keys.into_iter().map(|key| key.place).collect();
    arrange(findings, places);
}

fn compare(one: &Finding, two: &Finding) -> Ordering {
    fn key(finding: &Finding) -> impl Ord + '_ {
        (
            finding.snapshot,
            Reverse(finding.severity),
            finding.code,
            finding.subject.id.as_str(),
            finding.location.span,
            finding.fingerprint,
            finding.message.as_str(),
        )
    }
    key(one).cmp(&key(two))
}

/// What nearly always decides between two findings, and where a finding is. A code fits whole.
struct Key {
    first: (u32, Reverse<Severity>, [u8; 8], [u8; 16]),
    place: usize,
}

impl Key {
    fn of((place, finding): (usize, &Finding)) -> Self {
        Self {
            first: (
                finding.snapshot,
                Reverse(finding.severity),
                beginning(finding.code),
                beginning(&finding.subject.id),
            ),
            place,
        }
    }
}

/// The first bytes of a text. Where those of two texts differ, they are in the order of the texts.
fn beginning<const SIZE: usize>(text: &str) -> [u8; SIZE] {
    let mut bytes = [0; SIZE];
    let length = text.len().min(SIZE);
    bytes[..length].copy_from_slice(&text.as_bytes()[..length]);
    bytes
}

/// Brings to each place what stands at the place that is told for it.
fn arrange<T>(items: &mut [T], mut places: Vec<usize>) {
    for first in 0..items.len() {
        let mut at = first;
        loop {
            let from = std::mem::replace(&mut places[at], at);
            if from == first {
                break;
            }
            items.swap(at, from);
            at = from;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Location, Subject, SubjectKind};
    use crate::report::human::samples;
    use crate::source::{Position, SourceId, Span};

    fn finding(snapshot: u32, severity: Severity, code: &'static str, id: &str) -> Finding {
        let top = Position { line: 1, column: 1 };
        let location = Location {
            span: Span::start_of(SourceId(0)),
            start: top,
            end: top,
            label: "".into(),
        };
        Finding {
            code,
            severity,
            subject: Subject::new(SubjectKind::DialPlan, id, id),
            snapshot,
            ..samples::finding("", location)
        }
    }

    #[test]
    fn snapshots_come_first_then_severities_then_codes_then_what_findings_are_about() {
        let (error, info) = (Severity::Error, Severity::Info);
        let mut expected = vec![
            finding(0, error, "AA001", "b"),
            finding(0, error, "AA002", "a"),
            finding(0, info, "AA001", "a"),
            finding(0, info, "AA001", "a dial plan of the office in Lyon"),
            finding(0, info, "AA001", "a dial plan of the office in Paris"),
            finding(1, error, "AA001", "a"),
        ];
        // What is said of the same decides last.
        let mut later = expected[5].clone();
        later.message = "later".to_owned();
        expected.push(later);
        for shift in 0..expected.len() {
            let mut findings = expected.clone();
            findings.reverse();
            findings.rotate_left(shift);
            sort(&mut findings);
            assert!(findings == expected, "{shift}");
        }
    }

    #[test]
    fn everything_comes_to_its_place() {
        for places in [
            vec![],
            vec![0],
            vec![1, 0],
            vec![2, 0, 1],
            vec![1, 2, 0, 3],
            vec![3, 2, 1, 0],
            vec![0, 4, 2, 1, 3, 6, 5],
        ] {
            let mut items: Vec<usize> = (0..places.len()).collect();
            arrange(&mut items, places.clone());
            assert_eq!(items, places);
        }
    }

    #[test]
    fn beginnings_are_in_the_order_of_their_texts() {
        let mut texts = [
            "", "\0", "a", "a\0", "a\0b", "ab", "abc", "abcd", "abcde", "b", "\u{e9}",
        ];
        texts.sort_unstable();
        for pair in texts.windows(2) {
            assert!(
                beginning::<3>(pair[0]) <= beginning::<3>(pair[1]),
                "{pair:?}"
            );
        }
        assert_eq!(beginning::<3>("abcd"), *b"abc");
    }
}
