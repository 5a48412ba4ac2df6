//! Damage: what breaks off, what is no record, what has no key. Always named with its place, never dropped in silence.

use super::{ID, Loaded, loaded, one, utf16};
use crate::finding::Severity::{Error, Info, Warning};
use crate::snapshot::ExportKind as K;

const USERS: &str = "Get-CsOnlineUser.json";

fn user(last: &str) -> String {
    format!(
        r#"{{"Identity":"{}{last}","LineUri":null}}"#,
        &ID[..ID.len() - 1]
    )
}

fn assert_blind(loaded: &Loaded) {
    assert_eq!(loaded.proven(K::OnlineUser), Some(true));
    let blinded = |problem: &crate::finding::Problem| problem.exports == ["Get-CsOnlineUser"];
    assert!(loaded.snapshot.problems.iter().any(blinded));
}

#[test]
fn an_array_that_breaks_inside_a_record_keeps_the_records_before() {
    let text = format!(
        "[\n {},\n {},\n {{\"Identity\": oops}}\n]",
        user("1"),
        user("2")
    );
    let loaded = one(USERS, &text);
    assert_eq!(loaded.records(K::OnlineUser), 2);
    let (severity, message, spot) = loaded.problem();
    assert_eq!(severity, Error);
    assert_eq!(
        message,
        "`Get-CsOnlineUser.json` is no valid JSON: expected value; 2 records before this place were kept, the rest is lost"
    );
    // Each user is 66 bytes long, its line 69; ` {"Identity": ` is 14.
    assert_eq!(spot, (4, 15, 2 + 2 * 69 + 14, "o".to_owned()));
    assert_blind(&loaded);
}

#[test]
fn an_array_that_ends_early_says_so_at_its_end() {
    let text = format!("[\n {},\n {{\"Ident", user("1"));
    for (bytes, end) in [
        (text.clone().into_bytes(), text.len()),
        (utf16(&text), 2 + 2 * text.len()),
    ] {
        let loaded = loaded(&[(USERS, &bytes)]);
        assert_eq!(loaded.records(K::OnlineUser), 1);
        let (severity, message, spot) = loaded.problem();
        assert_eq!(severity, Error);
        assert!(
            message.contains("the file ends inside a string"),
            "{message}"
        );
        assert!(
            message.contains("1 record before this place was kept"),
            "{message}"
        );
        // The last character there is.
        assert_eq!((spot.0, spot.1), (3, 8));
        assert_eq!(spot.2, end as u64 - bytes.len() as u64 / text.len() as u64);
        assert_blind(&loaded);
    }
}

#[test]
fn a_graph_page_that_breaks_keeps_the_records_before() {
    let numbers = "Get-CsPhoneNumberAssignment.json";
    let text = "{\n  \"@odata.context\": \"é\",\n  \"value\": [\n    {\"telephoneNumber\":\"+14255550123\",\"assignmentTargetId\":null},\n    {\"telephoneNumber\":\"+14255550124\",}\n  ]\n}";
    let loaded = one(numbers, text);
    assert_eq!(loaded.kinds(), ["Graph numberAssignments"]);
    assert_eq!(loaded.records(K::GraphNumberAssignment), 1);
    let (severity, message, spot) = loaded.problem();
    assert_eq!(severity, Error);
    assert!(message.contains("key must be a string"), "{message}");
    // Four blanks, then `{"telephoneNumber":"+14255550124",`: the comma is at column 38, the brace behind it.
    assert_eq!((spot.0, spot.1, spot.3.as_str()), (5, 39, "}"));
    assert_eq!(loaded.proven(K::GraphNumberAssignment), Some(true));
}

#[test]
fn a_place_in_a_line_with_accents_counts_characters() {
    let text = format!("[{},{{\"DisplayName\":\"Zoë \u{1F600}\",oops}}]", user("1"));
    let loaded = one(USERS, &text);
    // `[`, 66, `,`, then `{"DisplayName":` 15, the name 7 characters and 11 bytes, a comma.
    assert_eq!(loaded.problem().2, (1, 92, 95, "o".to_owned()));
}

#[test]
fn a_page_with_more_pages_is_an_error_at_its_link() {
    let text = format!(
        "{{\"@odata.nextLink\":\"https://graph.example/next\",\"value\":[{}]}}",
        user("1")
    );
    let loaded = one(USERS, &text);
    let (severity, message, spot) = loaded.problem();
    assert_eq!(severity, Error);
    assert!(message.contains("`@odata.nextLink` is left"), "{message}");
    assert_eq!(
        spot,
        (1, 20, 19, "\"https://graph.example/next\"".to_owned())
    );
    assert_blind(&loaded);
}

