//! `rules/emergency-calling/notification-policy-missing-in-duty-country.md`

use crate::finding::{Draft, Label, Severity, Subject, SubjectKind};
use crate::rules::american_policies::american_policies;
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, Verdict, Verdicts, rule};
use crate::snapshot::record::EmergencyCallingPolicyRecord;
use crate::tenant::{Answer, Merged, User};

pub(super) const RULE: Declared = rule!(
    "emergency-calling",
    "notification-policy-missing-in-duty-country",
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
    match cx.tenant.tells_somebody(policy) {
        Answer::Yes => return Verdict::Passed,
        Answer::Unknown => return Verdict::Unknown("the export does not tell who is told"),
        Answer::No => {}
    }
    let name = policy.name.get().map_or("", |name| texts.symbol(name.0));
    let account = cx.tenant.user_name(user);
    found(
        Draft::new(
            Severity::Info,
            Subject::new(SubjectKind::EmergencyCallingPolicy, name, name),
            format!("the emergency calling policy `{name}` is in force in the United States, but tells nobody of emergency calls"),
            Label::new(policy.at("NotificationGroup"), "blank"),
        )
        .related([Label::new(user.at("UsageLocation"), format!("`{account}` depends on it"))])
        .remedy(
            "tell the front desk or the security desk",
            ["# Set-CsTeamsEmergencyCallingPolicy -Identity <policy> -NotificationGroup <addresses> -NotificationMode NotificationOnly".to_owned()],
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
            "EM017",
            &[
                ("Get-CsOnlineUser.json", &users),
                ("Get-CsTeamsEmergencyCallingPolicy.json", &policies),
            ],
        )
    }

    #[test]
    fn somebody_is_to_be_told_in_the_united_states() {
        assert_eq!(
            severity(&judge(
                "US",
                r#","NotificationGroup":null,"NotificationDialOutNumber":null,"NotificationMode":null,"ExtendedNotifications":[]"#
            )),
            "info"
        );
        assert!(matches!(
            judge("US", r#","NotificationGroup":"desk@contoso.example""#)[..],
            [Verdict::Passed]
        ));
        assert!(judge("DE", r#","NotificationGroup":null"#).is_empty());
        assert!(matches!(
            judge("US", r#","ExternalLocationLookupMode":"Enabled""#)[..],
            [Verdict::Unknown(_)]
        ));
    }

    #[test]
    fn a_number_or_a_notification_for_some_number_tells_somebody_too() {
        let told = |number: &str, extended: &str| {
            let group = r#","NotificationGroup":null"#;
            judge("US", &format!("{group}{number}{extended}"))
        };
        let number = r#","NotificationDialOutNumber":null"#;
        let none = r#","ExtendedNotifications":[]"#;
        assert_eq!(severity(&told(number, none)), "info");
        let extended = r#","ExtendedNotifications":[{"EmergencyDialString":"911","NotificationGroup":"alert2@contoso.example","NotificationDialOutNumber":null,"NotificationMode":"ConferenceUnMuted"}]"#;
        assert!(matches!(told(number, extended)[..], [Verdict::Passed]));
        // What was not exported may tell somebody.
        assert!(matches!(told("", none)[..], [Verdict::Unknown(_)]));
        assert!(matches!(told(number, "")[..], [Verdict::Unknown(_)]));
    }

    #[test]
    fn who_may_be_in_the_united_states_is_no_pass() {
        let policy = r#","NotificationGroup":"desk@contoso.example""#;
        for nowhere in ["United States of A.", "Nowhere"] {
            let verdicts = judge(nowhere, policy);
            assert!(matches!(verdicts[..], [Verdict::Unknown(_)]), "{nowhere}");
        }
        assert!(judge("", policy).is_empty(), "no country at all");
    }
}
