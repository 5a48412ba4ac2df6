//! Telephone numbers: whose network, whose number, in use or not.

use super::{MICROSOFT, ONE, THREE, TWO, id, user_text};
use crate::tenant::testing::tenant;
use crate::tenant::{Answer, Holder, Tenant};

/// A tenant with one number of these properties.
fn number(properties: &str) -> Tenant {
    let text = format!(
        "[{{\"TelephoneNumber\":\"+14255550101\",\"ActivationState\":\"Activated\"{properties}}}]"
    );
    tenant(&[("Get-CsPhoneNumberAssignment.json", &text)])
}

#[test]
fn a_number_is_operator_connect_by_type_or_foreign_partner() {
    let answer = |properties: &str| {
        let tenant = number(properties);
        tenant.is_operator_connect(&tenant.numbers[0])
    };
    assert_eq!(answer(",\"NumberType\":\"OperatorConnect\""), Answer::Yes);
    assert_eq!(
        answer(",\"NumberType\":\"CallingPlan\",\"PstnPartnerName\":\"Example Telecom\""),
        Answer::Yes
    );
    assert_eq!(
        answer(",\"NumberType\":\"CallingPlan\",\"PstnPartnerName\":\"Microsoft\""),
        Answer::No
    );
    assert_eq!(
        answer(",\"NumberType\":\"DirectRouting\",\"PstnPartnerName\":\"\""),
        Answer::No
    );
    assert_eq!(answer(",\"NumberType\":\"CallingPlan\""), Answer::Unknown);
    assert_eq!(answer(""), Answer::Unknown);
    // A partner that is Microsoft says nothing of a number without type.
    assert_eq!(
        answer(",\"PstnPartnerName\":\"Microsoft\""),
        Answer::Unknown
    );
    assert_eq!(
        answer(&format!(",\"PstnPartnerId\":\"{TWO}\"")),
        Answer::Yes
    );
}

#[test]
fn graph_names_no_partner_so_its_calling_plan_numbers_are_open() {
    let answer = |number_type: &str| {
        let text = format!(
            "{{\"value\":[{{\"telephoneNumber\":\"+14255550101\",\"operatorId\":\"{TWO}\",\"numberType\":\"{number_type}\",\"capabilities\":[],\"assignmentTargetId\":null}}]}}"
        );
        let tenant = tenant(&[("graph-numberAssignments.json", &text)]);
        tenant.is_operator_connect(&tenant.numbers[0])
    };
    assert_eq!(answer("operatorConnect"), Answer::Yes);
    assert_eq!(answer("directRouting"), Answer::No);
    assert_eq!(answer("callingPlan"), Answer::Unknown);
}

#[test]
fn microsoft_is_told_by_its_id_before_its_name() {
    let partner = |properties: &str| {
        let tenant = number(properties);
        tenant.partner_is_microsoft(&tenant.numbers[0])
    };
    let by_id = |partner: &str, name: &str| {
        format!(",\"PstnPartnerId\":\"{partner}\",\"PstnPartnerName\":\"{name}\"")
    };
    assert_eq!(partner(&by_id(MICROSOFT, "Other")), Some(true));
    assert_eq!(partner(&by_id(TWO, "Microsoft")), Some(false));
    assert_eq!(partner(",\"PstnPartnerName\":\" microsoft \""), Some(true));
    assert_eq!(
        partner(",\"PstnPartnerName\":\"Example Telecom\""),
        Some(false)
    );
    assert_eq!(
        partner(",\"PstnPartnerId\":null,\"PstnPartnerName\":\"\""),
        None
    );
    assert_eq!(partner(""), None);
}

/// A tenant with a number of that target and status, a user, and a resource account.
fn held(target: &str, status: &str) -> Tenant {
    let numbers = format!(
        "[{{\"TelephoneNumber\":\"+14255550101\",\"NumberType\":\"OperatorConnect\",\"AssignedPstnTargetId\":{target},\"PstnAssignmentStatus\":\"{status}\"}}]"
    );
    let users = user_text(ONE, "");
    let accounts = format!(
        "[{{\"ObjectId\":\"{THREE}\",\"UserPrincipalName\":\"aa@contoso.example\",\"ApplicationId\":\"{THREE}\"}}]"
    );
    tenant(&[
        ("Get-CsPhoneNumberAssignment.json", &numbers),
        ("Get-CsOnlineUser.json", &users),
        ("Get-CsOnlineApplicationInstance.json", &accounts),
    ])
}

