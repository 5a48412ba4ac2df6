//! `rules/voice-apps/app-without-resource-account.md`

use std::collections::BTreeSet;

use crate::finding::{Draft, Label, Severity};
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, Verdict, Verdicts, rule};
use crate::snapshot::{Field, ObjectId};
use crate::tenant::{App, AppCircle, AppKind, Leads, Tenant, Way};

pub(super) const RULE: Declared = rule!(
    "voice-apps",
    "app-without-resource-account",
    Check::Each(check)
);

/// What leads where, told once for all apps.
struct Ways<'t> {
    leads: &'t Leads,
    /// What nobody comes in at, for each of the tenant's circles.
    closed: Vec<Option<Closed>>,
}

/// Apps without a resource account, each of which leads to all others, and to none of which another one leads: nobody comes
/// in anywhere.
struct Closed {
    count: usize,
    /// Whether something may lead there, though the export does not tell.
    perhaps: bool,
    /// Whether the export does not tell the resource accounts of one of them.
    untold: bool,
}

impl Closed {
    /// `None` where somebody may come in, or where an app stands above: its own finding says that nobody reaches it.
    fn of(circle: &AppCircle, perhaps: &BTreeSet<ObjectId>, tenant: &Tenant) -> Option<Self> {
        let mut apps = circle.apps.iter().copied();
        let is_closed =
            circle.above.is_empty() && apps.clone().all(|app| tenant.accounts_of(app).is_empty());
        let untold = |id| tenant.app(id).is_some_and(|app| app.accounts.is_absent());
        is_closed.then(|| Self {
            count: circle.apps.len(),
            perhaps: apps.clone().any(|app| perhaps.contains(&app)),
            untold: apps.any(untold),
        })
    }
}

/// What an app without resource account comes to.
struct Fault {
    severity: Severity,
    what: String,
    related: Option<Label>,
}

fn check(cx: &Cx) -> Verdicts {
    let tenant = cx.tenant;
    let perhaps = tenant.perhaps_led_to();
    let circles = tenant.app_circles().all.iter();
    let ways = Ways {
        leads: tenant.leads(),
        closed: circles
            .map(|circle| Closed::of(circle, &perhaps, tenant))
            .collect(),
    };
    tenant
        .apps
        .iter()
        .map(|app| judge(app, &ways, cx))
        .collect()
}

fn judge(app: &App, ways: &Ways, cx: &Cx) -> Verdict {
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
    match fault(app, id, ways, cx) {
        Ok(fault) => found(draft(app, id, fault, cx)),
        Err(why) => Verdict::Unknown(why),
    }
}

fn fault(app: &App, id: ObjectId, ways: &Ways, cx: &Cx) -> Result<Fault, &'static str> {
    let tenant = cx.tenant;
    // Without an account, it is led to by its own id alone.
    let own = ways.leads.to_app(id);
    // Who calls itself is not called by anybody for it.
    let mut others = own.iter().filter(|lead| lead.from != id);
    if let Some(lead) = others.clone().find(|lead| lead.way == Way::Wrong) {
        return Ok(Fault {
            severity: Severity::Warning,
            what: "but is called as if it had one".to_owned(),
            related: Some(Label::new(
                lead.place.clone(),
                "meant for a resource account",
            )),
        });
    }
    if matches!(&app.calling_ids, Field::Value(ids) if !ids.is_empty()) {
        return Ok(Fault {
            severity: Severity::Warning,
            what: "which its calling IDs need".to_owned(),
            related: Some(Label::new(
                app.at("OboResourceAccountIds"),
                "agents call with these",
            )),
        });
    }
    let circle = tenant.app_circles().of(id);
    let closed = circle.and_then(|circle| ways.closed.get(circle)?.as_ref());
    if let (Some(lead), None) = (others.next(), closed) {
        let from = tenant
            .app(lead.from)
            .map(|app| tenant.app_words(app))
            .unwrap_or_default();
        return Ok(Fault {
            severity: Severity::Info,
            what: format!("; {from} leads to it"),
            related: Some(Label::new(lead.place.clone(), "leads here")),
        });
    }
    if !tenant.tells_all_uses() {
        return Err("the export does not tell all targets of the apps");
    }
    if closed.is_some_and(|closed| closed.perhaps) {
        return Err("the export does not tell what a target of another app is");
    }
    if closed.is_some_and(|closed| closed.untold) {
        return Err("the export does not tell the resource accounts of an app");
    }
    let why = match (own.first(), closed.map_or(1, |closed| closed.count)) {
        (None, _) => "nothing leads to it",
        (Some(_), 1) => "nothing but itself leads to it",
        (Some(_), _) => "only a circle of apps without one leads to it",
    };
    Ok(Fault {
        severity: Severity::Error,
        what: format!("and {why}: nobody can reach it"),
        related: own
            .first()
            .map(|lead| Label::new(lead.place.clone(), "leads here")),
    })
}

