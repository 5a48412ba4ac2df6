//! Accounts: resource accounts from their creation to their end, and people who leave.
//!
//! Sources: <https://learn.microsoft.com/microsoftteams/manage-resource-accounts>,
//! <https://learn.microsoft.com/powershell/module/microsoftteams/new-csonlineapplicationinstance>,
//! <https://learn.microsoft.com/powershell/module/microsoftteams/new-csonlineapplicationinstanceassociation>.

use serde_json::{Value, json};

use super::{licenses, numbers};
use crate::finding::powershell::quoted;
use crate::finding::{Place, Severity};
use crate::plan::act::{Act, Effect, Met, Need, Pending, Undo};
use crate::plan::state::{State, added, removed, set};
use crate::snapshot::{ExportKind, ObjectId, Text};
use crate::tenant::edit::{Edit, Object};
use crate::tenant::{AppKind, Application, PolicyKind, ResourceAccount, User};

/// How many hours a new account takes until every part of the service knows it.
///
/// Source: <https://learn.microsoft.com/microsoftteams/manage-resource-accounts>.
const CREATION_TAKES: u64 = 24;

pub(in crate::plan) fn needs(act: &Act, state: &State) -> Vec<Need> {
    match act {
        Act::CreateAccount { upn, synced, .. } => needs_of_creation(upn, *synced, state),
        Act::SetApplicationType { account, .. } => {
            let mut needs = vec![is_resource_account(*account, state)];
            needs.extend(numbers::is_alive(*account, state));
            needs.push(not_associated(*account, state));
            needs
        }
        Act::Associate { account, app } => {
            let mut needs = vec![is_resource_account(*account, state)];
            needs.extend(numbers::is_alive(*account, state));
            needs.push(not_associated(*account, state));
            needs.extend(fits(*account, *app, state));
            needs
        }
        Act::Dissociate { account } => {
            let name = state.account_name(*account);
            let serves = served(*account, state);
            let met = match serves.is_empty() {
                false => Met::Yes,
                true if state.tenant.knows_associations() => Met::No,
                true => Met::Unknown,
            };
            let serves = Need::refused(format!("`{name}` serves an app"), met)
                .instead("no app lists it")
                .at(state.at(*account, "UserPrincipalName"));
            let mut needs = Vec::from_iter(numbers::is_alive(*account, state));
            needs.push(serves);
            needs
        }
        Act::Disable { account } => vec![licenses::is_there(*account, state)],
        Act::Delete { account } => needs_of_deletion(*account, state),
        _ => Vec::new(),
    }
}

pub(in crate::plan) fn effect(act: &Act, state: &State) -> Effect {
    match act {
        Act::CreateAccount {
            account,
            upn,
            app_type,
            display_name,
            synced,
        } => create(
            *account,
            upn,
            *app_type,
            display_name.as_deref(),
            *synced,
            state,
        ),
        Act::SetApplicationType { account, app_type } => Effect {
            edits: vec![set(
                Object::ResourceAccount(*account),
                "ApplicationId",
                app_type.application_id().to_string(),
            )],
            ..Effect::default()
        },
        Act::Associate { account, app } => Effect {
            edits: associate(*account, *app, state),
            ..Effect::default()
        },
        Act::Dissociate { account } => Effect {
            edits: dissociate(*account, state),
            ..Effect::default()
        },
        Act::Disable { account } => Effect {
            edits: vec![set(Object::User(*account), "AccountEnabled", false)],
            ..Effect::default()
        },
        Act::Delete { account } => delete(*account, state),
        _ => Effect::default(),
    }
}

