//! `rules/operator-connect/global-voice-routing-policy-leaks.md`

use std::collections::HashSet;

use serde::Deserialize;

use crate::finding::{Draft, Label, Remedy, Severity, Subject, SubjectKind};
use crate::rules::option_types::prefixes;
use crate::rules::{Check, Cx, Declared, OptionsSpec, Verdict, rule};
use crate::snapshot::ObjectId;
use crate::tenant::{
    Answer, EffectiveRouting, Holder, LiveRoute, Number, User, VoiceRoutingPolicy,
};

pub(super) const RULE: Declared = rule!(
    "operator-connect",
    "global-voice-routing-policy-leaks",
    Check::Tenant(check),
    Some(OptionsSpec::of::<Options>(&[
        "allowed-usages",
        "internal-ranges"
    ]))
);

/// Options of the rule.
#[derive(Clone, Default, Debug, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct Options {
    /// PSTN usages that everybody may have.
    allowed_usages: Vec<String>,
    /// Digit prefixes, with or without `+`, of numbers that stay on Direct Routing.
    #[serde(deserialize_with = "prefixes")]
    internal_ranges: Vec<String>,
}

/// How many holders are named.
const NAMED: usize = 3;

/// Holders whose calls the Global policy diverts.
#[derive(Default)]
struct Holders<'t> {
    operator_connect: Diverted<'t>,
    calling_plan: Diverted<'t>,
    /// Whether it is open for somebody.
    unknown: bool,
}

/// Those of one kind of number.
#[derive(Default)]
struct Diverted<'t> {
    first: Option<(&'t Number, &'t User)>,
    numbers: usize,
    accounts: HashSet<ObjectId, foldhash::fast::FixedState>,
    /// What the first of the accounts are called.
    names: Vec<String>,
}

impl<'t> Diverted<'t> {
    fn add(&mut self, number: &'t Number, user: &'t User, cx: &Cx) {
        self.first.get_or_insert((number, user));
        self.numbers += 1;
        // Some hold several numbers.
        let is_new = user.id.get().is_some_and(|id| self.accounts.insert(id));
        if is_new && self.names.len() < NAMED {
            self.names.push(format!("`{}`", cx.tenant.user_name(user)));
        }
    }
}

fn check(cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    let Some(policy) = tenant.voice_routing_policies.find("Global") else {
        // Every tenant has one.
        return Verdict::Unknown("the export does not list the Global policy");
    };
    if policy.usages.is_absent() {
        return Verdict::Unknown("the export does not tell the PSTN usages of the Global policy");
    }
    let routes = tenant.live_routes(policy);
    let options = cx.options::<Options>();
    let is_allowed = |route: &&LiveRoute| {
        let usage = tenant.snapshot.texts.symbol(route.usage);
        let allowed = &options.allowed_usages;
        allowed.iter().any(|name| name.eq_ignore_ascii_case(usage))
            || tenant.is_internal_route(route.route, &options.internal_ranges)
    };
    let Some(route) = routes.live.iter().find(|route| !is_allowed(route)) else {
        return if routes.unknown {
            Verdict::Unknown("whether a route of the Global policy is live is not known")
        } else {
            Verdict::Passed
        };
    };
    let holders = holders(cx);
    if holders.operator_connect.numbers + holders.calling_plan.numbers == 0 {
        return if holders.unknown {
            Verdict::Unknown("no export tells whom the Global policy applies to")
        } else {
            Verdict::Passed
        };
    }
    Verdict::Found(Box::new(draft(policy, route, &holders, cx)))
}

fn holders<'t>(cx: &Cx<'t>) -> Holders<'t> {
    let tenant = cx.tenant;
    let mut holders = Holders::default();
    for number in &tenant.numbers {
        let Some(user) = tenant.account_of_holder(number) else {
            holders.unknown |= is_lost(number.holder) && service(number, cx).is_some();
            continue;
        };
        let on_operator_connect = match service(number, cx) {
            Some(Answer::Yes) => true,
            Some(Answer::No) => false,
            Some(Answer::Unknown) => {
                holders.unknown = true;
                continue;
            }
            None => continue,
        };
        if tenant.is_deleted(user) {
            continue;
        }
        match tenant.effective_voice_routing(user, Some(number.key)) {
            EffectiveRouting::Global(_) => {}
            EffectiveRouting::Unknown => {
                holders.unknown = true;
                continue;
            }
            EffectiveRouting::Named { .. } | EffectiveRouting::Dangling(_) => continue,
        }
        if on_operator_connect {
            holders.operator_connect.add(number, user, cx);
        } else {
            holders.calling_plan.add(number, user, cx);
        }
    }
    holders
}

