//! `rules/resource-accounts/deleted-resource-account-still-referenced.md`

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Place, Severity, Subject, SubjectKind};
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, Verdict, Verdicts, rule};
use crate::snapshot::{ObjectId, Symbol};
use crate::tenant::{App, AppKind};

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
    account: ObjectId,
    place: Place,
}

fn check(cx: &Cx) -> Verdicts {
    let mut references = Vec::new();
    for app in &cx.tenant.apps {
        of_app(app, cx, &mut references);
    }
    of_policies(cx, &mut references);
    let mut seen = std::collections::BTreeSet::new();
    references
        .into_iter()
        .filter(|one| seen.insert((one.subject.id.clone(), one.property, one.account)))
        .map(|reference| judge(reference, cx))
        .collect()
}

fn of_app(app: &App, cx: &Cx, references: &mut Vec<Reference>) {
    let tenant = cx.tenant;
    let texts = &tenant.snapshot.texts;
    let Some(id) = app.id.get() else { return };
    let kind = match tenant.kind_of(id) {
        Some(AppKind::CallQueue) => SubjectKind::CallQueue,
        _ => SubjectKind::AutoAttendant,
    };
    let mut note = |property: &'static str, account: ObjectId, place: Place| {
        references.push(Reference {
            subject: Subject::new(kind, id.to_string(), tenant.app_name(id)),
            by: tenant.app_words(app),
            property,
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
    for (target, place) in tenant.targets_of(app) {
        let endpoint = target.target_type.is_some_and(|name| {
            texts
                .symbol(name)
                .eq_ignore_ascii_case("ApplicationEndpoint")
        });
        if let (true, Some(account)) = (endpoint, ObjectId::parse(texts.symbol(target.id))) {
            note("target", account, place);
        }
    }
}

fn of_policies(cx: &Cx, references: &mut Vec<Reference>) {
    let tenant = cx.tenant;
    let texts = &tenant.snapshot.texts;
    let mut note = |kind, name: Symbol, what: &str, account: ObjectId, place: Place| {
        let name = texts.symbol(name);
        references.push(Reference {
            subject: Subject::new(kind, name, name),
            by: format!("{what} `{name}`"),
            property: "ResourceAccount",
            account,
            place,
        });
    };
    for policy in tenant.caller_id_policies.iter() {
        if let (Some(name), Some(account)) = (policy.name.get(), policy.account.get()) {
            note(
                SubjectKind::CallerIdPolicy,
                name.0,
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
                name.0,
                "shared calling policy",
                account,
                policy.at("ResourceAccount"),
            );
        }
    }
    for pattern in tenant.blocked_patterns.iter() {
        if let (Some(name), Some(account)) = (pattern.name.get(), pattern.account.get()) {
            note(
                SubjectKind::Tenant,
                name,
                "blocked number pattern",
                account,
                pattern.at("ResourceAccount"),
            );
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
            note(
                SubjectKind::Tenant,
                id,
                "treatment of unassigned numbers",
                account,
                treatment.at("Target"),
            );
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
        .role(format!("{} {account}", reference.property))
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
