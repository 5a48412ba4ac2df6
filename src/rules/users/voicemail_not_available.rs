//! `rules/users/voicemail-not-available.md`

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Severity};
use crate::rules::numbered::{found, person, without_settings};
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::snapshot::Field;
use crate::tenant::{InForce, User};

pub(super) const RULE: Declared = rule!("users", "voicemail-not-available", Check::User(check));

fn check(user: &User, cx: &Cx) -> Verdict {
    if let Err(verdict) = person(user, cx) {
        return verdict;
    }
    match user.enterprise_voice {
        Field::Value(true) => {}
        Field::Value(false) | Field::Null => return Verdict::NotApplicable,
        Field::Absent => {
            return Verdict::Unknown(
                "the export does not tell whether Enterprise Voice is enabled",
            );
        }
    }
    let tenant = cx.tenant;
    let texts = &tenant.snapshot.texts;
    let Some(settings) = tenant.calling_settings(user) else {
        return without_settings(user, cx);
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

    const VOICE: &str = r#","EnterpriseVoiceEnabled":true"#;

    fn judge(settings: &str, policy: &str) -> Vec<Verdict> {
        judge_user(VOICE, "A@contoso.example", settings, policy)
    }

    fn judge_user(user: &str, address: &str, settings: &str, policy: &str) -> Vec<Verdict> {
        let users = format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","AccountType":"User","LineUri":"tel:+12065550101","SoftDeletionTimestamp":null,"TeamsCallingPolicy":null{user}}}]"#
        );
        let settings = format!(r#"[{{"SipUri":"sip:{address}",{settings}}}]"#);
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

    #[test]
    fn only_who_has_enterprise_voice_can_send_calls_there() {
        let voice = |voice: &str| judge_user(voice, "a@contoso.example", UNANSWERED, OFF);
        assert!(matches!(voice(VOICE)[..], [Verdict::Found(_)]));
        assert!(voice(r#","EnterpriseVoiceEnabled":false"#).is_empty());
        assert!(matches!(voice("")[..], [Verdict::Unknown(_)]));
    }

    #[test]
    fn settings_are_found_by_sip_address() {
        let found = |sip: &str| {
            let user = format!("{VOICE}{sip}");
            judge_user(&user, "a.smith@contoso.example", UNANSWERED, OFF)
        };
        let told = found(r#","SipAddress":"sip:a.smith@contoso.example""#);
        assert!(matches!(told[..], [Verdict::Found(_)]), "{told:?}");
        assert!(matches!(found("")[..], [Verdict::Unknown(_)]));
        assert!(found(r#","SipAddress":"sip:a@contoso.example""#).is_empty());
    }
}
