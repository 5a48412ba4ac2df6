//! Dialects that lose nothing: the same findings, fingerprints, grades and coverage, at places that show the same.

use std::io::Write;

use tenantlint::report::Report;

use super::json::{Json, compressed, ps7, ps51, quoted};
use super::{Export, is_hand_kept, ledger, reference, said, tenant, written};
use crate::audits::{File, check};

fn assert_same(files: &[File], dialect: &str) -> Report {
    let expected = reference();
    let report = check(files);
    assert!(
        report.problems.is_empty(),
        "{dialect}: {:#?}",
        report.problems
    );
    let (one, two) = (said(&expected), said(&report));
    let missing: Vec<_> = one.difference(&two).collect();
    let extra: Vec<_> = two.difference(&one).collect();
    assert!(
        missing.is_empty() && extra.is_empty(),
        "{dialect}: missing {missing:#?}, extra {extra:#?}"
    );
    let (mut one, mut two) = (ledger(&expected), ledger(&report));
    // The rules of the snapshot count its exports, which dialects split and join.
    one.retain(|code, _| !code.starts_with("SN"));
    two.retain(|code, _| !code.starts_with("SN"));
    assert_eq!(one, two, "{dialect}");
    report
}

/// Holds also that every finding points at the same value, which is JSON in both.
fn assert_same_places(files: &[File], dialect: &str) {
    let shown = |report: &Report| -> Vec<(String, Json)> {
        let mut shown: Vec<(String, Json)> = report
            .findings
            .iter()
            .map(|finding| {
                let span = finding.location.span;
                let text = report.sources.get(span.source).read_text(span);
                let value = serde_json::from_str(&text.expect("the source is in memory"));
                let key = format!("{} {}", finding.code, finding.fingerprint);
                let value = value.unwrap_or(Json::Text("no value".to_owned()));
                (key, bare(value))
            })
            .collect();
        shown.sort_by(|one, two| one.0.cmp(&two.0));
        shown
    };
    let report = assert_same(files, dialect);
    assert_eq!(shown(&reference()), shown(&report), "{dialect}");
}

/// A value without what a dialect may change in it: letter case and order of keys, spellings of dates.
fn bare(value: Json) -> Json {
    value.map_members(&mut |mut members| {
        for (key, value) in &mut members {
            key.make_ascii_lowercase();
            if matches!(value, Json::Text(text) if super::json::is_date(text) || text.starts_with("/Date(")) {
                *value = Json::Text("a date".to_owned());
            }
        }
        members.sort_by(|one, two| one.0.cmp(&two.0));
        Json::Object(members)
    })
}

fn utf16(text: &str, bom: bool, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
    let units = text.encode_utf16();
    let mark = bom.then_some(0xFEFF);
    mark.into_iter().chain(units).flat_map(unit).collect()
}

#[test]
fn parsing_and_writing_changes_nothing() {
    for (name, bytes) in crate::audits::sample("contoso") {
        let text = String::from_utf8(bytes).expect("UTF-8");
        assert_eq!(ps7(&Json::parse(&text)), text, "{name}");
    }
}

/// Writes a value as the bytes of a file.
type Writer = Box<dyn Fn(&Json) -> Vec<u8>>;

#[test]
fn writers_and_encodings() {
    let tenant = tenant();
    let dialects: Vec<(&str, Writer)> = vec![
        ("compress", Box::new(|value| compressed(value).into_bytes())),
        (
            "5.1, UTF-8 with BOM",
            Box::new(|value| format!("\u{FEFF}{}", ps51(value)).into_bytes()),
        ),
        (
            "5.1, >",
            Box::new(|value| utf16(&ps51(value), true, u16::to_le_bytes)),
        ),
        (
            "BigEndianUnicode",
            Box::new(|value| utf16(&ps7(value), true, u16::to_be_bytes)),
        ),
        (
            "UTF-16 LE without BOM",
            Box::new(|value| utf16(&compressed(value), false, u16::to_le_bytes)),
        ),
        (
            "UTF-16 BE without BOM",
            Box::new(|value| utf16(&ps7(value), false, u16::to_be_bytes)),
        ),
        (
            "CRLF",
            Box::new(|value| ps7(value).replace('\n', "\r\n").into_bytes()),
        ),
    ];
    for (dialect, write) in dialects {
        assert_same_places(&written(&tenant, write), dialect);
    }
}

