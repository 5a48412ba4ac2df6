//! What kind of account somebody is, and how to call it.

use std::collections::BTreeSet;

use super::{ResourceAccount, Tenant, User};
use crate::finding::Place;
use crate::snapshot::cell::Dated;
use crate::snapshot::record::{Record, UserRecord};
use crate::snapshot::{ExportKind, Field, strip_prefix_ignore_case};

/// Kinds of accounts.
///
/// Source: `Get-CsOnlineUser`, property `AccountType`
/// (<https://learn.microsoft.com/powershell/module/microsoftteams/get-csonlineuser>).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AccountKind {
    /// A person or a room.
    User,
    /// The account of an auto attendant or a call queue.
    ResourceAccount,
    /// A guest of another tenant.
    Guest,
    /// Homed on a server of the organization's own.
    OnPremises,
    /// Without any Teams license.
    Ineligible,
    /// The export does not tell.
    Unknown,
}

/// What `AccountType` says.
const KINDS: [(&str, AccountKind); 5] = [
    ("User", AccountKind::User),
    ("ResourceAccount", AccountKind::ResourceAccount),
    ("Guest", AccountKind::Guest),
    ("SfBOnPremUser", AccountKind::OnPremises),
    ("IneligibleUser", AccountKind::Ineligible),
];

/// What the service says of an account by the name of its type.
///
/// Source: `Get-CsOnlineUser`, property `InterpretedUserType`
/// (<https://learn.microsoft.com/powershell/module/microsoftteams/get-csonlineuser>).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct InterpretedType {
    /// It could not be provisioned, or will be deleted.
    pub is_in_trouble: bool,
    /// It is homed on a server of the organization.
    pub is_homed_on_server: bool,
}

impl InterpretedType {
    fn read(name: &str) -> Self {
        let name = name.to_ascii_lowercase();
        Self {
            is_in_trouble: TROUBLES.iter().any(|trouble| name.contains(trouble)),
            is_homed_on_server: name.contains("onprem")
                || (name.contains("hybrid") && name.contains("disabled")),
        }
    }
}

/// Parts of names of types that tell of trouble.
const TROUBLES: [&str; 6] = [
    "failed",
    "withmcovalidationerror",
    "notinpdl",
    "pendingdeletionfromad",
    "notlicensedforservice",
    "withnoservice",
];

/// Marks accounts of the list of deleted ones as deleted, also where it does not tell since when, and where another export
/// still has them as live ones: the directory is the first to know.
///
/// Source: <https://learn.microsoft.com/graph/api/directory-deleteditems-list>.
pub(super) fn mark_deleted(users: &mut [UserRecord]) {
    let is_listed = |user: &UserRecord| user.origin().kind == ExportKind::DeletedUser;
    let mut listed = BTreeSet::new();
    for user in users.iter_mut().filter(|user| is_listed(user)) {
        listed.extend(user.id.get());
        if user.deleted.value().is_none() {
            user.deleted = Field::Value(Dated(None));
        }
    }
    let mut live = BTreeSet::new();
    for user in users.iter_mut().filter(|user| !is_listed(user)) {
        let Some(id) = user.id.get().filter(|id| listed.contains(id)) else {
            continue;
        };
        live.insert(id);
        if user.deleted.is_null() {
            user.deleted = Field::Absent;
        }
    }
    for user in users.iter_mut().filter(|user| is_listed(user)) {
        // There the directory puts the id in front of the name, which contradicts nobody.
        if user.id.get().is_some_and(|id| live.contains(&id)) {
            user.upn = Field::Absent;
        }
    }
}

impl Tenant {
    /// The kind of an account: `AccountType`, else `InterpretedUserType`, else the list of resource accounts.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csonlineuser>.
    pub fn account_kind(&self, user: &User) -> AccountKind {
        let texts = &self.snapshot.texts;
        if let Some(name) = user.account_type.get() {
            let told = self.index.memo.account_types.of(name, || {
                let name = texts.symbol(name);
                let mut kinds = KINDS.iter();
                let told = kinds.find(|(told, _)| told.eq_ignore_ascii_case(name));
                told.map(|(_, kind)| *kind)
            });
            if let Some(kind) = told {
                return kind;
            }
        }
        let listed = user
            .id
            .get()
            .is_some_and(|id| self.index.resource_accounts.contains_key(&id));
        match user.interpreted_type.get() {
            Some(name) => {
                let name = texts.symbol(name);
                if listed || name.contains("ApplicationInstance") {
                    AccountKind::ResourceAccount
                } else if name.contains("HybridOnprem") {
                    AccountKind::OnPremises
                } else if name.contains("Guest") {
                    AccountKind::Guest
                } else if name.contains("NotLicensedForService") {
                    AccountKind::Ineligible
                } else {
                    AccountKind::User
                }
            }
            None if listed => AccountKind::ResourceAccount,
            None => AccountKind::Unknown,
        }
    }

