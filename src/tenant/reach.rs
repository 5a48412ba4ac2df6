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
    /// The how-many-th it is of all.
    nth: usize,
}

/// What leads to which app, each lead told once, however many apps share the account that it leads to.
#[derive(Debug, Default)]
pub struct Leads {
    to_apps: BTreeMap<ObjectId, Vec<Lead>>,
    to_accounts: BTreeMap<ObjectId, Vec<Lead>>,
}

impl Leads {
    /// What leads to an app by its own id.
    pub fn to_app(&self, app: ObjectId) -> &[Lead] {
        self.to_apps.get(&app).map_or(&[], Vec::as_slice)
    }

    /// What leads to all apps of a resource account.
    pub fn to_account(&self, account: ObjectId) -> &[Lead] {
        self.to_accounts.get(&account).map_or(&[], Vec::as_slice)
    }
}

impl Tenant {
    /// What leads to which app.
    ///
    /// Source: <https://learn.microsoft.com/microsoftteams/plan-auto-attendant-call-queue>.
    pub fn leads(&self) -> &Leads {
        self.index.memo.leads.get_or_init(|| self.all_leads())
    }

    /// Everything that leads to an app, by its own id and by its accounts, in the order of the apps where that is written.
    ///
    /// Source: <https://learn.microsoft.com/microsoftteams/plan-auto-attendant-call-queue>.
    pub fn leads_to(&self, app: ObjectId) -> Vec<&Lead> {
        let leads = self.leads();
        let accounts = self.accounts_of(app).iter();
        let by_account = accounts.flat_map(|account| leads.to_account(*account));
        let mut all: Vec<&Lead> = leads.to_app(app).iter().chain(by_account).collect();
        all.sort_by_key(|lead| lead.nth);
        all
    }

    fn all_leads(&self) -> Leads {
        let mut leads = Leads::default();
        let mut nth = 0;
        for app in &self.apps {
            let Some(from) = app.id.get() else { continue };
            for (target, place) in self.targets_of(app) {
                let mut note = |to: &mut BTreeMap<_, Vec<Lead>>, id, way| {
                    nth += 1;
                    to.entry(id).or_default().push(Lead {
                        from,
                        way,
                        place: place.clone(),
                        nth,
                    });
                };
                match self.destination_of(target) {
                    Destination::App(id) => note(&mut leads.to_apps, id, Way::Configuration),
                    Destination::Account(id) => {
                        if self.app(id).is_some() {
                            note(&mut leads.to_apps, id, Way::Wrong);
                        }
                        if self.resource_account(id).is_some() {
                            note(&mut leads.to_accounts, id, Way::Account);
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
        // The app that leads there, where it is one alone.
        let mut targets: BTreeMap<ObjectId, Option<ObjectId>> = BTreeMap::new();
        for app in &self.apps {
            for (target, _) in self.targets_of(app) {
                if let Destination::Untold(id) = self.destination_of(target) {
                    let alone = targets.entry(id).or_insert(app.id.get());
                    *alone = alone.filter(|other| app.id.get() == Some(*other));
                }
            }
        }
        let mut perhaps = BTreeSet::new();
        for (id, alone) in targets {
            let served = self.resource_account(id).map(|account| &account.apps);
            let led_to = served.into_iter().flatten().copied().chain([id]);
            // An app that leads to itself leads nobody there.
            perhaps.extend(led_to.filter(|to| alone != Some(*to)));
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
