//! `rules/voice-apps/app-without-resource-account.md`

use std::collections::BTreeMap;

use crate::finding::{Draft, Label, Severity};
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, Verdict, Verdicts, rule};
use crate::snapshot::{Field, ObjectId};
use crate::tenant::{App, AppKind, Lead, Way};

pub(super) const RULE: Declared = rule!(
    "voice-apps",
    "app-without-resource-account",
    Check::Each(check)
);

fn check(cx: &Cx) -> Verdicts {
    let leads = cx.tenant.leads();
    cx.tenant
        .apps
        .iter()
        .map(|app| judge(app, &leads, cx))
        .collect()
}

fn judge(app: &App, leads: &BTreeMap<ObjectId, Vec<Lead>>, cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    let Some(id) = app.id.get() else {
        return Verdict::Unknown("the export does not tell the id of an app");
    };
    if !tenant.accounts_of(id).is_empty() {
        return Verdict::Passed;
    }
    if app.accounts.is_absent() {
        return Verdict::Unknown("the export does not tell the resource accounts of an app");
    }
    let own = leads.get(&id).map(Vec::as_slice).unwrap_or_default();
    let wrong = own.iter().find(|lead| lead.way == Way::Wrong);
    let needs = matches!(&app.calling_ids, Field::Value(ids) if !ids.is_empty());
    let lost = !tenant.tells_all_uses();
    let name = tenant.app_words(app);
    let (severity, message, related) = if let Some(lead) = wrong {
        (
            Severity::Warning,
            format!("{name} has no resource account, but is called as if it had one"),
            Some(Label::new(
                lead.place.clone(),
                "meant for a resource account",
            )),
        )
    } else if needs {
        (
            Severity::Warning,
            format!("{name} has no resource account, which its calling IDs need"),
            Some(Label::new(
                app.at("OboResourceAccountIds"),
                "agents call with these",
            )),
        )
    } else if let Some(lead) = own.first() {
        let from = tenant
            .app(lead.from)
            .map(|app| tenant.app_words(app))
            .unwrap_or_default();
        (
            Severity::Info,
            format!("{name} has no resource account; {from} leads to it"),
            Some(Label::new(lead.place.clone(), "leads here")),
        )
    } else if lost {
        return Verdict::Unknown("the export does not tell all targets of the apps");
    } else {
        (
            Severity::Error,
            format!("{name} has no resource account, and nothing leads to it: nobody can reach it"),
            None,
        )
    };
    let kind = tenant.kind_of(id).unwrap_or(AppKind::AutoAttendant);
    let commands = if severity == Severity::Info {
        vec!["# nothing has to be done as long as it is only called by other apps".to_owned()]
    } else {
        vec![
            format!(
                "# New-CsOnlineApplicationInstance -UserPrincipalName <name> -DisplayName <name> -ApplicationId '{}'",
                kind.application_id()
            ),
            "# give it a usage location and the Teams Phone Resource Account license, then"
                .to_owned(),
            format!(
                "# New-CsOnlineApplicationInstanceAssociation -Identities @(<object id>) -ConfigurationId '{id}' -ConfigurationType {}",
                kind.configuration_type()
            ),
        ]
    };
    found(
        Draft::new(
            severity,
            tenant.app_subject(app),
            message,
            Label::new(app.at("ApplicationInstances"), "none"),
        )
        .related(related)
        .remedy("make a resource account and associate it", commands),
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

    const ONE: &str = "00000000-0000-4000-8000-00000000000a";
    const TWO: &str = "00000000-0000-4000-8000-00000000000b";

    fn judge(first: &str, second: &str) -> Vec<&'static str> {
        let queues = format!(
            r#"[{{"Identity":"{ONE}","Name":"One","RoutingMethod":"Serial","TimeoutActionTarget":null{first}}},{{"Identity":"{TWO}","Name":"Two","RoutingMethod":"Serial","OverflowActionTarget":null,"TimeoutActionTarget":null{second}}}]"#
        );
        let verdicts = verdicts(
            "AA001",
            &[
                ("Get-CsCallQueue.json", &queues),
                ("Get-CsAutoAttendant.json", "[]"),
            ],
        );
        verdicts
            .iter()
            .map(|verdict| match verdict {
                Verdict::Found(_) => severity(std::slice::from_ref(verdict)),
                Verdict::Passed => "passed",
                _ => "unknown",
            })
            .collect()
    }

    #[test]
    fn nothing_leads_there_or_another_app_does() {
        let own = format!(r#","ApplicationInstances":["{ID}"]"#);
        let none = r#","ApplicationInstances":[]"#;
        let alone = format!(r#"{own},"OverflowActionTarget":null"#);
        assert_eq!(judge(&alone, none), ["passed", "error"]);
        assert_eq!(judge(&own, none), ["passed", "unknown"], "targets left out");
        let lead = |kind: &str| {
            format!(r#"{own},"OverflowActionTarget":{{"Id":"{TWO}","Type":"{kind}"}}"#)
        };
        assert_eq!(
            judge(&lead("ConfigurationEndpoint"), none),
            ["passed", "info"]
        );
        assert_eq!(
            judge(&lead("ApplicationEndpoint"), none),
            ["passed", "warning"]
        );
        let callers = format!(r#"{none},"OboResourceAccountIds":["{ID}"]"#);
        assert_eq!(judge(&alone, &callers), ["passed", "warning"]);
        assert_eq!(judge(&own, ""), ["passed", "unknown"]);
    }
}
