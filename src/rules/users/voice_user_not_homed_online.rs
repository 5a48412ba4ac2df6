//! `rules/users/voice-user-not-homed-online.md`

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Severity};
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::snapshot::{Field, PhoneNumber, Text};
use crate::tenant::{AccountKind, User};

pub(super) const RULE: Declared = rule!("users", "voice-user-not-homed-online", Check::User(check));

/// Milliseconds of a day: so long the pool of a new account may be blank.
const DAY: i64 = 24 * 60 * 60 * 1000;

/// Why an account is not homed online.
struct Reason {
    property: &'static str,
    label: String,
}

fn check(user: &User, cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    let kind = tenant.account_kind(user);
    if tenant.is_deleted(user) || matches!(kind, AccountKind::ResourceAccount | AccountKind::Guest)
    {
        return Verdict::NotApplicable;
    }
    let held = tenant.numbers_of_user(user);
    let is_any = |wanted| {
        let mut sources = held.iter().map(|number| tenant.known_source(number));
        sources.any(|source| source == wanted)
    };
    if held.is_empty() && !has_line_only(user, cx) {
        return Verdict::NotApplicable;
    }
    let reason = reason(user, cx);
    match reason {
        // A number that the on-premises directory manages belongs to an account of its servers.
        _ if is_any(Some("OnPremises")) && !is_any(Some("Online")) && !is_any(None) => {
            Verdict::NotApplicable
        }
        Ok(None) => Verdict::Passed,
        Err(reason) => Verdict::Unknown(reason),
        Ok(Some(_)) if !is_any(Some("Online")) => {
            Verdict::Unknown("the export does not tell where the number is managed")
        }
        Ok(Some(reason)) => found(draft(user, reason, cx)),
    }
}

/// Whether an account shows a number that the inventory does not give it, and that the on-premises directory does not
/// manage either.
fn has_line_only(user: &User, cx: &Cx) -> bool {
    let texts = &cx.tenant.snapshot.texts;
    let number = |field: Field<Text>| PhoneNumber::parse(texts.text(field.get()?));
    let line = number(user.line_uri);
    line.is_some() && line != number(user.on_prem_line_uri)
}

fn reason(user: &User, cx: &Cx) -> Result<Option<Reason>, &'static str> {
    let wrong = |property, label: &str| {
        Ok(Some(Reason {
            property,
            label: label.to_owned(),
        }))
    };
    match cx.tenant.homed_on_server_by(user) {
        Some(property @ "HostingProvider") => return wrong(property, "not Microsoft's service"),
        Some(property) => return wrong(property, "homed on a server"),
        None => {}
    }
    match user.registrar_pool {
        Field::Value(_) => Ok(None),
        Field::Null if is_new(user, cx) => Ok(None),
        Field::Null => wrong("RegistrarPool", "no pool"),
        Field::Absent if user.hosting_provider.value().is_some() => Ok(None),
        Field::Absent => Err("the export does not tell where the account is homed"),
    }
}

fn is_new(user: &User, cx: &Cx) -> bool {
    match (user.created.get(), cx.now) {
        (Some(created), Some(now)) => now.ms() - created.ms() < DAY,
        _ => false,
    }
}

fn draft(user: &User, reason: Reason, cx: &Cx) -> Draft {
    let tenant = cx.tenant;
    let name = tenant.user_name(user);
    let number = tenant
        .line_of(user)
        .map(|(number, _)| number)
        .unwrap_or_default();
    let commands = if reason.property == "RegistrarPool" {
        vec![
            "# a pool is given hours after the license: if the license is older, remove and assign it again".to_owned(),
        ]
    } else {
        vec![
            "# in the Skype for Business Server shell of the organization:".to_owned(),
            format!(
                "Move-CsUser -Identity {} -Target sipfed.online.lync.com",
                quoted(&tenant.user_identity(user))
            ),
        ]
    };
    Draft::new(
        Severity::Error,
        tenant.user_subject(user),
        format!("`{name}` has the number `{number}`, but is not homed online"),
        Label::new(user.at(reason.property), reason.label),
    )
    .related(tenant.number_label(user, "this number cannot ring in Teams"))
    .remedy("move the account to the cloud", commands)
}

#[cfg(test)]
mod tests {
    use crate::finding::Draft;
    use crate::rules::Verdict;
    use crate::rules::testing::verdicts;

    const ID: &str = "00000000-0000-4000-8000-000000000001";

