//! `rules/operator-connect/stale-onprem-line-uri.md`

use crate::finding::{Draft, Label, Severity, Subject, SubjectKind};
use crate::rules::on_premises_line::remedy;
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::snapshot::{Field, PhoneNumber, Text};
use crate::tenant::{AccountKind, Answer, Number, User};

pub(super) const RULE: Declared = rule!(
    "operator-connect",
    "stale-onprem-line-uri",
    Check::User(check)
);

/// Since this version of the module the property mirrors the on-premises directory and nothing else.
const MIRRORS_SINCE: u32 = 3;

/// Why the on-premises line URI is stale.
enum Stale<'t> {
    /// The account holds a number that Microsoft or an operator manages.
    CloudNumber(&'t Number, &'static str),
    /// The account's number is managed online.
    Online(&'t Number),
    /// The account has another line URI, or none.
    Differs(Option<Text>),
}

fn check(user: &User, cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    let kind = tenant.account_kind(user);
    if tenant.is_deleted(user) || matches!(kind, AccountKind::OnPremises | AccountKind::Guest) {
        return Verdict::NotApplicable;
    }
    let on_premises = &user.on_prem_line_uri;
    let Some(text) = on_premises.get() else {
        return if on_premises.is_null() {
            Verdict::NotApplicable
        } else {
            Verdict::Unknown("the export does not tell the on-premises line URI")
        };
    };
    match stale(user, text, cx) {
        Ok(Some(Stale::Online(_) | Stale::Differs(_))) if tenant.may_hold_more() => {
            Verdict::Unknown("the export does not tell who holds some numbers")
        }
        Ok(Some(stale)) => Verdict::Found(Box::new(draft(user, kind, text, &stale, cx))),
        Err(reason) => Verdict::Unknown(reason),
        Ok(None) if user.line_uri.is_absent() => {
            Verdict::Unknown("the export does not tell the line URI in force")
        }
        Ok(None) if tenant.tells_holders() && !tenant.may_hold_more() => Verdict::Passed,
        Ok(None) => Verdict::Unknown("no export tells the numbers of the account"),
    }
}

/// Why the on-premises line URI of an account is stale, if it is.
///
/// # Errors
/// What is not known, and would decide.
fn stale<'t>(
    user: &User,
    on_premises: Text,
    cx: &Cx<'t>,
) -> Result<Option<Stale<'t>>, &'static str> {
    let tenant = cx.tenant;
    let texts = &tenant.snapshot.texts;
    let numbers = tenant.numbers_of_user(user);
    let mut known = Ok(None);
    for number in &numbers {
        let service = match tenant.known_type(number) {
            _ if tenant.is_operator_connect(number) == Answer::Yes => "Operator Connect",
            Some("OCMobile") => "Operator Connect",
            Some("CallingPlan") => "Calling Plan",
            Some(_) => continue,
            None => {
                known = Err("the type of a number is not known");
                continue;
            }
        };
        return Ok(Some(Stale::CloudNumber(number, service)));
    }
    // Before that version the property held Direct Routing numbers that were set online as well.
    if tenant
        .module_major()
        .is_none_or(|major| major < MIRRORS_SINCE)
    {
        return known;
    }
    let is_online = |number: &&&Number| tenant.known_source(number) == Some("Online");
    if let Some(number) = numbers.iter().find(is_online) {
        return Ok(Some(Stale::Online(number)));
    }
    let is_odd = |number: &&Number| {
        number.record.source.value().is_some() && tenant.known_source(number).is_none()
    };
    if numbers.iter().any(is_odd) {
        known = Err("the export does not tell where a number is managed");
    }
    let parse = |text: Text| PhoneNumber::parse(texts.text(text));
    let mirrored = parse(on_premises);
    let is_mirrored = |number: PhoneNumber| mirrored.map(|mirrored| mirrored == number);
    let is_same = match user.line_uri {
        Field::Value(own) if texts.text(own) == texts.text(on_premises) => Some(true),
        Field::Value(own) => parse(own).and_then(is_mirrored),
        // What the inventory assigns to the account is in force, and only the line URI lags behind.
        Field::Null if numbers.is_empty() => Some(false),
        Field::Null => mirrored.map(|key| numbers.iter().any(|number| number.key == key)),
        Field::Absent => return known,
    };
    match is_same {
        Some(true) => known,
        Some(false) => Ok(Some(Stale::Differs(user.line_uri.get()))),
        None => Err("a line URI of the account is no telephone number"),
    }
}

