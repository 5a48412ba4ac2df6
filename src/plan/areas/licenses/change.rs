//! A change of the licenses of an account: what comes, what goes, and what it leaves.

use crate::plan::state::State;
use crate::snapshot::ObjectId;
use crate::snapshot::record::LicenseState;
use crate::snapshot::service_plans::{PlanClass, PlanClasses, plan_by_id};
use crate::tenant::{Answer, OwnSku, User};

/// A change of the licenses of an account.
#[derive(Clone, Default, Debug)]
pub(in crate::plan::areas) struct Change {
    /// SKUs that come.
    pub(super) add: Vec<ObjectId>,
    /// SKUs that go.
    pub(super) remove: Vec<ObjectId>,
    /// The group that brings them; `None` for those of the account itself.
    pub(super) of: Option<ObjectId>,
    /// Plans that the group switches off.
    pub(super) disabled: Vec<(ObjectId, Vec<ObjectId>)>,
}

impl Change {
    /// What is assigned to an account itself, or taken off it.
    pub(super) fn own(add: &[ObjectId], remove: &[ObjectId]) -> Self {
        Self {
            add: add.to_vec(),
            remove: remove.to_vec(),
            ..Self::default()
        }
    }

    /// What an account gets that comes to a group: what the group brings to its other members.
    pub(in crate::plan::areas) fn of_joining(group: ObjectId, state: &State) -> Self {
        let mut change = Self {
            of: Some(group),
            ..Self::default()
        };
        for user in &state.tenant.users {
            for one in states_of(user, state) {
                if one.by_group == Some(group) && !change.add.contains(&one.sku) {
                    change.add.push(one.sku);
                    change.disabled.push((one.sku, one.disabled.to_vec()));
                }
            }
        }
        change
    }

    /// What an account loses that leaves a group.
    pub(in crate::plan::areas) fn of_leaving(
        group: ObjectId,
        account: ObjectId,
        state: &State,
    ) -> Self {
        let states = state
            .user(account)
            .map_or(&[][..], |user| states_of(user, state));
        let mut remove: Vec<ObjectId> = states
            .iter()
            .filter(|one| one.by_group == Some(group) && one.error.is_none())
            .map(|one| one.sku)
            .collect();
        remove.sort_unstable();
        remove.dedup();
        Self {
            remove,
            of: Some(group),
            ..Self::default()
        }
    }

    /// Whether nothing comes and nothing goes.
    pub(in crate::plan::areas) fn is_empty(&self) -> bool {
        self.add.is_empty() && self.remove.is_empty()
    }

    /// Whether a state of a license is one of those that go.
    pub(super) fn takes(&self, one: &LicenseState) -> bool {
        self.remove.contains(&one.sku) && one.by_group == self.of
    }

    /// Whether a SKU goes that nothing else brings to the account.
    pub(super) fn ends(&self, user: &User, sku: ObjectId, state: &State) -> bool {
        let others = states_of(user, state)
            .iter()
            .filter(|one| one.sku == sku && one.error.is_none());
        self.remove.contains(&sku) && others.filter(|one| !self.takes(one)).count() == 0
    }

    /// What a SKU brings that comes.
    pub(super) fn brought(&self, sku: ObjectId, state: &State) -> Option<PlanClasses> {
        let of_sku = self.disabled.iter().filter(|(id, _)| *id == sku);
        let off = of_sku.flat_map(|(_, plans)| plans).copied();
        Some(state.tenant.plans_of_sku(sku)?.without(classes(off)))
    }
}

/// What tells which SKUs an account has, and from where.
pub(super) fn states_of<'s>(user: &User, state: &'s State) -> &'s [LicenseState] {
    state.tenant.snapshot.texts.listed(&user.license_states)
}

/// The classes of these plans.
pub(super) fn classes(plans: impl Iterator<Item = ObjectId>) -> PlanClasses {
    plans
        .filter_map(|plan| plan_by_id(plan.bits()))
        .map(|plan| plan.class)
        .collect()
}

/// What a change of licenses takes, brings and leaves.
pub(super) struct Swap {
    /// What the SKUs that go bring.
    pub(super) gone: PlanClasses,
    /// What the SKUs that stay bring.
    pub(super) kept: PlanClasses,
    /// What the SKUs that come bring.
    pub(super) new: PlanClasses,
    /// Whether nobody tells what one of those that go brings.
    pub(super) is_gone_untold: bool,
    /// The same of those that stay.
    pub(super) is_kept_untold: bool,
    /// The same of those that come.
    pub(super) is_new_untold: bool,
}

