//! The rules over plans: pages that can be followed, known wherever a rule is named, and counted in no report of a tenant.

use std::path::Path;
use std::process::{Command, Output};

use tenantlint::finding::Severity;
use tenantlint::plan::{self, Step};
use tenantlint::rules::{self, Check, Page};

use crate::audits::{File, check, sample};

fn tenantlint(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tenantlint"))
        // In a workflow another format is the default.
        .env_remove("GITHUB_ACTIONS")
        .current_dir(folder)
        .args(arguments)
        .output()
        .expect("the binary runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

/// The plan of a section, and the exports that it is checked on.
fn example(page: &Page, section: &str) -> (&'static str, Vec<File>) {
    let (plans, exports): (Vec<_>, Vec<_>) = page
        .examples(section)
        .into_iter()
        .partition(|example| example.file == "plan.toml");
    let [plan] = plans[..] else {
        panic!("{}: {section} has no plan, or several", page.name);
    };
    let exports = exports
        .into_iter()
        .map(|example| (example.file.to_owned(), example.text.as_bytes().to_vec()))
        .collect();
    (plan.text, exports)
}

#[test]
fn twelve_rules_judge_plans_and_none_of_them_a_tenant() {
    let told: Vec<(&str, &str)> = rules::of_plans()
        .iter()
        .map(|rule| {
            assert!(matches!(rule.check, Check::Plan), "{}", rule.page.code);
            assert_eq!(rule.page.category, "plan");
            // The strongest grade is the catalogue's; a harm that is none may be told with less.
            let grade = rule.page.severity.first().expect("a grade");
            (rule.page.code, grade.name())
        })
        .collect();
    assert_eq!(
        told,
        [
            ("PL001", "error"),
            ("PL002", "error"),
            ("PL003", "error"),
            ("PL004", "warning"),
            ("PL005", "error"),
            ("PL006", "warning"),
            ("PL007", "error"),
            ("PL008", "warning"),
            ("PL009", "warning"),
            ("PL010", "error"),
            ("PL011", "info"),
            ("PL012", "error"),
        ]
    );
    for rule in rules::all() {
        assert!(!matches!(rule.check, Check::Plan), "{}", rule.page.code);
    }
    let report = check(&sample("fabrikam"));
    assert_eq!(report.coverage.len(), rules::all().len());
}

#[test]
fn the_plans_of_the_pages_can_be_read() {
    for rule in rules::of_plans() {
        for section in ["Violation", "Clean"] {
            let (text, _) = example(rule.page, section);
            let file = plan::read("plan.toml", text);
            assert!(
                file.faults.is_empty(),
                "{}: {section}: {:?}",
                rule.page.name,
                file.faults
            );
            assert_eq!(
                file.steps.len(),
                text.matches("[[step]]").count(),
                "{}: {section}",
                rule.page.name
            );
        }
    }
}

/// What comes of the example of a page: rule, severity, whether the plan adds it to the tenant, and message.
fn judged(page: &Page, section: &str) -> Vec<(&'static str, Severity, bool, String)> {
    let (text, files) = example(page, section);
    let judged = crate::plans::plan(&files, "plan.toml", text);
    let findings = judged.report.findings.into_iter();
    findings
        .map(|one| {
            (
                one.code,
                one.severity,
                one.cause.is_some(),
                one.message.clone(),
            )
        })
        .collect()
}

#[test]
fn each_example_is_judged_as_its_page_says() {
    for rule in rules::of_plans() {
        let page = &rule.page;
        let bad = judged(page, "Violation");
        let fires = bad
            .iter()
            .any(|(code, severity, ..)| *code == page.code && page.severity.contains(severity));
        assert!(fires, "{}: {bad:#?}", page.name);
        let good = judged(page, "Clean");
        let is_wrong = |(code, severity, added, _): &&(&str, Severity, bool, String)| {
            *code == page.code
                || code.starts_with("PL") && *severity > Severity::Info
                || *added && *severity == Severity::Error
        };
        let wrong: Vec<_> = good.iter().filter(is_wrong).collect();
        assert!(wrong.is_empty(), "{}: {wrong:#?}", page.name);
    }
}

#[test]
fn pieces_of_plans_in_the_prose_can_be_read() {
    let mut seen = 0;
    for rule in rules::of_plans() {
        for part in rule.page.section("Remedy").split("```toml\n").skip(1) {
            let (text, _) = part.split_once("```").expect("the fence is closed");
            let file = plan::read("plan.toml", text);
            assert!(
                file.faults.is_empty(),
                "{}: {:?}",
                rule.page.name,
                file.faults
            );
            seen += file.steps.len();
        }
    }
    assert!(seen > 3, "only {seen} steps");
}

/// The changes of a plan with all that is told of them.
fn told(steps: &[Step]) -> Vec<String> {
    steps
        .iter()
        .map(|step| {
            let fields: Vec<String> = step
                .given
                .iter()
                .map(|given| format!("{} {:?}", given.field.name, given.value))
                .collect();
            format!("{} {fields:?} {}", step.change.name, step.accepts_outage)
        })
        .collect()
}

#[test]
fn a_clean_plan_is_another_one_for_the_same_tenant() {
    for rule in rules::of_plans() {
        let (bad, before) = example(rule.page, "Violation");
        let (good, same) = example(rule.page, "Clean");
        assert_eq!(before, same, "{}", rule.page.name);
        assert_ne!(
            told(&plan::read("plan.toml", bad).steps),
            told(&plan::read("plan.toml", good).steps),
            "{}",
            rule.page.name
        );
    }
}

#[test]
fn the_exports_of_the_pages_are_whole_and_of_a_tenant_without_errors() {
    for rule in rules::of_plans() {
        let (_, files) = example(rule.page, "Violation");
        let report = check(&files);
        assert!(
            report.problems.is_empty(),
            "{}: {:?}",
            rule.page.name,
            report.problems
        );
        for source in &report.snapshots[0].sources {
            assert!(
                source.export.is_some(),
                "{}: {}",
                rule.page.name,
                source.path
            );
        }
        let errors: Vec<&str> = report
            .findings
            .iter()
            .filter(|finding| finding.severity == Severity::Error)
            .map(|finding| finding.message.as_str())
            .collect();
        assert_eq!(errors, Vec::<&str>::new(), "{}", rule.page.name);
    }
}

#[test]
fn explain_and_rules_tell_of_them() {
    let here = tempfile::tempdir().expect("a folder");
    for named in ["PL004", "pl004", "gap-without-number"] {
        let run = tenantlint(here.path(), &["explain", named]);
        assert_eq!(run.status.code(), Some(0), "{}", text(&run.stderr));
        let told = text(&run.stdout);
        assert!(told.starts_with("PL004 gap-without-number\n"), "{told}");
        assert!(told.contains("category:   plan\n"), "{told}");
        assert!(told.contains("needs:      a plan\n"), "{told}");
    }
    let run = tenantlint(here.path(), &["explain", "gap-without-nummer"]);
    assert_eq!(run.status.code(), Some(2));
    assert!(text(&run.stderr).contains("did you mean `gap-without-number`?"));

    for format in ["human", "json", "markdown"] {
        let run = tenantlint(here.path(), &["rules", "--format", format]);
        let told = text(&run.stdout);
        for rule in rules::known() {
            assert!(
                told.contains(rule.page.code),
                "{format}: {}",
                rule.page.code
            );
        }
    }
    let run = tenantlint(here.path(), &["rules", "--format", "json"]);
    let lines: serde_json::Value = serde_json::from_slice(&run.stdout).expect("JSON");
    let lines = lines.as_array().expect("a list");
    let line = lines.iter().find(|line| line["code"] == "PL010");
    let line = line.expect("a line");
    assert_eq!(line["category"], "plan");
    assert_eq!(line["needs"], serde_json::json!([]));
}

/// Contoso in a folder of its own, with a project file above it.
fn project(config: &str) -> tempfile::TempDir {
    let here = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(here.path().join("contoso")).expect("a folder");
    for (name, bytes) in sample("contoso") {
        std::fs::write(here.path().join("contoso").join(name), bytes).expect("a file");
    }
    std::fs::write(here.path().join("tenantlint.toml"), config).expect("a file");
    here
}

#[test]
fn a_project_file_that_names_them_changes_nothing_for_check() {
    let run = |config: &str, format: &str| {
        let here = project(config);
        let run = tenantlint(here.path(), &["check", "contoso", "--format", format]);
        (run.status.code(), text(&run.stdout), text(&run.stderr))
    };
    let named = "select = [\"ALL\", \"PL004\"]\nignore = [\"PL011\", \"plan\", \"PL\"]\n\n\
         [severity]\nPL004 = \"error\"\n\n\
         [[exceptions]]\nrule = \"PL004\"\nsubject = \"*\"\nreason = \"agreed\"\n\n\
         [[exceptions]]\nrule = \"license-split\"\nsubject = \"*\"\nreason = \"agreed\"\nexpires = 2020-01-01\n";
    // In SARIF the project file itself is an artifact, with its length.
    for format in ["human", "json", "ndjson"] {
        let (code, out, messages) = run(named, format);
        assert_eq!((code, messages.as_str()), (Some(1), ""), "{format}");
        // Too long to be printed.
        assert!(out == run("", format).1, "{format}");
    }
}

#[test]
fn what_is_wrong_about_them_is_told_as_of_every_rule() {
    for (config, message) in [
        (
            "ignore = [\"PL013\"]\n",
            "unknown rule or group `PL013` in `ignore`",
        ),
        (
            "[severity]\nPL = \"error\"\n",
            "`PL` is a group, and `[severity]` names single rules",
        ),
        (
            "[rules.PL004]\nhours = 1\n",
            "rule `gap-without-number` has no options",
        ),
    ] {
        let here = project(config);
        let run = tenantlint(here.path(), &["check", "contoso"]);
        assert_eq!(run.status.code(), Some(2), "{config}");
        let told = text(&run.stderr);
        assert!(told.contains(message), "{told}");
    }
}

#[test]
fn a_plan_is_judged_whatever_is_chosen_among_the_rules_over_tenants() {
    let plan = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/snapshots/contoso/plans/bad/remove-operator.toml"
    );
    let judged = |config: &str, more: &[&str]| {
        let here = project(config);
        let arguments = [&["plan", "contoso", plan][..], more].concat();
        let run = tenantlint(here.path(), &arguments);
        (run.status.code(), text(&run.stdout), text(&run.stderr))
    };
    let chosen = "select = [\"operator-connect\", \"emergency-calling\"]\n";
    let (code, out, _) = judged(chosen, &[]);
    assert_eq!(code, Some(1), "{out}");
    assert!(out.contains("error[PL002]"), "{out}");
    // What is not there counts, also where nothing tells it.
    let (code, out, _) = judged("", &["--ignore", "PL001,PL002,PL012", "--select", "PL"]);
    assert_eq!(code, Some(1), "{out}");
    assert!(!out.contains("nothing against the plan"), "{out}");
    for more in [&["--ignore", "ALL"][..], &["--ignore", "PL"]] {
        let (code, out, messages) = judged(chosen, more);
        assert_eq!((code, out.as_str()), (Some(2), ""), "{more:?}");
        assert!(messages.contains("no rule over plans is on"), "{messages}");
    }
}

#[test]
fn a_run_over_tenants_that_selects_nothing_else_is_no_audit() {
    let here = project("");
    for arguments in [
        &["check", "contoso", "--select", "PL"][..],
        &["diff", "contoso", "contoso", "--select", "plan"],
    ] {
        let run = tenantlint(here.path(), arguments);
        assert_eq!(run.status.code(), Some(2), "{arguments:?}");
        assert!(run.stdout.is_empty());
        assert!(text(&run.stderr).contains("no rule over tenants is on"));
    }
    let run = tenantlint(here.path(), &["check", "contoso", "--select", "PL,OP001"]);
    assert_eq!(run.status.code(), Some(1), "{}", text(&run.stderr));
}

#[test]
fn what_plans_refuse_is_not_offered() {
    let here = tempfile::tempdir().expect("a folder");
    let offers = |command: &str| {
        let run = tenantlint(here.path(), &[command, "--help"]);
        text(&run.stdout).contains("--redact")
    };
    assert!(offers("check"));
    assert!(!offers("plan"));
}
