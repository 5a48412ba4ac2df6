//! `rules/licenses/resource-account-outbound-needs-payg.md`

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Place, Severity};
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::snapshot::ExportKind;
use crate::snapshot::record::Record;
use crate::snapshot::service_plans::PlanClass;
use crate::tenant::{AccountRole, Answer, App, Destination, Number, ResourceAccount};

pub(super) const RULE: Declared = rule!(
    "licenses",
    "resource-account-outbound-needs-payg",
    Check::ResourceAccount(check)
);

/// The first of November 2025, in milliseconds since 1970: from then on a Calling Plan covers no outgoing call of a
/// resource account.
///
/// Source: <https://learn.microsoft.com/microsoftteams/plan-auto-attendant-call-queue>.
const SINCE: i64 = 1_761_955_200_000;

fn check(account: &ResourceAccount, cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    if tenant
        .user_of(account)
        .is_some_and(|user| tenant.is_deleted(user))
    {
        return Verdict::NotApplicable;
    }
    let held = tenant.numbers_held_by(account.id);
    let plan = held.iter().find(|number| {
        tenant
            .number_type(number)
            .is_some_and(|name| name.eq_ignore_ascii_case("CallingPlan"))
            && tenant.is_operator_connect(number) != Answer::Yes
    });
    let Some(number) = plan else {
        return Verdict::NotApplicable;
    };
    let Some((what, place)) = outgoing(account, cx) else {
        return if !tenant.tells_all_uses() {
            Verdict::Unknown("the export does not tell all targets of the apps")
        } else if is_untold_of_callback(account, cx) {
            Verdict::Unknown("the export does not tell whether a queue calls back")
        } else {
            Verdict::Passed
        };
    };
    if tenant.is_operator_connect(number) == Answer::Unknown {
        return Verdict::Unknown("the export does not tell whether it is Operator Connect");
    }
    let paid = [PlanClass::PayAsYouGo, PlanClass::CommunicationsCredits]
        .map(|class| tenant.account_licensed(account, class));
    if paid.contains(&Answer::Yes) {
        return Verdict::Passed;
    }
    if paid.contains(&Answer::Unknown) {
        return Verdict::Unknown("no export tells the licenses of the account");
    }
    found(draft(account, number, &what, place, cx))
}

/// What makes calls leave with the account's number.
fn outgoing(account: &ResourceAccount, cx: &Cx) -> Option<(String, Place)> {
    let tenant = cx.tenant;
    let shared = tenant
        .uses_of(account.id)
        .iter()
        .find(|one| one.role == AccountRole::SharedCalling);
    if let Some(shared) = shared {
        return Some((
            format!("{} lets users call with it", shared.by),
            shared.place.clone(),
        ));
    }
    for service in tenant.services_of(account) {
        let Some(app) = tenant.app(service.app) else {
            continue;
        };
        if app.calls_back.get() == Some(true) {
            return Some((
                format!("{} calls back those who waited", tenant.app_words(app)),
                app.at("IsCallbackEnabled"),
            ));
        }
        for (target, place) in tenant.targets_of(app) {
            if tenant.destination_of(target) == Destination::OutsideNumber {
                return Some((
                    format!("{} sends calls to an outside number", tenant.app_words(app)),
                    place,
                ));
            }
        }
    }
    tenant.apps.iter().find_map(|app| {
        let ids = app.calling_ids.value()?;
        let index = ids.iter().position(|id| *id == account.id)?;
        let place = app.at("OboResourceAccountIds").element(index);
        Some((
            format!("agents of {} call with it", tenant.app_words(app)),
            place,
        ))
    })
}

/// Whether it was lost of a queue of the account if it calls back. An older module tells it of no queue.
fn is_untold_of_callback(account: &ResourceAccount, cx: &Cx) -> bool {
    let tenant = cx.tenant;
    let is_untold = |app: &App| {
        app.origin().kind == ExportKind::CallQueue
            && app.calls_back.is_absent()
            && tenant
                .snapshot
                .has_property(ExportKind::CallQueue, "IsCallbackEnabled")
    };
    let services = tenant.services_of(account);
    services
        .iter()
        .any(|service| tenant.app(service.app).is_some_and(is_untold))
}

