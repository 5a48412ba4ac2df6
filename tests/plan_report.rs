//! A plan in every format, as the command writes it: findings point into the plan, steps are told, and nothing of it
//! depends on the number of threads.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

/// Takes a number away, gives one that somebody has, waits, deletes somebody who has a number, and somebody who is not
/// there.
const PLAN: &str = r#"[[step]]
change = "unassign-number"
user = "karim.benali@contoso.example"

[[step]]
change = "assign-number"
user = "karim.benali@contoso.example"
number = "+33199001207"
type = "OperatorConnect"

[[step]]
change = "wait-for-export"

[[step]]
change = "delete-account"
users = ["tobias.lange@contoso.example", "nobody@contoso.example"]
"#;

const FORMATS: [&str; 12] = [
    "human", "concise", "json", "sarif", "ndjson", "junit", "markdown", "csv", "github", "azure",
    "gitlab", "html",
];

fn tenantlint(folder: &Path, arguments: &[&str]) -> Output {
    let snapshot = Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots/contoso");
    Command::new(env!("CARGO_BIN_EXE_tenantlint"))
        // In a workflow another format is the default.
        .env_remove("GITHUB_ACTIONS")
        .env_remove("GITHUB_STEP_SUMMARY")
        .current_dir(folder)
        .arg("plan")
        .arg(snapshot)
        .args(arguments)
        .output()
        .expect("the binary runs")
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("plan.toml"), PLAN).expect("it can be written");
    folder
}

