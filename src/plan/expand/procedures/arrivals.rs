//! People who get their first number of an operator.
//!
//! Source: <https://learn.microsoft.com/microsoftteams/operator-connect-configure>.

use std::collections::BTreeSet;

use super::holdings::{country_of, license, location_of};
use super::needs::{has_no_usages, is_teams_only, shares_no_number};
use super::sequence::Sequence;
use super::{optional, optional_license};
use crate::plan::act::{Act, Need};
use crate::plan::areas::operator_numbers;
use crate::plan::areas::orders::operator_name;
use crate::plan::expand::Planned;
use crate::plan::expand::operands::Operands;
use crate::plan::state::State;
use crate::snapshot::{Field, ObjectId};
use crate::tenant::{Answer, Number};

/// License, coexistence mode, upload, assignment. Without numbers in the step, the operator's free ones are given.
pub(super) fn set_up(step: &mut Operands) -> Option<Vec<Planned>> {
    let (operator, operator_bytes) = step.operator("operator")?;
    let location = optional(step, "location", Operands::location).ok()?;
    let sku = optional_license(step).ok()?;
    let users = step.accounts("users");
    let given = step.numbers("numbers");
    let are_given = step.step.field("numbers").is_some();
    let (state, gate) = (step.state, &step.step.change_bytes);

    let mut sequence = Sequence::default();
    for (account, bytes) in &users {
        let act = license(*account, sku, state);
        sequence.acts(act, bytes);
    }
    let mut waits = false;
    for (account, bytes) in &users {
        let user = state.user(*account);
        let mode = user.map(|user| state.tenant.coexistence(user).teams_only);
        if mode == Some(Answer::No) {
            let act = super::moves::grant(*account, "TeamsUpgradePolicy", "UpgradeToTeams");
            sequence.act(act, bytes);
            waits = true;
        }
    }
    for (index, (number, bytes)) in given.iter().enumerate() {
        if state.number(*number).is_some() {
            continue;
        }
        let getter = users.get(index).or(users.first());
        let act = Act::UploadOperatorConnect {
            number: *number,
            operator: operator.clone(),
            location,
            country: country_of(*number, getter.map(|(account, _)| *account), state),
            usage: "user",
        };
        sequence.act(act, bytes);
        waits = true;
    }

    // Who has a number of the operator already is set up.
    let has_one = |account: ObjectId| {
        let held = state.numbers_of(account);
        held.iter()
            .filter_map(|number| state.number(*number))
            .any(|row| operator_numbers::is_of(row, &operator, state))
    };
    let without: Vec<_> = users.iter().filter(|(id, _)| !has_one(*id)).collect();
    let free = if are_given {
        Vec::new()
    } else {
        free_numbers(&operator, state)
    };
    let mut taken = BTreeSet::new();
    let mut assigns = Vec::new();
    let mut unserved = Vec::new();
    let mut next = given.iter();
    for (account, bytes) in without {
        let number = if are_given {
            next.next().map(|(number, _)| *number)
        } else {
            let fits = |row: &&&Number| {
                !taken.contains(&row.key) && is_in_country_of(*account, row, state)
            };
            free.iter().find(fits).map(|row| row.key)
        };
        match number {
            Some(number) => {
                taken.insert(number);
                assigns.push((*account, number, bytes));
            }
            None => unserved.push(*account),
        }
    }
    if !unserved.is_empty() {
        // The operator has to upload first.
        let needs = unserved
            .iter()
            .map(|account| lacks_number(*account, &operator, are_given, state));
        let needs = needs.collect();
        sequence.with_needs(Act::WaitForExport, &operator_bytes, needs);
    } else if waits {
        sequence.gate(gate);
    }
    for (account, number, bytes) in assigns {
        let act = Act::Assign {
            account,
            number,
            number_type: Some("OperatorConnect"),
            location: location.or_else(|| location_of(number, state)),
            category: None,
        };
        let becomes = |need: &Need| need.met != crate::plan::act::Met::No;
        let needs = is_teams_only(account, state)
            .filter(becomes)
            .into_iter()
            .chain(shares_no_number(account, state))
            .chain(has_no_usages(account, state));
        sequence.with_needs(act, bytes, needs.collect());
    }
    Some(sequence.done())
}

