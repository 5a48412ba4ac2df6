//! Groups: policies that are assigned to them, and who their members are.
//!
//! A policy of a group applies to members who were granted none themselves; of several groups the lowest rank wins. A
//! license of a group is gone with the membership, unless something else brings it too.
//!
//! Sources: <https://learn.microsoft.com/powershell/module/microsoftteams/new-csgrouppolicyassignment>,
//! <https://learn.microsoft.com/powershell/module/microsoftteams/remove-csgrouppolicyassignment>,
//! <https://learn.microsoft.com/microsoftteams/policy-assignment-overview>,
//! <https://learn.microsoft.com/entra/identity/users/licensing-groups-change-licenses>.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::licenses::{self, Change, given_back, is_of_others, keeps_license};
use super::routing::{first_of, is_there};
use crate::finding::Severity;
use crate::finding::powershell::quoted;
use crate::plan::act::{Act, Effect, Met, Need, Pending, Undo};
use crate::plan::state::{State, added, removed, set};
use crate::snapshot::record::EffectivePolicy;
use crate::snapshot::{ExportKind, Field, ObjectId, PolicyName};
use crate::tenant::edit::{Edit, Object};
use crate::tenant::{Answer, PolicyKind, User, is_same_type};

/// How many hours it takes at most until all members have what their group brings.
const SPREADS: u64 = 24;

/// Types that `New-CsGroupPolicyAssignment` does not know; their own cmdlet takes a group.
const BY_GRANT: [&str; 3] = [
    "TeamsEmergencyCallRoutingPolicy",
    "TeamsVoiceApplicationsPolicy",
    "TeamsUpgradePolicy",
];

pub(in crate::plan) fn needs(act: &Act, state: &State) -> Vec<Need> {
    match act {
        Act::GrantToGroup {
            group,
            policy_type,
            policy,
            ..
        } => {
            let mut needs = vec![group_is_there(*group, state)];
            match policy {
                Some(policy) => needs.extend(policy_is_there(policy_type, policy, state)),
                None => needs.push(has_policy(*group, policy_type, state)),
            }
            needs.push(members_are_told(*group, state));
            needs
        }
        Act::SetGroupMembers { group, add, remove } => {
            let mut needs = vec![group_is_there(*group, state)];
            for account in add {
                needs.push(account_is_there(*account, state));
                needs.push(is_no_member(*group, *account, state));
            }
            let joining = Change::of_joining(*group, state);
            needs.extend(licenses::needs_of_joining(add, &joining, state));
            for account in remove {
                needs.push(is_member(*group, *account, state));
                let change = Change::of_leaving(*group, *account, state);
                needs.extend(keeps_license(*account, &change, state));
                needs.extend(is_of_others(&name_of(*group, state), *account, state));
            }
            let mut others: Vec<ObjectId> = kinds_of(*group, state)
                .into_iter()
                .flat_map(|kind| rows(kind, state))
                .map(|row| row.group)
                .filter(|other| other != group)
                .collect();
            others.sort_unstable();
            others.dedup();
            needs.extend(
                others
                    .into_iter()
                    .map(|other| members_are_told(other, state)),
            );
            needs
        }
        _ => Vec::new(),
    }
}

pub(in crate::plan) fn effect(act: &Act, state: &State) -> Effect {
    match act {
        Act::GrantToGroup {
            group,
            policy_type,
            policy,
            rank,
        } => grant(*group, policy_type, policy.as_deref(), *rank, state),
        Act::SetGroupMembers { group, add, remove } => set_members(*group, add, remove, state),
        _ => Effect::default(),
    }
}

