//! `rules/resource-accounts/application-type-mismatch.md`

use serde::Deserialize;

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Remedy, Severity, Subject, SubjectKind};
use crate::rules::choice::by_choice;
use crate::rules::option_types::ApplicationId;
use crate::rules::{Check, Cx, Declared, OptionsSpec, Verdict, rule};
use crate::snapshot::Field;
use crate::tenant::{AppKind, Application, ResourceAccount, Service};

pub(super) const RULE: Declared = rule!(
    "resource-accounts",
    "application-type-mismatch",
    Check::ResourceAccount(check),
    Some(OptionsSpec::of::<Options>(&["allowed-application-ids"]))
);

/// Options of the rule.
#[derive(Clone, Default, Debug, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct Options {
    /// Application ids that may serve any app.
    allowed_application_ids: Vec<ApplicationId>,
}

fn check(account: &ResourceAccount, cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    let user = tenant.user_of(account);
    if user.is_some_and(|user| tenant.is_deleted(user)) {
        return Verdict::NotApplicable;
    }
    let services = tenant.services_of(account);
    if services.is_empty() {
        return if tenant.knows_associations() {
            Verdict::NotApplicable
        } else {
            Verdict::Unknown("no export tells which app the account serves")
        };
    }
    let application = match tenant.application_of(account) {
        Field::Value(application) => application,
        // An account without application id is the business of another rule.
        Field::Null => return Verdict::NotApplicable,
        Field::Absent => return Verdict::Unknown("no export tells what the account was made for"),
    };
    let allowed = &cx.options::<Options>().allowed_application_ids;
    let own = account
        .record
        .as_ref()
        .and_then(|record| record.application.get());
    if own.is_some_and(|own| allowed.contains(&ApplicationId(own))) {
        return Verdict::Passed;
    }
    let fits = |kind: AppKind| application == Application::Teams(kind);
    let wrong = services
        .iter()
        .find_map(|service| Some((service, service.kind.filter(|kind| !fits(*kind))?)));
    match wrong {
        Some((service, kind)) => {
            Verdict::Found(Box::new(draft(account, application, service, kind, cx)))
        }
        None if services.iter().any(|service| service.kind.is_none()) => {
            Verdict::Unknown("no export tells what the associated app is")
        }
        None => Verdict::Passed,
    }
}

fn draft(
    account: &ResourceAccount,
    application: Application,
    service: &Service,
    kind: AppKind,
    cx: &Cx,
) -> Draft {
    let tenant = cx.tenant;
    let name = tenant.resource_account_name(account);
    let (severity, made_for, its_id) = match application {
        Application::Teams(AppKind::AutoAttendant) => (
            Severity::Error,
            "auto attendants".to_owned(),
            "this is the id for auto attendants",
        ),
        Application::Teams(AppKind::CallQueue) => (
            Severity::Error,
            "call queues".to_owned(),
            "this is the id for call queues",
        ),
        Application::ThirdParty(id) => (
            Severity::Warning,
            format!("the third-party application `{id}`"),
            "this is the id of a third party",
        ),
    };
    let app = tenant.app_name(service.app);
    let words = kind.words();
    let serves = match kind {
        AppKind::AutoAttendant => "but it serves an auto attendant",
        AppKind::CallQueue => "but it serves a call queue",
    };
    let place = match &account.record {
        Some(record) => record.at("ApplicationId"),
        None => service.place.clone(),
    };
    Draft {
        severity,
        subject: Subject::new(SubjectKind::ResourceAccount, account.id.to_string(), &name),
        discriminator: String::new(),
        message: format!("`{name}` is made for {made_for}, but serves the {words} `{app}`"),
        primary: Label::new(place, its_id),
        related: vec![Label::new(service.place.clone(), serves)],
        remedy: remedy(account, application, service, kind, cx),
    }
}

