//! `rules/voice-apps/one-account-two-apps-or-many-accounts.md`

use serde::Deserialize;

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Severity};
use crate::rules::choice::by_choice;
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, OptionsSpec, Verdict, Verdicts, rule};
use crate::tenant::{App, ResourceAccount};

pub(super) const RULE: Declared = rule!(
    "voice-apps",
    "one-account-two-apps-or-many-accounts",
    Check::Each(check),
    Some(OptionsSpec::of::<Options>(&["max-accounts"]))
);

/// Options of the rule.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct Options {
    /// More resource accounts than this are told.
    max_accounts: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { max_accounts: 10 }
    }
}

fn check(cx: &Cx) -> Verdicts {
    let apps = &cx.tenant.apps;
    let unread = apps.iter().filter(|app| app.accounts.is_absent()).count();
    let accounts = cx
        .tenant
        .resource_accounts
        .iter()
        .map(|account| of_account(account, unread, cx));
    let apps = apps.iter().map(|app| of_app(app, cx));
    accounts.chain(apps).collect()
}

/// Judges an account, where so many apps do not tell their accounts.
fn of_account(account: &ResourceAccount, unread: usize, cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    let apps: Vec<&App> = account
        .apps
        .iter()
        .filter_map(|id| tenant.app(*id))
        .collect();
    let listing: Vec<(&App, usize)> = apps
        .into_iter()
        .filter_map(|app| {
            let place = tenant.place_in_list(app, account.id)?;
            Some((app, place))
        })
        .collect();
    match listing.as_slice() {
        // Any app that does not tell its accounts may list this one.
        [] | [_] if listing.len() + unread > 1 => {
            Verdict::Unknown("the export does not tell the accounts of some apps")
        }
        [] => Verdict::NotApplicable,
        [_] => Verdict::Passed,
        [(first, index), rest @ ..] => {
            let name = tenant.resource_account_name(account);
            let other = rest
                .first()
                .map(|(app, _)| tenant.app_words(app))
                .unwrap_or_default();
            found(
                Draft::new(
                    Severity::Error,
                    tenant.account_subject(account),
                    format!(
                        "`{name}` serves {} and {other}: an account can serve one app",
                        tenant.app_words(first)
                    ),
                    Label::new(first.at("ApplicationInstances").element(*index), "here"),
                )
                .related(rest.iter().map(|(app, index)| {
                    Label::new(app.at("ApplicationInstances").element(*index), "and here")
                }))
                .remedy(
                    "associate the account with one of the apps",
                    associate_with_one(account, listing.iter().map(|(app, _)| *app), cx),
                ),
            )
        }
    }
}

/// Which of the apps keeps the account is not for a script to choose, and without any its calls reach nothing.
fn associate_with_one<'t>(
    account: &ResourceAccount,
    apps: impl Iterator<Item = &'t App>,
    cx: &Cx,
) -> Vec<String> {
    let id = quoted(&account.id.to_string());
    let remove = format!("Remove-CsOnlineApplicationInstanceAssociation -Identities @({id})");
    let lines = [
        remove,
        "# and at once, for the app that it is to serve:".to_owned(),
    ];
    let each = apps.filter_map(|app| {
        let id_of_app = app.id.get()?;
        let kind = cx.tenant.kind_of(id_of_app)?.configuration_type();
        Some(format!(
            "# {}: New-CsOnlineApplicationInstanceAssociation -Identities @({id}) -ConfigurationId '{id_of_app}' -ConfigurationType {kind}",
            cx.tenant.app_words(app)
        ))
    });
    by_choice(lines.into_iter().chain(each)).collect()
}

