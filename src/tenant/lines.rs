//! Telephone numbers as accounts show them: who has which line URI.
//!
//! The inventory says who a number is assigned to; the accounts say which number they believe to have. Two accounts can
//! believe in one number.

use rayon::prelude::*;

use super::ahead::{AHEAD, MANY};
use super::build::parse;
use super::{IdSet, Ids, Tenant, User};
use crate::finding::Place;
use crate::snapshot::{ObjectId, PhoneNumber};

/// A number that more than one account shows.
#[derive(Clone, Debug)]
pub struct SharedLine {
    /// The number.
    pub number: PhoneNumber,
    /// Where it is shown, in order of object id and property.
    pub shown: Vec<LineUse>,
}

/// One account that shows a number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct LineUse {
    /// The account.
    pub account: ObjectId,
    /// In which property.
    pub property: LineProperty,
}

/// A property that shows a number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum LineProperty {
    /// `LineUri` of the directory account.
    LineUri,
    /// `PhoneNumber` of the resource account.
    PhoneNumber,
    /// `OnPremLineUri`, which the on-premises directory holds.
    OnPremLineUri,
}

impl LineProperty {
    /// What the property is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::LineUri => "LineUri",
            Self::PhoneNumber => "PhoneNumber",
            Self::OnPremLineUri => "OnPremLineUri",
        }
    }
}

impl Tenant {
    /// The shared numbers that an account answers for, in order. Of the accounts that show a number, the first one that the
    /// directory lists answers for all of them. Where it lists none of them, the first account of the directory does: a
    /// number that two accounts show must be told, whoever lists them.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csonlineuser>.
    pub fn lines_answered_by(&self, user: &User) -> impl Iterator<Item = &SharedLine> {
        // Hardly any tenant has a shared number: nothing is looked up then.
        let lines = user.id.get().and_then(|id| self.index.shared_by.get(&id));
        let lines = lines.into_iter().flatten();
        lines.filter_map(|line| self.shared_lines.get(*line as usize))
    }

    /// Whether an account shows as its line URI, or as that of the on-premises directory, what is no telephone number.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csonlineuser>.
    pub fn has_odd_line(&self, user: &User) -> bool {
        let odd = &self.index.odd_lines;
        user.id.get().is_some_and(|id| odd.contains(&id))
    }

    /// Where a use of a number stands.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csonlineuser>.
    pub fn place_of_line(&self, line: &LineUse) -> Option<Place> {
        match line.property {
            LineProperty::PhoneNumber => {
                let record = self.resource_account(line.account)?.record.as_ref()?;
                Some(record.at("PhoneNumber"))
            }
            property => Some(self.user(line.account)?.at(property.name())),
        }
    }

    /// Whether the account that shows a number is a deleted one.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csonlineuser>.
    pub fn is_line_of_deleted(&self, line: &LineUse) -> bool {
        self.user(line.account)
            .is_some_and(|user| self.is_deleted(user))
    }

    /// How an administrator calls the account that shows a number.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csonlineuser>.
    pub fn name_of_line(&self, line: &LineUse) -> String {
        match (self.resource_account(line.account), self.user(line.account)) {
            (Some(account), _) => self.resource_account_name(account),
            (None, Some(user)) => self.user_name(user),
            (None, None) => line.account.to_string(),
        }
    }

    /// What a command knows the account by that shows a number, as [`Tenant::user_identity`].
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/remove-csphonenumberassignment>.
    pub fn identity_of_line(&self, line: &LineUse) -> String {
        match (self.resource_account(line.account), self.user(line.account)) {
            (Some(account), _) => self.resource_account_identity(account),
            (None, Some(user)) => self.user_identity(user),
            (None, None) => line.account.to_string(),
        }
    }
}

/// Which account answers for which shared numbers: indexes into them, in order.
pub(super) fn answered_by(tenant: &Tenant) -> Ids<Vec<u32>> {
    let mut answers = Ids::default();
    let anybody = tenant.users.iter().find_map(|user| user.id.get());
    for (line, index) in tenant.shared_lines.iter().zip(0..) {
        let mut accounts = line.shown.iter().map(|one| one.account);
        let listed = accounts.find(|account| tenant.user(*account).is_some());
        if let Some(account) = listed.or(anybody) {
            let lines: &mut Vec<u32> = answers.entry(account).or_default();
            lines.push(index);
        }
    }
    answers
}

/// What all accounts show as their numbers.
#[derive(Default)]
pub(super) struct Lines {
    /// All numbers that several accounts show, in order of number.
    pub(super) shared: Vec<SharedLine>,
    /// Accounts that show as their number what is none.
    pub(super) odd: IdSet,
}

/// A number that an account shows, the place of the account in its list, and in which property.
type Line = (PhoneNumber, u32, LineProperty);

