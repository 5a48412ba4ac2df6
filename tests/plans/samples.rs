//! The plans in `snapshots/contoso/plans/`: good ones pass, bad ones fail at the step and the column that
//! `tests/expected/plans-numbers.tsv` states.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tenantlint::finding::{Severity, Status};
use tenantlint::plan::Judged;

use super::end_states::carried_out;
use crate::audits::sample;

/// Code, line and column in the plan.
type Place = (String, usize, usize);

const TABLE: &str = include_str!("../expected/plans-numbers.tsv");

fn plans() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots/contoso/plans")
}

/// What the table expects of each plan; of good ones, nothing.
fn expected() -> BTreeMap<&'static str, Vec<Place>> {
    let mut plans: BTreeMap<&str, Vec<Place>> = BTreeMap::new();
    for line in TABLE.lines().skip(1) {
        let mut cells = line.split('\t');
        let plan = plans.entry(cells.next().expect("a plan")).or_default();
        let cells: Vec<&str> = cells.collect();
        if let [code, line, column] = cells[..] {
            let number = |text: &str| text.parse().expect("a number");
            plan.push((code.to_owned(), number(line), number(column)));
        } else {
            assert!(cells.is_empty(), "{line}");
        }
    }
    plans
}

/// What is found at or above warning, in order.
fn found(judged: &Judged) -> Vec<Place> {
    let open = judged.report.findings.iter();
    let open = open.filter(|one| one.status == Status::Open && one.severity >= Severity::Warning);
    let mut places: Vec<Place> = open
        .map(|one| {
            let start = one.location.start;
            (
                one.code.to_owned(),
                start.line as usize,
                start.column as usize,
            )
        })
        .collect();
    places.sort();
    places
}

#[test]
fn each_plan_fails_where_the_table_says_and_nowhere_else() {
    let table = expected();
    assert!(table.len() > 25, "only {} plans", table.len());
    for (plan, mut places) in table {
        let judged = carried_out(&plans().join(plan));
        assert!(!judged.has_faults, "{plan}: {:?}", judged.report.problems);
        assert_eq!(plan.starts_with("good/"), places.is_empty(), "{plan}");
        places.sort();
        assert_eq!(found(&judged), places, "{plan}");
        // What is left to be told of a good plan is what cannot be taken back.
        for one in &judged.report.findings {
            assert!(
                !plan.starts_with("good/") || one.code == "PL011",
                "{plan}: {}",
                one.message
            );
        }
    }
}

#[test]
fn the_exit_code_tells_good_plans_from_bad_ones() {
    for plan in expected().into_keys() {
        let path = format!("snapshots/contoso/plans/{plan}");
        let run = Command::new(env!("CARGO_BIN_EXE_tenantlint"))
            .env_remove("GITHUB_ACTIONS")
            .args(["plan", "snapshots/contoso", &path, "--format", "concise"])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .expect("the binary runs");
        let code = i32::from(!plan.starts_with("good/"));
        let told = String::from_utf8_lossy(&run.stdout);
        assert_eq!(run.status.code(), Some(code), "{plan}: {told}");
        assert!(run.stderr.is_empty(), "{plan}");
    }
}

#[test]
fn every_sample_plan_is_in_a_table_and_says_what_it_is_for() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/expected");
    let tables = std::fs::read_dir(folder)
        .expect("tables")
        .filter_map(|entry| {
            let path = entry.expect("it can be listed").path();
            let name = path.file_name()?.to_str()?;
            let is_table = name.starts_with("plans-");
            is_table.then(|| std::fs::read_to_string(&path).expect("UTF-8"))
        });
    let tables: String = tables.collect();
    let listed: Vec<&str> = tables
        .lines()
        .filter_map(|line| line.split('\t').next())
        .collect();
    for kind in ["good", "bad"] {
        for entry in std::fs::read_dir(plans().join(kind)).expect("plans") {
            let path = entry.expect("it can be listed").path();
            let name = path.file_name().expect("a name").to_string_lossy();
            let plan = format!("{kind}/{name}");
            assert!(listed.contains(&plan.as_str()), "{plan} is in no table");
            let text = std::fs::read_to_string(&path).expect("UTF-8");
            // A table of users has no place for comments.
            assert!(text.starts_with("# ") || name.ends_with(".csv"), "{plan}");
        }
    }
}

#[test]
fn who_removes_an_operator_is_told_each_number_that_is_left_and_what_frees_it() {
    let plan = "bad/remove-operator.toml";
    let judged = carried_out(&plans().join(plan));
    let mut findings = judged.report.findings.iter();
    let finding = findings
        .find(|one| one.code == "PL002" && one.message.contains("is assigned"))
        .expect("numbers are left");
    let (_, numbers) = sample("contoso")
        .into_iter()
        .find(|(name, _)| name == "Get-CsPhoneNumberAssignment.json")
        .expect("the inventory");
    let numbers: Vec<Value> = serde_json::from_slice(&numbers).expect("JSON");
    let of_operator = numbers
        .iter()
        .filter(|one| one["PstnPartnerName"] == "Tailspin Connect");
    let (assigned, left): (Vec<&Value>, Vec<&Value>) =
        of_operator.partition(|one| one["AssignedPstnTargetId"].is_string());
    assert_eq!((assigned.len(), left.len()), (7, 3));
    let commands = &finding.remedy.commands;
    for number in assigned {
        let number = number["TelephoneNumber"].as_str().expect("a number");
        assert!(finding.message.contains(number), "{}", finding.message);
        let frees = |command: &&String| {
            command.starts_with("Remove-CsPhoneNumberAssignment -Identity '")
                && command.contains(&format!("-PhoneNumber '{number}'"))
        };
        assert_eq!(commands.iter().filter(frees).count(), 1, "{commands:?}");
    }
    assert_eq!(
        commands[7..],
        [
            "# ask Tailspin Connect to release all 10 numbers (`release-operator-connect-numbers`)",
            "# wait until a new export lists none of them (`wait-for-export`)",
        ]
    );
    // Who reads it in the terminal gets all of them, too.
    let run = Command::new(env!("CARGO_BIN_EXE_tenantlint"))
        .env_remove("GITHUB_ACTIONS")
        .args(["plan", "snapshots/contoso"])
        .arg(plans().join(plan))
        .output()
        .expect("the binary runs");
    let told = String::from_utf8(run.stdout).expect("UTF-8");
    for command in commands {
        assert!(told.contains(command.as_str()), "{command}");
    }
}