pub(in crate::plan) fn commands(act: &Act, state: &State) -> Vec<String> {
    let name = |account: &ObjectId| state.account_argument(*account);
    // The association takes an id, which a new account has only when it is made.
    let found =
        |account: &ObjectId| format!("$account = Get-CsOnlineUser -Identity {}", name(account));
    match act {
        Act::CreateAccount {
            upn,
            app_type,
            display_name,
            synced,
            ..
        } => {
            let display_name = quoted(display_name.as_deref().unwrap_or(upn));
            let application = app_type.application_id();
            if *synced {
                vec![
                    "# in the Skype for Business Server shell of the organization:".to_owned(),
                    format!(
                        "# New-CsHybridApplicationEndpoint -ApplicationId {application} -SipAddress {} -DisplayName {display_name} -OU '<organizational unit>'",
                        quoted(&format!("sip:{upn}"))
                    ),
                    "# Start-ADSyncSyncCycle -PolicyType Delta".to_owned(),
                ]
            } else {
                vec![format!(
                    "New-CsOnlineApplicationInstance -UserPrincipalName {} -ApplicationId {application} -DisplayName {display_name}",
                    quoted(upn)
                )]
            }
        }
        Act::SetApplicationType { account, app_type } => vec![format!(
            "Set-CsOnlineApplicationInstance -Identity {} -ApplicationId {}",
            name(account),
            app_type.application_id()
        )],
        Act::Associate { account, app } => vec![
            found(account),
            format!(
                "New-CsOnlineApplicationInstanceAssociation -Identities @($account.Identity) -ConfigurationId {} -ConfigurationType {}",
                quoted(&app.to_string()),
                state
                    .tenant
                    .kind_of(*app)
                    .unwrap_or(AppKind::AutoAttendant)
                    .configuration_type()
            ),
        ],
        Act::Dissociate { account } => vec![
            found(account),
            "Remove-CsOnlineApplicationInstanceAssociation -Identities @($account.Identity)"
                .to_owned(),
        ],
        Act::Disable { account } => vec![format!(
            "Update-MgUser -UserId {} -AccountEnabled:$false",
            name(account)
        )],
        Act::Delete { account } => vec![format!("Remove-MgUser -UserId {}", name(account))],
        _ => Vec::new(),
    }
}

pub(in crate::plan) fn undo(act: &Act, state: &State) -> Undo {
    let name = |account: &ObjectId| state.account_argument(*account);
    match act {
        Act::CreateAccount { upn, .. } => {
            Undo::Commands(vec![format!("Remove-MgUser -UserId {}", quoted(upn))])
        }
        Act::SetApplicationType { account, .. } => match made_for(*account, state) {
            Some(before) => Undo::Commands(commands(
                &Act::SetApplicationType {
                    account: *account,
                    app_type: before,
                },
                state,
            )),
            None => Undo::Impossible("what the account was made for is not exported".to_owned()),
        },
        Act::Associate { account, .. } => {
            Undo::Commands(commands(&Act::Dissociate { account: *account }, state))
        }
        Act::Dissociate { account } => {
            let apps = served(*account, state).into_iter();
            let back = apps.flat_map(|app| {
                let account = *account;
                commands(&Act::Associate { account, app }, state)
            });
            Undo::Commands(back.collect())
        }
        Act::Disable { account } => {
            let was = state
                .user(*account)
                .and_then(|user| user.account_enabled.get());
            match was {
                Some(false) => Undo::Nothing,
                Some(true) => Undo::Commands(vec![format!(
                    "Update-MgUser -UserId {} -AccountEnabled:$true",
                    name(account)
                )]),
                None => numbers::untold("whether somebody could sign in"),
            }
        }
        Act::Delete { account } => Undo::Impossible(format!(
            "`{}` can be restored for 30 days, but without its number",
            state.account_name(*account)
        )),
        _ => Undo::Nothing,
    }
}

pub(in crate::plan) fn object(act: &Act, state: &State) -> String {
    match act {
        Act::CreateAccount { upn, .. } => upn.clone(),
        Act::SetApplicationType { account, app_type } => {
            format!("{} for {}s", state.account_name(*account), app_type.words())
        }
        Act::Associate { account, app } => format!(
            "{} with {}",
            state.account_name(*account),
            state.tenant.app_name(*app)
        ),
        Act::Dissociate { account } | Act::Disable { account } | Act::Delete { account } => {
            state.account_name(*account)
        }
        _ => String::new(),
    }
}

pub(in crate::plan) fn relies_on(act: &Act) -> Vec<Object> {
    match act {
        Act::SetApplicationType { account, .. }
        | Act::Associate { account, .. }
        | Act::Disable { account } => vec![Object::ResourceAccount(*account)],
        _ => Vec::new(),
    }
}

