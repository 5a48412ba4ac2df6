//! What no rule decided, in words for people. Silence of a rule must never be taken for its consent.

use std::collections::{BTreeMap, BTreeSet};

use super::human::words::{counted, number};
use super::{Coverage, Outcome, Report};
use crate::rules;

impl Report {
    /// What no rule decided, each line with words for people: rules that did not run, subjects left undecided, and what
    /// a rule may not have seen. Of a plan, which subjects of the tenant are undecided is left to [`Report::also_undecided`].
    pub fn not_judged(&self) -> impl Iterator<Item = (&Coverage, String)> {
        let lines = self.coverage.iter();
        let lines = lines.filter(|line| !self.is_beside_the_plan(line));
        lines.filter_map(|line| {
            let why = line.why.as_deref().unwrap_or("no reason is given");
            let code = line.code;
            let words = if line.outcome == Outcome::NotEvaluated {
                format!("{code} was not evaluated: {why}")
            } else if line.unknown > 0 {
                let unknown = number(line.unknown);
                let subjects = counted(line.examined, "subject", "subjects");
                format!("{code} could not judge {unknown} of {subjects}: {why}")
            } else if line.in_doubt {
                format!("{code} may not have seen all: {why}")
            } else {
                return None;
            };
            Some((line, words))
        })
    }

    /// The snapshots in which a rule judged anything.
    fn judged(&self) -> impl Iterator<Item = u32> {
        let lines = self.coverage.iter();
        let ran = lines.filter(|line| matches!(line.outcome, Outcome::Passed | Outcome::Failed));
        ran.map(|line| line.snapshot)
    }

    /// Whether a rule judged anything at all: without it silence says nothing.
    pub(super) fn has_judged(&self) -> bool {
        self.judged().next().is_some()
    }

    /// How much was not judged over all snapshots, in words for one line: rules that did not run, each counted once, and
    /// subjects left undecided.
    pub(super) fn gaps_in_words(&self) -> Vec<String> {
        let mut words = Vec::new();
        let several = self.snapshots.len() > 1;
        let judged: BTreeSet<u32> = self.judged().collect();
        let idle = (self.snapshots.len() - judged.len().min(self.snapshots.len())) as u64;
        if several && !judged.is_empty() && idle > 0 {
            let snapshots = counted(idle, "snapshot", "snapshots");
            words.push(format!("nothing was checked in {snapshots}"));
        }
        let lines = self.coverage.iter();
        let blind = lines.filter(|line| line.outcome == Outcome::NotEvaluated);
        let snapshots: BTreeSet<u32> = blind.clone().map(|line| line.snapshot).collect();
        let rules: BTreeSet<&str> = blind.map(|line| line.code).collect();
        if !rules.is_empty() {
            let rules = counted(
                rules.len() as u64,
                "rule not evaluated",
                "rules not evaluated",
            );
            let within = counted(snapshots.len() as u64, "snapshot", "snapshots");
            words.push(if several {
                format!("{rules} in {within}")
            } else {
                rules
            });
        }
        let lines = self.coverage.iter();
        let decided = |line: &&Coverage| {
            line.outcome != Outcome::NotEvaluated && !self.is_beside_the_plan(line)
        };
        let undecided = lines.filter(decided).map(|line| line.unknown).sum();
        if undecided > 0 {
            words.push(counted(undecided, "check undecided", "checks undecided"));
        }
        let lines = self.coverage.iter();
        let in_doubt = lines.filter(|line| line.in_doubt && !self.is_beside_the_plan(line));
        let in_doubt: BTreeSet<&str> = in_doubt.map(|line| line.code).collect();
        if !in_doubt.is_empty() {
            let rules = in_doubt.len() as u64;
            words.push(counted(rules, "rule in doubt", "rules in doubt"));
        }
        words
    }

    /// How the rules fared over all snapshots.
    pub(super) fn rules_judged(&self) -> RulesJudged {
        let mut rules: BTreeMap<&str, [bool; 4]> = BTreeMap::new();
        for line in &self.coverage {
            let seen = rules.entry(line.code).or_default();
            let how = match line.outcome {
                Outcome::Passed if line.unknown == 0 => 0,
                Outcome::Passed => 1,
                Outcome::Failed => 2,
                Outcome::NotEvaluated => 3,
                Outcome::NotApplicable | Outcome::Off => continue,
            };
            if let Some(seen) = seen.get_mut(how) {
                *seen = true;
            }
        }
        let mut counts = RulesJudged::default();
        for [passed, undecided, failed, blind] in rules.into_values() {
            counts.passed += u64::from(passed && !undecided && !failed && !blind);
            counts.undecided += u64::from(undecided && !failed);
            counts.not_evaluated += u64::from(blind);
        }
        counts
    }

    /// How many rules left subjects of the tenant undecided, in words, where the report is one of a plan.
    pub fn also_undecided(&self) -> Option<String> {
        let lines = self.coverage.iter();
        let beside = lines.filter(|line| self.is_beside_the_plan(line)).count() as u64;
        (beside > 0).then(|| {
            let rules = counted(beside, "rule", "rules");
            format!("{rules} could not judge every object of the tenant; run `tenantlint check`")
        })
    }

