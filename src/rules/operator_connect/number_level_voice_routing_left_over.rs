//! `rules/operator-connect/number-level-voice-routing-left-over.md`

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Severity, Subject, SubjectKind};
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, Verdict, Verdicts, rule};
use crate::snapshot::{ExportKind, PhoneNumber};
use crate::tenant::{Answer, NumberPolicy, is_voice_routing};

pub(super) const RULE: Declared = rule!(
    "operator-connect",
    "number-level-voice-routing-left-over",
    Check::Each(check)
);

fn check(cx: &Cx) -> Verdicts {
    let rows = cx.tenant.number_policies.iter();
    rows.map(|row| judge(row, cx)).collect()
}

fn judge(row: &NumberPolicy, cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    let texts = &tenant.snapshot.texts;
    let of_routing = row
        .policy_type
        .get()
        .map(|name| is_voice_routing(texts.symbol(name)));
    if of_routing != Some(true) || row.policy.is_null() {
        return Verdict::NotApplicable;
    }
    let (Some(key), Some(policy)) = (
        row.number
            .get()
            .and_then(|text| PhoneNumber::parse(texts.text(text))),
        row.policy.get().map(|name| texts.symbol(name.0)),
    ) else {
        return Verdict::Unknown("the assignment names no number or no policy");
    };
    match tenant.voice_routing_policies.find(policy) {
        None => return Verdict::Unknown("the voice routing policy is not in the export"),
        Some(found) if found.usages.is_absent() => {
            return Verdict::Unknown("the export does not tell the PSTN usages of the policy");
        }
        Some(found) if found.usages.value().is_none_or(|usages| usages.is_empty()) => {
            return Verdict::Passed;
        }
        Some(_) => {}
    }
    let listed = tenant.number(key);
    let (what, place) = match listed {
        None if tenant
            .snapshot
            .incomplete(ExportKind::PhoneNumberAssignment)
            .is_some() =>
        {
            return Verdict::Unknown("the inventory lacks records");
        }
        None => ("is not in the inventory", None),
        Some(number) => {
            let place = number.record.at("NumberType");
            match tenant.is_assigned(number) {
                Answer::No => (
                    "is assigned to nobody",
                    Some(number.record.at("PstnAssignmentStatus")),
                ),
                _ => match tenant
                    .number_type(number)
                    .map(str::to_ascii_lowercase)
                    .as_deref()
                {
                    Some("operatorconnect" | "ocmobile") => ("is on Operator Connect", Some(place)),
                    Some("callingplan") => ("is on a Calling Plan", Some(place)),
                    Some("directrouting") => return Verdict::Passed,
                    _ => return Verdict::Unknown("the type of the number is not known"),
                },
            }
        }
    };
    let id = key.to_string();
    let draft = Draft::new(
        Severity::Warning,
        Subject::new(SubjectKind::Number, &id, &id),
        format!("`{id}` {what}, but the voice routing policy `{policy}` is still assigned to it"),
        Label::new(row.at("PolicyName"), "left over"),
    )
    .related(place.map(|place| Label::new(place, format!("the number {what}"))))
    .remedy(
        "take the policy off the number",
        [
            "# without a policy name the assignment is removed".to_owned(),
            format!(
                "Set-CsPhoneNumberPolicyAssignment -TelephoneNumber {} -PolicyType OnlineVoiceRoutingPolicy",
                quoted(&id)
            ),
        ],
    );
    found(draft)
}

#[cfg(test)]
mod tests {
    use crate::rules::Verdict;
    use crate::rules::testing::verdicts;

    const POLICIES: (&str, &str) = (
        "Get-CsOnlineVoiceRoutingPolicy.json",
        r#"[{"Identity":"Tag:SBC","OnlinePstnUsages":["US"]},{"Identity":"Tag:Empty","OnlinePstnUsages":[]}]"#,
    );

    fn judge(policy: &str, number: &str) -> Vec<Verdict> {
        let rows = format!(
            r#"[{{"TelephoneNumber":"12065550101","PolicyType":"OnlineVoiceRoutingPolicy","PolicyName":{policy}}}]"#
        );
        verdicts(
            "OC004",
            &[
                ("Get-CsPhoneNumberPolicyAssignment.json", &rows),
                ("Get-CsPhoneNumberAssignment.json", number),
                POLICIES,
            ],
        )
    }

    fn number(number_type: &str, status: &str) -> String {
        format!(
            r#"[{{"TelephoneNumber":"+12065550101","NumberType":"{number_type}","PstnAssignmentStatus":"{status}"}}]"#
        )
    }

    #[test]
    fn numbers_that_left_direct_routing_are_found() {
        for (number_type, status) in [
            ("OperatorConnect", "UserAssigned"),
            ("CallingPlan", "UserAssigned"),
            ("DirectRouting", "Unassigned"),
        ] {
            let verdicts = judge("\"SBC\"", &number(number_type, status));
            assert!(
                matches!(verdicts[..], [Verdict::Found(_)]),
                "{number_type} {status}"
            );
        }
        assert!(matches!(
            judge("\"Tag:sbc\"", "[]")[..],
            [Verdict::Found(_)]
        ));
    }

    #[test]
    fn direct_routing_and_empty_policies_pass_and_unknown_ones_are_open() {
        let direct = number("DirectRouting", "UserAssigned");
        assert!(matches!(judge("\"SBC\"", &direct)[..], [Verdict::Passed]));
        let operator = number("OperatorConnect", "UserAssigned");
        assert!(matches!(
            judge("\"Empty\"", &operator)[..],
            [Verdict::Passed]
        ));
        assert!(matches!(
            judge("\"Gone\"", &operator)[..],
            [Verdict::Unknown(_)]
        ));
        assert!(judge("null", &operator).is_empty());
    }

    #[test]
    fn usages_and_numbers_that_were_lost_leave_it_open() {
        let rows = r#"[{"TelephoneNumber":"12065550101","PolicyType":"OnlineVoiceRoutingPolicy","PolicyName":"SBC"}]"#;
        let judge = |policies: &str, numbers: &str| {
            verdicts(
                "OC004",
                &[
                    ("Get-CsPhoneNumberPolicyAssignment.json", rows),
                    ("Get-CsPhoneNumberAssignment.json", numbers),
                    ("Get-CsOnlineVoiceRoutingPolicy.json", policies),
                ],
            )
        };
        let operator = number("OperatorConnect", "UserAssigned");
        assert!(matches!(
            judge(POLICIES.1, &operator)[..],
            [Verdict::Found(_)]
        ));
        let untold = r#"[{"Identity":"Tag:SBC"},{"Identity":"Tag:Empty","OnlinePstnUsages":[]}]"#;
        assert!(matches!(
            judge(untold, &operator)[..],
            [Verdict::Unknown(_)]
        ));
        let other = r#"[{"TelephoneNumber":"+12065550102","NumberType":"DirectRouting","PstnAssignmentStatus":"UserAssigned"}"#;
        assert!(matches!(
            judge(POLICIES.1, &format!("{other}]"))[..],
            [Verdict::Found(_)]
        ));
        let cut = judge(POLICIES.1, other);
        assert!(matches!(cut[..], [Verdict::Unknown(_)]), "{cut:?}");
    }
}
