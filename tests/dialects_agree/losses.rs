//! Dialects that lose something: a rule says the same, or says that it cannot tell; it never says anything else.
//!
//! `tests/expected/losses.tsv` holds what each damage costs each rule; what is not in it, is the `same`.

use std::fmt::Write;
use std::path::Path;
use std::sync::LazyLock;

use rayon::prelude::*;
use tenantlint::report::Outcome;
use tenantlint::rules::{self, Rule};

use super::damages::{Damage, damages};
use super::logical::Logical;
use super::verdicts::{Check, is_of_the_snapshot};
use crate::audits::sample;

/// Damages after which a rule says something else, and why that is accepted.
const ACCEPTED: &[(&str, &str, &str)] = &[
    (
        "without FeatureTypes: Get-CsOnlineUser",
        "RA001",
        "one account has a license that only FeatureTypes shows: without it, its blank AssignedPlan says none",
    ),
    (
        "Graph users with $select",
        "RA001",
        "the same account: Graph has no FeatureTypes",
    ),
    (
        "without removedCountries: operators",
        "OP003",
        "a country that was removed is then one that was never enabled: numbers there are wrong either way",
    ),
    (
        "without dataTransferAccepted: operators",
        "OP007",
        "the file is kept by hand: what it does not say is not on record, which is the finding",
    ),
    (
        "another export that disagrees: Get-CsPhoneNumberAssignment",
        "OC006",
        "a contradiction about the type of a number is just what the rule finds",
    ),
    (
        "another export that disagrees: Get-CsTenantTrustedIPAddress",
        "EM013",
        "one address with and without a mask is two entries, both of which are wrong",
    ),
];

/// What a damage does to a rule.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Cost {
    /// Nothing.
    Same,
    /// It decides less, and says so in its line of coverage.
    Unknown,
    /// Records are gone, and a problem names the rule as blinded.
    Blinded,
    /// A refinement is gone: the same findings in another grade.
    Regraded,
    /// It does not run, and says why.
    NotEvaluated,
}

impl Cost {
    fn name(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Unknown => "unknown",
            Self::Blinded => "blinded",
            Self::Regraded => "regraded",
            Self::NotEvaluated => "not-evaluated",
        }
    }
}

/// What a damage costs a rule, or what is wrong with what the rule says.
fn cost(reference: &Check, damage: &Damage, damaged: &Check, rule: &Rule) -> Result<Cost, String> {
    let code = rule.page.code;
    let (was, now) = (reference.of_rule(code), damaged.of_rule(code));
    let (line_was, line) = (&reference.coverage[code], &damaged.coverage[code]);
    if let Some((verdict, _)) = now.iter().find(|(verdict, _)| !was.contains_key(*verdict)) {
        return Err(format!(
            "a finding that is not there, of {}",
            verdict.subject
        ));
    }
    if line.outcome == Outcome::NotEvaluated {
        return match &line.why {
            _ if !now.is_empty() => Err("findings of a rule that did not run".to_owned()),
            None => Err("not evaluated without a reason".to_owned()),
            // Nothing can be lost of what nobody had.
            Some(_) if line_was.outcome == Outcome::NotEvaluated => Ok(Cost::Same),
            Some(_) if !damage.concerns(rule.page) => Err(format!(
                "not evaluated, but its page names nothing of it: {line:?}"
            )),
            Some(_) => Ok(Cost::NotEvaluated),
        };
    }
    if line.unknown > 0 && line.why.is_none() {
        return Err(format!("unknown without a reason: {line:?}"));
    }
    let lost: Vec<&str> = was
        .keys()
        .filter(|verdict| !now.contains_key(*verdict))
        .map(|verdict| verdict.subject.as_str())
        .collect();
    let regraded: Vec<&str> = now
        .iter()
        .filter(|(verdict, said)| was[*verdict].severity != said.severity)
        .map(|(verdict, _)| verdict.subject.as_str())
        .collect();
    // What was undecided may be gone.
    if lost.is_empty() && regraded.is_empty() && line.unknown <= line_was.unknown {
        return Ok(Cost::Same);
    }
    if !damage.concerns(rule.page) {
        return Err(format!(
            "its page names nothing of it, but it lost {lost:?}, regraded {regraded:?}: {line:?}"
        ));
    }
    if !regraded.is_empty() && !damage.is_refinement(rule.page) {
        return Err(format!(
            "another grade, for want of what it needs, of {regraded:?}: {line:?}"
        ));
    }
    let decides_less = line.unknown > line_was.unknown || line.why != line_was.why;
    if lost.is_empty() && !regraded.is_empty() {
        return Ok(Cost::Regraded);
    }
    if line.outcome == Outcome::Passed && line.unknown == 0 {
        return Err(format!("passed, although it lost {lost:?}"));
    }
    if decides_less {
        return Ok(Cost::Unknown);
    }
    if damaged.blinded.contains(code) {
        return Ok(Cost::Blinded);
    }
    Err(format!("lost {lost:?} and does not say so: {line:?}"))
}

