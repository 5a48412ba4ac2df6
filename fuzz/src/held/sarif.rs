//! Hostile names: every format of a report, read back by a parser of that format.

use serde_json::{Value, json};
use tenantlint::report::{
    Report, azure, csv, github, gitlab, html, junit, markdown, ndjson, sarif,
};

use super::files::File;
use super::report::{self, WINDOW, check, in_json, written};

/// Holds that names do nothing in any format. They stand apart by U+001E.
pub fn hold_names(names: &[&str]) {
    let report = check(&tenant_of(names), WINDOW);
    report::hold(&report, "hostile names");
    for target in [sarif::Target::Generic, sarif::Target::Github] {
        read_json(&written(|out| sarif::write(&report, target, None, out)));
    }
    read_json(&written(|out| gitlab::write(&report, out)));
    for line in written(|out| ndjson::write(&report, out)).lines() {
        read_json(line);
    }
    read_names(&report, names);
    hold_junit(&written(|out| junit::write(&report, out)));
    hold_table(&written(|out| csv::write(&report, out)));
    hold_github(&written(|out| github::write(&report, out)));
    hold_azure(&written(|out| azure::write(&report, out)));
    hold_markdown(&written(|out| markdown::write(&report, out)));
    hold_html(&written(|out| html::write(&report, out)));
}

/// As [`hold_names`], from bytes.
pub fn hold(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    hold_names(&text.split('\u{1e}').collect::<Vec<_>>());
}

/// A tenant in which everything has one of these names: its files, its accounts, what they are granted, and the rest.
pub fn tenant_of(names: &[&str]) -> Vec<File> {
    let name = |index: usize| {
        names
            .get(index % names.len().max(1))
            .copied()
            .unwrap_or_default()
    };
    let id = "00000000-0000-4000-8000-000000000001";
    let files = [
        (
            "Get-CsOnlineUser",
            json!([{
                "Identity": id, "UserPrincipalName": name(0), "DisplayName": name(1), "AccountType": "User",
                "TeamsUpgradeEffectiveMode": "Islands", "LineUri": "tel:+12065550101", "SoftDeletionTimestamp": null,
                "EnterpriseVoiceEnabled": true, "OnlineVoiceRoutingPolicy": name(2), "UsageLocation": name(3),
                "HostingProvider": name(4), "UserValidationErrors": [name(5)],
            }]),
        ),
        (
            "operators",
            json!([{ "name": name(6), "status": "Suspended", "consentedCountries": [name(7)], "aliases": name(0) }]),
        ),
        (
            "Get-CsPhoneNumberAssignment",
            json!([
                { "TelephoneNumber": "+12065550102", "NumberType": "OperatorConnect", "AssignedPstnTargetId": id,
                  "PstnPartnerName": name(6), "City": name(1), "IsoCountryCode": "US" },
                { "TelephoneNumber": name(5), "NumberType": "DirectRouting", "AssignedPstnTargetId": name(2),
                  "PstnPartnerName": name(3), "Tag": [name(4)], "IsoCountryCode": name(7) },
            ]),
        ),
        (
            "Get-CsOnlineVoiceRoutingPolicy",
            json!([{ "Identity": format!("Tag:{}", name(2)), "OnlinePstnUsages": [name(3)] }]),
        ),
        (
            "Get-CsOnlineVoiceRoute",
            json!([{ "Identity": name(4), "NumberPattern": name(5), "OnlinePstnUsages": [name(3)],
                     "OnlinePstnGatewayList": [name(6)], "Priority": 0 }]),
        ),
        (
            "Get-CsOnlinePSTNGateway",
            json!([{ "Identity": name(6), "Fqdn": name(6), "Enabled": true }]),
        ),
        (
            "Get-CsOnlineApplicationInstance",
            json!([{ "ObjectId": "00000000-0000-4000-8000-000000000002", "UserPrincipalName": name(3),
                     "DisplayName": name(4), "ApplicationId": name(5), "PhoneNumber": name(0) }]),
        ),
        (
            "Get-CsCallQueue",
            json!([{ "Identity": "00000000-0000-4000-8000-000000000003", "Name": name(1), "ApplicationInstances": [name(2)] }]),
        ),
        (
            "manifest",
            json!({ "tenantName": name(7), "tenantId": id, "exports": [] }),
        ),
    ];
    let mut files: Vec<File> = files
        .into_iter()
        .map(|(file, records)| (format!("{file}.json"), records.to_string().into_bytes()))
        .collect();
    // A file that nothing is known about, called like that as well.
    files.push((name(1).to_owned(), name(0).as_bytes().to_vec()));
    files
}

