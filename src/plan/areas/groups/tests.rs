use super::*;
use crate::source::{SourceId, Span};
use crate::tenant::testing::tenant;
use crate::tenant::{Assigned, Effective, EffectiveRouting};

const ANA: &str = "00000000-0000-4000-8000-000000000001";
const BOB: &str = "00000000-0000-4000-8000-000000000002";
const CY: &str = "00000000-0000-4000-8000-000000000003";
const LOBBY: &str = "00000000-0000-4000-8000-0000000000aa";
const SALES: &str = "00000000-0000-4000-8000-0000000000bb";
const LOST: &str = "00000000-0000-4000-8000-0000000000cc";

fn id(text: &str) -> ObjectId {
    ObjectId::parse(text).expect("an id")
}

/// Ana has what group Lobby brings, Bob was granted his policy himself, Cy has nothing; Lobby (Ana, Bob) goes before
/// Sales (Cy).
fn state(kind: &str) -> State {
    let listed = |how: &str| {
        format!(
            r#"[{{"PolicyType":"{kind}","PolicyAssignment":{{"AssignmentType":"{how}","DisplayName":"Lobby"}}}},{{"PolicyType":"TenantDialPlan","PolicyAssignment":{{"AssignmentType":"direct","DisplayName":"FR"}}}}]"#
        )
    };
    let user = |id: &str, upn: &str, own: &str, listed: &str| {
        format!(
            r#"{{"Identity":"{id}","UserPrincipalName":"{upn}","LineUri":null,"{kind}":{own},"EffectivePolicyAssignments":{listed}}}"#
        )
    };
    let users = format!(
        "[{},{},{}]",
        user(ANA, "ana@contoso.example", "null", &listed("group")),
        user(BOB, "bob@contoso.example", "\"Lobby\"", &listed("direct")),
        user(CY, "cy@contoso.example", "null", "[]"),
    );
    let rows = format!(
        r#"[{{"GroupId":"{LOBBY}","PolicyType":"{kind}","PolicyName":"Lobby","Rank":1}},{{"GroupId":"{SALES}","PolicyType":"{kind}","PolicyName":"Sales","Rank":2}}]"#
    );
    let members = format!(
        r#"[{{"groupId":"{LOBBY}","id":"{ANA}"}},{{"groupId":"{LOBBY}","id":"{BOB}"}},{{"groupId":"{SALES}","id":"{CY}"}},{{"groupId":"{SALES}","id":"{ANA}"}}]"#
    );
    let groups = format!(
        r#"[{{"id":"{LOBBY}","displayName":"Lobby","groupTypes":[],"securityEnabled":true}},{{"id":"{SALES}","displayName":"Sales","groupTypes":[],"securityEnabled":true}},{{"id":"{LOST}","displayName":"Lost","groupTypes":[],"securityEnabled":true}}]"#
    );
    State::new(tenant(&[
        ("Get-CsOnlineUser.json", &users),
        ("Get-CsGroupPolicyAssignment.json", &rows),
        ("group-members.json", &members),
        ("groups.json", &groups),
        (
            "Get-CsTeamsCallingPolicy.json",
            r#"[{"Identity":"Global","AllowPrivateCalling":true},{"Identity":"Tag:Lobby","AllowPrivateCalling":false},{"Identity":"Tag:Sales","AllowPrivateCalling":true}]"#,
        ),
        (
            "Get-CsOnlineVoiceRoutingPolicy.json",
            r#"[{"Identity":"Global","OnlinePstnUsages":[]},{"Identity":"Tag:Lobby","OnlinePstnUsages":["US"]},{"Identity":"Tag:Sales","OnlinePstnUsages":["FR"]}]"#,
        ),
    ]))
}

/// The calling policy of an account, and whether a group brings it.
fn calling(state: &State, account: &str) -> String {
    let user = state.user(id(account)).expect("the account");
    match state.tenant.effective(user, PolicyKind::Calling) {
        Effective::Assigned { name, place } => {
            let by_group = matches!(state.tenant.assigned(place), Assigned::ByGroup);
            let name = state.tenant.snapshot.texts.symbol(name.0);
            format!("{name} {by_group}")
        }
        Effective::Global => "Global".to_owned(),
        Effective::Unknown => "unknown".to_owned(),
    }
}

