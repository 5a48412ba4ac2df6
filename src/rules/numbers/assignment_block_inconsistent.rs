//! `rules/numbers/assignment-block-inconsistent.md`

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Severity, Subject, SubjectKind};
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::snapshot::Field;
use crate::snapshot::cell::documented;
use crate::tenant::{Answer, Number};

pub(super) const RULE: Declared = rule!(
    "numbers",
    "assignment-block-inconsistent",
    Check::Several(&[
        Check::Number(judge),
        Check::Tenant(pool),
        Check::Tenant(default)
    ])
);

/// From this share of the free numbers on, in percent, blocks for good are told.
const SHARE: usize = 10;

/// The documented state that a number is in; `None` where the export tells another one, or none.
fn state(number: &Number, cx: &Cx) -> Option<&'static str> {
    let state = number.record.blocked.get()?;
    let state = cx.tenant.snapshot.texts.symbol(state);
    documented("AssignmentBlockedState", state)
}

fn judge(number: &Number, cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    let state = match (&number.record.blocked, state(number, cx)) {
        (Field::Null, _) | (_, Some("NotBlocked")) => return Verdict::Passed,
        (Field::Absent, _) => {
            return Verdict::Unknown("the export does not tell whether the number is blocked");
        }
        (Field::Value(_), None) => {
            return Verdict::Unknown("the state of the block is not documented");
        }
        (Field::Value(_), Some(state)) => state,
    };
    let over: Answer = match (state, number.record.blocked_until.get(), cx.now) {
        ("BlockedUntil", Some(until), Some(now)) => (until < now).into(),
        ("BlockedUntil", ..) => Answer::Unknown,
        _ => Answer::No,
    };
    let key = number.key.to_string();
    let (what, label) = match tenant.is_assigned(number) {
        Answer::Yes => ("is assigned, and blocked for assignment", "blocked"),
        _ if over == Answer::Yes => ("is still blocked, though its time is over", "blocked"),
        Answer::No if over == Answer::Unknown => {
            return Verdict::Unknown(
                "the export does not tell whether the time of the block is over",
            );
        }
        Answer::No => return Verdict::Passed,
        Answer::Unknown => {
            return Verdict::Unknown("the export does not tell whether the number is assigned");
        }
    };
    let until = (over == Answer::Yes)
        .then(|| Label::new(number.record.at("AssignmentBlockedUntil"), "over"));
    found(
        Draft::new(
            Severity::Warning,
            tenant.number_subject(number),
            format!("`{key}` {what}"),
            Label::new(number.record.at("AssignmentBlockedState"), label),
        )
        .related(until)
        .remedy(
            "take the block away",
            [format!(
                "Remove-CsPhoneNumberAssignmentBlock -TelephoneNumber {}",
                quoted(&key)
            )],
        ),
    )
}

/// Free numbers that nobody can ever assign.
fn pool(cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    let free: Vec<&Number> = tenant
        .numbers
        .iter()
        .filter(|number| tenant.is_assigned(number) == Answer::No)
        .collect();
    let blocked: Vec<&Number> = free
        .iter()
        .copied()
        .filter(|number| state(number, cx) == Some("BlockedForever"))
        .collect();
    let Some(first) = blocked.first() else {
        return Verdict::NotApplicable;
    };
    if blocked.len() * 100 <= free.len() * SHARE {
        return Verdict::Passed;
    }
    found(
        Draft::new(
            Severity::Info,
            Subject::new(SubjectKind::Tenant, "tenant", "tenant"),
            format!("{} of {} free numbers are blocked for good, such as `{}`", blocked.len(), free.len(), first.key),
            Label::new(first.record.at("AssignmentBlockedState"), "one of them"),
        )
        .role("pool")
        .remedy(
            "take blocks away that nobody needs",
            ["# Get-CsPhoneNumberAssignment -Top 1000 | Where-Object AssignmentBlockedState -eq 'BlockedForever'".to_owned()],
        ),
    )
}