pub(in crate::plan) fn commands(act: &Act, state: &State) -> Vec<String> {
    match act {
        Act::GrantToGroup {
            group,
            policy_type,
            policy,
            rank,
        } => {
            let before = row_of(*group, policy_type, state);
            let rank = rank.map(|rank| rank.to_string());
            let rank = rank.or_else(|| before.as_ref().and_then(|row| Some(row.rank?.to_string())));
            let name = policy
                .as_ref()
                .map(|policy| policy_name(policy_type, policy, state));
            typed(
                *group,
                policy_type,
                name.as_deref(),
                rank.as_deref(),
                before.is_some(),
            )
        }
        Act::SetGroupMembers { group, add, remove } => {
            let member = |cmdlet: &str, account: &ObjectId| {
                format!(
                    "{cmdlet} -GroupId {} -DirectoryObjectId {}",
                    quoted(&group.to_string()),
                    state.id_argument(*account)
                )
            };
            let added = add.iter().map(|one| member("New-MgGroupMember", one));
            let gone = remove
                .iter()
                .map(|one| member("Remove-MgGroupMemberByRef", one));
            added.chain(gone).collect()
        }
        _ => Vec::new(),
    }
}

pub(in crate::plan) fn undo(act: &Act, state: &State) -> Undo {
    match act {
        Act::GrantToGroup {
            group,
            policy_type,
            policy,
            ..
        } => match row_of(*group, policy_type, state) {
            Some(before) => {
                let rank = before.rank.map(|rank| rank.to_string());
                Undo::Commands(typed(
                    *group,
                    policy_type,
                    Some(&before.policy),
                    rank.as_deref(),
                    policy.is_some(),
                ))
            }
            None if policy.is_some() => {
                Undo::Commands(typed(*group, policy_type, None, None, true))
            }
            None => Undo::Nothing,
        },
        Act::SetGroupMembers { group, add, remove } => {
            let mut again = Vec::new();
            for account in remove {
                let change = Change::of_leaving(*group, *account, state);
                match given_back(*account, &change, state) {
                    Ok(commands) => again.extend(commands),
                    Err(why) => return Undo::Impossible(why),
                }
            }
            let back = Act::SetGroupMembers {
                group: *group,
                add: remove.clone(),
                remove: add.clone(),
            };
            let mut commands = commands(&back, state);
            if !again.is_empty() {
                commands.push("# wait until the group has brought its licenses again".to_owned());
            }
            commands.extend(again);
            Undo::Commands(commands)
        }
        _ => Undo::Nothing,
    }
}

pub(in crate::plan) fn object(act: &Act, state: &State) -> String {
    match act {
        Act::GrantToGroup {
            group,
            policy_type,
            policy,
            ..
        } => match policy {
            Some(policy) => format!(
                "{policy_type} {} to group {}",
                policy_name(policy_type, policy, state),
                name_of(*group, state)
            ),
            None => format!("{policy_type} of group {}", name_of(*group, state)),
        },
        Act::SetGroupMembers { group, .. } => format!("group {}", name_of(*group, state)),
        _ => String::new(),
    }
}

pub(in crate::plan) fn relies_on(act: &Act) -> Vec<Object> {
    match act {
        Act::GrantToGroup {
            group, policy_type, ..
        } => vec![Object::GroupPolicy(*group, policy_type.to_lowercase())],
        _ => Vec::new(),
    }
}

/// How an administrator calls a group.
pub(super) fn name_of(group: ObjectId, state: &State) -> String {
    match state.tenant.group(group).and_then(|one| one.name.get()) {
        Some(name) => state.tenant.snapshot.texts.text(name).to_owned(),
        None => group.to_string(),
    }
}

/// A policy of a group.
#[derive(Clone)]
struct Row {
    group: ObjectId,
    /// Type of the policy as the export spells it.
    policy_type: String,
    policy: String,
    rank: Option<i64>,
}

/// All policies of groups that are of that type, the winning ones first.
fn rows(kind: PolicyKind, state: &State) -> Vec<Row> {
    rows_of(state, |policy_type| kind.is_named(policy_type))
}

