//! What the SKUs that the tenant owns bring: as they list it themselves, and as Microsoft's table says.
//!
//! The table is a dictionary: a SKU that it lacks is newer than the table, and brings what it lists.

use super::{Answer, Tenant};
use crate::snapshot::record::SkuRecord;
use crate::snapshot::service_plans::{PlanClass, PlanClasses, sku_by_id};
use crate::snapshot::{ExportKind, ObjectId};

impl Tenant {
    /// The classes of plans that a SKU brings; `None` for one that neither the tenant's own list nor Microsoft's table tells.
    ///
    /// Source: <https://learn.microsoft.com/graph/api/subscribedsku-list>.
    pub fn plans_of_sku(&self, id: ObjectId) -> Option<PlanClasses> {
        brought_by(Some(id), self.own_sku(id))
    }

    /// The tenant's own record of a SKU.
    fn own_sku(&self, id: ObjectId) -> Option<&SkuRecord> {
        let place = self
            .skus
            .binary_search_by_key(&Some(id), |sku| sku.id.get());
        self.skus.get(place.ok()?).map(|sku| &**sku)
    }

    /// Whether the tenant owns a SKU that brings a plan of that class.
    ///
    /// Source: <https://learn.microsoft.com/graph/api/subscribedsku-list>.
    pub fn owns(&self, class: PlanClass) -> Answer {
        let kind = ExportKind::GraphSubscribedSku;
        if !self.snapshot.has_export(kind) {
            return Answer::Unknown;
        }
        let mut is_told = self.snapshot.incomplete(kind).is_none();
        for sku in &self.skus {
            match brought_by(sku.id.get(), Some(sku)) {
                Some(plans) if plans.contains(class) => return Answer::Yes,
                Some(_) => {}
                None => is_told = false,
            }
        }
        if is_told { Answer::No } else { Answer::Unknown }
    }

    /// Whether any unit of a SKU can be used: none can where every subscription for it has lapsed.
    ///
    /// Source: <https://learn.microsoft.com/graph/api/resources/subscribedsku>.
    pub fn has_usable_units(&self, id: ObjectId) -> Answer {
        match self.own_sku(id).and_then(|sku| sku.prepaid.get()) {
            Some(units) => (units.enabled.saturating_add(units.warning) > 0).into(),
            None => Answer::Unknown,
        }
    }

    /// Whether a SKU of the tenant is one for resource accounts. One that is newer than the table may give itself away by
    /// its name alone.
    ///
    /// Source: <https://learn.microsoft.com/microsoftteams/teams-add-on-licensing/virtual-user>.
    pub fn is_account_sku(&self, sku: &SkuRecord) -> Answer {
        let name = sku.part_number.get();
        let named = name.is_some_and(|name| {
            let name = self.snapshot.texts.symbol(name).to_ascii_uppercase();
            name.contains("VIRTUALUSER")
        });
        if named {
            return Answer::Yes;
        }
        match brought_by(sku.id.get(), Some(sku)) {
            Some(plans) => plans.contains(PlanClass::ResourceAccount).into(),
            None => Answer::Unknown,
        }
    }
}