fn draft(account: &ResourceAccount, number: &Number, what: &str, place: Place, cx: &Cx) -> Draft {
    let tenant = cx.tenant;
    let name = tenant.resource_account_name(account);
    let severity = match cx.now {
        Some(now) if now.ms() < SINCE => Severity::Warning,
        _ => Severity::Error,
    };
    let license = match tenant.user_of(account) {
        Some(user) => Label::new(
            user.at("AssignedPlan"),
            "no Pay-As-You-Go and no credits here",
        ),
        None => Label::new(number.record.at("TelephoneNumber"), "its number"),
    };
    Draft::new(
        severity,
        tenant.account_subject(account),
        format!("`{name}` has the Calling Plan number `{}` and {what}, but nothing pays for outgoing calls", number.key),
        license,
    )
    .related([
        Label::new(place, "calls leave here"),
        Label::new(number.record.at("NumberType"), "a number of a Calling Plan"),
    ])
    .remedy(
        "assign a Pay-As-You-Go license, with a billing subscription behind it",
        [
            "# Microsoft 365 admin center > Billing: set up Calling Plan Pay-As-You-Go, then".to_owned(),
            format!("# Set-MgUserLicense -UserId {} -AddLicenses @(@{{SkuId='dbd31205-338e-4dec-903d-44402e305e32'}}) -RemoveLicenses @()", quoted(&tenant.resource_account_identity(account))),
        ],
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

    const APP: &str = "00000000-0000-4000-8000-00000000000a";

    fn judge(plan: &[(&str, &str)], target: &str, time: &str) -> Vec<Verdict> {
        let users = format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"ra@contoso.example","AccountType":"ResourceAccount","SoftDeletionTimestamp":null,"AssignedPlan":{},"FeatureTypes":["Teams"]}}]"#,
            plans(plan)
        );
        let numbers = format!(
            r#"[{{"TelephoneNumber":"+12065550101","NumberType":"CallingPlan","PstnPartnerName":"Microsoft","AssignedPstnTargetId":"{ID}"}}]"#
        );
        let queues = format!(
            r#"[{{"Identity":"{APP}","Name":"Sales","RoutingMethod":"Serial","ApplicationInstances":["{ID}"],"OverflowActionTarget":{{"Id":"tel:+12065550102","Type":"{target}"}},"TimeoutActionTarget":null}}]"#
        );
        let manifest = format!(r#"{{"exportedAt":"{time}","exports":[]}}"#);
        verdicts(
            "LI009",
            &[
                ("Get-CsOnlineUser.json", &users),
                ("Get-CsPhoneNumberAssignment.json", &numbers),
                ("Get-CsCallQueue.json", &queues),
                ("manifest.json", &manifest),
            ],
        )
    }

    const NOW: &str = "2026-09-14T00:00:00Z";

    #[test]
    fn outgoing_calls_have_to_be_paid_for() {
        let domestic = [("MCOEV_VIRTUALUSER", "Enabled"), ("MCOPSTN1", "Enabled")];
        assert_eq!(severity(&judge(&domestic, "Phone", NOW)), "error");
        assert_eq!(
            severity(&judge(&domestic, "Phone", "2025-10-31T23:59:59Z")),
            "warning"
        );
        assert!(matches!(
            judge(&domestic, "User", NOW)[..],
            [Verdict::Passed]
        ));
        for paid in ["MCOPSTN_PAYG_1", "MCOPSTNC"] {
            let plan = [("MCOEV_VIRTUALUSER", "Enabled"), (paid, "Enabled")];
            assert!(
                matches!(judge(&plan, "Phone", NOW)[..], [Verdict::Passed]),
                "{paid}"
            );
        }
    }

    /// The verdicts over an account with a Calling Plan number and nothing to pay for calls, with the apps of these files.
    fn unpaid(apps: &[(&str, &str)]) -> Vec<Verdict> {
        let users = format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"ra@contoso.example","AccountType":"ResourceAccount","SoftDeletionTimestamp":null,"AssignedPlan":{},"FeatureTypes":["Teams"]}}]"#,
            plans(&[("MCOEV_VIRTUALUSER", "Enabled")])
        );
        let numbers = format!(
            r#"[{{"TelephoneNumber":"+12065550101","NumberType":"CallingPlan","PstnPartnerName":"Microsoft","AssignedPstnTargetId":"{ID}"}}]"#
        );
        let files = [
            ("Get-CsOnlineUser.json", users.as_str()),
            ("Get-CsPhoneNumberAssignment.json", &numbers),
        ];
        verdicts("LI009", &[&files[..], apps].concat())
    }

    #[test]
    fn auto_attendants_and_queues_spell_outside_numbers_differently() {
        let attendant = format!(
            r#"[{{"Identity":"{APP}","Name":"Main","LanguageId":"en-US","TimeZoneId":"UTC","ApplicationInstances":["{ID}"],"Operator":{{"Id":"tel:+12065550102","Type":"ExternalPstn"}},"DefaultCallFlow":{{"Id":"1","Name":"d","Menu":{{"MenuOptions":[]}}}},"CallFlows":[]}}]"#
        );
        let found = unpaid(&[("Get-CsAutoAttendant.json", &attendant)]);
        assert_eq!(severity(&found), "error");
        let inside = attendant.replace("ExternalPstn", "SharedVoicemail");
        let found = unpaid(&[("Get-CsAutoAttendant.json", &inside)]);
        assert!(matches!(found[..], [Verdict::Passed]), "{found:?}");
    }

    #[test]
    fn a_queue_that_calls_back_makes_calls_leave() {
        let queue = |id: &str, callback: &str| {
            format!(
                r#"{{"Identity":"{id}","Name":"Sales","RoutingMethod":"Serial","ApplicationInstances":["{ID}"],"OverflowActionTarget":null,"TimeoutActionTarget":null{callback}}}"#
            )
        };
        let judge = |queues: &[String]| {
            unpaid(&[("Get-CsCallQueue.json", &format!("[{}]", queues.join(",")))])
        };
        let calls_back = judge(&[queue(APP, r#","IsCallbackEnabled":true"#)]);
        match &calls_back[..] {
            [Verdict::Found(draft)] => assert!(
                draft.message.contains("call queue `Sales` calls back"),
                "{}",
                draft.message
            ),
            other => panic!("{other:?}"),
        }
        for callback in [r#","IsCallbackEnabled":false"#, ""] {
            let found = judge(&[queue(APP, callback)]);
            assert!(matches!(found[..], [Verdict::Passed]), "{found:?}");
        }
        let lost = judge(&[
            queue(APP, r#","IsCallbackEnabled":false"#),
            queue("00000000-0000-4000-8000-00000000000b", ""),
        ]);
        assert!(matches!(lost[..], [Verdict::Unknown(_)]), "{lost:?}");
    }

    #[test]
    fn numbers_of_operators_and_trunks_are_paid_for_elsewhere() {
        let users = format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"ra@contoso.example","AccountType":"ResourceAccount","SoftDeletionTimestamp":null,"AssignedPlan":{}}}]"#,
            plans(&[("MCOEV_VIRTUALUSER", "Enabled")])
        );
        let queues = format!(
            r#"[{{"Identity":"{APP}","Name":"Sales","RoutingMethod":"Serial","ApplicationInstances":["{ID}"],"OverflowActionTarget":{{"Id":"tel:+12065550102","Type":"Phone"}},"TimeoutActionTarget":null}}]"#
        );
        let judge = |number: &str| {
            let numbers = format!(
                r#"[{{"TelephoneNumber":"+12065550101","AssignedPstnTargetId":"{ID}",{number}}}]"#
            );
            let files = [
                ("Get-CsOnlineUser.json", users.as_str()),
                ("Get-CsPhoneNumberAssignment.json", &numbers),
                ("Get-CsCallQueue.json", &queues),
            ];
            verdicts("LI009", &files)
        };
        let microsoft = judge(r#""NumberType":"CallingPlan","PstnPartnerName":"Microsoft""#);
        assert!(
            matches!(microsoft[..], [Verdict::Found(_)]),
            "{microsoft:?}"
        );
        assert!(
            judge(r#""NumberType":"CallingPlan","PstnPartnerName":"Northwind Telecom""#).is_empty()
        );
        assert!(judge(r#""NumberType":"DirectRouting""#).is_empty());
        assert!(judge(r#""NumberType":"OperatorConnect""#).is_empty());
    }

    #[test]
    fn from_the_first_of_november_on_nothing_else_pays() {
        let domestic = [("MCOEV_VIRTUALUSER", "Enabled"), ("MCOPSTN1", "Enabled")];
        assert_eq!(
            severity(&judge(&domestic, "Phone", "2025-11-01T00:00:00Z")),
            "error"
        );
    }

    #[test]
    fn agents_who_call_with_it_and_shared_calling_make_calls_leave() {
        const OTHER: &str = "00000000-0000-4000-8000-000000000002";
        let users = format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"ra@contoso.example","AccountType":"ResourceAccount","SoftDeletionTimestamp":null,"AssignedPlan":{},"FeatureTypes":["Teams"]}}]"#,
            plans(&[("MCOEV_VIRTUALUSER", "Enabled")])
        );
        let numbers = format!(
            r#"[{{"TelephoneNumber":"+12065550101","NumberType":"CallingPlan","PstnPartnerName":"Microsoft","AssignedPstnTargetId":"{ID}"}}]"#
        );
        let calling = |account: &str| {
            let queues = format!(
                r#"[{{"Identity":"{APP}","Name":"Sales","RoutingMethod":"Serial","ApplicationInstances":[],"OboResourceAccountIds":["{account}"],"OverflowActionTarget":null,"TimeoutActionTarget":null}}]"#
            );
            verdicts(
                "LI009",
                &[
                    ("Get-CsOnlineUser.json", &users),
                    ("Get-CsPhoneNumberAssignment.json", &numbers),
                    ("Get-CsCallQueue.json", &queues),
                ],
            )
        };
        match &calling(ID)[..] {
            [Verdict::Found(draft)] => {
                assert!(draft.message.contains("agents of"), "{}", draft.message);
            }
            other => panic!("{other:?}"),
        }
        let other = calling(OTHER);
        assert!(!matches!(other[..], [Verdict::Found(_)]), "{other:?}");
    }
}
