//! A small report that has one of everything, for the tests of the JSON formats: two snapshots, related places, each
//! status and outcome, problems with and without a place, names that try to be syntax, and a plan.

use crate::finding::{
    Confidence, Finding, Fingerprint, Location, Remedy, Severity, Status, Subject, SubjectKind,
};
use crate::report::{Coverage, Outcome, Report, ReportedProblem, SnapshotSummary, SourceSummary};
use crate::rules;
use crate::source::{LineIndex, Source, SourceId, Sources, Span};

pub(in crate::report) const TENANT: &str = "77fb2c0a-9f29-478f-bcd7-fb5e6967d9e8";
pub(in crate::report) const HOSTILE: &str = "\"]\n[evil](https://evil.example) {0} \u{1b}[2J\\";

const USERS: &str = "[\n  { \"UserPrincipalName\": \"zoë@contoso.example\",\n    \"OnlineVoiceRoutingPolicy\": \"FR-Paris\" }\n]\n";
const ROUTES: &str =
    "[{\"Identity\":\"FR-National\",\"NumberPattern\":\"^\\\\+33[1-9]\\\\d{8}$\"}]";

/// The report. Findings: open with two related places, excepted, baselined; and one in the second snapshot.
pub(in crate::report) fn report() -> Report {
    let mut sources = Sources::default();
    let users = sources.add(Source::in_memory(
        "contoso/Get-CsOnlineUser.json".into(),
        0,
        USERS.as_bytes(),
    ));
    let routes = sources.add(Source::in_memory(
        "/exports/my routes [1].json".into(),
        0,
        ROUTES.as_bytes(),
    ));
    let utf16: Vec<u8> = [0xFF, 0xFE]
        .into_iter()
        .chain(USERS.encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    let other = sources.add(Source::in_memory("fabrikam/users.json".into(), 1, &utf16));
    let policy = at(
        &sources,
        users,
        USERS,
        "\"FR-Paris\"",
        "grants PSTN usage `FR-National`",
    );
    let pattern = at(
        &sources,
        routes,
        ROUTES,
        "\"^\\\\+33[1-9]\\\\d{8}$\"",
        "so +33199001234 would leave [over] sbc1",
    );
    let silent = at(&sources, routes, ROUTES, "FR-National", "");
    let utf16_name = at(&sources, other, USERS, "zoë", HOSTILE);
    let plan_place = policy.clone();
    Report {
        rule_set: "blake3:rules".into(),
        as_of: "2026-09-14T05:30:00Z".into(),
        snapshots: vec![
            snapshot(&sources, 0, "contoso", Some(TENANT), Some("Contoso"), Some("2026-09-14T05:30:00Z")),
            snapshot(&sources, 1, "fabrikam", None, None, None),
        ],
        rules: ["stale-pstn-usage", "user-not-teams-only"]
            .into_iter()
            .filter_map(rules::find)
            .collect(),
        findings: vec![
            Finding {
                related: vec![pattern.clone(), silent],
                remedy: Remedy {
                    summary: "take the policy away".into(),
                    commands: vec!["Grant-CsOnlineVoiceRoutingPolicy -Identity 'zoë@contoso.example' -PolicyName $null".into()],
                },
                ..finding("+33199001201", "+33199001201", 0, policy.clone())
            },
            Finding {
                severity: Severity::Warning,
                status: Status::Excepted,
                reason: Some("stays until the lift is replaced".to_owned()),
                ..finding("+33199001202", "+33199001202", 0, policy)
            },
            Finding {
                severity: Severity::Info,
                status: Status::Baselined,
                ..finding("+33199001203", "+33199001203", 0, pattern.clone())
            },
            Finding {
                rule: "user-not-teams-only",
                code: "US001",
                category: "users",
                message: format!("{HOSTILE} is not in Teams Only mode"),
                subject: Subject::new(SubjectKind::User, HOSTILE, HOSTILE),
                ..finding("", "", 1, utf16_name)
            },
        ],
        coverage: vec![
            coverage(0, Outcome::Failed, 12, 3, None),
            coverage(0, Outcome::Off, 0, 0, None),
            coverage(1, Outcome::NotEvaluated, 0, 0, Some("needs `Get-CsOnlineVoiceRoute`")),
            coverage(1, Outcome::Failed, 1, 0, None),
        ],
        problems: vec![
            ReportedProblem {
                snapshot: 0,
                severity: Severity::Warning,
                message: "`my routes [1].json` has exactly 100 records".into(),
                location: Some(pattern),
                blinds: vec!["OC001"],
                untold: None,
            },
            ReportedProblem {
                snapshot: 1,
                severity: Severity::Error,
                message: "no file of `fabrikam` could be read".into(),
                location: None,
                blinds: vec![],
                untold: None,
            },
        ],
        estate: Vec::new(),
        fixed: vec![crate::report::Fixed {
            snapshot: 1,
            rule: "user-not-teams-only".to_owned(),
            subject: "b@contoso.example".to_owned(),
            fingerprint: "0123456789abcdef0123456789abcdef".to_owned(),
        }],
        drift: None,
        plan: Some(crate::report::human::samples::plan(&plan_place, HOSTILE)),
        silenced: Vec::new(),
        trend: Vec::new(),
        fails_from: Some(Severity::Error),
        project_file: None,
        redacted: false,
        salt: None,
        sources,
    }
}

/// The place of the first occurrence of `part`.
fn at(
    sources: &Sources,
    source: SourceId,
    text: &str,
    part: &str,
    label: &'static str,
) -> Location {
    let encoding = sources.get(source).encoding;
    let start = text.find(part).expect("the part is in the text");
    let span = Span {
        source,
        len: encoding.stored_len(part) as u32,
        start: encoding.bom_len() + encoding.stored_len(&text[..start]),
    };
    let lines = LineIndex::build(sources.get(source)).expect("in memory");
    Location {
        span,
        start: lines.position(span.start).expect("in memory"),
        end: lines.position(span.end()).expect("in memory"),
        label: label.into(),
    }
}

fn finding(id: &str, name: &str, snapshot: u32, location: Location) -> Finding {
    Finding {
        rule: "stale-pstn-usage",
        code: "OC001",
        category: "operator-connect",
        severity: Severity::Error,
        confidence: Confidence::High,
        message: format!("{name} still routes over Direct Routing"),
        subject: Subject::new(SubjectKind::Number, id, name),
        snapshot,
        location,
        related: vec![],
        remedy: Remedy::default(),
        fingerprint: Fingerprint::new("stale-pstn-usage", SubjectKind::Number, id, ""),
        status: Status::Open,
        reason: None,
        cause: None,
    }
}

fn snapshot(
    sources: &Sources,
    number: u32,
    path: &str,
    tenant_id: Option<&str>,
    tenant_name: Option<&str>,
    exported_at: Option<&str>,
) -> SnapshotSummary {
    SnapshotSummary {
        path: path.into(),
        tenant_id: tenant_id.map(Into::into),
        tenant_name: tenant_name.map(Into::into),
        exported_at: exported_at.map(Into::into),
        digest: format!("blake3:{}", "0a".repeat(32)),
        exports: std::collections::BTreeSet::new(),
        sources: sources
            .iter()
            .filter(|(_, source)| source.snapshot == number)
            .map(|(_, source)| SourceSummary {
                path: source.path.clone(),
                export: source.path.contains("Get-").then_some("Get-CsOnlineUser"),
                records: 1,
                bytes: source.bytes,
                digest: format!("blake3:{}", source.digest),
            })
            .collect(),
    }
}

/// The first line of a snapshot is about OC001, a line that is off or last about US001.
fn coverage(
    snapshot: u32,
    outcome: Outcome,
    examined: u64,
    findings: u64,
    why: Option<&str>,
) -> Coverage {
    let first = outcome == Outcome::NotEvaluated || findings > 0;
    Coverage {
        snapshot,
        rule: if first {
            "stale-pstn-usage"
        } else {
            "user-not-teams-only"
        },
        code: if first { "OC001" } else { "US001" },
        outcome,
        examined,
        findings,
        unknown: examined / 4,
        undecided: None,
        superseded: 0,
        partial: false,
        in_doubt: false,
        lacks: std::collections::BTreeSet::new(),
        why: why.map(Into::into),
    }
}
