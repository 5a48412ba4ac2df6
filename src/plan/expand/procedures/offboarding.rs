//! People who leave.
//!
//! Source: <https://learn.microsoft.com/microsoftteams/assign-change-or-remove-a-phone-number-for-a-user>.

use std::collections::{BTreeMap, BTreeSet};

use super::holdings::skus_of;
use super::sequence::Sequence;
use crate::finding::{Place, Severity};
use crate::plan::act::{Act, Met, Need};
use crate::plan::areas::accounts::treatments_to_person;
use crate::plan::expand::Planned;
use crate::plan::expand::operands::{Operands, Placed};
use crate::plan::state::State;
use crate::snapshot::record::CallingSettingsRecord;
use crate::snapshot::{ExportKind, ObjectId, PhoneNumber, Texts};
use crate::tenant::{Merged, without_sip};

/// Numbers, licenses, sign-in, and the account itself only where the step says so; what still names the user is told
/// first.
pub(super) fn users(step: &mut Operands) -> Vec<Planned> {
    let blocked_days = step.step.count("blocked-days");
    let is_deleted = step.step.flag("delete") == Some(true);
    let users = step.accounts("users");
    let state = step.state;
    let forwards = Forwards::to(&users, state);
    let mut sequence = Sequence::default();
    for (account, bytes) in users {
        let mut needs = nothing_names(account, &forwards, state);
        let mut acts = Vec::new();
        let numbers = state.numbers_of(account).into_iter();
        acts.extend(numbers.map(|number: PhoneNumber| Act::Unassign {
            account,
            number: Some(number),
            blocked_days,
            blocked_forever: false,
        }));
        // What a group brings goes with the group.
        let own = skus_of(account, state);
        if own.is_none() {
            needs.push(tells_licenses(account, state));
        }
        let own = own.unwrap_or_default().into_iter();
        let own = own.filter(|own| own.by.is_empty() || own.by.contains(&None));
        let remove: Vec<ObjectId> = own.map(|own| own.id).collect();
        if !remove.is_empty() {
            acts.push(Act::ChangeLicense {
                account,
                add: Vec::new(),
                remove,
            });
        }
        acts.push(Act::Disable { account });
        if is_deleted {
            acts.push(Act::Delete { account });
        }
        for act in acts {
            sequence.with_needs(act, &bytes, std::mem::take(&mut needs));
        }
    }
    sequence.done()
}

/// That somebody can tell which licenses to take off.
fn tells_licenses(account: ObjectId, state: &State) -> Need {
    let name = state.account_name(account);
    let what = format!("the licenses of `{name}` are exported, so that they go with it");
    Need::harm(Severity::Warning, what, Met::Unknown)
        .instead("no export tells them (Get-MgUser): take them off by hand")
        .at(state.at(account, "AssignedPlan"))
}

/// Where calls for somebody may be sent: to the user principal name and to the SIP address, in lower case without `sip:`.
fn addresses_of(account: ObjectId, state: &State) -> Vec<String> {
    let texts = &state.tenant.snapshot.texts;
    let user = state.user(account);
    let sip = user
        .and_then(|user| user.sip_address.get())
        .map(|sip| sip.0);
    let told = user.and_then(|user| user.upn.get()).into_iter().chain(sip);
    let told = told.map(|text| texts.text(text));
    let mut addresses: Vec<String> = told
        .map(|address| without_sip(address).to_lowercase())
        .collect();
    addresses.dedup();
    addresses
}

/// Who sends calls to the users of a step.
struct Forwards {
    /// By the addresses of the users.
    by_address: BTreeMap<String, Vec<(String, Place)>>,
    /// How long these addresses are: a snapshot has far more addresses than a step has users.
    lengths: BTreeSet<usize>,
}

impl Forwards {
    fn to(users: &[Placed<ObjectId>], state: &State) -> Self {
        let texts = &state.tenant.snapshot.texts;
        let addresses = users.iter();
        let addresses = addresses.flat_map(|(account, _)| addresses_of(*account, state));
        let by_address: BTreeMap<_, _> = addresses.map(|address| (address, Vec::new())).collect();
        let lengths = by_address.keys().map(String::len).collect();
        let mut forwards = Self {
            by_address,
            lengths,
        };
        for settings in state.tenant.directory.calling_settings.iter() {
            forwards.add_settings(settings, texts);
        }
        for policy in state.tenant.emergency_calling_policies.iter() {
            let name = state.symbol(policy.name.get().map(|name| name.0));
            let by = || format!("emergency calling policy `{name}` tells it of emergency calls");
            let group = policy.notification_group.get();
            let group = group.map_or("", |group| texts.text(group));
            for target in group.split([';', ',']) {
                forwards.add(target, by, || policy.at("NotificationGroup"));
            }
        }
        forwards
    }

