//! Operators and their numbers: by id, by name, by alias.

use serde_json::{Value, json};

use super::{MICROSOFT, ONE, THREE, TWO};
use crate::tenant::testing::tenant;
use crate::tenant::{Answer, OperatorStatus, Tenant};

fn built(operators: &Value, numbers: &Value) -> Tenant {
    tenant(&[
        ("operators.json", &operators.to_string()),
        ("Get-CsPhoneNumberAssignment.json", &numbers.to_string()),
    ])
}

/// The last digits of the numbers of each operator, under its name.
fn joined(tenant: &Tenant) -> Vec<(String, Vec<String>)> {
    tenant
        .operators
        .iter()
        .map(|operator| {
            let numbers = tenant
                .numbers_of(operator)
                .map(|number| number.key.to_string()[9..].to_owned())
                .collect();
            (tenant.operator_name(operator), numbers)
        })
        .collect()
}

fn number(last: &str, properties: &Value) -> Value {
    let mut number =
        json!({"TelephoneNumber": format!("+14255550{last}"), "NumberType": "OperatorConnect"});
    for (key, value) in properties.as_object().expect("properties") {
        number[key] = value.clone();
    }
    number
}

fn operator(name: &str, properties: &Value) -> Value {
    let mut operator = json!({"name": name, "status": "Active", "consentedCountries": ["US"]});
    for (key, value) in properties.as_object().expect("properties") {
        operator[key] = value.clone();
    }
    operator
}

#[test]
fn numbers_are_joined_by_name_by_either_id_and_by_alias() {
    let operators = json!([
        operator(
            "Example Telecom",
            &json!({"operatorId": ONE, "aliases": "Sample Tel; Old  Name"})
        ),
        operator("British Telecom", &json!({})),
    ]);
    let numbers = json!([
        number("101", &json!({"PstnPartnerName": " EXAMPLE  telecom "})),
        number(
            "102",
            &json!({"PstnPartnerId": ONE, "PstnPartnerName": "Renamed"})
        ),
        number("103", &json!({"OperatorId": ONE})),
        number("104", &json!({"PstnPartnerName": "sample tel"})),
        number("105", &json!({"PstnPartnerName": "old name"})),
        number("106", &json!({"PstnPartnerName": "BT Group"})),
        number("107", &json!({"PstnPartnerName": "Nobody"})),
        // Another id than the operator's own is another operator, whatever the name.
        number(
            "108",
            &json!({"PstnPartnerId": TWO, "PstnPartnerName": "Example Telecom"})
        ),
        // Operators without an id go by their name.
        number(
            "109",
            &json!({"PstnPartnerId": TWO, "PstnPartnerName": "BT"})
        ),
        number("110", &json!({})),
    ]);
    let expected = [
        ("British Telecom", vec!["106", "109"]),
        ("Example Telecom", vec!["101", "102", "103", "104", "105"]),
    ];
    let expected = expected.map(|(name, numbers)| {
        let numbers = numbers.into_iter().map(str::to_owned).collect();
        (name.to_owned(), numbers)
    });
    assert_eq!(joined(&built(&operators, &numbers)), expected);
}

#[test]
fn numbers_of_direct_routing_and_of_microsoft_belong_to_no_operator() {
    let operators = json!([
        operator("Example Telecom", &json!({"operatorId": ONE})),
        operator("Microsoft", &json!({})),
    ]);
    let numbers = json!([
        number(
            "101",
            &json!({"NumberType": "DirectRouting", "OperatorId": ONE})
        ),
        number(
            "102",
            &json!({"NumberType": "CallingPlan", "PstnPartnerId": MICROSOFT, "PstnPartnerName": "Microsoft"})
        ),
    ]);
    for (name, numbers) in joined(&built(&operators, &numbers)) {
        assert!(numbers.is_empty(), "{name}: {numbers:?}");
    }
}

#[test]
fn whether_a_number_belongs_to_an_operator_may_be_open() {
    let answer = |operator: Value, properties: &Value| {
        let tenant = built(&json!([operator]), &json!([number("101", properties)]));
        tenant.belongs_to(&tenant.numbers[0], &tenant.operators[0])
    };
    let with_id = || operator("Example Telecom", &json!({"operatorId": ONE}));
    let by_name = || operator("Example Telecom", &json!({}));
    assert_eq!(answer(with_id(), &json!({"OperatorId": ONE})), Answer::Yes);
    assert_eq!(answer(with_id(), &json!({"OperatorId": TWO})), Answer::No);
    assert_eq!(answer(with_id(), &json!({})), Answer::Unknown);
    let named = json!({"PstnPartnerName": "example telecom"});
    assert_eq!(answer(by_name(), &named), Answer::Yes);
    assert_eq!(
        answer(by_name(), &json!({"PstnPartnerName": "Other"})),
        Answer::No
    );
    // An id alone says nothing of an operator that is known by its name alone.
    assert_eq!(
        answer(by_name(), &json!({"OperatorId": TWO})),
        Answer::Unknown
    );
}

