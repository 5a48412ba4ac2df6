//! `rules/resource-accounts/resource-account-broken-after-swap.md`

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Severity};
use crate::rules::numbered::found;
use crate::rules::on_premises_line::set_right;
use crate::rules::reassignment::give_back;
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::snapshot::{Field, PhoneNumber};
use crate::tenant::{Answer, Number, ResourceAccount};

pub(super) const RULE: Declared = rule!(
    "resource-accounts",
    "resource-account-broken-after-swap",
    Check::ResourceAccount(check)
);

fn check(account: &ResourceAccount, cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    let (Some(user), Some(record)) = (tenant.user_of(account), &account.record) else {
        return Verdict::NotApplicable;
    };
    if tenant.is_deleted(user) {
        return Verdict::NotApplicable;
    }
    match tenant.virtual_user(user) {
        Answer::Yes => {}
        Answer::No => return Verdict::NotApplicable,
        Answer::Unknown => return Verdict::Unknown("no export tells the licenses of the account"),
    }
    match tenant.serves_app(account) {
        Answer::Yes => {}
        Answer::No => return Verdict::NotApplicable,
        Answer::Unknown => {
            return Verdict::Unknown("the export does not tell whether the account serves an app");
        }
    }
    let texts = &tenant.snapshot.texts;
    if let Some(kind) = user.interpreted_type.get() {
        let kind = texts.symbol(kind);
        if !kind.to_ascii_lowercase().contains("applicationinstance") {
            let label = Label::new(
                user.at("InterpretedUserType"),
                "not that of a resource account",
            );
            return found(draft(
                account,
                &format!("the service takes it for `{kind}`"),
                label,
                None,
                cx,
            ));
        }
    }
    let own = match record.number {
        Field::Absent => {
            return Verdict::Unknown("the export does not tell the number of the account");
        }
        Field::Null => user.line_uri.get(),
        Field::Value(text) => Some(text),
    };
    let held = tenant.numbers_held_by(account.id);
    let own_key = own.and_then(|text| PhoneNumber::parse(texts.text(text)));
    match (own_key, held.first()) {
        (None, None) if own.is_some() => Verdict::Unknown("its number is no telephone number"),
        (None, Some(number)) if own.is_none() => {
            let label = Label::new(record.at("PhoneNumber"), "blank");
            let other = Label::new(
                number.record.at("AssignedPstnTargetId"),
                "the inventory says this account",
            );
            found(draft(
                account,
                &format!(
                    "the inventory assigns it `{}`, of which it knows nothing",
                    number.key
                ),
                label,
                Some(other),
                cx,
            ))
        }
        (Some(key), _) if held.iter().any(|number| number.key.base() == key.base()) => {
            Verdict::Passed
        }
        (Some(_), _) if tenant.may_hold_more() => {
            Verdict::Unknown("the export does not tell who holds some numbers")
        }
        (Some(key), _) => {
            let label = Label::new(
                record.at("PhoneNumber"),
                "not assigned to it in the inventory",
            );
            found(draft(
                account,
                &format!("it believes to have `{key}`, which the inventory does not assign to it"),
                label,
                None,
                cx,
            ))
        }
        _ => Verdict::Passed,
    }
}

