//! Primitives: one act for each object that the step names.

use std::collections::BTreeSet;

use super::Planned;
use super::operands::{Operands, Placed};
use crate::plan::act::Act;
use crate::plan::vocabulary::Of;
use crate::snapshot::{ObjectId, PhoneNumber};
use crate::tenant::AppKind;

/// The acts of a primitive.
pub(super) fn acts(step: &mut Operands) -> Vec<Planned> {
    match step.step.change.name {
        "assign-number" => assign(step),
        "unassign-number" => unassign(step),
        "set-emergency-location" => {
            let location = step.location("location");
            if location.is_none() && step.step.field("location").is_some() {
                return Vec::new();
            }
            let location = location.map(|(id, _)| id);
            of_numbers(step, |number| Act::SetLocation { number, location })
        }
        "set-enterprise-voice" => {
            let enabled = step.step.flag("enabled").unwrap_or_default();
            of_users(step, |account| Act::SetEnterpriseVoice { account, enabled })
        }
        "change-license" => {
            let (add, remove) = (step.licenses("add"), step.licenses("remove"));
            of_users(step, |account| Act::ChangeLicense {
                account,
                add: add.clone(),
                remove: remove.clone(),
            })
        }
        "set-usage-location" => {
            let countries = step.countries("country");
            let Some(country) = countries.into_iter().next() else {
                return Vec::new();
            };
            of_users(step, |account| Act::SetUsageLocation {
                account,
                country: country.clone(),
            })
        }
        "grant-policy" => {
            let Some((policy_type, policy)) = granted(step) else {
                return Vec::new();
            };
            of_users(step, |account| Act::Grant {
                account,
                policy_type,
                policy: policy.clone(),
            })
        }
        "grant-policy-to-number" => {
            let Some((policy_type, policy)) = granted(step) else {
                return Vec::new();
            };
            of_numbers(step, |number| Act::GrantToNumber {
                number,
                policy_type,
                policy: policy.clone(),
            })
        }
        "grant-policy-to-group" => {
            let (Some((policy_type, policy)), Some((group, bytes))) =
                (granted(step), step.group("group"))
            else {
                return Vec::new();
            };
            let rank = step.step.count("rank");
            vec![Planned::new(
                Act::GrantToGroup {
                    group,
                    policy_type,
                    policy,
                    rank,
                },
                bytes,
            )]
        }
        "upload-operator-connect-numbers" => upload(step),
        "complete-port" => {
            let operator = step.operator("operator").map(|(identity, _)| identity);
            let to = step.step.word("to");
            of_numbers(step, |number| Act::CompletePort {
                number,
                to,
                operator: operator.clone(),
            })
        }
        "release-direct-routing-numbers" => {
            of_numbers(step, |number| Act::ReleaseDirectRouting { number })
        }
        "release-operator-connect-numbers" => {
            of_numbers(step, |number| Act::ReleaseOperatorConnect { number })
        }
        "upload-direct-routing-numbers" => {
            of_numbers(step, |number| Act::UploadDirectRouting { number })
        }
        "acquire-calling-plan-numbers" => {
            let location = step.location("location").map(|(id, _)| id);
            let countries = step.countries("country");
            let Some(country) = countries.into_iter().next() else {
                return Vec::new();
            };
            let usage = step.step.word("usage").unwrap_or("user");
            of_numbers(step, |number| Act::AcquireCallingPlan {
                number,
                country: country.clone(),
                location,
                usage,
            })
        }
        "order-usage-change" => {
            let usage = step.step.word("usage").unwrap_or("user");
            of_numbers(step, |number| Act::ChangeUsage { number, usage })
        }
        "create-application-instance" => create(step, false).into_iter().collect(),
        "set-application-type" => match (step.account("account"), app_type(step)) {
            (Some((account, bytes)), Some(app_type)) => {
                vec![Planned::new(
                    Act::SetApplicationType { account, app_type },
                    bytes,
                )]
            }
            _ => Vec::new(),
        },
        "associate" => match (step.account("account"), step.app("app")) {
            (Some((account, bytes)), Some((app, _))) => {
                vec![Planned::new(Act::Associate { account, app }, bytes)]
            }
            _ => Vec::new(),
        },
        "dissociate" => one(step.account("account"), |account| Act::Dissociate {
            account,
        }),
        "disable-account" => of_users(step, |account| Act::Disable { account }),
        "delete-account" => of_users(step, |account| Act::Delete { account }),
        "remove-app" => one(step.app("app"), |app| Act::RemoveApp { app }),
        "set-operator" => set_operator(step).into_iter().collect(),
        "set-voice-routing-policy" => {
            let policy = step.policy_or_global("policy", "OnlineVoiceRoutingPolicy");
            let given = step.step.names("usages").len();
            let usages = unplaced(step.usages("usages"));
            if usages.len() < given {
                return Vec::new();
            }
            one(policy, |policy| Act::SetVoiceRoutingPolicy {
                policy,
                usages: usages.clone(),
            })
        }
        "remove-voice-routing-policy" => {
            let policy = step.policy_or_global("policy", "OnlineVoiceRoutingPolicy");
            one(policy, |policy| Act::RemoveVoiceRoutingPolicy { policy })
        }
        "set-voice-route" => {
            let route = step.named("route", Of::Route, None).into_iter().next();
            let gateways = step.step.field("gateways").is_some();
            let gateways = gateways.then(|| unplaced(step.named("gateways", Of::Gateway, None)));
            let usages = step.step.field("usages").is_some();
            let usages = usages.then(|| unplaced(step.usages("usages")));
            one(route, |route| Act::SetVoiceRoute {
                route,
                gateways: gateways.clone(),
                usages: usages.clone(),
            })
        }
        "remove-voice-route" => {
            let route = step.named("route", Of::Route, None).into_iter().next();
            one(route, |route| Act::RemoveVoiceRoute { route })
        }
        "set-gateway" => {
            let enabled = step.step.flag("enabled").unwrap_or_default();
            let gateway = step.named("gateway", Of::Gateway, None).into_iter().next();
            one(gateway, |gateway| Act::SetGateway { gateway, enabled })
        }
        "remove-gateway" => {
            let gateway = step.named("gateway", Of::Gateway, None).into_iter().next();
            one(gateway, |gateway| Act::RemoveGateway { gateway })
        }
        "remove-pstn-usage" => {
            let usage = step.usages("usage").into_iter().next();
            one(usage, |usage| Act::RemoveUsage { usage })
        }
        "add-emergency-location" => add_location(step).into_iter().collect(),
        "remove-emergency-location" => one(step.location("location"), |location| {
            Act::RemoveLocation { location }
        }),
        "set-shared-calling-policy" => {
            let policy = step.policy_or_global("policy", "TeamsSharedCallingRoutingPolicy");
            let account = step.account("account").map(|(id, _)| id);
            let numbers = step.step.field("emergency-numbers").is_some();
            let numbers = numbers.then(|| distinct(step.numbers("emergency-numbers")));
            one(policy, |policy| Act::SetSharedCalling {
                policy,
                account,
                numbers: numbers.clone(),
            })
        }
        "set-bridge-numbers" => {
            let bytes = step.step.change_bytes.clone();
            let (add, remove) = (step.numbers("add"), step.numbers("remove"));
            let default = step.number("default").map(|(number, _)| number);
            vec![Planned::new(
                Act::SetBridge {
                    add: distinct(add),
                    remove: distinct(remove),
                    default,
                },
                bytes,
            )]
        }
        "set-group-members" => {
            let group = step.group("group");
            let (add, remove) = (step.accounts("add"), step.accounts("remove"));
            let (add, remove) = (distinct(add), distinct(remove));
            one(group, |group| Act::SetGroupMembers {
                group,
                add: add.clone(),
                remove: remove.clone(),
            })
        }
        "clear-onprem-line-uri" => of_users(step, |account| Act::ClearOnPremises { account }),
        "set-number-migration" => {
            let enabled = step.step.flag("enabled").unwrap_or_default();
            let bytes = step.step.change_bytes.clone();
            vec![Planned::new(Act::SetMigration { enabled }, bytes)]
        }
        "wait" => {
            let hours = step.step.count("hours").unwrap_or_default();
            let bytes = step.step.change_bytes.clone();
            vec![Planned::new(Act::Wait { hours }, bytes)]
        }
        "wait-for-export" => {
            let bytes = step.step.change_bytes.clone();
            vec![Planned::new(Act::WaitForExport, bytes)]
        }
        _ => Vec::new(),
    }
}

