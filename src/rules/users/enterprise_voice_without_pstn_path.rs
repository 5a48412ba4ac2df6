//! `rules/users/enterprise-voice-without-pstn-path.md`

use smallvec::SmallVec;

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Severity};
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::snapshot::service_plans::PlanClass;
use crate::snapshot::{ExportKind, PhoneNumber};
use crate::tenant::{Answer, EffectiveRouting, InForce, User};

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
    let mut open = false;
    for way in [licenses, shared_calling, routing, operator_number] {
        match way(user, cx) {
            Answer::Yes => return Verdict::Passed,
            Answer::Unknown => open = true,
            Answer::No => {}
        }
    }
    if open {
        return Verdict::Unknown("it is not known whether the user has a way out");
    }
    found(draft(user, cx))
}

fn or(one: Answer, two: Answer) -> Answer {
    match (one, two) {
        (Answer::Yes, _) | (_, Answer::Yes) => Answer::Yes,
        (Answer::Unknown, _) | (_, Answer::Unknown) => Answer::Unknown,
        _ => Answer::No,
    }
}

fn licenses(user: &User, cx: &Cx) -> Answer {
    let licensed = |class| cx.tenant.licensed(user, class);
    PATHS.into_iter().map(licensed).fold(Answer::No, or)
}

fn operator_number(user: &User, cx: &Cx) -> Answer {
    let tenant = cx.tenant;
    // The service sets this policy on users of Operator Connect and Teams Phone Mobile.
    if user.carrier_emergency_policy.value().is_some() {
        return Answer::Yes;
    }
    let held = tenant.numbers_of_user(user);
    if !held.is_empty() {
        let of_operator = held.iter().map(|number| tenant.is_operator_connect(number));
        return of_operator.fold(Answer::No, or);
    }
    let says_itself = !user.line_uri.is_absent() || !user.telephone_numbers.is_absent();
    if user.carrier_emergency_policy.is_null()
        || (says_itself && tenant.has_line(user) == Answer::No)
    {
        return Answer::No;
    }
    // Of a number that is not in the inventory, only that policy tells whose it is.
    let inventory = ExportKind::PhoneNumberAssignment;
    let is_whole = tenant.tells_holders() && tenant.snapshot.incomplete(inventory).is_none();
    if is_whole {
        Answer::No
    } else {
        Answer::Unknown
    }
}

fn routing(user: &User, cx: &Cx) -> Answer {
    let by = |number| usages(&cx.tenant.effective_voice_routing(user, number));
    let numbers = numbers_with_policies(user, cx);
    if numbers.is_empty() {
        return by(None);
    }
    numbers.into_iter().map(Some).map(by).fold(Answer::No, or)
}

/// The numbers of a user, where any number of the tenant has policies of its own.
fn numbers_with_policies(user: &User, cx: &Cx) -> SmallVec<[PhoneNumber; 2]> {
    let tenant = cx.tenant;
    if tenant.number_policies.is_empty() {
        return SmallVec::new();
    }
    let held = tenant.numbers_of_user(user);
    if !held.is_empty() {
        return held.iter().map(|number| number.key).collect();
    }
    let line = user
        .line_uri
        .get()
        .map(|line| tenant.snapshot.texts.text(line));
    line.and_then(PhoneNumber::parse).into_iter().collect()
}

/// Whether the policy in force has PSTN usages.
fn usages(routing: &EffectiveRouting) -> Answer {
    let (EffectiveRouting::Named { policy, .. } | EffectiveRouting::Global(Some(policy))) = routing
    else {
        return Answer::Unknown;
    };
    match policy.usages.value() {
        Some(usages) => (!usages.is_empty()).into(),
        None if policy.usages.is_null() => Answer::No,
        None => Answer::Unknown,
    }
}

