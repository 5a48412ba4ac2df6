//! What a check said, apart from where: the thing that dialects have to agree on.

use std::collections::{BTreeMap, BTreeSet};

use tenantlint::audit::audit;
use tenantlint::config::{Overrides, Policy};
use tenantlint::finding::Location;
use tenantlint::report::{Coverage, Report};
use tenantlint::rules;
use tenantlint::snapshot::{Input, Moment, load};
use tenantlint::source::Sources;
use tenantlint::tenant::build;

use super::json::Json;
use crate::audits::File;

/// A finding apart from its place and its words.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Verdict {
    pub(super) code: &'static str,
    pub(super) subject: String,
    /// Holds rule, subject, and discriminator.
    pub(super) fingerprint: String,
}

/// What is said of a verdict besides.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Said {
    pub(super) severity: &'static str,
    /// What its primary place shows.
    pub(super) shown: String,
}

/// A check.
#[derive(Debug)]
pub(super) struct Check {
    pub(super) findings: BTreeMap<Verdict, Said>,
    pub(super) coverage: BTreeMap<&'static str, Coverage>,
    pub(super) problems: Vec<String>,
    /// Codes of the rules that a problem names as blinded.
    pub(super) blinded: BTreeSet<&'static str>,
}

impl Check {
    /// Runs every rule there is, whatever its confidence.
    pub(super) fn of(files: &[File]) -> Self {
        let overrides = Overrides {
            select: Some(
                rules::all()
                    .iter()
                    .map(|rule| rule.page.name.to_owned())
                    .collect(),
            ),
            ..Overrides::default()
        };
        let mut policy = Policy::resolve(None, &overrides, rules::all()).expect("the rules exist");
        // What a loss costs one rule must not be mixed with what that makes another one say.
        policy.supersedes = false;
        let inputs = files
            .iter()
            .map(|(name, bytes)| Input::Memory {
                shown: name.clone(),
                bytes: bytes.clone(),
            })
            .collect();
        let mut sources = Sources::default();
        let tenant = build(load("tenant".to_owned(), 0, inputs, &mut sources));
        Self::read(&audit(&[tenant], &[], sources, rules::all(), &policy, None))
    }

    fn read(report: &Report) -> Self {
        let findings: BTreeMap<Verdict, Said> = report
            .findings
            .iter()
            .map(|finding| {
                let verdict = Verdict {
                    code: finding.code,
                    subject: finding.subject.id.clone(),
                    fingerprint: finding.fingerprint.to_string(),
                };
                let said = Said {
                    severity: finding.severity.name(),
                    shown: shown(report, &finding.location),
                };
                (verdict, said)
            })
            .collect();
        let mut seen = std::collections::BTreeMap::new();
        for finding in &report.findings {
            let other = seen.insert(finding.fingerprint, &finding.message);
            assert!(
                other.is_none(),
                "one fingerprint for `{}` and `{other:?}`",
                finding.message
            );
        }
        assert_eq!(
            findings.len(),
            report.findings.len(),
            "two findings with one fingerprint"
        );
        Self {
            findings,
            coverage: report
                .coverage
                .iter()
                .map(|line| (line.code, line.clone()))
                .collect(),
            problems: report
                .problems
                .iter()
                .map(|problem| problem.message.clone())
                .collect(),
            blinded: report
                .problems
                .iter()
                .flat_map(|problem| problem.blinds.iter().copied())
                .collect(),
        }
    }

    /// The findings of one rule.
    pub(super) fn of_rule(&self, code: &str) -> BTreeMap<&Verdict, &Said> {
        self.findings
            .iter()
            .filter(|(verdict, _)| verdict.code == code)
            .collect()
    }
}

/// Whether a rule speaks of the files and not of the tenant.
pub(super) fn is_of_the_snapshot(code: &str) -> bool {
    code.starts_with("SN")
}

/// The stored bytes of a place, decoded.
fn shown(report: &Report, location: &Location) -> String {
    let source = report.sources.get(location.span.source);
    source
        .read_text(location.span)
        .expect("a source can be read again")
}

/// What a shown text means, whatever the dialect: `None` for the beginning of a record, which shows no value.
pub(super) fn meaning(shown: &str) -> Option<String> {
    let text = shown.trim();
    // So long is a record only, never a value.
    if text.len() > 2000 {
        return None;
    }
    if matches!(text, "" | "{" | "\"" | "[") {
        return None;
    }
    let value = serde_json::from_str::<Json>(text).ok();
    let scalar = match &value {
        Some(Json::Map(_)) => return None,
        Some(Json::List(list)) => {
            let words: Vec<String> = list.iter().filter_map(Json::scalar).collect();
            words.join(";")
        }
        Some(scalar) => scalar.scalar().unwrap_or_default(),
        None => text.trim_matches('"').replace("\"\"", "\""),
    };
    let scalar = scalar.trim().to_lowercase();
    let bare = scalar.strip_prefix("tag:").unwrap_or(&scalar);
    // So a spreadsheet marks as text what looks like a number.
    let bare = bare.trim_start_matches(['=', '"', '\'']);
    let braces = bare.len() == 38 && bare.starts_with('{') && bare.ends_with('}');
    let bare = if braces { &bare[1..37] } else { bare };
    // A date of .NET is a number in its own wrapping, however the slashes are escaped.
    if bare.len() < 40
        && let Some((_, date)) = bare.split_once("date(")
    {
        return Some(date.trim_matches(|c: char| !c.is_ascii_digit()).to_owned());
    }
    // A number may be wrapped, and lack its plus.
    let digits = bare.trim_matches(|c: char| !c.is_ascii_digit());
    if digits.len() > 7
        && bare.len() < digits.len() + 8
        && digits.bytes().all(|byte| byte.is_ascii_digit())
    {
        return Some(digits.to_owned());
    }
    Some(match bare {
        "vrai" => "true".to_owned(),
        "faux" => "false".to_owned(),
        text => {
            Moment::parse(text).map_or_else(|| text.to_owned(), |moment| moment.ms().to_string())
        }
    })
}
