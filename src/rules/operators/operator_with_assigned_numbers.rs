//! `rules/operators/operator-with-assigned-numbers.md`

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Remedy, Severity, Subject, SubjectKind};
use crate::rules::choice::{END_OF_SUSPENSION, by_choice};
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::snapshot::AssignmentTarget;
use crate::tenant::{Answer, Holder, Number, Operator, OperatorStatus};

pub(super) const RULE: Declared = rule!(
    "operators",
    "operator-with-assigned-numbers",
    Check::Operator(check)
);

/// How many numbers are pointed at; the message counts all.
const SHOWN: usize = 3;
/// How many commands are written out.
const COMMANDS: usize = 100;

fn check(operator: &Operator, cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    let (severity, state) = match tenant.status_of(operator) {
        Some(OperatorStatus::Active) => return Verdict::Passed,
        Some(OperatorStatus::Suspended) => (Severity::Warning, "suspended"),
        Some(OperatorStatus::Removed) => (Severity::Error, "removed"),
        Some(OperatorStatus::Other) | None => {
            return Verdict::Unknown("the operator's status is not Active, Suspended or Removed");
        }
    };
    // Calling Plan numbers name Microsoft, which no operators file removes.
    let mut open = false;
    let mut assigned = Vec::new();
    for number in tenant.numbers_of(operator) {
        match tenant.is_assigned(number) {
            Answer::Yes => assigned.push(number),
            Answer::No => {}
            Answer::Unknown => open = true,
        }
    }
    if !assigned.is_empty() {
        return Verdict::Found(Box::new(draft(operator, severity, state, &assigned, cx)));
    }
    if open {
        Verdict::Unknown("the export does not tell whether its numbers are assigned")
    } else if tenant.may_have_more_numbers(operator) {
        Verdict::Unknown("the export does not tell whose some numbers are")
    } else {
        Verdict::Passed
    }
}

fn draft(
    operator: &Operator,
    severity: Severity,
    state: &str,
    assigned: &[&Number],
    cx: &Cx,
) -> Draft {
    let tenant = cx.tenant;
    let name = tenant.operator_name(operator);
    let all = tenant.numbers_of(operator).count();
    let related = assigned
        .iter()
        .take(SHOWN)
        .map(|number| {
            Label::new(
                number.record.at("TelephoneNumber"),
                format!("still assigned to {}", holder(number, cx)),
            )
        })
        .collect();
    Draft {
        severity,
        subject: Subject::new(SubjectKind::Operator, &operator.identity, &name),
        discriminator: String::new(),
        message: format!(
            "`{name}` is {state}, but {} still assigned{}",
            how_many(assigned.len(), all),
            by_holder(assigned)
        ),
        primary: Label::new(
            operator.record.at("Status"),
            format!("the operator is {state}"),
        ),
        related,
        remedy: remedy(assigned, state, cx),
    }
}

/// `3 of its 12 numbers are`, in the words that people use.
fn how_many(some: usize, all: usize) -> String {
    match (some, all) {
        (1, 1) => "its only number is".to_owned(),
        (1, _) => format!("1 of its {all} numbers is"),
        (2, 2) => "both of its numbers are".to_owned(),
        _ if some == all => format!("all {all} of its numbers are"),
        _ => format!("{some} of its {all} numbers are"),
    }
}

/// To whom the numbers are assigned, counted by kind: all of them block the release.
fn by_holder(assigned: &[&Number]) -> String {
    const KINDS: [(&str, &str); 5] = [
        ("a user", "users"),
        ("a resource account", "resource accounts"),
        ("a conference bridge", "conference bridges"),
        ("a shared calling policy", "shared calling policies"),
        (
            "a holder that no export lists",
            "holders that no export lists",
        ),
    ];
    let mut counts = [0_usize; KINDS.len()];
    for number in assigned {
        counts[match number.holder {
            Holder::User(_) => 0,
            Holder::ResourceAccount(_) => 1,
            Holder::ConferenceBridge => 2,
            Holder::SharedCallingPolicy => 3,
            Holder::Unlisted(_) | Holder::Unknown | Holder::Nobody => 4,
        }] += 1;
    }
    let counts: Vec<(usize, &str)> = counts
        .into_iter()
        .zip(KINDS)
        .filter(|(count, _)| *count > 0)
        .map(|(count, (one, many))| (count, if count == 1 { one } else { many }))
        .collect();
    match counts.as_slice() {
        [(_, holders)] => format!(" to {holders}"),
        several => {
            let parts: Vec<String> = several
                .iter()
                .map(|(count, holders)| format!("{count} to {holders}"))
                .collect();
            format!(": {}", parts.join(", "))
        }
    }
}

