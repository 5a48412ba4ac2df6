//! `rules/users/voicemail-not-available.md`

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Severity};
use crate::rules::numbered::{found, person};
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::tenant::{InForce, User};

pub(super) const RULE: Declared = rule!("users", "voicemail-not-available", Check::User(check));

fn check(user: &User, cx: &Cx) -> Verdict {
    if let Err(verdict) = person(user, cx) {
        return verdict;
    }
    let tenant = cx.tenant;
    let texts = &tenant.snapshot.texts;
    let Some(settings) = tenant.calling_settings(user) else {
        return if user.upn.is_absent() {
            Verdict::Unknown("the export does not tell the name of the account")
        } else {
            Verdict::NotApplicable
        };
    };
    let leads = |on: Option<bool>, target: Option<crate::snapshot::Symbol>| {
        on == Some(true)
            && target.is_some_and(|name| texts.symbol(name).eq_ignore_ascii_case("Voicemail"))
    };
    let property = if leads(
        settings.unanswered.get(),
        settings.unanswered_target_type.get(),
    ) {
        "UnansweredTargetType"
    } else if leads(
        settings.forwarding.get(),
        settings.forwarding_target_type.get(),
    ) {
        "ForwardingTargetType"
    } else {
        return Verdict::Passed;
    };
    match tenant.calling_policy(user) {
        InForce::Policy {
            policy,
            name,
            place,
            ..
        } => match policy.voicemail.get() {
            Some(setting) if texts.symbol(setting).eq_ignore_ascii_case("AlwaysDisabled") => {
                let account = tenant.user_name(user);
                let draft = Draft::new(
                    Severity::Info,
                    tenant.user_subject(user),
                    format!("`{account}` sends calls to voicemail, which the calling policy `{name}` switches off"),
                    Label::new(settings.at(property), "calls go to voicemail"),
                )
                .related([Label::new(policy.at("AllowVoicemail"), "no voicemail with this policy")])
                .related(place.map(|place| Label::new(place, "the policy is assigned here")))
                .remedy(
                    "allow voicemail, or lead the calls elsewhere",
                    [format!(
                        "Set-CsTeamsCallingPolicy -Identity {} -AllowVoicemail UserOverride",
                        quoted(name)
                    )],
                );
                found(draft)
            }
            Some(_) => Verdict::Passed,
            None => Verdict::Unknown("the policy does not tell whether voicemail is allowed"),
        },
        InForce::Dangling(..) => Verdict::Unknown("the calling policy is not in the export"),
        InForce::Unknown => Verdict::Unknown("the calling policy in force is not known"),
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::Verdict;
    use crate::rules::testing::verdicts;

    const ID: &str = "00000000-0000-4000-8000-000000000001";

    fn judge(settings: &str, policy: &str) -> Vec<Verdict> {
        let users = format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","AccountType":"User","LineUri":"tel:+12065550101","SoftDeletionTimestamp":null,"TeamsCallingPolicy":null}}]"#
        );
        let settings = format!(r#"[{{"SipUri":"sip:A@contoso.example",{settings}}}]"#);
        let policies = format!(r#"[{{"Identity":"Global","AllowPrivateCalling":true{policy}}}]"#);
        verdicts(
            "US013",
            &[
                ("Get-CsOnlineUser.json", &users),
                ("Get-CsUserCallingSettings.json", &settings),
                ("Get-CsTeamsCallingPolicy.json", &policies),
            ],
        )
    }

    const UNANSWERED: &str = r#""IsForwardingEnabled":false,"IsUnansweredEnabled":true,"UnansweredTargetType":"Voicemail""#;
    const OFF: &str = r#","AllowVoicemail":"AlwaysDisabled""#;

    #[test]
    fn calls_to_a_voicemail_that_is_off_are_found() {
        assert!(matches!(judge(UNANSWERED, OFF)[..], [Verdict::Found(_)]));
        let forwarded = r#""IsForwardingEnabled":true,"ForwardingTargetType":"voicemail","IsUnansweredEnabled":false"#;
        assert!(matches!(judge(forwarded, OFF)[..], [Verdict::Found(_)]));
    }

    #[test]
    fn voicemail_that_nobody_uses_may_be_off() {
        let unused = UNANSWERED.replace("true", "false");
        assert!(matches!(judge(&unused, OFF)[..], [Verdict::Passed]));
        assert!(matches!(
            judge(UNANSWERED, r#","AllowVoicemail":"UserOverride""#)[..],
            [Verdict::Passed]
        ));
        assert!(matches!(judge(UNANSWERED, "")[..], [Verdict::Unknown(_)]));
    }
}