fn resource_account(account: ObjectId, state: &State) -> Option<&ResourceAccount> {
    state.tenant.resource_account(account)
}

/// That an account is one of an auto attendant or call queue.
pub(in crate::plan) fn is_resource_account(account: ObjectId, state: &State) -> Need {
    let name = state.account_name(account);
    let found = state.is_resource_account(account);
    Need::there(
        format!("`{name}` is a resource account"),
        state.is_there(found, ExportKind::OnlineApplicationInstance),
    )
    .instead("Get-CsOnlineApplicationInstance does not list it")
    .at(state.at(account, "AccountType"))
}

/// What an account was made for.
fn made_for(account: ObjectId, state: &State) -> Option<AppKind> {
    let account = resource_account(account, state)?;
    match state.tenant.application_of(account).value() {
        Some(Application::Teams(kind)) => Some(*kind),
        _ => None,
    }
}

/// The apps that an account serves, in order of id.
fn served(account: ObjectId, state: &State) -> Vec<ObjectId> {
    let tenant = &state.tenant;
    let by_association = tenant
        .associations
        .iter()
        .filter(|one| one.account.get() == Some(account))
        .filter_map(|one| one.app.get());
    let by_app = tenant.apps.iter().filter_map(|app| {
        let accounts = app.accounts.value()?;
        accounts.contains(&account).then(|| app.id.get()).flatten()
    });
    let mut apps: Vec<ObjectId> = by_association.chain(by_app).collect();
    apps.sort_unstable();
    apps.dedup();
    apps
}

fn not_associated(account: ObjectId, state: &State) -> Need {
    let name = state.account_name(account);
    let serves = served(account, state);
    let met = match serves.is_empty() {
        false => Met::No,
        true if state.tenant.knows_associations() => Met::Yes,
        true => Met::Unknown,
    };
    let instead = match serves.first() {
        Some(app) => format!(
            "it serves `{}`: dissociate it first",
            state.tenant.app_name(*app)
        ),
        None => "the associations are not exported".to_owned(),
    };
    let place = serves
        .first()
        .and_then(|app| state.tenant.app(*app))
        .map(|app| app.at("ApplicationInstances"));
    Need::refused(format!("`{name}` serves no app"), met)
        .instead(instead)
        .at(place)
}

fn fits(account: ObjectId, app: ObjectId, state: &State) -> Option<Need> {
    let name = state.account_name(account);
    let kind = state.tenant.kind_of(app)?;
    let made_for = made_for(account, state);
    let met = match made_for {
        Some(made_for) => (made_for == kind).into(),
        None => Met::Unknown,
    };
    let instead = match made_for {
        Some(other) => format!("it was made for {}s", other.words()),
        None => "its application id is not exported".to_owned(),
    };
    let place = resource_account(account, state)
        .and_then(|one| one.record.as_ref())
        .map(|record| record.at("ApplicationId"));
    Some(
        Need::refused(format!("`{name}` was made for {}s", kind.words()), met)
            .instead(instead)
            .at(place),
    )
}

