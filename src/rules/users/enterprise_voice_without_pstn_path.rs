//! `rules/users/enterprise-voice-without-pstn-path.md`

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Severity};
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::snapshot::service_plans::PlanClass;
use crate::tenant::{Answer, EffectiveRouting, InForce, User, VoiceRoutingPolicy};

pub(super) const RULE: Declared = rule!(
    "users",
    "enterprise-voice-without-pstn-path",
    Check::User(check)
);

/// Licenses that are a way out by themselves.
const PATHS: [PlanClass; 3] = [
    PlanClass::CallingPlan,
    PlanClass::PayAsYouGo,
    PlanClass::PhoneMobile,
];

fn check(user: &User, cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    match tenant.is_live_person(user) {
        Answer::No => return Verdict::NotApplicable,
        Answer::Unknown if user.enterprise_voice.get() == Some(true) => {
            return Verdict::Unknown("the kind of the account is not known");
        }
        _ => {}
    }
    match user.enterprise_voice.get() {
        Some(true) => {}
        Some(false) => return Verdict::NotApplicable,
        None if user.enterprise_voice.is_null() => return Verdict::NotApplicable,
        None => {
            return Verdict::Unknown(
                "the export does not tell whether Enterprise Voice is enabled",
            );
        }
    }
    // Without Teams Phone the missing license is the finding.
    match tenant.phone_system(user) {
        Answer::Yes => {}
        Answer::No => return Verdict::NotApplicable,
        Answer::Unknown => return Verdict::Unknown("no export tells the licenses of the user"),
    }
    let paths = [
        PATHS
            .into_iter()
            .map(|class| tenant.licensed(user, class))
            .fold(Answer::No, or),
        operator_number(user, cx),
        routing(user, cx),
        shared_calling(user, cx),
    ];
    match paths.into_iter().fold(Answer::No, or) {
        Answer::Yes => Verdict::Passed,
        Answer::Unknown => Verdict::Unknown("it is not known whether the user has a way out"),
        Answer::No => found(draft(user, cx)),
    }
}

fn or(one: Answer, two: Answer) -> Answer {
    match (one, two) {
        (Answer::Yes, _) | (_, Answer::Yes) => Answer::Yes,
        (Answer::Unknown, _) | (_, Answer::Unknown) => Answer::Unknown,
        _ => Answer::No,
    }
}

fn operator_number(user: &User, cx: &Cx) -> Answer {
    // The service sets this policy on users of Operator Connect and Teams Phone Mobile.
    if user.carrier_emergency_policy.value().is_some() {
        return Answer::Yes;
    }
    let held = cx.tenant.numbers_of_user(user);
    held.iter()
        .map(|number| cx.tenant.is_operator_connect(number))
        .fold(Answer::No, or)
}

fn routing(user: &User, cx: &Cx) -> Answer {
    let usages = |policy: &VoiceRoutingPolicy| match policy.usages.value() {
        Some(usages) => (!usages.is_empty()).into(),
        None if policy.usages.is_null() => Answer::No,
        None => Answer::Unknown,
    };
    match cx.tenant.effective_voice_routing(user, None) {
        EffectiveRouting::Named { policy, .. } | EffectiveRouting::Global(Some(policy)) => {
            usages(policy)
        }
        EffectiveRouting::Global(None)
        | EffectiveRouting::Unknown
        | EffectiveRouting::Dangling(_) => Answer::Unknown,
    }
}

fn shared_calling(user: &User, cx: &Cx) -> Answer {
    match cx.tenant.shared_calling_policy(user) {
        InForce::Policy { policy, .. } if policy.account.value().is_some() => Answer::Yes,
        InForce::Policy { policy, .. } if policy.account.is_null() => Answer::No,
        // Tenants without shared calling have no such policies, and older modules no such property.
        InForce::Unknown if user.shared_calling_policy.value().is_none() => Answer::No,
        _ => Answer::Unknown,
    }
}

fn draft(user: &User, cx: &Cx) -> Draft {
    let tenant = cx.tenant;
    let name = tenant.user_name(user);
    let id = quoted(&name);
    Draft::new(
        Severity::Warning,
        tenant.user_subject(user),
        format!("`{name}` is enabled for Enterprise Voice, but no call can leave: there is no Calling Plan, no number of an operator, and no PSTN usage"),
        Label::new(user.at("EnterpriseVoiceEnabled"), "voice without a way out"),
    )
    .related([Label::new(
        user.at("OnlineVoiceRoutingPolicy"),
        "no policy here, and the Global one has no PSTN usage",
    )])
    .remedy(
        "give the user one way out, or switch Enterprise Voice off",
        [
            "# a Calling Plan license, a number of an operator, or, for Direct Routing:".to_owned(),
            format!("# Grant-CsOnlineVoiceRoutingPolicy -Identity {id} -PolicyName <policy>"),
            format!("# if only internal calls are wanted: Set-CsPhoneNumberAssignment -Identity {id} -EnterpriseVoiceEnabled $false"),
        ],
    )
}

