//! `rules/users/two-primary-numbers.md`

use smallvec::SmallVec;

use crate::finding::{Draft, Label, Severity};
use crate::rules::choice::by_choice;
use crate::rules::numbered::found;
use crate::rules::reassignment::take_off;
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::snapshot::Field;
use crate::tenant::{Number, User};

pub(super) const RULE: Declared = rule!("users", "two-primary-numbers", Check::User(check));

/// What an assignment category makes of a number.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Category {
    Primary,
    Private,
    Alternate,
}

fn check(user: &User, cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    if tenant.is_deleted(user) {
        return Verdict::NotApplicable;
    }
    let held = tenant.numbers_of_user(user);
    if held.is_empty() {
        return Verdict::NotApplicable;
    }
    let mut sorted: SmallVec<[_; 2]> = SmallVec::new();
    for number in held {
        match category(number, cx) {
            Some(category) => sorted.push((category, number)),
            None => return Verdict::Unknown("the export does not tell the category of a number"),
        }
    }
    if let [(Category::Primary, _)] = sorted[..] {
        return passed(cx);
    }
    let of = |category: Category| -> Vec<&Number> {
        let own = sorted.iter().filter(|(one, _)| *one == category);
        own.map(|(_, number)| *number).collect()
    };
    let (primary, private, alternate) = (
        of(Category::Primary),
        of(Category::Private),
        of(Category::Alternate),
    );
    let others: Vec<&Number> = private.iter().chain(&alternate).copied().collect();
    if primary.len() > 1 {
        found(draft(
            user,
            "primary",
            &format!("{} primary numbers", primary.len()),
            &primary,
            cx,
        ))
    } else if private.len() > 1 {
        found(draft(
            user,
            "private",
            &format!("{} private numbers", private.len()),
            &private,
            cx,
        ))
    } else if primary.is_empty() && !others.is_empty() && !tenant.may_hold_more() {
        found(draft(
            user,
            "none",
            "further numbers, but no primary one",
            &others,
            cx,
        ))
    } else {
        passed(cx)
    }
}

/// Nothing is wrong with the numbers that are told to be the account's.
fn passed(cx: &Cx) -> Verdict {
    if cx.tenant.may_hold_more() {
        Verdict::Unknown("the export does not tell who holds some numbers")
    } else {
        Verdict::Passed
    }
}

const CATEGORIES: [(&str, Category); 3] = [
    ("Primary", Category::Primary),
    ("Private", Category::Private),
    ("Alternate", Category::Alternate),
];

/// A blank category is that of the only kind of number that older modules know.
fn category(number: &Number, cx: &Cx) -> Option<Category> {
    match number.record.category {
        Field::Null => Some(Category::Primary),
        Field::Absent => None,
        Field::Value(name) => {
            let name = cx.tenant.snapshot.texts.symbol(name);
            let mut categories = CATEGORIES.iter();
            let found = categories.find(|(known, _)| known.eq_ignore_ascii_case(name));
            found.map(|(_, category)| *category)
        }
    }
}

fn draft(user: &User, role: &str, what: &str, numbers: &[&Number], cx: &Cx) -> Draft {
    let tenant = cx.tenant;
    let name = tenant.user_name(user);
    let mut labels = numbers
        .iter()
        .map(|number| Label::new(number.record.at("TelephoneNumber"), "one of them"));
    let primary = labels
        .next()
        .unwrap_or_else(|| Label::new(user.at("Identity"), "this account"));
    let mut commands = vec![if role == "none" {
        "# assign a primary number, or take the further ones off:".to_owned()
    } else {
        "# take off all but the one that calls are to show:".to_owned()
    }];
    let each = numbers.iter().filter_map(|number| take_off(number, cx));
    commands.extend(by_choice(each));
    Draft::new(
        Severity::Warning,
        tenant.user_subject(user),
        format!("`{name}` has {what}"),
        primary,
    )
    .role(role)
    .related(labels)
    .remedy("leave the account one primary number", commands)
}

