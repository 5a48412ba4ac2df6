//! `rules/licenses/calling-plan-number-without-calling-plan.md`

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Severity};
use crate::rules::numbered::{calling_plan_number, found};
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::snapshot::service_plans::PlanClass;
use crate::tenant::{Answer, User};

pub(super) const RULE: Declared = rule!(
    "licenses",
    "calling-plan-number-without-calling-plan",
    Check::User(check)
);

fn check(user: &User, cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    let person = tenant.is_live_person(user);
    if person == Answer::No {
        return Verdict::NotApplicable;
    }
    let held = tenant.numbers_of_user(user);
    let number = match calling_plan_number(&held, cx) {
        Ok(number) => number,
        Err(verdict) => return verdict,
    };
    if tenant.is_operator_connect(number) == Answer::Unknown {
        return Verdict::Unknown("the export does not tell whether it is Operator Connect");
    }
    if person == Answer::Unknown {
        return Verdict::Unknown("the kind of the account is not known");
    }
    let licensed =
        [PlanClass::CallingPlan, PlanClass::PayAsYouGo].map(|class| tenant.licensed(user, class));
    if licensed.contains(&Answer::Yes) {
        return Verdict::Passed;
    }
    if licensed.contains(&Answer::Unknown) {
        return Verdict::Unknown("no export tells the licenses of the user");
    }
    let name = tenant.user_name(user);
    found(
        Draft::new(
            Severity::Error,
            tenant.user_subject(user),
            format!("`{name}` has the Calling Plan number `{}`, but no Calling Plan license", number.key),
            Label::new(user.at("AssignedPlan"), "no Calling Plan and no Pay-As-You-Go here"),
        )
        .related([Label::new(
            number.record.at("NumberType"),
            "no outgoing call from this number",
        )])
        .remedy(
            "assign a Calling Plan license, or move the number to another carrier",
            [
                "# look which Calling Plan licenses have units left:".to_owned(),
                "Get-MgSubscribedSku | Where-Object SkuPartNumber -Like 'MCOPSTN*'".to_owned(),
                format!("# Set-MgUserLicense -UserId {} -AddLicenses @(@{{SkuId='<SKU id>'}}) -RemoveLicenses @()", quoted(&tenant.user_identity(user))),
            ],
        ),
    )
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

    fn judge(plan: &[(&str, &str)], partner: &str) -> Vec<Verdict> {
        let users = format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","AccountType":"User","SoftDeletionTimestamp":null,"AssignedPlan":{},"FeatureTypes":["Teams"]}}]"#,
            plans(plan)
        );
        let numbers = format!(
            r#"[{{"TelephoneNumber":"+12065550101","NumberType":"CallingPlan","AssignedPstnTargetId":"{ID}"{partner}}}]"#
        );
        verdicts(
            "LI002",
            &[
                ("Get-CsOnlineUser.json", &users),
                ("Get-CsPhoneNumberAssignment.json", &numbers),
            ],
        )
    }

    const MICROSOFT: &str = r#","PstnPartnerName":"Microsoft""#;

    #[test]
    fn credits_alone_are_no_plan() {
        assert_eq!(
            severity(&judge(&[("MCOEV", "Enabled")], MICROSOFT)),
            "error"
        );
        assert_eq!(
            severity(&judge(
                &[("MCOEV", "Enabled"), ("MCOPSTNC", "Enabled")],
                MICROSOFT
            )),
            "error"
        );
        for plan in ["MCOPSTN1", "PSTN5_US", "MCOPSTN_PAYG_1"] {
            assert!(
                matches!(
                    judge(&[("MCOEV", "Enabled"), (plan, "Enabled")], MICROSOFT)[..],
                    [Verdict::Passed]
                ),
                "{plan}"
            );
        }
    }

    #[test]
    fn a_number_whose_type_was_lost_is_open_unless_it_is_an_operators() {
        let judge = |number: &str| {
            let users = format!(
                r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","AccountType":"User","SoftDeletionTimestamp":null,"AssignedPlan":{},"FeatureTypes":["Teams"]}}]"#,
                plans(&[("MCOEV", "Enabled")])
            );
            let numbers = format!(
                r#"[{{"TelephoneNumber":"+12065550101","AssignedPstnTargetId":"{ID}"{number}}},
                    {{"TelephoneNumber":"+12065550102","NumberType":"CallingPlan","PstnPartnerName":"Microsoft","AssignedPstnTargetId":null}}]"#
            );
            verdicts(
                "LI002",
                &[
                    ("Get-CsOnlineUser.json", &users),
                    ("Get-CsPhoneNumberAssignment.json", &numbers),
                ],
            )
        };
        let lost = judge(MICROSOFT);
        assert!(matches!(lost[..], [Verdict::Unknown(_)]), "{lost:?}");
        let new = judge(&format!(r#","NumberType":"SomethingNew"{MICROSOFT}"#));
        assert!(matches!(new[..], [Verdict::Unknown(_)]), "{new:?}");
        assert!(judge(r#","PstnPartnerName":"Telco A""#).is_empty());
        assert!(judge(r#","NumberType":"DirectRouting""#).is_empty());
    }

    #[test]
    fn a_number_of_an_operator_does_not_hide_one_of_microsoft() {
        let users = format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","AccountType":"User","SoftDeletionTimestamp":null,"AssignedPlan":{},"FeatureTypes":["Teams"]}}]"#,
            plans(&[("MCOEV", "Enabled")])
        );
        let number = |digits: &str, partner: &str| {
            format!(
                r#"{{"TelephoneNumber":"{digits}","NumberType":"CallingPlan","AssignedPstnTargetId":"{ID}"{partner}}}"#
            )
        };
        let numbers = format!(
            "[{},{},{}]",
            number("+12065550101", r#","PstnPartnerName":"Telco A""#),
            number("+12065550102", ""),
            number("+12065550103", MICROSOFT)
        );
        let told = verdicts(
            "LI002",
            &[
                ("Get-CsOnlineUser.json", &users),
                ("Get-CsPhoneNumberAssignment.json", &numbers),
            ],
        );
        assert_eq!(severity(&told), "error");
    }

    #[test]
    fn numbers_of_operators_are_not_judged() {
        assert!(judge(&[("MCOEV", "Enabled")], r#","PstnPartnerName":"Telco A""#).is_empty());
        assert!(matches!(
            judge(&[("MCOEV", "Enabled")], "")[..],
            [Verdict::Unknown(_)]
        ));
    }
}
