//! Boxed snippets, read by eye once and held since.

use super::underline;
use crate::report::human::HumanOptions;
use crate::report::human::samples::{
    POLICY, USERS, find, finding, options, place, printed, report, source, two_files,
};
use crate::source::Source;

#[test]
fn a_finding_in_two_files_has_two_boxes() {
    insta::assert_snapshot!(printed(&two_files(), options()), @r#"
    error[OC001] +33199001201 of marie@contoso.example still routes over Direct Routing
       ╭─[contoso/Get-CsOnlineUser.json:4:33]
     3 │     "LineUri": "tel:+33199001201",
       ·                ─────────┬────────
       ·                         ╰── the number
     4 │     "OnlineVoiceRoutingPolicy": { "Authority": "Tenant", "Name": "FR-Paris" },
       ·                                 ──────────────────────┬──────────────────────
       ·                                                       ╰── grants PSTN usage `FR-National`
     5 │     "DisplayName": "Marie"
       ╭─[contoso/Get-CsOnlineVoiceRoute.json:4:22]
     3 │     "Identity": "FR",
     4 │     "NumberPattern": "^\\+33[1-9]\\d{8}$",
       ·                      ──────────┬─────────
       ·                                ╰── so `+33199001202` would leave over `sbc1.contoso.example`
     5 │     "OnlinePstnGatewayList": ["sbc1.contoso.example"]
       ╰────
      help: take the voice routing policy off the user
            # check first that no other number needs it
            Grant-CsOnlineVoiceRoutingPolicy -Identity 'marie@contoso.example' -PolicyName $null
      more: tenantlint explain stale-pstn-usage
    "#);
}

#[test]
fn places_up_to_six_lines_apart_share_a_box() {
    let boxes = |between: usize| {
        let mut report = report();
        let others = "\"c\": 0,\n".repeat(between);
        let text = format!("{{\n\"a\": 1,\n{others}\"b\": 2\n}}\n");
        let file = source(&mut report, "a.json", text.as_bytes());
        let mut finding = finding("`a` is not `b`", find(&report, file, "1", "one"));
        finding.related = vec![find(&report, file, "2", "two")];
        report.findings.push(finding);
        printed(&report, options()).matches("╭─[").count()
    };
    assert_eq!((boxes(0), boxes(5), boxes(6)), (1, 1, 2));
}

#[test]
fn a_line_of_megabytes_prints_at_once_with_its_true_column() {
    let mut report = report();
    let mut text = String::from("[");
    while text.len() < 2_000_000 {
        text.push_str(r#"{"DisplayName":"é","EnterpriseVoiceEnabled":true},"#);
    }
    let column = text.chars().count() + 1 + r#"{"Identity":"#.len();
    text.push_str(
        r#"{"Identity":"marie@contoso.example","HostingProvider":"sipfed.online.lync.example"}]"#,
    );
    let users = source(
        &mut report,
        "contoso/Get-CsOnlineUser.json",
        text.as_bytes(),
    );
    let identity = find(
        &report,
        users,
        "\"marie@contoso.example\"",
        "has no location",
    );
    let provider = find(&report, users, "\"sipfed.online.lync.example\"", "here");
    let first = find(&report, users, "\"é\"", "first");
    let mut finding = finding("marie@contoso.example is wrong", identity);
    finding.related = vec![provider, first];
    report.findings.push(finding);
    let text = printed(&report, options());
    assert!(
        text.contains(&format!("Get-CsOnlineUser.json:1:{column}]")),
        "{text}"
    );
    assert!(
        text.lines().all(|line| line.chars().count() <= 100),
        "{text}"
    );
    insta::assert_snapshot!(text, @r#"
    error[OC001] marie@contoso.example is wrong
       ╭─[contoso/Get-CsOnlineUser.json:1:1960814]
     1 │ …led":true},{"Identity":"marie@contoso.example","HostingProvider":"sipfed.online.lync.example"…
       ·                         ───────────┬───────────                   ──────────────┬─────────────
       ·                                    │                                            ╰── here
       ·                                    ╰── has no location
       ╭─[contoso/Get-CsOnlineUser.json:1:17]
     1 │ [{"DisplayName":"é","EnterpriseVoiceEnabled":true},{"DisplayName":"é","EnterpriseVoiceEnabled"…
       ·                 ─┬─
       ·                  ╰── first
       ╰────
      more: tenantlint explain stale-pstn-usage
    "#);
    insta::assert_snapshot!(printed(&report, HumanOptions { width: 0, ..options() }), @r#"
    error[OC001] marie@contoso.example is wrong
       ╭─[contoso/Get-CsOnlineUser.json:1:1960814]
     1 │ …entity":"marie@contoso.example","…
       ·          ───────────┬───────────
       ·                     ╰── has no location
       ╭─[contoso/Get-CsOnlineUser.json:1:1960856]
     1 │ …der":"sipfed.online.lync.example"…
       ·       ──────────────┬─────────────
       ·                     ╰── here
       ╭─[contoso/Get-CsOnlineUser.json:1:17]
     1 │ [{"DisplayName":"é","EnterpriseVoi…
       ·                 ─┬─
       ·                  ╰── first
       ╰────
      more: tenantlint explain stale-pstn-usage
    "#);
}

#[test]
fn utf16_is_shown_as_text() {
    let mut report = report();
    let mut bytes = vec![0xFF, 0xFE];
    bytes.extend(
        "[\r\n  \"\u{1F600} Zoë\",\r\n  \"x\"\r\n]"
            .encode_utf16()
            .flat_map(u16::to_le_bytes),
    );
    let file = source(&mut report, "a.json", &bytes);
    let location = find(&report, file, "Zoë", "this name");
    report.findings.push(finding("Zoë is wrong", location));
    insta::assert_snapshot!(printed(&report, options()), @r#"
    error[OC001] Zoë is wrong
       ╭─[a.json:2:6]
     2 │   "😀 Zoë",
       ·       ─┬─
       ·        ╰── this name
     3 │   "x"
       ╰────
      more: tenantlint explain stale-pstn-usage
    "#);
}

#[test]
fn a_file_that_vanished_or_changed_still_has_its_place() {
    let mut report = report();
    let folder = tempfile::tempdir().unwrap();
    for name in ["gone.json", "changed.json"] {
        std::fs::write(folder.path().join(name), USERS).unwrap();
    }
    let (gone, _) = Source::open(&folder.path().join("gone.json"), "gone.json".into(), 0).unwrap();
    let (changed, _) = Source::open(
        &folder.path().join("changed.json"),
        "changed.json".into(),
        0,
    )
    .unwrap();
    let gone = report.sources.add(gone);
    let changed = report.sources.add(changed);
    let mut finding = finding(
        "marie is wrong",
        find(&report, gone, POLICY, "grants PSTN usage"),
    );
    finding
        .related
        .push(find(&report, changed, POLICY, "and here"));
    report.findings.push(finding);
    std::fs::remove_file(folder.path().join("gone.json")).unwrap();
    std::fs::write(folder.path().join("changed.json"), "x\n".repeat(200)).unwrap();
    insta::assert_snapshot!(printed(&report, options()), @r"
    error[OC001] marie is wrong
       ╭─[gone.json:4:33]
       · grants PSTN usage
       · no snippet: the file can no longer be read
       ╭─[changed.json:4:33]
       · and here
       · no snippet: the file has changed since it was read
       ╰────
      more: tenantlint explain stale-pstn-usage
    ");
}

#[test]
fn a_place_of_several_lines_shows_its_first() {
    let mut report = report();
    let file = source(&mut report, "a.json", USERS.as_bytes());
    let record = USERS[2..].trim_end().trim_end_matches(']').trim();
    report.findings.push(finding(
        "marie is wrong",
        find(&report, file, record, "this record"),
    ));
    insta::assert_snapshot!(printed(&report, options()), @r#"
    error[OC001] marie is wrong
       ╭─[a.json:2:3]
     2 │   {
       ·   ┬
       ·   ╰── this record …
     3 │     "LineUri": "tel:+33199001201",
       ╰────
      more: tenantlint explain stale-pstn-usage
    "#);
}

#[test]
fn an_empty_place_points_at_one_character() {
    let mut report = report();
    let empty = source(&mut report, "empty.json", b"");
    let list = source(&mut report, "list.json", b"[]\n");
    let mut finding = finding(
        "`marie` is missing",
        place(&report, list, 0, 0, "no record of `marie`"),
    );
    finding.related = vec![
        place(&report, list, 2, 0, "the end"),
        place(&report, empty, 0, 0, "nor here"),
    ];
    report.findings.push(finding);
    insta::assert_snapshot!(printed(&report, options()), @r"
    error[OC001] `marie` is missing
       ╭─[list.json:1:1]
     1 │ []
       · ┬ ┬
       · │ ╰── the end
       · ╰── no record of `marie`
       ╭─[empty.json:1:1]
     1 │
       · ┬
       · ╰── nor here
       ╰────
      more: tenantlint explain stale-pstn-usage
    ");
}

#[test]
fn wide_characters_line_up() {
    let mut report = report();
    let file = source(
        &mut report,
        "a.json",
        "{\"部署\": \"東京都\", \"x\": \"y\"}".as_bytes(),
    );
    report
        .findings
        .push(finding("wrong", find(&report, file, "\"y\"", "here")));
    let text = printed(&report, options());
    // Five wide characters stand before the value, so the line is five cells further than its characters.
    let shown = text.lines().find(|line| line.contains("東京都")).unwrap();
    let at = shown
        .chars()
        .position(|character| character == 'y')
        .unwrap()
        - 1;
    assert_eq!(underline(&text), Some((at + 5, 3)), "{text}");

    let long = format!("{{\"部署\": \"{}\", \"x\": \"y\"}}", "東京都".repeat(2000));
    let file = source(&mut report, "b.json", long.as_bytes());
    report.findings[0].location = find(&report, file, "\"y\"", "here");
    insta::assert_snapshot!(printed(&report, options()), @r#"
    error[OC001] wrong
       ╭─[b.json:1:6017]
     1 │ …都東京都東京都", "x": "y"}
       ·                        ─┬─
       ·                         ╰── here
       ╰────
      more: tenantlint explain stale-pstn-usage
    "#);
}

#[test]
fn a_long_label_is_wrapped_beside_its_value() {
    let mut report = report();
    let file = source(&mut report, "a.json", USERS.as_bytes());
    let label = "grants PSTN usage `FR-National`, whose route `FR` leads to `sbc1.contoso.example`, which is enabled";
    let mut wrong = finding("wrong", find(&report, file, "\"FR-Paris\"", label));
    wrong
        .related
        .push(find(&report, file, "\"Tenant\"", "assigned to the user"));
    report.findings.push(wrong);
    insta::assert_snapshot!(printed(&report, options()), @r#"
    error[OC001] wrong
       ╭─[a.json:4:66]
     3 │     "LineUri": "tel:+33199001201",
     4 │     "OnlineVoiceRoutingPolicy": { "Authority": "Tenant", "Name": "FR-Paris" },
       ·                                                ────┬───          ─────┬────
       ·                                                    │                  ╰─┤ grants PSTN usage
       ·                                                    │                    │ `FR-National`, whose route
       ·                                                    │                    │ `FR` leads to
       ·                                                    │                    │ `sbc1.contoso.example`,
       ·                                                    │                    │ which is enabled
       ·                                                    ╰── assigned to the user
     5 │     "DisplayName": "Marie"
       ╰────
      more: tenantlint explain stale-pstn-usage
    "#);
}

#[test]
fn no_place_makes_it_panic() {
    let texts = [
        "",
        "\n",
        "a\r\n\r\n\tb",
        "東\u{301}\u{1F468}\u{200D}\u{1F469}",
        "\u{feff}x\ny\n\nz",
    ];
    let long = format!("{}\n{}", "x".repeat(3000), "東".repeat(3000));
    for text in texts.into_iter().chain([long.as_str()]) {
        for encoded in [
            text.as_bytes().to_vec(),
            text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        ] {
            let mut report = report();
            let file = source(&mut report, "a.json", &encoded);
            let len = encoded.len() as u64 + 2;
            let step = (len / 20).max(1) as usize;
            for start in (0..len).step_by(step) {
                for end in (start..len).step_by(step) {
                    let location = place(&report, file, start, (end - start) as u32, "label");
                    let mut wrong = finding("wrong", location.clone());
                    wrong.related = vec![place(&report, file, 0, 1, "first"), location];
                    // A place that cannot be: positions of another file.
                    let mut strange = wrong.location.clone();
                    (strange.start.line, strange.end.line) = (u64::MAX, 0);
                    wrong.related.push(strange);
                    report.findings = vec![wrong];
                    let text = printed(
                        &report,
                        HumanOptions {
                            width: 60,
                            ..options()
                        },
                    );
                    assert!(text.contains("[a.json:"), "{text}");
                }
            }
        }
    }
}
