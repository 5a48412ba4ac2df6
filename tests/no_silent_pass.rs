//! A rule that needs a damaged export has never passed: it failed, or it says that it was not evaluated.

use serde_json::Value;
use tenantlint::finding::Confidence;
use tenantlint::report::{Coverage, Outcome, Report};
use tenantlint::rules::{self, Rule};
use tenantlint::snapshot::ExportKind;
use tenantlint::source::Encoding;

use crate::audits::{File, check, sample};

const USERS: &str = "Get-CsOnlineUser.json";
const NUMBERS: &str = "Get-CsPhoneNumberAssignment.json";

/// The sample in which no rule finds anything would pass them all; contoso has findings, fabrikam none.
const TENANTS: [&str; 2] = ["contoso", "fabrikam"];

/// A sample with one file changed; the manifest is left out, because its counts would prove every loss.
fn with_bytes(tenant: &str, file: &str, change: impl Fn(&[u8]) -> Vec<u8>) -> Vec<File> {
    let mut files = sample(tenant);
    files.retain(|(name, _)| name != "manifest.json");
    let (_, bytes) = files
        .iter_mut()
        .find(|(name, _)| name == file)
        .expect("the sample has the file");
    *bytes = change(bytes);
    files
}

/// The same for a file as text, written anew as UTF-8 with two blanks for each level.
fn with(tenant: &str, file: &str, change: impl Fn(&str) -> String) -> Vec<File> {
    with_bytes(tenant, file, |bytes| {
        let text = Encoding::detect(bytes).decode(bytes.to_vec()).text;
        let export: Value = serde_json::from_str(&text).expect("a sample is JSON");
        change(&format!("{export:#}")).into_bytes()
    })
}

/// Rules that need the file, those of low confidence left out: they are off unless asked for.
fn needing(file: &str) -> impl Iterator<Item = &'static Rule> {
    let kind = ExportKind::from_name(file.trim_end_matches(".json")).expect("named for a kind");
    rules::all()
        .iter()
        .filter(|rule| rule.page.confidence != Confidence::Low)
        .filter(move |rule| rule.page.all_needs().any(|need| need.export == kind))
}

fn line<'r>(report: &'r Report, rule: &Rule) -> &'r Coverage {
    let of_rule = |line: &&Coverage| line.code == rule.page.code;
    report
        .coverage
        .iter()
        .find(of_rule)
        .expect("every rule has a line")
}

/// Holds that no rule that needs the file passed on what was left of it, and that a problem names the rule.
fn assert_no_pass(files: &[File], file: &str, what: &str) {
    let report = check(files);
    let mut judged = 0;
    for rule in needing(file) {
        judged += 1;
        let line = line(&report, rule);
        assert!(
            matches!(line.outcome, Outcome::Failed | Outcome::NotEvaluated),
            "{what} of {file}: {line:?}\n{:#?}",
            report.problems
        );
        assert!(line.why.is_some(), "{what} of {file}: {line:?}");
        let by_problem = report
            .problems
            .iter()
            .any(|problem| problem.blinds.contains(&rule.page.code));
        // Of some damage a rule of the snapshot itself makes a finding about the export.
        let by_finding = report.findings.iter().any(|finding| {
            finding.category == "snapshot" && finding.message.contains("; this touches `")
        });
        assert!(
            by_problem || by_finding,
            "{what} of {file}: nothing says that it blinds {}: {:#?}",
            rule.page.code,
            report.problems
        );
    }
    assert!(judged > 0, "no rule needs {file}");
}

/// The text with the last place of a pattern replaced.
fn replace_last(text: &str, from: &str, to: &str) -> String {
    let at = text.rfind(from).unwrap_or_else(|| panic!("no `{from}`"));
    format!("{}{to}{}", &text[..at], &text[at + from.len()..])
}

