//! `rules/numbers/base-and-extension-clash.md`

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::{Draft, Label, Severity, Subject, SubjectKind};
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, Verdict, Verdicts, rule};
use crate::snapshot::PhoneNumber;
use crate::tenant::{Answer, Holder, Number};

pub(super) const RULE: Declared = rule!("numbers", "base-and-extension-clash", Check::Each(check));

/// How many numbers are pointed at.
const SHOWN: usize = 4;

fn check(cx: &Cx) -> Verdicts {
    let numbers = &cx.tenant.numbers;
    // Few tenants use extensions, and few numbers have them: only these are looked at.
    let bases: BTreeSet<PhoneNumber> = numbers
        .iter()
        .filter(|number| number.key.has_extension())
        .map(|number| number.key.base())
        .collect();
    if bases.is_empty() {
        return Verdicts::default();
    }
    let mut groups: BTreeMap<PhoneNumber, Vec<&Number>> = BTreeMap::new();
    for number in numbers {
        let base = number.key.base();
        if bases.contains(&base) {
            groups.entry(base).or_default().push(number);
        }
    }
    groups
        .into_iter()
        .map(|(base, group)| judge(base, &group, cx))
        .collect()
}

fn judge(base: PhoneNumber, group: &[&Number], cx: &Cx) -> Verdict {
    let held: Vec<&Number> = group
        .iter()
        .copied()
        .filter(|number| number.holder != Holder::Nobody)
        .collect();
    let Some(plain) = held.iter().find(|number| !number.key.has_extension()) else {
        return Verdict::Passed;
    };
    let others: Vec<&Number> = held
        .iter()
        .copied()
        .filter(|number| {
            number.key.has_extension() && have_one_holder(number, plain) != Answer::Yes
        })
        .collect();
    if others.is_empty() {
        return Verdict::Passed;
    }
    if held.iter().any(|number| number.holder == Holder::Unknown) {
        return Verdict::Unknown("the export does not tell who holds a number");
    }
    // A main number on an attendant, with extensions for people, is a design and no accident.
    let main = matches!(plain.holder, Holder::ResourceAccount(_));
    let severity = if main {
        Severity::Info
    } else {
        Severity::Warning
    };
    let mut accounts: Vec<&Number> = Vec::new();
    for other in &others {
        if !accounts
            .iter()
            .any(|one| have_one_holder(one, other) == Answer::Yes)
        {
            accounts.push(other);
        }
    }
    let tenant = cx.tenant;
    let name = |number: &Number| {
        tenant
            .holder_name(number)
            .unwrap_or_else(|| "a policy or bridge".to_owned())
    };
    let id = base.to_string();
    found(
        Draft::new(
            severity,
            Subject::new(SubjectKind::Number, &id, &id),
            format!("`{id}` is held by `{}` without an extension and by {} with one", name(plain), count(accounts.len())),
            Label::new(plain.record.at("TelephoneNumber"), format!("`{}` has it bare", name(plain))),
        )
        .related(others.iter().take(SHOWN).map(|number| {
            Label::new(number.record.at("TelephoneNumber"), format!("`{}` has it with an extension", name(number)))
        }))
        .remedy(
            "give every holder of the number an extension of its own",
            [format!("# Set-CsPhoneNumberAssignment -Identity <account> -PhoneNumber '{id};ext=<extension>' -PhoneNumberType DirectRouting")],
        ),
    )
}

/// Whether two numbers are held by the same account, policy or bridge.
fn have_one_holder(one: &Number, two: &Number) -> Answer {
    match (one.holder, two.holder) {
        (Holder::Unknown, _) | (_, Holder::Unknown) => Answer::Unknown,
        // Which of them it is, only the inventory tells.
        (Holder::SharedCallingPolicy, Holder::SharedCallingPolicy)
        | (Holder::ConferenceBridge, Holder::ConferenceBridge) => {
            (one.record.target == two.record.target).into()
        }
        (one, two) => (one == two).into(),
    }
}