#[cfg(test)]
mod tests {
    use crate::finding::Draft;
    use crate::rules::Verdict;
    use crate::rules::testing::verdicts;

    const ID: &str = "00000000-0000-4000-8000-000000000001";

    fn judge(rows: &[&str]) -> Vec<Verdict> {
        let users = format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","LineUri":null,"SoftDeletionTimestamp":null}}]"#
        );
        let rows: Vec<String> = rows
            .iter()
            .enumerate()
            .map(|(index, category)| {
                format!(r#"{{"TelephoneNumber":"+1206555010{index}","NumberType":"DirectRouting","AssignedPstnTargetId":"{ID}"{category}}}"#)
            })
            .collect();
        let numbers = format!("[{}]", rows.join(","));
        verdicts(
            "US015",
            &[
                ("Get-CsOnlineUser.json", &users),
                ("Get-CsPhoneNumberAssignment.json", &numbers),
            ],
        )
    }

    fn draft(rows: &[&str]) -> Draft {
        match judge(rows).into_iter().next() {
            Some(Verdict::Found(draft)) => *draft,
            other => panic!("{other:?}"),
        }
    }

    const PRIMARY: &str = r#","AssignmentCategory":"Primary""#;
    const PRIVATE: &str = r#","AssignmentCategory":"Private""#;
    const ALTERNATE: &str = r#","AssignmentCategory":"alternate""#;
    const BLANK: &str = r#","AssignmentCategory":"""#;

    #[test]
    fn one_number_is_primary() {
        assert_eq!(
            draft(&[PRIMARY, PRIMARY]).message,
            "`a@contoso.example` has 2 primary numbers"
        );
        assert_eq!(
            draft(&[BLANK, BLANK, BLANK]).message,
            "`a@contoso.example` has 3 primary numbers"
        );
        assert!(
            draft(&[PRIMARY, PRIVATE, PRIVATE])
                .message
                .contains("2 private")
        );
        assert!(draft(&[ALTERNATE]).message.contains("no primary one"));
    }

    #[test]
    fn without_all_numbers_nobody_lacks_a_primary_one() {
        use crate::snapshot::ExportKind;
        let page = &crate::rules::find("US015").expect("the rule").page;
        let absent = &page.concludes_from_absence;
        assert!(absent.contains(&ExportKind::PhoneNumberAssignment));
    }

    #[test]
    fn further_numbers_beside_a_primary_one_are_in_order() {
        for rows in [
            &[PRIMARY][..],
            &[PRIMARY, ALTERNATE, ALTERNATE],
            &[PRIMARY, PRIVATE],
            &[BLANK],
        ] {
            assert!(matches!(judge(rows)[..], [Verdict::Passed]), "{rows:?}");
        }
        assert!(matches!(judge(&[PRIMARY, ""])[..], [Verdict::Unknown(_)]));
        assert!(judge(&[]).is_empty());
    }

    #[test]
    fn a_number_whose_holder_is_not_told_may_be_a_second_one() {
        let users = format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","LineUri":null,"SoftDeletionTimestamp":null}}]"#
        );
        let judge = |own: &str| {
            let numbers = format!(
                r#"[{{"TelephoneNumber":"+12065550101","NumberType":"DirectRouting","AssignedPstnTargetId":"{ID}"{own}}},
                    {{"TelephoneNumber":"+12065550102","NumberType":"DirectRouting"{PRIMARY}}}]"#
            );
            let files = [
                ("Get-CsOnlineUser.json", users.as_str()),
                ("Get-CsPhoneNumberAssignment.json", &numbers),
            ];
            verdicts("US015", &files)
        };
        for own in [PRIMARY, ALTERNATE] {
            let open = judge(own);
            assert!(matches!(open[..], [Verdict::Unknown(_)]), "{open:?}");
        }
    }
}
