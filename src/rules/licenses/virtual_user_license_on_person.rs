//! `rules/licenses/virtual-user-license-on-person.md`

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Severity};
use crate::rules::license_removal::{by_group, find_account_license, removal};
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::snapshot::service_plans::{PlanClass, TEAMS_PHONE_STANDARD_SKU};
use crate::snapshot::{ExportKind, ObjectId};
use crate::tenant::{Answer, User};

pub(super) const RULE: Declared = rule!(
    "licenses",
    "virtual-user-license-on-person",
    Check::User(check)
);

fn check(user: &User, cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    let person = tenant.is_live_person(user);
    let listed = user.id.get().and_then(|id| tenant.resource_account(id));
    if person == Answer::No || listed.is_some() {
        return Verdict::NotApplicable;
    }
    match tenant.virtual_user(user) {
        Answer::Yes => {}
        Answer::No => return Verdict::Passed,
        Answer::Unknown => return Verdict::Unknown("no export tells the licenses of the user"),
    }
    if person == Answer::Unknown {
        return Verdict::Unknown("the kind of the account is not known");
    }
    if tenant
        .snapshot
        .incomplete(ExportKind::OnlineApplicationInstance)
        .is_some()
    {
        return Verdict::Unknown("the export of resource accounts lacks records");
    }
    let name = tenant.user_name(user);
    let summary = if tenant.phone_system(user) == Answer::Yes {
        "remove the license: Teams Phone is there already"
    } else {
        "swap the license for Teams Phone in one step"
    };
    found(
        Draft::new(
            Severity::Error,
            tenant.user_subject(user),
            format!("`{name}` is a person, but has a Teams Phone Resource Account license"),
            Label::new(
                user.at("AssignedPlan"),
                "the plan MCOEV_VIRTUALUSER is among them",
            ),
        )
        .related([Label::new(user.at("AccountType"), "a person")])
        .remedy(summary, commands(user, cx)),
    )
}

