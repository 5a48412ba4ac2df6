//! What the snapshot tells of itself: caps, the manifest's counts, the time; and the files that are kept by hand.

use super::{ID, Loaded, loaded, one};
use crate::finding::Severity::{Error, Info, Warning};
use crate::snapshot::record::OperatorRecord;
use crate::snapshot::{ExportKind as K, Input, Symbol, load};
use crate::source::Sources;

const NUMBERS: &str = "Get-CsPhoneNumberAssignment.json";

fn numbers(count: usize) -> String {
    let one = |index| {
        format!(r#"{{"TelephoneNumber":"+14255550123;ext={index:04}","NumberType":"CallingPlan"}}"#)
    };
    let all: Vec<String> = (0..count).map(one).collect();
    format!("[{}]", all.join(",\n"))
}

fn with_manifest(count: usize, export: &str) -> Loaded {
    let manifest = format!(
        r#"{{"exportedAt":"2026-09-14T05:30:00Z","exports":[{{"kind":"get-csphonenumberassignment"{export}}}]}}"#
    );
    loaded(&[
        (NUMBERS, numbers(count).as_bytes()),
        ("manifest.json", manifest.as_bytes()),
    ])
}

#[test]
fn exactly_a_cap_is_suspect_and_one_more_or_less_is_not() {
    for (count, suspect) in [
        (499, false),
        (500, true),
        (501, false),
        (999, false),
        (1000, true),
    ] {
        let loaded = one(NUMBERS, &numbers(count));
        let expected = suspect.then_some(false);
        assert_eq!(loaded.proven(K::PhoneNumberAssignment), expected, "{count}");
        if suspect {
            let (severity, message, spot) = loaded.problem();
            assert_eq!((severity, spot.2), (Warning, 0));
            assert!(
                message.contains(&format!("exactly {count} records")),
                "{message}"
            );
        } else {
            loaded.no_problems();
        }
    }
    let users: Vec<String> = (0..1000)
        .map(|n| format!(r#"{{"Identity":"{n:08}-ed63-415d-9175-fc4ff825a0be","LineUri":null}}"#))
        .collect();
    one("Get-CsOnlineUser.json", &format!("[{}]", users.join(","))).no_problems();
}

#[test]
fn the_cap_is_that_of_the_whole_export_not_of_a_page() {
    let (first, all) = (numbers(500), numbers(700));
    let rest = format!(
        "[{}",
        &all[all.match_indices(",\n").nth(499).unwrap().0 + 1..]
    );
    let loaded = loaded(&[("1.json", first.as_bytes()), ("2.json", rest.as_bytes())]);
    assert_eq!(loaded.no_problems().records(K::PhoneNumberAssignment), 700);
    assert_eq!(loaded.proven(K::PhoneNumberAssignment), None);
}

#[test]
fn the_manifest_lifts_a_suspicion_and_proves_a_gap() {
    for (export, expected, problems) in [
        (",\"complete\":true", None, 0),
        (",\"records\":500", None, 0),
        (",\"records\":\"500\"", None, 0),
        (",\"records\":500.0", None, 0),
        (",\"records\":null", Some(false), 1),
        // What it says is of another export, or says nothing.
        (",\"records\":499", Some(false), 2),
        (",\"records\":-5", Some(false), 2),
        (",\"records\":500.5", Some(false), 2),
        (",\"records\":\"many\"", Some(false), 2),
        (",\"complete\":\"true\"", Some(false), 2),
        (",\"records\":499,\"complete\":true", None, 1),
        (",\"complete\":false", Some(true), 1),
        (",\"records\":500,\"complete\":false", Some(true), 1),
        ("", Some(false), 1),
        (",\"records\":501", Some(true), 1),
        (",\"records\":501,\"complete\":true", Some(true), 1),
    ] {
        let loaded = with_manifest(500, export);
        assert_eq!(
            loaded.proven(K::PhoneNumberAssignment),
            expected,
            "{export}"
        );
        assert_eq!(loaded.snapshot.problems.len(), problems, "{export}");
    }
    let loaded = with_manifest(3, ",\"records\":5");
    let (severity, message, _) = loaded.problem();
    assert_eq!(severity, Error);
    assert_eq!(
        message,
        "`Get-CsPhoneNumberAssignment` lacks records: the manifest counts 5, the export holds 3"
    );
}

#[test]
fn the_manifest_may_call_a_kind_as_its_file_and_a_kind_that_nobody_knows_is_told() {
    let with = |kind: &str| {
        let manifest = format!(
            r#"{{"exportedAt":"2026-09-14T05:30:00Z","exports":[{{"kind":"{kind}","records":5}}]}}"#
        );
        loaded(&[
            (NUMBERS, numbers(3).as_bytes()),
            ("manifest.json", manifest.as_bytes()),
        ])
    };
    let loaded = with("phoneNumberAssignment");
    assert_eq!(loaded.proven(K::PhoneNumberAssignment), Some(true));
    assert!(loaded.problem().1.contains("counts 5, the export holds 3"));
    let loaded = with("Get-CsPhoneNumbers");
    assert_eq!(loaded.proven(K::PhoneNumberAssignment), None);
    let (severity, message, _) = loaded.problem();
    assert_eq!(
        (severity, message),
        (
            Warning,
            "the manifest names a kind of export that tenantlint does not know: `Get-CsPhoneNumbers`; whether it is complete is not checked"
        )
    );
}

#[test]
fn the_manifest_counts_an_export_over_its_files() {
    let manifest = r#"{"exportedAt":"2026-09-14T05:30:00Z","exports":[
        {"kind":"Get-CsPhoneNumberAssignment","file":"1.json","records":2},
        {"kind":"Get-CsPhoneNumberAssignment","file":"2.json","records":2}]}"#;
    let (page, all) = (numbers(2), numbers(4));
    let rest = format!("[{}", &all[page.len()..]);
    let both = [
        ("1.json", page.as_bytes()),
        ("2.json", rest.as_bytes()),
        ("manifest.json", manifest.as_bytes()),
    ];
    loaded(&both).no_problems();
    let half = loaded(&both[1..]);
    assert!(half.problem().1.contains("counts 4, the export holds 2"));
    // One page twice is half of the export as well.
    let twice = loaded(&[both[0], ("2.json", page.as_bytes()), both[2]]);
    assert!(twice.problem().1.contains("counts 4, the export holds 2"));
}

#[test]
fn a_page_that_was_saved_twice_is_as_suspect_as_once() {
    let page = numbers(500);
    let some = numbers(20);
    let files = [
        ("numbers.json", page.as_bytes()),
        ("numbers (1).json", page.as_bytes()),
    ];
    let told = loaded(&files);
    let message = told.problem().1;
    assert!(message.contains("it has exactly 500 records"), "{message}");
    assert_eq!(told.proven(K::PhoneNumberAssignment), Some(false));
    let part = loaded(&[files[0], ("again.json", some.as_bytes())]);
    assert_eq!(part.proven(K::PhoneNumberAssignment), Some(false));
    // The last of several pages is not full.
    let all = numbers(1500);
    let at = |count: usize| all.match_indices(",\n").nth(count - 1).unwrap().0;
    let second = format!("[{}]", &all[at(500) + 1..at(1000)]);
    let third = format!("[{}", &all[at(1000) + 1..]);
    let two = [files[0], ("2.json", second.as_bytes())];
    let two = loaded(&[two[0], two[1], ("3.json", third.as_bytes())]);
    let message = two.problem().1;
    assert!(
        message.contains("each of its files has exactly 500 records"),
        "{message}"
    );
}

#[test]
fn a_file_that_the_manifest_names_and_that_is_not_there_is_told() {
    let with = |export: &str| with_manifest(3, &format!(",\"file\":{export}"));
    for there in [
        "\"Get-CsPhoneNumberAssignment.json\"",
        "\"C:\\\\exports\\\\get-csphonenumberassignment.json\"",
        "\"Get-CsPhoneNumberAssignment.json.gz\"",
        // What was renamed since is whole if the count is met.
        "\"numbers.json\",\"records\":3",
        "\"numbers.json\",\"complete\":true",
    ] {
        assert_eq!(
            with(there).no_problems().proven(K::PhoneNumberAssignment),
            None,
            "{there}"
        );
    }
    let loaded = with("\"numbers-2.json\"");
    assert_eq!(loaded.proven(K::PhoneNumberAssignment), Some(false));
    let message = loaded.problem().1;
    assert!(
        message.contains("names its file `numbers-2.json`, which is not there"),
        "{message}"
    );
    let manifest = r#"{"exportedAt":"2026-09-14T05:30:00Z","exports":[{"kind":"Get-CsCallQueue","file":"queues.json"}]}"#;
    let loaded = one("manifest.json", manifest);
    let message = loaded.problem().1;
    assert!(
        message.contains("`queues.json` of `Get-CsCallQueue`, which is not there"),
        "{message}"
    );
}

#[test]
fn now_is_the_manifests_else_the_newest_date_inside() {
    let user = |changed: &str| {
        format!(r#"[{{"Identity":"{ID}","LineUri":null,"WhenChanged":"{changed}"}}]"#)
    };
    let (old, new) = (user("2026-04-06T00:00:00Z"), user("2026-09-12T11:02:49Z"));
    let files = [
        (
            "manifest.json",
            &br#"{"exportedAt":"2026-09-01T00:00:00Z","moduleVersion":"7.8.0"}"#[..],
        ),
        ("1.json", old.as_bytes()),
        ("2.json", new.as_bytes()),
    ];
    let now = loaded(&files).snapshot.now.unwrap();
    assert_eq!(
        (now.moment.ms(), now.from_manifest),
        (1_788_220_800_000, true)
    );
    let now = loaded(&files[1..]).snapshot.now.unwrap();
    assert_eq!(
        (now.moment.ms(), now.from_manifest),
        (1_789_210_969_000, false)
    );
    assert_eq!(one(NUMBERS, &numbers(1)).no_problems().snapshot.now, None);
}

#[test]
fn the_time_of_the_newest_file_is_the_last_resort_and_said_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("numbers.json");
    std::fs::write(&path, numbers(1)).unwrap();
    let written = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_700_000_000);
    let file = std::fs::File::options().append(true).open(&path).unwrap();
    file.set_modified(written).unwrap();
    drop(file);
    let input = Input::File {
        path,
        shown: "numbers.json".to_owned(),
    };
    let snapshot = load("test".to_owned(), 0, vec![input], &mut Sources::default());
    let now = snapshot.now.unwrap();
    assert_eq!(
        (now.moment.ms(), now.from_manifest),
        (1_700_000_000_000, false)
    );
    let [problem] = snapshot.problems.as_slice() else {
        panic!("{:?}", snapshot.problems);
    };
    assert_eq!(problem.severity, Info);
    assert!(problem.message.contains("--as-of"), "{}", problem.message);
}

