//! `rules/emergency-calling/direct-routing-user-without-emergency-numbers.md`

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Severity};
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::tenant::{Answer, InForce, User};

pub(super) const RULE: Declared = rule!(
    "emergency-calling",
    "direct-routing-user-without-emergency-numbers",
    Check::User(check)
);

fn check(user: &User, cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    if tenant.is_live_person(user) == Answer::No {
        return Verdict::NotApplicable;
    }
    let on_direct_routing = tenant.calls_by_direct_routing(user);
    if on_direct_routing == Answer::No {
        return Verdict::NotApplicable;
    }
    if tenant.is_live_person(user) == Answer::Unknown {
        return Verdict::Unknown("the kind of the account is not known");
    }
    let (policy, name, place) = match tenant.emergency_call_routing_policy(user) {
        InForce::Policy {
            policy,
            name,
            place,
            ..
        } => (policy, name, place),
        InForce::Dangling(..) => {
            return Verdict::Unknown("the emergency call routing policy is not in the export");
        }
        InForce::Unknown => {
            return Verdict::Unknown("the emergency call routing policy in force is not known");
        }
    };
    match tenant.has_emergency_numbers(policy) {
        Answer::Yes => return Verdict::Passed,
        Answer::Unknown => {
            return Verdict::Unknown(
                "the export does not tell the emergency numbers of the policy",
            );
        }
        Answer::No => {}
    }
    if on_direct_routing == Answer::Unknown {
        return Verdict::Unknown("the type of a number is not known");
    }
    let severity = if sites_cover(cx) {
        Severity::Warning
    } else {
        Severity::Error
    };
    let account = tenant.user_name(user);
    found(
        Draft::new(
            severity,
            tenant.user_subject(user),
            format!("`{account}` is on Direct Routing, but the emergency call routing policy `{name}` has no emergency numbers"),
            Label::new(policy.at("EmergencyNumbers"), "none"),
        )
        .related(place.map(|place| Label::new(place, format!("`{name}` is assigned"))))
        .related(tenant.number_label(user, "emergency calls from here may not get out"))
        .remedy(
            "grant a policy with the emergency numbers of the country",
            [format!("# Grant-CsTeamsEmergencyCallRoutingPolicy -Identity {} -PolicyName <policy>", quoted(&tenant.user_identity(user)))],
        ),
    )
}

