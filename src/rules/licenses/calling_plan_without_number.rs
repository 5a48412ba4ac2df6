//! `rules/licenses/calling-plan-without-number.md`

use serde::Deserialize;

use crate::finding::{Draft, Label, Severity};
use crate::rules::license_removal::removal_on_choice;
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, OptionsSpec, Verdict, rule};
use crate::snapshot::service_plans::PlanClass;
use crate::tenant::{Answer, Effective, PolicyKind, User};

pub(super) const RULE: Declared = rule!(
    "licenses",
    "calling-plan-without-number",
    Check::User(check),
    Some(OptionsSpec::of::<Options>(&["new-days"]))
);

/// Milliseconds of a day.
const DAY: i64 = 24 * 60 * 60 * 1000;

/// Options of the rule.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct Options {
    /// For how many days a new account may wait for its number.
    new_days: u16,
}

impl Default for Options {
    fn default() -> Self {
        Self { new_days: 14 }
    }
}

fn check(user: &User, cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    let person = tenant.is_live_person(user);
    if person == Answer::No {
        return Verdict::NotApplicable;
    }
    match tenant.has_line(user) {
        Answer::No => {}
        Answer::Yes => return Verdict::NotApplicable,
        Answer::Unknown => {
            return Verdict::Unknown("no export tells whether the account holds a number");
        }
    }
    let Some(skus) = tenant.skus_of(user) else {
        return Verdict::Unknown("no export tells the SKUs of the user");
    };
    let alone = |class: PlanClass| {
        skus.iter()
            .find(|sku| sku.brings(class) && sku.is_stand_alone(class))
    };
    let plan = alone(PlanClass::CallingPlan);
    let phone =
        alone(PlanClass::PhoneSystem).filter(|_| user.enterprise_voice.get() == Some(false));
    let Some(sku) = plan.or(phone) else {
        return Verdict::NotApplicable;
    };
    if person == Answer::Unknown {
        return Verdict::Unknown("the kind of the account is not known");
    }
    if is_new(user, cx) {
        return Verdict::Passed;
    }
    // With shared calling nobody needs a number of one's own.
    match shares_a_number(user, cx) {
        Answer::Yes => return Verdict::Passed,
        Answer::No => {}
        Answer::Unknown => {
            return Verdict::Unknown("no export tells whether the user has shared calling");
        }
    }
    if user.created.is_absent() {
        return Verdict::Unknown("the export does not tell when the account was made");
    }
    let name = tenant.user_name(user);
    let product = sku.name();
    let place = if user.skus.is_absent() {
        "LicenseAssignmentStates"
    } else {
        "AssignedLicenses"
    };
    found(
        Draft::new(
            Severity::Info,
            tenant.user_subject(user),
            format!("`{name}` has the license `{product}`, but no number"),
            Label::new(user.at(place), "paid for nothing"),
        )
        .related([Label::new(user.at("LineUri"), "no number")])
        .remedy(
            "assign a number, or remove the license",
            removal_on_choice(&tenant.user_identity(user), sku),
        ),
    )
}

/// Whether the user calls with the number of a resource account: by a policy of one's own, or by the Global one where that
/// names an account.
fn shares_a_number(user: &User, cx: &Cx) -> Answer {
    match cx.tenant.effective(user, PolicyKind::SharedCalling) {
        Effective::Assigned { .. } => Answer::Yes,
        Effective::Unknown => Answer::Unknown,
        Effective::Global => match cx.tenant.shared_calling_policies.global() {
            Some(policy) if policy.account.is_absent() => Answer::Unknown,
            Some(policy) => policy.account.value().is_some().into(),
            // It exists everywhere, and names no account until somebody sets one.
            None => Answer::No,
        },
    }
}

