//! `rules/resource-accounts/half-done-license-swap.md`

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Severity};
use crate::rules::license_removal::{find_phone, removal_for};
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::snapshot::Field;
use crate::snapshot::service_plans::PlanClass;
use crate::tenant::{Answer, ResourceAccount, User};

pub(super) const RULE: Declared = rule!(
    "resource-accounts",
    "half-done-license-swap",
    Check::ResourceAccount(check)
);

fn check(account: &ResourceAccount, cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    let Some(user) = tenant.user_of(account) else {
        return Verdict::Unknown("the directory does not list the account");
    };
    if tenant.is_deleted(user) {
        return Verdict::NotApplicable;
    }
    let own = tenant.virtual_user(user);
    let full = tenant.phone_system(user);
    if own == Answer::Unknown || full == Answer::Unknown {
        return Verdict::Unknown("no export tells the licenses of the account");
    }
    let fading = user.plans.value().is_some_and(|plans| {
        let class = PlanClass::PhoneSystem;
        !plans.solid.contains(class)
            && (plans.in_grace.contains(class) || plans.stopped.contains(class))
    });
    let (severity, what, label) = match (own, full) {
        (Answer::Yes, _) if fading => (
            Severity::Warning,
            "still lists a Teams Phone plan that is on its way out",
            "the plan that was removed is still listed",
        ),
        (Answer::Yes, Answer::Yes) => (
            Severity::Info,
            "has the Teams Phone Resource Account license and a full Teams Phone license at once",
            "both are here",
        ),
        (Answer::No, Answer::No)
            if tenant.has_number(account) == Answer::Yes && had_one(account, cx) =>
        {
            (
                Severity::Error,
                "lost its license between the two snapshots, and still has a number",
                "no Teams Phone plan here any more",
            )
        }
        // Only plans tell that one is on its way out.
        (Answer::Yes, _) if !tells_plans(user) => {
            return Verdict::Unknown("the export does not tell the plans of the account");
        }
        _ => return Verdict::Passed,
    };
    found(draft(account, user, severity, what, label, cx))
}

fn tells_plans(user: &User) -> bool {
    match &user.plans {
        Field::Value(plans) => !plans.unsure.contains(PlanClass::PhoneSystem),
        Field::Null => true,
        Field::Absent => false,
    }
}

/// Whether the account had either license in the earlier snapshot.
fn had_one(account: &ResourceAccount, cx: &Cx) -> bool {
    let Some(previous) = cx.previous else {
        return false;
    };
    previous.user(account.id).is_some_and(|user| {
        previous.virtual_user(user) == Answer::Yes || previous.phone_system(user) == Answer::Yes
    })
}

fn draft(
    account: &ResourceAccount,
    user: &User,
    severity: Severity,
    what: &str,
    label: &'static str,
    cx: &Cx,
) -> Draft {
    let tenant = cx.tenant;
    let name = tenant.resource_account_name(account);
    let id = quoted(&tenant.resource_account_identity(account));
    let sku = tenant.resource_account_sku().id;
    let (summary, commands) = match severity {
        Severity::Error => (
            "assign the Teams Phone Resource Account license at once, and test the number",
            vec![
                format!("Set-MgUserLicense -UserId {id} -AddLicenses @(@{{SkuId='{sku}'}}) -RemoveLicenses @()"),
                "# call the number; if the account stays broken: make a new one, move the number and the association, delete the old one".to_owned(),
            ],
        ),
        Severity::Info => (
            "finish the swap: remove the full license",
            finish(user, &tenant.resource_account_identity(account), cx),
        ),
        Severity::Warning => (
            "wait until the old plan is gone, and test the number",
            vec!["# call the number; if the account stays broken: make a new one, move the number and the association, delete the old one".to_owned()],
        ),
    };
    Draft::new(
        severity,
        tenant.account_subject(account),
        format!("`{name}` {what}"),
        Label::new(user.at("AssignedPlan"), label),
    )
    .related(
        tenant
            .service_number(account)
            .map(|(place, _)| Label::new(place, "its number")),
    )
    .remedy(summary, commands)
}

