//! Policies of accounts and of numbers.
//!
//! Sources: <https://learn.microsoft.com/microsoftteams/policy-assignment-overview>,
//! <https://learn.microsoft.com/powershell/module/microsoftteams/grant-csteamsupgradepolicy>,
//! <https://learn.microsoft.com/powershell/module/microsoftteams/set-csphonenumberpolicyassignment>.

use serde_json::{Value, json};

use super::{groups, licenses, numbers};
use crate::finding::Severity;
use crate::finding::powershell::quoted;
use crate::plan::act::{Act, Effect, Met, Need, Pending, Undo};
use crate::plan::state::{State, added, removed, set};
use crate::snapshot::record::EffectivePolicy;
use crate::snapshot::{ExportKind, ObjectId, PhoneNumber};
use crate::tenant::edit::{Edit, Object};
use crate::tenant::{Answer, PolicyKind, User, is_same_type};

const UPGRADE: &str = "TeamsUpgradePolicy";

/// How many hours a coexistence mode takes until it is in force.
///
/// Source: <https://learn.microsoft.com/microsoftteams/setting-your-coexistence-and-upgrade-settings>.
const MODE_TAKES: u64 = 24;

pub(in crate::plan) fn needs(act: &Act, state: &State) -> Vec<Need> {
    match act {
        Act::Grant {
            account,
            policy_type,
            policy,
        } => {
            let mut needs = if *policy_type == UPGRADE {
                numbers::of_account(*account, state)
            } else {
                vec![licenses::is_there(*account, state)]
            };
            if let Some(policy) = policy {
                needs.push(exists(policy_type, policy, state));
            }
            if policy.is_none() {
                needs.extend(is_own(*account, policy_type, state));
            }
            if *policy_type == UPGRADE {
                needs.extend(mode_can_change(*account, state));
            }
            if *policy_type == "TeamsSharedCallingRoutingPolicy" && policy.is_some() {
                needs.extend(has_no_number(*account, state));
            }
            needs
        }
        Act::GrantToNumber {
            number,
            policy_type,
            policy,
        } => {
            let mut needs = vec![numbers::is_there(*number, state)];
            if let Some(policy) = policy {
                needs.push(exists(policy_type, policy, state));
                return needs;
            }
            let name = policy_of_number(*number, policy_type, state);
            let export = ExportKind::PhoneNumberPolicyAssignment;
            needs.push(
                Need::refused(
                    format!("`{number}` has a {policy_type}"),
                    state.is_there(name.is_some(), export),
                )
                .instead("it has none")
                .at(state.tenant.start_of(export)),
            );
            needs
        }
        _ => Vec::new(),
    }
}

pub(in crate::plan) fn effect(act: &Act, state: &State) -> Effect {
    match act {
        Act::Grant {
            account,
            policy_type,
            policy,
        } => grant(*account, policy_type, policy.as_deref(), state),
        Act::GrantToNumber {
            number,
            policy_type,
            policy,
        } => Effect {
            edits: vec![grant_to_number(
                *number,
                policy_type,
                policy.as_deref(),
                state,
            )],
            ..Effect::default()
        },
        _ => Effect::default(),
    }
}

pub(in crate::plan) fn commands(act: &Act, state: &State) -> Vec<String> {
    match act {
        Act::Grant {
            account,
            policy_type,
            policy,
        } => vec![format!(
            "Grant-Cs{policy_type} -Identity {} -PolicyName {}",
            state.account_argument(*account),
            policy.as_deref().map_or_else(
                || "$null".to_owned(),
                |name| quoted(&spelled(policy_type, name, state))
            )
        )],
        Act::GrantToNumber {
            number,
            policy_type,
            policy,
        } => {
            let mut command = format!(
                "Set-CsPhoneNumberPolicyAssignment -TelephoneNumber {} -PolicyType {policy_type}",
                quoted(&number.to_string())
            );
            if let Some(name) = policy {
                command.push_str(" -PolicyName ");
                command.push_str(&quoted(&spelled(policy_type, name, state)));
            }
            vec![command]
        }
        _ => Vec::new(),
    }
}