    fn judge(properties: &str, number: &str) -> Vec<Verdict> {
        let users = format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","SoftDeletionTimestamp":null{properties}}}]"#
        );
        let numbers = format!(
            r#"[{{"TelephoneNumber":"+12065550101","NumberType":"DirectRouting","AssignedPstnTargetId":"{ID}"{number}}}]"#
        );
        verdicts(
            "US004",
            &[
                ("Get-CsOnlineUser.json", &users),
                ("Get-CsPhoneNumberAssignment.json", &numbers),
                (
                    "manifest.json",
                    r#"{"exportedAt":"2026-09-14T00:00:00Z","exports":[]}"#,
                ),
            ],
        )
    }

    const ONLINE: &str = r#","NumberSource":"Online""#;
    const HOME: &str =
        r#","HostingProvider":"sipfed.online.lync.com","RegistrarPool":"sippoolx.infra.lync.com""#;

    fn draft(verdicts: Vec<Verdict>) -> Draft {
        match verdicts.into_iter().next() {
            Some(Verdict::Found(draft)) => *draft,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_server_or_no_pool_at_all_is_found() {
        assert!(matches!(judge(HOME, ONLINE)[..], [Verdict::Passed]));
        let server = draft(judge(
            r#","HostingProvider":"SRV:","RegistrarPool":"x""#,
            ONLINE,
        ));
        assert!(server.remedy.commands[1].contains("Move-CsUser"));
        draft(judge(
            &format!(r#"{HOME},"AccountType":"SfBOnPremUser""#),
            ONLINE,
        ));
        draft(judge(
            &format!(r#"{HOME},"InterpretedUserType":"HybridOnpremSfBUser""#),
            ONLINE,
        ));
        draft(judge(
            r#","HostingProvider":null,"RegistrarPool":null"#,
            ONLINE,
        ));
    }

    #[test]
    fn new_accounts_may_have_no_pool_yet() {
        let at = |time: &str| format!(r#","RegistrarPool":null,"WhenCreated":"{time}""#);
        assert!(matches!(
            judge(&at("2026-09-13T12:00:00Z"), ONLINE)[..],
            [Verdict::Passed]
        ));
        draft(judge(&at("2026-09-12T12:00:00Z"), ONLINE));
    }

    #[test]
    fn numbers_of_the_on_premises_directory_and_untold_ones_are_not_found() {
        let server = r#","HostingProvider":"SRV:""#;
        assert!(judge(server, r#","NumberSource":"OnPremises""#).is_empty());
        assert!(matches!(judge(server, "")[..], [Verdict::Unknown(_)]));
        // Beside one of the directory, a number of which nobody can tell may be one of the cloud.
        let two = format!(
            r#","NumberSource":"OnPremises"}},{{"TelephoneNumber":"+12065550102","NumberType":"DirectRouting","AssignedPstnTargetId":"{ID}","NumberSource":"\u2603""#
        );
        assert!(matches!(judge(server, &two)[..], [Verdict::Unknown(_)]));
        assert!(matches!(judge("", ONLINE)[..], [Verdict::Unknown(_)]));
        assert!(
            judge(
                r#","AccountType":"ResourceAccount","RegistrarPool":null"#,
                ONLINE
            )
            .is_empty()
        );
    }

    #[test]
    fn where_a_number_is_managed_that_only_the_account_shows_is_not_told() {
        let judge = |home: &str, on_prem: &str| {
            let users = format!(
                r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","SoftDeletionTimestamp":null,"LineUri":"tel:+12065550101"{home}{on_prem}}}]"#
            );
            let other = r#"[{"TelephoneNumber":"+12065550109","NumberType":"OperatorConnect","AssignedPstnTargetId":null,"NumberSource":"Online"}]"#;
            verdicts(
                "US004",
                &[
                    ("Get-CsOnlineUser.json", &users),
                    ("Get-CsPhoneNumberAssignment.json", other),
                ],
            )
        };
        let server = r#","HostingProvider":"SRV:","RegistrarPool":null"#;
        assert!(matches!(judge(server, "")[..], [Verdict::Unknown(_)]));
        assert!(matches!(judge(HOME, "")[..], [Verdict::Passed]));
        let managed = r#","OnPremLineUri":"tel:+12065550101""#;
        assert!(judge(server, managed).is_empty(), "managed on-premises");
    }

    #[test]
    fn a_provider_tells_the_home_and_a_day_is_no_new_account() {
        let provider = judge(r#","HostingProvider":"sipfed.online.lync.com""#, ONLINE);
        assert!(matches!(provider[..], [Verdict::Passed]), "{provider:?}");
        draft(judge(
            r#","RegistrarPool":null,"WhenCreated":"2026-09-13T00:00:00Z""#,
            ONLINE,
        ));
    }

    #[test]
    fn a_disabled_hybrid_account_is_homed_on_a_server() {
        draft(judge(
            &format!(r#"{HOME},"InterpretedUserType":"HybridDisabledUser""#),
            ONLINE,
        ));
        for kind in ["HybridOnlineTeamsOnlyUser", "PureOnlineDisabledUser"] {
            let verdicts = judge(&format!(r#"{HOME},"InterpretedUserType":"{kind}""#), ONLINE);
            assert!(matches!(verdicts[..], [Verdict::Passed]), "{kind}");
        }
    }
}
