//! `rules/users/number-without-enterprise-voice.md`

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Remedy, Severity, Subject, SubjectKind};
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::tenant::{AccountKind, Answer, Number, User};

pub(super) const RULE: Declared = rule!(
    "users",
    "number-without-enterprise-voice",
    Check::User(check)
);

/// An hour, in milliseconds.
const HOUR: i64 = 60 * 60 * 1000;

fn check(user: &User, cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    if tenant.is_deleted(user) {
        return Verdict::NotApplicable;
    }
    match tenant.has_line(user) {
        Answer::Yes => {}
        Answer::No => return Verdict::NotApplicable,
        Answer::Unknown => {
            return Verdict::Unknown("no export tells whether the account holds a number");
        }
    }
    match user.enterprise_voice.get() {
        Some(true) => Verdict::Passed,
        Some(false) => Verdict::Found(Box::new(draft(user, cx))),
        None => Verdict::Unknown("the export does not tell whether Enterprise Voice is enabled"),
    }
}

fn draft(user: &User, cx: &Cx) -> Draft {
    let tenant = cx.tenant;
    let name = tenant.user_name(user);
    let numbers = tenant.numbers_of_user(user);
    let kind = tenant.account_kind(user);
    let pending = numbers.iter().any(|number| is_pending(number, cx));
    let recent = changed_lately(user, cx);
    // Of resource accounts, older modules show the flag wrongly while calls work.
    let is_account = kind == AccountKind::ResourceAccount;
    let severity = if is_account || pending || recent {
        Severity::Warning
    } else {
        Severity::Error
    };
    let label = if pending {
        "this number is still being assigned"
    } else {
        "this number is theirs"
    };
    let (number, related) = match tenant.line_of(user) {
        Some((number, place)) => (number, vec![Label::new(place, label)]),
        None => (String::new(), Vec::new()),
    };
    let subject = if is_account {
        SubjectKind::ResourceAccount
    } else {
        SubjectKind::User
    };
    let command = format!(
        "Set-CsPhoneNumberAssignment -Identity {} -EnterpriseVoiceEnabled $true",
        quoted(&tenant.user_identity(user))
    );
    let mut commands = Vec::new();
    if pending {
        commands.push(
            "# an assignment takes minutes: export again before you change anything".to_owned(),
        );
    }
    commands.push(command);
    Draft {
        severity,
        subject: Subject::new(
            subject,
            user.id.get().map(|id| id.to_string()).unwrap_or_default(),
            &name,
        ),
        discriminator: String::new(),
        message: format!("`{name}` has the number `{number}` but Enterprise Voice is switched off"),
        primary: Label::new(
            user.at("EnterpriseVoiceEnabled"),
            "no dial pad, and calls are refused",
        ),
        related,
        remedy: Remedy {
            summary: "switch Enterprise Voice on".into(),
            commands,
        },
    }
}

/// Whether the account changed within the hour before the export: the flag follows an assignment.
fn changed_lately(user: &User, cx: &Cx) -> bool {
    let (Some(changed), Some(now)) = (user.changed.get(), cx.tenant.snapshot.now) else {
        return false;
    };
    now.from_manifest && (0..=HOUR).contains(&(now.moment.ms() - changed.ms()))
}

fn is_pending(number: &Number, cx: &Cx) -> bool {
    number.record.activation.get().is_some_and(|state| {
        cx.tenant
            .snapshot
            .texts
            .symbol(state)
            .eq_ignore_ascii_case("AssignmentPending")
    })
}

#[cfg(test)]
mod tests {
    use crate::finding::Severity;
    use crate::rules::Verdict;
    use crate::rules::testing::verdicts;

    const ID: &str = "00000000-0000-4000-8000-000000000001";

    fn account(properties: &str, numbers: &str) -> Vec<Verdict> {
        let users = format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"o'hara@contoso.example"{properties}}}]"#
        );
        verdicts(
            "US002",
            &[
                ("Get-CsOnlineUser.json", &users),
                ("Get-CsPhoneNumberAssignment.json", numbers),
            ],
        )
    }

    fn number(state: &str) -> String {
        format!(
            r#"[{{"TelephoneNumber":"+12065550101","ActivationState":"{state}","AssignedPstnTargetId":"{ID}"}}]"#
        )
    }

    fn severity(verdicts: &[Verdict]) -> Severity {
        match verdicts {
            [Verdict::Found(draft)] => draft.severity,
            other => panic!("{other:?}"),
        }
    }

    const OFF: &str = r#","AccountType":"User","LineUri":null,"EnterpriseVoiceEnabled":false"#;
    const LINE: &str = r#","LineUri":"tel:+12065550101""#;

    #[test]
    fn a_number_by_either_source_needs_enterprise_voice() {
        assert_eq!(
            severity(&account(OFF, &number("Activated"))),
            Severity::Error
        );
        let own = format!(r#"{LINE},"EnterpriseVoiceEnabled":false"#);
        assert_eq!(severity(&account(&own, "[]")), Severity::Error);
        let on = format!(r#"{LINE},"EnterpriseVoiceEnabled":true"#);
        assert!(matches!(account(&on, "[]")[..], [Verdict::Passed]));
        assert!(account(OFF, "[]").is_empty());
    }

    #[test]
    fn pending_numbers_and_resource_accounts_are_warnings() {
        assert_eq!(
            severity(&account(OFF, &number("AssignmentPending"))),
            Severity::Warning
        );
        let ra =
            format!(r#"{LINE},"AccountType":"ResourceAccount","EnterpriseVoiceEnabled":false"#);
        assert_eq!(severity(&account(&ra, "[]")), Severity::Warning);
    }

    #[test]
    fn an_account_that_changed_within_the_hour_is_a_warning() {
        let graded = |changed: &str, manifest: &str| {
            let users = format!(
                r#"[{{"Identity":"{ID}","UserPrincipalName":"a"{LINE},"EnterpriseVoiceEnabled":false,"WhenChanged":"{changed}"}}]"#
            );
            severity(&verdicts(
                "US002",
                &[
                    ("Get-CsOnlineUser.json", &users),
                    ("manifest.json", manifest),
                ],
            ))
        };
        let manifest = r#"{"tenantName":"Contoso","exportedAt":"2026-09-14T05:30:00Z"}"#;
        assert_eq!(graded("2026-09-14T05:00:00Z", manifest), Severity::Warning);
        assert_eq!(graded("2026-09-14T04:00:00Z", manifest), Severity::Error);
        assert_eq!(graded("2026-09-14T05:00:00Z", "{}"), Severity::Error);
    }

    #[test]
    fn deleted_accounts_are_silent_and_what_is_not_told_is_open() {
        let deleted = format!(
            r#"{LINE},"EnterpriseVoiceEnabled":false,"SoftDeletionTimestamp":"2026-09-01T00:00:00Z""#
        );
        assert!(account(&deleted, "[]").is_empty());
        assert!(matches!(account(LINE, "[]")[..], [Verdict::Unknown(_)]));
    }

    #[test]
    fn the_command_keeps_hostile_names_in_their_quotes() {
        let [Verdict::Found(draft)] = &account(OFF, &number("Activated"))[..] else {
            panic!("a finding");
        };
        assert_eq!(
            draft.remedy.commands,
            [
                "Set-CsPhoneNumberAssignment -Identity 'o''hara@contoso.example' -EnterpriseVoiceEnabled $true"
            ]
        );
    }
}