fn done(act: &Act, state: &mut State) {
    let effect = act.effect(state);
    let _ = state.apply(effect, Span::start_of(SourceId(0)));
    state.tenant.settle();
}

fn grant(group: &str, policy: Option<&str>, rank: Option<u64>) -> Act {
    Act::GrantToGroup {
        group: id(group),
        policy_type: "TeamsCallingPolicy",
        policy: policy.map(str::to_owned),
        rank,
    }
}

fn members(group: &str, add: &[&str], remove: &[&str]) -> Act {
    Act::SetGroupMembers {
        group: id(group),
        add: add.iter().map(|one| id(one)).collect(),
        remove: remove.iter().map(|one| id(one)).collect(),
    }
}

fn unmet(act: &Act, state: &State) -> Vec<(Met, String)> {
    let needs = act.needs(state).into_iter();
    needs
        .filter(|need| need.met != Met::Yes)
        .map(|need| (need.met, format!("{}: {}", need.what, need.instead)))
        .collect()
}

#[test]
fn what_a_group_loses_its_members_lose_unless_it_is_theirs() {
    let mut state = state("TeamsCallingPolicy");
    let act = grant(LOBBY, None, None);
    assert_eq!(unmet(&act, &state), []);
    assert_eq!(
        act.commands(&state),
        [format!(
            "Remove-CsGroupPolicyAssignment -GroupId '{LOBBY}' -PolicyType TeamsCallingPolicy"
        )]
    );
    assert_eq!(
        act.undo(&state),
        Undo::Commands(vec![format!(
            "New-CsGroupPolicyAssignment -GroupId '{LOBBY}' -PolicyType TeamsCallingPolicy -PolicyName 'Lobby' -Rank 1"
        )])
    );
    assert_eq!(calling(&state, ANA), "Lobby true");
    let remarks = act.effect(&state).remarks;
    assert_eq!(
        remarks,
        ["the calling policy of `ana@contoso.example` changes"]
    );
    done(&act, &mut state);
    assert_eq!(calling(&state, ANA), "Sales true");
    assert_eq!(calling(&state, BOB), "Lobby false");
    assert_eq!(state.tenant.group_policies.len(), 1);
    assert_eq!(state.tenant.group_policies[0].rank.get(), Some(1));
    // The other types stay as they are listed.
    let ana = state.user(id(ANA)).expect("the account");
    let Effective::Assigned { name, .. } = state.tenant.effective(ana, PolicyKind::DialPlan) else {
        panic!("the dial plan is assigned");
    };
    assert_eq!(state.tenant.snapshot.texts.symbol(name.0), "FR");
    let [(Met::No, _)] = unmet(&act, &state)[..] else {
        panic!("nothing is left to take away");
    };
}

#[test]
fn a_new_assignment_takes_its_rank_and_moves_the_others() {
    let mut state = state("TeamsCallingPolicy");
    let act = grant(SALES, Some("sales"), Some(1));
    assert_eq!(
        act.commands(&state),
        [
            format!(
                "Remove-CsGroupPolicyAssignment -GroupId '{SALES}' -PolicyType TeamsCallingPolicy"
            ),
            format!(
                "New-CsGroupPolicyAssignment -GroupId '{SALES}' -PolicyType TeamsCallingPolicy -PolicyName 'Sales' -Rank 1"
            ),
        ]
    );
    done(&act, &mut state);
    let ranks: Vec<Option<i64>> = state
        .tenant
        .group_policies
        .iter()
        .map(|row| row.rank.get())
        .collect();
    assert_eq!(ranks, [Some(2), Some(1)], "of Lobby, then of Sales");
    assert_eq!(calling(&state, ANA), "Sales true");
    let act = grant(LOST, Some("lobby"), None);
    let [(Met::Unknown, text)] = &unmet(&act, &state)[..] else {
        panic!("{:?}", unmet(&act, &state));
    };
    assert!(text.starts_with("the members of group `Lost` are exported"));
    assert_eq!(act.effect(&state).remarks.len(), 1);
    done(&act, &mut state);
    let last = state.tenant.group_policies.last().expect("the new one");
    assert_eq!(
        (last.group.get(), last.rank.get()),
        (Some(id(LOST)), Some(3))
    );
    let gone = grant(LOBBY, Some("gone"), None);
    assert_eq!(unmet(&gone, &state)[0].0, Met::No);
}

