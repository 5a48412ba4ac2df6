//! A look at what rules are about to ask for.
//!
//! The numbers of users, and the users of numbers, lie anywhere in memory. Rules that ask for one after the other would
//! wait for memory each time; asked for many at once, it answers in the time of a few.

use std::hint::black_box;

use super::numbers::OfUser;
use super::{Holder, Number, Tenant, User};
use crate::snapshot::Text;

/// Subjects of which is looked up in one go what lies elsewhere: what is fetched for them must still be there when their
/// turn comes.
pub(crate) const AHEAD: usize = 32;

/// Subjects of one task, where all of them are gone through for their texts.
pub(super) const MANY: usize = 4096;

impl Tenant {
    /// Looks at the numbers that these users hold.
    pub(crate) fn look_ahead_of_users(&self, users: &[User]) {
        let texts = &self.snapshot.texts;
        let mut seen = 0;
        for user in users {
            if let Some(line) = user.line_uri.get() {
                seen += texts.text(line).len();
            }
            // Few have several.
            let OfUser::One(place) = self.of_user(user) else {
                continue;
            };
            if let Some(number) = self.numbers.get(place as usize) {
                let record = &number.record;
                seen += usize::from(record.target.is_null());
                seen += usize::from(record.number_type.is_null());
                seen += usize::from(record.location.is_null());
                seen += usize::from(number.holder == Holder::Nobody);
                let capabilities = texts.listed(&record.capabilities);
                seen += usize::from(black_box(capabilities.first().copied()).is_some());
            }
        }
        black_box(seen);
    }

    /// Looks at one text of each of these users.
    pub(super) fn look_ahead_of_texts(&self, users: &[User], text: impl Fn(&User) -> Option<Text>) {
        let texts = users.iter().filter_map(text);
        let seen: usize = texts.map(|text| self.snapshot.texts.text(text).len()).sum();
        black_box(seen);
    }

    /// Looks at the accounts that hold these numbers.
    pub(crate) fn look_ahead_of_numbers(&self, numbers: &[Number]) {
        let texts = &self.snapshot.texts;
        let mut seen = 0;
        for number in numbers {
            let capabilities = texts.listed(&number.record.capabilities);
            seen += usize::from(black_box(capabilities.first().copied()).is_some());
            let Holder::User(user) = number.holder else {
                continue;
            };
            if let Some(user) = self.users.get(user as usize) {
                seen += usize::from(user.id.is_null());
                seen += usize::from(user.deleted.is_null());
                seen += usize::from(user.account_type.is_null());
                seen += usize::from(user.plans.is_null());
                seen += usize::from(user.voice_routing_policy.is_null());
            }
        }
        black_box(seen);
    }
}
