//! `rules/emergency-calling/site-policy-missing.md`

use std::collections::BTreeSet;

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Severity, Subject, SubjectKind};
use crate::rules::{Check, Cx, Declared, Verdict, Verdicts, rule};
use crate::snapshot::Field;
use crate::snapshot::record::NetworkSiteRecord;
use crate::tenant::{Answer, Merged};

pub(super) const RULE: Declared = rule!(
    "emergency-calling",
    "site-policy-missing",
    Check::Each(check)
);

/// What makes a policy of a site needed.
struct Elsewhere {
    /// Whether somebody on Direct Routing has a policy without emergency numbers.
    uncovered: Answer,
    /// Whether other sites have an emergency calling policy.
    notified: Answer,
}

fn check(cx: &Cx) -> Verdicts {
    let tenant = cx.tenant;
    let texts = &tenant.snapshot.texts;
    let with_subnets: BTreeSet<String> = tenant
        .network
        .subnets
        .iter()
        .filter_map(|subnet| Some(texts.symbol(subnet.site.get()?).trim().to_lowercase()))
        .collect();
    let elsewhere = Elsewhere {
        uncovered: is_somebody_uncovered(cx),
        notified: are_sites_notified(cx),
    };
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
            judge(site, id, &elsewhere)
        })
        .collect()
}

/// Whether somebody on Direct Routing has a policy without emergency numbers.
fn is_somebody_uncovered(cx: &Cx) -> Answer {
    let mut answer = Answer::No;
    for (_, is_caller, routing) in cx.tenant.direct_routing_callers() {
        let numbers = routing.map(|(_, policy)| cx.tenant.has_emergency_numbers(policy));
        match numbers {
            Ok(Answer::No) if is_caller == Answer::Yes => return Answer::Yes,
            Ok(Answer::Yes) => {}
            Ok(_) | Err(_) => answer = Answer::Unknown,
        }
    }
    answer
}

/// Whether any network site has an emergency calling policy.
fn are_sites_notified(cx: &Cx) -> Answer {
    let mut answer = Answer::No;
    for site in cx.tenant.network.sites.iter() {
        match site.emergency_calling_policy {
            Field::Value(_) => return Answer::Yes,
            Field::Null => {}
            Field::Absent => answer = Answer::Unknown,
        }
    }
    answer
}

fn judge(site: &Merged<NetworkSiteRecord>, id: &str, elsewhere: &Elsewhere) -> Verdict {
    let mut drafts = Vec::new();
    let subject = || Subject::new(SubjectKind::NetworkSite, id, id);
    let mut open = None;
    let routing = &site.emergency_call_routing_policy;
    if routing.is_null() && elsewhere.uncovered == Answer::Unknown {
        open = Some("it is not known whether somebody on Direct Routing lacks emergency numbers");
    } else if routing.is_null() && elsewhere.uncovered == Answer::Yes {
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
    if site.emergency_calling_policy.is_null() && elsewhere.notified == Answer::Yes {
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
    let calling = &site.emergency_calling_policy;
    if routing.is_absent()
        || calling.is_absent()
        || (calling.is_null() && elsewhere.notified == Answer::Unknown)
    {
        open = Some("the export does not tell the policies of a site");
    }
    match (drafts.is_empty(), open) {
        (false, _) => Verdict::Several(drafts),
        (true, Some(reason)) => Verdict::Unknown(reason),
        (true, None) => Verdict::Passed,
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::Verdict;
    use crate::rules::testing::verdicts;

    const ID: &str = "00000000-0000-4000-8000-000000000001";

    fn judge(sites: &str, numbers: &str) -> Vec<Vec<&'static str>> {
        let policies = format!(
            r#"[{{"Identity":"Global","EmergencyNumbers":{numbers},"AllowEnhancedEmergencyServices":false}}]"#
        );
        judge_policies(sites, &policies)
    }

    fn judge_policies(sites: &str, policies: &str) -> Vec<Vec<&'static str>> {
        judge_type("DirectRouting", sites, policies)
    }

    fn judge_type(number_type: &str, sites: &str, policies: &str) -> Vec<Vec<&'static str>> {
        let users = format!(
            r#"[{{"Identity":"{ID}","AccountType":"User","SoftDeletionTimestamp":null,"TeamsEmergencyCallRoutingPolicy":null}}]"#
        );
        let held = format!(
            r#"[{{"TelephoneNumber":"+12065550101","NumberType":"{number_type}","AssignedPstnTargetId":"{ID}"}}]"#
        );
        let verdicts = verdicts(
            "EM015",
            &[
                ("Get-CsOnlineUser.json", &users),
                ("Get-CsPhoneNumberAssignment.json", &held),
                ("Get-CsTeamsEmergencyCallRoutingPolicy.json", policies),
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
    fn a_person_whose_policy_is_not_known_may_lack_numbers() {
        let other = r#"[{"Identity":"Tag:US","EmergencyNumbers":[],"AllowEnhancedEmergencyServices":false}]"#;
        assert_eq!(
            judge_policies(&SITES.replace("\"Desk\"", "null"), other),
            [vec!["unknown"], vec![]],
            "the second site has a policy of its own"
        );
    }

    #[test]
    fn a_person_who_may_be_on_direct_routing_matters_where_the_policy_has_no_numbers() {
        let sites = SITES.replace("\"Desk\"", "null");
        let judge = |number_type: &str, numbers: &str| {
            let policies = format!(
                r#"[{{"Identity":"Global","EmergencyNumbers":{numbers},"AllowEnhancedEmergencyServices":false}}]"#
            );
            judge_type(number_type, &sites, &policies)
        };
        let none: Vec<&str> = Vec::new();
        assert_eq!(judge("SomethingNew", "[]"), [vec!["unknown"], none.clone()]);
        let covered = r#"[{"EmergencyDialString":"911"}]"#;
        assert_eq!(judge("SomethingNew", covered), [none.clone(), none]);
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