#[test]
fn an_operator_is_one_under_all_its_spellings() {
    let operators = json!([
        operator("BT", &json!({"operatorId": ONE})),
        operator(" british  telecom", &json!({"operatorId": ONE})),
        {"operatorId": THREE, "status": "Removed", "consentedCountries": []},
    ]);
    let tenant = built(&operators, &json!([]));
    let identities: Vec<&str> = tenant
        .operators
        .iter()
        .map(|operator| operator.identity.as_str())
        .collect();
    assert_eq!(identities, [THREE, "bt"]);
    assert_eq!(tenant.operator_name(&tenant.operators[0]), THREE);
}

#[test]
fn duplicates_that_disagree_are_not_believed() {
    let tenant = built(
        &json!([
            operator("BT", &json!({"operatorId": ONE, "status": "Removed"})),
            operator("BT Group", &json!({"operatorId": ONE})),
        ]),
        &json!([]),
    );
    assert_eq!(tenant.operators.len(), 1);
    assert_eq!(tenant.status_of(&tenant.operators[0]), None);
    let messages: Vec<&str> = tenant
        .problems
        .iter()
        .map(|problem| problem.message.as_str())
        .collect();
    assert!(
        messages.contains(&"`Status` differs between two records of 1 object: neither is believed"),
        "{messages:?}"
    );
}

#[test]
fn states_of_operators_are_read_without_case() {
    let status = |status: Value| {
        let tenant = built(
            &json!([operator("Example", &json!({"status": status}))]),
            &json!([]),
        );
        tenant.status_of(&tenant.operators[0])
    };
    assert_eq!(status(json!("active")), Some(OperatorStatus::Active));
    assert_eq!(status(json!("Enabled")), Some(OperatorStatus::Active));
    assert_eq!(status(json!("SUSPENDED")), Some(OperatorStatus::Suspended));
    assert_eq!(status(json!("Removed")), Some(OperatorStatus::Removed));
    assert_eq!(status(json!("Removing")), Some(OperatorStatus::Other));
    assert_eq!(status(Value::Null), None);
}

#[test]
fn an_operators_file_may_be_csv() {
    let csv = "name,operatorId,aliases,status,consentedCountries\nExample Telecom,,Sample Tel|Old Name,suspended,DE AT\n";
    let numbers = json!([number("101", &json!({"PstnPartnerName": "Old Name"}))]).to_string();
    let tenant = tenant(&[
        ("operators.csv", csv),
        ("Get-CsPhoneNumberAssignment.json", &numbers),
    ]);
    let operator = &tenant.operators[0];
    assert_eq!(tenant.status_of(operator), Some(OperatorStatus::Suspended));
    assert_eq!(tenant.numbers_of(operator).count(), 1);
    let countries = operator.record.countries.value().expect("the countries");
    assert_eq!(countries.0.len(), 2);
}

#[test]
fn only_an_operator_whose_number_it_could_be_may_own_more() {
    let operators = json!([
        operator("Example Telecom", &json!({"operatorId": ONE})),
        operator("Sample Tel", &json!({})),
    ]);
    let tenant = built(
        &operators,
        &json!([number("101", &json!({"OperatorId": TWO}))]),
    );
    let more: Vec<(String, bool)> = tenant
        .operators
        .iter()
        .map(|operator| {
            (
                tenant.operator_name(operator),
                tenant.may_own_more(operator),
            )
        })
        .collect();
    assert!(
        more.contains(&("Example Telecom".to_owned(), false)),
        "{more:?}"
    );
    assert!(more.contains(&("Sample Tel".to_owned(), true)), "{more:?}");
}

#[test]
fn a_free_number_or_one_of_another_operator_is_no_number_that_is_missed() {
    let may = |numbers: &Value| {
        let operators = json!([
            operator("Telco A", &json!({"operatorId": ONE})),
            operator("Telco B", &json!({"operatorId": TWO})),
        ]);
        let tenant = built(&operators, numbers);
        let [one, two] = &tenant.operators[..] else {
            panic!("two operators");
        };
        [one, two].map(|operator| tenant.may_have_more_numbers(operator))
    };
    let open = json!({"AssignedPstnTargetId": THREE});
    assert_eq!(may(&json!([number("101", &open)])), [true, true]);
    let free = json!({"AssignedPstnTargetId": null, "PstnAssignmentStatus": "Unassigned"});
    assert_eq!(may(&json!([number("101", &free)])), [false, false]);
    let own = json!({"AssignedPstnTargetId": THREE, "PstnPartnerName": "Telco B"});
    assert_eq!(may(&json!([number("101", &own)])), [false, false]);
}