#[test]
fn a_file_that_is_gone_is_named_and_the_others_are_read() {
    let gone = Input::File {
        path: "no/such/Get-CsOnlineUser.json".into(),
        shown: "no/such/Get-CsOnlineUser.json".to_owned(),
    };
    let there = Input::Memory {
        shown: NUMBERS.to_owned(),
        bytes: numbers(1).into_bytes(),
    };
    let snapshot = load(
        "test".to_owned(),
        0,
        vec![gone, there],
        &mut Sources::default(),
    );
    assert_eq!(snapshot.exports.len(), 1);
    let problem = &snapshot.problems[0];
    assert_eq!(
        (problem.severity, problem.exports.as_slice()),
        (Error, &["Get-CsOnlineUser"][..])
    );
    assert!(
        problem
            .message
            .starts_with("`no/such/Get-CsOnlineUser.json` cannot be read")
    );
}

/// Name, status, countries and contacts.
fn told(loaded: &Loaded) -> (String, String, Vec<String>, Option<u32>) {
    let operator: &OperatorRecord = &loaded.no_problems().snapshot.records.operators[0];
    let text = |symbol: Symbol| loaded.snapshot.texts.symbol(symbol).to_owned();
    let countries = operator.countries.value().unwrap().0.iter();
    (
        text(operator.name.get().unwrap()),
        text(operator.status.get().unwrap()),
        countries.map(|country| text(*country)).collect(),
        operator.contacts.value().map(|contacts| contacts.0),
    )
}