fn shared_calling(user: &User, cx: &Cx) -> Answer {
    let tenant = cx.tenant;
    match tenant.shared_calling_policy(user) {
        InForce::Policy { policy, .. } if policy.account.value().is_some() => Answer::Yes,
        InForce::Policy { policy, .. } if policy.account.is_null() => Answer::No,
        // Tenants without shared calling have no such policies, and older modules no such property.
        InForce::Unknown if user.shared_calling_policy.is_null() => Answer::No,
        InForce::Unknown if user.shared_calling_policy.is_absent() => {
            let mut policies = tenant.shared_calling_policies.iter();
            if policies.any(|policy| !policy.account.is_null()) {
                Answer::Unknown
            } else {
                Answer::No
            }
        }
        _ => Answer::Unknown,
    }
}

fn draft(user: &User, cx: &Cx) -> Draft {
    let tenant = cx.tenant;
    let name = tenant.user_name(user);
    let id = quoted(&tenant.user_identity(user));
    Draft::new(
        Severity::Warning,
        tenant.user_subject(user),
        format!("`{name}` is enabled for Enterprise Voice, but no call can leave: there is no Calling Plan, no number of an operator, and no PSTN usage"),
        Label::new(user.at("EnterpriseVoiceEnabled"), "voice without a way out"),
    )
    .related([routing_label(user, cx)])
    .remedy(
        "give the user one way out, or switch Enterprise Voice off",
        [
            "# a Calling Plan license, a number of an operator, or, for Direct Routing:".to_owned(),
            format!("# Grant-CsOnlineVoiceRoutingPolicy -Identity {id} -PolicyName <policy>"),
            format!("# if only internal calls are wanted: Set-CsPhoneNumberAssignment -Identity {id} -EnterpriseVoiceEnabled $false"),
        ],
    )
}

