//! `rules/users/usage-location-mismatch.md`

use crate::finding::Draft;
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
            let name = cx.tenant.user_name(user);
            let draft: Draft =
                usage_location::draft(cx.tenant.user_subject(user), &name, user, &wrong);
            found(draft)
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