/// What takes off whichever SKU of the account brings Teams Phone, a stand-alone one or a suite.
fn finish(user: &User, identity: &str, cx: &Cx) -> Vec<String> {
    let class = PlanClass::PhoneSystem;
    let mut own = cx.tenant.skus_of(user).unwrap_or_default();
    own.retain(|sku| sku.brings(class));
    if !own.is_empty() {
        let lines = own.iter().flat_map(|sku| removal_for(class, identity, sku));
        return lines.collect();
    }
    let id = quoted(identity);
    let remove =
        format!("Set-MgUserLicense -UserId {id} -AddLicenses @() -RemoveLicenses @($phone.SkuId)");
    find_phone(&id).into_iter().chain([remove]).collect()
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

    fn account(properties: &str) -> String {
        format!(
            r#"[{{"ObjectId":"{ID}","ApplicationId":"ce933385-9390-45d1-9512-c8d228074e07","UserPrincipalName":"ra@contoso.example"{properties}}}]"#
        )
    }

    fn user(properties: &str) -> String {
        format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"ra@contoso.example","AccountType":"ResourceAccount","SoftDeletionTimestamp":null{properties}}}]"#
        )
    }

    fn plans(plans: &[(&str, &str)]) -> String {
        let plans: Vec<String> = plans
            .iter()
            .map(|(plan, status)| {
                format!(r#"{{"Capability":"{plan}","CapabilityStatus":"{status}"}}"#)
            })
            .collect();
        format!(
            r#","AssignedPlan":[{}],"FeatureTypes":["Teams"]"#,
            plans.join(",")
        )
    }

    use crate::rules::testing::verdicts_after;

    fn judge(plan: &[(&str, &str)]) -> Vec<Verdict> {
        let users = user(&plans(plan));
        verdicts(
            "RA003",
            &[
                ("Get-CsOnlineApplicationInstance.json", &account("")),
                ("Get-CsOnlineUser.json", &users),
            ],
        )
    }

    #[test]
    fn both_at_once_and_a_plan_on_its_way_out_are_told() {
        let own = ("MCOEV_VIRTUALUSER", "Enabled");
        assert_eq!(severity(&judge(&[own, ("MCOEV", "Enabled")])), "info");
        assert_eq!(severity(&judge(&[own, ("MCOEV", "Deleted")])), "warning");
        assert_eq!(severity(&judge(&[own, ("MCOEV", "Warning")])), "warning");
        assert!(matches!(judge(&[own])[..], [Verdict::Passed]));
        assert!(matches!(
            judge(&[("Teams", "Enabled")])[..],
            [Verdict::Passed]
        ));
    }

    #[test]
    fn the_swap_is_finished_with_the_license_that_the_account_has() {
        let commands = |licenses: &str| {
            let both = plans(&[("MCOEV_VIRTUALUSER", "Enabled"), ("MCOEV", "Enabled")]);
            let (accounts, users) = (account(""), user(&format!("{both}{licenses}")));
            let files = [
                ("Get-CsOnlineApplicationInstance.json", accounts.as_str()),
                ("Get-CsOnlineUser.json", &users),
            ];
            match verdicts("RA003", &files).into_iter().next() {
                Some(Verdict::Found(draft)) => draft.remedy.commands,
                other => panic!("{other:?}"),
            }
        };
        let with = |id: &str| {
            commands(&format!(
                r#","AssignedLicenses":[{{"skuId":"{id}","disabledPlans":[]}},{{"skuId":"440eaaa8-b3e0-484b-a8be-62870b9ba70a","disabledPlans":[]}}]"#
            ))
        };
        assert_eq!(
            with("e43b5b99-8dfb-405f-9987-dc307f34bcbd"),
            [
                "Set-MgUserLicense -UserId 'ra@contoso.example' -AddLicenses @() -RemoveLicenses @('e43b5b99-8dfb-405f-9987-dc307f34bcbd')"
            ]
        );
        assert_eq!(
            with("06ebc4ee-1bb5-47dd-8120-11324bc54e06"),
            [
                "# 'Microsoft 365 E5' is a suite: all else that it brings goes with it, such as Teams, Audio Conferencing, Skype for Business Online",
                "Set-MgUserLicense -UserId 'ra@contoso.example' -AddLicenses @() -RemoveLicenses @('06ebc4ee-1bb5-47dd-8120-11324bc54e06')",
            ]
        );
        let looked_up = commands("");
        assert!(looked_up[0].starts_with("$phone = "), "{looked_up:?}");
        assert!(
            looked_up[1].starts_with("# where that is a suite"),
            "{looked_up:?}"
        );
        assert!(looked_up[2].ends_with("@($phone.SkuId)"), "{looked_up:?}");
        let by_group = commands(
            r#","LicenseAssignmentStates":[{"skuId":"06ebc4ee-1bb5-47dd-8120-11324bc54e06","assignedByGroup":"00000000-0000-4000-8000-0000000000aa","disabledPlans":[]}]"#,
        );
        assert!(
            by_group.iter().all(|line| line.starts_with('#')),
            "{by_group:?}"
        );
    }

    #[test]
    fn a_license_that_was_there_before_is_an_error() {
        let before = user(&plans(&[("MCOEV", "Enabled")]));
        let after = user(&(plans(&[("Teams", "Enabled")]) + r#","LineUri":"tel:+12065550101""#));
        let accounts = account("");
        let accounts = ("Get-CsOnlineApplicationInstance.json", accounts.as_str());
        let verdicts = verdicts_after(
            "RA003",
            &[accounts, ("Get-CsOnlineUser.json", &before)],
            &[accounts, ("Get-CsOnlineUser.json", &after)],
        );
        assert_eq!(severity(&verdicts), "error");
    }

    #[test]
    fn features_alone_do_not_tell_what_is_on_its_way_out() {
        let judge = |plans: &str| {
            let users = format!(
                r#"[{{"Identity":"{ID}","UserPrincipalName":"ra@contoso.example","AccountType":"ResourceAccount","SoftDeletionTimestamp":null,"FeatureTypes":["VoiceApp"]{plans}}}]"#
            );
            verdicts("RA003", &[("Get-CsOnlineUser.json", &users)])
        };
        assert!(matches!(judge("")[..], [Verdict::Unknown(_)]));
        let whole =
            r#","AssignedPlan":[{"Capability":"MCOEV_VIRTUALUSER","CapabilityStatus":"Enabled"}]"#;
        assert!(matches!(judge(whole)[..], [Verdict::Passed]));
    }

    #[test]
    fn a_swap_needs_both_licenses_to_be_told() {
        let own = ("MCOEV_VIRTUALUSER", "Enabled");
        let fading = ("MCOEV", "Resting");
        let open = judge(&[own, fading]);
        assert!(matches!(open[..], [Verdict::Unknown(_)]), "{open:?}");
    }

    #[test]
    fn an_account_that_never_had_a_license_lost_none() {
        let after = user(&(plans(&[("Teams", "Enabled")]) + r#","LineUri":"tel:+12065550101""#));
        let accounts = account("");
        let accounts = ("Get-CsOnlineApplicationInstance.json", accounts.as_str());
        let before = |plan: &str| {
            let before = user(&plans(&[(plan, "Enabled")]));
            verdicts_after(
                "RA003",
                &[accounts, ("Get-CsOnlineUser.json", &before)],
                &[accounts, ("Get-CsOnlineUser.json", &after)],
            )
        };
        assert_eq!(severity(&before("MCOEV_VIRTUALUSER")), "error");
        let never = before("Teams");
        assert!(!matches!(never[..], [Verdict::Found(_)]), "{never:?}");
        let first = verdicts("RA003", &[accounts, ("Get-CsOnlineUser.json", &after)]);
        assert!(!matches!(first[..], [Verdict::Found(_)]), "{first:?}");
    }

    /// The account with these plans and no list of features, which would say what plans leave open.
    fn by_plans_alone(listed: &[(&str, &str)]) -> Vec<Verdict> {
        let users = user(&plans(listed)).replace(r#","FeatureTypes":["Teams"]"#, "");
        verdicts(
            "RA003",
            &[
                ("Get-CsOnlineApplicationInstance.json", &account("")),
                ("Get-CsOnlineUser.json", &users),
            ],
        )
    }

    #[test]
    fn one_license_that_is_not_known_leaves_the_swap_open() {
        let (own, full) = ("MCOEV_VIRTUALUSER", "MCOEV");
        let both = by_plans_alone(&[(own, "Enabled"), (full, "Enabled")]);
        assert_eq!(severity(&both), "info");
        for open in [
            by_plans_alone(&[(own, "Resting"), (full, "Enabled")]),
            by_plans_alone(&[(full, "Resting")]),
            by_plans_alone(&[(own, "Resting")]),
        ] {
            assert!(matches!(open[..], [Verdict::Unknown(_)]), "{open:?}");
        }
    }

    #[test]
    fn an_account_without_number_may_lose_its_license() {
        let before = user(&plans(&[("MCOEV_VIRTUALUSER", "Enabled")]));
        let accounts = account("");
        let accounts = ("Get-CsOnlineApplicationInstance.json", accounts.as_str());
        let after = |line: &str| {
            let after = user(&(plans(&[("Teams", "Enabled")]) + r#","LineUri":"# + line));
            verdicts_after(
                "RA003",
                &[accounts, ("Get-CsOnlineUser.json", &before)],
                &[accounts, ("Get-CsOnlineUser.json", &after)],
            )
        };
        assert_eq!(severity(&after(r#""tel:+12065550101""#)), "error");
        let free = after("null");
        assert!(matches!(free[..], [Verdict::Passed]), "{free:?}");
    }
}