    /// What `InterpretedUserType` tells of an account, where it is told.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csonlineuser>.
    pub fn interpreted_type(&self, user: &User) -> Option<InterpretedType> {
        let name = user.interpreted_type.get()?;
        let read = || InterpretedType::read(self.snapshot.texts.symbol(name));
        Some(self.index.memo.interpreted_types.of(name, read))
    }

    /// The property that says that a server of the organization homes an account, where one does: `HostingProvider`, the
    /// name of its type, or its kind.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csonlineuser>.
    pub fn homed_on_server_by(&self, user: &User) -> Option<&'static str> {
        let interpreted = self.interpreted_type(user);
        if self.is_hosted_elsewhere(user) {
            Some("HostingProvider")
        } else if interpreted.is_some_and(|told| told.is_homed_on_server) {
            Some("InterpretedUserType")
        } else if self.account_kind(user) == AccountKind::OnPremises {
            Some("AccountType")
        } else {
            None
        }
    }

    /// Whether `HostingProvider` names another host than Microsoft's.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csonlineuser>.
    pub fn is_hosted_elsewhere(&self, user: &User) -> bool {
        user.hosting_provider.get().is_some_and(|provider| {
            let provider = self.snapshot.texts.symbol(provider).trim();
            // Government clouds have hosts of their own, but they begin alike.
            strip_prefix_ignore_case(provider, "sipfed.online").is_none()
        })
    }

    /// Whether the account is soft-deleted; an export without the property lists live accounts.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csonlineuser>.
    pub fn is_deleted(&self, user: &User) -> bool {
        user.deleted.value().is_some()
    }

    /// Where it says that an account is deleted.
    pub fn deleted_at(&self, user: &User) -> Place {
        let mut place = user.at("SoftDeletionTimestamp");
        let list = user
            .origins()
            .find(|one| one.kind == ExportKind::DeletedUser);
        if let Some(list) = list {
            place.records = [list.span].into();
        }
        place
    }

    /// How an administrator calls an account: user principal name, else display name, else object id.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csonlineuser>.
    pub fn user_name(&self, user: &User) -> String {
        let texts = &self.snapshot.texts;
        user.upn
            .get()
            .or(user.display_name.get())
            .map(|name| texts.text(name).to_owned())
            .or_else(|| user.id.get().map(|id| id.to_string()))
            .unwrap_or_default()
    }

    /// What a command knows an account by: user principal name, else object id. A display name may be that of several, and
    /// the name of a deleted account that of another one since.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/set-csphonenumberassignment>.
    pub fn user_identity(&self, user: &User) -> String {
        match user.id.get() {
            Some(id) if user.upn.get().is_none() || self.is_deleted(user) => id.to_string(),
            _ => self.user_name(user),
        }
    }

    /// What a command knows a resource account by, as [`Tenant::user_identity`].
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/set-csonlineapplicationinstance>.
    pub fn resource_account_identity(&self, account: &ResourceAccount) -> String {
        let is_deleted = self
            .user_of(account)
            .is_some_and(|user| self.is_deleted(user));
        self.resource_account_upn(account)
            .filter(|_| !is_deleted)
            .map_or_else(|| account.id.to_string(), str::to_owned)
    }

    /// The user principal name of a resource account, as the list of them or the directory tells it.
    pub(super) fn resource_account_upn(&self, account: &ResourceAccount) -> Option<&str> {
        let own = account.record.as_ref().and_then(|record| record.upn.get());
        let upn = own.or_else(|| self.user_of(account)?.upn.get())?;
        Some(self.snapshot.texts.text(upn))
    }

    /// How an administrator calls a resource account.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csonlineapplicationinstance>.
    pub fn resource_account_name(&self, account: &ResourceAccount) -> String {
        let texts = &self.snapshot.texts;
        account
            .record
            .as_ref()
            .and_then(|record| record.upn.get().or(record.display_name.get()))
            .map(|name| texts.text(name).to_owned())
            .or_else(|| self.user_of(account).map(|user| self.user_name(user)))
            .unwrap_or_else(|| account.id.to_string())
    }
}
