//! `rules/operators/operator-with-assigned-numbers.md`

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Remedy, Severity, Subject, SubjectKind};
use crate::rules::{Check, Cx, Declared, Verdict, rule};
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
    let verb = if assigned.len() == 1 { "is" } else { "are" };
    Draft {
        severity,
        subject: Subject::new(SubjectKind::Operator, &operator.identity, &name),
        discriminator: String::new(),
        message: format!(
            "`{name}` is {state}, but {} of its {all} number{} {verb} still assigned: {}",
            assigned.len(),
            if all == 1 { "" } else { "s" },
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

/// Who holds the numbers, counted by kind: all of them block the release.
fn by_holder(assigned: &[&Number]) -> String {
    let count =
        |kind: fn(Holder) -> bool| assigned.iter().filter(|number| kind(number.holder)).count();
    let kinds = [
        (
            count(|holder| matches!(holder, Holder::User(_))),
            "user",
            "users",
        ),
        (
            count(|holder| matches!(holder, Holder::ResourceAccount(_))),
            "resource account",
            "resource accounts",
        ),
        (
            count(|holder| holder == Holder::ConferenceBridge),
            "conference bridge number",
            "conference bridge numbers",
        ),
        (
            count(|holder| holder == Holder::SharedCallingPolicy),
            "shared calling policy",
            "shared calling policies",
        ),
        (
            count(|holder| {
                matches!(
                    holder,
                    Holder::Unlisted(_) | Holder::Unknown | Holder::Nobody
                )
            }),
            "holder that no export lists",
            "holders that no export lists",
        ),
    ];
    let parts: Vec<String> = kinds
        .into_iter()
        .filter(|(count, ..)| *count > 0)
        .map(|(count, one, many)| format!("{count} {}", if count == 1 { one } else { many }))
        .collect();
    parts.join(", ")
}

fn holder(number: &Number, cx: &Cx) -> String {
    match number.holder {
        Holder::ConferenceBridge => "a conference bridge".to_owned(),
        Holder::SharedCallingPolicy => "a shared calling policy".to_owned(),
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
    if state == "suspended" {
        commands.push(
            "# then remove it, or end the suspension: Teams admin center > Voice > Operators > My operators"
                .to_owned(),
        );
    } else {
        commands.push(
            "# then Teams admin center > Voice > Operators > My operators > Remove".to_owned(),
        );
    }
    Remedy {
        summary:
            "take the numbers off their holders, have the operator release them, then remove it"
                .to_owned(),
        commands,
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
            "Remove-CsPhoneNumberAssignment -Identity {} -PhoneNumber {key} -NumberType {number_type}",
            quoted(identity)
        )
    };
    match number.holder {
        Holder::ConferenceBridge => format!(
            "# {key} is on a conference bridge: move its users to another number, then Unregister-CsOnlineDialInConferencingServiceNumber"
        ),
        Holder::SharedCallingPolicy => {
            format!(
                "# {key} is an emergency callback number: take it out of its shared calling policy"
            )
        }
        Holder::Unlisted(id) => command(&id.to_string()),
        Holder::Nobody | Holder::Unknown => format!("# {key}: find its holder first"),
        Holder::User(_) | Holder::ResourceAccount(_) => {
            command(&account_name(number, cx).unwrap_or_else(|| tenant_id(number, cx)))
        }
    }
}