pub(in crate::plan) fn undo(act: &Act, state: &State) -> Undo {
    let (before, back) = match act {
        Act::Grant {
            account,
            policy_type,
            policy,
        } => {
            let Ok(before) = granted_before(*account, policy_type, state) else {
                return numbers::untold("which policy the account itself had");
            };
            let back = Act::Grant {
                account: *account,
                policy_type,
                policy: before.clone(),
            };
            (before == *policy, back)
        }
        Act::GrantToNumber {
            number,
            policy_type,
            policy,
        } => {
            let before = policy_of_number(*number, policy_type, state);
            let before = before.map(|(_, name)| name);
            let back = Act::GrantToNumber {
                number: *number,
                policy_type,
                policy: before.clone(),
            };
            (before == *policy, back)
        }
        _ => return Undo::Nothing,
    };
    if before {
        Undo::Nothing
    } else {
        Undo::Commands(commands(&back, state))
    }
}

pub(in crate::plan) fn object(act: &Act, state: &State) -> String {
    let granted = |policy_type: &str, policy: &Option<String>| match policy {
        Some(name) => format!("{policy_type} {}", spelled(policy_type, name, state)),
        None => format!("no {policy_type}"),
    };
    match act {
        Act::Grant {
            account,
            policy_type,
            policy,
        } => format!(
            "{} to {}",
            granted(policy_type, policy),
            state.account_name(*account)
        ),
        Act::GrantToNumber {
            number,
            policy_type,
            policy,
        } => format!("{} to {number}", granted(policy_type, policy)),
        _ => String::new(),
    }
}

pub(in crate::plan) fn relies_on(act: &Act) -> Vec<Object> {
    match act {
        Act::Grant { account, .. } => vec![Object::ResourceAccount(*account)],
        Act::GrantToNumber { number, .. } => vec![Object::Number(*number)],
        _ => Vec::new(),
    }
}

/// That there is a policy of that type and name.
pub(in crate::plan) fn exists(policy_type: &str, policy: &str, state: &State) -> Need {
    let tenant = &state.tenant;
    let met = match PolicyKind::named(policy_type) {
        Some(kind) => tenant.policy_exists(kind, policy),
        None if policy_type == UPGRADE => {
            let found = tenant.upgrade_policies.find(policy).is_some();
            // Microsoft provides these in every tenant.
            let built_in = mode_of_instance(policy).is_some();
            state.is_there(found || built_in, ExportKind::TeamsUpgradePolicy)
        }
        None => Answer::Unknown,
    };
    Need::there(
        format!(
            "there is a {policy_type} `{}`",
            spelled(policy_type, policy, state)
        ),
        met,
    )
    .instead(if met == Answer::Unknown {
        "such policies are not exported"
    } else {
        "none is exported"
    })
}

/// The coexistence mode that an instance of the upgrade policy stands for: Microsoft's own carry it in their name.
fn mode_of_instance(policy: &str) -> Option<&'static str> {
    let bare = policy
        .to_ascii_lowercase()
        .trim_end_matches("withnotify")
        .trim_end_matches("withoutnotify")
        .to_owned();
    Some(match bare.as_str() {
        "upgradetoteams" | "teamsonly" => "TeamsOnly",
        "islands" => "Islands",
        "sfbonly" => "SfBOnly",
        "sfbwithteamscollab" => "SfBWithTeamsCollab",
        "sfbwithteamscollabandmeetings" => "SfBWithTeamsCollabAndMeetings",
        _ => return None,
    })
}

/// A policy name as the tenant spells it.
fn spelled(policy_type: &str, name: &str, state: &State) -> String {
    let tenant = &state.tenant;
    macro_rules! in_list {
        ($list:expr) => {
            $list
                .find(name)
                .and_then(|policy| policy.name.get())
                .map(|found| found.0)
        };
    }
    let found = match PolicyKind::named(policy_type) {
        Some(PolicyKind::Calling) => in_list!(tenant.calling_policies),
        Some(PolicyKind::EmergencyCallRouting) => in_list!(tenant.emergency_call_routing_policies),
        Some(PolicyKind::EmergencyCalling) => in_list!(tenant.emergency_calling_policies),
        Some(PolicyKind::SharedCalling) => in_list!(tenant.shared_calling_policies),
        Some(PolicyKind::DialPlan) => in_list!(tenant.dial_plans),
        Some(PolicyKind::CallerId) => in_list!(tenant.caller_id_policies),
        Some(PolicyKind::VoiceRouting) => in_list!(tenant.voice_routing_policies),
        Some(PolicyKind::ConferencingRouting) => in_list!(tenant.conferencing.routing_policies),
        Some(PolicyKind::VoiceApplications) => in_list!(tenant.voice_applications_policies),
        None if policy_type == UPGRADE => in_list!(tenant.upgrade_policies),
        None => None,
    };
    match found {
        Some(symbol) => {
            let text = state.symbol(Some(symbol));
            crate::snapshot::cell::without_tag(text).to_owned()
        }
        None => name.to_owned(),
    }
}

