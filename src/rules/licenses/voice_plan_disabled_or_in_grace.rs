//! `rules/licenses/voice-plan-disabled-or-in-grace.md`

use std::num::NonZeroU16;

use crate::finding::{Draft, Label, Severity};
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::snapshot::service_plans::PlanClass;
use crate::tenant::{AccountKind, Answer, User};

pub(super) const RULE: Declared = rule!(
    "licenses",
    "voice-plan-disabled-or-in-grace",
    Check::User(check)
);

/// What an account with a number depends on, with its name.
const CLASSES: [(PlanClass, &str); 3] = [
    (PlanClass::PhoneSystem, "Teams Phone"),
    (PlanClass::CallingPlan, "Calling Plan"),
    (PlanClass::ResourceAccount, "Teams Phone Resource Account"),
];

fn check(user: &User, cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    if tenant.is_deleted(user) {
        return Verdict::NotApplicable;
    }
    if user.enterprise_voice.get() != Some(true) {
        match tenant.has_line(user) {
            Answer::Yes => {}
            Answer::No => return Verdict::NotApplicable,
            Answer::Unknown => {
                return Verdict::Unknown("no export tells whether the account holds a number");
            }
        }
    }
    let Some(plans) = user.plans.value() else {
        return if user.plans.is_null() {
            Verdict::NotApplicable
        } else {
            Verdict::Unknown("the export does not tell the plans of the account")
        };
    };
    if !plans.any {
        return Verdict::NotApplicable;
    }
    let is_swapped = plans.solid.contains(PlanClass::ResourceAccount)
        && tenant.account_kind(user) == AccountKind::ResourceAccount;
    let mut drafts = Vec::new();
    let mut open = false;
    for (class, name) in CLASSES {
        // The same plan often comes from two SKUs: only what remains counts.
        if plans.solid.contains(class) {
            continue;
        }
        // A swap leaves the plan of people behind for a while, and nothing depends on it any more.
        if class == PlanClass::PhoneSystem && is_swapped {
            continue;
        }
        if plans.in_grace.contains(class) {
            drafts.push(draft(user, name, Severity::Warning, plans.grace_ends, cx));
        } else if plans.stopped.contains(class) && !plans.working.contains(class) {
            drafts.push(draft(user, name, Severity::Error, None, cx));
        } else {
            open |= plans.unsure.contains(class);
        }
    }
    drafts.sort_by_key(|draft| std::cmp::Reverse(draft.severity));
    match drafts.into_iter().next() {
        Some(draft) => found(draft),
        None if open => Verdict::Unknown("the export does not tell the state of a plan"),
        None => Verdict::Passed,
    }
}

fn draft(
    user: &User,
    plan: &str,
    severity: Severity,
    grace_ends: Option<NonZeroU16>,
    cx: &Cx,
) -> Draft {
    let tenant = cx.tenant;
    let name = tenant.user_name(user);
    let (what, label) = match (severity, grace_ends.and_then(day)) {
        (Severity::Error, _) => (
            "is switched off or expired".to_owned(),
            "listed, but of no use",
        ),
        (_, Some(day)) => (
            format!("is in its time of grace, which ends on {day}"),
            "in its time of grace",
        ),
        (_, None) => (
            "is in its time of grace and will stop".to_owned(),
            "in its time of grace",
        ),
    };
    Draft::new(
        severity,
        tenant.user_subject(user),
        format!("the {plan} plan of `{name}` {what}"),
        Label::new(user.at("AssignedPlan"), label),
    )
    .related(tenant.number_label(user, "this number depends on it"))
    .remedy(
        "switch the plan on in the license, or renew the subscription",
        [
            "# Microsoft 365 admin center > Billing > Your products: renew what has expired"
                .to_owned(),
            "# Users > the account > Licenses and apps: switch the plan on".to_owned(),
        ],
    )
}

