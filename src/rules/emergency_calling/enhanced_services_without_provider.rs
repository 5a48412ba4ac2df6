//! `rules/emergency-calling/enhanced-services-without-provider.md`

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Severity, Subject, SubjectKind};
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, Verdict, Verdicts, rule};
use crate::snapshot::Field;
use crate::snapshot::record::{EmergencyCallRoutingPolicyRecord, GatewayRecord};
use crate::tenant::{Answer, Merged};

pub(super) const RULE: Declared = rule!(
    "emergency-calling",
    "enhanced-services-without-provider",
    Check::Each(check)
);

fn check(cx: &Cx) -> Verdicts {
    let policies = cx.tenant.emergency_call_routing_policies.iter();
    policies.map(|policy| judge(policy, cx)).collect()
}

fn judge(policy: &Merged<EmergencyCallRoutingPolicyRecord>, cx: &Cx) -> Verdict {
    match policy.enhanced.get() {
        Some(true) => {}
        Some(false) => return Verdict::NotApplicable,
        None if policy.enhanced.is_null() => return Verdict::NotApplicable,
        None => {
            return Verdict::Unknown("the export does not tell whether enhanced services are on");
        }
    }
    let tenant = cx.tenant;
    let texts = &tenant.snapshot.texts;
    if policy.numbers.value().is_some_and(|numbers| {
        !numbers
            .iter()
            .any(|number| is_american(texts.symbol(number.dial_string)))
    }) {
        return Verdict::NotApplicable;
    }
    let mut open = policy.numbers.is_absent();
    for (index, number) in policy.numbers.value().into_iter().flatten().enumerate() {
        let dialled = texts.symbol(number.dial_string);
        let Some(usage) = number.usage.filter(|_| is_american(dialled)) else {
            continue;
        };
        for (gateway, reached) in tenant.gateways_for(usage, dialled) {
            let drops = gateway.map_or(Answer::Unknown, drops_locations);
            match (drops, reached, gateway) {
                (Answer::No, ..) => {}
                (Answer::Yes, Answer::Yes, Some(gateway)) => {
                    return found(draft(policy, index, gateway, cx));
                }
                _ => open = true,
            }
        }
    }
    if open {
        Verdict::Unknown("it is not known whether a gateway takes locations")
    } else {
        Verdict::Passed
    }
}

/// Whether a gateway does not pass on where a caller is.
fn drops_locations(gateway: &Merged<GatewayRecord>) -> Answer {
    match gateway.pidflo {
        Field::Value(passes_on) => (!passes_on).into(),
        Field::Null => Answer::Yes,
        Field::Absent => Answer::Unknown,
    }
}

fn draft(
    policy: &Merged<EmergencyCallRoutingPolicyRecord>,
    index: usize,
    gateway: &Merged<GatewayRecord>,
    cx: &Cx,
) -> Draft {
    let texts = &cx.tenant.snapshot.texts;
    let name = policy.name.get().map_or("", |name| texts.symbol(name.0));
    let fqdn = gateway.fqdn.get().map_or("", |fqdn| texts.symbol(fqdn));
    Draft::new(
        Severity::Warning,
        Subject::new(SubjectKind::EmergencyCallRoutingPolicy, name, name),
        format!("the policy `{name}` sends the location of callers to `{fqdn}`, which does not pass it on"),
        Label::new(policy.at("AllowEnhancedEmergencyServices"), "locations are sent"),
    )
    .related([
        Label::new(policy.at("EmergencyNumbers").element(index), "by this usage"),
        Label::new(gateway.at("PidfloSupported"), "locations are dropped here"),
    ])
    .remedy(
        "let the gateway take locations, if its provider does",
        [format!("Set-CsOnlinePSTNGateway -Identity {} -PidfloSupported $true", quoted(fqdn))],
    )
}

/// Whether a number is dialled in an emergency in the United States or Canada, where calls carry the caller's location:
/// elsewhere nobody asks a gateway for it.
fn is_american(dialled: &str) -> bool {
    matches!(dialled.trim().trim_start_matches('+'), "911" | "933")
}

#[cfg(test)]
mod tests {
    use crate::rules::Verdict;
    use crate::rules::testing::verdicts;

