//! `rules/operator-connect/direct-routing-leftovers-on-moved-user.md`

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Severity};
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::snapshot::Field;
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
        InForce::Policy { policy, place, .. } => place.is_some() && policy.rules.is_absent(),
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
    let texts = &cx.tenant.snapshot.texts;
    let Field::Value(rules) = &policy.rules else {
        return None;
    };
    let index = rules
        .iter()
        .position(|rule| !texts.symbol(rule.translation).starts_with('+'))?;
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
            quoted(&name)
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
                    r#"[{"Identity":"Tag:PBX","SimpleName":"PBX","NormalizationRules":[{"Name":"x","Pattern":"^0(\\d+)$","Translation":"+49$1"},{"Name":"y","Pattern":"^(\\d{4})$","Translation":"$1"}]},{"Identity":"Tag:DE","SimpleName":"DE","NormalizationRules":[{"Name":"x","Pattern":"^0(\\d+)$","Translation":"+49$1"}]}]"#,
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
