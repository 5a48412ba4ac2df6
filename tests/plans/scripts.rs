//! Scripts of plans, read by a grammar of PowerShell: every act is in them, in its order, and nothing else is a command.

use std::collections::BTreeSet;

use tenantlint::finding::Severity;
use tenantlint::report::powershell::{Script, rollback_of_plan, script_of_plan};
use tenantlint::report::{ActOutcome, PlanAct, PlanNeed, Report};

use super::plan;
use crate::audits::{File, sample};
use crate::held::powershell::commands;
use crate::hostile::{Name, names, tenant_of};
use crate::script::written;

/// What the frame of every script calls.
const FRAME: [&str; 8] = [
    "$Do",
    "Write-Output",
    "Read-Host",
    "Invoke-Change",
    "Wait-ByHand",
    "Get-CsTenant",
    "Get-MgContext",
    "Where-Object",
];

/// The cmdlets of lines of PowerShell, those within brackets as well.
fn cmdlets<'l>(lines: impl Iterator<Item = &'l String>) -> BTreeSet<String> {
    let cmdlet = regex::Regex::new(r"\b[A-Z][A-Za-z]+-(?:Cs|Mg|AD)[A-Za-z]+").expect("a pattern");
    let lines = lines.filter(|line| !line.starts_with('#'));
    lines
        .flat_map(|line| {
            cmdlet
                .find_iter(line)
                .map(|found| found.as_str().to_owned())
        })
        .collect()
}

fn acts(report: &Report) -> impl Iterator<Item = &PlanAct> {
    let plan = report.plan.as_ref().expect("it is a plan");
    plan.steps.iter().flat_map(|step| &step.acts)
}

/// The acts that are run: what is refused, or would do harm, is shown, and so is what hangs together with it.
fn running(report: &Report) -> Vec<&PlanAct> {
    let is_bad = |need: &PlanNeed| need.met == "unmet" && need.severity == Severity::Error;
    let is_good = |act: &PlanAct| act.outcome == ActOutcome::Done && !act.needs.iter().any(is_bad);
    let plan = report.plan.as_ref().expect("it is a plan");
    let steps = plan.steps.iter();
    steps
        .flat_map(|step| {
            // Whatever a bad act is about, and all that hangs together with it.
            let bad = step.acts.iter().filter(|act| !is_good(act));
            let mut stopped: BTreeSet<u32> = bad.flat_map(|act| act.about.clone()).collect();
            let is_stopped = |act: &PlanAct, stopped: &BTreeSet<u32>| {
                act.about.iter().any(|one| stopped.contains(one))
            };
            while let Some(act) = step.acts.iter().find(|act| {
                is_stopped(act, &stopped) && !act.about.iter().all(|one| stopped.contains(one))
            }) {
                stopped.extend(&act.about);
            }
            let acts = step.acts.iter();
            acts.filter(move |act| is_good(act) && !is_stopped(act, &stopped))
        })
        .collect()
}

/// Holds that a script calls what its acts call, and that their lines stand in it one behind the other.
fn hold(script: &Script, lines: &[&String], name: &str) {
    let text = written(script);
    assert_eq!(text, written(script), "{name}: the same bytes again");
    let meant = cmdlets(lines.iter().copied());
    for called in commands(&text).keys() {
        assert!(
            meant.contains(called) || FRAME.contains(&called.as_str()),
            "{name}: {called}"
        );
    }
    let mut rest = text.as_str();
    for line in lines.iter().filter(|line| !line.starts_with('#')) {
        let at = rest.find(line.as_str());
        let at =
            at.unwrap_or_else(|| panic!("{name}: `{line}` is not there, or too early\n{text}"));
        rest = &rest[at + line.len()..];
    }
}

fn both(report: &Report) -> [Script; 2] {
    let script = script_of_plan(report).expect("it is a plan");
    [script, rollback_of_plan(report).expect("it is a plan")]
}

#[test]
fn scripts_of_the_sample_plans_do_what_the_plans_say() {
    let files = sample("contoso");
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots/contoso/plans");
    let mut seen = 0;
    for kind in ["good", "bad"] {
        let entries = std::fs::read_dir(folder.join(kind)).expect("plans");
        for path in entries.map(|entry| entry.expect("an entry").path()) {
            let name = path.display().to_string();
            let judged = plan(
                &files,
                &name,
                &std::fs::read_to_string(&path).expect("a text"),
            );
            let [forward, back] = both(&judged.report);
            let running = running(&judged.report);
            let there: Vec<&String> = running.iter().flat_map(|act| &act.commands).collect();
            hold(&forward, &there, &name);
            let again = running.iter().rev();
            let again: Vec<&String> = again.flat_map(|act| &act.undo).collect();
            hold(&back, &again, &name);
            seen += there.len();
        }
    }
    assert!(seen > 100, "{seen}");
}

/// A plan about somebody of that name and an operator of that name.
fn plan_about(name: &str) -> String {
    let id = "00000000-0000-4000-8000-000000000001";
    let name = serde_json::Value::from(name).to_string();
    format!(
        "[[step]]\nchange = \"unassign-number\"\nuser = \"{id}\"\nnote = {name}\n\n\
         [[step]]\nchange = \"set-operator\"\noperator = {name}\nstatus = \"Suspended\"\n\n\
         [[step]]\nchange = \"create-application-instance\"\nname = {name}\napp-type = \"call-queue\"\ndisplay-name = {name}\n\n\
         [[step]]\nchange = \"add-emergency-location\"\nlocation = {name}\ncountry = \"US\"\n\n\
         [[step]]\nchange = \"delete-account\"\nusers = \"{id}\"\n"
    )
}

#[test]
fn hostile_names_become_no_command_of_a_plan() {
    let names = names();
    // A plan takes no name that is blank or longer than any.
    let usual = |name: &&Name| !name.text.trim().is_empty() && name.text.len() < 1000;
    for name in names.iter().filter(usual) {
        let files: Vec<File> = tenant_of(name, "TeamsOnly");
        let name = name.text.as_str();
        let judged = plan(&files, "plan.toml", &plan_about(name));
        let called: BTreeSet<String> = both(&judged.report)
            .iter()
            .flat_map(|script| commands(&written(script)).into_keys())
            .collect();
        let plain = plan(&files, "plan.toml", &plan_about("plain"));
        let meant = acts(&plain.report)
            .chain(acts(&judged.report))
            .flat_map(|act| act.commands.iter().chain(&act.undo));
        // By their first words alone: what stands in quotes is no cmdlet, whatever it looks like.
        let meant: BTreeSet<&str> = meant
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| line.split(' ').next())
            .collect();
        for name_of in &called {
            assert!(
                meant.contains(name_of.as_str()) || FRAME.contains(&name_of.as_str()),
                "{name:?}: {name_of}"
            );
        }
    }
}