    fn severity(verdicts: &[Verdict]) -> &'static str {
        match verdicts {
            [Verdict::Found(draft)] => draft.severity.name(),
            other => panic!("{other:?}"),
        }
    }

    fn judge(enhanced: bool, pidflo: &str) -> Vec<Verdict> {
        judge_number("911", enhanced, pidflo)
    }

    fn judge_number(number: &str, enhanced: bool, pidflo: &str) -> Vec<Verdict> {
        let policies = format!(
            r#"[{{"Identity":"Tag:US","EmergencyNumbers":[{{"EmergencyDialString":"{number}","OnlinePSTNUsage":"E911"}}],"AllowEnhancedEmergencyServices":{enhanced}}}]"#
        );
        let gateways = format!(
            r#"[{{"Identity":"sbc.contoso.example","SipSignalingPort":5067,"Enabled":true{pidflo}}}]"#
        );
        verdicts(
            "EM020",
            &[
                ("Get-CsTeamsEmergencyCallRoutingPolicy.json", &policies),
                (
                    "Get-CsOnlineVoiceRoute.json",
                    r#"[{"Identity":"E","NumberPattern":"9(11|33)","OnlinePstnUsages":["e911"],"OnlinePstnGatewayList":["SBC.contoso.example"]}]"#,
                ),
                ("Get-CsOnlinePSTNGateway.json", &gateways),
            ],
        )
    }

    #[test]
    fn locations_must_be_passed_on() {
        assert_eq!(
            severity(&judge(true, r#","PidfloSupported":false"#)),
            "warning"
        );
        assert!(matches!(
            judge(true, r#","PidfloSupported":true"#)[..],
            [Verdict::Passed]
        ));
        assert!(judge(false, r#","PidfloSupported":false"#).is_empty());
        assert!(matches!(judge(true, "")[..], [Verdict::Unknown(_)]));
    }

    #[test]
    fn where_nobody_asks_for_the_location_nothing_is_missing() {
        let without = r#","PidfloSupported":false"#;
        assert!(judge_number("112", true, without).is_empty());
        assert_eq!(severity(&judge_number("933", true, without)), "warning");
    }

    #[test]
    fn a_blank_is_no_support_and_what_is_untold_is_open() {
        assert_eq!(
            severity(&judge(true, r#","PidfloSupported":null"#)),
            "warning"
        );
        let policies = |enhanced: &str| {
            let policies = format!(
                r#"[{{"Identity":"Global","AllowEnhancedEmergencyServices":false,"EmergencyNumbers":[]}},{{"Identity":"Tag:US","EmergencyNumbers":[{{"EmergencyDialString":"911","OnlinePSTNUsage":"E911"}}]{enhanced}}}]"#
            );
            verdicts(
                "EM020",
                &[
                    ("Get-CsTeamsEmergencyCallRoutingPolicy.json", &policies),
                    ("Get-CsOnlineVoiceRoute.json", "[]"),
                    ("Get-CsOnlinePSTNGateway.json", "[]"),
                ],
            )
        };
        assert!(policies(r#","AllowEnhancedEmergencyServices":null"#).is_empty());
        assert!(matches!(policies("")[..], [Verdict::Unknown(_)]));
    }

    /// What is said of 911 and 112, each with a usage, a route and a gateway of its own.
    fn by_two_gateways(american: &str, european: &str, routes: &str) -> Vec<Verdict> {
        let gateways = format!(
            r#"[{{"Identity":"sbc-us.contoso.example","SipSignalingPort":5067,{american}}},{{"Identity":"sbc-eu.contoso.example","SipSignalingPort":5067,{european}}}]"#
        );
        verdicts(
            "EM020",
            &[
                (
                    "Get-CsTeamsEmergencyCallRoutingPolicy.json",
                    r#"[{"Identity":"Tag:US","EmergencyNumbers":[{"EmergencyDialString":"911","OnlinePSTNUsage":"E911"},{"EmergencyDialString":"112","OnlinePSTNUsage":"EU"}],"AllowEnhancedEmergencyServices":true}]"#,
                ),
                ("Get-CsOnlineVoiceRoute.json", routes),
                ("Get-CsOnlinePSTNGateway.json", &gateways),
            ],
        )
    }

    const GOOD: &str = r#""Enabled":true,"PidfloSupported":true"#;
    const DROPS: &str = r#""Enabled":true,"PidfloSupported":false"#;
    const ROUTES: &str = r#"[{"Identity":"E","NumberPattern":"^\\+?911$","OnlinePstnUsages":["E911"],"OnlinePstnGatewayList":["sbc-us.contoso.example"]},{"Identity":"EU","NumberPattern":"^\\+?112$","OnlinePstnUsages":["EU"],"OnlinePstnGatewayList":["sbc-eu.contoso.example"]}]"#;

    #[test]
    fn only_the_ways_of_american_numbers_are_judged() {
        assert!(matches!(
            by_two_gateways(GOOD, DROPS, ROUTES)[..],
            [Verdict::Passed]
        ));
        assert_eq!(severity(&by_two_gateways(DROPS, GOOD, ROUTES)), "warning");
        // By the same usage, but no call to 911 takes that route.
        let routes = ROUTES.replace("\"EU\"]", "\"E911\"]");
        assert!(matches!(
            by_two_gateways(GOOD, DROPS, &routes)[..],
            [Verdict::Passed]
        ));
    }

    #[test]
    fn a_gateway_that_gets_no_calls_drops_nothing() {
        let routes = ROUTES.replace(
            "[\"sbc-us.contoso.example\"]",
            "[\"sbc-us.contoso.example\",\"sbc-eu.contoso.example\"]",
        );
        assert_eq!(severity(&by_two_gateways(GOOD, DROPS, &routes)), "warning");
        let off = r#""Enabled":false,"PidfloSupported":false"#;
        assert!(matches!(
            by_two_gateways(GOOD, off, &routes)[..],
            [Verdict::Passed]
        ));
        let untold = r#""PidfloSupported":false"#;
        assert!(matches!(
            by_two_gateways(GOOD, untold, &routes)[..],
            [Verdict::Unknown(_)]
        ));
    }
}
