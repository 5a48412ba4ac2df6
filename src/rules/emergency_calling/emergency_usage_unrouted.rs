//! `rules/emergency-calling/emergency-usage-unrouted.md`

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Severity, Subject, SubjectKind};
use crate::rules::{Check, Cx, Declared, Verdict, Verdicts, rule};
use crate::snapshot::ExportKind;
use crate::snapshot::record::{EmergencyNumber, NetworkSiteRecord, PstnUsageRecord};
use crate::tenant::{Answer, Merged, RoutingInUse, User};

pub(super) const RULE: Declared = rule!(
    "emergency-calling",
    "emergency-usage-unrouted",
    Check::Each(check)
);

fn check(cx: &Cx) -> Verdicts {
    let used = cx.tenant.emergency_routing_in_use();
    used.policies
        .into_values()
        .map(|used| judge(&used, cx))
        .chain(used.open.into_iter().map(Verdict::Unknown))
        .collect()
}

fn judge(used: &RoutingInUse, cx: &Cx) -> Verdict {
    let policy = used.policy;
    let Some(numbers) = policy.numbers.value() else {
        return if policy.numbers.is_null() {
            Verdict::NotApplicable
        } else {
            Verdict::Unknown("the export does not tell the emergency numbers of a policy")
        };
    };
    if numbers.is_empty() {
        return Verdict::NotApplicable;
    }
    let mut drafts = Vec::new();
    let mut open = None;
    for (index, number) in numbers.iter().enumerate() {
        match wrong(number, used, cx) {
            Ok(None) => {}
            Ok(Some(why)) => drafts.push(draft(used, index, number, &why, cx)),
            Err(reason) => open = Some(reason),
        }
    }
    match (drafts.is_empty(), open) {
        (false, _) => Verdict::Several(drafts),
        (true, Some(reason)) => Verdict::Unknown(reason),
        (true, None) => Verdict::Passed,
    }
}

/// Why an emergency number has no way out, if it has none.
fn wrong(
    number: &EmergencyNumber,
    used: &RoutingInUse,
    cx: &Cx,
) -> Result<Option<String>, &'static str> {
    let tenant = cx.tenant;
    let texts = &tenant.snapshot.texts;
    let Some(usage) = number.usage else {
        // People on Calling Plans and Operator Connect need none, and they may be at the site.
        if used.user.is_none() && tenant.has_callers_of_other_networks() {
            return Err(
                "it is not known whether people on Direct Routing are at a site whose policy has no PSTN usage",
            );
        }
        return Ok(Some("has no PSTN usage".to_owned()));
    };
    let name = texts.symbol(usage);
    let listed = tenant.pstn_usages.iter().any(|record| {
        let usages = record.usages.value().into_iter().flatten();
        usages
            .into_iter()
            .any(|one| texts.symbol(*one).eq_ignore_ascii_case(name))
    });
    if !listed {
        let lost = |record: &Merged<PstnUsageRecord>| record.usages.is_absent();
        if tenant.pstn_usages.iter().any(lost)
            || tenant
                .snapshot
                .incomplete(ExportKind::OnlinePstnUsage)
                .is_some()
        {
            return Err("the export of PSTN usages lacks records");
        }
        return Ok(Some(format!(
            "has the PSTN usage `{name}`, which does not exist"
        )));
    }
    let dialled = texts.symbol(number.dial_string);
    let routes = tenant.leaves_by(usage, dialled);
    match routes.live {
        Answer::Yes => return Ok(None),
        Answer::Unknown => {
            return Err("it is not known whether a route of an emergency usage works");
        }
        Answer::No => {}
    }
    // A route that only lacks the bare string is another rule's.
    if !routes.matched && tenant.leaves_by(usage, &format!("+{dialled}")).matched {
        return Ok(None);
    }
    Ok(Some(if routes.matched {
        format!("has the PSTN usage `{name}`, whose routes lead to no gateway that works")
    } else {
        format!("has the PSTN usage `{name}`, of which no route matches it")
    }))
}

