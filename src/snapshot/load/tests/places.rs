//! Places: lines, columns and byte offsets in every encoding, counted by hand.
//!
//! Lines and columns are those of the decoded text, from 1, a column for each Unicode scalar value; offsets are those
//! of the file as stored, byte order mark included.

use super::{ID, Loaded, loaded, utf16};
use crate::snapshot::ExportKind;
use crate::snapshot::record::Record;
use crate::source::{Encoding, Span};

const USERS: &str = "Get-CsOnlineUser.json";

/// Two lines: behind one blank a record, in it first a name of six characters.
fn users(name: &str, newline: &str) -> String {
    format!(
        r#"[{newline} {{"DisplayName":"{name}","LineUri":"tel:+14255550123","Identity":"{ID}"}}{newline}]"#
    )
}

fn record(loaded: &Loaded) -> Span {
    loaded.snapshot.records.users[0].origin().span
}

/// The places of the record and of its line URI: `(line, column, offset)` each.
fn places(bytes: &[u8]) -> [(u64, u64, u64); 2] {
    let loaded = loaded(&[(USERS, bytes)]);
    let record = record(&loaded);
    let (line, column, offset, text) = loaded.spot(record);
    assert!(text.starts_with("{\"DisplayName\":"), "{text}");
    assert!(text.ends_with(&format!("{ID}\"}}")), "{text}");
    let field = loaded.field(record, ExportKind::OnlineUser, "LineUri", None);
    assert_eq!(field.3, "\"tel:+14255550123\"");
    [(line, column, offset), (field.0, field.1, field.2)]
}

#[test]
fn utf8_with_accents_and_an_emoji_before_the_field() {
    // `[`, line feed and a blank are 3 bytes, `{"DisplayName":` is 15; the name with its quotes is 7 characters,
    // in UTF-8 11 bytes; `,"LineUri":` is 11.
    let text = users("Zoë \u{1F600}", "\n");
    assert_eq!(places(text.as_bytes()), [(2, 2, 3), (2, 35, 40)]);
    let with_bom = format!("\u{FEFF}{text}");
    assert_eq!(places(with_bom.as_bytes()), [(2, 2, 6), (2, 35, 43)]);
}

#[test]
fn a_carriage_return_is_a_byte_and_no_line() {
    let text = users("Zoë \u{1F600}", "\r\n");
    assert_eq!(places(text.as_bytes()), [(2, 2, 4), (2, 35, 41)]);
}

#[test]
fn utf16_counts_a_pair_as_one_column_and_four_bytes() {
    // 3 characters and the mark; then 15, then 8 units for the name, then 11: 37 units.
    let text = users("Zoë \u{1F600}", "\n");
    assert_eq!(places(&utf16(&text)), [(2, 2, 2 + 6), (2, 35, 2 + 74)]);
    let text = users("Zoë \u{1F600}", "\r\n");
    assert_eq!(places(&utf16(&text)), [(2, 2, 2 + 8), (2, 35, 2 + 76)]);
}

#[test]
fn utf16_big_endian_and_without_mark() {
    let text = users("Zoë Xy", "\r\n");
    let mut big = vec![0xFE, 0xFF];
    big.extend(text.encode_utf16().flat_map(u16::to_be_bytes));
    // Four characters and the mark; then 15 and 8 and 11.
    assert_eq!(places(&big), [(2, 2, 2 + 8), (2, 36, 2 + 76)]);
    assert_eq!(places(&big[2..]), [(2, 2, 8), (2, 36, 76)]);
    assert_eq!(places(&utf16(&text)[2..]), [(2, 2, 8), (2, 36, 76)]);
}

#[test]
fn windows_1252_has_one_byte_for_each_character() {
    let text = users("Zoë €", "\r\n");
    let bytes: Vec<u8> = text
        .chars()
        .map(|c| match c {
            '€' => 0x80,
            c => u8::try_from(u32::from(c)).unwrap(),
        })
        .collect();
    // The name with its quotes is 7 bytes.
    assert_eq!(places(&bytes), [(2, 2, 4), (2, 35, 37)]);
    let loaded = loaded(&[(USERS, &bytes)]);
    let source = loaded.sources.iter().next().unwrap().1;
    assert_eq!(source.encoding, Encoding::Windows1252);
    assert!(loaded.problem().1.contains("Windows-1252"));
    let name = loaded.snapshot.records.users[0].display_name.get().unwrap();
    assert_eq!(loaded.snapshot.texts.text(name), "Zoë €");
}

#[test]
fn only_a_line_feed_ends_a_line() {
    // U+2028, U+0085 and a lone carriage return are characters like others.
    let text = users("\u{2028}\u{85}a", "\r").replace("\r]", "\n]");
    // One line: `[`, CR, blank, then 15, then the name: 5 characters, 8 bytes with its quotes; then 11.
    assert_eq!(places(text.as_bytes()), [(1, 4, 3), (1, 35, 37)]);
}

