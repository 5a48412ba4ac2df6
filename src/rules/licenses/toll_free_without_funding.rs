//! `rules/licenses/toll-free-without-funding.md`

use crate::finding::{Draft, Label, Severity};
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::snapshot::service_plans::PlanClass;
use crate::tenant::{Answer, Holder, Number};

pub(super) const RULE: Declared = rule!(
    "licenses",
    "toll-free-without-funding",
    Check::Number(check)
);

fn check(number: &Number, cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    let plan = tenant.known_type(number) == Some("CallingPlan");
    let held = matches!(
        number.holder,
        Holder::ResourceAccount(_) | Holder::ConferenceBridge
    );
    // What a carrier of one's own brings in, that carrier bills.
    if !plan || !held || !tenant.is_surely_toll_free(number.key) {
        return Verdict::NotApplicable;
    }
    match tenant.is_operator_connect(number) {
        Answer::No => {}
        Answer::Yes => return Verdict::NotApplicable,
        Answer::Unknown => {
            return Verdict::Unknown("the export does not tell whether it is Operator Connect");
        }
    }
    let funds =
        [PlanClass::CommunicationsCredits, PlanClass::PayAsYouGo].map(|class| tenant.owns(class));
    if funds.contains(&Answer::Yes) {
        return Verdict::Passed;
    }
    if funds.contains(&Answer::Unknown) {
        return Verdict::Unknown("the SKUs are not all exported");
    }
    let by = match tenant.holder_name(number) {
        Some(name) => format!("`{name}`"),
        None => "a conference bridge".to_owned(),
    };
    found(
        Draft::new(
            Severity::Error,
            tenant.number_subject(number),
            format!("the toll-free number `{}` of {by} has nobody who pays: the tenant owns neither Communications Credits nor Pay-As-You-Go", number.key),
            Label::new(number.record.at("TelephoneNumber"), "calls to it cost the tenant money"),
        )
        .related([Label::new(number.record.at("AssignedPstnTargetId"), "held here")])
        .remedy(
            "set up Communications Credits or Pay-As-You-Go",
            ["# Microsoft 365 admin center > Billing > Purchase services".to_owned()],
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

    fn judge(number: &str, sku: &str) -> Vec<Verdict> {
        let accounts = format!(
            r#"[{{"ObjectId":"{ID}","ApplicationId":null,"UserPrincipalName":"{}"}}]"#,
            plans(&[]).len()
        );
        let numbers = format!(
            r#"[{{"TelephoneNumber":"{number}","NumberType":"CallingPlan","PstnPartnerName":"Microsoft","PstnAssignmentStatus":"VoiceApplicationAssigned","AssignedPstnTargetId":"{ID}"}}]"#
        );
        let skus = format!(
            r#"[{{"skuId":"{sku}","skuPartNumber":"X","consumedUnits":1,"prepaidUnits":{{"enabled":5}}}}]"#
        );
        verdicts(
            "LI010",
            &[
                ("Get-CsOnlineApplicationInstance.json", &accounts),
                ("Get-CsPhoneNumberAssignment.json", &numbers),
                ("subscribedSkus.json", &skus),
            ],
        )
    }

    #[test]
    fn a_toll_free_number_needs_credits() {
        let phone = "e43b5b99-8dfb-405f-9987-dc307f34bcbd";
        assert_eq!(severity(&judge("+18005550101", phone)), "error");
        assert!(judge("+12065550101", phone).is_empty());
        let credits = "47794cd0-f0e5-45c5-9033-2eb6b5fc84e0";
        assert!(matches!(
            judge("+18005550101", credits)[..],
            [Verdict::Passed]
        ));
    }

    #[test]
    fn only_numbers_of_a_calling_plan_that_apps_or_bridges_hold_are_judged() {
        let users = format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","AccountType":"User"}}]"#
        );
        let judge = |number: &str| {
            let numbers = format!(r#"[{{"TelephoneNumber":"+18005550101",{number}}}]"#);
            verdicts(
                "LI010",
                &[
                    ("Get-CsOnlineUser.json", &users),
                    ("Get-CsOnlineApplicationInstance.json", "[]"),
                    ("Get-CsPhoneNumberAssignment.json", &numbers),
                    ("subscribedSkus.json", "[]"),
                ],
            )
        };
        let plan = r#""NumberType":"CallingPlan","PstnPartnerName":"Microsoft""#;
        let bridge = r#""PstnAssignmentStatus":"ConferenceAssigned","AssignedPstnTargetId":null"#;
        assert_eq!(severity(&judge(&format!("{plan},{bridge}"))), "error");
        let person =
            format!(r#""PstnAssignmentStatus":"UserAssigned","AssignedPstnTargetId":"{ID}""#);
        assert!(judge(&format!("{plan},{person}")).is_empty());
        let direct = r#""NumberType":"DirectRouting""#;
        assert!(judge(&format!("{direct},{bridge}")).is_empty());
    }
}
