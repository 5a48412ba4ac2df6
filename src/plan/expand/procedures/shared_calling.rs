//! Shared Calling: people who call with the number of a resource account.
//!
//! Source: <https://learn.microsoft.com/microsoftteams/shared-calling-setup>.

use super::holdings::{license, ungrant};
use super::moves::grant;
use super::needs::{has_no_number, has_no_usages, is_resource_account, is_teams_only};
use super::sequence::Sequence;
use crate::plan::act::{Act, Need};
use crate::plan::expand::Planned;
use crate::plan::expand::operands::Operands;
use crate::plan::state::State;
use crate::snapshot::ObjectId;
use crate::tenant::{Answer, PolicyKind};

/// The account's license, the policy, its grants, Enterprise Voice.
pub(super) fn set_up(step: &mut Operands) -> Option<Vec<Planned>> {
    let kind = PolicyKind::SharedCalling;
    let (policy, bytes) = step.policy_or_global("policy", kind.property())?;
    let (account, account_bytes) = step.account("account")?;
    let are_given = step.step.field("emergency-numbers").is_some();
    let numbers = step.numbers("emergency-numbers").into_iter();
    let numbers = are_given.then(|| numbers.map(|(number, _)| number).collect());
    let users = step.accounts("users");
    let state = step.state;
    let mut sequence = Sequence::default();
    let act = license(account, None, state);
    sequence.acts(act, &account_bytes);
    let needs = vec![
        is_resource_account(account, state),
        has_number(account, state),
    ];
    let act = Act::SetSharedCalling {
        policy: policy.clone(),
        account: Some(account),
        numbers,
    };
    sequence.with_needs(act, &bytes, needs);
    for (user, bytes) in &users {
        let needs = is_teams_only(*user, state)
            .into_iter()
            .chain(has_no_number(*user, state))
            .chain(has_no_usages(*user, state));
        let act = grant(*user, kind.property(), &policy);
        sequence.with_needs(act, bytes, needs.collect());
    }
    for (user, bytes) in &users {
        if enterprise_voice(*user, state) != Some(true) {
            let act = Act::SetEnterpriseVoice {
                account: *user,
                enabled: true,
            };
            sequence.act(act, bytes);
        }
    }
    Some(sequence.done())
}

/// The policy goes; who has no number of its own no longer calls outside.
pub(super) fn leave(step: &mut Operands) -> Vec<Planned> {
    let users = step.accounts("users");
    let state = step.state;
    let mut sequence = Sequence::default();
    for (user, bytes) in &users {
        let act = ungrant(*user, PolicyKind::SharedCalling, state);
        sequence.acts(act, bytes);
    }
    for (user, bytes) in &users {
        let is_without = state
            .user(*user)
            .is_some_and(|user| state.tenant.has_line(user) == Answer::No);
        if is_without && enterprise_voice(*user, state) == Some(true) {
            let act = Act::SetEnterpriseVoice {
                account: *user,
                enabled: false,
            };
            sequence.act(act, bytes);
        }
    }
    sequence.done()
}

fn enterprise_voice(account: ObjectId, state: &State) -> Option<bool> {
    state.user(account)?.enterprise_voice.get()
}

fn has_number(account: ObjectId, state: &State) -> Need {
    let name = state.account_name(account);
    let listed = state.tenant.resource_account(account);
    let met = listed.map_or(Answer::Unknown, |listed| state.tenant.has_number(listed));
    Need::refused(format!("`{name}` has a number to share"), met)
        .instead("it has none")
        .at(state.at(account, "LineUri"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::plan::expand::procedures::testing::{acts, contoso, unmet, with};

    #[test]
    fn who_has_a_number_or_a_way_out_does_not_share_one() {
        let step = "change = \"set-up-shared-calling\"\npolicy = \"SC\"\naccount = \"old@contoso.example\"\nusers = [\"ben@contoso.example\"]";
        assert_eq!(
            unmet(&contoso(), step),
            [
                "`old@contoso.example` has a number to share: it has none",
                "`ben@contoso.example` has no number of its own: it has `+12065550102`",
                "no PSTN usage routes the calls of `ben@contoso.example`: policy `SBC` brings usages",
            ]
        );
        assert_eq!(
            acts(&contoso(), step),
            [
                "change-license",
                "set-shared-calling-policy",
                "grant-policy"
            ]
        );
    }

    #[test]
    fn who_gets_a_number_keeps_enterprise_voice() {
        let step = "change = \"leave-shared-calling\"\nusers = [\"ana@contoso.example\"]";
        let policy = json!({"TeamsSharedCallingRoutingPolicy": "SC"});
        let files = with(contoso(), "Get-CsOnlineUser.json", "ana@", &policy);
        assert_eq!(acts(&files, step), ["grant-policy"]);
        assert_eq!(acts(&contoso(), step), [""; 0]);
    }
}
