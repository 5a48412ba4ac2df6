//! `rules/licenses/virtual-user-license-on-person.md`

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Severity};
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::snapshot::ExportKind;
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
    let sku = tenant.resource_account_sku().id;
    found(
        Draft::new(
            Severity::Error,
            tenant.user_subject(user),
            format!("`{name}` is a person, but has a Teams Phone Resource Account license"),
            Label::new(user.at("AssignedPlan"), "the plan MCOEV_VIRTUALUSER is among them"),
        )
        .related([Label::new(user.at("AccountType"), "a person")])
        .remedy(
            "swap the license for Teams Phone in one step",
            [
                "# both in one command: apart, the account may stay without voice".to_owned(),
                format!(
                    "Set-MgUserLicense -UserId {} -AddLicenses @(@{{SkuId='e43b5b99-8dfb-405f-9987-dc307f34bcbd'}}) -RemoveLicenses @('{sku}')",
                    quoted(&name)
                ),
            ],
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
}