fn rows_of(state: &State, is_type: impl Fn(&str) -> bool) -> Vec<Row> {
    let rows = state.tenant.group_policies.iter().filter_map(|row| {
        let policy_type = state.symbol(row.policy_type.get());
        is_type(policy_type).then_some(())?;
        Some(Row {
            group: row.group.get()?,
            policy_type: policy_type.to_owned(),
            policy: state.symbol(row.policy.get().map(|name| name.0)).to_owned(),
            rank: row.rank.get(),
        })
    });
    let mut rows: Vec<Row> = rows.collect();
    rows.sort_by_key(|row| row.rank.unwrap_or(i64::MAX));
    rows
}

/// The rows of a type, which the tenant may not know by name.
fn rows_of_type(policy_type: &str, state: &State) -> Vec<Row> {
    match PolicyKind::named(policy_type) {
        Some(kind) => rows(kind, state),
        None => rows_of(state, |one| is_same_type(one, policy_type)),
    }
}

fn row_of(group: ObjectId, policy_type: &str, state: &State) -> Option<Row> {
    let mut rows = rows_of_type(policy_type, state).into_iter();
    rows.find(|row| row.group == group)
}

/// The policy of a type that groups bring to an account, and by which of them; an error where the exports do not tell.
pub(super) fn brought_by(
    policy_type: &str,
    account: ObjectId,
    state: &State,
) -> Result<Option<(ObjectId, String)>, ()> {
    for row in rows_of_type(policy_type, state) {
        match membership(row.group, account, state) {
            Answer::Yes => return Ok(Some((row.group, row.policy))),
            Answer::No => {}
            Answer::Unknown => return Err(()),
        }
    }
    let is_whole = state.is_whole(ExportKind::GroupPolicyAssignment);
    is_whole.then_some(None).ok_or(())
}

/// Whether a group may bring a policy of that type and name to somebody.
pub(super) fn may_bring(policy_type: &str, policy: &str, state: &State) -> bool {
    let rows = rows_of_type(policy_type, state);
    let is_it = |row: &Row| row.policy.eq_ignore_ascii_case(policy);
    !state.is_whole(ExportKind::GroupPolicyAssignment) || rows.iter().any(is_it)
}

/// The types of policies that a group brings.
fn kinds_of(group: ObjectId, state: &State) -> Vec<PolicyKind> {
    let brings = |kind: &PolicyKind| rows(*kind, state).iter().any(|row| row.group == group);
    PolicyKind::ALL.into_iter().filter(brings).collect()
}

fn group_is_there(group: ObjectId, state: &State) -> Need {
    let found = state.tenant.group(group).is_some();
    let name = name_of(group, state);
    is_there(
        format!("there is a group `{name}`"),
        found,
        ExportKind::GraphGroup,
        state,
    )
}

fn account_is_there(account: ObjectId, state: &State) -> Need {
    let found = state.user(account);
    let name = state.account_name(account);
    let is_alive = found.is_some_and(|user| !state.tenant.is_deleted(user));
    Need::there(
        format!("`{name}` is a live account"),
        state.is_there(is_alive, ExportKind::OnlineUser),
    )
    .instead(if found.is_some() {
        "it is deleted"
    } else {
        "Get-CsOnlineUser does not list it"
    })
    .at(state.at(account, "UserPrincipalName"))
}

fn policy_is_there(policy_type: &str, policy: &str, state: &State) -> Option<Need> {
    let kind = PolicyKind::named(policy_type)?;
    let name = policy_name(policy_type, policy, state);
    Some(
        Need::there(
            format!("there is a {} `{name}`", kind.words()),
            state.tenant.policy_exists(kind, policy),
        )
        .instead("no export lists it"),
    )
}

fn has_policy(group: ObjectId, policy_type: &str, state: &State) -> Need {
    let found = row_of(group, policy_type, state).is_some();
    let name = name_of(group, state);
    let export = ExportKind::GroupPolicyAssignment;
    Need::refused(
        format!("group `{name}` has a policy of type {policy_type}"),
        state.is_there(found, export),
    )
    .instead(format!("{} does not list one", export.name()))
    .at(state.tenant.start_of(export))
}