/// The records of an export, and whether it is one that has records.
fn records_of(value: &Json) -> Vec<Json> {
    match value.get("value") {
        Some(records) => records.clone().records(),
        None => value.clone().records(),
    }
}

#[test]
fn shapes() {
    let tenant = tenant();
    let joined = |value: &Json, write: fn(&Json) -> String, between: &str| {
        let parts: Vec<String> = records_of(value).iter().map(write).collect();
        parts.join(between).into_bytes()
    };
    assert_same_places(
        &written(&tenant, |value| joined(value, compressed, "\n")),
        "NDJSON",
    );
    assert_same_places(
        &written(&tenant, |value| joined(value, ps7, "")),
        "documents one after another",
    );
    assert_same_places(
        &written(&tenant, |value| {
            let records = records_of(value);
            let count = Json::Number(i64::try_from(records.len()).expect("few records"));
            let wrapper = Json::Object(vec![
                ("value".to_owned(), Json::List(records)),
                ("Count".to_owned(), count),
            ]);
            format!("\u{FEFF}{}", ps51(&wrapper)).into_bytes()
        }),
        "5.1 wrapper",
    );
    assert_same_places(
        &written(&tenant, |value| {
            let pages: Vec<Json> = records_of(value)
                .chunks(7)
                .map(|page| {
                    let link = Json::Text("https://graph.contoso.example/next".to_owned());
                    Json::Object(vec![
                        ("@odata.nextLink".to_owned(), link),
                        ("value".to_owned(), Json::List(page.to_vec())),
                    ])
                })
                .chain([Json::Object(vec![(
                    "value".to_owned(),
                    Json::List(Vec::new()),
                )])])
                .collect();
            ps7(&Json::List(pages)).into_bytes()
        }),
        "a list of pages, the last without a link",
    );
    assert_same(
        &written(&tenant, |value| quoted(&compressed(value)).into_bytes()),
        "JSON in a JSON string",
    );
}

#[test]
fn files_and_containers() {
    let tenant = tenant();
    let whole = written(&tenant, |value| ps7(value).into_bytes());
    let mut pieces = Vec::new();
    for (name, value) in &tenant {
        if is_hand_kept(name) {
            pieces.push((name.clone(), ps7(value).into_bytes()));
            continue;
        }
        for (number, page) in records_of(value).chunks(7).enumerate() {
            let page = Json::List(page.to_vec());
            pieces.push((format!("{number} {name}"), compressed(&page).into_bytes()));
        }
    }
    assert_same_places(&pieces, "several files of one kind");

    let meaningless: Vec<File> = whole
        .iter()
        .enumerate()
        .map(|(number, (name, bytes))| {
            let kept = is_hand_kept(name);
            let name = if kept {
                name.clone()
            } else {
                format!("export ({number}).json")
            };
            (name, bytes.clone())
        })
        .collect();
    assert_same_places(&meaningless, "names that mean nothing");

    let bundle = Json::Object(
        tenant
            .iter()
            .map(|(name, value)| {
                let key = name.trim_end_matches(".json").to_owned();
                (key, Json::List(records_of(value)))
            })
            .collect(),
    );
    let bundle = vec![("tenant.json".to_owned(), ps7(&bundle).into_bytes())];
    assert_same_places(&bundle, "one bundle");

    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in &whole {
        let options = zip::write::SimpleFileOptions::default();
        zip.start_file(format!("exports/{name}"), options)
            .expect("a member");
        zip.write_all(bytes).expect("memory takes everything");
    }
    let bytes = zip.finish().expect("an archive").into_inner();
    assert_same_places(&[("tenant.zip".to_owned(), bytes)], "a zip archive");

    let gzipped: Vec<File> = whole
        .iter()
        .map(|(name, bytes)| {
            let mut gzip =
                flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
            gzip.write_all(bytes).expect("memory takes everything");
            (format!("{name}.gz"), gzip.finish().expect("a stream"))
        })
        .collect();
    assert_same_places(&gzipped, "gzip");
}

