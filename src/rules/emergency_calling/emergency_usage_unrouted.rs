//! `rules/emergency-calling/emergency-usage-unrouted.md`

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Severity, Subject, SubjectKind};
use crate::rules::{Check, Cx, Declared, Verdict, Verdicts, rule};
use crate::snapshot::ExportKind;
use crate::snapshot::record::{EmergencyCallRoutingPolicyRecord, EmergencyNumber, PstnUsageRecord};
use crate::tenant::{Answer, Merged, User};

pub(super) const RULE: Declared = rule!(
    "emergency-calling",
    "emergency-usage-unrouted",
    Check::Each(check)
);

fn check(cx: &Cx) -> Verdicts {
    let used = cx.tenant.emergency_routing_in_use();
    used.into_values()
        .map(|(policy, user)| judge(policy, user, cx))
        .collect()
}

fn judge(policy: &Merged<EmergencyCallRoutingPolicyRecord>, user: &User, cx: &Cx) -> Verdict {
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
        match wrong(number, cx) {
            Ok(None) => {}
            Ok(Some(why)) => drafts.push(draft(policy, index, number, &why, user, cx)),
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
fn wrong(number: &EmergencyNumber, cx: &Cx) -> Result<Option<String>, &'static str> {
    let tenant = cx.tenant;
    let texts = &tenant.snapshot.texts;
    let Some(usage) = number.usage else {
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

fn draft(
    policy: &Merged<EmergencyCallRoutingPolicyRecord>,
    index: usize,
    number: &EmergencyNumber,
    why: &str,
    user: &User,
    cx: &Cx,
) -> Draft {
    let tenant = cx.tenant;
    let texts = &tenant.snapshot.texts;
    let name = policy.name.get().map_or("", |name| texts.symbol(name.0));
    let dialled = texts.symbol(number.dial_string);
    let account = tenant.user_name(user);
    Draft::new(
        Severity::Error,
        Subject::new(SubjectKind::EmergencyCallRoutingPolicy, name, name),
        format!("the emergency number `{dialled}` of the policy `{name}` {why}"),
        Label::new(policy.at("EmergencyNumbers").element(index), "a call to it has no way out"),
    )
    .role(dialled)
    .related(tenant.number_label(user, format!("`{account}` on Direct Routing depends on it")))
    .remedy(
        "give the number a usage with a route that matches it",
        [
            format!("# a route that matches: New-CsOnlineVoiceRoute -Identity Emergency -NumberPattern {} -OnlinePstnUsages <usage> -OnlinePstnGatewayList <gateway>", quoted(&format!("^\\+?{dialled}$"))),
            format!("# then: $number = New-CsTeamsEmergencyNumber -EmergencyDialString {} -OnlinePSTNUsage <usage>", quoted(dialled)),
            format!("# Set-CsTeamsEmergencyCallRoutingPolicy -Identity {} -EmergencyNumbers @{{Add=$number}}", quoted(name)),
        ],
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
}
