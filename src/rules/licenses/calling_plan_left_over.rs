//! `rules/licenses/calling-plan-left-over.md`

use serde::Deserialize;

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Severity};
use crate::rules::license_removal::removal;
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, OptionsSpec, Verdict, rule};
use crate::snapshot::service_plans::PlanClass;
use crate::tenant::{Answer, EffectiveRouting, Number, OwnSku, User};

pub(super) const RULE: Declared = rule!(
    "licenses",
    "calling-plan-left-over",
    Check::User(check),
    Some(OptionsSpec::of::<Options>(&["direct-routing-fallback"]))
);

/// Options of the rule.
#[derive(Clone, Default, Debug, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct Options {
    /// Whether users of Direct Routing keep a Calling Plan on purpose.
    direct_routing_fallback: bool,
}

fn check(user: &User, cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    let person = tenant.is_live_person(user);
    if person == Answer::No {
        return Verdict::NotApplicable;
    }
    let held = tenant.numbers_of_user(user);
    let Some(number) = held.first() else {
        return Verdict::NotApplicable;
    };
    let minutes = tenant.has_calling_plan_with_minutes(user);
    if minutes == Answer::No {
        return Verdict::NotApplicable;
    }
    let mut direct = true;
    for number in &held {
        let operator = tenant.is_operator_connect(number);
        // While a port is under way the license is still needed.
        if !number.record.port_in.is_null()
            && number
                .record
                .port_in
                .value()
                .is_some_and(|state| !is_done(tenant.snapshot.texts.symbol(*state)))
        {
            return Verdict::Passed;
        }
        match operator {
            Answer::Yes => direct = false,
            Answer::No if tenant.known_type(number) == Some("DirectRouting") => {}
            Answer::No => return Verdict::Passed,
            Answer::Unknown => {
                return Verdict::Unknown(
                    "the export does not tell whether a number is Operator Connect",
                );
            }
        }
    }
    if minutes == Answer::Unknown {
        return Verdict::Unknown(
            "no export tells whether the user has a Calling Plan with minutes",
        );
    }
    if person == Answer::Unknown {
        return Verdict::Unknown("the kind of the account is not known");
    }
    let fallback = direct
        && (cx.options::<Options>().direct_routing_fallback
            || matches!(
                tenant.effective_voice_routing(user, None),
                EffectiveRouting::Named { .. }
            ));
    let mut skus = tenant.skus_of(user).unwrap_or_default();
    skus.retain(|sku| sku.brings(PlanClass::CallingPlan));
    let is_known = !skus.is_empty();
    // A plan inside a suite costs nothing extra: only what was bought for it can go.
    skus.retain(|sku| sku.is_stand_alone(PlanClass::CallingPlan));
    let bundled = is_known && skus.is_empty();
    let severity = if fallback || bundled {
        Severity::Info
    } else {
        Severity::Warning
    };
    let remedy = if bundled {
        vec![
            "# the plan is part of a suite and costs nothing extra: nothing has to be done"
                .to_owned(),
        ]
    } else {
        commands(user, &skus, cx)
    };
    found(draft(user, number, severity, cx).remedy("remove the Calling Plan license", remedy))
}

fn is_done(state: &str) -> bool {
    let state = state.to_ascii_lowercase();
    state.starts_with("complete") || state.starts_with("cancel") || state == "none"
}

/// What takes these licenses away; where none is known, what finds them.
fn commands(user: &User, skus: &[OwnSku], cx: &Cx) -> Vec<String> {
    let identity = cx.tenant.user_identity(user);
    if skus.is_empty() {
        return vec![format!(
            "Get-MgUserLicenseDetail -UserId {} | Where-Object SkuPartNumber -Like 'MCOPSTN*'",
            quoted(&identity)
        )];
    }
    skus.iter()
        .flat_map(|sku| removal(&identity, sku))
        .collect()
}

fn draft(user: &User, number: &Number, severity: Severity, cx: &Cx) -> Draft {
    let tenant = cx.tenant;
    let name = tenant.user_name(user);
    Draft::new(
        severity,
        tenant.user_subject(user),
        format!("`{name}` keeps a Calling Plan license, but has no number of a Calling Plan"),
        Label::new(user.at("AssignedPlan"), "a Calling Plan is among them"),
    )
    .related([Label::new(
        number.record.at("NumberType"),
        "no Calling Plan",
    )])
}

