//! Moves of people with their numbers from one carrier to another.
//!
//! All users of a step move together, phase by phase, so that one gate serves all of them.
//!
//! Sources: <https://learn.microsoft.com/microsoftteams/operator-connect-configure>,
//! <https://learn.microsoft.com/microsoftteams/phone-number-calling-plans/transfer-phone-numbers-to-teams>,
//! <https://learn.microsoft.com/microsoftteams/direct-routing-enable-users>.

use super::departures::{Moving, Origin, moving};
use super::holdings::{country_of, has_own, license, type_of, ungrant, unlicense, usage_of};
use super::needs::{is_of_told_type, is_teams_only, leads_out, shares_no_number};
use super::optional;
use super::sequence::Sequence;
use crate::plan::act::{Act, Need};
use crate::plan::areas::operator_numbers;
use crate::plan::expand::Planned;
use crate::plan::expand::operands::Operands;
use crate::plan::state::State;
use crate::snapshot::ObjectId;
use crate::tenant::PolicyKind;

/// Numbers of carriers are ported, numbers of Direct Routing are released and uploaded anew; licenses go last.
pub(super) fn to_operator_connect(step: &mut Operands) -> Option<Vec<Planned>> {
    let (operator, _) = step.operator("operator")?;
    let location = optional(step, "location", Operands::location).ok()?;
    let dropped = step.licenses("remove-licenses");
    let users = step.accounts("users");
    let (state, gate) = (step.state, &step.step.change_bytes);
    let mut sequence = Sequence::default();
    let all = moving(&users, location, state, &mut sequence, |number| {
        operator_numbers::is_of(number, &operator, state)
    });
    all.leave(state, &mut sequence, gate);
    for one in &all.numbers {
        let number = one.number;
        let act = match one.from {
            Origin::Carrier => Act::CompletePort {
                number,
                to: Some("OperatorConnect"),
                operator: Some(operator.clone()),
            },
            Origin::Online | Origin::OnPremises => Act::UploadOperatorConnect {
                number,
                operator: operator.clone(),
                location: one.location,
                country: country_of(number, Some(one.account), state),
                usage: usage_of(one.account, state),
            },
        };
        sequence.act(act, &one.bytes);
    }
    sequence.gate(gate);
    assign(&all.numbers, "OperatorConnect", state, &mut sequence);
    for (account, bytes) in all.accounts() {
        let act = ungrant(account, PolicyKind::EmergencyCallRouting, state);
        sequence.acts(act, bytes);
    }
    drop_licenses(&all.numbers, &dropped, state, &mut sequence);
    Some(sequence.done())
}

/// Numbers come, then licenses, then numbers are given.
pub(super) fn to_calling_plan(step: &mut Operands) -> Option<Vec<Planned>> {
    let sku = step.license("license")?;
    let location = optional(step, "location", Operands::location).ok()?;
    let users = step.accounts("users");
    let (state, gate) = (step.state, &step.step.change_bytes);
    let mut sequence = Sequence::default();
    let all = moving(&users, location, state, &mut sequence, |number| {
        state.number_type(number) == Some("CallingPlan")
    });
    all.leave(state, &mut sequence, gate);
    for one in &all.numbers {
        let number = one.number;
        let act = match country_of(number, Some(one.account), state) {
            Some(country) if one.from != Origin::Carrier => Act::AcquireCallingPlan {
                number,
                country,
                location: one.location,
                usage: usage_of(one.account, state),
            },
            _ => Act::CompletePort {
                number,
                to: Some("CallingPlan"),
                operator: None,
            },
        };
        sequence.act(act, &one.bytes);
    }
    if !all.numbers.is_empty() {
        sequence.gate(gate);
    }
    for (account, bytes) in &users {
        let act = license(*account, Some(sku), state);
        sequence.acts(act, bytes);
    }
    assign(&all.numbers, "CallingPlan", state, &mut sequence);
    for (account, bytes) in all.accounts() {
        let act = ungrant(account, PolicyKind::EmergencyCallRouting, state);
        sequence.acts(act, bytes);
    }
    Some(sequence.done())
}

