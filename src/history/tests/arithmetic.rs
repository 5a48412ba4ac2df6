//! Trend, ages, times to fix and returns, on runs small enough to be counted by hand.

use super::{Day, day, place, recorded};
use crate::history::Standing::{Baselined, Excepted, Open, Superseded};
use crate::history::{FixTimes, TenantHistory};
use crate::report::Outcome;

fn told(days: &[Day]) -> TenantHistory {
    let (_folder, path) = place();
    recorded(&path, days)
}

/// Subject, first day and age of what is open.
fn open(history: &TenantHistory) -> Vec<(&str, i64, u64)> {
    let open = history.open.iter();
    open.map(|one| (one.subject.name.as_str(), one.since / super::DAY, one.days))
        .collect()
}

/// New and fixed of each run.
fn changes(history: &TenantHistory) -> Vec<(Option<u64>, Option<u64>)> {
    history
        .runs
        .iter()
        .map(|run| (run.new, run.fixed))
        .collect()
}

#[test]
fn new_fixed_and_ages_follow_from_the_runs() {
    let history = told(&[
        day(1, &[("a", "x", Open), ("a", "y", Open)]),
        day(4, &[("a", "x", Open), ("b", "z", Open)]),
        day(11, &[("a", "x", Open), ("b", "z", Open), ("b", "w", Open)]),
    ]);
    assert_eq!(
        changes(&history),
        [(None, None), (Some(1), Some(1)), (Some(1), Some(0))]
    );
    assert_eq!(open(&history), [("X", 1, 10), ("Z", 4, 7), ("W", 11, 0)]);
    assert_eq!(history.name.as_deref(), Some("Contoso"));
    let y = FixTimes {
        count: 1,
        median_days: Some(3),
        longest_days: Some(3),
    };
    assert_eq!(history.time_to_fix.overall, y);
    assert_eq!(history.time_to_fix.rules, [("a".to_owned(), y)]);
    assert_eq!(history.flapping, []);
    assert_eq!(history.undecided, 0);
}

#[test]
fn a_rule_that_cannot_tell_neither_fixes_nor_begins_anew() {
    for blind in [
        vec![("a", Outcome::NotEvaluated, 0)],
        vec![("a", Outcome::Off, 0)],
        vec![("a", Outcome::Passed, 1)],
        vec![],
    ] {
        let hole = Day {
            at: 3,
            decided: vec!["b"],
            blind: blind.clone(),
            found: vec![],
            exports: vec![],
            lacks: vec![],
        };
        let found = [("a", "x", Open)];
        let history = told(&[day(1, &found), hole.clone(), day(9, &found)]);
        assert_eq!(open(&history), [("X", 1, 8)], "{blind:?}");
        assert_eq!(history.time_to_fix.overall, FixTimes::default());
        assert_eq!(history.flapping, []);
        assert_eq!(
            changes(&history),
            [(None, None), (Some(0), Some(0)), (Some(0), Some(0))]
        );
        // As the newest run it leaves the finding undecided: neither open nor fixed.
        let history = told(&[day(1, &found), hole]);
        assert_eq!(open(&history), []);
        assert_eq!(history.undecided, 1, "{blind:?}");
        assert_eq!(history.time_to_fix.overall.count, 0);
    }
    // What the rule does find counts, though it is undecided about others.
    let partly = Day {
        at: 3,
        decided: vec![],
        blind: vec![("a", Outcome::Failed, 1)],
        found: vec![("a", "x", Open)],
        exports: vec![],
        lacks: vec![],
    };
    assert_eq!(open(&told(&[partly])), [("X", 3, 0)]);
}

#[test]
fn a_run_without_an_export_of_the_earlier_one_fixes_nothing() {
    let with = |at, exports: &[&'static str], found: &[super::Made]| Day {
        exports: exports.to_vec(),
        ..day(at, found)
    };
    let x = [("a", "x", Open)];
    let first = with(1, &["cmdlet", "Graph"], &x);
    let less = with(3, &["Graph"], &[]);
    let history = told(&[first.clone(), less.clone()]);
    assert_eq!(changes(&history)[1], (Some(0), Some(0)));
    assert_eq!(history.undecided, 1);
    // It is the run that had the finding that counts, not the one before.
    let history = told(&[first.clone(), less, with(4, &["Graph"], &[])]);
    assert_eq!(history.undecided, 1);
    let again = with(5, &["cmdlet", "Graph"], &[]);
    let history = told(&[first, with(3, &["Graph"], &[]), again]);
    assert_eq!(changes(&history)[2], (Some(0), Some(1)));
    assert_eq!(history.time_to_fix.overall.longest_days, Some(4));
}

