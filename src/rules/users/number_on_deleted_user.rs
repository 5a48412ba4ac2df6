//! `rules/users/number-on-deleted-user.md`

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Severity};
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::snapshot::record::Record;
use crate::tenant::{Answer, User};

pub(super) const RULE: Declared = rule!("users", "number-on-deleted-user", Check::User(check));

/// For how many days a deleted account can be restored.
///
/// Source: <https://learn.microsoft.com/entra/fundamentals/users-restore>.
const RESTORABLE: i64 = 30;

/// Milliseconds of a day.
const DAY: i64 = 24 * 60 * 60 * 1000;

fn check(user: &User, cx: &Cx) -> Verdict {
    if user.deleted.is_absent() && user.origin().kind == crate::snapshot::ExportKind::OnlineUser {
        return match cx.tenant.has_line(user) {
            Answer::No => Verdict::NotApplicable,
            _ => Verdict::Unknown("the export does not tell whether the account is deleted"),
        };
    }
    if !cx.tenant.is_deleted(user) {
        return match cx.tenant.has_line(user) {
            Answer::Yes => Verdict::Passed,
            _ => Verdict::NotApplicable,
        };
    }
    match cx.tenant.has_line(user) {
        Answer::Yes => found(draft(user, cx)),
        Answer::No => Verdict::Passed,
        Answer::Unknown => {
            Verdict::Unknown("no export tells whether the deleted account holds a number")
        }
    }
}

fn draft(user: &User, cx: &Cx) -> Draft {
    let tenant = cx.tenant;
    let name = tenant.user_name(user);
    let number = tenant
        .line_of(user)
        .map(|(number, _)| number)
        .unwrap_or_default();
    let deleted = user.deleted.get().and_then(|date| date.0);
    let left = deleted
        .zip(cx.now)
        .map(|(then, now)| RESTORABLE - (now.ms() - then.ms()) / DAY);
    let (when, label) = match left {
        Some(1) => (
            "; it can be restored for one more day".to_owned(),
            "deleted",
        ),
        Some(days) if days > 0 => (
            format!("; it can be restored for {days} more days"),
            "deleted",
        ),
        Some(_) => (
            "; the time to restore it is over".to_owned(),
            "deleted more than 30 days ago",
        ),
        None => (String::new(), "deleted"),
    };
    let id = user.id.get().map(|id| id.to_string()).unwrap_or_default();
    let commands = if left.is_some_and(|days| days <= 0) {
        vec![
            format!(
                "# the account can no longer be restored: if the number does not come free, only Microsoft support can free it"
            ),
            format!(
                "Get-CsPhoneNumberAssignment -TelephoneNumber {}",
                quoted(&number)
            ),
        ]
    } else {
        vec![
            format!(
                "Restore-MgDirectoryDeletedItem -DirectoryObjectId {}",
                quoted(&id)
            ),
            "# wait until Get-CsOnlineUser lists the account again".to_owned(),
            format!(
                "Remove-CsPhoneNumberAssignment -Identity {} -RemoveAll",
                quoted(&id)
            ),
            format!("Remove-MgUser -UserId {}", quoted(&id)),
        ]
    };
    Draft::new(
        Severity::Error,
        tenant.user_subject(user),
        format!("`{name}` is deleted and still holds the number `{number}`{when}"),
        Label::new(tenant.deleted_at(user), label),
    )
    .related(tenant.number_label(
        user,
        "this number is lost when the account is gone for good",
    ))
    .remedy(
        "restore the account, take the number off, and delete it again",
        commands,
    )
}

#[cfg(test)]
mod tests {
    use crate::finding::Draft;
    use crate::rules::Verdict;
    use crate::rules::testing::verdicts;

    const ID: &str = "00000000-0000-4000-8000-000000000001";
    const NOW: (&str, &str) = (
        "manifest.json",
        r#"{"exportedAt":"2026-09-14T00:00:00Z","exports":[]}"#,
    );