fn remedy(
    account: &ResourceAccount,
    application: Application,
    service: &Service,
    kind: AppKind,
    cx: &Cx,
) -> Remedy {
    let id = account.id;
    let change = [
        format!("Remove-CsOnlineApplicationInstanceAssociation -Identities '{id}'"),
        format!(
            "Set-CsOnlineApplicationInstance -Identity {} -ApplicationId '{}'",
            quoted(&cx.tenant.resource_account_identity(account)),
            kind.application_id()
        ),
        format!(
            "New-CsOnlineApplicationInstanceAssociation -Identities @('{id}') -ConfigurationId '{}' -ConfigurationType {}",
            service.app,
            kind.configuration_type()
        ),
    ];
    let commands = match application {
        Application::ThirdParty(other) => {
            let keep = format!(
                "# if application '{other}' is meant to serve it, add the id to allowed-application-ids; else:"
            );
            by_choice([keep].into_iter().chain(change)).collect()
        }
        Application::Teams(_) => change.into(),
    };
    Remedy {
        summary: format!(
            "take the account off the {0}, make it one for {0}s, and associate it again",
            kind.words()
        )
        .into(),
        commands,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::finding::Draft;
    use crate::rules::Verdict;
    use crate::rules::testing::{verdicts, verdicts_with};

    const ONE: &str = "00000000-0000-4000-8000-000000000001";
    const APP: &str = "00000000-0000-4000-8000-00000000000a";
    const ATTENDANT: &str = "\"ce933385-9390-45d1-9512-c8d228074e07\"";
    const QUEUE: &str = "\"11cd3e2e-fccb-42ad-ad00-878b93575e07\"";
    const OTHER: &str = "\"5c1f4b52-5d3e-4c0a-9f06-2d8a3c1e7b90\"";

    /// An account with that application id, alone.
    fn account(application: &str) -> (&'static str, String) {
        let text = format!(
            "[{{\"ObjectId\":\"{ONE}\",\"ApplicationId\":{application},\"UserPrincipalName\":\"o'hara@contoso.example\"}}]"
        );
        ("Get-CsOnlineApplicationInstance.json", text)
    }

    fn association(configuration_type: &str) -> (&'static str, String) {
        let text = format!(
            "[{{\"Id\":\"{ONE}\",\"ConfigurationType\":{configuration_type},\"ConfigurationId\":\"{APP}\"}}]"
        );
        ("Get-CsOnlineApplicationInstanceAssociation.json", text)
    }

    /// An auto attendant or a call queue that lists the account.
    fn app(cmdlet: &'static str) -> (&'static str, String) {
        let text = format!(
            "[{{\"Identity\":\"{APP}\",\"Name\":\"Sales\",\"ApplicationInstances\":[\"{ONE}\"]}}]"
        );
        (cmdlet, text)
    }

    const ATTENDANTS: &str = "Get-CsAutoAttendant.json";
    const QUEUES: &str = "Get-CsCallQueue.json";

    fn judged(options: &serde_json::Value, files: &[(&'static str, String)]) -> Vec<Verdict> {
        let files: Vec<(&str, &str)> = files
            .iter()
            .map(|(name, text)| (*name, text.as_str()))
            .collect();
        verdicts_with("RA005", options, &files)
    }

    fn word(files: &[(&'static str, String)]) -> &'static str {
        told(&judged(&json!({}), files))
    }

    fn told(verdicts: &[Verdict]) -> &'static str {
        match verdicts {
            [] => "silent",
            [Verdict::Passed] => "passed",
            [Verdict::Unknown(_)] => "unknown",
            [Verdict::Found(draft)] => draft.severity.name(),
            _ => "several",
        }
    }

    fn found(files: &[(&'static str, String)]) -> Draft {
        match judged(&json!({}), files).remove(0) {
            Verdict::Found(draft) => *draft,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_association_tells_what_the_account_serves() {
        let attendant = "\"AutoAttendant\"";
        let queue = "\"CallQueue\"";
        for (application, associated, expected) in [
            (ATTENDANT, attendant, "passed"),
            (ATTENDANT, queue, "error"),
            (QUEUE, queue, "passed"),
            (QUEUE, attendant, "error"),
        ] {
            let files = [account(application), association(associated)];
            assert_eq!(word(&files), expected, "{application} {associated}");
        }
    }

    #[test]
    fn without_associations_the_apps_tell() {
        for (application, cmdlet, expected) in [
            (ATTENDANT, ATTENDANTS, "passed"),
            (ATTENDANT, QUEUES, "error"),
            (QUEUE, QUEUES, "passed"),
            (QUEUE, ATTENDANTS, "error"),
        ] {
            let files = [account(application), app(cmdlet)];
            assert_eq!(word(&files), expected, "{application} {cmdlet}");
        }
    }

    #[test]
    fn the_association_goes_before_the_apps() {
        let stale = [
            account(QUEUE),
            association("\"CallQueue\""),
            app(ATTENDANTS),
        ];
        assert_eq!(word(&stale), "passed");
        let wrong = [
            account(QUEUE),
            association("\"AutoAttendant\""),
            app(QUEUES),
        ];
        assert_eq!(word(&wrong), "error");
        // A type that nobody can read: what the app is, decides.
        let number = [account(QUEUE), association("1"), app(ATTENDANTS)];
        assert_eq!(word(&number), "error");
        assert_eq!(word(&[account(QUEUE), association("1")]), "unknown");
    }

    #[test]
    fn mainline_attendants_are_attendants() {
        let mainline = "\"7D563055-B6CC-4D7A-93C1-38AA762B34AE\"";
        assert_eq!(word(&[account(mainline), app(ATTENDANTS)]), "passed");
        assert_eq!(word(&[account(mainline), app(QUEUES)]), "error");
    }

    #[test]
    fn third_party_accounts_are_a_warning_unless_allowed() {
        let files = [account(OTHER), app(QUEUES)];
        assert_eq!(word(&files), "warning");
        let allow = |id: &str| json!({"allowed-application-ids": [id]});
        let upper = OTHER.trim_matches('"').to_uppercase();
        assert_eq!(told(&judged(&allow(&upper), &files)), "passed");
        assert_eq!(told(&judged(&allow(ONE), &files)), "warning");
        // Without an app of Teams it is none of this rule's business.
        let none = (
            "Get-CsOnlineApplicationInstanceAssociation.json",
            "[]".to_owned(),
        );
        assert_eq!(word(&[account(OTHER), none]), "silent");
    }

    #[test]
    fn an_option_that_is_no_id_is_refused() {
        let rule = crate::rules::find("RA005").expect("the rule");
        let spec = rule.options.expect("it has options");
        let error = (spec.parse)(json!({"allowed-application-ids": ["contact center"]}))
            .expect_err("no id");
        assert!(
            error.contains("`contact center` is no application id"),
            "{error}"
        );
    }

    #[test]
    fn what_no_export_tells_is_unknown() {
        assert_eq!(word(&[account(ATTENDANT)]), "unknown");
        // Half of the apps cannot say that it serves none.
        let empty = |cmdlet: &'static str| (cmdlet, "[]".to_owned());
        assert_eq!(word(&[account(ATTENDANT), empty(ATTENDANTS)]), "unknown");
        assert_eq!(
            word(&[account(ATTENDANT), empty(ATTENDANTS), empty(QUEUES)]),
            "silent"
        );
        let bare = (
            "Get-CsOnlineApplicationInstance.json",
            format!("[{{\"ObjectId\":\"{ONE}\",\"PhoneNumber\":null,\"DisplayName\":\"x\"}}]"),
        );
        assert_eq!(word(&[bare, app(QUEUES)]), "unknown");
        // Blank is none, and another rule's business.
        assert_eq!(word(&[account("null"), app(QUEUES)]), "silent");
    }

    #[test]
    fn deleted_accounts_are_left_alone() {
        let user = |deleted: &str| {
            let text = format!(
                "[{{\"Identity\":\"{ONE}\",\"UserPrincipalName\":\"x\",\"SoftDeletionTimestamp\":{deleted}}}]"
            );
            ("Get-CsOnlineUser.json", text)
        };
        let date = "\"2026-09-01T00:00:00Z\"";
        assert_eq!(
            word(&[account(ATTENDANT), app(QUEUES), user(date)]),
            "silent"
        );
        assert_eq!(
            word(&[account(ATTENDANT), app(QUEUES), user("null")]),
            "error"
        );
    }

    #[test]
    fn the_remedy_sets_the_id_that_the_app_wants() {
        let draft = found(&[account(ATTENDANT), app(QUEUES)]);
        assert_eq!(
            draft.message,
            "`o'hara@contoso.example` is made for auto attendants, but serves the call queue `Sales`"
        );
        assert_eq!(
            draft.remedy.commands,
            [
                format!("Remove-CsOnlineApplicationInstanceAssociation -Identities '{ONE}'"),
                "Set-CsOnlineApplicationInstance -Identity 'o''hara@contoso.example' -ApplicationId '11cd3e2e-fccb-42ad-ad00-878b93575e07'".to_owned(),
                format!("New-CsOnlineApplicationInstanceAssociation -Identities @('{ONE}') -ConfigurationId '{APP}' -ConfigurationType CallQueue"),
            ]
        );
        let draft = found(&[account(OTHER), app(ATTENDANTS)]);
        assert!(draft.remedy.commands[0].contains("allowed-application-ids"));
        let mut lines = draft.remedy.commands.iter();
        assert!(lines.all(|line| line.starts_with("# ")));
        assert!(draft.remedy.commands[2].contains("ce933385-9390-45d1-9512-c8d228074e07"));
        assert!(verdicts("RA005", &[]).is_empty());
    }
}
