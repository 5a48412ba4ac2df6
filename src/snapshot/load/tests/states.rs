//! Values: the three states, spellings of keys and of policies, and values of another type than expected.

use super::{ID, Loaded, one};
use crate::snapshot::record::{NumberRecord, UserRecord};
use crate::snapshot::{AssignmentTarget, Field};

/// A user export of one record with that member.
fn user(member: &str) -> Loaded {
    let text =
        format!(r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example",{member}}}]"#);
    one("Get-CsOnlineUser.json", &text)
}

fn number(member: &str) -> Loaded {
    let text = format!(r#"[{{"NumberType":"OperatorConnect","City":"Oslo",{member}}}]"#);
    one("Get-CsPhoneNumberAssignment.json", &text)
}

impl Loaded {
    fn user(&self) -> &UserRecord {
        &self.snapshot.records.users[0]
    }

    fn number(&self) -> &NumberRecord {
        &self.snapshot.records.numbers[0]
    }

    fn policy(&self) -> Field<&str> {
        let field = self.user().voice_routing_policy;
        field.map(|name| self.snapshot.texts.symbol(name.0))
    }

    fn line_uri(&self) -> Field<&str> {
        let field = self.user().line_uri;
        field.map(|text| self.snapshot.texts.text(text))
    }
}

#[test]
fn absent_null_and_value_stay_apart_in_json() {
    for (member, expected) in [
        (r#""City":"Oslo""#, Field::Absent),
        (r#""LineUri":null"#, Field::Null),
        (r#""LineUri":"""#, Field::Null),
        (r#""LineUri":"  ""#, Field::Null),
        (r#""LineUri":{}"#, Field::Null),
        (
            r#""LineUri":"tel:+14255550123""#,
            Field::Value("tel:+14255550123"),
        ),
    ] {
        assert_eq!(user(member).no_problems().line_uri(), expected, "{member}");
    }
}

#[test]
fn absent_null_and_value_stay_apart_in_csv() {
    for (header, cell, expected) in [
        ("City", "Oslo", Field::Absent),
        ("LineUri", "", Field::Null),
        ("LineUri", "\"\"", Field::Null),
        ("LineUri", "\" \"", Field::Null),
        (
            "LineUri",
            "tel:+14255550123",
            Field::Value("tel:+14255550123"),
        ),
    ] {
        let text =
            format!("Identity,UserPrincipalName,{header}\r\n{ID},a@contoso.example,{cell}\r\n");
        let loaded = one("Get-CsOnlineUser.csv", &text);
        assert_eq!(loaded.no_problems().line_uri(), expected, "{header} {cell}");
    }
}

#[test]
fn a_property_is_known_when_any_record_has_it_even_as_null() {
    let loaded = user(r#""LineUri":null"#);
    let kind = crate::snapshot::ExportKind::OnlineUser;
    assert!(loaded.snapshot.has_property(kind, "LineUri"));
    assert!(loaded.snapshot.has_property(kind, "lineURI"));
    assert!(!loaded.snapshot.has_property(kind, "EnterpriseVoiceEnabled"));
}

#[test]
fn keys_have_no_case_and_of_two_spellings_the_value_wins() {
    for member in [
        r#""LineURI":"tel:+14255550123""#,
        r#""lineuri":"tel:+14255550123""#,
        r#"" LineUri ":"tel:+14255550123""#,
        r#""LineURI":null,"LineUri":"tel:+14255550123""#,
        r#""LineUri":"tel:+14255550123","LineURI":null"#,
        r#""LineUri":"tel:+14255550123","LineUri":"""#,
        r#""L\u0069neUri":"tel:+14255550123""#,
    ] {
        let loaded = user(member);
        assert_eq!(
            loaded.line_uri(),
            Field::Value("tel:+14255550123"),
            "{member}"
        );
    }
}

#[test]
fn a_policy_has_six_spellings_and_one_name() {
    for (value, expected) in [
        ("null", Field::Null),
        (r#""""#, Field::Null),
        (r#""FR-Paris""#, Field::Value("FR-Paris")),
        (r#""Tag:FR-Paris""#, Field::Value("FR-Paris")),
        (r#""TAG: FR-Paris ""#, Field::Value("FR-Paris")),
        (
            r#"{"Authority":"Tenant","Name":"FR-Paris"}"#,
            Field::Value("FR-Paris"),
        ),
        (
            r#"{"name":"Tag:FR-Paris","authority":"Host"}"#,
            Field::Value("FR-Paris"),
        ),
        (r#"{"Authority":null,"Name":null}"#, Field::Null),
        ("{}", Field::Null),
    ] {
        let loaded = user(&format!(r#""OnlineVoiceRoutingPolicy":{value}"#));
        assert_eq!(loaded.no_problems().policy(), expected, "{value}");
    }
}

#[test]
fn a_value_that_the_depth_cut_is_unknown_and_told_once() {
    for value in [
        r#""System.Object[]""#,
        r#""@{System.Object[]}""#,
        r#""Microsoft.Teams.ConfigAPI.Cmdlets.Generated.Models.Policy""#,
    ] {
        let loaded = user(&format!(
            r#""OnlineVoiceRoutingPolicy":{value},"TenantDialPlan":{value}"#
        ));
        assert_eq!(loaded.policy(), Field::Absent, "{value}");
        let message = loaded.problem().1;
        assert!(
            message.contains("1 of `OnlineVoiceRoutingPolicy`, 1 of `TenantDialPlan`"),
            "{message}"
        );
        assert!(message.contains("-Depth 20"), "{message}");
    }
}

#[test]
fn a_number_where_text_is_expected_is_read_as_its_digits() {
    let loaded = number(r#""TelephoneNumber":14255550123"#);
    let text = loaded.no_problems().number().number.get().unwrap();
    assert_eq!(loaded.snapshot.texts.text(text), "14255550123");
    let loaded = user(r#""LineUri":14255550123"#);
    assert_eq!(loaded.no_problems().line_uri(), Field::Value("14255550123"));
}

#[test]
fn digits_that_were_rounded_away_do_not_come_back_as_zeros() {
    let loaded = number(r#""TelephoneNumber":1.42556E+10"#);
    let text = loaded.number().number.get().unwrap();
    assert_eq!(loaded.snapshot.texts.text(text), "1.42556E10");
}

#[test]
fn text_where_a_flag_or_a_count_is_expected_is_read_by_its_meaning() {
    for (value, expected) in [
        ("true", Field::Value(true)),
        (r#""True""#, Field::Value(true)),
        (r#"" VRAI ""#, Field::Value(true)),
        ("1", Field::Value(true)),
        (r#""false""#, Field::Value(false)),
        (r#""FALSCH""#, Field::Value(false)),
        ("0", Field::Value(false)),
        ("null", Field::Null),
        (r#""perhaps""#, Field::Absent),
        ("2", Field::Absent),
        ("[true]", Field::Absent),
    ] {
        let loaded = user(&format!(r#""EnterpriseVoiceEnabled":{value}"#));
        assert_eq!(loaded.user().enterprise_voice, expected, "{value}");
    }
    let route = r#"[{"Identity":"a","NumberPattern":"^1$","Priority":"7"}]"#;
    let loaded = one("Get-CsOnlineVoiceRoute.json", route);
    assert_eq!(
        loaded.snapshot.records.voice_routes[0].priority,
        Field::Value(7)
    );
}

#[test]
fn a_list_or_an_object_where_text_is_expected_is_unknown_not_empty() {
    for value in [r#"["tel:+14255550123","x"]"#, r#"{"a":"b"}"#, "[]", "[[]]"] {
        let loaded = user(&format!(r#""LineUri":{value}"#));
        assert_eq!(loaded.line_uri(), Field::Absent, "{value}");
    }
}

#[test]
fn only_something_like_a_date_deletes_an_account() {
    for (value, expected) in [
        ("null", Field::Null),
        (r#""""#, Field::Null),
        (r#""0001-01-01T00:00:00""#, Field::Null),
        (r#""\/Date(-62135596800000)\/""#, Field::Null),
        (r#""31/01/2023 09:32:28""#, Field::Value(())),
        (r#""\/Date(1775495947301)\/""#, Field::Value(())),
        (
            r#"{"value":"\/Date(1775495947301)\/","DisplayHint":2}"#,
            Field::Value(()),
        ),
        ("false", Field::Absent),
        ("0", Field::Absent),
        ("[]", Field::Absent),
    ] {
        let loaded = user(&format!(r#""SoftDeletionTimestamp":{value}"#));
        assert_eq!(loaded.user().deleted.map(|_| ()), expected, "{value}");
    }
}

#[test]
fn who_holds_a_number_is_an_account_a_policy_a_text_or_nobody() {
    let target = |value: &str| {
        let member = format!(r#""TelephoneNumber":"+14255550123","AssignedPstnTargetId":{value}"#);
        number(&member).number().target
    };
    assert!(matches!(
        target(&format!("\"{{{}}}\"", ID.to_uppercase())),
        Field::Value(AssignmentTarget::Object(id)) if id.to_string() == ID
    ));
    assert!(matches!(
        target(r#""TeamsSharedCallingRoutingPolicy|Tag:SC1""#),
        Field::Value(AssignmentTarget::SharedCallingPolicy(_))
    ));
    assert!(matches!(
        target(r#""bridge""#),
        Field::Value(AssignmentTarget::Other(_))
    ));
    assert!(target(r#""00000000-0000-0000-0000-000000000000""#).is_null());
    assert!(target("null").is_null());
}

#[test]
fn a_date_has_many_spellings_and_one_moment() {
    for value in [
        r#""2026-04-06T17:19:07.301Z""#,
        r#""2026-04-06T17:19:07.3010000Z""#,
        r#""2026-04-06T19:19:07.301+02:00""#,
        r#""2026-04-06T17:19:07.301""#,
        r#""\/Date(1775495947301)\/""#,
        r#""/Date(1775495947301+0200)/""#,
        r#"{"value":"/Date(1775495947301)/","DisplayHint":2,"DateTime":"lundi"}"#,
    ] {
        let loaded = user(&format!(r#""WhenChanged":{value}"#));
        let moment = loaded.user().changed.get().map(crate::snapshot::Moment::ms);
        assert_eq!(moment, Some(1_775_495_947_301), "{value}");
    }
}

#[test]
fn an_export_is_there_with_the_properties_that_some_record_has() {
    use crate::snapshot::ExportKind;
    let has = |loaded: &Loaded, property: &str| {
        loaded
            .snapshot
            .has_property(ExportKind::OnlineUser, property)
    };
    let loaded = user(r#""LineUri":null"#);
    assert!(loaded.snapshot.has_export(ExportKind::OnlineUser));
    assert!(
        !loaded
            .snapshot
            .has_export(ExportKind::PhoneNumberAssignment)
    );
    assert_eq!(
        loaded.snapshot.kinds().into_iter().collect::<Vec<_>>(),
        [ExportKind::OnlineUser]
    );
    assert!(has(&loaded, "LineUri"));
    assert!(!has(&loaded, "EnterpriseVoiceEnabled"));
    let empty = one("Get-CsOnlineUser.json", "[]");
    assert!(has(&empty, "EnterpriseVoiceEnabled"), "nothing lacks it");
}

#[test]
fn a_list_of_deleted_accounts_is_none_of_accounts() {
    use crate::snapshot::ExportKind;
    let deleted = format!(
        r#"[{{"id":"{ID}","userPrincipalName":"a@contoso.example","deletedDateTime":"2026-09-01T00:00:00Z"}}]"#
    );
    let loaded = one("deletedItems.json", &deleted);
    assert!(loaded.snapshot.has_export(ExportKind::DeletedUser));
    assert!(!loaded.snapshot.has_export(ExportKind::OnlineUser));
    let live = user(r#""LineUri":null"#);
    assert!(live.snapshot.has_export(ExportKind::OnlineUser));
    assert!(!live.snapshot.has_export(ExportKind::DeletedUser));
}

#[test]
fn lists_of_live_accounts_say_that_nobody_in_them_is_deleted() {
    use crate::snapshot::ExportKind;
    let tells = |loaded: &Loaded| {
        loaded
            .snapshot
            .has_property(ExportKind::OnlineUser, "SoftDeletionTimestamp")
    };
    assert!(!tells(&user(r#""LineUri":null"#)));
    let old = format!(r#""LineUri":null,"ObjectId":"{ID}""#);
    assert!(tells(&user(&old)));
    assert!(
        !user(&old)
            .snapshot
            .has_property(ExportKind::OnlineUser, "City")
    );
    let graph = format!(
        r#"[{{"id":"{ID}","userPrincipalName":"a@contoso.example","accountEnabled":true,"usageLocation":"US"}}]"#
    );
    assert!(tells(&one("graph-users.json", &graph)));
}

#[test]
fn a_property_of_which_nothing_could_be_read_is_lost_and_one_value_brings_it_back() {
    use crate::snapshot::ExportKind;
    let lost = |values: &[&str]| {
        let rows: Vec<String> = values
            .iter()
            .enumerate()
            .map(|(at, value)| {
                format!(
                    r#"{{"Identity":"00000000-0000-4000-8000-{at:012}","UserPrincipalName":"a{at}@contoso.example","EnterpriseVoiceEnabled":{value}}}"#
                )
            })
            .collect();
        let loaded = one("Get-CsOnlineUser.json", &format!("[{}]", rows.join(",")));
        let property = "EnterpriseVoiceEnabled";
        (
            loaded
                .snapshot
                .has_property(ExportKind::OnlineUser, property),
            loaded
                .snapshot
                .lost_property(ExportKind::OnlineUser, property)
                .is_some(),
        )
    };
    assert_eq!(lost(&["\"perhaps\"", "\"perhaps\""]), (false, true));
    assert_eq!(lost(&["true", "\"perhaps\""]), (true, false));
    assert_eq!(lost(&["true", "false"]), (true, false));
    // However many could be read.
    assert_eq!(lost(&["true", "\"perhaps\"", "false"]), (true, false));
}

#[test]
fn records_of_another_tenant_are_told_with_a_place_of_either() {
    const OTHER: &str = "00000000-0000-4000-8000-0000000000ff";
    let loaded = |tenants: &[&str]| {
        let rows: Vec<String> = tenants
            .iter()
            .enumerate()
            .map(|(at, tenant)| {
                format!(
                    r#"{{"Identity":"00000000-0000-4000-8000-{at:012}","UserPrincipalName":"a{at}@contoso.example","TenantId":"{tenant}"}}"#
                )
            })
            .collect();
        one("Get-CsOnlineUser.json", &format!("[{}]", rows.join(",")))
    };
    let told = |tenants: &[&str]| {
        let loaded = loaded(tenants);
        let problems = loaded.snapshot.problems.iter();
        let found: Vec<(String, String, bool)> = problems
            .filter(|problem| problem.rule == Some("SN007"))
            .map(|problem| {
                (
                    problem.message.clone(),
                    problem.discriminator.clone(),
                    problem.also.is_some(),
                )
            })
            .collect();
        found
    };
    assert_eq!(told(&[ID, ID]), []);
    let mixed = told(&[ID, OTHER, ID]);
    let [(message, discriminator, also)] = mixed.as_slice() else {
        panic!("{mixed:?}");
    };
    assert!(
        message.contains(&format!("holds 1 record of tenant `{OTHER}`")),
        "{message}"
    );
    assert!(message.contains(&format!("the rest of the snapshot is of tenant `{ID}`")));
    assert_eq!(discriminator, OTHER);
    assert!(also);
    let more = told(&[ID, OTHER, ID, OTHER, ID]);
    assert!(more[0].0.contains("holds 2 records of tenant"), "{more:?}");
    assert_eq!(
        loaded(&[ID, OTHER, OTHER])
            .snapshot
            .owner
            .map(|id| id.to_string()),
        Some(OTHER.to_owned())
    );
}

#[test]
fn who_may_change_a_location_is_told_in_two_ways() {
    let told = |member: &str| {
        let loaded = number(&format!(r#""TelephoneNumber":"+12065550101",{member}"#));
        loaded.number().location_editable
    };
    for (member, editable) in [
        (r#""LocationUpdateSupported":"False""#, Field::Value(false)),
        (
            r#""supportedCustomerActions":["locationUpdate","release"]"#,
            Field::Value(true),
        ),
        (
            r#""SupportedCustomerActions":["release"]"#,
            Field::Value(false),
        ),
        (
            r#""SupportedCustomerActions":"release; LocationUpdate""#,
            Field::Value(true),
        ),
        (
            r#""SupportedCustomerActions":"Release""#,
            Field::Value(false),
        ),
        (r#""SupportedCustomerActions":[]"#, Field::Value(false)),
        (r#""LocationUpdateSupported":"perhaps""#, Field::Absent),
    ] {
        assert_eq!(told(member), editable, "{member}");
    }
}

#[test]
fn whatever_names_its_tenant_is_held_to_it() {
    const OTHER: &str = "00000000-0000-4000-8000-0000000000ff";
    let tenant = format!(r#"[{{"TenantId":"{ID}","DisplayName":"Contoso","VerifiedDomains":[]}}]"#);
    let members = format!(r#""Identity":"{ID}","Name":"a","TenantId":"{OTHER}""#);
    let bridge = format!(r#"{members},"ServiceNumbers":[],"IsDefault":true"#);
    let organizer = format!(r#"{members},"ServiceNumber":null,"BridgeId":null"#);
    let location = format!(r#""LocationId":"{ID}","CivicAddressId":"{ID}","TenantId":"{OTHER}""#);
    let address = format!(
        r#""CivicAddressId":"{ID}","DefaultLocationId":"{ID}","ValidationStatus":"Validated","TenantId":"{OTHER}""#
    );
    for (name, members) in [
        ("Get-CsAutoAttendant.json", &members),
        ("Get-CsCallQueue.json", &members),
        ("Get-CsOnlineDialInConferencingBridge.json", &bridge),
        ("Get-CsOnlineDialInConferencingUser.json", &organizer),
        ("Get-CsOnlineLisLocation.json", &location),
        ("Get-CsOnlineLisCivicAddress.json", &address),
    ] {
        let text = format!("[{{{members}}}]");
        let loaded = super::loaded(&[
            ("Get-CsTenant.json", tenant.as_bytes()),
            (name, text.as_bytes()),
        ]);
        let told = loaded.snapshot.problems.iter();
        let told = told.filter(|problem| problem.rule == Some("SN007")).count();
        assert_eq!(told, 1, "{name}");
    }
}

#[test]
fn what_locates_a_caller_is_told_apart_by_the_key_of_its_kind() {
    for (name, one, two, none) in [
        (
            "Get-CsOnlineLisSubnet.json",
            r#""Subnet":"10.1.2.0""#,
            r#""Subnet":"10.1.3.0""#,
            r#""Subnet":null"#,
        ),
        (
            "Get-CsOnlineLisSwitch.json",
            r#""ChassisID":"a""#,
            r#""ChassisID":"b""#,
            r#""ChassisID":null"#,
        ),
        (
            "Get-CsOnlineLisPort.json",
            r#""PortID":"1","ChassisID":"a""#,
            r#""PortID":"2","ChassisID":"a""#,
            r#""PortID":null,"ChassisID":"a""#,
        ),
        (
            "Get-CsOnlineLisWirelessAccessPoint.json",
            r#""BSSID":"F0-6E-0B-C2-03-23""#,
            r#""BSSID":"F0-6E-0B-C2-03-24""#,
            r#""BSSID":null"#,
        ),
    ] {
        let text = |last: &str| {
            let row =
                |members: &str| format!(r#"{{{members},"LocationId":"{ID}","Description":"x"}}"#);
            format!("[{},{},{}]", row(one), row(two), row(last))
        };
        let counted = format!(
            r#"{{"exportedAt":"2026-09-14T05:30:00Z","exports":[{{"file":"{name}","records":2}}]}}"#
        );
        let loaded = super::loaded(&[
            (name, text(two).as_bytes()),
            ("manifest.json", counted.as_bytes()),
        ]);
        assert_eq!(loaded.snapshot.records.lis_elements.len(), 3, "{name}");
        let problems: Vec<&str> = loaded
            .snapshot
            .problems
            .iter()
            .map(|problem| problem.message.as_str())
            .collect();
        assert!(
            !problems
                .iter()
                .any(|said| said.contains("cannot be judged")),
            "{name}: {problems:?}"
        );
        let blind = super::one(name, &text(none));
        assert!(blind.problem().1.contains("cannot be judged"), "{name}");
    }
}

#[test]
fn a_list_without_accounts_keeps_nothing_from_the_one_with_some() {
    use crate::snapshot::ExportKind;
    let live = |member: &str| {
        format!(r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example"{member}}}]"#)
    };
    let tells = |live: &str, deleted: &str, property: &str| {
        let loaded = super::loaded(&[
            ("Get-CsOnlineUser.json", live.as_bytes()),
            ("deletedItems.json", deleted.as_bytes()),
        ]);
        assert!(loaded.snapshot.has_export(ExportKind::DeletedUser));
        loaded
            .snapshot
            .has_property(ExportKind::OnlineUser, property)
    };
    let told = live(r#","SoftDeletionTimestamp":null"#);
    let untold = live("");
    let some = r#"[{"id":"00000000-0000-4000-8000-000000000009","userPrincipalName":"b@contoso.example","deletedDateTime":"2026-09-01T00:00:00Z"}]"#;
    let property = "SoftDeletionTimestamp";
    assert!(tells(&told, "[]", property), "nobody was deleted");
    assert!(tells(&told, some, property));
    // The list of the deleted says nothing of accounts that only the other one has.
    assert!(!tells(&untold, some, property));
    assert!(!tells(&untold, "[]", property));
    // Of other properties one list is enough.
    assert!(tells(&live(r#","City":"Oslo""#), some, "City"));
    assert!(!tells(&untold, "[]", "City"));
}

#[test]
fn a_null_of_graph_is_what_was_not_asked_for() {
    let graph = format!(
        r#"[{{"id":"{ID}","userPrincipalName":"a@contoso.example","accountEnabled":true,"usageLocation":null,"displayName":""}}]"#
    );
    let loaded = one("graph-users.json", &graph);
    let graph = loaded.user();
    assert_eq!(graph.account_enabled, Field::Value(true));
    assert!(graph.usage_location.is_absent() && graph.display_name.is_absent());
    let cmdlet = user(r#""UsageLocation":null,"DisplayName":"""#);
    let cmdlet = cmdlet.user();
    assert!(cmdlet.usage_location.is_null() && cmdlet.display_name.is_null());
}