impl Swap {
    pub(super) fn of(user: &User, change: &Change, state: &State) -> Self {
        let brought = |id: &ObjectId| state.tenant.plans_of_sku(*id);
        let is_untold = |id: &ObjectId| brought(id).is_none();
        let owned = state.tenant.skus_of(user).unwrap_or_default().into_iter();
        let stays: Vec<OwnSku> = owned
            .filter(|one| !change.ends(user, one.id, state))
            .collect();
        let kept = stays.iter().flat_map(|one| {
            let of_others = change
                .remove
                .contains(&one.id)
                .then(|| brought_otherwise(user, one, change, state));
            let brings = move |class: &PlanClass| match of_others {
                Some(plans) => plans.contains(*class),
                None => one.brings(*class),
            };
            PlanClass::ALL.into_iter().filter(brings)
        });
        let gone = change.remove.iter().filter_map(brought);
        let new = change.add.iter();
        let new = new.filter_map(|sku| change.brought(*sku, state));
        Self {
            gone: gone.fold(PlanClasses::EMPTY, PlanClasses::union),
            kept: kept.collect(),
            new: new.fold(PlanClasses::EMPTY, PlanClasses::union),
            is_gone_untold: change.remove.iter().any(is_untold),
            is_kept_untold: stays.iter().any(|one| is_untold(&one.id)),
            is_new_untold: change.add.iter().any(is_untold),
        }
    }

    /// Whether the last license of some classes goes; unknown where nobody tells what a SKU brings that decides it.
    pub(super) fn takes_last(&self, user: &User, classes: &[PlanClass], state: &State) -> Answer {
        let among = |plans: PlanClasses| classes.iter().any(|class| plans.contains(*class));
        let is_touched = among(self.gone) || self.is_gone_untold;
        if !is_touched || among(self.kept) || among(self.new) {
            return Answer::No;
        }
        let (mut had, mut stays) = (Answer::No, Answer::No);
        if self.is_new_untold {
            stays = Answer::Unknown;
        }
        for class in classes {
            let has = state.tenant.licensed(user, *class);
            let keeps = match has {
                Answer::No => Answer::No,
                _ if self.gone.contains(*class) && !self.is_kept_untold => Answer::No,
                _ if self.gone.contains(*class) || self.is_gone_untold => Answer::Unknown,
                has => has,
            };
            had = had.or(has);
            stays = stays.or(keeps);
        }
        match (had, stays) {
            (Answer::No, _) | (_, Answer::Yes) => Answer::No,
            (Answer::Yes, Answer::No) => Answer::Yes,
            _ => Answer::Unknown,
        }
    }
}

/// What a SKU still brings that goes from one place and stays from another, such as a group.
pub(super) fn brought_otherwise(
    user: &User,
    one: &OwnSku,
    change: &Change,
    state: &State,
) -> PlanClasses {
    let others = states_of(user, state).iter();
    let others = others.filter(|other| other.sku == one.id && other.error.is_none());
    others
        .filter(|other| !change.takes(other))
        .map(|other| one.plans.without(classes(other.disabled.iter().copied())))
        .fold(PlanClasses::EMPTY, PlanClasses::union)
}

/// The plans of an account after a change: those that work, and all SKUs where they are known.
pub(super) fn after(
    user: &User,
    change: &Change,
    state: &State,
) -> (PlanClasses, Option<Vec<ObjectId>>) {
    let owned = state.tenant.skus_of(user);
    let Swap {
        gone, kept, new, ..
    } = Swap::of(user, change, state);
    let current: PlanClasses = PlanClass::ALL
        .into_iter()
        .filter(|class| state.tenant.licensed(user, *class) == Answer::Yes)
        .collect();
    let stays = current
        .iter()
        .filter(|class| !gone.contains(*class) || kept.contains(*class))
        .collect::<PlanClasses>();
    let skus = owned.map(|owned| {
        let kept = owned.into_iter().map(|one| one.id);
        let mut skus: Vec<ObjectId> = kept.filter(|id| !change.ends(user, *id, state)).collect();
        skus.extend(
            change
                .add
                .iter()
                .filter(|id| !skus.contains(id))
                .copied()
                .collect::<Vec<_>>(),
        );
        skus
    });
    (stays.union(new), skus)
}
