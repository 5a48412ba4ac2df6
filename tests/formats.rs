//! The formats of a report: approved for contoso, valid under their schemas, the same at any number of threads.

use serde_json::Value;

use crate::audits::{File, check, diff, in_all_formats, plan, sample};

fn validator(schema: &str) -> jsonschema::Validator {
    let schema: Value = serde_json::from_str(schema).expect("a schema is JSON");
    jsonschema::validator_for(&schema).expect("the schema is one")
}

fn assert_valid(validator: &jsonschema::Validator, name: &str, text: &str) {
    let report: Value = serde_json::from_str(text).expect("the report is JSON");
    let errors: Vec<String> = validator
        .iter_errors(&report)
        .map(|error| format!("{} at {}", error, error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{name}: {errors:#?}");
}

#[test]
fn contoso_in_all_formats_is_approved() {
    let report = check(&sample("contoso"));
    for (format, text) in in_all_formats(&report) {
        // The version of the tool and the hash of the pages change with every release.
        let text = text
            .replace(env!("CARGO_PKG_VERSION"), "[version]")
            .replace(&report.rule_set, "[rules]");
        let text = if format == "html" {
            without_scripts(&text)
        } else {
            text
        };
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(format!("contoso@{format}"), text);
        });
    }
}

/// An HTML page without what stands in its scripts, packed data and libraries, and without their digests.
fn without_scripts(page: &str) -> String {
    let script = regex::Regex::new(r"(?s)(<script[^>]*>).*?(</script>)").expect("a pattern");
    let digest = regex::Regex::new("sha256-[A-Za-z0-9+/=]+").expect("a pattern");
    let style = regex::Regex::new(r"(?s)<style>.*?</style>").expect("a pattern");
    let page = script.replace_all(page, "$1…$2");
    let page = digest.replace_all(&page, "sha256-…");
    style.replace_all(&page, "<style>…</style>").into_owned()
}

#[test]
fn reports_are_valid_under_their_schemas() {
    let json = validator(tenantlint::report::json::SCHEMA);
    let sarif = validator(include_str!("schemas/sarif-schema-2.1.0.json"));
    let truncated = vec![(
        "Get-CsOnlineUser.json".to_owned(),
        b"[{\"Identity\": \"x\"},".to_vec(),
    )];
    for (name, files) in [
        ("contoso", sample("contoso")),
        ("fabrikam", sample("fabrikam")),
        ("nothing", Vec::new()),
        ("truncated", truncated),
    ] {
        let planned = plan(&files, &plan_for("karim.benali@contoso.example"));
        for report in [check(&files), diff(&sample("contoso"), &files), planned] {
            let [_, _, (_, as_json), (_, as_sarif), ..] = in_all_formats(&report);
            assert_valid(&json, name, &as_json);
            assert_valid(&sarif, name, &as_sarif);
        }
    }
}

#[test]
fn the_same_bytes_at_one_and_at_eight_threads() {
    let files = sample("contoso");
    let other = sample("fabrikam");
    let at = |threads: usize| {
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .expect("a pool")
            .install(|| {
                let planned = plan(&files, &plan_for("karim.benali@contoso.example"));
                let reports = [check(&files), diff(&files, &other), planned];
                reports.map(|report| in_all_formats(&report))
            })
    };
    let one = at(1);
    for _ in 0..3 {
        assert_eq!(one, at(8));
    }
}

#[test]
fn names_of_the_tenant_cannot_steer_a_terminal() {
    let mut files = sample("contoso");
    for (name, bytes) in &mut files {
        if name == "Get-CsOnlineUser.json" || name == "operators.json" {
            let text = String::from_utf8(std::mem::take(bytes)).expect("UTF-8");
            *bytes = text
                .replace(
                    "karim.benali",
                    "karim\\u001b[2J\\u202e\\u009b31m`'\\u2019;calc",
                )
                .replace("Tailspin Connect", "Tail\\u001b]0;x\\u0007\\r\\nspin")
                .into_bytes();
        }
    }
    let report = check(&files);
    assert!(
        report
            .findings
            .iter()
            .any(|finding| finding.message.contains('\u{1b}'))
    );
    for (format, text) in in_all_formats(&report) {
        let plain = if format == "html" {
            without_scripts(&text)
        } else {
            text.clone()
        };
        let control = plain
            .chars()
            .find(|c| (c.is_control() && *c != '\n') || matches!(*c, '\u{202a}'..='\u{202e}'));
        // JSON escapes C0 controls itself; what is left is data for programs.
        if format.contains("json") || matches!(format, "sarif" | "gitlab") {
            assert!(!text.contains('\u{1b}'), "{format}");
        } else {
            // Rows of a table for spreadsheets end as Excel ends them.
            let control = control.filter(|c| !(format == "csv" && *c == '\r'));
            assert_eq!(control, None, "{format}");
        }
    }
}

/// A tenant whose user and operator have that name, and the user that coexistence mode.
pub(crate) fn tenant_of(name: &str, mode: &str) -> Vec<File> {
    let user = serde_json::json!([{
        "Identity": "00000000-0000-4000-8000-000000000001", "UserPrincipalName": name, "DisplayName": name,
        "AccountType": "User", "TeamsUpgradeEffectiveMode": mode, "LineUri": "tel:+12065550101",
        "SoftDeletionTimestamp": null, "EnterpriseVoiceEnabled": true,
    }]);
    let operators =
        serde_json::json!([{ "name": name, "status": "Active", "consentedCountries": [] }]);
    vec![
        (
            "Get-CsOnlineUser.json".to_owned(),
            user.to_string().into_bytes(),
        ),
        (
            "operators.json".to_owned(),
            operators.to_string().into_bytes(),
        ),
    ]
}

/// A plan that takes the number of somebody of that name, and deletes them and somebody who is not there.
fn plan_for(name: &str) -> String {
    // Of a text, TOML and JSON have the same opinion.
    let [name, nobody] =
        [name.to_owned(), format!("no{name}")].map(|name| Value::from(name).to_string());
    format!(
        "[[step]]\nchange = \"assign-number\"\nuser = {name}\nnumber = \"+12065550199\"\n\n\
         [[step]]\nchange = \"unassign-number\"\nuser = {name}\n\n\
         [[step]]\nchange = \"delete-account\"\nusers = [{name}, {nobody}]\n"
    )
}

/// Names that would do something in one format or another, if they were not written for its reader.
pub(crate) const HOSTILE: [&str; 12] = [
    "</script><img src=x onerror=alert(1)>",
    "=HYPERLINK(\"http://x.example\",\"click\")",
    "+1+cmd|' /C calc'!A0",
    "a%0A::error::forged",
    "x\n::error file=a::forged",
    "##vso[task.setvariable variable=secret]x",
    "]]>&entity;<!--",
    "| a | b |",
    "[link](javascript:alert(1)) ![i](http://x.example/i.png)",
    "```\n# heading",
    "'; Remove-Item -Recurse C:\\; '",
    "\u{1b}]0;title\u{7}\u{202e}",
];

#[test]
fn hostile_names_do_nothing_in_any_format() {
    for name in HOSTILE {
        let files = tenant_of(name, "Islands");
        let report = check(&files);
        assert!(
            report
                .findings
                .iter()
                .any(|finding| finding.code == "US001"),
            "{name}"
        );
        let calm = tenant_of("a@contoso.example", "TeamsOnly");
        let planned = plan(&files, &plan_for(name));
        let steps = &planned.plan.as_ref().expect("a plan").steps;
        assert_eq!(steps.len(), 3, "{name}");
        let acts = steps.iter().map(|step| step.acts.len());
        assert_eq!(acts.sum::<usize>(), 3, "{name}: {:?}", planned.problems);
        let reports = [report, diff(&calm, &files), diff(&files, &calm), planned];
        for (format, text) in reports.iter().flat_map(in_all_formats) {
            let lines = || text.lines();
            match format {
                "github" => {
                    for line in lines().filter(|line| line.contains("forged")) {
                        assert!(
                            line.starts_with("::error file=Get-Cs")
                                || line.starts_with("::error file=op")
                                || line.starts_with("::error file=plan.toml")
                                || line.starts_with("::notice file=plan.toml")
                                || line.starts_with("::warning file="),
                            "{line}"
                        );
                    }
                    assert!(
                        lines().all(|line| line.starts_with("::") || line.starts_with("Found")),
                        "{text}"
                    );
                }
                "azure" => {
                    for line in lines() {
                        let commands = line.matches("##").count();
                        let own = usize::from(line.starts_with("##vso[task.logissue "));
                        assert_eq!(commands, own, "{line}");
                    }
                }
                "csv" => {
                    let mut table = csv::ReaderBuilder::new().from_reader(text.as_bytes());
                    for row in table.records() {
                        let row = row.expect("the table is one");
                        let formula =
                            |cell: &&str| cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
                        assert_eq!(row.iter().find(formula), None, "{name}");
                    }
                }
                "markdown" => {
                    // Outside of fenced commands no tag but the report's own, and no link.
                    let mut fence = None::<String>;
                    for line in lines() {
                        let ticks: String = line.chars().take_while(|c| *c == '`').collect();
                        match &fence {
                            Some(open) if *open == line => fence = None,
                            Some(_) => {}
                            None if ticks.len() > 2 => fence = Some(ticks),
                            None => {
                                assert!(
                                    !line.contains("](")
                                        && !line.contains("<img")
                                        && !line.contains("</script"),
                                    "{line}"
                                );
                                assert!(!line.contains("| a | b |"), "{line}");
                            }
                        }
                    }
                    assert_eq!(fence, None, "a fence is left open by {name}");
                }
                "html" => {
                    let page = without_scripts(&text);
                    assert!(
                        !page.contains("<img") && !page.contains("href=\"javascript"),
                        "{page}"
                    );
                    assert_eq!(text.matches("</script>").count(), 4, "{name}");
                }
                "junit" => {
                    assert!(
                        !text.contains("<img") && !text.contains("&entity;"),
                        "{text}"
                    );
                    let closing = text.matches("]]>").count();
                    assert_eq!(closing, text.matches("<![CDATA[").count(), "{text}");
                }
                "json" | "sarif" | "gitlab" => {
                    serde_json::from_str::<Value>(&text).expect("JSON");
                }
                "ndjson" => {
                    for line in lines() {
                        serde_json::from_str::<Value>(line).expect("JSON");
                    }
                }
                _ => assert!(!text.contains('\u{1b}'), "{format}: {text}"),
            }
        }
    }
}
