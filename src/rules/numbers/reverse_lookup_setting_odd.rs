//! `rules/numbers/reverse-lookup-setting-odd.md`

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Severity};
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::tenant::{Answer, Number};

pub(super) const RULE: Declared = rule!(
    "numbers",
    "reverse-lookup-setting-odd",
    Check::Number(check)
);

fn check(number: &Number, cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    let Some(options) = number.record.reverse_lookup.get() else {
        return if number.record.reverse_lookup.is_null() {
            Verdict::Passed
        } else {
            Verdict::Unknown("the export does not tell the options of reverse lookup")
        };
    };
    let options = tenant.snapshot.texts.symbol(options.0).to_ascii_lowercase();
    if !options.contains("skipinternalvoip") {
        return Verdict::Passed;
    }
    let direct = tenant
        .known_type(number)
        .map(|name| name == "DirectRouting");
    let what = match (direct, tenant.is_assigned(number)) {
        (Some(false), _) => "is not Direct Routing",
        (_, Answer::No) => "is assigned to nobody",
        (Some(true), Answer::Yes) => return Verdict::Passed,
        _ => return Verdict::Unknown("the type of the number is not known"),
    };
    let key = number.key.to_string();
    found(
        Draft::new(
            Severity::Info,
            tenant.number_subject(number),
            format!("`{key}` skips internal calls by `SkipInternalVoip`, but {what}"),
            Label::new(number.record.at("ReverseNumberLookup"), "of no use here"),
        )
        .remedy(
            "clear the option",
            [format!(
                "Set-CsPhoneNumberAssignment -PhoneNumber {} -ReverseNumberLookup ''",
                quoted(&key)
            )],
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
            "NU012",
            &[
                ("Get-CsPhoneNumberAssignment.json", &numbers),
                ("Get-CsOnlineUser.json", &users),
                ("Get-CsOnlineApplicationInstance.json", accounts),
            ],
        )
    }

    #[test]
    fn the_option_is_for_direct_routing_in_use() {
        assert!(!ID.is_empty());
        let on = |rest: &str| {
            judge(&format!(
                r#""ReverseNumberLookup":["SkipInternalVoip"],{rest}"#
            ))
        };
        assert_eq!(
            severity(&on(
                r#""NumberType":"OperatorConnect","PstnAssignmentStatus":"UserAssigned""#
            )),
            "info"
        );
        assert_eq!(
            severity(&on(
                r#""NumberType":"DirectRouting","PstnAssignmentStatus":"Unassigned""#
            )),
            "info"
        );
        assert!(matches!(
            on(r#""NumberType":"SomethingNew","PstnAssignmentStatus":"UserAssigned""#)[..],
            [Verdict::Unknown(_)]
        ));
        assert!(matches!(
            on(r#""NumberType":"DirectRouting","PstnAssignmentStatus":"UserAssigned""#)[..],
            [Verdict::Passed]
        ));
        assert!(matches!(
            judge(r#""NumberType":"OperatorConnect","ReverseNumberLookup":[]"#)[..],
            [Verdict::Passed]
        ));
    }
}
