//! `rules/users/forwarding-target-broken.md`

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Place, Severity};
use crate::rules::numbered::without_settings;
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::snapshot::{PhoneNumber, strip_prefix_ignore_case};
use crate::tenant::{AccountKind, Addressee, Answer, InForce, User, without_sip};

pub(super) const RULE: Declared = rule!("users", "forwarding-target-broken", Check::User(check));

fn check(user: &User, cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    if tenant.is_deleted(user) {
        return Verdict::NotApplicable;
    }
    let Some(settings) = tenant.calling_settings(user) else {
        return without_settings(user, cx);
    };
    let texts = &tenant.snapshot.texts;
    let mut drafts: Vec<Draft> = Vec::new();
    let mut open = None;
    for forward in tenant.forwards_of(settings) {
        let target = texts.text(forward.target);
        match broken(user, target, cx) {
            Err(why) => open = Some(why),
            Ok(None) => {}
            Ok(Some(_)) if forward.in_use == Answer::Unknown => {
                open = Some("the export does not tell whether calls are sent to a target");
            }
            Ok(Some(why)) => {
                let role = format!("{} {}", forward.property, target.trim().to_lowercase());
                let what = format!("sends calls to {why}");
                drafts.push(draft(user, &role, &what, forward.place, cx));
            }
        }
    }
    for (index, delegate) in settings.delegates.value().into_iter().flatten().enumerate() {
        let target = texts.text(delegate.0);
        match taker(target, cx) {
            Err(why) => open = Some(why),
            Ok(None) => {}
            Ok(Some(why)) => {
                let role = format!("Delegates {}", target.trim().to_lowercase());
                let place = settings.at("Delegates").element(index);
                let what = format!("has for a delegate {why}");
                drafts.push(draft(user, &role, &what, place, cx));
            }
        }
    }
    match tenant.calls_come_back(user) {
        Some((first, true)) => {
            let first = tenant.user_name(first);
            let what = format!("forwards all calls to `{first}`, and they come back");
            let place = settings.at("ForwardingTarget");
            drafts.push(draft(user, "circle", &what, place, cx));
        }
        Some((_, false)) => open = Some("the export does not tell whether all calls are forwarded"),
        None => {}
    }
    match open {
        _ if !drafts.is_empty() => Verdict::Several(drafts),
        Some(why) => Verdict::Unknown(why),
        None => Verdict::Passed,
    }
}

/// Which target it is and why it takes no calls; nothing where it takes them.
///
/// # Errors
/// What is not told.
fn broken(user: &User, target: &str, cx: &Cx) -> Result<Option<String>, &'static str> {
    if PhoneNumber::parse(target).is_none() {
        return taker(target, cx);
    }
    match cx.tenant.calling_policy(user) {
        InForce::Policy { policy, name, .. } => match policy.forwarding_to_phone.get() {
            Some(true) => Ok(None),
            Some(false) => {
                let spelled = strip_prefix_ignore_case(target.trim(), "tel:");
                let number = spelled.unwrap_or(target.trim());
                Ok(Some(format!(
                    "`{number}`, which the calling policy `{name}` forbids"
                )))
            }
            None => Err("the policy does not tell whether calls may be sent to numbers"),
        },
        InForce::Dangling(..) => Err("the calling policy is not in the export"),
        InForce::Unknown => Err("the calling policy in force is not known"),
    }
}

