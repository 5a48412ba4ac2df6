//! `rules/resource-accounts/resource-account-on-full-phone-license.md`

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Remedy, Severity, Subject, SubjectKind};
use crate::rules::license_removal::{find_phone, is_direct, leave_group, what_goes_with};
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::snapshot::service_plans::PlanClass;
use crate::tenant::{Answer, OwnSku, ResourceAccount, User};

pub(super) const RULE: Declared = rule!(
    "resource-accounts",
    "resource-account-on-full-phone-license",
    Check::ResourceAccount(check)
);

fn check(account: &ResourceAccount, cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    let Some(user) = tenant.user_of(account) else {
        return Verdict::Unknown("the account is not in `Get-CsOnlineUser`");
    };
    if tenant.is_deleted(user) {
        return Verdict::NotApplicable;
    }
    match (tenant.virtual_user(user), tenant.phone_system(user)) {
        // An account without any license is the business of another rule.
        (Answer::Yes, _) | (_, Answer::No) => Verdict::Passed,
        (Answer::Unknown, _) | (_, Answer::Unknown) => {
            Verdict::Unknown("no export tells the licenses of the account")
        }
        (Answer::No, Answer::Yes) => Verdict::Found(Box::new(draft(account, user, cx))),
    }
}

fn draft(account: &ResourceAccount, user: &User, cx: &Cx) -> Draft {
    let tenant = cx.tenant;
    let name = tenant.resource_account_name(account);
    let place = match &account.record {
        Some(record) => record.at("UserPrincipalName"),
        None => user.at("UserPrincipalName"),
    };
    let mut related: Vec<Label> = license_property(user)
        .map(|property| Label::new(user.at(property), "the license of a person"))
        .into_iter()
        .collect();
    if let Some((place, _)) = tenant.service_number(account) {
        related.push(Label::new(
            place,
            "its service number: the swap must not interrupt it",
        ));
    }
    Draft {
        severity: Severity::Warning,
        subject: Subject::new(SubjectKind::ResourceAccount, account.id.to_string(), &name),
        discriminator: String::new(),
        message: format!(
            "`{name}` has a full Teams Phone license in place of the free Teams Phone Resource Account license"
        ),
        primary: Label::new(place, "this resource account uses up the seat of a person"),
        related,
        remedy: remedy(account, user, cx),
    }
}

/// The property that shows the license; none where only license details do.
fn license_property(user: &User) -> Option<&'static str> {
    let plans = user.plans.value().map(|plans| plans.working);
    let features = user.features.value().map(|features| features.classes);
    let skus = user.skus.value().map(|skus| skus.working);
    [
        ("AssignedPlan", plans),
        ("AssignedLicenses", skus),
        ("FeatureTypes", features),
    ]
    .into_iter()
    .find(|(_, classes)| classes.is_some_and(|classes| classes.contains(PlanClass::PhoneSystem)))
    .map(|(property, _)| property)
}

fn remedy(account: &ResourceAccount, user: &User, cx: &Cx) -> Remedy {
    let id = quoted(&cx.tenant.resource_account_identity(account));
    let sku = cx.tenant.resource_account_sku();
    let mut commands = Vec::new();
    if let Some(shortage) = sku.shortage {
        commands.push(format!(
            "# {} at no charge under Billing > Purchase services",
            shortage.words()
        ));
    }
    let class = PlanClass::PhoneSystem;
    let mut own = cx.tenant.skus_of(user).unwrap_or_default();
    own.retain(|sku| sku.brings(class));
    let direct: Vec<&OwnSku> = own.iter().filter(|sku| is_direct(sku)).collect();
    let remove = if own.is_empty() {
        commands.extend(find_phone(&id));
        "$phone.SkuId".to_owned()
    } else {
        commands.extend(direct.iter().filter_map(|sku| what_goes_with(class, sku)));
        let ids = direct.iter().map(|sku| quoted(&sku.id.to_string()));
        ids.collect::<Vec<_>>().join(",")
    };
    let summary = if remove.is_empty() {
        "assign the free license of resource accounts, and only then take the account out of the group"
    } else {
        commands.push(
            "# both changes in one update: saved apart, they can break the account".to_owned(),
        );
        "swap the license for the free one of resource accounts, in one update"
    };
    commands.push(format!(
        "Set-MgUserLicense -UserId {id} -AddLicenses @(@{{SkuId='{}'}}) -RemoveLicenses @({remove})",
        sku.id
    ));
    // Whoever leaves the group before that is without any license in between.
    for sku in &own {
        if !is_direct(sku) {
            commands.extend(what_goes_with(class, sku));
        }
        commands.extend(leave_group(sku));
    }
    Remedy {
        summary: summary.into(),
        commands,
    }
}