fn draft(app: &App, id: ObjectId, fault: Fault, cx: &Cx) -> Draft {
    let tenant = cx.tenant;
    let kind = tenant.kind_of(id).unwrap_or(AppKind::AutoAttendant);
    let commands = if fault.severity == Severity::Info {
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
    let name = tenant.app_words(app);
    let comma = if fault.what.starts_with(';') {
        ""
    } else {
        ", "
    };
    Draft::new(
        fault.severity,
        tenant.app_subject(app),
        format!("{name} has no resource account{comma}{}", fault.what),
        Label::new(app.at("ApplicationInstances"), "none"),
    )
    .related(fault.related)
    .remedy("make a resource account and associate it", commands)
}

#[cfg(test)]
mod tests {
    use crate::rules::Verdict;
    use crate::rules::testing::{queues_in_a_row, verdicts};

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
        assert_eq!(
            judge(&lead("Configuration Endpoint"), none),
            ["passed", "info"]
        );
        // What the number of a type means is not documented.
        for untold in ["3", ""] {
            assert_eq!(judge(&lead(untold), none), ["passed", "unknown"]);
        }
        let bare = format!(r#"{own},"OverflowActionTarget":{{"Id":"{TWO}"}}"#);
        assert_eq!(judge(&bare, none), ["passed", "unknown"]);
        let callers = format!(r#"{none},"OboResourceAccountIds":["{ID}"]"#);
        assert_eq!(judge(&alone, &callers), ["passed", "warning"]);
        assert_eq!(judge(&own, ""), ["passed", "unknown"]);
    }
    #[test]
    fn apps_that_only_lead_to_themselves_are_reached_by_nobody() {
        let to = |id: &str, own: &str| {
            format!(
                r#","ApplicationInstances":[{own}],"OverflowActionTarget":{{"Id":"{id}","Type":"ConfigurationEndpoint"}}"#
            )
        };
        let alone = r#","ApplicationInstances":[],"OverflowActionTarget":null"#;
        assert_eq!(judge(&to(ONE, ""), alone), ["error", "error"]);
        assert_eq!(judge(&to(TWO, ""), &to(ONE, "")), ["error", "error"]);
        // In at one of them means in at both; who stands above has the finding.
        let own = format!("\"{ID}\"");
        assert_eq!(judge(&to(TWO, &own), &to(ONE, "")), ["passed", "info"]);
        assert_eq!(judge(&to(TWO, ""), alone), ["error", "info"]);
        assert_eq!(judge(&to(TWO, ""), &to(TWO, "")), ["error", "info"]);
    }

    #[test]
    fn a_large_circle_and_a_long_chain_are_judged_at_once() {
        const COUNT: usize = 20_000;
        let count = |next: &dyn Fn(usize) -> usize| {
            let queues = queues_in_a_row(COUNT, next);
            let verdicts = verdicts(
                "AA001",
                &[
                    ("Get-CsCallQueue.json", &queues),
                    ("Get-CsAutoAttendant.json", "[]"),
                ],
            );
            let errors = verdicts
                .iter()
                .filter(|verdict| severity(std::slice::from_ref(verdict)) == "error");
            (verdicts.len(), errors.count())
        };
        assert_eq!(count(&|at| (at + 1) % COUNT), (COUNT, COUNT));
        // Who stands above all has the finding.
        assert_eq!(count(&|at| at.saturating_sub(1)), (COUNT, 1));
    }
}
