//! Hostile names through reports of every kind, in every format.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    FORMATS, Name, SCRIPTS, hold_for_agents, hold_for_people, is_harmful, names, tenant_of,
};
use crate::audits::{File, check, check_redacted, diff, in_all_formats, plan, sample};
use crate::formats::without_scripts;

/// A plan that takes the number of somebody of that name, and deletes them and somebody who is not there.
pub(crate) fn plan_for(name: &str) -> String {
    // Of a text, TOML and JSON have the same opinion, but for one control character.
    let [name, nobody] = [name.to_owned(), format!("no{name}")]
        .map(|name| Value::from(name).to_string().replace('\u{7f}', "\\u007f"));
    format!(
        "[[step]]\nchange = \"assign-number\"\nuser = {name}\nnumber = \"+12065550199\"\n\n\
         [[step]]\nchange = \"unassign-number\"\nuser = {name}\n\n\
         [[step]]\nchange = \"delete-account\"\nusers = [{name}, {nobody}]\n"
    )
}

/// Holds what a format promises to its readers.
fn hold(format: &str, text: &str, name: &str) {
    let name = name.chars().take(60).collect::<String>();
    let what = format!("{format} of {name:?}");
    match format {
        "human" | "concise" => hold_for_people(text, &what),
        "github" => {
            for line in text.lines() {
                let own = ["::error ", "::warning ", "::notice "]
                    .iter()
                    .any(|own| line.starts_with(own));
                let counts = ["Found", "Nothing was checked"];
                let counts = counts.iter().any(|words| line.starts_with(words));
                assert!(own || counts, "{what}: {line}");
                // One command a line: what follows it is its message.
                assert_eq!(
                    line.find("::error").filter(|at| *at > 0 && !own),
                    None,
                    "{what}"
                );
            }
            let message = text.replace("\n::", "\n");
            hold_for_people(message.trim_start_matches(':'), &what);
        }
        "azure" => {
            for line in text.lines() {
                let commands = line.matches("##").count();
                let own = usize::from(line.starts_with("##vso[task.logissue "));
                assert_eq!(commands, own, "{what}: {line}");
                assert_eq!(
                    line.chars().find(|character| is_harmful(*character)),
                    None,
                    "{what}"
                );
            }
        }
        "csv" => {
            let mut table = csv::ReaderBuilder::new().from_reader(text.as_bytes());
            for row in table.records() {
                let row = row.expect("the table is one");
                let formula =
                    |cell: &&str| cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\u{ff1d}']);
                assert_eq!(row.iter().find(formula), None, "{what}");
            }
            // Rows end as Excel ends them.
            hold_for_people(&text.replace("\r\n", "\n").replace('\u{feff}', ""), &what);
        }
        "markdown" => {
            // Outside of fenced commands no tag but the report's own, and no link.
            let mut fence = None::<String>;
            for line in text.lines() {
                let ticks: String = line.chars().take_while(|c| *c == '`').collect();
                match &fence {
                    Some(open) if *open == line => fence = None,
                    Some(_) => {}
                    None if ticks.len() > 2 => fence = Some(ticks),
                    None => {
                        // The report's own comment, which keeps what stands around it from being an address.
                        let apart = line.matches("&#64;<!-- -->").count();
                        assert_eq!(line.matches("&#64;").count(), apart, "{what}: {line}");
                        let line = line.replace("&#64;<!-- -->", "");
                        for part in [
                            "](",
                            "<img",
                            "<svg",
                            "</script",
                            "<!--",
                            "| a | b |",
                            "]: ",
                            "@",
                            "www.",
                            "://",
                        ] {
                            assert!(!line.contains(part), "{what}: {part} in {line}");
                        }
                    }
                }
            }
            assert_eq!(fence, None, "{what}: a fence is left open");
            hold_for_people(text, &what);
        }
        "html" => {
            let page = without_scripts(text);
            for part in [
                "<img",
                "<svg",
                "href=\"javascript",
                "onmouseover='",
                "<!--",
                "<script>alert",
            ] {
                assert!(!page.contains(part), "{what}: {part}");
            }
            assert_eq!(text.matches("</script>").count(), 4, "{what}");
            let harmful = page
                .chars()
                .find(|character| *character != '\n' && is_harmful(*character));
            assert_eq!(harmful, None, "{what}");
            hold_for_agents(&page, &what);
        }
        "junit" => {
            assert!(
                !text.contains("<img") && !text.contains("<svg") && !text.contains("&entity;"),
                "{what}"
            );
            let closing = text.matches("]]>").count();
            assert_eq!(closing, text.matches("<![CDATA[").count(), "{what}");
            let illegal = |c: char| {
                matches!(c, '\u{fffe}' | '\u{ffff}')
                    || (c < ' ' && !matches!(c, '\n' | '\t' | '\r'))
            };
            assert_eq!(text.chars().find(|c| illegal(*c)), None, "{what}");
            hold_for_people(text, &what);
        }
        "json" | "sarif" | "gitlab" | "ndjson" => {
            let documents: Vec<&str> = if format == "ndjson" {
                text.lines().collect()
            } else {
                vec![text]
            };
            for document in documents {
                serde_json::from_str::<Value>(document).expect("JSON");
            }
            // What is left of them is data for programs: JSON itself escapes what a terminal would act on first.
            let control = text.chars().find(|c| *c < ' ' && *c != '\n');
            assert_eq!(control, None, "{what}");
            hold_for_agents(text, &what);
        }
        other => panic!("nothing is known of {other}"),
    }
}

