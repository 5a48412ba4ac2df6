//! Damaged exports of every sort run through the whole program: no panic, valid reports, places that lie in the file.
//!
//! The damage is random but the same in every run: a failure names the seed that made it.

use rayon::prelude::*;
use serde_json::Value;
use tenantlint::report::Report;
use tenantlint::source::Encoding;

use crate::audits::{File, check, diff, in_all_formats, sample};
use crate::held;

/// Rounds over all files of both samples.
const ROUNDS: u64 = 22;

/// `SplitMix64`: a few lines, and the same numbers on every machine.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below the limit, which is not 0.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit as u64).expect("below a usize")
    }
}

/// What an export should never hold, and does.
const HOSTILE: [&[u8]; 24] = [
    b"\0",
    b"\x1b[2J",
    "\u{2028}".as_bytes(),
    "\u{202e}".as_bytes(),
    "\u{feff}".as_bytes(),
    "\u{1F600}".as_bytes(),
    br"\ud800",
    br"\udc00\ud800",
    br"\u0000",
    b"\xff",
    b"\xc3",
    b"\x80",
    b"]",
    b"}",
    b"[",
    b"{",
    b"\"",
    b"\\",
    b",",
    b"\r\n",
    b"null",
    b"1e999",
    b"-0",
    b"{\"value\":[",
];

/// Applies one piece of damage.
pub(crate) fn damage(bytes: &mut Vec<u8>, random: &mut Random) {
    let len = bytes.len().max(1);
    let at = random.below(len).min(bytes.len());
    let end = (at + random.below(200)).min(bytes.len());
    match random.below(9) {
        0 => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << random.below(8);
            }
        }
        1 => bytes.truncate(at),
        2 => {
            let slice = bytes[at..end].to_vec();
            bytes.splice(at..at, slice);
        }
        3 => {
            let other = random.below(len).min(bytes.len().saturating_sub(1));
            if at < bytes.len() {
                bytes.swap(at, other);
            }
        }
        4 => {
            bytes.drain(at..end);
        }
        5 => {
            let nested = [b"[", b"{\"a\":".as_slice()][random.below(2)].repeat(300);
            bytes.splice(at..at, nested);
        }
        6 => {
            // A value for another: what was text becomes a number, a list, an object.
            let value: &[u8] =
                [&b"7"[..], b"[]", b"{}", b"true", b"\"x\"", b"[null]"][random.below(6)];
            let colon = bytes[at..].iter().position(|byte| *byte == b':');
            if let Some(from) = colon.map(|colon| at + colon + 1) {
                let to = bytes[from..].iter().position(|byte| *byte == b',');
                let to = to.map_or(from, |to| from + to);
                bytes.splice(from..to, value.iter().copied());
            }
        }
        _ => {
            let hostile = HOSTILE[random.below(HOSTILE.len())];
            bytes.splice(at..at, hostile.iter().copied());
        }
    }
}

/// Keeps the first records of an export, so that a run is quick.
fn trimmed(name: &str, bytes: &[u8]) -> Vec<u8> {
    const KEPT: usize = 3;
    let text = Encoding::detect(bytes).decode(bytes.to_vec()).text;
    let mut export: Value = serde_json::from_str(&text).expect("a sample is JSON");
    if name == "manifest.json" {
        // Counts of the whole sample would blind every rule.
        export["exports"] = Value::Array(Vec::new());
    } else if let Some(records) = export.as_array_mut() {
        records.truncate(KEPT);
    } else if let Some(records) = export.get_mut("value").and_then(Value::as_array_mut) {
        records.truncate(KEPT);
    }
    serde_json::to_vec_pretty(&export).expect("values can be written")
}

/// Stores the text as Windows PowerShell would.
fn as_utf16(bytes: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(bytes);
    let units = text.encode_utf16().flat_map(u16::to_le_bytes);
    [0xFF, 0xFE].into_iter().chain(units).collect()
}

/// Turns an array of flat objects into CSV; other exports stay what they are.
fn as_csv(bytes: &[u8]) -> Option<Vec<u8>> {
    let Ok(Value::Array(records)) = serde_json::from_slice(bytes) else {
        return None;
    };
    let header: Vec<&String> = records.first()?.as_object()?.keys().collect();
    let mut table = String::from("\u{feff}");
    for name in &header {
        table.extend(["\"", name, "\";"]);
    }
    table += "end\r\n";
    for record in &records {
        for name in &header {
            let cell = match &record[name.as_str()] {
                Value::Null => String::new(),
                Value::String(text) => text.clone(),
                Value::Array(_) => "System.Object[]".to_owned(),
                other => other["Name"]
                    .as_str()
                    .map_or_else(|| other.to_string(), str::to_owned),
            };
            table.extend(["\"", &cell.replace('"', "\"\""), "\";"]);
        }
        table += "x\r\n";
    }
    Some(table.into_bytes())
}

/// Holds what the fuzzer holds every report to, and that each format can be written.
fn hold(report: &Report, what: &str) {
    held::report::hold(report, what);
    in_all_formats(report);
}

/// Damages one file of a snapshot; what was done follows from the seed alone.
fn damaged(files: &[File], index: usize, seed: u64) -> Vec<File> {
    let mut random = Random(seed);
    let mut files = files.to_vec();
    let (name, bytes) = &mut files[index];
    match random.below(4) {
        0 => *bytes = as_utf16(bytes),
        1 => {
            if let Some(table) = as_csv(bytes) {
                *bytes = table;
                name.truncate(name.len() - "json".len());
                name.push_str("csv");
            }
        }
        _ => {}
    }
    for _ in 0..=random.below(3) {
        damage(bytes, &mut random);
    }
    files
}