#[test]
fn holders_are_told_apart() {
    let holder = |target: &str, status: &str| {
        let tenant = held(target, status);
        let number = &tenant.numbers[0];
        (tenant.holder_of(number), tenant.is_assigned(number))
    };
    let of = |target: &str, status: &str| holder(&format!("\"{target}\""), status);
    assert_eq!(of(ONE, "UserAssigned"), (Holder::User(0), Answer::Yes));
    assert_eq!(
        of(THREE, "VoiceApplicationAssigned"),
        (Holder::ResourceAccount(0), Answer::Yes)
    );
    assert_eq!(
        of(TWO, "UserAssigned"),
        (Holder::Unlisted(id(TWO)), Answer::Yes)
    );
    assert_eq!(holder("null", "Unassigned"), (Holder::Nobody, Answer::No));
    let zero = "00000000-0000-0000-0000-000000000000";
    assert_eq!(of(zero, "Unassigned"), (Holder::Nobody, Answer::No));
    for bridge in ["bridge", TWO, zero] {
        let found = of(bridge, "ConferenceAssigned");
        assert_eq!(found, (Holder::ConferenceBridge, Answer::Yes), "{bridge}");
    }
    assert_eq!(
        of("TeamsSharedCallingRoutingPolicy|Tag:SC1", "PolicyAssigned"),
        (Holder::SharedCallingPolicy, Answer::Yes)
    );
    assert_eq!(of("odd", "UserAssigned"), (Holder::Unknown, Answer::Yes));
}

#[test]
fn a_number_without_target_is_assigned_by_its_status() {
    let answer = |properties: &str| {
        let tenant = number(properties);
        let number = &tenant.numbers[0];
        (tenant.holder_of(number), tenant.is_assigned(number))
    };
    let status = |name: &str| answer(&format!(",\"PstnAssignmentStatus\":\"{name}\""));
    assert_eq!(status("UserAssigned"), (Holder::Unknown, Answer::Yes));
    assert_eq!(status("unassigned"), (Holder::Unknown, Answer::No));
    assert_eq!(answer(""), (Holder::Unknown, Answer::Unknown));
    assert_eq!(
        answer(",\"AssignedPstnTargetId\":null"),
        (Holder::Nobody, Answer::No)
    );
}

#[test]
fn status_and_type_are_compared_without_case() {
    let tenant =
        number(",\"PstnAssignmentStatus\":\"userAssigned\",\"NumberType\":\"callingPlan\"");
    let first = &tenant.numbers[0];
    assert!(tenant.has_status(first, "UserAssigned"));
    assert!(!tenant.has_status(first, "Unassigned"));
    assert_eq!(tenant.number_type(first), Some("callingPlan"));
    let bare = number("");
    assert!(!bare.has_status(&bare.numbers[0], "UserAssigned"));
    assert_eq!(bare.number_type(&bare.numbers[0]), None);
}