fn draft(user: &User, kind: AccountKind, on_premises: Text, stale: &Stale, cx: &Cx) -> Draft {
    let tenant = cx.tenant;
    let texts = &tenant.snapshot.texts;
    let name = tenant.user_name(user);
    let old = texts.text(on_premises);
    let id = user.id.get().map(|id| id.to_string()).unwrap_or_default();
    let (severity, why, related) = match stale {
        Stale::CloudNumber(number, service) => (
            Severity::Error,
            format!("but holds the {service} number `{}`", number.key),
            Label::new(
                number.record.at("TelephoneNumber"),
                format!("the number of {service}"),
            ),
        ),
        Stale::Online(number) => (
            graded(cx),
            format!("but its number `{}` is managed online", number.key),
            Label::new(number.record.at("NumberSource"), "managed online"),
        ),
        Stale::Differs(Some(own)) => (
            graded(cx),
            format!("but its line URI is `{}`", texts.text(*own)),
            Label::new(user.at("LineUri"), "the line URI in force"),
        ),
        Stale::Differs(None) => (
            graded(cx),
            "but no line URI in force".to_owned(),
            Label::new(user.at("LineUri"), "blank"),
        ),
    };
    let is_resource_account = kind == AccountKind::ResourceAccount;
    let subject = if is_resource_account {
        SubjectKind::ResourceAccount
    } else {
        SubjectKind::User
    };
    Draft {
        severity,
        subject: Subject::new(subject, id, &name),
        discriminator: String::new(),
        message: format!("`{name}` has the on-premises line URI `{old}`, {why}"),
        primary: Label::new(
            user.at("OnPremLineUri"),
            "comes back with the next directory synchronization",
        ),
        related: vec![related],
        remedy: remedy(
            user,
            &tenant.user_identity(user),
            is_resource_account,
            old,
            &tenant.numbers_of_user(user),
        ),
    }
}

/// With seamless migration an assignment online takes the number over, so that less is at stake.
fn graded(cx: &Cx) -> Severity {
    match cx.tenant.takes_over_numbers {
        Answer::Yes => Severity::Warning,
        Answer::No | Answer::Unknown => Severity::Error,
    }
}

#[cfg(test)]
mod tests {
    use crate::finding::Severity;
    use crate::rules::Verdict;
    use crate::rules::testing::verdicts;

    const ID: &str = "00000000-0000-4000-8000-000000000001";
    const NEW: &str = r#"{"tenantName":"Contoso","moduleVersion":"7.8.0","exports":[]}"#;