/// Reads what all accounts show as their numbers.
pub(super) fn lines(tenant: &Tenant) -> Lines {
    // Few numbers are shared: who shows them is looked up for these alone.
    let mut lines: Vec<Line> = Vec::with_capacity(tenant.users.len());
    let mut odd = IdSet::default();
    let blocks = tenant.users.par_chunks(MANY).enumerate();
    let read: Vec<(Vec<Line>, Vec<ObjectId>)> = blocks
        .map(|(block, users)| lines_of(tenant, users, block * MANY))
        .collect();
    for (own, strange) in read {
        lines.extend(own);
        odd.extend(strange);
    }
    for (account, index) in tenant.resource_accounts.iter().zip(0..) {
        let number = account.record.as_ref();
        let number = number.and_then(|record| parse(&tenant.snapshot.texts, record.number.get()?));
        lines.extend(number.map(|number| (number, index, LineProperty::PhoneNumber)));
    }
    lines.par_sort_unstable();
    let use_of = |index: u32, property| {
        let account = match property {
            LineProperty::PhoneNumber => tenant.resource_accounts.get(index as usize)?.id,
            _ => tenant.users.get(index as usize)?.id.get()?,
        };
        Some(LineUse { account, property })
    };
    let shared = lines
        .chunk_by(|one, two| one.0 == two.0)
        .filter(|lines| lines.len() > 1)
        .filter_map(|lines| {
            let shown = lines.iter().filter_map(|line| use_of(line.1, line.2));
            let mut shown: Vec<LineUse> = shown.collect();
            shown.sort_unstable();
            let first = shown.first()?.account;
            let is_shared = shown.iter().any(|line| line.account != first);
            is_shared.then_some(SharedLine {
                number: lines[0].0,
                shown,
            })
        })
        .collect();
    Lines { shared, odd }
}

/// What accounts show as their numbers that stand in their list from a place on, and those that show what is none.
fn lines_of(tenant: &Tenant, users: &[User], first: usize) -> (Vec<Line>, Vec<ObjectId>) {
    let texts = &tenant.snapshot.texts;
    let mut lines = Vec::with_capacity(users.len());
    let mut odd = Vec::new();
    let mut places = first as u32..;
    for few in users.chunks(AHEAD) {
        tenant.look_ahead_of_texts(few, |user| user.line_uri.get());
        for (user, place) in few.iter().zip(&mut places) {
            let Some(id) = user.id.get() else {
                continue;
            };
            for (field, property) in [
                (user.line_uri, LineProperty::LineUri),
                (user.on_prem_line_uri, LineProperty::OnPremLineUri),
            ] {
                match field.get().map(|text| parse(texts, text)) {
                    Some(Some(number)) => lines.push((number, place, property)),
                    Some(None) => odd.push(id),
                    None => {}
                }
            }
        }
    }
    (lines, odd)
}

#[cfg(test)]
mod tests {
    use super::LineProperty;
    use crate::tenant::testing::tenant;

    const ONE: &str = "00000000-0000-4000-8000-000000000001";
    const TWO: &str = "00000000-0000-4000-8000-000000000002";

    #[test]
    fn numbers_are_shared_by_accounts_and_not_by_properties_of_one() {
        let users = format!(
            r#"[{{"Identity":"{ONE}","UserPrincipalName":"a","LineUri":"tel:+12065550101","OnPremLineUri":"+12065550101"}},
                {{"Identity":"{TWO}","UserPrincipalName":"b","LineUri":"TEL:12065550102","OnPremLineUri":"tel:+12065550103;ext=1"}}]"#
        );
        let accounts = format!(
            r#"[{{"ObjectId":"{TWO}","ApplicationId":null,"UserPrincipalName":"b","PhoneNumber":"tel:+12065550102"}},
                {{"ObjectId":"{ONE}","ApplicationId":null,"UserPrincipalName":"a","PhoneNumber":"tel:+12065550103;ext=1"}}]"#
        );
        let tenant = tenant(&[
            ("Get-CsOnlineUser.json", &users),
            ("Get-CsOnlineApplicationInstance.json", &accounts),
        ]);
        let [line] = tenant.shared_lines.as_slice() else {
            panic!("one shared number: {:?}", tenant.shared_lines);
        };
        assert_eq!(line.number.to_string(), "+12065550103;ext=1");
        let properties: Vec<_> = line.shown.iter().map(|line| line.property).collect();
        assert_eq!(
            properties,
            [LineProperty::PhoneNumber, LineProperty::OnPremLineUri]
        );
        assert!(tenant.place_of_line(&line.shown[0]).is_some());
        assert_eq!(tenant.name_of_line(&line.shown[1]), "b");
        assert!(!tenant.is_line_of_deleted(&line.shown[1]));
    }

    #[test]
    fn one_listed_account_answers_for_a_number_and_somebody_always_does() {
        const THREE: &str = "00000000-0000-4000-8000-000000000003";
        let answering = |listed: &[&str]| {
            let users: Vec<String> = listed
                .iter()
                .map(|id| {
                    format!(r#"{{"Identity":"{id}","UserPrincipalName":"{id}","LineUri":null}}"#)
                })
                .collect();
            let users = format!("[{}]", users.join(","));
            let accounts = format!(
                r#"[{{"ObjectId":"{ONE}","ApplicationId":null,"UserPrincipalName":"a","PhoneNumber":"tel:+12065550101"}},
                    {{"ObjectId":"{TWO}","ApplicationId":null,"UserPrincipalName":"b","PhoneNumber":"tel:+12065550101"}}]"#
            );
            let tenant = tenant(&[
                ("Get-CsOnlineUser.json", &users),
                ("Get-CsOnlineApplicationInstance.json", &accounts),
            ]);
            let counts = tenant
                .users
                .iter()
                .map(|user| tenant.lines_answered_by(user).count());
            counts.collect::<Vec<_>>()
        };
        assert_eq!(answering(&[ONE, TWO, THREE]), [1, 0, 0]);
        assert_eq!(answering(&[TWO, THREE]), [1, 0]);
        assert_eq!(answering(&[THREE]), [1]);
        assert_eq!(answering(&[]), [0; 0]);
    }
}
