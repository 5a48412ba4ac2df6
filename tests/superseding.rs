//! One cause, one finding: the weaker rule is silent while the stronger one speaks, and speaks when that one is off.

use tenantlint::audit::compare_with;
use tenantlint::config::Overrides;
use tenantlint::report::baseline::Baseline;
use tenantlint::report::{Outcome, Report};
use tenantlint::rules::superseding::PAIRS;

use crate::audits::{File, check_with, sample};

fn without(files: &[File], rules: &[&str]) -> Report {
    let overrides = Overrides {
        ignore: rules.iter().map(|rule| (*rule).to_owned()).collect(),
        profile: tenantlint::config::Profile::from_name("strict"),
        ..Overrides::default()
    };
    check_with(files, &overrides)
}

fn count(report: &Report, code: &str) -> (usize, u64) {
    let findings = report
        .findings
        .iter()
        .filter(|finding| finding.code == code);
    let line = report.coverage.iter().find(|line| line.code == code);
    (findings.count(), line.map_or(0, |line| line.superseded))
}

#[test]
fn the_weaker_rule_is_silent_and_speaks_when_the_stronger_one_is_off() {
    let users = r#"[{"Identity":"00000000-0000-4000-8000-000000000001","UserPrincipalName":"a@contoso.example",
        "AccountType":"User","InterpretedUserType":"PureOnlineTeamsOnlyUser","LineUri":"tel:+12065550101",
        "EnterpriseVoiceEnabled":false,"AssignedPlan":[{"Capability":"Teams","CapabilityStatus":"Enabled"}],
        "FeatureTypes":["Teams"],"SoftDeletionTimestamp":null}]"#;
    let files = [(
        "Get-CsOnlineUser.json".to_owned(),
        users.as_bytes().to_vec(),
    )];
    let all = without(&files, &[]);
    assert_eq!(count(&all, "LI001"), (1, 0));
    assert_eq!(count(&all, "US002"), (0, 1));
    let line = all.coverage.iter().find(|line| line.code == "US002");
    assert_eq!(line.map(|line| line.outcome), Some(Outcome::Passed));
    let alone = without(&files, &["LI001"]);
    assert_eq!(count(&alone, "US002"), (1, 0));
    // What is only silent is not fixed.
    let mut all = all;
    compare_with(&mut all, &Baseline::of_report(&alone));
    assert_eq!(all.fixed, []);
}

#[test]
fn every_silence_of_the_sample_is_broken_by_switching_the_stronger_rules_off() {
    let files = sample("contoso");
    let all = without(&files, &[]);
    for line in all.coverage.iter().filter(|line| line.superseded > 0) {
        let stronger: Vec<&str> = PAIRS
            .iter()
            .filter(|pair| pair.weaker == line.code)
            .map(|pair| pair.stronger)
            .collect();
        if stronger.is_empty() {
            continue;
        }
        let alone = without(&files, &stronger);
        let (findings, superseded) = count(&alone, line.code);
        let before = count(&all, line.code).0 as u64 + line.superseded;
        assert_eq!(
            (findings as u64 + superseded, superseded),
            (before, 0),
            "{}",
            line.code
        );
    }
}
