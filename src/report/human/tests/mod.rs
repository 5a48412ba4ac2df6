//! Whole reports: read by eye once and held since.

mod plan;
mod snippets;

use super::HumanOptions;
use super::samples::{coverage, find, finding, many, options, printed, report, source, two_files};
use crate::finding::{Remedy, Severity, Status};
use crate::report::{Outcome, ReportedProblem, escape};

/// The column, counted in characters, of the first underline.
fn underline(text: &str) -> Option<(usize, usize)> {
    let line = text
        .lines()
        .find(|line| line.contains('·') && line.contains('┬'))?;
    let drawn: Vec<char> = line.chars().collect();
    let is_line = |character: &char| matches!(character, '─' | '┬');
    let start = drawn.iter().position(is_line)?;
    Some((
        start,
        drawn.iter().filter(|character| is_line(character)).count(),
    ))
}

#[test]
fn colours_change_nothing_but_escape_sequences() {
    let colored = HumanOptions {
        color: true,
        quiet: false,
        ..options()
    };
    let plain = HumanOptions {
        color: false,
        ..colored
    };
    let text = printed(&two_files(), colored);
    assert!(
        text.contains("\u{1b}[1m\u{1b}[31merror[OC001]\u{1b}[0m"),
        "{text:?}"
    );
    let mut bare = Vec::new();
    std::io::Write::write_all(&mut anstream::StripStream::new(&mut bare), text.as_bytes()).unwrap();
    let lines = |text: &str| {
        text.lines()
            .map(|line| line.trim_end().to_owned())
            .collect::<Vec<_>>()
    };
    let bare = String::from_utf8(bare).unwrap();
    assert_eq!(lines(&bare), lines(&printed(&two_files(), plain)));
}

