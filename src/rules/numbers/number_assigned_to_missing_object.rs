//! `rules/numbers/number-assigned-to-missing-object.md`

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Remedy, Severity, Subject, SubjectKind};
use crate::rules::reassignment::take_off;
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::snapshot::{AssignmentTarget, ExportKind};
use crate::tenant::{AccountKind, Holder, Number, User};

pub(super) const RULE: Declared = rule!(
    "numbers",
    "number-assigned-to-missing-object",
    Check::Number(check)
);

const POLICIES: ExportKind = ExportKind::TeamsSharedCallingRoutingPolicy;

/// The statuses that this rule judges; another one may mean anything.
///
/// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csphonenumberassignment>.
const DOCUMENTED: [&str; 4] = [
    "UserAssigned",
    "ConferenceAssigned",
    "VoiceApplicationAssigned",
    "PolicyAssigned",
];

/// What is wrong with an assignment.
enum Wrong {
    /// The holder is in no export.
    Missing,
    /// A shared calling policy that does not exist.
    MissingPolicy(String),
    /// A status for users on a resource account, or the reverse: what the holder is.
    OtherKind(&'static str),
    /// Assigned, and to nobody.
    NoHolder,
    /// Unassigned, and held.
    Held,
}

impl Wrong {
    /// What it means for the number.
    fn consequence(&self) -> &'static str {
        match self {
            Self::Missing | Self::MissingPolicy(_) | Self::NoHolder => {
                "this number is lost to everybody"
            }
            Self::OtherKind(_) => "this number is assigned as another kind of number",
            Self::Held => "this number counts as free",
        }
    }

    /// Whether somebody who exists may be using the number.
    fn may_be_in_use(&self) -> bool {
        matches!(self, Self::OtherKind(_) | Self::Held)
    }
}

fn check(number: &Number, cx: &Cx) -> Verdict {
    let status = &number.record.status;
    let Some(text) = status
        .get()
        .map(|status| cx.tenant.snapshot.texts.symbol(status))
    else {
        return if status.is_null() {
            Verdict::NotApplicable
        } else {
            Verdict::Unknown("the export does not tell whether the number is assigned")
        };
    };
    let is = |name: &str| text.eq_ignore_ascii_case(name);
    // Third parties keep their holders to themselves, and bridges are not exported here.
    if is("ThirdPartyAppAssigned") || number.holder == Holder::ConferenceBridge {
        return Verdict::NotApplicable;
    }
    // A deleted account still exists for 30 days, and another rule speaks of it.
    let deleted = |user: &User| cx.tenant.is_deleted(user);
    if cx.tenant.account_of_holder(number).is_some_and(deleted) {
        return Verdict::NotApplicable;
    }
    let assigned = !is("Unassigned");
    if assigned && !DOCUMENTED.iter().any(|name| is(name)) {
        return Verdict::Unknown("the assignment status is not documented");
    }
    let wrong = match number.holder {
        Holder::Unknown => {
            return Verdict::Unknown("the export does not tell who holds the number");
        }
        Holder::Nobody if assigned => Wrong::NoHolder,
        Holder::Nobody => return Verdict::NotApplicable,
        _ if !assigned => Wrong::Held,
        Holder::Unlisted(_) if is("PolicyAssigned") => {
            return Verdict::Unknown("the export does not name the policy that holds the number");
        }
        Holder::Unlisted(_) => Wrong::Missing,
        Holder::SharedCallingPolicy if !cx.tenant.snapshot.has_export(POLICIES) => {
            return Verdict::Unknown("the shared calling policies are not exported");
        }
        Holder::SharedCallingPolicy => match missing_policy(number, cx) {
            Some(_) if cx.tenant.snapshot.incomplete(POLICIES).is_some() => {
                return Verdict::Unknown("the export of shared calling policies lacks records");
            }
            Some(name) => Wrong::MissingPolicy(name),
            None => return Verdict::Passed,
        },
        Holder::ResourceAccount(_) if is("UserAssigned") => Wrong::OtherKind("a resource account"),
        Holder::User(_) if is("VoiceApplicationAssigned") => {
            match cx
                .tenant
                .account_of_holder(number)
                .map(|user| cx.tenant.account_kind(user))
            {
                Some(AccountKind::ResourceAccount) => return Verdict::Passed,
                Some(AccountKind::Unknown) | None => {
                    return Verdict::Unknown("the export does not tell what the holder is");
                }
                Some(_) => Wrong::OtherKind("a user"),
            }
        }
        _ => return Verdict::Passed,
    };
    Verdict::Found(Box::new(draft(number, text, &wrong, cx)))
}

