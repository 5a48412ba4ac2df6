//! `rules/resource-accounts/voice-routing-policy-on-non-direct-routing-account.md`

use crate::finding::{Draft, Label, Severity};
use crate::rules::numbered::{calling_plan_number, found};
use crate::rules::{Check, Cx, Declared, Verdict, rule, voice_routing_removal};
use crate::tenant::{Assigned, EffectiveRouting, ResourceAccount};

pub(super) const RULE: Declared = rule!(
    "resource-accounts",
    "voice-routing-policy-on-non-direct-routing-account",
    Check::ResourceAccount(check)
);

fn check(account: &ResourceAccount, cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    let held = tenant.numbers_held_by(account.id);
    let user = tenant.user_of(account);
    if user.is_some_and(|user| tenant.is_deleted(user)) {
        return Verdict::NotApplicable;
    }
    let number = match calling_plan_number(&held, cx) {
        Ok(number) => number,
        Err(verdict) => return verdict,
    };
    let Some(user) = user else {
        return Verdict::Unknown("the directory does not list the account");
    };
    let (policy, place) = match tenant.effective_voice_routing(user, Some(number.key)) {
        EffectiveRouting::Named { policy, place } => (policy, Some(place)),
        EffectiveRouting::Global(Some(policy)) => (policy, None),
        EffectiveRouting::Global(None)
        | EffectiveRouting::Unknown
        | EffectiveRouting::Dangling(_) => {
            return Verdict::Unknown("the voice routing policy in force is not known");
        }
    };
    let routes = tenant.live_routes(policy);
    let Some(live) = routes.live.first() else {
        return if routes.unknown {
            Verdict::Unknown("the export does not tell where the usages of the policy lead")
        } else {
            Verdict::Passed
        };
    };
    // What everybody inherits is one mistake of the tenant, and another rule's.
    let Some(place) = place else {
        return Verdict::NotApplicable;
    };
    let assigned = tenant.assigned(place);
    let texts = &tenant.snapshot.texts;
    let name = tenant.resource_account_name(account);
    let policy_name = policy.name.get().map_or("", |name| texts.symbol(name.0));
    let gateway = live
        .gateway
        .fqdn
        .get()
        .map_or("", |fqdn| texts.symbol(fqdn));
    let summary = match assigned {
        Assigned::ToNumber(_) => "take the policy off the number",
        Assigned::ToUser => "take the policy off the account",
        Assigned::ByGroup => "take the policy away where the group brings it",
    };
    let key = number.key.to_string();
    found(
        Draft::new(
            Severity::Warning,
            tenant.account_subject(account),
            format!("`{name}` has a Calling Plan number, but its voice routing policy `{policy_name}` sends calls to `{gateway}`"),
            Label::new(place, format!("`{policy_name}` is in force")),
        )
        .related([
            Label::new(policy.at("OnlinePstnUsages").element(live.usage_index), "this PSTN usage diverts"),
            Label::new(number.record.at("NumberType"), "no Direct Routing"),
        ])
        .remedy(
            summary,
            voice_routing_removal::commands(policy_name, assigned, &tenant.resource_account_identity(account), &key, cx),
        ),
    )
}

#[cfg(test)]
mod tests {
    use crate::rules::Verdict;
    use crate::rules::testing::verdicts;

    const ID: &str = "00000000-0000-4000-8000-000000000001";