#[test]
fn an_object_holds_its_numbers_in_order() {
    let numbers = format!(
        "[{{\"TelephoneNumber\":\"+14255550102\",\"NumberType\":\"DirectRouting\",\"AssignedPstnTargetId\":\"{ONE}\"}},
          {{\"TelephoneNumber\":\"tel:+14255550101\",\"NumberType\":\"DirectRouting\",\"AssignedPstnTargetId\":\"{ONE}\"}},
          {{\"TelephoneNumber\":\"+14255550103\",\"NumberType\":\"DirectRouting\",\"AssignedPstnTargetId\":\"{TWO}\"}}]"
    );
    let tenant = tenant(&[("Get-CsPhoneNumberAssignment.json", &numbers)]);
    let held = |holder: &str| -> Vec<String> {
        tenant
            .numbers_held_by(id(holder))
            .iter()
            .map(|number| number.key.to_string())
            .collect()
    };
    assert_eq!(held(ONE), ["+14255550101", "+14255550102"]);
    assert_eq!(held(TWO), ["+14255550103"]);
    assert!(held(THREE).is_empty());
}

#[test]
fn the_account_of_a_holder_is_that_of_the_directory() {
    let account = |target: &str| {
        let tenant = held(&format!("\"{target}\""), "UserAssigned");
        tenant
            .account_of_holder(&tenant.numbers[0])
            .and_then(|user| user.id.get())
    };
    assert_eq!(account(ONE), Some(id(ONE)));
    // The directory does not list the resource account, and nobody lists the other.
    assert_eq!(account(THREE), None);
    assert_eq!(account(TWO), None);
    let numbers = format!(
        "[{{\"TelephoneNumber\":\"+14255550101\",\"NumberType\":\"DirectRouting\",\"AssignedPstnTargetId\":\"{ONE}\"}}]"
    );
    let users = user_text(ONE, ",\"AccountType\":\"ResourceAccount\"");
    let tenant = tenant(&[
        ("Get-CsPhoneNumberAssignment.json", &numbers),
        ("Get-CsOnlineUser.json", &users),
    ]);
    let number = &tenant.numbers[0];
    assert_eq!(number.holder, Holder::ResourceAccount(0));
    let user = tenant.account_of_holder(number).expect("its account");
    assert_eq!(user.id.get(), Some(id(ONE)));
}

#[test]
fn an_account_has_a_line_by_the_inventory_its_line_uri_or_its_primary_number() {
    let line = |properties: &str, numbers: &str| {
        let users = user_text(ONE, properties);
        let mut files = vec![("Get-CsOnlineUser.json", users.as_str())];
        if !numbers.is_empty() {
            files.push(("Get-CsPhoneNumberAssignment.json", numbers));
        }
        let tenant = tenant(&files);
        let user = &tenant.users[0];
        (
            tenant.has_line(user),
            tenant.line_of(user).map(|(shown, _)| shown),
        )
    };
    let number = Some("+14255550101".to_owned());
    let held = format!(
        "[{{\"TelephoneNumber\":\"+14255550101\",\"ActivationState\":\"Activated\",\"AssignedPstnTargetId\":\"{ONE}\"}}]"
    );
    assert_eq!(line("", &held), (Answer::Yes, number.clone()));
    let uri = ",\"LineUri\":\"tel:+14255550101\"";
    assert_eq!(line(uri, ""), (Answer::Yes, number.clone()));
    let listed = |category: &str| {
        format!(
            ",\"TelephoneNumbers\":[{{\"TelephoneNumber\":\"+14255550101\",\"AssignmentCategory\":\"{category}\"}}]"
        )
    };
    assert_eq!(line(&listed("primary"), ""), (Answer::Yes, number));
    assert_eq!(line(&listed("Private"), ""), (Answer::No, None));
    assert_eq!(line(",\"TelephoneNumbers\":[]", ""), (Answer::No, None));
    assert_eq!(line(",\"LineUri\":null", ""), (Answer::No, None));
    assert_eq!(line("", "[]"), (Answer::No, None));
    assert_eq!(
        line(",\"EnterpriseVoiceEnabled\":true", ""),
        (Answer::Unknown, None)
    );
}

#[test]
fn a_number_that_nobody_can_read_makes_the_inventory_incomplete() {
    let told = |text: &str| {
        let tenant = tenant(&[("Get-CsPhoneNumberAssignment.json", text)]);
        let kind = crate::snapshot::ExportKind::PhoneNumberAssignment;
        let incomplete = tenant.snapshot.incomplete(kind);
        incomplete.map(|why| (why.proven, why.why.clone()))
    };
    let good = r#"{"TelephoneNumber":"+14255550101","NumberType":"DirectRouting"}"#;
    let bad = r#"{"TelephoneNumber":"extension 12","NumberType":"DirectRouting"}"#;
    assert_eq!(told(&format!("[{good}]")), None);
    let why = "a number in `Get-CsPhoneNumberAssignment` cannot be read".to_owned();
    assert_eq!(told(&format!("[{good},{bad}]")), Some((true, why.clone())));
    // That the file is cut off says as much, and is said as it was.
    let cut = told(&format!("[{good},{bad}")).expect("incomplete");
    assert!(cut.0);
}

#[test]
fn a_bridge_whose_numbers_are_lost_may_have_any_number() {
    let answer = |bridges: &str| {
        let tenant = tenant(&[("Get-CsOnlineDialInConferencingBridge.json", bridges)]);
        let key = crate::snapshot::PhoneNumber::parse("+14255550101").expect("a number");
        tenant.on_bridge(key).0
    };
    let other = format!(r#"{{"Identity":"{ONE}","ServiceNumbers":[{{"Number":"14255550102"}}]}}"#);
    let own = format!(r#"{{"Identity":"{TWO}","ServiceNumbers":[{{"Number":"14255550101"}}]}}"#);
    let lost = format!(r#"{{"Identity":"{THREE}","Name":"Bridge"}}"#);
    assert_eq!(answer(&format!("[{other}]")), Answer::No);
    assert_eq!(answer(&format!("[{other},{own}]")), Answer::Yes);
    assert_eq!(answer(&format!("[{other},{lost}]")), Answer::Unknown);
    assert_eq!(answer(&format!("[{lost},{own}]")), Answer::Yes);
}