fn members_are_told(group: ObjectId, state: &State) -> Need {
    let name = name_of(group, state);
    let met = if state.tenant.directory.members.contains_key(&group) {
        Met::Yes
    } else {
        Met::Unknown
    };
    Need::harm(
        Severity::Warning,
        format!("the members of group `{name}` are exported"),
        met,
    )
    .instead("what becomes of their policies is not known")
}

fn is_member(group: ObjectId, account: ObjectId, state: &State) -> Need {
    let (who, name) = (state.account_name(account), name_of(group, state));
    Need::refused(
        format!("`{who}` is a member of group `{name}`"),
        membership(group, account, state),
    )
    .instead("the export of its members does not list it")
}

fn is_no_member(group: ObjectId, account: ObjectId, state: &State) -> Need {
    let (who, name) = (state.account_name(account), name_of(group, state));
    let met = match membership(group, account, state) {
        Answer::Yes => Met::No,
        Answer::No => Met::Yes,
        Answer::Unknown => Met::Unknown,
    };
    Need::refused(format!("`{who}` is no member of group `{name}` yet"), met).instead(
        if met == Met::No {
            "it is one already"
        } else {
            "the members of the group are not exported"
        },
    )
}

fn membership(group: ObjectId, account: ObjectId, state: &State) -> Answer {
    match state.tenant.directory.members.get(&group) {
        Some(members) => state.is_there(
            members.binary_search(&account).is_ok(),
            ExportKind::GraphGroupMember,
        ),
        None => Answer::Unknown,
    }
}

fn grant(
    group: ObjectId,
    policy_type: &'static str,
    policy: Option<&str>,
    rank: Option<u64>,
    state: &State,
) -> Effect {
    let mut effect = Effect::default();
    let before = rows_of_type(policy_type, state);
    let name = policy.map(|policy| policy_name(policy_type, policy, state));
    let rank = rank.and_then(|rank| i64::try_from(rank).ok());
    let after = ranked(&before, group, policy_type, name.clone(), rank);
    let object = |row: &Row| Object::GroupPolicy(row.group, row.policy_type.to_lowercase());
    for row in &before {
        match after.iter().find(|one| one.group == row.group) {
            None => effect.edits.push(removed(object(row))),
            Some(new) => {
                if new.policy != row.policy {
                    let name = new.policy.as_str();
                    effect.edits.push(set(object(row), "PolicyName", name));
                }
                if new.rank != row.rank {
                    effect.edits.push(set(object(row), "Rank", json!(new.rank)));
                }
            }
        }
    }
    let is_new = |row: &&Row| !before.iter().any(|one| one.group == row.group);
    for row in after.iter().filter(is_new) {
        effect.edits.push(added(
            object(row),
            [
                ("GroupId", json!(row.group.to_string())),
                ("PolicyType", json!(row.policy_type)),
                ("PolicyName", json!(row.policy)),
                ("Rank", json!(row.rank)),
            ],
        ));
    }
    let called = name_of(group, state);
    effect.pending.push(Pending {
        object: Object::GroupPolicy(group, policy_type.to_lowercase()),
        hours: SPREADS,
        what: match &name {
            Some(name) => format!("the assignment of `{name}` to the members of group `{called}`"),
            None => format!("the end of {policy_type} for the members of group `{called}`"),
        },
    });
    let Some(members) = state.tenant.directory.members.get(&group) else {
        effect.remarks.push(untold(&called));
        return effect;
    };
    let Some(kind) = PolicyKind::named(policy_type) else {
        effect.remarks.push(format!(
            "what members of group `{called}` have of {policy_type} afterwards is not worked out"
        ));
        return effect;
    };
    let change = Policies {
        rows: BTreeMap::from([(kind, (before, after))]),
        moved: None,
    };
    change.tell(members, state, &mut effect);
    effect
}

