//! `rules/licenses/license-direct-and-by-group.md`

use std::collections::BTreeMap;

use crate::finding::{Draft, Label, Severity};
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::snapshot::ObjectId;
use crate::snapshot::record::LicenseState;
use crate::snapshot::service_plans::{PlanClass, plan_by_id, sku_by_id};
use crate::tenant::User;

pub(super) const RULE: Declared = rule!(
    "licenses",
    "license-direct-and-by-group",
    Check::User(check)
);

/// Plans whose loss takes voice away.
const VOICE: [PlanClass; 3] = [
    PlanClass::PhoneSystem,
    PlanClass::CallingPlan,
    PlanClass::ResourceAccount,
];

fn check(user: &User, cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    if tenant.is_deleted(user) {
        return Verdict::NotApplicable;
    }
    let Some(states) = user.license_states.get() else {
        return if user.license_states.is_null() {
            Verdict::NotApplicable
        } else {
            Verdict::Unknown("the export does not tell where the licenses come from")
        };
    };
    let mut by_sku: BTreeMap<ObjectId, Vec<&LicenseState>> = BTreeMap::new();
    let all = tenant.snapshot.texts.list(states).iter();
    // A way that failed brings nothing.
    for state in all.filter(|state| state.error.is_none()) {
        let voice = sku_by_id(state.sku.bits())
            .is_some_and(|sku| VOICE.into_iter().any(|class| sku.plans.contains(class)));
        if voice {
            by_sku.entry(state.sku).or_default().push(state);
        }
    }
    let mut worst: Option<Draft> = None;
    for (sku, ways) in by_sku {
        let direct = ways.iter().any(|state| state.by_group.is_none());
        let groups = ways.iter().filter(|state| state.by_group.is_some()).count();
        let opposed = ways.iter().any(|state| switches_off_voice(state))
            && !ways.iter().all(|state| switches_off_voice(state));
        let next = if groups > 1 && opposed {
            draft(
                user,
                sku,
                Severity::Warning,
                "by groups that switch different plans off",
                cx,
            )
        } else if direct && groups > 0 {
            draft(
                user,
                sku,
                Severity::Info,
                "both directly and by a group",
                cx,
            )
        } else {
            continue;
        };
        if worst
            .as_ref()
            .is_none_or(|known| known.severity < next.severity)
        {
            worst = Some(next);
        }
    }
    worst.map_or(Verdict::Passed, found)
}

fn switches_off_voice(state: &LicenseState) -> bool {
    state
        .disabled
        .iter()
        .any(|plan| plan_by_id(plan.bits()).is_some_and(|plan| VOICE.contains(&plan.class)))
}

fn draft(user: &User, sku: ObjectId, severity: Severity, how: &str, cx: &Cx) -> Draft {
    let tenant = cx.tenant;
    let name = tenant.user_name(user);
    let product =
        sku_by_id(sku.bits()).map_or_else(|| sku.to_string(), |sku| sku.product.to_owned());
    Draft::new(
        severity,
        tenant.user_subject(user),
        format!("`{name}` has the license `{product}` {how}"),
        Label::new(user.at("LicenseAssignmentStates"), "more than one way"),
    )
    .remedy(
        "keep one of the ways",
        ["# before you remove one of them, make sure that the other brings the same plans: the number goes with the last one".to_owned()],
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

    fn judge(ways: &[(&str, &str)]) -> Vec<Verdict> {
        let states: Vec<String> = ways
            .iter()
            .map(|(group, off)| {
                format!(r#"{{"skuId":"e43b5b99-8dfb-405f-9987-dc307f34bcbd","assignedByGroup":{group},"disabledPlans":[{off}]}}"#)
            })
            .collect();
        let users = format!(
            r#"[{{"id":"{ID}","userPrincipalName":"a@contoso.example","accountEnabled":true,"licenseAssignmentStates":[{}]}}]"#,
            states.join(",")
        );
        verdicts("LI014", &[("graph-users.json", &users)])
    }

    const ONE: &str = "\"00000000-0000-4000-8000-0000000000aa\"";
    const TWO: &str = "\"00000000-0000-4000-8000-0000000000bb\"";
    const OFF: &str = "\"4828c8ec-dc2e-4779-b502-87ac9ce28ab7\"";

    #[test]
    fn two_ways_are_an_info_and_opposed_ones_a_warning() {
        assert_eq!(severity(&judge(&[("null", ""), (ONE, "")])), "info");
        assert_eq!(severity(&judge(&[(ONE, ""), (TWO, OFF)])), "warning");
        assert!(matches!(
            judge(&[(ONE, ""), (TWO, "")])[..],
            [Verdict::Passed]
        ));
        assert!(matches!(judge(&[("null", "")])[..], [Verdict::Passed]));
    }

    #[test]
    fn a_way_that_failed_is_none() {
        let users = format!(
            r#"[{{"id":"{ID}","userPrincipalName":"a@contoso.example","accountEnabled":true,"licenseAssignmentStates":[
                {{"skuId":"e43b5b99-8dfb-405f-9987-dc307f34bcbd","assignedByGroup":null,"disabledPlans":[],"error":"None"}},
                {{"skuId":"e43b5b99-8dfb-405f-9987-dc307f34bcbd","assignedByGroup":{ONE},"disabledPlans":[],"error":"CountViolation"}}]}}]"#
        );
        let told = verdicts("LI014", &[("graph-users.json", &users)]);
        assert!(matches!(told[..], [Verdict::Passed]), "{told:?}");
    }

    #[test]
    fn a_license_of_one_group_opposes_none_of_another() {
        assert_eq!(severity(&judge(&[("null", ""), (ONE, OFF)])), "info");
    }

    #[test]
    fn of_two_licenses_the_worse_speaks_and_of_equals_the_first() {
        const E5: &str = "06ebc4ee-1bb5-47dd-8120-11324bc54e06";
        const PHONE: &str = "e43b5b99-8dfb-405f-9987-dc307f34bcbd";
        let state = |sku: &str, group: &str, off: &str| {
            format!(r#"{{"skuId":"{sku}","assignedByGroup":{group},"disabledPlans":[{off}]}}"#)
        };
        let twice = |sku: &str| format!("{},{}", state(sku, "null", ""), state(sku, ONE, ""));
        let opposed = |sku: &str| format!("{},{}", state(sku, ONE, ""), state(sku, TWO, OFF));
        let said = |states: [String; 2]| {
            let users = format!(
                r#"[{{"id":"{ID}","userPrincipalName":"a@contoso.example","accountEnabled":true,"licenseAssignmentStates":[{}]}}]"#,
                states.join(",")
            );
            match &verdicts("LI014", &[("graph-users.json", &users)])[..] {
                [Verdict::Found(draft)] => (draft.severity.name(), draft.message.clone()),
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(said([twice(E5), opposed(PHONE)]).0, "warning");
        assert_eq!(said([opposed(E5), twice(PHONE)]).0, "warning");
        let (severity, message) = said([twice(E5), twice(PHONE)]);
        assert_eq!(severity, "info");
        assert!(message.contains("E5"), "{message}");
    }
}
