//! Which subjects a rule could not judge, by every name that a finding could call them.
//!
//! A finding may be about the number of an account or about the holder of a number, so that a subject answers to both:
//! who was not judged must never look as if what was wrong with it were gone.

use std::collections::BTreeSet;

use crate::snapshot::AssignmentTarget;
use crate::tenant::{Number, ResourceAccount, Tenant, User};

/// Subjects that are told one by one; of more, nobody says which they are.
const TOLD: usize = 1000;

/// All names of some subjects, in lower case; `None` where nobody can tell.
pub(super) fn names_of<T>(
    places: &[u32],
    subjects: &[T],
    names: impl Fn(&T) -> Vec<String>,
) -> Option<BTreeSet<String>> {
    if places.len() > TOLD {
        return None;
    }
    let mut all = BTreeSet::new();
    for &place in places {
        let names = names(subjects.get(place as usize)?);
        if names.is_empty() {
            return None;
        }
        all.extend(names.iter().map(|name| name.to_lowercase()));
    }
    Some(all)
}

/// An account: its name, its id, its numbers.
pub(super) fn of_user(tenant: &Tenant, user: &User) -> Vec<String> {
    let Some(id) = user.id.get() else {
        return Vec::new();
    };
    let mut names = vec![tenant.user_name(user), id.to_string()];
    names.extend(tenant.line_of(user).map(|(number, _)| number));
    let held = tenant.numbers_of_user(user);
    names.extend(held.iter().map(|number| number.key.to_string()));
    names
}

/// A number: its digits, its holder.
pub(super) fn of_number(tenant: &Tenant, number: &Number) -> Vec<String> {
    let mut names = vec![number.key.to_string()];
    names.extend(tenant.holder_name(number));
    if let Some(AssignmentTarget::Object(id)) = number.record.target.get() {
        names.push(id.to_string());
    }
    names
}

/// A resource account: its names, its id, its numbers, its apps.
pub(super) fn of_account(tenant: &Tenant, account: &ResourceAccount) -> Vec<String> {
    let mut names = vec![
        tenant.resource_account_name(account),
        account.id.to_string(),
    ];
    names.extend(tenant.user_of(account).map(|user| tenant.user_name(user)));
    let held = tenant.numbers_held_by(account.id);
    names.extend(held.iter().map(|number| number.key.to_string()));
    names.extend(tenant.service_number(account).map(|(_, number)| number));
    for &app in &account.apps {
        names.extend([tenant.app_name(app), app.to_string()]);
    }
    names
}
