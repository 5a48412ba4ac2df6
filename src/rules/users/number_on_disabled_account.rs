//! `rules/users/number-on-disabled-account.md`

use serde::Deserialize;

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Severity};
use crate::rules::numbered::{found, person};
use crate::rules::reassignment::take_all_off;
use crate::rules::{Check, Cx, Declared, OptionsSpec, Verdict, rule};
use crate::tenant::{AccountKind, User};

pub(super) const RULE: Declared = rule!(
    "users",
    "number-on-disabled-account",
    Check::User(check),
    Some(OptionsSpec::of::<Options>(&["grace-days"]))
);

/// Milliseconds of a day.
const DAY: i64 = 24 * 60 * 60 * 1000;

/// Options of the rule.
#[derive(Clone, Default, Debug, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct Options {
    /// For how many days after its last change a disabled account may keep its number.
    grace_days: u16,
}

fn check(user: &User, cx: &Cx) -> Verdict {
    if let Err(verdict) = person(user, cx) {
        return verdict;
    }
    // Without a license the service tells another kind: the missing license is the finding then.
    if cx.tenant.account_kind(user) != AccountKind::User {
        return Verdict::NotApplicable;
    }
    match user.account_enabled.get() {
        Some(true) => Verdict::Passed,
        Some(false) if is_recent(user, cx) => Verdict::Passed,
        Some(false) => found(draft(user, cx)),
        None => Verdict::Unknown("the export does not tell whether the account is enabled"),
    }
}

fn is_recent(user: &User, cx: &Cx) -> bool {
    let days = i64::from(cx.options::<Options>().grace_days);
    match (user.changed.get(), cx.now) {
        (Some(changed), Some(now)) => days > 0 && now.ms() - changed.ms() <= days * DAY,
        _ => false,
    }
}

fn draft(user: &User, cx: &Cx) -> Draft {
    let tenant = cx.tenant;
    let name = tenant.user_name(user);
    let number = tenant
        .line_of(user)
        .map(|(number, _)| number)
        .unwrap_or_default();
    let mut calls = user
        .id
        .get()
        .map(|id| tenant.calls_to_person(id))
        .unwrap_or_default();
    calls.extend_from_slice(tenant.forwards_to(user));
    let severity = if calls.is_empty() {
        Severity::Warning
    } else {
        Severity::Error
    };
    let mut message = format!("`{name}` is disabled and still has the number `{number}`");
    if let Some((by, _)) = calls.first() {
        message = format!("{message}, and {by} sends calls there");
    }
    let id = quoted(&tenant.user_identity(user));
    let mut commands: Vec<String> = calls
        .iter()
        .map(|(by, _)| format!("# first lead the calls of {by} elsewhere"))
        .collect();
    commands.extend(take_all_off(user, &id, cx));
    Draft::new(
        severity,
        tenant.user_subject(user),
        message,
        Label::new(user.at("AccountEnabled"), "nobody can sign in"),
    )
    .related(tenant.number_label(user, "this number is idle"))
    .related(
        calls
            .into_iter()
            .map(|(_, place)| Label::new(place, "calls are sent to the disabled account")),
    )
    .remedy("take the number off the account", commands)
}

#[cfg(test)]
mod tests {
    use crate::finding::{Draft, Severity};
    use crate::rules::Verdict;
    use crate::rules::testing::{verdicts, verdicts_with};

    const ID: &str = "00000000-0000-4000-8000-000000000001";

