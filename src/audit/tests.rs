//! What becomes of what the rules say: outcomes, earlier states, who was not judged, and what is told of the input.

use std::collections::BTreeSet;

use super::{audit, compare_with, rule_set, undecided};
use crate::config::{Overrides, Policy, ProjectFile};
use crate::finding::Status;
use crate::report::baseline::Baseline;
use crate::report::{Coverage, Outcome, Report};
use crate::rules;
use crate::source::{Source, Sources};
use crate::tenant::Tenant;
use crate::tenant::testing::{tenant, tenant_of};

const ONE: &str = "00000000-0000-4000-8000-000000000001";
const TWO: &str = "00000000-0000-4000-8000-000000000002";
const APP: &str = "00000000-0000-4000-8000-00000000000a";

type Files<'f> = &'f [(&'f str, &'f str)];

/// Checks a tenant with earlier ones under a project file.
fn checked(files: Files, previous: &[Files], config: &str) -> Report {
    let file = ProjectFile::parse("tenantlint.toml", config).expect("TOML");
    let policy = Policy::resolve(Some(&file), &Overrides::default(), rules::all())
        .unwrap_or_else(|errors| panic!("{errors:?}"));
    let mut sources = Sources::default();
    let tenant = tenant_of(0, files, &mut sources);
    let previous: Vec<Tenant> = previous
        .iter()
        .map(|files| tenant_of(0, files, &mut Sources::default()))
        .collect();
    audit(&[tenant], &previous, sources, rules::all(), &policy, None)
}

fn line<'r>(report: &'r Report, code: &str) -> &'r Coverage {
    let line = report.coverage.iter().find(|line| line.code == code);
    line.expect("every rule has a line")
}

const POLICIES: (&str, &str) = (
    "Get-CsTeamsCallingPolicy.json",
    r#"[{"Identity":"Global","AllowPrivateCalling":true},{"Identity":"Tag:DisallowCalling","AllowPrivateCalling":false}]"#,
);

/// Two accounts with these calling policies, of which `None` holds no number.
fn callers(policies: [Option<&str>; 2]) -> String {
    let users: Vec<String> = [(ONE, "One"), (TWO, "Two")]
        .iter()
        .zip(policies)
        .enumerate()
        .map(|(at, ((id, name), policy))| {
            let line = policy.map_or("null".to_owned(), |_| format!("\"tel:+1206555010{at}\""));
            let policy = policy.unwrap_or("DisallowCalling");
            format!(
                r#"{{"Identity":"{id}","UserPrincipalName":"{name}@contoso.example","AccountType":"User","LineUri":{line},"EnterpriseVoiceEnabled":false,"SoftDeletionTimestamp":null,"TeamsCallingPolicy":"{policy}"}}"#
            )
        })
        .collect();
    format!("[{}]", users.join(","))
}

#[test]
fn a_rule_failed_passed_was_not_evaluated_or_had_nothing_to_judge() {
    let outcome = |policies: [Option<&str>; 2]| {
        let users = callers(policies);
        let report = checked(&[("Get-CsOnlineUser.json", &users), POLICIES], &[], "");
        let line = line(&report, "US009");
        (line.outcome, line.examined, line.findings, line.unknown)
    };
    let (bad, good, lost) = (Some("DisallowCalling"), Some("Global"), Some("Gone"));
    assert_eq!(outcome([bad, good]), (Outcome::Failed, 2, 1, 0));
    assert_eq!(outcome([good, good]), (Outcome::Passed, 2, 0, 0));
    assert_eq!(outcome([good, lost]), (Outcome::Passed, 2, 0, 1));
    assert_eq!(outcome([lost, lost]), (Outcome::NotEvaluated, 2, 0, 2));
    assert_eq!(outcome([None, None]), (Outcome::NotApplicable, 0, 0, 0));
}

#[test]
fn who_was_not_judged_is_told_by_every_name() {
    let undecided = |policies: [Option<&str>; 2]| {
        let users = callers(policies);
        let report = checked(&[("Get-CsOnlineUser.json", &users), POLICIES], &[], "");
        line(&report, "US009").undecided.clone()
    };
    let all = undecided([Some("Global"), Some("Gone")]).expect("names");
    let names = ["two@contoso.example", TWO, "+12065550101"];
    assert_eq!(all, names.into_iter().map(str::to_owned).collect());
    assert_eq!(
        undecided([Some("Global"), Some("Global")]),
        Some(BTreeSet::new())
    );
}

