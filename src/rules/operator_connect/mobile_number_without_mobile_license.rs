//! `rules/operator-connect/mobile-number-without-mobile-license.md`

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Severity};
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::snapshot::service_plans::PlanClass;
use crate::tenant::{Answer, Number, User};

pub(super) const RULE: Declared = rule!(
    "operator-connect",
    "mobile-number-without-mobile-license",
    Check::User(check)
);

/// SKU id of Teams Phone Mobile.
///
/// Source: <https://learn.microsoft.com/entra/identity/users/licensing-service-plan-reference>.
const PHONE_MOBILE: &str = "b84d58c9-0a0d-46cf-8a4b-d9f23c1674d5";

fn check(user: &User, cx: &Cx) -> Verdict {
    let person = cx.tenant.is_live_person(user);
    if person == Answer::No {
        return Verdict::NotApplicable;
    }
    match judge(user, cx) {
        Verdict::NotApplicable => Verdict::NotApplicable,
        _ if person == Answer::Unknown => Verdict::Unknown("the kind of the account is not known"),
        verdict => verdict,
    }
}

fn judge(user: &User, cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    let held = tenant.numbers_of_user(user);
    let licensed = tenant.licensed(user, PlanClass::PhoneMobile);
    let states: Vec<Answer> = held.iter().map(|number| tenant.is_mobile(number)).collect();
    let mobile = held
        .iter()
        .zip(&states)
        .find(|(_, state)| **state == Answer::Yes);
    match (mobile, licensed) {
        (Some((number, _)), Answer::No) => found(unlicensed(user, number, cx)),
        (Some((number, _)), Answer::Yes) => match tenant.phone_system(user) {
            Answer::Yes => Verdict::Passed,
            Answer::No => found(unlicensed(user, number, cx)),
            Answer::Unknown => Verdict::Unknown("no export tells the licenses of the user"),
        },
        (_, Answer::Unknown) if mobile.is_some() => {
            Verdict::Unknown("no export tells the licenses of the user")
        }
        (None, Answer::Yes) if states.contains(&Answer::Unknown) || tenant.may_hold_more() => {
            Verdict::Unknown("it is not known whether the user holds a mobile number")
        }
        (None, Answer::Yes) => found(unused(user, cx)),
        _ => Verdict::NotApplicable,
    }
}

fn unlicensed(user: &User, number: &Number, cx: &Cx) -> Draft {
    let tenant = cx.tenant;
    let name = tenant.user_name(user);
    let what = if tenant.licensed(user, PlanClass::PhoneMobile) == Answer::Yes {
        "Teams Phone"
    } else {
        "Teams Phone Mobile"
    };
    let command = if what == "Teams Phone" {
        "# assign a license that brings Teams Phone beside Teams Phone Mobile".to_owned()
    } else {
        format!(
            "Set-MgUserLicense -UserId {} -AddLicenses @(@{{SkuId='{PHONE_MOBILE}'}}) -RemoveLicenses @()",
            quoted(&name)
        )
    };
    Draft::new(
        Severity::Error,
        tenant.user_subject(user),
        format!(
            "`{name}` has the mobile number `{}`, but no {what} license",
            number.key
        ),
        Label::new(user.at("AssignedPlan"), format!("no plan of {what} here")),
    )
    .related([Label::new(
        number.record.at("TelephoneNumber"),
        "a mobile number",
    )])
    .remedy(format!("assign a {what} license"), [command])
}

fn unused(user: &User, cx: &Cx) -> Draft {
    let tenant = cx.tenant;
    let name = tenant.user_name(user);
    Draft::new(
        Severity::Info,
        tenant.user_subject(user),
        format!("`{name}` has a Teams Phone Mobile license, but no mobile number"),
        Label::new(
            user.at("AssignedPlan"),
            "a plan of Teams Phone Mobile is among them",
        ),
    )
    .remedy(
        "have the operator upload the mobile number, or remove the license",
        [format!(
            "# Set-MgUserLicense -UserId {} -AddLicenses @() -RemoveLicenses @('{PHONE_MOBILE}')",
            quoted(&name)
        )],
    )
}

#[cfg(test)]
mod tests {
    use crate::rules::Verdict;
    use crate::rules::testing::verdicts;

    const ID: &str = "00000000-0000-4000-8000-000000000001";