#[test]
fn without_damage_the_rules_pass_on_fabrikam() {
    let report = check(&with("fabrikam", USERS, str::to_owned));
    for rule in needing(USERS).chain(needing(NUMBERS)) {
        assert_eq!(
            line(&report, rule).outcome,
            Outcome::Passed,
            "{:?}",
            line(&report, rule)
        );
    }
}

#[test]
fn truncation_at_any_place_is_never_a_pass() {
    for (tenant, places) in [("contoso", 20), ("fabrikam", 5)] {
        for file in [USERS, NUMBERS] {
            for place in 1..=places {
                let files = with_bytes(tenant, file, |bytes| {
                    bytes[..bytes.len() * place / (places + 1)].to_vec()
                });
                assert_no_pass(&files, file, &format!("{tenant}, {place}/{}", places + 1));
            }
            // Right behind a record, and before the last bracket.
            let behind = with(tenant, file, |text| {
                let end = text.find("\n  },").expect("two records");
                text[..end + 4].to_owned()
            });
            assert_no_pass(&behind, file, "behind a record");
            let unclosed = with(tenant, file, |text| replace_last(text, "]", ""));
            assert_no_pass(&unclosed, file, "without the last bracket");
        }
    }
}

#[test]
fn truncation_of_utf16_is_never_a_pass() {
    for file in [USERS, NUMBERS] {
        for cut in [1, 2, 3, 1_000, 10_001] {
            let files = with_bytes("fabrikam", file, |bytes| {
                let text = Encoding::detect(bytes).decode(bytes.to_vec()).text;
                let units = text.trim().encode_utf16().flat_map(u16::to_le_bytes);
                let mut stored: Vec<u8> = [0xFF, 0xFE].into_iter().chain(units).collect();
                stored.truncate(stored.len() - cut);
                stored
            });
            assert_no_pass(&files, file, &format!("UTF-16 without {cut} bytes"));
        }
    }
}

#[test]
fn one_lost_record_is_never_a_pass() {
    for tenant in TENANTS {
        for (file, key) in [
            (USERS, "\"Identity\": \""),
            (NUMBERS, "\"TelephoneNumber\": \"+"),
        ] {
            for (what, from, to) in [
                ("a stray", "\n  }\n]", "\n  },\n  \"@{Identity=x}\"\n]"),
                ("a lone surrogate", key, &format!("{key}\\ud800")),
                ("a comma too many", "\n  }\n]", "\n  },\n]"),
                (
                    "a key that is no text",
                    key,
                    &key.replace(": ", ": [] , \"x\": "),
                ),
            ] {
                let files = with(tenant, file, |text| replace_last(text, from, to));
                assert_no_pass(&files, file, &format!("{tenant}, {what}"));
            }
        }
        let files = with(tenant, USERS, |text| {
            replace_last(text, "\"Identity\": \"", "\"Identity\": \"x")
        });
        assert_no_pass(&files, USERS, "an id that is none");
    }
}

#[test]
fn a_second_file_that_is_lost_is_never_a_pass() {
    for file in [USERS, NUMBERS] {
        for content in [
            "<html>Sign in</html>",
            "[{",
            "\0\0\0",
            "[1]",
            "{\"value\":[{\"a",
        ] {
            let mut files = with("fabrikam", file, str::to_owned);
            files.push((format!("page-2/{file}"), content.as_bytes().to_vec()));
            assert_no_pass(&files, file, content);
        }
    }
}

#[test]
fn a_page_with_more_pages_is_never_a_pass() {
    for file in [USERS, NUMBERS] {
        let files = with("fabrikam", file, |text| {
            format!("{{\"@odata.nextLink\":\"https://graph.example\",\"value\":{text}}}")
        });
        assert_no_pass(&files, file, "a page");
    }
}