/// As [`broken`], of an address.
fn taker(address: &str, cx: &Cx) -> Result<Option<String>, &'static str> {
    let tenant = cx.tenant;
    let other = match tenant.addressee(address) {
        Addressee::Account(other) => other,
        Addressee::Nobody => {
            let address = without_sip(address);
            return Ok(Some(format!("`{address}`, which no account has")));
        }
        Addressee::Elsewhere => return Ok(None),
        Addressee::Unknown => return Err("the export does not tell whose address a target is"),
    };
    let name = tenant.user_name(other);
    if tenant.is_deleted(other) {
        return Ok(Some(format!("`{name}`, whose account is deleted")));
    }
    // Accounts of apps are disabled by design.
    match (other.account_enabled.get(), tenant.account_kind(other)) {
        (Some(false), AccountKind::User) => {
            Ok(Some(format!("`{name}`, whose account is disabled")))
        }
        (Some(false), AccountKind::Unknown) => Err("the kind of a target's account is not known"),
        (None, AccountKind::User | AccountKind::Unknown) if other.account_enabled.is_absent() => {
            Err("the export does not tell whether a target's account is enabled")
        }
        _ => Ok(None),
    }
}

fn draft(user: &User, role: &str, what: &str, place: Place, cx: &Cx) -> Draft {
    let tenant = cx.tenant;
    let name = tenant.user_name(user);
    let id = quoted(&tenant.user_identity(user));
    Draft::new(
        Severity::Warning,
        tenant.user_subject(user),
        format!("`{name}` {what}"),
        Label::new(place, "calls there reach nobody"),
    )
    .role(role)
    .remedy(
        "send the calls elsewhere",
        [
            format!("Get-CsUserCallingSettings -Identity {id}"),
            turned_off(role, &id),
        ],
    )
}

