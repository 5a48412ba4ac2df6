//! `rules/licenses/license-granted-twice.md`

use crate::finding::{Draft, Label, Severity};
use crate::rules::license_removal::removal;
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::snapshot::service_plans::PlanClass;
use crate::tenant::{Answer, OwnSku, User};

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
        let mut add_ons = skus.iter().filter(|sku| sku.is_stand_alone(class));
        let twice = add_ons.find_map(|alone| {
            let mut others = skus.iter();
            // What comes from subscriptions that have all lapsed works no more.
            let other = others.find(|other| {
                alone.is_repeated_by(other, class)
                    && tenant.has_usable_units(other.id) != Answer::No
            })?;
            Some((alone, other))
        });
        if let Some((alone, other)) = twice {
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
    let mut commands = vec![
        "# the number stays, because the plan does; do not remove the other one in the same hour"
            .to_owned(),
    ];
    commands.extend(removal(&tenant.user_identity(user), alone));
    Draft::new(
        Severity::Info,
        tenant.user_subject(user),
        format!(
            "`{name}` has {plan} twice, from `{}` and from `{}`",
            other.name(),
            alone.name()
        ),
        Label::new(user.at(place), format!("`{}` can go", alone.name())),
    )
    .remedy("remove the license that brings nothing more", commands)
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

    fn sku(id: &str) -> String {
        format!(r#"{{"skuId":"{id}","assignedByGroup":null,"disabledPlans":[]}}"#)
    }

    /// What is typed against two SKUs; nothing where both may stay.
    fn commands(one: &str, other: &str) -> Option<Vec<String>> {
        match judge(&format!("{one},{other}")).into_iter().next() {
            Some(Verdict::Found(draft)) => Some(draft.remedy.commands),
            Some(Verdict::Passed) => None,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn plans_of_one_kind_that_bring_different_things_are_not_twice() {
        let minutes = sku("a91fc4e0-65e5-4266-aa76-4037509c1626");
        let international = sku("d3b4fe1f-9992-4930-8acb-ca6ec609365e");
        assert_eq!(commands(&minutes, &international), None);
        let to_america = sku("1c27243e-fb4d-42b1-ae8c-fe25c9616588");
        assert_eq!(commands(E5, &to_america), None);
        let conferencing = sku("0c266dff-15dd-4b49-8397-2bb16070ed52");
        assert!(commands(E5, &conferencing).is_some());
        let domestic = sku("0dab259f-bf13-4952-b7f8-7db8f131b28d");
        let with_phone = sku("ae2343d1-0999-43f6-ae18-d816516f6e78");
        assert!(commands(&domestic, &with_phone).is_some());
    }

    #[test]
    fn no_suite_is_removed_and_nothing_that_brings_more() {
        // Office 365 E5 EEA (no Teams) without Audio Conferencing.
        let suite = sku("71772aeb-4bb8-4f74-9dd4-36c7a9b5ca74");
        let lines = commands(&suite, PHONE).expect("Teams Phone twice");
        assert!(
            lines[1].ends_with("@('e43b5b99-8dfb-405f-9987-dc307f34bcbd')"),
            "{lines:?}"
        );
        // Only the first one brings text messages.
        let with_texts = sku("11dee6af-eca8-419f-8061-6864517c1875");
        let without = sku("54a152dc-90de-4996-93d2-bc47e670fc06");
        let lines = commands(&with_texts, &without).expect("a Calling Plan twice");
        assert!(
            lines[1].ends_with("@('54a152dc-90de-4996-93d2-bc47e670fc06')"),
            "{lines:?}"
        );
    }

    #[test]
    fn the_only_license_that_works_is_not_one_of_two() {
        let failed = r#"{"skuId":"06ebc4ee-1bb5-47dd-8120-11324bc54e06","assignedByGroup":"00000000-0000-4000-8000-00000000004d","disabledPlans":[],"error":"CountViolation"}"#;
        assert_eq!(commands(failed, PHONE), None);
        let users = format!(
            r#"[{{"id":"{ID}","userPrincipalName":"a@contoso.example","accountEnabled":true,"licenseAssignmentStates":[{E5},{PHONE}]}}]"#
        );
        let judge = |enabled: u32, warning: u32| {
            let skus = format!(
                r#"[{{"skuId":"06ebc4ee-1bb5-47dd-8120-11324bc54e06","skuPartNumber":"SPE_E5","consumedUnits":1,"prepaidUnits":{{"enabled":{enabled},"suspended":25,"warning":{warning}}}}}]"#
            );
            let files = [
                ("graph-users.json", users.as_str()),
                ("subscribedSkus.json", &skus),
            ];
            verdicts("LI013", &files)
        };
        let lapsed = judge(0, 0);
        assert!(matches!(lapsed[..], [Verdict::Passed]), "{lapsed:?}");
        assert_eq!(severity(&judge(0, 1)), "info");
        assert_eq!(severity(&judge(1, 0)), "info");
    }

    #[test]
    fn what_a_group_brings_is_not_removed_from_the_account() {
        let by_group = r#"{"skuId":"e43b5b99-8dfb-405f-9987-dc307f34bcbd","assignedByGroup":"00000000-0000-4000-8000-00000000004d","disabledPlans":[]}"#;
        let lines = commands(E5, by_group).expect("Teams Phone twice");
        assert!(lines.iter().all(|line| line.starts_with('#')), "{lines:?}");
        assert!(lines[1].contains("comes from a group"), "{lines:?}");
        let both = format!("{by_group},{}", sku("e43b5b99-8dfb-405f-9987-dc307f34bcbd"));
        let lines = commands(E5, &both).expect("Teams Phone twice");
        assert!(lines[1].starts_with("Set-MgUserLicense"), "{lines:?}");
        assert!(lines[2].contains("comes from a group"), "{lines:?}");
    }
}
