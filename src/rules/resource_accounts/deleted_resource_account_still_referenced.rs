//! `rules/resource-accounts/deleted-resource-account-still-referenced.md`

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Place, Severity, Subject, SubjectKind};
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, Verdict, Verdicts, rule};
use crate::snapshot::ObjectId;
use crate::snapshot::cell::without_tag;
use crate::tenant::{App, Destination};

pub(super) const RULE: Declared = rule!(
    "resource-accounts",
    "deleted-resource-account-still-referenced",
    Check::Each(check)
);

/// Something that names a resource account.
struct Reference {
    subject: Subject,
    by: String,
    property: &'static str,
    /// What the subject names the account as: with the account, it tells the references of one subject apart.
    role: String,
    account: ObjectId,
    place: Place,
}

fn check(cx: &Cx) -> Verdicts {
    let mut references = Vec::new();
    for app in &cx.tenant.apps {
        of_app(app, cx, &mut references);
    }
    of_policies(cx, &mut references);
    of_lists(cx, &mut references);
    let mut seen = std::collections::BTreeSet::new();
    references
        .into_iter()
        .filter(|one| {
            let (kind, id) = (one.subject.kind, one.subject.id.clone());
            seen.insert((kind, id, one.role.clone(), one.account))
        })
        .map(|reference| judge(reference, cx))
        .collect()
}

fn of_app(app: &App, cx: &Cx, references: &mut Vec<Reference>) {
    let tenant = cx.tenant;
    if app.id.get().is_none() {
        return;
    }
    let mut note = |property: &'static str, account: ObjectId, place: Place| {
        references.push(Reference {
            subject: tenant.app_subject(app),
            by: tenant.app_words(app),
            property,
            role: property.to_owned(),
            account,
            place,
        });
    };
    for (list, property) in [
        (&app.accounts, "ApplicationInstances"),
        (&app.calling_ids, "OboResourceAccountIds"),
    ] {
        for (index, account) in list.value().into_iter().flatten().enumerate() {
            note(property, *account, app.at(property).element(index));
        }
    }
    if let Some(account) = app.dial_by_name.get() {
        let property = "DialByNameResourceId";
        note(property, account, app.at(property));
    }
    for (target, place) in tenant.targets_of(app) {
        if let Destination::Account(account) = tenant.destination_of(target) {
            note("target", account, place);
        }
    }
}

fn of_policies(cx: &Cx, references: &mut Vec<Reference>) {
    let tenant = cx.tenant;
    let texts = &tenant.snapshot.texts;
    let mut note = |kind, name: &str, what: &str, account: ObjectId, place: Place| {
        references.push(Reference {
            subject: Subject::new(kind, name, name),
            by: format!("{what} `{name}`"),
            property: "ResourceAccount",
            role: "ResourceAccount".to_owned(),
            account,
            place,
        });
    };
    for policy in tenant.caller_id_policies.iter() {
        if let (Some(name), Some(account)) = (policy.name.get(), policy.account.get()) {
            note(
                SubjectKind::CallerIdPolicy,
                texts.symbol(name.0),
                "caller ID policy",
                account,
                policy.at("ResourceAccount"),
            );
        }
    }
    for policy in tenant.shared_calling_policies.iter() {
        if let (Some(name), Some(account)) = (policy.name.get(), policy.account.get()) {
            note(
                SubjectKind::SharedCallingPolicy,
                texts.symbol(name.0),
                "shared calling policy",
                account,
                policy.at("ResourceAccount"),
            );
        }
    }
}

/// Patterns and treatments are no subjects of their own: they are the tenant's, and tell their findings apart.
fn of_lists(cx: &Cx, references: &mut Vec<Reference>) {
    let tenant = cx.tenant;
    let texts = &tenant.snapshot.texts;
    let mut note = |what: &str, name: &str, property, account: ObjectId, place: Place| {
        references.push(Reference {
            subject: Subject::new(SubjectKind::Tenant, "tenant", "tenant"),
            by: format!("{what} `{name}`"),
            property,
            role: format!("{what} {} {property}", name.to_lowercase()),
            account,
            place,
        });
    };
    for pattern in tenant.blocked_patterns.iter() {
        if let (Some(name), Some(account)) = (pattern.name.get(), pattern.account.get()) {
            let (name, property) = (without_tag(texts.symbol(name)), "ResourceAccount");
            let place = pattern.at(property);
            note("blocked number pattern", name, property, account, place);
        }
    }
    for treatment in tenant.unassigned_numbers.iter() {
        let of_account = treatment
            .target_type
            .get()
            .is_some_and(|name| texts.symbol(name).eq_ignore_ascii_case("ResourceAccount"));
        if let (true, Some(id), Some(account)) =
            (of_account, treatment.id.get(), treatment.target.get())
        {
            let (name, property) = (without_tag(texts.symbol(id)), "Target");
            let (what, place) = ("treatment of unassigned numbers", treatment.at(property));
            note(what, name, property, account, place);
        }
    }
}