    fn add_settings(&mut self, settings: &Merged<CallingSettingsRecord>, texts: &Texts) {
        let from = settings.sip_uri.get().map_or("", |uri| texts.text(uri));
        let by = || format!("`{}` sends calls there", without_sip(from));
        for (target, is_on, property) in [
            (
                settings.forwarding_target,
                settings.forwarding,
                "ForwardingTarget",
            ),
            (
                settings.unanswered_target,
                settings.unanswered,
                "UnansweredTarget",
            ),
        ] {
            if let Some(target) = target.get().filter(|_| is_on.get() != Some(false)) {
                self.add(texts.text(target), by, || settings.at(property));
            }
        }
        let group = settings.call_group.value().into_iter().flatten();
        for (index, target) in group.enumerate() {
            let place = || settings.at("CallGroupTargets").element(index);
            self.add(texts.text(*target), by, place);
        }
    }

    fn add(&mut self, to: &str, by: impl Fn() -> String, place: impl Fn() -> Place) {
        let to = without_sip(to);
        if self.lengths.contains(&to.len())
            && let Some(known) = self.by_address.get_mut(&to.to_lowercase())
        {
            known.push((by(), place()));
        }
    }
}

/// Exports that tell who sends calls to a person.
const SEND_CALLS: [ExportKind; 5] = [
    ExportKind::AutoAttendant,
    ExportKind::CallQueue,
    ExportKind::TeamsUnassignedNumberTreatment,
    ExportKind::UserCallingSettings,
    ExportKind::TeamsEmergencyCallingPolicy,
];

