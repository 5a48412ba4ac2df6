//! Which SKUs an account has, and what they bring.

use super::{Ids, Tenant, User};
use crate::snapshot::cell::AssignedSku;
use crate::snapshot::record::{LicenseDetailsRecord, LicenseState};
use crate::snapshot::service_plans::{PlanClass, PlanClasses, Sku, plan_by_id, sku_by_id};
use crate::snapshot::{ObjectId, SkuSet};

/// One SKU of an account.
#[derive(Clone, Debug)]
pub struct OwnSku {
    /// SKU id.
    pub id: ObjectId,
    /// What Microsoft's table says of it, if it lists it.
    pub known: Option<&'static Sku>,
    /// The classes of plans that it brings, as far as that is known.
    pub plans: PlanClasses,
    /// Groups that bring it; `None` stands for an assignment to the account itself. Empty where the export does not tell.
    pub by: Vec<Option<ObjectId>>,
    /// The classes whose plan is switched off wherever the SKU comes from.
    pub off: PlanClasses,
}

impl OwnSku {
    /// Whether the SKU brings a plan of that class that is not switched off.
    pub fn brings(&self, class: PlanClass) -> bool {
        self.plans.without(self.off).contains(class)
    }

    /// Whether the SKU is a license for that class alone, not a suite. A suite without Teams and without Audio Conferencing
    /// gives itself away by Skype for Business.
    pub fn is_stand_alone(&self, class: PlanClass) -> bool {
        let others = [
            PlanClass::Teams,
            PlanClass::PhoneSystem,
            PlanClass::CallingPlan,
            PlanClass::AudioConferencing,
            PlanClass::Room,
            PlanClass::Skype,
        ];
        self.known.is_some_and(|sku| {
            sku.plans.contains(class)
                && !others
                    .into_iter()
                    .any(|other| other != class && sku.plans.contains(other))
        })
    }

    /// How an administrator calls the SKU.
    pub fn name(&self) -> String {
        self.known
            .map_or_else(|| self.id.to_string(), |sku| sku.product.to_owned())
    }
}

impl Tenant {
    /// The SKUs of an account, in order of id; `None` where no export lists them. What the directory could not assign is
    /// none of them, unless another list has it all the same.
    ///
    /// Source: <https://learn.microsoft.com/graph/api/resources/licenseassignmentstate>.
    pub fn skus_of(&self, user: &User) -> Option<Vec<OwnSku>> {
        let details = user
            .id
            .get()
            .and_then(|id| self.index.license_skus.get(&id));
        if user.license_states.is_absent() && user.skus.is_absent() && details.is_none() {
            return None;
        }
        let texts = &self.snapshot.texts;
        let mut states: Vec<&LicenseState> = texts.listed(&user.license_states).iter().collect();
        states.sort_by_key(|state| state.sku);
        let assigned = user
            .skus
            .get()
            .map_or(&[][..], |skus| texts.list(skus.list));
        let mut listed: Vec<&AssignedSku> = assigned
            .iter()
            .chain(details.into_iter().flatten())
            .collect();
        listed.sort_by_key(|one| one.id);
        let made = states.iter().filter(|state| state.error.is_none());
        let mut ids: Vec<ObjectId> = made.map(|state| state.sku).collect();
        ids.extend(listed.iter().map(|one| one.id));
        ids.sort_unstable();
        ids.dedup();
        let skus = ids.into_iter().map(|id| {
            let mut own: Vec<&LicenseState> = of_sku(id, &states, |state| state.sku).to_vec();
            // A way that failed brings nothing while another one does.
            if own.iter().any(|state| state.error.is_none()) {
                own.retain(|state| state.error.is_none());
            }
            let off_by_states: PlanClasses = PlanClass::ALL
                .into_iter()
                .filter(|class| {
                    !own.is_empty()
                        && own.iter().all(|state| {
                            state.disabled.iter().any(|plan| {
                                plan_by_id(plan.bits()).is_some_and(|plan| plan.class == *class)
                            })
                        })
                })
                .collect();
            let listed = of_sku(id, &listed, |one| one.id).iter();
            let off = listed.fold(off_by_states, |off, one| off.union(one.off));
            OwnSku {
                id,
                known: sku_by_id(id.bits()),
                plans: self.plans_of_sku(id).unwrap_or_default(),
                by: own.iter().map(|state| state.by_group).collect(),
                off,
            }
        });
        Some(skus.collect())
    }

    /// Whether a SKU that is newer than Microsoft's table brings a plan of that class, and it is not switched off.
    pub(super) fn is_brought_by_new_sku(&self, skus: &SkuSet, class: PlanClass) -> bool {
        skus.unknown_sku
            && self.snapshot.texts.list(skus.list).iter().any(|one| {
                let plans = self.plans_of_sku(one.id).unwrap_or_default();
                plans.without(one.off).contains(class)
            })
    }
}

