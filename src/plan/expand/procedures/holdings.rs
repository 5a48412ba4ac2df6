//! What accounts have: numbers, policies of their own, licenses; and what is known of a number.

use crate::plan::act::Act;
use crate::plan::state::State;
use crate::plan::vocabulary::CATEGORIES;
use crate::snapshot::service_plans::{PlanClass, TEAMS_PHONE_STANDARD_SKU};
use crate::snapshot::{ObjectId, PhoneNumber};
use crate::tenant::{Answer, Assigned, Country, Effective, OwnSku, PolicyKind};

/// What takes a number off its holder.
pub(super) fn unassign(account: ObjectId, number: Option<PhoneNumber>) -> Act {
    Act::Unassign {
        account,
        number,
        blocked_days: None,
        blocked_forever: false,
    }
}

/// What takes each number off an account; where it has none, an act that says so.
pub(super) fn unassign_all(account: ObjectId, state: &State) -> Vec<Act> {
    let numbers = state.numbers_of(account);
    if numbers.is_empty() {
        return vec![unassign(account, None)];
    }
    let numbers = numbers.into_iter();
    numbers
        .map(|number| unassign(account, Some(number)))
        .collect()
}

/// Type of a number, where the inventory tells one that PowerShell takes.
pub(super) fn type_of(number: PhoneNumber, state: &State) -> Option<&'static str> {
    state.number(number).and_then(|row| state.number_type(row))
}

/// Emergency location of a number.
pub(super) fn location_of(number: PhoneNumber, state: &State) -> Option<ObjectId> {
    state
        .tenant
        .shared_id(&state.number(number)?.record.location)
}

/// Category of the assignment of a number, where it is another one than `Primary`.
pub(super) fn category_of(number: PhoneNumber, state: &State) -> Option<&'static str> {
    let told = state.symbol(state.number(number)?.record.category.get());
    let mut known = CATEGORIES.into_iter();
    known.find(|one| *one != "Primary" && one.eq_ignore_ascii_case(told))
}

/// Country of a number: the inventory's, that of its calling code, else the usage location of who holds it or gets it.
pub(super) fn country_of(
    number: PhoneNumber,
    account: Option<ObjectId>,
    state: &State,
) -> Option<String> {
    let row = state.number(number);
    let own = row.and_then(|row| state.tenant.country_of_number(row));
    let country = own.or_else(|| Country::of_number(number)).or_else(|| {
        let user = state.user(account?)?;
        state.tenant.country(user.usage_location)
    });
    country.map(|country| country.to_string())
}

/// What numbers of an account are used for.
pub(super) fn usage_of(account: ObjectId, state: &State) -> &'static str {
    if state.is_resource_account(account) {
        "voice-app"
    } else {
        "user"
    }
}

/// Whether a policy of that type is granted to an account itself, as far as the export tells.
pub(super) fn has_own(account: ObjectId, kind: PolicyKind, state: &State) -> bool {
    let user = state.user(account);
    user.is_some_and(|user| match state.tenant.effective(user, kind) {
        Effective::Assigned { place, .. } => {
            !matches!(state.tenant.assigned(place), Assigned::ByGroup)
        }
        Effective::Global | Effective::Unknown => false,
    })
}

/// What takes a granted policy away, if one of that type is granted to the account itself.
pub(super) fn ungrant(account: ObjectId, kind: PolicyKind, state: &State) -> Option<Act> {
    has_own(account, kind, state).then(|| Act::Grant {
        account,
        policy_type: kind.property(),
        policy: None,
    })
}

/// Whether a license for a class of plans works for an account.
pub(super) fn licensed(account: ObjectId, class: PlanClass, state: &State) -> Answer {
    let user = state.user(account);
    user.map_or(Answer::Unknown, |user| state.tenant.licensed(user, class))
}

/// SKUs of an account; `None` where no export tells.
pub(super) fn skus_of(account: ObjectId, state: &State) -> Option<Vec<OwnSku>> {
    state.tenant.skus_of(state.user(account)?)
}

/// What licenses an account for numbers: the license that is given, else the one of its kind where it has none.
pub(super) fn license(account: ObjectId, given: Option<ObjectId>, state: &State) -> Option<Act> {
    let add = match given {
        Some(sku) => {
            let own = skus_of(account, state).unwrap_or_default();
            (!own.iter().any(|own| own.id == sku)).then_some(sku)?
        }
        None if state.is_resource_account(account) => {
            let is_none = licensed(account, PlanClass::ResourceAccount, state) == Answer::No
                && licensed(account, PlanClass::PhoneSystem, state) != Answer::Yes;
            is_none.then(|| state.tenant.resource_account_sku().id)?
        }
        None => {
            let is_none = licensed(account, PlanClass::PhoneSystem, state) == Answer::No;
            is_none.then_some(ObjectId::from_bits(TEAMS_PHONE_STANDARD_SKU))?
        }
    };
    Some(Act::ChangeLicense {
        account,
        add: vec![add],
        remove: Vec::new(),
    })
}

/// What drops licenses of an account: of those, the ones that it has. Where nobody tells what it has, all of them if
/// `otherwise`.
pub(super) fn unlicense(
    account: ObjectId,
    skus: &[ObjectId],
    otherwise: bool,
    state: &State,
) -> Option<Act> {
    let remove: Vec<ObjectId> = match skus_of(account, state) {
        Some(own) => {
            let has = |sku: &&ObjectId| own.iter().any(|own| own.id == **sku);
            skus.iter().filter(has).copied().collect()
        }
        None if otherwise => skus.to_vec(),
        None => Vec::new(),
    };
    (!remove.is_empty()).then_some(Act::ChangeLicense {
        account,
        add: Vec::new(),
        remove,
    })
}

/// Whether the on-premises directory gives an account a line.
pub(super) fn has_line_on_premises(account: ObjectId, state: &State) -> bool {
    let user = state.user(account);
    user.is_some_and(|user| user.on_prem_line_uri.value().is_some())
}

/// Whether the on-premises directory manages a number of an account.
pub(super) fn is_on_premises(account: ObjectId, number: PhoneNumber, state: &State) -> bool {
    let source = state.number(number).and_then(|row| row.record.source.get());
    if source.is_some() {
        return state.symbol(source).eq_ignore_ascii_case("OnPremises");
    }
    let user = state.user(account);
    let line = user.and_then(|user| user.on_prem_line_uri.get());
    let line = line.and_then(|line| PhoneNumber::parse(state.tenant.snapshot.texts.text(line)));
    line == Some(number)
}