fn judge(reference: Reference, cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    let account = reference.account;
    let user = tenant.user(account);
    let deleted = user.is_some_and(|user| tenant.is_deleted(user));
    if !deleted && (tenant.resource_account(account).is_some() || user.is_some()) {
        return Verdict::Passed;
    }
    let (what, restore) = match user {
        Some(user) if deleted => (
            format!("`{}`, which is deleted", tenant.user_name(user)),
            format!(
                "# or restore the account, if it was deleted less than 30 days ago: Restore-MgDirectoryDeletedItem -DirectoryObjectId {}",
                quoted(&account.to_string())
            ),
        ),
        _ => (
            format!("the resource account `{account}`, which does not exist"),
            "# if it was deleted less than 30 days ago, it can be restored".to_owned(),
        ),
    };
    let command = if reference.property == "ApplicationInstances" {
        format!(
            "Remove-CsOnlineApplicationInstanceAssociation -Identities @({})",
            quoted(&account.to_string())
        )
    } else {
        "# edit it, and name an account that exists".to_owned()
    };
    found(
        Draft::new(
            Severity::Error,
            reference.subject,
            format!("{} names {what}", reference.by),
            Label::new(reference.place, "names nobody"),
        )
        .role(format!("{} {account}", reference.role))
        .remedy("name an account that exists, or none", [command, restore]),
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

    fn judge(queue: &str, more: &[(&str, &str)]) -> Vec<Verdict> {
        let queues = format!(
            r#"[{{"Identity":"00000000-0000-4000-8000-00000000000a","Name":"Sales","RoutingMethod":"Serial"{queue}}}]"#
        );
        let accounts = account("");
        let mut files = vec![
            ("Get-CsCallQueue.json", queues.as_str()),
            ("Get-CsOnlineApplicationInstance.json", &accounts),
        ];
        files.extend(more);
        verdicts("RA010", &files)
    }

    const GONE: &str = "00000000-0000-4000-8000-0000000000ff";

    #[test]
    fn every_way_to_name_an_account_is_looked_at() {
        for queue in [
            format!(r#","ApplicationInstances":["{GONE}"]"#),
            format!(r#","OboResourceAccountIds":["{GONE}"]"#),
            format!(r#","OverflowActionTarget":{{"Id":"{GONE}","Type":"ApplicationEndpoint"}}"#),
        ] {
            assert_eq!(severity(&judge(&queue, &[])), "error", "{queue}");
        }
        let policies = format!(
            r#"[{{"Identity":"Tag:CLI","CallingIDSubstitute":"Resource","ResourceAccount":"{GONE}"}}]"#
        );
        assert_eq!(
            severity(&judge("", &[("Get-CsCallingLineIdentity.json", &policies)])),
            "error"
        );
        let other = format!(r#","OverflowActionTarget":{{"Id":"{GONE}","Type":"User"}}"#);
        assert!(judge(&other, &[]).is_empty());
    }

    #[test]
    fn an_account_for_callers_who_dial_by_name_is_looked_at() {
        let judge = |account: &str| {
            let attendants = format!(
                r#"[{{"Identity":"00000000-0000-4000-8000-00000000000b","Name":"Main","LanguageId":"en-US","TimeZoneId":"UTC","ApplicationInstances":["{ID}"],"DialByNameResourceId":{account}}}]"#
            );
            judge("", &[("Get-CsAutoAttendant.json", &attendants)])
        };
        let found = judge(&format!("\"{GONE}\""));
        let [Verdict::Passed, Verdict::Found(draft)] = found.as_slice() else {
            panic!("{found:?}");
        };
        assert!(draft.message.starts_with("auto attendant `Main` names"));
        assert_eq!(draft.discriminator, format!("DialByNameResourceId {GONE}"));
        assert!(matches!(judge("null")[..], [Verdict::Passed]));
    }

    #[test]
    fn policies_of_one_name_and_two_kinds_are_two_subjects() {
        let policy =
            |more: &str| format!(r#"[{{"Identity":"Tag:Main","ResourceAccount":"{GONE}"{more}}}]"#);
        let shown = policy(r#","CallingIDSubstitute":"Resource""#);
        let shared = policy(r#","EmergencyNumbers":[]"#);
        let found = judge(
            "",
            &[
                ("Get-CsCallingLineIdentity.json", &shown),
                ("Get-CsTeamsSharedCallingRoutingPolicy.json", &shared),
            ],
        );
        let kinds: Vec<&str> = found
            .iter()
            .map(|verdict| match verdict {
                Verdict::Found(draft) => draft.subject.kind.name(),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(kinds, ["caller-id-policy", "shared-calling-policy"]);
    }

    #[test]
    fn patterns_and_treatments_are_the_tenants_and_told_apart() {
        let pattern = |name: &str| {
            format!(
                r#"{{"Identity":"{name}","Name":"{name}","Pattern":"^\\+1900","Enabled":true,"ResourceAccount":"{GONE}"}}"#
            )
        };
        let patterns = format!("[{},{}]", pattern("Scam"), pattern("Spam"));
        let treatments = format!(
            r#"[{{"Identity":"T1","TreatmentId":"T1","Pattern":"^\\+1206","TargetType":"ResourceAccount","Target":"{GONE}","TreatmentPriority":1}}]"#
        );
        let found = judge(
            "",
            &[
                ("Get-CsInboundBlockedNumberPattern.json", &patterns),
                ("Get-CsTeamsUnassignedNumberTreatment.json", &treatments),
            ],
        );
        let told: Vec<(&str, String)> = found
            .iter()
            .map(|verdict| match verdict {
                Verdict::Found(draft) => {
                    assert_eq!(draft.subject.kind, crate::finding::SubjectKind::Tenant);
                    (draft.subject.id.as_str(), draft.discriminator.clone())
                }
                other => panic!("{other:?}"),
            })
            .collect();
        let expected = [
            "blocked number pattern scam ResourceAccount",
            "blocked number pattern spam ResourceAccount",
            "treatment of unassigned numbers t1 Target",
        ];
        assert_eq!(
            told,
            expected.map(|role| ("tenant", format!("{role} {GONE}")))
        );
    }

    #[test]
    fn accounts_that_exist_pass_and_deleted_ones_can_be_restored() {
        let queue = format!(r#","ApplicationInstances":["{ID}"]"#);
        assert!(matches!(judge(&queue, &[])[..], [Verdict::Passed]));
        let deleted = user("").replace(
            "\"SoftDeletionTimestamp\":null",
            "\"SoftDeletionTimestamp\":\"2026-09-01T00:00:00Z\"",
        );
        let found = judge(&queue, &[("Get-CsOnlineUser.json", &deleted)]);
        let [Verdict::Found(draft)] = found.as_slice() else {
            panic!("{found:?}");
        };
        assert!(draft.message.ends_with("which is deleted"));
    }

    #[test]
    fn the_subject_is_the_app_that_names_it_and_only_its_own_accounts_are_taken_off() {
        let draft = |queue: &str| match judge(queue, &[]).into_iter().next() {
            Some(Verdict::Found(draft)) => *draft,
            other => panic!("{other:?}"),
        };
        let own = draft(&format!(r#","ApplicationInstances":["{GONE}"]"#));
        assert_eq!(own.subject.kind, crate::finding::SubjectKind::CallQueue);
        let takes_off =
            |commands: &[String]| commands.iter().any(|one| one.starts_with("Remove-Cs"));
        assert!(takes_off(&own.remedy.commands), "{:?}", own.remedy.commands);
        let target = draft(&format!(
            r#","OverflowActionTarget":{{"Id":"{GONE}","Type":"ApplicationEndpoint"}}"#
        ));
        assert!(
            !takes_off(&target.remedy.commands),
            "{:?}",
            target.remedy.commands
        );
    }
}