/// Whether somebody may hold a number whose policies no export tells.
fn is_lost(holder: Holder) -> bool {
    match holder {
        Holder::Unknown | Holder::Unlisted(_) | Holder::ResourceAccount(_) | Holder::User(_) => {
            true
        }
        Holder::Nobody | Holder::ConferenceBridge | Holder::SharedCallingPolicy => false,
    }
}

/// Whether a number is on Operator Connect rather than on a Calling Plan; `None` where it is on neither.
fn service(number: &Number, cx: &Cx) -> Option<Answer> {
    let tenant = cx.tenant;
    match tenant.is_operator_connect(number) {
        Answer::No => {
            let is_plan = tenant.known_type(number) == Some("CallingPlan");
            is_plan.then_some(Answer::No)
        }
        answer => Some(answer),
    }
}

fn draft(policy: &VoiceRoutingPolicy, route: &LiveRoute, holders: &Holders, cx: &Cx) -> Draft {
    let tenant = cx.tenant;
    let texts = &tenant.snapshot.texts;
    let usage = texts.symbol(route.usage);
    let gateway = route
        .gateway
        .fqdn
        .get()
        .map_or("", |fqdn| texts.symbol(fqdn));
    // Holders of the graver kind alone are named.
    let (severity, diverted, kind) = if holders.operator_connect.numbers > 0 {
        (
            Severity::Error,
            &holders.operator_connect,
            "Operator Connect",
        )
    } else {
        (Severity::Warning, &holders.calling_plan, "Calling Plan")
    };
    let count = diverted.numbers;
    let mut related = Vec::new();
    if let Some(record) = tenant.route(route.route) {
        related.push(Label::new(
            record.at("NumberPattern"),
            "calls that match take this route",
        ));
        related.push(Label::new(
            record
                .at("OnlinePstnGatewayList")
                .element(route.gateway_index),
            format!("to `{gateway}`"),
        ));
    }
    related.push(Label::new(
        route.gateway.at("Enabled"),
        format!("`{gateway}` is enabled"),
    ));
    if let Some((number, user)) = diverted.first {
        related.push(Label::new(
            user.at("OnlineVoiceRoutingPolicy"),
            format!("`{}` has no policy of its own", tenant.user_name(user)),
        ));
        related.push(Label::new(
            number.record.at("TelephoneNumber"),
            format!("a number of {kind}"),
        ));
    }
    let more = match diverted.accounts.len() - diverted.names.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    Draft {
        severity,
        subject: Subject::new(SubjectKind::VoiceRoutingPolicy, "global", "Global"),
        discriminator: String::new(),
        message: format!(
            "`Global` grants PSTN usage `{usage}` to everybody without a policy, so calls of {count} {kind} number{} leave over `{gateway}`: {}{more}",
            if count == 1 { "" } else { "s" },
            diverted.names.join(", ")
        ),
        primary: Label::new(
            policy.at("OnlinePstnUsages").element(route.usage_index),
            format!("everybody inherits `{usage}`"),
        ),
        related,
        remedy: Remedy {
            summary: "give the Direct Routing users a policy of their own, then empty the Global one".into(),
            commands: vec![
                "# first grant a named policy to everybody who is to stay on Direct Routing: Grant-CsOnlineVoiceRoutingPolicy".to_owned(),
                "Set-CsOnlineVoiceRoutingPolicy -Identity Global -OnlinePstnUsages $null".to_owned(),
            ],
        },
    }
}

#[cfg(test)]
mod tests {
    use crate::finding::Severity;
    use crate::rules::Verdict;
    use crate::rules::testing::verdicts_with;

