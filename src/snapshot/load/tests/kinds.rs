//! What a file is: told from its keys, its name, or said to be unknown; and what an export without records means.

use super::{ID, loaded, one, utf16};
use crate::finding::Severity::{Info, Warning};
use crate::snapshot::{ExportKind as K, Input, load};
use crate::source::Sources;

#[test]
fn the_keys_tell_the_kind_whatever_the_file_is_called() {
    let numbers = r#"[{"TelephoneNumber":"+14255550123","NumberType":"OperatorConnect"}]"#;
    for name in [
        "users.json",
        "export (3).json",
        "Get-CsOnlineUser.json",
        "x",
        "x.txt",
    ] {
        let loaded = one(name, numbers);
        assert_eq!(
            loaded.no_problems().kinds(),
            ["Get-CsPhoneNumberAssignment"],
            "{name}"
        );
        let file = &loaded.snapshot.files[0];
        assert_eq!(
            (file.kind, file.records),
            (Some(K::PhoneNumberAssignment), 1)
        );
    }
}

#[test]
fn an_unknown_file_names_its_keys_and_the_nearest_kind() {
    let text = "\n [{\"Fqdn\":\"sbc1.contoso.example\",\"Enabled\":true,\"Zebra\":1}]";
    let loaded = one("data.json", text);
    let (severity, message, spot) = loaded.problem();
    assert_eq!(severity, Warning);
    assert_eq!(
        message,
        "`data.json` is no export that is known: its keys are `enabled`, `fqdn`, `zebra`; the nearest is `Get-CsOnlinePSTNGateway`"
    );
    assert_eq!(spot, (2, 3, 3, "{".to_owned()));
    assert!(loaded.kinds().is_empty());
    assert_eq!(loaded.snapshot.files[0].kind, None);
}

#[test]
fn of_many_keys_the_first_eight_are_named() {
    let loaded = one(
        "data.csv",
        "k1,k2,k3,k4,k5,k6,k7,k8,k9,l1\r\n1,2,3,4,5,6,7,8,9,10\r\n",
    );
    let message = loaded.problem().1;
    assert!(message.ends_with("`k7`, `k8`, 2 more"), "{message}");
    let loaded = one("data.csv", "k1,k2,k3,k4,k5,k6,k7,k8\r\n1,2,3,4,5,6,7,8\r\n");
    let message = loaded.problem().1;
    assert!(message.ends_with("`k7`, `k8`"), "{message}");
}