/// The license that the person has goes, and Teams Phone comes where they have none.
fn commands(user: &User, cx: &Cx) -> Vec<String> {
    let tenant = cx.tenant;
    let mut own = tenant.skus_of(user).unwrap_or_default();
    own.retain(|sku| sku.brings(PlanClass::ResourceAccount));
    let phone = tenant.phone_system(user);
    let identity = tenant.user_identity(user);
    let id = quoted(&identity);
    let standard = ObjectId::from_bits(TEAMS_PHONE_STANDARD_SKU);
    let add = format!("@(@{{SkuId='{standard}'}})");
    if own.iter().any(by_group) {
        let mut lines: Vec<String> = own.iter().flat_map(|sku| removal(&identity, sku)).collect();
        if phone != Answer::Yes {
            lines.insert(0, format!("# first, where the person has no Teams Phone: Set-MgUserLicense -UserId {id} -AddLicenses {add} -RemoveLicenses @()"));
        }
        return lines;
    }
    let mut lines = Vec::new();
    let remove = if own.is_empty() {
        lines.push(find_account_license(&id));
        "$account.SkuId".to_owned()
    } else {
        let ids: Vec<String> = own.iter().map(|sku| quoted(&sku.id.to_string())).collect();
        ids.join(",")
    };
    let set = |add: &str| {
        format!("Set-MgUserLicense -UserId {id} -AddLicenses {add} -RemoveLicenses @({remove})")
    };
    match phone {
        Answer::Yes => lines.push(set("@()")),
        Answer::No => {
            lines.push(
                "# both in one command: apart, the account may stay without voice".to_owned(),
            );
            lines.push(set(&add));
        }
        Answer::Unknown => {
            lines.push(format!(
                "# where the person has Teams Phone: {}",
                set("@()")
            ));
            lines.push(format!("# where not, both in one command: {}", set(&add)));
        }
    }
    lines
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

    fn judge(account_type: &str, plan: &str, accounts: &str) -> Vec<Verdict> {
        let users = format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","AccountType":"{account_type}","SoftDeletionTimestamp":null,"AssignedPlan":{},"FeatureTypes":["Teams"]}}]"#,
            plans(&[(plan, "Enabled")])
        );
        verdicts(
            "LI007",
            &[
                ("Get-CsOnlineUser.json", &users),
                ("Get-CsOnlineApplicationInstance.json", accounts),
            ],
        )
    }

    #[test]
    fn only_people_outside_the_list_of_accounts_are_found() {
        assert_eq!(severity(&judge("User", "MCOEV_VIRTUALUSER", "[]")), "error");
        assert!(matches!(
            judge("User", "MCOEV", "[]")[..],
            [Verdict::Passed]
        ));
        assert!(judge("ResourceAccount", "MCOEV_VIRTUALUSER", "[]").is_empty());
        let listed = format!(
            r#"[{{"ObjectId":"{ID}","ApplicationId":null,"UserPrincipalName":"sales@contoso.example"}}]"#
        );
        assert!(judge("User", "MCOEV_VIRTUALUSER", &listed).is_empty());
    }

    /// What is typed for a person with these plans and more properties, in a tenant that has units of another SKU left.
    fn commands(plan: &[(&str, &str)], properties: &str) -> Vec<String> {
        let users = format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","AccountType":"User","SoftDeletionTimestamp":null,"AssignedPlan":{}{properties}}}]"#,
            plans(plan)
        );
        let skus = r#"[{"skuId":"0e142028-345e-45da-8d92-8bfd4093bbb9","skuPartNumber":"PHONESYSTEM_VIRTUALUSER_FACULTY","consumedUnits":1,"prepaidUnits":{"enabled":25,"suspended":0,"warning":0}}]"#;
        let files = [
            ("Get-CsOnlineUser.json", users.as_str()),
            ("Get-CsOnlineApplicationInstance.json", "[]"),
            ("subscribedSkus.json", skus),
        ];
        match verdicts("LI007", &files).into_iter().next() {
            Some(Verdict::Found(draft)) => draft.remedy.commands,
            other => panic!("{other:?}"),
        }
    }

    const OWN: (&str, &str) = ("MCOEV_VIRTUALUSER", "Enabled");

    #[test]
    fn the_license_that_the_person_has_goes_and_teams_phone_comes_where_there_is_none() {
        const LICENSES: &str = r#","FeatureTypes":["Teams"],"AssignedLicenses":[{"skuId":"440eaaa8-b3e0-484b-a8be-62870b9ba70a","disabledPlans":[]}]"#;
        let with_phone = commands(&[OWN, ("MCOEV", "Enabled")], LICENSES);
        assert_eq!(
            with_phone,
            [
                "Set-MgUserLicense -UserId 'a@contoso.example' -AddLicenses @() -RemoveLicenses @('440eaaa8-b3e0-484b-a8be-62870b9ba70a')"
            ]
        );
        let without = commands(&[OWN], LICENSES);
        assert_eq!(
            without[1],
            "Set-MgUserLicense -UserId 'a@contoso.example' -AddLicenses @(@{SkuId='e43b5b99-8dfb-405f-9987-dc307f34bcbd'}) -RemoveLicenses @('440eaaa8-b3e0-484b-a8be-62870b9ba70a')"
        );
        let looked_up = commands(&[OWN], "");
        assert!(looked_up[0].starts_with("$account = "), "{looked_up:?}");
        assert!(
            looked_up[2].ends_with("-RemoveLicenses @($account.SkuId)"),
            "{looked_up:?}"
        );
    }

    #[test]
    fn what_is_not_known_or_comes_from_a_group_is_not_typed() {
        let is_said = |lines: &[String]| lines.iter().all(|line| line.starts_with('#'));
        let by_group = r#","FeatureTypes":["Teams"],"LicenseAssignmentStates":[{"skuId":"440eaaa8-b3e0-484b-a8be-62870b9ba70a","assignedByGroup":"00000000-0000-4000-8000-0000000000aa","disabledPlans":[]}]"#;
        let group = commands(&[OWN], by_group);
        assert!(is_said(&group) && group.len() == 2, "{group:?}");
        let licenses = r#","AssignedLicenses":[{"skuId":"440eaaa8-b3e0-484b-a8be-62870b9ba70a","disabledPlans":[]}]"#;
        let open = commands(&[OWN, ("MCOEV", "Resting")], licenses);
        assert!(is_said(&open) && open.len() == 2, "{open:?}");
    }
}