    fn judge(plans: &[&str], number: &str) -> Vec<Verdict> {
        judge_as(r#","AccountType":"User""#, plans, number)
    }

    fn judge_as(account_type: &str, plans: &[&str], number: &str) -> Vec<Verdict> {
        let plans: Vec<String> = plans
            .iter()
            .map(|plan| format!(r#"{{"Capability":"{plan}","CapabilityStatus":"Enabled"}}"#))
            .collect();
        let users = format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example"{account_type},"SoftDeletionTimestamp":null,"AssignedPlan":[{}],"FeatureTypes":["Teams"]}}]"#,
            plans.join(",")
        );
        let numbers = format!(
            r#"[{{"TelephoneNumber":"+12065550101","AssignedPstnTargetId":"{ID}",{number}}}]"#
        );
        verdicts(
            "OC008",
            &[
                ("Get-CsOnlineUser.json", &users),
                ("Get-CsPhoneNumberAssignment.json", &numbers),
            ],
        )
    }

    const NEW: &str = r#""NumberType":"OperatorConnect","Capability":["TeamsPhoneMobile"]"#;
    const OLD: &str = r#""NumberType":"OCMobile","Capability":["UserAssignment"]"#;
    const OLDER: &str = r#""NumberType":"OperatorConnect","Capability":["OCMobile"]"#;
    const FIXED: &str = r#""NumberType":"OperatorConnect","Capability":["UserAssignment"]"#;

    fn severity(verdicts: &[Verdict]) -> &'static str {
        match verdicts {
            [Verdict::Found(draft)] => draft.severity.name(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn all_names_of_mobile_numbers_need_both_licenses() {
        for number in [NEW, OLD, OLDER] {
            assert_eq!(severity(&judge(&["MCOEV"], number)), "error");
            assert_eq!(severity(&judge(&["MCOFMC1"], number)), "error");
            assert!(matches!(
                judge(&["MCOEV", "MCOFMC1"], number)[..],
                [Verdict::Passed]
            ));
        }
    }

    #[test]
    fn a_license_without_a_number_is_an_info() {
        assert_eq!(severity(&judge(&["MCOEV", "MCOFMC1"], FIXED)), "info");
        assert!(judge(&["MCOEV"], FIXED).is_empty());
        let untold = judge(&["MCOFMC1"], r#""NumberType":"OperatorConnect""#);
        assert!(matches!(untold[..], [Verdict::Unknown(_)]));
    }

    #[test]
    fn without_a_mobile_number_and_without_plans_nothing_is_to_judge() {
        let users = format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","AccountType":"User","SoftDeletionTimestamp":null}}]"#
        );
        let judge = |number: &str| {
            let numbers = format!(
                r#"[{{"TelephoneNumber":"+12065550101","AssignedPstnTargetId":"{ID}",{number}}}]"#
            );
            let files = [
                ("Get-CsOnlineUser.json", users.as_str()),
                ("Get-CsPhoneNumberAssignment.json", &numbers),
            ];
            verdicts("OC008", &files)
        };
        assert!(judge(FIXED).is_empty());
        assert!(matches!(judge(NEW)[..], [Verdict::Unknown(_)]));
    }

    #[test]
    fn an_account_of_unknown_kind_is_open() {
        let judge = |number: &str| judge_as("", &["MCOEV"], number);
        assert!(matches!(judge(NEW)[..], [Verdict::Unknown(_)]));
        assert!(judge(FIXED).is_empty());
    }

    #[test]
    fn the_license_that_is_missing_is_the_one_that_is_named() {
        let message = |plan: &str| match judge(&[plan], NEW).into_iter().next() {
            Some(Verdict::Found(draft)) => draft.message,
            other => panic!("{other:?}"),
        };
        assert!(
            message("MCOEV").contains("Teams Phone Mobile"),
            "{}",
            message("MCOEV")
        );
        let phone = message("MCOFMC1");
        assert!(!phone.contains("no Teams Phone Mobile"), "{phone}");
        assert_ne!(message("MCOEV"), phone);
    }

    #[test]
    fn a_number_of_direct_routing_is_not_mobile_whatever_is_untold() {
        let users = format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","AccountType":"User","SoftDeletionTimestamp":null,"AssignedPlan":[{{"Capability":"MCOEV","CapabilityStatus":"Enabled"}},{{"Capability":"MCOFMC1","CapabilityStatus":"Enabled"}}],"FeatureTypes":["Teams"]}}]"#
        );
        let judge = |number_type: &str| {
            let numbers = format!(
                r#"[{{"TelephoneNumber":"+12065550101","AssignedPstnTargetId":"{ID}","NumberType":"{number_type}"}},
                    {{"TelephoneNumber":"+12065550102","AssignedPstnTargetId":null,"NumberType":"OperatorConnect","Capability":["UserAssignment"]}}]"#
            );
            verdicts(
                "OC008",
                &[
                    ("Get-CsOnlineUser.json", &users),
                    ("Get-CsPhoneNumberAssignment.json", &numbers),
                ],
            )
        };
        assert_eq!(severity(&judge("DirectRouting")), "info");
        let open = judge("OperatorConnect");
        assert!(matches!(open[..], [Verdict::Unknown(_)]), "{open:?}");
    }
}