fn count(others: usize) -> String {
    if others == 1 {
        "another account".to_owned()
    } else {
        format!("{others} other accounts")
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

    const TWO: &str = "00000000-0000-4000-8000-000000000002";

    fn judge(rows: &[(&str, &str)], account: bool) -> Vec<Verdict> {
        let rows: Vec<String> = rows
            .iter()
            .map(|(number, holder)| {
                format!(r#"{{"TelephoneNumber":"{number}","NumberType":"DirectRouting","AssignedPstnTargetId":"{holder}"}}"#)
            })
            .collect();
        let numbers = format!("[{}]", rows.join(","));
        let kind = if account { "ResourceAccount" } else { "User" };
        let users = format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","AccountType":"{kind}"}},{{"Identity":"{TWO}","UserPrincipalName":"b@contoso.example","AccountType":"User"}}]"#
        );
        verdicts(
            "NU004",
            &[
                ("Get-CsPhoneNumberAssignment.json", &numbers),
                ("Get-CsOnlineUser.json", &users),
            ],
        )
    }

    #[test]
    fn one_with_and_one_without_clash() {
        let rows = [("+12065550101", ID), ("+12065550101;ext=12", TWO)];
        assert_eq!(severity(&judge(&rows, false)), "warning");
        assert_eq!(severity(&judge(&rows, true)), "info");
    }

    #[test]
    fn distinct_extensions_and_one_holder_are_in_order() {
        let both = [("+12065550101;ext=1", ID), ("+12065550101;ext=2", TWO)];
        assert!(matches!(judge(&both, false)[..], [Verdict::Passed]));
        let one = [("+12065550101", ID), ("+12065550101;ext=2", ID)];
        assert!(matches!(judge(&one, false)[..], [Verdict::Passed]));
        assert!(judge(&[("+12065550101", ID)], false).is_empty());
    }

    #[test]
    fn holders_that_are_not_told_or_are_two_policies_are_not_the_same_one() {
        let judge = |target: &str, other: &str| {
            let numbers = format!(
                r#"[{{"TelephoneNumber":"+12065550101","NumberType":"DirectRouting"{target}}},{{"TelephoneNumber":"+12065550101;ext=12","NumberType":"DirectRouting"{other}}},{{"TelephoneNumber":"+12065550102","NumberType":"DirectRouting","AssignedPstnTargetId":null}}]"#
            );
            let users = r#"[{"Identity":"00000000-0000-4000-8000-000000000001","UserPrincipalName":"a@contoso.example","AccountType":"User"}]"#;
            verdicts(
                "NU004",
                &[
                    ("Get-CsPhoneNumberAssignment.json", &numbers),
                    ("Get-CsOnlineUser.json", users),
                ],
            )
        };
        let untold = judge("", "");
        assert!(matches!(untold[..], [Verdict::Unknown(_)]), "{untold:?}");
        let policy = |name: &str| {
            format!(r#","AssignedPstnTargetId":"TeamsSharedCallingRoutingPolicy|Tag:{name}""#)
        };
        let same = judge(&policy("Site"), &policy("Site"));
        assert!(matches!(same[..], [Verdict::Passed]), "{same:?}");
        assert_eq!(
            severity(&judge(&policy("Site"), &policy("Other"))),
            "warning"
        );
    }

    #[test]
    fn the_message_counts_the_others() {
        const THREE: &str = "00000000-0000-4000-8000-000000000003";
        let message = |rows: &[(&str, &str)]| match judge(rows, false).into_iter().next() {
            Some(Verdict::Found(draft)) => draft.message,
            other => panic!("{other:?}"),
        };
        let plain = ("+12065550101", ID);
        let two = ("+12065550101;ext=12", TWO);
        assert!(message(&[plain, two]).ends_with("and by another account with one"));
        let three = ("+12065550101;ext=13", THREE);
        let again = ("+12065550101;ext=13", TWO);
        assert!(message(&[plain, two, again]).ends_with("and by another account with one"));
        let both = message(&[plain, two, three]);
        assert!(both.ends_with("and by 2 other accounts with one"), "{both}");
    }
}