/// A page, with what stands before its records.
fn page(around: &str, digit: &str) -> String {
    format!("{{{around}\"value\":[{}]}}", user(digit))
}

#[test]
fn each_chain_of_pages_needs_its_own_end() {
    const USERS_OF: &str = r#""@odata.context":"$metadata#users","#;
    const MEMBERS: &str = r#""@odata.context":"$metadata#directoryObjects","#;
    let link =
        |path: &str| format!("\"@odata.nextLink\":\"https://graph.example/{path}?$skiptoken=1\",");
    let group = link(&format!("groups/{ID}/members"));
    let users = link("users");
    let told = |files: &[(&str, String)]| {
        let files: Vec<(&str, &[u8])> = files
            .iter()
            .map(|(name, text)| (*name, text.as_bytes()))
            .collect();
        loaded(&files).proven(K::OnlineUser)
    };
    let linked = |around: &str| page(&format!("{around}{users}"), "1");
    let last = |around: &str| page(around, "2");
    // The page says what it is, whatever its file is called.
    assert_eq!(
        told(&[("a.json", linked(USERS_OF)), ("b.json", last(USERS_OF))]),
        None
    );
    // The name of the file tells where the page does not.
    assert_eq!(
        told(&[("users-1.json", linked("")), ("users-2.json", last(""))]),
        None
    );
    assert_eq!(
        told(&[("all.json", format!("[{},{}]", linked(""), last("")))]),
        None
    );
    assert_eq!(
        told(&[("a.json", linked("")), ("b.json", last(""))]),
        Some(false)
    );
    // A page of another query ends nothing.
    assert_eq!(
        told(&[
            ("a.json", linked(USERS_OF)),
            ("b.json", last(r#""@odata.context":"$metadata#users(id)","#))
        ]),
        Some(true)
    );
    // Each page ends one chain.
    let mine = link("me/reports");
    let two = format!("[{},{}]", linked(""), page(&mine, "3"));
    assert_eq!(
        told(&[("all.json", two.clone()), ("all-2.json", last(""))]),
        Some(true)
    );
    assert_eq!(
        told(&[
            ("all.json", two),
            ("all-2.json", last("")),
            ("all-3.json", page("", "4"))
        ]),
        None
    );
    // Only the link tells the group: members of another one are no end.
    let cut = page(&format!("{MEMBERS}{group}"), "1");
    assert_eq!(
        told(&[("one.json", cut.clone()), ("two.json", last(MEMBERS))]),
        Some(false)
    );
    assert_eq!(
        told(&[("one-1.json", cut), ("one-2.json", last(MEMBERS))]),
        None
    );
}

#[test]
fn a_page_counts_what_its_own_query_gives() {
    let counted = |context: &str, count: &str| {
        format!("\"@odata.context\":\"{context}\",\"@odata.count\":{count},")
    };
    for (count, expected) in [
        ("1", None),
        ("\"1\"", None),
        ("2", Some(true)),
        ("\"2\"", Some(true)),
    ] {
        let loaded = one(USERS, &page(&counted("a", count), "1"));
        assert_eq!(loaded.proven(K::OnlineUser), expected, "{count}");
    }
    let both = |count: &str| {
        let (one, two) = (
            page(&counted("a", count), "1"),
            page(&counted("b", "1"), "2"),
        );
        loaded(&[("1.json", one.as_bytes()), ("2.json", two.as_bytes())]).proven(K::OnlineUser)
    };
    assert_eq!(both("1"), None);
    assert_eq!(
        both("2"),
        Some(true),
        "the other query makes up for nothing"
    );
}

#[test]
fn nulls_and_strays_among_records_are_counted() {
    let text = format!("[null,{},null]", user("1"));
    let loaded = one(USERS, &text);
    let (severity, message, _) = loaded.problem();
    assert_eq!((severity, loaded.records(K::OnlineUser)), (Info, 1));
    assert!(message.contains("2 nulls instead of records"), "{message}");
    assert_eq!(
        loaded.proven(K::OnlineUser),
        None,
        "a null is no lost record"
    );

    for stray in ["\"System.Object[]\"", "5", "true"] {
        let text = format!("[{},\n{stray},7]", user("1"));
        let loaded = one(USERS, &text);
        let (severity, message, spot) = loaded.problem();
        assert_eq!((severity, loaded.records(K::OnlineUser)), (Warning, 1));
        assert!(
            message.contains("2 elements that are no object"),
            "{message}"
        );
        assert_eq!((spot.0, spot.1, spot.3.as_str()), (2, 1, stray));
        assert_blind(&loaded);
    }
}

#[test]
fn a_file_of_strays_only_is_not_an_export_without_records() {
    for text in ["[\"MCOEV\",\"Teams\"]", "5", "[[5]]", "{\"value\":[1]}"] {
        let alone = one(USERS, text);
        assert!(alone.kinds().is_empty(), "{text}: {:?}", alone.messages());
        assert!(!alone.snapshot.problems.is_empty(), "{text}");
    }
}

#[test]
fn a_file_that_is_lost_taints_the_other_files_of_its_kind() {
    let good = format!("[{}]", user("1"));
    for bad in [
        "[{\"Identity\":",
        "<html>sign in</html>",
        "[5]",
        "{\"value\":[{",
    ] {
        let loaded = loaded(&[
            ("1/Get-CsOnlineUser.json", good.as_bytes()),
            ("2/Get-CsOnlineUser.json", bad.as_bytes()),
        ]);
        assert_eq!(loaded.records(K::OnlineUser), 1);
        assert_blind(&loaded);
        let message = loaded.problem().1;
        assert!(
            message.starts_with("`2/Get-CsOnlineUser.json`"),
            "{message}"
        );
    }
}

#[test]
fn a_record_without_a_key_that_can_be_read_is_told() {
    for member in [
        "",
        "\"Identity\":null,",
        "\"Identity\":\"\",",
        "\"Identity\":\"nobody\",",
        "\"Identity\":12345678901234567890123456789012345678,",
        "\"Identity\":1e400000,",
        "\"Identity\":[],",
        "\"Identity\":true,",
        "\"Identity\":\"2713551e-ed63-415d-9175-fc4ff825a0be0\",",
        "\"Identity\":\"00000000-0000-0000-0000-000000000000\",",
    ] {
        let text = format!("[{},\n {{{member}\"LineUri\":\"tel:+1\"}}]", user("1"));
        let loaded = one(USERS, &text);
        let (_, message, spot) = loaded.problem();
        assert!(message.contains("record"), "{member}: {message}");
        // The value that is no key, or the record that has none.
        let shown = spot.3.as_str();
        assert_eq!(spot.0, 2, "{member}");
        assert!(shown == "{" || member.contains(shown), "{member}: {shown}");
        assert_blind(&loaded);
    }
    let loaded = one(
        USERS,
        &format!("[{{\"LineUri\":null}},{{\"LineUri\":null}},{}]", user("1")),
    );
    assert_eq!(
        loaded.problem().1,
        "2 records of `Get-CsOnlineUser.json` have no `Identity` that can be read, and cannot be judged"
    );
}

#[test]
fn the_name_of_an_old_module_holds_the_id() {
    let text =
        format!("[{{\"Identity\":\"CN={ID},OU=x,DC=contoso,DC=example\",\"LineUri\":null}}]");
    let loaded = one(USERS, &text);
    let id = loaded.no_problems().snapshot.records.users[0].id.get();
    assert_eq!(id.unwrap().to_string(), ID);
}

#[test]
fn one_record_that_cannot_be_read_does_not_take_the_others_with_it() {
    let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
    for (value, reason) in [
        (deep.as_str(), "recursion limit"),
        ("1e999", "out of range"),
    ] {
        let bad = format!("{{\"Identity\":\"{ID}\",\"LineUri\":{value}}}");
        let text = format!("[{},\n{bad},\n{bad},\n{}]", user("1"), user("2"));
        let loaded = one(USERS, &text);
        assert_eq!(loaded.records(K::OnlineUser), 2, "{reason}");
        let (severity, message, spot) = loaded.problem();
        assert_eq!((severity, spot.0, spot.1), (Error, 2, 1), "{message}");
        assert!(message.contains(reason), "{message}");
        assert!(
            message.ends_with("so is 1 other record behind it"),
            "{message}"
        );
        assert_blind(&loaded);
    }
}

#[test]
fn a_record_with_half_a_character_is_read_and_told() {
    let half = user("1").replace("null", "\"a\\ud800b\"");
    assert!(half.contains("ud800"));
    let loaded = one(USERS, &format!("[{half},\n{}]", user("2")));
    assert_eq!(loaded.records(K::OnlineUser), 2);
    let (severity, message, _) = loaded.problem();
    assert_eq!(severity, Warning);
    assert!(
        message.contains("1 escape of half a character"),
        "{message}"
    );
}

#[test]
fn a_wrapper_key_twice_is_read_twice_and_told() {
    let text = format!("{{\"value\":{},\n\"value\":{}}}", user("1"), user("2"));
    let loaded = one(USERS, &text);
    assert_eq!(loaded.records(K::OnlineUser), 2);
    let (severity, message, spot) = loaded.problem();
    assert_eq!(severity, Warning);
    assert!(message.contains("`value` more than once"), "{message}");
    assert_eq!((spot.0, spot.1), (2, 9));
}

#[test]
fn bytes_that_are_no_character_are_told() {
    let mut bytes = utf16(&format!("[{}]", user("1")));
    bytes.push(0x20);
    let loaded = loaded(&[(USERS, &bytes)]);
    let messages = loaded.messages();
    assert!(
        messages[0].contains("stand for no character"),
        "{messages:?}"
    );
    for problem in &loaded.snapshot.problems {
        let place = problem.place.as_ref().unwrap().records[0];
        assert!(place.end() <= bytes.len() as u64, "{place:?}");
    }
}

#[test]
fn a_web_page_is_refused_with_a_reason() {
    let loaded = one(USERS, "\n<!DOCTYPE html><html><body>Sign in</body></html>");
    let (severity, message, _) = loaded.problem();
    assert_eq!(severity, Error);
    assert!(message.contains("web page"), "{message}");
    assert!(loaded.kinds().is_empty());
}

#[test]
fn the_last_page_may_say_that_no_other_follows() {
    for link in ["null", "\"\""] {
        let text = format!("{{\"@odata.nextLink\":{link},\"value\":[{}]}}", user("1"));
        let loaded = one(USERS, &text);
        assert_eq!(loaded.no_problems().proven(K::OnlineUser), None);
    }
}

#[test]
fn records_that_cannot_be_told_from_others_are_counted_once_each() {
    let why = |records: &[&str]| {
        let mut all = vec![user("1")];
        all.extend(records.iter().map(|one| (*one).to_owned()));
        let loaded = one(USERS, &format!("[{}]", all.join(",")));
        let incomplete = loaded.snapshot.exports[&K::OnlineUser].incomplete.clone();
        incomplete.map(|incomplete| (incomplete.proven, incomplete.why))
    };
    let counted = |count: &str| {
        let why = format!(
            "{count} of `Get-CsOnlineUser.json` cannot be used without a readable `Identity`"
        );
        Some((true, why))
    };
    let bad = r#"{"Identity":"2713551e-ed63-415d-9175-fc4ff825a0b9","LineUri":1e999}"#;
    let blank = r#"{"Identity":null,"LineUri":null}"#;
    let lost = r#"{"Identity":"nobody","LineUri":null}"#;
    assert_eq!(why(&[]), None);
    for one in [bad, blank, lost] {
        assert_eq!(why(&[one]), counted("1 record"), "{one}");
        assert_eq!(why(&[one, one]), counted("2 records"), "{one}");
    }
    assert_eq!(why(&[bad, blank, lost]), counted("3 records"));
    // Another property that cannot be read takes no record away.
    let other = user("2").replace("null", "[\"a\"]");
    assert_eq!(why(&[&other]), None);
}

#[test]
fn an_error_message_behind_good_records_is_told_as_that() {
    let module = r#"{"Code":"NotFound","Message":"no association"}"#;
    let graph = r#"{"error":{"code":"NotFound","message":"no association"}}"#;
    for error in [module, graph] {
        for text in [
            format!("[{},\n{error},{error}]", user("1")),
            format!("{}\n{error}\n{error}", user("1")),
        ] {
            let loaded = one(USERS, &text);
            let (severity, message, spot) = loaded.problem();
            assert_eq!((severity, spot.0), (Error, 2), "{text}");
            assert_eq!(
                message,
                "`Get-CsOnlineUser.json` has 2 error messages among its records: `NotFound`, `no association`; repeat the export"
            );
            assert_blind(&loaded);
        }
    }
}

#[test]
fn an_error_message_in_place_of_an_export_taints_the_other_files_of_its_kind() {
    let good = format!("[{}]", user("1"));
    let error =
        r#"{"error":{"code":"Authorization_RequestDenied","message":"Insufficient privileges"}}"#;
    let loaded = loaded(&[
        ("1/Get-CsOnlineUser.json", good.as_bytes()),
        ("2/Get-CsOnlineUser.json", error.as_bytes()),
    ]);
    assert_eq!(loaded.records(K::OnlineUser), 1);
    assert_blind(&loaded);
    let message = loaded.problem().1;
    assert!(message.contains("holds an error message"), "{message}");
}
