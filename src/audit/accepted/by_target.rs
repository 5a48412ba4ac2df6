//! Which exceptions may be about a finding, without asking all of them: by the rule, and by the one thing that most of them
//! name. Those with a pattern are asked for each finding of their rule.

use std::collections::HashMap;

use super::Candidate;
use crate::config::{Exception, folded};

/// The places of exceptions in the project file.
#[derive(Debug, Default)]
pub(super) struct ByTarget<'p> {
    /// By code of the rule, then by the text that they name.
    exact: HashMap<&'p str, HashMap<&'p str, Vec<usize>>>,
    /// By code of the rule: those that may be about several things.
    patterns: HashMap<&'p str, Vec<usize>>,
}

/// The exceptions that may be about one candidate: by fingerprint, by id, by name and by pattern, each in order.
#[derive(Debug)]
pub(super) struct Likely<'i>([&'i [usize]; 4]);

impl<'p> ByTarget<'p> {
    pub(super) fn new(exceptions: &'p [Exception]) -> Self {
        let mut by_target = Self::default();
        for (index, one) in exceptions.iter().enumerate() {
            let places = match one.exact() {
                Some(text) => {
                    let of_rule = by_target.exact.entry(one.code).or_default();
                    of_rule.entry(text).or_default()
                }
                None => by_target.patterns.entry(one.code).or_default(),
            };
            places.push(index);
        }
        by_target
    }

    pub(super) fn of(&self, candidate: &Candidate) -> Likely<'_> {
        let none: &[usize] = &[];
        let [by_fingerprint, by_id, by_name] = match self.exact.get(candidate.code) {
            None => [none; 3],
            Some(of_rule) => {
                let (id, name) = (&candidate.subject.id, &candidate.subject.name);
                let texts = [candidate.fingerprint.to_string(), folded(id), folded(name)];
                texts.map(|text| of_rule.get(text.as_str()).map_or(none, Vec::as_slice))
            }
        };
        let patterns = self.patterns.get(candidate.code);
        let patterns = patterns.map_or(none, Vec::as_slice);
        Likely([by_fingerprint, by_id, by_name, patterns])
    }
}

impl Likely<'_> {
    /// Those behind one in the project file, in order; all of them behind none.
    pub(super) fn after(&self, one: Option<usize>) -> impl Iterator<Item = usize> {
        let next = move |last: Option<usize>| {
            let lists = self.0.iter();
            let firsts = lists.filter_map(|list| {
                let from = list.partition_point(|index| Some(*index) <= last);
                list.get(from)
            });
            firsts.min().copied()
        };
        std::iter::successors(next(one), move |last| next(Some(*last)))
    }
}
