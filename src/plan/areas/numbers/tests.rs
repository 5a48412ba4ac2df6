//! What the exports leave open before a number is given or moved is open, and nothing is refused for it.

use super::*;
use crate::plan::act::Met;
use crate::tenant::testing::tenant;

const ANA: &str = "00000000-0000-4000-8000-000000000001";
const PLACE: &str = "00000000-0000-4000-8000-00000000000a";
const ADDRESS: &str = "00000000-0000-4000-8000-00000000000b";
const NUMBER: &str = "+12065550102";

/// An account with Teams Phone and these properties, a free number with these, and an address with these.
fn state(user: &str, number: &str, address: &str) -> State {
    with(user, number, address, &[])
}

fn with(user: &str, number: &str, address: &str, files: &[(&str, &str)]) -> State {
    let users = format!(
        r#"[{{"Identity":"{ANA}","UserPrincipalName":"a@contoso.example","AccountType":"User","UsageLocation":"US",
            "HostingProvider":"sipfed.online.lync.com","LineUri":null,"FeatureTypes":["Teams","PhoneSystem"]{user}}}]"#
    );
    let numbers = format!(
        r#"[{{"AssignedPstnTargetId":null,"PstnAssignmentStatus":"Unassigned","LocationId":null{number}}}]"#
    );
    let locations = format!(
        r#"[{{"LocationId":"{PLACE}","CivicAddressId":"{ADDRESS}","Location":"Floor","CountryOrRegion":"US"}}]"#
    );
    let addresses = format!(
        r#"[{{"CivicAddressId":"{ADDRESS}","DefaultLocationId":null,"CountryOrRegion":"US"{address}}}]"#
    );
    let mut all = vec![
        ("Get-CsOnlineUser.json", users.as_str()),
        ("Get-CsPhoneNumberAssignment.json", &numbers),
        ("Get-CsOnlineLisLocation.json", &locations),
        ("Get-CsOnlineLisCivicAddress.json", &addresses),
    ];
    all.extend(files);
    State::new(tenant(&all))
}

fn id(text: &str) -> ObjectId {
    ObjectId::parse(text).expect("an id")
}

fn assign(number: &str, category: Option<&'static str>) -> Act {
    Act::Assign {
        account: id(ANA),
        number: PhoneNumber::parse(number).expect("a number"),
        number_type: None,
        location: None,
        category,
    }
}

fn locate() -> Act {
    Act::SetLocation {
        number: PhoneNumber::parse(NUMBER).expect("a number"),
        location: Some(id(PLACE)),
    }
}

/// The clauses of the needs that are not met.
fn not_met(act: &Act, state: &State) -> Vec<(Met, String)> {
    let needs = act.needs(state).into_iter();
    let needs = needs.filter(|need| need.met != Met::Yes);
    needs.map(|need| (need.met, need.what)).collect()
}

/// The need whose clause has these words.
fn asked(act: &Act, words: &str, state: &State) -> Option<Met> {
    let mut needs = act.needs(state).into_iter();
    let need = needs.find(|need| need.what.contains(words))?;
    assert!(need.met == Met::Yes || !need.instead.is_empty(), "{need:?}");
    Some(need.met)
}

const TOLD: &str = r#","OnPremLineUri":null"#;

/// A number of an operator in the United States, of which all is told, with these properties beside.
fn of_operator(more: &str) -> String {
    format!(
        r#","TelephoneNumber":"{NUMBER}","NumberType":"OperatorConnect","IsoCountryCode":"US","ActivationState":"Activated",
            "AssignmentBlockedState":"","Capability":["UserAssignment"]{more}"#
    )
}

