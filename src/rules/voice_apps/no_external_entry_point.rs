//! `rules/voice-apps/no-external-entry-point.md`

use serde::Deserialize;

use crate::finding::{Draft, Label, Severity};
use crate::rules::numbered::found;
use crate::rules::option_types::parts;
use crate::rules::{Check, Cx, Declared, OptionsSpec, Verdict, Verdicts, rule};
use crate::snapshot::ObjectId;
use crate::tenant::{Answer, App, Tenant};

pub(super) const RULE: Declared = rule!(
    "voice-apps",
    "no-external-entry-point",
    Check::Each(check),
    Some(OptionsSpec::of::<Options>(&["internal-names"]))
);

/// Options of the rule.
#[derive(Clone, Default, Debug, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct Options {
    /// Parts of the names of apps that are for colleagues only.
    #[serde(deserialize_with = "parts")]
    internal_names: Vec<String>,
}

/// What is told of all apps of a circle at once.
struct Told {
    /// Whether callers from outside come in at any of them, or at any app that leads there.
    entry: Answer,
    /// The app where the calls would have to come in: one that has an account, because of others it is told that they need
    /// none. Nobody where an app stands above, which speaks for all that it leads to.
    speaker: Option<ObjectId>,
}

/// For each of the tenant's circles.
fn told_of_circles(tenant: &Tenant) -> Vec<Told> {
    let perhaps = tenant.perhaps_led_to();
    let forwarded = tenant.forwarded_to();
    let own = |app: &ObjectId| match tenant.is_entry(*app, &forwarded) {
        Answer::No if perhaps.contains(app) => Answer::Unknown,
        answer => answer,
    };
    let rank = |app: &ObjectId| (tenant.accounts_of(*app).is_empty(), *app);
    let circles = &tenant.app_circles().all;
    let mut told: Vec<Told> = Vec::with_capacity(circles.len());
    for circle in circles {
        let above = circle.above.iter().map(|above| told[*above].entry);
        let entry = circle.apps.iter().map(own).chain(above);
        let entry = entry.fold(Answer::No, Answer::or);
        let speaker = circle.apps.iter().copied().min_by_key(rank);
        let speaker = speaker.filter(|_| circle.above.is_empty());
        told.push(Told { entry, speaker });
    }
    told
}

fn check(cx: &Cx) -> Verdicts {
    let told = told_of_circles(cx.tenant);
    cx.tenant
        .apps
        .iter()
        .map(|app| judge(app, &told, cx))
        .collect()
}

fn judge(app: &App, told: &[Told], cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    let told_of = |id| told.get(tenant.app_circles().of(id)?);
    let Some((id, told)) = app.id.get().and_then(|id| Some((id, told_of(id)?))) else {
        return Verdict::Unknown("the export does not tell the id of an app");
    };
    match told.entry {
        Answer::Yes => return Verdict::Passed,
        Answer::No if tenant.tells_all_uses() => {}
        _ => return Verdict::Unknown("it is not known whether a number leads to the app"),
    }
    if told.speaker != Some(id) {
        return Verdict::NotApplicable;
    }
    let name = tenant.app_name(id).to_lowercase();
    let internal = cx
        .options::<Options>()
        .internal_names
        .iter()
        .any(|part| name.contains(&part.to_lowercase()));
    let severity = if internal {
        Severity::Info
    } else {
        Severity::Warning
    };
    found(
        Draft::new(
            severity,
            tenant.app_subject(app),
            format!("no number leads to {}: nobody from outside can reach it", tenant.app_words(app)),
            Label::new(app.at("ApplicationInstances"), "none of these has a number"),
        )
        .remedy(
            "assign a service number to a resource account of the app",
            ["# Set-CsPhoneNumberAssignment -Identity <resource account> -PhoneNumber <number> -PhoneNumberType <type>".to_owned()],
        ),
    )
}

#[cfg(test)]
mod tests {
    use crate::rules::Verdict;
    use crate::rules::testing::{id_of_queue, queues_in_a_row, verdicts};

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

