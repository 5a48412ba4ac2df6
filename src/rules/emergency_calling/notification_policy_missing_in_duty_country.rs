//! `rules/emergency-calling/notification-policy-missing-in-duty-country.md`

use crate::finding::{Draft, Label, Severity, Subject, SubjectKind};
use crate::rules::american_policies::american_policies;
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, Verdict, Verdicts, rule};
use crate::snapshot::record::EmergencyCallingPolicyRecord;
use crate::tenant::{Merged, User};

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
    if policy.notification_group.value().is_some() || policy.notification_number.value().is_some() {
        return Verdict::Passed;
    }
    if policy.notification_group.is_absent() {
        return Verdict::Unknown("the export does not tell who is told");
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
                r#","NotificationGroup":null,"NotificationMode":null"#
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
}
