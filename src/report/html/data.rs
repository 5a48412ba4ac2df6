//! What the page's script reads: findings with their evidence, and the pages of their rules; packed with gzip.

use std::collections::BTreeMap;
use std::io::{self, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde::Serialize;

use super::shown;
use crate::finding::{Finding, Location, SubjectKind};
use crate::report::apart::{self, Scopes};
use crate::report::human::window::Window;
use crate::report::{Report, SnapshotSummary};
use crate::rules;

/// Places of a finding that are shown with their lines.
const PLACES: usize = 4;

/// Characters of a line that are shown.
const WIDTH: usize = 110;

/// All data of the page as base64 of gzip.
pub(super) fn packed(report: &Report) -> io::Result<String> {
    let scopes = Scopes::of(report);
    let name = |one: &SnapshotSummary| one.tenant_name.as_ref().unwrap_or(&one.path).clone();
    let tenants = apart::names(report, name, |one| one.path.clone());
    let data = DataV1 {
        tenants: tenants.iter().map(|name| shown(name)).collect(),
        findings: report
            .findings
            .iter()
            .map(|one| finding(report, &scopes, one))
            .collect(),
        rules: pages(report),
    };
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    serde_json::to_writer(&mut packer, &data)?;
    packer.flush()?;
    Ok(STANDARD.encode(packer.finish()?))
}

#[derive(Serialize)]
struct DataV1 {
    tenants: Vec<String>,
    findings: Vec<FindingV1>,
    rules: BTreeMap<&'static str, RuleV1>,
}

#[derive(Serialize)]
struct FindingV1 {
    id: String,
    /// What a link to it ends in: the fingerprint, made one that no other tenant's finding has.
    anchor: String,
    code: &'static str,
    category: &'static str,
    severity: &'static str,
    status: &'static str,
    reason: Option<String>,
    cause: Option<String>,
    message: String,
    subject: String,
    /// Who and what it can be grouped by; blank where it is about neither.
    user: String,
    number: String,
    operator: String,
    tenant: u32,
    places: Vec<PlaceV1>,
    more: usize,
    help: String,
    commands: Vec<String>,
}

#[derive(Serialize)]
struct PlaceV1 {
    path: String,
    line: u64,
    column: u64,
    label: String,
    /// The number of the first line, what stands before the marked part, the part, and what stands behind it.
    lines: Option<(u64, String, String, String)>,
}

#[derive(Serialize)]
struct RuleV1 {
    name: &'static str,
    title: &'static str,
    /// The page as HTML: the project's own text, not a tenant's.
    page: String,
}

fn finding(report: &Report, scopes: &Scopes, finding: &Finding) -> FindingV1 {
    let of = |kinds: &[SubjectKind]| {
        if kinds.contains(&finding.subject.kind) {
            shown(&finding.subject.name)
        } else {
            String::new()
        }
    };
    let places = std::iter::once(&finding.location).chain(&finding.related);
    FindingV1 {
        id: finding.fingerprint.to_string(),
        anchor: scopes
            .within(finding.snapshot, finding.fingerprint)
            .to_string(),
        code: finding.code,
        category: finding.category,
        severity: finding.severity.name(),
        status: finding.status.name(),
        reason: finding.reason.as_deref().map(shown),
        cause: finding.cause.as_deref().map(shown),
        message: shown(&finding.message),
        subject: shown(&finding.subject.name),
        user: of(&[SubjectKind::User, SubjectKind::ResourceAccount]),
        number: of(&[SubjectKind::Number]),
        operator: of(&[SubjectKind::Operator]),
        tenant: finding.snapshot,
        places: places.take(PLACES).map(|one| place(report, one)).collect(),
        more: (1 + finding.related.len()).saturating_sub(PLACES),
        help: shown(&finding.remedy.summary),
        commands: finding
            .remedy
            .commands
            .iter()
            .map(|one| shown(one))
            .collect(),
    }
}

fn place(report: &Report, location: &Location) -> PlaceV1 {
    let window = Window::open(&report.sources, &[location], WIDTH).ok();
    PlaceV1 {
        path: shown(report.path_of(location)),
        line: location.start.line,
        column: location.start.column,
        label: shown(&location.label),
        lines: window.and_then(|window| {
            let mark = window.marks.first()?.bytes.clone();
            let part = |bytes: std::ops::Range<usize>| window.text.get(bytes).map(str::to_owned);
            Some((
                window.first_line,
                part(0..mark.start)?,
                part(mark.clone())?,
                part(mark.end..window.text.len())?,
            ))
        }),
    }
}

/// The pages of all rules that found something.
fn pages(report: &Report) -> BTreeMap<&'static str, RuleV1> {
    let mut pages = BTreeMap::new();
    for finding in &report.findings {
        if pages.contains_key(finding.code) {
            continue;
        }
        let Some(rule) = rules::find(finding.code) else {
            continue;
        };
        let page = &rule.page;
        // The examples are for those who write rules.
        let sections = ["What it checks", "Why it matters", "Remedy", "Limits"];
        let texts = sections.map(|title| format!("#### {title}\n{}\n", page.section(title)));
        let text = texts.concat();
        let mut html = String::new();
        pulldown_cmark::html::push_html(&mut html, pulldown_cmark::Parser::new(&text));
        pages.insert(
            page.code,
            RuleV1 {
                name: page.name,
                title: page.title,
                page: html,
            },
        );
    }
    pages
}