/// The policy that an account's own property names, without `Global`.
pub(in crate::plan) fn own(account: ObjectId, policy_type: &str, state: &State) -> Option<String> {
    let words = state.property(account, policy_type)?;
    let name = words.into_iter().next()?;
    (!name.eq_ignore_ascii_case("global")).then_some(name)
}

/// The policy that is granted to an account itself, not one that a group brings; an error where no export tells.
fn granted_before(
    account: ObjectId,
    policy_type: &str,
    state: &State,
) -> Result<Option<String>, ()> {
    state.property(account, policy_type).ok_or(())?;
    let Some(now) = own(account, policy_type, state) else {
        return Ok(None);
    };
    let user = state.user(account).ok_or(())?;
    if let Some(listed) = listed_of(user, policy_type, state) {
        return Ok((!listed.by_group).then_some(now));
    }
    if state.was_granted(account, policy_type) || !groups::may_bring(policy_type, &now, state) {
        return Ok(Some(now));
    }
    let brought = groups::brought_by(policy_type, account, state)?;
    let is_brought = brought.is_some_and(|(_, policy)| policy.eq_ignore_ascii_case(&now));
    Ok((!is_brought).then_some(now))
}

/// How an account lists its policy of a type.
fn listed_of<'s>(user: &User, policy_type: &str, state: &'s State) -> Option<&'s EffectivePolicy> {
    let mut listed = state.tenant.listed_policies(user).iter();
    listed.find(|one| is_same_type(state.symbol(Some(one.policy_type)), policy_type))
}

/// The policy that is assigned to a number itself, with its type as the export spells it.
fn policy_of_number(
    number: PhoneNumber,
    policy_type: &str,
    state: &State,
) -> Option<(String, String)> {
    let texts = &state.tenant.snapshot.texts;
    let mut assigned = state.tenant.policies_of_number(number);
    let found = assigned.find(|one| {
        let of = one.policy_type.get();
        of.is_some_and(|of| is_same_type(texts.symbol(of), policy_type))
    })?;
    let of = state.symbol(found.policy_type.get());
    let name = state.symbol(found.policy.get().map(|name| name.0));
    Some((of.to_owned(), name.to_owned()))
}

/// That a policy which is taken away is the account's own: one that a group brings stays, and a grant to the account
/// changes something else.
fn is_own(account: ObjectId, policy_type: &str, state: &State) -> Option<Need> {
    let user = state.user(account)?;
    let what = format!(
        "the {policy_type} of `{}` is its own",
        state.tenant.user_name(user)
    );
    let listed = listed_of(user, policy_type, state);
    if listed.is_some_and(|one| one.by_group) {
        return Some(
            Need::refused(what, false)
                .instead("a group brings it: take the account out of the group")
                .at(user.at("EffectivePolicyAssignments")),
        );
    }
    let words = state.property(account, policy_type).unwrap_or_default();
    let is_it = |policy: &str| {
        let now = words.first();
        now.is_none_or(|now| now.eq_ignore_ascii_case(policy))
    };
    let (met, instead) = match groups::brought_by(policy_type, account, state) {
        // Of an own policy and that of a group the own one wins; where both are the same, it stays.
        Ok(Some((group, policy))) if is_it(&policy) => (
            Met::No,
            format!(
                "group `{}` brings `{policy}` all the same: take the account out of the group",
                groups::name_of(group, state)
            ),
        ),
        Ok(_) => (Met::Yes, String::new()),
        Err(()) if listed.is_some() => (Met::Yes, String::new()),
        Err(()) => (
            Met::Unknown,
            "the exports do not tell what groups bring".to_owned(),
        ),
    };
    Some(
        Need::harm(Severity::Error, what, met)
            .instead(instead)
            .at(user.at(policy_type)),
    )
}

