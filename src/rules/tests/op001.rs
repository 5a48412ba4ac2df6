//! `operator-with-assigned-numbers`

use serde_json::{Value, json};

use super::{Case, ONE, TWO, labels};
use crate::snapshot::ExportKind;
use crate::tenant::testing::tenant;

const OPERATORS: &str = "operators";
const NUMBERS: &str = "Get-CsPhoneNumberAssignment";
const USERS: &str = "Get-CsOnlineUser";
const ACCOUNTS: &str = "Get-CsOnlineApplicationInstance";

const MICROSOFT: &str = "7fc2f2eb-89aa-41d7-93de-73d015d22ff0";
const FREE: fn() -> Value =
    || json!({"PstnAssignmentStatus": "Unassigned", "AssignedPstnTargetId": null});

fn number(last: u32, target: &Value, status: &str) -> Value {
    json!({
        "TelephoneNumber": format!("+1425555{last:04}"),
        "NumberType": "OperatorConnect",
        "AssignedPstnTargetId": target,
        "PstnAssignmentStatus": status,
        "PstnPartnerId": null,
        "PstnPartnerName": "Telco A"
    })
}

/// A removed operator, one of whose numbers a user holds.
fn removed() -> Case {
    Case::new("OP001")
        .file(OPERATORS, json!([{"name": "Telco A", "status": "Removed", "countries": ["US"]}]))
        .file(NUMBERS, json!([number(101, &json!(ONE), "UserAssigned")]))
        .file(USERS, json!([{"Identity": ONE, "UserPrincipalName": "a@contoso.example", "AccountType": "User"}]))
}

fn status(status: &str) -> Case {
    removed().with(OPERATORS, &json!({"status": status}))
}

#[test]
fn the_status_grades() {
    for (name, word) in [
        ("Removed", "error"),
        ("removed", "error"),
        ("Suspended", "warning"),
        ("Active", "passed"),
        ("Enabled", "passed"),
    ] {
        assert_eq!(status(name).word(), word, "{name}");
    }
    let doubt = "the operator's status is not Active, Suspended or Removed";
    assert_eq!(status("Removing").doubt(), doubt);
    assert_eq!(
        removed().with(OPERATORS, &json!({"status": null})).doubt(),
        doubt
    );
}

#[test]
fn an_operator_that_a_null_stands_for_may_be_any() {
    let with = |operators: Value| removed().file(OPERATORS, operators);
    let known = json!({"name": "Telco B", "status": "Active", "countries": ["US"]});
    assert_eq!(with(json!([known])).word(), "passed");
    let tenant = tenant(&[("operators.json", &json!([known, null]).to_string())]);
    let incomplete = tenant.snapshot.incomplete(ExportKind::Operators);
    assert!(incomplete.is_some_and(|why| why.proven), "{incomplete:?}");
}

#[test]
fn a_number_is_in_use_by_status_or_by_holder() {
    let with = |properties: Value| removed().with(NUMBERS, &properties).word();
    assert_eq!(with(FREE()), "passed");
    assert_eq!(with(json!({"AssignedPstnTargetId": null})), "error");
    assert_eq!(with(json!({"PstnAssignmentStatus": "unassigned"})), "error");
    let untold = removed().with(NUMBERS, &json!({"PstnAssignmentStatus": null}));
    let untold = untold.without(NUMBERS, "AssignedPstnTargetId");
    assert_eq!(
        untold.doubt(),
        "the export does not tell whether its numbers are assigned"
    );
}

#[test]
fn an_operator_without_numbers_may_go() {
    let other = removed().with(NUMBERS, &json!({"PstnPartnerName": "Telco B"}));
    assert_eq!(other.word(), "passed");
}

#[test]
fn the_id_decides_before_the_name() {
    let ids = |operator: Value, partner: Value, name: &str| {
        removed()
            .with(OPERATORS, &json!({"operatorId": operator}))
            .with(
                NUMBERS,
                &json!({"PstnPartnerId": partner, "PstnPartnerName": name}),
            )
            .word()
    };
    assert_eq!(ids(json!(TWO), json!(TWO), "Another name"), "error");
    assert_eq!(ids(json!(TWO), json!(ONE), "Telco A"), "passed");
    assert_eq!(ids(json!(TWO), json!(null), "Telco A"), "error");
    assert_eq!(ids(json!(null), json!(ONE), "Telco A"), "error");
    let by_operator = removed().with(OPERATORS, &json!({"operatorId": TWO})).with(
        NUMBERS,
        &json!({"OperatorId": TWO, "PstnPartnerName": null}),
    );
    assert_eq!(by_operator.word(), "error");
}

