//! `rules/operators/operator-numbers-on-bridge.md`

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Place, Severity, Subject, SubjectKind};
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::tenant::{Answer, Number, Operator, OperatorStatus};

pub(super) const RULE: Declared = rule!(
    "operators",
    "operator-numbers-on-bridge",
    Check::Operator(check)
);

/// How many places are pointed at; the message counts all.
const SHOWN: usize = 4;

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
    let mut open = tenant.may_have_more_numbers(operator);
    let mut used: Vec<(&Number, Place)> = Vec::new();
    for number in tenant.numbers_of(operator) {
        match tenant.on_bridge(number.key) {
            (Answer::Yes, Some(place)) => used.push((number, place)),
            _ if tenant.has_status(number, "ConferenceAssigned") => {
                used.push((number, number.record.at("PstnAssignmentStatus")));
            }
            (Answer::Unknown, _) if number.record.status.value().is_none() => open = true,
            _ => {}
        }
    }
    if used.is_empty() {
        return if open {
            Verdict::Unknown("the export does not tell whether a number leads to a bridge")
        } else {
            Verdict::Passed
        };
    }
    found(draft(operator, state, used, cx))
}

fn draft(operator: &Operator, state: &str, used: Vec<(&Number, Place)>, cx: &Cx) -> Draft {
    let tenant = cx.tenant;
    let name = tenant.operator_name(operator);
    let numbers: Vec<String> = used
        .iter()
        .map(|(number, _)| number.key.to_string())
        .collect();
    let (first, more) = (&numbers[0], numbers.len() - 1);
    let what = match more {
        0 => format!("`{first}` still leads"),
        1 => format!("`{first}` and one more number still lead"),
        _ => format!("`{first}` and {more} more numbers still lead"),
    };
    let invited = tenant.invited_by(
        &used
            .iter()
            .map(|(number, _)| number.key)
            .collect::<Vec<_>>(),
    );
    let mut commands: Vec<String> = Vec::new();
    if !invited.is_empty() {
        commands.push(
            "# give the organizers another number first, with invitations sent again:".to_owned(),
        );
        commands.push("# Set-CsOnlineDialInConferencingUserDefaultNumber -FromNumber <old> -ToNumber <new> -NumberType Toll -RescheduleMeetings".to_owned());
    }
    commands.extend(numbers.iter().map(|number| {
        format!(
            "Unregister-CsOnlineDialInConferencingServiceNumber -Identity {}",
            quoted(number)
        )
    }));
    let subject = Subject::new(SubjectKind::Operator, &operator.identity, &name);
    Draft::new(
        Severity::Warning,
        subject,
        format!("`{name}` is {state}, but {what} to a conference bridge"),
        Label::new(
            operator.record.at("Status"),
            format!("the operator is {state}"),
        ),
    )
    .related(
        used.into_iter()
            .take(SHOWN)
            .map(|(number, place)| Label::new(place, format!("`{}` is on a bridge", number.key))),
    )
    .related(
        invited
            .into_iter()
            .take(SHOWN)
            .map(|(place, name)| Label::new(place, format!("in the invitations of `{name}`"))),
    )
    .remedy("take the numbers off the bridge", commands)
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
        assert!(draft.remedy.commands[1].contains("RescheduleMeetings"));
    }

    #[test]
    fn active_operators_and_other_numbers_pass() {
        assert!(matches!(
            judge("Active", CONFERENCE, &[])[..],
            [Verdict::Passed]
        ));
        assert!(matches!(judge("Removed", FREE, &[])[..], [Verdict::Passed]));
        assert!(matches!(
            judge("Removed", "", &[])[..],
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