    fn users(properties: &str) -> String {
        format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"o'hara@contoso.example","LineUri":"tel:+12065550101","SoftDeletionTimestamp":null{properties}}}]"#
        )
    }

    fn judge(properties: &str) -> Vec<Verdict> {
        verdicts("US005", &[("Get-CsOnlineUser.json", &users(properties))])
    }

    fn draft(verdicts: Vec<Verdict>) -> Draft {
        match verdicts.into_iter().next() {
            Some(Verdict::Found(draft)) => *draft,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_disabled_person_with_a_number_is_found() {
        let found = draft(judge(r#","AccountType":"User","AccountEnabled":false"#));
        assert_eq!(found.severity, Severity::Warning);
        assert!(found.remedy.commands[0].contains("'o''hara@contoso.example'"));
        let enabled = judge(r#","AccountType":"User","AccountEnabled":true"#);
        assert!(matches!(enabled[..], [Verdict::Passed]));
    }

    #[test]
    fn a_number_of_the_directory_is_taken_off_where_it_is_managed() {
        let commands = |synced: &str| {
            let users = users(&format!(
                r#","AccountType":"User","AccountEnabled":false,"UserDirSyncEnabled":{synced}"#
            ));
            let numbers = format!(
                r#"[{{"TelephoneNumber":"+12065550101","NumberType":"DirectRouting","NumberSource":"OnPremises","AssignedPstnTargetId":"{ID}"}},
                    {{"TelephoneNumber":"+12065550102","NumberType":"CallingPlan","NumberSource":"Online","AssignedPstnTargetId":"{ID}"}}]"#
            );
            let files = [
                ("Get-CsOnlineUser.json", users.as_str()),
                ("Get-CsPhoneNumberAssignment.json", &numbers),
            ];
            draft(verdicts("US005", &files)).remedy.commands
        };
        let synced = commands("true");
        assert!(synced[0].starts_with("Remove-CsPhoneNumberAssignment"));
        assert!(synced[0].contains("-PhoneNumber '+12065550102'"));
        assert_eq!(
            synced[2],
            "Set-CsUser -Identity 'o''hara@contoso.example' -LineURI $null"
        );
        assert!(!synced.iter().any(|line| line.contains("-RemoveAll")));
        // Nothing is managed for an account that is not synchronized: the number is taken over first.
        let cloud = commands("null");
        assert!(cloud[0].contains("-AllowOnPremToOnlineMigration $true"));
        assert!(cloud[1].starts_with("Set-CsPhoneNumberAssignment"));
        assert!(cloud[2].ends_with("-RemoveAll"));
    }

    #[test]
    fn accounts_that_are_disabled_by_design_are_told_by_their_type() {
        assert!(judge(r#","AccountType":"ResourceAccount","AccountEnabled":false"#).is_empty());
        assert!(judge(r#","AccountType":"Guest","AccountEnabled":false"#).is_empty());
        assert!(judge(r#","AccountType":"IneligibleUser","AccountEnabled":false"#).is_empty());
        let unknown = judge(r#","AccountEnabled":false"#);
        assert!(matches!(unknown[..], [Verdict::Unknown(_)]));
        let untold = judge(r#","AccountType":"User""#);
        assert!(matches!(untold[..], [Verdict::Unknown(_)]));
    }

    #[test]
    fn calls_that_are_sent_there_make_it_an_error() {
        let queue = format!(
            r#"[{{"Identity":"00000000-0000-4000-8000-00000000000a","Name":"Sales","RoutingMethod":"Serial","OverflowActionTarget":{{"Id":"{ID}","Type":"User"}}}}]"#
        );
        let users = users(r#","AccountType":"User","AccountEnabled":false"#);
        let found = draft(verdicts(
            "US005",
            &[
                ("Get-CsOnlineUser.json", &users),
                ("Get-CsCallQueue.json", &queue),
            ],
        ));
        assert_eq!(found.severity, Severity::Error);
        assert!(
            found
                .message
                .ends_with("call queue `Sales` sends calls there"),
            "{}",
            found.message
        );
    }

    #[test]
    fn a_colleague_who_forwards_there_makes_it_an_error() {
        let severity = |on: bool| {
            let users = format!(
                r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","AccountType":"User","AccountEnabled":false,"LineUri":"tel:+12065550101","SoftDeletionTimestamp":null}},
                    {{"Identity":"00000000-0000-4000-8000-000000000002","UserPrincipalName":"b@contoso.example","AccountType":"User","AccountEnabled":true,"LineUri":null,"SoftDeletionTimestamp":null}}]"#
            );
            let settings = format!(
                r#"[{{"SipUri":"sip:b@contoso.example","IsForwardingEnabled":{on},"ForwardingType":"Immediate","ForwardingTarget":"sip:a@contoso.example","ForwardingTargetType":"SingleTarget","IsUnansweredEnabled":false}}]"#
            );
            let found = draft(verdicts(
                "US005",
                &[
                    ("Get-CsOnlineUser.json", &users),
                    ("Get-CsUserCallingSettings.json", &settings),
                ],
            ));
            let by = found
                .message
                .contains("and `b@contoso.example` sends calls there");
            assert_eq!(by, on, "{}", found.message);
            found.severity
        };
        assert_eq!(severity(true), Severity::Error);
        assert_eq!(severity(false), Severity::Warning);
    }

    #[test]
    fn a_time_of_grace_can_be_given() {
        let users = users(
            r#","AccountType":"User","AccountEnabled":false,"WhenChanged":"2026-09-10T00:00:00Z""#,
        );
        let files = [
            ("Get-CsOnlineUser.json", users.as_str()),
            (
                "manifest.json",
                r#"{"exportedAt":"2026-09-14T00:00:00Z","exports":[]}"#,
            ),
        ];
        let passed = |days: u16| {
            let options = serde_json::json!({ "grace-days": days });
            matches!(
                verdicts_with("US005", &options, &files)[..],
                [Verdict::Passed]
            )
        };
        assert!(passed(4));
        assert!(!passed(3));
        assert!(!passed(0));
    }

    #[test]
    fn without_a_time_of_grace_a_change_of_this_moment_excuses_nothing() {
        let users = users(
            r#","AccountType":"User","AccountEnabled":false,"WhenChanged":"2026-09-14T00:00:00Z""#,
        );
        let options = serde_json::json!({"grace-days": 0});
        let verdicts = verdicts_with(
            "US005",
            &options,
            &[
                ("Get-CsOnlineUser.json", &users),
                (
                    "manifest.json",
                    r#"{"exportedAt":"2026-09-14T00:00:00Z","exports":[]}"#,
                ),
            ],
        );
        assert!(matches!(verdicts[..], [Verdict::Found(_)]), "{verdicts:?}");
    }
}
