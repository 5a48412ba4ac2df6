//! Tables: what is written by the rules of CSV is read as it was meant.

use tenantlint::snapshot::{Snapshot, load_by};
use tenantlint::source::Sources;

use super::report::{WINDOW, inputs};

/// Holds that a table of one name in each row has as many rows as were written, and those names.
///
/// The first byte says how it is laid out; the names behind it stand apart by U+001E, so that they may hold line breaks.
pub fn hold(data: &[u8]) {
    let Some((first, rest)) = data.split_first() else {
        return;
    };
    let text = String::from_utf8_lossy(rest);
    let names = text.split('\u{1e}').take(40);
    // What looks like something that a spreadsheet or PowerShell made is not taken for a name; behind a word it is one.
    let is_behind_a_word = *first & 0x80 != 0;
    let names: Vec<String> = names
        .map(|name| {
            if is_behind_a_word {
                format!("Op {name}")
            } else {
                name.to_owned()
            }
        })
        .collect();
    let table = table(*first, &names);
    for window in [WINDOW, Some(usize::from(*first) % 17 + 1), None] {
        let files = [("operators.csv".to_owned(), table.clone())];
        let mut sources = Sources::default();
        let snapshot = load_by(window, "tenant".to_owned(), 0, inputs(&files), &mut sources);
        assert_rows(&snapshot, &names, window);
    }
}

fn table(layout: u8, names: &[String]) -> Vec<u8> {
    let delimiter = [b',', b';', b'\t'][usize::from(layout % 3)];
    let is_set = |bit: u8| layout & (1 << bit) != 0;
    let mut bytes = Vec::new();
    if is_set(2) {
        bytes.extend("\u{feff}".as_bytes());
    }
    if is_set(3) {
        bytes.extend(b"#TYPE System.Management.Automation.PSCustomObject\r\n");
    }
    if is_set(4) {
        bytes.extend([&b"sep="[..], &[delimiter], b"\r\n"].concat());
    }
    let style = if is_set(5) {
        csv::QuoteStyle::Always
    } else {
        csv::QuoteStyle::Necessary
    };
    let terminator = if is_set(6) {
        csv::Terminator::CRLF
    } else {
        csv::Terminator::Any(b'\n')
    };
    let mut writer = csv::WriterBuilder::new()
        .delimiter(delimiter)
        .quote_style(style)
        .terminator(terminator)
        .from_writer(bytes);
    let mut write = |row: [&str; 3]| writer.write_record(row).expect("memory takes everything");
    write(["Name", "Status", "ConsentedCountries"]);
    for name in names {
        write([name, "Active", "FR,GB"]);
    }
    writer.into_inner().expect("memory takes everything")
}

fn assert_rows(snapshot: &Snapshot, names: &[String], window: Option<usize>) {
    let operators = &snapshot.records.operators;
    let problems = || {
        snapshot
            .problems
            .iter()
            .map(|problem| &problem.message)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        operators.len(),
        names.len(),
        "by {window:?}: {:?}",
        problems()
    );
    for (operator, name) in operators.iter().zip(names) {
        let read = operator
            .name
            .get()
            .map(|symbol| snapshot.texts.symbol(symbol));
        let status = operator
            .status
            .get()
            .map(|symbol| snapshot.texts.symbol(symbol));
        assert_eq!(status, Some("Active"), "by {window:?}: {name:?}");
        // Where ASCII lacks a letter there is a `?`, and nobody knows the name.
        let is_known = name.starts_with("Op ") && !name.contains('?');
        assert!(read.is_some() || !is_known, "by {window:?}: {name:?}");
        if let Some(read) = read {
            assert_eq!(read.trim(), name.trim(), "by {window:?}");
        }
    }
}
