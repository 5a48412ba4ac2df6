use std::collections::BTreeMap;
use std::path::Path;

use super::*;
use crate::config::Overrides;
use crate::snapshot::{Input, load};
use crate::tenant::build;

fn contoso() -> (Tenant, Sources) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots/contoso");
    let mut paths: Vec<_> = std::fs::read_dir(&folder)
        .expect("the sample is there")
        .map(|entry| entry.expect("it can be listed").path())
        .filter(|path| path.is_file())
        .collect();
    paths.sort();
    let inputs = paths
        .into_iter()
        .map(|path| Input::File {
            shown: path.display().to_string(),
            path,
        })
        .collect();
    let mut sources = Sources::default();
    let tenant = build(load("contoso".to_owned(), 0, inputs, &mut sources));
    (tenant, sources)
}

fn judged(limit: usize, text: &str) -> Judged {
    let (tenant, sources) = contoso();
    let policy =
        Policy::resolve(None, &Overrides::default(), rules::known()).expect("the rules exist");
    let plans = [PlanText {
        path: "plan.toml".to_owned(),
        bytes: text.as_bytes().to_vec(),
    }];
    judge_by(limit, tenant, sources, &plans, &policy, None)
}

/// What each step adds and takes away, and where each finding points.
type Blame = BTreeMap<u32, (Vec<String>, Vec<String>)>;

fn blame(judged: &Judged) -> (Blame, Vec<(String, String)>) {
    let plan = judged.report.plan.as_ref().expect("it is a plan");
    let words = |findings: &[crate::report::PlanFinding]| -> Vec<String> {
        let told = findings
            .iter()
            .map(|one| format!("{} {} {}", one.severity.name(), one.code, one.subject));
        told.collect()
    };
    let steps = plan
        .steps
        .iter()
        .map(|step| (step.number, (words(&step.added), words(&step.removed))));
    let places = judged.report.findings.iter().map(|one| {
        let at = one.location.start;
        (
            one.fingerprint.to_string(),
            format!("{}:{} {}", at.line, at.column, one.message),
        )
    });
    let mut places: Vec<_> = places.collect();
    places.sort();
    (steps.collect(), places)
}

const PLAN: &str = r#"
[[step]]
change = "grant-policy"
users = "stefan.kruger@contoso.example"
policy-type = "TeamsUpgradePolicy"
policy = "Islands"

[[step]]
change = "unassign-number"
user = "camille.durand@contoso.example"

[[step]]
change = "delete-account"
users = "antoine.lefevre@contoso.example"

[[step]]
change = "set-operator"
operator = "Northwind Telecom"
status = "Suspended"

[[step]]
change = "wait-for-export"

[[step]]
change = "assign-number"
user = "camille.durand@contoso.example"
number = "+33199001201"

[[step]]
change = "set-emergency-location"
numbers = "+33199001203"
"#;

#[test]
fn who_touched_a_subject_last_is_who_did_it() {
    let (exact, by_touch) = (judged(usize::MAX, PLAN), judged(0, PLAN));
    let (exact, by_touch) = (blame(&exact), blame(&by_touch));
    assert!(
        exact
            .0
            .values()
            .filter(|(added, _)| !added.is_empty())
            .count()
            > 2,
        "{exact:?}"
    );
    assert_eq!(exact, by_touch);
}

/// What became of each act, with what it needs.
fn course(judged: &Judged) -> Vec<String> {
    let plan = judged.report.plan.as_ref().expect("it is a plan");
    let acts = plan.steps.iter().flat_map(|step| {
        let acts = step.acts.iter();
        acts.map(|act| {
            let needs = act
                .needs
                .iter()
                .map(|need| format!("{} {} {}", need.met, need.what, need.instead));
            format!(
                "{} {} {} {:?} {:?}",
                step.number,
                act.object,
                act.outcome.name(),
                needs.collect::<Vec<_>>(),
                act.changes
            )
        })
    });
    acts.collect()
}

#[test]
fn what_becomes_of_an_act_is_the_same_whether_each_step_is_judged_or_gates_alone() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots/contoso/plans");
    let mut plans: Vec<String> = ["good", "bad"]
        .iter()
        .flat_map(|kind| std::fs::read_dir(folder.join(kind)).expect("plans"))
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|end| end == "toml"))
        .map(|path| std::fs::read_to_string(path).expect("a text"))
        .collect();
    plans.sort();
    // What one procedure looks at, acts before it have changed.
    plans.push(
        "[[step]]\nchange = \"dissociate\"\naccount = \"cq.dock.seattle@contoso.example\"\n\n\
         [[step]]\nchange = \"retype-resource-account\"\naccount = \"cq.dock.seattle@contoso.example\"\napp-type = \"auto-attendant\"\n"
            .to_owned(),
    );
    for text in plans {
        assert_eq!(
            course(&judged(usize::MAX, &text)),
            course(&judged(0, &text)),
            "{text}"
        );
    }
}

