//! `rules/operator-connect/toll-bypass-prevention-on-cloud-pstn-user.md`

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Severity};
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::tenant::{Answer, InForce, Number, User};

pub(super) const RULE: Declared = rule!(
    "operator-connect",
    "toll-bypass-prevention-on-cloud-pstn-user",
    Check::User(check)
);

fn check(user: &User, cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    if tenant.is_deleted(user) {
        return Verdict::NotApplicable;
    }
    let held = tenant.numbers_of_user(user);
    let is_cloud = |number: &Number| match tenant.known_type(number) {
        _ if tenant.is_operator_connect(number) == Answer::Yes => Answer::Yes,
        Some(name) => (name != "DirectRouting").into(),
        None => Answer::Unknown,
    };
    let Some(number) = held.iter().find(|one| is_cloud(one) == Answer::Yes) else {
        return if held.iter().any(|one| is_cloud(one) == Answer::Unknown) {
            Verdict::Unknown("the type of a number is not known")
        } else {
            Verdict::NotApplicable
        };
    };
    match tenant.calling_policy(user) {
        InForce::Policy {
            policy,
            name,
            place,
            ..
        } => match policy.prevent_toll_bypass.get() {
            Some(true) => {
                let account = tenant.user_name(user);
                found(
                    Draft::new(
                        Severity::Error,
                        tenant.user_subject(user),
                        format!("`{account}` has the number `{}`, but the calling policy `{name}` prevents toll bypass: calls to the telephone network fail", number.key),
                        Label::new(policy.at("PreventTollBypass"), "for Direct Routing only"),
                    )
                    .related(place.map(|place| Label::new(place, "the policy is assigned here")))
                    .related([Label::new(
                        number.record.at("NumberType"),
                        "not Direct Routing",
                    )])
                    .remedy(
                        "grant a calling policy that does not prevent toll bypass",
                        [format!(
                            "Grant-CsTeamsCallingPolicy -Identity {} -PolicyName AllowCalling",
                            quoted(&tenant.user_identity(user))
                        )],
                    ),
                )
            }
            Some(false) => Verdict::Passed,
            None if policy.prevent_toll_bypass.is_null() => Verdict::Passed,
            None => Verdict::Unknown("the policy does not tell whether it prevents toll bypass"),
        },
        InForce::Dangling(..) => Verdict::Unknown("the calling policy is not in the export"),
        InForce::Unknown => Verdict::Unknown("the calling policy in force is not known"),
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::Verdict;
    use crate::rules::testing::verdicts;

    const ID: &str = "00000000-0000-4000-8000-000000000001";

    fn judge(number_type: &str, prevent: &str) -> Vec<Verdict> {
        let users = format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","SoftDeletionTimestamp":null,"TeamsCallingPolicy":null}}]"#
        );
        let numbers = format!(
            r#"[{{"TelephoneNumber":"+12065550101","NumberType":"{number_type}","AssignedPstnTargetId":"{ID}"}}]"#
        );
        let policies = format!(r#"[{{"Identity":"Global","AllowPrivateCalling":true{prevent}}}]"#);
        verdicts(
            "OC007",
            &[
                ("Get-CsOnlineUser.json", &users),
                ("Get-CsPhoneNumberAssignment.json", &numbers),
                ("Get-CsTeamsCallingPolicy.json", &policies),
            ],
        )
    }

    #[test]
    fn only_numbers_of_the_cloud_are_judged() {
        let on = r#","PreventTollBypass":true"#;
        assert!(matches!(
            judge("OperatorConnect", on)[..],
            [Verdict::Found(_)]
        ));
        assert!(matches!(judge("CallingPlan", on)[..], [Verdict::Found(_)]));
        assert!(judge("DirectRouting", on).is_empty());
        let off = r#","PreventTollBypass":false"#;
        assert!(matches!(
            judge("OperatorConnect", off)[..],
            [Verdict::Passed]
        ));
        assert!(matches!(
            judge("OperatorConnect", "")[..],
            [Verdict::Unknown(_)]
        ));
    }

    #[test]
    fn a_number_of_no_known_type_may_be_one_of_the_cloud() {
        let on = r#","PreventTollBypass":true"#;
        let open = judge("SomethingNew", on);
        assert!(matches!(open[..], [Verdict::Unknown(_)]), "{open:?}");
        assert!(matches!(judge("OCMobile", on)[..], [Verdict::Found(_)]));
    }

    #[test]
    fn a_blank_prevents_nothing() {
        assert!(matches!(
            judge("OperatorConnect", r#","PreventTollBypass":null"#)[..],
            [Verdict::Passed]
        ));
    }
}
