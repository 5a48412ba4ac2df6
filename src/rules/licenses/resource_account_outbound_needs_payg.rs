//! `rules/licenses/resource-account-outbound-needs-payg.md`

use std::collections::{BTreeSet, VecDeque};

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Place, Severity};
use crate::rules::numbered::{calling_plan_number, found};
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::snapshot::record::Record;
use crate::snapshot::service_plans::PlanClass;
use crate::snapshot::{ExportKind, ObjectId};
use crate::tenant::{AccountRole, Answer, App, Destination, Number, ResourceAccount, Tenant};

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
    let number = match calling_plan_number(&held, cx) {
        Ok(number) => number,
        Err(verdict) => return verdict,
    };
    let reach = Reach::of(account, tenant);
    let Some((what, place)) = outgoing(account, &reach, cx) else {
        return if !tenant.tells_all_uses() {
            Verdict::Unknown("the export does not tell all targets of the apps")
        } else if reach.is_untold {
            Verdict::Unknown(
                "the export does not tell whether an app has a resource account of its own",
            )
        } else if reach.goes_on {
            Verdict::Unknown("the account leads to more apps than are followed")
        } else if reach
            .apps
            .iter()
            .any(|app| is_untold_of_callback(app, tenant))
        {
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

/// The apps whose calls leave with the number of an account: those that it serves, and those without an account of their
/// own that these lead to.
///
/// Source: <https://learn.microsoft.com/microsoftteams/plan-auto-attendant-call-queue>.
struct Reach<'t> {
    /// The apps, those that the account serves first.
    apps: Vec<&'t App>,
    /// Whether one of them leads to an app of which no export tells if it has an account of its own, or perhaps to one.
    is_untold: bool,
    /// Whether there are more than are followed.
    goes_on: bool,
}

/// Apps that are followed from an account. Nobody nests a tenth of them, and many accounts may lead to one long chain.
const FAR: usize = 200;

impl<'t> Reach<'t> {
    fn of(account: &ResourceAccount, tenant: &'t Tenant) -> Self {
        let services = tenant.services_of(account).into_iter();
        let mut open: VecDeque<ObjectId> = services.map(|service| service.app).collect();
        let mut seen: BTreeSet<ObjectId> = open.iter().copied().collect();
        let mut reach = Self {
            apps: Vec::new(),
            is_untold: false,
            goes_on: false,
        };
        while let Some(id) = open.pop_front() {
            let Some(app) = tenant.app(id) else { continue };
            if reach.apps.len() == FAR {
                reach.goes_on = true;
                break;
            }
            reach.apps.push(app);
            for (target, _) in tenant.targets_of(app) {
                let (to, is_sure) = match tenant.destination_of(target) {
                    Destination::App(id) => (id, true),
                    Destination::Untold(id) => (id, false),
                    _ => continue,
                };
                let Some(led_to) = tenant.app(to) else {
                    continue;
                };
                if seen.contains(&to) || !tenant.accounts_of(to).is_empty() {
                    continue;
                }
                if is_sure && !led_to.accounts.is_absent() {
                    seen.insert(to);
                    open.push_back(to);
                } else {
                    reach.is_untold = true;
                }
            }
        }
        reach
    }
}

/// What makes calls leave with the account's number.
fn outgoing(account: &ResourceAccount, reach: &Reach, cx: &Cx) -> Option<(String, Place)> {
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
    for app in &reach.apps {
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
    let (app, index) = tenant.called_with(account.id)?;
    Some((
        format!("agents of {} call with it", tenant.app_words(app)),
        app.at("OboResourceAccountIds").element(index),
    ))
}

/// Whether it was lost of an app if it is a queue that calls back. An older module tells it of no queue.
fn is_untold_of_callback(app: &App, tenant: &Tenant) -> bool {
    let kind = ExportKind::CallQueue;
    app.origin().kind == kind
        && app.calls_back.is_absent()
        && tenant.snapshot.has_property(kind, "IsCallbackEnabled")
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
    use super::FAR;
    use crate::rules::Verdict;
    use crate::rules::testing::{id_of_queue, queues_in_a_row, verdicts};

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

    /// The verdicts over an attendant with the account that leads to a queue, which has these accounts and properties.
    fn leading(to: &str, accounts: &str, properties: &str) -> Vec<Verdict> {
        const QUEUE: &str = "00000000-0000-4000-8000-00000000000b";
        let attendant = format!(
            r#"[{{"Identity":"{APP}","Name":"Main","LanguageId":"en-US","TimeZoneId":"UTC","ApplicationInstances":["{ID}"],"Operator":null,
                "DefaultCallFlow":{{"Id":"1","Name":"d","Menu":{{"MenuOptions":[{{"Action":"TransferCallToTarget","CallTarget":{{"Id":"{QUEUE}"{to}}}}}]}}}},"CallFlows":[]}}]"#
        );
        let queues = format!(
            r#"[{{"Identity":"{QUEUE}","Name":"Sales","RoutingMethod":"Serial"{accounts},"OverflowActionTarget":{{"Id":"{APP}","Type":"ConfigurationEndpoint"}}{properties}}},
                {{"Identity":"00000000-0000-4000-8000-00000000000c","Name":"Help","RoutingMethod":"Serial","ApplicationInstances":[],"OverflowActionTarget":null,"TimeoutActionTarget":null,"IsCallbackEnabled":false}}]"#
        );
        unpaid(&[
            ("Get-CsAutoAttendant.json", &attendant),
            ("Get-CsCallQueue.json", &queues),
        ])
    }

    #[test]
    fn a_queue_without_account_calls_with_the_one_of_the_app_that_leads_to_it() {
        const APP_ITSELF: &str = r#","Type":"ConfigurationEndpoint""#;
        const NONE: &str = r#","ApplicationInstances":[]"#;
        const OUT: &str = r#","TimeoutActionTarget":{"Id":"tel:+12065550102","Type":"Phone"},"IsCallbackEnabled":false"#;
        let stays = r#","TimeoutActionTarget":null,"IsCallbackEnabled":false"#;
        match &leading(APP_ITSELF, NONE, OUT)[..] {
            [Verdict::Found(draft)] => assert!(
                draft.message.contains("call queue `Sales` sends calls"),
                "{}",
                draft.message
            ),
            other => panic!("{other:?}"),
        }
        let calls_back = r#","TimeoutActionTarget":null,"IsCallbackEnabled":true"#;
        assert_eq!(severity(&leading(APP_ITSELF, NONE, calls_back)), "error");
        // The queue leads back to the attendant, and nothing leaves.
        let inside = leading(APP_ITSELF, NONE, stays);
        assert!(matches!(inside[..], [Verdict::Passed]), "{inside:?}");
        let own = r#","ApplicationInstances":["00000000-0000-4000-8000-0000000000aa"]"#;
        let own = leading(APP_ITSELF, own, OUT);
        assert!(matches!(own[..], [Verdict::Passed]), "{own:?}");
        for open in [
            leading(APP_ITSELF, "", OUT),
            leading(r#","Type":3"#, NONE, OUT),
            leading(APP_ITSELF, NONE, r#","TimeoutActionTarget":null"#),
        ] {
            assert!(matches!(open[..], [Verdict::Unknown(_)]), "{open:?}");
        }
    }

    #[test]
    fn of_a_chain_that_is_too_long_to_be_followed_nothing_is_concluded() {
        let chain = |count: usize| {
            let queues = queues_in_a_row(count, |at| (at + 1).min(count - 1));
            let attendant = format!(
                r#"[{{"Identity":"{APP}","Name":"Main","LanguageId":"en-US","TimeZoneId":"UTC","ApplicationInstances":["{ID}"],"DefaultCallFlow":{{"Id":"1","Name":"d","Menu":{{"MenuOptions":[]}}}},"CallFlows":[],
                    "Operator":{{"Id":"{}","Type":"ConfigurationEndpoint"}}}}]"#,
                id_of_queue(0)
            );
            unpaid(&[
                ("Get-CsAutoAttendant.json", &attendant),
                ("Get-CsCallQueue.json", &queues),
            ])
        };
        assert!(matches!(chain(FAR - 1)[..], [Verdict::Passed]));
        match chain(FAR)[..] {
            [Verdict::Unknown(why)] => assert!(why.contains("more apps"), "{why}"),
            ref other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_number_whose_type_was_lost_is_open() {
        let users = format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"ra@contoso.example","AccountType":"ResourceAccount","SoftDeletionTimestamp":null}}]"#
        );
        let numbers = format!(
            r#"[{{"TelephoneNumber":"+12065550101","PstnPartnerName":"Microsoft","AssignedPstnTargetId":"{ID}"}}]"#
        );
        let told = verdicts(
            "LI009",
            &[
                ("Get-CsOnlineUser.json", &users),
                ("Get-CsPhoneNumberAssignment.json", &numbers),
            ],
        );
        assert!(matches!(told[..], [Verdict::Unknown(_)]), "{told:?}");
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