fn needs_of_creation(upn: &str, synced: bool, state: &State) -> Vec<Need> {
    let tenant = &state.tenant;
    let is_it = |name: Option<Text>| {
        let name = name.map(|name| tenant.snapshot.texts.text(name));
        name.is_some_and(|name| name.eq_ignore_ascii_case(upn))
    };
    let is_deleted = |user: &User| tenant.is_deleted(user);
    // The name of a deleted account is free again.
    let mut users = tenant.users.iter().filter(|user| !is_deleted(user));
    let by_user = users.find(|user| is_it(user.upn.get()));
    let by_user = by_user.map(|user| user.at("UserPrincipalName"));
    let taken = by_user.or_else(|| {
        let accounts = tenant.resource_accounts.iter();
        let mut alive = accounts.filter(|one| !tenant.user(one.id).is_some_and(is_deleted));
        let found = alive.find_map(|one| one.record.as_ref().filter(|one| is_it(one.upn.get())));
        found.map(|record| record.at("UserPrincipalName"))
    });
    let is_free = match taken {
        Some(_) => Met::No,
        None if state.is_whole(ExportKind::OnlineUser) => Met::Yes,
        None => Met::Unknown,
    };
    let mut needs = vec![
        Need::refused(format!("nobody is called `{upn}`"), is_free)
            .instead(if is_free == Met::No {
                "an account has that name"
            } else {
                "the accounts are not exported"
            })
            .at(taken),
    ];
    let domain = upn.rsplit_once('@').map(|(_, domain)| domain);
    let Some(domain) = domain else {
        needs.push(
            Need::refused(format!("`{upn}` is a user principal name"), false)
                .instead("it has no domain"),
        );
        return needs;
    };
    let known = tenant.directory.domains.find(domain);
    let met = match known {
        Some(known) => known.verified.get().map_or(Met::Unknown, Met::from),
        None => state.is_there(false, ExportKind::GraphDomain).into(),
    };
    needs.push(
        Need::refused(
            format!("`{domain}` is a verified domain of the tenant"),
            met,
        )
        .instead(match (known, met) {
            (_, Met::Unknown) => "the domains are not exported",
            (Some(_), _) => "it is not verified",
            (None, _) => "it is not among the tenant's domains",
        })
        .at(known.map(|known| known.at("isVerified"))),
    );
    if let Some(facts) = tenant.directory.dns.find(domain).filter(|_| !synced) {
        let target = state.symbol(facts.sip_federation.get());
        let lower = target.trim_end_matches('.').to_ascii_lowercase();
        let is_online = lower.is_empty() || lower.ends_with(".lync.com");
        needs.push(
            Need::refused(
                format!("`_sipfederationtls._tcp.{domain}` leads to Microsoft"),
                is_online,
            )
            .instead(format!(
                "it leads to `{target}`: create the account on the server (`create-hybrid-resource-account`)"
            ))
            .at(facts.at("sipfederationtls")),
        );
    }
    needs
}

fn needs_of_deletion(account: ObjectId, state: &State) -> Vec<Need> {
    let name = state.account_name(account);
    let there = licenses::is_there(account, state);
    if state.user(account).is_none() {
        return vec![there];
    }
    let mut needs = vec![there];
    let met = Met::unless(state.has_number(account));
    let (held, place) = state.number_told(account).unzip();
    needs.push(
        Need::harm(Severity::Error, format!("`{name}` has no number"), met)
            .instead(match (met, held) {
                (_, Some(number)) => format!("it has `{number}`, which would be stuck with it"),
                (Met::Unknown, _) => "no export tells whether it has one".to_owned(),
                _ => "it has one, which would be stuck with it".to_owned(),
            })
            .at(place),
    );
    if state.is_resource_account(account) {
        let associated = not_associated(account, state);
        needs.push(Need {
            weight: crate::plan::act::Weight::Harm(Severity::Error),
            ..associated
        });
    }
    needs.extend(nothing_names(account, state));
    if needs.len() > MANY {
        needs.truncate(MANY);
    }
    needs
}

/// That no app, policy or treatment names an account.
pub(in crate::plan) fn nothing_names(account: ObjectId, state: &State) -> Vec<Need> {
    let tenant = &state.tenant;
    let what = format!("nothing names `{}` any more", state.account_name(account));
    let uses = tenant.uses_of(account).iter();
    let uses = uses.map(|one| (one.by.clone(), one.place.clone()));
    let named: Vec<_> = uses
        .chain(tenant.calls_to_person(account))
        .chain(treatments_to_person(account, state))
        .collect();
    if named.is_empty() {
        let untold = state.untold_uses(if state.is_resource_account(account) {
            &NAME_ACCOUNTS
        } else {
            &NAME_PEOPLE
        });
        return vec![Need::harmless(Severity::Error, what, untold)];
    }
    let needs = named.into_iter().map(|(by, place)| {
        Need::harm(Severity::Error, what.as_str(), Met::No)
            .instead(format!("{by} does: point it elsewhere first"))
            .at(place)
    });
    needs.collect()
}