#[test]
fn spellings_of_keys_and_policies() {
    let tenant = tenant();
    let with_keys = |change: fn(&str) -> String| {
        written(&tenant, move |value| {
            let changed = value.clone().map_members(&mut |members| {
                Json::Object(
                    members
                        .into_iter()
                        .map(|(key, value)| (change(&key), value))
                        .collect(),
                )
            });
            ps7(&changed).into_bytes()
        })
    };
    assert_same_places(&with_keys(str::to_uppercase), "keys in upper case");
    assert_same_places(&with_keys(str::to_lowercase), "keys in lower case");
    let policies = |spell: fn(&str) -> String| {
        written(&tenant, move |value| {
            let changed = value.clone().map_members(&mut |members| {
                let is_policy = members.len() == 2 && members[0].0 == "Authority";
                match (is_policy, members.get(1)) {
                    (true, Some((_, Json::Text(name)))) => Json::Text(spell(name)),
                    _ => Json::Object(members),
                }
            });
            ps7(&changed).into_bytes()
        })
    };
    assert_same_places(&policies(str::to_owned), "policies as names");
    assert_same(
        &policies(|name| format!("Tag:{name}")),
        "policies with Tag:",
    );
}

/// A little generator of numbers that look random: the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) as usize % limit.max(1)
    }

    fn shuffle<T>(&mut self, list: &mut [T]) {
        for last in (1..list.len()).rev() {
            list.swap(last, self.below(last + 1));
        }
    }
}

#[test]
fn the_order_of_files_records_and_keys_never_matters() {
    for seed in 0..6 {
        let mut numbers = Numbers(seed);
        let mut tenant: Vec<Export> = tenant();
        for (_, value) in &mut tenant {
            let mut changed = value.clone().map_members(&mut |mut members| {
                // A wrapper is known by its keys, whatever their order.
                numbers.shuffle(&mut members);
                Json::Object(members)
            });
            if let Json::List(records) = &mut changed {
                numbers.shuffle(records);
            }
            *value = changed;
        }
        let mut files = written(&tenant, |value| ps7(value).into_bytes());
        numbers.shuffle(&mut files);
        assert_same_places(&files, &format!("shuffled by {seed}"));
    }
}

/// The cells of a table: scalars as they are, lists joined, policies by their name.
fn cell(value: Option<&Json>, words: [&str; 2]) -> String {
    match value {
        None | Some(Json::Null) => String::new(),
        Some(Json::Bool(flag)) => words[usize::from(*flag)].to_owned(),
        Some(Json::Number(number)) => number.to_string(),
        Some(Json::Text(text)) => text.clone(),
        Some(Json::List(elements)) => {
            let parts: Vec<String> = elements.iter().map(|one| cell(Some(one), words)).collect();
            parts.join(",")
        }
        Some(object @ Json::Object(_)) => cell(object.get("Name"), words),
    }
}

fn table(records: &[Json], columns: &[(&str, &str)], delimiter: char, words: [&str; 2]) -> String {
    let quote = |text: String| format!("\"{}\"", text.replace('"', "\"\""));
    let between = delimiter.to_string();
    let mut lines: Vec<String> = Vec::new();
    let header: Vec<String> = columns
        .iter()
        .map(|(_, name)| quote((*name).to_owned()))
        .collect();
    lines.push(header.join(&between));
    for record in records {
        let cells: Vec<String> = columns
            .iter()
            .map(|(key, _)| quote(cell(record.get(key), words)))
            .collect();
        lines.push(cells.join(&between));
    }
    lines.join("\r\n") + "\r\n"
}

