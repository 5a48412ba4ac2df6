//! `rules/operator-connect/direct-routing-leftovers-on-moved-user.md`

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Severity};
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::snapshot::Field;
use crate::snapshot::record::NormalizationRule;
use crate::tenant::{Answer, InForce, User};

pub(super) const RULE: Declared = rule!(
    "operator-connect",
    "direct-routing-leftovers-on-moved-user",
    Check::User(check)
);

fn check(user: &User, cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    if tenant.is_deleted(user) {
        return Verdict::NotApplicable;
    }
    let held = tenant.numbers_of_user(user);
    let on_operator_connect = held.iter().map(|number| tenant.is_operator_connect(number));
    let Some(moved) = on_operator_connect.reduce(both) else {
        return Verdict::NotApplicable;
    };
    if moved == Answer::No {
        return Verdict::NotApplicable;
    }
    let drafts: Vec<Draft> = [routing(user, cx), appliance(user, cx), dial_plan(user, cx)]
        .into_iter()
        .flatten()
        .collect();
    if !drafts.is_empty() {
        return if moved == Answer::Yes {
            Verdict::Several(drafts)
        } else {
            Verdict::Unknown("it is not known whether a number is Operator Connect")
        };
    }
    if is_open(user, cx) {
        return Verdict::Unknown("the export does not tell what a policy of the account holds");
    }
    Verdict::Passed
}

/// Whether both are so: one that is not decides, whatever is open.
fn both(one: Answer, two: Answer) -> Answer {
    match (one, two) {
        (Answer::No, _) | (_, Answer::No) => Answer::No,
        (Answer::Yes, Answer::Yes) => Answer::Yes,
        _ => Answer::Unknown,
    }
}

/// Whether a policy of the account, or what it holds, was lost.
fn is_open(user: &User, cx: &Cx) -> bool {
    let tenant = cx.tenant;
    let routing = match tenant.emergency_call_routing_policy(user) {
        InForce::Policy { policy, place, .. } => place.is_some() && policy.numbers.is_absent(),
        InForce::Dangling(..) => true,
        InForce::Unknown => user.emergency_call_routing_policy.is_absent(),
    };
    let dial_plan = match tenant.dial_plan(user) {
        InForce::Policy { policy, place, .. } => {
            place.is_some() && without_plus(&policy.rules, cx) == Err(UNTOLD)
        }
        InForce::Dangling(..) => true,
        // Many exports leave dial plans out.
        InForce::Unknown => false,
    };
    routing || dial_plan
}

/// An emergency call routing policy with PSTN usages: of no effect for numbers of operators.
fn routing(user: &User, cx: &Cx) -> Option<Draft> {
    let InForce::Policy {
        policy,
        name,
        place: Some(place),
        ..
    } = cx.tenant.emergency_call_routing_policy(user)
    else {
        return None;
    };
    let usage = policy
        .numbers
        .value()?
        .iter()
        .find_map(|number| number.usage)?;
    let usage = cx.tenant.snapshot.texts.symbol(usage);
    let draft = draft(
        user,
        "TeamsEmergencyCallRoutingPolicy",
        &format!("the emergency call routing policy `{name}` with the PSTN usage `{usage}`"),
        Label::new(place, "assigned to this account"),
        "Grant-CsTeamsEmergencyCallRoutingPolicy",
        cx,
    );
    Some(draft.related([Label::new(
        policy.at("EmergencyNumbers"),
        "names PSTN usages",
    )]))
}

fn appliance(user: &User, cx: &Cx) -> Option<Draft> {
    let name = user.survivable_branch_policy.get()?;
    let name = cx.tenant.snapshot.texts.symbol(name.0);
    // That says that none is assigned.
    if name.eq_ignore_ascii_case("Global") {
        return None;
    }
    let property = "TeamsSurvivableBranchAppliancePolicy";
    Some(draft(
        user,
        property,
        &format!("the survivable branch appliance policy `{name}`"),
        Label::new(user.at(property), "for Direct Routing only"),
        "Grant-CsTeamsSurvivableBranchAppliancePolicy",
        cx,
    ))
}