/// What sends calls to unassigned numbers to a person.
pub(in crate::plan) fn treatments_to_person(
    account: ObjectId,
    state: &State,
) -> Vec<(String, Place)> {
    let treatments = state.tenant.unassigned_numbers.iter();
    let treatments = treatments.filter(|one| {
        let target_type = state.symbol(one.target_type.get());
        one.target.get() == Some(account) && target_type.eq_ignore_ascii_case("User")
    });
    let treatments = treatments.map(|one| {
        let id = state.symbol(one.id.get());
        (
            format!("unassigned number treatment `{id}`"),
            one.at("Target"),
        )
    });
    treatments.collect()
}

/// Exports that name people.
const NAME_PEOPLE: [ExportKind; 3] = [
    ExportKind::AutoAttendant,
    ExportKind::CallQueue,
    ExportKind::TeamsUnassignedNumberTreatment,
];

/// Exports that name resource accounts.
///
/// Source: <https://learn.microsoft.com/microsoftteams/manage-resource-accounts>.
const NAME_ACCOUNTS: [ExportKind; 5] = [
    ExportKind::AutoAttendant,
    ExportKind::CallQueue,
    ExportKind::TeamsUnassignedNumberTreatment,
    ExportKind::TeamsSharedCallingRoutingPolicy,
    ExportKind::CallingLineIdentity,
];

/// Needs that are told of one deletion: who is named more often has other troubles first.
const MANY: usize = 20;

fn create(
    account: ObjectId,
    upn: &str,
    app_type: AppKind,
    display_name: Option<&str>,
    synced: bool,
    state: &State,
) -> Effect {
    let id = json!(account.to_string());
    let name = json!(display_name.unwrap_or(upn));
    let tenant = state.tenant.id();
    let tenant = tenant.map_or(Value::Null, |id| json!(id.to_string()));
    let resource = added(
        Object::ResourceAccount(account),
        [
            ("ObjectId", id.clone()),
            ("UserPrincipalName", json!(upn)),
            ("DisplayName", name.clone()),
            (
                "ApplicationId",
                json!(app_type.application_id().to_string()),
            ),
            ("PhoneNumber", Value::Null),
            ("TenantId", tenant.clone()),
        ],
    );
    let mut user = added(
        Object::User(account),
        [
            ("Identity", id),
            ("UserPrincipalName", json!(upn)),
            ("DisplayName", name),
            ("AccountEnabled", json!(false)),
            ("AccountType", json!("ResourceAccount")),
            (
                "InterpretedUserType",
                json!("PureOnlineApplicationInstance"),
            ),
            ("LineUri", Value::Null),
            ("OnPremLineUri", Value::Null),
            ("TelephoneNumbers", json!([])),
            ("EnterpriseVoiceEnabled", json!(false)),
            ("TeamsUpgradeEffectiveMode", json!("TeamsOnly")),
            ("TeamsUpgradePolicy", Value::Null),
            ("TeamsUpgradePolicyIsReadOnly", Value::Null),
            ("TeamsCarrierEmergencyCallRoutingPolicy", Value::Null),
            ("TeamsSurvivableBranchAppliancePolicy", Value::Null),
            ("EffectivePolicyAssignments", json!([])),
            ("AssignedPlan", json!([])),
            ("FeatureTypes", json!([])),
            ("UsageLocation", Value::Null),
            ("HostingProvider", json!("sipfed.online.lync.com")),
            ("RegistrarPool", json!("infra.lync.com")),
            ("UserDirSyncEnabled", json!(synced)),
            ("SipAddress", json!(format!("sip:{upn}"))),
            ("IsSipEnabled", json!(true)),
            ("UserValidationErrors", json!([])),
            (
                "Department",
                if synced {
                    json!("Microsoft Communication Application Instance")
                } else {
                    Value::Null
                },
            ),
            ("SoftDeletionTimestamp", Value::Null),
            ("TenantId", tenant),
        ],
    );
    if let crate::tenant::edit::What::Added(fields) = &mut user.what {
        for kind in PolicyKind::ALL {
            fields.insert(kind.property().to_owned(), Value::Null);
        }
    }
    let what = format!("the creation of `{upn}`");
    let pending = [Object::User(account), Object::ResourceAccount(account)];
    Effect {
        edits: vec![user, resource],
        pending: pending
            .into_iter()
            .map(|object| Pending {
                object,
                hours: CREATION_TAKES,
                what: what.clone(),
            })
            .collect(),
        ..Effect::default()
    }
}

