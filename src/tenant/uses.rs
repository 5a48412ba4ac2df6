//! What names a resource account besides the app that it serves: targets of calls, shared calling, caller IDs, patterns of
//! blocked numbers.
//!
//! The index is built once. It refuses to say whether a policy is in use by anybody: being named is enough.

use super::{App, AppKind, Destination, Ids, Tenant};
use crate::finding::Place;
use crate::snapshot::cell::without_tag;
use crate::snapshot::record::{CallTarget, Record};
use crate::snapshot::{ExportKind, ObjectId};

/// As what a resource account is named.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum AccountRole {
    /// An auto attendant or a call queue sends calls to it.
    Target,
    /// Calls to unassigned numbers go to it.
    UnassignedNumbers,
    /// Calls from blocked numbers go to it.
    BlockedNumbers,
    /// Users without a number call with its number.
    SharedCalling,
    /// Its number is shown to those who are called.
    CallerId,
    /// A caller ID policy names it, and shows something else.
    LeftBehind,
    /// An auto attendant names it for callers who dial by name.
    DialByName,
}

/// One place that names a resource account.
#[derive(Clone, Debug)]
pub struct AccountUse {
    /// As what it is named.
    pub role: AccountRole,
    /// By whom, in words, with the name in backticks.
    pub by: String,
    /// Where.
    pub place: Place,
}

impl Tenant {
    /// Whether all that names resource accounts could be read: menus and targets may have been lost.
    ///
    /// Source: <https://learn.microsoft.com/microsoftteams/manage-resource-accounts>.
    pub fn tells_all_uses(&self) -> bool {
        !self.index.uses_lost
    }

    /// What names a resource account: apps in order of id, then policies in order of name.
    ///
    /// Source: <https://learn.microsoft.com/microsoftteams/manage-resource-accounts>.
    pub fn uses_of(&self, account: ObjectId) -> &[AccountUse] {
        self.index
            .account_uses
            .get(&account)
            .map_or(&[], Vec::as_slice)
    }
}

impl Tenant {
    /// Which apps send calls to a person, and where that is written.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/new-csautoattendantcallableentity>.
    pub fn calls_to_person(&self, person: ObjectId) -> Vec<(String, Place)> {
        let mut calls = Vec::new();
        for app in &self.apps {
            for (target, place) in self.targets_of(app) {
                if self.destination_of(target) == Destination::Person(person) {
                    calls.push((self.app_words(app), place));
                    break;
                }
            }
        }
        calls
    }

    /// Everywhere an app may send a call, with the place of each.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-cscallqueue>.
    pub fn targets_of<'t>(&'t self, app: &'t App) -> Vec<(&'t CallTarget, Place)> {
        let mut targets: Vec<(&CallTarget, Place)> = [
            (&app.operator, "Operator"),
            (&app.overflow_target, "OverflowActionTarget"),
            (&app.timeout_target, "TimeoutActionTarget"),
            (&app.no_agent_target, "NoAgentActionTarget"),
        ]
        .into_iter()
        .filter_map(|(target, property)| Some((target.value()?, app.at(property))))
        .collect();
        let own = app.default_flow.value().into_iter();
        targets.extend(own.flat_map(|flow| {
            flow.targets
                .iter()
                .map(|target| (target, app.at("DefaultCallFlow")))
        }));
        let flows = app.flows.value().into_iter().flatten().enumerate();
        targets.extend(flows.flat_map(|(index, flow)| {
            flow.targets
                .iter()
                .map(move |target| (target, app.at("CallFlows").element(index)))
        }));
        targets
    }

    /// An app in words: what it is, and its name in backticks.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csautoattendant>.
    pub fn app_words(&self, app: &App) -> String {
        let Some(id) = app.id.get() else {
            return "an app".to_owned();
        };
        let kind = self.kind_of(id).map_or("app", AppKind::words);
        format!("{kind} `{}`", self.app_name(id))
    }
}

/// Whether something that could name an account was exported and lost, so that who names whom is not all known.
pub(super) fn is_lost(tenant: &Tenant) -> bool {
    let exported = |app: &App, property: &str| {
        let name = property.to_ascii_lowercase();
        let export = tenant.snapshot.exports.get(&app.origin().kind);
        export.is_some_and(|export| export.properties.contains(&name))
    };
    tenant.apps.iter().any(|app| {
        // What every export has, was left out; the rest came with later modules.
        let left_out = match app.origin().kind {
            ExportKind::CallQueue => {
                app.overflow_target.is_absent() || app.timeout_target.is_absent()
            }
            _ => app.default_flow.is_absent(),
        };
        let lost = [
            ("Operator", app.operator.is_absent()),
            ("CallFlows", app.flows.is_absent()),
            ("NoAgentActionTarget", app.no_agent_target.is_absent()),
        ];
        left_out
            || lost
                .into_iter()
                .any(|(property, absent)| absent && exported(app, property))
    })
}