/// A damage, a rule, and what the one costs the other.
type Line = (String, &'static str, Result<Cost, String>);

/// The cost of every damage for every rule.
fn costs() -> &'static [Line] {
    static COSTS: LazyLock<Vec<Line>> = LazyLock::new(all_costs);
    &COSTS
}

fn all_costs() -> Vec<Line> {
    let reference = Check::of(&sample("contoso"));
    let rules = rules::all();
    let judged = |damage: Damage| {
        let damaged = Check::of(&damage.files);
        rules
            .iter()
            .filter(|rule| !is_of_the_snapshot(rule.page.code))
            .map(|rule| {
                let cost = cost(&reference, &damage, &damaged, rule);
                (damage.name.clone(), rule.page.code, cost)
            })
            .collect::<Vec<_>>()
    };
    let found = reference
        .findings
        .keys()
        .map(|verdict| verdict.subject.clone())
        .collect();
    damages(&Logical::contoso(), &found)
        .into_par_iter()
        .flat_map_iter(judged)
        .collect()
}

#[test]
fn no_damage_makes_a_rule_say_anything_else() {
    let mut wrong = Vec::new();
    for (damage, code, cost) in costs() {
        let known = ACCEPTED
            .iter()
            .find(|(name, rule, _)| name == damage && rule == code);
        match (cost, known) {
            (Ok(_), None) | (Err(_), Some(_)) => {}
            (Ok(_), Some(_)) => wrong.push(format!("{damage}, {code}: take it off ACCEPTED")),
            (Err(told), None) => wrong.push(format!("{damage}, {code}: {told}")),
        }
    }
    for (damage, code, _) in ACCEPTED {
        let exists = costs()
            .iter()
            .any(|(name, rule, _)| name == damage && rule == code);
        assert!(
            exists,
            "ACCEPTED names {damage}, {code}, which do not exist"
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_each_damage_costs_each_rule_is_approved() {
    let mut table = String::from("damage\trule\toutcome\n");
    for (damage, code, cost) in costs() {
        if let Ok(cost) = cost
            && *cost != Cost::Same
        {
            let _ = writeln!(table, "{damage}\t{code}\t{}", cost.name());
        }
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/expected/losses.tsv");
    if std::env::var_os("TENANTLINT_UPDATE").is_some_and(|value| value == "1") {
        std::fs::write(&path, &table).expect("the table can be written");
    }
    let approved = std::fs::read_to_string(&path).unwrap_or_default();
    let (approved, now): (Vec<&str>, Vec<&str>) =
        (approved.lines().collect(), table.lines().collect());
    let gone = approved.iter().filter(|line| !now.contains(line));
    let new = now.iter().filter(|line| !approved.contains(line));
    let changes: Vec<String> = gone
        .map(|line| format!("- {line}"))
        .chain(new.map(|line| format!("+ {line}")))
        .collect();
    assert!(
        approved == now,
        "tests/expected/losses.tsv is stale: run `TENANTLINT_UPDATE=1 cargo test dialects_agree` and read the diff\n{}",
        changes.join("\n")
    );
}
