//! Licenses that are bought on top of others: which of them brings nothing more.
//!
//! Two plans of one class may be worth more than one of them: minutes abroad are no minutes at home, and a conference that
//! is paid by the minute is none that is paid for. The table of SKUs keeps classes, so that the plans of one class that
//! differ are told apart here, by the SKUs that bring them.

use super::OwnSku;
use crate::snapshot::service_plans::{PlanClass, Sku};

/// SKUs that bring the same Calling Plan; of any other pair of SKUs each brings one of its own.
///
/// Source: <https://learn.microsoft.com/entra/identity/users/licensing-service-plan-reference>.
const SAME_CALLING_PLAN: [&[u128]; 3] = [
    // MCOPSTN1: alone, in Teams Phone with Calling Plan, and in three of Business Voice.
    &[
        0x0dab259f_bf13_4952_b7f8_7db8f131b28d,
        0xae2343d1_0999_43f6_ae18_d816516f6e78,
        0xa6051f20_9cbc_47d2_930d_419183bf6cf1,
        0xe5a17adf_8f0d_4b57_bc14_d331235f9307,
        0x08d7bce8_6e16_490e_89db_1d508e5e9609,
    ],
    // MCOPSTN5
    &[
        0x54a152dc_90de_4996_93d2_bc47e670fc06,
        0x11dee6af_eca8_419f_8061_6864517c1875,
    ],
    // MCOPSTN8, in two kinds of E5.
    &[
        0xa91fc4e0_65e5_4266_aa76_4037509c1626,
        0x6ee4114a_9b2d_4577_9e7a_49fa43d222d3,
    ],
];

/// SKUs whose Audio Conferencing is less than the usual one or another: by the minute, to few countries, on trunks of the
/// organization.
///
/// Source: <https://learn.microsoft.com/entra/identity/users/licensing-service-plan-reference>.
const OTHER_CONFERENCING: [u128; 4] = [
    // MCOMEETACPEA
    0xdf9561a4_4969_4e6a_8e73_c601b68ec077,
    // MCOMEETBASIC
    0x1c27243e_fb4d_42b1_ae8c_fe25c9616588,
    // MCOMEETBASIC_GOV
    0x5d505572_203c_4b83_aa9b_dab50fb46277,
    // MCOACBYOT_GCCHigh
    0x170ba00c_38b2_468c_a756_24c05037160a,
];

impl OwnSku {
    /// Whether another SKU brings the same plan of that class, and all else that this one brings to calling.
    pub fn is_repeated_by(&self, other: &Self, class: PlanClass) -> bool {
        let covers = |sku: &Sku| {
            let mut classes = sku.plans.iter();
            classes.all(|one| !self.brings(one) || other.brings(one))
        };
        self.id != other.id
            && self.brings(class)
            && self.known.is_some_and(covers)
            && is_same_plan(self.id.bits(), other.id.bits(), class)
    }
}

/// Whether two SKUs that both bring that class bring it by the same plan, or by plans that differ in name only.
fn is_same_plan(one: u128, other: u128, class: PlanClass) -> bool {
    match class {
        PlanClass::CallingPlan => SAME_CALLING_PLAN
            .iter()
            .any(|skus| skus.contains(&one) && skus.contains(&other)),
        PlanClass::AudioConferencing => [one, other]
            .iter()
            .all(|sku| !OTHER_CONFERENCING.contains(sku)),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::snapshot::service_plans::generate::products;
    use crate::snapshot::service_plans::{all_skus, plan_by_id};

    #[test]
    fn plans_of_one_class_are_told_apart_as_the_table_of_products_does() {
        const USUAL: [&str; 3] = ["MCOMEETADV", "MCOMEETADV_GOV", "MCOMEETADV_AR_GCCHigh"];
        let products = products();
        let names = |sku: u128, class: PlanClass| -> BTreeSet<&str> {
            let plans = products[&sku]
                .plans
                .iter()
                .filter_map(|plan| plan_by_id(*plan));
            plans
                .filter(|plan| plan.class == class)
                // In the clouds of governments the usual one has a name of its own.
                .map(|plan| {
                    if USUAL.contains(&plan.name) {
                        "usual"
                    } else {
                        plan.name
                    }
                })
                .collect()
        };
        for class in [PlanClass::CallingPlan, PlanClass::AudioConferencing] {
            let skus: Vec<u128> = all_skus()
                .filter(|sku| sku.plans.contains(class))
                .map(|sku| sku.id)
                .collect();
            assert!(skus.len() > 15, "{class:?}");
            for (at, one) in skus.iter().enumerate() {
                for other in &skus[at + 1..] {
                    let (a, b) = (names(*one, class), names(*other, class));
                    let same = a.intersection(&b).next().is_some();
                    // What is not the usual one comes in one SKU each.
                    assert_eq!(is_same_plan(*one, *other, class), same, "{a:?} {b:?}");
                }
            }
        }
    }
}
