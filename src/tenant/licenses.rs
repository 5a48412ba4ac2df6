//! Who is licensed for what: service plans by id, then by exact name, then the features that Teams reports.

use super::{Answer, Ids, ResourceAccount, Tenant, User};
use crate::snapshot::record::{LicenseDetailsRecord, Record, SkuRecord, UserRecord};
use crate::snapshot::service_plans::{PlanClass, RESOURCE_ACCOUNT_SKU};
use crate::snapshot::{Export, ExportKind, Field, ObjectId, PlanSet, Snapshot, spellings_of};

/// The SKU of resource account licenses that this tenant uses.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AccountSku {
    /// SKU id.
    pub id: ObjectId,
    /// Why no unit of it can be assigned now.
    pub shortage: Option<Shortage>,
}

/// Why no unit of a SKU can be assigned.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shortage {
    /// The tenant owns none.
    NotOwned,
    /// Those that it owns cannot be used.
    NoneUsable,
    /// So many can be used, and all of them are in use.
    AllInUse(i64),
}

impl Shortage {
    /// What is wrong, and what to do.
    pub fn words(self) -> String {
        match self {
            Self::NotOwned => {
                "the tenant owns no Teams Phone Resource Account license: order some".to_owned()
            }
            Self::NoneUsable => {
                "no Teams Phone Resource Account license can be used: order more".to_owned()
            }
            Self::AllInUse(1) => {
                "the only Teams Phone Resource Account license is in use: order more".to_owned()
            }
            Self::AllInUse(units) => {
                format!("all {units} Teams Phone Resource Account licenses are in use: order more")
            }
        }
    }

    fn of(sku: &SkuRecord) -> Option<Self> {
        let (consumed, prepaid) = (sku.consumed.get()?, sku.prepaid.get()?);
        let usable = prepaid.enabled.saturating_add(prepaid.warning);
        (consumed >= usable).then_some(if usable <= 0 {
            Self::NoneUsable
        } else {
            Self::AllInUse(usable)
        })
    }
}

impl Tenant {
    /// The SKU to license resource accounts with: government and faculty tenants own another one of the same plan, and
    /// one with units left goes first; the worldwide one where no export tells.
    ///
    /// Source: <https://learn.microsoft.com/microsoftteams/teams-add-on-licensing/virtual-user>.
    pub fn resource_account_sku(&self) -> AccountSku {
        let owned = self.skus.iter().filter_map(|sku| {
            let id = sku.id.get()?;
            (self.is_account_sku(sku) == Answer::Yes).then(|| AccountSku {
                id,
                shortage: Shortage::of(sku),
            })
        });
        let known = self.snapshot.has_export(ExportKind::GraphSubscribedSku);
        owned
            .min_by_key(|sku| sku.shortage.is_some())
            .unwrap_or(AccountSku {
                id: ObjectId::from_bits(RESOURCE_ACCOUNT_SKU),
                shortage: known.then_some(Shortage::NotOwned),
            })
    }

    /// Whether an account has Teams Phone (Phone System).
    ///
    /// Source: <https://learn.microsoft.com/microsoftteams/operator-connect-plan>.
    pub fn phone_system(&self, user: &User) -> Answer {
        self.licensed(user, PlanClass::PhoneSystem)
    }

    /// Whether an account has the Teams Phone Resource Account license (Virtual User).
    ///
    /// Source: <https://learn.microsoft.com/microsoftteams/teams-add-on-licensing/virtual-user>.
    pub fn virtual_user(&self, user: &User) -> Answer {
        self.licensed(user, PlanClass::ResourceAccount)
    }

    /// Whether a resource account has that kind of plan; unknown when the directory does not list it.
    ///
    /// Source: <https://learn.microsoft.com/microsoftteams/manage-resource-accounts>.
    pub fn account_licensed(&self, account: &ResourceAccount, class: PlanClass) -> Answer {
        self.user_of(account)
            .map_or(Answer::Unknown, |user| self.licensed(user, class))
    }