fn associate(account: ObjectId, app: ObjectId, state: &State) -> Vec<Edit> {
    let kind = state.tenant.kind_of(app).unwrap_or(AppKind::AutoAttendant);
    let mut edits = vec![added(
        Object::Association(account),
        [
            ("Id", json!(account.to_string())),
            ("ConfigurationId", json!(app.to_string())),
            ("ConfigurationType", json!(kind.configuration_type())),
        ],
    )];
    edits.extend(listed(app, state, |accounts| accounts.push(account)));
    edits
}

fn dissociate(account: ObjectId, state: &State) -> Vec<Edit> {
    let mut edits = vec![removed(Object::Association(account))];
    for app in served(account, state) {
        edits.extend(listed(app, state, |accounts| {
            accounts.retain(|one| *one != account);
        }));
    }
    edits
}

/// The resource accounts that an app lists, changed.
fn listed(app: ObjectId, state: &State, change: impl FnOnce(&mut Vec<ObjectId>)) -> Option<Edit> {
    let found = state.tenant.app(app)?;
    let mut accounts: Vec<ObjectId> = found
        .accounts
        .value()
        .map_or(Vec::new(), |all| all.to_vec());
    change(&mut accounts);
    let accounts: Vec<String> = accounts.iter().map(ToString::to_string).collect();
    Some(set(
        Object::App(app),
        "ApplicationInstances",
        json!(accounts),
    ))
}

