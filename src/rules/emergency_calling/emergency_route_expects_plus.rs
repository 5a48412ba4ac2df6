//! `rules/emergency-calling/emergency-route-expects-plus.md`

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Severity, Subject, SubjectKind};
use crate::rules::{Check, Cx, Declared, Verdict, Verdicts, rule};
use crate::tenant::route_pattern::RoutePattern;
use crate::tenant::{Answer, EmergencyRouting};

pub(super) const RULE: Declared = rule!(
    "emergency-calling",
    "emergency-route-expects-plus",
    Check::Each(check)
);

/// An emergency number that its routes match with `+` only.
struct Missed<'t> {
    policy: EmergencyRouting<'t>,
    index: usize,
    dialled: &'t str,
    route: u32,
}

fn check(cx: &Cx) -> Verdicts {
    let used = cx.tenant.emergency_routing_in_use();
    let policies = used.policies.into_values();
    let judged: Vec<_> = policies.map(|used| missed(used.policy, cx)).collect();
    // One route may miss numbers of several policies: one pattern has to serve them all, or the next undoes the last.
    let mut by_route: BTreeMap<u32, BTreeSet<&str>> = BTreeMap::new();
    for one in judged.iter().flatten().flatten() {
        by_route.entry(one.route).or_default().insert(one.dialled);
    }
    let verdicts = judged.into_iter().map(|judged| match judged {
        Ok(missed) => {
            let drafts = missed.iter().map(|one| draft(one, &by_route, cx));
            Verdict::Several(drafts.collect())
        }
        Err(verdict) => verdict,
    });
    verdicts
        .chain(used.open.into_iter().map(Verdict::Unknown))
        .collect()
}

/// The numbers of a policy that its routes match with `+` only; else the verdict on the policy.
fn missed<'t>(policy: EmergencyRouting<'t>, cx: &Cx<'t>) -> Result<Vec<Missed<'t>>, Verdict> {
    let tenant = cx.tenant;
    let Some(numbers) = policy.numbers.value() else {
        return Err(if policy.numbers.is_null() {
            Verdict::NotApplicable
        } else {
            Verdict::Unknown("the export does not tell the emergency numbers of a policy")
        });
    };
    if numbers.is_empty() {
        return Err(Verdict::NotApplicable);
    }
    let mut missed = Vec::new();
    let mut open = false;
    for (index, number) in numbers.iter().enumerate() {
        let Some(usage) = number.usage else { continue };
        let dialled = tenant.snapshot.texts.symbol(number.dial_string);
        let bare = tenant.leaves_by(usage, dialled);
        if bare.matched {
            continue;
        }
        let plus = format!("+{dialled}");
        let route = tenant.route_for(usage, &plus);
        // A route of which it is not known what it matches may match either.
        if bare.live == Answer::Unknown
            || (route.is_none() && tenant.leaves_by(usage, &plus).live == Answer::Unknown)
        {
            open = true;
            continue;
        }
        missed.extend(route.map(|route| Missed {
            policy,
            index,
            dialled,
            route,
        }));
    }
    match (missed.is_empty(), open) {
        (false, _) => Ok(missed),
        (true, true) => Err(Verdict::Unknown(
            "it is not known whether a route of an emergency usage matches",
        )),
        (true, false) => Err(Verdict::Passed),
    }
}

fn draft(missed: &Missed, by_route: &BTreeMap<u32, BTreeSet<&str>>, cx: &Cx) -> Draft {
    let texts = &cx.tenant.snapshot.texts;
    let Missed {
        policy,
        index,
        dialled,
        ..
    } = missed;
    let name = policy.name.get().map_or("", |name| texts.symbol(name.0));
    let route = cx.tenant.route(missed.route);
    let route_name = route
        .and_then(|route| route.name.get())
        .map_or("", |name| texts.symbol(name.0));
    let strings = by_route.get(&missed.route);
    let pattern = strings.and_then(|strings| wider_pattern(missed.route, strings, cx));
    let command = match pattern {
        Some(pattern) => format!(
            "Set-CsOnlineVoiceRoute -Identity {} -NumberPattern {}",
            quoted(route_name),
            quoted(&pattern)
        ),
        None => format!(
            "# let the pattern of the route {} match `{dialled}` as well, and all that it matches now",
            quoted(route_name)
        ),
    };
    Draft::new(
        Severity::Error,
        Subject::new(SubjectKind::EmergencyCallRoutingPolicy, name, name),
        format!("the emergency number `{dialled}` of the policy `{name}` is sent without `+`, but its route expects one"),
        Label::new(policy.at("EmergencyNumbers").element(*index), "sent as it is"),
    )
    .role(*dialled)
    .related(route.map(|route| Label::new(route.at("NumberPattern"), "matches with `+` only")))
    .remedy("let the route match with and without `+`", [command])
}