fn is_blank(name: &Name) -> bool {
    name.text.trim().is_empty()
}

#[test]
fn every_format_is_looked_at() {
    let report = check(&sample("fabrikam"));
    let formats = in_all_formats(&report).map(|(format, _)| format);
    assert_eq!(BTreeSet::from(formats), BTreeSet::from(FORMATS));
}

#[test]
fn names_in_a_tenant_do_nothing_in_any_format() {
    for name in names() {
        let name = &name;
        let shown = name.text.chars().take(60).collect::<String>();
        let files = tenant_of(name, "Islands");
        let report = check(&files);
        assert!(
            !report.findings.is_empty(),
            "{shown:?}: {:?}",
            report.problems
        );
        let calm = Name {
            text: "a@contoso.example".to_owned(),
            json: "\"a@contoso.example\"".to_owned(),
        };
        let calm = tenant_of(&calm, "TeamsOnly");
        let mut reports = vec![report];
        // Names for scripts are read by who reads scripts, and their tests have them.
        let is_for_scripts = SCRIPTS.contains(&name.text.as_str());
        // A million characters take their time wherever they go.
        if !is_for_scripts && name.text.len() < 1000 {
            reports.push(diff(&calm, &files));
            // A name that is hidden by a redacted report is not in it, harmful or not.
            let redacted = check_redacted(&files, "a key of the tests, long enough");
            let needle = name.text.replace(|c: char| c.is_control(), "");
            if needle.len() > 12 && needle.is_ascii() && needle.contains(' ') {
                for (format, text) in in_all_formats(&redacted) {
                    assert!(!text.contains(&needle), "{format} of {shown:?}");
                }
            }
            reports.push(redacted);
            let planned = plan(&files, &plan_for(&name.text));
            if name.text != "\u{fffd}" {
                let steps = &planned.plan.as_ref().expect("a plan").steps;
                assert_eq!(steps.len(), 3, "{shown:?}");
            }
            reports.push(planned);
        }
        for (format, text) in reports.iter().flat_map(in_all_formats) {
            hold(format, &text, &shown);
        }
    }
}

/// Where a tenant is large, a name may stand in places that a small one does not have.
#[test]
fn names_in_a_large_tenant_do_nothing_in_any_format() {
    let hostile = [
        "karim\\u001b[2J\\u202e\\u009b31m`'\\u2019;calc",
        "##vso[task.complete]##[error]",
        "</script><svg onload=alert(1)>=|a|",
    ];
    for name in hostile {
        let mut files: Vec<File> = sample("contoso");
        for (_, bytes) in &mut files {
            let text = String::from_utf8_lossy(bytes);
            let renamed = ["karim.benali", "Tailspin Connect", "sbc1", "London"]
                .iter()
                .fold(text.into_owned(), |text, plain| text.replace(plain, name));
            *bytes = renamed.into_bytes();
        }
        let calm = sample("contoso");
        for report in [check(&files), diff(&calm, &files), diff(&files, &calm)] {
            assert!(!report.findings.is_empty());
            for (format, text) in in_all_formats(&report) {
                hold(format, &text, name);
            }
        }
    }
}

#[test]
fn names_of_files_do_nothing_in_any_format() {
    for name in names() {
        if is_blank(&name) || name.text.len() > 1000 {
            continue;
        }
        let name = &name;
        let text = &name.text;
        let user = &tenant_of(name, "Islands")[0].1;
        let files = [
            (format!("{text}/Get-CsOnlineUser.json"), user.clone()),
            (format!("{text}.json"), b"[{\"no\": \"kind\"}]".to_vec()),
            (format!("{text}.csv"), b"Identity\r\n\"open".to_vec()),
            (format!("{text}.exe"), b"MZ".to_vec()),
            (format!("{text}.zip"), b"PK".to_vec()),
            (format!("{text}.txt"), b"{".to_vec()),
        ];
        let archive = crate::faults::limits::zipped(&files[..3]);
        let redacted = check_redacted(&files, "a key of the tests, long enough");
        let zipped = check(&[("t.zip".to_owned(), archive)]);
        // A name that begins with a dot is that of a hidden file.
        assert!(
            !zipped.problems.is_empty() || text.contains(['.', '\\', '/']),
            "{text:?}"
        );
        for report in [check(&files), zipped, redacted] {
            for (format, page) in in_all_formats(&report) {
                hold(format, &page, text);
            }
        }
    }
}
