//! `rules/numbers/service-number-idle.md`

use crate::finding::{Draft, Label, Severity};
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::snapshot::Field;
use crate::tenant::{Answer, Number};

pub(super) const RULE: Declared = rule!("numbers", "service-number-idle", Check::Number(check));

fn check(number: &Number, cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    let texts = &tenant.snapshot.texts;
    match tenant.known_type(number) {
        Some("DirectRouting") => return Verdict::NotApplicable,
        Some(_) => {}
        None => return Verdict::Unknown("the type of the number is not known"),
    }
    let list = match number.record.capabilities {
        Field::Value(list) => texts.list(list),
        Field::Null => return Verdict::NotApplicable,
        Field::Absent => return Verdict::Unknown("the export does not tell the capabilities"),
    };
    if tenant.tells_class_only(number) && tenant.is_assigned(number) != Answer::Yes {
        return Verdict::Unknown("the export tells classes instead of capabilities");
    }
    let has = |name: &str| {
        list.iter()
            .any(|one| texts.symbol(*one).eq_ignore_ascii_case(name))
    };
    // A number that people can have too may wait for one.
    if !has("VoiceApplicationAssignment") || has("UserAssignment") {
        return Verdict::NotApplicable;
    }
    match tenant.is_assigned(number) {
        Answer::Yes => return Verdict::Passed,
        Answer::Unknown => {
            return Verdict::Unknown("the export does not tell whether the number is assigned");
        }
        Answer::No => {}
    }
    found(
        Draft::new(
            Severity::Info,
            tenant.number_subject(number),
            format!("the service number `{}` is assigned to nothing", number.key),
            Label::new(number.record.at("PstnAssignmentStatus"), "callers reach nothing"),
        )
        .remedy(
            "assign the number to a resource account, or release it",
            ["# Set-CsPhoneNumberAssignment -Identity <resource account> -PhoneNumber <number> -PhoneNumberType <type>".to_owned()],
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
            "NU013",
            &[
                ("Get-CsPhoneNumberAssignment.json", &numbers),
                ("Get-CsOnlineUser.json", &users),
                ("Get-CsOnlineApplicationInstance.json", accounts),
            ],
        )
    }

    #[test]
    fn free_service_numbers_are_found() {
        assert!(!ID.is_empty());
        let number = |kind: &str, list: &str, status: &str| {
            judge(&format!(
                r#""NumberType":"{kind}","Capability":{list},"PstnAssignmentStatus":"{status}""#
            ))
        };
        let service = r#"["VoiceApplicationAssignment","ConferenceAssignment"]"#;
        assert_eq!(
            severity(&number("OperatorConnect", service, "Unassigned")),
            "info"
        );
        assert!(matches!(
            number("OperatorConnect", service, "VoiceApplicationAssigned")[..],
            [Verdict::Passed]
        ));
        assert!(number("DirectRouting", service, "Unassigned").is_empty());
        let class = r#"["Service"]"#;
        assert!(matches!(
            number("CallingPlan", class, "Unassigned")[..],
            [Verdict::Unknown(_)]
        ));
        assert!(number("CallingPlan", class, "VoiceApplicationAssigned").is_empty());
        assert!(matches!(
            number("SomethingNew", service, "Unassigned")[..],
            [Verdict::Unknown(_)]
        ));
        assert!(
            number(
                "OperatorConnect",
                r#"["UserAssignment","VoiceApplicationAssignment"]"#,
                "Unassigned"
            )
            .is_empty()
        );
    }
}
