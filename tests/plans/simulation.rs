//! What single acts do and say, on a tenant where much goes wrong.

use serde_json::Value;
use tenantlint::plan::Judged;
use tenantlint::snapshot::PhoneNumber;
use tenantlint::tenant::Answer;
use tenantlint::tenant::edit::{Edit, What};

use super::plan;
use crate::audits::sample;

fn judged(steps: &[&str]) -> Judged {
    let steps = steps.iter().map(|step| format!("[[step]]\n{step}\n"));
    let judged = plan(&sample("contoso"), "plan.toml", &steps.collect::<String>());
    assert!(!judged.has_faults, "{:?}", judged.report.problems);
    judged
}

/// The messages of a rule.
fn told(judged: &Judged, code: &str) -> Vec<String> {
    let findings = judged.report.findings.iter();
    let findings = findings.filter(|one| one.code == code);
    findings.map(|one| one.message.clone()).collect()
}

/// What a property is set to, from first to last.
fn set<'j>(judged: &'j Judged, property: &str) -> Vec<&'j Value> {
    let values = judged
        .edits
        .iter()
        .filter_map(|Edit { what, .. }| match what {
            What::Set(name, value) if *name == property => Some(value),
            _ => None,
        });
    values.collect()
}

#[test]
fn the_number_of_another_stays_with_the_other() {
    // Wei shows the number that Linda has.
    let judged = judged(&[
        "change = \"unassign-number\"\nuser = \"wei.zhang@contoso.example\"\nnumber = \"+12065550151\"",
    ]);
    assert_eq!(set(&judged, "LineUri"), [&Value::Null]);
    let number = PhoneNumber::parse("+12065550151").expect("a number");
    let row = judged.end.number(number).expect("it is there");
    assert_eq!(judged.end.is_assigned(row), Answer::Yes);
    assert_eq!(
        judged.end.holder_name(row).as_deref(),
        Some("linda.park@contoso.example")
    );
    assert!(set(&judged, "AssignmentBlockedState").is_empty());
}

#[test]
fn a_number_is_blocked_as_the_step_says_and_else_as_the_tenant_does() {
    let step = "change = \"unassign-number\"\nuser = \"iris.delgado@contoso.example\"\nnumber = \"+13035550141\"";
    let default = judged(&[step]);
    assert_eq!(set(&default, "AssignmentBlockedState"), ["BlockedForever"]);
    let days = judged(&[&format!("{step}\nblocked-days = 30")]);
    assert_eq!(set(&days, "AssignmentBlockedState"), ["BlockedUntil"]);
}

#[test]
fn one_fact_against_an_assignment_is_told_once() {
    let judged = judged(&[
        "change = \"assign-number\"\nuser = \"ruth.calloway@contoso.example\"\nnumber = \"+13035550141\"",
    ]);
    let [message] = &told(&judged, "PL002")[..] else {
        panic!("{:?}", told(&judged, "PL002"));
    };
    assert!(
        message.contains("`iris.delgado@contoso.example` has it"),
        "{message}"
    );
}

#[test]
fn an_operator_gives_its_holders_one_emergency_policy() {
    let judged = judged(&[
        "change = \"assign-number\"\nuser = \"ruth.calloway@contoso.example\"\nnumber = \"+13035550150\"",
    ]);
    assert_eq!(
        set(&judged, "TeamsCarrierEmergencyCallRoutingPolicy"),
        ["Northwind_e9a526a0-568e-44ac-bc25-4a411930c2ef"]
    );
}

#[test]
fn where_a_calling_code_is_that_of_several_countries_the_place_decides() {
    let judged = judged(&[
        "change = \"upload-operator-connect-numbers\"\nnumbers = \"+442079460370\"\noperator = \"Northwind Telecom\"\nlocation = \"b9c58a3f-c8aa-4956-9e9e-1df276a3eb29\"",
    ]);
    let number = PhoneNumber::parse("+442079460370").expect("a number");
    let row = judged.end.number(number).expect("it was uploaded");
    let country = judged.end.country_of_number(row).expect("it is told");
    assert_eq!(country.to_string(), "GB");
}