#[test]
fn who_leaves_a_group_has_what_the_others_bring() {
    let mut state = state("TeamsCallingPolicy");
    let act = members(LOBBY, &[CY], &[ANA, BOB]);
    assert_eq!(unmet(&act, &state), []);
    assert_eq!(
        act.commands(&state)[..2],
        [
            format!("New-MgGroupMember -GroupId '{LOBBY}' -DirectoryObjectId '{CY}'"),
            format!("Remove-MgGroupMemberByRef -GroupId '{LOBBY}' -DirectoryObjectId '{ANA}'"),
        ]
    );
    done(&act, &mut state);
    assert_eq!(calling(&state, ANA), "Sales true");
    assert_eq!(calling(&state, BOB), "Lobby false");
    assert_eq!(calling(&state, CY), "Lobby true");
    let found: Vec<Met> = unmet(&act, &state)
        .into_iter()
        .map(|(met, _)| met)
        .collect();
    assert_eq!(found, [Met::No; 3], "they came and went already");
}

#[test]
fn who_comes_to_a_group_gets_the_license_that_its_members_have() {
    const PHONE: &str = "e43b5b99-8dfb-405f-9987-dc307f34bcbd";
    let own = |id: &str, group: &str| {
        json!({"id": id, "userPrincipalName": format!("{id}@contoso.example"), "accountEnabled": true,
            "assignedLicenses": [{"skuId": PHONE, "disabledPlans": []}],
            "licenseAssignmentStates": [{"skuId": PHONE, "assignedByGroup": group, "disabledPlans": [], "error": "None"}]})
    };
    let user = |id: &str, line: Value| json!({"Identity": id, "UserPrincipalName": format!("{id}@contoso.example"), "AccountType": "User", "LineUri": line});
    let files = [
        (
            "Get-CsOnlineUser.json",
            json!([user(ANA, json!("tel:+12065550101")), user(BOB, Value::Null)]),
        ),
        (
            "graph-users.json",
            json!([own(ANA, LOBBY), own(BOB, SALES)]),
        ),
        (
            "group-members.json",
            json!([{"groupId": LOBBY, "id": ANA}, {"groupId": SALES, "id": BOB}]),
        ),
    ]
    .map(|(name, records)| (name, records.to_string()));
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(name, text)| (*name, text.as_str()))
        .collect();
    let asked = |state: &State| {
        let needs = members(LOBBY, &[], &[ANA]).needs(state).into_iter();
        let mut needs = needs.filter(|need| need.what.contains("keeps a license"));
        needs.next().map(|need| need.met)
    };
    let mut state = State::new(tenant(&files));
    assert_eq!(asked(&state), Some(Met::No));
    done(&members(SALES, &[ANA], &[]), &mut state);
    assert_eq!(asked(&state), None, "the other group brings it now");
    done(&members(LOBBY, &[], &[ANA]), &mut state);
    assert!(state.line(id(ANA)).is_some());
}

#[test]
fn voice_routing_follows_the_groups_too() {
    let mut state = state("OnlineVoiceRoutingPolicy");
    done(&members(LOBBY, &[CY], &[ANA]), &mut state);
    let routing = |account: &str| {
        let user = state.user(id(account)).expect("the account");
        match state.tenant.effective_voice_routing(user, None) {
            EffectiveRouting::Named { policy, .. } => state
                .symbol(policy.name.get().map(|name| name.0))
                .to_owned(),
            other => format!("{other:?}"),
        }
    };
    assert_eq!(routing(ANA), "Sales");
    assert_eq!(routing(BOB), "Lobby");
    assert_eq!(routing(CY), "Lobby");
}