fn draft(used: &RoutingInUse, index: usize, number: &EmergencyNumber, why: &str, cx: &Cx) -> Draft {
    let policy = used.policy;
    let texts = &cx.tenant.snapshot.texts;
    let name = policy.name.get().map_or("", |name| texts.symbol(name.0));
    let dialled = texts.symbol(number.dial_string);
    Draft::new(
        Severity::Error,
        Subject::new(SubjectKind::EmergencyCallRoutingPolicy, name, name),
        format!("the emergency number `{dialled}` of the policy `{name}` {why}"),
        Label::new(policy.at("EmergencyNumbers").element(index), "a call to it has no way out"),
    )
    .role(dialled)
    .related(used.user.map(|user| of_user(user, cx)))
    .related(used.site.map(|site| of_site(site, cx)))
    .remedy(
        "give the number a usage with a route that matches it",
        [
            format!("# a route that matches: New-CsOnlineVoiceRoute -Identity Emergency -NumberPattern {} -OnlinePstnUsages <usage> -OnlinePstnGatewayList <gateway>", quoted(&format!("^\\+?{dialled}$"))),
            format!("# then: $number = New-CsTeamsEmergencyNumber -EmergencyDialString {} -OnlinePSTNUsage <usage>", quoted(dialled)),
            format!("# Set-CsTeamsEmergencyCallRoutingPolicy -Identity {} -EmergencyNumbers @{{Add=$number}}", quoted(name)),
        ],
    )
}

/// Somebody who depends on the policy.
fn of_user(user: &User, cx: &Cx) -> Label {
    let account = cx.tenant.user_name(user);
    let own = format!("`{account}` on Direct Routing depends on it");
    cx.tenant.number_label(user, own).unwrap_or_else(|| {
        Label::new(
            user.at("TeamsSharedCallingRoutingPolicy"),
            format!("`{account}` shares a number of Direct Routing and depends on it"),
        )
    })
}

/// A site at which whoever is there depends on the policy.
fn of_site(site: &Merged<NetworkSiteRecord>, cx: &Cx) -> Label {
    let texts = &cx.tenant.snapshot.texts;
    let id = site.id.get().map_or("", |id| texts.symbol(id));
    Label::new(
        site.at("EmergencyCallRoutingPolicyName"),
        format!("callers at the site `{id}` depend on it"),
    )
}

#[cfg(test)]
mod tests {
    use crate::rules::Verdict;
    use crate::rules::testing::verdicts;

    const ID: &str = "00000000-0000-4000-8000-000000000001";

