//! What to type so that a voice routing policy is no longer in force: where it was assigned, there it is taken away.

use super::Cx;
use crate::finding::powershell::quoted;
use crate::tenant::{Assigned, is_voice_routing};

/// The commands that take a policy off a number, off the account that holds it, or off the group that brings it.
pub(super) fn commands(
    policy: &str,
    assigned: Assigned,
    identity: &str,
    number: &str,
    cx: &Cx,
) -> Vec<String> {
    match assigned {
        Assigned::ToNumber(_) => vec![format!(
            "Set-CsPhoneNumberPolicyAssignment -TelephoneNumber {} -PolicyType OnlineVoiceRoutingPolicy",
            quoted(number)
        )],
        Assigned::ToUser => {
            let mut commands = vec![format!(
                "Grant-CsOnlineVoiceRoutingPolicy -Identity {} -PolicyName $null",
                quoted(identity)
            )];
            let groups = groups_with(policy, cx);
            if !groups.is_empty() {
                commands.push(format!(
                    "# a group also assigns this policy ({}): if it comes back, take the user out of the group",
                    groups.join(", ")
                ));
            }
            commands
        }
        Assigned::ByGroup => {
            let groups = groups_with(policy, cx);
            let mut commands = vec![format!(
                "# take {} out of the group, or for all its members:",
                quoted(identity)
            )];
            if groups.is_empty() {
                commands.push("# Get-CsGroupPolicyAssignment -PolicyType OnlineVoiceRoutingPolicy shows the group".to_owned());
            }
            commands.extend(groups.iter().map(|group| {
                format!(
                    "# Remove-CsGroupPolicyAssignment -GroupId {group} -PolicyType OnlineVoiceRoutingPolicy"
                )
            }));
            commands
        }
    }
}

/// The groups that bring a voice routing policy, by id.
fn groups_with(policy: &str, cx: &Cx) -> Vec<String> {
    let texts = &cx.tenant.snapshot.texts;
    let groups = cx.tenant.group_policies.iter().filter(|group| {
        let is_routing = group
            .policy_type
            .get()
            .is_some_and(|name| is_voice_routing(texts.symbol(name)));
        let same = group
            .policy
            .get()
            .is_some_and(|name| texts.symbol(name.0).eq_ignore_ascii_case(policy));
        is_routing && same
    });
    groups
        .filter_map(|group| Some(group.group.get()?.to_string()))
        .collect()
}
