//! `rules/emergency-calling/emergency-route-expects-plus.md`

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Severity, Subject, SubjectKind};
use crate::rules::{Check, Cx, Declared, Verdict, Verdicts, rule};
use crate::snapshot::record::EmergencyCallRoutingPolicyRecord;
use crate::tenant::{Answer, Merged};

pub(super) const RULE: Declared = rule!(
    "emergency-calling",
    "emergency-route-expects-plus",
    Check::Each(check)
);

fn check(cx: &Cx) -> Verdicts {
    let used = cx.tenant.emergency_routing_in_use();
    used.into_values()
        .map(|(policy, _)| judge(policy, cx))
        .collect()
}

fn judge(policy: &Merged<EmergencyCallRoutingPolicyRecord>, cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    let texts = &tenant.snapshot.texts;
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
    let name = policy.name.get().map_or("", |name| texts.symbol(name.0));
    let mut drafts = Vec::new();
    for (index, number) in numbers.iter().enumerate() {
        let Some(usage) = number.usage else { continue };
        let dialled = texts.symbol(number.dial_string);
        let bare = tenant.leaves_by(usage, dialled);
        if bare.matched || bare.live == Answer::Unknown {
            continue;
        }
        let plus = format!("+{dialled}");
        if !tenant.leaves_by(usage, &plus).matched {
            continue;
        }
        let route =
            tenant
                .voice_routes
                .iter()
                .enumerate()
                .find(|(position, route)| {
                    let listed =
                        route.usages.value().into_iter().flatten().any(|one| {
                            texts.symbol(*one).eq_ignore_ascii_case(texts.symbol(usage))
                        });
                    listed
                        && tenant
                            .pattern(*position as u32)
                            .and_then(|pattern| pattern.matches(&plus))
                            == Some(true)
                });
        let label =
            route.map(|(_, route)| Label::new(route.at("NumberPattern"), "matches with `+` only"));
        let route_name = route
            .and_then(|(_, route)| route.name.get())
            .map_or("", |name| texts.symbol(name.0));
        drafts.push(
            Draft::new(
                Severity::Error,
                Subject::new(SubjectKind::EmergencyCallRoutingPolicy, name, name),
                format!("the emergency number `{dialled}` of the policy `{name}` is sent without `+`, but its route expects one"),
                Label::new(policy.at("EmergencyNumbers").element(index), "sent as it is"),
            )
            .role(dialled)
            .related(label)
            .remedy(
                "let the route match with and without `+`",
                [format!(
                    "Set-CsOnlineVoiceRoute -Identity {} -NumberPattern {}",
                    quoted(route_name),
                    quoted(&format!("^\\+?{dialled}$"))
                )],
            ),
        );
    }
    if drafts.is_empty() {
        Verdict::Passed
    } else {
        Verdict::Several(drafts)
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::Verdict;
    use crate::rules::testing::verdicts;

    const ID: &str = "00000000-0000-4000-8000-000000000001";

    fn judge(patterns: &[&str]) -> Vec<Verdict> {
        let users = format!(
            r#"[{{"Identity":"{ID}","AccountType":"User","SoftDeletionTimestamp":null,"TeamsEmergencyCallRoutingPolicy":"US"}}]"#
        );
        let held = format!(
            r#"[{{"TelephoneNumber":"+12065550101","NumberType":"DirectRouting","AssignedPstnTargetId":"{ID}"}}]"#
        );
        let routes: Vec<String> = patterns
            .iter()
            .enumerate()
            .map(|(index, pattern)| {
                format!(r#"{{"Identity":"R{index}","NumberPattern":"{pattern}","OnlinePstnUsages":["E911"],"OnlinePstnGatewayList":["sbc.contoso.example"],"Priority":{index}}}"#)
            })
            .collect();
        let routes = format!("[{}]", routes.join(","));
        verdicts(
            "EM008",
            &[
                ("Get-CsOnlineUser.json", &users),
                ("Get-CsPhoneNumberAssignment.json", &held),
                (
                    "Get-CsTeamsEmergencyCallRoutingPolicy.json",
                    r#"[{"Identity":"Tag:US","EmergencyNumbers":[{"EmergencyDialString":"911","OnlinePSTNUsage":"E911"}],"AllowEnhancedEmergencyServices":true}]"#,
                ),
                ("Get-CsOnlineVoiceRoute.json", &routes),
                (
                    "Get-CsOnlinePSTNGateway.json",
                    r#"[{"Identity":"sbc.contoso.example","SipSignalingPort":5067,"Enabled":true}]"#,
                ),
            ],
        )
    }

    #[test]
    fn a_plus_that_nobody_sends_is_found_unless_another_route_matches() {
        let plus = "^\\\\+911$";
        assert!(matches!(judge(&[plus])[..], [Verdict::Several(_)]));
        assert!(matches!(judge(&[plus, "^911$"])[..], [Verdict::Passed]));
        assert!(matches!(judge(&["^\\\\+?911$"])[..], [Verdict::Passed]));
        assert!(
            matches!(judge(&["^112$"])[..], [Verdict::Passed]),
            "no route at all is another rule's"
        );
    }

    #[test]
    fn the_route_that_expects_the_plus_is_the_one_to_change() {
        let verdicts = judge(&["^112$", "^\\\\+911$"]);
        let [Verdict::Several(drafts)] = verdicts.as_slice() else {
            panic!("{verdicts:?}");
        };
        let [draft] = drafts.as_slice() else {
            panic!("{drafts:?}");
        };
        assert_eq!(
            draft.remedy.commands,
            ["Set-CsOnlineVoiceRoute -Identity 'R1' -NumberPattern '^\\+?911$'"]
        );
    }
}