#[test]
fn names_are_compared_as_people_read_them_and_by_alias() {
    let named = |name: &str| removed().with(NUMBERS, &json!({"PstnPartnerName": name}));
    assert_eq!(named(" telco  a ").word(), "error");
    assert_eq!(named("Telco A Ltd").word(), "passed");
    let alias = json!({"aliases": ["Former Telco", "Telco A Ltd"]});
    assert_eq!(named("telco a LTD").with(OPERATORS, &alias).word(), "error");
}

#[test]
fn numbers_of_microsoft_are_nobody_elses() {
    let microsoft = removed().with(
        OPERATORS,
        &json!({"name": "Microsoft", "operatorId": MICROSOFT}),
    );
    let plan = json!({"NumberType": "CallingPlan", "PstnPartnerName": "Microsoft", "PstnPartnerId": MICROSOFT});
    assert_eq!(microsoft.with(NUMBERS, &plan).word(), "passed");
    let routing = removed().with(
        NUMBERS,
        &json!({"NumberType": "DirectRouting", "PstnPartnerName": null}),
    );
    assert_eq!(routing.word(), "passed");
}

#[test]
fn the_message_counts_as_people_count() {
    let of = |used: u32, all: u32| {
        let numbers: Vec<Value> = (1..=all)
            .map(|last| {
                if last <= used {
                    number(last, &json!(ONE), "UserAssigned")
                } else {
                    number(last, &json!(null), "Unassigned")
                }
            })
            .collect();
        let message = removed().file(NUMBERS, json!(numbers)).message();
        message
            .strip_prefix("`Telco A` is removed, but ")
            .expect("the state")
            .to_owned()
    };
    assert_eq!(of(1, 1), "its only number is still assigned to a user");
    assert_eq!(of(1, 12), "1 of its 12 numbers is still assigned to a user");
    assert_eq!(of(3, 12), "3 of its 12 numbers are still assigned to users");
    assert_eq!(of(2, 2), "both of its numbers are still assigned to users");
    assert_eq!(of(4, 4), "all 4 of its numbers are still assigned to users");
    assert!(
        status("Suspended")
            .message()
            .starts_with("`Telco A` is suspended, but its only number")
    );
}

/// One number with each kind of holder.
fn every_holder() -> Case {
    let shared = json!("TeamsSharedCallingRoutingPolicy|Tag:Site's");
    removed()
        .file(ACCOUNTS, json!([{"ObjectId": TWO, "UserPrincipalName": "ra@contoso.example", "ApplicationId": null}]))
        .file(
            NUMBERS,
            json!([
                number(101, &json!(ONE), "UserAssigned"),
                number(102, &json!(TWO), "VoiceApplicationAssigned"),
                number(103, &json!("bridge"), "ConferenceAssigned"),
                number(104, &shared, "PolicyAssigned"),
                number(105, &json!("00000000-0000-4000-8000-000000000009"), "UserAssigned"),
                number(106, &json!(null), "UserAssigned"),
            ]),
        )
}

#[test]
fn every_kind_of_holder_blocks_and_has_its_command() {
    let found = every_holder().found();
    assert_eq!(
        found.message,
        "`Telco A` is removed, but all 6 of its numbers are still assigned: 1 to a user, 1 to a resource account, 1 to a conference bridge, 1 to a shared calling policy, 2 to holders that no export lists"
    );
    assert_eq!(
        found.remedy.commands,
        [
            "Remove-CsPhoneNumberAssignment -Identity 'a@contoso.example' -PhoneNumber '+14255550101' -PhoneNumberType OperatorConnect",
            "Remove-CsPhoneNumberAssignment -Identity 'ra@contoso.example' -PhoneNumber '+14255550102' -PhoneNumberType OperatorConnect",
            "# '+14255550103' is on a conference bridge: move its users to another number, then Unregister-CsOnlineDialInConferencingServiceNumber",
            "Set-CsTeamsSharedCallingRoutingPolicy -Identity 'Site''s' -EmergencyNumbers @{Remove='+14255550104'}",
            "Remove-CsPhoneNumberAssignment -Identity '00000000-0000-4000-8000-000000000009' -PhoneNumber '+14255550105' -PhoneNumberType OperatorConnect",
            "# '+14255550106': find its holder first",
            "# then ask the operator to release all its numbers",
            "# then Teams admin center > Voice > Operators > My operators > Remove",
        ]
    );
}