#[test]
fn a_rule_that_is_off_or_lacks_what_it_needs_does_not_run() {
    let users = callers([Some("DisallowCalling"), Some("Global")]);
    let files = [("Get-CsOnlineUser.json", users.as_str()), POLICIES];
    let off = checked(&files, &[], "ignore = [\"US009\"]");
    assert_eq!(line(&off, "US009").outcome, Outcome::Off);
    assert!(off.findings.iter().all(|finding| finding.code != "US009"));
    let closed = checked(&files[..1], &[], "");
    let closed = line(&closed, "US009");
    assert_eq!(closed.outcome, Outcome::NotEvaluated);
    assert_eq!(closed.examined, 0);
    assert_eq!(
        closed.why.as_deref(),
        Some("needs Get-CsTeamsCallingPolicy")
    );
    let without = users.replace(",\"TeamsCallingPolicy\"", ",\"Other\"");
    let closed = checked(&[(files[0].0, &without), POLICIES], &[], "");
    assert_eq!(
        line(&closed, "US009").why.as_deref(),
        Some("needs Get-CsOnlineUser with TeamsCallingPolicy")
    );
}

#[test]
fn records_that_may_be_missing_are_no_pass_but_leave_findings() {
    let cut = |policies: [Option<&str>; 2]| {
        let users = callers(policies);
        let users = users.strip_suffix(']').expect("a list");
        let report = checked(&[("Get-CsOnlineUser.json", users), POLICIES], &[], "");
        let line = line(&report, "US009").clone();
        let config = "select = [\"US009\"]";
        let alone = checked(&[("Get-CsOnlineUser.json", users), POLICIES], &[], config);
        assert!(!alone.is_fully_covered());
        (line.outcome, line.partial, line.in_doubt)
    };
    assert_eq!(
        cut([Some("Global"), Some("Global")]),
        (Outcome::NotEvaluated, true, false)
    );
    assert_eq!(
        cut([Some("DisallowCalling"), Some("Global")]),
        (Outcome::Failed, true, true)
    );
}

#[test]
fn exports_that_would_refine_a_rule_are_named_where_they_are_not_there() {
    let numbers = r#"[{"TelephoneNumber":"+12065550101","NumberType":"OperatorConnect","ActivationState":"Activated","AssignedPstnTargetId":null}]"#;
    let numbers = ("Get-CsPhoneNumberAssignment.json", numbers);
    let users = callers([Some("Global"), Some("Global")]);
    let users = ("Get-CsOnlineUser.json", users.as_str());
    let accounts = ("Get-CsOnlineApplicationInstance.json", "[]");
    let settings = (
        "Get-CsPhoneNumberTenantConfiguration.json",
        r#"{"Identity":"Global","AssignmentBlockedForever":false,"AssignmentBlockedDays":0}"#,
    );
    let why = |files: Files| line(&checked(files, &[], ""), "NU002").why.clone();
    assert_eq!(why(&[numbers, users, accounts, settings]), None);
    assert_eq!(
        why(&[numbers, accounts, settings]).as_deref(),
        Some("without Get-CsOnlineUser")
    );
    // Of a refining export that is cut off some is there.
    let cut = users.1.strip_suffix(']').expect("a list");
    assert_eq!(
        why(&[numbers, (users.0, cut), accounts, settings]).as_deref(),
        Some("without all of Get-CsOnlineUser")
    );
}

/// A number that waits for its activation, in a tenant of that id.
fn waiting(tenant: Option<&str>, day: u32) -> (String, String) {
    let id = tenant.map_or(String::new(), |id| format!("\"tenantId\":\"{id}\","));
    let manifest = format!("{{{id}\"exportedAt\":\"2026-10-{day:02}T08:00:00Z\",\"exports\":[]}}");
    let numbers =
        r#"[{"TelephoneNumber":"+12065550101","ActivationState":"AssignmentPending"}]"#.to_owned();
    (manifest, numbers)
}

