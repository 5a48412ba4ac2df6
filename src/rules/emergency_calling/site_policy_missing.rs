//! `rules/emergency-calling/site-policy-missing.md`

use std::collections::BTreeSet;

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Severity, Subject, SubjectKind};
use crate::rules::{Check, Cx, Declared, Verdict, Verdicts, rule};
use crate::snapshot::record::NetworkSiteRecord;
use crate::tenant::{Answer, InForce, Merged};

pub(super) const RULE: Declared = rule!(
    "emergency-calling",
    "site-policy-missing",
    Check::Each(check)
);

fn check(cx: &Cx) -> Verdicts {
    let tenant = cx.tenant;
    let texts = &tenant.snapshot.texts;
    let with_subnets: BTreeSet<String> = tenant
        .network
        .subnets
        .iter()
        .filter_map(|subnet| Some(texts.symbol(subnet.site.get()?).trim().to_lowercase()))
        .collect();
    let uncovered = tenant.users.iter().any(|user| {
        tenant.is_live_person(user) == Answer::Yes
            && tenant.is_on_direct_routing(user)
            && matches!(tenant.emergency_call_routing_policy(user), InForce::Policy { policy, .. }
                if policy.numbers.value().is_some_and(|numbers| numbers.is_empty()) || policy.numbers.is_null())
    });
    let notified = tenant
        .network
        .sites
        .iter()
        .any(|site| site.emergency_calling_policy.value().is_some());
    tenant
        .network
        .sites
        .iter()
        .map(|site| {
            let Some(id) = site.id.get().map(|id| texts.symbol(id).trim()) else {
                return Verdict::NotApplicable;
            };
            if !with_subnets.contains(&id.to_lowercase()) {
                return Verdict::NotApplicable;
            }
            judge(site, id, uncovered, notified)
        })
        .collect()
}

fn judge(site: &Merged<NetworkSiteRecord>, id: &str, uncovered: bool, notified: bool) -> Verdict {
    let mut drafts = Vec::new();
    let subject = || Subject::new(SubjectKind::NetworkSite, id, id);
    if site.emergency_call_routing_policy.is_null() && uncovered {
        drafts.push(
            Draft::new(
                Severity::Warning,
                subject(),
                format!("the site `{id}` has no emergency call routing policy, and somebody on Direct Routing has none with numbers either"),
                Label::new(site.at("EmergencyCallRoutingPolicyName"), "blank"),
            )
            .role("routing")
            .remedy(
                "give the site a policy",
                [format!("# Set-CsTenantNetworkSite -Identity {} -EmergencyCallRoutingPolicy <policy>", quoted(id))],
            ),
        );
    }
    if site.emergency_calling_policy.is_null() && notified {
        drafts.push(
            Draft::new(
                Severity::Info,
                subject(),
                format!("the site `{id}` has no emergency calling policy, as other sites have"),
                Label::new(
                    site.at("EmergencyCallingPolicyName"),
                    "nobody is told of an emergency call here",
                ),
            )
            .role("calling")
            .remedy(
                "give the site a policy that tells the security desk",
                [format!(
                    "# Set-CsTenantNetworkSite -Identity {} -EmergencyCallingPolicy <policy>",
                    quoted(id)
                )],
            ),
        );
    }
    if !drafts.is_empty() {
        Verdict::Several(drafts)
    } else if site.emergency_call_routing_policy.is_absent()
        || site.emergency_calling_policy.is_absent()
    {
        Verdict::Unknown("the export does not tell the policies of a site")
    } else {
        Verdict::Passed
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::Verdict;
    use crate::rules::testing::verdicts;

    const ID: &str = "00000000-0000-4000-8000-000000000001";

    fn judge(sites: &str, numbers: &str) -> Vec<Vec<&'static str>> {
        let users = format!(
            r#"[{{"Identity":"{ID}","AccountType":"User","SoftDeletionTimestamp":null,"TeamsEmergencyCallRoutingPolicy":null}}]"#
        );
        let held = format!(
            r#"[{{"TelephoneNumber":"+12065550101","NumberType":"DirectRouting","AssignedPstnTargetId":"{ID}"}}]"#
        );
        let policies = format!(
            r#"[{{"Identity":"Global","EmergencyNumbers":{numbers},"AllowEnhancedEmergencyServices":false}}]"#
        );
        let verdicts = verdicts(
            "EM015",
            &[
                ("Get-CsOnlineUser.json", &users),
                ("Get-CsPhoneNumberAssignment.json", &held),
                ("Get-CsTeamsEmergencyCallRoutingPolicy.json", &policies),
                ("Get-CsTenantNetworkSite.json", sites),
                (
                    "Get-CsTenantNetworkSubnet.json",
                    r#"[{"SubnetID":"10.1.2.0","MaskBits":24,"NetworkSiteID":"A"},{"SubnetID":"10.1.3.0","MaskBits":24,"NetworkSiteID":"B"}]"#,
                ),
            ],
        );
        let list = verdicts.iter().map(|verdict| match verdict {
            Verdict::Several(drafts) => drafts.iter().map(|draft| draft.severity.name()).collect(),
            Verdict::Unknown(_) => vec!["unknown"],
            _ => Vec::new(),
        });
        list.collect()
    }

    const SITES: &str = r#"[{"NetworkSiteID":"A","NetworkRegionID":"R","EmergencyCallRoutingPolicyName":null,"EmergencyCallingPolicyName":"Desk"},{"NetworkSiteID":"B","NetworkRegionID":"R","EmergencyCallRoutingPolicyName":"US","EmergencyCallingPolicyName":null}]"#;

    #[test]
    fn a_policy_that_was_not_exported_leaves_the_site_open() {
        let covered = r#"[{"EmergencyDialString":"911"}]"#;
        for (property, value) in [
            ("EmergencyCallRoutingPolicyName", "US"),
            ("EmergencyCallingPolicyName", "Desk"),
        ] {
            let site = format!(
                r#"[{{"NetworkSiteID":"A","NetworkRegionID":"R","{property}":"{value}"}}]"#
            );
            assert_eq!(judge(&site, covered), [vec!["unknown"]], "{property}");
        }
    }

    #[test]
    fn sites_need_what_their_people_lack() {
        assert_eq!(judge(SITES, "[]"), [vec!["warning"], vec!["info"]]);
        let covered = r#"[{"EmergencyDialString":"911"}]"#;
        assert_eq!(judge(SITES, covered), [vec![], vec!["info"]]);
        assert_eq!(
            judge(&SITES.replace("\"Desk\"", "null"), covered),
            [Vec::<&str>::new(), vec![]]
        );
    }
}
