//! CSV: preambles, delimiters, quotes and ragged rows; cells have places of their own.

use super::{ID, loaded, one, utf16};
use crate::finding::Severity::Error;
use crate::snapshot::ExportKind as K;
use crate::snapshot::record::Record;

const USERS: &str = "Get-CsOnlineUser.csv";

/// Where the line URI of the first user is.
fn line_uri(bytes: &[u8]) -> super::Spot {
    let loaded = loaded(&[(USERS, bytes)]);
    loaded.no_problems();
    let record = loaded.snapshot.records.users[0].origin().span;
    loaded.field(record, K::OnlineUser, "LineUri", None)
}

#[test]
fn semicolons_and_a_byte_order_mark() {
    let text =
        format!("Identity;DisplayName;LineUri\r\n{ID};\"Zoë; \u{1F600}\";tel:+14255550123\r\n");
    let cell = "tel:+14255550123".to_owned();
    // The header is 30 bytes; then 36 and `;`, the quoted name of 8 characters and 12 bytes, `;`.
    assert_eq!(line_uri(text.as_bytes()), (2, 47, 80, cell.clone()));
    let with_bom = format!("\u{FEFF}{text}");
    assert_eq!(line_uri(with_bom.as_bytes()), (2, 47, 83, cell.clone()));
    // 30, 37, 9 and `;` as units: 30 + 37 + 9 + 1 behind the mark.
    assert_eq!(line_uri(&utf16(&text)), (2, 47, 2 + 2 * 77, cell));
}

#[test]
fn a_type_line_a_sep_line_and_blank_lines_come_before_the_header() {
    let table = format!("Identity,LineUri\r\n{ID},tel:+14255550123\r\n");
    for (preamble, line) in [
        (
            "#TYPE Selected.System.Management.Automation.PSCustomObject\r\n",
            3,
        ),
        ("\r\n \r\n", 4),
        ("sep=,\r\n", 3),
        ("#TYPE X\r\nsep=,\r\n\r\n", 5),
    ] {
        let spot = line_uri(format!("{preamble}{table}").as_bytes());
        let offset = preamble.len() as u64 + 18 + 37;
        assert_eq!(spot, (line, 38, offset, "tel:+14255550123".to_owned()));
    }
}

#[test]
fn a_cell_includes_its_quotes_and_may_hold_lines() {
    let text = format!(
        "Identity,Note,LineUri\r\n\"{ID}\",\"one\r\n\"\"two\"\", three\",\"tel:+14255550123\"\r\n"
    );
    // Line 3 is `""two"", three",` and then the cell.
    let offset = 23 + 38 + 1 + 6 + 16;
    assert_eq!(
        line_uri(text.as_bytes()),
        (3, 17, offset, "\"tel:+14255550123\"".to_owned())
    );
}

#[test]
fn a_quote_inside_a_cell_without_quotes_is_a_letter() {
    let text = format!("Identity,Title,LineUri\r\n{ID},5\" disk,tel:+14255550123\r\n");
    assert_eq!(line_uri(text.as_bytes()).3, "tel:+14255550123");
    let closed = format!("Identity,Title,LineUri\r\n{ID},\"a\"b\"c,tel:+14255550123\r\n");
    assert_eq!(line_uri(closed.as_bytes()).3, "tel:+14255550123");
}

#[test]
fn rows_that_excel_adds_are_nothing() {
    let text = format!("Identity,LineUri\r\n\r\n{ID},\r\n,\r\n,,,\r\n\" \",\r\n\r\n");
    assert_eq!(one(USERS, &text).no_problems().records(K::OnlineUser), 1);
}

