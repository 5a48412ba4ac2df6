//! `rules/licenses/voice-plan-disabled-or-in-grace.md`

use std::num::NonZeroU16;

use crate::finding::{Draft, Label, Severity};
use crate::rules::license_removal::REVIVAL;
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::snapshot::PlanSet;
use crate::snapshot::service_plans::{PlanClass, PlanClasses};
use crate::tenant::{AccountKind, Answer, User};

pub(super) const RULE: Declared = rule!(
    "licenses",
    "voice-plan-disabled-or-in-grace",
    Check::User(check)
);

/// What an account with a number depends on: classes of which one is enough, with their name.
const KINDS: [(&[PlanClass], &str); 3] = [
    (&[PlanClass::PhoneSystem], "Teams Phone"),
    (
        &[PlanClass::CallingPlan, PlanClass::PayAsYouGo],
        "Calling Plan",
    ),
    (
        &[PlanClass::ResourceAccount],
        "Teams Phone Resource Account",
    ),
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
    let mut drafts = Vec::new();
    let mut open = None;
    for (classes, name) in KINDS {
        let Some(state) = state(plans, classes) else {
            continue;
        };
        let needed = match classes {
            [PlanClass::CallingPlan, ..] => calling_plan_number(user, cx),
            [class, ..] if is_left_behind(*class, plans, user, cx) => Dependent::Nothing,
            _ => Dependent::Number(tenant.number_label(user, DEPENDS)),
        };
        match (needed, state) {
            (Dependent::Nothing, _) => {}
            (Dependent::Unknown, _) => {
                open = Some("no export tells whether a number belongs to a Calling Plan");
            }
            (_, State::Unsure) => open = Some("the export does not tell the state of a plan"),
            (Dependent::Number(label), State::InGrace) => {
                let draft = draft(user, name, Severity::Warning, plans.grace_ends, cx);
                drafts.push(draft.related(label));
            }
            (Dependent::Number(label), State::Stopped) => {
                drafts.push(draft(user, name, Severity::Error, None, cx).related(label));
            }
        }
    }
    drafts.sort_by_key(|draft| std::cmp::Reverse(draft.severity));
    match (drafts.into_iter().next(), open) {
        (Some(draft), _) => found(draft),
        (None, Some(why)) => Verdict::Unknown(why),
        (None, None) => Verdict::Passed,
    }
}

/// How the plans of a kind are of which none is as it should be.
#[derive(Clone, Copy)]
enum State {
    InGrace,
    Stopped,
    Unsure,
}

/// Nothing where a plan of the kind works, or none was ever there. The same plan often comes from two SKUs: only what
/// remains counts.
fn state(plans: &PlanSet, classes: &[PlanClass]) -> Option<State> {
    let any = |set: PlanClasses| classes.iter().any(|class| set.contains(*class));
    if any(plans.solid) {
        None
    } else if any(plans.in_grace) {
        Some(State::InGrace)
    } else if any(plans.stopped) && !any(plans.working) {
        Some(State::Stopped)
    } else {
        any(plans.unsure).then_some(State::Unsure)
    }
}

/// What is said of the number that a plan carries.
const DEPENDS: &str = "this number depends on it";

/// What depends on a plan.
enum Dependent {
    /// The account, with its number where it has one.
    Number(Option<Label>),
    Nothing,
    Unknown,
}

/// The number that depends on a Calling Plan: plans that were removed stay in the list, and those who moved to an operator
/// need none.
fn calling_plan_number(user: &User, cx: &Cx) -> Dependent {
    let tenant = cx.tenant;
    let held = tenant.numbers_of_user(user);
    let mut open = held.is_empty() && tenant.has_line(user) != Answer::No;
    for number in &held {
        match tenant.needs_calling_plan(number) {
            Answer::Yes => {
                let place = number.record.at("TelephoneNumber");
                return Dependent::Number(Some(Label::new(place, DEPENDS)));
            }
            Answer::Unknown => open = true,
            Answer::No => {}
        }
    }
    if open || tenant.may_hold_more() {
        Dependent::Unknown
    } else {
        Dependent::Nothing
    }
}