/// A default that blocks every number that is taken off somebody.
fn default(cx: &Cx) -> Verdict {
    match cx.tenant.number_config.as_ref() {
        Some(config) if config.blocked_forever.get() == Some(true) => found(
            Draft::new(
                Severity::Info,
                Subject::new(SubjectKind::Tenant, "tenant", "tenant"),
                "every number that is taken off somebody is blocked for good",
                Label::new(config.at("AssignmentBlockedForever"), "the default of the tenant"),
            )
            .role("default")
            .remedy(
                "block numbers for some days instead",
                ["Set-CsPhoneNumberTenantConfiguration -AssignmentBlockedForever $false -AssignmentBlockedDays 30".to_owned()],
            ),
        ),
        Some(config) if config.blocked_forever.get().is_some() => Verdict::Passed,
        Some(_) => Verdict::Unknown("the export does not tell what becomes of freed numbers"),
        None => Verdict::NotApplicable,
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::Verdict;
    use crate::rules::testing::verdicts;

    const ID: &str = "00000000-0000-4000-8000-000000000001";

    fn judge(rows: &[&str], config: &str) -> Vec<&'static str> {
        let rows: Vec<String> = rows
            .iter()
            .enumerate()
            .map(|(index, row)| format!(r#"{{"TelephoneNumber":"+120655501{index:02}","NumberType":"CallingPlan",{row}}}"#))
            .collect();
        let numbers = format!("[{}]", rows.join(","));
        let config =
            format!(r#"{{"Identity":"Global","AllowOnPremToOnlineMigration":false{config}}}"#);
        let verdicts = verdicts(
            "NU009",
            &[
                ("Get-CsPhoneNumberAssignment.json", &numbers),
                ("Get-CsPhoneNumberTenantConfiguration.json", &config),
                (
                    "manifest.json",
                    r#"{"exportedAt":"2026-09-14T00:00:00Z","exports":[]}"#,
                ),
            ],
        );
        assert!(!ID.is_empty());
        let found = verdicts.iter().filter_map(|verdict| match verdict {
            Verdict::Found(draft) => Some(draft.severity.name()),
            _ => None,
        });
        found.collect()
    }

    const FREE: &str =
        r#""PstnAssignmentStatus":"Unassigned","AssignmentBlockedState":"NotBlocked""#;
    const FOREVER: &str =
        r#""PstnAssignmentStatus":"Unassigned","AssignmentBlockedState":"BlockedForever""#;

    #[test]
    fn blocks_that_make_no_sense_are_found() {
        assert_eq!(
            judge(
                &[
                    r#""PstnAssignmentStatus":"UserAssigned","AssignmentBlockedState":"BlockedForever""#
                ],
                ""
            ),
            ["warning"]
        );
        let until = |date: &str| {
            format!(
                r#""PstnAssignmentStatus":"Unassigned","AssignmentBlockedState":"BlockedUntil","AssignmentBlockedUntil":"{date}""#
            )
        };
        assert_eq!(judge(&[&until("2026-09-13T00:00:00Z")], ""), ["warning"]);
        assert!(judge(&[&until("2026-09-15T00:00:00Z")], "").is_empty());
        let numbers = r#"[{"TelephoneNumber":"+12065550101","PstnAssignmentStatus":"Unassigned","AssignmentBlockedState":"BlockedUntil","AssignmentBlockedUntil":null}]"#;
        let open = verdicts("NU009", &[("Get-CsPhoneNumberAssignment.json", numbers)]);
        assert!(matches!(open[0], Verdict::Unknown(_)), "{open:?}");
    }

    #[test]
    fn what_is_not_documented_is_neither_blocked_nor_free() {
        let first = |state: &str| {
            let numbers = format!(
                r#"[{{"TelephoneNumber":"+12065550101","PstnAssignmentStatus":"UserAssigned","AssignmentBlockedState":"{state}"}}]"#
            );
            let files = [("Get-CsPhoneNumberAssignment.json", numbers.as_str())];
            verdicts("NU009", &files).into_iter().next()
        };
        for state in ["", "NotBlocked", "Not Blocked", "notblocked"] {
            let told = first(state);
            assert!(matches!(told, Some(Verdict::Passed)), "{state}: {told:?}");
        }
        for state in ["BlockedForever", "blocked until"] {
            let told = first(state);
            assert!(matches!(told, Some(Verdict::Found(_))), "{state}: {told:?}");
        }
        for state in ["Unblocked", "Unknown", "None"] {
            let told = first(state);
            assert!(
                matches!(told, Some(Verdict::Unknown(_))),
                "{state}: {told:?}"
            );
        }
    }

    #[test]
    fn many_blocks_and_the_default_are_infos() {
        let mut rows = vec![FREE; 9];
        rows.push(FOREVER);
        assert!(judge(&rows, "").is_empty(), "a tenth");
        rows.push(FOREVER);
        assert_eq!(judge(&rows, ""), ["info"]);
        assert_eq!(
            judge(&[FREE], r#","AssignmentBlockedForever":true"#),
            ["info"]
        );
        assert!(judge(&[FREE], r#","AssignmentBlockedForever":false"#).is_empty());
    }

    #[test]
    fn a_number_in_use_is_not_blocked_and_a_block_lasts_to_its_last_moment() {
        let used = r#""PstnAssignmentStatus":"UserAssigned","AssignmentBlockedState":"NotBlocked""#;
        assert!(judge(&[used], "").is_empty());
        let now = r#""PstnAssignmentStatus":"Unassigned","AssignmentBlockedState":"BlockedUntil","AssignmentBlockedUntil":"2026-09-14T00:00:00Z""#;
        assert!(judge(&[now], "").is_empty());
    }

    #[test]
    fn the_default_is_open_where_it_is_not_told() {
        let last = |config: &str| {
            let numbers = format!(r#"[{{"TelephoneNumber":"+12065550101",{FREE}}}]"#);
            let verdicts = verdicts(
                "NU009",
                &[
                    ("Get-CsPhoneNumberAssignment.json", &numbers),
                    ("Get-CsPhoneNumberTenantConfiguration.json", config),
                ],
            );
            verdicts.into_iter().next_back()
        };
        assert!(matches!(
            last(r#"{"Identity":"Global","AssignmentBlockedForever":false}"#),
            Some(Verdict::Passed)
        ));
        assert!(matches!(
            last(r#"{"Identity":"Global","AllowOnPremToOnlineMigration":false}"#),
            Some(Verdict::Unknown(_))
        ));
    }
}
