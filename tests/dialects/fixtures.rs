//! Byte-exact exports as writers and accidents leave them, each with what must be read from it, and where.
//!
//! `tests/fixtures/dialects/<name>/expected.json` was written by hand; its lines, columns and offsets were found by
//! searching the bytes, without the tool.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use tenantlint::finding::{Place, Problem, Severity};
use tenantlint::snapshot::record::{Origin, Record};
use tenantlint::snapshot::service_plans::PlanClass;
use tenantlint::snapshot::{
    AssignmentTarget, ExportKind, Field, Input, PlanSet, PolicyName, Snapshot, Symbol, Text, Trail,
    load, locate, spellings_of,
};
use tenantlint::source::{LineIndex, Lines, Sources, Span};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    #[serde(rename = "about")]
    _about: String,
    records: std::collections::BTreeMap<String, u64>,
    fields: Vec<ExpectedField>,
    problems: Vec<ExpectedProblem>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedField {
    kind: String,
    record: usize,
    property: String,
    /// `absent`, null, or the value.
    state: Option<String>,
    file: Option<String>,
    line: Option<u64>,
    column: Option<u64>,
    byte: Option<u64>,
    length: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedProblem {
    severity: String,
    has: Vec<String>,
    file: Option<String>,
    line: Option<u64>,
    column: Option<u64>,
}

struct Fixture {
    name: String,
    snapshot: Snapshot,
    sources: Sources,
    expected: Expected,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/dialects")
}

fn fixtures() -> Vec<Fixture> {
    let mut names: Vec<String> = std::fs::read_dir(folder())
        .expect("the fixtures are there")
        .map(|entry| {
            entry
                .expect("listed")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    names.sort();
    names.into_iter().map(fixture).collect()
}

fn fixture(name: String) -> Fixture {
    let folder = folder().join(&name);
    let expected = std::fs::read(folder.join("expected.json")).expect("what is expected");
    let mut files: Vec<(String, Vec<u8>)> = std::fs::read_dir(&folder)
        .expect("the fixture is there")
        .map(|entry| {
            let path = entry.expect("listed").path();
            let name = path
                .file_name()
                .expect("a name")
                .to_string_lossy()
                .into_owned();
            (name, std::fs::read(path).expect("read"))
        })
        .filter(|(name, _)| name != "expected.json")
        .collect();
    files.sort();
    let inputs = files
        .into_iter()
        .map(|(shown, bytes)| Input::Memory { shown, bytes })
        .collect();
    let mut sources = Sources::default();
    Fixture {
        snapshot: load(name.clone(), 0, inputs, &mut sources),
        sources,
        expected: serde_json::from_slice(&expected).expect("JSON"),
        name,
    }
}

/// A field as `absent`, none, or a text, and the record that it belongs to.
fn state(snapshot: &Snapshot, wanted: &ExpectedField) -> (Option<String>, Origin) {
    let (records, texts) = (&snapshot.records, &snapshot.texts);
    let text = |field: Field<Text>| said(field, |text| texts.text(text).to_owned());
    let symbol = |field: Field<Symbol>| said(field, |symbol| texts.symbol(symbol).to_owned());
    let policy = |field: Field<PolicyName>| said(field, |name| texts.symbol(name.0).to_owned());
    let joined = |symbols: &[Symbol]| {
        let names: Vec<&str> = symbols.iter().map(|name| texts.symbol(*name)).collect();
        names.join(",")
    };
    let list = |field: &Field<Box<[Symbol]>>| said(field.clone(), |list| joined(&list));
    let id = |field: Field<tenantlint::snapshot::ObjectId>| said(field, |id| id.to_string());
    let number = wanted.record;
    let property = wanted.property.as_str();
    match wanted.kind.as_str() {
        "Get-CsOnlineUser" | "Graph users" => {
            let user = &records.users[number];
            let value = match property {
                "Identity" => id(user.id),
                "UserPrincipalName" => text(user.upn),
                "DisplayName" => text(user.display_name),
                "LineUri" => text(user.line_uri),
                "OnPremLineUri" => text(user.on_prem_line_uri),
                "EnterpriseVoiceEnabled" => said(user.enterprise_voice, |flag| flag.to_string()),
                "OnlineVoiceRoutingPolicy" => policy(user.voice_routing_policy),
                "TeamsUpgradeEffectiveMode" => symbol(user.upgrade_mode),
                "SoftDeletionTimestamp" => said(user.deleted, |_| "deleted".to_owned()),
                "WhenChanged" => said(user.changed, |moment| {
                    jiff::Timestamp::from_millisecond(moment.ms())
                        .expect("a moment")
                        .to_string()
                }),
                "AssignedPlan" => said(user.plans, phone),
                "TelephoneNumbers" => said(user.telephone_numbers, |list| {
                    texts.list(list).len().to_string()
                }),
                other => panic!("no accessor for {other}"),
            };
            (value, user.origin())
        }
        "Get-CsPhoneNumberAssignment"
        | "Export-CsAcquiredPhoneNumber"
        | "Graph numberAssignments" => {
            let record = &records.numbers[number];
            let value = match property {
                "TelephoneNumber" => text(record.number),
                "NumberType" => symbol(record.number_type),
                "PstnPartnerName" => symbol(record.partner_name),
                "Capability" => said(record.capabilities, |list| joined(texts.list(list))),
                "AssignedPstnTargetId" => said(record.target, |target| match target {
                    AssignmentTarget::Object(id) => id.to_string(),
                    _ => "another target".to_owned(),
                }),
                other => panic!("no accessor for {other}"),
            };
            (value, record.origin())
        }
        "Get-CsOnlinePstnUsage" => {
            let record = &records.pstn_usages[number];
            (list(&record.usages), record.origin())
        }
        "Get-CsOnlineVoiceRoutingPolicy" => {
            let record = &records.voice_routing_policies[number];
            let value = match property {
                "Identity" => policy(record.name),
                _ => list(&record.usages),
            };
            (value, record.origin())
        }
        "Get-CsOnlinePSTNGateway" => {
            let record = &records.gateways[number];
            (
                said(record.enabled, |flag| flag.to_string()),
                record.origin(),
            )
        }
        "Get-CsOnlineApplicationInstanceAssociation" => {
            let record = &records.associations[number];
            (id(record.app), record.origin())
        }
        other => panic!("no accessor for {other}"),
    }
}

fn said<T>(field: Field<T>, text: impl FnOnce(T) -> String) -> Option<String> {
    match field {
        Field::Absent => Some("absent".to_owned()),
        Field::Null => None,
        Field::Value(value) => Some(text(value)),
    }
}

fn phone(plans: PlanSet) -> String {
    let class = PlanClass::PhoneSystem;
    if plans.working.contains(class) {
        "Teams Phone works".to_owned()
    } else if plans.unsure.contains(class) {
        "Teams Phone open".to_owned()
    } else {
        "no Teams Phone".to_owned()
    }
}

impl Fixture {
    /// File, line, column, offset and length of a place.
    fn spot(&self, place: &Place) -> (String, u64, u64, u64, u32) {
        let csv = |id| {
            let file = self.snapshot.files.iter().find(|file| file.source == id);
            file.and_then(|file| file.csv.as_ref())
        };
        let lines = Lines::of(&self.sources);
        let found = locate(&lines, csv, place, &mut Trail::default());
        self.exact(found.expect("the source is in memory").0)
    }

    fn exact(&self, span: Span) -> (String, u64, u64, u64, u32) {
        let source = self.sources.get(span.source);
        let start = LineIndex::build(source)
            .and_then(|lines| lines.position(span.start))
            .expect("the source is in memory");
        (
            source.path.clone(),
            start.line,
            start.column,
            span.start,
            span.len,
        )
    }

    fn assert_fields(&self) {
        for field in &self.expected.fields {
            let what = format!("{}: {} {}", self.name, field.kind, field.property);
            let (state, origin) = state(&self.snapshot, field);
            assert_eq!(state, field.state, "{what}");
            let Some(file) = field.file.clone() else {
                continue;
            };
            let kind = ExportKind::from_name(&field.kind).expect("a kind");
            let place = Place {
                records: [origin.span].into(),
                field: spellings_of(kind.family(), &field.property),
                element: None,
            };
            let expected = (
                file,
                field.line.expect("a line"),
                field.column.expect("a column"),
                field.byte.expect("an offset"),
                field.length.expect("a length"),
            );
            assert_eq!(self.spot(&place), expected, "{what}");
        }
    }

    fn assert_problems(&self) {
        let mut left: Vec<&Problem> = self
            .snapshot
            .problems
            .iter()
            .filter(|problem| problem.place.is_some())
            .collect();
        for expected in &self.expected.problems {
            let severity = Severity::from_name(&expected.severity).expect("a severity");
            let found = left.iter().position(|problem| {
                let spot = problem.place.as_ref().map(|place| self.spot(place));
                problem.severity == severity
                    && expected
                        .has
                        .iter()
                        .all(|words| problem.message.contains(words))
                    && expected.file.as_ref().is_none_or(|file| {
                        spot.as_ref().is_some_and(|(path, line, column, ..)| {
                            path == file
                                && Some(*line) == expected.line
                                && Some(*column) == expected.column
                        })
                    })
            });
            let Some(found) = found else {
                let told: Vec<_> = left
                    .iter()
                    .map(|problem| {
                        let spot = problem.place.as_ref().map(|place| self.spot(place));
                        (problem.severity, &problem.message, spot)
                    })
                    .collect();
                panic!(
                    "{}: nobody says {} {:?} at {:?}:{:?}; said is {told:#?}",
                    self.name, expected.severity, expected.has, expected.line, expected.column
                );
            };
            left.remove(found);
        }
        assert!(left.is_empty(), "{}: nobody expects {left:#?}", self.name);
    }
}

#[test]
fn every_fixture_is_read_as_it_should_be() {
    let fixtures = fixtures();
    assert!(fixtures.len() >= 20, "{} fixtures", fixtures.len());
    for fixture in &fixtures {
        let records: std::collections::BTreeMap<String, u64> = fixture
            .snapshot
            .exports
            .iter()
            .map(|(kind, export)| (kind.name().to_owned(), export.records))
            .collect();
        assert_eq!(records, fixture.expected.records, "{}", fixture.name);
        fixture.assert_fields();
        fixture.assert_problems();
    }
}