#[cfg(test)]
mod tests {
    use crate::rules::Verdict;
    use crate::rules::testing::verdicts;

    const ID: &str = "00000000-0000-4000-8000-000000000001";

    const POLICIES: (&str, &str) = (
        "Get-CsOnlineVoiceRoutingPolicy.json",
        r#"[{"Identity":"Global","OnlinePstnUsages":[]},{"Identity":"Tag:SBC","OnlinePstnUsages":["US"]}]"#,
    );

    fn judge(properties: &str, more: &[(&str, &str)]) -> Vec<Verdict> {
        let users = format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","AccountType":"User","EnterpriseVoiceEnabled":true,"SoftDeletionTimestamp":null{properties}}}]"#
        );
        let mut files = vec![("Get-CsOnlineUser.json", users.as_str()), POLICIES];
        files.extend(more);
        verdicts("US003", &files)
    }

    fn with(plans: &[&str], rest: &str) -> String {
        let plans: Vec<String> = plans
            .iter()
            .map(|plan| format!(r#"{{"Capability":"{plan}","CapabilityStatus":"Enabled"}}"#))
            .collect();
        format!(
            r#","AssignedPlan":[{}],"FeatureTypes":["Teams"],"OnlineVoiceRoutingPolicy":null{rest}"#,
            plans.join(",")
        )
    }

    #[test]
    fn no_way_out_is_found() {
        assert!(matches!(
            judge(&with(&["MCOEV"], ""), &[])[..],
            [Verdict::Found(_)]
        ));
    }

    #[test]
    fn every_way_out_passes() {
        let passes = |properties: &str, more: &[(&str, &str)]| {
            assert!(
                matches!(judge(properties, more)[..], [Verdict::Passed]),
                "{properties}"
            );
        };
        passes(&with(&["MCOEV", "MCOPSTN1"], ""), &[]);
        passes(&with(&["MCOEV", "MCOPSTN_PAYG_1"], ""), &[]);
        passes(&with(&["MCOEV", "MCOFMC1"], ""), &[]);
        passes(
            &with(
                &["MCOEV"],
                r#","TeamsCarrierEmergencyCallRoutingPolicy":"Telco_1""#,
            ),
            &[],
        );
        let numbers = format!(
            r#"[{{"TelephoneNumber":"+12065550101","NumberType":"OperatorConnect","AssignedPstnTargetId":"{ID}"}}]"#
        );
        passes(
            &with(&["MCOEV"], ""),
            &[("Get-CsPhoneNumberAssignment.json", &numbers)],
        );
        let shared = r#"[{"Identity":"Tag:SC1","ResourceAccount":"00000000-0000-4000-8000-00000000000a","EmergencyNumbers":[]}]"#;
        passes(
            &with(&["MCOEV"], r#","TeamsSharedCallingRoutingPolicy":"SC1""#),
            &[("Get-CsTeamsSharedCallingRoutingPolicy.json", shared)],
        );
    }

    #[test]
    fn a_policy_of_direct_routing_is_a_way_out() {
        let sbc = with(&["MCOEV"], "").replace(
            r#""OnlineVoiceRoutingPolicy":null"#,
            r#""OnlineVoiceRoutingPolicy":"SBC""#,
        );
        assert!(matches!(judge(&sbc, &[])[..], [Verdict::Passed]));
        let gone = sbc.replace("\"SBC\"", "\"Gone\"");
        assert!(matches!(judge(&gone, &[])[..], [Verdict::Unknown(_)]));
    }

    #[test]
    fn without_teams_phone_or_voice_there_is_nothing_to_judge() {
        assert!(judge(&with(&["Teams"], ""), &[]).is_empty());
        let users = format!(
            r#"[{{"Identity":"{ID}","AccountType":"User","EnterpriseVoiceEnabled":false}}]"#
        );
        assert!(verdicts("US003", &[("Get-CsOnlineUser.json", &users), POLICIES]).is_empty());
    }

    #[test]
    fn the_deleted_and_the_accounts_of_apps_need_no_way_out() {
        let plan = r#","AssignedPlan":[{"Capability":"MCOEV","CapabilityStatus":"Enabled"}],"OnlineVoiceRoutingPolicy":null"#;
        let account = |who: &str| {
            let users = format!(
                r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","EnterpriseVoiceEnabled":true{who}{plan}}}]"#
            );
            verdicts("US003", &[("Get-CsOnlineUser.json", &users), POLICIES])
        };
        let live = r#","SoftDeletionTimestamp":null"#;
        assert!(matches!(
            account(&format!(r#","AccountType":"User"{live}"#))[..],
            [Verdict::Found(_)]
        ));
        assert!(account(&format!(r#","AccountType":"ResourceAccount"{live}"#)).is_empty());
        let deleted = r#","AccountType":"User","SoftDeletionTimestamp":"2026-09-01T00:00:00Z""#;
        assert!(account(deleted).is_empty());
        assert!(
            matches!(account(live)[..], [Verdict::Unknown(_)]),
            "the kind is not told"
        );
    }

    #[test]
    fn a_shared_number_is_a_way_out_where_the_policy_has_one() {
        let shared = |policies: &str| {
            judge(
                &with(&["MCOEV"], r#","TeamsSharedCallingRoutingPolicy":"SC1""#),
                &[("Get-CsTeamsSharedCallingRoutingPolicy.json", policies)],
            )
        };
        let none = r#"[{"Identity":"Tag:SC1","ResourceAccount":null,"EmergencyNumbers":[]}]"#;
        assert!(matches!(shared(none)[..], [Verdict::Found(_)]));
        let untold = r#"[{"Identity":"Tag:SC1","EmergencyNumbers":[]},{"Identity":"Tag:SC2","ResourceAccount":null,"EmergencyNumbers":[]}]"#;
        assert!(matches!(shared(untold)[..], [Verdict::Unknown(_)]));
        let unexported = judge(
            &with(&["MCOEV"], r#","TeamsSharedCallingRoutingPolicy":"SC1""#),
            &[],
        );
        assert!(
            matches!(unexported[..], [Verdict::Unknown(_)]),
            "{unexported:?}"
        );
        // Whoever names the Global policy has one, and it may bring a shared number.
        let global = judge(
            &with(&["MCOEV"], r#","TeamsSharedCallingRoutingPolicy":"Global""#),
            &[],
        );
        assert!(matches!(global[..], [Verdict::Unknown(_)]), "{global:?}");
    }

    #[test]
    fn a_blank_is_no_voice_and_no_usage_and_what_is_untold_is_open() {
        const OTHER: &str = r#"{"Identity":"00000000-0000-4000-8000-000000000002","UserPrincipalName":"b@contoso.example","AccountType":"User","SoftDeletionTimestamp":null,"EnterpriseVoiceEnabled":false}"#;
        let plan = with(&["MCOEV"], "");
        let person = |voice: &str| {
            let users = format!(
                r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","AccountType":"User","SoftDeletionTimestamp":null{voice}{plan}}},{OTHER}]"#
            );
            verdicts("US003", &[("Get-CsOnlineUser.json", &users), POLICIES])
        };
        assert!(person(r#","EnterpriseVoiceEnabled":null"#).is_empty());
        assert!(matches!(person("")[..], [Verdict::Unknown(_)]));
        // Of whom the kind is not told, voice decides whether that matters.
        let nobody = format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","SoftDeletionTimestamp":null,"EnterpriseVoiceEnabled":false{plan}}}]"#
        );
        assert!(verdicts("US003", &[("Get-CsOnlineUser.json", &nobody), POLICIES]).is_empty());
        let global = |usages: &str| {
            let users = format!(
                r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","AccountType":"User","SoftDeletionTimestamp":null,"EnterpriseVoiceEnabled":true{plan}}}]"#
            );
            let policies = format!(
                r#"[{{"Identity":"Global"{usages}}},{{"Identity":"Tag:SBC","OnlinePstnUsages":["US"]}}]"#
            );
            verdicts(
                "US003",
                &[
                    ("Get-CsOnlineUser.json", &users),
                    ("Get-CsOnlineVoiceRoutingPolicy.json", &policies),
                ],
            )
        };
        assert!(matches!(
            global(r#","OnlinePstnUsages":null"#)[..],
            [Verdict::Found(_)]
        ));
        assert!(matches!(global("")[..], [Verdict::Unknown(_)]));
    }
}
