//! Numbers and people in the words of another tool, or mangled in a way that only they can be.

use std::collections::BTreeSet;

use tenantlint::snapshot::{ExportKind, spellings_of};

use super::damages::{Damage, damage, of_kind};
use super::logical::{Export, Logical};
use super::other_sources::{
    BULK_LACKS, GRAPH_LACKS, bulk, graph_numbers, graph_users, user_configurations,
};
use super::tables::{PLAIN, cell, write};
use crate::audits::File;

/// Numbers as a receipt, rounded, and from the other sources of numbers.
pub(super) fn numbers(tenant: &Logical, found: &BTreeSet<String>) -> Vec<Damage> {
    let kind = ExportKind::PhoneNumberAssignment;
    let export = of_kind(tenant, kind);
    let order = "\"7f3b2a51-5a0b-4f6c-9f0e-0a3f6f0d2c11\"";
    let receipt = r#"{"Id":"7f3b2a51-5a0b-4f6c-9f0e-0a3f6f0d2c11","CreatedAt":"2026-09-14T05:30:00Z","status":"Success","DownloadLinkExpiry":"2026-09-14T06:30:00Z","DownloadLink":"https://contoso.example/numbers"}"#;
    let instead = |name: &str, file: File| damage(tenant, name.to_owned(), kind, vec![file]);
    let lacking = |name: &str, file: File, lacks: &[&str]| {
        let damage = instead(name, file);
        damage.only(
            lacks
                .iter()
                .flat_map(|property| spellings_of(kind, property).to_vec())
                .collect(),
        )
    };
    vec![
        instead("order id", (export.file(), order.as_bytes().to_vec())),
        instead(
            "order receipt",
            (export.file(), receipt.as_bytes().to_vec()),
        ),
        instead(
            "every second number rounded",
            rounded(export, &|at, _| at % 2 == 0),
        ),
        instead("all numbers rounded", rounded(export, &|_, _| true)),
        instead(
            "the numbers with findings rounded",
            rounded(export, &|_, number| found.contains(number)),
        ),
        lacking("bulk CSV", bulk(export), BULK_LACKS),
        lacking(
            "Graph numberAssignments",
            graph_numbers(export),
            GRAPH_LACKS,
        ),
    ]
}

/// `+12065550109` as `1.20656E+10`, where the row and the number say so.
fn rounded(export: &Export, hits: &dyn Fn(usize, &str) -> bool) -> File {
    let header: Vec<String> = export.records[0]
        .members()
        .iter()
        .map(|(key, _)| key.clone())
        .collect();
    let rows: Vec<Vec<String>> = export
        .records
        .iter()
        .enumerate()
        .map(|(at, record)| {
            let cells = record.members().iter().map(|(key, value)| {
                let cell = cell(key, value, &PLAIN).unwrap_or_default();
                match (key.as_str(), cell.strip_prefix('+')) {
                    ("TelephoneNumber", Some(digits)) if hits(at, &cell) => {
                        let power = digits.len() - 1;
                        format!("{}.{}E+{power}", &digits[..1], &digits[1..6])
                    }
                    _ => cell,
                }
            });
            cells.collect()
        })
        .collect();
    (
        format!("{}.csv", export.stem),
        write(&header, &rows, &PLAIN).into_bytes(),
    )
}

/// People from Graph alone.
pub(super) fn users(tenant: &Logical) -> Vec<Damage> {
    let kind = ExportKind::OnlineUser;
    let export = of_kind(tenant, kind);
    let instead = |name: &str, files: Vec<File>| damage(tenant, name.to_owned(), kind, files);
    vec![
        instead(
            "Graph users without $select",
            vec![graph_users(export, false)],
        ),
        instead("Graph users with $select", vec![graph_users(export, true)]),
        instead(
            "Graph userConfigurations",
            vec![user_configurations(export)],
        ),
        instead(
            "Graph users and userConfigurations",
            vec![graph_users(export, true), user_configurations(export)],
        ),
    ]
}