/// An export of users as a table, each row with the same three facts.
fn table(rows: &str) -> Vec<File> {
    let csv = format!(
        "Identity;UserPrincipalName;AccountType;LineUri;SoftDeletionTimestamp;TeamsUpgradeEffectiveMode\r\n{rows}"
    );
    vec![("Get-CsOnlineUser.csv".to_owned(), csv.into_bytes())]
}

#[test]
fn a_damaged_table_is_never_a_pass() {
    let good = "2713551e-ed63-415d-9175-fc4ff825a0be;a@contoso.example;User;tel:+14255550123;;TeamsOnly\r\n";
    let us001 = rules::find("US001").expect("the rule");
    assert_eq!(line(&check(&table(good)), us001).outcome, Outcome::Passed);
    for bad in [
        "3713551e-ed63-415d-9175-fc4ff825a0be;b@contoso.example;User;tel:+14255550124\r\n",
        "3713551e-ed63-415d-9175-fc4ff825a0be;b;@contoso.example;User;tel:+14255550124;;Islands\r\n",
        "3713551e-ed63-415d-9175-fc4ff825a0be;\"b@contoso.example;User;tel:+14255550124;;Islands\r\n",
        "3.71E+30;b@contoso.example;User;tel:+14255550124;;Islands\r\n",
        "3713551e-ed63",
    ] {
        let report = check(&table(&format!("{good}{bad}")));
        let line = line(&report, us001);
        assert_eq!(
            line.outcome,
            Outcome::NotEvaluated,
            "{bad}: {:#?}",
            report.problems
        );
        assert!(
            report
                .problems
                .iter()
                .any(|problem| problem.blinds.contains(&"US001")),
            "{bad}"
        );
    }
}

#[test]
fn only_lists_of_live_accounts_need_not_tell_who_is_deleted() {
    const ID: &str = "2713551e-ed63-415d-9175-fc4ff825a0be";
    let us001 = rules::find("US001").expect("the rule");
    let outcome = |id: &str| {
        let users = format!(
            "[{{{id},\"InterpretedUserType\":\"PureOnline\",\"EnterpriseVoiceEnabled\":true,\"TeamsUpgradeEffectiveMode\":\"TeamsOnly\"}}]"
        );
        let file = ("Get-CsOnlineUser.json".to_owned(), users.into_bytes());
        line(&check(&[file]), us001).outcome
    };
    assert_eq!(
        outcome(&format!("\"Identity\":\"{ID}\"")),
        Outcome::NotEvaluated
    );
    // Modules before 3.0 have an `ObjectId`, and did not list deleted accounts.
    assert_eq!(
        outcome(&format!(
            "\"Identity\":\"CN={ID},OU=x\",\"ObjectId\":\"{ID}\""
        )),
        Outcome::Passed
    );
}

#[test]
fn a_finding_in_a_table_points_at_its_cell() {
    let files = table(
        "2713551e-ed63-415d-9175-fc4ff825a0be;\"Zoë\r\n@contoso.example\";User;\"tel:+14255550123\";;\"Islands\"\r\n",
    );
    for (bom, bytes) in [
        (0, files[0].1.clone()),
        (3, [b"\xEF\xBB\xBF", files[0].1.as_slice()].concat()),
    ] {
        let report = check(&[(files[0].0.clone(), bytes)]);
        let [finding] = report.findings.as_slice() else {
            panic!("{:#?}", report.findings);
        };
        // Line 3 is `@contoso.example";User;"tel:+14255550123";;` and the cell. The header is 96 bytes with its line
        // end, the first line of the row 36, `;`, `"Zoë` of 5 bytes and the line end.
        let place = &finding.location;
        assert_eq!((place.start.line, place.start.column), (3, 44));
        assert_eq!((place.end.line, place.end.column), (3, 53));
        assert_eq!((place.span.start, place.span.len), (bom + 96 + 44 + 43, 9));
        let number = &finding.related[0];
        assert_eq!((number.start.line, number.start.column), (3, 24));
        assert_eq!(number.span.start, bom + 96 + 44 + 23);
    }
}