fn draft(
    account: &ResourceAccount,
    why: &str,
    primary: Label,
    other: Option<Label>,
    cx: &Cx,
) -> Draft {
    let tenant = cx.tenant;
    let name = tenant.resource_account_name(account);
    let id = quoted(&tenant.resource_account_identity(account));
    let held = tenant.numbers_held_by(account.id);
    let is_there = |number: &&Number| tenant.is_managed_on_premises(number) == Answer::Yes;
    let (summary, numbers) = if held.iter().any(is_there) {
        // To take it off online is refused.
        (
            "set the line URI where it comes from, then synchronize the account",
            set_right(&id, true),
        )
    } else {
        let off = format!("Remove-CsPhoneNumberAssignment -Identity {id} -RemoveAll");
        let mut on: Vec<String> = held
            .iter()
            .flat_map(|number| give_back(number, cx))
            .collect();
        if held.is_empty() {
            on.push(format!("# Set-CsPhoneNumberAssignment -Identity {id} -PhoneNumber <number> -PhoneNumberType <type>"));
        }
        (
            "take the number off and assign it again, then synchronize the account",
            [vec![off], on].concat(),
        )
    };
    Draft::new(
        Severity::Warning,
        tenant.account_subject(account),
        format!("`{name}` is licensed and serves an app, but looks broken: {why}"),
        primary,
    )
    .related(other)
    .remedy(
        summary,
        numbers.into_iter().chain([
            format!("Sync-CsOnlineApplicationInstance -ObjectId {}", quoted(&account.id.to_string())),
            "# as the last resort: make a new account, move the number and the association, delete this one".to_owned(),
        ]),
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

    fn account(properties: &str) -> String {
        format!(
            r#"[{{"ObjectId":"{ID}","ApplicationId":"ce933385-9390-45d1-9512-c8d228074e07","UserPrincipalName":"ra@contoso.example"{properties}}}]"#
        )
    }

    fn user(properties: &str) -> String {
        format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"ra@contoso.example","AccountType":"ResourceAccount","SoftDeletionTimestamp":null{properties}}}]"#
        )
    }

    fn plans(plans: &[(&str, &str)]) -> String {
        let plans: Vec<String> = plans
            .iter()
            .map(|(plan, status)| {
                format!(r#"{{"Capability":"{plan}","CapabilityStatus":"{status}"}}"#)
            })
            .collect();
        format!(
            r#","AssignedPlan":[{}],"FeatureTypes":["Teams"]"#,
            plans.join(",")
        )
    }

    fn judge(own: &str, kind: &str, held: bool) -> Vec<Verdict> {
        let users =
            user(&(plans(&[("MCOEV_VIRTUALUSER", "Enabled")]) + r#","LineUri":null"# + kind));
        let accounts = account(own);
        let holder = if held {
            ID
        } else {
            "00000000-0000-4000-8000-0000000000ff"
        };
        let numbers = format!(
            r#"[{{"TelephoneNumber":"+12065550101","NumberType":"OperatorConnect","AssignedPstnTargetId":"{holder}"}}]"#
        );
        let queues = format!(
            r#"[{{"Identity":"00000000-0000-4000-8000-00000000000a","Name":"Q","RoutingMethod":"Serial","ApplicationInstances":["{ID}"]}}]"#
        );
        verdicts(
            "RA004",
            &[
                ("Get-CsOnlineApplicationInstance.json", &accounts),
                ("Get-CsOnlineUser.json", &users),
                ("Get-CsPhoneNumberAssignment.json", &numbers),
                ("Get-CsCallQueue.json", &queues),
            ],
        )
    }

    const OWN: &str = r#","PhoneNumber":"tel:+12065550101""#;
    const BLANK: &str = r#","PhoneNumber":null"#;

    #[test]
    fn stores_that_disagree_are_found() {
        assert_eq!(severity(&judge(BLANK, "", true)), "warning");
        assert_eq!(severity(&judge(OWN, "", false)), "warning");
        assert!(matches!(judge(OWN, "", true)[..], [Verdict::Passed]));
        assert!(matches!(judge(BLANK, "", false)[..], [Verdict::Passed]));
        assert!(matches!(judge("", "", true)[..], [Verdict::Unknown(_)]));
    }

    #[test]
    fn a_type_of_people_is_found() {
        assert_eq!(
            severity(&judge(
                OWN,
                r#","InterpretedUserType":"PureOnlineTeamsOnlyUser""#,
                true
            )),
            "warning"
        );
        assert!(matches!(
            judge(
                OWN,
                r#","InterpretedUserType":"PureOnlineApplicationInstance""#,
                true
            )[..],
            [Verdict::Passed]
        ));
    }

    #[test]
    fn what_is_no_number_and_who_is_not_told_leave_it_open() {
        let odd = judge(r#","PhoneNumber":"reception""#, "", false);
        assert!(matches!(odd[..], [Verdict::Unknown(_)]), "{odd:?}");
        let held = judge(r#","PhoneNumber":"reception""#, "", true);
        assert!(!matches!(held[..], [Verdict::Found(_)]), "{held:?}");
        let users = user(&(plans(&[("MCOEV_VIRTUALUSER", "Enabled")]) + r#","LineUri":null"#));
        let accounts = account(OWN);
        let numbers = r#"[{"TelephoneNumber":"+12065550102","NumberType":"OperatorConnect"},
            {"TelephoneNumber":"+12065550103","NumberType":"OperatorConnect","AssignedPstnTargetId":null}]"#;
        let queues = format!(
            r#"[{{"Identity":"00000000-0000-4000-8000-00000000000a","Name":"Q","RoutingMethod":"Serial","ApplicationInstances":["{ID}"]}}]"#
        );
        let lost = verdicts(
            "RA004",
            &[
                ("Get-CsOnlineApplicationInstance.json", &accounts),
                ("Get-CsOnlineUser.json", &users),
                ("Get-CsPhoneNumberAssignment.json", numbers),
                ("Get-CsCallQueue.json", &queues),
            ],
        );
        assert!(matches!(lost[..], [Verdict::Unknown(_)]), "{lost:?}");
    }
}