/// Collects every use of every account.
pub(super) fn index(tenant: &Tenant) -> Ids<Vec<AccountUse>> {
    let mut uses = Ids::default();
    apps(tenant, &mut uses);
    policies(tenant, &mut uses);
    uses
}

fn note(
    uses: &mut Ids<Vec<AccountUse>>,
    account: Option<ObjectId>,
    role: AccountRole,
    by: &str,
    place: impl FnOnce() -> Place,
) {
    if let Some(account) = account {
        let (by, place) = (by.to_owned(), place());
        uses.entry(account)
            .or_default()
            .push(AccountUse { role, by, place });
    }
}

fn apps(tenant: &Tenant, uses: &mut Ids<Vec<AccountUse>>) {
    let endpoint = |target: &CallTarget| match tenant.destination_of(target) {
        // An app names the account, as whatever it takes it for.
        Destination::Account(account) | Destination::Untold(account) => Some(account),
        _ => None,
    };
    for app in &tenant.apps {
        let Some(id) = app.id.get() else { continue };
        let kind = tenant.kind_of(id).map_or("app", AppKind::words);
        let by = format!("{kind} `{}`", tenant.app_name(id));
        for (target, property) in [
            (&app.operator, "Operator"),
            (&app.overflow_target, "OverflowActionTarget"),
            (&app.timeout_target, "TimeoutActionTarget"),
            (&app.no_agent_target, "NoAgentActionTarget"),
        ] {
            let account = target.value().and_then(endpoint);
            note(uses, account, AccountRole::Target, &by, || app.at(property));
        }
        for target in app
            .default_flow
            .value()
            .into_iter()
            .flat_map(|flow| &flow.targets)
        {
            let place = || app.at("DefaultCallFlow");
            note(uses, endpoint(target), AccountRole::Target, &by, place);
        }
        for (index, flow) in app.flows.value().into_iter().flatten().enumerate() {
            for target in &flow.targets {
                let place = || app.at("CallFlows").element(index);
                note(uses, endpoint(target), AccountRole::Target, &by, place);
            }
        }
        for (index, account) in app.calling_ids.value().into_iter().flatten().enumerate() {
            let place = || app.at("OboResourceAccountIds").element(index);
            note(uses, Some(*account), AccountRole::CallerId, &by, place);
        }
        let account = app.dial_by_name.get();
        note(uses, account, AccountRole::DialByName, &by, || {
            app.at("DialByNameResourceId")
        });
    }
}

