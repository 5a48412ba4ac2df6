//! The policy that is in force for an account: its own, its group's, or the Global one.
//!
//! Voice routing policies, which numbers can have too, are asked for with [`Tenant::effective_voice_routing`].

use super::merged::Merged;
use super::named::Named;
use super::{Answer, NumberPolicy, Tenant, User};
use crate::finding::Place;
use crate::snapshot::record::{
    CallingLineIdentityRecord, CallingPolicyRecord, DialPlanRecord, EffectivePolicy,
    EmergencyCallRoutingPolicyRecord, EmergencyCallingPolicyRecord, GroupPolicyRecord,
    SharedCallingPolicyRecord,
};
use crate::snapshot::{ExportKind, Field, PolicyName, strip_prefix_ignore_case};

/// A type of policy that accounts have.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum PolicyKind {
    /// Calling.
    Calling,
    /// Emergency call routing.
    EmergencyCallRouting,
    /// Emergency calling.
    EmergencyCalling,
    /// Shared calling.
    SharedCalling,
    /// Dial plan.
    DialPlan,
    /// Caller ID.
    CallerId,
    /// Voice routing, of accounts.
    VoiceRouting,
    /// Routing of conference calls.
    ConferencingRouting,
    /// What may be changed of auto attendants and call queues.
    VoiceApplications,
}

impl PolicyKind {
    /// All types.
    pub const ALL: [Self; 9] = [
        Self::Calling,
        Self::EmergencyCallRouting,
        Self::EmergencyCalling,
        Self::SharedCalling,
        Self::DialPlan,
        Self::CallerId,
        Self::VoiceRouting,
        Self::ConferencingRouting,
        Self::VoiceApplications,
    ];

    /// The property of `Get-CsOnlineUser` that names it, which is also how assignments call the type.
    pub fn property(self) -> &'static str {
        match self {
            Self::Calling => "TeamsCallingPolicy",
            Self::EmergencyCallRouting => "TeamsEmergencyCallRoutingPolicy",
            Self::EmergencyCalling => "TeamsEmergencyCallingPolicy",
            Self::SharedCalling => "TeamsSharedCallingRoutingPolicy",
            Self::DialPlan => "TenantDialPlan",
            Self::CallerId => "CallingLineIdentity",
            Self::VoiceRouting => "OnlineVoiceRoutingPolicy",
            Self::ConferencingRouting => "OnlineAudioConferencingRoutingPolicy",
            Self::VoiceApplications => "TeamsVoiceApplicationsPolicy",
        }
    }

    /// The type that an assignment's `PolicyType` means.
    pub fn named(policy_type: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.is_named(policy_type))
    }

    /// What it is called in a sentence.
    pub fn words(self) -> &'static str {
        match self {
            Self::Calling => "calling policy",
            Self::EmergencyCallRouting => "emergency call routing policy",
            Self::EmergencyCalling => "emergency calling policy",
            Self::SharedCalling => "shared calling policy",
            Self::DialPlan => "dial plan",
            Self::CallerId => "caller ID policy",
            Self::VoiceRouting => "voice routing policy",
            Self::ConferencingRouting => "audio conferencing routing policy",
            Self::VoiceApplications => "voice applications policy",
        }
    }

    /// The cmdlet that grants it.
    pub fn grant(self) -> &'static str {
        match self {
            Self::Calling => "Grant-CsTeamsCallingPolicy",
            Self::EmergencyCallRouting => "Grant-CsTeamsEmergencyCallRoutingPolicy",
            Self::EmergencyCalling => "Grant-CsTeamsEmergencyCallingPolicy",
            Self::SharedCalling => "Grant-CsTeamsSharedCallingRoutingPolicy",
            Self::DialPlan => "Grant-CsTenantDialPlan",
            Self::CallerId => "Grant-CsCallingLineIdentity",
            Self::VoiceRouting => "Grant-CsOnlineVoiceRoutingPolicy",
            Self::ConferencingRouting => "Grant-CsOnlineAudioConferencingRoutingPolicy",
            Self::VoiceApplications => "Grant-CsTeamsVoiceApplicationsPolicy",
        }
    }

    /// Instances that Microsoft provides in every tenant, whether or not the cmdlet lists them.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csteamscallingpolicy>.
    fn built_in(self) -> &'static [&'static str] {
        match self {
            Self::Calling => &[
                "AllowCalling",
                "DisallowCalling",
                "AllowCallingPreventTollBypass",
                "AllowCallingPreventForwardingtoPhone",
            ],
            Self::CallerId => &["Anonymous"],
            Self::VoiceApplications => &[
                "DisableVoiceAppPoliciesForUsers",
                "EnableVoiceAppPoliciesForUsers",
            ],
            _ => &[],
        }
    }

    /// The export that lists its instances.
    fn export(self) -> ExportKind {
        match self {
            Self::Calling => ExportKind::TeamsCallingPolicy,
            Self::EmergencyCallRouting => ExportKind::TeamsEmergencyCallRoutingPolicy,
            Self::EmergencyCalling => ExportKind::TeamsEmergencyCallingPolicy,
            Self::SharedCalling => ExportKind::TeamsSharedCallingRoutingPolicy,
            Self::DialPlan => ExportKind::TenantDialPlan,
            Self::CallerId => ExportKind::CallingLineIdentity,
            Self::VoiceRouting => ExportKind::OnlineVoiceRoutingPolicy,
            Self::ConferencingRouting => ExportKind::OnlineAudioConferencingRoutingPolicy,
            Self::VoiceApplications => ExportKind::TeamsVoiceApplicationsPolicy,
        }
    }

    /// Whether an assignment's `PolicyType` means this type.
    pub fn is_named(self, policy_type: &str) -> bool {
        is_same_type(policy_type, self.property())
    }

    /// What the account itself says of it.
    pub(crate) fn of(self, user: &User) -> Field<PolicyName> {
        match self {
            Self::Calling => user.calling_policy,
            Self::EmergencyCallRouting => user.emergency_call_routing_policy,
            Self::EmergencyCalling => user.emergency_calling_policy,
            Self::SharedCalling => user.shared_calling_policy,
            Self::DialPlan => user.dial_plan,
            Self::CallerId => user.caller_id_policy,
            Self::VoiceRouting => user.voice_routing_policy,
            Self::ConferencingRouting => user.conferencing_routing_policy,
            Self::VoiceApplications => user.voice_applications_policy,
        }
    }
}

