//! Auto attendants and call queues, the resource accounts that serve them, and whether callers reach them directly.

use super::{Answer, App, Holder, ResourceAccount, Tenant};
use crate::snapshot::{ExportKind, ObjectId};

impl Tenant {
    /// The auto attendant or call queue with that id.
    pub fn app(&self, id: ObjectId) -> Option<&App> {
        let index = *self.index.apps.get(&id)?;
        self.apps.get(index as usize)
    }

    /// The resource accounts of an app, in order of id.
    pub fn accounts_of(&self, app: ObjectId) -> &[ObjectId] {
        self.index.app_accounts.get(&app).map_or(&[], Vec::as_slice)
    }

    /// Whether it can be said which apps a resource account serves.
    pub fn knows_associations(&self) -> bool {
        let snapshot = &self.snapshot;
        snapshot.has_export(ExportKind::OnlineApplicationInstanceAssociation)
            || (snapshot.has_property(ExportKind::AutoAttendant, "ApplicationInstances")
                && snapshot.has_property(ExportKind::CallQueue, "ApplicationInstances"))
    }

    /// Whether a resource account holds a service number, by the inventory or by its own record.
    pub fn has_number(&self, account: &ResourceAccount) -> Answer {
        if !self.numbers_held_by(account.id).is_empty() {
            return Answer::Yes;
        }
        let own = account.record.as_ref().map(|record| &record.number);
        let line = self.user_of(account).map(|user| &user.line_uri);
        let fields = [own, line];
        if fields.iter().flatten().any(|field| field.value().is_some()) {
            Answer::Yes
        } else if self.snapshot.has_export(ExportKind::PhoneNumberAssignment)
            || fields.iter().flatten().any(|field| field.is_null())
        {
            Answer::No
        } else {
            Answer::Unknown
        }
    }

    /// Whether callers reach an app directly: one of its accounts holds a number or is shared for calling.
    ///
    /// Source: <https://learn.microsoft.com/microsoftteams/manage-resource-accounts>.
    pub fn is_directly_reachable(&self, app: ObjectId) -> Answer {
        let mut answer = Answer::No;
        for id in self.accounts_of(app) {
            let shared = self
                .shared_calling_policies
                .iter()
                .any(|policy| policy.account.get() == Some(*id));
            if shared {
                return Answer::Yes;
            }
            match self
                .resource_account(*id)
                .map(|account| self.has_number(account))
            {
                Some(Answer::Yes) => return Answer::Yes,
                Some(Answer::No) => {}
                Some(Answer::Unknown) | None => answer = Answer::Unknown,
            }
        }
        answer
    }

    /// Who holds a number.
    pub fn holder_of(&self, number: &super::Number) -> Holder {
        number.holder
    }
}