/// Whether every network site has a policy with emergency numbers, so that people at a site are served.
fn sites_cover(cx: &Cx) -> bool {
    let tenant = cx.tenant;
    let texts = &tenant.snapshot.texts;
    let mut sites = tenant.network.sites.iter().peekable();
    sites.peek().is_some()
        && sites.all(|site| {
            let policy = site.emergency_call_routing_policy.get().and_then(|name| {
                tenant
                    .emergency_call_routing_policies
                    .find(texts.symbol(name.0))
            });
            policy.is_some_and(|policy| tenant.has_emergency_numbers(policy) == Answer::Yes)
        })
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

    fn judge(assigned: &str, numbers: &str, sites: Option<&str>) -> Vec<Verdict> {
        let users = format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","AccountType":"User","SoftDeletionTimestamp":null,"TeamsEmergencyCallRoutingPolicy":{assigned}}}]"#
        );
        let held = format!(
            r#"[{{"TelephoneNumber":"+12065550101","NumberType":"DirectRouting","AssignedPstnTargetId":"{ID}"}}]"#
        );
        let policies = format!(
            r#"[{{"Identity":"Global","EmergencyNumbers":{numbers},"AllowEnhancedEmergencyServices":false}},{{"Identity":"Tag:US","EmergencyNumbers":[{{"EmergencyDialString":"911"}}],"AllowEnhancedEmergencyServices":true}}]"#
        );
        let mut files = vec![
            ("Get-CsOnlineUser.json", users.as_str()),
            ("Get-CsPhoneNumberAssignment.json", &held),
            ("Get-CsTeamsEmergencyCallRoutingPolicy.json", &policies),
        ];
        files.extend(sites.map(|text| ("Get-CsTenantNetworkSite.json", text)));
        verdicts("EM006", &files)
    }

    #[test]
    fn the_policy_in_force_needs_numbers() {
        assert_eq!(severity(&judge("null", "[]", None)), "error");
        assert!(matches!(judge("\"US\"", "[]", None)[..], [Verdict::Passed]));
        assert!(matches!(
            judge("\"Gone\"", "[]", None)[..],
            [Verdict::Unknown(_)]
        ));
        let covered = r#"[{"NetworkSiteID":"A","NetworkRegionID":"R","EmergencyCallRoutingPolicyName":"US"}]"#;
        assert_eq!(severity(&judge("null", "[]", Some(covered))), "warning");
        let half = r#"[{"NetworkSiteID":"A","NetworkRegionID":"R","EmergencyCallRoutingPolicyName":"US"},{"NetworkSiteID":"B","NetworkRegionID":"R","EmergencyCallRoutingPolicyName":null}]"#;
        assert_eq!(severity(&judge("null", "[]", Some(half))), "error");
    }

    #[test]
    fn a_number_of_no_known_type_may_be_of_direct_routing() {
        let judge = |assigned: &str, number: &str| {
            let users = format!(
                r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","AccountType":"User","SoftDeletionTimestamp":null,"TeamsEmergencyCallRoutingPolicy":{assigned}}}]"#
            );
            let numbers = format!(
                r#"[{{"TelephoneNumber":"+12065550101","AssignedPstnTargetId":"{ID}"{number}}},{{"TelephoneNumber":"+12065550102","NumberType":"CallingPlan","PstnPartnerName":"Microsoft","AssignedPstnTargetId":"{ID}"}}]"#
            );
            let policies = r#"[{"Identity":"Global","EmergencyNumbers":[],"AllowEnhancedEmergencyServices":false},{"Identity":"Tag:US","EmergencyNumbers":[{"EmergencyDialString":"911"}],"AllowEnhancedEmergencyServices":true}]"#;
            verdicts(
                "EM006",
                &[
                    ("Get-CsOnlineUser.json", &users),
                    ("Get-CsPhoneNumberAssignment.json", &numbers),
                    ("Get-CsTeamsEmergencyCallRoutingPolicy.json", policies),
                ],
            )
        };
        for number in ["", r#","NumberType":"SomethingNew""#] {
            let open = judge("null", number);
            assert!(matches!(open[..], [Verdict::Unknown(_)]), "{open:?}");
            assert!(matches!(judge("\"US\"", number)[..], [Verdict::Passed]));
        }
        assert!(judge("null", r#","NumberType":"OperatorConnect""#).is_empty());
        let direct = r#","NumberType":"Direct Routing""#;
        assert_eq!(severity(&judge("null", direct)), "error");
    }

    #[test]
    fn a_shared_number_of_direct_routing_counts_like_an_own_one() {
        const ACCOUNT: &str = "00000000-0000-4000-8000-00000000000a";
        let users = format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","AccountType":"User","SoftDeletionTimestamp":null,"TeamsEmergencyCallRoutingPolicy":null,"TeamsSharedCallingRoutingPolicy":"SC1"}}]"#
        );
        let policies = r#"[{"Identity":"Global","EmergencyNumbers":[],"AllowEnhancedEmergencyServices":false}]"#;
        let shared = format!(
            r#"[{{"Identity":"Tag:SC1","ResourceAccount":"{ACCOUNT}","EmergencyNumbers":[]}}]"#
        );
        let with_number = |number_type: &str| {
            let held = format!(
                r#"[{{"TelephoneNumber":"+12065550101","NumberType":"{number_type}","AssignedPstnTargetId":"{ACCOUNT}"}}]"#
            );
            let files = [
                ("Get-CsOnlineUser.json", users.as_str()),
                ("Get-CsPhoneNumberAssignment.json", &held),
                ("Get-CsTeamsEmergencyCallRoutingPolicy.json", policies),
                ("Get-CsTeamsSharedCallingRoutingPolicy.json", &shared),
            ];
            verdicts("EM006", &files)
        };
        assert_eq!(severity(&with_number("DirectRouting")), "error");
        assert!(with_number("OperatorConnect").is_empty());
    }

    #[test]
    fn blank_numbers_are_none_and_untold_ones_are_open() {
        assert_eq!(severity(&judge("null", "null", None)), "error");
        let users = format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","AccountType":"User","SoftDeletionTimestamp":null,"TeamsEmergencyCallRoutingPolicy":null}}]"#
        );
        let held = format!(
            r#"[{{"TelephoneNumber":"+12065550101","NumberType":"DirectRouting","AssignedPstnTargetId":"{ID}"}}]"#
        );
        let policies = r#"[{"Identity":"Global","AllowEnhancedEmergencyServices":false},{"Identity":"Tag:US","EmergencyNumbers":[],"AllowEnhancedEmergencyServices":true}]"#;
        let open = verdicts(
            "EM006",
            &[
                ("Get-CsOnlineUser.json", &users),
                ("Get-CsPhoneNumberAssignment.json", &held),
                ("Get-CsTeamsEmergencyCallRoutingPolicy.json", policies),
            ],
        );
        assert!(matches!(open[..], [Verdict::Unknown(_)]), "{open:?}");
    }
}