/// Whether two names mean one type of policy: only some cmdlets put `Online` or `Teams` in front.
///
/// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csuserpolicyassignment>.
pub fn is_same_type(one: &str, other: &str) -> bool {
    bare(one).eq_ignore_ascii_case(bare(other))
}

/// The name of a type without the words that only some cmdlets put in front.
fn bare(name: &str) -> &str {
    ["online", "teams"].iter().fold(name.trim(), |name, word| {
        strip_prefix_ignore_case(name, word).unwrap_or(name)
    })
}

/// Where a policy is assigned. Nearly none is told of, so that the place is made when one is.
#[derive(Clone, Copy, Debug)]
pub enum Written<'t> {
    /// In the account's property for that type.
    OfUser(&'t User, PolicyKind),
    /// In the account's list of policies with the way they were assigned.
    Listed(&'t User, &'t EffectivePolicy),
    /// In the list of what groups bring.
    OfGroup(&'t Merged<GroupPolicyRecord>),
    /// In the list of what numbers have.
    OfNumber(&'t NumberPolicy),
}

impl From<Written<'_>> for Place {
    fn from(written: Written) -> Self {
        match written {
            Written::OfUser(user, kind) => user.at(kind.property()),
            Written::Listed(user, _) => user.at(LISTED),
            Written::OfGroup(row) => row.at("PolicyName"),
            Written::OfNumber(assignment) => assignment.at("PolicyName"),
        }
    }
}

/// The property that lists policies with the way they were assigned.
const LISTED: &str = "EffectivePolicyAssignments";

/// How a policy came to be in force.
#[derive(Clone, Copy, Debug)]
pub enum Assigned<'t> {
    /// Assigned to the number itself.
    ToNumber(&'t NumberPolicy),
    /// Granted to the account, as far as the export tells.
    ToUser,
    /// Inherited from a group.
    ByGroup,
}

/// Which instance of a policy is in force.
#[derive(Clone, Debug)]
pub enum Effective<'t> {
    /// One that was assigned.
    Assigned {
        /// Its name.
        name: PolicyName,
        /// Where the assignment is written.
        place: Written<'t>,
    },
    /// Nothing is assigned: `Global`.
    Global,
    /// The export does not tell.
    Unknown,
}

