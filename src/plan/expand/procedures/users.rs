//! People: licenses, and numbers of Direct Routing.
//!
//! Sources: <https://learn.microsoft.com/microsoftteams/phone-numbers-licensing-changes>,
//! <https://learn.microsoft.com/microsoftteams/direct-routing-enable-users>.

use super::holdings::{has_own, license, location_of};
use super::moves::grant;
use super::needs::{is_teams_only, leads_out, shares_no_number};
use super::sequence::Sequence;
use super::{optional, optional_license};
use crate::plan::act::Act;
use crate::plan::expand::Planned;
use crate::plan::expand::operands::Operands;
use crate::tenant::PolicyKind;

/// One activity for each user: in between, numbers would come off.
pub(super) fn swap_license(step: &mut Operands) -> Option<Vec<Planned>> {
    let (add, remove) = (step.licenses("add"), step.licenses("remove"));
    // Half a swap is what this is there to avoid.
    let is_whole = |field, found: usize| step.step.names(field).len() == found;
    if !is_whole("add", add.len()) || !is_whole("remove", remove.len()) {
        return None;
    }
    let users = step.accounts("users");
    let acts = users.into_iter().map(|(account, bytes)| {
        let act = Act::ChangeLicense {
            account,
            add: add.clone(),
            remove: remove.clone(),
        };
        Planned::new(act, bytes)
    });
    Some(acts.collect())
}

/// License, number, voice routing policy, emergency policy, dial plan.
pub(super) fn enable_direct_routing(step: &mut Operands) -> Option<Vec<Planned>> {
    let kinds = [
        (PolicyKind::VoiceRouting, "policy"),
        (PolicyKind::EmergencyCallRouting, "emergency-policy"),
        (PolicyKind::DialPlan, "dial-plan"),
    ];
    let (account, user_bytes) = step.account("user")?;
    let (number, bytes) = step.number("number")?;
    let sku = optional_license(step).ok()?;
    let mut policies = Vec::new();
    for (kind, field) in kinds {
        let policy = optional(step, field, |step, field| {
            step.policy_or_global(field, kind.property())
        })
        .ok()?;
        policies.extend(policy.map(|policy| (kind, policy)));
    }
    let state = step.state;
    let mut sequence = Sequence::default();
    let act = license(account, sku, state);
    sequence.acts(act, &user_bytes);
    let needs = is_teams_only(account, state)
        .into_iter()
        .chain(shares_no_number(account, state));
    let act = Act::Assign {
        account,
        number,
        number_type: Some("DirectRouting"),
        location: location_of(number, state),
        category: None,
    };
    sequence.with_needs(act, &bytes, needs.collect());
    for (kind, policy) in policies {
        // `Global` is in force where nothing else is granted.
        if policy == "global" && !has_own(account, kind, state) {
            continue;
        }
        let needs = match kind {
            PolicyKind::VoiceRouting => vec![leads_out(&policy, state)],
            _ => Vec::new(),
        };
        let act = grant(account, kind.property(), &policy);
        sequence.with_needs(act, &user_bytes, needs);
    }
    Some(sequence.done())
}

#[cfg(test)]
mod tests {
    use crate::plan::expand::procedures::testing::{acts, contoso, expanded, unmet};

    #[test]
    fn half_a_swap_is_none() {
        let step = "change = \"swap-license\"\nusers = [\"ana@contoso.example\"]\nadd = [\"MCOEVV\"]\nremove = [\"MCOPSTN1\"]";
        let (_, expansion) = expanded(&contoso(), step);
        assert!(expansion.acts.is_empty());
        assert_eq!(expansion.missing.len(), 1);
    }

    #[test]
    fn only_what_is_lacking_is_licensed_and_granted() {
        let step = "change = \"enable-direct-routing-user\"\nuser = \"fay@contoso.example\"\nnumber = \"+12065550121\"\npolicy = \"SBC\"\nemergency-policy = \"Global\"";
        assert_eq!(acts(&contoso(), step), ["assign-number", "grant-policy"]);
        assert_eq!(
            unmet(&contoso(), step),
            [
                "`fay@contoso.example` does not use Shared Calling: it has shared calling policy `SC`"
            ]
        );
        let licensed = format!("{step}\nlicense = \"MCOEV\"");
        assert_eq!(acts(&contoso(), &licensed)[0], "change-license");
    }
}
