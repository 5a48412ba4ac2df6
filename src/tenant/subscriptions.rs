//! What the SKUs that the tenant owns bring: as they list it themselves, and as Microsoft's table says.
//!
//! The table is a dictionary: a SKU that it lacks is newer than the table, and brings what it lists.

use super::{Answer, Tenant};
use crate::snapshot::record::SkuRecord;
use crate::snapshot::service_plans::{PlanClass, sku_by_id};

impl Tenant {
    /// Whether a SKU of the tenant brings a plan of that class; unknown for one that is in no table and lists no plans.
    ///
    /// Source: <https://learn.microsoft.com/graph/api/resources/subscribedsku>.
    pub fn sku_brings(&self, sku: &SkuRecord, class: PlanClass) -> Answer {
        let known = sku.id.get().and_then(|id| sku_by_id(id.bits()));
        let listed = sku.plans.value();
        let lists = listed.is_some_and(|plans| {
            // Whatever state a plan is in, it belongs to the SKU.
            [plans.working, plans.stopped, plans.unsure]
                .iter()
                .any(|classes| classes.contains(class))
        });
        if lists || known.is_some_and(|known| known.plans.contains(class)) {
            Answer::Yes
        } else if known.is_some() || listed.is_some_and(|plans| plans.any) {
            Answer::No
        } else {
            Answer::Unknown
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
        self.sku_brings(sku, PlanClass::ResourceAccount)
    }
}

#[cfg(test)]
mod tests {
    use crate::tenant::Answer;
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
}
