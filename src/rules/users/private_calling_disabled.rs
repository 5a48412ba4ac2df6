//! `rules/users/private-calling-disabled.md`

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Severity};
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::snapshot::ExportKind;
use crate::tenant::{Answer, Assigned, InForce, User, Written};

pub(super) const RULE: Declared = rule!("users", "private-calling-disabled", Check::User(check));

fn check(user: &User, cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    if tenant.is_deleted(user) {
        return Verdict::NotApplicable;
    }
    let voice = user.enterprise_voice.get() == Some(true);
    match tenant.has_line(user) {
        _ if voice => {}
        Answer::Yes => {}
        Answer::No if user.enterprise_voice.is_absent() => {
            return Verdict::Unknown(
                "the export does not tell whether Enterprise Voice is enabled",
            );
        }
        Answer::No => return Verdict::NotApplicable,
        Answer::Unknown => {
            return Verdict::Unknown("no export tells whether the account holds a number");
        }
    }
    match tenant.calling_policy(user) {
        InForce::Policy {
            policy,
            name,
            place,
        } => match policy.private_calling.get() {
            Some(_) if place.is_none() && may_have_lost_policies(user, cx) => {
                Verdict::Unknown("the export lost which policies groups bring")
            }
            Some(true) => Verdict::Passed,
            Some(false) => {
                let label = Label::new(policy.at("AllowPrivateCalling"), "forbids all calls");
                found(draft(user, name, label, place, cx))
            }
            None => Verdict::Unknown("the policy does not tell whether calls are allowed"),
        },
        InForce::Dangling(..) => Verdict::Unknown("the calling policy is not in the export"),
        InForce::Unknown => Verdict::Unknown("the calling policy in force is not known"),
    }
}

/// Whether an export cut away which policies are in force: groups may bring one that the property of the account lacks.
fn may_have_lost_policies(user: &User, cx: &Cx) -> bool {
    let snapshot = &cx.tenant.snapshot;
    user.calling_policy.is_null()
        && user.effective_policies.is_absent()
        && snapshot
            .lost_property(ExportKind::OnlineUser, "EffectivePolicyAssignments")
            .is_some()
}

fn draft(user: &User, policy: &str, primary: Label, place: Option<Written>, cx: &Cx) -> Draft {
    let tenant = cx.tenant;
    let name = tenant.user_name(user);
    let id = quoted(&tenant.user_identity(user));
    let grant = match place.map(|place| tenant.assigned(place)) {
        Some(Assigned::ByGroup) => {
            "# the policy comes from a group: take the account out of it, or grant another one"
                .to_owned()
        }
        Some(_) => {
            "# without the grant the Global policy applies: see that it allows calls".to_owned()
        }
        None => "# the Global policy forbids calls: grant one that allows them".to_owned(),
    };
    Draft::new(
        Severity::Error,
        tenant.user_subject(user),
        format!(
            "`{name}` cannot call or be called: the calling policy `{policy}` forbids private calls"
        ),
        primary,
    )
    .related(place.map(|place| Label::new(place, format!("`{policy}` is assigned"))))
    .related(tenant.number_label(user, "calls to this number are rejected"))
    .remedy(
        "grant a calling policy that allows calls",
        [
            grant,
            format!("Grant-CsTeamsCallingPolicy -Identity {id} -PolicyName AllowCalling"),
        ],
    )
}

#[cfg(test)]
mod tests {
    use crate::rules::Verdict;
    use crate::rules::testing::verdicts;

    const ID: &str = "00000000-0000-4000-8000-000000000001";
    const POLICIES: &str = r#"[{"Identity":"Global","AllowPrivateCalling":true},{"Identity":"Tag:DisallowCalling","AllowPrivateCalling":false},{"Identity":"Tag:Cut"}]"#;

    fn judge(properties: &str, more: &[(&str, &str)]) -> Vec<Verdict> {
        let users = format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","SoftDeletionTimestamp":null{properties}}}]"#
        );
        let mut files = vec![
            ("Get-CsOnlineUser.json", users.as_str()),
            ("Get-CsTeamsCallingPolicy.json", POLICIES),
        ];
        files.extend(more);
        verdicts("US009", &files)
    }

    const LINE: &str = r#","LineUri":"tel:+12065550101""#;

    #[test]
    fn a_number_or_enterprise_voice_needs_calls() {
        let held = judge(
            &format!(r#"{LINE},"TeamsCallingPolicy":"disallowcalling""#),
            &[],
        );
        assert!(matches!(held[..], [Verdict::Found(_)]));
        let voice = r#","LineUri":null,"EnterpriseVoiceEnabled":true,"TeamsCallingPolicy":{"Name":"DisallowCalling"}"#;
        assert!(matches!(judge(voice, &[])[..], [Verdict::Found(_)]));
        let kiosk = r#","LineUri":null,"EnterpriseVoiceEnabled":false,"TeamsCallingPolicy":"DisallowCalling""#;
        assert!(judge(kiosk, &[]).is_empty());
        let global = judge(&format!(r#"{LINE},"TeamsCallingPolicy":null"#), &[]);
        assert!(matches!(global[..], [Verdict::Passed]));
    }

    #[test]
    fn what_is_not_told_is_open() {
        for policy in [
            r#","TeamsCallingPolicy":"Gone""#,
            "",
            r#","TeamsCallingPolicy":"Cut""#,
        ] {
            let verdicts = judge(&format!("{LINE}{policy}"), &[]);
            assert!(matches!(verdicts[..], [Verdict::Unknown(_)]), "{policy}");
        }
        let untold = judge(
            r#","LineUri":null,"TeamsCallingPolicy":"DisallowCalling""#,
            &[],
        );
        assert!(matches!(untold[..], [Verdict::Unknown(_)]));
    }

    #[test]
    fn policies_that_the_export_lost_may_come_from_a_group() {
        let lost = r#","EffectivePolicyAssignments":["Microsoft.Teams.ConfigAPI.Cmdlets.Generated.Models.EffectivePolicyAssignment"]"#;
        let open = judge(&format!(r#"{LINE},"TeamsCallingPolicy":null{lost}"#), &[]);
        assert!(matches!(open[..], [Verdict::Unknown(_)]), "{open:?}");
        let own = judge(
            &format!(r#"{LINE},"TeamsCallingPolicy":"DisallowCalling"{lost}"#),
            &[],
        );
        assert!(matches!(own[..], [Verdict::Found(_)]), "{own:?}");
    }

    #[test]
    fn a_policy_of_a_group_counts_where_its_members_are_known() {
        let group = "00000000-0000-4000-8000-0000000000aa";
        let rows = format!(
            r#"[{{"GroupId":"{group}","PolicyType":"TeamsCallingPolicy","PolicyName":"DisallowCalling","Rank":1}}]"#
        );
        let members = format!(r#"[{{"groupId":"{group}","id":"{ID}"}}]"#);
        let user = format!(r#"{LINE},"TeamsCallingPolicy":null"#);
        let verdicts = judge(
            &user,
            &[
                ("Get-CsGroupPolicyAssignment.json", &rows),
                ("group-members.json", &members),
            ],
        );
        let [Verdict::Found(draft)] = verdicts.as_slice() else {
            panic!("{verdicts:?}");
        };
        assert!(draft.remedy.commands[0].contains("comes from a group"));
    }
}