/// Numbers of an operator are released, those of a Calling Plan are ported while they are assigned; policies follow the
/// numbers, and licenses go last.
pub(super) fn to_direct_routing(step: &mut Operands) -> Option<Vec<Planned>> {
    let routing = PolicyKind::VoiceRouting;
    let emergency = PolicyKind::EmergencyCallRouting;
    let (policy, _) = step.policy_or_global("policy", routing.property())?;
    let emergency_policy = optional(step, "emergency-policy", |step, field| {
        step.policy_or_global(field, emergency.property())
    })
    .ok()?;
    let dropped = step.licenses("remove-licenses");
    let users = step.accounts("users");
    let (state, gate) = (step.state, &step.step.change_bytes);
    let mut sequence = Sequence::default();
    let all = moving(&users, None, state, &mut sequence, |number| {
        state.number_type(number) == Some("DirectRouting")
    });
    let of_operator: Vec<&Moving> = all
        .numbers
        .iter()
        .filter(|one| type_of(one.number, state) == Some("OperatorConnect"))
        .collect();
    for one in &of_operator {
        sequence.act(
            super::holdings::unassign(one.account, Some(one.number)),
            &one.bytes,
        );
    }
    for one in &of_operator {
        let number = one.number;
        sequence.act(Act::ReleaseOperatorConnect { number }, &one.bytes);
    }
    if !of_operator.is_empty() {
        sequence.gate(gate);
    }
    let mut waits = false;
    for one in &all.numbers {
        let number = one.number;
        let act = match type_of(number, state) {
            Some("CallingPlan") => Act::CompletePort {
                number,
                to: Some("DirectRouting"),
                operator: None,
            },
            Some("OperatorConnect") => Act::UploadDirectRouting { number },
            // Direct Routing takes numbers that no inventory lists.
            _ => continue,
        };
        sequence.act(act, &one.bytes);
        waits = true;
    }
    if waits {
        sequence.gate(gate);
    }
    assign(&all.numbers, "DirectRouting", state, &mut sequence);
    for (policy_type, policy, kind) in [
        (routing.property(), Some(policy.clone()), routing),
        (emergency.property(), emergency_policy, emergency),
    ] {
        let Some(policy) = policy else { continue };
        for (account, bytes) in &users {
            if policy == "global" && !has_own(*account, kind, state) {
                continue;
            }
            let needs: Vec<Need> = match kind {
                PolicyKind::VoiceRouting => vec![leads_out(&policy, state)],
                _ => Vec::new(),
            };
            let act = grant(*account, policy_type, &policy);
            sequence.with_needs(act, bytes, needs);
        }
    }
    drop_licenses(&all.numbers, &dropped, state, &mut sequence);
    Some(sequence.done())
}

/// What grants a policy; `Global` is what everybody has to whom nothing is granted.
pub(super) fn grant(account: ObjectId, policy_type: &'static str, policy: &str) -> Act {
    Act::Grant {
        account,
        policy_type,
        policy: (policy != "global").then(|| policy.to_owned()),
    }
}

/// Gives each number back to who had it.
fn assign(numbers: &[Moving], of_type: &'static str, state: &State, sequence: &mut Sequence) {
    for one in numbers {
        let act = Act::Assign {
            account: one.account,
            number: one.number,
            number_type: Some(of_type),
            location: one.location,
            category: one.category,
        };
        let needs = is_teams_only(one.account, state)
            .into_iter()
            .chain(shares_no_number(one.account, state))
            .chain(is_of_told_type(one.number, state));
        sequence.with_needs(act, &one.bytes, needs.collect());
    }
}