#[test]
fn a_ragged_row_is_lost_with_its_place_and_the_rest_is_read() {
    for row in ["Zoë,a", "Zoë,a,b,c"] {
        let text = format!(
            "Identity,DisplayName,LineUri\r\n{ID},é,\r\n{row}\r\n{row}\r\n{},é,\r\n",
            ID.replace('2', "3")
        );
        let loaded = one(USERS, &text);
        assert_eq!(loaded.records(K::OnlineUser), 2);
        let (severity, message, spot) = loaded.problem();
        assert_eq!(
            (severity, spot.0, spot.1, spot.3.as_str()),
            (Error, 3, 1, "Z")
        );
        let cells = row.split(',').count();
        assert!(
            message.contains(&format!("the row has {cells} cells, the header 3")),
            "{message}"
        );
        assert!(message.contains("1 other record"), "{message}");
        assert_eq!(loaded.proven(K::OnlineUser), Some(true));
    }
}

#[test]
fn a_quote_that_nothing_closes_swallows_no_rows_in_silence() {
    for rest in [
        format!("{ID},\"tel:+1425\r\n"),
        format!("{ID},\"tel:+14255550123\r\n{ID},\r\n"),
        format!("{ID},x,\"tel:+14255550123\r\n{ID},\r\n"),
        format!("\"{}", &ID[..20]),
        format!("{ID},\""),
        format!("{ID},\"a\"\""),
    ] {
        let text = format!("Identity,LineUri\r\n{},\r\n{rest}", ID.replace('2', "3"));
        let loaded = one(USERS, &text);
        assert_eq!(loaded.records(K::OnlineUser), 1, "{rest}");
        let (severity, message, spot) = loaded.problem();
        assert_eq!((severity, spot.0, spot.1), (Error, 3, 1));
        assert!(
            message.contains("the file ends inside a quoted cell"),
            "{message}"
        );
        assert_eq!(loaded.proven(K::OnlineUser), Some(true));
    }
}

#[test]
fn a_type_name_in_a_cell_is_no_value() {
    let text = format!("Identity,FeatureTypes,LineUri\r\n{ID},System.String[],\r\n");
    let loaded = one(USERS, &text);
    assert!(loaded.snapshot.records.users[0].features.is_absent());
    assert!(loaded.problem().1.contains("1 of `FeatureTypes`"));
}

#[test]
fn the_bulk_export_of_numbers_has_its_own_names() {
    let text = format!(
        "TelephoneNumber;NumberType;AcquiredCapabilities;AssignmentStatus;TargetId;PartnerName;PlaceName;AcquisitionDate\r\n\
         =\"+14255550123\";OperatorConnect;UserAssignment,VoiceApplicationAssignment;UserAssigned;{ID};Northwind Telecom;Seattle;1/31/2023 9:32:28 AM\r\n"
    );
    let loaded = one("download (1).csv", &text);
    assert_eq!(
        loaded.no_problems().kinds(),
        ["Export-CsAcquiredPhoneNumber"]
    );
    let number = &loaded.snapshot.records.numbers[0];
    let symbol = |symbol| loaded.snapshot.texts.symbol(symbol);
    assert_eq!(
        number.partner_name.map(symbol).get(),
        Some("Northwind Telecom")
    );
    assert_eq!(number.status.map(symbol).get(), Some("UserAssigned"));
    assert!(number.target.value().is_some());
    assert!(number.partner_id.is_absent());
    let record = number.origin().span;
    let spot = loaded.field(record, K::AcquiredPhoneNumber, "AssignedPstnTargetId", None);
    assert_eq!(spot.3, ID);
    let spot = loaded.field(record, K::AcquiredPhoneNumber, "TelephoneNumber", None);
    assert_eq!(
        (spot.0, spot.1, spot.3.as_str()),
        (2, 1, "=\"+14255550123\"")
    );
}

#[test]
fn carriage_returns_alone_end_lines() {
    let text =
        format!("#TYPE Selected.X\r\"Identity\",\"LineUri\"\r\"{ID}\",\"tel:+14255550123\"\r");
    let spot = line_uri(text.as_bytes());
    assert_eq!(spot.3, "\"tel:+14255550123\"");
}

#[test]
fn a_table_behind_another_is_no_record() {
    let other = ID.replace('2', "3");
    let text = format!("Identity,LineUri\r\n{ID},\r\nIdentity,LineUri\r\n{other},\r\n");
    assert_eq!(one(USERS, &text).no_problems().records(K::OnlineUser), 2);
}