/// The shared calling policy that the number is assigned to, if there is none of that name.
fn missing_policy(number: &Number, cx: &Cx) -> Option<String> {
    let tenant = cx.tenant;
    let AssignmentTarget::SharedCallingPolicy(name) = number.record.target.get()? else {
        return None;
    };
    let name = tenant.snapshot.texts.symbol(name.0);
    let is_missing = tenant.shared_calling_policies.find(name).is_none();
    is_missing.then(|| name.to_owned())
}

fn draft(number: &Number, status: &str, wrong: &Wrong, cx: &Cx) -> Draft {
    let key = number.key.to_string();
    let holder = cx.tenant.holder_name(number).unwrap_or_default();
    let target = number.record.at("AssignedPstnTargetId");
    let told = number.record.at("PstnAssignmentStatus");
    let (message, primary, label) = match wrong {
        Wrong::Missing => (
            format!("`{key}` is assigned to `{holder}`, which is no user and no resource account"),
            target,
            "no export lists this object".to_owned(),
        ),
        Wrong::MissingPolicy(name) => (
            format!(
                "`{key}` is assigned to the shared calling policy `{name}`, which does not exist"
            ),
            target,
            "no such policy is exported".to_owned(),
        ),
        Wrong::OtherKind(kind) => (
            format!("`{key}` has the status `{status}`, but `{holder}` is {kind}"),
            told,
            format!("the holder is {kind}"),
        ),
        Wrong::NoHolder => (
            format!("`{key}` has the status `{status}`, but nobody holds it"),
            told,
            "and no holder".to_owned(),
        ),
        Wrong::Held => (
            format!(
                "`{key}` has the status `{status}`, but it is held{}",
                by(&holder)
            ),
            target,
            "a holder all the same".to_owned(),
        ),
    };
    Draft {
        severity: Severity::Error,
        subject: Subject::new(SubjectKind::Number, &key, &key),
        discriminator: String::new(),
        message,
        primary: Label::new(primary, label),
        related: vec![Label::new(
            number.record.at("TelephoneNumber"),
            wrong.consequence(),
        )],
        remedy: remedy(number, wrong, cx),
    }
}

fn by(holder: &str) -> String {
    if holder.is_empty() {
        String::new()
    } else {
        format!(" by `{holder}`")
    }
}