/// A policy in force, found among the exported ones.
#[derive(Clone, Debug)]
pub enum InForce<'t, R> {
    /// This one.
    Policy {
        /// The policy.
        policy: &'t Merged<R>,
        /// Its name.
        name: &'t str,
        /// Where it is assigned; `None` for `Global`.
        place: Option<Written<'t>>,
    },
    /// A name is assigned that no exported policy has.
    Dangling(&'t str, Written<'t>),
    /// The export does not tell.
    Unknown,
}

impl Tenant {
    /// The policies that an account lists with the way they were assigned; none where the export does not tell them.
    ///
    /// Source: <https://learn.microsoft.com/microsoftteams/policy-assignment-overview>.
    pub fn listed_policies(&self, user: &User) -> &[EffectivePolicy] {
        self.snapshot.texts.listed(&user.effective_policies)
    }

    /// Which instance of a type of policy is in force for an account: its property shows the winner of direct and group
    /// assignment; where it is blank, a group of which the account is known to be a member decides; else `Global`.
    ///
    /// Source: <https://learn.microsoft.com/microsoftteams/policy-assignment-overview>.
    pub fn effective<'t>(&'t self, user: &'t User, kind: PolicyKind) -> Effective<'t> {
        let texts = &self.snapshot.texts;
        let assigned = |name: PolicyName, place: Written<'t>| {
            if texts.symbol(name.0).eq_ignore_ascii_case("Global") {
                Effective::Global
            } else {
                Effective::Assigned { name, place }
            }
        };
        let own = kind.of(user);
        if let Field::Value(name) = own {
            return assigned(name, Written::OfUser(user, kind));
        }
        match self.listed_policy(user, kind) {
            Some(policy) => assigned(policy.name, Written::Listed(user, policy)),
            None if own.is_absent() => Effective::Unknown,
            None => match self.group_assignment(user, kind) {
                Some((name, place)) => assigned(name, place),
                None => Effective::Global,
            },
        }
    }

    /// How the policy came to be in force that is assigned there.
    ///
    /// Source: <https://learn.microsoft.com/microsoftteams/policy-assignment-overview>.
    pub fn assigned<'t>(&self, place: Written<'t>) -> Assigned<'t> {
        let by_group = match place {
            Written::OfNumber(assignment) => return Assigned::ToNumber(assignment),
            Written::OfGroup(_) => true,
            Written::Listed(_, policy) => policy.by_group,
            // Few ask, and the list lies far away: it is looked at for them alone.
            Written::OfUser(user, kind) => {
                let listed = self.listed_policy(user, kind);
                listed.is_some_and(|policy| policy.by_group)
            }
        };
        if by_group {
            Assigned::ByGroup
        } else {
            Assigned::ToUser
        }
    }

    /// What an account's list of policies says of a type.
    fn listed_policy(&self, user: &User, kind: PolicyKind) -> Option<&EffectivePolicy> {
        let texts = &self.snapshot.texts;
        let mut listed = self.listed_policies(user).iter();
        listed.find(|policy| {
            let named = || PolicyKind::named(texts.symbol(policy.policy_type));
            self.index.memo.policy_types.of(policy.policy_type, named) == Some(kind)
        })
    }

    /// The policy that a group brings: of the groups that have the account for a member, the one of the lowest rank.
    fn group_assignment(&self, user: &User, kind: PolicyKind) -> Option<(PolicyName, Written<'_>)> {
        let id = user.id.get()?;
        let rows = self.index.memo.group_policies[kind as usize].get_or_init(|| {
            let of_kind = |row: &Merged<GroupPolicyRecord>| {
                let policy_type = row.policy_type.get();
                policy_type.is_some_and(|name| kind.is_named(self.snapshot.texts.symbol(name)))
            };
            let rows = self.group_policies.iter().zip(0..);
            rows.filter(|(row, _)| of_kind(row))
                .map(|(_, index)| index)
                .collect()
        });
        rows.iter()
            .filter_map(|index| self.group_policies.get(*index as usize))
            .filter(|row| {
                let members = row
                    .group
                    .get()
                    .and_then(|id| self.directory.members.get(&id));
                members.is_some_and(|members| members.binary_search(&id).is_ok())
            })
            .min_by_key(|row| row.rank.get().unwrap_or(i64::MAX))
            .and_then(|row| Some((row.policy.get()?, Written::OfGroup(row))))
    }

    /// Whether there is a policy of that type and name; unknown where the policies of the type were not all exported.
    ///
    /// Source: <https://learn.microsoft.com/microsoftteams/policy-assignment-overview>.
    pub fn policy_exists(&self, kind: PolicyKind, name: &str) -> Answer {
        let listed = match kind {
            PolicyKind::Calling => self.calling_policies.find(name).is_some(),
            PolicyKind::EmergencyCallRouting => {
                self.emergency_call_routing_policies.find(name).is_some()
            }
            PolicyKind::EmergencyCalling => self.emergency_calling_policies.find(name).is_some(),
            PolicyKind::SharedCalling => self.shared_calling_policies.find(name).is_some(),
            PolicyKind::DialPlan => self.dial_plans.find(name).is_some(),
            PolicyKind::CallerId => self.caller_id_policies.find(name).is_some(),
            PolicyKind::VoiceRouting => self.voice_routing_policies.find(name).is_some(),
            PolicyKind::ConferencingRouting => {
                self.conferencing.routing_policies.find(name).is_some()
            }
            PolicyKind::VoiceApplications => self.voice_applications_policies.find(name).is_some(),
        };
        let built_in = name.eq_ignore_ascii_case("Global")
            || kind
                .built_in()
                .iter()
                .any(|one| one.eq_ignore_ascii_case(name));
        let built_in = built_in || self.snapshot.texts.is_built_in(kind.property(), name);
        if listed || built_in {
            return Answer::Yes;
        }
        let export = kind.export();
        let told = self.snapshot.has_export(export) && self.snapshot.incomplete(export).is_none();
        if told { Answer::No } else { Answer::Unknown }
    }

    /// The calling policy in force for an account.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csteamscallingpolicy>.
    pub fn calling_policy<'t>(&'t self, user: &'t User) -> InForce<'t, CallingPolicyRecord> {
        self.in_force(user, PolicyKind::Calling, &self.calling_policies)
    }

    /// The emergency call routing policy in force for an account.
    ///
    /// Source: <https://learn.microsoft.com/microsoftteams/manage-emergency-call-routing-policies>.
    pub fn emergency_call_routing_policy<'t>(
        &'t self,
        user: &'t User,
    ) -> InForce<'t, EmergencyCallRoutingPolicyRecord> {
        self.in_force(
            user,
            PolicyKind::EmergencyCallRouting,
            &self.emergency_call_routing_policies,
        )
    }

    /// The emergency calling policy in force for an account.
    ///
    /// Source: <https://learn.microsoft.com/microsoftteams/manage-emergency-calling-policies>.
    pub fn emergency_calling_policy<'t>(
        &'t self,
        user: &'t User,
    ) -> InForce<'t, EmergencyCallingPolicyRecord> {
        self.in_force(
            user,
            PolicyKind::EmergencyCalling,
            &self.emergency_calling_policies,
        )
    }

    /// The shared calling policy in force for an account.
    ///
    /// Source: <https://learn.microsoft.com/microsoftteams/shared-calling-plan>.
    pub fn shared_calling_policy<'t>(
        &'t self,
        user: &'t User,
    ) -> InForce<'t, SharedCallingPolicyRecord> {
        self.in_force(
            user,
            PolicyKind::SharedCalling,
            &self.shared_calling_policies,
        )
    }

    /// The dial plan in force for an account.
    ///
    /// Source: <https://learn.microsoft.com/microsoftteams/what-are-dial-plans>.
    pub fn dial_plan<'t>(&'t self, user: &'t User) -> InForce<'t, DialPlanRecord> {
        self.in_force(user, PolicyKind::DialPlan, &self.dial_plans)
    }

    /// The caller ID policy in force for an account.
    ///
    /// Source: <https://learn.microsoft.com/microsoftteams/how-can-caller-id-be-used-in-your-organization>.
    pub fn caller_id_policy<'t>(
        &'t self,
        user: &'t User,
    ) -> InForce<'t, CallingLineIdentityRecord> {
        self.in_force(user, PolicyKind::CallerId, &self.caller_id_policies)
    }

    fn in_force<'t, R>(
        &'t self,
        user: &'t User,
        kind: PolicyKind,
        policies: &'t Named<R>,
    ) -> InForce<'t, R> {
        let texts = &self.snapshot.texts;
        match self.effective(user, kind) {
            Effective::Unknown => InForce::Unknown,
            Effective::Global => match policies.global() {
                Some(policy) => InForce::Policy {
                    policy,
                    name: "Global",
                    place: None,
                },
                None => InForce::Unknown,
            },
            Effective::Assigned { name, place } => {
                let policy = policies.find_spelled(name, texts);
                let name = texts.symbol(name.0);
                match policy {
                    Some(policy) => InForce::Policy {
                        policy,
                        name,
                        place: Some(place),
                    },
                    None => InForce::Dangling(name, place),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tenant::testing::tenant;

    const ID: &str = "00000000-0000-4000-8000-000000000001";
    const GROUP: &str = "00000000-0000-4000-8000-0000000000aa";
    const POLICIES: (&str, &str) = (
        "Get-CsTeamsCallingPolicy.json",
        r#"[{"Identity":"Global","AllowPrivateCalling":true},{"Identity":"Tag:Lobby","AllowPrivateCalling":false}]"#,
    );

    fn calling(properties: &str, files: &[(&str, &str)]) -> String {
        let users = format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"a","LineUri":null{properties}}}]"#
        );
        let mut all = vec![("Get-CsOnlineUser.json", users.as_str()), POLICIES];
        all.extend(files);
        let tenant = tenant(&all);
        match tenant.calling_policy(&tenant.users[0]) {
            InForce::Policy { name, place, .. } => {
                let assigned = place.map(|place| tenant.assigned(place));
                let by_group = matches!(assigned, Some(Assigned::ByGroup));
                format!("{name} {} {by_group}", place.is_some())
            }
            InForce::Dangling(name, _) => format!("dangling {name}"),
            InForce::Unknown => "unknown".to_owned(),
        }
    }

    #[test]
    fn own_then_groups_then_global() {
        assert_eq!(
            calling(r#","TeamsCallingPolicy":"lobby""#, &[]),
            "lobby true false"
        );
        assert_eq!(
            calling(r#","TeamsCallingPolicy":null"#, &[]),
            "Global false false"
        );
        assert_eq!(
            calling(r#","TeamsCallingPolicy":"Gone""#, &[]),
            "dangling Gone"
        );
        assert_eq!(calling("", &[]), "unknown");
        let rows = format!(
            r#"[{{"GroupId":"{GROUP}","PolicyType":"TeamsCallingPolicy","PolicyName":"Lobby","Rank":2}}]"#
        );
        let members = format!(r#"[{{"groupId":"{GROUP}","id":"{ID}"}}]"#);
        let groups = [
            ("Get-CsGroupPolicyAssignment.json", rows.as_str()),
            ("group-members.json", members.as_str()),
        ];
        assert_eq!(
            calling(r#","TeamsCallingPolicy":null"#, &groups),
            "Lobby true true"
        );
        assert_eq!(
            calling(r#","TeamsCallingPolicy":"Global""#, &groups),
            "Global false false"
        );
        assert_eq!(
            calling(r#","TeamsCallingPolicy":null"#, &groups[..1]),
            "Global false false"
        );
    }

    #[test]
    fn types_are_named_with_and_without_prefix() {
        assert!(PolicyKind::VoiceRouting.is_named("VoiceRoutingPolicy"));
        assert!(PolicyKind::VoiceRouting.is_named("teamsVoiceRoutingPolicy"));
        assert!(PolicyKind::Calling.is_named("CallingPolicy"));
        assert!(!PolicyKind::Calling.is_named("TeamsEmergencyCallingPolicy"));
        assert!(is_same_type("UpgradePolicy", "TeamsUpgradePolicy"));
        assert!(!PolicyKind::VoiceRouting.is_named("TeamsSharedCallingRoutingPolicy"));
    }
}