fn delete(account: ObjectId, state: &State) -> Effect {
    let mut edits = Vec::new();
    let tells_deleted = state
        .tenant
        .snapshot
        .has_property(ExportKind::OnlineUser, "SoftDeletionTimestamp");
    let now = state.tenant.snapshot.now.map(|now| now.moment.rfc3339());
    let knows = state
        .user(account)
        .is_some_and(|user| !user.deleted.is_absent());
    match now.filter(|_| tells_deleted && knows) {
        // The export lists deleted accounts beside the live ones.
        Some(now) => edits.push(set(Object::User(account), "SoftDeletionTimestamp", now)),
        None => edits.push(removed(Object::User(account))),
    }
    if resource_account(account, state).is_some() {
        edits.push(removed(Object::ResourceAccount(account)));
    }
    // The licenses of a deleted account are free again.
    for sku in licenses::freed_with(account, state) {
        let mut records = state.tenant.skus.iter();
        let record = records.find(|record| record.id.get() == Some(sku));
        if let Some(used) = record.and_then(|record| record.consumed.get()) {
            edits.push(set(
                Object::Sku(sku),
                "ConsumedUnits",
                used.saturating_sub(1),
            ));
        }
    }
    Effect {
        edits,
        remarks: vec![format!(
            "whether a number stays with `{}` while it can be restored is not documented",
            state.account_name(account)
        )],
        ..Effect::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tenant::testing::tenant;

    const PERSON: &str = "00000000-0000-4000-8000-000000000001";
    const ACCOUNT: &str = "00000000-0000-4000-8000-000000000002";

    /// What is not met when somebody is deleted, in a tenant with these files beside the two accounts.
    fn unmet(id: &str, line: &str, files: &[(&str, &str)]) -> Vec<(Met, String)> {
        let users = format!(
            r#"[{{"Identity":"{PERSON}","UserPrincipalName":"a@contoso.example","AccountType":"User"{line}}},
                {{"Identity":"{ACCOUNT}","UserPrincipalName":"ra@contoso.example","AccountType":"ResourceAccount"{line}}}]"#
        );
        let accounts = format!(
            r#"[{{"ObjectId":"{ACCOUNT}","UserPrincipalName":"ra@contoso.example","ApplicationId":null}}]"#
        );
        let mut all = vec![
            ("Get-CsOnlineUser.json", users.as_str()),
            ("Get-CsOnlineApplicationInstance.json", &accounts),
            ("Get-CsOnlineApplicationInstanceAssociation.json", "[]"),
        ];
        all.extend(files);
        let state = State::new(tenant(&all));
        let account = ObjectId::parse(id).expect("an id");
        let needs = needs(&Act::Delete { account }, &state).into_iter();
        let needs = needs.filter(|need| need.met != Met::Yes);
        needs.map(|need| (need.met, need.instead)).collect()
    }

    const NO_LINE: &str = r#","LineUri":null"#;

    #[test]
    fn what_may_name_an_account_is_not_known_without_its_exports() {
        let mut files = vec![
            ("Get-CsAutoAttendant.json", "[]"),
            ("Get-CsCallQueue.json", "[]"),
            ("Get-CsTeamsUnassignedNumberTreatment.json", "[]"),
        ];
        assert_eq!(unmet(PERSON, NO_LINE, &files), []);
        let missing = "not all of Get-CsTeamsSharedCallingRoutingPolicy, Get-CsCallingLineIdentity is exported";
        assert_eq!(
            unmet(ACCOUNT, NO_LINE, &files),
            [(Met::Unknown, missing.to_owned())]
        );
        files.push(("Get-CsTeamsSharedCallingRoutingPolicy.json", "[]"));
        files.push(("Get-CsCallingLineIdentity.json", "[]"));
        assert_eq!(unmet(ACCOUNT, NO_LINE, &files), []);
        let missing = "not all of Get-CsAutoAttendant is exported";
        assert_eq!(
            unmet(PERSON, NO_LINE, &files[1..]),
            [(Met::Unknown, missing.to_owned())]
        );
        let treatment = format!(
            r#"[{{"TreatmentId":"Rest","TreatmentPriority":1,"TargetType":"User","Target":"{PERSON}"}}]"#
        );
        files[2].1 = &treatment;
        let by = "unassigned number treatment `Rest` does: point it elsewhere first";
        assert_eq!(unmet(PERSON, NO_LINE, &files), [(Met::No, by.to_owned())]);
    }

    #[test]
    fn whether_an_account_has_a_number_is_not_known_without_any_export_of_it() {
        let files = [
            ("Get-CsAutoAttendant.json", "[]"),
            ("Get-CsCallQueue.json", "[]"),
            ("Get-CsTeamsUnassignedNumberTreatment.json", "[]"),
            ("Get-CsPhoneNumberAssignment.json", "[]"),
        ];
        let untold = "no export tells whether it has one";
        assert_eq!(
            unmet(PERSON, "", &files[..3]),
            [(Met::Unknown, untold.to_owned())]
        );
        assert_eq!(unmet(PERSON, "", &files), []);
        let lists = r#","TelephoneNumbers":[{"AssignmentCategory":"Primary","TelephoneNumber":"+12065550101"}]"#;
        let held = "it has `+12065550101`, which would be stuck with it";
        assert_eq!(
            unmet(PERSON, lists, &files[..3]),
            [(Met::No, held.to_owned())]
        );
    }

    #[test]
    fn a_name_is_taken_by_live_accounts_of_either_list() {
        let free = |users: &str, accounts: &str| {
            let state = State::new(tenant(&[
                ("Get-CsOnlineUser.json", users),
                ("Get-CsOnlineApplicationInstance.json", accounts),
            ]));
            let needs = needs_of_creation("New@contoso.example", false, &state);
            needs[0].met
        };
        let user = |more: &str| {
            format!(
                r#"[{{"Identity":"{ACCOUNT}","UserPrincipalName":"new@contoso.example","AccountType":"ResourceAccount"{more}}}]"#
            )
        };
        let account =
            format!(r#"[{{"ObjectId":"{ACCOUNT}","UserPrincipalName":"new@contoso.example"}}]"#);
        let deleted = user(r#","SoftDeletionTimestamp":"2026-01-02T03:04:05Z""#);
        assert_eq!(free("[]", "[]"), Met::Yes);
        assert_eq!(free(&user(""), "[]"), Met::No);
        assert_eq!(free("[]", &account), Met::No);
        assert_eq!(free(&deleted, "[]"), Met::Yes);
        assert_eq!(free(&deleted, &account), Met::Yes);
    }
}