/// One act for each account of `users`.
fn of_users(step: &mut Operands, act: impl Fn(ObjectId) -> Act) -> Vec<Planned> {
    each(step.accounts("users"), act)
}

/// One act for each number of `numbers`.
fn of_numbers(step: &mut Operands, act: impl Fn(PhoneNumber) -> Act) -> Vec<Planned> {
    each(step.numbers("numbers"), act)
}

/// One act for each of these.
pub(super) fn each<T>(things: Vec<Placed<T>>, act: impl Fn(T) -> Act) -> Vec<Planned> {
    let things = things.into_iter();
    things
        .map(|(thing, bytes)| Planned::new(act(thing), bytes))
        .collect()
}

fn one<T>(thing: Option<Placed<T>>, act: impl Fn(T) -> Act) -> Vec<Planned> {
    each(thing.into_iter().collect(), act)
}

/// The things alone.
pub(super) fn unplaced<T>(things: Vec<Placed<T>>) -> Vec<T> {
    things.into_iter().map(|(thing, _)| thing).collect()
}

/// Things without the bytes of their names, each once, in order.
fn distinct<T: Ord + Clone>(things: Vec<Placed<T>>) -> Vec<T> {
    let mut seen = BTreeSet::new();
    let mut things = unplaced(things);
    things.retain(|thing| seen.insert(thing.clone()));
    things
}