/// What to type by hand so that no calls are sent there any more.
///
/// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/set-csusercallingsettings>.
fn turned_off(role: &str, id: &str) -> String {
    let property = role.split(' ').next().unwrap_or_default();
    match property {
        "Delegates" => {
            format!("# Remove-CsUserCallingDelegate -Identity {id} -Delegate <address>")
        }
        // The others of the group go on ringing.
        "CallGroupTargets" => format!(
            "# with those who take calls: Set-CsUserCallingSettings -Identity {id} -CallGroupOrder <order> -CallGroupTargets <addresses>"
        ),
        "UnansweredTarget" => {
            format!("# Set-CsUserCallingSettings -Identity {id} -IsUnansweredEnabled $false")
        }
        _ => format!("# Set-CsUserCallingSettings -Identity {id} -IsForwardingEnabled $false"),
    }
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
        // A number in place of the word may mean that it rings elsewhere too.
        let odd = forward("sip:a@contoso.example").replace(r#""Immediate""#, "0");
        let users = r#"[{"Identity":"00000000-0000-4000-8000-000000000001","UserPrincipalName":"a@contoso.example","AccountType":"User","AccountEnabled":true,"SoftDeletionTimestamp":null}]"#;
        let settings =
            format!(r#"[{{"SipUri":"sip:a@contoso.example","IsUnansweredEnabled":false{odd}}}]"#);
        let files = [
            ("Get-CsOnlineUser.json", users),
            ("Get-CsUserCallingSettings.json", &settings),
        ];
        let open = verdicts("US012", &files);
        assert!(matches!(open[..], [Verdict::Unknown(_)]), "{open:?}");
    }

    #[test]
    fn what_is_typed_turns_off_the_way_that_is_broken() {
        let typed = |role: &str| super::turned_off(role, "'a'");
        assert!(typed("ForwardingTarget sip:x").ends_with("-IsForwardingEnabled $false"));
        assert!(typed("circle").ends_with("-IsForwardingEnabled $false"));
        assert!(typed("UnansweredTarget sip:x").ends_with("-IsUnansweredEnabled $false"));
        let group = typed("CallGroupTargets sip:x");
        assert!(group.ends_with("-CallGroupTargets <addresses>"), "{group}");
        assert!(typed("Delegates sip:x").ends_with("-Delegate <address>"));
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

    /// A user `a` with these settings and a disabled `b` whose SIP address is `bob`; what is found, or why nothing is.
    fn told(user: &str, settings: &str, policies: Option<&str>) -> Result<Vec<String>, String> {
        let users = format!(
            r#"[{{"Identity":"00000000-0000-4000-8000-000000000001","UserPrincipalName":"a@contoso.example","AccountType":"User","AccountEnabled":true,"SoftDeletionTimestamp":null{user}}},
                {{"Identity":"00000000-0000-4000-8000-000000000002","UserPrincipalName":"b@contoso.example","SipAddress":"sip:bob@contoso.example","AccountType":"User","AccountEnabled":false,"SoftDeletionTimestamp":null,"TeamsCallingPolicy":null}}]"#
        );
        let settings = format!(r#"[{{"SipUri":"sip:a.smith@contoso.example"{settings}}}]"#);
        let mut files = vec![
            ("Get-CsOnlineUser.json", users.as_str()),
            ("Get-CsUserCallingSettings.json", &settings),
        ];
        files.extend(policies.map(|policies| ("Get-CsTeamsCallingPolicy.json", policies)));
        match verdicts("US012", &files).into_iter().next() {
            Some(Verdict::Several(drafts)) => {
                Ok(drafts.into_iter().map(|draft| draft.message).collect())
            }
            Some(Verdict::Unknown(why)) => Err(why.to_owned()),
            _ => Ok(Vec::new()),
        }
    }

    const SIP: &str = r#","SipAddress":"sip:a.smith@contoso.example""#;
    const FORBIDDEN: &str = r#"[{"Identity":"Global","AllowCallForwardingToPhone":false}]"#;

    #[test]
    fn accounts_are_known_by_their_sip_addresses() {
        let bob = forward("sip:bob@contoso.example");
        assert_eq!(
            told(SIP, &bob, None),
            Ok(vec![
                "`a@contoso.example` sends calls to `b@contoso.example`, whose account is disabled"
                    .to_owned()
            ])
        );
        assert!(told("", &bob, None).is_err(), "whose settings these are");
        let gone = forward("sip:gone@contoso.example");
        assert_eq!(
            told(SIP, &gone, None),
            Ok(vec![
                "`a@contoso.example` sends calls to `gone@contoso.example`, which no account has"
                    .to_owned()
            ])
        );
        assert_eq!(
            told(SIP, &forward("sip:x@fabrikam.example"), None),
            Ok(vec![])
        );
    }

    #[test]
    fn a_number_is_judged_by_a_policy_that_is_known() {
        let number = forward("tel:+12065550101");
        let null = format!(r#"{SIP},"TeamsCallingPolicy":null"#);
        assert_eq!(
            told(&null, &number, Some(FORBIDDEN)).map(|all| all.len()),
            Ok(1)
        );
        let short = told(&null, &forward("tel:1234"), Some(FORBIDDEN)).unwrap_or_default();
        assert!(short[0].contains("`1234`"), "{short:?}");
        assert!(told(SIP, &number, Some(FORBIDDEN)).is_err(), "which policy");
        assert!(told(&null, &number, None).is_err(), "no policies");
        let untold = r#"[{"Identity":"Global","AllowPrivateCalling":true}]"#;
        assert!(told(&null, &number, Some(untold)).is_err());
    }

    #[test]
    fn a_group_that_gets_no_calls_is_no_target_and_a_delegate_is_one() {
        let settings = |target_type: &str| {
            format!(
                r#","IsForwardingEnabled":true,"ForwardingTarget":null,"ForwardingTargetType":"{target_type}","IsUnansweredEnabled":false,"CallGroupTargets":["sip:bob@contoso.example"]"#
            )
        };
        assert_eq!(told(SIP, &settings("Voicemail"), None), Ok(vec![]));
        assert_eq!(
            told(SIP, &settings("Group"), None).map(|all| all.len()),
            Ok(1)
        );
        let delegate = r#","IsForwardingEnabled":false,"IsUnansweredEnabled":false,"Delegates":[{"Id":"sip:bob@contoso.example","MakeCalls":true,"ReceiveCalls":true}]"#;
        assert_eq!(
            told(SIP, delegate, None),
            Ok(vec![
                "`a@contoso.example` has for a delegate `b@contoso.example`, whose account is disabled"
                    .to_owned()
            ])
        );
    }
}