#[test]
fn what_was_wrong_before_is_counted_and_not_told() {
    let (tenant, sources) = contoso();
    let policy =
        Policy::resolve(None, &Overrides::default(), rules::known()).expect("the rules exist");
    let before = crate::audit::audit(&[tenant], &[], sources, rules::all(), &policy, None);
    let judged = judged(usize::MAX, "[[step]]\nchange = \"wait\"\nhours = 1\n");
    let plan = judged.report.plan.as_ref().expect("it is a plan");
    let summary = before.summary();
    assert_eq!(
        plan.unchanged,
        [summary.error, summary.warning, summary.info]
    );
    assert!(
        judged.report.findings.is_empty(),
        "{:?}",
        judged.report.findings
    );
    assert!(judged.report.fixed.is_empty());
}

#[test]
fn places_are_those_of_the_stored_bytes() {
    let text = "[[step]]\nchange = \"wait\"\nhours = \"soon\"\n";
    for prefix in ["", "\u{feff}"] {
        let judged = judged(0, &format!("{prefix}{text}"));
        assert!(judged.has_faults);
        let problem = &judged.report.problems[0];
        let location = problem.location.as_ref().expect("it has a place");
        assert_eq!((location.start.line, location.start.column), (3, 9));
        let at = text.find("\"soon\"").expect("it is there") + prefix.len();
        assert_eq!(location.span.start, at as u64);
    }
}

#[test]
fn acts_tell_the_account_and_the_number_that_they_are_about() {
    let plan = r#"
[[step]]
change = "move-to-operator-connect"
users = ["theo.renard@contoso.example", "manon.leclerc@contoso.example"]
operator = "Northwind Telecom"
location = "59973a93-bdfe-47ce-8063-bb62d4ca91d7"
accept-outage = true

[[step]]
change = "unassign-number"
user = "theo.renard@contoso.example"
"#;
    let judged = judged(0, plan);
    let plan = judged.report.plan.as_ref().expect("it is a plan");
    let acts = || plan.steps.iter().flat_map(|step| &step.acts);
    let of = |change: &str| -> Vec<&[u32]> {
        let acts = acts().filter(|act| act.change == change);
        acts.map(|act| act.about.as_slice()).collect()
    };
    let taken = of("unassign-number");
    let [[theo, line], [manon, other], again] = taken[..] else {
        panic!("{taken:?}");
    };
    let all = std::collections::BTreeSet::from([theo, line, manon, other]);
    assert_eq!(all.len(), 4, "{taken:?}");
    assert_eq!(again, [*theo, *line], "it has the number again");
    assert_eq!(of("upload-operator-connect-numbers"), [[*line], [*other]]);
    assert_eq!(of("assign-number"), [[*theo, *line], [*manon, *other]]);
    assert_eq!(of("wait-for-export"), [[0; 0], [0; 0]]);
    let giving = acts().filter(|act| act.takes).map(|act| act.change);
    assert_eq!(giving.collect::<Vec<_>>(), ["assign-number"; 2]);
}

#[test]
fn a_port_that_is_refused_holds_back_what_is_about_the_holder_of_the_number() {
    const BEN: &str = "00000000-0000-4000-8000-000000000002";
    let users = format!(
        r#"[{{"Identity":"{BEN}","UserPrincipalName":"ben@contoso.example","AccountType":"User","LineUri":"tel:+12065550102",
            "EnterpriseVoiceEnabled":true,"OnlineVoiceRoutingPolicy":"SBC"}}]"#
    );
    let files = [
        ("Get-CsOnlineUser.json", users.as_str()),
        // It does not list the number.
        ("Get-CsPhoneNumberAssignment.json", "[]"),
        (
            "Get-CsOnlineVoiceRoutingPolicy.json",
            r#"[{"Identity":"Tag:SBC","OnlinePstnUsages":["US"]}]"#,
        ),
    ];
    let mut sources = Sources::default();
    let tenant = crate::tenant::testing::tenant_of(0, &files, &mut sources);
    let policy =
        Policy::resolve(None, &Overrides::default(), rules::known()).expect("the rules exist");
    let plans = [PlanText {
        path: "plan.toml".to_owned(),
        bytes: b"[[step]]\nchange = \"port-out\"\nnumbers = \"+12065550102\"\n".to_vec(),
    }];
    let judged = judge_by(0, tenant, sources, &plans, &policy, None);
    let plan = judged.report.plan.as_ref().expect("it is a plan");
    let acts = plan.steps[0].acts.iter();
    let became: Vec<(&str, &str)> = acts
        .map(|act| (act.change, act.outcome.name()))
        .filter(|(change, _)| *change != "wait-for-export")
        .collect();
    assert_eq!(
        became,
        [
            ("complete-port", "refused"),
            ("grant-policy", "not-reached")
        ]
    );
}
