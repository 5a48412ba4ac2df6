//! `rules/resource-accounts/resource-account-without-virtual-user-license.md`

use serde::Deserialize;

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Remedy, Severity, Subject, SubjectKind};
use crate::rules::license_removal::{REVIVAL, has_sku};
use crate::rules::{Check, Cx, Declared, OptionsSpec, Verdict, rule};
use crate::snapshot::ObjectId;
use crate::snapshot::service_plans::PlanClass;
use crate::tenant::{Answer, ResourceAccount, User};

pub(super) const RULE: Declared = rule!(
    "resource-accounts",
    "resource-account-without-virtual-user-license",
    Check::ResourceAccount(check),
    Some(OptionsSpec::of::<Options>(&["nested-needs-license"]))
);

/// Options of the rule.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct Options {
    /// Whether the account of an app that only other apps reach needs a license.
    nested_needs_license: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            nested_needs_license: true,
        }
    }
}

/// What the account is for, and so how much the license is missed.
enum Role {
    Numbered,
    Reachable(ObjectId),
    Nested(ObjectId),
    /// It serves an app; whether callers reach that directly is not known.
    Serving(ObjectId),
    Idle,
    /// What it serves, or whether it holds a number, is not known.
    Obscure,
}

fn check(account: &ResourceAccount, cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    let Some(user) = tenant.user_of(account) else {
        return Verdict::Unknown("the account is not in `Get-CsOnlineUser`");
    };
    if tenant.is_deleted(user) {
        return Verdict::NotApplicable;
    }
    match (tenant.virtual_user(user), tenant.phone_system(user)) {
        // A full phone license is the business of another rule.
        (Answer::Yes, _) | (_, Answer::Yes) => return Verdict::Passed,
        (Answer::Unknown, _) | (_, Answer::Unknown) => {
            return Verdict::Unknown("no export tells the licenses of the account");
        }
        (Answer::No, Answer::No) => {}
    }
    let role = role(account, cx);
    if !cx.options::<Options>().nested_needs_license {
        match role {
            Role::Nested(_) => return Verdict::Passed,
            Role::Serving(_) => {
                return Verdict::Unknown("no export tells whether callers reach its app directly");
            }
            Role::Numbered | Role::Reachable(_) | Role::Idle | Role::Obscure => {}
        }
    }
    Verdict::Found(Box::new(draft(account, user, &role, cx)))
}

fn role(account: &ResourceAccount, cx: &Cx) -> Role {
    let has_number = cx.tenant.has_number(account);
    if has_number == Answer::Yes {
        return Role::Numbered;
    }
    let first = |wanted: Answer| {
        let mut apps = account.apps.iter().copied();
        apps.find(|app| cx.tenant.is_directly_reachable(*app) == wanted)
    };
    if let Some(app) = first(Answer::Yes) {
        Role::Reachable(app)
    } else if let Some(app) = first(Answer::Unknown) {
        Role::Serving(app)
    } else if let Some(app) = first(Answer::No) {
        Role::Nested(app)
    } else if has_number == Answer::No && cx.tenant.knows_associations() {
        Role::Idle
    } else {
        Role::Obscure
    }
}

fn draft(account: &ResourceAccount, user: &User, role: &Role, cx: &Cx) -> Draft {
    let tenant = cx.tenant;
    let name = tenant.resource_account_name(account);
    let mut related = vec![license_label(user)];
    let (severity, why) = match role {
        Role::Numbered => {
            let number = tenant.service_number(account);
            let shown = number.map_or_else(String::new, |(place, shown)| {
                related.push(Label::new(place, "its service number: calls to it fail"));
                shown
            });
            (
                Severity::Error,
                format!("so calls to its number `{shown}` fail"),
            )
        }
        Role::Reachable(app) => {
            related.extend(app_label(
                account,
                *app,
                "callers reach this app directly",
                cx,
            ));
            let why = format!(
                "so calls to `{}`, which callers reach directly, fail",
                tenant.app_name(*app)
            );
            (Severity::Error, why)
        }
        Role::Nested(app) => {
            related.extend(app_label(account, *app, "only other apps lead here", cx));
            let why = format!(
                "and serves `{}`, which only other apps reach",
                tenant.app_name(*app)
            );
            (Severity::Warning, why)
        }
        Role::Serving(app) => {
            related.extend(app_label(account, *app, "it serves this app", cx));
            let why = format!(
                "and serves `{}`; whether callers reach that directly is not known",
                tenant.app_name(*app)
            );
            (Severity::Warning, why)
        }
        Role::Idle => (Severity::Info, "and serves no app".to_owned()),
        Role::Obscure => (
            Severity::Info,
            "and no export tells what it is used for".to_owned(),
        ),
    };
    let place = match &account.record {
        Some(record) => record.at("UserPrincipalName"),
        None => user.at("UserPrincipalName"),
    };
    Draft {
        severity,
        subject: Subject::new(SubjectKind::ResourceAccount, account.id.to_string(), &name),
        discriminator: String::new(),
        message: format!("`{name}` has no Teams Phone Resource Account license, {why}"),
        primary: Label::new(place, "this resource account is not licensed"),
        related,
        remedy: remedy(user, &tenant.resource_account_identity(account), cx),
    }
}

/// Where the license would stand.
fn license_label(user: &User) -> Label {
    if let Some(plans) = user.plans.value()
        && plans.stopped.contains(PlanClass::ResourceAccount)
    {
        return Label::new(
            user.at("AssignedPlan"),
            "the plan is listed, but no longer works",
        );
    }
    let property = if user.plans.is_absent() {
        "FeatureTypes"
    } else {
        "AssignedPlan"
    };
    Label::new(user.at(property), "no plan of a resource account here")
}

fn app_label(
    account: &ResourceAccount,
    app: ObjectId,
    text: &'static str,
    cx: &Cx,
) -> Option<Label> {
    let app = cx.tenant.app(app)?;
    let listed = app
        .accounts
        .value()?
        .iter()
        .position(|id| *id == account.id);
    Some(match listed {
        Some(index) => Label::new(app.at("ApplicationInstances").element(index), text),
        None => Label::new(app.at("Name"), text),
    })
}

fn remedy(user: &User, identity: &str, cx: &Cx) -> Remedy {
    let mut commands = Vec::new();
    if user.usage_location.is_null() {
        commands.push(format!(
            "# the usage location is blank: set it first, with the country of the account: Update-MgUser -UserId {} -UsageLocation US",
            quoted(identity)
        ));
    }
    let sku = cx.tenant.resource_account_sku();
    if has_sku(user, sku.id, cx) {
        commands.extend(REVIVAL.map(str::to_owned));
        return Remedy {
            summary: "bring the license that the account has back to work".into(),
            commands,
        };
    }
    commands.extend(sku.shortage.map(|shortage| {
        format!(
            "# {} at no charge under Billing > Purchase services",
            shortage.words()
        )
    }));
    let sku = sku.id;
    commands.push(format!(
        "Set-MgUserLicense -UserId {} -AddLicenses @(@{{SkuId='{sku}'}}) -RemoveLicenses @()",
        quoted(identity)
    ));
    Remedy {
        summary: "assign the free Teams Phone Resource Account license".into(),
        commands,
    }
}