/// Drops licenses of those whose numbers moved, once they have them back.
fn drop_licenses(numbers: &[Moving], skus: &[ObjectId], state: &State, sequence: &mut Sequence) {
    let mut done = std::collections::BTreeSet::new();
    for one in numbers {
        if skus.is_empty() || !done.insert(one.account) {
            continue;
        }
        let is_carried = one.from == Origin::Carrier;
        let act = unlicense(one.account, skus, is_carried, state);
        sequence.acts(act, &one.bytes);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::plan::act::Act;
    use crate::plan::expand::procedures::testing::{
        Files, acts, contoso, expanded, id, unmet, with,
    };

    fn to_operator(users: &[&str], more: &str) -> String {
        let users: Vec<String> = users
            .iter()
            .map(|user| format!("{user}@contoso.example"))
            .collect();
        format!(
            "change = \"move-to-operator-connect\"\nusers = {users:?}\noperator = \"Telco A\"\n{more}"
        )
    }

    /// `act number` of each act.
    fn told(files: &Files, step: &str) -> Vec<String> {
        let (_, expansion) = expanded(files, step);
        let acts = expansion.acts.iter().map(|one| {
            let number = match &one.act {
                Act::Assign { number, .. }
                | Act::UploadOperatorConnect { number, .. }
                | Act::CompletePort { number, .. }
                | Act::ReleaseDirectRouting { number }
                | Act::Unassign {
                    number: Some(number),
                    ..
                } => number.to_string(),
                _ => String::new(),
            };
            format!("{} {number}", one.act.name()).trim_end().to_owned()
        });
        acts.collect()
    }

    #[test]
    fn calling_plan_numbers_are_ported_while_they_are_assigned() {
        assert_eq!(
            told(&contoso(), &to_operator(&["ana"], "")),
            [
                "complete-port +12065550101",
                "wait-for-export",
                "assign-number +12065550101"
            ]
        );
    }

    #[test]
    fn direct_routing_is_left_before_the_operator_uploads() {
        assert_eq!(
            told(&contoso(), &to_operator(&["ben"], "")),
            [
                "grant-policy-to-number",
                "grant-policy",
                "unassign-number +12065550102",
                "release-direct-routing-numbers +12065550102",
                "wait-for-export",
                "upload-operator-connect-numbers +12065550102",
                "wait-for-export",
                "assign-number +12065550102",
                "grant-policy",
            ]
        );
    }

    #[test]
    fn what_the_server_manages_is_cleared_there_first() {
        assert_eq!(
            told(&contoso(), &to_operator(&["cleo"], "")),
            [
                "clear-onprem-line-uri",
                "wait-for-export",
                "grant-policy",
                "upload-operator-connect-numbers +12065550103",
                "wait-for-export",
                "assign-number +12065550103",
            ]
        );
    }

    #[test]
    fn who_has_moved_stays_and_who_has_nothing_is_told() {
        assert_eq!(told(&contoso(), &to_operator(&["eve"], "")), [""; 0]);
        let other = with(
            contoso(),
            "Get-CsPhoneNumberAssignment.json",
            "+12065550105",
            &json!({"PstnPartnerName": "Telco B"}),
        );
        let ported = told(&other, &to_operator(&["eve"], ""));
        assert_eq!(ported[0], "complete-port +12065550105");
        let step = to_operator(&["dan"], "");
        let (state, expansion) = expanded(&contoso(), &step);
        let [nothing] = expansion.acts.as_slice() else {
            panic!("{:?}", expansion.acts);
        };
        let needs = nothing.act.needs(&state);
        assert_eq!(needs.len(), 1);
        assert_eq!(needs[0].what, "`dan@contoso.example` has a number");
    }

    #[test]
    fn numbers_keep_their_place_unless_another_is_given() {
        let location = |more: &str| {
            let (_, expansion) = expanded(&contoso(), &to_operator(&["ben"], more));
            let acts = expansion.acts.iter().map(|one| &one.act);
            let located = acts.filter_map(|act| match act {
                Act::UploadOperatorConnect { location, .. } | Act::Assign { location, .. } => {
                    *location
                }
                _ => None,
            });
            located.map(|id| id.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(location(""), [id(901), id(901)]);
        let given = format!("location = \"{}\"", id(902));
        assert_eq!(location(&given), [id(902), id(902)]);
        assert_eq!(location("location = \"nowhere\""), [""; 0]);
    }

    #[test]
    fn licenses_go_last_and_only_where_they_are() {
        let dropped = |skus: &str| {
            let mut files = contoso();
            files.push((
                "graph-users.json",
                json!([{"id": id(1), "userPrincipalName": "ana@contoso.example", "accountEnabled": true, "assignedLicenses": [{"skuId": skus, "disabledPlans": []}]}]),
            ));
            let step = to_operator(&["ana"], "remove-licenses = [\"MCOPSTN1\"]");
            acts(&files, &step).last().copied()
        };
        assert_eq!(
            dropped("0dab259f-bf13-4952-b7f8-7db8f131b28d"),
            Some("change-license")
        );
        assert_eq!(
            dropped("e43b5b99-8dfb-405f-9987-dc307f34bcbd"),
            Some("assign-number")
        );
    }

    #[test]
    fn nobody_moves_who_rings_elsewhere_or_shares_a_number() {
        let shared = json!({"TeamsSharedCallingRoutingPolicy": "SC", "TeamsUpgradeEffectiveMode": "Islands"});
        let files = with(contoso(), "Get-CsOnlineUser.json", "ana@", &shared);
        let told = [
            "`ana@contoso.example` is Teams Only: its coexistence mode is `Islands`",
            "`ana@contoso.example` does not use Shared Calling: it has shared calling policy `SC`",
        ];
        assert_eq!(unmet(&files, &to_operator(&["ana"], "")), told);
        let step = "change = \"move-to-direct-routing\"\nusers = [\"ana@contoso.example\"]\npolicy = \"SBC\"";
        assert_eq!(unmet(&files, step), told);
    }

    #[test]
    fn direct_routing_needs_a_way_out() {
        let mut files = contoso();
        for gateway in ["sbc1", "sbc2"] {
            files = with(
                files,
                "Get-CsOnlinePSTNGateway.json",
                gateway,
                &json!({"Enabled": false}),
            );
        }
        let step = "change = \"move-to-direct-routing\"\nusers = [\"ben@contoso.example\"]\npolicy = \"SBC\"";
        assert_eq!(acts(&files, step), ["grant-policy"]);
        assert_eq!(
            unmet(&files, step),
            [
                "calls by policy `SBC` find a route that works: no usage of it leads to a session border controller that is enabled"
            ]
        );
    }

    #[test]
    fn policies_that_a_group_brings_are_left_to_the_group() {
        let by_group = json!({"EffectivePolicyAssignments": [{"PolicyType": "OnlineVoiceRoutingPolicy", "PolicyAssignment": {"DisplayName": "SBC", "AssignmentType": "Group"}}]});
        let files = with(contoso(), "Get-CsOnlineUser.json", "cleo@", &by_group);
        assert!(!acts(&files, &to_operator(&["cleo"], "")).contains(&"grant-policy"));
    }

    #[test]
    fn a_row_that_is_not_there_is_not_released_and_one_that_is_managed_online_is() {
        let mut files = contoso();
        files.retain(|(name, _)| *name != "Get-CsPhoneNumberAssignment.json");
        files.push((
            "Get-CsPhoneNumberAssignment.json",
            json!([crate::plan::expand::procedures::testing::number(
                "+12065550120",
                "OperatorConnect",
                None,
                &json!({})
            )]),
        ));
        let step = to_operator(&["ben"], "");
        let acts = told(&files, &step);
        assert!(acts.contains(&"unassign-number +12065550102".to_owned()));
        assert!(
            !acts.iter().any(|act| act.starts_with("release")),
            "{acts:?}"
        );
        // Only the line is the server's: the row does not go with it.
        let online = json!({"NumberSource": "Online"});
        let files = with(
            contoso(),
            "Get-CsPhoneNumberAssignment.json",
            "+12065550103",
            &online,
        );
        assert_eq!(
            told(&files, &to_operator(&["cleo"], ""))[..5],
            [
                "clear-onprem-line-uri",
                "wait-for-export",
                "grant-policy",
                "unassign-number +12065550103",
                "release-direct-routing-numbers +12065550103",
            ]
        );
    }
}
