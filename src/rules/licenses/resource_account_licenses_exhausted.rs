//! `rules/licenses/resource-account-licenses-exhausted.md`

use crate::finding::{Draft, Label, Severity, Subject, SubjectKind};
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, Verdict, Verdicts, rule};
use crate::snapshot::record::SkuRecord;
use crate::snapshot::service_plans::PlanClass;
use crate::tenant::{Answer, Merged};

pub(super) const RULE: Declared = rule!(
    "licenses",
    "resource-account-licenses-exhausted",
    Check::Each(check)
);

fn check(cx: &Cx) -> Verdicts {
    let tenant = cx.tenant;
    let skus: Vec<&Merged<SkuRecord>> = tenant
        .skus
        .iter()
        .filter(|sku| tenant.is_account_sku(sku) == Answer::Yes)
        .collect();
    let free: Option<i64> = skus.iter().map(|sku| left(sku)).sum();
    let mut unlicensed = 0;
    let mut unsure = false;
    for account in &tenant.resource_accounts {
        let deleted = tenant
            .user_of(account)
            .is_some_and(|user| tenant.is_deleted(user));
        match tenant.account_licensed(account, PlanClass::ResourceAccount) {
            Answer::No if !deleted => unlicensed += 1,
            Answer::Unknown if !deleted => unsure = true,
            _ => {}
        }
    }
    let is_untold = |sku: &Merged<SkuRecord>| tenant.is_account_sku(sku) == Answer::Unknown;
    let open = if unlicensed > 0 {
        let untold = tenant.skus.iter().any(is_untold);
        untold.then_some("no export tells what a SKU brings")
    } else {
        unsure.then_some("no export tells whether a resource account is licensed")
    };
    let (mut told, lapsed): (Vec<_>, Vec<_>) =
        skus.into_iter().partition(|sku| usable(sku) != Some(0));
    // A SKU of which nothing can be used adds nothing to what another one says.
    if told.is_empty() {
        told.extend(lapsed.first());
    }
    told.into_iter()
        .map(|sku| judge(sku, free, unlicensed, open, cx))
        .collect()
}

/// Units that can be used, in use or not; none counts below zero.
fn usable(sku: &Merged<SkuRecord>) -> Option<i64> {
    let prepaid = sku.prepaid.get()?;
    Some(prepaid.enabled.saturating_add(prepaid.warning).max(0))
}

/// Units that can still be assigned; none counts below zero.
fn left(sku: &Merged<SkuRecord>) -> Option<i64> {
    Some(usable(sku)?.saturating_sub(sku.consumed.get()?).max(0))
}

