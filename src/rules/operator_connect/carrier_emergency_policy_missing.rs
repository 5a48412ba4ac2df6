//! `rules/operator-connect/carrier-emergency-policy-missing.md`

use crate::finding::{Draft, Label, Severity};
use crate::rules::numbered::found;
use crate::rules::reassignment::assign_again;
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::snapshot::Field;
use crate::snapshot::cell::documented;
use crate::tenant::{Answer, Number, User};

pub(super) const RULE: Declared = rule!(
    "operator-connect",
    "carrier-emergency-policy-missing",
    Check::User(check)
);

fn check(user: &User, cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    let person = tenant.is_live_person(user);
    if person == Answer::No {
        return Verdict::NotApplicable;
    }
    let held = tenant.numbers_of_user(user);
    let mut open = false;
    let mut own: Vec<&Number> = Vec::new();
    for number in held {
        match tenant.is_operator_connect(number) {
            Answer::Yes => own.push(number),
            Answer::Unknown => open = true,
            Answer::No => {}
        }
    }
    let verdict = match user.carrier_emergency_policy {
        Field::Absent if own.is_empty() => return Verdict::NotApplicable,
        Field::Absent => Verdict::Unknown("the export does not tell the carrier emergency policy"),
        Field::Null if own.is_empty() && !open => return Verdict::NotApplicable,
        Field::Null => without_policy(user, &own, open, cx),
        Field::Value(_) if !own.is_empty() => Verdict::Passed,
        Field::Value(_) if open || tenant.may_hold_more() => {
            Verdict::Unknown("it is not known whether the user holds a number of an operator")
        }
        Field::Value(_) => found(left_over(user, cx)),
    };
    if person == Answer::Unknown {
        return Verdict::Unknown("the kind of the account is not known");
    }
    verdict
}

/// The verdict on an account that has numbers of operators, or of whom nobody knows, but no policy.
fn without_policy(user: &User, own: &[&Number], open: bool, cx: &Cx) -> Verdict {
    let mut untold = false;
    for number in own {
        match is_active(number, cx) {
            Answer::Yes => return found(missing(user, number, cx)),
            Answer::Unknown => untold = true,
            // A number that is not activated yet has no policy yet.
            Answer::No => {}
        }
    }
    if open {
        Verdict::Unknown("it is not known whether a number is Operator Connect")
    } else if untold {
        Verdict::Unknown("the export does not tell whether a number is activated")
    } else {
        Verdict::Passed
    }
}

/// Whether a number that somebody holds is activated; a blank state, or one that is not documented, does not tell.
fn is_active(number: &Number, cx: &Cx) -> Answer {
    let state = number.record.activation.get();
    let state = state.map(|state| cx.tenant.snapshot.texts.symbol(state));
    match state.and_then(|state| documented("ActivationState", state)) {
        Some(state) => (state == "Activated").into(),
        None => Answer::Unknown,
    }
}

fn missing(user: &User, number: &Number, cx: &Cx) -> Draft {
    let tenant = cx.tenant;
    let name = tenant.user_name(user);
    Draft::new(
        Severity::Warning,
        tenant.user_subject(user),
        format!("`{name}` has the Operator Connect number `{}`, but the service set no carrier emergency policy", number.key),
        Label::new(user.at("TeamsCarrierEmergencyCallRoutingPolicy"), "blank"),
    )
    .related([Label::new(number.record.at("NumberType"), "a number of an operator")])
    .remedy(
        "take the number off and assign it again; if that does not help, ask the operator",
        assign_again(number, cx),
    )
}

fn left_over(user: &User, cx: &Cx) -> Draft {
    let tenant = cx.tenant;
    let name = tenant.user_name(user);
    Draft::new(
        Severity::Warning,
        tenant.user_subject(user),
        format!("`{name}` has a carrier emergency policy, but no number of an operator"),
        Label::new(
            user.at("TeamsCarrierEmergencyCallRoutingPolicy"),
            "left from a number that is gone",
        ),
    )
    .remedy(
        "look again after a day; if it stays, ask Microsoft support",
        ["# only the service sets and clears this policy".to_owned()],
    )
}

#[cfg(test)]
mod tests {
    use crate::rules::Verdict;
    use crate::rules::testing::verdicts;

    const ID: &str = "00000000-0000-4000-8000-000000000001";

    fn judge(policy: &str, number: &str) -> Vec<Verdict> {
        let users = format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","AccountType":"User","SoftDeletionTimestamp":null{policy}}}]"#
        );
        let numbers = format!(
            r#"[{{"TelephoneNumber":"+12065550101","AssignedPstnTargetId":"{ID}",{number}}}]"#
        );
        verdicts(
            "OC005",
            &[
                ("Get-CsOnlineUser.json", &users),
                ("Get-CsPhoneNumberAssignment.json", &numbers),
            ],
        )
    }

    const OC: &str = r#""NumberType":"OperatorConnect","ActivationState":"Activated""#;
    const DR: &str = r#""NumberType":"DirectRouting","ActivationState":"Activated""#;
    const SET: &str = r#","TeamsCarrierEmergencyCallRoutingPolicy":"Telco_1""#;
    const BLANK: &str = r#","TeamsCarrierEmergencyCallRoutingPolicy":null"#;

    #[test]
    fn either_without_the_other_is_found() {
        assert!(matches!(judge(BLANK, OC)[..], [Verdict::Found(_)]));
        assert!(matches!(judge(SET, DR)[..], [Verdict::Found(_)]));
        assert!(matches!(judge(SET, OC)[..], [Verdict::Passed]));
        assert!(judge(BLANK, DR).is_empty());
    }

    #[test]
    fn a_number_under_way_and_an_untold_policy_are_not_found() {
        let pending = OC.replace("Activated", "AssignmentPending");
        assert!(matches!(judge(BLANK, &pending)[..], [Verdict::Passed]));
        for state in ["null", "\"\"", "\"Resting\""] {
            let untold = OC.replace("\"Activated\"", state);
            let verdicts = judge(BLANK, &untold);
            assert!(
                matches!(verdicts[..], [Verdict::Unknown(_)]),
                "{state}: {verdicts:?}"
            );
        }
        assert!(matches!(judge("", OC)[..], [Verdict::Unknown(_)]));
        let graph = r#""NumberType":"CallingPlan""#;
        assert!(matches!(judge(SET, graph)[..], [Verdict::Unknown(_)]));
    }

    #[test]
    fn without_any_number_an_untold_policy_is_nothing_to_judge() {
        let users = format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","AccountType":"User","SoftDeletionTimestamp":null}},
                {{"Identity":"00000000-0000-4000-8000-000000000002","UserPrincipalName":"b@contoso.example","AccountType":"User","SoftDeletionTimestamp":null{BLANK}}}]"#
        );
        let verdicts = verdicts(
            "OC005",
            &[
                ("Get-CsOnlineUser.json", &users),
                ("Get-CsPhoneNumberAssignment.json", "[]"),
            ],
        );
        assert!(verdicts.is_empty(), "{verdicts:?}");
    }

    #[test]
    fn a_number_that_may_be_of_an_operator_leaves_a_blank_policy_open() {
        let open = judge(BLANK, r#""NumberType":"CallingPlan""#);
        assert!(matches!(open[..], [Verdict::Unknown(_)]), "{open:?}");
    }
}