#[cfg(test)]
mod tests {
    use crate::finding::Draft;
    use crate::rules::Verdict;
    use crate::rules::testing::{findings, verdicts};

    const ONE: &str = "00000000-0000-4000-8000-000000000001";

    fn files(upn: &str, properties: &str) -> [(&'static str, String); 2] {
        let accounts = format!(
            "[{{\"ObjectId\":\"{ONE}\",\"ApplicationId\":null,\"UserPrincipalName\":\"{upn}\",\"PhoneNumber\":null}}]"
        );
        let users = format!(
            "[{{\"Identity\":\"{ONE}\",\"UserPrincipalName\":\"{upn}\",\"AccountType\":\"ResourceAccount\"{properties}}},{{\"Identity\":\"00000000-0000-4000-8000-000000000009\",\"UserPrincipalName\":\"x\",\"AssignedPlan\":[],\"FeatureTypes\":[\"PhoneSystem\"]}}]"
        );
        [
            ("Get-CsOnlineApplicationInstance.json", accounts),
            ("Get-CsOnlineUser.json", users),
        ]
    }

    fn word(rule: &str, properties: &str) -> &'static str {
        let files = files("ra@contoso.example", properties);
        let files = files.each_ref().map(|(name, text)| (*name, text.as_str()));
        match verdicts(rule, &files).as_slice() {
            [] => "silent",
            [Verdict::Passed] => "passed",
            [Verdict::Unknown(_)] => "unknown",
            [Verdict::Found(draft)] => draft.severity.name(),
            _ => "several",
        }
    }

    fn found(upn: &str, more: &[(&str, &str)]) -> Draft {
        let plan =
            ",\"AssignedPlan\":[{\"Capability\":\"MCOEV\",\"CapabilityStatus\":\"Enabled\"}]";
        let files = files(upn, plan);
        let mut files: Vec<(&str, &str)> = files
            .iter()
            .map(|(name, text)| (*name, text.as_str()))
            .collect();
        files.extend(more);
        findings("RA002", &files).remove(0)
    }

    fn plans(list: &[(&str, &str)]) -> String {
        let list: Vec<String> = list
            .iter()
            .map(|(name, status)| {
                format!("{{\"Capability\":\"{name}\",\"CapabilityStatus\":\"{status}\"}}")
            })
            .collect();
        format!(",\"AssignedPlan\":[{}],\"FeatureTypes\":[]", list.join(","))
    }

    #[test]
    fn a_full_license_alone_is_found_and_the_other_rule_is_silent() {
        let full = plans(&[("MCOEV", "Enabled")]);
        assert_eq!(
            (word("RA002", &full), word("RA001", &full)),
            ("warning", "passed")
        );
        let none = plans(&[]);
        assert_eq!(
            (word("RA002", &none), word("RA001", &none)),
            ("passed", "info")
        );
    }

    #[test]
    fn the_plan_in_a_suite_counts_whatever_else_the_suite_brings() {
        let e5 = plans(&[
            ("TEAMS1", "Enabled"),
            ("MCOMEETADV", "Enabled"),
            ("MCOEV", "Enabled"),
        ]);
        assert_eq!(word("RA002", &e5), "warning");
        let sku = ",\"AssignedLicenses\":[{\"skuId\":\"06ebc4ee-1bb5-47dd-8120-11324bc54e06\",\"disabledPlans\":[]}]";
        assert_eq!(word("RA002", sku), "warning");
        // Switched off within the suite, it is no license.
        let off = ",\"AssignedLicenses\":[{\"skuId\":\"06ebc4ee-1bb5-47dd-8120-11324bc54e06\",\"disabledPlans\":[\"4828c8ec-dc2e-4779-b502-87ac9ce28ab7\"]}]";
        assert_eq!(word("RA002", off), "passed");
    }

    #[test]
    fn only_plans_that_work_count() {
        let grace = plans(&[("MCOEV", "Warning")]);
        assert_eq!(word("RA002", &grace), "warning");
        let gone = plans(&[("MCOEV", "Deleted")]);
        assert_eq!(word("RA002", &gone), "passed");
        let right = plans(&[("MCOEV_VIRTUALUSER", "Enabled")]);
        assert_eq!(word("RA002", &right), "passed");
        // Both at once is a safe step on the way.
        let both = plans(&[("MCOEV", "Enabled"), ("MCOEV_VIRTUALUSER_GOV", "Enabled")]);
        assert_eq!(word("RA002", &both), "passed");
        let stopped = plans(&[("MCOEV", "Enabled"), ("MCOEV_VIRTUALUSER", "Suspended")]);
        assert_eq!(word("RA002", &stopped), "warning");
        assert_eq!(
            word(
                "RA002",
                ",\"AssignedPlan\":[],\"FeatureTypes\":[\"PhoneSystem\"]"
            ),
            "warning"
        );
    }

