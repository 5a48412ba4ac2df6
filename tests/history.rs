//! Runs that are recorded: the built binary over contoso, as it is and as it was before somebody repaired it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

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
            "<tr><th scope=\"row\">2026-07-20T05:30:00Z</th><td>67</td><td>53</td><td>68</td></tr>\n\
             <tr><th scope=\"row\">2026-09-14T05:30:00Z</th><td>68</td><td>55</td><td>68</td></tr>"
        )
    );
    let run = place.run(&["check", "now", "--format", "html"]);
    assert_eq!(trend(&text(&run.stdout)), None, "no history, no trend");
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
    assert_eq!(
        fs::read(file).expect("a file"),
        b"date;who\n2026-09-14;me\n"
    );
    fs::remove_file(file).expect("it is there");
    fs::create_dir(file).expect("a folder");
    refuses(&place.check("now", &[]), "is no history of tenantlint");
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
