//! `rules/licenses/number-without-phone-system-license.md`

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Remedy, Severity, Subject, SubjectKind};
use crate::rules::license_removal::{REVIVAL, has_sku};
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::snapshot::ObjectId;
use crate::snapshot::service_plans::{PlanClass, TEAMS_PHONE_STANDARD_SKU};
use crate::tenant::{AccountKind, Answer, User};

pub(super) const RULE: Declared = rule!(
    "licenses",
    "number-without-phone-system-license",
    Check::User(check)
);

fn check(user: &User, cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    let kind = tenant.account_kind(user);
    let is_meant = matches!(
        kind,
        AccountKind::User | AccountKind::Ineligible | AccountKind::Unknown
    );
    if tenant.is_deleted(user) || !is_meant {
        return Verdict::NotApplicable;
    }
    match tenant.has_line(user) {
        Answer::Yes => {}
        Answer::No => return Verdict::NotApplicable,
        Answer::Unknown => {
            return Verdict::Unknown("no export tells whether the user holds a number");
        }
    }
    if kind == AccountKind::Unknown {
        return Verdict::Unknown("the kind of the account is not known");
    }
    match tenant.phone_system(user) {
        Answer::Yes => Verdict::Passed,
        Answer::Unknown => Verdict::Unknown("no export tells the licenses of the user"),
        Answer::No => Verdict::Found(Box::new(draft(user, kind, cx))),
    }
}