fn judge(
    sku: &Merged<SkuRecord>,
    free: Option<i64>,
    unlicensed: u32,
    open: Option<&'static str>,
    cx: &Cx,
) -> Verdict {
    let (Some(usable), Some(consumed), Some(free)) = (usable(sku), sku.consumed.get(), free) else {
        return Verdict::Unknown("the export does not tell how many licenses are left");
    };
    let texts = &cx.tenant.snapshot.texts;
    let id = sku.id.get().map(|id| id.to_string()).unwrap_or_default();
    let name = sku
        .part_number
        .get()
        .map_or(id.as_str(), |name| texts.symbol(name));
    if let (0, Some(why)) = (free, open) {
        return Verdict::Unknown(why);
    }
    let (severity, message, label) = if free == 0 && unlicensed > 0 {
        let accounts = if unlicensed == 1 {
            "account lacks".to_owned()
        } else {
            "accounts lack".to_string()
        };
        let left = if usable == 0 {
            format!("no license of `{name}` can be used")
        } else {
            format!("all {usable} licenses of `{name}` are in use")
        };
        (
            Severity::Error,
            format!("{left}, and {unlicensed} resource {accounts} one"),
            "none is left",
        )
    } else if usable > 0 && usable.saturating_sub(consumed).saturating_mul(10) < usable {
        (
            Severity::Info,
            format!("{consumed} of {usable} licenses of `{name}` are in use"),
            "less than a tenth is left",
        )
    } else {
        return Verdict::Passed;
    };
    found(
        Draft::new(
            severity,
            Subject::new(SubjectKind::Sku, &id, name),
            message,
            Label::new(sku.at("ConsumedUnits"), label),
        )
        .related([Label::new(sku.at("PrepaidUnits"), format!("so many can be used: {usable}"))])
        .remedy(
            "order more licenses, which cost nothing, or delete accounts that nobody uses",
            ["# Microsoft 365 admin center > Billing > Purchase services: raise the number of Teams Phone Resource Account licenses".to_owned()],
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

    fn judge(used: u32, licensed: bool) -> Vec<Verdict> {
        let skus = format!(
            r#"[{{"skuId":"440eaaa8-b3e0-484b-a8be-62870b9ba70a","skuPartNumber":"PHONESYSTEM_VIRTUALUSER","consumedUnits":{used},"prepaidUnits":{{"enabled":25,"suspended":0,"warning":0}}}}]"#
        );
        let plan = if licensed {
            plans(&[("MCOEV_VIRTUALUSER", "Enabled")])
        } else {
            plans(&[("Teams", "Enabled")])
        };
        let users = format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"ra@contoso.example","AccountType":"ResourceAccount","SoftDeletionTimestamp":null,"AssignedPlan":{plan},"FeatureTypes":["Teams"]}}]"#
        );
        verdicts(
            "LI005",
            &[
                ("subscribedSkus.json", &skus),
                ("Get-CsOnlineUser.json", &users),
            ],
        )
    }

    #[test]
    fn none_left_and_somebody_waiting_is_an_error() {
        assert_eq!(severity(&judge(25, false)), "error");
        assert_eq!(severity(&judge(26, false)), "error");
        assert_eq!(severity(&judge(25, true)), "info");
        assert_eq!(severity(&judge(23, false)), "info");
        assert!(matches!(judge(22, false)[..], [Verdict::Passed]));
    }

    /// What is said where so many of some units are used, by accounts of these kinds: live or deleted, licensed or not.
    fn said(units: (i64, i64), used: i64, accounts: &[(bool, Option<bool>)]) -> Vec<Verdict> {
        let (enabled, warning) = units;
        let skus = format!(
            r#"[{{"skuId":"440eaaa8-b3e0-484b-a8be-62870b9ba70a","skuPartNumber":"PHONESYSTEM_VIRTUALUSER","consumedUnits":{used},"prepaidUnits":{{"enabled":{enabled},"suspended":0,"warning":{warning}}}}}]"#
        );
        let users: Vec<String> = accounts
            .iter()
            .enumerate()
            .map(|(at, (live, licensed))| {
                let deleted = if *live { "null" } else { r#""2026-09-01T00:00:00Z""# };
                let licenses = match licensed {
                    Some(true) => r#","AssignedPlan":[{"Capability":"MCOEV_VIRTUALUSER","CapabilityStatus":"Enabled"}],"FeatureTypes":["Teams"]"#,
                    Some(false) => r#","AssignedPlan":[{"Capability":"Teams","CapabilityStatus":"Enabled"}],"FeatureTypes":["Teams"]"#,
                    None => "",
                };
                format!(
                    r#"{{"Identity":"00000000-0000-4000-8000-{at:012}","UserPrincipalName":"ra{at}@contoso.example","AccountType":"ResourceAccount","SoftDeletionTimestamp":{deleted}{licenses}}}"#
                )
            })
            .collect();
        let users = format!("[{}]", users.join(","));
        verdicts(
            "LI005",
            &[
                ("subscribedSkus.json", &skus),
                ("Get-CsOnlineUser.json", &users),
            ],
        )
    }

    #[test]
    fn who_is_deleted_waits_for_no_license() {
        const LIVE: bool = true;
        assert_eq!(
            severity(&said((25, 0), 25, &[(LIVE, Some(false))])),
            "error"
        );
        assert_eq!(
            severity(&said((25, 0), 25, &[(!LIVE, Some(false))])),
            "info"
        );
        // Of one the licenses are not told, though of another they are.
        let open = said((25, 0), 25, &[(LIVE, None), (LIVE, Some(true))]);
        assert!(matches!(open[..], [Verdict::Unknown(_)]), "{open:?}");
        let gone = said((25, 0), 25, &[(!LIVE, None), (LIVE, Some(true))]);
        assert_eq!(severity(&gone), "info");
    }

    #[test]
    fn less_than_a_tenth_is_told_and_a_tenth_is_not() {
        assert!(matches!(said((20, 0), 18, &[])[..], [Verdict::Passed]));
        assert_eq!(severity(&said((20, 0), 19, &[])), "info");
        assert!(
            matches!(said((0, 0), 0, &[])[..], [Verdict::Passed]),
            "nothing was bought"
        );
    }

    #[test]
    fn a_sku_that_is_newer_than_the_table_counts_by_its_plans() {
        let judge = |newer: &str| {
            let skus = format!(
                r#"[{{"skuId":"440eaaa8-b3e0-484b-a8be-62870b9ba70a","skuPartNumber":"PHONESYSTEM_VIRTUALUSER","consumedUnits":25,"prepaidUnits":{{"enabled":25,"suspended":0,"warning":0}}}},
                    {{"skuId":"00000000-0000-4000-8000-0000000000ff","skuPartNumber":"Teams_Phone_Resource_Account","consumedUnits":0,"prepaidUnits":{{"enabled":50,"suspended":0,"warning":0}}{newer}}}]"#
            );
            let users = format!(
                r#"[{{"Identity":"{ID}","UserPrincipalName":"ra@contoso.example","AccountType":"ResourceAccount","SoftDeletionTimestamp":null,"AssignedPlan":{},"FeatureTypes":["Teams"]}}]"#,
                plans(&[("Teams", "Enabled")])
            );
            verdicts(
                "LI005",
                &[
                    ("subscribedSkus.json", &skus),
                    ("Get-CsOnlineUser.json", &users),
                ],
            )
        };
        let plan = |id: &str, name: &str| {
            judge(&format!(
                r#","servicePlans":[{{"servicePlanId":"{id}","servicePlanName":"{name}","provisioningStatus":"Success","appliesTo":"User"}}]"#
            ))
        };
        let left = plan("f47330e9-c134-43b3-9993-e7f004506889", "MCOEV_VIRTUALUSER");
        assert!(matches!(left[..1], [Verdict::Passed]), "{left:?}");
        assert_eq!(severity(&left[1..]), "info");
        let other = plan("4828c8ec-dc2e-4779-b502-87ac9ce28ab7", "MCOEV");
        assert_eq!(severity(&other), "error");
        let untold = judge("");
        assert!(matches!(untold[..], [Verdict::Unknown(_)]), "{untold:?}");
    }

    #[test]
    fn the_message_counts_who_waits() {
        let message = |accounts: &[(bool, Option<bool>)]| match said((25, 0), 25, accounts)
            .into_iter()
            .next()
        {
            Some(Verdict::Found(draft)) => draft.message,
            other => panic!("{other:?}"),
        };
        assert_eq!(
            message(&[(true, Some(false))]),
            "all 25 licenses of `PHONESYSTEM_VIRTUALUSER` are in use, and 1 resource account lacks one"
        );
        assert_eq!(
            message(&[(true, Some(false)), (true, Some(false))]),
            "all 25 licenses of `PHONESYSTEM_VIRTUALUSER` are in use, and 2 resource accounts lack one"
        );
    }

    #[test]
    fn of_skus_of_which_nothing_can_be_used_one_speaks_if_no_other_does() {
        let judge = |units: &[(i64, i64, i64)]| {
            let ids = [
                "440eaaa8-b3e0-484b-a8be-62870b9ba70a",
                "0e142028-345e-45da-8d92-8bfd4093bbb9",
            ];
            let skus = units.iter().zip(ids).map(|((used, enabled, suspended), id)| {
                format!(
                    r#"{{"skuId":"{id}","skuPartNumber":"PHONESYSTEM_VIRTUALUSER","consumedUnits":{used},"prepaidUnits":{{"enabled":{enabled},"suspended":{suspended},"warning":0}}}}"#
                )
            });
            let skus = format!("[{}]", skus.collect::<Vec<_>>().join(","));
            let users = format!(
                r#"[{{"Identity":"{ID}","UserPrincipalName":"ra@contoso.example","AccountType":"ResourceAccount","SoftDeletionTimestamp":null,"AssignedPlan":{},"FeatureTypes":["Teams"]}}]"#,
                plans(&[("Teams", "Enabled")])
            );
            let files = [
                ("subscribedSkus.json", skus.as_str()),
                ("Get-CsOnlineUser.json", &users),
            ];
            let told = verdicts("LI005", &files).into_iter();
            let told = told.map(|verdict| match verdict {
                Verdict::Found(draft) => draft.message,
                other => panic!("{other:?}"),
            });
            told.collect::<Vec<_>>()
        };
        let lapsed =
            "no license of `PHONESYSTEM_VIRTUALUSER` can be used, and 1 resource account lacks one";
        assert_eq!(judge(&[(0, 0, 25)]), [lapsed]);
        assert_eq!(judge(&[(0, 0, 25), (0, 0, 0)]), [lapsed]);
        let used = "all 25 licenses of `PHONESYSTEM_VIRTUALUSER` are in use, and 1 resource account lacks one";
        assert_eq!(judge(&[(25, 25, 0), (0, 0, 0)]), [used]);
    }

    #[test]
    fn of_what_can_no_longer_be_used_no_tenth_is_left() {
        assert!(matches!(said((0, 0), 3, &[])[..], [Verdict::Passed]));
    }
}
