//! Emergency calling policies that people in the United States depend on.

use std::collections::BTreeMap;

use super::Cx;
use crate::snapshot::record::EmergencyCallingPolicyRecord;
use crate::tenant::{Answer, InForce, Merged, User};

/// A policy, and one of those who depend on it.
pub(super) type Used<'t> = (&'t Merged<EmergencyCallingPolicyRecord>, &'t User);

/// The policies in force for people with numbers in the United States, by name.
pub(super) fn american_policies<'t>(cx: &Cx<'t>) -> BTreeMap<String, Used<'t>> {
    let tenant = cx.tenant;
    let mut used = BTreeMap::new();
    for user in &tenant.users {
        let american = tenant
            .country(user.usage_location)
            .is_some_and(|country| country.to_string() == "US");
        if !american
            || tenant.is_live_person(user) != Answer::Yes
            || tenant.has_line(user) != Answer::Yes
        {
            continue;
        }
        if let InForce::Policy { policy, name, .. } = tenant.emergency_calling_policy(user) {
            used.entry(name.to_lowercase()).or_insert((policy, user));
        }
    }
    used
}
