//! Which apps lead to which, and where callers from outside come in.

use std::collections::{BTreeMap, BTreeSet};

use super::{AccountRole, Answer, Destination, Tenant};
use crate::finding::{Place, Subject, SubjectKind};
use crate::snapshot::ObjectId;
use crate::tenant::{App, AppKind};

/// How one app leads to another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    /// Directly, by its own id.
    Configuration,
    /// By the id of a resource account of it.
    Account,
    /// By its own id, in a place where only the id of a resource account works.
    Wrong,
}

/// One app that leads to another one.
#[derive(Clone, Debug)]
pub struct Lead {
    /// Where the call comes from.
    pub from: ObjectId,
    /// How.
    pub way: Way,
    /// Where that is written.
    pub place: Place,
}

impl Tenant {
    /// What leads to each app, by the app.
    ///
    /// Source: <https://learn.microsoft.com/microsoftteams/plan-auto-attendant-call-queue>.
    pub fn leads(&self) -> BTreeMap<ObjectId, Vec<Lead>> {
        let mut leads: BTreeMap<ObjectId, Vec<Lead>> = BTreeMap::new();
        for app in &self.apps {
            let Some(from) = app.id.get() else { continue };
            for (target, place) in self.targets_of(app) {
                let mut note = |to: ObjectId, way| {
                    let place = place.clone();
                    leads.entry(to).or_default().push(Lead { from, way, place });
                };
                match self.destination_of(target) {
                    Destination::App(id) => note(id, Way::Configuration),
                    Destination::Account(id) => {
                        if self.app(id).is_some() {
                            note(id, Way::Wrong);
                        }
                        let served = self
                            .resource_account(id)
                            .map(|account| account.apps.as_slice());
                        for app in served.unwrap_or_default() {
                            note(*app, Way::Account);
                        }
                    }
                    Destination::Person(_) | Destination::OutsideNumber | Destination::Other => {}
                }
            }
        }
        leads
    }

    /// Whether callers from outside come in at an app itself: by a number of one of its accounts, or because one of its
    /// accounts takes calls to unassigned numbers or is shared for calling.
    ///
    /// Source: <https://learn.microsoft.com/microsoftteams/manage-resource-accounts>.
    pub fn is_entry(&self, app: ObjectId) -> Answer {
        let direct = self.is_directly_reachable(app);
        if direct == Answer::Yes {
            return Answer::Yes;
        }
        let treated = self.accounts_of(app).iter().any(|account| {
            self.uses_of(*account).iter().any(|one| {
                matches!(
                    one.role,
                    AccountRole::UnassignedNumbers | AccountRole::SharedCalling
                )
            })
        });
        if treated { Answer::Yes } else { direct }
    }

    /// An app and everything that leads to it.
    ///
    /// Source: <https://learn.microsoft.com/microsoftteams/plan-auto-attendant-call-queue>.
    pub fn tree_of(
        &self,
        app: ObjectId,
        leads: &BTreeMap<ObjectId, Vec<Lead>>,
    ) -> BTreeSet<ObjectId> {
        let mut tree = BTreeSet::from([app]);
        let mut open = vec![app];
        while let Some(next) = open.pop() {
            for lead in leads.get(&next).into_iter().flatten() {
                if tree.insert(lead.from) {
                    open.push(lead.from);
                }
            }
        }
        tree
    }

    /// An app as the subject of a finding.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csautoattendant>.
    pub fn app_subject(&self, app: &App) -> Subject {
        let id = app.id.get();
        let kind = match id.and_then(|id| self.kind_of(id)) {
            Some(AppKind::CallQueue) => SubjectKind::CallQueue,
            _ => SubjectKind::AutoAttendant,
        };
        let name = id.map(|id| self.app_name(id)).unwrap_or_default();
        Subject::new(kind, id.map(|id| id.to_string()).unwrap_or_default(), name)
    }
}
