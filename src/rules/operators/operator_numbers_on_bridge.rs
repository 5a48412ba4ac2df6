//! `rules/operators/operator-numbers-on-bridge.md`

use std::collections::BTreeSet;

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Place, Severity, Subject, SubjectKind};
use crate::rules::choice::{END_OF_SUSPENSION, by_choice};
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::snapshot::PhoneNumber;
use crate::tenant::{Answer, Number, Operator, OperatorStatus};

pub(super) const RULE: Declared = rule!(
    "operators",
    "operator-numbers-on-bridge",
    Check::Operator(check)
);

/// How many places are pointed at; the message counts all.
const SHOWN: usize = 4;

/// Numbers of an operator that conferences use.
struct Used<'t> {
    /// Those that lead to a bridge, and where that is written.
    on_bridge: Vec<(&'t Number, Place)>,
    /// Those that only invitations show.
    in_invitations: Vec<PhoneNumber>,
}

fn check(operator: &Operator, cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    let state = match tenant.status_of(operator) {
        Some(OperatorStatus::Suspended) => "suspended",
        Some(OperatorStatus::Removed) => "removed",
        Some(OperatorStatus::Active) => return Verdict::Passed,
        Some(OperatorStatus::Other) | None => {
            return Verdict::Unknown("the operator's status is not Active, Suspended or Removed");
        }
    };
    let mut open = tenant.may_own_more(operator);
    let mut on_bridge: Vec<(&Number, Place)> = Vec::new();
    let mut others: BTreeSet<PhoneNumber> = BTreeSet::new();
    for number in tenant.numbers_of(operator) {
        match tenant.on_bridge(number.key) {
            (Answer::Yes, Some(place)) => on_bridge.push((number, place)),
            _ if tenant.has_status(number, "ConferenceAssigned") => {
                on_bridge.push((number, number.record.at("PstnAssignmentStatus")));
            }
            (answer, _) => {
                open |= answer == Answer::Unknown && tenant.known_status(number).is_none();
                others.insert(number.key);
            }
        }
    }
    // An organizer may keep a number that no bridge has any more.
    let in_invitations: Vec<PhoneNumber> = tenant.in_invitations(&others).into_iter().collect();
    open |= !others.is_empty() && !tenant.tells_all_invitations();
    if !on_bridge.is_empty() || !in_invitations.is_empty() {
        let used = Used {
            on_bridge,
            in_invitations,
        };
        found(draft(operator, state, used, cx))
    } else if open {
        Verdict::Unknown(
            "the export does not tell whether a number leads to a bridge or stands in invitations",
        )
    } else {
        Verdict::Passed
    }
}

fn draft(operator: &Operator, state: &str, used: Used, cx: &Cx) -> Draft {
    let tenant = cx.tenant;
    let name = tenant.operator_name(operator);
    let bridged: Vec<PhoneNumber> = used.on_bridge.iter().map(|(one, _)| one.key).collect();
    let invited = tenant.invited_by(&[bridged.as_slice(), used.in_invitations.as_slice()].concat());
    let told = [
        still(&bridged, ["leads", "lead"], "to a conference bridge"),
        still(&used.in_invitations, ["stands", "stand"], "in invitations"),
    ];
    let told: Vec<String> = told.into_iter().flatten().collect();
    let mut commands: Vec<String> = Vec::new();
    if !invited.is_empty() {
        commands.push(
            "# give the organizers another number first, with invitations sent again:".to_owned(),
        );
        commands.push("# Set-CsOnlineDialInConferencingUserDefaultNumber -FromNumber <old> -ToNumber <new> -NumberType Toll -RescheduleMeetings".to_owned());
    }
    commands.extend(bridged.iter().map(|number| {
        format!(
            "Unregister-CsOnlineDialInConferencingServiceNumber -Identity {}",
            quoted(&number.to_string())
        )
    }));
    let mut summary = if bridged.is_empty() {
        "give the organizers another number".to_owned()
    } else {
        "take the numbers off the bridge".to_owned()
    };
    if state == "suspended" {
        summary = format!("end the suspension; or {summary}");
        let end = END_OF_SUSPENSION.to_owned();
        commands = by_choice([end].into_iter().chain(commands)).collect();
    }
    Draft::new(
        Severity::Warning,
        Subject::new(SubjectKind::Operator, &operator.identity, &name),
        format!("`{name}` is {state}, but {}", told.join(", and ")),
        Label::new(
            operator.record.at("Status"),
            format!("the operator is {state}"),
        ),
    )
    .related(
        used.on_bridge
            .into_iter()
            .take(SHOWN)
            .map(|(number, place)| Label::new(place, format!("`{}` is on a bridge", number.key))),
    )
    .related(
        invited
            .into_iter()
            .take(SHOWN)
            .map(|(place, name)| Label::new(place, format!("in the invitations of `{name}`"))),
    )
    .remedy(summary, commands)
}

/// What numbers still do, the first of them named.
fn still(numbers: &[PhoneNumber], verbs: [&str; 2], what: &str) -> Option<String> {
    let [one, many] = verbs;
    let (first, others) = numbers.split_first()?;
    Some(match others.len() {
        0 => format!("`{first}` still {one} {what}"),
        1 => format!("`{first}` and one more number still {many} {what}"),
        more => format!("`{first}` and {more} more numbers still {many} {what}"),
    })
}

#[cfg(test)]
mod tests {
    use crate::rules::Verdict;
    use crate::rules::testing::verdicts;