fn read_json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// Holds that a reader of the JSON report gets the names as they are.
fn read_names(report: &Report, names: &[&str]) {
    let document = read_json(&in_json(report));
    let findings = document["findings"].as_array().map_or(0, Vec::len);
    assert_eq!(findings, report.findings.len());
    let name = names
        .get(7 % names.len().max(1))
        .copied()
        .unwrap_or_default();
    if let Some(told) = document["snapshots"][0]["tenantName"].as_str() {
        assert_eq!(told.trim(), name.trim());
    }
}

fn hold_junit(text: &str) {
    let document =
        roxmltree::Document::parse(text).unwrap_or_else(|error| panic!("{error}: {text}"));
    let known = [
        "testsuites",
        "testsuite",
        "properties",
        "property",
        "testcase",
        "error",
        "failure",
        "skipped",
        "system-out",
    ];
    for node in document.descendants().filter(roxmltree::Node::is_element) {
        assert!(known.contains(&node.tag_name().name()), "{node:?}");
    }
}

fn hold_table(text: &str) {
    let mut table = ::csv::ReaderBuilder::new().from_reader(text.as_bytes());
    for row in table.records() {
        // A row that is longer or shorter is refused.
        let row = row.expect("the table is one");
        let formula = |cell: &&str| cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
        assert_eq!(row.iter().find(formula), None);
    }
}

fn hold_github(text: &str) {
    for line in text.lines() {
        let own = ["::error ", "::warning ", "::notice "];
        let counts = ["Found ", "Nothing was checked"];
        let mut all = own.iter().chain(&counts);
        let is_own = all.any(|own| line.starts_with(own));
        assert!(is_own, "{line:?}");
        assert!(!line.contains(|c: char| c.is_control()), "{line:?}");
    }
}

fn hold_azure(text: &str) {
    for line in text.lines() {
        let own = usize::from(line.starts_with("##vso[task.logissue "));
        assert_eq!(line.matches("##").count(), own, "{line}");
    }
}

/// Tags that the Markdown report folds its parts with, and the comment that keeps the halves of an address apart.
const FOLDS: [&str; 9] = [
    "<details>",
    "</details>",
    "<summary>",
    "</summary>",
    "<b>",
    "</b>",
    "<code>",
    "</code>",
    "<!-- -->",
];

fn hold_markdown(text: &str) {
    use pulldown_cmark::{Event, Options, Parser, Tag};
    for event in Parser::new_ext(text, Options::all()) {
        match event {
            Event::Html(html) | Event::InlineHtml(html) => {
                // What is left of a line of HTML behind its own tags is text.
                let rest = FOLDS
                    .iter()
                    .fold(html.to_string(), |rest, tag| rest.replace(tag, ""));
                assert!(!rest.contains('<'), "{html}\n{text}");
            }
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                panic!("{dest_url}: {text}")
            }
            _ => {}
        }
    }
}

/// Tags of the HTML report outside of its scripts, sorted.
const TAGS: [&str; 40] = [
    "a",
    "b",
    "body",
    "button",
    "canvas",
    "code",
    "details",
    "div",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "head",
    "header",
    "html",
    "input",
    "label",
    "li",
    "main",
    "meta",
    "noscript",
    "option",
    "p",
    "pre",
    "script",
    "section",
    "select",
    "span",
    "style",
    "summary",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "title",
    "tr",
    "ul",
];

fn hold_html(text: &str) {
    let mut rest = text;
    let mut scripts = 0;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        let tag = rest.strip_prefix('/').unwrap_or(rest);
        let end = tag
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '!')
            .unwrap_or(tag.len());
        let tag = &tag[..end];
        assert!(
            tag == "!doctype" || TAGS.binary_search(&tag).is_ok(),
            "<{tag} in {text}"
        );
        // What stands in them is code and packed data.
        for raw in ["script", "style"] {
            if rest.starts_with(raw) {
                scripts += usize::from(raw == "script");
                let close = format!("</{raw}>");
                rest = rest.split_once(close.as_str()).expect("it is closed").1;
            }
        }
    }
    assert_eq!(scripts, 4);
    assert_eq!(text.matches("</script>").count(), 4);
}
