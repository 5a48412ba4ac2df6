//! `rules/licenses/license-granted-twice.md`

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Severity};
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::snapshot::service_plans::PlanClass;
use crate::tenant::{OwnSku, User};

pub(super) const RULE: Declared = rule!("licenses", "license-granted-twice", Check::User(check));

/// Plans of which a second one brings nothing, with their names.
const CLASSES: [(PlanClass, &str); 3] = [
    (PlanClass::PhoneSystem, "Teams Phone"),
    (PlanClass::CallingPlan, "Calling Plan"),
    (PlanClass::AudioConferencing, "Audio Conferencing"),
];

fn check(user: &User, cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    if tenant.is_deleted(user) {
        return Verdict::NotApplicable;
    }
    let Some(skus) = tenant.skus_of(user) else {
        return Verdict::Unknown("no export tells the SKUs of the user");
    };
    for (class, plan) in CLASSES {
        let bringing: Vec<&OwnSku> = skus.iter().filter(|sku| sku.brings(class)).collect();
        let alone = bringing.iter().find(|sku| sku.is_stand_alone(class));
        let other = alone.and_then(|alone| bringing.iter().find(|sku| sku.id != alone.id));
        if let (Some(alone), Some(other)) = (alone, other) {
            return found(draft(user, plan, alone, other, cx));
        }
    }
    Verdict::Passed
}

fn draft(user: &User, plan: &str, alone: &OwnSku, other: &OwnSku, cx: &Cx) -> Draft {
    let tenant = cx.tenant;
    let name = tenant.user_name(user);
    let place = if user.skus.is_absent() {
        "LicenseAssignmentStates"
    } else {
        "AssignedLicenses"
    };
    Draft::new(
        Severity::Info,
        tenant.user_subject(user),
        format!("`{name}` has {plan} twice, from `{}` and from `{}`", other.name(), alone.name()),
        Label::new(user.at(place), format!("`{}` can go", alone.name())),
    )
    .remedy(
        "remove the license that brings nothing more",
        [
            "# the number stays, because the plan does; do not remove the other one in the same hour".to_owned(),
            format!(
                "Set-MgUserLicense -UserId {} -AddLicenses @() -RemoveLicenses @({})",
                quoted(&name),
                quoted(&alone.id.to_string())
            ),
        ],
    )
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

    fn judge(states: &str) -> Vec<Verdict> {
        let users = format!(
            r#"[{{"id":"{ID}","userPrincipalName":"a@contoso.example","accountEnabled":true,"licenseAssignmentStates":[{states}]}}]"#
        );
        verdicts("LI013", &[("graph-users.json", &users)])
    }

    const E5: &str = r#"{"skuId":"06ebc4ee-1bb5-47dd-8120-11324bc54e06","disabledPlans":[]}"#;
    const E5_OFF: &str = r#"{"skuId":"06ebc4ee-1bb5-47dd-8120-11324bc54e06","disabledPlans":["4828c8ec-dc2e-4779-b502-87ac9ce28ab7"]}"#;
    const PHONE: &str = r#"{"skuId":"e43b5b99-8dfb-405f-9987-dc307f34bcbd","disabledPlans":[]}"#;

    #[test]
    fn one_plan_from_a_suite_and_an_add_on_is_found() {
        assert_eq!(severity(&judge(&format!("{E5},{PHONE}"))), "info");
        assert!(matches!(
            judge(&format!("{E5_OFF},{PHONE}"))[..],
            [Verdict::Passed]
        ));
        assert!(matches!(judge(E5)[..], [Verdict::Passed]));
        assert!(matches!(judge(PHONE)[..], [Verdict::Passed]));
    }
}
