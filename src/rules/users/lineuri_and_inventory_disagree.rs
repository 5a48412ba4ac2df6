//! `rules/users/lineuri-and-inventory-disagree.md`

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Severity};
use crate::rules::numbered::found;
use crate::rules::on_premises_line::set_right;
use crate::rules::reassignment::{give_back, with_type};
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::snapshot::cell::documented;
use crate::snapshot::{ExportKind, Field, PhoneNumber};
use crate::tenant::{Answer, Number, User};

pub(super) const RULE: Declared = rule!(
    "users",
    "lineuri-and-inventory-disagree",
    Check::User(check)
);

/// Milliseconds of an hour: exports that lie further apart may differ because of what happened between them.
const HOUR: i64 = 60 * 60 * 1000;

fn check(user: &User, cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    let person = tenant.is_live_person(user);
    if person == Answer::No {
        return Verdict::NotApplicable;
    }
    let held = tenant.numbers_of_user(user);
    // Further numbers of an account are not in its line URI.
    let primary = held.iter().copied().find(|number| is_primary(number, cx));
    if primary.is_none() && held.iter().any(|number| has_odd_category(number, cx)) {
        return Verdict::Unknown("the category of a number is not documented");
    }
    let line = match user.line_uri {
        Field::Absent => return Verdict::Unknown("the export does not tell the line URI"),
        Field::Null => None,
        Field::Value(text) => match PhoneNumber::parse(tenant.snapshot.texts.text(text)) {
            Some(number) => Some(number),
            None => return Verdict::Unknown("the line URI is no telephone number"),
        },
    };
    let draft = match (line, primary) {
        (None, None) => return Verdict::NotApplicable,
        (Some(line), _) if is_held(line, &held, primary.is_some(), cx) => return Verdict::Passed,
        (None, Some(number)) => draft(user, None, Some(number), cx),
        (Some(line), Some(number)) => draft(user, Some(line), Some(number), cx),
        (Some(line), None) => {
            let listed = tenant.number(line).or_else(|| tenant.number(line.base()));
            match listed {
                // A number that the inventory does not list at all is another rule's.
                None => return Verdict::NotApplicable,
                Some(number) if number.record.target.is_absent() => {
                    return Verdict::Unknown("the export does not tell who holds the number");
                }
                Some(_) => draft(user, Some(line), None, cx),
            }
        }
    };
    if person == Answer::Unknown {
        return Verdict::Unknown("the kind of the account is not known");
    }
    found(draft)
}

/// Whether a line URI is one of the numbers of an account: a primary one, where there is any.
fn is_held(line: PhoneNumber, held: &[&Number], has_primary: bool, cx: &Cx) -> bool {
    held.iter()
        .filter(|number| number.key.base() == line.base())
        .any(|number| !has_primary || is_primary(number, cx))
}

fn is_primary(number: &Number, cx: &Cx) -> bool {
    number.record.category.get().is_none_or(|category| {
        cx.tenant
            .snapshot
            .texts
            .symbol(category)
            .eq_ignore_ascii_case("Primary")
    })
}

fn has_odd_category(number: &Number, cx: &Cx) -> bool {
    let category = number.record.category.get();
    let category = category.map(|name| cx.tenant.snapshot.texts.symbol(name));
    category.is_some_and(|name| documented("AssignmentCategory", name).is_none())
}

fn draft(user: &User, line: Option<PhoneNumber>, held: Option<&Number>, cx: &Cx) -> Draft {
    let tenant = cx.tenant;
    let name = tenant.user_name(user);
    let apart = tenant
        .exported_apart(ExportKind::OnlineUser, ExportKind::PhoneNumberAssignment)
        .is_some_and(|apart| apart > HOUR);
    let severity = if apart {
        Severity::Info
    } else {
        Severity::Error
    };
    let message = match (line, held) {
        (Some(line), Some(held)) => format!(
            "`{name}` shows the line URI `{line}`, but the inventory assigns `{}`",
            held.key
        ),
        (None, Some(held)) => format!(
            "`{name}` has no line URI, but the inventory assigns `{}`",
            held.key
        ),
        (Some(line), None) => format!(
            "`{name}` shows the line URI `{line}`, which the inventory does not assign to this user"
        ),
        (None, None) => String::new(),
    };
    let listed = line.and_then(|line| tenant.number(line).or_else(|| tenant.number(line.base())));
    let other = listed.filter(|_| held.is_none()).map(|number| {
        let text = match tenant.holder_name(number) {
            Some(holder) => format!("assigned to `{holder}`"),
            None => "assigned to nobody".to_owned(),
        };
        Label::new(number.record.at("AssignedPstnTargetId"), text)
    });
    let (summary, commands) = steps(user, held, listed, cx);
    Draft::new(
        severity,
        tenant.user_subject(user),
        message,
        Label::new(user.at("LineUri"), "the account believes this"),
    )
    .related(held.map(|number| {
        Label::new(
            number.record.at("TelephoneNumber"),
            "the inventory says this",
        )
    }))
    .related(other)
    .remedy(summary, commands)
}