/// What a list in order of SKU says of one.
fn of_sku<T>(id: ObjectId, list: &[T], sku_of: impl Fn(&T) -> ObjectId) -> &[T] {
    let before = list.partition_point(|one| sku_of(one) < id);
    let list = &list[before..];
    &list[..list.partition_point(|one| sku_of(one) == id)]
}

/// The SKUs of each user, by user, with the plans that do not work in them.
pub(super) fn license_skus(records: &[LicenseDetailsRecord]) -> Ids<Vec<AssignedSku>> {
    let mut by_user: Ids<Vec<AssignedSku>> = Ids::default();
    for record in records {
        if let (Some(user), Some(id)) = (record.user.get(), record.sku.get()) {
            let plans = record.plans.get().unwrap_or_default();
            let off = plans.stopped.without(plans.working);
            by_user
                .entry(user)
                .or_default()
                .push(AssignedSku { id, off });
        }
    }
    by_user
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tenant::testing::tenant;

    const E5: &str = "06ebc4ee-1bb5-47dd-8120-11324bc54e06";
    const PHONE: &str = "e43b5b99-8dfb-405f-9987-dc307f34bcbd";
    const MCOEV: &str = "4828c8ec-dc2e-4779-b502-87ac9ce28ab7";

    #[test]
    fn a_plan_that_is_switched_off_in_a_sku_is_not_brought_by_it() {
        let users = format!(
            r#"[{{"id":"00000000-0000-4000-8000-000000000001","userPrincipalName":"a@contoso.example","accountEnabled":true,
                "assignedLicenses":[{{"skuId":"{E5}","disabledPlans":["{MCOEV}"]}},{{"skuId":"{PHONE}","disabledPlans":[]}}]}}]"#
        );
        let tenant = tenant(&[("graph-users.json", &users)]);
        let skus = tenant.skus_of(&tenant.users[0]).expect("SKUs");
        let brings: Vec<bool> = skus
            .iter()
            .map(|sku| sku.brings(PlanClass::PhoneSystem))
            .collect();
        assert_eq!(brings, [false, true]);
        assert!(skus[0].brings(PlanClass::Teams));
    }

    #[test]
    fn skus_come_with_their_way_and_without_what_is_off() {
        let users = format!(
            r#"[{{"id":"00000000-0000-4000-8000-000000000001","userPrincipalName":"a@contoso.example","accountEnabled":true,
                "assignedLicenses":[{{"skuId":"{E5}","disabledPlans":[]}},{{"skuId":"{PHONE}","disabledPlans":[]}}],
                "licenseAssignmentStates":[{{"skuId":"{E5}","assignedByGroup":"00000000-0000-4000-8000-0000000000aa","disabledPlans":["{MCOEV}"],"error":"None"}},
                    {{"skuId":"{PHONE}","assignedByGroup":null,"disabledPlans":[],"error":"CountViolation"}}]}}]"#
        );
        let tenant = tenant(&[("graph-users.json", &users)]);
        let skus = tenant.skus_of(&tenant.users[0]).expect("SKUs");
        let names: Vec<String> = skus.iter().map(OwnSku::name).collect();
        assert_eq!(
            names,
            ["Microsoft 365 E5", "Microsoft Teams Phone Standard"]
        );
        assert!(!skus[0].brings(PlanClass::PhoneSystem));
        assert!(skus[0].by[0].is_some());
        assert!(skus[1].brings(PlanClass::PhoneSystem));
        assert!(skus[1].is_stand_alone(PlanClass::PhoneSystem));
        assert!(!skus[0].is_stand_alone(PlanClass::PhoneSystem));
        let states = &tenant.users[0].license_states;
        let errors: Vec<bool> = tenant
            .snapshot
            .texts
            .listed(states)
            .iter()
            .map(|state| state.error.is_some())
            .collect();
        assert_eq!(errors, [false, true]);
    }

    #[test]
    fn what_the_directory_could_not_assign_is_no_sku_of_the_account() {
        const GROUP: &str = "00000000-0000-4000-8000-0000000000aa";
        let skus = |assigned: &[&str]| {
            let assigned = assigned
                .iter()
                .map(|id| format!(r#"{{"skuId":"{id}","disabledPlans":[]}}"#));
            let assigned = assigned.collect::<Vec<_>>().join(",");
            let users = format!(
                r#"[{{"id":"00000000-0000-4000-8000-000000000001","userPrincipalName":"a@contoso.example","accountEnabled":true,
                    "assignedLicenses":[{assigned}],
                    "licenseAssignmentStates":[{{"skuId":"{E5}","assignedByGroup":"{GROUP}","disabledPlans":[],"error":"CountViolation"}},
                        {{"skuId":"{PHONE}","assignedByGroup":null,"disabledPlans":[],"error":"None"}},
                        {{"skuId":"{PHONE}","assignedByGroup":"{GROUP}","disabledPlans":["{MCOEV}"],"error":"CountViolation"}}]}}]"#
            );
            let tenant = tenant(&[("graph-users.json", &users)]);
            tenant.skus_of(&tenant.users[0]).expect("SKUs")
        };
        let own = skus(&[PHONE]);
        let ids: Vec<String> = own.iter().map(|sku| sku.id.to_string()).collect();
        assert_eq!(ids, [PHONE]);
        assert_eq!(own[0].by, [None]);
        assert!(own[0].brings(PlanClass::PhoneSystem));
        // An error may be about a change of what is there.
        let both = skus(&[E5, PHONE]);
        assert_eq!(both.len(), 2);
        assert!(both[0].by[0].is_some());
    }

    #[test]
    fn license_details_tell_which_plan_does_not_work_in_a_sku() {
        const USER: &str = "00000000-0000-4000-8000-000000000001";
        let brings = |status: &str| {
            let row = |sku: &str, status: &str| {
                format!(
                    r#"{{"id":"x","skuId":"{sku}","skuPartNumber":"X","servicePlans":[{{"servicePlanId":"{MCOEV}","servicePlanName":"MCOEV","provisioningStatus":"{status}"}}]}}"#
                )
            };
            let page = format!(
                r#"{{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#users('{USER}')/licenseDetails","value":[{},{}]}}"#,
                row(E5, status),
                row(PHONE, "Success")
            );
            let users = format!(
                r#"[{{"id":"{USER}","userPrincipalName":"a@contoso.example","accountEnabled":true}}]"#
            );
            let tenant = tenant(&[
                ("graph-licenseDetails-a.json", &page),
                ("graph-users.json", &users),
            ]);
            let skus = tenant.skus_of(&tenant.users[0]).expect("SKUs");
            let brings = skus.iter().map(|sku| sku.brings(PlanClass::PhoneSystem));
            brings.collect::<Vec<bool>>()
        };
        assert_eq!(brings("Success"), [true, true]);
        assert_eq!(brings("Disabled"), [false, true]);
        assert_eq!(brings("PendingActivation"), [true, true]);
    }

    #[test]
    fn very_many_skus_of_one_account_are_told_apart_at_once() {
        const COUNT: usize = 30_000;
        let id = |at: usize| format!("00000000-0000-4000-8000-{at:012}");
        // Each once by itself and once by a group, far from each other.
        let twice = (0..COUNT).chain(0..COUNT).enumerate();
        let states: Vec<String> = twice
            .map(|(at, sku)| {
                let by = if at < COUNT {
                    "null".to_owned()
                } else {
                    format!("\"{}\"", id(sku))
                };
                format!(
                    r#"{{"skuId":"{}","assignedByGroup":{by},"disabledPlans":[],"error":"None"}}"#,
                    id(sku)
                )
            })
            .collect();
        let assigned: Vec<String> = (0..COUNT)
            .map(|sku| format!(r#"{{"skuId":"{}","disabledPlans":[]}}"#, id(sku)))
            .collect();
        let users = format!(
            r#"[{{"id":"{}","userPrincipalName":"a","accountEnabled":true,"assignedLicenses":[{}],"licenseAssignmentStates":[{}]}}]"#,
            id(1),
            assigned.join(","),
            states.join(",")
        );
        let tenant = tenant(&[("graph-users.json", &users)]);
        let skus = tenant.skus_of(&tenant.users[0]).expect("SKUs");
        assert_eq!(skus.len(), COUNT);
        for sku in skus {
            assert_eq!(sku.by, [None, Some(sku.id)]);
        }
    }

    #[test]
    fn a_suite_without_teams_does_not_stand_alone() {
        let is_stand_alone = |id: &str| {
            let users = format!(
                r#"[{{"id":"00000000-0000-4000-8000-000000000001","userPrincipalName":"a","accountEnabled":true,"assignedLicenses":[{{"skuId":"{id}","disabledPlans":[]}}]}}]"#
            );
            let tenant = tenant(&[("graph-users.json", &users)]);
            let skus = tenant.skus_of(&tenant.users[0]).expect("SKUs");
            skus[0].is_stand_alone(PlanClass::PhoneSystem)
        };
        assert!(is_stand_alone("e43b5b99-8dfb-405f-9987-dc307f34bcbd"));
        assert!(!is_stand_alone("06ebc4ee-1bb5-47dd-8120-11324bc54e06"));
        // Office 365 E5 EEA (no Teams) without Audio Conferencing.
        assert!(!is_stand_alone("71772aeb-4bb8-4f74-9dd4-36c7a9b5ca74"));
    }
}