    fn judge(usage: &str, pattern: &str, enabled: bool) -> Vec<Verdict> {
        let users = format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","AccountType":"User","SoftDeletionTimestamp":null,"TeamsEmergencyCallRoutingPolicy":"US"}}]"#
        );
        let held = format!(
            r#"[{{"TelephoneNumber":"+12065550101","NumberType":"DirectRouting","AssignedPstnTargetId":"{ID}"}}]"#
        );
        let policies = format!(
            r#"[{{"Identity":"Tag:US","EmergencyNumbers":[{{"EmergencyDialString":"911","OnlinePSTNUsage":{usage}}}],"AllowEnhancedEmergencyServices":true}},{{"Identity":"Tag:Unused","EmergencyNumbers":[{{"EmergencyDialString":"112"}}],"AllowEnhancedEmergencyServices":true}}]"#
        );
        let routes = format!(
            r#"[{{"Identity":"E","NumberPattern":"{pattern}","OnlinePstnUsages":["E911"],"OnlinePstnGatewayList":["sbc.contoso.example"],"Priority":0}}]"#
        );
        let gateways = format!(
            r#"[{{"Identity":"sbc.contoso.example","SipSignalingPort":5067,"Enabled":{enabled}}}]"#
        );
        verdicts(
            "EM007",
            &[
                ("Get-CsOnlineUser.json", &users),
                ("Get-CsPhoneNumberAssignment.json", &held),
                ("Get-CsTeamsEmergencyCallRoutingPolicy.json", &policies),
                (
                    "Get-CsOnlinePstnUsage.json",
                    r#"[{"Identity":"Global","Usage":["E911","US"]}]"#,
                ),
                ("Get-CsOnlineVoiceRoute.json", &routes),
                ("Get-CsOnlinePSTNGateway.json", &gateways),
            ],
        )
    }

    fn message(verdicts: &[Verdict]) -> &str {
        match verdicts {
            [Verdict::Several(drafts)] => &drafts[0].message,
            other => panic!("{other:?}"),
        }
    }

    const PATTERN: &str = "^\\\\+?911$";

    #[test]
    fn an_emergency_number_needs_a_usage_a_route_and_a_gateway() {
        assert!(matches!(
            judge("\"E911\"", PATTERN, true)[..],
            [Verdict::Passed]
        ));
        assert!(message(&judge("\"\"", PATTERN, true)).contains("has no PSTN usage"));
        assert!(message(&judge("\"E912\"", PATTERN, true)).contains("which does not exist"));
        assert!(message(&judge("\"us\"", PATTERN, true)).contains("no route matches"));
        assert!(message(&judge("\"E911\"", PATTERN, false)).contains("no gateway that works"));
    }

    #[test]
    fn a_route_that_expects_a_plus_is_another_rules() {
        assert!(matches!(
            judge("\"E911\"", "^\\\\+911$", true)[..],
            [Verdict::Passed]
        ));
    }

    #[test]
    fn a_usage_may_stand_where_the_list_is_cut_off() {
        let users = format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","AccountType":"User","SoftDeletionTimestamp":null,"TeamsEmergencyCallRoutingPolicy":"US"}}]"#
        );
        let held = format!(
            r#"[{{"TelephoneNumber":"+12065550101","NumberType":"DirectRouting","AssignedPstnTargetId":"{ID}"}}]"#
        );
        let policies = r#"[{"Identity":"Tag:US","EmergencyNumbers":[{"EmergencyDialString":"911","OnlinePSTNUsage":"E911"}],"AllowEnhancedEmergencyServices":true}]"#;
        let judge = |usages: &str| {
            verdicts(
                "EM007",
                &[
                    ("Get-CsOnlineUser.json", &users),
                    ("Get-CsPhoneNumberAssignment.json", &held),
                    ("Get-CsTeamsEmergencyCallRoutingPolicy.json", policies),
                    ("Get-CsOnlinePstnUsage.json", usages),
                    ("Get-CsOnlineVoiceRoute.json", "[]"),
                    ("Get-CsOnlinePSTNGateway.json", "[]"),
                ],
            )
        };
        let all = judge(r#"[{"Identity":"Global","Usage":["US"]}]"#);
        assert!(message(&all).contains("which does not exist"));
        let lost = judge(r#"[{"Identity":"Global","Usage":["US"]},{"Identity":"Other"}]"#);
        assert!(matches!(lost[..], [Verdict::Unknown(_)]), "{lost:?}");
    }

    /// What is said of a tenant with one person on Direct Routing, beside whom these properties and files stand.
    fn said(user: &str, policies: &str, more: &[(&str, &str)]) -> Vec<Verdict> {
        let users = format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","AccountType":"User","SoftDeletionTimestamp":null{user}}}]"#
        );
        let held = format!(
            r#"[{{"TelephoneNumber":"+12065550101","NumberType":"DirectRouting","AssignedPstnTargetId":"{ID}"}}]"#
        );
        let has = |file: &str| more.iter().any(|(name, _)| *name == file);
        let mut files = vec![
            ("Get-CsTeamsEmergencyCallRoutingPolicy.json", policies),
            (
                "Get-CsOnlinePstnUsage.json",
                r#"[{"Identity":"Global","Usage":["E911","US"]}]"#,
            ),
            (
                "Get-CsOnlineVoiceRoute.json",
                r#"[{"Identity":"E","NumberPattern":"^\\+?911$","OnlinePstnUsages":["E911"],"OnlinePstnGatewayList":["sbc.contoso.example"],"Priority":0}]"#,
            ),
            (
                "Get-CsOnlinePSTNGateway.json",
                r#"[{"Identity":"sbc.contoso.example","SipSignalingPort":5067,"Enabled":true}]"#,
            ),
        ];
        for (name, text) in [
            ("Get-CsOnlineUser.json", users.as_str()),
            ("Get-CsPhoneNumberAssignment.json", held.as_str()),
        ] {
            if !has(name) {
                files.push((name, text));
            }
        }
        files.extend(more);
        verdicts("EM007", &files)
    }

    const SITE: &str = r#"[{"NetworkSiteID":"Seattle","NetworkRegionID":"US","EmergencyCallRoutingPolicyName":"Site","EmergencyCallingPolicyName":null}]"#;

    /// The policy `US`, which is right, and the policy `Site` with that usage.
    fn with_site(usage: &str) -> String {
        format!(
            r#"[{{"Identity":"Tag:US","EmergencyNumbers":[{{"EmergencyDialString":"911","OnlinePSTNUsage":"E911"}}],"AllowEnhancedEmergencyServices":false}},{{"Identity":"Tag:Site","EmergencyNumbers":[{{"EmergencyDialString":"911","EmergencyDialMask":"","OnlinePSTNUsage":"{usage}"}}],"AllowEnhancedEmergencyServices":false}}]"#
        )
    }

    const US: &str = r#","TeamsEmergencyCallRoutingPolicy":"US""#;

    #[test]
    fn the_policies_of_network_sites_count_where_somebody_is_on_direct_routing() {
        let site = [("Get-CsTenantNetworkSite.json", SITE)];
        let verdicts = said(US, &with_site("Nowhere"), &site);
        let [Verdict::Several(drafts), Verdict::Passed] = &verdicts[..] else {
            panic!("{verdicts:?}");
        };
        assert!(drafts[0].message.contains("which does not exist"));
        assert!(drafts[0].related[0].text.contains("the site `Seattle`"));
        assert!(matches!(
            said(US, &with_site("E911"), &site)[..],
            [Verdict::Passed, Verdict::Passed]
        ));
        let operator = format!(
            r#"[{{"TelephoneNumber":"+12065550101","NumberType":"OperatorConnect","AssignedPstnTargetId":"{ID}"}}]"#
        );
        let nobody = [site[0], ("Get-CsPhoneNumberAssignment.json", &operator)];
        assert!(said(US, &with_site("Nowhere"), &nobody).is_empty());
    }

    #[test]
    fn a_site_without_usage_may_serve_others_than_direct_routing() {
        let site = [("Get-CsTenantNetworkSite.json", SITE)];
        let verdicts = said(US, &with_site(""), &site);
        assert!(
            matches!(verdicts[..], [Verdict::Several(_), Verdict::Passed]),
            "nobody else calls: {verdicts:?}"
        );
        let both = format!(
            r#"[{{"TelephoneNumber":"+12065550101","NumberType":"DirectRouting","AssignedPstnTargetId":"{ID}"}},{{"TelephoneNumber":"+12065550102","NumberType":"OperatorConnect","AssignedPstnTargetId":"00000000-0000-4000-8000-000000000002"}}]"#
        );
        let both = [site[0], ("Get-CsPhoneNumberAssignment.json", &both)];
        let verdicts = said(US, &with_site(""), &both);
        assert!(
            matches!(verdicts[..], [Verdict::Unknown(_), Verdict::Passed]),
            "{verdicts:?}"
        );
    }

    #[test]
    fn whoever_shares_a_number_of_direct_routing_depends_on_it_too() {
        const ACCOUNT: &str = "00000000-0000-4000-8000-00000000000a";
        let user =
            r#","TeamsEmergencyCallRoutingPolicy":"Site","TeamsSharedCallingRoutingPolicy":"SC""#;
        let shared = format!(
            r#"[{{"Identity":"Tag:SC","ResourceAccount":"{ACCOUNT}","EmergencyNumbers":[]}}]"#
        );
        let of_type = |number_type: &str| {
            let held = format!(
                r#"[{{"TelephoneNumber":"+12065550101","NumberType":"{number_type}","AssignedPstnTargetId":"{ACCOUNT}"}}]"#
            );
            let more = [
                (
                    "Get-CsTeamsSharedCallingRoutingPolicy.json",
                    shared.as_str(),
                ),
                ("Get-CsPhoneNumberAssignment.json", &held),
            ];
            said(user, &with_site("Nowhere"), &more)
        };
        let direct = of_type("DirectRouting");
        assert!(message(&direct).contains("which does not exist"));
        let [Verdict::Several(drafts)] = &direct[..] else {
            panic!("{direct:?}");
        };
        assert!(drafts[0].related[0].text.contains("shares a number"));
        assert!(of_type("OperatorConnect").is_empty());
    }

    #[test]
    fn a_policy_that_is_not_known_is_no_pass() {
        let open = |user: &str, more: &[(&str, &str)]| {
            let verdicts = said(user, &with_site("E911"), more);
            let open = |one: &&Verdict| matches!(one, Verdict::Unknown(_));
            verdicts.iter().filter(open).count()
        };
        assert_eq!(open(US, &[]), 0);
        let inherits = r#","TeamsEmergencyCallRoutingPolicy":null"#;
        assert_eq!(open(inherits, &[]), 1, "no Global policy is exported");
        let gone = r#","TeamsEmergencyCallRoutingPolicy":"Gone""#;
        assert_eq!(open(gone, &[]), 1);
        let gone = SITE.replace("\"Site\"", "\"Gone\"");
        let site = [("Get-CsTenantNetworkSite.json", gone.as_str())];
        assert_eq!(open(US, &site), 1, "the policy of a site");
    }
}