/// That an administrator may change the coexistence mode of a user at all.
pub(in crate::plan) fn mode_can_change(account: ObjectId, state: &State) -> Option<Need> {
    let user = state.user(account)?;
    let met: Met = state.tenant.may_change_mode(user).into();
    let name = state.account_name(account);
    Some(
        Need::refused(
            format!("an administrator may change the coexistence mode of `{name}`"),
            met,
        )
        .instead(if met == Met::Unknown {
            "the export does not tell it".to_owned()
        } else {
            let why = state.symbol(user.upgrade_read_only.get()).trim();
            format!("it is read-only: `{why}`")
        })
        .at(user.at("TeamsUpgradePolicyIsReadOnly")),
    )
}

fn has_no_number(account: ObjectId, state: &State) -> Vec<Need> {
    let name = state.account_name(account);
    let met = Met::unless(state.has_number(account));
    let (number, place) = state.number_told(account).unzip();
    let instead = match number {
        Some(number) => format!("it has `{number}`"),
        None => "no export tells whether it has one".to_owned(),
    };
    vec![
        Need::refused(format!("`{name}` has no number of its own"), met)
            .instead(instead)
            .at(place.or_else(|| state.at(account, "LineUri"))),
        numbers::licensed(account, state),
    ]
}

fn grant(
    account: ObjectId,
    policy_type: &'static str,
    policy: Option<&str>,
    state: &State,
) -> Effect {
    let mut effect = Effect::default();
    let object = Object::User(account);
    let name = policy.map_or(Value::Null, |name| {
        Value::String(spelled(policy_type, name, state))
    });
    effect
        .edits
        .push(set(object.clone(), policy_type, name.clone()));
    if let Some(user) = state.user(account)
        && user.effective_policies.value().is_some()
    {
        effect.edits.push(set(
            object.clone(),
            "EffectivePolicyAssignments",
            listed(user, policy_type, policy.is_some().then_some(name), state),
        ));
    }
    if policy_type == UPGRADE {
        let instance = policy.unwrap_or("Global");
        let of_policy = state.tenant.upgrade_policies.find(instance);
        let mode = of_policy.map_or("", |policy| state.symbol(policy.mode.get()));
        let mode = mode_of_instance(instance).unwrap_or(mode).to_owned();
        if !mode.is_empty() {
            effect
                .edits
                .push(set(object.clone(), "TeamsUpgradeEffectiveMode", mode));
        }
        effect.pending.push(Pending {
            object,
            hours: MODE_TAKES,
            what: format!("the coexistence mode of `{}`", state.account_name(account)),
        });
    }
    effect
}

/// `EffectivePolicyAssignments` with another policy of that type, or without one.
pub(in crate::plan) fn listed(
    user: &User,
    policy_type: &str,
    policy: Option<Value>,
    state: &State,
) -> Value {
    let all = state.tenant.listed_policies(user).iter();
    let others = all.filter(|one| !is_same_type(state.symbol(Some(one.policy_type)), policy_type));
    let mut list: Vec<Value> = others
        .map(|one| {
            let how = if one.by_group { "group" } else { "direct" };
            assignment(
                state.symbol(Some(one.policy_type)),
                &json!(state.symbol(Some(one.name.0))),
                how,
            )
        })
        .collect();
    list.extend(policy.map(|name| assignment(policy_type, &name, "direct")));
    Value::Array(list)
}

fn assignment(policy_type: &str, name: &Value, how: &str) -> Value {
    json!({
        "PolicyType": policy_type,
        "PolicyAssignment": { "DisplayName": name, "AssignmentType": how },
    })
}

