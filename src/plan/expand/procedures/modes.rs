//! Coexistence with Skype for Business.
//!
//! Sources: <https://learn.microsoft.com/microsoftteams/setting-your-coexistence-and-upgrade-settings>,
//! <https://learn.microsoft.com/powershell/module/microsoftteams/grant-csteamsupgradepolicy>.

use crate::finding::Severity;
use crate::plan::act::{Act, Need};
use crate::plan::expand::Planned;
use crate::plan::expand::operands::Operands;
use crate::plan::state::State;
use crate::snapshot::ObjectId;

/// Grants the instance of a mode to each user.
pub(super) fn change(step: &mut Operands) -> Option<Vec<Planned>> {
    let mode = step.step.word("mode")?;
    // The instance of that mode is called after what it does.
    let to_teams = matches!(mode, "TeamsOnly" | "UpgradeToTeams");
    let policy = if to_teams { "UpgradeToTeams" } else { mode };
    let users = step.accounts("users");
    let state = step.state;
    let acts = users.into_iter().map(|(account, bytes)| {
        let mut needs = Vec::new();
        needs.extend(is_changeable(account, state));
        if to_teams {
            needs.extend(is_out_of_servers(state));
        } else {
            needs.extend(has_no_number(account, mode, state));
        }
        let act = Act::Grant {
            account,
            policy_type: "TeamsUpgradePolicy",
            policy: Some(policy.to_owned()),
        };
        Planned { act, bytes, needs }
    });
    Some(acts.collect())
}

/// That administrators may change the mode of a user at all.
fn is_changeable(account: ObjectId, state: &State) -> Option<Need> {
    let user = state.user(account)?;
    let told = user.upgrade_read_only.get();
    let told = state.symbol(told).trim();
    let is_free = told.is_empty() || ["false", "none"].contains(&told.to_lowercase().as_str());
    if user.upgrade_read_only.is_absent() {
        return None;
    }
    let name = state.account_name(account);
    Some(
        Need::refused(
            format!("an administrator may change the coexistence mode of `{name}`"),
            is_free,
        )
        .instead(format!("it is read-only: `{told}`"))
        .at(user.at("TeamsUpgradePolicyIsReadOnly")),
    )
}

/// Users can be moved one by one while servers answer; the tenant as a whole cannot.
fn is_out_of_servers(state: &State) -> Option<Need> {
    let is_out = state.tenant.is_out_of_servers()?;
    let facts = &state.tenant.directory.dns;
    Some(
        Need::harm(
            Severity::Info,
            "the name servers lead to Microsoft",
            is_out,
        )
        .instead("a server of the organization answers: users can be moved, but not the tenant as a whole")
        .at(facts.iter().next().map(|facts| facts.at("lyncdiscover"))),
    )
}

/// That nobody leaves Teams Only with a number, whose calls would ring elsewhere.
fn has_no_number(account: ObjectId, mode: &str, state: &State) -> Option<Need> {
    let number = state
        .numbers_of(account)
        .into_iter()
        .find(|number| super::holdings::type_of(*number, state).is_some());
    let name = state.account_name(account);
    let what = format!("`{name}` has no number in mode {mode}");
    let Some(number) = number else {
        return Some(Need::harm(Severity::Error, what, true));
    };
    let row = state.number(number)?;
    let of_type = state.number_type(row).unwrap_or_default();
    Some(
        Need::harm(Severity::Error, what, false)
            .instead(format!("it has `{number}` ({of_type})"))
            .at(row.record.at("AssignedPstnTargetId")),
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::plan::act::Act;
    use crate::plan::expand::procedures::testing::{contoso, expanded, unmet, with};

    fn step(user: &str, mode: &str) -> String {
        format!(
            "change = \"change-coexistence-mode\"\nusers = [\"{user}@contoso.example\"]\nmode = \"{mode}\""
        )
    }

    #[test]
    fn a_mode_is_an_instance_of_the_upgrade_policy() {
        for (mode, instance) in [
            ("TeamsOnly", "UpgradeToTeams"),
            ("UpgradeToTeams", "UpgradeToTeams"),
            ("SfBOnly", "SfBOnly"),
        ] {
            let (_, expansion) = expanded(&contoso(), &step("dan", mode));
            let Act::Grant { policy, .. } = &expansion.acts[0].act else {
                panic!("{:?}", expansion.acts);
            };
            assert_eq!(policy.as_deref(), Some(instance));
        }
    }

    #[test]
    fn numbers_servers_and_read_only_modes_are_told() {
        assert_eq!(
            unmet(&contoso(), &step("eve", "Islands")),
            [
                "`eve@contoso.example` has no number in mode Islands: it has `+12065550105` (OperatorConnect)"
            ]
        );
        assert_eq!(unmet(&contoso(), &step("dan", "Islands")), [""; 0]);
        let read_only = json!({"TeamsUpgradePolicyIsReadOnly": "ModeAndNotifications"});
        let files = with(contoso(), "Get-CsOnlineUser.json", "dan@", &read_only);
        let server = json!({"lyncdiscover": "sip.contoso.example"});
        let files = with(files, "dns.json", "contoso.example", &server);
        assert_eq!(
            unmet(&files, &step("dan", "TeamsOnly")),
            [
                "an administrator may change the coexistence mode of `dan@contoso.example`: it is read-only: `ModeAndNotifications`",
                "the name servers lead to Microsoft: a server of the organization answers: users can be moved, but not the tenant as a whole",
            ]
        );
    }
}
