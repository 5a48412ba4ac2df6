//! Every list of objects that a tenant has, one after the other, with what each object is known by.
//!
//! Who compares two tenants or looks at all that one says needs each list once, whatever it holds: a new list is added
//! here, and nowhere else.

use super::{Merged, Named, Tenant};
use crate::snapshot::object_id::{ObjectId, parse_guid};
use crate::snapshot::record::Record;
use crate::snapshot::{Symbol, Text, Texts};

/// What a list holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ListOf {
    /// Kind of its objects, in kebab-case; that of a finding's subject where findings are about them.
    pub kind: &'static str,
    /// Whether objects have an id or a name that others refer to.
    pub is_named: bool,
}

/// One object of a list.
#[derive(Clone, Debug)]
pub struct Listed<'t, R> {
    /// Stable identity: object id, `+digits`, or a lower-cased name.
    pub id: String,
    /// How an administrator calls it.
    pub name: String,
    /// What is known of it.
    pub record: &'t Merged<R>,
}

/// Who looks at the lists of `N` tenants side by side.
pub trait Visitor<const N: usize> {
    /// Whether it wants to see a list: lists of numbers are long.
    fn wants(&self, _of: ListOf) -> bool {
        true
    }

    /// Looks at one list of each tenant, in the order of their ids.
    fn list<R: Record + Sync>(&mut self, of: ListOf, objects: [Vec<Listed<'_, R>>; N]);
}

/// Shows every list of some tenants.
pub fn each_list<'t, const N: usize>(tenants: [&'t Tenant; N], visitor: &mut impl Visitor<N>) {
    macro_rules! lists {
        ($( $kind:literal, $named:literal: $objects:expr; )*) => {
            $(
                let of = ListOf { kind: $kind, is_named: $named };
                if visitor.wants(of) {
                    visitor.list(of, tenants.map(|tenant| sorted($objects(tenant))));
                }
            )*
        };
    }
    lists! {
        "tenant", true: |t: &'t Tenant| t.organization.iter().map(|one| {
            let name = t.name().unwrap_or("tenant").to_owned();
            listed("tenant", name, one)
        }).collect();
        "user", true: users;
        "resource-account", true: resource_accounts;
        "number", true: |t: &'t Tenant| t.numbers.iter().map(|number| {
            let key = number.key.to_string();
            listed(&key, key.clone(), &number.record)
        }).collect();
        "operator", true: |t: &'t Tenant| t.operators.iter().map(|operator| {
            let name = operator.record.name.get();
            let name = name.map_or(operator.identity.as_str(), |name| symbol(t, name));
            listed(&operator.identity, name.to_owned(), &operator.record)
        }).collect();
        "app", true: |t: &'t Tenant| t.apps.iter().filter_map(|app| {
            let id = app.id.get()?.to_string();
            let name = app.name.get().map_or(id.clone(), |name| text(t, name).to_owned());
            Some(listed(&id, name, app))
        }).collect();
        "association", false: |t: &'t Tenant| t.associations.iter().filter_map(|one| {
            let (account, app) = (one.account.get()?, one.app.get());
            let app = app.map_or_else(String::new, |app| app.to_string());
            Some(listed(&format!("{account}/{app}"), format!("{account} with {app}"), one))
        }).collect();
        "voice-routing-policy", true: |t: &'t Tenant| named(t, |t| &t.voice_routing_policies, |one| one.name.get().map(|name| name.0));
        "pstn-usages", false: |t: &'t Tenant| named(t, |t| &t.pstn_usages, |one| one.name.get().map(|name| name.0));
        "voice-route", true: |t: &'t Tenant| named(t, |t| &t.voice_routes, |one| one.name.get().map(|name| name.0));
        "gateway", true: |t: &'t Tenant| named(t, |t| &t.gateways, |one| one.fqdn.get());
        "dial-plan", true: |t: &'t Tenant| named(t, |t| &t.dial_plans, |one| one.name.get().map(|name| name.0));
        "upgrade-policy", true: |t: &'t Tenant| named(t, |t| &t.upgrade_policies, |one| one.name.get().map(|name| name.0));
        "calling-policy", true: |t: &'t Tenant| named(t, |t| &t.calling_policies, |one| one.name.get().map(|name| name.0));
        "emergency-call-routing-policy", true: |t: &'t Tenant| named(t, |t| &t.emergency_call_routing_policies, |one| one.name.get().map(|name| name.0));
        "emergency-calling-policy", true: |t: &'t Tenant| named(t, |t| &t.emergency_calling_policies, |one| one.name.get().map(|name| name.0));
        "shared-calling-policy", true: |t: &'t Tenant| named(t, |t| &t.shared_calling_policies, |one| one.name.get().map(|name| name.0));
        "caller-id-policy", true: |t: &'t Tenant| named(t, |t| &t.caller_id_policies, |one| one.name.get().map(|name| name.0));
        "voice-applications-policy", true: |t: &'t Tenant| named(t, |t| &t.voice_applications_policies, |one| one.name.get().map(|name| name.0));
        "conferencing-routing-policy", true: |t: &'t Tenant| named(t, |t| &t.conferencing.routing_policies, |one| one.name.get().map(|name| name.0));
        "unassigned-number-treatment", false: |t: &'t Tenant| named(t, |t| &t.unassigned_numbers, |one| one.id.get());
        "blocked-number-pattern", false: |t: &'t Tenant| named(t, |t| &t.blocked_patterns, |one| one.name.get());
        "number-order", false: |t: &'t Tenant| named(t, |t| &t.number_orders, |one| one.id.get());
        "number-settings", false: |t: &'t Tenant| t.number_config.iter().map(|one| {
            listed("tenant", "how numbers are treated".to_owned(), one)
        }).collect();
        "group-policy-assignment", false: |t: &'t Tenant| t.group_policies.iter().filter_map(|one| {
            let (group, of) = (one.group.get()?, symbol(t, one.policy_type.get()?));
            Some(listed(&format!("{group}/{of}"), format!("{of} of group {group}"), one))
        }).collect();
        "number-policy-assignment", false: |t: &'t Tenant| t.number_policies.iter().filter_map(|one| {
            let (number, of) = (text(t, one.number.get()?), symbol(t, one.policy_type.get()?));
            Some(listed(&format!("{number}/{of}"), format!("{of} of {number}"), one))
        }).collect();
        "emergency-location", true: |t: &'t Tenant| t.locations.iter().filter_map(|one| {
            let id = one.id.get()?.to_string();
            let name = one.name.get().map(|name| text(t, name)).filter(|name| !name.trim().is_empty());
            Some(listed(&id, name.map_or(id.clone(), str::to_owned), one))
        }).collect();
        "civic-address", true: |t: &'t Tenant| t.civic_addresses.iter().filter_map(|one| {
            let id = one.id.get()?.to_string();
            Some(listed(&id, id.clone(), one))
        }).collect();
        "network-site", true: |t: &'t Tenant| named(t, |t| &t.network.sites, |one| one.id.get());
        "network-subnet", false: |t: &'t Tenant| t.network.subnets.iter().filter_map(|one| {
            let name = with_mask(symbol(t, one.id.get()?), one.mask.get());
            Some(listed(&name, name.clone(), one))
        }).collect();
        "trusted-ip-address", false: |t: &'t Tenant| t.network.trusted_ips.iter().filter_map(|one| {
            let name = with_mask(symbol(t, one.address.get()?), one.mask.get());
            Some(listed(&name, name.clone(), one))
        }).collect();
        "lis-element", false: |t: &'t Tenant| t.network.lis.iter().map(|one| {
            let (id, name) = t.lis_name(one);
            listed(&id, name, one)
        }).collect();
        "conference-bridge", true: |t: &'t Tenant| t.conferencing.bridges.iter().filter_map(|one| {
            let id = one.id.get()?.to_string();
            let name = one.name.get().map_or(id.clone(), |name| text(t, name).to_owned());
            Some(listed(&id, name, one))
        }).collect();
        "conferencing-user", false: |t: &'t Tenant| t.conferencing.users.iter().filter_map(|one| {
            let id = one.id.get()?;
            let name = t.user(id).map_or_else(|| id.to_string(), |user| t.user_name(user));
            Some(listed(&id.to_string(), name, one))
        }).collect();
        "domain", true: |t: &'t Tenant| named(t, |t| &t.directory.domains, |one| one.name.get());
        "dns", false: |t: &'t Tenant| named(t, |t| &t.directory.dns, |one| one.domain.get());
        "group", true: |t: &'t Tenant| t.directory.groups.iter().filter_map(|one| {
            let id = one.id.get()?.to_string();
            let name = one.name.get().map_or(id.clone(), |name| text(t, name).to_owned());
            Some(listed(&id, name, one))
        }).collect();
        "calling-settings", false: |t: &'t Tenant| t.directory.calling_settings.iter().filter_map(|one| {
            let uri = text(t, one.sip_uri.get()?);
            Some(listed(uri, uri.to_owned(), one))
        }).collect();
        "federation", false: |t: &'t Tenant| t.directory.federation.iter().map(|one| {
            listed("tenant", "federation".to_owned(), one)
        }).collect();
        "sku", true: |t: &'t Tenant| t.skus.iter().filter_map(|one| {
            let id = one.id.get()?.to_string();
            let name = one.part_number.get().map_or(id.as_str(), |name| symbol(t, name));
            Some(listed(&id, name.to_owned(), one))
        }).collect();
    }
}

