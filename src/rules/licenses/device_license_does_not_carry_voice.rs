//! `rules/licenses/device-license-does-not-carry-voice.md`

use crate::finding::{Draft, Label, Severity};
use crate::rules::numbered::{found, person};
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::snapshot::service_plans::PlanClass;
use crate::tenant::{Answer, User};

pub(super) const RULE: Declared = rule!(
    "licenses",
    "device-license-does-not-carry-voice",
    Check::User(check)
);

fn check(user: &User, cx: &Cx) -> Verdict {
    if let Err(verdict) = person(user, cx) {
        return verdict;
    }
    let tenant = cx.tenant;
    let is = |class| tenant.licensed(user, class);
    let device = [is(PlanClass::Room), is(PlanClass::SharedDevice)];
    if !device.contains(&Answer::Yes) {
        return if device.contains(&Answer::Unknown) {
            Verdict::Unknown("no export tells the licenses of the account")
        } else {
            Verdict::NotApplicable
        };
    }
    match is(PlanClass::PhoneSystem) {
        Answer::Yes => return Verdict::Passed,
        Answer::Unknown => return Verdict::Unknown("no export tells the licenses of the account"),
        Answer::No => {}
    }
    let name = tenant.user_name(user);
    let number = tenant
        .line_of(user)
        .map(|(number, _)| number)
        .unwrap_or_default();
    found(
        Draft::new(
            Severity::Error,
            tenant.user_subject(user),
            format!("`{name}` has the number `{number}`, but its device license does not include Teams Phone"),
            Label::new(user.at("AssignedPlan"), "a license of a device, without MCOEV"),
        )
        .related(tenant.number_label(user, "calls to and from this number fail"))
        .remedy(
            "assign Teams Rooms Pro or Teams Phone Shared Devices, which include Teams Phone",
            ["# Microsoft 365 admin center > Users > the account > Licenses and apps; Teams Rooms Basic does not do".to_owned()],
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

    fn judge(plan: &[(&str, &str)]) -> Vec<Verdict> {
        let users = format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"room@contoso.example","AccountType":"User","LineUri":"tel:+12065550101","SoftDeletionTimestamp":null,"AssignedPlan":{},"FeatureTypes":["Teams"]}}]"#,
            plans(plan)
        );
        verdicts("LI008", &[("Get-CsOnlineUser.json", &users)])
    }

    #[test]
    fn a_room_needs_a_license_with_teams_phone() {
        assert_eq!(
            severity(&judge(&[("Teams_Room_Basic", "Enabled")])),
            "error"
        );
        let pro = [("Teams_Room_Pro", "Enabled"), ("MCOEV", "Enabled")];
        assert!(matches!(judge(&pro)[..], [Verdict::Passed]));
        assert!(judge(&[("Teams", "Enabled")]).is_empty());
    }
}
