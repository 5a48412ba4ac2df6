//! CSV as `Export-Csv` and spreadsheets write it, of the exports that lose nothing by it.

use tenantlint::snapshot::ExportKind;

use super::json::Json;
use super::logical::{Export, Logical};
use super::powershell::seven;
use crate::audits::File;

/// How a CSV file is written.
#[derive(Clone, Copy)]
pub(super) struct Style {
    pub(super) delimiter: char,
    pub(super) bom: bool,
    pub(super) first_line: &'static str,
    pub(super) booleans: [&'static str; 2],
    pub(super) line_end: &'static str,
    pub(super) quote_all: bool,
    /// What a script puts between the elements of a list, where they do not hold it.
    pub(super) joints: [char; 3],
}

/// As PowerShell 7 writes it.
pub(super) const PLAIN: Style = Style {
    delimiter: ',',
    bom: false,
    first_line: "",
    booleans: ["True", "False"],
    line_end: "\r\n",
    quote_all: true,
    joints: [';', '|', ','],
};

/// Every style with its name.
pub(super) fn styles() -> Vec<(&'static str, Style)> {
    vec![
        ("commas", PLAIN),
        (
            "semicolons with sep= and a byte order mark",
            Style {
                delimiter: ';',
                bom: true,
                first_line: "sep=;\r\n",
                joints: [',', '|', ';'],
                ..PLAIN
            },
        ),
        (
            "tabs, as few quotes as can be",
            Style {
                delimiter: '\t',
                quote_all: false,
                line_end: "\n",
                ..PLAIN
            },
        ),
        (
            "5.1 with #TYPE",
            Style {
                first_line: "#TYPE Selected.System.Management.Automation.PSCustomObject\r\n",
                joints: ['|', ',', ';'],
                ..PLAIN
            },
        ),
        (
            "saved again from a French spreadsheet",
            Style {
                delimiter: ';',
                bom: true,
                booleans: ["VRAI", "FAUX"],
                quote_all: false,
                ..PLAIN
            },
        ),
    ]
}

/// Each export that CSV can hold as CSV, the others as PowerShell 7 writes them; and how many are CSV.
pub(super) fn tables(tenant: &Logical, style: &Style) -> (Vec<File>, usize) {
    let mut count = 0;
    let mut files = Vec::new();
    for export in &tenant.exports {
        match table(export, style) {
            Some(text) => {
                count += 1;
                files.push((format!("{}.csv", export.stem), text.into_bytes()));
            }
            None => files.push((export.file(), seven(&export.document()).into_bytes())),
        }
    }
    (files, count)
}

/// Numbers as spreadsheets and careful people leave them, with their name.
pub(super) fn spreadsheets(tenant: &Logical) -> Vec<(&'static str, Vec<File>)> {
    let numbers_as = |spell: &dyn Fn(&str) -> String| {
        let spelled = tenant.with(ExportKind::PhoneNumberAssignment, |export| {
            export.each(|mut record| {
                if let Some(number) = record.get("TelephoneNumber").and_then(Json::scalar) {
                    record.set("TelephoneNumber", Json::Text(spell(&number)));
                }
                record
            })
        });
        tables(&spelled, &PLAIN).0
    };
    vec![
        (
            "numbers without their plus",
            numbers_as(&|number| number.trim_start_matches('+').to_owned()),
        ),
        (
            "numbers as formulas",
            numbers_as(&|number| format!("=\"{number}\"")),
        ),
        (
            "numbers behind a quote",
            numbers_as(&|number| format!("'{number}")),
        ),
        (
            "numbers with blanks",
            numbers_as(&|number| format!("\u{a0}{number} ")),
        ),
    ]
}

/// The table of an export, if no cell loses anything and all records have the same columns.
fn table(export: &Export, style: &Style) -> Option<String> {
    let header: Vec<&String> = export
        .records
        .first()?
        .members()
        .iter()
        .map(|(key, _)| key)
        .collect();
    let mut rows = Vec::new();
    for record in &export.records {
        let keys: Vec<&String> = record.members().iter().map(|(key, _)| key).collect();
        if keys != header {
            return None;
        }
        let cells: Option<Vec<String>> = record
            .members()
            .iter()
            .map(|(key, value)| cell(key, value, style))
            .collect();
        rows.push(cells?);
    }
    Some(write(
        &header.iter().map(|key| (*key).clone()).collect::<Vec<_>>(),
        &rows,
        style,
    ))
}

/// Writes a table.
pub(super) fn write(header: &[String], rows: &[Vec<String>], style: &Style) -> String {
    let quoted = |cell: &String| {
        let special = |c: char| c == style.delimiter || matches!(c, '"' | '\r' | '\n');
        if style.quote_all || cell.contains(special) {
            format!("\"{}\"", cell.replace('"', "\"\""))
        } else {
            cell.clone()
        }
    };
    let mut text = String::from(if style.bom { "\u{feff}" } else { "" });
    text.push_str(style.first_line);
    for row in std::iter::once(header).chain(rows.iter().map(Vec::as_slice)) {
        let cells: Vec<String> = row.iter().map(quoted).collect();
        text.push_str(&cells.join(&style.delimiter.to_string()));
        text.push_str(style.line_end);
    }
    text
}

/// A value as a cell; `None` when something of it would be lost.
pub(super) fn cell(key: &str, value: &Json, style: &Style) -> Option<String> {
    match value {
        Json::Bool(flag) => Some(style.booleans[usize::from(!flag)].to_owned()),
        Json::List(list) => joined(list, style),
        // Where the configuration store keeps the object, which no rule asks.
        Json::Map(_) if key == "Key" || key == "ConfigMetadata" => {
            Some("System.Collections.Hashtable".to_owned())
        }
        Json::Map(_) => None,
        scalar => scalar.scalar(),
    }
}

fn joined(list: &[Json], style: &Style) -> Option<String> {
    let words: Option<Vec<&str>> = list
        .iter()
        .map(|value| match value {
            Json::Text(text) if !text.contains([',', ';', '|']) => Some(text.as_str()),
            _ => None,
        })
        .collect();
    let joint = style
        .joints
        .into_iter()
        .find(|joint| *joint != style.delimiter)?;
    Some(words?.join(&joint.to_string()))
}