/// Numbers of an operator for people that nobody has, in order.
fn free_numbers<'s>(operator: &str, state: &'s State) -> Vec<&'s Number> {
    let texts = &state.tenant.snapshot.texts;
    let is_for_people = |number: &Number| match number.record.capabilities {
        Field::Value(capabilities) => texts.list(capabilities).iter().any(|one| {
            state
                .symbol(Some(*one))
                .eq_ignore_ascii_case("UserAssignment")
        }),
        Field::Null | Field::Absent => true,
    };
    let mut numbers = operator_numbers::numbers_of(operator, state);
    numbers
        .retain(|number| state.tenant.is_assigned(number) == Answer::No && is_for_people(number));
    numbers
}

fn is_in_country_of(account: ObjectId, number: &Number, state: &State) -> bool {
    let user = state.user(account);
    let own = user.and_then(|user| state.tenant.country(user.usage_location));
    match (own, state.tenant.country_of_number(number)) {
        (Some(own), Some(country)) => own.shares_plans_with(country),
        _ => true,
    }
}

fn lacks_number(account: ObjectId, operator: &str, are_given: bool, state: &State) -> Need {
    let account = state.account_name(account);
    let operator = operator_name(operator, state);
    Need::refused(
        format!("there is a number of `{operator}` for `{account}`"),
        false,
    )
    .instead(if are_given {
        "the step names fewer numbers than users"
    } else {
        "the inventory has no free one that fits: order some, and name them in the step"
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::plan::act::Act;
    use crate::plan::expand::procedures::testing::{acts, contoso, expanded, unmet, with};

    const STEP: &str = "change = \"set-up-operator-connect-users\"\noperator = \"Telco A\"\n";

    #[test]
    fn a_free_number_of_the_operator_is_given_where_none_is_named() {
        let step = format!("{STEP}users = [\"dan@contoso.example\"]");
        assert_eq!(
            acts(&contoso(), &step),
            [
                "change-license",
                "grant-policy",
                "wait-for-export",
                "assign-number"
            ]
        );
        let (_, expansion) = expanded(&contoso(), &step);
        let Act::Assign { number, .. } = &expansion.acts[3].act else {
            panic!("{:?}", expansion.acts);
        };
        assert_eq!(number.to_string(), "+12065550120");
        for (property, value) in [
            ("IsoCountryCode", json!("DE")),
            ("Capability", json!(["VoiceApplicationAssignment"])),
            ("NumberType", json!("DirectRouting")),
        ] {
            let files = with(
                contoso(),
                "Get-CsPhoneNumberAssignment.json",
                "+12065550120",
                &json!({ property: value, "PstnPartnerName": if property == "NumberType" { "" } else { "Telco A" } }),
            );
            assert_eq!(
                unmet(&files, &step),
                [
                    "there is a number of `Telco A` for `dan@contoso.example`: the inventory has no free one that fits: order some, and name them in the step"
                ],
                "{property}"
            );
        }
    }

    #[test]
    fn nobody_gets_the_number_of_another() {
        let step = format!(
            "{STEP}users = [\"dan@contoso.example\", \"fay@contoso.example\", \"eve@contoso.example\"]"
        );
        let named = format!("{step}\nnumbers = [\"+12065550120\"]");
        let fewer = "there is a number of `Telco A` for `fay@contoso.example`: the step names fewer numbers than users";
        assert_eq!(unmet(&contoso(), &named), [fewer]);
        let unmet = unmet(&contoso(), &step);
        assert_eq!(unmet.len(), 1, "{unmet:?}");
        assert!(unmet[0].contains("fay@"), "{unmet:?}");
        let assigns = acts(&contoso(), &step);
        let assigns = assigns.iter().filter(|name| **name == "assign-number");
        assert_eq!(assigns.count(), 1, "Eve has one, and Fay gets none");
    }

    #[test]
    fn routing_and_shared_calling_stand_in_the_way() {
        let files = with(
            contoso(),
            "Get-CsOnlineUser.json",
            "fay@",
            &json!({"OnlineVoiceRoutingPolicy": "SBC"}),
        );
        let step = format!("{STEP}users = [\"fay@contoso.example\"]");
        assert_eq!(
            unmet(&files, &step),
            [
                "`fay@contoso.example` does not use Shared Calling: it has shared calling policy `SC`",
                "no PSTN usage routes the calls of `fay@contoso.example`: policy `SBC` brings usages",
            ]
        );
    }
}
