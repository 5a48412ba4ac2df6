//! `rules/emergency-calling/external-location-lookup-off.md`

use crate::finding::{Draft, Label, Severity, Subject, SubjectKind};
use crate::rules::american_policies::american_policies;
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, Verdict, Verdicts, rule};
use crate::snapshot::record::EmergencyCallingPolicyRecord;
use crate::tenant::{Merged, User};

pub(super) const RULE: Declared = rule!(
    "emergency-calling",
    "external-location-lookup-off",
    Check::Each(check)
);

fn check(cx: &Cx) -> Verdicts {
    let (used, open) = american_policies(cx);
    used.into_values()
        .map(|(policy, user)| judge(policy, user, cx))
        .chain(open.map(Verdict::Unknown))
        .collect()
}

fn judge(policy: &Merged<EmergencyCallingPolicyRecord>, user: &User, cx: &Cx) -> Verdict {
    let texts = &cx.tenant.snapshot.texts;
    let mode = policy
        .external_lookup
        .get()
        .map(|mode| texts.symbol(mode).to_ascii_lowercase());
    let (what, property, label) = match mode.as_deref() {
        Some("enabled" | "1") if policy.disclaimer.is_null() => (
            "looks up where people at home are, but does not tell them what that means",
            "EnhancedEmergencyServiceDisclaimer",
            "no text",
        ),
        Some("enabled" | "1") if policy.disclaimer.is_absent() => {
            return Verdict::Unknown("the export does not tell what people at home are told");
        }
        Some("enabled" | "1") => return Verdict::Passed,
        None if policy.external_lookup.is_absent() => {
            return Verdict::Unknown("the export does not tell whether locations are looked up");
        }
        Some(mode) if !matches!(mode, "disabled" | "0") => {
            return Verdict::Unknown(
                "the mode of the external location lookup is none that is documented",
            );
        }
        _ => (
            "does not look up where people at home are",
            "ExternalLocationLookupMode",
            "off",
        ),
    };
    let name = policy.name.get().map_or("", |name| texts.symbol(name.0));
    let account = cx.tenant.user_name(user);
    found(
        Draft::new(
            Severity::Info,
            Subject::new(SubjectKind::EmergencyCallingPolicy, name, name),
            format!("the emergency calling policy `{name}` is in force in the United States and {what}"),
            Label::new(policy.at(property), label),
        )
        .related([Label::new(user.at("UsageLocation"), format!("`{account}` depends on it"))])
        .remedy(
            "switch the lookup on, with a text for those who work at home",
            ["# Set-CsTeamsEmergencyCallingPolicy -Identity <policy> -ExternalLocationLookupMode Enabled -EnhancedEmergencyServiceDisclaimer <text>".to_owned()],
        ),
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

    fn judge(country: &str, policy: &str) -> Vec<Verdict> {
        let users = format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","AccountType":"User","SoftDeletionTimestamp":null,"LineUri":"tel:+12065550101","UsageLocation":"{country}","TeamsEmergencyCallingPolicy":null}}]"#
        );
        let policies = format!(r#"[{{"Identity":"Global","Description":null{policy}}}]"#);
        verdicts(
            "EM018",
            &[
                ("Get-CsOnlineUser.json", &users),
                ("Get-CsTeamsEmergencyCallingPolicy.json", &policies),
            ],
        )
    }

    #[test]
    fn the_lookup_is_to_be_on_with_a_text() {
        assert_eq!(
            severity(&judge("US", r#","ExternalLocationLookupMode":"Disabled""#)),
            "info"
        );
        assert_eq!(
            severity(&judge("US", r#","ExternalLocationLookupMode":null"#)),
            "info"
        );
        assert_eq!(
            severity(&judge(
                "US",
                r#","ExternalLocationLookupMode":"Enabled","EnhancedEmergencyServiceDisclaimer":"""#
            )),
            "info"
        );
        assert!(matches!(
            judge(
                "US",
                r#","ExternalLocationLookupMode":"Enabled","EnhancedEmergencyServiceDisclaimer":"x""#
            )[..],
            [Verdict::Passed]
        ));
        assert!(matches!(
            judge("US", r#","NotificationGroup":null"#)[..],
            [Verdict::Unknown(_)]
        ));
        assert!(judge("DE", r#","ExternalLocationLookupMode":"Disabled""#).is_empty());
    }

    #[test]
    fn a_mode_that_is_not_documented_is_open() {
        let mode = |mode: &str| judge("US", &format!(r#","ExternalLocationLookupMode":{mode}"#));
        for off in ["0", "\"0\"", "\"disabled\""] {
            assert_eq!(severity(&mode(off)), "info", "{off}");
        }
        for other in ["2", "\"SomethingNew\""] {
            assert!(matches!(mode(other)[..], [Verdict::Unknown(_)]), "{other}");
        }
    }

    #[test]
    fn a_text_that_is_not_exported_may_be_there() {
        let untold = judge("US", r#","ExternalLocationLookupMode":"Enabled""#);
        assert!(matches!(untold[..], [Verdict::Unknown(_)]), "{untold:?}");
    }

    #[test]
    fn a_policy_that_only_accounts_without_a_number_have_needs_no_lookup() {
        let users = format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","AccountType":"User","SoftDeletionTimestamp":null,"LineUri":null,"UsageLocation":"US","TeamsEmergencyCallingPolicy":null}}]"#
        );
        let policies =
            r#"[{"Identity":"Global","Description":null,"ExternalLocationLookupMode":"Disabled"}]"#;
        let verdicts = verdicts(
            "EM018",
            &[
                ("Get-CsOnlineUser.json", &users),
                ("Get-CsTeamsEmergencyCallingPolicy.json", policies),
            ],
        );
        assert!(verdicts.is_empty(), "{verdicts:?}");
    }
}
