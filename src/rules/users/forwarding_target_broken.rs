//! `rules/users/forwarding-target-broken.md`

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Place, Severity};
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::snapshot::record::CallingSettingsRecord;
use crate::snapshot::{PhoneNumber, Text};
use crate::tenant::{InForce, Merged, User};

pub(super) const RULE: Declared = rule!("users", "forwarding-target-broken", Check::User(check));

fn check(user: &User, cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    if tenant.is_deleted(user) {
        return Verdict::NotApplicable;
    }
    let Some(settings) = tenant.calling_settings(user) else {
        return if user.upn.is_absent() {
            Verdict::Unknown("the export does not tell the name of the account")
        } else {
            Verdict::NotApplicable
        };
    };
    let mut targets: Vec<(Text, &'static str, Place)> = Vec::new();
    if settings.forwarding.get() == Some(true) {
        targets.extend(
            settings
                .forwarding_target
                .get()
                .map(|text| (text, "ForwardingTarget", settings.at("ForwardingTarget"))),
        );
    }
    if settings.unanswered.get() == Some(true) {
        targets.extend(
            settings
                .unanswered_target
                .get()
                .map(|text| (text, "UnansweredTarget", settings.at("UnansweredTarget"))),
        );
    }
    for (index, text) in settings
        .call_group
        .value()
        .into_iter()
        .flatten()
        .enumerate()
    {
        targets.push((
            *text,
            "CallGroupTargets",
            settings.at("CallGroupTargets").element(index),
        ));
    }
    let mut drafts: Vec<Draft> = targets
        .into_iter()
        .filter_map(|(text, property, place)| {
            let target = tenant.snapshot.texts.text(text);
            let what = broken(user, target, cx)?;
            let role = format!("{property} {}", target.trim().to_lowercase());
            Some(draft(user, &role, &what, place, cx))
        })
        .collect();
    if let Some(last) = circle(user, settings, cx) {
        let what = format!("forwards all calls to `{last}`, and they come back");
        drafts.push(draft(
            user,
            "circle",
            &what,
            settings.at("ForwardingTarget"),
            cx,
        ));
    }
    if drafts.is_empty() {
        Verdict::Passed
    } else {
        Verdict::Several(drafts)
    }
}

/// Why a target takes no calls. An address that no account has for its user principal name may be anybody's.
fn broken(user: &User, target: &str, cx: &Cx) -> Option<String> {
    let tenant = cx.tenant;
    if let Some(number) = PhoneNumber::parse(target) {
        let InForce::Policy { policy, name, .. } = tenant.calling_policy(user) else {
            return None;
        };
        return (policy.forwarding_to_phone.get() == Some(false)).then(|| {
            format!("sends calls to `{number}`, which the calling policy `{name}` forbids")
        });
    }
    let other = tenant.user_by_name(target)?;
    let name = tenant.user_name(other);
    if tenant.is_deleted(other) {
        Some(format!("sends calls to `{name}`, whose account is deleted"))
    } else if other.account_enabled.get() == Some(false)
        && tenant.account_kind(other) == crate::tenant::AccountKind::User
    {
        Some(format!(
            "sends calls to `{name}`, whose account is disabled"
        ))
    } else {
        None
    }
}

/// Whether calls that are forwarded at once come back: the last account before they do.
fn circle(user: &User, settings: &Merged<CallingSettingsRecord>, cx: &Cx) -> Option<String> {
    let tenant = cx.tenant;
    let texts = &tenant.snapshot.texts;
    let next = |settings: &Merged<CallingSettingsRecord>| -> Option<&User> {
        let immediate = settings
            .forwarding_type
            .get()
            .is_some_and(|name| texts.symbol(name).eq_ignore_ascii_case("Immediate"));
        if settings.forwarding.get() != Some(true) || !immediate {
            return None;
        }
        tenant.user_by_name(texts.text(settings.forwarding_target.get()?))
    };
    let mut at = next(settings)?;
    for _ in 0..tenant.directory.calling_settings.iter().len() {
        if at.id.get() == user.id.get() {
            return Some(tenant.user_name(next(settings)?));
        }
        at = next(tenant.calling_settings(at)?)?;
    }
    None
}

fn draft(user: &User, role: &str, what: &str, place: Place, cx: &Cx) -> Draft {
    let tenant = cx.tenant;
    let name = tenant.user_name(user);
    Draft::new(
        Severity::Warning,
        tenant.user_subject(user),
        format!("`{name}` {what}"),
        Label::new(place, "callers reach nobody"),
    )
    .role(role)
    .remedy(
        "send the calls elsewhere",
        [
            format!("Get-CsUserCallingSettings -Identity {}", quoted(&name)),
            format!(
                "# Set-CsUserCallingSettings -Identity {} -IsForwardingEnabled $false",
                quoted(&name)
            ),
        ],
    )
}

#[cfg(test)]
mod tests {
    use crate::rules::Verdict;
    use crate::rules::testing::verdicts;

    fn judge(first: &str, second: &str, policy: &str) -> Vec<Vec<String>> {
        let users = r#"[{"Identity":"00000000-0000-4000-8000-000000000001","UserPrincipalName":"a@contoso.example","AccountType":"User","AccountEnabled":true,"SoftDeletionTimestamp":null,"TeamsCallingPolicy":null},
            {"Identity":"00000000-0000-4000-8000-000000000002","UserPrincipalName":"b@contoso.example","AccountType":"User","AccountEnabled":true,"SoftDeletionTimestamp":null,"TeamsCallingPolicy":null},
            {"Identity":"00000000-0000-4000-8000-000000000003","UserPrincipalName":"gone@contoso.example","AccountType":"User","AccountEnabled":false,"SoftDeletionTimestamp":null,"TeamsCallingPolicy":null}]"#;
        let settings = format!(
            r#"[{{"SipUri":"sip:a@contoso.example","IsUnansweredEnabled":false{first}}},{{"SipUri":"sip:b@contoso.example","IsUnansweredEnabled":false{second}}}]"#
        );
        let policies = format!(r#"[{{"Identity":"Global","AllowPrivateCalling":true{policy}}}]"#);
        let verdicts = verdicts(
            "US012",
            &[
                ("Get-CsOnlineUser.json", users),
                ("Get-CsUserCallingSettings.json", &settings),
                ("Get-CsTeamsCallingPolicy.json", &policies),
            ],
        );
        let list = verdicts.into_iter().map(|verdict| match verdict {
            Verdict::Several(drafts) => drafts
                .into_iter()
                .map(|draft| draft.discriminator)
                .collect(),
            _ => Vec::new(),
        });
        list.collect()
    }

    fn forward(target: &str) -> String {
        format!(
            r#","IsForwardingEnabled":true,"ForwardingType":"Immediate","ForwardingTarget":"{target}","ForwardingTargetType":"SingleTarget""#
        )
    }

    const NONE: &str = r#","IsForwardingEnabled":false"#;

    #[test]
    fn disabled_targets_and_forbidden_numbers_are_found() {
        assert_eq!(
            judge(&forward("sip:gone@contoso.example"), NONE, "")[0],
            ["ForwardingTarget sip:gone@contoso.example"]
        );
        assert!(judge(&forward("sip:b@contoso.example"), NONE, "")[0].is_empty());
        assert!(
            judge(&forward("sip:other@fabrikam.example"), NONE, "")[0].is_empty(),
            "anybody's"
        );
        let number = forward("tel:+12065550101");
        assert_eq!(
            judge(&number, NONE, r#","AllowCallForwardingToPhone":false"#)[0],
            ["ForwardingTarget tel:+12065550101"]
        );
        assert!(judge(&number, NONE, r#","AllowCallForwardingToPhone":true"#)[0].is_empty());
    }

    #[test]
    fn calls_that_come_back_are_found() {
        let both = judge(
            &forward("sip:b@contoso.example"),
            &forward("sip:A@contoso.example"),
            "",
        );
        assert_eq!(both, [vec!["circle"], vec!["circle"]]);
    }

    #[test]
    fn only_what_is_switched_on_is_followed() {
        let unanswered = |on: bool| {
            format!(
                r#","IsForwardingEnabled":false,"UnansweredTarget":"sip:gone@contoso.example","UnansweredTargetType":"SingleTarget","IsUnansweredEnabled":{on}"#
            )
        };
        let said = |on: bool| {
            let users = r#"[{"Identity":"00000000-0000-4000-8000-000000000001","UserPrincipalName":"a@contoso.example","AccountType":"User","AccountEnabled":true,"SoftDeletionTimestamp":null,"TeamsCallingPolicy":null},
                {"Identity":"00000000-0000-4000-8000-000000000003","UserPrincipalName":"gone@contoso.example","AccountType":"User","AccountEnabled":false,"SoftDeletionTimestamp":null,"TeamsCallingPolicy":null}]"#;
            let settings = format!(
                r#"[{{"SipUri":"sip:a@contoso.example"{}}}]"#,
                unanswered(on)
            );
            let verdicts = verdicts(
                "US012",
                &[
                    ("Get-CsOnlineUser.json", users),
                    ("Get-CsUserCallingSettings.json", &settings),
                    (
                        "Get-CsTeamsCallingPolicy.json",
                        r#"[{"Identity":"Global","AllowPrivateCalling":true}]"#,
                    ),
                ],
            );
            matches!(verdicts[..], [Verdict::Several(_)])
        };
        assert!(said(true));
        assert!(!said(false));
        // Who forwards at once and comes back makes a circle; who lets it ring elsewhere too does not.
        let ring = forward("sip:A@contoso.example").replace("Immediate", "Simultaneous");
        let both = judge(&forward("sip:b@contoso.example"), &ring, "");
        assert!(both.iter().all(Vec::is_empty), "{both:?}");
    }
}
