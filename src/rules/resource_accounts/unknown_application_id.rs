//! `rules/resource-accounts/unknown-application-id.md`

use serde::Deserialize;

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Severity};
use crate::rules::numbered::found;
use crate::rules::option_types::ApplicationId;
use crate::rules::{Check, Cx, Declared, OptionsSpec, Verdict, rule};
use crate::snapshot::{Field, ObjectId};
use crate::tenant::{Answer, Application, ResourceAccount};

pub(super) const RULE: Declared = rule!(
    "resource-accounts",
    "unknown-application-id",
    Check::ResourceAccount(check),
    Some(OptionsSpec::of::<Options>(&["known-applications"]))
);

/// Options of the rule.
#[derive(Clone, Default, Debug, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct Options {
    /// Ids of bots and contact centers that the tenant uses.
    known_applications: Vec<ApplicationId>,
}

fn check(account: &ResourceAccount, cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    let Some(record) = &account.record else {
        return Verdict::NotApplicable;
    };
    if tenant
        .user_of(account)
        .is_some_and(|user| tenant.is_deleted(user))
    {
        return Verdict::NotApplicable;
    }
    let name = tenant.resource_account_name(account);
    let (severity, message, label) = match tenant.application_of(account) {
        Field::Absent => return Verdict::Unknown("the export does not tell the application id"),
        Field::Value(Application::Teams(_)) => return Verdict::Passed,
        Field::Null => (
            Severity::Error,
            format!("`{name}` is made for no application: its application id is blank"),
            "blank",
        ),
        Field::Value(Application::ThirdParty(id)) => {
            match is_known(id, account, cx) {
                Answer::Yes => return Verdict::Passed,
                Answer::Unknown => {
                    return Verdict::Unknown(
                        "no export tells what the account's number is assigned to",
                    );
                }
                Answer::No => {}
            }
            (
                Severity::Warning,
                format!(
                    "`{name}` is made for the application `{id}`, which is neither an auto attendant nor a call queue"
                ),
                "not one of Microsoft's two",
            )
        }
    };
    let upn = quoted(&tenant.resource_account_identity(account));
    found(
        Draft::new(
            severity,
            tenant.account_subject(account),
            message,
            Label::new(record.at("ApplicationId"), label),
        )
        .remedy(
            "set the application id of an auto attendant or of a call queue",
            [
                "# for an auto attendant:".to_owned(),
                format!("# Set-CsOnlineApplicationInstance -Identity {upn} -ApplicationId 'ce933385-9390-45d1-9512-c8d228074e07'"),
                "# for a call queue:".to_owned(),
                format!("# Set-CsOnlineApplicationInstance -Identity {upn} -ApplicationId '11cd3e2e-fccb-42ad-ad00-878b93575e07'"),
            ],
        ),
    )
}

/// Known by the options, or because its number is assigned to an application of somebody else.
fn is_known(id: ObjectId, account: &ResourceAccount, cx: &Cx) -> Answer {
    let tenant = cx.tenant;
    let options = cx.options::<Options>();
    let listed = options.known_applications.contains(&ApplicationId(id));
    let held = tenant.numbers_held_by(account.id);
    let assigned = held
        .iter()
        .any(|number| tenant.has_status(number, "ThirdPartyAppAssigned"));
    let mut told = held.iter().filter(|one| !one.record.status.is_null());
    if listed || assigned {
        Answer::Yes
    } else if told.any(|number| tenant.known_status(number).is_none())
        || (held.is_empty() && tenant.has_number(account) != Answer::No)
    {
        Answer::Unknown
    } else {
        Answer::No
    }
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

    use crate::rules::testing::verdicts_with;

    fn judge(application: &str) -> Vec<Verdict> {
        let accounts = format!(
            r#"[{{"ObjectId":"{ID}","ApplicationId":{application},"UserPrincipalName":"ra@contoso.example","PhoneNumber":null}}]"#
        );
        verdicts(
            "RA006",
            &[("Get-CsOnlineApplicationInstance.json", &accounts)],
        )
    }

    const BOT: &str = "\"00000000-0000-4000-8000-0000000000b0\"";

    #[test]
    fn blank_is_an_error_and_unknown_a_warning() {
        assert_eq!(severity(&judge("null")), "error");
        assert_eq!(
            severity(&judge("\"00000000-0000-0000-0000-000000000000\"")),
            "error"
        );
        assert_eq!(severity(&judge(BOT)), "warning");
        assert!(matches!(
            judge("\"11CD3E2E-FCCB-42AD-AD00-878B93575E07\"")[..],
            [Verdict::Passed]
        ));
    }

    #[test]
    fn applications_of_others_can_be_known() {
        let accounts = format!(
            r#"[{{"ObjectId":"{ID}","ApplicationId":{BOT},"UserPrincipalName":"ra@contoso.example"}}]"#
        );
        let accounts = ("Get-CsOnlineApplicationInstance.json", accounts.as_str());
        let options =
            serde_json::json!({"known-applications": ["00000000-0000-4000-8000-0000000000B0"]});
        assert!(matches!(
            verdicts_with("RA006", &options, &[accounts])[..],
            [Verdict::Passed]
        ));
        let numbers = format!(
            r#"[{{"TelephoneNumber":"+12065550101","PstnAssignmentStatus":"ThirdPartyAppAssigned","AssignedPstnTargetId":"{ID}"}}]"#
        );
        let files = [
            accounts,
            ("Get-CsPhoneNumberAssignment.json", numbers.as_str()),
        ];
        assert!(matches!(verdicts("RA006", &files)[..], [Verdict::Passed]));
    }

    #[test]
    fn a_number_that_is_not_told_may_be_that_of_another_application() {
        let judge = |number: &str, inventory: &str| {
            let accounts = format!(
                r#"[{{"ObjectId":"{ID}","ApplicationId":{BOT},"UserPrincipalName":"ra@contoso.example"{number}}}]"#
            );
            verdicts(
                "RA006",
                &[
                    ("Get-CsOnlineApplicationInstance.json", &accounts),
                    ("Get-CsPhoneNumberAssignment.json", inventory),
                ],
            )
        };
        let blank = r#","PhoneNumber":null"#;
        assert_eq!(severity(&judge(blank, "[]")), "warning");
        let held = |status: &str| {
            format!(
                r#"[{{"TelephoneNumber":"+12065550101","AssignedPstnTargetId":"{ID}"{status}}},{{"TelephoneNumber":"+12065550102","AssignedPstnTargetId":null,"PstnAssignmentStatus":"Unassigned"}}]"#
            )
        };
        let own = held(r#","PstnAssignmentStatus":"VoiceApplicationAssigned""#);
        assert_eq!(severity(&judge("", &own)), "warning");
        assert!(matches!(judge("", &held(""))[..], [Verdict::Unknown(_)]));
        let odd = held(r#","PstnAssignmentStatus":"BotAssigned""#);
        assert!(matches!(judge("", &odd)[..], [Verdict::Unknown(_)]));
    }
}