/// Where the policy comes from that gives no way out.
fn routing_label(user: &User, cx: &Cx) -> Label {
    let tenant = cx.tenant;
    let number = numbers_with_policies(user, cx).first().copied();
    match tenant.effective_voice_routing(user, number) {
        EffectiveRouting::Named { policy, place, .. } => {
            let name = policy.name.get();
            let name = name.map_or("", |name| tenant.snapshot.texts.symbol(name.0));
            Label::new(place, format!("the policy `{name}` has no PSTN usage"))
        }
        _ if user.voice_routing_policy.value().is_some() => Label::new(
            user.at("OnlineVoiceRoutingPolicy"),
            "the Global policy has no PSTN usage",
        ),
        _ => Label::new(
            user.at("OnlineVoiceRoutingPolicy"),
            "no policy here, and the Global one has no PSTN usage",
        ),
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::Verdict;
    use crate::rules::testing::{findings, verdicts};

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
        let line = if rest.contains("LineUri") {
            ""
        } else {
            r#","LineUri":null"#
        };
        format!(
            r#","AssignedPlan":[{}],"FeatureTypes":["Teams"],"OnlineVoiceRoutingPolicy":null{line}{rest}"#,
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
    fn the_policy_of_a_group_or_of_the_number_is_a_way_out() {
        let rows = r#"[{"GroupId":"00000000-0000-4000-8000-0000000000aa","PolicyType":"OnlineVoiceRoutingPolicy","PolicyName":"SBC","Rank":1}]"#;
        let members =
            format!(r#"[{{"groupId":"00000000-0000-4000-8000-0000000000aa","id":"{ID}"}}]"#);
        let of_group = judge(
            &with(&["MCOEV"], ""),
            &[
                ("Get-CsGroupPolicyAssignment.json", rows),
                ("group-members.json", &members),
            ],
        );
        assert!(matches!(of_group[..], [Verdict::Passed]), "{of_group:?}");
        let of_number = |numbers: &str| {
            let policies = r#"[{"TelephoneNumber":"12065550101","PolicyType":"OnlineVoiceRoutingPolicy","PolicyName":"SBC"}]"#;
            judge(
                &with(&["MCOEV"], r#","LineUri":"tel:+12065550101""#),
                &[
                    ("Get-CsPhoneNumberPolicyAssignment.json", policies),
                    ("Get-CsPhoneNumberAssignment.json", numbers),
                ],
            )
        };
        let direct = format!(
            r#"[{{"TelephoneNumber":"+12065550101","NumberType":"DirectRouting","AssignedPstnTargetId":"{ID}"}}]"#
        );
        for numbers in [direct.as_str(), "[]"] {
            let verdicts = of_number(numbers);
            assert!(matches!(verdicts[..], [Verdict::Passed]), "{verdicts:?}");
        }
    }

    #[test]
    fn a_number_that_no_inventory_lists_may_be_an_operators() {
        const LINE: &str = r#","LineUri":"tel:+12065550101""#;
        let judged = |properties: &str, numbers: Option<&str>| {
            let inventory = numbers.map(|rows| ("Get-CsPhoneNumberAssignment.json", rows));
            let more: Vec<_> = inventory.into_iter().collect();
            judge(&with(&["MCOEV"], properties), &more)
        };
        let other = |at: u32| {
            format!(
                r#"{{"TelephoneNumber":"+1206555{at:04}","NumberType":"DirectRouting","AssignedPstnTargetId":null}}"#
            )
        };
        let rows = |count: u32| {
            let rows: Vec<String> = (2000..2000 + count).map(other).collect();
            format!("[{}]", rows.join(","))
        };
        let (first_page, all) = (rows(500), rows(3));
        for numbers in [None, Some(first_page.as_str())] {
            let verdicts = judged(LINE, numbers);
            assert!(
                matches!(verdicts[..], [Verdict::Unknown(_)]),
                "{verdicts:?}"
            );
            let none = judged(r#","LineUri":null"#, numbers);
            assert!(matches!(none[..], [Verdict::Found(_)]), "{none:?}");
            let carrier = format!(r#"{LINE},"TeamsCarrierEmergencyCallRoutingPolicy":null"#);
            let told = judged(&carrier, numbers);
            assert!(matches!(told[..], [Verdict::Found(_)]), "{told:?}");
        }
        let complete = judged(LINE, Some(&all));
        assert!(matches!(complete[..], [Verdict::Found(_)]), "{complete:?}");
    }

    #[test]
    fn a_shared_number_that_the_account_does_not_tell_of_is_open() {
        let judged = |account: &str| {
            let policies = format!(
                r#"[{{"Identity":"Tag:SC1","ResourceAccount":{account},"EmergencyNumbers":[]}}]"#
            );
            judge(
                &with(&["MCOEV"], ""),
                &[("Get-CsTeamsSharedCallingRoutingPolicy.json", &policies)],
            )
        };
        let open = judged(r#""00000000-0000-4000-8000-00000000000a""#);
        assert!(matches!(open[..], [Verdict::Unknown(_)]), "{open:?}");
        assert!(matches!(judged("null")[..], [Verdict::Found(_)]));
    }

    #[test]
    fn the_label_names_the_policy_that_gives_no_way_out() {
        let label = |policy: &str| {
            let properties = with(&["MCOEV"], "").replace(
                r#""OnlineVoiceRoutingPolicy":null"#,
                &format!(r#""OnlineVoiceRoutingPolicy":{policy}"#),
            );
            let users = format!(
                r#"[{{"Identity":"{ID}","AccountType":"User","EnterpriseVoiceEnabled":true,"SoftDeletionTimestamp":null{properties}}}]"#
            );
            let policies = r#"[{"Identity":"Global","OnlinePstnUsages":[]},{"Identity":"Tag:Empty","OnlinePstnUsages":[]}]"#;
            let drafts = findings(
                "US003",
                &[
                    ("Get-CsOnlineUser.json", &users),
                    ("Get-CsOnlineVoiceRoutingPolicy.json", policies),
                ],
            );
            drafts[0].related[0].text.to_string()
        };
        assert_eq!(label(r#""Empty""#), "the policy `Empty` has no PSTN usage");
        assert_eq!(label(r#""Global""#), "the Global policy has no PSTN usage");
        assert!(label("null").starts_with("no policy here"));
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
        let plan = r#","AssignedPlan":[{"Capability":"MCOEV","CapabilityStatus":"Enabled"}],"OnlineVoiceRoutingPolicy":null,"LineUri":null"#;
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