/// A dial plan that makes numbers without `+`, as only a trunk of one's own takes them.
fn dial_plan(user: &User, cx: &Cx) -> Option<Draft> {
    let InForce::Policy {
        policy,
        name,
        place: Some(place),
        ..
    } = cx.tenant.dial_plan(user)
    else {
        return None;
    };
    let index = without_plus(&policy.rules, cx).ok()??;
    let draft = draft(
        user,
        "TenantDialPlan",
        &format!("the dial plan `{name}`, which makes numbers without `+`"),
        Label::new(place, "assigned to this account"),
        "Grant-CsTenantDialPlan",
        cx,
    );
    let rule = policy.at("NormalizationRules").element(index);
    Some(draft.related([Label::new(rule, "a translation without `+`")]))
}

const UNTOLD: &str = "the export does not tell what a dial plan makes of numbers";

/// The first rule of a dial plan that makes a number without `+`: of seven digits and more, since emergency numbers and other
/// short ones have none anywhere.
fn without_plus(
    rules: &Field<Box<[NormalizationRule]>>,
    cx: &Cx,
) -> Result<Option<usize>, &'static str> {
    let texts = &cx.tenant.snapshot.texts;
    if rules.is_absent() {
        return Err(UNTOLD);
    }
    let mut known = Ok(None);
    for (index, rule) in rules.value().into_iter().flatten().enumerate() {
        let (pattern, translation) = (texts.symbol(rule.pattern), texts.symbol(rule.translation));
        if translation.starts_with('+') || keeps_plus(pattern, translation) {
            continue;
        }
        match cx.tenant.is_of_short_numbers(rule.pattern) {
            Some(true) => {}
            Some(false) => return Ok(Some(index)),
            None => known = Err(UNTOLD),
        }
    }
    known
}

/// Whether a translation begins with what its pattern caught, and that with a `+`.
fn keeps_plus(pattern: &str, translation: &str) -> bool {
    let pattern = pattern.trim().trim_start_matches('^');
    let caught = match translation.get(..2) {
        Some("$1") => pattern.strip_prefix(r"(\+"),
        Some("$0") => pattern.trim_start_matches('(').strip_prefix(r"\+"),
        _ => None,
    };
    caught.is_some_and(|rest| !rest.starts_with(['?', '*', '{']))
}

fn draft(
    user: &User,
    property: &'static str,
    what: &str,
    primary: Label,
    command: &str,
    cx: &Cx,
) -> Draft {
    let tenant = cx.tenant;
    let name = tenant.user_name(user);
    Draft::new(
        Severity::Info,
        tenant.user_subject(user),
        format!("`{name}` is on Operator Connect, but keeps {what}"),
        primary,
    )
    .role(property)
    .related(tenant.number_label(user, "a number of an operator"))
    .remedy(
        "take the policy off, if nothing else needs it",
        [format!(
            "{command} -Identity {} -PolicyName $null",
            quoted(&tenant.user_identity(user))
        )],
    )
}

#[cfg(test)]
mod tests {
    use crate::rules::Verdict;
    use crate::rules::testing::verdicts;

    const ID: &str = "00000000-0000-4000-8000-000000000001";

