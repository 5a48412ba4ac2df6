//! Small reports over exports in memory, for the tests of every format for people.

use super::{HumanOptions, write};
use crate::finding::{
    Confidence, Finding, Fingerprint, Location, Remedy, Severity, Status, Subject, SubjectKind,
};
use crate::report::{
    ActOutcome, ChangeKind, Coverage, ObjectChange, Outcome, Plan, PlanAct, PlanFinding, PlanNeed,
    PlanStep, PropertyChange, Report, ReportedProblem, SnapshotSummary, SourceSummary,
};
use crate::source::{LineIndex, Source, SourceId, Sources, Span, StoredOffsets};

pub(in crate::report) const USERS: &str = r#"[
  {
    "LineUri": "tel:+33199001201",
    "OnlineVoiceRoutingPolicy": { "Authority": "Tenant", "Name": "FR-Paris" },
    "DisplayName": "Marie"
  }
]
"#;

pub(in crate::report) const ROUTES: &str = r#"[
  {
    "Identity": "FR",
    "NumberPattern": "^\\+33[1-9]\\d{8}$",
    "OnlinePstnGatewayList": ["sbc1.contoso.example"]
  }
]
"#;

pub(in crate::report) const POLICY: &str = r#"{ "Authority": "Tenant", "Name": "FR-Paris" }"#;

pub(in crate::report) fn source(report: &mut Report, path: &str, bytes: &[u8]) -> SourceId {
    report.sources.add(Source::in_memory(path.into(), 0, bytes))
}

/// The stored place of the first occurrence of a text.
pub(in crate::report) fn find(
    report: &Report,
    source: SourceId,
    needle: &str,
    label: &'static str,
) -> Location {
    let stored = report.sources.get(source);
    let bytes = stored.read(0, stored.bytes as usize).unwrap();
    let text = stored.encoding.decode(bytes).text;
    let at = text.find(needle).unwrap();
    let mut offsets = StoredOffsets::new(&text, stored.encoding);
    let start = offsets.of(at);
    let end = offsets.of(at + needle.len());
    place(report, source, start, (end - start) as u32, label)
}

pub(in crate::report) fn place(
    report: &Report,
    source: SourceId,
    start: u64,
    len: u32,
    label: &'static str,
) -> Location {
    let span = Span { source, len, start };
    let index = LineIndex::build(report.sources.get(source)).unwrap();
    Location {
        span,
        start: index.position(span.start).unwrap(),
        end: index.position(span.end()).unwrap(),
        label: label.into(),
    }
}

pub(crate) fn finding(message: &str, location: Location) -> Finding {
    Finding {
        rule: "stale-pstn-usage",
        code: "OC001",
        category: "operator-connect",
        severity: Severity::Error,
        confidence: Confidence::High,
        message: message.into(),
        subject: Subject::new(SubjectKind::Number, "+33199001201", "+33199001201"),
        snapshot: 0,
        location,
        related: Vec::new(),
        remedy: Remedy::default(),
        fingerprint: Fingerprint([0; 16]),
        status: Status::Open,
        reason: None,
        cause: None,
    }
}

pub(in crate::report) fn coverage(code: &'static str, outcome: Outcome, examined: u64) -> Coverage {
    Coverage {
        snapshot: 0,
        rule: "stale-pstn-usage",
        code,
        outcome,
        examined,
        findings: 0,
        unknown: 0,
        undecided: None,
        superseded: 0,
        partial: false,
        in_doubt: false,
        lacks: std::collections::BTreeSet::new(),
        why: None,
    }
}

pub(in crate::report) fn report() -> Report {
    Report {
        rule_set: "0".into(),
        as_of: "2026-09-14T06:00:00Z".into(),
        snapshots: vec![SnapshotSummary {
            path: "contoso".into(),
            tenant_id: None,
            tenant_name: Some("Contoso".into()),
            exported_at: Some("2026-09-14T05:30:00Z".into()),
            digest: "blake3:0".into(),
            exports: std::collections::BTreeSet::new(),
            sources: vec![SourceSummary {
                path: "contoso/Get-CsOnlineUser.json".into(),
                export: Some("Get-CsOnlineUser"),
                records: 1214,
                bytes: 1,
                digest: "blake3:0".into(),
            }],
        }],
        rules: Vec::new(),
        findings: Vec::new(),
        coverage: Vec::new(),
        problems: Vec::new(),
        estate: Vec::new(),
        fixed: Vec::new(),
        drift: None,
        plan: None,
        silenced: Vec::new(),
        trend: Vec::new(),
        fails_from: Some(Severity::Error),
        project_file: None,
        redacted: false,
        salt: None,
        sources: Sources::default(),
    }
}

pub(in crate::report) fn options() -> HumanOptions {
    HumanOptions {
        color: false,
        width: 100,
        max_findings: None,
        quiet: true,
    }
}

