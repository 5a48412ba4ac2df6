//! Which apps lead to which, and where callers from outside come in.

use std::collections::{BTreeMap, BTreeSet};

use super::directory::sip_address;
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
    pub fn leads(&self) -> &BTreeMap<ObjectId, Vec<Lead>> {
        self.index.memo.leads.get_or_init(|| self.all_leads())
    }

    fn all_leads(&self) -> BTreeMap<ObjectId, Vec<Lead>> {
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
                    // What may lead somewhere is asked apart.
                    Destination::Untold(_)
                    | Destination::Person(_)
                    | Destination::OutsideNumber
                    | Destination::Other => {}
                }
            }
        }
        leads
    }

    /// The apps that others may lead to, though the export does not tell what the target is: its id is that of the app
    /// or of an account of it.
    ///
    /// Source: <https://learn.microsoft.com/microsoftteams/plan-auto-attendant-call-queue>.
    pub fn perhaps_led_to(&self) -> BTreeSet<ObjectId> {
        let mut perhaps = BTreeSet::new();
        for app in &self.apps {
            for (target, _) in self.targets_of(app) {
                let Destination::Untold(id) = self.destination_of(target) else {
                    continue;
                };
                let served = self.resource_account(id).map(|account| &account.apps);
                let led_to = served.into_iter().flatten().copied().chain([id]);
                // An app that leads to itself leads nobody there.
                perhaps.extend(led_to.filter(|to| app.id.get() != Some(*to)));
            }
        }
        perhaps
    }

    /// The resource accounts that people send their calls to, and whether callers from outside reach one of these people
    /// by a number.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/set-csusercallingsettings>.
    pub fn forwarded_to(&self) -> BTreeMap<ObjectId, Answer> {
        let mut forwarded: BTreeMap<ObjectId, Answer> = BTreeMap::new();
        let texts = &self.snapshot.texts;
        let mut accounts: Option<BTreeMap<String, ObjectId>> = None;
        for settings in self.directory.calling_settings.iter() {
            for forward in self.forwards_of(settings) {
                let accounts = accounts.get_or_insert_with(|| self.resource_accounts_by_address());
                let target = sip_address(texts.text(forward.target));
                let Some(account) = accounts.get(&target) else {
                    continue;
                };
                let from = settings.sip_uri.get().map(|name| texts.text(name));
                let reached = match from.and_then(|name| self.user_by_address(name)) {
                    Some(user) if self.is_deleted(user) => Answer::No,
                    Some(user) if forward.in_use == Answer::Yes => self.has_line(user),
                    _ => Answer::Unknown,
                };
                let known = forwarded.entry(*account).or_insert(Answer::No);
                if reached == Answer::Yes || *known == Answer::No {
                    *known = reached;
                }
            }
        }
        forwarded
    }

    fn resource_accounts_by_address(&self) -> BTreeMap<String, ObjectId> {
        let named = self.resource_accounts.iter().filter_map(|account| {
            let name = self.resource_account_upn(account)?;
            Some((sip_address(name), account.id))
        });
        named.collect()
    }

    /// Whether callers from outside come in at an app itself: by a number of one of its accounts, or because one of its
    /// accounts takes calls to unassigned numbers, is shared for calling, or is where people send their calls to, as
    /// [`Self::forwarded_to`] tells.
    ///
    /// Source: <https://learn.microsoft.com/microsoftteams/manage-resource-accounts>.
    pub fn is_entry(&self, app: ObjectId, forwarded: &BTreeMap<ObjectId, Answer>) -> Answer {
        let mut answer = self.is_directly_reachable(app);
        for account in self.accounts_of(app) {
            let is_used = self.uses_of(*account).iter().any(|one| {
                matches!(
                    one.role,
                    AccountRole::UnassignedNumbers | AccountRole::SharedCalling
                )
            });
            let by_people = forwarded.get(account).copied().unwrap_or(Answer::No);
            if is_used || answer == Answer::Yes || by_people == Answer::Yes {
                return Answer::Yes;
            }
            if by_people == Answer::Unknown {
                answer = Answer::Unknown;
            }
        }
        answer
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
