//! What findings are about, made from what the tenant knows.

use std::borrow::Cow;

use super::{Answer, Number, ResourceAccount, Tenant, User};
use crate::finding::{Label, Subject, SubjectKind};
use crate::tenant::AccountKind;

impl Tenant {
    /// An account as the subject of a finding: a resource account where it is one.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csonlineuser>.
    pub fn user_subject(&self, user: &User) -> Subject {
        let id = user.id.get().map(|id| id.to_string()).unwrap_or_default();
        let kind = if self.account_kind(user) == AccountKind::ResourceAccount {
            SubjectKind::ResourceAccount
        } else {
            SubjectKind::User
        };
        Subject::new(kind, id, self.user_name(user))
    }

    /// A number as the subject of a finding.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csphonenumberassignment>.
    pub fn number_subject(&self, number: &Number) -> Subject {
        let key = number.key.to_string();
        Subject::new(SubjectKind::Number, &key, &key)
    }

    /// A resource account as the subject of a finding.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csonlineapplicationinstance>.
    pub fn account_subject(&self, account: &ResourceAccount) -> Subject {
        let name = self.resource_account_name(account);
        Subject::new(SubjectKind::ResourceAccount, account.id.to_string(), name)
    }

    /// The number of an account as a place of a finding, if it has one.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csphonenumberassignment>.
    pub fn number_label(&self, user: &User, text: impl Into<Cow<'static, str>>) -> Option<Label> {
        let (_, place) = self.line_of(user)?;
        Some(Label::new(place, text))
    }

    /// Whether an account is that of a live person or room: resource accounts, guests, accounts of servers and deleted
    /// ones are others' business.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csonlineuser>.
    pub fn is_live_person(&self, user: &User) -> Answer {
        if self.is_deleted(user) {
            return Answer::No;
        }
        match self.account_kind(user) {
            AccountKind::User | AccountKind::Ineligible => Answer::Yes,
            AccountKind::Unknown => Answer::Unknown,
            AccountKind::ResourceAccount | AccountKind::Guest | AccountKind::OnPremises => {
                Answer::No
            }
        }
    }
}
