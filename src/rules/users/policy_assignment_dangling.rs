//! `rules/users/policy-assignment-dangling.md`

use std::collections::HashMap;

use foldhash::fast::FixedState;
use rayon::prelude::*;
use serde::Deserialize;

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Severity, Subject, SubjectKind};
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, OptionsSpec, Verdict, Verdicts, rule};
use crate::snapshot::cell::without_tag;
use crate::snapshot::{ExportKind, PhoneNumber, PolicyName};
use crate::tenant::{Answer, Assigned, Effective, PolicyKind, User};

pub(super) const RULE: Declared = rule!(
    "users",
    "policy-assignment-dangling",
    Check::Each(check),
    Some(OptionsSpec::of::<Options>(&["known-policies"]))
);

/// Options of the rule.
#[derive(Clone, Default, Debug, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct Options {
    /// Instances that exist although no cmdlet lists them.
    known_policies: Vec<String>,
}

fn check(cx: &Cx) -> Verdicts {
    let snapshot = &cx.tenant.snapshot;
    let lost = PolicyKind::ALL
        .into_iter()
        .filter(|kind| {
            let property = snapshot.lost_property(ExportKind::OnlineUser, kind.property());
            property.is_some()
        })
        .collect::<Vec<_>>();
    let mut names = Names::default();
    let blocks: Vec<Verdicts> = cx
        .tenant
        .users
        .par_chunks(BLOCK)
        .map(|block| {
            let mut names = Names::default();
            let of_user = |user| of_user(user, &lost, &mut names, cx);
            block.iter().map(of_user).collect()
        })
        .collect();
    let mut verdicts = Verdicts::default();
    for block in blocks {
        verdicts.append(block);
    }
    verdicts.extend(of_numbers(&mut names, cx));
    verdicts.extend(of_groups(&mut names, cx));
    verdicts.extend(of_sites(&mut names, cx));
    verdicts
}

/// Whether a policy of a type exists, by name as it is spelled: a tenant assigns few names to many accounts.
type Names = HashMap<(PolicyKind, PolicyName), Answer, FixedState>;

fn exists(kind: PolicyKind, policy: PolicyName, names: &mut Names, cx: &Cx) -> Answer {
    *names.entry((kind, policy)).or_insert_with(|| {
        let name = cx.tenant.snapshot.texts.symbol(policy.0);
        let known = &cx.options::<Options>().known_policies;
        let mut known = known.iter().map(|one| without_tag(one));
        if known.any(|one| one.eq_ignore_ascii_case(without_tag(name))) {
            return Answer::Yes;
        }
        cx.tenant.policy_exists(kind, name)
    })
}

/// Users that are judged in one go.
const BLOCK: usize = 4096;

/// `lost` are the types of which the export lost what it said.
fn of_user(user: &User, lost: &[PolicyKind], names: &mut Names, cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    if tenant.is_deleted(user) {
        return Verdict::NotApplicable;
    }
    let mut drafts = Vec::new();
    let mut judged = false;
    let mut open = false;
    for kind in PolicyKind::ALL {
        let Effective::Assigned { name, place } = tenant.effective(user, kind) else {
            open |= lost.contains(&kind) && kind.of(user).is_absent();
            continue;
        };
        match exists(kind, name, names, cx) {
            Answer::Yes => judged = true,
            // Where the policies of that type were not exported, nothing is said of them.
            Answer::Unknown => open = true,
            Answer::No => {
                let name = tenant.snapshot.texts.symbol(name.0);
                let account = tenant.user_name(user);
                let by_group = matches!(tenant.assigned(place), Assigned::ByGroup);
                let command = if by_group {
                    "# the assignment comes from a group: correct it there".to_owned()
                } else {
                    format!(
                        "{} -Identity {} -PolicyName $null",
                        kind.grant(),
                        quoted(&tenant.user_identity(user))
                    )
                };
                drafts.push(
                    Draft::new(
                        Severity::Error,
                        tenant.user_subject(user),
                        format!(
                            "`{account}` has the {} `{name}`, which does not exist",
                            kind.words()
                        ),
                        Label::new(place, "no such policy"),
                    )
                    .role(kind.property())
                    .remedy(
                        "take the assignment away, or make the policy again",
                        [command],
                    ),
                );
            }
        }
    }
    match (drafts.is_empty(), judged, open) {
        (false, ..) => Verdict::Several(drafts),
        (true, _, true) => Verdict::Unknown("the policies of an assigned type are not exported"),
        (true, true, false) => Verdict::Passed,
        (true, false, false) => Verdict::NotApplicable,
    }
}