#[test]
fn a_number_that_comes_later_comes_too_late() {
    let judged = judged(&[
        "change = \"assign-number\"\nuser = \"ruth.calloway@contoso.example\"\nnumber = \"+13035550170\"",
        "change = \"upload-operator-connect-numbers\"\nnumbers = \"+13035550170\"\noperator = \"Northwind Telecom\"",
    ]);
    let [message] = &told(&judged, "PL001")[..] else {
        panic!("{:?}", judged.report.findings);
    };
    assert!(
        message.ends_with("step 2 comes too late for that"),
        "{message}"
    );
    assert!(told(&judged, "PL012").is_empty());
}

#[test]
fn nothing_comes_too_late_for_what_makes_no_sense_any_more() {
    // Once the server gave the number up and it came back by another way, there is nothing to take off online.
    let judged = judged(&[
        "change = \"unassign-number\"\nuser = \"lotte.brenner@contoso.example\"\nnumber = \"+12065550161\"",
        "change = \"clear-onprem-line-uri\"\nusers = \"lotte.brenner@contoso.example\"",
        "change = \"wait-for-export\"",
        "change = \"upload-operator-connect-numbers\"\nnumbers = \"+12065550161\"\noperator = \"Northwind Telecom\"",
    ]);
    assert!(
        told(&judged, "PL001").is_empty(),
        "{:?}",
        told(&judged, "PL001")
    );
    assert_eq!(told(&judged, "PL002").len(), 1);
}

#[test]
fn what_the_server_gives_up_is_there_until_the_synchronization() {
    let clear = "change = \"clear-onprem-line-uri\"\nusers = \"lotte.brenner@contoso.example\"";
    let upload = "change = \"upload-operator-connect-numbers\"\nnumbers = \"+12065550161\"\noperator = \"Northwind Telecom\"";
    assert_eq!(told(&judged(&[clear, upload]), "PL006").len(), 1);
    let waits = judged(&[clear, "change = \"wait-for-export\"", upload]);
    assert!(told(&waits, "PL006").is_empty());
}

#[test]
fn what_stands_against_an_operator_is_told_once_and_in_the_right_order() {
    let remove = "change = \"remove-operator\"\noperator = \"Alpine Voice\"";
    let [message] = &told(&judged(&[remove]), "PL002")[..] else {
        panic!("several findings about one number");
    };
    assert!(
        message.contains("`+13125550141` is assigned to"),
        "{message}"
    );
    let late = judged(&[
        remove,
        "change = \"change-number\"\nuser = \"vera.kowalski@contoso.example\"\nfrom = \"+13125550141\"\nto = \"+13035550153\"",
    ]);
    assert_eq!(told(&late, "PL001").len(), 1);
    assert!(told(&late, "PL002").is_empty());
    let suspend = judged(&["change = \"suspend-operator\"\noperator = \"Alpine Voice\""]);
    assert_eq!(told(&suspend, "PL002").len(), 1);
    let file = "change = \"set-operator\"\noperator = \"Alpine Voice\"\nstatus = \"Removed\"";
    assert_eq!(told(&judged(&[file]), "PL002").len(), 1);
}

#[test]
fn a_gap_within_a_step_is_told_as_one() {
    let moves = |more: &str| {
        judged(&[&format!(
            "change = \"move-to-operator-connect\"\nusers = \"lotte.brenner@contoso.example\"\noperator = \"Northwind Telecom\"\n{more}"
        )])
    };
    assert_eq!(
        told(&moves(""), "PL004"),
        [
            "`lotte.brenner@contoso.example` is without number while step 1 waits for a new export: it can neither call nor be called"
        ]
    );
    assert!(told(&moves("accept-outage = true"), "PL004").is_empty());
}