    fn judged(user: &str, number: &str, manifest: &str, config: &str) -> Vec<Verdict> {
        let users = format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"o'hara@contoso.example","AccountType":"User"{user}}}]"#
        );
        let numbers = format!(
            r#"[{{"TelephoneNumber":"+12065550101","ActivationState":"Activated","AssignedPstnTargetId":"{ID}"{number}}}]"#
        );
        verdicts(
            "OC002",
            &[
                ("Get-CsOnlineUser.json", &users),
                ("Get-CsPhoneNumberAssignment.json", &numbers),
                ("manifest.json", manifest),
                ("Get-CsPhoneNumberTenantConfiguration.json", config),
            ],
        )
    }

    fn grade(verdicts: &[Verdict]) -> Severity {
        match verdicts {
            [Verdict::Found(draft)] => draft.severity,
            other => panic!("{other:?}"),
        }
    }

    const OLD: &str = r#","OnPremLineUri":"tel:+12065550199","LineUri":"tel:+12065550101""#;
    const SAME: &str = r#","OnPremLineUri":"tel:+12065550101","LineUri":"tel:12065550101""#;
    const OC: &str = r#","NumberType":"OperatorConnect""#;
    const DR: &str = r#","NumberType":"DirectRouting","NumberSource":"OnPremises""#;
    const MIGRATION: &str = r#"[{"Identity":"Global","AllowOnPremToOnlineMigration":true}]"#;

    #[test]
    fn a_cloud_number_beside_it_is_an_error_whatever_the_module() {
        assert_eq!(grade(&judged(SAME, OC, "{}", "[]")), Severity::Error);
        let plan = r#","NumberType":"CallingPlan","PstnPartnerName":"Microsoft""#;
        assert_eq!(grade(&judged(OLD, plan, NEW, MIGRATION)), Severity::Error);
    }

    #[test]
    fn another_line_uri_or_an_online_number_counts_since_module_three() {
        assert_eq!(grade(&judged(OLD, DR, NEW, "[]")), Severity::Error);
        assert_eq!(grade(&judged(OLD, DR, NEW, MIGRATION)), Severity::Warning);
        let online = r#","NumberType":"DirectRouting","NumberSource":"Online""#;
        assert_eq!(grade(&judged(SAME, online, NEW, "[]")), Severity::Error);
        let old = NEW.replace("7.8.0", "2.6.0");
        for manifest in ["{}", old.as_str()] {
            let verdicts = judged(OLD, DR, manifest, "[]");
            assert!(matches!(verdicts[..], [Verdict::Passed]), "{manifest}");
        }
    }

    #[test]
    fn a_number_that_is_managed_on_premises_passes() {
        assert!(matches!(judged(SAME, DR, NEW, "[]")[..], [Verdict::Passed]));
        let blank = r#","OnPremLineUri":"","LineUri":"tel:+12065550101""#;
        assert!(judged(blank, OC, NEW, "[]").is_empty());
        assert!(matches!(
            judged("", OC, NEW, "[]")[..],
            [Verdict::Unknown(_)]
        ));
        let deleted = format!(r#"{OLD},"SoftDeletionTimestamp":"2026-09-01T00:00:00Z""#);
        assert!(judged(&deleted, OC, NEW, "[]").is_empty());
    }

    #[test]
    fn the_command_keeps_hostile_names_in_their_quotes() {
        let [Verdict::Found(draft)] = &judged(OLD, OC, NEW, "[]")[..] else {
            panic!("a finding");
        };
        assert_eq!(
            draft.remedy.commands[1],
            "Set-CsUser -Identity 'o''hara@contoso.example' -LineURI $null"
        );
    }

    #[test]
    fn of_a_cloud_account_only_the_old_number_is_taken_off() {
        let commands = |user: &str, number: &str| match &judged(user, number, NEW, "[]")[..] {
            [Verdict::Found(draft)] => draft.remedy.commands.clone(),
            other => panic!("{other:?}"),
        };
        for synced in ["false", "null"] {
            let cloud = format!(r#"{OLD},"UserDirSyncEnabled":{synced}"#);
            assert_eq!(
                commands(&cloud, OC)[1],
                "Remove-CsPhoneNumberAssignment -Identity 'o''hara@contoso.example' -PhoneNumber '+12065550199' -PhoneNumberType DirectRouting"
            );
        }
        // The number in use stays.
        let online = r#","NumberType":"DirectRouting","NumberSource":"Online""#;
        for number in [OC, online] {
            let same = commands(&format!(r#"{SAME},"UserDirSyncEnabled":false"#), number);
            assert!(same.iter().all(|line| line.starts_with('#')), "{same:?}");
        }
        let synced = commands(&format!(r#"{OLD},"UserDirSyncEnabled":true"#), OC);
        assert!(synced[1].starts_with("Set-CsUser "), "{synced:?}");
    }

    #[test]
    fn a_blank_line_uri_differs_unless_the_account_holds_the_number() {
        let blank = |number: &str| {
            format!(r#","OnPremLineUri":"tel:{number}","LineUri":null,"UserDirSyncEnabled":true"#)
        };
        let other = judged(&blank("+12065550199"), DR, NEW, "[]");
        let [Verdict::Found(draft)] = &other[..] else {
            panic!("{other:?}");
        };
        assert_eq!(
            draft.message,
            "`o'hara@contoso.example` has the on-premises line URI `tel:+12065550199`, but no line URI in force"
        );
        assert_eq!(grade(&other), Severity::Error);
        let migrated = judged(&blank("+12065550199"), DR, NEW, MIGRATION);
        assert_eq!(grade(&migrated), Severity::Warning);
        let held = judged(&blank("+12065550101"), DR, NEW, "[]");
        assert!(matches!(held[..], [Verdict::Passed]), "{held:?}");
    }

    #[test]
    fn a_number_of_no_known_type_may_be_one_of_the_cloud() {
        for number in ["", r#","NumberType":"SomethingNew""#] {
            for manifest in ["{}", NEW] {
                let open = judged(SAME, number, manifest, "[]");
                assert!(matches!(open[..], [Verdict::Unknown(_)]), "{open:?}");
            }
            // Whatever the type is, the line URI is another one.
            assert_eq!(grade(&judged(OLD, number, NEW, "[]")), Severity::Error);
        }
    }

    #[test]
    fn what_is_no_number_is_not_compared_and_is_no_number_in_force() {
        let judge = |line: &str, on_premises: &str| {
            let users = format!(
                r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","AccountType":"User","LineUri":{line},"OnPremLineUri":"{on_premises}"}}]"#
            );
            let numbers = r#"[{"TelephoneNumber":"+12065550101","NumberType":"DirectRouting","AssignedPstnTargetId":null}]"#;
            verdicts(
                "OC002",
                &[
                    ("Get-CsOnlineUser.json", &users),
                    ("Get-CsPhoneNumberAssignment.json", numbers),
                    ("manifest.json", NEW),
                ],
            )
        };
        let lift = "tel:+33 1 99 00 12 0A";
        assert_eq!(grade(&judge("null", lift)), Severity::Error);
        for (line, on_premises) in [
            ("\"sip:a@contoso.example\"", "tel:+12065550199"),
            ("\"tel:+12065550101\"", lift),
        ] {
            let open = judge(line, on_premises);
            assert!(matches!(open[..], [Verdict::Unknown(_)]), "{open:?}");
        }
        let same = judge(&format!("\"{lift}\""), lift);
        assert!(matches!(same[..], [Verdict::Passed]), "{same:?}");
    }

    #[test]
    fn the_subject_is_what_the_account_is_and_so_is_the_command() {
        let kind = |kind: &str| {
            let users = format!(
                r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","AccountType":"{kind}"{SAME}}}]"#
            );
            let numbers = format!(
                r#"[{{"TelephoneNumber":"+12065550101","ActivationState":"Activated","AssignedPstnTargetId":"{ID}"{OC}}}]"#
            );
            let verdicts = verdicts(
                "OC002",
                &[
                    ("Get-CsOnlineUser.json", &users),
                    ("Get-CsPhoneNumberAssignment.json", &numbers),
                ],
            );
            match verdicts.into_iter().next() {
                Some(Verdict::Found(draft)) => {
                    (draft.subject.kind, draft.remedy.commands[1].clone())
                }
                other => panic!("{other:?}"),
            }
        };
        let command = |cmdlet| format!("{cmdlet} -Identity 'a@contoso.example' -LineURI $null");
        assert_eq!(
            kind("User"),
            (crate::finding::SubjectKind::User, command("Set-CsUser"))
        );
        assert_eq!(
            kind("ResourceAccount"),
            (
                crate::finding::SubjectKind::ResourceAccount,
                command("Set-CsHybridApplicationEndpoint")
            )
        );
    }

    #[test]
    fn a_holder_that_is_lost_may_hold_the_number_of_the_cloud() {
        // Of another number the holder is not told: it may be this account.
        let judge = |user: &str, second: &str| {
            let users = format!(
                r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","AccountType":"User"{user}}}]"#
            );
            let numbers = format!(
                r#"[{{"TelephoneNumber":"+12065550101","ActivationState":"Activated","AssignedPstnTargetId":"{ID}"{DR}}},
                    {{"TelephoneNumber":"+12065550102","ActivationState":"Activated"{second}{DR}}}]"#
            );
            verdicts(
                "OC002",
                &[
                    ("Get-CsOnlineUser.json", &users),
                    ("Get-CsPhoneNumberAssignment.json", &numbers),
                    ("manifest.json", NEW),
                ],
            )
        };
        let told = r#","AssignedPstnTargetId":null"#;
        assert!(matches!(judge(SAME, told)[..], [Verdict::Passed]));
        assert!(matches!(judge(SAME, "")[..], [Verdict::Unknown(_)]));
        assert!(matches!(judge(OLD, told)[..], [Verdict::Found(_)]));
        assert!(matches!(judge(OLD, "")[..], [Verdict::Unknown(_)]));
    }

    #[test]
    fn a_line_uri_that_is_not_told_may_differ_and_version_three_mirrors() {
        let users = format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","AccountType":"User","OnPremLineUri":"tel:+12065550101"}},
                {{"Identity":"00000000-0000-4000-8000-000000000002","UserPrincipalName":"b@contoso.example","AccountType":"User","OnPremLineUri":null,"LineUri":null}}]"#
        );
        let numbers = format!(
            r#"[{{"TelephoneNumber":"+12065550101","ActivationState":"Activated","AssignedPstnTargetId":"{ID}"{DR}}}]"#
        );
        let untold = verdicts(
            "OC002",
            &[
                ("Get-CsOnlineUser.json", &users),
                ("Get-CsPhoneNumberAssignment.json", &numbers),
                ("manifest.json", NEW),
            ],
        );
        assert!(
            untold.iter().any(|one| matches!(one, Verdict::Unknown(_))),
            "{untold:?}"
        );
        let version = |version: &str| {
            let manifest =
                format!(r#"{{"tenantName":"Contoso","moduleVersion":"{version}","exports":[]}}"#);
            judged(OLD, DR, &manifest, "[]")
        };
        assert!(matches!(version("3.0.0")[..], [Verdict::Found(_)]));
        assert!(!matches!(version("2.6.0")[..], [Verdict::Found(_)]));
    }

    #[test]
    fn a_source_that_nobody_documented_may_be_online() {
        let source = |name: &str| {
            let number = DR.replace("OnPremises", name);
            judged(SAME, &number, NEW, "[]")
        };
        assert!(matches!(source("OnPremises")[..], [Verdict::Passed]));
        assert!(matches!(source("Online")[..], [Verdict::Found(_)]));
        assert!(matches!(source("Elsewhere")[..], [Verdict::Unknown(_)]));
    }
}