/// The policies of a type after one of them is assigned or taken away: the ranks behind it move.
fn ranked(
    before: &[Row],
    group: ObjectId,
    policy_type: &str,
    policy: Option<String>,
    rank: Option<i64>,
) -> Vec<Row> {
    let mut rows = before.to_vec();
    let old = rows.iter().position(|row| row.group == group);
    let old = old.map(|index| rows.remove(index));
    let old_rank = old.as_ref().and_then(|row| row.rank);
    let rank = rank.or(old_rank.filter(|_| policy.is_some()));
    let stays = policy.is_some() && old.is_some() && rank == old_rank;
    if let Some(gone) = old_rank.filter(|_| !stays) {
        for row in &mut rows {
            row.rank = row.rank.map(|one| one - i64::from(one > gone));
        }
    }
    if let Some(policy) = policy {
        let last = rows.iter().filter_map(|row| row.rank).max().unwrap_or(0);
        let rank = rank.unwrap_or(last.saturating_add(1));
        if !stays && rows.iter().any(|row| row.rank == Some(rank)) {
            for row in &mut rows {
                row.rank = row
                    .rank
                    .map(|one| one.saturating_add(i64::from(one >= rank)));
            }
        }
        rows.push(Row {
            group,
            policy_type: old.map_or_else(|| policy_type.to_owned(), |row| row.policy_type),
            policy,
            rank: Some(rank),
        });
    }
    rows.sort_by_key(|row| row.rank.unwrap_or(i64::MAX));
    rows
}

fn set_members(group: ObjectId, add: &[ObjectId], remove: &[ObjectId], state: &State) -> Effect {
    let mut effect = Effect::default();
    let object = |account: &ObjectId| Object::Membership(group, *account);
    effect
        .edits
        .extend(add.iter().map(|one| added(object(one), [])));
    effect
        .edits
        .extend(remove.iter().map(|one| removed(object(one))));
    let name = name_of(group, state);
    if !state.tenant.directory.members.contains_key(&group) {
        effect.remarks.push(untold(&name));
    }
    let joining = Change::of_joining(group, state);
    let joins = add.iter().map(|account| (*account, joining.clone()));
    let leaves = remove
        .iter()
        .map(|account| (*account, Change::of_leaving(group, *account, state)));
    let changes: Vec<(ObjectId, Change)> = joins
        .chain(leaves)
        .filter(|(_, change)| !change.is_empty())
        .collect();
    licenses::change(&changes, state, &mut effect);
    let mut all = BTreeMap::new();
    for kind in kinds_of(group, state) {
        let rows = rows(kind, state);
        for row in rows.iter().filter(|row| row.group == group) {
            effect.pending.push(Pending {
                object: Object::GroupPolicy(group, row.policy_type.to_lowercase()),
                hours: SPREADS,
                what: format!(
                    "`{}` for those who come to group `{name}` and go",
                    row.policy
                ),
            });
        }
        all.insert(kind, (rows.clone(), rows));
    }
    let change = Policies {
        rows: all,
        moved: Some((group, add)),
    };
    let accounts: Vec<ObjectId> = add.iter().chain(remove).copied().collect();
    change.tell(&accounts, state, &mut effect);
    effect
}

fn untold(group: &str) -> String {
    format!(
        "the members of group `{group}` are not exported, so that their policies are not followed"
    )
}

/// What a change of groups means for the policies of accounts.
struct Policies<'a> {
    /// The policies of groups of each type, before and after.
    rows: BTreeMap<PolicyKind, (Vec<Row>, Vec<Row>)>,
    /// The group whose members change, and who comes; the other accounts go.
    moved: Option<(ObjectId, &'a [ObjectId])>,
}