fn grant_to_number(
    number: PhoneNumber,
    policy_type: &'static str,
    policy: Option<&str>,
    state: &State,
) -> Edit {
    let found = policy_of_number(number, policy_type, state);
    let of = found.as_ref().map_or(policy_type, |(of, _)| of.as_str());
    let object = Object::NumberPolicy(number, of.to_lowercase());
    match policy {
        None => removed(object),
        Some(name) => {
            let name = spelled(policy_type, name, state);
            if found.is_some() {
                set(object, "PolicyName", name)
            } else {
                added(
                    object,
                    [
                        (
                            "TelephoneNumber",
                            json!(number.to_string().trim_start_matches('+')),
                        ),
                        ("PolicyType", json!(policy_type)),
                        ("PolicyName", json!(name)),
                    ],
                )
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{SourceId, Span};
    use crate::tenant::testing::tenant;

    const ID: &str = "00000000-0000-4000-8000-000000000001";
    const GROUP: &str = "00000000-0000-4000-8000-0000000000aa";
    const ROUTING: &str = "OnlineVoiceRoutingPolicy";
    const BY_GROUP: &str = "Get-CsGroupPolicyAssignment.json";

    /// An account with these properties, in a tenant with these files beside it.
    fn state(properties: &str, files: &[(&str, &str)]) -> State {
        let users = format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","AccountType":"User"{properties}}}]"#
        );
        let mut all = vec![("Get-CsOnlineUser.json", users.as_str())];
        all.extend(files);
        State::new(tenant(&all))
    }

    fn grant_of(policy_type: &'static str, policy: Option<&str>) -> Act {
        Act::Grant {
            account: ObjectId::parse(ID).expect("an id"),
            policy_type,
            policy: policy.map(str::to_owned),
        }
    }

    /// The first need of an act whose clause has these words, with what holds instead.
    fn asked(act: &Act, words: &str, state: &State) -> (Met, String) {
        let mut needs = act.needs(state).into_iter();
        let need = needs.find(|need| need.what.contains(words));
        let need = need.expect("the need");
        (need.met, need.instead)
    }

    /// Whether the voice routing policy of an account with these properties can be taken away from it.
    fn own_one(properties: &str, files: &[(&str, &str)]) -> (Met, String) {
        let state = state(properties, files);
        asked(&grant_of(ROUTING, None), "is its own", &state)
    }

    #[test]
    fn what_a_group_brings_is_no_own_policy_however_its_type_is_spelled() {
        for of in [ROUTING, "VoiceRoutingPolicy", "TeamsVoiceRoutingPolicy"] {
            let listed = |how: &str| {
                let listed = format!(
                    r#","OnlineVoiceRoutingPolicy":"SBC","EffectivePolicyAssignments":[{{"PolicyType":"{of}","PolicyAssignment":{{"displayName":"SBC","assignmentType":"{how}"}}}}]"#
                );
                own_one(&listed, &[]).0
            };
            assert_eq!(listed("group"), Met::No, "{of}");
            assert_eq!(listed("direct"), Met::Yes, "{of}");
        }
    }

    #[test]
    fn groups_are_asked_where_the_account_does_not_tell_who_brings_its_policy() {
        let own = r#","OnlineVoiceRoutingPolicy":"SBC""#;
        let rows = |policy: &str| {
            format!(
                r#"[{{"GroupId":"{GROUP}","PolicyType":"VoiceRoutingPolicy","PolicyName":"{policy}","Rank":1}}]"#
            )
        };
        let (same, other) = (rows("SBC"), rows("Other"));
        let member = format!(r#"[{{"groupId":"{GROUP}","id":"{ID}"}}]"#);
        let members = ("group-members.json", member.as_str());
        let brings =
            format!("group `{GROUP}` brings `SBC` all the same: take the account out of the group");
        assert_eq!(
            own_one(own, &[(BY_GROUP, &same), members]),
            (Met::No, brings)
        );
        assert_eq!(own_one(own, &[(BY_GROUP, &other), members]).0, Met::Yes);
        assert_eq!(own_one(own, &[(BY_GROUP, "[]")]).0, Met::Yes);
        assert_eq!(own_one(own, &[(BY_GROUP, &same)]).0, Met::Unknown);
        assert_eq!(own_one(own, &[]).0, Met::Unknown);
        // Nothing of its own is taken away.
        let none = r#","OnlineVoiceRoutingPolicy":null"#;
        assert_eq!(own_one(none, &[(BY_GROUP, &same), members]).0, Met::No);
    }

    #[test]
    fn the_policy_of_a_number_is_found_however_its_type_is_spelled() {
        let numbers = r#"[{"TelephoneNumber":"+12065550102","NumberType":"DirectRouting"}]"#;
        let rows = r#"[{"TelephoneNumber":"12065550102","PolicyType":"VoiceRoutingPolicy","PolicyName":"SBC"}]"#;
        let files = [
            ("Get-CsPhoneNumberAssignment.json", numbers),
            ("Get-CsPhoneNumberPolicyAssignment.json", rows),
        ];
        let mut state = state("", &files);
        let of = |policy: Option<&str>| Act::GrantToNumber {
            number: PhoneNumber::parse("+12065550102").expect("a number"),
            policy_type: ROUTING,
            policy: policy.map(str::to_owned),
        };
        let has = "has a OnlineVoiceRoutingPolicy";
        assert_eq!(asked(&of(None), has, &state).0, Met::Yes);
        let mut done = |act: Act| {
            let effect = act.effect(&state);
            let _ = state.apply(effect, Span::start_of(SourceId(0)));
            state.tenant.settle();
            let rows = state.tenant.number_policies.iter();
            rows.map(|row| state.symbol(row.policy.get().map(|name| name.0)).to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(done(of(Some("Other"))), ["Other"], "no second row");
        assert_eq!(done(of(None)), [""; 0]);
    }

    #[test]
    fn whether_somebody_shares_a_number_is_not_known_without_any_export_of_its_own() {
        let act = grant_of("TeamsSharedCallingRoutingPolicy", Some("SC"));
        let met = |properties: &str| {
            let state = state(properties, &[]);
            asked(&act, "has no number of its own", &state).0
        };
        assert_eq!(met(""), Met::Unknown);
        assert_eq!(met(r#","LineUri":null"#), Met::Yes);
        assert_eq!(met(r#","LineUri":"tel:+12065550102""#), Met::No);
    }

    #[test]
    fn what_a_group_brings_is_not_granted_to_the_account_when_a_grant_is_taken_back() {
        let back = |properties: &str, files: &[(&str, &str)]| {
            let state = state(properties, files);
            grant_of(ROUTING, Some("Other")).undo(&state)
        };
        let to = |policy: &str| {
            Undo::Commands(vec![format!(
                "Grant-CsOnlineVoiceRoutingPolicy -Identity 'a@contoso.example' -PolicyName {policy}"
            )])
        };
        let own = r#","OnlineVoiceRoutingPolicy":"SBC""#;
        let listed = |how: &str| {
            format!(
                r#"{own},"EffectivePolicyAssignments":[{{"PolicyType":"{ROUTING}","PolicyAssignment":{{"displayName":"SBC","assignmentType":"{how}"}}}}]"#
            )
        };
        assert_eq!(back(&listed("group"), &[]), to("$null"));
        assert_eq!(back(&listed("direct"), &[]), to("'SBC'"));
        let rows = |policy: &str| {
            format!(
                r#"[{{"GroupId":"{GROUP}","PolicyType":"VoiceRoutingPolicy","PolicyName":"{policy}","Rank":1}}]"#
            )
        };
        let (same, other) = (rows("SBC"), rows("Another"));
        let member = format!(r#"[{{"groupId":"{GROUP}","id":"{ID}"}}]"#);
        let members = ("group-members.json", member.as_str());
        assert_eq!(back(own, &[(BY_GROUP, &same), members]), to("$null"));
        assert_eq!(back(own, &[(BY_GROUP, &other), members]), to("'SBC'"));
        assert_eq!(back(own, &[(BY_GROUP, &other)]), to("'SBC'"));
        for files in [&[(BY_GROUP, same.as_str())][..], &[]] {
            assert!(matches!(back(own, files), Undo::Impossible(_)));
        }
        // Who has none was granted none.
        assert_eq!(
            back(r#","OnlineVoiceRoutingPolicy":null"#, &[]),
            to("$null")
        );
    }

    #[test]
    fn what_the_plan_granted_before_is_the_own_policy_of_the_account() {
        let mut state = state(r#","OnlineVoiceRoutingPolicy":null"#, &[]);
        let effect = grant_of(ROUTING, Some("SBC")).effect(&state);
        let _ = state.apply(effect, Span::start_of(SourceId(0)));
        let Undo::Commands(back) = grant_of(ROUTING, Some("Other")).undo(&state) else {
            panic!("it is known");
        };
        assert!(back[0].ends_with("-PolicyName 'SBC'"), "{back:?}");
    }
}