#[test]
fn a_tenant_is_compared_with_its_own_earlier_state_only() {
    let severity = |now: Option<&str>, before: &[Option<&str>]| {
        let (manifest, numbers) = waiting(now, 10);
        let before: Vec<(String, String)> = before.iter().map(|id| waiting(*id, 1)).collect();
        let before: Vec<[(&str, &str); 2]> = before
            .iter()
            .map(|(manifest, numbers)| {
                [
                    ("manifest.json", manifest.as_str()),
                    ("Get-CsPhoneNumberAssignment.json", numbers.as_str()),
                ]
            })
            .collect();
        let before: Vec<Files> = before.iter().map(<[_; 2]>::as_slice).collect();
        let files = [
            ("manifest.json", manifest.as_str()),
            ("Get-CsPhoneNumberAssignment.json", numbers.as_str()),
        ];
        let report = checked(&files, &before, "");
        let found = report.findings.iter().find(|one| one.code == "NU002");
        found.expect("a finding").severity.name()
    };
    // What waits for days is an error, and only the earlier state tells that it does.
    assert_eq!(severity(Some(ONE), &[]), "warning");
    assert_eq!(severity(Some(ONE), &[Some(ONE)]), "error");
    assert_eq!(severity(Some(ONE), &[Some(TWO), Some(ONE)]), "error");
    assert_eq!(severity(Some(ONE), &[Some(TWO)]), "warning");
    assert_eq!(severity(None, &[None]), "error");
    assert_eq!(severity(None, &[Some(ONE)]), "error");
    assert_eq!(severity(Some(ONE), &[None]), "error");
    assert_eq!(severity(None, &[None, None]), "warning", "which of them?");
    assert_eq!(severity(Some(ONE), &[None, Some(TWO)]), "warning");
}

#[test]
fn a_weaker_rule_is_silent_unless_the_stronger_one_is_off_or_accepted() {
    let users = format!(
        r#"[{{"Identity":"{ONE}","UserPrincipalName":"one@contoso.example","AccountType":"User","LineUri":"tel:+12065550101","SoftDeletionTimestamp":null,"TeamsUpgradeEffectiveMode":"SfBOnly"}}]"#
    );
    let said = |config: &str| {
        let report = checked(&[("Get-CsOnlineUser.json", &users)], &[], config);
        let codes = ["US001", "HY002"].map(|code| {
            let line = line(&report, code);
            (line.findings, line.superseded)
        });
        let silenced: Vec<&str> = report.silenced.iter().map(|one| one.rule).collect();
        (codes, silenced.contains(&"coexistence-mode-on-cloud-user"))
    };
    assert_eq!(said("profile = \"strict\""), ([(1, 0), (0, 1)], true));
    assert_eq!(
        said("profile = \"strict\"\nignore = [\"US001\"]"),
        ([(0, 0), (1, 0)], false)
    );
    let accepted = "profile = \"strict\"\n[[exceptions]]\nrule = \"US001\"\nsubject = \"one@contoso.example\"\nreason = \"moves next month\"\nexpires = 2099-01-01\n";
    assert_eq!(said(accepted), ([(1, 0), (1, 0)], false));
}

#[test]
fn a_contradiction_is_told_once_by_the_rule_or_as_a_problem_with_both_places() {
    let users = format!(
        r#"[{{"Identity":"{ONE}","UserPrincipalName":"one@contoso.example","AccountType":"User","EnterpriseVoiceEnabled":true}},
{{"Identity":"{ONE}","UserPrincipalName":"one@contoso.example","AccountType":"User","EnterpriseVoiceEnabled":false}}]"#
    );
    let told = |config: &str| {
        let report = checked(&[("Get-CsOnlineUser.json", &users)], &[], config);
        let found = report.findings.iter().any(|one| one.code == "SN006");
        let other = report
            .problems
            .iter()
            .filter(|problem| problem.message.contains("the other is at"))
            .map(|problem| problem.message.clone())
            .next();
        (found, other)
    };
    let (found, problem) = told("profile = \"strict\"");
    assert!(found);
    assert_eq!(problem, None);
    let (found, problem) = told("ignore = [\"SN006\"]");
    assert!(!found);
    let problem = problem.expect("a problem");
    assert!(
        problem.contains("`Get-CsOnlineUser.json:1:")
            || problem.contains("`Get-CsOnlineUser.json:2:"),
        "{problem}"
    );
}

