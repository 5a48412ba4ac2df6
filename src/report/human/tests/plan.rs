//! What is printed of a plan.

use super::super::samples::{act, coverage, find, options, plan, printed, report, source, step};
use super::HumanOptions;
use crate::finding::Location;
use crate::report::escape;
use crate::report::{ActOutcome, Outcome, Plan, Report};

fn loud() -> HumanOptions {
    HumanOptions {
        quiet: false,
        ..options()
    }
}

fn at() -> (Report, Location) {
    let mut report = report();
    let file = source(&mut report, "plan.toml", b"[[step]]");
    let place = find(&report, file, "step", "");
    (report, place)
}

fn bulk(place: &Location, steps: u32) -> Plan {
    let steps = (1..=steps).map(|number| step(number, place, vec![act("assign-number", "a")]));
    Plan {
        paths: vec!["plan.toml".into()],
        steps: steps.collect(),
        unchanged: [0, 0, 1],
    }
}

#[test]
fn a_plan_reads_well() {
    let (mut report, place) = at();
    report.plan = Some(plan(&place, "a@contoso.example"));
    report.coverage = vec![
        coverage("PL002", Outcome::Failed, 5),
        coverage("PL003", Outcome::Passed, 4),
        coverage("US001", Outcome::Failed, 41),
        coverage("US002", Outcome::NotEvaluated, 0),
    ];
    for line in &mut report.coverage[..3] {
        line.unknown = 1;
        line.why = Some("`x` is blank".into());
    }
    insta::assert_snapshot!(printed(&report, loud()), @r#"
    plan plan.toml: 4 steps with 3 acts
      step 1: unassign-number: ok, 1 act, 1 need met (plan.toml:1:3)
        a@contoso.example
          changes: user `a@contoso.example`: `LineUri` lost `tel:+33199001201`
          run: Remove-CsPhoneNumberAssignment -Identity 'a@contoso.example' -RemoveAll
        removes: US001 of `a@contoso.example`
      step 2: assign-number: refused, 1 act, 1 need met, 1 unmet, 1 unknown (plan.toml:1:3)
        +33199001207 to a@contoso.example: refused
          unmet: `+33199001207` is free, but `a@contoso.example` has it
          unknown: the location is validated, but no export tells the addresses
      step 3: wait-for-export: nothing to type (plan.toml:1:3)
      step 4: delete-account: needs unmet, on the assumed state, 1 act, 1 need met, 1 unmet (plan.toml:1:3)
        a@contoso.example: needs unmet
          unmet: `a@contoso.example` has no number, but it has `+33199001202`
          changes: user `a@contoso.example`: `LineUri` lost `tel:+33199001201`
          changes: voice route `a@contoso.example` is added
          changes: voice route `a@contoso.example` is gone
          run: Remove-CsPhoneNumberAssignment -Identity 'a@contoso.example' -RemoveAll
          no way back: `a@contoso.example` can be restored for 30 days
          note: `a@contoso.example` loses its voicemail
        adds: US006 of `a@contoso.example`

    contoso (Contoso, exported 2026-09-14T05:30:00Z): 1 export, 1,214 records
      no findings, but needs that are not met: 3 rules made 50 checks, 3 of them undecided; 1 rule was not evaluated
      plan:          4 steps with 3 acts: 3 needs met, 2 unmet, 1 unknown
                     adds 1 error, removes 1 warning
      before:        what was wrong before stays so: 112 errors, 80 warnings, 40 info; run `tenantlint
                       check`
      coverage:      the plan: 2 rules: 1 failed, 0 passed, 1 undecided in part, 0 not evaluated
                     the tenant behind it: 2 rules: 1 failed, 0 passed, 1 not evaluated
      not evaluated: US002: no reason is given
      undecided:     PL002 (1 of 5 subjects), PL003 (1 of 4 subjects): `x` is blank
                     1 rule could not judge every object of the tenant; run `tenantlint check`
    "#);
    assert_eq!(printed(&report, options()), "", "quiet is quiet");
}

#[test]
fn of_thousands_of_steps_those_are_told_that_do_not_go_well() {
    let (mut report, place) = at();
    let mut plan = bulk(&place, 5_000);
    plan.steps[2_499].acts[0].outcome = ActOutcome::Refused;
    report.plan = Some(plan);
    insta::assert_snapshot!(printed(&report, loud()), @r#"
    plan plan.toml: 5,000 steps with 5,000 acts
      steps 1 to 2,499: assign-number: ok, 2,499 acts, 2,499 needs met (plan.toml:1:3)
      step 2,500: assign-number: refused, 1 act, 1 need met (plan.toml:1:3)
        a: refused
          changes: user `a`: `LineUri` lost `tel:+33199001201`
      steps 2,501 to 5,000: assign-number: ok, 2,500 acts, 2,500 needs met (plan.toml:1:3)

    contoso (Contoso, exported 2026-09-14T05:30:00Z): 1 export, 1,214 records
      nothing was checked
      plan:          5,000 steps with 5,000 acts: 5,000 needs met
                     adds no finding, removes no finding
      before:        what was wrong before stays so: 1 info; run `tenantlint check`
      coverage:      the plan: 0 rules: 0 failed, 0 passed, 0 not evaluated
                     the tenant behind it: 0 rules: 0 failed, 0 passed, 0 not evaluated
    "#);
}

#[test]
fn the_cap_counts_the_steps_that_it_hides() {
    let (mut report, place) = at();
    let mut plan = bulk(&place, 60);
    for step in plan.steps.iter_mut().step_by(2) {
        step.acts[0].outcome = ActOutcome::Refused;
    }
    report.plan = Some(plan);
    let text = printed(&report, loud());
    assert_eq!(text.matches("  step ").count(), 25);
    assert!(
        text.contains("\n  and 35 more steps, 17 of them not ok (--format json lists all)\n"),
        "{text}"
    );
    let one = HumanOptions {
        max_findings: Some(1),
        ..loud()
    };
    assert!(printed(&report, one).contains("\n  and 59 more steps, 29 of them not ok "));
}

#[test]
fn of_many_acts_the_first_and_the_refused_ones_are_told() {
    let (mut report, place) = at();
    let mut acts: Vec<_> = (0..500).map(|_| act("grant-policy", "a")).collect();
    for act in &mut acts[100..120] {
        act.outcome = ActOutcome::Refused;
        act.object = "b".to_owned();
    }
    let mut plan = bulk(&place, 1);
    plan.steps = vec![step(1, &place, acts)];
    report.plan = Some(plan);
    let text = printed(&report, loud());
    assert!(
        text.contains("step 1: grant-policy: 20 of 500 acts refused, 500 acts, 500 needs met"),
        "{text}"
    );
    assert_eq!(text.matches("\n    a\n").count(), 8);
    assert_eq!(text.matches("\n    b: refused\n").count(), 10);
    assert!(
        text.contains("\n    and 482 more acts, 10 of them not ok (--format json lists all)\n"),
        "{text}"
    );
}

#[test]
fn nothing_that_a_plan_names_steers_a_terminal() {
    let (mut report, place) = at();
    let mut plan = plan(&place, "a\u{1b}[2Jb\u{202e}c\u{9b}\n  step 9: forged");
    plan.paths = vec!["pl\u{1b}an\n.toml".into()];
    report.plan = Some(plan);
    let text = printed(&report, loud());
    for character in text.chars() {
        assert!(
            character == '\n' || !escape::is_dangerous(character),
            "{character:?}"
        );
    }
    assert!(!text.contains("\n  step 9"), "{text}");
}