#[test]
fn each_holder_alone_is_counted_and_named() {
    let holders = [
        ("a user", "`a@contoso.example`"),
        ("a resource account", "`ra@contoso.example`"),
        ("a conference bridge", "a conference bridge"),
        ("a shared calling policy", "shared calling policy `Site's`"),
        (
            "a holder that no export lists",
            "`00000000-0000-4000-8000-000000000009`, which no export lists",
        ),
        (
            "a holder that no export lists",
            "a holder that the export does not name",
        ),
    ];
    let all = every_holder();
    let (_, numbers) = all
        .files
        .iter()
        .find(|(name, _)| *name == NUMBERS)
        .expect("numbers");
    for (number, (counted, named)) in numbers.as_array().expect("a list").iter().zip(holders) {
        let found = all.clone().file(NUMBERS, json!([number])).found();
        assert_eq!(
            found.message,
            format!("`Telco A` is removed, but its only number is still assigned to {counted}")
        );
        assert_eq!(
            labels(&found),
            [
                "status: the operator is removed".to_owned(),
                format!("telephonenumber: still assigned to {named}"),
            ]
        );
    }
}

#[test]
fn a_calling_plan_number_of_an_operator_is_removed_as_one() {
    let plan = removed().with(NUMBERS, &json!({"NumberType": "CallingPlan"}));
    assert!(plan.commands()[0].ends_with("-PhoneNumberType CallingPlan"));
    let mobile = removed().with(NUMBERS, &json!({"NumberType": "OCMobile"}));
    assert!(mobile.commands()[0].ends_with("-PhoneNumberType OperatorConnect"));
}

#[test]
fn the_holder_is_called_by_id_where_nobody_names_it() {
    let nameless = removed()
        .without(USERS, "UserPrincipalName")
        .with(USERS, &json!({"LineUri": null}));
    assert!(nameless.commands()[0].contains(&format!("-Identity '{ONE}'")));
}

#[test]
fn thousands_of_numbers_make_no_endless_finding() {
    let numbers = |count: u32| -> Value {
        (1..=count)
            .map(|last| number(last, &json!(ONE), "UserAssigned"))
            .collect()
    };
    let found = removed().file(NUMBERS, numbers(150)).found();
    assert!(
        found
            .message
            .contains("all 150 of its numbers are still assigned to users")
    );
    assert_eq!(found.related.len(), 3);
    let commands = &found.remedy.commands;
    assert_eq!(commands.len(), 103);
    assert!(commands[99].contains("'+14255550100'"));
    assert_eq!(
        commands[100],
        "# and 50 more like these: see the numbers of this operator in the inventory"
    );
    let whole = removed().file(NUMBERS, numbers(100)).commands();
    assert_eq!(whole.len(), 102);
    assert!(
        !whole
            .iter()
            .any(|command| command.contains("more like these"))
    );
}

#[test]
fn a_suspension_may_be_ended_instead() {
    let last = |case: Case| case.commands().pop().expect("commands");
    let suspended = status("Suspended").commands();
    assert!(
        suspended[0].contains("end the suspension, and leave the numbers"),
        "{suspended:?}"
    );
    // Nobody loses a number before somebody chose that.
    assert!(
        suspended.iter().all(|line| line.starts_with("# ")),
        "{suspended:?}"
    );
    assert!(last(removed()).ends_with("My operators > Remove"));
    let labels = labels(&status("Suspended").found());
    assert_eq!(labels[0], "status: the operator is suspended");
}

#[test]
fn each_operator_answers_for_its_own_numbers() {
    let operators = json!([
        {"name": "Telco A", "status": "Removed", "countries": ["US"]},
        {"name": "Telco B", "status": "Suspended", "countries": ["US"]}
    ]);
    let mut second = number(102, &json!(ONE), "UserAssigned");
    second["PstnPartnerName"] = json!("Telco B");
    let numbers = json!([number(101, &json!(ONE), "UserAssigned"), second]);
    let case = removed().file(OPERATORS, operators).file(NUMBERS, numbers);
    let subjects: Vec<String> = case
        .verdicts()
        .into_iter()
        .filter_map(|verdict| match verdict {
            super::Verdict::Found(draft) => {
                Some(format!("{} {}", draft.severity.name(), draft.subject.id))
            }
            _ => None,
        })
        .collect();
    assert_eq!(subjects, ["error telco a", "warning telco b"]);
}