#[test]
fn numbers_are_counted_by_operator_and_type() {
    let row =
        |number: u32, rest: &str| format!(r#"{{"TelephoneNumber":"+1206555010{number}",{rest}}}"#);
    let held = format!(r#""AssignedPstnTargetId":"{ONE}""#);
    let free = r#""AssignedPstnTargetId":null,"PstnAssignmentStatus":"Unassigned""#;
    let rows = [
        row(
            1,
            &format!(r#""NumberType":"OperatorConnect","PstnPartnerName":"Telco A",{held}"#),
        ),
        row(
            2,
            &format!(r#""NumberType":"OperatorConnect","PstnPartnerName":"Telco A ",{free}"#),
        ),
        row(
            3,
            &format!(r#""NumberType":"OperatorConnect","PstnPartnerName":" ",{held}"#),
        ),
        row(
            4,
            &format!(r#""NumberType":"DirectRouting","PstnPartnerName":null,{held}"#),
        ),
        row(
            5,
            &format!(r#""NumberType":"CallingPlan","PstnPartnerName":null,{free}"#),
        ),
        row(6, &format!(r#""NumberType":null,{held}"#)),
    ];
    let rows = format!("[{}]", rows.join(","));
    let report = checked(&[("Get-CsPhoneNumberAssignment.json", &rows)], &[], "");
    let counted: Vec<(&str, &str, u64, u64)> = report
        .estate
        .iter()
        .map(|row| {
            (
                row.operator.as_str(),
                row.number_type.as_str(),
                row.assigned,
                row.free,
            )
        })
        .collect();
    assert_eq!(
        counted,
        [
            ("Direct Routing", "DirectRouting", 1, 0),
            ("Microsoft", "CallingPlan", 0, 1),
            ("Telco A", "OperatorConnect", 1, 1),
            ("unknown", "OperatorConnect", 1, 0),
            ("unknown", "unknown", 1, 0),
        ]
    );
}

#[test]
fn other_rules_make_another_rule_set() {
    let all = rules::all();
    assert_eq!(rule_set(all).len(), 32);
    assert_eq!(rule_set(all), rule_set(all));
    assert_ne!(rule_set(all), rule_set(&all[1..]));
}

/// The names as a set: their order tells nothing.
fn set(names: Vec<String>) -> BTreeSet<String> {
    names.into_iter().collect()
}

fn words(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn accounts_and_numbers_answer_to_each_others_names() {
    let users = format!(
        r#"[{{"Identity":"{ONE}","UserPrincipalName":"one@contoso.example","AccountType":"User","LineUri":"tel:+12065550101"}},
            {{"Identity":"{TWO}","UserPrincipalName":"ra@contoso.example","AccountType":"ResourceAccount","LineUri":null}}]"#
    );
    let numbers = format!(
        r#"[{{"TelephoneNumber":"+12065550102","AssignedPstnTargetId":"{ONE}"}},{{"TelephoneNumber":"+12065550103","AssignedPstnTargetId":"{TWO}"}}]"#
    );
    let accounts = format!(
        r#"[{{"ObjectId":"{TWO}","ApplicationId":"11cd3e2e-fccb-42ad-ad00-878b93575e07","UserPrincipalName":"ra@contoso.example","DisplayName":"Main line","PhoneNumber":"tel:+12065550103"}}]"#
    );
    let queues = format!(
        r#"[{{"Identity":"{APP}","Name":"Sales","RoutingMethod":"Serial","ApplicationInstances":["{TWO}"]}}]"#
    );
    let tenant = tenant(&[
        ("Get-CsOnlineUser.json", &users),
        ("Get-CsPhoneNumberAssignment.json", &numbers),
        ("Get-CsOnlineApplicationInstance.json", &accounts),
        ("Get-CsCallQueue.json", &queues),
    ]);
    assert_eq!(
        set(undecided::of_user(&tenant, &tenant.users[0])),
        words(&["one@contoso.example", ONE, "+12065550102"])
    );
    assert_eq!(
        set(undecided::of_number(&tenant, &tenant.numbers[0])),
        words(&["+12065550102", "one@contoso.example", ONE])
    );
    let account = set(undecided::of_account(&tenant, &tenant.resource_accounts[0]));
    for name in ["ra@contoso.example", TWO, "+12065550103", "Sales", APP] {
        assert!(account.contains(name), "{name}: {account:?}");
    }
}

#[test]
fn of_more_than_a_thousand_nobody_says_which_they_are() {
    let subjects: Vec<usize> = (0..1001).collect();
    let named = |subject: &usize| vec![format!("Name{subject}")];
    let places: Vec<u32> = (0..1001).collect();
    let told = undecided::names_of(&places[..1000], &subjects, named).expect("a thousand");
    assert_eq!(told.len(), 1000);
    assert!(told.contains("name7"), "in lower case");
    assert_eq!(undecided::names_of(&places, &subjects, named), None);
    assert_eq!(
        undecided::names_of(&places[..1], &subjects, |_| Vec::new()),
        None
    );
    assert_eq!(
        undecided::names_of(&[5000], &subjects, named),
        None,
        "there is no such subject"
    );
}

#[test]
fn a_baseline_knows_what_is_no_worse_and_misses_what_is_gone_and_was_judged() {
    let report = |policies: [Option<&str>; 2]| {
        let users = callers(policies);
        checked(&[("Get-CsOnlineUser.json", &users), POLICIES], &[], "")
    };
    let (bad, good, lost) = (Some("DisallowCalling"), Some("Global"), Some("Gone"));
    let baseline = Baseline::of_report(&report([bad, good]));
    let compared = |policies: [Option<&str>; 2]| {
        let mut report = report(policies);
        compare_with(&mut report, &baseline);
        let found = report.findings.iter().filter(|one| one.code == "US009");
        let statuses: Vec<(String, Status)> = found
            .map(|one| (one.subject.id.clone(), one.status))
            .collect();
        let fixed = report
            .fixed
            .iter()
            .any(|one| one.rule == "private-calling-disabled");
        (statuses, fixed)
    };
    let known = (ONE.to_owned(), Status::Baselined);
    let new = (TWO.to_owned(), Status::Open);
    assert_eq!(compared([bad, good]), (vec![known.clone()], false));
    assert_eq!(compared([bad, bad]), (vec![known, new], false));
    assert_eq!(compared([good, good]), (vec![], true));
    assert_eq!(compared([lost, good]), (vec![], false), "nobody can tell");
}

#[test]
fn what_became_worse_is_not_known_and_what_became_better_is() {
    let severity = |state: &str| {
        let numbers =
            format!(r#"[{{"TelephoneNumber":"+12065550101","ActivationState":"{state}"}}]"#);
        checked(&[("Get-CsPhoneNumberAssignment.json", &numbers)], &[], "")
    };
    let compared = |before: &str, now: &str| {
        let baseline = Baseline::of_report(&severity(before));
        let mut report = severity(now);
        compare_with(&mut report, &baseline);
        let found = report.findings.iter().find(|one| one.code == "NU002");
        let found = found.expect("a finding");
        (found.status, found.cause.clone())
    };
    let (pending, failed) = ("AssignmentPending", "AssignmentFailed");
    assert_eq!(compared(failed, failed), (Status::Baselined, None));
    assert_eq!(compared(failed, pending), (Status::Baselined, None));
    assert_eq!(
        compared(pending, failed),
        (Status::Open, Some("it was a warning before".to_owned()))
    );
}

/// An account in two records that say these things of it.
fn disputed(one: &str, other: &str) -> String {
    let record = |properties: &str| {
        format!(
            r#"{{"Identity":"{ONE}","UserPrincipalName":"one@contoso.example","AccountType":"User","SoftDeletionTimestamp":null,{properties}}}"#
        )
    };
    format!("[{},{}]", record(one), record(other))
}

#[test]
fn what_records_dispute_counts_as_undecided_though_the_rule_saw_nothing_of_it() {
    // Enterprise Voice decides, so that the rule does not ask for the disputed line.
    let record = |policy: &str, line: &str| {
        format!(
            r#""EnterpriseVoiceEnabled":true,"TeamsCallingPolicy":"{policy}","LineUri":"tel:+1206555010{line}""#
        )
    };
    let judged = |policy: &str, lines: [&str; 2]| {
        let users = disputed(&record(policy, lines[0]), &record(policy, lines[1]));
        let report = checked(&[("Get-CsOnlineUser.json", &users), POLICIES], &[], "");
        let line = line(&report, "US009").clone();
        let disputed = line
            .why
            .is_some_and(|why| why.contains("`LineUri` differs"));
        (line.outcome, line.unknown, line.undecided, disputed)
    };
    let nobody = Some(BTreeSet::new());
    for (policy, outcome, undecided) in [
        // Nobody says which.
        ("Global", Outcome::Passed, None),
        ("DisallowCalling", Outcome::Failed, nobody.clone()),
    ] {
        assert_eq!(
            judged(policy, ["1", "1"]),
            (outcome, 0, nobody.clone(), false)
        );
        assert_eq!(judged(policy, ["1", "2"]), (outcome, 1, undecided, true));
    }
}

#[test]
fn a_rule_with_nothing_to_judge_but_a_dispute_was_not_evaluated() {
    let record = |policy: &str| {
        format!(r#""EnterpriseVoiceEnabled":false,"LineUri":null,"TeamsCallingPolicy":"{policy}""#)
    };
    let outcome = |policies: [&str; 2]| {
        let users = disputed(&record(policies[0]), &record(policies[1]));
        let report = checked(&[("Get-CsOnlineUser.json", &users), POLICIES], &[], "");
        let line = line(&report, "US009");
        (line.outcome, line.examined)
    };
    assert_eq!(outcome(["Global", "Global"]), (Outcome::NotApplicable, 0));
    assert_eq!(
        outcome(["Global", "DisallowCalling"]),
        (Outcome::NotEvaluated, 0)
    );
}

#[test]
fn a_file_that_is_gone_when_findings_are_located_is_named_and_no_other() {
    let record = |properties: &str| {
        format!(
            r#"[{{"Identity":"{ONE}","UserPrincipalName":"one@contoso.example","AccountType":"User","SoftDeletionTimestamp":null,"EnterpriseVoiceEnabled":true{properties}}}]"#
        )
    };
    // Both files tell of the account, and either may be the one that holds a property.
    let users = [
        record(r#","LineUri":null"#),
        record(r#","TeamsCallingPolicy":"DisallowCalling""#),
    ];
    let files = [
        ("users-1.json", users[0].as_str()),
        ("users-2.json", users[1].as_str()),
        POLICIES,
    ];
    let lost = |gone: Option<&str>| {
        let tenant = tenant(&files);
        let mut sources = Sources::default();
        for (name, text) in files {
            let name = name.to_owned();
            sources.add(match gone {
                Some(gone) if gone == name => Source::unreadable(name, 0),
                _ => Source::in_memory(name, 0, text.as_bytes()),
            });
        }
        let policy = Policy::resolve(None, &Overrides::default(), rules::all()).expect("a policy");
        let report = audit(&[tenant], &[], sources, rules::all(), &policy, None);
        let found = report.findings.iter().find(|one| one.code == "US009");
        let found = found.expect("the finding stays");
        let mut starts = std::iter::once(&found.location).chain(&found.related);
        let tops = starts.any(|place| place.start.line == 1 && place.start.column == 1);
        let named: Vec<String> = report
            .problems
            .iter()
            .filter(|problem| problem.message.contains("changed or vanished"))
            .filter_map(|problem| problem.message.split('`').nth(1).map(str::to_owned))
            .collect();
        (named, tops)
    };
    assert_eq!(lost(None), (vec![], false));
    for gone in ["users-1.json", "users-2.json", POLICIES.0] {
        assert_eq!(lost(Some(gone)), (vec![gone.to_owned()], true), "{gone}");
    }
}