/// A day counted from 1970, as people write it.
fn day(count: NonZeroU16) -> Option<String> {
    let seconds = i64::from(count.get()) * 24 * 60 * 60;
    let time = jiff::Timestamp::from_second(seconds).ok()?;
    Some(time.strftime("%Y-%m-%d").to_string())
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

    fn judge(plan: &str) -> Vec<Verdict> {
        let users = format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","AccountType":"User","LineUri":"tel:+12065550101","SoftDeletionTimestamp":null,"AssignedPlan":{plan},"FeatureTypes":["Teams"]}}]"#
        );
        verdicts("LI003", &[("Get-CsOnlineUser.json", &users)])
    }

    #[test]
    fn grace_is_a_warning_and_nothing_left_an_error() {
        assert_eq!(severity(&judge(&plans(&[("MCOEV", "Suspended")]))), "error");
        assert_eq!(severity(&judge(&plans(&[("MCOEV", "Warning")]))), "warning");
        let grace =
            r#"[{"Capability":"MCOEV","CapabilityStatus":"Enabled","IsInGracePeriod":true}]"#;
        assert_eq!(severity(&judge(grace)), "warning");
        let both = plans(&[("MCOEV", "Warning"), ("MCOPSTN1", "Deleted")]);
        assert_eq!(severity(&judge(&both)), "error");
    }

    #[test]
    fn a_second_license_that_works_is_enough() {
        for plan in [
            plans(&[("MCOEV", "Suspended"), ("MCOEV", "Enabled")]),
            plans(&[("MCOEV", "Warning"), ("MCOEV", "Enabled")]),
            plans(&[("Teams", "Suspended"), ("MCOEV", "Enabled")]),
        ] {
            assert!(matches!(judge(&plan)[..], [Verdict::Passed]), "{plan}");
        }
    }

    #[test]
    fn what_a_swap_leaves_behind_on_a_resource_account_is_no_loss() {
        let plan = plans(&[("MCOEV_VIRTUALUSER", "Enabled"), ("MCOEV", "Deleted")]);
        let of = |kind: &str| {
            let users = format!(
                r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","AccountType":"{kind}","LineUri":"tel:+12065550101","SoftDeletionTimestamp":null,"AssignedPlan":{plan},"FeatureTypes":["Teams"]}}]"#
            );
            verdicts("LI003", &[("Get-CsOnlineUser.json", &users)])
        };
        assert!(matches!(of("ResourceAccount")[..], [Verdict::Passed]));
        assert_eq!(severity(&of("User")), "error");
    }

    #[test]
    fn the_first_day_without_service_is_told() {
        let grace = |date: &str| {
            let plan = format!(
                r#"[{{"Capability":"MCOEV","CapabilityStatus":"Enabled","IsInGracePeriod":true,"GracePeriodExpiryDate":{date}}},
                    {{"Capability":"MCOPSTN1","CapabilityStatus":"Warning","GracePeriodExpiryDate":"2026-12-24T00:00:00Z"}}]"#
            );
            match &judge(&plan)[..] {
                [Verdict::Found(draft)] => draft.message.clone(),
                other => panic!("{other:?}"),
            }
        };
        assert!(
            grace("\"2026-10-01T07:00:00Z\"")
                .ends_with("is in its time of grace, which ends on 2026-10-01")
        );
        assert!(grace("null").ends_with("which ends on 2026-12-24"));
    }

    #[test]
    fn a_plan_of_unknown_state_leaves_it_open() {
        let open = judge(&plans(&[("MCOEV", "Resting"), ("Teams", "Enabled")]));
        assert!(matches!(open[..], [Verdict::Unknown(_)]), "{open:?}");
    }

    #[test]
    fn voice_without_a_number_is_judged_and_neither_is_not() {
        let judge = |properties: &str| {
            let users = format!(
                r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","AccountType":"User","SoftDeletionTimestamp":null,"AssignedPlan":{},"FeatureTypes":["Teams"],"LineUri":null{properties}}}]"#,
                plans(&[("MCOEV", "Suspended")])
            );
            let files = [
                ("Get-CsOnlineUser.json", users.as_str()),
                ("Get-CsPhoneNumberAssignment.json", "[]"),
            ];
            verdicts("LI003", &files)
        };
        assert_eq!(
            severity(&judge(r#","EnterpriseVoiceEnabled":true"#)),
            "error"
        );
        assert!(judge(r#","EnterpriseVoiceEnabled":false"#).is_empty());
    }
}
