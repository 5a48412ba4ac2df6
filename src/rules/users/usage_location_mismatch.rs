//! `rules/users/usage-location-mismatch.md`

use crate::rules::numbered::{found, person};
use crate::rules::usage_location::{self, Judgement};
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::tenant::User;

pub(super) const RULE: Declared = rule!("users", "usage-location-mismatch", Check::User(check));

fn check(user: &User, cx: &Cx) -> Verdict {
    if let Err(verdict) = person(user, cx) {
        return verdict;
    }
    let numbers = cx.tenant.numbers_of_user(user);
    match usage_location::judge(user, &numbers, cx) {
        Judgement::Right => Verdict::Passed,
        Judgement::Unknown(reason) => Verdict::Unknown(reason),
        Judgement::Wrong(wrong) => {
            let id = cx.tenant.user_identity(user);
            let subject = cx.tenant.user_subject(user);
            found(usage_location::draft(
                subject, &id, "a number", user, &wrong,
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::finding::Severity;
    use crate::rules::Verdict;
    use crate::rules::testing::verdicts;

    const ID: &str = "00000000-0000-4000-8000-000000000001";

    fn judge(location: &str, number: &str) -> Vec<Verdict> {
        let users = format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","AccountType":"User","LineUri":null,"SoftDeletionTimestamp":null{location}}}]"#
        );
        let numbers = format!(r#"[{{"AssignedPstnTargetId":"{ID}",{number}}}]"#);
        verdicts(
            "US008",
            &[
                ("Get-CsOnlineUser.json", &users),
                ("Get-CsPhoneNumberAssignment.json", &numbers),
            ],
        )
    }

    const US: &str =
        r#""TelephoneNumber":"+12065550101","NumberType":"OperatorConnect","IsoCountryCode":"US""#;

    fn severity(verdicts: &[Verdict]) -> Severity {
        match verdicts {
            [Verdict::Found(draft)] => draft.severity,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn blank_or_another_country_is_an_error() {
        assert_eq!(
            severity(&judge(r#","UsageLocation":"DE""#, US)),
            Severity::Error
        );
        assert_eq!(
            severity(&judge(r#","UsageLocation":null"#, US)),
            Severity::Error
        );
        assert!(matches!(
            judge(r#","UsageLocation":"us""#, US)[..],
            [Verdict::Passed]
        ));
        assert!(matches!(judge("", US)[..], [Verdict::Unknown(_)]));
    }

    #[test]
    fn a_blank_one_is_set_to_the_country_of_the_numbers_or_by_hand() {
        let last = |line: &str, number: &str| {
            let users = format!(
                r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","AccountType":"User","LineUri":{line},"SoftDeletionTimestamp":null,"UsageLocation":null}}]"#
            );
            let numbers = format!("[{number}]");
            let files = [
                ("Get-CsOnlineUser.json", users.as_str()),
                ("Get-CsPhoneNumberAssignment.json", &numbers),
            ];
            match verdicts("US008", &files).into_iter().next() {
                Some(Verdict::Found(draft)) => draft.remedy.commands.last().cloned(),
                other => panic!("{other:?}"),
            }
        };
        let held = |number: &str| format!(r#"{{"AssignedPstnTargetId":"{ID}",{number}}}"#);
        let german = Some("Update-MgUser -UserId 'a@contoso.example' -UsageLocation DE".to_owned());
        let told = held(
            r#""TelephoneNumber":"+493023125001","NumberType":"OperatorConnect","IsoCountryCode":"DE""#,
        );
        assert_eq!(last("null", &told), german);
        // What an alternate number says does not count, and the line URI will do.
        let alternate = held(&format!(r#"{US},"AssignmentCategory":"Alternate""#));
        assert_eq!(last("null", &format!("{told},{alternate}")), german);
        let nobody = r#"{"TelephoneNumber":"+12065550101","NumberType":"CallingPlan","AssignedPstnTargetId":null}"#;
        assert_eq!(last(r#""tel:+493023125001""#, nobody), german);
        // Two countries, and a calling code that several countries share.
        let american = held(r#""TelephoneNumber":"+12065550101","NumberType":"CallingPlan""#);
        for numbers in [format!("{told},{}", held(US)), american] {
            let command = last("null", &numbers);
            let is_comment = command.as_ref().is_some_and(|line| line.starts_with('#'));
            assert!(is_comment, "{command:?}");
        }
    }

    #[test]
    fn of_numbers_of_two_countries_neither_is_typed() {
        let commands = |numbers: &[&str]| {
            let users = format!(
                r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","AccountType":"User","LineUri":null,"SoftDeletionTimestamp":null,"UsageLocation":"FR"}}]"#
            );
            let rows: Vec<String> = numbers
                .iter()
                .map(|number| format!(r#"{{"AssignedPstnTargetId":"{ID}",{number}}}"#))
                .collect();
            let numbers = format!("[{}]", rows.join(","));
            let files = [
                ("Get-CsOnlineUser.json", users.as_str()),
                ("Get-CsPhoneNumberAssignment.json", &numbers),
            ];
            match verdicts("US008", &files).into_iter().next() {
                Some(Verdict::Found(draft)) => draft.remedy.commands,
                other => panic!("{other:?}"),
            }
        };
        let german = r#""TelephoneNumber":"+493023125001","NumberType":"OperatorConnect","IsoCountryCode":"DE""#;
        let of_one = commands(&[german]);
        assert!(of_one[0].starts_with("Update-MgUser "), "{of_one:?}");
        let of_two = commands(&[german, US]);
        assert!(
            of_two.iter().all(|line| line.starts_with('#')),
            "{of_two:?}"
        );
    }

    #[test]
    fn what_nobody_documented_or_lists_is_open() {
        let satellite = US.replace("OperatorConnect", "SatelliteRouting");
        let strange = judge(r#","UsageLocation":"DE""#, &satellite);
        assert!(matches!(strange[..], [Verdict::Unknown(_)]), "{strange:?}");
        let unlisted = |line: &str, location: &str| {
            let users = format!(
                r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","AccountType":"User","LineUri":"{line}","SoftDeletionTimestamp":null,"UsageLocation":"{location}"}}]"#
            );
            let files = [
                ("Get-CsOnlineUser.json", users.as_str()),
                (
                    "Get-CsPhoneNumberAssignment.json",
                    r#"[{"TelephoneNumber":"+12065550199","NumberType":"CallingPlan","AssignedPstnTargetId":null}]"#,
                ),
            ];
            let found = verdicts("US008", &files);
            match found[..] {
                [Verdict::Passed] => "passed",
                [Verdict::Unknown(reason)] => reason,
                _ => panic!("{found:?}"),
            }
        };
        let german = "tel:+493023125001";
        assert_eq!(unlisted(german, "DE"), "passed");
        let no_type = "no export tells the type of its number";
        assert_eq!(unlisted(german, "US"), no_type);
        let no_country = "the country of its number is not known";
        assert_eq!(unlisted("tel:+12065550101", "US"), no_country);
    }

    #[test]
    fn territories_share_the_plans_of_their_country() {
        assert!(matches!(
            judge(r#","UsageLocation":"PR""#, US)[..],
            [Verdict::Passed]
        ));
        assert_eq!(
            severity(&judge(r#","UsageLocation":"CA""#, US)),
            Severity::Error
        );
    }

    #[test]
    fn a_shared_calling_code_tells_no_country_and_another_does() {
        let american =
            r#""TelephoneNumber":"+12065550101","NumberType":"CallingPlan","IsoCountryCode":"""#;
        assert!(matches!(
            judge(r#","UsageLocation":"DE""#, american)[..],
            [Verdict::Unknown(_)]
        ));
        let german = r#""TelephoneNumber":"+493023125001","NumberType":"CallingPlan""#;
        assert_eq!(
            severity(&judge(r#","UsageLocation":"US""#, german)),
            Severity::Error
        );
        assert!(matches!(
            judge(r#","UsageLocation":"DE""#, german)[..],
            [Verdict::Passed]
        ));
    }

    #[test]
    fn direct_routing_is_an_info_and_alternate_numbers_do_not_count() {
        let direct = US.replace("OperatorConnect", "DirectRouting");
        assert_eq!(
            severity(&judge(r#","UsageLocation":"DE""#, &direct)),
            Severity::Info
        );
        let alternate = format!(r#"{US},"AssignmentCategory":"Alternate""#);
        assert!(matches!(
            judge(r#","UsageLocation":"DE""#, &alternate)[..],
            [Verdict::Passed]
        ));
    }
}