/// A pattern that matches these numbers and all that the route matches now; `None` where none can be made.
fn wider_pattern(route: u32, strings: &BTreeSet<&str>, cx: &Cx) -> Option<String> {
    let texts = &cx.tenant.snapshot.texts;
    let pattern = texts.symbol(cx.tenant.route(route)?.pattern.get()?);
    let is_number =
        |text: &&str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    // Whatever else is dialled may mean something else in a pattern, and a control character cannot be pasted.
    if !strings.iter().all(is_number) || pattern.contains(char::is_control) {
        return None;
    }
    let list: Vec<&str> = strings.iter().copied().collect();
    // The new alternative stands in front: what the old pattern says of itself, such as `(?x)`, does not reach it there.
    let wider = match list[..] {
        [only] if pattern == format!(r"^\+{only}$") => format!(r"^\+?{only}$"),
        [only] => format!("^{only}$|{pattern}"),
        _ => format!("^(?:{})$|{pattern}", list.join("|")),
    };
    let compiled = RoutePattern::compile(&wider);
    let fits = list.iter().all(|text| compiled.matches(text) == Some(true));
    fits.then_some(wider)
}

#[cfg(test)]
mod tests {
    use crate::rules::Verdict;
    use crate::rules::testing::verdicts;

    const ID: &str = "00000000-0000-4000-8000-000000000001";

    const NUMBER: &str = r#"{"EmergencyDialString":"911","OnlinePSTNUsage":"E911"}"#;

    fn judge(patterns: &[&str]) -> Vec<Verdict> {
        judge_numbers(NUMBER, patterns)
    }

