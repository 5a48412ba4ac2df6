//! What no rule decided, in words for people. Silence of a rule must never be taken for its consent.

use super::human::words::{counted, number};
use super::{Coverage, Outcome, Report};
use crate::rules;

impl Report {
    /// What no rule decided, each line with words for people: rules that did not run, and subjects left undecided. Of a
    /// plan, which subjects of the tenant are undecided is left to [`Report::also_undecided`].
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
            } else {
                return None;
            };
            Some((line, words))
        })
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

    /// Whether the line says no more than which subjects of the tenant a rule left undecided, in a report of a plan.
    fn is_beside_the_plan(&self, line: &Coverage) -> bool {
        let is_undecided = line.outcome != Outcome::NotEvaluated && line.unknown > 0;
        self.plan.is_some() && is_undecided && !is_of_plan(line.code)
    }
}

/// Whether a code is that of a rule over plans.
pub(super) fn is_of_plan(code: &str) -> bool {
    rules::of_plans().iter().any(|rule| rule.page.code == code)
}