#[test]
fn records_of_a_kind_that_no_rule_reads_are_counted_and_their_halves_of_characters_told() {
    let rule = |name: &str| {
        format!(r#"{{"Identity":"{name}","Pattern":"^1","Translation":"+1","Description":null}}"#)
    };
    let load = |names: [&str; 3]| {
        let records = names.map(rule).join(",");
        one("Get-CsTeamsTranslationRule.json", &format!("[{records}]"))
    };
    let whole = load(["a", "b", "c"]);
    assert_eq!(whole.no_problems().kinds(), ["Get-CsTeamsTranslationRule"]);
    assert_eq!(whole.records(K::TeamsTranslationRule), 3);
    assert_eq!(whole.snapshot.files[0].records, 3);
    let half = load(["a\\ud800", "b\\ud800", "c"]);
    assert_eq!(half.records(K::TeamsTranslationRule), 3);
    let message = half.problem().1;
    assert!(
        message.contains("2 escapes of half a character"),
        "{message}"
    );
}

#[test]
fn the_place_of_an_unknown_file_is_a_whole_character() {
    let json = utf16("[{\"Zebra\":1}]");
    let csv = "Zebra;Löwe\r\nö;ü\r\n";
    for (name, bytes, found) in [
        ("a.json", json.as_slice(), (1, 2, 4, "{".to_owned())),
        ("a.csv", csv.as_bytes(), (2, 1, 13, "ö".to_owned())),
    ] {
        assert_eq!(loaded(&[(name, bytes)]).problem().2, found);
    }
}

#[test]
fn a_file_without_records_counts_when_its_name_tells_the_kind() {
    for text in [
        "",
        " \r\n",
        "[]",
        "[ ]\n",
        "null",
        "{\"value\":[]}",
        "{\"value\":[],\"Count\":0}",
    ] {
        let named = one("2026/Get-CsCallQueue.json", text);
        named.no_problems();
        assert_eq!(named.kinds(), ["Get-CsCallQueue"], "{text}");
        assert_eq!(named.records(K::CallQueue), 0);
        assert!(named.snapshot.has_property(K::CallQueue, "Name"));
        assert_eq!(named.proven(K::CallQueue), None);

        let nameless = one("export.json", text);
        let (severity, message, _) = nameless.problem();
        assert_eq!(severity, Warning, "{text}");
        assert!(message.contains("holds no records"), "{message}");
        assert!(nameless.kinds().is_empty(), "{text}");
    }
}

#[test]
fn a_byte_order_mark_alone_is_nothing() {
    for bytes in [
        &b"\xEF\xBB\xBF"[..],
        b"\xFF\xFE",
        b"\xFE\xFF",
        b"\xFF\xFE\r\0\n\0",
    ] {
        let loaded = loaded(&[("Get-CsCallQueue.json", bytes)]);
        assert_eq!(loaded.no_problems().kinds(), ["Get-CsCallQueue"]);
    }
}

#[test]
fn a_header_without_rows_is_an_export_without_records() {
    let loaded = one("x.csv", "\"Identity\",\"NumberPattern\"\r\n");
    assert_eq!(loaded.no_problems().kinds(), ["Get-CsOnlineVoiceRoute"]);
    assert_eq!(loaded.records(K::OnlineVoiceRoute), 0);
    let preamble_only = one("Get-CsOnlineVoiceRoute.csv", "#TYPE Selected.X\r\n");
    assert_eq!(preamble_only.no_problems().records(K::OnlineVoiceRoute), 0);
}

#[test]
fn a_file_of_another_sort_is_left_out_and_named() {
    for (name, expected) in [
        ("notes.docx", Info),
        ("notes.xlsx", Info),
        ("Get-CsOnlineUser.xlsx", Warning),
        ("Get-CsOnlineUser.ps1", Info),
        ("a.ps1", Info),
    ] {
        let loaded = one(name, "[{\"Usage\":[\"a\"]}]");
        let (severity, message, _) = loaded.problem();
        assert_eq!(severity, expected, "{name}");
        assert!(
            message.contains(name) && message.contains("left out"),
            "{message}"
        );
        assert!(loaded.kinds().is_empty());
    }
}

#[test]
fn what_is_named_like_an_export_and_not_read_is_missing_from_it() {
    let read = r#"[{"Identity":"a","NumberPattern":"^1"}]"#;
    let with = |name: &str, text: &str| {
        let loaded = loaded(&[
            ("Get-CsOnlineVoiceRoute.json", read.as_bytes()),
            (name, text.as_bytes()),
        ]);
        let told = loaded.problem();
        assert!(told.1.contains(name), "{}", told.1);
        let blinds = !loaded.snapshot.problems[0].exports.is_empty();
        assert_eq!(
            blinds,
            loaded.proven(K::OnlineVoiceRoute).is_some(),
            "{name}"
        );
        (told.0, loaded.proven(K::OnlineVoiceRoute))
    };
    let listed = "\r\nIdentity      : b\r\nNumberPattern : ^1\r\n";
    for name in [
        "Get-CsOnlineVoiceRoute-2.txt",
        "Get-CsOnlineVoiceRoute (1).xml",
        "Get-CsOnlineVoiceRoute-2.json.bz2",
        "Get-CsOnlineVoiceRoute-2.XLSX",
        "more/Get-CsOnlineVoiceRoute.xlsx",
    ] {
        assert_eq!(with(name, listed), (Warning, Some(true)), "{name}");
    }
    let renamed = r#"[{"Route":"b","Pattern":"^1"}]"#;
    assert_eq!(
        with("Get-CsOnlineVoiceRoute-2.json", renamed),
        (Warning, Some(true))
    );
    // The same export in another form, and what is about exports.
    for name in [
        "Get-CsOnlineVoiceRoute.xlsx",
        "Get-CsOnlineVoiceRoute.json.bz2",
        "Get-CsOnlineVoiceRoute.ps1",
    ] {
        assert_eq!(with(name, listed), (Info, None), "{name}");
    }
}

#[test]
fn a_record_that_breaks_off_is_missing_from_its_export_whatever_the_file_is_called() {
    let read = r#"[{"Identity":"a","NumberPattern":"^1"}]"#;
    for broken in [
        r#"[{"Identity":"b","NumberPattern":"^1","Description":"#,
        r#"{"value":[{"Identity":"b","NumberPattern":"^1","Descr"#,
        r#"[{"SubnetID":"10.0.0.0","MaskBits":24},{"Identity":"b","NumberPattern":"^1","#,
    ] {
        let loaded = loaded(&[
            ("Get-CsOnlineVoiceRoute.json", read.as_bytes()),
            ("page2.json", broken.as_bytes()),
        ]);
        assert_eq!(loaded.proven(K::OnlineVoiceRoute), Some(true), "{broken}");
    }
}

#[test]
fn a_file_that_is_left_out_is_missing_from_the_export_of_its_name() {
    let route = r#"[{"Identity":"a","NumberPattern":"^1"}]"#;
    let inputs = vec![
        Input::Memory {
            shown: "Get-CsOnlineVoiceRoute.json".to_owned(),
            bytes: route.as_bytes().to_vec(),
        },
        Input::LeftOut {
            shown: "Get-CsOnlineVoiceRoute-2.json".to_owned(),
            why: "it is neither a file nor a folder".to_owned(),
        },
    ];
    let snapshot = load("test".to_owned(), 0, inputs, &mut Sources::default());
    let incomplete = snapshot.exports[&K::OnlineVoiceRoute].incomplete.as_ref();
    assert!(incomplete.is_some_and(|incomplete| incomplete.proven));
    assert_eq!(snapshot.problems[0].exports, ["Get-CsOnlineVoiceRoute"]);
}

#[test]
fn a_bundle_holds_several_kinds() {
    let text = format!(
        r#"{{"users":[{{"Identity":"{ID}","LineUri":null}}],"numbers":[{{"TelephoneNumber":"+14255550123","NumberType":"CallingPlan"}},{{"TelephoneNumber":"+14255550124"}}],"zoo":[{{"Zebra":1}}]}}"#
    );
    let loaded = one("tenant.json", &text);
    assert_eq!(
        loaded.kinds(),
        ["Get-CsPhoneNumberAssignment", "Get-CsOnlineUser"]
    );
    assert_eq!(loaded.records(K::PhoneNumberAssignment), 2);
    let message = loaded.problem().1;
    assert!(
        message.starts_with("`zoo` in `tenant.json` is no export"),
        "{message}"
    );
}

#[test]
fn one_export_makes_a_bundle_and_an_empty_list_is_told_by_its_own_name() {
    let user = format!(r#"{{"Identity":"{ID}","UserPrincipalName":"a","LineUri":null}}"#);
    let number = r#"{"TelephoneNumber":"+14255550123","NumberType":"CallingPlan"}"#;
    for text in [
        format!(r#"{{"users":[{user}],"numbers":[]}}"#),
        format!(
            r#"{{"users":{{"value":[{user}],"Count":1}},"numbers":{{"value":[{number}],"Count":1}}}}"#
        ),
        format!(r#"{{"users":{user},"numbers":{number}}}"#),
    ] {
        let loaded = one("tenant.json", &text);
        let kinds = ["Get-CsPhoneNumberAssignment", "Get-CsOnlineUser"];
        assert_eq!(loaded.no_problems().kinds(), kinds, "{text}");
        assert_eq!(loaded.records(K::OnlineUser), 1, "{text}");
    }
    let text = format!(r#"{{"users":[{user}],"queues":[]}}"#);
    assert_eq!(
        one("tenant.json", &text).problem().1,
        "`queues` in `tenant.json` holds no records, and its name does not tell of what"
    );
}

#[test]
fn exports_that_follow_each_other_in_one_file_are_each_of_their_kind() {
    let policy = r#"{"Identity":"Tag:Intl","OnlinePstnUsages":["L"]}"#;
    let route = r#"{"Identity":"R","NumberPattern":"^1","OnlinePstnUsages":["L"],"Priority":0}"#;
    let many = vec![policy; 100].join("\n");
    for (text, policies, routes) in [
        (format!("[{policy}]\n[{route}]"), 1, 1),
        (format!("[[{policy},{policy}],[{route}]]"), 2, 1),
        (format!("{policy}\n{route}\n{policy}"), 2, 1),
        (format!("[{policy},{route}]"), 1, 1),
        (format!("[{},{route}]", many.replace('\n', ",")), 100, 1),
        (format!("{many}\n{route}"), 100, 1),
        (format!("{route}\n{many}"), 100, 1),
        (
            format!("[{{\"value\":[{route},{route}]}},{{\"value\":[{policy}]}}]"),
            1,
            2,
        ),
    ] {
        let loaded = one("voice.json", &text);
        let records = &loaded.no_problems().snapshot.records;
        assert_eq!(records.voice_routing_policies.len(), policies, "{text}");
        assert_eq!(records.voice_routes.len(), routes, "{text}");
    }
}

#[test]
fn lists_of_two_dialects_in_one_file_are_each_read_as_theirs() {
    let cmdlet = format!(
        r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","LineUri":null}}]"#
    );
    let graph = format!(
        r#"[{{"id":"{ID}","userPrincipalName":"b@contoso.example","assignedLicenses":[]}}]"#
    );
    let loaded = one("Get-CsOnlineUser.json", &format!("{cmdlet}\n{graph}"));
    loaded.no_problems();
    assert_eq!(loaded.records(K::OnlineUser), 1);
    assert_eq!(loaded.records(K::GraphUser), 1);
}

#[test]
fn a_page_with_two_kinds_counts_for_both() {
    let user = format!(r#"{{"id":"{ID}","userPrincipalName":"a","assignedLicenses":[]}}"#);
    let number = r#"{"telephoneNumber":"+14255550123","assignmentTargetId":null}"#;
    let text = format!(r#"{{"@odata.count":2,"@odata.nextLink":"x","value":[{user},{number}]}}"#);
    let loaded = one("graph.json", &text);
    assert_eq!(loaded.proven(K::GraphUser), Some(true));
    assert_eq!(loaded.proven(K::GraphNumberAssignment), Some(true));
}

#[test]
fn a_page_counts_for_the_kind_of_its_records() {
    let user = format!(r#"{{"id":"{ID}","userPrincipalName":"a","assignedLicenses":[]}}"#);
    let number = r#"{"telephoneNumber":"+14255550123","assignmentTargetId":null}"#;
    let text = format!(r#"[{{"@odata.nextLink":"x","value":[{user}]}},{{"value":[{number}]}}]"#);
    let loaded = one("graph.json", &text);
    assert_eq!(loaded.proven(K::GraphUser), Some(true));
    assert_eq!(loaded.proven(K::GraphNumberAssignment), None);
}

#[test]
fn an_export_of_a_retired_cmdlet_is_told() {
    let number = r#"[{"Id":"14255550123","InventoryType":"Subscriber","CityCode":"x"}]"#;
    assert_eq!(
        one("x.json", number).problem().1,
        "`x.json` is an export of `Get-CsOnlineTelephoneNumber`, which is retired and which no rule reads: export with `Get-CsPhoneNumberAssignment`"
    );
    let user = format!(r#"[{{"Id":"{ID}","Name":"a","PstnConnectivity":"Online"}}]"#);
    let loaded = one("x.json", &user);
    let message = loaded.problem().1;
    assert!(
        message.ends_with("export with `Get-CsOnlineUser`"),
        "{message}"
    );
}

#[test]
fn files_of_one_kind_are_one_export() {
    let page =
        |number: &str| format!(r#"[{{"TelephoneNumber":"{number}","NumberType":"CallingPlan"}}]"#);
    let (one, two) = (page("+14255550123"), page("+14255550124"));
    let csv = "TelephoneNumber,AcquisitionDate\r\n+14255550125,\r\n";
    let loaded = loaded(&[
        ("1.json", one.as_bytes()),
        ("2.json", two.as_bytes()),
        ("3.csv", csv.as_bytes()),
    ]);
    loaded.no_problems();
    assert_eq!(loaded.records(K::PhoneNumberAssignment), 2);
    assert_eq!(loaded.records(K::AcquiredPhoneNumber), 1);
    assert_eq!(loaded.snapshot.family(K::PhoneNumberAssignment).count(), 2);
    assert_eq!(loaded.snapshot.records.numbers.len(), 3);
    assert!(
        loaded
            .snapshot
            .has_property(K::PhoneNumberAssignment, "TelephoneNumber")
    );
    assert!(
        loaded
            .snapshot
            .has_property(K::PhoneNumberAssignment, "NumberType")
    );
    assert!(
        !loaded
            .snapshot
            .has_property(K::PhoneNumberAssignment, "City")
    );
}

#[test]
fn keys_are_sampled_from_whatever_is_a_record() {
    let records = [
        r#"{"A":1," b ":2}"#,
        // What the quick reader leaves to `serde_json`, and what neither reads.
        r#"{"\u0043":3,"a":{}}"#,
        r#"{"D":1,"e""#,
        "[1]",
    ];
    let keys = crate::snapshot::split_json::sample_keys(records.into_iter());
    assert_eq!(keys.into_iter().collect::<Vec<_>>(), ["a", "b", "c"]);
}