/// The classes of plans that a SKU brings, by the tenant's own list and by the table; `None` where neither tells. Whatever
/// state a plan is in, it belongs to the SKU.
fn brought_by(id: Option<ObjectId>, own: Option<&SkuRecord>) -> Option<PlanClasses> {
    let listed = own.and_then(|sku| sku.plans.get());
    let told = listed.filter(|plans| plans.any).map(|plans| plans.listed());
    let known = id.and_then(|id| sku_by_id(id.bits())).map(|sku| sku.plans);
    match (told, known) {
        (Some(told), Some(known)) => Some(told.union(known)),
        (told, known) => told.or(known),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tenant::testing::tenant;

    #[test]
    fn a_sku_tells_what_it_brings_by_the_table_by_its_plans_or_not_at_all() {
        let told = |properties: &str| {
            let skus = format!(
                r#"[{{{properties},"consumedUnits":1,"prepaidUnits":{{"enabled":5,"suspended":0,"warning":0}}}}]"#
            );
            let tenant = tenant(&[("subscribedSkus.json", &skus)]);
            tenant.is_account_sku(&tenant.skus[0])
        };
        let known = r#""skuId":"440eaaa8-b3e0-484b-a8be-62870b9ba70a","skuPartNumber":"X","servicePlans":[]"#;
        assert_eq!(told(known), Answer::Yes);
        let other = r#""skuId":"06ebc4ee-1bb5-47dd-8120-11324bc54e06","skuPartNumber":"SPE_E5""#;
        assert_eq!(told(other), Answer::No);
        let newer = r#""skuId":"00000000-0000-4000-8000-0000000000ff","skuPartNumber":"Teams_Phone_Resource_Account""#;
        assert_eq!(told(newer), Answer::Unknown);
        let plans = |id: &str, name: &str| {
            told(&format!(
                r#"{newer},"servicePlans":[{{"servicePlanId":"{id}","servicePlanName":"{name}","provisioningStatus":"Success","appliesTo":"User"}}]"#
            ))
        };
        let account = plans("f47330e9-c134-43b3-9993-e7f004506889", "MCOEV_VIRTUALUSER");
        assert_eq!(account, Answer::Yes);
        let phone = plans("4828c8ec-dc2e-4779-b502-87ac9ce28ab7", "MCOEV");
        assert_eq!(phone, Answer::No);
        let named = r#""skuId":"00000000-0000-4000-8000-0000000000ff","skuPartNumber":"PHONESYSTEM_VIRTUALUSER_NEW""#;
        assert_eq!(told(named), Answer::Yes);
    }

    #[test]
    fn each_of_very_many_skus_is_found() {
        const COUNT: usize = 50_000;
        let id = |at: usize| format!("00000000-0000-4000-8000-{at:012}");
        let skus: Vec<String> = (0..COUNT)
            .map(|at| {
                format!(
                    r#"{{"skuId":"{}","skuPartNumber":"S{at}","consumedUnits":0,"prepaidUnits":{{"enabled":{},"suspended":0,"warning":0}}}}"#,
                    id(at),
                    at % 2
                )
            })
            .collect();
        let tenant = tenant(&[("subscribedSkus.json", &format!("[{}]", skus.join(",")))]);
        let usable = |at: usize| tenant.has_usable_units(ObjectId::parse(&id(at)).expect("an id"));
        for at in 0..COUNT {
            assert_eq!(usable(at), (at % 2 == 1).into());
        }
        assert_eq!(usable(COUNT), Answer::Unknown);
    }

    #[test]
    fn what_a_sku_brings_the_tenants_own_list_tells_before_the_table_does() {
        const NEW: &str = "00000000-0000-4000-8000-0000000000ff";
        let skus = |plans: &str| {
            format!(
                r#"[{{"skuId":"{NEW}","skuPartNumber":"NEW","consumedUnits":0,"prepaidUnits":{{"enabled":1}}{plans}}}]"#
            )
        };
        let plans = skus(
            r#","servicePlans":[{"servicePlanId":"f47330e9-c134-43b3-9993-e7f004506889","servicePlanName":"MCOEV_VIRTUALUSER","provisioningStatus":"Success"},
                {"servicePlanId":"00000000-0000-4000-8000-0000000000fe","servicePlanName":"MCOPSTN_PAYG_2","provisioningStatus":"PendingInput"}]"#,
        );
        let users = |off: &str| {
            format!(
                r#"[{{"id":"00000000-0000-4000-8000-000000000001","userPrincipalName":"a@contoso.example","accountEnabled":true,
                    "assignedLicenses":[{{"skuId":"{NEW}","disabledPlans":[{off}]}}]}}]"#
            )
        };
        let judge = |skus: &str, off: &str| {
            let users = users(off);
            let tenant = tenant(&[("subscribedSkus.json", skus), ("graph-users.json", &users)]);
            let class = PlanClass::ResourceAccount;
            let owns = [class, PlanClass::PayAsYouGo].map(|class| tenant.owns(class));
            let user = &tenant.users[0];
            let account = tenant.resource_account_sku().id.to_string();
            (owns, tenant.licensed(user, class), account == NEW)
        };
        let (yes, no) = (Answer::Yes, Answer::No);
        assert_eq!(judge(&plans, ""), ([yes, yes], yes, true));
        let off = r#""f47330e9-c134-43b3-9993-e7f004506889""#;
        assert_eq!(judge(&plans, off).1, Answer::Unknown);
        // Nobody knows what it brings: not that it brings none.
        let unknown = Answer::Unknown;
        assert_eq!(judge(&skus(""), ""), ([unknown, unknown], unknown, false));
        let other = skus(
            r#","servicePlans":[{"servicePlanId":"00000000-0000-4000-8000-0000000000fd","servicePlanName":"OTHER","provisioningStatus":"Success"}]"#,
        );
        assert_eq!(judge(&other, "").0, [no, no]);
    }
}
