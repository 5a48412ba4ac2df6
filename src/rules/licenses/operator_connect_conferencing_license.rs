//! `rules/licenses/operator-connect-conferencing-license.md`

use crate::finding::{Draft, Label, Place, Severity};
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, Verdict, Verdicts, rule};
use crate::snapshot::PhoneNumber;
use crate::snapshot::service_plans::PlanClass;
use crate::tenant::Answer;

pub(super) const RULE: Declared = rule!(
    "licenses",
    "operator-connect-conferencing-license",
    Check::Each(check)
);

fn check(cx: &Cx) -> Verdicts {
    let tenant = cx.tenant;
    let Some((number, place)) = bridge_number(cx) else {
        return Verdicts::default();
    };
    tenant
        .conferencing
        .users
        .iter()
        .map(|organizer| {
            let Some(user) = organizer.id.get().and_then(|id| tenant.user(id)) else {
                return Verdict::Unknown("the organizer is not in the export of users");
            };
            if tenant.is_deleted(user) {
                return Verdict::NotApplicable;
            }
            match tenant.licensed(user, PlanClass::AudioConferencing) {
                Answer::Yes => Verdict::Passed,
                Answer::Unknown => Verdict::Unknown("no export tells the licenses of the organizer"),
                Answer::No => {
                    let name = tenant.user_name(user);
                    found(
                        Draft::new(
                            Severity::Warning,
                            tenant.user_subject(user),
                            format!("`{name}` invites to the bridge with numbers of an operator, but has no Audio Conferencing license"),
                            Label::new(organizer.at("Identity"), "this organizer"),
                        )
                        .related([Label::new(place.clone(), format!("`{number}` is a number of an operator"))])
                        .remedy(
                            "assign an Audio Conferencing license",
                            ["# Microsoft Teams Audio Conferencing with dial-out to USA and CAN costs nothing, and has to be ordered".to_owned()],
                        ),
                    )
                }
            }
        })
        .collect()
}

/// A number of an operator on a bridge of the tenant.
fn bridge_number(cx: &Cx) -> Option<(PhoneNumber, Place)> {
    let tenant = cx.tenant;
    let texts = &tenant.snapshot.texts;
    tenant.conferencing.bridges.iter().find_map(|bridge| {
        let numbers = bridge.numbers.value().into_iter().flatten().enumerate();
        numbers.into_iter().find_map(|(index, one)| {
            let key = PhoneNumber::parse(texts.text(one.number))?;
            let number = tenant.number(key)?;
            (tenant.is_operator_connect(number) == Answer::Yes)
                .then(|| (key, bridge.at("ServiceNumbers").element(index)))
        })
    })
}

#[cfg(test)]
mod tests {
    use crate::rules::Verdict;
    use crate::rules::testing::verdicts;

    const ID: &str = "00000000-0000-4000-8000-000000000001";

    fn plans(plans: &[(&str, &str)]) -> String {
        let plans: Vec<String> = plans
            .iter()
            .map(|(plan, status)| {
                format!(r#"{{"Capability":"{plan}","CapabilityStatus":"{status}"}}"#)
            })
            .collect();
        format!("[{}]", plans.join(","))
    }

    fn severity(verdicts: &[Verdict]) -> &'static str {
        match verdicts {
            [Verdict::Found(draft)] => draft.severity.name(),
            other => panic!("{other:?}"),
        }
    }

    fn judge(plan: &str, number_type: &str) -> Vec<Verdict> {
        let users = format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","AccountType":"User","SoftDeletionTimestamp":null,"AssignedPlan":{},"FeatureTypes":["Teams"]}}]"#,
            plans(&[(plan, "Enabled")])
        );
        let organizers = format!(
            r#"[{{"Identity":"{ID}","ServiceNumber":"12065550101","TollFreeServiceNumber":null}}]"#
        );
        let numbers =
            format!(r#"[{{"TelephoneNumber":"+12065550101","NumberType":"{number_type}"}}]"#);
        verdicts(
            "LI015",
            &[
                ("Get-CsOnlineUser.json", &users),
                ("Get-CsOnlineDialInConferencingUser.json", &organizers),
                (
                    "Get-CsOnlineDialInConferencingBridge.json",
                    r#"[{"Identity":"00000000-0000-4000-8000-0000000000bb","Name":"B","ServiceNumbers":[{"Number":"+12065550101"}]}]"#,
                ),
                ("Get-CsPhoneNumberAssignment.json", &numbers),
            ],
        )
    }

    #[test]
    fn organizers_need_the_license_when_the_bridge_has_numbers_of_an_operator() {
        assert_eq!(severity(&judge("MCOEV", "OperatorConnect")), "warning");
        assert!(matches!(
            judge("MCOMEETADV", "OperatorConnect")[..],
            [Verdict::Passed]
        ));
        assert!(judge("MCOEV", "DirectRouting").is_empty());
    }
}