/// Exports that a table can hold whole, with the columns that rules read.
const TABLES: [(&str, &[&str]); 4] = [
    (
        "Get-CsPhoneNumberAssignment.json",
        &[
            "TelephoneNumber",
            "OperatorId",
            "NumberType",
            "ActivationState",
            "AssignedPstnTargetId",
            "AssignmentCategory",
            "Capability",
            "NumberSource",
            "IsoCountryCode",
            "PstnAssignmentStatus",
            "PstnPartnerId",
            "PstnPartnerName",
        ],
    ),
    (
        "Get-CsPhoneNumberPolicyAssignment.json",
        &[
            "TelephoneNumber",
            "PolicyType",
            "PolicyName",
            "Authority",
            "AssignmentType",
        ],
    ),
    (
        "Get-CsOnlinePSTNGateway.json",
        &["Identity", "Fqdn", "SipSignalingPort", "Enabled"],
    ),
    (
        "Get-CsOnlineApplicationInstance.json",
        &[
            "ObjectId",
            "TenantId",
            "UserPrincipalName",
            "ApplicationId",
            "DisplayName",
            "PhoneNumber",
        ],
    ),
];

fn with_tables(write: impl Fn(&[Json], &[(&str, &str)]) -> Vec<u8>) -> Vec<File> {
    let tenant = tenant();
    written(&tenant, |value| ps7(value).into_bytes())
        .into_iter()
        .zip(&tenant)
        .map(
            |((name, bytes), (_, value))| match TABLES.iter().find(|(table, _)| *table == name) {
                None => (name, bytes),
                Some((_, columns)) => {
                    let columns: Vec<(&str, &str)> =
                        columns.iter().map(|column| (*column, *column)).collect();
                    let name = name.replace(".json", ".csv");
                    (name, write(&records_of(value), &columns))
                }
            },
        )
        .collect()
}

#[test]
fn tables() {
    let english = ["False", "True"];
    assert_same(
        &with_tables(|records, columns| table(records, columns, ',', english).into_bytes()),
        "Export-Csv of PowerShell 7",
    );
    assert_same(
        &with_tables(|records, columns| {
            let text = table(records, columns, ',', english);
            format!("\u{FEFF}#TYPE Selected.System.Object\r\n{text}").into_bytes()
        }),
        "Export-Csv of 5.1 with its type line",
    );
    assert_same(
        &with_tables(|records, columns| {
            let text = table(records, columns, ';', ["FAUX", "VRAI"]);
            format!("\u{FEFF}sep=;\r\n{text};;;\r\n")
                .replace(";;;\r\n", "\r\n")
                .into_bytes()
        }),
        "Excel in French",
    );
    assert_same(
        &with_tables(|records, columns| {
            table(records, columns, '\t', ["FALSCH", "WAHR"]).into_bytes()
        }),
        "tabs, in German",
    );
}

#[test]
fn the_bulk_list_of_numbers() {
    let columns = [
        ("TelephoneNumber", "TelephoneNumber"),
        ("OperatorId", "OperatorId"),
        ("NumberType", "NumberType"),
        ("ActivationState", "ActivationState"),
        ("AssignedPstnTargetId", "TargetId"),
        ("AssignmentCategory", "AssignmentCategory"),
        ("Capability", "AcquiredCapabilities"),
        ("NumberSource", "NumberSource"),
        ("IsoCountryCode", "IsoCountryCode"),
        ("PstnAssignmentStatus", "AssignmentStatus"),
        ("PstnPartnerName", "PartnerName"),
    ];
    let tenant = tenant();
    let files: Vec<File> = written(&tenant, |value| ps7(value).into_bytes())
        .into_iter()
        .zip(&tenant)
        .map(|((name, bytes), (_, value))| {
            if name.starts_with("Get-CsPhoneNumberAssignment") {
                let text = table(&records_of(value), &columns, ',', ["False", "True"]);
                ("acquired numbers.csv".to_owned(), text.into_bytes())
            } else if name.starts_with("manifest") {
                // It counts records of the cmdlet, which is not in this snapshot.
                let text = String::from_utf8(bytes).expect("UTF-8");
                let text = text.replace(
                    "\"Get-CsPhoneNumberAssignment\"",
                    "\"Export-CsAcquiredPhoneNumber\"",
                );
                (name, text.into_bytes())
            } else {
                (name, bytes)
            }
        })
        .collect();
    assert_same(&files, "the bulk list of numbers");
}
