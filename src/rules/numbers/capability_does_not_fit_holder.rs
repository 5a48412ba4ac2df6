//! `rules/numbers/capability-does-not-fit-holder.md`

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Severity};
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::snapshot::Field;
use crate::tenant::{AccountKind, Answer, Holder, Number};

pub(super) const RULE: Declared = rule!(
    "numbers",
    "capability-does-not-fit-holder",
    Check::Number(check)
);

fn check(number: &Number, cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    let texts = &tenant.snapshot.texts;
    if tenant.is_held_by_deleted(number) {
        return Verdict::NotApplicable;
    }
    let (wanted, who) = match number.holder {
        Holder::ResourceAccount(_) => ("VoiceApplicationAssignment", "a resource account"),
        Holder::ConferenceBridge => ("ConferenceAssignment", "a conference bridge"),
        Holder::User(_) => match tenant
            .account_of_holder(number)
            .map(|user| tenant.account_kind(user))
        {
            Some(AccountKind::ResourceAccount) => {
                ("VoiceApplicationAssignment", "a resource account")
            }
            Some(AccountKind::Unknown) | None => {
                return Verdict::Unknown("the export does not tell what the holder is");
            }
            Some(_) => ("UserAssignment", "a person"),
        },
        Holder::Unknown => {
            return Verdict::Unknown("the export does not tell who holds the number");
        }
        Holder::Nobody | Holder::SharedCallingPolicy | Holder::Unlisted(_) => {
            return Verdict::NotApplicable;
        }
    };
    let list = match number.record.capabilities {
        Field::Value(list) if !texts.list(list).is_empty() => texts.list(list),
        // Direct Routing lists no capabilities in some modules.
        Field::Value(_) | Field::Null => return Verdict::NotApplicable,
        Field::Absent => return Verdict::Unknown("the export does not tell the capabilities"),
    };
    let has = |name: &str| {
        list.iter()
            .any(|one| texts.symbol(*one).eq_ignore_ascii_case(name))
    };
    let mobile = tenant.is_mobile(number) == Answer::Yes;
    if tenant.tells_class_only(number) {
        return Verdict::Unknown("the export tells classes instead of capabilities");
    }
    let fits = match who {
        "a person" => has(wanted) || mobile,
        "a resource account" => has(wanted) && !mobile,
        _ => has(wanted),
    };
    if fits {
        return Verdict::Passed;
    }
    let key = number.key.to_string();
    let holder = tenant
        .holder_name(number)
        .map_or_else(|| who.to_owned(), |name| format!("`{name}`, {who}"));
    let kind = if mobile && who == "a resource account" {
        "a mobile number"
    } else {
        "not made for that"
    };
    found(
        Draft::new(
            Severity::Error,
            tenant.number_subject(number),
            format!("`{key}` is assigned to {holder}, but is {kind}"),
            Label::new(number.record.at("Capability"), format!("no `{wanted}`")),
        )
        .related([Label::new(
            number.record.at("AssignedPstnTargetId"),
            format!("held by {who}"),
        )])
        .remedy(
            "assign a number of the other kind, or have its usage changed",
            [
                "# take the number off; only a free number of a Calling Plan can be changed:"
                    .to_string(),
                format!(
                    "# New-CsPhoneNumberUsageChangeOrder -TelephoneNumber {} -Usage {wanted}",
                    quoted(&key)
                ),
                "# for Operator Connect, ask the operator".to_owned(),
            ],
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

    fn judge(properties: &str) -> Vec<Verdict> {
        let numbers = format!(r#"[{{"TelephoneNumber":"+12065550101",{properties}}}]"#);
        let users = format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","AccountType":"User","LineUri":null,"SoftDeletionTimestamp":null}}]"#
        );
        let accounts = r#"[{"ObjectId":"00000000-0000-4000-8000-000000000002","ApplicationId":null,"UserPrincipalName":"ra@contoso.example"}]"#;
        verdicts(
            "NU006",
            &[
                ("Get-CsPhoneNumberAssignment.json", &numbers),
                ("Get-CsOnlineUser.json", &users),
                ("Get-CsOnlineApplicationInstance.json", accounts),
            ],
        )
    }

    const ACCOUNT: &str = "00000000-0000-4000-8000-000000000002";

    fn held(by: &str, capability: &str) -> Vec<Verdict> {
        judge(&format!(
            r#""NumberType":"OperatorConnect","AssignedPstnTargetId":"{by}","Capability":{capability}"#
        ))
    }

    #[test]
    fn kinds_of_numbers_and_holders_must_fit() {
        assert_eq!(severity(&held(ACCOUNT, r#"["UserAssignment"]"#)), "error");
        assert_eq!(
            severity(&held(
                ID,
                r#"["VoiceApplicationAssignment","ConferenceAssignment"]"#
            )),
            "error"
        );
        assert_eq!(
            severity(&held(
                ACCOUNT,
                r#"["VoiceApplicationAssignment","TeamsPhoneMobile"]"#
            )),
            "error"
        );
        for (by, list) in [
            (ACCOUNT, r#"["voiceapplicationassignment"]"#),
            (ID, r#"["UserAssignment"]"#),
            (ID, r#"["TeamsPhoneMobile"]"#),
            (ID, r#"["OCMobile"]"#),
        ] {
            assert!(matches!(held(by, list)[..], [Verdict::Passed]), "{list}");
        }
        let bridge = judge(
            r#""AssignedPstnTargetId":null,"PstnAssignmentStatus":"ConferenceAssigned","Capability":["UserAssignment"]"#,
        );
        assert_eq!(severity(&bridge), "error");
    }

    #[test]
    fn blank_lists_are_not_judged_and_classes_are_open() {
        assert!(held(ID, "null").is_empty());
        assert!(held(ID, "[]").is_empty());
        assert!(matches!(
            held(ID, r#"["Subscriber"]"#)[..],
            [Verdict::Unknown(_)]
        ));
    }

    #[test]
    fn only_a_mobile_number_of_a_resource_account_is_called_one() {
        let message = |by: &str, list: &str| match held(by, list).into_iter().next() {
            Some(Verdict::Found(draft)) => draft.message,
            other => panic!("{other:?}"),
        };
        let mobile = message(
            ACCOUNT,
            r#"["VoiceApplicationAssignment","TeamsPhoneMobile"]"#,
        );
        assert!(mobile.ends_with("but is a mobile number"), "{mobile}");
        let older = message(ACCOUNT, r#"["VoiceApplicationAssignment","OCMobile"]"#);
        assert!(older.ends_with("but is a mobile number"), "{older}");
        let user = message(ACCOUNT, r#"["UserAssignment"]"#);
        assert!(user.ends_with("but is not made for that"), "{user}");
    }
}