    fn severity(verdicts: &[Verdict]) -> &'static str {
        match verdicts {
            [Verdict::Found(draft)] => draft.severity.name(),
            other => panic!("{other:?}"),
        }
    }

    fn account(properties: &str) -> String {
        format!(
            r#"[{{"ObjectId":"{ID}","ApplicationId":"ce933385-9390-45d1-9512-c8d228074e07","UserPrincipalName":"ra@contoso.example"{properties}}}]"#
        )
    }

    fn user(properties: &str) -> String {
        format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"ra@contoso.example","AccountType":"ResourceAccount","SoftDeletionTimestamp":null{properties}}}]"#
        )
    }

    fn judge(number_type: &str, policy: &str) -> Vec<Verdict> {
        let own = format!(r#","OnlineVoiceRoutingPolicy":{policy}"#);
        judge_with(number_type, &own, &[])
    }

    fn judge_with(number_type: &str, own: &str, more: &[(&str, &str)]) -> Vec<Verdict> {
        let numbers = format!(
            r#"[{{"TelephoneNumber":"+12065550101","NumberType":"{number_type}","PstnPartnerName":"Microsoft","AssignedPstnTargetId":"{ID}"}}]"#
        );
        let (accounts, users) = (account(""), user(own));
        let files = [
            ("Get-CsOnlineApplicationInstance.json", accounts.as_str()),
            ("Get-CsOnlineUser.json", &users),
            ("Get-CsPhoneNumberAssignment.json", &numbers),
            (
                "Get-CsOnlineVoiceRoutingPolicy.json",
                r#"[{"Identity":"Global","OnlinePstnUsages":[]},{"Identity":"Tag:SBC","OnlinePstnUsages":["US"]}]"#,
            ),
            (
                "Get-CsOnlineVoiceRoute.json",
                r#"[{"Identity":"US","NumberPattern":"^\\+1","OnlinePstnUsages":["US"],"OnlinePstnGatewayList":["sbc.contoso.example"],"Priority":0}]"#,
            ),
            (
                "Get-CsOnlinePSTNGateway.json",
                r#"[{"Identity":"sbc.contoso.example","Fqdn":"sbc.contoso.example","SipSignalingPort":5067,"Enabled":true}]"#,
            ),
        ];
        verdicts("RA014", &[&files[..], more].concat())
    }

    fn commands(own: &str, more: &[(&str, &str)]) -> Vec<String> {
        match judge_with("CallingPlan", own, more).into_iter().next() {
            Some(Verdict::Found(draft)) => draft.remedy.commands,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_policy_is_taken_off_where_it_is_assigned() {
        assert_eq!(
            commands(r#","OnlineVoiceRoutingPolicy":"SBC""#, &[]),
            ["Grant-CsOnlineVoiceRoutingPolicy -Identity 'ra@contoso.example' -PolicyName $null"]
        );
        let of_number = r#"[{"TelephoneNumber":"12065550101","PolicyType":"OnlineVoiceRoutingPolicy","PolicyName":"SBC","Authority":"Tenant","AssignmentType":"Direct","Reference":null}]"#;
        assert_eq!(
            commands(
                r#","OnlineVoiceRoutingPolicy":null"#,
                &[("Get-CsPhoneNumberPolicyAssignment.json", of_number)]
            ),
            [
                "Set-CsPhoneNumberPolicyAssignment -TelephoneNumber '+12065550101' -PolicyType OnlineVoiceRoutingPolicy"
            ]
        );
        let of_group = commands(
            r#","OnlineVoiceRoutingPolicy":"SBC","EffectivePolicyAssignments":[{"PolicyType":"OnlineVoiceRoutingPolicy","PolicyAssignment":{"DisplayName":"SBC","AssignmentType":"Group"}}]"#,
            &[],
        );
        assert_eq!(
            of_group[0],
            "# take 'ra@contoso.example' out of the group, or for all its members:"
        );
        assert!(
            of_group.iter().all(|one| one.starts_with('#')),
            "{of_group:?}"
        );
    }

    #[test]
    fn a_number_whose_type_was_lost_is_open() {
        let (accounts, users) = (account(""), user(r#","OnlineVoiceRoutingPolicy":"SBC""#));
        let numbers = format!(
            r#"[{{"TelephoneNumber":"+12065550101","PstnPartnerName":"Microsoft","AssignedPstnTargetId":"{ID}"}}]"#
        );
        let told = verdicts(
            "RA014",
            &[
                ("Get-CsOnlineApplicationInstance.json", &accounts),
                ("Get-CsOnlineUser.json", &users),
                ("Get-CsPhoneNumberAssignment.json", &numbers),
            ],
        );
        assert!(matches!(told[..], [Verdict::Unknown(_)]), "{told:?}");
    }

    #[test]
    fn only_calling_plan_numbers_are_judged_here() {
        assert_eq!(severity(&judge("CallingPlan", "\"SBC\"")), "warning");
        assert!(matches!(
            judge("CallingPlan", "null")[..],
            [Verdict::Passed]
        ));
        assert!(judge("DirectRouting", "\"SBC\"").is_empty());
        assert!(judge("OperatorConnect", "\"SBC\"").is_empty());
    }
}