impl Policies<'_> {
    /// Rewrites what accounts say of policies that groups bring; what was granted to themselves stays.
    fn tell(&self, accounts: &[ObjectId], state: &State, effect: &mut Effect) {
        let mut changed: BTreeMap<PolicyKind, Vec<String>> = BTreeMap::new();
        let mut undecided: BTreeMap<PolicyKind, Vec<String>> = BTreeMap::new();
        for account in accounts {
            let Some(user) = state.user(*account) else {
                continue;
            };
            let mut winners: Vec<(PolicyKind, Option<String>)> = Vec::new();
            for (kind, (before, after)) in &self.rows {
                let listed = match brought(*kind, user, state) {
                    Brought::Direct | Brought::Untold => continue,
                    Brought::Nothing => None,
                    Brought::ByGroup(name) => Some(name),
                };
                let name = || state.tenant.user_name(user);
                let Ok(winner) = self.winner(after, *account, true, state) else {
                    undecided.entry(*kind).or_default().push(name());
                    continue;
                };
                let old = match &listed {
                    Some(name) => Some(name.as_str()),
                    None => self.winner(before, *account, false, state).unwrap_or(None),
                };
                let is_same = match (old, winner) {
                    (Some(old), Some(new)) => old.eq_ignore_ascii_case(new),
                    (old, new) => old.is_none() && new.is_none(),
                };
                if !is_same {
                    changed.entry(*kind).or_default().push(name());
                    winners.push((*kind, winner.map(str::to_owned)));
                }
            }
            effect
                .edits
                .extend(rewritten(*account, user, &winners, state));
        }
        for (kind, names) in changed {
            effect.remarks.push(format!(
                "the {} of {} changes",
                kind.words(),
                first_of(&names)
            ));
        }
        for (kind, names) in undecided {
            effect.remarks.push(format!(
                "which {} {} gets is not told: a group that brings one has members that are not exported",
                kind.words(),
                first_of(&names)
            ));
        }
    }

    /// The policy that groups bring to an account; an error where members of a group that may win are not known.
    fn winner<'r>(
        &self,
        rows: &'r [Row],
        account: ObjectId,
        is_after: bool,
        state: &State,
    ) -> Result<Option<&'r str>, ()> {
        for row in rows {
            let is_in = match self.moved {
                Some((group, add)) if is_after && group == row.group => {
                    add.contains(&account).into()
                }
                _ => membership(row.group, account, state),
            };
            match is_in {
                Answer::Yes => return Ok(Some(&row.policy)),
                Answer::No => {}
                Answer::Unknown => return Err(()),
            }
        }
        Ok(None)
    }
}

/// How an account came to its policy of a type.
enum Brought {
    /// It was granted to itself.
    Direct,
    /// A group brings this one.
    ByGroup(String),
    /// Neither is told: its groups decide.
    Nothing,
    /// The export does not tell.
    Untold,
}

fn brought(kind: PolicyKind, user: &User, state: &State) -> Brought {
    let mut listed = state.tenant.listed_policies(user).iter();
    let listed = listed.find(|one| kind.is_named(state.symbol(Some(one.policy_type))));
    match (kind.of(user), listed) {
        (_, Some(one)) if one.by_group => {
            Brought::ByGroup(state.symbol(Some(one.name.0)).to_owned())
        }
        (Field::Value(_), _) | (_, Some(_)) => Brought::Direct,
        (Field::Null, None) => Brought::Nothing,
        (Field::Absent, None) => Brought::Untold,
    }
}

