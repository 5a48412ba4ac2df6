//! Who is licensed for what: service plans by id, then by exact name, then the features that Teams reports.

use super::{Answer, ResourceAccount, Tenant, User};
use crate::snapshot::service_plans::PlanClass;

impl Tenant {
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
    pub fn account_licensed(&self, account: &ResourceAccount, class: PlanClass) -> Answer {
        self.user_of(account)
            .map_or(Answer::Unknown, |user| self.licensed(user, class))
    }

    /// Whether a plan of that class works for an account. `Enabled` and `Warning` both work; a plan that is listed
    /// with another status does not, whatever the features still say; features decide what plans leave open.
    pub fn licensed(&self, user: &User, class: PlanClass) -> Answer {
        if !self.index.licenses_known {
            return Answer::Unknown;
        }
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
        if let Some(skus) = user.skus.value() {
            if skus.working.contains(class) {
                return Answer::Yes;
            }
            unsure |= skus.unknown_sku && !listed;
            listed = true;
        }
        if stopped {
            return Answer::No;
        }
        match user.features.value() {
            Some(features) if features.classes.contains(class) => Answer::Yes,
            Some(features) if features.any => Answer::No,
            _ if unsure => Answer::Unknown,
            // Nothing listed by anyone: no license, if at least one source was exported.
            _ if listed || !user.features.is_absent() => Answer::No,
            _ => Answer::Unknown,
        }
    }
}