#[test]
fn random_damage_never_panics_and_every_report_holds() {
    let mut cases = 0;
    for tenant in ["contoso", "fabrikam"] {
        let files: Vec<File> = sample(tenant)
            .into_iter()
            .map(|(name, bytes)| {
                let bytes = trimmed(&name, &bytes);
                (name, bytes)
            })
            .collect();
        hold(&check(&files), tenant);
        let seeds: Vec<(usize, u64)> = (0..files.len())
            .flat_map(|index| (0..ROUNDS).map(move |round| (index, round << 8 | index as u64)))
            .collect();
        cases += seeds.len();
        seeds.into_par_iter().for_each(|(index, seed)| {
            let damaged = damaged(&files, index, seed);
            let what = format!("{tenant}/{}, seed {seed}", damaged[index].0);
            hold(&check(&damaged), &what);
            // A comparison looks at the same records again.
            if seed % 4 == 0 {
                hold(&diff(&files, &damaged), &what);
            }
        });
    }
    assert!(cases >= 1_000, "only {cases} cases");
}

/// Checks files as the program would find them, under names that tell nothing.
fn hold_file(name: &str, bytes: Vec<u8>) -> Report {
    let report = check(&[(name.to_owned(), bytes)]);
    hold(&report, name);
    assert!(!report.problems.is_empty(), "{name}: damage is told");
    report
}

#[test]
fn nesting_of_any_depth_is_told() {
    for unit in [
        "[",
        "{\"a\":",
        "{\"value\":[",
        "[{\"Identity\":[",
        "{\"Identity\":{\"Name\":",
    ] {
        let text = unit.repeat(100_000);
        hold_file("Get-CsOnlineUser.json", text.into_bytes());
        let record = format!(
            "[{{\"Identity\":\"2713551e-ed63-415d-9175-fc4ff825a0be\",\"LineUri\":{}}}]",
            unit.repeat(100_000)
        );
        hold_file("Get-CsOnlineUser.json", record.into_bytes());
    }
    let closed = format!(
        "[{{\"Identity\":\"2713551e-ed63-415d-9175-fc4ff825a0be\",\"LineUri\":{}{}}}]",
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    let report = hold_file("Get-CsOnlineUser.json", closed.into_bytes());
    assert!(
        report.problems[0].message.contains("recursion"),
        "{}",
        report.problems[0].message
    );
}

#[test]
fn one_value_of_five_megabytes_is_shown_short() {
    let long = "ö".repeat(2_500_000);
    for (field, value) in [("UserPrincipalName", "b"), ("LineUri", "c")] {
        let text = format!(
            "[{{\"Identity\":\"2713551e-ed63-415d-9175-fc4ff825a0be\",\"AccountType\":\"User\",\"EnterpriseVoiceEnabled\":true,\"TeamsUpgradeEffectiveMode\":\"Islands\",\"SoftDeletionTimestamp\":null,\"{field}\":\"{value}{long}\"}}]"
        );
        let report = check(&[("Get-CsOnlineUser.json".to_owned(), text.into_bytes())]);
        hold(&report, field);
        assert_eq!(report.findings.len(), 1, "{field}");
    }
    let cell = format!("Identity,LineUri\r\n\"{long}\r\n");
    hold_file("Get-CsOnlineUser.csv", cell.into_bytes());
    hold_file("Get-CsOnlineUser.json", format!("[\"{long}").into_bytes());
}

#[test]
fn a_hundred_thousand_distinct_keys_are_read() {
    let keys: Vec<String> = (0..100_000).map(|key| format!("\"k{key}\":null")).collect();
    let one_record = format!(
        "[{{\"Identity\":\"2713551e-ed63-415d-9175-fc4ff825a0be\",\"LineUri\":null,{}}}]",
        keys.join(",")
    );
    let report = check(&[("Get-CsOnlineUser.json".to_owned(), one_record.into_bytes())]);
    hold(&report, "one record");
    assert_eq!(report.snapshots[0].sources[0].records, 1);
    let unknown = hold_file("x.json", format!("[{{{}}}]", keys.join(",")).into_bytes());
    assert!(
        unknown.problems[0].message.len() < 300,
        "{}",
        unknown.problems[0].message
    );
    let header: Vec<String> = (0..100_000).map(|key| format!("k{key}")).collect();
    hold_file("x.csv", format!("{}\r\n", header.join(",")).into_bytes());
}

#[test]
fn bytes_that_mean_nothing_are_told() {
    let mut random = Random(1);
    let noise: Vec<u8> = (0..100_000)
        .map(|_| random.next().to_le_bytes()[0])
        .collect();
    for name in [
        "Get-CsOnlineUser.json",
        "Get-CsOnlineUser.csv",
        "x.txt",
        "x",
    ] {
        for len in [1, 2, 3, 64, 65, 100_000] {
            hold_file(name, vec![0; len]);
            let report = check(&[(name.to_owned(), noise[..len].to_vec())]);
            hold(&report, name);
            assert!(
                !report
                    .coverage
                    .iter()
                    .any(|line| line.outcome.name() == "passed"),
                "{name}, {len} bytes"
            );
        }
    }
}