fn holder(number: &Number, cx: &Cx) -> String {
    match number.holder {
        Holder::ConferenceBridge => "a conference bridge".to_owned(),
        Holder::SharedCallingPolicy => match shared_calling_policy(number, cx) {
            Some(policy) => format!("shared calling policy `{policy}`"),
            None => "a shared calling policy".to_owned(),
        },
        Holder::Unlisted(id) => format!("`{id}`, which no export lists"),
        Holder::Nobody | Holder::Unknown => "a holder that the export does not name".to_owned(),
        Holder::User(_) | Holder::ResourceAccount(_) => {
            format!(
                "`{}`",
                account_name(number, cx).unwrap_or_else(|| tenant_id(number, cx))
            )
        }
    }
}

fn account_name(number: &Number, cx: &Cx) -> Option<String> {
    match number.holder {
        Holder::ResourceAccount(index) => {
            let account = cx.tenant.resource_accounts.get(index as usize)?;
            Some(cx.tenant.resource_account_name(account))
        }
        _ => Some(cx.tenant.user_name(cx.tenant.account_of_holder(number)?)),
    }
}

fn shared_calling_policy<'t>(number: &Number, cx: &Cx<'t>) -> Option<&'t str> {
    match number.record.target.get()? {
        AssignmentTarget::SharedCallingPolicy(name) => {
            Some(cx.tenant.snapshot.texts.symbol(name.0))
        }
        _ => None,
    }
}

fn tenant_id(number: &Number, cx: &Cx) -> String {
    cx.tenant
        .account_of_holder(number)
        .and_then(|user| user.id.get())
        .map(|id| id.to_string())
        .unwrap_or_default()
}

fn remedy(assigned: &[&Number], state: &str, cx: &Cx) -> Remedy {
    let mut commands: Vec<String> = assigned
        .iter()
        .take(COMMANDS)
        .map(|number| release(number, cx))
        .collect();
    if assigned.len() > COMMANDS {
        commands.push(format!(
            "# and {} more like these: see the numbers of this operator in the inventory",
            assigned.len() - COMMANDS
        ));
    }
    commands.push("# then ask the operator to release all its numbers".to_owned());
    commands
        .push("# then Teams admin center > Voice > Operators > My operators > Remove".to_owned());
    let summary =
        "take the numbers off their holders, have the operator release them, then remove it";
    if state != "suspended" {
        return Remedy {
            summary: summary.into(),
            commands,
        };
    }
    // Its people still have their numbers: nobody is to lose one for an operator that comes back.
    Remedy {
        summary: format!("end the suspension; or {summary}").into(),
        commands: by_choice([END_OF_SUSPENSION.to_owned()].into_iter().chain(commands)).collect(),
    }
}

fn release(number: &Number, cx: &Cx) -> String {
    let key = quoted(&number.key.to_string());
    let number_type = match cx.tenant.number_type(number) {
        Some(name) if name.eq_ignore_ascii_case("CallingPlan") => "CallingPlan",
        _ => "OperatorConnect",
    };
    let command = |identity: &str| {
        format!(
            "Remove-CsPhoneNumberAssignment -Identity {} -PhoneNumber {key} -PhoneNumberType {number_type}",
            quoted(identity)
        )
    };
    match number.holder {
        Holder::ConferenceBridge => format!(
            "# {key} is on a conference bridge: move its users to another number, then Unregister-CsOnlineDialInConferencingServiceNumber"
        ),
        // Only the inventory's own text makes this holder, so the policy is named.
        Holder::SharedCallingPolicy => format!(
            "Set-CsTeamsSharedCallingRoutingPolicy -Identity {} -EmergencyNumbers @{{Remove={key}}}",
            quoted(shared_calling_policy(number, cx).unwrap_or_default())
        ),
        Holder::Nobody | Holder::Unknown => format!("# {key}: find its holder first"),
        Holder::Unlisted(_) | Holder::User(_) | Holder::ResourceAccount(_) => {
            command(&cx.tenant.holder_identity(number).unwrap_or_default())
        }
    }
}
