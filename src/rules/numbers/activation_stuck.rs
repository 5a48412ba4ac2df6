//! `rules/numbers/activation-stuck.md`

use crate::finding::{Draft, Label, Remedy, Severity, Subject, SubjectKind};
use crate::rules::reassignment::assign_again;
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::tenant::{Answer, Number};

pub(super) const RULE: Declared = rule!("numbers", "activation-stuck", Check::Number(check));

/// Milliseconds of a day.
const DAY: i64 = 24 * 60 * 60 * 1000;

fn check(number: &Number, cx: &Cx) -> Verdict {
    let field = &number.record.activation;
    let Some(state) = field
        .get()
        .map(|state| cx.tenant.snapshot.texts.symbol(state))
    else {
        return if field.is_null() && cx.tenant.is_assigned(number) == Answer::No {
            Verdict::NotApplicable
        } else {
            Verdict::Unknown("the export does not tell the activation state")
        };
    };
    let is = |names: [&str; 2]| names.iter().any(|name| name.eq_ignore_ascii_case(state));
    let severity = if state.eq_ignore_ascii_case("Activated") {
        return Verdict::Passed;
    } else if cx.tenant.is_held_by_deleted(number) {
        return Verdict::NotApplicable;
    } else if is(["AssignmentFailed", "UpdateFailed"]) {
        Severity::Error
    } else if is(["AssignmentPending", "UpdatePending"]) {
        if is_old(number, state, cx) {
            Severity::Error
        } else {
            Severity::Warning
        }
    } else {
        return Verdict::Unknown("the activation state is not documented");
    };
    Verdict::Found(Box::new(draft(number, severity, state, cx)))
}

/// Whether the number was in the same state a day ago already: a change takes minutes.
fn is_old(number: &Number, state: &str, cx: &Cx) -> bool {
    let Some(previous) = cx.previous else {
        return false;
    };
    let (Some(then), Some(now)) = (previous.snapshot.now, cx.now) else {
        return false;
    };
    let same = previous.number(number.key).is_some_and(|before| {
        let before = before.record.activation.get();
        before.is_some_and(|name| {
            previous
                .snapshot
                .texts
                .symbol(name)
                .eq_ignore_ascii_case(state)
        })
    });
    same && now.ms() - then.moment.ms() >= DAY
}

fn draft(number: &Number, severity: Severity, state: &str, cx: &Cx) -> Draft {
    let key = number.key.to_string();
    let holder = cx.tenant.holder_name(number);
    let of = holder
        .as_ref()
        .map_or(String::new(), |holder| format!(" of `{holder}`"));
    let failed = state.to_ascii_lowercase().ends_with("failed");
    let (what, label) = if failed {
        ("could not be activated", "the last change failed")
    } else if severity == Severity::Error {
        (
            "has waited for its activation for more than a day",
            "the previous snapshot has the same state: it is stuck",
        )
    } else {
        (
            "waits for its activation",
            "a change is under way, or it is stuck",
        )
    };
    let related = holder
        .iter()
        .map(|holder| {
            let place = number.record.at("AssignedPstnTargetId");
            Label::new(place, format!("assigned to `{holder}`"))
        })
        .collect();
    Draft {
        severity,
        subject: Subject::new(SubjectKind::Number, &key, &key),
        discriminator: String::new(),
        message: format!("`{key}`{of} {what}: its activation state is `{state}`"),
        primary: Label::new(number.record.at("ActivationState"), label),
        related,
        remedy: remedy(number, severity, cx),
    }
}

fn remedy(number: &Number, severity: Severity, cx: &Cx) -> Remedy {
    let mut commands = Vec::new();
    if severity == Severity::Warning {
        commands.push("# a change takes minutes: export again after an hour, and go on only if the state stays".to_owned());
    }
    commands.extend(assign_again(number, cx));
    commands.push("# if that does not help: ask the operator, then Microsoft support".to_owned());
    Remedy {
        summary: "take the number off its holder and assign it again".into(),
        commands,
    }
}

#[cfg(test)]
mod tests {
    use crate::finding::Severity;
    use crate::rules::Verdict;
    use crate::rules::testing::{findings, verdicts, verdicts_after};

    fn number(properties: &str) -> Vec<Verdict> {
        let text = format!(
            r#"[{{"TelephoneNumber":"+12065550101","NumberType":"OperatorConnect"{properties}}}]"#
        );
        verdicts("NU002", &[("Get-CsPhoneNumberAssignment.json", &text)])
    }

