//! Emergency calling policies that people in the United States depend on.

use std::collections::BTreeMap;

use super::Cx;
use crate::snapshot::record::EmergencyCallingPolicyRecord;
use crate::tenant::{Answer, Country, InForce, Merged, User};

/// A policy, and one of those who depend on it.
pub(super) type Used<'t> = (&'t Merged<EmergencyCallingPolicyRecord>, &'t User);

/// The policies in force for people with numbers in the United States, by name; and why there may be more.
pub(super) fn american_policies<'t>(
    cx: &Cx<'t>,
) -> (BTreeMap<String, Used<'t>>, Option<&'static str>) {
    let tenant = cx.tenant;
    let america = Country::parse("US");
    let mut used = BTreeMap::new();
    let mut open = None;
    for user in &tenant.users {
        let country = tenant.country(user.usage_location);
        let elsewhere = user.usage_location.is_null() || (country.is_some() && country != america);
        if elsewhere
            || tenant.is_live_person(user) != Answer::Yes
            || tenant.has_line(user) != Answer::Yes
        {
            continue;
        }
        if country.is_none() {
            open = Some("it is not known where some people are");
            continue;
        }
        match tenant.emergency_calling_policy(user) {
            InForce::Policy { policy, name, .. } => {
                used.entry(name.to_lowercase()).or_insert((policy, user));
            }
            InForce::Unknown | InForce::Dangling(..) => {
                open = Some("the emergency calling policy of some is not known");
            }
        }
    }
    (used, open)
}
