//! `check --previous`: the tenants as they were, for rules that compare.

use super::judging::{is_within, load_tenant};
use crate::audit::earlier;
use crate::report::for_terminal;
use crate::source::{Budget, Found, Sources};
use crate::tenant::Tenant;

/// Loads the earlier snapshots. Nothing points into them, so that their bytes are not kept.
pub(super) fn load(found: &[Found], budget: &Budget) -> Result<Vec<Tenant>, String> {
    let mut tenants = Vec::new();
    for (index, snapshot) in found.iter().enumerate() {
        let mut sources = Sources::within(budget.clone());
        let tenant = load_tenant(snapshot, index as u32, &mut sources);
        is_within(budget)?;
        if tenant.snapshot.exports.is_empty() {
            let path = for_terminal(&tenant.snapshot.path).into_owned();
            return Err(format!("error: `{path}` holds no export to compare with"));
        }
        tenants.push(tenant);
    }
    Ok(tenants)
}

/// Holds that each earlier snapshot is one of a tenant that is checked, the only one of it, and earlier.
pub(super) fn hold(previous: &[Tenant], tenants: &[Tenant]) -> Result<(), String> {
    if let Some(stranger) = previous.iter().find(|one| is_stranger(one, tenants)) {
        return Err(format!(
            "error: `{}` is no earlier snapshot of a tenant that is checked: its tenant id is another",
            path_of(stranger)
        ));
    }
    for (index, one) in previous.iter().enumerate() {
        let before = previous.get(..index).unwrap_or_default();
        let same = |other: &&Tenant| one.id().is_some() && other.id() == one.id();
        if let Some(other) = before.iter().find(same) {
            return Err(format!(
                "error: `{}` and `{}` are of one tenant: name one earlier snapshot for each tenant",
                path_of(other),
                path_of(one)
            ));
        }
    }
    for tenant in tenants {
        let Some(one) = earlier(tenant, previous) else {
            continue;
        };
        if let [Some(then), Some(now)] = [one, tenant].map(told_time)
            && then > now
        {
            return Err(format!(
                "error: `{}` is no earlier snapshot: it was exported after `{}`\n  \
                 help: check the later one, with the earlier one as `--previous`",
                path_of(one),
                path_of(tenant)
            ));
        }
    }
    Ok(())
}

/// When a tenant was exported, where its manifest says so: dates within say no more than that it was not before.
fn told_time(tenant: &Tenant) -> Option<crate::snapshot::Moment> {
    let now = tenant.snapshot.now?;
    now.from_manifest.then_some(now.moment)
}

/// Whether an earlier snapshot is of none of the tenants.
fn is_stranger(earlier: &Tenant, tenants: &[Tenant]) -> bool {
    let id = earlier.id();
    id.is_some()
        && tenants
            .iter()
            .all(|tenant| tenant.id().is_some() && tenant.id() != id)
}

fn path_of(tenant: &Tenant) -> std::borrow::Cow<'_, str> {
    for_terminal(&tenant.snapshot.path)
}
