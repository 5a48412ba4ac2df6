//! `rules/licenses/virtual-user-license-not-acquired.md`

use crate::finding::{Draft, Label, Severity, Subject, SubjectKind};
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::snapshot::ExportKind;
use crate::snapshot::service_plans::PlanClass;
use crate::tenant::Answer;

pub(super) const RULE: Declared = rule!(
    "licenses",
    "virtual-user-license-not-acquired",
    Check::Tenant(check)
);

fn check(cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    let accounts: Vec<_> = tenant
        .resource_accounts
        .iter()
        .filter(|account| {
            !tenant
                .user_of(account)
                .is_some_and(|user| tenant.is_deleted(user))
        })
        .collect();
    let Some(first) = accounts.first() else {
        return Verdict::NotApplicable;
    };
    let told: Vec<Answer> = tenant
        .skus
        .iter()
        .map(|sku| tenant.is_account_sku(sku))
        .collect();
    if told.contains(&Answer::Yes) {
        return Verdict::Passed;
    }
    let kind = ExportKind::GraphSubscribedSku;
    if tenant.snapshot.incomplete(kind).is_some() {
        return Verdict::Unknown("the export of SKUs lacks records");
    }
    if told.contains(&Answer::Unknown) {
        return Verdict::Unknown("no export tells what a SKU brings");
    }
    let full = accounts
        .iter()
        .all(|account| tenant.account_licensed(account, PlanClass::PhoneSystem) == Answer::Yes);
    let severity = if full {
        Severity::Warning
    } else {
        Severity::Error
    };
    let Some(start) = tenant.start_of(kind) else {
        return Verdict::Unknown("the SKUs are not exported");
    };
    let count = match accounts.len() {
        1 => "1 resource account".to_owned(),
        count => format!("{count} resource accounts"),
    };
    let name = tenant.resource_account_name(first);
    let place = match (&first.record, tenant.user_of(first)) {
        (Some(record), _) => Some(record.at("ObjectId")),
        (None, user) => user.map(|user| user.at("Identity")),
    };
    found(
        Draft::new(
            severity,
            Subject::new(SubjectKind::Tenant, "tenant", "tenant"),
            format!("the tenant has {count}, but owns no Teams Phone Resource Account license"),
            Label::new(start, "no SKU here brings the plan MCOEV_VIRTUALUSER"),
        )
        .related(place.map(|place| Label::new(place, format!("`{name}` needs one"))))
        .remedy(
            "order the license, which costs nothing",
            ["# Microsoft 365 admin center > Billing > Purchase services: Teams Phone Resource Account".to_owned()],
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

    fn judge(sku: &str, plan: &str) -> Vec<Verdict> {
        let skus = format!(r#"[{{{sku},"consumedUnits":1,"prepaidUnits":{{"enabled":5}}}}]"#);
        let users = format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"ra@contoso.example","AccountType":"ResourceAccount","SoftDeletionTimestamp":null,"AssignedPlan":{},"FeatureTypes":["Teams"]}}]"#,
            plans(&[(plan, "Enabled")])
        );
        verdicts(
            "LI006",
            &[
                ("subscribedSkus.json", &skus),
                ("Get-CsOnlineUser.json", &users),
            ],
        )
    }

    const E5: &str = r#""skuId":"06ebc4ee-1bb5-47dd-8120-11324bc54e06","skuPartNumber":"SPE_E5""#;

    #[test]
    fn a_tenant_with_accounts_needs_the_sku() {
        assert_eq!(severity(&judge(E5, "Teams")), "error");
        assert_eq!(severity(&judge(E5, "MCOEV")), "warning");
        let own = r#""skuId":"440eaaa8-b3e0-484b-a8be-62870b9ba70a","skuPartNumber":"PHONESYSTEM_VIRTUALUSER""#;
        assert!(matches!(judge(own, "Teams")[..], [Verdict::Passed]));
        let newer = r#""skuId":"00000000-0000-4000-8000-0000000000ff","skuPartNumber":"PHONESYSTEM_VIRTUALUSER_NEW""#;
        assert!(matches!(judge(newer, "Teams")[..], [Verdict::Passed]));
    }

    #[test]
    fn a_sku_that_is_newer_than_the_table_tells_what_it_brings_by_its_plans() {
        let newer = |plans: &str| {
            let sku = r#""skuId":"00000000-0000-4000-8000-0000000000ff","skuPartNumber":"Teams_Phone_Resource_Account""#;
            judge(&format!("{sku}{plans}"), "Teams")
        };
        let account = newer(
            r#","servicePlans":[{"servicePlanId":"f47330e9-c134-43b3-9993-e7f004506889","servicePlanName":"MCOEV_VIRTUALUSER","provisioningStatus":"Success","appliesTo":"User"}]"#,
        );
        assert!(matches!(account[..], [Verdict::Passed]), "{account:?}");
        let phone = newer(
            r#","servicePlans":[{"servicePlanId":"4828c8ec-dc2e-4779-b502-87ac9ce28ab7","servicePlanName":"MCOEV","provisioningStatus":"Success","appliesTo":"User"}]"#,
        );
        assert_eq!(severity(&phone), "error");
        let untold = newer("");
        assert!(matches!(untold[..], [Verdict::Unknown(_)]), "{untold:?}");
    }

    #[test]
    fn without_accounts_nothing_is_needed() {
        let skus = format!("[{{{E5}}}]");
        let none = verdicts(
            "LI006",
            &[
                ("subscribedSkus.json", &skus),
                ("Get-CsOnlineApplicationInstance.json", "[]"),
            ],
        );
        assert!(none.is_empty());
    }

    #[test]
    fn one_page_of_several_does_not_tell_what_is_owned() {
        let skus = format!(
            r#"{{"@odata.nextLink":"https://graph.microsoft.com/v1.0/subscribedSkus?$skiptoken=1","value":[{{{E5},"consumedUnits":1,"prepaidUnits":{{"enabled":5}}}}]}}"#
        );
        let users = format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"ra@contoso.example","AccountType":"ResourceAccount","SoftDeletionTimestamp":null}}]"#
        );
        let told = verdicts(
            "LI006",
            &[
                ("subscribedSkus.json", &skus),
                ("Get-CsOnlineUser.json", &users),
            ],
        );
        assert!(matches!(told[..], [Verdict::Unknown(_)]), "{told:?}");
    }
}