pub(in crate::report) fn printed(report: &Report, options: HumanOptions) -> String {
    let mut out = Vec::new();
    write(report, &options, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

pub(in crate::report) fn two_files() -> Report {
    let mut report = report();
    let users = source(
        &mut report,
        "contoso/Get-CsOnlineUser.json",
        USERS.as_bytes(),
    );
    let routes = source(
        &mut report,
        "contoso/Get-CsOnlineVoiceRoute.json",
        ROUTES.as_bytes(),
    );
    let policy = find(&report, users, POLICY, "grants PSTN usage `FR-National`");
    let number = find(&report, users, "\"tel:+33199001201\"", "the number");
    let pattern = find(
        &report,
        routes,
        r#""^\\+33[1-9]\\d{8}$""#,
        "so `+33199001202` would leave over `sbc1.contoso.example`",
    );
    let mut finding = finding(
        "+33199001201 of marie@contoso.example still routes over Direct Routing",
        policy,
    );
    finding.related = vec![number, pattern];
    finding.remedy = Remedy {
        summary: "take the voice routing policy off the user".into(),
        commands: vec![
            "# check first that no other number needs it".into(),
            "Grant-CsOnlineVoiceRoutingPolicy -Identity 'marie@contoso.example' -PolicyName $null"
                .into(),
        ],
    };
    report.findings.push(finding);
    report
}

pub(in crate::report) fn many(count: usize) -> Report {
    let mut report = report();
    let file = source(&mut report, "a.json", b"[1]");
    for number in 0..count {
        let name = format!("user{number}@contoso.example");
        let mut finding = finding(
            &format!(
                "{name} holds +3319900120{} and still routes over Direct Routing",
                number % 10
            ),
            place(&report, file, 1, 1, ""),
        );
        finding.subject = Subject::new(SubjectKind::User, format!("id{number}"), name);
        report.findings.push(finding);
    }
    let mut other = finding(
        "`Zoë` is not in Teams Only mode",
        place(&report, file, 1, 1, ""),
    );
    (other.code, other.rule) = ("US001", "user-not-teams-only");
    (other.category, other.severity) = ("users", Severity::Warning);
    report.findings.push(other);
    report
}

/// Several snapshots, each with a finding that has the same fingerprint, a rule that could not run, one that could not
/// judge all of its subjects, and a problem that no file is to blame for.
pub(in crate::report) fn several(paths: &[&str]) -> Report {
    let mut report = many(0);
    let one = report.snapshots.remove(0);
    let finding = report.findings.remove(0);
    for (path, number) in paths.iter().zip(0..) {
        report.snapshots.push(SnapshotSummary {
            path: (*path).to_owned(),
            ..one.clone()
        });
        report.findings.push(Finding {
            snapshot: number,
            ..finding.clone()
        });
        let line = |code, outcome, unknown| Coverage {
            snapshot: number,
            rule: code,
            unknown,
            ..coverage(code, outcome, 4)
        };
        report.coverage.extend([
            line("OC001", Outcome::NotEvaluated, 0),
            line("OP001", Outcome::Passed, 2),
            line("RA001", Outcome::Passed, 0),
            line("US001", Outcome::Failed, 0),
        ]);
        report.problems.push(ReportedProblem {
            snapshot: number,
            severity: Severity::Warning,
            message: "something is odd".to_owned(),
            location: None,
            blinds: Vec::new(),
            untold: None,
        });
    }
    report
}

/// An act that is done, everything that it needs being met.
pub(in crate::report) fn act(change: &'static str, object: &str) -> PlanAct {
    PlanAct {
        change,
        object: object.into(),
        about: vec![0],
        outcome: ActOutcome::Done,
        needs: vec![need("the account is there", "met", "")],
        changes: vec![ObjectChange {
            kind: "user",
            name: object.into(),
            what: ChangeKind::Changed,
            properties: vec![PropertyChange {
                property: "LineUri",
                old: vec!["tel:+33199001201".into()],
                new: Vec::new(),
            }],
        }],
        commands: vec![format!(
            "Remove-CsPhoneNumberAssignment -Identity '{object}' -RemoveAll"
        )],
        undo: vec![format!("# give `{object}` its number again")],
        takes: false,
        irreversible: None,
        remarks: Vec::new(),
    }
}

pub(in crate::report) fn need(what: &str, met: &'static str, instead: &str) -> PlanNeed {
    PlanNeed {
        what: what.into(),
        met,
        severity: crate::finding::Severity::Error,
        instead: instead.into(),
    }
}

pub(in crate::report) fn step(number: u32, place: &Location, acts: Vec<PlanAct>) -> PlanStep {
    PlanStep {
        number,
        change: acts.first().map_or("wait-for-export", |act| act.change),
        location: place.clone(),
        assumed: false,
        missing: Vec::new(),
        acts,
        added: Vec::new(),
        removed: Vec::new(),
    }
}

/// A plan that has one of everything, in steps that stand at that place; whatever it names is called so.
pub(in crate::report) fn plan(place: &Location, name: &str) -> Plan {
    let found = |code, severity| PlanFinding {
        code,
        severity,
        subject: name.into(),
    };
    let mut first = step(1, place, vec![act("unassign-number", name)]);
    first.removed = vec![found("US001", Severity::Warning)];
    let mut refused = act("assign-number", &format!("+33199001207 to {name}"));
    refused.outcome = ActOutcome::Refused;
    refused.changes.clear();
    refused.undo.clear();
    refused.needs.extend([
        need(
            "`+33199001207` is free",
            "unmet",
            &format!("`{name}` has it"),
        ),
        need(
            "the location is validated",
            "unknown",
            "no export tells the addresses",
        ),
    ]);
    let mut deleted = act("delete-account", name);
    deleted.needs.push(need(
        &format!("`{name}` has no number"),
        "unmet",
        "it has `+33199001202`",
    ));
    deleted.undo.clear();
    deleted.irreversible = Some(format!("`{name}` can be restored for 30 days"));
    deleted.remarks = vec![format!("`{name}` loses its voicemail")];
    for what in [ChangeKind::Added, ChangeKind::Removed] {
        deleted.changes.push(ObjectChange {
            kind: "voice-route",
            name: name.into(),
            what,
            properties: Vec::new(),
        });
    }
    let mut last = step(4, place, vec![deleted]);
    last.assumed = true;
    last.added = vec![found("US006", Severity::Error)];
    Plan {
        paths: vec!["plan.toml".into()],
        steps: vec![
            first,
            step(2, place, vec![refused]),
            step(3, place, Vec::new()),
            last,
        ],
        unchanged: [112, 80, 40],
    }
}