    fn soft(properties: &str) -> Vec<Verdict> {
        let users = format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example"{properties}}}]"#
        );
        verdicts("US006", &[("Get-CsOnlineUser.json", &users), NOW])
    }

    fn draft(verdicts: Vec<Verdict>) -> Draft {
        match verdicts.into_iter().next() {
            Some(Verdict::Found(draft)) => *draft,
            other => panic!("{other:?}"),
        }
    }

    const LINE: &str = r#","LineUri":"tel:+12065550101""#;

    #[test]
    fn the_days_that_are_left_are_told() {
        let on = |date: &str| draft(soft(&format!(r#"{LINE},"SoftDeletionTimestamp":"{date}""#)));
        let fresh = on("2026-09-10T00:00:00Z");
        assert!(
            fresh.message.ends_with("restored for 26 more days"),
            "{}",
            fresh.message
        );
        assert!(fresh.remedy.commands[0].starts_with("Restore-MgDirectoryDeletedItem"));
        assert!(on("2026-08-16T00:00:00Z").message.ends_with("one more day"));
        let old = on("2026-08-15T00:00:00Z");
        assert!(old.message.ends_with("is over"));
        assert!(
            !old.remedy
                .commands
                .iter()
                .any(|line| line.contains("Restore"))
        );
        assert!(
            on("15/08/2026 10:00:00")
                .message
                .ends_with("`+12065550101`")
        );
    }

    #[test]
    fn deleted_accounts_without_a_number_and_live_ones_pass() {
        let without = soft(r#","LineUri":null,"SoftDeletionTimestamp":"2026-09-10T00:00:00Z""#);
        assert!(matches!(without[..], [Verdict::Passed]));
        let live = soft(&format!(r#"{LINE},"SoftDeletionTimestamp":null"#));
        assert!(matches!(live[..], [Verdict::Passed]));
        assert!(matches!(soft(LINE)[..], [Verdict::Unknown(_)]));
    }

    #[test]
    fn deleted_items_of_the_directory_count() {
        let items = format!(
            r#"[{{"id":"{ID}","userPrincipalName":"a@contoso.example","deletedDateTime":"2026-09-10T00:00:00Z"}}]"#
        );
        let numbers = format!(
            r#"[{{"TelephoneNumber":"+12065550101","PstnAssignmentStatus":"UserAssigned","AssignedPstnTargetId":"{ID}"}}]"#
        );
        let files = [
            ("deletedItems.json", items.as_str()),
            ("Get-CsPhoneNumberAssignment.json", &numbers),
        ];
        assert!(
            draft(verdicts("US006", &files))
                .message
                .contains("+12065550101")
        );
        let alone = verdicts("US006", &files[..1]);
        assert!(matches!(alone[..], [Verdict::Unknown(_)]));
    }

    #[test]
    fn whoever_stands_among_the_deleted_is_deleted() {
        let numbers = format!(
            r#"[{{"TelephoneNumber":"+12065550101","PstnAssignmentStatus":"UserAssigned","AssignedPstnTargetId":"{ID}"}}]"#
        );
        let other = r#"[{"Identity":"00000000-0000-4000-8000-000000000002","UserPrincipalName":"b@contoso.example","LineUri":null,"SoftDeletionTimestamp":null}]"#;
        for items in [
            format!(r#"[{{"id":"{ID}"}}]"#),
            format!(r#"[{{"id":"{ID}","userPrincipalName":"a@contoso.example"}}]"#),
            format!(
                r#"[{{"id":"{ID}","userPrincipalName":"a@contoso.example","deletedDateTime":null}}]"#
            ),
            format!(
                r#"[{{"Id":"{ID}","UserPrincipalName":"a@contoso.example","DeletedDateTime":null}}]"#
            ),
        ] {
            let found = draft(verdicts(
                "US006",
                &[
                    ("deletedItems.json", &items),
                    ("Get-CsPhoneNumberAssignment.json", &numbers),
                    ("Get-CsOnlineUser.json", other),
                ],
            ));
            assert!(found.message.ends_with("`+12065550101`"), "{items}");
        }
        // Two lists of the deleted, one without the time, do not contradict each other.
        let dated = format!(r#"[{{"id":"{ID}","deletedDateTime":"2026-09-10T00:00:00Z"}}]"#);
        let plain = format!(r#"[{{"id":"{ID}","userPrincipalName":"a@contoso.example"}}]"#);
        draft(verdicts(
            "US006",
            &[
                ("one/deletedItems.json", &dated),
                ("two/deletedItems.json", &plain),
                ("Get-CsPhoneNumberAssignment.json", &numbers),
            ],
        ));
    }

    #[test]
    fn the_directory_knows_first_who_is_deleted() {
        let live = format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example"{LINE},"SoftDeletionTimestamp":null}}]"#
        );
        let bare = ID.replace('-', "");
        let items = format!(
            r#"[{{"id":"{ID}","userPrincipalName":"{bare}a@contoso.example","deletedDateTime":"2026-09-10T00:00:00Z"}}]"#
        );
        let files = [
            ("Get-CsOnlineUser.json", live.as_str()),
            ("deletedItems.json", &items),
            NOW,
        ];
        let found = draft(verdicts("US006", &files));
        assert!(
            found.message.starts_with("`a@contoso.example` is deleted"),
            "{}",
            found.message
        );
        // It points at the list that says so.
        assert_eq!(found.primary.place.records.len(), 1);
        assert!(crate::tenant::testing::tenant(&files).problems.is_empty());
    }

    #[test]
    fn who_may_be_deleted_matters_only_with_a_number() {
        let judge = |line: &str| {
            let users = format!(
                r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example"{line}}},
                    {{"Identity":"00000000-0000-4000-8000-000000000002","UserPrincipalName":"b@contoso.example","LineUri":null,"SoftDeletionTimestamp":null}}]"#
            );
            let verdicts = verdicts("US006", &[("Get-CsOnlineUser.json", &users), NOW]);
            verdicts
                .iter()
                .filter(|one| matches!(one, Verdict::Unknown(_)))
                .count()
        };
        assert_eq!(judge(LINE), 1);
        assert_eq!(judge(r#","LineUri":null"#), 0);
    }
}