fn report(format: &str, more: &[&str]) -> String {
    let folder = folder();
    let arguments = [&["plan.toml", "--format", format], more].concat();
    let output = tenantlint(folder.path(), &arguments);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{format}: {told}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn json(format: &str) -> Value {
    serde_json::from_str(&report(format, &[])).expect("JSON")
}

#[test]
fn every_format_has_the_same_bytes_at_one_and_at_eight_threads() {
    for format in FORMATS {
        let one = report(format, &["--threads", "1"]);
        assert!(one.contains("PL002") || format == "html", "{format}: {one}");
        assert_eq!(one, report(format, &["--threads", "8"]), "{format}");
    }
}

#[test]
fn the_steps_are_told_in_json_and_in_lines_alike() {
    let document = json("json");
    let plan = &document["plan"];
    assert_eq!(plan["paths"], serde_json::json!(["plan.toml"]));
    let steps = plan["steps"].as_array().expect("a list");
    let told: Vec<String> = steps
        .iter()
        .map(|step| {
            let acts = step["acts"].as_array().expect("a list");
            let outcomes = acts.iter().filter_map(|act| act["outcome"].as_str());
            let outcomes: Vec<&str> = outcomes.collect();
            format!(
                "{} {} line {} {} {}",
                step["number"],
                step["change"],
                step["location"]["line"],
                step["assumed"],
                outcomes.join(" ")
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            "1 \"unassign-number\" line 2 false done",
            "2 \"assign-number\" line 6 false refused",
            "3 \"wait-for-export\" line 12 false done",
            "4 \"delete-account\" line 15 true done",
        ]
    );
    let lines = report("ndjson", &[]);
    let lines = lines
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    let in_lines: Vec<Value> = lines
        .filter(|line| line["type"] == "step")
        .map(|mut line| {
            line.as_object_mut().expect("an object").remove("type");
            line
        })
        .collect();
    assert_eq!(&in_lines, steps);
}

#[test]
fn a_report_of_no_plan_says_so() {
    let folder = folder();
    let snapshot = Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots/fabrikam");
    let output = Command::new(env!("CARGO_BIN_EXE_tenantlint"))
        .current_dir(folder.path())
        .arg("check")
        .arg(snapshot)
        .args(["--format", "json"])
        .output()
        .expect("the binary runs");
    let document: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(document.get("plan"), Some(&Value::Null));
}

#[test]
fn sarif_points_into_the_plan_and_knows_its_rules() {
    let run = &json("sarif")["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().expect("a list");
    let artifacts = run["artifacts"].as_array().expect("a list");
    let results = run["results"].as_array().expect("a list");
    assert!(!results.is_empty());
    let mut related = 0;
    for result in results {
        let index = result["ruleIndex"].as_u64().expect("every rule is listed") as usize;
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert!(rules[index]["help"]["text"].is_string());
        let place = &result["locations"][0]["physicalLocation"]["artifactLocation"];
        assert_eq!(place["uri"], "plan.toml");
        let artifact = place["index"].as_u64().expect("an artifact") as usize;
        assert_eq!(artifacts[artifact]["location"]["uri"], "plan.toml");
        let others = result["relatedLocations"].as_array().into_iter().flatten();
        related += others
            .filter(|one| {
                let uri = &one["physicalLocation"]["artifactLocation"]["uri"];
                uri.as_str().is_some_and(|uri| uri.contains("/contoso/"))
            })
            .count();
    }
    assert!(related > 0, "what is in the way stands in the snapshot");
}

#[test]
fn annotations_stand_in_the_plan() {
    let github = report("github", &[]);
    let (last, lines) = github
        .trim_end()
        .rsplit_once('\n')
        .map(|(lines, last)| (last, lines))
        .expect("lines");
    // What could not be judged for want of an export has no place.
    let is_placed = |line: &&str| !line.contains(" could not judge ");
    for line in lines.lines().filter(is_placed) {
        let (_, properties) = line.split_once(' ').expect("a command");
        assert!(properties.starts_with("file=plan.toml,line="), "{line}");
    }
    assert!(lines.contains("::error file=plan.toml,line=8,"), "{lines}");
    assert!(last.contains("4 steps with 4 acts: "), "{last}");
    for issue in json("gitlab").as_array().expect("a list") {
        let told = issue["description"].as_str().expect("a text");
        assert!(
            issue["location"]["path"] == "plan.toml" || !is_placed(&told),
            "{issue}"
        );
    }
    let azure = report("azure", &[]);
    let issues = azure.lines().filter(|line| line.starts_with("##vso"));
    assert!(issues.clone().count() > 2);
    for line in issues.filter(is_placed) {
        assert!(line.contains("sourcepath=plan.toml;"), "{line}");
    }
}

#[test]
fn people_read_what_is_wrong_what_is_done_and_what_stays() {
    let human = report("human", &[]);
    let (_, plan) = human.split_once("\nplan plan.toml: ").expect("a section");
    let (plan, summary) = plan.split_once("\n\n").expect("a summary");
    assert!(
        plan.starts_with("4 steps with 4 acts\n  step 1: unassign-number: ok, "),
        "{plan}"
    );
    for text in [
        "\n      unmet: `+33199001207` is free, but `ines.caron@contoso.example` has it\n",
        "\n    removes: ",
        "`karim.benali@contoso.example`",
        "\n      run: Remove-CsPhoneNumberAssignment ",
        "\n  step 4: delete-account: names what is not there, on the assumed state, ",
        "\n      no way back: ",
    ] {
        assert!(plan.contains(text), "{text:?}: {plan}");
    }
    assert!(
        !plan.contains("Set-CsPhoneNumberAssignment"),
        "it is refused: {plan}"
    );
    let stays: Vec<&str> = summary
        .lines()
        .filter(|line| line.contains("stays so"))
        .collect();
    assert_eq!(stays.len(), 1, "{summary}");
    assert!(report("markdown", &[]).contains("\n### Needs that are not met\n"));
    let html = report("html", &[]);
    assert!(html.contains("<h2 id=\"plan-title\">Plan plan.toml</h2>"));
    assert_eq!(html.matches("<details class=\"step\" open>").count(), 2);
    let concise = report("concise", &[]);
    let others = concise
        .lines()
        .filter(|line| !line.starts_with("plan.toml:"));
    assert_eq!(others.count(), 1, "{concise}");
}