    const ONE: &str = "00000000-0000-4000-8000-000000000001";
    const TWO: &str = "00000000-0000-4000-8000-000000000002";

    /// Global with these usages; `a` holds a number with these properties, `b` a Direct Routing number.
    fn judged(usages: &str, policy: &str, number: &str, enabled: &str) -> Vec<Verdict> {
        with_options(usages, policy, number, enabled, &serde_json::json!({}))
    }

    fn with_options(
        usages: &str,
        policy: &str,
        number: &str,
        enabled: &str,
        options: &serde_json::Value,
    ) -> Vec<Verdict> {
        let policies = format!(
            r#"[{{"Identity":"Global","OnlinePstnUsages":{usages}}},{{"Identity":"Tag:Own","OnlinePstnUsages":[]}}]"#
        );
        let users = format!(
            r#"[{{"Identity":"{ONE}","UserPrincipalName":"a@contoso.example","OnlineVoiceRoutingPolicy":{policy}}},
                {{"Identity":"{TWO}","UserPrincipalName":"b@contoso.example","OnlineVoiceRoutingPolicy":null}}]"#
        );
        let numbers = format!(
            r#"[{{"TelephoneNumber":"+12065550101","AssignedPstnTargetId":"{ONE}"{number}}},
                {{"TelephoneNumber":"+12065550102","NumberType":"DirectRouting","AssignedPstnTargetId":"{TWO}"}}]"#
        );
        let gateways = format!(
            r#"[{{"Identity":"sbc1.contoso.example","SipSignalingPort":5061,"Enabled":{enabled}}}]"#
        );
        verdicts_with(
            "OC003",
            options,
            &[
                ("Get-CsOnlineVoiceRoutingPolicy.json", &policies),
                ("Get-CsOnlineUser.json", &users),
                ("Get-CsPhoneNumberAssignment.json", &numbers),
                ("Get-CsOnlinePSTNGateway.json", &gateways),
                (
                    "Get-CsOnlineVoiceRoute.json",
                    r#"[{"Identity":"r","NumberPattern":"^\\+1","OnlinePstnUsages":["US"],"OnlinePstnGatewayList":["sbc1.contoso.example"]}]"#,
                ),
            ],
        )
    }

    const OC: &str = r#","NumberType":"OperatorConnect""#;
    const CP: &str = r#","NumberType":"CallingPlan","PstnPartnerName":"Microsoft""#;
    const DR: &str = r#","NumberType":"DirectRouting""#;

    #[test]
    fn live_usages_of_global_are_graded_by_whom_they_divert() {
        let [Verdict::Found(draft)] = &judged("[\"US\"]", "null", OC, "true")[..] else {
            panic!("a finding");
        };
        assert_eq!(draft.severity, Severity::Error);
        assert_eq!(
            draft.message,
            "`Global` grants PSTN usage `US` to everybody without a policy, so calls of 1 Operator Connect number leave over `sbc1.contoso.example`: `a@contoso.example`"
        );
        let [Verdict::Found(draft)] = &judged("[\"US\"]", "null", CP, "true")[..] else {
            panic!("a finding");
        };
        assert_eq!(draft.severity, Severity::Warning);
    }

    #[test]
    fn who_holds_several_numbers_is_named_once() {
        let mut users: Vec<String> = Vec::new();
        let mut numbers: Vec<String> = Vec::new();
        for account in 1..=5 {
            let id = format!("00000000-0000-4000-8000-{account:012}");
            users.push(format!(
                r#"{{"Identity":"{id}","UserPrincipalName":"u{account}","OnlineVoiceRoutingPolicy":null}}"#
            ));
            for number in 0..2 {
                numbers.push(format!(
                    r#"{{"TelephoneNumber":"+120655501{account}{number}","AssignedPstnTargetId":"{id}"{OC}}}"#
                ));
            }
        }
        let message = |accounts: usize| {
            let users = format!("[{}]", users[..accounts].join(","));
            let numbers = format!("[{}]", numbers[..accounts * 2].join(","));
            let verdicts = verdicts_with(
                "OC003",
                &serde_json::json!({}),
                &[
                    (
                        "Get-CsOnlineVoiceRoutingPolicy.json",
                        r#"[{"Identity":"Global","OnlinePstnUsages":["US"]}]"#,
                    ),
                    ("Get-CsOnlineUser.json", &users),
                    ("Get-CsPhoneNumberAssignment.json", &numbers),
                    (
                        "Get-CsOnlinePSTNGateway.json",
                        r#"[{"Identity":"sbc1","SipSignalingPort":5061,"Enabled":true}]"#,
                    ),
                    (
                        "Get-CsOnlineVoiceRoute.json",
                        r#"[{"Identity":"r","NumberPattern":"^\\+1","OnlinePstnUsages":["US"],"OnlinePstnGatewayList":["sbc1"]}]"#,
                    ),
                ],
            );
            match verdicts.into_iter().next() {
                Some(Verdict::Found(draft)) => draft.message,
                other => panic!("{other:?}"),
            }
        };
        let one = message(1);
        assert!(
            one.ends_with("calls of 2 Operator Connect numbers leave over `sbc1`: `u1`"),
            "{one}"
        );
        let five = message(5);
        assert!(
            five.ends_with("calls of 10 Operator Connect numbers leave over `sbc1`: `u1`, `u2`, `u3` and 2 more"),
            "{five}"
        );
    }

    #[test]
    fn nobody_diverted_is_no_fault() {
        let passes = |verdicts: Vec<Verdict>| {
            assert!(matches!(verdicts[..], [Verdict::Passed]), "{verdicts:?}");
        };
        passes(judged("[]", "null", OC, "true"));
        passes(judged("[\"US\"]", "\"Own\"", OC, "true"));
        passes(judged("[\"US\"]", "null", DR, "true"));
        passes(judged("[\"US\"]", "null", OC, "false"));
        passes(judged("[\"Other\"]", "null", OC, "true"));
        let allowed = serde_json::json!({"allowed-usages": ["us"]});
        passes(with_options("[\"US\"]", "null", OC, "true", &allowed));
        // All calls of the route are internal.
        let internal = serde_json::json!({"internal-ranges": ["+1"]});
        passes(with_options("[\"US\"]", "null", OC, "true", &internal));
    }

    #[test]
    fn what_is_not_told_is_open() {
        let open = |verdicts: Vec<Verdict>| {
            assert!(
                matches!(verdicts[..], [Verdict::Unknown(_)]),
                "{verdicts:?}"
            );
        };
        open(judged("[\"US\"]", "null", OC, "\"maybe\""));
        open(judged(
            "[\"US\"]",
            "null",
            r#","NumberType":"CallingPlan""#,
            "true",
        ));
        open(judged("[\"US\"]", "\"System.Object[]\"", OC, "true"));
    }

    /// The finding about these holders of numbers: type, and whether the holder is told.
    fn message(held: &[(&str, bool)]) -> Result<(Severity, String), Vec<Verdict>> {
        let id = |at: usize| format!("00000000-0000-4000-8000-{at:012}");
        let users: Vec<String> = (0..held.len())
            .map(|at| {
                format!(
                    r#"{{"Identity":"{}","UserPrincipalName":"u{at}@contoso.example","OnlineVoiceRoutingPolicy":null}}"#,
                    id(at)
                )
            })
            .collect();
        let numbers: Vec<String> = held
            .iter()
            .enumerate()
            .map(|(at, (number_type, told))| {
                let holder = if *told {
                    format!(r#","AssignedPstnTargetId":"{}""#, id(at))
                } else {
                    String::new()
                };
                format!(r#"{{"TelephoneNumber":"+1206555010{at}"{number_type}{holder}}}"#)
            })
            .collect();
        let verdicts = verdicts_with(
            "OC003",
            &serde_json::json!({}),
            &[
                (
                    "Get-CsOnlineVoiceRoutingPolicy.json",
                    r#"[{"Identity":"Global","OnlinePstnUsages":["US"]}]"#,
                ),
                ("Get-CsOnlineUser.json", &format!("[{}]", users.join(","))),
                (
                    "Get-CsPhoneNumberAssignment.json",
                    &format!("[{}]", numbers.join(",")),
                ),
                (
                    "Get-CsOnlinePSTNGateway.json",
                    r#"[{"Identity":"sbc1.contoso.example","SipSignalingPort":5061,"Enabled":true}]"#,
                ),
                (
                    "Get-CsOnlineVoiceRoute.json",
                    r#"[{"Identity":"r","NumberPattern":"^\\+1","OnlinePstnUsages":["US"],"OnlinePstnGatewayList":["sbc1.contoso.example"]}]"#,
                ),
            ],
        );
        match verdicts.as_slice() {
            [Verdict::Found(draft)] => Ok((draft.severity, draft.message.clone())),
            _ => Err(verdicts),
        }
    }

    #[test]
    fn holders_on_operator_connect_are_named_before_all_others() {
        let (severity, text) = message(&[(CP, true), (OC, true), (CP, true), (OC, true)])
            .unwrap_or_else(|other| panic!("{other:?}"));
        assert_eq!(severity, Severity::Error);
        assert!(text.contains("2 Operator Connect numbers"), "{text}");
        assert!(text.contains("`u1@contoso.example`") && text.contains("`u3@contoso.example`"));
        assert!(!text.contains("`u0@contoso.example`") && !text.contains("`u2@contoso.example`"));
        let (severity, text) =
            message(&[(CP, true), (CP, true)]).unwrap_or_else(|other| panic!("{other:?}"));
        assert_eq!(severity, Severity::Warning);
        assert!(text.contains("`u0@contoso.example`") && text.contains("`u1@contoso.example`"));
    }

    #[test]
    fn a_few_holders_are_named_and_no_more() {
        let (_, text) = message(&[(OC, true); 8]).unwrap_or_else(|other| panic!("{other:?}"));
        assert_eq!(
            text.matches("@contoso.example`").count(),
            super::NAMED,
            "{text}"
        );
    }

    #[test]
    fn a_holder_whom_the_directory_does_not_list_may_be_diverted() {
        let with = |policies: &str, number_type: &str| {
            let numbers = format!(
                r#"[{{"TelephoneNumber":"+12065550101","AssignedPstnTargetId":"{TWO}"{number_type}}}]"#
            );
            let users = format!(
                r#"[{{"Identity":"{ONE}","UserPrincipalName":"a@contoso.example","OnlineVoiceRoutingPolicy":null}}]"#
            );
            verdicts_with(
                "OC003",
                &serde_json::json!({}),
                &[
                    ("Get-CsOnlineVoiceRoutingPolicy.json", policies),
                    ("Get-CsOnlineUser.json", &users),
                    ("Get-CsPhoneNumberAssignment.json", &numbers),
                    (
                        "Get-CsOnlinePSTNGateway.json",
                        r#"[{"Identity":"sbc1.contoso.example","SipSignalingPort":5061,"Enabled":true}]"#,
                    ),
                    (
                        "Get-CsOnlineVoiceRoute.json",
                        r#"[{"Identity":"r","NumberPattern":"^\\+1","OnlinePstnUsages":["US"],"OnlinePstnGatewayList":["sbc1.contoso.example"]}]"#,
                    ),
                ],
            )
        };
        let leaks = r#"[{"Identity":"Global","OnlinePstnUsages":["US"]}]"#;
        let listed = |number_type| with(leaks, number_type);
        assert!(matches!(listed(OC)[..], [Verdict::Unknown(_)]));
        assert!(matches!(listed(CP)[..], [Verdict::Unknown(_)]));
        // Calls of Direct Routing numbers belong there.
        assert!(matches!(listed(DR)[..], [Verdict::Passed]));
        // The policy for everybody is in every tenant, if not in every export.
        let others = r#"[{"Identity":"Tag:Own","OnlinePstnUsages":["US"]}]"#;
        assert!(matches!(with(others, OC)[..], [Verdict::Unknown(_)]));
    }

    #[test]
    fn a_number_whose_holder_is_lost_may_be_diverted() {
        let lost = message(&[(DR, true), (OC, false), (DR, true)]);
        assert!(
            matches!(
                lost.as_ref().map_err(Vec::as_slice),
                Err([Verdict::Unknown(_)])
            ),
            "{lost:?}"
        );
    }
}