fn users(tenant: &Tenant) -> Vec<Listed<'_, crate::snapshot::record::UserRecord>> {
    let users = tenant.users.iter().filter_map(|user| {
        let id = user.id.get()?.to_string();
        Some(listed(&id, tenant.user_name(user), user))
    });
    users.collect()
}

fn resource_accounts(
    tenant: &Tenant,
) -> Vec<Listed<'_, crate::snapshot::record::ResourceAccountRecord>> {
    let accounts = tenant.resource_accounts.iter().filter_map(|account| {
        let record = account.record.as_ref()?;
        let name = tenant.resource_account_name(account);
        Some(listed(&account.id.to_string(), name, record))
    });
    accounts.collect()
}

fn named<'t, R: Record>(
    tenant: &'t Tenant,
    list: impl Fn(&'t Tenant) -> &'t Named<R>,
    name: impl Fn(&R) -> Option<Symbol>,
) -> Vec<Listed<'t, R>> {
    list(tenant)
        .iter()
        .filter_map(|one| {
            let name = symbol(tenant, name(one)?);
            let bare = crate::snapshot::cell::without_tag(name);
            Some(listed(bare, bare.to_owned(), one))
        })
        .collect()
}

fn listed<'t, R>(id: &str, name: String, record: &'t Merged<R>) -> Listed<'t, R> {
    // A name that is a GUID is one in every spelling.
    let guid = parse_guid(id).map(|id| ObjectId::from_bits(id).to_string());
    Listed {
        id: guid.unwrap_or_else(|| id.to_lowercase()),
        name,
        record,
    }
}

fn sorted<R>(mut objects: Vec<Listed<'_, R>>) -> Vec<Listed<'_, R>> {
    objects.sort_by(|one, two| one.id.cmp(&two.id));
    objects
}

fn with_mask(address: &str, mask: Option<i64>) -> String {
    mask.map_or_else(|| address.to_owned(), |mask| format!("{address}/{mask}"))
}

fn texts(tenant: &Tenant) -> &Texts {
    &tenant.snapshot.texts
}

fn text(tenant: &Tenant, text: Text) -> &str {
    texts(tenant).text(text)
}

fn symbol(tenant: &Tenant, symbol: Symbol) -> &str {
    texts(tenant).symbol(symbol)
}