fn policies(tenant: &Tenant, uses: &mut Ids<Vec<AccountUse>>) {
    let texts = &tenant.snapshot.texts;
    for policy in tenant.shared_calling_policies.iter() {
        let name = policy.name.get().map_or("", |name| texts.symbol(name.0));
        let by = format!("shared calling policy `{name}`");
        let place = || policy.at("ResourceAccount");
        note(
            uses,
            policy.account.get(),
            AccountRole::SharedCalling,
            &by,
            place,
        );
    }
    for policy in tenant.caller_id_policies.iter() {
        // An account that another substitute left behind is not shown.
        let other = policy.substitute.get().is_some_and(|name| {
            let name = texts.symbol(name);
            ["LineUri", "Anonymous"]
                .iter()
                .any(|other| name.eq_ignore_ascii_case(other))
        });
        let role = if other {
            AccountRole::LeftBehind
        } else {
            AccountRole::CallerId
        };
        let name = policy.name.get().map_or("", |name| texts.symbol(name.0));
        let by = format!("caller ID policy `{name}`");
        let place = || policy.at("ResourceAccount");
        note(uses, policy.account.get(), role, &by, place);
    }
    for treatment in tenant.unassigned_numbers.iter() {
        let to_account = treatment
            .target_type
            .get()
            .is_some_and(|name| texts.symbol(name).eq_ignore_ascii_case("ResourceAccount"));
        if to_account {
            let name = treatment.id.get().map_or("", |id| texts.symbol(id));
            let by = format!("unassigned number treatment `{name}`");
            let place = || treatment.at("Target");
            let account = treatment.target.get();
            note(uses, account, AccountRole::UnassignedNumbers, &by, place);
        }
    }
    for pattern in tenant.blocked_patterns.iter() {
        let name = pattern.name.get().map_or("", |name| texts.symbol(name));
        let by = format!("blocked number pattern `{}`", without_tag(name));
        let place = || pattern.at("ResourceAccount");
        let account = pattern.account.get();
        note(uses, account, AccountRole::BlockedNumbers, &by, place);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tenant::testing::tenant;

    const ONE: &str = "00000000-0000-4000-8000-000000000001";

    #[test]
    fn every_use_has_its_role_its_name_and_its_place() {
        let queues = format!(
            "[{{\"Identity\":\"00000000-0000-4000-8000-00000000000a\",\"Name\":\"Sales\",\"RoutingMethod\":\"Serial\",\"TimeoutActionTarget\":{{\"Id\":\"{ONE}\",\"Type\":\"ApplicationEndPoint\"}},\"OverflowActionTarget\":{{\"Id\":\"{ONE}\",\"Type\":\"User\"}},\"OboResourceAccountIds\":[\"{ONE}\"]}}]"
        );
        let shared = format!(
            "[{{\"Identity\":\"Tag:US\",\"ResourceAccount\":\"{ONE}\",\"EmergencyNumbers\":[]}}]"
        );
        let caller_ids = format!(
            "[{{\"Identity\":\"Tag:Main\",\"CallingIDSubstitute\":\"Resource\",\"ResourceAccount\":\"{ONE}\"}},{{\"Identity\":\"Tag:Old\",\"CallingIDSubstitute\":\"LineUri\",\"ResourceAccount\":\"{ONE}\"}}]"
        );
        let treatments = format!(
            "[{{\"TreatmentId\":\"Rest\",\"TreatmentPriority\":1,\"TargetType\":\"ResourceAccount\",\"Target\":\"{ONE}\"}},{{\"TreatmentId\":\"Music\",\"TreatmentPriority\":2,\"TargetType\":\"Announcement\",\"Target\":\"{ONE}\"}}]"
        );
        let patterns = format!(
            "[{{\"Identity\":\"Spam\",\"Name\":\"Spam\",\"Pattern\":\"^\\\\+1900\",\"Enabled\":true,\"ResourceAccount\":\"{ONE}\"}}]"
        );
        let attendants = format!(
            "[{{\"Identity\":\"00000000-0000-4000-8000-00000000000b\",\"Name\":\"Main\",\"LanguageId\":\"en-US\",\"TimeZoneId\":\"UTC\",\"DialByNameResourceId\":\"{ONE}\"}}]"
        );
        let tenant = tenant(&[
            ("Get-CsInboundBlockedNumberPattern.json", &patterns),
            ("Get-CsAutoAttendant.json", &attendants),
            ("Get-CsCallQueue.json", &queues),
            ("Get-CsTeamsSharedCallingRoutingPolicy.json", &shared),
            ("Get-CsCallingLineIdentity.json", &caller_ids),
            ("Get-CsTeamsUnassignedNumberTreatment.json", &treatments),
        ]);
        let one = ObjectId::parse(ONE).expect("an id");
        let uses: Vec<(AccountRole, &str, &str)> = tenant
            .uses_of(one)
            .iter()
            .map(|one| (one.role, one.by.as_str(), one.place.field[0].as_str()))
            .collect();
        assert_eq!(
            uses,
            [
                (
                    AccountRole::Target,
                    "call queue `Sales`",
                    "timeoutactiontarget"
                ),
                (
                    AccountRole::CallerId,
                    "call queue `Sales`",
                    "oboresourceaccountids"
                ),
                (
                    AccountRole::DialByName,
                    "auto attendant `Main`",
                    "dialbynameresourceid"
                ),
                (
                    AccountRole::SharedCalling,
                    "shared calling policy `US`",
                    "resourceaccount"
                ),
                (
                    AccountRole::CallerId,
                    "caller ID policy `Main`",
                    "resourceaccount"
                ),
                (
                    AccountRole::LeftBehind,
                    "caller ID policy `Old`",
                    "resourceaccount"
                ),
                (
                    AccountRole::UnassignedNumbers,
                    "unassigned number treatment `Rest`",
                    "target"
                ),
                (
                    AccountRole::BlockedNumbers,
                    "blocked number pattern `Spam`",
                    "resourceaccount"
                ),
            ]
        );
        assert!(tenant.uses_of(ObjectId::from_bits(1)).is_empty());
    }
}
