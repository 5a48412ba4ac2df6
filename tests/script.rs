//! `tenantlint script`: read by a grammar of PowerShell, nothing in it is a command that was not meant as one.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output};

use tenantlint::finding::powershell::quoted;
use tenantlint::report::powershell::{Block, Script, script_of, write};
use tenantlint::rules;

use crate::audits::{File, check, check_rule, check_strictly, sample};
use crate::held::powershell::{about, commands, frame};
use crate::hostile::{is_harmful, names, tenant_of};

fn tenantlint(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tenantlint"))
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("the binary runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

pub(crate) fn written(script: &Script) -> String {
    let mut bytes = Vec::new();
    write(script, &mut bytes).expect("memory takes everything");
    text(&bytes)
}

#[test]
fn hostile_texts_become_no_command() {
    let long = "a'".repeat(50_000);
    let names = names();
    let usual = names.iter().map(|name| name.text.as_str());
    for name in usual
        .filter(|name| name.len() < 1000)
        .chain([long.as_str()])
    {
        let script = written(&about(name));
        let mut called = commands(&script);
        // Some of the names are a whole argument by themselves, so that a careless rule does no harm.
        for careless in ["Set-Bare", "Set-Raw", "Set-Naive"] {
            assert!(called.remove(careless).unwrap_or(1) == 1, "{name:?}");
        }
        // A name that hides something is shown, not acted on.
        let shown = quoted(name);
        let is_hidden =
            shown.chars().any(is_harmful) || shown.contains("##vso[") || shown.contains("##[");
        let is_run = called.remove("Set-Quoted");
        // Nor what looks like a place to fill in.
        let mut parts = shown.split('<').skip(1);
        let is_to_fill_in = parts.any(|part| part.find('>').is_some_and(|at| at > 0));
        let expected = (!is_hidden && !is_to_fill_in).then_some(1);
        assert_eq!(is_run, expected, "{name:?}\n{script}");
        let waits = called.get("Wait-ByHand").copied().unwrap_or_default();
        assert_eq!(called, frame(1, waits), "{name:?}\n{script}");
        assert!(
            !script[3..].contains(|character: char| {
                (character.is_control() && character != '\n')
                    || matches!(character, '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
            }),
            "{script}"
        );
        for line in script.lines() {
            let line = line.trim_start().to_lowercase().replace(' ', "");
            assert!(!line.starts_with("#sig#"), "{line}");
            assert!(!line.starts_with("#region"), "{line}");
        }
        assert_eq!(script.matches("\n# .SYNOPSIS").count(), 1);
        assert_eq!(script.to_lowercase().matches("\n#requires").count(), 0);
    }
}

#[test]
fn hostile_names_in_a_tenant_become_no_command() {
    for name in names().iter().filter(|name| name.text.len() < 1000) {
        let report = check(&tenant_of(name, "Islands"));
        let script = script_of(&report);
        assert!(!report.findings.is_empty(), "{:?}", name.text);
        let mut known = frame(script.blocks.len(), 0);
        known.extend(known_calls());
        for command in commands(&written(&script)).keys() {
            let is_known = known.contains_key(command) || command == "Wait-ByHand";
            assert!(is_known, "{:?}: {command}", name.text);
        }
    }
}

#[test]
fn the_samples_are_powershell_and_call_what_was_meant() {
    for name in ["contoso", "fabrikam", "damaged"] {
        let report = check_strictly(&sample(name));
        let script = script_of(&report);
        let text = written(&script);
        assert_eq!(text, written(&script_of(&report)), "the same bytes again");
        let called = commands(&text);
        let mut known = frame(script.blocks.len(), 0);
        known.extend(known_calls());
        for (command, count) in &called {
            assert!(
                known.contains_key(command) || command == "Wait-ByHand",
                "{command}"
            );
            if command == "Invoke-Change" {
                assert_eq!(*count, script.blocks.len());
            }
        }
        let findings = report.open().count();
        assert!(script.by_hand.len() <= findings);
        assert_eq!(script.blocks.is_empty(), name != "contoso");
    }
}

fn known_calls() -> BTreeMap<String, usize> {
    let report = check_strictly(&sample("contoso"));
    let commands = report.open().flat_map(|finding| &finding.remedy.commands);
    let names = commands.filter_map(|line| {
        let line = line.strip_prefix("$phone = ").unwrap_or(line);
        (!line.starts_with('#')).then(|| line.split(' ').next().map(str::to_owned))?
    });
    let mut known: BTreeMap<String, usize> = names.map(|name| (name, 0)).collect();
    for name in ["Get-CsTenant", "Get-MgContext", "Where-Object"] {
        known.insert(name.to_owned(), 0);
    }
    known
}

#[test]
fn the_beginning_of_the_script_of_contoso_is_approved() {
    let script = written(&script_of(&check(&sample("contoso"))));
    let by_hand = script.find("\n# By hand").expect("a part by hand");
    let head: Vec<&str> = script[..by_hand].lines().take(140).collect();
    let rest: Vec<&str> = script[by_hand..].lines().take(20).collect();
    let shown = format!("{}\n…\n{}\n…\n", head.join("\n"), rest.join("\n"));
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("contoso@script", shown);
    });
}

/// The place of the first step that runs a command which begins like that.
fn step_of(script: &Script, command: &str) -> usize {
    let runs = |block: &Block| block.commands.iter().any(|line| line.starts_with(command));
    let step = script.blocks.iter().position(runs);
    step.unwrap_or_else(|| panic!("nothing runs {command}"))
}

/// The place of the last one.
fn last_step_of(script: &Script, command: &str) -> usize {
    let runs = |block: &Block| block.commands.iter().any(|line| line.starts_with(command));
    let step = script.blocks.iter().rposition(runs);
    step.unwrap_or_else(|| panic!("nothing runs {command}"))
}

#[test]
fn steps_stand_in_the_order_in_which_nothing_is_lost() {
    let script = script_of(&check(&sample("contoso")));
    let taking = |block: &Block| {
        block
            .commands
            .iter()
            .any(|line| line.starts_with("Set-MgUserLicense") && line.contains("-AddLicenses @()"))
    };
    let first_taken = script.blocks.iter().position(taking).expect("one");
    let orders = [
        ("Update-MgUser -UserId 'tomas", "Set-MgUserLicense"),
        (
            "Update-MgUser -UserId 'tomas",
            "Set-CsPhoneNumberAssignment",
        ),
        ("Grant-Cs", "Remove-CsPhoneNumberAssignment"),
        ("Grant-Cs", "Set-CsPhoneNumberAssignment"),
        (
            "Restore-MgDirectoryDeletedItem",
            "Remove-CsPhoneNumberAssignment -Identity 'db191484",
        ),
        ("Remove-CsPhoneNumberAssignment", "Remove-MgUser"),
        (
            "New-CsOnlineApplicationInstanceAssociation",
            "Remove-MgUser",
        ),
        ("Set-CsPhoneNumberAssignment", "Set-CsOnlinePstnUsage"),
    ];
    for (before, behind) in orders {
        let (before_at, behind_at) = (last_step_of(&script, before), step_of(&script, behind));
        assert!(
            before_at < behind_at,
            "{before} {before_at}, {behind} {behind_at}"
        );
    }
    for number in [
        "Remove-CsPhoneNumberAssignment",
        "Set-CsPhoneNumberAssignment",
    ] {
        assert!(last_step_of(&script, number) < first_taken, "{number}");
    }
    for deletion in [
        "Remove-MgUser",
        "Set-CsOnlinePstnUsage",
        "Remove-CsTenantTrustedIPAddress",
    ] {
        assert!(step_of(&script, deletion) > first_taken, "{deletion}");
    }
    // What takes a number off and assigns it again stays together.
    let renewed = step_of(
        &script,
        "Set-CsPhoneNumberAssignment -Identity 'james.macleod",
    );
    assert_eq!(
        renewed,
        step_of(
            &script,
            "Remove-CsPhoneNumberAssignment -Identity 'james.macleod"
        )
    );
}

#[test]
fn every_finding_is_told_and_no_command_runs_twice() {
    let report = check_strictly(&sample("contoso"));
    let script = script_of(&report);
    let text = written(&script);
    for finding in report.open() {
        assert!(text.contains(&finding.message), "{}", finding.message);
    }
    let mut seen = BTreeMap::new();
    for line in text.lines().filter(|line| line.starts_with("    ")) {
        let is_change = line.contains("-Cs") || line.contains("-Mg");
        if is_change && !line.contains(" # ") && !line.contains("Wait-ByHand") {
            *seen.entry(line.replace('\'', "")).or_insert(0) += 1;
        }
    }
    assert!(seen.len() > 60, "{}", seen.len());
    seen.retain(|_, count| *count > 1);
    assert_eq!(seen, BTreeMap::new());
    // Two findings that ask for one command are both named at it.
    let step = step_of(
        &script,
        "Set-CsPhoneNumberPolicyAssignment -TelephoneNumber '+12065550111'",
    );
    let told = script.blocks[step].comments.join("\n");
    assert!(
        told.contains("[OC001]") && told.contains("[OC004]"),
        "{told}"
    );
}

/// A cmdlet that nobody gave a place in the order is not run: this is where it is noticed.
#[test]
fn every_command_of_every_rule_has_its_place() {
    let mut shown = Vec::new();
    for rule in rules::all() {
        let files: Vec<File> = rule
            .page
            .examples("Violation")
            .into_iter()
            .map(|example| (example.file.to_owned(), example.text.as_bytes().to_vec()))
            .collect();
        let report = check_rule(&files, rule.page.name);
        let script = script_of(&report);
        let text = written(&script);
        commands(&text);
        // Exports are written to files, which is no change.
        if rule.page.category != "snapshot" {
            let lines = text.lines().filter(|line| {
                ["run by hand: ", "fill in and run: ", "not run, "]
                    .iter()
                    .any(|words| line.contains(words))
            });
            shown.extend(lines.map(|line| format!("{}: {line}", rule.page.code)));
        }
    }
    assert_eq!(shown, Vec::<String>::new());
}

#[test]
fn the_command_writes_the_script_whatever_was_found() {
    let run = tenantlint(&["script", "snapshots/contoso"]);
    assert_eq!(run.status.code(), Some(0), "{}", text(&run.stderr));
    assert!(run.stdout.starts_with("\u{feff}#Requires".as_bytes()));
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("changes.ps1");
    let name = file.to_str().expect("UTF-8");
    let to_file = tenantlint(&[
        "script",
        "snapshots/contoso",
        "--output",
        name,
        "--threads",
        "1",
    ]);
    assert_eq!(to_file.status.code(), Some(0), "{}", text(&to_file.stderr));
    assert!(to_file.stdout.is_empty());
    assert_eq!(std::fs::read(&file).expect("the script"), run.stdout);
    let some = tenantlint(&["script", "snapshots/contoso", "--select", "OC001"]);
    let some = text(&some.stdout);
    assert!(some.contains("OC001") && !some.contains("US001"), "{some}");
    // Nothing is asked of Graph where no command needs it.
    assert!(
        some.contains("Get-CsTenant") && !some.contains("-Mg"),
        "{some}"
    );
}

#[test]
fn what_cannot_be_judged_exits_with_two_and_leaves_no_script() {
    let empty = tempfile::tempdir().expect("a folder");
    let file = empty.path().join("changes.ps1");
    let [nothing, name] = [empty.path(), &file].map(|path| path.to_str().expect("UTF-8"));
    for arguments in [
        &["script", nothing, "--output", name][..],
        &[
            "script",
            "snapshots/contoso",
            "--as-of",
            "noon",
            "--output",
            name,
        ],
        &[
            "script",
            "snapshots/contoso",
            "--select",
            "XX999",
            "--output",
            name,
        ],
        &["script", "snapshots/contoso", "snapshots/fabrikam"],
        &["script", "snapshots/contoso", "--redact"],
        &["script", "snapshots/nobody"],
    ] {
        let run = tenantlint(arguments);
        assert_eq!(run.status.code(), Some(2), "{arguments:?}");
        assert!(
            run.stdout.is_empty() && !run.stderr.is_empty(),
            "{arguments:?}"
        );
        assert!(!Path::new(name).exists(), "{arguments:?}");
    }
}

#[test]
fn an_accepted_finding_is_not_remedied() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = folder.path().join("tenantlint.toml");
    let lift = "[[exceptions]]\nrule = \"OC001\"\nsubject = \"+12065550111\"\nreason = \"known\"\n";
    std::fs::write(&config, lift).expect("a file");
    let config = config.to_str().expect("UTF-8");
    let select = ["--select", "OC001", "--config", config];
    let run = tenantlint(&[&["script", "snapshots/contoso"][..], &select].concat());
    let script = text(&run.stdout);
    assert!(!script.contains("+12065550111"), "{script}");
    assert!(script.contains("+33199001200"), "{script}");
}
