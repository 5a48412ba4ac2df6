//! Coexistence with Skype for Business.
//!
//! Sources: <https://learn.microsoft.com/microsoftteams/setting-your-coexistence-and-upgrade-settings>,
//! <https://learn.microsoft.com/powershell/module/microsoftteams/grant-csteamsupgradepolicy>.

use super::holdings::type_of;
use crate::finding::Severity;
use crate::plan::act::{Act, Met, Need};
use crate::plan::areas::policies::mode_can_change;
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
        // The act asks it again, and nothing is told twice.
        needs.extend(mode_can_change(account, state));
        if to_teams {
            needs.extend(is_out_of_servers(state));
        } else {
            needs.push(has_no_number(account, mode, state));
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
fn has_no_number(account: ObjectId, mode: &str, state: &State) -> Need {
    let name = state.account_name(account);
    let met = Met::unless(state.has_number(account));
    let (number, place) = state.number_told(account).unzip();
    let first = state.numbers_of(account).into_iter().next();
    let of_type = first.and_then(|number| type_of(number, state));
    let instead = match (number, of_type) {
        (Some(number), Some(of_type)) => format!("it has `{number}` ({of_type})"),
        (Some(number), None) => format!("it has `{number}`"),
        (None, _) => "no export tells whether it has one".to_owned(),
    };
    let what = format!("`{name}` has no number in mode {mode}");
    Need::harm(Severity::Error, what, met)
        .instead(instead)
        .at(place)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::plan::act::{Act, Met};
    use crate::plan::expand::procedures::testing::{contoso, expanded, open, unmet, with};

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

    #[test]
    fn a_number_counts_without_the_inventory_too() {
        let mut files = contoso();
        files.retain(|(name, _)| *name != "Get-CsPhoneNumberAssignment.json");
        let what = "`eve@contoso.example` has no number in mode Islands";
        assert_eq!(
            unmet(&files, &step("eve", "Islands")),
            [format!("{what}: it has `+12065550105`")]
        );
        for (_, users) in &mut files {
            for user in users.as_array_mut().into_iter().flatten() {
                user.as_object_mut().map(|user| user.remove("LineUri"));
            }
        }
        assert_eq!(
            open(&files, &step("eve", "Islands")),
            [format!("{what}: no export tells whether it has one")]
        );
    }

    #[test]
    fn none_and_false_keep_nobody_from_changing_a_mode() {
        let asked = |read_only: serde_json::Value| {
            let read_only = json!({ "TeamsUpgradePolicyIsReadOnly": read_only });
            let files = with(contoso(), "Get-CsOnlineUser.json", "dan@", &read_only);
            let (state, expansion) = expanded(&files, &step("dan", "TeamsOnly"));
            let act = &expansion.acts[0];
            let needs = act.needs.iter().cloned().chain(act.act.needs(&state));
            let mut needs = needs.filter(|need| need.what.contains("coexistence mode"));
            let first = needs.next().expect("the need");
            assert!(needs.all(|need| need == first), "one question");
            first.met
        };
        for free in [json!("None"), json!("False"), json!(null)] {
            assert_eq!(asked(free.clone()), Met::Yes, "{free}");
        }
        assert_eq!(asked(json!("Mode")), Met::No);
    }
}
