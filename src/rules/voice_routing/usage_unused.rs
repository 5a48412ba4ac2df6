//! `rules/voice-routing/usage-unused.md`

use std::collections::BTreeSet;

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Severity, Subject, SubjectKind};
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, Verdict, Verdicts, rule};
use crate::snapshot::{ExportKind, Field, Symbol};

pub(super) const RULE: Declared = rule!("voice-routing", "usage-unused", Check::Each(check));

fn check(cx: &Cx) -> Verdicts {
    let tenant = cx.tenant;
    let texts = &tenant.snapshot.texts;
    let mut used: BTreeSet<String> = BTreeSet::new();
    let mut lost = false;
    let mut note = |field: &Field<Box<[Symbol]>>| {
        lost |= field.is_absent();
        used.extend(
            field
                .value()
                .into_iter()
                .flatten()
                .map(|one| texts.symbol(*one).to_lowercase()),
        );
    };
    for policy in tenant.voice_routing_policies.iter() {
        note(&policy.usages);
    }
    for policy in tenant.conferencing.routing_policies.iter() {
        note(&policy.usages);
    }
    for route in tenant.voice_routes.iter() {
        note(&route.usages);
    }
    for policy in tenant.emergency_call_routing_policies.iter() {
        lost |= policy.numbers.is_absent();
        let usages = policy
            .numbers
            .value()
            .into_iter()
            .flatten()
            .filter_map(|one| one.usage);
        used.extend(usages.map(|one| texts.symbol(one).to_lowercase()));
    }
    let others = [
        ExportKind::OnlineAudioConferencingRoutingPolicy,
        ExportKind::TeamsEmergencyCallRoutingPolicy,
    ];
    let snapshot = &tenant.snapshot;
    let is_unread = |kind| !snapshot.has_export(kind) || snapshot.incomplete(kind).is_some();
    let unread = others.into_iter().any(is_unread);
    let mut verdicts = Verdicts::default();
    for record in tenant.pstn_usages.iter() {
        for (index, usage) in record.usages.value().into_iter().flatten().enumerate() {
            let name = texts.symbol(*usage);
            verdicts.push(if used.contains(&name.to_lowercase()) {
                Verdict::Passed
            } else if lost {
                Verdict::Unknown("the export does not tell the PSTN usages of a policy or route")
            } else if unread {
                Verdict::Unknown("policies of conferences or of emergency calls, which may use it, are not all exported")
            } else {
                let place = record.at("Usage").element(index);
                found(
                    Draft::new(
                        Severity::Info,
                        Subject::new(SubjectKind::PstnUsage, name, name),
                        format!("the PSTN usage `{name}` is in no policy and in no route"),
                        Label::new(place, "used by nothing"),
                    )
                    .remedy(
                        "remove the PSTN usage from the tenant",
                        [format!(
                            "Set-CsOnlinePstnUsage -Identity Global -Usage @{{Remove={}}}",
                            quoted(name)
                        )],
                    ),
                )
            });
        }
    }
    verdicts
}

#[cfg(test)]
mod tests {
    use crate::rules::Verdict;
    use crate::rules::testing::verdicts;

    fn judge(policies: &str, routes: &str, emergency: Option<&str>) -> Vec<Verdict> {
        let mut files = vec![
            (
                "Get-CsOnlinePstnUsage.json",
                r#"[{"Identity":"Global","Usage":["US","Old"]}]"#,
            ),
            ("Get-CsOnlineVoiceRoutingPolicy.json", policies),
            ("Get-CsOnlineVoiceRoute.json", routes),
            ("Get-CsOnlineAudioConferencingRoutingPolicy.json", "[]"),
        ];
        files.extend(emergency.map(|text| ("Get-CsTeamsEmergencyCallRoutingPolicy.json", text)));
        verdicts("VR013", &files)
    }

    const POLICY: &str = r#"[{"Identity":"Tag:SBC","OnlinePstnUsages":["us"]}]"#;

    #[test]
    fn a_usage_that_nothing_names_is_found() {
        assert!(matches!(
            judge(POLICY, "[]", Some("[]"))[..],
            [Verdict::Passed, Verdict::Found(_)]
        ));
        let route = r#"[{"Identity":"R","Name":"R","NumberPattern":"x","OnlinePstnUsages":["OLD"],"OnlinePstnGatewayList":[]}]"#;
        assert!(matches!(
            judge(POLICY, route, Some("[]"))[..],
            [Verdict::Passed, Verdict::Passed]
        ));
        let emergency = r#"[{"Identity":"Tag:E","EmergencyNumbers":[{"EmergencyDialString":"112","OnlinePSTNUsage":"Old"}],"AllowEnhancedEmergencyServices":true}]"#;
        assert!(matches!(
            judge(POLICY, "[]", Some(emergency))[..],
            [Verdict::Passed, Verdict::Passed]
        ));
    }

    #[test]
    fn what_was_not_exported_may_use_it() {
        assert!(matches!(
            judge(POLICY, "[]", None)[..],
            [Verdict::Passed, Verdict::Unknown(_)]
        ));
        let lost = r#"[{"Identity":"Tag:SBC","OnlinePstnUsages":["us"]},{"Identity":"Tag:B","Description":"x"}]"#;
        assert!(matches!(
            judge(lost, "[]", Some("[]"))[..],
            [Verdict::Passed, Verdict::Unknown(_)]
        ));
    }

    #[test]
    fn a_policy_that_is_cut_off_or_missing_may_use_it() {
        let cut = r#"[{"Identity":"Tag:A","EmergencyNumbers":[],"AllowEnhancedEmergencyServices":true},{"Identity":"Tag:E","Emerg"#;
        let open = judge(POLICY, "[]", Some(cut));
        assert!(
            matches!(open[..], [Verdict::Passed, Verdict::Unknown(_)]),
            "{open:?}"
        );
        for kind in [
            "Get-CsTeamsEmergencyCallRoutingPolicy",
            "Get-CsOnlineAudioConferencingRoutingPolicy",
        ] {
            let manifest = format!(r#"{{"exports":[{{"kind":"{kind}","complete":false}}]}}"#);
            let open = verdicts(
                "VR013",
                &[
                    (
                        "Get-CsOnlinePstnUsage.json",
                        r#"[{"Identity":"Global","Usage":["US","Old"]}]"#,
                    ),
                    ("Get-CsOnlineVoiceRoutingPolicy.json", POLICY),
                    ("Get-CsOnlineVoiceRoute.json", "[]"),
                    ("Get-CsOnlineAudioConferencingRoutingPolicy.json", "[]"),
                    ("Get-CsTeamsEmergencyCallRoutingPolicy.json", "[]"),
                    ("manifest.json", &manifest),
                ],
            );
            assert!(
                matches!(open[..], [Verdict::Passed, Verdict::Unknown(_)]),
                "{kind}: {open:?}"
            );
        }
    }

    #[test]
    fn emergency_numbers_that_were_lost_may_use_it() {
        let lost = r#"[{"Identity":"Tag:A","AllowEnhancedEmergencyServices":true},{"Identity":"Tag:E","EmergencyNumbers":[],"AllowEnhancedEmergencyServices":true}]"#;
        assert!(matches!(
            judge(POLICY, "[]", Some(lost))[..],
            [Verdict::Passed, Verdict::Unknown(_)]
        ));
    }
}