fn remedy(number: &Number, wrong: &Wrong, cx: &Cx) -> Remedy {
    let key = quoted(&number.key.to_string());
    let mut commands = Vec::new();
    if matches!(wrong, Wrong::Missing)
        && let Some(holder) = cx.tenant.holder_identity(number)
    {
        commands.push(format!(
            "# if the account was deleted less than 30 days ago, restore it first: Restore-MgDirectoryDeletedItem -DirectoryObjectId {}",
            quoted(&holder)
        ));
    }
    if let Some(command) = take_off(number, cx) {
        commands.push(if wrong.may_be_in_use() {
            let command = command.trim_start_matches("# ");
            format!("# the holder is without number until it is assigned again: {command}")
        } else {
            command
        });
    }
    commands.push(format!(
        "# if {key} stays assigned: only Microsoft support can free it"
    ));
    Remedy {
        summary: "free the number, then assign it to whom it belongs".into(),
        commands,
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::Verdict;
    use crate::rules::testing::verdicts;

    const USER: &str = "00000000-0000-4000-8000-000000000001";
    const ACCOUNT: &str = "00000000-0000-4000-8000-000000000002";
    const GONE: &str = "00000000-0000-4000-8000-000000000003";

    fn assigned(status: &str, target: &str) -> Vec<Verdict> {
        let numbers = format!(
            r#"[{{"TelephoneNumber":"+12065550101","NumberType":"OperatorConnect","PstnAssignmentStatus":{status},"AssignedPstnTargetId":{target}}}]"#
        );
        let users = format!(
            r#"[{{"Identity":"{USER}","UserPrincipalName":"a@contoso.example","AccountType":"User","LineUri":null}},
                {{"Identity":"{ACCOUNT}","UserPrincipalName":"ra@contoso.example","AccountType":"ResourceAccount","LineUri":null}}]"#
        );
        let accounts = format!(
            r#"[{{"ObjectId":"{ACCOUNT}","ApplicationId":null,"UserPrincipalName":"ra@contoso.example"}}]"#
        );
        verdicts(
            "NU001",
            &[
                ("Get-CsPhoneNumberAssignment.json", &numbers),
                ("Get-CsOnlineUser.json", &users),
                ("Get-CsOnlineApplicationInstance.json", &accounts),
                (
                    "Get-CsTeamsSharedCallingRoutingPolicy.json",
                    r#"[{"Identity":"Tag:SC1","ResourceAccount":null,"EmergencyNumbers":[]}]"#,
                ),
            ],
        )
    }

    fn found(status: &str, target: &str) -> String {
        match &assigned(&format!("\"{status}\""), target)[..] {
            [Verdict::Found(draft)] => draft.message.clone(),
            other => panic!("{status} {target}: {other:?}"),
        }
    }

    fn id(id: &str) -> String {
        format!("\"{id}\"")
    }

    #[test]
    fn holders_that_do_not_exist_are_found() {
        assert!(found("UserAssigned", &id(GONE)).contains("no user and no resource account"));
        assert!(found("VoiceApplicationAssigned", &id(GONE)).contains(GONE));
        let policy = id("TeamsSharedCallingRoutingPolicy|Tag:SC2");
        assert!(found("PolicyAssigned", &policy).contains("`SC2`, which does not exist"));
    }

    #[test]
    fn status_and_holder_must_agree() {
        assert!(found("VoiceApplicationAssigned", &id(USER)).contains("is a user"));
        assert!(found("UserAssigned", &id(ACCOUNT)).contains("is a resource account"));
        assert!(found("UserAssigned", "null").contains("nobody holds it"));
        assert!(found("Unassigned", &id(USER)).contains("held by `a@contoso.example`"));
    }

    #[test]
    fn what_is_in_order_passes() {
        let passes = |status: &str, target: &str| {
            let verdicts = assigned(&id(status), target);
            assert!(
                matches!(verdicts[..], [Verdict::Passed]),
                "{status} {target}"
            );
        };
        passes("UserAssigned", &id(USER));
        passes("VoiceApplicationAssigned", &id(ACCOUNT));
        passes(
            "PolicyAssigned",
            &id("TeamsSharedCallingRoutingPolicy|Tag:sc1"),
        );
    }

    #[test]
    fn what_is_not_documented_is_open() {
        for (status, target) in [("internalError", "null"), ("PolicyAssigned", GONE)] {
            let target = if target == "null" {
                target.to_owned()
            } else {
                id(target)
            };
            let verdicts = assigned(&id(status), &target);
            assert!(matches!(verdicts[..], [Verdict::Unknown(_)]), "{status}");
        }
        let numbers = r#"[{"TelephoneNumber":"+12065550101","PstnAssignmentStatus":"PolicyAssigned","AssignedPstnTargetId":"TeamsSharedCallingRoutingPolicy|Tag:SC1"}]"#;
        let alone = verdicts("NU001", &[("Get-CsPhoneNumberAssignment.json", numbers)]);
        assert!(matches!(alone[..], [Verdict::Unknown(_)]));
    }

    #[test]
    fn deleted_holders_are_another_rules_business() {
        for status in ["UserAssigned", "VoiceApplicationAssigned"] {
            let numbers = format!(
                r#"[{{"TelephoneNumber":"+12065550101","PstnAssignmentStatus":"{status}","AssignedPstnTargetId":"{GONE}"}}]"#
            );
            let numbers = ("Get-CsPhoneNumberAssignment.json", numbers.as_str());
            let soft = format!(
                r#"[{{"Identity":"{GONE}","UserPrincipalName":"x@contoso.example","AccountType":"User","SoftDeletionTimestamp":"2026-09-01T00:00:00Z"}}]"#
            );
            assert!(verdicts("NU001", &[numbers, ("Get-CsOnlineUser.json", &soft)]).is_empty());
            let items = format!(r#"[{{"id":"{GONE}","deletedDateTime":"2026-09-01T00:00:00Z"}}]"#);
            assert!(verdicts("NU001", &[numbers, ("deletedItems.json", &items)]).is_empty());
        }
    }

    #[test]
    fn third_parties_bridges_and_free_numbers_are_not_judged() {
        assert!(assigned(&id("ThirdPartyAppAssigned"), &id(GONE)).is_empty());
        assert!(assigned(&id("ConferenceAssigned"), &id(GONE)).is_empty());
        assert!(assigned(&id("Unassigned"), "null").is_empty());
        assert!(assigned("null", &id(GONE)).is_empty());
    }

    #[test]
    fn the_remedy_names_the_holder_and_how_to_restore_it() {
        let commands = |status: &str, target: &str| match assigned(&format!("\"{status}\""), target)
            .into_iter()
            .next()
        {
            Some(Verdict::Found(draft)) => draft.remedy.commands,
            other => panic!("{other:?}"),
        };
        let gone = commands("UserAssigned", &id(GONE));
        assert!(
            gone[0].contains("Restore-MgDirectoryDeletedItem"),
            "{gone:?}"
        );
        assert_eq!(
            gone[1],
            format!(
                "Remove-CsPhoneNumberAssignment -Identity '{GONE}' -PhoneNumber '+12065550101' -PhoneNumberType 'OperatorConnect'"
            )
        );
        let nobody = commands("UserAssigned", "null");
        assert!(
            !nobody.iter().any(|one| one.contains("-Identity ''")),
            "{nobody:?}"
        );
    }

    #[test]
    fn a_type_that_no_export_tells_is_left_to_the_reader() {
        let numbers = format!(
            r#"[{{"TelephoneNumber":"+12065550101","PstnAssignmentStatus":"UserAssigned","AssignedPstnTargetId":"{GONE}"}}]"#
        );
        let found = crate::rules::testing::findings(
            "NU001",
            &[
                ("Get-CsPhoneNumberAssignment.json", &numbers),
                ("Get-CsOnlineUser.json", "[]"),
                ("Get-CsOnlineApplicationInstance.json", "[]"),
            ],
        );
        let commands = &found[0].remedy.commands;
        assert_eq!(
            commands[1],
            format!(
                "# with the type of the number, which no export tells: Remove-CsPhoneNumberAssignment -Identity '{GONE}' -PhoneNumber '+12065550101' -PhoneNumberType <type>"
            )
        );
    }

    #[test]
    fn a_number_of_somebody_who_lives_is_not_lost_and_not_taken_off_unasked() {
        let draft =
            |status: &str, target: &str| match assigned(&id(status), target).into_iter().next() {
                Some(Verdict::Found(draft)) => *draft,
                other => panic!("{other:?}"),
            };
        for (status, holder, label) in [
            (
                "VoiceApplicationAssigned",
                USER,
                "this number is assigned as another kind of number",
            ),
            (
                "UserAssigned",
                ACCOUNT,
                "this number is assigned as another kind of number",
            ),
            ("Unassigned", USER, "this number counts as free"),
        ] {
            let draft = draft(status, &id(holder));
            assert_eq!(draft.related[0].text, label, "{status}");
            let commands = &draft.remedy.commands;
            assert!(
                commands.iter().all(|one| one.starts_with("# ")),
                "{commands:?}"
            );
        }
        for (status, target) in [("UserAssigned", id(GONE)), ("UserAssigned", "null".into())] {
            let label = draft(status, &target).related[0].text.clone();
            assert_eq!(label, "this number is lost to everybody");
        }
    }

    #[test]
    fn a_policy_may_stand_where_the_list_is_cut_off() {
        let numbers = r#"[{"TelephoneNumber":"+12065550101","NumberType":"OperatorConnect","PstnAssignmentStatus":"PolicyAssigned","AssignedPstnTargetId":"TeamsSharedCallingRoutingPolicy|Tag:SC2"}]"#;
        let users = format!(
            r#"[{{"Identity":"{USER}","UserPrincipalName":"a@contoso.example","AccountType":"User","LineUri":null}}]"#
        );
        let policies = r#"[{"Identity":"Tag:SC1","ResourceAccount":null,"EmergencyNumbers":[]}"#;
        let judge = |policies: &str| {
            verdicts(
                "NU001",
                &[
                    ("Get-CsPhoneNumberAssignment.json", numbers),
                    ("Get-CsOnlineUser.json", &users),
                    ("Get-CsOnlineApplicationInstance.json", "[]"),
                    ("Get-CsTeamsSharedCallingRoutingPolicy.json", policies),
                ],
            )
        };
        assert!(matches!(
            judge(&format!("{policies}]"))[..],
            [Verdict::Found(_)]
        ));
        assert!(matches!(judge(policies)[..], [Verdict::Unknown(_)]));
    }

    #[test]
    fn a_holder_that_nobody_can_tell_is_open_whatever_the_status() {
        for status in ["UserAssigned", "VoiceApplicationAssigned", "Unassigned"] {
            let verdicts = assigned(&id(status), &id("a desk in the hall"));
            assert!(
                matches!(verdicts[..], [Verdict::Unknown(_)]),
                "{status}: {verdicts:?}"
            );
        }
    }
}