fn is_new(user: &User, cx: &Cx) -> bool {
    let days = i64::from(cx.options::<Options>().new_days);
    match (user.created.get(), cx.now) {
        (Some(created), Some(now)) => now.ms() - created.ms() < days * DAY,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::Verdict;
    use crate::rules::testing::verdicts;

    const ID: &str = "00000000-0000-4000-8000-000000000001";

    fn severity(verdicts: &[Verdict]) -> &'static str {
        match verdicts {
            [Verdict::Found(draft)] => draft.severity.name(),
            other => panic!("{other:?}"),
        }
    }

    fn judge(sku: &str, properties: &str) -> Vec<Verdict> {
        judge_with(sku, properties, &[])
    }

    fn judge_with(sku: &str, properties: &str, more: &[(&str, &str)]) -> Vec<Verdict> {
        let users = format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","AccountType":"User","SoftDeletionTimestamp":null{properties}}}]"#
        );
        let graph = format!(
            r#"[{{"id":"{ID}","userPrincipalName":"a@contoso.example","accountEnabled":true,"assignedLicenses":[{{"skuId":"{sku}","disabledPlans":[]}}]}}]"#
        );
        let mut files = vec![
            ("Get-CsOnlineUser.json", users.as_str()),
            ("graph-users.json", &graph),
            (
                "manifest.json",
                r#"{"exportedAt":"2026-09-14T00:00:00Z","exports":[]}"#,
            ),
        ];
        files.extend(more);
        verdicts("LI012", &files)
    }

    const PLAN: &str = "11dee6af-eca8-419f-8061-6864517c1875";
    const PHONE: &str = "e43b5b99-8dfb-405f-9987-dc307f34bcbd";
    const E5: &str = "06ebc4ee-1bb5-47dd-8120-11324bc54e06";
    const UNTOLD: &str = r#","LineUri":null,"EnterpriseVoiceEnabled":false"#;
    const NONE: &str =
        r#","LineUri":null,"EnterpriseVoiceEnabled":false,"TeamsSharedCallingRoutingPolicy":null"#;

    #[test]
    fn licenses_of_their_own_without_a_number_are_found() {
        let old = format!(r#"{NONE},"WhenCreated":"2024-02-01T00:00:00Z""#);
        assert_eq!(severity(&judge(PLAN, &old)), "info");
        assert_eq!(severity(&judge(PHONE, &old)), "info");
        assert!(matches!(judge(PLAN, NONE)[..], [Verdict::Unknown(_)]));
        assert!(judge(E5, NONE).is_empty(), "a suite");
        assert!(judge(PLAN, r#","LineUri":"tel:+12065550101""#).is_empty());
    }

    #[test]
    fn an_account_of_unknown_kind_is_open_where_it_has_such_a_license() {
        let judge = |sku: &str| {
            let users = format!(
                r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","SoftDeletionTimestamp":null,"WhenCreated":"2024-02-01T00:00:00Z"{NONE}}}]"#
            );
            let graph = format!(
                r#"[{{"id":"{ID}","userPrincipalName":"a@contoso.example","assignedLicenses":[{{"skuId":"{sku}","disabledPlans":[]}}]}}]"#
            );
            let files = [
                ("Get-CsOnlineUser.json", users.as_str()),
                ("graph-users.json", &graph),
            ];
            verdicts("LI012", &files)
        };
        let open = judge(PLAN);
        assert!(matches!(open[..], [Verdict::Unknown(_)]), "{open:?}");
        assert!(judge(E5).is_empty());
    }

    #[test]
    fn what_a_group_brings_goes_with_the_group_and_what_failed_was_never_there() {
        let judge = |error: &str, assigned: &str| {
            let users = format!(
                r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","AccountType":"User","SoftDeletionTimestamp":null,"WhenCreated":"2024-02-01T00:00:00Z"{NONE}}}]"#
            );
            let graph = format!(
                r#"[{{"id":"{ID}","userPrincipalName":"a@contoso.example","accountEnabled":true,"assignedLicenses":[{assigned}],
                    "licenseAssignmentStates":[{{"skuId":"{PLAN}","assignedByGroup":"00000000-0000-4000-8000-0000000000aa","disabledPlans":[],"error":"{error}"}}]}}]"#
            );
            let files = [
                ("Get-CsOnlineUser.json", users.as_str()),
                ("graph-users.json", &graph),
            ];
            verdicts("LI012", &files)
        };
        let assigned = format!(r#"{{"skuId":"{PLAN}","disabledPlans":[]}}"#);
        match &judge("None", &assigned)[..] {
            [Verdict::Found(draft)] => assert_eq!(
                draft.remedy.commands,
                [
                    "# 'Microsoft 365 Domestic Calling Plan (120 min)' comes from a group: take the account out of it"
                ]
            ),
            other => panic!("{other:?}"),
        }
        assert!(judge("CountViolation", "").is_empty());
    }

    #[test]
    fn new_people_and_shared_calling_may_have_none() {
        let new = format!(r#"{NONE},"WhenCreated":"2026-09-05T00:00:00Z""#);
        assert!(matches!(judge(PLAN, &new)[..], [Verdict::Passed]));
        let old = format!(r#"{NONE},"WhenCreated":"2026-08-31T00:00:00Z""#);
        assert_eq!(severity(&judge(PLAN, &old)), "info");
        let shared = format!(
            r#"{UNTOLD},"TeamsSharedCallingRoutingPolicy":"SC1","WhenCreated":"2024-02-01T00:00:00Z""#
        );
        assert!(matches!(judge(PHONE, &shared)[..], [Verdict::Passed]));
    }

    #[test]
    fn shared_calling_that_is_not_told_or_for_everybody_is_no_finding() {
        const OLD: &str = r#","WhenCreated":"2024-02-01T00:00:00Z""#;
        let untold = judge(PLAN, &format!("{UNTOLD}{OLD}"));
        assert!(matches!(untold[..], [Verdict::Unknown(_)]), "{untold:?}");
        let global = |account: &str| {
            let policies = format!(r#"[{{"Identity":"Global","EmergencyNumbers":[]{account}}}]"#);
            let more = (
                "Get-CsTeamsSharedCallingRoutingPolicy.json",
                policies.as_str(),
            );
            judge_with(PHONE, &format!("{NONE}{OLD}"), &[more])
        };
        let shared = global(&format!(r#","ResourceAccount":"{ID}""#));
        assert!(matches!(shared[..], [Verdict::Passed]), "{shared:?}");
        assert_eq!(severity(&global(r#","ResourceAccount":null"#)), "info");
        let cut = global("");
        assert!(matches!(cut[..], [Verdict::Unknown(_)]), "{cut:?}");
    }

    #[test]
    fn a_suite_without_teams_is_no_add_on() {
        let old = format!(r#"{NONE},"WhenCreated":"2024-02-01T00:00:00Z""#);
        assert!(judge("71772aeb-4bb8-4f74-9dd4-36c7a9b5ca74", &old).is_empty());
    }
}