#[test]
fn an_escape_has_the_length_of_its_spelling() {
    let text = users(r"\u00e9\ud83d\ude00\n", "\n");
    // The name with its quotes is 22 characters long.
    assert_eq!(places(text.as_bytes()), [(2, 2, 3), (2, 50, 51)]);
}

#[test]
fn a_compact_export_has_all_records_on_one_line() {
    let other = ID.replace('2', "3");
    let text = format!(
        r#"[{{"Identity":"{ID}","LineUri":null}},{{"Identity":"{other}","LineUri":"tel:+14255550123"}}]"#
    );
    let loaded = loaded(&[(USERS, text.as_bytes())]);
    let second = loaded.snapshot.records.users[1].origin().span;
    // `[` 1, `{"Identity":"…"` 50, `,"LineUri":` 11, `null}` 5, `,` 1.
    assert_eq!(second.start, 68);
    let found = loaded.field(second, ExportKind::OnlineUser, "LineUri", None);
    assert_eq!((found.0, found.1, found.2), (1, 130, 129));
}

#[test]
fn an_element_of_a_list_and_the_name_of_a_policy_have_places_of_their_own() {
    let text = r#"[{"Identity":"Tag:é","OnlinePstnUsages":["ä", "FR-National"]}]"#;
    let one = loaded(&[("Get-CsOnlineVoiceRoutingPolicy.json", text.as_bytes())]);
    let record = one.snapshot.records.voice_routing_policies[0].origin().span;
    let kind = ExportKind::OnlineVoiceRoutingPolicy;
    let spot = one.field(record, kind, "OnlinePstnUsages", Some(1));
    // `[{"Identity":` 13, `"Tag:é"` 7, `,"OnlinePstnUsages":[` 21, `"ä", ` 5: two of these have two bytes.
    assert_eq!(spot, (1, 47, 48, "\"FR-National\"".to_owned()));

    let text = format!(
        r#"[{{"Identity":"{ID}","OnlineVoiceRoutingPolicy":{{"Authority":"Tenant","Name":"FR"}},"LineUri":null}}]"#
    );
    let one = loaded(&[(USERS, text.as_bytes())]);
    let kind = ExportKind::OnlineUser;
    let spot = one.field(record_of(&one), kind, "OnlineVoiceRoutingPolicy", None);
    // `[` and `{"Identity":"…"` 51, `,"OnlineVoiceRoutingPolicy":` 28, `{"Authority":"Tenant","Name":` 29.
    assert_eq!(spot, (1, 109, 108, "\"FR\"".to_owned()));
}

fn record_of(loaded: &Loaded) -> Span {
    record(loaded)
}

#[test]
fn a_field_that_no_record_has_is_answered_by_the_first_character_of_the_record() {
    for bytes in [users("é", "\n").into_bytes(), utf16(&users("é", "\n"))] {
        let loaded = loaded(&[(USERS, &bytes)]);
        let spot = loaded.field(record(&loaded), ExportKind::OnlineUser, "City", None);
        assert_eq!((spot.0, spot.1, spot.3.as_str()), (2, 2, "{"));
    }
}

#[test]
fn records_of_every_shape_have_their_own_bytes() {
    let record = format!(r#"{{"Identity":"{ID}","LineUri":"é"}}"#);
    for (before, after) in [
        ("", ""),
        ("\n\t", "\r\n"),
        ("[", "]"),
        ("[[", "]]"),
        ("{\"value\":[", "],\"Count\":1}"),
        ("{ \"@odata.context\": \"é\", \"value\": ", " }"),
        ("null\n", ""),
    ] {
        let text = format!("{before}{record}{after}");
        let loaded = loaded(&[(USERS, text.as_bytes())]);
        let span = loaded
            .snapshot
            .records
            .users
            .first()
            .map(|user| user.origin().span);
        let Some(span) = span else {
            panic!("{text}: {:?}", loaded.messages());
        };
        assert_eq!(span.start, before.len() as u64, "{text}");
        assert_eq!(span.len as usize, record.len(), "{text}");
    }
}

#[test]
fn what_is_odd_within_a_text_is_at_the_text() {
    let route = r#"{\"Identity\":\"a\",\"NumberPattern\":\"^1\"}"#;
    for inner in [
        format!("[{route}, 5]"),
        format!(r#"{{\"value\":[{route}],\"value\":[{route}]}}"#),
        format!(r#"{{\"note\":5,\"users\":[],\"Get-CsOnlineVoiceRoute\":[{route}]}}"#),
        format!("[{}]", route.replace("\"a", "\"a\\\\ud83d")),
    ] {
        let text = format!("\n\n\"{inner}\"");
        let loaded = loaded(&[("x.json", text.as_bytes())]);
        for problem in &loaded.snapshot.problems {
            let spot = loaded.place(problem.place.as_ref().unwrap());
            assert_eq!((spot.0, spot.1), (3, 1), "{}", problem.message);
        }
        assert!(!loaded.snapshot.problems.is_empty(), "{text}");
        assert!(!loaded.snapshot.records.voice_routes.is_empty(), "{text}");
    }
}