/// That no app, policy or other user sends calls to a user.
fn nothing_names(account: ObjectId, forwards: &Forwards, state: &State) -> Vec<Need> {
    let tenant = &state.tenant;
    let name = state.account_name(account);
    let what = format!("no calls are meant for `{name}`");
    let calls = tenant.calls_to_person(account).into_iter();
    let calls = calls.map(|(by, place)| (format!("{by} sends calls there"), place));
    let uses = tenant.uses_of(account).iter();
    let uses = uses.map(|one| (format!("{} names it", one.by), one.place.clone()));
    let treatments = treatments_to_person(account, state).into_iter();
    let treatments = treatments.map(|(by, place)| (format!("{by} sends calls there"), place));
    let addresses = addresses_of(account, state);
    let by_address = addresses
        .iter()
        .filter_map(|one| forwards.by_address.get(one));
    let by_address = by_address.flatten().cloned();
    let named: Vec<_> = calls
        .chain(uses)
        .chain(treatments)
        .chain(by_address)
        .collect();
    if named.is_empty() {
        let is_untold = addresses.is_empty();
        let untold = state.untold_uses(&SEND_CALLS);
        let untold = untold.or(is_untold.then(|| "no export tells its address".to_owned()));
        return vec![Need::harmless(Severity::Warning, what, untold)];
    }
    let needs = named.into_iter().map(|(by, place)| {
        Need::harm(Severity::Warning, what.as_str(), Met::No)
            .instead(by)
            .at(place)
    });
    needs.collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::plan::act::Act;
    use crate::plan::expand::procedures::testing::{
        acts, contoso, expanded, id, open, unmet, with,
    };

    const STEP: &str =
        "change = \"offboard-user\"\nusers = [\"ana@contoso.example\"]\nblocked-days = 30";

    #[test]
    fn whoever_calls_a_user_is_told() {
        let operator = json!({"Operator": {"Id": id(1), "Type": "User"}});
        let mut files = with(contoso(), "Get-CsAutoAttendant.json", "Main", &operator);
        files.push((
            "Get-CsUserCallingSettings.json",
            json!([
                {"SipUri": "sip:dan@contoso.example", "IsForwardingEnabled": true, "ForwardingTarget": "sip:Ana@contoso.example", "CallGroupTargets": []},
                {"SipUri": "sip:eve@contoso.example", "IsForwardingEnabled": false, "ForwardingTarget": "sip:ana@contoso.example", "CallGroupTargets": ["sip:ana@contoso.example"]},
            ]),
        ));
        files.push((
            "Get-CsTeamsUnassignedNumberTreatment.json",
            json!([{"TreatmentId": "Rest", "TreatmentPriority": 1, "TargetType": "User", "Target": id(1)}]),
        ));
        files.push((
            "Get-CsTeamsEmergencyCallingPolicy.json",
            json!([{"Identity": "Tag:Desk", "NotificationGroup": "desk@contoso.example;ana@contoso.example"}]),
        ));
        let what = "no calls are meant for `ana@contoso.example`";
        assert_eq!(
            unmet(&files, STEP),
            [
                format!("{what}: auto attendant `Main` sends calls there"),
                format!("{what}: unassigned number treatment `Rest` sends calls there"),
                format!("{what}: `dan@contoso.example` sends calls there"),
                format!("{what}: `eve@contoso.example` sends calls there"),
                format!("{what}: emergency calling policy `Desk` tells it of emergency calls"),
            ]
        );
    }

    #[test]
    fn who_calls_a_user_is_not_known_without_the_exports_that_tell() {
        let what = "no calls are meant for `ana@contoso.example`";
        let missing = "Get-CsTeamsUnassignedNumberTreatment, Get-CsUserCallingSettings, Get-CsTeamsEmergencyCallingPolicy";
        let unlicensed = "the licenses of `ana@contoso.example` are exported, so that they go with it: no export tells them (Get-MgUser): take them off by hand";
        assert_eq!(
            open(&contoso(), STEP),
            [
                format!("{what}: not all of {missing} is exported"),
                unlicensed.to_owned(),
            ]
        );
        let mut files = contoso();
        files.push((
            "graph-users.json",
            json!([{"id": id(1), "userPrincipalName": "ana@contoso.example", "accountEnabled": true, "assignedLicenses": []}]),
        ));
        for name in [
            "Get-CsTeamsUnassignedNumberTreatment.json",
            "Get-CsUserCallingSettings.json",
            "Get-CsTeamsEmergencyCallingPolicy.json",
        ] {
            files.push((name, json!([])));
        }
        assert_eq!(open(&files, STEP), [""; 0]);
    }

    #[test]
    fn calls_are_sent_to_sip_addresses() {
        let address = json!({"SipAddress": "sip:Ana.Smith@contoso.example"});
        let mut files = with(contoso(), "Get-CsOnlineUser.json", "ana@", &address);
        let forward = |to: &str| json!([{"SipUri": "sip:dan@contoso.example", "IsForwardingEnabled": true, "ForwardingTarget": to}]);
        let told = [
            "no calls are meant for `ana@contoso.example`: `dan@contoso.example` sends calls there",
        ];
        for to in ["sip:ana.smith@contoso.example", "sip:ana@contoso.example"] {
            files.retain(|(name, _)| *name != "Get-CsUserCallingSettings.json");
            files.push(("Get-CsUserCallingSettings.json", forward(to)));
            assert_eq!(unmet(&files, STEP), told, "{to}");
        }
    }

    #[test]
    fn an_account_goes_only_where_the_step_says_so_and_licenses_where_they_are_known() {
        assert_eq!(
            acts(&contoso(), STEP),
            ["unassign-number", "disable-account"]
        );
        let mut files = contoso();
        files.push((
            "graph-users.json",
            json!([{"id": id(1), "userPrincipalName": "ana@contoso.example", "accountEnabled": true,
                "assignedLicenses": [{"skuId": id(31), "disabledPlans": []}, {"skuId": id(32), "disabledPlans": []}],
                "licenseAssignmentStates": [
                    {"skuId": id(31), "assignedByGroup": null, "disabledPlans": [], "error": "None"},
                    {"skuId": id(32), "assignedByGroup": id(41), "disabledPlans": [], "error": "None"},
                ]}]),
        ));
        let (_, expansion) = expanded(&files, &format!("{STEP}\ndelete = true"));
        let Act::ChangeLicense { remove, .. } = &expansion.acts[1].act else {
            panic!("{:?}", expansion.acts);
        };
        let remove: Vec<String> = remove.iter().map(ToString::to_string).collect();
        assert_eq!(remove, [id(31)], "the group keeps its own");
        assert_eq!(expansion.acts.len(), 4);
        let Act::Unassign { blocked_days, .. } = &expansion.acts[0].act else {
            panic!("{:?}", expansion.acts);
        };
        assert_eq!(*blocked_days, Some(30));
    }
}
