//! `rules/numbers/duplicate-number.md`

use std::collections::BTreeMap;

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Remedy, Severity, Subject, SubjectKind};
use crate::rules::reassignment::type_in_commands;
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::snapshot::{Field, ObjectId, PhoneNumber, Text};
use crate::tenant::{LineProperty, LineUse, SharedLine, User};

pub(super) const RULE: Declared = rule!("numbers", "duplicate-number", Check::User(check));

/// How many accounts are pointed at; the message counts all.
const SHOWN: usize = 8;

fn check(user: &User, cx: &Cx) -> Verdict {
    let mut lines = cx.tenant.lines_answered_by(user).peekable();
    let answers = lines.peek().is_some();
    let drafts: Vec<Draft> = lines.filter_map(|line| judge(line, cx)).collect();
    let shows = |field: &Field<Text>| field.value().is_some();
    // Whoever answers for others may show no number in the directory, and may not even be one of them.
    if !drafts.is_empty() {
        Verdict::Several(drafts)
    } else if cx.tenant.has_odd_line(user) && !cx.tenant.is_deleted(user) {
        Verdict::Unknown("a line URI of the account is no telephone number")
    } else if answers || shows(&user.line_uri) || shows(&user.on_prem_line_uri) {
        Verdict::Passed
    } else if user.line_uri.is_absent() {
        Verdict::Unknown("the export does not tell the line URI")
    } else {
        Verdict::NotApplicable
    }
}

fn judge(line: &SharedLine, cx: &Cx) -> Option<Draft> {
    let tenant = cx.tenant;
    // A deleted account shows its number until it is gone for good: another rule speaks of it.
    let current: Vec<&LineUse> = line
        .shown
        .iter()
        .filter(|one| !tenant.is_line_of_deleted(one))
        .collect();
    let mut accounts: BTreeMap<ObjectId, &LineUse> = BTreeMap::new();
    for one in &current {
        accounts.entry(one.account).or_insert(one);
    }
    // Two accounts of the on-premises directory alone are not the cloud's business.
    let online = current
        .iter()
        .any(|one| one.property != LineProperty::OnPremLineUri);
    if accounts.len() < 2 || !online {
        return None;
    }
    let mut labels: Vec<Label> = line
        .shown
        .iter()
        .filter_map(|one| {
            let deleted = if tenant.is_line_of_deleted(one) {
                ", a deleted account"
            } else {
                ""
            };
            let text = format!("`{}` has it{deleted}", tenant.name_of_line(one));
            Some(Label::new(tenant.place_of_line(one)?, text))
        })
        .collect();
    if labels.is_empty() {
        return None;
    }
    labels.truncate(SHOWN);
    let primary = labels.remove(0);
    let key = line.number.to_string();
    let owners: Vec<&LineUse> = accounts.into_values().collect();
    let names: Vec<String> = owners.iter().map(|one| tenant.name_of_line(one)).collect();
    Some(Draft {
        severity: Severity::Error,
        subject: Subject::new(SubjectKind::Number, &key, &key),
        discriminator: String::new(),
        message: format!("`{key}` belongs to {}", listed(&names)),
        primary,
        related: labels,
        remedy: remedy(line.number, &owners, cx),
    })
}

fn listed(names: &[String]) -> String {
    let shown: Vec<String> = names
        .iter()
        .take(3)
        .map(|name| format!("`{name}`"))
        .collect();
    match names.len() {
        2 => format!("both {}", shown.join(" and ")),
        count if count > 3 => format!("{count} accounts: {} and others", shown.join(", ")),
        count => format!("{count} accounts: {}", shown.join(", ")),
    }
}

