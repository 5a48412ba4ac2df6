//! Dialects that lose nothing: findings, fingerprints, severities, coverage, and what the places show are the same.

use rayon::prelude::*;
use tenantlint::snapshot::ExportKind;

use super::bytes::{Code, gzipped, zipped, zstd};
use super::json::Json;
use super::logical::{Export, Frame, Logical};
use super::mixtures::mixtures;
use super::powershell::{ascii, compressed, dated, five_one, seven};
use super::shapes::shapes;
use super::shuffles::shuffled;
use super::spellings::spellings;
use super::tables::{spreadsheets, styles, tables};
use super::verdicts::{Check, meaning};
use crate::audits::{File, check, sample};

/// Dialects that do not agree yet, and why. One that agrees must leave the list.
const NOT_YET: &[(&str, &str)] = &[];

/// A way of writing a tenant.
pub(super) struct Dialect {
    pub(super) name: String,
    pub(super) files: Vec<File>,
}

fn dialect(name: impl Into<String>, files: Vec<File>) -> Dialect {
    Dialect {
        name: name.into(),
        files,
    }
}

/// The text of each file, stored in some encoding.
fn coded(files: &[File], code: Code) -> Vec<File> {
    files
        .iter()
        .map(|(name, bytes)| {
            let text = std::str::from_utf8(bytes).expect("UTF-8 until now");
            (name.clone(), code.encode(text))
        })
        .collect()
}

/// As Windows PowerShell 5.1 writes it.
fn old(tenant: &Logical) -> Vec<File> {
    tenant.write(|export| {
        let document = dated(export.document());
        (export.file(), five_one(&document).into_bytes())
    })
}

/// Names that say nothing of what is inside; an export without records needs its own.
fn nameless(files: Vec<File>) -> Vec<File> {
    files
        .into_iter()
        .enumerate()
        .map(|(at, (name, bytes))| {
            let ending = name.rsplit_once('.').expect("an ending").1.to_owned();
            let is_empty = bytes.len() < 5;
            // Routing policies of conferences have the very keys of those of calls: only their name tells.
            let is_like_another = name.contains("AudioConferencingRoutingPolicy");
            let name = if is_empty || is_like_another {
                name
            } else {
                format!("export ({at}).{ending}")
            };
            (name, bytes)
        })
        .collect()
}

/// Every dialect that loses nothing.
pub(super) fn dialects(tenant: &Logical) -> Vec<Dialect> {
    let plain = tenant.plain();
    let mut all = vec![
        dialect("PowerShell 7", plain.clone()),
        dialect(
            "-Compress",
            tenant.write(|export| (export.file(), compressed(&export.document()).into_bytes())),
        ),
        dialect("5.1", old(tenant)),
        dialect(
            "-EscapeHandling EscapeNonAscii",
            tenant.write(|export| {
                (
                    export.file(),
                    ascii(&seven(&export.document())).into_bytes(),
                )
            }),
        ),
        dialect("zstd", zstd(plain.clone())),
        dialect("in Windows-1252", in_windows_1252(&plain)),
        dialect("names that say nothing", nameless(plain.clone())),
        dialect("gzip", gzipped(plain.clone())),
        dialect("zip with folders", zipped(plain.clone())),
        dialect("zip of gzip of 5.1", zipped(gzipped(old(tenant)))),
    ];
    for code in Code::ALL {
        all.push(dialect(format!("7 in {code:?}"), coded(&plain, code)));
        all.push(dialect(
            format!("5.1 in {code:?}"),
            coded(&old(tenant), code),
        ));
    }
    for (name, files) in shapes(tenant) {
        all.push(dialect(
            format!("{name}, UTF-16"),
            coded(&files, Code::Utf16Le),
        ));
        all.push(dialect(name, files));
    }
    for (name, files) in mixtures(tenant) {
        all.push(dialect(name, files));
    }
    for (name, files) in spreadsheets(tenant) {
        all.push(dialect(name, files));
    }
    for (name, tenant) in spellings(tenant) {
        all.push(dialect(name, tenant.plain()));
    }
    for (name, style) in styles() {
        let (files, count) = tables(tenant, &style);
        assert!(count >= 5, "CSV with {name}: only {count} tables");
        all.push(dialect(
            format!("CSV with {name}, no names"),
            nameless(files.clone()),
        ));
        all.push(dialect(format!("CSV with {name}"), files));
    }
    all
}

/// The files whose letters have a byte each there, in Windows-1252.
fn in_windows_1252(files: &[File]) -> Vec<File> {
    files
        .iter()
        .map(|(name, bytes)| {
            let text = std::str::from_utf8(bytes).expect("UTF-8 until now");
            let (bytes, _, lossy) = encoding_rs::WINDOWS_1252.encode(text);
            let kept = if lossy {
                text.as_bytes().to_vec()
            } else {
                bytes.into_owned()
            };
            (name.clone(), kept)
        })
        .collect()
}

