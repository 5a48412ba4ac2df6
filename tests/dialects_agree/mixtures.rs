//! The same facts told more than once: by the same tool twice, and by several tools.

use tenantlint::snapshot::ExportKind;

use super::damages::of_kind;
use super::logical::{Export, Logical};
use super::other_sources::{bulk, graph_numbers, graph_users, user_configurations};
use super::powershell::{compressed, five_one, seven};
use crate::audits::File;

/// Every mixture with its name.
pub(super) fn mixtures(tenant: &Logical) -> Vec<(&'static str, Vec<File>)> {
    let plain = tenant.plain();
    let with = |more: Vec<File>| plain.iter().cloned().chain(more).collect::<Vec<_>>();
    let numbers = of_kind(tenant, ExportKind::PhoneNumberAssignment);
    let users = of_kind(tenant, ExportKind::OnlineUser);
    let is_by_hand =
        |export: &&Export| matches!(export.kind, ExportKind::Manifest | ExportKind::Operators);
    let again = tenant.exports.iter().filter(|export| !is_by_hand(export));
    let again = again.map(|export| {
        (
            format!("{} (1).json", export.stem),
            five_one(&export.document()).into_bytes(),
        )
    });
    vec![
        ("everything twice", with(again.collect())),
        (
            "numbers by the cmdlet, the bulk CSV, and Graph",
            with(vec![bulk(numbers), graph_numbers(numbers)]),
        ),
        (
            "people by the cmdlet and by Graph",
            with(vec![graph_users(users, true), user_configurations(users)]),
        ),
        (
            "people by the cmdlet and by Graph without $select",
            with(vec![graph_users(users, false)]),
        ),
        ("pages that overlap", overlapping(tenant)),
    ]
}

/// Two files a kind, in two styles, that both hold the records in the middle.
fn overlapping(tenant: &Logical) -> Vec<File> {
    let mut files = Vec::new();
    for export in &tenant.exports {
        let third = export.records.len() / 3;
        if third == 0 {
            files.push((export.file(), seven(&export.document()).into_bytes()));
            continue;
        }
        let part = |from: usize, to: usize| Export {
            records: export.records[from..to].to_vec(),
            ..export.clone()
        };
        let (first, last) = (part(0, 2 * third), part(third, export.records.len()));
        files.push((
            format!("{}-1.json", export.stem),
            seven(&first.document()).into_bytes(),
        ));
        files.push((
            format!("{}-2.json", export.stem),
            compressed(&last.document()).into_bytes(),
        ));
    }
    files
}