/// What sets the account and the inventory right, in words and as commands: further numbers of the account stay.
fn steps(
    user: &User,
    primary: Option<&Number>,
    listed: Option<&Number>,
    cx: &Cx,
) -> (&'static str, Vec<String>) {
    let tenant = cx.tenant;
    let id = quoted(&tenant.user_identity(user));
    let held = tenant.numbers_of_user(user);
    let is_there = |number: &&Number| tenant.is_managed_on_premises(number) == Answer::Yes;
    if held
        .iter()
        .copied()
        .chain(listed)
        .any(|number| is_there(&number))
    {
        return (
            "set the right line URI where it comes from, and let the directory synchronize",
            set_right(&id, false),
        );
    }
    let mut commands = vec![
        format!("Remove-CsPhoneNumberAssignment -Identity {id} -RemoveAll"),
        "# wait until both cmdlets show nothing; then, with the right number:".to_owned(),
    ];
    if primary.is_none() {
        commands.push(assign_free(user, listed, cx));
    }
    // The right one comes first: further ones follow it.
    let further = held
        .iter()
        .copied()
        .filter(|number| primary.is_none_or(|own| own.key != number.key));
    let numbers = primary.into_iter().chain(further);
    commands.extend(numbers.flat_map(|number| give_back(number, cx)));
    (
        "take the number off, wait, and assign the right one again",
        commands,
    )
}