    fn judge(properties: &str, number_type: &str) -> Vec<Verdict> {
        let users = format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","SoftDeletionTimestamp":null{properties}}}]"#
        );
        let numbers = format!(
            r#"[{{"TelephoneNumber":"+12065550101","NumberType":"{number_type}","AssignedPstnTargetId":"{ID}"}}]"#
        );
        verdicts(
            "OC009",
            &[
                ("Get-CsOnlineUser.json", &users),
                ("Get-CsPhoneNumberAssignment.json", &numbers),
                (
                    "Get-CsTeamsEmergencyCallRoutingPolicy.json",
                    r#"[{"Identity":"Tag:Berlin","EmergencyNumbers":[{"EmergencyDialString":"112","OnlinePSTNUsage":"E112"}],"AllowEnhancedEmergencyServices":true},{"Identity":"Tag:Plain","EmergencyNumbers":[{"EmergencyDialString":"112","OnlinePSTNUsage":""}],"AllowEnhancedEmergencyServices":true}]"#,
                ),
                (
                    "Get-CsTenantDialPlan.json",
                    r#"[{"Identity":"Tag:PBX","SimpleName":"PBX","NormalizationRules":[{"Name":"x","Pattern":"^0(\\d+)$","Translation":"+49$1"},{"Name":"y","Pattern":"^00(\\d+)$","Translation":"011$1"}]},{"Identity":"Tag:DE","SimpleName":"DE","NormalizationRules":[{"Name":"x","Pattern":"^0(\\d+)$","Translation":"+49$1"}]}]"#,
                ),
            ],
        )
    }

    fn roles(verdicts: &[Verdict]) -> Vec<&str> {
        match verdicts {
            [Verdict::Several(drafts)] => drafts
                .iter()
                .map(|one| one.discriminator.as_str())
                .collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_only_direct_routing_needs_is_found() {
        let all = r#","TeamsEmergencyCallRoutingPolicy":"Berlin","TeamsSurvivableBranchAppliancePolicy":"Branch","TenantDialPlan":"PBX""#;
        assert_eq!(
            roles(&judge(all, "OperatorConnect")),
            [
                "TeamsEmergencyCallRoutingPolicy",
                "TeamsSurvivableBranchAppliancePolicy",
                "TenantDialPlan"
            ]
        );
        assert!(judge(all, "DirectRouting").is_empty());
    }

    #[test]
    fn a_number_that_may_be_of_an_operator_leaves_leftovers_open() {
        // Without a partner a Calling Plan number may be one of an operator.
        let left = r#","TeamsEmergencyCallRoutingPolicy":"Berlin""#;
        let open = judge(left, "CallingPlan");
        assert!(matches!(open[..], [Verdict::Unknown(_)]), "{open:?}");
        let plain = judge(
            r#","TeamsEmergencyCallRoutingPolicy":"Plain","TenantDialPlan":"DE""#,
            "CallingPlan",
        );
        assert!(matches!(plain[..], [Verdict::Passed]), "{plain:?}");
    }

    #[test]
    fn a_dial_plan_that_keeps_the_plus_or_is_for_short_numbers_is_no_leftover() {
        let with_rule = |pattern: &str, translation: &str| {
            let users = format!(
                r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","SoftDeletionTimestamp":null,"TeamsEmergencyCallRoutingPolicy":null,"TenantDialPlan":"US"}}]"#
            );
            let numbers = format!(
                r#"[{{"TelephoneNumber":"+12065550101","NumberType":"OperatorConnect","AssignedPstnTargetId":"{ID}"}}]"#
            );
            let plans = format!(
                r#"[{{"Identity":"Tag:US","SimpleName":"US","NormalizationRules":[{{"Name":"x","Pattern":"{pattern}","Translation":"{translation}"}}]}}]"#
            );
            verdicts(
                "OC009",
                &[
                    ("Get-CsOnlineUser.json", &users),
                    ("Get-CsPhoneNumberAssignment.json", &numbers),
                    ("Get-CsTenantDialPlan.json", &plans),
                ],
            )
        };
        for (pattern, translation) in [
            (r"^(\\+\\d{7,15})$", "$1"),
            (r"^\\+\\d{7,15}$", "$0"),
            (r"^(911|933)$", "$1"),
            (r"^(\\d{4})$", "$1"),
        ] {
            let passed = with_rule(pattern, translation);
            assert!(
                matches!(passed[..], [Verdict::Passed]),
                "{pattern}: {passed:?}"
            );
        }
        for (pattern, translation) in [
            (r"^(\\+?\\d{7,15})$", "$1"),
            (r"^(\\d{10})$", "$1"),
            (r"^(\\d+)$", "9$1"),
        ] {
            assert_eq!(roles(&with_rule(pattern, translation)), ["TenantDialPlan"]);
        }
        let open = with_rule(r"^(\\d{10}", "$1");
        assert!(matches!(open[..], [Verdict::Unknown(_)]), "{open:?}");
    }

    #[test]
    fn the_global_appliance_policy_is_assigned_to_nobody() {
        let global = r#","TeamsEmergencyCallRoutingPolicy":null,"TeamsSurvivableBranchAppliancePolicy":"Global""#;
        assert!(matches!(
            judge(global, "OperatorConnect")[..],
            [Verdict::Passed]
        ));
    }

    #[test]
    fn policies_that_do_no_harm_pass() {
        let plain = r#","TeamsEmergencyCallRoutingPolicy":"Plain","TeamsSurvivableBranchAppliancePolicy":null,"TenantDialPlan":"DE""#;
        assert!(matches!(
            judge(plain, "OperatorConnect")[..],
            [Verdict::Passed]
        ));
        assert!(matches!(
            judge("", "OperatorConnect")[..],
            [Verdict::Unknown(_)]
        ));
    }
}