    fn judge(number: &str, options: &serde_json::Value) -> Vec<&'static str> {
        let queues = format!(
            r#"[{{"Identity":"{ONE}","Name":"One","RoutingMethod":"Serial","ApplicationInstances":["{ID}"],"OverflowActionTarget":{{"Id":"{TWO}","Type":"ConfigurationEndpoint"}},"TimeoutActionTarget":null}},
                {{"Identity":"{TWO}","Name":"Help desk","RoutingMethod":"Serial","ApplicationInstances":[],"OverflowActionTarget":null,"TimeoutActionTarget":null}}]"#
        );
        let accounts = account(number);
        let verdicts = verdicts_with(
            "AA003",
            options,
            &[
                ("Get-CsCallQueue.json", &queues),
                ("Get-CsAutoAttendant.json", "[]"),
                ("Get-CsOnlineApplicationInstance.json", &accounts),
                ("Get-CsPhoneNumberAssignment.json", "[]"),
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
    fn a_number_anywhere_above_is_enough() {
        let none = serde_json::json!({});
        assert_eq!(
            judge(r#","PhoneNumber":"tel:+12065550101""#, &none),
            ["passed", "passed"]
        );
        assert_eq!(
            judge(r#","PhoneNumber":null"#, &none),
            ["warning"],
            "the first speaks for both"
        );
        let internal = serde_json::json!({"internal-names": ["ONE"]});
        assert_eq!(judge(r#","PhoneNumber":null"#, &internal), ["info"]);
    }

    #[test]
    fn no_app_at_all_is_nothing_to_judge() {
        assert!(
            verdicts(
                "AA003",
                &[
                    ("Get-CsCallQueue.json", "[]"),
                    ("Get-CsAutoAttendant.json", "[]")
                ]
            )
            .is_empty()
        );
    }

    #[test]
    fn of_apps_that_lead_to_each_other_the_first_speaks() {
        const THREE: &str = "00000000-0000-4000-8000-00000000000c";
        let queue = |id: &str, account: &str, target: &str| {
            format!(
                r#"{{"Identity":"{id}","Name":"{id}","RoutingMethod":"Serial","ApplicationInstances":[{account}],"OverflowActionTarget":{target},"TimeoutActionTarget":null}}"#
            )
        };
        let to = |id: &str| format!(r#"{{"Id":"{id}","Type":"ConfigurationEndpoint"}}"#);
        let judge = |queues: &[String]| {
            let queues = format!("[{}]", queues.join(","));
            let verdicts = verdicts(
                "AA003",
                &[
                    ("Get-CsCallQueue.json", &queues),
                    ("Get-CsAutoAttendant.json", "[]"),
                    (
                        "Get-CsOnlineApplicationInstance.json",
                        &account(r#","PhoneNumber":null"#),
                    ),
                    ("Get-CsPhoneNumberAssignment.json", "[]"),
                ],
            );
            let found = verdicts.into_iter().filter_map(|verdict| match verdict {
                Verdict::Found(draft) => Some(draft.subject.id),
                _ => None,
            });
            found.collect::<Vec<_>>()
        };
        let own = format!("\"{ID}\"");
        // A circle of two.
        let circle = [queue(ONE, &own, &to(TWO)), queue(TWO, "", &to(ONE))];
        assert_eq!(judge(&circle), [ONE]);
        // Of the one without account it is told that it needs none.
        let later = [queue(ONE, "", &to(TWO)), queue(TWO, &own, &to(ONE))];
        assert_eq!(judge(&later), [TWO]);
        // The last of the list is the one where calls come in.
        let line = [
            queue(ONE, "", "null"),
            queue(TWO, "", &to(ONE)),
            queue(THREE, &own, &to(TWO)),
        ];
        assert_eq!(judge(&line), [THREE]);
    }

    #[test]
    fn what_a_target_without_type_leads_to_is_open() {
        let queue = |target: &str| {
            format!(
                r#"[{{"Identity":"{ONE}","Name":"One","RoutingMethod":"Serial","ApplicationInstances":["{ID}"],"OverflowActionTarget":null,"TimeoutActionTarget":null}},
                    {{"Identity":"{TWO}","Name":"Two","RoutingMethod":"Serial","ApplicationInstances":[],"OverflowActionTarget":{target},"TimeoutActionTarget":null}}]"#
            )
        };
        let judge = |target: &str| {
            let queues = queue(target);
            let accounts = account(r#","PhoneNumber":null"#);
            let verdicts = verdicts(
                "AA003",
                &[
                    ("Get-CsCallQueue.json", &queues),
                    ("Get-CsAutoAttendant.json", "[]"),
                    ("Get-CsOnlineApplicationInstance.json", &accounts),
                    ("Get-CsPhoneNumberAssignment.json", "[]"),
                ],
            );
            matches!(verdicts[0], Verdict::Unknown(_))
        };
        assert!(judge(&format!(r#"{{"Id":"{ONE}","Type":3}}"#)));
        assert!(judge(&format!(r#"{{"Id":"{ID}"}}"#)), "its account");
        assert!(!judge(&format!(r#"{{"Id":"{TWO}"}}"#)), "itself");
        assert!(!judge("null"));
    }

    #[test]
    fn a_person_with_a_number_may_send_calls_there() {
        let judge = |line: &str, settings: &str| {
            let queues = format!(
                r#"[{{"Identity":"{ONE}","Name":"One","RoutingMethod":"Serial","ApplicationInstances":["{ID}"],"OverflowActionTarget":null,"TimeoutActionTarget":null}}]"#
            );
            let accounts = account(r#","PhoneNumber":null"#);
            let users = format!(
                r#"[{{"Identity":"00000000-0000-4000-8000-000000000002","UserPrincipalName":"a@contoso.example","AccountType":"User","SoftDeletionTimestamp":null{line}}}]"#
            );
            let settings = format!(r#"[{{"SipUri":"sip:a@contoso.example",{settings}}}]"#);
            let mut files = vec![
                ("Get-CsCallQueue.json", queues.as_str()),
                ("Get-CsAutoAttendant.json", "[]"),
                ("Get-CsOnlineApplicationInstance.json", &accounts),
                ("Get-CsPhoneNumberAssignment.json", "[]"),
                ("Get-CsUserCallingSettings.json", &settings),
            ];
            if !line.is_empty() {
                files.push(("Get-CsOnlineUser.json", &users));
            }
            let verdicts = verdicts("AA003", &files);
            match &verdicts[..] {
                [Verdict::Passed] => "passed",
                [Verdict::Unknown(_)] => "unknown",
                other => severity(other),
            }
        };
        let with = r#","LineUri":"tel:+12065550101""#;
        let without = r#","LineUri":null"#;
        let forward = r#""IsForwardingEnabled":true,"ForwardingType":"Immediate","ForwardingTarget":"sip:RA@contoso.example","ForwardingTargetType":"SingleTarget","IsUnansweredEnabled":false"#;
        assert_eq!(judge(with, forward), "passed");
        assert_eq!(judge(without, forward), "warning");
        assert_eq!(judge("", forward), "unknown", "who it is was not exported");
        let off = forward.replace("true", "false");
        assert_eq!(judge(with, &off), "warning");
        let elsewhere = forward.replace("RA@", "other@");
        assert_eq!(judge(with, &elsewhere), "warning");
        let unanswered = r#""IsForwardingEnabled":false,"IsUnansweredEnabled":true,"UnansweredTarget":"sip:ra@contoso.example","UnansweredTargetType":"SingleTarget""#;
        assert_eq!(judge(with, unanswered), "passed");
    }

    #[test]
    fn only_apps_with_such_a_name_are_internal() {
        let blank = r#","PhoneNumber":null"#;
        let names = |names: &[&str]| judge(blank, &serde_json::json!({"internal-names": names}));
        assert_eq!(names(&["elsewhere"]), ["warning"]);
        assert_eq!(names(&["elsewhere", "one"]), ["info"]);
    }

    #[test]
    fn a_large_circle_and_a_long_chain_are_judged_at_once() {
        const COUNT: usize = 20_000;
        let judge = |next: &dyn Fn(usize) -> usize| {
            let queues = queues_in_a_row(COUNT, next);
            let verdicts = verdicts(
                "AA003",
                &[
                    ("Get-CsCallQueue.json", &queues),
                    ("Get-CsAutoAttendant.json", "[]"),
                    (
                        "Get-CsOnlineApplicationInstance.json",
                        &account(r#","PhoneNumber":null"#),
                    ),
                    ("Get-CsPhoneNumberAssignment.json", "[]"),
                ],
            );
            let [Verdict::Found(draft)] = &verdicts[..] else {
                panic!("{} verdicts", verdicts.len());
            };
            draft.subject.id.clone()
        };
        assert_eq!(judge(&|at| (at + 1) % COUNT), id_of_queue(0));
        assert_eq!(judge(&|at| at.saturating_sub(1)), id_of_queue(COUNT - 1));
    }
}