#[test]
fn what_is_not_exported_of_a_number_and_its_holder_is_not_known() {
    let whole = state(TOLD, &of_operator(""), "");
    assert_eq!(not_met(&assign(NUMBER, None), &whole), []);
    let bare = format!(r#","TelephoneNumber":"{NUMBER}","NumberType":"OperatorConnect""#);
    let open = |what: &str| (Met::Unknown, what.to_owned());
    assert_eq!(
        not_met(&assign(NUMBER, None), &state("", &bare, "")),
        [
            open("`+12065550102` is activated"),
            open("`+12065550102` may be assigned"),
            open("`+12065550102` is a number for users"),
            open("the usage location of `a@contoso.example` is the country of `+12065550102`"),
            open("`a@contoso.example` has no line URI in the on-premises directory"),
        ]
    );
}

#[test]
fn states_that_are_not_documented_decide_nothing() {
    let number = |activation: &str, blocked: &str, capability: &str| {
        let number = format!(
            r#","TelephoneNumber":"{NUMBER}","NumberType":"OperatorConnect","IsoCountryCode":"US","ActivationState":"{activation}",
                "AssignmentBlockedState":"{blocked}","Capability":["{capability}"]"#
        );
        let state = state(TOLD, &number, "");
        let act = assign(NUMBER, None);
        let words = ["is activated", "may be assigned", "a number for users"];
        words.map(|words| asked(&act, words, &state).expect("the need"))
    };
    let (yes, no, unknown) = (Met::Yes, Met::No, Met::Unknown);
    assert_eq!(
        number("activated", "NotBlocked", "UserAssignment"),
        [yes; 3]
    );
    assert_eq!(number("Activated", "", "TeamsPhoneMobile"), [yes; 3]);
    assert_eq!(
        number(
            "AssignmentPending",
            "BlockedForever",
            "ConferenceAssignment"
        ),
        [no; 3]
    );
    assert_eq!(number("Unheard", "Unheard", "subscriber"), [unknown; 3]);
}

#[test]
fn only_an_alternate_number_may_be_of_another_country() {
    let number =
        r#","TelephoneNumber":"+4930123456","NumberType":"OperatorConnect","IsoCountryCode":"DE""#;
    let state = state(TOLD, number, "");
    let asked = |category| {
        asked(
            &assign("+4930123456", category),
            "the usage location",
            &state,
        )
    };
    assert_eq!(asked(None), Some(Met::No));
    assert_eq!(asked(Some("Private")), Some(Met::No));
    assert_eq!(asked(Some("Alternate")), None);
}

#[test]
fn a_line_on_premises_refuses_nothing_where_nobody_tells_whether_it_is_taken_over() {
    let line = r#","OnPremLineUri":"tel:+12065550102""#;
    let asked = |files: &[(&str, &str)]| {
        let state = with(line, &of_operator(""), "", files);
        asked(&assign(NUMBER, None), "on-premises directory", &state)
    };
    assert_eq!(asked(&[]), Some(Met::Unknown));
    let migration = |allowed: bool| {
        let rows = format!(r#"[{{"Identity":"Global","AllowOnPremToOnlineMigration":{allowed}}}]"#);
        let name = "Get-CsPhoneNumberTenantConfiguration.json";
        asked(&[(name, rows.as_str())])
    };
    assert_eq!(migration(false), Some(Met::No));
    assert_eq!(migration(true), Some(Met::Yes));
}

#[test]
fn what_is_not_exported_of_a_location_is_not_known() {
    let validated = r#","ValidationStatus":"Validated""#;
    let movable = of_operator(r#","LocationUpdateSupported":true"#);
    assert_eq!(not_met(&locate(), &state(TOLD, &movable, validated)), []);
    let bare = format!(r#","TelephoneNumber":"{NUMBER}","NumberType":"OperatorConnect""#);
    let open = |what: String| (Met::Unknown, what);
    assert_eq!(
        not_met(&locate(), &state(TOLD, &bare, "")),
        [
            open(format!("the address of location `{PLACE}` is validated")),
            open(format!(
                "location `{PLACE}` is in the country of `{NUMBER}`"
            )),
            open(format!(
                "the emergency location of `{NUMBER}` can be changed here"
            )),
        ]
    );
    // Nobody but an operator keeps the location of a number for itself.
    let direct = format!(
        r#","TelephoneNumber":"{NUMBER}","NumberType":"DirectRouting","IsoCountryCode":"US""#
    );
    assert_eq!(not_met(&locate(), &state(TOLD, &direct, validated)), []);
}

#[test]
fn a_status_that_is_documented_tells_whether_an_address_is_validated() {
    let asked = |status: &str| {
        let status = format!(r#","ValidationStatus":{status}"#);
        let state = state(TOLD, &of_operator(""), &status);
        asked(&locate(), "is validated", &state)
    };
    for validated in [r#""Validated""#, r#""validated""#, r#""Valid""#] {
        assert_eq!(asked(validated), Some(Met::Yes), "{validated}");
    }
    for not in [
        r#""NotValidated""#,
        r#""Notvalidated""#,
        r#""Invalid""#,
        "null",
    ] {
        assert_eq!(asked(not), Some(Met::No), "{not}");
    }
    assert_eq!(asked(r#""Pending""#), Some(Met::Unknown));
}

#[test]
fn a_number_whose_country_is_not_told_may_need_a_place() {
    let asked = |country: &str| {
        let number = format!(
            r#","TelephoneNumber":"{NUMBER}","NumberType":"CallingPlan","IsoCountryCode":{country}"#
        );
        let state = state(TOLD, &number, "");
        asked(&assign(NUMBER, None), "has an emergency location", &state)
    };
    assert_eq!(asked(r#""US""#), Some(Met::No));
    assert_eq!(asked("null"), Some(Met::Unknown));
    assert_eq!(asked(r#""JM""#), None);
}

/// An account that holds a number, each with these properties, in a tenant with these files.
fn held(user: &str, number: &str, files: &[(&str, &str)]) -> State {
    let users = format!(
        r#"[{{"Identity":"{ANA}","UserPrincipalName":"a@contoso.example","AccountType":"User","LineUri":"tel:{NUMBER}"{user}}}]"#
    );
    let numbers = format!(
        r#"[{{"TelephoneNumber":"{NUMBER}","AssignedPstnTargetId":"{ANA}","PstnAssignmentStatus":"UserAssigned"{number}}}]"#
    );
    let mut all = vec![
        ("Get-CsOnlineUser.json", users.as_str()),
        ("Get-CsPhoneNumberAssignment.json", &numbers),
    ];
    all.extend(files);
    State::new(tenant(&all))
}

fn unassign() -> Act {
    Act::Unassign {
        account: id(ANA),
        number: PhoneNumber::parse(NUMBER),
        blocked_days: None,
        blocked_forever: false,
    }
}

#[test]
fn without_the_inventory_neither_type_nor_source_of_a_number_is_guessed() {
    let users = format!(
        r#"[{{"Identity":"{ANA}","UserPrincipalName":"a@contoso.example","AccountType":"User","LineUri":"tel:{NUMBER}"}}]"#
    );
    let bare = State::new(tenant(&[("Get-CsOnlineUser.json", users.as_str())]));
    let open = |what: &str| (Met::Unknown, what.to_owned());
    assert_eq!(
        not_met(&unassign(), &bare),
        [
            open("the type of `+12065550102` is told"),
            open("`+12065550102` is managed online"),
        ]
    );
    assert_eq!(
        unassign().commands(&bare),
        [
            "Remove-CsPhoneNumberAssignment -Identity 'a@contoso.example' -PhoneNumber '+12065550102' -PhoneNumberType <type>"
        ]
    );
    let Undo::Commands(back) = unassign().undo(&bare) else {
        panic!("it can be taken back");
    };
    assert!(back[0].ends_with("-PhoneNumberType <type>"), "{back:?}");
    // What a whole inventory lacks is of Direct Routing.
    let files = [
        ("Get-CsOnlineUser.json", users.as_str()),
        ("Get-CsPhoneNumberAssignment.json", "[]"),
    ];
    let whole = State::new(tenant(&files));
    assert!(unassign().commands(&whole)[0].ends_with("-PhoneNumberType DirectRouting"));
}

#[test]
fn enterprise_voice_is_off_again_where_a_number_is_given_back_to_one_who_had_it_off() {
    let back = |user: &str| {
        let state = held(user, r#","NumberType":"OperatorConnect""#, &[]);
        match unassign().undo(&state) {
            Undo::Commands(back) => back,
            other => panic!("it can be taken back: {other:?}"),
        }
    };
    let off = back(r#","EnterpriseVoiceEnabled":false"#);
    assert!(
        off[1].ends_with("-EnterpriseVoiceEnabled $false"),
        "{off:?}"
    );
    assert_eq!(back(r#","EnterpriseVoiceEnabled":true"#).len(), 1);
}

#[test]
fn which_directory_manages_a_number_is_not_known_without_its_source() {
    let asked = |user: &str, number: &str| {
        let state = held(user, number, &[]);
        asked(&unassign(), "is managed online", &state)
    };
    let direct = r#","NumberType":"DirectRouting""#;
    assert_eq!(asked("", direct), Some(Met::Unknown));
    assert_eq!(asked(TOLD, direct), Some(Met::Yes));
    let line = r#","OnPremLineUri":"tel:+12065550102""#;
    assert_eq!(asked(line, direct), Some(Met::Unknown));
    let source = |source: &str| format!(r#"{direct},"NumberSource":"{source}""#);
    assert_eq!(asked("", &source("Online")), Some(Met::Yes));
    assert_eq!(asked("", &source("OnPremises")), Some(Met::No));
    // No directory has numbers of carriers.
    assert_eq!(asked("", r#","NumberType":"OperatorConnect""#), None);
}

#[test]
fn who_shares_the_number_of_a_resource_account_is_not_known_without_policies() {
    let asked = |kind: &str, files: &[(&str, &str)]| {
        let accounts =
            format!(r#"[{{"ObjectId":"{ANA}","UserPrincipalName":"a@contoso.example"}}]"#);
        let mut files = files.to_vec();
        if kind == "account" {
            files.push(("Get-CsOnlineApplicationInstance.json", &accounts));
        }
        let state = held("", r#","NumberType":"OperatorConnect""#, &files);
        asked(&unassign(), "nobody calls with", &state)
    };
    let name = "Get-CsTeamsSharedCallingRoutingPolicy.json";
    let policy = format!(r#"[{{"Identity":"Tag:SC","ResourceAccount":"{ANA}"}}]"#);
    assert_eq!(asked("account", &[]), Some(Met::Unknown));
    assert_eq!(asked("account", &[(name, "[]")]), None);
    assert_eq!(asked("account", &[(name, &policy)]), Some(Met::No));
    assert_eq!(asked("person", &[]), None);
}

#[test]
fn a_number_that_is_taken_off_may_be_blocked_by_the_tenant() {
    let asked = |files: &[(&str, &str)], blocked_days: Option<u64>| {
        let number = r#","NumberType":"OperatorConnect","AssignmentBlockedState":"NotBlocked""#;
        let mut state = held("", number, files);
        let mut act = unassign();
        if let Act::Unassign {
            blocked_days: days, ..
        } = &mut act
        {
            *days = blocked_days;
        }
        let before = asked(&assign(NUMBER, None), "may be assigned", &state);
        assert_eq!(before, Some(Met::Yes), "nobody took it off");
        let effect = act.effect(&state);
        let _ = state.apply(
            effect,
            crate::source::Span::start_of(crate::source::SourceId(0)),
        );
        asked(&assign(NUMBER, None), "may be assigned", &state)
    };
    let settings = |forever: bool, days: u64| {
        format!(
            r#"[{{"Identity":"Global","AssignmentBlockedForever":{forever},"AssignmentBlockedDays":{days}}}]"#
        )
    };
    let name = "Get-CsPhoneNumberTenantConfiguration.json";
    assert_eq!(asked(&[], None), Some(Met::Unknown));
    assert_eq!(
        asked(&[(name, r#"[{"Identity":"Global"}]"#)], None),
        Some(Met::Unknown)
    );
    assert_eq!(asked(&[(name, &settings(false, 0))], None), Some(Met::Yes));
    assert_eq!(asked(&[(name, &settings(true, 0))], None), Some(Met::No));
    let days = settings(false, 30);
    assert_eq!(asked(&[(name, &days), EXPORTED], None), Some(Met::No));
    assert_eq!(asked(&[EXPORTED], Some(30)), Some(Met::No));
    // Until when is not known without a time that counts as now.
    assert_eq!(asked(&[], Some(30)), Some(Met::Unknown));
}

/// What tells of when the exports are.
const EXPORTED: (&str, &str) = ("manifest.json", r#"{"exportedAt":"2026-09-14T00:00:00Z"}"#);

#[test]
fn a_number_is_blocked_from_when_it_is_taken_off() {
    let number = r#","NumberType":"OperatorConnect","AssignmentBlockedState":"NotBlocked""#;
    let mut state = held("", number, &[EXPORTED]);
    let mut act = unassign();
    if let Act::Unassign { blocked_days, .. } = &mut act {
        *blocked_days = Some(7);
    }
    state.wait(Some(240));
    let effect = act.effect(&state);
    let _ = state.apply(
        effect,
        crate::source::Span::start_of(crate::source::SourceId(0)),
    );
    let asked = |state: &State| asked(&assign(NUMBER, None), "may be assigned", state);
    assert_eq!(asked(&state), Some(Met::No));
    state.wait(Some(167));
    assert_eq!(asked(&state), Some(Met::No));
    state.wait(Some(1));
    assert_eq!(asked(&state), Some(Met::Yes));
}

#[test]
fn until_when_a_number_is_blocked_is_not_known_where_it_is_not_told() {
    let asked = |until: &str| {
        let number = format!(
            r#","TelephoneNumber":"{NUMBER}","NumberType":"OperatorConnect","AssignmentBlockedState":"BlockedUntil"{until}"#
        );
        let state = with(TOLD, &number, "", &[EXPORTED]);
        asked(&assign(NUMBER, None), "may be assigned", &state)
    };
    assert_eq!(asked(""), Some(Met::Unknown));
    let later = r#","AssignmentBlockedUntil":"2026-09-15T00:00:00Z""#;
    assert_eq!(asked(later), Some(Met::No));
    let over = r#","AssignmentBlockedUntil":"2026-09-13T00:00:00Z""#;
    assert_eq!(asked(over), Some(Met::Yes));
}

#[test]
fn a_deleted_holder_is_no_live_one_that_has_its_name_since() {
    let account = id(ANA);
    let live = r#"{"Identity":"00000000-0000-4000-8000-000000000002","UserPrincipalName":"a@contoso.example","AccountType":"User","LineUri":null}"#;
    let users = format!(
        r#"[{live},{{"Identity":"{ANA}","UserPrincipalName":"a@contoso.example","AccountType":"User","LineUri":"tel:{NUMBER}",
            "OnPremLineUri":"tel:{NUMBER}","SoftDeletionTimestamp":"2026-01-02T03:04:05Z"}}]"#
    );
    let numbers = format!(
        r#"[{{"TelephoneNumber":"{NUMBER}","AssignedPstnTargetId":"{ANA}","PstnAssignmentStatus":"UserAssigned","NumberType":"OperatorConnect"}}]"#
    );
    let accounts = format!(r#"[{{"ObjectId":"{ANA}","UserPrincipalName":"a@contoso.example"}}]"#);
    let files = [
        ("Get-CsOnlineUser.json", users.as_str()),
        ("Get-CsPhoneNumberAssignment.json", &numbers),
    ];
    let of_person = State::new(tenant(&files));
    let accounts = ("Get-CsOnlineApplicationInstance.json", accounts.as_str());
    let of_account = State::new(tenant(&[files[0], files[1], accounts]));
    let acts = [
        unassign(),
        Act::ClearOnPremises { account },
        Act::Associate {
            account,
            app: account,
        },
        Act::Dissociate { account },
        Act::SetApplicationType {
            account,
            app_type: crate::tenant::AppKind::CallQueue,
        },
    ];
    for act in acts {
        for state in [&of_person, &of_account] {
            let alive = asked(&act, "`a@contoso.example` is a live account", state);
            assert_eq!(alive, Some(Met::No), "{act:?}");
            let mut commands = act.commands(state);
            if let Undo::Commands(undo) = act.undo(state) {
                commands.extend(undo);
            }
            let text = commands.join("\n");
            assert!(text.contains(ANA), "{text}");
            assert!(!text.contains("a@contoso.example"), "{text}");
        }
    }
}

#[test]
fn commands_know_an_account_by_its_id_where_no_name_is_its_own() {
    let users = format!(
        r#"[{{"Identity":"{ANA}","DisplayName":"Jo Smith","AccountType":"User","AccountEnabled":true,"UsageLocation":"DE","LineUri":"tel:{NUMBER}","OnPremLineUri":"tel:{NUMBER}"}}]"#
    );
    let state = State::new(tenant(&[("Get-CsOnlineUser.json", users.as_str())]));
    let account = id(ANA);
    let acts = [
        assign("+12065550103", None),
        unassign(),
        Act::SetEnterpriseVoice {
            account,
            enabled: true,
        },
        Act::ChangeLicense {
            account,
            add: vec![account],
            remove: Vec::new(),
        },
        Act::SetUsageLocation {
            account,
            country: "US".to_owned(),
        },
        Act::Grant {
            account,
            policy_type: "TeamsCallingPolicy",
            policy: None,
        },
        Act::Associate {
            account,
            app: account,
        },
        Act::Dissociate { account },
        Act::Disable { account },
        Act::Delete { account },
        Act::ClearOnPremises { account },
    ];
    for act in acts {
        let mut commands = act.commands(&state);
        if let Undo::Commands(undo) = act.undo(&state) {
            commands.extend(undo);
        }
        let text = commands.join("\n");
        assert!(text.contains(ANA), "{text}");
        assert!(!text.contains("Jo Smith"), "{text}");
    }
}

/// What takes an assignment back, from the parameter of the number on.
fn back(act: &Act, state: &State) -> Vec<String> {
    match act.undo(state) {
        Undo::Commands(back) => back
            .iter()
            .map(|line| line.replace(" -Identity 'a@contoso.example'", ""))
            .map(|line| line.replace("-CsPhoneNumberAssignment -PhoneNumber", ""))
            .collect(),
        Undo::Nothing => Vec::new(),
        Undo::Impossible(why) => vec![why],
    }
}

#[test]
fn a_further_number_that_becomes_the_primary_one_is_a_further_one_again() {
    let users = format!(
        r#"[{{"Identity":"{ANA}","UserPrincipalName":"a@contoso.example","AccountType":"User","LineUri":"tel:{NUMBER}","EnterpriseVoiceEnabled":true}}]"#
    );
    let row = |number: &str, category: &str| {
        format!(
            r#"{{"TelephoneNumber":"{number}","AssignedPstnTargetId":"{ANA}","PstnAssignmentStatus":"UserAssigned",
                "NumberType":"OperatorConnect","LocationId":null{category}}}"#
        )
    };
    let of = |category: &str| {
        let numbers = format!(
            "[{},{}]",
            row(NUMBER, r#","AssignmentCategory":"Primary""#),
            row("+12065550103", category)
        );
        State::new(tenant(&[
            ("Get-CsOnlineUser.json", users.as_str()),
            ("Get-CsPhoneNumberAssignment.json", &numbers),
        ]))
    };
    let further = of(r#","AssignmentCategory":"Alternate""#);
    let act = assign("+12065550103", None);
    assert_eq!(
        back(&act, &further),
        [
            "Remove '+12065550103' -PhoneNumberType OperatorConnect",
            "Set '+12065550102' -PhoneNumberType OperatorConnect",
            "Set '+12065550103' -PhoneNumberType OperatorConnect -AssignmentCategory Alternate",
        ]
    );
    // It has them so already.
    assert_eq!(back(&assign(NUMBER, None), &further), [""; 0]);
    let same = assign("+12065550103", Some("Alternate"));
    assert_eq!(back(&same, &further), [""; 0]);
    assert_eq!(
        back(&act, &of("")),
        ["the exports do not tell which category the number had"]
    );
}

#[test]
fn location_and_voice_are_as_before_when_an_assignment_is_taken_back() {
    let of = |voice: bool| {
        let voice = format!(r#","EnterpriseVoiceEnabled":{voice}"#);
        state(&voice, &of_operator(""), "")
    };
    let mut act = assign(NUMBER, None);
    let gone = "Remove '+12065550102' -PhoneNumberType OperatorConnect";
    assert_eq!(back(&act, &of(false)), [gone]);
    let on = "Set-CsPhoneNumberAssignment -EnterpriseVoiceEnabled $true";
    assert_eq!(back(&act, &of(true)), [gone, on]);
    if let Act::Assign { location, .. } = &mut act {
        *location = Some(id(PLACE));
    }
    let nowhere = "Set '+12065550102' -LocationId 'null'";
    assert_eq!(back(&act, &of(true)), [gone, nowhere, on]);
}