#[cfg(test)]
mod tests {
    use crate::rules::Verdict;
    use crate::rules::testing::verdicts;

    const ID: &str = "00000000-0000-4000-8000-000000000001";

    fn plans(plans: &[(&str, &str)]) -> String {
        let plans: Vec<String> = plans
            .iter()
            .map(|(plan, status)| {
                format!(r#"{{"Capability":"{plan}","CapabilityStatus":"{status}"}}"#)
            })
            .collect();
        format!("[{}]", plans.join(","))
    }

    fn severity(verdicts: &[Verdict]) -> &'static str {
        match verdicts {
            [Verdict::Found(draft)] => draft.severity.name(),
            other => panic!("{other:?}"),
        }
    }

    use crate::rules::testing::verdicts_with;

    fn files(number: &str, more: &str) -> (String, String) {
        let users = format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","AccountType":"User","SoftDeletionTimestamp":null,"OnlineVoiceRoutingPolicy":null,"AssignedPlan":{},"FeatureTypes":["Teams"]{more}}}]"#,
            plans(&[("MCOEV", "Enabled"), ("MCOPSTN2", "Enabled")])
        );
        let numbers = format!(
            r#"[{{"TelephoneNumber":"+12065550101","AssignedPstnTargetId":"{ID}","PstnPartnerName":"Telco A",{number}}}]"#
        );
        (users, numbers)
    }

    fn judge(number: &str, more: &str) -> Vec<Verdict> {
        let (users, numbers) = files(number, more);
        verdicts(
            "LI004",
            &[
                ("Get-CsOnlineUser.json", &users),
                ("Get-CsPhoneNumberAssignment.json", &numbers),
            ],
        )
    }

    const OC: &str = r#""NumberType":"OperatorConnect""#;

    #[test]
    fn a_plan_beside_numbers_of_others_is_left_over() {
        assert_eq!(severity(&judge(OC, "")), "warning");
        let plan =
            r#""NumberType":"CallingPlan","PstnPartnerId":"7fc2f2eb-89aa-41d7-93de-73d015d22ff0""#;
        assert!(matches!(judge(plan, "")[..], [Verdict::Passed]));
    }

    #[test]
    fn pay_as_you_go_is_not_left_over_and_the_feature_alone_does_not_decide() {
        let judge = |number: &str, more: &[(&str, &str)]| {
            let (users, numbers) = files(number, "");
            let all = plans(&[("MCOEV", "Enabled"), ("MCOPSTN2", "Enabled")]);
            let users = users
                .replace(&all, &plans(more))
                .replace(r#"["Teams"]"#, r#"["Teams","PhoneSystem","CallingPlan"]"#);
            verdicts(
                "LI004",
                &[
                    ("Get-CsOnlineUser.json", &users),
                    ("Get-CsPhoneNumberAssignment.json", &numbers),
                ],
            )
        };
        let phone = ("MCOEV", "Enabled");
        assert!(judge(OC, &[phone, ("MCOPSTN_PAYG_1", "Enabled")]).is_empty());
        let open = judge(OC, &[phone]);
        assert!(matches!(open[..], [Verdict::Unknown(_)]), "{open:?}");
        assert_eq!(
            severity(&judge(OC, &[phone, ("MCOPSTN2", "Enabled")])),
            "warning"
        );
        let own =
            r#""NumberType":"CallingPlan","PstnPartnerId":"7fc2f2eb-89aa-41d7-93de-73d015d22ff0""#;
        assert!(matches!(judge(own, &[phone])[..], [Verdict::Passed]));
    }

    #[test]
    fn a_port_under_way_still_needs_it() {
        let open = format!(r#"{OC},"PortInOrderStatus":"InProgress""#);
        assert!(matches!(judge(&open, "")[..], [Verdict::Passed]));
        let done = format!(r#"{OC},"PortInOrderStatus":"Completed""#);
        assert_eq!(severity(&judge(&done, "")), "warning");
    }

    #[test]
    fn suites_and_a_fallback_of_direct_routing_are_infos() {
        let suite = r#","AssignedLicenses":[{"skuId":"a91fc4e0-65e5-4266-aa76-4037509c1626","disabledPlans":[]}]"#;
        assert_eq!(severity(&judge(OC, suite)), "info");
        let (users, numbers) = files(r#""NumberType":"DirectRouting","PstnPartnerId":"""#, "");
        let numbers = numbers.replace("Telco A", "");
        let files = [
            ("Get-CsOnlineUser.json", users.as_str()),
            ("Get-CsPhoneNumberAssignment.json", &numbers),
        ];
        assert_eq!(severity(&verdicts("LI004", &files)), "warning");
        let options = serde_json::json!({"direct-routing-fallback": true});
        assert_eq!(severity(&verdicts_with("LI004", &options, &files)), "info");
    }

    #[test]
    fn a_port_that_was_cancelled_or_never_was_needs_no_plan() {
        for state in ["Cancelled", "Canceled", "None", "none"] {
            let number = format!(r#"{OC},"PortInOrderStatus":"{state}""#);
            assert_eq!(severity(&judge(&number, "")), "warning", "{state}");
        }
    }

    #[test]
    fn the_plan_of_a_suite_is_nothing_to_remove() {
        let command = |more: &str| match judge(OC, more).into_iter().next() {
            Some(Verdict::Found(draft)) => draft.remedy.commands.join("\n"),
            other => panic!("{other:?}"),
        };
        let suite = r#","AssignedLicenses":[{"skuId":"a91fc4e0-65e5-4266-aa76-4037509c1626","disabledPlans":[]}]"#;
        assert!(
            command(suite).contains("part of a suite"),
            "{}",
            command(suite)
        );
        assert!(
            command("").starts_with("Get-MgUserLicenseDetail"),
            "{}",
            command("")
        );
    }

    #[test]
    fn of_a_suite_and_a_license_of_its_own_only_the_latter_is_removed() {
        let both = r#","AssignedLicenses":[{"skuId":"a91fc4e0-65e5-4266-aa76-4037509c1626","disabledPlans":[]},{"skuId":"d13e9d1b-316a-4946-98c6-362c97a4fdfe","disabledPlans":[]}]"#;
        let verdicts = judge(OC, both);
        assert_eq!(severity(&verdicts), "warning");
        let Some(Verdict::Found(draft)) = verdicts.into_iter().next() else {
            panic!("nothing found");
        };
        assert_eq!(
            draft.remedy.commands,
            [
                "Set-MgUserLicense -UserId 'a@contoso.example' -AddLicenses @() -RemoveLicenses @('d13e9d1b-316a-4946-98c6-362c97a4fdfe')"
            ]
        );
    }

    #[test]
    fn a_plan_of_its_own_is_a_warning_and_its_remedy_follows_where_it_comes_from() {
        const PLAN: &str = "0dab259f-bf13-4952-b7f8-7db8f131b28d";
        let own = format!(r#","AssignedLicenses":[{{"skuId":"{PLAN}","disabledPlans":[]}}]"#);
        assert_eq!(severity(&judge(OC, &own)), "warning");
        let command = |more: &[(&str, &str)]| {
            let (users, numbers) = files(OC, &own);
            let mut all = vec![
                ("Get-CsOnlineUser.json", users.as_str()),
                ("Get-CsPhoneNumberAssignment.json", &numbers),
            ];
            all.extend(more);
            match verdicts("LI004", &all).into_iter().next() {
                Some(Verdict::Found(draft)) => draft.remedy.commands.join("\n"),
                other => panic!("{other:?}"),
            }
        };
        assert!(
            command(&[]).contains("-RemoveLicenses @("),
            "{}",
            command(&[])
        );
        let states = format!(
            r#"[{{"id":"{ID}","userPrincipalName":"a@contoso.example","accountEnabled":true,"licenseAssignmentStates":[{{"skuId":"{PLAN}","assignedByGroup":"00000000-0000-4000-8000-0000000000aa","disabledPlans":[]}}]}}]"#
        );
        let by_group = command(&[("graph-users.json", &states)]);
        assert!(by_group.contains("comes from a group"), "{by_group}");
    }
}
