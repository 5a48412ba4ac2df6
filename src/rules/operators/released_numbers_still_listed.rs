//! `rules/operators/released-numbers-still-listed.md`

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Severity, Subject, SubjectKind};
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::tenant::{Answer, Number, Operator, OperatorStatus};

pub(super) const RULE: Declared = rule!(
    "operators",
    "released-numbers-still-listed",
    Check::Operator(check)
);

/// How many numbers are pointed at; the message counts all.
const SHOWN: usize = 3;

fn check(operator: &Operator, cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    match tenant.status_of(operator) {
        Some(OperatorStatus::Removed) => {}
        Some(OperatorStatus::Active | OperatorStatus::Suspended) => return Verdict::Passed,
        Some(OperatorStatus::Other) | None => {
            return Verdict::Unknown("the operator's status is not Active, Suspended or Removed");
        }
    }
    let mut open = tenant.may_own_more(operator);
    let mut free: Vec<&Number> = Vec::new();
    for number in tenant.numbers_of(operator) {
        match tenant.is_assigned(number) {
            Answer::No => free.push(number),
            Answer::Unknown => open = true,
            Answer::Yes => {}
        }
    }
    if free.is_empty() {
        return if open {
            Verdict::Unknown("the export does not tell whose some numbers are")
        } else {
            Verdict::Passed
        };
    }
    let name = tenant.operator_name(operator);
    let what = match free.len() {
        1 => "1 unassigned number of it is".to_owned(),
        count => format!("{count} unassigned numbers of it are"),
    };
    let subject = Subject::new(SubjectKind::Operator, &operator.identity, &name);
    let list: Vec<String> = free.iter().map(|number| number.key.to_string()).collect();
    let draft = Draft::new(
        Severity::Warning,
        subject,
        format!("`{name}` is removed, but {what} still in the inventory"),
        Label::new(operator.record.at("Status"), "the operator is removed"),
    )
    .related(
        free.iter()
            .take(SHOWN)
            .map(|number| Label::new(number.record.at("TelephoneNumber"), "not released")),
    )
    .remedy(
        "ask the operator to release the numbers",
        [format!(
            "# only {} can release them: {}",
            quoted(&name),
            list.join(", ")
        )],
    );
    found(draft)
}

#[cfg(test)]
mod tests {
    use crate::rules::Verdict;
    use crate::rules::testing::verdicts;

    fn judge(status: &str, assignment: &str) -> Vec<Verdict> {
        let operators = format!(r#"[{{"name":"Telco A","status":"{status}","countries":["US"]}}]"#);
        let numbers = format!(
            r#"[{{"TelephoneNumber":"+12065550101","NumberType":"OperatorConnect","PstnPartnerName":"Telco A"{assignment}}}]"#
        );
        verdicts(
            "OP008",
            &[
                ("operators.json", &operators),
                ("Get-CsPhoneNumberAssignment.json", &numbers),
            ],
        )
    }

    #[test]
    fn free_numbers_of_a_removed_operator_are_found() {
        let free = r#","PstnAssignmentStatus":"Unassigned""#;
        let found = judge("Removed", free);
        let [Verdict::Found(draft)] = found.as_slice() else {
            panic!("{found:?}");
        };
        assert!(draft.message.contains("1 unassigned number of it is"));
        assert!(matches!(judge("Suspended", free)[..], [Verdict::Passed]));
    }

    #[test]
    fn assigned_ones_are_another_rules_and_untold_ones_open() {
        let held = r#","PstnAssignmentStatus":"UserAssigned""#;
        assert!(matches!(judge("Removed", held)[..], [Verdict::Passed]));
        assert!(matches!(judge("Removed", "")[..], [Verdict::Unknown(_)]));
        assert!(matches!(judge("Gone", held)[..], [Verdict::Unknown(_)]));
    }
}