fn of_app(app: &App, cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    let Some(id) = app.id.get() else {
        return Verdict::NotApplicable;
    };
    let count = tenant.accounts_of(id).len();
    if count <= cx.options::<Options>().max_accounts {
        return match count {
            _ if app.accounts.is_absent() => {
                Verdict::Unknown("the export does not tell the accounts of the app")
            }
            0 => Verdict::NotApplicable,
            _ => Verdict::Passed,
        };
    }
    found(
        Draft::new(
            Severity::Info,
            tenant.app_subject(app),
            format!("{} has {count} resource accounts", tenant.app_words(app)),
            Label::new(app.at("ApplicationInstances"), "more than most apps need"),
        )
        .remedy(
            "look whether each of them is needed",
            [
                "# one account can hold one number; further numbers need further accounts"
                    .to_owned(),
            ],
        ),
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

    use crate::rules::testing::verdicts_with;

    const ONE: &str = "00000000-0000-4000-8000-00000000000a";
    const TWO: &str = "00000000-0000-4000-8000-00000000000b";

    fn queues(first: &str, second: &str) -> String {
        format!(
            r#"[{{"Identity":"{ONE}","Name":"One","RoutingMethod":"Serial","ApplicationInstances":[{first}]}},{{"Identity":"{TWO}","Name":"Two","RoutingMethod":"Serial","ApplicationInstances":[{second}]}}]"#
        )
    }

    #[test]
    fn an_account_serves_one_app() {
        let own = format!("\"{ID}\"");
        let accounts = account("");
        let accounts = ("Get-CsOnlineApplicationInstance.json", accounts.as_str());
        let both = queues(&own, &own);
        let twice = verdicts("AA028", &[("Get-CsCallQueue.json", &both), accounts]);
        assert!(
            matches!(
                twice[..],
                [Verdict::Found(_), Verdict::Passed, Verdict::Passed]
            ),
            "{twice:?}"
        );
        let Some(Verdict::Found(draft)) = twice.first() else {
            panic!("{twice:?}");
        };
        assert_eq!(
            draft.remedy.commands,
            [
                format!("# Remove-CsOnlineApplicationInstanceAssociation -Identities @('{ID}')"),
                "# and at once, for the app that it is to serve:".to_owned(),
                format!(
                    "# call queue `One`: New-CsOnlineApplicationInstanceAssociation -Identities @('{ID}') -ConfigurationId '{ONE}' -ConfigurationType CallQueue"
                ),
                format!(
                    "# call queue `Two`: New-CsOnlineApplicationInstanceAssociation -Identities @('{ID}') -ConfigurationId '{TWO}' -ConfigurationType CallQueue"
                ),
            ]
        );
        let single = queues(&own, "");
        let passed = verdicts("AA028", &[("Get-CsCallQueue.json", &single), accounts]);
        assert!(matches!(passed[..], [Verdict::Passed, Verdict::Passed]));
        let options = serde_json::json!({"max-accounts": 0});
        let many = verdicts_with(
            "AA028",
            &options,
            &[("Get-CsCallQueue.json", &single), accounts],
        );
        assert_eq!(severity(&many[1..]), "info");
    }

    #[test]
    fn apps_that_do_not_tell_their_accounts_leave_it_open() {
        let accounts = account("");
        let accounts = ("Get-CsOnlineApplicationInstance.json", accounts.as_str());
        let judge = |one: &str, two: &str| {
            let queues = format!(
                r#"[{{"Identity":"{ONE}","Name":"One","RoutingMethod":"Serial","ApplicationInstances":{one}}},{{"Identity":"{TWO}","Name":"Two","RoutingMethod":"Serial","ApplicationInstances":{two}}}]"#
            );
            verdicts("AA028", &[("Get-CsCallQueue.json", &queues), accounts])
        };
        let own = format!("[\"{ID}\"]");
        for unread in [
            r#"{"weird":1}"#,
            "7",
            r#""System.Collections.Generic.List`1[System.Object]""#,
        ] {
            let one = judge(&own, unread);
            assert!(
                matches!(
                    one[..],
                    [Verdict::Unknown(_), Verdict::Passed, Verdict::Unknown(_)]
                ),
                "{unread}: {one:?}"
            );
            let both = judge(unread, unread);
            assert!(
                matches!(
                    both[..],
                    [
                        Verdict::Unknown(_),
                        Verdict::Unknown(_),
                        Verdict::Unknown(_)
                    ]
                ),
                "{unread}: {both:?}"
            );
            // One app alone cannot share an account with itself.
            let none = judge("[]", unread);
            assert!(matches!(none[..], [Verdict::Unknown(_)]), "{none:?}");
        }
    }
}