    /// Whether the line says no more than what of the tenant a rule left undecided, in a report of a plan.
    fn is_beside_the_plan(&self, line: &Coverage) -> bool {
        let is_undecided =
            line.outcome != Outcome::NotEvaluated && (line.unknown > 0 || line.in_doubt);
        self.plan.is_some() && is_undecided && !is_of_plan(line.code)
    }
}

/// How many rules fared how; each counts once, however many snapshots there are.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) struct RulesJudged {
    /// Found nothing wherever there was something to judge, and decided all of it.
    pub(super) passed: u64,
    /// Found nothing, but could not decide about every subject.
    pub(super) undecided: u64,
    /// Could not run in one snapshot at least.
    pub(super) not_evaluated: u64,
}

/// Whether a code is that of a rule over plans.
pub(super) fn is_of_plan(code: &str) -> bool {
    rules::of_plans().iter().any(|rule| rule.page.code == code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Status;
    use crate::report::concise;
    use crate::report::human::HumanOptions;
    use crate::report::human::samples::{coverage, options, printed, report, several};

    fn in_full(report: &Report) -> String {
        let loud = HumanOptions {
            quiet: false,
            ..options()
        };
        printed(report, loud)
    }

    #[test]
    fn a_line_tells_what_was_not_judged_and_counts_each_rule_once() {
        let mut one = several(&["a"]);
        assert_eq!(
            one.in_one_line(),
            "Found 1 warning; 1 problem with the input; 1 rule not evaluated; 2 checks undecided."
        );
        one.findings.clear();
        one.problems.clear();
        one.coverage.remove(0);
        assert_eq!(one.in_one_line(), "Found nothing; 2 checks undecided.");
        let mut three = several(&["a", "b", "c"]);
        assert_eq!(
            three.in_one_line(),
            "Found 3 warnings; 3 problems with the input; 1 rule not evaluated in 3 snapshots; 6 checks undecided."
        );
        three
            .coverage
            .retain(|line| line.snapshot == 0 || line.outcome == Outcome::NotEvaluated);
        three.problems.clear();
        assert_eq!(
            three.in_one_line(),
            "Found 3 warnings; nothing was checked in 2 snapshots; 1 rule not evaluated in 3 snapshots; 2 checks undecided."
        );
    }

    #[test]
    fn a_rule_that_found_something_and_may_have_missed_more_is_told() {
        let mut report = several(&["a"]);
        for line in &mut report.coverage {
            line.unknown = 0;
        }
        let failed = &mut report.coverage[3];
        assert_eq!(failed.outcome, Outcome::Failed);
        failed.in_doubt = true;
        failed.why = Some("`users.json` may be cut off".to_owned());
        assert!(!report.is_fully_covered());
        let words: Vec<String> = report.not_judged().map(|(_, words)| words).collect();
        assert!(
            words.contains(&"US001 may not have seen all: `users.json` may be cut off".to_owned()),
            "{words:?}"
        );
        let line = report.in_one_line();
        assert!(line.ends_with("; 1 rule in doubt."), "{line}");
        let mut out = Vec::new();
        concise::write(&report, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(
            text.contains("in doubt[US001] `users.json` may be cut off"),
            "{text}"
        );
        let text = in_full(&report);
        assert!(
            text.contains("in doubt:      US001: `users.json` may be cut off"),
            "{text}"
        );
    }

    #[test]
    fn where_no_rule_ran_nothing_is_said_to_be_clean() {
        let mut none = report();
        none.coverage = vec![coverage("US001", Outcome::Off, 0)];
        assert_eq!(none.in_one_line(), "Nothing was checked.");
        none.coverage = vec![coverage("US001", Outcome::NotEvaluated, 0)];
        assert_eq!(
            none.in_one_line(),
            "Nothing was checked; 1 rule not evaluated."
        );
    }

    #[test]
    fn the_last_line_over_several_snapshots_is_no_false_all_clear() {
        let mut report = several(&["a", "b"]);
        report.problems.clear();
        report.findings.truncate(1);
        report.findings[0].status = Status::Baselined;
        let last = |report: &Report| {
            let text = in_full(report);
            text.lines().last().unwrap_or_default().to_owned()
        };
        assert_eq!(
            last(&report),
            "all 2 snapshots: no findings; 1 known from the baseline; 1 rule not evaluated in 2 snapshots; 4 checks undecided"
        );
        report.findings.clear();
        report
            .coverage
            .retain(|line| line.outcome == Outcome::NotEvaluated);
        assert_eq!(
            last(&report),
            "all 2 snapshots: nothing was checked; 1 rule not evaluated in 2 snapshots"
        );
    }

    #[test]
    fn a_rule_that_could_not_judge_all_has_not_passed() {
        let report = several(&["a"]);
        let counts = RulesJudged {
            passed: 1,
            undecided: 1,
            not_evaluated: 1,
        };
        assert_eq!(report.rules_judged(), counts);
        assert_eq!(several(&["a", "b"]).rules_judged(), counts);
        let text = in_full(&report);
        assert!(
            text.contains("4 rules: 1 failed, 1 passed, 1 undecided in part, 1 not evaluated"),
            "{text}"
        );
    }
}