    fn judge_numbers(numbers: &str, patterns: &[&str]) -> Vec<Verdict> {
        let routes: Vec<String> = patterns
            .iter()
            .enumerate()
            .map(|(index, pattern)| {
                format!(r#"{{"Identity":"R{index}","NumberPattern":"{pattern}","OnlinePstnUsages":["E911"],"OnlinePstnGatewayList":["sbc.contoso.example"],"Priority":{index}}}"#)
            })
            .collect();
        let policies = format!(
            r#"[{{"Identity":"Tag:US","EmergencyNumbers":[{numbers}],"AllowEnhancedEmergencyServices":true}}]"#
        );
        judge_files(&policies, &format!("[{}]", routes.join(",")), &[])
    }

    fn judge_files(policies: &str, routes: &str, more: &[(&str, &str)]) -> Vec<Verdict> {
        let users = format!(
            r#"[{{"Identity":"{ID}","AccountType":"User","SoftDeletionTimestamp":null,"TeamsEmergencyCallRoutingPolicy":"US"}}]"#
        );
        let held = format!(
            r#"[{{"TelephoneNumber":"+12065550101","NumberType":"DirectRouting","AssignedPstnTargetId":"{ID}"}}]"#
        );
        let mut files = vec![
            ("Get-CsOnlineUser.json", users.as_str()),
            ("Get-CsPhoneNumberAssignment.json", &held),
            ("Get-CsTeamsEmergencyCallRoutingPolicy.json", policies),
            ("Get-CsOnlineVoiceRoute.json", routes),
            (
                "Get-CsOnlinePSTNGateway.json",
                r#"[{"Identity":"sbc.contoso.example","SipSignalingPort":5067,"Enabled":true}]"#,
            ),
        ];
        files.extend(more);
        verdicts("EM008", &files)
    }

    #[test]
    fn a_plus_that_nobody_sends_is_found_unless_another_route_matches() {
        let plus = "^\\\\+911$";
        assert!(matches!(judge(&[plus])[..], [Verdict::Several(_)]));
        assert!(matches!(judge(&[plus, "^911$"])[..], [Verdict::Passed]));
        assert!(matches!(judge(&["^\\\\+?911$"])[..], [Verdict::Passed]));
        assert!(
            matches!(judge(&["^112$"])[..], [Verdict::Passed]),
            "no route at all is another rule's"
        );
    }

    #[test]
    fn the_route_that_expects_the_plus_is_the_one_to_change() {
        let verdicts = judge(&["^112$", "^\\\\+911$"]);
        let [Verdict::Several(drafts)] = verdicts.as_slice() else {
            panic!("{verdicts:?}");
        };
        let [draft] = drafts.as_slice() else {
            panic!("{drafts:?}");
        };
        assert_eq!(
            draft.remedy.commands,
            ["Set-CsOnlineVoiceRoute -Identity 'R1' -NumberPattern '^\\+?911$'"]
        );
    }

    /// The commands of all findings.
    fn commands(verdicts: Vec<Verdict>) -> Vec<String> {
        let drafts = verdicts.into_iter().flat_map(|verdict| match verdict {
            Verdict::Several(drafts) => drafts,
            other => panic!("{other:?}"),
        });
        drafts.flat_map(|draft| draft.remedy.commands).collect()
    }

    #[test]
    fn one_pattern_serves_all_numbers_of_a_route_and_keeps_what_it_matches() {
        let two = format!(
            "{NUMBER},{}",
            NUMBER.replace("911", "933").replace("E933", "E911")
        );
        let pattern =
            "Set-CsOnlineVoiceRoute -Identity 'R0' -NumberPattern '^(?:911|933)$|^\\+9(11|33)$'";
        assert_eq!(
            commands(judge_numbers(&two, &["^\\\\+9(11|33)$"])),
            [pattern, pattern]
        );
        assert_eq!(
            commands(judge(&["^\\\\+\\\\d+$"])),
            ["Set-CsOnlineVoiceRoute -Identity 'R0' -NumberPattern '^911$|^\\+\\d+$'"],
            "other calls stay on the route"
        );
        let star = NUMBER.replace("\"911\"", "\"*911\"");
        let hint = commands(judge_numbers(&star, &["^\\\\+[*]911$"]));
        assert!(hint[0].starts_with('#'), "{hint:?}");
    }

    #[test]
    fn numbers_of_two_policies_share_the_pattern_of_their_route() {
        let policies = format!(
            r#"[{{"Identity":"Tag:US","EmergencyNumbers":[{NUMBER}],"AllowEnhancedEmergencyServices":true}},{{"Identity":"Tag:Site","EmergencyNumbers":[{}],"AllowEnhancedEmergencyServices":true}}]"#,
            r#"{"EmergencyDialString":"112","OnlinePSTNUsage":"E911"}"#
        );
        let routes = r#"[{"Identity":"E","NumberPattern":"^\\+\\d{3}$","OnlinePstnUsages":["E911"],"OnlinePstnGatewayList":["sbc.contoso.example"],"Priority":0}]"#;
        let sites = r#"[{"NetworkSiteID":"Seattle","NetworkRegionID":"US","EmergencyCallRoutingPolicyName":"Site","EmergencyCallingPolicyName":null}]"#;
        let site = [("Get-CsTenantNetworkSite.json", sites)];
        let command =
            "Set-CsOnlineVoiceRoute -Identity 'E' -NumberPattern '^(?:112|911)$|^\\+\\d{3}$'";
        assert_eq!(
            commands(judge_files(&policies, routes, &site)),
            [command, command]
        );
    }

    #[test]
    fn a_route_that_nobody_can_judge_is_no_pass() {
        let verdicts = judge(&["^\\\\+?(?<a-b>911|933)$"]);
        assert!(
            matches!(verdicts[..], [Verdict::Unknown(_)]),
            "{verdicts:?}"
        );
        let policies = format!(
            r#"[{{"Identity":"Tag:US","EmergencyNumbers":[{NUMBER}],"AllowEnhancedEmergencyServices":true}}]"#
        );
        let untold = r#"[{"Identity":"E","NumberPattern":"^\\+?911$","OnlinePstnUsages":"System.Object[]","OnlinePstnGatewayList":["sbc.contoso.example"],"Priority":0}]"#;
        let verdicts = judge_files(&policies, untold, &[]);
        assert!(
            matches!(verdicts[..], [Verdict::Unknown(_)]),
            "{verdicts:?}"
        );
    }

    #[test]
    fn a_policy_that_is_not_in_the_export_is_no_pass() {
        let verdicts = judge_files(
            r#"[{"Identity":"Global","EmergencyNumbers":[],"AllowEnhancedEmergencyServices":true}]"#,
            "[]",
            &[],
        );
        assert!(
            matches!(verdicts[..], [Verdict::Unknown(_)]),
            "{verdicts:?}"
        );
    }
}
