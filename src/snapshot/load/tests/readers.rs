//! Which reader a file gets, by its first character before its name; and JSON that is a text within JSON.

use super::{ID, Loaded, loaded, one};
use crate::finding::Severity::Error;
use crate::snapshot::ExportKind as K;

fn user(last: u32) -> String {
    format!(
        r#"{{"Identity":"{}{last}","LineUri":null}}"#,
        &ID[..ID.len() - 1]
    )
}

/// The text as a text within a list: one more layer of JSON within JSON.
fn wrapped(text: &str) -> String {
    serde_json::json!([text]).to_string()
}

fn users(loaded: &Loaded) -> usize {
    loaded.snapshot.records.users.len()
}

#[test]
fn json_that_breaks_off_is_json_whatever_the_file_is_called() {
    let text = format!("[{},{{\"Identity\":", user(1));
    for name in ["x.json", "x.csv", "x.tsv", "x.txt", "x"] {
        let loaded = one(name, &text);
        assert_eq!(users(&loaded), 1, "{name}");
        let (severity, message, _) = loaded.problem();
        assert_eq!(severity, Error, "{name}");
        assert!(message.contains("is no valid JSON"), "{name}: {message}");
        assert_eq!(loaded.proven(K::OnlineUser), Some(true), "{name}");
    }
}

#[test]
fn a_table_is_read_as_one_where_the_name_does_not_say_json() {
    let bare = format!("Identity,LineUri\r\n{ID},\r\n");
    let quoted = format!("\"Identity\",\"LineUri\"\r\n\"{ID}\",\"\"\r\n");
    for name in ["x.csv", "x.tsv", "x.txt", "x"] {
        for text in [&bare, &quoted] {
            let loaded = one(name, text);
            assert_eq!(users(loaded.no_problems()), 1, "{name}: {text}");
            assert!(loaded.snapshot.files[0].csv.is_some());
        }
    }
    for (text, what) in [(&bare, "is no valid JSON"), (&quoted, "is a text")] {
        let loaded = one("x.json", text);
        let message = loaded.problem().1;
        assert!(message.contains(what), "{message}");
    }
}

#[test]
fn a_text_that_holds_json_is_read_whatever_the_file_is_called() {
    let text = serde_json::json!(format!("[{}]", user(1))).to_string();
    for name in ["x.json", "x.txt", "x"] {
        let loaded = one(name, &text);
        assert_eq!(users(loaded.no_problems()), 1, "{name}");
    }
}

#[test]
fn the_id_of_an_order_is_told_as_that() {
    for name in ["x.json", "x.txt", "x", "numbers.csv", "x.tsv"] {
        for text in [ID.to_owned(), format!(" {ID}\r\n"), format!("\"{ID}\"")] {
            let loaded = one(name, &text);
            assert!(loaded.kinds().is_empty());
            let message = loaded.problem().1;
            assert!(
                message.contains("is the id of an export order"),
                "{name} {text}: {message}"
            );
        }
    }
    let nothing = one("x.json", "nothing");
    assert!(nothing.problem().1.contains("is no valid JSON"));
}

#[test]
fn json_within_json_is_read_twice_and_no_deeper() {
    let mut text = format!("[{}]", user(1));
    for (layers, read) in [(1, 1), (2, 1), (3, 0), (4, 0)] {
        text = wrapped(&text);
        let loaded = one("Get-CsOnlineUser.json", &text);
        assert_eq!(users(&loaded), read, "{layers}");
        let is_told = !loaded.snapshot.problems.is_empty();
        assert_eq!(is_told, read == 0, "{layers}: {:?}", loaded.messages());
    }
}

#[test]
fn what_stands_beside_json_within_json_is_read_and_told() {
    let inner = serde_json::json!(format!("[{}]", user(1))).to_string();
    let beside = |rest: &str| {
        loaded(&[(
            "Get-CsOnlineUser.json",
            format!("[{inner}{rest}").as_bytes(),
        )])
    };
    let both = beside(&format!(",{}]", user(2)));
    assert_eq!(users(both.no_problems()), 2);
    let broken = beside(",");
    assert_eq!(users(&broken), 1);
    assert!(
        broken.messages()[0].contains("is no valid JSON"),
        "{:?}",
        broken.messages()
    );
    assert_eq!(broken.proven(K::OnlineUser), Some(true));
    let stray = beside(",5]");
    assert_eq!(users(&stray), 1);
    let told = stray.messages();
    assert!(
        told.iter().any(|one| one.contains("that is no object")),
        "{told:?}"
    );
    assert_eq!(stray.proven(K::OnlineUser), Some(true));
}