#[test]
fn where_members_of_a_winning_group_are_not_known_nothing_is_claimed() {
    let mut state = state("TeamsCallingPolicy");
    done(&grant(LOST, Some("sales"), Some(1)), &mut state);
    let act = members(LOBBY, &[], &[ANA]);
    let effect = act.effect(&state);
    assert_eq!(effect.edits.len(), 1, "the membership alone");
    assert!(effect.remarks[0].starts_with("which calling policy `ana@contoso.example` gets"));
    assert!(
        unmet(&act, &state)
            .iter()
            .any(|(met, _)| *met == Met::Unknown)
    );
}

#[test]
fn some_types_are_granted_by_their_own_cmdlet() {
    let state = state("TeamsCallingPolicy");
    let act = Act::GrantToGroup {
        group: id(LOBBY),
        policy_type: "TeamsUpgradePolicy",
        policy: Some("upgradetoteams".to_owned()),
        rank: Some(1),
    };
    assert_eq!(
        act.commands(&state),
        [format!(
            "Grant-CsTeamsUpgradePolicy -Group '{LOBBY}' -PolicyName 'upgradetoteams' -Rank 1"
        )]
    );
    assert_eq!(
        act.undo(&state),
        Undo::Commands(vec![format!(
            "Grant-CsTeamsUpgradePolicy -Group '{LOBBY}' -PolicyName $null"
        )])
    );
}

#[test]
fn who_comes_to_a_group_needs_units_and_a_usage_location_for_its_licenses() {
    const PHONE: &str = "e43b5b99-8dfb-405f-9987-dc307f34bcbd";
    let asked = |add: &[&str], location: &str, used: u64| {
        let user = |id: &str| {
            format!(
                r#"{{"Identity":"{id}","UserPrincipalName":"{id}@contoso.example","AccountType":"User"{location}}}"#
            )
        };
        let users = format!("[{},{},{}]", user(ANA), user(BOB), user(CY));
        let licenses = json!([
            {"id": ANA, "assignedLicenses": [{"skuId": PHONE, "disabledPlans": []}],
                "licenseAssignmentStates": [{"skuId": PHONE, "assignedByGroup": LOBBY, "disabledPlans": [], "error": "None"}]},
            {"id": BOB, "assignedLicenses": [], "licenseAssignmentStates": []},
            {"id": CY, "assignedLicenses": [], "licenseAssignmentStates": []},
        ]);
        let skus = json!([{"skuId": PHONE, "skuPartNumber": "MCOEV", "consumedUnits": used, "prepaidUnits": {"enabled": 2, "warning": 0}}]);
        let [licenses, skus] = [licenses, skus].map(|one| one.to_string());
        let state = State::new(tenant(&[
            ("Get-CsOnlineUser.json", users.as_str()),
            ("graph-users.json", &licenses),
            ("subscribedSkus.json", &skus),
        ]));
        let needs = members(LOBBY, add, &[]).needs(&state).into_iter();
        let needs = needs.filter(|need| {
            need.what.contains(" of `MCOEV` ") || need.what.ends_with("a usage location")
        });
        needs.map(|need| need.met).collect::<Vec<_>>()
    };
    let (yes, no, unknown) = (Met::Yes, Met::No, Met::Unknown);
    let us = r#","UsageLocation":"US""#;
    assert_eq!(asked(&[BOB], us, 1), [yes, yes]);
    assert_eq!(asked(&[BOB], us, 2), [yes, no]);
    // One unit is not enough for both.
    assert_eq!(asked(&[BOB, CY], us, 1), [yes, yes, no]);
    assert_eq!(asked(&[BOB, CY], us, 0), [yes, yes, yes]);
    assert_eq!(asked(&[BOB], r#","UsageLocation":null"#, 1), [no, yes]);
    assert_eq!(asked(&[BOB], "", 1), [unknown, yes]);
    // Who has the license already takes no unit.
    assert_eq!(asked(&[ANA], us, 2), [yes]);
}