fn draft(user: &User, kind: AccountKind, cx: &Cx) -> Draft {
    let tenant = cx.tenant;
    let name = tenant.user_name(user);
    let id = user.id.get();
    let (number, related) = match tenant.line_of(user) {
        Some((number, place)) => (
            number,
            vec![Label::new(
                place,
                "calls to and from this number fail, and the service may take it away",
            )],
        ),
        None => (String::new(), Vec::new()),
    };
    let stopped = user
        .plans
        .value()
        .is_some_and(|plans| plans.stopped.contains(PlanClass::PhoneSystem));
    let (what, label) = if stopped {
        (
            "a Teams Phone license that no longer works",
            "the plan is listed, but disabled or expired",
        )
    } else if kind == AccountKind::Ineligible {
        ("no Teams license at all", "no plan of Teams Phone here")
    } else {
        ("no Teams Phone license", "no plan of Teams Phone here")
    };
    let property = if user.plans.is_absent() {
        "FeatureTypes"
    } else {
        "AssignedPlan"
    };
    let mut commands = Vec::new();
    if user.usage_location.is_null() {
        commands.push(format!(
            "# the usage location is blank: set it first, with the country of the user: Update-MgUser -UserId {} -UsageLocation US",
            quoted(&tenant.user_identity(user))
        ));
    }
    let standard = ObjectId::from_bits(TEAMS_PHONE_STANDARD_SKU);
    let summary = if has_sku(user, standard, cx) {
        commands.extend(REVIVAL.map(str::to_owned));
        "bring the Teams Phone license back to work, or take the number away"
    } else {
        commands.push(
            "# this is Teams Phone Standard; a suite that includes Teams Phone, such as E5, does as well".to_owned(),
        );
        commands.push(format!(
            "Set-MgUserLicense -UserId {} -AddLicenses @(@{{SkuId='{standard}'}}) -RemoveLicenses @()",
            quoted(&tenant.user_identity(user))
        ));
        "assign a Teams Phone license, or take the number away"
    };
    commands.push(format!(
        "# the service may have taken the number away meanwhile: look with Get-CsPhoneNumberAssignment -TelephoneNumber {}, and assign it again if it is free",
        quoted(&number)
    ));
    commands.push(format!(
        "# or, if the user is not to have any number: Remove-CsPhoneNumberAssignment -Identity {} -RemoveAll",
        quoted(&tenant.user_identity(user))
    ));
    Draft {
        severity: Severity::Error,
        subject: Subject::new(
            SubjectKind::User,
            id.map(|id| id.to_string()).unwrap_or_default(),
            &name,
        ),
        discriminator: String::new(),
        message: format!("`{name}` has the number `{number}`, but {what}"),
        primary: Label::new(user.at(property), label),
        related,
        remedy: Remedy {
            summary: summary.into(),
            commands,
        },
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::Verdict;
    use crate::rules::testing::verdicts;

    const ID: &str = "00000000-0000-4000-8000-000000000001";
    const LINE: &str = r#","LineUri":"tel:+12065550101""#;
    const OTHER: &str = r#"{"Identity":"00000000-0000-4000-8000-000000000009","UserPrincipalName":"x","LineUri":null,"AssignedPlan":[],"FeatureTypes":["Teams"]}"#;

    fn user(properties: &str) -> Vec<Verdict> {
        let users = format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"o'hara@contoso.example"{properties}}},{OTHER}]"#
        );
        verdicts("LI001", &[("Get-CsOnlineUser.json", &users)])
    }

    fn plans(account_type: &str, plans: &str) -> String {
        format!(r#"{LINE},"AccountType":"{account_type}","AssignedPlan":{plans},"FeatureTypes":[]"#)
    }

    fn message(properties: &str) -> String {
        match &user(properties)[..] {
            [Verdict::Found(draft)] => draft.message.clone(),
            other => panic!("{properties}: {other:?}"),
        }
    }

    #[test]
    fn a_number_needs_a_plan_that_works() {
        let teams = r#"[{"Capability":"Teams","CapabilityStatus":"Enabled"}]"#;
        assert!(message(&plans("User", teams)).contains("no Teams Phone license"));
        let deleted = r#"[{"Capability":"MCOEV","CapabilityStatus":"Deleted"}]"#;
        assert!(message(&plans("User", deleted)).contains("that no longer works"));
        assert!(message(&plans("IneligibleUser", "[]")).contains("no Teams license at all"));
        for status in ["Enabled", "Warning"] {
            let phone = format!(r#"[{{"Capability":"MCOEV","CapabilityStatus":"{status}"}}]"#);
            let verdicts = user(&plans("User", &phone));
            assert!(matches!(verdicts[..], [Verdict::Passed]), "{status}");
        }
        let suite = r#"[{"ServicePlanId":"4828c8ec-dc2e-4779-b502-87ac9ce28ab7","CapabilityStatus":"Enabled"}]"#;
        assert!(matches!(user(&plans("User", suite))[..], [Verdict::Passed]));
    }

    #[test]
    fn a_license_that_is_there_is_not_assigned_once_more() {
        let stopped = r#"[{"Capability":"MCOEV","CapabilityStatus":"Suspended"}]"#;
        let commands = |sku: &str| {
            let licenses =
                format!(r#","AssignedLicenses":[{{"skuId":"{sku}","disabledPlans":[]}}]"#);
            match user(&(plans("User", stopped) + &licenses))
                .into_iter()
                .next()
            {
                Some(Verdict::Found(draft)) => draft.remedy.commands,
                other => panic!("{other:?}"),
            }
        };
        let own = commands("e43b5b99-8dfb-405f-9987-dc307f34bcbd");
        assert!(own.iter().all(|line| line.starts_with('#')), "{own:?}");
        assert!(own[0].ends_with("renew what has expired"), "{own:?}");
        let suite = commands("06ebc4ee-1bb5-47dd-8120-11324bc54e06");
        assert!(suite[1].starts_with("Set-MgUserLicense"), "{suite:?}");
    }

    #[test]
    fn resource_accounts_guests_and_the_deleted_are_others_business() {
        assert!(user(&plans("ResourceAccount", "[]")).is_empty());
        assert!(user(&plans("Guest", "[]")).is_empty());
        let deleted = plans("User", "[]") + r#","SoftDeletionTimestamp":"2026-09-01T00:00:00Z""#;
        assert!(user(&deleted).is_empty());
        let without = r#","LineUri":null,"AccountType":"User","AssignedPlan":[],"FeatureTypes":[]"#;
        assert!(user(without).is_empty());
    }

    #[test]
    fn what_is_not_told_is_open() {
        let unknown = format!(r#"{LINE},"AccountType":"User""#);
        assert!(matches!(user(&unknown)[..], [Verdict::Unknown(_)]));
        let cut = plans("User", r#"["MCOEV"]"#);
        assert!(matches!(user(&cut)[..], [Verdict::Unknown(_)]));
    }

    #[test]
    fn the_commands_keep_hostile_names_in_their_quotes() {
        let [Verdict::Found(draft)] = &user(&plans("User", "[]"))[..] else {
            panic!("a finding");
        };
        assert!(
            draft.remedy.commands[1]
                .starts_with("Set-MgUserLicense -UserId 'o''hara@contoso.example' ")
        );
    }
}