#[test]
fn hostile_names_reach_neither_the_terminal_nor_a_second_line() {
    let mut report = report();
    let text = "{\"Name\": \"a\u{1b}[2Jb\u{202e}c\u{9b}\td\u{7f}\", \"Next\": 1}";
    let file = source(&mut report, "con\u{1b}toso/a\nb.json", text.as_bytes());
    let location = find(&report, file, "1}", "label \u{1b}]0;x\u{7}");
    let mut finding = finding("a\u{1b}[2Jb\nerror[XX001] forged", location);
    finding.remedy = Remedy {
        summary: "say\r\nno".into(),
        commands: vec!["Get-CsOnlineUser 'a\u{1b}b'".into()],
    };
    report.findings.push(finding);
    report.problems.push(ReportedProblem {
        snapshot: 0,
        severity: Severity::Warning,
        message: "`a\nb.json`: \u{202e}reversed".into(),
        location: None,
        blinds: vec!["OC001", "US001"],
        untold: None,
    });
    report.snapshots[0].tenant_name = Some("Con\u{1b}[31mtoso".into());
    let text = printed(
        &report,
        HumanOptions {
            quiet: false,
            ..options()
        },
    );
    for character in text.chars() {
        assert!(
            character == '\n' || !escape::is_dangerous(character),
            "{character:?}"
        );
    }
    assert_eq!(underline(&text), Some((7 + 31, 2)), "{text}");
    insta::assert_snapshot!(text, @r#"
    warning: `a\u{a}b.json`: \u{202e}reversed
      blinds: OC001, US001

    error[OC001] a\u{1b}[2Jb\u{a}error[XX001] forged
       ╭─[con\u{1b}toso/a\u{a}b.json:1:34]
     1 │ {"Name": "a␛[2Jb�c�→d␡", "Next": 1}
       ·                                  ─┬
       ·                                   ╰── label \u{1b}]0;x\u{7}
       ╰────
      help: say\u{d}\u{a}no
            Get-CsOnlineUser 'a\u{1b}b'
      more: tenantlint explain stale-pstn-usage

    contoso (Con\u{1b}[31mtoso, exported 2026-09-14T05:30:00Z): 1 export, 1,214 records
      findings:      1 error
      problems:      1 warning
      coverage:      0 rules: 0 failed, 0 passed, 0 not evaluated
      first:         fix 1 × OC001: stale-pstn-usage (tenantlint explain OC001)
    "#);
}

#[test]
fn findings_of_one_cause_are_folded_and_counted() {
    let text = printed(&many(3_414), options());
    assert_eq!(text.matches("error[OC001]").count(), 3);
    assert!(
        text.contains(
            "\n  and 3,411 more like this (tenantlint explain OC001; --format json lists all)\n"
        ),
        "{text}"
    );
    assert_eq!(text.matches("warning[US001]").count(), 1);
    assert!(!printed(&many(3), options()).contains("more like this"));
    assert!(printed(&many(4), options()).contains("and 1 more like this"));
}

#[test]
fn another_cause_is_not_folded_away() {
    let mut report = many(10);
    for (number, finding) in report.findings.iter_mut().enumerate() {
        finding.message = format!("{} uses `cause-{number}`", finding.subject.name);
    }
    let text = printed(&report, options());
    assert_eq!(text.matches("uses `cause-").count(), 11, "{text}");
}

#[test]
fn the_cap_counts_what_it_hides() {
    let capped = |cap| {
        printed(
            &many(10),
            HumanOptions {
                max_findings: Some(cap),
                ..options()
            },
        )
    };
    let text = capped(2);
    assert_eq!(text.matches("error[OC001]").count(), 2);
    assert!(text.ends_with("and 9 more findings not shown: 8 errors, 1 warning (--max-findings 2; --format json lists all)\n"), "{text}");
    assert!(capped(3).contains("and 7 more like this"));
    assert!(capped(3).contains("and 1 more finding not shown: 1 warning"));
    assert!(!capped(4).contains("not shown"));
    assert!(capped(0).starts_with("and 11 more findings not shown"));
}

#[test]
fn the_summary_reads_well() {
    let mut report = many(1_005);
    report.rules = crate::rules::all().iter().collect();
    report.findings[0].status = Status::Excepted;
    report.findings[1].status = Status::Baselined;
    report.findings[2].severity = Severity::Info;
    report.coverage = vec![
        coverage("OC001", Outcome::Failed, 1_005),
        coverage("RA001", Outcome::NotApplicable, 0),
        coverage("US001", Outcome::Failed, 41),
        coverage("US002", Outcome::NotEvaluated, 0),
        coverage("US003", Outcome::NotEvaluated, 0),
        coverage("US004", Outcome::NotEvaluated, 0),
        coverage("US005", Outcome::Off, 0),
    ];
    report.coverage[2].unknown = 2;
    report.coverage[2].why = Some("`TeamsUpgradeEffectiveMode` is blank".into());
    report.coverage[3].why = Some("needs `AssignedPlan` of Get-CsOnlineUser".into());
    report.coverage[4].why = Some("needs Get-CsOnlineVoiceRoute".into());
    report.coverage[5].why = Some("needs `AssignedPlan` of Get-CsOnlineUser".into());
    report.problems.push(ReportedProblem {
        snapshot: 0,
        severity: Severity::Error,
        message: "`Get-CsOnlineVoiceRoute.json` is not JSON".into(),
        location: None,
        blinds: vec!["OC001", "US003"],
        untold: None,
    });
    let wide = HumanOptions {
        quiet: false,
        width: 150,
        ..options()
    };
    let text = printed(&report, wide);
    let (_, summary) = text.split_once("contoso (").unwrap();
    let mut summary = summary.to_owned();
    for rule in report.rules {
        summary = summary.replace(rule.page.title, "TITLE");
    }
    insta::assert_snapshot!(summary, @r"
    Contoso, exported 2026-09-14T05:30:00Z): 1 export, 1,214 records
      findings:      1,002 errors, 1 warning, 1 info; 1 accepted by exceptions, 1 known from the baseline
                                       errors  warnings  info
                     operator-connect   1,002         -     1
                     users                  -         1     -
      problems:      1 error
      coverage:      7 rules: 2 failed, 0 passed, 1 not applicable, 3 not evaluated, 1 off
      not evaluated: US003: needs Get-CsOnlineVoiceRoute
                     US002, US004: needs `AssignedPlan` of Get-CsOnlineUser
      undecided:     US001 (2 of 41 subjects): `TeamsUpgradeEffectiveMode` is blank
      first:         repair the export: 1 error in the input, in the way of 2 rules
                     fix 1,003 × OC001: TITLE (tenantlint explain OC001)
                     fix 1 × US001: TITLE (tenantlint explain US001)
    ");
}

#[test]
fn nothing_found_says_how_much_was_judged() {
    let loud = HumanOptions {
        quiet: false,
        ..options()
    };
    let mut report = report();
    report.coverage = vec![
        coverage("OC001", Outcome::Passed, 41),
        coverage("US001", Outcome::Passed, 1_000),
    ];
    insta::assert_snapshot!(printed(&report, loud), @r"
    contoso (Contoso, exported 2026-09-14T05:30:00Z): 1 export, 1,214 records
      no findings: 2 rules made 1,041 checks
      coverage:      2 rules: 0 failed, 2 passed, 0 not evaluated
    ");
    report.coverage[1].outcome = Outcome::NotEvaluated;
    report.coverage[1].why = Some("needs Get-CsOnlineUser".into());
    report.coverage[0].unknown = 1;
    insta::assert_snapshot!(printed(&report, loud), @r"
    contoso (Contoso, exported 2026-09-14T05:30:00Z): 1 export, 1,214 records
      no findings: 1 rule made 41 checks, 1 of them undecided; 1 rule was not evaluated
      coverage:      2 rules: 0 failed, 0 passed, 1 undecided in part, 1 not evaluated
      not evaluated: US001: needs Get-CsOnlineUser
      undecided:     OC001 (1 of 41 subjects): no reason is given
    ");
    report.coverage.remove(0);
    insta::assert_snapshot!(printed(&report, loud), @r"
    contoso (Contoso, exported 2026-09-14T05:30:00Z): 1 export, 1,214 records
      nothing was checked; 1 rule was not evaluated
      coverage:      1 rule: 0 failed, 0 passed, 1 not evaluated
      not evaluated: US001: needs Get-CsOnlineUser
    ");
    assert_eq!(printed(&report, options()), "");
}

#[test]
fn several_snapshots_have_headings() {
    let mut report = many(1);
    let mut second = report.snapshots[0].clone();
    (second.path, second.tenant_name) = ("fabrikam".into(), None);
    second.exported_at = None;
    report.snapshots.push(second);
    report.findings[1].snapshot = 1;
    report.coverage = vec![
        coverage("OC001", Outcome::Failed, 1),
        coverage("US001", Outcome::Failed, 1),
    ];
    report.coverage[1].snapshot = 1;
    insta::assert_snapshot!(printed(&report, HumanOptions { quiet: false, ..options() }), @r"
    snapshot 1 of 2: contoso

    error[OC001] user0@contoso.example holds +33199001200 and still routes over Direct Routing
       ╭─[a.json:1:2]
     1 │ [1]
       ·  ─
       ╰────
      more: tenantlint explain stale-pstn-usage

    snapshot 2 of 2: fabrikam

    warning[US001] `Zoë` is not in Teams Only mode
       ╭─[a.json:1:2]
     1 │ [1]
       ·  ─
       ╰────
      more: tenantlint explain user-not-teams-only

    contoso (Contoso, exported 2026-09-14T05:30:00Z): 1 export, 1,214 records
      findings:      1 error
      coverage:      1 rule: 1 failed, 0 passed, 0 not evaluated
      first:         fix 1 × OC001: stale-pstn-usage (tenantlint explain OC001)

    fabrikam: 1 export, 1,214 records
      findings:      1 warning
      coverage:      1 rule: 1 failed, 0 passed, 0 not evaluated
      first:         fix 1 × US001: user-not-teams-only (tenantlint explain US001)

    all 2 snapshots: 1 error, 1 warning
    ");
}

#[test]
fn problems_show_their_place_and_what_they_blind() {
    let mut report = report();
    let file = source(
        &mut report,
        "contoso/Get-CsOnlineUser.json",
        b"[\n  {\"a\": 1},\n  {\"a\": oops}\n]",
    );
    for _ in 0..5 {
        report.problems.push(ReportedProblem {
            snapshot: 0,
            severity: Severity::Error,
            message: format!(
                "`Get-CsOnlineUser.json`: record {} is not JSON",
                report.problems.len()
            ),
            location: Some(find(&report, file, "oops", "")),
            blinds: vec!["OC001", "US001"],
            untold: None,
        });
    }
    insta::assert_snapshot!(printed(&report, options()), @r#"
    error: `Get-CsOnlineUser.json`: record 0 is not JSON
       ╭─[contoso/Get-CsOnlineUser.json:3:9]
     2 │   {"a": 1},
     3 │   {"a": oops}
       ·         ────
       ╰────
      blinds: OC001, US001

    error: `Get-CsOnlineUser.json`: record 1 is not JSON
       ╭─[contoso/Get-CsOnlineUser.json:3:9]
     2 │   {"a": 1},
     3 │   {"a": oops}
       ·         ────
       ╰────
      blinds: OC001, US001

    error: `Get-CsOnlineUser.json`: record 2 is not JSON
       ╭─[contoso/Get-CsOnlineUser.json:3:9]
     2 │   {"a": 1},
     3 │   {"a": oops}
       ·         ────
       ╰────
      blinds: OC001, US001

      and 2 more like this (--format json lists all)
    "#);
}