    fn judge(status: &str, assignment: &str, more: &[(&str, &str)]) -> Vec<Verdict> {
        let operators = format!(r#"[{{"name":"Telco A","status":"{status}","countries":["US"]}}]"#);
        let numbers = format!(
            r#"[{{"TelephoneNumber":"+12065550101","NumberType":"OperatorConnect","PstnPartnerName":"Telco A"{assignment}}}]"#
        );
        let mut files = vec![
            ("operators.json", operators.as_str()),
            ("Get-CsPhoneNumberAssignment.json", &numbers),
        ];
        files.extend(more);
        verdicts("OP006", &files)
    }

    const CONFERENCE: &str = r#","PstnAssignmentStatus":"ConferenceAssigned""#;
    const FREE: &str = r#","PstnAssignmentStatus":"Unassigned""#;
    const BRIDGE: (&str, &str) = (
        "Get-CsOnlineDialInConferencingBridge.json",
        r#"[{"Identity":"00000000-0000-4000-8000-0000000000bb","Name":"Bridge","DefaultServiceNumber":"12065550101","ServiceNumbers":[{"Number":"12065550101","IsShared":false}]}]"#,
    );
    const ORGANIZERS: (&str, &str) = (
        "Get-CsOnlineDialInConferencingUser.json",
        r#"[{"Identity":"00000000-0000-4000-8000-000000000001","ServiceNumber":"12065550101","TollFreeServiceNumber":null,"BridgeName":"Bridge"}]"#,
    );

    #[test]
    fn numbers_on_a_bridge_are_found_by_status_and_by_the_bridge() {
        assert!(matches!(
            judge("Removed", CONFERENCE, &[])[..],
            [Verdict::Found(_)]
        ));
        let listed = judge("Suspended", FREE, &[BRIDGE, ORGANIZERS]);
        let [Verdict::Found(draft)] = listed.as_slice() else {
            panic!("{listed:?}");
        };
        assert_eq!(draft.related.len(), 2, "the bridge and an organizer");
        assert!(draft.remedy.commands[2].contains("RescheduleMeetings"));
    }

    #[test]
    fn active_operators_and_other_numbers_pass() {
        assert!(matches!(
            judge("Active", CONFERENCE, &[])[..],
            [Verdict::Passed]
        ));
        let others = ORGANIZERS.1.replace("0101", "0999");
        let others = (ORGANIZERS.0, others.as_str());
        assert!(matches!(
            judge("Removed", FREE, &[others])[..],
            [Verdict::Passed]
        ));
        assert!(matches!(
            judge("Removed", "", &[others])[..],
            [Verdict::Unknown(_)]
        ));
        let odd = FREE.replace("Unassigned", "BridgeAssigned");
        let odd = judge("Removed", &odd, &[others]);
        assert!(matches!(odd[..], [Verdict::Unknown(_)]), "{odd:?}");
    }

    #[test]
    fn the_numbers_of_a_suspended_operator_may_be_left_on_the_bridge() {
        let remedy = |status: &str| match judge(status, FREE, &[BRIDGE, ORGANIZERS]).pop() {
            Some(Verdict::Found(draft)) => draft.remedy,
            other => panic!("{other:?}"),
        };
        let suspended = remedy("Suspended");
        let lines = &suspended.commands;
        assert!(lines.iter().all(|one| one.starts_with('#')), "{lines:?}");
        assert!(lines[0].contains("end the suspension"), "{lines:?}");
        assert!(suspended.summary.starts_with("end the suspension; or "));
        let removed = remedy("Removed").commands;
        assert!(
            removed.iter().any(|one| one.starts_with("Unregister-")),
            "{removed:?}"
        );
    }

    #[test]
    fn a_number_that_only_invitations_show_is_found() {
        let kept = judge("Removed", FREE, &[ORGANIZERS]);
        let [Verdict::Found(draft)] = kept.as_slice() else {
            panic!("{kept:?}");
        };
        assert_eq!(
            draft.message,
            "`Telco A` is removed, but `+12065550101` still stands in invitations"
        );
        assert_eq!(draft.related.len(), 1, "the organizer");
        assert!(
            draft.remedy.commands.iter().all(|one| one.starts_with('#')),
            "no bridge has it: {:?}",
            draft.remedy.commands
        );
        let toll_free = ORGANIZERS.1.replace(
            r#""ServiceNumber":"12065550101","TollFreeServiceNumber":null"#,
            r#""ServiceNumber":null,"TollFreeServiceNumber":"12065550101""#,
        );
        let kept = judge("Suspended", FREE, &[(ORGANIZERS.0, &toll_free)]);
        assert!(matches!(kept[..], [Verdict::Found(_)]), "{kept:?}");
        // Without that export nobody knows who invites with it.
        assert!(matches!(
            judge("Removed", FREE, &[])[..],
            [Verdict::Unknown(_)]
        ));
    }

    #[test]
    fn further_numbers_are_counted() {
        let message = |count: usize| {
            let numbers: Vec<String> = (1..=count)
                .map(|index| {
                    format!(
                        r#"{{"TelephoneNumber":"+1206555010{index}","NumberType":"OperatorConnect","PstnPartnerName":"Telco A"{CONFERENCE}}}"#
                    )
                })
                .collect();
            let numbers = format!("[{}]", numbers.join(","));
            let verdicts = verdicts(
                "OP006",
                &[
                    (
                        "operators.json",
                        r#"[{"name":"Telco A","status":"Removed","countries":["US"]}]"#,
                    ),
                    ("Get-CsPhoneNumberAssignment.json", &numbers),
                ],
            );
            match verdicts.into_iter().next() {
                Some(Verdict::Found(draft)) => draft.message,
                other => panic!("{other:?}"),
            }
        };
        assert!(message(1).contains("`+12065550101` still leads"));
        assert!(message(2).contains("`+12065550101` and one more number still lead"));
        assert!(message(3).contains("`+12065550101` and 2 more numbers still lead"));
    }
}