#[test]
fn an_operator_is_the_same_in_every_shape() {
    let short = r#"{"name":"Example Telecom","status":"Active","countries":["DE","AT"],"contacts":[{"email":"a@contoso.example"}]}"#;
    let long = r#"{"FriendlyName":"Example Telecom","Status":"Active","ConsentedCountries":"DE, AT","ContactDetails":{"FullName":"a"}}"#;
    let partner = r#"{"PartnerName":"Example Telecom","status":"Active","consentedCountries":"DE AT","contacts":["a"]}"#;
    for text in [
        format!("[{short}]"),
        short.to_owned(),
        format!("[{long}]"),
        format!("[{partner}]"),
        format!("{{\"Values\":[{long}],\"TotalCount\":1}}"),
        format!("{{\"value\":[{short}],\"nextLink\":null}}"),
    ] {
        let found = told(&one("operators.json", &text));
        let countries = vec!["DE".to_owned(), "AT".to_owned()];
        let expected = (
            "Example Telecom".to_owned(),
            "Active".to_owned(),
            countries,
            Some(1),
        );
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn operators_as_csv_have_lists_in_one_cell() {
    for (delimiter, joined) in [
        (',', "DE;AT"),
        (',', "\"DE,AT\""),
        (';', "DE|AT"),
        ('\t', "DE AT"),
    ] {
        let text =
            format!("Name,Status,Countries,OperatorId\r\nExample Telecom,Suspended,@,{ID}\r\n")
                .replace(',', &delimiter.to_string())
                .replace('@', joined);
        let loaded = one("operators.csv", &text);
        let (name, status, countries, contacts) = told(&loaded);
        assert_eq!(
            (name.as_str(), status.as_str()),
            ("Example Telecom", "Suspended")
        );
        assert_eq!(countries, ["DE", "AT"], "{text}");
        assert_eq!(contacts, None);
        let id = loaded.snapshot.records.operators[0].id.get().unwrap();
        assert_eq!(id.to_string(), ID);
    }
}

#[test]
fn an_operator_may_be_known_by_its_id_alone_but_not_by_neither() {
    let text =
        format!(r#"[{{"operatorId":"{ID}","status":"Active","consentedCountries":["DE"]}}]"#);
    one("operators.json", &text).no_problems();
    let text = r#"[{"name":" ","operatorId":"?","status":"Active","consentedCountries":["DE"]}]"#;
    let loaded = one("operators.json", text);
    let messages = loaded.messages();
    assert!(messages[0].contains("no `name`"), "{messages:?}");
    assert!(messages[1].contains("1 of `OperatorId`"), "{messages:?}");
}