fn remedy(number: PhoneNumber, owners: &[&LineUse], cx: &Cx) -> Remedy {
    let key = number.to_string();
    let tenant = cx.tenant;
    let number_type = tenant
        .number(number)
        .and_then(|number| tenant.number_type(number));
    let number_type = type_in_commands(number_type).unwrap_or_else(|| "<type>".to_owned());
    let mut commands =
        vec!["# one of these, not all: only one account can keep the number".to_owned()];
    commands.extend(owners.iter().take(SHOWN).map(|owner| {
        format!(
            "# if it is not to be theirs: Remove-CsPhoneNumberAssignment -Identity {} -PhoneNumber {} -PhoneNumberType {number_type}",
            quoted(&tenant.identity_of_line(owner)),
            quoted(&key)
        )
    }));
    commands.push("# a number of the on-premises directory is taken off there: clear msRTCSIP-Line and synchronize".to_owned());
    Remedy {
        summary: "take the number off the account that should not have it".into(),
        commands,
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::Verdict;
    use crate::rules::testing::{findings, verdicts};

    fn accounts(one: &str, two: &str) -> Vec<Verdict> {
        let users = format!(
            r#"[{{"Identity":"00000000-0000-4000-8000-000000000001","UserPrincipalName":"a@contoso.example"{one}}},
                {{"Identity":"00000000-0000-4000-8000-000000000002","UserPrincipalName":"b@contoso.example"{two}}}]"#
        );
        verdicts("NU003", &[("Get-CsOnlineUser.json", &users)])
    }

    fn message(verdicts: &[Verdict]) -> &str {
        match verdicts {
            [Verdict::Several(drafts), Verdict::Passed] => &drafts[0].message,
            other => panic!("{other:?}"),
        }
    }

    fn passed(verdicts: &[Verdict]) -> bool {
        matches!(verdicts, [Verdict::Passed, Verdict::Passed])
    }

    const LINE: &str = r#","LineUri":"tel:+12065550101""#;

    #[test]
    fn two_live_accounts_may_not_show_one_number() {
        assert_eq!(
            message(&accounts(LINE, r#","LineUri":"TEL:12065550101""#)),
            "`+12065550101` belongs to both `a@contoso.example` and `b@contoso.example`"
        );
        let mirrored = r#","LineUri":null,"OnPremLineUri":"tel:+12065550101""#;
        assert!(message(&accounts(LINE, mirrored)).contains("both"));
    }

    #[test]
    fn the_commands_name_the_type_of_the_inventory() {
        let users = format!(
            r#"[{{"Identity":"00000000-0000-4000-8000-000000000001","UserPrincipalName":"a"{LINE}}},
                {{"Identity":"00000000-0000-4000-8000-000000000002","UserPrincipalName":"b"{LINE}}}]"#
        );
        for (number_type, in_command) in [
            ("OperatorConnect", "'OperatorConnect'"),
            ("OCMobile", "'OperatorConnect'"),
            ("callingPlan", "'CallingPlan'"),
            ("SomethingNew", "<type>"),
        ] {
            let numbers = format!(
                r#"[{{"TelephoneNumber":"+12065550101","NumberType":"{number_type}","ActivationState":"Activated"}}]"#
            );
            let found = findings(
                "NU003",
                &[
                    ("Get-CsOnlineUser.json", &users),
                    ("Get-CsPhoneNumberAssignment.json", &numbers),
                ],
            );
            let command = &found[0].remedy.commands[1];
            assert!(
                command.ends_with(&format!("-PhoneNumberType {in_command}")),
                "{command}"
            );
        }
    }

    /// Of users by the number in their ids, what they say of themselves; of resource accounts, that they show the number.
    fn mixed(users: &[(u8, &str)], accounts: &[u8]) -> Vec<Verdict> {
        let id = |id: u8| format!("00000000-0000-4000-8000-{id:012}");
        let users: Vec<String> = users
            .iter()
            .map(|(number, properties)| {
                format!(
                    r#"{{"Identity":"{}","UserPrincipalName":"u{number}"{properties}}}"#,
                    id(*number)
                )
            })
            .collect();
        let accounts: Vec<String> = accounts
            .iter()
            .map(|number| {
                format!(
                    r#"{{"ObjectId":"{}","ApplicationId":"ce933385-9390-45d1-9512-c8d228074e07","UserPrincipalName":"u{number}","PhoneNumber":"tel:+12065550101"}}"#,
                    id(*number)
                )
            })
            .collect();
        verdicts(
            "NU003",
            &[
                ("Get-CsOnlineUser.json", &format!("[{}]", users.join(","))),
                (
                    "Get-CsOnlineApplicationInstance.json",
                    &format!("[{}]", accounts.join(",")),
                ),
            ],
        )
    }

    fn said(verdicts: &[Verdict]) -> Vec<&str> {
        verdicts
            .iter()
            .filter_map(|verdict| match verdict {
                Verdict::Several(drafts) => Some(drafts),
                _ => None,
            })
            .flatten()
            .map(|draft| draft.message.as_str())
            .collect()
    }

    const BLANK: &str = r#","LineUri":null"#;

    #[test]
    fn resource_accounts_that_show_the_number_nowhere_else_answer_for_it() {
        const BOTH: [&str; 1] = ["`+12065550101` belongs to both `u1` and `u2`"];
        assert_eq!(said(&mixed(&[(1, BLANK), (2, LINE)], &[1])), BOTH);
        assert_eq!(said(&mixed(&[(1, LINE), (2, BLANK)], &[2])), BOTH);
        assert_eq!(said(&mixed(&[(1, BLANK), (2, BLANK)], &[1, 2])), BOTH);
        assert_eq!(said(&mixed(&[(1, ""), (2, LINE)], &[1])), BOTH);
        // A resource account alone shares nothing.
        assert!(mixed(&[(1, BLANK)], &[1]).is_empty());
    }

    #[test]
    fn somebody_answers_for_accounts_that_the_directory_does_not_list() {
        const BOTH: [&str; 1] = ["`+12065550101` belongs to both `u1` and `u2`"];
        assert_eq!(said(&mixed(&[(2, LINE)], &[1])), BOTH);
        assert_eq!(said(&mixed(&[(8, BLANK), (9, BLANK)], &[1, 2])), BOTH);
        let deleted = r#","LineUri":null,"SoftDeletionTimestamp":"2026-09-01T00:00:00Z""#;
        let deleted = mixed(&[(1, deleted), (2, BLANK)], &[1, 2]);
        assert!(matches!(deleted[..], [Verdict::Passed]), "{deleted:?}");
    }

    #[test]
    fn a_type_that_no_export_tells_is_left_to_the_reader() {
        let verdicts = accounts(LINE, LINE);
        let [Verdict::Several(drafts), Verdict::Passed] = verdicts.as_slice() else {
            panic!("{verdicts:?}");
        };
        let command = &drafts[0].remedy.commands[1];
        assert!(command.ends_with("-PhoneNumberType <type>"), "{command}");
    }

    #[test]
    fn what_is_no_number_may_be_anybody_s() {
        for shown in [r#""…""#, "true", r#""n/a""#] {
            for property in ["LineUri", "OnPremLineUri"] {
                let odd = format!(r#","LineUri":null,"{property}":{shown}"#);
                let odd = odd.replace(r#","LineUri":null,"LineUri""#, r#","LineUri""#);
                let told = accounts(&odd, LINE);
                assert!(
                    matches!(told[..], [Verdict::Unknown(_), Verdict::Passed]),
                    "{odd}: {told:?}"
                );
            }
        }
        let deleted = r#","LineUri":"n/a","SoftDeletionTimestamp":"2026-09-01T00:00:00Z""#;
        assert!(passed(&accounts(LINE, deleted)));
    }

    #[test]
    fn extensions_and_the_on_premises_directory_alone_are_silent() {
        let extension = accounts(LINE, r#","LineUri":"tel:+12065550101;ext=1""#);
        assert!(passed(&extension));
        let mirrored = r#","OnPremLineUri":"tel:+12065550101""#;
        assert!(passed(&accounts(mirrored, mirrored)));
    }

    #[test]
    fn a_deleted_account_does_not_count_and_is_called_so() {
        let deleted = format!(r#"{LINE},"SoftDeletionTimestamp":"2026-09-01T00:00:00Z""#);
        assert!(passed(&accounts(LINE, &deleted)));
        let users = format!(
            r#"[{{"Identity":"00000000-0000-4000-8000-000000000001","UserPrincipalName":"a"{LINE}}},
                {{"Identity":"00000000-0000-4000-8000-000000000002","UserPrincipalName":"b"{LINE}}},
                {{"Identity":"00000000-0000-4000-8000-000000000003","UserPrincipalName":"c"{deleted}}}]"#
        );
        let verdicts = verdicts("NU003", &[("Get-CsOnlineUser.json", &users)]);
        let [Verdict::Several(drafts), ..] = verdicts.as_slice() else {
            panic!("{verdicts:?}");
        };
        let draft = &drafts[0];
        assert!(draft.message.contains("both `a` and `b`"));
        assert_eq!(draft.related[1].text, "`c` has it, a deleted account");
    }

    #[test]
    fn a_number_of_very_many_accounts_is_judged_at_once() {
        const COUNT: usize = 50_000;
        let users: Vec<String> = (0..COUNT)
            .map(|at| {
                format!(r#"{{"Identity":"00000000-0000-4000-8000-{at:012}","UserPrincipalName":"u{at}"{LINE}}}"#)
            })
            .collect();
        let users = format!("[{}]", users.join(","));
        let verdicts = verdicts("NU003", &[("Get-CsOnlineUser.json", &users)]);
        assert_eq!(
            said(&verdicts),
            ["`+12065550101` belongs to 50000 accounts: `u0`, `u1`, `u2` and others"]
        );
    }

    #[test]
    fn of_many_accounts_three_are_named() {
        let said = |count: usize| {
            let users: Vec<String> = (0..count)
                .map(|at| {
                    format!(
                        r#"{{"Identity":"00000000-0000-4000-8000-{at:012}","UserPrincipalName":"u{at}@contoso.example"{LINE}}}"#
                    )
                })
                .collect();
            let users = format!("[{}]", users.join(","));
            let verdicts = verdicts("NU003", &[("Get-CsOnlineUser.json", &users)]);
            match verdicts.into_iter().next() {
                Some(Verdict::Several(drafts)) => drafts[0].message.clone(),
                other => panic!("{other:?}"),
            }
        };
        assert!(said(2).contains("both `u0@contoso.example` and `u1@contoso.example`"));
        let three = said(3);
        assert!(three.contains("3 accounts: "), "{three}");
        assert!(!three.contains("and others"), "{three}");
        let four = said(4);
        assert!(four.contains("4 accounts: "), "{four}");
        assert!(four.contains("and others"), "{four}");
        assert!(!four.contains("`u3@contoso.example`"), "{four}");
    }
}