    #[test]
    fn what_the_data_do_not_tell_is_unknown_and_the_deleted_are_left_alone() {
        assert_eq!(word("RA002", ""), "unknown");
        assert_eq!(word("RA002", ",\"AssignedPlan\":[\"MCOEV\"]"), "unknown");
        let deleted = format!(
            "{},\"SoftDeletionTimestamp\":\"2026-09-01T00:00:00Z\"",
            plans(&[("MCOEV", "Enabled")])
        );
        assert_eq!(word("RA002", &deleted), "silent");
        let [accounts, _] = files("ra@contoso.example", "");
        let alone = verdicts("RA002", &[(accounts.0, &accounts.1)]);
        assert!(matches!(alone.as_slice(), [Verdict::Unknown(_)]));
    }

    #[test]
    fn the_swap_is_one_update_with_the_sku_that_the_tenant_owns() {
        let skus = "[{\"skuId\":\"2cf22bcb-0c9e-4bc6-8daf-7e7654c0f285\",\"skuPartNumber\":\"PHONESYSTEM_VIRTUALUSER_GOV\",\"consumedUnits\":25,\"prepaidUnits\":{\"enabled\":25,\"warning\":0}}]";
        let commands = found(
            "o'hara’;calc@contoso.example",
            &[("subscribedSkus.json", skus)],
        )
        .remedy
        .commands;
        assert_eq!(
            commands,
            [
                "# all 25 Teams Phone Resource Account licenses are in use: order more at no charge under Billing > Purchase services",
                "$phone = Get-MgUserLicenseDetail -UserId 'o''hara’’;calc@contoso.example' | Where-Object { $_.ServicePlans.ServicePlanName -match '^MCOEV(_GOV|SMB)?$' }",
                "# where that is a suite, all else that it brings goes with it",
                "# both changes in one update: saved apart, they can break the account",
                "Set-MgUserLicense -UserId 'o''hara’’;calc@contoso.example' -AddLicenses @(@{SkuId='2cf22bcb-0c9e-4bc6-8daf-7e7654c0f285'}) -RemoveLicenses @($phone.SkuId)",
            ]
        );
        let removing = commands
            .iter()
            .filter(|line| line.contains("-RemoveLicenses"));
        assert_eq!(removing.count(), 1);
        let free = found("ra@contoso.example", &[]).remedy.commands;
        assert!(free[0].starts_with("$phone"), "{free:?}");
        assert!(
            free[3].contains("440eaaa8-b3e0-484b-a8be-62870b9ba70a"),
            "{free:?}"
        );
    }

    #[test]
    fn the_skus_that_go_are_named_where_an_export_tells_them() {
        let commands = |states: &str| {
            let properties = format!(
                ",\"AssignedPlan\":[{{\"Capability\":\"MCOEV\",\"CapabilityStatus\":\"Enabled\"}}],\"LicenseAssignmentStates\":[{states}]"
            );
            let files = files("ra@contoso.example", &properties);
            let files = files.each_ref().map(|(name, text)| (*name, text.as_str()));
            findings("RA002", &files).remove(0).remedy.commands
        };
        let state = |sku: &str, group: &str| {
            format!(
                "{{\"skuId\":\"{sku}\",\"assignedByGroup\":{group},\"state\":\"Active\",\"disabledPlans\":[]}}"
            )
        };
        let phone = "e43b5b99-8dfb-405f-9987-dc307f34bcbd";
        let suite = "06ebc4ee-1bb5-47dd-8120-11324bc54e06";
        let own = commands(&state(phone, "null"));
        assert_eq!(own.len(), 2, "{own:?}");
        assert!(own[1].ends_with(&format!("-RemoveLicenses @('{phone}')")));
        let both = commands(&format!(
            "{},{}",
            state(suite, "null"),
            state(phone, "\"00000000-0000-4000-8000-0000000000aa\"")
        ));
        assert!(both[0].contains("is a suite"), "{both:?}");
        assert!(
            both[2].ends_with(&format!("-RemoveLicenses @('{suite}')")),
            "{both:?}"
        );
        assert!(both[3].contains("comes from a group"), "{both:?}");
        let by_group = commands(&state(suite, "\"00000000-0000-4000-8000-0000000000aa\""));
        assert_eq!(
            by_group,
            [
                "Set-MgUserLicense -UserId 'ra@contoso.example' -AddLicenses @(@{SkuId='440eaaa8-b3e0-484b-a8be-62870b9ba70a'}) -RemoveLicenses @()",
                "# 'Microsoft 365 E5' is a suite: all else that it brings goes with it, such as Teams, Audio Conferencing, Skype for Business Online",
                "# 'Microsoft 365 E5' comes from a group: take the account out of it",
            ]
        );
    }
}