/// The type of app that a step names.
pub(super) fn app_type(step: &Operands) -> Option<AppKind> {
    Some(match step.step.word("app-type")? {
        "auto-attendant" => AppKind::AutoAttendant,
        _ => AppKind::CallQueue,
    })
}

fn assign(step: &mut Operands) -> Vec<Planned> {
    let (account, number) = (step.account("user"), step.number("number"));
    let is_located = step.step.field("location").is_some();
    let location = step.location("location").map(|(id, _)| id);
    let (Some((account, _)), Some((number, bytes))) = (account, number) else {
        return Vec::new();
    };
    // Without the location that is asked for, the service would do something else.
    if is_located && location.is_none() {
        return Vec::new();
    }
    vec![Planned::new(
        Act::Assign {
            account,
            number,
            number_type: step.step.word("type"),
            location,
            category: step.step.word("category"),
        },
        bytes,
    )]
}

fn unassign(step: &mut Operands) -> Vec<Planned> {
    let Some((account, bytes)) = step.account("user") else {
        return Vec::new();
    };
    let blocked_days = step.step.count("blocked-days");
    let blocked_forever = step.step.flag("blocked-forever").unwrap_or_default();
    let act = |number| Act::Unassign {
        account,
        number,
        blocked_days,
        blocked_forever,
    };
    if step.step.field("number").is_some() {
        return match step.number("number") {
            Some((number, bytes)) => vec![Planned::new(act(Some(number)), bytes)],
            None => Vec::new(),
        };
    }
    let held = step.state.numbers_of(account);
    if held.is_empty() {
        return vec![Planned::new(act(None), bytes)];
    }
    let held = held.into_iter();
    held.map(|number| Planned::new(act(Some(number)), bytes.clone()))
        .collect()
}

/// Type and name of the policy of a step; `None` where the policy is not there.
fn granted(step: &mut Operands) -> Option<(&'static str, Option<String>)> {
    let policy_type = step.step.word("policy-type")?;
    if step.step.field("policy").is_none() {
        return Some((policy_type, None));
    }
    let (name, _) = step.policy_or_global("policy", policy_type)?;
    Some((policy_type, (name != "global").then_some(name)))
}

fn upload(step: &mut Operands) -> Vec<Planned> {
    let Some((operator, _)) = step.operator("operator") else {
        return Vec::new();
    };
    let location = step.location("location").map(|(id, _)| id);
    let country = step.countries("country").into_iter().next();
    let usage = step.step.word("usage").unwrap_or("user");
    of_numbers(step, |number| Act::UploadOperatorConnect {
        number,
        operator: operator.clone(),
        location,
        country: country.clone(),
        usage,
    })
}

/// The creation of a resource account, which the steps behind can name.
pub(super) fn create(step: &mut Operands, synced: bool) -> Option<Planned> {
    let (upn, bytes) = step.text("name")?;
    let app_type = app_type(step)?;
    let account = stand_in("resource account", &upn);
    step.names.add("user", &upn, &account.to_string());
    Some(Planned::new(
        Act::CreateAccount {
            account,
            upn,
            app_type,
            display_name: step.text("display-name").map(|(name, _)| name),
            synced,
        },
        bytes,
    ))
}

fn add_location(step: &mut Operands) -> Option<Planned> {
    let (name, bytes) = step.text("location")?;
    let country = step.countries("country").into_iter().next()?;
    let location = ObjectId::parse(&name).unwrap_or_else(|| stand_in("location", &name));
    let id = location.to_string();
    step.names.add("emergency-location", &name, &id);
    Some(Planned::new(
        Act::AddLocation {
            location,
            name,
            country,
            validated: step.step.flag("validated").unwrap_or(true),
        },
        bytes,
    ))
}

fn set_operator(step: &mut Operands) -> Option<Planned> {
    let (name, bytes) = step.text("operator")?;
    let operator = identity(step, &name);
    Some(Planned::new(
        Act::SetOperator {
            operator,
            name,
            status: step.step.word("status"),
            add_countries: step.countries("add-countries"),
            remove_countries: step.countries("remove-countries"),
            data_transfer: step.step.flag("data-transfer-accepted"),
        },
        bytes,
    ))
}

/// The identity of an operator that the operators file may not list yet, which the steps behind can name.
pub(super) fn identity(step: &mut Operands, name: &str) -> String {
    let identity = crate::tenant::operator_identity(name);
    step.names.add("operator", name, &identity);
    identity
}

/// The id that stands for something until the service gives it one: the same for the same name, and never that of
/// anything else.
pub(super) fn stand_in(kind: &str, name: &str) -> ObjectId {
    let mut hash = blake3::Hasher::new();
    hash.update(kind.as_bytes());
    hash.update(&[0]);
    hash.update(name.trim().to_lowercase().as_bytes());
    let mut bits = [0; 16];
    hash.finalize_xof().fill(&mut bits);
    ObjectId::from_bits(u128::from_be_bytes(bits))
}