/// How two checks of one tenant differ; empty when they agree.
fn differences(reference: &Check, other: &Check) -> Vec<String> {
    let mut told = Vec::new();
    for (verdict, said) in &reference.findings {
        match other.findings.get(verdict) {
            None => told.push(format!("lost {} of {}", verdict.code, verdict.subject)),
            Some(now) => {
                if now.severity != said.severity {
                    told.push(format!(
                        "{} of {} is {} and was {}",
                        verdict.code, verdict.subject, now.severity, said.severity
                    ));
                }
                // JSON in a text has no places of its own: the text as a whole is shown.
                let whole = now.shown.starts_with("\"{") || now.shown.starts_with("\"[");
                if let (Some(one), Some(two)) = (meaning(&said.shown), meaning(&now.shown))
                    && one != two
                    && !(whole && two.contains(&one))
                    // A cell of CSV holds a list as one text, whose elements have no places.
                    && !two.split([';', ',', '|']).any(|element| element == one)
                    // Before module 3.0 plans are texts of XML.
                    && !two.contains("xmlvalueassignedplan")
                {
                    told.push(format!(
                        "{} of {} shows `{two}` and showed `{one}`",
                        verdict.code, verdict.subject
                    ));
                }
            }
        }
    }
    for verdict in other.findings.keys() {
        // An export that the dialect adds may hold more of a person than rules use.
        let is_of_export = verdict.code == "SN008";
        if !is_of_export && !reference.findings.contains_key(verdict) {
            told.push(format!("new {} of {}", verdict.code, verdict.subject));
        }
    }
    for (code, line) in &reference.coverage {
        let now = &other.coverage[code];
        // The rules of the snapshot itself count its exports, and a dialect may add some.
        if now != line && !code.starts_with("SN") {
            told.push(format!("coverage {now:?}, was {line:?}"));
        }
    }
    // Windows-1252 is a guess, and has to be called one.
    let odd = |problem: &&String| {
        !reference.problems.contains(problem) && !problem.contains("Windows-1252")
    };
    told.extend(other.problems.iter().filter(odd).take(5).cloned());
    told
}

/// Checks dialects against the tenant as it is committed, and the list of those that fail.
fn assert_agree(reference: &Check, dialects: Vec<Dialect>) {
    let wrong: Vec<String> = dialects
        .into_par_iter()
        .filter_map(|dialect| {
            let told = differences(reference, &Check::of(&dialect.files));
            let known = NOT_YET.iter().find(|(name, _)| *name == dialect.name);
            match (told.is_empty(), known) {
                (true, None) | (false, Some(_)) => None,
                (true, Some((name, _))) => Some(format!("{name} agrees: take it off NOT_YET")),
                (false, None) => Some(format!("{}:\n  {}", dialect.name, told.join("\n  "))),
            }
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_lossless_dialect_agrees() {
    let dialects = dialects(&Logical::contoso());
    for (name, _) in NOT_YET {
        let exists = dialects.iter().any(|dialect| dialect.name == *name);
        assert!(exists, "NOT_YET names {name}, which does not exist");
    }
    assert_agree(&Check::of(&sample("contoso")), dialects);
}

#[test]
fn no_order_of_files_records_or_keys_matters() {
    let tenant = Logical::contoso();
    let shuffles = (1..=6).map(|seed| dialect(format!("seed {seed}"), shuffled(&tenant, seed)));
    assert_agree(&Check::of(&sample("contoso")), shuffles.collect());
}

/// That there is nothing of a kind has to survive every shape too.
#[test]
fn an_export_without_records_stays_one() {
    let mut tenant = Logical::contoso();
    let kind = ExportKind::CallingLineIdentity;
    tenant.exports.retain(|export| export.kind != kind);
    tenant.exports.push(Export {
        stem: kind.name().to_owned(),
        kind,
        frame: Frame::Array,
        records: Vec::new(),
    });
    let reference = Check::of(&tenant.plain());
    let shapes = shapes(&tenant).into_iter();
    let shapes = shapes.map(|(name, files)| dialect(name, files));
    assert_agree(&reference, shapes.collect());
}

/// Proves that the comparison can fail.
#[test]
fn another_tenant_disagrees() {
    let tenant = Logical::contoso();
    let reference = Check::of(&sample("contoso"));
    let loud = check(&sample("contoso")).findings.len();
    assert!(loud > 10 && reference.findings.len() >= loud);
    let showing = reference.findings.values();
    let showing = showing.filter(|said| meaning(&said.shown).is_some());
    assert!(showing.count() > loud / 2, "too few places show a value");
    let other = tenant.each(|export| {
        export.each(|record| {
            record.map(&|value| match value {
                Json::Text(text) if text == "Islands" => Json::text("TeamsOnly"),
                other => other,
            })
        })
    });
    let files = other.write(|export| (export.file(), seven(&export.document()).into_bytes()));
    assert!(!differences(&reference, &Check::of(&files)).is_empty());
}