/// What an account says once its groups bring these policies: the winners are listed as brought by a group, and the
/// properties, which show what was granted to the account itself, are blank.
fn rewritten(
    account: ObjectId,
    user: &User,
    winners: &[(PolicyKind, Option<String>)],
    state: &State,
) -> Vec<Edit> {
    let object = Object::User(account);
    let mut edits = Vec::new();
    for (kind, _) in winners {
        if kind.of(user).value().is_some() {
            edits.push(set(object.clone(), kind.property(), Value::Null));
        }
    }
    if winners.is_empty() || user.effective_policies.is_absent() {
        return edits;
    }
    let entry = |policy_type: &str, name: &str, by_group: bool| {
        json!({
            "PolicyType": policy_type,
            "PolicyAssignment": {
                "AssignmentType": if by_group { "group" } else { "direct" },
                "DisplayName": name,
            },
        })
    };
    let is_other = |one: &&EffectivePolicy| {
        let policy_type = state.symbol(Some(one.policy_type));
        !winners.iter().any(|(kind, _)| kind.is_named(policy_type))
    };
    let listed = state.tenant.listed_policies(user).iter();
    let mut entries: Vec<Value> = listed
        .filter(is_other)
        .map(|one| {
            let (of, name) = (
                state.symbol(Some(one.policy_type)),
                state.symbol(Some(one.name.0)),
            );
            entry(of, name, one.by_group)
        })
        .collect();
    let brought = winners
        .iter()
        .filter_map(|(kind, name)| Some(entry(kind.property(), name.as_ref()?, true)));
    entries.extend(brought);
    edits.push(set(object, "EffectivePolicyAssignments", entries));
    edits
}

/// What assigns a policy to a group that may have another one of its type, or takes that away.
fn typed(
    group: ObjectId,
    policy_type: &str,
    policy: Option<&str>,
    rank: Option<&str>,
    has_one: bool,
) -> Vec<String> {
    let group = quoted(&group.to_string());
    let rank = rank.map_or_else(String::new, |rank| format!(" -Rank {rank}"));
    if BY_GRANT.contains(&policy_type) {
        let name = policy.map_or_else(|| "$null".to_owned(), quoted);
        let rank = if policy.is_some() {
            rank
        } else {
            String::new()
        };
        return vec![format!(
            "Grant-Cs{policy_type} -Group {group} -PolicyName {name}{rank}"
        )];
    }
    let mut commands = Vec::new();
    if has_one {
        commands.push(format!(
            "Remove-CsGroupPolicyAssignment -GroupId {group} -PolicyType {policy_type}"
        ));
    }
    if let Some(policy) = policy {
        commands.push(format!(
            "New-CsGroupPolicyAssignment -GroupId {group} -PolicyType {policy_type} -PolicyName {}{rank}",
            quoted(policy)
        ));
    }
    commands
}

/// The name of a policy as the tenant spells it.
fn policy_name(policy_type: &str, policy: &str, state: &State) -> String {
    let tenant = &state.tenant;
    let name: Option<PolicyName> = match PolicyKind::named(policy_type) {
        Some(PolicyKind::Calling) => tenant
            .calling_policies
            .find(policy)
            .and_then(|one| one.name.get()),
        Some(PolicyKind::EmergencyCallRouting) => tenant
            .emergency_call_routing_policies
            .find(policy)
            .and_then(|one| one.name.get()),
        Some(PolicyKind::EmergencyCalling) => tenant
            .emergency_calling_policies
            .find(policy)
            .and_then(|one| one.name.get()),
        Some(PolicyKind::SharedCalling) => tenant
            .shared_calling_policies
            .find(policy)
            .and_then(|one| one.name.get()),
        Some(PolicyKind::DialPlan) => tenant
            .dial_plans
            .find(policy)
            .and_then(|one| one.name.get()),
        Some(PolicyKind::CallerId) => tenant
            .caller_id_policies
            .find(policy)
            .and_then(|one| one.name.get()),
        Some(PolicyKind::VoiceRouting) => tenant
            .voice_routing_policies
            .find(policy)
            .and_then(|one| one.name.get()),
        Some(PolicyKind::ConferencingRouting) => tenant
            .conferencing
            .routing_policies
            .find(policy)
            .and_then(|one| one.name.get()),
        Some(PolicyKind::VoiceApplications) => tenant
            .voice_applications_policies
            .find(policy)
            .and_then(|one| one.name.get()),
        None if policy_type == "TeamsUpgradePolicy" => tenant
            .upgrade_policies
            .find(policy)
            .and_then(|one| one.name.get()),
        None => None,
    };
    super::routing::called(name.map(|name| name.0), policy, state)
}
