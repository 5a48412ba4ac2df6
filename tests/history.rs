//! Runs that are recorded: the built binary over contoso, as it is and as it was before somebody repaired it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

use crate::audits::sample;

/// A folder with the states of a tenant below it, and a history.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes contoso of another day, with texts of one file replaced.
    fn contoso(&self, name: &str, day: &str, file: &str, replace: &[(&str, &str)]) {
        let below = self.path(name);
        fs::create_dir(&below).expect("a folder");
        for (of, bytes) in sample("contoso") {
            let mut text = String::from_utf8(bytes).expect("UTF-8");
            if of == "manifest.json" {
                text = text.replace("2026-09-14", day);
            }
            for (from, to) in replace.iter().filter(|_| of == file) {
                assert!(text.contains(from), "{file} has {from}");
                text = text.replace(from, to);
            }
            fs::write(below.join(of), text).expect("a file");
        }
    }

    fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_tenantlint"))
            .env_remove("GITHUB_ACTIONS")
            .args(arguments)
            .current_dir(self.folder.path())
            .output()
            .expect("the binary runs")
    }

    fn check(&self, snapshot: &str, more: &[&str]) -> Output {
        let arguments = [
            &[
                "check",
                snapshot,
                "--format",
                "concise",
                "--history",
                "runs.db",
            ],
            more,
        ];
        self.run(&arguments.concat())
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

/// Contoso on the day of the sample, and eight weeks before, when everybody was Teams Only.
fn two_states() -> Place {
    let place = Place::new();
    place.contoso("now", "2026-09-14", "", &[]);
    place.contoso(
        "before",
        "2026-07-20",
        "Get-CsOnlineUser.json",
        &[(
            "\"TeamsUpgradeEffectiveMode\": \"Islands\"",
            "\"TeamsUpgradeEffectiveMode\": \"TeamsOnly\"",
        )],
    );
    place
}

/// What stands between the tags of the figure of a trend.
fn trend(page: &str) -> Option<&str> {
    let (_, after) = page.split_once("<figcaption>Trend</figcaption>")?;
    let (_, after) = after.split_once("<tbody>")?;
    Some(after.split_once("</tbody>")?.0.trim())
}

#[test]
fn the_html_report_shows_the_trend_of_what_was_recorded() {
    let place = two_states();
    // The same report as without a history, and the same exit code.
    let plain = place.run(&["check", "now", "--format", "concise"]);
    for snapshot in ["now", "before", "now"] {
        let run = place.check(snapshot, &[]);
        assert_eq!(run.status.code(), Some(1), "{}", text(&run.stderr));
        if snapshot == "now" {
            assert_eq!(run.stdout, plain.stdout);
        }
    }
    let run = place.check("now", &["--report", "html=page.html"]);
    assert_eq!(run.status.code(), Some(1), "{}", text(&run.stderr));
    let page = fs::read_to_string(place.path("page.html")).expect("a page");
    assert_eq!(
        trend(&page),
        Some(
            "<tr><th scope=\"row\">2026-07-20T05:30:00Z</th><td>68</td><td>53</td><td>67</td></tr>\n\
             <tr><th scope=\"row\">2026-09-14T05:30:00Z</th><td>69</td><td>55</td><td>67</td></tr>"
        )
    );
    let run = place.run(&["check", "now", "--format", "html"]);
    assert_eq!(trend(&text(&run.stdout)), None, "no history, no trend");
}

/// Contoso eight weeks before and on the day of the sample, recorded.
fn recorded() -> Place {
    let place = two_states();
    for snapshot in ["before", "now"] {
        let run = place.check(snapshot, &[]);
        assert_eq!(run.status.code(), Some(1), "{}", text(&run.stderr));
    }
    place
}

/// What `tenantlint history` prints, which says nothing else.
fn history(place: &Place, more: &[&str]) -> String {
    let run = place.run(&[&["history", "runs.db"], more].concat());
    assert_eq!(run.status.code(), Some(0), "{}", text(&run.stderr));
    assert_eq!(text(&run.stderr), "");
    text(&run.stdout)
}

fn document(place: &Place) -> Value {
    serde_json::from_str(&history(place, &["--format", "json"])).expect("JSON")
}

#[test]
fn the_history_tells_what_changed_between_the_runs() {
    let place = recorded();
    let told = history(&place, &[]);
    for line in [
        "Contoso (77fb2c0a-9f29-478f-bcd7-fb5e6967d9e8): 2 runs, exported 2026-07-20T05:30:00Z to 2026-09-14T05:30:00Z\n",
        "\n  newest run: 69 errors, 55 warnings, 67 info; 3 new, 0 fixed\n",
        "\n  errors:     ██  68 to 69\n",
        "\n    2026-09-14T05:30:00Z      69        55    67    3      0        105              0\n",
    ] {
        assert!(told.contains(line), "{line}\n{told}");
    }
    let document = document(&place);
    let new: Vec<&str> = document["tenants"][0]["open"]
        .as_array()
        .expect("a list")
        .iter()
        .filter(|one| one["days"] == 0)
        .map(|one| one["rule"].as_str().expect("a name"))
        .collect();
    assert!(new.contains(&"user-not-teams-only"), "{new:?}");
    assert_eq!(new.len(), 3, "{new:?}");
    let table = history(&place, &["--format", "csv"]);
    let rows = table.lines().filter(|row| row.contains(",56,")).count();
    assert_eq!(rows, 68 + 55 + 68 - 3, "56 days old");
    // The same snapshot again is the same history, and so are the runs the other way round.
    place.check("before", &[]);
    assert_eq!(history(&place, &[]), told);
    let other = two_states();
    for snapshot in ["now", "before"] {
        other.check(snapshot, &[]);
    }
    for format in ["human", "json", "csv", "html"] {
        let format = ["--format", format];
        assert_eq!(history(&other, &format), history(&place, &format));
    }
}

/// Whatever day it is, and whatever moment the rules are to take for now.
#[test]
fn runs_stand_in_the_order_of_their_exports() {
    let place = two_states();
    place.check("now", &[]);
    place.check("before", &["--as-of", "2027-01-01T00:00:00Z"]);
    let document = document(&place);
    let runs = document["tenants"][0]["runs"].as_array().expect("a list");
    let times: Vec<[&str; 2]> = runs
        .iter()
        .map(|run| ["time", "asOf"].map(|key| run[key].as_str().expect("a time")))
        .collect();
    assert_eq!(
        times,
        [
            ["2026-07-20T05:30:00Z", "2027-01-01T00:00:00Z"],
            ["2026-09-14T05:30:00Z", "2026-09-14T05:30:00Z"],
        ]
    );
}

#[test]
fn the_document_is_valid_under_the_schema_that_is_printed() {
    let place = recorded();
    let schema = text(&place.run(&["schema", "history"]).stdout);
    let schema: Value = serde_json::from_str(&schema).expect("JSON");
    assert_eq!(schema["title"], "tenantlint history, version 1");
    let schema = jsonschema::draft202012::new(&schema).expect("a schema");
    let document = document(&place);
    let errors: Vec<String> = schema
        .iter_errors(&document)
        .map(|one| one.to_string())
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

/// The newest run of the only tenant.
fn newest(tenant: &Value) -> &Value {
    let runs = tenant["runs"].as_array().expect("a list");
    runs.last().expect("a run")
}

/// A snapshot that lacks the users says nothing of what was wrong with them, also where Graph lists some of them and
/// rules still run.
#[test]
fn what_was_not_judged_is_not_fixed() {
    let place = recorded();
    let whole = document(&place);
    place.contoso("blind", "2026-09-21", "", &[]);
    fs::remove_file(place.path("blind/Get-CsOnlineUser.json")).expect("it is there");
    let run = place.check("blind", &[]);
    assert_eq!(run.status.code(), Some(1), "{}", text(&run.stderr));
    let blind = document(&place);
    let tenant = &blind["tenants"][0];
    assert_eq!(newest(tenant)["fixed"], 0);
    assert_eq!(tenant["timeToFix"]["overall"]["count"], 0);
    let count = |tenant: &Value| tenant["open"].as_array().expect("a list").len() as u64;
    let undecided = tenant["undecided"].as_u64().expect("a number");
    let new = newest(tenant)["new"].as_u64().expect("a number");
    assert!(undecided > 100, "{undecided}");
    assert_eq!(count(tenant) + undecided, count(&whole["tenants"][0]) + new);
    // When the users are back, so are their findings: of the old age, not new, and never fixed.
    place.contoso("seen", "2026-09-28", "", &[]);
    place.check("seen", &[]);
    let seen = document(&place);
    let tenant = &seen["tenants"][0];
    assert_eq!(tenant["flapping"], Value::Array(vec![]));
    assert_eq!(tenant["undecided"], 0);
    let ages = |rule: &str| {
        let open = tenant["open"].as_array().expect("a list").iter();
        let of_rule = open.filter(|one| one["rule"] == rule);
        of_rule
            .map(|one| one["days"].as_u64().expect("a number"))
            .collect::<Vec<_>>()
    };
    assert_eq!(ages("two-primary-numbers"), [70]);
    let ages = ages("user-not-teams-only");
    assert!(ages.contains(&14), "{ages:?}");
}

/// One user is repaired, of another nobody can tell any more: a rule that leaves somebody undecided still judges the others.
#[test]
fn whoever_was_left_undecided_is_not_fixed_and_whoever_was_judged_is() {
    let place = Place::new();
    place.contoso("before", "2026-09-14", "", &[]);
    place.contoso(
        "now",
        "2026-09-21",
        "Get-CsOnlineUser.json",
        &[
            (
                "\"TeamsUpgradeEffectiveMode\": \"SfBWithTeamsCollab\"",
                "\"TeamsUpgradeEffectiveMode\": \"TeamsOnly\"",
            ),
            // Without it a user without a number may make calls or not.
            ("\"EnterpriseVoiceEnabled\"", "\"NotExported\""),
        ],
    );
    for snapshot in ["before", "now"] {
        place.check(snapshot, &["--select", "US001"]);
    }
    let document = document(&place);
    let tenant = &document["tenants"][0];
    assert_eq!(newest(tenant)["fixed"], 1);
    assert_eq!(newest(tenant)["new"], 0);
    assert_eq!(tenant["undecided"], 1);
    let open = tenant["open"].as_array().expect("a list").iter();
    let mut open: Vec<_> = open.map(|one| &one["subject"]["name"]).collect();
    open.sort_by_key(|name| name.as_str());
    assert_eq!(
        open,
        [
            "karim.benali@contoso.example",
            "lukas.weiss@contoso.example"
        ]
    );
}

/// The weaker finding is not fixed because a stronger one speaks, and does not come back when that one is silent again.
#[test]
fn what_a_stronger_finding_speaks_for_is_not_fixed() {
    let place = Place::new();
    for (name, day, more) in [
        ("first", "2026-09-01", &["--ignore", "US001"][..]),
        ("second", "2026-09-02", &[]),
        ("third", "2026-09-03", &["--ignore", "US001"]),
    ] {
        place.contoso(name, day, "", &[]);
        place.check(name, more);
        let document = document(&place);
        let tenant = &document["tenants"][0];
        let open = tenant["open"].as_array().expect("a list").iter();
        let weaker = open.filter(|one| one["rule"] == "coexistence-mode-on-cloud-user");
        let speaks = !more.is_empty();
        assert_eq!(weaker.count(), if speaks { 6 } else { 2 }, "{name}");
        assert_eq!(tenant["timeToFix"]["overall"]["count"], 0, "{name}");
        assert_eq!(tenant["flapping"], Value::Array(vec![]), "{name}");
    }
}

#[test]
fn one_tenant_can_be_told_and_the_history_goes_into_a_file() {
    let place = recorded();
    place.contoso("other", "2026-09-01", "", &[]);
    let manifest = fs::read_to_string(place.path("other/manifest.json")).expect("a manifest");
    let manifest = manifest.replace("\"Contoso\"", "\"Fabrikam\"").replace(
        "77fb2c0a-9f29-478f-bcd7-fb5e6967d9e8",
        "0f0f2c0a-9f29-478f-bcd7-fb5e6967d9e8",
    );
    assert!(manifest.contains("Fabrikam"), "{manifest}");
    fs::write(place.path("other/manifest.json"), manifest).expect("a file");
    place.check("other", &[]);
    let titles = |more: &[&str]| -> Vec<String> {
        let told = history(&place, more);
        let titles = told.lines().filter(|line| !line.starts_with(' '));
        let names = titles.filter_map(|line| line.split(' ').next());
        let names = names.filter(|name| !name.is_empty());
        names.map(str::to_owned).collect()
    };
    assert_eq!(titles(&[]), ["Contoso", "Fabrikam"]);
    assert_eq!(titles(&["--tenant", "fabrikam"]), ["Fabrikam"]);
    let id = "77fb2c0a-9f29-478f-bcd7-fb5e6967d9e8";
    assert_eq!(titles(&["--tenant", id]), ["Contoso"]);
    refuses(
        &place.run(&["history", "runs.db", "--tenant", "North\u{1b}wind"]),
        "holds no tenant `North\\u{1b}wind`",
    );
    let page = ["--format", "html", "--tenant", "Contoso"];
    let told = history(&place, &page);
    assert!(told.starts_with("<!doctype html>"), "{}", &told[..80]);
    assert_eq!(
        history(&place, &[&page[..], &["--output", "page.html"]].concat()),
        ""
    );
    assert_eq!(
        fs::read_to_string(place.path("page.html")).expect("a page"),
        told
    );
}

/// Nothing may take the place of the history, or change what it is a history of.
#[test]
fn the_history_is_kept_apart_from_snapshots_and_reports() {
    let place = recorded();
    let before = fs::read(place.path("runs.db")).expect("a history");
    let is_history = "is the history: write the report into another file";
    for more in [
        ["--output", "runs.db"],
        ["--report", "html=./runs.db"],
        ["--write-baseline", "now/../runs.db"],
    ] {
        let run = place.check("now", &more);
        assert_eq!(run.status.code(), Some(2), "{more:?}");
        assert!(text(&run.stderr).contains(is_history), "{more:?}");
    }
    let run = place.run(&["history", "runs.db", "--output", "runs.db"]);
    refuses(&run, is_history);
    assert_eq!(fs::read(place.path("runs.db")).expect("it"), before);
    for (snapshot, history) in [("now", "now/runs.db"), (".", "runs.db")] {
        let run = place.run(&["check", snapshot, "--history", history]);
        assert_eq!(run.status.code(), Some(2), "{}", text(&run.stdout));
        assert_eq!(
            text(&run.stderr),
            format!(
                "error: the history `{history}` is part of the snapshot `{snapshot}`, which it would change: keep it \
                 elsewhere\n"
            )
        );
    }
    assert!(!place.path("now/runs.db").exists());
}

fn refuses(run: &Output, with: &str) {
    assert_eq!(run.status.code(), Some(2), "{}", text(&run.stdout));
    assert!(run.stdout.is_empty());
    let said = text(&run.stderr);
    assert!(
        said.starts_with("error: `runs.db` ") && said.contains(with),
        "{said}"
    );
}

#[test]
fn what_is_no_history_is_refused_before_anything_is_reported() {
    let place = two_states();
    let file: &Path = &place.path("runs.db");
    fs::write(file, "date;who\n2026-09-14;me\n").expect("a file");
    refuses(&place.check("now", &[]), "is no history of tenantlint");
    refuses(
        &place.run(&["history", "runs.db"]),
        "is no history of tenantlint",
    );
    assert_eq!(
        fs::read(file).expect("a file"),
        b"date;who\n2026-09-14;me\n"
    );
    fs::remove_file(file).expect("it is there");
    refuses(&place.run(&["history", "runs.db"]), "does not exist");
    assert!(!file.exists(), "reading makes nothing");
    fs::create_dir(file).expect("a folder");
    refuses(&place.check("now", &[]), "is no history of tenantlint");
    let run = place.run(&["check", "now", "--history", "none/runs.db"]);
    assert_eq!(run.status.code(), Some(2), "{}", text(&run.stdout));
    assert_eq!(
        text(&run.stderr),
        "error: `none/runs.db` cannot be made: there is no folder to put it in\n"
    );
}

#[test]
fn a_history_of_a_newer_version_is_refused_and_stays_as_it_is() {
    let place = recorded();
    let file: &Path = &place.path("runs.db");
    let mut bytes = fs::read(file).expect("a history");
    // Where SQLite keeps the `user_version`.
    assert_eq!(bytes[60..64], [0, 0, 0, 1]);
    bytes[63] = 2;
    fs::write(file, &bytes).expect("a file");
    let newer = "is a history of version 2, and only versions up to 1 are known";
    refuses(&place.check("now", &[]), newer);
    refuses(&place.run(&["history", "runs.db"]), newer);
    assert_eq!(fs::read(file).expect("a file"), bytes);
}

#[test]
fn a_snapshot_without_any_export_is_not_recorded() {
    let place = two_states();
    fs::create_dir(place.path("empty")).expect("a folder");
    let manifest = sample("contoso")
        .into_iter()
        .find(|(name, _)| name == "manifest.json");
    let (_, manifest) = manifest.expect("contoso has one");
    fs::write(place.path("empty/manifest.json"), manifest).expect("a file");
    let run = place.run(&[
        "check",
        "before",
        "empty",
        "--history",
        "runs.db",
        "--report",
        "html=page.html",
    ]);
    assert_eq!(run.status.code(), Some(2), "{}", text(&run.stderr));
    let page = fs::read_to_string(place.path("page.html")).expect("a page");
    let rows = trend(&page).expect("a trend").lines().count();
    assert_eq!(rows, 1, "{:?}", trend(&page));
}

/// Who does not tell a tenant is known by where it is, from wherever that is looked at, and says so.
#[test]
fn a_tenant_without_an_id_is_known_by_its_place() {
    let place = Place::new();
    for client in ["one", "two"] {
        let below = place.path(client).join("export");
        fs::create_dir_all(&below).expect("a folder");
        let users = r#"[{"Identity":"11111111-2222-3333-4444-555555555555","UserPrincipalName":"a@b.example","LineUri":null}]"#;
        fs::write(below.join("Get-CsOnlineUser.json"), users).expect("a file");
        fs::write(
            below.join("manifest.json"),
            format!(r#"{{"exportedAt":"2026-09-14T05:30:00Z","tenantName":"{client}"}}"#),
        )
        .expect("a file");
    }
    let check = |folder: &str, snapshot: &str, history: &str| {
        let run = Command::new(env!("CARGO_BIN_EXE_tenantlint"))
            .args(["check", snapshot, "--format", "concise", "--history"])
            .arg(history)
            .current_dir(place.path(folder))
            .output()
            .expect("the binary runs");
        let told = text(&run.stdout);
        assert!(
            told.contains("`export` does not tell its tenant")
                || told.contains("`one/export` does not tell its tenant"),
            "{told}"
        );
    };
    check("one", "export", "../runs.db");
    check("two", "export", "../runs.db");
    check("", "one/export", "runs.db");
    let tenants = document(&place)["tenants"].clone();
    let names: Vec<&Value> = tenants
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| &one["name"])
        .collect();
    assert_eq!(names, ["one", "two"]);
}