    /// Whether a plan of that class works for an account. `Enabled` and `Warning` both work; a plan that is listed
    /// with another status alone does not, whatever SKUs are assigned and whatever the features still say: SKUs decide what
    /// plans leave open, and features what both do.
    ///
    /// Source: <https://learn.microsoft.com/entra/identity/users/licensing-service-plan-reference>.
    pub fn licensed(&self, user: &User, class: PlanClass) -> Answer {
        let details = user
            .id
            .get()
            .and_then(|id| self.index.license_details.get(&id));
        let sources = user.plans.value().into_iter().chain(details);
        let (mut stopped, mut unsure, mut listed) = (false, false, !user.plans.is_absent());
        for plans in sources {
            if plans.working.contains(class) {
                return Answer::Yes;
            }
            stopped |= plans.stopped.contains(class);
            unsure |= plans.unsure.contains(class);
            listed = true;
        }
        if stopped {
            return Answer::No;
        }
        if let Some(skus) = user.skus.value() {
            if skus.working.contains(class) || self.is_brought_by_new_sku(skus, class) {
                return Answer::Yes;
            }
            unsure |= skus.unknown_sku && !listed;
            listed = true;
        }
        match user.features.value() {
            Some(features) if features.classes.contains(class) => Answer::Yes,
            Some(features) if features.any && class.has_feature() => Answer::No,
            // Features do not tell of such a plan.
            Some(features) if features.any && !listed => Answer::Unknown,
            _ if unsure => Answer::Unknown,
            // Nothing listed by anyone: no license, if at least one source was exported.
            _ if listed || !user.features.is_absent() => Answer::No,
            _ => Answer::Unknown,
        }
    }
}

/// Plans and features that are empty in every record of a kind were not exported, so that they are unknown and hide
/// nothing that another kind tells.
pub(super) fn forget_blank_licenses(users: &mut [UserRecord], snapshot: &Snapshot) {
    let names = ["AssignedPlan", "FeatureTypes"]
        .map(|property| spellings_of(ExportKind::OnlineUser, property));
    // Of a kind that has no such property, nothing is to be forgotten.
    let has_any = |export: &Export| {
        let mut names = names.iter().flat_map(|names| names.iter());
        export.records > 0 && names.any(|name| export.properties.contains(name))
    };
    let exports = snapshot.family(ExportKind::OnlineUser);
    let kinds = exports.filter(|(_, export)| has_any(export));
    let mut blank: Vec<ExportKind> = kinds.map(|(kind, _)| kind).collect();
    // Nearly always the first one that is looked at tells; the smaller exports stand behind.
    for user in users.iter().rev() {
        if blank.is_empty() {
            return;
        }
        if user.plans.value().is_some_and(|plans| plans.any)
            || user.features.value().is_some_and(|features| features.any)
        {
            blank.retain(|kind| *kind != user.origin().kind);
        }
    }
    for user in users {
        if blank.contains(&user.origin().kind) {
            user.plans = Field::Absent;
            user.features = Field::Absent;
        }
    }
}

/// What the SKUs of each user bring, by user.
pub(super) fn license_details(records: &[LicenseDetailsRecord]) -> Ids<PlanSet> {
    let mut by_user: Ids<PlanSet> = Ids::default();
    for record in records {
        if let (Some(user), Some(plans)) = (record.user.get(), record.plans.value()) {
            let all = by_user.entry(user).or_default();
            all.join(plans);
        }
    }
    by_user
}

#[cfg(test)]
mod tests {
    use super::Shortage;
    use crate::tenant::testing::tenant;

    #[test]
    fn the_sku_of_resource_accounts_is_the_one_that_is_owned() {
        let sku = |records: &str| {
            let tenant = tenant(&[("subscribedSkus.json", records)]);
            let sku = tenant.resource_account_sku();
            (sku.id.to_string(), sku.shortage)
        };
        let worldwide = "440eaaa8-b3e0-484b-a8be-62870b9ba70a".to_owned();
        let faculty = "0e142028-345e-45da-8d92-8bfd4093bbb9".to_owned();
        let record = |id: &str, used: u32| {
            format!(
                "{{\"skuId\":\"{id}\",\"skuPartNumber\":\"X\",\"consumedUnits\":{used},\"prepaidUnits\":{{\"enabled\":4,\"suspended\":9,\"warning\":1}}}}"
            )
        };
        let phone = record("e43b5b99-8dfb-405f-9987-dc307f34bcbd", 5);
        assert_eq!(
            sku(&format!("[{phone}]")),
            (worldwide, Some(Shortage::NotOwned))
        );
        let some = format!("[{phone},{}]", record(&faculty, 4));
        assert_eq!(sku(&some), (faculty.clone(), None));
        let none = format!("[{phone},{}]", record(&faculty, 5));
        assert_eq!(sku(&none), (faculty, Some(Shortage::AllInUse(5))));
    }
}