fn of_numbers(names: &mut Names, cx: &Cx) -> Vec<Verdict> {
    let tenant = cx.tenant;
    let texts = &tenant.snapshot.texts;
    let mut verdicts = Vec::new();
    for row in &tenant.number_policies {
        let (Some(policy), Some(policy_type), Some(text)) =
            (row.policy.get(), row.policy_type.get(), row.number.get())
        else {
            continue;
        };
        let Some(kind) = PolicyKind::named(texts.symbol(policy_type)) else {
            continue;
        };
        let Some(key) = PhoneNumber::parse(texts.text(text)) else {
            continue;
        };
        let name = texts.symbol(policy.0);
        verdicts.push(match exists(kind, policy, names, cx) {
            Answer::Yes => Verdict::Passed,
            Answer::Unknown => {
                Verdict::Unknown("the policies of an assigned type are not exported")
            }
            Answer::No => {
                let id = key.to_string();
                found(
                    Draft::new(
                        Severity::Error,
                        Subject::new(SubjectKind::Number, &id, &id),
                        format!(
                            "the number `{id}` has the {} `{name}`, which does not exist",
                            kind.words()
                        ),
                        Label::new(row.at("PolicyName"), "no such policy"),
                    )
                    .role(kind.property())
                    .remedy(
                        "take the policy off the number",
                        [format!(
                            "Set-CsPhoneNumberPolicyAssignment -TelephoneNumber {} -PolicyType {}",
                            quoted(&id),
                            kind.property()
                        )],
                    ),
                )
            }
        });
    }
    verdicts
}

fn of_groups(names: &mut Names, cx: &Cx) -> Vec<Verdict> {
    let tenant = cx.tenant;
    let texts = &tenant.snapshot.texts;
    let mut verdicts = Vec::new();
    for row in &tenant.group_policies {
        let (Some(policy), Some(policy_type), Some(group)) =
            (row.policy.get(), row.policy_type.get(), row.group.get())
        else {
            continue;
        };
        let Some(kind) = PolicyKind::named(texts.symbol(policy_type)) else {
            continue;
        };
        let name = texts.symbol(policy.0);
        verdicts.push(match exists(kind, policy, names, cx) {
            Answer::Yes => Verdict::Passed,
            Answer::Unknown => {
                Verdict::Unknown("the policies of an assigned type are not exported")
            }
            Answer::No => {
                let id = group.to_string();
                found(
                    Draft::new(
                        Severity::Error,
                        Subject::new(SubjectKind::Group, &id, &id),
                        format!(
                            "the group `{id}` has the {} `{name}`, which does not exist",
                            kind.words()
                        ),
                        Label::new(row.at("PolicyName"), "no such policy"),
                    )
                    .role(kind.property())
                    .remedy(
                        "take the assignment away",
                        [format!(
                            "Remove-CsGroupPolicyAssignment -GroupId {} -PolicyType {}",
                            quoted(&id),
                            kind.property()
                        )],
                    ),
                )
            }
        });
    }
    verdicts
}

fn of_sites(names: &mut Names, cx: &Cx) -> Vec<Verdict> {
    let tenant = cx.tenant;
    let texts = &tenant.snapshot.texts;
    let mut verdicts = Vec::new();
    for site in tenant.network.sites.iter() {
        let Some(id) = site.id.get().map(|id| texts.symbol(id)) else {
            continue;
        };
        for (field, kind, property) in [
            (
                site.emergency_call_routing_policy,
                PolicyKind::EmergencyCallRouting,
                "EmergencyCallRoutingPolicyName",
            ),
            (
                site.emergency_calling_policy,
                PolicyKind::EmergencyCalling,
                "EmergencyCallingPolicyName",
            ),
        ] {
            let Some(policy) = field.get() else {
                continue;
            };
            let name = texts.symbol(policy.0);
            verdicts.push(match exists(kind, policy, names, cx) {
                Answer::Yes => Verdict::Passed,
                Answer::Unknown => {
                    Verdict::Unknown("the policies of an assigned type are not exported")
                }
                Answer::No => found(
                    Draft::new(
                        Severity::Error,
                        Subject::new(SubjectKind::NetworkSite, id, id),
                        format!(
                            "the site `{id}` has the {} `{name}`, which does not exist",
                            kind.words()
                        ),
                        Label::new(site.at(property), "no such policy"),
                    )
                    .role(kind.property())
                    .remedy(
                        "name a policy that exists",
                        [format!(
                            "# Set-CsTenantNetworkSite -Identity {} with a policy that exists",
                            quoted(id)
                        )],
                    ),
                ),
            });
        }
    }
    verdicts
}