#[test]
fn a_run_without_a_property_of_the_earlier_one_fixes_nothing() {
    let with = |at, lacks: &[&'static str], found: &[super::Made]| Day {
        lacks: lacks.to_vec(),
        ..day(at, found)
    };
    let x = [("a", "x", Open)];
    let lacks = ["users with Id"];
    let history = told(&[with(1, &[], &x), with(3, &lacks, &[])]);
    assert_eq!(changes(&history)[1], (Some(0), Some(0)));
    assert_eq!(history.undecided, 1);
    let history = told(&[with(1, &lacks, &x), with(3, &lacks, &[])]);
    assert_eq!(
        changes(&history)[1],
        (Some(0), Some(1)),
        "it never had the property"
    );
}

#[test]
fn what_the_run_before_could_not_judge_is_not_new() {
    let found = [("a", "x", Open), ("b", "y", Open)];
    let first_judged = |before: Day| {
        let history = told(&[before, day(3, &found)]);
        let run = history.runs.last().unwrap();
        (run.new, run.first_judged)
    };
    assert_eq!(first_judged(day(1, &[])), (Some(2), Some(0)));
    for blind in [
        vec![("a", Outcome::NotEvaluated, 0)],
        vec![("a", Outcome::Off, 0)],
        vec![("a", Outcome::Passed, 1)],
        vec![],
    ] {
        let before = Day {
            decided: vec!["b"],
            blind: blind.clone(),
            ..day(1, &[])
        };
        assert_eq!(first_judged(before), (Some(1), Some(1)), "{blind:?}");
    }
    let less = Day {
        lacks: vec!["users with Id"],
        ..day(1, &[])
    };
    assert_eq!(first_judged(less), (Some(0), Some(2)));
    let known = [("a", "x", Superseded), ("b", "y", Open)];
    assert_eq!(first_judged(day(1, &known)), (Some(0), Some(0)));
}

#[test]
fn what_is_known_is_neither_open_nor_fixed() {
    for known in [Excepted, Baselined, Superseded] {
        let days = [
            day(1, &[("a", "x", Open)]),
            day(3, &[("a", "x", known)]),
            day(6, &[("a", "x", Open)]),
            day(7, &[]),
        ];
        let history = told(&days[..2]);
        assert_eq!(open(&history), []);
        assert_eq!(history.undecided, 0);
        assert_eq!(changes(&history)[1], (Some(0), Some(0)));
        let history = told(&days[..3]);
        assert_eq!(open(&history), [("X", 1, 5)], "it is as old as it is");
        assert_eq!(changes(&history)[2], (Some(0), Some(0)), "and not new");
        let history = told(&days);
        assert_eq!(history.time_to_fix.overall.longest_days, Some(6));
        assert_eq!(history.flapping, []);
        // Nobody asked for a fix of what was never open.
        let history = told(&[day(1, &[("a", "x", known)]), day(2, &[])]);
        assert_eq!(history.time_to_fix.overall.count, 0);
        assert_eq!(changes(&history)[1], (Some(0), Some(0)));
    }
}

#[test]
fn findings_that_come_back_flap_and_begin_anew() {
    let x = ("a", "x", Open);
    let history = told(&[
        day(1, &[x, ("b", "z", Open)]),
        day(2, &[]),
        day(5, &[x, ("b", "z", Open)]),
        day(6, &[]),
        day(20, &[("a", "x", Excepted)]),
        day(21, &[x, ("a", "y", Open)]),
        day(23, &[x]),
    ]);
    let told: Vec<String> = history
        .flapping
        .iter()
        .map(|rule| {
            let findings = rule.findings.iter();
            let findings = findings.map(|one| format!("{} {}", one.subject.name, one.returns));
            let findings: Vec<String> = findings.collect();
            format!("{} {}: {}", rule.rule, rule.returns, findings.join(", "))
        })
        .collect();
    // It comes back when it is open again, and y never did.
    assert_eq!(told, ["a 2: X 2", "b 1: Z 1"]);
    assert_eq!(open(&history), [("X", 20, 3)]);
    let fixes = history.time_to_fix.overall;
    assert_eq!((fixes.count, fixes.longest_days), (5, Some(2)));
    assert_eq!(fixes.median_days, Some(1));
}

#[test]
fn the_order_of_recording_does_not_matter() {
    let x = ("a", "x", Open);
    let days = [
        day(1, &[x]),
        day(2, &[]),
        day(3, &[x, ("b", "z", Open)]),
        day(4, &[("b", "z", Open)]),
    ];
    let in_order = told(&days);
    assert_eq!(in_order.runs.len(), 4);
    for order in [[3, 2, 1, 0], [2, 0, 3, 1], [1, 3, 0, 2]] {
        let shuffled: Vec<Day> = order.iter().map(|at: &usize| days[*at].clone()).collect();
        assert_eq!(told(&shuffled), in_order, "{order:?}");
    }
}