/// Whether a swap between the licenses of people and of resource accounts left the plan behind: it stays in the list for a
/// while, and nothing depends on it any more.
fn is_left_behind(class: PlanClass, plans: &PlanSet, user: &User, cx: &Cx) -> bool {
    match (class, cx.tenant.account_kind(user)) {
        (PlanClass::PhoneSystem, AccountKind::ResourceAccount) => {
            plans.solid.contains(PlanClass::ResourceAccount)
        }
        (PlanClass::ResourceAccount, AccountKind::User) => {
            plans.solid.contains(PlanClass::PhoneSystem)
        }
        _ => false,
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
    .remedy(
        "switch the plan on in the license, or renew the subscription",
        REVIVAL.map(str::to_owned),
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
        assert_eq!(severity(&with_number(&both, CALLING_PLAN)), "error");
    }

    const CALLING_PLAN: &str = r#""NumberType":"CallingPlan","PstnPartnerName":"Microsoft""#;

    /// As [`judge`], with the number of the account in the inventory.
    fn with_number(plan: &str, number: &str) -> Vec<Verdict> {
        let users = format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","AccountType":"User","LineUri":"tel:+12065550101","SoftDeletionTimestamp":null,"AssignedPlan":{plan},"FeatureTypes":["Teams"]}}]"#
        );
        let numbers = format!(
            r#"[{{"TelephoneNumber":"+12065550101","AssignedPstnTargetId":"{ID}",{number}}}]"#
        );
        let files = [
            ("Get-CsOnlineUser.json", users.as_str()),
            ("Get-CsPhoneNumberAssignment.json", &numbers),
        ];
        verdicts("LI003", &files)
    }

    #[test]
    fn minutes_and_pay_as_you_go_stand_in_for_each_other() {
        let plan = |minutes: &str, by_the_minute: &str| {
            let all = [
                ("MCOEV", "Enabled"),
                ("MCOPSTN1", minutes),
                ("MCOPSTN_PAYG_1", by_the_minute),
            ];
            with_number(&plans(&all), CALLING_PLAN)
        };
        assert!(matches!(plan("Deleted", "Enabled")[..], [Verdict::Passed]));
        assert!(matches!(
            plan("Enabled", "Suspended")[..],
            [Verdict::Passed]
        ));
        assert_eq!(severity(&plan("Deleted", "Warning")), "warning");
        assert_eq!(severity(&plan("Deleted", "Suspended")), "error");
        let alone = plans(&[("MCOEV", "Enabled"), ("MCOPSTN_PAYG_1", "Suspended")]);
        assert_eq!(severity(&with_number(&alone, CALLING_PLAN)), "error");
    }

    #[test]
    fn only_numbers_of_calling_plans_depend_on_a_calling_plan() {
        let plan = plans(&[("MCOEV", "Enabled"), ("MCOPSTN1", "Deleted")]);
        assert_eq!(severity(&with_number(&plan, CALLING_PLAN)), "error");
        for number in [
            r#""NumberType":"OperatorConnect","PstnPartnerName":"Telco A""#,
            r#""NumberType":"DirectRouting""#,
        ] {
            let moved = with_number(&plan, number);
            assert!(matches!(moved[..], [Verdict::Passed]), "{moved:?}");
        }
        for open in [
            with_number(&plan, r#""NumberType":"CallingPlan""#),
            judge(&plan),
        ] {
            assert!(matches!(open[..], [Verdict::Unknown(_)]), "{open:?}");
        }
    }

    #[test]
    fn what_the_license_of_resource_accounts_leaves_behind_on_a_person_is_no_loss() {
        let plan = |phone: &str| plans(&[("MCOEV", phone), ("MCOEV_VIRTUALUSER", "Deleted")]);
        assert!(matches!(judge(&plan("Enabled"))[..], [Verdict::Passed]));
        assert_eq!(severity(&judge(&plan("Warning"))), "error");
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