#[cfg(test)]
mod tests {
    use crate::rules::Verdict;
    use crate::rules::testing::{verdicts, verdicts_with};

    const ID: &str = "00000000-0000-4000-8000-000000000001";
    const POLICIES: (&str, &str) = (
        "Get-CsTeamsCallingPolicy.json",
        r#"[{"Identity":"Global","AllowPrivateCalling":true},{"Identity":"Tag:Lobby","AllowPrivateCalling":true}]"#,
    );

    fn users(properties: &str) -> String {
        format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","SoftDeletionTimestamp":null{properties}}}]"#
        )
    }

    fn roles(verdicts: &[Verdict]) -> Vec<&str> {
        verdicts
            .iter()
            .flat_map(|verdict| match verdict {
                Verdict::Several(drafts) => drafts
                    .iter()
                    .map(|one| one.discriminator.as_str())
                    .collect(),
                Verdict::Found(draft) => vec![draft.discriminator.as_str()],
                _ => Vec::new(),
            })
            .collect()
    }

    #[test]
    fn names_must_exist_where_their_type_was_exported() {
        let judge = |properties: &str| {
            verdicts(
                "US014",
                &[("Get-CsOnlineUser.json", &users(properties)), POLICIES],
            )
        };
        assert_eq!(
            roles(&judge(r#","TeamsCallingPolicy":"Gone""#)),
            ["TeamsCallingPolicy"]
        );
        for name in ["tag:LOBBY", "Global", "AllowCalling", "DisallowCalling"] {
            assert!(
                roles(&judge(&format!(r#","TeamsCallingPolicy":"{name}""#))).is_empty(),
                "{name}"
            );
        }
        assert!(matches!(
            judge(r#","TenantDialPlan":"Gone""#)[..],
            [Verdict::Unknown(_)]
        ));
        let carrier = judge(r#","TeamsCarrierEmergencyCallRoutingPolicy":"Telco_1""#);
        assert!(carrier.is_empty(), "the operator's own");
    }

    #[test]
    fn what_microsoft_provides_need_not_be_listed() {
        let judge = |properties: &str| {
            let users = users(properties);
            let verdicts = verdicts("US014", &[("Get-CsOnlineUser.json", &users), POLICIES]);
            roles(&verdicts).len()
        };
        let policy = |authority: &str| {
            format!(
                r#","TeamsCallingPolicy":{{"Authority":"{authority}","Name":"AllowCallingNewKind"}}"#
            )
        };
        assert_eq!(judge(&policy("Host")), 0);
        assert_eq!(judge(&policy("Tenant")), 1);
        // Of another type the name is the tenant's own.
        let other =
            r#","TenantDialPlan":{"Authority":"Host","Name":"Gone"},"TeamsCallingPolicy":"Gone""#;
        assert_eq!(judge(other), 1);
    }

    #[test]
    fn numbers_groups_and_sites_are_looked_at() {
        let rows = format!(
            r#"[{{"GroupId":"{ID}","PolicyType":"TeamsCallingPolicy","PolicyName":"Gone","Rank":1}}]"#
        );
        let group = verdicts(
            "US014",
            &[("Get-CsGroupPolicyAssignment.json", &rows), POLICIES],
        );
        assert_eq!(roles(&group), ["TeamsCallingPolicy"]);
        let numbers = r#"[{"TelephoneNumber":"12065550101","PolicyType":"CallingPolicy","PolicyName":"Gone"}]"#;
        let number = verdicts(
            "US014",
            &[
                ("Get-CsPhoneNumberPolicyAssignment.json", numbers),
                POLICIES,
            ],
        );
        assert_eq!(roles(&number), ["TeamsCallingPolicy"]);
        let sites =
            r#"[{"NetworkSiteID":"A","NetworkRegionID":"R","EmergencyCallingPolicyName":"Gone"}]"#;
        let calling = (
            "Get-CsTeamsEmergencyCallingPolicy.json",
            r#"[{"Identity":"Global","NotificationGroup":null}]"#,
        );
        let site = verdicts("US014", &[("Get-CsTenantNetworkSite.json", sites), calling]);
        assert_eq!(roles(&site), ["TeamsEmergencyCallingPolicy"]);
    }

    #[test]
    fn further_instances_can_be_known() {
        let users = users(r#","TeamsCallingPolicy":"Odd""#);
        let options = serde_json::json!({"known-policies": ["Tag:odd"]});
        let known = verdicts_with(
            "US014",
            &options,
            &[("Get-CsOnlineUser.json", &users), POLICIES],
        );
        assert!(matches!(known[..], [Verdict::Passed]));
    }
}