/// Assigns the number that the account shows: to be filled in where another account has it.
fn assign_free(user: &User, listed: Option<&Number>, cx: &Cx) -> String {
    let tenant = cx.tenant;
    let id = quoted(&tenant.user_identity(user));
    match listed.filter(|number| tenant.is_assigned(number) == Answer::No) {
        Some(number) => with_type(
            &format!(
                "Set-CsPhoneNumberAssignment -Identity {id} -PhoneNumber {}",
                quoted(&number.key.to_string())
            ),
            tenant.number_type(number),
        ),
        None => format!(
            "# Set-CsPhoneNumberAssignment -Identity {id} -PhoneNumber <number> -PhoneNumberType <type>"
        ),
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::Verdict;
    use crate::rules::testing::verdicts;

    const ID: &str = "00000000-0000-4000-8000-000000000001";

    const OTHER: &str = "00000000-0000-4000-8000-000000000002";

    fn judge(line: &str, rows: &str, more: &[(&str, &str)]) -> Vec<Verdict> {
        let users = format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","AccountType":"User","SoftDeletionTimestamp":null{line}}}]"#
        );
        let mut files = vec![
            ("Get-CsOnlineUser.json", users.as_str()),
            ("Get-CsPhoneNumberAssignment.json", rows),
        ];
        files.extend(more);
        verdicts("US011", &files)
    }

    fn row(number: &str, holder: &str, rest: &str) -> String {
        format!(
            r#"{{"TelephoneNumber":"{number}","NumberType":"DirectRouting","AssignedPstnTargetId":"{holder}"{rest}}}"#
        )
    }

    fn message(verdicts: &[Verdict]) -> &str {
        match verdicts {
            [Verdict::Found(draft)] => &draft.message,
            other => panic!("{other:?}"),
        }
    }

    const LINE: &str = r#","LineUri":"tel:+12065550102""#;

    #[test]
    fn two_stores_that_disagree_are_found() {
        let held = format!("[{}]", row("+12065550101", ID, ""));
        assert!(
            message(&judge(LINE, &held, &[])).contains("but the inventory assigns `+12065550101`")
        );
        assert!(message(&judge(r#","LineUri":null"#, &held, &[])).contains("no line URI"));
        let other = format!("[{}]", row("+12065550102", OTHER, ""));
        assert!(message(&judge(LINE, &other, &[])).contains("does not assign"));
    }

    #[test]
    fn extensions_and_further_numbers_are_no_contradiction() {
        let held = format!("[{}]", row("+12065550102", ID, ""));
        let extension = judge(r#","LineUri":"tel:+12065550102;ext=12""#, &held, &[]);
        assert!(matches!(extension[..], [Verdict::Passed]));
        let private = format!(
            "[{}]",
            row("+12065550101", ID, r#","AssignmentCategory":"Private""#)
        );
        assert!(judge(r#","LineUri":null"#, &private, &[]).is_empty());
        let odd = private.replace("Private", "Primordial");
        let odd = judge(r#","LineUri":null"#, &odd, &[]);
        assert!(matches!(odd[..], [Verdict::Unknown(_)]), "{odd:?}");
    }

    #[test]
    fn a_line_uri_that_is_a_further_number_hides_no_other_primary_one() {
        let number = |digits: &str, category: &str| {
            row(
                digits,
                ID,
                &format!(r#","AssignmentCategory":"{category}""#),
            )
        };
        let primary = |category: &str| {
            format!(
                "[{},{}]",
                number("+12065550101", category),
                number("+12065550102", "Alternate")
            )
        };
        let found = judge(LINE, &primary("Primary"), &[]);
        assert!(message(&found).contains("but the inventory assigns `+12065550101`"));
        let further = judge(LINE, &primary("Private"), &[]);
        assert!(matches!(further[..], [Verdict::Passed]), "{further:?}");
    }

    #[test]
    fn nobodys_number_is_assigned_and_somebodys_is_not_taken() {
        let last = |rows: &str| match &judge(LINE, rows, &[])[..] {
            [Verdict::Found(draft)] => draft.remedy.commands.last().cloned().unwrap_or_default(),
            other => panic!("{other:?}"),
        };
        let others = format!("[{}]", row("+12065550102", OTHER, ""));
        assert!(last(&others).starts_with("# Set-CsPhoneNumberAssignment"));
        assert!(last(&others).contains("<number>"));
        let free = r#"[{"TelephoneNumber":"+12065550102","NumberType":"DirectRouting","AssignedPstnTargetId":null}]"#;
        assert_eq!(
            last(free),
            "Set-CsPhoneNumberAssignment -Identity 'a@contoso.example' -PhoneNumber '+12065550102' -PhoneNumberType 'DirectRouting'"
        );
        let held = format!("[{}]", row("+12065550101", ID, ""));
        assert!(last(&held).contains("'+12065550101'"));
    }

    #[test]
    fn further_numbers_are_given_back_too() {
        let private = row(
            "+12065550103",
            ID,
            r#","AssignmentCategory":"Private","NumberSource":"Online""#,
        );
        let typed = |first: &str| match &judge(LINE, &format!("[{first},{private}]"), &[])[..] {
            [Verdict::Found(draft)] => draft.remedy.commands.clone(),
            other => panic!("{other:?}"),
        };
        let kept = |commands: &[String]| {
            let back = commands.iter().filter(|line| line.starts_with("Set-"));
            back.map(|line| line.contains("'+12065550103'"))
                .collect::<Vec<_>>()
        };
        let other = row("+12065550101", ID, "");
        assert_eq!(kept(&typed(&other)), [false, true]);
        let free = r#"{"TelephoneNumber":"+12065550102","NumberType":"DirectRouting","AssignedPstnTargetId":null}"#;
        assert_eq!(kept(&typed(free)), [false, true]);
        // To take off online what the directory manages is refused.
        let there = row("+12065550101", ID, r#","NumberSource":"OnPremises""#);
        let commands = typed(&there);
        assert!(commands[0].contains("Set-CsUser "), "{commands:?}");
        assert!(!commands.iter().any(|line| line.contains("Remove-")));
    }

    #[test]
    fn what_the_inventory_does_not_list_is_another_rules() {
        let other = format!("[{}]", row("+12065550109", OTHER, ""));
        assert!(judge(LINE, &other, &[]).is_empty());
        assert!(matches!(judge("", &other, &[])[..], [Verdict::Unknown(_)]));
    }

    #[test]
    fn exports_hours_apart_make_it_an_info() {
        let held = format!("[{}]", row("+12065550101", ID, ""));
        let severity = |second: &str| {
            let manifest = format!(
                r#"{{"exports":[{{"kind":"Get-CsOnlineUser","exportedAt":"2026-09-14T05:00:00Z"}},{{"kind":"Get-CsPhoneNumberAssignment","exportedAt":"{second}"}}],"exportedAt":"2026-09-14T05:00:00Z"}}"#
            );
            match &judge(LINE, &held, &[("manifest.json", &manifest)])[..] {
                [Verdict::Found(draft)] => draft.severity.name(),
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(severity("2026-09-14T06:00:00Z"), "error");
        assert_eq!(severity("2026-09-14T06:00:01Z"), "info");
    }

    #[test]
    fn a_number_whose_holder_is_not_told_may_be_the_accounts() {
        let rows = format!(
            r#"[{{"TelephoneNumber":"+12065550102","NumberType":"DirectRouting"}},{}]"#,
            row("+12065550103", OTHER, "")
        );
        let open = judge(LINE, &rows, &[]);
        assert!(matches!(open[..], [Verdict::Unknown(_)]), "{open:?}");
    }
}
