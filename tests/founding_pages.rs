//! Every sentence of the two founding pages that asks for something has its rules.
//!
//! `tests/expected/founding-pages.tsv` lists them: the page, the lines of its text, what they ask for, and the rules that
//! look after it.

use std::collections::BTreeSet;

use tenantlint::rules;

const SENTENCES: &str = include_str!("expected/founding-pages.tsv");

/// Rules that judge a planned change only, so that no snapshot can have their finding.
const OF_PLANS: [&str; 2] = ["NU015", "RA011"];

/// The sentences: what they ask for, and the codes of their rules.
fn sentences() -> Vec<(&'static str, Vec<&'static str>)> {
    SENTENCES
        .lines()
        .skip(1)
        .map(|line| {
            let cells: Vec<&str> = line.split('\t').collect();
            let [_, _, asks, codes] = cells[..] else {
                panic!("`{line}` has not four cells");
            };
            (asks, codes.split(' ').collect())
        })
        .collect()
}

#[test]
fn every_sentence_that_asks_for_something_is_looked_after() {
    let sentences = sentences();
    assert!(sentences.len() > 40, "the table was cut");
    for (asks, codes) in sentences {
        for code in codes {
            assert!(
                rules::find(code).is_some() || OF_PLANS.contains(&code),
                "`{asks}` asks for {code}, which is no rule"
            );
        }
    }
}

#[test]
fn what_waits_for_plans_is_no_rule_yet() {
    let named: BTreeSet<&str> = sentences()
        .into_iter()
        .flat_map(|(_, codes)| codes)
        .collect();
    for code in OF_PLANS {
        assert!(
            rules::find(code).is_none(),
            "{code} is a rule: take it off the list"
        );
        assert!(named.contains(code), "no sentence asks for {code}");
    }
}