    #[test]
    fn a_type_that_no_export_tells_is_left_to_the_reader() {
        const HOLDER: &str = "00000000-0000-4000-8000-000000000001";
        let commands = |number_type: &str| {
            let numbers = format!(
                r#"[{{"TelephoneNumber":"+12065550101","ActivationState":"AssignmentFailed","AssignedPstnTargetId":"{HOLDER}"{number_type}}}]"#
            );
            let found = findings("NU002", &[("Get-CsPhoneNumberAssignment.json", &numbers)]);
            found[0].remedy.commands.clone()
        };
        let unknown = commands("");
        assert!(
            unknown.iter().all(|one| one.starts_with("# ")),
            "{unknown:?}"
        );
        assert!(
            unknown[0].ends_with("-PhoneNumberType <type>"),
            "{unknown:?}"
        );
        let known = commands(r#","NumberType":"CallingPlan""#);
        let rest = format!(
            "-CsPhoneNumberAssignment -Identity '{HOLDER}' -PhoneNumber '+12065550101' -PhoneNumberType 'CallingPlan'"
        );
        assert_eq!(known[0], format!("Remove{rest}"));
        assert_eq!(known[2], format!("Set{rest}"));
    }

    #[test]
    fn failed_is_an_error_and_pending_a_warning() {
        for (state, severity) in [
            ("AssignmentFailed", Severity::Error),
            ("updateFailed", Severity::Error),
            ("AssignmentPending", Severity::Warning),
            ("UpdatePending", Severity::Warning),
        ] {
            let verdicts = number(&format!(r#","ActivationState":"{state}""#));
            let [Verdict::Found(draft)] = verdicts.as_slice() else {
                panic!("{state}: {verdicts:?}");
            };
            assert_eq!(draft.severity, severity, "{state}");
        }
        let activated = number(r#","ActivationState":"activated""#);
        assert!(matches!(activated[..], [Verdict::Passed]));
    }

    #[test]
    fn a_day_of_waiting_is_an_error() {
        let at = |time: &str| format!(r#"{{"exportedAt":"{time}","exports":[]}}"#);
        let numbers = |state: &str| {
            format!(r#"[{{"TelephoneNumber":"+12065550101","ActivationState":"{state}"}}]"#)
        };
        let severity = |before: &str, time: &str| {
            let (then, now) = (at(time), at("2026-10-02T08:00:00Z"));
            let (old, new) = (numbers(before), numbers("AssignmentPending"));
            let verdicts = verdicts_after(
                "NU002",
                &[
                    ("manifest.json", &then),
                    ("Get-CsPhoneNumberAssignment.json", &old),
                ],
                &[
                    ("manifest.json", &now),
                    ("Get-CsPhoneNumberAssignment.json", &new),
                ],
            );
            let [Verdict::Found(draft)] = verdicts.as_slice() else {
                panic!("{verdicts:?}");
            };
            draft.severity
        };
        let day = "2026-10-01T08:00:00Z";
        assert_eq!(severity("assignmentPending", day), Severity::Error);
        assert_eq!(severity("Activated", day), Severity::Warning);
        assert_eq!(
            severity("AssignmentPending", "2026-10-01T08:00:01Z"),
            Severity::Warning
        );
    }

    #[test]
    fn what_is_not_told_is_not_judged() {
        let other = number(r#","ActivationState":"Resting""#);
        assert!(matches!(other[..], [Verdict::Unknown(_)]));
        assert!(matches!(number("")[..], [Verdict::Unknown(_)]));
        let free = r#","PstnAssignmentStatus":"Unassigned","ActivationState":"""#;
        assert!(number(free).is_empty());
        let held = r#","PstnAssignmentStatus":"UserAssigned","ActivationState":null"#;
        assert!(matches!(number(held)[..], [Verdict::Unknown(_)]));
    }

    #[test]
    fn the_holder_is_named_in_the_commands() {
        let id = "00000000-0000-4000-8000-000000000001";
        let numbers = format!(
            r#"[{{"TelephoneNumber":"+12065550101","NumberType":"DirectRouting","ActivationState":"UpdateFailed","AssignedPstnTargetId":"{id}"}}]"#
        );
        let users = format!(
            r#"[{{"Identity":"{id}","UserPrincipalName":"o'hara@contoso.example","LineUri":null}}]"#
        );
        let found = findings(
            "NU002",
            &[
                ("Get-CsPhoneNumberAssignment.json", &numbers),
                ("Get-CsOnlineUser.json", &users),
            ],
        );
        assert_eq!(
            found[0].remedy.commands[0],
            "Remove-CsPhoneNumberAssignment -Identity 'o''hara@contoso.example' -PhoneNumber '+12065550101' -PhoneNumberType 'DirectRouting'"
        );
        assert!(found[0].message.contains("of `o'hara@contoso.example`"));
    }

    #[test]
    fn who_waits_for_less_than_a_day_is_said_to_wait() {
        let verdicts = number(r#","ActivationState":"AssignmentPending""#);
        let [Verdict::Found(draft)] = verdicts.as_slice() else {
            panic!("{verdicts:?}");
        };
        assert!(
            draft.message.contains("waits for its activation"),
            "{}",
            draft.message
        );
    }
}
